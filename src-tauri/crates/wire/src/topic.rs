//! Topics: which events a connection wants (seed, "Topic System").

use std::fmt;

use uuid::Uuid;

use crate::open::open_enum;

/// `<scope>:<scope_id>:<resource>:<resource_id>`.
///
/// What we send has UUIDs (see [`Topic::all`], [`Topic::one`] and
/// [`Topic::events`]); what we receive may hold any text in their place, as the
/// examples of the seed do.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Topic {
    scope: Scope,
    scope_id: String,
    resource: Resource,
    resource_id: String,
}

open_enum! {
    /// Whose events a topic covers.
    pub enum Scope {
        /// Everything of a customer; needs admin or manager permission.
        Customer = "customer_id",
        /// One agent's own; needs to be that agent.
        Agent = "agent_id",
    }
}

open_enum! {
    /// What kind of thing a topic is about (seed, "Available Resource Types").
    pub enum Resource {
        /// Calls.
        Call = "call",
        /// SMS and MMS.
        Message = "message",
        /// Running flows.
        Activeflow = "activeflow",
        /// Conferences.
        Conference = "conference",
        /// Queues and who waits in them.
        Queue = "queue",
        /// Agents and their status.
        Agent = "agent",
        /// Recordings.
        Recording = "recording",
        /// Transcriptions.
        Transcription = "transcription",
        /// Rings; live only, as are all that follow (live-service.md, section 2.7).
        Groupcall = "groupcall",
        /// Callers in queues.
        Queuecall = "queuecall",
        /// Conversations and their texts.
        Conversation = "conversation",
        /// Chats of the team.
        Chat = "chat",
        /// Messages of the team.
        Chatmessage = "chatmessage",
        /// Seats in chats of the team.
        Chatparticipant = "chatparticipant",
        /// Web chats.
        Webchat = "webchat",
        /// Transcriptions, as the live service calls them.
        Transcribe = "transcribe",
        /// Their lines.
        Transcript = "transcript",
        /// Every kind; documented, and advised against.
        Any = "*",
    }
}

/// Why a text is not a topic.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TopicError {
    /// It has not four parts.
    #[error("a topic has four parts, as in customer_id:<id>:call:*")]
    Parts,
    /// One of its parts is empty.
    #[error("a part of the topic is empty")]
    Empty,
    /// The first part is neither scope.
    #[error("a topic starts with customer_id or agent_id, not {0}")]
    Scope(String),
    /// The third part is no resource type.
    #[error("there is no resource type {0}")]
    Resource(String),
    /// An identifier that we would send is no UUID.
    #[error("{0} is not a UUID")]
    Id(String),
}

impl Topic {
    /// All of one resource type.
    pub fn all(scope: Scope, scope_id: Uuid, resource: Resource) -> Self {
        Self { scope, scope_id: scope_id.to_string(), resource, resource_id: "*".to_owned() }
    }

    /// All events of one resource type as the live service names them: a
    /// prefix, which gets each event once (live-service.md, section 2.5).
    pub fn events(scope: Scope, scope_id: Uuid, resource: Resource) -> Self {
        let resource_id = format!("{resource}_");
        Self { scope, scope_id: scope_id.to_string(), resource, resource_id }
    }

    /// One object.
    pub fn one(scope: Scope, scope_id: Uuid, resource: Resource, id: Uuid) -> Self {
        Self { scope, scope_id: scope_id.to_string(), resource, resource_id: id.to_string() }
    }

    /// Reads a topic as received: any text is taken for an identifier, and a
    /// new scope or resource type is kept.
    ///
    /// # Errors
    /// When it has not four parts or one of them is empty.
    pub fn parse(text: &str) -> Result<Self, TopicError> {
        let TopicParts { scope, scope_id, resource, resource_id } = TopicParts::of(text)?;
        Ok(Self {
            scope: Scope::from_word(scope),
            scope_id: scope_id.to_owned(),
            resource: Resource::from_word(resource),
            resource_id: resource_id.to_owned(),
        })
    }

    /// Whether the topic is fit to be sent: a known scope and resource type,
    /// UUIDs in canonical form, `*`, or all events of the type.
    ///
    /// # Errors
    /// Says which part is not.
    pub fn validate(&self) -> Result<(), TopicError> {
        if let Scope::Other(scope) = &self.scope {
            return Err(TopicError::Scope(scope.clone()));
        }
        if let Resource::Other(resource) = &self.resource {
            return Err(TopicError::Resource(resource.clone()));
        }
        let ids = [Some(&self.scope_id), Some(&self.resource_id).filter(|_| self.resource_id().is_some())];
        match ids.into_iter().flatten().find(|id| !is_canonical_uuid(id)) {
            Some(id) => Err(TopicError::Id(id.clone())),
            None => Ok(()),
        }
    }

    /// Whose events it covers.
    pub fn scope(&self) -> &Scope {
        &self.scope
    }

    /// The customer's or agent's identifier.
    pub fn scope_id(&self) -> &str {
        &self.scope_id
    }

