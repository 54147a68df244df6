//! The records of callers, found by what the service calls the call.

use std::hash::BuildHasher as _;
use std::ops::{Index, IndexMut};

use foldhash::fast::RandomState;
use hashbrown::HashTable;

use crate::callers::record::{Caller, Marks};

/// Where the record of a caller is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Slot(u32);

/// The records of callers. A name is looked up once per fact; from then on the
/// record is known by its slot.
#[derive(Debug, Default)]
pub(crate) struct Table {
    hasher: RandomState,
    of: HashTable<Slot>,
    slots: Vec<Option<Box<Caller>>>,
    free: Vec<Slot>,
    /// Those of whom something is to be drawn again.
    marked: Vec<Slot>,
}

const FILLED: &str = "a slot is filled until its caller is forgotten";

impl Index<Slot> for Table {
    type Output = Caller;

    fn index(&self, slot: Slot) -> &Caller {
        self.slots[slot.0 as usize].as_deref().expect(FILLED)
    }
}

impl IndexMut<Slot> for Table {
    fn index_mut(&mut self, slot: Slot) -> &mut Caller {
        self.slots[slot.0 as usize].as_deref_mut().expect(FILLED)
    }
}

impl Table {
    pub(crate) fn get(&self, slot: Slot) -> Option<&Caller> {
        self.slots.get(slot.0 as usize)?.as_deref()
    }

    pub(crate) fn find(&self, id: &str) -> Option<Slot> {
        let is_it = |slot: &Slot| *self[*slot].id == *id;
        self.of.find(self.hasher.hash_one(id), is_it).copied()
    }

    /// The record of a caller, made if there is none.
    pub(crate) fn of(&mut self, id: &str) -> Slot {
        let Self { hasher, of, slots, free, .. } = self;
        let hash = hasher.hash_one(id);
        let id_in = |slots: &[Option<Box<Caller>>], slot: Slot| {
            slots[slot.0 as usize].as_deref().map_or(0, |caller| hasher.hash_one(&*caller.id))
        };
        let is_it = |slot: &Slot| slots[slot.0 as usize].as_deref().is_some_and(|caller| *caller.id == *id);
        if let Some(slot) = of.find(hash, is_it) {
            return *slot;
        }
        let slot = free.pop().unwrap_or_else(|| {
            slots.push(None);
            Slot(u32::try_from(slots.len() - 1).unwrap_or(u32::MAX))
        });
        slots[slot.0 as usize] = Some(Box::new(Caller::new(id)));
        of.insert_unique(hash, slot, |slot| id_in(slots, *slot));
        slot
    }

    pub(crate) fn remove(&mut self, slot: Slot) {
        let hash = self.hasher.hash_one(&*self[slot].id);
        if let Ok(found) = self.of.find_entry(hash, |it| *it == slot) {
            found.remove();
        }
        self.slots[slot.0 as usize] = None;
        self.free.push(slot);
    }

    #[cfg(any(test, debug_assertions))]
    pub(crate) fn len(&self) -> usize {
        self.of.len()
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = &Caller> {
        self.slots.iter().flatten().map(|caller| &**caller)
    }

    /// All that are filled now.
    pub(crate) fn slots(&self) -> Vec<Slot> {
        self.which(|_| true)
    }

    /// Those that are meant.
    pub(crate) fn which(&self, is_meant: impl Fn(&Caller) -> bool) -> Vec<Slot> {
        let filled = (0..).map(Slot).zip(&self.slots);
        let meant = filled.filter(|(_, caller)| caller.as_deref().is_some_and(&is_meant));
        meant.map(|(slot, _)| slot).collect()
    }

    /// Those that are meant, in the order of their names.
    pub(crate) fn sorted(&self, is_meant: impl Fn(&Caller) -> bool) -> Vec<&Caller> {
        let mut meant: Vec<&Caller> = self.all().filter(|caller| is_meant(caller)).collect();
        meant.sort_unstable_by_key(|caller| &caller.id);
        meant
    }

    /// Changes only how callers look.
    pub(crate) fn update_all(&mut self, mut change: impl FnMut(&mut Caller)) {
        for slot in self.slots() {
            change(&mut self[slot]);
            let changed = std::mem::take(&mut self[slot].changed);
            self.mark(slot, changed);
        }
    }

    /// Something of a caller is to be drawn again.
    pub(crate) fn mark(&mut self, slot: Slot, marks: Marks) {
        if marks.is_none() {
            return;
        }
        let caller = &mut self[slot];
        let is_first = caller.marks.is_none();
        caller.marks.add(marks);
        if is_first {
            self.marked.push(slot);
        }
    }

    pub(crate) fn marked(&self) -> usize {
        self.marked.len()
    }

    /// Those of whom this is to be drawn again.
    pub(crate) fn take_marked(&mut self, marks: Marks) -> Vec<Slot> {
        let mut taken = Vec::new();
        let mut marked = std::mem::take(&mut self.marked);
        marked.retain(|slot| {
            let caller = &mut self[*slot];
            if caller.marks.take(marks) {
                taken.push(*slot);
            }
            !caller.marks.is_none()
        });
        self.marked = marked;
        taken
    }

    /// See [`give_room_back`](crate::shelf::give_room_back).
    pub(crate) fn give_room_back(&mut self) {
        let Self { hasher, of, slots, free, .. } = self;
        if of.capacity() > 2 * of.len() {
            of.shrink_to(0, |slot| slots[slot.0 as usize].as_deref().map_or(0, |caller| hasher.hash_one(&*caller.id)));
        }
        while slots.last().is_some_and(Option::is_none) {
            slots.pop();
        }
        free.retain(|slot| (slot.0 as usize) < slots.len());
        if slots.capacity() > 2 * slots.len() {
            slots.shrink_to_fit();
            free.shrink_to_fit();
        }
    }
}
