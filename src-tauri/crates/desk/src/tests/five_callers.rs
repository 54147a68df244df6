//! Five callers' stories in the live service's own frames.

use std::collections::BTreeMap;

use voipbin_wire::{Frame, Timestamp};

use super::*;

const FRAMES: &str = include_str!("../../../../../tests/fixtures/live/five-callers.jsonl");
const CUSTOMER: &str = "5e4a0680-804e-11ec-8477-2fea5968d85b";
const AGENT: &str = "5e27b5fd-167e-57d5-a3e6-2b732a1f774b";

#[derive(Clone, Copy, PartialEq)]
enum Rights {
    Agent,
    Manager,
}

fn subscriptions(rights: Rights, with_short_forms: bool) -> Vec<String> {
    let resources = ["groupcall", "call", "conversation", "chat", "chatmessage", "chatparticipant"];
    let mut topics: Vec<String> =
        resources.iter().map(|resource| format!("agent_id:{AGENT}:{resource}:{resource}_")).collect();
    if rights == Rights::Manager {
        let resources = [
            "queuecall",
            "call",
            "groupcall",
            "message",
            "conversation",
            "agent",
            "webchat",
            "recording",
            "transcript",
            "transcribe",
            "activeflow",
            "conference",
        ];
        topics.extend(resources.iter().map(|resource| format!("customer_id:{CUSTOMER}:{resource}:{resource}_")));
    }
    if with_short_forms {
        topics.push(format!("agent_id:{AGENT}:"));
        if rights == Rights::Manager {
            topics.push(format!("customer_id:{CUSTOMER}:"));
        }
    }
    topics
}

/// What a connection with these subscriptions receives, and when it was published.
fn received(rights: Rights, with_short_forms: bool) -> Vec<(Millis, String)> {
    let subscribed = subscriptions(rights, with_short_forms);
    let mut received = Vec::new();
    let mut clock = 0;
    for line in FRAMES.lines() {
        let line: serde_json::Value = serde_json::from_str(line).unwrap();
        let text = line["frame"].to_string();
        let Frame::Told(told) = Frame::decode(&text) else { panic!("{text}") };
        clock = clock.max(told.at.map_or(0, Timestamp::as_millis));
        let topics = line["topics"].as_array().unwrap().iter().map(|topic| topic.as_str().unwrap());
        let copies = topics.filter(|topic| subscribed.iter().any(|prefix| topic.starts_with(prefix.as_str())));
        received.extend(copies.map(|_| (clock, text.clone())));
    }
    received
}

/// The order in which frames arrive that are up to a second late, each by chance.
fn shuffled(mut frames: Vec<(Millis, String)>, seed: u64) -> Vec<(Millis, String)> {
    let mut dice = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    for (at, _) in &mut frames {
        dice ^= dice << 13;
        dice ^= dice >> 7;
        dice ^= dice << 17;
        *at += Millis::try_from(dice % 1000).unwrap();
    }
    frames.sort_by_key(|(at, _)| *at);
    frames
}

/// The desk in the end, and how often each alert was raised.
fn played(frames: Vec<(Millis, String)>) -> (DeskView, BTreeMap<String, usize>) {
    let mut desk = desk();
    desk.me(MeView { id: AGENT.into(), status: StatusView::Available, ..MeView::default() });
    let mut alerts = BTreeMap::new();
    let mut last = 0;
    for (at, text) in frames {
        let Frame::Told(told) = Frame::decode(&text) else { panic!("{text}") };
        desk.learn(&told, at + 40);
        desk.tick(at + 40);
        last = at + 40;
        for alert in desk.take_out().alerts {
            if let Alert::Raise { key, kind, .. } = alert {
                // A conversation has one notice, which each of its texts raises again.
                *alerts.entry(format!("{kind:?} {key}")).or_default() += 1;
            }
        }
    }
    desk.tick(last + 10 * 60_000);
    desk.take_changes();
    let mut view = desk.view();
    // Since when is told by this computer's clock: by when the end was heard of.
    assert!(view.me.wrap_up.take().is_some() || view.me.id.is_empty());
    (view, alerts)
}

fn expect_same(one: &(DeskView, BTreeMap<String, usize>), other: &(DeskView, BTreeMap<String, usize>), why: &str) {
    for (one, other) in one.0.clone().into_patches().iter().zip(other.0.clone().into_patches().iter()) {
        assert_eq!(one, other, "{why}");
    }
    assert!(one.0 == other.0, "{why}: as many things");
    assert_eq!(one.1, other.1, "{why}");
}

