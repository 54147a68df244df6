//! The log, for the desktop and the command line: states and event kinds, no
//! payloads, no addresses with a query.
//!
//! Only our own crates speak in it, at any level, because other people's debug
//! lines may hold a request with its token. It goes to standard error and, for
//! the desktop, whose standard error nobody sees, into files as well.

mod rotating;

use std::panic::PanicHookInfo;
use std::path::Path;
use std::sync::Arc;

use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, fmt};

pub use rotating::Rotating;

/// Sets the level of our own crates: `error`, `warn`, `info`, `debug` or `trace`.
pub const VARIABLE: &str = "RINGSIDE_LOG";
/// The file in the folder of the log.
pub const FILE: &str = "ringside.log";

const OURS: [&str; 10] = [
    "ringside",
    "ringside_cli",
    "ringside_desk",
    "ringside_ledger",
    "ringside_log",
    "ringside_shift",
    "ringside_vault",
    "voipbin_client",
    "voipbin_simulator",
    "voipbin_wire",
];
const LEVELS: [&str; 5] = ["error", "warn", "info", "debug", "trace"];

/// Starts the log at the level that was asked for, or at this one. With a folder
/// it goes into files there, too; where they cannot be written, it does without.
pub fn start(level: &str, folder: Option<&Path>) {
    let asked = std::env::var(VARIABLE).ok();
    let rotating = folder.map(|folder| Rotating::open(&folder.join(FILE)));
    let (file, trouble) = match rotating {
        Some(Ok(file)) => (Some(fmt::layer().with_ansi(false).with_writer(Arc::new(file))), None),
        Some(Err(error)) => (None, Some(error)),
        None => (None, None),
    };
    let stderr = fmt::layer().with_writer(std::io::stderr);
    tracing_subscriber::registry().with(EnvFilter::new(filter(asked.as_deref(), level))).with(stderr).with(file).init();
    if let Some(error) = trouble {
        tracing::warn!(%error, "the log goes to no file");
    }
    std::panic::set_hook(Box::new(panicked));
}

/// Which lines get through: our own, at the level asked for where it is one, and
/// nobody else's.
pub fn filter(asked: Option<&str>, otherwise: &str) -> String {
    let level = asked.filter(|asked| LEVELS.contains(asked)).unwrap_or(otherwise);
    OURS.map(|name| format!("{name}={level}")).join(",")
}

/// Where it broke, and words that stand in the program. Words made up at run
/// time may hold anything.
fn panicked(broken: &PanicHookInfo<'_>) {
    let at = broken.location().map(ToString::to_string).unwrap_or_default();
    let words = broken.payload().downcast_ref::<&'static str>().copied().unwrap_or_default();
    let thread = std::thread::current();
    tracing::error!(at, words, thread = thread.name(), "broke down");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_level_lets_anybody_elses_lines_through() {
        for asked in
            ["trace", "hyper=trace", "debug,hyper=trace", "ringside_shift=debug,tungstenite=trace", "", "TRACE"]
        {
            let filter = filter(Some(asked), "warn");
            let level = if asked == "trace" { "trace" } else { "warn" };
            for directive in filter.split(',') {
                let (target, of) = directive.split_once('=').unwrap_or_default();
                assert!(OURS.contains(&target), "{asked}: {directive}");
                assert_eq!(of, level, "{asked}: {directive}");
            }
        }
    }
}
