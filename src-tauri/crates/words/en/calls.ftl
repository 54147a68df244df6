### Calls at this desk: the pop, the card with its controls, transfers, and what became of calls.

calls-call = Call
# $id (String) - the beginning of an identifier, where no number is known
calls-call-id = Call { $id }

## The pop

calls-incoming = Incoming call
calls-incoming-short = Incoming
calls-incoming-from = Incoming · { $queue }
calls-waited = waited { $time }
calls-ringing-for = ringing { $time }
calls-answer-on-phone = Answer on your phone
calls-more-ringing = { $count ->
    [one] and 1 more ringing
   *[other] and { $count } more ringing
}
calls-hide = Hide
calls-previous = Previous calls: { $calls } · texts: { $texts }
calls-previous-calls = Previous calls: { $calls }
calls-previous-texts = Previous texts: { $texts }

## The desk's lists

calls-ringing = Ringing
calls-none-ringing = The next call for you appears here.
calls-cannot-reach = Calls cannot reach this desk right now.
calls-on-call = On call
calls-not-on-call = You are not on a call.
calls-more-in-live = { $count ->
    [one] and 1 more: see Live
   *[other] and { $count } more: see Live
}
calls-earlier-today = { $count ->
    [one] 1 call earlier today
   *[other] { $count } calls earlier today
}

## Controls

calls-controls = Call controls
calls-off-noRight = Only your phone can do this: your role may see its calls, not control them. Ask for the manager role.
calls-off-answerFirst = Answer on your phone first: a ringing call can only be declined.
calls-off-answered = You are on this call already.
calls-off-noRing = This service cannot decline a call from here: let it ring, or decline it on your phone.
calls-off-underWay = A transfer is already in progress.
calls-off-noVoicemail = Set where voicemail goes under Settings first.
calls-asked = Requested: waiting for the service.
calls-decline = Decline
calls-declining = Declining…
calls-decline-what = Stops the ringing on your phone
calls-decline-sure = It stops ringing here. The caller keeps waiting, and may not be offered to another agent.
calls-start-hold = Hold
calls-stop-hold = Resume
calls-state-hold = Hold requested
calls-start-mute = Mute
calls-stop-mute = Unmute
calls-state-mute = You are muted
calls-start-record = Start recording
calls-stop-record = Stop recording
calls-state-record = Recording
calls-start-music = Play music
calls-stop-music = Stop music
calls-state-music = Music requested
calls-voicemail = Voicemail
# Inside a sentence: to whom a call is handed over.
calls-to-voicemail = voicemail
calls-voicemail-what = The caller leaves a message, and you leave the call
calls-hang-up = Hang up
calls-hanging-up = Hanging up…
calls-hang-up-early = { $name } has not answered. If you hang up now, the customer is disconnected.
calls-hang-up-anyway = Hang up anyway
calls-hand-over = Complete transfer

## Transfers

calls-transfer = Transfer
calls-transfer-title = Transfer the call
calls-transfer-to = Colleague, number or extension
calls-transfer-hint = Colleague, +1 555…, extension
calls-transfer-ring = Call { $number }
calls-transfer-nobody = No colleague with that name.
calls-transfer-blind = Blind transfer: do not speak to them first
calls-transfer-blind-what = You leave the call at once.
calls-transfer-warm-what = The customer hears music while you talk to your colleague. Hang up to complete the transfer.
calls-transfer-blind-leave = You leave the call at once, and this cannot be undone.
calls-transfer-blind-risk = If { $name } does not answer, the customer is disconnected.
calls-transfer-blind-yes = Transfer now
calls-transfer-starting = Transferring to { $name }…
calls-transfer-ringing = Ringing { $name }…
calls-transfer-answered = { $name } is on the line. Hang up to complete the transfer.

## History

calls-which = Which calls
calls-outcome-answered = Answered
calls-outcome-missed = Missed
calls-outcome-declined = Declined
calls-outcome-gaveUp = Abandoned
calls-outcome-left = Left the queue
calls-outcome-elsewhere = Answered elsewhere
calls-outcome-unknown = Outcome unknown
calls-reason-missed = nobody answered
calls-reason-declined = you declined it
calls-reason-gaveUp = the caller hung up in the queue
calls-reason-left = the caller went on without an agent
calls-reason-elsewhere = a colleague answered
calls-reason-unknown = the connection was lost while it rang
calls-no-history = Calls appear here once their outcome is known.
calls-none-of-that-outcome = No calls with that outcome.

## What could not be done to a call

calls-failed-hold = The call was not put on hold.
calls-failed-resume = The call is still on hold.
calls-failed-music = No music is playing.
calls-failed-stop-music = Music may still be playing.
calls-failed-mute = You are not muted.
calls-failed-unmute = You are still muted.
calls-failed-record = The call is not being recorded.
calls-failed-stop-record = The call is still being recorded.
calls-failed-hang-up = The call was not hung up.
calls-failed-decline = The call was not declined: it still rings.
calls-failed-transfer = The transfer could not be started. You are still connected.
calls-failed-voicemail = The caller was not sent to voicemail.
calls-failed-cancel-transfer = The transfer was not cancelled.
calls-failed-unknown-call = The service no longer knows this call.
calls-failed-wrong-state = The call’s state does not allow it.
calls-failed-maybe = It may have been done anyway: listen before you try again.

## A call of which nothing is known but that it rings

calls-unseen = A call is ringing
calls-unseen-what = The caller could not be read. Answer on your phone.

## Why a call ended

calls-why-busy = the line was busy
calls-why-cancel = the caller hung up first
calls-why-no-answer = nobody answered
calls-why-failed = the call failed
calls-why-not-dialled = the number could not be dialled
calls-why-machine = an answering machine answered
calls-why-declined = the call was declined
calls-why-hung-up = hung up

## Why a caller left a queue without an agent

calls-left-timeout = the wait was longer than the queue allows
calls-left-removed = the caller was removed from the queue
calls-left-full = the queue was full
calls-left-no-agent = no agent took the call
calls-left-closed = the queue was closed
calls-left-sent-on = the caller was transferred
calls-left-voicemail = the caller went to voicemail
calls-left-callback = the caller asked for a callback

## Why something cannot be done to a call

calls-over = That call is over.
calls-off-waits = This caller is waiting in a queue and can only be sent to voicemail.
# $target (String) - the hash of a flow
calls-no-sip-domain = The service’s address does not tell its SIP domain. Enter the whole address, like { $target }@sip.example.com.
# $name (String) - a colleague, a number or “Voicemail”
calls-transfer-not-taken = { $name } did not answer. You are still connected.
calls-transfer-blind-stays = A blind transfer cannot be cancelled.
calls-transfer-none = There is no transfer to cancel.
