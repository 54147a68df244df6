### Queues: who is waiting, where, and for how long.

queues-waiting = Waiting in queues
queues-nobody-waits = Nobody is waiting in your queues.
queues-not-known = Who is waiting is not known right now.
queues-not-visible = Your sign-in cannot see who is waiting in queues. Ask for the manager role.
queues-more-in-queues = { $count ->
    [one] and 1 more: see Queues
   *[other] and { $count } more: see Queues
}
# $count (Number) - how many more wait; $next (Number) - how many of them the button shows
queues-more = and { $count } more: show { $next }
queues-whose = Whose queues
queues-mine = My queues
queues-is-mine = mine
queues-none = Queues appear here as soon as the service names them or somebody is waiting.
queues-none-mine = None of the queues is yours.
queues-unknown = Unknown queue
queues-silence = Silence alert
queues-amber-after = Amber after
queues-red-after = Red after
queues-depth = { $count ->
    [0] nobody waiting
   *[other] { $count } waiting
}
queues-counts = { $answered } answered · { $abandoned } abandoned
queues-since = since { $time }

# What is known of a caller's place
queues-position = position { $position }
queues-estimated = est. { $time }
queues-likely = likely { $time }
