//! Callers who wait in queues.

mod lines;

use std::collections::BTreeMap;

use voipbin_wire::{QueueFact, QueueName, QueuePlace, Timestamp, isolated, one_line};

use crate::alert::{About, Alert, AlertKind};
use crate::calls::Party;
use crate::moment::{Heard, Moment};
use crate::numbers::{WITHHELD, name_told, number_told, shown_number};
use crate::past::Outcome;
use crate::shelf::{set, set_told};
use crate::view::WaitView;
use crate::{Desk, Millis};

pub(crate) use lines::Lines;
use lines::{NOWHERE, Stand};

/// A caller who was told before a loss of the link and not since is taken to be
/// gone after this time.
const STALE_FOR: Millis = 30 * 60_000;
/// Nobody waits longer than this: a larger number is a mistake.
const LONGEST_BELIEVED: Millis = 24 * 3_600_000;

/// A caller in a queue and when the newest fact about it was true.
#[derive(Debug)]
pub(crate) struct Wait {
    pub(crate) view: WaitView,
    /// The queue; the live service names it only in the list of queues.
    pub(crate) queue_id: Option<String>,
    /// This caller's place: another after leaving and coming back.
    place: String,
    caller_name: Option<String>,
    stale_since: Option<Millis>,
    at: Heard,
    is_listed: bool,
    /// The agent has said that the tone was heard.
    pub(crate) is_heard: bool,
    /// Where the figures count this caller.
    stand: Option<Stand>,
}

impl Wait {
    /// The link is lost: this caller may wait no longer.
    pub(crate) fn doubt(&mut self, now: Millis) -> bool {
        let is_news = set(&mut self.view.stale, true);
        if is_news {
            self.stale_since = Some(now);
        }
        is_news
    }

    /// See [`Desk::clock_jumped`]. Whether it looks different.
    pub(crate) fn clock_jumped(&mut self, by: Millis, shown: Millis, lines: &mut Lines) -> bool {
        self.stale_since = self.stale_since.map(|since| since + by);
        self.view.since += shown;
        self.take_stand(lines);
        shown != 0
    }

    /// Counts this caller where it waits now.
    fn take_stand(&mut self, lines: &mut Lines) {
        self.stand = Some(lines.stand(self.queue_id.as_deref(), self.view.since, self.stand));
    }
}

