//! What the agent's own status says of calls that no event told of.

use voipbin_wire::{AgentFact, Answer as _};

use super::*;

fn me(status: &str, changed: u32) -> AgentFact {
    let text = json!({"id": ME, "status": status, "tm_update": format!("2024-01-15T10:30:{changed:02}.000000Z")});
    AgentFact::decode(&text.to_string()).unwrap().0
}

fn at(second: i64) -> Millis {
    Timestamp::parse("2024-01-15T10:30:00Z").unwrap().as_millis() + second * 1000
}

/// A call rang at second 5, and the link was away from second 10 to 20.
fn after_a_gap() -> Desk {
    let mut desk = desk();
    play(&mut desk, &assigned(5), at(5));
    desk.link(notice(LinkStage::Reconnecting { attempt: 1 }), at(10));
    desk.link(notice(LinkStage::CatchingUp), at(20));
    desk.caught_up(Covered::default(), at(20));
    desk.link(notice(LinkStage::Subscribed), at(20));
    desk.take_out();
    desk
}

#[test]
fn a_call_that_was_answered_on_the_phone_while_the_link_was_away_is_not_missed() {
    let mut desk = after_a_gap();
    desk.learn_me(me("busy", 15), at(21));
    let out = desk.take_out();
    assert_eq!((raised(&out), withdrawn(&out)), (vec![], 1), "it rings no more");
    let view = desk.view();
    assert_eq!((view.calls[0].stage, view.calls[0].stale), (CallStage::Talking, true));
    desk.tick(at(200));
    assert_eq!(raised(&desk.take_out()), []);
    assert_eq!(desk.view().past[0].outcome, OutcomeView::Answered);
}

#[test]
fn an_agent_who_was_busy_before_the_call_rang_did_not_answer_it_by_that() {
    let mut desk = after_a_gap();
    desk.learn_me(me("busy", 1), at(21));
    assert_eq!(desk.view().calls[0].stage, CallStage::Ringing);
}

#[test]
fn where_nobody_can_know_the_outcome_is_said_to_be_unknown() {
    for status in ["available", "away", "offline"] {
        let mut desk = after_a_gap();
        desk.learn_me(me(status, 15), at(21));
        let out = desk.take_out();
        assert_eq!((raised(&out), withdrawn(&out)), (vec![], 1), "{status}: no missed call is claimed");
        assert_eq!(desk.view().past[0].outcome, OutcomeView::Unknown);
        assert_eq!(desk.view().away.unwrap().items[0].kind, AwayKind::Unknown, "{status}");
        play(&mut desk, &answered(12), at(22));
        assert_eq!(desk.view().past[0].outcome, OutcomeView::Answered, "whoever tells it later is believed");
        assert_eq!(desk.view().away, None);
    }
}

#[test]
fn a_call_that_rings_on_is_in_no_doubt() {
    let mut desk = after_a_gap();
    desk.learn_me(me("ringing", 5), at(21));
    let view = desk.view();
    assert_eq!((view.calls.len(), view.calls[0].stage, view.calls[0].stale), (1, CallStage::Ringing, false));
    assert_eq!(desk.take_out(), Out::default());
}

#[test]
fn a_ring_that_began_while_the_link_was_away_shows_without_a_caller_until_it_is_told() {
    let mut desk = desk();
    desk.learn_me(me("ringing", 5), at(9));
    let out = desk.take_out();
    let [Alert::Raise { title, kind: AlertKind::Ringing, .. }] = &out.alerts[..] else { panic!("{:?}", out.alerts) };
    assert_eq!(*title, say!("calls-unseen"));
    assert!(desk.may_ring_unseen(), "and its end is looked for");
    desk.learn_me(me("ringing", 5), at(12));
    assert_eq!(desk.take_out(), Out::default(), "told once");
    play(&mut desk, &assigned(5), at(13));
    let view = desk.view();
    assert_eq!((view.calls.len(), view.calls[0].number.as_str()), (1, JOHN), "it is that call");
    play(&mut desk, &ended(30), at(30));
    assert_eq!(desk.view().past.len(), 1, "and one call in the history");
}

#[test]
fn a_ring_without_a_caller_goes_when_the_status_says_otherwise() {
    for status in ["available", "busy", "away"] {
        let mut desk = desk();
        desk.learn_me(me("ringing", 5), at(9));
        desk.take_out();
        desk.learn_me(me(status, 12), at(12));
        let out = desk.take_out();
        assert_eq!((raised(&out), withdrawn(&out), desk.view().calls.len()), (vec![], 1, 0), "{status}");
    }
}

#[test]
fn a_ring_that_is_only_just_beginning_is_left_to_its_own_event() {
    let mut desk = desk();
    desk.learn_me(me("ringing", 5), at(5));
    assert_eq!(desk.take_out(), Out::default());
    assert!(desk.may_ring_unseen());
    play(&mut desk, &assigned(5), at(6));
    assert_eq!(desk.view().calls.len(), 1);
}

#[test]
fn a_ring_that_only_the_status_tells_of_shows_however_wrong_this_clock_is() {
    for ahead in [-3600, -180, -30, 0, 30, 180, 200, 3600] {
        for says_time in [false, true] {
            let mut desk = desk();
            let mut is_shown = Vec::new();
            for second in [6, 7, 8, 9] {
                if says_time {
                    desk.service_says(Timestamp::from_millis(at(second)), at(second + ahead));
                }
                desk.learn_me(me("ringing", 5), at(second + ahead));
                is_shown.push(!desk.view().calls.is_empty());
            }
            // Where nothing told what time it is, one so far ahead may be right.
            assert_eq!(is_shown[3], says_time || ahead < 180, "{ahead} s ahead: {is_shown:?}");
        }
    }
}

#[test]
fn a_status_that_was_left_at_ringing_shows_no_call_for_ever() {
    let mut desk = desk();
    desk.learn_me(me("ringing", 5), at(400));
    assert!(desk.view().calls.is_empty());
}

#[test]
fn somebody_who_is_being_looked_up_is_asked_for_at_once_when_they_call() {
    let mut desk = desk();
    let asks = play(&mut desk, &text_from_john("m1", "Hi"), at(0)).asks;
    assert_eq!(asks, [Ask::WhoIs { number: JOHN.into(), is_urgent: false }]);
    let urgent = [Ask::WhoIs { number: JOHN.into(), is_urgent: true }];
    assert_eq!(play(&mut desk, &assigned(5), at(5)).asks, urgent);
    assert_eq!(play(&mut desk, &answered(9), at(9)).asks, [], "once");
    let mut desk = super::desk();
    play(&mut desk, &text_from_john("m1", "Hi"), at(0));
    desk.looked_up(JOHN, Found::Failed);
    assert_eq!(play(&mut desk, &assigned(5), at(5)).asks, urgent, "and once more after a failure");
}
