//! What rules would do: to a text that is typed, and to those that came before.

use std::collections::{BTreeMap, BTreeSet};

use ringside_words::Message;

use super::brakes::Brakes;
use super::decision::{Act, Decision, Heard, decide};
use super::optouts::OptOuts;
use crate::Millis;
use crate::record::{OptOut, TextRecord};
use crate::rules::{Asked, Rules, asks};
use crate::view::{RehearsalView, StatusView, TraceFate, TraceView};

/// So many decisions are told one by one.
const TOLD: usize = 300;

/// A text that somebody types to see what rules would do.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "camelCase")]
pub struct Trial {
    /// The words.
    pub text: String,
    /// `sms`, `whatsapp`, …
    pub channel: String,
    /// Who writes.
    pub number: String,
    /// The number of ours that is written to.
    pub our_number: String,
    /// Whether it is the first text of the conversation.
    pub first: bool,
}

/// What to rehearse with.
#[derive(Debug, Clone)]
pub struct Rehearsal<'a> {
    /// The rules.
    pub rules: &'a Rules,
    /// Texts that were kept, the oldest first.
    pub texts: &'a [TextRecord],
    /// What the agent's status is taken to have been.
    pub status: StatusView,
    /// Who answers.
    pub agent: &'a str,
}

/// What the rules would do to a text that is typed, at this moment.
pub fn try_out(rules: &Rules, trial: &Trial, status: StatusView, agent: &str, now: Millis) -> TraceView {
    let number = if trial.number.trim().is_empty() { "+15550100000" } else { trial.number.trim() };
    let heard = Heard {
        id: "trial",
        text: &trial.text,
        at: now,
        number,
        our_number: trial.our_number.trim(),
        our_end: trial.our_number.trim(),
        channel: if trial.channel.is_empty() { "sms" } else { &trial.channel },
        name: None,
        agent,
        status,
        is_first: trial.first,
        is_answered: false,
        has_road: true,
        is_ours: false,
        before: &[],
    };
    let mut opted = OptOuts::default();
    heed(&mut opted, &heard);
    told(&heard, String::new(), decide(rules, &Brakes::default(), &opted, &heard, now))
}

/// What the rules would have done to texts that came before, with the same
/// brakes, had this desk answered all along. Nothing is sent.
pub fn rehearse(rehearsal: &Rehearsal<'_>) -> RehearsalView {
    let Rehearsal { rules, texts, status, agent } = *rehearsal;
    let (mut brakes, mut opted) = (Brakes::default(), OptOuts::default());
    let mut met = BTreeSet::new();
    let mut before: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    let ours: BTreeSet<&str> = texts.iter().map(|text| text.ends.our_number.as_str()).collect();
    let mut view = RehearsalView { texts: 0, replies: 0, people: 0, traces: Vec::new() };
    let mut people = BTreeSet::new();
    for TextRecord { message, ends } in texts {
        let is_first = met.insert(&ends.chat);
        if message.ours {
            before.entry(&ends.number).or_default().push(&message.text);
            if message.auto.is_none() {
                brakes.person_wrote(&ends.number, message.at);
            }
            continue;
        }
        let heard = Heard {
            id: &message.id,
            text: &message.text,
            at: message.at,
            number: &ends.number,
            our_number: &ends.our_number,
            our_end: &ends.our_number,
            channel: if ends.our_number.is_empty() { "message" } else { "sms" },
            name: None,
            agent,
            status,
            is_first,
            is_answered: false,
            has_road: true,
            is_ours: ours.contains(ends.number.as_str()),
            before: before.get(ends.number.as_str()).map_or(&[], Vec::as_slice),
        };
        heed(&mut opted, &heard);
        brakes.wrote(&ends.number, message.at);
        let mut decision = decide(rules, &brakes, &opted, &heard, message.at);
        if let Act::Later(at) = decision.act {
            decision = decide(rules, &brakes, &opted, &heard, at);
        }
        view.texts += 1;
        if matches!(decision.act, Act::Reply { .. }) {
            brakes.sent(&ends.number, message.at);
            view.replies += 1;
            people.insert(&ends.number);
        }
        view.traces.push(told(&heard, ends.chat.clone(), decision));
    }
    view.people = u32::try_from(people.len()).unwrap_or(u32::MAX);
    // What would have gone out matters most, then what is newest.
    view.traces.reverse();
    view.traces.sort_by_key(|trace| trace.fate == TraceFate::Silent);
    view.traces.truncate(TOLD);
    view
}

fn heed(opted: &mut OptOuts, heard: &Heard<'_>) {
    if let Some(asked @ (Asked::Stop | Asked::Start)) = asks(heard.text) {
        opted.take(OptOut {
            our_number: heard.our_number.to_owned(),
            number: heard.number.to_owned(),
            is_out: asked == Asked::Stop,
            at: heard.at,
            by: heard.text.to_owned(),
            message: Some(heard.id.to_owned()),
        });
    }
}

fn told(heard: &Heard<'_>, chat: String, decision: Decision) -> TraceView {
    let (fate, reply) = match decision.act {
        Act::Reply { text, .. } => (TraceFate::Sent, Some(text)),
        Act::Would { text, .. } => (TraceFate::Would, Some(text)),
        Act::Nothing | Act::Later(_) => (TraceFate::Silent, None),
    };
    TraceView {
        message: heard.id.to_owned(),
        chat,
        number: heard.number.to_owned(),
        text: super::shown(heard.text),
        at: heard.at,
        fate,
        words: decision.words.unwrap_or_else(Message::nothing),
        reply,
        steps: decision.steps,
    }
}
