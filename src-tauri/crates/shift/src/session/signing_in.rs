//! The way in, and what the keyring has to do with it.

use std::time::Duration;

use ringside_desk::{Screen, SessionView};
use ringside_words::{Message, say};
use tokio::time::{Instant, sleep};
use voipbin_client::Token;

use super::{Done, REPLIES_WITHIN, Session};
use crate::account::{Account, Credential, Place, identify};
use crate::ports::{Kept, VaultError};
use crate::problem::Problem;
use crate::refusal::Refusal;
use crate::verbs::Answer;

/// The form is shown when the keyring has not answered for so long.
const KEYRING_IS_SLOW_AFTER: Duration = Duration::from_secs(5);

/// For how long a sign-in is good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stay {
    /// For the next start as well: the keyring keeps it.
    Kept,
    /// Until the app ends.
    ForNow,
    /// It is the built-in demo's, which leaves nothing behind.
    Demo,
}

/// Where signing in stands.
#[derive(Debug, Default)]
pub(super) struct SigningIn {
    /// Whose sign-in the keyring holds, as far as that is no secret.
    pub(super) remembered: Option<Account>,
    /// Since when the keyring has been asked for it, until it answers.
    pub(super) asked_keyring: Option<Instant>,
    /// The task that signs in.
    pub(super) task: Option<tokio::task::Id>,
}

impl Session {
    /// Asks the keyring for the sign-in it holds.
    pub(super) fn load_sign_in(&mut self) {
        let already = self.signing_in.asked_keyring.replace(Instant::now()).is_some();
        if already {
            // It is being waited for: a second question would only wait behind the first.
            return;
        }
        let remembered = self.safe.ask(|vault| Ok(vault.remembered()));
        self.jobs.spawn(async move { Done::Remembered(remembered.await.unwrap_or_default()) });
        let loaded = self.safe.ask(|vault| vault.load());
        self.jobs.spawn(async move { Done::Loaded(loaded.await) });
    }

    /// The agent has unlocked the keyring, or hopes for the best.
    pub(crate) fn ask_keyring(&mut self) {
        if self.signing_in.task.is_some() || self.work.is_some() {
            return;
        }
        let session = self.desk.session_view().clone();
        self.desk.session(SessionView { screen: Screen::Starting, problem: None, ask_keyring: false, ..session });
        self.load_sign_in();
        self.open_book_again();
    }

    /// A keyring that lets the agent wait is no reason not to show the form.
    pub(super) fn keyring_is_slow(&mut self) {
        let is_slow = self.signing_in.asked_keyring.is_some_and(|since| since.elapsed() >= KEYRING_IS_SLOW_AFTER);
        if is_slow && self.desk.session_view().screen == Screen::Starting {
            self.keyring_failed(&VaultError::Silent);
        }
    }

    pub(super) fn loaded(&mut self, loaded: Result<Option<Kept>, VaultError>) {
        self.signing_in.asked_keyring = None;
        // Somebody was quicker than the keyring and signs in by hand.
        if self.signing_in.task.is_some() || self.work.is_some() {
            return;
        }
        match loaded {
            Ok(Some(Kept { account, token })) => self.begin(account, token, Stay::Kept),
            Ok(None) => {
                let SessionView { no_toasts, .. } = self.desk.session_view().clone();
                self.desk.session(SessionView { no_toasts, ..SessionView::on(Screen::SignedOut) });
            }
            Err(error) => self.keyring_failed(&error),
        }
    }

    /// The form keeps the address and name of whoever is signed in here: a
    /// password typed into it must not go to another service.
    fn keyring_failed(&mut self, error: &VaultError) {
        tracing::warn!(%error, "the kept sign-in could not be read");
        let problem = match error {
            VaultError::Locked => say!("sign-in-keyring-locked"),
            VaultError::Missing => say!("sign-in-keyring-missing"),
            VaultError::Silent => say!("sign-in-keyring-silent"),
            VaultError::Broken(_) => say!("sign-in-keyring-broken"),
        };
        let (service, email) = match &self.signing_in.remembered {
            Some(Account { service, email, .. }) => (service.clone(), email.clone()),
            None => Default::default(),
        };
        self.desk.session(SessionView {
            service,
            email,
            problem: Some(problem),
            ask_keyring: true,
            no_toasts: self.no_toasts.clone(),
            ..SessionView::on(Screen::SignedOut)
        });
    }

