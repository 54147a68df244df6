//! This computer's clock and the service's: how far they are apart, and what is
//! done when this one is set.
//!
//! No single time is trusted. Each moment that was told of lately has one vote on
//! the difference, and the middle one counts: an event with a wrong clock, or
//! one that was long on its way, changes nothing for the others. What was
//! pushed happened just now, whatever its time says; only what lists tell has an
//! age, and where it decides anything, the youngest age that the votes allow.

use std::collections::VecDeque;

use voipbin_wire::{Timestamp, Told};

use crate::{Desk, Millis};

/// Two clocks that differ by less than this are taken to agree.
const AGREE: Millis = 5000;
/// What is told within so many milliseconds is one happening.
const ONE_MOMENT: u64 = 2000;
/// So many happenings vote: the last ones that were told of.
const VOTES: usize = 9;
/// With fewer votes nothing is known.
const ENOUGH: usize = 2;
const DAY: Millis = 24 * 3_600_000;
/// No event is longer than this on its way.
const LATE: Millis = 30_000;

/// How far this computer's clock is ahead of the service's.
#[derive(Debug, Default)]
pub(crate) struct Clock {
    /// The latest vote last.
    votes: VecDeque<Vote>,
    /// What was taken to be so before there were enough votes.
    believed: Millis,
    /// What may be so instead: since this clock was set forward or slept, or by
    /// votes that were too few.
    or: Option<Millis>,
    ahead: Millis,
    /// What the service's last answer to a request said; it counts until there
    /// are enough votes.
    said: Option<Millis>,
    /// The difference of the event that is being taken in, while there are too
    /// few votes to know better.
    of_event: Option<Millis>,
}

/// How far this clock was ahead of the service's when something was told.
#[derive(Debug)]
struct Vote {
    /// When that was, by the service: what is told in one moment is one vote,
    /// because one wrong clock may stamp all that a single thing brings about.
    at: Millis,
    ahead: Millis,
}

impl Clock {
    /// An event came in. Only its own time is a reading of the service's clock,
    /// never one inside the object: that may be a plan, or long past.
    pub(crate) fn event_begins(&mut self, told: &Told, now: Millis) {
        let Some(sent) = told.sent else { return };
        let at = sent.as_millis();
        let mut ahead = now.saturating_sub(at);
        let is_same = |vote: &Vote| vote.at.abs_diff(at) < ONE_MOMENT;
        let before = self.votes.iter().position(is_same).and_then(|place| self.votes.remove(place));
        if before.is_none() && self.votes.len() == VOTES {
            self.votes.pop_front();
        }
        let by = ahead.saturating_sub(self.believed);
        if self.votes.is_empty() && by.abs() >= DAY {
            // It is this clock that is wrong by days; the quickest event shows by how much.
            ahead = before.map_or(ahead, |before| before.ahead.min(ahead));
        }
        self.votes.push_back(Vote { at, ahead });
        // An event from the future has a wrong clock; one that looks old came just now.
        self.of_event = (!self.is_known() && (by >= LATE || by <= -DAY)).then_some(ahead);
        self.count();
    }

    /// An answer to a request said what time it is by the service's clock.
    fn service_says(&mut self, at: Timestamp, now: Millis) {
        self.said = Some(now.saturating_sub(at.as_millis()));
        self.count();
    }

    pub(crate) fn event_ends(&mut self) {
        self.of_event = None;
    }

    fn count(&mut self) {
        if !self.is_known() {
            self.ahead = self.said.unwrap_or(self.believed);
            return;
        }
        let mut ahead = [self.believed; VOTES];
        let mut count = self.votes.len().min(VOTES);
        ahead.iter_mut().zip(&self.votes).for_each(|(ahead, vote)| *ahead = vote.ahead);
        // Where votes are even, what was taken to be so before decides.
        if count.is_multiple_of(2) {
            count += 1;
        }
        let ahead = &mut ahead[..count];
        ahead.sort_unstable();
        self.ahead = ahead[count / 2];
        self.believed = self.ahead;
        if self.votes.len() > ENOUGH {
            self.or = None;
        }
    }

    /// The next events may be told by a service with another clock.
    pub(crate) fn begin_anew(&mut self) {
        // What few votes said may be true all the same.
        self.or = self.undecided().chain(self.or).max();
        self.votes.clear();
    }

    /// This clock was set by so much, or the computer slept: after a sleep the
    /// difference is what it was, so the smaller one is taken until events tell.
    fn jumped(&mut self, by: Millis) {
        let (set, kept) = (self.ahead.saturating_add(by), self.ahead);
        let is_set = by < 0 || set.abs() < kept.abs();
        self.ahead = if is_set { set } else { kept };
        self.believed = self.ahead;
        self.votes.clear();
        self.said = None;
        self.or = (by >= 0).then_some(if is_set { kept } else { set });
    }

