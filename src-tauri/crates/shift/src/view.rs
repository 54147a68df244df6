//! The one ordered stream from the desk to its windows.

use ringside_desk::{DeskView, Patch};
use serde::Serialize;

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

/// Takes batches to a window; false when the window is gone.
pub struct Sink(Box<dyn FnMut(Batch) -> bool + Send>);

impl Sink {
    /// A sink that hands each batch to `take`.
    pub fn new(take: impl FnMut(Batch) -> bool + Send + 'static) -> Self {
        Self(Box::new(take))
    }
}

impl std::fmt::Debug for Sink {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Sink")
    }
}

/// The windows, each with the number of its next batch.
#[derive(Debug, Default)]
pub(crate) struct Windows {
    windows: Vec<(Sink, u64)>,
    patches: u64,
    batches: u64,
}

impl Windows {
    /// A window joins. What waits to be told is in the whole it gets, and
    /// repeating it later harms nothing.
    pub(crate) fn join(&mut self, sink: Sink, whole: DeskView) {
        let Sink(mut take) = sink;
        if take(Batch { seq: 0, patches: vec![Patch::Reset { desk: Box::new(whole) }] }) {
            self.windows.push((Sink(take), 1));
        }
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
        let tell = |(Sink(take), seq): &mut (Sink, u64), patches| {
            let batch = Batch { seq: *seq, patches };
            *seq += 1;
            take(batch)
        };
        // Most desks have one window, and it gets the changes themselves.
        let Some(mut last) = self.windows.pop() else { return };
        self.windows.retain_mut(|window| tell(window, patches.clone()));
        if tell(&mut last, patches) {
            self.windows.push(last);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use ringside_desk::{Desk, Screen, SessionView};

    use super::*;

    fn window() -> (Sink, mpsc::Receiver<Batch>) {
        let (send, receive) = mpsc::channel();
        (Sink::new(move |batch| send.send(batch).is_ok()), receive)
    }

    fn whole() -> DeskView {
        let session = SessionView {
            screen: Screen::Desk,
            service: String::new(),
            email: String::new(),
            demo: false,
            problem: None,
            ends_at: None,
            ask_again: None,
        };
        Desk::new(session).view()
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
