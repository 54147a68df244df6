//! Only what is needed is subscribed.

use uuid::Uuid;

use super::*;

const MANAGER: bool = true;

fn of(dialect: Dialect, is_manager: bool) -> Link {
    let wanted = Wanted::of(Uuid::from_u128(12), Some(Uuid::from_u128(10)), is_manager);
    let mut link = Link::new(wanted, Speaks::Auto(Some(dialect)), 7);
    link.take(Input::Connect, seconds(0));
    link.take(Input::Opened, seconds(0));
    link
}

/// Plays the service: confirms what is asked and answers pings. What it was sent.
fn serve(link: &mut Link, dialect: Dialect, at: Duration) -> Vec<(String, Vec<String>)> {
    let mut sent = Vec::new();
    while let Some(order) = link.next_order() {
        match order {
            Order::Ping(number) => link.take(Input::Pong(number), at),
            Order::Send(text) => {
                let message: serde_json::Value = serde_json::from_str(&text).unwrap();
                let topics = message["topics"].as_array().unwrap().iter();
                let topics: Vec<String> = topics.map(|topic| topic.as_str().unwrap().to_owned()).collect();
                let action = message["type"].as_str().unwrap().to_owned();
                if dialect == Dialect::Documented {
                    let (action, topics) = (Some(action.clone()), topics.clone());
                    link.take(Input::Acked(Ack { action, topics, success: true }), at);
                }
                sent.push((action, topics));
            }
            _ => {}
        }
    }
    sent
}

fn topics(sent: &[(String, Vec<String>)], action: &str) -> Vec<String> {
    let zeros = "00000000-0000-0000-0000-0000000000";
    let of_action = sent.iter().filter(|(sent, _)| sent == action);
    of_action.flat_map(|(_, topics)| topics).map(|topic| topic.replace(zeros, "")).collect()
}

fn live(dialect: Dialect) -> (Link, Vec<String>) {
    let mut link = of(dialect, MANAGER);
    let sent = serve(&mut link, dialect, seconds(1));
    link.take(Input::CaughtUp(1), seconds(1));
    assert_eq!(link.state(), LinkState::Live);
    (link, topics(&sent, "subscribe"))
}

#[test]
fn a_managers_own_calls_arrive_once() {
    let (_, subscribed) = live(Dialect::Live);
    for resource in ["call:call_", "groupcall:groupcall_", "conversation:conversation_"] {
        let of: Vec<_> = subscribed.iter().filter(|topic| topic.ends_with(&format!(":{resource}"))).collect();
        assert_eq!(of, [&format!("customer_id:0c:{resource}")]);
    }
    assert!(subscribed.contains(&"agent_id:0a:chatmessage:chatmessage_".to_owned()), "nobody else tells of these");
}

#[test]
fn a_manager_who_may_not_hear_the_customers_calls_hears_the_own_ones() {
    let mut link = of(Dialect::Live, MANAGER);
    // The customer's batch costs the connection.
    let mut now = seconds(0);
    for _ in 0..3 {
        link.take(Input::Pong(link.proof.upcoming() - 1), now);
        orders(&mut link);
        link.take(Input::Broke(Message::verbatim("dropped")), now + seconds(1));
        now = retry_at(&link);
        link.take(Input::Tick, now);
        orders(&mut link);
        link.take(Input::Opened, now);
    }
    let subscribed = topics(&serve(&mut link, Dialect::Live, now), "subscribe");
    assert!(subscribed.contains(&"agent_id:0a:call:call_".to_owned()), "{subscribed:?}");
    assert!(subscribed.contains(&"agent_id:0a:groupcall:groupcall_".to_owned()));
    assert_eq!(link.report().wanted.len(), link.report().confirmed.len() + link.report().refused.len());
}

