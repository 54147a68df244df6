//! Where the link to the service stands, and what moves it.
//!
//! This is the rule book only: inputs go in with the time, orders come out, and
//! the task that owns the socket carries them out. Time is counted from any
//! fixed moment. Four rules are easy to lose and so are stated: a refused token
//! stops the attempts until there is a new one; the attempt count is forgotten
//! once subscribed, not on connect, so a server that accepts and drops is not
//! hammered; the wanted topics live here and not in the socket, so each new
//! socket gets them all; and at most one socket is ever asked for.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use voipbin_wire::{Ack, Command, ErrorCode, Refusal, Topic};

use crate::backoff;

/// A socket that does not open within this time counts as failed.
const OPEN_WITHIN: Duration = Duration::from_secs(10);
/// Topics that are not answered within this time count as a broken link.
const ACK_WITHIN: Duration = Duration::from_secs(5);
/// We ask "are you there" this often.
const PING_EVERY: Duration = Duration::from_secs(10);
/// Nothing heard for this long means the link is dead (live-service.md, section 1.4).
const DEAD_AFTER: Duration = Duration::from_secs(25);
/// A link in doubt that says nothing within this time is dead.
const PROOF_WITHIN: Duration = Duration::from_secs(5);
/// Topics refused for asking too fast are asked for again after this time, …
const ASK_AGAIN_AFTER: Duration = Duration::from_secs(5);
/// … and those refused for a reason that may pass after this.
const HOPE_AGAIN_AFTER: Duration = Duration::from_secs(30);
/// However long the service asks us to stay away, we look again after this time.
const LONGEST_ABSENCE: Duration = Duration::from_secs(300);

/// Where the link stands (seed, "Connection Lifecycle").
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkState {
    /// Nothing is wanted of it.
    Disconnected,
    /// The first socket is being opened.
    Connecting,
    /// The socket is open; the service has not confirmed a topic yet.
    Connected,
    /// Every topic is answered and at least one is confirmed: events arrive.
    Subscribed,
    /// The link was lost and is being made again.
    Reconnecting {
        /// Attempts that failed since events last arrived.
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
    /// The socket broke or was closed by the service, and why in words.
    Broke(String),
    /// Any frame arrived.
    Heard,
    /// The answer to our ping of that number arrived.
    Pong(u64),
    /// The service took topics.
    Acked(Ack),
    /// The service refused topics.
    Refused(Refusal),
    /// A deadline passed; see [`Link::deadline`].
    Tick,
    /// The computer slept, or the network changed: the socket may be dead
    /// though it looks alive.
    Woke,
    /// The agent does not want to wait.
    RetryNow,
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
    /// Anything else, in words that name no secret.
    Other(String),
}

/// What the task that owns the socket has to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Order {
    /// Open a socket with the token.
    Open,
    /// Send a text.
    Send(String),
    /// Send a ping of that number.
    Ping(u64),
    /// Say goodbye and close.
    Close,
    /// Let go of the socket, or of the attempt to open one, at once.
    Abandon,
}

/// A topic the service did not give us.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusedTopic {
    /// Which.
    pub topic: Topic,
    /// Why.
    pub code: ErrorCode,
}

/// The link as others may know it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkReport {
    /// Where it stands.
    pub state: LinkState,
    /// Topics that deliver.
    pub confirmed: Vec<Topic>,
    /// Topics the service refused, until the next sign-in.
    pub refused: Vec<RefusedTopic>,
    /// Time from ping to pong, last measured.
    pub round_trip: Option<Duration>,
    /// Why the link was last lost, in words.
    pub why: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Standing {
    Asked,
    Confirmed,
    Refused { code: ErrorCode, ask_again: Option<Duration> },
}

/// The rule book of one sign-in.
#[derive(Debug)]
pub struct Link {
    state: LinkState,
    wanted: Vec<Topic>,
    standing: BTreeMap<String, Standing>,
    orders: VecDeque<Order>,
    attempt: u32,
    opened_by: Duration,
    acked_by: Duration,
    heard_at: Duration,
    proof_by: Duration,
    ping_at: Duration,
    ping: u64,
    pinged_at: Option<Duration>,
    round_trip: Option<Duration>,
    why: Option<String>,
    dice: fastrand::Rng,
}

