//! What the team writes, whose a conversation is, and how far a text got, told
//! in any order, by events and by lists: the same is left.

use serde_json::Value;

use super::order::{at, orders, quickly};
use super::*;

const NONE: &str = "00000000-0000-0000-0000-000000000000";
const LEO: &str = "6f6bce64-7207-5dc9-90c0-3dd2f4806b81";

fn second(second: u32) -> Value {
    json!(format!("2024-01-15T10:30:{second:02}.000000Z"))
}

/// A frame, and whether a list tells it.
type Told<'a> = (&'a str, bool);

/// A desk whose clock is known, and what is told to it.
fn left_by<'a>(frames: impl Iterator<Item = Told<'a>>) -> Desk {
    let mut desk = desk();
    for known in ["m1", "m2"] {
        play(&mut desk, &text_from_john(known, "Hi"), at(0));
    }
    for (frame, is_listed) in frames {
        let Frame::Told(told) = Frame::decode(frame) else { panic!("{frame}") };
        if is_listed {
            desk.relearn(&told, at(5))
        } else {
            desk.learn(&told, at(5))
        }
        desk.take_out();
    }
    desk
}

/// Plays the story in every order; what is shown must be the same, and no nothing.
fn the_same_in_any_order<V: PartialEq + std::fmt::Debug>(
    what: &str,
    story: &[(Value, bool)],
    shown: impl Fn(&DeskView) -> V,
) {
    let frames: Vec<(String, bool)> =
        story.iter().map(|(frame, is_listed)| (quickly(frame.to_string()), *is_listed)).collect();
    let left = |order: &[usize]| {
        let told = order.iter().map(|place| (frames[*place].0.as_str(), frames[*place].1));
        shown(&left_by(told).view())
    };
    let in_order: Vec<usize> = (0..frames.len()).collect();
    let expected = left(&in_order);
    assert_ne!(expected, left(&[]), "{what}");
    for order in orders(frames.len()) {
        assert_eq!(left(&order), expected, "{what} {order:?}");
        let twice: Vec<usize> = order.iter().chain(&order).copied().collect();
        assert_eq!(left(&twice), expected, "{what}, twice {order:?}");
    }
}

fn chat(name: &str, told: Option<u32>, deleted: Option<u32>) -> Value {
    json!({"id": "floor", "customer_id": "c", "type": "group", "name": name, "detail": "", "member_count": 2,
        "tm_create": second(1), "tm_update": told.map(second), "tm_delete": deleted.map(second)})
}

fn line(id: &str, by: &str, text: &str, written: u32, told: Option<u32>) -> Value {
    json!({"id": id, "customer_id": "c", "owner_type": "agent", "owner_id": by, "chat_id": "floor", "type": "normal",
        "text": text, "medias": null, "metadata": {"reactions": null}, "tm_create": second(written),
        "tm_update": told.map(second), "tm_delete": null})
}

fn with(mut value: Value, key: &str, new: Value) -> Value {
    value[key] = new;
    value
}

fn liked(line: Value, by: &[&str]) -> Value {
    let reactions: Vec<Value> =
        by.iter().map(|who| json!({"emoji": "👍", "owner_type": "agent", "owner_id": who})).collect();
    with(line, "metadata", json!({"reactions": reactions}))
}

fn events(frames: impl IntoIterator<Item = Value>) -> Vec<(Value, bool)> {
    frames.into_iter().map(|frame| (frame, false)).collect()
}

#[test]
fn what_the_team_writes_is_the_same_in_whatever_order_it_is_told() {
    let all = |desk: &DeskView| (desk.talks.clone(), desk.talk_lines.clone());
    let hello = line("l1", LEO, "Hello", 5, None);
    let stories = [
        (
            "two lines and the chat",
            events([chat("Floor", None, None), hello.clone(), line("l2", ME, "Hi Leo", 8, None)]),
        ),
        (
            "two lines of one moment",
            events([chat("Floor", None, None), hello.clone(), line("l2", LEO, "Anyone?", 5, None)]),
        ),
        (
            "a line that was edited twice",
            events([
                hello.clone(),
                line("l1", LEO, "Hello all", 5, Some(7)),
                line("l1", LEO, "Hello everybody", 5, Some(9)),
            ]),
        ),
        (
            "reactions that come and go",
            events([
                hello.clone(),
                liked(line("l1", LEO, "Hello", 5, Some(7)), &[ME]),
                liked(line("l1", LEO, "Hello", 5, Some(9)), &[ME, LEO]),
                liked(line("l1", LEO, "Hello", 5, Some(11)), &[LEO]),
            ]),
        ),
        (
            "a line that was deleted",
            events([
                chat("Floor", None, None),
                hello.clone(),
                line("l2", LEO, "Wrong chat", 8, None),
                with(line("l2", LEO, "Wrong chat", 8, Some(9)), "tm_delete", second(9)),
            ]),
        ),
        (
            "the only line was deleted",
            events([hello.clone(), with(line("l1", LEO, "Hello", 5, Some(9)), "tm_delete", second(9))]),
        ),
        (
            "a chat that was renamed",
            events([
                chat("Floor", None, None),
                chat("Sales", Some(6), None),
                chat("Sales, day", Some(9), None),
                hello.clone(),
            ]),
        ),
        (
            "a line told by an event and by a list",
            vec![(hello.clone(), false), (hello, true), (line("l1", LEO, "Hello all", 5, Some(9)), true)],
        ),
    ];
    for (what, story) in stories {
        the_same_in_any_order(what, &story, all);
    }
}

