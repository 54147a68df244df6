//! The same events in any order, and any number of times.

use super::*;

const NONE: &str = "00000000-0000-0000-0000-000000000000";

/// All orders of so many things.
pub(super) fn orders(of: usize) -> Vec<Vec<usize>> {
    let Some(last) = of.checked_sub(1) else { return vec![Vec::new()] };
    let with_last = |order: Vec<usize>| {
        (0..of).map(move |place| {
            let mut order = order.clone();
            order.insert(place, last);
            order
        })
    };
    orders(last).into_iter().flat_map(with_last).collect()
}

/// What is left of a call: the history, the calls on the desk, and the notices that stand.
type Left = (Vec<PastView>, Vec<CallView>, Vec<String>);

fn left_by<'a>(frames: impl Iterator<Item = &'a String>) -> Left {
    let mut desk = desk();
    // Two other things, so that the clocks are known.
    for known in ["m1", "m2"] {
        play(&mut desk, &text_from_john(known, "Hi"), at(0));
    }
    let mut up = std::collections::BTreeSet::new();
    for frame in frames {
        for alert in play(&mut desk, frame, at(5)).alerts {
            match alert {
                Alert::Raise { key, kind, .. } if kind != AlertKind::Message => drop(up.insert(key)),
                Alert::Withdraw { key } => drop(up.remove(&key)),
                Alert::Raise { .. } => {}
            }
        }
    }
    let past = desk.view().past.into_iter().map(|past| PastView { seen: false, ..past }).collect();
    (past, desk.view().calls, up.into_iter().collect())
}

/// Tells a story within seconds: no frame is longer than that on its way.
pub(super) fn quickly(mut frame: String) -> String {
    for second in 0..60 {
        let quick = format!("10:30:{:02}.{}", second / 10, second % 10);
        frame = frame.replace(&format!("10:30:{second:02}.000000Z"), &format!("{quick}Z"));
        frame = frame.replace(&format!("10:30:{second:02}Z"), &format!("{quick}Z"));
    }
    frame
}

pub(super) fn at(second: i64) -> Millis {
    Timestamp::parse("2024-01-15T10:30:00Z").unwrap().as_millis() + second * 1000
}

fn ring(id: &str, agent: &str, inside: &str, status: &str, answered: bool, second: u32) -> String {
    json!({"id": id, "owner_type": "agent", "owner_id": agent, "status": status, "source": {"type": "tel", "target": JOHN},
        "destinations": [{"type": "agent", "target": agent}], "master_call_id": "call-1", "master_groupcall_id": inside,
        "answer_call_id": if answered { "leg" } else { NONE }, "answer_groupcall_id": NONE,
        "tm_create": "2024-01-15T10:30:10Z", "tm_update": format!("2024-01-15T10:30:{second:02}Z")})
    .to_string()
}

fn caller_leg(status: &str, second: u32) -> String {
    json!({"id": "call-1", "owner_id": NONE, "direction": "incoming", "source": {"type": "tel", "target": JOHN},
        "destination": {"type": "tel", "target": SALES_LINE}, "action": {}, "master_call_id": NONE, "status": status,
        "tm_create": "2024-01-15T10:30:00Z", "tm_update": format!("2024-01-15T10:30:{second:02}Z")})
    .to_string()
}

fn told(event: &str, second: u32, more: &serde_json::Value) -> String {
    call(event, second, more).replace(&format!("agent_id:{ME}:call"), "customer_id:c:call")
}

/// What happened to a call, the outcome, and in which events it was told.
fn stories() -> Vec<(&'static str, Option<OutcomeView>, Vec<String>)> {
    let quick =
        |(what, outcome, frames): (_, _, Vec<String>)| (what, outcome, frames.into_iter().map(quickly).collect());
    told_slowly().into_iter().map(quick).collect()
}

