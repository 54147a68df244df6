//! The one ordered stream from the desk to its windows.

mod ringing;

use ringside_desk::{DeskView, Patch};
use serde::Serialize;

use self::ringing::Ringing;

/// What a window receives: the first has one `Reset`, and `seq` counts from 0
/// without gaps.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
pub struct Batch {
    /// Which in this window's stream.
    pub seq: u64,
    /// What changes, in order.
    #[cfg_attr(test, ts(type = "Array<import('./Patch').Patch>"))]
    pub patches: Vec<Patch>,
}

/// So many bytes one change takes, most of the time.
const BYTES: usize = 224;

impl Batch {
    /// The batch as the window reads it. None where it cannot be written, which no view is made for.
    pub fn json(&self) -> Option<String> {
        let mut json = Vec::with_capacity(BYTES * (self.patches.len() + 1));
        serde_json::to_writer(&mut json, self).ok()?;
        String::from_utf8(json).ok()
    }
}

/// Takes batches to a window; false when the window is gone.
pub struct Sink {
    take: Box<dyn FnMut(Batch) -> bool + Send>,
    name: Option<String>,
    part: Option<Ringing>,
}

impl Sink {
    /// A sink that hands each batch to `take`.
    pub fn new(take: impl FnMut(Batch) -> bool + Send + 'static) -> Self {
        Self { take: Box::new(take), name: None, part: None }
    }

    /// A sink of a window that says what it has drawn ([`crate::Shift::drawn`]):
    /// when it falls behind, changes are gathered until it can take them.
    pub fn of_window(name: &str, take: impl FnMut(Batch) -> bool + Send + 'static) -> Self {
        Self { name: Some(name.to_owned()), ..Self::new(take) }
    }

    /// A sink of a window that draws the calls that ring and nothing else: it is
    /// told of no other customer, and not kept busy with all the rest.
    pub fn of_ringing(take: impl FnMut(Batch) -> bool + Send + 'static) -> Self {
        Self { part: Some(Ringing::default()), ..Self::new(take) }
    }

    fn part_of(&mut self, patches: Vec<Patch>) -> Vec<Patch> {
        match &mut self.part {
            Some(part) => part.part_of(patches),
            None => patches,
        }
    }

    fn may_want(&self, patch: &Patch) -> bool {
        self.part.is_none() || Ringing::may_want(patch)
    }
}

impl std::fmt::Debug for Sink {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sink").finish()
    }
}

/// A window, with the number of its next batch and of the first it has not drawn.
#[derive(Debug)]
struct Window {
    sink: Sink,
    seq: u64,
    drawn: u64,
}

/// The windows.
#[derive(Debug, Default)]
pub(crate) struct Windows {
    windows: Vec<Window>,
    patches: u64,
    batches: u64,
}

impl Windows {
    /// A window joins. What waits to be told is in the whole it gets, and
    /// repeating it later harms nothing.
    pub(crate) fn join(&mut self, mut sink: Sink, whole: DeskView) {
        // A page that was loaded anew: nobody draws what the old one gets.
        self.windows.retain(|window| window.sink.name.is_none() || window.sink.name != sink.name);
        let first = sink.part_of(vec![Patch::Reset { desk: Box::new(whole) }]);
        if (sink.take)(Batch { seq: 0, patches: first }) {
            let place = if sink.part.is_some() { 0 } else { self.windows.len() };
            self.windows.insert(place, Window { sink, seq: 1, drawn: 0 });
        }
    }

    /// A window has drawn this batch, and all before it.
    pub(crate) fn drawn(&mut self, name: &str, seq: u64) {
        for window in self.windows.iter_mut().filter(|window| window.sink.name.as_deref() == Some(name)) {
            window.drawn = window.drawn.max(seq.saturating_add(1)).min(window.seq);
        }
    }

    /// Whether a window has more to draw than what it was told last.
    pub(crate) fn is_behind(&self) -> bool {
        self.windows.iter().any(|window| window.sink.name.is_some() && window.seq - window.drawn > 1)
    }

    /// How many changes were told so far, and in how many batches.
    pub(crate) fn told(&self) -> (u64, u64) {
        (self.patches, self.batches)
    }

