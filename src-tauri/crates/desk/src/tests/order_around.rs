//! What goes on around calls, and how far a text got, told in any order: the
//! same is left, in both dialects.

use serde_json::Value;

use super::floor::{flow, flow_done, recording, seat, speech, transcription};
use super::order::{at, orders, quickly};
use super::*;

const NONE: &str = "00000000-0000-0000-0000-000000000000";

fn second(second: u32) -> String {
    format!("2024-01-15T10:30:{second:02}.000000Z")
}

/// A desk whose clock is known.
fn known() -> Desk {
    let mut desk = desk();
    for known in ["m1", "m2"] {
        play(&mut desk, &text_from_john(known, "Hi"), at(0));
    }
    desk
}

/// What the window shows around calls, and what each text says of its delivery.
fn left_by<'a>(frames: impl Iterator<Item = &'a String>) -> String {
    let mut desk = known();
    for frame in frames {
        play(&mut desk, frame, at(5));
    }
    let DeskView { flows, conferences, recordings, transcripts, calls, messages, .. } = desk.view();
    let recorded: Vec<_> = calls.into_iter().map(|call| (call.id, call.controls.recording)).collect();
    let texts: Vec<_> = messages.into_iter().map(|text| (text.text, text.delivery, text.problem)).collect();
    format!("{flows:#?} {conferences:#?} {recordings:#?} {transcripts:#?} {recorded:?} {texts:?}")
}

fn live_flow(status: &str, executed: &[&str], current: &str, told: u32) -> String {
    let action = |id: &&str| json!({"id": id, "next_id": NONE, "type": id, "tm_execute": null});
    let executed: Vec<Value> = executed.iter().map(action).collect();
    json!({"id": "f2", "customer_id": "c", "flow_id": "template", "status": status, "reference_type": "call",
        "reference_id": "call-1", "current_action": action(&current), "executed_actions": executed,
        "tm_create": second(0), "tm_update": second(told)})
    .to_string()
}

fn live_room(status: &str, seated: &[&str], told: u32) -> String {
    json!({"id": "room2", "customer_id": "c", "type": "conference", "status": status, "name": "Daily",
        "pre_flow_id": NONE, "post_flow_id": NONE, "conferencecall_ids": seated, "tm_create": second(0),
        "tm_update": second(told), "tm_end": if status == "terminated" { json!(second(told)) } else { json!(null) }})
    .to_string()
}

fn live_recording(id: &str, status: &str, began: u32, told: u32) -> String {
    json!({"id": id, "customer_id": "c", "reference_type": "call", "reference_id": "call-1", "status": status,
        "format": "wav", "on_end_flow_id": NONE, "tm_start": second(began), "tm_create": second(began),
        "tm_end": if status == "ended" { json!(second(told)) } else { json!(null) }, "tm_update": second(told)})
    .to_string()
}

fn live_transcribe(status: &str, told: u32) -> String {
    json!({"id": "t2", "customer_id": "c", "on_end_flow_id": NONE, "reference_type": "call", "reference_id": "call-1",
        "status": status, "language": "en-US", "direction": "both", "tm_create": second(0), "tm_update": second(told)})
    .to_string()
}

fn live_text(status: &str, told: u32) -> String {
    json!({"id": "s9", "customer_id": "c", "type": "sms", "source": {"type": "tel", "target": SALES_LINE},
        "targets": [{"destination": {"type": "tel", "target": JOHN}, "status": status, "parts": 1}],
        "text": "We are on it.", "direction": "outbound", "tm_create": second(0), "tm_update": second(told)})
    .to_string()
}

fn completed(more: &Value) -> String {
    let mut data = json!({"id": "r3", "call_id": "call-1", "tm_complete": second(50), "tm_update": second(50)});
    data.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    json!({"event_type": "recording.completed", "topic": "customer_id:c:recording:r3", "data": data}).to_string()
}

fn started(began: &Value, told: u32) -> String {
    let data = json!({"id": "r3", "call_id": "call-1", "tm_start": began, "tm_update": second(told)});
    json!({"event_type": "recording.started", "topic": "customer_id:c:recording:r3", "data": data}).to_string()
}

