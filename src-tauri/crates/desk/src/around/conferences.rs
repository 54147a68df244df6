//! Conferences: who is in them, who came and went, and why.

use std::collections::{BTreeMap, BTreeSet};

use voipbin_wire::{ConferenceFact, Seat, Timestamp};

use crate::callers::board::why;
use crate::latest::{Latest, told_at};
use crate::moment::Moment;
use crate::shelf::{Shelf, set};
use crate::view::{ConferenceView, Patch, SeatView};
use crate::{Millis, Out, Remembered, told};

/// How many conferences that are over stay in sight.
const ENDED_KEPT: usize = 50;
/// The last pictures of who is in a conference that are kept.
const PICTURES: usize = 100;
/// So much of who came and went is kept.
const MOVES: usize = 400;
/// More seats of one conference than this are not shown.
const SEATS: usize = 60;

/// The conferences that go on, and the last that did.
#[derive(Debug, Default)]
pub(crate) struct Conferences {
    rooms: Shelf<Conference>,
    over: Remembered,
}

/// A conference, and what was told of it.
#[derive(Debug)]
struct Conference {
    view: ConferenceView,
    name: Latest<String>,
    /// Who came and who went, in the order of time; who comes and goes in one
    /// moment has gone.
    moves: BTreeMap<(Timestamp, Move, String), Moved>,
    /// Who was in it when, where the service tells only that.
    pictures: BTreeMap<Timestamp, (Millis, Vec<String>)>,
    /// How many were in it, by what was told for the latest moment.
    counts: (Option<Timestamp>, BTreeSet<u32>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Move {
    Joined,
    Left,
}

#[derive(Debug)]
struct Moved {
    when: Millis,
    why: Option<String>,
}

impl Conferences {
    /// Takes in what is told of a conference.
    pub(crate) fn take(&mut self, fact: &ConferenceFact, moment: &Moment, _: &mut Out) {
        let Some(id) = fact.id.as_deref() else { return };
        let is_over = fact.seat == Some(Seat::Ended)
            || fact.tm_end.is_some() && fact.call_id.is_none()
            || fact.status.as_deref() == Some("terminated");
        if self.rooms.get(id).is_none() && (self.over.get(id).is_some() || (is_over && moment.is_listed)) {
            return;
        }
        let began = moment.when(fact.tm_create.or(moment.at));
        let mut ended = false;
        self.rooms.change(
            id,
            || Conference::new(id, began),
            |room| {
                let before = room.view.clone();
                ended = room.take(fact, is_over, began, moment);
                room.view != before
            },
        );
        if ended {
            self.over.insert(id, moment.at);
            self.rooms.is_over(id, ENDED_KEPT);
        }
    }

    /// Events about conferences stop arriving: those that go on may be over.
    pub(crate) fn doubt(&mut self) {
        self.rooms.update_all(|room| room.view.running && set(&mut room.view.stale, true));
    }

    /// When the oldest began of which it is not known whether it still goes on.
    pub(crate) fn in_doubt_since(&self) -> Option<Millis> {
        self.rooms.values().filter(|room| room.view.stale).map(|room| room.view.began).min()
    }

    /// The list was read again: what it was whole enough to hold and did not is gone.
    pub(crate) fn confirmed(&mut self, whole_since: Millis) {
        for id in self.rooms.which(|room| room.view.stale && room.view.began >= whole_since) {
            self.rooms.remove(&id);
        }
    }

    pub(crate) fn marked(&self) -> usize {
        self.rooms.marked()
    }

    pub(crate) fn draw(&mut self, patches: &mut Vec<Patch>) {
        self.rooms.draw(patches, |room| room.view.clone());
    }

    pub(crate) fn views(&self) -> Vec<ConferenceView> {
        self.rooms.sorted().map(|(_, room)| room.view.clone()).collect()
    }

    pub(crate) fn give_room_back(&mut self) {
        self.over.give_room_back();
    }
}

impl Conference {
    fn new(id: &str, began: Millis) -> Self {
        let view = ConferenceView {
            id: id.to_owned(),
            name: None,
            running: true,
            count: 0,
            seats: Vec::new(),
            began,
            ended: None,
            stale: false,
        };
        Self {
            view,
            name: Latest::default(),
            moves: BTreeMap::new(),
            pictures: BTreeMap::new(),
            counts: (None, BTreeSet::new()),
        }
    }

    /// Whether it ended by this.
    fn take(&mut self, fact: &ConferenceFact, is_over: bool, began: Millis, moment: &Moment) -> bool {
        let (at, when) = (told_at(moment), moment.when(moment.at));
        self.name.take(told(fact.name.as_ref()).as_ref(), moment);
        if let Some(call) = &fact.call_id {
            let (moved, why) = match fact.seat {
                Some(Seat::Left) => (Move::Left, fact.reason.as_deref().and_then(why_left)),
                _ => (Move::Joined, None),
            };
            let known = self.moves.entry((at, moved, call.clone())).or_insert(Moved { when, why: None });
            known.why = known.why.take().max(why);
            if self.moves.len() > MOVES {
                self.moves.pop_first();
            }
        } else if let Some(seated) = &fact.conferencecall_ids {
            let picture = (when, seated.clone());
            let known = self.pictures.entry(at).or_insert_with(|| picture.clone());
            if *known < picture {
                *known = picture;
            }
            if self.pictures.len() > PICTURES {
                self.pictures.pop_first();
            }
        }
        if let Some(count) = fact.participant_count.map(|count| u32::try_from(count).unwrap_or_default()) {
            self.take_count(count, at);
        }
        let view = &mut self.view;
        view.stale = false;
        view.began = view.began.min(began);
        let ends = is_over && std::mem::take(&mut view.running);
        if is_over {
            view.ended = Some(view.ended.map_or(when, |known| known.min(when)));
        }
        self.show();
        ends
    }

    /// Two counts of one moment say that more than one came or went in it.
    fn take_count(&mut self, count: u32, at: Timestamp) {
        let (known_at, counts) = &mut self.counts;
        if known_at.is_none_or(|known| known < at) {
            (*known_at, *counts) = (Some(at), BTreeSet::new());
        }
        if *known_at == Some(at) {
            counts.insert(count);
        }
    }

    fn show(&mut self) {
        let mut seats = if self.pictures.is_empty() { moved(&self.moves) } else { pictured(&self.pictures) };
        if let Some(over) = self.view.ended {
            seats.iter_mut().filter(|seat| seat.left.is_none()).for_each(|seat| seat.left = Some(over));
        }
        let present = seats.iter().filter(|seat| seat.joined.is_some() && seat.left.is_none()).count();
        let (counted_at, counts) = &self.counts;
        let last_move = self.moves.last_key_value().map(|((at, ..), _)| *at);
        let last = last_move.max(self.pictures.last_key_value().map(|(at, _)| *at));
        let counted = counts.first().copied().filter(|_| counts.len() == 1 && *counted_at >= last);
        self.view.name = self.name.cloned();
        self.view.count = match self.view.ended {
            Some(_) => 0,
            None => counted.unwrap_or_else(|| u32::try_from(present).unwrap_or(u32::MAX)),
        };
        self.view.seats = seats;
    }
}

fn why_left(reason: &str) -> Option<String> {
    match reason {
        "hangup" => Some("hung up".to_owned()),
        other => why(other).map(str::to_owned),
    }
}

/// Who is or was in it, by who came and went.
fn moved(moves: &BTreeMap<(Timestamp, Move, String), Moved>) -> Vec<SeatView> {
    let mut seats: Vec<SeatView> = Vec::new();
    for ((_, what, call), Moved { when, why }) in moves {
        let place = seats.iter().position(|seat| seat.id == *call);
        if place.is_none() && seats.len() >= SEATS {
            continue;
        }
        let place = place.unwrap_or_else(|| {
            seats.push(SeatView { id: call.clone(), joined: None, left: None, why: None });
            seats.len() - 1
        });
        let seat = &mut seats[place];
        match what {
            // Whoever comes back has a seat again, and not two.
            Move::Joined if seat.joined.is_none() || seat.left.is_some() => {
                (seat.joined, seat.left, seat.why) = (Some(*when), None, None);
            }
            Move::Joined => {}
            Move::Left => (seat.left, seat.why) = (Some(*when), why.clone()),
        }
    }
    seats
}

/// The live service names only who is in it now: who came and went is the
/// difference between such pictures, whatever order they came in.
fn pictured(pictures: &BTreeMap<Timestamp, (Millis, Vec<String>)>) -> Vec<SeatView> {
    let mut seats: Vec<SeatView> = Vec::new();
    for (moment, now_seated) in pictures.values() {
        for seat in seats.iter_mut().filter(|seat| seat.left.is_none() && !now_seated.contains(&seat.id)) {
            seat.left = Some(*moment);
        }
        for id in now_seated {
            let sits = seats.iter().any(|seat| seat.id == *id && seat.left.is_none());
            if !sits && seats.len() < SEATS {
                seats.push(SeatView { id: id.clone(), joined: Some(*moment), left: None, why: None });
            }
        }
    }
    seats
}
