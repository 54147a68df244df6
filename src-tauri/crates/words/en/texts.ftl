### Conversations: SMS and other texts with customers.

texts-conversations = Conversations
texts-texts = Texts
texts-none = Texts from customers appear here.
# $number (String) - a phone number
texts-none-with = No texts with { $number } yet.
texts-choose = Choose a call or a conversation on the left.
# Stands behind the keys Ctrl and J.
texts-newest-unread = opens the newest unread text, ready to reply.
texts-unread = { $count } unread
# Before a text that the agent wrote.
texts-you = You:
texts-empty = No text
texts-visit = Website visit
texts-visit-now = On the page
texts-visit-ended = Visit ended
texts-visit-from = came from { $page }

texts-channel-sms = SMS
texts-channel-whatsapp = WhatsApp
texts-channel-line = LINE
texts-channel-email = Email
texts-channel-webchat = Web chat

## How far a text got

texts-delivery-sending = Sending…
texts-delivery-waiting = Not sent yet
texts-delivery-checking = Delivery unknown, checking…
texts-delivery-sent = Sent ✓
texts-delivery-delivered = Delivered ✓✓
texts-delivery-failed = Not delivered
texts-delivery-unknown = Delivery unknown
texts-delivery-notSent = Not sent
texts-delivery-unclear = Delivery unknown
texts-send-again = Send again
texts-try-now = Try now
texts-edit = Edit
# Lets a text be of which nobody knows whether it arrived.
texts-leave = Dismiss
texts-by-rule = by rule “{ $rule }”
texts-by-rule-what = Sent automatically by the rule “{ $rule }”

## The reply

texts-reply = Reply
# $name (String) - a person or a number
texts-reply-to = Reply to { $name }…  Type / for quick replies.
texts-send = Send
texts-no-quick-reply = No quick reply starts with that.
texts-more-quick-replies = and { $count } more: type /
texts-sms = { $count } SMS
# $letter (String) - one that makes an SMS hold fewer letters
texts-costly = “{ $letter }” makes it longer
texts-withheld = The sender withheld their number, so you cannot reply.
texts-read-only = This conversation can be read here, but not replied to.
texts-not-live = Not live: your reply is sent as soon as possible, and you will see when.

## Opting out

texts-opted-out = Opted out of texts
texts-opt-out = Opt out
texts-opt-out-ask = Opt out…
texts-opt-out-sure = Opt out of texts?
texts-opt-out-when = When they told you that they want no more texts
texts-opt-out-what = { $name } gets no more texts, from rules or from agents, until they opt back in.
texts-opt-in = Opt back in
texts-opt-in-ask = Opt back in…
texts-reason = They opted out of texts. To write anyway, say why:
texts-reason-example = They called and asked for it
texts-reason-needed = They opted out of texts. Say why you are writing anyway. The reason is stored.

## Why a text was not sent

texts-gone = That conversation is gone.
texts-not-again = This text was sent, or may have been. It is not sent again.
texts-on-its-way = This text is being sent, or was sent.
# Follows the reason.
texts-may-be-sent = It may have been sent.
texts-service-error = The service had an error.
texts-slowed-down = The service asks for fewer requests. This text is sent in a moment.
# $time (String) - a time of day
texts-slowed-down-until = The service asks for fewer requests. This text is sent at { $time }.
texts-balance = The account’s balance is too low to send texts. Ask whoever pays for it.

texts-nothing = There is nothing to send.
texts-not-delivered = The network did not deliver this text.
texts-maybe-delivered = The network did not say whether this text arrived. It may have: ask before you send it again.
texts-not-found = No answer came, and the service’s list does not show this text.
texts-no-right = This account cannot reply to this conversation.
texts-wants-none = They opted out of texts, so this one was not sent.

## What came with a text

texts-media-picture = Picture
texts-media-video = Video
texts-media-voice = Voice message
texts-media-location = Location
texts-media-sticker = Sticker
texts-media-card = Card
texts-media-file = File
texts-media-attachment = Attachment
# $what (String) - one of the above; $name (String) - the name of a file
texts-media-named = { $what }: { $name }
