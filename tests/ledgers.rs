//! What the agent is told of a ledger that does not open, and of one that breaks.

use std::fs;
use std::sync::Arc;
use std::time::Duration;

use ringside_desk::{FloorView, Patch, ResponderDeed, RuleBook, Screen, SessionView, Thresholds};
use ringside_shift::Key;
use tempfile::TempDir;
use voipbin_simulator::RULES;

use crate::stage::{Mood, Stage};

async fn is_told(stage: &Stage, id: &str) -> SessionView {
    let told = |session: &SessionView| {
        session.screen == Screen::Desk && session.problem.as_ref().is_some_and(|problem| problem.has(id))
    };
    stage
        .sees(id, |patch| match patch {
            Patch::PutSession { session } if told(session) => Some(session.clone()),
            _ => None,
        })
        .await
}

/// A desk that kept who asked for no texts, closed again.
async fn closed(home: &TempDir) -> Stage {
    let stage = Stage::keeping(home).await;
    stage.play("john texts \"STOP\"");
    stage
        .sees(
            "who opted out of texts",
            |patch| matches!(patch, Patch::PutResponder { responder } if responder.opt_outs.len() == 1),
        )
        .await;
    stage.shift.end().await;
    is_closed(home).await;
    stage
}

/// The ledger's thread closes it soon after the shift has ended: what was beside
/// the file is in it then.
async fn is_closed(home: &TempDir) {
    let deadline = tokio::time::Instant::now() + Duration::from_secs(20);
    while home.path().join("ledger.db-wal").exists() {
        assert!(tokio::time::Instant::now() < deadline, "the ledger is not closed");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test]
async fn a_wrong_key_moves_nothing_and_nobody_is_answered_by_rules() {
    let home = TempDir::new().unwrap();
    let stage = closed(&home).await;
    let before = fs::read(home.path().join("ledger.db")).unwrap();
    let own = stage.drawer.key.lock().unwrap().replace(Key::new().unwrap());
    let Stage { service, drawer, .. } = stage;
    let stage = Stage::with(service, drawer).await;
    let told = is_told(&stage, "problems-because").await;
    assert!(told.problem.unwrap().to_string().contains("the key does not fit"));
    let book = RuleBook::from_toml(RULES).unwrap();
    let kept = stage.shift.respond(ResponderDeed::Keep(Box::new(book))).await;
    let problem = stage.shift.respond(ResponderDeed::ForNow(true)).await.unwrap_err();
    assert!(problem.to_string().contains("the key does not fit"), "{problem} {kept:?}");
    stage.shift.end().await;
    assert!(fs::read(home.path().join("ledger.db")).unwrap() == before, "nothing was changed");
    let Stage { service, drawer, .. } = stage;
    *drawer.key.lock().unwrap() = own;
    let stage = Stage::with(service, drawer).await;
    stage
        .sees(
            "who opted out of texts",
            |patch| matches!(patch, Patch::PutResponder { responder } if responder.opt_outs.len() == 1),
        )
        .await;
}

#[tokio::test]
async fn a_ledger_damaged_in_its_middle_is_put_aside_and_the_next_one_keeps() {
    let home = TempDir::new().unwrap();
    let stage = closed(&home).await;
    let path = home.path().join("ledger.db");
    let mut bytes = fs::read(&path).unwrap();
    bytes[4096..].iter_mut().for_each(|byte| *byte ^= 0x55);
    fs::write(&path, bytes).unwrap();
    let Stage { service, drawer, .. } = stage;
    let stage = Stage::with(service, drawer).await;
    let told = is_told(&stage, "problems-ledger-put-aside").await;
    assert!(told.problem.unwrap().to_string().contains("ledger.unreadable-1"));
    let book = RuleBook::from_toml(RULES).unwrap();
    stage.shift.respond(ResponderDeed::Keep(Box::new(book))).await.unwrap();
    let stage = stage.started_again().await;
    stage.sees("a desk", |patch| matches!(patch, Patch::PutLink { link } if link.live)).await;
    assert!(!home.path().join("ledger.unreadable-2").exists());
    // A machine does not switch them on, a person does.
    let problem = stage.shift.respond(ResponderDeed::ForNow(true)).await.unwrap_err();
    assert!(problem.to_string().contains("until a person"), "{problem}");
    stage.shift.respond(ResponderDeed::Switch(true)).await.unwrap();
    let stage = stage.started_again().await;
    stage.sees("a desk", |patch| matches!(patch, Patch::PutLink { link } if link.live)).await;
    stage.shift.respond(ResponderDeed::ForNow(true)).await.unwrap();
}

#[tokio::test]
async fn once_the_keyring_is_open_what_was_kept_is_on_the_desk() {
    let home = TempDir::new().unwrap();
    let stage = closed(&home).await;
    *stage.drawer.is_locked.lock().unwrap() = true;
    let Stage { service, drawer, .. } = stage;
    let stage = Stage::with(service, Arc::clone(&drawer)).await;
    stage.sign_in(0).await.unwrap();
    is_told(&stage, "problems-keyring-locked").await;
    *drawer.is_locked.lock().unwrap() = false;
    drawer.turns(Mood::Answers);
    stage.shift.renew(stage.password(0)).await.unwrap();
    stage
        .sees(
            "who opted out of texts",
            |patch| matches!(patch, Patch::PutResponder { responder } if responder.opt_outs.len() == 1),
        )
        .await;
}

#[tokio::test]
async fn thresholds_belong_to_the_account_and_outlive_the_app() {
    let home = TempDir::new().unwrap();
    let stage = Stage::keeping(&home).await;
    stage.shift.set_thresholds(7, 30, 90).await.unwrap();
    let is_kept = |floor: &FloorView| (floor.level_s, floor.amber_s, floor.red_s) == (7, 30, 90);
    stage.sees("the thresholds", |patch| matches!(patch, Patch::PutFloor { floor } if is_kept(floor))).await;
    let stage = stage.started_again().await;
    stage.sees("the same ones", |patch| matches!(patch, Patch::PutFloor { floor } if is_kept(floor))).await;
    stage.shift.sign_out().await.unwrap();
    stage.sign_in(1).await.unwrap();
    stage
        .sees("another agent's own", |patch| {
            let usual = Thresholds::default();
            matches!(patch, Patch::Reset { desk } if desk.session.screen == Screen::Desk && desk.floor.level_s == usual.level_s)
                || matches!(patch, Patch::PutFloor { floor } if floor.level_s == usual.level_s)
        })
        .await;
}
