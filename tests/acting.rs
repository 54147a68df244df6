//! Acting on calls: each control, each thing that can go wrong with it.

use ringside_desk::{CallStage, CallView, ControlsView, Deed, DeedView, Patch, StatusView, Target, TransferStage};
use ringside_shift::Tool;
use ringside_words::say;
use tempfile::TempDir;
use voipbin_simulator::{Dialect, Seen, Setup};

use crate::stage::Stage;

fn live() -> Setup {
    Setup { dialect: Dialect::Live, unlimited: true, ..Setup::default() }
}

/// A manager who talks to John.
async fn on_a_call(setup: Setup) -> Stage {
    let stage = Stage::at(setup, 0, None).await;
    stage.play("john joins sales\njohn is offered to dana\njohn is answered");
    stage.sees("the call", |patch| call(patch).is_some_and(|call| call.stage == CallStage::Talking)).await;
    stage
}

fn call(patch: &Patch) -> Option<&CallView> {
    match patch {
        Patch::PutCall { call } => Some(call),
        _ => None,
    }
}

fn id(stage: &Stage) -> String {
    stage.held().iter().find_map(call).unwrap().id.clone()
}

async fn sees(stage: &Stage, what: &str, is_it: impl Fn(&ControlsView) -> bool) -> ControlsView {
    let seen = stage.sees(what, |patch| call(patch).is_some_and(|call| is_it(&call.controls))).await;
    call(&seen).unwrap().controls.clone()
}

async fn asked(stage: &mut Stage, path: &str) -> String {
    let is_it = |seen: &Seen| matches!(seen, Seen::Asked { path: asked, .. } if asked.contains(path));
    stage
        .service_sees(path, |seen| match seen {
            Seen::Asked { body, .. } if is_it(seen) => Some(body.clone()),
            _ => None,
        })
        .await
}

fn leo(blind: bool) -> Deed {
    Deed::Transfer { to: Target { kind: "extension".into(), target: "2001".into(), name: "Leo".into() }, blind }
}

#[tokio::test]
async fn hold_music_mute_and_recording_are_asked_for_and_taken_back() {
    for setup in [Setup::default(), live()] {
        let mut stage = on_a_call(setup).await;
        type Switch = fn(bool) -> Deed;
        type State = fn(&ControlsView) -> DeedView;
        let controls: [(Switch, &str, State); 4] = [
            (Deed::Hold, "/hold", |controls| controls.hold),
            (Deed::Music, "/moh", |controls| controls.music),
            (Deed::Mute, "/mute", |controls| controls.mute),
            (Deed::Record, "/recording_st", |controls| controls.recording),
        ];
        for (deed, path, state) in controls {
            stage.shift.steer(id(&stage), deed(true)).await.unwrap();
            asked(&mut stage, path).await;
            sees(&stage, path, |controls| state(controls) == DeedView::On).await;
            stage.shift.steer(id(&stage), deed(false)).await.unwrap();
            asked(&mut stage, path).await;
            sees(&stage, path, |controls| state(controls) == DeedView::Off).await;
        }
    }
}

#[tokio::test]
async fn hanging_up_ends_the_call_and_work_after_it_begins() {
    for setup in [Setup::default(), live()] {
        let stage = on_a_call(setup).await;
        stage.sees("busy", |patch| matches!(patch, Patch::PutMe { me } if me.status == StatusView::Busy)).await;
        stage.shift.steer(id(&stage), Deed::HangUp).await.unwrap();
        stage.sees_no("the call", |patch| call(patch).is_some()).await;
        stage.sees("work after it", |patch| matches!(patch, Patch::PutMe { me } if me.wrap_up.is_some())).await;
        stage.shift.set_status("available".into(), None).await.unwrap();
        let ready = |patch: &Patch| matches!(patch, Patch::PutMe { me } if me.status == StatusView::Available && me.wrap_up.is_none());
        stage.sees("ready", ready).await;
    }
}

