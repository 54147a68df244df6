//! The contact centre itself: who is there, which calls run, what was said.
//! A value without I/O: steps and requests go in, publications come out.

use std::collections::BTreeMap;
use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use serde_json::{Value, json};
use tokio::time::Instant;
use uuid::Uuid;
use voipbin_wire::{Resource, Scope, Timestamp, Topic};

use crate::Publication;
use crate::scenario::{CallerLine, Step};

const MANAGER: i64 = 0x40;
const PLAIN_AGENT: i64 = 0x10;
const PASSWORD: &str = "ringside-demo";
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
    customer: Uuid,
    agents: Vec<Agent>,
    queues: BTreeMap<String, Queue>,
    callers: BTreeMap<String, Caller>,
    tokens: BTreeMap<String, Uuid>,
    access_key: String,
    /// Sockets are refused until then.
    pub(crate) away_until: Option<Instant>,
    /// Topics of these resource types are refused once, with this code.
    pub(crate) refusals: Vec<(Resource, String)>,
    /// The next requests get this status.
    pub(crate) failures: Option<(u16, u32)>,
}

#[derive(Debug)]
struct Agent {
    word: &'static str,
    id: Uuid,
    name: &'static str,
    email: &'static str,
    permission: i64,
    status: String,
    changed: Timestamp,
}

#[derive(Debug)]
struct Queue {
    id: Uuid,
    name: String,
}

#[derive(Debug)]
struct Caller {
    line: CallerLine,
    contact: Uuid,
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
}

/// Who a credential belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Identity {
    Agent(Uuid),
    Key,
}

impl Floor {
    pub(crate) fn new() -> Self {
        let agent = |word, name, email, permission| Agent {
            word,
            id: Uuid::new_v4(),
            name,
            email,
            permission,
            status: "available".to_owned(),
            changed: now(),
        };
        Self {
            customer: Uuid::new_v4(),
            agents: vec![
                agent("dana", "Dana Kim", "dana@northwind.example", MANAGER),
                agent("leo", "Leo Marsh", "leo@northwind.example", PLAIN_AGENT),
            ],
            queues: BTreeMap::new(),
            callers: BTreeMap::new(),
            tokens: BTreeMap::new(),
            access_key: format!("vb_{}", Uuid::new_v4().simple()),
            away_until: None,
            refusals: Vec::new(),
            failures: None,
        }
    }

