//! Clocks that are wrong, and clocks that are set.

use voipbin_wire::{BareKind, decode_facts};

use super::*;

pub(super) const SECOND: Millis = 1000;
pub(super) const MINUTE: Millis = 60 * SECOND;
pub(super) const HOUR: Millis = 60 * MINUTE;
/// 2026-01-01.
pub(super) const NEW_YEAR: Millis = 1_767_225_600_000;
pub(super) const NONE: &str = "00000000-0000-0000-0000-000000000000";

pub(super) fn time(at: Millis) -> String {
    Timestamp::from_millis(at).to_string()
}

pub(super) fn documented(event: &str, data: &serde_json::Value, sent: Millis) -> String {
    let topic = format!("agent_id:{ME}:{}:x", event.split('.').next().unwrap());
    json!({"event_type": event, "timestamp": time(sent), "topic": topic, "data": data}).to_string()
}

pub(super) fn ends() -> serde_json::Value {
    json!({"direction": "inbound", "source": {"type": "tel", "target": JOHN},
        "destination": {"type": "tel", "target": SALES_LINE}})
}

pub(super) fn with(mut one: serde_json::Value, other: &serde_json::Value) -> serde_json::Value {
    one.as_object_mut().unwrap().extend(other.as_object().unwrap().clone());
    one
}

/// A call that begins to ring at this desk, by a service that says it is `at`.
pub(super) fn rings(id: &str, at: Millis, is_live: bool) -> String {
    if is_live {
        return live_ring(id, at).to_string();
    }
    let data = json!({"id": id, "agent_id": ME, "status": "ringing", "tm_update": time(at)});
    documented("call.assigned", &with(data, &ends()), at)
}

pub(super) fn live_ring(id: &str, at: Millis) -> serde_json::Value {
    json!({"id": format!("ring of {id}"), "owner_type": "agent", "owner_id": ME, "status": "progressing",
        "source": {"type": "tel", "target": JOHN}, "destinations": [{"type": "agent", "target": ME}],
        "master_call_id": id, "master_groupcall_id": NONE, "answer_call_id": NONE, "answer_groupcall_id": NONE,
        "tm_create": time(at), "tm_update": time(at)})
}

pub(super) fn text(id: &str, at: Millis, is_live: bool) -> String {
    if is_live {
        return live_text(id, at).to_string();
    }
    let data = with(json!({"id": id, "text": id, "tm_create": time(at)}), &ends());
    documented("message.received", &data, at)
}

fn live_text(id: &str, at: Millis) -> serde_json::Value {
    json!({"id": id, "type": "sms", "source": {"type": "tel", "target": JOHN}, "direction": "inbound", "text": id,
        "targets": [{"destination": {"type": "tel", "target": SALES_LINE}, "status": "received"}], "tm_create": time(at)})
}

fn read(desk: &mut Desk, kind: BareKind, items: &[serde_json::Value], now: Millis) -> Vec<AlertKind> {
    let page = decode_facts(kind, &json!({"result": items, "next_page_token": ""}).to_string()).unwrap();
    page.items.iter().for_each(|told| desk.relearn(told, now));
    raised(&desk.take_out())
}

/// Since when a call rings, by this desk.
fn since(desk: &Desk, id: &str) -> Millis {
    desk.view().calls.iter().find(|call| call.id == id).unwrap().since
}

#[test]
fn an_event_with_a_wrong_clock_silences_and_misdates_no_later_call() {
    for is_live in [false, true] {
        for wrong in [190 * SECOND, -190 * SECOND, 9 * HOUR, -9 * HOUR] {
            for before in [0, 1, 2, 8] {
                let (mut desk, mut now) = (desk(), NEW_YEAR);
                for text_before in 0..before {
                    now += MINUTE;
                    play(&mut desk, &text(&format!("right {text_before}"), now, is_live), now);
                }
                let out = play(&mut desk, &text("wrong", now + wrong, is_live), now);
                assert_eq!(raised(&out), [AlertKind::Message]);
                for call in 0..3 {
                    now += MINUTE;
                    let (id, case) = (format!("call {call}"), format!("{is_live} {wrong} {before} {call}"));
                    let out = play(&mut desk, &rings(&id, now, is_live), now);
                    assert_eq!(raised(&out), [AlertKind::Ringing], "{case}");
                    assert!((now - since(&desk, &id)).abs() <= 5 * SECOND, "{case}: since {}", since(&desk, &id) - now);
                }
            }
        }
    }
}

