//! Replies on their way: sent, not sent, or unknown.
//!
//! The service has no way to tell a repeat from a second text (live-service.md,
//! sections 4.9 and 4.10). So a reply that never left goes again by itself, in
//! order per conversation; one that left without an answer is never repeated
//! blindly: it is looked for, and if it cannot be found the agent decides.

use ringside_words::{Message, say};
use std::collections::{BTreeMap, BTreeSet};

use voipbin_wire::{Delivery, MessageFact, clean};

use super::{Became, Beside, Happened, Texts};
use crate::people::Rights;
use crate::record::{Ends, Record, ReplyRecord, ReplyStage};
use crate::view::{DeliveryView, MessageView};
use crate::{Millis, Out};

/// A reply that left may still be on its way for this long: only who looks
/// later and does not find it knows that it did not arrive.
const ARRIVES_WITHIN: Millis = 20_000;
/// It is looked for this long after it left and no answer came; then again,
/// until [`ARRIVES_WITHIN`] has passed.
const LOOK_EVERY: Millis = 5000;
/// A list that does not reach back far enough is looked at for so long.
const LOOKS_IN_PART_FOR: Millis = 5 * 60_000;
/// A reply that did not leave goes again after this time, doubling, …
const AGAIN_AFTER: Millis = 1000;
/// … and this at most.
const AGAIN_AT_MOST: Millis = 30_000;
/// Whatever the service asks for, nobody's reply lies longer than this.
const WAITS_AT_MOST: Millis = 300_000;
/// So many replies are on the wire at once: after an outage a whole outbox
/// goes, and the service has other desks to serve.
const AT_ONCE: usize = 6;
/// A text told by the service is a reply of ours when it was not made longer
/// than this before the reply left: the clocks may differ.
const MADE_BEFORE: Millis = 120_000;

/// A reply on its way.
#[derive(Debug)]
pub(crate) struct Reply {
    record: ReplyRecord,
    /// It is being sent by this very process.
    is_leaving: bool,
    /// It is being looked for.
    is_looked_for: bool,
    tries: u32,
    /// When this process gave up waiting for an answer.
    unanswered_since: Option<Millis>,
    /// When it left by the clock as it goes now.
    left_at: Option<Millis>,
    /// Not before this is it sent, or looked for.
    not_before: Millis,
}

impl Reply {
    /// See [`Desk::clock_jumped`](crate::Desk::clock_jumped).
    pub(crate) fn clock_jumped(&mut self, by: Millis) {
        self.not_before = self.not_before.saturating_add(by);
        self.unanswered_since = self.unanswered_since.map(|since| since + by);
        self.left_at = self.left_at.map(|at| at + by);
    }
}

/// All replies that are not settled, in the order of writing.
pub(crate) type Outbox = BTreeMap<String, Reply>;

/// How a text travels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Road {
    /// As an SMS between two numbers (`POST /messages`).
    Sms {
        /// Our number.
        from: String,
        /// The customer's number.
        to: String,
    },
    /// In a conversation of whatever channel.
    Conversation(
        /// Which.
        String,
    ),
}

/// A text to send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outgoing {
    /// Our name for it.
    pub id: String,
    /// How.
    pub road: Road,
    /// The words.
    pub text: String,
}

/// A text that left without an answer, to be looked for in the service's lists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missing {
    /// Our name for it.
    pub id: String,
    /// How it travelled.
    pub road: Road,
    /// When it left.
    pub left_at: Millis,
}

/// What looking for a text brought.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Looked {
    /// The list reaches back far enough to hold it.
    Whole,
    /// The list does not reach back so far.
    InPart,
    /// The service did not say.
    NotNow,
    /// This account cannot read the list, or there is none.
    Never,
}

/// What became of a text we tried to send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReplyFate {
    /// The service has it.
    Accepted(Box<MessageFact>),
    /// It never left; it goes again by itself, not before so many milliseconds.
    NotSent {
        /// Why.
        why: Message,
        /// What the service asked for, if anything.
        wait: Option<Millis>,
    },
    /// The service would not take it, and why: the agent decides.
    Refused(Message),
    /// It left and no answer came, and why: it may have arrived.
    Unclear(Message),
}

