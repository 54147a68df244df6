//! What this desk listens to, beside what alerts and figures need.
//!
//! The seed asks to subscribe to what is needed only, and to unsubscribe what no
//! longer is. Flows, conferences, recordings and transcripts are needed while a
//! view shows them or a call is at this desk, and for ten minutes after that,
//! so that looking to and fro costs nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use tokio::time::Instant;
use voipbin_client::Extra;

/// What nobody has looked at for this long is let go of.
const UNSEEN: Duration = Duration::from_secs(600);

#[derive(Debug)]
pub(crate) struct Listening {
    /// The view that each window shows; none said so far where nobody looks.
    views: BTreeMap<String, String>,
    /// Some window says what it shows: before that, everything may be shown.
    is_told: bool,
    /// What the agent does not want at all.
    unwanted: BTreeSet<Extra>,
    needed_at: BTreeMap<Extra, Instant>,
    now: BTreeSet<Extra>,
}

/// What changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Changed {
    /// All that is listened to from now on.
    pub(crate) to: BTreeSet<Extra>,
    /// What was not listened to until now: its lists are to be read.
    pub(crate) anew: BTreeSet<Extra>,
}

impl Listening {
    pub(crate) fn new(now: Instant) -> Self {
        Self {
            views: BTreeMap::new(),
            is_told: false,
            unwanted: BTreeSet::new(),
            needed_at: Extra::ALL.into_iter().map(|extra| (extra, now)).collect(),
            now: Extra::ALL.into(),
        }
    }

    /// Which view a window shows, or that it shows none.
    pub(crate) fn shows(&mut self, window: String, view: Option<String>, now: Instant) {
        if !self.is_told {
            self.needed_at.values_mut().for_each(|at| *at = now);
        }
        self.is_told = true;
        match view {
            Some(view) => self.views.insert(window, view),
            None => self.views.remove(&window),
        };
    }

    /// What the agent has chosen not to hear of.
    pub(crate) fn leave_out(&mut self, unwanted: BTreeSet<Extra>) {
        self.unwanted = unwanted;
    }

    /// Whether it is listened to.
    pub(crate) fn hears(&self, extra: Extra) -> bool {
        self.now.contains(&extra)
    }

    /// What is listened to from now on, where that is something else.
    pub(crate) fn change(&mut self, has_call: bool, now: Instant) -> Option<Changed> {
        let needed: BTreeSet<Extra> = self.views.values().flat_map(|view| needed_by(view)).copied().collect();
        for (extra, at) in &mut self.needed_at {
            if needed.contains(extra) || (has_call && is_about_calls(*extra)) || !self.is_told {
                *at = now;
            }
        }
        let is_heard = |extra: &Extra| {
            let is_seen = self.needed_at.get(extra).is_some_and(|at| now < *at + UNSEEN);
            !self.unwanted.contains(extra) && (is_seen || !is_let_go(*extra))
        };
        let to: BTreeSet<Extra> = Extra::ALL.into_iter().filter(is_heard).collect();
        if to == self.now {
            return None;
        }
        let anew = to.difference(&self.now).copied().collect();
        self.now.clone_from(&to);
        Some(Changed { to, anew })
    }
}

/// By the name that the settings have for it.
pub(crate) fn extra_of(name: &str) -> Option<Extra> {
    Some(match name {
        "flows" => Extra::Flows,
        "conferences" => Extra::Conferences,
        "recordings" => Extra::Recordings,
        "transcripts" => Extra::Transcripts,
        "teamTexts" => Extra::TeamTexts,
        _ => return None,
    })
}

/// What a view of the window shows beside what is always there.
fn needed_by(view: &str) -> &'static [Extra] {
    match view {
        "flows" => &[Extra::Flows],
        "conferences" => &[Extra::Conferences],
        "recordings" => &[Extra::Recordings, Extra::Transcripts],
        "journal" => &Extra::ALL,
        _ => &[],
    }
}

/// What the customer's card and the controls show of a call at this desk.
fn is_about_calls(extra: Extra) -> bool {
    matches!(extra, Extra::Flows | Extra::Recordings | Extra::Transcripts)
}

/// Texts raise alerts: they are left out by choice only.
fn is_let_go(extra: Extra) -> bool {
    extra != Extra::TeamTexts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn minutes(minutes: u64) -> Duration {
        Duration::from_secs(60 * minutes)
    }

    fn shows(listening: &mut Listening, view: &str, now: Instant) {
        listening.shows("main".to_owned(), Some(view.to_owned()), now);
    }

    #[test]
    fn what_nobody_looks_at_is_let_go_after_ten_minutes_and_texts_never() {
        let start = Instant::now();
        let mut listening = Listening::new(start);
        shows(&mut listening, "desk", start);
        assert_eq!(listening.change(false, start + minutes(9)), None);
        let changed = listening.change(false, start + minutes(10)).unwrap();
        assert_eq!(changed.to, BTreeSet::from([Extra::TeamTexts]));
        assert_eq!(listening.change(false, start + minutes(11)), None, "once");
    }

    #[test]
    fn an_open_view_keeps_what_it_shows_and_opening_one_takes_it_again() {
        let start = Instant::now();
        let mut listening = Listening::new(start);
        shows(&mut listening, "flows", start);
        let changed = listening.change(false, start + minutes(600)).unwrap();
        assert_eq!(changed.to, BTreeSet::from([Extra::Flows, Extra::TeamTexts]));
        shows(&mut listening, "recordings", start + minutes(601));
        let changed = listening.change(false, start + minutes(601)).unwrap();
        assert_eq!(changed.anew, BTreeSet::from([Extra::Recordings, Extra::Transcripts]), "their lists are read");
        assert!(changed.to.contains(&Extra::Flows), "looked at a minute ago");
    }

    #[test]
    fn a_call_at_this_desk_needs_what_its_card_shows() {
        let start = Instant::now();
        let mut listening = Listening::new(start);
        shows(&mut listening, "desk", start);
        assert_eq!(listening.change(false, start + minutes(30)).unwrap().anew, BTreeSet::new());
        let changed = listening.change(true, start + minutes(31)).unwrap();
        assert_eq!(changed.anew, BTreeSet::from([Extra::Flows, Extra::Recordings, Extra::Transcripts]));
    }

    #[test]
    fn a_host_without_windows_hears_everything() {
        let start = Instant::now();
        assert_eq!(Listening::new(start).change(false, start + minutes(6000)), None);
    }

    #[test]
    fn what_the_agent_left_out_is_not_heard_whatever_is_open() {
        let start = Instant::now();
        let mut listening = Listening::new(start);
        shows(&mut listening, "journal", start);
        listening.leave_out(BTreeSet::from([Extra::Conferences, Extra::TeamTexts]));
        let changed = listening.change(true, start).unwrap();
        assert_eq!(changed.to, BTreeSet::from([Extra::Flows, Extra::Recordings, Extra::Transcripts]));
    }
}
