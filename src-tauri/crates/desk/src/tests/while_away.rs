//! The link was away, and the lists are read again.

use voipbin_wire::{BareKind, Frame, decode_facts};

use super::*;

fn at(text: &str) -> Millis {
    voipbin_wire::Timestamp::parse(text).unwrap().as_millis()
}

fn time(minute: u32, second: u32) -> String {
    format!("2024-01-15T10:{minute:02}:{second:02}Z")
}

fn ring(id: &str, status: &str, began: &str, changed: &str) -> serde_json::Value {
    let none = "00000000-0000-0000-0000-000000000000";
    json!({"id": id, "owner_type": "agent", "owner_id": ME, "status": status, "source": {"type": "tel", "target": JOHN},
        "destinations": [{"type": "agent", "target": ME}], "master_call_id": format!("call of {id}"),
        "master_groupcall_id": none, "answer_call_id": none, "answer_groupcall_id": none, "tm_create": began, "tm_update": changed})
}

fn sms(id: &str, text: &str, sent: &str) -> serde_json::Value {
    json!({"id": id, "type": "sms", "source": {"type": "tel", "target": JOHN}, "direction": "inbound", "text": text,
        "targets": [{"destination": {"type": "tel", "target": SALES_LINE}, "status": "received"}], "tm_create": sent})
}

fn waiting_in_queue(id: &str, status: &str, began: &str, changed: &str) -> serde_json::Value {
    json!({"id": id, "reference_type": "call", "reference_id": format!("call of {id}"), "status": status,
        "service_agent_id": "00000000-0000-0000-0000-000000000000", "tm_create": began, "tm_update": changed})
}

fn hear(desk: &mut Desk, frame: &serde_json::Value, now: Millis) -> Out {
    play(desk, &frame.to_string(), now)
}

fn read(desk: &mut Desk, kind: BareKind, items: &[serde_json::Value], now: Millis) -> Vec<AlertKind> {
    let page = decode_facts(kind, &json!({"result": items, "next_page_token": "x"}).to_string()).unwrap();
    page.items.iter().for_each(|told| desk.relearn(told, now));
    raised(&desk.take_out())
}

fn everything() -> Covered {
    let always = voipbin_wire::Timestamp::parse("2024-01-01T00:00:00Z");
    Covered { calls: always, rings: always, waits: always }
}

/// A desk whose link was lost at 10:30:10.
fn away() -> Desk {
    let mut desk = desk();
    hear(&mut desk, &ring("before", "progressing", &time(30, 0), &time(30, 0)), at(&time(30, 0)));
    hear(&mut desk, &waiting_in_queue("place", "waiting", &time(30, 1), &time(30, 1)), at(&time(30, 1)));
    desk.link(notice(LinkStage::Reconnecting { attempt: 1 }), at(&time(30, 10)));
    desk.link(notice(LinkStage::CatchingUp), at(&time(32, 0)));
    desk.take_out();
    desk
}

#[test]
fn what_rang_gave_up_and_was_texted_meanwhile_is_told_once_and_together() {
    let mut desk = away();
    let now = at(&time(32, 1));
    let rings = [
        ring("meanwhile", "hangup", &time(31, 0), &time(31, 20)),
        ring("before", "hangup", &time(30, 0), &time(30, 30)),
        ring("long ago", "hangup", &time(2, 0), &time(2, 20)),
    ];
    assert_eq!(read(&mut desk, BareKind::Ring, &rings, now), []);
    let waits = [waiting_in_queue("place", "abandoned", &time(30, 1), &time(31, 0))];
    assert_eq!(read(&mut desk, BareKind::Queuecall, &waits, now), []);
    let texts = [sms("m2", "Hello?", &time(31, 30)), sms("m1", "Old news", &time(9, 0))];
    assert_eq!(read(&mut desk, BareKind::Message, &texts, now), []);
    assert!(!desk.view().link.live, "not live before all is merged");
    desk.caught_up(everything(), now);
    let out = desk.take_out();
    assert_eq!(raised(&out), [AlertKind::Missed], "one notice for all");
    let away = desk.view().away.unwrap();
    let told: Vec<_> = away.items.iter().map(|item| (item.kind, item.text.as_str())).collect();
    assert_eq!(told, [(AwayKind::Rang, ""), (AwayKind::GaveUp, ""), (AwayKind::Rang, ""), (AwayKind::Text, "Hello?")]);
    assert_eq!(desk.view().chats[0].unread, 1, "what was there before is no news");
    desk.away_seen();
    assert_eq!((desk.view().away, withdrawn(&desk.take_out())), (None, 1));
}

#[test]
fn a_call_that_rings_at_this_moment_rings_though_a_list_told_it() {
    let mut desk = away();
    let now = at(&time(32, 1));
    let rings = [ring("now", "progressing", &time(31, 55), &time(31, 55))];
    assert_eq!(read(&mut desk, BareKind::Ring, &rings, now), [AlertKind::Ringing]);
    desk.caught_up(everything(), now);
    assert_eq!(desk.view().calls.len(), 1, "what the lists do not confirm is over");
    assert!(desk.view().waits.is_empty());
    let items = desk.view().away.unwrap().items;
    assert_eq!(items.iter().map(|item| item.kind).collect::<Vec<_>>(), [AwayKind::Unknown], "the one from before");
}