/// Why a text was not taken from the agent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ReplyError {
    /// The conversation is not on the desk.
    #[error("there is no such conversation")]
    NoChat,
    /// There is nothing in it.
    #[error("there is nothing in it")]
    Nothing,
    /// The conversation can only be read here.
    #[error("it can only be read")]
    NoRoad,
    /// They asked for no texts.
    #[error("they opted out")]
    WantsNone,
}

/// A reply that is being written.
#[derive(Debug)]
pub(crate) struct NewReply {
    /// Our name for it; names sort by the time of writing.
    pub(crate) id: String,
    pub(crate) to: Ends,
    pub(crate) text: String,
    /// The rule that writes it, if one does.
    pub(crate) auto: Option<String>,
    /// Why it goes although they want no texts, if it does.
    pub(crate) despite: Option<String>,
}

/// What is to be done with an automatic reply that waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Leaving {
    Now,
    Later,
    /// And why.
    Never(Message),
}

impl Texts {
    /// What the name of a reply that is written now begins with: later than all
    /// before it, also when the clock was set back since.
    pub(crate) fn reply_stamp(&self, now: Millis) -> Millis {
        let stamp = |id: &String| id.strip_prefix("reply-")?.split('-').next()?.parse::<Millis>().ok();
        let last = self.outbox.keys().filter_map(stamp).max();
        last.filter(|last| *last > now).map_or(now, |last| last + 1)
    }

    /// Puts a reply on the desk and into the outbox, whoever wrote it.
    pub(crate) fn write_reply(
        &mut self,
        NewReply { id, to, text, auto, despite }: NewReply,
        now: Millis,
        out: &mut Out,
    ) {
        let record = ReplyRecord {
            id,
            to,
            // As it is read when the service tells of it.
            text: clean(&text).into_owned(),
            written_at: now,
            stage: ReplyStage::Waiting,
            left_at: None,
            problem: None,
            auto,
            despite,
        };
        self.put_reply(record, out);
    }

    /// Sends a text again that never left, or that the agent says to send
    /// again after it could not be found. Whether it goes.
    pub(crate) fn reply_again(&mut self, id: &str, now: Millis, out: &mut Out) -> bool {
        let Some(id) = self.known_message(id) else { return false };
        let Some(reply) = self.outbox.get_mut(&id) else { return false };
        if reply.is_leaving || reply.record.stage == ReplyStage::Left {
            return false;
        }
        (reply.tries, reply.not_before, reply.record.problem) = (0, now, None);
        reply.record.stage = ReplyStage::Waiting;
        // Whatever a rule wrote, a person sends it now.
        reply.record.auto = None;
        self.reply_moved(&id, out);
        true
    }

    /// The agent lets go of a text that was not sent, or may not have been. One
    /// that never left goes off the desk and back into the draft; one that may
    /// have arrived stays as it is. Whether there was anything to let go of.
    pub(crate) fn reply_dropped(&mut self, id: &str, out: &mut Out) -> bool {
        let Some(id) = self.known_message(id) else { return false };
        let Some(reply) = self.outbox.get(&id).filter(|reply| !reply.is_leaving) else { return false };
        match reply.record.stage {
            ReplyStage::Left => return false,
            ReplyStage::Unclear => self.messages.update(&id, |kept| kept.problem.take().is_some()),
            ReplyStage::Waiting | ReplyStage::Refused => {
                let (chat, text) = (reply.record.to.chat.clone(), reply.record.text.clone());
                self.became(&id, Became::Failed(say!("rules-said-taken-back")));
                self.remove_message(&id);
                let begun = self.chats.get(&chat).map(|chat| chat.view.draft.clone()).unwrap_or_default();
                let both = if begun.trim().is_empty() { text } else { format!("{text}\n{begun}") };
                self.keep_draft(&chat, &both, out);
                self.chats.update(&chat, |chat| {
                    chat.view.given_back += 1;
                    true
                });
            }
        }
        self.reply_settled(&id, out);
        true
    }

    /// The automatic replies that wait to leave: their names, whom they are for and
    /// when they were written.
    pub(crate) fn automatic_waiting(&self) -> impl Iterator<Item = (&str, &Ends, Millis)> {
        let waiting = self.outbox.values().map(|reply| &reply.record);
        let waiting = waiting.filter(|record| record.auto.is_some() && record.stage == ReplyStage::Waiting);
        waiting.map(|record| (record.id.as_str(), &record.to, record.written_at))
    }

