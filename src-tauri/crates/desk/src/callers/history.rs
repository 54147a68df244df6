//! What became of calls.

use ringside_words::{Message, say};

use crate::Millis;
use crate::alert::{About, Alert, AlertKind};
use crate::callers::board::why;
use crate::callers::card::caller;
use crate::callers::queues::{Queue, Queues};
use crate::callers::record::{Caller, Marks};
use crate::numbers::shown_number;
use crate::shelf::set;
use crate::view::{OutcomeView as Outcome, PastView};

/// A call in the history.
#[derive(Debug)]
pub(crate) struct Past {
    pub(crate) outcome: Outcome,
    pub(crate) at: Millis,
    pub(crate) is_seen: bool,
    /// The time by which it is in order.
    pub(crate) filed: Option<Millis>,
    /// Who it was by an address book card that is no longer on the desk.
    pub(crate) name: Option<Box<str>>,
    /// What an earlier day wrote down of it.
    kept: Option<Box<Kept>>,
}

/// What the ledger held of a call.
#[derive(Debug)]
struct Kept {
    outcome: Outcome,
    name: Option<String>,
    queue: Option<String>,
    why: Option<Message>,
}

/// How a caller left a queue without an agent.
#[derive(Debug)]
pub(crate) struct Left {
    pub(crate) outcome: Outcome,
    pub(crate) queue: Option<Queue>,
    /// When the caller had joined it.
    pub(crate) began: Millis,
    /// Why, where the caller did not hang up.
    pub(crate) why: Option<Box<Message>>,
}

impl Caller {
    /// How the call went, as far as its trail tells. One that is at this desk
    /// again is not over: until it is answered what was written before stands.
    fn outcome_of_call(&self) -> Option<Outcome> {
        let outcome = self.trail.outcome().filter(|_| self.party.is_inbound());
        if self.here.is_none() || outcome == Some(Outcome::Answered) {
            return outcome;
        }
        let written = self.past.as_ref().map(|past| past.outcome);
        written.filter(|outcome| !matches!(outcome, Outcome::GaveUp | Outcome::Left))
    }

    fn left_unanswered(&self) -> Option<&Left> {
        self.left.as_deref().filter(|_| !self.trail.is_connected)
    }

    /// Works out what became of the call by all that is known now. What was
    /// told late may put right what was written before. The time that it was
    /// filed by, where it is in the history no longer.
    pub(crate) fn settle(&mut self, ended: Millis) -> Option<Millis> {
        let (by_call, by_queue) = (self.outcome_of_call(), self.left_unanswered());
        if by_call.is_none() && by_queue.is_none() && self.past.is_none() {
            return None;
        }
        let kept = self.past.as_ref().and_then(|past| past.kept.as_ref()).map(|kept| kept.outcome);
        let is_overtaken = |kept: &Outcome| matches!(kept, Outcome::GaveUp | Outcome::Left) && self.trail.is_connected;
        let kept = kept.filter(|kept| !is_overtaken(kept));
        let left = by_queue.map(|left| (left.outcome, left.began));
        // A list that is older than the end shows a ring of it that is not over yet.
        let written = self.past.as_ref().map(|past| past.outcome);
        let stands = written.filter(|written| !matches!(written, Outcome::GaveUp | Outcome::Left));
        let outcome = by_call.max(left.map(|(outcome, _)| outcome)).max(kept).or(stands);
        let Some(mut outcome) = outcome else {
            self.changed.add(Marks::PAST);
            return self.past.take()?.filed;
        };
        if outcome == Outcome::Missed && self.trail.is_declined {
            outcome = Outcome::Declined;
        }
        let began = match left {
            _ if by_call == Some(outcome) => self.trail.began,
            Some((of_queue, began)) if of_queue == outcome => Some(began),
            _ => None,
        };
        let Some(past) = &mut self.past else {
            let rang_at = self.here.as_ref().map(|here| here.rang_at);
            let at = began.or(rang_at).unwrap_or(ended);
            self.past = Some(Box::new(Past { outcome, at, is_seen: false, filed: None, name: None, kept: None }));
            self.changed.add(Marks::PAST);
            return None;
        };
        if set(&mut past.outcome, outcome) {
            past.is_seen = false;
            self.changed.add(Marks::PAST);
        }
        if let Some(began) = began {
            self.changed.add_if(set(&mut past.at, began), Marks::PAST);
        }
        None
    }

    /// Puts back what the ledger held. What is known already is known better.
    pub(crate) fn restore(&mut self, past: PastView) {
        if self.past.is_some() {
            return;
        }
        let PastView { outcome, name, number, queue, at, why, seen, .. } = past;
        if self.party.number.is_none() && !number.is_empty() {
            self.party.number = Some(number.into());
        }
        let kept = Some(Box::new(Kept { outcome, name, queue, why }));
        self.past = Some(Box::new(Past { outcome, at, is_seen: seen, filed: None, name: None, kept }));
        self.changed.add(Marks::PAST);
    }

    /// The call as the history draws it, if it is in the history.
    pub(crate) fn history(&self, queues: &Queues, name: Option<&str>) -> Option<PastView> {
        let past = self.past.as_ref()?;
        let kept = past.kept.as_deref();
        let left = self.left_unanswered().filter(|left| left.outcome == past.outcome);
        let queue = left.and_then(|left| left.queue).or_else(|| self.queue());
        let name = name.or(past.name.as_deref()).or_else(|| kept?.name.as_deref()).or(self.party.name.as_deref());
        let because = match (past.outcome, left) {
            (Outcome::Answered | Outcome::Unknown, _) => None,
            (_, Some(left)) => left.why.as_deref().cloned(),
            _ => self.why.as_deref().and_then(why),
        };
        let why_kept = kept.filter(|kept| kept.outcome == past.outcome).and_then(|kept| kept.why.as_ref());
        Some(PastView {
            id: self.id.to_string(),
            outcome: past.outcome,
            name: name.map(str::to_owned),
            number: self.party.number().to_owned(),
            queue: queue.map(|queue| queues.name(queue)).or_else(|| kept?.queue.clone()),
            at: past.at,
            why: because.or_else(|| why_kept.cloned()),
            seen: past.is_seen,
        })
    }
}

/// What the notice of a missed call is called.
pub(crate) fn missed_key(id: &str) -> String {
    format!("missed {id}")
}

/// The notice of a missed call.
pub(crate) fn missed(past: &PastView) -> Alert {
    let number = past.name.is_some().then(|| shown_number(&past.number));
    let queue = past.queue.as_deref().map(Message::verbatim);
    Alert::Raise {
        key: missed_key(&past.id),
        kind: AlertKind::Missed,
        title: say!("alerts-missed", name = caller(past.name.as_deref(), &past.number)),
        body: Message::beside([number, queue].into_iter().flatten()),
        about: About::Call { id: past.id.clone(), number: past.number.clone() },
    }
}
