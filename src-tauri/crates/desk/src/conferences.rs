//! Conferences: who is in them, who came and went, and why.

use std::collections::BTreeMap;

use voipbin_wire::{ConferenceFact, Seat};

use crate::moment::Moment;
use crate::shelf::{set, set_told};
use crate::view::{ConferenceView, SeatView};
use crate::{Desk, Millis, board, told};

/// How many conferences that are over stay in sight.
const ENDED_KEPT: usize = 50;
/// The last pictures of who is in a conference that are kept.
const PICTURES: usize = 100;
/// More seats of one conference than this are not shown.
const SEATS: usize = 60;

/// A conference, and who was in it when, where the service tells only that.
#[derive(Debug)]
pub(crate) struct Conference {
    pub(crate) view: ConferenceView,
    seated: BTreeMap<Millis, Vec<String>>,
}

impl Desk {
    pub(crate) fn learn_conference(&mut self, fact: &ConferenceFact, moment: &Moment) {
        let at = moment.at;
        let Some(id) = fact.id.as_deref() else { return };
        let is_over = fact.seat == Some(Seat::Ended)
            || fact.tm_end.is_some() && fact.call_id.is_none()
            || fact.status.as_deref() == Some("terminated");
        if self.conferences.get(id).is_none()
            && (self.conferences_over.get(id).is_some() || (is_over && moment.is_listed))
        {
            return;
        }
        let began = moment.when(fact.tm_create.or(at));
        let moment = moment.when(at);
        let mut ended = false;
        self.conferences.change(
            id,
            || Conference {
                view: ConferenceView {
                    id: id.to_owned(),
                    name: None,
                    running: true,
                    count: 0,
                    seats: Vec::new(),
                    began,
                    ended: None,
                    stale: false,
                },
                seated: BTreeMap::new(),
            },
            |Conference { view: conference, seated }| {
                let mut is_news = set_told(&mut conference.name, told(fact.name.as_ref()).as_ref());
                is_news |= set(&mut conference.stale, false);
                if began < conference.began {
                    conference.began = began;
                    is_news = true;
                }
                if let Some(call) = &fact.call_id {
                    is_news |= sit(conference, call, fact, moment);
                } else if let Some(now_seated) = &fact.conferencecall_ids {
                    seated.insert(moment, now_seated.clone());
                    if seated.len() > PICTURES {
                        seated.pop_first();
                    }
                    is_news |= set(&mut conference.seats, seats(seated));
                }
                if is_over {
                    ended = std::mem::take(&mut conference.running);
                    let first = conference.ended.map_or(moment, |known| known.min(moment));
                    is_news |= ended | set(&mut conference.ended, Some(first));
                }
                if let Some(over) = conference.ended {
                    for seat in conference.seats.iter_mut().filter(|seat| seat.left.is_none()) {
                        seat.left = Some(over);
                        is_news = true;
                    }
                }
                let told = fact.participant_count.map(|count| u32::try_from(count).unwrap_or_default());
                let count = match conference.ended {
                    Some(_) => 0,
                    None => told.unwrap_or_else(|| u32::try_from(present(conference)).unwrap_or_default()),
                };
                is_news | set(&mut conference.count, count)
            },
        );
        if ended {
            self.conferences_over.insert(id, at);
            self.conferences.is_over(id, ENDED_KEPT);
        }
    }
}

/// One call came or went. Whether that is new.
fn sit(conference: &mut ConferenceView, call: &str, fact: &ConferenceFact, moment: Millis) -> bool {
    let known = conference.seats.iter().position(|seat| seat.id == call);
    if known.is_none() && conference.seats.len() >= SEATS {
        return false;
    }
    let place = known.unwrap_or_else(|| {
        conference.seats.push(SeatView { id: call.to_owned(), joined: None, left: None, why: None });
        conference.seats.len() - 1
    });
    let Some(seat) = conference.seats.get_mut(place) else { return false };
    let mut is_news = known.is_none();
    match fact.seat {
        Some(Seat::Left) => {
            if seat.joined.is_none_or(|joined| joined <= moment) {
                let why = fact.reason.as_deref().and_then(|reason| match reason {
                    "hangup" => Some("hung up".to_owned()),
                    other => board::why(other),
                });
                is_news |= set(&mut seat.left, Some(moment)) | set(&mut seat.why, why);
            }
        }
        _ => {
            let came_back = seat.left.is_some_and(|left| left < moment);
            if seat.joined.is_none() || came_back {
                seat.joined = Some(moment);
                is_news = true;
            }
            if came_back {
                (seat.left, seat.why) = (None, None);
            }
        }
    }
    is_news
}

/// The live service names only who is in it now: who came and went is the
/// difference between such pictures, whatever order they came in.
fn seats(seated: &BTreeMap<Millis, Vec<String>>) -> Vec<SeatView> {
    let mut seats: Vec<SeatView> = Vec::new();
    for (moment, now_seated) in seated {
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

fn present(conference: &ConferenceView) -> usize {
    conference.seats.iter().filter(|seat| seat.joined.is_some() && seat.left.is_none()).count()
}
