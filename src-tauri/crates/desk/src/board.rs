//! Every call the link tells of, whoever's it is.

use voipbin_wire::{CallFact, CallState, Direction, QueueFact, QueuePlace, RingFact, Timestamp};

use crate::moment::{Heard, Moment};
use crate::numbers::{WITHHELD, name_told, number_told};
use crate::shelf::{set, set_told};
use crate::view::{BoardCallView, BoardState};
use crate::{Desk, Millis, told};

/// How many calls that are over stay on the board.
const ENDED_KEPT: usize = 200;
/// A call that nobody has told of for this long is over.
const SILENT_FOR: Millis = 12 * 3_600_000;

/// A call on the board. Who its identifiers stand for is looked up when it is drawn.
#[derive(Debug)]
pub(crate) struct BoardCall {
    state: BoardState,
    /// Whether it was answered, by whomever: a queue answers too.
    is_answered: bool,
    was_queued: bool,
    inbound: bool,
    name: Option<String>,
    number: String,
    our_number: String,
    queue_id: Option<String>,
    action: Option<String>,
    agent_id: Option<String>,
    began: Millis,
    since: Millis,
    answered_at: Option<Millis>,
    why: Option<String>,
    stale: bool,
    news_at: Millis,
    at: Heard,
    /// As what the figures count it.
    counted: Option<BoardState>,
}

/// How many calls are on the board, kept as they move.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Tally {
    pub(crate) ringing: u32,
    pub(crate) talking: u32,
    pub(crate) waiting: u32,
}

impl Tally {
    /// Counts a call as what it is now.
    fn count(&mut self, call: &mut BoardCall) {
        if call.counted == Some(call.state) {
            return;
        }
        self.forget(call);
        if let Some(count) = self.of(call.state) {
            *count += 1;
        }
        call.counted = Some(call.state);
    }

    /// A call is on the board no longer.
    fn forget(&mut self, call: &BoardCall) {
        if let Some(count) = call.counted.and_then(|state| self.of(state)) {
            *count -= 1;
        }
    }

    fn of(&mut self, state: BoardState) -> Option<&mut u32> {
        match state {
            BoardState::Ringing => Some(&mut self.ringing),
            BoardState::Talking => Some(&mut self.talking),
            BoardState::Waiting => Some(&mut self.waiting),
            BoardState::Ended => None,
        }
    }
}

impl BoardCall {
    fn new(began: Millis, now: Millis) -> Self {
        Self {
            state: BoardState::Ringing,
            is_answered: false,
            was_queued: false,
            inbound: true,
            name: None,
            number: String::new(),
            our_number: String::new(),
            queue_id: None,
            action: None,
            agent_id: None,
            began,
            since: began,
            answered_at: None,
            why: None,
            stale: false,
            news_at: now,
            at: Heard::default(),
            counted: None,
        }
    }

    /// See [`Desk::clock_jumped`]. Whether it looks different.
    pub(crate) fn clock_jumped(&mut self, by: Millis, shown: Millis) -> bool {
        self.news_at += by;
        self.began += shown;
        self.since += shown;
        self.answered_at = self.answered_at.map(|at| at + shown);
        shown != 0
    }

    fn moves(&mut self, state: BoardState, since: Millis) -> bool {
        let is_new = self.state != state;
        if is_new {
            (self.state, self.since) = (state, since);
        }
        is_new
    }

    fn heard(&mut self, at: Option<Timestamp>, now: Millis) -> bool {
        self.news_at = now;
        let heard = Heard::new(at, now);
        if at.is_some() && !heard.is_older(self.at) {
            self.at = heard;
        }
        set(&mut self.stale, false)
    }
}

