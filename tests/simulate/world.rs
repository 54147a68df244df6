//! The service of a schedule: what happened at it, what it says of it on a
//! socket in either dialect, and what its lists hold.

use ringside_desk::OutcomeView;
use serde_json::{Value, json};
use voipbin_client::Dialect;
use voipbin_wire::{BareKind, Timestamp};

pub(crate) const CUSTOMER: &str = "11111111-1111-4111-8111-111111111111";
pub(crate) const AGENT: &str = "22222222-2222-4222-8222-222222222222";
const OURS: &str = "+15559876543";
const NONE: &str = "00000000-0000-0000-0000-000000000000";
/// 2026-01-01, so that times look like times.
pub(crate) const EPOCH_MS: i64 = 1_767_225_600_000;

/// A call to the agent, or a text.
#[derive(Debug, Clone)]
pub(crate) enum Thing {
    Call { answered: Option<i64>, ended: Option<i64> },
    Text,
}

#[derive(Debug, Clone)]
pub(crate) struct Happening {
    pub(crate) thing: Thing,
    pub(crate) began: i64,
    /// When it began and when it changed, by the service's clock.
    stamped: i64,
    changed: i64,
}

/// Everything that happened, oldest first.
#[derive(Debug, Default)]
pub(crate) struct World {
    pub(crate) happenings: Vec<Happening>,
    /// How far the service's clock is ahead.
    pub(crate) ahead: i64,
    /// How far it is ahead for the next thing only.
    pub(crate) wrong_once: i64,
}

impl World {
    pub(crate) fn begin(&mut self, thing: Thing, now: i64) -> usize {
        // A text that only a list tells is as old as it says.
        let stamped = self.stamp(now, matches!(thing, Thing::Call { .. }));
        self.happenings.push(Happening { thing, began: now, stamped, changed: stamped });
        self.happenings.len() - 1
    }

    /// A moment by the service's clock.
    fn stamp(&mut self, now: i64, may_be_old: bool) -> i64 {
        let wrong = if may_be_old || self.wrong_once > 0 { std::mem::take(&mut self.wrong_once) } else { 0 };
        now + self.ahead + wrong
    }

    /// Whether anything changed. What a list says of an answer goes by its time:
    /// one from before the offer was somebody else's.
    pub(crate) fn answer(&mut self, at: usize, now: i64) -> bool {
        let now = self.stamp(now, false);
        let Some(happening) = self.happenings.get_mut(at) else { return false };
        let Thing::Call { answered: answered @ None, ended: None } = &mut happening.thing else { return false };
        *answered = Some(now);
        happening.changed = now;
        true
    }

    /// Whether anything changed.
    pub(crate) fn end(&mut self, at: usize, now: i64) -> bool {
        let now = self.stamp(now, true);
        let Some(happening) = self.happenings.get_mut(at) else { return false };
        let Thing::Call { ended: ended @ None, .. } = &mut happening.thing else { return false };
        *ended = Some(now);
        happening.changed = now;
        true
    }

    /// What the desk should know of a call in the end.
    pub(crate) fn outcome(&self, at: usize) -> Option<OutcomeView> {
        match self.happenings.get(at)?.thing {
            Thing::Call { answered: Some(_), .. } => Some(OutcomeView::Answered),
            Thing::Call { answered: None, ended: Some(_) } => Some(OutcomeView::Missed),
            _ => None,
        }
    }

    /// What is said on a socket when this thing changed, and under which topics.
    pub(crate) fn frames(&self, at: usize, dialect: Dialect) -> Vec<(Vec<String>, String)> {
        match dialect {
            Dialect::Documented => vec![self.documented(at)],
            Dialect::Live => self.live(at),
        }
    }

    fn documented(&self, at: usize) -> (Vec<String>, String) {
        let Happening { thing, changed, .. } = &self.happenings[at];
        let id = call_id(at);
        let (event, resource, data) = match thing {
            Thing::Call { answered: None, ended: None } => (
                "call.assigned",
                "call",
                json!({"id": id, "agent_id": AGENT, "direction": "inbound", "source": caller(at),
                    "destination": {"type": "tel", "target": OURS}, "status": "ringing", "tm_update": time(*changed)}),
            ),
            Thing::Call { ended: None, .. } => {
                ("call.status", "call", json!({"id": id, "status": "answered", "tm_update": time(*changed)}))
            }
            Thing::Call { .. } => {
                ("call.ended", "call", json!({"id": id, "status": "hangup", "tm_end": time(*changed)}))
            }
            Thing::Text => (
                "message.received",
                "message",
                json!({"id": text_id(at), "direction": "inbound", "source": caller(at),
                    "destination": {"type": "tel", "target": OURS}, "text": "Hello", "tm_create": time(*changed)}),
            ),
        };
        let id = if resource == "call" { call_id(at) } else { text_id(at) };
        let customer = format!("customer_id:{CUSTOMER}:{resource}:{id}");
        let agent = (resource == "call").then(|| format!("agent_id:{AGENT}:call:{id}"));
        let topic = agent.clone().unwrap_or_else(|| customer.clone());
        let frame = json!({"event_type": event, "timestamp": time(*changed), "topic": topic, "data": data});
        (agent.into_iter().chain([customer]).collect(), frame.to_string())
    }

