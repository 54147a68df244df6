//! What must reach the agent even when the window is hidden.

mod raised;

use ringside_words::Message;
use voipbin_wire::clean;

pub use raised::{KeptBack, Raised};

/// A notice to raise, or one that has lost its reason.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[serde(tag = "alert", rename_all = "camelCase")]
pub enum Alert {
    /// Tell the agent.
    Raise {
        /// Names it, so that it can be withdrawn.
        key: String,
        /// How urgent it is.
        kind: AlertKind,
        /// One line. Holds a caller's words: text, never markup.
        title: Message,
        /// A second line, in the same way.
        body: Message,
        /// What a click brings to the front.
        about: About,
    },
    /// It has lost its reason.
    Withdraw {
        /// The name it was raised under.
        key: String,
    },
}

impl Alert {
    /// The same without what breaks a toast or a terminal: what the ledger held
    /// may be older than the rule that texts are cleaned where they come in.
    pub(crate) fn cleaned(mut self) -> Self {
        if let Self::Raise { title, body, .. } = &mut self {
            title.each_text(&mut |text| *text = clean(text).replace(['\n', '\t'], " "));
            body.each_text(&mut |text| *text = clean(text).into_owned());
        }
        self
    }
}

/// How urgent an alert is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub enum AlertKind {
    /// A call rings at this desk.
    Ringing,
    /// A call stopped ringing unanswered.
    Missed,
    /// Somebody began to wait in a queue.
    Waiting,
    /// A text came in.
    Message,
}

/// What on the desk something is about.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
#[serde(tag = "type", rename_all = "camelCase")]
pub enum About {
    /// A call.
    Call {
        /// Its identifier.
        id: String,
        /// The customer's number: the call may be over before anybody looks.
        number: String,
    },
    /// A caller in a queue, by the call.
    Wait {
        /// The call's identifier.
        id: String,
        /// The caller's number, where told.
        number: Option<String>,
    },
    /// A conversation.
    Chat {
        /// Its identifier.
        id: String,
    },
    /// What happened while the link was away.
    Away,
}