impl Desk {
    pub(crate) fn board_call(&mut self, fact: &CallFact, for_agent: Option<&str>, moment: &Moment) {
        let (at, now) = (moment.at, moment.now);
        let Some(id) = fact.id.as_deref() else { return };
        if let Some(whole) = &fact.master_call_id {
            return self.board_leg(whole, fact, at);
        }
        let is_over = fact.status == Some(CallState::Hangup);
        if self.board.get(id).is_none() && (self.over.get(id).is_some() || (is_over && !moment.is_listed)) {
            return;
        }
        let began = moment.when(fact.tm_create.or(at));
        let answered_at = fact.tm_progressing.map(|at| moment.when(Some(at)));
        let moment = moment.when(at);
        let mut ended = false;
        let Self { board, on_board, .. } = self;
        board.change(
            id,
            || BoardCall::new(began, now),
            |call| {
                if call.state == BoardState::Ended {
                    return false;
                }
                let is_older = Heard::new(at, now).is_older(call.at);
                let mut changed = call.heard(at, now);
                let first = call.began.min(began);
                changed |= set(&mut call.began, first);
                if let Some(direction) = &fact.direction {
                    changed |= set(&mut call.inbound, *direction != Direction::Outbound);
                }
                let (them, us) = match call.inbound {
                    true => (fact.source.as_ref(), fact.destination.as_ref()),
                    false => (fact.destination.as_ref(), fact.source.as_ref()),
                };
                if let Some(them) = them {
                    let ours = us.and_then(|us| us.target.as_deref());
                    changed |= number_told(them, ours).is_some_and(|number| fill(&mut call.number, &number));
                    changed |= set_told(&mut call.name, name_told(them).as_ref());
                }
                if let Some(number) = us.and_then(|us| number_told(us, None)) {
                    changed |= fill(&mut call.our_number, &number);
                }
                changed |= set_told(&mut call.queue_id, fact.queue_id.as_ref());
                changed |= set_told(&mut call.agent_id, fact.agent_id.as_ref());
                if call.agent_id.is_none() && for_agent.is_some() {
                    // An agent's own topic tells of the agent's own calls.
                    changed |= set(&mut call.agent_id, for_agent.map(str::to_owned));
                }
                if let Some(action) = fact.action.as_ref().filter(|_| !is_older) {
                    changed |= set_told(&mut call.action, told(action.name.as_ref()).or(action.kind.clone()).as_ref());
                }
                match &fact.status {
                    Some(CallState::Answered) => {
                        call.is_answered = true;
                        let answered_at = *call.answered_at.get_or_insert(answered_at.unwrap_or(moment));
                        if call.state == BoardState::Ringing {
                            changed |= call.moves(BoardState::Talking, answered_at);
                        }
                    }
                    Some(CallState::Hangup) => {
                        call.why = fact.hangup_reason.as_deref().and_then(why);
                        changed |= call.moves(BoardState::Ended, moment);
                        ended = true;
                    }
                    _ => {}
                }
                on_board.count(call);
                changed
            },
        );
        if ended {
            self.board_ended(id, moment);
        }
    }

    /// A leg says who is on the whole call.
    fn board_leg(&mut self, whole: &str, leg: &CallFact, at: Option<Timestamp>) {
        let is_mine = leg.agent_id.as_deref().is_some_and(|agent| agent == self.people.me.id);
        if is_mine && leg.status == Some(CallState::Hangup) && leg.hangup_reason.as_deref() == Some("busy") {
            // A phone that is told to decline answers that it is busy (section 5.1).
            self.note_declined(whole, at);
        }
        let is_answered = leg.status == Some(CallState::Answered);
        if let Some(agent) = leg.agent_id.as_ref().filter(|_| is_answered) {
            self.board.update(whole, |call| set_told(&mut call.agent_id, Some(agent)));
        }
    }

    pub(crate) fn board_ring(&mut self, ring: &RingFact) {
        let (Some(id), Some(agent)) = (ring.call_id.as_deref(), ring.agent_id.as_ref()) else { return };
        if ring.is_answered() {
            self.board.update(id, |call| set_told(&mut call.agent_id, Some(agent)));
        }
    }

    /// A caller moved in a queue.
    pub(crate) fn board_queue(&mut self, id: &str, fact: &QueueFact, queue_id: Option<&String>, moment: &Moment) {
        let (at, now) = (moment.at, moment.now);
        if self.board.get(id).is_none() && self.over.get(id).is_some() {
            return;
        }
        let waits_from = moment.when(fact.tm_join.or(at));
        let moment = moment.when(fact.tm_connect.or(at));
        let is_waiting = fact.place == Some(QueuePlace::Waiting);
        if !is_waiting && self.board.get(id).is_none() {
            return;
        }
        let Self { board, on_board, .. } = self;
        board.change(
            id,
            || BoardCall::new(waits_from, now),
            |call| {
                if call.state == BoardState::Ended {
                    return false;
                }
                let mut changed = call.heard(at, now);
                changed |= set_told(&mut call.queue_id, queue_id);
                call.was_queued = true;
                let source = fact.source.as_ref();
                let ours = Some(call.our_number.as_str()).filter(|ours| !ours.is_empty());
                if let Some(number) = source.and_then(|from| number_told(from, ours)) {
                    changed |= fill(&mut call.number, &number);
                }
                changed |= set_told(&mut call.name, source.and_then(name_told).as_ref());
                changed |= match fact.place {
                    Some(QueuePlace::Waiting) => call.moves(BoardState::Waiting, waits_from),
                    Some(QueuePlace::Connected) => {
                        call.answered_at = Some(moment);
                        call.moves(BoardState::Talking, moment) | set_told(&mut call.agent_id, fact.agent_id.as_ref())
                    }
                    _ if call.state != BoardState::Waiting => false,
                    _ if call.is_answered => call.moves(BoardState::Talking, moment),
                    _ => call.moves(BoardState::Ringing, moment),
                };
                on_board.count(call);
                changed
            },
        );
    }

