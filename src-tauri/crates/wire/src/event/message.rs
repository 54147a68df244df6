//! Texts.

use crate::address::Address;
use crate::clean::{is_blank, one_line};
use crate::event::call::Direction;
use crate::open::open_enum;
use crate::soft::{Payload as _, payload};
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
    pub struct Target, or from a text by Target::from_plain {
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
    pub struct Media, or from a text by Media::from_place {
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

impl Target {
    /// A receiver that is written as an address alone.
    fn from_plain(text: &str) -> Option<Self> {
        Some(Self { destination: Some(Address::from_text(text)?), ..Self::default() })
    }
}

impl Media {
    /// A picture or file that is told by where it lies: its name shows what it is.
    fn from_place(place: &str) -> Option<Self> {
        if is_blank(place) {
            return None;
        }
        let path = place.split(['?', '#']).next().unwrap_or_default();
        let path = path.split_once("://").map_or(path, |(_, rest)| rest.split_once('/').map_or("", |(_, path)| path));
        let name = one_line(path.rsplit('/').next().unwrap_or_default()).into_owned();
        let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
        let kind = match ending.as_deref().unwrap_or_default() {
            "jpg" | "jpeg" | "png" | "gif" | "webp" | "heic" | "bmp" => Some("image"),
            "mp4" | "mov" | "3gp" | "webm" | "mkv" => Some("video"),
            "mp3" | "ogg" | "oga" | "opus" | "amr" | "m4a" | "aac" | "wav" => Some("audio"),
            _ => None,
        };
        let filename = ending.is_some().then_some(name);
        Some(Self { kind: kind.map(str::to_owned), filename, ..Self::default() })
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
