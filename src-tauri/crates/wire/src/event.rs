//! The events of the service and the facts they carry.
//!
//! One list to extend: a row in `events!` names the event, the fact it carries
//! and what the name itself says (an event called `call.ended` means that the
//! call is over, also when its payload forgets the status).

pub(crate) mod agent;
pub(crate) mod call;
pub(crate) mod conference;
pub(crate) mod flow;
pub(crate) mod message;
pub(crate) mod queue;
pub(crate) mod recording;
pub(crate) mod transcription;

use agent::AgentFact;
use call::{CallFact, CallState, Direction};
use conference::{ConferenceFact, Seat};
use flow::FlowFact;
use message::{Delivery, MessageFact};
use queue::{QueueFact, QueuePlace};
use recording::{RecordingFact, RecordingStage};
use transcription::TranscriptionFact;

use crate::soft::{Drift, Read};
use crate::time::Timestamp;
use crate::topic::{Resource, Scope, Topic};

/// Something we now know about one thing, whichever event told it.
#[derive(Debug, Clone, PartialEq, Eq)]
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
}

/// An event as it was told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// Which event; for counting, never to branch on above this crate.
    pub kind: EventKind,
    /// When it happened: the fact's own time, else the envelope's.
    pub at: Option<Timestamp>,
    /// The agent whose own topic delivered it, where one did.
    pub for_agent: Option<String>,
    /// What we now know.
    pub fact: Fact,
    /// What was strange about the payload.
    pub drift: Drift,
}

impl Told {
    /// Reads an event's payload. None when it is not an object, or does not say
    /// what it is about and the topic does not either.
    pub(crate) fn read(kind: EventKind, data: &str, topic: Option<&Topic>, told_at: Option<Timestamp>) -> Option<Self> {
        let (mut fact, drift) = kind.read(data)?;
        let topic_id = topic.filter(|topic| *topic.resource() == kind.resource()).and_then(Topic::resource_id);
        fact.complete(topic_id);
        let for_agent = topic.filter(|topic| *topic.scope() == Scope::Agent).map(|topic| topic.scope_id().to_owned());
        let at = fact.at().or(told_at);
        fact.says_what_it_is_about().then_some(Self { kind, at, for_agent, fact, drift })
    }
}

impl Fact {
    /// When this was so, by the payload itself.
    fn at(&self) -> Option<Timestamp> {
        match self {
            Self::Call(call) => call.tm_end.or(call.tm_update).or(call.tm_create),
            Self::Message(message) => message.tm_update.or(message.tm_create),
            Self::Flow(flow) => flow.tm_end.or(flow.tm_update).or(flow.tm_create),
            Self::Conference(conference) => conference.tm_end.or(conference.tm_leave).or(conference.tm_join),
            Self::Queue(queue) => queue.tm_leave.or(queue.tm_connect).or(queue.tm_join),
            Self::Agent(agent) => agent.tm_update,
            Self::Recording(recording) => recording.tm_complete.or(recording.tm_start),
            Self::Transcription(transcription) => transcription.tm_complete,
        }
    }

    /// Takes the identifier from the topic where the payload left it out.
    fn complete(&mut self, topic_id: Option<&str>) {
        let slot = self.id_slot();
        if slot.as_deref().is_none_or(str::is_empty) {
            *slot = topic_id.map(str::to_owned);
        }
    }

    fn id_slot(&mut self) -> &mut Option<String> {
        match self {
            Self::Call(call) => &mut call.id,
            Self::Message(message) => &mut message.id,
            Self::Flow(flow) => &mut flow.id,
            Self::Conference(conference) => &mut conference.id,
            Self::Queue(queue) => &mut queue.queue_id,
            Self::Agent(agent) => &mut agent.id,
            Self::Recording(recording) => &mut recording.id,
            Self::Transcription(transcription) => &mut transcription.id,
        }
    }

    fn says_what_it_is_about(&mut self) -> bool {
        if let Self::Queue(queue) = self
            && queue.call_id.is_none()
        {
            return false;
        }
        self.id_slot().is_some()
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

            /// The event of that name.
            pub fn from_word(word: &str) -> Option<Self> {
                match word {
                    $( $word => Some(Self::$kind), )+
                    _ => None,
                }
            }

            /// The resource type under which it is published.
            pub const fn resource(self) -> Resource {
                match self {
                    $( Self::$kind => Resource::$resource, )+
                }
            }

            /// Reads the payload; none when it is not an object.
            fn read(self, data: &str) -> Option<(Fact, Drift)> {
                match self {
                    $( Self::$kind => {
                        #[allow(unused_mut, reason = "not every name says something of its own")]
                        let Read { mut value, drift } = serde_json::from_str::<Read<$payload>>(data).ok()?;
                        $( {
                            let $it = &mut value;
                            $says;
                        } )?
                        Some((Fact::$fact(value), drift))
                    } )+
                }
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
