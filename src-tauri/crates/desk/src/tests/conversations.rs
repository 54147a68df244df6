//! Conversations that are read in turn, since no event tells of their texts.

use voipbin_wire::{BareKind, Told, decode_facts};

use super::*;

fn part(id: &str, direction: &str, text: &str, second: u32) -> serde_json::Value {
    let (theirs, ours) = (json!({"type": "tel", "target": JOHN}), json!({"type": "tel", "target": SALES_LINE}));
    let (source, destination) = if direction == "incoming" { (&theirs, &ours) } else { (&ours, &theirs) };
    json!({"id": id, "conversation_id": "v1", "reference_id": "00000000-0000-0000-0000-000000000000",
        "reference_type": "message", "direction": direction, "status": "done", "source": source,
        "destination": destination, "text": text, "tm_create": format!("2024-01-15T10:{:02}:{:02}Z", second / 60, second % 60)})
}

fn page(kind: BareKind, items: &[serde_json::Value]) -> Vec<Told> {
    decode_facts(kind, &json!({"result": items}).to_string()).unwrap().items
}

/// Reads the conversation, the newest text first; what the agent hears.
fn read(desk: &mut Desk, items: &[serde_json::Value], now: Millis) -> Vec<AlertKind> {
    let all = Some(Timestamp::from_micros(i64::MIN));
    desk.read_conversation("v1", &page(BareKind::ConversationMessage, items), all, now);
    desk.conversation_was_read("v1");
    raised(&desk.take_out())
}

fn unread(desk: &Desk) -> u32 {
    desk.view().chats[0].unread
}

/// A desk that signed in and read a conversation with one text in it.
fn at_work(now: Millis) -> Desk {
    let mut desk = desk();
    desk.link(notice(LinkStage::CatchingUp), now);
    assert_eq!(read(&mut desk, &[part("m1", "incoming", "Yesterday", 1)], now), []);
    desk.link(notice(LinkStage::Subscribed), now);
    assert_eq!(unread(&desk), 0, "what was there before is no news");
    desk
}

#[test]
fn a_text_is_news_when_it_was_not_there_before_whatever_its_time_says() {
    let now = 1_705_400_000_000;
    let mut desk = at_work(now);
    // The service's clock is a year behind, and the one text is listed late.
    let mut late = part("m2", "incoming", "Late", 3);
    let texts = [part("m3", "incoming", "Today", 4), late.clone(), part("m1", "incoming", "Yesterday", 1)];
    assert_eq!(read(&mut desk, &texts, now), [AlertKind::Message, AlertKind::Message]);
    assert_eq!((unread(&desk), desk.view().chats[0].last_text.as_str()), (2, "Today"));
    assert_eq!(read(&mut desk, &texts, now), [], "and once only");
    late["text"] = json!("Late, told again");
    assert_eq!(read(&mut desk, &[late], now), []);
    assert_eq!(unread(&desk), 2);
}

#[test]
fn a_text_that_came_in_a_gap_is_told_with_what_else_happened_whatever_its_time_says() {
    let now = 1_705_400_000_000;
    let mut desk = at_work(now);
    desk.link(notice(LinkStage::Reconnecting { attempt: 1 }), now);
    desk.link(notice(LinkStage::CatchingUp), now + 5000);
    let texts = [part("m2", "incoming", "Hello?", 2), part("m1", "incoming", "Yesterday", 1)];
    assert_eq!(read(&mut desk, &texts, now + 5000), []);
    desk.caught_up(Covered::default(), now + 6000);
    assert_eq!((unread(&desk), desk.view().away.unwrap().items[0].text.as_str()), (1, "Hello?"));
}

#[test]
fn what_nobody_answered_in_a_conversation_that_was_just_assigned_is_news() {
    let mut desk = desk();
    let texts = [
        part("m4", "incoming", "Anyone?", 4),
        part("m3", "incoming", "Hello?", 3),
        part("m2", "outgoing", "Done.", 2),
        part("m1", "incoming", "Please do.", 1),
    ];
    assert_eq!(read(&mut desk, &texts, 1_705_400_000_000), [AlertKind::Message, AlertKind::Message]);
    assert_eq!((unread(&desk), desk.view().messages.len()), (2, 4));
}

#[test]
fn a_conversation_of_ones_own_is_on_the_desk_before_its_texts_are_read_and_nobody_elses_is() {
    let mut desk = desk();
    let conversation = |id: &str, owner: &str, number: &str| {
        json!({"id": id, "owner_type": "agent", "owner_id": owner, "type": "message",
            "self": {"type": "tel", "target": SALES_LINE}, "peer": {"type": "tel", "target": number},
            "tm_create": "2024-01-15T10:00:00Z"})
    };
    let mine = [conversation("v1", ME, JOHN), conversation("v2", "somebody else", "+15550142233")];
    for told in page(BareKind::Conversation, &mine) {
        desk.relearn(&told, 1_705_400_000_000);
    }
    let chats = desk.view().chats;
    assert_eq!((chats.len(), chats[0].number.as_str(), chats[0].can_reply), (1, JOHN, true));
    assert_eq!(desk.peer_of("v1").as_deref(), Some(JOHN));
    read(&mut desk, &[part("m1", "incoming", "Hello", 1)], 1_705_400_000_000);
    assert_eq!((desk.view().chats.len(), unread(&desk)), (1, 1), "the texts come into it");
}

#[test]
fn a_reply_written_here_is_one_text_however_many_others_were_read_since() {
    let now = 1_705_400_000_000;
    let mut desk = at_work(now);
    let chat = desk.view().chats[0].id.clone();
    desk.reply(&chat, "One moment", None, "reply-1", now).unwrap();
    desk.take_due_replies(now);
    let answer = page(BareKind::ConversationMessage, &[part("m2", "outgoing", "One moment", 2)]).remove(0);
    let Fact::Message(answer) = answer.fact else { unreachable!() };
    desk.reply_fate("reply-1", ReplyFate::Accepted(Box::new(answer)), now);
    for other in 0..1000 {
        play(&mut desk, &text_from_john(&format!("other {other}"), "Hello"), now);
    }
    read(&mut desk, &[part("m2", "outgoing", "One moment", 2), part("m1", "incoming", "Yesterday", 1)], now);
    let ours = desk.view().messages.into_iter().filter(|message| message.ours).count();
    assert!(ours <= 1, "{ours}");
}
