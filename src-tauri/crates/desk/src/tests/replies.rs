//! Replies: sent, not sent, or unknown.

use super::*;

const CHAT: &str = "+15551234567 +15559876543";

fn write(desk: &mut Desk, text: &str, id: &str, now: Millis) -> Vec<Outgoing> {
    desk.reply(CHAT, text, None, id, now).unwrap();
    desk.take_due_replies(now)
}

fn shown(desk: &Desk, id: &str) -> (DeliveryView, Option<Message>) {
    let message = desk.view().messages.into_iter().find(|message| message.id == id).unwrap();
    (message.delivery.unwrap(), message.problem)
}

fn not_sent() -> ReplyFate {
    ReplyFate::NotSent { why: Message::verbatim("The service cannot be reached."), wait: None }
}

fn unclear() -> ReplyFate {
    ReplyFate::Unclear(Message::verbatim("No answer came."))
}

/// The last state of a reply that was handed out to be kept.
fn kept(out: &Out) -> Option<ReplyStage> {
    out.records.iter().rev().find_map(|record| match record {
        Record::Reply(reply) => Some(reply.stage),
        _ => None,
    })
}

fn records(out: Out) -> Vec<ReplyRecord> {
    let reply = |record| match record {
        Record::Reply(reply) => Some(reply),
        _ => None,
    };
    out.records.into_iter().filter_map(reply).collect()
}

#[test]
fn a_reply_is_kept_before_it_leaves_and_forgotten_when_the_service_has_it() {
    let mut desk = desk();
    play(&mut desk, &text_from_john("m1", "Hello"), 1000);
    desk.reply(CHAT, "One moment", None, "l1", 2000).unwrap();
    assert_eq!(kept(&desk.take_out()), Some(ReplyStage::Waiting));
    desk.take_due_replies(2000);
    assert_eq!(kept(&desk.take_out()), Some(ReplyStage::Left), "who sends it has to write this down first");
    desk.reply_fate("l1", accepted("s1"), 2500);
    assert!(desk.take_out().records.contains(&Record::ReplyDone { id: "l1".into() }));
}

#[test]
fn what_could_not_leave_goes_by_itself_when_the_link_is_back() {
    let (mut desk, _) = desk_with_reply();
    desk.reply_fate("local-1", not_sent(), 2100);
    assert_eq!(
        shown(&desk, "local-1"),
        (DeliveryView::Waiting, Some(Message::verbatim("The service cannot be reached.")))
    );
    assert_eq!(desk.take_due_replies(2200), []);
    assert_eq!(desk.take_due_replies(3200).len(), 1, "a second later");
    desk.reply_fate("local-1", not_sent(), 3300);
    assert_eq!(desk.take_due_replies(4400), [], "then two");
    desk.link(notice(LinkStage::Reconnecting { attempt: 1 }), 4500);
    desk.link(notice(LinkStage::Subscribed), 4600);
    assert_eq!(desk.take_due_replies(4600).len(), 1, "and at once when the link is back");
    assert_eq!(shown(&desk, "local-1").0, DeliveryView::Sending);
}

#[test]
fn a_service_that_asks_a_text_to_wait_for_a_day_is_asked_again_after_minutes() {
    for wait in [86_400_000, i64::MAX, i64::MIN] {
        let (mut desk, _) = desk_with_reply();
        desk.reply_fate("local-1", ReplyFate::NotSent { why: Message::verbatim("too much"), wait: Some(wait) }, 2100);
        assert_eq!(desk.take_due_replies(302_100).len(), 1, "{wait}");
    }
}

#[test]
fn replies_of_a_conversation_leave_in_the_order_in_which_they_were_written() {
    let (mut desk, _) = desk_with_reply();
    assert_eq!(write(&mut desk, "Second", "local-2", 2100), []);
    desk.reply_fate("local-1", not_sent(), 2200);
    assert_eq!(desk.take_due_replies(2300), []);
    assert_eq!(desk.take_due_replies(3300)[0].id, "local-1");
    desk.reply_fate("local-1", accepted("s1"), 3400);
    assert_eq!(desk.take_due_replies(3400)[0].id, "local-2");
}

#[test]
fn a_full_outbox_leaves_a_few_at_a_time() {
    let mut desk = desk();
    for caller in 0..20 {
        let frame = text_from_john(&format!("m{caller}"), "Hello").replace(JOHN, &format!("+1555000{caller:04}"));
        play(&mut desk, &frame, 1000);
        desk.reply(&format!("+1555000{caller:04} {SALES_LINE}"), "Hi", None, &format!("l{caller:02}"), 2000).unwrap();
    }
    assert_eq!(desk.take_due_replies(2000).len(), 6);
    assert_eq!(desk.take_due_replies(2100), []);
    desk.reply_fate("l03", accepted("s1"), 2200);
    assert_eq!(desk.take_due_replies(2200).len(), 1);
}

