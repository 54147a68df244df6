//! The same morning as the live service tells it: whole resources, unnamed,
//! under several topics (live-service.md, sections 2.4 and 3). They are also
//! what the lists hold, whichever dialect the socket speaks.

use std::collections::{BTreeMap, HashMap};

use serde_json::{Value, json};
use uuid::Uuid;
use voipbin_wire::Timestamp;

use super::{Call, Caller, Floor, OUR_NUMBER, Ring, caller_json};
use crate::{Dialect, Publication};

/// A list holds at least this many of its newest items.
const HELD: usize = 2000;

/// A list of the service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum List {
    Calls,
    Rings,
    Places,
    Messages,
    Conversations,
    ConversationMessages,
    TalkMessages,
    Flows,
    Conferences,
    Recordings,
}

/// An item, and when it was created by the service's clock, which may jump.
#[derive(Debug)]
struct Item {
    created: Option<Timestamp>,
    value: Value,
}

/// All lists, in the order in which their items came.
#[derive(Debug, Default)]
pub(crate) struct Records {
    lists: BTreeMap<List, Vec<Item>>,
    places: HashMap<(List, String), usize>,
}

impl Records {
    fn put(&mut self, list: List, value: Value) {
        let id = value["id"].as_str().unwrap_or_default().to_owned();
        let items = self.lists.entry(list).or_default();
        if let Some(place) = self.places.get(&(list, id.clone())) {
            items[*place].value = value;
            return;
        }
        if items.len() >= 2 * HELD {
            items.drain(..HELD);
            self.places.retain(|(of, _), _| *of != list);
            let id = |item: &Item| item.value["id"].as_str().unwrap_or_default().to_owned();
            self.places.extend(items.iter().enumerate().map(|(place, item)| ((list, id(item)), place)));
        }
        self.places.insert((list, id), items.len());
        items.push(Item { created: value["tm_create"].as_str().and_then(Timestamp::parse), value });
    }

    pub(super) fn has(&self, list: List, id: &str) -> bool {
        self.get(list, id).is_some()
    }

    /// What was put on a list last.
    pub(super) fn newest(&self, list: List) -> Option<&Value> {
        self.lists.get(&list)?.last().map(|item| &item.value)
    }

    pub(super) fn get(&self, list: List, id: &str) -> Option<&Value> {
        let place = *self.places.get(&(list, id.to_owned()))?;
        Some(&self.lists.get(&list)?.get(place)?.value)
    }

    /// A page of what `is_shown`, sorted by the time of creation, the newest
    /// first; the token is the time of the last item (section 4.4).
    pub(crate) fn page(
        &self,
        list: List,
        size: usize,
        token: Option<&str>,
        is_shown: impl Fn(&Value) -> bool,
    ) -> Value {
        let items = self.lists.get(&list).map(Vec::as_slice).unwrap_or_default();
        self::page(items.iter().rev().filter(|item| is_shown(&item.value)), size, token)
    }
}

impl Floor {
    pub(super) fn tells(&self, documented: Vec<Publication>, live: Vec<Publication>) -> Vec<Publication> {
        match self.dialect {
            Dialect::Documented => documented,
            Dialect::Live => live,
        }
    }

    pub(super) fn tell_live(&mut self, list: Option<List>, event: &'static str, value: Value) -> Publication {
        let id = value["id"].as_str().unwrap_or_default().to_owned();
        let resource = event.split('_').next().unwrap_or(event);
        let owner = value["owner_id"].as_str().filter(|owner| *owner != Uuid::nil().to_string());
        let customer = format!("customer_id:{}", self.customer);
        let scopes = std::iter::once(customer).chain(owner.map(|owner| format!("agent_id:{owner}")));
        let topics = scopes
            .flat_map(|scope| [format!("{scope}:{resource}:{id}"), format!("{scope}:{resource}:{event}:{id}")])
            .collect();
        if let Some(list) = list {
            self.records.put(list, value.clone());
        }
        Publication { at: self.now(), event, id, topics, data: value }
    }

