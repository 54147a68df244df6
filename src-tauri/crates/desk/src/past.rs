//! What became of calls, and what happened while the link was away.

use std::collections::BTreeMap;

use voipbin_wire::Timestamp;

use crate::alert::{About, Alert, AlertKind};
use crate::calls::Party;
use crate::moment::Moment;
use crate::numbers::WITHHELD;
use crate::shelf::{set, set_told};
use crate::view::{AwayItemView, AwayKind, AwayView, PastView};
use crate::{Desk, Millis};

/// How many past calls are kept.
const KEPT: usize = 1000;
/// The key of the one notice about an absence.
const AWAY: &str = "away";

pub(crate) use crate::view::OutcomeView as Outcome;

/// What happened since the link was lost, as it becomes known.
#[derive(Debug)]
pub(crate) struct Gap {
    from: Millis,
    items: BTreeMap<(AwayKind, String), AwayItemView>,
}

impl Gap {
    /// See [`Desk::clock_jumped`].
    pub(crate) fn clock_jumped(&mut self, by: Millis) {
        self.from += by;
    }

    /// Since when events did not arrive.
    pub(crate) fn from(&self) -> Millis {
        self.from
    }
}

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

/// What goes on around calls, read from lists of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Around {
    /// Flows.
    Flows,
    /// Conferences.
    Conferences,
    /// Recordings.
    Recordings,
}

impl Around {
    /// All of it.
    pub const ALL: [Self; 3] = [Self::Flows, Self::Conferences, Self::Recordings];
}

impl Desk {
    /// Writes down what became of a call that began at `at`, and when that was
    /// so; the better outcome stays. Whether it is new.
    pub(crate) fn record(&mut self, id: &str, outcome: Outcome, at: Millis, ended: Millis, moment: &Moment) -> bool {
        if self.past.get(id).is_some_and(|known| known.outcome >= outcome) {
            return false;
        }
        self.write_past(id, outcome, at, ended, moment);
        true
    }

    /// Writes down what became of a call, in the place of what was written before.
    pub(crate) fn write_past(&mut self, id: &str, outcome: Outcome, at: Millis, ended: Millis, moment: &Moment) {
        let party = self.parties.get(id);
        let call = self.calls.get(id).map(|call| &call.view);
        let wait = self.waits.get(id);
        let number = call
            .map(|call| call.number.as_str())
            .filter(|number| !number.is_empty())
            .or_else(|| self.trails.get(id).and_then(|trail| trail.number.as_deref()))
            .or_else(|| wait.and_then(|wait| wait.view.number.as_deref()))
            .or_else(|| party.and_then(|party| party.number.as_deref()))
            .unwrap_or_default()
            .to_owned();
        let queue_of_wait = wait.and_then(|wait| Some(self.queue_name(wait.queue_id.as_deref()?)));
        let queue = call.and_then(|call| call.queue.clone()).or(queue_of_wait);
        let name = self
            .name_of(&number)
            .or_else(|| call.and_then(|call| call.name.as_deref()))
            .or_else(|| party.and_then(|party| party.name.as_deref()))
            .map(str::to_owned);
        let known = self.past.get(id);
        let past = PastView {
            id: id.to_owned(),
            outcome,
            queue: queue.or_else(|| known.and_then(|known| known.queue.clone())),
            name,
            number,
            at,
            why: None,
            seen: false,
        };
        self.gone(&past, ended, moment);
        self.put_past(past);
    }

    /// When a call first rang here becomes known later.
    pub(crate) fn date_past(&mut self, id: &str, outcome: Outcome, began: Option<Millis>) {
        let Some(past) = self.past.get(id).filter(|past| past.outcome == outcome) else { return };
        if let Some(at) = began.filter(|began| *began != past.at) {
            self.put_past(PastView { at, ..past.clone() });
        }
    }

    /// It was not so after all.
    pub(crate) fn drop_past(&mut self, id: &str) {
        let Some(past) = self.past.remove(id) else { return };
        self.past_order.remove(&(past.at, past.id));
        self.was_not_gone(id);
        self.keep_past(id);
    }

