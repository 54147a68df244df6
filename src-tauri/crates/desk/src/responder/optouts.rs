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

    /// Somebody's word. Whether it changes anything that is to be kept.
    pub(crate) fn take(&mut self, word: OptOut) -> bool {
        let key = (word.our_number.clone(), word.number.clone());
        match self.pairs.get_mut(&key) {
            Some(known) if known.at >= word.at => return false,
            // Said again: it holds from now on against what comes late, and is
            // confirmed no second time.
            Some(known) if known.is_out == word.is_out => known.at = word.at,
            Some(known) => *known = word,
            // Whoever never asked for silence hears nothing of taking it back.
            None => {
                let message = word.message.clone().filter(|_| word.is_out);
                self.pairs.insert(key, OptOut { message, ..word });
            }
        }
        true
    }

    /// A word from the ledger; what was heard since may be later.
    pub(crate) fn restore(&mut self, word: OptOut) {
        let key = (word.our_number.clone(), word.number.clone());
        if self.pairs.get(&key).is_none_or(|known| known.at < word.at) {
            self.pairs.insert(key, word);
        }
    }

    /// Those who want no texts.
    pub(crate) fn out(&self) -> impl Iterator<Item = &OptOut> {
        self.pairs.values().filter(|pair| pair.is_out)
    }
}
