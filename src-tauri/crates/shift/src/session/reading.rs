//! Lists are read over REST: what was missed, and what may have been.

use std::time::Duration;

use ringside_desk::{Around, Covered, Millis, NotReadView};
use ringside_words::{Message, say};
use tokio::time::{Instant, sleep_until};
use voipbin_client::{Class, Extra, List, Pages, RestError};
use voipbin_wire::{ConversationFact, Timestamp, Told};

use super::{Done, Session, Stage, Work};
use crate::problem::in_words;
use crate::reading::{Next, Purpose, Reading, UnreadLists};
use crate::routine::Look;

/// Lists are read back to this long before the loss.
const OVERLAP_MS: i64 = 120_000;
/// A reading that takes longer says what it still reads.
const SAID_AFTER: Duration = Duration::from_secs(5);
/// Texts that could not be read once are no news for this long.
const TEXTS_FAIL_FOR: Millis = 60_000;

/// A little earlier: clocks differ, and texts are listed a little late.
pub(super) fn overlapped(at: Timestamp) -> Timestamp {
    Timestamp::from_millis(at.as_millis().saturating_sub(OVERLAP_MS))
}

/// How far back texts are read: to where the last reading ended, which may be
/// before the gap. The clock by which it was read may have been wrong, so never
/// from later than the gap.
fn back_to(read_until: Option<Timestamp>, gap: Timestamp) -> Timestamp {
    overlapped(read_until.map_or(gap, |until| until.min(gap)))
}

/// The list of what is around calls.
fn list(what: Around) -> List {
    match what {
        Around::Flows => List::Flows,
        Around::Conferences => List::Conferences,
        Around::Recordings => List::Recordings,
    }
}

/// As what it is listened to.
fn extra(what: Around) -> Extra {
    match what {
        Around::Flows => Extra::Flows,
        Around::Conferences => Extra::Conferences,
        Around::Recordings => Extra::Recordings,
    }
}

/// Whether texts come, where only lists tell of them.
#[derive(Debug, Default)]
pub(super) struct TextsRead {
    /// When they last did.
    at: Millis,
    failures: u32,
    why: Option<Message>,
}

impl TextsRead {
    /// They are read from now on.
    pub(super) fn since(now: Millis) -> Self {
        Self { at: now, ..Self::default() }
    }

    fn fail(&self, now: Millis) -> bool {
        self.failures > 1 || (self.failures == 1 && now - self.at >= TEXTS_FAIL_FOR)
    }
}

impl Work {
    /// Whether no event tells of the texts of a conversation, or other events
    /// than those of SMS do: those that a list of all SMS does not hold.
    pub(super) fn reads_texts_of(&self, fact: &ConversationFact) -> bool {
        let is_there = fact.tm_delete.is_none();
        let is_own = fact.agent_id.as_deref() == self.account.agent_id.map(|id| id.to_string()).as_deref();
        let is_told = self.account.is_manager() && !self.is_refused;
        is_there && if is_told { fact.kind.as_deref() != Some("message") } else { is_own || self.account.is_manager() }
    }
}

impl Session {
    /// Reads what was missed before this socket.
    pub(super) fn catch_up(&mut self, socket: u64, now: Millis) {
        let since = self.desk.read_from(self.desk.missing_since().unwrap_or(now));
        let Some(work) = &mut self.work else { return };
        work.stage = Stage::CatchingUp { socket };
        self.begin_reading(Purpose::CatchUp { socket }, since);
        self.read_on();
    }

    /// Reads it once more from its beginning, after a while.
    pub(super) fn catch_up_again(&mut self, socket: u64, after: Duration, now: Millis) {
        let since = self.desk.read_from(self.desk.missing_since().unwrap_or(now));
        self.begin_reading(Purpose::CatchUp { socket }, since);
        if let Some(reading) = self.work.as_mut().and_then(|work| work.reading.as_mut()) {
            reading.rest_until(Instant::now() + after);
        }
        self.read_on();
    }