#[test]
fn the_topics_with_which_the_dialect_was_found_are_given_back_once_and_only_those() {
    let wanted = Wanted::of(Uuid::from_u128(12), Some(Uuid::from_u128(10)), MANAGER);
    let mut link = Link::new(wanted, Speaks::Auto(None), 7);
    link.take(Input::Connect, seconds(0));
    link.take(Input::Opened, seconds(0));
    let probe = topics(&serve(&mut link, Dialect::Live, seconds(1)), "subscribe");
    link.take(Input::Tick, seconds(2));
    let sent = serve(&mut link, Dialect::Live, seconds(2));
    let (first, back) = (sent.first().unwrap(), topics(&sent, "unsubscribe"));
    assert_eq!(first.0, "subscribe", "the service's count never falls to nothing");
    assert_eq!(back, probe);
    for at in 10..200 {
        link.take(Input::Tick, seconds(at));
        let again = serve(&mut link, Dialect::Live, seconds(at));
        assert_eq!(topics(&again, "unsubscribe"), Vec::<String>::new(), "each once");
    }
    link.take(Input::Broke(Message::verbatim("reset")), seconds(300));
    link.take(Input::Tick, retry_at(&link));
    link.take(Input::Opened, seconds(310));
    let again = serve(&mut link, Dialect::Live, seconds(310));
    assert_eq!(topics(&again, "unsubscribe"), Vec::<String>::new(), "the new connection never had them");
}

#[test]
fn what_nobody_looks_at_is_unsubscribed_once_and_taken_again() {
    for (dialect, flows) in [(Dialect::Documented, "activeflow:*"), (Dialect::Live, "activeflow:activeflow_")] {
        let flows = format!("customer_id:0c:{flows}");
        let (mut link, subscribed) = live(dialect);
        assert!(subscribed.contains(&flows));
        let mut extras: BTreeSet<Extra> = Extra::ALL.into();
        extras.remove(&Extra::Flows);
        link.take(Input::Listen(extras.clone()), seconds(2));
        link.take(Input::Listen(extras), seconds(2));
        let sent = serve(&mut link, dialect, seconds(2));
        assert_eq!((topics(&sent, "unsubscribe"), topics(&sent, "subscribe")), (vec![flows.clone()], vec![]));
        let report = link.report();
        assert_eq!((report.state, report.wanted.len()), (LinkState::Live, report.confirmed.len()));
        link.take(Input::Listen(Extra::ALL.into()), seconds(3));
        let sent = serve(&mut link, dialect, seconds(3));
        assert_eq!((topics(&sent, "unsubscribe"), topics(&sent, "subscribe")), (vec![], vec![flows]));
        assert_eq!(link.report().confirmed.len(), subscribed.len());
    }
}

#[test]
fn what_is_not_listened_to_is_not_asked_for_on_a_new_socket_either() {
    let (mut link, _) = live(Dialect::Live);
    link.take(Input::Listen(BTreeSet::new()), seconds(2));
    serve(&mut link, Dialect::Live, seconds(2));
    link.take(Input::Broke(Message::verbatim("reset")), seconds(100));
    link.take(Input::Tick, retry_at(&link));
    link.take(Input::Opened, seconds(102));
    let subscribed = topics(&serve(&mut link, Dialect::Live, seconds(102)), "subscribe");
    assert!(!subscribed.iter().any(|topic| topic.contains("flow") || topic.contains("conference")), "{subscribed:?}");
    assert!(subscribed.contains(&"customer_id:0c:queuecall:queuecall_".to_owned()), "callers in queues always count");
}

#[test]
fn without_the_teams_texts_the_own_conversations_are_still_heard() {
    let (mut link, _) = live(Dialect::Live);
    let extras: BTreeSet<Extra> = Extra::ALL.into_iter().filter(|extra| *extra != Extra::TeamTexts).collect();
    link.take(Input::Listen(extras), seconds(2));
    let sent = serve(&mut link, Dialect::Live, seconds(2));
    let own = "agent_id:0a:conversation:conversation_".to_owned();
    assert_eq!(topics(&sent, "subscribe"), [own]);
    let gone = topics(&sent, "unsubscribe");
    assert_eq!(gone, ["customer_id:0c:message:message_", "customer_id:0c:conversation:conversation_"]);
    let (subscribe, unsubscribe) = (0, 1);
    assert_eq!(
        (sent[subscribe].0.as_str(), sent[unsubscribe].0.as_str()),
        ("subscribe", "unsubscribe"),
        "no gap between"
    );
    link.take(Input::Listen(Extra::ALL.into()), seconds(3));
    let sent = serve(&mut link, Dialect::Live, seconds(3));
    assert_eq!(topics(&sent, "unsubscribe"), ["agent_id:0a:conversation:conversation_"]);
}
