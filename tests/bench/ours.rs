//! Our whole path: socket, wire, feed, desk, patches as JSON.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use ringside_desk::{Desk, Patch, Screen, SessionView};
use ringside_shift::{Credential, NoVault, Place, Ports, Reader, Shift, Sink, clock};
use ringside_stand_ins::Deaf;
use serde_json::{Value, json};
use tokio::sync::mpsc;
use voipbin_client::Dialect;
use voipbin_wire::{Frame, Told};

use super::flood::{SEED, token};
use super::frames::{LAST, Mix};

type Problem = Box<dyn std::error::Error + Send + Sync>;

/// How long the whole shift takes for a flood, and what came out of it.
pub(crate) async fn whole(
    address: &str,
    dialect: Dialect,
    live: usize,
    events: usize,
) -> Result<(Duration, Value), Problem> {
    let (done, mut ended) = mpsc::unbounded_channel();
    let began = Arc::new(Mutex::new(None));
    let begins = Arc::clone(&began);
    let mut has_begun = false;
    let shift = Shift::start(Ports {
        vault: Arc::new(NoVault),
        bell: Box::new(Deaf),
        clock,
        steady: ringside_shift::steady,
        reader: Some(Reader::start()?),
        ledger: None,
        tap: Some(Box::new(move |_: &Told| {
            if !std::mem::replace(&mut has_begun, true)
                && let Ok(mut began) = begins.lock()
            {
                *began = Some(Instant::now());
            }
        })),
    });
    let (mut patches, mut texts, mut bytes, mut batches) = (0, 0, 0, 0);
    let sink = Sink::new(move |batch| {
        batches += 1;
        patches += batch.patches.len();
        bytes += batch.json().map_or(0, |json| json.len());
        texts += batch.patches.iter().filter(|patch| matches!(patch, Patch::PutMessage { .. })).count();
        let is_last = |patch: &Patch| matches!(patch, Patch::PutMessage { message } if message.text == LAST);
        if batch.patches.iter().any(is_last) {
            return done.send((Instant::now(), patches, texts, bytes, batches)).is_ok();
        }
        true
    });
    let problem = |problem: ringside_shift::Problem| problem.to_string();
    shift.watch(sink).await.map_err(problem)?;
    let place = Place { service: format!("http://{address}"), extra_ca: None, only: Some(dialect) };
    shift.sign_in(place, Credential::Token(token()), true).await.map_err(problem)?;
    let (at, patches, texts, bytes, batches) = ended.recv().await.ok_or("the shift ended")?;
    let began = began.lock().map_err(|_| "the clock broke")?.ok_or("nothing came")?;
    let inside = shift.diagnostics().await.map_err(problem)?.unwrap_or_default();
    let mut mix = Mix::new(of_simulator(dialect), live, SEED);
    mix.by_ref().take(events).for_each(drop);
    // The last one is beside the mix.
    if texts <= mix.texts {
        return Err(format!("{} texts were sent and {texts} drawn", mix.texts + 1).into());
    }
    let told = json!({
        "patches": patches, "texts": texts, "patch_bytes": bytes, "batches": batches, "merged": inside.merged,
        "most_waiting": inside.most_waiting, "sockets": inside.sockets,
    });
    Ok((at.duration_since(began), told))
}

fn desk() -> Desk {
    Desk::new(SessionView::on(Screen::Desk))
}

fn of_simulator(dialect: Dialect) -> voipbin_simulator::Dialect {
    match dialect {
        Dialect::Documented => voipbin_simulator::Dialect::Documented,
        Dialect::Live => voipbin_simulator::Dialect::Live,
    }
}

/// Nanoseconds per event with so many live things, without a socket.
pub(crate) fn per_event(dialect: voipbin_simulator::Dialect, live: usize) -> f64 {
    const EVENTS: usize = 200_000;
    let mut desk = desk();
    desk.me(ringside_desk::MeView { id: super::frames::AGENT.to_owned(), ..Default::default() });
    // First all of them come to be, then the same day goes on.
    let mut mix = Mix::new(dialect, live, 3);
    for frame in mix.by_ref().take(live * 6) {
        learn(&mut desk, &frame);
    }
    desk.take_out();
    desk.take_changes();
    let frames: Vec<String> = mix.take(EVENTS).collect();
    let began = Instant::now();
    for (number, frame) in frames.iter().enumerate() {
        learn(&mut desk, frame);
        if number % 1000 == 0 {
            desk.take_out();
            desk.take_changes();
        }
    }
    began.elapsed().as_secs_f64() * 1e9 / EVENTS as f64
}

fn learn(desk: &mut Desk, frame: &str) {
    if let Frame::Told(told) = Frame::decode(frame) {
        desk.learn(&told, clock());
    }
}

/// Bytes of memory per live call and per text that is kept.
pub(crate) fn memory() -> (u64, u64) {
    let calls = 100_000;
    let mut desk = desk();
    let before = super::memory_bytes();
    for call in 0..calls {
        let id = format!("01000000-0000-4000-8000-{call:012x}");
        let data = json!({
            "id": id, "customer_id": super::frames::CUSTOMER, "direction": "inbound", "status": "ringing",
            "source": {"type": "tel", "target": format!("+1555{call:07}")},
            "destination": {"type": "tel", "target": "+15559876543"}, "tm_create": "2026-01-20T10:30:00Z",
        });
        learn(&mut desk, &json!({"event_type": "call.created", "timestamp": "2026-01-20T10:30:00Z", "topic": "customer_id:c:call:*", "data": data}).to_string());
        if call % 1000 == 0 {
            desk.take_out();
            desk.take_changes();
        }
    }
    desk.take_out();
    desk.take_changes();
    let per_call = super::memory_bytes().saturating_sub(before) / calls;
    let mut desk = self::desk();
    let (chats, texts) = (500, 200);
    let before = super::memory_bytes();
    for text in 0..chats * texts {
        let data = json!({
            "id": format!("02000000-0000-4000-8000-{text:012x}"), "direction": "inbound",
            "source": {"type": "tel", "target": format!("+1556{:07}", text % chats)},
            "destination": {"type": "tel", "target": "+15559876543"}, "text": "Hello, I need help with my order",
            "tm_create": "2026-01-20T10:30:00Z",
        });
        learn(&mut desk, &json!({"event_type": "message.received", "timestamp": "2026-01-20T10:30:00Z", "topic": "customer_id:c:message:*", "data": data}).to_string());
        desk.take_out();
    }
    (per_call, super::memory_bytes().saturating_sub(before) / (chats * texts))
}
