//! Who asked for no texts, per pair of numbers.

use std::collections::BTreeMap;

use crate::Millis;

/// Whether somebody wants texts from a number of ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OptOut {
    /// Our number; empty where the channel has none.
    pub our_number: String,
    /// Theirs.
    pub number: String,
    /// They want none.
    pub is_out: bool,
    /// Since when.
    pub at: Millis,
    /// Who said so: their word, or the agent's name.
    pub by: String,
    /// The text that said so, where one did.
    pub message: Option<String>,
}

/// The list of them. The latest word counts, in whatever order words come.
#[derive(Debug, Default)]
pub(crate) struct OptOuts {
    pairs: BTreeMap<(String, String), OptOut>,
}

impl OptOuts {
    pub(crate) fn get(&self, our_number: &str, number: &str) -> Option<&OptOut> {
        self.pairs.get(&(our_number.to_owned(), number.to_owned()))
    }

    pub(crate) fn is_out(&self, our_number: &str, number: &str) -> bool {
        self.get(our_number, number).is_some_and(|pair| pair.is_out)
    }

    /// Somebody's word. Whether it changes anything.
    pub(crate) fn take(&mut self, word: OptOut) -> bool {
        let key = (word.our_number.clone(), word.number.clone());
        let known = self.pairs.get(&key);
        let is_late = known.is_some_and(|known| known.at >= word.at || known.is_out == word.is_out);
        // Whoever never asked for silence need not take it back.
        if is_late || (known.is_none() && !word.is_out) {
            return false;
        }
        self.pairs.insert(key, word);
        true
    }

    pub(crate) fn restore(&mut self, word: OptOut) {
        self.pairs.entry((word.our_number.clone(), word.number.clone())).or_insert(word);
    }

    /// Those who want no texts.
    pub(crate) fn out(&self) -> impl Iterator<Item = &OptOut> {
        self.pairs.values().filter(|pair| pair.is_out)
    }
}
