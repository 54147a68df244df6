//! Recordings.

use crate::soft::payload;
use crate::time::Timestamp;
use crate::whose::Whose;

payload! {
    /// What an event says about a recording (seed, "Recording Events";
    /// live-service.md, section 3.11).
    pub struct RecordingFact {
        /// The recording.
        "id" | "recording_id" => id: String,
        /// Whose platform it runs on.
        "customer_id" => customer_id: Whose,
        /// The call that is recorded.
        "call_id" | "reference_id" => call_id: String,
        /// `call` or `confbridge`.
        "reference_type" => reference_type: String,
        /// `initiating`, `recording`, `stopping`, `ended`.
        "status" => status: String,
        /// The flow's run that made it.
        "activeflow_id" => activeflow_id: String,
        /// The flow that follows.
        "on_end_flow_id" => on_end_flow_id: String,
        /// Never filled by the service.
        "owner_type" => owner_type: String,
        /// Never filled by the service.
        "owner_id" => owner_id: String,
        /// Seconds.
        "duration" => duration: i64,
        /// `wav`, …
        "format" => format: String,
        /// Bytes.
        "size" => size: i64,
        /// Where the file lies; needs signing in.
        "reference_url" => reference_url: String,
        /// When it began.
        "tm_start" | "tm_create" => tm_start: Timestamp,
        /// When it was complete.
        "tm_complete" | "tm_end" => tm_complete: Timestamp,
        /// When this was so.
        "tm_update" => tm_update: Timestamp,
        /// When it was taken off the books.
        "tm_delete" => tm_delete: Timestamp,
        ;
        /// What the event's name says happened.
        implied stage: RecordingStage,
    }
}

crate::open::open_enum! {
    /// How far a recording got.
    pub enum RecordingStage {
        /// Running.
        Started = "started",
        /// The file is there.
        Completed = "completed",
    }
}
