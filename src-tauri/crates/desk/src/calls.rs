//! Calls at this desk: those that ring here and those the agent talks on.

use voipbin_wire::{CallFact, CallState, Direction, Timestamp, isolated};

use crate::alert::{About, Alert, AlertKind};
use crate::numbers::{WITHHELD, is_withheld, name_told, number_of, shown_number};
use crate::past::{Covered, Outcome};
use crate::rings::Legs;
use crate::shelf::{set, set_told};
use crate::steering::Handover;
use crate::view::{CallStage, CallView, ControlsView};
use crate::{Desk, Millis, board, is_older};

/// A ringing call that was told before a loss of the link and not since is over
/// after this time, …
const RINGING_STALE_FOR: Millis = 60_000;
/// … and one that was talked on after this.
const TALKING_STALE_FOR: Millis = 4 * 3_600_000;

/// A call that has rung this long without any news is taken to be over: its
/// end was told to somebody else, or to nobody.
pub(crate) const RINGS_AT_MOST: Millis = 180_000;

/// A call and when its newest fact was true.
#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) view: CallView,
    pub(crate) queue_id: Option<String>,
    pub(crate) stale_since: Option<Millis>,
    /// The rings it is made of; none where the service tells of calls themselves.
    pub(crate) legs: Legs,
    pub(crate) rang_at: Millis,
    pub(crate) shown: Option<CallView>,
    /// The transfer under way.
    pub(crate) handover: Handover,
    caller_name: Option<String>,
    at: Option<Timestamp>,
    news_at: Millis,
}

/// Who is on a call, as far as any event has told, whichever desk it is on.
#[derive(Debug, Clone, Default)]
pub(crate) struct Party {
    pub(crate) name: Option<String>,
    pub(crate) number: Option<String>,
    pub(crate) our_number: Option<String>,
    pub(crate) direction: Option<Direction>,
}

impl Party {
    /// Whether nothing is told.
    pub(crate) fn is_nobody(&self) -> bool {
        self.name.is_none() && self.number.is_none() && self.our_number.is_none() && self.direction.is_none()
    }

    /// Takes what is told, and keeps what is not.
    pub(crate) fn learn(&mut self, told: &Self) {
        set_told(&mut self.name, told.name.as_ref());
        // That a network withholds a number takes back none that was told.
        let number = told.number.as_ref().filter(|number| *number != WITHHELD || self.number.is_none());
        set_told(&mut self.number, number);
        set_told(&mut self.our_number, told.our_number.as_ref());
        set_told(&mut self.direction, told.direction.as_ref());
    }
}

impl Desk {
    /// A call comes to this desk when it was given to this agent, by the fact
    /// itself or by the agent's own topic having delivered it. What other
    /// agents talk on is theirs; a call given to another agent leaves this desk.
    /// A desk without an agent (an access key's) shows every call of the customer.
    pub(crate) fn learn_call(&mut self, fact: &CallFact, at: Option<Timestamp>, for_agent: Option<&str>, now: Millis) {
        let Some(id) = fact.id.as_deref() else { return };
        if self.over.get(id).is_some() {
            // That it ended is known; a list may say more of how it went.
            return self.learn_call_that_was(id, fact, at, now);
        }
        self.meet_party(id, &party(fact));
        // A desk that shows every call shows none of its legs.
        if self.me.id.is_empty() && fact.master_call_id.is_some() {
            return;
        }
        if fact.status == Some(CallState::Hangup) {
            if matches!(fact.hangup_reason.as_deref(), Some("declined" | "rejected")) {
                self.declined.insert(id, at);
            }
            self.learn_call_that_was(id, fact, at, now);
            self.end_call(id, fact, at);
            if let Some(why) = fact.hangup_reason.as_deref().and_then(board::why) {
                self.explain_past(id, why);
            }
            return;
        }
        let given_to = fact.agent_id.as_deref().filter(|id| !id.is_empty() && !id.starts_with("00000000-"));
        let mine = self.me.id.is_empty() || given_to.or(for_agent) == Some(self.me.id.as_str());
        let given_away = self.given_away.get(id);
        if !mine && given_to.is_some() {
            return self.give_away(id, at);
        }
        let is_known = self.calls.has(id);
        if !is_known && (!mine || given_away.is_some_and(|since| at <= since)) {
            return;
        }
        self.merge_call(id, fact, at, mine, now);
        if let Some(direction) = fact.mute_direction.as_deref() {
            self.mute_moved(id, direction);
        }
        self.show_wait(id);
    }

