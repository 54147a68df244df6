//! The contact centre itself: who is there, which calls run, what was said.
//! A value without I/O: steps and requests go in, publications come out.

pub(crate) mod acting;
pub(crate) mod around;
mod calls;
pub(crate) mod customers;
mod entry;
pub(crate) mod live;
pub(crate) mod talks;

use std::collections::{BTreeMap, BTreeSet};
use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use serde_json::{Value, json};
use tokio::time::Instant;
use uuid::Uuid;
use voipbin_wire::{Resource, Scope, Timestamp, Topic};

use around::Around;
use live::{List, Records};

use crate::scenario::{Aim, CallerLine, Door, Mishap, Step, Wrong};
use crate::{Dialect, Publication};

const MANAGER: i64 = 0x40;
const PLAIN_AGENT: i64 = 0x10;
const PASSWORD: &str = "ringside-demo";
/// Resource types of the seed ("Available Resource Types").
const DOCUMENTED: [&str; 9] =
    ["call", "message", "activeflow", "conference", "queue", "agent", "recording", "transcription", "*"];
const OUR_NUMBER: &str = "+15559876543";
const SEVEN_DAYS_S: i64 = 7 * 24 * 3600;

/// What somebody signs in with.
#[derive(Debug, Clone, Serialize)]
pub struct Login {
    /// The sign-in name.
    pub email: String,
    /// The password.
    pub password: String,
    /// Whether they see the customer's events.
    pub is_manager: bool,
}

#[derive(Debug)]
pub(crate) struct Floor {
    dialect: Dialect,
    records: Records,
    pub(crate) around: Around,
    conversations: BTreeMap<String, Uuid>,
    /// How far the service's clock is ahead of this computer's.
    pub(crate) ahead_ms: i64,
    /// All that is made now is made at this one moment.
    stopped_at: Option<Timestamp>,
    customer: Uuid,
    agents: Vec<Agent>,
    queues: BTreeMap<String, Queue>,
    callers: BTreeMap<String, Caller>,
    /// Whose each token is, and what they might do when it was made: rights are
    /// those of the token (live-service.md, section 2.2).
    tokens: BTreeMap<String, (Uuid, i64)>,
    access_key: String,
    /// Sockets are refused until then.
    pub(crate) away_until: Option<Instant>,
    /// Topics of these resource types are refused once, with this code; in the live
    /// dialect they cost the connection, each time.
    pub(crate) refusals: Vec<(Resource, String)>,
    /// What goes wrong with the next requests.
    mishaps: Vec<Mishap>,
    cases: Vec<customers::CaseFile>,
    labels: Vec<customers::Label>,
    talks: Vec<talks::Room>,
    shared: Vec<talks::SharedFile>,
    transfer: Option<acting::Transfer>,
    /// Nobody takes the next transfer.
    next_transfer_is_in_vain: bool,
    /// The next handshakes get this answer.
    pub(crate) closed_doors: Option<(Door, u32)>,
}

#[derive(Debug)]
struct Agent {
    word: String,
    id: Uuid,
    name: String,
    email: String,
    permission: i64,
    status: String,
    created: Timestamp,
    changed: Timestamp,
}

#[derive(Debug)]
struct Queue {
    id: Uuid,
    name: String,
    created: Timestamp,
}

#[derive(Debug, Clone)]
struct Caller {
    line: CallerLine,
    contact: Uuid,
    tags: BTreeSet<Uuid>,
    call: Option<Call>,
}

#[derive(Debug, Clone)]
struct Call {
    id: Uuid,
    agent: Option<Uuid>,
    queue: Option<Uuid>,
    joined: Timestamp,
    created: Timestamp,
    status: &'static str,
    /// The place in the queue, as the live service names it.
    place: Option<Uuid>,
    ring: Option<Ring>,
    answered: Option<Timestamp>,
}

/// An agent is rung for a call.
#[derive(Debug, Clone)]
struct Ring {
    outer: Uuid,
    inner: Uuid,
    leg: Uuid,
    agent: Uuid,
    began: Timestamp,
    answered: bool,
    over: bool,
}

/// Who a credential belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Identity {
    /// An agent, with the permission inside the token.
    Agent(Uuid, i64),
    Key,
}

impl Identity {
    /// Whether it sees the customer's events (live-service.md, section 4.1).
    pub(crate) fn sees_all(self) -> bool {
        match self {
            Self::Key => true,
            Self::Agent(_, permission) => permission & 0x61 != 0,
        }
    }
}

