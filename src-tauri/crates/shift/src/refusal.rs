//! Why something that an agent or a host asked is not done: one code each, with
//! what belongs in its sentence. The sentences stand here and nowhere deeper.

use ringside_desk::{ReplyError, RuleError};
use voipbin_client::{FetchError, RestError};

use crate::book::NotKept;
use crate::problem::{Code, Problem, in_words};

/// A "no", as the session has it inside.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Refusal {
    #[error("Nobody is signed in.")]
    NobodySignedIn,
    #[error("You are signed in or signing in already.")]
    SignedInAlready,
    #[error("That is another agent's sign-in. Sign out first.")]
    AnotherAgent,
    #[error("Ringside is closing.")]
    Closing,
    /// The shift goes on without whoever asked.
    #[error(
        "The sign-in ended, or Ringside had an internal error, before the service answered. It may have been done all the same."
    )]
    BrokeOff,
    #[error(
        "Ringside stopped after one internal error after another: it hears no calls and no texts. Close it and start it again."
    )]
    Stopped,

    #[error(transparent)]
    Reply(#[from] ReplyError),
    #[error("This text was sent, or may have been: it is not sent again.")]
    WasSent,
    #[error("This text is on its way, or was sent.")]
    IsLeaving,

    #[error("Choose available, away, busy or offline.")]
    NoSuchStatus,
    #[error("Choose seconds between 1 and 3600, and let amber come before red.")]
    Thresholds,
    /// The desk says why.
    #[error("{0}")]
    Steering(String),

    #[error("A file of up to 5 MB can be shared, and not an empty one.")]
    FileSize,
    #[error("{}", not_fetched(.0))]
    NotFetched(FetchError),
    #[error("{} It may have been sent: look before you send it again.", in_words(.0))]
    MayBeSent(RestError),
    #[error("That was not sent. {}", in_words(.0))]
    NotSent(RestError),

    /// Nobody is behind such a number, and the next caller with it is somebody else.
    #[error("This caller withheld their number, so there is nobody to look up or to save.")]
    Withheld,
    #[error("That customer is not on the desk any more.")]
    CustomerGone,
    #[error("Give the contact a name.")]
    ContactUnnamed,
    #[error("This number is in the address book already.")]
    ContactKnown,
    #[error("There is nothing to write down.")]
    NoteEmpty,
    #[error("That case is not this customer's.")]
    NotTheirCase,
    #[error("Only contacts of the address book have labels.")]
    NoContact,
    #[error("No page is set for customers. Set one under Settings.")]
    NoPage,
    #[error("The customer's page is no address of the web. Change it under Settings.")]
    BadPage,

    #[error(transparent)]
    Rules(#[from] RuleError),
    #[error("That conversation is gone.")]
    ConversationGone,
    #[error(
        "The ledger was damaged and begun anew, so who asked for no texts before is not known. Automatic replies stay off until a person switches them on in Ringside, or starts ringside-cli respond with --begun-anew."
    )]
    BegunAnew,
    #[error("Automatic replies need the ledger, so that nobody is answered twice.{}", after_space(.0.as_ref()))]
    NeedsLedger(Option<NotKept>),
    #[error("Nothing can be kept on this computer.")]
    NoLedger,
    #[error(transparent)]
    NotKept(#[from] NotKept),

    #[error("A shortcut is one word of letters and digits.")]
    Shortcut,
    #[error("That is too long for a text: {longest} letters at most.")]
    TooLong { longest: usize },
    #[error("Give the reason a name.")]
    ReasonUnnamed,
    #[error("A reason goes with away or busy.")]
    ReasonStatus,
    /// The desk says why.
    #[error("{0}")]
    Target(String),
    #[error("Give the address of a page, like https://crm.example/search?phone={{number}}.")]
    PageAddress,
    #[error("Choose between 1 and 3600 seconds, or leave it empty.")]
    WrapUp,
    #[error("This desk cannot choose whether it listens to “{0}”.")]
    NoChoice(String),
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let code = if matches!(refusal, Refusal::AnotherAgent) { Code::Password } else { Code::Other };
        Self::new(code, refusal.to_string())
    }
}

fn not_fetched(error: &FetchError) -> String {
    match error {
        FetchError::Rest(RestError::NotFound) => "The service has no such file any more.".to_owned(),
        FetchError::Rest(error) => in_words(error),
        FetchError::Disk(error) => format!("The file could not be written here: {error}."),
    }
}

fn after_space(why: Option<&NotKept>) -> String {
    why.map(|why| format!(" {why}")).unwrap_or_default()
}
