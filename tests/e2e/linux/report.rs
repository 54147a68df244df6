//! What the run leaves behind.

use std::io::Write as _;
use std::path::Path;

use serde::Serialize;

use super::Done;

/// `report.json`.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Report {
    pub(crate) steps: Vec<Step>,
    /// The very first pop after a start, whose window has never been painted.
    pub(crate) first_painted_pop_ms: Option<f64>,
    pub(crate) latency: Option<Latency>,
    /// From just before the address book's answer to the name in the pop.
    pub(crate) name_after_lookup_ms: Option<Spread>,
}

#[derive(Debug, Serialize)]
pub(crate) struct Step {
    pub(crate) name: &'static str,
    pub(crate) ok: bool,
    pub(crate) ms: u128,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) problem: Option<String>,
}

/// From just before the server writes the event.
#[derive(Debug, Serialize)]
pub(crate) struct Latency {
    pub(crate) calls: usize,
    pub(crate) to_toast_ms: Spread,
    pub(crate) to_painted_pop_ms: Spread,
}

#[derive(Debug, Serialize)]
pub(crate) struct Spread {
    pub(crate) median: f64,
    pub(crate) worst: f64,
}

impl Spread {
    pub(crate) fn of(mut values: Vec<f64>) -> Self {
        values.sort_by(f64::total_cmp);
        let at = |index: usize| values.get(index).copied().unwrap_or(f64::NAN);
        Self { median: at(values.len() / 2), worst: at(values.len().saturating_sub(1)) }
    }
}

impl Report {
    pub(crate) fn write(&self, folder: &Path) -> Done {
        std::fs::write(folder.join("report.json"), serde_json::to_vec_pretty(self)?)?;
        Ok(())
    }

    pub(crate) fn is_good(&self) -> bool {
        self.steps.iter().all(|step| step.ok)
    }
}

/// The terminal may be gone; that is no reason to fail.
pub(crate) fn say(line: &str) {
    writeln!(std::io::stdout(), "{line}").ok();
}
