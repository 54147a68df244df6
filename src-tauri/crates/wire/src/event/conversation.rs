//! Conversations with customers, in whatever channel.

use crate::address::Address;
use crate::event::call::Direction;
use crate::event::message::Delivery;
use crate::soft::payload;
use crate::time::Timestamp;
use crate::whose::Whose;

payload! {
    /// What is known about a conversation (live-service.md, section 3.9).
    pub struct ConversationFact {
        /// The conversation.
        "id" => id: String,
        /// Whose platform it runs on.
        "customer_id" => customer_id: Whose,
        /// `agent` where one has it.
        "owner_type" => owner_type: String,
        /// The agent who has it.
        "owner_id" => agent_id: String,
        /// The account it runs over.
        "account_id" => account_id: String,
        /// What people call it.
        "name" => name: String,
        /// Further words about it.
        "detail" => detail: String,
        /// Its name in the channel.
        "dialog_id" => dialog_id: String,
        /// `message` for SMS, `line`, `whatsapp`, `email`, `webchat`.
        "type" => kind: String,
        /// Our end.
        "self" => ours: Address,
        /// The customer.
        "peer" => peer: Address,
        /// When it began.
        "tm_create" => tm_create: Timestamp,
        /// When this was so.
        "tm_update" => tm_update: Timestamp,
        /// When it was taken off the books.
        "tm_delete" => tm_delete: Timestamp,
    }
}

payload! {
    /// A text of a web chat (live-service.md, section 3.12).
    pub struct WebchatFact {
        /// The text.
        "id" => id: String,
        /// Whose platform it runs on.
        "customer_id" => customer_id: Whose,
        /// The button on the customer's page.
        "widget_id" => widget_id: String,
        /// The visit it was written in.
        "session_id" => session_id: String,
        /// To us or from us.
        "direction" => direction: Direction,
        /// `sent`, `delivered`, `failed`.
        "status" => status: Delivery,
        /// Who wrote it.
        "sender_id" => sender_id: String,
        /// The words. Text from outside: never markup.
        "text" => text: String,
        /// When it was written.
        "tm_create" => tm_create: Timestamp,
        /// When it was taken off the books.
        "tm_delete" => tm_delete: Timestamp,
    }
}

payload! {
    /// A visit on a page with a web chat (live-service.md, section 3.12).
    pub struct VisitFact {
        /// The visit.
        "id" => id: String,
        /// Whose platform it runs on.
        "customer_id" => customer_id: Whose,
        /// The button on the customer's page.
        "widget_id" => widget_id: String,
        /// `active`, `ended`.
        "status" => status: String,
        /// The page. Text from outside: never a link by itself.
        "page_url" => page_url: String,
        /// Where the visitor came from.
        "referrer" => referrer: String,
        /// The visitor.
        "peer" => peer: Address,
        /// Our end.
        "local" => local: Address,
        /// When something was last done.
        "tm_last_activity" => tm_last_activity: Timestamp,
        /// When it began.
        "tm_create" => tm_create: Timestamp,
        /// When this was so.
        "tm_update" => tm_update: Timestamp,
        /// When it ended.
        "tm_end" => tm_end: Timestamp,
        /// When it was taken off the books.
        "tm_delete" => tm_delete: Timestamp,
    }
}
