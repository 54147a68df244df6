//! Plays random schedules of faults through the link and the desk without I/O.
//!
//! `simulate --schedules N --seed N`: one JSON line with what was played and
//! how often something that must hold did not. `simulate --only SEED` plays one.

mod schedule;
mod world;

use std::io::Write as _;
use std::process::ExitCode;
use std::time::Instant;

use schedule::{Outcome, Schedule};
use serde_json::json;

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let value = |name: &str| {
        let at = words.iter().position(|word| word == name)?;
        words.get(at + 1)?.parse::<u64>().ok()
    };
    if let Some(seed) = value("--only") {
        let outcome = Schedule::play(seed);
        say(&format!("{outcome:#?}"));
        return if outcome.violations.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE };
    }
    let (schedules, seed) = (value("--schedules").unwrap_or(200_000), value("--seed").unwrap_or(1));
    let began = Instant::now();
    let threads = std::thread::available_parallelism().map_or(1, usize::from) as u64;
    let played: Vec<(Outcome, Vec<(u64, String)>)> = std::thread::scope(|scope| {
        let play = |thread| scope.spawn(move || play(thread, threads, schedules, seed));
        let running: Vec<_> = (0..threads).map(play).collect();
        running.into_iter().filter_map(|thread| thread.join().ok()).collect()
    });
    let sum = |of: fn(&Outcome) -> u64| played.iter().map(|(outcome, _)| of(outcome)).sum::<u64>();
    let violations: Vec<&(u64, String)> = played.iter().flat_map(|(_, violations)| violations).collect();
    for (seed, what) in violations.iter().take(20) {
        say(&json!({"seed": seed, "violation": what}).to_string());
    }
    let all_played = played.len() as u64 == threads;
    let line = json!({
        "schedules": schedules, "seed": seed, "faults": sum(|of| of.faults), "connects": sum(|of| of.connects),
        "events": sum(|of| of.events), "alerts": sum(|of| of.alerts), "rereads": sum(|of| of.rereads),
        "tokens_refused": sum(|of| of.refused), "violations": violations.len(), "seconds": began.elapsed().as_secs(),
    });
    say(&line.to_string());
    if violations.is_empty() && all_played { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn play(thread: u64, threads: u64, schedules: u64, seed: u64) -> (Outcome, Vec<(u64, String)>) {
    let (mut sum, mut violations) = (Outcome::default(), Vec::new());
    for at in (thread..schedules).step_by(usize::try_from(threads).unwrap_or(1)) {
        let seed = seed.wrapping_mul(1_000_000_007).wrapping_add(at);
        let outcome = Schedule::play(seed);
        sum.faults += outcome.faults;
        sum.connects += outcome.connects;
        sum.events += outcome.events;
        sum.alerts += outcome.alerts;
        sum.rereads += outcome.rereads;
        sum.refused += outcome.refused;
        violations.extend(outcome.violations.into_iter().map(|what| (seed, what)));
    }
    (sum, violations)
}

fn say(line: &str) {
    // Nobody reading is no reason to end.
    writeln!(std::io::stdout(), "{line}").ok();
}
