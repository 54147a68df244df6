//! Every event of the documentation, as its text stands there.

use std::path::Path;

use voipbin_wire::{EVENTS, Fact, Frame, Kind, Told};

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
