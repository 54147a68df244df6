//! Callers in queues.

use crate::address::Address;
use crate::soft::payload;
use crate::time::Timestamp;
use crate::whose::Whose;

payload! {
    /// What an event says about a caller in a queue (seed, "Queue Events";
    /// live-service.md, section 3.6).
    pub struct QueueFact {
        /// This caller's place, where the service gives it a name; a caller who
        /// comes back gets another.
        "id" => id: String,
        /// The queue; the live service does not say.
        "queue_id" => queue_id: String,
        /// The caller's call.
        "call_id" | "reference_id" => call_id: String,
        /// `call`.
        "reference_type" => reference_type: String,
        /// `initiating`, `waiting`, `connecting`, `kicking`, `service`, `done`, `abandoned`.
        "status" => status: String,
        /// Whose platform it runs on.
        "customer_id" => customer_id: Whose,
        /// Who waits, where the service tells it.
        "source" => source: Address,
        /// The agent the call went to.
        "agent_id" | "service_agent_id" => agent_id: String,
        /// Place in the queue, first is 1.
        "position" => position: i64,
        /// Seconds the service expects the caller to wait.
        "estimated_wait" => estimated_wait: i64,
        /// Seconds the caller waited.
        "wait_time" => wait_time: i64,
        /// Milliseconds the caller waited.
        "duration_waiting" => duration_waiting: i64,
        /// Milliseconds the caller talked.
        "duration_service" => duration_service: i64,
        /// Why the caller left.
        "reason" => reason: String,
        /// When the caller joined.
        "tm_join" | "tm_create" => tm_join: Timestamp,
        /// When the caller was connected.
        "tm_connect" | "tm_service" => tm_connect: Timestamp,
        /// When the caller left.
        "tm_leave" => tm_leave: Timestamp,
        /// When this was so.
        "tm_update" => tm_update: Timestamp,
        /// When it was taken off the books.
        "tm_delete" => tm_delete: Timestamp,
        ;
        /// What the event's name says happened.
        implied place: QueuePlace,
    }
}

crate::open::open_enum! {
    /// Where a caller stands with a queue.
    pub enum QueuePlace {
        /// Waiting in it.
        Waiting = "waiting",
        /// Connected to an agent.
        Connected = "connected",
        /// Gone without having been connected.
        Left = "left",
    }
}