#[test]
fn a_refused_reply_says_why_and_holds_nothing_up() {
    let (mut desk, _) = desk_with_reply();
    desk.reply_fate("local-1", ReplyFate::Refused(Message::verbatim("The balance is too low.")), 2100);
    assert_eq!(shown(&desk, "local-1"), (DeliveryView::NotSent, Some(Message::verbatim("The balance is too low."))));
    assert_eq!(write(&mut desk, "Second", "local-2", 2200).len(), 1);
    desk.reply_fate("local-2", accepted("s2"), 2300);
    assert!(desk.reply_again("local-1", 2400));
    assert_eq!(desk.take_due_replies(2400).len(), 1);
}

#[test]
fn a_reply_that_may_have_arrived_is_looked_for_and_not_repeated() {
    let (mut desk, _) = desk_with_reply();
    desk.reply_fate("local-1", unclear(), 2100);
    assert_eq!(shown(&desk, "local-1").0, DeliveryView::Checking);
    assert!(!desk.reply_again("local-1", 2200), "not blindly");
    assert_eq!(write(&mut desk, "Second", "local-2", 2200), [], "nor overtaken");
    assert_eq!(desk.take_missing(2200).len(), 1);
    assert_eq!(desk.take_missing(2200), [], "it is being looked for");
    play(&mut desk, &sent("s1", "One moment"), 2300);
    assert_eq!(shown(&desk, "local-1").0, DeliveryView::Sent, "the service's own word settles it");
    desk.looked_for("local-1", Looked::Whole, 2200, 2400);
    assert_eq!(desk.take_due_replies(2400)[0].id, "local-2");
}

#[test]
fn what_cannot_be_found_is_the_agents_to_decide() {
    let (mut desk, _) = desk_with_reply();
    desk.reply_fate("local-1", unclear(), 2100);
    for at in [2200, 9000, 16_000] {
        assert_eq!(desk.take_missing(at).len(), 1, "at {at}");
        desk.looked_for("local-1", Looked::Whole, at, at + 100);
        assert_eq!(shown(&desk, "local-1").0, DeliveryView::Checking, "it may still be on its way");
    }
    desk.take_missing(23_000);
    desk.looked_for("local-1", Looked::InPart, 23_000, 23_100);
    assert_eq!(shown(&desk, "local-1").0, DeliveryView::Checking, "the list was not whole");
    desk.take_missing(29_000);
    desk.looked_for("local-1", Looked::Whole, 29_000, 29_100);
    assert_eq!(shown(&desk, "local-1").0, DeliveryView::Unclear);
    assert_eq!(desk.take_due_replies(29_200), [], "nothing goes by itself");
    assert!(desk.reply_again("local-1", 30_000));
    assert_eq!(desk.take_due_replies(30_000).len(), 1);
}

#[test]
fn a_reply_that_is_let_go_of_goes_back_into_the_draft() {
    let (mut desk, chat) = desk_with_reply();
    assert!(!desk.reply_dropped("local-1"), "it is on the wire");
    desk.reply_fate("local-1", not_sent(), 2100);
    assert!(desk.reply_dropped("local-1"));
    let view = desk.view();
    assert_eq!((view.messages.len(), view.chats[0].draft.as_str()), (1, "One moment"));
    assert_eq!(view.chats[0].given_back, 1);
    assert_eq!(desk.take_due_replies(9000), []);
    assert!(desk.take_out().records.contains(&Record::Draft { chat, text: "One moment".into() }));
}

#[test]
fn after_a_restart_what_had_left_is_looked_for_and_the_rest_goes() {
    let (mut before, _) = desk_with_reply();
    before.reply(CHAT, "Second", None, "local-2", 2100).unwrap();
    let mut replies = records(before.take_out());
    replies.push(ReplyRecord {
        id: "local-1".into(),
        stage: ReplyStage::Left,
        left_at: Some(2000),
        text: "One moment".into(),
        ..replies[0].clone()
    });
    replies.sort_by(|one, other| one.id.cmp(&other.id));
    let mut after = desk();
    after.restore(Remains { replies, ..Remains::default() });
    assert_eq!(shown(&after, "local-1").0, DeliveryView::Checking);
    assert_eq!(after.take_due_replies(9000), [], "the second waits for what became of the first");
    assert_eq!(after.take_missing(9000).len(), 1);
    after.relearn(&told(&sent("s1", "One moment")), 9100);
    after.looked_for("local-1", Looked::Whole, 9000, 9100);
    assert_eq!(shown(&after, "local-1").0, DeliveryView::Sent);
    assert_eq!(after.take_due_replies(9200)[0].id, "local-2");
}

