//! How many wait in which queue, and since when, kept as callers come and go:
//! a figure costs no look at everybody.

use std::collections::BTreeMap;

use crate::Millis;
use crate::shelf::ById;

/// The line of callers whose queue nobody has named.
pub(super) const NOWHERE: &str = "";

/// The lines in front of the queues.
#[derive(Debug, Default)]
pub(crate) struct Lines {
    lines: Vec<Line>,
    /// Where the line of a queue is.
    of_queue: ById<usize>,
}

/// How many wait since when.
#[derive(Debug, Default)]
struct Line {
    queue: String,
    since: BTreeMap<Millis, u32>,
    waiting: u32,
}

/// Where a caller is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stand {
    line: usize,
    since: Millis,
}

impl Lines {
    /// A caller stands in line since then, and no longer where it `stood`.
    pub(super) fn stand(&mut self, queue: Option<&str>, since: Millis, stood: Option<Stand>) -> Stand {
        let line = self.line(queue.unwrap_or(NOWHERE));
        let stand = Stand { line, since };
        if stood != Some(stand) {
            if let Some(stood) = stood {
                self.leave(stood);
            }
            let line = &mut self.lines[line];
            *line.since.entry(since).or_default() += 1;
            line.waiting += 1;
        }
        stand
    }

    fn line(&mut self, queue: &str) -> usize {
        if let Some(line) = self.of_queue.get(queue) {
            return *line;
        }
        let line = self.lines.len();
        self.lines.push(Line { queue: queue.to_owned(), ..Line::default() });
        self.of_queue.insert(queue.to_owned(), line);
        line
    }

    /// A caller is gone from its place.
    pub(super) fn leave(&mut self, stand: Stand) {
        let line = &mut self.lines[stand.line];
        line.waiting = line.waiting.saturating_sub(1);
        if let Some(callers) = line.since.get_mut(&stand.since) {
            *callers -= 1;
            if *callers == 0 {
                line.since.remove(&stand.since);
            }
        }
    }

    /// The queue that a caller left for another one.
    pub(super) fn left(&self, stood: Option<Stand>, stands: Option<Stand>) -> Option<&str> {
        let line = stood.map(|stood| stood.line).filter(|line| stands.is_none_or(|stands| stands.line != *line))?;
        self.lines.get(line).map(|line| line.queue.as_str())
    }

    /// How many wait in a queue, and since when the first of them.
    pub(crate) fn of(&self, queue: &str) -> (u32, Option<Millis>) {
        let line = self.of_queue.get(queue).and_then(|line| self.lines.get(*line));
        line.map_or((0, None), |line| (line.waiting, line.longest_since()))
    }

    /// Since when the first of all waits.
    pub(crate) fn longest_since(&self) -> Option<Millis> {
        self.lines.iter().filter_map(Line::longest_since).min()
    }

    /// The queues in which somebody waits, and [`NOWHERE`].
    pub(crate) fn occupied(&self) -> impl Iterator<Item = &str> {
        let queues = self.of_queue.iter().filter(|(_, line)| self.lines[**line].waiting > 0);
        queues.map(|(queue, _)| queue.as_str())
    }
}

impl Line {
    fn longest_since(&self) -> Option<Millis> {
        self.since.first_key_value().map(|(since, _)| *since)
    }
}