fn told_slowly() -> Vec<(&'static str, Option<OutcomeView>, Vec<String>)> {
    use OutcomeView::{Answered, Declined, Elsewhere, Missed};
    let offer =
        |second| told("call.assigned", second, &json!({"agent_id": ME, "queue_id": "sales", "status": "ringing"}));
    let to_leo = |second| told("call.assigned", second, &json!({"agent_id": "leo", "status": "ringing"}));
    let answer = |second| told("call.status", second, &json!({"status": "answered"}));
    let end = |second| told("call.ended", second, &json!({"hangup_reason": "normal"}));
    let created = told("call.created", 0, &json!({"status": "ringing"}));
    let rings = |agent: &str, status: &str, answered, second| {
        ring(&format!("outer {agent}"), agent, NONE, status, answered, second)
    };
    let inner = |status: &str, answered, second| ring("inner", ME, &format!("outer {ME}"), status, answered, second);
    vec![
        ("answered here", Some(Answered), vec![created.clone(), offer(10), answer(15), end(40)]),
        ("missed", Some(Missed), vec![created.clone(), answer(2), offer(10), end(40)]),
        ("answered by a flow, then here", Some(Answered), vec![answer(2), offer(10), answer(15), end(40)]),
        ("taken by a colleague", Some(Elsewhere), vec![offer(10), to_leo(20), answer(25), end(40)]),
        ("answered here, then handed on", Some(Answered), vec![offer(10), answer(15), to_leo(20), end(40)]),
        ("back again after a colleague", Some(Answered), vec![offer(10), to_leo(15), offer(20), answer(25), end(40)]),
        (
            "declined",
            Some(Declined),
            vec![created, offer(10), told("call.ended", 40, &json!({"hangup_reason": "declined"}))],
        ),
        (
            "answered, live",
            Some(Answered),
            vec![
                rings(ME, "progressing", false, 10),
                inner("progressing", false, 11),
                inner("progressing", true, 15),
                inner("hangup", true, 40),
                caller_leg("progressing", 1),
                caller_leg("hangup", 40),
            ],
        ),
        (
            "missed, live",
            Some(Missed),
            vec![
                rings(ME, "progressing", false, 10),
                inner("progressing", false, 11),
                inner("hangup", false, 40),
                rings(ME, "hangup", false, 40),
                caller_leg("progressing", 1),
                caller_leg("hangup", 40),
            ],
        ),
        (
            "taken by a colleague, live",
            Some(Elsewhere),
            vec![
                rings(ME, "progressing", false, 10),
                rings("leo", "progressing", false, 10),
                rings("leo", "progressing", true, 15),
                rings(ME, "hangup", false, 16),
                caller_leg("hangup", 40),
            ],
        ),
    ]
}

#[test]
fn a_calls_history_is_the_same_in_whatever_order_its_events_come() {
    for (what, outcome, frames) in stories() {
        let expected = left_by(frames.iter());
        assert_eq!(expected.0.first().map(|past| past.outcome), outcome, "{what}");
        assert_eq!(expected.0.len(), 1, "{what}");
        for order in orders(frames.len()) {
            let told = left_by(order.iter().map(|place| &frames[*place]));
            assert_eq!(told.0, expected.0, "{what} {order:?}");
            assert!(told.1.is_empty(), "{what} {order:?}: {:?}", told.1);
            let missed = told.2.iter().any(|key| key.starts_with("missed"));
            assert_eq!(missed, outcome == Some(OutcomeView::Missed), "{what} {order:?}: {:?}", told.2);
            assert!(!told.2.iter().any(|key| key.starts_with("call")), "{what} {order:?}: it rings on");
        }
    }
}

#[test]
fn a_caller_who_was_connected_has_not_given_up_whichever_is_told_first() {
    let connected = |second: u32| {
        left(second)
            .replace("queue.left", "queue.connected")
            .replace("tm_leave", "tm_connect")
            .replace("\"reason\":\"hangup\"", "\"agent_id\":\"leo\"")
    };
    let frames = [joined(0, 1), connected(5), left(30)].map(quickly);
    for order in orders(frames.len()) {
        assert!(left_by(order.iter().map(|place| &frames[*place])).0.is_empty(), "{order:?}");
    }
}

#[test]
fn an_offer_that_is_dated_after_the_end_of_its_call_undoes_no_answer() {
    let late = assigned(10).replace("2024-01-15T10:30:10", "2024-01-15T11:08:10");
    let frames = [ended(40), answered(15), late];
    for order in [[0, 1, 2], [1, 0, 2], [0, 2, 1], [1, 2, 0]] {
        let left = left_by(order.iter().map(|place| &frames[*place]));
        assert_eq!(left.0.iter().map(|past| past.outcome).collect::<Vec<_>>(), [OutcomeView::Answered], "{order:?}");
        assert!(left.1.is_empty() && left.2.is_empty(), "{order:?}: {left:?}");
    }
}

proptest! {
    #[test]
    fn repeats_change_nothing(
        story in 0..10_usize,
        picks in proptest::collection::vec(0..8_usize, 0..24),
    ) {
        let stories = stories();
        let (what, _, frames) = &stories[story];
        let expected = left_by(frames.iter());
        let picked = picks.iter().map(|pick| &frames[pick % frames.len()]);
        let left = left_by(picked.chain(frames.iter()));
        prop_assert_eq!(left.0, expected.0, "{}", what);
        prop_assert!(left.1.is_empty());
    }
}
