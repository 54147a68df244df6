//! What is kept, and what leaves once it is: the ledger and the outbox.

use std::future::pending;
use std::time::Duration;

use ringside_desk::{
    DeskView, Looked, Millis, Missing, OptOut, OptOutView, Outgoing, Record, Remains, ReplyFate, ResponderDeed, Road,
    Screen, SessionView, Thresholds,
};
use ringside_ledger::{DEMO, Whose};
use ringside_words::{Message, say};
use tokio::sync::mpsc;
use tokio::time::{Instant, timeout_at};
use voipbin_client::{Class, List, Listed, RestError};
use voipbin_wire::{MessageFact, Timestamp};

use super::responding::new_name;
use super::{Done, REPLIES_WITHIN, Session};
use crate::book::{Book, NotKept, Opening};
use crate::day::clock_time;
use crate::problem::in_words;
use crate::refusal::Refusal;
use crate::tools::{Responding, SetUp, Tool, keep_thresholds, responding, set_up};
use crate::verbs::Answer;

/// Lists are read back to this long before a text left: clocks differ.
const LOOK_BACK_MS: i64 = 120_000;
/// The most requests for one look.
const PAGES: usize = 20;
/// So far back texts are read where the ledger does not know them any more: 180 days.
const REACH_OF_LISTS: Millis = 180 * 24 * 3_600_000;
/// A text that goes within this goes in a moment.
const SOON: Millis = 5000;
/// Nobody's text is held back longer than this.
const WAITS_AT_MOST: Millis = 300_000;

/// What is kept of this session, and what waits for it.
pub(super) struct Keeping {
    pub(super) book: Option<Book>,
    openings: Option<mpsc::UnboundedReceiver<Opening>>,
    /// Whether the ledger could be opened, as far as is known.
    pub(super) is_kept: bool,
    pub(super) not_kept: Option<NotKept>,
    /// The ledger was begun in place of a damaged one, and no person has said
    /// since that rules may go by it.
    pub(super) is_begun_anew: bool,
    /// What was kept of this account is on the desk.
    pub(super) is_restored: bool,
    /// What was too old is gone.
    pub(super) is_tidied: bool,
    /// What could not be written and must not be forgotten.
    pub(super) unkept: Vec<Record>,
    pub(super) writes_under_way: usize,
    /// How many replies were taken, for their names.
    pub(super) replies: u64,
    /// Who waits to hear that a reply is kept.
    pub(super) taken: Vec<Answer>,
    /// What is to be done once this account is restored.
    pub(super) waiting_deeds: Vec<(ResponderDeed, Answer)>,
}

impl Default for Keeping {
    fn default() -> Self {
        Self {
            book: None,
            openings: None,
            is_kept: true,
            not_kept: None,
            is_begun_anew: false,
            is_restored: false,
            is_tidied: false,
            unkept: Vec::new(),
            writes_under_way: 0,
            replies: 0,
            taken: Vec::new(),
            waiting_deeds: Vec::new(),
        }
    }
}

impl Keeping {
    /// What the session after one that broke down takes over: the ledger and how it
    /// stands, and nothing that was under way.
    pub(super) fn taken_over(self) -> Self {
        let Self { book, openings, is_kept, not_kept, is_begun_anew, .. } = self;
        Self { book, openings, is_kept, not_kept, is_begun_anew, ..Self::default() }
    }

    /// How opening the ledger went, the first time and later; it outlives signing in and out.
    pub(super) async fn opened(&mut self) -> Opening {
        let Some(receiver) = &mut self.openings else { return pending().await };
        let opening = receiver.recv().await;
        opening.unwrap_or_else(|| {
            self.openings = None;
            Err(NotKept(say!("problems-not-kept-ended")))
        })
    }
}

