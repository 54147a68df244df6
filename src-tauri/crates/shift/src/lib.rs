//! One agent's working session: the task that joins client and desk.
//!
//! A [`Shift`] is a handle; behind it one task owns the desk, the connection
//! and the requests under way, so nothing is shared and nothing is locked. It
//! knows nothing of windows or of Tauri: the app, the tests and a command line
//! are hosts that lend it the [`Vault`] and the [`Bell`] and take the view
//! stream. What it waits for never holds up an event.

mod account;
mod book;
mod clocks;
mod day;
mod diagnostics;
mod journal;
mod listening;
mod ports;
mod problem;
mod raised;
mod reader;
mod reading;
mod routine;
mod safe;
mod session;
mod supervisor;
mod surroundings;
mod tools;
mod turns;
mod view;

use std::path::PathBuf;

use ringside_desk::{
    CustomerDeed, Deed, DeskView, RehearsalView, ResponderDeed, RuleBook, Thresholds, TraceView, Trial,
};
use tokio::sync::{mpsc, oneshot};
use voipbin_wire::AgentStatus;

pub use account::{Account, Credential, Place};
pub use clocks::steady;
pub use diagnostics::Diagnostics;
pub use journal::JournalEntry;
pub use ports::{Bell, Kept, Vault, VaultError};
pub use problem::{Code, Problem};
pub use reader::Reader;
pub use ringside_ledger::{Key, private};
pub use session::{Ports, TalkDeed, Tap};
pub use tools::Tool;
pub use view::{Batch, Sink};

use session::{Session, Stay, Verb};

/// The handle of a running shift. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Shift {
    verbs: mpsc::Sender<Verb>,
}

impl Shift {
    /// Starts a shift and signs in with what the vault holds, if it holds anything.
    pub fn start(ports: Ports) -> Self {
        let (verbs, asked) = mpsc::channel(64);
        tokio::spawn(supervisor::supervise(Session::new(ports), asked));
        Self { verbs }
    }

    /// Signs in and keeps the token in the vault, but for a demo's.
    ///
    /// # Errors
    /// Says what is wrong and what to do about it.
    pub async fn sign_in(&self, place: impl Into<Place>, credential: Credential, demo: bool) -> Result<(), Problem> {
        let (place, stay) = (place.into(), if demo { Stay::Demo } else { Stay::Kept });
        self.ask(|answer| Verb::SignIn { place, credential, stay, answer }).await?
    }

    /// Signs in until the shift ends: the vault is not asked to keep anything.
    ///
    /// # Errors
    /// Says what is wrong and what to do about it.
    pub async fn sign_in_for_now(&self, place: impl Into<Place>, credential: Credential) -> Result<(), Problem> {
        let (place, stay) = (place.into(), Stay::ForNow);
        self.ask(|answer| Verb::SignIn { place, credential, stay, answer }).await?
    }

    /// Asks the vault once more for the sign-in it holds.
    ///
    /// # Errors
    /// When the shift has ended.
    pub async fn ask_keyring(&self) -> Result<(), Problem> {
        self.tell(Verb::AskKeyring).await
    }

    /// The host could not show an alert outside its windows, and why; none once it can.
    ///
    /// # Errors
    /// When the shift has ended.
    pub async fn toasts_fail(&self, why: Option<String>) -> Result<(), Problem> {
        self.tell(Verb::ToastsFail(why)).await
    }

    /// Signs the same agent in again at the desk as it stands: the token is
    /// changed in the running link.
    ///
    /// # Errors
    /// Says what is wrong and what to do about it; another agent is not let in.
    pub async fn renew(&self, credential: Credential) -> Result<(), Problem> {
        self.ask(|answer| Verb::Renew { credential, answer }).await?
    }

    /// Signs out and removes the token from the vault.
    ///
    /// # Errors
    /// When the token could not be removed.
    pub async fn sign_out(&self) -> Result<(), Problem> {
        self.ask(|answer| Verb::SignOut { answer }).await?
    }

    /// Sends a text in a conversation.
    ///
    /// # Errors
    /// When there is no such conversation, the text is empty, or they asked for
    /// no texts.
    pub async fn reply(&self, chat: String, text: String) -> Result<(), Problem> {
        self.ask(|answer| Verb::Reply { chat, text, despite: None, answer }).await?
    }

    /// Sends a text although they asked for none: the reason is kept.
    ///
    /// # Errors
    /// As [`Shift::reply`], and when there is no reason.
    pub async fn reply_despite(&self, chat: String, text: String, reason: String) -> Result<(), Problem> {
        self.ask(|answer| Verb::Reply { chat, text, despite: Some(reason), answer }).await?
    }

    /// Does something about answers by rules.
    ///
    /// # Errors
    /// What is wrong with the rules, or why they cannot be used or kept.
    pub async fn respond(&self, deed: ResponderDeed) -> Result<(), Problem> {
        self.ask(|answer| Verb::Respond { deed, answer }).await?
    }

