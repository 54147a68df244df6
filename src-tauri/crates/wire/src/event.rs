//! The events of the service and the facts they carry.
//!
//! One list to extend: a row in `events!` names the event, the fact it carries
//! and what the name itself says (an event called `call.ended` means that the
//! call is over, also when its payload forgets the status).

pub(crate) mod agent;
pub(crate) mod bare;
pub(crate) mod call;
pub(crate) mod conference;
pub(crate) mod conversation;
pub(crate) mod flow;
pub(crate) mod message;
pub(crate) mod queue;
pub(crate) mod recording;
pub(crate) mod ring;
pub(crate) mod talk;
pub(crate) mod transcription;

use agent::AgentFact;
use bare::BareKind;
use call::{CallFact, CallState, Direction};
use conference::{ConferenceFact, Seat};
use conversation::{ConversationFact, VisitFact, WebchatFact};
use flow::FlowFact;
use message::{Delivery, MessageFact};
use queue::{QueueFact, QueuePlace};
use recording::{RecordingFact, RecordingStage};
use ring::RingFact;
use talk::{TalkFact, TalkMessageFact, TalkSeatFact};
use transcription::{SpeechFact, TranscriptionFact};

use serde::de::{DeserializeSeed, Deserializer};

use crate::soft::{Came, Drift, read_object};
use crate::time::Timestamp;
use crate::topic::{Resource, TopicParts};
use crate::whose::Whose;

/// A payload whose time is this much later than its envelope's speaks of the
/// future, in microseconds.
const PLANNED_FROM: i64 = 5_000_000;

/// Something we now know about one thing, whichever event told it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::large_enum_variant, reason = "a fact travels inside a boxed Told")]
pub enum Fact {
    /// About a call.
    Call(CallFact),
    /// About a text.
    Message(MessageFact),
    /// About a running flow.
    Flow(FlowFact),
    /// About a conference.
    Conference(ConferenceFact),
    /// About a caller in a queue.
    Queue(QueueFact),
    /// About an agent.
    Agent(AgentFact),
    /// About a recording.
    Recording(RecordingFact),
    /// About a transcription.
    Transcription(TranscriptionFact),
    /// About a ring.
    Ring(RingFact),
    /// About a conversation with a customer.
    Conversation(ConversationFact),
    /// About a text of a web chat.
    Webchat(WebchatFact),
    /// About a visit on a page with a web chat.
    Visit(VisitFact),
    /// About words that were spoken.
    Speech(SpeechFact),
    /// About a chat of the team.
    Talk(TalkFact),
    /// About a message of the team.
    TalkMessage(TalkMessageFact),
    /// About a seat in a chat of the team.
    TalkSeat(TalkSeatFact),
}

/// How something was told; for counting, never to branch on above this crate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// As a named event with some fields: the documented way.
    Named(EventKind),
    /// As the whole object without a name: the live way.
    Bare(BareKind),
}

impl Kind {
    /// A word for it.
    pub const fn as_word(self) -> &'static str {
        match self {
            Self::Named(kind) => kind.as_word(),
            Self::Bare(kind) => kind.as_word(),
        }
    }
}

/// Something as it was told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// How.
    pub kind: Kind,
    /// When it happened: the fact's own time, else the envelope's.
    pub at: Option<Timestamp>,
    /// What the service's clock showed when this was told: the envelope's time,
    /// or the fact's own where there is no envelope.
    pub sent: Option<Timestamp>,
    /// The agent whose own topic delivered it, where one did.
    pub for_agent: Option<String>,
    /// The customer that payload and topic name, where they do.
    pub whose: Option<Whose>,
    /// What we now know.
    pub fact: Fact,
    /// What was strange about the payload.
    pub drift: Drift,
}

impl Told {
    fn of(kind: Kind, fact: Fact) -> Self {
        Self { kind, at: None, sent: None, for_agent: None, whose: None, fact, drift: Drift::default() }
    }

    /// Completes an event with what its topic and its envelope say. None when
    /// neither payload nor topic says what it is about.
    pub(crate) fn complete(
        mut self: Box<Self>,
        topic: Option<TopicParts<'_>>,
        told_at: impl FnOnce() -> Option<Timestamp>,
    ) -> Option<Box<Self>> {
        if let Kind::Named(kind) = self.kind {
            self.fact.complete(topic.and_then(|topic| topic.object_of(&kind.resource())));
        }
        self.for_agent = topic.and_then(|topic| topic.agent()).map(str::to_owned);
        self.whose = Whose::both(self.fact.whose(), topic.and_then(|topic| topic.customer()).and_then(Whose::of));
        let (own, sent) = (self.fact.at(), told_at());
        // Nothing was so after it was told: such a time is a plan, or a wrong clock's.
        let is_planned =
            own.zip(sent).is_some_and(|(own, sent)| own.as_micros() > sent.as_micros().saturating_add(PLANNED_FROM));
        self.at = if is_planned { sent } else { own.or(sent) };
        self.sent = sent.or(own);
        self.fact.says_what_it_is_about().then_some(self)
    }

