//! What the desk says is carried out.

use ringside_desk::{Alert, AlertKind, Ask, KeptBack, Millis};
use ringside_words::{Message, say};
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
            Err(error) => self.desk.status_refused(say!("status-not-changed", why = in_words(&error))),
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

/// What a storm kept back, as the agent is told of it: a title and a second line.
pub(super) fn storm(kept: KeptBack) -> (Message, Message) {
    let sum = match (kept.texts, kept.waiting) {
        (texts, 0) => say!("alerts-more-texts", count = texts),
        (0, waiting) => say!("alerts-more-waiting", count = waiting),
        (texts, waiting) => say!("alerts-more", texts = texts, waiting = waiting),
    };
    (say!("alerts-storm"), sum)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_storm_is_one_sum_of_what_it_kept_back() {
        let body = |texts, waiting| storm(KeptBack { texts, waiting }).1;
        assert_eq!(body(90, 0), say!("alerts-more-texts", count = 90));
        assert_eq!(body(0, 1), say!("alerts-more-waiting", count = 1));
        assert_eq!(body(2, 3), say!("alerts-more", texts = 2, waiting = 3));
    }
}
