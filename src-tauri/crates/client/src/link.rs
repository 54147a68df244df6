//! Where the link to the service stands, and what moves it.
//!
//! This is the rule book only: inputs go in with the time, orders come out, and
//! the task that owns the socket carries them out. Time is counted from any
//! fixed moment. Rules that are easy to lose and so are stated: a refused token
//! stops the attempts until there is a new one; the attempt count is forgotten
//! after a minute of being live, not on connect, so a server that accepts and
//! drops is not hammered; it is live only once every topic is answered *and*
//! what was missed has been read; the wanted topics live here and not in the
//! socket, so each new socket gets them all; at most one socket is ever asked
//! for; and a deadline that is overdue means that this process stood still, so
//! what arrived in the meantime is read before anything is judged.

mod asking;
mod listening;
mod proof;
mod report;
mod speaking;

use std::collections::{BTreeSet, VecDeque};
use std::time::Duration;

use ringside_words::{Message, say};
use voipbin_wire::{Ack, Command, ErrorCode, Refusal};

use crate::backoff;
use crate::dialect::{Dialect, Speaks};
use crate::retry_after::LONGEST_ABSENCE;
use crate::topics::Wanted;

use asking::Asking;
pub use listening::Extra;
use proof::{PROOF_WITHIN, Proof};
pub use report::{LinkReport, RefusedTopic};

/// A socket that does not open within this time counts as failed.
const OPEN_WITHIN: Duration = Duration::from_secs(10);
/// Topics that are not answered within this time count as a broken link.
const ACK_WITHIN: Duration = Duration::from_secs(5);
/// A service that says nothing to documented topics for this long speaks live.
const DOCUMENTED_WITHIN: Duration = Duration::from_secs(2);
/// Topics refused for asking too fast are asked for again after this time, …
const ASK_AGAIN_AFTER: Duration = Duration::from_secs(5);
/// … and those refused for a reason that may pass after this.
const HOPE_AGAIN_AFTER: Duration = Duration::from_secs(30);
/// A link that was live for this long is sound: what came before is forgotten.
const SOUND_AFTER: Duration = Duration::from_secs(60);
/// A deadline that is noticed this late was slept through.
const OVERDUE: Duration = Duration::from_secs(1);
/// A sign-in page of the network does not go away by being asked often.
const FOREIGN_AGAIN_AFTER: Duration = Duration::from_secs(30);
/// An attempt that is younger than this is not begun anew for a change of network.
const FRESH: Duration = Duration::from_secs(1);

/// Where the link stands (seed, "Connection Lifecycle").
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkState {
    /// Nothing is wanted of it.
    Disconnected,
    /// The first socket is being opened.
    Connecting,
    /// The socket is open; not every topic is answered yet.
    Connected,
    /// Events arrive; what was missed is being read again. Moved on by
    /// [`Input::CaughtUp`].
    CatchingUp,
    /// Events arrive and nothing is missing.
    Live,
    /// The link was lost and is being made again.
    Reconnecting {
        /// Attempts that failed since it was last live.
        attempt: u32,
        /// When the next attempt starts; none while one is running.
        retry_at: Option<Duration>,
    },
    /// The token was refused; only a new one helps.
    Refused,
}

/// What can happen to the link.
#[derive(Debug, Clone)]
pub enum Input {
    /// The agent signed in.
    Connect,
    /// The socket is open.
    Opened,
    /// The socket could not be opened.
    OpenFailed(OpenFailure),
    /// The socket broke or was closed by the service, and why.
    Broke(Message),
    /// Any frame arrived.
    Heard,
    /// A bare resource arrived, as only the live service sends them.
    Bare,
    /// A named event in its envelope arrived, as only a documented service sends them.
    Named,
    /// The answer to our ping of that number arrived.
    Pong(u64),
    /// The service took topics.
    Acked(Ack),
    /// The service refused topics.
    Refused(Refusal),
    /// What was missed before this socket has been read and merged.
    CaughtUp(u64),
    /// A deadline passed; see [`Link::deadline`].
    Tick,
    /// The computer slept, or the network changed: the socket may be dead
    /// though it looks alive.
    Woke,
    /// This process stood still for a while: what arrived is not read yet.
    StoodStill,
    /// The agent does not want to wait.
    RetryNow,
    /// From now on the service is spoken to like this, on a new socket.
    Speak(Speaks),
    /// From now on these are listened to, beside what is always needed.
    Listen(BTreeSet<Extra>),
    /// There is a new token. An open socket outlives its token and stays.
    Renewed,
    /// The agent signs out or quits.
    Leave,
}

