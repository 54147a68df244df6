//! Texts.

use crate::address::Address;
use crate::event::call::Direction;
use crate::open::open_enum;
use crate::soft::payload;
use crate::time::Timestamp;
use crate::whose::Whose;

payload! {
    /// What an event says about a text (seed, "Message Events"; live-service.md,
    /// sections 3.8 and 3.9). A text inside a conversation is known by the SMS
    /// it was, where it was one, so that both ways of telling it are one text.
    pub struct MessageFact {
        /// The message.
        "id" | "message_id" => id: String,
        /// Whose platform it went through.
        "customer_id" => customer_id: Whose,
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
        /// `sms`.
        "type" => kind: String,
        /// To whom it goes and how far it got, for each.
        "targets" => targets: Vec<Target>,
        /// The conversation it is part of.
        "conversation_id" => conversation_id: String,
        /// `message`, `line`, `whatsapp`, `email`, `webchat`.
        "reference_type" => reference_type: String,
        /// What it is in that channel.
        "reference_id" => reference_id: String,
        /// Pictures and files.
        "medias" | "media" => medias: Vec<Media>,
        /// When it was made.
        "tm_create" => tm_create: Timestamp,
        /// When this was so.
        "tm_update" => tm_update: Timestamp,
        /// When it was taken off the books.
        "tm_delete" => tm_delete: Timestamp,
    }
}

payload! {
    /// One receiver of a text.
    pub struct Target {
        /// Who.
        "destination" => destination: Address,
        /// How far it got.
        "status" => status: Delivery,
        /// Texts it was cut into.
        "parts" => parts: i64,
        /// When this was so.
        "tm_update" => tm_update: Timestamp,
    }
}

payload! {
    /// A picture or file of a conversation's text.
    pub struct Media {
        /// Which.
        "id" => id: String,
        /// Whose.
        "customer_id" => customer_id: Whose,
        /// `image`, `video`, `audio`, `file`, …
        "type" => kind: String,
        /// What it is called.
        "filename" => filename: String,
        /// When it was made.
        "tm_create" => tm_create: Timestamp,
        /// When it was changed.
        "tm_update" => tm_update: Timestamp,
        /// When it was taken off the books.
        "tm_delete" => tm_delete: Timestamp,
    }
}

open_enum! {
    /// How far a text of ours got (live-service.md, section 3.8).
    pub enum Delivery {
        /// The service has it.
        Queued = "queued" | "progressing" | "accepted",
        /// It left the service.
        Sent = "sent" | "done",
        /// The phone has it.
        Delivered = "delivered" | "received",
        /// It will not arrive.
        Failed = "failed" | "undelivered" | "rejected" | "expired",
        /// Nobody told in time: it may have arrived, and it may not.
        Unknown = "unknown" | "gw_timeout" | "dlr_timeout" | "timeout",
    }
}
