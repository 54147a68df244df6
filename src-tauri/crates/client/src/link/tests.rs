//! What an agent would notice of the link.

use voipbin_wire::Topic;

use super::*;

const CALLS: &str = "agent_id:98765432-4321-4321-4321-210987654321:call:*";
const TEXTS: &str = "customer_id:12345678-1234-1234-1234-123456789012:message:*";

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

const RINGS: &str = "agent_id:98765432-4321-4321-4321-210987654321:groupcall:groupcall_";
const QUEUES: &str = "customer_id:12345678-1234-1234-1234-123456789012:queuecall:queuecall_";

fn topics(texts: &[&str]) -> Vec<Topic> {
    texts.iter().map(|text| Topic::parse(text).unwrap()).collect()
}

fn wanted() -> Wanted {
    Wanted::batches(vec![topics(&[CALLS]), topics(&[TEXTS])], vec![topics(&[RINGS]), topics(&[QUEUES])])
}

fn link() -> Link {
    Link::new(wanted(), Speaks::Only(Dialect::Documented), 7)
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
    assert_eq!(orders(&mut link), [Order::Open(Handshake::InAddress)]);
    link.take(Input::Opened, seconds(0));
    link
}

fn subscribed() -> Link {
    let mut link = connected();
    link.take(ack(&[CALLS]), seconds(0));
    link.take(ack(&[TEXTS]), seconds(0));
    link.take(Input::CaughtUp(1), seconds(0));
    orders(&mut link);
    assert_eq!(link.state(), LinkState::Live);
    link
}

fn retry_at(link: &Link) -> Duration {
    match link.state() {
        LinkState::Reconnecting { retry_at: Some(at), .. } => at,
        other => panic!("not waiting: {other:?}"),
    }
}

#[test]
fn it_is_live_only_once_every_topic_is_answered_and_what_was_missed_is_read() {
    let mut link = connected();
    assert_eq!(link.state(), LinkState::Connected, "an open socket is not yet a promise");
    link.take(ack(&[CALLS]), seconds(1));
    assert_eq!(link.state(), LinkState::Connected);
    link.take(ack(&[TEXTS]), seconds(1));
    assert_eq!(link.state(), LinkState::CatchingUp);
    link.take(Input::CaughtUp(0), seconds(2));
    assert_eq!(link.state(), LinkState::CatchingUp, "that was read before this socket");
    link.take(Input::CaughtUp(1), seconds(2));
    assert_eq!(link.state(), LinkState::Live);
}

#[test]
fn a_refused_topic_is_named_and_the_others_live_on() {
    let mut link = connected();
    link.take(ack(&[CALLS]), seconds(1));
    link.take(refuse(ErrorCode::PermissionDenied, &[TEXTS]), seconds(1));
    assert_eq!(link.state(), LinkState::CatchingUp);
    let refused = link.report().refused;
    assert_eq!(refused.len(), 1);
    assert_eq!((refused[0].topic.to_string().as_str(), &refused[0].code), (TEXTS, &ErrorCode::PermissionDenied));
    orders(&mut link);
    link.take(Input::Broke(Message::verbatim("gone")), seconds(2));
    link.take(Input::Tick, retry_at(&link));
    link.take(Input::Opened, seconds(40));
    link.take(ack(&[CALLS]), seconds(40));
    let sent = format!("{:?}", orders(&mut link));
    assert!(sent.contains("call:*") && !sent.contains("message:*"), "a refused topic is not asked for again: {sent}");
}

#[test]
fn a_link_with_every_topic_refused_never_says_live() {
    let mut link = connected();
    for _ in 0..2 {
        link.take(refuse(ErrorCode::InvalidMessage, &[]), seconds(1));
        assert_eq!(link.state(), LinkState::Connected);
    }
    assert_eq!(link.report().refused.len(), 2);
}

#[test]
fn topics_asked_too_fast_are_asked_again_later_and_named_until_then() {
    let mut link = connected();
    orders(&mut link);
    link.take(refuse(ErrorCode::RateLimited, &[CALLS]), seconds(1));
    link.take(ack(&[TEXTS]), seconds(1));
    orders(&mut link);
    assert_eq!((link.state(), link.report().refused.len()), (LinkState::CatchingUp, 1));
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
    assert_eq!(link.state(), LinkState::CatchingUp);
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
    link.take(Input::Broke(Message::verbatim("the socket was reset")), seconds(60));
    assert!(matches!(link.state(), LinkState::Reconnecting { attempt: 1, .. }));
    assert!(link.report().confirmed.is_empty(), "nothing delivers now");
    let at = retry_at(&link);
    assert!(at > seconds(60) && at <= seconds(61));
    link.take(Input::Tick, at);
    assert_eq!(orders(&mut link), [Order::Open(Handshake::InAddress)]);
    link.take(Input::Opened, at);
    link.take(ack(&[CALLS]), at);
    let sent = format!("{:?}", orders(&mut link));
    assert!(sent.contains("call:*") && sent.contains("message:*"), "{sent}");
}

