//! Lists, read as the same facts that events bring (live-service.md, sections 4.4, 4.7, 4.9).

use reqwest::Method;
use voipbin_wire::{BareKind, Fact, Timestamp, Told, decode_facts};

use super::{Rest, RestError};

/// As many items as a page can have.
const PAGE: usize = 100;

/// A list of the service, newest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum List {
    /// The customer's calls; for managers.
    Calls,
    /// The customer's rings; for managers.
    Rings,
    /// The customer's callers in queues; for managers.
    Waits,
    /// The customer's SMS; for managers.
    Messages,
    /// The calls that the agent owns.
    OwnCalls,
    /// The conversations that the agent may see.
    OwnConversations,
    /// The texts of one conversation.
    ConversationMessages(String),
    /// The team's chats that the agent is in.
    Talks,
    /// The team's channels that anybody can join.
    Channels,
    /// The messages of one of them.
    TalkMessages(String),
}

/// What a list said.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Listed {
    /// Its items.
    pub told: Vec<Told>,
    /// Nothing younger than this is missing; none when nothing was read.
    pub whole_since: Option<Timestamp>,
}

impl List {
    fn path(&self) -> String {
        match self {
            Self::Calls => "/v1.0/calls".to_owned(),
            Self::Rings => "/v1.0/groupcalls".to_owned(),
            Self::Waits => "/v1.0/queuecalls".to_owned(),
            Self::Messages => "/v1.0/messages".to_owned(),
            Self::OwnCalls => "/v1.0/service_agents/calls".to_owned(),
            Self::OwnConversations => "/v1.0/service_agents/conversations".to_owned(),
            Self::Talks => "/v1.0/service_agents/talk_chats".to_owned(),
            Self::Channels => "/v1.0/service_agents/talk_channels".to_owned(),
            Self::TalkMessages(_) => "/v1.0/service_agents/talk_messages".to_owned(),
            Self::ConversationMessages(id) => format!("/v1.0/service_agents/conversations/{id}/messages"),
        }
    }

    fn kind(&self) -> BareKind {
        match self {
            Self::Calls | Self::OwnCalls => BareKind::Call,
            Self::Rings => BareKind::Ring,
            Self::Waits => BareKind::Queuecall,
            Self::Messages => BareKind::Message,
            Self::OwnConversations => BareKind::Conversation,
            Self::ConversationMessages(_) => BareKind::ConversationMessage,
            Self::Talks | Self::Channels => BareKind::Talk,
            Self::TalkMessages(_) => BareKind::TalkMessage,
        }
    }
}

impl Rest {
    /// Reads a list back to `since`, in `pages` requests at most. Items that
    /// share their time with the end of a page may be passed over by the
    /// service (section 4.4); `since` should lie a little too early for that.
    ///
    /// # Errors
    /// See [`RestError`]; a list of the customer's is [`RestError::Forbidden`]
    /// to a plain agent.
    pub async fn list(&self, list: &List, since: Timestamp, pages: usize) -> Result<Listed, RestError> {
        let (path, size) = (list.path(), PAGE.to_string());
        let mut listed = Listed::default();
        let mut token: Option<String> = None;
        for _ in 0..pages {
            let mut query = vec![("page_size", size.as_str())];
            if let List::TalkMessages(chat) = list {
                query.push(("chat_id", chat));
            }
            query.extend(token.as_deref().map(|token| ("page_token", token)));
            let text = self.send(self.request(Method::GET, &path, &query)).await?;
            let page = decode_facts(list.kind(), &text).ok_or(RestError::BadAnswer)?;
            let oldest = page.items.iter().filter_map(|told| created(&told.fact)).min();
            listed.told.extend(page.items);
            if page.length < PAGE || page.next.is_none() {
                listed.whole_since = Some(Timestamp::from_micros(i64::MIN));
                break;
            }
            listed.whole_since = oldest.or(listed.whole_since);
            if oldest.is_none_or(|oldest| oldest < since) || page.next == token {
                break;
            }
            token = page.next;
        }
        Ok(listed)
    }
}

fn created(fact: &Fact) -> Option<Timestamp> {
    match fact {
        Fact::Call(call) => call.tm_create,
        Fact::Ring(ring) => ring.tm_create,
        Fact::Queue(wait) => wait.tm_join,
        Fact::Message(message) => message.tm_create,
        Fact::Conversation(conversation) => conversation.tm_create,
        _ => None,
    }
}
