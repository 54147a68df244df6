//! What is looked at regularly (live-service.md, sections 4.12 and 7.7).

use std::time::Duration;

use ringside_desk::Millis;
use tokio::time::Instant;
use voipbin_client::{Class, List, Pages, RestError};
use voipbin_wire::{AgentFact, Fact, Timestamp, Told};

use super::work::Stage;
use super::{Done, Looked, Session};
use crate::reading::{PAGES, Purpose};
use crate::routine::Look;
use crate::surroundings::{COLLEAGUES, OWN_STATUS, QUEUES, Unread, surroundings};

/// A regular look asks for so many texts of a conversation: mostly there are none new.
const TEXTS: usize = 20;

/// What is around calls and texts, by what it is called where it could not be read whole.
const AROUND: [&str; 3] = [OWN_STATUS, COLLEAGUES, QUEUES];
/// What of it could not be read is tried again after this time.
const SURROUNDINGS_AGAIN: Duration = Duration::from_secs(60);

impl Session {
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
        self.read_next_conversation();
    }

    fn look(&mut self, look: Look) {
        let Some(work) = &mut self.work else { return };
        if look == Look::Everything {
            return self.compare();
        }
        let since = self.desk.read_from(work.whole_at);
        let (rest, account) = (work.rest.clone().of_class(Class::Routine), work.account.clone());
        self.jobs.spawn(async move {
            let result = match look {
                Look::Surroundings => {
                    let rest = rest.of_class(Class::CatchUp);
                    surroundings(&rest, &account).await.map(|read| Looked::Surroundings(Box::new(read)))
                }
                Look::Queues => rest.queue_names().await.map(Looked::Queues),
                Look::Me => rest.me().await.map(|me| Looked::Me(Box::new(me))),
                Look::OwnCalls => rest.list(&List::OwnCalls, since, 1).await.map(|listed| Looked::Told(listed.told)),
                Look::Conversations | Look::Everything => {
                    let mut pages = Pages::new(List::OwnConversations, Timestamp::from_micros(i64::MIN));
                    let mut told = Vec::new();
                    loop {
                        match rest.next_page(&mut pages).await {
                            Ok(page) => told.extend(page),
                            Err(error @ RestError::RateLimited { .. }) if pages.read() == 0 => break Err(error),
                            // What was read stays read.
                            Err(RestError::RateLimited { .. }) => {}
                            Err(error) => break Err(error),
                        }
                        if pages.is_done() || pages.read() >= PAGES {
                            break Ok(Looked::Conversations {
                                told,
                                requests: pages.read(),
                                is_whole: pages.is_done(),
                            });
                        }
                    }
                }
            };
            Done::Looked { look, result }
        });
    }

    /// What of these lists could not be read is said, until they are read whole.
    pub(super) fn could_not_read(&mut self, lists: &[&'static str], unread: Unread) {
        let now = (self.ports.clock)();
        let Some(work) = &mut self.work else { return };
        let whole = |what: &&str| lists.contains(what) && unread.iter().all(|(missed, _)| missed != what);
        work.unread.retain(|what, _| !whole(what));
        for (what, why) in unread {
            tracing::info!(what, why = why.id.as_ref(), "a list was not read to its end");
            let since = work.unread.get(what).map_or(now, |(_, since)| *since);
            work.unread.insert(what, (why, since));
        }
        self.say_what_is_not_read(now);
    }

    fn learn_me(&mut self, me: AgentFact, now: Millis) {
        self.desk.learn_me(me, now);
        if let Some(work) = self.work.as_mut().filter(|_| self.desk.may_ring_unseen()) {
            work.routine.status_matters(Instant::now());
        }
    }

    pub(super) async fn looked(&mut self, look: Look, result: Result<Looked, RestError>, now: Millis) {
        let Some(work) = &mut self.work else { return };
        work.routine.done(look);
        let since = work.whole_at;
        if look == Look::Conversations {
            self.texts_were_read(result.as_ref().err(), now);
        }
        match result {
            Ok(Looked::Surroundings(read)) => {
                let missed_some = !read.unread.is_empty();
                if let Some(me) = read.me {
                    self.compare_rights(&me);
                    self.learn_me(me, now);
                }
                self.desk.colleagues(read.colleagues, now);
                self.desk.queue_names(read.queues);
                self.could_not_read(&AROUND, read.unread);
                if let Some(work) = self.work.as_mut().filter(|_| missed_some) {
                    work.routine.look_again(Look::Surroundings, Instant::now() + SURROUNDINGS_AGAIN);
                }
            }
            Ok(Looked::Queues(queues)) => {
                self.desk.queue_names(queues.all);
                self.look_for_queues();
            }
            Ok(Looked::Me(me)) => {
                self.compare_rights(&me);
                self.learn_me(*me, now);
            }
            Ok(Looked::Told(told)) => told.iter().for_each(|told| self.desk.look(told, since, now)),
            Ok(Looked::Conversations { told, requests, is_whole }) => {
                let ids = self.met_conversations(&told, now);
                if let Some(work) = &mut self.work {
                    work.routine.conversations_took(u32::try_from(requests).unwrap_or(u32::MAX), Instant::now());
                    if is_whole {
                        work.turns.only(&ids);
                    }
                }
                self.read_next_conversation();
            }
            Err(RestError::Unauthorized) => self.refused_by_rest().await,
            Err(error) => tracing::info!(%error, ?look, "not told"),
        }
    }

    /// The lists are compared with the desk, for what was lost in silence.
    fn compare(&mut self) {
        let Some(work) = &mut self.work else { return };
        if work.reading.is_some() {
            return work.routine.done(Look::Everything);
        }
        let whole_at = work.whole_at;
        self.desk.looks_back(whole_at);
        let since = self.desk.read_from(whole_at);
        self.begin_reading(Purpose::Compare, since);
        self.read_on();
    }

    /// The conversation whose turn it is; see [`crate::turns`].
    pub(super) fn read_next_conversation(&mut self) {
        let open = self.desk.open_conversation().map(str::to_owned);
        let Some(work) = self.work.as_mut().filter(|work| matches!(work.stage, Stage::Live)) else { return };
        let Some(id) = work.turns.due(open.as_deref(), Instant::now()) else { return };
        let now = self.desk.service_time((self.ports.clock)());
        let since = work.turns.until(&id).unwrap_or(now);
        let pages =
            Pages::new(List::ConversationMessages(id.clone()), super::reading::overlapped(since)).of_size(TEXTS);
        self.ask_for_texts(id, pages, now);
    }

    fn ask_for_texts(&mut self, id: String, mut pages: Pages, began: Timestamp) {
        let Some(work) = &self.work else { return };
        let rest = work.rest.clone().of_class(Class::Routine);
        self.jobs.spawn(async move {
            let result = rest.next_page(&mut pages).await;
            Done::Turn { id, pages: Box::new(pages), began, result }
        });
    }

    /// A page of the texts of a conversation whose turn it is.
    pub(super) async fn turn_read(
        &mut self,
        id: String,
        pages: Pages,
        began: Timestamp,
        result: Result<Vec<Told>, RestError>,
        now: Millis,
    ) {
        let told = match result {
            Ok(told) => told,
            Err(error) => {
                let Some(work) = &mut self.work else { return };
                let is_gone = matches!(error, RestError::Forbidden { .. } | RestError::NotFound);
                if is_gone {
                    work.turns.gone(&id)
                } else {
                    work.turns.failed(&id)
                }
                self.texts_were_read(Some(&error).filter(|_| !is_gone), now);
                if matches!(error, RestError::Unauthorized) {
                    return self.refused_by_rest().await;
                }
                return tracing::info!(%error, "the texts of a conversation were not told");
            }
        };
        self.texts_were_read(None, now);
        self.desk.read_conversation(&id, &told, pages.whole_since(), now);
        if !pages.is_done() && pages.read() < PAGES {
            return self.ask_for_texts(id, pages, began);
        }
        self.conversation_was_read(&id, began, &told);
    }

    pub(super) fn conversation_was_read(&mut self, id: &str, began: Timestamp, told: &[Told]) {
        self.desk.conversation_was_read(id);
        if let Some(work) = &mut self.work {
            let newest = told.iter().filter_map(|told| told.fact.at()).max();
            work.turns.read(id, began, newest, Instant::now());
            work.missed.remove(id);
        }
    }

    /// The conversations on a page: what they are called, those whose texts are
    /// to be read.
    pub(super) fn met_conversations(&mut self, told: &[Told], now: Millis) -> std::collections::BTreeSet<String> {
        let mut ids = std::collections::BTreeSet::new();
        for told in told {
            self.desk.relearn(told, now);
            let (Fact::Conversation(fact), Some(work)) = (&told.fact, &mut self.work) else { continue };
            let Some(id) = fact.id.as_deref().filter(|_| work.reads_texts_of(fact)) else { continue };
            work.turns.met(id, fact.tm_update.or(fact.tm_create));
            ids.insert(id.to_owned());
        }
        ids
    }
}
