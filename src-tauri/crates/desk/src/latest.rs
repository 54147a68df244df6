//! What was told of a field last: by the time at which it was so, and not by the
//! order in which it came.

use voipbin_wire::Timestamp;

use crate::moment::Moment;

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
    /// came first.
    pub(crate) fn take(&mut self, value: Option<&T>, moment: &Moment) {
        let Some(value) = value else { return };
        let at = told_at(moment);
        if self.0.as_ref().is_none_or(|(known_at, known)| (*known_at, known) < (at, value)) {
            self.0 = Some((at, value.clone()));
        }
    }

    pub(crate) fn get(&self) -> Option<&T> {
        self.0.as_ref().map(|(_, value)| value)
    }

    pub(crate) fn cloned(&self) -> Option<T> {
        self.get().cloned()
    }
}

/// When a fact was so by the service, or now where it does not say.
pub(crate) fn told_at(moment: &Moment) -> Timestamp {
    moment.at.unwrap_or_else(|| Timestamp::from_millis(moment.now))
}