    /// A list tells of a call that rang here and is over, by the list itself or
    /// by what was heard since the list was made.
    fn learn_call_that_was(&mut self, id: &str, fact: &CallFact, at: Option<Timestamp>, now: Millis) {
        let is_ours = self.quiet && fact.agent_id.is_some() && fact.agent_id.as_deref() == Some(self.me.id.as_str());
        if !is_ours || self.calls.has(id) || fact.direction != Some(Direction::Inbound) {
            return;
        }
        self.meet_party(id, &party(fact));
        let outcome = if fact.tm_progressing.is_some() { Outcome::Answered } else { Outcome::Missed };
        let (began, ended) = (self.moment(fact.tm_create, now), self.moment(at, now));
        self.record(id, outcome, began, ended);
    }

    fn merge_call(&mut self, id: &str, fact: &CallFact, at: Option<Timestamp>, mine: bool, now: Millis) {
        let known = self.calls.get(id);
        let older = known.is_some_and(|call| is_older(at, call.at));
        let stage = match fact.status {
            // The caller's own side was answered by the queue long ago: whether the
            // agent answered is told by the rings.
            _ if !mine && known.is_some_and(|call| !call.legs.is_empty()) => None,
            // It rings here now, whatever the caller's side has been doing in the queue.
            _ if fact.assigned == Some(true) => Some(CallStage::Ringing),
            Some(CallState::Answered) => Some(CallStage::Talking),
            Some(CallState::Ringing) => Some(CallStage::Ringing),
            _ => None,
        };
        let told = self.parties.get(id).cloned().unwrap_or_default();
        let inbound = told.direction != Some(Direction::Outbound);
        let is_new = known.is_none();
        let began = self.moment(at, now);
        let is_too_old = stage == Some(CallStage::Ringing) && now - began >= RINGS_AT_MOST;
        if is_new && (stage.is_none() || is_too_old || (stage == Some(CallStage::Ringing) && !inbound)) {
            return;
        }
        if is_new {
            self.new_call(id, stage.unwrap_or(CallStage::Ringing), inbound, began, now);
        }
        self.heard_of_call(id, at, now);
        let Some(call) = self.calls.get_mut(id) else { return };
        call.view.inbound = inbound;
        // A call that is talked on does not ring again, and an answer from
        // before it was given to this agent was somebody else's.
        if stage == Some(CallStage::Talking) && call.view.stage == CallStage::Ringing && !older {
            call.view.stage = CallStage::Talking;
            call.view.since = began;
        }
        call.queue_id = fact.queue_id.clone().or(call.queue_id.take());
        call.view.waited_s = call.view.waited_s.or(fact.wait_time);
        self.dress_call(id, told.our_number, older);
    }

    /// Puts a call on the desk, as yet without a word about who it is.
    pub(crate) fn new_call(&mut self, id: &str, stage: CallStage, inbound: bool, began: Millis, now: Millis) {
        let view = CallView {
            id: id.to_owned(),
            stage,
            inbound,
            name: None,
            number: String::new(),
            our_number: String::new(),
            queue: None,
            waited_s: None,
            since: began,
            stale: false,
            can_end_ring: false,
            controls: ControlsView::default(),
        };
        let call = Call {
            view,
            queue_id: None,
            stale_since: None,
            legs: Legs::new(),
            rang_at: began,
            shown: None,
            handover: Handover::default(),
            caller_name: None,
            at: None,
            news_at: now,
        };
        self.calls.put(id, call);
    }

    /// The call was told of: it is not in doubt.
    pub(crate) fn heard_of_call(&mut self, id: &str, at: Option<Timestamp>, now: Millis) {
        if let Some(call) = self.calls.get_mut(id) {
            call.stale_since = None;
            call.view.stale = false;
            call.at = call.at.max(at);
            call.news_at = now;
        }
    }

    /// Shows a call with all that is known about it by now.
    pub(crate) fn dress_call(&mut self, id: &str, our_number: Option<String>, older: bool) {
        let party = self.parties.get(id).cloned().unwrap_or_default();
        let waited = self.waits.get(id);
        let waits_since = waited.map(|wait| wait.view.since);
        let queue_id = waited.and_then(|wait| wait.queue_id.clone());
        let number = party.number.or_else(|| waited.and_then(|wait| wait.view.number.clone()));
        let Some(call) = self.calls.get_mut(id) else { return };
        fill(&mut call.view.number, number, older);
        fill(&mut call.view.our_number, our_number.or(party.our_number), older);
        call.caller_name = party.name.or(call.caller_name.take());
        call.queue_id = call.queue_id.take().or(queue_id);
        call.view.waited_s = call.view.waited_s.or(waits_since.map(|since| ((call.rang_at - since) / 1000).max(0)));
        let (number, queue_id, caller_name) =
            (call.view.number.clone(), call.queue_id.clone(), call.caller_name.clone());
        let name = self.name_of(&number).map(str::to_owned).or(caller_name);
        let queue = queue_id.map(|queue_id| self.queue_name(&queue_id));
        let Some(call) = self.calls.get_mut(id) else { return };
        (call.view.name, call.view.queue) = (name, queue);
        self.call_changed(id);
    }

