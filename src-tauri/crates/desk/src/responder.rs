//! Answers by rules, with the brakes that keep them from being regretted.
//!
//! A text that comes in is considered once, by the desk that the team knows to
//! answer, and not if a person was quicker. What is decided is a record, in the
//! same breath as the reply that comes of it: after a restart neither is done
//! again. Who asks for no texts gets none, from rules or from agents.

mod brakes;
mod claim;
mod decision;
mod optouts;
mod rehearsal;

use std::collections::{BTreeMap, VecDeque};

use voipbin_wire::{Timestamp, isolated, shortened};

use crate::alert::{About, Alert, AlertKind};
use crate::moment::Moment;
use crate::record::{Considered, Ends, Machine, Override, Record, Remains, RuleCount, TextRecord};
use crate::rules::{Asked, RuleBook, Rules, asks};
use crate::view::{
    ChatView, DeliveryView, HeldView, MessageView, OptOutView, ResponderState, ResponderView, RuleCountView,
    StatusView, TraceFate, TraceView,
};
use crate::{Desk, Millis};

use brakes::Brakes;
use decision::{Act, Decision, Heard, TOO_OLD, decide};
use optouts::OptOuts;

pub use claim::{CLAIM_CHANNEL, CLAIM_CHANNEL_DETAIL, Claim, ClaimRound, Claimed, Obstacle};
pub use optouts::OptOut;
pub use rehearsal::{Rehearsal, Trial, rehearse, try_out};

/// So many decisions can be looked at.
const LOG: usize = 100;
/// So much of a text is shown beside one.
const SHOWN_OF_TEXT: usize = 160;
/// So many texts wait for this desk to be known to the team.
const WAITING: usize = 500;

/// What a rule does beside answering, to be asked of the service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chore {
    /// The text it is about.
    pub message: String,
    /// The customer's number.
    pub number: String,
    /// What the service calls the conversation, where it does.
    pub conversation: Option<String>,
    /// A label to put on the customer.
    pub tag: Option<String>,
    /// Words for the customer's open case.
    pub note: Option<String>,
    /// The agent who is to have the conversation, by identifier.
    pub assign: Option<String>,
}

/// What the agent does about answers by rules.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
#[serde(tag = "type", content = "with", rename_all = "camelCase")]
pub enum ResponderDeed {
    /// Switches them on or off at this desk, at the next start, too.
    Switch(bool),
    /// The same until this program ends.
    ForNow(bool),
    /// Keeps these rules in place of those before.
    Keep(Box<RuleBook>),
    /// Takes down that somebody wants no texts, or does again.
    OptOut {
        /// The conversation.
        chat: String,
        /// They want none.
        out: bool,
    },
    /// Somebody who seemed to be a machine is none.
    LetGo {
        /// Their number.
        number: String,
    },
}

/// What is to be done with an automatic reply that waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Leaving {
    Now,
    Later,
    /// And why.
    Never(String),
}

/// What became of an automatic reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Became<'a> {
    /// The service has it.
    Taken {
        /// A person sent it after all.
        by_hand: bool,
    },
    /// The service has it, and the network did not deliver it.
    Undelivered,
    /// It left, and nothing is known of it.
    Unclear,
    /// It did not go out, and why.
    Failed(&'a str),
}

#[derive(Debug, Clone, Copy)]
enum Counted {
    Matched(Millis),
    Sent,
}

/// The desk's part in answering by rules.
#[derive(Debug, Default)]
pub(crate) struct Responder {
    rules: Rules,
    standing: claim::Standing,
    brakes: Brakes,
    opted: OptOuts,
    /// Texts that are to be considered, and not before when.
    waiting: BTreeMap<String, Millis>,
    log: VecDeque<Logged>,
    counts: BTreeMap<String, RuleCountView>,
    state: Option<(ResponderState, String)>,
    pub(crate) is_marked: bool,
}

/// A decision, and the rule that it is by.
#[derive(Debug)]
struct Logged {
    trace: TraceView,
    rule: Option<String>,
    /// That its reply went out was counted.
    is_counted: bool,
}