impl Desk {
    pub(crate) fn learn_queue(&mut self, fact: &QueueFact, for_agent: Option<&str>, moment: &Moment) {
        let at = moment.at;
        let Some(id) = fact.call_id.as_deref() else { return };
        let queue_id = fact.queue_id.clone().or_else(|| self.places.get(fact.id.as_deref()?).cloned());
        if let Some(queue) = queue_id.as_ref().filter(|_| for_agent == Some(self.people.me.id.as_str())) {
            self.told_as_mine.insert(queue.clone());
        }
        if let Some(queue) = &queue_id {
            self.queue_changed(queue);
        }
        // A caller may come back to the same queue, so only an older frame is too late.
        let Some(place) = fact.id.clone().or_else(|| Some([id, " in ", queue_id.as_ref()?].concat())) else { return };
        let left_at = self.left.get(&place);
        let heard = moment.heard();
        self.note_queue(id, fact, queue_id.as_ref());
        let began = moment.when(fact.tm_join.or(at));
        self.count_place(&place, fact, queue_id.as_deref(), moment);
        let is_connected = self.trails.get(id).is_some_and(|trail| trail.is_connected);
        if fact.place == Some(QueuePlace::Left) && !is_connected {
            let outcome = match why_left(fact) {
                WhyLeft::GaveUp => Some((Outcome::GaveUp, None)),
                WhyLeft::SentAway(words) if fact.tm_connect.is_none() => Some((Outcome::Left, Some(words))),
                WhyLeft::Served | WhyLeft::SentAway(_) => None,
            };
            if let Some((outcome, why)) = outcome {
                self.record_left(id, outcome, queue_id.as_deref(), began, moment);
                why.into_iter().for_each(|why| self.explain_left(id, why));
            }
        }
        if self.over.get(id).is_some() || left_at.is_some_and(|left_at| at <= left_at) {
            return;
        }
        self.board_queue(id, fact, queue_id.as_ref(), moment);
        if fact.place != Some(QueuePlace::Waiting) {
            self.left.insert(&place, at);
            // Somebody else's agent has the caller: here it rings no longer.
            let answered_by = fact.agent_id.as_deref().filter(|agent| !agent.is_empty() && *agent != self.people.me.id);
            if fact.place == Some(QueuePlace::Connected) && answered_by.is_some() && !self.people.me.id.is_empty() {
                self.give_away(id, moment);
            }
            // The caller may have gone from this queue on to the next.
            if self.waits.get(id).is_some_and(|wait| wait.place == place && !heard.is_older(wait.at)) {
                self.drop_wait(id);
            }
            return;
        }
        let source = fact.source.as_ref();
        let party = self.parties.get(id);
        let ours = party.and_then(|party| party.our_number.as_deref());
        let known = || party.and_then(|party| party.number.clone());
        let number = source.and_then(|source| number_told(source, ours)).filter(|number| number != WITHHELD);
        let number = number.or_else(known).or_else(|| source.and_then(|source| number_told(source, ours)));
        let caller_name = source.and_then(name_told).or_else(|| party.and_then(|party| party.name.clone()));
        let stood = self.waits.get(id).map(|wait| wait.stand);
        let is_new = stood.is_none();
        let Self { waits, lines, .. } = self;
        waits.change(
            id,
            || Wait {
                view: WaitView {
                    id: id.to_owned(),
                    queue: String::new(),
                    name: None,
                    number: None,
                    position: None,
                    estimated_s: None,
                    likely_s: None,
                    mine: None,
                    since: began,
                    stale: false,
                },
                queue_id: queue_id.clone(),
                place: place.clone(),
                caller_name: None,
                stale_since: None,
                at: Heard::default(),
                is_listed: false,
                is_heard: false,
                stand: None,
            },
            |wait| {
                let mut is_news = set(&mut wait.view.stale, false);
                if !heard.is_older(wait.at) {
                    is_news |= set_told(&mut wait.view.position, fact.position.as_ref());
                    is_news |= set_told(&mut wait.view.estimated_s, fact.estimated_wait.as_ref());
                    if wait.place != place {
                        wait.place.clone_from(&place);
                        is_news |= set(&mut wait.view.since, began);
                    }
                    set_told(&mut wait.queue_id, queue_id.as_ref());
                }
                if at.is_some() && !heard.is_older(wait.at) {
                    wait.at = heard;
                }
                wait.stale_since = None;
                is_news |= set_told(&mut wait.view.number, number.as_ref());
                set_told(&mut wait.caller_name, caller_name.as_ref());
                wait.take_stand(lines);
                is_news
            },
        );
        let stands = self.waits.get(id).and_then(|wait| wait.stand);
        if let Some(queue) = self.lines.left(stood.flatten(), stands).map(str::to_owned) {
            self.queue_changed(&queue);
        }
        if let Some(number) = self.waits.get(id).and_then(|wait| wait.view.number.clone()) {
            self.meet(&number);
        }
        self.refresh_wait(id);
        self.floor_is_old = true;
        if is_new
            && !moment.is_listed
            && let Some(wait) = self.waits.get(id).filter(|wait| self.is_shown(wait))
        {
            self.alert(waiting(&wait.view));
        }
    }

    /// Adds to what is known of how a caller fared: who was connected has not
    /// given up, whichever of the two is told first.
    fn note_queue(&mut self, id: &str, fact: &QueueFact, queue: Option<&String>) {
        let is_connected = fact.place == Some(QueuePlace::Connected) || fact.tm_connect.is_some();
        let trail = self.trail(id);
        trail.queue = trail.queue.take().or(queue.cloned());
        trail.is_connected |= is_connected;
        if is_connected && self.past.get(id).is_some_and(|past| matches!(past.outcome, Outcome::GaveUp | Outcome::Left))
        {
            self.drop_past(id);
        }
    }

