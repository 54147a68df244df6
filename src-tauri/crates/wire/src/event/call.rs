//! Calls.

use crate::address::Address;
use crate::open::open_enum;
use crate::soft::payload;
use crate::time::Timestamp;

payload! {
    /// What an event says about a call (seed, "Call Events"; `call.assigned` is
    /// named in the seed's agent scenario only, its fields are those of a call
    /// and of the queue it came from).
    pub struct CallFact {
        /// The call.
        "id" | "call_id" => id: String,
        /// Whose platform it runs on.
        "customer_id" => customer_id: String,
        /// The agent it was given to.
        "agent_id" | "owner_id" => agent_id: String,
        /// The queue it came through.
        "queue_id" => queue_id: String,
        /// The flow that handles it.
        "flow_id" => flow_id: String,
        /// Into the platform or out of it.
        "direction" => direction: Direction,
        /// Who calls.
        "source" => source: Address,
        /// Who is called.
        "destination" => destination: Address,
        /// Where it stands.
        "status" => status: CallState,
        /// Where it stood before.
        "previous_status" => previous_status: CallState,
        /// Seconds the caller waited in the queue.
        "wait_time" => wait_time: i64,
        /// Seconds from the first ring to the end.
        "duration" => duration: i64,
        /// Why it ended.
        "hangup_reason" | "reason" => hangup_reason: String,
        /// When it began.
        "tm_create" => tm_create: Timestamp,
        /// When this was so.
        "tm_update" | "tm_assign" => tm_update: Timestamp,
        /// When it ended.
        "tm_end" | "tm_hangup" => tm_end: Timestamp,
        ;
        /// The event's name says that the call was just given to an agent,
        /// whatever the caller's own side has been doing before.
        implied assigned: bool,
    }
}

open_enum! {
    /// Where a call stands.
    pub enum CallState {
        /// It is being set up.
        Dialing = "dialing",
        /// It rings.
        Ringing = "ringing",
        /// Two sides talk.
        Answered = "answered" | "progressing",
        /// It is over.
        Hangup = "hangup" | "ended" | "terminating" | "canceling",
    }
}

open_enum! {
    /// Which way a call or message goes, seen from the platform.
    pub enum Direction {
        /// To us.
        Inbound = "inbound" | "incoming",
        /// From us.
        Outbound = "outbound" | "outgoing",
    }
}