impl Responder {
    /// See [`Desk::clock_jumped`].
    pub(crate) fn clock_jumped(&mut self, by: Millis) {
        self.waiting.values_mut().for_each(|at| *at = at.saturating_add(by));
    }
}

impl Desk {
    /// The rules that were written, and what this desk is called among others.
    pub fn rules(&mut self, rules: Rules) {
        self.responder.rules = rules;
        self.responder.is_marked = true;
    }

    /// A name for this desk that no other has; claims are made under it.
    pub fn named(&mut self, desk: String) {
        self.responder.standing = claim::Standing::named(desk);
    }

    /// The rules now.
    pub fn rules_now(&self) -> &Rules {
        &self.responder.rules
    }

    /// Switches answering by rules on or off at this desk.
    pub fn respond(&mut self, is_on: bool, now: Millis) {
        self.responder.standing.switch(is_on);
        if !is_on {
            self.responder.waiting.clear();
        }
        self.responder_stands(now);
    }

    /// Nothing is answered by rules for this reason, whoever switched them on,
    /// until there is none.
    pub fn hold_responder(&mut self, obstacle: Option<Obstacle>, now: Millis) {
        if self.responder.standing.hold(obstacle) {
            self.responder_stands(now);
            self.consider_waiting(now);
        }
    }

    /// Whether this desk is to answer by rules, and nothing is in the way.
    pub fn responds(&self) -> bool {
        self.responder.standing.wants()
    }

    /// What is to be asked of the team's channel now; answered by [`Desk::claimed`].
    pub fn take_claim_round(&mut self, now: Millis) -> Option<ClaimRound> {
        let (who, at) = (self.people.me.name.clone(), self.service_time(now));
        self.responder.standing.take_round(&who, at, now)
    }

    /// The claim to take back when this desk goes.
    pub fn claim_to_take_back(&self) -> Option<&Claim> {
        self.responder.standing.held()
    }

    /// The channel of the claims is gone, or the claim in it: it holds no more.
    pub fn claim_lost(&mut self, now: Millis) {
        self.responder.standing.lost(now);
        self.responder_stands(now);
    }

    /// Whether this is the message by which this desk answers, and nothing is
    /// being asked about it at this moment: a renewal takes the old one back.
    pub fn holds_claim(&self, message: &str) -> bool {
        let Self { responder: Responder { standing, .. }, .. } = self;
        !standing.is_looking() && standing.held().is_some_and(|claim| claim.message == message)
    }

    /// The claim was taken back.
    pub fn claim_left(&mut self, now: Millis) {
        self.responder.standing.leave();
        self.responder_stands(now);
    }

    /// Who answers by rules here, and what their status is.
    pub fn who_answers(&self) -> (StatusView, &str) {
        (self.people.me.status, &self.people.me.name)
    }

    /// The texts on the desk, the oldest first.
    pub fn texts(&self) -> Vec<TextRecord> {
        let text =
            |message: &MessageView| Some(TextRecord { ends: self.ends(&message.chat)?, message: message.clone() });
        let mut texts: Vec<TextRecord> = self.messages.values().filter_map(text).collect();
        texts.sort_by(|one, other| (one.message.at, &one.message.id).cmp(&(other.message.at, &other.message.id)));
        texts
    }

    /// What came of asking the team's channel.
    pub fn claimed(&mut self, claimed: Claimed, now: Millis) {
        self.responder.standing.take(claimed, now);
        self.responder_stands(now);
        self.consider_waiting(now);
    }

    /// A person takes the word of somebody about texts: they want none, or do again.
    pub fn opt_out(&mut self, chat: &str, is_out: bool, now: Millis) -> bool {
        let listed = || {
            let pair = self
                .responder
                .opted
                .out()
                .find(|pair| crate::chats::chat_id(&pair.number, &pair.our_number) == chat)?;
            let (number, our_number) = (pair.number.clone(), pair.our_number.clone());
            Some(Ends { chat: chat.to_owned(), number, our_number, conversation: None })
        };
        let ends = self.ends(chat).or_else(listed).filter(|ends| !crate::is_withheld(&ends.number));
        let Some(ends) = ends else { return false };
        let by = self.people.me.name.clone();
        // What an agent takes down is the last word, whatever the clocks say.
        let known = self.responder.opted.get(&ends.number).map(|word| word.at.saturating_add(1));
        let at = self.service_time(now).as_millis().max(known.unwrap_or(Millis::MIN));
        self.heed(&ends, is_out, at, by, None);
        true
    }

