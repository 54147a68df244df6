//! The run itself.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, Command, ExitCode, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use ringside_desk::Patch;
use ringside_shift::{Credential, NoVault, Ports, Shift, Sink, clock};
use ringside_stand_ins::Deaf;
use serde_json::{Value, json};
use tikv_jemalloc_ctl::{epoch, stats};
use tikv_jemallocator::Jemalloc;
use tokio::sync::mpsc;
use voipbin_simulator::{Dialect, Fault, Setup, Simulator};

/// An allocator that says how much is in use.
#[global_allocator]
static ALLOCATOR: Jemalloc = Jemalloc;

/// Without this the allocator counts as in use what each thread keeps back for
/// itself, which fills up over hours and is no leak.
const ALLOCATOR_SETTING: (&str, &str) = ("_RJEM_MALLOC_CONF", "tcache:false");

/// Memory is first looked at after this part of the events.
const FIRST: u64 = 20_000;
/// Events that are played before the shift is waited for.
const BATCH: u64 = 200;
/// The link is reset after this many batches: often enough that the first part
/// holds all that a reconnect costs.
const RESET_EVERY: u64 = 5;
const CALLERS: u64 = 3;
/// Batches between two lines of progress.
const SHOWN_EVERY: u64 = 40;
const PATIENCE: Duration = Duration::from_secs(60);
/// Memory is looked at over so long a rest.
const RESTS_FOR: Duration = Duration::from_secs(40);
const LOOKS_EVERY: Duration = Duration::from_millis(100);

#[tokio::main(flavor = "current_thread")]
pub(crate) async fn play() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let value = |name: &str| {
        let at = words.iter().position(|word| word == name)?;
        words.get(at + 1)?.parse::<u64>().ok()
    };
    if words.first().is_some_and(|word| word == "serve") {
        return serve(value("--seed").unwrap_or(1)).await;
    }
    if std::env::var(ALLOCATOR_SETTING.0).is_err() {
        return again();
    }
    match soak(value("--events").unwrap_or(200_000), value("--seed").unwrap_or(1)).await {
        Ok(line) => {
            say(&line.to_string());
            if line["within_2_percent"] == true { ExitCode::SUCCESS } else { ExitCode::FAILURE }
        }
        Err(problem) => {
            say(&format!("soak: {problem}"));
            ExitCode::FAILURE
        }
    }
}

