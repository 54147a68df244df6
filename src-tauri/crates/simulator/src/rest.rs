//! The REST calls an agent desktop makes (live-service.md, section 4).

mod acting;
mod customers;

use std::sync::Arc;

use http_body_util::{BodyExt as _, Limited};
use hyper::body::Incoming;
use hyper::{Method, Request, StatusCode};
use serde_json::{Value, json};

use crate::floor::Identity;
use crate::floor::around::RECORDED;
use crate::floor::live::List;
use crate::scenario::{Aim, Wrong, broken};
use crate::server::Gone;
use crate::server::{Answer, bytes, fault, json, ordered, portal, query, text};
use crate::{Hub, Seen};

use acting::{Act, receipt_follows};

/// What a plain agent can read lists of, beside the texts of a conversation.
const OWN_LISTS: [&str; 2] = ["/v1.0/service_agents/calls", "/v1.0/service_agents/conversations"];
/// Lists of who and what there is.
const NAMES: [&str; 4] =
    ["/v1.0/service_agents/agents", "/v1.0/queues", "/v1.0/service_agents/tags", "/v1.0/service_agents/contact_cases"];
const LARGEST_BODY: usize = 8 * 1024 * 1024;

/// Every failed login is a bare 400 (section 4.5).
pub(crate) async fn login(request: Request<Incoming>, hub: &Hub) -> Answer {
    if request.method() != Method::POST {
        return route_not_found();
    }
    let body = body(request).await;
    let word = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
    let (email, password) = (word("username"), word("password"));
    match hub.floor().sign_in(&email, &password) {
        Some(token) => json(StatusCode::OK, &json!({"username": email, "token": token})),
        None => text(StatusCode::BAD_REQUEST, ""),
    }
}

pub(crate) async fn answer(request: Request<Incoming>, identity: Identity, hub: &Arc<Hub>) -> Result<Answer, Gone> {
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let wrong = hub.floor().mishap(aims(&method, &path));
    match wrong {
        Some(Wrong::Status(status)) => return Ok(ordered(status)),
        Some(Wrong::Portal(answer)) => return Ok(portal(answer)),
        Some(Wrong::Lost) => return Err(Gone),
        Some(Wrong::Slow(time)) => tokio::time::sleep(time).await,
        Some(Wrong::Swallowed | Wrong::Broken) | None => {}
    }
    let answer = perform(request, identity, hub).await;
    match wrong {
        Some(Wrong::Swallowed) => Err(Gone),
        Some(Wrong::Broken) => {
            let (head, body) = answer.into_parts();
            let Ok(body) = body.collect().await;
            Ok(Answer::from_parts(head, broken(&String::from_utf8_lossy(&body.to_bytes())).into()))
        }
        _ => Ok(answer),
    }
}

/// What a request is, for what can go wrong with it.
fn aims(method: &Method, path: &str) -> &'static [Aim] {
    match Act::of(method, path) {
        Some(Act::Answer { .. }) => &[Aim::Texts],
        Some(Act::Transfer) => &[Aim::Transfers],
        Some(_) => &[Aim::Controls],
        None if *method == Method::POST && path == "/v1.0/messages" => &[Aim::Texts],
        None if path == "/v1.0/service_agents/contacts/lookup" => &[Aim::Lookups],
        None if *method == Method::PUT && path.ends_with("/me/status") => &[Aim::Statuses],
        None if *method == Method::GET && conversation(path).is_some() => &[Aim::Lists, Aim::Conversations],
        None if *method == Method::GET && (list_of_customer(path).is_some() || OWN_LISTS.contains(&path)) => {
            &[Aim::Lists]
        }
        None if *method == Method::GET && NAMES.contains(&path) => &[Aim::Names],
        None => &[],
    }
}