#[test]
fn a_ring_that_is_pushed_rings_whatever_its_age_says() {
    for is_live in [false, true] {
        for age in [0, 4 * MINUTE, HOUR, 400 * 24 * HOUR] {
            let mut desk = desk();
            for right in 0..3 {
                let at = NEW_YEAR - (3 - right) * MINUTE;
                play(&mut desk, &text(&format!("right {right}"), at, is_live), at);
            }
            assert_eq!(
                raised(&play(&mut desk, &rings("old", NEW_YEAR - age, is_live), NEW_YEAR)),
                [AlertKind::Ringing]
            );
        }
    }
}

#[test]
fn a_ring_in_a_list_rings_though_an_event_with_a_wrong_clock_came_before() {
    for wrong in [190 * SECOND, -190 * SECOND, 9 * HOUR, -9 * HOUR] {
        for before in 0..4 {
            let mut desk = desk();
            for right in 0..before {
                let at = NEW_YEAR - (4 - right) * MINUTE;
                play(&mut desk, &text(&format!("right {right}"), at, true), at);
            }
            play(&mut desk, &text("wrong", NEW_YEAR + wrong, true), NEW_YEAR);
            desk.link(notice(LinkStage::Reconnecting { attempt: 1 }), NEW_YEAR + SECOND);
            desk.take_out();
            let now = NEW_YEAR + 20 * SECOND;
            assert!(desk.read_from(NEW_YEAR).as_millis() <= NEW_YEAR, "nothing of the gap is left out");
            let told = read(&mut desk, BareKind::Ring, &[live_ring("in the gap", now - 8 * SECOND)], now);
            assert_eq!(told, [AlertKind::Ringing], "{wrong} {before}");
            read(&mut desk, BareKind::Message, &[live_text("in the gap too", now - 8 * SECOND)], now);
            desk.caught_up(Covered::default(), now);
            let away = desk.view().away.unwrap();
            assert_eq!(away.items.iter().map(|item| item.kind).collect::<Vec<_>>(), [AwayKind::Text], "{wrong}");
        }
    }
}

#[test]
fn a_service_whose_clock_is_another_one_is_understood_from_the_second_thing_it_tells() {
    for is_live in [false, true] {
        for apart in [10 * MINUTE, -10 * MINUTE, HOUR] {
            let (mut desk, mut now) = (desk(), NEW_YEAR);
            for call in 0..4 {
                let id = format!("call {call}");
                play(&mut desk, &rings(&id, now + apart, is_live), now);
                assert!((now - since(&desk, &id)).abs() <= 5 * SECOND, "{is_live} {apart} {call}");
                now += 7 * SECOND;
            }
            desk.link(notice(LinkStage::Reconnecting { attempt: 1 }), now);
            now += 20 * SECOND;
            let told = read(&mut desk, BareKind::Ring, &[live_ring("in the gap", now + apart - SECOND)], now);
            assert_eq!(told, [AlertKind::Ringing], "{apart}");
            assert!((now - since(&desk, "in the gap")).abs() <= 5 * SECOND);
        }
    }
}

#[test]
fn a_planned_time_inside_an_object_holds_up_nothing_that_happens_to_it() {
    let mut desk = desk();
    let (now, planned) = (NEW_YEAR, time(NEW_YEAR + HOUR));
    let data = json!({"id": "c", "agent_id": ME, "status": "ringing", "tm_update": planned, "tm_end": planned});
    play(&mut desk, &documented("call.assigned", &with(data, &ends()), now), now);
    let later = now + 6 * SECOND;
    let answered = json!({"id": "c", "status": "answered", "tm_update": time(later)});
    play(&mut desk, &documented("call.status", &answered, later), later);
    assert_eq!(desk.view().calls[0].stage, CallStage::Talking);
    let room = json!({"id": "r", "conference_id": "r", "call_id": "c", "tm_end": planned, "tm_update": time(later)});
    play(&mut desk, &documented("conference.joined", &room, later), later);
    let last = later + MINUTE;
    assert_eq!(raised(&play(&mut desk, &rings("d", last, false), last)), [AlertKind::Ringing]);
    assert_eq!(since(&desk, "d"), last);
}

#[test]
fn a_status_with_a_wrong_clock_does_not_hold_an_agent_fast() {
    let mut desk = desk();
    for right in 0..3 {
        let at = NEW_YEAR - (3 - right) * MINUTE;
        play(&mut desk, &text(&format!("right {right}"), at, true), at);
    }
    let status = |status: &str, at| json!({"agent_id": "leo", "status": status, "tm_update": time(at)});
    play(&mut desk, &documented("agent.status", &status("busy", NEW_YEAR + HOUR), NEW_YEAR + HOUR), NEW_YEAR);
    let later = NEW_YEAR + 10 * SECOND;
    play(&mut desk, &documented("agent.status", &status("available", later), later), later);
    assert_eq!(desk.view().colleagues[0].status, StatusView::Available);
}

