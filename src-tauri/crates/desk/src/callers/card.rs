//! Calls at this desk: those that ring here and those the agent talks on.

use ringside_words::{Message, say};
use voipbin_wire::Timestamp;

use crate::Millis;
use crate::alert::{About, Alert, AlertKind};
use crate::callers::queues::{Queue, Queues};
use crate::callers::record::{Caller, Marks};
use crate::callers::steering::Account;
use crate::callers::unseen::UNSEEN;
use crate::moment::{Heard, Moment};
use crate::numbers::shown_number;
use crate::shelf::set;
use crate::view::{CallStage, CallView, ControlsView};

/// A ringing call that was told before a loss of the link and not since is over
/// after this time, …
const RINGING_STALE_FOR: Millis = 60_000;
/// … and one that was talked on after this.
const TALKING_STALE_FOR: Millis = 4 * 3_600_000;

/// A call that has rung this long without any news is taken to be over: its
/// end was told to somebody else, or to nobody.
pub(crate) const RINGS_AT_MOST: Millis = 180_000;

/// A call as it is at this desk, and when its newest fact was true.
#[derive(Debug)]
pub(crate) struct Here {
    pub(crate) stage: CallStage,
    pub(crate) since: Millis,
    pub(crate) rang_at: Millis,
    pub(crate) waited_s: Option<i64>,
    /// The queue that it came through, as far as only queues tell.
    queue: Option<Queue>,
    pub(crate) is_stale: bool,
    pub(crate) stale_since: Option<Millis>,
    pub(crate) at: Heard,
    news_at: Millis,
    pub(crate) controls: ControlsView,
    /// The ring of the transfer under way, by which it is told of.
    pub(crate) transfer_ring: Option<Box<str>>,
}

impl Here {
    /// See [`Desk::clock_jumped`](crate::Desk::clock_jumped).
    pub(crate) fn clock_jumped(&mut self, by: Millis, shown: Millis) {
        self.news_at += by;
        self.stale_since = self.stale_since.map(|since| since + by);
        self.rang_at += shown;
        self.since += shown;
    }

    /// Whether it rings without end, or was told before a loss and never since.
    pub(crate) fn is_old(&self, now: Millis) -> bool {
        match (self.stage, self.stale_since) {
            (CallStage::Ringing, Some(since)) => now - since >= RINGING_STALE_FOR,
            (CallStage::Ringing, None) => now - self.news_at >= RINGS_AT_MOST,
            (CallStage::Talking, Some(since)) => now - since >= TALKING_STALE_FOR,
            (CallStage::Talking, None) => false,
        }
    }
}

impl Caller {
    /// Puts the call on the desk.
    pub(crate) fn is_here(&mut self, stage: CallStage, began: Millis, moment: &Moment) {
        self.here = Some(Box::new(Here {
            stage,
            since: began,
            rang_at: began,
            waited_s: None,
            queue: None,
            is_stale: false,
            stale_since: None,
            at: Heard::default(),
            news_at: moment.now,
            controls: ControlsView::default(),
            transfer_ring: None,
        }));
        self.changed.add(Marks::CARD);
    }

    /// The call was told of: it is not in doubt.
    pub(crate) fn is_heard_of(&mut self, at: Option<Timestamp>, moment: &Moment) {
        let heard = moment.heard();
        let Some(here) = &mut self.here else { return };
        here.stale_since = None;
        self.changed.add_if(set(&mut here.is_stale, false), Marks::CARD);
        if at.is_some() && !heard.is_older(here.at) {
            here.at = heard;
        }
        here.news_at = moment.now;
    }

    /// The link is lost: the call may be over.
    pub(crate) fn is_doubted(&mut self, now: Millis) {
        let Some(here) = &mut self.here else { return };
        if set(&mut here.is_stale, true) {
            here.stale_since = Some(now);
            self.changed.add(Marks::CARD);
        }
    }

    /// Adds what the queue knows of a call here.
    pub(crate) fn dress(&mut self) {
        let (Some(here), Some(wait)) = (&mut self.here, &self.wait) else { return };
        if here.queue.is_none() && wait.queue.is_some() {
            here.queue = wait.queue;
            self.changed.add(Marks::CARD);
        }
        if here.waited_s.is_none() {
            here.waited_s = Some(((here.rang_at - wait.since) / 1000).max(0));
            self.changed.add(Marks::CARD);
        }
    }

    /// The agent's status says that this call was answered. It stays in doubt:
    /// its end may have been missed, too.
    pub(crate) fn is_answered_by_status(&mut self, since: Millis, now: Millis) {
        self.trail.answered(Heard::new(None, now), true);
        let Some(here) = &mut self.here else { return };
        (here.stage, here.since) = (CallStage::Talking, since);
        here.stale_since = Some(now);
        self.changed.add(Marks::CARD);
    }

    /// The call as the window draws it, if it is at this desk.
    pub(crate) fn card(&self, queues: &Queues, name: Option<&str>, account: Account) -> Option<CallView> {
        let here = self.here.as_ref()?;
        Some(CallView {
            id: self.id.to_string(),
            stage: here.stage,
            inbound: self.party.is_inbound(),
            unseen: *self.id == *UNSEEN,
            name: name.or(self.party.name.as_deref()).map(str::to_owned),
            number: self.party.number().to_owned(),
            our_number: self.party.our_number().to_owned(),
            queue: self.queue.or(here.queue).map(|queue| queues.name(queue)),
            waited_s: here.waited_s,
            since: here.since,
            stale: here.is_stale,
            off: self.off(account),
            controls: here.controls.clone(),
        })
    }
}

/// What the notice of a ringing call is called.
pub(crate) fn key(id: &str) -> String {
    format!("call {id}")
}

/// Who it is.
pub(crate) fn caller(name: Option<&str>, number: &str) -> Message {
    match name {
        Some(name) => Message::verbatim(name),
        None if number.is_empty() => say!("common-unknown-caller"),
        None => shown_number(number),
    }
}

fn second_line(call: &CallView) -> Message {
    let waited = call.waited_s.filter(|seconds| *seconds > 0);
    let waited = waited.map(|seconds| say!("calls-waited", time = say!("common-seconds", seconds = seconds)));
    let number = call.name.is_some().then(|| shown_number(&call.number));
    let queue = call.queue.as_deref().map(Message::verbatim);
    Message::beside([number, queue, waited].into_iter().flatten())
}

/// The notice that a call rings.
pub(crate) fn ringing(call: &CallView) -> Alert {
    let (title, body) = match call.id.as_str() {
        UNSEEN => (say!("calls-unseen"), say!("calls-unseen-what")),
        _ => (say!("alerts-is-calling", name = caller(call.name.as_deref(), &call.number)), second_line(call)),
    };
    Alert::Raise {
        key: key(&call.id),
        kind: AlertKind::Ringing,
        title,
        body,
        about: About::Call { id: call.id.clone(), number: call.number.clone() },
    }
}
