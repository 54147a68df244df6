//! Conferences: who is in them, who came and went, and why.

use ringside_words::{Message, say};
use std::collections::{BTreeMap, BTreeSet};

use voipbin_wire::{ConferenceFact, Seat, Timestamp};

use super::Shows;
use crate::callers::board::why;
use crate::latest::{Latest, placed_at};
use crate::moment::Moment;
use crate::shelf::{Shelf, set, set_told};
use crate::view::{ConferenceView, DeskView, Patch, SeatView};
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
    why: Option<Message>,
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
                let was_running = room.view.running;
                let is_news = room.take(fact, is_over, began, moment);
                ended = was_running && !room.view.running;
                is_news
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

    pub(crate) fn give_room_back(&mut self) {
        self.over.give_room_back();
    }
}

impl Shows for Conferences {
    fn marked(&self) -> usize {
        self.rooms.marked()
    }

    fn draw(&mut self, patches: &mut Vec<Patch>) {
        self.rooms.draw(patches, |room| room.view.clone());
    }

    fn show(&self, desk: &mut DeskView) {
        desk.conferences = self.rooms.sorted().map(|(_, room)| room.view.clone()).collect();
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

    /// Whether there is anything new to see.
    fn take(&mut self, fact: &ConferenceFact, is_over: bool, began: Millis, moment: &Moment) -> bool {
        let when = moment.when(moment.at);
        self.name.take(told(fact.name.as_ref()).as_ref(), moment);
        let mut is_news = self.take_seats(fact, moment);
        if let Some(count) = fact.participant_count.map(|count| u32::try_from(count).unwrap_or_default()) {
            self.take_count(count, placed_at(moment, self.counts.0));
        }
        let view = &mut self.view;
        let first = view.began.min(began);
        is_news |= set(&mut view.stale, false) | set(&mut view.began, first);
        if is_over {
            let ended = Some(view.ended.map_or(when, |known| known.min(when)));
            is_news |= set(&mut view.running, false) | set(&mut view.ended, ended);
            is_news |= self.seat_all();
        }
        is_news | self.show()
    }

    /// Takes in who came or went. What comes last, as nearly all does, changes
    /// one seat; what was overtaken is put in its place by all that is known.
    fn take_seats(&mut self, fact: &ConferenceFact, moment: &Moment) -> bool {
        let last_move = self.moves.last_key_value().map(|((at, ..), _)| *at);
        let newest = last_move.max(self.pictures.last_key_value().map(|(at, _)| *at));
        let (at, when) = (placed_at(moment, newest), moment.when(moment.at));
        let goes_on = self.view.ended.is_none();
        if let Some(call) = &fact.call_id {
            let (moved, why) = match fact.seat {
                Some(Seat::Left) => (Move::Left, fact.reason.as_deref().and_then(why_left)),
                _ => (Move::Joined, None),
            };
            let key = (at, moved, call.clone());
            let is_last = self.moves.last_key_value().is_none_or(|(last, _)| *last < key);
            let known = self.moves.entry(key).or_insert(Moved { when, why: None });
            let why = known.why.take().max(why);
            known.why.clone_from(&why);
            if self.moves.len() > MOVES {
                self.moves.pop_first();
            }
            if is_last && goes_on && self.pictures.is_empty() {
                return move_seat(&mut self.view.seats, call, moved, &Moved { when, why });
            }
            return self.seat_all();
        }
        let Some(seated) = &fact.conferencecall_ids else { return false };
        let is_last = self.pictures.last_key_value().is_none_or(|(last, _)| *last < at);
        let is_first = self.pictures.is_empty();
        let picture = (when, seated.clone());
        let known = self.pictures.entry(at).or_insert_with(|| picture.clone());
        if *known < picture {
            *known = picture;
        }
        if self.pictures.len() > PICTURES {
            self.pictures.pop_first();
        }
        if is_last && goes_on && !is_first {
            return seat_picture(&mut self.view.seats, when, seated);
        }
        self.seat_all()
    }

    /// Works the seats out by all that is known of who came and went.
    fn seat_all(&mut self) -> bool {
        let mut seats = if self.pictures.is_empty() { moved(&self.moves) } else { pictured(&self.pictures) };
        if let Some(over) = self.view.ended {
            seats.iter_mut().filter(|seat| seat.left.is_none()).for_each(|seat| seat.left = Some(over));
        }
        set(&mut self.view.seats, seats)
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

    fn show(&mut self) -> bool {
        let seats = self.view.seats.iter();
        let present = seats.filter(|seat| seat.joined.is_some() && seat.left.is_none()).count();
        let (counted_at, counts) = &self.counts;
        let last_move = self.moves.last_key_value().map(|((at, ..), _)| *at);
        let last = last_move.max(self.pictures.last_key_value().map(|(at, _)| *at));
        let counted = counts.first().copied().filter(|_| counts.len() == 1 && *counted_at >= last);
        let count = match self.view.ended {
            Some(_) => 0,
            None => counted.unwrap_or_else(|| u32::try_from(present).unwrap_or(u32::MAX)),
        };
        set_told(&mut self.view.name, self.name.get()) | set(&mut self.view.count, count)
    }
}

fn why_left(reason: &str) -> Option<Message> {
    match reason {
        "hangup" => Some(say!("calls-why-hung-up")),
        other => why(other),
    }
}

/// Who is or was in it, by who came and went.
fn moved(moves: &BTreeMap<(Timestamp, Move, String), Moved>) -> Vec<SeatView> {
    let mut seats = Vec::new();
    for ((_, what, call), moved) in moves {
        move_seat(&mut seats, call, *what, moved);
    }
    seats
}

/// Whether there is anything new to see.
fn move_seat(seats: &mut Vec<SeatView>, call: &str, what: Move, Moved { when, why }: &Moved) -> bool {
    let place = seats.iter().position(|seat| seat.id == *call);
    if place.is_none() && seats.len() >= SEATS {
        return false;
    }
    let place = place.unwrap_or_else(|| {
        seats.push(SeatView { id: call.to_owned(), joined: None, left: None, why: None });
        seats.len() - 1
    });
    let seat = &mut seats[place];
    match what {
        // Whoever comes back has a seat again, and not two.
        Move::Joined if seat.joined.is_none() || seat.left.is_some() => {
            (seat.joined, seat.left, seat.why) = (Some(*when), None, None);
            true
        }
        Move::Joined => false,
        Move::Left => set(&mut seat.left, Some(*when)) | set(&mut seat.why, why.clone()),
    }
}

/// The live service names only who is in it now: who came and went is the
/// difference between such pictures, whatever order they came in.
fn pictured(pictures: &BTreeMap<Timestamp, (Millis, Vec<String>)>) -> Vec<SeatView> {
    let mut seats = Vec::new();
    for (moment, seated) in pictures.values() {
        seat_picture(&mut seats, *moment, seated);
    }
    seats
}

/// Whether there is anything new to see.
fn seat_picture(seats: &mut Vec<SeatView>, moment: Millis, seated: &[String]) -> bool {
    let mut is_news = false;
    for seat in seats.iter_mut().filter(|seat| seat.left.is_none() && !seated.contains(&seat.id)) {
        seat.left = Some(moment);
        is_news = true;
    }
    for id in seated {
        let sits = seats.iter().any(|seat| seat.id == *id && seat.left.is_none());
        if !sits && seats.len() < SEATS {
            seats.push(SeatView { id: id.clone(), joined: Some(moment), left: None, why: None });
            is_news = true;
        }
    }
    is_news
}