#[test]
fn a_text_that_the_service_told_before_the_ledger_was_read_is_not_sent_twice() {
    let (mut before, _) = desk_with_reply();
    before.reply_fate("local-1", unclear(), 2100);
    let replies = records(before.take_out());
    let mut after = desk();
    after.relearn(&told(&sent("s1", "One moment")), 2100);
    after.restore(Remains { replies, ..Remains::default() });
    let ours: Vec<_> = after.view().messages.into_iter().filter(|message| message.ours).collect();
    assert_eq!(ours.len(), 1, "{ours:?}");
    assert_eq!((after.take_missing(9000), after.take_due_replies(9000)), (vec![], vec![]));
}

/// What a desk handed out to be kept, as the ledger gives it back.
fn kept_by(desk: &mut Desk) -> Remains {
    let mut remains = Remains::default();
    keep(&mut remains, desk);
    remains
}

/// Keeps what a desk handed out, as the ledger does.
pub(super) fn keep(remains: &mut Remains, desk: &mut Desk) {
    for record in desk.take_records().into_iter().chain(desk.take_out().records) {
        match record {
            Record::Text(text) => {
                remains.texts.retain(|known| known.message.id != text.message.id);
                remains.texts.push(text);
            }
            Record::Reply(reply) => {
                remains.replies.retain(|known| known.id != reply.id);
                remains.replies.push(reply);
            }
            Record::ReplyDone { id } => remains.replies.retain(|known| known.id != id),
            Record::Draft { chat, text } => remains.drafts.push((chat, text)),
            Record::OptOut(word) => {
                let pair = |word: &OptOut| (word.our_number.clone(), word.number.clone());
                remains.opt_outs.retain(|known| pair(known) != pair(&word));
                remains.opt_outs.push(word);
            }
            Record::Considered(considered) => remains.considered.push(considered),
            Record::RuleCount(count) => {
                remains.rule_counts.retain(|known| known.rule != count.rule);
                remains.rule_counts.push(count);
            }
            Record::Machine(machine) => {
                remains.machines.retain(|known| known.number != machine.number);
                remains.machines.push(machine);
            }
            Record::Unread { .. } | Record::Past(_) | Record::Override(_) => {}
        }
    }
    remains.texts.sort_by_key(|text| text.message.at);
}

#[test]
fn a_reply_that_was_sent_before_in_the_same_words_is_not_taken_for_one_that_was_lost() {
    let mut before = desk();
    before.keeps();
    play(&mut before, &text_from_john("m1", "Hello"), 1000);
    write(&mut before, "Yes", "l1", 2000);
    before.reply_fate("l1", accepted("s1"), 2100);
    write(&mut before, "Yes", "l2", 50_000);
    before.reply_fate("l2", unclear(), 50_100);
    let remains = kept_by(&mut before);
    assert_eq!(remains.replies.len(), 1);
    let mut after = desk();
    after.restore(remains);
    after.relearn(&told(&sent("s1", "Yes")), 60_000);
    let ours: Vec<_> = after.view().messages.into_iter().filter(|message| message.ours).collect();
    assert_eq!(ours.len(), 2, "the first is known again, and told once: {ours:?}");
    assert_eq!(shown(&after, "l2").0, DeliveryView::Checking, "the second is still looked for");
}

#[test]
fn a_list_that_can_never_tell_holds_nothing_up_for_ever() {
    let (mut desk, _) = desk_with_reply();
    desk.reply_fate("local-1", unclear(), 2100);
    desk.looked_for("local-1", Looked::NotNow, 900_000, 900_000);
    assert_eq!(shown(&desk, "local-1").0, DeliveryView::Checking);
    desk.looked_for("local-1", Looked::InPart, 100_000, 100_000);
    assert_eq!(shown(&desk, "local-1").0, DeliveryView::Checking);
    desk.looked_for("local-1", Looked::InPart, 400_000, 400_000);
    assert_eq!(shown(&desk, "local-1").0, DeliveryView::Unclear);
    let (mut desk, _) = desk_with_reply();
    desk.reply_fate("local-1", unclear(), 2100);
    desk.rights(Rights { is_manager: false, is_agent: true });
    desk.take_missing(30_000);
    assert_eq!(shown(&desk, "local-1").0, DeliveryView::Unclear, "there is no way to look any more");
}

#[test]
fn a_timeout_leaves_time_for_the_text_to_arrive_all_the_same() {
    let (mut desk, _) = desk_with_reply();
    desk.reply_fate("local-1", unclear(), 22_100);
    desk.looked_for("local-1", Looked::Whole, 22_200, 22_300);
    assert_eq!(shown(&desk, "local-1").0, DeliveryView::Checking, "it was given up a moment ago");
    desk.looked_for("local-1", Looked::Whole, 43_000, 43_100);
    assert_eq!(shown(&desk, "local-1").0, DeliveryView::Unclear);
}

