### Flows and conferences: what the platform does with calls.

flows-now = Flow now
flows-running-now = Flows running now
flows-which = Which flows
flows-running = Running
flows-mine = Mine
flows-completed = Completed
flows-none = A flow appears here when the platform runs one for a call or a conversation.
# $id (String) - the beginning of an identifier
flows-run = Run { $id }
flows-flow = flow { $id }
flows-action = action
flows-so-far = { $time } so far
flows-next-unknown = Next step: unknown

flows-conference = Conference { $id }
flows-conference-running = In progress
flows-participant = Participant { $id }
flows-participants = { $count ->
    [one] 1 participant
   *[other] { $count } participants
}
flows-joined = joined { $time }
flows-left = left { $time }
flows-no-conferences = A conference appears here when somebody joins one.