    /// Nothing went to somebody by itself; a person says that it may again.
    pub fn let_go(&mut self, number: &str, now: Millis) {
        self.person_wrote(number, now);
    }

    /// What came of what a rule did beside answering.
    pub fn chore_done(&mut self, message: &str, problem: Option<String>) {
        let Some(problem) = problem else { return };
        if let Some(Logged { trace, .. }) = self.logged(message) {
            trace.steps.push(problem);
            self.responder.is_marked = true;
        }
    }

    /// A text came in: what its words ask for is heeded, and rules look at it
    /// if this desk answers.
    pub(crate) fn text_came(&mut self, message: &str, made: Option<Timestamp>, moment: &Moment) {
        let now = moment.now;
        let Some(text) = self.messages.get(message).filter(|text| !text.ours) else { return };
        let Some(ends) = self.ends(&text.chat) else { return };
        if let Some(asked @ (Asked::Stop | Asked::Start)) = asks(&text.text) {
            // By the service's own stamps, whose order does not depend on this computer's clock.
            let (at, word) = (made.map_or(text.at, Timestamp::as_millis), text.text.trim().to_owned());
            self.heed(&ends, asked == Asked::Stop, at, word, Some(message.to_owned()));
        }
        if self.responder.standing.is_on && !self.responder.brakes.knows(message) {
            // How old it is by its own stamp, whatever is thought of the clocks:
            // a list says nothing of when it was made public.
            let is_fresh =
                made.map_or(!moment.is_listed, |made| now.abs_diff(made.as_millis()) <= TOO_OLD.unsigned_abs());
            if !is_fresh {
                return self.too_old(message, now);
            }
            if self.responder.waiting.len() >= WAITING {
                self.responder.waiting.pop_first();
            }
            self.responder.waiting.insert(message.to_owned(), Millis::MIN);
            self.consider_waiting(now);
        }
    }

    fn too_old(&mut self, message: &str, now: Millis) {
        let Some(text) = self.messages.get(message).cloned() else { return };
        let Some(ends) = self.ends(&text.chat) else { return };
        let words = "It is older than 5 minutes, or this computer's clock differs from the service's by more than that: what is not surely new is not answered by rules.";
        self.not_answered(&text, ends, words.to_owned(), now);
    }

    /// A text that is not answered, and was not considered.
    fn not_answered(&mut self, text: &MessageView, ends: Ends, words: String, now: Millis) {
        let (message, chat, number, fate) = (text.id.clone(), ends.chat, ends.number, TraceFate::Silent);
        let considered = Considered { message, chat, number, at: now, rule: None, fate, words, reply: None };
        self.log(trace(considered, &text.text, Vec::new()), None);
    }

    /// A text went out that was not written here: it counts, whoever wrote it.
    pub(crate) fn written_elsewhere(&mut self, number: &str, at: Millis) {
        self.responder.brakes.written_elsewhere(number, at);
    }

    /// An agent wrote to somebody, here.
    pub(crate) fn person_wrote(&mut self, number: &str, at: Millis) {
        if self.responder.brakes.person_wrote(number, at) {
            self.keep_machine(number);
        }
    }

    /// Texts whose time has come are considered.
    pub(crate) fn consider_waiting(&mut self, now: Millis) {
        if !self.responder.standing.is_ours(now) {
            return self.give_up_waiting(now);
        }
        let due = self.responder.waiting.iter().filter(|(_, at)| **at <= now);
        let mut due: Vec<String> = due.map(|(id, _)| id.clone()).collect();
        due.sort_by_cached_key(|id| (self.messages.get(id).map(|text| text.at), id.clone()));
        for id in due {
            self.responder.waiting.remove(&id);
            self.consider(&id, now);
        }
    }

