//! Calls at this desk: those that ring here and those the agent talks on.

use voipbin_wire::{CallFact, CallState, Direction, Timestamp};

use crate::alert::{About, Alert, AlertKind};
use crate::view::{CallStage, CallView, Patch};
use crate::{Desk, Millis, is_older, told};

/// A ringing call that was told before a loss of the link and not since is over
/// after this time, …
const RINGING_STALE_FOR: Millis = 60_000;
/// … and one that was talked on after this.
const TALKING_STALE_FOR: Millis = 4 * 3_600_000;

/// A call that has rung this long without any news is taken to be over: its
/// end was told to somebody else, or to nobody.
const RINGS_AT_MOST: Millis = 180_000;

/// A call and when its newest fact was true.
#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) view: CallView,
    pub(crate) queue_id: Option<String>,
    pub(crate) stale_since: Option<Millis>,
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

impl Desk {
    /// A call comes to this desk when it was given to this agent, by the fact
    /// itself or by the agent's own topic having delivered it. What other
    /// agents talk on is theirs; a call given to another agent leaves this desk.
    /// A desk without an agent (an access key's) shows every call of the customer.
    pub(crate) fn learn_call(&mut self, fact: CallFact, at: Option<Timestamp>, for_agent: Option<&str>, now: Millis) {
        let Some(id) = fact.id.clone() else { return };
        if self.over.get(&id).is_some() {
            return;
        }
        self.meet_party(&id, party(&fact));
        if fact.status == Some(CallState::Hangup) {
            return self.end_call(&id, &fact, at);
        }
        let given_to = fact.agent_id.as_deref().filter(|id| !id.is_empty() && !id.starts_with("00000000-"));
        let mine = self.me.id.is_empty() || given_to.or(for_agent) == Some(self.me.id.as_str());
        let given_away = self.given_away.get(&id);
        if !mine && given_to.is_some() {
            return self.give_away(&id, at);
        }
        let is_known = self.calls.contains_key(&id);
        if !is_known && (!mine || given_away.is_some_and(|since| at <= since)) {
            return;
        }
        self.merge_call(&id, &fact, at, now);
        self.show_wait(&id);
    }

    fn merge_call(&mut self, id: &str, fact: &CallFact, at: Option<Timestamp>, now: Millis) {
        let known = self.calls.get(id);
        let older = known.is_some_and(|call| is_older(at, call.at));
        let stage = match fact.status {
            // It rings here now, whatever the caller's side has been doing in the queue.
            _ if fact.assigned == Some(true) => Some(CallStage::Ringing),
            Some(CallState::Answered) => Some(CallStage::Talking),
            Some(CallState::Ringing) => Some(CallStage::Ringing),
            _ => None,
        };
        let told = self.parties.get(id).cloned().unwrap_or_default();
        let inbound = told.direction != Some(Direction::Outbound);
        if known.is_none() && (stage.is_none() || (stage == Some(CallStage::Ringing) && !inbound)) {
            return;
        }
        let before = known.map(|call| call.view.clone());
        let waited = self.waits.get(id);
        let queue_id = fact.queue_id.clone().or_else(|| waited.map(|wait| wait.queue_id.clone()));
        let waited_s = fact.wait_time.or_else(|| waited.map(|wait| (now - wait.view.since) / 1000));
        let number = told.number.or_else(|| waited.and_then(|wait| wait.view.number.clone()));
        let call = self.calls.entry(id.to_owned()).or_insert_with(|| Call {
            view: CallView {
                id: id.to_owned(),
                stage: stage.unwrap_or(CallStage::Ringing),
                inbound,
                name: None,
                number: String::new(),
                our_number: String::new(),
                queue: None,
                waited_s: None,
                since: now,
                stale: false,
            },
            queue_id: None,
            stale_since: None,
            caller_name: None,
            at: None,
            news_at: now,
        });
        call.stale_since = None;
        call.view.stale = false;
        call.at = call.at.max(at);
        call.news_at = now;
        call.view.inbound = inbound;
        // A call that is talked on does not ring again, and an answer from
        // before it was given to this agent was somebody else's.
        if stage == Some(CallStage::Talking) && call.view.stage == CallStage::Ringing && !older {
            call.view.stage = CallStage::Talking;
            call.view.since = now;
        }
        fill(&mut call.view.number, number, older);
        fill(&mut call.view.our_number, told.our_number, older);
        call.caller_name = told.name.or(call.caller_name.take());
        call.queue_id = queue_id.or(call.queue_id.take());
        call.view.waited_s = call.view.waited_s.or(waited_s);
        let (number, queue_id, caller_name) =
            (call.view.number.clone(), call.queue_id.clone(), call.caller_name.clone());
        let name = self.name_of(&number).or(caller_name);
        let queue = queue_id.map(|queue_id| self.queue_name(&queue_id));
        let Some(call) = self.calls.get_mut(id) else { return };
        (call.view.name, call.view.queue) = (name, queue);
        let view = call.view.clone();
        self.call_changed(before.as_ref(), view);
    }

