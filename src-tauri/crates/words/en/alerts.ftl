### Notifications on the desktop.

# The title when more came than anybody can read.
alerts-storm = It is busy
alerts-more-texts = { $count ->
    [one] 1 more text: Ringside lists it.
   *[other] { $count } more texts: Ringside lists them all.
}
alerts-more-waiting = { $count ->
    [one] 1 more waiting caller: Ringside lists it.
   *[other] { $count } more waiting callers: Ringside lists them all.
}
alerts-more = { $texts ->
    [one] 1 more text
   *[other] { $texts } more texts
} and { $waiting ->
    [one] 1 waiting caller
   *[other] { $waiting } waiting callers
}: Ringside lists them all.

# $name (String) - a person, a number, or “Unknown caller”
alerts-is-calling = { $name } is calling
alerts-missed = Missed call from { $name }
alerts-waiting = New caller waiting in { $queue }
alerts-waiting-somewhere = New caller waiting
alerts-position = position { $position }
# $time (String) - such as: 120 s
alerts-estimate = estimated wait { $time }
# The title is what the rule says; this tells who wrote what.
alerts-rule = { $name }: { $text }

## What happened while the connection was lost; several stand in one line

alerts-away-rang = { $count ->
    [one] 1 call rang here
   *[other] { $count } calls rang here
}
alerts-away-unknown = { $count ->
    [one] 1 call with an unknown outcome
   *[other] { $count } calls with an unknown outcome
}
alerts-away-abandoned = { $count ->
    [one] 1 abandoned call
   *[other] { $count } abandoned calls
}
alerts-away-texts = { $count ->
    [one] 1 new text
   *[other] { $count } new texts
}