#[test]
fn calls_ring_and_are_dated_right_after_the_computers_clock_is_set() {
    for is_live in [false, true] {
        for by in [HOUR, -HOUR, 190 * SECOND, -190 * SECOND] {
            let (mut desk, mut service) = (desk(), NEW_YEAR);
            let now = |service: Millis| service - by;
            for right in 0..5 {
                service += MINUTE;
                play(&mut desk, &text(&format!("before {right}"), service, is_live), now(service));
            }
            play(&mut desk, &rings("ringing", service, is_live), now(service));
            // From here on it agrees with the service.
            desk.clock_jumped(by, service);
            desk.tick(service);
            assert_eq!(desk.view().calls.len(), 1, "what rings rings on: {by}");
            for call in 0..3 {
                service += MINUTE;
                let id = format!("after {call}");
                assert_eq!(raised(&play(&mut desk, &rings(&id, service, is_live), service)), [AlertKind::Ringing]);
                assert!((service - since(&desk, &id)).abs() <= 5 * SECOND, "{is_live} {by} {call}");
            }
            play(&mut desk, &text("last", service, is_live), service);
            assert_eq!(desk.view().chats[0].last_text, "last", "{is_live} {by}: the newest text is the newest");
        }
    }
}

#[test]
fn a_text_goes_again_within_half_a_minute_whichever_way_the_clock_is_set() {
    for by in [HOUR, -HOUR, 24 * HOUR, -24 * HOUR] {
        let mut desk = desk();
        play(&mut desk, &text("m", NEW_YEAR, false), NEW_YEAR);
        let chat = desk.view().chats.remove(0).id;
        desk.reply(&chat, "One", None, &format!("reply-{NEW_YEAR:014}-1"), NEW_YEAR).unwrap();
        assert_eq!(desk.take_due_replies(NEW_YEAR).len(), 1);
        desk.reply_fate(
            &format!("reply-{NEW_YEAR:014}-1"),
            ReplyFate::NotSent { why: Message::verbatim("No network."), wait: Some(20 * SECOND) },
            NEW_YEAR,
        );
        let now = NEW_YEAR + SECOND + by;
        desk.clock_jumped(by, now);
        assert_eq!(desk.take_due_replies(now).len(), 0, "the service asked for some time");
        let second = format!("reply-{:014}-2", desk.reply_stamp(now));
        desk.reply(&chat, "Two", None, &second, now).unwrap();
        let due = desk.take_due_replies(now + 20 * SECOND);
        assert_eq!(due.iter().map(|due| due.text.as_str()).collect::<Vec<_>>(), ["One"], "{by}: in the order written");
    }
}

#[test]
fn a_text_without_an_answer_is_settled_in_time_whichever_way_the_clock_is_set() {
    for by in [HOUR, -HOUR] {
        let mut desk = desk();
        play(&mut desk, &text("m", NEW_YEAR, false), NEW_YEAR);
        let chat = desk.view().chats.remove(0).id;
        desk.reply(&chat, "One", None, "reply-1", NEW_YEAR).unwrap();
        desk.take_due_replies(NEW_YEAR);
        desk.reply_fate("reply-1", ReplyFate::Unclear(Message::verbatim("No answer.")), NEW_YEAR);
        let now = NEW_YEAR + by;
        desk.clock_jumped(by, now);
        desk.looked_for("reply-1", Looked::Whole, now + SECOND, now + SECOND);
        assert_eq!(reply_state(&desk), Some(DeliveryView::Checking), "it may still be on its way");
        desk.looked_for("reply-1", Looked::Whole, now + 21 * SECOND, now + 21 * SECOND);
        assert_eq!(reply_state(&desk), Some(DeliveryView::Unclear), "{by}");
    }
}

#[test]
fn what_may_be_over_is_given_up_after_its_time_whichever_way_the_clock_is_set() {
    for by in [HOUR, -HOUR] {
        let mut desk = desk();
        play(&mut desk, &rings("c", NEW_YEAR, false), NEW_YEAR);
        desk.link(notice(LinkStage::Reconnecting { attempt: 1 }), NEW_YEAR);
        desk.clock_jumped(by, NEW_YEAR + by);
        desk.tick(NEW_YEAR + by + 59 * SECOND);
        assert_eq!(desk.view().calls.len(), 1, "{by}");
        desk.tick(NEW_YEAR + by + 60 * SECOND);
        assert_eq!(desk.view().calls.len(), 0, "{by}");
    }
}

