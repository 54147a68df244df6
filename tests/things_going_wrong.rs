//! Every way a connection can break, and what the agent sees of it.

use ringside_words::{Message, say};
use std::time::Duration;

use ringside_desk::{AlertKind, Patch, Screen};
use ringside_shift::{Code, Place};
use voipbin_client::Dialect;
use voipbin_simulator::{Seen, Setup};

use crate::stage::Stage;

const LIVE: Setup = Setup { dialect: voipbin_simulator::Dialect::Live, certificate: None, unlimited: true };

fn live(wanted: bool) -> impl Fn(&Patch) -> bool {
    move |patch| matches!(patch, Patch::PutLink { link } if link.live == wanted)
}

fn why(message: Message) -> impl Fn(&Patch) -> bool {
    move |patch| matches!(patch, Patch::PutLink { link } if link.why.as_ref().is_some_and(|why| *why == message))
}

#[tokio::test]
async fn every_break_is_noticed_and_heals() {
    let faults = [
        ("reset the link", "link-cause-broke"),
        ("close the link", "link-lost-no-goodbye"),
        ("close the link with 1012 \"deploying\"", "link-lost-closed-reason"),
        ("send a huge frame", "link-lost-too-large"),
        ("cut the link short", "link-cause-broke"),
        ("restart for 200ms", "link-cause-broke"),
    ];
    for (fault, id) in faults {
        let stage = Stage::at(LIVE, 0, Some(Dialect::Live)).await;
        stage.play(fault);
        let link = stage
            .sees(fault, |patch| match patch {
                Patch::PutLink { link } if live(false)(patch) => Some(link.clone()),
                _ => None,
            })
            .await;
        let why = link.why.as_ref();
        assert!(why.is_some_and(|why| why.id == id), "{fault}: {:?}", link.why);
        if id == "link-lost-closed-reason" {
            assert_eq!(why, Some(&say!("link-lost-closed-reason", code = "1012", reason = "deploying")));
        }
        stage.sees("the link again", live(true)).await;
        stage.play("john calls dana");
        stage.hears(AlertKind::Ringing).await;
    }
}

#[tokio::test]
async fn what_cannot_be_understood_is_counted_and_costs_nothing() {
    let stage = Stage::at(LIVE, 0, Some(Dialect::Live)).await;
    stage.play("send garbage\nsend a binary frame\nslow the link for 300ms\njohn calls dana");
    stage.hears(AlertKind::Ringing).await;
    // The ring may be read from a list before the line has carried it.
    let counted = async {
        loop {
            let diagnostics = stage.shift.diagnostics().await.unwrap().unwrap();
            if diagnostics.unknown_kinds.get("not-an-object") == Some(&2) {
                return diagnostics;
            }
        }
    };
    let diagnostics = tokio::time::timeout(Duration::from_secs(20), counted).await.unwrap();
    assert_eq!(diagnostics.sockets, 1);
}

#[tokio::test]
async fn a_short_stall_loses_nothing() {
    let stage = Stage::at(LIVE, 0, Some(Dialect::Live)).await;
    stage.play("stall the link for 500ms\njohn calls dana");
    stage.hears(AlertKind::Ringing).await;
    assert_eq!(stage.shift.diagnostics().await.unwrap().unwrap().sockets, 1);
}

#[tokio::test]
async fn what_came_on_a_dead_line_before_anybody_noticed_is_unread_and_told() {
    for (setup, dialect) in [(LIVE, Dialect::Live), (Setup::default(), Dialect::Documented)] {
        let stage = Stage::at(setup, 0, Some(dialect)).await;
        stage.play("half-open the link\njohn texts \"Are you there?\"");
        // The agent finds it too quiet: the line is tested, and dead.
        stage.shift.retry_now().await.unwrap();
        stage.sees("the loss", live(false)).await;
        stage.sees("the link again", live(true)).await;
        let is_told = |patch: &Patch| matches!(patch, Patch::PutAway { away: Some(away) } if away.items.iter().any(|item| item.text == "Are you there?"));
        stage.sees("the text in what was missed", is_told).await;
        stage.sees("the text unread", |patch| matches!(patch, Patch::PutChat { chat } if chat.unread == 1)).await;
    }
}

#[tokio::test]
async fn an_account_that_is_frozen_while_the_link_is_open_is_said_on_the_desk() {
    let stage = Stage::at(LIVE, 0, Some(Dialect::Live)).await;
    stage.play("answer 403 to the next 1 requests");
    stage.shift.set_status("away".to_owned(), None).await.unwrap();
    let frozen = |patch: &Patch| matches!(patch, Patch::PutLink { link } if link.live && link.troubles.iter().any(|words| words.has("link-frozen-since-until") && words.given("since") == Some(&"2026-11-01".into())));
    stage.sees("that the account is frozen", frozen).await;
    stage.shift.set_status("away".to_owned(), None).await.unwrap();
    stage
        .sees("that it is no more", |patch| matches!(patch, Patch::PutLink { link } if link.troubles.is_empty()))
        .await;
}