    /// Nobody is answered late: what is too old will never be.
    fn give_up_waiting(&mut self, now: Millis) {
        let Self { responder, messages, .. } = self;
        let is_fresh = |text: Option<&MessageView>| text.is_some_and(|text| now.saturating_sub(text.at) <= TOO_OLD);
        let late: Vec<String> = responder.waiting.keys().filter(|id| !is_fresh(messages.get(id))).cloned().collect();
        let (_, why) = responder.standing.state(now);
        for id in late {
            self.responder.waiting.remove(&id);
            let Some(text) = self.messages.get(&id).cloned() else { continue };
            let Some(ends) = self.ends(&text.chat) else { continue };
            let words = format!("It was not answered within 5 minutes. {why}");
            self.not_answered(&text, ends, words, now);
        }
    }

    pub(crate) fn responder_stands(&mut self, now: Millis) {
        let state = Some(self.responder.standing.state(now));
        if self.responder.state != state {
            self.responder.state = state;
            self.responder.is_marked = true;
        }
    }

    /// Whether somebody wants no texts.
    pub(crate) fn wants_none(&self, ends: &Ends) -> bool {
        self.responder.opted.is_out(&ends.number)
    }

    /// Since when, as the conversation shows it.
    pub(crate) fn wants_none_since(&self, number: &str) -> Option<Millis> {
        self.responder.opted.get(number).filter(|word| word.is_out).map(|word| word.at)
    }

    /// Somebody is written to who wants no texts: who, why, and that it was so is kept.
    pub(crate) fn overridden(&mut self, ends: &Ends, reply: &str, reason: &str, now: Millis) {
        self.out.records.push(Record::Override(Override {
            reply: reply.to_owned(),
            our_number: ends.our_number.clone(),
            number: ends.number.clone(),
            agent: self.people.me.name.clone(),
            reason: reason.to_owned(),
            at: now,
        }));
    }

    /// Whether an automatic reply may leave at this moment: what was right when
    /// it was written need not be so any more.
    pub(crate) fn automatic_may(&self, reply: &str, ends: &Ends, written_at: Millis, now: Millis) -> Leaving {
        let trigger = reply.split_once("-auto-").and_then(|(_, message)| self.messages.get(message));
        let since = trigger.map_or(written_at, |text| text.at);
        let texts = || self.chats.get(&ends.chat).into_iter().flat_map(crate::chats::Chat::texts);
        let is_answer = |id: &str| {
            let other = self.messages.get(id).filter(|other| id != reply && other.ours && other.at > since);
            other.is_some_and(|other| other.auto.is_none())
        };
        let words = if now.saturating_sub(written_at) > TOO_OLD {
            "It could not be sent within 5 minutes, and nobody is answered late."
        } else if texts().any(is_answer) {
            "Somebody answered before it could be sent."
        } else if !self.responder.standing.is_on {
            "Automatic replies were switched off before it could be sent."
        } else if !self.responder.standing.is_ours(now) || self.responder.brakes.left_lately(&ends.number, reply, now) {
            return Leaving::Later;
        } else {
            return Leaving::Now;
        };
        Leaving::Never(words.to_owned())
    }

    pub(crate) fn automatic_left(&mut self, number: &str, reply: &str, now: Millis) {
        self.responder.brakes.left(number, reply, now);
    }

    /// What became of an automatic reply: the decision says no more than that.
    pub(crate) fn automatic_is(&mut self, reply: &str, became: Became<'_>) {
        let Some((_, message)) = reply.split_once("-auto-") else { return };
        let Some(Logged { trace, rule, is_counted }) = self.logged(message) else { return };
        let by = rule.clone().unwrap_or_default();
        let (fate, words) = match became {
            Became::Taken { by_hand: false } => (TraceFate::Sent, format!("Answered by \u{201c}{by}\u{201d}.")),
            Became::Taken { by_hand: true } => {
                (TraceFate::Sent, format!("The reply of \u{201c}{by}\u{201d} was sent by hand."))
            }
            Became::Undelivered => (
                TraceFate::Silent,
                format!("The reply of \u{201c}{by}\u{201d} left, and the network did not deliver it."),
            ),
            Became::Unclear => (
                TraceFate::Unclear,
                format!("The reply of \u{201c}{by}\u{201d} left, and it is not known whether it arrived."),
            ),
            Became::Failed(why) => (TraceFate::Silent, why.to_owned()),
        };
        if trace.fate == fate && trace.words == words {
            return;
        }
        let is_first = fate == TraceFate::Sent && !std::mem::replace(is_counted, true);
        (trace.fate, trace.words) = (fate, words);
        let TraceView { message, chat, number, at, fate, words, reply, .. } = trace.clone();
        let rule = rule.clone();
        self.out.records.push(Record::Considered(Considered {
            message,
            chat,
            number,
            at,
            rule: rule.clone(),
            fate,
            words,
            reply,
        }));
        self.responder.is_marked = true;
        if let Some(rule) = rule.filter(|_| is_first) {
            self.count(&rule, Counted::Sent);
        }
    }

