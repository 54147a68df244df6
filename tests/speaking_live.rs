//! The service as it really behaves: no acknowledgments, prefix topics, bare
//! resources, copies, any order, and a closed door for one topic too many.

use ringside_desk::{AlertKind, CallStage, OutcomeView, Patch};
use ringside_shift::{Credential, Place, Tool};
use voipbin_client::Dialect;
use voipbin_simulator::{Seen, Setup};

use crate::stage::Stage;

const LIVE: Setup = Setup { dialect: voipbin_simulator::Dialect::Live, certificate: None, unlimited: false };
const MANAGER: usize = 0;
const PLAIN_AGENT: usize = 1;

fn is_live(patch: &Patch) -> bool {
    matches!(patch, Patch::PutLink { link } if link.live)
}

fn stage_of(wanted: CallStage) -> impl Fn(&Patch) -> bool {
    move |patch| matches!(patch, Patch::PutCall { call } if call.stage == wanted)
}

fn outcome(wanted: OutcomeView) -> impl Fn(&Patch) -> bool {
    move |patch| matches!(patch, Patch::PutPast { past } if past.outcome == wanted)
}

#[tokio::test]
async fn the_dialect_is_found_by_itself_and_remembered() {
    let stage = Stage::at(LIVE, MANAGER, None).await;
    let diagnostics = stage.shift.diagnostics().await.unwrap().unwrap();
    assert_eq!(diagnostics.dialect.as_deref(), Some("live"));
    assert_eq!((diagnostics.sockets, diagnostics.wanted.len()), (1, diagnostics.confirmed.len()));
    stage.kept(|kept| kept.account.dialect == Some(Dialect::Live)).await;
    stage.shift.end().await;
    let Stage { service, drawer, .. } = stage;
    let mut again = Stage::with(service, drawer).await;
    again.sees("a live link", is_live).await;
    let subscribed = again.both_subscriptions().await;
    assert!(subscribed.iter().all(|topic| !topic.contains('*')), "nothing is tried out any more: {subscribed:?}");
}

#[tokio::test]
async fn a_documented_service_is_found_too_and_a_given_dialect_is_kept() {
    let stage = Stage::at_work().await;
    let diagnostics = stage.shift.diagnostics().await.unwrap().unwrap();
    assert_eq!((diagnostics.dialect.as_deref(), diagnostics.dialect_is_given), (Some("documented"), false));
    let given = Stage::at(LIVE, PLAIN_AGENT, Some(Dialect::Live)).await;
    assert!(given.shift.diagnostics().await.unwrap().unwrap().dialect_is_given);
}

#[tokio::test]
async fn a_dialect_that_was_given_and_is_wrong_is_said_promises_nothing_and_can_be_switched() {
    let documented = Setup::default();
    for (setup, given, is) in
        [(documented, Dialect::Live, "link-speaks-documented"), (LIVE, Dialect::Documented, "link-speaks-live")]
    {
        for who in [MANAGER, PLAIN_AGENT] {
            let stage = Stage::before(setup).await;
            let place = Place { service: stage.service.address(), extra_ca: None, only: Some(given) };
            stage.sign_in_to(place, who).await.unwrap();
            let said = |patch: &Patch| matches!(patch, Patch::PutLink { link } if link.wrong_dialect && link.troubles.iter().any(|words| words.has(is)));
            let link = stage
                .sees("that the dialect is wrong", |patch| match patch {
                    Patch::PutLink { link } if said(patch) => Some(link.clone()),
                    _ => None,
                })
                .await;
            assert!(!link.live && !link.hears_calls && link.not_visible.is_empty(), "{link:?}");
            let diagnostics = stage.shift.diagnostics().await.unwrap().unwrap();
            assert_eq!((diagnostics.confirmed.len(), diagnostics.sockets), (0, 1), "{diagnostics:?}");
            stage.shift.detect_dialect().await.unwrap();
            stage
                .sees(
                    "a live link",
                    |patch| matches!(patch, Patch::PutLink { link } if link.live && link.troubles.is_empty()),
                )
                .await;
            stage.play(if who == MANAGER { "john calls dana" } else { "john calls leo" });
            stage.hears(AlertKind::Ringing).await;
            stage.kept(|kept| kept.account.only.is_none() && kept.account.dialect.is_some()).await;
        }
    }
}

