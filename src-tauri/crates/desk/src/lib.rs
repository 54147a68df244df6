//! What lies on the agent's desk now.
//!
//! A [`Desk`] is a value. Facts go in with the time; what has to reach the agent
//! ([`Alert`]) and what the desk would like to know ([`Ask`]) come out of
//! [`Desk::take_out`], what has to change on the screen ([`Patch`]) out of
//! [`Desk::take_changes`], drawn once however often it changed. It opens
//! nothing, waits for nothing and asks no clock. Facts are merged per object,
//! newer over older, and an alert is a transition of the merged state and never
//! a frame: a repeat, a late copy or a re-read changes nothing.

mod alert;
mod around;
mod callers;
mod figures;
mod keeping;
mod latest;
mod link;
mod moment;
mod numbers;
mod people;
mod record;
mod responder;
mod rules;
mod shelf;
mod template;
mod texts;
mod tools;
mod view;

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::hash::BuildHasher as _;

use foldhash::fast::RandomState;
use voipbin_wire::{AgentStatus, Fact, Timestamp, Told};

pub use alert::{About, Alert, AlertKind, KeptBack, Raised};
pub use around::Around;
pub use callers::Covered;
pub use callers::steering::{CallRequest, Deed, Steered, Target};
pub use figures::Thresholds;
pub use link::{LinkNotice, LinkStage, SpokenAs};
pub use numbers::{WITHHELD, is_same as is_same_number, is_withheld, shown_number};
pub use people::{Customer, CustomerDeed, Found, Rights};
pub use record::{
    Considered, Ends, Machine, OptOut, Override, Record, Remains, ReplyRecord, ReplyStage, RuleCount, TextRecord,
};
pub use responder::{
    CLAIM_CHANNEL, CLAIM_CHANNEL_DETAIL, Chore, Claim, ClaimRound, Claimed, Obstacle, Rehearsal, ResponderDeed, Trial,
    rehearse, try_out,
};
pub use rules::{Rule, RuleBook, RuleError, Rules, Then, When};
pub use template::FilledView;
pub use texts::{Looked, Missing, Outgoing, ReplyError, ReplyFate, Road};
pub use view::{
    AwayItemView, AwayKind, AwayView, BoardCallView, BoardState, CallStage, CallView, CanView, CardState, CardView,
    CaseView, ChatView, ColleagueView, ConferenceView, ControlsView, DeedView, DeliveryView, DeskView, FavouriteView,
    FetchView, FieldView, FiguresView, FloorView, FlowView, HeldView, LimitsView, LineView, LinkView, MeView,
    MessageView, NotReadView, NoteView, NumberView, OffView, OptOutView, OutcomeView, PastView, Patch, PointView,
    QueueView, QuickReplyView, ReactionView, ReasonView, RecordingView, RehearsalView, ResponderState, ResponderView,
    RuleCountView, Screen, SeatView, SessionView, StatusView, StepView, TagView, TalkLineView, TalkView, ToolsView,
    TouchView, TraceFate, TraceView, TranscriptView, TransferStage, TransferView, VisitView, WaitView, WhyOff,
};

use around::AroundCalls;
use callers::Callers;
use callers::gap::Absence;
use figures::Floor;
use moment::Moment;
use people::People;
use texts::Texts;

/// A point in time in milliseconds since 1970, by this computer's clock.
pub type Millis = i64;

/// How many finished calls and left queue places are remembered, so that a late
/// copy of an old frame cannot bring one back.
const REMEMBERED: usize = 500;

/// So many views there are one of.
const THERE_IS_ONE_OF: usize = 8;

/// What lies on the agent's desk now.
#[derive(Debug)]
pub struct Desk {
    session: SessionView,
    people: People,
    link: LinkView,
    /// Whether the service's events arrive.
    hears_events: bool,
    troubles: link::Troubles,
    /// Which of the views that there is one of are to be drawn again.
    redraw: Redraw,
    callers: Callers,
    /// What happened while the link was away.
    absence: Absence,
    floor: Floor,
    texts: Texts,
    responder: responder::Responder,
    tools: ToolsView,
    /// What became of which calls is to be kept; nothing while nobody keeps.
    past_to_keep: Option<BTreeSet<String>>,
    /// How far this computer's clock is ahead of the service's.
    clock: moment::Clock,
    out: Out,
    around: AroundCalls,
    /// How numbers are written that the windows show.
    forms: numbers::Forms,
}

/// Views that there is one of, to be drawn again.
#[derive(Debug, Default)]
struct Redraw {
    session: bool,
    link: bool,
    tools: bool,
}

