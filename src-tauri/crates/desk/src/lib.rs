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
mod board;
mod calls;
mod figures;
mod keeping;
mod latest;
mod link;
mod moment;
mod numbers;
mod past;
mod people;
mod queues;
mod record;
mod responder;
mod rings;
mod rules;
mod shelf;
mod steering;
mod template;
mod texts;
mod tools;
mod trail;
mod unseen;
mod view;

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::hash::BuildHasher as _;

use foldhash::fast::RandomState;
use voipbin_wire::{AgentStatus, Fact, Timestamp, Told};

pub use alert::{About, Alert, AlertKind};
pub use figures::Thresholds;
pub use link::{LinkNotice, LinkStage, SpokenAs};
pub use numbers::{WITHHELD, is_same as is_same_number, is_withheld, shown_number};
pub use past::{Around, Covered};
pub use people::{Customer, CustomerDeed, Found, Rights};
pub use record::{
    Considered, Ends, Machine, OptOut, Override, Record, Remains, ReplyRecord, ReplyStage, RuleCount, TextRecord,
};
pub use responder::{
    CLAIM_CHANNEL, CLAIM_CHANNEL_DETAIL, Chore, Claim, ClaimRound, Claimed, Obstacle, Rehearsal, ResponderDeed, Trial,
    rehearse, try_out,
};
pub use rules::{Rule, RuleBook, RuleError, Rules, Then, When};
pub use steering::{CallRequest, Deed, Steered, Target};
pub use template::FilledView;
pub use texts::{Looked, Missing, Outgoing, ReplyError, ReplyFate, Road};
pub use view::{
    AwayItemView, AwayKind, AwayView, BoardCallView, BoardState, CallStage, CallView, CanView, CardState, CardView,
    CaseView, ChatView, ColleagueView, ConferenceView, ControlsView, DeedView, DeliveryView, DeskView, FavouriteView,
    FetchView, FieldView, FiguresView, FloorView, FlowView, HeldView, LimitsView, LineView, LinkView, MeView,
    MessageView, NotReadView, NoteView, NumberView, OptOutView, OutcomeView, PastView, Patch, PointView, QueueView,
    QuickReplyView, ReactionView, ReasonView, RecordingView, RehearsalView, ResponderState, ResponderView,
    RuleCountView, Screen, SeatView, SessionView, StatusView, StepView, TagView, TalkLineView, TalkView, ToolsView,
    TouchView, TraceFate, TraceView, TranscriptView, TransferStage, TransferView, VisitView, WaitView,
};

use around::AroundCalls;
use figures::Figures;
use moment::Moment;
use people::People;
use shelf::{ById, Shelf};
use texts::Texts;

/// A point in time in milliseconds since 1970, by this computer's clock.
pub type Millis = i64;

/// How many finished calls and left queue places are remembered, so that a late
/// copy of an old frame cannot bring one back.
const REMEMBERED: usize = 500;

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
    calls: Shelf<calls::Call>,
    over: Remembered,
    left: Remembered,
    given_away: Remembered,
    trails: trail::Trails,
    waits: Shelf<queues::Wait>,
    lines: queues::Lines,
    parties: Parties,
    queue_names: BTreeMap<String, String>,
    texts: Texts,
    responder: responder::Responder,
    tools: ToolsView,
    /// What became of which calls is to be kept; nothing while nobody keeps.
    past_to_keep: Option<BTreeSet<String>>,
    past: Shelf<PastView>,
    /// The same by time, the oldest first.
    past_order: BTreeSet<(Millis, String)>,
    away: Option<AwayView>,
    gap: Option<past::Gap>,
    /// From when until when events did not arrive the last time.
    last_gap: Option<(Millis, Millis)>,
    rung_out: Remembered,
    /// Which queue a place in a queue is in, where the queues say it.
    places: ById<String>,
    /// How far this computer's clock is ahead of the service's.
    clock: moment::Clock,
    out: Out,
    board: Shelf<board::BoardCall>,
    on_board: board::Tally,
    around: AroundCalls,
    /// How numbers are written that the windows show.
    forms: numbers::Forms,
    figures: Figures,
    thresholds: Thresholds,
    /// When somebody sat down at this desk; far ahead where nobody said.
    opened_at: Millis,
    /// Since when today's figures count.
    counts_from: Millis,
    floor: FloorView,
    floor_shown: FloorView,
    queues_shown: BTreeMap<String, QueueView>,
    changed_queues: BTreeSet<String>,
    /// Something moved that the floor's figures count.
    floor_is_old: bool,
    /// Which tags a queue asks of its agents.
    queue_tags: BTreeMap<String, Vec<String>>,
    /// Queues that this agent's own topic told of.
    told_as_mine: BTreeSet<String>,
    /// Places in queues that were counted already.
    counted: Remembered,
    /// Calls that rang here and were not wanted.
    declined: Remembered,
}

