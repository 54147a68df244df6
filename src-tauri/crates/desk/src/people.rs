//! The agent, the colleagues, and who is behind a number.

use std::collections::HashSet;

use foldhash::fast::RandomState;
use voipbin_wire::{AgentFact, AgentStatus, Contact, Timestamp};

use crate::moment::Moment;
use crate::view::{CallStage, CardState, CardView, ColleagueView, FieldView, MeView, StatusView};
use crate::{Ask, Desk, Millis, is_withheld};

/// Cards that lie on the desk. Beyond that those met first go, …
pub(crate) const CARDS: usize = 2000;
/// … so many at once.
const CARDS_AT_ONCE: usize = 200;

/// What asking for a number brought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// Somebody in the address book.
    Contact(
        /// Who.
        Box<Contact>,
        /// What the address book carries beside the known fields.
        Vec<(String, String)>,
    ),
    /// Nobody.
    Nobody,
    /// The service did not say.
    Failed,
}

impl Desk {
    /// Who sits at this desk. `me.id` is empty for an access key.
    pub fn me(&mut self, me: MeView) {
        if self.me != me {
            if self.me.name != me.name {
                self.rename_board_agent(&me.id);
            }
            self.me = me;
            self.redraw.me = true;
        }
    }

    /// What the service says about this agent.
    pub fn learn_me(&mut self, agent: AgentFact, now: Millis) {
        let (before, changed) = (self.me.status, agent.tm_update);
        let moment = self.moment(now);
        let changed_at = moment.when(changed);
        self.merge_me(agent, changed_at);
        self.status_tells(before, changed, &moment);
        // The platform makes agents ringing and busy by itself; all else somebody chose.
        let is_moved_by_calls = matches!(self.me.status, StatusView::Ringing | StatusView::Busy);
        let differs = self.chosen.filter(|chosen| {
            *chosen != self.me.status && self.me.asked.is_none() && !is_moved_by_calls && !self.is_talking()
        });
        self.me(MeView { differs, ..self.me.clone() });
    }

    fn merge_me(&mut self, agent: AgentFact, changed_at: Millis) {
        if let Some(tags) = agent.tag_ids.clone() {
            self.my_tags = Some(tags);
            self.changed_queues.extend(self.queue_tags.keys().cloned());
        }
        let known_better = agent.tm_update.is_some() && agent.tm_update < self.agent_time(&self.me.id);
        let status = agent.status.as_ref().filter(|_| !known_better).map_or(self.me.status, view);
        let changed = status != self.me.status;
        let me = MeView {
            name: agent.name.filter(|name| !name.is_empty()).unwrap_or_else(|| self.me.name.clone()),
            email: agent.username.unwrap_or_else(|| self.me.email.clone()),
            status,
            since: if changed { changed_at } else { self.me.since },
            asked: self.me.asked.filter(|asked| *asked != status),
            reason: self.me.reason.clone().filter(|_| !changed || self.me.asked == Some(status)),
            ..self.me.clone()
        };
        self.me(me);
    }

    /// The agent chooses a status, with a reason in own words where there is
    /// one. On a call it is what comes after it; else it is to be asked for now.
    pub fn choose_status(&mut self, status: &AgentStatus, reason: Option<String>) -> Option<AgentStatus> {
        let chosen = view(status);
        if self.is_talking() {
            let next = Some(chosen).filter(|chosen| self.me.next != Some(*chosen));
            self.next_reason = reason.filter(|_| next.is_some());
            self.me(MeView { next, ..self.me.clone() });
            return None;
        }
        self.status_asked(status);
        self.chosen = Some(chosen);
        self.me(MeView { reason, next: None, wrap_up: None, differs: None, ..self.me.clone() });
        Some(status.clone())
    }

    /// What comes after a call: the status that was chosen for it, else work
    /// that ends when the agent says so. Nobody is made available by a clock.
    pub(crate) fn after_the_call(&mut self, now: Millis) {
        let is_talking = self.is_talking();
        let is_over = std::mem::replace(&mut self.was_talking, is_talking) && !is_talking;
        if !is_over || !self.rights.is_agent {
            return;
        }
        match self.me.next {
            Some(next) => {
                let (status, reason) = (asked_of(next), self.next_reason.take());
                let wanted = self.choose_status(&status, reason);
                self.out.statuses.extend(wanted);
            }
            None => self.me(MeView { wrap_up: Some(now), ..self.me.clone() }),
        }
    }

    /// The service's word stands, or what the agent chose before is asked for again.
    pub fn settle_difference(&mut self, as_chosen: bool) -> Option<AgentStatus> {
        let differs = self.me.differs?;
        if as_chosen {
            return self.choose_status(&asked_of(differs), self.me.reason.clone());
        }
        self.chosen = Some(self.me.status);
        self.me(MeView { differs: None, ..self.me.clone() });
        None
    }

    fn is_talking(&self) -> bool {
        self.calls.values().any(|call| call.view.stage == CallStage::Talking)
    }

