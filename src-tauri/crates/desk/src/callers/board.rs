//! Every call the link tells of, whoever's it is.

use ringside_words::{Message, say};
use voipbin_wire::{CallFact, CallState, QueueFact, QueuePlace, Timestamp};

use crate::Millis;
use crate::callers::queues::{Queue, Queues};
use crate::callers::record::{Caller, Marks, Telling, learn};
use crate::figures::Figures;
use crate::moment::{Heard, Moment};
use crate::shelf::{set, set_told};
use crate::view::{BoardCallView, BoardState};

/// A call that nobody has told of for this long is over.
const SILENT_FOR: Millis = 12 * 3_600_000;

/// A call on the board.
#[derive(Debug)]
pub(crate) struct OnBoard {
    pub(crate) state: BoardState,
    /// Whether it was answered, by whomever: a queue answers too.
    is_answered: bool,
    was_queued: bool,
    is_stale: bool,
    /// As what the figures count it.
    pub(crate) counted: Option<BoardState>,
    pub(crate) queue: Option<Queue>,
    action: Option<Box<str>>,
    pub(crate) agent: Option<Box<str>>,
    began: Millis,
    since: Millis,
    answered_at: Option<Millis>,
    news_at: Millis,
    at: Heard,
}

/// How many calls are on the board, kept as they move.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) ringing: u32,
    pub(crate) talking: u32,
    pub(crate) waiting: u32,
}

