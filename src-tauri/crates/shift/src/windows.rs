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
pub struct Sink {
    take: Box<dyn FnMut(Batch) -> bool + Send>,
    name: Option<String>,
    wants: Option<fn(&Patch) -> bool>,
    part: Option<fn(DeskView) -> DeskView>,
}

impl Sink {
    /// A sink that hands each batch to `take`.
    pub fn new(take: impl FnMut(Batch) -> bool + Send + 'static) -> Self {
        Self { take: Box::new(take), name: None, wants: None, part: None }
    }

    /// A sink of a window that says what it has drawn ([`crate::Shift::drawn`]):
    /// when it falls behind, changes are gathered until it can take them.
    pub fn of_window(name: &str, take: impl FnMut(Batch) -> bool + Send + 'static) -> Self {
        Self { name: Some(name.to_owned()), ..Self::new(take) }
    }

    /// Takes only such changes, after the whole: a window that draws little is
    /// not to be kept busy with all the rest.
    #[must_use]
    pub fn only(self, wants: fn(&Patch) -> bool) -> Self {
        Self { wants: Some(wants), ..self }
    }

    /// Gets this part of the whole desk, at first and whenever it starts over.
    #[must_use]
    pub fn drawing(self, part: fn(DeskView) -> DeskView) -> Self {
        Self { part: Some(part), ..self }
    }

    fn part_of(&self, patch: Patch) -> Patch {
        match (self.part, patch) {
            (Some(part), Patch::Reset { desk }) => Patch::Reset { desk: Box::new(part(*desk)) },
            (_, patch) => patch,
        }
    }

    fn wants(&self, patch: &Patch) -> bool {
        matches!(patch, Patch::Reset { .. }) || self.wants.is_none_or(|wants| wants(patch))
    }
}

impl std::fmt::Debug for Sink {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Sink")
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
        let first = sink.part_of(Patch::Reset { desk: Box::new(whole) });
        if (sink.take)(Batch { seq: 0, patches: vec![first] }) {
            let place = if sink.wants.is_some() { 0 } else { self.windows.len() };
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
            if patches.is_empty() {
                return true;
            }
            let patches = match window.sink.part {
                Some(_) => patches.into_iter().map(|patch| window.sink.part_of(patch)).collect(),
                None => patches,
            };
            let batch = Batch { seq: window.seq, patches };
            window.seq += 1;
            (window.sink.take)(batch)
        };
        // Most desks have one window that draws everything: it gets the changes themselves.
        let Some(mut last) = self.windows.pop() else { return };
        self.windows.retain_mut(|window| {
            let wanted = patches.iter().filter(|patch| window.sink.wants(patch)).cloned().collect();
            tell(window, wanted)
        });
        let mut patches = patches;
        patches.retain(|patch| last.sink.wants(patch));
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
            ask_keyring: false,
            no_toasts: None,
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
    fn a_window_that_draws_little_is_told_of_nothing_else() {
        let mut windows = Windows::default();
        let ((all, received), (little, of_calls)) = (window(), window());
        windows.join(all, whole());
        windows.join(little.only(|patch| matches!(patch, Patch::DropCall { .. })), whole());
        windows.tell(vec![Patch::DropWait { id: "a".into() }]);
        windows.tell(vec![Patch::DropWait { id: "b".into() }, drop_call("c")]);
        let told = |received: mpsc::Receiver<Batch>| -> Vec<(u64, usize)> {
            received.try_iter().map(|batch| (batch.seq, batch.patches.len())).collect()
        };
        assert_eq!(told(of_calls), [(0, 1), (1, 1)]);
        assert_eq!(told(received), [(0, 1), (1, 1), (2, 2)]);
    }

    #[test]
    fn a_window_that_draws_a_part_of_the_desk_gets_no_more_of_it_also_when_it_starts_over() {
        let mut windows = Windows::default();
        let (sink, received) = window();
        let nobodys = |whole: DeskView| {
            let session = SessionView { email: String::new(), ..whole.session };
            DeskView { session, ..whole }
        };
        let of_somebody = || {
            let whole = whole();
            DeskView { session: SessionView { email: "dana@example.com".into(), ..whole.session }, ..whole }
        };
        windows.join(sink.drawing(nobodys), of_somebody());
        windows.tell(vec![Patch::Reset { desk: Box::new(of_somebody()) }]);
        let told: Vec<Patch> = received.try_iter().flat_map(|batch| batch.patches).collect();
        assert_eq!(told.len(), 2);
        for patch in told {
            let Patch::Reset { desk } = patch else { panic!("{patch:?}") };
            assert_eq!(desk.session.email, "");
        }
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
