//! Running flows.

use crate::soft::payload;
use crate::time::Timestamp;

payload! {
    /// What an event says about a running flow (seed, "Activeflow Events").
    pub struct FlowFact {
        /// The running flow.
        "id" => id: String,
        /// Whose platform it runs on.
        "customer_id" => customer_id: String,
        /// The flow it is a run of.
        "flow_id" => flow_id: String,
        /// `executing`, `completed`, …
        "status" => status: String,
        /// What it is doing.
        "current_action" => current_action: ActionFact,
        /// How it ended.
        "result" => result: String,
        /// When it began.
        "tm_create" => tm_create: Timestamp,
        /// When this was so.
        "tm_update" => tm_update: Timestamp,
        /// When it ended.
        "tm_end" => tm_end: Timestamp,
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
    }
}