    fn live(&self, at: usize) -> Vec<(Vec<String>, String)> {
        let topics = |resource: &str, event: &str, id: &str, owned: bool| {
            let scopes = [Some(format!("customer_id:{CUSTOMER}")), owned.then(|| format!("agent_id:{AGENT}"))];
            let of = |scope: String| [format!("{scope}:{resource}:{id}"), format!("{scope}:{resource}:{event}:{id}")];
            scopes.into_iter().flatten().flat_map(of).collect()
        };
        match self.happenings[at].thing {
            Thing::Call { .. } => {
                let ring = |value: Value| {
                    let id = value["id"].as_str().unwrap_or_default().to_owned();
                    (topics("groupcall", "groupcall_updated", &id, true), value.to_string())
                };
                let call = (topics("call", "call_updated", &call_id(at), false), self.call(at, false).to_string());
                self.rings(at).into_iter().map(ring).chain([call]).collect()
            }
            Thing::Text => {
                let value = self.text(at);
                vec![(topics("message", "message_created", &text_id(at), false), value.to_string())]
            }
        }
    }

    /// The lists as they stand, each a page as the service sends it.
    pub(crate) fn lists(&self, dialect: Dialect) -> Vec<(BareKind, String)> {
        let (mut rings, mut calls, mut texts) = (Vec::new(), Vec::new(), Vec::new());
        for (at, happening) in self.happenings.iter().enumerate().rev() {
            match happening.thing {
                Thing::Call { .. } => {
                    if dialect == Dialect::Live {
                        rings.extend(self.rings(at));
                    }
                    calls.push(self.call(at, dialect == Dialect::Documented));
                }
                Thing::Text => texts.push(self.text(at)),
            }
        }
        let page = |items: Vec<Value>| json!({"result": items, "next_page_token": ""}).to_string();
        vec![(BareKind::Ring, page(rings)), (BareKind::Call, page(calls)), (BareKind::Message, page(texts))]
    }

    fn rings(&self, at: usize) -> Vec<Value> {
        let Happening { thing: Thing::Call { answered, ended }, stamped: began, changed, .. } = &self.happenings[at]
        else {
            return Vec::new();
        };
        let ring = |id: String, inside: String, to: &str, answer: bool| {
            json!({"id": id, "owner_type": "agent", "owner_id": AGENT, "source": caller(at),
                "status": if ended.is_some() { "hangup" } else { "progressing" },
                "destinations": [{"type": to, "target": AGENT}], "master_call_id": call_id(at),
                "master_groupcall_id": inside, "answer_call_id": if answer { leg_id(at) } else { NONE.to_owned() },
                "answer_groupcall_id": NONE, "tm_create": time(*began), "tm_update": time(*changed)})
        };
        let outer = ring(outer_id(at), NONE.to_owned(), "agent", false);
        let inner = ring(inner_id(at), outer_id(at), "extension", answered.is_some());
        vec![outer, inner]
    }

    fn call(&self, at: usize, is_owned: bool) -> Value {
        let Happening { thing: Thing::Call { answered, ended }, stamped: began, changed, .. } = &self.happenings[at]
        else {
            return Value::Null;
        };
        let status = match (answered, ended) {
            (_, Some(_)) => "hangup",
            // In the live service the queue answered long ago.
            (None, None) if is_owned => "ringing",
            _ => "progressing",
        };
        let mut call = json!({"id": call_id(at), "owner_id": if is_owned { AGENT } else { NONE }, "direction": "incoming",
            "source": caller(at), "destination": {"type": "tel", "target": OURS}, "action": {}, "master_call_id": NONE,
            "status": status, "tm_create": time(*began), "tm_update": time(*changed)});
        if let Some(answered) = answered {
            call["tm_progressing"] = json!(time(*answered));
        }
        call
    }

    fn text(&self, at: usize) -> Value {
        json!({"id": text_id(at), "type": "sms", "source": caller(at), "direction": "inbound", "text": "Hello",
            "targets": [{"destination": {"type": "tel", "target": OURS}, "status": "received"}],
            "tm_create": time(self.happenings[at].stamped)})
    }
}

fn time(millis: i64) -> String {
    Timestamp::from_millis(millis).to_string()
}

fn caller(at: usize) -> Value {
    json!({"type": "tel", "target": format!("+1555{at:07}")})
}

fn id(kind: u8, at: usize) -> String {
    format!("{kind:02x}000000-0000-4000-8000-{at:012x}")
}

pub(crate) fn call_id(at: usize) -> String {
    id(1, at)
}

pub(crate) fn text_id(at: usize) -> String {
    id(2, at)
}

fn outer_id(at: usize) -> String {
    id(3, at)
}

fn inner_id(at: usize) -> String {
    id(4, at)
}

fn leg_id(at: usize) -> String {
    id(5, at)
}
