//! The events that are sent: a contact centre's mix, in either dialect.

use serde_json::{Value, json};
use voipbin_simulator::Dialect;

pub(crate) const CUSTOMER: &str = "c0ff0000-0000-4000-8000-000000000001";
pub(crate) const AGENT: &str = "a9e70000-0000-4000-8000-000000000001";
const AT: &str = "2026-01-20T10:30:00.000000Z";
/// The text after which nothing comes.
pub(crate) const LAST: &str = "nothing comes after this";

/// What goes on in a contact centre in which so many things live at the same
/// time. No event comes twice, and none is about something that is over.
pub(crate) struct Mix {
    dialect: Dialect,
    dice: fastrand::Rng,
    /// The living calls, and how far each is.
    calls: Vec<(u64, u8)>,
    next_call: u64,
    number: u64,
    /// How many of the events so far were texts.
    pub(crate) texts: usize,
}

impl Mix {
    pub(crate) fn new(dialect: Dialect, live: usize, seed: u64) -> Self {
        let next_call = live.max(1) as u64;
        let calls = (0..next_call).map(|call| (call, 0)).collect();
        Self { dialect, dice: fastrand::Rng::with_seed(seed), calls, next_call, number: 0, texts: 0 }
    }

    fn event(&mut self) -> Told {
        let number = self.number;
        self.number += 1;
        let at = self.dice.usize(..self.calls.len());
        let (call, stage) = self.calls[at];
        let minute = stamp(number);
        match self.dice.u8(..100) {
            0..40 => {
                self.calls[at].1 += 1;
                if stage >= 2 {
                    self.calls[at] = (self.next_call, 0);
                    self.next_call += 1;
                }
                call_event(call, stage, &minute)
            }
            40..50 => message(number, "inbound", "received", "message.received", &minute),
            50..60 => message(number, "outbound", "sent", "message.sent", &minute),
            60..75 => queue(call, stage, &minute),
            75..90 => flow(call, number % 7, &minute),
            90..95 => agent(number % 50, number % 3, &minute),
            95..98 => conference(call, &minute),
            98 => recording(call, &minute),
            _ => transcription(call, &minute),
        }
    }
}

impl Iterator for Mix {
    type Item = String;

    fn next(&mut self) -> Option<String> {
        let event = self.event();
        self.texts += usize::from(event.resource == "message");
        Some(event.in_dialect(self.dialect))
    }
}

/// The frame after which nothing comes.
pub(crate) fn last(dialect: Dialect) -> String {
    let mut frame = message(u64::MAX / 2, "inbound", "received", "message.received", AT);
    frame.documented["text"] = json!(LAST);
    frame.live["text"] = json!(LAST);
    frame.in_dialect(dialect)
}

/// A text that says when it was sent, in milliseconds since 1970. Documented dialect.
pub(crate) fn mark(now: i64) -> String {
    let at = voipbin_wire::Timestamp::from_millis(now).to_string();
    json!({
        "event_type": "message.received", "timestamp": at, "topic": format!("customer_id:{CUSTOMER}:message:*"),
        "data": {
            "id": format!("0f000000-0000-4000-8000-{now:012x}"), "direction": "inbound", "source": tel(1),
            "destination": tel(9_876_543), "text": format!("mark {now}"), "tm_create": at,
        },
    })
    .to_string()
}

struct Told {
    event: &'static str,
    resource: &'static str,
    at: String,
    documented: Value,
    live: Value,
}

impl Told {
    fn in_dialect(&self, dialect: Dialect) -> String {
        match dialect {
            Dialect::Live => self.live.to_string(),
            // In the documentation's order.
            Dialect::Documented => format!(
                r#"{{"event_type":"{}","timestamp":"{}","topic":"customer_id:{CUSTOMER}:{}:{}","data":{}}}"#,
                self.event,
                self.at,
                self.resource,
                self.live["id"].as_str().unwrap_or_default(),
                self.documented,
            ),
        }
    }
}

fn stamp(number: u64) -> String {
    let (second, rest) = (number / 100_000, number % 100_000);
    format!("2026-01-20T10:{:02}:{:02}.{rest:05}0Z", 10 + second / 60 % 50, second % 60)
}

fn uuid(kind: u8, number: u64) -> String {
    format!("{kind:02x}000000-0000-4000-8000-{number:012x}")
}

fn tel(number: u64) -> Value {
    json!({"type": "tel", "target": format!("+1555{:07}", number % 10_000_000)})
}

fn call_event(call: u64, stage: u8, at: &str) -> Told {
    let id = uuid(1, call);
    let (event, status, live) = match stage {
        0 => ("call.created", "ringing", "ringing"),
        1 => ("call.status", "answered", "progressing"),
        _ => ("call.ended", "hangup", "hangup"),
    };
    let documented = match stage {
        0 => json!({
            "id": id, "customer_id": CUSTOMER, "direction": "inbound", "source": tel(call), "destination": tel(9_876_543),
            "status": status, "tm_create": at,
        }),
        1 => json!({"id": id, "status": status, "previous_status": "ringing", "tm_update": at}),
        _ => json!({"id": id, "status": status, "hangup_reason": "normal", "tm_update": at}),
    };
    let nil = "00000000-0000-0000-0000-000000000000";
    let live = json!({
        "id": id, "customer_id": CUSTOMER, "owner_type": "", "owner_id": nil, "flow_id": nil, "activeflow_id": nil,
        "type": "flow", "master_call_id": nil, "recording_id": nil, "groupcall_id": nil, "source": tel(call),
        "destination": tel(9_876_543), "status": live, "action": {"id": nil, "next_id": nil, "tm_execute": null},
        "direction": "incoming", "tm_create": at, "tm_update": at,
    });
    Told { event, resource: "call", at: at.to_owned(), documented, live }
}

