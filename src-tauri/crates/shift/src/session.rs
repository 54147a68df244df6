//! The task behind a [`Shift`](crate::Shift): it waits for one thing at a time
//! (a verb, a piece of news, an answer, the clock), lets the desk decide, and
//! carries out what the desk says.

mod asked;
mod claiming;
mod customers;
mod keeping;
mod listening;
mod looking;
mod reading;
mod responding;
mod resuming;
mod signing_in;
mod steering;
mod talks;

use std::collections::{BTreeMap, BTreeSet};
use std::future::pending;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use ringside_desk::{
    Alert, AlertKind, Around, Ask, Claimed, Customer, Deed, Desk, FetchView, Found, LinkNotice, LinkStage, MeView,
    Millis, Outgoing, Patch, Record, Remains, ResponderDeed, Rights, Screen, SessionView, SpokenAs, Steered,
};
use tokio::sync::mpsc;
use tokio::task::{AbortHandle, JoinSet};
use tokio::time::{Instant, MissedTickBehavior, interval, sleep_until};
use voipbin_client::{
    Class, Connection, Dialect, Entry, Feed, FetchError, Items, LinkReport, LinkState, Listed, News, Pages, Rest,
    RestError, Service, Token, Wanted,
};
use voipbin_wire::{AgentFact, AgentStatus, Fact, MessageFact, QueueName, Scope, Timestamp, Told};

use crate::Asked;
use crate::account::{Account, Credential, Place, identify, sees_all};
use crate::book::{Book, NotKept, Opening};
use crate::clocks::Clocks;
use crate::day::midnight;
use crate::diagnostics::{Counted, Diagnostics, diagnostics};
use crate::journal::Journal;
use crate::listening::Listening;
use crate::ports::{Bell, Kept, Vault, VaultError};
use crate::problem::{Code, Problem, in_words};
use crate::raised::Raised;
use crate::reader::Reader;
use crate::reading::Reading;
use crate::refusal::Refusal;
use crate::routine::{Look, Routine};
use crate::safe::Safe;
use crate::surroundings::{Surroundings, Unread};
use crate::tools::{Responding, SetUp};
use crate::turns::Turns;
use crate::verbs::{Answer, HostVerb};
use crate::view::Windows;

use reading::TextsRead;
pub(crate) use signing_in::Stay;
use talks::Spoken;
pub use talks::TalkDeed;

/// Windows are told of changes at most this often.
const FLUSH_EVERY: Duration = Duration::from_millis(30);
/// One that is still drawing what it was told is waited for this long at most.
const FLUSH_AT_LEAST_EVERY: Duration = Duration::from_millis(500);
/// Texts on their way hold up signing out and closing for this long at most.
const REPLIES_WITHIN: Duration = Duration::from_secs(3);
/// Numbers that wait to be asked for, beside those of calls at this desk; of
/// more the card offers to ask again.
const LOOKUPS_WAITING: usize = 200;
/// So much news is taken in before anything else is looked at.
const NEWS_AT_ONCE: usize = 256;
/// The agent is warned this long before the sign-in ends.
const WARN_BEFORE_END: Millis = 24 * 3_600_000;

/// The service goes by the rights inside the token (live-service.md, section 2.2).
const NEW_ROLE: &str = "Your role has changed. Sign in again to use your new role.";

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
    Identified { result: Result<(Account, Token), Problem>, stay: Stay, notice: Option<String>, answer: Answer },
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
    ServedCustomer { number: String, result: Result<(), RestError> },
    Reply { id: String, result: Result<Box<MessageFact>, RestError> },
    LookedFor { missing: Vec<(String, Timestamp)>, began: Millis, result: Result<Box<Listed>, RestError> },
    Steered { call: String, deed: Deed, came: Steered },
    Tools(Result<SetUp, NotKept>),
    Restored { account: String, result: Result<Box<(Remains, Responding)>, NotKept> },
    Claimed { result: Result<Claimed, claiming::NotClaimed>, room: claiming::Room },
    Chore { message: String, problems: Vec<String> },
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