impl Tally {
    /// Counts a call as what it is now.
    pub(crate) fn count(&mut self, call: &mut OnBoard) {
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
    pub(crate) fn forget(&mut self, call: &OnBoard) {
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

impl OnBoard {
    fn new(began: Millis, now: Millis) -> Box<Self> {
        Box::new(Self {
            state: BoardState::Ringing,
            is_answered: false,
            was_queued: false,
            is_stale: false,
            counted: None,
            queue: None,
            action: None,
            agent: None,
            began,
            since: began,
            answered_at: None,
            news_at: now,
            at: Heard::default(),
        })
    }

    /// See [`Desk::clock_jumped`](crate::Desk::clock_jumped).
    pub(crate) fn clock_jumped(&mut self, by: Millis, shown: Millis) {
        self.news_at += by;
        self.began += shown;
        self.since += shown;
        self.answered_at = self.answered_at.map(|at| at + shown);
    }

    /// Whether the list of calls was whole enough to hold it.
    pub(crate) fn should_be_listed(&self, whole_since: Millis) -> bool {
        self.is_stale && self.began >= whole_since
    }

    /// A call that nobody ends is over some day all the same.
    pub(crate) fn is_silent(&self, now: Millis) -> bool {
        self.state != BoardState::Ended && now - self.news_at >= SILENT_FOR
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
        set(&mut self.is_stale, false)
    }
}

impl Caller {
    /// What a fact of the call means for the board. Whether the call is over by it.
    pub(crate) fn board_call(
        &mut self,
        fact: &CallFact,
        telling: Telling<'_>,
        queues: &mut Queues,
        figures: &mut Figures,
        tally: &mut Tally,
    ) -> bool {
        let Telling { moment, for_agent, .. } = telling;
        let (at, now) = (moment.at, moment.now);
        let is_over = fact.status == Some(CallState::Hangup);
        let is_new = self.board.is_none();
        if is_new && (self.is_over || (is_over && !moment.is_listed)) {
            return false;
        }
        let began = moment.when(fact.tm_create.or(at));
        let told_at = moment.when(at);
        let inbound = self.party.is_inbound();
        let board = self.board.get_or_insert_with(|| OnBoard::new(began, now));
        if board.state == BoardState::Ended {
            return false;
        }
        let is_older = Heard::new(at, now).is_older(board.at);
        let mut changed = is_new | board.heard(at, now);
        let first = board.began.min(began);
        changed |= set(&mut board.began, first);
        changed |= set_told(&mut board.queue, fact.queue_id.as_deref().map(|queue| queues.of(queue)).as_ref());
        if let Some(agent) = fact.agent_id.as_deref() {
            changed |= learn(&mut board.agent, agent);
        } else if let Some(agent) = for_agent.filter(|_| board.agent.is_none()) {
            // An agent's own topic tells of the agent's own calls.
            changed |= learn(&mut board.agent, agent);
        }
        if !is_older && let Some(action) = Self::action_of(fact) {
            changed |= learn(&mut board.action, action);
        }
        match &fact.status {
            Some(CallState::Answered) => {
                board.is_answered = true;
                let answered_at = fact.tm_progressing.map_or(told_at, |at| moment.when(Some(at)));
                let answered_at = *board.answered_at.get_or_insert(answered_at);
                if board.state == BoardState::Ringing {
                    changed |= board.moves(BoardState::Talking, answered_at);
                }
            }
            Some(CallState::Hangup) => changed |= board.moves(BoardState::Ended, told_at),
            _ => {}
        }
        tally.count(board);
        if is_over {
            board.counts(told_at, inbound, figures);
        }
        self.changed.add_if(changed, Marks::BOARD);
        is_over
    }

    /// What a fact of the queue means for the board.
    pub(crate) fn board_queue(&mut self, fact: &QueueFact, queue: Option<Queue>, moment: &Moment, tally: &mut Tally) {
        let is_new = self.board.is_none();
        if is_new && fact.place != Some(QueuePlace::Waiting) {
            return;
        }
        let waits_from = moment.when(fact.tm_join.or(moment.at));
        let told_at = moment.when(fact.tm_connect.or(moment.at));
        let board = self.board.get_or_insert_with(|| OnBoard::new(waits_from, moment.now));
        let mut changed = is_new | board.heard(moment.at, moment.now);
        changed |= set_told(&mut board.queue, queue.as_ref());
        board.was_queued = true;
        changed |= match fact.place {
            Some(QueuePlace::Waiting) => board.moves(BoardState::Waiting, waits_from),
            Some(QueuePlace::Connected) => {
                board.answered_at = Some(told_at);
                let is_with = fact.agent_id.as_deref().is_some_and(|agent| learn(&mut board.agent, agent));
                board.moves(BoardState::Talking, told_at) | is_with
            }
            _ if board.state != BoardState::Waiting => false,
            _ if board.is_answered => board.moves(BoardState::Talking, told_at),
            _ => board.moves(BoardState::Ringing, told_at),
        };
        tally.count(board);
        self.changed.add_if(changed, Marks::BOARD);
    }

    /// It is on the board no longer.
    pub(crate) fn leaves_board(&mut self, tally: &mut Tally) {
        if let Some(board) = self.board.take() {
            tally.forget(&board);
            self.changed.add(Marks::BOARD);
        }
    }

    /// The link is lost: it may be over.
    pub(crate) fn board_is_doubted(&mut self) {
        if let Some(board) = self.board.as_mut().filter(|board| board.state != BoardState::Ended) {
            self.changed.add_if(set(&mut board.is_stale, true), Marks::BOARD);
        }
    }

    /// The call as the board draws it, if it is on the board.
    pub(crate) fn on_board(
        &self,
        queues: &Queues,
        name: Option<&str>,
        agent_name: impl Fn(&str) -> String,
    ) -> Option<BoardCallView> {
        let board = self.board.as_ref()?;
        Some(BoardCallView {
            id: self.id.to_string(),
            state: board.state,
            inbound: self.party.is_inbound(),
            name: name.or(self.party.name.as_deref()).map(str::to_owned),
            number: self.party.number().to_owned(),
            our_number: self.party.our_number().to_owned(),
            queue: board.queue.map(|queue| queues.name(queue)),
            flow: board.action.as_deref().map(str::to_owned),
            agent: board.agent.as_deref().map(agent_name),
            began: board.began,
            since: board.since,
            why: self.why.as_deref().and_then(why),
            stale: board.is_stale,
        })
    }
}

impl OnBoard {
    /// A call is over: it counts.
    fn counts(&self, ended: Millis, inbound: bool, figures: &mut Figures) {
        let is_direct = inbound && !self.was_queued;
        if let Some(answered_at) = self.answered_at.filter(|_| self.agent.is_some()) {
            figures.handled(ended, ended - answered_at);
            if is_direct {
                figures.answered(None, answered_at, answered_at - self.began);
            }
        } else if is_direct && self.answered_at.is_none() {
            figures.abandoned(None, ended);
        }
    }
}

/// Why a call ended, where there is anything to say of it (live-service.md, section 3.4).
pub(crate) fn why(reason: &str) -> Option<Message> {
    Some(match reason {
        "" | "normal" => return None,
        "busy" => say!("calls-why-busy"),
        "cancel" => say!("calls-why-cancel"),
        "timeout" | "noanswer" => say!("calls-why-no-answer"),
        "failed" => say!("calls-why-failed"),
        "dialout" => say!("calls-why-not-dialled"),
        "amd" => say!("calls-why-machine"),
        "declined" | "rejected" => say!("calls-why-declined"),
        other => Message::verbatim(other),
    })
}