/// What cannot wait until the screen is drawn again.
#[derive(Debug, Default, PartialEq)]
pub struct Out {
    /// What must reach the agent even when the window is hidden.
    pub alerts: Vec<Alert>,
    /// What the desk would like to know.
    pub asks: Vec<Ask>,
    /// What is to be kept before anything is sent.
    pub records: Vec<Record>,
    /// What the agent's status is to be at the service.
    pub statuses: Vec<AgentStatus>,
    /// What rules do beside answering; answered by [`Desk::chore_done`].
    pub chores: Vec<Chore>,
}

impl Out {
    /// Tells the agent, or takes back what was told.
    pub(crate) fn alert(&mut self, alert: Alert) {
        self.alerts.push(alert.cleaned());
    }
}

/// Something the desk would like to know; the answer comes back by the named method.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ask {
    /// Who has this number; answered by [`Desk::looked_up`].
    WhoIs {
        /// The number in E.164.
        number: String,
        /// Whether a call with it is at this desk: the agent waits for the answer.
        is_urgent: bool,
    },
    /// What happened with a customer, and what is to be done; answered by [`Desk::customer`].
    Customer {
        /// The number in E.164.
        number: String,
        /// Who it is in the address book, if anybody.
        contact: Option<String>,
        /// How many events of what happened are wanted.
        events: usize,
    },
}

impl Desk {
    /// An empty desk in front of which nobody has signed in yet.
    pub fn new(session: SessionView) -> Self {
        Self {
            session,
            people: People::default(),
            link: LinkView::default(),
            hears_events: false,
            troubles: link::Troubles::default(),
            redraw: Redraw::default(),
            callers: Callers::default(),
            absence: Absence::default(),
            floor: Floor::default(),
            texts: Texts::default(),
            responder: responder::Responder::default(),
            tools: ToolsView::default(),
            past_to_keep: None,
            clock: moment::Clock::default(),
            out: Out::default(),
            around: AroundCalls::default(),
            forms: numbers::Forms::default(),
        }
    }

    /// What the account behind this desk can do.
    pub fn rights(&mut self, rights: Rights) {
        self.people.rights = rights;
        self.redraw.tools = true;
        self.callers.redraw_cards();
    }

    /// Takes in what the service just told.
    pub fn learn(&mut self, told: &Told, now: Millis) {
        self.clock.event_begins(told, now);
        self.merge(told, &self.clock.told(told.at, now));
        self.clock.event_ends();
    }

    /// Takes in what a list says, which may have happened long ago: a call that
    /// rings at this moment rings, all else is told by [`Desk::caught_up`].
    pub fn relearn(&mut self, told: &Told, now: Millis) {
        self.merge(told, &self.clock.told(told.at, now).listed());
    }

    /// Takes in what a regular look brought: news when it happened after `since`.
    pub fn look(&mut self, told: &Told, since: Millis, now: Millis) {
        let moment = self.clock.told(told.at, now);
        let is_news = told.fact.at().is_some_and(|at| moment.at_latest(Some(at)) >= since);
        self.merge(told, &moment.listed_if(!is_news));
    }

    fn merge(&mut self, told: &Told, moment: &Moment) {
        let Told { for_agent, fact, drift, .. } = told;
        let for_agent = for_agent.as_deref();
        if !drift.is_none() {
            self.drifted(drift.unknown.len() + drift.misfit.len());
        }
        let calls = self.callers.here();
        match fact {
            Fact::Call(call) => self.callers.take_call(call, for_agent, moment),
            Fact::Queue(queue) => self.callers.take_queue(queue, for_agent, moment),
            Fact::Ring(ring) => self.callers.take_ring(ring, moment),
            Fact::Agent(agent) => self.learn_agent(agent, moment),
            Fact::Flow(_)
            | Fact::Conference(_)
            | Fact::Recording(_)
            | Fact::Transcription(_)
            | Fact::Speech(_)
            | Fact::Talk(_)
            | Fact::TalkSeat(_)
            | Fact::TalkMessage(_) => self.learn_around(fact, moment),
            Fact::Message(_) | Fact::Webchat(_) | Fact::Visit(_) | Fact::Conversation(_) => {
                self.learn_texts(fact, moment);
            }
        }
        if self.callers.here() > calls {
            self.recordings_of_new_calls();
        }
        self.tell_of_callers(moment);
        self.make_room_for_cards();
    }

    /// What cannot wait, since the last call.
    pub fn take_out(&mut self) -> Out {
        std::mem::take(&mut self.out)
    }

    /// Whether [`Desk::take_changes`] has something to say.
    pub fn has_changes(&self) -> bool {
        let Redraw { session, link, tools } = self.redraw;
        let there_is_one_of = session
            || self.people.me.is_marked()
            || link
            || self.absence.is_marked
            || tools
            || self.responder.is_marked();
        there_is_one_of || self.callers.floor_is_old || self.floor.has_changed() || self.marked() > 0
    }