    /// What the queues are called, and who waits in them.
    pub fn queue_names(&mut self, names: Vec<QueueName>) {
        for queue in &names {
            let Some(id) = &queue.id else { continue };
            let places = queue.waiting.iter().chain(&queue.served).flatten();
            self.places.extend(places.map(|place| (place.clone(), id.clone())));
            self.queue_tags.insert(id.clone(), queue.tag_ids.clone().unwrap_or_default());
            self.queue_changed(id);
        }
        let Self { waits, places, lines, .. } = self;
        waits.update_all(|wait| {
            let is_found = wait.queue_id.is_none() && set_told(&mut wait.queue_id, places.get(&wait.place));
            wait.take_stand(lines);
            is_found
        });
        self.places.retain(|place, _| self.waits.values().any(|wait| wait.place == *place));
        let named =
            names.into_iter().filter_map(|queue| Some((queue.id?, queue.name.filter(|name| !name.is_empty())?)));
        self.queue_names.extend(named);
        for id in self.waits.which(|_| true) {
            self.refresh_wait(&id);
        }
        self.rename_call_queues();
        self.rename_board_queues();
    }

    /// Whether somebody waits in a queue that nobody has named.
    pub fn has_unplaced_waits(&self) -> bool {
        self.lines.of(NOWHERE).0 > 0
    }

    /// Whether a queue is one of this agent's: its own topic told of it, or the
    /// tags agree (live-service.md, section 3.6). None where nobody tells.
    pub(crate) fn is_my_queue(&self, queue: &str) -> Option<bool> {
        if self.told_as_mine.contains(queue) {
            return Some(true);
        }
        let (wanted, mine) = (self.queue_tags.get(queue)?, self.people.me.tags.as_ref()?);
        Some(wanted.is_empty() || wanted.iter().any(|tag| mine.contains(tag)))
    }

    /// Whether a tone should repeat for this caller.
    fn calls_for_attention(&self, wait: &Wait) -> bool {
        let is_mine = wait.queue_id.as_deref().and_then(|queue| self.is_my_queue(queue)) != Some(false);
        is_mine && !wait.is_heard && !wait.view.stale && self.is_shown(wait)
    }

    /// Whether a tone should repeat. Nobody is asked for while no queue counts.
    pub(crate) fn somebody_calls_for_attention(&self) -> bool {
        self.lines.occupied().any(|queue| self.is_my_queue(queue) != Some(false))
            && self.waits.values().any(|wait| self.calls_for_attention(wait))
    }

    /// What became of a caller's place counts once, however often it is told.
    fn count_place(&mut self, place: &str, fact: &QueueFact, queue: Option<&str>, moment: &Moment) {
        let is_answered = fact.place == Some(QueuePlace::Connected) || fact.tm_connect.is_some();
        let is_abandoned = fact.place == Some(QueuePlace::Left) && !is_answered && why_left(fact) == WhyLeft::GaveUp;
        if !(is_answered || is_abandoned) || self.counted.get(place).is_some() {
            return;
        }
        self.counted.insert(place, moment.at);
        let ended = moment.when(fact.tm_connect.or(fact.tm_leave).or(moment.at));
        if is_abandoned {
            return self.figures.abandoned(queue, ended);
        }
        let known = fact.call_id.as_deref().and_then(|call| self.waits.get(call)).map(|wait| wait.view.since);
        let joined = fact.tm_join.map(|joined| moment.when(Some(joined))).or(known);
        let told = fact.duration_waiting.or(fact.wait_time.map(|seconds| seconds.saturating_mul(1000)));
        let told = told.filter(|told| (0..=LONGEST_BELIEVED).contains(told));
        let Some(waited) = told.or(joined.map(|joined| ended - joined)) else { return };
        self.figures.answered(queue, ended, waited);
    }

    fn queue_changed(&mut self, queue: &str) {
        if !self.changed_queues.contains(queue) {
            self.changed_queues.insert(queue.to_owned());
        }
    }

