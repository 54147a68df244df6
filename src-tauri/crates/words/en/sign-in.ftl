### Signing in and out.

sign-in-promise = The next call is already on your desk.
sign-in-promise-how = Calls pop with the customer beside them, queues tell you who is waiting, texts are two keystrokes away.
sign-in-privacy = Your sign-in is kept in this computer’s keyring. Nothing is sent anywhere but to your VoIPBIN service.
sign-in-sign-in = Sign in
sign-in-signing-in = Signing in…
sign-in-with = Sign in with
sign-in-email = Email
sign-in-password = Password
sign-in-token = Token or access key
sign-in-stay = Keep me signed in on this computer
sign-in-or = or
sign-in-demo = Try the demo desk
sign-in-keyring-again = Try the keyring again
sign-in-service = Service: { $service }
sign-in-service-address = Service address
sign-in-authority = Certificate authority of your own service, if it has one (PEM file)
sign-in-dialect = Protocol of the service
sign-in-dialect-detect = Detect automatically
sign-in-dialect-documented = As documented
sign-in-dialect-live = As the live service

sign-in-account = Account
sign-in-demo-desk = Demo desk
sign-in-demo-service = Built-in demo desk
sign-in-sign-out = Sign out

sign-in-ends = Your sign-in ends at { $time }.
sign-in-ended = Your sign-in ended at { $time }.
sign-in-again = Sign in again
sign-in-later = Later
sign-in-password-of = Password of { $email }
# The name of an agent who signed in with an access key.
sign-in-access-key = Access key
sign-in-for-now = You are signed in for now, and must sign in again next time. { $why }
sign-in-not-removed = You are signed out, but the sign-in is still stored on this computer. { $why }
sign-in-expired = Your sign-in has expired. Sign in again to keep receiving calls.
sign-in-expired-live = Your sign-in has expired. Calls still arrive; sign in again to keep it so.
sign-in-refused = Your sign-in is no longer valid. You receive no calls until you sign in again.
sign-in-new-role = Your role has changed. Sign in again to use your new role.
sign-in-keyring-locked = This computer’s keyring is locked, so your sign-in could not be read. Unlock it and try again, or sign in here.
sign-in-keyring-missing = This computer has no keyring service. You can sign in, but must do so again at the next start.
sign-in-keyring-silent = This computer’s keyring does not answer. It may be asking for its password in another window. Try again, or sign in here for now.
sign-in-keyring-broken = This computer’s keyring did not work. You can sign in here.
