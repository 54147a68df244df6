//! How the service speaks, and what it is asked for.
//!
//! An acknowledgment, an error frame and an envelope are said by a documented
//! service only, in whatever words it was asked; a bare object, or silence on a
//! socket that answers pings, by the live one. Where the dialect is found, such
//! a sign puts the guess right. Where it was given, it is only said: nothing is
//! promised until the agent decides.

use std::collections::BTreeSet;
use std::time::Duration;

use voipbin_wire::{Command, Topic};

use super::{ACK_WITHIN, Extra, HOPE_AGAIN_AFTER, Link, LinkState, Order};
use crate::dialect::{Dialect, Speaks};

impl Link {
    /// Whether a bare object, or else a named event, would say something new
    /// about how the service speaks.
    pub fn would_learn_from(&self, is_bare: bool) -> bool {
        !self.heard_documented && (!is_bare || (self.asking.is_documented() && self.instead.is_none()))
    }

    pub(super) fn heard_bare(&mut self, now: Duration) {
        if !self.would_learn_from(true) {
            return;
        }
        match self.speaks {
            Speaks::Auto(_) => self.turns_out_live(now),
            Speaks::Only(_) => self.speaks_instead(Dialect::Live, now),
        }
    }

    /// Something that only a documented service says. Whether it may be about
    /// what is asked now, and not about live topics that it did not understand.
    pub(super) fn heard_documented(&mut self, now: Duration) -> bool {
        self.heard_documented = true;
        let spoke_live = !self.asking.is_documented();
        match self.speaks {
            Speaks::Auto(_) => {
                self.documented_by = Duration::MAX;
                self.speaks = Speaks::Auto(Some(Dialect::Documented));
            }
            Speaks::Only(Dialect::Live) if self.instead.is_none() => self.speaks_instead(Dialect::Documented, now),
            Speaks::Only(Dialect::Live) => {}
            Speaks::Only(Dialect::Documented) => self.instead = None,
        }
        !spoke_live
    }

    /// Once the service is known to speak as documented, all is asked for.
    pub(super) fn ask_the_rest(&mut self, now: Duration) {
        if self.heard_documented && self.speaks.known() == Some(Dialect::Documented) {
            self.ask_documented(true, now);
        }
        self.answered(now);
    }

    /// Nothing was answered where a documented service would have, on a socket
    /// that is alive.
    pub(super) fn is_silent_as_live(&self) -> bool {
        let asked_at = self.acked_by.saturating_sub(ACK_WITHIN);
        self.speaks == Speaks::Only(Dialect::Documented) && !self.heard_documented && self.proof.heard_at() > asked_at
    }

    /// The given dialect is not the service's.
    pub(super) fn speaks_instead(&mut self, dialect: Dialect, now: Duration) {
        self.instead = Some(dialect);
        // Silence may have been slowness, so it is asked for again.
        let ask_again = (dialect == Dialect::Live).then(|| now + HOPE_AGAIN_AFTER);
        self.asking.give_up(ask_again);
        self.answered(now);
    }

    /// The service turns out to be the live one.
    pub(super) fn turns_out_live(&mut self, now: Duration) {
        self.documented_by = Duration::MAX;
        self.speaks = Speaks::Auto(Some(Dialect::Live));
        self.begin_live(now);
        self.answered(now);
    }

    /// The agent decided how the service is spoken to: from a new socket on.
    pub(super) fn speak(&mut self, speaks: Speaks, now: Duration) {
        self.speaks = speaks;
        self.tried_both = false;
        match self.state {
            LinkState::Disconnected | LinkState::Refused => {}
            LinkState::Connecting => {
                self.orders.push_back(Order::Abandon);
                self.open(now);
            }
            LinkState::Reconnecting { attempt, retry_at } => {
                if retry_at.is_none() {
                    self.orders.push_back(Order::Abandon);
                }
                self.reopen(attempt, now);
            }
            LinkState::Connected | LinkState::CatchingUp | LinkState::Live => {
                self.orders.push_back(Order::Close);
                self.documented_by = Duration::MAX;
                self.asking.socket_gone();
                self.reopen(self.attempt, now);
            }
        }
    }

    /// At once, but not before the service wants to hear of us again.
    fn reopen(&mut self, attempt: u32, now: Duration) {
        let retry_at = Some(self.not_before).filter(|at| *at > now);
        self.state = LinkState::Reconnecting { attempt, retry_at };
        if retry_at.is_none() {
            self.open(now);
        }
    }

    /// Asks for the documented topics that were not asked for on this socket.
    pub(super) fn ask_documented(&mut self, all: bool, now: Duration) {
        for batch in self.asking.documented(all) {
            self.subscribe(batch, now);
        }
    }

    pub(super) fn begin_live(&mut self, now: Duration) {
        self.asking.begin_live(now);
        self.ask_live(now);
    }

    /// The next batch of live topics, and a ping after it: nothing answers a
    /// subscription, but an answered ping proves that the socket survived it.
    pub(super) fn ask_live(&mut self, now: Duration) {
        if let Some(batch) = self.asking.next_live(self.proof.upcoming(), now) {
            self.try_live(batch, now);
        }
    }

    fn try_live(&mut self, topics: Vec<Topic>, now: Duration) {
        self.acked_by = now + ACK_WITHIN;
        self.orders.push_back(Order::Send(Command::Subscribe(topics).encode()));
        self.send_ping(now);
    }

    pub(super) fn subscribe(&mut self, topics: Vec<Topic>, now: Duration) {
        if topics.is_empty() {
            return;
        }
        self.asking.asked(&topics);
        self.acked_by = now + ACK_WITHIN;
        self.orders.push_back(Order::Send(Command::Subscribe(topics).encode()));
    }

    fn unsubscribe(&mut self, topics: Vec<Topic>) {
        if !topics.is_empty() {
            self.orders.push_back(Order::Send(Command::Unsubscribe(topics).encode()));
        }
    }

    /// The documented topics with which the dialect was found are of no use to
    /// the live service: it lets go of them once the first live ones hold, so
    /// that its count for this agent never falls to nothing in between
    /// (live-service.md, section 2.6).
    pub(super) fn give_back_the_probe(&mut self) {
        let probe = self.asking.take_probe();
        self.unsubscribe(probe);
    }

    pub(super) fn listen(&mut self, extras: BTreeSet<Extra>, now: Duration) {
        self.asking.listen(extras);
        self.listen_anew(now);
    }

    /// Brings what this socket subscribed in line with what is listened to,
    /// as soon as nothing else is being asked.
    pub(super) fn listen_anew(&mut self, now: Duration) {
        let is_settled = matches!(self.state, LinkState::CatchingUp | LinkState::Live) && !self.asking.is_waiting();
        if !is_settled || self.instead.is_some() {
            return;
        }
        // What covers a topic comes before the topic goes.
        let missing = self.asking.missing();
        if !missing.is_empty() {
            if self.asking.is_documented() {
                self.subscribe(missing, now);
            } else {
                self.asking.retry_live(&missing, self.proof.upcoming(), now);
                self.try_live(missing, now);
            }
            return;
        }
        let needless = self.asking.take_needless();
        self.unsubscribe(needless);
    }
}
