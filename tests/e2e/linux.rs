//! The run itself: a desktop without a screen, and what happens on it.

mod desktop;
mod driver;
mod eyes;
mod flooded;
mod report;
mod server;
mod steps;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use tokio::time::{Instant, sleep, timeout_at};

type Problem = Box<dyn std::error::Error + Send + Sync>;
type Done<T = ()> = Result<T, Problem>;

/// The mode in which the window is flooded instead: `--flood APP BENCH TAURI-DRIVER OUTPUT-FOLDER`.
const FLOOD: &str = "--flood";

/// What stands on the command line.
struct Programs {
    app: PathBuf,
    simulator: PathBuf,
    driver: PathBuf,
    out: PathBuf,
}

/// Plays the morning with the programs on the command line.
#[tokio::main]
pub(crate) async fn play() -> ExitCode {
    let words: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    if let [mode, log, app] = &words[..]
        && mode.as_os_str() == driver::LAUNCH
    {
        return driver::launch(log, app);
    }
    if let [mode, app, bench, driver, out] = &words[..]
        && mode.as_os_str() == FLOOD
    {
        let [app, bench, driver, out] = [app, bench, driver, out].map(Clone::clone);
        return ended(flooded::play(&flooded::Programs { app, bench, driver, out }).await);
    }
    let Ok([app, simulator, driver, out]) = <[PathBuf; 4]>::try_from(words) else {
        report::say("usage: e2e APP SIMULATOR TAURI-DRIVER OUTPUT-FOLDER");
        return ExitCode::FAILURE;
    };
    ended(steps::play(&Programs { app, simulator, driver, out }).await)
}

fn ended(ended: Done<bool>) -> ExitCode {
    match ended {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(problem) => {
            report::say(&format!("e2e: {problem}"));
            ExitCode::FAILURE
        }
    }
}

/// Waits until `ready` says what it found; the deadline names what did not come.
async fn until<T>(what: &str, seconds: u64, mut ready: impl AsyncFnMut() -> Done<Option<T>>) -> Done<T> {
    let deadline = Instant::now() + Duration::from_secs(seconds);
    let mut last = None;
    while Instant::now() < deadline {
        match timeout_at(deadline, ready()).await {
            Ok(Ok(Some(found))) => return Ok(found),
            Ok(Ok(None)) => {}
            Ok(Err(problem)) => last = Some(problem),
            Err(_) => break,
        }
        sleep(Duration::from_millis(10)).await;
    }
    let because = last.map(|problem| format!(": {problem}")).unwrap_or_default();
    Err(format!("{what} did not come within {seconds} s{because}").into())
}