/// Why a socket could not be opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OpenFailure {
    /// The token was refused (401).
    Unauthorized,
    /// The service is asked too often (429) and says when to come back.
    RateLimited(Option<Duration>),
    /// The service is not available (503) and may say when to come back.
    Unavailable(Option<Duration>),
    /// The customer's account is frozen (403), with its dates.
    Frozen(Message),
    /// There is no such address at the service (404).
    NotFound,
    /// Not the service but somebody between here and there answered.
    Foreign(Message),
    /// Somebody between here and there, as a load balancer does, turned the
    /// connection away (429 or 503), and may say when to come back.
    TurnedAway(Message, Option<Duration>),
    /// Anything else; it names no secret.
    Other(Message),
}

/// How the token is shown to the service (live-service.md, section 1.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Handshake {
    /// `?token=` for either kind, as documented.
    InAddress,
    /// A JWT in the header, an access key under its own name.
    AsLive,
}

/// What the task that owns the socket has to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Order {
    /// Open a socket with the token.
    Open(Handshake),
    /// Send a text.
    Send(String),
    /// Send a ping of that number.
    Ping(u64),
    /// Say goodbye and close.
    Close,
    /// Let go of the socket, or of the attempt to open one, at once.
    Abandon,
}

/// The rule book of one sign-in.
#[derive(Debug)]
pub struct Link {
    state: LinkState,
    speaks: Speaks,
    /// The other form of the handshake was tried, too.
    tried_both: bool,
    asking: Asking,
    orders: VecDeque<Order>,
    attempt: u32,
    live_since: Option<Duration>,
    socket: u64,
    opened_by: Duration,
    /// The service asked not to be called before.
    not_before: Duration,
    documented_by: Duration,
    acked_by: Duration,
    /// On this socket something was said that only a documented service says.
    heard_documented: bool,
    /// How the service speaks instead of the given dialect.
    instead: Option<Dialect>,
    proof: Proof,
    why: Option<Message>,
    /// Something happened that a report might show.
    moved: bool,
    dice: fastrand::Rng,
}

impl Link {
    /// A link that wants these topics. `seed` feeds the jitter.
    pub fn new(wanted: Wanted, speaks: Speaks, seed: u64) -> Self {
        Self {
            state: LinkState::Disconnected,
            speaks,
            tried_both: false,
            asking: Asking::new(wanted),
            orders: VecDeque::new(),
            attempt: 0,
            live_since: None,
            socket: 0,
            opened_by: Duration::MAX,
            not_before: Duration::ZERO,
            documented_by: Duration::MAX,
            acked_by: Duration::MAX,
            heard_documented: false,
            instead: None,
            proof: Proof::new(),
            why: None,
            moved: true,
            dice: fastrand::Rng::with_seed(seed),
        }
    }

    /// Where it stands.
    pub fn state(&self) -> LinkState {
        self.state
    }

    /// When something was last heard.
    pub fn heard_at(&self) -> Duration {
        self.proof.heard_at()
    }

    /// Until when nothing can have been missed on the last socket: the last
    /// frame heard, or the last answer to a ping after a sleep or a freeze.
    pub fn proven_at(&self) -> Duration {
        self.proof.proven_at()
    }

    /// Whether anything but the usual frames came since it was last asked.
    pub fn take_moved(&mut self) -> bool {
        std::mem::take(&mut self.moved)
    }

    /// Whether the task that owns the socket has to look up from reading.
    pub fn has_moved(&self) -> bool {
        self.moved || !self.orders.is_empty()
    }

    /// The next thing to do.
    pub fn next_order(&mut self) -> Option<Order> {
        self.orders.pop_front()
    }

