//! What a keyring may be like, and what an agent sees of it.

#![expect(clippy::print_stdout, reason = "the table is to be read")]

use ringside_words::say;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use ringside_desk::{Patch, Screen, SessionView};
use voipbin_simulator::Simulator;

use crate::stage::{Mood, Stage};

fn session(patch: &Patch) -> Option<&SessionView> {
    match patch {
        Patch::PutSession { session } => Some(session),
        _ => None,
    }
}

fn is_live(patch: &Patch) -> bool {
    matches!(patch, Patch::PutLink { link } if link.live)
}

async fn sees_session(stage: &Stage, what: &str, is_it: impl Fn(&SessionView) -> bool) -> SessionView {
    let seen = stage.sees(what, |patch| session(patch).is_some_and(&is_it)).await;
    session(&seen).unwrap().clone()
}

/// A start with a sign-in of an earlier day in a keyring of this kind.
async fn started(mood: Mood, is_locked: bool) -> Stage {
    let stage = Stage::at_work().await;
    stage.kept(|_| true).await;
    stage.shift.end().await;
    let Stage { service, drawer, .. } = stage;
    drawer.turns(mood);
    *drawer.is_locked.lock().unwrap() = is_locked;
    Stage::with(service, drawer).await
}

#[tokio::test]
async fn a_keyring_that_does_not_answer_gives_way_to_the_form_of_the_own_service_and_is_heard_when_it_does() {
    let stage = started(Mood::Waits, false).await;
    tokio::time::pause();
    let began = tokio::time::Instant::now();
    let form = sees_session(&stage, "the form", |session| session.screen == Screen::SignedOut).await;
    assert!(began.elapsed().as_secs() <= 7, "{:?}", began.elapsed());
    tokio::time::resume();
    assert_eq!((form.service, form.email.as_str()), (stage.service.address(), "dana@northwind.example"));
    assert!(form.ask_keyring && form.problem.unwrap().has("sign-in-keyring-silent"));
    stage.drawer.turns(Mood::Answers);
    stage.sees("a live link", is_live).await;
}

#[tokio::test]
async fn a_locked_keyring_leaves_the_address_and_the_name_and_can_be_asked_again() {
    let stage = started(Mood::Answers, true).await;
    let locked = sees_session(&stage, "the locked keyring", |session| session.ask_keyring).await;
    assert_eq!((locked.service, locked.email.as_str()), (stage.service.address(), "dana@northwind.example"));
    stage.shift.ask_keyring().await.unwrap();
    sees_session(&stage, "that it is locked still", |session| session.ask_keyring).await;
    *stage.drawer.is_locked.lock().unwrap() = false;
    stage.shift.ask_keyring().await.unwrap();
    stage.sees("a live link without a password", is_live).await;
}

