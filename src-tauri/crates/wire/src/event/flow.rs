//! Running flows.

use crate::soft::{Unread, payload};
use crate::time::Timestamp;
use crate::whose::Whose;

payload! {
    /// What an event says about a running flow (seed, "Activeflow Events";
    /// live-service.md, section 3.11).
    pub struct FlowFact {
        /// The running flow.
        "id" => id: String,
        /// Whose platform it runs on.
        "customer_id" => customer_id: Whose,
        /// The flow it is a run of.
        "flow_id" => flow_id: String,
        /// `executing`, `completed`, …
        "status" => status: String,
        /// What it is doing.
        "current_action" => current_action: ActionFact,
        /// How it ended.
        "result" => result: String,
        /// What it runs for: a call, a conversation, …
        "reference_type" => reference_type: String,
        /// Which.
        "reference_id" => reference_id: String,
        /// The run that started this one.
        "reference_activeflow_id" => reference_activeflow_id: String,
        /// The flow that follows.
        "on_complete_flow_id" => on_complete_flow_id: String,
        /// Where it jumps to next.
        "forward_action_id" => forward_action_id: String,
        /// What it has done.
        "executed_actions" => executed_actions: Vec<ActionFact>,
        /// Where the customer's own server is told of it.
        "webhook_uri" => webhook_uri: Unread,
        /// And how.
        "webhook_method" => webhook_method: Unread,
        /// When it began.
        "tm_create" => tm_create: Timestamp,
        /// When this was so.
        "tm_update" => tm_update: Timestamp,
        /// When it ended.
        "tm_end" => tm_end: Timestamp,
        /// When it was taken off the books.
        "tm_delete" => tm_delete: Timestamp,
    }
}

payload! {
    /// One step of a flow.
    pub struct ActionFact {
        /// The step.
        "id" => id: String,
        /// `play`, `queue_join`, `connect`, …
        "type" => kind: String,
        /// What its author called it.
        "name" => name: String,
        /// The step after it.
        "next_id" => next_id: String,
        /// Its settings.
        "option" => option: Unread,
        /// When it was executed.
        "tm_execute" => tm_execute: Timestamp,
    }
}