    /// Another agent has the call: it stops ringing here and is not missed,
    /// unless it was given to this agent since.
    pub(crate) fn give_away(&mut self, id: &str, at: Option<Timestamp>) {
        if self.calls.get(id).is_some_and(|call| is_older(at, call.at)) {
            return;
        }
        self.given_away.insert(id, at);
        let rang = self.calls.get(id).filter(|call| call.view.stage == CallStage::Ringing && call.view.inbound);
        if let Some(rang_at) = rang.map(|call| call.rang_at) {
            self.record(id, Outcome::Elsewhere, rang_at, Millis::MAX);
        }
        self.drop_call(id);
    }

    /// A call that rings without end, or was told before a loss and never
    /// since, is taken off the desk; the agent hears that it was missed.
    pub(crate) fn drop_old_calls(&mut self, now: Millis) {
        let is_old = |call: &Call| match (call.view.stage, call.stale_since) {
            (CallStage::Ringing, Some(since)) => now - since >= RINGING_STALE_FOR,
            (CallStage::Ringing, None) => now - call.news_at >= RINGS_AT_MOST,
            (CallStage::Talking, Some(since)) => now - since >= TALKING_STALE_FOR,
            (CallStage::Talking, None) => false,
        };
        for id in self.calls.which(is_old) {
            self.stop_ringing(&id, true);
            self.show_wait(&id);
        }
    }

    fn call_changed(&mut self, id: &str) {
        if self.calls.get(id).is_none_or(|call| call.shown.as_ref() == Some(&call.view)) {
            return;
        }
        let Some(call) = self.calls.touch(id) else { return };
        let (view, rang_at) = (call.view.clone(), call.rang_at);
        let before = call.shown.replace(view.clone());
        let stage_before = before.as_ref().map(|before| before.stage);
        if before.is_none_or(|before| before.number.is_empty() || before.number == WITHHELD) && !view.number.is_empty()
        {
            self.count_call(&view.number);
        }
        if view.stage == CallStage::Ringing && stage_before.is_none() {
            self.alert(ringing(&view));
        }
        if view.stage == CallStage::Talking && stage_before != Some(CallStage::Talking) {
            if stage_before.is_some() {
                self.alert(Alert::Withdraw { key: key(&view.id) });
            }
            self.call_was_answered();
            if view.inbound {
                self.record(id, Outcome::Answered, rang_at, rang_at);
            }
        }
    }

    fn end_call(&mut self, id: &str, fact: &CallFact, at: Option<Timestamp>) {
        let elsewhere = fact.agent_id.as_deref().is_some_and(|agent| agent != self.me.id);
        // It was answered while nobody told; where there are rings, they know.
        let known = self.calls.get(id);
        if fact.tm_progressing.is_some()
            && fact.agent_id.as_deref() == Some(self.me.id.as_str())
            && let Some(rang_at) = known.map(|call| call.rang_at)
        {
            self.record(id, Outcome::Answered, rang_at, rang_at);
        }
        self.stop_ringing(id, !elsewhere);
        self.over.insert(id, at);
        self.drop_wait(id);
    }

    /// The call is not, or no longer, at this desk.
    pub(crate) fn drop_call(&mut self, id: &str) {
        self.stop_ringing(id, false);
        self.show_wait(id);
    }

    /// Takes a call off the desk. One that still rang and was nobody else's was missed.
    pub(crate) fn stop_ringing(&mut self, id: &str, is_missed: bool) {
        let Some(call) = self.calls.get(id) else { return };
        let (stage, inbound, rang_at) = (call.view.stage, call.view.inbound, call.rang_at);
        let call_is_in_doubt = call.view.stale && self.gap.is_some();
        let was_answered = self.past.get(id).is_some_and(|past| past.outcome == Outcome::Answered);
        let was_missed = stage == CallStage::Ringing && is_missed && inbound && !was_answered;
        // A call from before a loss may have been answered meanwhile: the lists say.
        let was_quiet = self.quiet;
        self.quiet |= call_is_in_doubt;
        let is_new = was_missed && self.record(id, Outcome::Missed, rang_at, Millis::MAX);
        let Some(call) = self.calls.remove(id) else { return };
        self.ring_out(call.legs);
        if stage == CallStage::Ringing {
            self.alert(Alert::Withdraw { key: key(id) });
        }
        if is_new || (was_missed && !self.quiet) {
            self.alert_missed(id);
        }
        self.quiet = was_quiet;
    }

