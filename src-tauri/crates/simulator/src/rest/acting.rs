//! The routes by which an agent acts on calls (live-service.md, sections 4.9, 4.10).

use std::sync::Arc;
use std::time::Duration;

use hyper::{Method, StatusCode};
use serde_json::Value;

use super::invalid;
use crate::floor::Identity;
use crate::floor::acting::{Deed, Refused};
use crate::server::{Answer, fault, json, text};
use crate::{Hub, Publication, RECEIPT_AFTER};

/// Whoever is to take a call over answers, or not, after this time.
const TRANSFER_ENDS_AFTER: Duration = Duration::from_secs(2);

/// What is asked for.
pub(super) enum Act<'a> {
    Steer { call: &'a str, what: &'a str, ends: bool },
    Transfer,
    HangUpGroup(&'a str),
    Kick(&'a str),
    Answer { conversation: &'a str, is_for_agents: bool },
}

impl<'a> Act<'a> {
    /// What a request asks for, if it asks for anything of this kind.
    pub(super) fn of(method: &Method, path: &'a str) -> Option<Self> {
        let path = path.strip_prefix("/v1.0/")?;
        let parts: Vec<&str> = path.split('/').collect();
        let ends = *method == Method::DELETE;
        match parts[..] {
            ["calls", call, what] if ends || *method == Method::POST => Some(Self::Steer { call, what, ends }),
            ["transfers"] if *method == Method::POST => Some(Self::Transfer),
            ["groupcalls", id, "hangup"] if *method == Method::POST => Some(Self::HangUpGroup(id)),
            ["queuecalls", "reference_id", call, "kick"] if *method == Method::POST => Some(Self::Kick(call)),
            ["service_agents", "conversations", id, "messages"] if *method == Method::POST => {
                Some(Self::Answer { conversation: id, is_for_agents: true })
            }
            ["conversations", id, "messages"] if *method == Method::POST => {
                Some(Self::Answer { conversation: id, is_for_agents: false })
            }
            _ => None,
        }
    }

    /// Whether only those who see the customer's events may ask.
    pub(super) fn is_for_managers(&self) -> bool {
        !matches!(self, Self::Answer { is_for_agents: true, .. })
    }

    pub(super) fn perform(&self, body: Option<&Value>, identity: Identity, hub: &Arc<Hub>) -> Answer {
        match self {
            Self::Steer { call, what, ends } => steer(call, what, *ends, body, hub),
            Self::Transfer => transfer(body, hub),
            Self::HangUpGroup(id) => told(id, hub.floor().hang_up_group(id), hub),
            Self::Kick(call) => told(call, hub.floor().kick(call), hub),
            Self::Answer { conversation, .. } => {
                let Some(words) = body.and_then(|body| body["text"].as_str()) else { return invalid() };
                let result = hub.floor().answer(conversation, words, identity);
                match result {
                    Ok((part, id, publications)) => {
                        let ends = |end: &str| part[end]["target"].as_str().unwrap_or_default().to_owned();
                        hub.see(crate::Seen::Text {
                            from: ends("source"),
                            to: ends("destination"),
                            text: words.to_owned(),
                        });
                        hub.publish(publications);
                        receipt_follows(id, hub);
                        json(StatusCode::OK, &part)
                    }
                    Err(refused) => no(refused),
                }
            }
        }
    }
}

fn steer(call: &str, what: &str, ends: bool, body: Option<&Value>, hub: &Arc<Hub>) -> Answer {
    let deed = match (what, ends) {
        ("hangup", false) => Deed::HangUp,
        ("hold" | "moh" | "silence", _) => Deed::Quiet,
        ("mute", true) => Deed::Mute(""),
        // A mute without a body is refused, an empty one means both ways.
        ("mute", false) => match body.filter(|body| body.is_object()).map(|body| body["direction"].as_str()) {
            Some(Some("in")) => Deed::Mute("in"),
            Some(Some("out")) => Deed::Mute("out"),
            Some(Some("both") | None) => Deed::Mute("both"),
            _ => return invalid(),
        },
        ("recording_start", false) => Deed::Record,
        ("recording_stop", false) => Deed::RecordNoMore,
        _ => return super::route_not_found(),
    };
    let result = hub.floor().steer(call, deed);
    match result {
        Ok((_, publications)) if matches!(deed, Deed::Quiet | Deed::Mute(_)) => {
            hub.publish(publications);
            text(StatusCode::OK, "")
        }
        Ok((value, publications)) => {
            hub.publish(publications);
            json(StatusCode::OK, &value)
        }
        Err(refused) => no(refused),
    }
}

fn transfer(body: Option<&Value>, hub: &Arc<Hub>) -> Answer {
    let result = hub.floor().transfer(body.unwrap_or(&Value::Null));
    match result {
        Ok((value, groupcall, publications)) => {
            hub.publish(publications);
            let hub = Arc::clone(hub);
            tokio::spawn(async move {
                tokio::time::sleep(TRANSFER_ENDS_AFTER).await;
                let told = hub.floor().transfer_ends(groupcall);
                hub.publish(told);
            });
            json(StatusCode::OK, &value)
        }
        Err(refused) => no(refused),
    }
}

/// The service answers with the whole object; that it is one shows in its `id`.
fn told(id: &str, result: Result<Vec<Publication>, Refused>, hub: &Hub) -> Answer {
    match result {
        Ok(publications) => {
            hub.publish(publications);
            json(StatusCode::OK, &serde_json::json!({"id": id}))
        }
        Err(refused) => no(refused),
    }
}

pub(super) fn no((status, reason): Refused) -> Answer {
    fault(status, super::word_of(status), reason)
}

/// A text gets its receipt a moment later.
pub(super) fn receipt_follows(id: String, hub: &Arc<Hub>) {
    let hub = Arc::clone(hub);
    tokio::spawn(async move {
        tokio::time::sleep(RECEIPT_AFTER).await;
        let receipt = hub.floor().receipt(&id);
        hub.publish(receipt);
    });
}
