//! What keeps automatic replies few: how many went to whom, and who seems to
//! be a machine.

use std::collections::{BTreeMap, VecDeque};

use ringside_words::{Message, say};

use super::decision::TOO_OLD_MINUTES;
use crate::Millis;
use crate::shelf::ById;
use crate::view::LimitsView;

/// At most so many automatic replies to one sender in an hour, …
pub(crate) const PER_HOUR: u32 = 3;
/// … so many in a day without a person writing, …
pub(crate) const PER_DAY: u32 = 10;
/// … and one in this time.
const APART_S: u32 = 60;
pub(crate) const APART: Millis = 1000 * APART_S as Millis;
/// A text that comes back this soon after an automatic reply may be a machine's; …
const QUICK: Millis = 10_000;
/// … so many in a row are.
pub(crate) const QUICK_AT_MOST: u32 = 3;
pub(crate) const HOUR: Millis = 3_600_000;
pub(crate) const DAY: Millis = 24 * HOUR;
/// Texts that were considered are remembered for a day, up to this number.
const KNOWN: usize = 20_000;
/// From so many senders on those go with whom nothing is the matter any more.
const SENDERS: usize = 1000;

/// What was sent by itself, and to whom.
#[derive(Debug, Default)]
pub(crate) struct Brakes {
    known: ById<()>,
    known_order: VecDeque<(Millis, String)>,
    senders: BTreeMap<String, Sender>,
    /// When anything was sent by itself, in the last hour.
    all: VecDeque<Millis>,
    /// The last automatic reply to each that left, and when.
    left: BTreeMap<String, (String, Millis)>,
}

/// Somebody who was answered by a rule.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Sender {
    /// When, in the last day and since a person last wrote.
    sent: VecDeque<Millis>,
    /// When, in the last hour, whoever wrote.
    within_hour: VecDeque<Millis>,
    /// When the last of them went by itself, whoever wrote since.
    last: Option<Millis>,
    /// How many of them got a text back at once, in a row.
    pub(crate) quick: u32,
    /// Nothing came back yet after the last one.
    is_open: bool,
    /// Nothing goes to them by itself until a person writes.
    pub(crate) is_held: bool,
}

/// Why a reply does not go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Brake {
    /// It could go then.
    Until(Millis, Message),
    /// It does not go.
    Stays(Message),
}

/// How far automatic replies go at most.
pub(super) fn limits() -> LimitsView {
    LimitsView {
        per_hour: PER_HOUR,
        per_day: PER_DAY,
        apart_s: APART_S,
        quick_at_most: QUICK_AT_MOST,
        too_old_minutes: TOO_OLD_MINUTES,
    }
}

impl Brakes {
    pub(crate) fn knows(&self, message: &str) -> bool {
        self.known.contains_key(message)
    }

    /// A text was considered: it never is again.
    pub(crate) fn considered(&mut self, message: &str, at: Millis) {
        if self.known.insert(message.to_owned(), ()).is_none() {
            self.known_order.push_back((at, message.to_owned()));
        }
        while self.known_order.len() > KNOWN
            || self.known_order.front().is_some_and(|(first, _)| at.saturating_sub(*first) > DAY)
        {
            if let Some((_, oldest)) = self.known_order.pop_front() {
                self.known.remove(&oldest);
            }
        }
    }

    pub(crate) fn sent(&mut self, to: &str, at: Millis) {
        let sender = self.senders.entry(to.to_owned()).or_default();
        sender.is_open = true;
        sender.sent.push_back(at);
        sender.within_hour.push_back(at);
        sender.last = sender.last.max(Some(at));
        self.all.push_back(at);
        self.forget(at);
    }

    /// A text to somebody that was not written here, by a person or by the desk
    /// that answered before: it counts for the hour.
    pub(crate) fn written_elsewhere(&mut self, to: &str, at: Millis) {
        if let Some(sender) = self.senders.get_mut(to) {
            sender.within_hour.push_back(at);
        } else {
            self.senders.insert(to.to_owned(), Sender { within_hour: VecDeque::from([at]), ..Sender::default() });
        }
        self.forget(at);
    }

    /// An automatic reply is on the wire.
    pub(crate) fn left(&mut self, to: &str, reply: &str, at: Millis) {
        self.left.retain(|_, (_, last)| at.saturating_sub(*last) < APART);
        self.left.insert(to.to_owned(), (reply.to_owned(), at));
    }

