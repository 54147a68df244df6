//! VoIPBIN's WebSocket protocol as types: text in, facts out, and back.
//!
//! This crate opens nothing, waits for nothing and never fails on what the
//! service sends. [`Frame::decode`] takes any text; what it cannot read becomes
//! [`Frame::Unknown`] with the text kept, and what it can read only in part
//! carries a [`Drift`] that says which fields were strange. Everything above
//! works on [`Fact`]s ("about call X, at time T, we now know these fields") and
//! so never learns which event name brought them.
//!
//! Both dialects are read always: that of the published documentation (sections
//! "Topic System", "Structures" and "Event Type Reference" of the seed document)
//! and that of the service as it runs (live-service.md, sections 2 and 3).

mod address;
mod clean;
mod command;
mod event;
mod frame;
mod open;
mod repair;
mod reply;
mod resource;
mod soft;
mod time;
mod topic;
mod whose;

pub use address::{Address, AddressKind};
pub use clean::{clean, is_blank, isolated, one_line, shortened};
pub use command::Command;
pub use event::agent::{AgentFact, AgentStatus};
pub use event::bare::{BARE_KINDS, BareKind};
pub use event::call::{CallFact, CallState, Direction};
pub use event::conference::{ConferenceFact, Seat};
pub use event::conversation::{ConversationFact, VisitFact, WebchatFact};
pub use event::flow::{ActionFact, FlowFact};
pub use event::message::{Delivery, Media, MessageFact, Target};
pub use event::queue::{QueueFact, QueuePlace};
pub use event::recording::{RecordingFact, RecordingStage};
pub use event::ring::{RingFact, RingState};
pub use event::talk::{TalkFact, TalkMedia, TalkMessageFact, TalkMetadata, TalkReaction, TalkSeatFact};
pub use event::transcription::{SpeechFact, TranscriptionFact};
pub use event::{EVENTS, EventKind, Fact, Kind, Told};
pub use frame::{Frame, Unknown, WhyUnknown};
pub use repair::read_json;
pub use reply::{Ack, ErrorCode, Refusal};
pub use resource::contact::{AccessKey, Case, CaseNote, Contact, PeerEvent, QueueName, Tag, other_fields};
pub use resource::fault::{Fault, Refused};
pub use resource::{Answer, Page, decode_facts, decode_page};
pub use soft::{Drift, Unread};
pub use time::Timestamp;
pub use topic::{Resource, Scope, Topic, TopicError};
pub use whose::Whose;

#[cfg(test)]
mod tests;
