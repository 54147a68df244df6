//! How fast is it? `bench` plays the same flood to a bare reader, to a decoder,
//! to our whole path, to Node and to Python, prints a table for each dialect,
//! and as its last line one JSON object.

mod flood;
mod frames;
mod ours;
mod readers;
mod rules;

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, Command, ExitCode, Stdio};

use serde_json::{Value, json};
use voipbin_simulator::Dialect;

type Problem = Box<dyn std::error::Error + Send + Sync>;

/// The app's own.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Live things in the flood.
const LIVE: usize = 1000;
/// Each reader is measured so often; the middle counts.
const TIMES: usize = 3;

#[tokio::main]
async fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    match run(&words).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            say(&format!("bench: {problem}"));
            ExitCode::FAILURE
        }
    }
}

async fn run(words: &[String]) -> Result<(), Problem> {
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words[..] {
        ["flood", word, live, events] => Ok(flood::serve(dialect(word)?, live.parse()?, events.parse()?, None).await?),
        ["flood", word, live, events, per_second] => {
            Ok(flood::serve(dialect(word)?, live.parse()?, events.parse()?, Some(per_second.parse()?)).await?)
        }
        ["token"] => {
            say(&flood::token());
            Ok(())
        }
        ["read", how, address, events] => {
            let took = readers::read(address, events.parse()?, how == "typed").await?;
            say(&json!({"seconds": took.as_secs_f64()}).to_string());
            Ok(())
        }
        ["ours", word, address, events] => {
            let dialect = match dialect(word)? {
                Dialect::Documented => voipbin_client::Dialect::Documented,
                Dialect::Live => voipbin_client::Dialect::Live,
            };
            let (took, told) = ours::whole(address, dialect, LIVE, events.parse()?).await?;
            say(&json!({"seconds": took.as_secs_f64(), "told": told}).to_string());
            Ok(())
        }
        ["cost", word, live] => {
            say(&json!({"nanoseconds": ours::per_event(dialect(word)?, live.parse()?)}).to_string());
            Ok(())
        }
        ["memory"] => {
            let (call, text) = ours::memory();
            say(&json!({"bytes_per_call": call, "bytes_per_text": text}).to_string());
            Ok(())
        }
        ["rules"] => {
            rules::measure();
            Ok(())
        }
        ["all", node, python] => all(node, python),
        _ => Err("usage: bench all NODE-FOLDER PYTHON | bench rules".into()),
    }
}

fn dialect(word: &str) -> Result<Dialect, Problem> {
    match word {
        "documented" => Ok(Dialect::Documented),
        "live" => Ok(Dialect::Live),
        _ => Err(format!("no such dialect: {word}").into()),
    }
}

