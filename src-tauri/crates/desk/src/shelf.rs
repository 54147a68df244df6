//! Things of one kind, and which of them changed since the windows were told.
//!
//! What happens a thousand times between two flushes is drawn once: a change
//! only leaves a mark, and the picture is made when a window can take it.

use std::collections::{HashMap, VecDeque};

#[derive(Debug)]
struct Placed<T> {
    thing: T,
    is_marked: bool,
}

/// Things by identifier.
#[derive(Debug)]
pub(crate) struct Shelf<T> {
    things: HashMap<String, Placed<T>>,
    marked: Vec<String>,
    /// Those that are over, oldest first; only the last few are kept.
    over: VecDeque<String>,
}

impl<T> Default for Shelf<T> {
    fn default() -> Self {
        Self { things: HashMap::new(), marked: Vec::new(), over: VecDeque::new() }
    }
}

impl<T> Shelf<T> {
    pub(crate) fn get(&self, id: &str) -> Option<&T> {
        self.things.get(id).map(|placed| &placed.thing)
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = (&String, &T)> {
        self.things.iter().map(|(id, placed)| (id, &placed.thing))
    }

    /// All of them in the order of their identifiers.
    pub(crate) fn sorted(&self) -> impl Iterator<Item = (&String, &T)> {
        let mut all: Vec<_> = self.all().collect();
        all.sort_unstable_by_key(|(id, _)| *id);
        all.into_iter()
    }

    /// Changes a thing, making it first where there is none; `change` says
    /// whether there is anything new to see.
    pub(crate) fn change(&mut self, id: &str, make: impl FnOnce() -> T, change: impl FnOnce(&mut T) -> bool) {
        if let Some(placed) = self.things.get_mut(id) {
            if change(&mut placed.thing) && !placed.is_marked {
                placed.is_marked = true;
                self.marked.push(id.to_owned());
            }
            return;
        }
        let mut thing = make();
        change(&mut thing);
        self.things.insert(id.to_owned(), Placed { thing, is_marked: true });
        self.marked.push(id.to_owned());
    }

    /// Changes a thing if it is there.
    pub(crate) fn update(&mut self, id: &str, change: impl FnOnce(&mut T) -> bool) {
        if let Some(placed) = self.things.get_mut(id)
            && change(&mut placed.thing)
            && !placed.is_marked
        {
            placed.is_marked = true;
            self.marked.push(id.to_owned());
        }
    }

    /// Changes everything.
    pub(crate) fn update_all(&mut self, mut change: impl FnMut(&mut T) -> bool) {
        for (id, placed) in &mut self.things {
            if change(&mut placed.thing) && !placed.is_marked {
                placed.is_marked = true;
                self.marked.push(id.clone());
            }
        }
    }

    pub(crate) fn remove(&mut self, id: &str) -> Option<T> {
        let placed = self.things.remove(id)?;
        if !placed.is_marked {
            self.marked.push(id.to_owned());
        }
        Some(placed.thing)
    }

    /// A thing is over: of those the last `kept` stay.
    pub(crate) fn is_over(&mut self, id: &str, kept: usize) {
        self.over.push_back(id.to_owned());
        if self.over.len() > kept
            && let Some(oldest) = self.over.pop_front()
        {
            self.remove(&oldest);
        }
    }

    pub(crate) fn is_marked(&self) -> bool {
        !self.marked.is_empty()
    }

    /// What changed since the last time; a thing that is gone has only its identifier.
    pub(crate) fn take_marked(&mut self) -> Vec<String> {
        for id in &self.marked {
            if let Some(placed) = self.things.get_mut(id) {
                placed.is_marked = false;
            }
        }
        std::mem::take(&mut self.marked)
    }
}

/// Puts a value in its place; whether it is another one than before.
pub(crate) fn set<T: PartialEq>(place: &mut T, value: T) -> bool {
    let is_new = *place != value;
    if is_new {
        *place = value;
    }
    is_new
}

/// Puts a value that was told in its place; whether it is another one than before.
pub(crate) fn set_told<T: PartialEq + Clone>(place: &mut Option<T>, value: Option<&T>) -> bool {
    let is_new = value.is_some() && place.as_ref() != value;
    if is_new {
        *place = value.cloned();
    }
    is_new
}
