//! Calls at this desk: those that ring here and those the agent talks on.

use voipbin_wire::{CallFact, CallState, Direction, Timestamp, isolated};

use crate::alert::{About, Alert, AlertKind};
use crate::moment::{Heard, Moment};
use crate::numbers::{WITHHELD, is_withheld, name_told, number_of, shown_number};
use crate::past::{Covered, Outcome};
use crate::rings::Legs;
use crate::shelf::{set, set_told};
use crate::steering::Handover;
use crate::trail::Trail;
use crate::unseen::UNSEEN;
use crate::view::{CallStage, CallView, ControlsView};
use crate::{Desk, Millis, board};

/// A ringing call that was told before a loss of the link and not since is over
/// after this time, …
const RINGING_STALE_FOR: Millis = 60_000;
/// … and one that was talked on after this.
const TALKING_STALE_FOR: Millis = 4 * 3_600_000;

/// A call that has rung this long without any news is taken to be over: its
/// end was told to somebody else, or to nobody.
pub(crate) const RINGS_AT_MOST: Millis = 180_000;

/// What is shown in the place of a caller of whom nothing was told.
const RINGS: &str = "A call is ringing";

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
    pub(crate) at: Heard,
    news_at: Millis,
}

impl Call {
    /// See [`Desk::clock_jumped`]. Whether it looks different.
    pub(crate) fn clock_jumped(&mut self, by: Millis, shown: Millis) -> bool {
        self.news_at += by;
        self.stale_since = self.stale_since.map(|since| since + by);
        self.rang_at += shown;
        self.view.since += shown;
        if let Some(before) = &mut self.shown {
            before.since += shown;
        }
        shown != 0
    }
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
    pub(crate) fn learn_call(&mut self, fact: &CallFact, for_agent: Option<&str>, moment: &Moment) {
        let Some(id) = fact.id.as_deref() else { return };
        let at = moment.at;
        self.meet_party(id, &party(fact));
        // A desk that shows every call shows none of its legs.
        if self.people.me.id.is_empty() && fact.master_call_id.is_some() {
            return;
        }
        let given_to = fact.agent_id.as_deref().filter(|id| !id.is_empty() && !id.starts_with("00000000-"));
        let mine = self.people.me.id.is_empty() || given_to.or(for_agent) == Some(self.people.me.id.as_str());
        self.note_call(id, fact, given_to, mine, moment);
        if self.over.get(id).is_some() {
            // That it ended is known; what comes late may say more of how it went.
            return self.settle(id, moment.at_latest(at), moment);
        }
        if fact.status == Some(CallState::Hangup) {
            return self.end_call(id, moment);
        }
        if !mine && given_to.is_some() {
            return self.give_away(id, moment);
        }
        let given_away = self.given_away.get(id);
        let is_known = self.calls.has(id);
        if !is_known && (!mine || given_away.is_some_and(|since| at <= since)) {
            // A colleague has it by now, and it may have rung here before.
            return self.settle(id, moment.at_latest(at), moment);
        }
        self.merge_call(id, fact, mine, moment);
        if let Some(direction) = fact.mute_direction.as_deref() {
            self.mute_moved(id, direction);
        }
        self.show_wait(id);
    }

    pub(crate) fn trail(&mut self, id: &str) -> &mut Trail {
        let Self { trails, calls, .. } = self;
        trails.of(id, |call| calls.has(call))
    }