fn all(node: &str, python: &str) -> Result<(), Problem> {
    let mut results = json!({});
    for word in ["documented", "live"] {
        let reader = |how: &'static str| {
            move |address: &str, events: usize| {
                let mut command = own();
                command.args(["read", how, address, &events.to_string()]);
                command
            }
        };
        let ours = |address: &str, events: usize| {
            let mut command = own();
            command.args(["ours", word, address, &events.to_string()]);
            command
        };
        let node = |address: &str, events: usize| {
            let mut command = Command::new("node");
            command.arg(format!("{node}/seed.mjs")).args([address, &events.to_string()]);
            command
        };
        let python = |address: &str, events: usize| {
            let mut command = Command::new(python);
            command.arg("tests/bench/seed.py").args([address, &events.to_string()]);
            command
        };
        let mut rows = vec![
            ("raw_read", "bare tokio-tungstenite read", measured(word, 1_000_000, &reader("raw"))?),
            ("typed_decode", "the same with a typed serde decode", measured(word, 1_000_000, &reader("typed"))?),
            ("ours", "our whole path to patches as JSON", measured(word, 1_000_000, &ours)?),
            ("node_ws", "Node ws, the documentation's handler", measured(word, 500_000, &node)?),
        ];
        rows.push(("python", "Python websocket-client, the documentation's handler", measured(word, 50_000, &python)?));
        let of = |name: &str| rows.iter().find(|row| row.0 == name).map_or(1.0, |row| row.2);
        say(&format!("\n{word} dialect, {LIVE} live things\n"));
        say(&format!("{:<56}{:>14}{:>10}", "", "events/s", "ours is"));
        for (_, what, rate) in &rows {
            say(&format!("{what:<56}{rate:>14.0}{:>9.2}×", of("ours") / rate));
        }
        let measured: Value = rows.iter().map(|(name, _, rate)| ((*name).to_owned(), json!(rate.round()))).collect();
        results[word] = measured;
    }
    for word in ["documented", "live"] {
        // By turns, so that a slow minute of the machine falls on all of them.
        let mut costs = [10, 1000, 100_000].map(|live| (live, Vec::new()));
        for _ in 0..TIMES {
            for (live, took) in &mut costs {
                let answer = told(own().args(["cost", word, &live.to_string()]))?;
                took.push(answer["nanoseconds"].as_f64().ok_or("no cost was told")?);
            }
        }
        let cost = costs.map(|(_, took)| middle(took));
        say(&format!(
            "\n{word}: one event costs {:.0} ns with 10 live things, {:.0} ns with 1,000, {:.0} ns with 100,000 ({:.2}×)",
            cost[0],
            cost[1],
            cost[2],
            cost[2] / cost[0]
        ));
        results[word]["cost_ns"] = json!(cost.iter().map(|cost| cost.round()).collect::<Vec<_>>());
    }
    let memory = told(own().arg("memory"))?;
    say(&format!("\nmemory: {} bytes per live call, {} per text", memory["bytes_per_call"], memory["bytes_per_text"]));
    let documented = results["documented"].clone();
    let mut line = documented;
    line["live"] = results["live"].clone();
    line["memory"] = memory;
    say(&format!("\n{line}"));
    Ok(())
}

/// Events in a second, the middle of a few runs, each against a flood of its own.
fn measured(word: &str, events: usize, make: &dyn Fn(&str, usize) -> Command) -> Result<f64, Problem> {
    let mut rates = Vec::new();
    for _ in 0..TIMES {
        let mut flood = Flood::start(word, events)?;
        let answer = told(&mut make(&flood.address, events));
        flood.end();
        let seconds = answer?["seconds"].as_f64().filter(|seconds| *seconds > 0.0).ok_or("no time was told")?;
        rates.push(events as f64 / seconds);
    }
    Ok(middle(rates))
}

fn middle(mut some: Vec<f64>) -> f64 {
    some.sort_by(f64::total_cmp);
    some[some.len() / 2]
}

struct Flood {
    child: Child,
    address: String,
}

impl Flood {
    fn start(word: &str, events: usize) -> Result<Self, Problem> {
        let mut child =
            own().args(["flood", word, &LIVE.to_string(), &events.to_string()]).stdout(Stdio::piped()).spawn()?;
        let mut address = String::new();
        BufReader::new(child.stdout.take().ok_or("no output")?).read_line(&mut address)?;
        Ok(Self { child, address: address.trim().to_owned() })
    }

    fn end(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

fn own() -> Command {
    Command::new(std::env::current_exe().unwrap_or_else(|_| "bench".into()))
}

/// The last line that a program prints, as JSON.
fn told(command: &mut Command) -> Result<Value, Problem> {
    let output = command.stderr(Stdio::inherit()).output()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let line = text.lines().last().unwrap_or_default();
    serde_json::from_str(line).map_err(|_| format!("{command:?} said: {text}").into())
}

fn memory_bytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("RssAnon:"));
    let kib: u64 = line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or_default();
    kib * 1024
}

fn say(line: &str) {
    // Nobody reading is no reason to end.
    writeln!(std::io::stdout(), "{line}").ok();
}
