//! One schedule: a link and a desk without I/O, a service made up for the
//! purpose, and faults by chance, all in a time of its own.
//!
//! What must hold is checked at every step; see [`Violation`]s in the result.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};
use std::time::Duration;

use ringside_desk::{Alert, AlertKind, CallStage, Covered, Desk, LinkNotice, LinkStage, MeView, Screen, SessionView};
use ringside_words::Message;
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
        let mut desk = Desk::new(SessionView {
            screen: Screen::Desk,
            service: String::new(),
            email: String::new(),
            demo: false,
            problem: None,
            ends_at: None,
            ask_again: None,
            ask_keyring: false,
            no_toasts: None,
        });
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

    /// What happens when, by chance.
    fn plan(&mut self) {
        let whole = TROUBLE + HEALS_WITHIN;
        for _ in 0..self.dice.usize(0..7) {
            let at = self.between(whole);
            self.at(at, Event::Happens(Step::Calls));
        }
        for _ in 0..self.dice.usize(0..5) {
            let at = self.between(whole);
            self.at(at, Event::Happens(Step::Texts));
        }
        for _ in 0..self.dice.usize(0..14) {
            let (at, short) = (self.between(TROUBLE), Duration::from_millis(self.dice.u64(10..8000)));
            let step = match self.dice.u8(..17) {
                14..=16 => Step::Freeze(Duration::from_millis(self.dice.u64(100..40_000))),
                0..=3 => Step::Reset,
                4 => Step::HalfOpen,
                5 => Step::NetworkDown(short),
                6 => Step::ServiceDown(short),
                7 => Step::Doors(Door::TooMany, self.dice.u32(1..4)),
                8 => Step::Doors(Door::Broken, self.dice.u32(1..6)),
                9 => Step::Doors(Door::NotFound, self.dice.u32(1..3)),
                10 => Step::Mute(short),
                11 => Step::Woke,
                12 => Step::RetryNow,
                _ if self.dice.u8(..5) == 0 => Step::Doors(Door::Unauthorized, u32::MAX),
                _ if self.speaks == Speaks::Auto(None) && self.dice.u8(..3) == 0 => Step::OtherDialect,
                _ => Step::Reset,
            };
            self.at(at, Event::Happens(step));
        }
        if self.dice.bool() {
            let at = self.between(TROUBLE);
            self.at(at, Event::Happens(Step::Renewed));
        }
        if self.is_given_wrongly() {
            self.at(TROUBLE, Event::Happens(Step::Detect));
        }
        self.plan_clocks();
    }

    /// Clocks that are wrong: the service's from the start, or for one event;
    /// this computer's, which is set now and then.
    fn plan_clocks(&mut self) {
        let mut dice = self.clocks.clone();
        let far = |dice: &mut fastrand::Rng| dice.i64(FAR..FAR_OFF) * if dice.bool() { 1 } else { -1 };
        if dice.u8(..3) == 0 {
            // If it is behind, what a list tells before any event looks old.
            self.world.ahead = dice.i64(0..FAR_OFF);
        }
        let sometime = |dice: &mut fastrand::Rng| TROUBLE.mul_f64(dice.f64());
        let outlier = |dice: &mut fastrand::Rng| match dice.u8(..3) {
            0 => far(dice),
            1 => dice.i64(-A_DAY..=A_DAY),
            _ => -dice.i64(A_LITTLE_BEHIND),
        };
        for _ in 0..dice.usize(0..3) {
            let (at, by) = (sometime(&mut dice), outlier(&mut dice));
            self.at(at, Event::Happens(Step::WrongTime(by)));
        }
        if dice.u8(..4) == 0 {
            let (at, by) = (sometime(&mut dice), far(&mut dice));
            self.at(at, Event::Happens(Step::ClockSet(by)));
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

    /// The service lets go of the socket; we hear of it when the network lets us.
    fn drop_socket(&mut self) {
        if let Some(socket) = self.socket.as_mut().filter(|socket| socket.is_open) {
            socket.is_open = false;
            let number = socket.number;
            self.say(number, Said::Closed);
        }
    }

    fn say(&mut self, number: u64, what: Said) {
        let latency = self.latency();
        let Some(socket) = self.socket.as_mut().filter(|socket| socket.number == number && !socket.is_dead) else {
            return;
        };
        socket.last_to_us = (self.now + latency).max(socket.last_to_us);
        let at = socket.last_to_us;
        self.at(at, Event::ToUs { socket: number, what });
    }

    /// Something changed at the service: who subscribed it hears of it, perhaps
    /// more than once, perhaps in another order.
    fn tell(&mut self, at: usize) {
        self.outcome.events += 1;
        let Some(socket) = self.socket.as_ref().filter(|socket| socket.is_open) else { return };
        let (number, topics) = (socket.number, socket.topics.clone());
        let mut copies = Vec::new();
        for (published, frame) in self.world.frames(at, self.dialect) {
            let times = published.iter().filter(|published| topics.iter().any(|topic| self.covers(topic, published)));
            copies.extend(times.map(|_| frame.clone()));
        }
        if self.dialect == Dialect::Live {
            self.dice.shuffle(&mut copies);
        }
        for copy in copies {
            self.say(number, Said::Text(copy));
        }
    }

    fn covers(&self, topic: &str, published: &str) -> bool {
        match self.dialect {
            Dialect::Live => published.starts_with(topic),
            Dialect::Documented => {
                let (topic, published) = (Topic::parse(topic), Topic::parse(published));
                topic.is_ok_and(|topic| published.is_ok_and(|published| topic.covers(&published)))
            }
        }
    }

    fn service_hears(&mut self, number: u64, order: Order) {
        let is_mute = self.now < self.mute_until;
        let Some(socket) =
            self.socket.as_mut().filter(|socket| socket.number == number && socket.is_open && !socket.is_dead)
        else {
            return;
        };
        match order {
            Order::Ping(ping) => self.say(number, Said::Pong(ping)),
            Order::Send(text) => {
                let (is_subscribe, topics) = command(&text);
                let refused = |topic: &String| topic.starts_with("customer_id") && !self.is_manager;
                if self.dialect == Dialect::Live {
                    if topics.iter().any(refused) {
                        return self.drop_socket();
                    }
                    if is_subscribe {
                        socket.topics.extend(topics);
                    }
                    return;
                }
                let is_foreign = |topic: &String| topic.ends_with('_');
                let (invalid, topics): (Vec<_>, Vec<_>) = topics.into_iter().partition(is_foreign);
                let (denied, granted): (Vec<_>, Vec<_>) = topics.into_iter().partition(refused);
                if is_subscribe {
                    socket.topics.extend(granted.clone());
                }
                if !is_subscribe {
                    return;
                }
                // A service that is slow to confirm does so later.
                if is_mute {
                    socket.last_to_us = socket.last_to_us.max(self.mute_until);
                }
                if !invalid.is_empty() {
                    self.say(number, Said::Refusal(invalid, ErrorCode::InvalidTopic));
                }
                if !denied.is_empty() {
                    self.say(number, Said::Refusal(denied, ErrorCode::PermissionDenied));
                }
                if !granted.is_empty() {
                    self.say(number, Said::Ack(granted));
                }
            }
            Order::Open(_) | Order::Abandon | Order::Close => {}
        }
    }

    fn we_hear(&mut self, what: Said) {
        let action = Some("subscribe".to_owned());
        match what {
            Said::Text(text) => {
                self.input(Input::Heard);
                let Frame::Told(told) = Frame::decode(&text) else {
                    return self.violation("a frame of the service was not understood");
                };
                let is_bare = matches!(told.kind, Kind::Bare(_));
                if self.link.would_learn_from(is_bare) {
                    self.input(if is_bare { Input::Bare } else { Input::Named });
                }
                self.desk.learn(&told, self.wall());
                self.look_at_desk();
                self.look_whether_it_rings(&told);
            }
            Said::Ack(topics) => self.input(Input::Acked(Ack { action, topics, success: true })),
            Said::Refusal(topics, code) => {
                self.input(Input::Refused(Refusal { action, topics, code, message: String::new() }));
            }
            Said::Pong(number) => self.input(Input::Pong(number)),
            Said::Closed => {
                self.ours = None;
                self.input(Input::Broke(Message::verbatim("closed")));
            }
        }
    }

    /// A ring that was told rings, whatever the clocks say.
    fn look_whether_it_rings(&mut self, told: &Told) {
        let id = match &told.fact {
            Fact::Ring(ring) if !ring.is_over() && !ring.is_answered() => ring.key(),
            Fact::Call(call) if call.assigned == Some(true) => call.id.as_deref(),
            _ => None,
        };
        let is_ringing = |id: &&str| {
            let happenings = self.world.happenings.iter().enumerate();
            let of_call = happenings.filter(|(at, _)| call_id(*at) == **id).map(|(_, happening)| &happening.thing);
            of_call.into_iter().any(|thing| matches!(thing, Thing::Call { answered: None, ended: None }))
        };
        if let Some(id) = id.filter(is_ringing)
            && !self.rings.contains_key(&format!("call {id}"))
        {
            let what = format!("call {id} was told and does not ring");
            self.violation(&what);
        }
    }

    fn input(&mut self, input: Input) {
        self.link.take(input, self.now);
        while let Some(order) = self.link.next_order() {
            self.obey(order);
        }
        self.look_at_link();
    }

    fn obey(&mut self, order: Order) {
        match order {
            Order::Open(handshake) => self.dial(handshake),
            Order::Abandon => {
                if self.is_unread() {
                    self.violation("a socket was dropped with something unread in it");
                }
                self.dial = None;
                self.ours = None;
            }
            Order::Close => {
                self.drop_socket();
                self.ours = None;
            }
            order => {
                let Some(number) = self.ours else { return };
                let latency = self.latency();
                let Some(socket) = self.socket.as_mut().filter(|socket| socket.number == number) else { return };
                socket.last_to_service = (self.now + latency).max(socket.last_to_service);
                let at = socket.last_to_service;
                self.at(at, Event::ToService { socket: number, order });
            }
        }
    }

    fn dial(&mut self, handshake: Handshake) {
        if self.dial.is_some() || self.ours.is_some() {
            self.violation("a second socket was asked for");
        }
        if self.token_refused {
            self.violation("a refused token was tried again");
        }
        if self.refusals_in_a_row >= 2 {
            self.violation("a token was shown a third time");
        }
        if self.now < self.away_until && !matches!(self.was_state, LinkState::Reconnecting { .. }) {
            self.violation("the service was not left alone for as long as it asked");
        }
        if self.speaks == Speaks::Only(Dialect::Documented) && handshake != Handshake::InAddress {
            self.violation("the token was not shown as documented");
        }
        self.dials += 1;
        self.outcome.connects += 1;
        let dial = self.dials;
        self.dial = Some(dial);
        let answered = self.now + self.latency() + self.latency();
        if self.now < self.network_until {
            // A network that is down says so, or says nothing.
            if self.dice.bool() {
                self.at(
                    answered,
                    Event::DialFailed { dial, failure: OpenFailure::Other(Message::verbatim("no network")) },
                );
            }
            return;
        }
        if self.now < self.service_until {
            return self
                .at(answered, Event::DialFailed { dial, failure: OpenFailure::Other(Message::verbatim("refused")) });
        }
        // After the trouble, only a refused token still closes a door.
        let door = self.doors.filter(|(door, _)| self.now < TROUBLE || *door == Door::Unauthorized);
        if let Some((door, times)) = door {
            self.doors = (times > 1).then_some((door, if times == u32::MAX { times } else { times - 1 }));
            let failure = match door {
                Door::Unauthorized => OpenFailure::Unauthorized,
                Door::TooMany => OpenFailure::RateLimited(Some(self.between(STAY_AWAY))),
                Door::Broken => OpenFailure::Other(Message::verbatim("500")),
                Door::NotFound => OpenFailure::NotFound,
            };
            return self.at(answered, Event::DialFailed { dial, failure });
        }
        self.socket = Some(Socket {
            number: dial,
            topics: Vec::new(),
            is_open: true,
            is_dead: false,
            last_to_us: answered,
            last_to_service: answered,
        });
        self.at(answered, Event::Dialled { dial });
    }

    fn look_at_link(&mut self) {
        let report = self.link.report();
        let state = report.state;
        if state == self.was_state {
            return;
        }
        if let (LinkState::Reconnecting { attempt, retry_at: Some(at) }, false) =
            (state, matches!(self.was_state, LinkState::Reconnecting { retry_at: Some(_), .. }))
        {
            let wait = at.saturating_sub(self.now);
            let ceiling = Duration::from_secs(1 << (attempt - 1).min(5)).min(Duration::from_secs(30));
            let asked = self.away_until.saturating_sub(self.now);
            if wait < Duration::from_millis(100) || wait > ceiling.max(asked) {
                self.violation(&format!("attempt {attempt} waits {wait:?}"));
            }
            if wait < asked {
                self.violation("the service was not left alone for as long as it asked");
            }
        }
        if matches!(state, LinkState::CatchingUp | LinkState::Live) {
            if self.is_given_wrongly() {
                self.violation("something is promised in a dialect that is not the service's");
            }
            self.first_heard.get_or_insert(self.millis());
        }
        if state == LinkState::Live && report.wanted.len() != report.confirmed.len() + report.refused.len() {
            self.violation("a wanted topic is neither confirmed nor refused");
        }
        self.was_state = state;
        let stage = match state {
            LinkState::Disconnected => LinkStage::Disconnected,
            LinkState::Connecting => LinkStage::Connecting,
            LinkState::Connected => LinkStage::Connected,
            LinkState::CatchingUp => LinkStage::CatchingUp,
            LinkState::Live => LinkStage::Subscribed,
            LinkState::Reconnecting { attempt, .. } => LinkStage::Reconnecting { attempt },
            LinkState::Refused => LinkStage::Refused,
        };
        let notice = LinkNotice {
            stage,
            retry_at: None,
            round_trip_ms: None,
            confirmed: report.confirmed,
            refused: Vec::new(),
            why: report.why,
            proven_at: Some(
                EPOCH_MS + self.pc_ahead + i64::try_from(self.link.proven_at().as_millis()).unwrap_or(i64::MAX),
            ),
            instead: None,
        };
        self.desk.link(notice, self.wall());
        self.look_at_desk();
        if state == LinkState::CatchingUp && self.reading != Some(report.socket) {
            self.reading = Some(report.socket);
            self.read_again(report.socket);
        }
    }

    /// The lists are asked for; they show how things stand when they are read.
    fn read_again(&mut self, socket: u64) {
        let at = self.now + Duration::from_millis(self.dice.u64(5..900));
        if self.now < TROUBLE && self.dice.u8(..5) == 0 {
            return self.at(at, Event::RereadFails { socket });
        }
        let lists = self.world.lists(self.dialect);
        self.at(at, Event::Reread { socket, lists });
    }

    fn reread(&mut self, socket: u64, lists: &[(voipbin_wire::BareKind, String)]) {
        if self.reading != Some(socket) || self.link.report().socket != socket {
            return;
        }
        self.reading = None;
        if self.link.state() != LinkState::CatchingUp {
            return;
        }
        self.outcome.rereads += 1;
        let now = self.wall();
        if self.tells_date {
            self.desk.service_says(Timestamp::from_millis(self.millis() + self.world.ahead), now);
        }
        let mut covered = Covered::default();
        if self.is_manager {
            for (kind, page) in lists {
                let page = decode_facts(*kind, page).expect("the model writes pages");
                page.items.iter().for_each(|told| self.desk.relearn(told, now));
            }
            let always = Some(Timestamp::from_micros(i64::MIN));
            always.into_iter().for_each(|since| self.desk.texts_were_listed(since));
            covered = Covered { calls: always, rings: always, waits: always };
        }
        self.desk.caught_up(covered, now);
        self.look_at_desk();
        self.input(Input::CaughtUp(socket));
    }

    fn look_at_desk(&mut self) {
        for alert in self.desk.take_out().alerts {
            let Alert::Raise { key, kind, .. } = alert else { continue };
            self.outcome.alerts += 1;
            match kind {
                AlertKind::Ringing | AlertKind::Waiting => {
                    let times = self.rings.entry(key.clone()).or_default();
                    *times += 1;
                    if *times > 1 {
                        self.violation(&format!("{key} rang twice"));
                    }
                }
                AlertKind::Missed if key != "away" => {
                    let times = self.rings.entry(key.clone()).or_default();
                    *times += 1;
                    if *times > 1 {
                        self.violation(&format!("{key} was told twice"));
                    }
                }
                AlertKind::Missed => {}
                AlertKind::Message => self.texts_told += 1,
            }
        }
    }

    fn check_the_end(&mut self) {
        if self.texts_told > self.texts {
            self.violation("a text was told twice");
        }
        let is_shut_out = self.token_refused || self.doors.is_some_and(|(door, _)| door == Door::Unauthorized);
        if self.link.state() != LinkState::Live {
            if !is_shut_out {
                let state = self.link.state();
                self.violation(&format!("it did not heal: {state:?} {:?}", self.link.report().why));
            }
            return;
        }
        let report = self.link.report();
        if self.claims_manager && !self.is_manager && self.dialect == Dialect::Live && report.refused.len() != 12 {
            self.violation("a batch that costs the connection is not left out");
        }
        if self.is_manager && !report.refused.is_empty() && !self.by_chance {
            self.violation("a topic is taken for refused that never was");
        }
        if self.is_manager && report.refused.is_empty() {
            self.check_that_nothing_is_lost();
        }
    }

    fn check_that_nothing_is_lost(&mut self) {
        let view = self.desk.view();
        let mut lost = Vec::new();
        for (at, happening) in self.world.happenings.iter().enumerate() {
            match happening.thing {
                Thing::Call { answered, ended } => {
                    let id = call_id(at);
                    let past = view.past.iter().find(|past| past.id == id).map(|past| past.outcome);
                    let on_desk = view.calls.iter().find(|call| call.id == id).map(|call| call.stage);
                    let expected = match (answered, ended) {
                        (_, Some(_)) => None,
                        (Some(_), None) => Some(CallStage::Talking),
                        (None, None) => Some(CallStage::Ringing),
                    };
                    // What happened in the last moments may still be on its way.
                    if self.millis() - happening.began < 40_000 && on_desk != expected {
                        continue;
                    }
                    if on_desk != expected || past != self.world.outcome(at) {
                        lost.push(format!("{id}: {on_desk:?} {past:?}, not {expected:?} {:?}", self.world.outcome(at)));
                    }
                }
                Thing::Text => {
                    let Some(message) = view.messages.iter().find(|message| message.id == text_id(at)) else {
                        lost.push(format!("text {at}"));
                        continue;
                    };
                    let unread = view.chats.iter().find(|chat| chat.id == message.chat).map(|chat| chat.unread);
                    let is_news = self.first_heard.is_some_and(|heard| happening.began >= heard);
                    if is_news && unread != Some(1) {
                        lost.push(format!("text {at} came at {} and is unread {unread:?}", happening.began - EPOCH_MS));
                    }
                }
            }
        }
        for lost in lost {
            self.violation(&format!("lost: {lost}"));
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

fn command(text: &str) -> (bool, Vec<String>) {
    let value: serde_json::Value = serde_json::from_str(text).unwrap_or_default();
    let topics = value["topics"].as_array().into_iter().flatten();
    let topics = topics.filter_map(|topic| topic.as_str().map(str::to_owned)).collect();
    (value["type"] == "subscribe", topics)
}
