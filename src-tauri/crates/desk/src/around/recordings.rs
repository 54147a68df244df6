//! Recordings of calls.

use voipbin_wire::{RecordingFact, RecordingStage};

use super::Shows;
use crate::latest::Latest;
use crate::moment::Moment;
use crate::shelf::{Shelf, set};
use crate::view::{DeskView, FetchView, Patch, RecordingView};
use crate::{Millis, Out, told};

/// How many recordings stay in sight.
const KEPT: usize = 200;

/// The recordings that run, and the last that ran.
#[derive(Debug, Default)]
pub(crate) struct Recordings {
    recordings: Shelf<Recording>,
}

/// A recording, and what was told of it.
#[derive(Debug)]
struct Recording {
    view: RecordingView,
    call: Latest<String>,
    format: Latest<String>,
    size: Latest<i64>,
    duration_s: Latest<i64>,
    /// The earliest that it is said to have begun, and to have ended.
    began: Option<Millis>,
    ended: Option<Millis>,
}

impl Recordings {
    /// Takes in what is told of a recording. The call that it is of.
    pub(crate) fn take(&mut self, fact: &RecordingFact, moment: &Moment, _: &mut Out) -> Option<String> {
        let id = fact.id.as_deref()?;
        let is_new = self.recordings.get(id).is_none();
        self.recordings.change(
            id,
            || Recording::new(id),
            |recording| {
                let before = recording.view.clone();
                recording.take(fact, moment);
                recording.view != before
            },
        );
        if is_new {
            self.recordings.is_over(id, KEPT);
        }
        self.recordings.get(id)?.view.call.clone()
    }

    /// Whether one of the recordings of a call runs, if there is any.
    pub(crate) fn is_recorded(&self, call: &str) -> Option<bool> {
        let of = self.recordings.values().filter(|recording| recording.view.call.as_deref() == Some(call));
        of.map(|recording| recording.view.running).max()
    }

    /// The calls that are being recorded.
    pub(crate) fn running_of(&self) -> Vec<String> {
        let running = self.recordings.values().filter(|recording| recording.view.running);
        running.filter_map(|recording| recording.view.call.clone()).collect()
    }

    /// How far fetching a recording's file got.
    pub(crate) fn fetched(&mut self, id: &str, fetched: FetchView) {
        self.recordings.update(id, |recording| set(&mut recording.view.fetched, Some(fetched)));
    }

    /// Events about recordings stop arriving: those that run may be over.
    pub(crate) fn doubt(&mut self) {
        self.recordings.update_all(|recording| recording.view.running && set(&mut recording.view.stale, true));
    }

    /// When the oldest began of which it is not known whether it still runs.
    pub(crate) fn in_doubt_since(&self) -> Option<Millis> {
        let stale = self.recordings.values().filter(|recording| recording.view.stale);
        stale.filter_map(|recording| recording.view.began).min()
    }

    /// The list was read again: what it was whole enough to hold and did not is gone.
    pub(crate) fn confirmed(&mut self, whole_since: Millis) {
        let is_gone = |recording: &Recording| recording.view.stale && recording.view.began >= Some(whole_since);
        for id in self.recordings.which(is_gone) {
            self.recordings.remove(&id);
        }
    }
}

impl Shows for Recordings {
    fn marked(&self) -> usize {
        self.recordings.marked()
    }

    fn draw(&mut self, patches: &mut Vec<Patch>) {
        self.recordings.draw(patches, |recording| recording.view.clone());
    }

    fn show(&self, desk: &mut DeskView) {
        desk.recordings = self.recordings.sorted().map(|(_, recording)| recording.view.clone()).collect();
    }
}

impl Recording {
    fn new(id: &str) -> Self {
        let view = RecordingView {
            id: id.to_owned(),
            call: None,
            running: true,
            duration_s: None,
            format: None,
            size: None,
            began: None,
            ended: None,
            fetched: None,
            stale: false,
        };
        Self {
            view,
            call: Latest::default(),
            format: Latest::default(),
            size: Latest::default(),
            duration_s: Latest::default(),
            began: None,
            ended: None,
        }
    }

    fn take(&mut self, fact: &RecordingFact, moment: &Moment) {
        let is_over = fact.stage == Some(RecordingStage::Completed)
            || fact.tm_complete.is_some()
            || fact.status.as_deref() == Some("ended");
        // That it ended says nothing of when it began.
        let began = fact.tm_start.or(moment.at.filter(|_| !is_over)).map(|began| moment.when(Some(began)));
        let began = began.or((!is_over).then_some(moment.now));
        let ended = is_over.then(|| moment.when(fact.tm_complete.or(moment.at)));
        self.began = self.began.into_iter().chain(began).min();
        self.ended = self.ended.into_iter().chain(ended).min();
        self.call.take(fact.call_id.as_ref(), moment);
        self.format.take(told(fact.format.as_ref()).as_ref(), moment);
        self.size.take(fact.size.as_ref(), moment);
        self.duration_s.take(fact.duration.as_ref(), moment);
        self.show();
    }

    /// What was told comes before what follows from it.
    fn show(&mut self) {
        let lasted = self.ended.zip(self.began).map(|(ended, began)| (ended - began).max(0) / 1000);
        let duration_s = self.duration_s.cloned().or(lasted);
        let before_end = self.ended.zip(duration_s).map(|(ended, s)| ended.saturating_sub(s.saturating_mul(1000)));
        let Self { view, call, format, size, began, ended, .. } = self;
        (view.stale, view.running) = (false, ended.is_none());
        (view.call, view.format, view.size) = (call.cloned(), format.cloned(), size.cloned());
        (view.began, view.ended, view.duration_s) = (began.or(before_end), *ended, duration_s);
    }
}
