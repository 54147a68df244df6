//! What must hold, at every step and in the end.

use super::*;

impl Schedule {
    /// A ring that was told rings, whatever the clocks say.
    pub(super) fn look_whether_it_rings(&mut self, told: &Told) {
        let id = match &told.fact {
            Fact::Ring(ring) if !ring.is_over() && !ring.is_answered() => ring.key(),
            Fact::Call(call) if call.assigned == Some(true) => call.id.as_deref(),
            _ => None,
        };
        let is_ringing = |id: &&str| {
            let happenings = self.world.happenings.iter().enumerate();
            let of_call = happenings.filter(|(at, _)| call_id(*at) == **id).map(|(_, happening)| &happening.thing);
            of_call.into_iter().any(|thing| matches!(thing, Thing::Call { answered: None, ended: None }))
        };
        if let Some(id) = id.filter(is_ringing)
            && !self.rings.contains_key(&format!("call {id}"))
        {
            let what = format!("call {id} was told and does not ring");
            self.violation(&what);
        }
    }

    pub(super) fn look_at_link(&mut self) {
        let report = self.link.report();
        let state = report.state;
        if state == self.was_state {
            return;
        }
        if let (LinkState::Reconnecting { attempt, retry_at: Some(at) }, false) =
            (state, matches!(self.was_state, LinkState::Reconnecting { retry_at: Some(_), .. }))
        {
            let wait = at.saturating_sub(self.now);
            let ceiling = Duration::from_secs(1 << (attempt - 1).min(5)).min(Duration::from_secs(30));
            let asked = self.away_until.saturating_sub(self.now);
            if wait < Duration::from_millis(100) || wait > ceiling.max(asked) {
                self.violation(&format!("attempt {attempt} waits {wait:?}"));
            }
            if wait < asked {
                self.violation("the service was not left alone for as long as it asked");
            }
        }
        if matches!(state, LinkState::CatchingUp | LinkState::Live) {
            if self.is_given_wrongly() {
                self.violation("something is promised in a dialect that is not the service's");
            }
            self.first_heard.get_or_insert(self.millis());
        }
        if state == LinkState::Live && report.wanted.len() != report.confirmed.len() + report.refused.len() {
            self.violation("a wanted topic is neither confirmed nor refused");
        }
        self.was_state = state;
        let stage = match state {
            LinkState::Disconnected => LinkStage::Disconnected,
            LinkState::Connecting => LinkStage::Connecting,
            LinkState::Connected => LinkStage::Connected,
            LinkState::CatchingUp => LinkStage::CatchingUp,
            LinkState::Live => LinkStage::Subscribed,
            LinkState::Reconnecting { attempt, .. } => LinkStage::Reconnecting { attempt },
            LinkState::Refused => LinkStage::Refused,
        };
        let notice = LinkNotice {
            stage,
            retry_at: None,
            round_trip_ms: None,
            confirmed: report.confirmed,
            refused: Vec::new(),
            why: report.why,
            proven_at: Some(
                EPOCH_MS + self.pc_ahead + i64::try_from(self.link.proven_at().as_millis()).unwrap_or(i64::MAX),
            ),
            instead: None,
        };
        self.desk.link(notice, self.wall());
        self.look_at_desk();
        if state == LinkState::CatchingUp && self.reading != Some(report.socket) {
            self.reading = Some(report.socket);
            self.read_again(report.socket);
        }
    }

    pub(super) fn look_at_desk(&mut self) {
        for alert in self.desk.take_out().alerts {
            let Alert::Raise { key, kind, .. } = alert else { continue };
            self.outcome.alerts += 1;
            match kind {
                AlertKind::Ringing | AlertKind::Waiting => {
                    let times = self.rings.entry(key.clone()).or_default();
                    *times += 1;
                    if *times > 1 {
                        self.violation(&format!("{key} rang twice"));
                    }
                }
                AlertKind::Missed if key != "away" => {
                    let times = self.rings.entry(key.clone()).or_default();
                    *times += 1;
                    if *times > 1 {
                        self.violation(&format!("{key} was told twice"));
                    }
                }
                AlertKind::Missed => {}
                AlertKind::Message => self.texts_told += 1,
            }
        }
    }

    pub(super) fn check_the_end(&mut self) {
        if self.texts_told > self.texts {
            self.violation("a text was told twice");
        }
        let is_shut_out = self.token_refused || self.doors.is_some_and(|(door, _)| door == Door::Unauthorized);
        if self.link.state() != LinkState::Live {
            if !is_shut_out {
                let state = self.link.state();
                self.violation(&format!("it did not heal: {state:?} {:?}", self.link.report().why));
            }
            return;
        }
        let report = self.link.report();
        if self.claims_manager && !self.is_manager && self.dialect == Dialect::Live && report.refused.len() != 12 {
            self.violation("a batch that costs the connection is not left out");
        }
        if self.is_manager && !report.refused.is_empty() && !self.by_chance {
            self.violation("a topic is taken for refused that never was");
        }
        if self.is_manager && report.refused.is_empty() {
            self.check_that_nothing_is_lost();
        }
    }

    pub(super) fn check_that_nothing_is_lost(&mut self) {
        let view = self.desk.view();
        let mut lost = Vec::new();
        for (at, happening) in self.world.happenings.iter().enumerate() {
            match happening.thing {
                Thing::Call { answered, ended } => {
                    let id = call_id(at);
                    let past = view.past.iter().find(|past| past.id == id).map(|past| past.outcome);
                    let on_desk = view.calls.iter().find(|call| call.id == id).map(|call| call.stage);
                    let expected = match (answered, ended) {
                        (_, Some(_)) => None,
                        (Some(_), None) => Some(CallStage::Talking),
                        (None, None) => Some(CallStage::Ringing),
                    };
                    // What happened in the last moments may still be on its way.
                    if self.millis() - happening.began < 40_000 && on_desk != expected {
                        continue;
                    }
                    if on_desk != expected || past != self.world.outcome(at) {
                        lost.push(format!("{id}: {on_desk:?} {past:?}, not {expected:?} {:?}", self.world.outcome(at)));
                    }
                }
                Thing::Text => {
                    let Some(message) = view.messages.iter().find(|message| message.id == text_id(at)) else {
                        lost.push(format!("text {at}"));
                        continue;
                    };
                    let unread = view.chats.iter().find(|chat| chat.id == message.chat).map(|chat| chat.unread);
                    let is_news = self.first_heard.is_some_and(|heard| happening.began >= heard);
                    if is_news && unread != Some(1) {
                        lost.push(format!("text {at} came at {} and is unread {unread:?}", happening.began - EPOCH_MS));
                    }
                }
            }
        }
        for lost in lost {
            self.violation(&format!("lost: {lost}"));
        }
    }
}
