//! Things of one kind, and which of them changed since the windows were told.
//!
//! What happens a thousand times between two flushes is drawn once: a change
//! only leaves a mark, and the picture is made when a window can take it.

use std::collections::{HashMap, VecDeque};
use std::hash::{BuildHasher, Hash};

use foldhash::fast::RandomState;

use crate::view::{Patch, Shown};

/// Things by identifier, found fast and in no order.
pub(crate) type ById<T> = HashMap<String, T, RandomState>;

#[derive(Debug)]
struct Placed<T> {
    thing: T,
    is_marked: bool,
}

/// Returns room that is not used: a table that much comes and goes in doubles
/// now and then, and a flood leaves a large one behind.
pub(crate) fn give_room_back<K: Eq + Hash, V, S: BuildHasher>(table: &mut HashMap<K, V, S>) {
    // A table that just fits has at most twice the room it needs.
    if table.capacity() > 2 * table.len() {
        table.shrink_to_fit();
    }
}

/// Things by identifier.
#[derive(Debug)]
pub(crate) struct Shelf<T> {
    things: ById<Placed<T>>,
    marked: Vec<String>,
    /// Those that are over, oldest first; only the last few are kept.
    over: VecDeque<String>,
}

impl<T> Default for Shelf<T> {
    fn default() -> Self {
        Self { things: ById::default(), marked: Vec::new(), over: VecDeque::new() }
    }
}

impl<T> Shelf<T> {
    pub(crate) fn get(&self, id: &str) -> Option<&T> {
        self.things.get(id).map(|placed| &placed.thing)
    }

    pub(crate) fn has(&self, id: &str) -> bool {
        self.things.contains_key(id)
    }

    pub(crate) fn len(&self) -> usize {
        self.things.len()
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = (&String, &T)> {
        self.things.iter().map(|(id, placed)| (id, &placed.thing))
    }

    pub(crate) fn values(&self) -> impl Iterator<Item = &T> {
        self.things.values().map(|placed| &placed.thing)
    }

    /// All of them in the order of their identifiers.
    pub(crate) fn sorted(&self) -> impl Iterator<Item = (&String, &T)> {
        let mut all: Vec<_> = self.all().collect();
        all.sort_unstable_by_key(|(id, _)| *id);
        all.into_iter()
    }

    /// The identifiers of those that are meant, in order.
    pub(crate) fn which(&self, is_meant: impl Fn(&T) -> bool) -> Vec<String> {
        let meant = self.things.iter().filter(|(_, placed)| is_meant(&placed.thing));
        let mut ids: Vec<String> = meant.map(|(id, _)| id.clone()).collect();
        ids.sort_unstable();
        ids
    }

    /// A thing whose change nobody sees.
    pub(crate) fn get_mut(&mut self, id: &str) -> Option<&mut T> {
        self.things.get_mut(id).map(|placed| &mut placed.thing)
    }

    /// A thing that is going to change.
    pub(crate) fn touch(&mut self, id: &str) -> Option<&mut T> {
        let placed = self.things.get_mut(id)?;
        if !placed.is_marked {
            placed.is_marked = true;
            self.marked.push(id.to_owned());
        }
        Some(&mut placed.thing)
    }

    /// Puts a new thing on the shelf, or another in the place of an old one.
    pub(crate) fn put(&mut self, id: &str, thing: T) {
        match self.touch(id) {
            Some(place) => *place = thing,
            None => {
                self.things.insert(id.to_owned(), Placed { thing, is_marked: true });
                self.marked.push(id.to_owned());
            }
        }
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

    pub(crate) fn give_room_back(&mut self) {
        give_room_back(&mut self.things);
    }

    /// How many changes there are to say.
    pub(crate) fn marked(&self) -> usize {
        self.marked.len()
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

impl<T> Shelf<T> {
    /// Says what changed since the last time.
    pub(crate) fn draw<V: Shown>(&mut self, patches: &mut Vec<Patch>, view: impl Fn(&T) -> V) {
        for id in std::mem::take(&mut self.marked) {
            patches.extend(match self.things.get_mut(&id) {
                Some(placed) => {
                    placed.is_marked = false;
                    Some(view(&placed.thing).put())
                }
                None => V::dropped(id),
            });
        }
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