    /// What rules would do to a text that is typed, at this moment.
    ///
    /// # Errors
    /// What is wrong with the rules.
    pub async fn try_rules(&self, book: RuleBook, trial: Trial) -> Result<TraceView, Problem> {
        self.ask(|answer| Verb::TryRules { book: Box::new(book), trial, answer }).await?
    }

    /// What rules would have done to the texts that were kept. Nothing is sent.
    ///
    /// # Errors
    /// What is wrong with the rules, or that the texts could not be read.
    pub async fn rehearse(&self, book: RuleBook) -> Result<RehearsalView, Problem> {
        self.ask(|answer| Verb::Rehearse { book: Box::new(book), answer }).await?
    }

    /// Sends a text again that never left.
    ///
    /// # Errors
    /// When it did leave, or may have.
    pub async fn reply_again(&self, message: String) -> Result<(), Problem> {
        self.ask(|answer| Verb::ReplyAgain { message, answer }).await?
    }

    /// Lets go of a text that was not sent, or may not have been: what never
    /// left goes back into the draft.
    ///
    /// # Errors
    /// When it is on its way, or was sent.
    pub async fn drop_reply(&self, message: String) -> Result<(), Problem> {
        self.ask(|answer| Verb::ReplyDropped { message, answer }).await?
    }

    /// Keeps what the agent has begun to write in a conversation.
    ///
    /// # Errors
    /// When the shift is over.
    pub async fn keep_draft(&self, chat: String, text: String) -> Result<(), Problem> {
        self.tell(Verb::KeepDraft { chat, text }).await
    }

    /// Changes the own status; it shows once the service confirms it.
    ///
    /// # Errors
    /// When the status is none an agent may choose.
    pub async fn set_status(&self, status: String, reason: Option<String>) -> Result<(), Problem> {
        let status = AgentStatus::from_word(&status);
        if !AgentStatus::CHOICES.contains(&status) {
            return Err(Problem::new(Code::Other, "Choose available, away, busy or offline."));
        }
        self.tell(Verb::SetStatus { status, reason }).await
    }

    /// The service says another status than the agent chose: the agent's is
    /// asked for again, or the service's stays.
    ///
    /// # Errors
    /// When the shift is over.
    pub async fn settle_status(&self, as_chosen: bool) -> Result<(), Problem> {
        self.tell(Verb::SettleStatus { as_chosen }).await
    }

    /// The account was set to a dialect that is not the service's: from now on
    /// it is detected automatically, on a new connection.
    ///
    /// # Errors
    /// When the shift is over.
    pub async fn detect_dialect(&self) -> Result<(), Problem> {
        self.tell(Verb::DetectDialect).await
    }

    /// Which view a window shows, or that it shows none: what no view and no
    /// alert needs is not listened to for long. A host that never says so
    /// listens to everything.
    ///
    /// # Errors
    /// When the shift is over.
    pub async fn show_view(&self, window: &str, view: Option<String>) -> Result<(), Problem> {
        self.tell(Verb::ShowView { window: window.to_owned(), view }).await
    }

    /// Does something to a call. That it was asked for is the answer; what came
    /// of it shows on the desk.
    ///
    /// # Errors
    /// Why it cannot be done.
    pub async fn steer(&self, call: String, deed: Deed) -> Result<(), Problem> {
        self.ask(|answer| Verb::Steer { call, deed, answer }).await?
    }

    /// The agent has read what went wrong with a call.
    ///
    /// # Errors
    /// When the shift is over.
    pub async fn call_problem_seen(&self, call: String) -> Result<(), Problem> {
        self.tell(Verb::CallProblemSeen(call)).await
    }

    /// Opens a chat of the team, writes in it, or reacts; which chat it was.
    ///
    /// # Errors
    /// When the service did not take it: the text is still the agent's.
    pub async fn speak(&self, deed: TalkDeed) -> Result<String, Problem> {
        self.ask(|answer| Verb::Speak { deed, answer }).await?
    }

    /// Fetches a file that a colleague shared into a folder, and says where it lies.
    ///
    /// # Errors
    /// When the service does not hand it out, or it cannot be written.
    pub async fn save_shared(&self, file: String, folder: PathBuf) -> Result<String, Problem> {
        self.ask(|answer| Verb::SaveShared { file, folder, answer }).await?
    }

    /// Which chat of the team is open in front of the agent.
    ///
    /// # Errors
    /// When the shift is over.
    pub async fn talk_in(&self, talk: Option<String>) -> Result<(), Problem> {
        self.tell(Verb::TalkIn(talk)).await
    }

    /// Does something for a customer; what came of it shows on the card.
    ///
    /// # Errors
    /// Why it cannot be done.
    pub async fn serve(&self, number: String, deed: CustomerDeed) -> Result<(), Problem> {
        self.ask(|answer| Verb::Serve { number, deed, answer }).await?
    }

    /// The address of a customer's page in another system.
    ///
    /// # Errors
    /// When none is set, or it is no page of the web.
    pub async fn customer_page(&self, number: String) -> Result<String, Problem> {
        self.ask(|answer| Verb::CustomerPage { number, answer }).await?
    }

