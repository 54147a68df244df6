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
mod reader;
mod reading;
mod refusal;
mod routine;
mod safe;
mod session;
mod supervisor;
mod surroundings;
mod tools;
mod turns;
mod verbs;
mod windows;

use std::path::PathBuf;

use ringside_desk::DeskView;
use ringside_words::Message;
use tokio::sync::mpsc;

pub use account::{Account, Credential, Place};
pub use clocks::{clock, steady};
pub use diagnostics::Diagnostics;
pub use journal::JournalEntry;
pub use ports::{Bell, Kept, NoVault, Vault, VaultError};
pub use problem::{Code, Problem};
pub use reader::Reader;
pub use ringside_ledger::{Key, private};
pub use session::{Ports, TalkDeed, Tap};
pub use tools::Tool;
pub use windows::{Batch, Sink};

use refusal::Refusal;
use session::{Session, Stay};
use verbs::{Answer, HostVerb, Verb};

/// What comes to the session.
#[derive(Debug)]
enum Asked {
    /// Of a window.
    Verb(Verb),
    /// Of the host.
    Host(HostVerb),
}

/// The handle of a running shift. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Shift {
    asked: mpsc::Sender<Asked>,
}

impl Shift {
    /// Starts a shift and signs in with what the vault holds, if it holds anything.
    pub fn start(ports: Ports) -> Self {
        let (asked, asks) = mpsc::channel(64);
        tokio::spawn(supervisor::supervise(Session::new(ports), asks));
        Self { asked }
    }

    /// Signs in and keeps the token in the vault, but for a demo's.
    ///
    /// # Errors
    /// Says what is wrong and what to do about it.
    pub async fn sign_in(&self, place: impl Into<Place>, credential: Credential, demo: bool) -> Result<(), Problem> {
        let (place, stay) = (place.into(), if demo { Stay::Demo } else { Stay::Kept });
        self.ask(|answer| Asked::Host(HostVerb::SignIn { place, credential, stay, answer })).await
    }

    /// Signs in until the shift ends: the vault is not asked to keep anything.
    ///
    /// # Errors
    /// Says what is wrong and what to do about it.
    pub async fn sign_in_for_now(&self, place: impl Into<Place>, credential: Credential) -> Result<(), Problem> {
        let (place, stay) = (place.into(), Stay::ForNow);
        self.ask(|answer| Asked::Host(HostVerb::SignIn { place, credential, stay, answer })).await
    }

    /// The host could not show an alert outside its windows, and why; none once it can.
    ///
    /// # Errors
    /// When the shift has ended.
    pub async fn toasts_fail(&self, why: Option<Message>) -> Result<(), Problem> {
        self.tell(Asked::Host(HostVerb::ToastsFail { why })).await
    }

    /// Signs out and removes the token from the vault.
    ///
    /// # Errors
    /// When the token could not be removed.
    pub async fn sign_out(&self) -> Result<(), Problem> {
        self.ask(|answer| Asked::Host(HostVerb::SignOut { answer })).await
    }

    /// Which view a window shows, or that it shows none: what no view and no
    /// alert needs is not listened to for long. A host that never says so
    /// listens to everything.
    ///
    /// # Errors
    /// When the shift is over.
    pub async fn show_view(&self, window: &str, view: Option<String>) -> Result<(), Problem> {
        self.tell(Asked::Host(HostVerb::ShowView { window: window.to_owned(), view })).await
    }

    /// Fetches a file that a colleague shared into a folder, and says where it lies.
    ///
    /// # Errors
    /// When the service does not hand it out, or it cannot be written.
    pub async fn save_shared(&self, file: String, folder: PathBuf) -> Result<String, Problem> {
        self.ask(|answer| Asked::Host(HostVerb::SaveShared { file, folder, answer })).await
    }

    /// The address of a customer's page in another system.
    ///
    /// # Errors
    /// When none is set, or it is no page of the web.
    pub async fn customer_page(&self, number: String) -> Result<String, Problem> {
        self.ask(|answer| Asked::Host(HostVerb::CustomerPage { number, answer })).await
    }

    /// Fetches a recording's file into a folder; how far it got shows on the desk.
    ///
    /// # Errors
    /// When the shift is over.
    pub async fn fetch_recording(&self, id: String, folder: PathBuf) -> Result<(), Problem> {
        self.tell(Asked::Host(HostVerb::FetchRecording { id, folder })).await
    }

    /// The whole desk as it is now.
    ///
    /// # Errors
    /// When the shift is over.
    pub async fn desk(&self) -> Result<DeskView, Problem> {
        self.ask(|answer| Asked::Host(HostVerb::Desk { answer })).await.map(|desk| *desk)
    }

    /// Sends the desk to a window: the whole first, then every change.
    ///
    /// # Errors
    /// When the shift is over.
    pub async fn watch(&self, sink: Sink) -> Result<(), Problem> {
        self.tell(Asked::Host(HostVerb::Watch { sink })).await
    }

    /// A window of [`Sink::of_window`] has drawn this batch.
    ///
    /// # Errors
    /// When the shift is over.
    pub async fn drawn(&self, window: &str, seq: u64) -> Result<(), Problem> {
        self.tell(Asked::Host(HostVerb::Drawn { window: window.to_owned(), seq })).await
    }

    /// Ends the shift: unsubscribes and closes the link. The token stays kept.
    pub async fn end(&self) {
        if self.ask(|answer| Asked::Host(HostVerb::End { answer })).await.is_err() {
            tracing::debug!("the shift had already ended");
        }
    }

    async fn tell(&self, asked: Asked) -> Result<(), Problem> {
        self.asked.send(asked).await.map_err(|_| Refusal::Closing.into())
    }

    async fn ask<T>(&self, ask: impl FnOnce(Answer<T>) -> Asked) -> Result<T, Problem> {
        let (answer, answered) = Answer::new();
        self.tell(ask(answer)).await?;
        let is_over = || if self.asked.is_closed() { Refusal::Closing } else { Refusal::BrokeOff };
        answered.await.unwrap_or_else(|_| Err(is_over().into()))
    }
}