impl Session {
    /// What the ledger knows of this account comes onto the desk; a demo
    /// leaves nothing behind.
    pub(super) fn restore(&mut self) {
        self.desk.named(new_name());
        self.keeping.is_restored = true;
        let Some(account) = self.keeps_for() else { return };
        let Some(book) = &self.keeping.book else { return };
        self.keeping.is_restored = false;
        self.desk.keeps();
        let now = (self.ports.clock)();
        let (of, customer, name) = (account.clone(), self.customer_in_ledger(), new_name());
        // Nothing is answered by rules before the brakes know what was.
        let read = book.ask(move |ledger| {
            let whose = Whose { agent: &of, customer: &customer };
            Ok((ledger.remains(whose, now)?, responding(ledger, whose, &name)?))
        });
        self.jobs.spawn(async move { Done::Restored { account, result: read.await.map(Box::new) } });
    }

    pub(super) fn restored(&mut self, account: &str, result: Result<Box<(Remains, Responding)>, NotKept>) {
        match result {
            Ok(kept) if self.keeps_for().as_deref() == Some(account) => {
                let (remains, responding) = *kept;
                self.desk.restore(remains);
                self.responding(responding);
                self.read_texts_since();
            }
            Ok(_) => return,
            Err(why) => {
                self.keeping.is_kept = false;
                self.is_not_kept(why);
            }
        }
        self.do_waiting_deeds();
    }

    pub(super) fn open_book(&mut self) {
        let Some(place) = self.ports.ledger.clone() else { return };
        let (book, openings) = Book::open(&self.safe, place);
        self.keeping.book = Some(book);
        self.keeping.openings = Some(openings);
    }

    /// Tries once more where there is no ledger yet, and brings what it holds onto the desk.
    pub(super) fn open_book_again(&mut self) {
        if self.keeping.is_kept || !self.keeping.book.as_ref().is_some_and(Book::lacks_key) {
            return;
        }
        self.open_book();
        self.keeping.not_kept = None;
        if self.work.is_some() {
            self.restore();
            self.read_tools();
        }
    }

    pub(super) fn ledger_opened(&mut self, opening: Opening) {
        self.keeping.is_kept = opening.is_ok();
        match opening {
            Ok(None) => {}
            Ok(Some(aside)) => {
                tracing::warn!(aside = %aside.display(), "the ledger could not be read");
                self.keep_opt_outs();
                let name = aside.file_name().unwrap_or_default().to_string_lossy().into_owned();
                self.is_not_kept(NotKept(say!("problems-ledger-put-aside", file = name)));
                self.see_what_is_in_the_way();
            }
            Err(why) => self.is_not_kept(why),
        }
    }

    /// Who asked for no texts is written into the new ledger, as far as it is on
    /// the desk; rules stay off until a person switches them on.
    fn keep_opt_outs(&mut self) {
        let DeskView { responder, .. } = self.desk.view();
        let word = |out: OptOutView| {
            let OptOutView { number, our_number, by, at, .. } = out;
            Record::OptOut(OptOut { our_number, number, is_out: true, at, by, message: None })
        };
        self.keeping.unkept.extend(responder.opt_outs.into_iter().map(word));
        self.keeping.is_begun_anew = true;
        self.desk.respond(false, (self.ports.clock)());
    }

    /// Keeps what the desk says, and sends what is due once it is kept.
    pub(super) fn keep_and_send(&mut self, records: Vec<Record>, due: Vec<Outgoing>) {
        let taken = std::mem::take(&mut self.keeping.taken);
        let records: Vec<Record> = self.keeping.unkept.drain(..).chain(records).collect();
        let kept = self.keeps_for().filter(|_| !records.is_empty()).zip(self.keeping.book.as_ref());
        let Some((account, book)) = kept.filter(|_| self.keeping.is_kept) else {
            self.keeping.writes_under_way += 1;
            return self.written(due, taken, Vec::new(), Ok(()));
        };
        let lasting: Vec<Record> = records.iter().filter(|record| record.is_lasting()).cloned().collect();
        let customer = self.customer_in_ledger();
        let written = book.ask(move |ledger| ledger.write(Whose { agent: &account, customer: &customer }, &records));
        self.keeping.writes_under_way += 1;
        self.jobs.spawn(async move { Done::Written { due, taken, lasting, result: written.await } });
    }