    pub(super) fn live_call(&mut self, event: &'static str, caller: &str) -> Vec<Publication> {
        let Some((caller, call)) = self.caller_and_call(caller) else { return Vec::new() };
        let status = match call.status {
            "hangup" => "hangup",
            "answered" => "progressing",
            _ if call.place.is_some() && self.dialect == Dialect::Live => "progressing",
            _ => "ringing",
        };
        // The documented service has no rings: its lists name the agent in the call.
        let owner = call.agent.filter(|_| self.dialect == Dialect::Documented);
        let mut value = json!({
            "id": call.id, "customer_id": self.customer, "owner_type": if owner.is_some() { "agent" } else { "" },
            "owner_id": owner.unwrap_or_default(), "flow_id": Uuid::nil(), "activeflow_id": Uuid::nil(), "type": "flow",
            "master_call_id": Uuid::nil(), "recording_id": Uuid::nil(), "groupcall_id": Uuid::nil(),
            "source": caller_json(&caller), "destination": {"type": "tel", "target": OUR_NUMBER}, "status": status,
            "action": {"id": Uuid::nil(), "next_id": Uuid::nil(), "tm_execute": Value::Null}, "direction": "incoming",
            "hangup_reason": if status == "hangup" { "normal" } else { "" },
            "tm_create": call.created.to_string(), "tm_update": now_of(self).to_string(),
        });
        // A time that is not set is absent in a call (section 3.2).
        if let Some(answered) = call.answered {
            value["tm_progressing"] = json!(answered.to_string());
        }
        vec![self.tell_live(Some(List::Calls), event, value)]
    }

    pub(super) fn live_place(&mut self, event: &'static str, status: &'static str, caller: &str) -> Vec<Publication> {
        let Some((_, call)) = self.caller_and_call(caller) else { return Vec::new() };
        let Some(place) = call.place else { return Vec::new() };
        let agent = call.ring.as_ref().map(|ring| ring.agent).filter(|_| status != "waiting" && status != "initiating");
        let value = json!({
            "id": place, "customer_id": self.customer, "reference_type": "call", "reference_id": call.id,
            "status": status, "service_agent_id": agent.unwrap_or_default(), "tm_create": call.joined.to_string(),
            "tm_service": Value::Null, "tm_update": now_of(self).to_string(), "tm_delete": Value::Null,
        });
        vec![self.tell_live(Some(List::Places), event, value)]
    }

    /// The agent is rung, and inside that the agent's phone.
    pub(super) fn live_ring(&mut self, event: &'static str, caller: &str) -> Vec<Publication> {
        if self.dialect == Dialect::Documented {
            return Vec::new();
        }
        let Some((caller, Call { id: call, ring: Some(ring), .. })) = self.caller_and_call(caller) else {
            return Vec::new();
        };
        let changed = now_of(self);
        let groupcall = |id: Uuid, inside: Uuid, to: &str, answer: Uuid| {
            json!({
                "id": id, "customer_id": self.customer, "owner_type": "agent", "owner_id": ring.agent,
                "status": if ring.over { "hangup" } else { "progressing" }, "flow_id": Uuid::nil(),
                "source": caller_json(&caller), "destinations": [{"type": to, "target": ring.agent}],
                "master_call_id": call, "master_groupcall_id": inside, "ring_method": "ring_all",
                "answer_method": "hangup_others", "answer_call_id": answer, "answer_groupcall_id": Uuid::nil(),
                "tm_create": ring.began.to_string(), "tm_update": changed.to_string(),
            })
        };
        let answer = if ring.answered { ring.leg } else { Uuid::nil() };
        // The answer of the phone is never handed up (section 5.5).
        let outer = groupcall(ring.outer, Uuid::nil(), "agent", Uuid::nil());
        let inner = groupcall(ring.inner, ring.outer, "extension", answer);
        let values = if event == "groupcall_progressing" { vec![inner] } else { vec![outer, inner] };
        values.into_iter().map(|value| self.tell_live(Some(List::Rings), event, value)).collect()
    }

    /// An SMS is told twice: as itself, and as part of a conversation. The first
    /// one opens the conversation; a later one moves nothing of it, and whoever
    /// has it hears of none (live-service.md, section 4.9).
    pub(super) fn live_text(&mut self, id: Uuid, inbound: bool, theirs: &Value, text: &str) -> Vec<Publication> {
        let at = now_of(self).to_string();
        let ours = json!({"type": "tel", "target": OUR_NUMBER});
        let (source, destination) =
            if inbound { (theirs.clone(), ours.clone()) } else { (ours.clone(), theirs.clone()) };
        let status = if inbound { "received" } else { "sent" };
        let sms = json!({
            "id": id, "customer_id": self.customer, "type": "sms", "source": source, "text": text,
            "targets": [{"destination": destination, "status": status, "parts": 1, "tm_update": at}],
            "direction": if inbound { "inbound" } else { "outbound" }, "tm_create": at, "tm_update": Value::Null,
            "tm_delete": Value::Null,
        });
        let mut told = vec![self.tell_live(Some(List::Messages), "message_created", sms)];
        told.extend(self.live_part("message", Some(id), inbound, theirs, &source, &destination, text));
        told
    }