impl Floor {
    pub(crate) fn new(dialect: Dialect) -> Self {
        Self {
            dialect,
            records: Records::default(),
            around: Around::default(),
            conversations: BTreeMap::new(),
            ahead_ms: 0,
            stopped_at: None,
            customer: Uuid::new_v4(),
            agents: vec![
                Agent::new("dana", "Dana Kim", MANAGER, now()),
                Agent::new("leo", "Leo Marsh", PLAIN_AGENT, now()),
            ],
            queues: BTreeMap::new(),
            callers: BTreeMap::new(),
            tokens: BTreeMap::new(),
            access_key: format!("vb_{}", Uuid::new_v4().simple()),
            away_until: None,
            refusals: Vec::new(),
            mishaps: Vec::new(),
            cases: Vec::new(),
            labels: customers::Label::some(now()),
            talks: Vec::new(),
            shared: Vec::new(),
            transfer: None,
            next_transfer_is_in_vain: false,
            closed_doors: None,
        }
    }

    pub(crate) fn logins(&self) -> Vec<Login> {
        let login = |agent: &Agent| Login {
            email: agent.email.clone(),
            password: PASSWORD.to_owned(),
            is_manager: agent.permission == MANAGER,
        };
        self.agents.iter().map(login).collect()
    }

    pub(crate) fn access_key(&self) -> &str {
        &self.access_key
    }

    /// What goes wrong with a request, if anything.
    pub(crate) fn mishap(&mut self, aims: &[Aim]) -> Option<Wrong> {
        let at = self.mishaps.iter().position(|mishap| mishap.aim == Aim::Any || aims.contains(&mishap.aim))?;
        let mishap = self.mishaps.get_mut(at)?;
        let what = mishap.what;
        mishap.times = mishap.times.saturating_sub(1);
        if mishap.times == 0 {
            self.mishaps.remove(at);
        }
        Some(what)
    }

    /// A page of a list, as this agent may see it.
    pub(crate) fn page(&self, list: List, size: usize, token: Option<&str>, owner: Option<Uuid>) -> Value {
        let owner = owner.map(|owner| owner.to_string());
        self.records.page(list, size, token, |item| owner.is_none() || item["owner_id"].as_str() == owner.as_deref())
    }

    /// A page of one conversation's texts.
    pub(crate) fn conversation_page(&self, id: &str, size: usize, token: Option<&str>) -> Value {
        let is_part = |item: &Value| item["conversation_id"].as_str() == Some(id);
        self.records.page(List::ConversationMessages, size, token, is_part)
    }

    pub(crate) fn agent_json(&self, id: Uuid) -> Option<Value> {
        self.agents.iter().find(|agent| agent.id == id).map(|agent| agent.json(self.customer))
    }

    pub(crate) fn agents_json(&self, size: usize, token: Option<&str>) -> Value {
        live::page_of(self.agents.iter().map(|agent| agent.json(self.customer)).collect(), size, token)
    }

    pub(crate) fn queues_json(&self, size: usize, token: Option<&str>) -> Value {
        let waiting = |queue: Uuid| -> Vec<Uuid> {
            let calls = self.callers.values().filter_map(|caller| caller.call.as_ref());
            calls.filter(|call| call.queue == Some(queue)).filter_map(|call| call.place).collect()
        };
        let queue = |queue: &Queue| {
            json!({
                "id": queue.id, "customer_id": self.customer, "name": queue.name,
                "wait_queuecall_ids": waiting(queue.id), "service_queuecall_ids": [],
                "tm_create": queue.created.to_string(),
            })
        };
        live::page_of(self.queues.values().map(queue).collect(), size, token)
    }

    /// What time it is here.
    pub(crate) fn now(&self) -> Timestamp {
        self.stopped_at.unwrap_or_else(|| Timestamp::from_micros(now().as_micros() + self.ahead_ms * 1000))
    }

    pub(crate) fn keys_json(&self) -> Value {
        json!({"result": [{"id": Uuid::nil(), "customer_id": self.customer, "name": "desk"}], "next_page_token": ""})
    }

