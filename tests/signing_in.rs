//! The way in and out.

use std::sync::Arc;

use ringside_desk::{CustomerDeed, Deed, Patch, ResponderDeed, Screen};
use ringside_shift::{Code, Credential, Problem, TalkDeed, Tool};
use ringside_words::say;
use voipbin_simulator::{Seen, Simulator};

use crate::stage::{Drawer, Stage};

fn password(email: &str, password: &str) -> Credential {
    Credential::Password { email: email.into(), password: password.into() }
}

fn is_live(patch: &Patch) -> bool {
    matches!(patch, Patch::PutLink { link } if link.live)
}

#[tokio::test]
async fn a_wrong_password_marks_the_field_and_keeps_the_form() {
    let stage = Stage::empty().await;
    let problem = stage
        .shift
        .sign_in(stage.service.address(), password("dana@northwind.example", "wrong"), false)
        .await
        .unwrap_err();
    assert_eq!(problem.code, Code::Password);
    assert_eq!(problem.message, say!("problems-wrong-login"));
    stage.sees_screen(Screen::SignedOut).await;
    stage.sign_in(0).await.unwrap();
    stage.sees_screen(Screen::Desk).await;
}

#[tokio::test]
async fn an_address_where_nobody_answers_is_said_to_be_the_trouble() {
    let stage = Stage::empty().await;
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let problem = stage.shift.sign_in(format!("http://{closed}"), password("dana", "x"), false).await.unwrap_err();
    assert_eq!(problem.code, Code::Address);
    assert!(problem.to_string().contains("cannot be reached"), "{problem}");
}

#[tokio::test]
async fn a_token_nobody_knows_is_said_to_be_the_trouble() {
    let stage = Stage::empty().await;
    let problem =
        stage.shift.sign_in(stage.service.address(), Credential::Token("vb_nobody".into()), false).await.unwrap_err();
    assert_eq!(problem.code, Code::Token);
}

#[tokio::test]
async fn the_next_start_signs_in_by_itself_and_signing_out_forgets() {
    let stage = Stage::at_work().await;
    stage.shift.end().await;
    let Stage { service, drawer, .. } = stage;
    let mut stage = Stage::with(service, drawer).await;
    stage.sees("a live link", is_live).await;
    stage.shift.sign_out().await.unwrap();
    stage.service_sees("a goodbye", |seen| matches!(seen, Seen::Closed { goodbye: true })).await;
    stage.sees_screen(Screen::SignedOut).await;
    assert!(stage.drawer.kept.lock().unwrap().is_none());
}

#[tokio::test]
async fn a_token_that_stopped_being_good_asks_for_a_new_sign_in_and_is_not_tried_again() {
    let stage = Stage::at_work().await;
    stage.shift.end().await;
    let drawer = Arc::clone(&stage.drawer);
    let fresh = Simulator::start().await.unwrap();
    drawer.kept.lock().unwrap().as_mut().unwrap().account.service = fresh.address();
    let stage = Stage::with(fresh, drawer).await;
    let expired = |patch: &Patch| {
        matches!(patch, Patch::PutSession { session } if session.screen == Screen::SignedOut
            && session.problem.as_ref().is_some_and(|problem| problem.has("sign-in-expired")))
    };
    stage.sees("the expired sign-in", expired).await;
}

#[tokio::test]
async fn a_locked_keyring_is_not_taken_for_being_signed_out() {
    let stage = Stage::at_work().await;
    stage.shift.end().await;
    let Stage { service, drawer, .. } = stage;
    *drawer.is_locked.lock().unwrap() = true;
    let stage = Stage::with(service, drawer).await;
    let locked = |patch: &Patch| matches!(patch, Patch::PutSession { session } if session.problem.as_ref().is_some_and(|problem| problem.has("sign-in-keyring-locked")));
    stage.sees("the locked keyring", locked).await;
    stage.sign_in(0).await.unwrap();
    stage.sees("a live link all the same", is_live).await;
    stage.sees("that it was not kept", |patch| {
        matches!(patch, Patch::PutSession { session } if session.problem.as_ref().is_some_and(|problem| problem.has("sign-in-for-now")))
    })
    .await;
}

