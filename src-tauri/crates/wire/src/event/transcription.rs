//! Transcriptions.

use crate::soft::{Unread, payload};
use crate::time::Timestamp;
use crate::whose::Whose;

payload! {
    /// What an event says about a transcription (seed, "Available Resource
    /// Types", which shows no example of its payload; live-service.md, section 3.11).
    pub struct TranscriptionFact {
        /// The transcription.
        "id" | "transcription_id" => id: String,
        /// Whose platform it runs on.
        "customer_id" => customer_id: Whose,
        /// The call that was transcribed.
        "call_id" | "reference_id" => call_id: String,
        /// `call`, `confbridge`, `recording`.
        "reference_type" => reference_type: String,
        /// `progressing`, `done`.
        "status" => status: String,
        /// `both`, `in`, `out`.
        "direction" => direction: String,
        /// Who listens.
        "provider" => provider: String,
        /// The flow's run that made it.
        "activeflow_id" => activeflow_id: String,
        /// The flow that follows.
        "on_end_flow_id" => on_end_flow_id: String,
        /// Its language, as in `en-US`.
        "language" => language: String,
        /// The words. Text from outside: never markup.
        "text" => text: String,
        /// When it was complete.
        "tm_complete" | "tm_create" => tm_complete: Timestamp,
        /// When this was so.
        "tm_update" => tm_update: Timestamp,
        /// When it was taken off the books.
        "tm_delete" => tm_delete: Timestamp,
    }
}

payload! {
    /// What was said, as far as it was understood: a finished line of a
    /// transcription, or one that is still being spoken (live-service.md, section 3.11).
    pub struct SpeechFact {
        /// This line.
        "id" => id: String,
        /// Whose platform it runs on.
        "customer_id" => customer_id: Whose,
        /// The transcription it belongs to.
        "transcribe_id" => transcribe_id: String,
        /// The stream it was heard on; none for a finished line.
        "streaming_id" => streaming_id: String,
        /// `in` or `out`.
        "direction" => direction: String,
        /// The words. Text from outside: never markup.
        "message" => message: String,
        /// Where in the call, as the service writes it.
        "tm_transcript" => tm_transcript: Unread,
        /// The same in milliseconds (section 8).
        "offset_ms" => offset_ms: i64,
        /// When it was said.
        "tm_event" => tm_event: Timestamp,
        /// When it was written down.
        "tm_create" => tm_create: Timestamp,
    }
}