    pub(super) fn written(
        &mut self,
        due: Vec<Outgoing>,
        taken: Vec<Answer>,
        lasting: Vec<Record>,
        result: Result<(), NotKept>,
    ) {
        self.keeping.writes_under_way = self.keeping.writes_under_way.saturating_sub(1);
        // If it could not be kept, the agent is told of that once, and the text is on the desk.
        taken.into_iter().for_each(|answer| answer.done(()));
        let Err(why) = result else { return due.into_iter().for_each(|outgoing| self.send(outgoing)) };
        let now = (self.ports.clock)();
        self.keeping.unkept.extend(lasting);
        // Brakes that are not kept do not hold over a restart.
        self.desk.respond(false, now);
        for Outgoing { id, .. } in due {
            self.desk.reply_fate(&id, ReplyFate::NotSent { why: why.0.clone(), wait: None }, now);
        }
        self.is_not_kept(why);
    }

    /// What can wait until the next second.
    pub(super) fn keep_the_rest(&mut self) {
        let records = self.desk.take_records();
        if !records.is_empty() {
            self.keep_and_send(records, Vec::new());
        }
    }

    /// What is too old goes, once in a session, and not by this computer's word
    /// alone: a clock that is wrong by a year would take everything along.
    pub(super) fn tidy_up(&mut self, now: Millis) {
        let Some(agreed) = self.desk.agreed_time(now).filter(|_| !self.keeping.is_tidied && self.keeping.is_restored)
        else {
            return;
        };
        let Some(book) = self.keeping.book.as_ref().filter(|_| self.keeping.is_kept) else { return };
        self.keeping.is_tidied = true;
        let tidied = book.ask(move |ledger| ledger.forget_old(agreed));
        self.jobs.spawn(async move { Done::Tidied(tidied.await) });
    }

    /// The last words go into the ledger before somebody signs out.
    pub(super) async fn finish_writing(&mut self) {
        self.keep_the_rest();
        let Some(book) = &self.keeping.book else { return };
        if timeout_at(Instant::now() + REPLIES_WITHIN, book.ask(|_| Ok(()))).await.is_err() {
            tracing::warn!("signed out while the ledger was still being written");
        }
    }

    /// The last words go into the ledger before the app goes.
    pub(super) async fn close_the_book(&mut self) {
        self.keep_the_rest();
        let Some(book) = self.keeping.book.take() else { return };
        if timeout_at(Instant::now() + REPLIES_WITHIN, book.close()).await.is_err() {
            tracing::warn!("left while the ledger was still being written");
        }
    }

    /// Looks for texts of which it is not known whether they arrived: one look
    /// at a list serves all that may be on it.
    pub(super) fn look_for_replies(&mut self) {
        let now = (self.ports.clock)();
        let mut looks: Vec<(List, Vec<(String, Timestamp)>)> = Vec::new();
        for Missing { id, road, left_at } in self.desk.take_missing(now) {
            let list = match road {
                Road::Sms { .. } => List::Messages,
                Road::Conversation(id) => List::ConversationMessages(id),
            };
            let missing = (id, self.desk.service_time(left_at));
            match looks.iter_mut().find(|(known, _)| *known == list) {
                Some((_, of_list)) => of_list.push(missing),
                None => looks.push((list, vec![missing])),
            }
        }
        for (list, missing) in looks {
            let oldest = missing.iter().map(|(_, left_at)| left_at.as_millis()).min().unwrap_or(now);
            self.request(move |rest| async move {
                let back = Timestamp::from_millis(oldest.saturating_sub(LOOK_BACK_MS));
                let result = rest.of_class(Class::Action).list(&list, back, PAGES).await;
                Done::LookedFor { missing, began: now, result: result.map(Box::new) }
            });
        }
    }

