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