#[tokio::test]
async fn a_sign_in_that_cannot_be_removed_from_the_keyring_is_said() {
    let stage = Stage::at_work().await;
    *stage.drawer.is_locked.lock().unwrap() = true;
    stage.shift.sign_out().await.unwrap_err();
    stage
        .sees("that it is still kept", |patch| {
            matches!(patch, Patch::PutSession { session } if session.screen == Screen::SignedOut
            && session.problem == Some(say!("sign-in-not-removed", why = say!("problems-keyring-locked"))))
        })
        .await;
}

#[tokio::test]
async fn an_agent_without_rights_is_told_what_is_not_visible_and_sees_the_rest() {
    let stage = Stage::empty().await;
    stage.sign_in(1).await.unwrap();
    let link = stage
        .sees("a live link", |patch| match patch {
            Patch::PutLink { link } if is_live(patch) => Some(link.clone()),
            _ => None,
        })
        .await;
    assert!(link.hears_calls, "own calls do not need rights");
    assert_eq!(link.not_visible.len(), 1);
    assert!(
        link.not_visible[0].has("link-topic-texts") && link.not_visible[0].has("link-hidden-permission"),
        "{:?}",
        link.not_visible
    );
    stage.play("john calls leo");
    stage.sees("the own call", |patch| matches!(patch, Patch::PutCall { .. })).await;
}

#[tokio::test]
async fn an_access_key_shows_every_call_and_says_that_it_has_no_status() {
    let stage = Stage::empty().await;
    let key = Credential::Token(stage.service.access_key());
    stage.shift.sign_in(stage.service.address(), key, false).await.unwrap();
    stage.sees("a live link", |patch| matches!(patch, Patch::PutLink { link } if link.hears_calls)).await;
    stage.sees("no status", |patch| matches!(patch, Patch::PutMe { me } if me.fixed_because.is_some())).await;
    stage.play("john calls leo");
    stage.sees("the call", |patch| matches!(patch, Patch::PutCall { .. })).await;
}

#[tokio::test]
async fn no_secret_ever_crosses_to_the_window() {
    let stage = Stage::at_work().await;
    stage.play("john joins sales\njohn is offered to dana\njohn texts \"Hello\"");
    stage.sees("the call", |patch| matches!(patch, Patch::PutCall { .. })).await;
    let token = stage.drawer.kept.lock().unwrap().as_ref().unwrap().token.clone();
    let crossed = stage.crossed();
    token.lend(|text| {
        for part in text.split('.').chain(["ringside-demo"]) {
            assert!(!crossed.contains(part), "no part of the token or the password crossed");
        }
    });
}

#[tokio::test]
async fn a_keyring_that_was_never_used_shows_the_form() {
    let stage = Stage::with(Simulator::start().await.unwrap(), Arc::<Drawer>::default()).await;
    stage.sees_screen(Screen::SignedOut).await;
}

#[tokio::test]
async fn what_needs_an_account_says_that_nobody_is_signed_in() {
    let stage = Stage::empty().await;
    stage.sees_screen(Screen::SignedOut).await;
    let shift = &stage.shift;
    let (chat, text) = (String::from("a chat"), String::from("Hello"));
    let answers: Vec<(&str, Result<(), Problem>)> = vec![
        ("reply", shift.reply(chat.clone(), text.clone()).await),
        ("reply despite", shift.reply_despite(chat.clone(), text.clone(), "asked".into()).await),
        ("reply again", shift.reply_again("m1".into()).await),
        ("drop reply", shift.drop_reply("m1".into()).await),
        ("steer", shift.steer("call-1".into(), Deed::Hold(true)).await),
        ("respond", shift.respond(ResponderDeed::Switch(true)).await),
        ("serve", shift.serve("+15551234567".into(), CustomerDeed::Close { case: "c".into() }).await),
        ("tool", shift.keep_tool(Tool::WrapUp("30".into())).await),
        ("renew", shift.renew(stage.password(0)).await),
        ("speak", shift.speak(TalkDeed::Say { talk: "t".into(), text }).await.map(drop)),
        ("save", shift.save_shared("f".into(), std::env::temp_dir()).await.map(drop)),
        ("page", shift.customer_page("+15551234567".into()).await.map(drop)),
    ];
    for (verb, answer) in answers {
        assert_eq!(answer.unwrap_err().message, say!("problems-nobody-signed-in"), "{verb}");
    }
}
