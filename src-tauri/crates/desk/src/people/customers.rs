//! Who the customer is beyond a name: what happened with them, and what is to
//! be done (live-service.md, section 4.8). No event tells of it, so it is read
//! when a call or a conversation begins, and after the agent changed it.

use ringside_words::{Message, say};
use voipbin_wire::{Case, CaseNote, Direction, PeerEvent, Tag};

use super::People;
use crate::moment::Moment;
use crate::numbers::is_same;
use crate::view::{CardState, CaseView, NoteView, TagView, TouchView};
use crate::{Ask, Desk, Millis, Out};

/// So many of the newest touches are shown, and so many more each time that the
/// agent asks for more.
const TOUCHES: usize = 12;
/// One call leaves several events behind: so many are read for a touch.
const EVENTS: usize = 4;
/// So many cases are.
const CASES: usize = 8;

/// What was read about a customer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Customer {
    /// What happened with them.
    pub events: Vec<PeerEvent>,
    /// Whether there is more of that at the service.
    pub has_more: bool,
    /// Cases of anybody; theirs are picked out here.
    pub cases: Vec<Case>,
    /// What was written down in some of the cases.
    pub notes: Vec<CaseNote>,
    /// All labels there are.
    pub tags: Vec<Tag>,
}

/// What the agent does for a customer.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
#[serde(tag = "type", content = "with", rename_all = "camelCase")]
pub enum CustomerDeed {
    /// Puts them into the address book.
    Create {
        /// Their name.
        name: String,
        /// Where they work.
        company: String,
    },
    /// Writes something down in a case.
    Note {
        /// Which.
        case: String,
        /// The words.
        text: String,
    },
    /// Closes a case.
    Close {
        /// Which.
        case: String,
    },
    /// Takes a case over.
    Take {
        /// Which.
        case: String,
    },
    /// Gives a case to a colleague.
    Assign {
        /// Which.
        case: String,
        /// To whom.
        agent: String,
    },
    /// Puts a label on them, or takes it off.
    Tag {
        /// Which.
        tag: String,
        /// On, or off.
        on: bool,
    },
}

impl Desk {
    /// The agent wants to see more of what happened with somebody.
    pub fn more_touches(&mut self, number: &str) {
        self.people.more_touches(number, &mut self.out);
    }

    /// The answer to [`Ask::Customer`]; none when the service did not say.
    pub fn customer(&mut self, number: &str, read: Option<Customer>, now: Millis) {
        let (moment, callers) = (self.moment(now), &self.callers);
        self.people.customer(number, read, &moment, |call| callers.is_here(call));
    }

    /// What the agent did for a customer did not work; or it did, and all is read again.
    pub fn customer_changed(&mut self, number: &str, problem: Option<Message>) {
        self.people.customer_changed(number, problem, &mut self.out);
    }
}

impl People {
    /// The agent has this number before the eyes: what happened with them is wanted.
    pub(crate) fn wants_customer(&mut self, number: &str, out: &mut Out) {
        if !self.rights.is_agent {
            return;
        }
        let is_known = |state: CardState| matches!(state, CardState::Known | CardState::Unknown);
        let Some(card) = self.cards.get(number).filter(|card| is_known(card.state) && card.history.is_none()) else {
            return;
        };
        let contact = card.contact.clone();
        self.cards.update(number, |card| {
            card.history = Some(CardState::Looking);
            true
        });
        let events = self.touches_wanted(number) * EVENTS;
        out.asks.push(Ask::Customer { number: number.to_owned(), contact, events });
    }

    fn touches_wanted(&self, number: &str) -> usize {
        self.cards.touches_wanted(number).unwrap_or(TOUCHES)
    }

    fn more_touches(&mut self, number: &str, out: &mut Out) {
        if self.cards.get(number).is_none_or(|card| card.history != Some(CardState::Known) || !card.has_more) {
            return;
        }
        let wanted = self.touches_wanted(number) + 2 * TOUCHES;
        self.cards.want_touches(number, wanted);
        self.cards.update(number, |card| card.history.take().is_some());
        self.wants_customer(number, out);
    }

