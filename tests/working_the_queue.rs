//! Callers wait, a call is offered, rings, is talked on, and ends.

use ringside_desk::{AlertKind, CallStage, Patch, StatusView};
use ringside_words::{Message, say};

use voipbin_simulator::{Dialect, Setup};

use crate::stage::Stage;

fn is_wait(patch: &Patch) -> bool {
    matches!(patch, Patch::PutWait { .. })
}

fn is_call(patch: &Patch) -> bool {
    matches!(patch, Patch::PutCall { .. })
}

#[tokio::test]
async fn a_caller_waits_rings_here_is_talked_to_and_gone() {
    let stage = Stage::at_work().await;
    stage.play("john joins sales position 2 estimate 120");
    assert_eq!(stage.hears(AlertKind::Waiting).await, say!("alerts-waiting", queue = "Sales"));
    let waiting = |patch: &Patch| matches!(patch, Patch::PutWait { wait } if wait.name.as_deref() == Some("John Delgado") && wait.position == Some(2));
    stage.sees("John in the queue, by name", waiting).await;

    stage.play("john is offered to dana");
    let ringing = |patch: &Patch| matches!(patch, Patch::PutCall { call } if call.stage == CallStage::Ringing && call.queue.as_deref() == Some("Sales"));
    stage.sees("the ringing call with its queue", ringing).await;
    stage.sees_no("John as waiting too", is_wait).await;
    assert_eq!(
        stage.hears(AlertKind::Ringing).await,
        say!("alerts-is-calling", name = Message::verbatim("John Delgado"))
    );

    stage.play("john is answered");
    let talking = |patch: &Patch| matches!(patch, Patch::PutCall { call } if call.stage == CallStage::Talking);
    stage.sees("the call being talked on", talking).await;

    stage.play("john hangs up");
    stage.sees_no("the call", is_call).await;
    assert_eq!(
        (stage.heard(AlertKind::Ringing), stage.heard(AlertKind::Missed)),
        (1, 0),
        "told once per scope, heard once"
    );
}

#[tokio::test]
async fn whoever_joins_later_waits_in_a_queue_with_a_name_in_either_dialect() {
    for dialect in [Dialect::Documented, Dialect::Live] {
        let stage = Stage::at(Setup { dialect, unlimited: true, ..Setup::default() }, 0, None).await;
        for caller in ["john", "stranger"] {
            stage.play(&format!("{caller} joins sales"));
            let in_sales = |patch: &Patch| matches!(patch, Patch::PutWait { wait } if wait.queue == "Sales");
            stage.sees("the caller in Sales", in_sales).await;
        }
        let two =
            |patch: &Patch| matches!(patch, Patch::PutQueue { queue } if queue.name == "Sales" && queue.waiting == 2);
        stage.sees("two callers in Sales", two).await;
    }
}

#[tokio::test]
async fn a_caller_who_gives_up_is_taken_from_the_list() {
    let stage = Stage::at_work().await;
    stage.play("john joins sales");
    stage.sees("John in the queue", is_wait).await;
    stage.play("john leaves sales");
    stage.sees_no("John", is_wait).await;
    assert_eq!(stage.heard(AlertKind::Missed), 0, "it never rang here");
}

#[tokio::test]
async fn a_call_that_nobody_answers_is_missed() {
    let stage = Stage::at_work().await;
    stage.play("stranger calls dana\nstranger hangs up");
    assert_eq!(
        stage.hears(AlertKind::Missed).await,
        say!("alerts-missed", name = Message::verbatim("+1 555 014 2233"))
    );
    stage.sees_no("the call", is_call).await;
}

#[tokio::test]
async fn a_call_for_a_colleague_does_not_ring_here() {
    let stage = Stage::at_work().await;
    stage.play("john calls leo\nstranger calls dana");
    stage.sees("the own call", is_call).await;
    let calls = stage.held().into_iter().filter(is_call).count();
    assert_eq!((calls, stage.heard(AlertKind::Ringing)), (1, 1));
}

#[tokio::test]
async fn the_own_status_and_a_colleagues_are_shown_as_the_service_has_them() {
    let stage = Stage::at_work().await;
    stage
        .sees("the own status", |patch| matches!(patch, Patch::PutMe { me } if me.status == StatusView::Available))
        .await;
    stage.shift.set_status("away".into(), None).await.unwrap();
    stage
        .sees(
            "being away",
            |patch| matches!(patch, Patch::PutMe { me } if me.status == StatusView::Away && me.asked.is_none()),
        )
        .await;
    stage.play("leo is busy");
    stage.sees("Leo being busy", |patch| matches!(patch, Patch::PutColleague { colleague } if colleague.name == "Leo Marsh" && colleague.status == StatusView::Busy)).await;
    stage.shift.set_status("on fire".into(), None).await.unwrap_err();
}

#[tokio::test]
async fn a_status_the_service_does_not_take_is_said_and_the_old_one_stays() {
    let stage = Stage::at_work().await;
    stage
        .sees("the own status", |patch| matches!(patch, Patch::PutMe { me } if me.status == StatusView::Available))
        .await;
    stage.play("answer 503 to the next 9 requests");
    stage.shift.set_status("away".into(), None).await.unwrap();
    let refused = |patch: &Patch| matches!(patch, Patch::PutMe { me } if me.problem.is_some() && me.status == StatusView::Available);
    stage.sees("the refusal", refused).await;
    stage.shift.problem_seen().await.unwrap();
    stage.sees_no("the refusal", refused).await;
}

#[tokio::test]
async fn what_the_service_never_documented_is_counted_and_harms_nothing() {
    let stage = Stage::at_work().await;
    stage.play(r#"tell call.status {"id":"c9","status":["x"],"mood":"good"}"#);
    let counted = |patch: &Patch| matches!(patch, Patch::PutLink { link } if link.live && link.strange_fields >= 2);
    stage.sees("the strange fields counted", counted).await;
    stage.play("john calls dana");
    stage.sees("the next call", is_call).await;
}
