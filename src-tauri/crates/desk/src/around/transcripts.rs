//! What was said in calls.

use voipbin_wire::{SpeechFact, TranscriptionFact};

use super::Shows;
use crate::latest::Latest;
use crate::moment::Moment;
use crate::shelf::Shelf;
use crate::view::{DeskView, LineView, Patch, TranscriptView};
use crate::{Millis, Out, told};

/// How many transcripts stay in sight.
const KEPT: usize = 200;
/// More lines of one transcript than this are not shown; the newest are.
const LINES: usize = 500;

/// The last transcripts.
#[derive(Debug, Default)]
pub(crate) struct Transcripts {
    transcripts: Shelf<Transcript>,
}

/// A transcript, and what was told of it.
#[derive(Debug)]
struct Transcript {
    view: TranscriptView,
    call: Latest<String>,
    language: Latest<String>,
    /// All that was said: no single line says more.
    whole: Latest<String>,
}

impl Transcripts {
    /// A transcription as a whole: that it runs, or all that was said.
    pub(crate) fn take(&mut self, fact: &TranscriptionFact, moment: &Moment, _: &mut Out) {
        let Some(id) = fact.id.as_deref() else { return };
        let at = moment.when(moment.at);
        self.change(id, at, |transcript| {
            transcript.call.take(fact.call_id.as_ref(), moment);
            transcript.language.take(told(fact.language.as_ref()).as_ref(), moment);
            let text = told(fact.text.as_ref());
            transcript.whole.take(text.as_ref(), moment);
            let view = &mut transcript.view;
            (view.call, view.language) = (transcript.call.cloned(), transcript.language.cloned());
            view.done |= fact.status.as_deref() == Some("done") || fact.text.is_some();
            if text.is_some() && text.as_ref() == transcript.whole.get() {
                let text = text.unwrap_or_default();
                view.lines = vec![LineView { id: "whole".to_owned(), side: String::new(), text, speaking: false, at }];
            }
            if view.done {
                view.lines.retain(|line| !line.speaking);
            }
        });
    }

    /// Something that was said, or is being said.
    pub(crate) fn take_speech(&mut self, fact: &SpeechFact, moment: &Moment, _: &mut Out) {
        let (Some(of), Some(text)) = (fact.transcribe_id.as_deref(), told(fact.message.as_ref())) else { return };
        let at = moment.when(moment.at);
        let side = fact.direction.clone().unwrap_or_default();
        // What is being said has one place per side, until it is finished.
        let speaking = fact.streaming_id.is_some();
        let id = if speaking { format!("now {side}") } else { fact.id.clone().unwrap_or_default() };
        self.change(of, at, |transcript| transcript.say(LineView { id, side, text, speaking, at }));
    }

    fn change(&mut self, id: &str, began: Millis, change: impl FnOnce(&mut Transcript)) {
        let is_new = self.transcripts.get(id).is_none();
        self.transcripts.change(
            id,
            || Transcript::new(id, began),
            |transcript| {
                let before = transcript.view.clone();
                transcript.view.began = transcript.view.began.min(began);
                change(transcript);
                transcript.view != before
            },
        );
        if is_new {
            self.transcripts.is_over(id, KEPT);
        }
    }
}

impl Shows for Transcripts {
    fn marked(&self) -> usize {
        self.transcripts.marked()
    }

    fn draw(&mut self, patches: &mut Vec<Patch>) {
        self.transcripts.draw(patches, |transcript| transcript.view.clone());
    }

    fn show(&self, desk: &mut DeskView) {
        desk.transcripts = self.transcripts.sorted().map(|(_, transcript)| transcript.view.clone()).collect();
    }
}

impl Transcript {
    fn new(id: &str, began: Millis) -> Self {
        let view =
            TranscriptView { id: id.to_owned(), call: None, language: None, done: false, lines: Vec::new(), began };
        Self { view, call: Latest::default(), language: Latest::default(), whole: Latest::default() }
    }

    fn say(&mut self, line: LineView) {
        let TranscriptView { lines, done, .. } = &mut self.view;
        let was_finished = |known: &LineView| !known.speaking && known.side == line.side && known.at >= line.at;
        if self.whole.get().is_some() || (line.speaking && (*done || lines.iter().any(was_finished))) {
            return;
        }
        if !line.speaking {
            let spoken = format!("now {}", line.side);
            lines.retain(|known| known.id != spoken || known.at > line.at);
        }
        match lines.iter_mut().find(|known| known.id == line.id) {
            Some(known) if (known.at, &known.text) <= (line.at, &line.text) => *known = line,
            Some(_) => {}
            None => lines.push(line),
        }
        lines.sort_by(|one, other| (one.at, &one.id).cmp(&(other.at, &other.id)));
        if lines.len() > LINES {
            lines.remove(0);
        }
    }
}
