//! VoIPBIN's WebSocket protocol as types: text in, facts out, and back.
//!
//! This crate opens nothing, waits for nothing and never fails on what the
//! service sends. [`Frame::decode`] takes any text; what it cannot read becomes
//! [`Frame::Unknown`] with the text kept, and what it can read only in part
//! carries a [`Drift`] that says which fields were strange. Everything above
//! works on [`Fact`]s ("about call X, at time T, we now know these fields") and
//! so never learns which event name brought them.
//!
//! Spoken here: the dialect of the published documentation (sections "Topic
//! System", "Structures" and "Event Type Reference" of the seed document).

mod address;
mod command;
mod event;
mod frame;
mod open;
mod reply;
mod resource;
mod soft;
mod time;
mod topic;

pub use address::Address;
pub use command::Command;
pub use event::agent::{AgentFact, AgentStatus};
pub use event::call::{CallFact, CallState, Direction};
pub use event::conference::{ConferenceFact, Seat};
pub use event::flow::{ActionFact, FlowFact};
pub use event::message::{Delivery, MessageFact};
pub use event::queue::{QueueFact, QueuePlace};
pub use event::recording::{RecordingFact, RecordingStage};
pub use event::transcription::TranscriptionFact;
pub use event::{EVENTS, EventKind, Fact, Told};
pub use frame::{Frame, Unknown, WhyUnknown};
pub use reply::{Ack, ErrorCode, Refusal};
pub use resource::contact::{AccessKey, Contact, QueueName};
pub use resource::{Answer, decode_page};
pub use soft::Drift;
pub use time::Timestamp;
pub use topic::{Resource, Scope, Topic, TopicError};