#[tokio::test]
async fn a_sign_in_for_now_asks_no_keyring_to_keep_it() {
    let stage = Stage::empty().await;
    stage.drawer.turns(Mood::Waits);
    stage.shift.sign_in_for_now(stage.service.address(), stage.password(0)).await.unwrap();
    stage.sees("a live link", is_live).await;
    stage.shift.end().await;
    assert_eq!(stage.drawer.keeps.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn signing_out_leaves_nothing_behind_however_slowly_the_sign_in_was_kept() {
    let stage = Stage::empty().await;
    sees_session(&stage, "the form", |session| session.screen == Screen::SignedOut).await;
    stage.drawer.turns(Mood::Waits);
    stage.sign_in(0).await.unwrap();
    stage.sees("a live link", is_live).await;
    let (signed_out, ()) = tokio::join!(stage.shift.sign_out(), async {
        sees_session(&stage, "the form", |session| session.screen == Screen::SignedOut).await;
        assert_eq!(stage.drawer.keeps.load(Ordering::SeqCst), 1, "the keyring is still busy with the sign-in");
        stage.drawer.turns(Mood::Answers);
    });
    signed_out.unwrap();
    assert!(stage.drawer.kept.lock().unwrap().is_none());
}

#[tokio::test]
async fn what_signing_out_still_has_to_remove_is_removed_before_the_app_goes() {
    let stage = Stage::at_work().await;
    stage.kept(|_| true).await;
    stage.drawer.turns(Mood::Waits);
    let shift = stage.shift.clone();
    let signing_out = tokio::spawn(async move { shift.sign_out().await });
    sees_session(&stage, "the form", |session| session.screen == Screen::SignedOut).await;
    let drawer = Arc::clone(&stage.drawer);
    let (..) = tokio::join!(stage.shift.end(), async { drawer.turns(Mood::Answers) });
    assert!(stage.drawer.kept.lock().unwrap().is_none());
    signing_out.abort();
}

/// What an agent sees of one keyring: at a start with a kept sign-in, when
/// signing in, and when signing out.
async fn seen_of(mood: Mood, is_locked: bool) -> [String; 3] {
    let stage = started(mood, is_locked).await;
    if mood == Mood::Waits {
        tokio::time::pause();
    }
    let said = |session: SessionView| match (session.screen, session.problem) {
        (Screen::Desk, None) => "the desk".to_owned(),
        (Screen::SignedOut, None) => "the form".to_owned(),
        (_, problem) => problem
            .map(|problem| problem.to_string())
            .unwrap_or_default()
            .split(['.', ','])
            .next()
            .unwrap_or_default()
            .to_owned(),
    };
    let settled = |session: &SessionView| !matches!(session.screen, Screen::Starting | Screen::SigningIn);
    let start = said(sees_session(&stage, "how it starts", settled).await);
    if mood == Mood::Waits {
        tokio::time::resume();
    }
    let fresh = Stage::with(Simulator::start().await.unwrap(), Arc::clone(&stage.drawer)).await;
    if mood != Mood::Answers || is_locked {
        fresh.sign_in(0).await.unwrap();
    }
    fresh.sees("a live link", is_live).await;
    let kept_or_told = |session: &SessionView| {
        session.screen == Screen::Desk && (session.problem.is_some() || mood == Mood::Answers && !is_locked)
    };
    let sign_in = match mood {
        Mood::Waits => "the desk".to_owned(),
        _ => said(sees_session(&fresh, "whether it is kept", kept_or_told).await),
    };
    let shift = fresh.shift.clone();
    let out = tokio::spawn(async move { shift.sign_out().await });
    sees_session(&fresh, "the form", |session| session.screen == Screen::SignedOut).await;
    let sign_out = match mood {
        Mood::Waits => "the form".to_owned(),
        _ => match out.await.unwrap() {
            Ok(()) => "the form".to_owned(),
            Err(_) => said(sees_session(&fresh, "that it is kept still", |session| session.problem.is_some()).await),
        },
    };
    [start, sign_in, sign_out]
}

#[tokio::test]
async fn whatever_the_keyring_does_the_agent_gets_in_and_out_and_is_told() {
    let not_kept = "You are signed in for now";
    let still_kept = "You are signed out";
    let table = [
        ("answers", Mood::Answers, false, ["the desk", "the desk", "the form"]),
        ("is locked", Mood::Answers, true, ["This computer’s keyring is locked", not_kept, still_kept]),
        ("is missing", Mood::IsMissing, false, ["This computer has no keyring service", not_kept, still_kept]),
        ("does not answer", Mood::Waits, false, ["This computer’s keyring does not answer", "the desk", "the form"]),
        ("dies", Mood::Dies, false, ["This computer’s keyring did not work", not_kept, still_kept]),
    ];
    for (what, mood, is_locked, expected) in table {
        let seen = seen_of(mood, is_locked).await;
        println!("{what:16} start: {:42} sign in: {:28} sign out: {}", seen[0], seen[1], seen[2]);
        assert_eq!(seen, expected, "{what}");
    }
}

#[tokio::test]
async fn a_computer_that_shows_no_notifications_says_so_in_the_window_until_it_does() {
    let stage = Stage::empty().await;
    let says = |session: &SessionView| session.no_toasts == Some(say!("shell-no-notifications"));
    stage.shift.toasts_fail(Some(say!("shell-no-notifications"))).await.unwrap();
    sees_session(&stage, "that toasts fail", says).await;
    stage.sign_in(0).await.unwrap();
    sees_session(&stage, "that it is said on the desk too", |session| session.screen == Screen::Desk && says(session))
        .await;
    stage.shift.toasts_fail(None).await.unwrap();
    sees_session(&stage, "that they are shown again", |session| session.no_toasts.is_none()).await;
}
