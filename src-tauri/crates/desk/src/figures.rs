//! The floor in figures: counted from what became of calls, never guessed.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use crate::callers::Callers;
use crate::callers::board::Tally;
use crate::callers::queues::Queue;
use crate::view::{FiguresView, FloorView, Patch, PointView, QueueView};
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

/// The floor as it was last counted, and what it is counted by.
#[derive(Debug)]
pub(crate) struct Floor {
    thresholds: Thresholds,
    /// When somebody sat down at this desk; far ahead where nobody said.
    pub(crate) opened_at: Millis,
    /// Since when today's figures count.
    counts_from: Millis,
    view: FloorView,
    shown: FloorView,
    queues_shown: BTreeMap<String, QueueView>,
}

impl Default for Floor {
    fn default() -> Self {
        Self {
            thresholds: Thresholds::default(),
            opened_at: Millis::MAX,
            counts_from: 0,
            view: FloorView::quiet(0),
            shown: FloorView::quiet(0),
            queues_shown: BTreeMap::new(),
        }
    }
}

impl Floor {
    /// Counts what the clock moves; to be called about once a second.
    fn count(&mut self, callers: &mut Callers, now: Millis) {
        callers.figures.forget_the_oldest();
        let level_s = self.thresholds.level_s;
        self.view.today = callers.figures.of(self.counts_from, level_s);
        self.view.hour = callers.figures.of(now - HOUR, level_s);
        self.view.chart = callers.figures.chart(level_s, now);
        self.recount(callers);
    }

    /// Counts what stands on the board and in the queues.
    fn recount(&mut self, callers: &mut Callers) {
        callers.floor_is_old = false;
        let Tally { ringing, talking, waiting } = callers.tally();
        let view = &mut self.view;
        (view.ringing, view.talking, view.waiting) = (ringing, talking, waiting);
        view.longest_since = callers.queues.longest_since();
        view.level_s = self.thresholds.level_s;
        (view.amber_s, view.red_s) = (self.thresholds.amber_s, self.thresholds.red_s);
        view.counts_from = self.counts_from;
        view.calls_for_attention = callers.call_for_attention();
    }

    /// Whether there is something to draw.
    pub(crate) fn has_changed(&self) -> bool {
        self.view != self.shown
    }

    /// Draws what changed of the queues and of the floor.
    pub(crate) fn draw(&mut self, callers: &mut Callers, patches: &mut Vec<Patch>) {
        for queue in callers.changed_queues() {
            let queue = callers.queue_view(queue);
            if self.queues_shown.get(&queue.id) != Some(&queue) {
                self.queues_shown.insert(queue.id.clone(), queue.clone());
                patches.push(Patch::PutQueue { queue });
            }
        }
        if self.has_changed() {
            self.shown = self.view.clone();
            patches.push(Patch::PutFloor { floor: self.view.clone() });
        }
    }

    /// The floor as the windows know it.
    pub(crate) fn shown(&self) -> &FloorView {
        &self.shown
    }

    /// The queues as the windows know them.
    pub(crate) fn queues_shown(&self) -> Vec<QueueView> {
        self.queues_shown.values().cloned().collect()
    }
}

impl Callers {
    /// The queues to be drawn again, in order.
    fn changed_queues(&mut self) -> Vec<Queue> {
        let figured = std::mem::take(&mut self.figures.changed_queues);
        let figured: Vec<Queue> = figured.iter().map(|queue| self.queues.of(queue)).collect();
        let mut changed: Vec<Queue> = self.queues.take_changed().into_iter().chain(figured).collect();
        changed.sort_unstable_by(|one, other| self.queues.id(*one).cmp(self.queues.id(*other)));
        changed.dedup();
        changed
    }

    /// A queue as it stands.
    fn queue_view(&self, queue: Queue) -> QueueView {
        let id = self.queues.id(queue);
        let (waiting, longest_since) = self.queues.waiting(queue);
        let (answered, abandoned) =
            self.figures.queues.get(id).map_or((0, 0), |of_queue| of_queue.of(self.figures.day));
        QueueView {
            id: id.to_owned(),
            name: self.queues.name(queue),
            mine: self.queues.is_mine(queue),
            waiting,
            longest_since,
            likely_s: self.figures.likely_s(id),
            answered,
            abandoned,
        }
    }
}

impl Desk {
    /// Other thresholds.
    pub fn thresholds(&mut self, thresholds: Thresholds, now: Millis) {
        self.floor.thresholds = thresholds;
        self.count_floor(now);
    }

    /// The figures count from this moment on: before it nobody was here.
    pub fn opened(&mut self, now: Millis) {
        (self.floor.opened_at, self.floor.counts_from) = (now, now);
    }

    /// Today began at this moment by the agent's own clock, which may be set
    /// either way.
    pub fn day_began(&mut self, midnight: Millis) {
        let opened_at = self.floor.opened_at;
        let opened_today = (midnight..midnight.saturating_add(DAY)).contains(&opened_at);
        self.floor.counts_from = if opened_today { opened_at } else { midnight };
        if midnight != self.callers.figures.day {
            self.callers.figures.new_day(midnight);
        }
    }

    /// The agent has heard that somebody waits: no tone for those.
    pub fn waits_heard(&mut self) {
        self.callers.are_heard();
    }

    pub(crate) fn count_floor(&mut self, now: Millis) {
        self.floor.count(&mut self.callers, now);
    }

    pub(crate) fn recount_floor(&mut self) {
        self.floor.recount(&mut self.callers);
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
