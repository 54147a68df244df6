//! The task behind a [`Shift`](crate::Shift): it waits for one thing at a time
//! (a verb, a piece of news, an answer, the clock), lets the desk decide, and
//! carries out what the desk says.

use std::collections::BTreeSet;
use std::future::pending;
use std::sync::Arc;
use std::time::Duration;

use ringside_desk::{
    Alert, AlertKind, Ask, Desk, Found, LinkNotice, LinkStage, MeView, Millis, Outgoing, Patch, ReplyFate, Screen,
    SessionView,
};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep_until, timeout_at};
use voipbin_client::{Connection, LinkReport, LinkState, News, Rest, RestError, Service, Token, wanted};
use voipbin_wire::{AgentFact, AgentStatus, Contact, MessageFact, QueueName};

use crate::account::{Account, Credential, identify};
use crate::ports::{Bell, Kept, Vault, VaultError};
use crate::problem::{Code, Problem, in_words};
use crate::view::{Sink, Windows};

/// Windows are told of changes at most this often.
const FLUSH_EVERY: Duration = Duration::from_millis(30);
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
}

impl std::fmt::Debug for Ports {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Ports")
    }
}

type Answer = oneshot::Sender<Result<(), Problem>>;

#[derive(Debug)]
pub(crate) enum Verb {
    SignIn { service: String, credential: Credential, demo: bool, answer: Answer },
    SignOut { answer: Answer },
    Reply { chat: String, text: String, answer: Answer },
    ReplyAgain { message: String, answer: Answer },
    SetStatus(AgentStatus),
    LookAt(Option<String>),
    LookAgain(String),
    ProblemSeen,
    RetryNow,
    Watch(Sink),
    End { answer: oneshot::Sender<()> },
}

/// An answer to something the session asked for.
enum Done {
    Loaded(Result<Option<Kept>, VaultError>),
    Identified { result: Result<(Account, Token), Problem>, demo: bool, answer: Answer },
    Kept(Result<(), VaultError>),
    Forgotten { result: Result<(), VaultError>, answer: Answer },
    Me(Result<AgentFact, RestError>),
    Status(Result<AgentFact, RestError>),
    Colleagues(Result<Vec<AgentFact>, RestError>),
    Queues(Result<Vec<QueueName>, RestError>),
    WhoIs { number: String, result: Result<Option<Contact>, RestError> },
    Reply { id: String, result: Result<MessageFact, RestError> },
}

pub(crate) struct Session {
    ports: Ports,
    desk: Desk,
    windows: Windows,
    jobs: JoinSet<Done>,
    work: Option<Work>,
    raised: BTreeSet<String>,
    signing_in: bool,
    replies: u64,
    replies_under_way: usize,
    flushed_at: Instant,
}

/// What there is only while somebody is signed in.
struct Work {
    account: Account,
    connection: Connection,
    news: mpsc::Receiver<News>,
    rest: Rest,
    subscribed: bool,
}

impl Session {
    pub(crate) fn new(ports: Ports) -> Self {
        Self {
            ports,
            desk: Desk::new(screen(Screen::Starting)),
            windows: Windows::default(),
            jobs: JoinSet::new(),
            work: None,
            raised: BTreeSet::new(),
            signing_in: false,
            replies: 0,
            replies_under_way: 0,
            flushed_at: Instant::now(),
        }
    }

