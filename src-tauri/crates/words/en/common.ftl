### Words that stand in many places: buttons, units, people without a name.

common-add = Add
common-all = All
common-back = Back
common-cancel = Cancel
common-change = Edit
common-close = Close
common-copied = Copied
common-ok = OK
common-open = Open
common-remove = Remove
common-save = Save
common-show-more = Show more
# $count (Number) - how many more rows are shown
common-show-so-many-more = Show { $count } more
common-sure = Are you sure?
common-try-again = Try again
common-undo = Undo

common-ended = Ended
# Of a call, flow, conference or recording, while nobody knows whether it still runs.
common-may-be-over = May be over
# $path (String) - where a file lies
common-saved-as = Saved as { $path }
common-unknown-caller = Unknown caller
common-withheld-number = Withheld number

common-seconds = { $seconds } s
common-seconds-unit = s
common-minutes = { $minutes } m
common-minutes-and-seconds = { $minutes } m { $seconds } s
common-bytes = { $count ->
    [one] 1 byte
   *[other] { $count } bytes
}
common-kilobytes = { $count } kB
common-megabytes = { $count } MB

# Somebody else’s words, as they are.
common-verbatim = { $words }
# One more thing in a list.
common-list = { $things }, { $next }
# Two whole sentences.
common-two-sentences = { $first } { $second }

# Facts in one line, such as: +1 555 123 4567 · Sales
common-beside = { $first } · { $next }
