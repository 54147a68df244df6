//! Rings: how the live service tells an agent of a call (live-service.md, section 5.6).
//!
//! Somebody who is rung sees several rings for one caller: one for the agent,
//! one inside it for the agent's phone. They are legs of one call at this desk,
//! which rings while any leg does, is talked on once any was answered, and was
//! missed only when all are over and none was.

use std::collections::BTreeMap;

use voipbin_wire::{Direction, RingFact};

use crate::calls::{Party, RINGS_AT_MOST};
use crate::moment::Moment;
use crate::numbers::{name_told, number_told};
use crate::trail::Trail;
use crate::view::CallStage;
use crate::{Desk, Millis};

/// One ring of a call.
#[derive(Debug, Default)]
pub(crate) struct Leg {
    pub(crate) inside_of: Option<String>,
    answered: bool,
    over: bool,
    /// The leg that answered.
    pub(crate) answer_call: Option<String>,
}

pub(crate) type Legs = BTreeMap<String, Leg>;

impl Desk {
    pub(crate) fn learn_ring(&mut self, ring: &RingFact, moment: &Moment) {
        let at = moment.at;
        self.transfer_moved(ring);
        let (Some(id), Some(key)) = (ring.id.clone(), ring.key().map(str::to_owned)) else { return };
        let Some(rung) = ring.agent_id.as_deref().filter(|_| !self.people.me.id.is_empty()) else { return };
        let heard = moment.heard();
        if rung != self.people.me.id {
            if ring.is_answered() {
                self.trail(&key).taken_by_another(ring.tm_create.or(at));
                let is_ringing = self.calls.get(&key).is_some_and(|call| call.view.stage == CallStage::Ringing);
                let is_elsewhere = self.trails.get(&key).is_some_and(Trail::is_elsewhere);
                if is_ringing && is_elsewhere && !ring.is_over() {
                    return self.give_away(&key, moment);
                }
                self.settle(&key, moment.at_latest(at), moment);
            }
            return;
        }
        let ours = self.parties.get(&key).and_then(|party| party.our_number.clone());
        self.meet_party(&key, &party(ring, ours.as_deref()));
        let began = moment.when(ring.tm_create.or(at));
        self.trail(&key).rung(&id, ring, heard, began);
        if self.is_rung_out(&id, ring.inside_of.as_deref()) {
            self.note_rung_out(&id);
            return self.settle(&key, moment.now, moment);
        }
        let is_over = ring.is_over() || self.over.get(&key).is_some();
        if !self.calls.has(&key) {
            if is_over {
                return self.learn_ring_that_was(ring, &id, &key, moment);
            }
            if !ring.is_answered() && moment.age(ring.tm_create.or(at)) >= RINGS_AT_MOST {
                return;
            }
            let stage = if ring.is_answered() { CallStage::Talking } else { CallStage::Ringing };
            self.new_call(&key, stage, true, began, moment);
        }
        self.merge_ring(ring, id, &key, began, moment);
    }

    fn merge_ring(&mut self, ring: &RingFact, id: String, key: &str, began: Millis, moment: &Moment) {
        let answered_at = moment.when(moment.at);
        let Some(call) = self.calls.get_mut(key) else { return };
        let leg = call.legs.entry(id).or_default();
        leg.over |= ring.is_over();
        leg.answered |= ring.is_answered();
        leg.answer_call = ring.answer_call_id.clone().or(leg.answer_call.take());
        leg.inside_of = ring.inside_of.clone().or(leg.inside_of.take());
        let is_answered = call.legs.values().any(|leg| leg.answered);
        let is_over = call.legs.values().any(|leg| leg.answered && leg.over) || call.legs.values().all(|leg| leg.over);
        call.rang_at = call.rang_at.min(began);
        call.view.can_end_ring = true;
        if is_answered && call.view.stage == CallStage::Ringing {
            call.view.stage = CallStage::Talking;
            call.view.since = answered_at;
        } else if call.view.stage == CallStage::Ringing {
            call.view.since = call.view.since.min(began);
        }
        self.heard_of_call(key, moment.at, moment);
        self.dress_call(key, None, false, moment);
        self.show_wait(key);
        if is_over {
            self.is_gone(key, false, moment);
        }
    }

    /// A ring that was over before it was ever heard of here.
    fn learn_ring_that_was(&mut self, ring: &RingFact, id: &str, key: &str, moment: &Moment) {
        self.note_rung_out(id);
        if let Some(outer) = ring.inside_of.as_ref().filter(|_| ring.is_answered()) {
            self.note_rung_out(outer);
        }
        self.settle(key, moment.at_latest(moment.at), moment);
    }

    /// No leg of this call can ring here again. What was answered takes the ring
    /// around it along: the service does not always end that one.
    pub(crate) fn ring_out(&mut self, legs: Legs) {
        for (id, leg) in legs {
            self.note_rung_out(&id);
            if let Some(outer) = leg.inside_of.filter(|_| leg.answered) {
                self.note_rung_out(&outer);
            }
        }
    }

    fn is_rung_out(&self, id: &str, inside_of: Option<&str>) -> bool {
        self.rung_out.get(id).is_some() || inside_of.is_some_and(|outer| self.rung_out.get(outer).is_some())
    }

    fn note_rung_out(&mut self, id: &str) {
        self.rung_out.insert(id, None);
    }
}

/// Who rings; the ring does not say which of our numbers was called.
fn party(ring: &RingFact, ours: Option<&str>) -> Party {
    let source = ring.source.as_ref();
    Party {
        name: source.and_then(name_told),
        number: source.and_then(|source| number_told(source, ours)),
        our_number: None,
        direction: Some(Direction::Inbound),
    }
}