    pub(crate) async fn run(mut self, mut asked: mpsc::Receiver<Verb>) {
        let vault = Arc::clone(&self.ports.vault);
        self.jobs.spawn_blocking(move || Done::Loaded(vault.load()));
        let mut seconds = interval(Duration::from_secs(1));
        seconds.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            self.carry_out();
            let flush_at = self.windows.is_waiting().then(|| self.flushed_at + FLUSH_EVERY);
            tokio::select! {
                verb = asked.recv() => match verb {
                    Some(Verb::End { answer }) => {
                        self.silence();
                        self.finish_replies().await;
                        self.leave().await;
                        if answer.send(()).is_err() {
                            tracing::debug!("nobody waited for the end of the shift");
                        }
                        return;
                    }
                    Some(verb) => self.obey(verb).await,
                    None => return self.leave().await,
                },
                news = next(&mut self.work) => self.hear(news).await,
                Some(done) = self.jobs.join_next() => match done {
                    Ok(done) => self.take(done).await,
                    Err(error) => tracing::error!(%error, "a request broke off"),
                },
                () = until(flush_at) => self.flush(),
                _ = seconds.tick() => self.desk.tick((self.ports.clock)()),
            }
        }
    }

    async fn obey(&mut self, verb: Verb) {
        match verb {
            Verb::SignIn { service, credential, demo, answer } => self.sign_in(service, credential, demo, answer),
            Verb::SignOut { answer } => {
                let forgets = !self.desk.view().session.demo;
                self.sign_out(None).await;
                if forgets {
                    let vault = Arc::clone(&self.ports.vault);
                    self.jobs.spawn_blocking(move || Done::Forgotten { result: vault.forget(), answer });
                } else {
                    reply_to(answer, Ok(()));
                }
            }
            Verb::Reply { chat, text, answer } => {
                self.replies += 1;
                let id = format!("reply-{}-{}", (self.ports.clock)(), self.replies);
                let outgoing = self.desk.reply(&chat, &text, &id, (self.ports.clock)());
                let nothing = || Problem::new(Code::Other, "There is nothing to send, or the conversation is gone.");
                reply_to(answer, outgoing.map(|outgoing| self.send(outgoing)).ok_or_else(nothing));
            }
            Verb::ReplyAgain { message, answer } => {
                let outgoing = self.desk.reply_again(&message);
                let left = || Problem::new(Code::Other, "This text was sent, or may have been: it is not sent again.");
                reply_to(answer, outgoing.map(|outgoing| self.send(outgoing)).ok_or_else(left));
            }
            Verb::SetStatus(status) => {
                self.desk.status_asked(&status);
                self.request(|rest| async move { Done::Status(rest.set_status(&status).await) });
            }
            Verb::LookAt(chat) => self.desk.look_at(chat.as_deref()),
            Verb::LookAgain(number) => self.desk.look_again(&number),
            Verb::ProblemSeen => self.problem_seen(),
            Verb::RetryNow => {
                if let Some(work) = &self.work {
                    work.connection.retry_now().await;
                }
            }
            Verb::Watch(sink) => {
                let whole = self.desk.view();
                self.windows.join(sink, whole);
            }
            Verb::End { .. } => {}
        }
    }

    fn problem_seen(&mut self) {
        self.desk.problem_seen();
        let session = self.desk.view().session;
        self.desk.session(SessionView { problem: None, ..session });
    }

    fn sign_in(&mut self, service: String, credential: Credential, demo: bool, answer: Answer) {
        if self.signing_in || self.work.is_some() {
            return reply_to(answer, Err(Problem::new(Code::Other, "You are signed in or signing in already.")));
        }
        self.signing_in = true;
        let session = self.desk.view().session;
        self.desk.session(SessionView { screen: Screen::SigningIn, problem: None, ..session });
        self.jobs.spawn(async move { Done::Identified { result: identify(service, credential).await, demo, answer } });
    }

    async fn take(&mut self, done: Done) {
        let now = (self.ports.clock)();
        match done {
            Done::Loaded(loaded) => self.loaded(loaded),
            Done::Identified { result, demo, answer } => {
                let result = self.identified(result, demo);
                reply_to(answer, result);
            }
            Done::Kept(Ok(())) => {}
            Done::Kept(Err(error)) => self.not_kept(error),
            Done::Forgotten { result, answer } => {
                let result = result.map_err(|error| self.not_forgotten(error));
                reply_to(answer, result);
            }
            Done::Me(Ok(me)) => self.desk.learn_me(me, now),
            Done::Me(Err(RestError::Unauthorized)) => self.sign_in_refused().await,
            Done::Status(Ok(me)) => self.desk.learn_me(AgentFact { tm_update: None, ..me }, now),
            Done::Status(Err(error)) => {
                self.desk.status_refused(format!("Your status did not change. {}", in_words(&error)))
            }
            Done::Colleagues(Ok(agents)) => self.desk.colleagues(agents),
            Done::Queues(Ok(names)) => self.desk.queue_names(names),
            Done::Me(Err(error)) | Done::Colleagues(Err(error)) | Done::Queues(Err(error)) => {
                tracing::info!(%error, "not told");
            }
            Done::WhoIs { number, result } => {
                let found = match result {
                    Ok(Some(contact)) => Found::Contact(Box::new(contact)),
                    Ok(None) => Found::Nobody,
                    Err(error) => {
                        tracing::info!(%error, "the address book did not answer");
                        Found::Failed
                    }
                };
                self.desk.looked_up(&number, found);
            }
            Done::Reply { id, result } => {
                self.replies_under_way = self.replies_under_way.saturating_sub(1);
                self.desk.reply_fate(&id, fate(result));
            }
        }
    }

    fn loaded(&mut self, loaded: Result<Option<Kept>, VaultError>) {
        // Somebody was quicker than the keyring and signs in by hand.
        if self.signing_in || self.work.is_some() {
            return;
        }
        match loaded {
            Ok(Some(Kept { account, token })) => self.begin(account, token, false),
            Ok(None) => self.desk.session(screen(Screen::SignedOut)),
            Err(error) => {
                tracing::warn!(%error, "the kept sign-in could not be read");
                let problem = match error {
                    VaultError::Locked => {
                        "This computer's keyring is locked, so your sign-in could not be read. Unlock it and start Ringside again, or sign in here."
                    }
                    VaultError::Missing => {
                        "This computer has no keyring service. You can sign in, but it cannot be kept for the next start."
                    }
                    VaultError::Broken(_) => "This computer's keyring did not work. You can sign in here.",
                };
                self.desk.session(SessionView { problem: Some(problem.to_owned()), ..screen(Screen::SignedOut) });
            }
        }
    }

    fn identified(&mut self, result: Result<(Account, Token), Problem>, demo: bool) -> Result<(), Problem> {
        self.signing_in = false;
        let (account, token) = match result {
            Ok(identified) => identified,
            Err(problem) => {
                // The form shows the problem beside the field it is about.
                let session = self.desk.view().session;
                self.desk.session(SessionView { screen: Screen::SignedOut, ..session });
                return Err(problem);
            }
        };
        if !demo {
            // A keyring may ask for a password; calls do not wait for that.
            let (vault, kept) = (Arc::clone(&self.ports.vault), (account.clone(), token.clone()));
            self.jobs.spawn_blocking(move || Done::Kept(vault.keep(&kept.0, &kept.1)));
        }
        self.begin(account, token, demo);
        Ok(())
    }

    fn not_kept(&mut self, error: VaultError) {
        tracing::warn!(%error, "the sign-in was not kept");
        let because = Problem::from(error).message;
        let session = self.desk.view().session;
        let problem = Some(format!("You are signed in for now, and will have to sign in again next time. {because}"));
        self.desk.session(SessionView { problem, ..session });
    }

    /// The desk with its notices is gone by then; the form says it.
    fn not_forgotten(&mut self, error: VaultError) -> Problem {
        tracing::warn!(%error, "the sign-in was not removed");
        let because = Problem::from(error);
        let session = self.desk.view().session;
        let problem = Some(format!("You are signed out, but the sign-in is still kept on this computer. {because}"));
        self.desk.session(SessionView { problem, ..session });
        because
    }

    fn begin(&mut self, account: Account, token: Token, demo: bool) {
        let service = match Service::parse(&account.service) {
            Ok(service) => service,
            Err(error) => {
                let problem = Some(Problem::from(error).message);
                return self.desk.session(SessionView { problem, ..screen(Screen::SignedOut) });
            }
        };
        let rest = match Rest::new(service.clone()) {
            Ok(rest) => rest.signed_in(token.clone()),
            Err(error) => {
                let problem = Some(in_words(&error));
                return self.desk.session(SessionView { problem, ..screen(Screen::SignedOut) });
            }
        };
        self.new_desk(SessionView {
            screen: Screen::Desk,
            service: service.name(),
            email: account.email.clone(),
            demo,
            problem: None,
        });
        self.desk.me(MeView {
            id: account.agent_id.map(|id| id.to_string()).unwrap_or_default(),
            name: account.name.clone(),
            email: account.email.clone(),
            since: (self.ports.clock)(),
            fixed_because: account
                .agent_id
                .is_none()
                .then(|| "An access key belongs to no agent, so it has no status.".to_owned()),
            ..MeView::default()
        });
        let topics = wanted(account.customer_id, account.agent_id, account.is_manager());
        let (connection, news) = voipbin_client::open(service, token, topics);
        self.work = Some(Work { account, connection, news, rest, subscribed: false });
    }

    /// Starts over with an empty desk; every window draws it anew.
    fn new_desk(&mut self, session: SessionView) {
        self.desk = Desk::new(session);
        self.windows.put(Patch::Reset { desk: Box::new(self.desk.view()) });
    }

    async fn hear(&mut self, news: Option<News>) {
        let now = (self.ports.clock)();
        match news {
            Some(News::Told(told)) => self.desk.learn(*told, now),
            Some(News::Unknown { kind, why }) => {
                tracing::debug!(kind, ?why, "a frame was not understood");
                self.desk.not_understood();
            }
            Some(News::Link { report, .. }) if report.state == LinkState::Refused => self.sign_in_refused().await,
            Some(News::Link { report, retry_in }) => {
                let subscribed = report.state == LinkState::Subscribed;
                let again = self.work.as_mut().is_some_and(|work| !std::mem::replace(&mut work.subscribed, subscribed));
                self.desk.link(notice(report, retry_in, now), now);
                if subscribed && again {
                    self.read_again();
                }
            }
            None => {
                tracing::error!("the connection's task ended by itself");
                self.sign_out(Some("The connection stopped working. Sign in again, please.".to_owned())).await;
            }
        }
    }

    /// What the socket does not tell.
    fn read_again(&mut self) {
        let Some(work) = &self.work else { return };
        let (is_agent, is_manager) = (work.account.agent_id.is_some(), work.account.is_manager());
        if is_agent {
            self.request(|rest| async move { Done::Me(rest.me().await) });
            self.request(|rest| async move { Done::Colleagues(rest.colleagues().await) });
        }
        if is_manager {
            self.request(|rest| async move { Done::Queues(rest.queue_names().await) });
        }
    }

    async fn sign_in_refused(&mut self) {
        let problem = "Your sign-in has expired. Sign in again to keep receiving calls.".to_owned();
        self.sign_out(Some(problem)).await;
    }

    /// Clears the desk and leaves the link. What the vault holds stays.
    async fn sign_out(&mut self, problem: Option<String>) {
        self.finish_replies().await;
        self.jobs.abort_all();
        self.jobs.detach_all();
        self.silence();
        let SessionView { email, demo, .. } = self.desk.view().session;
        let service = self.work.as_ref().map(|work| work.account.service.clone()).unwrap_or_default();
        let (service, email) = if demo { Default::default() } else { (service, email) };
        self.new_desk(SessionView { service, email, problem, ..screen(Screen::SignedOut) });
        self.flush();
        self.leave().await;
    }

    /// Texts that are on their way get a moment to arrive, so that none is cut
    /// off without anybody knowing.
    async fn finish_replies(&mut self) {
        let deadline = Instant::now() + REPLIES_WITHIN;
        while self.replies_under_way > 0 {
            match timeout_at(deadline, self.jobs.join_next()).await {
                Ok(Some(Ok(Done::Reply { id, result }))) => {
                    self.replies_under_way -= 1;
                    self.desk.reply_fate(&id, fate(result));
                }
                Ok(Some(_)) => {}
                Ok(None) | Err(_) => {
                    tracing::warn!(replies = self.replies_under_way, "left with texts on their way");
                    self.replies_under_way = 0;
                }
            }
        }
    }

    /// Takes back every alert that is up.
    fn silence(&mut self) {
        for key in std::mem::take(&mut self.raised) {
            self.ports.bell.ring(Alert::Withdraw { key });
        }
    }

    async fn leave(&mut self) {
        if let Some(Work { connection, mut news, .. }) = self.work.take() {
            news.close();
            connection.leave().await;
        }
    }

    fn send(&mut self, outgoing: Outgoing) {
        self.replies_under_way += 1;
        self.request(|rest| async move {
            let Outgoing { id, from, to, text } = outgoing;
            Done::Reply { id, result: rest.send_message(&from, &to, &text).await }
        });
    }

    fn request<F: Future<Output = Done> + Send + 'static>(&mut self, make: impl FnOnce(Rest) -> F) {
        if let Some(work) = &self.work {
            self.jobs.spawn(make(work.rest.clone()));
        }
    }

    /// Does what the desk said since it was last asked.
    fn carry_out(&mut self) {
        let out = self.desk.take_out();
        for patch in out.patches {
            self.windows.put(patch);
        }
        if out.alerts.iter().any(|alert| matches!(alert, Alert::Raise { kind: AlertKind::Ringing, .. })) {
            // The pop comes up with the call already in it.
            self.flush();
        }
        for alert in out.alerts {
            match &alert {
                Alert::Raise { key, .. } => self.raised.insert(key.clone()),
                Alert::Withdraw { key } => self.raised.remove(key),
            };
            self.ports.bell.ring(alert);
        }
        for Ask::WhoIs { number } in out.asks {
            self.request(|rest| async move {
                let result = rest.lookup(&number).await;
                Done::WhoIs { number, result }
            });
        }
    }

    fn flush(&mut self) {
        self.flushed_at = Instant::now();
        self.windows.flush();
    }
}

