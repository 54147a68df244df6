//! What is known about numbers.

use std::collections::{BTreeMap, BTreeSet, HashSet, VecDeque};

use foldhash::fast::RandomState;

use super::{Found, People, Renamed, is_withheld};
use crate::shelf::{Shelf, set};
use crate::view::{CardState, CardView, FieldView, Patch};
use crate::{Ask, Out};

/// Cards that lie on the desk. Beyond that those met first go, …
const CARDS: usize = 2000;
/// … so many at once.
const CARDS_AT_ONCE: usize = 200;

/// The cards, one for each number that was met.
#[derive(Debug)]
pub(super) struct Cards {
    shelf: Shelf<CardView>,
    /// Their numbers, in the order in which they were met.
    order: VecDeque<String>,
    /// Of more, some are put away.
    at_most: usize,
    /// How much of what happened with somebody the agent wants to see, where it
    /// is more than usual.
    touches_wanted: BTreeMap<String, usize>,
    /// Numbers that are asked for while a call with them waits for the answer.
    asked_urgently: BTreeSet<String>,
}

impl Default for Cards {
    fn default() -> Self {
        Self {
            shelf: Shelf::default(),
            order: VecDeque::new(),
            at_most: CARDS,
            touches_wanted: BTreeMap::new(),
            asked_urgently: BTreeSet::new(),
        }
    }
}

impl Cards {
    pub(super) fn get(&self, number: &str) -> Option<&CardView> {
        self.shelf.get(number)
    }

    pub(super) fn update(&mut self, number: &str, change: impl FnOnce(&mut CardView) -> bool) {
        self.shelf.update(number, change);
    }

    pub(super) fn touches_wanted(&self, number: &str) -> Option<usize> {
        self.touches_wanted.get(number).copied()
    }

    pub(super) fn want_touches(&mut self, number: &str, wanted: usize) {
        self.touches_wanted.insert(number.to_owned(), wanted);
    }

    pub(super) fn marked(&self) -> usize {
        self.shelf.marked()
    }

    pub(super) fn draw(&mut self, patches: &mut Vec<Patch>) {
        self.shelf.draw(patches, |card| card.clone());
    }

    pub(super) fn views(&self) -> Vec<CardView> {
        self.shelf.sorted().map(|(_, card)| card.clone()).collect()
    }

    pub(super) fn give_room_back(&mut self) {
        self.shelf.give_room_back();
    }
}

impl People {
    /// The name of whoever has this number.
    pub(crate) fn name_of(&self, number: &str) -> Option<&str> {
        self.cards.get(number)?.name.as_deref()
    }

    /// What is known about a number.
    pub(crate) fn card(&self, number: &str) -> Option<&CardView> {
        self.cards.get(number)
    }

    /// Makes sure there is a card for a number, and asks who it is if nobody has.
    pub(crate) fn meet(&mut self, number: &str, out: &mut Out) {
        self.meet_now(number, false, out);
    }

    pub(crate) fn count_call(&mut self, number: &str, out: &mut Out) {
        self.meet_now(number, true, out);
        self.wants_customer(number, out);
        if let Some(card) = self.cards.shelf.touch(number) {
            card.calls += 1;
        }
    }

    pub(crate) fn count_text(&mut self, number: &str, out: &mut Out) {
        self.meet(number, out);
        if let Some(card) = self.cards.shelf.touch(number) {
            card.texts += 1;
        }
    }

    /// The agent wants a number asked for again.
    pub(crate) fn look_again(&mut self, number: &str, out: &mut Out) {
        if self.cards.get(number).is_some_and(|card| card.history == Some(CardState::Failed)) {
            self.cards.update(number, |card| card.history.take().is_some());
            return self.wants_customer(number, out);
        }
        if self.cards.get(number).is_some_and(|card| card.state == CardState::Failed)
            && let Some(card) = self.cards.shelf.touch(number)
        {
            card.state = CardState::Looking;
            self.ask_who(number, true, out);
        }
    }

