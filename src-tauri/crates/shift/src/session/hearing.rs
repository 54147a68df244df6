//! What the link brings: events, and its own state.

use std::time::Duration;

use ringside_desk::{LinkNotice, LinkStage, Millis, SpokenAs};
use ringside_words::say;
use tokio::time::Instant;
use voipbin_client::{Dialect, LinkReport, LinkState, News};
use voipbin_wire::{Fact, Scope, Told, Topic};

use super::Session;
use super::millis;
use super::work::Stage;

impl Session {
    pub(super) async fn hear(&mut self, news: Vec<News>) {
        self.look_at_clocks();
        let now = (self.ports.clock)();
        for news in news {
            if self.work.is_none() {
                // Somebody else's, by now.
                return;
            }
            match news {
                News::Told(told) => self.learn(&told, now),
                News::Unknown { kind, why } => {
                    self.journal.write_unknown(kind.as_deref().unwrap_or("unknown"), now);
                    tracing::debug!(kind, ?why, "a frame was not understood");
                    self.desk.not_understood();
                }
                News::Link { report, retry_in, proven_ago } => {
                    self.link_moved(*report, retry_in, proven_ago, now).await;
                }
            }
        }
    }

    pub(super) fn learn(&mut self, told: &Told, now: Millis) {
        if let Fact::Agent(agent) = &told.fact {
            self.compare_rights(agent);
        }
        match (&told.fact, &mut self.work) {
            (Fact::Ring(_), Some(work)) => work.routine.ring_changed(Instant::now()),
            (Fact::Conversation(fact), Some(work)) => {
                if let Some(id) = fact.id.as_deref() {
                    if work.reads_texts_of(fact) {
                        work.turns.news(id, Instant::now());
                    } else {
                        work.turns.gone(id);
                    }
                }
            }
            _ => {}
        }
        if let Some(tap) = &mut self.ports.tap {
            tap(told);
        }
        self.journal.write(told, now);
        self.desk.learn(told, now);
        self.talk_learned(&told.fact);
        if matches!(told.fact, Fact::Queue(_)) {
            self.look_for_queues();
        }
    }

    pub(super) async fn link_moved(
        &mut self,
        report: LinkReport,
        retry_in: Option<Duration>,
        proven_ago: Option<Duration>,
        now: Millis,
    ) {
        let (state, socket, dialect) = (report.state, report.socket, report.dialect);
        let proven_at = proven_ago.map(|ago| now.saturating_sub(millis(ago)));
        let Some(work) = &mut self.work else { return };
        if state == LinkState::Refused && !work.was_live {
            return self.sign_in_refused().await;
        }
        let found = work.account.only.is_none() && dialect.is_some() && work.account.dialect != dialect;
        if found {
            work.account.dialect = dialect;
        }
        if let Some(is_refused) = customer_refused(&report) {
            work.hears_of_customer(!is_refused);
        }
        let was_reading = matches!(work.stage, Stage::CatchingUp { socket: of } if of == socket);
        match state {
            LinkState::CatchingUp if was_reading => {}
            LinkState::CatchingUp => self.catch_up(socket, now),
            LinkState::Live => {
                work.went_live(now);
                self.look_around();
            }
            _ => {
                work.went_down(proven_at.unwrap_or(now));
                self.abandon_reading();
                self.desk.not_read(None);
            }
        }
        self.desk.link(notice(report, retry_in, proven_at, now), now);
        if state == LinkState::Refused {
            self.ask_again(say!("sign-in-refused"));
        }
        if found {
            self.keep();
        }
    }
}

/// Whether topics of the customer are refused; none while that is not known.
fn customer_refused(report: &LinkReport) -> Option<bool> {
    let is_of_customer = |topic: &Topic| *topic.scope() == Scope::Customer;
    if report.refused.iter().any(|refused| is_of_customer(&refused.topic)) {
        return Some(true);
    }
    let is_settled = report.state == LinkState::Live && report.wanted.len() == report.confirmed.len();
    (is_settled && report.confirmed.iter().any(is_of_customer)).then_some(false)
}

pub(super) fn notice(
    report: LinkReport,
    retry_in: Option<Duration>,
    proven_at: Option<Millis>,
    now: Millis,
) -> LinkNotice {
    LinkNotice {
        stage: match report.state {
            LinkState::Disconnected => LinkStage::Disconnected,
            LinkState::Connecting => LinkStage::Connecting,
            LinkState::Connected => LinkStage::Connected,
            LinkState::CatchingUp => LinkStage::CatchingUp,
            LinkState::Live => LinkStage::Subscribed,
            LinkState::Reconnecting { attempt, .. } => LinkStage::Reconnecting { attempt },
            LinkState::Refused => LinkStage::Refused,
        },
        retry_at: retry_in.map(|wait| now.saturating_add(millis(wait))),
        round_trip_ms: report.round_trip.map(millis),
        confirmed: report.confirmed,
        refused: report.refused.into_iter().map(|refused| (refused.topic, refused.code, refused.said)).collect(),
        why: report.why,
        proven_at,
        instead: report.instead.map(|dialect| match dialect {
            Dialect::Documented => SpokenAs::Documented,
            Dialect::Live => SpokenAs::Live,
        }),
    }
}

#[cfg(test)]
mod tests {
    use voipbin_client::RefusedTopic;
    use voipbin_wire::ErrorCode;

    use super::*;

    #[test]
    fn topics_of_the_customer_count_as_refused_until_the_service_takes_them() {
        let topic = |text: &str| Topic::parse(text).unwrap();
        let (mine, all) =
            (topic("agent_id:98765432-4321-4321-4321-210987654321:call:*"), topic("customer_id:c:message:*"));
        let report = |state, confirmed: &[&Topic], refused: &[&Topic]| LinkReport {
            state,
            dialect: None,
            socket: 1,
            wanted: [confirmed, refused].concat().into_iter().cloned().collect(),
            confirmed: confirmed.iter().map(|topic| (*topic).clone()).collect(),
            refused: refused
                .iter()
                .map(|topic| RefusedTopic {
                    topic: (*topic).clone(),
                    code: ErrorCode::PermissionDenied,
                    said: String::new(),
                })
                .collect(),
            round_trip: None,
            why: None,
            instead: None,
        };
        assert_eq!(customer_refused(&report(LinkState::Live, &[&mine], &[&all])), Some(true));
        assert_eq!(customer_refused(&report(LinkState::Connecting, &[], &[])), None, "nothing is known yet");
        assert_eq!(customer_refused(&report(LinkState::Live, &[&mine, &all], &[])), Some(false));
        assert_eq!(customer_refused(&report(LinkState::Live, &[&mine], &[])), None, "a plain agent asks for none");
    }
}