    /// See [`Desk::take_due_replies`](crate::Desk::take_due_replies). `leaving` says what is to be done with
    /// automatic replies, and `wants_none` who is not written to without a reason.
    pub(crate) fn take_due(
        &mut self,
        leaving: &BTreeMap<String, Leaving>,
        rights: Rights,
        wants_none: impl Fn(&str) -> bool,
        now: Millis,
        out: &mut Out,
    ) -> Vec<Outgoing> {
        for (id, leaving) in leaving {
            if let Leaving::Never(why) = leaving {
                self.remove_message(id);
                self.reply_settled(id, out);
                self.became(id, Became::Failed(why.clone()));
            }
        }
        let mut held_up = BTreeSet::new();
        let mut due = Vec::new();
        for (id, reply) in &self.outbox {
            if leaving.get(id) == Some(&Leaving::Later) {
                // Nobody's own text waits for it.
                continue;
            }
            let is_open = matches!(reply.record.stage, ReplyStage::Waiting | ReplyStage::Left);
            if is_open && held_up.insert(reply.record.to.chat.clone()) {
                let goes = reply.record.stage == ReplyStage::Waiting && reply.not_before <= now;
                due.extend(goes.then(|| id.clone()));
            }
        }
        let free = AT_ONCE.saturating_sub(self.replies_leaving());
        due.into_iter().take(free).filter_map(|id| self.leaves(&id, rights, &wants_none, now, out)).collect()
    }

    /// The texts to look for now; answered by [`Desk::looked_for`].
    pub(crate) fn take_missing(&mut self, rights: Rights, now: Millis, out: &mut Out) -> Vec<Missing> {
        let lost: Vec<String> = self
            .outbox
            .values()
            .filter(|reply| reply.record.stage == ReplyStage::Left && rights.road(&reply.record.to).is_none())
            .map(|reply| reply.record.id.clone())
            .collect();
        for id in lost {
            self.looked_for(&id, Looked::Never, now, now, out);
        }
        let is_due = |reply: &&mut Reply| {
            let Reply { record, is_leaving, is_looked_for, not_before, .. } = &**reply;
            record.stage == ReplyStage::Left && !is_leaving && !is_looked_for && *not_before <= now
        };
        let mut missing = Vec::new();
        for reply in self.outbox.values_mut().filter(is_due) {
            let Some(road) = rights.road(&reply.record.to) else { continue };
            reply.is_looked_for = true;
            let left_at = reply.record.left_at.unwrap_or(reply.record.written_at);
            missing.push(Missing { id: reply.record.id.clone(), road, left_at });
        }
        missing
    }

    /// A list of the service was read, from `began` on, and told to the desk by
    /// [`Desk::relearn`].
    pub(crate) fn looked_for(&mut self, id: &str, looked: Looked, began: Millis, now: Millis, out: &mut Out) {
        let Some(reply) = self.outbox.get_mut(id) else { return };
        reply.is_looked_for = false;
        reply.not_before = now.saturating_add(LOOK_EVERY);
        // The clock may have been set since it left, and even while nobody was here.
        let left_at = *reply.left_at.get_or_insert(reply.record.left_at.unwrap_or(reply.record.written_at).min(now));
        let may_come_until = left_at.max(reply.unanswered_since.unwrap_or(left_at)).saturating_add(ARRIVES_WITHIN);
        // A list that can never tell holds nothing up for ever: the agent decides.
        let is_told = match looked {
            Looked::Whole | Looked::Never => began >= may_come_until,
            Looked::InPart => now >= may_come_until.saturating_add(LOOKS_IN_PART_FOR),
            Looked::NotNow => false,
        };
        if reply.record.stage != ReplyStage::Left || !is_told {
            return;
        }
        reply.record.stage = ReplyStage::Unclear;
        reply.record.problem = Some(say!("texts-not-found"));
        self.reply_moved(id, out);
        self.became(id, Became::Unclear);
    }

