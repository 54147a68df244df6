//! Which of the two ways to speak the service has.

use serde::{Deserialize, Serialize};

/// A way to speak (live-service.md, sections 6 and 7).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "lowercase")]
pub enum Dialect {
    /// As published: wildcard topics, acknowledgments, named events.
    Documented,
    /// As the service runs: prefix topics, no answer, bare resources.
    Live,
}

/// Whether the dialect is found or given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Speaks {
    /// Found by itself; what was found last time is tried first.
    Auto(Option<Dialect>),
    /// Given: nothing else is tried.
    Only(Dialect),
}

impl Speaks {
    /// What is known before the service has said anything.
    pub fn known(self) -> Option<Dialect> {
        match self {
            Self::Auto(known) => known,
            Self::Only(dialect) => Some(dialect),
        }
    }
}