    /// When [`Input::Tick`] is due, if nothing else happens first.
    pub fn deadline(&self) -> Option<Duration> {
        match self.state {
            LinkState::Disconnected | LinkState::Refused => None,
            LinkState::Connecting | LinkState::Reconnecting { retry_at: None, .. } => Some(self.opened_by),
            LinkState::Reconnecting { retry_at, .. } => retry_at,
            LinkState::Connected | LinkState::CatchingUp | LinkState::Live => {
                let acked_by = self.asking.is_waiting().then_some(self.acked_by);
                let forgive_at = self.asking.forgive_at().filter(|_| self.may_forgive());
                [self.proof.deadline(), self.documented_by]
                    .into_iter()
                    .chain(self.asking.ask_again_at())
                    .chain(acked_by)
                    .chain(forgive_at)
                    .min()
            }
        }
    }

    /// Moves the link. What does not apply changes nothing.
    pub fn take(&mut self, input: Input, now: Duration) {
        self.moved |= !matches!(input, Input::Heard);
        let is_opening = matches!(self.state, LinkState::Connecting | LinkState::Reconnecting { retry_at: None, .. });
        match (input, self.state) {
            (Input::Connect, LinkState::Disconnected) | (Input::Renewed, LinkState::Refused) => {
                self.state = LinkState::Connecting;
                self.tried_both = false;
                self.open(now);
            }
            (Input::Leave, _) => self.leave(),
            (Input::RetryNow | Input::Woke, LinkState::Reconnecting { attempt, retry_at: Some(at) }) => {
                // But not before the service wants to hear of us again.
                let retry_at = Some(at.min(self.not_before)).filter(|at| *at > now);
                self.state = LinkState::Reconnecting { attempt, retry_at };
                if retry_at.is_none() {
                    self.open(now);
                }
            }
            (Input::Woke, _) if is_opening && now + OPEN_WITHIN >= self.opened_by + FRESH => {
                self.orders.push_back(Order::Abandon);
                self.open(now);
            }
            (Input::StoodStill, _) => self.stood_still(now),
            (Input::Speak(speaks), _) => self.speak(speaks, now),
            (Input::Listen(extras), _) => self.listen(extras, now),
            (Input::Opened, _) if is_opening => self.opened(now),
            (Input::OpenFailed(failure), _) if is_opening => self.open_failed(failure, now),
            (Input::Tick, _) => self.tick(now),
            (input, LinkState::Connected | LinkState::CatchingUp | LinkState::Live) => self.take_on_socket(input, now),
            _ => {}
        }
    }

    fn take_on_socket(&mut self, input: Input, now: Duration) {
        match input {
            Input::Broke(why) => {
                self.asking.socket_fell(now);
                self.lost(why, None, now);
            }
            Input::Heard => self.proof.heard(now),
            Input::Bare => {
                self.proof.heard(now);
                self.heard_bare(now);
            }
            Input::Named => {
                self.proof.heard(now);
                self.heard_documented(now);
                self.ask_the_rest(now);
            }
            Input::Woke | Input::RetryNow => self.doubt(now),
            Input::Pong(number) => self.ponged(number, now),
            Input::Acked(ack) => {
                self.proof.heard(now);
                let is_about_us = self.heard_documented(now);
                if is_about_us && ack.success && ack.action.as_deref() != Some("unsubscribe") {
                    self.asking.confirmed(&ack.topics);
                }
                self.ask_the_rest(now);
            }
            Input::Refused(refusal) => {
                self.proof.heard(now);
                let is_about_us = self.heard_documented(now);
                if is_about_us && refusal.action.as_deref() != Some("unsubscribe") {
                    let ask_again = match refusal.code {
                        ErrorCode::PermissionDenied | ErrorCode::InvalidTopic => None,
                        ErrorCode::RateLimited => Some(now + ASK_AGAIN_AFTER),
                        ErrorCode::InvalidMessage | ErrorCode::Other(_) => Some(now + HOPE_AGAIN_AFTER),
                    };
                    self.asking.refused(refusal, ask_again);
                }
                self.ask_the_rest(now);
            }
            Input::CaughtUp(socket) if socket == self.socket && self.state == LinkState::CatchingUp => {
                self.state = LinkState::Live;
                self.live_since = Some(now);
                self.why = None;
            }
            _ => {}
        }
    }