/// This program once more, with the allocator set: it reads its setting before anything else runs.
fn again() -> ExitCode {
    let (name, setting) = ALLOCATOR_SETTING;
    let program = std::env::current_exe().unwrap_or_else(|_| "soak".into());
    let ended = Command::new(program).args(std::env::args_os().skip(1)).env(name, setting).status();
    if ended.is_ok_and(|status| status.success()) { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// The service's side: plays a batch for each line it is given.
async fn serve(seed: u64) -> ExitCode {
    let setup = Setup { dialect: Dialect::Live, unlimited: true, ..Setup::default() };
    let Ok(service) = Simulator::with(setup).await else { return ExitCode::FAILURE };
    let login = service.logins().swap_remove(0);
    say(&json!({"address": service.address(), "email": login.email, "password": login.password}).to_string());
    let mut dice = fastrand::Rng::with_seed(seed);
    for caller in 0..CALLERS {
        service.play_line(&format!("caller c{caller} \"Caller {caller}\" +1558{caller:07}")).ok();
    }
    service.play_line("queue sales \"Sales\"").ok();
    let (asks, mut asked) = mpsc::unbounded_channel();
    std::thread::spawn(move || std::io::stdin().lines().map_while(Result::ok).all(|line| asks.send(line).is_ok()));
    let (mut batches, mut number) = (0, 0);
    while let Some(line) = asked.recv().await {
        if line == "reset" {
            service.fault(Fault::Reset);
            continue;
        }
        for _ in 0..BATCH / 4 {
            number += 1;
            let caller = dice.u64(..CALLERS);
            let lines = match dice.u8(..10) {
                0..=2 => format!("c{caller} texts \"text {number}\""),
                3..=5 => format!("c{caller} joins sales\nc{caller} leaves sales"),
                6..=8 => format!("c{caller} calls dana\nc{caller} is answered\nc{caller} hangs up"),
                _ => "leo is away\nleo is available".to_owned(),
            };
            service.play_line(&lines).ok();
            tokio::task::yield_now().await;
        }
        batches += 1;
        // The last thing of a batch: when it is on the desk, all before it is.
        service.play_line(&format!("c0 texts \"batch {batches}\"")).ok();
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    ExitCode::SUCCESS
}

struct Service {
    child: Child,
    orders: ChildStdin,
    told: Value,
}

impl Drop for Service {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

fn start(seed: u64) -> Result<Service, String> {
    let program = std::env::current_exe().map_err(|error| error.to_string())?;
    let mut child = Command::new(program)
        .args(["serve", "--seed", &seed.to_string()])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| error.to_string())?;
    let orders = child.stdin.take().ok_or("no way in")?;
    let mut line = String::new();
    BufReader::new(child.stdout.take().ok_or("no way out")?).read_line(&mut line).map_err(|error| error.to_string())?;
    let told = serde_json::from_str(&line).map_err(|error| error.to_string())?;
    Ok(Service { child, orders, told })
}

async fn soak(events: u64, seed: u64) -> Result<Value, String> {
    let mut service = start(seed)?;
    let word = |name: &str| service.told[name].as_str().unwrap_or_default().to_owned();
    let (address, credential) =
        (word("address"), Credential::Password { email: word("email"), password: word("password") });
    let (batch, live) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicBool::new(false)));
    let heard = Arc::new(AtomicU64::new(0));
    let counting = Arc::clone(&heard);
    let shift = Shift::start(Ports {
        vault: Arc::new(NoVault),
        bell: Box::new(Deaf),
        clock,
        steady: ringside_shift::steady,
        reader: None,
        ledger: None,
        tap: Some(Box::new(move |_| {
            counting.fetch_add(1, Ordering::Relaxed);
        })),
    });
    let (seen, up) = (Arc::clone(&batch), Arc::clone(&live));
    let sink = Sink::new(move |told| {
        for patch in told.patches {
            match patch {
                Patch::PutMessage { message } => {
                    if let Some(number) = message.text.strip_prefix("batch ").and_then(|number| number.parse().ok()) {
                        seen.fetch_max(number, Ordering::Relaxed);
                    }
                }
                Patch::PutLink { link } => up.store(link.live, Ordering::Relaxed),
                _ => {}
            }
        }
        true
    });
    shift.watch(sink).await.map_err(|problem| problem.to_string())?;
    shift.sign_in(address, credential, true).await.map_err(|problem| problem.to_string())?;
    let began = Instant::now();
    let (mut first, mut batches, mut resets) = (None, 0, 0);
    while heard.load(Ordering::Relaxed) < events {
        wait_for("a live link", || live.load(Ordering::Relaxed)).await?;
        batches += 1;
        writeln!(service.orders, "go").map_err(|error| error.to_string())?;
        wait_for("a batch", || batch.load(Ordering::Relaxed) >= batches).await?;
        if batches % RESET_EVERY == 0 {
            resets += 1;
            writeln!(service.orders, "reset").map_err(|error| error.to_string())?;
            wait_for("the loss", || !live.load(Ordering::Relaxed)).await?;
            shift.retry_now().await.map_err(|problem| problem.to_string())?;
        }
        if batches % SHOWN_EVERY == 0 {
            let so_far = heard.load(Ordering::Relaxed);
            writeln!(std::io::stderr(), "{so_far} of {events} events, {} KiB", memory_kib()).ok();
        }
        if first.is_none() && heard.load(Ordering::Relaxed) >= FIRST {
            wait_for("a live link", || live.load(Ordering::Relaxed)).await?;
            shift.away_seen().await.map_err(|problem| problem.to_string())?;
            first = Some((memory_at_rest_kib().await, resident_kib()));
        }
    }
    wait_for("a live link", || live.load(Ordering::Relaxed)).await?;
    shift.away_seen().await.map_err(|problem| problem.to_string())?;
    let ((first, first_resident), last) = (first.ok_or("too few events")?, memory_at_rest_kib().await);
    #[expect(clippy::cast_precision_loss, reason = "kibibytes of one process fit")]
    let growth = (last as f64 - first as f64) / first as f64 * 100.0;
    Ok(json!({
        "events": heard.load(Ordering::Relaxed), "batches": batches, "reconnects": resets,
        "first_kib": first, "last_kib": last, "growth_percent": (growth * 100.0).round() / 100.0,
        "within_2_percent": growth <= 2.0, "first_resident_kib": first_resident,
        "last_resident_kib": resident_kib(), "seconds": began.elapsed().as_secs(),
    }))
}

/// The least that is in use while nothing comes: lists that are being read
/// again after a reset are no growth.
async fn memory_at_rest_kib() -> u64 {
    let mut least = u64::MAX;
    for _ in 0..RESTS_FOR.as_millis() / LOOKS_EVERY.as_millis() {
        tokio::time::sleep(LOOKS_EVERY).await;
        least = least.min(memory_kib());
    }
    least
}

/// What is in use. What the allocator keeps back for later says more about the
/// allocator than about what the shift keeps, so that is told beside it.
fn memory_kib() -> u64 {
    let in_use = epoch::advance().and_then(|_| stats::allocated::read()).unwrap_or_default();
    u64::try_from(in_use / 1024).unwrap_or(u64::MAX)
}

fn resident_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or_default()
}

async fn wait_for(what: &str, is_so: impl Fn() -> bool) -> Result<(), String> {
    let deadline = Instant::now() + PATIENCE;
    while !is_so() {
        if Instant::now() > deadline {
            return Err(format!("waited in vain for {what}"));
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    Ok(())
}

fn say(line: &str) {
    // Nobody reading is no reason to end.
    writeln!(std::io::stdout(), "{line}").ok();
}