    /// The agent asked for another status; it counts when the service confirms it.
    pub fn status_asked(&mut self, status: &AgentStatus) {
        let asked = Some(view(status)).filter(|asked| *asked != self.me.status);
        self.me(MeView { asked, problem: None, ..self.me.clone() });
    }

    /// The service did not take the status: a sentence for the agent.
    pub fn status_refused(&mut self, problem: String) {
        self.me(MeView { asked: None, problem: Some(problem), ..self.me.clone() });
    }

    /// The agent has read what went wrong.
    pub fn problem_seen(&mut self) {
        self.me(MeView { problem: None, ..self.me.clone() });
    }

    pub(crate) fn learn_agent(&mut self, agent: &AgentFact, moment: &Moment) {
        let at = moment.at;
        let Some(id) = agent.id.as_deref() else { return };
        let heard = moment.heard();
        if self.agent_times.get(id).is_some_and(|last| heard.is_older(*last)) {
            return;
        }
        if at.is_some() {
            self.agent_times.insert(id.to_owned(), heard);
        }
        let changed_at = moment.when(at);
        if id == self.me.id {
            return self.merge_me(AgentFact { tm_update: None, ..agent.clone() }, changed_at);
        }
        self.put_colleague(id, agent, Some(changed_at));
    }

    /// The other agents, as the service lists them.
    pub fn colleagues(&mut self, agents: Vec<AgentFact>) {
        for agent in agents {
            let Some(id) = agent.id.clone().filter(|id| *id != self.me.id) else {
                continue;
            };
            let known_better = agent.tm_update < self.agent_time(&id);
            let status = agent.status.clone().filter(|_| !known_better);
            self.put_colleague(&id, &AgentFact { status, ..agent }, None);
        }
    }

    fn agent_time(&self, id: &str) -> Option<Timestamp> {
        self.agent_times.get(id).and_then(|heard| heard.at())
    }

    fn put_colleague(&mut self, id: &str, agent: &AgentFact, changed_at: Option<Millis>) {
        let known = self.colleagues.get(id);
        let status = agent.status.as_ref().map(view).or(known.map(|known| known.status)).unwrap_or(StatusView::Unknown);
        let same = known.is_some_and(|known| known.status == status);
        let name = agent.name.clone().filter(|name| !name.is_empty()).or_else(|| known.map(|known| known.name.clone()));
        let colleague = ColleagueView {
            id: id.to_owned(),
            name: name.unwrap_or_else(|| format!("Agent {}", id.chars().take(8).collect::<String>())),
            status,
            since: if same { known.and_then(|known| known.since) } else { changed_at },
        };
        if known.is_none_or(|known| known.name != colleague.name) {
            self.rename_board_agent(id);
        }
        if self.colleagues.get(id) != Some(&colleague) {
            self.colleagues.put(id, colleague);
        }
    }

    /// The name of whoever has this number.
    pub(crate) fn name_of(&self, number: &str) -> Option<&str> {
        self.cards.get(number)?.name.as_deref()
    }

    /// Makes sure there is a card for a number, and asks who it is if nobody has.
    pub(crate) fn meet(&mut self, number: &str) {
        self.meet_now(number, false);
    }

    fn meet_now(&mut self, number: &str, is_urgent: bool) {
        if number.is_empty() || is_withheld(number) {
            return;
        }
        if self.cards.has(number) {
            return if is_urgent {
                self.hurry(number)
            };
        }
        let card = CardView {
            number: number.to_owned(),
            state: CardState::Looking,
            name: None,
            company: None,
            job_title: None,
            notes: None,
            calls: 0,
            texts: 0,
            contact: None,
            external: None,
            others: Vec::new(),
            tag_ids: Vec::new(),
            tags: Vec::new(),
            history: None,
            touches: Vec::new(),
            has_more: false,
            cases: Vec::new(),
            problem: None,
        };
        self.cards.put(number, card);
        self.cards_order.push_back(number.to_owned());
        if self.cards.len() > self.cards_at_most {
            self.put_cards_away();
        }
        self.ask_who(number, is_urgent);
    }

    pub(crate) fn ask_who(&mut self, number: &str, is_urgent: bool) {
        if is_urgent {
            self.asked_urgently.insert(number.to_owned());
        }
        self.out.asks.push(Ask::WhoIs { number: number.to_owned(), is_urgent });
    }

    /// Somebody who is being looked up among many others calls: the agent looks
    /// at the pop, and waits for this answer.
    fn hurry(&mut self, number: &str) {
        let state = self.cards.get(number).map(|card| card.state);
        if matches!(state, Some(CardState::Looking | CardState::Failed)) && !self.asked_urgently.contains(number) {
            self.cards.update(number, |card| crate::shelf::set(&mut card.state, CardState::Looking));
            self.ask_who(number, true);
        }
    }

