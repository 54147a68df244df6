//! A service that sends as fast as it is read, and answers the few requests
//! that a desk makes before and meanwhile. In a process of its own.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use ringside_shift::clock;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use voipbin_simulator::Dialect;

use super::frames::{AGENT, CUSTOMER, Mix, last, mark};

/// So the service's dice fall.
pub(crate) const SEED: u64 = 7;
/// A desk asks for its topics in two messages: the flood begins after both.
const SETTLED: Duration = Duration::from_secs(4);
const PING: u8 = 9;
/// A flood at a rate holds texts that say when they were sent.
const MARK_EVERY: Duration = Duration::from_millis(50);

/// What every connection gets.
struct Flood {
    dialect: Dialect,
    chunks: Vec<Vec<u8>>,
    last: Vec<u8>,
    /// Events in a chunk.
    at_once: usize,
    per_second: Option<usize>,
}

/// Serves until it is ended. Says its address first.
pub(crate) async fn serve(
    dialect: Dialect,
    live: usize,
    events: usize,
    per_second: Option<usize>,
) -> std::io::Result<()> {
    // So many frames at a time that the system calls cost little, so few that a rate can be kept.
    let at_once = if per_second.is_some() { 10 } else { 500 };
    let mut mix = Mix::new(dialect, live, SEED);
    let chunk = |from: usize| mix.by_ref().take(at_once.min(events - from)).flat_map(|text| frame(&text)).collect();
    let chunks = (0..events).step_by(at_once).map(chunk).collect();
    let flood = Arc::new(Flood { dialect, chunks, last: frame(&last(dialect)), at_once, per_second });
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    super::say(&listener.local_addr()?.to_string());
    loop {
        let (stream, _) = listener.accept().await?;
        let flood = Arc::clone(&flood);
        tokio::spawn(async move { attend(stream, &flood).await });
    }
}

/// A text frame as a server sends it: unmasked.
fn frame(text: &str) -> Vec<u8> {
    let mut frame = vec![0x81];
    match text.len() {
        short @ 0..=125 => frame.push(u8::try_from(short).unwrap_or_default()),
        middle @ 126..=65_535 => {
            frame.push(126);
            frame.extend(u16::try_from(middle).unwrap_or_default().to_be_bytes());
        }
        long => {
            frame.push(127);
            frame.extend((long as u64).to_be_bytes());
        }
    }
    frame.extend(text.as_bytes());
    frame
}

async fn attend(mut stream: TcpStream, flood: &Flood) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let mut buffer = Vec::new();
    loop {
        let end = loop {
            if let Some(end) = buffer.windows(4).position(|four| four == b"\r\n\r\n") {
                break end + 4;
            }
            if stream.read_buf(&mut buffer).await? == 0 {
                return Ok(());
            }
        };
        let head = String::from_utf8_lossy(&buffer[..end]).into_owned();
        buffer.drain(..end);
        let headers: HashMap<String, &str> = head
            .lines()
            .filter_map(|line| line.split_once(':'))
            .map(|(name, value)| (name.to_ascii_lowercase(), value.trim()))
            .collect();
        if let Some(key) = headers.get("sec-websocket-key") {
            let accept = derive_accept_key(key.as_bytes());
            let answer = format!(
                "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {accept}\r\n\r\n"
            );
            stream.write_all(answer.as_bytes()).await?;
            return send(stream, flood).await;
        }
        let path = head.split_whitespace().nth(1).unwrap_or_default();
        let body = rest(path).to_string();
        let answer = format!(
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        stream.write_all(answer.as_bytes()).await?;
    }
}

fn rest(path: &str) -> Value {
    if path.starts_with("/v1.0/me") {
        return json!({
            "id": AGENT, "customer_id": CUSTOMER, "username": "dana@northwind.example", "name": "Dana Kim",
            "status": "available", "permission": 64, "tag_ids": [],
        });
    }
    json!({"result": [], "next_page_token": ""})
}

