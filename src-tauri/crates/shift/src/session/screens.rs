//! What the windows see of the desk.

use std::time::Duration;

use ringside_desk::{Desk, Patch, SessionView};
use tokio::time::Instant;

use super::Session;
use crate::day::midnight;
use crate::journal::Journal;
use crate::windows::Windows;

/// Windows are told of changes at most this often.
const FLUSH_EVERY: Duration = Duration::from_millis(30);
/// One that is still drawing what it was told is waited for this long at most.
const FLUSH_AT_LEAST_EVERY: Duration = Duration::from_millis(500);

/// The windows, and what they have yet to be told.
#[derive(Debug)]
pub(super) struct Screens {
    pub(super) windows: Windows,
    /// The desk is another one: every window draws it anew.
    pub(super) starts_over: bool,
    flushed_at: Instant,
}

impl Default for Screens {
    fn default() -> Self {
        Self { windows: Windows::default(), starts_over: false, flushed_at: Instant::now() }
    }
}

impl Screens {
    /// When the windows are to be told of what changed, if anything did.
    pub(super) fn flush_at(&self, has_changes: bool) -> Option<Instant> {
        let wait = if self.windows.is_behind() { FLUSH_AT_LEAST_EVERY } else { FLUSH_EVERY };
        (self.starts_over || has_changes).then(|| self.flushed_at + wait)
    }

    fn tell(&mut self, desk: &mut Desk) {
        self.flushed_at = Instant::now();
        self.windows.tell(changes(desk, std::mem::take(&mut self.starts_over)));
    }
}

impl Session {
    pub(super) fn flush(&mut self) {
        self.screens.tell(&mut self.desk);
    }

    /// Starts over with an empty desk; every window draws it anew.
    pub(super) fn new_desk(&mut self, session: SessionView) {
        let problem = session.problem.clone().or_else(|| self.keeping.not_kept.as_ref().map(|why| why.0.clone()));
        self.desk = Desk::new(SessionView { problem, no_toasts: self.no_toasts.clone(), ..session });
        self.journal = Journal::default();
        self.room.forget();
        self.fetches.clear();
        self.lookups.clear();
        let now = (self.ports.clock)();
        self.desk.opened(now);
        if let Some(midnight) = midnight(now) {
            self.desk.day_began(midnight);
        }
        self.keeping.is_tidied = false;
        self.screens.starts_over = true;
    }
}

/// What the windows are told next. A new desk comes whole, and what changed on
/// it by then comes after it: who listens for one kind of change hears of it.
fn changes(desk: &mut Desk, starts_over: bool) -> Vec<Patch> {
    let changed = desk.take_changes();
    if !starts_over {
        return changed;
    }
    let reset = Patch::Reset { desk: Box::new(desk.view()) };
    [reset].into_iter().chain(changed).collect()
}

#[cfg(test)]
mod tests {
    use ringside_desk::Screen;
    use voipbin_client::{LinkReport, LinkState};

    use super::super::hearing::notice;
    use super::*;

    #[test]
    fn a_link_that_comes_up_before_the_new_desk_is_drawn_is_told_all_the_same() {
        let mut desk = Desk::new(SessionView::on(Screen::Desk));
        let live = LinkReport {
            state: LinkState::Live,
            dialect: None,
            socket: 1,
            wanted: Vec::new(),
            confirmed: Vec::new(),
            refused: Vec::new(),
            round_trip: None,
            why: None,
            instead: None,
        };
        desk.link(notice(live, None, None, 0), 0);
        let told = changes(&mut desk, true);
        assert!(matches!(told.first(), Some(Patch::Reset { .. })), "the whole desk first");
        assert!(told.iter().any(|patch| matches!(patch, Patch::PutLink { link } if link.live)));
    }
}
