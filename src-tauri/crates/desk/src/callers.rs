//! Callers: one record each, from the first ring to wrap-up.
//!
//! Every fact of a call, its legs, its rings and its places in queues is merged
//! into the record of its caller, found once. What the windows show of it is made
//! when it is drawn, and what the agent is told is the difference that a merge
//! made. A caller of whom nothing is shown any more is remembered for a while, so
//! that a late copy of an old frame does not bring it back.

pub(crate) mod board;
pub(crate) mod card;
pub(crate) mod gap;
pub(crate) mod history;
mod outcome;
pub(crate) mod queues;
pub(crate) mod record;
pub(crate) mod steering;
mod table;
mod told;
mod unseen;
mod wait;

use std::collections::{BTreeSet, VecDeque};

use voipbin_wire::{CallFact, QueueFact, QueueName, RingFact, Timestamp};

use crate::figures::Figures;
use crate::moment::Moment;
use crate::shelf::set;
use crate::view::{BoardState, CallStage, PastView};
use crate::{Millis, REMEMBERED};

use board::Tally;
use queues::Queues;
use record::{Caller, Marks, Standing, Telling};
use table::{Slot, Table};
use unseen::UNSEEN;

/// How many calls that are over stay on the board.
const ENDED_KEPT: usize = 200;
/// How many past calls are kept.
const PAST_KEPT: usize = 1000;

/// How far back the lists that were just read again are whole: what they do not
/// hold and began later is over. None where this agent cannot read the list.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Covered {
    /// Calls.
    pub calls: Option<Timestamp>,
    /// Rings.
    pub rings: Option<Timestamp>,
    /// Callers in queues.
    pub waits: Option<Timestamp>,
}

/// The callers that were told of, and the queues in which they wait.
#[derive(Debug, Default)]
pub(crate) struct Callers {
    /// Whose desk it is; empty for one that shows every call of the customer.
    me: String,
    table: Table,
    pub(crate) queues: Queues,
    pub(crate) figures: Figures,
    tally: Tally,
    /// How many are at this desk, and how many of them are talked to.
    here: u32,
    talking: u32,
    /// Those that are over and still on the board, the oldest first.
    ended: VecDeque<Slot>,
    /// Those in the history by time, the oldest first.
    history: BTreeSet<(Millis, Slot)>,
    /// Those of whom nothing is shown, the oldest first.
    idle: VecDeque<Slot>,
    /// What the agent may have to be told of.
    changes: Vec<Change>,
    /// Since when the agent's status says that something rings, as far as it was looked at.
    status_rings_since: Option<Millis>,
    /// Something moved that the floor's figures count.
    pub(crate) floor_is_old: bool,
    #[cfg(debug_assertions)]
    merges: u32,
}

/// The difference that a merge made to what the agent is told of a caller.
#[derive(Debug)]
pub(crate) struct Change {
    slot: Slot,
    before: Standing,
    after: Standing,
    /// What the history says of it changed.
    is_written: bool,
    /// When it was so, at the latest.
    ended: Millis,
}

impl Callers {
    /// Whose desk it is.
    pub(crate) fn are_of(&mut self, me: &str) {
        if self.me != me {
            me.clone_into(&mut self.me);
            self.update_all(|caller, _| caller.changed.add_if(caller.wait.is_some(), Marks::WAIT));
        }
    }

    /// Takes in what is told of a call.
    pub(crate) fn take_call(&mut self, fact: &CallFact, for_agent: Option<&str>, moment: &Moment) {
        let Some(id) = fact.id.as_deref() else { return };
        if let Some(whole) = fact.master_call_id.as_deref() {
            self.take_leg(whole, fact);
        }
        let slot = self.table.of(id);
        let before = self.table[slot].standing();
        let Self { me, table, queues, figures, tally, .. } = self;
        let telling = Telling { me, for_agent, moment };
        let caller = &mut table[slot];
        caller.meets_by_call(fact);
        let is_over = fact.master_call_id.is_none() && caller.board_call(fact, telling, queues, figures, tally);
        let ended = caller.take_call(fact, telling, queues);
        if caller.is_over && caller.board.as_ref().is_some_and(|board| board.state != BoardState::Ended) {
            caller.leaves_board(tally);
        }
        self.merged(slot, before, ended);
        if is_over {
            self.ended.push_back(slot);
            self.clear_board();
        }
    }

