//! The names of texts, and which texts they are.

use std::collections::VecDeque;

use crate::shelf::{ById, give_room_back};

/// Names of texts that are remembered, so that a late copy is no second text.
const REMEMBERED: usize = 500;

/// The names of texts that were told of, and which texts they are: the service
/// gives a reply that was written here a name of its own.
#[derive(Debug, Default)]
pub(crate) struct Names {
    /// The text on the desk, where it goes by another name.
    of: ById<Option<String>>,
    order: VecDeque<String>,
    /// The same of those that go by another name: however many texts a list
    /// brings, a reply that was written here is known again.
    bound: VecDeque<String>,
}

impl Names {
    pub(crate) fn insert(&mut self, name: &str, of: Option<String>) {
        let is_bound = of.is_some();
        let before = self.of.insert(name.to_owned(), of);
        if before.as_ref().is_some_and(|before| before.is_some() == is_bound) {
            return;
        }
        if before.is_some() {
            // It changes its place: else it would be forgotten as what it was.
            let place = if is_bound { &mut self.order } else { &mut self.bound };
            place.retain(|known| known != name);
        }
        let place = if is_bound { &mut self.bound } else { &mut self.order };
        place.push_back(name.to_owned());
        if place.len() > REMEMBERED
            && let Some(oldest) = place.pop_front()
        {
            self.of.remove(&oldest);
        }
    }

    pub(crate) fn give_room_back(&mut self) {
        give_room_back(&mut self.of);
    }

    /// The text on the desk that has this name, if one was told of by it.
    pub(crate) fn text_of<'a>(&'a self, name: &'a str) -> Option<&'a str> {
        self.of.get(name).map(|of| of.as_deref().unwrap_or(name))
    }

    /// What the service calls a text of ours.
    pub(crate) fn given_to(&self, id: &str) -> Option<&str> {
        self.of.iter().find(|(_, of)| of.as_deref() == Some(id)).map(|(name, _)| name.as_str())
    }

    /// Whether a text on the desk goes by this very name.
    pub(crate) fn is_own(&self, name: &str) -> bool {
        self.of.get(name).is_some_and(Option::is_none)
    }

    /// Whether the service has a name for a text of ours.
    pub(crate) fn is_bound(&self, id: &str) -> bool {
        self.of.values().any(|of| of.as_deref() == Some(id))
    }
}