    fn is_known(&self) -> bool {
        self.votes.len() >= ENOUGH
    }

    fn shown(&self) -> Millis {
        let ahead = self.of_event.unwrap_or(self.ahead);
        if ahead.abs() > AGREE { ahead } else { 0 }
    }

    /// The differences that may be true, by all that was heard.
    fn candidates(&self) -> impl Iterator<Item = Millis> {
        // As long as nobody said anything, this clock may be right.
        let is_unsaid = !self.is_known() && self.said.is_none();
        let believed = Some(self.believed).filter(|believed| *believed != 0 || is_unsaid);
        [self.ahead]
            .into_iter()
            .chain(believed)
            .chain(self.or)
            .chain(self.said)
            .chain(self.of_event)
            .chain(self.undecided())
    }

    fn undecided(&self) -> impl Iterator<Item = Millis> {
        self.votes.iter().filter(|_| self.votes.len() <= ENOUGH).map(|vote| vote.ahead)
    }

    fn most(&self) -> Millis {
        self.candidates().max().unwrap_or_default()
    }

    /// The earliest that the service may have called a moment of this clock.
    fn earliest(&self, at: Millis) -> Timestamp {
        Timestamp::from_millis(at.saturating_sub(self.most()))
    }

    /// The latest that the service may have called a moment of this clock.
    pub(crate) fn latest_told(&self, at: Millis) -> Timestamp {
        let least = self.candidates().min().unwrap_or_default();
        Timestamp::from_millis(at.saturating_sub(least))
    }

    /// This moment, by both clocks.
    pub(crate) fn moment(&self, now: Millis) -> Moment {
        Moment {
            now,
            at: None,
            is_listed: false,
            is_unseen: false,
            is_ahead: false,
            shown: self.shown(),
            most: self.most(),
        }
    }

    /// The moment at which something is told that was so at this time.
    pub(crate) fn told(&self, at: Option<Timestamp>, now: Millis) -> Moment {
        let reached = at.map(|at| self.not_ahead(at, now));
        Moment { at: reached, is_ahead: reached != at, ..self.moment(now) }
    }

    /// A time of the service, but not one that its own clock has not reached:
    /// what comes next would look older.
    fn not_ahead(&self, at: Timestamp, now: Millis) -> Timestamp {
        let service_now = now.saturating_sub(self.of_event.unwrap_or(self.ahead));
        let is_ahead = at.as_millis() > service_now.saturating_add(AGREE);
        if is_ahead { Timestamp::from_millis(service_now) } else { at }
    }
}

/// When something is told, by which clocks, and whether it is news. Every area
/// takes a fact together with its moment.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Moment {
    /// The time of this computer's clock.
    pub(crate) now: Millis,
    /// When the fact was so by the service, where it says, and never later than
    /// its own clock has reached.
    pub(crate) at: Option<Timestamp>,
    /// It was read from a list, and may have been so long before: it is no news,
    /// and rings no bell.
    pub(crate) is_listed: bool,
    /// It was not there when the same list was read before: it is news, whatever
    /// its time says.
    pub(crate) is_unseen: bool,
    /// Its time was not reached yet: it says nothing about what came first.
    is_ahead: bool,
    /// How far this clock is ahead of the service's, as it is shown.
    shown: Millis,
    /// How far it may be ahead at most.
    most: Millis,
}

impl Moment {
    /// The same, read from a list.
    pub(crate) fn listed(self) -> Self {
        self.listed_if(true)
    }

    /// The same, read from a list if this is so.
    pub(crate) fn listed_if(self, is_listed: bool) -> Self {
        Self { is_listed: self.is_listed || is_listed, ..self }
    }

    /// The same, told for the first time if this is so.
    pub(crate) fn unseen_if(self, is_unseen: bool) -> Self {
        Self { is_unseen, ..self }
    }

    /// When something happened by this computer's clock, and never later than
    /// now. Small differences between the clocks are left as they are.
    pub(crate) fn when(&self, at: Option<Timestamp>) -> Millis {
        at.map_or(self.now, |at| at.as_millis().saturating_add(self.shown).min(self.now))
    }

    /// The latest that something may have happened by this clock: what may have
    /// come while the link was away is news.
    pub(crate) fn at_latest(&self, at: Option<Timestamp>) -> Millis {
        at.map_or(self.now, |at| at.as_millis().saturating_add(self.most).min(self.now))
    }

    /// When what is told was so.
    pub(crate) fn heard(&self) -> Heard {
        let at = self.at.filter(|_| !self.is_ahead);
        if self.is_listed { Heard::listed(at) } else { Heard::new(at, self.now) }
    }

    /// How long ago something was that a list tells, at least; what was pushed
    /// is news.
    pub(crate) fn age(&self, at: Option<Timestamp>) -> Millis {
        at.filter(|_| self.is_listed).map_or(0, |at| self.now - self.at_latest(Some(at)))
    }
}

