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
    /// came first. Whether it is another one now.
    pub(crate) fn take(&mut self, value: Option<&T>, moment: &Moment) -> bool {
        let Some(value) = value else { return false };
        let at = told_at(moment);
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

/// When a fact was so by the service, or now where it does not say.
pub(crate) fn told_at(moment: &Moment) -> Timestamp {
    moment.at.unwrap_or_else(|| Timestamp::from_millis(moment.now))
}
