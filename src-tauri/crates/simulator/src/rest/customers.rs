//! The routes of the address book and of the team (live-service.md, sections 4.8, 4.9).

use hyper::body::Incoming;
use hyper::{Method, Request, StatusCode};
use serde_json::Value;

use super::acting::no;
use super::{body, elsewhere, found, invalid, page_size, raw};
use crate::floor::Identity;
use crate::floor::acting::Refused;
use crate::floor::now;
use crate::server::{Answer, fault, json, query};
use crate::{Hub, Publication, Seen};

fn published(result: Result<(Value, Vec<Publication>), Refused>, hub: &Hub) -> Answer {
    match result {
        Ok((value, told)) => {
            hub.publish(told);
            json(StatusCode::OK, &value)
        }
        Err(refused) => no(refused),
    }
}

/// The file of a form (`multipart/form-data`), and what it is called.
async fn uploaded(request: Request<Incoming>) -> Option<(String, Vec<u8>)> {
    let kind = request.headers().get("content-type")?.to_str().ok()?.to_owned();
    let boundary = format!("\r\n--{}", kind.split_once("boundary=")?.1.trim_matches('"'));
    let body = raw(request).await?;
    let find = |from: usize, what: &[u8]| {
        body.get(from..)?.windows(what.len()).position(|window| window == what).map(|at| from + at)
    };
    let head = find(0, b"filename=\"")? + b"filename=\"".len();
    let name = String::from_utf8_lossy(body.get(head..find(head, b"\"")?)?).into_owned();
    let begin = find(head, b"\r\n\r\n")? + 4;
    let end = find(begin, boundary.as_bytes())?;
    Some((name, body.get(begin..end)?.to_vec()))
}

