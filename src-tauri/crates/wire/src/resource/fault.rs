//! What the service says of a request that it did not carry out.

use crate::soft::{Unread, payload, read_payload};

payload! {
    /// A request that was not carried out, and why (live-service.md, section 4.2).
    pub struct Fault {
        /// The HTTP status in a word.
        "status" => status: String,
        /// Why, in a code to branch on.
        "reason" => reason: String,
        /// Why, in words; never to branch on.
        "message" => message: String,
        /// By which name the service's people find the request; it is the one we sent.
        "request_id" => request_id: Unread,
        /// Further facts, of which each reason has its own.
        "details" => details: Unread,
    }
}

payload! {
    /// The answer that a [`Fault`] comes in.
    pub struct Refused {
        /// What went wrong.
        "error" => error: Fault,
    }
}

impl Fault {
    /// Reads the service's error object; none when the text is none.
    pub fn decode(text: &str) -> Option<Self> {
        read_payload::<Refused>(text)?.value.error
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_read_however_odd_its_words_are() {
        let text = "{\"error\":{\"status\":\"FAILED_PRECONDITION\",\"reason\":null,\"message\":\"Mia \\ud83d\u{7} is gone\",\"details\":1e400}}";
        let fault = Fault::decode(text).unwrap();
        assert_eq!((fault.status.as_deref(), fault.reason), (Some("FAILED_PRECONDITION"), None));
        assert_eq!(fault.message.as_deref(), Some("Mia  is gone"));
        assert_eq!(Fault::decode("<html>"), None);
        assert_eq!(Fault::decode(r#"{"portal":true}"#), None);
    }
}
