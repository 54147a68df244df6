//! Answers by rules, with the brakes that keep them from being regretted.
//!
//! A text that comes in is considered once, by the desk that the team knows to
//! answer, and not if a person was quicker. What is decided is a record, in the
//! same breath as the reply that comes of it: after a restart neither is done
//! again. Who asks for no texts gets none, from rules or from agents.

mod answering;
mod brakes;
mod claim;
mod decision;
mod optouts;
mod outcome;
mod rehearsal;

use std::collections::{BTreeMap, VecDeque};

use ringside_words::{Message, say};
use voipbin_wire::{Timestamp, shortened};

use crate::moment::Moment;
use crate::people::People;
use crate::record::{Considered, Ends, OptOut, Record};
use crate::rules::{Asked, RuleBook, Rules, asks};
use crate::texts::{Chat, Leaving, NewReply, Texts, chat_id};
use crate::view::{
    HeldView, MessageView, OptOutView, ResponderState, ResponderView, RuleCountView, StatusView, TraceFate,
};
use crate::{Desk, Millis, Out};

use brakes::Brakes;
use decision::{TOO_OLD, TOO_OLD_MINUTES};
use outcome::{Logged, trace};

pub use claim::{CLAIM_CHANNEL, CLAIM_CHANNEL_DETAIL, Claim, ClaimRound, Claimed, Obstacle};
pub(crate) use optouts::OptOuts;
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

/// Something that answering by rules wants done to texts.
#[derive(Debug)]
enum Wish {
    /// A reply is to be written.
    Write(NewReply, Millis),
    /// Whether somebody wants texts may have changed.
    Silence(String),
}

/// What answering by rules looks at, and never changes.
#[derive(Clone, Copy)]
struct With<'a> {
    texts: &'a Texts,
    people: &'a People,
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
    state: Option<(ResponderState, Message)>,
    is_marked: bool,
    wishes: Vec<Wish>,
}

impl Responder {
    /// See [`Desk::clock_jumped`].
    pub(crate) fn clock_jumped(&mut self, by: Millis) {
        self.waiting.values_mut().for_each(|at| *at = at.saturating_add(by));
    }

    /// Who wants no texts.
    pub(crate) fn opted(&self) -> &OptOuts {
        &self.opted
    }

    pub(crate) fn is_marked(&self) -> bool {
        self.is_marked
    }

    /// The whole, where something changed since the last call.
    pub(crate) fn take_changed(&mut self, people: &People) -> Option<ResponderView> {
        std::mem::take(&mut self.is_marked).then(|| self.view(people))
    }

