//! What the agent is told of callers: the difference that a merge made, and
//! never a frame. And how callers are drawn.

use voipbin_wire::{AgentStatus, Timestamp};

use crate::alert::Alert;
use crate::callers::record::{Caller, Marks};
use crate::callers::table::Slot;
use crate::callers::{Change, Covered, card, gap, history, wait};
use crate::moment::Moment;
use crate::view::{
    AwayItemView, BoardCallView, CallStage, CallView, DeskView, OutcomeView, PastView, Patch, StatusView, WaitView,
    drawn,
};
use crate::{Desk, Millis};

impl Desk {
    /// Tells the agent of what the last merges changed.
    pub(crate) fn tell_of_callers(&mut self, moment: &Moment) {
        if self.callers.changes.is_empty() {
            return;
        }
        let mut changes = std::mem::take(&mut self.callers.changes);
        for change in changes.drain(..) {
            self.tell_of_caller(&change, moment);
        }
        if self.callers.changes.is_empty() {
            // The room is used again.
            self.callers.changes = changes;
        }
    }

    fn tell_of_caller(&mut self, change: &Change, moment: &Moment) {
        let Change { slot, before, after, is_written, ended } = *change;
        let Some(caller) = self.callers.table.get(slot) else { return };
        let (id, number) = (caller.id.clone(), caller.party.number.clone());
        if let Some(number) = number.as_deref().filter(|_| after.has_number) {
            let was_met = before.has_number && before.stage.is_some();
            if (after.stage.is_some() && !was_met) || (before.outcome.is_some() && !before.has_number) {
                self.people.count_call(number, &mut self.out);
            }
            if after.waits && !(before.waits && before.has_number) {
                self.people.meet(number, &mut self.out);
            }
        }
        self.tell_of_call(&id, slot, change);
        if before.waits && !after.waits {
            self.out.alert(Alert::Withdraw { key: wait::key(&id) });
        } else if after.waits && !before.waits && !moment.is_listed {
            let wait = self.callers.table.get(slot).and_then(|caller| self.wait_view(caller));
            wait.into_iter().for_each(|wait| self.out.alert(wait::began_to_wait(&wait)));
        }
        if is_written {
            self.keep_past(&id);
        }
        if before.outcome != after.outcome {
            // A call from before a loss may have been answered meanwhile: the lists say.
            let is_in_doubt = self.absence.gap.is_some() && before.is_stale;
            self.tell_of_outcome(&id, slot, change, &moment.listed_if(is_in_doubt), ended);
        }
    }

    fn tell_of_call(&mut self, id: &str, slot: Slot, Change { before, after, .. }: &Change) {
        match (before.stage, after.stage) {
            (Some(CallStage::Ringing), None | Some(CallStage::Talking)) => {
                self.out.alert(Alert::Withdraw { key: card::key(id) });
            }
            (None | Some(CallStage::Talking), Some(CallStage::Ringing)) => {
                let call = self.callers.table.get(slot).and_then(|caller| self.card_view(caller));
                call.into_iter().for_each(|call| self.out.alert(card::ringing(&call)));
            }
            _ => {}
        }
        if after.stage == Some(CallStage::Talking) && before.stage != after.stage {
            self.call_was_answered();
        }
    }

    /// Tells the agent of a missed call, unless it is told with all that
    /// happened while the link was away.
    fn tell_of_outcome(&mut self, id: &str, slot: Slot, change: &Change, moment: &Moment, ended: Millis) {
        if change.before.outcome == Some(OutcomeView::Missed) {
            self.out.alert(Alert::Withdraw { key: history::missed_key(id) });
        }
        let past = self.callers.table.get(slot).and_then(|caller| self.past_view(caller));
        let is_all_read = match &past {
            Some(past) => self.absence.take_call(past, ended, moment),
            None => self.absence.forget(id),
        };
        if is_all_read {
            self.away_seen();
        }
        if let Some(past) = past.filter(|past| past.outcome == OutcomeView::Missed && !moment.is_listed) {
            self.out.alert(history::missed(&past));
        }
    }

    /// Nobody but the agent says that the agent is available again.
    fn call_was_answered(&mut self) {
        self.people.me.has_talked();
        let is_busy = matches!(self.people.me.status, StatusView::Busy);
        if self.people.rights.is_agent && !is_busy && self.people.me.asked != Some(StatusView::Busy) {
            self.out.statuses.push(AgentStatus::Busy);
        }
    }

    /// Draws what changed of calls at this desk and of waiting callers.
    pub(crate) fn draw_calls(&mut self, patches: &mut Vec<Patch>) {
        for slot in self.callers.table.take_marked(Marks::CARD) {
            let caller = &self.callers.table[slot];
            patches.extend(drawn(&caller.id, self.card_view(caller)));
        }
        for slot in self.callers.table.take_marked(Marks::WAIT) {
            let caller = &self.callers.table[slot];
            patches.extend(drawn(&caller.id, self.wait_view(caller)));
        }
    }

    /// Draws what changed in the history.
    pub(crate) fn draw_history(&mut self, patches: &mut Vec<Patch>) {
        for slot in self.callers.table.take_marked(Marks::PAST) {
            let caller = &self.callers.table[slot];
            patches.extend(drawn(&caller.id, self.past_view(caller)));
        }
    }

