//! The outbox under torture: a desk in a process of its own writes replies
//! while everything goes wrong, and is killed again and again.
//! `torture --kills N --seed N` prints one JSON line.

mod desk;

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;
use std::path::PathBuf;
use std::process::{ExitCode, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde_json::json;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::time::{Instant, sleep, timeout};
use voipbin_simulator::{Seen, Simulator};

/// Customers who are answered.
pub(crate) const CUSTOMERS: u32 = 200;
/// A desk is at work within this time.
const STARTS_WITHIN: Duration = Duration::from_secs(30);
/// Once nothing goes wrong any more, all is settled within this time.
const SETTLES_WITHIN: Duration = Duration::from_secs(900);

type Problem = Box<dyn std::error::Error + Send + Sync>;

/// What the desk says, a line each.
pub(crate) const READY: &str = "ready";
pub(crate) const ACCEPTED: &str = "accepted ";
pub(crate) const SETTLED: &str = "settled";

#[tokio::main]
async fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let value = |name: &str| {
        let at = words.iter().position(|word| word == name)?;
        words.get(at + 1)?.parse::<u64>().ok()
    };
    let result = match &words[..] {
        [word, home, address] if word == "desk" => desk::work(&PathBuf::from(home), address).await.map(|()| true),
        _ => torture(value("--kills").unwrap_or(300), value("--seed").unwrap_or(1)).await,
    };
    match result {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(problem) => {
            say(&json!({"problem": problem.to_string()}).to_string());
            ExitCode::FAILURE
        }
    }
}

async fn torture(kills: u64, seed: u64) -> Result<bool, Problem> {
    let began = Instant::now();
    let mut dice = fastrand::Rng::with_seed(seed);
    let service = Simulator::start().await?;
    let delivered = listen(&service);
    for customer in 0..CUSTOMERS {
        service.play_line(&format!("caller c{customer} +1556{customer:07}\nc{customer} texts \"Hello\""))?;
    }
    let home = TempDir::new()?;
    let mut accepted = BTreeSet::new();
    let mut written = 0_u64;
    for kill in 0..kills {
        let mut desk = Desk::start(&home, &service).await?;
        let end = Instant::now() + Duration::from_millis(dice.u64(1..1500));
        while Instant::now() < end {
            match dice.u8(..16) {
                0 | 1 => go_wrong(&service, &mut dice)?,
                // What went wrong long enough does so no more: else nothing else would happen.
                2 => service.play_line("nothing goes wrong")?,
                _ => {}
            }
            written += 1;
            let customer = dice.u32(..CUSTOMERS);
            desk.write(customer, written).await;
            let pause = Instant::now() + Duration::from_millis(dice.u64(1..120));
            desk.hear_until(pause.min(end), &mut accepted).await;
        }
        desk.kill(&mut accepted).await?;
        if (kill + 1) % 50 == 0 {
            tracing_line(kill + 1, accepted.len(), began);
        }
    }
    service.play_line("nothing goes wrong")?;
    let mut desk = Desk::start(&home, &service).await?;
    let is_settled = desk.settles(&mut accepted).await;
    desk.kill(&mut accepted).await?;
    let delivered = delivered.lock().unwrap_or_else(PoisonError::into_inner);
    let times = |text: &String| delivered.get(text).copied().unwrap_or_default();
    let lost: Vec<&String> = accepted.iter().filter(|text| times(text) == 0).collect();
    let doubled: Vec<&String> = delivered.iter().filter(|(_, times)| **times > 1).map(|(text, _)| text).collect();
    let line = json!({
        "kills": kills, "seed": seed, "written": written, "accepted": accepted.len(),
        "delivered_once": accepted.iter().filter(|text| times(text) == 1).count(),
        "lost": lost.len(), "doubled": doubled.len(), "settled": is_settled, "seconds": began.elapsed().as_secs(),
        "first_lost": lost.into_iter().take(5).collect::<Vec<_>>(),
        "first_doubled": doubled.into_iter().take(5).collect::<Vec<_>>(),
    });
    say(&line.to_string());
    Ok(is_settled && line["lost"] == 0 && line["doubled"] == 0)
}

