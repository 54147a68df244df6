//! Who is who: the agent, the colleagues, the customers and what is known of them.
//!
//! Names are looked up here when something is drawn. What a name, a status or a
//! right changes elsewhere on the desk is told by [`People::take_renamed`] and
//! the answers of the setters; nothing outside is touched from here.

mod cards;
mod customers;
mod me;
mod rights;

use voipbin_wire::{AgentFact, AgentStatus, Contact, Timestamp};

use crate::moment::{Heard, Moment};
use crate::shelf::{ById, Shelf};
use crate::view::{CardView, ColleagueView, DeskView, Patch, StatusView, drawn};
use crate::{Desk, Millis, is_withheld};

pub use customers::{Customer, CustomerDeed};
pub use rights::Rights;

use cards::Cards;
use me::Me;

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

/// Somebody is called otherwise than before.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Renamed {
    /// Whoever has this number.
    Number(String),
    /// Nobody knows any more who has this number, which is on no call, in no
    /// queue and in no conversation here: the number, and the name until now.
    Forgotten(String, String),
    /// The agent with this identifier.
    Agent(String),
}

/// The agent, the colleagues, and who is behind a number.
#[derive(Debug, Default)]
pub(crate) struct People {
    pub(crate) me: Me,
    pub(crate) rights: Rights,
    colleagues: Shelf<ColleagueView>,
    agent_times: ById<Heard>,
    cards: Cards,
    renamed: Vec<Renamed>,
}

impl People {
    /// Takes in what is told of an agent. The tags of this one, where told.
    pub(crate) fn take(&mut self, fact: &AgentFact, moment: &Moment) -> Option<Vec<String>> {
        let id = fact.id.as_deref()?;
        let heard = moment.heard();
        if self.agent_times.get(id).is_some_and(|last| heard.is_older(*last)) {
            return None;
        }
        if moment.at.is_some() {
            self.agent_times.insert(id.to_owned(), heard);
        }
        let changed_at = moment.when(moment.at);
        if id == self.me.id {
            return self.merge_me(AgentFact { tm_update: None, ..fact.clone() }, moment);
        }
        self.put_colleague(id, fact, Some(changed_at));
        None
    }

    /// The other agents, as the service lists them.
    pub(crate) fn listed(&mut self, agents: Vec<AgentFact>, now: Millis) {
        for agent in agents {
            let Some(id) = agent.id.clone().filter(|id| *id != self.me.id) else {
                continue;
            };
            let known_better = self.is_known_better(&id, agent.tm_update, now);
            let status = agent.status.clone().filter(|_| !known_better);
            self.put_colleague(&id, &AgentFact { status, ..agent }, None);
        }
    }

    /// Whether this is the agent at this desk, which an access key is not.
    pub(crate) fn is_me(&self, agent: Option<&str>) -> bool {
        !self.me.id.is_empty() && agent == Some(self.me.id.as_str())
    }

    /// Who was renamed since the last call.
    pub(crate) fn take_renamed(&mut self) -> Vec<Renamed> {
        std::mem::take(&mut self.renamed)
    }

    /// What an agent is called, where that is known.
    pub(crate) fn agent_name(&self, id: &str) -> Option<&str> {
        if id == self.me.id {
            return Some(&self.me.name);
        }
        self.colleagues.get(id).map(|colleague| colleague.name.as_str())
    }

