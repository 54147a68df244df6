### The connection to the service: the notices above the desk, diagnostics, and the event log.

link-next-in = next try in { $seconds } s
link-retry = Retry now
link-trying = Trying…
link-lost = Not live since { $time }.
link-lost-what = What you see is from before and may be out of date.
link-not-live = Not live yet.
link-not-live-what = No calls or texts reach this desk.
link-reconnects = Ringside keeps trying to connect.
link-since = Since { $time }.
# $frames, $fields (Number) - parts of the protocol
link-not-understood = Not understood from the service: { $frames } frames, { $fields } fields.
link-ms = { $ms } ms
link-below-ms = < 1 ms

## Where the connection stands

link-stage-disconnected = Disconnected
link-stage-connecting = Connecting
link-stage-connected = Connected, not live yet
link-stage-catching-up = Catching up
link-stage-live = Live
link-stage-reconnecting = Reconnecting · attempt { $attempt }
link-stage-refused = Sign-in refused

link-promise-hears = You receive the next call
link-promise-hidden = Calls are not shown to you
link-promise-hears-catching-up = You receive the next call; missed events are being read
link-promise-hidden-catching-up = Calls are not shown to you; missed events are being read
link-promise-not-yet = Calls do not reach this desk yet
link-promise-none = You receive no calls now
link-promise-refused = You receive no calls: sign in again

## What is wrong although the service is reached

link-speaks-documented = This service uses the documented protocol, but you signed in with “As the live service”. No calls or texts arrive until this is changed.
link-speaks-live = This service uses the live protocol, but you signed in with “As documented”. No calls or texts arrive until this is changed.
# $since, $until (String) - dates such as 2026-11-01
link-frozen = The account is frozen. Its owner can restore it until it is deleted.
link-frozen-since = The account has been frozen since { $since }. Its owner can restore it until it is deleted.
link-frozen-until = The account is frozen and will be deleted on { $until }. Its owner can restore it until then.
link-frozen-since-until = The account has been frozen since { $since } and will be deleted on { $until }. Its owner can restore it until then.
# Follows one of the above.
link-frozen-what = The connection is still open, but nothing can be sent or changed.

## What is not visible

# $what (String) - one of those below it
link-topic-yours = your { $what }
link-topic-of-team = the team’s { $what }
link-topic-calls = calls
link-topic-texts = texts
link-topic-flows = flows
link-topic-conferences = conferences
link-topic-queues = queues
link-topic-status = status
link-topic-recordings = recordings
link-topic-transcriptions = transcriptions
link-topic-rings = rings
link-topic-conversations = conversations
link-topic-team-chats = team chats
link-topic-webchats = web chats
link-topic-events = events
# $what (String) - such as: your calls
link-hidden-permission = You do not see { $what }: this account has no permission. Ask for the manager role.
# $code (String) - the service’s code
link-hidden-not-understood = You do not see { $what }: the service did not understand the subscription ({ $code }).
link-hidden-dropped = You do not see { $what }: the connection was lost three times right after Ringside asked for them. Ringside will try again later.
link-hidden-slow-down = You do not see { $what } yet: the service asks for fewer requests.
link-hidden-other = You do not see { $what }: the service refused ({ $code }).
link-service-said = The service said: “{ $said }”

## Why the service cannot be reached. $host is its name, $proxy that of a proxy