/// Answers a request under `/v1.0/service_agents/contact…`, `/contacts`, `/tags` or `/talk_…`.
pub(super) async fn answer(request: Request<Incoming>, identity: Identity, hub: &Hub) -> Option<Answer> {
    let Identity::Agent(agent, _) = identity else { return None };
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let parts: Vec<&str> = path.strip_prefix("/v1.0/service_agents/")?.split('/').collect();
    let answered = |result: Result<Value, Refused>, status| match result {
        Ok(value) => json(status, &value),
        Err(refused) => no(refused),
    };
    Some(match (&method, &parts[..]) {
        (&Method::GET, ["contacts", "lookup"]) => match query(&request, "phone") {
            Some(phone) => {
                let contact = hub.floor().contact_of(&phone);
                hub.see(Seen::LookedUp { number: phone, at_us: now().as_micros() });
                match contact {
                    Some(contact) => json(StatusCode::OK, &contact),
                    None => fault(StatusCode::NOT_FOUND, "NOT_FOUND", "CONTACT_NOT_FOUND"),
                }
            }
            None => invalid(),
        },
        (&Method::POST, ["contacts"]) => {
            let body = body(request).await;
            answered(hub.floor().add_contact(&body), StatusCode::CREATED)
        }
        (&Method::GET, ["tags"]) => {
            let (size, token) = (page_size(&request), query(&request, "page_token"));
            json(StatusCode::OK, &hub.floor().tags_json(size, token.as_deref()))
        }
        (&Method::POST, ["contacts", contact, "tags"]) => {
            let contact = (*contact).to_owned();
            let body = body(request).await;
            hub.see(Seen::Asked { path: path.clone(), body: body.to_string() });
            let tag = body["tag_id"].as_str().unwrap_or_default();
            answered(hub.floor().tag(&contact, tag, true), StatusCode::OK)
        }
        (&Method::DELETE, ["contacts", contact, "tags", tag]) => {
            answered(hub.floor().tag(contact, tag, false), StatusCode::OK)
        }
        (&Method::GET, ["contact_peer_events"]) => {
            let (contact, number) = (query(&request, "contact_id"), query(&request, "peer_target"));
            let (size, token) = (page_size(&request), query(&request, "page_token"));
            match hub.floor().peer_events(contact.as_deref(), number.as_deref(), size, token.as_deref()) {
                Some(events) => json(StatusCode::OK, &events),
                None => invalid(),
            }
        }
        (&Method::GET, ["talk_chats"]) => {
            let (size, token) = (page_size(&request), query(&request, "page_token"));
            json(StatusCode::OK, &hub.floor().talks_json(agent, size, token.as_deref()))
        }
        (&Method::POST, ["talk_chats"]) => {
            let body = body(request).await;
            hub.see(Seen::Asked { path: path.clone(), body: body.to_string() });
            answered(hub.floor().open_talk(agent, &body), StatusCode::OK)
        }
        (&Method::GET, ["talk_channels"]) => {
            let (size, token) = (page_size(&request), query(&request, "page_token"));
            json(StatusCode::OK, &hub.floor().channels_json(agent, size, token.as_deref()))
        }
        (&Method::GET, ["talk_chats", chat]) => answered(hub.floor().room_json(chat, agent), StatusCode::OK),
        (&Method::DELETE, ["talk_chats", chat]) => {
            let closed = hub.floor().close_talk(chat, agent);
            published(closed, hub)
        }
        (&Method::POST, ["talk_chats", chat, "join"]) => {
            hub.see(Seen::Asked { path: path.clone(), body: String::new() });
            let joined = hub.floor().join_talk(chat, agent);
            published(joined, hub)
        }
        (&Method::DELETE, ["talk_messages", message]) => {
            let taken_back = hub.floor().take_back_in_talk(message, agent);
            published(taken_back, hub)
        }
        (&Method::GET, ["conversations", id]) => found(hub.floor().conversation(id)),
        (&Method::PUT, ["conversations", id]) => {
            let id = (*id).to_owned();
            let body = body(request).await;
            hub.see(Seen::Asked { path, body: body.to_string() });
            let owner = body["owner_id"].as_str().unwrap_or_default();
            let assigned = hub.floor().assign_conversation(&id, owner, identity);
            published(assigned, hub)
        }
        (&Method::GET, ["talk_messages"]) => {
            let chat = query(&request, "chat_id").unwrap_or_default();
            let (size, token) = (page_size(&request), query(&request, "page_token"));
            answered(hub.floor().talk_page(&chat, agent, size, token.as_deref()), StatusCode::OK)
        }
        (&Method::POST, ["talk_messages"]) => {
            let body = body(request).await;
            let (Some(chat), Some(text)) = (body["chat_id"].as_str(), body["text"].as_str()) else {
                return Some(invalid());
            };
            let said = hub.floor().say_in_talk(chat, text, &body["medias"], agent);
            published(said, hub)
        }
        (&Method::POST, ["files"]) => match uploaded(request).await {
            Some((name, bytes)) => json(StatusCode::OK, &hub.floor().keep_file(name, bytes)),
            None => invalid(),
        },
        (&Method::GET, ["files", id]) => found(hub.floor().file(id)),
        (&Method::GET, ["files", id, "file"]) if hub.floor().file(id).is_some() => {
            elsewhere(&format!("/storage/shared/{id}?signature=good"))
        }
        (&Method::POST, ["talk_messages", message, "reactions"]) => {
            let message = (*message).to_owned();
            let body = body(request).await;
            let reacted = hub.floor().react(&message, body["emoji"].as_str().unwrap_or_default(), agent);
            published(reacted, hub)
        }
        (&Method::GET, ["contact_cases"]) => {
            let (size, token) = (page_size(&request), query(&request, "page_token"));
            json(StatusCode::OK, &hub.floor().cases_json(size, token.as_deref()))
        }
        (&Method::GET, ["contact_cases", case, "notes"]) => {
            let (size, token) = (page_size(&request), query(&request, "page_token"));
            found(hub.floor().notes_json(case, size, token.as_deref()))
        }
        (&Method::POST, ["contact_cases", case, what @ ("notes" | "close" | "assign")]) => {
            let (case, what) = ((*case).to_owned(), (*what).to_owned());
            let body = body(request).await;
            hub.see(Seen::Asked { path: path.clone(), body: body.to_string() });
            answered(hub.floor().case_does(&case, &what, &body, agent), StatusCode::OK)
        }
        _ => return None,
    })
}