    /// Texts that came while no desk of this ledger was there: some of them may
    /// say STOP, though they are no news.
    pub(super) fn read_texts_back_to(&mut self, since: Timestamp) {
        let Some(work) = &mut self.work else { return };
        work.texts_since = Some(since);
        match work.stage {
            Stage::CatchingUp { socket } => self.catch_up(socket, (self.ports.clock)()),
            Stage::Live => {
                self.begin_reading(Purpose::Texts, since);
                self.read_on();
            }
            // They are read with what else was missed.
            Stage::Down => {}
        }
    }

    /// Which lists are to be read, the ones that calls wait for first.
    pub(super) fn begin_reading(&mut self, purpose: Purpose, since: Timestamp) {
        self.abandon_reading();
        let began = self.desk.service_time((self.ports.clock)());
        let open = self.desk.open_conversation().map(str::to_owned);
        let doubted = Around::ALL.map(|what| (what, self.desk.in_doubt_since(what).map(|at| self.desk.read_from(at))));
        let Some(work) = &mut self.work else { return };
        work.readings += 1;
        let mut reading = Reading::new(work.readings, purpose, began, Instant::now());
        let back = overlapped(since);
        let is_manager = work.account.is_manager();
        let reads_calls = purpose != Purpose::Texts;
        if reads_calls && is_manager {
            for list in [List::Rings, List::Calls, List::Waits] {
                reading.add(Pages::new(list, back));
            }
        } else if reads_calls {
            reading.add(Pages::new(List::OwnCalls, back));
        }
        if is_manager {
            let texts = back_to(work.messages_until, since);
            reading.add(Pages::new(List::Messages, texts.min(work.texts_since.unwrap_or(texts))));
        }
        // While events arrive, conversations have their turn one by one.
        if purpose != Purpose::Compare {
            for id in work.turns.in_order(open.as_deref()) {
                reading.add(work.texts_of(&id, since));
            }
        }
        if is_manager || purpose != Purpose::Compare {
            // A manager or an access key sees them all: once known, only new ones are looked for.
            let all = Timestamp::from_micros(i64::MIN);
            let knows_all = is_manager && work.knows_conversations;
            reading.add(Pages::new(List::OwnConversations, if knows_all { back } else { all }));
        }
        if reads_calls && is_manager {
            // What is not listened to stays in doubt.
            for (what, doubted) in doubted.into_iter().filter(|(what, _)| work.listening.hears(extra(*what))) {
                reading.add(Pages::new(list(what), doubted.map_or(back, |doubted| doubted.min(back))));
            }
        }
        work.listed.clear();
        work.reading_since = since;
        work.reading = Some(reading);
    }

    /// Some of what is around calls is listened to again, or no longer: what runs
    /// of it is in doubt until its list is read.
    pub(super) fn hear_around_anew(&mut self) {
        let now = (self.ports.clock)();
        let began = self.desk.service_time(now);
        for what in Around::ALL {
            let Some(work) = &mut self.work else { return };
            if !work.listening.hears(extra(what)) {
                work.unheard_since.entry(what).or_insert(now);
                self.desk.doubt(what);
                continue;
            }
            let Some(unheard) = work.unheard_since.remove(&what).filter(|_| work.account.is_manager()) else {
                continue;
            };
            let since = self.desk.in_doubt_since(what).map_or(unheard, |doubted| doubted.min(unheard));
            let pages = Pages::new(list(what), overlapped(self.desk.read_from(since)));
            let reading = work.reading.get_or_insert_with(|| {
                work.readings += 1;
                Reading::new(work.readings, Purpose::Around, began, Instant::now())
            });
            reading.add(pages);
        }
        self.read_on();
    }

