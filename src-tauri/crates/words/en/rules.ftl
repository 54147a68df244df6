### Automatic replies: the rules, how they are tried, and what they decided.

rules-rules = Rules
rules-how = The first rule that matches replies. One number gets at most { $hourly } automatic replies an hour, at least { $apart } apart. Nothing is sent to people who opted out, to machines, to reactions, or to texts older than { $minutes } minutes. One desk of the account replies, and the team sees which.
rules-none = No rules yet. STOP and START work without any.
rules-new = New rule
rules-import = Import…
rules-export = Export…
rules-imported = { $count ->
    [one] 1 rule imported. It replaces the previous rules.
   *[other] { $count } rules imported. They replace the previous rules.
}
rules-exported = Rules exported to { $path }.
rules-saved = Rule saved.
rules-order-saved = Order saved.
rules-settings-saved = Settings saved.
rules-undone = Change undone.
rules-removed = “{ $rule }” removed.
rules-is-on = Rule switched on.
rules-is-off = Rule switched off.
rules-switch-on = Switch on
rules-switch-off = Switch off
rules-switched-off = Automatic replies are off.
rules-use = Use “{ $rule }”
rules-move-up = Move “{ $rule }” up
rules-move-down = Move “{ $rule }” down
rules-dry-run = dry run
rules-further = continues
rules-matched = { $count } matched
rules-sent = { $count } sent
rules-last = last { $time }
rules-not-matched = No matches yet

## What a rule does, in a few words

rules-if-any = Any text
rules-if-keyword = “{ $word }” anywhere
rules-if-word = the word “{ $word }”
rules-if-phrase = “{ $phrase }”
# $numbers (String) - a list such as: +1 555 1 or +1 555 2
rules-if-number = to { $numbers }
rules-if-open = during business hours
rules-if-closed = outside business hours
rules-if-status = agent: { $statuses }
rules-if-first = first text
rules-then-reply = Reply “{ $reply }”
rules-then-label = add the label { $label }
rules-then-notify = notify you
rules-then-assign = assign to { $agent }
rules-then-note = add a note
rules-then-nothing = Does nothing yet

## The form

rules-name = Name
rules-name-example = Opening hours
rules-when-any = When the text contains any of these (leave all empty for any text)
rules-keywords = Keywords, anywhere
rules-keywords-example = hours, open
rules-words = Whole words
rules-words-example = price, prices
rules-phrases = Phrases, one per line
rules-phrases-example = when do you open
rules-patterns = Regular expressions, one per line
rules-when-all = And all of these apply
rules-channels = Channels
# These are codes: leave them as they are.
rules-channels-example = sms, whatsapp
rules-our-numbers = Our numbers
rules-languages = Languages
rules-languages-example = en, de
rules-business-hours = Business hours
rules-any-hours = any time
rules-only-open = only when open
rules-only-closed = only when closed
rules-my-status = My status
rules-first-of-conversation = First text of a conversation
rules-then = Then
rules-reply = Reply
# What stands in braces is filled in: leave the names as they are.
rules-reply-example = We’re open Mon–Fri 9–5, {"{"}name{"}"}!
rules-reply-fields = {"{"}name{"}"}, {"{"}number{"}"}, {"{"}our_number{"}"} and {"{"}agent{"}"} are filled in.
rules-notify = Notify me
rules-notify-example = Somebody is asking for prices
rules-label = Label the customer
rules-label-example = VIP
rules-assign = Assign the conversation to
rules-assign-nobody = nobody
rules-note = Note in the open case
rules-note-example = Asked for prices.
rules-dry-run-what = Dry run: record what it would do, send nothing
rules-further-what = Continue with the rules below
rules-save-rule = Save rule

## Trying rules

rules-try = Try it
rules-try-text = Type a sample text to preview
rules-try-example = What are your hours?
rules-channel = Channel
rules-to-number = To our number
rules-another-number = another
rules-first-text = First text
rules-test = Test on past texts
rules-testing = Testing…
rules-tested = { $texts ->
    [one] 1 text
   *[other] { $texts } texts
}: { $replies } would have been answered, to { $people ->
    [one] 1 person
   *[other] { $people } people
}. Nothing was sent.
rules-no-past-texts = No past texts are stored here yet.

## Decisions

