//! The link as others may know it.

use std::time::Duration;

use ringside_words::Message;
use voipbin_wire::{ErrorCode, Topic};

use super::asking::Standing;
use super::{Link, LinkState};
use crate::dialect::Dialect;

/// A topic the service did not give us.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusedTopic {
    /// Which.
    pub topic: Topic,
    /// Why.
    pub code: ErrorCode,
    /// The service's own words for it, or nothing.
    pub said: String,
}

/// The link as others may know it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkReport {
    /// Where it stands.
    pub state: LinkState,
    /// How the service speaks, as far as it is known.
    pub dialect: Option<Dialect>,
    /// Which socket of this sign-in this is, counted from 1.
    pub socket: u64,
    /// Topics that are wanted of it, those included that it would not give.
    pub wanted: Vec<Topic>,
    /// Topics that deliver.
    pub confirmed: Vec<Topic>,
    /// Topics the service refused, or that cost the connection several times in
    /// a row; the latter are tried again later.
    pub refused: Vec<RefusedTopic>,
    /// How the service speaks, where that is not as it was given: nothing
    /// delivers until the agent decides.
    pub instead: Option<Dialect>,
    /// Time from ping to pong, last measured.
    pub round_trip: Option<Duration>,
    /// Why the link was last lost.
    pub why: Option<Message>,
}

impl Link {
    /// The link as others may know it.
    pub fn report(&self) -> LinkReport {
        let has_socket = self.has_socket();
        let is_understood = self.instead.is_none();
        let not_allowed = if is_understood { self.asking.not_allowed() } else { &[] };
        let refused = |topic: &Topic| match self.asking.standing(topic) {
            Some(Standing::Refused { code, said, .. }) if is_understood => {
                Some(RefusedTopic { topic: topic.clone(), code: code.clone(), said: said.clone() })
            }
            _ => None,
        };
        let unasked = |topic: &Topic| RefusedTopic {
            topic: topic.clone(),
            code: ErrorCode::PermissionDenied,
            said: String::new(),
        };
        LinkReport {
            state: self.state,
            dialect: self.speaks.known(),
            socket: self.socket,
            wanted: self.asking.wanted().chain(not_allowed).cloned().collect(),
            confirmed: self
                .asking
                .wanted()
                .filter(|topic| has_socket && self.asking.standing(topic) == Some(&Standing::Confirmed))
                .cloned()
                .collect(),
            refused: self.asking.wanted().filter_map(refused).chain(not_allowed.iter().map(unasked)).collect(),
            instead: self.instead,
            round_trip: self.proof.round_trip().filter(|_| has_socket),
            why: self.why.clone(),
        }
    }

    /// How the topics on this socket are spoken.
    pub fn dialect(&self) -> Dialect {
        self.asking.dialect()
    }
}