    /// This agent did not want the call: however it goes on, it was not missed.
    pub(crate) fn note_declined(&mut self, id: &str, at: Option<Timestamp>) {
        self.declined.insert(id, at);
        self.past.update(id, |past| past.outcome == Outcome::Missed && set(&mut past.outcome, Outcome::Declined));
        self.keep_past(id);
    }

    /// Why a call ended as it did; an answered one needs no reason.
    pub(crate) fn explain_past(&mut self, id: &str, why: String) {
        let mut is_news = false;
        self.past.update(id, |past| {
            is_news = !matches!(past.outcome, Outcome::Answered | Outcome::Unknown) && set(&mut past.why, Some(why));
            is_news
        });
        if is_news {
            self.keep_past(id);
        }
    }

    /// The agent has looked at the history.
    pub fn history_seen(&mut self) {
        for id in self.past.which(|past| !past.seen) {
            self.past.update(&id, |past| set(&mut past.seen, true));
            self.keep_past(&id);
        }
    }

    /// Who it was becomes known later: the event that told who it is was lost.
    pub(crate) fn identify_past(&mut self, id: &str, party: &Party) {
        let is_nameless = self.past.get(id).is_some_and(|past| past.number.is_empty() || past.number == WITHHELD);
        let Some(number) =
            party.number.clone().filter(|number| is_nameless && !number.is_empty() && number != WITHHELD)
        else {
            return;
        };
        let name = self.name_of(&number).map(str::to_owned).or_else(|| party.name.clone());
        self.count_call(&number);
        if let Some(past) = self.past.touch(id) {
            (past.number, past.name) = (number, name.or(past.name.take()));
        }
        self.keep_past(id);
    }

    /// The queue of the call itself, which knows better than that of a wait.
    pub(crate) fn put_past_queue(&mut self, id: &str, queue: String) {
        let mut is_news = false;
        self.past.update(id, |past| {
            is_news = set(&mut past.queue, Some(queue));
            is_news
        });
        if is_news {
            self.keep_past(id);
        }
    }

    pub(crate) fn name_past_queue(&mut self, id: &str, queue: String) {
        self.past.update(id, |past| past.queue.is_none() && set(&mut past.queue, Some(queue)));
    }

    pub(crate) fn put_past(&mut self, past: PastView) {
        self.keep_past(&past.id);
        if let Some(before) = self.past.get(&past.id) {
            self.past_order.remove(&(before.at, before.id.clone()));
        }
        let id = past.id.clone();
        self.past_order.insert((past.at, id.clone()));
        self.past.put(&id, past);
        while self.past.len() > KEPT
            && let Some((_, oldest)) = self.past_order.pop_first()
        {
            self.past.remove(&oldest);
        }
    }

    /// See [`Texts::put_back`](crate::texts::Texts::put_back).
    pub(crate) fn put_past_back(&mut self, by: Millis, now: Millis) {
        for id in self.past.which(|past| by < 0 && past.at > now) {
            let Some(past) = self.past.get(&id).cloned() else { continue };
            self.put_past(PastView { at: (past.at + by).min(now), ..past });
        }
    }

    fn gone(&mut self, past: &PastView, ended: Millis, moment: &Moment) {
        let kind = match past.outcome {
            Outcome::GaveUp => AwayKind::GaveUp,
            Outcome::Missed => AwayKind::Rang,
            Outcome::Unknown => AwayKind::Unknown,
            Outcome::Answered | Outcome::Elsewhere | Outcome::Declined | Outcome::Left => {
                return self.was_not_gone(&past.id);
            }
        };
        let item = AwayItemView {
            kind,
            id: past.id.clone(),
            name: past.name.clone(),
            number: past.number.clone(),
            text: past.queue.clone().unwrap_or_default(),
            at: past.at,
        };
        // A caller who rang here and then gave up is told once.
        self.was_not_gone(&past.id);
        match self.last_gap.filter(|_| kind == AwayKind::Unknown && self.gap.is_none()) {
            // That nobody can know is known only after all was read.
            Some((from, to)) => {
                let away = self.away.get_or_insert_with(|| AwayView { from, to, items: Vec::new() });
                away.items.push(item);
                self.redraw.away = true;
            }
            None => self.note_gone(item, ended, moment),
        }
    }