rules-decisions = Latest decisions
rules-no-decisions = No decisions yet. While this desk replies, each incoming text is listed here with the reason.
rules-why = Why
rules-fate-sent = Answered
rules-fate-would = Dry run
rules-fate-waiting = Pending
rules-fate-unclear = Unknown
rules-fate-silent = Not answered
rules-no-opt-outs = Nobody opted out. Whoever sends STOP to one of our numbers gets no texts from any of them, from rules or from agents.
rules-opt-in-sure = { $name } gets texts again, from rules and from agents. Do this only when they asked for it.
rules-opted-in = { $name } opted back in.
rules-machine = { $name } seems to be a machine: no automatic replies are sent there.
rules-is-person = It is a person
rules-machine-released = Automatic replies are possible again.

## Hours, words and limits

rules-settings = Hours, words and limits
rules-zone = Time zone
rules-zone-hint = this computer’s, or Europe/Berlin
rules-cap = Most replies per hour, in all
rules-hours = Business hours, one per line
rules-holidays = Holidays, one per line
rules-answer-stop = Reply to STOP
rules-answer-start = Reply to START
rules-answer-help = Reply to HELP
rules-answer-none = none

## Who replies, and what could not be done

rules-begun-anew = The store on this computer was damaged and replaced, so who opted out of texts before is not known. Automatic replies stay off until a person switches them on in Ringside, or starts ringside-cli respond with --begun-anew.
rules-texts-missing = Some texts that came while no desk was open have not been read yet, and some may say STOP. Switch automatic replies off and on to reply anyway.
rules-unreadable = The rules for automatic replies could not be read, so none are in use. { $why }
rules-need-ledger = Automatic replies need the store on this computer, so that nobody is answered twice.
rules-access-key = An access key belongs to no agent, so it cannot tell the team who replies. Sign in as an agent.
rules-team-not-told = The team could not be told. { $why }
# $channel (String) - the name of a team chat
rules-channel-not-found = The team has more chats or messages than can be read, so “{ $channel }” was not found.
rules-channel-closed = The channel “{ $channel }” was closed. The desk that was replying opens a new one first.
rules-earlier-run = An earlier run of this desk did not end properly. This one starts replying in a minute.
rules-label-failed = The label was not added. { $why }
rules-no-such-label = There is no label { $label }.
rules-note-failed = The note was not added. { $why }
rules-no-open-case = They have no open case.
rules-assign-failed = The conversation was not assigned. { $why }
rules-no-conversation = The service does not know the conversation.
rules-not-among-newest = It is not among the newest { $count }.

## Whether this desk replies. $name is a colleague

rules-state-off = No texts are answered automatically.
rules-state-elsewhere = { $name } answers texts by rules, from another desk.
rules-state-other-desk = Another desk answers texts by rules.
# These two come before a reason.
rules-state-stuck = This desk does not reply.
rules-state-not-yet = This desk does not reply yet.
rules-state-answering = This desk answers texts by rules, and the team knows.
rules-state-claiming = Telling the team that this desk replies…

## What was decided about a text. $rule is a rule’s name

rules-said-answered = Answered by “{ $rule }”.
rules-said-on-its-way = “{ $rule }” matched. The reply is on its way.
rules-said-would = “{ $rule }” would have answered. It is a dry run.
rules-said-by-hand = The reply of “{ $rule }” was sent by an agent.
rules-said-undelivered = The reply of “{ $rule }” was sent, but the network did not deliver it.
rules-said-unclear = The reply of “{ $rule }” was sent. Whether it arrived is unknown.
rules-said-unknown = Ringside was closed before it was known what became of the reply.
rules-said-taken-back = An agent took the reply back before it was sent.
# Comes before a reason.
rules-said-not-sent = The reply was not sent.
rules-said-no-match = No rule matched.
rules-said-no-reply = No rule that matched has a reply.
rules-said-no-road = This conversation cannot be replied to from this desk.
rules-said-out = They opted out of texts.
rules-said-out-confirmed = They opted out of texts before, and that was confirmed.
rules-said-confirmation-follows = The confirmation follows.
rules-said-late = It could not be sent within { $minutes } minutes, and nobody is answered late.
rules-said-answered-before = Somebody replied before it could be sent.
rules-said-switched-off = Automatic replies were switched off before it could be sent.
rules-said-not-new = It is older than { $minutes } minutes, or this computer’s clock differs from the service’s by more than that. Only texts that are certainly new are answered by rules.
# Comes before a reason.
rules-said-not-in-time = It was not answered within { $minutes } minutes.
rules-said-too-old = It came { $minutes } minutes ago. Texts older than { $most } minutes are not answered by rules.
rules-said-somebody-answered = Somebody replied already.
rules-said-withheld = The number is withheld, so nobody can be answered.
rules-said-ours = It came from one of your own numbers.
rules-said-nobody-reads = Nobody reads replies at this address: it is a short code, a sender’s name or an automatic mailbox.
rules-said-automatic = It looks like an automatic reply itself.
rules-said-quotes = It only quotes one of your texts, as phones do to show a reaction.
rules-said-machine = { $count } automatic replies in a row got a text back within seconds, so this seems to be a machine. No automatic replies are sent there until somebody writes.
rules-said-per-hour = { $count } automatic replies went to this sender within the last hour. That is the limit.
rules-said-per-day = { $count } automatic replies went to this sender within a day, and no agent wrote to them. That is the limit.
rules-said-apart = An automatic reply went to this sender less than { $seconds } seconds ago.
rules-said-cap = { $count } automatic replies were sent within the last hour. That is the limit.
rules-no-such-agent = Nobody on the team is called { $name }.

