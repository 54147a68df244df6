//! What happened while the link was away, as it becomes known.

use std::collections::BTreeMap;

use ringside_words::{Message, say};

use crate::Millis;
use crate::alert::{About, Alert, AlertKind};
use crate::moment::Moment;
use crate::shelf::set;
use crate::view::{AwayItemView, AwayKind, AwayView, OutcomeView as Outcome, PastView};

/// The key of the one notice about an absence.
pub(crate) const AWAY: &str = "away";

/// What happened since the link was lost.
#[derive(Debug)]
pub(crate) struct Gap {
    from: Millis,
    items: BTreeMap<(AwayKind, String), AwayItemView>,
}

impl Gap {
    /// Since when events did not arrive.
    pub(crate) fn from(&self) -> Millis {
        self.from
    }
}

/// The losses of the link: the one that lasts, and what the agent is told of
/// those that were made good.
#[derive(Debug, Default)]
pub(crate) struct Absence {
    pub(crate) gap: Option<Gap>,
    /// From when until when events did not arrive the last time.
    last: Option<(Millis, Millis)>,
    /// What the agent has not read yet.
    told: Option<AwayView>,
    /// It is to be drawn again.
    pub(crate) is_marked: bool,
}

impl Absence {
    /// See [`Desk::clock_jumped`](crate::Desk::clock_jumped).
    pub(crate) fn clock_jumped(&mut self, by: Millis) {
        if let Some(gap) = &mut self.gap {
            gap.from += by;
        }
    }

    /// Events stop arriving: what happens from now on is missed for the time being.
    pub(crate) fn begins(&mut self, now: Millis) {
        self.gap.get_or_insert_with(|| Gap { from: now, items: BTreeMap::new() });
    }

    /// What became of a call changed: it is told of if nobody spoke to the caller.
    /// Whether nothing is left to be told of.
    pub(crate) fn take_call(&mut self, past: &PastView, ended: Millis, moment: &Moment) -> bool {
        // A caller who rang here and then gave up is told once.
        let is_empty = self.forget(&past.id);
        let kind = match past.outcome {
            Outcome::GaveUp => AwayKind::GaveUp,
            Outcome::Missed => AwayKind::Rang,
            Outcome::Unknown => AwayKind::Unknown,
            Outcome::Answered | Outcome::Elsewhere | Outcome::Declined | Outcome::Left => return is_empty,
        };
        let item = AwayItemView {
            kind,
            id: past.id.clone(),
            name: past.name.clone(),
            number: past.number.clone(),
            text: past.queue.clone().unwrap_or_default(),
            instead: None,
            at: past.at,
        };
        match self.last.filter(|_| kind == AwayKind::Unknown && self.gap.is_none()) {
            // That nobody can know is known only after all was read.
            Some((from, to)) => {
                let away = self.told.get_or_insert_with(|| AwayView { from, to, items: Vec::new() });
                away.items.push(item);
                self.is_marked = true;
                return false;
            }
            None => self.note(item, ended, moment),
        }
        is_empty
    }

    /// A call is told of no longer. Whether nothing is left to be told of.
    pub(crate) fn forget(&mut self, id: &str) -> bool {
        let is_other = |kind: AwayKind, of: &str| of != id || kind == AwayKind::Text;
        if let Some(gap) = &mut self.gap {
            gap.items.retain(|(kind, of), _| is_other(*kind, of));
        }
        let Some(away) = &mut self.told else { return false };
        let before = away.items.len();
        away.items.retain(|item| is_other(item.kind, &item.id));
        self.is_marked |= away.items.len() != before;
        away.items.is_empty()
    }

    /// Something that could not be told when it happened.
    pub(crate) fn note(&mut self, item: AwayItemView, happened: Millis, moment: &Moment) {
        if let Some(gap) = self.gap.as_mut().filter(|gap| moment.is_listed && happened >= gap.from) {
            gap.items.insert((item.kind, item.id.clone()), item);
        }
    }

    /// All that was missed is known now. Whether there is anything to tell.
    pub(crate) fn ends(&mut self, now: Millis) -> bool {
        let Some(gap) = self.gap.take() else { return false };
        self.last = Some((gap.from, now));
        if gap.items.is_empty() {
            return false;
        }
        let mut items: Vec<AwayItemView> = gap.items.into_values().collect();
        let mut from = gap.from;
        if let Some(before) = self.told.take() {
            from = before.from;
            items.extend(before.items);
        }
        items.sort_by(|one, other| one.at.cmp(&other.at).then_with(|| one.id.cmp(&other.id)));
        items.dedup_by(|one, other| (one.kind, &one.id) == (other.kind, &other.id));
        self.told = Some(AwayView { from, to: now, items });
        self.is_marked = true;
        true
    }

    /// The notice of it.
    pub(crate) fn notice(&self) -> Option<Alert> {
        let away = self.told.as_ref()?;
        Some(Alert::Raise {
            key: AWAY.to_owned(),
            kind: AlertKind::Missed,
            title: say!("desk-away"),
            body: summary(away),
            about: About::Away,
        })
    }

    /// The agent has read it. Whether there was anything.
    pub(crate) fn is_read(&mut self) -> bool {
        let was_told = self.told.take().is_some();
        self.is_marked |= was_told;
        was_told
    }

    /// A number got a name: what is told of it shows it.
    pub(crate) fn renamed(&mut self, number: &str, name: &str) {
        let items = self.told.iter_mut().flat_map(|away| &mut away.items);
        for item in items.filter(|item| item.number == number) {
            self.is_marked |= set(&mut item.name, Some(name.to_owned()));
        }
    }

    /// What the agent has not read yet, as the window draws it.
    pub(crate) fn view(&self) -> Option<AwayView> {
        self.told.clone()
    }
}

fn summary(away: &AwayView) -> Message {
    let count = |kind| away.items.iter().filter(|item| item.kind == kind).count();
    let parts = [
        (count(AwayKind::Rang), say!("alerts-away-rang", count = count(AwayKind::Rang))),
        (count(AwayKind::Unknown), say!("alerts-away-unknown", count = count(AwayKind::Unknown))),
        (count(AwayKind::GaveUp), say!("alerts-away-abandoned", count = count(AwayKind::GaveUp))),
        (count(AwayKind::Text), say!("alerts-away-texts", count = count(AwayKind::Text))),
    ];
    Message::beside(parts.into_iter().filter(|(count, _)| *count > 0).map(|(_, part)| part))
}
