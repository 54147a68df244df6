//! Agents and their status.

use crate::address::Address;
use crate::open::open_enum;
use crate::soft::{Unread, payload};
use crate::time::Timestamp;

payload! {
    /// What an event or a reply says about an agent (seed, "Agent Events";
    /// live-service.md, section 3.7 for the fields of `GET /me`).
    pub struct AgentFact {
        /// The agent.
        "agent_id" | "id" => id: String,
        /// Whose agent.
        "customer_id" => customer_id: String,
        /// The sign-in name, an e-mail address.
        "username" => username: String,
        /// What colleagues call the agent.
        "name" => name: String,
        /// What the agent is doing.
        "status" => status: AgentStatus,
        /// What the agent was doing before.
        "previous_status" => previous_status: AgentStatus,
        /// Permission bits (live-service.md, section 4.1).
        "permission" => permission: i64,
        /// Further words about the agent.
        "detail" => detail: String,
        /// How the agent's phones ring.
        "ring_method" => ring_method: String,
        /// What the agent can do, for the queues.
        "tag_ids" => tag_ids: Vec<String>,
        /// The agent's phones.
        "addresses" => addresses: Vec<Address>,
        /// The agent's direct address.
        "direct_hash" => direct_hash: Unread,
        /// When the agent was made known.
        "tm_create" => tm_create: Timestamp,
        /// When this was so.
        "tm_update" => tm_update: Timestamp,
        /// When the agent was taken off the books.
        "tm_delete" => tm_delete: Timestamp,
    }
}

open_enum! {
    /// What an agent is doing.
    pub enum AgentStatus {
        /// Takes calls.
        Available = "available",
        /// Not at the desk.
        Away = "away",
        /// Working, takes no calls.
        Busy = "busy",
        /// Not at work.
        Offline = "offline",
        /// Being rung; set by the service only.
        Ringing = "ringing",
    }
}

impl AgentStatus {
    /// The statuses an agent may choose (live-service.md, section 4.6).
    pub const CHOICES: [Self; 4] = [Self::Available, Self::Away, Self::Busy, Self::Offline];
}