    /// A leg says who is on the whole call.
    fn take_leg(&mut self, whole: &str, leg: &CallFact) {
        let slot = self.table.of(whole);
        self.merge(slot, Millis::MAX, |callers| callers.table[slot].take_leg(leg, &callers.me));
    }

    /// Takes in what is told of a ring.
    pub(crate) fn take_ring(&mut self, ring: &RingFact, moment: &Moment) {
        self.transfer_moved(ring);
        let (Some(id), Some(key)) = (ring.id.as_deref(), ring.key()) else { return };
        let Some(agent) = ring.agent_id.as_deref() else { return };
        let (is_answered, is_mine) = (ring.is_answered(), !self.me.is_empty() && agent == self.me);
        if !is_answered && !is_mine {
            return;
        }
        let slot = self.table.of(key);
        let before = self.table[slot].standing();
        let caller = &mut self.table[slot];
        if is_answered && ring.call_id.is_some() {
            caller.is_with(Some(agent));
        }
        let ended = match is_mine {
            true => caller.take_ring(ring, id, moment),
            false if self.me.is_empty() => Millis::MAX,
            false => caller.take_ring_elsewhere(ring, moment),
        };
        self.merged(slot, before, ended);
    }

    /// Takes in what is told of a caller in a queue.
    pub(crate) fn take_queue(&mut self, fact: &QueueFact, for_agent: Option<&str>, moment: &Moment) {
        let Some(id) = fact.call_id.as_deref() else { return };
        let queue = self.queues.told(fact);
        if let Some(queue) = queue {
            self.queues.has_changed(queue);
            if for_agent == Some(self.me.as_str()) && self.queues.is_told_as_mine(queue) {
                let waits_there = |caller: &Caller| caller.wait.as_ref().is_some_and(|wait| wait.queue == Some(queue));
                self.update_all(|caller, _| caller.changed.add_if(waits_there(caller), Marks::WAIT));
            }
        }
        let Some(place) = self.queues.place(fact, id, queue) else { return };
        let slot = self.table.of(id);
        let before = self.table[slot].standing();
        let Self { me, table, queues, figures, tally, .. } = self;
        let telling = Telling { me, for_agent, moment };
        let ended = table[slot].take_queue(fact, (place, queue), telling, queues, figures, tally);
        self.merged(slot, before, ended);
    }

    /// What the queues are called, and who waits in them.
    pub(crate) fn queues_are_named(&mut self, names: Vec<QueueName>) {
        let is_news = self.queues.named(names);
        let Self { table, queues, figures, .. } = self;
        let mut used = BTreeSet::new();
        for slot in table.slots() {
            let caller = &mut table[slot];
            caller.is_placed(queues, figures);
            used.extend(caller.wait.as_ref().map(|wait| wait.place));
            if is_news {
                caller.is_shown_anew();
            }
        }
        self.queues.keep_places(&used);
        self.update_all(|_, _| {});
        self.floor_is_old = true;
    }

    /// Which tags this agent has.
    pub(crate) fn are_tagged(&mut self, tags: Vec<String>) {
        if self.queues.tagged(tags) {
            self.update_all(|caller, _| caller.changed.add_if(caller.wait.is_some(), Marks::WAIT));
        }
    }

    /// Whoever has this number is called otherwise.
    pub(crate) fn are_renamed(&mut self, number: &str) {
        self.table.update_all(|caller| {
            if caller.party.number() == number {
                caller.is_shown_anew();
            }
        });
    }

    /// Nobody knows any more who has a number; the history keeps the name.
    pub(crate) fn are_forgotten(&mut self, number: &str, name: &str) {
        self.table.update_all(|caller| {
            if caller.party.number() != number {
                return;
            }
            caller.is_shown_anew();
            if let Some(past) = &mut caller.past {
                past.name = Some(name.into());
            }
        });
    }

    /// An agent is called otherwise.
    pub(crate) fn agent_is_renamed(&mut self, agent: &str) {
        self.table.update_all(|caller| {
            let is_with = caller.board.as_ref().is_some_and(|board| board.agent.as_deref() == Some(agent));
            caller.changed.add_if(is_with, Marks::BOARD);
        });
    }

