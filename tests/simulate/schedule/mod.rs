//! One schedule: a link and a desk without I/O, a service made up for the
//! purpose, and faults by chance, all in a time of its own.
//!
//! What must hold is checked at every step; see [`Violation`]s in the result.

mod checks;
mod ours;
mod plan;
mod service;

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};
use std::time::Duration;

use ringside_desk::{Alert, AlertKind, CallStage, Covered, Desk, LinkNotice, LinkStage, MeView, Screen, SessionView};
use voipbin_client::{Dialect, Handshake, Input, Link, LinkState, OpenFailure, Order, Speaks, Wanted};
use voipbin_wire::{Ack, ErrorCode, Fact, Frame, Kind, Refusal, Timestamp, Told, Topic, decode_facts};

use super::world::{AGENT, CUSTOMER, EPOCH_MS, Thing, World, call_id, text_id};

/// Faults happen in this time, and then no more.
const TROUBLE: Duration = Duration::from_secs(90);
/// Once the network is quiet, it is live again within this time: a dead socket
/// is noticed (25 s), a wait runs out (30 s), an attempt hangs (10 s), questions
/// go unanswered (2 + 5 s), and lists are read (3 s).
const HEALS_WITHIN: Duration = Duration::from_secs(80);
/// A time that is wrong is wrong by so many milliseconds at least, …
const FAR: i64 = 70_000;
/// … and at most.
const FAR_OFF: i64 = 7_200_000;
/// A single event may be stamped wrong by a day, …
const A_DAY: i64 = 86_400_000;
/// … or be behind by only so much: longer than any frame is on its way, and not
/// long enough to stand out.
const A_LITTLE_BEHIND: std::ops::Range<i64> = 7_000..60_000;
/// A program notices that it stood still when its look, planned every 2 s, comes
/// 1 s late or later (`wake.rs` of the client).
const STANDSTILL_NOTICED: Duration = Duration::from_secs(3);
/// The longest the model's service asks us to stay away.
const STAY_AWAY: Duration = Duration::from_secs(20);

/// What a schedule came to.
#[derive(Debug, Default, Clone)]
pub(crate) struct Outcome {
    pub(crate) faults: u64,
    pub(crate) connects: u64,
    pub(crate) events: u64,
    pub(crate) alerts: u64,
    pub(crate) rereads: u64,
    pub(crate) refused: u64,
    pub(crate) violations: Vec<String>,
}

#[derive(Debug)]
enum Event {
    Dialled { dial: u64 },
    DialFailed { dial: u64, failure: OpenFailure },
    ToService { socket: u64, order: Order },
    ToUs { socket: u64, what: Said },
    Happens(Step),
    Reread { socket: u64, lists: Vec<(voipbin_wire::BareKind, String)> },
    RereadFails { socket: u64 },
}

#[derive(Debug, Clone)]
enum Said {
    Text(String),
    Ack(Vec<String>),
    Refusal(Vec<String>, ErrorCode),
    Pong(u64),
    Closed,
}

