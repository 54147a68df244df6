//! The simulator on its own: prints where it listens and who can sign in, and
//! plays a scenario.
//!
//! ```text
//! voipbin-simulator [FILE]      plays FILE, or the built-in morning
//! voipbin-simulator --control   reads scenario lines from standard input and
//!                               prints what it sees as JSON lines
//! ```

use std::io::Write as _;
use std::process::ExitCode;

use serde_json::json;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::sync::broadcast::error::RecvError;
use voipbin_simulator::{MORNING, Scenario, Simulator};

#[tokio::main]
async fn main() -> ExitCode {
    let argument = std::env::args().nth(1);
    let done = match argument.as_deref() {
        Some("--control") => control().await,
        file => play(file).await,
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say(&format!("voipbin-simulator: {error}"));
            ExitCode::FAILURE
        }
    }
}

async fn play(file: Option<&str>) -> Result<(), Box<dyn std::error::Error>> {
    let text = match file {
        Some(file) => std::fs::read_to_string(file)?,
        None => MORNING.to_owned(),
    };
    let scenario = Scenario::parse(&text)?;
    let simulator = Simulator::start().await?;
    say(&format!("address     {}", simulator.address()));
    for login in simulator.logins() {
        let role = if login.is_manager { "manager" } else { "agent" };
        say(&format!("{role:<11} {}  password {}", login.email, login.password));
    }
    say(&format!("access key  {}", simulator.access_key()));
    say("Stop it with Ctrl+C.");
    let playing = simulator.play(scenario);
    tokio::signal::ctrl_c().await?;
    playing.abort();
    Ok(())
}

async fn control() -> Result<(), Box<dyn std::error::Error>> {
    let simulator = Simulator::start().await?;
    let mut seen = simulator.watch();
    say(&json!({"address": simulator.address(), "logins": simulator.logins(), "access_key": simulator.access_key()})
        .to_string());
    tokio::spawn(async move {
        loop {
            match seen.recv().await {
                Ok(seen) => say(&json!(seen).to_string()),
                Err(RecvError::Lagged(missed)) => say(&json!({"lagged": missed}).to_string()),
                Err(RecvError::Closed) => return,
            }
        }
    });
    let mut lines = BufReader::new(tokio::io::stdin()).lines();
    while let Some(line) = lines.next_line().await? {
        if let Err(error) = simulator.play_line(&line) {
            say(&json!({"error": error.to_string()}).to_string());
        }
    }
    Ok(())
}

/// Whoever started the program may have closed its output; that is no reason to end.
fn say(line: &str) {
    writeln!(std::io::stdout(), "{line}").ok();
}
