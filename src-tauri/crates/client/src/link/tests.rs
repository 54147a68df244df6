//! What an agent would notice of the link.

use super::*;

const CALLS: &str = "agent_id:98765432-4321-4321-4321-210987654321:call:*";
const TEXTS: &str = "customer_id:12345678-1234-1234-1234-123456789012:message:*";

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

fn link() -> Link {
    Link::new([CALLS, TEXTS].iter().map(|topic| Topic::parse(topic).unwrap()).collect(), 7)
}

fn orders(link: &mut Link) -> Vec<Order> {
    std::iter::from_fn(|| link.next_order()).collect()
}

fn ack(topics: &[&str]) -> Input {
    Input::Acked(Ack {
        action: Some("subscribe".into()),
        topics: topics.iter().map(|&topic| topic.into()).collect(),
        success: true,
    })
}

fn refuse(code: ErrorCode, topics: &[&str]) -> Input {
    let topics = topics.iter().map(|&topic| topic.into()).collect();
    Input::Refused(Refusal { action: Some("subscribe".into()), topics, code, message: String::new() })
}

fn connected() -> Link {
    let mut link = link();
    link.take(Input::Connect, seconds(0));
    assert_eq!(orders(&mut link), [Order::Open]);
    link.take(Input::Opened, seconds(0));
    link
}

fn subscribed() -> Link {
    let mut link = connected();
    link.take(ack(&[CALLS, TEXTS]), seconds(0));
    orders(&mut link);
    assert_eq!(link.state(), LinkState::Subscribed);
    link
}

fn retry_at(link: &Link) -> Duration {
    match link.state() {
        LinkState::Reconnecting { retry_at: Some(at), .. } => at,
        other => panic!("not waiting: {other:?}"),
    }
}

#[test]
fn it_is_subscribed_only_once_every_topic_is_answered() {
    let mut link = connected();
    assert_eq!(link.state(), LinkState::Connected, "an open socket is not yet a promise");
    link.take(ack(&[CALLS]), seconds(1));
    assert_eq!(link.state(), LinkState::Connected);
    link.take(ack(&[TEXTS]), seconds(1));
    assert_eq!(link.state(), LinkState::Subscribed);
}

#[test]
fn a_refused_topic_is_named_and_the_others_live_on() {
    let mut link = connected();
    link.take(refuse(ErrorCode::PermissionDenied, &[TEXTS]), seconds(1));
    link.take(ack(&[CALLS]), seconds(1));
    assert_eq!(link.state(), LinkState::Subscribed);
    let refused = link.report().refused;
    assert_eq!(refused.len(), 1);
    assert_eq!((refused[0].topic.to_string().as_str(), &refused[0].code), (TEXTS, &ErrorCode::PermissionDenied));
    orders(&mut link);
    link.take(Input::Broke("gone".into()), seconds(2));
    link.take(Input::Tick, retry_at(&link));
    link.take(Input::Opened, seconds(40));
    let sent = format!("{:?}", orders(&mut link));
    assert!(sent.contains("call:*") && !sent.contains("message:*"), "a refused topic is not asked for again: {sent}");
}

#[test]
fn a_link_with_every_topic_refused_never_says_subscribed() {
    let mut link = connected();
    link.take(refuse(ErrorCode::InvalidMessage, &[]), seconds(1));
    assert_eq!(link.state(), LinkState::Connected);
    assert_eq!(link.report().refused.len(), 2);
}

#[test]
fn topics_asked_too_fast_are_asked_again_later_and_named_until_then() {
    let mut link = connected();
    orders(&mut link);
    link.take(refuse(ErrorCode::RateLimited, &[CALLS]), seconds(1));
    link.take(ack(&[TEXTS]), seconds(1));
    assert_eq!((link.state(), link.report().refused.len()), (LinkState::Subscribed, 1));
    assert_eq!(link.deadline(), Some(seconds(6)));
    link.take(Input::Tick, seconds(6));
    assert_eq!(orders(&mut link).len(), 1);
    link.take(ack(&[CALLS]), seconds(7));
    assert_eq!((link.report().confirmed.len(), link.report().refused.len()), (2, 0));
}

#[test]
fn a_refusal_that_may_pass_does_not_make_the_desk_deaf() {
    let mut link = connected();
    orders(&mut link);
    link.take(refuse(ErrorCode::Other("INTERNAL".into()), &[]), seconds(1));
    assert_eq!(link.state(), LinkState::Connected, "nothing is confirmed");
    link.take(Input::Heard, seconds(20));
    link.take(Input::Tick, seconds(31));
    assert!(orders(&mut link).iter().any(|order| matches!(order, Order::Send(_))));
    link.take(ack(&[CALLS, TEXTS]), seconds(32));
    assert_eq!(link.state(), LinkState::Subscribed);
}

#[test]
fn an_acknowledgment_that_says_no_confirms_nothing() {
    let mut link = connected();
    let no = Ack { action: Some("subscribe".into()), topics: vec![CALLS.into(), TEXTS.into()], success: false };
    link.take(Input::Acked(no), seconds(1));
    assert_eq!(link.state(), LinkState::Connected);
}

