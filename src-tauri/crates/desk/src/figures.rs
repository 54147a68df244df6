//! The floor in figures: counted from what became of calls, never guessed.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use crate::board::Tally;
use crate::view::{FiguresView, FloorView, PointView, QueueView};
use crate::{Desk, Millis};

const MINUTE: Millis = 60_000;
const HOUR: Millis = 60 * MINUTE;
const DAY: Millis = 24 * HOUR;
/// The chart's steps.
const STEP: Millis = 5 * MINUTE;
/// A forecast stands on so many waits at least, …
const FORECAST_FROM: usize = 3;
/// … and on the last so many.
const FORECAST_ON: usize = 20;
/// A clock that is set may lead into another day and back.
const DAYS: usize = 3;
/// Minutes that are kept at most, however the clock is set.
const MINUTES: usize = 2 * 24 * 60;
/// Most queues that waits are remembered for.
const QUEUES: usize = 500;

/// What the agent set: when waits turn amber and red, and what counts as in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Thresholds {
    /// Seconds within which a call should be answered.
    pub level_s: i64,
    /// Seconds after which a wait needs attention.
    pub amber_s: i64,
    /// Seconds after which a wait is too long.
    pub red_s: i64,
}

impl Thresholds {
    /// Whether each is within a second and an hour, and amber does not come after red.
    pub fn are_possible(&self) -> bool {
        let Self { level_s, amber_s, red_s } = *self;
        [level_s, amber_s, red_s].iter().all(|seconds| (1..=3600).contains(seconds)) && amber_s <= red_s
    }
}

impl Default for Thresholds {
    fn default() -> Self {
        Self { level_s: 20, amber_s: 20, red_s: 120 }
    }
}

/// What became of calls within one minute. Small, because a day has many calls.
#[derive(Debug)]
struct Minute {
    began: Millis,
    /// How many callers waited how long for an answer, in seconds, rounded up.
    waits_s: BTreeMap<u16, u32>,
    answered: u32,
    waited: Millis,
    abandoned: u32,
    handled: u32,
    handled_for: Millis,
}

/// How callers of one queue fared.
#[derive(Debug, Default)]
struct OfQueue {
    /// The last waits that ended with an answer.
    waits: VecDeque<Millis>,
    /// Answered and abandoned calls by the day, which begins at its midnight.
    days: BTreeMap<Millis, (u32, u32)>,
}

impl OfQueue {
    fn of(&self, day: Millis) -> (u32, u32) {
        self.days.get(&day).copied().unwrap_or_default()
    }

    fn on(&mut self, day: Millis) -> &mut (u32, u32) {
        while self.days.len() >= DAYS && !self.days.contains_key(&day) {
            self.days.pop_first();
        }
        self.days.entry(day).or_default()
    }
}

/// What became of calls over the last day.
#[derive(Debug, Default)]
pub(crate) struct Figures {
    minutes: VecDeque<Minute>,
    queues: BTreeMap<String, OfQueue>,
    changed_queues: BTreeSet<String>,
    /// The midnight of today.
    day: Millis,
}

impl Figures {
    pub(crate) fn answered(&mut self, queue: Option<&str>, at: Millis, waited: Millis) {
        let waited = waited.max(0);
        let minute = self.minute(at);
        *minute.waits_s.entry(u16::try_from((waited + 999) / 1000).unwrap_or(u16::MAX)).or_default() += 1;
        minute.answered += 1;
        minute.waited = minute.waited.saturating_add(waited);
        let day = self.day;
        if let Some(of_queue) = queue.and_then(|queue| self.of_queue(queue)) {
            of_queue.on(day).0 += 1;
            of_queue.waits.push_back(waited);
            if of_queue.waits.len() > FORECAST_ON {
                of_queue.waits.pop_front();
            }
        }
    }

    pub(crate) fn abandoned(&mut self, queue: Option<&str>, at: Millis) {
        self.minute(at).abandoned += 1;
        let day = self.day;
        if let Some(of_queue) = queue.and_then(|queue| self.of_queue(queue)) {
            of_queue.on(day).1 += 1;
        }
    }

    pub(crate) fn handled(&mut self, at: Millis, took: Millis) {
        let minute = self.minute(at);
        minute.handled += 1;
        minute.handled_for = minute.handled_for.saturating_add(took.max(0));
    }