pub(crate) struct Session {
    ports: Ports,
    clocks: Clocks,
    desk: Desk,
    windows: Windows,
    /// The desk is another one: every window draws it anew.
    starts_over: bool,
    jobs: JoinSet<Done>,
    work: Option<Work>,
    raised: Raised,
    safe: Safe,
    /// Whose sign-in the keyring holds, as far as that is no secret.
    remembered: Option<Account>,
    /// Since when the keyring has been asked for it, until it answers.
    asked_keyring: Option<Instant>,
    /// The task that signs in.
    signing_in: Option<tokio::task::Id>,
    no_toasts: Option<String>,
    /// Who was signed in at the session before this one, which broke down.
    resumes: Option<(Account, Token, Stay)>,
    replies: u64,
    book: Option<Book>,
    /// The ledger was begun in place of a damaged one, and no person has said
    /// since that rules may go by it.
    is_begun_anew: bool,
    /// Whether the ledger could be opened, as far as is known.
    is_kept: bool,
    not_kept: Option<NotKept>,
    openings: Option<mpsc::UnboundedReceiver<Opening>>,
    writes_under_way: usize,
    /// What was kept of this account is on the desk.
    is_restored: bool,
    /// What was too old is gone.
    is_tidied: bool,
    /// What could not be written and must not be forgotten.
    unkept: Vec<Record>,
    /// The team's channel in which desks claim to answer.
    room: claiming::Room,
    /// What is to be done once it is.
    waiting_deeds: Vec<(ResponderDeed, Answer)>,
    /// Who waits to hear that a reply is kept.
    taken: Vec<Answer>,
    flushed_at: Instant,
    dice: fastrand::Rng,
    journal: Journal,
    /// Numbers that wait to be asked for while no agent waits for them.
    looking_up: BTreeMap<String, AbortHandle>,
    /// Files on their way, and how many bytes are here.
    fetching: BTreeMap<String, Arc<AtomicU64>>,
}

/// What there is only while somebody is signed in.
struct Work {
    account: Account,
    token: Token,
    stay: Stay,
    connection: Connection,
    feed: Feed,
    rest: Rest,
    stage: Stage,
    routine: Routine,
    turns: Turns,
    /// What is being read over REST, what of it is asked for, and since when it is wanted.
    reading: Option<Reading>,
    asking: Vec<AbortHandle>,
    reading_since: Timestamp,
    readings: u64,
    /// The conversations on the pages that were read of their list.
    listed: BTreeSet<String>,
    /// The list was read to its end once.
    knows_conversations: bool,
    /// Up to when no SMS is missing, where the link was not live since.
    messages_until: Option<Timestamp>,
    /// Texts are to be read back to this moment: no desk of this ledger was there since.
    texts_since: Option<Timestamp>,
    /// The conversations that could not be read, and what else, why, and since when it is missing.
    missed: BTreeSet<String>,
    missed_because: Option<(String, String, Millis)>,
    /// Lists of who and what there is that could not be read whole: why, and since when.
    unread: BTreeMap<&'static str, (String, Millis)>,
    texts: TextsRead,
    /// Since when what is around calls is not listened to.
    unheard_since: BTreeMap<Around, Millis>,
    /// Since when nothing has escaped us, as far as lists and socket go.
    whole_at: Millis,
    was_live: bool,
    listening: Listening,
    rereads: u64,
    rereads_failed: u64,
}

/// What the shift does about the link.
enum Stage {
    /// Nothing: it is not there yet.
    Down,
    /// Reads what was missed before this socket.
    CatchingUp { socket: u64 },
    /// Looks from time to time.
    Live,
}

impl Session {
    pub(crate) fn new(ports: Ports) -> Self {
        let safe = Safe::of(Arc::clone(&ports.vault));
        Self::with(ports, safe)
    }

    fn with(ports: Ports, safe: Safe) -> Self {
        Self {
            clocks: Clocks::new((ports.clock)(), (ports.steady)()),
            safe,
            resumes: None,
            remembered: None,
            asked_keyring: None,
            no_toasts: None,
            ports,
            desk: Desk::new(screen(Screen::Starting)),
            windows: Windows::default(),
            starts_over: false,
            jobs: JoinSet::new(),
            work: None,
            raised: Raised::default(),
            signing_in: None,
            replies: 0,
            book: None,
            is_begun_anew: false,
            is_kept: true,
            not_kept: None,
            openings: None,
            writes_under_way: 0,
            is_restored: false,
            is_tidied: false,
            unkept: Vec::new(),
            room: claiming::Room::default(),
            waiting_deeds: Vec::new(),
            taken: Vec::new(),
            flushed_at: Instant::now(),
            dice: fastrand::Rng::new(),
            journal: Journal::default(),
            looking_up: BTreeMap::new(),
            fetching: BTreeMap::new(),
        }
    }

    /// Looks what was kept here.
    pub(crate) fn start(&mut self) {
        self.load_sign_in();
        self.open_book();
    }