/// Confirms what is asked for, and then sends.
async fn send(stream: TcpStream, flood: &Flood) -> std::io::Result<()> {
    let (mut reader, mut writer) = stream.into_split();
    let mut buffer = Vec::new();
    let mut began = None;
    loop {
        let wait = began.map_or(Duration::from_secs(60), |_| SETTLED);
        match tokio::time::timeout(wait, reader.read_buf(&mut buffer)).await {
            Err(_) | Ok(Ok(0)) => break,
            Ok(read) => read?,
        };
        while let Some((kind, payload)) = take_frame(&mut buffer) {
            if kind == PING {
                // An answered ping proves to a live link that its subscription was borne.
                let mut pong = vec![0x8a, u8::try_from(payload.len()).unwrap_or_default()];
                pong.extend(payload);
                writer.write_all(&pong).await?;
                continue;
            }
            let asked: Value = serde_json::from_slice(&payload).unwrap_or_default();
            if asked["type"] != "subscribe" {
                continue;
            }
            if flood.dialect == Dialect::Documented {
                let ack = json!({"type": "ack", "action": "subscribe", "topics": asked["topics"], "status": "success"});
                writer.write_all(&frame(&ack.to_string())).await?;
            }
            began = Some(());
            if asked["at_once"] == true {
                pour(&mut writer, flood).await?;
                let mut rest = Vec::new();
                return reader.read_to_end(&mut rest).await.map(drop);
            }
        }
    }
    // Whoever listens closes when it is done; pings of the desk are not answered meanwhile.
    pour(&mut writer, flood).await?;
    let mut rest = Vec::new();
    reader.read_to_end(&mut rest).await.map(drop)
}

async fn pour(writer: &mut (impl tokio::io::AsyncWrite + Unpin), flood: &Flood) -> std::io::Result<()> {
    let mut marked = None;
    let began = tokio::time::Instant::now();
    for (number, chunk) in flood.chunks.iter().enumerate() {
        if let Some(per_second) = flood.per_second {
            let sent = number * flood.at_once;
            tokio::time::sleep_until(began + Duration::from_secs_f64(sent as f64 / per_second as f64)).await;
            if marked.is_none_or(|marked: tokio::time::Instant| marked.elapsed() >= MARK_EVERY) {
                marked = Some(tokio::time::Instant::now());
                writer.write_all(&frame(&mark(clock()))).await?;
            }
        }
        writer.write_all(chunk).await?;
    }
    writer.write_all(&flood.last).await
}

/// One masked frame of a client, if it is whole: its kind and its payload.
fn take_frame(buffer: &mut Vec<u8>) -> Option<(u8, Vec<u8>)> {
    let (first, second) = (*buffer.first()?, *buffer.get(1)?);
    let (length, start) = match second & 0x7f {
        126 => (usize::from(u16::from_be_bytes([*buffer.get(2)?, *buffer.get(3)?])), 4),
        127 => return None,
        short => (usize::from(short), 2),
    };
    let mask: [u8; 4] = buffer.get(start..start + 4)?.try_into().ok()?;
    let end = start + 4 + length;
    let payload = buffer.get(start + 4..end)?.iter().zip(mask.iter().cycle()).map(|(byte, mask)| byte ^ mask).collect();
    buffer.drain(..end);
    Some((first & 0x0f, payload))
}

/// A token that says who it is; nobody checks it here.
pub(crate) fn token() -> String {
    let part = |value: Value| base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(value.to_string());
    let agent = json!({"id": AGENT, "customer_id": CUSTOMER, "permission": 64});
    let payload = json!({"type": "agent", "agent": agent, "expire": "2099-01-01T00:00:00.000000Z"});
    format!("{}.{}.{}", part(json!({"alg": "HS256", "typ": "JWT"})), part(payload), "c2lnbmF0dXJl")
}
