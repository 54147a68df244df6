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
