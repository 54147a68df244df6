//! Running flows: what the platform does with a call or a conversation, step by step.

use voipbin_wire::{ActionFact, FlowFact};

use crate::moment::Moment;
use crate::shelf::{Shelf, set, set_told};
use crate::view::{FlowView, Patch, StepView};
use crate::{Millis, Out, Remembered, told};

/// How many flows that are over stay in sight.
const ENDED_KEPT: usize = 100;
/// Flows that are told of and never end are kept up to this number, …
const RUNNING_KEPT: usize = 2000;
/// … and beyond it go so many at once, those first that began first.
const AT_ONCE: usize = 200;
/// More steps of one flow than this are not shown; the newest are.
const STEPS: usize = 40;
/// No action: the platform writes this where a flow has not begun or is over.
const NO_ACTION: &str = "00000000-0000-0000-0000-000000000000";

/// The flows that run, and the last that ran.
#[derive(Debug, Default)]
pub(crate) struct Flows {
    flows: Shelf<FlowView>,
    over: Remembered,
}

impl Flows {
    /// Takes in what is told of a flow.
    pub(crate) fn take(&mut self, fact: &FlowFact, moment: &Moment, _: &mut Out) {
        let at = moment.at;
        let Some(id) = fact.id.as_deref() else { return };
        let is_over =
            fact.result.is_some() || matches!(fact.status.as_deref(), Some("completed" | "ended" | "stopped"));
        if self.flows.get(id).is_none() && (self.over.get(id).is_some() || (is_over && moment.is_listed)) {
            return;
        }
        if self.flows.len() >= RUNNING_KEPT && !self.flows.has(id) {
            self.put_away();
        }
        let told_at = moment.when(at);
        let began = moment.when(fact.tm_create.or(at));
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
            .map(|action| (action, moment.when(action.tm_execute.or(at))))
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
                stale: false,
            },
            |flow| {
                let mut is_news = set(&mut flow.stale, false);
                is_news |= set_told(&mut flow.about, told(fact.reference_type.as_ref()).as_ref())
                    | set_told(&mut flow.about_id, fact.reference_id.as_ref())
                    | set_told(&mut flow.result, told(fact.result.as_ref()).as_ref());
                if let Some(of) = fact.flow_id.as_ref().filter(|of| **of != flow.flow) {
                    flow.flow.clone_from(of);
                    is_news = true;
                }
                if began < flow.began {
                    flow.began = began;
                    is_news = true;
                }
                is_news |= if is_whole {
                    take_path(&mut flow.steps, &path)
                } else {
                    path.iter()
                        .fold(false, |is_news, (action, began)| add_step(&mut flow.steps, action, *began) | is_news)
                };
                if is_over {
                    ended = std::mem::take(&mut flow.running);
                    let first = flow.ended.map_or(told_at, |known| known.min(told_at));
                    is_news |= ended | set(&mut flow.ended, Some(first));
                }
                if let Some(last) = flow.steps.last_mut() {
                    let over = flow.ended.map(|ended| ended.max(last.began));
                    is_news |= set(&mut last.ended, over);
                }
                is_news
            },
        );
        if ended {
            self.over.insert(id, at);
            self.flows.is_over(id, ENDED_KEPT);
        }
    }

    /// Events about flows stop arriving: those that run may be over.
    pub(crate) fn doubt(&mut self) {
        self.flows.update_all(|flow| flow.running && set(&mut flow.stale, true));
    }

    /// When the oldest began of which it is not known whether it still runs.
    pub(crate) fn in_doubt_since(&self) -> Option<Millis> {
        self.flows.values().filter(|flow| flow.stale).map(|flow| flow.began).min()
    }

    /// The list was read again: what it was whole enough to hold and did not is gone.
    pub(crate) fn confirmed(&mut self, whole_since: Millis) {
        for id in self.flows.which(|flow| flow.stale && flow.began >= whole_since) {
            self.flows.remove(&id);
        }
    }

    pub(crate) fn marked(&self) -> usize {
        self.flows.marked()
    }

    pub(crate) fn draw(&mut self, patches: &mut Vec<Patch>) {
        self.flows.draw(patches, |id| Patch::DropFlow { id }, |flow| Patch::PutFlow { flow: flow.clone() });
    }

    pub(crate) fn views(&self) -> Vec<FlowView> {
        self.flows.sorted().map(|(_, flow)| flow.clone()).collect()
    }

    pub(crate) fn give_room_back(&mut self) {
        self.flows.give_room_back();
        self.over.give_room_back();
    }

    fn put_away(&mut self) {
        let mut all: Vec<(Millis, &String)> = self.flows.all().map(|(id, flow)| (flow.began, id)).collect();
        if all.len() > AT_ONCE {
            all.select_nth_unstable(AT_ONCE);
        }
        let oldest: Vec<String> = all.into_iter().take(AT_ONCE).map(|(_, id)| id.clone()).collect();
        for id in oldest {
            self.flows.remove(&id);
        }
    }
}

/// A path as it was at some moment: each step began no later than it was seen.
/// Whether it tells anything new.
fn take_path(steps: &mut Vec<StepView>, path: &[(&ActionFact, Millis)]) -> bool {
    let mut is_news = false;
    for (at, (action, began)) in path.iter().enumerate().take(STEPS) {
        match steps.get_mut(at) {
            Some(known) => {
                let first = known.began.min(*began);
                is_news |= set(&mut known.began, first);
            }
            None => {
                steps.push(step(action, *began, None));
                is_news = true;
            }
        }
    }
    for at in 1..steps.len() {
        let next = steps[at].began;
        is_news |= set(&mut steps[at - 1].ended, Some(next));
    }
    is_news
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
/// Whether it tells anything new.
fn add_step(steps: &mut Vec<StepView>, action: &ActionFact, began: Millis) -> bool {
    let id = action.id.as_deref().unwrap_or_default();
    let is_known = |step: &StepView| step.id == id && (step.began == began || step.ended.is_none());
    // The last steps are the ones that are told again.
    if let Some(known) = steps.iter_mut().rev().find(|step| is_known(step)) {
        return set_told(&mut known.name, told(action.name.as_ref()).as_ref());
    }
    let place = steps.iter().rposition(|step| step.began <= began).map_or(0, |before| before + 1);
    let ended = steps.get(place).map(|next| next.began);
    if let Some(before) = place.checked_sub(1).and_then(|before| steps.get_mut(before)) {
        before.ended = Some(before.ended.map_or(began, |ended| ended.min(began)));
    }
    steps.insert(place, step(action, began, ended));
    if steps.len() > STEPS {
        steps.remove(0);
    }
    true
}