#[test]
fn a_lost_link_says_so_at_once_and_sends_all_topics_again() {
    let mut link = subscribed();
    link.take(Input::Broke("the socket was reset".into()), seconds(60));
    assert!(matches!(link.state(), LinkState::Reconnecting { attempt: 1, .. }));
    assert!(link.report().confirmed.is_empty(), "nothing delivers now");
    let at = retry_at(&link);
    assert!(at > seconds(60) && at <= seconds(61));
    link.take(Input::Tick, at);
    assert_eq!(orders(&mut link), [Order::Open]);
    link.take(Input::Opened, at);
    let sent = format!("{:?}", orders(&mut link));
    assert!(sent.contains("call:*") && sent.contains("message:*"), "{sent}");
}

#[test]
fn a_server_that_accepts_and_drops_makes_us_wait_longer_each_time() {
    let mut link = link();
    link.take(Input::Connect, seconds(0));
    for attempt in 1..5 {
        link.take(Input::Opened, seconds(0));
        link.take(Input::Broke("dropped".into()), seconds(0));
        assert!(matches!(link.state(), LinkState::Reconnecting { attempt: n, .. } if n == attempt));
        link.take(Input::Tick, retry_at(&link));
    }
}

#[test]
fn a_refused_token_is_not_tried_again() {
    let mut link = link();
    link.take(Input::Connect, seconds(0));
    orders(&mut link);
    link.take(Input::OpenFailed(OpenFailure::Unauthorized), seconds(1));
    assert_eq!((link.state(), link.deadline()), (LinkState::Refused, None));
    for input in [Input::Tick, Input::RetryNow, Input::Connect] {
        link.take(input, seconds(1000));
        assert_eq!(orders(&mut link), [], "only a new sign-in helps");
    }
}

#[test]
fn a_service_that_asks_for_patience_gets_it() {
    let mut link = link();
    link.take(Input::Connect, seconds(0));
    link.take(Input::OpenFailed(OpenFailure::RateLimited(Some(seconds(17)))), seconds(1));
    assert_eq!(retry_at(&link), seconds(18));
    link.take(Input::Tick, seconds(18));
    link.take(Input::OpenFailed(OpenFailure::RateLimited(Some(Duration::MAX))), seconds(20));
    assert_eq!(retry_at(&link), seconds(320), "but not for ever");
}

#[test]
fn a_silent_link_is_dead_after_25_seconds() {
    let mut link = subscribed();
    link.take(Input::Tick, seconds(10));
    assert_eq!(orders(&mut link), [Order::Ping(2)]);
    link.take(Input::Tick, seconds(20));
    orders(&mut link);
    link.take(Input::Tick, seconds(25));
    assert_eq!(orders(&mut link), [Order::Abandon]);
    assert!(matches!(link.state(), LinkState::Reconnecting { .. }));
}

#[test]
fn any_frame_keeps_the_link_alive_and_a_pong_measures_it() {
    let mut link = subscribed();
    link.take(Input::Heard, seconds(20));
    link.take(Input::Tick, seconds(25));
    let Some(Order::Ping(number)) = link.next_order() else { panic!("no ping") };
    assert_eq!(link.state(), LinkState::Subscribed);
    link.take(Input::Pong(number), seconds(25) + Duration::from_millis(18));
    assert_eq!(link.report().round_trip, Some(Duration::from_millis(18)));
}

#[test]
fn topics_that_nobody_confirms_break_the_link() {
    let mut link = connected();
    orders(&mut link);
    link.take(ack(&[CALLS]), seconds(1));
    assert_eq!(link.deadline(), Some(seconds(5)));
    link.take(Input::Tick, seconds(5));
    assert_eq!(orders(&mut link), [Order::Abandon]);
    assert!(link.report().why.unwrap().contains("confirm"));
}

#[test]
fn retry_now_cuts_the_wait_short_and_opens_one_socket_only() {
    let mut link = subscribed();
    link.take(Input::Broke("gone".into()), seconds(1));
    link.take(Input::RetryNow, seconds(1));
    link.take(Input::RetryNow, seconds(1));
    assert_eq!(orders(&mut link), [Order::Open]);
}

#[test]
fn leaving_unsubscribes_what_was_subscribed_and_closes() {
    let mut link = subscribed();
    link.take(Input::Leave, seconds(3));
    let orders = orders(&mut link);
    assert!(matches!(&orders[..], [Order::Send(text), Order::Close] if text.contains("unsubscribe")), "{orders:?}");
    assert_eq!((link.state(), link.deadline()), (LinkState::Disconnected, None));
}

#[test]
fn after_a_sleep_the_link_has_to_prove_itself_within_seconds() {
    let mut link = subscribed();
    link.take(Input::Woke, seconds(8));
    assert!(matches!(orders(&mut link)[..], [Order::Ping(_)]));
    assert_eq!(link.deadline(), Some(seconds(13)));
    link.take(Input::Tick, seconds(13));
    assert!(matches!(link.state(), LinkState::Reconnecting { .. }), "it looked alive and was not");
}

#[test]
fn a_link_that_survived_a_sleep_stays() {
    let mut link = subscribed();
    link.take(Input::Woke, seconds(8));
    link.take(Input::Heard, seconds(9));
    link.take(Input::Tick, seconds(13));
    assert_eq!(link.state(), LinkState::Subscribed);
}

#[test]
fn waking_up_cuts_a_wait_short() {
    let mut link = subscribed();
    link.take(Input::Broke("gone".into()), seconds(1));
    link.take(Input::Woke, seconds(1));
    assert_eq!(orders(&mut link), [Order::Open]);
}