    /// Of more cards than anybody looks at, those met first go, unless somebody
    /// with that number is on the desk. Where so many are that few can go, it is
    /// looked again only when there are half as many more: else every stranger
    /// would cost a look at all of them.
    fn put_cards_away(&mut self) {
        let of_calls = self.calls.values().map(|call| &call.view.number);
        let of_waits = self.waits.values().filter_map(|wait| wait.view.number.as_ref());
        let of_chats = self.chats.values().map(|chat| &chat.view.number);
        let here: HashSet<&String, RandomState> = of_calls.chain(of_waits).chain(of_chats).collect();
        let mut to_go = self.cards.len().saturating_sub(CARDS - CARDS_AT_ONCE);
        let mut gone = Vec::new();
        self.cards_order.retain(|number| {
            let goes = to_go > 0 && !here.contains(number);
            if goes {
                to_go -= 1;
                gone.push(number.clone());
            }
            !goes
        });
        for number in gone {
            self.touches_wanted.remove(&number);
            if self.cards.remove(&number).is_some_and(|card| card.name.is_some()) {
                self.rename_board(&number);
            }
        }
        let left = self.cards.len();
        self.cards_at_most = if left <= CARDS - CARDS_AT_ONCE { CARDS } else { left + left / 2 };
    }

    /// The answer to [`Ask::WhoIs`].
    pub fn looked_up(&mut self, number: &str, found: Found) {
        self.asked_urgently.remove(number);
        let Some(card) = self.cards.touch(number) else { return };
        match found {
            Found::Contact(contact, others) => {
                card.state = CardState::Known;
                card.contact.clone_from(&contact.id);
                card.external = shown(contact.external_id.clone());
                card.tag_ids = contact.tag_ids.clone().unwrap_or_default();
                card.others = others.into_iter().map(|(name, value)| FieldView { name, value }).collect();
                card.name = contact.name();
                card.company = shown(contact.company);
                card.job_title = shown(contact.job_title);
                card.notes = shown(contact.notes);
            }
            Found::Nobody => {
                card.state = CardState::Unknown;
                return self.look_closer(number);
            }
            Found::Failed => {
                card.state = CardState::Failed;
                return;
            }
        }
        self.rename_calls(number);
        self.rename_waits(number);
        self.rename_chats(number);
        self.rename_past(number);
        self.rename_board(number);
        self.look_closer(number);
    }

    /// Who is on the line, or is being read, is looked at more closely.
    fn look_closer(&mut self, number: &str) {
        let is_on_the_line = self.calls.values().any(|call| call.view.number == number);
        let looked_at = self.looking_at.as_ref().and_then(|chat| self.chats.get(chat));
        if is_on_the_line || looked_at.is_some_and(|chat| chat.view.number == number) {
            self.wants_customer(number);
        }
    }

    /// What is known about a number.
    pub fn card(&self, number: &str) -> Option<&CardView> {
        self.cards.get(number)
    }

    /// The agent of the team with this name or e-mail address.
    pub(crate) fn agent_called(&self, who: &str) -> Option<String> {
        let who = crate::rules::folded(who);
        let is_it = |name: &str| !name.is_empty() && crate::rules::folded(name) == who;
        if is_it(&self.me.name) || is_it(&self.me.email) {
            return Some(self.me.id.clone());
        }
        self.colleagues.values().find(|colleague| is_it(&colleague.name)).map(|colleague| colleague.id.clone())
    }

    /// The agent's identifier; empty for an access key.
    pub fn my_id(&self) -> &str {
        &self.me.id
    }

    /// The agent wants a number asked for again.
    pub fn look_again(&mut self, number: &str) {
        if self.cards.get(number).is_some_and(|card| card.history == Some(CardState::Failed)) {
            self.cards.update(number, |card| card.history.take().is_some());
            return self.wants_customer(number);
        }
        if self.cards.get(number).is_some_and(|card| card.state == CardState::Failed)
            && let Some(card) = self.cards.touch(number)
        {
            card.state = CardState::Looking;
            self.ask_who(number, true);
        }
    }

    pub(crate) fn count_call(&mut self, number: &str) {
        self.meet_now(number, true);
        self.wants_customer(number);
        if let Some(card) = self.cards.touch(number) {
            card.calls += 1;
        }
    }

    pub(crate) fn count_text(&mut self, number: &str) {
        self.meet(number);
        if let Some(card) = self.cards.touch(number) {
            card.texts += 1;
        }
    }
}

fn shown(text: Option<String>) -> Option<String> {
    text.filter(|text| !text.trim().is_empty())
}

fn asked_of(status: StatusView) -> AgentStatus {
    match status {
        StatusView::Available => AgentStatus::Available,
        StatusView::Away | StatusView::Ringing | StatusView::Unknown => AgentStatus::Away,
        StatusView::Busy => AgentStatus::Busy,
        StatusView::Offline => AgentStatus::Offline,
    }
}

fn view(status: &AgentStatus) -> StatusView {
    match status {
        AgentStatus::Available => StatusView::Available,
        AgentStatus::Away => StatusView::Away,
        AgentStatus::Busy => StatusView::Busy,
        AgentStatus::Offline => StatusView::Offline,
        AgentStatus::Ringing => StatusView::Ringing,
        AgentStatus::Other(_) => StatusView::Unknown,
    }
}