    /// Tells the agent of a missed call, unless it is told with all that
    /// happened while the link was away.
    pub(crate) fn alert_missed(&mut self, id: &str) {
        let Some(past) = self.past.get(id).filter(|_| !self.quiet) else { return };
        let number = past.name.is_some().then(|| shown_number(&past.number).to_owned());
        let queue = past.queue.as_deref().map(|queue| isolated(queue).into_owned());
        let parts: Vec<String> = [number, queue].into_iter().flatten().collect();
        let alert = Alert::Raise {
            key: format!("missed {id}"),
            kind: AlertKind::Missed,
            title: format!("Missed call from {}", caller(past.name.as_ref(), &past.number)),
            body: parts.join(" · "),
            about: About::Call { id: id.to_owned(), number: past.number.clone() },
        };
        self.alert(alert);
    }

    /// What the lists were whole enough to hold and did not is over.
    pub(crate) fn drop_unconfirmed(&mut self, covered: Covered, now: Millis) {
        let is_gone = |call: &Call| {
            let list = if call.legs.is_empty() { covered.calls } else { covered.rings };
            let since = list.map(|list| self.moment(Some(list), now));
            call.stale_since.is_some() && since.is_some_and(|since| call.rang_at >= since)
        };
        for id in self.calls.which(is_gone) {
            self.stop_ringing(&id, true);
            self.show_wait(&id);
        }
        self.drop_unconfirmed_waits(covered.waits, now);
        self.drop_unconfirmed_board(covered.calls, now);
    }

    /// A number got a name: calls with it show it.
    pub(crate) fn rename_calls(&mut self, number: &str) {
        let name = self.name_of(number).map(str::to_owned);
        self.calls.update_all(|call| {
            let name = name.as_ref().or(call.caller_name.as_ref());
            let is_news = call.view.number == number && call.view.name.as_ref() != name;
            if is_news {
                call.view.name = name.cloned();
                call.shown = Some(call.view.clone());
            }
            is_news
        });
    }

    /// A queue got a name: calls that came through it show it.
    pub(crate) fn rename_call_queues(&mut self) {
        let Self { calls, queue_names, .. } = self;
        calls.update_all(|call| {
            let Some(queue_id) = &call.queue_id else { return false };
            let is_news = set(&mut call.view.queue, Some(crate::queues::name_in(queue_names, queue_id)));
            if is_news {
                call.shown = Some(call.view.clone());
            }
            is_news
        });
    }
}

fn party(fact: &CallFact) -> Party {
    let (theirs, ours) = match fact.direction {
        Some(Direction::Outbound) => (fact.destination.as_ref(), fact.source.as_ref()),
        _ => (fact.source.as_ref(), fact.destination.as_ref()),
    };
    Party {
        name: theirs.and_then(name_told),
        number: number_of(theirs, ours),
        our_number: number_of(ours, None),
        direction: fact.direction.clone(),
    }
}

fn fill(slot: &mut String, told: Option<String>, older: bool) {
    if let Some(told) = told
        && !told.is_empty()
        && (slot.is_empty() || !older)
        && (slot.is_empty() || !is_withheld(&told))
    {
        *slot = told;
    }
}

fn key(id: &str) -> String {
    format!("call {id}")
}

fn caller(name: Option<&String>, number: &str) -> String {
    let number = Some(shown_number(number)).filter(|number| !number.is_empty());
    isolated(name.map(String::as_str).or(number).unwrap_or("Unknown caller")).into_owned()
}

fn second_line(call: &CallView) -> String {
    let waited = call.waited_s.filter(|seconds| *seconds > 0).map(|seconds| format!("waited {seconds} s"));
    let number = call.name.is_some().then(|| shown_number(&call.number).to_owned());
    let queue = call.queue.as_deref().map(|queue| isolated(queue).into_owned());
    let parts: Vec<String> = [number, queue, waited].into_iter().flatten().collect();
    parts.join(" · ")
}

fn ringing(call: &CallView) -> Alert {
    Alert::Raise {
        key: key(&call.id),
        kind: AlertKind::Ringing,
        title: format!("{} is calling", caller(call.name.as_ref(), &call.number)),
        body: second_line(call),
        about: About::Call { id: call.id.clone(), number: call.number.clone() },
    }
}
