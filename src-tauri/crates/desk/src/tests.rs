//! What an agent would notice. Frames go in as the service sends them.

use ringside_words::{Message, say};
use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::json;
use voipbin_wire::{Answer as _, Contact, ErrorCode, Frame, MessageFact, Topic};

use super::*;

mod callers;
mod clocks;
mod conversations;
mod five_callers;
mod floor;
mod link;
mod misdated;
mod numbers;
mod order;
mod order_around;
mod order_written;
mod replies;
mod responder;
mod steering;
mod texts;
mod unseen;
mod while_away;
mod withheld;

const ME: &str = "98765432-4321-4321-4321-210987654321";
const JOHN: &str = "+15551234567";
const SALES_LINE: &str = "+15559876543";

fn desk() -> Desk {
    let mut desk = not_linked();
    desk.link(notice(LinkStage::Subscribed), 0);
    desk.take_out();
    desk
}

/// A desk that was never live.
fn not_linked() -> Desk {
    let mut desk = Desk::new(SessionView { service: "api.voipbin.net".into(), ..SessionView::on(Screen::Desk) });
    desk.me(MeView { id: ME.into(), name: "Dana".into(), status: StatusView::Available, ..MeView::default() });
    desk.rights(Rights { is_manager: true, is_agent: true });
    desk.take_out();
    desk
}

fn notice(stage: LinkStage) -> LinkNotice {
    LinkNotice {
        stage,
        retry_at: None,
        round_trip_ms: None,
        confirmed: vec![Topic::parse(&format!("agent_id:{ME}:call:*")).unwrap()],
        refused: Vec::new(),
        why: None,
        proven_at: None,
        instead: None,
    }
}

fn play(desk: &mut Desk, frame: &str, now: Millis) -> Out {
    match Frame::decode(frame) {
        Frame::Told(told) => desk.learn(&told, now),
        other => panic!("the frame is no event: {other:?}"),
    }
    desk.take_out()
}

fn call(event: &str, second: u32, more: &serde_json::Value) -> String {
    let mut data = json!({
        "id": "call-1", "direction": "inbound",
        "source": {"type": "tel", "target": JOHN}, "destination": {"type": "tel", "target": SALES_LINE},
        "tm_update": format!("2024-01-15T10:30:{second:02}.000000Z"),
    });
    data.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    json!({"event_type": event, "topic": format!("agent_id:{ME}:call:call-1"), "data": data}).to_string()
}

fn assigned(second: u32) -> String {
    call("call.assigned", second, &json!({"agent_id": ME, "queue_id": "sales", "status": "ringing", "wait_time": 45}))
}

fn answered(second: u32) -> String {
    call("call.status", second, &json!({"status": "answered", "previous_status": "ringing"}))
}

fn ended(second: u32) -> String {
    call("call.ended", second, &json!({"hangup_reason": "normal"}))
}

fn joined(second: u32, position: i64) -> String {
    json!({"event_type": "queue.joined", "topic": format!("agent_id:{ME}:queue:sales"), "data": {
        "queue_id": "sales", "call_id": "call-1", "position": position, "estimated_wait": 120,
        "tm_join": format!("2024-01-15T10:30:{second:02}.000000Z")}})
    .to_string()
}

fn left(second: u32) -> String {
    json!({"event_type": "queue.left", "topic": format!("agent_id:{ME}:queue:sales"), "data": {
        "queue_id": "sales", "call_id": "call-1", "reason": "hangup",
        "tm_leave": format!("2024-01-15T10:30:{second:02}.000000Z")}})
    .to_string()
}

fn text_from_john(id: &str, text: &str) -> String {
    json!({"event_type": "message.received", "topic": format!("customer_id:c:message:{id}"), "data": {
        "id": id, "direction": "inbound", "source": {"type": "tel", "target": JOHN},
        "destination": {"type": "tel", "target": SALES_LINE}, "text": text, "tm_create": "2024-01-15T10:30:00.000000Z"}})
    .to_string()
}

fn delivery(id: &str, status: &str) -> String {
    json!({"event_type": "message.delivery", "topic": format!("customer_id:c:message:{id}"), "data": {"id": id, "status": status}})
        .to_string()
}

