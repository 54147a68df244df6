//! What the desk says is carried out.

use ringside_desk::{Alert, AlertKind, Ask, Millis};
use ringside_words::text;
use voipbin_client::{Rest, RestError};
use voipbin_wire::{AgentFact, AgentStatus};

use super::{Done, Session};
use crate::problem::in_words;

impl Session {
    /// Does what the desk said since it was last asked.
    pub(super) fn carry_out(&mut self) {
        let now = (self.ports.clock)();
        // Who wants no texts has to be known before any leaves.
        let due = if self.keeping.is_restored { self.desk.take_due_replies(now) } else { Vec::new() };
        let out = self.desk.take_out();
        self.keep_and_send(out.records, due);
        if out.alerts.iter().any(|alert| matches!(alert, Alert::Raise { kind: AlertKind::Ringing, .. })) {
            // The pop comes up with the call already in it.
            self.flush();
        }
        self.ask_for_status(out.statuses);
        out.chores.into_iter().for_each(|chore| self.do_chore(chore));
        for alert in out.alerts {
            self.raised.take(alert, now).into_iter().for_each(|alert| self.ports.bell.ring(alert));
        }
        for ask in out.asks {
            match ask {
                Ask::WhoIs { number, is_urgent } => self.look_up(number, is_urgent),
                Ask::Customer { number, contact, events } => self.look_closer(number, contact, events),
            }
        }
    }

    pub(super) fn ask_for_status(&mut self, statuses: impl IntoIterator<Item = AgentStatus>) {
        for status in statuses {
            self.request(|rest| async move { Done::Status(rest.set_status(&status).await) });
        }
    }

    pub(super) fn status_answered(&mut self, result: Result<AgentFact, RestError>, now: Millis) {
        match result {
            Ok(me) => self.desk.learn_me(AgentFact { tm_update: None, ..me }, now),
            Err(error) => self.desk.status_refused(text!("status-not-changed", why = in_words(&error))),
        }
    }

    pub(super) fn request<F: Future<Output = Done> + Send + 'static>(&mut self, make: impl FnOnce(Rest) -> F) {
        if let Some(work) = &self.work {
            self.jobs.spawn(make(work.rest.clone()));
        }
    }

    /// Takes back every alert that is up.
    pub(super) fn silence(&mut self) {
        self.raised.clear().into_iter().for_each(|alert| self.ports.bell.ring(alert));
    }
}