async fn perform(request: Request<Incoming>, identity: Identity, hub: &Arc<Hub>) -> Answer {
    let path = request.uri().path().to_owned();
    if let Some(act) = Act::of(request.method(), &path) {
        if act.is_for_managers() && !identity.sees_all() {
            return fault(StatusCode::FORBIDDEN, "PERMISSION_DENIED", "PERMISSION_DENIED");
        }
        if path.starts_with("/v1.0/service_agents/") && identity == Identity::Key {
            return fault(StatusCode::UNAUTHORIZED, "UNAUTHENTICATED", "AUTHENTICATION_REQUIRED");
        }
        let body = body(request).await;
        hub.see(Seen::Asked { path: path.clone(), body: body.to_string() });
        return act.perform(Some(&body).filter(|body| !body.is_null()), identity, hub);
    }
    match (request.method(), path.as_str(), identity) {
        (&Method::GET, "/v1.0/me" | "/v1.0/service_agents/me", Identity::Agent(id, _)) => {
            found(hub.floor().agent_json(id))
        }
        (&Method::GET, "/v1.0/me", Identity::Key) => {
            fault(StatusCode::FORBIDDEN, "PERMISSION_DENIED", "AGENT_AUTH_REQUIRED")
        }
        (&Method::PUT, "/v1.0/service_agents/me/status", Identity::Agent(id, _)) => {
            let body = body(request).await;
            let Some(status) = body["status"].as_str() else { return invalid() };
            let publications = hub.floor().set_status(id, status);
            hub.see(Seen::Status { status: status.to_owned() });
            hub.publish(publications);
            found(hub.floor().agent_json(id))
        }
        (&Method::GET, "/v1.0/service_agents/agents", Identity::Agent(..)) => {
            let (size, token) = (page_size(&request), query(&request, "page_token"));
            json(StatusCode::OK, &hub.floor().agents_json(size, token.as_deref()))
        }
        (&Method::GET, "/v1.0/queues", _) if identity.sees_all() => {
            let (size, token) = (page_size(&request), query(&request, "page_token"));
            json(StatusCode::OK, &hub.floor().queues_json(size, token.as_deref()))
        }
        (&Method::GET, path, _) if path.starts_with("/v1.0/recordingfiles/") && identity.sees_all() => {
            recording(path.rsplit('/').next().unwrap_or_default(), hub)
        }
        (&Method::GET, "/v1.0/accesskeys", Identity::Key) => json(StatusCode::OK, &hub.floor().keys_json()),
        (&Method::POST, "/v1.0/messages", _) if identity.sees_all() => send_text(&body(request).await, hub),
        (&Method::GET, path, _) if list_of_customer(path).is_some() && identity.sees_all() => {
            list_of_customer(path).map_or_else(route_not_found, |list| page(&request, hub, list, None))
        }
        (&Method::GET, "/v1.0/service_agents/calls", Identity::Agent(id, _)) => {
            page(&request, hub, List::Calls, Some(id))
        }
        (&Method::GET, "/v1.0/service_agents/conversations", Identity::Agent(id, _)) => {
            let owner = Some(id).filter(|_| !identity.sees_all());
            page(&request, hub, List::Conversations, owner)
        }
        (&Method::GET, path, _) if may_ask(path, identity) && conversation(path).is_some() => {
            let id = conversation(path).unwrap_or_default();
            if let Err(refused) = hub.floor().may_read_conversation(id, identity) {
                return acting::no(refused);
            }
            let (size, token) = (page_size(&request), query(&request, "page_token"));
            json(StatusCode::OK, &hub.floor().conversation_page(id, size, token.as_deref()))
        }
        (
            _,
            "/v1.0/queues"
            | "/v1.0/messages"
            | "/v1.0/accesskeys"
            | "/v1.0/calls"
            | "/v1.0/groupcalls"
            | "/v1.0/queuecalls"
            | "/v1.0/conversations"
            | "/v1.0/activeflows"
            | "/v1.0/conferences"
            | "/v1.0/recordings",
            _,
        ) => fault(StatusCode::FORBIDDEN, "PERMISSION_DENIED", "PERMISSION_DENIED"),
        (_, path, Identity::Key) if path.starts_with("/v1.0/service_agents/") => {
            fault(StatusCode::UNAUTHORIZED, "UNAUTHENTICATED", "AUTHENTICATION_REQUIRED")
        }
        (_, path, Identity::Agent(..)) if path.starts_with("/v1.0/service_agents/") => {
            customers::answer(request, identity, hub).await.unwrap_or_else(route_not_found)
        }
        _ => route_not_found(),
    }
}

fn list_of_customer(path: &str) -> Option<List> {
    match path {
        "/v1.0/calls" => Some(List::Calls),
        "/v1.0/groupcalls" => Some(List::Rings),
        "/v1.0/queuecalls" => Some(List::Places),
        "/v1.0/messages" => Some(List::Messages),
        "/v1.0/conversations" => Some(List::Conversations),
        "/v1.0/activeflows" => Some(List::Flows),
        "/v1.0/conferences" => Some(List::Conferences),
        "/v1.0/recordings" => Some(List::Recordings),
        _ => None,
    }
}

