//! What came over the socket, in numbers: for diagnostics, never to branch on.

use std::collections::BTreeMap;

use ringside_words::Message;
use voipbin_wire::{Kind, Told, Unknown, WhyUnknown};

/// Names of unknown things that are kept apart; a flood of new ones is one sum.
const NAMES: usize = 100;
/// The longest name that is kept.
const NAME: usize = 160;
const OTHERS: &str = "…";

/// What came over the socket since signing in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counts {
    told: BTreeMap<Kind, u64>,
    others: BTreeMap<String, u64>,
    /// Events of somebody else's customer.
    pub not_ours: u64,
    /// Frames that could not be used, by what they called themselves.
    pub unknown_kinds: BTreeMap<String, u64>,
    /// Fields that are not known, by name: the service has moved on.
    pub unknown_fields: BTreeMap<String, u64>,
    /// Fields of another type than documented, by name.
    pub misfit_fields: BTreeMap<String, u64>,
    /// Why the link was lost, and how often.
    pub losses: BTreeMap<Message, u64>,
}

impl Counts {
    /// Frames by kind.
    pub fn frames(&self) -> BTreeMap<String, u64> {
        let told = self.told.iter().map(|(kind, count)| (kind.as_word().to_owned(), *count));
        let others = self.others.iter().map(|(word, count)| (word.clone(), *count));
        told.chain(others).fold(BTreeMap::new(), |mut frames, (word, count)| {
            *frames.entry(word).or_default() += count;
            frames
        })
    }

    pub(crate) fn told(&mut self, told: &Told) {
        *self.told.entry(told.kind).or_default() += 1;
        told.drift.unknown.iter().for_each(|field| count(&mut self.unknown_fields, field));
        told.drift.misfit.iter().for_each(|field| count(&mut self.misfit_fields, field));
    }

    pub(crate) fn unknown(&mut self, unknown: &Unknown) {
        let word = match unknown.why {
            WhyUnknown::NotAnObject => "not-an-object",
            WhyUnknown::NoKind | WhyUnknown::Kind | WhyUnknown::Payload => {
                unknown.kind.as_deref().unwrap_or("without-a-kind")
            }
        };
        count(&mut self.unknown_kinds, word);
    }

    /// A message with letters that are none.
    pub(crate) fn not_utf_8(&mut self) {
        count(&mut self.misfit_fields, "not UTF-8");
    }

    pub(crate) fn other(&mut self, word: &str) {
        count(&mut self.others, word);
    }

    pub(crate) fn lost(&mut self, why: &Message) {
        if self.losses.len() < NAMES || self.losses.contains_key(why) {
            *self.losses.entry(why.clone()).or_default() += 1;
        } else {
            *self.losses.entry(Message::new("link-other-losses")).or_default() += 1;
        }
    }
}

fn count(counts: &mut BTreeMap<String, u64>, word: &str) {
    if let Some(count) = counts.get_mut(word) {
        *count += 1;
        return;
    }
    let word = if counts.len() >= NAMES { OTHERS.to_owned() } else { word.chars().take(NAME).collect() };
    *counts.entry(word).or_default() += 1;
}

#[cfg(test)]
mod tests {
    use ringside_words::say;

    use super::*;

    #[test]
    fn a_flood_of_new_names_stays_small() {
        let mut counts = Counts::default();
        for at in 0..10_000 {
            counts.lost(&say!("link-lost-closed-reason", code = "1000", reason = at));
            counts.other(&format!("{at} {}", "x".repeat(1000)));
        }
        assert_eq!((counts.losses.len(), counts.losses[&say!("link-other-losses")]), (NAMES + 1, 9900));
        assert_eq!((counts.others.len(), counts.others[OTHERS]), (NAMES + 1, 9900));
        assert!(counts.others.keys().all(|name| name.chars().count() <= NAME));
    }
}
