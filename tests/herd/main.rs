//! Ten thousand desks after one restart of the service: `herd [--desks N]
//! [--seed N]`. Ours beside plain doubling without chance, in a time of its own.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};
use std::io::Write as _;
use std::time::Duration;

use ringside_words::Message;
use serde_json::json;
use voipbin_client::{Dialect, Input, Link, LinkState, OpenFailure, Order, Speaks, Wanted};

/// The service is gone for this long, …
const GONE: Duration = Duration::from_secs(10);
/// … and then takes this many connections in a second; the others it turns away.
const TAKES_PER_SECOND: u32 = 1000;
/// There and back.
const ROUND_TRIP: Duration = Duration::from_millis(40);
/// The lists are read in this time.
const READING: Duration = Duration::from_millis(400);

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let value = |name: &str| {
        let at = words.iter().position(|word| word == name)?;
        words.get(at + 1)?.parse::<u64>().ok()
    };
    let (desks, seed) = (value("--desks").unwrap_or(10_000), value("--seed").unwrap_or(1));
    let line = json!({
        "desks": desks, "gone_s": GONE.as_secs(), "takes_per_second": TAKES_PER_SECOND, "seed": seed,
        "ours": played((0..desks).map(|desk| Ours::new(seed.wrapping_add(desk)))),
        "plain_doubling": played((0..desks).map(|_| Plain { attempt: 0, back: false })),
    });
    // Nobody reading is no reason to end.
    writeln!(std::io::stdout(), "{line}").ok();
}

/// A desk that lost its link at the start.
trait Desk {
    /// When it tries first.
    fn begin(&mut self) -> Duration;
    /// Whether it is back after this attempt, or when it tries again.
    fn tried(&mut self, taken: bool, now: Duration) -> Option<Duration>;
}

struct Ours(Link);

impl Ours {
    fn new(seed: u64) -> Self {
        let id = uuid::Uuid::from_u128;
        let mut link = Link::new(Wanted::of(id(1), Some(id(2)), true), Speaks::Only(Dialect::Live), seed);
        link.take(Input::Connect, Duration::ZERO);
        link.take(Input::Opened, Duration::ZERO);
        settle(&mut link, Duration::ZERO);
        Self(link)
    }

    fn next(&mut self, now: Duration) -> Duration {
        while self.0.next_order().is_some() {}
        match self.0.state() {
            LinkState::Reconnecting { retry_at: Some(at), .. } => at,
            _ => now,
        }
    }
}

/// Everything is answered and read.
fn settle(link: &mut Link, now: Duration) {
    while let Some(order) = link.next_order() {
        if let Order::Ping(number) = order {
            link.take(Input::Pong(number), now);
        }
    }
    let socket = link.report().socket;
    link.take(Input::CaughtUp(socket), now);
}

impl Desk for Ours {
    fn begin(&mut self) -> Duration {
        self.0.take(Input::Broke(Message::verbatim("restart")), Duration::ZERO);
        self.next(Duration::ZERO)
    }

    fn tried(&mut self, taken: bool, now: Duration) -> Option<Duration> {
        self.0.take(Input::Tick, now);
        if taken {
            self.0.take(Input::Opened, now + ROUND_TRIP);
            settle(&mut self.0, now + ROUND_TRIP);
            return None;
        }
        self.0.take(Input::OpenFailed(OpenFailure::Other(Message::verbatim("turned away"))), now + ROUND_TRIP);
        Some(self.next(now + ROUND_TRIP))
    }
}

/// One second, doubling, thirty at most: the same for all.
struct Plain {
    attempt: u32,
    back: bool,
}

impl Plain {
    fn wait(&self) -> Duration {
        Duration::from_secs(1 << self.attempt.min(5)).min(Duration::from_secs(30))
    }
}

impl Desk for Plain {
    fn begin(&mut self) -> Duration {
        self.wait()
    }

    fn tried(&mut self, taken: bool, now: Duration) -> Option<Duration> {
        self.back = taken;
        self.attempt += 1;
        (!taken).then(|| now + ROUND_TRIP + self.wait())
    }
}

fn played<D: Desk>(desks: impl Iterator<Item = D>) -> serde_json::Value {
    let mut desks: Vec<D> = desks.collect();
    let mut next: BinaryHeap<Reverse<(Duration, usize)>> = BinaryHeap::new();
    next.extend(desks.iter_mut().enumerate().map(|(at, desk)| Reverse((desk.begin(), at))));
    let (mut by_second, mut by_tenth, mut taken) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
    let mut back = Vec::new();
    let mut attempts = 0_u64;
    while let Some(Reverse((now, at))) = next.pop() {
        attempts += 1;
        *by_second.entry(now.as_secs()).or_insert(0_u64) += 1;
        *by_tenth.entry(now.as_millis() / 100).or_insert(0_u64) += 1;
        let room = taken.entry(now.as_millis() / 100).or_insert(0_u32);
        let takes = now >= GONE && *room < TAKES_PER_SECOND / 10;
        *room += u32::from(takes);
        match desks[at].tried(takes, now) {
            Some(again) => next.push(Reverse((again, at))),
            None => back.push(now + ROUND_TRIP + READING),
        }
    }
    back.sort_unstable();
    let part = |part: usize| back.get((back.len() * part / 100).min(back.len() - 1)).map(Duration::as_secs_f64);
    json!({
        "attempts": attempts, "peak_connects_per_second": by_second.values().max(),
        "peak_connects_in_100_ms": by_tenth.values().max(), "half_back_s": part(50), "all_back_s": part(100),
    })
}