#[test]
fn what_no_list_covers_stays_and_is_said_to_be_doubtful() {
    let mut desk = away();
    desk.caught_up(Covered::default(), at(&time(32, 1)));
    assert!(desk.view().calls[0].stale && desk.view().waits[0].stale);
    assert_eq!(desk.view().away, None, "nothing is claimed that nobody knows");
}

#[test]
fn a_ring_from_long_ago_that_nobody_ended_does_not_ring() {
    let mut desk = away();
    let rings = [ring("lingering", "progressing", &time(2, 0), &time(2, 0))];
    assert_eq!(read(&mut desk, BareKind::Ring, &rings, at(&time(32, 1))), []);
    assert!(desk.view().calls.iter().all(|call| call.id != "call of lingering"));
}

#[test]
fn what_came_before_the_loss_was_noticed_is_news() {
    // A line that carried nothing from second 12 on; for all ways to lose it, the
    // link notices that 25 s after the last sign of life, or an hour of sleep later.
    for (noticed, stage) in [
        (at(&time(30, 45)), LinkStage::Reconnecting { attempt: 1 }),
        (at(&time(30, 12)) + 3_600_000, LinkStage::Reconnecting { attempt: 1 }),
        (at(&time(30, 45)), LinkStage::Connected),
        (at(&time(30, 45)), LinkStage::Refused),
    ] {
        for was in [LinkStage::Subscribed, LinkStage::CatchingUp] {
            let mut desk = desk();
            desk.link(notice(was), at(&time(30, 0)));
            desk.link(LinkNotice { proven_at: Some(at(&time(30, 12))), ..notice(stage) }, noticed);
            desk.link(notice(LinkStage::CatchingUp), noticed + 1000);
            desk.take_out();
            assert!(desk.missing_since().unwrap() <= at(&time(30, 12)), "the lists are read from there on");
            let now = noticed + 2000;
            assert_eq!(read(&mut desk, BareKind::Message, &[sms("m1", "Are you there?", &time(30, 13))], now), []);
            desk.caught_up(everything(), now);
            assert_eq!(raised(&desk.take_out()), [AlertKind::Missed], "{stage:?} after {was:?}");
            let view = desk.view();
            assert_eq!(view.chats[0].unread, 1);
            assert_eq!(view.away.unwrap().items[0].text, "Are you there?");
        }
    }
}

#[test]
fn the_desk_says_since_when_nothing_arrives_and_not_since_when_it_knows() {
    let mut desk = desk();
    let proven_at = Some(at(&time(30, 12)));
    desk.link(LinkNotice { proven_at, ..notice(LinkStage::Reconnecting { attempt: 1 }) }, at(&time(30, 45)));
    assert_eq!(desk.view().link.lost_at, proven_at);
}

#[test]
fn a_text_that_arrived_just_before_the_loss_is_told_once() {
    let mut desk = desk();
    let text = sms("m1", "Hello", &time(30, 11));
    assert_eq!(raised(&hear(&mut desk, &text, at(&time(30, 11)))), [AlertKind::Message]);
    let proven_at = Some(at(&time(30, 12)));
    desk.link(LinkNotice { proven_at, ..notice(LinkStage::Reconnecting { attempt: 1 }) }, at(&time(30, 45)));
    read(&mut desk, BareKind::Message, &[text], at(&time(31, 0)));
    desk.caught_up(everything(), at(&time(31, 0)));
    assert_eq!((raised(&desk.take_out()), desk.view().chats[0].unread, desk.view().away), (vec![], 1, None));
}

#[test]
fn signing_in_is_no_absence() {
    let mut desk = desk();
    let now = at(&time(32, 1));
    read(&mut desk, BareKind::Ring, &[ring("earlier", "hangup", &time(31, 0), &time(31, 20))], now);
    read(&mut desk, BareKind::Message, &[sms("m1", "Old news", &time(9, 0))], now);
    desk.caught_up(everything(), now);
    assert_eq!((desk.view().away, raised(&desk.take_out())), (None, vec![]));
    assert_eq!((desk.view().chats[0].unread, desk.view().chats[0].last_at), (0, at(&time(9, 0))));
}

#[test]
fn a_call_taken_meanwhile_is_not_told_as_missed() {
    let mut desk = away();
    let now = at(&time(32, 1));
    let none = "\"answer_call_id\":\"00000000-0000-0000-0000-000000000000\"";
    let answered = ring("before", "hangup", &time(30, 0), &time(31, 0)).to_string();
    let answered: serde_json::Value =
        serde_json::from_str(&answered.replace(none, "\"answer_call_id\":\"l\"")).unwrap();
    read(&mut desk, BareKind::Ring, &[answered], now);
    desk.caught_up(everything(), now);
    assert!(desk.view().away.is_none_or(|away| away.items.iter().all(|item| item.kind != AwayKind::Rang)));
    assert_eq!(desk.view().past[0].outcome, OutcomeView::Answered);
}

