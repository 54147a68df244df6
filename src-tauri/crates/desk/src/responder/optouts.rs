//! Who asked for no texts: whoever says so to one number of ours hears from none.

use std::collections::BTreeMap;

use crate::Millis;
use crate::record::OptOut;

/// The list of them. The latest word counts, in whatever order words come.
#[derive(Debug, Default)]
pub(crate) struct OptOuts {
    words: BTreeMap<String, OptOut>,
}

impl OptOuts {
    pub(crate) fn get(&self, number: &str) -> Option<&OptOut> {
        self.words.get(number)
    }

    pub(crate) fn is_out(&self, number: &str) -> bool {
        self.get(number).is_some_and(|word| word.is_out)
    }

    /// Since when they want none, if they do.
    pub(crate) fn out_since(&self, number: &str) -> Option<Millis> {
        self.get(number).filter(|word| word.is_out).map(|word| word.at)
    }

    /// Somebody's word. Whether it changes anything that is to be kept.
    pub(crate) fn take(&mut self, word: OptOut) -> bool {
        match self.words.get_mut(&word.number) {
            Some(known) if known.at >= word.at => return false,
            // Said again: it holds from now on against what comes late, and is
            // confirmed no second time.
            Some(known) if known.is_out == word.is_out => known.at = word.at,
            Some(known) => *known = word,
            // Whoever never asked for silence hears nothing of taking it back.
            None => {
                let message = word.message.clone().filter(|_| word.is_out);
                self.words.insert(word.number.clone(), OptOut { message, ..word });
            }
        }
        true
    }

    /// A word from the ledger; what was heard since may be later.
    pub(crate) fn restore(&mut self, word: OptOut) {
        if self.get(&word.number).is_none_or(|known| known.at < word.at) {
            self.words.insert(word.number.clone(), word);
        }
    }

    /// Those who want no texts.
    pub(crate) fn out(&self) -> impl Iterator<Item = &OptOut> {
        self.words.values().filter(|word| word.is_out)
    }
}
