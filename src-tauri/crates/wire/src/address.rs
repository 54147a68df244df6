//! Who is at one end of a call or a message.

use crate::open::open_enum;
use crate::soft::payload;

payload! {
    /// An address as the service writes it (seed, "Call Events"; live-service.md, section 3.3).
    pub struct Address, or from a text by Address::from_plain {
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
    /// An address that is written as a text alone: `+15551234567`, `sip:leo@sip.example`.
    fn from_plain(text: &str) -> Option<Self> {
        if crate::is_blank(text) {
            return None;
        }
        let begins = |scheme: &str| text.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme));
        let is_number = !text.contains(char::is_alphabetic) && text.contains(char::is_numeric) && !text.contains('@');
        let kind = match () {
            () if begins("tel:") || is_number => Some(AddressKind::Tel),
            () if begins("sip:") || begins("sips:") => Some(AddressKind::Sip),
            () if begins("mailto:") => Some(AddressKind::Email),
            () => None,
        };
        Some(Self { kind, target: Some(text.to_owned()), ..Self::default() })
    }

    /// A phone number without a name.
    pub fn tel(number: &str) -> Self {
        Self { kind: Some(AddressKind::Tel), target: Some(number.to_owned()), ..Self::default() }
    }
}