    pub(crate) fn view(&self, people: &People) -> ResponderView {
        let Self { rules, standing, brakes, opted, log, counts, state, .. } = self;
        let (state, words) = state.clone().unwrap_or_else(|| (ResponderState::Off, say!("rules-state-off")));
        let of = |number: &str| people.name_of(number).map(str::to_owned);
        let out = |pair: &OptOut| OptOutView {
            chat: chat_id(&pair.number, &pair.our_number),
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

    /// A text went out that was not written here: it counts, whoever wrote it.
    pub(crate) fn written_elsewhere(&mut self, number: &str, at: Millis) {
        self.brakes.written_elsewhere(number, at);
    }

    /// An agent wrote to somebody, here.
    pub(crate) fn person_wrote(&mut self, number: &str, at: Millis, out: &mut Out) {
        if self.brakes.person_wrote(number, at) {
            self.keep_machine(number, out);
        }
    }

    /// Whether an automatic reply may leave at this moment: what was right when
    /// it was written need not be so any more.
    pub(crate) fn may_leave(
        &self,
        reply: &str,
        ends: &Ends,
        written_at: Millis,
        texts: &Texts,
        now: Millis,
    ) -> Leaving {
        let trigger = reply.split_once("-auto-").and_then(|(_, message)| texts.message(message));
        let since = trigger.map_or(written_at, |text| text.at);
        let others = || texts.chat(&ends.chat).into_iter().flat_map(Chat::texts);
        let is_answer = |id: &str| {
            let other = texts.message(id).filter(|other| id != reply && other.ours && other.at > since);
            other.is_some_and(|other| other.auto.is_none())
        };
        let why = if now.saturating_sub(written_at) > TOO_OLD {
            say!("rules-said-late", minutes = TOO_OLD_MINUTES)
        } else if others().any(is_answer) {
            say!("rules-said-answered-before")
        } else if !self.standing.is_on {
            say!("rules-said-switched-off")
        } else if !self.standing.is_ours(now) || self.brakes.left_lately(&ends.number, reply, now) {
            return Leaving::Later;
        } else {
            return Leaving::Now;
        };
        Leaving::Never(why)
    }

    pub(crate) fn stands(&mut self, now: Millis) {
        let state = Some(self.standing.state(now));
        if self.state != state {
            self.state = state;
            self.is_marked = true;
        }
    }

    /// A text came in: what its words ask for is heeded. Whether rules are to look
    /// at it now.
    fn take(&mut self, message: &str, made: Option<Timestamp>, moment: &Moment, with: With<'_>, out: &mut Out) -> bool {
        let now = moment.now;
        let Some(text) = with.texts.message(message).filter(|text| !text.ours) else { return false };
        let Some(ends) = with.texts.ends(&text.chat) else { return false };
        if let Some(asked @ (Asked::Stop | Asked::Start)) = asks(&text.text) {
            // By the service's own stamps, whose order does not depend on this computer's clock.
            let (at, word) = (made.map_or(text.at, Timestamp::as_millis), text.text.trim().to_owned());
            self.heed(&ends, asked == Asked::Stop, at, word, Some(message.to_owned()), out);
        }
        if !self.standing.is_on || self.brakes.knows(message) {
            return false;
        }
        // How old it is by its own stamp, whatever is thought of the clocks:
        // a list says nothing of when it was made public.
        let is_fresh = made.map_or(!moment.is_listed, |made| now.abs_diff(made.as_millis()) <= TOO_OLD.unsigned_abs());
        if !is_fresh {
            self.too_old(message, now, with);
            return false;
        }
        if self.waiting.len() >= WAITING {
            self.waiting.pop_first();
        }
        self.waiting.insert(message.to_owned(), Millis::MIN);
        true
    }

    fn too_old(&mut self, message: &str, now: Millis, with: With<'_>) {
        let Some(text) = with.texts.message(message).cloned() else { return };
        let Some(ends) = with.texts.ends(&text.chat) else { return };
        self.not_answered(&text, ends, say!("rules-said-not-new", minutes = TOO_OLD_MINUTES), now);
    }

    /// A text that is not answered, and was not considered.
    fn not_answered(&mut self, text: &MessageView, ends: Ends, words: Message, now: Millis) {
        let (message, chat, number, fate) = (text.id.clone(), ends.chat, ends.number, TraceFate::Silent);
        let considered = Considered { message, chat, number, at: now, rule: None, fate, words, reply: None };
        self.log(trace(considered, &text.text, Vec::new()), None);
    }

    /// Nobody is answered late: what is too old will never be.
    fn give_up_waiting(&mut self, now: Millis, with: With<'_>) {
        let is_fresh = |text: Option<&MessageView>| text.is_some_and(|text| now.saturating_sub(text.at) <= TOO_OLD);
        let late: Vec<String> = self.waiting.keys().filter(|id| !is_fresh(with.texts.message(id))).cloned().collect();
        let (_, why) = self.standing.state(now);
        for id in late {
            self.waiting.remove(&id);
            let Some(text) = with.texts.message(&id).cloned() else { continue };
            let Some(ends) = with.texts.ends(&text.chat) else { continue };
            let words = say!("rules-said-not-in-time", minutes = TOO_OLD_MINUTES).then(why.clone());
            self.not_answered(&text, ends, words, now);
        }
    }

    /// The texts whose time has come, the oldest first; they wait no longer.
    fn take_due(&mut self, now: Millis, texts: &Texts) -> Vec<String> {
        let due = self.waiting.iter().filter(|(_, at)| **at <= now);
        let mut due: Vec<String> = due.map(|(id, _)| id.clone()).collect();
        due.sort_by_cached_key(|id| (texts.message(id).map(|text| text.at), id.clone()));
        self.waiting.retain(|_, at| *at > now);
        due
    }

    fn heed(&mut self, ends: &Ends, is_out: bool, at: Millis, by: String, message: Option<String>, out: &mut Out) {
        let Ends { number, our_number, .. } = ends.clone();
        if crate::is_withheld(&number) {
            // Whoever it was: the next withheld number is somebody else's.
            return;
        }
        if self.opted.take(OptOut { our_number, number, is_out, at, by, message }) {
            let held = self.opted.get(&ends.number).cloned();
            out.records.extend(held.map(Record::OptOut));
            self.wishes.push(Wish::Silence(ends.number.clone()));
            self.is_marked = true;
        }
    }
}

/// Answering by rules as the desk routes to it.
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
        self.responder.stands(now);
    }