    /// Reads a bare object. None when it does not say which it is.
    pub(crate) fn read_bare(kind: BareKind, object: &str) -> Option<Self> {
        let (fact, drift) = kind.read(object)?;
        let (at, whose) = (fact.at(), fact.whose());
        fact.says_what_it_is_about().then_some(Self {
            kind: Kind::Bare(kind),
            at,
            sent: at,
            for_agent: None,
            whose,
            fact,
            drift,
        })
    }

    /// Whether nothing is lost when `older` is forgotten for this: the same
    /// once more, or a later picture of the same whole object at the same stage.
    pub fn makes_needless(&self, older: &Self) -> bool {
        if self.fact == older.fact {
            return self.for_agent == older.for_agent || older.for_agent.is_none();
        }
        matches!((self.kind, older.kind), (Kind::Bare(new), Kind::Bare(old)) if new == old)
            && self.fact.object() == older.fact.object()
            && self.fact.stage() == older.fact.stage()
            && self.at >= older.at
    }
}

impl Fact {
    /// What it is about: which kind of thing, and which.
    pub fn object(&self) -> (&'static str, &str) {
        let (kind, id) = match self {
            Self::Call(call) => ("call", &call.id),
            Self::Message(message) => ("message", &message.id),
            Self::Flow(flow) => ("flow", &flow.id),
            Self::Conference(conference) => ("conference", &conference.id),
            Self::Queue(queue) => ("queue", &queue.call_id),
            Self::Agent(agent) => ("agent", &agent.id),
            Self::Recording(recording) => ("recording", &recording.id),
            Self::Transcription(transcription) => ("transcription", &transcription.id),
            Self::Ring(ring) => ("ring", &ring.id),
            Self::Conversation(conversation) => ("conversation", &conversation.id),
            Self::Webchat(text) => ("webchat", &text.id),
            Self::Visit(visit) => ("visit", &visit.id),
            Self::Speech(speech) => ("speech", &speech.id),
            Self::Talk(talk) => ("talk", &talk.id),
            Self::TalkMessage(message) => ("talk message", &message.id),
            Self::TalkSeat(seat) => ("talk seat", &seat.id),
        };
        (kind, id.as_deref().unwrap_or_default())
    }

    /// The customer it is of, where the payload says so.
    pub fn whose(&self) -> Option<Whose> {
        match self {
            Self::Call(call) => call.customer_id,
            Self::Message(message) => message.customer_id,
            Self::Flow(flow) => flow.customer_id,
            Self::Conference(conference) => conference.customer_id,
            Self::Queue(queue) => queue.customer_id,
            Self::Agent(agent) => agent.customer_id.as_deref().and_then(Whose::of),
            Self::Recording(recording) => recording.customer_id,
            Self::Transcription(transcription) => transcription.customer_id,
            Self::Ring(ring) => ring.customer_id,
            Self::Conversation(conversation) => conversation.customer_id,
            Self::Webchat(text) => text.customer_id,
            Self::Visit(visit) => visit.customer_id,
            Self::Speech(speech) => speech.customer_id,
            Self::Talk(talk) => talk.customer_id,
            Self::TalkMessage(message) => message.customer_id,
            Self::TalkSeat(seat) => seat.customer_id,
        }
    }

    /// What an agent could tell apart about it: of two pictures of one thing at
    /// the same stage the later says all.
    pub fn stage(&self) -> (&str, &str) {
        fn plain(text: &Option<String>) -> &str {
            text.as_deref().unwrap_or_default()
        }
        match self {
            Self::Call(call) => (call.status.as_ref().map_or("", |status| status.as_word()), plain(&call.agent_id)),
            Self::Message(message) => (message.status.as_ref().map_or("", |status| status.as_word()), ""),
            Self::Queue(queue) => (plain(&queue.status), plain(&queue.agent_id)),
            Self::Agent(agent) => (agent.status.as_ref().map_or("", |status| status.as_word()), ""),
            Self::Ring(ring) => (
                ring.status.as_ref().map_or("", |status| status.as_word()),
                if ring.is_answered() { "answered" } else { "" },
            ),
            Self::Flow(flow) => (
                plain(&flow.status),
                flow.current_action.as_ref().and_then(|action| action.id.as_deref()).unwrap_or_default(),
            ),
            Self::Conversation(conversation) => (plain(&conversation.agent_id), ""),
            Self::Conference(conference) => (plain(&conference.status), ""),
            Self::Recording(recording) => (plain(&recording.status), ""),
            Self::Transcription(transcription) => (plain(&transcription.status), ""),
            Self::Webchat(text) => (text.status.as_ref().map_or("", |status| status.as_word()), ""),
            Self::Visit(visit) => (plain(&visit.status), ""),
            Self::Speech(_) | Self::Talk(_) | Self::TalkMessage(_) | Self::TalkSeat(_) => ("", ""),
        }
    }

