//! Who is at one end of a call or a message.

use crate::soft::payload;

payload! {
    /// An address as the service writes it (seed, "Call Events"; live-service.md, section 3.3).
    pub struct Address {
        /// `tel`, `agent`, `extension`, `sip`, `email`, …
        "type" => kind: String,
        /// The number or identifier, a phone number in E.164.
        "target" => target: String,
        /// What the far end calls itself. Text from outside: never trusted as markup.
        "target_name" | "name" => name: String,
        /// Further words about it.
        "detail" => detail: String,
    }
}

impl Address {
    /// A phone number without a name.
    pub fn tel(number: &str) -> Self {
        Self { kind: Some("tel".to_owned()), target: Some(number.to_owned()), ..Self::default() }
    }
}