    /// Whether another one left for the same person less than a minute ago.
    pub(crate) fn left_lately(&self, to: &str, reply: &str, now: Millis) -> bool {
        self.left.get(to).is_some_and(|(other, at)| other != reply && now.saturating_sub(*at) < APART)
    }

    fn forget(&mut self, at: Millis) {
        let Self { senders, all, .. } = self;
        drop_before(all, at.saturating_sub(HOUR));
        if senders.len() < SENDERS {
            return;
        }
        senders.retain(|_, sender| {
            drop_before(&mut sender.sent, at.saturating_sub(DAY));
            drop_before(&mut sender.within_hour, at.saturating_sub(HOUR));
            !sender.sent.is_empty() || !sender.within_hour.is_empty() || sender.is_held
        });
    }

    /// They wrote. Whether that makes them a machine, or no longer nearly one.
    pub(crate) fn wrote(&mut self, from: &str, at: Millis) -> bool {
        let Some(sender) = self.senders.get_mut(from) else { return false };
        let before = (sender.quick, sender.is_held);
        let is_quick = sender.sent.back().is_some_and(|last| (0..QUICK).contains(&at.saturating_sub(*last)));
        if std::mem::take(&mut sender.is_open) {
            sender.quick = if is_quick { sender.quick.saturating_add(1) } else { 0 };
            sender.is_held |= sender.quick >= QUICK_AT_MOST;
        }
        (sender.quick, sender.is_held) != before
    }

    /// A person wrote to them: whoever it is, somebody looks. Whether that changes anything.
    pub(crate) fn person_wrote(&mut self, to: &str, at: Millis) -> bool {
        let Some(sender) = self.senders.get_mut(to).filter(|sender| sender.sent.back().is_none_or(|last| *last <= at))
        else {
            return false;
        };
        let before = (sender.quick, sender.is_held);
        (sender.quick, sender.is_held) = (0, false);
        sender.sent.clear();
        before != (0, false)
    }

    /// Whether an automatic reply may go to somebody now.
    pub(crate) fn brake(&self, to: &str, cap: u32, now: Millis) -> Option<Brake> {
        let cap = usize::try_from(cap).unwrap_or(usize::MAX);
        if let Some(sender) = self.senders.get(to) {
            if sender.is_held {
                return Some(Brake::Stays(say!("rules-said-machine", count = QUICK_AT_MOST)));
            }
            let within = |times: &VecDeque<Millis>, span: Millis| {
                let count = times.iter().filter(|at| now.saturating_sub(**at) < span).count();
                u32::try_from(count).unwrap_or(u32::MAX)
            };
            if within(&sender.within_hour, HOUR) >= PER_HOUR {
                return Some(Brake::Stays(say!("rules-said-per-hour", count = PER_HOUR)));
            }
            if within(&sender.sent, DAY) >= PER_DAY {
                return Some(Brake::Stays(say!("rules-said-per-day", count = PER_DAY)));
            }
            if let Some(last) = sender.last.filter(|last| now.saturating_sub(*last) < APART) {
                return Some(Brake::Until(last.saturating_add(APART), say!("rules-said-apart", seconds = APART_S)));
            }
        }
        let words = || say!("rules-said-cap", count = cap);
        (self.all.iter().filter(|at| now.saturating_sub(**at) < HOUR).count() >= cap).then(|| Brake::Stays(words()))
    }

    /// Those who seem to be machines.
    pub(crate) fn held(&self) -> impl Iterator<Item = &str> {
        self.senders.iter().filter(|(_, sender)| sender.is_held).map(|(number, _)| number.as_str())
    }

    pub(crate) fn sender(&self, number: &str) -> Option<&Sender> {
        self.senders.get(number)
    }

    /// A machine from the ledger.
    pub(crate) fn restore(&mut self, number: &str, quick: u32, is_held: bool) {
        let sender = self.senders.entry(number.to_owned()).or_default();
        (sender.quick, sender.is_held) = (quick, is_held);
    }
}

fn drop_before(times: &mut VecDeque<Millis>, oldest: Millis) {
    while times.front().is_some_and(|first| *first < oldest) {
        times.pop_front();
    }
}