#[tokio::test]
async fn the_topics_with_which_the_dialect_was_found_are_given_back() {
    let mut stage = Stage::before(LIVE).await;
    stage.sign_in(MANAGER).await.unwrap();
    let probe = stage
        .service_sees("the probe", |seen| match seen {
            Seen::Subscribed { topics: probe } => Some(probe.clone()),
            _ => None,
        })
        .await;
    let topics = stage
        .service_sees("the end of it", |seen| match seen {
            Seen::Unsubscribed { topics } => Some(topics.clone()),
            _ => None,
        })
        .await;
    assert_eq!(topics, probe);
    stage.sees("a live link", is_live).await;
}

#[tokio::test]
async fn what_the_agent_leaves_out_is_unsubscribed_and_taken_again() {
    for dialect in [Dialect::Documented, Dialect::Live] {
        let home = tempfile::tempdir().unwrap();
        let setup = if dialect == Dialect::Live { LIVE } else { Setup::default() };
        let mut stage = Stage::keeping_at(setup, &home).await;
        let has_flows = |topics: &[String]| topics.len() == 1 && topics[0].contains(":activeflow:");
        stage.shift.keep_tool(Tool::LeaveOut(vec!["flows".to_owned()])).await.unwrap();
        stage
            .service_sees(
                "that nobody listens to flows",
                |seen| matches!(seen, Seen::Unsubscribed { topics } if has_flows(topics)),
            )
            .await;
        stage.shift.keep_tool(Tool::LeaveOut(Vec::new())).await.unwrap();
        stage
            .service_sees("that somebody does", |seen| matches!(seen, Seen::Subscribed { topics } if has_flows(topics)))
            .await;
        assert!(stage.shift.keep_tool(Tool::LeaveOut(vec!["calls".to_owned()])).await.is_err());
    }
}

#[tokio::test]
async fn a_call_rings_once_is_answered_and_is_remembered_as_answered() {
    for who in [MANAGER, PLAIN_AGENT] {
        let stage = Stage::at(LIVE, who, Some(Dialect::Live)).await;
        let agent = if who == MANAGER { "dana" } else { "leo" };
        stage.play(&format!("john joins sales\njohn is offered to {agent}"));
        let call = stage
            .sees("the ring", |patch| match patch {
                Patch::PutCall { call } if stage_of(CallStage::Ringing)(patch) => Some(call.clone()),
                _ => None,
            })
            .await;
        assert_eq!(call.number, "+15551234567");
        stage.play("john is answered");
        stage.sees("the talk", stage_of(CallStage::Talking)).await;
        stage.play("john hangs up");
        stage.sees_no("the call", |patch| matches!(patch, Patch::PutCall { .. })).await;
        stage.sees("how it went", outcome(OutcomeView::Answered)).await;
        assert_eq!((stage.heard(AlertKind::Ringing), stage.heard(AlertKind::Missed)), (1, 0));
    }
}

#[tokio::test]
async fn a_call_that_nobody_answers_is_missed_once() {
    let stage = Stage::at(LIVE, PLAIN_AGENT, Some(Dialect::Live)).await;
    stage.play("stranger calls leo");
    stage.sees("the ring", stage_of(CallStage::Ringing)).await;
    stage.play("stranger hangs up");
    stage.hears(AlertKind::Missed).await;
    stage.play("john calls leo");
    stage.sees("the next ring", stage_of(CallStage::Ringing)).await;
    stage.hears_times(AlertKind::Ringing, 2).await;
    stage.hears_times(AlertKind::Missed, 1).await;
}