    /// The link is lost: everything may be over.
    pub(crate) fn are_doubted(&mut self, now: Millis) {
        self.update_all(|caller, _| {
            caller.is_doubted(now);
            caller.wait_is_doubted(now);
            caller.board_is_doubted();
        });
        self.floor_is_old = true;
    }

    /// What the lists were whole enough to hold and did not is over.
    pub(crate) fn are_confirmed(&mut self, covered: Covered, moment: &Moment) {
        let since = |list: Option<Timestamp>| list.map(|list| moment.when(Some(list)));
        let (calls, rings, waits) = (since(covered.calls), since(covered.rings), since(covered.waits));
        for slot in self.table.slots() {
            let caller = &self.table[slot];
            let list = if caller.has_legs() { rings } else { calls };
            let is_over =
                |here: &card::Here| here.stale_since.is_some() && list.is_some_and(|since| here.rang_at >= since);
            let is_gone = caller.here.as_deref().is_some_and(is_over);
            let has_left = |wait: &wait::Wait| waits.is_some_and(|since| wait.should_be_listed(since));
            let has_left = caller.wait.as_deref().is_some_and(has_left);
            let is_off = |board: &board::OnBoard| calls.is_some_and(|since| board.should_be_listed(since));
            let is_off = caller.board.as_deref().is_some_and(is_off);
            if is_gone || has_left || is_off {
                self.drops(slot, is_gone.then_some(true), has_left, is_off);
            }
        }
    }

    /// What nobody told of for too long is over: a call that rings without end,
    /// or was told before a loss and never since; a caller who was told to wait
    /// before a loss, far longer than anybody waits; a call that nobody ends.
    pub(crate) fn grow_old(&mut self, now: Millis) {
        for slot in self.table.slots() {
            let caller = &self.table[slot];
            // After a loss it may have been answered: nobody tells.
            let is_gone = caller.here.as_ref().filter(|here| here.is_old(now)).map(|here| here.stale_since.is_some());
            let has_left = caller.wait.as_ref().is_some_and(|wait| wait.is_old(now));
            let is_off = caller.board.as_ref().is_some_and(|board| board.is_silent(now));
            if is_gone.is_some() || has_left || is_off {
                self.drops(slot, is_gone, has_left, is_off);
            }
        }
    }

    fn drops(&mut self, slot: Slot, is_gone: Option<bool>, has_left: bool, is_off: bool) {
        self.merge(slot, Millis::MAX, |callers| {
            let Self { table, queues, tally, .. } = callers;
            let caller = &mut table[slot];
            if let Some(is_in_doubt) = is_gone {
                caller.is_gone(is_in_doubt);
            }
            if has_left {
                caller.leaves_queue(queues);
            }
            if is_off {
                caller.leaves_board(tally);
            }
        });
    }

    /// See [`Desk::clock_jumped`](crate::Desk::clock_jumped).
    pub(crate) fn clock_jumped(&mut self, by: Millis, shown: Millis, now: Millis) {
        self.figures.clock_jumped(by, now);
        self.status_rings_since = self.status_rings_since.map(|since| since + by);
        self.update_all(|caller, queues| {
            if let Some(here) = &mut caller.here {
                here.clock_jumped(by, shown);
            }
            if let Some(wait) = &mut caller.wait {
                wait.clock_jumped(by, shown, queues);
            }
            if let Some(board) = &mut caller.board {
                board.clock_jumped(by, shown);
            }
            if shown != 0 {
                caller.changed.add_if(caller.here.is_some(), Marks::CARD);
                caller.changed.add_if(caller.wait.is_some(), Marks::WAIT);
                caller.changed.add_if(caller.board.is_some(), Marks::BOARD);
            }
            if let Some(past) = caller.past.as_mut().filter(|past| by < 0 && past.at > now) {
                past.at = (past.at + by).min(now);
                caller.changed.add(Marks::PAST);
            }
        });
        self.floor_is_old = true;
    }

    /// The agent has heard that somebody waits: no tone for those.
    pub(crate) fn are_heard(&mut self) {
        self.update_all(|caller, _| {
            if let Some(wait) = &mut caller.wait {
                wait.is_heard = true;
            }
        });
        self.floor_is_old = true;
    }

