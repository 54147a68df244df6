//! One caller: all that is known of one call, from its first ring to wrap-up.
//!
//! Facts of the call, its legs, its rings and its places in queues are merged
//! into the same record, whichever dialect they come in and in whatever order.
//! What a window shows of a caller is made from the record when it is drawn.

use voipbin_wire::{Address, CallFact, CallState, Direction, RingFact, Timestamp};

use crate::Millis;
use crate::callers::board::OnBoard;
use crate::callers::card::{Here, RINGS_AT_MOST};
use crate::callers::history::{Left, Past};
use crate::callers::outcome::Trail;
use crate::callers::queues::{Queue, Queues};
use crate::callers::wait::{Place, Wait};
use crate::moment::{Heard, Moment};
use crate::numbers::{WITHHELD, name_told, number_told};
use crate::view::{CallStage, OutcomeView as Outcome};

/// So many rings that can ring no more are remembered of one caller.
const RUNG_OUT: usize = 32;

/// All that is known of one caller.
#[derive(Debug, Default)]
pub(crate) struct Caller {
    /// What the service calls the call.
    pub(crate) id: Box<str>,
    pub(crate) party: Party,
    pub(crate) trail: Trail,
    /// The call itself told that it ended.
    pub(crate) is_over: bool,
    /// When it was last given to a colleague.
    given_away: Option<Option<Timestamp>>,
    /// Rings that can ring here no more.
    rung_out: Vec<Box<str>>,
    /// The queue that the call itself says it came through.
    pub(crate) queue: Option<Queue>,
    /// Why it ended, by the service's own word.
    pub(crate) why: Option<Box<str>>,
    /// The places in queues that it was told to have.
    pub(crate) places: Vec<Place>,
    /// How it left a queue without an agent.
    pub(crate) left: Option<Box<Left>>,
    /// It rings here or is talked on here.
    pub(crate) here: Option<Box<Here>>,
    /// It waits in a queue.
    pub(crate) wait: Option<Box<Wait>>,
    /// It is on the live board.
    pub(crate) board: Option<Box<OnBoard>>,
    /// It is in the history.
    pub(crate) past: Option<Box<Past>>,
    /// What this merge changed.
    pub(crate) changed: Marks,
    /// What is to be drawn again.
    pub(crate) marks: Marks,
    /// It is one of the callers who are remembered for a while only.
    pub(crate) is_idle: bool,
}

/// Where something of a caller is shown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Marks(u8);

impl Marks {
    pub(crate) const CARD: Self = Self(1);
    pub(crate) const WAIT: Self = Self(2);
    pub(crate) const BOARD: Self = Self(4);
    pub(crate) const PAST: Self = Self(8);

    pub(crate) fn has(self, marks: Self) -> bool {
        self.0 & marks.0 != 0
    }

    pub(crate) fn is_none(self) -> bool {
        self.0 == 0
    }

    pub(crate) fn add(&mut self, marks: Self) {
        self.0 |= marks.0;
    }

    pub(crate) fn add_if(&mut self, is_news: bool, marks: Self) {
        if is_news {
            self.add(marks);
        }
    }

    pub(crate) fn take(&mut self, marks: Self) -> bool {
        let had = self.has(marks);
        self.0 &= !marks.0;
        had
    }
}

/// Who is on a call, as far as any event has told, whichever desk it is on.
#[derive(Debug, Clone, Default)]
pub(crate) struct Party {
    pub(crate) name: Option<Box<str>>,
    pub(crate) number: Option<Box<str>>,
    pub(crate) our_number: Option<Box<str>>,
    pub(crate) is_outbound: Option<bool>,
}

impl Party {
    pub(crate) fn number(&self) -> &str {
        self.number.as_deref().unwrap_or_default()
    }

    pub(crate) fn our_number(&self) -> &str {
        self.our_number.as_deref().unwrap_or_default()
    }

    pub(crate) fn is_inbound(&self) -> bool {
        self.is_outbound != Some(true)
    }

    /// Whether it is known who it is, and not only that the number is withheld.
    pub(crate) fn has_number(&self) -> bool {
        self.number.as_deref().is_some_and(|number| number != WITHHELD)
    }

    /// Takes what is told of the two ends, and keeps what is not. Whether it is news.
    fn learn(&mut self, theirs: Option<&Address>, ours: Option<&Address>) -> bool {
        let mut is_news = false;
        if let Some(number) = ours.and_then(|ours| number_told(ours, None)) {
            is_news |= learn_number(&mut self.our_number, &number);
        }
        let Some(theirs) = theirs else { return is_news };
        let ours = ours.and_then(|ours| ours.target.as_deref()).or(self.our_number.as_deref());
        if let Some(number) = number_told(theirs, ours) {
            is_news |= learn_number(&mut self.number, &number);
        }
        if let Some(name) = name_told(theirs) {
            is_news |= learn(&mut self.name, name);
        }
        is_news
    }
}