fn stories() -> Vec<(&'static str, Vec<String>)> {
    let stories = vec![
        (
            "a flow whose step is told again",
            vec![flow(1, "answer"), flow(2, "play"), flow(4, "play"), flow(8, "queue_join"), flow_done(9)],
        ),
        (
            "a flow that comes back to a step",
            vec![flow(1, "menu"), flow(2, "play"), flow(5, "menu"), flow(6, "play"), flow_done(9)],
        ),
        (
            "a live flow",
            vec![
                live_flow("running", &[], "answer", 1),
                live_flow("running", &["answer"], "talk", 3),
                live_flow("running", &["answer", "talk"], "answer", 6),
                live_flow("ended", &["answer", "talk"], "answer", 9),
            ],
        ),
        (
            "a conference one leaves and comes back to",
            vec![
                seat("joined", "a", 1, 1),
                seat("joined", "b", 2, 2),
                seat("left", "a", 4, 1),
                seat("joined", "a", 7, 2),
                seat("left", "a", 9, 1),
            ],
        ),
        (
            "a conference that ends",
            vec![
                seat("joined", "a", 1, 1),
                seat("joined", "b", 2, 2),
                seat("left", "b", 4, 1),
                json!({"event_type": "conference.ended", "topic": "customer_id:c:conference:room",
                "data": {"conference_id": "room", "tm_end": second(9)}})
                .to_string(),
            ],
        ),
        (
            "a live conference",
            vec![
                live_room("progressing", &["a"], 1),
                live_room("progressing", &["a", "b"], 3),
                live_room("progressing", &["b"], 5),
                live_room("progressing", &["a", "b"], 7),
                live_room("terminated", &[], 9),
            ],
        ),
        ("a recording", vec![recording("started", 1), recording("completed", 59)]),
        (
            "a recording whose length is told",
            vec![started(&json!(second(20)), 20), started(&json!(null), 30), completed(&json!({"duration": 40}))],
        ),
        (
            "a recording whose length follows",
            vec![
                started(&json!(second(20)), 20),
                started(&json!(null), 30),
                completed(&json!({})),
                completed(&json!({"size": 7})),
            ],
        ),
        (
            "two recordings of a call, live",
            vec![
                live_recording("x1", "recording", 1, 1),
                live_recording("x1", "ended", 1, 4),
                live_recording("x2", "recording", 6, 6),
                assigned(0),
                answered(2),
            ],
        ),
        (
            "a call that was recorded, live",
            vec![
                live_recording("x1", "recording", 1, 1),
                live_recording("x1", "stopping", 1, 3),
                live_recording("x1", "ended", 1, 4),
                assigned(0),
            ],
        ),
        (
            "what was said, and all of it",
            vec![transcription(9), speech(1, true).replace("t2", "t1"), speech(2, false).replace("t2", "t1")],
        ),
        (
            "what is being said, live",
            vec![
                live_transcribe("progressing", 1),
                speech(1, false),
                speech(2, false),
                speech(3, true),
                live_transcribe("done", 9),
            ],
        ),
        (
            "a text that arrives",
            vec![sent("m9", "Yes"), delivery("m9", "queued"), delivery("m9", "sent"), delivery("m9", "delivered")],
        ),
        (
            "a text that is given up and arrives all the same",
            vec![
                sent("m9", "Yes"),
                delivery("m9", "dlr_timeout"),
                delivery("m9", "failed"),
                delivery("m9", "delivered"),
            ],
        ),
        (
            "a live text",
            vec![live_text("queued", 1), live_text("sent", 2), live_text("dlr_timeout", 3), live_text("failed", 4)],
        ),
    ];
    stories.into_iter().map(|(what, frames)| (what, frames.into_iter().map(quickly).collect())).collect()
}

#[test]
fn the_same_is_left_in_whatever_order_it_is_told() {
    for (what, frames) in stories() {
        let expected = left_by(frames.iter());
        assert_ne!(expected, left_by([].iter()), "{what}");
        for order in orders(frames.len()) {
            let told = left_by(order.iter().map(|place| &frames[*place]));
            assert_eq!(told, expected, "{what} {order:?}");
        }
    }
}

#[test]
fn a_call_that_comes_after_the_start_of_its_recording_is_shown_as_recorded() {
    let recorded = |frames: &[String]| {
        let mut desk = known();
        for frame in frames {
            play(&mut desk, &quickly(frame.clone()), at(5));
        }
        desk.view().calls.remove(0).controls.recording
    };
    let (x1, x2) = (live_recording("x1", "recording", 1, 1), live_recording("x2", "recording", 6, 6));
    let x1_ends = live_recording("x1", "ended", 1, 4);
    assert_eq!(recorded(&[x1.clone(), assigned(2)]), DeedView::On);
    assert_eq!(recorded(&[assigned(2), x1.clone(), x2, x1_ends.clone()]), DeedView::On, "the second one runs");
    assert_eq!(recorded(&[assigned(2), x1, x1_ends]), DeedView::Off);
}

#[test]
fn whoever_left_last_and_came_back_is_in_the_conference() {
    let frames = [seat("joined", "a", 1, 1), seat("left", "a", 4, 0), seat("joined", "a", 7, 1)].map(quickly);
    for order in orders(frames.len()) {
        let mut desk = known();
        order.iter().for_each(|place| drop(play(&mut desk, &frames[*place], at(5))));
        let room = desk.view().conferences.remove(0);
        let seat = &room.seats[0];
        assert_eq!((room.count, room.seats.len(), seat.left, seat.why.clone()), (1, 1, None, None), "{order:?}");
    }
}

#[test]
fn a_text_ends_as_the_service_says_whether_its_answer_or_its_events_come_first() {
    type Step = fn(&mut Desk, &str);
    let accepts: Step = |desk, id| desk.reply_fate(id, accepted("m9"), at(2));
    let is_sent: Step = |desk, _| drop(play(desk, &quickly(sent("m9", "Yes")), at(2)));
    let is_queued: Step = |desk, _| drop(play(desk, &delivery("m9", "queued"), at(2)));
    let fails: Step = |desk, _| drop(play(desk, &delivery("m9", "failed"), at(2)));
    let steps = [accepts, is_sent, is_queued, fails];
    for order in orders(steps.len()) {
        let mut desk = known();
        let chat = desk.view().chats.remove(0).id;
        desk.reply(&chat, "Yes", None, "reply-00000000000001-1", at(1)).unwrap();
        desk.take_due_replies(at(1));
        order.iter().for_each(|place| steps[*place](&mut desk, "reply-00000000000001-1"));
        let ours: Vec<_> = desk.view().messages.into_iter().filter(|text| text.ours).collect();
        let [text] = &ours[..] else { panic!("{order:?}: {ours:?}") };
        assert_eq!((text.delivery, text.problem.is_some()), (Some(DeliveryView::Failed), true), "{order:?}");
    }
}

proptest! {
    #[test]
    fn repeats_change_nothing(story in 0..16_usize, picks in proptest::collection::vec(0..8_usize, 0..16)) {
        let stories = stories();
        let (what, frames) = &stories[story % stories.len()];
        let expected = left_by(frames.iter());
        let picked = picks.iter().map(|pick| &frames[pick % frames.len()]);
        prop_assert!(left_by(picked.chain(frames.iter())) == expected, "{}", what);
    }
}
