//! Our end: what the link orders is done, and what comes is handed on.

use ringside_words::Message;

use super::*;

impl Schedule {
    pub(super) fn we_hear(&mut self, what: Said) {
        let action = Some("subscribe".to_owned());
        match what {
            Said::Text(text) => {
                self.input(Input::Heard);
                let Frame::Told(told) = Frame::decode(&text) else {
                    return self.violation("a frame of the service was not understood");
                };
                let is_bare = matches!(told.kind, Kind::Bare(_));
                if self.link.would_learn_from(is_bare) {
                    self.input(if is_bare { Input::Bare } else { Input::Named });
                }
                self.desk.learn(&told, self.wall());
                self.look_at_desk();
                self.look_whether_it_rings(&told);
            }
            Said::Ack(topics) => self.input(Input::Acked(Ack { action, topics, success: true })),
            Said::Refusal(topics, code) => {
                self.input(Input::Refused(Refusal { action, topics, code, message: String::new() }));
            }
            Said::Pong(number) => self.input(Input::Pong(number)),
            Said::Closed => {
                self.ours = None;
                self.input(Input::Broke(Message::verbatim("closed")));
            }
        }
    }

    pub(super) fn input(&mut self, input: Input) {
        self.link.take(input, self.now);
        while let Some(order) = self.link.next_order() {
            self.obey(order);
        }
        self.look_at_link();
    }

    pub(super) fn obey(&mut self, order: Order) {
        match order {
            Order::Open(handshake) => self.dial(handshake),
            Order::Abandon => {
                if self.is_unread() {
                    self.violation("a socket was dropped with something unread in it");
                }
                self.dial = None;
                self.ours = None;
            }
            Order::Close => {
                self.drop_socket();
                self.ours = None;
            }
            order => {
                let Some(number) = self.ours else { return };
                let latency = self.latency();
                let Some(socket) = self.socket.as_mut().filter(|socket| socket.number == number) else { return };
                socket.last_to_service = (self.now + latency).max(socket.last_to_service);
                let at = socket.last_to_service;
                self.at(at, Event::ToService { socket: number, order });
            }
        }
    }

    pub(super) fn dial(&mut self, handshake: Handshake) {
        if self.dial.is_some() || self.ours.is_some() {
            self.violation("a second socket was asked for");
        }
        if self.token_refused {
            self.violation("a refused token was tried again");
        }
        if self.refusals_in_a_row >= 2 {
            self.violation("a token was shown a third time");
        }
        if self.now < self.away_until && !matches!(self.was_state, LinkState::Reconnecting { .. }) {
            self.violation("the service was not left alone for as long as it asked");
        }
        if self.speaks == Speaks::Only(Dialect::Documented) && handshake != Handshake::InAddress {
            self.violation("the token was not shown as documented");
        }
        self.dials += 1;
        self.outcome.connects += 1;
        let dial = self.dials;
        self.dial = Some(dial);
        let answered = self.now + self.latency() + self.latency();
        if self.now < self.network_until {
            // A network that is down says so, or says nothing.
            if self.dice.bool() {
                self.at(
                    answered,
                    Event::DialFailed { dial, failure: OpenFailure::Other(Message::verbatim("no network")) },
                );
            }
            return;
        }
        if self.now < self.service_until {
            return self
                .at(answered, Event::DialFailed { dial, failure: OpenFailure::Other(Message::verbatim("refused")) });
        }
        // After the trouble, only a refused token still closes a door.
        let door = self.doors.filter(|(door, _)| self.now < TROUBLE || *door == Door::Unauthorized);
        if let Some((door, times)) = door {
            self.doors = (times > 1).then_some((door, if times == u32::MAX { times } else { times - 1 }));
            let failure = match door {
                Door::Unauthorized => OpenFailure::Unauthorized,
                Door::TooMany => OpenFailure::RateLimited(Some(self.between(STAY_AWAY))),
                Door::Broken => OpenFailure::Other(Message::verbatim("500")),
                Door::NotFound => OpenFailure::NotFound,
            };
            return self.at(answered, Event::DialFailed { dial, failure });
        }
        self.socket = Some(Socket {
            number: dial,
            topics: Vec::new(),
            is_open: true,
            is_dead: false,
            last_to_us: answered,
            last_to_service: answered,
        });
        self.at(answered, Event::Dialled { dial });
    }

    /// The lists are asked for; they show how things stand when they are read.
    pub(super) fn read_again(&mut self, socket: u64) {
        let at = self.now + Duration::from_millis(self.dice.u64(5..900));
        if self.now < TROUBLE && self.dice.u8(..5) == 0 {
            return self.at(at, Event::RereadFails { socket });
        }
        let lists = self.world.lists(self.dialect);
        self.at(at, Event::Reread { socket, lists });
    }

    pub(super) fn reread(&mut self, socket: u64, lists: &[(voipbin_wire::BareKind, String)]) {
        if self.reading != Some(socket) || self.link.report().socket != socket {
            return;
        }
        self.reading = None;
        if self.link.state() != LinkState::CatchingUp {
            return;
        }
        self.outcome.rereads += 1;
        let now = self.wall();
        if self.tells_date {
            self.desk.service_says(Timestamp::from_millis(self.millis() + self.world.ahead), now);
        }
        let mut covered = Covered::default();
        if self.is_manager {
            for (kind, page) in lists {
                let page = decode_facts(*kind, page).expect("the model writes pages");
                page.items.iter().for_each(|told| self.desk.relearn(told, now));
            }
            let always = Some(Timestamp::from_micros(i64::MIN));
            always.into_iter().for_each(|since| self.desk.texts_were_listed(since));
            covered = Covered { calls: always, rings: always, waits: always };
        }
        self.desk.caught_up(covered, now);
        self.look_at_desk();
        self.input(Input::CaughtUp(socket));
    }
}