    pub(crate) fn perform(&mut self, step: &Step) -> Vec<Publication> {
        match step {
            Step::Wait(_) | Step::Cut(_) | Step::Fault(_) | Step::Frame { .. } | Step::Close { .. } => Vec::new(),
            Step::Clock(ahead_ms) => {
                self.ahead_ms = *ahead_ms;
                Vec::new()
            }
            Step::CloseDoors { answer, times } => {
                self.closed_doors = Some((*answer, *times));
                Vec::new()
            }
            Step::Queue { id, name } => {
                let created = live::now_of(self);
                let new = || Queue { id: Uuid::new_v4(), name: name.clone(), created };
                self.queues.entry(id.clone()).or_insert_with(new);
                Vec::new()
            }
            Step::Agent { id, name } => {
                if self.agents.iter().all(|agent| agent.word != *id) {
                    self.agents.push(Agent::new(id, name, PLAIN_AGENT, live::now_of(self)));
                }
                Vec::new()
            }
            Step::Label { name } => {
                self.labels.push(customers::Label::new(name, live::now_of(self)));
                Vec::new()
            }
            Step::Caller(line) => {
                let caller =
                    Caller { line: (**line).clone(), contact: Uuid::new_v4(), tags: BTreeSet::new(), call: None };
                self.callers.entry(line.id.clone()).or_insert(caller);
                Vec::new()
            }
            Step::Joins { caller, queue, position, estimate } => self.joins(caller, queue, *position, *estimate),
            Step::Leaves { caller } => self.leaves(caller),
            Step::Calls { caller, agent } => self.calls(caller, agent),
            Step::Offered { caller, agent } => self.offered(caller, agent),
            Step::Answered { caller } => self.answered(caller),
            Step::HangsUp { caller } => self.hangs_up(caller),
            Step::Texts { caller, text } => self.texts(caller, text),
            Step::Status { agent, status } => {
                let id = self.agents.iter().find(|known| known.word == *agent).map(|known| known.id);
                id.map(|id| self.set_status(id, status)).unwrap_or_default()
            }
            Step::Becomes { agent, is_manager } => {
                let at = self.now();
                let known = self.agents.iter_mut().find(|known| known.word == *agent);
                let Some(agent) = known else { return Vec::new() };
                agent.permission = if *is_manager { MANAGER } else { PLAIN_AGENT };
                agent.changed = at;
                let id = agent.id;
                let live = self.live_agent("agent_updated", id);
                self.tells(Vec::new(), live)
            }
            Step::Refuse { resource, code } => {
                self.refusals.push((resource.clone(), code.clone()));
                Vec::new()
            }
            Step::Mishap(mishap) => {
                self.mishaps.push(*mishap);
                Vec::new()
            }
            Step::WritesTo { from, to, text } => self.writes_to(from, to, text),
            Step::WritesBy { caller, channel, text } => self.writes_by(caller, channel, text),
            Step::ClosesChannel { name } => self.closes_channel(name),
            Step::SignedOut { agent } => {
                // Their tokens are good no more; a socket that is open stays so.
                let id = self.agents.iter().find(|known| known.word == *agent).map(|known| known.id);
                self.tokens.retain(|_, (of, _)| Some(*of) != id);
                Vec::new()
            }
            Step::ClockStands(stands) => {
                self.stopped_at = stands.then(|| live::now_of(self));
                Vec::new()
            }
            Step::HasCase { caller, name, note } => {
                self.open_case(caller, name, note);
                Vec::new()
            }
            Step::NothingGoesWrong => {
                self.mishaps.clear();
                Vec::new()
            }
            Step::NobodyTakesTheTransfer => {
                self.next_transfer_is_in_vain = true;
                Vec::new()
            }
            Step::Does { caller, kind, name } => self.does(caller, kind, name),
            Step::FlowEnds { caller, result } => self.flow_ends(caller, result),
            Step::Sits { caller, room, comes } => self.sits(caller, room, *comes),
            Step::RoomEnds { room } => self.room_ends(room),
            Step::Records { caller } => self.records(caller),
            Step::RecordingEnds { caller } => self.recording_ends(caller),
            Step::Says { caller, words } => self.says(caller, words),
            Step::Tell { event, data } => {
                let names = ["id", "queue_id", "conference_id", "agent_id", "call_id"];
                let id = names.iter().find_map(|name| data[name].as_str()).unwrap_or("unknown").to_owned();
                let topics = self.topics(&event.resource(), &id, self.agents.iter().map(|agent| agent.id).collect());
                vec![Publication { at: self.now(), event: event.as_word(), id, topics, data: data.clone() }]
            }
        }
    }