impl Desk {
    /// What time it is by the service's clock, as an answer to a request just
    /// said (the `Date` of HTTP, to a second).
    pub fn service_says(&mut self, at: Timestamp, now: Millis) {
        self.clock.service_says(at, now);
    }

    /// This moment, at which nothing in particular is told.
    pub(crate) fn moment(&self, now: Millis) -> Moment {
        self.clock.moment(now)
    }

    /// A moment of this computer's clock as the service would write it.
    pub fn service_time(&self, at: Millis) -> Timestamp {
        Timestamp::from_millis(at.saturating_sub(self.clock.shown()))
    }

    /// A time that both clocks have reached, once the service's is known: what is
    /// old by it is old, whichever of them is wrong.
    pub fn agreed_time(&self, now: Millis) -> Option<Millis> {
        self.clock.is_known().then(|| now.min(now.saturating_sub(self.clock.ahead)))
    }

    /// From where on lists are to be read for what happened since `at`: as early
    /// as the clocks allow, because what is read twice does no harm.
    pub fn read_from(&self, at: Millis) -> Timestamp {
        self.clock.earliest(at)
    }

    /// This computer's clock was set by so much (negative: back), or the
    /// computer slept. What waits by this clock waits as long as it would have.
    pub fn clock_jumped(&mut self, by: Millis, now: Millis) {
        self.clock.jumped(by);
        // Forward it may have been a sleep: what is shown took that time, too.
        let shown = by.min(0);
        self.callers.clock_jumped(by, shown, now);
        self.tell_of_callers(&self.moment(now));
        self.texts.clock_jumped(by);
        self.responder.clock_jumped(by);
        self.absence.clock_jumped(shown);
        self.link.lost_at = self.link.lost_at.map(|at| at + shown);
        self.texts.put_back(by, now);
    }
}

/// A frame that is overtaken by others is late by less than this. What claims to
/// have been longer on its way than what was heard before it has a wrong clock.
const SWAPPED: Millis = 7000;

/// Whether what was heard so much later than something newer, and is older by so
/// much, was overtaken by it on its way.
pub(crate) fn is_overtaken(by: Millis, later: Millis) -> bool {
    by.saturating_add(later.max(0)) < SWAPPED
}

/// When something was so, by the service, and when it was heard of here.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Heard {
    at: Option<Timestamp>,
    /// None for what a list told: it may have been so long before.
    when: Option<Millis>,
    /// The how manyth it was of its kind.
    number: u32,
}

impl Heard {
    pub(crate) fn new(at: Option<Timestamp>, when: Millis) -> Self {
        Self { at, when: Some(when), number: 0 }
    }

    pub(crate) fn listed(at: Option<Timestamp>) -> Self {
        Self { at, when: None, number: 0 }
    }

    pub(crate) fn as_number(self, number: u32) -> Self {
        Self { number, ..self }
    }

    pub(crate) fn at(self) -> Option<Timestamp> {
        self.at
    }

    /// Whether it is the same, told once more.
    pub(crate) fn is_told_as(self, other: Self) -> bool {
        self.at.is_some() && self.at == other.at
    }

    /// Whether this is newer than what an answer to a request says was so at this
    /// time: only what was heard while the answer may have been on its way is.
    pub(crate) fn is_newer_than_read(self, at: Option<Timestamp>, now: Millis) -> bool {
        let is_recent = self.when.is_some_and(|when| now.abs_diff(when) < LATE.unsigned_abs());
        is_recent && at < self.at
    }

    /// A list says it, too: its times tell what came first among all that it
    /// says, however far they are apart.
    pub(crate) fn is_listed_too(&mut self) {
        self.when = None;
    }

    /// Whether this, which was heard after the other, was so before it: it was
    /// overtaken on its way. What would have been far longer on its way than the
    /// other was stamped by a wrong clock: then what was heard last was so last.
    pub(crate) fn is_older(self, known: Self) -> bool {
        let (Some(this), Some(known_at)) = (self.at, known.at) else { return false };
        let by = known_at.as_micros().saturating_sub(this.as_micros());
        let heard = self.when.zip(known.when);
        let is_swapped = heard.is_none_or(|(this, known)| is_overtaken(by / 1000, this.saturating_sub(known)));
        by > 0 && is_swapped
    }

    /// Whether this was so before the other, whichever was heard first.
    pub(crate) fn is_before(self, other: Self) -> bool {
        if self.number > other.number {
            return self.is_older(other);
        }
        !other.is_older(self) && !self.is_told_as(other) && self.number != other.number
    }

    /// Whichever was so first.
    pub(crate) fn first(self, other: Self) -> Self {
        if other.is_before(self) { other } else { self }
    }
}
