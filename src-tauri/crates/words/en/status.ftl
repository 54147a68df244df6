### The agent's status, and wrap-up after a call.

status-available = Available
status-away = Away
status-busy = Busy
status-offline = Offline
status-ringing = Ringing
status-unknown = Status unknown

# The label of the menu for a screen reader.
status-yours = Your status: { $status }
status-after-call = After this call:
# The status that follows when the call is over.
status-next = Next: { $status }
status-differs = You set { $chosen }, but the service reports { $service }.
status-set = Set { $status } again
status-leave = Keep it as reported

status-wrap-up = Wrap-up
status-wrap-up-end = End wrap-up
status-wrap-up-end-what = Sets your status to Available, so that calls reach you again
status-not-changed = Your status did not change. { $why }
status-access-key = An access key belongs to no agent, so it has no status.
