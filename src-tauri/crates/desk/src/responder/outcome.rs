//! What became of what was decided, and what of it is kept.

use ringside_words::{Message, say};

use super::answering::Counted;
use super::{LOG, Responder, Wish, shown};
use crate::record::{Considered, Machine, Record, Remains, RuleCount};
use crate::texts::{Became, Texts};
use crate::view::{DeliveryView, MessageView, RuleCountView, TraceFate, TraceView};
use crate::{Millis, Out};

/// A decision, and the rule that it is by.
#[derive(Debug)]
pub(super) struct Logged {
    pub(super) trace: TraceView,
    pub(super) rule: Option<String>,
    /// That its reply went out was counted.
    pub(super) is_counted: bool,
}

impl Responder {
    pub(crate) fn left(&mut self, number: &str, reply: &str, now: Millis) {
        self.brakes.left(number, reply, now);
    }

    /// What became of an automatic reply: the decision says no more than that.
    pub(crate) fn became(&mut self, reply: &str, became: Became, out: &mut Out) {
        let Some((_, message)) = reply.split_once("-auto-") else { return };
        let Some(Logged { trace, rule, is_counted }) = self.logged(message) else { return };
        let by = rule.clone().unwrap_or_default();
        let (fate, words) = match became {
            Became::Taken { by_hand: false } => (TraceFate::Sent, say!("rules-said-answered", rule = by)),
            Became::Taken { by_hand: true } => (TraceFate::Sent, say!("rules-said-by-hand", rule = by)),
            Became::Undelivered => (TraceFate::Silent, say!("rules-said-undelivered", rule = by)),
            Became::Unclear => (TraceFate::Unclear, say!("rules-said-unclear", rule = by)),
            Became::Failed(why) => (TraceFate::Silent, why),
        };
        if trace.fate == fate && trace.words == words {
            return;
        }
        let is_first = fate == TraceFate::Sent && !std::mem::replace(is_counted, true);
        (trace.fate, trace.words) = (fate, words);
        let TraceView { message, chat, number, at, fate, words, reply, .. } = trace.clone();
        let rule = rule.clone();
        out.records.push(Record::Considered(Considered {
            message,
            chat,
            number,
            at,
            rule: rule.clone(),
            fate,
            words,
            reply,
        }));
        self.is_marked = true;
        if let Some(rule) = rule.filter(|_| is_first) {
            self.count(&rule, Counted::Sent, out);
        }
    }

    /// A receipt for a text of ours: one by a rule may not have arrived after all.
    pub(crate) fn delivered(&mut self, reply: &str, delivery: DeliveryView, out: &mut Out) {
        let Some((_, message)) = reply.split_once("-auto-") else { return };
        let fate = self.logged(message).map(|logged| logged.trace.fate);
        match (delivery, fate) {
            (DeliveryView::Failed, Some(_)) => self.became(reply, Became::Undelivered, out),
            (DeliveryView::Delivered, Some(TraceFate::Silent | TraceFate::Unclear)) => {
                self.became(reply, Became::Taken { by_hand: false }, out);
            }
            _ => {}
        }
    }

    /// Decisions from the ledger whose replies are neither on their way nor settled.
    pub(crate) fn settle_orphans(&mut self, texts: &Texts) {
        let on_its_way: Vec<String> =
            texts.on_their_way().filter_map(|id| Some(id.split_once("-auto-")?.1.to_owned())).collect();
        for Logged { trace, .. } in &mut self.log {
            if trace.fate == TraceFate::Waiting && trace.reply.is_some() && !on_its_way.contains(&trace.message) {
                trace.fate = TraceFate::Unclear;
                trace.words = say!("rules-said-unknown");
                self.is_marked = true;
            }
        }
    }

    pub(crate) fn restore(&mut self, remains: &mut Remains, texts: &Texts) {
        // What another desk or a person wrote counts for the hour, as it did before the restart.
        let elsewhere = |text: &&MessageView| text.ours && text.auto.is_none();
        let elsewhere: Vec<(String, Millis)> = texts
            .messages()
            .filter(elsewhere)
            .filter_map(|text| Some((texts.chat(&text.chat)?.view.number.clone(), text.at)))
            .collect();
        for (number, at) in elsewhere {
            self.brakes.written_elsewhere(&number, at);
        }
        for word in std::mem::take(&mut remains.opt_outs) {
            let number = word.number.clone();
            self.opted.restore(word);
            self.wishes.push(Wish::Silence(number));
        }
        for considered in std::mem::take(&mut remains.considered) {
            self.brakes.considered(&considered.message, considered.at);
            // Whatever became of it: a brake too many is no harm.
            if considered.reply.is_some() && considered.fate != TraceFate::Would {
                self.brakes.sent(&considered.number, considered.at);
            }
            let text = texts.message(&considered.message).map(|text| text.text.clone()).unwrap_or_default();
            let rule = considered.rule.clone();
            self.log(trace(considered, &text, Vec::new()), rule);
        }
        for Machine { number, quick, is_held } in std::mem::take(&mut remains.machines) {
            self.brakes.restore(&number, quick, is_held);
        }
        for RuleCount { rule, matched, sent, last_at } in std::mem::take(&mut remains.rule_counts) {
            self.counts.insert(rule.clone(), RuleCountView { rule, matched, sent, last_at });
        }
        self.is_marked = true;
    }

    pub(super) fn logged(&mut self, message: &str) -> Option<&mut Logged> {
        self.log.iter_mut().find(|logged| logged.trace.message == message)
    }

    /// The latest word about a text replaces the earlier one.
    pub(super) fn log(&mut self, trace: TraceView, rule: Option<String>) {
        let log = &mut self.log;
        log.retain(|known| known.trace.message != trace.message);
        let is_counted = matches!(trace.fate, TraceFate::Sent | TraceFate::Silent);
        log.push_back(Logged { trace, rule, is_counted });
        if log.len() > LOG {
            log.pop_front();
        }
        self.is_marked = true;
    }
}

pub(super) fn trace(considered: Considered, text: &str, steps: Vec<Message>) -> TraceView {
    let Considered { message, chat, number, at, fate, words, reply, .. } = considered;
    TraceView { message, chat, number, text: shown(text), at, fate, words, reply, steps }
}