#[tokio::test]
async fn each_closed_door_is_put_into_words() {
    for (status, message) in [
        (403, say!("link-frozen-since-until", since = "2026-11-01", until = "2026-12-01")),
        (404, say!("problems-no-service")),
        (429, say!("link-lost-too-many")),
        (500, say!("link-lost-answered", status = "500")),
    ] {
        let mut stage = Stage::at(LIVE, 0, Some(Dialect::Live)).await;
        stage.play(&format!("answer {status} to the next 1 handshakes\nclose the link"));
        stage.service_sees("the closed door", |seen| *seen == Seen::TurnedAway { status }).await;
        stage.sees("why", why(message)).await;
        stage.shift.retry_now().await.unwrap();
        stage.sees("the link again", live(true)).await;
    }
}

#[tokio::test]
async fn a_token_refused_in_the_middle_of_a_shift_is_asked_for_in_place() {
    let mut stage = Stage::at(LIVE, 0, Some(Dialect::Live)).await;
    stage.play("john texts \"Hello\"");
    stage.sees("the text", |patch| matches!(patch, Patch::PutMessage { .. })).await;
    stage.play("answer 401 to the next 1 handshakes\nclose the link");
    let asked = |patch: &Patch| matches!(patch, Patch::PutSession { session } if session.screen == Screen::Desk && session.ask_again.is_some());
    stage.sees("the question", asked).await;
    assert!(stage.held().iter().any(|patch| matches!(patch, Patch::PutMessage { .. })), "the desk stays");
    let refused = stage.shift.renew(stage.password(1)).await.unwrap_err();
    assert_eq!(refused.code, Code::Password, "another agent is not let in: {refused}");
    stage.shift.renew(stage.password(0)).await.unwrap();
    stage.service_sees("a new socket", |seen| matches!(seen, Seen::Connected { .. })).await;
    stage.sees("the link again", live(true)).await;
    stage.sees_no("the question", asked).await;
}

#[tokio::test]
async fn a_new_token_does_not_touch_a_running_link() {
    let stage = Stage::at(LIVE, 0, Some(Dialect::Live)).await;
    stage.shift.renew(stage.password(0)).await.unwrap();
    stage.play("john calls dana");
    stage.hears(AlertKind::Ringing).await;
    assert_eq!(stage.shift.diagnostics().await.unwrap().unwrap().sockets, 1, "the socket outlives its token");
    stage.play("close the link");
    stage.sees("the link again", live(true)).await;
}

#[tokio::test]
async fn a_service_whose_clock_is_wrong_still_rings() {
    for clock in ["the clock is 7200s behind", "the clock is 7200s ahead"] {
        let stage = Stage::at(LIVE, 0, Some(Dialect::Live)).await;
        stage.play(&format!("{clock}\njohn calls dana"));
        stage.hears(AlertKind::Ringing).await;
        stage.play("john is answered\njohn hangs up");
        stage.sees_no("the call", |patch| matches!(patch, Patch::PutCall { .. })).await;
        assert_eq!(stage.heard(AlertKind::Missed), 0);
    }
}

#[tokio::test]
async fn one_event_with_a_wrong_clock_silences_no_later_call() {
    for dialect in [voipbin_simulator::Dialect::Live, voipbin_simulator::Dialect::Documented] {
        for wrong in ["190s ahead", "190s behind", "7200s ahead"] {
            let stage = Stage::at(Setup { dialect, ..LIVE }, 0, None).await;
            stage.play(&format!("the clock is {wrong}\njohn texts \"x\"\nthe clock is 0s ahead\njohn calls dana"));
            stage.hears(AlertKind::Ringing).await;
            let rings_now = |patch: &Patch| {
                let Patch::PutCall { call } = patch else { return false };
                (crate::stage::clock() - call.since).abs() < 15_000
            };
            stage.sees("since when it rings", rings_now).await;
        }
    }
}

#[tokio::test]
async fn calls_ring_on_after_this_computers_clock_was_set() {
    for by in [3600, -3600] {
        let stage = Stage::at(LIVE, 0, Some(Dialect::Live)).await;
        stage.play("john texts \"x\"\njohn texts \"y\"");
        stage.hears(AlertKind::Message).await;
        stage.clock_is_set(by);
        stage.play("john calls dana");
        stage.hears(AlertKind::Ringing).await;
        stage.play("drop the link for 100ms");
        stage.sees("the loss", live(false)).await;
        stage.play("john texts \"in the gap\"");
        stage.sees("the link again", live(true)).await;
        let in_the_gap = |patch: &Patch| matches!(patch, Patch::PutMessage { message } if message.text == "in the gap");
        stage.sees("what came meanwhile", in_the_gap).await;
    }
}

#[tokio::test]
async fn a_sign_in_at_a_frozen_account_says_so() {
    let stage = Stage::before(LIVE).await;
    stage.play("answer 403 to the next 1 requests");
    let place = Place::from(stage.service.address());
    let problem = stage.sign_in_to(place, 0).await.unwrap_err();
    assert!(problem.to_string().contains("2026-12-01"), "{problem}");
}
