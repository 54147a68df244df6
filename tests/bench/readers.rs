//! What others do with the same events: read them, and decode them.

use std::time::{Duration, Instant};

use futures_util::{SinkExt as _, StreamExt as _};
use serde::Deserialize;
use serde_json::value::RawValue;
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::Message;

type Problem = Box<dyn std::error::Error + Send + Sync>;

#[derive(Deserialize)]
struct Envelope<'a> {
    event_type: &'a str,
    timestamp: &'a str,
    topic: &'a str,
    #[serde(borrow)]
    data: &'a RawValue,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct End {
    #[serde(rename = "type")]
    kind: String,
    target: String,
}

macro_rules! payloads {
    ($($name:ident { $($field:ident : $kind:ty),+ })+) => { $(
        #[derive(Deserialize, Default)]
        #[serde(default)]
        struct $name { $($field: $kind),+ }
    )+ };
}

payloads! {
    Call { id: String, customer_id: String, direction: String, source: End, destination: End, status: String,
        previous_status: String, hangup_reason: String, tm_create: String, tm_update: String }
    Text { id: String, customer_id: String, direction: String, source: End, destination: End, text: String,
        status: String, tm_create: String, tm_update: String }
    Action { id: String, name: String }
    Flow { id: String, flow_id: String, status: String, current_action: Action, result: String, tm_update: String, tm_end: String }
    Queue { queue_id: String, call_id: String, agent_id: String, position: i64, estimated_wait: i64, wait_time: i64,
        tm_join: String, tm_connect: String }
    Conference { conference_id: String, call_id: String, participant_count: i64, reason: String, tm_join: String, tm_leave: String }
    Agent { agent_id: String, status: String, previous_status: String, tm_update: String }
    Recording { id: String, call_id: String, duration: i64, format: String, size: i64, reference_url: String, tm_complete: String }
    Transcription { id: String, call_id: String, language: String, text: String, tm_complete: String }
    Bare { id: String, customer_id: String, owner_type: String, owner_id: String, status: String, source: End,
        destination: End, direction: String, text: String, reference_id: String, reference_type: String, name: String,
        current_action: Action, tm_create: Option<String>, tm_update: Option<String> }
}

/// Decodes an event as its type says; how much it held, so that nothing is left out.
fn decode(text: &str) -> Result<usize, serde_json::Error> {
    let Ok(envelope) = serde_json::from_str::<Envelope<'_>>(text) else {
        let bare: Bare = serde_json::from_str(text)?;
        return Ok(bare.id.len() + bare.status.len() + bare.text.len() + bare.source.target.len());
    };
    let data = envelope.data.get();
    let held = match envelope.event_type.split('.').next().unwrap_or_default() {
        "call" => serde_json::from_str::<Call>(data).map(|call| call.id.len() + call.source.target.len())?,
        "message" => serde_json::from_str::<Text>(data).map(|text| text.id.len() + text.text.len())?,
        "activeflow" => {
            serde_json::from_str::<Flow>(data).map(|flow| flow.id.len() + flow.current_action.name.len())?
        }
        "queue" => serde_json::from_str::<Queue>(data).map(|queue| queue.call_id.len() + queue.tm_join.len())?,
        "conference" => serde_json::from_str::<Conference>(data).map(|room| room.call_id.len())?,
        "agent" => serde_json::from_str::<Agent>(data).map(|agent| agent.agent_id.len())?,
        "recording" => serde_json::from_str::<Recording>(data).map(|recording| recording.id.len())?,
        _ => serde_json::from_str::<Transcription>(data).map(|words| words.text.len())?,
    };
    Ok(held + envelope.timestamp.len() + envelope.topic.len())
}

/// Reads so many events, and decodes them if asked to; how long it took from the first on.
pub(crate) async fn read(address: &str, events: usize, decodes: bool) -> Result<Duration, Problem> {
    let (mut socket, _) = connect_async(format!("ws://{address}/v1.0/ws")).await?;
    socket.send(Message::text(r#"{"type":"subscribe","topics":["customer_id:c:call:*"],"at_once":true}"#)).await?;
    let (mut read, mut held, mut began) = (0, 0, None);
    while read < events {
        let Some(message) = socket.next().await else { return Err("the service ended".into()) };
        let Message::Text(text) = message? else { continue };
        if text.starts_with("{\"action\":\"subscribe") {
            continue;
        }
        began.get_or_insert_with(Instant::now);
        read += 1;
        if decodes {
            held += decode(&text)?;
        }
    }
    if decodes && held == 0 {
        return Err("nothing was decoded".into());
    }
    Ok(began.map(|began| began.elapsed()).unwrap_or_default())
}
