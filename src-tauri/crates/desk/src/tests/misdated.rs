//! One event of a story is stamped by a wrong clock: what became of the call, the
//! caller and the agent is right all the same.

use super::clocks::{HOUR, MINUTE, NEW_YEAR, NONE, SECOND, documented, ends, live_ring, rings, text, time, with};
use super::*;

/// By how much a clock is wrong.
const WRONG: [Millis; 24] = [
    -24 * HOUR,
    -HOUR,
    -190 * SECOND,
    -61 * SECOND,
    -59 * SECOND,
    -40 * SECOND,
    -30 * SECOND,
    -12 * SECOND,
    -9 * SECOND,
    -7 * SECOND,
    -6 * SECOND,
    -4 * SECOND,
    -2 * SECOND,
    -500,
    500,
    2 * SECOND,
    4 * SECOND,
    7 * SECOND,
    30 * SECOND,
    59 * SECOND,
    61 * SECOND,
    190 * SECOND,
    HOUR,
    24 * HOUR,
];

type Event<'a> = (Millis, &'a dyn Fn(Millis) -> String);

/// Things that may go both ways are told slowly: of two that were told within
/// seconds of each other the times say which came first.
const SLOWLY: &[Millis] = &[1];
/// What only goes forward may be told as quickly as it likes.
const ALSO_QUICKLY: &[Millis] = &[1, 10, 20];

