//! The service's answers to a subscription.

use crate::open::open_enum;

/// The service took a subscription or its end (seed, "Success Acknowledgment").
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ack {
    /// `subscribe` or `unsubscribe`; none when the service did not say.
    pub action: Option<String>,
    /// The topics in the words they were sent in.
    pub topics: Vec<String>,
    /// Whether it was taken: `status` is `success`, or not told.
    pub success: bool,
}

/// The service did not do what it was asked (seed, "Error Response").
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// `subscribe`, `unsubscribe`, or nothing when the message was not understood at all.
    pub action: Option<String>,
    /// The topics it is about; may be none.
    pub topics: Vec<String>,
    /// Why.
    pub code: ErrorCode,
    /// The service's own words; for the log, never to branch on.
    pub message: String,
}

open_enum! {
    /// Why a subscription was refused (seed, "Error Codes").
    pub enum ErrorCode {
        /// The signed-in agent may not see this topic.
        PermissionDenied = "PERMISSION_DENIED",
        /// The topic is not one.
        InvalidTopic = "INVALID_TOPIC",
        /// The message as a whole was not understood.
        InvalidMessage = "INVALID_MESSAGE",
        /// Too many subscriptions in too little time.
        RateLimited = "RATE_LIMITED",
    }
}

impl ErrorCode {
    /// No code of the service's: it closed the connection when it was asked
    /// (live-service.md, section 1.5).
    pub const DROPPED: &'static str = "DROPPED";
}