fn screen(screen: Screen) -> SessionView {
    SessionView { screen, service: String::new(), email: String::new(), demo: false, problem: None }
}

fn notice(report: LinkReport, retry_in: Option<Duration>, now: Millis) -> LinkNotice {
    let millis = |duration: Duration| Millis::try_from(duration.as_millis()).unwrap_or(Millis::MAX);
    LinkNotice {
        stage: match report.state {
            LinkState::Disconnected => LinkStage::Disconnected,
            LinkState::Connecting => LinkStage::Connecting,
            LinkState::Connected => LinkStage::Connected,
            LinkState::Subscribed => LinkStage::Subscribed,
            LinkState::Reconnecting { attempt, .. } => LinkStage::Reconnecting { attempt },
            LinkState::Refused => LinkStage::Refused,
        },
        retry_at: retry_in.map(|wait| now.saturating_add(millis(wait))),
        round_trip_ms: report.round_trip.map(millis),
        confirmed: report.confirmed,
        refused: report.refused.into_iter().map(|refused| (refused.topic, refused.code)).collect(),
        why: report.why,
    }
}

fn fate(result: Result<MessageFact, RestError>) -> ReplyFate {
    match result {
        Ok(message) => ReplyFate::Accepted(Box::new(message)),
        Err(error @ (RestError::Unclear { .. } | RestError::BadAnswer)) => {
            ReplyFate::Unclear(format!("{} It may have been sent.", in_words(&error)))
        }
        Err(RestError::Rejected { status: 500.., .. }) => {
            ReplyFate::Unclear("The service had an error. It may have been sent.".to_owned())
        }
        Err(error) => ReplyFate::NotSent(in_words(&error)),
    }
}

async fn next(work: &mut Option<Work>) -> Option<News> {
    match work {
        Some(work) => work.news.recv().await,
        None => pending().await,
    }
}

async fn until(at: Option<Instant>) {
    match at {
        Some(at) => sleep_until(at).await,
        None => pending().await,
    }
}

fn reply_to(answer: Answer, result: Result<(), Problem>) {
    if answer.send(result).is_err() {
        tracing::debug!("the window that asked is gone");
    }
}
