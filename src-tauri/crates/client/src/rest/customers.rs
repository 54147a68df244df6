//! Who the customers are, and what was and is to be done for them
//! (live-service.md, section 4.8).

use reqwest::Method;
use serde_json::json;
use voipbin_wire::{Case, CaseNote, Contact, ConversationFact, Page, PeerEvent, Tag, decode_page, other_fields};

use super::items::Items;
use super::lists::{PAGE, just_after};
use super::{PAGES, Rest, RestError};
use crate::token::TokenKind;

/// Somebody in the address book, with what it carries beside the known fields.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Who.
    pub contact: Contact,
    /// Names and values.
    pub others: Vec<(String, String)>,
}

impl Rest {
    /// Who has this phone number: `GET /v1.0/service_agents/contacts/lookup`. None
    /// when nobody known has, and for an access key, which has no address book.
    ///
    /// # Errors
    /// See [`RestError`].
    pub async fn lookup(&self, number: &str) -> Result<Option<Entry>, RestError> {
        if self.token.as_ref().is_some_and(|token| token.kind() == TokenKind::AccessKey) {
            return Ok(None);
        }
        let request = self.request(Method::GET, "/v1.0/service_agents/contacts/lookup", &[("phone", number)]);
        match self.send(request, entry).await {
            Ok(entry) => Ok(Some(entry)),
            Err(RestError::NotFound) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// What happened with a customer: `GET /v1.0/service_agents/contact_peer_events`,
    /// by the contact where there is one, else by the number. The newest, `most`
    /// at least where there are so many, and whether there are more.
    ///
    /// # Errors
    /// See [`RestError`].
    pub async fn peer_events(
        &self,
        contact: Option<&str>,
        number: &str,
        most: usize,
    ) -> Result<(Vec<PeerEvent>, bool), RestError> {
        let by = match contact {
            Some(contact) => vec![("contact_id", contact)],
            None => vec![("peer_type", "tel"), ("peer_target", number)],
        };
        let size = most.clamp(1, PAGE);
        let page_size = size.to_string();
        let mut events: Vec<PeerEvent> = Vec::new();
        let mut token: Option<String> = None;
        loop {
            let with_token = token.iter().map(|token| ("page_token", token.as_str()));
            let query: Vec<_> =
                by.iter().copied().chain([("page_size", page_size.as_str())]).chain(with_token).collect();
            let request = self.request(Method::GET, "/v1.0/service_agents/contact_peer_events", &query);
            let page: Page<PeerEvent> = self.send(request, decode_page).await?;
            let is_last = page.length < size || page.next.is_none();
            // Events of one moment may stand on two pages.
            let news: Vec<PeerEvent> = page.items.into_iter().filter(|event| !events.contains(event)).collect();
            let is_stuck = news.is_empty();
            events.extend(news);
            if is_last || is_stuck || events.len() >= most {
                return Ok((events, !is_last && !is_stuck));
            }
            token = page.next.map(|next| just_after(&next));
        }
    }

    /// The newest cases of the whole customer, so many pages of them at most, and
    /// no further than the page with the one that is looked for:
    /// `GET /v1.0/service_agents/contact_cases`. Whose they are has to be looked at here.
    ///
    /// # Errors
    /// See [`RestError`].
    pub async fn cases(&self, pages: usize, is_it: impl Fn(&Case) -> bool) -> Result<Items<Case>, RestError> {
        self.items_until("/v1.0/service_agents/contact_cases", pages, |case: &Case| case.id.as_deref(), is_it).await
    }

    /// What was written down in a case.
    ///
    /// # Errors
    /// See [`RestError`].
    pub async fn case_notes(&self, case: &str) -> Result<Items<CaseNote>, RestError> {
        let path = format!("/v1.0/service_agents/contact_cases/{case}/notes");
        self.items(&path, PAGES, |note: &CaseNote| note.id.as_deref()).await
    }

    /// All labels, no further than the page with the one that is looked for:
    /// `GET /v1.0/service_agents/tags`.
    ///
    /// # Errors
    /// See [`RestError`].
    pub async fn tags(&self, is_it: impl Fn(&Tag) -> bool) -> Result<Items<Tag>, RestError> {
        self.items_until("/v1.0/service_agents/tags", PAGES, |tag: &Tag| tag.id.as_deref(), is_it).await
    }

    /// Puts somebody into the address book: `POST /v1.0/service_agents/contacts`.
    ///
    /// # Errors
    /// See [`RestError`].
    pub async fn add_contact(&self, number: &str, name: &str, company: &str) -> Result<Entry, RestError> {
        let body = json!({
            "first_name": "", "last_name": "", "display_name": name, "company": company, "job_title": "",
            "external_id": "", "notes": "", "addresses": [{"type": "tel", "target": number, "is_primary": true}],
            "tag_ids": [],
        });
        self.send(self.request(Method::POST, "/v1.0/service_agents/contacts", &[]).json(&body), entry).await
    }

    /// Writes something down in a case.
    ///
    /// # Errors
    /// See [`RestError`].
    pub async fn add_note(&self, case: &str, text: &str) -> Result<(), RestError> {
        let path = format!("/v1.0/service_agents/contact_cases/{case}/notes");
        self.changed(self.request(Method::POST, &path, &[]).json(&json!({"text": text}))).await
    }

    /// Closes a case.
    ///
    /// # Errors
    /// See [`RestError`].
    pub async fn close_case(&self, case: &str) -> Result<(), RestError> {
        let path = format!("/v1.0/service_agents/contact_cases/{case}/close");
        self.changed(self.request(Method::POST, &path, &[])).await
    }

    /// Gives a case to an agent.
    ///
    /// # Errors
    /// See [`RestError`].
    pub async fn assign_case(&self, case: &str, agent: &str) -> Result<(), RestError> {
        let path = format!("/v1.0/service_agents/contact_cases/{case}/assign");
        self.changed(self.request(Method::POST, &path, &[]).json(&json!({"owner_id": agent}))).await
    }

    /// Gives a conversation to an agent and leaves all else of it as it is:
    /// `PUT …/conversations/{id}`, for managers.
    ///
    /// # Errors
    /// See [`RestError`].
    pub async fn assign_conversation(&self, conversation: &str, agent: &str) -> Result<(), RestError> {
        let path = format!("{}/{conversation}", self.conversations());
        let known: ConversationFact = self.read(self.request(Method::GET, &path, &[])).await?;
        let body = json!({
            "owner_type": "agent", "owner_id": agent, "name": known.name.unwrap_or_default(),
            "detail": known.detail.unwrap_or_default(),
        });
        self.changed(self.request(Method::PUT, &path, &[]).json(&body)).await
    }

    /// Puts a label on a contact, or takes it off.
    ///
    /// # Errors
    /// See [`RestError`].
    pub async fn tag_contact(&self, contact: &str, tag: &str, on: bool) -> Result<(), RestError> {
        let path = format!("/v1.0/service_agents/contacts/{contact}/tags");
        if on {
            return self.changed(self.request(Method::POST, &path, &[]).json(&json!({"tag_id": tag}))).await;
        }
        self.changed(self.request(Method::DELETE, &format!("{path}/{tag}"), &[])).await
    }
}

fn entry(text: &str) -> Option<Entry> {
    let (contact, _) = <Contact as voipbin_wire::Answer>::decode(text)?;
    Some(Entry { contact, others: other_fields(text) })
}
