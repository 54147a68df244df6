### What went wrong, what was kept, and what to do next.

problems-unexpected = Something went wrong in Ringside. Try again.
# $why (String) - the reason as the computer names it, not a sentence
problems-because = The reason: { $why }.

## The sign-in

problems-nobody-signed-in = Nobody is signed in.
problems-signed-in-already = You are already signed in or signing in.
problems-other-agent = That is another agent’s sign-in. Sign out first.
problems-enter-login = Enter your email and password.
problems-wrong-login = That email and password do not match. The service gave no other reason.
problems-sign-in-over = Your sign-in is no longer valid. Sign in again.
problems-token-empty = Paste your token or access key.
problems-token-characters = This token has characters that no token has. Was it copied whole, without line breaks?
problems-unknown-token = The service does not know this token or access key. Create a new one and paste it whole.
problems-no-customer = The service did not say which customer this sign-in belongs to.
problems-no-customer-of-key = The service did not say which customer this access key belongs to.
problems-address-unreadable = { $address } is not a service address. It looks like api.voipbin.net.
problems-address-scheme = A service address starts with https, not { $scheme }.
problems-address-unencrypted = { $address } would send your sign-in unencrypted. Use https.
problems-address-extras = A service address is a host name and nothing else.
problems-no-certificate = That is not a certificate. A certificate file begins with -----BEGIN CERTIFICATE-----.
problems-certificate-with-key = The certificate file also contains a private key. Only its certificates were kept here. Store such a file where nobody else can read it.

## The keyring: where this computer keeps secrets

problems-keyring-locked = This computer’s keyring is locked. Unlock it, then try again.
problems-keyring-missing = This computer has no keyring service, so your sign-in cannot be kept.
problems-keyring-silent = This computer’s keyring does not answer, so your sign-in cannot be kept or removed.
problems-keyring-broken = This computer’s keyring did not work, so your sign-in could not be kept or removed.

## The service

problems-forbidden = This account may not do that. Ask for the manager role.
problems-no-service = There is no VoIPBIN service at this address.
problems-slow-down = The service asks for fewer requests.
problems-again-in = Try again in { $seconds } s.
problems-again-soon = Try again in a moment.
problems-unavailable = The service is not available right now.
problems-balance = The account’s balance is too low for this.
# $why (String) - a code or a number
problems-refused = The service refused ({ $why }).
# $said (String) - the service’s own words
problems-refused-said = The service refused: “{ $said }” ({ $why }).
problems-no-answer = { $host } did not answer in time.
# The name by which whoever runs the service finds what went wrong.
problems-request = Request { $request }.

## Ringside itself

problems-broke-off = The sign-in ended, or Ringside had an internal error, before the service answered. It may have been done anyway.
problems-closing = Ringside is closing.
problems-started-again = Ringside had an internal error and restarted this desk. What it had stored is back, and calls are being read again.
problems-stopped = Ringside stopped after repeated internal errors: it receives no calls and no texts. Close it and start it again.

## What is stored on this computer

problems-nothing-kept = Nothing can be stored on this computer.
problems-not-kept = Replies, drafts and history are not stored on this computer, and who opted out of texts before is not known.
problems-not-kept-bad-disk = Replies, drafts and history are not stored on this computer: its disk loses what is written.
problems-not-kept-ended = Replies, drafts and history are not stored any more. Start Ringside again.
problems-no-key-locked = This computer’s keyring is locked. Unlock it and start Ringside again.
problems-no-key-missing = This computer has no keyring service to keep their key in.
problems-no-key-silent = This computer’s keyring did not answer. Start Ringside again once it does.
problems-no-key-broken = This computer’s keyring did not work.
problems-ledger-put-aside = What was stored here (outgoing replies, drafts, history, opt-outs) could not be read, and a new store was created. The old one was renamed to { $file }.

## Reading from the service

problems-only-newest = Only the newest { $count } were read.
problems-one-moment = More of them were created in one moment than can be read.
problems-texts-of = { $count ->
    [one] the texts of 1 conversation
   *[other] the texts of { $count } conversations
}
problems-list-own-status = your own status
problems-list-colleagues = colleagues
problems-list-queues = queues
problems-list-older-cases = older cases
problems-list-labels = labels
problems-list-older-notes = older notes
problems-list-waiting = callers in queues
# $what (String) - a list such as: calls, texts
problems-still-unread = Still to be read: { $what }.
problems-texts-unread = Texts are not being read.
problems-not-all-read = Not everything could be read: { $what }.
problems-not-all-read-with = Not everything could be read: { $what } ({ $names }).

## Files and programs of this computer

problems-file-unreadable = That file could not be read.
problems-file-not-written = The file could not be written here: { $why }.
problems-not-written = { $path } could not be written: { $why }.
problems-no-downloads = This computer has no downloads folder to save in.
problems-no-browser = This computer has no browser that could be opened.
problems-no-demo = The demo desk could not be started on this computer.

## What was chosen

problems-status = Choose available, away, busy or offline.
problems-thresholds = Choose seconds between 1 and 3600, with amber before red.

## Numbers and addresses that were typed. $number is what was typed

problems-number-none = Enter a number like +44 20 7946 0018, an extension or a SIP address.
problems-number-withheld = A withheld number can be neither called nor texted.
problems-number-several = “{ $number }” contains more than one number. Enter one of them.
problems-number-address = “{ $number }” is not an address. Enter one like name@sip.example.
problems-number-letters = “{ $number }” is not a phone number: only digits can be dialled.
problems-number-country = “{ $number }” is not a phone number. After the plus come the country and the number, like +44 20 7946 0018.
problems-number-long = “{ $number }” is too long for a phone number.
problems-number-extension = “{ $number }” has an extension after the number, which cannot be dialled. Enter the number alone.
problems-number-no-country = Enter { $number } with its country code, like +44 20 7946 0018.
