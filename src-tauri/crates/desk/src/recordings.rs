//! Recordings, and what was said in calls.

use voipbin_wire::{RecordingFact, RecordingStage, SpeechFact, TranscriptionFact};

use crate::moment::Moment;
use crate::view::{FetchView, LineView, RecordingView, TranscriptView};
use crate::{Desk, Millis, told};

/// How many recordings and transcripts stay in sight.
const KEPT: usize = 200;
/// More lines of one transcript than this are not shown; the newest are.
const LINES: usize = 500;

impl Desk {
    pub(crate) fn learn_recording(&mut self, fact: &RecordingFact, moment: &Moment) {
        let at = moment.at;
        let Some(id) = fact.id.as_deref() else { return };
        let is_over = fact.stage == Some(RecordingStage::Completed)
            || fact.tm_complete.is_some()
            || fact.status.as_deref() == Some("ended");
        let told_at = moment.when(fact.tm_complete.or(at));
        // That it ended says nothing of when it began.
        let began = fact.tm_start.or(at.filter(|_| !is_over)).map(|began| moment.when(Some(began)));
        let began = began.or((!is_over).then_some(moment.now));
        let is_new = self.recordings.get(id).is_none();
        self.recordings.change(
            id,
            || RecordingView {
                id: id.to_owned(),
                call: None,
                running: true,
                duration_s: None,
                format: None,
                size: None,
                began,
                ended: None,
                fetched: None,
                stale: false,
            },
            |recording| {
                let before = recording.clone();
                recording.stale = false;
                recording.call = fact.call_id.clone().or(recording.call.take());
                recording.format = told(fact.format.as_ref()).or(recording.format.take());
                recording.size = fact.size.or(recording.size);
                recording.began = recording.began.into_iter().chain(began).min();
                if is_over && recording.running {
                    recording.running = false;
                    recording.ended = Some(told_at);
                }
                let lasted = recording.ended.zip(recording.began).map(|(ended, began)| (ended - began).max(0) / 1000);
                recording.duration_s = fact.duration.or(recording.duration_s).or(lasted);
                if let (None, Some(ended), Some(lasted)) = (recording.began, recording.ended, recording.duration_s) {
                    recording.began = Some(ended.saturating_sub(lasted.saturating_mul(1000)));
                }
                *recording != before
            },
        );
        if is_new {
            self.recordings.is_over(id, KEPT);
        }
        let of = self.recordings.get(id).and_then(|recording| Some((recording.call.clone()?, recording.running)));
        if let Some((call, running)) = of {
            self.recording_moved(&call, running);
        }
    }

    /// How far fetching a recording's file got.
    pub fn recording_fetched(&mut self, id: &str, fetched: FetchView) {
        self.recordings.update(id, |recording| crate::shelf::set(&mut recording.fetched, Some(fetched)));
    }

    /// A transcription as a whole: that it runs, or all that was said.
    pub(crate) fn learn_transcription(&mut self, fact: &TranscriptionFact, moment: &Moment) {
        let Some(id) = fact.id.as_deref() else { return };
        let at = moment.when(moment.at);
        self.change_transcript(id, at, |transcript| {
            transcript.call = fact.call_id.clone().or(transcript.call.take());
            transcript.language = told(fact.language.as_ref()).or(transcript.language.take());
            transcript.done |= fact.status.as_deref() == Some("done") || fact.text.is_some();
            if let Some(text) = told(fact.text.as_ref()) {
                let whole = LineView { id: "whole".to_owned(), side: String::new(), text, speaking: false, at };
                transcript.lines = vec![whole];
            }
            if transcript.done {
                transcript.lines.retain(|line| !line.speaking);
            }
        });
    }

    /// Something that was said, or is being said.
    pub(crate) fn learn_speech(&mut self, fact: &SpeechFact, moment: &Moment) {
        let (Some(of), Some(text)) = (fact.transcribe_id.as_deref(), told(fact.message.as_ref())) else { return };
        let at = moment.when(moment.at);
        let side = fact.direction.clone().unwrap_or_default();
        // What is being said has one place per side, until it is finished.
        let speaking = fact.streaming_id.is_some();
        let id = if speaking { format!("now {side}") } else { fact.id.clone().unwrap_or_default() };
        self.change_transcript(of, at, |transcript| {
            let was_finished = |line: &LineView| !line.speaking && line.side == side && line.at >= at;
            if speaking && (transcript.done || transcript.lines.iter().any(was_finished)) {
                return;
            }
            if !speaking {
                let spoken = format!("now {side}");
                transcript.lines.retain(|line| line.id != spoken || line.at > at);
            }
            let line = LineView { id, side, text, speaking, at };
            match transcript.lines.iter_mut().find(|known| known.id == line.id) {
                Some(known) if known.at <= at => *known = line,
                Some(_) => {}
                None => transcript.lines.push(line),
            }
            transcript.lines.sort_by(|one, other| (one.at, &one.id).cmp(&(other.at, &other.id)));
            if transcript.lines.len() > LINES {
                transcript.lines.remove(0);
            }
        });
    }

    fn change_transcript(&mut self, id: &str, began: Millis, change: impl FnOnce(&mut TranscriptView)) {
        let is_new = self.transcripts.get(id).is_none();
        self.transcripts.change(
            id,
            || TranscriptView { id: id.to_owned(), call: None, language: None, done: false, lines: Vec::new(), began },
            |transcript| {
                let before = transcript.clone();
                transcript.began = transcript.began.min(began);
                change(transcript);
                *transcript != before
            },
        );
        if is_new {
            self.transcripts.is_over(id, KEPT);
        }
    }
}