    /// How many things are to be drawn again.
    fn marked(&self) -> usize {
        let written = self.texts.marked();
        let of_people = self.people.marked();
        let of_the_floor = self.callers.marked() + self.around.marked();
        written + of_people + of_the_floor
    }

    /// What changed on the screen, drawn once however often it changed: to be
    /// called when the windows can take it.
    pub fn take_changes(&mut self) -> Vec<Patch> {
        // Room for all at once: of a long list, growing costs more than drawing. A caller is
        // shown in more places than one.
        let mut patches = Vec::with_capacity(self.marked() + self.callers.marked() + THERE_IS_ONE_OF);
        let Redraw { session, link, tools } = std::mem::take(&mut self.redraw);
        patches.extend(tools.then(|| Patch::PutTools { tools: self.tools.clone(), can: self.can() }));
        patches.extend(session.then(|| Patch::PutSession { session: self.session.clone() }));
        let responder = self.responder.take_changed(&self.people);
        patches.extend(responder.map(|responder| Patch::PutResponder { responder: Box::new(responder) }));
        patches.extend(self.people.me.take_changed().map(|me| Patch::PutMe { me }));
        patches.extend(link.then(|| Patch::PutLink { link: self.link.clone() }));
        if std::mem::take(&mut self.absence.is_marked) {
            patches.push(Patch::PutAway { away: self.absence.view() });
        }
        self.draw_calls(&mut patches);
        self.take_people(&mut patches);
        self.take_floor(&mut patches);
        // A number is written before it is shown.
        let forms = self.forms.of_new(&patches);
        patches.splice(..0, forms);
        patches
    }

    fn take_people(&mut self, patches: &mut Vec<Patch>) {
        self.texts.draw(patches);
        self.people.draw(patches);
        self.draw_history(patches);
    }

    fn take_floor(&mut self, patches: &mut Vec<Patch>) {
        if self.callers.marked() > 0 || self.callers.floor_is_old {
            self.recount_floor();
        }
        self.draw_board(patches);
        self.around.draw(patches);
        self.floor.draw(&mut self.callers, patches);
    }

    /// Who sits at the desk, if anybody.
    pub fn session_view(&self) -> &SessionView {
        &self.session
    }

    /// The whole desk, for a window that has just opened.
    pub fn view(&self) -> DeskView {
        let mut desk = DeskView::bare(
            self.session.clone(),
            self.tools.clone(),
            self.can(),
            Box::new(self.responder.view(&self.people)),
            self.people.me.view().clone(),
            self.link.clone(),
            self.absence.view(),
            self.floor.shown().clone(),
        );
        self.show_callers(&mut desk);
        desk.queues = self.floor.queues_shown();
        self.people.show(&mut desk);
        self.texts.show(&mut desk);
        self.around.show(&mut desk);
        desk.numbers = self.forms.of(desk.shown_numbers());
        desk
    }

    /// Shows another session: signed out, signing in, at the desk.
    pub fn session(&mut self, session: SessionView) {
        if self.session != session {
            self.session = session;
            self.redraw.session = true;
        }
    }

    /// Something a clock alone can change. To be called about once a second.
    pub fn tick(&mut self, now: Millis) {
        self.responder.stands(now);
        self.consider_waiting(now);
        self.drop_old_callers(now);
        let is_talking = self.is_talking();
        self.people.after_the_call(is_talking, now, &mut self.out);
        self.count_floor(now);
        self.make_room_for_cards();
        self.give_room_back();
    }

    fn give_room_back(&mut self) {
        self.callers.give_room_back();
        self.texts.give_room_back();
        self.people.give_room_back();
        self.around.give_room_back();
    }
}

/// A text field that says something: the service writes empty ones too.
fn told(text: Option<&String>) -> Option<String> {
    text.filter(|text| !text.trim().is_empty()).cloned()
}

/// The last things that are over, and when they ended. Their names are kept as
/// hashes: nobody asks for them, only whether one is among them.
#[derive(Debug, Default)]
struct Remembered {
    hasher: RandomState,
    ended: HashMap<u64, Option<Timestamp>, RandomState>,
    order: VecDeque<u64>,
}

impl Remembered {
    fn insert(&mut self, id: &str, at: Option<Timestamp>) {
        let id = self.hasher.hash_one(id);
        if self.ended.insert(id, at).is_none() {
            self.order.push_back(id);
        }
        if self.order.len() > REMEMBERED
            && let Some(oldest) = self.order.pop_front()
        {
            self.ended.remove(&oldest);
        }
    }

    fn get(&self, id: &str) -> Option<Option<Timestamp>> {
        self.ended.get(&self.hasher.hash_one(id)).copied()
    }

    fn give_room_back(&mut self) {
        shelf::give_room_back(&mut self.ended);
    }
}

#[cfg(test)]
mod tests;