    /// The agent opened a conversation: its texts are read next.
    pub(super) fn read_the_open_one(&mut self) {
        let open = self.desk.open_conversation().map(str::to_owned);
        if let Some(reading) = self.work.as_mut().and_then(|work| work.reading.as_mut())
            && let Some(open) = open
        {
            reading.hurry(&List::ConversationMessages(open));
        }
        self.read_next_conversation();
    }

    /// Whatever was being read is not read on.
    pub(super) fn abandon_reading(&mut self) {
        let Some(work) = &mut self.work else { return };
        work.asking.drain(..).for_each(|asking| asking.abort());
        if work.reading.take().is_some_and(|reading| reading.purpose == Purpose::Compare) {
            work.routine.done(Look::Everything);
        }
    }

    /// Asks for what is to be read next, as far as it may be now.
    pub(super) fn read_on(&mut self) {
        loop {
            let Some(work) = &mut self.work else { return };
            let Some(reading) = &mut work.reading else { return };
            let id = reading.id;
            let asking = match reading.next(Instant::now()) {
                Next::Ask(part, mut pages) => {
                    let class = if reading.purpose == Purpose::Compare { Class::Routine } else { Class::CatchUp };
                    let rest = work.rest.clone().of_class(class);
                    self.jobs.spawn(async move {
                        let result = rest.next_page(&mut pages).await;
                        Done::Page { reading: id, part, pages: Box::new(pages), result }
                    })
                }
                Next::Wait(at) => {
                    let asking = self.jobs.spawn(async move {
                        sleep_until(at).await;
                        Done::ReadOn { reading: id }
                    });
                    work.asking.push(asking);
                    return;
                }
                Next::Hear => return,
                Next::Done => {
                    self.jobs.spawn(async move { Done::AllRead { reading: id } });
                    return;
                }
            };
            work.asking.retain(|asking| !asking.is_finished());
            work.asking.push(asking);
        }
    }

    /// A page that was asked for, or why there is none.
    pub(super) async fn page_read(
        &mut self,
        id: u64,
        part: usize,
        pages: Pages,
        result: Result<Vec<Told>, RestError>,
        now: Millis,
    ) {
        let chance = self.dice.f64();
        let Some(work) = &mut self.work else { return };
        let Some(reading) = work.reading.as_mut().filter(|reading| reading.id == id) else { return };
        let (list, whole_since) = (pages.list().clone(), pages.whole_since());
        let mut is_refused = false;
        match result {
            Ok(told) => {
                let is_read = reading.read(part, pages);
                self.hand_on(&list, &told, whole_since, is_read, now);
            }
            Err(error) => {
                is_refused = matches!(error, RestError::Unauthorized);
                work.rereads_failed += 1;
                let is_over = reading.failed(part, pages, &error, chance, Instant::now());
                tracing::info!(%error, ?list, "a list could not be read");
                if let List::ConversationMessages(id) = &list
                    && matches!(error, RestError::Forbidden { .. } | RestError::NotFound)
                {
                    work.turns.gone(id);
                }
                if is_over {
                    self.calls_were_read(now);
                }
            }
        }
        if is_refused {
            self.refused_by_rest().await;
        }
        self.read_on();
        self.say_what_is_not_read(now);
    }

    /// Time to read on, after a wait.
    pub(super) fn read_on_after(&mut self, id: u64) {
        if self.work.as_ref().and_then(|work| work.reading.as_ref()).is_some_and(|reading| reading.id == id) {
            self.read_on();
        }
    }

