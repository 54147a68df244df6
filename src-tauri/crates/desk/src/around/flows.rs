//! Running flows: what the platform does with a call or a conversation, step by step.

use voipbin_wire::{ActionFact, FlowFact, Timestamp};

use super::Shows;
use crate::latest::{Latest, placed_at};
use crate::moment::Moment;
use crate::shelf::{Shelf, set};
use crate::view::{DeskView, FlowView, Patch, StepView};
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
    id: String,
    running: bool,
    began: Millis,
    ended: Option<Millis>,
    stale: bool,
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
                let was_running = flow.running;
                let is_news = flow.take(fact, is_over, began, moment);
                ended = was_running && !flow.running;
                is_news
            },
        );
        if ended {
            self.over.insert(id, moment.at);
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

impl Shows for Flows {
    fn marked(&self) -> usize {
        self.flows.marked()
    }

    fn draw(&mut self, patches: &mut Vec<Patch>) {
        self.flows.draw(patches, Flow::view);
    }

    fn show(&self, desk: &mut DeskView) {
        desk.flows = self.flows.sorted().map(|(_, flow)| flow.view()).collect();
    }
}

impl Flow {
    fn new(id: &str, began: Millis) -> Self {
        Self {
            id: id.to_owned(),
            running: true,
            began,
            ended: None,
            stale: false,
            of: Latest::default(),
            result: Latest::default(),
            about: Latest::default(),
            about_id: Latest::default(),
            path: Path::default(),
            steps: Vec::new(),
        }
    }

    /// Whether there is anything new to see.
    fn take(&mut self, fact: &FlowFact, is_over: bool, began: Millis, moment: &Moment) -> bool {
        let mut is_news = self.of.take(fact.flow_id.as_ref(), moment);
        is_news |= self.result.take(told(fact.result.as_ref()).as_ref(), moment);
        is_news |= self.about.take(told(fact.reference_type.as_ref()).as_ref(), moment);
        is_news |= self.about_id.take(fact.reference_id.as_ref(), moment);
        let is_action = |action: &&ActionFact| action.id.as_deref().is_some_and(|id| id != NO_ACTION);
        let current = fact.current_action.as_ref().filter(is_action);
        let path = fact.executed_actions.iter().flatten().filter(is_action).chain(current);
        let step_began = |action: &ActionFact| moment.when(action.tm_execute.or(moment.at));
        // The live service tells the whole path each time, the documented one a step.
        if fact.tm_create.is_some() {
            is_news |= self.path.take(&path.map(|action| (action, step_began(action))).collect::<Vec<_>>(), moment);
        } else {
            path.for_each(|action| {
                let newest = self.steps.last().map(|last| last.at);
                let at = action.tm_execute.unwrap_or_else(|| placed_at(moment, newest));
                is_news |= self.take_step(at, action, step_began(action));
            });
        }
        is_news |= set(&mut self.stale, false);
        is_news |= is_earlier(&mut self.began, began);
        if is_over {
            let told_at = moment.when(moment.at);
            is_news |= set(&mut self.running, false);
            is_news |= match &mut self.ended {
                Some(known) => is_earlier(known, told_at),
                unknown => set(unknown, Some(told_at)),
            };
        }
        is_news
    }

    /// The flow as it is shown.
    fn view(&self) -> FlowView {
        FlowView {
            id: self.id.clone(),
            flow: self.of.cloned().unwrap_or_default(),
            running: self.running,
            result: self.result.cloned(),
            about: self.about.cloned(),
            about_id: self.about_id.cloned(),
            steps: shown_steps(&self.path, &self.steps, self.ended),
            began: self.began,
            ended: self.ended,
            stale: self.stale,
        }
    }

    /// Whether there is anything new to see.
    fn take_step(&mut self, at: Timestamp, action: &ActionFact, began: Millis) -> bool {
        let is_it = |known: &&mut ToldStep| known.at == at && action.id.as_ref() == Some(&known.view.id);
        if let Some(ToldStep { view, .. }) = self.steps.iter_mut().find(is_it) {
            let kind = action.kind.as_ref().filter(|_| view.kind.is_empty());
            let is_kind_news = kind.is_some_and(|kind| set(&mut view.kind, kind.clone()));
            let name = told(action.name.as_ref());
            let is_name_news = name > view.name && set(&mut view.name, name);
            return is_kind_news || is_name_news;
        }
        let place = self.steps.partition_point(|known| known.at <= at);
        self.steps.insert(place, ToldStep { at, view: step(action, began) });
        if self.steps.len() > TOLD_STEPS {
            self.steps.remove(0);
        }
        true
    }
}

impl Path {
    /// Whether there is anything new to see.
    fn take(&mut self, path: &[(&ActionFact, Millis)], moment: &Moment) -> bool {
        let told_at = placed_at(moment, self.told_at);
        let is_newer = self.told_at.is_none_or(|known| (known, self.len()) <= (told_at, path.len()));
        let mut is_news = false;
        if !is_newer {
            for (at, (action, began)) in path.iter().enumerate().skip(self.skipped) {
                if let Some(known) = self.steps.get_mut(at - self.skipped)
                    && action.id.as_ref() == Some(&known.id)
                {
                    is_news |= is_earlier(&mut known.began, *began);
                }
            }
            return is_news;
        }
        let skipped = path.len().saturating_sub(TOLD_STEPS);
        // What moves out at the front; a path that became shorter is taken as a new one.
        let gone = skipped.checked_sub(self.skipped).unwrap_or(self.steps.len()).min(self.steps.len());
        self.steps.drain(..gone);
        let length = self.steps.len();
        self.steps.truncate(path.len() - skipped);
        is_news |= gone > 0 || self.steps.len() != length;
        for (place, (action, began)) in path[skipped..].iter().enumerate() {
            match self.steps.get_mut(place) {
                Some(known) if action.id.as_ref() == Some(&known.id) => {
                    is_news |= is_earlier(&mut known.began, *began);
                    if known.kind != action.kind.as_deref().unwrap_or_default() {
                        known.kind = action.kind.clone().unwrap_or_default();
                        is_news = true;
                    }
                    is_news |= set(&mut known.name, told(action.name.as_ref()));
                }
                Some(known) => is_news |= set(known, step(action, *began)),
                None => {
                    self.steps.push(step(action, *began));
                    is_news = true;
                }
            }
        }
        (self.told_at, self.skipped) = (Some(told_at), skipped);
        is_news
    }

    fn len(&self) -> usize {
        self.skipped + self.steps.len()
    }
}

/// Puts the earlier of two moments in its place; whether it is another one than before.
fn is_earlier(known: &mut Millis, told: Millis) -> bool {
    let earlier = told.min(*known);
    set(known, earlier)
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
