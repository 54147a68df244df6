//! The live board, the figures, and what the platform does around calls.

use super::*;

pub(super) fn at(second: u32) -> String {
    format!("2024-01-15T10:30:{second:02}.000000Z")
}

fn event(kind: &str, second: u32, data: &serde_json::Value) -> String {
    let topic = "customer_id:c:call:*";
    json!({"event_type": kind, "timestamp": at(second), "topic": topic, "data": data}).to_string()
}

pub(super) fn call(id: &str, kind: &str, status: &str, second: u32) -> String {
    let data = json!({
        "id": id, "status": status, "direction": "inbound", "source": {"type": "tel", "target": "+15550000001"},
        "destination": {"type": "tel", "target": SALES_LINE}, "tm_update": at(second),
    });
    event(kind, second, &data)
}

pub(super) fn joins(call: &str, second: u32) -> String {
    event("queue.joined", second, &json!({"queue_id": "sales", "call_id": call, "tm_join": at(second)}))
}

pub(super) fn connected(call: &str, second: u32) -> String {
    let data = json!({"queue_id": "sales", "call_id": call, "agent_id": "leo", "tm_connect": at(second)});
    event("queue.connected", second, &data)
}

fn leaves(call: &str, second: u32) -> String {
    event("queue.left", second, &json!({"queue_id": "sales", "call_id": call, "tm_leave": at(second)}))
}

pub(super) fn flow(second: u32, action: &str) -> String {
    let action = json!({"id": format!("a-{action}"), "type": action, "name": format!("{action}_it")});
    let data = json!({"id": "f1", "flow_id": "template", "status": "executing", "current_action": action, "tm_update": at(second)});
    event("activeflow.updated", second, &data)
}

pub(super) fn flow_done(second: u32) -> String {
    let data = json!({"id": "f1", "status": "completed", "result": "success", "tm_end": at(second)});
    event("activeflow.completed", second, &data)
}

pub(super) fn seat(what: &str, call: &str, second: u32, count: i64) -> String {
    let time = if what == "joined" { "tm_join" } else { "tm_leave" };
    let mut data = json!({"conference_id": "room", "call_id": call, "participant_count": count, time: at(second)});
    if what == "left" {
        data["reason"] = json!("hangup");
    }
    event(&format!("conference.{what}"), second, &data)
}

pub(super) fn recording(what: &str, second: u32) -> String {
    let mut data = json!({"id": "r1", "call_id": "call-1", "tm_start": at(0)});
    if what == "completed" {
        data["duration"] = json!(300);
        data["tm_complete"] = json!(at(second));
    }
    event(&format!("recording.{what}"), second, &data)
}

pub(super) fn transcription(second: u32) -> String {
    let data = json!({"id": "t1", "call_id": "call-1", "language": "en-US", "text": "All that was said.", "tm_complete": at(second)});
    event("transcription.completed", second, &data)
}

pub(super) fn speech(second: u32, is_finished: bool) -> String {
    let mut data = json!({
        "id": format!("s{second}"), "customer_id": "c", "transcribe_id": "t2", "direction": "in",
        "message": format!("words {second}"), "tm_create": at(second),
    });
    data[if is_finished { "tm_transcript" } else { "streaming_id" }] =
        json!(if is_finished { "0001-01-01T00:00:04Z" } else { "5b1d0000-0000-4000-8000-000000000001" });
    data.to_string()
}

/// Milliseconds of a second of the test's minute, by a clock that agrees with the service's.
fn ms(second: u32) -> Millis {
    Timestamp::parse(&at(second)).unwrap().as_millis()
}

fn plays(desk: &mut Desk, frames: &[(u32, String)]) {
    for (second, frame) in frames {
        play(desk, frame, ms(*second));
    }
    desk.tick(frames.last().map_or(0, |(second, _)| ms(*second)));
    desk.take_changes();
}