    /// When this was so, by the payload itself. The time of a stage counts only
    /// when the payload is at that stage: before, it is a plan.
    pub fn at(&self) -> Option<Timestamp> {
        match self {
            Self::Call(call) => {
                let ended = call.tm_end.filter(|_| call.status == Some(CallState::Hangup));
                ended.max(call.tm_update).or(call.tm_create).or(call.tm_end)
            }
            Self::Message(message) => message.tm_update.or(message.tm_create),
            Self::Flow(flow) => {
                let is_over =
                    flow.result.is_some() || matches!(flow.status.as_deref(), Some("completed" | "ended" | "stopped"));
                flow.tm_end.filter(|_| is_over).max(flow.tm_update).or(flow.tm_create).or(flow.tm_end)
            }
            Self::Conference(conference) => {
                let is_over =
                    conference.seat == Some(Seat::Ended) || conference.status.as_deref() == Some("terminated");
                let of_stage = match conference.seat {
                    Some(Seat::Joined) => conference.tm_join,
                    Some(Seat::Left) => conference.tm_leave,
                    _ => conference.tm_end.filter(|_| is_over),
                };
                of_stage
                    .max(conference.tm_update)
                    .or(conference.tm_create)
                    .or(conference.tm_leave.max(conference.tm_join))
            }
            Self::Queue(queue) => {
                let of_stage = match queue.place {
                    Some(QueuePlace::Left) => queue.tm_leave,
                    Some(QueuePlace::Connected) => queue.tm_connect,
                    _ => None,
                };
                of_stage.max(queue.tm_update).or(queue.tm_leave.max(queue.tm_connect).max(queue.tm_join))
            }
            Self::Agent(agent) => agent.tm_update.or(agent.tm_create),
            Self::Recording(recording) => {
                let is_over = recording.stage == Some(RecordingStage::Completed);
                let completed = recording.tm_complete.filter(|_| is_over);
                completed.max(recording.tm_update).or(recording.tm_start).or(recording.tm_complete)
            }
            Self::Transcription(transcription) => {
                let is_over = transcription.status.as_deref() == Some("done") || transcription.text.is_some();
                let completed = transcription.tm_complete.filter(|_| is_over);
                completed.max(transcription.tm_update).or(transcription.tm_complete)
            }
            Self::Ring(ring) => ring.tm_update.or(ring.tm_create),
            Self::Conversation(conversation) => conversation.tm_update.or(conversation.tm_create),
            Self::Webchat(text) => text.tm_create,
            Self::Visit(visit) => visit.tm_update.max(visit.tm_end).or(visit.tm_create),
            Self::Speech(speech) => speech.tm_event.or(speech.tm_create),
            Self::Talk(talk) => talk.tm_update.or(talk.tm_create),
            Self::TalkMessage(message) => message.tm_update.or(message.tm_create),
            Self::TalkSeat(seat) => seat.tm_joined,
        }
    }

    /// Takes the identifier from the topic where the payload left it out.
    fn complete(&mut self, topic_id: Option<&str>) {
        let Some(slot) = self.id_slot() else { return };
        if slot.as_deref().is_none_or(str::is_empty) {
            *slot = topic_id.map(str::to_owned);
        }
    }

    /// Where a documented topic's identifier belongs.
    fn id_slot(&mut self) -> Option<&mut Option<String>> {
        match self {
            Self::Call(call) => Some(&mut call.id),
            Self::Message(message) => Some(&mut message.id),
            Self::Flow(flow) => Some(&mut flow.id),
            Self::Conference(conference) => Some(&mut conference.id),
            Self::Queue(queue) => Some(&mut queue.queue_id),
            Self::Agent(agent) => Some(&mut agent.id),
            Self::Recording(recording) => Some(&mut recording.id),
            Self::Transcription(transcription) => Some(&mut transcription.id),
            _ => None,
        }
    }

    fn says_what_it_is_about(&self) -> bool {
        let is_placed = match self {
            Self::Queue(queue) => queue.queue_id.is_some() || queue.id.is_some(),
            _ => true,
        };
        is_placed && !self.object().1.is_empty()
    }
}