#[test]
fn a_chat_that_was_deleted_does_not_come_back_with_a_late_line() {
    let story = events([
        chat("Floor", None, None),
        line("l1", LEO, "Hello", 5, None),
        chat("Floor", Some(9), Some(9)),
        line("l2", ME, "Bye", 8, None),
    ]);
    let frames: Vec<String> = story.into_iter().map(|(frame, _)| quickly(frame.to_string())).collect();
    for order in orders(frames.len()) {
        let view = left_by(order.iter().map(|place| (frames[*place].as_str(), false))).view();
        assert_eq!((view.talks.len(), view.talk_lines.len()), (0, 0), "{order:?}");
    }
}

#[test]
fn a_line_that_was_read_is_not_unread_again_when_it_is_told_again() {
    let hello = quickly(line("l1", LEO, "Hello", 5, None).to_string());
    let mut desk = left_by([(hello.as_str(), false)].into_iter());
    assert_eq!(desk.view().talks[0].unread, 1);
    desk.talk_in(Some("floor"));
    desk.talk_in(None);
    play(&mut desk, &hello, at(6));
    play(&mut desk, &quickly(liked(line("l1", LEO, "Hello", 5, Some(9)), &[LEO]).to_string()), at(7));
    assert_eq!(desk.view().talks[0].unread, 0);
}

fn conversation(owner: &str, told: Option<u32>) -> Value {
    json!({"id": "v1", "customer_id": "c", "owner_type": if owner == NONE { "" } else { "agent" }, "owner_id": owner,
        "account_id": NONE, "name": "conversation", "type": "message", "self": {"type": "tel", "target": SALES_LINE},
        "peer": {"type": "tel", "target": "+15550009999", "target_name": "Mia"}, "tm_create": second(1),
        "tm_update": told.map(second), "tm_delete": null})
}

#[test]
fn a_conversation_that_changes_hands_lies_on_the_desk_the_same_in_whatever_order_that_is_told() {
    let shown = |desk: &DeskView| desk.chats.iter().find(|chat| chat.number == "+15550009999").cloned();
    for is_listed in [false, true] {
        let story = [
            conversation(NONE, None),
            conversation(ME, Some(2)),
            conversation(LEO, Some(5)),
            conversation(ME, Some(8)),
        ]
        .map(|frame| (frame, is_listed));
        the_same_in_any_order("given, taken away, and given again", &story, shown);
    }
}

#[test]
fn how_far_a_text_got_is_the_same_whether_lists_or_events_tell_it() {
    let text = |status: &str, told: u32| {
        json!({"id": "s9", "customer_id": "c", "type": "sms", "source": {"type": "tel", "target": SALES_LINE},
            "targets": [{"destination": {"type": "tel", "target": JOHN}, "status": status, "parts": 1}],
            "text": "We are on it.", "direction": "outbound", "tm_create": second(0), "tm_update": second(told)})
    };
    let shown = |desk: &DeskView| desk.messages.iter().find(|text| text.id == "s9").cloned();
    for last in ["delivered", "failed", "dlr_timeout"] {
        for listed in 0..8_u8 {
            let story = [text("queued", 1), text("sent", 2), text(last, 4)];
            let by_list = |(place, frame): (usize, Value)| (frame, listed & (1 << place) != 0);
            let story: Vec<(Value, bool)> = story.into_iter().enumerate().map(by_list).collect();
            the_same_in_any_order(last, &story, shown);
        }
    }
}
