### The team: colleagues, and what they write to each other.

team-none = Colleagues appear here with their status.
team-nobody = Nobody else is here.
team-chats = Team chats
team-chat = Chat
team-write = write
team-messages = Messages
team-message = Message to the team
team-no-messages = No messages yet
team-write-to = Write to { $name }…
team-write-to-team = Write to the team…
team-choose = Choose a colleague on the left.
team-react = React with { $emoji }
team-attach = Attach
team-sharing = Sharing…
team-save-file = Save the file
# $size, $most (String) - such as 2.3 MB
team-file-size = “{ $file }” was not shared: it has { $size }. Files may have up to { $most } and must not be empty.
team-file-limit = Files may have up to 5 MB and must not be empty.
team-file-gone = The service no longer has this file.
# Follows the reason.
team-may-be-sent = It may have been sent: check before you send it again.
# Precedes the reason.
team-not-sent = That was not sent.

# Of somebody whose name is not known.
team-a-colleague = A colleague

## What is attached to a message

team-attached-link = Link: { $link }
team-attached-colleague = Colleague: { $name }
team-attached-address = Address: { $address }