/// How often each text reached the service.
fn listen(service: &Simulator) -> Arc<Mutex<BTreeMap<String, u32>>> {
    let delivered: Arc<Mutex<BTreeMap<String, u32>>> = Arc::default();
    let (mut seen, counted) = (service.watch(), Arc::clone(&delivered));
    tokio::spawn(async move {
        while let Ok(seen) = seen.recv().await {
            if let Seen::Text { text, .. } = seen {
                *counted.lock().unwrap_or_else(PoisonError::into_inner).entry(text).or_default() += 1;
            }
        }
    });
    delivered
}

fn go_wrong(service: &Simulator, dice: &mut fastrand::Rng) -> Result<(), Problem> {
    let times = dice.u8(1..4);
    let line = match dice.u8(..12) {
        0 | 1 => format!("lose the next {times} texts"),
        2..=4 => format!("swallow the answers to the next {times} texts"),
        5 | 6 => format!("delay the next {times} texts by {}ms", dice.u16(1..2000)),
        7 => format!("answer 429 to the next {times} texts"),
        8 => format!("answer 503 to the next {times} texts"),
        9 => format!("answer 409 to the next {times} texts"),
        10 => "reset the link".to_owned(),
        _ => format!("restart for {}ms", dice.u16(1..500)),
    };
    Ok(service.play_line(&line)?)
}

/// A desk in a process of its own.
struct Desk {
    process: Child,
    ear: Lines<BufReader<ChildStdout>>,
    mouth: ChildStdin,
}

impl Desk {
    async fn start(home: &TempDir, service: &Simulator) -> Result<Self, Problem> {
        let mut process = Command::new(std::env::current_exe()?)
            .arg("desk")
            .arg(home.path())
            .arg(service.address())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let (Some(out), Some(mouth)) = (process.stdout.take(), process.stdin.take()) else {
            return Err("the desk has no mouth or no ear".into());
        };
        let mut ear = BufReader::new(out).lines();
        let is_ready = async {
            while let Some(line) = ear.next_line().await? {
                if line == READY {
                    return Ok::<_, Problem>(true);
                }
            }
            Ok(false)
        };
        match timeout(STARTS_WITHIN, is_ready).await {
            Ok(Ok(true)) => Ok(Self { process, ear, mouth }),
            other => Err(format!("the desk did not start: {other:?}").into()),
        }
    }

    async fn write(&mut self, customer: u32, number: u64) {
        let line = format!("+1556{customer:07}\treply number {number}.\n");
        if self.mouth.write_all(line.as_bytes()).await.is_err() {
            say("the desk does not listen");
        }
    }

    async fn hear_until(&mut self, end: Instant, accepted: &mut BTreeSet<String>) {
        while let Ok(Ok(Some(line))) = tokio::time::timeout_at(end, self.ear.next_line()).await {
            accepted.extend(line.strip_prefix(ACCEPTED).map(str::to_owned));
        }
    }

    /// What it said before it died counts.
    async fn kill(mut self, accepted: &mut BTreeSet<String>) -> Result<(), Problem> {
        self.process.kill().await?;
        while let Ok(Some(line)) = self.ear.next_line().await {
            accepted.extend(line.strip_prefix(ACCEPTED).map(str::to_owned));
        }
        Ok(())
    }

    async fn settles(&mut self, accepted: &mut BTreeSet<String>) -> bool {
        let end = Instant::now() + SETTLES_WITHIN;
        while let Ok(Ok(Some(line))) = tokio::time::timeout_at(end, self.ear.next_line()).await {
            if line == SETTLED {
                // Receipts and counts come in.
                sleep(Duration::from_secs(1)).await;
                return true;
            }
            accepted.extend(line.strip_prefix(ACCEPTED).map(str::to_owned));
        }
        false
    }
}

fn tracing_line(kills: u64, accepted: usize, began: Instant) {
    // To whoever watches; the result is one line on the other channel.
    writeln!(std::io::stderr(), "{kills} kills, {accepted} accepted, {} s", began.elapsed().as_secs()).ok();
}

pub(crate) fn say(line: &str) {
    // Nobody reading is no reason to end.
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}").and_then(|()| out.flush()).ok();
}