    fn doubt(&mut self, now: Duration) {
        let ping = self.proof.doubt(now);
        self.orders.push_back(Order::Ping(ping));
    }

    fn ponged(&mut self, number: u64, now: Duration) {
        self.proof.ponged(number, now);
        if self.asking.proven(number) {
            self.give_back_the_probe();
            self.ask_live(now);
            self.answered(now);
        }
    }

    fn open(&mut self, now: Duration) {
        self.opened_by = now + OPEN_WITHIN;
        self.orders.push_back(Order::Open(self.handshake()));
    }

    fn handshake(&self) -> Handshake {
        match self.speaks.known() {
            Some(Dialect::Documented) => Handshake::InAddress,
            None if self.tried_both => Handshake::InAddress,
            Some(Dialect::Live) | None => Handshake::AsLive,
        }
    }

    fn opened(&mut self, now: Duration) {
        self.state = LinkState::Connected;
        self.socket += 1;
        self.proof.opened(now);
        (self.heard_documented, self.instead) = (false, None);
        self.send_ping(now);
        match self.speaks {
            Speaks::Only(Dialect::Live) | Speaks::Auto(Some(Dialect::Live)) => self.begin_live(now),
            // Only the agent's own topics are safe to ask of either kind of
            // service, and a given dialect may be the wrong one.
            Speaks::Only(Dialect::Documented) => self.ask_documented(false, now),
            Speaks::Auto(Some(Dialect::Documented) | None) => {
                self.documented_by = now + DOCUMENTED_WITHIN;
                self.ask_documented(false, now);
            }
        }
    }

    fn open_failed(&mut self, failure: OpenFailure, now: Duration) {
        match failure {
            OpenFailure::Unauthorized if self.speaks.known().is_none() && !self.tried_both => {
                self.tried_both = true;
                self.open(now);
            }
            OpenFailure::Unauthorized => {
                self.why = Some(say!("link-lost-sign-in-refused"));
                self.state = LinkState::Refused;
            }
            OpenFailure::RateLimited(at_least) => {
                self.stay_away(say!("link-lost-too-many"), at_least, now);
            }
            OpenFailure::Unavailable(at_least) => {
                self.stay_away(say!("link-lost-unavailable"), at_least, now);
            }
            OpenFailure::TurnedAway(why, at_least) => self.stay_away(why, at_least, now),
            OpenFailure::Frozen(why) => self.lost(why, Some(LONGEST_ABSENCE), now),
            OpenFailure::NotFound => {
                self.lost(say!("problems-no-service"), None, now);
            }
            OpenFailure::Foreign(why) => self.lost(why, Some(FOREIGN_AGAIN_AFTER), now),
            OpenFailure::Other(why) => self.lost(why, None, now),
        }
    }

    fn stay_away(&mut self, why: Message, at_least: Option<Duration>, now: Duration) {
        self.not_before = now + at_least.unwrap_or_default().min(LONGEST_ABSENCE);
        self.lost(why, at_least, now);
    }

    fn lost(&mut self, why: Message, at_least: Option<Duration>, now: Duration) {
        // Only what was heard counts: a freeze is no proof of a sound link.
        if self.live_since.take().is_some_and(|since| self.proof.heard_at() >= since + SOUND_AFTER) {
            self.attempt = 0;
        }
        let wait = backoff::wait(self.attempt, self.dice.f64()).max(at_least.unwrap_or_default().min(LONGEST_ABSENCE));
        self.why = Some(why);
        self.documented_by = Duration::MAX;
        self.asking.socket_gone();
        self.attempt = self.attempt.saturating_add(1);
        self.state = LinkState::Reconnecting { attempt: self.attempt, retry_at: Some(now + wait) };
    }

    /// An overdue deadline means that nobody was there to keep it: the answer
    /// may have arrived and waits to be read.
    fn tick(&mut self, now: Duration) {
        if self.deadline().is_some_and(|due| now > due + OVERDUE) {
            self.stood_still(now);
        }
        match self.state {
            LinkState::Connecting | LinkState::Reconnecting { retry_at: None, .. } if now >= self.opened_by => {
                self.orders.push_back(Order::Abandon);
                self.lost(say!("link-lost-no-answer"), None, now);
            }
            LinkState::Reconnecting { attempt, retry_at: Some(at) } if now >= at => {
                self.state = LinkState::Reconnecting { attempt, retry_at: None };
                self.open(now);
            }
            LinkState::Connected | LinkState::CatchingUp | LinkState::Live => self.tick_on_socket(now),
            _ => {}
        }
    }

