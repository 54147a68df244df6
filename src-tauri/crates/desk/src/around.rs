//! What goes on around calls and texts: flows, conferences, recordings, what was
//! said, and the chats of the team.
//!
//! Each of them is merged from all that was told of it, whatever the order: the
//! record keeps what was told, and what is shown is made from it.

mod conferences;
mod flows;
mod recordings;
mod talks;
mod transcripts;

use voipbin_wire::{Fact, Timestamp};

use crate::moment::Moment;
use crate::people::People;
use crate::view::{DeskView, FetchView, Patch};
use crate::{Desk, Millis, Out};

use conferences::Conferences;
use flows::Flows;
use recordings::Recordings;
use talks::Talks;
use transcripts::Transcripts;

/// What goes on around calls, read from lists of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Around {
    /// Flows.
    Flows,
    /// Conferences.
    Conferences,
    /// Recordings.
    Recordings,
}

impl Around {
    /// All of it.
    pub const ALL: [Self; 3] = [Self::Flows, Self::Conferences, Self::Recordings];
}

/// What windows show of one kind of thing, or a few.
trait Shows {
    /// How many are to be drawn again.
    fn marked(&self) -> usize;
    /// Draws those.
    fn draw(&mut self, patches: &mut Vec<Patch>);
    /// Puts all of them into the picture of the whole desk.
    fn show(&self, desk: &mut DeskView);
}

/// What goes on around calls and texts.
#[derive(Debug, Default)]
pub(crate) struct AroundCalls {
    flows: Flows,
    conferences: Conferences,
    recordings: Recordings,
    transcripts: Transcripts,
    talks: Talks,
}

impl AroundCalls {
    /// Takes in a fact of this area. The call whose recording it tells of, if any.
    pub(crate) fn take(&mut self, fact: &Fact, moment: &Moment, out: &mut Out, people: &People) -> Option<String> {
        match fact {
            Fact::Flow(flow) => self.flows.take(flow, moment, out),
            Fact::Conference(conference) => self.conferences.take(conference, moment, out),
            Fact::Recording(recording) => return self.recordings.take(recording, moment, out),
            Fact::Transcription(transcription) => self.transcripts.take(transcription, moment, out),
            Fact::Speech(speech) => self.transcripts.take_speech(speech, moment, out),
            Fact::Talk(talk) => self.talks.take(talk, moment, out),
            Fact::TalkMessage(message) => self.talks.take_message(message, moment, people),
            // Who sits in a chat is read from its list.
            _ => {}
        }
        None
    }

    /// Whether a call is being recorded, as far as that was told.
    pub(crate) fn is_recorded(&self, call: &str) -> Option<bool> {
        self.recordings.is_recorded(call)
    }

    fn each(&self) -> [&dyn Shows; 5] {
        [&self.talks, &self.flows, &self.conferences, &self.recordings, &self.transcripts]
    }

    pub(crate) fn marked(&self) -> usize {
        self.each().iter().map(|area| area.marked()).sum()
    }

    pub(crate) fn draw(&mut self, patches: &mut Vec<Patch>) {
        let areas: [&mut dyn Shows; 5] =
            [&mut self.talks, &mut self.flows, &mut self.conferences, &mut self.recordings, &mut self.transcripts];
        areas.into_iter().for_each(|area| area.draw(patches));
    }

    /// Puts what there is into the picture of the whole desk.
    pub(crate) fn show(&self, desk: &mut DeskView) {
        self.each().iter().for_each(|area| area.show(desk));
    }

    pub(crate) fn give_room_back(&mut self) {
        self.flows.give_room_back();
        self.conferences.give_room_back();
    }
}

impl Desk {
    pub(crate) fn learn_around(&mut self, fact: &Fact, moment: &Moment) {
        let call = self.around.take(fact, moment, &mut self.out, &self.people);
        if let Some(call) = call
            && let Some(is_recorded) = self.around.is_recorded(&call)
        {
            self.recording_moved(&call, is_recorded);
        }
    }

    /// A call came: its recording may have been told of before.
    pub(crate) fn recordings_of_new_calls(&mut self) {
        for call in self.around.recordings.running_of() {
            self.recording_moved(&call, true);
        }
    }

    /// One of the lists around calls was read again and merged: what runs and
    /// began since `whole_since` and is not on it is gone.
    pub fn confirmed_around(&mut self, what: Around, whole_since: Timestamp, now: Millis) {
        let since = self.moment(now).when(Some(whole_since));
        match what {
            Around::Flows => self.around.flows.confirmed(since),
            Around::Conferences => self.around.conferences.confirmed(since),
            Around::Recordings => self.around.recordings.confirmed(since),
        }
    }

    /// When the oldest began of which it is not known whether it still runs.
    pub fn in_doubt_since(&self, what: Around) -> Option<Millis> {
        match what {
            Around::Flows => self.around.flows.in_doubt_since(),
            Around::Conferences => self.around.conferences.in_doubt_since(),
            Around::Recordings => self.around.recordings.in_doubt_since(),
        }
    }

    /// Nothing is heard of one of the lists around calls any more: what runs on it may be over.
    pub fn doubt(&mut self, what: Around) {
        match what {
            Around::Flows => self.around.flows.doubt(),
            Around::Conferences => self.around.conferences.doubt(),
            Around::Recordings => self.around.recordings.doubt(),
        }
    }

    /// How far fetching a recording's file got.
    pub fn recording_fetched(&mut self, id: &str, fetched: FetchView) {
        self.around.recordings.fetched(id, fetched);
    }

    /// Which chat of the team is open in front of the agent: it is read.
    pub fn talk_in(&mut self, talk: Option<&str>) {
        self.around.talks.talk_in(talk);
    }

    /// Whether there is a chat of the team with this name on this desk.
    pub fn has_talk_called(&self, name: &str) -> bool {
        self.around.talks.has_called(name)
    }

    /// Whether this is a chat of the team on this desk.
    pub fn has_talk(&self, talk: &str) -> bool {
        self.around.talks.has(talk)
    }
}