impl Link {
    /// A link that wants these topics. `seed` feeds the jitter.
    pub fn new(wanted: Vec<Topic>, seed: u64) -> Self {
        Self {
            state: LinkState::Disconnected,
            wanted,
            standing: BTreeMap::new(),
            orders: VecDeque::new(),
            attempt: 0,
            opened_by: Duration::MAX,
            acked_by: Duration::MAX,
            heard_at: Duration::ZERO,
            proof_by: Duration::MAX,
            ping_at: Duration::MAX,
            ping: 0,
            pinged_at: None,
            round_trip: None,
            why: None,
            dice: fastrand::Rng::with_seed(seed),
        }
    }

    /// Where it stands.
    pub fn state(&self) -> LinkState {
        self.state
    }

    /// The link as others may know it.
    pub fn report(&self) -> LinkReport {
        let of = |topic: &&Topic| self.standing.get(&topic.to_string());
        let live = self.has_socket();
        LinkReport {
            state: self.state,
            confirmed: self
                .wanted
                .iter()
                .filter(|topic| live && of(topic) == Some(&Standing::Confirmed))
                .cloned()
                .collect(),
            refused: self
                .wanted
                .iter()
                .filter_map(|topic| match of(&topic) {
                    Some(Standing::Refused { code, .. }) => {
                        Some(RefusedTopic { topic: topic.clone(), code: code.clone() })
                    }
                    _ => None,
                })
                .collect(),
            round_trip: self.round_trip.filter(|_| live),
            why: self.why.clone(),
        }
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
            LinkState::Connected | LinkState::Subscribed => {
                let ask_again = self.standing.values().filter_map(|standing| match standing {
                    Standing::Refused { ask_again, .. } => *ask_again,
                    _ => None,
                });
                let acked_by = self.is_waiting_for_acks().then_some(self.acked_by);
                [self.ping_at, self.heard_at + DEAD_AFTER, self.proof_by]
                    .into_iter()
                    .chain(ask_again)
                    .chain(acked_by)
                    .min()
            }
        }
    }

    /// Moves the link. What does not apply changes nothing.
    pub fn take(&mut self, input: Input, now: Duration) {
        match (input, self.state) {
            (Input::Connect, LinkState::Disconnected) => {
                self.state = LinkState::Connecting;
                self.open(now);
            }
            (Input::Leave, _) => self.leave(),
            (Input::RetryNow | Input::Woke, LinkState::Reconnecting { attempt, retry_at: Some(_) }) => {
                self.state = LinkState::Reconnecting { attempt, retry_at: None };
                self.open(now);
            }
            (Input::Opened, LinkState::Connecting | LinkState::Reconnecting { retry_at: None, .. }) => self.opened(now),
            (Input::OpenFailed(failure), LinkState::Connecting | LinkState::Reconnecting { retry_at: None, .. }) => {
                self.open_failed(failure, now);
            }
            (Input::Tick, _) => self.tick(now),
            (input, LinkState::Connected | LinkState::Subscribed) => self.take_on_socket(input, now),
            _ => {}
        }
    }

    fn take_on_socket(&mut self, input: Input, now: Duration) {
        match input {
            Input::Broke(why) => self.lost(why, None, now),
            Input::Heard => self.heard(now),
            Input::Woke => {
                self.send_ping(now);
                self.proof_by = now + PROOF_WITHIN;
            }
            Input::Pong(number) => {
                self.heard(now);
                if number == self.ping
                    && let Some(pinged_at) = self.pinged_at.take()
                {
                    self.round_trip = Some(now.saturating_sub(pinged_at));
                }
            }
            Input::Acked(ack) if ack.success && ack.action.as_deref() != Some("unsubscribe") => {
                self.heard(now);
                self.answered(&ack.topics, &Standing::Confirmed);
            }
            Input::Refused(refusal) if refusal.action.as_deref() != Some("unsubscribe") => {
                self.heard(now);
                let ask_again = match refusal.code {
                    ErrorCode::PermissionDenied | ErrorCode::InvalidTopic => None,
                    ErrorCode::RateLimited => Some(now + ASK_AGAIN_AFTER),
                    ErrorCode::InvalidMessage | ErrorCode::Other(_) => Some(now + HOPE_AGAIN_AFTER),
                };
                self.answered(&refusal.topics, &Standing::Refused { code: refusal.code, ask_again });
            }
            _ => {}
        }
    }

    fn heard(&mut self, now: Duration) {
        self.heard_at = now;
        self.proof_by = Duration::MAX;
    }

    fn open(&mut self, now: Duration) {
        self.opened_by = now + OPEN_WITHIN;
        self.orders.push_back(Order::Open);
    }

    fn opened(&mut self, now: Duration) {
        self.state = LinkState::Connected;
        self.heard(now);
        self.standing.retain(|_, standing| matches!(standing, Standing::Refused { ask_again: None, .. }));
        self.send_ping(now);
        let missing =
            self.wanted.iter().filter(|topic| !self.standing.contains_key(&topic.to_string())).cloned().collect();
        self.subscribe(missing, now);
    }

    fn open_failed(&mut self, failure: OpenFailure, now: Duration) {
        match failure {
            OpenFailure::Unauthorized => {
                self.why = Some("the service refused the sign-in".to_owned());
                self.state = LinkState::Refused;
            }
            OpenFailure::RateLimited(at_least) => {
                self.lost("the service asked for fewer connections".to_owned(), at_least, now);
            }
            OpenFailure::Other(why) => self.lost(why, None, now),
        }
    }

    fn lost(&mut self, why: String, at_least: Option<Duration>, now: Duration) {
        let wait = backoff::wait(self.attempt, self.dice.f64()).max(at_least.unwrap_or_default().min(LONGEST_ABSENCE));
        self.why = Some(why);
        self.attempt = self.attempt.saturating_add(1);
        self.state = LinkState::Reconnecting { attempt: self.attempt, retry_at: Some(now + wait) };
    }

    fn tick(&mut self, now: Duration) {
        match self.state {
            LinkState::Connecting | LinkState::Reconnecting { retry_at: None, .. } if now >= self.opened_by => {
                self.orders.push_back(Order::Abandon);
                self.lost("the service did not answer".to_owned(), None, now);
            }
            LinkState::Reconnecting { attempt, retry_at: Some(at) } if now >= at => {
                self.state = LinkState::Reconnecting { attempt, retry_at: None };
                self.open(now);
            }
            LinkState::Connected | LinkState::Subscribed => self.tick_on_socket(now),
            _ => {}
        }
    }

    fn tick_on_socket(&mut self, now: Duration) {
        if now >= self.proof_by || now >= self.heard_at + DEAD_AFTER {
            self.orders.push_back(Order::Abandon);
            return self.lost("nothing was heard from the service".to_owned(), None, now);
        }
        if self.is_waiting_for_acks() && now >= self.acked_by {
            self.orders.push_back(Order::Abandon);
            return self.lost("the service did not confirm the subscriptions".to_owned(), None, now);
        }
        if now >= self.ping_at {
            self.send_ping(now);
        }
        let due = |topic: &&Topic| matches!(self.standing.get(&topic.to_string()), Some(Standing::Refused { ask_again: Some(at), .. }) if now >= *at);
        let again: Vec<Topic> = self.wanted.iter().filter(due).cloned().collect();
        self.subscribe(again, now);
    }

    fn send_ping(&mut self, now: Duration) {
        self.ping += 1;
        self.ping_at = now + PING_EVERY;
        self.pinged_at = Some(now);
        self.orders.push_back(Order::Ping(self.ping));
    }

    fn subscribe(&mut self, topics: Vec<Topic>, now: Duration) {
        if topics.is_empty() {
            return;
        }
        for topic in &topics {
            self.standing.insert(topic.to_string(), Standing::Asked);
        }
        self.acked_by = now + ACK_WITHIN;
        self.orders.push_back(Order::Send(Command::Subscribe(topics).encode()));
    }

    /// An answer without topics is about all that were asked.
    fn answered(&mut self, topics: &[String], standing: &Standing) {
        for (topic, known) in &mut self.standing {
            if *known == Standing::Asked && (topics.is_empty() || topics.contains(topic)) {
                *known = standing.clone();
            }
        }
        if !self.is_waiting_for_acks() && self.standing.values().any(|known| *known == Standing::Confirmed) {
            self.state = LinkState::Subscribed;
            self.attempt = 0;
            self.why = None;
        }
    }

    fn leave(&mut self) {
        let confirmed = self.report().confirmed;
        if self.has_socket() {
            if !confirmed.is_empty() {
                self.orders.push_back(Order::Send(Command::Unsubscribe(confirmed).encode()));
            }
            self.orders.push_back(Order::Close);
        } else {
            self.orders.push_back(Order::Abandon);
        }
        self.state = LinkState::Disconnected;
        self.attempt = 0;
        self.why = None;
        self.standing.clear();
    }

    fn has_socket(&self) -> bool {
        matches!(self.state, LinkState::Connected | LinkState::Subscribed)
    }

    fn is_waiting_for_acks(&self) -> bool {
        self.standing.values().any(|standing| *standing == Standing::Asked)
    }
}

#[cfg(test)]
mod tests;