fn on_board(desk: &Desk, id: &str) -> BoardCallView {
    desk.view().board.into_iter().find(|call| call.id == id).unwrap_or_else(|| panic!("{id} is not on the board"))
}

#[test]
fn a_call_is_followed_over_the_board_whoever_takes_it() {
    let mut desk = desk();
    play(&mut desk, &status("leo", "busy", 0), ms(0));
    plays(&mut desk, &[(1, call("x", "call.created", "ringing", 1))]);
    let ringing = on_board(&desk, "x");
    assert_eq!((ringing.state, ringing.since, ringing.number.as_str()), (BoardState::Ringing, ms(1), "+15550000001"));
    plays(&mut desk, &[(2, call("x", "call.status", "answered", 2)), (3, joins("x", 3))]);
    let waiting = on_board(&desk, "x");
    assert_eq!((waiting.state, waiting.since), (BoardState::Waiting, ms(3)), "the queue answered, nobody else");
    plays(&mut desk, &[(9, connected("x", 9))]);
    let talking = on_board(&desk, "x");
    assert_eq!((talking.state, talking.agent.as_deref()), (BoardState::Talking, Some("#leo")));
    plays(&mut desk, &[(30, call("x", "call.ended", "hangup", 30))]);
    assert_eq!(on_board(&desk, "x").state, BoardState::Ended);
    assert!(desk.view().calls.is_empty(), "it was never at this desk");
    plays(&mut desk, &[(31, call("x", "call.status", "answered", 2))]);
    assert_eq!(on_board(&desk, "x").state, BoardState::Ended, "a late frame brings nothing back");
}

#[test]
fn the_floor_counts_who_rings_talks_and_waits() {
    let mut desk = desk();
    let created = |id: &str| call(id, "call.created", "ringing", 1);
    plays(&mut desk, &[(1, created("a")), (1, created("b")), (1, created("c")), (4, joins("b", 4))]);
    plays(&mut desk, &[(5, call("c", "call.status", "answered", 5))]);
    let floor = desk.view().floor;
    assert_eq!((floor.ringing, floor.waiting, floor.talking, floor.longest_since), (1, 1, 1, Some(ms(4))));
    plays(&mut desk, &[(6, leaves("b", 6)), (6, call("b", "call.ended", "hangup", 6))]);
    let floor = desk.view().floor;
    assert_eq!((floor.waiting, floor.longest_since, floor.today.abandoned), (0, None, 1));
}

#[test]
fn the_service_level_is_counted_once_per_caller_and_follows_the_threshold() {
    let mut desk = desk();
    // Three wait 2, 10 and 30 seconds; one gives up. Everything is told three times.
    for (id, joined, taken) in [("a", 0, 2), ("b", 0, 10), ("c", 0, 30)] {
        for _ in 0..3 {
            plays(&mut desk, &[(joined, joins(id, joined)), (taken, connected(id, taken))]);
        }
    }
    for _ in 0..3 {
        plays(&mut desk, &[(1, joins("d", 1)), (31, leaves("d", 31))]);
    }
    let figures = desk.view().floor.today;
    assert_eq!((figures.answered, figures.in_time, figures.abandoned), (3, 2, 1));
    assert_eq!(figures.level_percent, Some(50), "two of four were answered in time");
    assert_eq!(figures.average_wait_s, Some(14));
    desk.thresholds(Thresholds { level_s: 5, ..Thresholds::default() }, ms(31));
    desk.take_changes();
    assert_eq!(desk.view().floor.today.in_time, 1);
    let chart = desk.view().floor.chart;
    assert_eq!((chart.len(), chart.last().and_then(|point| point.percent)), (12, Some(25)));
}

#[test]
fn handling_lasts_from_the_answer_to_the_end() {
    let mut desk = desk();
    plays(&mut desk, &[(0, call("a", "call.created", "ringing", 0)), (1, joins("a", 1)), (5, connected("a", 5))]);
    plays(&mut desk, &[(45, call("a", "call.ended", "hangup", 45))]);
    let figures = desk.view().floor.today;
    assert_eq!((figures.average_handle_s, figures.answered), (Some(40), 1));
}