#[test]
fn a_server_that_accepts_and_drops_makes_us_wait_longer_each_time() {
    let mut link = link();
    link.take(Input::Connect, seconds(0));
    for attempt in 1..5 {
        link.take(Input::Opened, seconds(0));
        link.take(Input::Broke(Message::verbatim("dropped")), seconds(0));
        assert!(matches!(link.state(), LinkState::Reconnecting { attempt: n, .. } if n == attempt));
        link.take(Input::Tick, retry_at(&link));
    }
}

/// Opens, subscribes and catches up, all in one moment.
fn go_live(link: &mut Link, at: Duration) {
    link.take(Input::Opened, at);
    link.take(ack(&[CALLS]), at);
    link.take(ack(&[TEXTS]), at);
    link.take(Input::CaughtUp(link.report().socket), at);
    assert_eq!(link.state(), LinkState::Live);
}

#[test]
fn a_service_that_closes_soon_after_each_live_moment_is_not_hammered() {
    let mut link = link();
    let mut now = seconds(0);
    link.take(Input::Connect, now);
    let mut sockets = 0;
    while now < seconds(60) {
        go_live(&mut link, now);
        sockets += 1;
        now += Duration::from_millis(400);
        link.take(Input::Broke(Message::verbatim("closed")), now);
        now = retry_at(&link);
        link.take(Input::Tick, now);
    }
    assert!(sockets <= 12, "{sockets} sockets in a minute");
}

#[test]
fn after_a_minute_of_live_a_lost_link_comes_back_as_quickly_as_the_first_time() {
    for (live_for, expected) in [(59, 3), (61, 1)] {
        let mut link = link();
        link.take(Input::Connect, seconds(0));
        for at in [0, 100] {
            link.take(Input::Opened, seconds(at));
            link.take(Input::Broke(Message::verbatim("dropped")), seconds(at));
            link.take(Input::Tick, retry_at(&link));
        }
        go_live(&mut link, seconds(200));
        link.take(Input::Heard, seconds(200 + live_for));
        // However long nobody looks: only what was heard counts.
        link.take(Input::Broke(Message::verbatim("dropped")), seconds(900));
        assert!(matches!(link.state(), LinkState::Reconnecting { attempt, .. } if attempt == expected), "{link:?}");
    }
}