/// Puts a text that was told in its place; whether it is another one than before.
pub(crate) fn learn(place: &mut Option<Box<str>>, told: &str) -> bool {
    let is_news = place.as_deref() != Some(told);
    if is_news {
        *place = Some(told.into());
    }
    is_news
}

/// That a network withholds a number takes back none that was told.
fn learn_number(place: &mut Option<Box<str>>, told: &str) -> bool {
    !told.is_empty() && (told != WITHHELD || place.is_none()) && learn(place, told)
}

/// Where a caller stands in what the agent is told of. Alerts are the
/// difference that a merge makes to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Standing {
    /// At this desk.
    pub(crate) stage: Option<CallStage>,
    /// It is not known whether it still is.
    pub(crate) is_stale: bool,
    pub(crate) waits: bool,
    pub(crate) outcome: Option<Outcome>,
    pub(crate) has_number: bool,
}

/// Whose desk it is, and when something is told.
#[derive(Clone, Copy)]
pub(crate) struct Telling<'a> {
    /// This agent; empty for a desk that shows every call of the customer.
    pub(crate) me: &'a str,
    /// Whose topic brought it.
    pub(crate) for_agent: Option<&'a str>,
    pub(crate) moment: &'a Moment,
}

impl Caller {
    pub(crate) fn new(id: &str) -> Self {
        Self { id: id.into(), ..Self::default() }
    }

    pub(crate) fn standing(&self) -> Standing {
        Standing {
            stage: self.here.as_ref().map(|here| here.stage),
            is_stale: self.here.as_ref().is_some_and(|here| here.is_stale),
            waits: self.wait.is_some(),
            outcome: self.past.as_ref().map(|past| past.outcome),
            has_number: self.party.has_number(),
        }
    }

    /// Whether nothing is shown of it: it is remembered, so that a late copy of
    /// an old frame does not bring it back.
    pub(crate) fn is_tombstone(&self) -> bool {
        self.here.is_none() && self.wait.is_none() && self.board.is_none() && self.past.is_none()
    }

    /// Who it is changed: all that shows it is drawn again.
    pub(crate) fn is_shown_anew(&mut self) {
        self.changed.add_if(self.here.is_some(), Marks::CARD);
        self.changed.add_if(self.wait.is_some(), Marks::WAIT);
        self.changed.add_if(self.board.is_some(), Marks::BOARD);
        self.changed.add_if(self.past.is_some(), Marks::PAST);
    }

    pub(crate) fn meets(&mut self, theirs: Option<&Address>, ours: Option<&Address>) {
        if self.party.learn(theirs, ours) {
            self.is_shown_anew();
        }
    }

    pub(crate) fn meets_by_call(&mut self, fact: &CallFact) {
        if let Some(direction) = &fact.direction {
            let is_outbound = Some(*direction == Direction::Outbound);
            if self.party.is_outbound != is_outbound {
                let was_inbound = self.party.is_inbound();
                self.party.is_outbound = is_outbound;
                if was_inbound != self.party.is_inbound() {
                    self.is_shown_anew();
                }
            }
        }
        // The end of a call that rang as withheld does not say who it was.
        let is_over = fact.status == Some(CallState::Hangup);
        if is_over && self.here.is_some() && self.party.number.is_some() && !self.party.has_number() {
            return;
        }
        let (theirs, ours) = match self.party.is_inbound() {
            true => (fact.source.as_ref(), fact.destination.as_ref()),
            false => (fact.destination.as_ref(), fact.source.as_ref()),
        };
        self.meets(theirs, ours);
    }

    /// The queue that it came through: the call's own, else the one that it
    /// joined last.
    pub(crate) fn queue(&self) -> Option<Queue> {
        let joined = || self.places.iter().filter(|place| place.queue.is_some()).max_by_key(|place| place.joined);
        self.queue.or_else(|| joined()?.queue)
    }