    pub(super) async fn reply_answered(&mut self, id: &str, result: Result<Box<MessageFact>, RestError>, now: Millis) {
        let is_refused = matches!(result, Err(RestError::Unauthorized));
        self.desk.reply_fate(id, fate(result, now), now);
        if is_refused {
            self.refused_by_rest().await;
        }
    }

    pub(super) fn looked_for(
        &mut self,
        missing: &[(String, Timestamp)],
        began: i64,
        result: Result<Box<Listed>, RestError>,
    ) {
        let now = (self.ports.clock)();
        let looked = |left_at: Timestamp| match &result {
            Ok(listed) if listed.whole_since.is_some_and(|whole| whole <= left_at) => Looked::Whole,
            Ok(_) => Looked::InPart,
            Err(RestError::Forbidden { .. } | RestError::NotFound) => Looked::Never,
            Err(_) => Looked::NotNow,
        };
        match &result {
            Ok(listed) => listed.told.iter().for_each(|told| self.desk.relearn(told, now)),
            Err(error) => tracing::info!(%error, "texts could not be looked for"),
        }
        for (id, left_at) in missing {
            self.desk.looked_for(id, looked(*left_at), began, now);
        }
    }

    /// Texts that are on their way get a moment to arrive, so that none is left
    /// in doubt without need.
    pub(super) async fn finish_replies(&mut self) {
        let deadline = Instant::now() + REPLIES_WITHIN;
        loop {
            let (due, out) = (Vec::new(), self.desk.take_out());
            self.keep_and_send(out.records, due);
            if self.desk.replies_leaving() == 0 && self.keeping.writes_under_way == 0 {
                return;
            }
            match timeout_at(deadline, self.jobs.join_next()).await {
                Ok(Some(Ok(Done::Reply { id, result }))) => {
                    let now = (self.ports.clock)();
                    self.desk.reply_fate(&id, fate(result, now), now);
                }
                Ok(Some(Ok(Done::Written { due, taken, lasting, result }))) => {
                    self.written(due, taken, lasting, result)
                }
                Ok(Some(_)) => {}
                Ok(None) | Err(_) => {
                    tracing::warn!(replies = self.desk.replies_leaving(), "left with texts on their way");
                    return;
                }
            }
        }
    }

    fn send(&mut self, outgoing: Outgoing) {
        self.request(|rest| async move {
            let Outgoing { id, road, text } = outgoing;
            let sent = match road {
                Road::Sms { from, to } => rest.send_message(&from, &to, &text).await,
                Road::Conversation(conversation) => rest.answer(&conversation, &text).await,
            };
            Done::Reply { id, result: sent.map(Box::new) }
        });
    }

    /// What is set up comes onto the desk.
    pub(super) fn read_tools(&mut self) {
        let Some(book) = &self.keeping.book else { return };
        let account = self.shelf_name();
        let read = book.ask(move |ledger| set_up(ledger, &account));
        self.jobs.spawn(async move { Done::Tools(read.await) });
    }

    pub(super) async fn set_up(&mut self, result: Result<SetUp, NotKept>) {
        match result {
            Ok(SetUp { tools, thresholds }) => {
                self.leave_out(&tools.left_out).await;
                self.desk.tools(tools);
                if let Some(thresholds) = thresholds {
                    self.desk.thresholds(thresholds, (self.ports.clock)());
                }
            }
            Err(why) => tracing::info!(%why, "what is set up could not be read"),
        }
    }

    /// Keeps something that the agent set up.
    pub(crate) fn keep_tool(&mut self, tool: Tool, answer: Answer) {
        let Some(book) = &self.keeping.book else {
            return answer.refuse(Refusal::NoLedger);
        };
        if let Err(refusal) = tool.check() {
            return answer.refuse(refusal);
        }
        let account = self.shelf_name();
        let kept = book.ask(move |ledger| {
            tool.keep(ledger, &account)?;
            set_up(ledger, &account)
        });
        self.jobs.spawn(async move {
            let kept = kept.await;
            let result = kept.as_ref().map(drop).map_err(|why| Refusal::NotKept(why.clone()).into());
            answer.give(result);
            Done::Tools(kept)
        });
    }