    fn hand_on(&mut self, list: &List, told: &[Told], whole_since: Option<Timestamp>, is_read: bool, now: Millis) {
        let Some(work) = &mut self.work else { return };
        let Some(reading) = &mut work.reading else { return };
        let began = reading.began;
        match list {
            List::Rings | List::Calls | List::Waits | List::OwnCalls => {
                reading.hold(list, told.to_vec(), whole_since);
                self.calls_were_read(now);
            }
            List::OwnConversations => {
                let ids = self.met_conversations(told, now);
                let Some(work) = &mut self.work else { return };
                let since = work.reading_since;
                let is_compared = work.reading.as_ref().is_some_and(|reading| reading.purpose == Purpose::Compare);
                for id in ids.iter().filter(|_| !is_compared) {
                    let pages = work.texts_of(id, since);
                    work.reading.iter_mut().for_each(|reading| reading.add(pages.clone()));
                }
                work.listed.extend(ids);
                if is_read && whole_since == Some(Timestamp::from_micros(i64::MIN)) {
                    work.knows_conversations = true;
                    work.turns.only(&work.listed);
                }
            }
            List::ConversationMessages(id) => {
                self.desk.read_conversation(id, told, whole_since, now);
                if is_read {
                    self.conversation_was_read(id, began, told);
                }
            }
            List::Messages => {
                told.iter().for_each(|told| self.desk.relearn(told, now));
                if is_read {
                    work.messages_until = Some(began);
                    whole_since.into_iter().for_each(|since| self.desk.texts_were_listed(since));
                }
            }
            List::Flows => self.around_read(Around::Flows, told, whole_since, is_read, now),
            List::Conferences => self.around_read(Around::Conferences, told, whole_since, is_read, now),
            List::Recordings => self.around_read(Around::Recordings, told, whole_since, is_read, now),
            List::Talks | List::Channels | List::TalkMessages(_) => {
                told.iter().for_each(|told| self.desk.relearn(told, now));
            }
        }
    }

    fn around_read(&mut self, what: Around, told: &[Told], whole: Option<Timestamp>, is_read: bool, now: Millis) {
        told.iter().for_each(|told| self.desk.relearn(told, now));
        if let Some(whole) = whole.filter(|_| is_read) {
            self.desk.confirmed_around(what, whole, now);
        }
    }

    /// Calls, rings and waits are merged together, once all are there.
    fn calls_were_read(&mut self, now: Millis) {
        let reading = self.work.as_mut().and_then(|work| work.reading.as_mut());
        let Some(mut read) = reading.and_then(Reading::take_calls) else { return };
        read.take_told().for_each(|told| self.desk.relearn(&told, now));
        self.desk.confirmed(Covered { calls: read.calls, rings: read.rings, waits: read.waits }, now);
    }

    /// All is read that can be.
    pub(super) async fn all_read(&mut self, id: u64, now: Millis) {
        let Some(work) = &mut self.work else { return };
        let Some(reading) = work.reading.take_if(|reading| reading.id == id) else { return };
        if reading.purpose == Purpose::Around {
            return;
        }
        if let Purpose::CatchUp { socket } = reading.purpose
            && matches!(work.stage, Stage::CatchingUp { socket: of } if of == socket)
        {
            // The service's clock may have been set back meanwhile, as its answers
            // tell: then the gap began earlier than was taken to be so.
            let since = self.desk.read_from(self.desk.missing_since().unwrap_or(now));
            if since < overlapped(work.reading_since) {
                return self.catch_up(socket, now);
            }
        }
        work.rereads += 1;
        work.rereads_failed = 0;
        let has_all_texts = reading.has_all_texts();
        work.missed = reading.conversations_missed().into_iter().collect();
        work.missed_because = reading.unread().map(|lists| (lists, self.desk.missing_since().unwrap_or(work.whole_at)));
        match reading.purpose {
            Purpose::CatchUp { socket } => {
                if !matches!(work.stage, Stage::CatchingUp { socket: of } if of == socket) {
                    return;
                }
                work.texts_since.take_if(|_| has_all_texts);
                work.connection.caught_up(socket).await;
            }
            Purpose::Compare => {
                work.routine.done(Look::Everything);
                if !matches!(work.stage, Stage::Live) {
                    return;
                }
            }
            Purpose::Texts | Purpose::Around => {
                work.texts_since.take_if(|_| has_all_texts);
                return self.say_what_is_not_read(now);
            }
        }
        work.whole_at = now;
        self.desk.caught_up(Covered::default(), now);
        self.say_what_is_not_read(now);
        // What of the time before could not be read is tried again now and then.
        let still_missing = self.work.as_ref().and_then(|work| work.texts_since);
        if let (Purpose::Compare, Some(since)) = (reading.purpose, still_missing) {
            self.read_texts_back_to(since);
        }
    }