    pub(super) fn sign_in(&mut self, place: Place, credential: Credential, stay: Stay, answer: Answer) {
        if self.signing_in.task.is_some() || self.work.is_some() {
            return answer.refuse(Refusal::SignedInAlready);
        }
        let session = self.desk.session_view().clone();
        self.desk.session(SessionView { screen: Screen::SigningIn, problem: None, ..session });
        let notice = place.holds_key().then(|| say!("problems-certificate-with-key"));
        let identified = async move {
            let result = identify(place, credential).await;
            Done::Identified { result, stay, notice, answer }
        };
        let task = self.jobs.spawn(identified);
        self.signing_in.task = Some(task.id());
    }

    pub(super) fn identified(
        &mut self,
        result: Result<(Account, Token), Problem>,
        stay: Stay,
        notice: Option<Message>,
    ) -> Result<(), Problem> {
        self.signing_in.task = None;
        let (account, token) = match result {
            Ok(identified) => identified,
            Err(problem) => {
                // The form shows the problem beside the field it is about.
                self.back_to_the_form();
                return Err(problem);
            }
        };
        self.begin(account, token, stay);
        if let Some(notice) = notice {
            let session = self.desk.session_view().clone();
            let problem = Some(match session.problem.clone() {
                Some(told) => told.then(notice),
                None => notice,
            });
            self.desk.session(SessionView { problem, ..session });
        }
        self.keep();
        Ok(())
    }

    pub(super) fn back_to_the_form(&mut self) {
        let session = self.desk.session_view().clone();
        self.desk.session(SessionView { screen: Screen::SignedOut, ..session });
    }

    /// Keeps the account and its token for the next start.
    pub(super) fn keep(&mut self) {
        let Some(work) = self.work.as_ref().filter(|work| work.stay == Stay::Kept) else { return };
        // A keyring may ask for a password; calls do not wait for that.
        let (account, token) = (work.account.clone(), work.token.clone());
        let kept = self.safe.change(move |vault| vault.keep(&account, &token));
        self.jobs.spawn(async move { Done::Kept(kept.await) });
    }

    /// The keyring works: what it was locked for before can be read now.
    pub(super) fn kept(&mut self) {
        self.signing_in.remembered = self.work.as_ref().map(|work| work.account.clone());
        self.open_book_again();
    }

    pub(super) fn not_kept(&mut self, error: VaultError) {
        tracing::warn!(%error, "the sign-in was not kept");
        let because = Problem::from(error).message;
        let session = self.desk.session_view().clone();
        let problem = Some(say!("sign-in-for-now", why = because));
        self.desk.session(SessionView { problem, ..session });
    }

    /// Removes what is kept, after all that is being kept before.
    pub(super) fn forget(&mut self, answer: Answer) {
        let forgotten = self.safe.change(|vault| vault.forget());
        self.signing_in.remembered = None;
        self.jobs.spawn(async move { Done::Forgotten { result: forgotten.await, answer } });
    }

    /// The desk with its notices is gone by then; the form says it.
    pub(super) fn not_forgotten(&mut self, error: VaultError) -> Problem {
        tracing::warn!(%error, "the sign-in was not removed");
        let because = Problem::from(error);
        let session = self.desk.session_view().clone();
        let problem = Some(say!("sign-in-not-removed", why = because.message.clone()));
        self.desk.session(SessionView { problem, ..session });
        because
    }

    /// A sign-in that is being removed is removed before the app goes, if the
    /// keyring answers in time.
    pub(super) async fn close_the_safe(&mut self) {
        let until = Instant::now() + REPLIES_WITHIN;
        while self.safe.is_changing() {
            if Instant::now() >= until {
                return tracing::warn!("left while the keyring was still being written");
            }
            sleep(Duration::from_millis(20)).await;
        }
    }

    /// Whether this computer shows notifications, as the host finds out.
    pub(super) fn toasts_fail(&mut self, why: Option<Message>) {
        self.no_toasts = why;
        let session = self.desk.session_view().clone();
        if session.no_toasts != self.no_toasts {
            self.desk.session(SessionView { no_toasts: self.no_toasts.clone(), ..session });
        }
    }
}