    /// Seconds that the callers of a queue waited lately: the middle one, which
    /// a single long wait does not move.
    pub(crate) fn likely_s(&self, queue: &str) -> Option<i64> {
        let waits = &self.queues.get(queue)?.waits;
        if waits.len() < FORECAST_FROM {
            return None;
        }
        let mut sorted: Vec<Millis> = waits.iter().copied().collect();
        sorted.sort_unstable();
        sorted.get(sorted.len() / 2).map(|middle| middle / 1000)
    }

    /// The minute of a moment; what is told late finds its minute too.
    fn minute(&mut self, at: Millis) -> &mut Minute {
        let began = at.div_euclid(MINUTE) * MINUTE;
        let place = self.minutes.partition_point(|minute| minute.began < began);
        if self.minutes.get(place).is_none_or(|minute| minute.began != began) {
            let new = Minute {
                began,
                waits_s: BTreeMap::new(),
                answered: 0,
                waited: 0,
                abandoned: 0,
                handled: 0,
                handled_for: 0,
            };
            self.minutes.insert(place, new);
        }
        &mut self.minutes[place]
    }

    fn of_queue(&mut self, queue: &str) -> Option<&mut OfQueue> {
        if !self.queues.contains_key(queue) && self.queues.len() >= QUEUES {
            return None;
        }
        if !self.changed_queues.contains(queue) {
            self.changed_queues.insert(queue.to_owned());
        }
        Some(self.queues.entry(queue.to_owned()).or_default())
    }

    fn of(&self, from: Millis, level_s: i64) -> FiguresView {
        let from = from.div_euclid(MINUTE) * MINUTE;
        let minutes = || self.minutes.iter().filter(move |minute| minute.began >= from);
        let answered = minutes().map(|minute| minute.answered).sum();
        let handled: u32 = minutes().map(|minute| minute.handled).sum();
        let in_time = minutes().map(|minute| minute.in_time(level_s)).sum();
        let abandoned = minutes().map(|minute| minute.abandoned).sum();
        FiguresView {
            answered,
            in_time,
            abandoned,
            level_percent: level_percent(in_time, answered + abandoned),
            average_wait_s: average_s(minutes().map(|minute| minute.waited).sum(), answered),
            average_handle_s: average_s(minutes().map(|minute| minute.handled_for).sum(), handled),
        }
    }

    fn chart(&self, level_s: i64, now: Millis) -> Vec<PointView> {
        let first = now.div_euclid(STEP) * STEP - HOUR + STEP;
        let mut steps = [(0_u32, 0_u32); 12];
        for minute in self.minutes.iter().rev().take_while(|minute| minute.began >= first) {
            let step = usize::try_from((minute.began - first).div_euclid(STEP)).ok();
            let Some((calls, in_time)) = step.and_then(|step| steps.get_mut(step)) else { continue };
            *calls += minute.answered + minute.abandoned;
            *in_time += minute.in_time(level_s);
        }
        let at = (0..).map(|step| first + step * STEP);
        at.zip(steps)
            .map(|(at, (calls, in_time))| PointView { at, percent: level_percent(in_time, calls), calls })
            .collect()
    }

    /// Minutes go by their number and not by their age, which a clock that is
    /// set ahead by mistake would say of all of them.
    fn forget_the_oldest(&mut self) {
        while self.minutes.len() > MINUTES {
            self.minutes.pop_front();
        }
    }

    /// Another day, the next or one before: the queues count in it.
    fn new_day(&mut self, midnight: Millis) {
        self.day = midnight;
        self.changed_queues.extend(self.queues.keys().cloned());
    }

    /// See [`Desk::clock_jumped`]: what was counted later than now was counted
    /// by the wrong clock.
    pub(crate) fn clock_jumped(&mut self, by: Millis, now: Millis) {
        if by >= 0 {
            return;
        }
        let ahead = self.minutes.partition_point(|minute| minute.began <= now);
        for wrong in self.minutes.split_off(ahead) {
            let right = self.minute((wrong.began + by).min(now));
            for (waited, calls) in wrong.waits_s {
                *right.waits_s.entry(waited).or_default() += calls;
            }
            right.answered += wrong.answered;
            right.waited += wrong.waited;
            right.abandoned += wrong.abandoned;
            right.handled += wrong.handled;
            right.handled_for += wrong.handled_for;
        }
    }
}