    /// A call comes to this desk when it was given to this agent, by the fact
    /// itself or by the agent's own topic having delivered it. What other
    /// agents talk on is theirs; a call given to another agent leaves this desk.
    /// A desk without an agent (an access key's) shows every call of the customer.
    ///
    /// Says until when at the latest this was so, as all of these do.
    pub(crate) fn take_call(&mut self, fact: &CallFact, telling: Telling<'_>, queues: &mut Queues) -> Millis {
        let Telling { me, for_agent, moment } = telling;
        let at_latest = moment.at_latest(moment.at);
        if let Some(queue) = fact.queue_id.as_deref().map(|queue| queues.of(queue)) {
            let is_news = self.queue != Some(queue);
            self.queue = Some(queue);
            self.changed.add_if(is_news && self.here.is_some(), Marks::CARD);
            self.changed.add_if(is_news && self.past.is_some(), Marks::PAST);
        }
        // A desk that shows every call shows none of its legs.
        if me.is_empty() && fact.master_call_id.is_some() {
            return at_latest;
        }
        let given_to = fact.agent_id.as_deref().filter(|id| !id.is_empty() && !id.starts_with("00000000-"));
        let mine = me.is_empty() || given_to.or(for_agent) == Some(me);
        self.note_call(fact, given_to, mine, telling);
        if self.is_over {
            // That it ended is known; what comes late may say more of how it went.
            return at_latest;
        }
        if fact.status == Some(CallState::Hangup) {
            self.leaves_desk();
            self.is_over = true;
            self.leaves_queue(queues);
            return at_latest;
        }
        if !mine && given_to.is_some() {
            self.is_given_away(moment);
            return Millis::MAX;
        }
        let is_known = self.here.is_some();
        if !is_known && (!mine || self.given_away.is_some_and(|since| moment.at <= since)) {
            // A colleague has it by now, and it may have rung here before.
            return at_latest;
        }
        self.merge_call(fact, mine, moment);
        if let Some(direction) = fact.mute_direction.as_deref() {
            self.is_muted(direction);
        }
        at_latest
    }

    /// Adds a fact to what is known of how a call went.
    fn note_call(&mut self, fact: &CallFact, given_to: Option<&str>, mine: bool, telling: Telling<'_>) {
        let Telling { me, moment, .. } = telling;
        let heard = moment.heard();
        let is_over = fact.status == Some(CallState::Hangup);
        let is_mine_by_name = given_to.is_some() && given_to == Some(me);
        let is_listed_as_ours = moment.is_listed && is_over && is_mine_by_name;
        let is_offer = fact.assigned == Some(true) || fact.status == Some(CallState::Ringing);
        let began = moment.when(if is_listed_as_ours { fact.tm_create.or(moment.at) } else { moment.at });
        // A list that was made before the answer came does not take it back.
        let is_known_better =
            moment.is_listed && self.here.as_ref().is_some_and(|here| here.stage == CallStage::Talking);
        let trail = &mut self.trail;
        trail.is_declined |= is_over && matches!(fact.hangup_reason.as_deref(), Some("declined" | "rejected"));
        if is_listed_as_ours {
            if fact.tm_create.is_some() || !trail.has_answers() {
                trail.offered(Heard::listed(fact.tm_create), began);
            }
        } else if mine && is_offer {
            if !is_known_better {
                trail.offered(heard, began);
            }
        } else if given_to.is_some() && !is_mine_by_name && (is_over || !mine) {
            trail.given_away(heard);
        } else if fact.status == Some(CallState::Answered) {
            trail.answered(heard, mine);
        }
        if is_over {
            trail.ended(moment.at);
            if is_mine_by_name && fact.tm_progressing.is_some() {
                trail.answered(Heard::listed(fact.tm_progressing.max(fact.tm_create)), true);
            }
            if let (Some(offered), Some(answered)) = (fact.tm_create, fact.tm_progressing)
                && is_listed_as_ours
                && offered <= answered
            {
                trail.listed(offered, answered);
            }
            if let Some(why) = fact.hangup_reason.as_deref().filter(|told| !matches!(*told, "" | "normal"))
                && learn(&mut self.why, why)
            {
                self.changed.add_if(self.board.is_some(), Marks::BOARD);
                self.changed.add_if(self.past.is_some(), Marks::PAST);
            }
        }
    }