#[derive(Debug, Clone, Copy)]
enum Step {
    Calls,
    Answers(usize),
    Ends(usize),
    Texts,
    Reset,
    HalfOpen,
    NetworkDown(Duration),
    ServiceDown(Duration),
    Doors(Door, u32),
    Mute(Duration),
    Woke,
    RetryNow,
    Renewed,
    OtherDialect,
    /// Our process stands still; the world goes on.
    Freeze(Duration),
    /// The agent has the dialect detected.
    Detect,
    /// The next thing is told with a wrong time, by so many milliseconds.
    WrongTime(i64),
    /// This computer's clock is set, by so many milliseconds.
    ClockSet(i64),
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Door {
    Unauthorized,
    TooMany,
    Broken,
    NotFound,
}

/// The service's end of a socket.
#[derive(Debug)]
struct Socket {
    number: u64,
    topics: Vec<String>,
    is_open: bool,
    /// Nothing arrives on either side any more, and neither side knows.
    is_dead: bool,
    /// Frames keep their order.
    last_to_us: Duration,
    last_to_service: Duration,
}

pub(crate) struct Schedule {
    dice: fastrand::Rng,
    /// Apart from the other, so that a seed plays the same faults with any clocks.
    clocks: fastrand::Rng,
    now: Duration,
    /// How far this computer's clock is ahead.
    pc_ahead: i64,
    events: BinaryHeap<Reverse<(Duration, u64, usize)>>,
    stored: BTreeMap<usize, Event>,
    next_event: u64,
    link: Link,
    speaks: Speaks,
    desk: Desk,
    world: World,
    dialect: Dialect,
    is_manager: bool,
    claims_manager: bool,
    /// How far away the service is.
    latency_ms: u64,
    dial: Option<u64>,
    dials: u64,
    socket: Option<Socket>,
    /// Our end: which socket we believe to have.
    ours: Option<u64>,
    reading: Option<u64>,
    network_until: Duration,
    service_until: Duration,
    mute_until: Duration,
    doors: Option<(Door, u32)>,
    token_refused: bool,
    refusals_in_a_row: u32,
    away_until: Duration,
    rings: BTreeMap<String, u32>,
    texts_told: u64,
    texts: u64,
    was_state: LinkState,
    /// Answers to requests say what time it is.
    tells_date: bool,
    /// A fault fell together with a question, which then looks guilty.
    by_chance: bool,
    /// Our process stands still until then.
    frozen_until: Duration,
    frozen_since: Option<Duration>,
    /// When the desk first heard events: what came before it is no news.
    first_heard: Option<i64>,
    outcome: Outcome,
}

impl Schedule {
    /// Plays the schedule of this seed to its end.
    pub(crate) fn play(seed: u64) -> Outcome {
        let mut schedule = Self::new(seed);
        schedule.plan();
        schedule.run();
        schedule.outcome
    }

    fn new(seed: u64) -> Self {
        let mut dice = fastrand::Rng::with_seed(seed);
        let dialect = if dice.bool() { Dialect::Live } else { Dialect::Documented };
        let is_manager = dice.u8(..4) > 0;
        // Sometimes the account remembers rights that are gone.
        let claims_manager = is_manager || dice.u8(..4) == 0;
        let speaks = match dice.u8(..9) {
            0 | 1 => Speaks::Only(dialect),
            // Given by hand, and wrong.
            8 => Speaks::Only(other(dialect)),
            2 | 3 => Speaks::Auto(Some(dialect)),
            _ => Speaks::Auto(None),
        };
        let id = |text: &str| uuid::Uuid::parse_str(text).expect("it is one");
        let wanted = Wanted::of(id(CUSTOMER), Some(id(AGENT)), claims_manager);
        let mut desk = Desk::new(SessionView::on(Screen::Desk));
        desk.me(MeView { id: AGENT.to_owned(), ..MeView::default() });
        Self {
            clocks: fastrand::Rng::with_seed(!seed),
            now: Duration::ZERO,
            pc_ahead: 0,
            events: BinaryHeap::new(),
            stored: BTreeMap::new(),
            next_event: 0,
            link: Link::new(wanted, speaks, dice.u64(..)),
            speaks,
            desk,
            world: World::default(),
            dialect,
            is_manager,
            claims_manager,
            latency_ms: dice.u64(1..150),
            dial: None,
            dials: 0,
            socket: None,
            ours: None,
            reading: None,
            network_until: Duration::ZERO,
            service_until: Duration::ZERO,
            mute_until: Duration::ZERO,
            doors: None,
            token_refused: false,
            refusals_in_a_row: 0,
            away_until: Duration::ZERO,
            rings: BTreeMap::new(),
            texts_told: 0,
            texts: 0,
            was_state: LinkState::Disconnected,
            tells_date: seed.is_multiple_of(4) || seed % 4 == 1,
            by_chance: false,
            frozen_until: Duration::ZERO,
            frozen_since: None,
            first_heard: None,
            outcome: Outcome::default(),
            dice,
        }
    }

