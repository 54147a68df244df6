//! Running flows: what the platform does with a call or a conversation, step by step.

use voipbin_wire::{ActionFact, FlowFact, Timestamp};

use crate::latest::{Latest, told_at};
use crate::moment::Moment;
use crate::shelf::{Shelf, set};
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
/// So many of what was told of one flow's steps are kept.
const TOLD_STEPS: usize = 200;
/// No action: the platform writes this where a flow has not begun or is over.
const NO_ACTION: &str = "00000000-0000-0000-0000-000000000000";

/// The flows that run, and the last that ran.
#[derive(Debug, Default)]
pub(crate) struct Flows {
    flows: Shelf<Flow>,
    over: Remembered,
}

/// A flow, and what was told of it.
#[derive(Debug)]
struct Flow {
    view: FlowView,
    of: Latest<String>,
    result: Latest<String>,
    about: Latest<String>,
    about_id: Latest<String>,
    path: Path,
    /// The current action as single events told it, in order of time; of one
    /// moment the one told first comes first.
    steps: Vec<ToldStep>,
}

/// A current action as one event told it.
#[derive(Debug)]
struct ToldStep {
    at: Timestamp,
    view: StepView,
}

/// The whole path as it was told last. Each step began no later than any path showed it.
#[derive(Debug, Default)]
struct Path {
    told_at: Option<Timestamp>,
    /// So many steps came before those that are kept.
    skipped: usize,
    steps: Vec<StepView>,
}

impl Flows {
    /// Takes in what is told of a flow.
    pub(crate) fn take(&mut self, fact: &FlowFact, moment: &Moment, _: &mut Out) {
        let Some(id) = fact.id.as_deref() else { return };
        let is_over =
            fact.result.is_some() || matches!(fact.status.as_deref(), Some("completed" | "ended" | "stopped"));
        if self.flows.get(id).is_none() && (self.over.get(id).is_some() || (is_over && moment.is_listed)) {
            return;
        }
        if self.flows.len() >= RUNNING_KEPT && !self.flows.has(id) {
            self.put_away();
        }
        let began = moment.when(fact.tm_create.or(moment.at));
        let mut ended = false;
        self.flows.change(
            id,
            || Flow::new(id, began),
            |flow| {
                let before = flow.view.clone();
                ended = flow.take(fact, is_over, began, moment);
                flow.view != before
            },
        );
        if ended {
            self.over.insert(id, moment.at);
            self.flows.is_over(id, ENDED_KEPT);
        }
    }

    /// Events about flows stop arriving: those that run may be over.
    pub(crate) fn doubt(&mut self) {
        self.flows.update_all(|flow| flow.view.running && set(&mut flow.view.stale, true));
    }

    /// When the oldest began of which it is not known whether it still runs.
    pub(crate) fn in_doubt_since(&self) -> Option<Millis> {
        self.flows.values().filter(|flow| flow.view.stale).map(|flow| flow.view.began).min()
    }

    /// The list was read again: what it was whole enough to hold and did not is gone.
    pub(crate) fn confirmed(&mut self, whole_since: Millis) {
        for id in self.flows.which(|flow| flow.view.stale && flow.view.began >= whole_since) {
            self.flows.remove(&id);
        }
    }

    pub(crate) fn marked(&self) -> usize {
        self.flows.marked()
    }

    pub(crate) fn draw(&mut self, patches: &mut Vec<Patch>) {
        self.flows.draw(patches, |flow| flow.view.clone());
    }

    pub(crate) fn views(&self) -> Vec<FlowView> {
        self.flows.sorted().map(|(_, flow)| flow.view.clone()).collect()
    }

    pub(crate) fn give_room_back(&mut self) {
        self.flows.give_room_back();
        self.over.give_room_back();
    }

    fn put_away(&mut self) {
        let mut all: Vec<(Millis, &String)> = self.flows.all().map(|(id, flow)| (flow.view.began, id)).collect();
        if all.len() > AT_ONCE {
            all.select_nth_unstable(AT_ONCE);
        }
        let oldest: Vec<String> = all.into_iter().take(AT_ONCE).map(|(_, id)| id.clone()).collect();
        for id in oldest {
            self.flows.remove(&id);
        }
    }
}

impl Flow {
    fn new(id: &str, began: Millis) -> Self {
        let view = FlowView {
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
        };
        Self {
            view,
            of: Latest::default(),
            result: Latest::default(),
            about: Latest::default(),
            about_id: Latest::default(),
            path: Path::default(),
            steps: Vec::new(),
        }
    }