#[test]
fn a_queue_says_how_long_its_callers_waited_lately() {
    let mut desk = desk();
    for (id, waited) in [("a", 2), ("b", 50), ("c", 4)] {
        plays(&mut desk, &[(0, joins(id, 0)), (waited, connected(id, waited))]);
    }
    plays(&mut desk, &[(51, joins("d", 51))]);
    let queue = desk.view().queues.remove(0);
    assert_eq!((queue.waiting, queue.likely_s, queue.answered), (1, Some(4), 3), "one long wait moves it little");
    assert_eq!(desk.view().waits[0].likely_s, Some(4));
}

#[test]
fn a_tone_repeats_until_the_agent_has_heard_it_or_nobody_waits() {
    let mut desk = desk();
    plays(&mut desk, &[(0, joins("a", 0))]);
    assert!(desk.view().floor.calls_for_attention);
    desk.waits_heard();
    desk.take_changes();
    assert!(!desk.view().floor.calls_for_attention);
    plays(&mut desk, &[(1, joins("b", 1))]);
    assert!(desk.view().floor.calls_for_attention, "the next one calls again");
    plays(&mut desk, &[(2, leaves("b", 2))]);
    assert!(!desk.view().floor.calls_for_attention);
}

#[test]
fn a_flow_is_a_path_of_what_was_done_with_the_current_step_lit() {
    let mut desk = desk();
    plays(&mut desk, &[(1, flow(1, "answer")), (2, flow(2, "play")), (2, flow(2, "play")), (8, flow(8, "queue_join"))]);
    let path = desk.view().flows.remove(0);
    let steps: Vec<_> =
        path.steps.iter().map(|step| (step.kind.as_str(), step.ended.map(|end| end - step.began))).collect();
    assert_eq!(steps, [("answer", Some(1000)), ("play", Some(6000)), ("queue_join", None)]);
    assert!(path.running);
    plays(&mut desk, &[(9, flow_done(9))]);
    let path = desk.view().flows.remove(0);
    assert_eq!((path.running, path.result.as_deref(), path.ended), (false, Some("success"), Some(ms(9))));
    assert_eq!(path.steps[2].ended, Some(ms(9)));
}

#[test]
fn a_step_told_late_takes_its_place() {
    let mut desk = desk();
    plays(&mut desk, &[(8, flow(8, "queue_join")), (9, flow(2, "play"))]);
    let path = desk.view().flows.remove(0);
    let steps: Vec<_> = path.steps.iter().map(|step| step.kind.as_str()).collect();
    assert_eq!(steps, ["play", "queue_join"]);
    assert_eq!(path.steps[0].ended, Some(ms(8)));
}

#[test]
fn a_conference_says_who_came_and_went_and_why() {
    let mut desk = desk();
    plays(&mut desk, &[(1, seat("joined", "a", 1, 1)), (2, seat("joined", "b", 2, 2)), (9, seat("left", "a", 9, 1))]);
    let room = desk.view().conferences.remove(0);
    assert_eq!((room.count, room.seats.len(), room.running), (1, 2, true));
    assert_eq!((room.seats[0].left, room.seats[0].why.clone()), (Some(ms(9)), Some(say!("calls-why-hung-up"))));
    let over = event("conference.ended", 20, &json!({"conference_id": "room", "tm_end": at(20)}));
    plays(&mut desk, &[(20, over)]);
    let room = desk.view().conferences.remove(0);
    assert_eq!((room.running, room.count, room.seats[1].left), (false, 0, Some(ms(20))));
}