    /// A receipt for a text of ours: one by a rule may not have arrived after all.
    pub(crate) fn automatic_delivery(&mut self, reply: &str, delivery: DeliveryView) {
        let Some((_, message)) = reply.split_once("-auto-") else { return };
        let fate = self.logged(message).map(|logged| logged.trace.fate);
        match (delivery, fate) {
            (DeliveryView::Failed, Some(_)) => self.automatic_is(reply, Became::Undelivered),
            (DeliveryView::Delivered, Some(TraceFate::Silent | TraceFate::Unclear)) => {
                self.automatic_is(reply, Became::Taken { by_hand: false });
            }
            _ => {}
        }
    }

    /// Decisions from the ledger whose replies are neither on their way nor settled.
    pub(crate) fn settle_orphans(&mut self) {
        let on_its_way: Vec<String> =
            self.outbox.keys().filter_map(|id| Some(id.split_once("-auto-")?.1.to_owned())).collect();
        for Logged { trace, .. } in &mut self.responder.log {
            if trace.fate == TraceFate::Waiting && trace.reply.is_some() && !on_its_way.contains(&trace.message) {
                trace.fate = TraceFate::Unclear;
                "Ringside ended before it was known what became of the reply.".clone_into(&mut trace.words);
                self.responder.is_marked = true;
            }
        }
    }

    pub(crate) fn restore_responder(&mut self, remains: &mut Remains) {
        // What another desk or a person wrote counts for the hour, as it did before the restart.
        let elsewhere = |text: &&MessageView| text.ours && text.auto.is_none();
        let elsewhere: Vec<(String, Millis)> = self
            .messages
            .values()
            .filter(elsewhere)
            .filter_map(|text| Some((self.chats.get(&text.chat)?.view.number.clone(), text.at)))
            .collect();
        for (number, at) in elsewhere {
            self.responder.brakes.written_elsewhere(&number, at);
        }
        for word in std::mem::take(&mut remains.opt_outs) {
            let number = word.number.clone();
            self.responder.opted.restore(word);
            self.may_be_written_to(&number);
        }
        for considered in std::mem::take(&mut remains.considered) {
            self.responder.brakes.considered(&considered.message, considered.at);
            // Whatever became of it: a brake too many is no harm.
            if considered.reply.is_some() && considered.fate != TraceFate::Would {
                self.responder.brakes.sent(&considered.number, considered.at);
            }
            let text = self.messages.get(&considered.message).map(|text| text.text.clone()).unwrap_or_default();
            let rule = considered.rule.clone();
            self.log(trace(considered, &text, Vec::new()), rule);
        }
        for Machine { number, quick, is_held } in std::mem::take(&mut remains.machines) {
            self.responder.brakes.restore(&number, quick, is_held);
        }
        for RuleCount { rule, matched, sent, last_at } in std::mem::take(&mut remains.rule_counts) {
            self.responder.counts.insert(rule.clone(), RuleCountView { rule, matched, sent, last_at });
        }
        self.responder.is_marked = true;
    }

    pub(crate) fn responder_view(&self) -> ResponderView {
        let Responder { rules, standing, brakes, opted, log, counts, state, .. } = &self.responder;
        let (state, words) =
            state.clone().unwrap_or((ResponderState::Off, "No text is answered by itself.".to_owned()));
        let of = |number: &str| self.name_of(number).map(str::to_owned);
        let out = |pair: &OptOut| OptOutView {
            chat: crate::chats::chat_id(&pair.number, &pair.our_number),
            name: of(&pair.number),
            number: pair.number.clone(),
            our_number: pair.our_number.clone(),
            by: pair.by.clone(),
            at: pair.at,
        };
        ResponderView {
            on: standing.is_on,
            state,
            words,
            book: rules.book().clone(),
            counts: counts.values().cloned().collect(),
            traces: log.iter().rev().map(|logged| logged.trace.clone()).collect(),
            opt_outs: opted.out().map(out).collect(),
            held: brakes.held().map(|number| HeldView { number: number.to_owned(), name: of(number) }).collect(),
            limits: brakes::limits(),
        }
    }