    /// See [`Desk::customer`]; what goes on at this moment is not what was before.
    fn customer(&mut self, number: &str, read: Option<Customer>, moment: &Moment, goes_on: impl Fn(&str) -> bool) {
        let Some(read) = read else {
            return self.cards.update(number, |card| {
                card.history = Some(CardState::Failed);
                true
            });
        };
        let Some(contact) = self.cards.get(number).map(|card| card.contact.clone()) else { return };
        let mut touches: Vec<TouchView> = read.events.iter().filter_map(|event| touch(event, moment)).collect();
        touches.retain(|touch| !goes_on(&touch.id));
        touches.sort_by_key(|touch| std::cmp::Reverse(touch.at));
        touches.dedup_by(|one, other| one.id == other.id);
        let wanted = self.touches_wanted(number);
        let has_more = read.has_more || touches.len() > wanted;
        touches.truncate(wanted);
        let is_theirs = |case: &&Case| {
            let by_contact = contact.is_some() && case.contact_id == contact;
            by_contact
                || case.peer.as_ref().and_then(|peer| peer.target.as_deref()).is_some_and(|peer| is_same(peer, number))
        };
        let mut cases: Vec<CaseView> =
            read.cases.iter().filter(is_theirs).filter_map(|case| self.case_view(case, &read.notes, moment)).collect();
        cases.sort_by_key(|case| (std::cmp::Reverse(case.open), std::cmp::Reverse(case.opened)));
        cases.truncate(CASES);
        let label = |tag: &Tag| Some(TagView { id: tag.id.clone()?, name: tag.name.clone()?, on: false });
        let all: Vec<TagView> = read.tags.iter().filter_map(label).collect();
        self.cards.update(number, |card| {
            card.tags = all.into_iter().map(|tag| TagView { on: card.tag_ids.contains(&tag.id), ..tag }).collect();
            (card.history, card.touches, card.cases) = (Some(CardState::Known), touches, cases);
            card.has_more = has_more;
            true
        });
    }

    fn customer_changed(&mut self, number: &str, problem: Option<Message>, out: &mut Out) {
        let is_done = problem.is_none();
        self.cards.update(number, |card| {
            card.problem = problem;
            if is_done {
                card.history = None;
            }
            true
        });
        if is_done && self.cards.get(number).is_some() {
            self.ask_who(number, true, out);
        }
    }

    fn case_view(&self, case: &Case, notes: &[CaseNote], moment: &Moment) -> Option<CaseView> {
        let id = case.id.clone()?;
        let mut notes: Vec<NoteView> = notes
            .iter()
            .filter(|note| note.case_id.as_deref() == Some(id.as_str()))
            .filter_map(|note| {
                let author = note.author_id.as_deref().unwrap_or_default();
                Some(NoteView {
                    text: note.text.clone()?,
                    author: self.agent_name(author).map(str::to_owned),
                    at: moment.when(note.tm_create),
                })
            })
            .collect();
        notes.sort_by_key(|note| note.at);
        Some(CaseView {
            name: case.name.clone().filter(|name| !name.is_empty()).unwrap_or_default(),
            open: case.status.as_deref() != Some("closed"),
            mine: !self.me.id.is_empty() && case.owner_id.as_deref() == Some(self.me.id.as_str()),
            opened: moment.when(case.opened_at.or(case.tm_create)),
            notes,
            id,
        })
    }
}

fn touch(event: &PeerEvent, moment: &Moment) -> Option<TouchView> {
    let ours = event.direction == Some(Direction::Outbound);
    let words = match (event.publisher.as_deref()?, ours) {
        ("call", true) => say!("customer-we-called"),
        ("call", false) => say!("customer-they-called"),
        ("conversation_message", true) => say!("customer-we-wrote"),
        ("conversation_message", false) => say!("customer-they-wrote"),
        _ => return None,
    };
    Some(TouchView {
        id: event.reference_id.clone().unwrap_or_default(),
        at: moment.when(event.at),
        words,
        is_call: event.publisher.as_deref() == Some("call"),
    })
}