    /// The answer to [`Ask::WhoIs`]. Whether the service said anything.
    pub(crate) fn looked_up(&mut self, number: &str, found: Found) -> bool {
        self.cards.asked_urgently.remove(number);
        let Some(card) = self.cards.shelf.touch(number) else { return false };
        match found {
            Found::Contact(contact, others) => {
                card.state = CardState::Known;
                card.contact.clone_from(&contact.id);
                card.external = shown(contact.external_id.clone());
                card.tag_ids = contact.tag_ids.clone().unwrap_or_default();
                card.others = others.into_iter().map(|(name, value)| FieldView { name, value }).collect();
                card.name = contact.name();
                card.company = shown(contact.company);
                card.job_title = shown(contact.job_title);
                card.notes = shown(contact.notes);
                self.renamed.push(Renamed::Number(number.to_owned()));
            }
            Found::Nobody => card.state = CardState::Unknown,
            Found::Failed => {
                card.state = CardState::Failed;
                return false;
            }
        }
        true
    }

    pub(crate) fn has_too_many_cards(&self) -> bool {
        self.cards.shelf.len() > self.cards.at_most
    }

    /// Of more cards than anybody looks at, those met first go, unless somebody
    /// with that number is `here`, on the desk. Where so many are that few can
    /// go, it is looked again only when there are half as many more: else every
    /// stranger would cost a look at all of them.
    pub(crate) fn put_cards_away(&mut self, here: &HashSet<&str, RandomState>) {
        let Cards { shelf, order, at_most, touches_wanted, .. } = &mut self.cards;
        let mut to_go = shelf.len().saturating_sub(CARDS - CARDS_AT_ONCE);
        let renamed = &mut self.renamed;
        order.retain(|number| {
            let goes = to_go > 0 && !here.contains(number.as_str());
            if goes {
                to_go -= 1;
                touches_wanted.remove(number);
                if let Some(name) = shelf.remove(number).and_then(|card| card.name) {
                    renamed.push(Renamed::Forgotten(number.clone(), name));
                }
            }
            !goes
        });
        let left = shelf.len();
        *at_most = if left <= CARDS - CARDS_AT_ONCE { CARDS } else { left + left / 2 };
    }

    pub(super) fn ask_who(&mut self, number: &str, is_urgent: bool, out: &mut Out) {
        if is_urgent {
            self.cards.asked_urgently.insert(number.to_owned());
        }
        out.asks.push(Ask::WhoIs { number: number.to_owned(), is_urgent });
    }

    fn meet_now(&mut self, number: &str, is_urgent: bool, out: &mut Out) {
        if number.is_empty() || is_withheld(number) {
            return;
        }
        if self.cards.shelf.has(number) {
            return if is_urgent {
                self.hurry(number, out)
            };
        }
        let card = CardView {
            number: number.to_owned(),
            state: CardState::Looking,
            name: None,
            company: None,
            job_title: None,
            notes: None,
            calls: 0,
            texts: 0,
            contact: None,
            external: None,
            others: Vec::new(),
            tag_ids: Vec::new(),
            tags: Vec::new(),
            history: None,
            touches: Vec::new(),
            has_more: false,
            cases: Vec::new(),
            problem: None,
        };
        self.cards.shelf.put(number, card);
        self.cards.order.push_back(number.to_owned());
        self.ask_who(number, is_urgent, out);
    }

    /// Somebody who is being looked up among many others calls: the agent looks
    /// at the pop, and waits for this answer.
    fn hurry(&mut self, number: &str, out: &mut Out) {
        let state = self.cards.get(number).map(|card| card.state);
        let is_open = matches!(state, Some(CardState::Looking | CardState::Failed));
        if is_open && !self.cards.asked_urgently.contains(number) {
            self.cards.update(number, |card| set(&mut card.state, CardState::Looking));
            self.ask_who(number, true, out);
        }
    }
}

fn shown(text: Option<String>) -> Option<String> {
    text.filter(|text| !text.trim().is_empty())
}
