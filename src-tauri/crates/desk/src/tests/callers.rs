//! One caller is one record, whatever tells of it.

use voipbin_wire::{BareKind, decode_facts};

use super::*;

fn at(second: i64) -> Millis {
    Timestamp::parse("2024-01-15T10:30:00Z").unwrap().as_millis() + second * 1000
}

fn named(desk: &mut Desk, id: &str, name: &str) {
    let queue = json!({"result": [{"id": id, "name": name}]});
    desk.queue_names(voipbin_wire::decode_page(&queue.to_string()).unwrap().items);
}

fn relearn(desk: &mut Desk, frame: &str, now: Millis) {
    match Frame::decode(frame) {
        Frame::Told(told) => desk.relearn(&told, now),
        other => panic!("the frame is no event: {other:?}"),
    }
}

/// The answer overtook its offer, which a wrong clock dated an hour before it.
#[test]
fn a_list_that_tells_when_a_call_was_offered_and_answered_says_which_came_first() {
    let offer = assigned(0).replace("2024-01-15T10:30:00", "2024-01-15T09:10:00");
    let list = call(
        "call.ended",
        40,
        &json!({"agent_id": ME, "status": "hangup", "tm_create": "2024-01-15T09:10:00.000000Z",
            "tm_progressing": "2024-01-15T10:30:15.000000Z"}),
    );
    for ended_is_told in [false, true] {
        let mut desk = desk();
        for frame in [answered(15), offer.clone()] {
            play(&mut desk, &frame, at(40));
        }
        if ended_is_told {
            play(&mut desk, &ended(40), at(40));
        }
        relearn(&mut desk, &list, at(60));
        let past: Vec<OutcomeView> = desk.view().past.iter().map(|past| past.outcome).collect();
        assert_eq!(past, [OutcomeView::Answered], "{ended_is_told}");
        assert!(desk.view().calls.is_empty());
    }
}

/// A wrong clock dated the offer an hour after its answer, and a list says the same.
#[test]
fn an_answered_call_does_not_ring_again_because_a_list_has_a_wrong_time_of_its_offer() {
    let mut desk = desk();
    let offer = assigned(0).replace("2024-01-15T10:30:00", "2024-01-15T11:40:00");
    assert_eq!(raised(&play(&mut desk, &offer, at(0))), [AlertKind::Ringing]);
    play(&mut desk, &answered(5), at(5));
    let times = json!({"agent_id": ME, "status": "answered", "tm_create": "2024-01-15T11:40:00.000000Z",
        "tm_progressing": "2024-01-15T10:30:05.000000Z"});
    relearn(&mut desk, &call("call.status", 5, &times), at(20));
    assert_eq!(desk.take_out(), Out::default());
    assert_eq!(desk.view().calls[0].stage, CallStage::Talking);
    play(&mut desk, &ended(30), at(30));
    assert_eq!(desk.view().past[0].outcome, OutcomeView::Answered);
}

#[test]
fn a_queue_that_gets_its_name_later_is_called_so_wherever_it_stands() {
    let mut desk = desk();
    play(&mut desk, &joined(0, 1).replace("call-1", "call-2"), at(0));
    play(&mut desk, &assigned(5), at(5));
    for frame in [assigned(5), ended(9)] {
        play(&mut desk, &frame.replace("call-1", "call-3"), at(9));
    }
    desk.take_changes();
    let mut open_window = whole(&desk);
    named(&mut desk, "sales", "Sales");
    let view = desk.view();
    assert_eq!((view.calls[0].queue.as_deref(), view.waits[0].queue.as_str()), (Some("Sales"), "Sales"));
    assert_eq!(view.past[0].queue.as_deref(), Some("Sales"));
    assert!(view.board.iter().all(|call| call.queue.as_deref() == Some("Sales")), "{:?}", view.board);
    apply(&mut open_window, desk.take_changes());
    assert_eq!(open_window, whole(&desk));
    assert_eq!(desk.take_out(), Out::default(), "a name is no news");
}

#[test]
fn the_history_keeps_a_name_when_the_card_is_put_away() {
    let mut desk = desk();
    for frame in [assigned(0), ended(9)] {
        play(&mut desk, &frame, at(9));
    }
    desk.looked_up(JOHN, john());
    let mut open_window = whole(&desk);
    desk.take_changes();
    for number in 0..2500 {
        let text = text_from_john(&format!("m{number}"), "Hi").replace(JOHN, &format!("+1556{number:07}"));
        play(&mut desk, &text, at(10));
        apply(&mut open_window, desk.take_changes());
    }
    assert!(desk.card(JOHN).is_none(), "so many strangers wrote");
    assert_eq!(desk.view().past[0].name.as_deref(), Some("John Delgado"));
    assert_eq!(open_window, whole(&desk));
}

#[test]
fn calls_that_are_over_are_remembered_for_a_while_only() {
    let mut desk = desk();
    for number in 0..5000 {
        for frame in [assigned(0), answered(5), ended(9)] {
            play(&mut desk, &frame.replace("call-1", &format!("call {number}")), at(9));
        }
        desk.take_changes();
    }
    desk.tick(at(10));
    assert_eq!(desk.view().past.len(), 1000);
    assert!(desk.callers.known() <= 1000 + 200 + 500, "{} callers are known", desk.callers.known());
    assert_eq!(play(&mut desk, &assigned(0).replace("call-1", "call 4999"), at(11)), Out::default(), "it is over");
}