/// Views that there is one of, to be drawn again.
#[derive(Debug, Default)]
struct Redraw {
    session: bool,
    link: bool,
    away: bool,
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
            calls: Shelf::default(),
            over: Remembered::default(),
            left: Remembered::default(),
            given_away: Remembered::default(),
            trails: trail::Trails::default(),
            waits: Shelf::default(),
            lines: queues::Lines::default(),
            parties: Parties::default(),
            queue_names: BTreeMap::new(),
            texts: Texts::default(),
            responder: responder::Responder::default(),
            tools: ToolsView::default(),
            past_to_keep: None,
            past: Shelf::default(),
            past_order: BTreeSet::new(),
            away: None,
            gap: None,
            last_gap: None,
            rung_out: Remembered::default(),
            places: ById::default(),
            clock: moment::Clock::default(),
            out: Out::default(),
            board: Shelf::default(),
            on_board: board::Tally::default(),
            around: AroundCalls::default(),
            forms: numbers::Forms::default(),
            figures: Figures::default(),
            thresholds: Thresholds::default(),
            opened_at: Millis::MAX,
            counts_from: 0,
            floor: FloorView::quiet(0),
            floor_shown: FloorView::quiet(0),
            queues_shown: BTreeMap::new(),
            changed_queues: BTreeSet::new(),
            floor_is_old: false,
            queue_tags: BTreeMap::new(),
            told_as_mine: BTreeSet::new(),
            counted: Remembered::default(),
            declined: Remembered::default(),
        }
    }

    /// What the account behind this desk can do.
    pub fn rights(&mut self, rights: Rights) {
        self.people.rights = rights;
        self.redraw.tools = true;
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
        let calls = self.calls.len();
        match fact {
            Fact::Call(call) => {
                self.board_call(call, for_agent, moment);
                self.learn_call(call, for_agent, moment);
            }
            Fact::Queue(queue) => self.learn_queue(queue, for_agent, moment),
            Fact::Ring(ring) => {
                self.board_ring(ring);
                self.learn_ring(ring, moment);
            }
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
        if self.calls.len() > calls {
            self.recordings_of_new_calls();
        }
        self.make_room_for_cards();
    }

    /// What cannot wait, since the last call.
    pub fn take_out(&mut self) -> Out {
        std::mem::take(&mut self.out)
    }

    /// Whether [`Desk::take_changes`] has something to say.
    pub fn has_changes(&self) -> bool {
        let Redraw { session, link, away, tools } = self.redraw;
        let there_is_one_of =
            session || self.people.me.is_marked() || link || away || tools || self.responder.is_marked();
        there_is_one_of || self.floor_is_old || self.floor != self.floor_shown || self.marked() > 0
    }

    /// How many things are to be drawn again.
    fn marked(&self) -> usize {
        let of_the_agent = self.calls.marked() + self.waits.marked() + self.past.marked();
        let written = self.texts.marked();
        let of_people = self.people.marked();
        let of_the_floor = self.board.marked() + self.around.marked();
        of_the_agent + written + of_people + of_the_floor
    }

    /// What changed on the screen, drawn once however often it changed: to be
    /// called when the windows can take it.
    pub fn take_changes(&mut self) -> Vec<Patch> {
        let mut patches = Vec::with_capacity(self.marked());
        let Redraw { session, link, away, tools } = std::mem::take(&mut self.redraw);
        patches.extend(tools.then(|| Patch::PutTools { tools: self.tools.clone(), can: self.can() }));
        patches.extend(session.then(|| Patch::PutSession { session: self.session.clone() }));
        let responder = self.responder.take_changed(&self.people);
        patches.extend(responder.map(|responder| Patch::PutResponder { responder: Box::new(responder) }));
        patches.extend(self.people.me.take_changed().map(|me| Patch::PutMe { me }));
        patches.extend(link.then(|| Patch::PutLink { link: self.link.clone() }));
        patches.extend(away.then(|| Patch::PutAway { away: self.away.clone() }));
        self.calls.draw(&mut patches, |id| Patch::DropCall { id }, |call| Patch::PutCall { call: call.view.clone() });
        for id in self.waits.take_marked() {
            patches.push(match self.waits.get(&id).filter(|wait| self.is_shown(wait)) {
                Some(wait) => Patch::PutWait { wait: wait.view.clone() },
                None => Patch::DropWait { id },
            });
        }
        self.take_people(&mut patches);
        self.take_floor(&mut patches);
        let mut forms = self.forms.of_new(&patches);
        if !forms.is_empty() {
            // A number is written before it is shown.
            forms.append(&mut patches);
            return forms;
        }
        patches
    }

    fn take_people(&mut self, patches: &mut Vec<Patch>) {
        self.texts.draw(patches);
        self.people.draw(patches);
        self.past.draw(patches, |id| Patch::DropPast { id }, |past| Patch::PutPast { past: past.clone() });
    }

    fn take_floor(&mut self, patches: &mut Vec<Patch>) {
        if self.board.marked() > 0 || self.floor_is_old {
            self.recount_floor();
        }
        for id in self.board.take_marked() {
            patches.push(match self.board.get(&id) {
                Some(call) => Patch::PutBoardCall { call: self.board_view(&id, call) },
                None => Patch::DropBoardCall { id },
            });
        }
        self.around.draw(patches);
        for id in self.take_changed_queues() {
            let queue = self.queue_view(&id);
            if self.queues_shown.get(&id) != Some(&queue) {
                self.queues_shown.insert(id, queue.clone());
                patches.push(Patch::PutQueue { queue });
            }
        }
        if self.floor != self.floor_shown {
            self.floor_shown = self.floor.clone();
            patches.push(Patch::PutFloor { floor: self.floor.clone() });
        }
    }

    /// Whether a call rings or is talked on at this desk.
    pub fn has_calls(&self) -> bool {
        self.calls.len() > 0
    }

    /// Who sits at the desk, if anybody.
    pub fn session_view(&self) -> &SessionView {
        &self.session
    }

    /// The whole desk, for a window that has just opened.
    pub fn view(&self) -> DeskView {
        let mut desk = DeskView {
            session: self.session.clone(),
            me: self.people.me.view().clone(),
            link: self.link.clone(),
            calls: self.calls.sorted().map(|(_, call)| call.view.clone()).collect(),
            waits: self
                .waits
                .sorted()
                .filter(|(_, wait)| self.is_shown(wait))
                .map(|(_, wait)| wait.view.clone())
                .collect(),
            chats: Vec::new(),
            messages: Vec::new(),
            colleagues: self.people.colleague_views(),
            cards: self.people.card_views(),
            past: self.past.sorted().map(|(_, past)| past.clone()).collect(),
            away: self.away.clone(),
            floor: self.floor_shown.clone(),
            board: self.board.sorted().map(|(id, call)| self.board_view(id, call)).collect(),
            queues: self.queues_shown.values().cloned().collect(),
            flows: Vec::new(),
            conferences: Vec::new(),
            recordings: Vec::new(),
            transcripts: Vec::new(),
            talks: Vec::new(),
            talk_lines: Vec::new(),
            tools: self.tools.clone(),
            can: self.can(),
            responder: self.responder.view(&self.people),
            numbers: Vec::new(),
        };
        self.texts.show(&mut desk);
        self.around.show(&mut desk);
        desk.numbers = self.forms.of(desk.shown_numbers());
        desk
    }

    /// Since when events did not arrive, if anything was missed.
    pub fn missing_since(&self) -> Option<Millis> {
        self.gap.as_ref().map(past::Gap::from)
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
        self.drop_old_calls(now);
        let is_talking = self.is_talking();
        self.people.after_the_call(is_talking, now, &mut self.out);
        self.drop_old_waits(now);
        self.drop_silent_board(now);
        self.count_floor(now);
        self.make_room_for_cards();
        self.give_room_back();
    }

    fn give_room_back(&mut self) {
        self.calls.give_room_back();
        self.waits.give_room_back();
        self.texts.give_room_back();
        self.people.give_room_back();
        self.past.give_room_back();
        self.board.give_room_back();
        self.around.give_room_back();
        shelf::give_room_back(&mut self.parties.known);
        shelf::give_room_back(&mut self.trails.known);
        let remembered = [
            &mut self.over,
            &mut self.left,
            &mut self.given_away,
            &mut self.rung_out,
            &mut self.counted,
            &mut self.declined,
        ];
        remembered.into_iter().for_each(Remembered::give_room_back);
    }

    fn alert(&mut self, alert: Alert) {
        self.out.alert(alert);
    }
}

/// A text field that says something: the service writes empty ones too.
fn told(text: Option<&String>) -> Option<String> {
    text.filter(|text| !text.trim().is_empty()).cloned()
}

/// Who is on the last calls that were told of, whichever desk they are on: the
/// event that a caller waits names the call only.
#[derive(Debug, Default)]
struct Parties {
    known: ById<calls::Party>,
    order: VecDeque<String>,
}

impl Parties {
    fn insert(&mut self, call: &str, party: &calls::Party) {
        if let Some(known) = self.known.get_mut(call) {
            return known.learn(party);
        }
        self.known.insert(call.to_owned(), party.clone());
        self.order.push_back(call.to_owned());
        if self.order.len() > REMEMBERED
            && let Some(oldest) = self.order.pop_front()
        {
            self.known.remove(&oldest);
        }
    }

    fn get(&self, call: &str) -> Option<&calls::Party> {
        self.known.get(call)
    }
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