    /// The resource type.
    pub fn resource(&self) -> &Resource {
        &self.resource
    }

    /// The object's identifier, or none for all of the type.
    pub fn resource_id(&self) -> Option<&str> {
        object_id(&self.resource_id, self.resource.as_word())
    }

    /// Whether a subscription to `self` delivers what is published under `other`.
    pub fn covers(&self, other: &Self) -> bool {
        self.scope == other.scope
            && self.scope_id == other.scope_id
            && (self.resource == Resource::Any || self.resource == other.resource)
            && (self.resource_id == "*" || self.resource_id == other.resource_id)
    }
}

impl fmt::Display for Topic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}:{}", self.scope, self.scope_id, self.resource, self.resource_id)
    }
}

/// A topic as it was received, not taken apart into pieces of its own.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TopicParts<'a> {
    scope: &'a str,
    scope_id: &'a str,
    resource: &'a str,
    resource_id: &'a str,
}

impl<'a> TopicParts<'a> {
    /// The customer whose topic it is.
    pub(crate) fn customer(&self) -> Option<&'a str> {
        (self.scope == Scope::Customer.as_word()).then_some(self.scope_id)
    }

    pub(crate) fn of(text: &'a str) -> Result<Self, TopicError> {
        let mut parts = text.splitn(4, ':');
        let mut part = || parts.next().ok_or(TopicError::Parts);
        let (scope, scope_id, resource, resource_id) = (part()?, part()?, part()?, part()?);
        if [scope, scope_id, resource, resource_id].iter().any(|part| part.trim().is_empty()) {
            return Err(TopicError::Empty);
        }
        Ok(Self { scope, scope_id, resource, resource_id })
    }

    /// The object's identifier, where it is one of this type.
    pub(crate) fn object_of(self, resource: &Resource) -> Option<&'a str> {
        let resource = resource.as_word();
        object_id(self.resource_id, resource).filter(|_| self.resource == resource)
    }

    /// The agent whose topic it is.
    pub(crate) fn agent(self) -> Option<&'a str> {
        Some(self.scope_id).filter(|_| self.scope == Scope::Agent.as_word())
    }
}

/// The last part of a topic, unless it stands for all of the type.
fn object_id<'a>(id: &'a str, resource: &str) -> Option<&'a str> {
    let is_all = id == "*" || id.strip_suffix('_') == Some(resource);
    Some(id).filter(|_| !is_all)
}

fn is_canonical_uuid(text: &str) -> bool {
    Uuid::try_parse(text).is_ok_and(|id| !id.is_nil() && id.to_string() == text)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_topics_of_the_documentation_read_and_print_the_same() {
        let topics = [
            "customer_id:abc123:call:*",
            "customer_id:abc123:call:xyz789",
            "agent_id:agent123:queue:*",
            "customer_id:abc123:*:*",
            "customer_id:12345678-1234-1234-1234-123456789012:call:a1b2c3d4-e5f6-7890-abcd-ef1234567890",
        ];
        for text in topics {
            assert_eq!(Topic::parse(text).unwrap().to_string(), text);
        }
    }

    #[test]
    fn a_wildcard_covers_its_kind_and_nothing_else() {
        let calls = Topic::parse("customer_id:abc:call:*").unwrap();
        for (topic, covered) in [
            ("customer_id:abc:call:1", true),
            ("customer_id:abc:message:1", false),
            ("customer_id:abd:call:1", false),
            ("agent_id:abc:call:1", false),
        ] {
            assert_eq!(calls.covers(&Topic::parse(topic).unwrap()), covered, "{topic}");
        }
        assert!(Topic::parse("customer_id:abc:*:*").unwrap().covers(&calls));
    }

    #[test]
    fn what_is_not_a_topic_says_why() {
        assert_eq!(Topic::parse("customer_id:abc:call"), Err(TopicError::Parts));
        assert_eq!(Topic::parse("customer_id::call:*"), Err(TopicError::Empty));
        let validate = |text| Topic::parse(text).unwrap().validate();
        assert_eq!(validate("team:abc:call:*"), Err(TopicError::Scope("team".into())));
        assert_eq!(validate("agent_id:abc:fax:*"), Err(TopicError::Resource("fax".into())));
        assert_eq!(validate("agent_id:abc:call:*"), Err(TopicError::Id("abc".into())));
        assert_eq!(validate("agent_id:98765432-4321-4321-4321-210987654321:call:*"), Ok(()));
    }

    #[test]
    fn an_upper_case_uuid_is_not_sent_because_the_service_matches_text() {
        let topic = Topic::parse("agent_id:ABCDEF12-4321-4321-4321-210987654321:call:*").unwrap();
        assert!(matches!(topic.validate(), Err(TopicError::Id(_))));
    }

    proptest! {
        #[test]
        fn a_topic_that_reads_prints_as_it_was(text in "[a-z_*]{0,6}:[a-z0-9-]{0,6}:[a-z*]{0,6}:.{0,8}") {
            if let Ok(topic) = Topic::parse(&text) {
                prop_assert_eq!(topic.to_string(), text);
            }
        }
    }
}