#[test]
fn a_caller_is_told_of_the_same_whether_the_call_or_the_queue_told_who_it_is() {
    let by_queue =
        joined(0, 1).replace(r#""queue_id""#, &format!(r#""source":{{"type":"tel","target":"{JOHN}"}},"queue_id""#));
    let mut desk = desk();
    play(&mut desk, &by_queue, at(0));
    let sparse = json!({"event_type": "call.assigned", "data": {"call_id": "call-1", "agent_id": ME}}).to_string();
    play(&mut desk, &sparse, at(5));
    let view = desk.view();
    assert_eq!((view.calls[0].number.as_str(), view.board[0].number.as_str()), (JOHN, JOHN));
    play(&mut desk, &ended(9), at(9));
    assert_eq!(desk.view().past[0].number, JOHN);
}

#[test]
fn a_list_that_is_older_than_the_end_of_a_ring_tells_no_missed_call_twice() {
    let none = "00000000-0000-0000-0000-000000000000";
    let ring = |id: &str, inside: &str, status: &str, second: u32| {
        json!({"id": id, "owner_type": "agent", "owner_id": ME, "status": status, "source": {"type": "tel", "target": JOHN},
            "destinations": [{"type": "agent", "target": ME}], "master_call_id": "c1", "master_groupcall_id": inside,
            "answer_call_id": none, "answer_groupcall_id": none, "tm_create": "2024-01-15T10:30:00Z",
            "tm_update": format!("2024-01-15T10:30:{second:02}Z")})
    };
    let now = Timestamp::parse("2024-01-15T10:30:20Z").unwrap().as_millis();
    let mut desk = desk();
    let told = raised(&play(&mut desk, &ring("outer", none, "hangup", 18).to_string(), now));
    assert_eq!(told, [AlertKind::Missed]);
    let listed = [ring("outer", none, "progressing", 5), ring("inner", "outer", "progressing", 5)];
    let page = decode_facts(BareKind::Ring, &json!({"result": listed, "next_page_token": ""}).to_string()).unwrap();
    page.items.iter().for_each(|told| desk.relearn(told, now));
    assert_eq!(desk.take_out().alerts, [], "the list was read before the end");
    let told = raised(&play(&mut desk, &ring("inner", "outer", "hangup", 18).to_string(), now + 100));
    assert_eq!((told, desk.view().past.len()), (vec![], 1));
}

#[test]
fn a_call_that_was_answered_handed_on_and_given_back_rings_again() {
    for is_read in [false, true] {
        let mut desk = desk();
        let to = |agent: &str, at: u32| call("call.assigned", at, &json!({"agent_id": agent, "status": "ringing"}));
        assert_eq!(raised(&play(&mut desk, &to(ME, 0), 0)), [AlertKind::Ringing]);
        play(&mut desk, &answered(5), 5000);
        play(&mut desk, &to("leo", 20), 20_000);
        assert!(desk.view().calls.is_empty());
        let back = to(ME, 40);
        let out = if is_read {
            let Frame::Told(told) = Frame::decode(&back) else { panic!("not told") };
            desk.relearn(&told, 40_000);
            desk.take_out()
        } else {
            play(&mut desk, &back, 40_000)
        };
        assert_eq!(raised(&out), [AlertKind::Ringing], "{is_read}");
        assert_eq!(desk.view().calls[0].stage, CallStage::Ringing);
        play(&mut desk, &answered(45), 45_000);
        let call = desk.view().calls.remove(0);
        assert_eq!((call.stage, call.since), (CallStage::Talking, 45_000));
    }
}

#[test]
fn a_live_call_that_was_answered_handed_on_and_given_back_rings_again() {
    let none = "00000000-0000-0000-0000-000000000000";
    let ring = |id: &str, agent: &str, status: &str, answered: bool, began: u32, at: u32| {
        json!({"id": id, "owner_type": "agent", "owner_id": agent, "status": status, "source": {"type": "tel", "target": JOHN},
            "destinations": [{"type": "agent", "target": agent}], "master_call_id": "call-1", "master_groupcall_id": none,
            "answer_call_id": if answered { "leg" } else { none }, "answer_groupcall_id": none,
            "tm_create": format!("2024-01-15T10:30:{began:02}Z"), "tm_update": format!("2024-01-15T10:30:{at:02}Z")})
        .to_string()
    };
    let mut desk = desk();
    let mut rings = 0;
    for frame in [
        (ring("r1", ME, "progressing", false, 1, 1), 1000),
        (ring("r1", ME, "progressing", true, 1, 5), 5000),
        (ring("r2", "leo", "progressing", true, 18, 20), 20_000),
        (ring("r1", ME, "hangup", true, 1, 21), 21_000),
        (ring("r3", ME, "progressing", false, 40, 40), 40_000),
    ] {
        rings += raised(&play(&mut desk, &frame.0, frame.1)).iter().filter(|kind| **kind == AlertKind::Ringing).count();
    }
    assert_eq!(rings, 2);
    assert_eq!(desk.view().calls[0].stage, CallStage::Ringing);
    play(&mut desk, &ring("r3", ME, "progressing", true, 40, 45), 45_000);
    assert_eq!(desk.view().calls[0].stage, CallStage::Talking);
}
