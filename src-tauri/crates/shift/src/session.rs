//! The task behind a [`Shift`](crate::Shift): it waits for one thing at a time
//! (a verb, a piece of news, an answer, the clock), lets the desk decide, and
//! carries out what the desk says.

mod asked;
mod carrying_out;
mod claiming;
mod customers;
#[cfg(test)]
mod ending;
mod fetching;
mod hearing;
mod hosts;
mod keeping;
mod listening;
mod looking;
mod lookups;
mod reading;
mod responding;
mod resuming;
mod screens;
mod signed_in;
mod signing_in;
mod steering;
mod talks;
mod work;

use std::future::pending;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use ringside_desk::{
    Claimed, Customer, Deed, Desk, FetchView, Millis, Outgoing, Raised, Record, Remains, Screen, SessionView, Steered,
};
use ringside_words::Message;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep_until};
use voipbin_client::{Entry, FetchError, Items, Listed, Pages, RestError, Token};
use voipbin_wire::{AgentFact, MessageFact, QueueName, Timestamp, Told};

use crate::Asked;
use crate::account::Account;
use crate::book::NotKept;
use crate::clocks::Clocks;
use crate::day::midnight;
use crate::journal::Journal;
use crate::ports::{Bell, Kept, Vault, VaultError};
use crate::problem::Problem;
use crate::reader::Reader;
use crate::routine::Look;
use crate::safe::Safe;
use crate::surroundings::{Surroundings, Unread};
use crate::tools::{Responding, SetUp};
use crate::verbs::{Answer, HostVerb};

use carrying_out::storm;
use fetching::Fetches;
use keeping::Keeping;
use lookups::Lookups;
use screens::Screens;
use signing_in::SigningIn;
pub(crate) use signing_in::Stay;
use talks::Spoken;
pub use talks::TalkDeed;
use work::{Stage, Work, next};

/// Texts on their way hold up signing out and closing for this long at most.
const REPLIES_WITHIN: Duration = Duration::from_secs(3);

/// What a shift borrows from its host.
pub struct Ports {
    /// Where the token is kept.
    pub vault: Arc<dyn Vault>,
    /// How the agent is told of things.
    pub bell: Box<dyn Bell>,
    /// What time it is.
    pub clock: fn() -> Millis,
    /// How many milliseconds went by since some moment, by a clock that nobody
    /// sets: [`steady`](crate::steady).
    pub steady: fn() -> Millis,
    /// Hears of every fact as it comes in, before the desk does.
    pub tap: Option<Tap>,
    /// Where the socket is read; beside everything else where there is none.
    pub reader: Option<Reader>,
    /// The file of the ledger; without one nothing is kept over a restart.
    pub ledger: Option<PathBuf>,
}

/// Hears of facts.
pub type Tap = Box<dyn FnMut(&Told) + Send>;

impl std::fmt::Debug for Ports {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Ports")
    }
}

/// An answer to something the session asked for.
enum Done {
    Remembered(Option<Account>),
    Loaded(Result<Option<Kept>, VaultError>),
    Identified { result: Result<(Account, Token), Problem>, stay: Stay, notice: Option<Message>, answer: Answer },
    Kept(Result<(), VaultError>),
    Forgotten { result: Result<(), VaultError>, answer: Answer },
    Renewed { result: Result<(Account, Token), Problem>, answer: Answer },
    Page { reading: u64, part: usize, pages: Box<Pages>, result: Result<Vec<Told>, RestError> },
    ReadOn { reading: u64 },
    AllRead { reading: u64 },
    Turn { id: String, pages: Box<Pages>, began: Timestamp, result: Result<Vec<Told>, RestError> },
    Looked { look: Look, result: Result<Looked, RestError> },
    Status(Result<AgentFact, RestError>),
    WhoIs { number: String, result: Result<Option<Entry>, RestError> },
    Saved,
    Tidied(Result<(), NotKept>),
    Talks(Result<Box<Listed>, RestError>),
    Spoken { talk: String, result: Result<Spoken, RestError>, answer: Answer<String> },
    Customer { number: String, result: Result<(Box<Customer>, Unread), RestError> },
    ServedCustomer { number: String, result: Result<(), RestError>, answer: Answer },
    Reply { id: String, result: Result<Box<MessageFact>, RestError> },
    LookedFor { missing: Vec<(String, Timestamp)>, began: Millis, result: Result<Box<Listed>, RestError> },
    Steered { call: String, deed: Deed, came: Steered },
    Tools(Result<SetUp, NotKept>),
    Restored { account: String, result: Result<Box<(Remains, Responding)>, NotKept> },
    Claimed { result: Result<Claimed, claiming::NotClaimed>, room: claiming::Room },
    Chore { message: String, problems: Vec<Message> },
    Written { due: Vec<Outgoing>, taken: Vec<Answer>, lasting: Vec<Record>, result: Result<(), NotKept> },
    Fetched { id: String, result: Result<PathBuf, FetchError> },
}