    /// Adds a fact to what is known of how a call went.
    fn note_call(&mut self, id: &str, fact: &CallFact, given_to: Option<&str>, mine: bool, moment: &Moment) {
        let (at, heard) = (moment.at, moment.heard());
        let is_over = fact.status == Some(CallState::Hangup);
        let is_mine_by_name = given_to.is_some() && given_to == Some(self.people.me.id.as_str());
        let is_listed_as_ours = moment.is_listed && is_over && is_mine_by_name;
        let is_offer = fact.assigned == Some(true) || fact.status == Some(CallState::Ringing);
        if is_over && matches!(fact.hangup_reason.as_deref(), Some("declined" | "rejected")) {
            self.declined.insert(id, at);
        }
        let began = match is_listed_as_ours {
            true => moment.when(fact.tm_create.or(at)),
            false => moment.when(at),
        };
        // A list that was made before the answer came does not take it back.
        let is_talked_on = self.calls.get(id).is_some_and(|call| call.view.stage == CallStage::Talking);
        let is_known_better = moment.is_listed && is_talked_on;
        let trail = self.trail(id);
        set_told(&mut trail.queue, fact.queue_id.as_ref());
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
            trail.ended(at);
            trail.why = fact.hangup_reason.as_deref().and_then(board::why).or(trail.why.take());
            if is_mine_by_name && fact.tm_progressing.is_some() {
                trail.answered(Heard::listed(fact.tm_progressing.max(fact.tm_create)), true);
            }
        }
    }

    /// Writes down what became of a call, as far as its trail tells. What was
    /// told late may put right what was written before.
    pub(crate) fn settle(&mut self, id: &str, ended: Millis, moment: &Moment) {
        let is_here = self.calls.has(id);
        let inbound = self.parties.get(id).is_none_or(|party| party.direction != Some(Direction::Outbound));
        let Some(trail) = self.trails.get(id).filter(|_| inbound) else { return };
        let (settled, began, queue, why) = (trail.settled, trail.began, trail.queue.clone(), trail.why.clone());
        let Some(outcome) = trail.outcome().filter(|outcome| !is_here || *outcome == Outcome::Answered) else { return };
        let is_declined = outcome == Outcome::Missed && self.declined.get(id).is_some();
        let outcome = if is_declined { Outcome::Declined } else { outcome };
        let known = self.past.get(id).map(|past| past.outcome);
        let is_ours_to_change = known.is_some() && known == settled;
        let is_news = known != Some(outcome) && (is_ours_to_change || known.is_none_or(|known| outcome > known));
        self.trail(id).settled = Some(outcome);
        if is_news {
            let at = began.unwrap_or(ended);
            self.write_past(id, outcome, at, ended, moment);
            if known == Some(Outcome::Missed) {
                self.alert(Alert::Withdraw { key: missed_key(id) });
            }
            if outcome == Outcome::Missed {
                self.alert_missed(id, moment);
            }
        }
        let queue = queue.map(|queue| self.queue_name(&queue));
        self.date_past(id, outcome, began);
        if let Some(queue) = queue {
            self.put_past_queue(id, queue);
        }
        if let Some(why) = why {
            self.explain_past(id, why);
        }
    }

    fn merge_call(&mut self, id: &str, fact: &CallFact, mine: bool, moment: &Moment) {
        let (at, heard) = (moment.at, moment.heard());
        let known = self.calls.get(id);
        let older = known.is_some_and(|call| heard.is_older(call.at));
        let has_rings = known.is_some_and(|call| !call.legs.is_empty());
        let is_told =
            fact.assigned == Some(true) || matches!(fact.status, Some(CallState::Answered | CallState::Ringing));
        let taken = self.trails.get(id).and_then(Trail::taken);
        let stage = match taken {
            // The caller's own side was answered by the queue long ago: whether the
            // agent answered is told by the rings.
            _ if !mine && has_rings => None,
            // An answer from before it was given to this agent was somebody else's.
            Some(_) if is_told => Some(CallStage::Talking),
            None if is_told => Some(CallStage::Ringing),
            _ => None,
        };
        let told = self.parties.get(id).cloned().unwrap_or_default();
        let inbound = told.direction != Some(Direction::Outbound);
        let is_new = known.is_none();
        let began = moment.when(at);
        let is_too_old = stage == Some(CallStage::Ringing) && moment.age(at) >= RINGS_AT_MOST;
        if is_new && (stage.is_none() || is_too_old || (stage == Some(CallStage::Ringing) && !inbound)) {
            return;
        }
        let answered_at = taken.map(|taken| moment.when(taken.at()));
        if is_new {
            self.new_call(id, stage.unwrap_or(CallStage::Ringing), inbound, answered_at.unwrap_or(began), moment);
        }
        self.heard_of_call(id, at, moment);
        let first_rang = self.trails.get(id).and_then(|trail| trail.began);
        let Some(call) = self.calls.get_mut(id) else { return };
        call.view.inbound = inbound;
        call.rang_at = first_rang.unwrap_or(call.rang_at);
        match stage {
            Some(CallStage::Talking) if call.view.stage == CallStage::Ringing => {
                (call.view.stage, call.view.since) = (CallStage::Talking, answered_at.unwrap_or(began));
            }
            Some(CallStage::Ringing) if call.view.stage == CallStage::Talking && inbound && !has_rings => {
                (call.view.stage, call.view.since) = (CallStage::Ringing, began);
            }
            _ => {}
        }
        call.queue_id = fact.queue_id.clone().or(call.queue_id.take());
        call.view.waited_s = call.view.waited_s.or(fact.wait_time);
        self.dress_call(id, told.our_number, older, moment);
    }

    /// Puts a call on the desk, as yet without a word about who it is.
    pub(crate) fn new_call(&mut self, id: &str, stage: CallStage, inbound: bool, began: Millis, moment: &Moment) {
        let view = CallView {
            id: id.to_owned(),
            stage,
            inbound,
            name: (id == UNSEEN).then(|| RINGS.to_owned()),
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
            at: Heard::default(),
            news_at: moment.now,
        };
        self.calls.put(id, call);
        if id != UNSEEN {
            // What only the status told of is this one.
            self.drop_call(UNSEEN);
        }
    }

    /// The service says that it rings: it is not in doubt.
    pub(crate) fn rings_still(&mut self, id: &str, moment: &Moment) {
        self.heard_of_call(id, None, moment);
        self.call_changed(id, moment);
    }

    /// The agent's status says that this call was answered. It stays in doubt:
    /// its end may have been missed, too.
    pub(crate) fn answered_by_status(&mut self, id: &str, since: Millis, moment: &Moment) {
        self.trail(id).answered(Heard::new(None, moment.now), true);
        let Some(call) = self.calls.get_mut(id) else { return };
        (call.view.stage, call.view.since) = (CallStage::Talking, since);
        call.stale_since = Some(moment.now);
        self.call_changed(id, moment);
    }

    /// The call was told of: it is not in doubt.
    pub(crate) fn heard_of_call(&mut self, id: &str, at: Option<Timestamp>, moment: &Moment) {
        let heard = moment.heard();
        if let Some(call) = self.calls.get_mut(id) {
            call.stale_since = None;
            call.view.stale = false;
            if at.is_some() && !heard.is_older(call.at) {
                call.at = heard;
            }
            call.news_at = moment.now;
        }
    }

    /// Shows a call with all that is known about it by now.
    pub(crate) fn dress_call(&mut self, id: &str, our_number: Option<String>, older: bool, moment: &Moment) {
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
        let unseen = (id == UNSEEN).then(|| RINGS.to_owned());
        let name = self.name_of(&number).map(str::to_owned).or(caller_name).or(unseen);
        let queue = queue_id.map(|queue_id| self.queue_name(&queue_id));
        let Some(call) = self.calls.get_mut(id) else { return };
        (call.view.name, call.view.queue) = (name, queue);
        self.call_changed(id, moment);
    }

    /// Another agent has the call: it stops ringing here and is not missed,
    /// unless it was given to this agent since.
    pub(crate) fn give_away(&mut self, id: &str, moment: &Moment) {
        let heard = moment.heard();
        if self.calls.get(id).is_some_and(|call| heard.is_older(call.at)) {
            return;
        }
        self.given_away.insert(id, moment.at);
        self.trail(id).given_away(heard);
        self.drop_call(id);
        self.settle(id, Millis::MAX, moment);
    }

    /// A call that rings without end, or was told before a loss and never
    /// since, is taken off the desk; the agent hears that it was missed.
    pub(crate) fn drop_old_calls(&mut self, now: Millis) {
        let moment = self.moment(now);
        let is_old = |call: &Call| match (call.view.stage, call.stale_since) {
            (CallStage::Ringing, Some(since)) => now - since >= RINGING_STALE_FOR,
            (CallStage::Ringing, None) => now - call.news_at >= RINGS_AT_MOST,
            (CallStage::Talking, Some(since)) => now - since >= TALKING_STALE_FOR,
            (CallStage::Talking, None) => false,
        };
        for id in self.calls.which(is_old) {
            // After a loss it may have been answered: nobody tells.
            let is_in_doubt = self.calls.get(&id).is_some_and(|call| call.stale_since.is_some());
            self.is_gone(&id, is_in_doubt, &moment);
        }
    }

    fn call_changed(&mut self, id: &str, moment: &Moment) {
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
        if view.stage == CallStage::Ringing && stage_before != Some(CallStage::Ringing) {
            self.alert(ringing(&view));
        }
        if view.stage == CallStage::Talking && stage_before != Some(CallStage::Talking) {
            if stage_before.is_some() {
                self.alert(Alert::Withdraw { key: key(&view.id) });
            }
            self.call_was_answered();
            if view.inbound {
                self.settle(id, rang_at, moment);
            }
        }
    }

    fn end_call(&mut self, id: &str, moment: &Moment) {
        let ended = moment.at_latest(moment.at);
        let is_in_doubt = self.is_in_doubt(id);
        self.drop_call(id);
        self.settle(id, ended, &moment.listed_if(is_in_doubt));
        self.over.insert(id, moment.at);
        self.drop_wait(id);
    }

    /// The call is not, or no longer, at this desk.
    pub(crate) fn drop_call(&mut self, id: &str) {
        let Some(call) = self.calls.remove(id) else { return };
        self.trail(id).number = Some(call.view.number).filter(|number| !number.is_empty());
        self.ring_out(call.legs);
        if call.view.stage == CallStage::Ringing {
            self.alert(Alert::Withdraw { key: key(id) });
        }
        self.show_wait(id);
    }

    /// A call is over for this desk: it was missed if it still rang, unless
    /// nobody can know.
    pub(crate) fn is_gone(&mut self, id: &str, is_in_doubt: bool, moment: &Moment) {
        let Some(call) = self.calls.get(id) else { return };
        if call.view.stage == CallStage::Ringing {
            let trail = self.trail(id);
            if is_in_doubt { trail.doubted() } else { trail.ended(None) }
        }
        let is_in_doubt = self.is_in_doubt(id);
        self.drop_call(id);
        self.settle(id, Millis::MAX, &moment.listed_if(is_in_doubt));
    }

    /// A call from before a loss may have been answered meanwhile: the lists say.
    fn is_in_doubt(&self, id: &str) -> bool {
        self.gap.is_some() && self.calls.get(id).is_some_and(|call| call.view.stale)
    }

    /// Tells the agent of a missed call, unless it is told with all that
    /// happened while the link was away.
    pub(crate) fn alert_missed(&mut self, id: &str, moment: &Moment) {
        let Some(past) = self.past.get(id).filter(|_| !moment.is_listed) else { return };
        let number = past.name.is_some().then(|| shown_number(&past.number).to_owned());
        let queue = past.queue.as_deref().map(|queue| isolated(queue).into_owned());
        let parts: Vec<String> = [number, queue].into_iter().flatten().collect();
        let alert = Alert::Raise {
            key: missed_key(id),
            kind: AlertKind::Missed,
            title: format!("Missed call from {}", caller(past.name.as_ref(), &past.number)),
            body: parts.join(" · "),
            about: About::Call { id: id.to_owned(), number: past.number.clone() },
        };
        self.alert(alert);
    }

    /// What the lists were whole enough to hold and did not is over.
    pub(crate) fn drop_unconfirmed(&mut self, covered: Covered, moment: &Moment) {
        let is_gone = |call: &Call| {
            let list = if call.legs.is_empty() { covered.calls } else { covered.rings };
            let since = list.map(|list| moment.when(Some(list)));
            call.stale_since.is_some() && since.is_some_and(|since| call.rang_at >= since)
        };
        for id in self.calls.which(is_gone) {
            self.is_gone(&id, true, moment);
        }
        self.drop_unconfirmed_waits(covered.waits, moment);
        self.drop_unconfirmed_board(covered.calls, moment);
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

fn missed_key(id: &str) -> String {
    format!("missed {id}")
}

fn caller(name: Option<&String>, number: &str) -> String {
    let number = Some(shown_number(number)).filter(|number| !number.is_empty());
    isolated(name.or(number.as_ref()).map_or("Unknown caller", String::as_str)).into_owned()
}

fn second_line(call: &CallView) -> String {
    let waited = call.waited_s.filter(|seconds| *seconds > 0).map(|seconds| format!("waited {seconds} s"));
    let number = call.name.is_some().then(|| shown_number(&call.number).to_owned());
    let queue = call.queue.as_deref().map(|queue| isolated(queue).into_owned());
    let parts: Vec<String> = [number, queue, waited].into_iter().flatten().collect();
    parts.join(" · ")
}

fn ringing(call: &CallView) -> Alert {
    let (title, body) = match call.id.as_str() {
        UNSEEN => (RINGS.to_owned(), "Who calls could not be read. Answer on your phone.".to_owned()),
        _ => (format!("{} is calling", caller(call.name.as_ref(), &call.number)), second_line(call)),
    };
    Alert::Raise {
        key: key(&call.id),
        kind: AlertKind::Ringing,
        title,
        body,
        about: About::Call { id: call.id.clone(), number: call.number.clone() },
    }
}
