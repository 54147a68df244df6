//! Answers by rules, as a window draws them.

use ringside_words::Message;
use serde::Serialize;

use crate::Millis;
use crate::rules::RuleBook;

views! {
    /// Answers by rules.
    pub struct ResponderView {
        /// Whether this desk is to answer.
        pub on: bool,
        /// Where it stands.
        pub state: ResponderState,
        /// The same for people.
        pub words: Message,
        /// The rules.
        pub book: RuleBook,
        /// How often each rule was of use.
        pub counts: Vec<RuleCountView>,
        /// The last decisions, the newest first.
        pub traces: Vec<TraceView>,
        /// Who wants no texts.
        pub opt_outs: Vec<OptOutView>,
        /// Who seems to be a machine: nothing goes there by itself.
        pub held: Vec<HeldView>,
        /// How far automatic replies go at most, whatever the rules say.
        pub limits: LimitsView,
    }

    /// How far automatic replies go at most.
    pub struct LimitsView {
        /// Replies to one number within an hour.
        pub per_hour: u32,
        /// Replies to one number within a day in which no person writes to it.
        pub per_day: u32,
        /// Seconds between two replies to one number.
        pub apart_s: u32,
        /// Replies in a row that a machine may answer within seconds before it gets no more.
        pub quick_at_most: u32,
        /// Minutes after which a text is too old to be answered.
        pub too_old_minutes: u32,
    }

    /// How often a rule was of use.
    pub struct RuleCountView {
        /// Its name.
        pub rule: String,
        /// Texts it matched.
        pub matched: u32,
        /// Replies of it that went out.
        pub sent: u32,
        /// When it last matched.
        pub last_at: Option<Millis>,
    }

    /// What was decided about a text, and why.
    pub struct TraceView {
        /// The text.
        pub message: String,
        /// The conversation.
        pub chat: String,
        /// Who wrote it.
        pub number: String,
        /// How it begins.
        pub text: String,
        /// When it was decided.
        pub at: Millis,
        /// What came of it.
        pub fate: TraceFate,
        /// The same for people.
        pub words: Message,
        /// The reply, sent or not.
        pub reply: Option<String>,
        /// What was looked at, in order.
        pub steps: Vec<Message>,
    }

    /// Somebody who wants no texts.
    pub struct OptOutView {
        /// The conversation.
        pub chat: String,
        /// Their name, where known.
        pub name: Option<String>,
        /// Their number.
        pub number: String,
        /// The number of ours that was told so; empty where the channel has none.
        pub our_number: String,
        /// The word that said so, or the agent who was told.
        pub by: String,
        /// When.
        pub at: Millis,
    }

    /// Somebody who seems to be a machine.
    pub struct HeldView {
        /// Their number.
        pub number: String,
        /// Their name, where known.
        pub name: Option<String>,
    }

    /// What rules would have done to texts that came before.
    pub struct RehearsalView {
        /// Texts that were looked at.
        pub texts: u32,
        /// Replies that would have gone out.
        pub replies: u32,
        /// To so many people.
        pub people: u32,
        /// Decisions, those that would have answered first.
        pub traces: Vec<TraceView>,
    }
}

words! {
    /// Where answering by rules stands.
    pub enum ResponderState {
        /// It is switched off.
        Off,
        /// The team is being told.
        Claiming,
        /// This desk answers.
        Answering,
        /// Another desk does.
        Elsewhere,
        /// The team could not be told, or something is in the way for now.
        Stuck,
        /// A person has to switch it on again: who asked for no texts may not be known.
        Held,
    }

    /// What came of a text.
    pub enum TraceFate {
        /// It was answered: the service took the reply.
        Sent,
        /// A rule that only practises would have answered.
        Would,
        /// It is looked at again in a moment, or the reply is on its way.
        Waiting,
        /// A reply left, and it is not known whether it arrived.
        Unclear,
        /// It was not answered.
        Silent,
    }
}

impl ResponderView {
    /// The phone numbers that it shows; what is none is among them.
    pub(crate) fn numbers(&self) -> impl Iterator<Item = &str> {
        let out = self.opt_outs.iter().flat_map(|out| [&out.number, &out.our_number]);
        let traces = self.traces.iter().map(|trace| &trace.number);
        let held = self.held.iter().map(|held| &held.number);
        out.chain(traces).chain(held).map(String::as_str)
    }
}