    /// A call is over: it counts, and stays in sight for a while.
    fn board_ended(&mut self, id: &str, ended: Millis) {
        self.board.is_over(id, ENDED_KEPT);
        let Some(call) = self.board.get(id) else { return };
        let (began, answered_at) = (call.began, call.answered_at);
        let (has_agent, was_queued, inbound) = (call.agent_id.is_some(), call.was_queued, call.inbound);
        if let Some(answered_at) = answered_at.filter(|_| has_agent) {
            self.figures.handled(ended, ended - answered_at);
            if inbound && !was_queued {
                self.figures.answered(None, answered_at, answered_at - began);
            }
        } else if inbound && !was_queued && answered_at.is_none() {
            self.figures.abandoned(None, ended);
        }
    }

    /// The link is lost: every call on the board may be over.
    pub(crate) fn doubt_board(&mut self) {
        self.board.update_all(|call| call.state != BoardState::Ended && set(&mut call.stale, true));
    }

    /// What the lists were whole enough to hold and did not is over.
    pub(crate) fn drop_unconfirmed_board(&mut self, covered: Option<Timestamp>, moment: &Moment) {
        let Some(since) = covered.map(|covered| moment.when(Some(covered))) else { return };
        self.drop_from_board(|call| call.stale && call.began >= since);
    }

    /// A call that nobody ends is over some day all the same.
    pub(crate) fn drop_silent_board(&mut self, now: Millis) {
        self.drop_from_board(|call| call.state != BoardState::Ended && now - call.news_at >= SILENT_FOR);
    }

    fn drop_from_board(&mut self, is_gone: impl Fn(&BoardCall) -> bool) {
        let gone: Vec<String> = self.board.all().filter(|(_, call)| is_gone(call)).map(|(id, _)| id.clone()).collect();
        for id in gone {
            if let Some(call) = self.board.remove(&id) {
                self.on_board.forget(&call);
            }
        }
    }

    /// A call as the board draws it.
    pub(crate) fn board_view(&self, id: &str, call: &BoardCall) -> BoardCallView {
        BoardCallView {
            id: id.to_owned(),
            state: call.state,
            inbound: call.inbound,
            name: self.name_of(&call.number).or(call.name.as_deref()).map(str::to_owned),
            number: call.number.clone(),
            our_number: call.our_number.clone(),
            queue: call.queue_id.as_deref().map(|queue| self.queue_name(queue)),
            flow: call.action.clone(),
            agent: call.agent_id.as_deref().map(|agent| self.agent_name(agent)),
            began: call.began,
            since: call.since,
            why: call.why.clone(),
            stale: call.stale,
        }
    }

    /// A name changed: the board shows it.
    pub(crate) fn redraw_board(&mut self, is_meant: impl Fn(&BoardCall) -> bool) {
        self.board.update_all(|call| is_meant(call));
    }

    pub(crate) fn rename_board(&mut self, number: &str) {
        self.redraw_board(|call| call.number == number);
    }

    pub(crate) fn rename_board_agent(&mut self, agent: &str) {
        self.redraw_board(|call| call.agent_id.as_deref() == Some(agent));
    }

    pub(crate) fn rename_board_queues(&mut self) {
        self.redraw_board(|call| call.queue_id.is_some());
    }

    /// What an agent is called.
    pub(crate) fn agent_name(&self, agent: &str) -> String {
        self.people.shown_agent(agent)
    }
}

fn fill(place: &mut String, value: &str) -> bool {
    // That a network withholds a number takes back none that was told.
    let is_new = !value.is_empty() && place != value && (value != WITHHELD || place.is_empty());
    if is_new {
        value.clone_into(place);
    }
    is_new
}

/// Why a call ended, in words (live-service.md, section 3.4).
pub(crate) fn why(reason: &str) -> Option<String> {
    let words = match reason {
        "" | "normal" => return None,
        "busy" => "the line was busy",
        "cancel" => "the caller hung up first",
        "timeout" | "noanswer" => "nobody answered",
        "failed" => "it failed",
        "dialout" => "it could not be dialled",
        "amd" => "an answering machine took it",
        "declined" | "rejected" => "it was declined",
        other => other,
    };
    Some(words.to_owned())
}
