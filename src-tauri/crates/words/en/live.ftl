### The live board: every call there is, and the figures of the floor.

live-ringing = Ringing
live-waiting = Waiting
live-talking = Talking
live-ended = Ended
live-calls = Calls
live-agents = Agents
live-search = Search calls
live-search-hint = Search caller, number, queue, agent
live-empty = Calls appear here as they ring.
live-none-like-that = No calls match right now.
live-own-calls-only = Your sign-in sees its own calls only, and so do the board and its figures. Ask for the manager role to see the whole floor.

live-column-state = State
live-column-caller = Caller
live-column-to = To
live-column-queue = Queue / flow
live-column-agent = Agent
live-column-time = Time

live-longest-wait = Longest wait
# $seconds (Number) - the threshold of the service level
live-level = Service level ({ $seconds } s)
live-level-what = Answered within { $seconds } s ÷ (answered + abandoned)
live-service-level-within = Service level within
live-abandoned = Abandoned
live-average-wait = Average wait
live-average-handle-time = Average handle time
live-span = Time span
live-since = Since { $time }
live-last-hour = Last hour
live-chart = Service level, last hour
live-no-calls = No calls were answered or abandoned in the last hour.
# $level (String) - a percentage
live-point = { $time }: { $level } of { $calls ->
    [one] 1 call
   *[other] { $calls } calls
}