    pub(super) fn keep_thresholds(&mut self, thresholds: Thresholds) {
        let Some(book) = &self.keeping.book else { return };
        let account = self.shelf_name();
        let kept = book.ask(move |ledger| {
            keep_thresholds(ledger, &account, thresholds)?;
            set_up(ledger, &account)
        });
        self.jobs.spawn(async move { Done::Tools(kept.await) });
    }

    fn shelf_name(&self) -> String {
        self.keeps_for().unwrap_or_else(|| DEMO.to_owned())
    }

    /// Under which name things are kept; none for a demo.
    pub(super) fn keeps_for(&self) -> Option<String> {
        let work = self.work.as_ref().filter(|_| !self.desk.session_view().demo)?;
        Some(work.account.name_of_ledger())
    }

    /// Under which name is kept what holds for all agents of the customer.
    pub(super) fn customer_in_ledger(&self) -> String {
        self.work.as_ref().map(|work| work.account.customer_in_ledger()).unwrap_or_default()
    }

    /// Texts that came while no desk of this ledger was there: some of them may
    /// say STOP, though they are no news.
    fn read_texts_since(&mut self) {
        // Of a ledger that was lost, the service's list is what is left.
        let reach = || self.keeping.is_begun_anew.then(|| (self.ports.clock)().saturating_sub(REACH_OF_LISTS));
        if let Some(since) = self.desk.known_until().or_else(reach) {
            self.read_texts_back_to(Timestamp::from_millis(since.saturating_sub(LOOK_BACK_MS)));
        }
    }

    pub(super) fn is_not_kept(&mut self, why: NotKept) {
        let session = self.desk.session_view().clone();
        // Before signing in there is nothing to keep, and the form has its own troubles to tell.
        if self.keeping.not_kept.as_ref() != Some(&why) && session.screen == Screen::Desk {
            let problem = Some(match session.problem.clone() {
                Some(told) => told.then(why.0.clone()),
                None => why.0.clone(),
            });
            self.desk.session(SessionView { problem, ..session });
        }
        self.keeping.not_kept = Some(why);
    }
}

/// How long a text waits that the service asks to hold back, whatever it asks for.
fn waits(wait: Duration) -> Millis {
    Millis::try_from(wait.as_millis()).unwrap_or(Millis::MAX).min(WAITS_AT_MOST)
}

/// What an answer of the service means for a text.
fn fate(result: Result<Box<MessageFact>, RestError>, now: Millis) -> ReplyFate {
    let may_have = |message: Message| ReplyFate::Unclear(message.then(say!("texts-may-be-sent")));
    match result {
        Ok(message) => ReplyFate::Accepted(message),
        Err(error @ (RestError::Unclear { .. } | RestError::Foreign { .. })) => may_have(in_words(&error)),
        Err(RestError::Rejected { status: 500.., .. } | RestError::Unavailable { .. }) => {
            may_have(say!("texts-service-error"))
        }
        Err(RestError::RateLimited { retry_after }) => {
            let wait = retry_after.map(waits);
            let when = wait.filter(|wait| *wait > SOON).and_then(|wait| clock_time(now.saturating_add(wait)));
            let why = match when {
                Some(time) => say!("texts-slowed-down-until", time = time),
                None => say!("texts-slowed-down"),
            };
            ReplyFate::NotSent { why, wait }
        }
        Err(error @ (RestError::Unreachable { .. } | RestError::Unauthorized)) => {
            ReplyFate::NotSent { why: in_words(&error), wait: None }
        }
        Err(RestError::Rejected { status: 402, .. }) => ReplyFate::Refused(say!("texts-balance")),
        Err(error) => ReplyFate::Refused(in_words(&error)),
    }
}