#[test]
fn a_recording_runs_and_is_complete() {
    let mut desk = desk();
    plays(&mut desk, &[(1, recording("started", 1))]);
    assert!(desk.view().recordings[0].running);
    plays(&mut desk, &[(59, recording("completed", 59)), (59, recording("started", 1))]);
    let recording = desk.view().recordings.remove(0);
    assert_eq!((recording.running, recording.duration_s), (false, Some(300)));
}

#[test]
fn what_is_being_said_gives_way_to_what_was_said() {
    let mut desk = desk();
    plays(&mut desk, &[(1, speech(1, false)), (2, speech(2, false))]);
    let said = |desk: &Desk| {
        let lines = desk.view().transcripts.remove(0).lines;
        lines.into_iter().map(|line| (line.text, line.speaking)).collect::<Vec<_>>()
    };
    assert_eq!(said(&desk), [("words 2".to_owned(), true)]);
    plays(&mut desk, &[(3, speech(3, true))]);
    assert_eq!(said(&desk), [("words 3".to_owned(), false)]);
}

#[test]
fn a_call_a_colleague_takes_and_one_that_is_declined_are_not_missed() {
    let mut desk = desk();
    let outcome = |desk: &Desk| desk.view().past.iter().map(|past| past.outcome).collect::<Vec<_>>();
    play(&mut desk, &assigned(5), ms(5));
    play(&mut desk, &super::call("call.assigned", 9, &json!({"agent_id": "leo", "status": "ringing"})), ms(9));
    assert_eq!(outcome(&desk), [OutcomeView::Elsewhere]);
    let mut desk = super::desk();
    play(&mut desk, &assigned(5), ms(5));
    play(&mut desk, &super::call("call.ended", 9, &json!({"hangup_reason": "declined"})), ms(9));
    assert_eq!(outcome(&desk), [OutcomeView::Declined]);
}

#[test]
fn a_missed_call_says_why_until_it_was_seen() {
    let mut desk = desk();
    play(&mut desk, &assigned(5), ms(5));
    play(&mut desk, &super::call("call.ended", 9, &json!({"hangup_reason": "cancel"})), ms(9));
    let past = desk.view().past.remove(0);
    assert_eq!(
        (past.outcome, past.seen, past.why.as_ref()),
        (OutcomeView::Missed, false, Some(&say!("calls-why-cancel")))
    );
    desk.history_seen();
    assert!(desk.view().past[0].seen);
}

#[test]
fn a_call_whose_beginning_was_lost_gets_its_number_from_the_lists() {
    let mut desk = desk();
    let topic = format!("agent_id:{ME}:call:call-1");
    let data = json!({"id": "call-1", "status": "answered", "tm_update": at(5)});
    play(&mut desk, &json!({"event_type": "call.status", "topic": topic, "data": data}).to_string(), ms(5));
    assert_eq!(desk.view().past[0].number, "");
    let Frame::Told(told) = Frame::decode(&super::call("call.ended", 9, &json!({"agent_id": ME}))) else { panic!() };
    desk.relearn(&told, ms(9));
    assert_eq!((desk.view().past[0].number.as_str(), desk.view().past[0].outcome), (JOHN, OutcomeView::Answered));
}

#[test]
fn ten_thousand_changes_of_one_call_are_drawn_once() {
    let mut desk = desk();
    for second in 0..10_000 {
        play(
            &mut desk,
            &call("x", "call.status", if second % 2 == 0 { "ringing" } else { "answered" }, second % 60),
            ms(0),
        );
    }
    let patches = desk.take_changes();
    assert_eq!(patches.iter().filter(|patch| matches!(patch, Patch::PutBoardCall { .. })).count(), 1);
}