    pub(crate) fn queue_name(&self, queue_id: &str) -> String {
        name_in(&self.queue_names, queue_id)
    }

    fn queue_name_or_none(&self, queue_id: Option<&str>) -> String {
        queue_id.map_or_else(|| "the queue".to_owned(), |queue_id| self.queue_name(queue_id))
    }

    /// A caller who left the queue unanswered; the wait may have been heard of or not.
    fn record_left(&mut self, id: &str, outcome: Outcome, queue_id: Option<&str>, began: Millis, moment: &Moment) {
        let knows_queue = self.waits.has(id) || queue_id.is_none();
        if self.record(id, outcome, began, moment.at_latest(moment.at), moment)
            && !knows_queue
            && let Some(queue) = queue_id.map(|queue_id| self.queue_name(queue_id))
        {
            self.name_past_queue(id, queue);
        }
    }

    /// Why a caller went on without an agent; what became of them since needs no such reason.
    fn explain_left(&mut self, id: &str, why: String) {
        if self.past.get(id).is_some_and(|past| past.outcome == Outcome::Left) {
            self.explain_past(id, why);
        }
    }

    /// A caller whom the list of waiting callers was whole enough to hold, and
    /// did not, waits no longer.
    pub(crate) fn drop_unconfirmed_waits(&mut self, covered: Option<Timestamp>, moment: &Moment) {
        let Some(since) = covered.map(|covered| moment.when(Some(covered))) else { return };
        for id in self.waits.which(|wait| wait.stale_since.is_some() && wait.view.since >= since) {
            self.drop_wait(&id);
        }
    }

    /// A call's fact may tell who a waiting caller is, before or after the queue's.
    pub(crate) fn meet_party(&mut self, id: &str, party: &Party) {
        if party.is_nobody() {
            return;
        }
        self.parties.insert(id, party);
        self.identify_past(id, party);
        let Some(wait) = self.waits.get_mut(id) else { return };
        set_told(&mut wait.caller_name, party.name.as_ref());
        let number = party.number.as_ref().filter(|number| *number != WITHHELD || wait.view.number.is_none());
        if set_told(&mut wait.view.number, number) {
            self.waits.touch(id);
        }
        if let Some(number) = &party.number {
            self.meet(number);
        }
        self.refresh_wait(id);
    }

    /// A caller who was told before a loss and never since stays listed, marked
    /// as doubtful, far longer than anybody waits: nobody tells it twice.
    pub(crate) fn drop_old_waits(&mut self, now: Millis) {
        for id in self.waits.which(|wait| wait.stale_since.is_some_and(|since| now - since >= STALE_FOR)) {
            self.drop_wait(&id);
        }
    }

    /// A number got a name: waiting callers with it show it.
    pub(crate) fn rename_waits(&mut self, number: &str) {
        for id in self.waits.which(|wait| wait.view.number.as_deref() == Some(number)) {
            self.refresh_wait(&id);
        }
    }

    pub(crate) fn drop_wait(&mut self, id: &str) {
        let Some(wait) = self.waits.remove(id) else { return };
        if let Some(stand) = wait.stand {
            self.lines.leave(stand);
        }
        if let Some(queue) = &wait.queue_id {
            self.queue_changed(queue);
        }
        self.floor_is_old = true;
        self.alert(Alert::Withdraw { key: key(id) });
    }

    /// A caller whose call is at this desk already is not listed as waiting too,
    /// but on a desk that shows every call of the customer.
    pub(crate) fn is_shown(&self, wait: &Wait) -> bool {
        self.people.me.id.is_empty() || !self.calls.has(&wait.view.id)
    }