    /// What became of a text we tried to send.
    pub(crate) fn reply_fate(&mut self, id: &str, fate: ReplyFate, now: Millis, out: &mut Out) {
        let Some(id) = self.known_message(id) else { return };
        if let ReplyFate::Accepted(fact) = fate {
            return self.reply_accepted(&id, &fact, out);
        }
        let Some(reply) = self.outbox.get_mut(&id) else { return };
        reply.is_leaving = false;
        match fate {
            ReplyFate::Accepted(_) => {}
            ReplyFate::NotSent { why, wait } => {
                let again = AGAIN_AFTER.saturating_mul(1 << reply.tries.min(6)).min(AGAIN_AT_MOST);
                reply.tries = reply.tries.saturating_add(1);
                reply.not_before = now.saturating_add(wait.unwrap_or(again).clamp(0, WAITS_AT_MOST));
                reply.record.stage = ReplyStage::Waiting;
                reply.record.problem = Some(why);
            }
            ReplyFate::Refused(why) => {
                reply.record.stage = ReplyStage::Refused;
                reply.record.problem = Some(why.clone());
                self.became(&id, Became::Failed(say!("rules-said-not-sent").then(why)));
            }
            ReplyFate::Unclear(why) => {
                (reply.not_before, reply.unanswered_since) = (now, Some(now));
                reply.record.problem = Some(why);
            }
        }
        self.reply_moved(&id, out);
    }

    /// The link is back: what waited goes now.
    pub(crate) fn replies_go_again(&mut self) {
        for reply in self.outbox.values_mut() {
            (reply.tries, reply.not_before) = (0, Millis::MIN);
        }
    }

    /// A reply from the ledger. One that had left when the app ended may have
    /// arrived: it is looked for first.
    pub(crate) fn restore_reply(
        &mut self,
        record: ReplyRecord,
        kept: &BTreeSet<String>,
        out: &mut Out,
        beside: &mut Beside<'_>,
    ) {
        if self.outbox.contains_key(&record.id) {
            return;
        }
        let id = record.id.clone();
        let made_after = record.left_at.map(|left_at| left_at.saturating_sub(MADE_BEFORE));
        let told_before = self.told_before(&record.to.chat, &record.text, made_after, kept);
        let was_waiting = record.stage == ReplyStage::Waiting;
        self.restore_chat(&record.to, record.written_at, out, beside);
        self.put_reply(record, out);
        if let Some(service_id) = told_before.filter(|_| !was_waiting) {
            self.same_message(&id, &service_id);
            self.reply_taken(&id, out);
        }
    }

    /// Whether a reply is not settled yet.
    pub(super) fn is_on_its_way(&self, id: &str) -> bool {
        self.outbox.contains_key(id)
    }

    /// How many replies are being sent at this moment.
    pub(crate) fn replies_leaving(&self) -> usize {
        self.outbox.values().filter(|reply| reply.is_leaving).count()
    }

    /// The conversations with replies that are not settled.
    pub(super) fn chats_with_replies(&self) -> BTreeSet<&str> {
        self.outbox.values().map(|reply| reply.record.to.chat.as_str()).collect()
    }

    /// The reply that a text told by the service may be: the first in the same
    /// words that left, or did not and is told all the same.
    pub(super) fn reply_on_its_way(&self, chat: &str, text: &str, at: Millis) -> Option<String> {
        let is_it = |reply: &&Reply| {
            let left_at = reply.record.left_at;
            reply.record.to.chat == chat
                && reply.record.text == text
                && left_at.is_some_and(|left_at| at >= left_at.saturating_sub(MADE_BEFORE))
                && !self.names.is_bound(&reply.record.id)
        };
        self.outbox.values().find(is_it).map(|reply| reply.record.id.clone())
    }

    /// The service has a reply.
    pub(super) fn reply_taken(&mut self, id: &str, out: &mut Out) {
        let Some(by_hand) = self.outbox.get(id).map(|reply| reply.record.auto.is_none()) else { return };
        self.became(id, Became::Taken { by_hand });
        self.reply_settled(id, out);
    }

    /// See [`Desk::clock_jumped`](crate::Desk::clock_jumped).
    pub(crate) fn clock_jumped(&mut self, by: Millis) {
        self.outbox.values_mut().for_each(|reply| reply.clock_jumped(by));
    }

    /// The names of the replies that are not settled.
    pub(crate) fn on_their_way(&self) -> impl Iterator<Item = &str> {
        self.outbox.keys().map(String::as_str)
    }

    fn became(&mut self, reply: &str, became: Became) {
        self.happens(Happened::Became { reply: reply.to_owned(), became });
    }