#[test]
fn however_many_callers_there_are_each_has_a_card_and_strangers_go_first() {
    let mut desk = desk();
    desk.me(MeView::default());
    let frame = |number: u32| {
        super::call(
            "call.created",
            1,
            &json!({"id": format!("call-{number}"), "source": {"type": "tel", "target": format!("+1556{number:07}")}}),
        )
    };
    for number in 0..2500 {
        play(&mut desk, &text_from(&format!("+1557{number:07}"), &format!("m{number}")), 1000);
    }
    for number in 0..5000 {
        play(&mut desk, &frame(number), 1000);
    }
    let view = desk.view();
    assert_eq!(view.calls.len(), 5000);
    let has_card = |number: &str| view.cards.iter().any(|card| card.number == number);
    assert!(view.calls.iter().all(|call| has_card(&call.number)), "nobody on the line is without one");
    assert!(view.cards.len() < 3 * (view.calls.len() + view.chats.len()) / 2 + 2000);
}

fn text_from(number: &str, id: &str) -> String {
    text_from_john(id, "Hello").replace(JOHN, number)
}

#[test]
fn only_a_caller_who_hung_up_in_the_queue_counts_as_abandoned() {
    for (reason, is_abandoned, why) in [
        (json!("hangup"), true, None),
        (json!("caller-hangup"), true, None),
        (json!(null), true, None),
        (json!("timeout"), false, Some(say!("calls-left-timeout"))),
        (json!("overflow"), false, Some(say!("calls-left-full"))),
        (json!("Kicked"), false, Some(say!("calls-left-removed"))),
        (json!("moon phase"), false, Some(Message::verbatim("moon phase"))),
        (json!("answered"), false, None),
    ] {
        let mut desk = desk();
        plays(&mut desk, &[(0, joins("a", 0))]);
        let left = json!({"queue_id": "sales", "call_id": "a", "tm_leave": at(9), "reason": reason});
        plays(&mut desk, &[(9, event("queue.left", 9, &left))]);
        desk.tick(10_000);
        desk.take_changes();
        let view = desk.view();
        assert_eq!(view.floor.today.abandoned, u32::from(is_abandoned), "{reason}");
        assert_eq!(view.waits.len(), 0, "{reason}");
        let past = view.past.first();
        let outcome = if is_abandoned { Some(OutcomeView::GaveUp) } else { why.as_ref().map(|_| OutcomeView::Left) };
        assert_eq!((past.map(|past| past.outcome), past.and_then(|past| past.why.clone())), (outcome, why), "{reason}");
    }
}

#[test]
fn a_recording_of_which_only_the_end_was_told_began_before_it_or_nobody_knows_when() {
    let completed = |more: &serde_json::Value| {
        let mut data = json!({"id": "r", "call_id": "a", "tm_complete": at(59)});
        data.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        event("recording.completed", 59, &data)
    };
    let mut desk = desk();
    plays(&mut desk, &[(59, completed(&json!({"duration": 30})))]);
    let recording = desk.view().recordings[0].clone();
    assert_eq!(recording.ended.unwrap() - recording.began.unwrap(), 30_000);
    let mut desk = self::desk();
    plays(&mut desk, &[(59, completed(&json!({})))]);
    let recording = desk.view().recordings[0].clone();
    assert_eq!((recording.began, recording.duration_s, recording.running), (None, None, false));
    plays(&mut desk, &[(60, event("recording.started", 40, &json!({"id": "r", "call_id": "a", "tm_start": at(40)})))]);
    let recording = desk.view().recordings[0].clone();
    assert_eq!((recording.duration_s, recording.running), (Some(19), false), "its start came late");
}

#[test]
fn of_two_steps_that_a_flow_took_in_one_moment_the_one_told_last_goes_on() {
    for [first, second] in [["menu", "queue_join"], ["queue_join", "menu"]] {
        let mut desk = desk();
        play(&mut desk, &flow(1, first), 1000);
        play(&mut desk, &flow(1, second), 1000);
        let steps = desk.view().flows[0].steps.clone();
        let kinds: Vec<&str> = steps.iter().map(|step| step.kind.as_str()).collect();
        assert_eq!((kinds, steps[1].ended), (vec![first, second], None));
    }
}
