//! The link is away for a while, and life goes on.

use ringside_desk::{AlertKind, AwayKind, CallStage, Patch};
use voipbin_client::Dialect;
use voipbin_simulator::Setup;

use crate::stage::Stage;

fn live(wanted: bool) -> impl Fn(&Patch) -> bool {
    move |patch| matches!(patch, Patch::PutLink { link } if link.live == wanted)
}

fn setup(dialect: Dialect) -> Setup {
    let dialect = match dialect {
        Dialect::Documented => voipbin_simulator::Dialect::Documented,
        Dialect::Live => voipbin_simulator::Dialect::Live,
    };
    Setup { dialect, ..Setup::default() }
}

async fn away_and_back(stage: &Stage, meanwhile: &str) {
    stage.play("drop the link for 300ms");
    stage.sees("the loss", live(false)).await;
    stage.play(meanwhile);
    stage.shift.retry_now().await.unwrap();
    stage.sees("the link again", live(true)).await;
}

#[tokio::test]
async fn what_rang_gave_up_and_was_texted_is_told_once_it_is_back() {
    for dialect in [Dialect::Documented, Dialect::Live] {
        let stage = Stage::at(setup(dialect), 0, Some(dialect)).await;
        away_and_back(
            &stage,
            "stranger calls dana\nstranger hangs up\njohn joins sales\njohn leaves sales\njohn texts \"Hello?\"",
        )
        .await;
        let away = stage
            .sees("what happened", |patch| match patch {
                Patch::PutAway { away: Some(away) } => Some(away.clone()),
                _ => None,
            })
            .await;
        let mut kinds: Vec<AwayKind> = away.items.iter().map(|item| item.kind).collect();
        kinds.sort();
        assert_eq!(kinds, [AwayKind::Rang, AwayKind::GaveUp, AwayKind::Text], "{dialect:?}: {away:?}");
        assert_eq!((stage.heard(AlertKind::Ringing), stage.heard(AlertKind::Missed)), (0, 1), "one notice for all");
        stage.sees("the text", |patch| matches!(patch, Patch::PutChat { chat } if chat.unread == 1)).await;
        stage.shift.away_seen().await.unwrap();
        stage.sees_no("the card", |patch| matches!(patch, Patch::PutAway { away: Some(_) })).await;
    }
}

#[tokio::test]
async fn a_call_that_still_rings_rings_and_one_that_ended_is_gone() {
    for dialect in [Dialect::Documented, Dialect::Live] {
        let stage = Stage::at(setup(dialect), 0, Some(dialect)).await;
        stage.play("stranger calls dana");
        stage.sees("the first call", |patch| matches!(patch, Patch::PutCall { .. })).await;
        away_and_back(&stage, "stranger hangs up\njohn calls dana").await;
        let rings = |patch: &Patch| matches!(patch, Patch::PutCall { call } if call.stage == CallStage::Ringing && call.number == "+15551234567" && !call.stale);
        stage.sees("the new call", rings).await;
        stage
            .sees_no("the old call", |patch| matches!(patch, Patch::PutCall { call } if call.number == "+15550142233"))
            .await;
        stage.hears_times(AlertKind::Ringing, 2).await;
    }
}

#[tokio::test]
async fn it_is_not_called_live_before_the_lists_were_read() {
    let stage = Stage::at(setup(Dialect::Live), 0, Some(Dialect::Live)).await;
    stage.play("drop the link for 300ms");
    stage.sees("the loss", live(false)).await;
    stage.play("answer 500 to the next 2 requests");
    stage.shift.retry_now().await.unwrap();
    let catching_up = |patch: &Patch| matches!(patch, Patch::PutLink { link } if !link.live && link.hears_calls && link.words.id == "link-stage-catching-up");
    stage.sees("that it catches up", catching_up).await;
    stage.play("john calls dana");
    stage.sees("a call all the same", |patch| matches!(patch, Patch::PutCall { .. })).await;
    stage.sees("the link again", live(true)).await;
}

#[tokio::test]
async fn a_plain_agent_is_told_of_what_its_lists_hold() {
    let stage = Stage::at(setup(Dialect::Live), 1, Some(Dialect::Live)).await;
    away_and_back(&stage, "john texts \"Hello?\"").await;
    let has_text = |patch: &Patch| matches!(patch, Patch::PutAway { away: Some(away) } if away.items.iter().any(|item| item.kind == AwayKind::Text));
    stage.sees("the text", has_text).await;
}
