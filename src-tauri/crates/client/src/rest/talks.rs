//! Talk: what the team writes to each other (live-service.md, section 4.9).

use std::time::Duration;

use reqwest::Method;
use reqwest::multipart::{Form, Part};
use serde::Deserialize;
use serde_json::json;
use voipbin_wire::{Fact, TalkFact, TalkMessageFact, Timestamp, Told, read_json};

use super::lists::List;
use super::{Rest, RestError};

/// A file may be large, and the line thin.
const UPLOADED_WITHIN: Duration = Duration::from_secs(120);
/// So far back a message is looked for.
const PAGES_OF_CHAT: usize = 5;

impl Rest {
    /// Opens a chat with one colleague: `POST /v1.0/service_agents/talk_chats`.
    ///
    /// # Errors
    /// See [`RestError`].
    pub async fn open_talk(&self, agent: &str) -> Result<TalkFact, RestError> {
        let body = json!({
            "type": "direct", "name": "", "detail": "", "participants": [{"owner_type": "agent", "owner_id": agent}],
        });
        self.read(self.request(Method::POST, "/v1.0/service_agents/talk_chats", &[]).json(&body)).await
    }

    /// Writes in a chat: `POST /v1.0/service_agents/talk_messages`. Like other
    /// texts it must not be repeated blindly.
    ///
    /// # Errors
    /// See [`RestError`].
    pub async fn say_in_talk(&self, chat: &str, text: &str, file: Option<&str>) -> Result<TalkMessageFact, RestError> {
        let medias: Vec<_> = file.iter().map(|file| json!({"type": "file", "file_id": file})).collect();
        let body = json!({"chat_id": chat, "type": "normal", "text": text, "medias": medias});
        self.read(self.request(Method::POST, "/v1.0/service_agents/talk_messages", &[]).json(&body)).await
    }

    /// Hands a file to the service, to be shared: `POST /v1.0/service_agents/files`.
    ///
    /// # Errors
    /// See [`RestError`].
    pub async fn upload(&self, name: &str, bytes: Vec<u8>) -> Result<String, RestError> {
        #[derive(Deserialize)]
        struct Kept {
            id: String,
        }
        let file = Part::bytes(bytes).file_name(name.to_owned());
        let form = Form::new().text("type", "talk").part("file", file);
        let request = self.request(Method::POST, "/v1.0/service_agents/files", &[]);
        let id = |text: &str| read_json(text).map(|Kept { id }| id).filter(|id| !id.is_empty());
        self.send(request.timeout(UPLOADED_WITHIN).multipart(form), id).await
    }

    /// Opens a channel that everybody on the team can join:
    /// `POST /v1.0/service_agents/talk_chats` of type `talk`.
    ///
    /// # Errors
    /// See [`RestError`].
    pub async fn open_channel(&self, name: &str, detail: &str) -> Result<TalkFact, RestError> {
        let body = json!({"type": "talk", "name": name, "detail": detail, "participants": []});
        self.read(self.request(Method::POST, "/v1.0/service_agents/talk_chats", &[]).json(&body)).await
    }

    /// How a chat stands: `GET /v1.0/service_agents/talk_chats/{id}`. None when
    /// it is gone, which the service also says with a bare 500.
    ///
    /// # Errors
    /// See [`RestError`].
    pub async fn talk(&self, id: &str) -> Result<Option<TalkFact>, RestError> {
        let path = format!("/v1.0/service_agents/talk_chats/{id}");
        match self.read(self.request(Method::GET, &path, &[])).await {
            Ok(talk) => Ok(Some(talk).filter(|talk: &TalkFact| talk.tm_delete.is_none())),
            Err(error) if error.may_mean_gone() => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Closes a chat for everybody: `DELETE /v1.0/service_agents/talk_chats/{id}`.
    ///
    /// # Errors
    /// See [`RestError`].
    pub async fn close_talk(&self, id: &str) -> Result<(), RestError> {
        let path = format!("/v1.0/service_agents/talk_chats/{id}");
        self.changed(self.request(Method::DELETE, &path, &[])).await
    }

    /// Joins a channel: `POST /v1.0/service_agents/talk_chats/{id}/join`. Not for
    /// whoever is in it already: everybody would be told once more, and the
    /// service would count one too many.
    ///
    /// # Errors
    /// See [`RestError`].
    pub async fn join_channel(&self, channel: &str) -> Result<(), RestError> {
        let path = format!("/v1.0/service_agents/talk_chats/{channel}/join");
        match self.changed(self.request(Method::POST, &path, &[]).json(&json!({}))).await {
            Err(RestError::Rejected { status: 400 | 409, .. }) => Ok(()),
            other => other,
        }
    }

    /// Takes an own message of a chat back: `DELETE
    /// /v1.0/service_agents/talk_messages/{id}`. One that is gone answers 500 like
    /// a service that is in trouble: the chat itself says which it is.
    ///
    /// # Errors
    /// See [`RestError`].
    pub async fn take_back_in_talk(&self, chat: &str, message: &str) -> Result<(), RestError> {
        let path = format!("/v1.0/service_agents/talk_messages/{message}");
        let error = match self.changed(self.request(Method::DELETE, &path, &[])).await {
            Err(error) if error.may_mean_gone() => error,
            other => return other,
        };
        let list = List::TalkMessages(chat.to_owned());
        let listed = self.list(&list, Timestamp::from_micros(i64::MIN), PAGES_OF_CHAT).await?;
        let is_it = |told: &Told| match &told.fact {
            Fact::TalkMessage(known) => known.id.as_deref() == Some(message) && known.tm_delete.is_none(),
            _ => false,
        };
        if listed.told.iter().any(is_it) { Err(error) } else { Ok(()) }
    }

    /// Reacts to a message: `POST /v1.0/service_agents/talk_messages/{id}/reactions`.
    ///
    /// # Errors
    /// See [`RestError`].
    pub async fn react(&self, message: &str, emoji: &str) -> Result<TalkMessageFact, RestError> {
        let path = format!("/v1.0/service_agents/talk_messages/{message}/reactions");
        self.read(self.request(Method::POST, &path, &[]).json(&json!({"emoji": emoji}))).await
    }
}

impl RestError {
    /// Whether a route of the team's chat says this of what is gone: some answer
    /// 404, some a bare 500 (live-service.md, section 4.9). It is to be looked at
    /// before anything is made of it.
    pub fn may_mean_gone(&self) -> bool {
        matches!(self, Self::NotFound | Self::Rejected { status: 500.., .. })
    }
}
