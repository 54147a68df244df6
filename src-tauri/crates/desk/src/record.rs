//! What should outlive the app: it goes into the ledger, and comes back from it
//! at the next start.

use ringside_words::Message;

use crate::Millis;
use crate::view::{MessageView, PastView, TraceFate};

/// Something to keep.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Record {
    /// A reply and where it stands. Written before the reply is on the wire.
    Reply(ReplyRecord),
    /// A reply is settled: the service has it, or the agent let go of it.
    ReplyDone {
        /// Which.
        id: String,
    },
    /// What the agent has begun to write in a conversation; empty text for nothing.
    Draft {
        /// The conversation.
        chat: String,
        /// The words so far.
        text: String,
    },
    /// A text of a conversation.
    Text(TextRecord),
    /// How many texts of a conversation the agent has not seen: kept by itself,
    /// so that it does not end with the texts that lie on the desk.
    Unread {
        /// The conversation.
        chat: String,
        /// How many.
        count: u32,
    },
    /// What became of a call.
    Past(PastView),
    /// A text was considered by rules; it never is again. Written with the
    /// reply that comes of it, or not at all.
    Considered(Considered),
    /// Somebody wants no texts, or does again.
    OptOut(OptOut),
    /// How often a rule was of use.
    RuleCount(RuleCount),
    /// Whether somebody seems to be a machine.
    Machine(Machine),
    /// Somebody was written to who wants no texts.
    Override(Override),
}

/// A text that was considered by rules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Considered {
    /// The text.
    pub message: String,
    /// The conversation.
    pub chat: String,
    /// Who wrote it.
    pub number: String,
    /// When it was decided.
    pub at: Millis,
    /// The rule that answered, or would have.
    pub rule: Option<String>,
    /// What came of it.
    pub fate: TraceFate,
    /// The same for people.
    pub words: Message,
    /// The reply, sent or not.
    pub reply: Option<String>,
}

/// How often a rule was of use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleCount {
    /// Its name.
    pub rule: String,
    /// Texts it matched.
    pub matched: u32,
    /// Replies of it that went out.
    pub sent: u32,
    /// When it last matched.
    pub last_at: Option<Millis>,
}

/// Whether somebody seems to be a machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Machine {
    /// Their number.
    pub number: String,
    /// Automatic replies in a row that got a text back at once.
    pub quick: u32,
    /// Nothing goes there by itself until a person writes.
    pub is_held: bool,
}

/// Somebody was written to who wants no texts: by whom, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Override {
    /// The reply, by our name for it.
    pub reply: String,
    /// Our number.
    pub our_number: String,
    /// Theirs.
    pub number: String,
    /// Who wrote.
    pub agent: String,
    /// Why.
    pub reason: String,
    /// When.
    pub at: Millis,
}

/// A reply, as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReplyRecord {
    /// Our name for it; names sort by the time of writing.
    pub id: String,
    /// Whom it is for.
    pub to: Ends,
    /// The words.
    pub text: String,
    /// When the agent wrote it.
    pub written_at: Millis,
    /// Where it stands.
    pub stage: ReplyStage,
    /// When it was last handed to the network, if ever.
    pub left_at: Option<Millis>,
    /// What went wrong.
    pub problem: Option<Message>,
    /// The rule that wrote it by itself, if one did.
    pub auto: Option<String>,
    /// Why it goes although they want no texts, if it does.
    pub despite: Option<String>,
}

/// The two ends of a conversation.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Ends {
    /// The conversation on this desk.
    pub chat: String,
    /// The customer's number, or name in the channel.
    pub number: String,
    /// Our number; empty where the channel has none.
    pub our_number: String,
    /// What the service calls the conversation, where it does.
    pub conversation: Option<String>,
}

/// Where a reply stands between the agent and the service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ReplyStage {
    /// It has not left.
    #[default]
    Waiting,
    /// It was handed to the network, and no answer is known: it may have arrived.
    Left,
    /// It was looked for and not found: the agent says what to do.
    Unclear,
    /// The service would not take it: the agent says what to do.
    Refused,
}

impl ReplyStage {
    /// The stage as the ledger writes it.
    pub fn as_word(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Left => "left",
            Self::Unclear => "unclear",
            Self::Refused => "refused",
        }
    }

    /// The stage of a word. A word that nobody knows may have left.
    pub fn from_word(word: &str) -> Self {
        match word {
            "waiting" => Self::Waiting,
            "unclear" => Self::Unclear,
            "refused" => Self::Refused,
            _ => Self::Left,
        }
    }
}

/// A text, as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextRecord {
    /// The text.
    pub message: MessageView,
    /// Between whom.
    pub ends: Ends,
}

/// What the ledger held of an account.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Remains {
    /// Texts, the oldest first.
    pub texts: Vec<TextRecord>,
    /// Replies that are not settled, in the order of writing.
    pub replies: Vec<ReplyRecord>,
    /// Drafts: the conversation and the words.
    pub drafts: Vec<(String, String)>,
    /// How many texts of conversations the agent has not seen.
    pub unread: Vec<(String, u32)>,
    /// What became of calls.
    pub past: Vec<PastView>,
    /// Who wants no texts, or does again.
    pub opt_outs: Vec<OptOut>,
    /// Texts that rules considered within a day, the oldest first.
    pub considered: Vec<Considered>,
    /// How often rules were of use.
    pub rule_counts: Vec<RuleCount>,
    /// Who seems to be a machine.
    pub machines: Vec<Machine>,
}

/// Whether somebody wants texts from this customer, from whatever number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OptOut {
    /// The number of ours that was told so; empty where the channel has none.
    pub our_number: String,
    /// Theirs.
    pub number: String,
    /// They want none.
    pub is_out: bool,
    /// Since when.
    pub at: Millis,
    /// Who said so: their word, or the agent's name.
    pub by: String,
    /// The text that said so, where one did.
    pub message: Option<String>,
}

impl Record {
    /// Whether somebody could be harmed if it were forgotten.
    pub fn is_lasting(&self) -> bool {
        matches!(self, Self::Considered(_) | Self::OptOut(_) | Self::Machine(_) | Self::Override(_))
    }
}