    /// Texts were read, or could not be.
    pub(super) fn texts_were_read(&mut self, error: Option<&RestError>, now: Millis) {
        let Some(work) = self.work.as_mut().filter(|work| !work.account.is_manager()) else { return };
        match error {
            None => work.texts = TextsRead::since(now),
            Some(error) => {
                work.texts.failures += 1;
                work.texts.why = Some(in_words(error));
            }
        }
        self.say_what_is_not_read(now);
    }

    /// Says on the desk what cannot be read, though the socket may be up.
    pub(super) fn say_what_is_not_read(&mut self, now: Millis) {
        let Some(work) = &self.work else { return };
        let because = |message: Message, why: Option<&Message>| match why {
            Some(why) => message.then(why.clone()),
            None => message,
        };
        let reading = work.reading.as_ref().filter(|_| matches!(work.stage, Stage::CatchingUp { .. }));
        let held_up =
            reading.filter(|reading| reading.is_held_up(Instant::now(), SAID_AFTER)).and_then(Reading::unread);
        let not_read = if let Some(UnreadLists { what, why, .. }) = held_up {
            let since = self.desk.missing_since().unwrap_or(work.whole_at);
            let words = because(say!("problems-still-unread", what = what), why.as_ref());
            Some(NotReadView { words, since })
        } else if !matches!(work.stage, Stage::Live) {
            None
        } else if work.texts.fail(now) {
            let words = because(say!("problems-texts-unread"), work.texts.why.as_ref());
            Some(NotReadView { words, since: work.texts.at })
        } else if let Some((UnreadLists { what, has_conversations, why }, since)) = &work.missed_because
            && (!work.missed.is_empty() || !has_conversations)
        {
            let with: Vec<String> = work.missed.iter().filter_map(|id| self.desk.peer_of(id)).take(3).collect();
            let unread = if with.is_empty() {
                say!("problems-not-all-read", what = what.clone())
            } else {
                say!("problems-not-all-read-with", what = what.clone(), names = with.join(", "))
            };
            let words = because(unread, why.as_ref());
            Some(NotReadView { words, since: *since })
        } else if let Some((_, (why, _))) = work.unread.first_key_value()
            && let Some(what) = Message::list(work.unread.keys().copied().map(Message::new))
        {
            let words = say!("problems-not-all-read", what = what).then(why.clone());
            let since = work.unread.values().map(|(_, since)| *since).min().unwrap_or_default();
            Some(NotReadView { words, since })
        } else {
            None
        };
        self.desk.not_read(not_read);
    }
}

impl Work {
    /// The texts of a conversation, back to where nothing of it is missing.
    fn texts_of(&self, id: &str, since: Timestamp) -> Pages {
        let back = back_to(self.turns.until(id), since);
        Pages::new(List::ConversationMessages(id.to_owned()), back.min(self.texts_since.unwrap_or(back)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_read_from_the_gap_on_whatever_clock_the_last_reading_went_by() {
        let minute = |minute: i64| Timestamp::from_millis(minute * 60_000);
        let gap = minute(600);
        for (read_until, from) in [
            (None, 598),
            (Some(590), 588),
            (Some(600), 598),
            // Two hours ahead: up to then nothing seemed to be missing.
            (Some(720), 598),
            (Some(i64::MAX / 60_000), 598),
        ] {
            assert_eq!(back_to(read_until.map(minute), gap), minute(from), "{read_until:?}");
        }
    }
}