    fn between(&mut self, end: Duration) -> Duration {
        Duration::from_millis(self.dice.u64(0..u64::try_from(end.as_millis()).unwrap_or(1)))
    }

    fn at(&mut self, at: Duration, event: Event) {
        let slot = usize::try_from(self.next_event).unwrap_or(usize::MAX);
        self.stored.insert(slot, event);
        self.events.push(Reverse((at, self.next_event, slot)));
        self.next_event += 1;
    }

    fn latency(&mut self) -> Duration {
        Duration::from_micros(self.dice.u64(1..=self.latency_ms * 1000))
    }

    fn run(&mut self) {
        self.input(Input::Connect);
        let quiet = TROUBLE.max(self.network_until).max(self.service_until);
        let end = quiet + HEALS_WITHIN + Duration::from_secs(30);
        loop {
            let next = self.events.peek().map(|Reverse((at, ..))| *at);
            // Nobody keeps a deadline while we stand still.
            let due = self
                .link
                .deadline()
                .map(|due| if self.now < self.frozen_until { due.max(self.frozen_until) } else { due });
            let step = [next, due].into_iter().flatten().min();
            let Some(at) = step.filter(|at| *at <= end) else { break };
            self.now = self.now.max(at);
            if self.now >= self.frozen_until
                && let Some(since) = self.frozen_since.take()
                && self.now - since > STANDSTILL_NOTICED
            {
                self.input(Input::StoodStill);
                continue;
            }
            // What arrived is read before a deadline is judged, as the socket's task does.
            let has_arrived = self.is_unread();
            if due.is_some_and(|due| due <= at) && !has_arrived {
                self.input(Input::Tick);
                if self.link.deadline() == due && due == Some(self.now) {
                    self.violation("a deadline that passed stays due");
                    break;
                }
            } else if let Some(Reverse((_, number, slot))) = self.events.pop()
                && let Some(event) = self.stored.remove(&slot)
            {
                if self.now < self.frozen_until && is_ours(&event) {
                    // What waits in the computer's buffer keeps its order.
                    self.stored.insert(slot, event);
                    self.events.push(Reverse((self.frozen_until, number, slot)));
                } else {
                    self.happens(event);
                }
            }
            if self.outcome.violations.len() > 3 {
                break;
            }
        }
        self.now = end;
        self.check_the_end();
    }

    /// Whether something arrived on our socket that nobody has read yet.
    fn is_unread(&self) -> bool {
        let mut due = self.events.iter().filter(|Reverse((at, ..))| *at <= self.now);
        due.any(|Reverse((.., slot))| match self.stored.get(slot) {
            Some(Event::ToUs { socket, .. }) => Some(*socket) == self.ours,
            _ => false,
        })
    }

    fn happens(&mut self, event: Event) {
        match event {
            Event::Happens(step) => self.step(step),
            Event::Dialled { dial } if self.dial == Some(dial) => {
                self.dial = None;
                self.ours = Some(dial);
                self.input(Input::Opened);
            }
            Event::DialFailed { dial, failure } if self.dial == Some(dial) => {
                self.dial = None;
                let refused = failure == OpenFailure::Unauthorized;
                self.refusals_in_a_row = if refused { self.refusals_in_a_row + 1 } else { 0 };
                if let OpenFailure::RateLimited(Some(wait)) = failure {
                    self.away_until = self.now + wait;
                }
                self.input(Input::OpenFailed(failure));
                self.token_refused = self.link.state() == LinkState::Refused;
                self.outcome.refused += u64::from(self.token_refused);
            }
            Event::ToService { socket, order } => self.service_hears(socket, order),
            Event::ToUs { socket, what } if self.ours == Some(socket) => self.we_hear(what),
            Event::Reread { socket, lists } => self.reread(socket, &lists),
            Event::RereadFails { socket } if self.reading == Some(socket) => self.read_again(socket),
            _ => {}
        }
    }

