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
