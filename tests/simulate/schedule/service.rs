//! The service's end of the socket.

use super::*;

impl Schedule {
    /// The service lets go of the socket; we hear of it when the network lets us.
    pub(super) fn drop_socket(&mut self) {
        if let Some(socket) = self.socket.as_mut().filter(|socket| socket.is_open) {
            socket.is_open = false;
            let number = socket.number;
            self.say(number, Said::Closed);
        }
    }

    pub(super) fn say(&mut self, number: u64, what: Said) {
        let latency = self.latency();
        let Some(socket) = self.socket.as_mut().filter(|socket| socket.number == number && !socket.is_dead) else {
            return;
        };
        socket.last_to_us = (self.now + latency).max(socket.last_to_us);
        let at = socket.last_to_us;
        self.at(at, Event::ToUs { socket: number, what });
    }

    /// Something changed at the service: who subscribed it hears of it, perhaps
    /// more than once, perhaps in another order.
    pub(super) fn tell(&mut self, at: usize) {
        self.outcome.events += 1;
        let Some(socket) = self.socket.as_ref().filter(|socket| socket.is_open) else { return };
        let (number, topics) = (socket.number, socket.topics.clone());
        let mut copies = Vec::new();
        for (published, frame) in self.world.frames(at, self.dialect) {
            let times = published.iter().filter(|published| topics.iter().any(|topic| self.covers(topic, published)));
            copies.extend(times.map(|_| frame.clone()));
        }
        if self.dialect == Dialect::Live {
            self.dice.shuffle(&mut copies);
        }
        for copy in copies {
            self.say(number, Said::Text(copy));
        }
    }

    pub(super) fn covers(&self, topic: &str, published: &str) -> bool {
        match self.dialect {
            Dialect::Live => published.starts_with(topic),
            Dialect::Documented => {
                let (topic, published) = (Topic::parse(topic), Topic::parse(published));
                topic.is_ok_and(|topic| published.is_ok_and(|published| topic.covers(&published)))
            }
        }
    }

    pub(super) fn service_hears(&mut self, number: u64, order: Order) {
        let is_mute = self.now < self.mute_until;
        let Some(socket) =
            self.socket.as_mut().filter(|socket| socket.number == number && socket.is_open && !socket.is_dead)
        else {
            return;
        };
        match order {
            Order::Ping(ping) => self.say(number, Said::Pong(ping)),
            Order::Send(text) => {
                let (is_subscribe, topics) = command(&text);
                let refused = |topic: &String| topic.starts_with("customer_id") && !self.is_manager;
                if self.dialect == Dialect::Live {
                    if topics.iter().any(refused) {
                        return self.drop_socket();
                    }
                    if is_subscribe {
                        socket.topics.extend(topics);
                    }
                    return;
                }
                let is_foreign = |topic: &String| topic.ends_with('_');
                let (invalid, topics): (Vec<_>, Vec<_>) = topics.into_iter().partition(is_foreign);
                let (denied, granted): (Vec<_>, Vec<_>) = topics.into_iter().partition(refused);
                if is_subscribe {
                    socket.topics.extend(granted.clone());
                }
                if !is_subscribe {
                    return;
                }
                // A service that is slow to confirm does so later.
                if is_mute {
                    socket.last_to_us = socket.last_to_us.max(self.mute_until);
                }
                if !invalid.is_empty() {
                    self.say(number, Said::Refusal(invalid, ErrorCode::InvalidTopic));
                }
                if !denied.is_empty() {
                    self.say(number, Said::Refusal(denied, ErrorCode::PermissionDenied));
                }
                if !granted.is_empty() {
                    self.say(number, Said::Ack(granted));
                }
            }
            Order::Open(_) | Order::Abandon | Order::Close => {}
        }
    }
}

fn command(text: &str) -> (bool, Vec<String>) {
    let value: serde_json::Value = serde_json::from_str(text).unwrap_or_default();
    let topics = value["topics"].as_array().into_iter().flatten();
    let topics = topics.filter_map(|topic| topic.as_str().map(str::to_owned)).collect();
    (value["type"] == "subscribe", topics)
}
