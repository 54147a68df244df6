//! The agent at this desk: status, what comes after a call, and what was chosen.

use ringside_words::Message;
use std::ops::Deref;

use voipbin_wire::{AgentFact, AgentStatus};

use super::{People, Renamed, asked_of, view};
use crate::moment::Moment;
use crate::view::{MeView, StatusView};
use crate::{Desk, Millis, Out};

/// The agent as the windows show it, and what is known besides.
#[derive(Debug, Default)]
pub(crate) struct Me {
    view: MeView,
    is_marked: bool,
    /// What the agent chose last, by hand.
    chosen: Option<StatusView>,
    next_reason: Option<String>,
    was_talking: bool,
}

impl Deref for Me {
    type Target = MeView;

    fn deref(&self) -> &MeView {
        &self.view
    }
}

impl Me {
    pub(crate) fn view(&self) -> &MeView {
        &self.view
    }

    pub(crate) fn is_marked(&self) -> bool {
        self.is_marked
    }

    /// The agent, where something changed since the last call.
    pub(crate) fn take_changed(&mut self) -> Option<MeView> {
        std::mem::take(&mut self.is_marked).then(|| self.view.clone())
    }

    /// However short a call is, work after it comes.
    pub(crate) fn has_talked(&mut self) {
        self.was_talking = true;
    }
}

impl People {
    pub(crate) fn set_me(&mut self, me: MeView) {
        if self.me.view != me {
            if self.me.name != me.name {
                self.renamed.push(Renamed::Agent(me.id.clone()));
            }
            self.me.view = me;
            self.me.is_marked = true;
        }
    }

    fn change_me(&mut self, change: impl FnOnce(&mut MeView)) {
        let mut me = self.me.view.clone();
        change(&mut me);
        self.set_me(me);
    }

    /// What the service says about this agent. The tags, where it tells them.
    pub(super) fn merge_me(&mut self, mut agent: AgentFact, moment: &Moment) -> Option<Vec<String>> {
        let tags = agent.tag_ids.take();
        let changed_at = moment.when(agent.tm_update.or(moment.at));
        let known_better = agent.tm_update.is_some() && self.is_known_better(&self.me.id, agent.tm_update, moment.now);
        let status = agent.status.as_ref().filter(|_| !known_better).map_or(self.me.status, view);
        self.change_me(|me| {
            let changed = status != me.status;
            me.name = agent.name.filter(|name| !name.is_empty()).unwrap_or_else(|| me.name.clone());
            me.email = agent.username.unwrap_or_else(|| me.email.clone());
            me.reason = me.reason.take().filter(|_| !changed || me.asked == Some(status));
            me.asked = me.asked.filter(|asked| *asked != status);
            if changed {
                (me.status, me.since) = (status, changed_at);
            }
        });
        tags
    }

    /// Whether the service says something else than what the agent chose. The
    /// platform makes agents ringing and busy by itself; all else somebody chose.
    fn compare_status(&mut self, is_talking: bool) {
        let is_moved_by_calls = matches!(self.me.status, StatusView::Ringing | StatusView::Busy);
        let differs = self
            .me
            .chosen
            .filter(|chosen| *chosen != self.me.status && self.me.asked.is_none() && !is_moved_by_calls && !is_talking);
        self.change_me(|me| me.differs = differs);
    }

    /// See [`Desk::choose_status`].
    fn choose_status(&mut self, status: &AgentStatus, reason: Option<String>, is_talking: bool) -> Option<AgentStatus> {
        let chosen = view(status);
        if is_talking {
            let next = Some(chosen).filter(|chosen| self.me.next != Some(*chosen));
            self.me.next_reason = reason.filter(|_| next.is_some());
            self.change_me(|me| me.next = next);
            return None;
        }
        self.ask_status(status);
        self.me.chosen = Some(chosen);
        self.change_me(|me| (me.reason, me.next, me.wrap_up, me.differs) = (reason, None, None, None));
        Some(status.clone())
    }

    fn ask_status(&mut self, status: &AgentStatus) {
        let asked = Some(view(status)).filter(|asked| *asked != self.me.status);
        self.change_me(|me| (me.asked, me.problem) = (asked, None));
    }

    /// What comes after a call: the status that was chosen for it, else work
    /// that ends when the agent says so. Nobody is made available by a clock.
    pub(crate) fn after_the_call(&mut self, is_talking: bool, now: Millis, out: &mut Out) {
        let is_over = std::mem::replace(&mut self.me.was_talking, is_talking) && !is_talking;
        if !is_over || !self.rights.is_agent {
            return;
        }
        match self.me.next {
            Some(next) => {
                let (status, reason) = (asked_of(next), self.me.next_reason.take());
                let wanted = self.choose_status(&status, reason, is_talking);
                out.statuses.extend(wanted);
            }
            None => self.change_me(|me| me.wrap_up = Some(now)),
        }
    }
}

impl Desk {
    /// Who sits at this desk. `me.id` is empty for an access key.
    pub fn me(&mut self, me: MeView) {
        self.callers.are_of(&me.id);
        self.people.set_me(me);
        self.names_moved();
    }

    /// What the service says about this agent.
    pub fn learn_me(&mut self, agent: AgentFact, now: Millis) {
        let (before, changed) = (self.people.me.status, agent.tm_update);
        let moment = self.moment(now);
        if let Some(tags) = self.people.merge_me(agent, &moment) {
            self.callers.are_tagged(tags);
        }
        self.names_moved();
        self.status_tells(before, changed, &moment);
        let is_talking = self.is_talking();
        self.people.compare_status(is_talking);
    }

    /// The agent chooses a status, with a reason in own words where there is
    /// one. On a call it is what comes after it; else it is to be asked for now.
    pub fn choose_status(&mut self, status: &AgentStatus, reason: Option<String>) -> Option<AgentStatus> {
        let is_talking = self.is_talking();
        self.people.choose_status(status, reason, is_talking)
    }

    /// The service's word stands, or what the agent chose before is asked for again.
    pub fn settle_difference(&mut self, as_chosen: bool) -> Option<AgentStatus> {
        let differs = self.people.me.differs?;
        if as_chosen {
            return self.choose_status(&asked_of(differs), self.people.me.reason.clone());
        }
        self.people.me.chosen = Some(self.people.me.status);
        self.people.change_me(|me| me.differs = None);
        None
    }

    /// The agent asked for another status; it counts when the service confirms it.
    pub fn status_asked(&mut self, status: &AgentStatus) {
        self.people.ask_status(status);
    }

    /// The service did not take the status: a sentence for the agent.
    pub fn status_refused(&mut self, problem: Message) {
        self.people.change_me(|me| (me.asked, me.problem) = (None, Some(problem)));
    }

    /// The agent has read what went wrong.
    pub fn problem_seen(&mut self) {
        self.people.change_me(|me| me.problem = None);
    }

    /// The agent's identifier; empty for an access key.
    pub fn my_id(&self) -> &str {
        &self.people.me.id
    }
}