    /// A text by another channel than SMS: it stands in its conversation only,
    /// and the documented service has no word for it.
    pub(super) fn writes_by(&mut self, caller: &str, channel: &str, text: &str) -> Vec<Publication> {
        let Some(caller) = self.callers.get(caller).cloned() else { return Vec::new() };
        let mut theirs = caller_json(&caller);
        theirs["type"] = json!(channel);
        let ours = json!({"type": channel, "target": "our-account"});
        let live = self.live_part(channel, None, true, &theirs, &theirs, &ours, text);
        self.tells(Vec::new(), live)
    }

    #[expect(clippy::too_many_arguments, reason = "a text has so many sides")]
    pub(super) fn live_part(
        &mut self,
        channel: &str,
        reference: Option<Uuid>,
        inbound: bool,
        theirs: &Value,
        source: &Value,
        destination: &Value,
        text: &str,
    ) -> Vec<Publication> {
        let at = now_of(self).to_string();
        let ours = if inbound { destination } else { source };
        let conversation = self.conversation_of(theirs["target"].as_str().unwrap_or_default(), channel);
        let mut told = Vec::new();
        if !self.records.has(List::Conversations, &conversation.to_string()) {
            let owner = self.agents.iter().find(|agent| agent.word == "leo").map(|agent| json!(agent.id));
            let thread = json!({
                "id": conversation, "customer_id": self.customer, "owner_type": "agent", "owner_id": owner,
                "account_id": Uuid::nil(), "type": channel, "self": ours, "peer": theirs, "tm_create": at,
                "tm_update": at, "tm_delete": Value::Null,
            });
            told.push(self.tell_live(Some(List::Conversations), "conversation_created", thread));
        }
        let part = json!({
            "id": Uuid::new_v4(), "customer_id": self.customer, "conversation_id": conversation,
            "reference_id": reference.unwrap_or_default(), "reference_type": channel,
            "direction": if inbound { "incoming" } else { "outgoing" }, "status": "done", "source": source,
            "destination": destination, "text": text, "medias": [], "tm_create": at, "tm_update": Value::Null,
            "tm_delete": Value::Null,
        });
        told.push(self.tell_live(Some(List::ConversationMessages), "conversation_message_created", part));
        told
    }

    pub(super) fn live_receipt(&mut self, id: &str) -> Vec<Publication> {
        let Some(mut sms) = self.records.get(List::Messages, id).cloned() else { return Vec::new() };
        let at = now_of(self).to_string();
        sms["targets"][0]["status"] = json!("delivered");
        sms["tm_update"] = json!(at);
        vec![self.tell_live(Some(List::Messages), "message_updated", sms)]
    }

    pub(super) fn live_status(&mut self, id: Uuid) -> Vec<Publication> {
        self.live_agent("agent_status_updated", id)
    }

    pub(super) fn live_agent(&mut self, event: &'static str, id: Uuid) -> Vec<Publication> {
        let Some(mut value) = self.agent_json(id) else { return Vec::new() };
        value["tm_create"] = json!(now_of(self).to_string());
        vec![self.tell_live(None, event, value)]
    }

    fn caller_and_call(&self, word: &str) -> Option<(Caller, Call)> {
        let caller = self.callers.get(word)?.clone();
        let call = caller.call.clone()?;
        Some((caller, call))
    }

    fn conversation_of(&mut self, number: &str, channel: &str) -> Uuid {
        let key = if channel == "message" { number.to_owned() } else { format!("{number} by {channel}") };
        *self.conversations.entry(key).or_insert_with(Uuid::new_v4)
    }
}

impl Ring {
    pub(super) fn new(agent: Uuid, began: Timestamp) -> Self {
        let id = Uuid::new_v4;
        Self { outer: id(), inner: id(), leg: id(), agent, began, answered: false, over: false }
    }
}

/// A page of things that say when they were made, as every list has them.
pub(super) fn page_of(items: Vec<Value>, size: usize, token: Option<&str>) -> Value {
    let item = |value: Value| Item { created: value["tm_create"].as_str().and_then(Timestamp::parse), value };
    let items: Vec<Item> = items.into_iter().map(item).collect();
    page(items.iter(), size, token)
}

fn page<'a>(items: impl Iterator<Item = &'a Item>, size: usize, token: Option<&str>) -> Value {
    let before = token.and_then(Timestamp::parse);
    let is_on_it = |item: &&Item| before.is_none_or(|before| item.created.is_some_and(|at| at < before));
    let mut shown: Vec<&Item> = items.filter(is_on_it).collect();
    shown.sort_by_key(|item| std::cmp::Reverse(item.created));
    shown.truncate(size);
    let next = shown.last().and_then(|last| last.created).map(|at| at.to_string()).unwrap_or_default();
    let page: Vec<&Value> = shown.iter().map(|item| &item.value).collect();
    json!({"result": page, "next_page_token": next})
}

pub(super) fn now_of(floor: &Floor) -> Timestamp {
    floor.now()
}
