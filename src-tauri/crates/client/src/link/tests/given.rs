//! A dialect that was given by hand and is not the service's.

use voipbin_wire::Frame;

use super::*;

fn given(dialect: Dialect) -> Link {
    let mut link = Link::new(wanted(), Speaks::Only(dialect), 7);
    link.take(Input::Connect, seconds(0));
    link.take(Input::Opened, seconds(0));
    orders(&mut link);
    link
}

/// What the socket makes of a text.
fn hear(link: &mut Link, text: &str, at: Duration) {
    match Frame::decode(text) {
        Frame::Ack(ack) => link.take(Input::Acked(ack), at),
        Frame::Refusal(refusal) => link.take(Input::Refused(refusal), at),
        Frame::Told(told) => {
            let is_bare = matches!(told.kind, voipbin_wire::Kind::Bare(_));
            if link.would_learn_from(is_bare) {
                link.take(if is_bare { Input::Bare } else { Input::Named }, at);
            }
        }
        Frame::Unknown(unknown) => panic!("{unknown:?}"),
    }
}

const ENVELOPE: &str = r#"{"event_type":"call.created","timestamp":"2026-01-01T00:00:00Z","topic":"customer_id:c:call:x","data":{"id":"x","status":"ringing"}}"#;
const BARE: &str =
    r#"{"id":"98765432-4321-4321-4321-210987654321","username":"dana","permission":16,"status":"available"}"#;

#[test]
fn as_the_live_service_at_a_documented_one_promises_nothing_and_says_so() {
    for sign in [
        r#"{"type":"error","topics":["x"],"code":"INVALID_TOPIC","message":"Topic format is invalid"}"#,
        r#"{"type":"ack","action":"subscribe","topics":[],"status":"success"}"#,
        ENVELOPE,
    ] {
        let mut link = given(Dialect::Live);
        hear(&mut link, sign, seconds(1));
        for ping in 1..20 {
            link.take(Input::Pong(ping), seconds(1));
        }
        link.take(Input::CaughtUp(1), seconds(1));
        let report = link.report();
        assert_eq!((report.state, report.instead), (LinkState::Connected, Some(Dialect::Documented)), "{sign}");
        assert_eq!((report.confirmed, report.refused), (vec![], vec![]), "nothing delivers, and nothing was refused");
    }
}

#[test]
fn a_sign_that_comes_late_takes_the_promise_back() {
    let mut link = given(Dialect::Live);
    for ping in 1..4 {
        link.take(Input::Pong(ping), seconds(1));
    }
    link.take(Input::CaughtUp(1), seconds(1));
    assert_eq!(link.state(), LinkState::Live);
    hear(&mut link, ENVELOPE, seconds(30));
    assert_eq!(link.state(), LinkState::Connected);
    assert!(link.report().confirmed.is_empty());
}

#[test]
fn as_documented_at_the_live_service_says_so_after_a_bare_object_or_silence() {
    let mut bare = given(Dialect::Documented);
    hear(&mut bare, BARE, seconds(1));
    let mut silent = given(Dialect::Documented);
    silent.take(Input::Pong(1), seconds(1));
    silent.take(Input::Tick, seconds(5));
    for mut link in [bare, silent] {
        let report = link.report();
        assert_eq!((report.state, report.instead), (LinkState::Connected, Some(Dialect::Live)));
        assert!(report.confirmed.is_empty() && report.refused.is_empty());
        assert!(!orders(&mut link).contains(&Order::Abandon), "the socket is not to blame");
    }
}

#[test]
fn a_given_dialect_asks_first_for_what_is_safe_with_either_service() {
    let mut link = Link::new(wanted(), Speaks::Only(Dialect::Documented), 7);
    link.take(Input::Connect, seconds(0));
    link.take(Input::Opened, seconds(0));
    assert!(!format!("{:?}", orders(&mut link)).contains("customer_id"), "one of them would close the connection");
}

#[test]
fn silence_on_a_dead_line_says_nothing_about_the_dialect() {
    let mut link = given(Dialect::Documented);
    link.take(Input::Tick, seconds(5));
    assert!(matches!(link.state(), LinkState::Reconnecting { .. }));
    assert_eq!(link.report().instead, None);
}

#[test]
fn a_documented_service_that_was_only_slow_is_taken_at_its_word() {
    let mut link = given(Dialect::Documented);
    link.take(Input::Pong(1), seconds(1));
    link.take(Input::Tick, seconds(5));
    assert_eq!(link.report().instead, Some(Dialect::Live));
    link.take(Input::Heard, seconds(20));
    link.take(Input::Tick, seconds(35));
    assert!(format!("{:?}", orders(&mut link)).contains("call:*"), "asked again from time to time");
    link.take(ack(&[CALLS]), seconds(36));
    assert!(format!("{:?}", orders(&mut link)).contains("message:*"), "and then for all");
    link.take(ack(&[TEXTS]), seconds(36));
    assert_eq!((link.state(), link.report().instead), (LinkState::CatchingUp, None));
}

#[test]
fn switching_opens_a_new_socket_and_finds_the_dialect() {
    let mut link = given(Dialect::Live);
    hear(&mut link, ENVELOPE, seconds(1));
    orders(&mut link);
    link.take(Input::Speak(Speaks::Auto(Some(Dialect::Documented))), seconds(2));
    assert_eq!(orders(&mut link), [Order::Close, Order::Open(Handshake::InAddress)]);
    link.take(Input::Opened, seconds(2));
    link.take(ack(&[CALLS]), seconds(2));
    link.take(ack(&[TEXTS]), seconds(2));
    assert_eq!((link.state(), link.report().instead), (LinkState::CatchingUp, None));
}

#[test]
fn switching_while_an_attempt_is_under_way_leaves_one_socket() {
    let mut link = link();
    link.take(Input::Connect, seconds(0));
    orders(&mut link);
    link.take(Input::Speak(Speaks::Only(Dialect::Live)), seconds(1));
    assert_eq!(orders(&mut link), [Order::Abandon, Order::Open(Handshake::AsLive)]);
}
