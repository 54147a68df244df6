//! Conferences.

use crate::soft::payload;
use crate::time::Timestamp;

payload! {
    /// What an event says about a conference and one of its calls (seed, "Conference Events").
    pub struct ConferenceFact {
        /// The conference.
        "conference_id" | "id" => id: String,
        /// Whose platform it runs on.
        "customer_id" => customer_id: String,
        /// The call that came or went.
        "call_id" => call_id: String,
        /// How many are in it now.
        "participant_count" => participant_count: i64,
        /// Why the call left.
        "reason" => reason: String,
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