    /// Nothing is answered by rules for this reason, whoever switched them on,
    /// until there is none.
    pub fn hold_responder(&mut self, obstacle: Option<Obstacle>, now: Millis) {
        if self.responder.standing.hold(obstacle) {
            self.responder.stands(now);
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
        self.responder.stands(now);
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
        self.responder.stands(now);
    }

    /// Who answers by rules here, and what their status is.
    pub fn who_answers(&self) -> (StatusView, &str) {
        (self.people.me.status, &self.people.me.name)
    }

    /// What came of asking the team's channel.
    pub fn claimed(&mut self, claimed: Claimed, now: Millis) {
        self.responder.standing.take(claimed, now);
        self.responder.stands(now);
        self.consider_waiting(now);
    }

    /// A person takes the word of somebody about texts: they want none, or do again.
    pub fn opt_out(&mut self, chat: &str, is_out: bool, now: Millis) -> bool {
        let listed = || {
            let pair = self.responder.opted.out().find(|pair| chat_id(&pair.number, &pair.our_number) == chat)?;
            let (number, our_number) = (pair.number.clone(), pair.our_number.clone());
            Some(Ends { chat: chat.to_owned(), number, our_number, conversation: None })
        };
        let ends = self.texts.ends(chat).or_else(listed).filter(|ends| !crate::is_withheld(&ends.number));
        let Some(ends) = ends else { return false };
        let by = self.people.me.name.clone();
        // What an agent takes down is the last word, whatever the clocks say.
        let known = self.responder.opted.get(&ends.number).map(|word| word.at.saturating_add(1));
        let at = self.service_time(now).as_millis().max(known.unwrap_or(Millis::MIN));
        self.responder.heed(&ends, is_out, at, by, None, &mut self.out);
        self.responder_moved();
        true
    }

    /// Nothing went to somebody by itself; a person says that it may again.
    pub fn let_go(&mut self, number: &str, now: Millis) {
        self.responder.person_wrote(number, now, &mut self.out);
    }

    /// What came of what a rule did beside answering.
    pub fn chore_done(&mut self, message: &str, problem: Option<Message>) {
        let Some(problem) = problem else { return };
        if let Some(Logged { trace, .. }) = self.responder.logged(message) {
            trace.steps.push(problem);
            self.responder.is_marked = true;
        }
    }

    /// A text came in: what its words ask for is heeded, and rules look at it
    /// if this desk answers.
    pub(crate) fn text_came(&mut self, message: &str, made: Option<Timestamp>, moment: &Moment) {
        let Self { responder, texts, people, out, .. } = self;
        let is_due = responder.take(message, made, moment, With { texts, people }, out);
        self.responder_moved();
        if is_due {
            self.consider_waiting(moment.now);
        }
    }

    /// Texts whose time has come are considered.
    pub(crate) fn consider_waiting(&mut self, now: Millis) {
        let Self { responder, texts, people, .. } = self;
        if !responder.standing.is_ours(now) {
            return responder.give_up_waiting(now, With { texts, people });
        }
        for id in self.responder.take_due(now, &self.texts) {
            let Self { responder, texts, people, out, .. } = self;
            responder.consider(&id, now, With { texts, people }, out);
            self.responder_moved();
        }
    }

    /// What answering by rules wants done to texts is done.
    pub(crate) fn responder_moved(&mut self) {
        for wish in std::mem::take(&mut self.responder.wishes) {
            match wish {
                Wish::Write(reply, now) => self.texts.write_reply(reply, now, &mut self.out),
                Wish::Silence(number) => {
                    self.texts.may_be_written_to(&number, self.responder.opted.out_since(&number));
                }
            }
        }
    }
}

fn shown(text: &str) -> String {
    shortened(text, SHOWN_OF_TEXT).into_owned()
}