    /// A call is told no longer among what happened while the link was away.
    fn was_not_gone(&mut self, id: &str) {
        let is_other = |kind: AwayKind, of: &str| of != id || kind == AwayKind::Text;
        if let Some(gap) = &mut self.gap {
            gap.items.retain(|(kind, of), _| is_other(*kind, of));
        }
        let Some(away) = &mut self.away else { return };
        let before = away.items.len();
        away.items.retain(|item| is_other(item.kind, &item.id));
        self.redraw.away |= away.items.len() != before;
        if away.items.is_empty() {
            self.away_seen();
        }
    }

    /// Something that could not be told when it happened.
    pub(crate) fn note_gone(&mut self, item: AwayItemView, happened: Millis, moment: &Moment) {
        if let Some(gap) = self.gap.as_mut().filter(|gap| moment.is_listed && happened >= gap.from) {
            gap.items.insert((item.kind, item.id.clone()), item);
        }
    }

    /// Events stop arriving: what happens from now on is missed for the time being.
    pub(crate) fn gap_opens(&mut self, now: Millis) {
        self.gap.get_or_insert_with(|| Gap { from: now, items: BTreeMap::new() });
    }

    /// The lists of calls were read again and merged: what they do not confirm is over.
    pub fn confirmed(&mut self, covered: Covered, now: Millis) {
        self.drop_unconfirmed(covered, &self.moment(now).listed());
    }

    /// All that was missed was read again and merged: what the lists of calls do
    /// not confirm is over, and the agent is told once of what happened in the meantime.
    pub fn caught_up(&mut self, covered: Covered, now: Millis) {
        self.confirmed(covered, now);
        let Some(gap) = self.gap.take() else { return };
        self.last_gap = Some((gap.from, now));
        if gap.items.is_empty() {
            return;
        }
        let mut items: Vec<AwayItemView> = gap.items.into_values().collect();
        let mut from = gap.from;
        if let Some(before) = self.away.take() {
            from = before.from;
            items.extend(before.items);
        }
        items.sort_by(|one, other| one.at.cmp(&other.at).then_with(|| one.id.cmp(&other.id)));
        items.dedup_by(|one, other| (one.kind, &one.id) == (other.kind, &other.id));
        let away = AwayView { from, to: now, items };
        self.alert(Alert::Raise {
            key: AWAY.to_owned(),
            kind: AlertKind::Missed,
            title: "While you were gone".to_owned(),
            body: summary(&away),
            about: About::Away,
        });
        self.away = Some(away);
        self.redraw.away = true;
    }

    /// The agent has read what happened while the link was away.
    pub fn away_seen(&mut self) {
        if self.away.take().is_some() {
            self.alert(Alert::Withdraw { key: AWAY.to_owned() });
            self.redraw.away = true;
        }
    }

    /// A number got a name: what is past with it shows it.
    pub(crate) fn rename_past(&mut self, number: &str) {
        let Some(name) = self.name_of(number).map(str::to_owned) else { return };
        self.past.update_all(|past| past.number == number && set_told(&mut past.name, Some(&name)));
        let items = self.away.iter_mut().flat_map(|away| &mut away.items);
        for item in items.filter(|item| item.number == number) {
            self.redraw.away |= set_told(&mut item.name, Some(&name));
        }
    }
}

fn summary(away: &AwayView) -> String {
    let count = |kind| away.items.iter().filter(|item| item.kind == kind).count();
    let part = |count: usize, one: &str, many: &str| match count {
        0 => None,
        1 => Some(format!("1 {one}")),
        more => Some(format!("{more} {many}")),
    };
    let parts = [
        part(count(AwayKind::Rang), "call rang here", "calls rang here"),
        part(count(AwayKind::Unknown), "call with an unknown outcome", "calls with an unknown outcome"),
        part(count(AwayKind::GaveUp), "caller gave up", "callers gave up"),
        part(count(AwayKind::Text), "text came in", "texts came in"),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
}
