//! Lists: what was missed is read, and what may have been is looked at.

use std::time::Duration;

use ringside_desk::Millis;
use tokio::time::{Instant, sleep};
use voipbin_client::{Class, List, Listed, RestError};

use super::{Done, Looked, Session, Stage};
use crate::reread::{Reread, conversations, reread, surroundings};
use crate::routine::Look;

/// Lists that could not be read are asked for again after this time, doubling, …
const REREAD_AGAIN: Duration = Duration::from_millis(500);
/// … and this at most.
const REREAD_AGAIN_AT_MOST: Duration = Duration::from_secs(15);

impl Session {
    /// Reads what was missed before this socket, after a wait.
    pub(super) fn catch_up(&mut self, socket: u64, wait: Duration, now: Millis) {
        let since = self.desk.service_time(self.desk.missing_since().unwrap_or(now));
        let Some(work) = &mut self.work else { return };
        let (rest, account) = (work.rest.clone().of_class(Class::CatchUp), work.account.clone());
        let reading = self.jobs.spawn(async move {
            sleep(wait).await;
            Done::Reread { socket, result: Box::new(reread(&rest, &account, since).await) }
        });
        work.stage = Stage::CatchingUp { socket, reading };
    }

    pub(super) async fn reread_done(&mut self, socket: u64, result: Result<Reread, RestError>, now: Millis) {
        let Some(work) = &mut self.work else { return };
        if !matches!(work.stage, Stage::CatchingUp { socket: of, .. } if of == socket) {
            return;
        }
        match result {
            Ok(read) => {
                work.rereads += 1;
                work.rereads_failed = 0;
                work.connection.caught_up(socket).await;
                self.take_in(read, now);
            }
            Err(RestError::Unauthorized) => self.refused_by_rest().await,
            Err(error) => {
                work.rereads_failed += 1;
                let doubled = REREAD_AGAIN.saturating_mul(1 << work.rereads_failed.min(5));
                let wait = doubled.min(REREAD_AGAIN_AT_MOST).mul_f64(0.5 + self.dice.f64() / 2.0);
                tracing::info!(%error, ?wait, "what was missed could not be read yet");
                self.catch_up(socket, wait, now);
            }
        }
    }

    pub(super) fn take_in(&mut self, read: Reread, now: Millis) {
        for told in &read.told {
            self.desk.relearn(told, now);
        }
        self.desk.caught_up(read.covered, now);
        if let Some(work) = &mut self.work {
            work.whole_at = now;
        }
    }

    /// The live service does not say in which queue somebody waits; its list of
    /// queues does (live-service.md, section 3.6), to those who may see it.
    pub(super) fn look_for_queues(&mut self) {
        if let Some(work) = self.work.as_mut().filter(|work| work.account.is_manager())
            && self.desk.has_unplaced_waits()
        {
            work.routine.queue_unknown(Instant::now());
        }
    }

    pub(super) fn look_around(&mut self) {
        let Some(work) = self.work.as_mut().filter(|work| matches!(work.stage, Stage::Live)) else { return };
        for look in work.routine.due(Instant::now()) {
            if look == Look::Surroundings {
                self.read_talks();
            }
            self.look(look);
        }
    }

    pub(super) fn look(&mut self, look: Look) {
        let open = self.desk.open_conversation().map(str::to_owned);
        let Some(work) = &mut self.work else { return };
        let since = self.desk.service_time(work.whole_at);
        let (rest, account) = (work.rest.clone().of_class(Class::Routine), work.account.clone());
        if look == Look::OpenConversation && open.is_none() {
            return work.routine.done(look);
        }
        if look == Look::Everything {
            self.desk.looks_back(work.whole_at);
        }
        self.jobs.spawn(async move {
            let told = |listed: Result<Listed, RestError>| listed.map(|listed| Looked::Told(listed.told));
            let result = match look {
                Look::Everything => reread(&rest, &account, since).await.map(|read| Looked::Everything(Box::new(read))),
                Look::Surroundings => {
                    let rest = rest.of_class(Class::CatchUp);
                    surroundings(&rest, &account).await.map(|read| Looked::Surroundings(Box::new(read)))
                }
                Look::Queues => rest.queue_names().await.map(Looked::Queues),
                Look::Me => rest.me().await.map(|me| Looked::Me(Box::new(me))),
                Look::OwnCalls => told(rest.list(&List::OwnCalls, since, 1).await),
                Look::Conversations => conversations(&rest, since).await.map(Looked::Told),
                Look::OpenConversation => {
                    told(rest.list(&List::ConversationMessages(open.unwrap_or_default()), since, 1).await)
                }
            };
            Done::Looked { look, result }
        });
    }

    pub(super) async fn looked(&mut self, look: Look, result: Result<Looked, RestError>, now: Millis) {
        let Some(work) = &mut self.work else { return };
        work.routine.done(look);
        let since = work.whole_at;
        match result {
            Ok(Looked::Everything(read)) => {
                if matches!(work.stage, Stage::Live) {
                    work.rereads += 1;
                    self.take_in(*read, now);
                }
            }
            Ok(Looked::Surroundings(read)) => {
                if let Some(me) = read.me {
                    self.desk.learn_me(me, now);
                }
                self.desk.colleagues(read.colleagues);
                self.desk.queue_names(read.queues);
            }
            Ok(Looked::Queues(queues)) => {
                self.desk.queue_names(queues);
                self.look_for_queues();
            }
            Ok(Looked::Me(me)) => self.desk.learn_me(*me, now),
            Ok(Looked::Told(told)) => told.iter().for_each(|told| self.desk.look(told, since, now)),
            Err(RestError::Unauthorized) => self.refused_by_rest().await,
            Err(error) => tracing::info!(%error, ?look, "not told"),
        }
    }
}