    fn heed(&mut self, ends: &Ends, is_out: bool, at: Millis, by: String, message: Option<String>) {
        let Ends { number, our_number, .. } = ends.clone();
        if crate::is_withheld(&number) {
            // Whoever it was: the next withheld number is somebody else's.
            return;
        }
        if self.responder.opted.take(OptOut { our_number, number, is_out, at, by, message }) {
            let held = self.responder.opted.get(&ends.number).cloned();
            self.out.records.extend(held.map(Record::OptOut));
            self.may_be_written_to(&ends.number);
            self.responder.is_marked = true;
        }
    }

    fn consider(&mut self, message: &str, now: Millis) {
        let Some(text) = self.messages.get(message).cloned() else { return };
        let (Some(ends), Some(chat)) = (self.ends(&text.chat), self.chats.get(&text.chat)) else { return };
        let view = chat.view.clone();
        if self.responder.brakes.wrote(&ends.number, text.at) {
            self.keep_machine(&ends.number);
        }
        let before = self.written_to(&view.number);
        let heard = self.heard(&text, &view, &before);
        let decision = decide(&self.responder.rules, &self.responder.brakes, &self.responder.opted, &heard, now);
        self.carry_out(&text, ends, decision, now);
    }

    /// What went out to somebody, from whatever number of ours.
    fn written_to(&self, number: &str) -> Vec<&str> {
        let with_them = self.chats.values().filter(|chat| chat.view.number == number);
        let texts = with_them.flat_map(crate::chats::Chat::texts).filter_map(|id| self.messages.get(id));
        texts.filter(|text| text.ours).map(|text| text.text.as_str()).collect()
    }