    pub(crate) fn logins(&self) -> Vec<Login> {
        let login = |agent: &Agent| Login {
            email: agent.email.to_owned(),
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
        self.tokens.insert(token.clone(), agent.id);
        Some(token)
    }

    pub(crate) fn who_has(&self, credential: &str) -> Option<Identity> {
        if credential == self.access_key {
            return Some(Identity::Key);
        }
        self.tokens.get(credential).map(|id| Identity::Agent(*id))
    }

    pub(crate) fn email(&self, identity: Identity) -> Option<String> {
        let Identity::Agent(id) = identity else { return None };
        self.agents.iter().find(|agent| agent.id == id).map(|agent| agent.email.to_owned())
    }

    /// The code with which a topic is refused, if it is (seed, "Permission Requirements").
    pub(crate) fn refuses(&mut self, identity: Identity, text: &str) -> Option<String> {
        let Ok(topic) = Topic::parse(text) else { return Some("INVALID_TOPIC".to_owned()) };
        if topic.validate().is_err() {
            return Some("INVALID_TOPIC".to_owned());
        }
        if let Some(at) = self.refusals.iter().position(|(resource, _)| resource == topic.resource()) {
            return Some(self.refusals.remove(at).1);
        }
        let allowed = match (topic.scope(), identity) {
            (Scope::Customer, Identity::Key) => topic.scope_id() == self.customer.to_string(),
            (Scope::Customer, Identity::Agent(id)) => {
                topic.scope_id() == self.customer.to_string() && self.is_manager(id)
            }
            (Scope::Agent, Identity::Agent(id)) => topic.scope_id() == id.to_string(),
            _ => false,
        };
        (!allowed).then(|| "PERMISSION_DENIED".to_owned())
    }

    pub(crate) fn is_manager(&self, id: Uuid) -> bool {
        self.agents.iter().any(|agent| agent.id == id && agent.permission == MANAGER)
    }

    pub(crate) fn agent_json(&self, id: Uuid) -> Option<Value> {
        self.agents.iter().find(|agent| agent.id == id).map(|agent| agent.json(self.customer))
    }

    pub(crate) fn agents_json(&self) -> Value {
        json!({"result": self.agents.iter().map(|agent| agent.json(self.customer)).collect::<Vec<_>>(), "next_page_token": ""})
    }

    pub(crate) fn queues_json(&self) -> Value {
        let queue = |queue: &Queue| json!({"id": queue.id, "customer_id": self.customer, "name": queue.name});
        json!({"result": self.queues.values().map(queue).collect::<Vec<_>>(), "next_page_token": ""})
    }

    pub(crate) fn keys_json(&self) -> Value {
        json!({"result": [{"id": Uuid::nil(), "customer_id": self.customer, "name": "desk"}], "next_page_token": ""})
    }

    pub(crate) fn contact_json(&self, phone: &str) -> Option<Value> {
        let caller =
            self.callers.values().find(|caller| caller.line.number == phone && caller.line.contact.is_some())?;
        let text = |field: &Option<String>| field.clone().unwrap_or_default();
        Some(json!({
            "id": caller.contact, "customer_id": self.customer, "first_name": "", "last_name": "",
            "display_name": text(&caller.line.contact), "company": text(&caller.line.company),
            "job_title": text(&caller.line.title), "notes": text(&caller.line.notes), "source": "manual",
            "addresses": [{"type": "tel", "target": caller.line.number, "is_primary": true}], "tag_ids": [],
        }))
    }

    pub(crate) fn perform(&mut self, step: &Step) -> Vec<Publication> {
        match step {
            Step::Wait(_) | Step::Cut(_) => Vec::new(),
            Step::Queue { id, name } => {
                self.queues.entry(id.clone()).or_insert_with(|| Queue { id: Uuid::new_v4(), name: name.clone() });
                Vec::new()
            }
            Step::Caller(line) => {
                let caller = Caller { line: (**line).clone(), contact: Uuid::new_v4(), call: None };
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
                let id = self.agents.iter().find(|known| known.word == agent).map(|known| known.id);
                id.map(|id| self.set_status(id, status)).unwrap_or_default()
            }
            Step::Refuse { resource, code } => {
                self.refusals.push((resource.clone(), code.clone()));
                Vec::new()
            }
            Step::Fail { status, times } => {
                self.failures = Some((*status, *times));
                Vec::new()
            }
            Step::Tell { event, data } => {
                let names = ["id", "queue_id", "conference_id", "agent_id", "call_id"];
                let id = names.iter().find_map(|name| data[name].as_str()).unwrap_or("unknown").to_owned();
                let topics = self.topics(&event.resource(), &id, self.agents.iter().map(|agent| agent.id).collect());
                vec![Publication { event: event.as_word(), id, topics, data: data.clone() }]
            }
        }
    }

    /// A text an agent hands in: the message, and the event that it went out.
    pub(crate) fn send_text(&self, from: &str, to: &str, text: &str) -> (Value, Publication) {
        let id = Uuid::new_v4().to_string();
        let at = now().to_string();
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
        (answer, self.publication("message.sent", &Resource::Message, &id, &[], data))
    }

    pub(crate) fn receipt(&self, message_id: &str) -> Publication {
        let data = json!({"id": message_id, "status": "delivered", "tm_update": now().to_string()});
        self.publication("message.delivery", &Resource::Message, message_id, &[], data)
    }

    pub(crate) fn set_status(&mut self, id: Uuid, status: &str) -> Vec<Publication> {
        let Some(agent) = self.agents.iter_mut().find(|agent| agent.id == id) else { return Vec::new() };
        let before = std::mem::replace(&mut agent.status, status.to_owned());
        agent.changed = now();
        let data = json!({"agent_id": id, "status": status, "previous_status": before, "tm_update": agent.changed.to_string()});
        vec![self.publication("agent.status", &Resource::Agent, &id.to_string(), &[id], data)]
    }

    fn joins(&mut self, caller: &str, queue: &str, position: i64, estimate: Option<i64>) -> Vec<Publication> {
        let Some(queue) = self.queues.get(queue).map(|queue| queue.id) else { return Vec::new() };
        let mut publications = self.begin_call(caller, None);
        let Some(call) = self.callers.get_mut(caller).and_then(|caller| caller.call.as_mut()) else {
            return Vec::new();
        };
        call.queue = Some(queue);
        let data = json!({
            "queue_id": queue, "call_id": call.id, "position": position, "estimated_wait": estimate,
            "tm_join": call.joined.to_string(),
        });
        let everyone: Vec<Uuid> = self.agents.iter().map(|agent| agent.id).collect();
        publications.push(self.publication("queue.joined", &Resource::Queue, &queue.to_string(), &everyone, data));
        publications
    }

    fn leaves(&mut self, caller: &str) -> Vec<Publication> {
        let Some(call) = self.callers.get_mut(caller).and_then(|caller| caller.call.take()) else { return Vec::new() };
        let Some(queue) = call.queue else { return Vec::new() };
        let at = now().to_string();
        let data = json!({"queue_id": queue, "call_id": call.id, "reason": "hangup", "tm_leave": at});
        let everyone: Vec<Uuid> = self.agents.iter().map(|agent| agent.id).collect();
        let left = self.publication("queue.left", &Resource::Queue, &queue.to_string(), &everyone, data);
        let ended = json!({"id": call.id, "status": "hangup", "hangup_reason": "normal", "tm_end": at});
        vec![left, self.call_publication("call.ended", &call, ended)]
    }

    fn calls(&mut self, caller: &str, agent: &str) -> Vec<Publication> {
        let agent = self.agents.iter().find(|known| known.word == agent).map(|known| known.id);
        self.begin_call(caller, agent)
    }

    fn begin_call(&mut self, caller: &str, agent: Option<Uuid>) -> Vec<Publication> {
        let Some(caller) = self.callers.get_mut(caller) else { return Vec::new() };
        let at = now();
        let call = Call { id: Uuid::new_v4(), agent, queue: None, joined: at, created: at, status: "ringing" };
        caller.call = Some(call.clone());
        let data = call_json(self.customer, caller, &call);
        vec![self.call_publication("call.created", &call, data)]
    }

    fn offered(&mut self, caller: &str, agent: &str) -> Vec<Publication> {
        let Some(agent) = self.agents.iter().find(|known| known.word == agent).map(|known| known.id) else {
            return Vec::new();
        };
        let Some(caller) = self.callers.get_mut(caller) else { return Vec::new() };
        let Some(call) = caller.call.as_mut() else { return Vec::new() };
        let before = call.agent.replace(agent);
        let call = call.clone();
        let mut data = call_json(self.customer, caller, &call);
        data["agent_id"] = json!(agent);
        data["queue_id"] = json!(call.queue);
        data["wait_time"] = json!((now().as_millis() - call.joined.as_millis()) / 1000);
        // Whoever had it rung before hears that it went on.
        let owners: Vec<Uuid> = [Some(agent), before.filter(|before| *before != agent)].into_iter().flatten().collect();
        vec![self.publication("call.assigned", &Resource::Call, &call.id.to_string(), &owners, data)]
    }

    fn answered(&mut self, caller: &str) -> Vec<Publication> {
        let Some(call) = self.callers.get_mut(caller).and_then(|caller| caller.call.as_mut()) else {
            return Vec::new();
        };
        let before = std::mem::replace(&mut call.status, "answered");
        let queue = call.queue.take();
        let call = call.clone();
        let at = now();
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
        publications
    }

    fn hangs_up(&mut self, caller: &str) -> Vec<Publication> {
        let Some(call) = self.callers.get_mut(caller).and_then(|caller| caller.call.take()) else { return Vec::new() };
        let at = now();
        let duration = (at.as_millis() - call.created.as_millis()) / 1000;
        let data = json!({"id": call.id, "status": "hangup", "hangup_reason": "normal", "duration": duration, "tm_end": at.to_string()});
        vec![self.call_publication("call.ended", &call, data)]
    }

    fn texts(&self, caller: &str, text: &str) -> Vec<Publication> {
        let Some(caller) = self.callers.get(caller) else { return Vec::new() };
        let id = Uuid::new_v4().to_string();
        let data = json!({
            "id": id, "customer_id": self.customer, "direction": "inbound", "source": caller_json(caller),
            "destination": {"type": "tel", "target": OUR_NUMBER}, "text": text, "tm_create": now().to_string(),
        });
        vec![self.publication("message.received", &Resource::Message, &id, &[], data)]
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
        Publication { event, id: id.to_owned(), topics: self.topics(resource, id, agents.to_vec()), data }
    }

    /// The customer's topic, and one for each agent it concerns.
    fn topics(&self, resource: &Resource, id: &str, agents: Vec<Uuid>) -> Vec<String> {
        let of_agent = |agent: Uuid| format!("agent_id:{agent}:{resource}:{id}");
        let customer = format!("customer_id:{}:{resource}:{id}", self.customer);
        std::iter::once(customer).chain(agents.into_iter().map(of_agent)).collect()
    }
}

impl Agent {
    fn json(&self, customer: Uuid) -> Value {
        json!({
            "id": self.id, "customer_id": customer, "username": self.email, "name": self.name, "detail": "",
            "ring_method": "ringall", "status": self.status, "permission": self.permission, "tag_ids": [],
            "addresses": [], "direct_hash": "", "tm_update": self.changed.to_string(),
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

fn call_json(customer: Uuid, caller: &Caller, call: &Call) -> Value {
    json!({
        "id": call.id, "customer_id": customer, "direction": "inbound", "source": caller_json(caller),
        "destination": {"type": "tel", "target": OUR_NUMBER}, "status": call.status,
        "tm_create": call.created.to_string(), "tm_update": now().to_string(),
    })
}

pub(crate) fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_micros(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
}