    /// Tells every window of changes.
    pub(crate) fn tell(&mut self, patches: Vec<Patch>) {
        if patches.is_empty() {
            return;
        }
        self.patches += u64::try_from(patches.len()).unwrap_or_default();
        self.batches += 1;
        let tell = |window: &mut Window, patches: Vec<Patch>| {
            let patches = window.sink.part_of(patches);
            if patches.is_empty() {
                return true;
            }
            let batch = Batch { seq: window.seq, patches };
            window.seq += 1;
            (window.sink.take)(batch)
        };
        // Most desks have one window that draws everything: it gets the changes themselves.
        let Some(mut last) = self.windows.pop() else { return };
        self.windows.retain_mut(|window| {
            let wanted = patches.iter().filter(|patch| window.sink.may_want(patch)).cloned().collect();
            tell(window, wanted)
        });
        let mut patches = patches;
        patches.retain(|patch| last.sink.may_want(patch));
        if tell(&mut last, patches) {
            self.windows.push(last);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use ringside_desk::{
        CallStage, CallView, ControlsView, Desk, OffView, ReasonView, Screen, SessionView, StatusView,
    };

    use super::*;

    fn window() -> (Sink, mpsc::Receiver<Batch>) {
        let (send, receive) = mpsc::channel();
        (Sink::new(move |batch| send.send(batch).is_ok()), receive)
    }

    fn whole() -> DeskView {
        let session = SessionView::on(Screen::Desk);
        Desk::new(session).view()
    }

    /// A desk that says something of the agent.
    fn of_somebody() -> DeskView {
        let mut whole = whole();
        whole.tools.reasons = vec![ReasonView { name: "Lunch".into(), status: StatusView::Away }];
        whole
    }

    fn ringing() -> CallView {
        CallView {
            id: "a".into(),
            stage: CallStage::Ringing,
            unseen: false,
            inbound: true,
            name: None,
            number: "+15551234567".into(),
            our_number: "+15559876543".into(),
            queue: None,
            waited_s: None,
            since: 0,
            stale: false,
            controls: ControlsView::default(),
            off: OffView { switches: None, transfer: None, voicemail: None, hang_up: None, end_ring: None },
        }
    }

    fn drop_call(id: &str) -> Patch {
        Patch::DropCall { id: id.into() }
    }

    #[test]
    fn a_window_gets_the_whole_first_and_then_each_change_once() {
        let mut windows = Windows::default();
        let (sink, received) = window();
        windows.join(sink, whole());
        windows.tell(vec![drop_call("a"), drop_call("b")]);
        windows.tell(Vec::new());
        let batches: Vec<Batch> = received.try_iter().collect();
        assert_eq!(batches.iter().map(|batch| (batch.seq, batch.patches.len())).collect::<Vec<_>>(), [(0, 1), (1, 2)]);
        assert!(matches!(batches[0].patches[0], Patch::Reset { .. }));
    }

    #[test]
    fn a_window_that_draws_slowly_is_waited_for_until_it_is_loaded_anew() {
        let mut windows = Windows::default();
        let slow = || Sink::of_window("main", |_| true);
        windows.join(slow(), whole());
        windows.join(window().0, whole());
        assert!(!windows.is_behind(), "one batch may be under way");
        windows.tell(vec![drop_call("a")]);
        assert!(windows.is_behind());
        windows.drawn("main", 0);
        assert!(!windows.is_behind());
        windows.tell(vec![drop_call("b")]);
        windows.join(slow(), whole());
        assert!(!windows.is_behind());
    }

    #[test]
    fn a_window_of_ringing_calls_is_told_of_nothing_else() {
        let mut windows = Windows::default();
        let (send, of_calls) = mpsc::channel();
        let (all, received) = window();
        windows.join(all, of_somebody());
        windows.join(Sink::of_ringing(move |batch| send.send(batch).is_ok()), of_somebody());
        let put_call = || Patch::PutCall { call: ringing() };
        windows.tell(vec![Patch::DropWait { id: "a".into() }]);
        windows.tell(vec![Patch::DropWait { id: "b".into() }, put_call(), drop_call("c")]);
        windows.tell(vec![Patch::Reset { desk: Box::new(of_somebody()) }]);
        let told = |received: mpsc::Receiver<Batch>| -> Vec<(u64, usize, Option<usize>)> {
            let counted = |batch: Batch| {
                let reset = batch.patches.iter().find_map(|patch| match patch {
                    Patch::Reset { desk } => Some(desk.tools.reasons.len()),
                    _ => None,
                });
                (batch.seq, batch.patches.len(), reset)
            };
            received.try_iter().map(counted).collect()
        };
        assert_eq!(told(of_calls), [(0, 1, Some(0)), (1, 1, None), (2, 1, Some(0))]);
        assert_eq!(told(received), [(0, 1, Some(1)), (1, 1, None), (2, 3, None), (3, 1, Some(1))]);
    }

    #[test]
    fn a_window_that_is_gone_is_forgotten_and_the_others_live_on() {
        let mut windows = Windows::default();
        let ((gone, closed), (sink, received)) = (window(), window());
        windows.join(gone, whole());
        windows.join(sink, whole());
        drop(closed);
        for _ in 0..2 {
            windows.tell(vec![drop_call("a")]);
        }
        assert_eq!((windows.windows.len(), received.try_iter().count()), (1, 3));
    }
}