/// Plays a story once for each of its events and each wrong clock that may stamp
/// it, on a desk that knows the service's clock or not, and looks at the end.
fn each_misdated(haste: &[Millis], story: &[Event<'_>], look: impl Fn(&Desk, &[AlertKind], &str)) {
    for wrong in WRONG {
        for (misdated, quickly) in
            (0..story.len()).flat_map(|misdated| haste.iter().map(move |quickly| (misdated, quickly)))
        {
            for heard_before in [0, 1, 4] {
                let mut desk = desk();
                for right in 0..heard_before {
                    let at = NEW_YEAR - (heard_before - right) * MINUTE;
                    play(&mut desk, &text(&format!("right {right}"), at, false), at);
                }
                let mut raised_by_all = Vec::new();
                for (place, (second, event)) in story.iter().enumerate() {
                    let now = NEW_YEAR + second * SECOND / quickly;
                    let stamp = now + if place == misdated { wrong } else { 0 };
                    raised_by_all.extend(raised(&play(&mut desk, &event(stamp), now)));
                    desk.tick(now);
                }
                desk.tick(NEW_YEAR + 3 * MINUTE);
                raised_by_all.extend(raised(&desk.take_out()));
                let case = format!(
                    "event {misdated} is {wrong} ms wrong after {heard_before} others, told {quickly} times as quickly"
                );
                look(&desk, &raised_by_all, &case);
            }
        }
    }
}

fn outcomes(desk: &Desk) -> Vec<OutcomeView> {
    desk.view().past.iter().map(|past| past.outcome).collect()
}

fn of_call(event: &str, more: serde_json::Value) -> impl Fn(Millis) -> String {
    let event = event.to_owned();
    move |at| documented(&event, &with(with(json!({"id": "c", "tm_update": time(at)}), &ends()), &more), at)
}

/// The same, on the topic of all calls.
fn of_all(event: &str, more: serde_json::Value) -> impl Fn(Millis) -> String {
    let event = of_call(event, more);
    move |at| event(at).replace(&format!("agent_id:{ME}:"), "customer_id:c:")
}

fn of_queue(event: &str, more: serde_json::Value) -> impl Fn(Millis) -> String {
    let event = event.to_owned();
    move |at| {
        let at_field = if event == "queue.joined" { "tm_join" } else { "tm_leave" };
        let caller = json!({"queue_id": "sales", "call_id": "c", at_field: time(at)});
        documented(&event, &with(caller, &more), at)
    }
}

fn of_live_queue(status: &'static str) -> impl Fn(Millis) -> String {
    move |at| {
        json!({"id": "place", "customer_id": NONE, "reference_type": "call", "reference_id": "c", "status": status,
            "service_agent_id": NONE, "tm_create": time(NEW_YEAR), "tm_service": null, "tm_update": time(at),
            "tm_delete": null})
        .to_string()
    }
}

#[test]
fn a_call_that_was_answered_here_is_never_missed_whichever_of_its_events_has_a_wrong_clock() {
    let rang = |at| rings("c", at, false);
    let answered = of_call("call.status", json!({"status": "answered"}));
    let ended = of_call("call.ended", json!({"hangup_reason": "normal"}));
    let live_rang = |at| live_ring("c", at).to_string();
    let live = |more: serde_json::Value| {
        move |at: Millis| {
            let ring = json!({"tm_create": time(NEW_YEAR), "tm_update": time(at), "answer_call_id": "leg"});
            with(with(live_ring("c", at), &ring), &more).to_string()
        }
    };
    let (live_answered, live_ended) = (live(json!({})), live(json!({"status": "hangup"})));
    // Documented answers may be those of the caller's own side, from before the offer.
    let stories: [(&[Millis], &[Event<'_>]); 2] = [
        (SLOWLY, &[(0, &rang), (20, &answered), (50, &ended)]),
        (ALSO_QUICKLY, &[(0, &live_rang), (20, &live_answered), (50, &live_ended)]),
    ];
    for (haste, story) in stories {
        each_misdated(haste, &story[..2], |desk, raised, case| {
            let stages: Vec<_> = desk.view().calls.iter().map(|call| call.stage).collect();
            assert_eq!(stages, [CallStage::Talking], "{case}");
            assert!(!raised.contains(&AlertKind::Missed), "{case}");
        });
        each_misdated(haste, story, |desk, raised, case| {
            assert!(desk.view().calls.is_empty(), "{case}");
            assert_eq!(outcomes(desk), [OutcomeView::Answered], "{case}");
            assert!(!raised.contains(&AlertKind::Missed), "{case}");
        });
    }
}

#[test]
fn a_call_that_nobody_answered_is_missed_once_whichever_of_its_events_has_a_wrong_clock() {
    let rang = |at| rings("c", at, false);
    let ended = of_call("call.ended", json!({"hangup_reason": "normal"}));
    each_misdated(ALSO_QUICKLY, &[(0, &rang), (30, &ended)], |desk, raised, case| {
        assert!(desk.view().calls.is_empty(), "{case}");
        assert_eq!(outcomes(desk), [OutcomeView::Missed], "{case}");
        assert_eq!(raised.iter().filter(|kind| **kind == AlertKind::Missed).count(), 1, "{case}");
    });
}

#[test]
fn a_call_given_to_a_colleague_rings_here_no_longer_whichever_of_its_events_has_a_wrong_clock() {
    let rang = |at| rings("c", at, false);
    let to_leo = of_all("call.assigned", json!({"agent_id": "leo", "status": "ringing"}));
    let ended = of_all("call.ended", json!({"hangup_reason": "normal"}));
    each_misdated(SLOWLY, &[(0, &rang), (20, &to_leo)], |desk, _, case| {
        assert!(desk.view().calls.is_empty(), "{case}");
    });
    each_misdated(SLOWLY, &[(0, &rang), (20, &to_leo), (50, &ended)], |desk, raised, case| {
        assert_eq!(outcomes(desk), [OutcomeView::Elsewhere], "{case}");
        assert!(!raised.contains(&AlertKind::Missed), "{case}");
    });
}

#[test]
fn a_caller_who_left_or_was_connected_waits_no_longer_whichever_event_has_a_wrong_clock() {
    let joined = of_queue("queue.joined", json!({"position": 1}));
    let left = of_queue("queue.left", json!({"reason": "hangup"}));
    let connected = of_queue("queue.connected", json!({"agent_id": "leo"}));
    let (waiting, service, abandoned) =
        (of_live_queue("waiting"), of_live_queue("service"), of_live_queue("abandoned"));
    let look = |desk: &Desk, _: &[AlertKind], case: &str| {
        assert!(desk.view().waits.is_empty(), "{case}");
        assert_eq!(desk.view().queues.iter().map(|queue| queue.waiting).sum::<u32>(), 0, "{case}");
    };
    for went in [&left as &dyn Fn(Millis) -> String, &connected] {
        each_misdated(SLOWLY, &[(0, &joined), (20, went)], look);
    }
    // The live service tells one stay in a queue from the next.
    for went in [&service, &abandoned] {
        each_misdated(ALSO_QUICKLY, &[(0, &waiting), (20, went)], look);
    }
}

#[test]
fn the_last_status_that_was_told_counts_and_reading_it_again_mends_it() {
    let status = |agent: &'static str, status: &'static str| {
        move |at| documented("agent.status", &json!({"agent_id": agent, "status": status, "tm_update": time(at)}), at)
    };
    let (busy, back) = (status(ME, "busy"), status(ME, "available"));
    let (leo_busy, leo_back) = (status("leo", "busy"), status("leo", "available"));
    each_misdated(SLOWLY, &[(0, &busy), (0, &leo_busy), (40, &back), (40, &leo_back)], |desk, _, case| {
        assert_eq!(desk.view().me.status, StatusView::Available, "{case}");
        assert_eq!(desk.view().colleagues[0].status, StatusView::Available, "{case}");
    });
    for wrong in WRONG {
        let mut desk = desk();
        play(&mut desk, &busy(NEW_YEAR + wrong), NEW_YEAR);
        play(&mut desk, &leo_busy(NEW_YEAR + wrong), NEW_YEAR);
        let read = |id: &str| voipbin_wire::AgentFact {
            id: Some(id.to_owned()),
            status: Some(voipbin_wire::AgentStatus::Away),
            tm_update: Some(Timestamp::from_millis(NEW_YEAR - MINUTE)),
            ..Default::default()
        };
        let later = NEW_YEAR + MINUTE;
        desk.learn_me(read(ME), later);
        desk.colleagues(vec![read("leo")], later);
        assert_eq!(desk.view().me.status, StatusView::Away, "{wrong}");
        assert_eq!(desk.view().colleagues[0].status, StatusView::Away, "{wrong}");
    }
}

#[test]
fn who_left_a_conference_is_gone_and_a_flow_goes_on_whichever_event_has_a_wrong_clock() {
    let seat = |event: &'static str| {
        move |at| documented(event, &json!({"conference_id": "room", "call_id": "c", "tm_update": time(at)}), at)
    };
    let (came, left) = (seat("conference.joined"), seat("conference.left"));
    each_misdated(SLOWLY, &[(0, &came), (20, &left)], |desk, _, case| {
        let seats = &desk.view().conferences[0].seats;
        assert_eq!((seats.len(), seats[0].left.is_some()), (1, true), "{case}");
    });
    let step = |kind: &'static str| {
        move |at| {
            let action = json!({"id": format!("a-{kind}"), "type": kind, "name": kind});
            let data = json!({"id": "flow", "status": "executing", "current_action": action, "tm_update": time(at)});
            documented("activeflow.updated", &data, at)
        }
    };
    let (first, last) = (step("play"), step("queue_join"));
    each_misdated(SLOWLY, &[(0, &first), (20, &last)], |desk, _, case| {
        assert_eq!(
            desk.view().flows[0].steps.last().map(|step| step.kind.clone()).as_deref(),
            Some("queue_join"),
            "{case}"
        );
    });
}
