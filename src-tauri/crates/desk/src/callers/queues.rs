//! The queues: what they are called, whose they are, and who waits in which.
//!
//! How many wait and since when is kept as callers come and go: a figure costs
//! no look at everybody.

use ringside_words::{Message, say};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::hash::BuildHasher as _;

use foldhash::fast::RandomState;
use voipbin_wire::{QueueFact, QueueName, one_line};

use crate::Millis;
use crate::shelf::{ById, set};

/// A queue that was told of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Queue(u32);

/// The callers whose queue nobody has named stand in this one's line.
const NOWHERE: usize = 0;

/// The queues and the lines in front of them.
#[derive(Debug)]
pub(crate) struct Queues {
    lines: Vec<Line>,
    of: ById<Queue>,
    /// Which queue a place in a queue is in, where the queues say it. By a hash
    /// of the place's name.
    places: HashMap<u64, Queue, RandomState>,
    /// Which tags this agent has.
    my_tags: Option<Vec<String>>,
    /// Those to be drawn again.
    changed: Vec<Queue>,
}

/// A queue and who waits in it since when.
#[derive(Debug, Default)]
struct Line {
    id: Box<str>,
    name: Option<Box<str>>,
    /// Which tags it asks of its agents.
    tags: Option<Vec<String>>,
    /// This agent's own topic told of it.
    is_told_as_mine: bool,
    is_changed: bool,
    since: BTreeMap<Millis, u32>,
    waiting: u32,
}

/// Where a caller is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stand {
    line: usize,
    since: Millis,
}

impl Default for Queues {
    fn default() -> Self {
        Self {
            lines: vec![Line::default()],
            of: ById::default(),
            places: HashMap::default(),
            my_tags: None,
            changed: Vec::new(),
        }
    }
}

impl Queues {
    /// The queue that is called so by the service.
    pub(crate) fn of(&mut self, id: &str) -> Queue {
        if let Some(queue) = self.of.get(id) {
            return *queue;
        }
        let queue = Queue(u32::try_from(self.lines.len()).unwrap_or(u32::MAX));
        self.lines.push(Line { id: id.into(), ..Line::default() });
        self.of.insert(id.to_owned(), queue);
        queue
    }

    fn line(&self, queue: Queue) -> &Line {
        self.lines.get(queue.0 as usize).unwrap_or(&self.lines[NOWHERE])
    }

    /// What the service calls a queue.
    pub(crate) fn id(&self, queue: Queue) -> &str {
        &self.line(queue).id
    }

    /// What people call a queue.
    pub(crate) fn name(&self, queue: Queue) -> String {
        let line = self.line(queue);
        line.name.as_deref().map_or_else(|| format!("#{}", line.id.chars().take(8).collect::<String>()), str::to_owned)
    }

    /// The name of a caller's place in a queue, as a number.
    pub(crate) fn place(&self, fact: &QueueFact, call: &str, queue: Option<Queue>) -> Option<u64> {
        let hasher = self.places.hasher();
        match (&fact.id, queue) {
            (Some(place), _) => Some(hasher.hash_one(place.as_str())),
            (None, Some(queue)) => Some(hasher.hash_one((call, queue.0))),
            (None, None) => None,
        }
    }

    /// The queue that a fact is about.
    pub(crate) fn told(&mut self, fact: &QueueFact) -> Option<Queue> {
        match (&fact.queue_id, &fact.id) {
            (Some(queue), _) => Some(self.of(queue)),
            (None, Some(place)) if !self.places.is_empty() => self.at(self.places.hasher().hash_one(place.as_str())),
            _ => None,
        }
    }

    /// The queue that a place is in, where the queues said it.
    pub(crate) fn at(&self, place: u64) -> Option<Queue> {
        self.places.get(&place).copied()
    }

    /// What the queues are called, and who waits in them. Whether a name or
    /// whose a queue is changed.
    pub(crate) fn named(&mut self, names: Vec<QueueName>) -> bool {
        let mut is_news = false;
        for QueueName { id, name, tag_ids, waiting, served, .. } in names {
            let Some(queue) = id.as_deref().map(|id| self.of(id)) else { continue };
            for place in waiting.iter().chain(&served).flatten() {
                self.places.insert(self.places.hasher().hash_one(place.as_str()), queue);
            }
            self.has_changed(queue);
            let line = &mut self.lines[queue.0 as usize];
            is_news |= set(&mut line.tags, Some(tag_ids.unwrap_or_default()));
            if let Some(name) = name.filter(|name| !name.is_empty()) {
                is_news |= set(&mut line.name, Some(name.into()));
            }
        }
        is_news
    }

    /// Of the places that the queues told only these are still of use.
    pub(crate) fn keep_places(&mut self, used: &BTreeSet<u64>) {
        self.places.retain(|place, _| used.contains(place));
    }

    /// Which tags this agent has.
    pub(crate) fn tagged(&mut self, mine: Vec<String>) -> bool {
        for at in 1..self.lines.len() {
            if self.lines[at].tags.is_some() {
                self.has_changed(Queue(u32::try_from(at).unwrap_or(u32::MAX)));
            }
        }
        set(&mut self.my_tags, Some(mine))
    }

    /// This agent's own topic told of a queue. Whether that is new.
    pub(crate) fn is_told_as_mine(&mut self, queue: Queue) -> bool {
        self.lines.get_mut(queue.0 as usize).is_some_and(|line| set(&mut line.is_told_as_mine, true))
    }