/// What a regular look brought.
enum Looked {
    Surroundings(Box<Surroundings>),
    Queues(Items<QueueName>),
    Me(Box<AgentFact>),
    Told(Vec<Told>),
    Conversations { told: Vec<Told>, requests: usize, is_whole: bool },
}

/// How a session's work came to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ran {
    /// It was told to end.
    ToTheEnd,
    /// Something without which it hears nothing is gone.
    BrokeDown,
}

pub(crate) struct Session {
    ports: Ports,
    clocks: Clocks,
    desk: Desk,
    screens: Screens,
    jobs: JoinSet<Done>,
    work: Option<Work>,
    raised: Raised,
    safe: Safe,
    signing_in: SigningIn,
    keeping: Keeping,
    lookups: Lookups,
    fetches: Fetches,
    /// The team's channel in which desks claim to answer.
    room: claiming::Room,
    no_toasts: Option<Message>,
    /// Who was signed in at the session before this one, which broke down.
    resumes: Option<(Account, Token, Stay)>,
    dice: fastrand::Rng,
    journal: Journal,
}

impl Session {
    pub(crate) fn new(ports: Ports) -> Self {
        let safe = Safe::of(Arc::clone(&ports.vault));
        Self::with(ports, safe)
    }

    fn with(ports: Ports, safe: Safe) -> Self {
        Self {
            clocks: Clocks::new((ports.clock)(), (ports.steady)()),
            desk: Desk::new(SessionView::on(Screen::Starting)),
            screens: Screens::default(),
            jobs: JoinSet::new(),
            work: None,
            raised: Raised::default(),
            safe,
            signing_in: SigningIn::default(),
            keeping: Keeping::default(),
            lookups: Lookups::default(),
            fetches: Fetches::default(),
            room: claiming::Room::default(),
            no_toasts: None,
            resumes: None,
            dice: fastrand::Rng::new(),
            journal: Journal::default(),
            ports,
        }
    }

    /// Looks what was kept here.
    pub(crate) fn start(&mut self) {
        self.load_sign_in();
        self.open_book();
    }

