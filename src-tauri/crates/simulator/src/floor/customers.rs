//! The address book, its cases and labels (live-service.md, section 4.8).

use std::collections::BTreeSet;

use hyper::StatusCode;
use serde_json::{Value, json};
use uuid::Uuid;
use voipbin_wire::Timestamp;

use super::acting::Refused;
use super::live::{List, now_of, page_of};
use super::{Caller, Floor};
use crate::scenario::CallerLine;

/// A case, and what was written down in it.
#[derive(Debug)]
pub(crate) struct CaseFile {
    id: Uuid,
    contact: Uuid,
    number: String,
    name: String,
    opened: String,
    is_open: bool,
    owner: Uuid,
    notes: Vec<Value>,
}

/// A label.
#[derive(Debug)]
pub(crate) struct Label {
    id: Uuid,
    name: String,
    created: String,
}

impl Label {
    pub(super) fn new(name: &str, created: Timestamp) -> Self {
        Self { id: Uuid::new_v4(), name: name.to_owned(), created: created.to_string() }
    }

    /// Those that there are to begin with.
    pub(super) fn some(created: Timestamp) -> Vec<Self> {
        let known = [("VIP", 0x7a61), ("EN", 0x7a62), ("Wholesale", 0x7a63)];
        known.map(|(name, id)| Self { id: Uuid::from_u128(id), ..Self::new(name, created) }).into()
    }
}

impl Floor {
    pub(crate) fn contact_of(&self, phone: &str) -> Option<Value> {
        let caller = self.callers.values().find(|caller| caller.line.number == phone)?;
        caller.line.contact.is_some().then(|| self.contact_json(caller))
    }

    fn contact_json(&self, caller: &Caller) -> Value {
        let text = |field: &Option<String>| field.clone().unwrap_or_default();
        let mut contact = json!({
            "id": caller.contact, "customer_id": self.customer, "first_name": "", "last_name": "",
            "display_name": text(&caller.line.contact), "company": text(&caller.line.company),
            "job_title": text(&caller.line.title), "notes": text(&caller.line.notes), "source": "manual",
            "external_id": "", "addresses": [{"type": "tel", "target": caller.line.number, "is_primary": true}],
            "tag_ids": caller.tags,
        });
        for (name, value) in &caller.line.fields {
            contact[name] = json!(value);
        }
        contact
    }

    pub(crate) fn add_contact(&mut self, body: &Value) -> Result<Value, Refused> {
        let number = body["addresses"][0]["target"].as_str().ok_or((StatusCode::BAD_REQUEST, "INVALID_ARGUMENT"))?;
        let word = self.callers.iter().find(|(_, caller)| caller.line.number == number).map(|(word, _)| word.clone());
        let word = word.unwrap_or_else(|| number.to_owned());
        let new = || Caller {
            line: CallerLine { id: word.clone(), number: number.to_owned(), ..CallerLine::default() },
            contact: Uuid::new_v4(),
            tags: BTreeSet::new(),
            call: None,
        };
        let caller = self.callers.entry(word.clone()).or_insert_with(new);
        if caller.line.contact.is_some() {
            return Err((StatusCode::CONFLICT, "ALREADY_EXISTS"));
        }
        let told = |name: &str| body[name].as_str().map(str::to_owned);
        (caller.line.contact, caller.line.company) = (told("display_name"), told("company"));
        let caller = caller.clone();
        Ok(self.contact_json(&caller))
    }

    pub(crate) fn tags_json(&self, size: usize, token: Option<&str>) -> Value {
        let tag = |label: &Label| {
            json!({
                "id": label.id, "customer_id": self.customer, "name": label.name, "detail": "",
                "tm_create": label.created,
            })
        };
        page_of(self.labels.iter().map(tag).collect(), size, token)
    }

    pub(crate) fn tag(&mut self, contact: &str, tag: &str, on: bool) -> Result<Value, Refused> {
        let tag = Uuid::parse_str(tag).map_err(|_| (StatusCode::BAD_REQUEST, "INVALID_ID"))?;
        let known = self.callers.values_mut().find(|caller| caller.contact.to_string() == contact);
        let caller = known.ok_or((StatusCode::NOT_FOUND, "CONTACT_NOT_FOUND"))?;
        if on {
            caller.tags.insert(tag);
        } else {
            caller.tags.remove(&tag);
        }
        let caller = caller.clone();
        Ok(self.contact_json(&caller))
    }

