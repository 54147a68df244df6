//! The alerts that are up. Of what rings or was missed each is raised; of texts
//! and waiting callers no more than anybody can read, and the rest in one sum.

use std::collections::VecDeque;

use ringside_words::Message;

use super::{About, Alert, AlertKind};
use crate::Millis;

/// Alerts that are up at once; of more than anybody reads the oldest goes.
const AT_ONCE: usize = 100;
/// So many texts and waiting callers may come in a burst, …
const BURST: u32 = 10;
/// … and then one in this time.
const ONE_IN: Millis = 1000;
/// The sum of a storm stays so long after its last alert.
const STORM_OVER_AFTER: Millis = 10_000;
const STORM: &str = "storm";

/// How many alerts a storm kept back, of which kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeptBack {
    /// Texts that came in.
    pub texts: u32,
    /// Callers that began to wait.
    pub waiting: u32,
}

/// What is up, oldest first, and what a storm kept back.
#[derive(Debug)]
pub struct Raised {
    keys: VecDeque<String>,
    left: u32,
    filled_at: Millis,
    texts: u32,
    waiting: u32,
    last_kept_back: Millis,
    /// The sum is older than what it counts.
    sum_is_old: bool,
}

impl Default for Raised {
    fn default() -> Self {
        Self {
            keys: VecDeque::new(),
            left: BURST,
            filled_at: 0,
            texts: 0,
            waiting: 0,
            last_kept_back: 0,
            sum_is_old: false,
        }
    }
}

impl Raised {
    /// What the agent is told of an alert of the desk.
    pub fn take(&mut self, alert: Alert, now: Millis) -> Vec<Alert> {
        match &alert {
            Alert::Withdraw { key } => {
                let was_up = self.keys.iter().position(|up| up == key).map(|place| self.keys.remove(place));
                was_up.map(|_| alert).into_iter().collect()
            }
            Alert::Raise { key, kind, .. } => {
                if self.is_kept_back(*kind, now) {
                    return Vec::new();
                }
                let mut told = self.put_up(key.clone());
                told.push(alert);
                told
            }
        }
    }

    /// What the clock brings: the sum of a storm, or its end. Whoever asks puts what
    /// was kept back into words: a title and a second line.
    pub fn tick(&mut self, now: Millis, in_words: impl FnOnce(KeptBack) -> (Message, Message)) -> Vec<Alert> {
        if self.texts + self.waiting == 0 {
            return Vec::new();
        }
        self.last_kept_back = self.last_kept_back.min(now);
        if now - self.last_kept_back >= STORM_OVER_AFTER {
            (self.texts, self.waiting) = (0, 0);
            return self.take(Alert::Withdraw { key: STORM.to_owned() }, now);
        }
        if !std::mem::take(&mut self.sum_is_old) {
            return Vec::new();
        }
        let mut told = self.put_up(STORM.to_owned());
        let (title, body) = in_words(KeptBack { texts: self.texts, waiting: self.waiting });
        let key = STORM.to_owned();
        told.push(Alert::Raise { key, kind: AlertKind::Message, title, body, about: About::Away });
        told
    }

    /// Takes everything down.
    pub fn clear(&mut self) -> Vec<Alert> {
        std::mem::take(self).keys.into_iter().map(|key| Alert::Withdraw { key }).collect()
    }

    fn put_up(&mut self, key: String) -> Vec<Alert> {
        self.keys.retain(|up| *up != key);
        self.keys.push_back(key);
        let oldest = if self.keys.len() > AT_ONCE { self.keys.pop_front() } else { None };
        oldest.map(|key| Alert::Withdraw { key }).into_iter().collect()
    }

    fn is_kept_back(&mut self, kind: AlertKind, now: Millis) -> bool {
        let count = match kind {
            AlertKind::Ringing | AlertKind::Missed => return false,
            AlertKind::Message => &mut self.texts,
            AlertKind::Waiting => &mut self.waiting,
        };
        // The clock may have been set back.
        self.filled_at = self.filled_at.min(now);
        let refills = u32::try_from((now - self.filled_at).max(0) / ONE_IN).unwrap_or(u32::MAX);
        if refills > 0 {
            self.left = self.left.saturating_add(refills).min(BURST);
            self.filled_at = now;
        }
        if self.left > 0 {
            self.left -= 1;
            return false;
        }
        *count += 1;
        self.last_kept_back = now;
        self.sum_is_old = true;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn alert(key: &str, kind: AlertKind) -> Alert {
        let about = About::Chat { id: key.to_owned() };
        Alert::Raise { key: key.to_owned(), kind, title: Message::verbatim(key), body: Message::nothing(), about }
    }

    fn in_words(KeptBack { texts, waiting }: KeptBack) -> (Message, Message) {
        (Message::verbatim("busy"), Message::verbatim(format!("{texts} and {waiting}")))
    }

    fn raised(alerts: &[Alert]) -> usize {
        alerts.iter().filter(|alert| matches!(alert, Alert::Raise { .. })).count()
    }

    #[test]
    fn a_storm_of_texts_is_a_few_toasts_and_one_sum_and_every_call_still_rings() {
        let mut up = Raised::default();
        let told: Vec<Alert> =
            (0..100).flat_map(|at| up.take(alert(&format!("text {at}"), AlertKind::Message), 5000)).collect();
        assert_eq!(raised(&told), 10);
        assert_eq!(raised(&up.take(alert("call", AlertKind::Ringing), 5000)), 1);
        let sum = up.tick(5500, in_words);
        assert!(matches!(&sum[..], [Alert::Raise { body, .. }] if *body == Message::verbatim("90 and 0")));
        assert!(up.tick(6500, in_words).is_empty(), "the same sum is not said twice");
        assert_eq!(up.tick(15_500, in_words), [Alert::Withdraw { key: "storm".into() }]);
        assert_eq!(raised(&up.take(alert("later", AlertKind::Message), 16_000)), 1);
    }

    #[test]
    fn what_was_never_up_is_not_taken_down_and_the_oldest_of_many_goes() {
        let mut up = Raised::default();
        assert!(up.take(Alert::Withdraw { key: "nobody".into() }, 0).is_empty());
        let told: Vec<Alert> =
            (0..101).flat_map(|at| up.take(alert(&format!("call {at}"), AlertKind::Ringing), 0)).collect();
        assert!(told.contains(&Alert::Withdraw { key: "call 0".into() }));
        assert_eq!(up.clear().len(), AT_ONCE);
    }
}
