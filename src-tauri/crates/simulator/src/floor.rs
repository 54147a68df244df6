//! The contact centre itself: who is there, which calls run, what was said.
//! A value without I/O: steps and requests go in, publications come out.

pub(crate) mod acting;
pub(crate) mod around;
pub(crate) mod customers;
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

    /// A new token, as the service makes them (live-service.md, section 4.5),
    /// signed with chance: it is good because it is remembered here.
    pub(crate) fn sign_in(&mut self, email: &str, password: &str) -> Option<String> {
        let agent = self.agents.iter().find(|agent| agent.email == email && password == PASSWORD)?;
        let expire = Timestamp::from_millis(now().as_millis() + SEVEN_DAYS_S * 1000).to_string();
        let payload = json!({"type": "agent", "agent": agent.json(self.customer), "expire": expire}).to_string();
        let header = r#"{"alg":"HS256","typ":"JWT"}"#;
        let signature = Uuid::new_v4();
        let token = [header.as_bytes(), payload.as_bytes(), signature.as_bytes()]
            .map(|part| URL_SAFE_NO_PAD.encode(part))
            .join(".");
        self.tokens.insert(token.clone(), (agent.id, agent.permission));
        Some(token)
    }

    pub(crate) fn who_has(&self, credential: &str) -> Option<Identity> {
        if credential == self.access_key {
            return Some(Identity::Key);
        }
        self.tokens.get(credential).map(|(id, permission)| Identity::Agent(*id, *permission))
    }

    pub(crate) fn email(&self, identity: Identity) -> Option<String> {
        let Identity::Agent(id, _) = identity else { return None };
        self.agents.iter().find(|agent| agent.id == id).map(|agent| agent.email.clone())
    }

    /// Whose the credential is when it is shown in one of these ways: the live
    /// service takes each kind in its own places only (live-service.md, section 1.2).
    pub(crate) fn who_shows(&self, token: Option<&str>, bearer: Option<&str>, key: Option<&str>) -> Option<Identity> {
        let of_kind = |credential: Option<&str>, wants_key: bool| {
            let identity = self.who_has(credential?)?;
            let fits = self.dialect == Dialect::Documented || (identity == Identity::Key) == wants_key;
            fits.then_some(identity)
        };
        match (token, bearer) {
            (Some(token), _) => of_kind(Some(token), false),
            (None, Some(bearer)) => of_kind(Some(bearer), false),
            (None, None) => of_kind(key, true),
        }
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

    /// Whether the live service would let go of the connection for this topic
    /// (live-service.md, section 2.2): only the first two parts are looked at.
    pub(crate) fn drops(&self, identity: Identity, topic: &str) -> bool {
        let mut parts = topic.split(':');
        let (scope, id) = (parts.next().unwrap_or_default(), parts.next().and_then(|id| Uuid::parse_str(id).ok()));
        let Some(id) = id.filter(|id| !id.is_nil()) else { return true };
        let resource = parts.next().unwrap_or_default();
        if self.refusals.iter().any(|(refused, _)| refused.as_word() == resource) {
            return true;
        }
        let allowed = match (scope, identity) {
            ("customer_id", Identity::Key) => id == self.customer,
            ("customer_id", Identity::Agent(..)) => id == self.customer && identity.sees_all(),
            ("agent_id", Identity::Agent(agent, _)) => id == agent,
            _ => false,
        };
        !allowed
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

    /// The code with which a topic is refused, if it is (seed, "Permission Requirements").
    pub(crate) fn refuses(&mut self, identity: Identity, text: &str) -> Option<String> {
        let Ok(topic) = Topic::parse(text) else { return Some("INVALID_TOPIC".to_owned()) };
        // The published grammar knows neither prefixes nor the live resource types.
        let is_published = DOCUMENTED.contains(&topic.resource().as_word()) && !text.ends_with('_');
        if topic.validate().is_err() || !is_published {
            return Some("INVALID_TOPIC".to_owned());
        }
        if let Some(at) = self.refusals.iter().position(|(resource, _)| resource == topic.resource()) {
            return Some(self.refusals.remove(at).1);
        }
        let allowed = match (topic.scope(), identity) {
            (Scope::Customer, Identity::Key) => topic.scope_id() == self.customer.to_string(),
            (Scope::Customer, Identity::Agent(..)) => {
                topic.scope_id() == self.customer.to_string() && identity.sees_all()
            }
            (Scope::Agent, Identity::Agent(id, _)) => topic.scope_id() == id.to_string(),
            _ => false,
        };
        (!allowed).then(|| "PERMISSION_DENIED".to_owned())
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

    fn joins(&mut self, caller: &str, queue: &str, position: i64, estimate: Option<i64>) -> Vec<Publication> {
        let Some(queue) = self.queues.get(queue).map(|queue| queue.id) else { return Vec::new() };
        let (mut publications, mut live) = self.begin_call(caller, None);
        let Some(call) = self.callers.get_mut(caller).and_then(|caller| caller.call.as_mut()) else {
            return Vec::new();
        };
        call.queue = Some(queue);
        call.place = Some(Uuid::new_v4());
        let data = json!({
            "queue_id": queue, "call_id": call.id, "position": position, "estimated_wait": estimate,
            "tm_join": call.joined.to_string(),
        });
        let everyone: Vec<Uuid> = self.agents.iter().map(|agent| agent.id).collect();
        publications.push(self.publication("queue.joined", &Resource::Queue, &queue.to_string(), &everyone, data));
        live.extend(self.live_call("call_progressing", caller));
        live.extend(self.live_place("queuecall_created", "initiating", caller));
        live.extend(self.live_place("queuecall_waiting", "waiting", caller));
        self.tells(publications, live)
    }

    fn leaves(&mut self, caller: &str) -> Vec<Publication> {
        let mut live = self.end_ring(caller);
        live.extend(self.live_place("queuecall_abandoned", "abandoned", caller));
        live.extend(self.end_live_call(caller));
        let Some(call) = self.callers.get_mut(caller).and_then(|caller| caller.call.take()) else { return Vec::new() };
        let Some(queue) = call.queue else { return self.tells(Vec::new(), live) };
        let at = self.now().to_string();
        let data = json!({"queue_id": queue, "call_id": call.id, "reason": "hangup", "tm_leave": at});
        let everyone: Vec<Uuid> = self.agents.iter().map(|agent| agent.id).collect();
        let left = self.publication("queue.left", &Resource::Queue, &queue.to_string(), &everyone, data);
        let ended = json!({"id": call.id, "status": "hangup", "hangup_reason": "normal", "tm_end": at});
        let documented = vec![left, self.call_publication("call.ended", &call, ended)];
        self.tells(documented, live)
    }

    fn end_ring(&mut self, caller: &str) -> Vec<Publication> {
        let ring = self.callers.get_mut(caller).and_then(|caller| caller.call.as_mut()?.ring.as_mut());
        let Some(ring) = ring.filter(|ring| !ring.over) else { return Vec::new() };
        ring.over = true;
        self.live_ring("groupcall_hangup", caller)
    }

    fn end_live_call(&mut self, caller: &str) -> Vec<Publication> {
        if let Some(call) = self.callers.get_mut(caller).and_then(|caller| caller.call.as_mut()) {
            call.status = "hangup";
        }
        self.live_call("call_hangup", caller)
    }

    fn ring(&mut self, caller: &str, agent: Uuid) -> Vec<Publication> {
        let mut live = self.end_ring(caller);
        let began = self.now();
        if let Some(call) = self.callers.get_mut(caller).and_then(|caller| caller.call.as_mut()) {
            call.ring = Some(Ring::new(agent, began));
        }
        live.extend(self.live_place("queuecall_connecting", "connecting", caller));
        live.extend(self.live_ring("groupcall_created", caller));
        live
    }

    fn calls(&mut self, caller: &str, agent: &str) -> Vec<Publication> {
        let agent = self.agents.iter().find(|known| known.word == agent).map(|known| known.id);
        let (documented, mut live) = self.begin_call(caller, agent);
        if let Some(agent) = agent {
            live.extend(self.ring(caller, agent));
        }
        self.tells(documented, live)
    }

    fn begin_call(&mut self, word: &str, agent: Option<Uuid>) -> (Vec<Publication>, Vec<Publication>) {
        let at = self.now();
        let Some(caller) = self.callers.get_mut(word) else { return Default::default() };
        let call = Call {
            id: Uuid::new_v4(),
            agent,
            queue: None,
            joined: at,
            created: at,
            status: "ringing",
            place: None,
            ring: None,
            answered: None,
        };
        caller.call = Some(call.clone());
        let data = call_json(self.customer, caller, &call, at);
        let documented = vec![self.call_publication("call.created", &call, data)];
        (documented, self.live_call("call_created", word))
    }

    fn offered(&mut self, word: &str, agent: &str) -> Vec<Publication> {
        let at = self.now();
        let Some(agent) = self.agents.iter().find(|known| known.word == agent).map(|known| known.id) else {
            return Vec::new();
        };
        let Some(caller) = self.callers.get_mut(word) else { return Vec::new() };
        let Some(call) = caller.call.as_mut() else { return Vec::new() };
        let before = call.agent.replace(agent);
        let call = call.clone();
        let mut data = call_json(self.customer, caller, &call, at);
        data["agent_id"] = json!(agent);
        data["queue_id"] = json!(call.queue);
        data["wait_time"] = json!((at.as_millis() - call.joined.as_millis()) / 1000);
        // Whoever had it rung before hears that it went on.
        let owners: Vec<Uuid> = [Some(agent), before.filter(|before| *before != agent)].into_iter().flatten().collect();
        let documented = vec![self.publication("call.assigned", &Resource::Call, &call.id.to_string(), &owners, data)];
        let mut live = self.live_call("call_updated", word);
        live.extend(self.ring(word, agent));
        self.tells(documented, live)
    }

    fn answered(&mut self, caller: &str) -> Vec<Publication> {
        let (word, at) = (caller, self.now());
        let Some(call) = self.callers.get_mut(caller).and_then(|caller| caller.call.as_mut()) else {
            return Vec::new();
        };
        if let Some(ring) = &mut call.ring {
            ring.answered = true;
        }
        call.answered = Some(at);
        let before = std::mem::replace(&mut call.status, "answered");
        let queue = call.queue.take();
        let call = call.clone();
        let mut publications = Vec::new();
        if let Some(queue) = queue {
            let wait_time = (at.as_millis() - call.joined.as_millis()) / 1000;
            let data = json!({"queue_id": queue, "call_id": call.id, "agent_id": call.agent, "wait_time": wait_time, "tm_connect": at.to_string()});
            let everyone: Vec<Uuid> = self.agents.iter().map(|agent| agent.id).collect();
            publications.push(self.publication(
                "queue.connected",
                &Resource::Queue,
                &queue.to_string(),
                &everyone,
                data,
            ));
        }
        let data = json!({"id": call.id, "status": "answered", "previous_status": before, "tm_update": at.to_string()});
        publications.push(self.call_publication("call.status", &call, data));
        let mut live = self.live_call("call_progressing", word);
        live.extend(self.live_ring("groupcall_progressing", word));
        live.extend(self.live_place("queuecall_serviced", "service", word));
        self.tells(publications, live)
    }

    fn hangs_up(&mut self, caller: &str) -> Vec<Publication> {
        let was_answered = self.callers.get(caller).and_then(|caller| caller.call.as_ref()).map(|call| call.status);
        let mut live = self.end_live_call(caller);
        live.extend(self.end_ring(caller));
        let (event, status) = match was_answered {
            Some("answered") => ("queuecall_done", "done"),
            _ => ("queuecall_abandoned", "abandoned"),
        };
        live.extend(self.live_place(event, status, caller));
        let Some(call) = self.callers.get_mut(caller).and_then(|caller| caller.call.take()) else { return Vec::new() };
        let at = self.now();
        let duration = (at.as_millis() - call.created.as_millis()) / 1000;
        let data = json!({"id": call.id, "status": "hangup", "hangup_reason": "normal", "duration": duration, "tm_end": at.to_string()});
        let documented = vec![self.call_publication("call.ended", &call, data)];
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

    fn call_publication(&self, event: &'static str, call: &Call, data: Value) -> Publication {
        let owners: Vec<Uuid> = call.agent.into_iter().collect();
        self.publication(event, &Resource::Call, &call.id.to_string(), &owners, data)
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

fn call_json(customer: Uuid, caller: &Caller, call: &Call, at: Timestamp) -> Value {
    json!({
        "id": call.id, "customer_id": customer, "direction": "inbound", "source": caller_json(caller),
        "destination": {"type": "tel", "target": OUR_NUMBER}, "status": call.status,
        "tm_create": call.created.to_string(), "tm_update": at.to_string(),
    })
}

pub(crate) fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_micros(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
}