macro_rules! events {
    ($( $(#[$meta:meta])* $word:literal => $kind:ident: $fact:ident($payload:ty), $resource:ident $(, |$it:ident| $says:expr)?; )+) => {
        /// An event of the service (seed, "Valid Resource Types").
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum EventKind {
            $( $(#[$meta])* $kind, )+
        }

        /// Every event this version knows.
        pub const EVENTS: &[EventKind] = &[$(EventKind::$kind),+];

        impl EventKind {
            /// The service's name for it.
            pub const fn as_word(self) -> &'static str {
                match self {
                    $( Self::$kind => $word, )+
                }
            }

            /// The event of that name, in whatever case it is written.
            pub fn from_word(word: &str) -> Option<Self> {
                let known = |word: &str| match word {
                    $( $word => Some(Self::$kind), )+
                    _ => None,
                };
                known(word).or_else(|| known(&crate::soft::folded(word)?))
            }

            /// The resource type under which it is published.
            pub const fn resource(self) -> Resource {
                match self {
                    $( Self::$kind => Resource::$resource, )+
                }
            }
        }

        /// Reads the payload; none when it is not an object.
        impl<'de> DeserializeSeed<'de> for EventKind {
            type Value = Option<Box<Told>>;

            fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Self::Value, D::Error> {
                Ok(match self {
                    $( Self::$kind => {
                        let mut told = Box::new(Told::of(Kind::Named(self), Fact::$fact(<$payload>::default())));
                        let Told { fact: Fact::$fact(value), drift, .. } = &mut *told else { return Ok(None) };
                        if read_object(|| &mut *value, drift, from)? != Came::Is {
                            return Ok(None);
                        }
                        $( {
                            let $it = value;
                            $says;
                        } )?
                        Some(told)
                    } )+
                })
            }
        }
    };
}

events! {
    /// A call began.
    "call.created" => CallCreated: Call(CallFact), Call, |call| call.status.get_or_insert(CallState::Ringing);
    /// A call moved to another state.
    "call.status" => CallStatus: Call(CallFact), Call;
    /// A call is over.
    "call.ended" => CallEnded: Call(CallFact), Call, |call| call.status = Some(CallState::Hangup);
    /// A call was given to an agent.
    "call.assigned" => CallAssigned: Call(CallFact), Call, |call| call.assigned = Some(true);
    /// A text came in.
    "message.received" => MessageReceived: Message(MessageFact), Message, |message| message.direction.get_or_insert(Direction::Inbound);
    /// A text went out.
    "message.sent" => MessageSent: Message(MessageFact), Message, |message| {
        message.direction.get_or_insert(Direction::Outbound);
        message.status.get_or_insert(Delivery::Sent);
    };
    /// A text of ours got further.
    "message.delivery" => MessageDelivery: Message(MessageFact), Message;
    /// A flow runs an action.
    "activeflow.updated" => ActiveflowUpdated: Flow(FlowFact), Activeflow, |flow| flow.status.get_or_insert("executing".to_owned());
    /// A flow is over.
    "activeflow.completed" => ActiveflowCompleted: Flow(FlowFact), Activeflow, |flow| flow.status = Some("completed".to_owned());
    /// A call joined a conference.
    "conference.joined" => ConferenceJoined: Conference(ConferenceFact), Conference, |conference| conference.seat = Some(Seat::Joined);
    /// A call left a conference.
    "conference.left" => ConferenceLeft: Conference(ConferenceFact), Conference, |conference| conference.seat = Some(Seat::Left);
    /// A conference is over.
    "conference.ended" => ConferenceEnded: Conference(ConferenceFact), Conference, |conference| conference.seat = Some(Seat::Ended);
    /// A caller entered a queue.
    "queue.joined" => QueueJoined: Queue(QueueFact), Queue, |queue| queue.place = Some(QueuePlace::Waiting);
    /// A caller was connected to an agent.
    "queue.connected" => QueueConnected: Queue(QueueFact), Queue, |queue| queue.place = Some(QueuePlace::Connected);
    /// A caller left a queue without having been connected.
    "queue.left" => QueueLeft: Queue(QueueFact), Queue, |queue| queue.place = Some(QueuePlace::Left);
    /// An agent changed status.
    "agent.status" => AgentStatus: Agent(AgentFact), Agent;
    /// A recording began.
    "recording.started" => RecordingStarted: Recording(RecordingFact), Recording, |recording| recording.stage = Some(RecordingStage::Started);
    /// A recording is complete.
    "recording.completed" => RecordingCompleted: Recording(RecordingFact), Recording, |recording| recording.stage = Some(RecordingStage::Completed);
    /// A transcription is complete.
    "transcription.completed" => TranscriptionCompleted: Transcription(TranscriptionFact), Transcription;
}