fn sent(id: &str, text: &str) -> String {
    json!({"event_type": "message.sent", "topic": format!("customer_id:c:message:{id}"), "data": {
        "id": id, "direction": "outbound", "source": {"type": "tel", "target": SALES_LINE},
        "destination": {"type": "tel", "target": JOHN}, "text": text}})
    .to_string()
}

fn accepted(id: &str) -> ReplyFate {
    let (fact, _) = MessageFact::decode(&json!({"id": id, "status": "queued"}).to_string()).unwrap();
    ReplyFate::Accepted(Box::new(fact))
}

fn raised(out: &Out) -> Vec<AlertKind> {
    let kind = |alert: &Alert| match alert {
        Alert::Raise { kind, .. } => Some(*kind),
        Alert::Withdraw { .. } => None,
    };
    out.alerts.iter().filter_map(kind).collect()
}

fn withdrawn(out: &Out) -> usize {
    out.alerts.iter().filter(|alert| matches!(alert, Alert::Withdraw { .. })).count()
}

fn john() -> Found {
    let (contact, _) =
        Contact::decode(r#"{"id":"k1","display_name":"John Delgado","company":"Northwind Ltd","notes":""}"#).unwrap();
    Found::Contact(Box::new(contact), Vec::new())
}

#[test]
fn a_call_rings_once_however_often_it_is_told() {
    let mut desk = desk();
    let first = play(&mut desk, &assigned(0), 1000);
    assert_eq!(raised(&first), [AlertKind::Ringing]);
    let again = play(&mut desk, &assigned(0), 1500);
    assert_eq!(again, Out::default(), "the second copy changes nothing");
    assert_eq!(raised(&play(&mut desk, &call("call.created", 0, &json!({"status": "ringing"})), 1600)), []);
}

#[test]
fn an_answered_call_stops_ringing_and_a_late_ring_does_not_bring_it_back() {
    let mut desk = desk();
    play(&mut desk, &assigned(0), 1000);
    let out = play(&mut desk, &answered(5), 6000);
    assert_eq!((raised(&out), withdrawn(&out)), (vec![], 1));
    assert_eq!(play(&mut desk, &assigned(0), 6500), Out::default());
    let view = desk.view().calls.remove(0);
    assert_eq!((view.stage, view.since), (CallStage::Talking, 6000));
}

#[test]
fn a_call_that_ended_stays_ended() {
    let mut desk = desk();
    for frame in [assigned(0), answered(5), ended(9)] {
        play(&mut desk, &frame, 1000);
    }
    for frame in [assigned(0), answered(5), ended(9), joined(0, 1)] {
        assert_eq!(play(&mut desk, &frame, 2000), Out::default());
    }
    assert!(desk.view().calls.is_empty());
}

#[test]
fn a_call_that_stops_ringing_unanswered_is_missed() {
    let mut desk = desk();
    play(&mut desk, &assigned(0), 1000);
    let out = play(&mut desk, &ended(20), 21_000);
    assert_eq!((raised(&out), withdrawn(&out)), (vec![AlertKind::Missed], 1));
}

#[test]
fn a_call_that_goes_to_a_colleague_stops_ringing_here_and_is_not_missed() {
    let mut desk = desk();
    play(&mut desk, &assigned(0), 1000);
    let out =
        play(&mut desk, &call("call.assigned", 9, &json!({"agent_id": "someone-else", "status": "ringing"})), 9000);
    assert_eq!((raised(&out), withdrawn(&out)), (vec![], 1));
    assert!(desk.view().calls.is_empty());
}

#[test]
fn a_call_of_the_customer_that_is_not_mine_does_not_ring_here() {
    let mut desk = desk();
    let frame =
        call("call.created", 0, &json!({"status": "ringing"})).replace(&format!("agent_id:{ME}"), "customer_id:c");
    assert_eq!(play(&mut desk, &frame, 1000), Out::default());
}

#[test]
fn the_caller_is_named_at_once_and_better_when_the_address_book_answers() {
    let mut desk = desk();
    let out = play(&mut desk, &assigned(0), 1000);
    assert_eq!(out.asks, [Ask::WhoIs { number: JOHN.into(), is_urgent: true }]);
    assert_eq!(desk.view().calls[0].name, None, "the pop does not wait for the address book");
    desk.looked_up(JOHN, john());
    let patches = desk.take_changes();
    assert!(
        patches
            .iter()
            .any(|patch| matches!(patch, Patch::PutCall { call } if call.name.as_deref() == Some("John Delgado")))
    );
    assert_eq!(desk.view().cards[0].notes, None, "an empty note is no note");
    assert_eq!(desk.take_out().asks, [Ask::Customer { number: JOHN.into(), contact: Some("k1".into()), events: 48 }]);
    assert_eq!(play(&mut desk, &answered(5), 6000).asks, [], "nobody is asked for twice");
}

#[test]
fn somebody_who_waits_is_announced_once_with_place_and_estimate() {
    let mut desk = desk();
    let queue = json!({"result": [{"id": "sales", "name": "Sales"}]});
    desk.queue_names(voipbin_wire::decode_page(&queue.to_string()).unwrap().items);
    let out = play(&mut desk, &joined(0, 3), 1000);
    let [Alert::Raise { title, body, .. }] = &out.alerts[..] else { panic!("{:?}", out.alerts) };
    assert_eq!(*title, say!("alerts-waiting", queue = "Sales"));
    assert_eq!(body.to_string(), "position 3 · estimated wait 120 s");
    assert_eq!(play(&mut desk, &joined(0, 3), 2000), Out::default());
    assert_eq!(raised(&play(&mut desk, &joined(4, 1), 5000)), [], "moving up is no new caller");
    assert_eq!(desk.view().waits[0].position, Some(1));
}

#[test]
fn a_waiting_caller_is_known_when_the_call_was_told_before_the_queue() {
    let mut desk = desk();
    let created =
        call("call.created", 0, &json!({"status": "ringing"})).replace(&format!("agent_id:{ME}"), "customer_id:c");
    assert_eq!(play(&mut desk, &created, 500), Out::default(), "the call itself is on no desk yet");
    play(&mut desk, &joined(1, 1), 1000);
    desk.looked_up(JOHN, john());
    assert_eq!(desk.view().waits[0].name.as_deref(), Some("John Delgado"));
}

#[test]
fn a_caller_who_left_is_gone_and_one_who_comes_back_waits_again() {
    let mut desk = desk();
    play(&mut desk, &joined(0, 1), 1000);
    let out = play(&mut desk, &left(5), 6000);
    assert_eq!((withdrawn(&out), desk.view().waits.len()), (1, 0));
    assert_eq!(play(&mut desk, &joined(0, 1), 6100), Out::default(), "a late copy of the old frame");
    assert_eq!(raised(&play(&mut desk, &joined(9, 1), 10_000)), [AlertKind::Waiting]);
}

#[test]
fn a_caller_who_rings_here_is_not_listed_as_waiting_too() {
    let mut desk = desk();
    play(&mut desk, &joined(0, 1), 1000);
    play(&mut desk, &assigned(5), 46_000);
    let view = desk.view();
    assert_eq!((view.calls.len(), view.waits.len()), (1, 0));
    assert_eq!(view.calls[0].waited_s, Some(45));
}

#[test]
fn a_text_counts_as_unread_until_it_is_looked_at() {
    let mut desk = desk();
    let out = play(&mut desk, &text_from_john("m1", "Hello"), 1000);
    assert_eq!(raised(&out), [AlertKind::Message]);
    assert_eq!(play(&mut desk, &text_from_john("m1", "Hello"), 1100), Out::default());
    let chat = desk.view().chats.remove(0);
    assert_eq!((chat.unread, chat.last_text.as_str()), (1, "Hello"));
    desk.look_at(Some(&chat.id));
    assert_eq!((desk.view().chats[0].unread, withdrawn(&desk.take_out())), (0, 1));
    let out = play(&mut desk, &text_from_john("m2", "Still there?"), 2000);
    assert_eq!((raised(&out), desk.view().chats[0].unread), (vec![], 0), "no toast for what is being looked at");
}

fn desk_with_reply() -> (Desk, String) {
    let mut desk = desk();
    play(&mut desk, &text_from_john("m1", "Hello"), 1000);
    let chat = desk.view().chats.remove(0).id;
    desk.reply(&chat, "One moment", None, "local-1", 2000).unwrap();
    let due = desk.take_due_replies(2000);
    let road = Road::Sms { from: SALES_LINE.into(), to: JOHN.into() };
    assert_eq!(due, [Outgoing { id: "local-1".into(), road, text: "One moment".into() }]);
    desk.take_out();
    (desk, chat)
}

fn reply_state(desk: &Desk) -> Option<DeliveryView> {
    let replies: Vec<_> = desk.view().messages.into_iter().filter(|message| message.ours).collect();
    assert_eq!(replies.len(), 1, "one reply stays one: {replies:?}");
    replies[0].delivery
}

#[test]
fn a_reply_is_on_the_desk_at_once_and_shows_how_far_it_got() {
    let (mut desk, _) = desk_with_reply();
    assert_eq!(reply_state(&desk), Some(DeliveryView::Sending));
    desk.reply_fate("local-1", accepted("s1"), 2500);
    assert_eq!(reply_state(&desk), Some(DeliveryView::Sent));
    play(&mut desk, &delivery("s1", "delivered"), 3000);
    assert_eq!(reply_state(&desk), Some(DeliveryView::Delivered));
    play(&mut desk, &sent("s1", "One moment"), 3100);
    assert_eq!(reply_state(&desk), Some(DeliveryView::Delivered), "a late copy takes nothing back");
}

#[test]
fn the_event_may_come_before_the_answer() {
    let (mut desk, _) = desk_with_reply();
    play(&mut desk, &sent("s1", "One moment"), 2100);
    play(&mut desk, &delivery("s1", "delivered"), 2200);
    assert_eq!(reply_state(&desk), Some(DeliveryView::Delivered));
    desk.reply_fate("local-1", accepted("s1"), 2500);
    assert_eq!(reply_state(&desk), Some(DeliveryView::Delivered));
}

#[test]
fn the_receipt_may_come_before_everything() {
    let (mut desk, _) = desk_with_reply();
    play(&mut desk, &delivery("s1", "delivered"), 2100);
    desk.reply_fate("local-1", accepted("s1"), 2500);
    assert_eq!(reply_state(&desk), Some(DeliveryView::Delivered));
}

#[test]
fn the_window_says_at_once_when_the_link_is_lost_and_what_may_be_over() {
    let mut desk = desk();
    play(&mut desk, &assigned(0), 1000);
    desk.link(notice(LinkStage::Reconnecting { attempt: 3 }), 5000);
    let view = desk.view();
    assert_eq!((view.link.live, view.link.hears_calls, view.link.lost_at), (false, false, Some(5000)));
    assert_eq!(view.link.words, say!("link-stage-reconnecting", attempt = 3));
    assert!(view.calls[0].stale);
    desk.link(notice(LinkStage::Subscribed), 9000);
    desk.caught_up(Covered::default(), 9000);
    assert_eq!((desk.view().link.hears_calls, desk.view().link.lost_at), (true, None));
    desk.tick(64_000);
    assert_eq!(desk.view().calls.len(), 1);
    desk.take_out();
    desk.tick(65_000);
    assert!(desk.view().calls.is_empty(), "nobody told it again: it rings no more");
    let out = desk.take_out();
    assert_eq!((raised(&out), withdrawn(&out)), (vec![], 1), "it may have been answered on the phone");
    assert_eq!(desk.view().past[0].outcome, OutcomeView::Unknown);
}

#[test]
fn a_call_does_not_ring_on_through_a_long_outage() {
    let mut desk = desk();
    play(&mut desk, &assigned(0), 1000);
    for minute in 0..3 {
        desk.link(notice(LinkStage::Reconnecting { attempt: 1 }), 5000 + minute * 60_000);
        desk.tick(5000 + minute * 60_000);
    }
    assert!(desk.view().calls.is_empty());
}

#[test]
fn who_waits_is_still_listed_after_a_short_loss_because_nobody_tells_it_twice() {
    let mut desk = desk();
    play(&mut desk, &joined(0, 1), 1000);
    desk.link(notice(LinkStage::Reconnecting { attempt: 1 }), 5000);
    desk.link(notice(LinkStage::Subscribed), 8000);
    desk.tick(600_000);
    let waits = desk.view().waits;
    assert_eq!((waits.len(), waits[0].stale), (1, true), "listed, and said to be doubtful");
    desk.tick(5000 + 30 * 60_000);
    assert!(desk.view().waits.is_empty());
}

#[test]
fn a_call_that_a_colleague_takes_stops_ringing_here_when_only_the_queue_tells_it() {
    let mut desk = desk();
    play(&mut desk, &joined(0, 1), 500);
    play(&mut desk, &assigned(1), 1000);
    let connected =
        left(5).replace("queue.left", "queue.connected").replace("\"reason\":\"hangup\"", "\"agent_id\":\"leo\"");
    let out = play(&mut desk, &connected, 5000);
    assert_eq!((raised(&out), withdrawn(&out)), (vec![], 2), "both toasts go, and nothing was missed");
    assert!(desk.view().calls.is_empty() && desk.view().waits.is_empty());
    assert_eq!(play(&mut desk, &assigned(1), 6000), Out::default(), "a late copy of the first offer");
    assert_eq!(raised(&play(&mut desk, &assigned(9), 9000)), [AlertKind::Ringing], "a new offer rings");
}

#[test]
fn a_call_that_rings_without_any_end_is_taken_for_missed() {
    let mut desk = desk();
    play(&mut desk, &assigned(0), 1000);
    desk.tick(180_999);
    assert_eq!(desk.view().calls.len(), 1);
    desk.take_out();
    desk.tick(181_000);
    assert_eq!(raised(&desk.take_out()), [AlertKind::Missed]);
}

#[test]
fn an_offered_call_rings_whatever_the_callers_own_side_was_doing() {
    for status in ["answered", "progressing", "dialing", "brand-new"] {
        let mut desk = desk();
        let offer = call("call.assigned", 3, &json!({"agent_id": ME, "status": status}));
        assert_eq!(raised(&play(&mut desk, &offer, 3000)), [AlertKind::Ringing], "{status}");
        assert_eq!(play(&mut desk, &answered(1), 3100), Out::default(), "an answer from before the offer came late");
        assert_eq!(withdrawn(&play(&mut desk, &answered(5), 5000)), 1);
    }
}

#[test]
fn an_older_offer_to_a_colleague_takes_nothing_away() {
    let mut desk = desk();
    play(&mut desk, &assigned(9), 1000);
    let older = call("call.assigned", 3, &json!({"agent_id": "leo", "status": "ringing"}));
    assert_eq!(play(&mut desk, &older, 1100), Out::default());
    assert_eq!(desk.view().calls.len(), 1);
}

#[test]
fn an_older_connection_to_a_colleague_does_not_take_a_newer_offer_away() {
    let mut desk = desk();
    play(&mut desk, &assigned(9), 1000);
    let connected =
        left(5).replace("queue.left", "queue.connected").replace("\"reason\":\"hangup\"", "\"agent_id\":\"leo\"");
    let out = play(&mut desk, &connected, 1100);
    assert_eq!((withdrawn(&out), desk.view().calls.len()), (0, 1), "it rings on");
}

#[test]
fn a_sparse_offer_is_filled_from_what_was_told_before() {
    let mut desk = desk();
    let created =
        call("call.created", 0, &json!({"status": "ringing"})).replace(&format!("agent_id:{ME}"), "customer_id:c");
    play(&mut desk, &created, 500);
    let sparse = json!({"event_type": "call.assigned", "data": {"call_id": "call-1", "agent_id": ME}}).to_string();
    let out = play(&mut desk, &sparse, 1000);
    assert_eq!((raised(&out), desk.view().calls[0].number.as_str()), (vec![AlertKind::Ringing], JOHN));
}

#[test]
fn leaving_one_queue_does_not_end_the_wait_in_the_next() {
    let mut desk = desk();
    play(&mut desk, &joined(0, 1), 1000);
    play(&mut desk, &joined(5, 1).replace("sales", "overflow"), 5000);
    play(&mut desk, &left(5), 5100);
    let waits = desk.view().waits;
    assert_eq!((waits.len(), waits[0].queue.as_str()), (1, "#overflow"));
}

#[test]
fn a_queue_that_a_caller_moved_out_of_untold_shows_that_nobody_waits() {
    let mut desk = desk();
    play(&mut desk, &joined(0, 1), 1000);
    desk.take_changes();
    play(&mut desk, &joined(5, 1).replace("sales", "overflow"), 5000);
    desk.take_changes();
    let depths: Vec<(String, u32)> = desk.view().queues.into_iter().map(|queue| (queue.name, queue.waiting)).collect();
    assert_eq!(depths, [("#overflow".to_owned(), 1), ("#sales".to_owned(), 0)]);
}

#[test]
fn a_name_of_nothing_is_no_name() {
    let mut desk = desk();
    let frame = text_from_john("m1", "Hello")
        .replace(r#""target":"+15551234567""#, r#""target":"+15551234567","target_name":"""#);
    play(&mut desk, &frame, 1000);
    assert_eq!(desk.view().chats[0].name, None);
}

#[test]
fn a_text_that_does_not_say_which_of_our_numbers_it_is_for_is_still_shown() {
    let mut desk = desk();
    let frame = text_from_john("m1", "Hello").replace(r#""destination":{"target":"+15559876543","type":"tel"},"#, "");
    assert_eq!(raised(&play(&mut desk, &frame, 1000)), [AlertKind::Message]);
    let chat = desk.view().chats.remove(0).id;
    assert_eq!(desk.reply(&chat, "Hi", None, "l1", 2000), Err(ReplyError::NoRoad), "there is no number to answer from");
}

#[test]
fn being_connected_without_own_calls_is_not_called_hearing() {
    let mut desk = desk();
    let topic = |text: &str| Topic::parse(text).unwrap();
    desk.link(
        LinkNotice {
            confirmed: vec![topic(&format!("agent_id:{ME}:queue:*"))],
            refused: vec![
                (topic("customer_id:c:message:*"), ErrorCode::PermissionDenied, "no".into()),
                (topic("customer_id:c:queue:*"), ErrorCode::InvalidTopic, "Four parts, please.".into()),
            ],
            ..notice(LinkStage::Subscribed)
        },
        0,
    );
    let link = desk.view().link;
    let of_team = |what| say!("link-topic-of-team", what = what);
    assert_eq!((link.live, link.hears_calls, link.promise), (true, false, say!("link-promise-hidden")));
    assert_eq!(
        link.not_visible,
        [
            say!("link-hidden-permission", what = of_team(say!("link-topic-texts"))),
            say!("link-hidden-not-understood", what = of_team(say!("link-topic-queues")), code = "INVALID_TOPIC")
                .then(say!("link-service-said", said = "Four parts, please.")),
        ]
    );
}

fn status(agent: &str, status: &str, second: u32) -> String {
    json!({"event_type": "agent.status", "topic": format!("agent_id:{agent}:agent:{agent}"), "data": {
        "agent_id": agent, "status": status, "tm_update": format!("2024-01-15T10:30:{second:02}.000000Z")}})
    .to_string()
}

#[test]
fn the_own_status_counts_when_the_service_confirms_it() {
    let mut desk = desk();
    desk.status_asked(&voipbin_wire::AgentStatus::Away);
    assert_eq!((desk.view().me.status, desk.view().me.asked), (StatusView::Available, Some(StatusView::Away)));
    play(&mut desk, &status(ME, "away", 9), 9000);
    let me = desk.view().me;
    assert_eq!((me.status, me.asked, me.since), (StatusView::Away, None, 9000));
    play(&mut desk, &status(ME, "available", 3), 9500);
    assert_eq!(desk.view().me.status, StatusView::Away, "an older frame came late");
}

#[test]
fn a_colleague_is_shown_with_the_time_of_the_change() {
    let mut desk = desk();
    play(&mut desk, &status("leo", "busy", 1), 1000);
    play(&mut desk, &status("leo", "busy", 2), 5000);
    let leo = desk.view().colleagues.remove(0);
    assert_eq!((leo.status, leo.since), (StatusView::Busy, Some(1000)));
}

/// Applies patches the way the window does.
fn apply(view: &mut BTreeMap<(String, String), Patch>, patches: Vec<Patch>) {
    for patch in patches {
        let (kind, id) = patch.key();
        let key = (kind.to_owned(), id.to_owned());
        if patch.drops() {
            view.remove(&key);
        } else {
            view.insert(key, patch);
        }
    }
}

fn whole(desk: &Desk) -> BTreeMap<(String, String), Patch> {
    let mut view = BTreeMap::new();
    apply(&mut view, desk.view().into_patches());
    view
}

fn told_at(second: usize) -> Option<Timestamp> {
    Some(Timestamp::from_millis(Millis::try_from(second).unwrap() * 1000))
}

/// Ringing, talking and waiting; since when the first waits; each queue's
/// callers and since when its first waits.
type Counted = ([u32; 3], Option<Millis>, Vec<(u32, Option<Millis>)>);

/// The floor's and the queues' figures, counted by looking at everybody.
fn counted(desk: &Desk) -> Counted {
    let view = desk.view();
    let of = |state| u32::try_from(view.board.iter().filter(|call| call.state == state).count()).unwrap();
    let all = desk.callers.waits();
    let waits = |queue: &str| {
        let since = || all.iter().filter(|(of, _)| of.as_deref() == Some(queue)).map(|(_, since)| *since);
        (u32::try_from(since().count()).unwrap(), since().min())
    };
    (
        [BoardState::Ringing, BoardState::Talking, BoardState::Waiting].map(of),
        all.iter().map(|(_, since)| *since).min(),
        view.queues.iter().map(|queue| waits(&queue.id)).collect(),
    )
}

proptest! {
    #[test]
    fn a_window_that_was_always_open_shows_what_a_new_one_does(steps in proptest::collection::vec(0..31_usize, 0..80)) {
        let mut desk = desk();
        let mut open_window = whole(&desk);
        for (at, step) in steps.into_iter().enumerate() {
            let now = Millis::try_from(at).unwrap() * 1000;
            let second = u32::try_from(at % 60).unwrap();
            let frame = match step {
                0 => Some(joined(second, 2)),
                1 => Some(left(second)),
                2 => Some(assigned(second)),
                3 => Some(answered(second)),
                4 => Some(ended(second).replace("call-1", "call-2")),
                5 => Some(assigned(second).replace("call-1", "call-2")),
                6 => Some(text_from_john(&format!("m{}", at % 7), "Hi")),
                7 => Some(sent("s1", "One moment")),
                8 => Some(delivery("s1", "delivered")),
                9 => Some(status("leo", "busy", second)),
                18 => Some(floor::flow(second, "play")),
                19 => Some(floor::flow_done(second)),
                20 => Some(floor::seat("joined", "call-1", second, 2)),
                21 => Some(floor::seat("left", "call-1", second, 1)),
                22 => Some(floor::recording("started", second)),
                23 => Some(floor::recording("completed", second)),
                24 => Some(floor::transcription(second)),
                25 => Some(floor::speech(second, at % 2 == 0)),
                26 => Some(floor::connected("call-1", second)),
                27 => Some(floor::call("call-3", "call.created", "ringing", second)),
                28 => Some(floor::call("call-3", "call.ended", "hangup", second)),
                29 => Some(floor::call("call-1", "call.status", "answered", second)),
                30 => Some(joined(second, 1).replace("sales", "overflow")),
                _ => None,
            };
            match (frame, step) {
                (Some(frame), _) => match Frame::decode(&frame) {
                    Frame::Told(told) => desk.learn(&told, now),
                    other => panic!("{other:?}"),
                },
                (None, 10) => desk.looked_up(JOHN, john()),
                (None, 11) => desk.link(notice(LinkStage::Reconnecting { attempt: 1 }), now),
                (None, 12) => desk.link(notice(LinkStage::Subscribed), now),
                (None, 13) => {
                    desk.reply(&format!("{JOHN} {SALES_LINE}"), "One moment", None, &format!("l{at:04}"), now).ok();
                    desk.take_due_replies(now);
                }
                (None, 14) => desk.reply_fate(&format!("l{:04}", at.saturating_sub(1)), accepted("s1"), now),
                (None, 15) => desk.caught_up(Covered { calls: told_at(at / 2), rings: None, waits: told_at(at / 3) }, now),
                (None, 16) => desk.away_seen(),
                (None, 17) => desk.history_seen(),
                (None, _) => desk.look_at((at % 2 == 0).then_some("+15551234567 +15559876543")),
            }
            desk.tick(now);
            desk.take_out();
            if at % 3 == 0 {
                apply(&mut open_window, desk.take_changes());
                prop_assert!(desk.take_changes().is_empty(), "what was told is not told again");
                let DeskView { floor, queues, .. } = desk.view();
                let shown = queues.iter().map(|queue| (queue.waiting, queue.longest_since)).collect();
                prop_assert_eq!(counted(&desk), ([floor.ringing, floor.talking, floor.waiting], floor.longest_since, shown));
            }
        }
        apply(&mut open_window, desk.take_changes());
        let whole = whole(&desk);
        // How a number is written never changes: what is shown no longer may stay known.
        open_window.retain(|key, _| key.0 != "numbers" || whole.contains_key(key));
        prop_assert_eq!(open_window, whole);
    }
}
