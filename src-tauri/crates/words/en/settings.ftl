### Settings: quick replies, not-ready reasons, favourites, this account.

settings-saved = Saved.
settings-none-yet = None yet.
settings-quick-replies = Quick replies
# What stands in braces is filled in: leave the names as they are.
settings-quick-replies-what = Type / and the shortcut in a reply. {"{"}name{"}"}, {"{"}number{"}"} and {"{"}agent{"}"} are filled in, and the cursor is placed at {"{"}cursor{"}"}.
settings-quick-reply-saved = Quick reply saved.
settings-quick-reply-removed = /{ $shortcut } removed. Press Save to bring it back.
settings-shortcut = Shortcut
settings-shortcut-example = hours
settings-text = Text
settings-text-example = We are open from 9 to 5, {"{"}name{"}"}.

settings-reasons = Not-ready reasons
settings-reasons-what = They appear in your status menu. Colleagues and the service see only Away or Busy.
settings-reason = Reason
settings-reason-example = Lunch
settings-reason-status = Status for this reason
settings-reason-saved = Reason saved.
settings-reason-removed = Reason removed.

settings-favourites = Favourites for transfers
settings-favourite-name = Name of the favourite
settings-favourite-example = Billing
settings-favourite-number = Number or extension
settings-favourite-saved = Favourite saved.
settings-favourite-removed = Favourite removed.

settings-account = This account
settings-voicemail = Voicemail goes to
settings-voicemail-hint = +1 555 000 0000 or direct.<hash of a flow>
settings-voicemail-saved = Voicemail saved.
settings-crm = Customer page
settings-crm-saved = Customer page saved.
settings-wrap-up = Remind me of wrap-up after
settings-wrap-up-saved = Reminder saved.
settings-seconds = seconds

settings-listening = What this desk listens to
settings-listening-what = Your own calls, texts and queues always arrive. Flows, conferences, recordings and transcriptions are updated while you look at them or are on a call.
settings-team-texts = Texts of the whole team

## What is wrong with what was entered

settings-shortcut-wrong = A shortcut is one word of letters and digits.
settings-text-too-long = That is too long for a text: at most { $most } characters.
settings-reason-needs-name = Give the reason a name.
settings-reason-needs-status = A reason goes with away or busy.
settings-wrap-up-wrong = Choose between 1 and 3600 seconds, or leave it empty.
settings-listening-unknown = This desk has no setting for “{ $name }”.
settings-crm-wrong = Enter the address of a page, like https://crm.example/search?phone={"{"}number{"}"}.