    /// The agent has looked at the history.
    pub(crate) fn are_seen(&mut self) {
        self.update_all(|caller, _| {
            if let Some(past) = &mut caller.past {
                caller.changed.add_if(set(&mut past.is_seen, true), Marks::PAST);
            }
        });
    }

    /// Puts back what the ledger held of a call.
    pub(crate) fn restore(&mut self, past: PastView) {
        let slot = self.table.of(&past.id);
        self.merge(slot, past.at, |callers| callers.table[slot].restore(past));
        // It is no news.
        self.changes.clear();
    }

    /// Whether a tone should repeat. Nobody is asked for while no queue counts.
    pub(crate) fn call_for_attention(&self) -> bool {
        let is_wanted = |caller: &Caller| {
            let Some(wait) = &caller.wait else { return false };
            let is_mine = wait.queue.and_then(|queue| self.queues.is_mine(queue)) != Some(false);
            is_mine && !wait.is_heard && !wait.is_stale && caller.is_listed(&self.me)
        };
        self.queues.are_occupied() && self.table.all().any(is_wanted)
    }

    pub(crate) fn tally(&self) -> Tally {
        self.tally
    }

    /// How many ring or are talked to at this desk.
    pub(crate) fn here(&self) -> u32 {
        self.here
    }

    pub(crate) fn are_talked_to(&self) -> bool {
        self.talking > 0
    }

    /// Whether this call rings or is talked on at this desk.
    pub(crate) fn is_here(&self, id: &str) -> bool {
        self.find(id).is_some_and(|caller| caller.here.is_some())
    }

    /// Whether somebody with this number rings or is talked to at this desk.
    pub(crate) fn is_on_the_line(&self, number: &str) -> bool {
        self.here > 0 && self.table.all().any(|caller| caller.here.is_some() && caller.party.number() == number)
    }

    /// Our numbers that were called or call.
    pub(crate) fn our_numbers(&self) -> impl Iterator<Item = &str> {
        self.table.all().map(|caller| caller.party.our_number())
    }

    /// The numbers of all that are at this desk or wait.
    pub(crate) fn numbers(&self) -> impl Iterator<Item = &str> {
        let are_on_the_desk = self.table.all().filter(|caller| caller.here.is_some() || caller.wait.is_some());
        are_on_the_desk.map(|caller| caller.party.number())
    }

    pub(crate) fn find(&self, id: &str) -> Option<&Caller> {
        self.table.find(id).map(|slot| &self.table[slot])
    }

    /// How many callers have a record.
    #[cfg(test)]
    pub(crate) fn known(&self) -> usize {
        self.table.len()
    }

    /// Everybody who waits: in which queue, and since when.
    #[cfg(test)]
    pub(crate) fn waits(&self) -> Vec<(Option<String>, Millis)> {
        let waits = self.table.all().filter_map(|caller| caller.wait.as_ref());
        waits.map(|wait| (wait.queue.map(|queue| self.queues.id(queue).to_owned()), wait.since)).collect()
    }

    /// How many pictures of callers are to be drawn again.
    pub(crate) fn marked(&self) -> usize {
        self.table.marked()
    }

    /// Gives room back, and forgets those who were remembered for long enough.
    pub(crate) fn give_room_back(&mut self) {
        self.forget();
        self.table.give_room_back();
    }

    /// Changes one caller; `ended` is when it was so, at the latest.
    fn merge(&mut self, slot: Slot, ended: Millis, change: impl FnOnce(&mut Self)) {
        let before = self.table[slot].standing();
        change(self);
        self.merged(slot, before, ended);
    }

    /// Changes each of them.
    fn update_all(&mut self, mut change: impl FnMut(&mut Caller, &mut Queues)) {
        for slot in self.table.slots() {
            let before = self.table[slot].standing();
            let Self { table, queues, .. } = self;
            change(&mut table[slot], queues);
            if !self.table[slot].changed.is_none() {
                self.merged(slot, before, Millis::MAX);
            }
        }
    }

