//! How a call went for this agent, by all that was told of it so far.
//!
//! Facts only add to a trail, and what became of the call is worked out from
//! all of them: in whatever order and however often they come, it is the same.

use std::collections::BTreeMap;

use voipbin_wire::{RingFact, Timestamp};

use crate::Millis;
use crate::moment::Heard;
use crate::view::OutcomeView as Outcome;

/// Different facts of one kind that are kept; a call has a handful.
const FACTS: usize = 16;
/// Rings that are told for one caller at once begin within this time.
const AT_ONCE: i64 = 5_000_000;

/// What was told of how one call went.
#[derive(Debug, Default)]
pub(crate) struct Trail {
    /// It was given to this agent.
    offers: Vec<Heard>,
    /// It was given to somebody else.
    aways: Vec<Heard>,
    /// It was answered, and whether surely at this agent's own end.
    answers: Vec<(Heard, bool)>,
    /// The rings at this agent.
    pub(crate) rings: BTreeMap<Box<str>, Ring>,
    /// When the last ring began that somebody else answered.
    taken_elsewhere: Option<Timestamp>,
    /// When it first rang here.
    pub(crate) began: Option<Millis>,
    is_over: bool,
    /// When it ended by the service's clock, the latest that was told.
    ended_at: Option<Timestamp>,
    is_in_doubt: bool,
    /// A queue connected the caller to somebody.
    pub(crate) is_connected: bool,
    /// This agent did not want it.
    pub(crate) is_declined: bool,
    told: u32,
}

/// A ring at this agent.
#[derive(Debug, Default)]
pub(crate) struct Ring {
    pub(crate) inside_of: Option<Box<str>>,
    /// The leg that answered.
    pub(crate) answer_call: Option<Box<str>>,
    heard: Heard,
    answered: Option<Heard>,
    is_over: bool,
    began: Option<Timestamp>,
    /// The call that is at this desk is made of it.
    pub(crate) is_leg: bool,
}

impl Ring {
    pub(crate) fn is_answered(&self) -> bool {
        self.answered.is_some()
    }

    pub(crate) fn is_over(&self) -> bool {
        self.is_over
    }
}

impl Trail {
    pub(crate) fn offered(&mut self, heard: Heard, began: Millis) {
        let heard = self.next(heard);
        note(&mut self.offers, heard);
        self.rang(began);
    }

    pub(crate) fn given_away(&mut self, heard: Heard) {
        let heard = self.next(heard);
        note(&mut self.aways, heard);
    }

    pub(crate) fn answered(&mut self, heard: Heard, is_mine: bool) {
        let heard = self.next(heard);
        if let Some((_, known)) = self.answers.iter_mut().find(|(known, _)| known.is_told_as(heard)) {
            *known |= is_mine;
        } else if self.answers.len() < FACTS {
            self.answers.reserve_exact(1);
            self.answers.push((heard, is_mine));
        }
    }

    /// A list says when it was offered here and when it was then answered: if
    /// that was told before, too, the offer came first, however far a wrong clock
    /// put the two apart.
    pub(crate) fn listed(&mut self, offered: Timestamp, answered: Timestamp) {
        let offers = self.offers.iter_mut().filter(|offer| offer.at() == Some(offered));
        let answers = self.answers.iter_mut().map(|(answer, _)| answer).filter(|answer| answer.at() == Some(answered));
        offers.chain(answers).for_each(Heard::is_listed_too);
    }

    pub(crate) fn rung(&mut self, id: &str, ring: &RingFact, heard: Heard, began: Millis) {
        let heard = self.next(heard);
        self.rang(began);
        if !self.rings.contains_key(id) {
            self.forget_a_ring();
            self.rings.insert(id.into(), Ring { heard, ..Ring::default() });
        }
        let Some(rung) = self.rings.get_mut(id) else { return };
        if let Some(outer) = ring.inside_of.as_deref().filter(|outer| rung.inside_of.as_deref() != Some(*outer)) {
            rung.inside_of = Some(outer.into());
        }
        if let Some(leg) = ring.answer_call_id.as_deref().filter(|leg| rung.answer_call.as_deref() != Some(*leg)) {
            rung.answer_call = Some(leg.into());
        }
        rung.is_over |= ring.is_over();
        rung.began = rung.began.or(ring.tm_create);
        if ring.is_answered() {
            let first = rung.answered.unwrap_or(heard);
            rung.answered = Some(if heard.is_before(first) { heard } else { first });
        }
    }

