//! The process stood still for a while: swapped out, stopped, or asleep.

use super::*;

#[test]
fn what_arrived_while_the_process_stood_still_is_read_before_the_link_is_judged() {
    let mut link = subscribed();
    link.take(Input::Heard, seconds(1));
    link.take(Input::Tick, seconds(29));
    assert_eq!(link.state(), LinkState::Live, "the ring of second 25 lies unread in the socket");
    let orders = orders(&mut link);
    assert!(matches!(orders[..], [Order::Ping(_)]), "asked before it is judged: {orders:?}");
    link.take(Input::Heard, seconds(29));
    let later = link.deadline().unwrap();
    link.take(Input::Tick, later);
    assert_eq!(link.state(), LinkState::Live);
}

#[test]
fn a_link_that_died_in_the_meantime_is_dropped_seconds_after_waking() {
    let mut link = subscribed();
    link.take(Input::Tick, seconds(100));
    let due = link.deadline().unwrap();
    assert_eq!(due, seconds(105));
    link.take(Input::Tick, due);
    assert!(matches!(link.state(), LinkState::Reconnecting { .. }));
}

#[test]
fn freezing_again_and_again_judges_nothing_unread() {
    let mut link = subscribed();
    for round in 1..50 {
        link.take(Input::Tick, seconds(round * 30));
        assert_eq!(link.state(), LinkState::Live, "round {round}");
        link.take(Input::Heard, seconds(round * 30));
    }
}

/// Every kind of deadline, each passed over by a freeze of any length: the link
/// is where it was, and the answer that arrived in the meantime still counts.
#[test]
fn no_overdue_deadline_costs_the_answer_that_has_arrived() {
    for frozen in [2, 7, 28, 90, 3_600] {
        let woke = |link: &Link| link.deadline().unwrap() + seconds(frozen);

        let mut opening = link();
        opening.take(Input::Connect, seconds(0));
        let now = woke(&opening);
        opening.take(Input::Tick, now);
        opening.take(Input::Opened, now);
        assert_eq!(opening.state(), LinkState::Connected, "the handshake was answered");

        let mut asked = connected();
        asked.take(ack(&[CALLS]), seconds(1));
        let now = woke(&asked);
        asked.take(Input::Tick, now);
        asked.take(ack(&[TEXTS]), now);
        assert_eq!(asked.state(), LinkState::CatchingUp, "the subscription was confirmed");

        let mut undecided = Link::new(wanted(), Speaks::Auto(None), 7);
        undecided.take(Input::Connect, seconds(0));
        undecided.take(Input::Opened, seconds(0));
        let now = woke(&undecided);
        undecided.take(Input::Tick, now);
        assert_eq!(undecided.dialect(), Dialect::Documented, "silence of ours is no sign of a dialect");
        undecided.take(ack(&[CALLS]), now);
        assert_eq!(undecided.report().dialect, Some(Dialect::Documented));

        let mut doubted = subscribed();
        doubted.take(Input::Woke, seconds(8));
        let now = woke(&doubted);
        doubted.take(Input::Tick, now);
        doubted.take(Input::Pong(2), now);
        assert_eq!(doubted.state(), LinkState::Live, "the ping was answered");

        let mut waiting = subscribed();
        waiting.take(Input::Broke(Message::verbatim("gone")), seconds(1));
        orders(&mut waiting);
        let now = woke(&waiting);
        waiting.take(Input::Tick, now);
        assert_eq!(orders(&mut waiting), [Order::Open(Handshake::InAddress)], "a wait that is over is over");
    }
}

#[test]
fn what_was_heard_last_is_until_when_nothing_is_missing() {
    let mut link = subscribed();
    link.take(Input::Heard, seconds(20));
    while link.state() == LinkState::Live {
        let due = link.deadline().unwrap();
        link.take(Input::Tick, due);
        assert!(due <= seconds(45));
    }
    assert_eq!(link.proven_at(), seconds(20), "what came after it is missing, not what came after the loss");
}

#[test]
fn old_frames_read_after_a_pause_prove_nothing_about_it() {
    for pause in [Input::Woke, Input::StoodStill] {
        let mut link = subscribed();
        link.take(Input::Heard, seconds(20));
        link.take(pause, seconds(600));
        link.take(Input::Heard, seconds(600));
        assert_eq!(link.proven_at(), seconds(20), "they may be from second 21");
        link.take(Input::Pong(1), seconds(600));
        assert_eq!(link.proven_at(), seconds(20), "and so may the answer to an old ping");
        link.take(Input::Pong(2), seconds(601));
        assert_eq!(link.proven_at(), seconds(601), "an answer to a new one proves all before it");
    }
}

#[test]
fn an_answer_that_waited_through_a_second_pause_proves_nothing_about_it() {
    let mut link = subscribed();
    link.take(Input::Heard, seconds(20));
    link.take(Input::StoodStill, seconds(24));
    orders(&mut link);
    link.take(Input::StoodStill, seconds(60));
    let [Order::Ping(ping)] = orders(&mut link)[..] else { panic!("it asks anew") };
    link.take(Input::Pong(ping - 1), seconds(60));
    assert_eq!(link.proven_at(), seconds(20), "it was sent between the two");
    link.take(Input::Pong(ping), seconds(61));
    assert_eq!(link.proven_at(), seconds(61));
}
