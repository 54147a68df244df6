//! What a desk can do without while nobody looks at it.

use voipbin_wire::{Resource, Scope, Topic};

use crate::dialect::Dialect;

/// A part of the customer's events that no alert and no figure needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Extra {
    /// Call flows.
    Flows,
    /// Conferences.
    Conferences,
    /// Recordings.
    Recordings,
    /// What was said in calls.
    Transcripts,
    /// Texts of the whole team.
    TeamTexts,
}

impl Extra {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Flows, Self::Conferences, Self::Recordings, Self::Transcripts, Self::TeamTexts];

    /// What a topic belongs to; none for one that is always needed.
    pub(crate) fn of(topic: &Topic, dialect: Dialect) -> Option<Self> {
        if *topic.scope() != Scope::Customer {
            return None;
        }
        Some(match topic.resource() {
            Resource::Activeflow => Self::Flows,
            Resource::Conference => Self::Conferences,
            Resource::Recording => Self::Recordings,
            Resource::Transcription | Resource::Transcribe | Resource::Transcript => Self::Transcripts,
            // The documented service tells an agent's own texts under the customer's topic, too.
            Resource::Conversation | Resource::Message if dialect == Dialect::Live => Self::TeamTexts,
            _ => return None,
        })
    }
}