fn outcomes(view: &DeskView) -> Vec<OutcomeView> {
    let mut past = view.past.clone();
    past.sort_by_key(|past| past.at);
    past.into_iter().map(|past| past.outcome).collect()
}

#[test]
fn a_manager_tells_five_callers_apart_and_hears_each_once() {
    use OutcomeView::{Answered, GaveUp, Missed};
    let (view, alerts) = played(received(Rights::Manager, false));
    assert_eq!(outcomes(&view), [Answered, Answered, GaveUp, Missed, Answered]);
    assert!(view.calls.is_empty() && view.waits.is_empty());
    let count = |kind: &str| alerts.keys().filter(|key| key.starts_with(kind)).count();
    assert_eq!((count("Ringing"), count("Missed"), count("Waiting")), (4, 1, 5), "{alerts:?}");
    assert!(alerts.values().all(|times| *times == 1), "{alerts:?}");
    assert!(view.past.iter().all(|past| past.name.is_some() && !past.number.is_empty()), "{:?}", view.past);
}

#[test]
fn a_plain_agent_hears_the_four_that_rang_and_nothing_of_the_queue() {
    use OutcomeView::{Answered, Missed};
    let (view, alerts) = played(received(Rights::Agent, false));
    assert_eq!(outcomes(&view), [Answered, Answered, Missed, Answered]);
    assert_eq!((view.calls.len(), view.waits.len()), (0, 0));
    assert_eq!((view.chats.len(), view.messages.len()), (3, 0), "the conversations are theirs, their texts are read");
    assert_eq!(alerts.values().sum::<usize>(), 5, "{alerts:?}");
}

#[test]
fn the_same_frames_in_any_order_and_number_leave_the_same_desk_and_raise_the_same_alerts() {
    for rights in [Rights::Agent, Rights::Manager] {
        let expected = played(received(rights, false));
        expect_same(&played(received(rights, true)), &expected, "once per matching topic");
        let thrice = received(rights, true).into_iter().flat_map(|frame| vec![frame; 3]).collect();
        expect_same(&played(thrice), &expected, "three times over");
        for seed in 1..=60 {
            expect_same(&played(shuffled(received(rights, seed % 2 == 0), seed)), &expected, &format!("seed {seed}"));
        }
    }
}

#[test]
fn the_older_wrapped_form_leaves_the_same_desk() {
    let wrapped = received(Rights::Manager, false)
        .into_iter()
        .map(|(at, frame)| (at, format!(r#"{{"type":"something_happened","data":{frame}}}"#)))
        .collect();
    expect_same(&played(wrapped), &played(received(Rights::Manager, false)), "wrapped");
}

#[test]
fn a_call_that_rings_again_after_nobody_answered_rings_again() {
    let ring = |id: &str, status: &str, second: u32| {
        json!({"id": id, "customer_id": CUSTOMER, "owner_type": "agent", "owner_id": ME, "status": status,
            "source": {"type": "tel", "target": JOHN}, "destinations": [{"type": "agent", "target": ME}],
            "master_call_id": "call-1", "master_groupcall_id": "00000000-0000-0000-0000-000000000000",
            "answer_call_id": "00000000-0000-0000-0000-000000000000",
            "answer_groupcall_id": "00000000-0000-0000-0000-000000000000",
            "tm_create": format!("2024-01-15T10:30:{second:02}Z"), "tm_update": format!("2024-01-15T10:30:{second:02}Z")})
        .to_string()
    };
    let mut desk = desk();
    assert_eq!(raised(&play(&mut desk, &ring("r1", "progressing", 0), 1000)), [AlertKind::Ringing]);
    assert_eq!(raised(&play(&mut desk, &ring("r1", "hangup", 9), 10_000)), [AlertKind::Missed]);
    assert_eq!(play(&mut desk, &ring("r1", "progressing", 0), 10_100), Out::default(), "a late copy");
    assert_eq!(raised(&play(&mut desk, &ring("r2", "progressing", 20), 20_000)), [AlertKind::Ringing]);
    let answered = ring("r2", "progressing", 25)
        .replace(r#""answer_call_id":"00000000-0000-0000-0000-000000000000""#, r#""answer_call_id":"leg""#);
    assert_eq!(withdrawn(&play(&mut desk, &answered, 25_000)), 2, "neither rings nor was missed");
    assert_eq!(desk.view().past[0].outcome, OutcomeView::Answered, "in the end it was answered");
}