    /// Draws a waiting caller with all that is known elsewhere by now.
    fn refresh_wait(&mut self, id: &str) {
        let Some(wait) = self.waits.get(id) else { return };
        let queue_id = wait.queue_id.as_deref();
        let name = wait.view.number.as_deref().and_then(|number| self.name_of(number)).or(wait.caller_name.as_deref());
        let name = (name != wait.view.name.as_deref()).then(|| name.map(str::to_owned));
        let queue = self.queue_name_or_none(queue_id);
        let likely_s = queue_id.filter(|_| wait.view.estimated_s.is_none());
        let likely_s = likely_s.and_then(|queue| self.figures.likely_s(queue));
        let mine = queue_id.and_then(|queue| self.is_my_queue(queue));
        self.waits.update(id, |wait| {
            let is_renamed = name.is_some();
            if let Some(name) = name {
                wait.view.name = name;
            }
            is_renamed
                | set(&mut wait.view.queue, queue)
                | set(&mut wait.view.likely_s, likely_s)
                | set(&mut wait.view.mine, mine)
        });
        self.show_wait(id);
    }

    /// Whether this caller is listed may have changed.
    pub(crate) fn show_wait(&mut self, id: &str) {
        let Some(is_listed) = self.waits.get(id).map(|wait| self.is_shown(wait)) else { return };
        self.waits.update(id, |wait| set(&mut wait.is_listed, is_listed));
    }
}

pub(crate) fn name_in(names: &BTreeMap<String, String>, queue_id: &str) -> String {
    names.get(queue_id).cloned().unwrap_or_else(|| format!("Queue {}", queue_id.chars().take(8).collect::<String>()))
}

/// Why a caller left a queue.
#[derive(Debug, PartialEq, Eq)]
enum WhyLeft {
    /// The caller hung up.
    GaveUp,
    /// An agent had the call.
    Served,
    /// The caller went on without an agent, and why in words.
    SentAway(String),
}

/// The live service says in its status why a caller left, the documented one in
/// a reason whose words it does not list. A leave for a reason that nobody knows
/// is not called abandoned.
fn why_left(fact: &QueueFact) -> WhyLeft {
    let told = fact.status.as_deref().or(fact.reason.as_deref()).unwrap_or_default();
    let reason = told.trim().to_ascii_lowercase().replace(['-', ' '], "_");
    let words = match reason.as_str() {
        "" | "abandoned" | "abandon" | "abandonment" | "hangup" | "hung_up" | "caller_hangup" | "customer_hangup"
        | "remote_hangup" | "remote" | "caller_left" | "cancel" | "canceled" | "cancelled" | "gave_up"
        | "disconnect" | "disconnected" => return WhyLeft::GaveUp,
        "done" | "service" | "serviced" | "connected" | "answered" | "completed" | "normal" => return WhyLeft::Served,
        "timeout" | "wait_timeout" | "queue_timeout" | "max_wait" => "the wait was longer than the queue allows",
        "kicking" | "kick" | "kicked" | "removed" => "was taken out of the queue",
        "overflow" | "full" | "queue_full" => "the queue was full",
        "no_agent" | "no_agents" | "noanswer" | "no_answer" => "no agent took the call",
        "closed" | "queue_closed" | "out_of_hours" => "the queue was closed",
        "transfer" | "transferred" | "forward" | "forwarded" | "redirected" | "moved" => "was sent on",
        "voicemail" => "went to voicemail",
        "callback" => "asked to be called back",
        _ => told,
    };
    WhyLeft::SentAway(one_line(words).into_owned())
}

fn key(id: &str) -> String {
    format!("wait {id}")
}

fn waiting(wait: &WaitView) -> Alert {
    let number = wait.number.as_deref().map(shown_number);
    let who = wait.name.as_deref().or(number.as_deref()).map(|who| isolated(who).into_owned());
    let position = wait.position.map(|position| format!("position {position}"));
    let estimate = wait.estimated_s.map(|seconds| format!("estimated wait {seconds} s"));
    let body: Vec<String> = [who, position, estimate].into_iter().flatten().collect();
    Alert::Raise {
        key: key(&wait.id),
        kind: AlertKind::Waiting,
        title: format!("New caller waiting in {}", isolated(&wait.queue)),
        body: body.join(" · "),
        about: About::Wait { id: wait.id.clone(), number: wait.number.clone() },
    }
}
