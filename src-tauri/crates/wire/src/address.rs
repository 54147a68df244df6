//! Who is at one end of a call or a message.

use crate::open::open_enum;
use crate::soft::payload;

payload! {
    /// An address as the service writes it (seed, "Call Events"; live-service.md, section 3.3).
    pub struct Address {
        /// What kind of end it is.
        "type" => kind: AddressKind,
        /// The number or identifier, a phone number in E.164.
        "target" => target: String,
        /// What the far end calls itself. Text from outside: never trusted as markup.
        "target_name" | "name" => name: String,
        /// Further words about it.
        "detail" => detail: String,
    }
}

open_enum! {
    /// What kind of end an address names (live-service.md, section 3.3).
    pub enum AddressKind {
        /// A phone number.
        Tel = "tel",
        /// An agent, on whichever phone.
        Agent = "agent",
        /// A phone of the customer's own.
        Extension = "extension",
        /// A SIP address.
        Sip = "sip",
        /// A conference.
        Conference = "conference",
        /// An e-mail address.
        Email = "email",
        /// Somebody on LINE.
        Line = "line",
        /// Somebody on WhatsApp.
        Whatsapp = "whatsapp",
        /// A visitor of a web page.
        Webchat = "webchat",
    }
}

impl Address {
    /// A phone number without a name.
    pub fn tel(number: &str) -> Self {
        Self { kind: Some(AddressKind::Tel), target: Some(number.to_owned()), ..Self::default() }
    }
}
