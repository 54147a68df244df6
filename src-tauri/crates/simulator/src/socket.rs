//! One WebSocket connection: what it subscribed, and what it is told.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::{broadcast, mpsc};
use tokio::time::{Instant, MissedTickBehavior, interval};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::protocol::frame::Frame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{Data, OpCode};
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, Role};
use tokio_tungstenite::tungstenite::{Error, Message};
use voipbin_wire::Topic;

use crate::floor::{Identity, now};
use crate::{Dialect, Hub, Publication, Seen, Shout};

const PING_EVERY: Duration = Duration::from_secs(10);
const PONG_WITHIN: Duration = Duration::from_secs(60);

/// Publications that wait for a slow connection; the live service drops what
/// comes after (live-service.md, section 2.3).
const QUEUED: usize = 2000;
/// Larger than any client believes.
const HUGE: usize = 9 * 1024 * 1024;

pub(crate) async fn serve<S: AsyncRead + AsyncWrite + Unpin>(stream: S, identity: Identity, hub: Arc<Hub>) {
    let socket = WebSocketStream::from_raw_socket(stream, Role::Server, None).await;
    hub.see(Seen::Connected { agent: hub.floor().email(identity) });
    let topics = Arc::default();
    let (queue, queued) = mpsc::channel(QUEUED);
    let pump = tokio::spawn(pump(hub.dialect, hub.events.subscribe(), Arc::clone(&topics), queue));
    let mut connection = Connection { socket, identity, hub: Arc::clone(&hub), topics, ponged_at: Instant::now() };
    let goodbye = connection.run(queued).await;
    pump.abort();
    hub.see(Seen::Closed { goodbye });
}

type Topics = Arc<Mutex<Vec<String>>>;

struct Connection<S> {
    socket: WebSocketStream<S>,
    identity: Identity,
    hub: Arc<Hub>,
    topics: Topics,
    ponged_at: Instant,
}

/// What this connection subscribed of what is published, once for each topic
/// that one of its subscriptions covers.
async fn pump(
    dialect: Dialect,
    mut events: broadcast::Receiver<Arc<Publication>>,
    topics: Topics,
    queue: mpsc::Sender<(usize, Arc<Publication>)>,
) {
    loop {
        let publication = match events.recv().await {
            Ok(publication) => publication,
            Err(RecvError::Lagged(_)) => continue,
            Err(RecvError::Closed) => return,
        };
        for (at, published) in publication.topics.iter().enumerate() {
            let is_wanted = {
                let topics = topics.lock().unwrap_or_else(PoisonError::into_inner);
                topics.iter().any(|topic| covers(dialect, topic, published))
            };
            // A full queue loses what comes, without a word.
            if is_wanted && matches!(queue.try_send((at, Arc::clone(&publication))), Err(TrySendError::Closed(_))) {
                return;
            }
        }
    }
}

/// A documented topic by its parts, a live one by its letters: `*` is a letter there.
fn covers(dialect: Dialect, subscribed: &str, published: &str) -> bool {
    match dialect {
        Dialect::Live => published.starts_with(subscribed),
        Dialect::Documented => {
            let (topic, other) = (Topic::parse(subscribed), Topic::parse(published));
            topic.is_ok_and(|topic| other.is_ok_and(|other| topic.covers(&other)))
        }
    }
}

/// Whether the connection goes on.
enum After {
    GoesOn,
    Goodbye,
    Gone,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Connection<S> {
    /// Whether the client said goodbye. Anything else just lets go of the socket.
    async fn run(&mut self, mut queued: mpsc::Receiver<(usize, Arc<Publication>)>) -> bool {
        let mut shouts = self.hub.shouts.subscribe();
        let mut pings = interval(PING_EVERY);
        pings.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let after = tokio::select! {
                message = self.socket.next() => self.received(message).await,
                Some((topic, publication)) = queued.recv() => self.tell(topic, &publication).await,
                _ = pings.tick() => {
                    if self.ponged_at.elapsed() > PONG_WITHIN {
                        return false;
                    }
                    self.socket.send(Message::Ping(Vec::new().into())).await.map(|()| After::GoesOn)
                }
                Ok(shout) = shouts.recv() => self.shout(shout).await,
            };
            match after {
                Ok(After::GoesOn) => {}
                Ok(After::Goodbye) => return true,
                Ok(After::Gone) | Err(_) => return false,
            }
        }
    }

    async fn received(&mut self, message: Option<Result<Message, Error>>) -> Result<After, Error> {
        match message {
            Some(Ok(Message::Text(text))) if self.hub.dialect == Dialect::Live => Ok(self.hear_live(&text)),
            Some(Ok(Message::Text(text))) => self.hear(&text).await.map(|()| After::GoesOn),
            // A binary frame costs the live service's connection (section 1.5).
            Some(Ok(Message::Binary(_))) if self.hub.dialect == Dialect::Live => Ok(After::Gone),
            Some(Ok(Message::Pong(_))) => {
                self.ponged_at = Instant::now();
                Ok(After::GoesOn)
            }
            Some(Ok(Message::Close(_))) => {
                // The answering close frame is queued; the client may be gone before it leaves.
                self.socket.flush().await.ok();
                Ok(After::Goodbye)
            }
            Some(Ok(_)) => Ok(After::GoesOn),
            Some(Err(_)) | None => Ok(After::Gone),
        }
    }

