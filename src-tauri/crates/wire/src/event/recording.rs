//! Recordings.

use crate::soft::payload;
use crate::time::Timestamp;

payload! {
    /// What an event says about a recording (seed, "Recording Events").
    pub struct RecordingFact {
        /// The recording.
        "id" | "recording_id" => id: String,
        /// Whose platform it runs on.
        "customer_id" => customer_id: String,
        /// The call that is recorded.
        "call_id" => call_id: String,
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
        "tm_complete" => tm_complete: Timestamp,
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