    /// Whether a queue is one of this agent's: its own topic told of it, or the
    /// tags agree (live-service.md, section 3.6). None where nobody tells.
    pub(crate) fn is_mine(&self, queue: Queue) -> Option<bool> {
        let line = self.line(queue);
        if line.is_told_as_mine {
            return Some(true);
        }
        let (wanted, mine) = (line.tags.as_ref()?, self.my_tags.as_ref()?);
        Some(wanted.is_empty() || wanted.iter().any(|tag| mine.contains(tag)))
    }

    /// A queue is to be drawn again.
    pub(crate) fn has_changed(&mut self, queue: Queue) {
        if let Some(line) = self.lines.get_mut(queue.0 as usize)
            && !std::mem::replace(&mut line.is_changed, true)
        {
            self.changed.push(queue);
        }
    }

    /// Those to be drawn again.
    pub(crate) fn take_changed(&mut self) -> Vec<Queue> {
        let changed = std::mem::take(&mut self.changed);
        for queue in &changed {
            if let Some(line) = self.lines.get_mut(queue.0 as usize) {
                line.is_changed = false;
            }
        }
        changed
    }

    /// A caller stands in line since then, and no longer where it `stood`.
    pub(crate) fn stand(&mut self, queue: Option<Queue>, since: Millis, stood: Option<Stand>) -> Stand {
        let stand = Stand { line: queue.map_or(NOWHERE, |queue| queue.0 as usize), since };
        if stood != Some(stand) {
            if let Some(stood) = stood {
                self.leave(stood);
            }
            let line = &mut self.lines[stand.line];
            *line.since.entry(since).or_default() += 1;
            line.waiting += 1;
        }
        stand
    }

    /// A caller is gone from its place.
    pub(crate) fn leave(&mut self, stand: Stand) {
        let line = &mut self.lines[stand.line];
        line.waiting = line.waiting.saturating_sub(1);
        if let Some(callers) = line.since.get_mut(&stand.since) {
            *callers -= 1;
            if *callers == 0 {
                line.since.remove(&stand.since);
            }
        }
        if stand.line != NOWHERE {
            self.has_changed(Queue(u32::try_from(stand.line).unwrap_or(u32::MAX)));
        }
    }

    /// How many wait in a queue, and since when the first of them.
    pub(crate) fn waiting(&self, queue: Queue) -> (u32, Option<Millis>) {
        let line = self.line(queue);
        (line.waiting, line.longest_since())
    }

    /// Since when the first of all waits.
    pub(crate) fn longest_since(&self) -> Option<Millis> {
        self.lines.iter().filter_map(Line::longest_since).min()
    }

    /// Whether somebody waits in a queue that nobody has named.
    pub(crate) fn has_unplaced(&self) -> bool {
        self.lines[NOWHERE].waiting > 0
    }

    /// Whether somebody waits in a queue that may be this agent's.
    pub(crate) fn are_occupied(&self) -> bool {
        let is_mine = |at: usize| self.is_mine(Queue(u32::try_from(at).unwrap_or(u32::MAX))) != Some(false);
        self.lines.iter().enumerate().any(|(at, line)| line.waiting > 0 && is_mine(at))
    }

    /// All that wait, counted.
    #[cfg(debug_assertions)]
    pub(crate) fn all_waiting(&self) -> u32 {
        self.lines.iter().map(|line| line.waiting).sum()
    }
}

impl Line {
    fn longest_since(&self) -> Option<Millis> {
        self.since.first_key_value().map(|(since, _)| *since)
    }
}

/// Why a caller left a queue.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum WhyLeft {
    /// The caller hung up.
    GaveUp,
    /// An agent had the call.
    Served,
    /// The caller went on without an agent, and why.
    SentAway(Message),
}

/// The live service says in its status why a caller left, the documented one in
/// a reason whose words it does not list. A leave for a reason that nobody knows
/// is not called abandoned.
pub(crate) fn why_left(fact: &QueueFact) -> WhyLeft {
    let told = fact.status.as_deref().or(fact.reason.as_deref()).unwrap_or_default();
    let reason = told.trim().to_ascii_lowercase().replace(['-', ' '], "_");
    let why = match reason.as_str() {
        "" | "abandoned" | "abandon" | "abandonment" | "hangup" | "hung_up" | "caller_hangup" | "customer_hangup"
        | "remote_hangup" | "remote" | "caller_left" | "cancel" | "canceled" | "cancelled" | "gave_up"
        | "disconnect" | "disconnected" => return WhyLeft::GaveUp,
        "done" | "service" | "serviced" | "connected" | "answered" | "completed" | "normal" => return WhyLeft::Served,
        "timeout" | "wait_timeout" | "queue_timeout" | "max_wait" => say!("calls-left-timeout"),
        "kicking" | "kick" | "kicked" | "removed" => say!("calls-left-removed"),
        "overflow" | "full" | "queue_full" => say!("calls-left-full"),
        "no_agent" | "no_agents" | "noanswer" | "no_answer" => say!("calls-left-no-agent"),
        "closed" | "queue_closed" | "out_of_hours" => say!("calls-left-closed"),
        "transfer" | "transferred" | "forward" | "forwarded" | "redirected" | "moved" => say!("calls-left-sent-on"),
        "voicemail" => say!("calls-left-voicemail"),
        "callback" => say!("calls-left-callback"),
        _ => Message::verbatim(one_line(told)),
    };
    WhyLeft::SentAway(why)
}