#[test]
fn a_draft_comes_back_and_neither_hides_nor_loses_what_was_begun_since() {
    let mut after = desk();
    play(&mut after, &text_from_john("m1", "Hello"), 1000);
    after.keep_draft(CHAT, "New words");
    let absent = "+15550001111 +15559876543";
    after.restore(Remains {
        drafts: vec![(CHAT.into(), "Old words".into()), (absent.into(), "For later".into())],
        ..Remains::default()
    });
    assert_eq!(after.view().chats[0].draft, "New words");
    play(&mut after, &text_from_john("m2", "Hi").replace(JOHN, "+15550001111"), 2000);
    let draft = after.view().chats.into_iter().find(|chat| chat.id == absent).map(|chat| (chat.draft, chat.given_back));
    assert_eq!(draft, Some(("For later".to_owned(), 1)));
}

#[test]
fn what_is_let_go_of_joins_what_was_begun_since() {
    let (mut desk, chat) = desk_with_reply();
    desk.reply_fate("local-1", not_sent(), 2100);
    desk.keep_draft(&chat, "And another thing");
    desk.reply_dropped("local-1");
    assert_eq!(desk.view().chats[0].draft, "One moment\nAnd another thing");
}

#[test]
fn what_was_kept_lies_on_the_desk_again_and_what_came_meanwhile_is_unread() {
    let mut before = desk();
    before.keeps();
    play(&mut before, &text_from_john("m1", "Hello"), 1000);
    before.look_at(Some(CHAT));
    before.keep_draft(CHAT, "I was about to");
    let mut remains = Remains { drafts: vec![(CHAT.into(), "I was about to".into())], ..Remains::default() };
    for record in before.take_records().into_iter().chain(before.take_out().records) {
        match record {
            Record::Text(text) => remains.texts.push(text),
            Record::Unread { chat, count } => remains.unread.push((chat, count)),
            _ => {}
        }
    }
    let mut after = desk();
    after.restore(remains);
    let chat = after.view().chats.remove(0);
    assert_eq!((chat.unread, chat.last_text.as_str(), chat.draft.as_str()), (0, "Hello", "I was about to"));
    after.relearn(&told(&text_from_john("m1", "Hello")), 5000);
    assert_eq!(after.view().chats[0].unread, 0);
    after.relearn(&told(&text_from_john("m2", "Anyone?")), 6000);
    assert_eq!((after.view().chats[0].unread, after.take_out().alerts), (1, vec![]));
}

#[test]
fn an_agent_without_the_right_to_send_texts_answers_in_the_conversation() {
    let mut desk = desk();
    desk.rights(Rights { is_manager: false, is_agent: true });
    play(&mut desk, &text_from_john("m1", "Hello"), 1000);
    assert!(!desk.view().chats[0].can_reply, "no conversation is known yet");
    assert_eq!(desk.reply(CHAT, "Hi", None, "l1", 1100), Err(ReplyError::NoRoad));
    let part = text_from_john("m2", "Hello?").replace(r#""direction""#, r#""conversation_id":"c1","direction""#);
    play(&mut desk, &part, 1200);
    assert!(desk.view().chats[0].can_reply);
    assert_eq!(write(&mut desk, "Hi", "l1", 1300)[0].road, Road::Conversation("c1".into()));
}

#[test]
fn a_text_of_another_channel_is_answered_in_its_conversation_by_managers_too() {
    let mut desk = desk();
    let part = text_from_john("m1", "Hello")
        .replace(r#""direction""#, r#""conversation_id":"c1","reference_type":"whatsapp","direction""#);
    play(&mut desk, &part, 1000);
    let chat = desk.view().chats.remove(0);
    assert_eq!((chat.channel.as_str(), chat.our_number.as_str(), chat.can_reply), ("whatsapp", "", true));
    desk.reply(&chat.id, "Hi", None, "l1", 1100).unwrap();
    assert_eq!(desk.take_due_replies(1100)[0].road, Road::Conversation("c1".into()));
}

#[test]
fn an_empty_reply_is_no_reply() {
    let (mut desk, chat) = desk_with_reply();
    assert_eq!(desk.reply(&chat, " \n", None, "local-2", 1), Err(ReplyError::Nothing));
    assert_eq!(desk.reply("no such chat", "x", None, "local-3", 1), Err(ReplyError::NoChat));
}

fn told(frame: &str) -> Told {
    match Frame::decode(frame) {
        Frame::Told(told) => *told,
        other => panic!("the frame is no event: {other:?}"),
    }
}
