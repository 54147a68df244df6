//! What was told of a field last: by the time at which it was so, and not by the
//! order in which it came.

use voipbin_wire::Timestamp;

use crate::moment::{Moment, is_overtaken};

/// What was told of a field last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Latest<T>(Option<(Timestamp, T)>);

impl<T> Default for Latest<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<T: Ord + Clone> Latest<T> {
    /// Of two that were told for the same moment the greater one stays, whichever
    /// came first. Whether it is another one now.
    pub(crate) fn take(&mut self, value: Option<&T>, moment: &Moment) -> bool {
        let Some(value) = value else { return false };
        let at = placed_at(moment, self.0.as_ref().map(|(at, _)| *at));
        match &mut self.0 {
            Some((known_at, known)) if *known == *value => {
                *known_at = at.max(*known_at);
                false
            }
            Some((known_at, known)) if (*known_at, &*known) >= (at, value) => false,
            place => {
                *place = Some((at, value.clone()));
                true
            }
        }
    }

    pub(crate) fn get(&self) -> Option<&T> {
        self.0.as_ref().map(|(_, value)| value)
    }

    pub(crate) fn cloned(&self) -> Option<T> {
        self.get().cloned()
    }
}

/// When a fact was so, in the order of what is known of the same thing: what is
/// pushed and claims to be far older than what was pushed before has a wrong
/// clock, and is the newest all the same.
pub(crate) fn placed_at(moment: &Moment, newest: Option<Timestamp>) -> Timestamp {
    let at = told_at(moment);
    let by = |newest: &Timestamp| newest.as_millis().saturating_sub(at.as_millis());
    let is_misdated = |newest: &Timestamp| !moment.is_listed && !is_overtaken(by(newest), 0);
    newest.filter(is_misdated).map_or(at, |newest| Timestamp::from_micros(newest.as_micros().saturating_add(1)))
}

/// When a fact was so by the service, or now where it does not say.
pub(crate) fn told_at(moment: &Moment) -> Timestamp {
    moment.at.unwrap_or_else(|| Timestamp::from_millis(moment.now))
}