impl Minute {
    fn in_time(&self, level_s: i64) -> u32 {
        self.waits_s.iter().take_while(|(waited, _)| i64::from(**waited) <= level_s).map(|(_, calls)| calls).sum()
    }
}

impl Desk {
    /// Other thresholds.
    pub fn thresholds(&mut self, thresholds: Thresholds, now: Millis) {
        self.thresholds = thresholds;
        self.count_floor(now);
    }

    /// The figures count from this moment on: before it nobody was here.
    pub fn opened(&mut self, now: Millis) {
        (self.opened_at, self.counts_from) = (now, now);
    }

    /// Today began at this moment by the agent's own clock, which may be set
    /// either way.
    pub fn day_began(&mut self, midnight: Millis) {
        let opened_today = (midnight..midnight.saturating_add(DAY)).contains(&self.opened_at);
        self.counts_from = if opened_today { self.opened_at } else { midnight };
        if midnight != self.figures.day {
            self.figures.new_day(midnight);
        }
    }

    /// The agent has heard that somebody waits: no tone for those.
    pub fn waits_heard(&mut self) {
        self.waits.update_all(|wait| {
            wait.is_heard = true;
            false
        });
        self.floor_is_old = true;
    }

    /// Counts what the clock moves; to be called about once a second.
    pub(crate) fn count_floor(&mut self, now: Millis) {
        self.figures.forget_the_oldest();
        let level_s = self.thresholds.level_s;
        self.floor.today = self.figures.of(self.counts_from, level_s);
        self.floor.hour = self.figures.of(now - HOUR, level_s);
        self.floor.chart = self.figures.chart(level_s, now);
        self.recount_floor();
    }

    /// Counts what stands on the board and in the queues.
    pub(crate) fn recount_floor(&mut self) {
        self.floor_is_old = false;
        let Tally { ringing, talking, waiting } = self.on_board;
        self.floor = FloorView {
            ringing,
            talking,
            waiting,
            longest_since: self.lines.longest_since(),
            level_s: self.thresholds.level_s,
            amber_s: self.thresholds.amber_s,
            red_s: self.thresholds.red_s,
            counts_from: self.counts_from,
            calls_for_attention: self.somebody_calls_for_attention(),
            ..self.floor.clone()
        };
    }

    /// A queue as it stands.
    pub(crate) fn queue_view(&self, id: &str) -> QueueView {
        let (waiting, longest_since) = self.lines.of(id);
        let (answered, abandoned) =
            self.figures.queues.get(id).map_or((0, 0), |of_queue| of_queue.of(self.figures.day));
        QueueView {
            id: id.to_owned(),
            name: self.queue_name(id),
            mine: self.is_my_queue(id),
            waiting,
            longest_since,
            likely_s: self.figures.likely_s(id),
            answered,
            abandoned,
        }
    }

    pub(crate) fn take_changed_queues(&mut self) -> BTreeSet<String> {
        let mut changed = std::mem::take(&mut self.figures.changed_queues);
        changed.append(&mut self.changed_queues);
        changed
    }
}

impl FloorView {
    /// A floor on which nothing has happened yet.
    pub(crate) fn quiet(counts_from: Millis) -> Self {
        let thresholds = Thresholds::default();
        let none = FiguresView {
            answered: 0,
            in_time: 0,
            abandoned: 0,
            level_percent: None,
            average_wait_s: None,
            average_handle_s: None,
        };
        Self {
            ringing: 0,
            talking: 0,
            waiting: 0,
            longest_since: None,
            level_s: thresholds.level_s,
            amber_s: thresholds.amber_s,
            red_s: thresholds.red_s,
            counts_from,
            today: none.clone(),
            hour: none,
            chart: Vec::new(),
            calls_for_attention: false,
        }
    }
}

/// The service level: answered in time, of all answered and abandoned.
fn level_percent(in_time: u32, calls: u32) -> Option<u32> {
    (200 * u64::from(in_time) + u64::from(calls))
        .checked_div(2 * u64::from(calls))
        .and_then(|percent| u32::try_from(percent).ok())
}

fn average_s(sum: Millis, count: u32) -> Option<i64> {
    let count = i64::from(count);
    (sum + 500 * count).checked_div(1000 * count)
}