    /// Of more rings than are kept one goes that was in vain.
    fn forget_a_ring(&mut self) {
        if self.rings.len() < FACTS {
            return;
        }
        let in_vain = self.rings.iter().filter(|(_, ring)| ring.is_over && !ring.is_leg && ring.answered.is_none());
        if let Some(oldest) = in_vain.min_by_key(|(_, ring)| ring.began).map(|(id, _)| id.clone()) {
            self.rings.remove(&oldest);
        }
    }

    /// Somebody else answered a ring for the same caller that began then.
    pub(crate) fn taken_by_another(&mut self, began: Option<Timestamp>) {
        self.taken_elsewhere = self.taken_elsewhere.max(began);
    }

    pub(crate) fn ended(&mut self, at: Option<Timestamp>) {
        self.is_over = true;
        self.ended_at = self.ended_at.max(at);
    }

    /// It is gone, and nobody told how.
    pub(crate) fn doubted(&mut self) {
        self.is_in_doubt = true;
    }

    fn rang(&mut self, began: Millis) {
        self.began = Some(self.began.map_or(began, |known| known.min(began)));
    }

    fn next(&mut self, heard: Heard) -> Heard {
        self.told += 1;
        heard.as_number(self.told)
    }

    pub(crate) fn has_answers(&self) -> bool {
        !self.answers.is_empty()
    }

    /// The answer of this agent: after the call was given here, and before it
    /// was given to anybody else.
    pub(crate) fn taken(&self) -> Option<Heard> {
        let by_ring = self.rings.values().filter_map(|ring| ring.answered);
        let is_ours = |(answer, is_mine): &&(Heard, bool)| {
            if self.offers.is_empty() || (!is_mine && !self.rings.is_empty()) {
                return *is_mine;
            }
            let is_between = |offer: &Heard, away: &Heard| !away.is_before(*offer) && away.is_before(*answer);
            // Nothing is offered after it ended: such a time is that of a wrong clock.
            // One that is ahead of every clock here has none at all.
            let is_misdated = |offer: &Heard| self.ended_at.is_some_and(|end| offer.at().is_none_or(|at| at > end));
            let follows = |offer: &Heard| {
                (!answer.is_before(*offer) || is_misdated(offer))
                    && !self.aways.iter().any(|away| is_between(offer, away))
            };
            self.offers.iter().any(follows)
        };
        by_ring.chain(self.answers.iter().filter(is_ours).map(|(answer, _)| *answer)).reduce(Heard::first)
    }

    /// The answer by which this agent talks now: none of before it was handed on
    /// and given back, which is a new offer.
    pub(crate) fn taken_now(&self) -> Option<Heard> {
        let taken = self.taken()?;
        let handed_on = |offer: &Heard| self.aways.iter().any(|away| taken.is_before(*away) && away.is_before(*offer));
        let came_back = self.offers.iter().copied().filter(handed_on);
        let Some(back) = came_back.reduce(|one, other| if one.is_before(other) { other } else { one }) else {
            return Some(taken);
        };
        self.answers.iter().map(|(answer, _)| *answer).filter(|answer| back.is_before(*answer)).reduce(Heard::first)
    }

    /// A colleague has it, and it rang here.
    pub(crate) fn is_elsewhere(&self) -> bool {
        let here = || self.offers.iter().copied().chain(self.rings.values().map(|ring| ring.heard));
        let was_here = |away: &Heard| here().any(|rang| !away.is_before(rang));
        let is_with_ours = |ring: &Ring| match (self.taken_elsewhere, ring.began) {
            (Some(theirs), Some(ours)) => theirs.as_micros() >= ours.as_micros() - AT_ONCE,
            (theirs, _) => theirs.is_some(),
        };
        self.aways.iter().any(was_here) || self.rings.values().any(is_with_ours)
    }

    /// What became of it, once that is known.
    pub(crate) fn outcome(&self) -> Option<Outcome> {
        if self.offers.is_empty() && self.rings.is_empty() && self.answers.is_empty() {
            return None;
        }
        let rang_out =
            || self.rings.values().any(|ring| ring.inside_of.is_none()) && self.rings.values().all(|ring| ring.is_over);
        match () {
            () if self.taken().is_some() => Some(Outcome::Answered),
            () if self.offers.is_empty() && self.rings.is_empty() => None,
            () if self.is_elsewhere() => Some(Outcome::Elsewhere),
            () if (self.is_over || rang_out()) && self.is_declined => Some(Outcome::Declined),
            () if self.is_over || rang_out() => Some(Outcome::Missed),
            () => self.is_in_doubt.then_some(Outcome::Unknown),
        }
    }
}

fn note(facts: &mut Vec<Heard>, heard: Heard) {
    if facts.len() < FACTS && !facts.iter().any(|known| known.is_told_as(heard)) {
        facts.reserve_exact(1);
        facts.push(heard);
    }
}
