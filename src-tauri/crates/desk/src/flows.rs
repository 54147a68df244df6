//! Running flows: what the platform does with a call or a conversation, step by step.

use voipbin_wire::{ActionFact, FlowFact, Timestamp};

use crate::view::{FlowView, StepView};
use crate::{Desk, Millis, told};

/// How many flows that are over stay in sight.
const ENDED_KEPT: usize = 100;
/// More steps of one flow than this are not shown; the newest are.
const STEPS: usize = 100;
/// No action: the platform writes this where a flow has not begun or is over.
const NO_ACTION: &str = "00000000-0000-0000-0000-000000000000";

impl Desk {
    pub(crate) fn learn_flow(&mut self, fact: &FlowFact, at: Option<Timestamp>, now: Millis) {
        let Some(id) = fact.id.as_deref() else { return };
        let is_over =
            fact.result.is_some() || matches!(fact.status.as_deref(), Some("completed" | "ended" | "stopped"));
        if self.flows.get(id).is_none() && (self.flows_over.get(id).is_some() || (is_over && self.quiet)) {
            return;
        }
        let moment = self.moment(at, now);
        let began = self.moment(fact.tm_create.or(at), now);
        let is_action = |action: &&ActionFact| action.id.as_deref().is_some_and(|id| id != NO_ACTION);
        let current = fact.current_action.as_ref().filter(is_action);
        // The live service tells the whole path each time, the documented one a step.
        let is_whole = fact.tm_create.is_some();
        let path: Vec<(&ActionFact, Millis)> = fact
            .executed_actions
            .iter()
            .flatten()
            .filter(is_action)
            .chain(current)
            .map(|action| (action, self.moment(action.tm_execute.or(at), now)))
            .collect();
        let mut ended = false;
        self.flows.change(
            id,
            || FlowView {
                id: id.to_owned(),
                flow: String::new(),
                running: true,
                result: None,
                about: None,
                about_id: None,
                steps: Vec::new(),
                began,
                ended: None,
            },
            |flow| {
                let before = flow.clone();
                if let Some(of) = &fact.flow_id {
                    flow.flow.clone_from(of);
                }
                flow.about = told(fact.reference_type.as_ref()).or(flow.about.take());
                flow.about_id = fact.reference_id.clone().or(flow.about_id.take());
                flow.began = flow.began.min(began);
                if is_whole {
                    take_path(&mut flow.steps, &path);
                } else {
                    path.iter().for_each(|(action, began)| add_step(&mut flow.steps, action, *began));
                }
                flow.result = told(fact.result.as_ref()).or(flow.result.take());
                if is_over {
                    ended = std::mem::take(&mut flow.running);
                    flow.ended = Some(flow.ended.map_or(moment, |known| known.min(moment)));
                }
                if let Some(last) = flow.steps.last_mut() {
                    last.ended = flow.ended.map(|ended| ended.max(last.began));
                }
                *flow != before
            },
        );
        if ended {
            self.flows_over.insert(id, at);
            self.flows.is_over(id, ENDED_KEPT);
        }
    }
}

/// A path as it was at some moment: each step began no later than it was seen.
fn take_path(steps: &mut Vec<StepView>, path: &[(&ActionFact, Millis)]) {
    for (at, (action, began)) in path.iter().enumerate().take(STEPS) {
        match steps.get_mut(at) {
            Some(known) => known.began = known.began.min(*began),
            None => steps.push(step(action, *began, None)),
        }
    }
    for at in 1..steps.len() {
        let next = steps[at].began;
        steps[at - 1].ended = Some(next);
    }
}

fn step(action: &ActionFact, began: Millis, ended: Option<Millis>) -> StepView {
    StepView {
        id: action.id.clone().unwrap_or_default(),
        kind: action.kind.clone().unwrap_or_default(),
        name: told(action.name.as_ref()),
        began,
        ended,
    }
}

/// Puts a step where its time says. The one before it ends as it begins.
fn add_step(steps: &mut Vec<StepView>, action: &ActionFact, began: Millis) {
    let id = action.id.clone().unwrap_or_default();
    let place = steps.iter().rposition(|step| step.began <= began).map_or(0, |before| before + 1);
    let is_known = |step: &StepView| step.id == id && (step.began == began || step.ended.is_none());
    if let Some(known) = steps.iter_mut().find(|step| is_known(step)) {
        known.name = told(action.name.as_ref()).or(known.name.take());
        return;
    }
    let ended = steps.get(place).map(|next| next.began);
    if let Some(before) = place.checked_sub(1).and_then(|before| steps.get_mut(before)) {
        before.ended = Some(before.ended.map_or(began, |ended| ended.min(began)));
    }
    steps.insert(place, step(action, began, ended));
    if steps.len() > STEPS {
        steps.remove(0);
    }
}
