//! One WebSocket connection: what it subscribed, and what it is told.

use std::sync::Arc;
use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::broadcast::error::RecvError;
use tokio::time::{Instant, MissedTickBehavior, interval};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::protocol::Role;
use tokio_tungstenite::tungstenite::{Error, Message};
use voipbin_wire::Topic;

use crate::floor::{Identity, now};
use crate::{Hub, Publication, Seen};

const PING_EVERY: Duration = Duration::from_secs(10);
const PONG_WITHIN: Duration = Duration::from_secs(60);

pub(crate) async fn serve<S: AsyncRead + AsyncWrite + Unpin>(stream: S, identity: Identity, hub: Arc<Hub>) {
    let socket = WebSocketStream::from_raw_socket(stream, Role::Server, None).await;
    hub.see(Seen::Connected { agent: hub.floor().email(identity) });
    let mut connection = Connection { socket, identity, hub: Arc::clone(&hub), topics: Vec::new() };
    let goodbye = connection.run().await;
    hub.see(Seen::Closed { goodbye });
}

struct Connection<S> {
    socket: WebSocketStream<S>,
    identity: Identity,
    hub: Arc<Hub>,
    topics: Vec<Topic>,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Connection<S> {
    /// Whether the client said goodbye. Anything else just lets go of the socket.
    async fn run(&mut self) -> bool {
        let (mut events, mut cut) = (self.hub.events.subscribe(), self.hub.cut.subscribe());
        let mut pings = interval(PING_EVERY);
        pings.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut ponged_at = Instant::now();
        loop {
            let done = tokio::select! {
                message = self.socket.next() => match message {
                    Some(Ok(Message::Text(text))) => self.hear(&text).await,
                    Some(Ok(Message::Pong(_))) => {
                        ponged_at = Instant::now();
                        Ok(())
                    }
                    Some(Ok(Message::Close(_))) => {
                        // The answering close frame is queued; the client may be gone before it leaves.
                        self.socket.flush().await.ok();
                        return true;
                    }
                    Some(Ok(_)) => Ok(()),
                    Some(Err(_)) | None => return false,
                },
                event = events.recv() => match event {
                    Ok(publication) => self.tell(&publication).await,
                    Err(RecvError::Lagged(_)) => Ok(()),
                    Err(RecvError::Closed) => return false,
                },
                _ = pings.tick() => {
                    if ponged_at.elapsed() > PONG_WITHIN {
                        return false;
                    }
                    self.socket.send(Message::Ping(Vec::new().into())).await
                }
                _ = cut.recv() => return false,
            };
            if done.is_err() {
                return false;
            }
        }
    }

    async fn hear(&mut self, text: &str) -> Result<(), Error> {
        let message: Value = serde_json::from_str(text).unwrap_or_default();
        let action = message["type"].as_str().filter(|action| matches!(*action, "subscribe" | "unsubscribe"));
        let (Some(action), Some(topics)) = (action, message["topics"].as_array()) else {
            return self.refuse(None, &[], "INVALID_MESSAGE").await;
        };
        let topics: Vec<&str> = topics.iter().filter_map(Value::as_str).collect();
        if action == "unsubscribe" {
            self.topics.retain(|topic| !topics.contains(&topic.to_string().as_str()));
            self.hub.see(Seen::Unsubscribed { topics: topics.iter().map(|&topic| topic.to_owned()).collect() });
            return self.acknowledge(action, &topics).await;
        }
        self.subscribe(&topics).await
    }

    async fn subscribe(&mut self, topics: &[&str]) -> Result<(), Error> {
        let mut confirmed = Vec::new();
        for topic in topics {
            let refused = self.hub.floor().refuses(self.identity, topic);
            match (refused, Topic::parse(topic)) {
                (None, Ok(parsed)) => {
                    if !self.topics.contains(&parsed) {
                        self.topics.push(parsed);
                    }
                    confirmed.push(*topic);
                }
                (code, _) => {
                    self.refuse(Some("subscribe"), &[topic], code.as_deref().unwrap_or("INVALID_TOPIC")).await?
                }
            }
        }
        if confirmed.is_empty() {
            return Ok(());
        }
        self.acknowledge("subscribe", &confirmed).await?;
        self.hub.see(Seen::Subscribed { topics: confirmed.iter().map(|&topic| topic.to_owned()).collect() });
        Ok(())
    }

    async fn acknowledge(&mut self, action: &str, topics: &[&str]) -> Result<(), Error> {
        self.write(&json!({"type": "ack", "action": action, "topics": topics, "status": "success"})).await
    }

    async fn refuse(&mut self, action: Option<&str>, topics: &[&str], code: &str) -> Result<(), Error> {
        let message = match code {
            "PERMISSION_DENIED" => "You do not have permission to subscribe to this topic",
            "INVALID_TOPIC" => "Topic format is invalid",
            "INVALID_MESSAGE" => "Message structure is invalid",
            "RATE_LIMITED" => "Too many subscription requests",
            _ => "Refused",
        };
        let mut error = json!({"type": "error", "topics": topics, "code": code, "message": message});
        if let Some(action) = action {
            error["action"] = json!(action);
        }
        self.write(&error).await
    }

    /// An event goes out once for each scope in which this connection subscribed it.
    async fn tell(&mut self, publication: &Publication) -> Result<(), Error> {
        for topic in &publication.topics {
            let Ok(published) = Topic::parse(topic) else { continue };
            if !self.topics.iter().any(|subscribed| subscribed.covers(&published)) {
                continue;
            }
            let at = now();
            self.hub.see(Seen::Wrote {
                event: publication.event.to_owned(),
                id: publication.id.clone(),
                at_us: at.as_micros(),
            });
            let frame = json!({
                "event_type": publication.event, "timestamp": at.to_string(), "topic": topic, "data": publication.data,
            });
            self.write(&frame).await?;
        }
        Ok(())
    }

    async fn write(&mut self, frame: &Value) -> Result<(), Error> {
        self.socket.send(Message::text(frame.to_string())).await
    }
}