    /// Draws what changed on the board.
    pub(crate) fn draw_board(&mut self, patches: &mut Vec<Patch>) {
        for slot in self.callers.table.take_marked(Marks::BOARD) {
            let caller = &self.callers.table[slot];
            patches.extend(drawn(&caller.id, self.board_view(caller)));
        }
    }

    /// Puts all callers into the picture of the whole desk.
    pub(crate) fn show_callers(&self, desk: &mut DeskView) {
        let table = &self.callers.table;
        let here = table.sorted(|caller| caller.here.is_some()).into_iter();
        desk.calls = here.filter_map(|caller| self.card_view(caller)).collect();
        let waiting = table.sorted(|caller| caller.wait.is_some()).into_iter();
        desk.waits = waiting.filter_map(|caller| self.wait_view(caller)).collect();
        let past = table.sorted(|caller| caller.past.is_some()).into_iter();
        desk.past = past.filter_map(|caller| self.past_view(caller)).collect();
        let on_board = table.sorted(|caller| caller.board.is_some()).into_iter();
        desk.board = on_board.filter_map(|caller| self.board_view(caller)).collect();
    }

    fn name_of_caller(&self, caller: &Caller) -> Option<&str> {
        self.people.name_of(caller.party.number())
    }

    fn card_view(&self, caller: &Caller) -> Option<CallView> {
        caller.card(&self.callers.queues, self.name_of_caller(caller), self.account())
    }

    fn wait_view(&self, caller: &Caller) -> Option<WaitView> {
        caller.waiting(&self.callers.me, &self.callers.queues, self.name_of_caller(caller))
    }

    pub(crate) fn past_view(&self, caller: &Caller) -> Option<PastView> {
        caller.history(&self.callers.queues, self.name_of_caller(caller))
    }

    fn board_view(&self, caller: &Caller) -> Option<BoardCallView> {
        caller.on_board(&self.callers.queues, self.name_of_caller(caller), |agent| self.people.shown_agent(agent))
    }

    /// What the queues are called, and who waits in them.
    pub fn queue_names(&mut self, names: Vec<voipbin_wire::QueueName>) {
        self.callers.queues_are_named(names);
        // Nothing rings because a queue has a name.
        self.tell_of_callers(&self.moment(0).listed());
    }

    /// Whether somebody waits in a queue that nobody has named.
    pub fn has_unplaced_waits(&self) -> bool {
        self.callers.queues.has_unplaced()
    }

    /// Whether a call rings or is talked on at this desk.
    pub fn has_calls(&self) -> bool {
        self.callers.here() > 0
    }

    pub(crate) fn is_talking(&self) -> bool {
        self.callers.are_talked_to()
    }

    /// Whether the own status is worth looking at again soon.
    pub fn may_ring_unseen(&self) -> bool {
        self.people.me.status == StatusView::Ringing && self.callers.are_unseen()
    }

    /// The service said what this agent's status is, which tells of calls, too.
    pub(crate) fn status_tells(&mut self, before: StatusView, changed: Option<Timestamp>, moment: &Moment) {
        self.callers.take_status((before, self.people.me.status), changed, moment);
        self.tell_of_callers(moment);
    }

    /// The agent has looked at the history.
    pub fn history_seen(&mut self) {
        self.callers.are_seen();
        self.tell_of_callers(&self.moment(0).listed());
    }

    /// What nobody told of for too long is over.
    pub(crate) fn drop_old_callers(&mut self, now: Millis) {
        self.callers.grow_old(now);
        self.tell_of_callers(&self.moment(now));
    }

    /// The lists of calls were read again and merged: what they do not confirm is over.
    pub fn confirmed(&mut self, covered: Covered, now: Millis) {
        let moment = self.moment(now).listed();
        self.callers.are_confirmed(covered, &moment);
        self.tell_of_callers(&moment);
    }

    /// Something that could not be told when it happened.
    pub(crate) fn note_gone(&mut self, item: AwayItemView, happened: Millis, moment: &Moment) {
        self.absence.note(item, happened, moment);
    }

    /// Events stop arriving: what happens from now on is missed for the time being.
    pub(crate) fn gap_opens(&mut self, now: Millis) {
        self.absence.begins(now);
    }

    /// Since when events did not arrive, if anything was missed.
    pub fn missing_since(&self) -> Option<Millis> {
        self.absence.gap.as_ref().map(gap::Gap::from)
    }

    /// All that was missed was read again and merged: what the lists of calls do
    /// not confirm is over, and the agent is told once of what happened in the meantime.
    pub fn caught_up(&mut self, covered: Covered, now: Millis) {
        self.confirmed(covered, now);
        if self.absence.ends(now) {
            self.absence.notice().into_iter().for_each(|notice| self.out.alert(notice));
        }
    }

    /// The agent has read what happened while the link was away.
    pub fn away_seen(&mut self) {
        if self.absence.is_read() {
            self.out.alert(Alert::Withdraw { key: gap::AWAY.to_owned() });
        }
    }
}