#[test]
fn a_service_that_is_not_available_says_when_to_come_back() {
    let mut link = link();
    link.take(Input::Connect, seconds(0));
    link.take(Input::OpenFailed(OpenFailure::Unavailable(Some(seconds(40)))), seconds(1));
    assert_eq!(retry_at(&link), seconds(41));
    link.take(Input::RetryNow, seconds(5));
    assert_eq!(retry_at(&link), seconds(41), "nor does the agent hurry it");
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
fn neither_impatience_nor_waking_up_calls_before_the_service_wants_it() {
    let mut link = link();
    link.take(Input::Connect, seconds(0));
    link.take(Input::OpenFailed(OpenFailure::RateLimited(Some(seconds(17)))), seconds(1));
    orders(&mut link);
    for input in [Input::RetryNow, Input::Woke] {
        link.take(input, seconds(5));
        assert_eq!((orders(&mut link), retry_at(&link)), (vec![], seconds(18)));
    }
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
    assert_eq!(link.state(), LinkState::Live);
    link.take(Input::Pong(number), seconds(25) + Duration::from_millis(18));
    assert_eq!(link.report().round_trip, Some(Duration::from_millis(18)));
}

#[test]
fn topics_that_nobody_confirms_break_the_link() {
    let mut link = connected();
    orders(&mut link);
    link.take(ack(&[CALLS]), seconds(1));
    orders(&mut link);
    assert_eq!(link.deadline(), Some(seconds(6)));
    link.take(Input::Tick, seconds(6));
    assert_eq!(orders(&mut link), [Order::Abandon]);
    assert_eq!(link.report().why.unwrap().id, "link-lost-unconfirmed");
}

#[test]
fn retry_now_cuts_the_wait_short_and_opens_one_socket_only() {
    let mut link = subscribed();
    link.take(Input::Broke(Message::verbatim("gone")), seconds(1));
    link.take(Input::RetryNow, seconds(1));
    link.take(Input::RetryNow, seconds(1));
    assert_eq!(orders(&mut link), [Order::Open(Handshake::InAddress)]);
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
    assert_eq!(link.state(), LinkState::Live);
}

#[test]
fn waking_up_cuts_a_wait_short() {
    let mut link = subscribed();
    link.take(Input::Broke(Message::verbatim("gone")), seconds(1));
    link.take(Input::Woke, seconds(1));
    assert_eq!(orders(&mut link), [Order::Open(Handshake::InAddress)]);
}

#[test]
fn a_new_token_starts_a_refused_link_and_leaves_a_running_one_alone() {
    let mut link = link();
    link.take(Input::Connect, seconds(0));
    link.take(Input::OpenFailed(OpenFailure::Unauthorized), seconds(1));
    orders(&mut link);
    link.take(Input::Renewed, seconds(2));
    assert_eq!(orders(&mut link), [Order::Open(Handshake::InAddress)]);
    let mut running = subscribed();
    running.take(Input::Renewed, seconds(2));
    assert_eq!((orders(&mut running), running.state()), (vec![], LinkState::Live));
}

#[test]
fn a_frozen_account_is_not_hammered_and_says_until_when() {
    let mut link = link();
    link.take(Input::Connect, seconds(0));
    link.take(Input::OpenFailed(OpenFailure::Frozen(Message::verbatim("frozen until May"))), seconds(1));
    assert_eq!((retry_at(&link), link.report().why), (seconds(301), Some(Message::verbatim("frozen until May"))));
}

#[test]
fn a_change_of_network_begins_a_hanging_attempt_anew() {
    let mut link = link();
    link.take(Input::Connect, seconds(0));
    orders(&mut link);
    link.take(Input::Woke, Duration::from_millis(500));
    assert_eq!(orders(&mut link), [], "a fresh attempt goes on");
    link.take(Input::Woke, seconds(3));
    assert_eq!(orders(&mut link), [Order::Abandon, Order::Open(Handshake::InAddress)]);
    assert_eq!(link.deadline(), Some(seconds(13)));
}

mod freezing;
mod given;
mod listening;

mod dialects {
    use super::*;

    fn auto(known: Option<Dialect>) -> Link {
        let mut link = Link::new(wanted(), Speaks::Auto(known), 7);
        link.take(Input::Connect, seconds(0));
        link
    }

    fn sent(link: &mut Link) -> Vec<String> {
        let topics = |order| match order {
            Order::Send(text) => Some(text),
            _ => None,
        };
        orders(link).into_iter().filter_map(topics).collect()
    }

    /// Answers every ping that is under way.
    fn pong(link: &mut Link, at: Duration) -> Vec<String> {
        let mut texts = Vec::new();
        while let Some(order) = link.next_order() {
            match order {
                Order::Ping(number) => link.take(Input::Pong(number), at),
                Order::Send(text) => texts.push(text),
                other => panic!("{other:?}"),
            }
        }
        texts
    }

    fn live() -> Link {
        let mut link = auto(Some(Dialect::Live));
        orders(&mut link);
        link.take(Input::Opened, seconds(0));
        pong(&mut link, seconds(0));
        assert_eq!(link.state(), LinkState::CatchingUp);
        link.take(Input::CaughtUp(1), seconds(0));
        link
    }

    fn reopen(link: &mut Link, at: Duration) {
        link.take(Input::Tick, retry_at(link).max(at));
        orders(link);
        link.take(Input::Opened, at);
    }

    #[test]
    fn an_unknown_service_is_asked_only_for_what_is_safe_with_either() {
        let mut link = auto(None);
        assert_eq!(orders(&mut link), [Order::Open(Handshake::AsLive)], "the token stays out of the address");
        link.take(Input::Opened, seconds(0));
        let sent = sent(&mut link);
        assert!(sent.len() == 1 && sent[0].contains("agent_id") && !sent[0].contains("customer_id"), "{sent:?}");
    }

    #[test]
    fn an_acknowledgment_means_documented_and_is_remembered() {
        let mut link = auto(None);
        link.take(Input::Opened, seconds(0));
        orders(&mut link);
        link.take(ack(&[CALLS]), seconds(1));
        let asked = sent(&mut link);
        assert!(asked.len() == 1 && asked[0].contains("message:*"), "the rest is asked now: {asked:?}");
        assert_eq!(link.report().dialect, Some(Dialect::Documented));
        link.take(ack(&[TEXTS]), seconds(1));
        assert_eq!(link.state(), LinkState::CatchingUp);
        link.take(Input::Broke(Message::verbatim("gone")), seconds(2));
        link.take(Input::Tick, retry_at(&link));
        assert_eq!(orders(&mut link), [Order::Open(Handshake::InAddress)]);
    }

    #[test]
    fn two_seconds_without_an_acknowledgment_mean_live() {
        let mut link = auto(None);
        link.take(Input::Opened, seconds(0));
        orders(&mut link);
        link.take(Input::Pong(1), seconds(1));
        assert_eq!(link.deadline(), Some(seconds(2)));
        link.take(Input::Tick, seconds(2));
        assert_eq!(link.report().dialect, Some(Dialect::Live));
        let asked = pong(&mut link, seconds(2));
        assert!(asked[0].contains("groupcall_") && asked.last().unwrap().contains("queuecall_"), "{asked:?}");
        assert_eq!(link.state(), LinkState::CatchingUp, "an answered ping behind each batch proves it");
        assert_eq!(link.report().confirmed.len(), 2);
    }

    #[test]
    fn a_bare_frame_means_live_at_once() {
        let mut link = auto(None);
        link.take(Input::Opened, seconds(0));
        orders(&mut link);
        link.take(Input::Bare, Duration::from_millis(300));
        assert_eq!(link.report().dialect, Some(Dialect::Live));
    }

    #[test]
    fn a_late_acknowledgment_puts_the_guess_right() {
        for late in [ack(&[CALLS]), refuse(ErrorCode::InvalidTopic, &[RINGS])] {
            let mut link = auto(None);
            link.take(Input::Opened, seconds(0));
            link.take(Input::Tick, seconds(2));
            orders(&mut link);
            link.take(late, seconds(3));
            assert_eq!(link.report().dialect, Some(Dialect::Documented));
            assert!(sent(&mut link).concat().contains("call:*"), "asked again, in its own words");
            link.take(ack(&[CALLS, TEXTS]), seconds(3));
            assert_eq!((link.state(), link.report().confirmed.len()), (LinkState::CatchingUp, 2));
        }
    }

    #[test]
    fn an_unknown_service_that_refuses_one_way_to_show_the_token_is_shown_the_other_once() {
        let mut link = auto(None);
        orders(&mut link);
        link.take(Input::OpenFailed(OpenFailure::Unauthorized), seconds(1));
        assert_eq!(orders(&mut link), [Order::Open(Handshake::InAddress)]);
        link.take(Input::OpenFailed(OpenFailure::Unauthorized), seconds(1));
        assert_eq!((link.state(), orders(&mut link)), (LinkState::Refused, vec![]));
        let mut known = auto(Some(Dialect::Live));
        known.take(Input::OpenFailed(OpenFailure::Unauthorized), seconds(1));
        assert_eq!(known.state(), LinkState::Refused);
    }

    #[test]
    fn a_batch_that_costs_the_connection_is_left_out_after_three_falls_and_named() {
        let mut link = left_out();
        reopen(&mut link, seconds(32));
        let asked = pong(&mut link, seconds(32));
        assert!(asked.len() == 1 && asked[0].contains("groupcall_"), "one more connection, without it: {asked:?}");
        let report = link.report();
        assert_eq!((link.state(), report.confirmed.len(), report.refused.len()), (LinkState::CatchingUp, 1, 1));
        assert_eq!(report.refused[0].code, ErrorCode::Other(ErrorCode::DROPPED.into()));
        link.take(Input::Broke(Message::verbatim("dropped")), seconds(60));
        reopen(&mut link, seconds(61));
        assert_eq!(pong(&mut link, seconds(61)).len(), 1, "for a while");
    }

    /// The customer's batch cost the connection at seconds 1, 11 and 21.
    fn left_out() -> Link {
        let mut link = auto(Some(Dialect::Live));
        orders(&mut link);
        link.take(Input::Opened, seconds(0));
        for fall in 0..3 {
            let at = seconds(10 * fall);
            assert_eq!(link.report().refused, [], "{fall} falls may be chance");
            link.take(Input::Pong(link.proof.upcoming() - 1), at);
            assert!(sent(&mut link).concat().contains("queuecall_"), "{fall}");
            link.take(Input::Broke(Message::verbatim("dropped")), at + seconds(1));
            if fall < 2 {
                reopen(&mut link, seconds(10 * (fall + 1)));
            }
        }
        link
    }

    #[test]
    fn what_was_left_out_is_tried_again_on_the_live_link_and_heard_again_if_it_was_chance() {
        let mut link = left_out();
        reopen(&mut link, seconds(32));
        pong(&mut link, seconds(32));
        link.take(Input::CaughtUp(link.report().socket), seconds(32));
        assert_eq!(link.state(), LinkState::Live);
        link.take(Input::Tick, seconds(620));
        assert_eq!(pong(&mut link, seconds(620)), Vec::<String>::new());
        assert_eq!(link.report().refused.len(), 1, "not yet");
        assert_eq!(link.deadline(), Some(seconds(621)));
        link.take(Input::Tick, seconds(621));
        let asked = pong(&mut link, seconds(621)).concat();
        assert!(asked.contains("queuecall_"), "{asked}");
        let report = link.report();
        assert_eq!((link.state(), report.refused, report.confirmed.len()), (LinkState::Live, vec![], 2));
    }

    #[test]
    fn what_falls_at_every_new_try_is_tried_ever_more_seldom() {
        let mut link = left_out();
        let mut tried_at = seconds(21);
        for wait in [600, 1200, 2400, 4800, 9600, 14_400, 14_400] {
            let at = retry_at(&link);
            reopen(&mut link, at);
            pong(&mut link, at);
            link.take(Input::CaughtUp(link.report().socket), at);
            let again_at = tried_at + seconds(wait);
            link.take(Input::Tick, again_at - seconds(1));
            assert_eq!(pong(&mut link, again_at - seconds(1)), Vec::<String>::new(), "{wait}");
            link.take(Input::Tick, again_at);
            assert!(sent(&mut link).concat().contains("queuecall_"), "{wait}");
            link.take(Input::Broke(Message::verbatim("dropped")), again_at);
            tried_at = again_at;
        }
    }

    #[test]
    fn a_desk_whose_every_batch_fell_by_chance_is_not_deaf_for_the_day() {
        let wanted = Wanted::batches(vec![topics(&[CALLS])], vec![topics(&[RINGS])]);
        let mut link = Link::new(wanted, Speaks::Only(Dialect::Live), 7);
        link.take(Input::Connect, seconds(0));
        orders(&mut link);
        link.take(Input::Opened, seconds(0));
        for fall in 1..=3 {
            link.take(Input::Broke(Message::verbatim("reset")), seconds(10 * fall - 9));
            reopen(&mut link, seconds(10 * fall));
        }
        assert_eq!((link.report().refused.len(), pong(&mut link, seconds(30)).len()), (1, 0));
        let again_at = seconds(621);
        link.take(Input::Tick, again_at - seconds(1));
        pong(&mut link, again_at - seconds(1));
        link.take(Input::Tick, again_at);
        assert!(pong(&mut link, again_at).concat().contains("groupcall_"));
        assert_eq!(link.state(), LinkState::CatchingUp);
    }

    #[test]
    fn a_fall_by_chance_does_not_cost_what_was_proven_before() {
        let mut link = live();
        for round in 1..=2 {
            link.take(Input::Broke(Message::verbatim("reset")), seconds(round * 100));
            reopen(&mut link, seconds(round * 100 + 1));
        }
        assert_eq!(pong(&mut link, seconds(202)).len(), 2);
        assert_eq!(link.report().refused, []);
    }

    #[test]
    fn a_fall_long_after_the_question_accuses_nobody() {
        let mut link = auto(Some(Dialect::Live));
        orders(&mut link);
        link.take(Input::Opened, seconds(0));
        link.take(Input::Pong(2), seconds(0));
        link.take(Input::Broke(Message::verbatim("dropped")), seconds(4));
        reopen(&mut link, seconds(5));
        assert_eq!(pong(&mut link, seconds(5)).len(), 2);
    }

    #[test]
    fn what_the_rights_do_not_allow_is_named_and_never_asked() {
        let id = uuid::Uuid::from_u128;
        let mut link = Link::new(Wanted::of(id(1), Some(id(2)), false), Speaks::Only(Dialect::Live), 7);
        link.take(Input::Connect, seconds(0));
        orders(&mut link);
        link.take(Input::Opened, seconds(0));
        assert!(!pong(&mut link, seconds(0)).concat().contains("customer_id"));
        let report = link.report();
        assert_eq!(report.wanted.len(), report.confirmed.len() + report.refused.len());
        assert!(report.refused.iter().all(|refused| refused.code == ErrorCode::PermissionDenied));
    }

    #[test]
    fn nothing_is_given_back_to_the_live_service_before_leaving() {
        let mut link = live();
        orders(&mut link);
        link.take(Input::Leave, seconds(9));
        assert_eq!(orders(&mut link), [Order::Close]);
    }
}