#[tokio::test]
async fn a_manager_sees_who_waits_and_which_text_came() {
    let stage = Stage::at(LIVE, MANAGER, Some(Dialect::Live)).await;
    stage.play("john joins sales\njohn texts \"Hello\"");
    stage.sees("john waits", |patch| matches!(patch, Patch::PutWait { wait } if wait.name.is_some())).await;
    stage.sees("the text", |patch| matches!(patch, Patch::PutMessage { message } if message.text == "Hello")).await;
    stage.play("john leaves sales");
    stage.sees_no("john waits", |patch| matches!(patch, Patch::PutWait { .. })).await;
    stage.sees("he gave up", outcome(OutcomeView::GaveUp)).await;
    assert_eq!((stage.heard(AlertKind::Waiting), stage.heard(AlertKind::Message)), (1, 1), "told once each");
}

#[tokio::test]
async fn a_plain_agent_never_asks_for_what_would_cost_the_connection_and_is_told_so() {
    let mut stage = Stage::at(LIVE, PLAIN_AGENT, Some(Dialect::Live)).await;
    let topics = stage
        .service_sees("the subscription", |seen| match seen {
            Seen::Subscribed { topics } => Some(topics.clone()),
            _ => None,
        })
        .await;
    assert!(topics.iter().all(|topic| topic.starts_with("agent_id:")), "{topics:?}");
    let link = stage
        .sees("the link", |patch| match patch {
            Patch::PutLink { link } if is_live(patch) => Some(link.clone()),
            _ => None,
        })
        .await;
    assert!(link.hears_calls && link.not_visible.iter().any(|hidden| hidden.has("link-topic-queues")), "{link:?}");
    assert_eq!(stage.shift.diagnostics().await.unwrap().unwrap().sockets, 1);
}

#[tokio::test]
async fn rights_that_turn_out_to_be_missing_cost_three_connections_and_no_more() {
    // The token says manager; the service knows better.
    let stage = Stage::before(LIVE).await;
    stage.play("refuse queuecall with PERMISSION_DENIED");
    let only = Some(Dialect::Live);
    let place = Place { service: stage.service.address(), extra_ca: None, only };
    stage.sign_in_to(place, MANAGER).await.unwrap();
    stage.sees("a live link", |patch| matches!(patch, Patch::PutLink { link } if link.live && link.hears_calls)).await;
    let told = |patch: &Patch| matches!(patch, Patch::PutLink { link } if link.not_visible.iter().any(|sentence| sentence.has("link-hidden-dropped")));
    stage.sees("why it is not visible", told).await;
    let diagnostics = stage.shift.diagnostics().await.unwrap().unwrap();
    assert_eq!((diagnostics.sockets, diagnostics.refused.len()), (4, 12));
    assert_eq!(diagnostics.wanted.len(), diagnostics.confirmed.len() + diagnostics.refused.len());
}

#[tokio::test]
async fn an_access_key_is_shown_under_its_own_name() {
    let stage = Stage::before(LIVE).await;
    let key = Credential::Token(stage.service.access_key());
    stage.shift.sign_in(Place::from(stage.service.address()), key, false).await.unwrap();
    stage.sees("a live link", is_live).await;
    stage.play("john joins sales");
    stage.sees("who waits", |patch| matches!(patch, Patch::PutWait { .. })).await;
}

#[tokio::test]
async fn a_flood_at_the_window_loses_no_call() {
    let stage = Stage::at(Setup { unlimited: true, ..LIVE }, MANAGER, Some(Dialect::Live)).await;
    for _ in 0..300 {
        stage.play("leo is away\nleo is available");
    }
    stage.play("john calls dana");
    for _ in 0..300 {
        stage.play("leo is away\nleo is available");
    }
    stage.hears_times(AlertKind::Ringing, 1).await;
}