#[test]
fn todays_figures_survive_a_clock_that_is_a_day_ahead_for_a_moment() {
    let day = 24 * HOUR;
    let mut desk = desk();
    desk.opened(NEW_YEAR + HOUR);
    desk.day_began(NEW_YEAR);
    let mut now = NEW_YEAR + 2 * HOUR;
    let answered = |desk: &mut Desk, id: &str, now: Millis| {
        let queue = |event: &str, more: serde_json::Value| {
            documented(event, &with(json!({"queue_id": "sales", "call_id": id}), &more), now)
        };
        play(desk, &queue("queue.joined", json!({"tm_join": time(now)})), now);
        play(desk, &queue("queue.connected", json!({"agent_id": ME, "tm_connect": time(now)})), now);
    };
    for call in 0..3 {
        answered(&mut desk, &format!("today {call}"), now);
    }
    desk.clock_jumped(day, now + day);
    desk.day_began(NEW_YEAR + day);
    desk.tick(now + day);
    answered(&mut desk, "by the wrong clock", now + day);
    desk.tick(now + day + SECOND);
    now += MINUTE;
    desk.clock_jumped(-day, now);
    desk.day_began(NEW_YEAR);
    answered(&mut desk, "again", now);
    desk.tick(now);
    desk.take_changes();
    let view = desk.view();
    assert_eq!((view.floor.today.answered, view.floor.hour.answered), (5, 5));
    assert_eq!((view.queues[0].answered, view.floor.counts_from), (4, NEW_YEAR + HOUR));
    desk.day_began(NEW_YEAR + day);
    desk.tick(NEW_YEAR + day + SECOND);
    desk.take_changes();
    assert_eq!(desk.view().floor.today.answered, 0, "and the next day begins at its own midnight");
}

#[test]
fn a_time_is_agreed_on_only_when_the_service_has_told_its_own() {
    let mut desk = desk();
    let wrong = NEW_YEAR + 400 * 24 * HOUR;
    assert_eq!(desk.agreed_time(wrong), None);
    play(&mut desk, &text("one", NEW_YEAR, true), wrong);
    assert_eq!(desk.agreed_time(wrong), None, "one event proves nothing");
    play(&mut desk, &text("two", NEW_YEAR + 10 * SECOND, true), wrong + 10 * SECOND);
    assert_eq!(desk.agreed_time(wrong), Some(NEW_YEAR), "this clock is a year ahead");
}

proptest! {
    /// While most of what was told lately has the right time, only what has a
    /// wrong one itself shows it.
    #[test]
    fn among_events_with_wrong_clocks_every_call_rings_and_the_others_keep_their_times(
        wrong in proptest::collection::vec(proptest::option::weighted(0.3, -HOUR..HOUR), 4..40),
        is_live: bool,
        latency in 0..1500_i64,
    ) {
        let (mut desk, mut now) = (desk(), NEW_YEAR);
        for (at, this) in wrong.iter().enumerate() {
            now += 20 * SECOND;
            let id = format!("call {at}");
            let out = play(&mut desk, &rings(&id, now - latency + this.unwrap_or(0), is_live), now);
            prop_assert_eq!(raised(&out), vec![AlertKind::Ringing]);
            let lately = &wrong[at.saturating_sub(8)..=at];
            let is_right = |some: &[Option<Millis>]| 2 * some.iter().flatten().count() < some.len();
            if this.is_none() && is_right(lately) && at >= 8 {
                prop_assert!((now - since(&desk, &id)).abs() <= 5 * SECOND, "{}", now - since(&desk, &id));
            }
        }
    }
}

#[test]
fn at_a_sign_in_a_list_says_what_rings_however_wrong_this_clock_is() {
    let minutes = [-24 * 60, -60, -3, 0, 3, 4, 10, 60, 24 * 60];
    for ahead in minutes.map(|minutes| minutes * MINUTE) {
        for (rang_for, expected) in [(5 * SECOND, vec![AlertKind::Ringing]), (HOUR, Vec::new())] {
            let (mut desk, now) = (desk(), NEW_YEAR + ahead);
            // Nothing was told yet but what time it is.
            desk.service_says(Timestamp::from_millis(NEW_YEAR), now);
            let listed = [live_ring("c1", NEW_YEAR - rang_for)];
            let told = read(&mut desk, BareKind::Ring, &listed, now);
            // One that is behind may be right for all that is known, and then it rings.
            if expected == [AlertKind::Ringing] || ahead >= 0 {
                assert_eq!(told, expected, "{ahead} ms ahead, rang for {rang_for}");
            }
        }
    }
}
