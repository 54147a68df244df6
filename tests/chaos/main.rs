//! The real shift against the simulator over real sockets, while everything
//! goes wrong that can: `chaos --seconds N --seed N` prints one JSON line per
//! dialect.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::process::ExitCode;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use ringside_desk::{Alert, AlertKind, OutcomeView, Patch};
use ringside_shift::{Bell, Credential, NoVault, Ports, Shift, Sink, clock, steady};
use serde_json::json;
use voipbin_simulator::{Dialect, Fault, Setup, Simulator};

/// A fault comes about this often, give or take half.
const FAULT_EVERY_MS: u64 = 200;
/// Once it is quiet, it is live again within this time.
const HEALS_WITHIN: Duration = Duration::from_secs(60);
/// A single event is stamped wrong by a day at most, …
const A_DAY: i64 = 86_400_000;
/// … or is behind by only so much: longer than any frame is on its way, and not
/// long enough to stand out.
const A_LITTLE_BEHIND: std::ops::Range<i64> = 7_000..60_000;
/// A socket that nothing is heard on is given up after 25 s; a little more is
/// for the timer and the window.
const NOTICED_WITHIN: Duration = Duration::from_secs(27);

/// What the app said, and when.
#[derive(Default)]
struct Told {
    live: bool,
    changes: Vec<(Instant, bool)>,
    rings: BTreeMap<String, u32>,
}

type Shared = Arc<Mutex<Told>>;

fn told(shared: &Shared) -> std::sync::MutexGuard<'_, Told> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

struct Ears(Shared);

impl Bell for Ears {
    fn ring(&mut self, alert: Alert) {
        if let Alert::Raise { kind: AlertKind::Ringing, key, .. } = alert {
            *told(&self.0).rings.entry(key).or_default() += 1;
        }
    }
}