#[tokio::test]
async fn what_goes_wrong_with_a_control_is_said_and_nothing_is_shown_as_done() {
    let stage = on_a_call(live()).await;
    let wrongs = [
        ("answer 400 to", "problems-refused-said"),
        ("answer 402 to", "problems-balance"),
        ("answer 403 to", "link-frozen-since-until"),
        ("answer 404 to", "calls-failed-unknown-call"),
        ("answer 409 to", "calls-failed-wrong-state"),
        ("answer 429 to", "problems-slow-down"),
        ("answer 500 to", "calls-failed-hold"),
        ("answer 503 to", "calls-failed-hold"),
        ("lose", "calls-failed-maybe"),
        ("swallow the answers to", "calls-failed-maybe"),
    ];
    for (wrong, name) in wrongs {
        stage.play(&format!("{wrong} the next 1 controls"));
        stage.shift.steer(id(&stage), Deed::Hold(true)).await.unwrap();
        let told = sees(&stage, wrong, |controls| controls.problem.is_some()).await;
        assert!(told.problem.as_ref().unwrap().has(name), "{wrong}: {told:?}");
        assert_eq!(told.hold, DeedView::Off, "{wrong}");
        stage.shift.call_problem_seen(id(&stage)).await.unwrap();
        sees(&stage, "it read", |controls| controls.problem.is_none()).await;
    }
    stage.shift.steer(id(&stage), Deed::Hold(true)).await.unwrap();
    sees(&stage, "the hold", |controls| controls.hold == DeedView::On).await;
}

/// The longest test: it takes as long as a desk waits for an answer.
#[tokio::test]
async fn a_control_that_is_not_answered_in_time_may_have_been_done() {
    let stage = on_a_call(live()).await;
    stage.play("delay the next 1 controls by 60s");
    stage.shift.steer(id(&stage), Deed::Mute(true)).await.unwrap();
    assert_eq!(sees(&stage, "it asked for", |controls| controls.mute == DeedView::Asking).await.problem, None);
    let told = sees(&stage, "the timeout", |controls| controls.problem.is_some()).await;
    assert!(told.problem.unwrap().has("calls-failed-maybe"));
}

#[tokio::test]
async fn a_refused_sign_in_does_not_end_the_call_on_the_desk() {
    let stage = on_a_call(live()).await;
    stage.play("answer 401 to the next 1 controls");
    stage.shift.steer(id(&stage), Deed::Hold(true)).await.unwrap();
    let told = sees(&stage, "the refusal", |controls| controls.problem.is_some()).await;
    assert!(told.problem.unwrap().has("problems-sign-in-over"));
}

#[tokio::test]
async fn a_call_is_handed_over_once_the_other_has_answered() {
    let mut stage = on_a_call(live()).await;
    stage.shift.steer(id(&stage), leo(false)).await.unwrap();
    let body = asked(&mut stage, "/transfers").await;
    assert!(body.contains("\"attended\"") && !body.contains(&id(&stage)), "the own leg hands over: {body}");
    let at = |stage: TransferStage| {
        move |controls: &ControlsView| controls.transfer.as_ref().is_some_and(|transfer| transfer.stage == stage)
    };
    sees(&stage, "it ringing", at(TransferStage::Ringing)).await;
    sees(&stage, "it answered", at(TransferStage::Answered)).await;
    stage.shift.steer(id(&stage), Deed::HangUp).await.unwrap();
    stage.sees_no("the call", |patch| call(patch).is_some()).await;
}

#[tokio::test]
async fn a_transfer_that_nobody_takes_leaves_the_agent_with_the_customer() {
    let stage = on_a_call(live()).await;
    stage.play("nobody takes the next transfer");
    stage.shift.steer(id(&stage), leo(false)).await.unwrap();
    let told = sees(&stage, "the failure", |controls| controls.problem.is_some()).await;
    assert!(told.problem.unwrap().has("calls-transfer-not-taken"));
    assert_eq!(told.transfer, None);
}

#[tokio::test]
async fn a_transfer_is_taken_back() {
    let mut stage = on_a_call(live()).await;
    stage.shift.steer(id(&stage), leo(false)).await.unwrap();
    sees(&stage, "it ringing", |controls| {
        controls.transfer.as_ref().is_some_and(|transfer| transfer.stage == TransferStage::Ringing)
    })
    .await;
    stage.shift.steer(id(&stage), Deed::CancelTransfer).await.unwrap();
    asked(&mut stage, "/groupcalls/").await;
    sees(&stage, "it gone", |controls| controls.transfer.is_none()).await;
}

#[tokio::test]
async fn a_transfer_that_cannot_start_says_that_the_agent_is_still_connected() {
    let stage = on_a_call(live()).await;
    stage.play("answer 500 to the next 1 transfers");
    stage.shift.steer(id(&stage), leo(false)).await.unwrap();
    let told = sees(&stage, "the failure", |controls| controls.problem.is_some()).await;
    assert_eq!(told.problem, Some(say!("calls-failed-transfer")));
    assert_eq!(told.transfer, None);
}