    async fn shout(&mut self, shout: Shout) -> Result<After, Error> {
        let message = match shout {
            Shout::Drop => return Ok(After::Gone),
            Shout::Frame { bytes, is_text } => {
                let data = if is_text { Data::Text } else { Data::Binary };
                Message::Frame(Frame::message(bytes, OpCode::Data(data), true))
            }
            Shout::Close(code, reason) => {
                let goodbye = CloseFrame { code: code.into(), reason: reason.into() };
                self.socket.send(Message::Close(Some(goodbye))).await?;
                return Ok(After::Goodbye);
            }
            Shout::Garbage => Message::text("}{ \u{0}not a message"),
            Shout::HugeFrame => Message::text("x".repeat(HUGE)),
            Shout::BinaryFrame => Message::binary(vec![0xff; 64]),
        };
        self.socket.send(message).await.map(|()| After::GoesOn)
    }

    /// No answer of any kind; one bad topic costs the connection, and nothing of
    /// its message is taken (live-service.md, section 2.1).
    fn hear_live(&self, text: &str) -> After {
        let Ok(message) = serde_json::from_str::<Value>(text) else { return After::GoesOn };
        let Some(topics) = message["topics"].as_array() else { return After::GoesOn };
        let Some(topics) = topics.iter().map(Value::as_str).collect::<Option<Vec<&str>>>() else {
            return After::GoesOn;
        };
        let is_dropped = {
            let floor = self.hub.floor();
            topics.iter().any(|topic| floor.drops(self.identity, topic))
        };
        if is_dropped {
            return After::Gone;
        }
        let named: Vec<String> = topics.iter().map(|&topic| topic.to_owned()).collect();
        match message["type"].as_str() {
            Some("subscribe") => {
                self.add(&topics);
                self.hub.see(Seen::Subscribed { topics: named });
            }
            Some("unsubscribe") => {
                self.remove(&topics);
                self.hub.see(Seen::Unsubscribed { topics: named });
            }
            _ => {}
        }
        After::GoesOn
    }

    fn add(&self, topics: &[&str]) {
        let mut subscribed = self.topics.lock().unwrap_or_else(PoisonError::into_inner);
        for topic in topics {
            if !subscribed.iter().any(|known| known == topic) {
                subscribed.push((*topic).to_owned());
            }
        }
    }

    fn remove(&self, topics: &[&str]) {
        let mut subscribed = self.topics.lock().unwrap_or_else(PoisonError::into_inner);
        subscribed.retain(|known| !topics.contains(&known.as_str()));
    }

    async fn hear(&mut self, text: &str) -> Result<(), Error> {
        let message: Value = serde_json::from_str(text).unwrap_or_default();
        let action = message["type"].as_str().filter(|action| matches!(*action, "subscribe" | "unsubscribe"));
        let (Some(action), Some(topics)) = (action, message["topics"].as_array()) else {
            return self.refuse(None, &[], "INVALID_MESSAGE").await;
        };
        let topics: Vec<&str> = topics.iter().filter_map(Value::as_str).collect();
        if action == "unsubscribe" {
            self.remove(&topics);
            self.hub.see(Seen::Unsubscribed { topics: topics.iter().map(|&topic| topic.to_owned()).collect() });
            return self.acknowledge(action, &topics).await;
        }
        self.subscribe(&topics).await
    }

    async fn subscribe(&mut self, topics: &[&str]) -> Result<(), Error> {
        let mut confirmed = Vec::new();
        for topic in topics {
            let refused = self.hub.floor().refuses(self.identity, topic);
            match refused {
                None => confirmed.push(*topic),
                Some(code) => self.refuse(Some("subscribe"), &[topic], &code).await?,
            }
        }
        if confirmed.is_empty() {
            return Ok(());
        }
        self.add(&confirmed);
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

    async fn tell(&mut self, topic: usize, publication: &Publication) -> Result<After, Error> {
        self.hub.see(Seen::Wrote {
            event: publication.event.to_owned(),
            id: publication.id.clone(),
            at_us: now().as_micros(),
        });
        let frame = match self.hub.dialect {
            Dialect::Live => publication.data.clone(),
            Dialect::Documented => json!({
                "event_type": publication.event, "timestamp": publication.at.to_string(), "topic": publication.topics[topic],
                "data": publication.data,
            }),
        };
        self.write(&frame).await?;
        Ok(After::GoesOn)
    }

    async fn write(&mut self, frame: &Value) -> Result<(), Error> {
        self.socket.send(Message::text(frame.to_string())).await
    }
}