#[tokio::main]
async fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let value = |name: &str| {
        let at = words.iter().position(|word| word == name)?;
        words.get(at + 1)?.parse::<u64>().ok()
    };
    let (seconds, seed) = (value("--seconds").unwrap_or(120), value("--seed").unwrap_or(1));
    let mut good = true;
    for dialect in [Dialect::Documented, Dialect::Live] {
        match Chaos::begin(dialect, seed).await {
            Ok(mut chaos) => good &= chaos.run(Duration::from_secs(seconds)).await,
            Err(problem) => {
                say(&json!({"dialect": name(dialect), "problem": problem}).to_string());
                good = false;
            }
        }
    }
    if good { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// How far behind a wrong clock may stamp something without changing what is
/// right: what only a list tells is as old as it says, lists are read back to two
/// minutes before a loss, and an answer from before the offer was somebody else's.
#[derive(Clone, Copy)]
enum Behind {
    Never,
    ByALittle,
    ByADay,
}

struct Chaos {
    /// How far the service's clock is ahead.
    service_ahead_ms: i64,
    dialect: Dialect,
    dice: fastrand::Rng,
    service: Simulator,
    shift: Shift,
    told: Shared,
    faults: u64,
    /// When a fault broke the link while the app said that it was live.
    broke_at: Vec<Instant>,
    texts: u64,
    /// Callers by number, and what became of their calls.
    calls: Vec<(u64, bool)>,
    /// Callers whose calls go on, and whether they were answered.
    open: Vec<(u64, bool)>,
}

impl Chaos {
    async fn begin(dialect: Dialect, seed: u64) -> Result<Self, String> {
        let setup = Setup { dialect, unlimited: true, ..Setup::default() };
        let service = Simulator::with(setup).await.map_err(|error| error.to_string())?;
        let shared = Shared::default();
        let bell = Box::new(Ears(Arc::clone(&shared)));
        let shift = Shift::start(Ports {
            vault: Arc::new(NoVault),
            bell,
            clock,
            steady,
            tap: None,
            reader: None,
            ledger: None,
        });
        let watching = Arc::clone(&shared);
        let sink = Sink::new(move |batch| {
            for patch in batch.patches {
                if let Patch::PutLink { link } = patch {
                    let mut told = told(&watching);
                    if told.live != link.live {
                        told.live = link.live;
                        told.changes.push((Instant::now(), link.live));
                    }
                }
            }
            true
        });
        shift.watch(sink).await.map_err(|problem| problem.to_string())?;
        let login = service.logins().swap_remove(0);
        let credential = Credential::Password { email: login.email, password: login.password };
        shift.sign_in(service.address(), credential, true).await.map_err(|problem| problem.to_string())?;
        let chaos = Self {
            service_ahead_ms: 0,
            dialect,
            dice: fastrand::Rng::with_seed(seed),
            service,
            shift,
            told: shared,
            faults: 0,
            broke_at: Vec::new(),
            texts: 0,
            calls: Vec::new(),
            open: Vec::new(),
        };
        if chaos.is_live_within(HEALS_WITHIN).await { Ok(chaos) } else { Err("it never came up".to_owned()) }
    }

    async fn run(&mut self, time: Duration) -> bool {
        let end = Instant::now() + time;
        let mut next_fault = Instant::now();
        let mut next_event = Instant::now();
        let mut next_retry = Instant::now();
        while Instant::now() < end {
            let now = Instant::now();
            if now >= next_fault {
                self.fault();
                next_fault = now + Duration::from_millis(self.dice.u64(FAULT_EVERY_MS / 2..FAULT_EVERY_MS * 3 / 2));
            }
            if now >= next_retry {
                // An agent who waits for the link presses "Retry now".
                if !told(&self.told).live && self.shift.retry_now().await.is_err() {
                    return false;
                }
                next_retry = now + Duration::from_secs(1);
            }
            if now >= next_event {
                self.event();
                next_event = now + Duration::from_millis(self.dice.u64(20..120));
            }
            tokio::time::sleep(next_fault.min(next_event).saturating_duration_since(Instant::now())).await;
        }
        while let Some((caller, _)) = self.open.pop() {
            self.play(&format!("c{caller} hangs up"));
        }
        let mut stuck = u64::from(!self.is_live_within(HEALS_WITHIN).await);
        let half_open_ms = self.half_open().await;
        stuck += u64::from(!self.is_live_within(HEALS_WITHIN).await);
        // The last facts settle.
        tokio::time::sleep(Duration::from_secs(2)).await;
        self.report(stuck, half_open_ms).await
    }

    fn fault(&mut self) {
        self.faults += 1;
        let short = Duration::from_millis(self.dice.u64(20..500));
        let breaks = |chaos: &mut Self, fault| {
            if told(&chaos.told).live {
                chaos.broke_at.push(Instant::now());
            }
            chaos.service.fault(fault);
        };
        match self.dice.u8(..20) {
            0..=3 => breaks(self, Fault::Reset),
            4..=6 => breaks(self, Fault::Drop),
            7 => breaks(self, Fault::Restart(short)),
            8 => breaks(self, Fault::CutShort),
            9 => breaks(self, Fault::HugeFrame),
            10 => self.service.fault(Fault::HalfOpen),
            11 | 12 => self.service.fault(Fault::Stall(short)),
            13 => self.service.fault(Fault::Slow(short)),
            14 => self.service.fault(Fault::Garbage),
            15 => self.service.fault(Fault::BinaryFrame),
            16 => {
                let status = [404, 429, 500, 503][self.dice.usize(..4)];
                let times = self.dice.u8(1..3);
                self.play(&format!("answer {status} to the next {times} handshakes"));
            }
            17 | 18 => {
                let status = [404, 429, 500][self.dice.usize(1..3)];
                let times = self.dice.u8(1..4);
                self.play(&format!("answer {status} to the next {times} requests"));
            }
            _ => {
                if self.dice.bool() {
                    return PC_AHEAD.store(self.dice.i64(-3_600_000..3_600_000), Ordering::Relaxed);
                }
                // A little, or far off; lists are read back to two minutes before a loss.
                let (least, most) = if self.dice.bool() { (0, 3000) } else { (40_000, 100_000) };
                let millis = self.dice.i64(least..most) * if self.dice.bool() { 1 } else { -1 };
                self.service_ahead_ms = millis;
                self.play(&clock_is(millis));
            }
        }
    }

    fn event(&mut self) {
        match self.dice.u8(..6) {
            0 if self.open.len() < 3 => {
                let caller = self.calls.len() as u64;
                self.play(&format!("caller c{caller} +1556{caller:07}"));
                self.play_stamped(&format!("c{caller} calls dana"), Behind::ByALittle);
                self.calls.push((caller, false));
                self.open.push((caller, false));
            }
            1 if !self.open.is_empty() => {
                let at = self.dice.usize(..self.open.len());
                let (caller, answered) = &mut self.open[at];
                if !*answered {
                    *answered = true;
                    let caller = *caller;
                    self.calls[usize::try_from(caller).unwrap_or_default()].1 = true;
                    self.play_stamped(&format!("c{caller} is answered"), Behind::Never);
                }
            }
            2 if !self.open.is_empty() => {
                let at = self.dice.usize(..self.open.len());
                let (caller, _) = self.open.swap_remove(at);
                self.play_stamped(&format!("c{caller} hangs up"), Behind::ByADay);
            }
            _ => {
                self.texts += 1;
                let (number, caller) = (self.texts, self.texts % 40);
                self.play(&format!("caller t{caller} +1557{caller:07}"));
                self.play_stamped(&format!("t{caller} texts \"text number {number}.\""), Behind::ByALittle);
            }
        }
    }

    /// Something happens, and now and then a wrong clock stamps it, and nothing else.
    fn play_stamped(&mut self, line: &str, behind: Behind) {
        if self.dice.u8(..20) > 0 {
            return self.play(line);
        }
        let ahead_ms = match behind {
            // With a service that is behind as a whole it may be too much together.
            Behind::ByALittle if self.service_ahead_ms >= 0 && self.dice.bool() => -self.dice.i64(A_LITTLE_BEHIND),
            Behind::ByADay if self.dice.bool() => -self.dice.i64(A_LITTLE_BEHIND.start..A_DAY),
            _ => self.dice.i64(A_LITTLE_BEHIND.start..A_DAY),
        };
        let (wrong, right) = (clock_is(self.service_ahead_ms + ahead_ms), clock_is(self.service_ahead_ms));
        self.play(&format!("{wrong}\n{line}\n{right}"));
    }

    /// A socket that looks alive and carries nothing: how long the app takes it for live.
    async fn half_open(&mut self) -> Option<u128> {
        let began = Instant::now();
        self.service.fault(Fault::HalfOpen);
        while told(&self.told).live {
            if began.elapsed() > NOTICED_WITHIN {
                return None;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        Some(began.elapsed().as_millis())
    }

    async fn is_live_within(&self, time: Duration) -> bool {
        let deadline = Instant::now() + time;
        while Instant::now() < deadline {
            if told(&self.told).live {
                return true;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        false
    }

    async fn report(&self, stuck: u64, half_open_ms: Option<u128>) -> bool {
        let Ok(desk) = self.shift.desk().await else { return false };
        let diagnostics = self.shift.diagnostics().await.ok().flatten().unwrap_or_default();
        let (mut lost, mut duplicated) = (0_u64, 0_u64);
        let mut first_lost = Vec::new();
        let mut texts: BTreeMap<&str, u64> = BTreeMap::new();
        for message in &desk.messages {
            *texts.entry(message.text.as_str()).or_default() += 1;
        }
        for number in 1..=self.texts {
            match texts.get(format!("text number {number}.").as_str()) {
                None => {
                    lost += 1;
                    first_lost.push(format!("text {number}"));
                }
                Some(times) => duplicated += times - 1,
            }
        }
        for (caller, answered) in &self.calls {
            let expected = if *answered { OutcomeView::Answered } else { OutcomeView::Missed };
            let number = format!("+1556{caller:07}");
            let found = desk.past.iter().find(|past| past.number == number);
            if found.map(|past| past.outcome) != Some(expected) {
                lost += 1;
                first_lost.push(format!("call {caller}: {:?}, not {expected:?}", found.map(|past| past.outcome)));
            }
        }
        let stuck = stuck + u64::try_from(desk.calls.len()).unwrap_or(u64::MAX);
        let told = told(&self.told);
        duplicated += told.rings.values().map(|times| u64::from(times - 1)).sum::<u64>();
        let mut recoveries: Vec<u128> = Vec::new();
        let mut lost_at = None;
        for (at, live) in &told.changes {
            match (live, lost_at) {
                (false, _) => lost_at = Some(*at),
                (true, Some(since)) => recoveries.push(at.duration_since(since).as_millis()),
                (true, None) => {}
            }
        }
        recoveries.sort_unstable();
        let percentile =
            |part: usize| recoveries.get((recoveries.len() * part / 100).min(recoveries.len().saturating_sub(1)));
        let wrong: Vec<u128> = self.broke_at.iter().map(|broke| wrong_for(*broke, &told.changes)).collect();
        let line = json!({
            "dialect": name(self.dialect), "faults": self.faults, "events": self.texts + self.calls.len() as u64,
            "lost": lost, "duplicated": duplicated, "stuck": stuck, "recovery_ms_p50": percentile(50),
            "recovery_ms_p99": percentile(99), "wrong_state_ms": wrong.iter().sum::<u128>(),
            "wrong_state_ms_longest": wrong.iter().max(), "half_open_noticed_ms": half_open_ms,
            "sockets": diagnostics.sockets, "first_lost": first_lost.into_iter().take(5).collect::<Vec<_>>(),
        });
        say(&line.to_string());
        lost == 0 && duplicated == 0 && stuck == 0 && half_open_ms.is_some()
    }

    fn play(&self, lines: &str) {
        if let Err(error) = self.service.play_line(lines) {
            say(&error.to_string());
        }
    }
}

/// The line that sets the service's clock.
fn clock_is(ahead_ms: i64) -> String {
    let way = if ahead_ms >= 0 { "ahead" } else { "behind" };
    format!("the clock is {}ms {way}", ahead_ms.abs())
}

/// How long the app still said live after its link broke.
fn wrong_for(broke: Instant, changes: &[(Instant, bool)]) -> u128 {
    let noticed = changes.iter().find(|(at, live)| *at >= broke && !live);
    noticed.map_or(0, |(at, _)| at.duration_since(broke).as_millis())
}

fn name(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Documented => "documented",
        Dialect::Live => "live",
    }
}

/// How far this computer's clock is set ahead.
static PC_AHEAD: AtomicI64 = AtomicI64::new(0);

fn say(line: &str) {
    // Nobody reading is no reason to end.
    writeln!(std::io::stdout(), "{line}").ok();
}
