//! Calls.

use crate::address::Address;
use crate::event::flow::ActionFact;
use crate::open::open_enum;
use crate::soft::{Unread, payload};
use crate::time::Timestamp;
use crate::whose::Whose;

payload! {
    /// What an event says about a call (seed, "Call Events"; live-service.md,
    /// section 3.4). `call.assigned` is named in the seed's agent scenario only,
    /// its fields are those of a call and of the queue it came from.
    pub struct CallFact {
        /// The call.
        "id" | "call_id" => id: String,
        /// Whose platform it runs on.
        "customer_id" => customer_id: Whose,
        /// The agent it was given to.
        "agent_id" | "owner_id" => agent_id: String,
        /// The queue it came through.
        "queue_id" => queue_id: String,
        /// The flow that handles it.
        "flow_id" => flow_id: String,
        /// That flow's run.
        "activeflow_id" => activeflow_id: String,
        /// The call that this one is a leg of.
        "master_call_id" => master_call_id: String,
        /// Declared by the service and never filled.
        "groupcall_id" => groupcall_id: String,
        /// The recording under way.
        "recording_id" => recording_id: String,
        /// All its recordings.
        "recording_ids" => recording_ids: Vec<String>,
        /// The legs it led to.
        "chained_call_ids" => chained_call_ids: Vec<String>,
        /// `agent` where an agent owns it.
        "owner_type" => owner_type: String,
        /// `flow`, `conference`, `sip-service`.
        "type" => kind: String,
        /// What its flow does with it.
        "action" => action: ActionFact,
        /// The platform's own notes.
        "metadata" => metadata: Unread,
        /// Which way it is muted.
        "mute_direction" => mute_direction: String,
        /// Which side hung up.
        "hangup_by" => hangup_by: String,
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
        /// When it began to ring.
        "tm_ringing" => tm_ringing: Timestamp,
        /// When it was answered.
        "tm_progressing" => tm_progressing: Timestamp,
        /// When this was so.
        "tm_update" | "tm_assign" => tm_update: Timestamp,
        /// When it was taken off the books.
        "tm_delete" => tm_delete: Timestamp,
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