    fn reply_settled(&mut self, id: &str, out: &mut Out) {
        if self.outbox.remove(id).is_some() {
            out.records.push(Record::ReplyDone { id: id.to_owned() });
            self.keep_text(id);
        }
    }

    fn reply_accepted(&mut self, id: &str, fact: &MessageFact, out: &mut Out) {
        if let Some(service_id) = &fact.id {
            self.same_message(id, service_id);
        }
        self.reply_taken(id, out);
        self.deliver(id, Some(fact.status.as_ref().unwrap_or(&Delivery::Sent)));
        if let Some(service_id) = &fact.id {
            self.deliver_early(id, service_id);
        }
    }

    fn leaves(
        &mut self,
        id: &str,
        rights: Rights,
        wants_none: impl Fn(&str) -> bool,
        now: Millis,
        out: &mut Out,
    ) -> Option<Outgoing> {
        let reply = self.outbox.get(id)?;
        let Some(road) = rights.road(&reply.record.to) else {
            self.reply_fate(id, ReplyFate::Refused(say!("texts-no-right")), now, out);
            return None;
        };
        if reply.record.despite.is_none() && wants_none(&reply.record.to.number) {
            self.reply_fate(id, ReplyFate::Refused(say!("texts-wants-none")), now, out);
            return None;
        }
        let reply = self.outbox.get_mut(id)?;
        reply.is_leaving = true;
        let automatic = reply.record.auto.is_some().then(|| reply.record.to.number.clone());
        reply.record.stage = ReplyStage::Left;
        (reply.record.left_at, reply.left_at) = (Some(now), Some(now));
        let outgoing = Outgoing { id: id.to_owned(), road, text: reply.record.text.clone() };
        self.reply_moved(id, out);
        if let Some(number) = automatic {
            self.happens(Happened::Left { number, reply: id.to_owned(), at: now });
        }
        Some(outgoing)
    }

    fn put_reply(&mut self, record: ReplyRecord, out: &mut Out) {
        let id = record.id.clone();
        self.names.insert(&id, None);
        self.put_message(MessageView {
            id: id.clone(),
            chat: record.to.chat.clone(),
            ours: true,
            text: record.text.clone(),
            medias: Vec::new(),
            at: record.written_at,
            delivery: Some(DeliveryView::Sending),
            problem: None,
            auto: record.auto.clone(),
        });
        let reply = Reply {
            record,
            is_leaving: false,
            is_looked_for: false,
            tries: 0,
            unanswered_since: None,
            left_at: None,
            not_before: Millis::MIN,
        };
        self.outbox.insert(id.clone(), reply);
        self.reply_moved(&id, out);
    }

    /// Keeps where a reply stands, and shows it.
    fn reply_moved(&mut self, id: &str, out: &mut Out) {
        let Some(reply) = self.outbox.get(id) else { return };
        let (record, is_leaving) = (reply.record.clone(), reply.is_leaving);
        let delivery = match record.stage {
            ReplyStage::Waiting if record.problem.is_none() => DeliveryView::Sending,
            ReplyStage::Waiting => DeliveryView::Waiting,
            ReplyStage::Left if is_leaving => DeliveryView::Sending,
            ReplyStage::Left => DeliveryView::Checking,
            ReplyStage::Unclear => DeliveryView::Unclear,
            ReplyStage::Refused => DeliveryView::NotSent,
        };
        if let Some(kept) = self.messages.touch(id) {
            kept.delivery = Some(delivery);
            kept.problem = record.problem.clone().filter(|_| delivery != DeliveryView::Sending);
        }
        out.records.push(Record::Reply(record));
    }

    /// The text of these words in a conversation that the service told of and
    /// that is no reply written here.
    fn told_before(
        &self,
        chat: &str,
        text: &str,
        made_after: Option<Millis>,
        kept: &BTreeSet<String>,
    ) -> Option<String> {
        let texts = self.chats.get(chat)?.order.iter().filter_map(|(_, id)| self.messages.get(id));
        let is_it = |kept: &&MessageView| {
            kept.ours
                && kept.text == text
                && made_after.is_some_and(|after| kept.at >= after)
                && !self.names.is_bound(&kept.id)
        };
        let is_other = |told: &&MessageView| !self.is_on_its_way(&told.id) && !kept.contains(&told.id);
        texts.filter(is_other).find(is_it).map(|kept| kept.id.clone())
    }
}