#[test]
fn a_service_whose_clock_is_an_hour_behind_shows_the_same_times() {
    let mut desk = desk();
    let now = at(&time(30, 0)) + 3_600_000;
    let Frame::Told(told) = Frame::decode(&ring("r", "progressing", &time(30, 0), &time(30, 0)).to_string()) else {
        panic!("not told")
    };
    desk.learn(&told, now);
    assert_eq!(desk.view().calls[0].since, now, "it began to ring just now");
}

#[test]
fn a_text_that_came_while_the_first_catching_up_stood_still_is_unread() {
    let mut desk = not_linked();
    desk.link(notice(LinkStage::CatchingUp), at("2024-01-15T10:30:00Z"));
    let frame = |id: &str, second: u32| text_from_john(id, "Hello").replace("10:30:00", &format!("10:30:{second:02}"));
    let listed = |desk: &mut Desk, text: &str| {
        let Frame::Told(told) = Frame::decode(text) else { panic!("{text}") };
        desk.relearn(&told, at("2024-01-15T10:30:00Z") + 50_000);
    };
    listed(&mut desk, &frame("before", 1));
    listed(&mut desk, &frame("during", 30));
    assert_eq!(desk.view().chats[0].unread, 1, "the first was there, the second was not pushed");
    assert_eq!(desk.take_out().alerts, []);
}

#[test]
fn a_text_that_its_list_did_not_hold_before_is_news_however_wrong_the_clocks_are() {
    let mut desk = desk();
    let listed = |desk: &mut Desk, id: &str, now: Millis| {
        let Frame::Told(told) = Frame::decode(&text_from_john(id, "Hello")) else { panic!("it is a text") };
        desk.relearn(&told, now);
    };
    // This computer is two hours ahead of the service, and nothing has told so yet.
    let now = at("2024-01-15T12:30:00Z");
    let early = text_from_john("x", "x").contains("10:30:00");
    assert!(early, "the text is told of as two hours old");
    listed(&mut desk, "before", now);
    desk.texts_were_listed(Timestamp::from_micros(i64::MIN));
    desk.link(notice(LinkStage::Reconnecting { attempt: 1 }), now + 1000);
    desk.link(notice(LinkStage::CatchingUp), now + 2000);
    listed(&mut desk, "before", now + 2000);
    listed(&mut desk, "during", now + 2000);
    desk.caught_up(Covered::default(), now + 2000);
    assert_eq!(desk.view().chats[0].unread, 1, "only the one that came in between");
    assert_eq!(desk.view().away.unwrap().items.len(), 1);
}

#[test]
fn what_was_missed_meanwhile_is_told_and_nothing_older_however_wrong_the_clock_of_this_computer() {
    const HOURS: i64 = 3_600_000;
    for ahead in
        [-24 * HOURS, -9 * HOURS, -190_000, -61_000, -7000, 0, 7000, 59_000, 61_000, 190_000, 9 * HOURS, 24 * HOURS]
    {
        for heard_before in 0..4 {
            let case = format!("{} s ahead, {heard_before} texts before", ahead / 1000);
            let here = |service: Millis| service + ahead;
            let says = |desk: &mut Desk, service: Millis| {
                desk.service_says(voipbin_wire::Timestamp::from_millis(service), here(service));
            };
            let mut desk = not_linked();
            says(&mut desk, at(&time(20, 0)));
            desk.link(notice(LinkStage::Subscribed), here(at(&time(20, 0))));
            for text in 0..heard_before {
                let (id, sent) = (format!("t{text}"), time(21 + text, 0));
                hear(&mut desk, &sms(&id, "Hi", &sent), here(at(&sent)));
            }
            desk.away_seen();
            let lost = here(at(&time(30, 10)));
            desk.link(notice(LinkStage::Reconnecting { attempt: 1 }), lost);
            desk.link(notice(LinkStage::CatchingUp), here(at(&time(32, 0))));
            desk.take_out();
            let now = here(at(&time(32, 1)));
            says(&mut desk, at(&time(32, 1)));
            let rings = [
                ring("meanwhile", "hangup", &time(31, 0), &time(31, 20)),
                ring("long ago", "hangup", &time(2, 0), &time(2, 20)),
                ring("still", "progressing", &time(31, 50), &time(31, 50)),
            ];
            assert_eq!(read(&mut desk, BareKind::Ring, &rings, now), [AlertKind::Ringing], "{case}");
            desk.caught_up(everything(), now);
            assert_eq!(raised(&desk.take_out()), [AlertKind::Missed], "{case}");
            let told: Vec<_> = desk.view().away.unwrap().items.iter().map(|item| (item.kind, item.at)).collect();
            assert_eq!(told.len(), 1, "{case}: {told:?}");
            assert_eq!(told[0].0, AwayKind::Rang, "{case}");
            assert!((told[0].1 - here(at(&time(31, 0)))).abs() <= 30_000, "{case}: at {}", told[0].1 - here(0));
        }
    }
}