    /// Works until the shift is told to end, or nobody is left who could tell it.
    pub(crate) async fn run(&mut self, asks: &mut mpsc::Receiver<Asked>) -> Ran {
        self.resume();
        let mut seconds = interval(Duration::from_secs(1));
        seconds.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            self.carry_out();
            let flush_at = self.screens.flush_at(self.desk.has_changes());
            tokio::select! {
                asked = asks.recv() => match asked {
                    Some(Asked::Host(HostVerb::End { answer })) => {
                        self.end().await;
                        answer.done(());
                        return Ran::ToTheEnd;
                    }
                    Some(asked) => self.take_up(asked).await,
                    None => {
                        self.leave().await;
                        return Ran::ToTheEnd;
                    }
                },
                news = next(&mut self.work) => match &news[..] {
                    [] => {
                        tracing::error!("the connection's task ended by itself");
                        return Ran::BrokeDown;
                    }
                    _ => self.hear(news).await,
                },
                Some(done) = self.jobs.join_next() => match done {
                    Ok(done) => self.take(done).await,
                    Err(error) => self.broke_off(&error),
                },
                opening = self.keeping.opened() => self.ledger_opened(opening),
                () = until(flush_at) => self.flush(),
                _ = seconds.tick() => {
                    self.tick();
                    self.listen_anew().await;
                }
            }
        }
    }

    /// Whether somebody is signed in.
    pub(crate) fn is_signed_in(&self) -> bool {
        self.work.is_some()
    }

    async fn end(&mut self) {
        self.silence();
        self.finish_replies().await;
        self.leave_claim().await;
        self.close_the_book().await;
        self.close_the_safe().await;
        self.leave().await;
    }

    async fn take_up(&mut self, asked: Asked) {
        self.look_at_clocks();
        match asked {
            Asked::Verb(verb) => self.obey(verb).await,
            Asked::Host(verb) => self.oblige(verb).await,
        }
    }

    async fn take(&mut self, done: Done) {
        self.look_at_clocks();
        let now = (self.ports.clock)();
        if let Some(at) = self.work.as_ref().and_then(|work| work.rest.service_time()) {
            self.desk.service_says(at, now);
        }
        match done {
            Done::Remembered(account) => self.signing_in.remembered = account,
            Done::Loaded(loaded) => self.loaded(loaded),
            Done::Identified { result, stay, notice, answer } => {
                answer.give(self.identified(result, stay, notice));
            }
            Done::Kept(Ok(())) => self.kept(),
            Done::Kept(Err(error)) => self.not_kept(error),
            Done::Forgotten { result, answer } => {
                answer.give(result.map_err(|error| self.not_forgotten(error)));
            }
            Done::Renewed { result, answer } => answer.give(self.renewed(result).await),
            Done::Page { reading, part, pages, result } => self.page_read(reading, part, *pages, result, now).await,
            Done::ReadOn { reading } => self.read_on_after(reading),
            Done::AllRead { reading } => self.all_read(reading, now).await,
            Done::Turn { id, pages, began, result } => self.turn_read(id, *pages, began, result, now).await,
            Done::Looked { look, result } => self.looked(look, result, now).await,
            Done::Status(result) => self.status_answered(result, now),
            Done::WhoIs { number, result } => self.number_looked_up(&number, result),
            Done::Reply { id, result } => self.reply_answered(&id, result, now).await,
            Done::LookedFor { missing, began, result } => self.looked_for(&missing, began, result),
            Done::Saved | Done::Tidied(Ok(())) => {}
            Done::Tidied(Err(why)) => tracing::info!(%why, "what is too old could not be removed"),
            Done::Talks(result) => self.talks(result),
            Done::Spoken { talk, result, answer } => self.spoken(talk, result, answer),
            Done::Customer { number, result } => self.customer(&number, result),
            Done::ServedCustomer { number, result, answer } => self.served(&number, result, answer),
            Done::Steered { call, deed, came } => self.desk.steered(&call, &deed, came),
            Done::Tools(result) => self.set_up(result).await,
            Done::Restored { account, result } => self.restored(&account, result),
            Done::Claimed { result, room } => self.claimed(result, room),
            Done::Chore { message, problems } => {
                problems.into_iter().for_each(|problem| self.desk.chore_done(&message, Some(problem)));
            }
            Done::Written { due, taken, lasting, result } => self.written(due, taken, lasting, result),
            Done::Fetched { id, result } => self.recording_fetched(&id, result),
        }
    }

    /// Whether the clock was set, before anything is judged by it.
    fn look_at_clocks(&mut self) {
        let now = (self.ports.clock)();
        let Some(by) = self.clocks.jumped(now, (self.ports.steady)()) else { return };
        tracing::info!(by, "the clock was set, or the computer slept");
        self.desk.clock_jumped(by, now);
        if let Some(work) = self.work.as_mut().filter(|_| by < 0) {
            work.whole_at = work.whole_at.saturating_add(by);
        }
    }

    /// What a clock alone brings about.
    fn tick(&mut self) {
        self.look_at_clocks();
        let now = (self.ports.clock)();
        if let Some(midnight) = midnight(now) {
            self.desk.day_began(midnight);
        }
        for (id, bytes) in self.fetches.so_far() {
            self.desk.recording_fetched(id, FetchView { bytes, path: None, problem: None });
        }
        self.desk.tick(now);
        self.keyring_is_slow();
        self.raised.tick(now, storm).into_iter().for_each(|alert| self.ports.bell.ring(alert));
        self.warn_before_the_end(now);
        self.keep_the_rest();
        self.tidy_up(now);
        self.look_for_replies();
        self.see_what_is_in_the_way();
        self.claim_round();
        self.look_around();
        if let Some(work) = &self.work {
            self.desk.account_frozen(work.rest.frozen());
        }
        self.say_what_is_not_read(now);
    }
}

fn millis(duration: Duration) -> Millis {
    Millis::try_from(duration.as_millis()).unwrap_or(Millis::MAX)
}

async fn until(at: Option<Instant>) {
    match at {
        Some(at) => sleep_until(at).await,
        None => pending().await,
    }
}