    /// What was due in the meantime is due a little later instead.
    fn stood_still(&mut self, now: Duration) {
        let later = |due: &mut Duration, within: Duration| {
            if *due != Duration::MAX && *due <= now {
                *due = now + within;
            }
        };
        later(&mut self.documented_by, DOCUMENTED_WITHIN);
        later(&mut self.acked_by, ACK_WITHIN);
        match self.state {
            LinkState::Connecting | LinkState::Reconnecting { retry_at: None, .. } => {
                later(&mut self.opened_by, PROOF_WITHIN);
            }
            LinkState::Connected | LinkState::CatchingUp | LinkState::Live => self.doubt(now),
            LinkState::Disconnected | LinkState::Reconnecting { .. } | LinkState::Refused => {}
        }
    }

    fn tick_on_socket(&mut self, now: Duration) {
        if self.proof.is_dead(now) {
            self.orders.push_back(Order::Abandon);
            return self.lost(say!("link-lost-silence"), None, now);
        }
        if now >= self.documented_by {
            return self.turns_out_live(now);
        }
        if self.asking.is_waiting() && now >= self.acked_by {
            if self.is_silent_as_live() {
                return self.speaks_instead(Dialect::Live, now);
            }
            self.orders.push_back(Order::Abandon);
            return self.lost(say!("link-lost-unconfirmed"), None, now);
        }
        if self.proof.is_ping_due(now) {
            self.send_ping(now);
        }
        if self.may_forgive() && self.asking.forgive_at().is_some_and(|at| now >= at) {
            match self.state {
                LinkState::Live => {
                    self.asking.forgive(now);
                    self.listen_anew(now);
                }
                // Nothing is heard on this socket: it starts from the first batch.
                _ => self.begin_live(now),
            }
        }
        let again = self.asking.due_again(now);
        if self.instead.is_some() && !again.is_empty() {
            // Silence tells something on a socket that is alive.
            self.send_ping(now);
        }
        self.subscribe(again, now);
    }

    /// Whether what was left out can be asked for on this socket: not while
    /// something else is under way.
    fn may_forgive(&self) -> bool {
        let is_idle =
            self.state == LinkState::Live || (self.state == LinkState::Connected && !self.asking.has_confirmed());
        is_idle && self.instead.is_none() && !self.asking.is_waiting()
    }

    fn send_ping(&mut self, now: Duration) {
        let ping = self.proof.next_ping(now);
        self.orders.push_back(Order::Ping(ping));
    }

    /// Something was answered: it may have been the last.
    fn answered(&mut self, now: Duration) {
        let is_settled = self.documented_by == Duration::MAX
            && self.instead.is_none()
            && !self.asking.is_waiting()
            && self.asking.has_confirmed();
        match self.state {
            LinkState::Connected if is_settled => self.state = LinkState::CatchingUp,
            // Another dialect after all: what is confirmed counts from the start.
            LinkState::CatchingUp | LinkState::Live if !self.asking.has_confirmed() => {
                self.state = LinkState::Connected;
            }
            _ => {}
        }
        self.listen_anew(now);
    }

    fn leave(&mut self) {
        if self.has_socket() {
            let confirmed = self.asking.to_give_back();
            if !confirmed.is_empty() {
                self.orders.push_back(Order::Send(Command::Unsubscribe(confirmed).encode()));
            }
            self.orders.push_back(Order::Close);
        } else {
            self.orders.push_back(Order::Abandon);
        }
        self.state = LinkState::Disconnected;
        (self.attempt, self.live_since) = (0, None);
        self.why = None;
        self.documented_by = Duration::MAX;
        self.asking.socket_gone();
    }

    fn has_socket(&self) -> bool {
        matches!(self.state, LinkState::Connected | LinkState::CatchingUp | LinkState::Live)
    }
}

#[cfg(test)]
mod tests;