fn conversation(path: &str) -> Option<&str> {
    let path = path.strip_prefix("/v1.0/")?;
    path.strip_prefix("service_agents/").unwrap_or(path).strip_prefix("conversations/")?.strip_suffix("/messages")
}

/// What is there for agents is closed to access keys, and what is the customer's
/// to those who do not see all of it.
fn may_ask(path: &str, identity: Identity) -> bool {
    let is_for_agents = path.starts_with("/v1.0/service_agents/");
    if is_for_agents { identity != Identity::Key } else { identity.sees_all() }
}

fn page(request: &Request<Incoming>, hub: &Hub, list: List, owner: Option<uuid::Uuid>) -> Answer {
    let (size, token) = (page_size(request), query(request, "page_token"));
    json(StatusCode::OK, &hub.floor().page(list, size, token.as_deref(), owner))
}

/// Out of range means 100 (section 4.4).
fn page_size(request: &Request<Incoming>) -> usize {
    query(request, "page_size")
        .and_then(|size| size.parse().ok())
        .filter(|size| (1..=100).contains(size))
        .unwrap_or(100)
}

/// A recording's file lies elsewhere, and the way there is signed (section 4.10).
fn recording(id: &str, hub: &Hub) -> Answer {
    if !hub.floor().around.files.iter().any(|file| file.to_string() == id) {
        return fault(StatusCode::NOT_FOUND, "NOT_FOUND", "RECORDING_NOT_FOUND");
    }
    elsewhere(&format!("/storage/{id}.wav?signature=good"))
}

/// The storage: no part of the service, so a credential has no business there.
pub(crate) fn storage(request: &Request<Incoming>, hub: &Hub) -> Answer {
    let shows_credential = request.headers().contains_key("authorization")
        || ["token", "accesskey"].iter().any(|name| query(request, name).is_some());
    let shared = request.uri().path().strip_prefix("/storage/shared/").and_then(|id| hub.floor().file_bytes(id));
    match query(request, "signature").as_deref() {
        Some("good") if !shows_credential => bytes(shared.as_deref().unwrap_or(RECORDED)),
        _ => text(StatusCode::FORBIDDEN, ""),
    }
}

fn send_text(body: &Value, hub: &Arc<Hub>) -> Answer {
    let (from, to, words) = (&body["source"]["target"], &body["destinations"][0]["target"], &body["text"]);
    let (Some(from), Some(to), Some(words)) = (from.as_str(), to.as_str(), words.as_str()) else { return invalid() };
    let (answer, id, told) = hub.floor().send_text(from, to, words);
    hub.see(Seen::Text { from: from.to_owned(), to: to.to_owned(), text: words.to_owned() });
    hub.publish(told);
    receipt_follows(id, hub);
    json(StatusCode::OK, &answer)
}

async fn body(request: Request<Incoming>) -> Value {
    raw(request).await.and_then(|body| serde_json::from_slice(&body).ok()).unwrap_or_default()
}

async fn raw(request: Request<Incoming>) -> Option<Vec<u8>> {
    match Limited::new(request.into_body(), LARGEST_BODY).collect().await {
        Ok(body) => Some(body.to_bytes().to_vec()),
        Err(error) => {
            tracing::debug!(%error, "a body broke off");
            None
        }
    }
}

/// What is asked for lies elsewhere, and the way there is signed (section 4.10).
fn elsewhere(place: &str) -> Answer {
    let mut answer = text(StatusCode::TEMPORARY_REDIRECT, "");
    if let Ok(place) = place.parse() {
        answer.headers_mut().insert(hyper::header::LOCATION, place);
    }
    answer
}

fn found(value: Option<Value>) -> Answer {
    value.map_or_else(route_not_found, |value| json(StatusCode::OK, &value))
}

/// The word for a status in the error object (section 4.2).
fn word_of(status: StatusCode) -> &'static str {
    match status {
        StatusCode::BAD_REQUEST => "INVALID_ARGUMENT",
        StatusCode::FORBIDDEN => "PERMISSION_DENIED",
        StatusCode::NOT_FOUND => "NOT_FOUND",
        StatusCode::CONFLICT => "FAILED_PRECONDITION",
        _ => "INTERNAL",
    }
}

fn invalid() -> Answer {
    fault(StatusCode::BAD_REQUEST, "INVALID_ARGUMENT", "INVALID_ARGUMENT")
}

fn route_not_found() -> Answer {
    fault(StatusCode::NOT_FOUND, "NOT_FOUND", "ROUTE_NOT_FOUND")
}