    fn step(&mut self, step: Step) {
        let millis = self.millis();
        match step {
            Step::Calls => {
                let call = self.world.begin(Thing::Call { answered: None, ended: None }, millis);
                self.tell(call);
                let answers = self.dice.u8(..3) > 0;
                let (first, second) = (self.dice.u64(20..9000), self.dice.u64(20..20_000));
                if answers {
                    self.at(self.now + Duration::from_millis(first), Event::Happens(Step::Answers(call)));
                }
                self.at(self.now + Duration::from_millis(first + second), Event::Happens(Step::Ends(call)));
            }
            Step::Answers(call) => {
                if self.world.answer(call, millis) {
                    self.tell(call);
                }
            }
            Step::Ends(call) => {
                if self.world.end(call, millis) {
                    self.tell(call);
                }
            }
            Step::Texts => {
                let text = self.world.begin(Thing::Text, millis);
                self.texts += 1;
                self.tell(text);
            }
            Step::Reset => self.drop_socket(),
            Step::HalfOpen => {
                if let Some(socket) = &mut self.socket {
                    socket.is_dead = true;
                }
            }
            Step::NetworkDown(time) => {
                self.network_until = self.network_until.max(self.now + time);
                self.drop_socket();
            }
            Step::ServiceDown(time) => {
                self.service_until = self.service_until.max(self.now + time);
                self.drop_socket();
            }
            Step::Doors(door, times) => self.doors = Some((door, times)),
            Step::Mute(time) => self.mute_until = self.mute_until.max(self.now + time),
            Step::Woke => self.input(Input::Woke),
            Step::RetryNow => self.input(Input::RetryNow),
            Step::Renewed => {
                if self.doors.is_some_and(|(door, _)| door == Door::Unauthorized) {
                    self.doors = None;
                }
                self.token_refused = false;
                self.refusals_in_a_row = 0;
                self.input(Input::Renewed);
            }
            Step::WrongTime(by) => self.world.wrong_once = by,
            Step::ClockSet(by) => {
                self.pc_ahead += by;
                self.desk.clock_jumped(by, self.wall());
            }
            Step::OtherDialect => {
                self.dialect = other(self.dialect);
                self.drop_socket();
            }
            Step::Freeze(time) => {
                self.frozen_since.get_or_insert(self.now);
                self.frozen_until = self.frozen_until.max((self.now + time).min(TROUBLE)).max(self.now);
            }
            Step::Detect => {
                self.speaks = Speaks::Auto(None);
                self.refusals_in_a_row = 0;
                self.input(Input::Speak(self.speaks));
            }
        }
        if !matches!(
            step,
            Step::Calls | Step::Answers(_) | Step::Ends(_) | Step::Texts | Step::WrongTime(_) | Step::ClockSet(_)
        ) {
            self.by_chance |= matches!(self.link.state(), LinkState::Connected);
            self.outcome.faults += 1;
        }
    }

    /// The agent gave a dialect by hand that is not the service's.
    fn is_given_wrongly(&self) -> bool {
        self.speaks == Speaks::Only(other(self.dialect))
    }

    /// What this computer's clock shows.
    fn wall(&self) -> i64 {
        self.millis() + self.pc_ahead
    }

    fn millis(&self) -> i64 {
        EPOCH_MS + i64::try_from(self.now.as_millis()).unwrap_or(i64::MAX)
    }

    fn violation(&mut self, what: &str) {
        self.outcome.violations.push(format!("at {:?}: {what}", self.now));
    }
}

fn other(dialect: Dialect) -> Dialect {
    match dialect {
        Dialect::Live => Dialect::Documented,
        Dialect::Documented => Dialect::Live,
    }
}

/// Whether it waits for our process to run.
fn is_ours(event: &Event) -> bool {
    match event {
        Event::Dialled { .. }
        | Event::DialFailed { .. }
        | Event::ToUs { .. }
        | Event::Reread { .. }
        | Event::RereadFails { .. } => true,
        Event::Happens(step) => {
            matches!(step, Step::Woke | Step::RetryNow | Step::Renewed | Step::Detect)
        }
        Event::ToService { .. } => false,
    }
}