#[tokio::test]
async fn voicemail_is_set_once_and_callers_are_sent_there() {
    let home = TempDir::new().unwrap();
    let mut stage = Stage::keeping(&home).await;
    stage.play("john joins sales\njohn is offered to dana\njohn is answered");
    stage.sees("the call", |patch| call(patch).is_some_and(|call| call.stage == CallStage::Talking)).await;
    let why = stage.shift.steer(id(&stage), Deed::Voicemail).await.unwrap_err();
    assert!(why.to_string().contains("Settings"));
    stage.shift.keep_tool(Tool::Voicemail("nobody here".into())).await.unwrap_err();
    stage.shift.keep_tool(Tool::Voicemail("+1 555 000 1111".into())).await.unwrap();
    stage.sees("it set", |patch| matches!(patch, Patch::PutTools { can, .. } if can.voicemail.is_none())).await;
    stage.shift.steer(id(&stage), Deed::Voicemail).await.unwrap();
    let body = asked(&mut stage, "/transfers").await;
    assert!(body.contains("\"blind\"") && body.contains("+15550001111"), "{body}");
    stage.play("stranger joins sales");
    let waits =
        |patch: &Patch| matches!(patch, Patch::PutWait { wait } if wait.number.as_deref() == Some("+15550142233"));
    let wait = stage
        .sees("the stranger", |patch| match patch {
            Patch::PutWait { wait } if waits(patch) => Some(wait.clone()),
            _ => None,
        })
        .await;
    stage.shift.steer(wait.id, Deed::Voicemail).await.unwrap();
    asked(&mut stage, "/kick").await;
    stage.sees_no("the stranger", waits).await;
}

#[tokio::test]
async fn a_ring_is_ended_where_the_agent_may() {
    let mut stage = Stage::at(live(), 0, None).await;
    stage.play("john joins sales\njohn is offered to dana");
    stage.sees("the ring", |patch| call(patch).is_some_and(|call| call.stage == CallStage::Ringing)).await;
    stage.shift.steer(id(&stage), Deed::EndRing).await.unwrap();
    asked(&mut stage, "/groupcalls/").await;
    stage.sees_no("the ring", |patch| call(patch).is_some()).await;
}

#[tokio::test]
async fn a_plain_agent_is_told_why_before_the_service_is_asked() {
    let stage = Stage::at(live(), 1, None).await;
    stage.sees("it said", |patch| matches!(patch, Patch::PutTools { can, .. } if can.steer.is_some())).await;
    stage.play("john joins sales\njohn is offered to leo\njohn is answered");
    stage.sees("the call", |patch| call(patch).is_some()).await;
    let why = stage.shift.steer(id(&stage), Deed::Hold(true)).await.unwrap_err();
    assert!(why.to_string().contains("manager role"));
}

#[tokio::test]
async fn a_status_with_an_own_reason_shows_it_and_comes_after_the_call() {
    let stage = on_a_call(live()).await;
    stage.shift.set_status("away".into(), Some("Break".into())).await.unwrap();
    stage.sees("it planned", |patch| matches!(patch, Patch::PutMe { me } if me.next == Some(StatusView::Away))).await;
    stage.shift.steer(id(&stage), Deed::HangUp).await.unwrap();
    let on_break = |patch: &Patch| matches!(patch, Patch::PutMe { me } if me.status == StatusView::Away && me.reason.as_deref() == Some("Break"));
    stage.sees("the break", on_break).await;
}

#[tokio::test]
async fn a_status_that_did_not_change_says_why() {
    let stage = Stage::at_work().await;
    stage.play("answer 503 to the next 1 statuses");
    stage.shift.set_status("away".into(), None).await.unwrap();
    let told = |patch: &Patch| matches!(patch, Patch::PutMe { me } if me.problem.is_some() && me.asked.is_none());
    stage.sees("the failure", told).await;
}

#[tokio::test]
async fn quick_replies_are_kept_over_a_restart() {
    let home = TempDir::new().unwrap();
    let stage = Stage::keeping(&home).await;
    let hours = Tool::QuickReply { shortcut: "hours".into(), text: "9 to 5".into() };
    stage.shift.keep_tool(hours).await.unwrap();
    let stage = stage.started_again().await;
    let is_there = |patch: &Patch| matches!(patch, Patch::PutTools { tools, .. } if tools.quick_replies.iter().any(|quick| quick.text == "9 to 5"));
    stage.sees("the quick reply", is_there).await;
}