    /// Keeps something that the agent sets up.
    ///
    /// # Errors
    /// What is wrong with it, or that it could not be kept.
    pub async fn keep_tool(&self, tool: Tool) -> Result<(), Problem> {
        self.ask(|answer| Verb::KeepTool { tool, answer }).await?
    }

    /// Which conversation is open in front of the agent.
    ///
    /// # Errors
    /// When the shift is over.
    pub async fn look_at(&self, chat: Option<String>) -> Result<(), Problem> {
        self.tell(Verb::LookAt(chat)).await
    }

    /// Asks again who has a number.
    ///
    /// # Errors
    /// When the shift is over.
    pub async fn look_again(&self, number: String) -> Result<(), Problem> {
        self.tell(Verb::LookAgain(number)).await
    }

    /// Reads more of what happened with a customer.
    ///
    /// # Errors
    /// When the shift is over.
    pub async fn more_touches(&self, number: String) -> Result<(), Problem> {
        self.tell(Verb::MoreTouches(number)).await
    }

    /// The agent has read what went wrong.
    ///
    /// # Errors
    /// When the shift is over.
    pub async fn problem_seen(&self) -> Result<(), Problem> {
        self.tell(Verb::ProblemSeen).await
    }

    /// Cuts the wait for the next attempt to connect short.
    ///
    /// # Errors
    /// When the shift is over.
    pub async fn retry_now(&self) -> Result<(), Problem> {
        self.tell(Verb::RetryNow).await
    }

    /// The agent has read what happened while the link was away.
    ///
    /// # Errors
    /// When the shift is over.
    pub async fn away_seen(&self) -> Result<(), Problem> {
        self.tell(Verb::AwaySeen).await
    }

    /// The link looked at from inside; none while nobody is signed in.
    ///
    /// # Errors
    /// When the shift is over.
    pub async fn diagnostics(&self) -> Result<Option<Diagnostics>, Problem> {
        self.ask(Verb::Diagnose).await
    }

    /// Other thresholds for waits and the service level, kept for this account.
    ///
    /// # Errors
    /// When one is not within a second and an hour, or amber comes after red.
    pub async fn set_thresholds(&self, thresholds: Thresholds) -> Result<(), Problem> {
        if !thresholds.are_possible() {
            let words = "Choose seconds between 1 and 3600, and let amber come before red.";
            return Err(Problem::new(Code::Other, words));
        }
        self.tell(Verb::SetThresholds(thresholds)).await
    }

    /// The agent has heard that somebody waits.
    ///
    /// # Errors
    /// When the shift is over.
    pub async fn waits_heard(&self) -> Result<(), Problem> {
        self.tell(Verb::WaitsHeard).await
    }

    /// The agent has looked at the history.
    ///
    /// # Errors
    /// When the shift is over.
    pub async fn history_seen(&self) -> Result<(), Problem> {
        self.tell(Verb::HistorySeen).await
    }

    /// Fetches a recording's file into a folder; how far it got shows on the desk.
    ///
    /// # Errors
    /// When the shift is over.
    pub async fn fetch_recording(&self, id: String, folder: PathBuf) -> Result<(), Problem> {
        self.tell(Verb::FetchRecording { id, folder }).await
    }

    /// What came in from entry `seq` on, as far as it is kept.
    ///
    /// # Errors
    /// When the shift is over.
    pub async fn journal(&self, seq: u64) -> Result<Vec<JournalEntry>, Problem> {
        self.ask(|answer| Verb::Journal { seq, answer }).await
    }

    /// The whole desk as it is now.
    ///
    /// # Errors
    /// When the shift is over.
    pub async fn desk(&self) -> Result<DeskView, Problem> {
        self.ask(Verb::Desk).await.map(|desk| *desk)
    }

    /// Sends the desk to a window: the whole first, then every change.
    ///
    /// # Errors
    /// When the shift is over.
    pub async fn watch(&self, sink: Sink) -> Result<(), Problem> {
        self.tell(Verb::Watch(sink)).await
    }

    /// A window of [`Sink::of_window`] has drawn this batch.
    ///
    /// # Errors
    /// When the shift is over.
    pub async fn drawn(&self, window: &str, seq: u64) -> Result<(), Problem> {
        self.tell(Verb::Drawn { window: window.to_owned(), seq }).await
    }

    /// Ends the shift: unsubscribes and closes the link. The token stays kept.
    pub async fn end(&self) {
        let (answer, ended) = oneshot::channel();
        if self.verbs.send(Verb::End { answer }).await.is_ok() && ended.await.is_err() {
            tracing::debug!("the shift had already ended");
        }
    }

    async fn tell(&self, verb: Verb) -> Result<(), Problem> {
        self.verbs.send(verb).await.map_err(|_| Problem::over())
    }

    async fn ask<T>(&self, verb: impl FnOnce(oneshot::Sender<T>) -> Verb) -> Result<T, Problem> {
        let (answer, answered) = oneshot::channel();
        self.tell(verb(answer)).await?;
        let is_over = || if self.verbs.is_closed() { Problem::over() } else { Problem::broke_off() };
        answered.await.map_err(|_| is_over())
    }
}