    /// A fact was merged into a caller's record: what became of it is worked
    /// out, and what changed is noted.
    fn merged(&mut self, slot: Slot, before: Standing, ended: Millis) {
        let caller = &mut self.table[slot];
        if let Some(filed) = caller.settle(ended) {
            self.history.remove(&(filed, slot));
        }
        let after = caller.standing();
        if before.stage.is_some() != after.stage.is_some() {
            caller.changed.add_if(caller.wait.is_some(), Marks::WAIT);
        }
        let changed = std::mem::take(&mut caller.changed);
        let comes = before.stage.is_none() && after.stage.is_some() && *caller.id != *UNSEEN;
        self.table.mark(slot, changed);
        self.floor_is_old |= changed.has(Marks::WAIT);
        let is_written = changed.has(Marks::PAST);
        if is_written {
            self.file(slot);
        }
        if before != after || is_written {
            self.count(before.stage, after.stage);
            self.changes.push(Change { slot, before, after, is_written, ended });
        }
        self.lays_idle(slot);
        if comes {
            // What only the status told of is this one.
            self.drop_unseen();
        }
        #[cfg(debug_assertions)]
        self.check(slot);
    }

    fn count(&mut self, before: Option<CallStage>, after: Option<CallStage>) {
        let is = |stage: Option<CallStage>| (u32::from(stage.is_some()), u32::from(stage == Some(CallStage::Talking)));
        let ((was_here, was_talking), (is_here, is_talking)) = (is(before), is(after));
        self.here = self.here + is_here - was_here;
        self.talking = self.talking + is_talking - was_talking;
    }

    /// Puts a call in its order in the history. Of more than are kept the oldest goes.
    fn file(&mut self, slot: Slot) {
        let Some(past) = &mut self.table[slot].past else { return };
        if let Some(before) = past.filed.replace(past.at) {
            self.history.remove(&(before, slot));
        }
        self.history.insert((past.at, slot));
        while self.history.len() > PAST_KEPT
            && let Some((_, oldest)) = self.history.pop_first()
        {
            self.table[oldest].past = None;
            self.table.mark(oldest, Marks::PAST);
            self.lays_idle(oldest);
        }
    }

    /// Of those that are over the last few stay on the board.
    fn clear_board(&mut self) {
        while self.ended.len() > ENDED_KEPT
            && let Some(oldest) = self.ended.pop_front()
        {
            self.merge(oldest, Millis::MAX, |callers| callers.table[oldest].leaves_board(&mut callers.tally));
        }
    }

    /// Nothing may be shown of a caller any more.
    fn lays_idle(&mut self, slot: Slot) {
        let caller = &mut self.table[slot];
        if caller.is_tombstone() && !std::mem::replace(&mut caller.is_idle, true) {
            self.idle.push_back(slot);
            self.forget();
        }
    }

    /// Of those of whom nothing is shown the last few are remembered.
    fn forget(&mut self) {
        for _ in 0..self.idle.len().saturating_sub(REMEMBERED) {
            let Some(slot) = self.idle.pop_front() else { return };
            let caller = &mut self.table[slot];
            if !caller.is_tombstone() {
                caller.is_idle = false;
            } else if !caller.marks.is_none() {
                // That it is gone is not drawn yet.
                return self.idle.push_front(slot);
            } else {
                self.table.remove(slot);
            }
        }
    }

    /// What must always hold. All of it is looked at where that is quick.
    #[cfg(debug_assertions)]
    fn check(&mut self, slot: Slot) {
        self.table[slot].check();
        self.merges = self.merges.wrapping_add(1);
        if self.table.len() > 32 && !self.merges.is_multiple_of(256) {
            return;
        }
        let count = |is: &dyn Fn(&Caller) -> bool| {
            u32::try_from(self.table.all().filter(|caller| is(caller)).count()).unwrap_or(u32::MAX)
        };
        let on_board = |state: BoardState| count(&|caller| caller.board.as_ref().is_some_and(|it| it.state == state));
        let counted = Tally {
            ringing: on_board(BoardState::Ringing),
            talking: on_board(BoardState::Talking),
            waiting: on_board(BoardState::Waiting),
        };
        assert_eq!(self.tally, counted, "the floor counts what is on the board");
        assert_eq!(self.queues.all_waiting(), count(&|caller| caller.wait.is_some()), "each waits in one queue");
        assert_eq!(self.here, count(&|caller| caller.here.is_some()), "the calls here are counted");
        let past = count(&|caller| caller.past.is_some());
        assert_eq!(u32::try_from(self.history.len()), Ok(past), "each past call is in order once");
    }
}
