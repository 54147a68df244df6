//! Conferences.

use crate::soft::{Unread, payload};
use crate::time::Timestamp;
use crate::whose::Whose;

payload! {
    /// What an event says about a conference and one of its calls (seed,
    /// "Conference Events"; live-service.md, section 3.11).
    pub struct ConferenceFact {
        /// The conference.
        "conference_id" | "id" => id: String,
        /// Whose platform it runs on.
        "customer_id" => customer_id: Whose,
        /// The call that came or went.
        "call_id" => call_id: String,
        /// How many are in it now.
        "participant_count" => participant_count: i64,
        /// Why the call left.
        "reason" => reason: String,
        /// `conference`, `connect`, `queue`.
        "type" => kind: String,
        /// `starting`, `progressing`, `terminating`, `terminated`.
        "status" => status: String,
        /// What people call it.
        "name" => name: String,
        /// Further words about it.
        "detail" => detail: String,
        /// The platform's own notes.
        "data" => data: Unread,
        /// Seconds until it ends by itself.
        "timeout" => timeout: i64,
        /// The flow before joining.
        "pre_flow_id" => pre_flow_id: String,
        /// The flow after leaving.
        "post_flow_id" => post_flow_id: String,
        /// Who is in it.
        "conferencecall_ids" => conferencecall_ids: Vec<String>,
        /// The recording under way.
        "recording_id" => recording_id: String,
        /// All its recordings.
        "recording_ids" => recording_ids: Vec<String>,
        /// The transcription under way.
        "transcribe_id" => transcribe_id: String,
        /// All its transcriptions.
        "transcribe_ids" => transcribe_ids: Vec<String>,
        /// Its direct address.
        "direct_hash" => direct_hash: Unread,
        /// When it began.
        "tm_create" => tm_create: Timestamp,
        /// When this was so.
        "tm_update" => tm_update: Timestamp,
        /// When it was taken off the books.
        "tm_delete" => tm_delete: Timestamp,
        /// When the call joined.
        "tm_join" => tm_join: Timestamp,
        /// When the call left.
        "tm_leave" => tm_leave: Timestamp,
        /// When the conference ended.
        "tm_end" => tm_end: Timestamp,
        ;
        /// What the event's name says happened.
        implied seat: Seat,
    }
}

crate::open::open_enum! {
    /// What happened in a conference.
    pub enum Seat {
        /// A call joined.
        Joined = "joined",
        /// A call left.
        Left = "left",
        /// It is over for all.
        Ended = "ended",
    }
}