    /// What an agent is called, or how the desk calls one whose name it does not know.
    pub(crate) fn shown_agent(&self, id: &str) -> String {
        let known = self.agent_name(id).filter(|name| !name.is_empty());
        known.map_or_else(|| nameless(id), str::to_owned)
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

    pub(crate) fn marked(&self) -> usize {
        self.colleagues.marked() + self.cards.marked()
    }

    pub(crate) fn draw(&mut self, patches: &mut Vec<Patch>) {
        for id in self.colleagues.take_marked() {
            patches.extend(drawn(&id, self.colleagues.get(&id).cloned()));
        }
        self.cards.draw(patches);
    }

    /// Puts what there is into the picture of the whole desk.
    pub(crate) fn show(&self, desk: &mut DeskView) {
        desk.colleagues = self.colleagues.sorted().map(|(_, colleague)| colleague.clone()).collect();
        desk.cards = self.cards.views();
    }

    pub(crate) fn give_room_back(&mut self) {
        self.cards.give_room_back();
    }

    /// Whether something newer was heard of an agent than what a list says was so at this time.
    fn is_known_better(&self, id: &str, at: Option<Timestamp>, now: Millis) -> bool {
        self.agent_times.get(id).is_some_and(|heard| heard.is_newer_than_read(at, now))
    }

    fn put_colleague(&mut self, id: &str, agent: &AgentFact, changed_at: Option<Millis>) {
        let known = self.colleagues.get(id);
        let status = agent.status.as_ref().map(view).or(known.map(|known| known.status)).unwrap_or(StatusView::Unknown);
        let same = known.is_some_and(|known| known.status == status);
        let name = agent.name.clone().filter(|name| !name.is_empty()).or_else(|| known.map(|known| known.name.clone()));
        let colleague = ColleagueView {
            id: id.to_owned(),
            name: name.unwrap_or_else(|| nameless(id)),
            status,
            since: if same { known.and_then(|known| known.since) } else { changed_at },
        };
        if known.is_none_or(|known| known.name != colleague.name) {
            self.renamed.push(Renamed::Agent(id.to_owned()));
        }
        if self.colleagues.get(id) != Some(&colleague) {
            self.colleagues.put(id, colleague);
        }
    }
}

impl Desk {
    pub(crate) fn learn_agent(&mut self, fact: &AgentFact, moment: &Moment) {
        if let Some(tags) = self.people.take(fact, moment) {
            self.callers.are_tagged(tags);
        }
        self.names_moved();
    }

    /// The other agents, as the service lists them.
    pub fn colleagues(&mut self, agents: Vec<AgentFact>, now: Millis) {
        self.people.listed(agents, now);
        self.names_moved();
    }

    /// What carries names carries the new ones.
    pub(crate) fn names_moved(&mut self) {
        for renamed in self.people.take_renamed() {
            match renamed {
                Renamed::Number(number) => {
                    self.callers.are_renamed(&number);
                    if let Some(name) = self.people.name_of(&number) {
                        self.texts.rename(&number, name);
                        self.absence.renamed(&number, name);
                    }
                }
                Renamed::Forgotten(number, name) => self.callers.are_forgotten(&number, &name),
                Renamed::Agent(id) => self.callers.agent_is_renamed(&id),
            }
        }
    }

    /// The answer to [`Ask::WhoIs`](crate::Ask::WhoIs).
    pub fn looked_up(&mut self, number: &str, found: Found) {
        if !self.people.looked_up(number, found) {
            return;
        }
        self.names_moved();
        // Who is on the line, or is being read, is looked at more closely.
        let is_on_the_line = self.callers.is_on_the_line(number);
        if is_on_the_line || self.texts.looking_at().is_some_and(|chat| chat.view.number == number) {
            self.people.wants_customer(number, &mut self.out);
        }
    }

    /// What is known about a number.
    pub fn card(&self, number: &str) -> Option<&CardView> {
        self.people.card(number)
    }

    /// The agent wants a number asked for again.
    pub fn look_again(&mut self, number: &str) {
        self.people.look_again(number, &mut self.out);
    }

    /// Cards of whoever is not on the desk go where there are too many.
    pub(crate) fn make_room_for_cards(&mut self) {
        if !self.people.has_too_many_cards() {
            return;
        }
        let of_chats = self.texts.chats().map(|chat| chat.view.number.as_str());
        let here = self.callers.numbers().chain(of_chats).collect();
        self.people.put_cards_away(&here);
        self.names_moved();
    }
}

fn nameless(id: &str) -> String {
    format!("#{}", id.chars().take(8).collect::<String>())
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