    fn heard<'a>(&'a self, text: &'a MessageView, chat: &'a ChatView, before: &'a [&'a str]) -> Heard<'a> {
        let others = || self.chats.get(&chat.id).into_iter().flat_map(crate::chats::Chat::texts);
        let our_end = self.chats.get(&chat.id).and_then(|chat| chat.our_end.as_deref());
        let is_later = |id: &str| self.messages.get(id).is_some_and(|other| other.ours && other.at > text.at);
        Heard {
            id: &text.id,
            text: &text.text,
            at: text.at,
            number: &chat.number,
            our_number: &chat.our_number,
            our_end: our_end.unwrap_or(&chat.our_number),
            channel: &chat.channel,
            name: self.name_of(&chat.number),
            agent: &self.people.me.name,
            status: self.people.me.status,
            is_first: others().all(|id| id == text.id),
            is_answered: others().any(is_later),
            has_road: chat.can_reply,
            is_ours: self.chats.values().any(|other| other.view.our_number == chat.number),
            before,
        }
    }

    fn carry_out(&mut self, text: &MessageView, ends: Ends, decision: Decision, now: Millis) {
        let Decision { steps, mut words, act, matched, besides } = decision;
        let (fate, rule, reply) = match &act {
            Act::Later(at) => {
                self.responder.waiting.insert(text.id.clone(), *at);
                (TraceFate::Waiting, None, None)
            }
            Act::Nothing => (TraceFate::Silent, None, None),
            Act::Would { rule, text } => (TraceFate::Would, Some(rule.clone()), Some(text.clone())),
            Act::Reply { rule, text, .. } => {
                // It is answered when the service has taken it, and not before.
                words = format!("\u{201c}{rule}\u{201d} matched; the reply is on its way.");
                (TraceFate::Waiting, Some(rule.clone()), Some(text.clone()))
            }
        };
        let (message, number, is_settled) = (text.id.clone(), ends.number.clone(), !matches!(act, Act::Later(_)));
        let considered = Considered { message, chat: ends.chat.clone(), number, at: now, rule, fate, words, reply };
        if is_settled {
            self.responder.brakes.considered(&text.id, now);
            self.out.records.push(Record::Considered(considered.clone()));
            for rule in &matched {
                self.count(rule, Counted::Matched(now));
            }
            for rule in besides {
                self.do_besides(&rule, text, &ends);
            }
        }
        let by = considered.rule.clone();
        self.log(trace(considered, &text.text, steps), by);
        if let Act::Reply { rule, text: reply, is_last } = act {
            self.responder.brakes.sent(&ends.number, now);
            let id = format!("reply-{:014}-auto-{}", self.reply_stamp(now), text.id);
            let despite = is_last.then(|| "It confirms that no more texts come.".to_owned());
            self.write_reply(ends, &reply, &id, Some(rule), despite, now);
        }
    }

    fn do_besides(&mut self, rule: &crate::rules::Rule, text: &MessageView, ends: &Ends) {
        let chosen = |words: &str| Some(words.trim().to_owned()).filter(|words| !words.is_empty());
        let then = &rule.then;
        if let Some(words) = chosen(&then.notify) {
            let who = isolated(self.name_of(&ends.number).unwrap_or(&ends.number)).into_owned();
            self.alert(Alert::Raise {
                key: format!("rule {} {}", rule.name, text.id),
                kind: AlertKind::Message,
                title: words,
                body: format!("{who}: {}", shown(&text.text)),
                about: About::Chat { id: ends.chat.clone() },
            });
        }
        let (tag, note, to) = (chosen(&then.tag), chosen(&then.note), chosen(&then.assign));
        let assign = to.as_ref().and_then(|to| self.people.agent_called(to));
        if to.is_some() && assign.is_none() {
            let words = format!("Nobody on the team is called {}.", to.unwrap_or_default());
            if let Some(Logged { trace, .. }) = self.logged(&text.id) {
                trace.steps.push(words);
            }
        }
        if tag.is_some() || note.is_some() || assign.is_some() {
            let (message, number, conversation) = (text.id.clone(), ends.number.clone(), ends.conversation.clone());
            self.out.chores.push(Chore { message, number, conversation, tag, note, assign });
        }
    }

    fn count(&mut self, rule: &str, counted: Counted) {
        let empty = || RuleCountView { rule: rule.to_owned(), matched: 0, sent: 0, last_at: None };
        let count = self.responder.counts.entry(rule.to_owned()).or_insert_with(empty);
        match counted {
            Counted::Matched(now) => (count.matched, count.last_at) = (count.matched.saturating_add(1), Some(now)),
            Counted::Sent => count.sent = count.sent.saturating_add(1),
        }
        let RuleCountView { rule, matched, sent, last_at } = count.clone();
        self.out.records.push(Record::RuleCount(RuleCount { rule, matched, sent, last_at }));
    }

    fn keep_machine(&mut self, number: &str) {
        let Some(sender) = self.responder.brakes.sender(number) else { return };
        let (quick, is_held) = (sender.quick, sender.is_held);
        self.out.records.push(Record::Machine(Machine { number: number.to_owned(), quick, is_held }));
        self.responder.is_marked = true;
    }

    fn logged(&mut self, message: &str) -> Option<&mut Logged> {
        self.responder.log.iter_mut().find(|logged| logged.trace.message == message)
    }

    /// The latest word about a text replaces the earlier one.
    fn log(&mut self, trace: TraceView, rule: Option<String>) {
        let log = &mut self.responder.log;
        log.retain(|known| known.trace.message != trace.message);
        let is_counted = matches!(trace.fate, TraceFate::Sent | TraceFate::Silent);
        log.push_back(Logged { trace, rule, is_counted });
        if log.len() > LOG {
            log.pop_front();
        }
        self.responder.is_marked = true;
    }
}

fn trace(considered: Considered, text: &str, steps: Vec<String>) -> TraceView {
    let Considered { message, chat, number, at, fate, words, reply, .. } = considered;
    TraceView { message, chat, number, text: shown(text), at, fate, words, reply, steps }
}

fn shown(text: &str) -> String {
    shortened(text, SHOWN_OF_TEXT).into_owned()
}