    /// A text an agent hands in: the message, and the event that it went out.
    pub(crate) fn send_text(&mut self, from: &str, to: &str, text: &str) -> (Value, String, Vec<Publication>) {
        let live = Uuid::new_v4();
        let id = live.to_string();
        let at = live::now_of(self).to_string();
        let tel = |number: &str| json!({"type": "tel", "target": number});
        let data = json!({
            "id": id, "customer_id": self.customer, "direction": "outbound", "source": tel(from),
            "destination": tel(to), "text": text, "status": "sent", "tm_create": at, "tm_update": at,
        });
        let answer = json!({
            "id": id, "customer_id": self.customer, "type": "sms", "direction": "outbound", "source": tel(from),
            "targets": [{"destination": tel(to), "status": "queued", "parts": 1, "tm_update": at}],
            "text": text, "tm_create": at, "tm_update": Value::Null, "tm_delete": Value::Null,
        });
        let live = self.live_text(live, false, &tel(to), text);
        let sent = self.publication("message.sent", &Resource::Message, &id, &[], data);
        let told = self.tells(vec![sent], live);
        (answer, id, told)
    }

    pub(crate) fn receipt(&mut self, message_id: &str) -> Vec<Publication> {
        let live = self.live_receipt(message_id);
        let data = json!({"id": message_id, "status": "delivered", "tm_update": live::now_of(self).to_string()});
        let receipt = self.publication("message.delivery", &Resource::Message, message_id, &[], data);
        self.tells(vec![receipt], live)
    }

    pub(crate) fn set_status(&mut self, id: Uuid, status: &str) -> Vec<Publication> {
        let at = self.now();
        let Some(agent) = self.agents.iter_mut().find(|agent| agent.id == id) else { return Vec::new() };
        let before = std::mem::replace(&mut agent.status, status.to_owned());
        agent.changed = at;
        let data = json!({"agent_id": id, "status": status, "previous_status": before, "tm_update": agent.changed.to_string()});
        let documented = vec![self.publication("agent.status", &Resource::Agent, &id.to_string(), &[id], data)];
        let live = self.live_status(id);
        self.tells(documented, live)
    }

    fn texts(&mut self, caller: &str, text: &str) -> Vec<Publication> {
        let Some(caller) = self.callers.get(caller).cloned() else { return Vec::new() };
        let live_id = Uuid::new_v4();
        let id = live_id.to_string();
        let caller = &caller;
        let data = json!({
            "id": id, "customer_id": self.customer, "direction": "inbound", "source": caller_json(caller),
            "destination": {"type": "tel", "target": OUR_NUMBER}, "text": text, "tm_create": live::now_of(self).to_string(),
        });
        let documented = vec![self.publication("message.received", &Resource::Message, &id, &[], data)];
        let live = self.live_text(live_id, true, &caller_json(caller), text);
        self.tells(documented, live)
    }

    fn publication(
        &self,
        event: &'static str,
        resource: &Resource,
        id: &str,
        agents: &[Uuid],
        data: Value,
    ) -> Publication {
        Publication {
            at: self.now(),
            event,
            id: id.to_owned(),
            topics: self.topics(resource, id, agents.to_vec()),
            data,
        }
    }

    /// The customer's topic, and one for each agent it concerns.
    fn topics(&self, resource: &Resource, id: &str, agents: Vec<Uuid>) -> Vec<String> {
        let of_agent = |agent: Uuid| format!("agent_id:{agent}:{resource}:{id}");
        let customer = format!("customer_id:{}:{resource}:{id}", self.customer);
        std::iter::once(customer).chain(agents.into_iter().map(of_agent)).collect()
    }
}

impl Agent {
    fn new(word: &str, name: &str, permission: i64, created: Timestamp) -> Self {
        Self {
            word: word.to_owned(),
            id: Uuid::new_v4(),
            name: name.to_owned(),
            email: format!("{word}@northwind.example"),
            permission,
            status: "available".to_owned(),
            created,
            changed: created,
        }
    }

    fn json(&self, customer: Uuid) -> Value {
        json!({
            "id": self.id, "customer_id": customer, "username": self.email, "name": self.name, "detail": "",
            "ring_method": "ringall", "status": self.status, "permission": self.permission, "tag_ids": [],
            "addresses": [], "direct_hash": "", "tm_create": self.created.to_string(),
            "tm_update": self.changed.to_string(),
        })
    }
}

fn caller_json(caller: &Caller) -> Value {
    let mut address = json!({"type": "tel", "target": caller.line.number});
    if let Some(name) = &caller.line.calls_itself {
        address["target_name"] = json!(name);
    }
    address
}

pub(crate) fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_micros(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
}
