//! A text is considered, and what was decided is carried out.

use ringside_words::{Message, say};

use super::decision::{Act, Decision, Heard, decide};
use super::outcome::{Logged, trace};
use super::{Chore, Responder, Wish, With, shown};
use crate::alert::{About, Alert, AlertKind};
use crate::record::{Considered, Ends, Machine, Record, RuleCount};
use crate::rules::Rule;
use crate::texts::{Chat, NewReply};
use crate::view::{ChatView, MessageView, RuleCountView, TraceFate};
use crate::{Millis, Out};

#[derive(Debug, Clone, Copy)]
pub(super) enum Counted {
    Matched(Millis),
    Sent,
}

impl Responder {
    pub(super) fn consider(&mut self, message: &str, now: Millis, with: With<'_>, out: &mut Out) {
        let Some(text) = with.texts.message(message).cloned() else { return };
        let (Some(ends), Some(chat)) = (with.texts.ends(&text.chat), with.texts.chat(&text.chat)) else { return };
        let view = chat.view.clone();
        if self.brakes.wrote(&ends.number, text.at) {
            self.keep_machine(&ends.number, out);
        }
        let before = written_to(&view.number, with);
        let heard = heard(&text, &view, &before, with);
        let decision = decide(&self.rules, &self.brakes, &self.opted, &heard, now);
        self.carry_out(&text, ends, decision, now, with, out);
    }

    pub(super) fn count(&mut self, rule: &str, counted: Counted, out: &mut Out) {
        let empty = || RuleCountView { rule: rule.to_owned(), matched: 0, sent: 0, last_at: None };
        let count = self.counts.entry(rule.to_owned()).or_insert_with(empty);
        match counted {
            Counted::Matched(now) => (count.matched, count.last_at) = (count.matched.saturating_add(1), Some(now)),
            Counted::Sent => count.sent = count.sent.saturating_add(1),
        }
        let RuleCountView { rule, matched, sent, last_at } = count.clone();
        out.records.push(Record::RuleCount(RuleCount { rule, matched, sent, last_at }));
    }

    pub(super) fn keep_machine(&mut self, number: &str, out: &mut Out) {
        let Some(sender) = self.brakes.sender(number) else { return };
        let (quick, is_held) = (sender.quick, sender.is_held);
        out.records.push(Record::Machine(Machine { number: number.to_owned(), quick, is_held }));
        self.is_marked = true;
    }

    fn carry_out(
        &mut self,
        text: &MessageView,
        ends: Ends,
        decision: Decision,
        now: Millis,
        with: With<'_>,
        out: &mut Out,
    ) {
        let Decision { steps, words, act, matched, besides } = decision;
        let mut words = words.unwrap_or_else(Message::nothing);
        let (fate, rule, reply) = match &act {
            Act::Later(at) => {
                self.waiting.insert(text.id.clone(), *at);
                (TraceFate::Waiting, None, None)
            }
            Act::Nothing => (TraceFate::Silent, None, None),
            Act::Would { rule, text } => (TraceFate::Would, Some(rule.clone()), Some(text.clone())),
            Act::Reply { rule, text, .. } => {
                // It is answered when the service has taken it, and not before.
                words = say!("rules-said-on-its-way", rule = rule);
                (TraceFate::Waiting, Some(rule.clone()), Some(text.clone()))
            }
        };
        let (message, number, is_settled) = (text.id.clone(), ends.number.clone(), !matches!(act, Act::Later(_)));
        let considered = Considered { message, chat: ends.chat.clone(), number, at: now, rule, fate, words, reply };
        if is_settled {
            self.brakes.considered(&text.id, now);
            out.records.push(Record::Considered(considered.clone()));
            for rule in &matched {
                self.count(rule, Counted::Matched(now), out);
            }
            for rule in besides {
                self.do_besides(&rule, text, &ends, with, out);
            }
        }
        let by = considered.rule.clone();
        self.log(trace(considered, &text.text, steps), by);
        if let Act::Reply { rule, text: reply, is_last } = act {
            self.brakes.sent(&ends.number, now);
            let id = format!("reply-{:014}-auto-{}", with.texts.reply_stamp(now), text.id);
            let despite = is_last.then(|| "confirmation".to_owned());
            let reply = NewReply { id, to: ends, text: reply, auto: Some(rule), despite };
            self.wishes.push(Wish::Write(reply, now));
        }
    }

    fn do_besides(&mut self, rule: &Rule, text: &MessageView, ends: &Ends, with: With<'_>, out: &mut Out) {
        let chosen = |words: &str| Some(words.trim().to_owned()).filter(|words| !words.is_empty());
        let then = &rule.then;
        if let Some(words) = chosen(&then.notify) {
            let who = with.people.name_of(&ends.number).unwrap_or(&ends.number);
            out.alert(Alert::Raise {
                key: format!("rule {} {}", rule.name, text.id),
                kind: AlertKind::Message,
                title: Message::verbatim(words),
                body: say!("alerts-rule", name = who, text = shown(&text.text)),
                about: About::Chat { id: ends.chat.clone() },
            });
        }
        let (tag, note, to) = (chosen(&then.tag), chosen(&then.note), chosen(&then.assign));
        let assign = to.as_ref().and_then(|to| with.people.agent_called(to));
        if to.is_some() && assign.is_none() {
            let words = say!("rules-no-such-agent", name = to.unwrap_or_default());
            if let Some(Logged { trace, .. }) = self.logged(&text.id) {
                trace.steps.push(words);
            }
        }
        if tag.is_some() || note.is_some() || assign.is_some() {
            let (message, number, conversation) = (text.id.clone(), ends.number.clone(), ends.conversation.clone());
            out.chores.push(Chore { message, number, conversation, tag, note, assign });
        }
    }
}

/// What went out to somebody, from whatever number of ours.
fn written_to<'a>(number: &str, with: With<'a>) -> Vec<&'a str> {
    let with_them = with.texts.chats().filter(|chat| chat.view.number == number);
    let texts = with_them.flat_map(Chat::texts).filter_map(|id| with.texts.message(id));
    texts.filter(|text| text.ours).map(|text| text.text.as_str()).collect()
}

fn heard<'a>(text: &'a MessageView, chat: &'a ChatView, before: &'a [&'a str], with: With<'a>) -> Heard<'a> {
    let others = || with.texts.chat(&chat.id).into_iter().flat_map(Chat::texts);
    let our_end = with.texts.chat(&chat.id).and_then(|chat| chat.our_end.as_deref());
    let is_later = |id: &str| with.texts.message(id).is_some_and(|other| other.ours && other.at > text.at);
    Heard {
        id: &text.id,
        text: &text.text,
        at: text.at,
        number: &chat.number,
        our_number: &chat.our_number,
        our_end: our_end.unwrap_or(&chat.our_number),
        channel: &chat.channel,
        name: with.people.name_of(&chat.number),
        agent: &with.people.me.name,
        status: with.people.me.status,
        is_first: others().all(|id| id == text.id),
        is_answered: others().any(is_later),
        has_road: chat.can_reply,
        is_ours: with.texts.chats().any(|other| other.view.our_number == chat.number),
        before,
    }
}
