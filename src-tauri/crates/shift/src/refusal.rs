//! Why something that an agent or a host asked is not done: one code each, with
//! what belongs in its sentence. The catalogue has the sentences.

use std::fmt;

use ringside_desk::{ReplyError, RuleError};
use ringside_words::{Message, say};
use voipbin_client::{FetchError, RestError};

use crate::book::NotKept;
use crate::problem::{Code, Problem, in_words};

/// A "no", as the session has it inside.
#[derive(Debug)]
pub(crate) enum Refusal {
    NobodySignedIn,
    SignedInAlready,
    AnotherAgent,
    Closing,
    /// The shift goes on without whoever asked.
    BrokeOff,
    Stopped,

    Reply(ReplyError),
    WasSent,
    IsLeaving,

    NoSuchStatus,
    Thresholds,
    /// The desk says why.
    Steering(Message),

    FileSize,
    NotFetched(FetchError),
    MayBeSent(RestError),
    NotSent(RestError),

    /// Nobody is behind such a number, and the next caller with it is somebody else.
    Withheld,
    CustomerGone,
    ContactUnnamed,
    ContactKnown,
    NoteEmpty,
    NotTheirCase,
    NoContact,
    /// The service says why.
    Serving(Message),
    NoPage,
    BadPage,

    Rules(RuleError),
    ConversationGone,
    BegunAnew,
    NeedsLedger(Option<NotKept>),
    NoLedger,
    NotKept(NotKept),

    Shortcut,
    TooLong {
        longest: usize,
    },
    ReasonUnnamed,
    ReasonStatus,
    /// The desk says why.
    Target(Message),
    PageAddress,
    WrapUp,
    NoChoice(String),
}

impl Refusal {
    pub(crate) fn message(&self) -> Message {
        match self {
            Self::NobodySignedIn => say!("problems-nobody-signed-in"),
            Self::SignedInAlready => say!("problems-signed-in-already"),
            Self::AnotherAgent => say!("problems-other-agent"),
            Self::Closing => say!("problems-closing"),
            Self::BrokeOff => say!("problems-broke-off"),
            Self::Stopped => say!("problems-stopped"),
            Self::Reply(ReplyError::NoChat) => say!("texts-gone"),
            Self::Reply(ReplyError::Nothing) => say!("texts-nothing"),
            Self::Reply(ReplyError::NoRoad) => say!("texts-read-only"),
            Self::Reply(ReplyError::WantsNone) => say!("texts-reason-needed"),
            Self::WasSent => say!("texts-not-again"),
            Self::IsLeaving => say!("texts-on-its-way"),
            Self::NoSuchStatus => say!("problems-status"),
            Self::Thresholds => say!("problems-thresholds"),
            Self::Steering(why) | Self::Serving(why) | Self::Target(why) => why.clone(),
            Self::FileSize => say!("team-file-limit"),
            Self::NotFetched(FetchError::Rest(RestError::NotFound)) => say!("team-file-gone"),
            Self::NotFetched(FetchError::Rest(error)) => in_words(error),
            Self::NotFetched(FetchError::Disk(error)) => say!("problems-file-not-written", why = error.to_string()),
            Self::MayBeSent(error) => in_words(error).then(say!("team-may-be-sent")),
            Self::NotSent(error) => say!("team-not-sent").then(in_words(error)),
            Self::Withheld => say!("customer-withheld"),
            Self::CustomerGone => say!("customer-gone"),
            Self::ContactUnnamed => say!("customer-needs-name"),
            Self::ContactKnown => say!("customer-exists"),
            Self::NoteEmpty => say!("customer-empty-note"),
            Self::NotTheirCase => say!("customer-other-case"),
            Self::NoContact => say!("customer-no-contact"),
            Self::NoPage => say!("customer-no-page"),
            Self::BadPage => say!("customer-bad-page"),
            Self::Rules(error) => error.0.clone(),
            Self::ConversationGone => say!("texts-gone"),
            Self::BegunAnew => say!("rules-begun-anew"),
            Self::NeedsLedger(None) => say!("rules-need-ledger"),
            Self::NeedsLedger(Some(why)) => say!("rules-need-ledger").then(why.0.clone()),
            Self::NoLedger => say!("problems-nothing-kept"),
            Self::NotKept(why) => why.0.clone(),
            Self::Shortcut => say!("settings-shortcut-wrong"),
            Self::TooLong { longest } => say!("settings-text-too-long", most = *longest),
            Self::ReasonUnnamed => say!("settings-reason-needs-name"),
            Self::ReasonStatus => say!("settings-reason-needs-status"),
            Self::PageAddress => say!("settings-crm-wrong"),
            Self::WrapUp => say!("settings-wrap-up-wrong"),
            Self::NoChoice(name) => say!("settings-listening-unknown", name = name),
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, into: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.message().fmt(into)
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let code = if matches!(refusal, Refusal::AnotherAgent) { Code::Password } else { Code::Other };
        Self::new(code, refusal.message())
    }
}