link-cause-some-proxy = of this network
link-cause-no-such-host = The name { $host } was not found. Check the address, and whether this computer is online.
link-cause-no-network = There is no network, or no route to { $host } from here. Check your network.
link-cause-nothing-there = { $host } cannot be reached: nothing listens there. Check the address and your network.
link-cause-silence = { $host } cannot be reached: no answer came. Check the address and your network.
link-cause-expired = The certificate of { $host } has expired. Is this computer’s clock right?
link-cause-not-yet-valid = The certificate of { $host } is not valid yet. Is this computer’s clock right?
link-cause-other-host = The certificate of { $host } belongs to another name. Check the address.
link-cause-unknown-authority = The certificate of { $host } is not trusted. If it is your own service, add its certificate authority.
link-cause-revoked = The certificate of { $host } was revoked. Do not sign in, and tell whoever runs the service.
link-cause-bad-certificate = The certificate of { $host } cannot be used. Tell whoever runs the service.
link-cause-old-encryption = { $host } offers no encryption that is still safe (TLS 1.2 or newer). Tell whoever runs the service.
link-cause-not-encrypted = What answers at { $host } does not use encryption. Check the address and its port.
link-cause-proxy-login = The proxy { $proxy } wants a name and password, or different ones. Ask whoever runs your network.
link-cause-proxy-refuses = The proxy { $proxy } does not let Ringside through to { $host }. Ask whoever runs your network.
link-cause-no-proxy = The proxy { $proxy } cannot be reached. Check your network’s proxy settings.
link-cause-broke = The network connection to { $host } was lost.
# $status (String) - a number of the protocol
link-foreign = Something between this computer and { $host } answers in its place ({ $status }). Does this network have a sign-in page?
link-foreign-error = Something between this computer and { $host } had an error ({ $status }).

## Why the connection was lost

link-lost-sign-in-refused = The service refused the sign-in.
link-lost-too-many = The service asks for fewer connections.
link-lost-unavailable = The service is not available right now.
link-lost-no-answer = The service did not answer.
link-lost-silence = Nothing was received from the service.
link-lost-unconfirmed = The service did not confirm the subscriptions.
link-lost-bad-address = The service address cannot be used.
link-lost-no-encryption = Encryption could not be set up on this computer.
link-lost-not-let-in = The service does not allow this account to connect.
link-lost-answered = The service refused the connection ({ $status }).
link-lost-no-goodbye = The service dropped the connection.
link-lost-too-large = The service sent a message that is too large.
link-lost-stuck = The connection is stuck.
link-lost-closed = The service closed the connection.
# $code (String) - a number of the protocol; $reason (String) - the service’s own words
link-lost-closed-code = The service closed the connection ({ $code }).
link-lost-closed-reason = The service closed the connection ({ $code }: { $reason }).
# The rest of a long list of the above.
link-other-losses = Other reasons

## Diagnostics

link-diagnostics = Diagnostics
link-copy = Copy as JSON
link-nothing-inside = Nobody is signed in, or the connection does not answer.
link-service = Service
link-proxy = Proxy
link-no-proxy = none, direct connection
link-state = State
link-dialect = Dialect
link-dialect-given = { $dialect } (given)
link-dialect-unknown = not detected yet
link-last-frame = Last frame
link-ago = { $seconds } s ago
link-round-trip = Round trip
link-topics = Topics
link-confirmed = { $confirmed } of { $wanted } confirmed
link-connections = Connections
link-rereads = Lists read again
link-rereads-failed = { $count }, { $failed } of them failed
link-not-ours = Events of other customers
link-not-shown = { $count }, not shown
link-merged = Merged events
link-merged-how = { $count }, at most { $most } waiting
link-patches = Sent to the windows
link-patches-how = { $changes } changes in { $batches } batches
link-refused = Not visible
link-all-visible = Everything requested is visible.
link-frames = Frames
link-unknown-kinds = Unknown kinds
link-unknown-fields = Unknown fields
link-misfits = Fields of another type
link-losses = Why the connection was lost
link-no-losses = It was not lost.
link-none = none
link-none-yet = none yet

## Event log

link-log-search = Search events
link-log-search-hint = Search kind, identifier, stage
link-log-pause = Pause
link-log-resume = Resume
link-log-save = Save as JSON lines
link-log-events = Events
link-log-empty = Every incoming event is listed here.
link-log-none-like-that = No events match.
link-log-own-topic = own topic