    /// Whether it ended by this.
    fn take(&mut self, fact: &FlowFact, is_over: bool, began: Millis, moment: &Moment) -> bool {
        self.of.take(fact.flow_id.as_ref(), moment);
        self.result.take(told(fact.result.as_ref()).as_ref(), moment);
        self.about.take(told(fact.reference_type.as_ref()).as_ref(), moment);
        self.about_id.take(fact.reference_id.as_ref(), moment);
        let is_action = |action: &&ActionFact| action.id.as_deref().is_some_and(|id| id != NO_ACTION);
        let current = fact.current_action.as_ref().filter(is_action);
        let path = fact.executed_actions.iter().flatten().filter(is_action).chain(current);
        let step_began = |action: &ActionFact| moment.when(action.tm_execute.or(moment.at));
        // The live service tells the whole path each time, the documented one a step.
        if fact.tm_create.is_some() {
            self.path.take(&path.map(|action| (action, step_began(action))).collect::<Vec<_>>(), moment);
        } else {
            path.for_each(|action| {
                let at = action.tm_execute.unwrap_or_else(|| told_at(moment));
                self.take_step(at, step(action, step_began(action)));
            });
        }
        let view = &mut self.view;
        view.stale = false;
        view.began = view.began.min(began);
        let ends = is_over && std::mem::take(&mut view.running);
        if is_over {
            let told_at = moment.when(moment.at);
            view.ended = Some(view.ended.map_or(told_at, |known| known.min(told_at)));
        }
        view.flow = self.of.cloned().unwrap_or_default();
        (view.result, view.about, view.about_id) = (self.result.cloned(), self.about.cloned(), self.about_id.cloned());
        view.steps = shown_steps(&self.path, &self.steps, view.ended);
        ends
    }

    fn take_step(&mut self, at: Timestamp, step: StepView) {
        if let Some(known) = self.steps.iter_mut().find(|known| known.at == at && known.view.id == step.id) {
            if known.view.kind.is_empty() {
                known.view.kind = step.kind;
            }
            known.view.name = known.view.name.take().max(step.name);
            return;
        }
        let place = self.steps.partition_point(|known| known.at <= at);
        self.steps.insert(place, ToldStep { at, view: step });
        if self.steps.len() > TOLD_STEPS {
            self.steps.remove(0);
        }
    }
}

impl Path {
    fn take(&mut self, path: &[(&ActionFact, Millis)], moment: &Moment) {
        let told_at = told_at(moment);
        let is_newer = self.told_at.is_none_or(|known| (known, self.len()) <= (told_at, path.len()));
        if is_newer {
            let skipped = path.len().saturating_sub(TOLD_STEPS);
            let began = |at: usize, action: &ActionFact, began: Millis| {
                let known = at.checked_sub(self.skipped).and_then(|at| self.steps.get(at));
                known
                    .filter(|known| action.id.as_ref() == Some(&known.id))
                    .map_or(began, |known| known.began.min(began))
            };
            let steps = path.iter().enumerate().skip(skipped);
            let steps = steps.map(|(at, (action, told))| step(action, began(at, action, *told))).collect();
            *self = Self { told_at: Some(told_at), skipped, steps };
            return;
        }
        for (at, (action, began)) in path.iter().enumerate().skip(self.skipped) {
            if let Some(known) = self.steps.get_mut(at - self.skipped)
                && action.id.as_ref() == Some(&known.id)
            {
                known.began = known.began.min(*began);
            }
        }
    }

    fn len(&self) -> usize {
        self.skipped + self.steps.len()
    }
}

fn step(action: &ActionFact, began: Millis) -> StepView {
    StepView {
        id: action.id.clone().unwrap_or_default(),
        kind: action.kind.clone().unwrap_or_default(),
        name: told(action.name.as_ref()),
        began,
        ended: None,
    }
}

/// The path, and what single events told since. An action that is told again
/// while it goes on is one step; each step ends as the next one begins.
fn shown_steps(path: &Path, told: &[ToldStep], ended: Option<Millis>) -> Vec<StepView> {
    let mut steps = path.steps.clone();
    let since = steps.last().map(|last| last.began);
    for ToldStep { view: step, .. } in told {
        if since.is_some_and(|since| step.began < since) {
            continue;
        }
        match steps.last_mut().filter(|last| last.id == step.id) {
            Some(last) => last.name = last.name.take().or_else(|| step.name.clone()),
            None => steps.push(step.clone()),
        }
    }
    for at in 1..steps.len() {
        steps[at - 1].ended = Some(steps[at].began);
    }
    if let Some(last) = steps.last_mut() {
        last.ended = ended.map(|ended| ended.max(last.began));
    }
    let hidden = steps.len().saturating_sub(STEPS);
    steps.split_off(hidden)
}