    fn merge_call(&mut self, fact: &CallFact, mine: bool, moment: &Moment) {
        let has_rings = self.has_legs();
        let is_told =
            fact.assigned == Some(true) || matches!(fact.status, Some(CallState::Answered | CallState::Ringing));
        let taken = self.trail.taken_now();
        let stage = match taken {
            // The caller's own side was answered by the queue long ago: whether the
            // agent answered is told by the rings.
            _ if !mine && has_rings => None,
            // An answer from before it was given to this agent was somebody else's.
            Some(_) if is_told => Some(CallStage::Talking),
            None if is_told => Some(CallStage::Ringing),
            _ => None,
        };
        let inbound = self.party.is_inbound();
        let began = moment.when(moment.at);
        let answered_at = taken.map(|taken| moment.when(taken.at()));
        if self.here.is_none() {
            let rings = stage == Some(CallStage::Ringing);
            let is_too_old = rings && moment.age(moment.at) >= RINGS_AT_MOST;
            let Some(stage) = stage.filter(|_| !is_too_old && (!rings || inbound)) else { return };
            self.is_here(stage, answered_at.unwrap_or(began), moment);
        }
        self.is_heard_of(moment.at, moment);
        let first_rang = self.trail.began;
        let Some(here) = &mut self.here else { return };
        here.rang_at = first_rang.unwrap_or(here.rang_at);
        let moved = match stage {
            Some(CallStage::Talking) if here.stage == CallStage::Ringing => {
                Some((CallStage::Talking, answered_at.unwrap_or(began)))
            }
            Some(CallStage::Ringing) if here.stage == CallStage::Talking && inbound && !has_rings => {
                Some((CallStage::Ringing, began))
            }
            _ => None,
        };
        if let Some((stage, since)) = moved {
            (here.stage, here.since) = (stage, since);
            self.changed.add(Marks::CARD);
        }
        if here.waited_s.is_none() && fact.wait_time.is_some() {
            here.waited_s = fact.wait_time;
            self.changed.add(Marks::CARD);
        }
        self.dress();
    }

    /// A leg says who is on the whole call.
    pub(crate) fn take_leg(&mut self, leg: &CallFact, me: &str) {
        let is_mine = leg.agent_id.as_deref().is_some_and(|agent| agent == me);
        if is_mine && leg.status == Some(CallState::Hangup) && leg.hangup_reason.as_deref() == Some("busy") {
            // A phone that is told to decline answers that it is busy (section 5.1).
            self.trail.is_declined = true;
        }
        if leg.status == Some(CallState::Answered) {
            self.is_with(leg.agent_id.as_deref());
        }
    }

    /// The board says which agent has it.
    pub(crate) fn is_with(&mut self, agent: Option<&str>) {
        if let (Some(board), Some(agent)) = (&mut self.board, agent) {
            self.changed.add_if(learn(&mut board.agent, agent), Marks::BOARD);
        }
    }

    /// A ring at a colleague. Until when it was told, if it tells anything.
    pub(crate) fn take_ring_elsewhere(&mut self, ring: &RingFact, moment: &Moment) -> Millis {
        self.trail.taken_by_another(ring.tm_create.or(moment.at));
        let is_ringing = self.here.as_ref().is_some_and(|here| here.stage == CallStage::Ringing);
        if is_ringing && self.trail.is_elsewhere() && !ring.is_over() {
            self.is_given_away(moment);
            return Millis::MAX;
        }
        moment.at_latest(moment.at)
    }

    /// Rings are how the live service tells an agent of a call (live-service.md,
    /// section 5.6). Somebody who is rung sees several rings for one caller: one
    /// for the agent, one inside it for the agent's phone. They are legs of one
    /// call at this desk, which rings while any leg does, is talked on once any
    /// was answered, and was missed only when all are over and none was.
    pub(crate) fn take_ring(&mut self, ring: &RingFact, id: &str, moment: &Moment) -> Millis {
        // Which of our numbers was called the ring does not say.
        self.party.is_outbound.get_or_insert(false);
        self.meets(ring.source.as_ref(), None);
        let began = moment.when(ring.tm_create.or(moment.at));
        self.trail.rung(id, ring, moment.heard(), began);
        let inside_of = ring.inside_of.as_deref();
        if self.is_rung_out(id) || inside_of.is_some_and(|outer| self.is_rung_out(outer)) {
            self.rings_out(id);
            return moment.now;
        }
        if self.here.is_none() {
            if ring.is_over() || self.is_over {
                // It was over before it was ever heard of here.
                self.rings_out(id);
                if let Some(outer) = inside_of.filter(|_| ring.is_answered()) {
                    self.rings_out(outer);
                }
                return moment.at_latest(moment.at);
            }
            if !ring.is_answered() && moment.age(ring.tm_create.or(moment.at)) >= RINGS_AT_MOST {
                return moment.at_latest(moment.at);
            }
            let stage = if ring.is_answered() { CallStage::Talking } else { CallStage::Ringing };
            self.is_here(stage, began, moment);
        }
        let is_over = self.merge_ring(id, began, moment);
        if is_over {
            self.is_gone(false);
            return Millis::MAX;
        }
        moment.at_latest(moment.at)
    }

