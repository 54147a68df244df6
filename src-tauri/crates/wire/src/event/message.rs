//! Texts.

use crate::address::Address;
use crate::event::call::Direction;
use crate::open::open_enum;
use crate::soft::payload;
use crate::time::Timestamp;

payload! {
    /// What an event says about a text (seed, "Message Events").
    pub struct MessageFact {
        /// The message.
        "id" | "message_id" => id: String,
        /// Whose platform it went through.
        "customer_id" => customer_id: String,
        /// To us or from us.
        "direction" => direction: Direction,
        /// Who wrote it.
        "source" => source: Address,
        /// Who receives it.
        "destination" => destination: Address,
        /// The words. Text from outside: never markup.
        "text" => text: String,
        /// How far it got.
        "status" => status: Delivery,
        /// When it was made.
        "tm_create" => tm_create: Timestamp,
        /// When this was so.
        "tm_update" => tm_update: Timestamp,
    }
}

open_enum! {
    /// How far a text of ours got (live-service.md, section 3.8).
    pub enum Delivery {
        /// The service has it.
        Queued = "queued",
        /// It left the service.
        Sent = "sent",
        /// The phone has it.
        Delivered = "delivered" | "received",
        /// It will not arrive.
        Failed = "failed" | "gw_timeout" | "dlr_timeout",
    }
}
