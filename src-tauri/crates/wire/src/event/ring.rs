//! Rings: the platform dials somebody for a caller.

use crate::address::Address;
use crate::open::open_enum;
use crate::soft::payload;
use crate::time::Timestamp;
use crate::whose::Whose;

payload! {
    /// What is known about one ring, which the live service calls a groupcall
    /// (live-service.md, sections 3.5 and 5.6). An agent who is rung sees two:
    /// one for the agent, and inside it one for the agent's device.
    pub struct RingFact {
        /// The ring.
        "id" => id: String,
        /// Whose platform it runs on.
        "customer_id" => customer_id: Whose,
        /// `agent` where an agent is rung.
        "owner_type" => owner_type: String,
        /// The agent who is rung.
        "owner_id" => agent_id: String,
        /// Where it stands. `progressing` says nothing about an answer.
        "status" => status: RingState,
        /// The flow behind it.
        "flow_id" => flow_id: String,
        /// The caller's call.
        "master_call_id" => call_id: String,
        /// The ring that this one is inside of.
        "master_groupcall_id" => inside_of: String,
        /// The leg that answered.
        "answer_call_id" => answer_call_id: String,
        /// The inner ring that answered.
        "answer_groupcall_id" => answer_groupcall_id: String,
        /// The caller.
        "source" => source: Address,
        /// Who is rung.
        "destinations" => destinations: Vec<Address>,
        /// All at once or one after the other.
        "ring_method" => ring_method: String,
        /// What happens to the others.
        "answer_method" => answer_method: String,
        /// The legs.
        "call_ids" => call_ids: Vec<String>,
        /// The inner rings.
        "groupcall_ids" => groupcall_ids: Vec<String>,
        /// Legs still open.
        "call_count" => call_count: i64,
        /// Inner rings still open.
        "groupcall_count" => groupcall_count: i64,
        /// Which is rung now.
        "dial_index" => dial_index: i64,
        /// When it began.
        "tm_create" => tm_create: Timestamp,
        /// When this was so.
        "tm_update" => tm_update: Timestamp,
        /// When it was taken off the books.
        "tm_delete" => tm_delete: Timestamp,
    }
}

open_enum! {
    /// Where a ring stands.
    pub enum RingState {
        /// It rings, or is talked on.
        Progressing = "progressing",
        /// It is ending.
        HangingUp = "hangingup",
        /// It is over.
        Hangup = "hangup",
    }
}

impl RingFact {
    /// Whether somebody took it.
    pub fn is_answered(&self) -> bool {
        self.answer_call_id.is_some() || self.answer_groupcall_id.is_some()
    }

    /// Whether it has ended or is ending.
    pub fn is_over(&self) -> bool {
        matches!(self.status, Some(RingState::HangingUp | RingState::Hangup))
    }

    /// Under what all rings for one caller are one call: the caller's call, or
    /// the outermost ring where there is none (live-service.md, section 5.6).
    pub fn key(&self) -> Option<&str> {
        self.call_id.as_deref().or(self.inside_of.as_deref()).or(self.id.as_deref())
    }
}