    /// Whether all rings of the call here are over.
    fn merge_ring(&mut self, id: &str, began: Millis, moment: &Moment) -> bool {
        if let Some(ring) = self.trail.rings.get_mut(id) {
            self.changed.add_if(!std::mem::replace(&mut ring.is_leg, true), Marks::CARD);
        }
        let legs = || self.trail.rings.values().filter(|ring| ring.is_leg);
        let is_answered = legs().any(|leg| leg.is_answered());
        let is_over = legs().any(|leg| leg.is_answered() && leg.is_over()) || legs().all(|leg| leg.is_over());
        let Some(here) = &mut self.here else { return false };
        here.rang_at = here.rang_at.min(began);
        if is_answered && here.stage == CallStage::Ringing {
            (here.stage, here.since) = (CallStage::Talking, moment.when(moment.at));
            self.changed.add(Marks::CARD);
        } else if here.stage == CallStage::Ringing && began < here.since {
            here.since = began;
            self.changed.add(Marks::CARD);
        }
        self.is_heard_of(moment.at, moment);
        self.dress();
        is_over
    }

    /// Whether the call here is made of rings; none where the service tells of
    /// calls themselves.
    pub(crate) fn has_legs(&self) -> bool {
        self.here.is_some() && self.trail.rings.values().any(|ring| ring.is_leg)
    }

    fn is_rung_out(&self, id: &str) -> bool {
        self.rung_out.iter().any(|known| **known == *id)
    }

    fn rings_out(&mut self, id: &str) {
        if self.is_rung_out(id) {
            return;
        }
        if self.rung_out.len() >= RUNG_OUT {
            self.rung_out.remove(0);
        }
        self.rung_out.push(id.into());
    }

    /// Another agent has the call: it stops ringing here and is not missed,
    /// unless it was given to this agent since.
    pub(crate) fn is_given_away(&mut self, moment: &Moment) {
        let heard = moment.heard();
        if self.here.as_ref().is_some_and(|here| heard.is_older(here.at)) {
            return;
        }
        self.given_away = Some(moment.at.max(self.here.as_ref().and_then(|here| here.at.at())));
        self.trail.given_away(heard);
        self.leaves_desk();
    }

    /// The call is not, or no longer, at this desk. None of its legs can ring
    /// here again. What was answered takes the ring around it along: the service
    /// does not always end that one.
    pub(crate) fn leaves_desk(&mut self) {
        if self.here.take().is_none() {
            return;
        }
        self.changed.add(Marks::CARD);
        let mut rung_out = Vec::new();
        for (id, leg) in self.trail.rings.iter_mut().filter(|(_, ring)| ring.is_leg) {
            leg.is_leg = false;
            rung_out.push(id.clone());
            rung_out.extend(leg.inside_of.clone().filter(|_| leg.is_answered()));
        }
        for id in rung_out {
            self.rings_out(&id);
        }
    }

    /// It is over for this desk: it was missed if it still rang, unless nobody
    /// can know.
    pub(crate) fn is_gone(&mut self, is_in_doubt: bool) {
        if self.here.as_ref().is_some_and(|here| here.stage == CallStage::Ringing) {
            if is_in_doubt { self.trail.doubted() } else { self.trail.ended(None) }
        }
        self.leaves_desk();
    }

    /// What an action of the flow is called.
    pub(crate) fn action_of(fact: &CallFact) -> Option<&str> {
        let action = fact.action.as_ref()?;
        let name = action.name.as_deref().filter(|name| !name.trim().is_empty());
        name.or(action.kind.as_deref())
    }

    /// Whether it is as it must be: nothing rings that has ended, nobody waits
    /// whose call is over, and what left the board is counted no longer.
    #[cfg(debug_assertions)]
    pub(crate) fn check(&self) {
        use crate::view::BoardState;
        assert!(!(self.is_over && self.here.is_some()), "a call that ended is at this desk: {self:?}");
        assert!(!(self.is_over && self.wait.is_some()), "a caller waits whose call ended: {self:?}");
        let state = self.board.as_ref().map(|board| board.state);
        assert!(!self.is_over || state.is_none_or(|state| state == BoardState::Ended), "it is not over on the board");
        assert!(state != Some(BoardState::Ended) || self.is_over, "it is over on the board only: {self:?}");
        assert!(self.here.is_some() || !self.trail.rings.values().any(|ring| ring.is_leg), "a leg of no call");
        let counted = self.board.as_ref().and_then(|board| board.counted);
        assert!(self.board.is_none() || counted == state, "it is counted as something else: {self:?}");
    }
}
