//! Talk: what the team writes to each other (live-service.md, section 4.9).

use reqwest::Method;
use serde_json::json;
use voipbin_wire::{TalkFact, TalkMessageFact};

use super::{Rest, RestError};

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
    pub async fn say_in_talk(&self, chat: &str, text: &str) -> Result<TalkMessageFact, RestError> {
        let body = json!({"chat_id": chat, "type": "normal", "text": text, "medias": []});
        self.read(self.request(Method::POST, "/v1.0/service_agents/talk_messages", &[]).json(&body)).await
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