## How the rules were tried

rules-step-matched = “{ $rule }” matched.
# $why (String) - one of those below
rules-step-missed = “{ $rule }” did not match: { $why }.
rules-missed-words = the text has none of its words
rules-missed-channel = it is not for { $channel }
rules-missed-number = it is not for the number that was written to
rules-missed-open = it is only for business hours
rules-missed-closed = it is only for outside business hours
# $status (String) - such as: Away
rules-missed-status = the agent’s status is { $status }
rules-missed-first = it is only for the first text of a conversation
# $language (String) - the language’s own name
rules-missed-language = the text’s language is { $language }
rules-missed-short = the text is too short to detect its language

## What is wrong with rules that were entered

# $why (String) - one of those below, a sentence
rules-wrong-in-rule = Rule “{ $rule }”: { $why }
# $why (String) - what a parser says, in English
rules-wrong-file = This is not a file of rules: { $why }.
rules-wrong-file-line = Line { $line }: { $why }.
rules-wrong-too-many = There can be at most { $most } rules.
rules-wrong-cap = The most replies per hour is a number from 1 to { $most }.
rules-wrong-no-stop = Enter a reply to STOP: opting out must be confirmed once.
rules-wrong-no-name = Rule { $number } has no name.
rules-wrong-same-name = Two rules are called “{ $rule }”.
rules-wrong-language = “{ $language }” is not a known language. Enter en, de, fr, …
rules-wrong-does-nothing = It does nothing. Give it a reply, a label, a notification, an agent or a note.
rules-wrong-no-hours = It depends on business hours, and none are set.
rules-wrong-hours = Hours are open or closed, not “{ $hours }”.
rules-wrong-status = There is no status “{ $status }”.
rules-wrong-number-unreadable = One of your numbers cannot be read.
rules-wrong-number = “{ $number }” is not one of your numbers or addresses. Enter it like +44 20 7946 0018.
# $what (String) - the label of a field, such as: Reply
rules-wrong-too-long = { $what }: at most { $most } characters.
# $place (String) - a word in braces; $known (String) - the words in braces that can be used
rules-wrong-place = { $what }: { $place } cannot be filled in. These can: { $known }.
rules-wrong-many-lines = There can be at most { $most } lines of hours and holidays.
rules-wrong-zone = There is no time zone “{ $zone }”. Enter it like Europe/Berlin.
rules-wrong-line = “{ $line }” are not hours. Enter them like Mon-Fri 09:00-17:00.
rules-wrong-day = “{ $day }” is not a date. Enter it like 2026-12-25.
rules-wrong-many-words = There can be at most { $most } words and patterns.
rules-wrong-keyword = A keyword is empty.
rules-wrong-word = “{ $word }” is not one word. Enter it as a phrase.
rules-wrong-phrase = A phrase has no words.
rules-wrong-pattern-length = A pattern has between 1 and { $most } characters, unlike “{ $pattern }”.
rules-wrong-pattern-large = The pattern “{ $pattern }” repeats too much.
rules-wrong-pattern = “{ $pattern }” is not a regular expression that can be used here.