    /// Works until the shift is told to end, or nobody is left who could tell it.
    pub(crate) async fn run(&mut self, asks: &mut mpsc::Receiver<Asked>) {
        self.resume();
        let mut seconds = interval(Duration::from_secs(1));
        seconds.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            self.carry_out();
            let has_news = self.starts_over || self.desk.has_changes();
            let wait = if self.windows.is_behind() { FLUSH_AT_LEAST_EVERY } else { FLUSH_EVERY };
            let flush_at = has_news.then(|| self.flushed_at + wait);
            tokio::select! {
                asked = asks.recv() => match asked {
                    Some(Asked::Host(HostVerb::End { answer })) => {
                        self.silence();
                        self.finish_replies().await;
                        self.leave_claim().await;
                        self.close_the_book().await;
                        self.close_the_safe().await;
                        self.leave().await;
                        return answer.done(());
                    }
                    Some(asked) => self.take_up(asked).await,
                    None => return self.leave().await,
                },
                news = next(&mut self.work) => self.hear(news).await,
                Some(done) = self.jobs.join_next() => match done {
                    Ok(done) => self.take(done).await,
                    Err(error) => self.broke_off(&error),
                },
                opening = opened(&mut self.openings) => self.ledger_opened(opening),
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

    async fn take_up(&mut self, asked: Asked) {
        self.look_at_clocks();
        match asked {
            Asked::Verb(verb) => self.obey(verb).await,
            Asked::Host(verb) => self.oblige(verb).await,
        }
    }

    /// Does what a host asks.
    async fn oblige(&mut self, verb: HostVerb) {
        match verb {
            HostVerb::SignIn { place, credential, stay, answer } => self.sign_in(place, credential, stay, answer),
            HostVerb::SignOut { answer } => {
                let forgets = !self.desk.session_view().demo;
                self.sign_out(None).await;
                if forgets {
                    self.forget(answer);
                } else {
                    answer.done(());
                }
            }
            HostVerb::ToastsFail { why } => self.toasts_fail(why),
            HostVerb::SaveShared { answer, .. } | HostVerb::CustomerPage { answer, .. } if self.work.is_none() => {
                answer.refuse(Refusal::NobodySignedIn);
            }
            HostVerb::SaveShared { file, folder, answer } => self.save_shared(file, folder, answer),
            HostVerb::CustomerPage { number, answer } => answer.give(self.customer_page(&number).map_err(Into::into)),
            HostVerb::FetchRecording { .. } if self.work.is_none() => {}
            HostVerb::FetchRecording { id, folder } => self.fetch_recording(id, folder),
            HostVerb::ShowView { window, view } => self.show_view(window, view).await,
            HostVerb::Desk { answer } => answer.done(Box::new(self.desk.view())),
            HostVerb::Watch { sink } => {
                let whole = self.desk.view();
                self.windows.join(sink, whole);
            }
            HostVerb::Drawn { window, seq } => self.windows.drawn(&window, seq),
            HostVerb::End { answer } => answer.done(()),
        }
    }

    /// The same agent signs in again at the desk as it stands.
    pub(crate) fn renew(&mut self, credential: Credential, answer: Answer) {
        let Some(work) = &self.work else { return answer.refuse(Refusal::NobodySignedIn) };
        let Account { service, extra_ca, only, .. } = work.account.clone();
        let place = Place { service, extra_ca, only };
        self.jobs.spawn(async move { Done::Renewed { result: identify(place, credential).await, answer } });
    }

    async fn renewed(&mut self, result: Result<(Account, Token), Problem>) -> Result<(), Problem> {
        let (account, token) = result?;
        let Some(work) = &mut self.work else { return Ok(()) };
        if (account.agent_id, account.customer_id) != (work.account.agent_id, work.account.customer_id) {
            return Err(Refusal::AnotherAgent.into());
        }
        let has_new_role = account.is_manager() != work.account.is_manager();
        work.account.permission = account.permission;
        work.token = token.clone();
        work.rest = work.rest.clone().signed_in(token.clone());
        if has_new_role {
            self.connect_anew().await;
        } else {
            work.connection.renew(token).await;
        }
        let session = self.desk.session_view().clone();
        self.desk.session(SessionView { ask_again: None, ends_at: None, ..session });
        self.keep();
        Ok(())
    }

    /// The rights are other ones, so other things are heard and looked at.
    async fn connect_anew(&mut self) {
        let chance = self.dice.f64();
        let Some(work) = &mut self.work else { return };
        let Ok(service) = work.account.service() else { return };
        let (is_manager, is_agent) = (work.account.is_manager(), work.account.agent_id.is_some());
        let wanted = Wanted::of(work.account.customer_id, work.account.agent_id, is_manager);
        let reader = Reader::handle(self.ports.reader.as_ref());
        let (connection, feed) =
            voipbin_client::open(service, work.token.clone(), wanted, work.account.speaks(), &reader);
        let left = std::mem::replace(&mut work.connection, connection);
        work.feed = feed;
        work.stage = Stage::Down;
        work.routine = Routine::new(!is_manager, Instant::now(), chance);
        work.turns = Turns::new(!is_manager, Instant::now());
        work.listening = Listening::new(Instant::now());
        self.abandon_reading();
        self.desk.rights(Rights { is_manager, is_agent });
        left.leave().await;
    }

    /// The agent's rights as they are now, beside those of the token.
    fn compare_rights(&mut self, me: &AgentFact) {
        let Some(work) = &self.work else { return };
        let is_me = me.id.as_deref().and_then(|id| id.parse().ok()) == work.account.agent_id;
        let Some(now) = me.permission.filter(|_| is_me && work.account.agent_id.is_some()) else { return };
        let differ = sees_all(now) != work.account.is_manager();
        let session = self.desk.session_view().clone();
        if differ && session.ask_again.is_none() {
            self.ask_again(NEW_ROLE);
        } else if !differ && session.ask_again.as_deref() == Some(NEW_ROLE) {
            self.desk.session(SessionView { ask_again: None, ..session });
        }
    }

    async fn take(&mut self, done: Done) {
        self.look_at_clocks();
        let now = (self.ports.clock)();
        match done {
            Done::Remembered(account) => self.remembered = account,
            Done::Loaded(loaded) => self.loaded(loaded),
            Done::Identified { result, stay, notice, answer } => {
                let result = self.identified(result, stay, notice);
                answer.give(result);
            }
            Done::Kept(Ok(())) => self.kept(),
            Done::Kept(Err(error)) => self.not_kept(error),
            Done::Forgotten { result, answer } => {
                let result = result.map_err(|error| self.not_forgotten(error));
                answer.give(result);
            }
            Done::Renewed { result, answer } => {
                let result = self.renewed(result).await;
                answer.give(result);
            }
            Done::Page { reading, part, pages, result } => self.page_read(reading, part, *pages, result, now).await,
            Done::ReadOn { reading } => self.read_on_after(reading),
            Done::AllRead { reading } => self.all_read(reading, now).await,
            Done::Turn { id, pages, began, result } => self.turn_read(id, *pages, began, result, now).await,
            Done::Looked { look, result } => self.looked(look, result, now).await,
            Done::Status(Ok(me)) => self.desk.learn_me(AgentFact { tm_update: None, ..me }, now),
            Done::Status(Err(error)) => {
                self.desk.status_refused(format!("Your status did not change. {}", in_words(&error)))
            }
            Done::WhoIs { number, result } => {
                self.looking_up.remove(&number);
                let found = match result {
                    Ok(Some(Entry { contact, others })) => Found::Contact(Box::new(contact), others),
                    Ok(None) => Found::Nobody,
                    Err(error) => {
                        tracing::info!(%error, "the address book did not answer");
                        Found::Failed
                    }
                };
                self.desk.looked_up(&number, found);
            }
            Done::Reply { id, result } => {
                let is_refused = matches!(result, Err(RestError::Unauthorized));
                self.desk.reply_fate(&id, keeping::fate(result, now), now);
                if is_refused {
                    self.refused_by_rest().await;
                }
            }
            Done::LookedFor { missing, began, result } => self.looked_for(&missing, began, result),
            Done::Saved | Done::Tidied(Ok(())) => {}
            Done::Tidied(Err(why)) => tracing::info!(%why, "what is too old could not be removed"),
            Done::Talks(result) => self.talks(result),
            Done::Spoken { talk, result, answer } => self.spoken(talk, result, answer),
            Done::Customer { number, result } => self.customer(&number, result),
            Done::ServedCustomer { number, result } => {
                let problem = result.err().map(|error| format!("That was not done. {}", in_words(&error)));
                self.desk.customer_changed(&number, problem);
            }
            Done::Steered { call, deed, came } => self.desk.steered(&call, &deed, came),
            Done::Tools(Ok(SetUp { tools, thresholds })) => {
                self.leave_out(&tools.left_out).await;
                self.desk.tools(tools);
                if let Some(thresholds) = thresholds {
                    self.desk.thresholds(thresholds, (self.ports.clock)());
                }
            }
            Done::Tools(Err(why)) => tracing::info!(%why, "what is set up could not be read"),
            Done::Restored { account, result } => self.restored(&account, result),
            Done::Claimed { result, room } => self.claimed(result, room),
            Done::Chore { message, problems } => {
                problems.into_iter().for_each(|problem| self.desk.chore_done(&message, Some(problem)));
            }
            Done::Written { due, taken, lasting, result } => self.written(due, taken, lasting, result),
            Done::Fetched { id, result } => {
                self.fetching.remove(&id);
                let fetched = fetched(result);
                self.desk.recording_fetched(&id, fetched);
            }
        }
    }

    fn fetch_recording(&mut self, id: String, folder: PathBuf) {
        if self.fetching.contains_key(&id) {
            return;
        }
        let bytes = Arc::new(AtomicU64::new(0));
        self.fetching.insert(id.clone(), Arc::clone(&bytes));
        self.desk.recording_fetched(&id, FetchView { bytes: 0, path: None, problem: None });
        self.request(|rest| async move {
            let so_far = move |so_far| bytes.store(so_far, Ordering::Relaxed);
            let result = rest.recording_file(&id, &folder, so_far).await;
            Done::Fetched { id, result }
        });
    }

    fn begin(&mut self, account: Account, token: Token, stay: Stay) {
        let permission = token.claims().map_or(account.permission, |claims| claims.permission);
        let account = Account { permission, ..account };
        let (service, rest) = match reach(&account, &token) {
            Ok(reached) => reached,
            Err(problem) => {
                let problem = Some(problem.message);
                return self.desk.session(SessionView { problem, ..screen(Screen::SignedOut) });
            }
        };
        self.new_desk(SessionView {
            service: service.name(),
            email: account.email.clone(),
            demo: stay == Stay::Demo,
            ..screen(Screen::Desk)
        });
        let now = (self.ports.clock)();
        self.desk.me(MeView {
            id: account.agent_id.map(|id| id.to_string()).unwrap_or_default(),
            name: account.name.clone(),
            email: account.email.clone(),
            since: now,
            fixed_because: account
                .agent_id
                .is_none()
                .then(|| "An access key belongs to no agent, so it has no status.".to_owned()),
            ..MeView::default()
        });
        self.desk.rights(Rights { is_manager: account.is_manager(), is_agent: account.agent_id.is_some() });
        let wanted = Wanted::of(account.customer_id, account.agent_id, account.is_manager());
        let reader = Reader::handle(self.ports.reader.as_ref());
        let (connection, feed) = voipbin_client::open(service, token.clone(), wanted, account.speaks(), &reader);
        self.work = Some(Work {
            routine: Routine::new(!account.is_manager(), Instant::now(), self.dice.f64()),
            turns: Turns::new(!account.is_manager(), Instant::now()),
            reading: None,
            asking: Vec::new(),
            reading_since: Timestamp::from_millis(now),
            readings: 0,
            listed: BTreeSet::new(),
            knows_conversations: false,
            messages_until: None,
            texts_since: None,
            missed: BTreeSet::new(),
            missed_because: None,
            unread: BTreeMap::new(),
            texts: TextsRead::default(),
            unheard_since: BTreeMap::new(),
            account,
            token,
            stay,
            connection,
            feed,
            rest,
            stage: Stage::Down,
            whole_at: now,
            was_live: false,
            listening: Listening::new(Instant::now()),
            rereads: 0,
            rereads_failed: 0,
        });
        self.restore();
        self.read_tools();
    }

    /// Starts over with an empty desk; every window draws it anew.
    fn new_desk(&mut self, session: SessionView) {
        let problem = session.problem.clone().or_else(|| self.not_kept.as_ref().map(ToString::to_string));
        self.desk = Desk::new(SessionView { problem, no_toasts: self.no_toasts.clone(), ..session });
        self.journal = Journal::default();
        self.room.forget();
        self.fetching.clear();
        self.looking_up.clear();
        let now = (self.ports.clock)();
        self.desk.opened(now);
        if let Some(midnight) = midnight(now) {
            self.desk.day_began(midnight);
        }
        self.is_tidied = false;
        self.starts_over = true;
    }

    async fn hear(&mut self, news: Vec<News>) {
        self.look_at_clocks();
        let now = (self.ports.clock)();
        if news.is_empty() {
            tracing::error!("the connection's task ended by itself");
            self.sign_out(Some("The connection stopped working. Sign in again, please.".to_owned())).await;
        }
        for news in news {
            if self.work.is_none() {
                // Somebody else's, by now.
                return;
            }
            match news {
                News::Told(told) => self.learn(&told, now),
                News::Unknown { kind, why } => {
                    self.journal.write_unknown(kind.as_deref().unwrap_or("no name"), now);
                    tracing::debug!(kind, ?why, "a frame was not understood");
                    self.desk.not_understood();
                }
                News::Link { report, retry_in, proven_ago } => {
                    self.link_moved(*report, retry_in, proven_ago, now).await;
                }
            }
        }
    }

    fn learn(&mut self, told: &Told, now: Millis) {
        if let Fact::Agent(agent) = &told.fact {
            self.compare_rights(agent);
        }
        match (&told.fact, &mut self.work) {
            (Fact::Ring(_), Some(work)) => work.routine.ring_changed(Instant::now()),
            (Fact::Conversation(fact), Some(work)) => {
                if let Some(id) = fact.id.as_deref() {
                    if work.reads_texts_of(fact) {
                        work.turns.news(id, Instant::now());
                    } else {
                        work.turns.gone(id);
                    }
                }
            }
            _ => {}
        }
        if let Some(tap) = &mut self.ports.tap {
            tap(told);
        }
        self.journal.write(told, now);
        self.desk.learn(told, now);
        self.talk_learned(&told.fact);
        if matches!(told.fact, Fact::Queue(_)) {
            self.look_for_queues();
        }
    }

    async fn link_moved(
        &mut self,
        report: LinkReport,
        retry_in: Option<Duration>,
        proven_ago: Option<Duration>,
        now: Millis,
    ) {
        let (state, socket, dialect) = (report.state, report.socket, report.dialect);
        let proven_at = proven_ago.map(|ago| now.saturating_sub(millis(ago)));
        let Some(work) = &mut self.work else { return };
        if state == LinkState::Refused && !work.was_live {
            return self.sign_in_refused().await;
        }
        let found = work.account.only.is_none() && dialect.is_some() && work.account.dialect != dialect;
        if found {
            work.account.dialect = dialect;
        }
        if report.refused.iter().any(|refused| *refused.topic.scope() == Scope::Customer) {
            work.routine.looks_at_own(Instant::now());
        }
        let was_reading = matches!(work.stage, Stage::CatchingUp { socket: of } if of == socket);
        match state {
            LinkState::CatchingUp if was_reading => {}
            LinkState::CatchingUp => self.catch_up(socket, now),
            LinkState::Live => {
                if !matches!(work.stage, Stage::Live) {
                    work.routine.went_live(Instant::now());
                    work.messages_until = None;
                    work.texts = TextsRead::since(now);
                }
                work.stage = Stage::Live;
                work.was_live = true;
                self.look_around();
            }
            _ => {
                if matches!(work.stage, Stage::Live) {
                    // What came between the last sign of life and now is missing, too.
                    work.whole_at = proven_at.unwrap_or(now);
                }
                work.stage = Stage::Down;
                work.turns.let_go();
                self.abandon_reading();
                self.desk.not_read(None);
            }
        }
        self.desk.link(notice(report, retry_in, proven_at, now), now);
        if state == LinkState::Refused {
            self.ask_again("Your sign-in is no longer good. Sign in again: until then you hear no calls.");
        }
        if found {
            self.keep();
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
        for (id, bytes) in &self.fetching {
            let bytes = i64::try_from(bytes.load(Ordering::Relaxed)).unwrap_or(i64::MAX);
            self.desk.recording_fetched(id, FetchView { bytes, path: None, problem: None });
        }
        self.desk.tick(now);
        self.keyring_is_slow();
        self.raised.tick(now).into_iter().for_each(|alert| self.ports.bell.ring(alert));
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

    /// The token is no longer good for requests; an open socket outlives it.
    async fn refused_by_rest(&mut self) {
        if self.work.as_ref().is_some_and(|work| work.was_live) {
            self.ask_again("Your sign-in has expired. Calls still arrive; sign in again to keep it so.");
        } else {
            self.sign_in_refused().await;
        }
    }

    fn ask_again(&mut self, why: &str) {
        let session = self.desk.session_view().clone();
        self.desk.session(SessionView { ask_again: Some(why.to_owned()), ..session });
        self.see_what_is_in_the_way();
    }

    fn warn_before_the_end(&mut self, now: Millis) {
        let Some(work) = &self.work else { return };
        let ends = work.token.claims().and_then(|claims| claims.expires).map(|at| at.as_millis());
        let ends_at = ends.filter(|ends| *ends - now <= WARN_BEFORE_END);
        let session = self.desk.session_view().clone();
        if session.ends_at != ends_at {
            self.desk.session(SessionView { ends_at, ..session });
        }
    }

    pub(crate) async fn diagnostics(&mut self, answer: Answer<Option<Diagnostics>>) {
        answer.done(self.diagnose().await);
    }

    async fn diagnose(&mut self) -> Option<Diagnostics> {
        let work = self.work.as_ref()?;
        let diagnosis = work.connection.diagnose().await?;
        let (rereads, rereads_failed) = (work.rereads, work.rereads_failed);
        let (patches, batches) = self.windows.told();
        Some(diagnostics(&work.account, diagnosis, Counted { rereads, rereads_failed, patches, batches }))
    }

    async fn sign_in_refused(&mut self) {
        let problem = "Your sign-in has expired. Sign in again to keep receiving calls.".to_owned();
        self.sign_out(Some(problem)).await;
    }

    /// Clears the desk and leaves the link. What the vault holds stays.
    async fn sign_out(&mut self, problem: Option<String>) {
        self.finish_replies().await;
        self.leave_claim().await;
        self.finish_writing().await;
        self.jobs.abort_all();
        self.jobs.detach_all();
        (self.writes_under_way, self.signing_in, self.asked_keyring) = (0, None, None);
        self.waiting_deeds.clear();
        self.unkept.clear();
        self.silence();
        let SessionView { email, demo, .. } = self.desk.session_view().clone();
        let service = self.work.as_ref().map(|work| work.account.service.clone()).unwrap_or_default();
        let (service, email) = if demo { Default::default() } else { (service, email) };
        self.new_desk(SessionView { service, email, problem, ..screen(Screen::SignedOut) });
        self.flush();
        self.leave().await;
    }

    /// Takes back every alert that is up.
    fn silence(&mut self) {
        self.raised.clear().into_iter().for_each(|alert| self.ports.bell.ring(alert));
    }

    async fn leave(&mut self) {
        if let Some(Work { connection, feed, .. }) = self.work.take() {
            drop(feed);
            connection.leave().await;
        }
    }

    fn ask_for_status(&mut self, statuses: impl IntoIterator<Item = AgentStatus>) {
        for status in statuses {
            self.request(|rest| async move { Done::Status(rest.set_status(&status).await) });
        }
    }

    fn request<F: Future<Output = Done> + Send + 'static>(&mut self, make: impl FnOnce(Rest) -> F) {
        if let Some(work) = &self.work {
            self.jobs.spawn(make(work.rest.clone()));
        }
    }

    /// Does what the desk said since it was last asked.
    fn carry_out(&mut self) {
        let now = (self.ports.clock)();
        // Who wants no texts has to be known before any leaves.
        let due = if self.is_restored { self.desk.take_due_replies(now) } else { Vec::new() };
        let out = self.desk.take_out();
        self.keep_and_send(out.records, due);
        if out.alerts.iter().any(|alert| matches!(alert, Alert::Raise { kind: AlertKind::Ringing, .. })) {
            // The pop comes up with the call already in it.
            self.flush();
        }
        self.ask_for_status(out.statuses);
        out.chores.into_iter().for_each(|chore| self.do_chore(chore));
        for alert in out.alerts {
            self.raised.take(alert, now).into_iter().for_each(|alert| self.ports.bell.ring(alert));
        }
        for ask in out.asks {
            let (number, is_urgent) = match ask {
                Ask::WhoIs { number, is_urgent } => (number, is_urgent),
                Ask::Customer { number, contact, events } => {
                    self.look_closer(number, contact, events);
                    continue;
                }
            };
            // A floor full of strangers is asked for little by little.
            if !is_urgent && self.looking_up.len() >= LOOKUPS_WAITING {
                self.desk.looked_up(&number, Found::Failed);
                continue;
            }
            self.look_up(number, is_urgent);
        }
    }

    /// Asks who has a number. One that waits its turn and calls meanwhile is
    /// asked for at once, in its own place.
    fn look_up(&mut self, number: String, is_urgent: bool) {
        let Some(work) = &self.work else { return };
        let class = if is_urgent { Class::Action } else { Class::AddressBook };
        let rest = work.rest.clone().of_class(class);
        let of = number.clone();
        let looks = self.jobs.spawn(async move {
            let result = rest.lookup(&of).await;
            Done::WhoIs { number: of, result }
        });
        let waited = self.looking_up.remove(&number);
        if let Some(waited) = waited {
            waited.abort();
        }
        if !is_urgent {
            self.looking_up.insert(number, looks);
        }
    }

    fn flush(&mut self) {
        self.flushed_at = Instant::now();
        self.windows.tell(changes(&mut self.desk, std::mem::take(&mut self.starts_over)));
    }
}

/// What the windows are told next. A new desk comes whole, and what changed on
/// it by then comes after it: who listens for one kind of change hears of it.
fn changes(desk: &mut Desk, starts_over: bool) -> Vec<Patch> {
    let changed = desk.take_changes();
    if !starts_over {
        return changed;
    }
    let reset = Patch::Reset { desk: Box::new(desk.view()) };
    [reset].into_iter().chain(changed).collect()
}

fn screen(screen: Screen) -> SessionView {
    SessionView {
        screen,
        service: String::new(),
        email: String::new(),
        demo: false,
        problem: None,
        ends_at: None,
        ask_again: None,
        ask_keyring: false,
        no_toasts: None,
    }
}

fn millis(duration: Duration) -> Millis {
    Millis::try_from(duration.as_millis()).unwrap_or(Millis::MAX)
}

fn notice(report: LinkReport, retry_in: Option<Duration>, proven_at: Option<Millis>, now: Millis) -> LinkNotice {
    LinkNotice {
        stage: match report.state {
            LinkState::Disconnected => LinkStage::Disconnected,
            LinkState::Connecting => LinkStage::Connecting,
            LinkState::Connected => LinkStage::Connected,
            LinkState::CatchingUp => LinkStage::CatchingUp,
            LinkState::Live => LinkStage::Subscribed,
            LinkState::Reconnecting { attempt, .. } => LinkStage::Reconnecting { attempt },
            LinkState::Refused => LinkStage::Refused,
        },
        retry_at: retry_in.map(|wait| now.saturating_add(millis(wait))),
        round_trip_ms: report.round_trip.map(millis),
        confirmed: report.confirmed,
        refused: report.refused.into_iter().map(|refused| (refused.topic, refused.code, refused.said)).collect(),
        why: report.why,
        proven_at,
        instead: report.instead.map(|dialect| match dialect {
            Dialect::Documented => SpokenAs::Documented,
            Dialect::Live => SpokenAs::Live,
        }),
    }
}

fn fetched(result: Result<PathBuf, FetchError>) -> FetchView {
    let failed = |words: String| FetchView { bytes: 0, path: None, problem: Some(words) };
    match result {
        Ok(path) => FetchView { bytes: 0, path: Some(path.display().to_string()), problem: None },
        Err(FetchError::Rest(RestError::NotFound)) => failed("The service has no file for this recording.".to_owned()),
        Err(FetchError::Rest(error)) => failed(in_words(&error)),
        Err(FetchError::Disk(error)) => failed(format!("The file could not be written here: {error}.")),
    }
}

/// The service of an account, and its request side with the token.
fn reach(account: &Account, token: &Token) -> Result<(Service, Rest), Problem> {
    let service = account.service()?;
    let rest = Rest::new(service.clone()).map_err(|error| Problem::new(Code::Other, in_words(&error)))?;
    Ok((service, rest.signed_in(token.clone())))
}

async fn next(work: &mut Option<Work>) -> Vec<News> {
    match work {
        Some(work) => work.feed.recv(NEWS_AT_ONCE).await,
        None => pending().await,
    }
}

/// How opening the ledger went, the first time and later; it outlives signing in and out.
async fn opened(openings: &mut Option<mpsc::UnboundedReceiver<Opening>>) -> Opening {
    let Some(receiver) = openings else { return pending().await };
    let opening = receiver.recv().await;
    opening.unwrap_or_else(|| {
        *openings = None;
        Err(NotKept("The ledger's writer ended. Start Ringside again.".to_owned()))
    })
}

async fn until(at: Option<Instant>) {
    match at {
        Some(at) => sleep_until(at).await,
        None => pending().await,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_that_comes_up_before_the_new_desk_is_drawn_is_told_all_the_same() {
        let mut desk = Desk::new(screen(Screen::Desk));
        let live = LinkReport {
            state: LinkState::Live,
            dialect: None,
            socket: 1,
            wanted: Vec::new(),
            confirmed: Vec::new(),
            refused: Vec::new(),
            round_trip: None,
            why: None,
            instead: None,
        };
        desk.link(notice(live, None, None, 0), 0);
        let told = changes(&mut desk, true);
        assert!(matches!(told.first(), Some(Patch::Reset { .. })), "the whole desk first");
        assert!(told.iter().any(|patch| matches!(patch, Patch::PutLink { link } if link.live)));
    }
}
