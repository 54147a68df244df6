//! Transcriptions.

use crate::soft::payload;
use crate::time::Timestamp;

payload! {
    /// What an event says about a transcription (seed, "Available Resource
    /// Types"; the seed shows no example of its payload).
    pub struct TranscriptionFact {
        /// The transcription.
        "id" | "transcription_id" => id: String,
        /// Whose platform it runs on.
        "customer_id" => customer_id: String,
        /// The call that was transcribed.
        "call_id" => call_id: String,
        /// Its language, as in `en-US`.
        "language" => language: String,
        /// The words. Text from outside: never markup.
        "text" => text: String,
        /// When it was complete.
        "tm_complete" | "tm_create" => tm_complete: Timestamp,
    }
}
