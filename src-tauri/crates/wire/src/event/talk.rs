//! Talk: the team's own chat, staff to staff (live-service.md, section 3.10).

use crate::address::Address;
use crate::soft::{Unread, payload};
use crate::time::Timestamp;
use crate::whose::Whose;

payload! {
    /// What is known about a chat of the team.
    pub struct TalkFact {
        /// The chat.
        "id" => id: String,
        /// Whose platform it runs on.
        "customer_id" => customer_id: Whose,
        /// `direct`, `group`, `talk`.
        "type" => kind: String,
        /// What people call it.
        "name" => name: String,
        /// Further words about it.
        "detail" => detail: String,
        /// How many are in it.
        "member_count" => member_count: i64,
        /// When it began.
        "tm_create" => tm_create: Timestamp,
        /// When this was so.
        "tm_update" => tm_update: Timestamp,
        /// When it was taken off the books.
        "tm_delete" => tm_delete: Timestamp,
    }
}

payload! {
    /// What is known about a message of the team.
    pub struct TalkMessageFact {
        /// The message.
        "id" => id: String,
        /// Whose platform it runs on.
        "customer_id" => customer_id: Whose,
        /// `agent`.
        "owner_type" => owner_type: String,
        /// Who wrote it.
        "owner_id" => agent_id: String,
        /// The chat.
        "chat_id" => chat_id: String,
        /// The message it answers.
        "parent_id" => parent_id: String,
        /// `normal`, `system`.
        "type" => kind: String,
        /// The words.
        "text" => text: String,
        /// Files, links, addresses.
        "medias" => medias: Vec<TalkMedia>,
        /// Reactions.
        "metadata" => metadata: TalkMetadata,
        /// When it was written.
        "tm_create" => tm_create: Timestamp,
        /// When this was so.
        "tm_update" => tm_update: Timestamp,
        /// When it was taken off the books.
        "tm_delete" => tm_delete: Timestamp,
    }
}

payload! {
    /// A file, link or address that came with a message.
    pub struct TalkMedia {
        /// `address`, `agent`, `file`, `link`.
        "type" => kind: String,
        /// An address.
        "address" => address: Address,
        /// An agent.
        "agent_id" => agent_id: String,
        /// A file of the service.
        "file_id" => file_id: String,
        /// A link. Text from outside: never followed by itself.
        "link_url" => link_url: String,
    }
}

payload! {
    /// What is attached to a message.
    pub struct TalkMetadata {
        /// Reactions, one per person and sign.
        "reactions" => reactions: Vec<TalkReaction>,
    }
}

payload! {
    /// A reaction to a message.
    pub struct TalkReaction {
        /// The sign.
        "emoji" => emoji: String,
        /// `agent`.
        "owner_type" => owner_type: Unread,
        /// Who.
        "owner_id" => owner_id: String,
        /// When.
        "tm_create" => tm_create: Timestamp,
    }
}

payload! {
    /// What is known about somebody's seat in a chat of the team.
    pub struct TalkSeatFact {
        /// The seat.
        "id" => id: String,
        /// Whose platform it runs on.
        "customer_id" => customer_id: Whose,
        /// `agent`.
        "owner_type" => owner_type: String,
        /// Who sits there.
        "owner_id" => agent_id: String,
        /// The chat.
        "chat_id" => chat_id: String,
        /// Since when.
        "tm_joined" => tm_joined: Timestamp,
    }
}
