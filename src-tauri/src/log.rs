//! The log on standard error: states and event kinds, no payloads, no addresses
//! with a query. Only our own crates speak in it, at any level, because other
//! people's debug lines may hold a request with its token.

use tracing_subscriber::EnvFilter;

const OURS: [&str; 5] = ["ringside", "ringside_shift", "ringside_desk", "voipbin_client", "voipbin_simulator"];

/// Starts the log. `RINGSIDE_LOG` sets the level of our own crates.
pub(crate) fn start() {
    let level = std::env::var("RINGSIDE_LOG").ok().filter(|level| is_level(level)).unwrap_or_else(|| "info".to_owned());
    let filter: Vec<String> = OURS.iter().map(|name| format!("{name}={level}")).collect();
    tracing_subscriber::fmt().with_writer(std::io::stderr).with_env_filter(EnvFilter::new(filter.join(","))).init();
}

fn is_level(word: &str) -> bool {
    ["error", "warn", "info", "debug", "trace"].contains(&word)
}