fn message(number: u64, direction: &str, status: &str, event: &'static str, at: &str) -> Told {
    let id = uuid(2, number);
    let (theirs, ours) = (tel(5_000_000 + number % 200), tel(9_876_543));
    let (source, destination) = if direction == "inbound" { (theirs, ours) } else { (ours, theirs) };
    let text = "Hello, I need help with my order";
    let documented = json!({
        "id": id, "customer_id": CUSTOMER, "direction": direction, "source": source, "destination": destination,
        "text": text, "tm_create": at,
    });
    let live = json!({
        "id": id, "customer_id": CUSTOMER, "type": "sms", "source": source, "text": text,
        "targets": [{"destination": destination, "status": status, "parts": 1, "tm_update": at}],
        "direction": direction, "tm_create": at, "tm_update": null, "tm_delete": null,
    });
    Told { event, resource: "message", at: at.to_owned(), documented, live }
}

fn queue(call: u64, stage: u8, at: &str) -> Told {
    let (id, call_id, queue_id) = (uuid(3, call), uuid(1, call), uuid(4, call % 8));
    let (event, documented, status) = if stage <= 1 {
        let joined =
            json!({"queue_id": queue_id, "call_id": call_id, "position": 3, "estimated_wait": 120, "tm_join": at});
        ("queue.joined", joined, "waiting")
    } else {
        let connected = json!({"queue_id": queue_id, "call_id": call_id, "agent_id": uuid(5, call % 50), "wait_time": 12, "tm_connect": at});
        ("queue.connected", connected, "service")
    };
    let live = json!({
        "id": id, "customer_id": CUSTOMER, "reference_type": "call", "reference_id": call_id, "status": status,
        "service_agent_id": uuid(5, call % 50), "tm_create": at, "tm_service": null, "tm_update": at, "tm_delete": null,
    });
    Told { event, resource: "queue", at: at.to_owned(), documented, live }
}

fn flow(call: u64, step: u64, at: &str) -> Told {
    let id = uuid(6, call);
    let action = json!({"id": uuid(7, step), "type": "play", "name": "welcome_message"});
    let documented = json!({
        "id": id, "flow_id": uuid(8, 1), "status": "executing", "current_action": action, "tm_update": at,
    });
    let live = json!({
        "id": id, "customer_id": CUSTOMER, "flow_id": uuid(8, 1), "status": "running", "reference_type": "call",
        "reference_id": uuid(1, call), "reference_activeflow_id": uuid(0, 0), "on_complete_flow_id": uuid(0, 0),
        "current_action": action, "forward_action_id": uuid(0, 0), "executed_actions": [action], "tm_create": at,
        "tm_update": at, "tm_delete": null,
    });
    Told { event: "activeflow.updated", resource: "activeflow", at: at.to_owned(), documented, live }
}

fn agent(agent: u64, status: u64, at: &str) -> Told {
    let id = uuid(5, agent);
    let status = ["available", "busy", "away"][usize::try_from(status).unwrap_or_default()];
    let documented = json!({"agent_id": id, "status": status, "previous_status": "busy", "tm_update": at});
    let live = json!({
        "id": id, "customer_id": CUSTOMER, "username": "leo@northwind.example", "name": "Leo", "detail": "",
        "ring_method": "ringall", "status": status, "permission": 16, "tag_ids": [], "addresses": [],
        "direct_hash": "", "tm_update": at,
    });
    Told { event: "agent.status", resource: "agent", at: at.to_owned(), documented, live }
}

fn conference(call: u64, at: &str) -> Told {
    let id = uuid(9, call % 20);
    let documented = json!({"conference_id": id, "call_id": uuid(1, call), "participant_count": 3, "tm_join": at});
    let live = json!({
        "id": id, "customer_id": CUSTOMER, "type": "conference", "status": "progressing", "name": "daily", "detail": "",
        "timeout": 0, "pre_flow_id": uuid(0, 0), "post_flow_id": uuid(0, 0), "conferencecall_ids": [uuid(1, call)],
        "recording_id": uuid(0, 0), "transcribe_id": uuid(0, 0), "tm_create": at, "tm_update": at, "tm_delete": null,
    });
    Told { event: "conference.joined", resource: "conference", at: at.to_owned(), documented, live }
}

fn recording(call: u64, at: &str) -> Told {
    let id = uuid(10, call);
    let documented = json!({
        "id": id, "call_id": uuid(1, call), "duration": 300, "format": "wav", "size": 2_400_000,
        "reference_url": "https://storage.voipbin.net/recordings/rec789.wav", "tm_complete": at,
    });
    let live = json!({
        "id": id, "customer_id": CUSTOMER, "owner_type": "", "owner_id": uuid(0, 0), "activeflow_id": uuid(0, 0),
        "reference_type": "call", "reference_id": uuid(1, call), "status": "ended", "format": "wav",
        "on_end_flow_id": uuid(0, 0), "tm_start": at, "tm_end": at,
    });
    Told { event: "recording.completed", resource: "recording", at: at.to_owned(), documented, live }
}

fn transcription(call: u64, at: &str) -> Told {
    let id = uuid(11, call);
    let documented = json!({
        "id": id, "call_id": uuid(1, call), "language": "en-US", "text": "My order arrived open.", "tm_complete": at,
    });
    let live = json!({
        "id": uuid(12, call), "customer_id": CUSTOMER, "transcribe_id": id, "direction": "in",
        "message": "My order arrived open.", "tm_transcript": "0001-01-01T00:00:04Z", "tm_create": at,
    });
    Told { event: "transcription.completed", resource: "transcription", at: at.to_owned(), documented, live }
}