    /// Another agent has the call: it stops ringing here and is not missed,
    /// unless it was given to this agent since.
    pub(crate) fn give_away(&mut self, id: &str, at: Option<Timestamp>) {
        if self.calls.get(id).is_some_and(|call| is_older(at, call.at)) {
            return;
        }
        self.given_away.insert(id, at);
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
        let old: Vec<String> =
            self.calls.values().filter(|call| is_old(call)).map(|call| call.view.id.clone()).collect();
        for id in old {
            self.stop_ringing(&id, true);
            self.show_wait(&id);
        }
    }

    fn call_changed(&mut self, before: Option<&CallView>, view: CallView) {
        if before == Some(&view) {
            return;
        }
        let stage_before = before.map(|before| before.stage);
        if before.is_none_or(|before| before.number.is_empty()) && !view.number.is_empty() {
            self.count_call(&view.number);
        }
        if view.stage == CallStage::Ringing && stage_before.is_none() {
            self.alert(ringing(&view));
        }
        if view.stage == CallStage::Talking && stage_before == Some(CallStage::Ringing) {
            self.alert(Alert::Withdraw { key: key(&view.id) });
        }
        self.patch(Patch::PutCall { call: view });
    }

    fn end_call(&mut self, id: &str, fact: &CallFact, at: Option<Timestamp>) {
        self.over.insert(id, at);
        self.drop_wait(id);
        let elsewhere = fact.agent_id.as_deref().is_some_and(|agent| agent != self.me.id);
        self.stop_ringing(id, !elsewhere);
    }

    /// The call is not, or no longer, at this desk.
    pub(crate) fn drop_call(&mut self, id: &str) {
        self.stop_ringing(id, false);
        self.show_wait(id);
    }

    fn stop_ringing(&mut self, id: &str, is_missed: bool) {
        if let Some(call) = self.drop_call_quietly(id)
            && call.stage == CallStage::Ringing
        {
            self.alert(Alert::Withdraw { key: key(id) });
            if is_missed && call.inbound {
                self.alert(missed(&call));
            }
        }
    }

    fn drop_call_quietly(&mut self, id: &str) -> Option<CallView> {
        let call = self.calls.remove(id)?;
        self.patch(Patch::DropCall { id: id.to_owned() });
        Some(call.view)
    }

    /// A number got a name: calls with it show it.
    pub(crate) fn rename_calls(&mut self, number: &str) {
        let name = self.name_of(number);
        for call in self.calls.values_mut().filter(|call| call.view.number == number) {
            let name = name.clone().or_else(|| call.caller_name.clone());
            if call.view.name != name {
                call.view.name = name;
                self.out.patches.push(Patch::PutCall { call: call.view.clone() });
            }
        }
    }

    /// A queue got a name: calls that came through it show it.
    pub(crate) fn rename_call_queues(&mut self) {
        for call in self.calls.values_mut() {
            let Some(queue_id) = &call.queue_id else { continue };
            let queue = Some(crate::queues::name_in(&self.queue_names, queue_id));
            if call.view.queue != queue {
                call.view.queue = queue;
                self.out.patches.push(Patch::PutCall { call: call.view.clone() });
            }
        }
    }
}

fn party(fact: &CallFact) -> Party {
    let (theirs, ours) = match fact.direction {
        Some(Direction::Outbound) => (fact.destination.as_ref(), fact.source.as_ref()),
        _ => (fact.source.as_ref(), fact.destination.as_ref()),
    };
    Party {
        name: theirs.and_then(|end| told(end.name.as_ref())),
        number: theirs.and_then(|end| told(end.target.as_ref())),
        our_number: ours.and_then(|end| told(end.target.as_ref())),
        direction: fact.direction.clone(),
    }
}

fn fill(slot: &mut String, told: Option<String>, older: bool) {
    if let Some(told) = told
        && !told.is_empty()
        && (slot.is_empty() || !older)
    {
        *slot = told;
    }
}

fn key(id: &str) -> String {
    format!("call {id}")
}

fn caller(call: &CallView) -> String {
    call.name
        .clone()
        .unwrap_or_else(|| if call.number.is_empty() { "Unknown caller".to_owned() } else { call.number.clone() })
}

fn second_line(call: &CallView) -> String {
    let waited = call.waited_s.filter(|seconds| *seconds > 0).map(|seconds| format!("waited {seconds} s"));
    let number = call.name.is_some().then(|| call.number.clone());
    let parts: Vec<String> = [number, call.queue.clone(), waited].into_iter().flatten().collect();
    parts.join(" · ")
}

fn ringing(call: &CallView) -> Alert {
    Alert::Raise {
        key: key(&call.id),
        kind: AlertKind::Ringing,
        title: format!("{} is calling", caller(call)),
        body: second_line(call),
        about: About::Call { id: call.id.clone(), number: call.number.clone() },
    }
}

fn missed(call: &CallView) -> Alert {
    Alert::Raise {
        key: format!("missed {}", call.id),
        kind: AlertKind::Missed,
        title: format!("Missed call from {}", caller(call)),
        body: second_line(call),
        about: About::Call { id: call.id.clone(), number: call.number.clone() },
    }
}