    pub(crate) fn open_case(&mut self, caller: &str, name: &str, note: &str) {
        let opened = now_of(self).to_string();
        let author = self.agents.first().map(|agent| agent.id).unwrap_or_default();
        let Some(caller) = self.callers.get(caller) else { return };
        let id = Uuid::new_v4();
        let (contact, number) = (caller.contact, caller.line.number.clone());
        if self.cases.iter().any(|case| case.contact == contact && case.name == name && case.is_open) {
            return;
        }
        let notes = vec![note_json(self.customer, id, author, note, &opened)];
        self.cases.push(CaseFile {
            id,
            contact,
            number,
            name: name.to_owned(),
            opened,
            is_open: true,
            owner: Uuid::nil(),
            notes,
        });
    }

    pub(crate) fn cases_json(&self, size: usize, token: Option<&str>) -> Value {
        page_of(self.cases.iter().rev().map(|case| self.case_json(case)).collect(), size, token)
    }

    fn case_json(&self, case: &CaseFile) -> Value {
        json!({
            "id": case.id, "customer_id": self.customer, "peer": {"type": "tel", "target": case.number}, "name": case.name,
            "detail": "", "contact_id": case.contact, "owner_type": "agent", "owner_id": case.owner,
            "status": if case.is_open { "open" } else { "closed" }, "opened_at": case.opened, "tag_ids": [],
            "tm_create": case.opened, "tm_update": case.opened,
        })
    }

    pub(crate) fn notes_json(&self, case: &str, size: usize, token: Option<&str>) -> Option<Value> {
        let case = self.cases.iter().find(|known| known.id.to_string() == case)?;
        Some(page_of(case.notes.clone(), size, token))
    }

    /// Writes a note, closes a case or gives it to somebody.
    pub(crate) fn case_does(&mut self, case: &str, what: &str, body: &Value, agent: Uuid) -> Result<Value, Refused> {
        let (customer, at) = (self.customer, now_of(self).to_string());
        let is_agent = |id: &Uuid| self.agents.iter().any(|agent| agent.id == *id);
        let owner = body["owner_id"].as_str().and_then(|id| Uuid::parse_str(id).ok()).filter(is_agent);
        let known = self.cases.iter_mut().find(|known| known.id.to_string() == case);
        let case = known.ok_or((StatusCode::NOT_FOUND, "RESOURCE_NOT_FOUND"))?;
        match what {
            "notes" => {
                let text = body["text"].as_str().ok_or((StatusCode::BAD_REQUEST, "INVALID_ARGUMENT"))?;
                let note = note_json(customer, case.id, agent, text, &at);
                case.notes.push(note.clone());
                return Ok(note);
            }
            _ if !case.is_open => return Err((StatusCode::CONFLICT, "CASE_CLOSED")),
            "close" => case.is_open = false,
            _ => case.owner = owner.ok_or((StatusCode::BAD_REQUEST, "INVALID_OWNER_ID"))?,
        }
        let id = case.id.to_string();
        let case = self.cases.iter().find(|known| known.id.to_string() == id);
        Ok(case.map(|case| self.case_json(case)).unwrap_or_default())
    }

    /// What happened with a customer, from the lists.
    pub(crate) fn peer_events(
        &self,
        contact: Option<&str>,
        number: Option<&str>,
        size: usize,
        token: Option<&str>,
    ) -> Option<Value> {
        let of_contact =
            contact.map(|contact| self.callers.values().find(|caller| caller.contact.to_string() == contact));
        let number = match of_contact {
            Some(caller) => caller?.line.number.clone(),
            None => number?.to_owned(),
        };
        let mut events = Vec::new();
        for (list, publisher, kind) in [
            (List::Calls, "call", "call_hangup"),
            (List::ConversationMessages, "conversation_message", "conversation_message_created"),
        ] {
            let is_theirs =
                |item: &Value| [&item["source"], &item["destination"]].iter().any(|end| end["target"] == json!(number));
            let page = self.records.page(list, usize::MAX, token, is_theirs);
            for item in page["result"].as_array().into_iter().flatten() {
                events.push(json!({
                    "timestamp": item["tm_create"], "customer_id": self.customer, "publisher": publisher,
                    "event_type": kind, "reference_id": item["id"], "direction": item["direction"],
                    "peer": {"type": "tel", "target": number}, "local": {}, "data": {},
                }));
            }
        }
        events.sort_by(|one: &Value, other| other["timestamp"].as_str().cmp(&one["timestamp"].as_str()));
        events.truncate(size);
        let next = events.last().map(|last| last["timestamp"].clone()).unwrap_or_default();
        Some(json!({"result": events, "next_page_token": next}))
    }
}

fn note_json(customer: Uuid, case: Uuid, author: Uuid, text: &str, at: &str) -> Value {
    json!({
        "id": Uuid::new_v4(), "customer_id": customer, "case_id": case, "author_type": "agent", "author_id": author,
        "text": text, "tm_create": at, "tm_update": Value::Null, "tm_delete": Value::Null,
    })
}
