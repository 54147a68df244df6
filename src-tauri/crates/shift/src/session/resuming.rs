//! What becomes of a session that broke down: what lay outside the broken part
//! is taken over by a new one.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use ringside_desk::{Desk, Record, Screen, SessionView};
use ringside_ledger::Whose;
use ringside_words::say;
use tokio::sync::mpsc;
use tokio::task::JoinError;
use tokio::time::timeout;
use voipbin_client::{Connection, Feed, Token};

use super::Session;
use super::signing_in::Stay;
use super::work::{Stage, Work};
use crate::Asked;
use crate::account::Account;
use crate::refusal::Refusal;
use crate::verbs::HostVerb;

/// A link that is left behind gets this long for its goodbye.
const GOODBYE_WITHIN: Duration = Duration::from_secs(1);
/// Lists whose reading broke down are read again after this.
const READS_AGAIN_AFTER: Duration = Duration::from_secs(5);

impl Session {
    /// A request broke down. Whoever waits for it must not wait for ever.
    pub(super) fn broke_off(&mut self, error: &JoinError) {
        if error.is_cancelled() {
            return;
        }
        tracing::error!(%error, "a request broke down");
        if self.signing_in.task == Some(error.id()) {
            self.signing_in.task = None;
            self.back_to_the_form();
        }
        let is_of_reading = |work: &Work| work.asking.iter().any(|asking| asking.id() == error.id());
        let Some(work) = self.work.as_ref().filter(|work| is_of_reading(work)) else { return };
        match work.stage {
            Stage::CatchingUp { socket } => self.catch_up_again(socket, READS_AGAIN_AFTER, (self.ports.clock)()),
            Stage::Live | Stage::Down => self.abandon_reading(),
        }
    }

    /// What the windows see until there is a desk again.
    pub(crate) fn broke_down(&mut self) {
        let SessionView { service, email, demo, .. } = self.desk.session_view().clone();
        self.desk = Desk::new(SessionView { service, email, demo, ..SessionView::on(Screen::Starting) });
        self.screens.starts_over = true;
        self.flush();
    }

    /// A new session in the place of one that broke down. Ports, windows, sign-in
    /// and the ledger's writer are taken over; all else comes from the ledger and
    /// the service, as at a start.
    pub(crate) async fn begun_anew(mut self) -> Self {
        self.hush();
        let work = self.work.take();
        let resumes = work.as_ref().map(|work| (work.account.clone(), work.token.clone(), work.stay));
        let resumes = resumes.or_else(|| self.resumes.take());
        self.keep_what_was_said(resumes.as_ref());
        let SessionView { service, email, .. } = self.desk.session_view().clone();
        let mut anew = Self::with(self.ports, self.safe);
        anew.screens.windows = self.screens.windows;
        anew.no_toasts = self.no_toasts;
        anew.signing_in.remembered = self.signing_in.remembered;
        anew.keeping = self.keeping.taken_over();
        anew.screens.starts_over = true;
        if let Some(Work { connection, feed, .. }) = work {
            goodbye(connection, feed).await;
        }
        match resumes {
            Some(_) => anew.resumes = resumes,
            None if self.signing_in.asked_keyring.is_some() => anew.load_sign_in(),
            None => {
                let problem = Some(say!("problems-started-again"));
                anew.new_desk(SessionView { service, email, problem, ..SessionView::on(Screen::SignedOut) });
            }
        }
        anew
    }

    /// Goes on for whoever was signed in before the breakdown. Should that break
    /// down as well, it is still known who it was.
    pub(super) fn resume(&mut self) {
        let Some((account, token, stay)) = self.resumes.clone() else { return };
        self.begin(account, token, stay);
        self.resumes = None;
        let session = self.desk.session_view().clone();
        self.desk.session(SessionView { problem: Some(say!("problems-started-again")), ..session });
    }

    /// What the desk had handed out, or would have, goes into the ledger, if the
    /// desk can still say what that is.
    fn keep_what_was_said(&mut self, whose: Option<&(Account, Token, Stay)>) {
        let desk = &mut self.desk;
        let said = catch_unwind(AssertUnwindSafe(|| {
            let out = desk.take_out().records;
            out.into_iter().chain(desk.take_records()).collect::<Vec<_>>()
        }));
        let Ok(said) = said else { return tracing::error!("what was not yet kept is lost") };
        let records: Vec<Record> = self.keeping.unkept.drain(..).chain(said).collect();
        let (Some((account, ..)), Some(book)) = (whose.filter(|(.., stay)| *stay != Stay::Demo), &self.keeping.book)
        else {
            return;
        };
        let (agent, customer) = (account.name_of_ledger(), account.customer_in_ledger());
        drop(book.ask(move |ledger| ledger.write(Whose { agent: &agent, customer: &customer }, &records)));
        // Texts are the agent's no more: they are in the ledger's queue, before the new desk reads it.
        self.keeping.taken.drain(..).for_each(|answer| answer.done(()));
    }

    /// Alerts of calls that the next session does not know would ring for ever.
    fn hush(&mut self) {
        if catch_unwind(AssertUnwindSafe(|| self.silence())).is_err() {
            tracing::error!("alerts could not be taken back");
        }
    }

    /// Says that nothing is heard any more, and does nothing but that until the end.
    pub(crate) async fn stopped(&mut self, asks: &mut mpsc::Receiver<Asked>) {
        let SessionView { service, email, .. } = self.desk.session_view().clone();
        let problem = Some(Refusal::Stopped.message());
        self.desk = Desk::new(SessionView { service, email, problem, ..SessionView::on(Screen::SignedOut) });
        self.screens.starts_over = true;
        self.flush();
        self.hush();
        if let Some(Work { connection, feed, .. }) = self.work.take() {
            goodbye(connection, feed).await;
        }
        while let Some(asked) = asks.recv().await {
            match asked {
                Asked::Host(HostVerb::Watch { sink }) => self.screens.windows.join(sink, self.desk.view()),
                Asked::Host(HostVerb::Drawn { window, seq }) => self.screens.windows.drawn(&window, seq),
                Asked::Host(HostVerb::Desk { answer }) => answer.done(Box::new(self.desk.view())),
                Asked::Host(HostVerb::SignIn { answer, .. }) => answer.refuse(Refusal::Stopped),
                Asked::Host(HostVerb::End { answer }) => return answer.done(()),
                // Its answer is dropped with it: that is told as "not done".
                _ => {}
            }
        }
    }
}

async fn goodbye(connection: Connection, feed: Feed) {
    drop(feed);
    if timeout(GOODBYE_WITHIN, connection.leave()).await.is_err() {
        tracing::info!("left the link without a goodbye");
    }
}
