//! Every event of the documentation, as its text stands there.

use std::path::Path;

use ringside_desk::{AlertKind, Patch};
use voipbin_client::Dialect;
use voipbin_simulator::Setup;
use voipbin_wire::{EVENTS, Fact, Frame, Kind, Told};

use crate::stage::Stage;

fn fixture(name: &str) -> String {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/documented").join(format!("{name}.json"));
    std::fs::read_to_string(&file)
        .unwrap_or_else(|error| panic!("{name} has no fixture at {}: {error}", file.display()))
}

fn told(name: &str) -> Told {
    match Frame::decode(&fixture(name)) {
        Frame::Told(told) => *told,
        other => panic!("{name} is not understood: {other:?}"),
    }
}

#[test]
fn every_event_has_a_fixture_and_is_read_whole() {
    for kind in EVENTS {
        let told = told(kind.as_word());
        assert_eq!(told.kind, Kind::Named(*kind));
        assert!(told.drift.is_none(), "{}: every documented field is known: {:?}", kind.as_word(), told.drift);
        assert!(told.at.is_some(), "{}: it says when", kind.as_word());
    }
}

#[test]
fn the_numbers_of_the_documentation_arrive() {
    let Fact::Queue(joined) = told("queue.joined").fact else { panic!("not a queue") };
    assert_eq!((joined.position, joined.estimated_wait), (Some(3), Some(120)));
    let Fact::Conference(left) = told("conference.left").fact else { panic!("not a conference") };
    assert_eq!((left.participant_count, left.reason.as_deref()), (Some(2), Some("hangup")));
    let Fact::Recording(recording) = told("recording.completed").fact else { panic!("not a recording") };
    assert_eq!((recording.duration, recording.size), (Some(300), Some(2_400_000)));
    let Fact::Flow(flow) = told("activeflow.updated").fact else { panic!("not a flow") };
    assert_eq!(flow.current_action.and_then(|action| action.name).as_deref(), Some("welcome_message"));
    assert_eq!(told("agent.status").for_agent.as_deref(), Some("agent123"));
}

#[tokio::test]
async fn calls_that_say_no_time_ring_and_end_whatever_clock_was_heard_before() {
    for before in [
        "",
        "john texts \"x\"",
        "the clock is 7200s ahead\njohn texts \"x\"",
        "the clock is 7200s behind\njohn texts \"x\"",
    ] {
        let stage = Stage::at(Setup::default(), 0, Some(Dialect::Documented)).await;
        let me = stage.shift.desk().await.unwrap().me.id;
        stage.play(before);
        let frame = |event: &str, call: &str, rest: &str| {
            format!(
                r#"send the frame {{"event_type":"{event}","topic":"agent_id:{me}:call:{call}","data":{{"id":"{call}","agent_id":"{me}",{rest}}}}}"#
            )
        };
        let ring = r#""direction":"inbound","status":"ringing","source":{"type":"tel","target":"+15551234567"}"#;
        let end = r#""status":"hangup","hangup_reason":"normal""#;
        let a_call = |patch: &Patch| matches!(patch, Patch::PutCall { .. });

        stage.play(&frame("call.assigned", "c1", ring));
        stage.hears_times(AlertKind::Ringing, 1).await;
        let since_now = |patch: &Patch| matches!(patch, Patch::PutCall { call } if (crate::stage::clock() - call.since).abs() < 15_000);
        stage.sees("since when it rings", since_now).await;
        stage.play(&frame("call.ended", "c1", end));
        stage.sees_no("the call", a_call).await;

        stage.play(&frame("call.assigned", "c2", ring));
        stage.hears_times(AlertKind::Ringing, 2).await;
        let missed = stage.heard(AlertKind::Missed);
        stage.play(&frame("call.status", "c2", r#""status":"answered","previous_status":"ringing""#));
        stage.play(&frame("call.ended", "c2", end));
        stage.sees_no("the call", a_call).await;
        assert_eq!(stage.heard(AlertKind::Missed), missed, "an answered call is not missed");
        assert_eq!(stage.shift.diagnostics().await.unwrap().unwrap().sockets, 1);
    }
}
