//! Answers by rules, and what keeps them from being regretted.

use super::replies::keep;
use super::*;

const CHAT: &str = "+15551234567 +15559876543";
/// A morning, in milliseconds.
const NINE: Millis = 1_705_309_200_000;
const MINUTE: Millis = 60_000;

const BOOK: &str = "
    help = \"Write HOURS or STOP.\"
    cap = 5
    [[rules]]
    name = \"Opening hours\"
    when = { keyword = [\"hours\"] }
    then = { reply = \"We're open Mon-Fri 9-5!\" }
    [[rules]]
    name = \"Anything\"
    when = { phrase = [\"hi\"] }
    then = { reply = \"Hello {name}, we have your message.\", notify = \"Somebody said hi\", tag = \"new\", assign = \"Dana\", note = \"Said hi.\" }
";

fn rules(toml: &str) -> Rules {
    Rules::new(RuleBook::from_toml(toml).unwrap()).unwrap()
}

/// A desk that answers, as the team knows.
fn answering(toml: &str, now: Millis) -> Desk {
    let mut desk = desk();
    desk.keeps();
    desk.rules(rules(toml));
    desk.named("here".into());
    claims(&mut desk, now);
    desk
}

fn claims(desk: &mut Desk, now: Millis) {
    desk.respond(true, now);
    if let Some(round) = desk.take_claim_round(now) {
        let at = |millis| Timestamp::from_millis(millis);
        desk.claimed(
            Claimed::Ours(Claim {
                message: "claim-1".into(),
                channel: "channel-1".into(),
                desk: round.desk,
                who: "Dana".into(),
                since: at(NINE),
                made: at(now),
                until: at(now + 10 * MINUTE),
            }),
            now,
        );
    }
}

fn frame(id: &str, from: &str, text: &str, at: Millis) -> String {
    json!({"event_type": "message.received", "topic": format!("customer_id:c:message:{id}"), "data": {
        "id": id, "direction": "inbound", "source": {"type": "tel", "target": from},
        "destination": {"type": "tel", "target": SALES_LINE}, "text": text,
        "tm_create": Timestamp::from_millis(at).to_string()}})
    .to_string()
}

/// What goes out after John wrote something.
fn hears(desk: &mut Desk, id: &str, text: &str, now: Millis) -> Vec<String> {
    learn(desk, &frame(id, JOHN, text, now), now);
    goes(desk, now)
}

fn learn(desk: &mut Desk, frame: &str, now: Millis) {
    match Frame::decode(frame) {
        Frame::Told(told) => desk.learn(&told, now),
        other => panic!("the frame is no event: {other:?}"),
    }
}

fn goes(desk: &mut Desk, now: Millis) -> Vec<String> {
    let mut texts = Vec::new();
    loop {
        let due = desk.take_due_replies(now);
        if due.is_empty() {
            return texts;
        }
        for Outgoing { id, text, .. } in due {
            desk.reply_fate(&id, accepted(&format!("s-{id}")), now);
            texts.push(text);
        }
    }
}

fn last_words(desk: &Desk) -> Message {
    desk.view().responder.traces.first().map_or_else(Message::nothing, |trace| trace.words.clone())
}

#[test]
fn the_two_examples_of_the_documentation_are_answered_word_for_word() {
    let mut desk = answering(BOOK, NINE);
    assert_eq!(hears(&mut desk, "m1", "What are your hours?", NINE), ["We're open Mon-Fri 9-5!"]);
    let marked: Vec<_> = desk.view().messages.into_iter().filter_map(|message| message.auto).collect();
    assert_eq!(marked, ["Opening hours"], "the thread shows who wrote it");
    assert_eq!(hears(&mut desk, "m2", "STOP", NINE + 2 * MINUTE), ["You've been unsubscribed"]);
    assert_eq!(hears(&mut desk, "m3", "hours?", NINE + 4 * MINUTE), [""; 0]);
    assert!(last_words(&desk).has("rules-said-out"), "{}", last_words(&desk));
}

#[test]
fn nothing_is_answered_by_itself_until_somebody_switches_it_on_and_the_team_knows() {
    let mut desk = desk();
    desk.rules(rules(BOOK));
    desk.named("here".into());
    assert_eq!(hears(&mut desk, "m1", "hours?", NINE), [""; 0]);
    desk.respond(true, NINE + 1000);
    assert_eq!(hears(&mut desk, "m2", "hours?", NINE + 1000), [""; 0], "the team is being told");
    let elsewhere = Claim {
        message: "x".into(),
        channel: "channel-1".into(),
        desk: "there".into(),
        who: "Leo".into(),
        since: told_at(0).unwrap(),
        made: told_at(0).unwrap(),
        until: Timestamp::from_millis(NINE + 5 * MINUTE),
    };
    desk.take_claim_round(NINE + 1000).unwrap();
    desk.claimed(Claimed::Elsewhere(elsewhere), NINE + 1500);
    assert_eq!(goes(&mut desk, NINE + 1500), [""; 0]);
    assert_eq!(desk.view().responder.words, say!("rules-state-elsewhere", name = "Leo"));
    claims(&mut desk, NINE + 3 * MINUTE);
    assert_eq!(goes(&mut desk, NINE + 3 * MINUTE), ["We're open Mon-Fri 9-5!"], "what came meanwhile is not forgotten");
    desk.respond(false, NINE + 4 * MINUTE);
    assert_eq!(hears(&mut desk, "m3", "hours?", NINE + 5 * MINUTE), [""; 0]);
}

#[test]
fn who_asks_for_no_texts_gets_none_but_for_a_reason_that_is_kept() {
    let mut desk = answering(BOOK, NINE);
    assert_eq!(hears(&mut desk, "m1", "Stop!", NINE), ["You've been unsubscribed"]);
    assert_eq!(hears(&mut desk, "m2", "STOP", NINE + 2 * MINUTE), [""; 0], "confirmed once");
    let view = desk.view();
    assert_eq!((view.chats[0].silent_since, view.responder.opt_outs.len()), (Some(NINE + 2 * MINUTE), 1));
    assert_eq!(desk.reply(CHAT, "Your parcel is here", None, "l1", NINE), Err(ReplyError::WantsNone));
    desk.take_out();
    let reason = "They called and asked for it.";
    desk.reply(CHAT, "Your parcel is here", Some(reason.into()), "l1", NINE + 3 * MINUTE).unwrap();
    let is_kept =
        |record: &Record| matches!(record, Record::Override(kept) if kept.reason == reason && kept.agent == "Dana");
    assert!(desk.take_out().records.iter().any(is_kept));
    assert_eq!(goes(&mut desk, NINE + 3 * MINUTE), ["Your parcel is here"]);
    assert_eq!(hears(&mut desk, "m4", "Start", NINE + 5 * MINUTE), ["You will get our texts again."]);
    desk.reply(CHAT, "Welcome back", None, "l2", NINE + 6 * MINUTE).unwrap();
}

#[test]
fn a_text_that_waits_to_leave_does_not_leave_once_they_ask_for_none() {
    let mut desk = answering(BOOK, NINE);
    learn(&mut desk, &frame("m1", JOHN, "Hello", NINE), NINE);
    desk.respond(false, NINE);
    desk.reply(CHAT, "One moment", None, "l1", NINE).unwrap();
    learn(&mut desk, &frame("m2", JOHN, "STOP", NINE + 10), NINE + 10);
    assert_eq!(goes(&mut desk, NINE + 20), [""; 0]);
    let message = desk.view().messages.into_iter().find(|message| message.id == "l1").unwrap();
    assert_eq!(message.delivery, Some(DeliveryView::NotSent));
}

#[test]
fn a_stop_right_after_an_answer_is_confirmed_when_the_minute_is_over() {
    let mut desk = answering(BOOK, NINE);
    assert_eq!(hears(&mut desk, "m1", "hours?", NINE), ["We're open Mon-Fri 9-5!"]);
    assert_eq!(hears(&mut desk, "m2", "STOP", NINE + 15_000), [""; 0]);
    assert_eq!(desk.view().responder.traces[0].fate, TraceFate::Waiting);
    desk.tick(NINE + MINUTE);
    assert_eq!(goes(&mut desk, NINE + MINUTE), ["You've been unsubscribed"]);
}

#[test]
fn the_brakes_hold_and_say_why() {
    let mut desk = answering(BOOK, NINE);
    assert_eq!(hears(&mut desk, "m1", "hours?", NINE).len(), 1);
    assert_eq!(hears(&mut desk, "m2", "hours", NINE + 30_000).len(), 0);
    assert!(last_words(&desk).has("rules-said-apart"));
    assert_eq!(hears(&mut desk, "m3", "hours", NINE + 2 * MINUTE).len(), 1);
    assert_eq!(hears(&mut desk, "m4", "hours", NINE + 4 * MINUTE).len(), 1);
    claims(&mut desk, NINE + 6 * MINUTE);
    assert_eq!(hears(&mut desk, "m5", "hours", NINE + 6 * MINUTE).len(), 0);
    assert!(last_words(&desk).has("rules-said-per-hour"));
    claims(&mut desk, NINE + 70 * MINUTE);
    learn(&mut desk, &frame("old", JOHN, "hours", NINE + 60 * MINUTE), NINE + 70 * MINUTE);
    assert_eq!(goes(&mut desk, NINE + 70 * MINUTE).len(), 0);
    assert!(last_words(&desk).has("rules-said-not-new"), "{}", last_words(&desk));
}

#[test]
fn machines_our_own_numbers_and_what_a_person_answered_are_left_alone() {
    let mut desk = answering(BOOK, NINE);
    for (at, (from, text, why)) in [
        ("22333", "hours?", "rules-said-nobody-reads"),
        ("+15550001111", "Automatic reply: our hours are 9 to 5", "rules-said-automatic"),
        (SALES_LINE, "hours?", "rules-said-ours"),
    ]
    .into_iter()
    .enumerate()
    {
        learn(&mut desk, &frame(&format!("m{at}"), from, text, NINE), NINE);
        assert_eq!(goes(&mut desk, NINE), [""; 0], "{text}");
        assert!(last_words(&desk).has(why), "{}", last_words(&desk));
    }
    desk.respond(false, NINE);
    learn(&mut desk, &frame("m9", JOHN, "hours?", NINE), NINE);
    desk.reply(CHAT, "Nine to five", None, "l1", NINE + 1000).unwrap();
    goes(&mut desk, NINE + 1000);
    claims(&mut desk, NINE + 2000);
    assert_eq!(goes(&mut desk, NINE + 2000), [""; 0]);
}

#[test]
fn somebody_who_answers_three_times_at_once_is_a_machine_until_a_person_writes() {
    let mut desk = answering(&BOOK.replace("cap = 5", "cap = 100"), NINE);
    let mut sent = 0;
    for hour in 0..6 {
        let now = NINE + hour * 61 * MINUTE;
        claims(&mut desk, now);
        sent += hears(&mut desk, &format!("a{hour}"), "hours?", now).len();
        sent += hears(&mut desk, &format!("b{hour}"), "hi, hours?", now + 3000).len();
    }
    assert_eq!(sent, 3, "then silence");
    assert_eq!(desk.view().responder.held.len(), 1);
    assert!(desk.view().responder.traces.iter().any(|trace| trace.words.has("rules-said-machine")));
    let now = NINE + 400 * MINUTE;
    claims(&mut desk, now);
    desk.let_go(JOHN, now);
    assert_eq!(hears(&mut desk, "c", "hours?", now + 1000).len(), 1);
}

#[test]
fn what_a_rule_does_beside_answering_is_asked_for_and_told() {
    let mut desk = answering(BOOK, NINE);
    desk.looked_up(JOHN, john());
    learn(&mut desk, &frame("m1", JOHN, "Hi there", NINE), NINE);
    let out = desk.take_out();
    let chore = &out.chores[0];
    assert_eq!(
        (chore.tag.as_deref(), chore.note.as_deref(), chore.assign.as_deref()),
        (Some("new"), Some("Said hi."), Some(ME))
    );
    assert!(
        out.alerts.iter().any(
            |alert| matches!(alert, Alert::Raise { title, .. } if *title == Message::verbatim("Somebody said hi"))
        )
    );
    desk.chore_done("m1", Some(say!("rules-step-matched", rule = "new")));
    assert!(desk.view().responder.traces[0].steps.contains(&say!("rules-step-matched", rule = "new")));
    assert_eq!(desk.view().responder.counts[0].matched, 1);
}

#[test]
fn a_rule_that_practises_says_what_it_would_have_sent() {
    let mut desk = answering("[[rules]]\nname = 'x'\ndry = true\nthen = { reply = 'Yes', notify = 'No' }", NINE);
    assert_eq!(hears(&mut desk, "m1", "Hello", NINE), [""; 0]);
    let trace = desk.view().responder.traces.remove(0);
    assert_eq!((trace.fate, trace.reply.as_deref()), (TraceFate::Would, Some("Yes")));
    assert!(
        desk.take_out()
            .alerts
            .iter()
            .all(|alert| !matches!(alert, Alert::Raise { title, .. } if *title == Message::verbatim("No")))
    );
}

#[test]
fn an_automatic_reply_that_cannot_leave_in_time_never_leaves() {
    let mut desk = answering(BOOK, NINE);
    learn(&mut desk, &frame("m1", JOHN, "hours?", NINE), NINE);
    let id = desk.take_due_replies(NINE).remove(0).id;
    desk.reply_fate(
        &id,
        ReplyFate::NotSent { why: Message::verbatim("The service cannot be reached."), wait: None },
        NINE,
    );
    assert_eq!(desk.take_due_replies(NINE + 6 * MINUTE), []);
    assert!(desk.view().messages.iter().all(|message| !message.ours) && last_words(&desk).has("rules-said-late"));
}

#[test]
fn the_last_word_about_texts_counts_in_whatever_order_words_come() {
    let words = [("a", "STOP", 0), ("b", "START", 1), ("c", "STOP", 2), ("d", "START", 3)];
    for (last, wants_none) in [(3, true), (4, false), (2, false), (1, true)] {
        for turn in 0..last {
            let mut desk = desk();
            let mut order: Vec<_> = words[..last].to_vec();
            order.reverse();
            order.rotate_left(turn);
            for (id, text, minute) in order {
                learn(&mut desk, &frame(id, JOHN, text, NINE + minute * MINUTE), NINE + 10 * MINUTE);
            }
            assert_eq!(desk.view().chats[0].silent_since.is_some(), wants_none, "{last} {turn}");
        }
    }
}

#[test]
fn what_waits_to_leave_is_let_go_of_when_it_is_of_no_use_any_more() {
    let not_sent = || ReplyFate::NotSent { why: Message::verbatim("The service cannot be reached."), wait: None };
    let stuck = || {
        let mut desk = answering(BOOK, NINE);
        learn(&mut desk, &frame("m1", JOHN, "hours?", NINE), NINE);
        let id = desk.take_due_replies(NINE).remove(0).id;
        desk.reply_fate(&id, not_sent(), NINE + 10);
        desk
    };
    let mut desk = stuck();
    desk.respond(false, NINE + 20_000);
    assert_eq!(goes(&mut desk, NINE + 30_000), [""; 0]);
    assert!(last_words(&desk).has("rules-said-switched-off"));
    let mut desk = stuck();
    learn(
        &mut desk,
        &sent("s1", "Nine to five, says Leo").replace("\"text\"", "\"tm_create\":\"2024-01-15T09:00:30Z\",\"text\""),
        NINE + 30_000,
    );
    assert_eq!(goes(&mut desk, NINE + 30_000), [""; 0]);
    assert!(last_words(&desk).has("rules-said-answered-before"), "{}", last_words(&desk));
    let mut desk = stuck();
    desk.reply(CHAT, "Nobody's text waits for a machine's", None, "zz", NINE + 1000).unwrap();
    assert_eq!(goes(&mut desk, NINE + 1000), ["Nobody's text waits for a machine's"]);
}

#[test]
fn what_was_not_surely_written_just_now_is_not_answered() {
    let mut desk = answering(BOOK, NINE);
    // The first event after a reconnect may be an old copy: it says nothing of the clocks.
    learn(&mut desk, &frame("old", JOHN, "hours?", NINE - 20 * MINUTE), NINE);
    assert_eq!(goes(&mut desk, NINE), [""; 0]);
    assert!(last_words(&desk).has("rules-said-not-new"), "{}", last_words(&desk));
    assert_eq!(hears(&mut desk, "new", "hours?", NINE + 1000).len(), 1);
}

#[test]
fn whoever_is_on_the_list_can_be_taken_off_it_though_the_conversation_is_gone() {
    let mut desk = desk();
    let word = OptOut {
        our_number: SALES_LINE.into(),
        number: JOHN.into(),
        is_out: true,
        at: NINE,
        by: "STOP".into(),
        message: None,
    };
    desk.restore(Remains { opt_outs: vec![word], ..Remains::default() });
    let chat = desk.view().responder.opt_outs.remove(0).chat;
    assert!(desk.opt_out(&chat, false, NINE + 1000));
    assert_eq!(desk.view().responder.opt_outs, []);
}

#[test]
fn a_text_is_answered_when_the_service_has_taken_the_reply_and_not_before() {
    let fate = |desk: &Desk| desk.view().responder.traces[0].fate;
    let count = |desk: &Desk| (desk.view().responder.counts[0].matched, desk.view().responder.counts[0].sent);
    let leaves = || {
        let mut desk = answering(BOOK, NINE);
        learn(&mut desk, &frame("m1", JOHN, "hours?", NINE), NINE);
        let id = desk.take_due_replies(NINE).remove(0).id;
        (desk, id)
    };
    let (mut desk, id) = leaves();
    assert_eq!((fate(&desk), count(&desk)), (TraceFate::Waiting, (1, 0)));
    assert!(last_words(&desk).has("rules-said-on-its-way"), "{}", last_words(&desk));
    desk.reply_fate(&id, accepted("s1"), NINE + 100);
    assert_eq!((fate(&desk), count(&desk)), (TraceFate::Sent, (1, 1)));
    assert_eq!(last_words(&desk), say!("rules-said-answered", rule = "Opening hours"));
    learn(&mut desk, &receipt("s1", "failed"), NINE + 200);
    assert_eq!(fate(&desk), TraceFate::Silent, "{}", last_words(&desk));

    let (mut desk, id) = leaves();
    desk.reply_fate(&id, ReplyFate::Refused(Message::verbatim("No balance.")), NINE + 100);
    assert_eq!((fate(&desk), count(&desk)), (TraceFate::Silent, (1, 0)));

    // A sign-in that is over: nothing leaves, and nothing is said to have left.
    let (mut desk, id) = leaves();
    let over = || ReplyFate::NotSent { why: Message::verbatim("Your sign-in is no longer good."), wait: None };
    desk.reply_fate(&id, over(), NINE + 100);
    assert_eq!(fate(&desk), TraceFate::Waiting);
    let obstacle = Obstacle { why: Message::verbatim("Your sign-in is over."), needs_person: false };
    desk.hold_responder(Some(obstacle), NINE + 200);
    assert_eq!(goes(&mut desk, NINE + MINUTE), [""; 0], "{}", last_words(&desk));
    assert_eq!((desk.view().responder.state, desk.responds()), (ResponderState::Stuck, false));
    desk.tick(NINE + 6 * MINUTE);
    assert_eq!(goes(&mut desk, NINE + 6 * MINUTE), [""; 0]);
    assert_eq!((fate(&desk), count(&desk)), (TraceFate::Silent, (1, 0)));

    // It left, and no answer came: nobody knows.
    let (mut desk, id) = leaves();
    desk.reply_fate(&id, unclear_fate(), NINE + 100);
    assert_eq!(desk.take_missing(NINE + 30_000).len(), 1);
    desk.looked_for(&id, Looked::Whole, NINE + 30_000, NINE + 30_100);
    assert_eq!((fate(&desk), count(&desk)), (TraceFate::Unclear, (1, 0)));
    // Somebody sends it again, by hand.
    assert!(desk.reply_again(&id, NINE + MINUTE));
    assert_eq!(goes(&mut desk, NINE + MINUTE).len(), 1);
    assert!(fate(&desk) == TraceFate::Sent && last_words(&desk).has("rules-said-by-hand"), "{}", last_words(&desk));
}

#[test]
fn a_decision_that_was_under_way_when_ringside_ended_claims_nothing() {
    let mut remains = Remains::default();
    let mut desk = answering(BOOK, NINE);
    learn(&mut desk, &frame("m1", JOHN, "hours?", NINE), NINE);
    desk.take_due_replies(NINE);
    keep(&mut remains, &mut desk);
    remains.replies.clear();
    let mut desk = answering(BOOK, NINE + 1000);
    desk.restore(remains);
    assert_eq!(desk.view().responder.traces[0].fate, TraceFate::Unclear);
    assert_eq!(hears(&mut desk, "m2", "hours?", NINE + 2000), [""; 0], "it may have arrived, so it counts");
}

#[test]
fn who_says_stop_to_one_number_hears_from_none_of_ours() {
    const OTHER_LINE: &str = "+15550009999";
    let to_other = |id: &str, text: &str, at| frame(id, JOHN, text, at).replace(SALES_LINE, OTHER_LINE);
    let mut desk = answering(BOOK, NINE);
    learn(&mut desk, &to_other("m0", "Hello", NINE - MINUTE), NINE - MINUTE);
    assert_eq!(hears(&mut desk, "m1", "STOP", NINE), ["You've been unsubscribed"]);
    let view = desk.view();
    assert!(view.chats.len() == 2 && view.chats.iter().all(|chat| chat.silent_since == Some(NINE)));
    assert_eq!(view.responder.opt_outs.len(), 1);
    let other = format!("{JOHN} {OTHER_LINE}");
    assert_eq!(desk.reply(&other, "Hi", None, "l1", NINE + 1000), Err(ReplyError::WantsNone));
    learn(&mut desk, &to_other("m2", "hours?", NINE + 2 * MINUTE), NINE + 2 * MINUTE);
    assert_eq!(goes(&mut desk, NINE + 2 * MINUTE), [""; 0]);
    // They take it back where they like.
    learn(&mut desk, &to_other("m3", "START", NINE + 3 * MINUTE), NINE + 3 * MINUTE);
    assert_eq!(goes(&mut desk, NINE + 3 * MINUTE), ["You will get our texts again."]);
    assert!(desk.view().chats.iter().all(|chat| chat.silent_since.is_none()));
}

#[test]
fn a_reaction_to_what_we_sent_is_not_answered_however_often_it_comes() {
    let mut desk = answering(BOOK, NINE);
    assert_eq!(hears(&mut desk, "m1", "What are your hours?", NINE), ["We're open Mon-Fri 9-5!"]);
    for (at, reaction) in [
        "Liked \u{201c}We're open Mon-Fri 9-5!\u{201d}",
        "A aimé \u{ab} We\u{2019}re open Mon-Fri 9-5! \u{bb} hours",
        "Reacted 👍 to \u{201c}We're open Mon\u{2026}\u{201d}",
    ]
    .into_iter()
    .enumerate()
    {
        let now = NINE + 2 * MINUTE + Millis::try_from(at).unwrap() * 2 * MINUTE;
        claims(&mut desk, now);
        assert_eq!(hears(&mut desk, &format!("r{at}"), reaction, now), [""; 0], "{reaction}");
        assert!(last_words(&desk).has("rules-said-quotes"), "{}", last_words(&desk));
    }
    // What a person wrote by hand is quoted, too; and a new desk knows the rule's words.
    desk.reply(CHAT, "Our hi-fi hours differ", None, "l1", NINE + 9 * MINUTE).unwrap();
    goes(&mut desk, NINE + 9 * MINUTE);
    claims(&mut desk, NINE + 10 * MINUTE);
    assert_eq!(hears(&mut desk, "r8", "Loved \"Our hi-fi hours differ\"", NINE + 10 * MINUTE), [""; 0]);
    let mut desk = answering(BOOK, NINE);
    assert_eq!(hears(&mut desk, "r9", "Loved \u{201c}We're open Mon-Fri 9-5!\u{201d} hi", NINE), [""; 0]);
}

#[test]
fn a_stop_is_heeded_in_whatever_code_points_it_comes() {
    for stop in ["ARRE\u{302}T", "ＳＴＯＰ", "S\u{200b}TOP\u{200e}", "\u{2018}Stop\u{2019}", "İPTAL"] {
        let mut desk = answering(BOOK, NINE);
        assert_eq!(hears(&mut desk, "m1", stop, NINE), ["You've been unsubscribed"], "{stop:?}");
    }
}

#[test]
fn what_another_desk_wrote_counts_for_the_hour_over_a_restart_too() {
    let mut remains = Remains::default();
    let mut desk = answering(BOOK, NINE);
    for at in 0..3 {
        let time = Timestamp::from_millis(NINE + at * MINUTE).to_string();
        let text = format!("\"tm_create\":\"{time}\",\"text\"");
        learn(&mut desk, &sent(&format!("s{at}"), "From another desk").replace("\"text\"", &text), NINE + at * MINUTE);
    }
    keep(&mut remains, &mut desk);
    for mut desk in [desk, {
        let mut desk = answering(BOOK, NINE + 4 * MINUTE);
        desk.restore(remains);
        desk
    }] {
        claims(&mut desk, NINE + 5 * MINUTE);
        assert_eq!(hears(&mut desk, "m1", "hours?", NINE + 5 * MINUTE), [""; 0], "{}", last_words(&desk));
    }
}

proptest! {
    #[test]
    fn no_number_that_the_service_or_the_ledger_names_upsets_the_clock(
        at in prop_oneof![Just(i64::MIN), Just(i64::MAX), Just(0), any::<i64>()],
        now in prop_oneof![Just(0), Just(NINE), 0..253_402_300_799_999_i64],
        wait in prop_oneof![Just(i64::MAX), Just(i64::MIN), any::<i64>()],
        made in prop_oneof![Just("9999-12-31T23:59:59Z"), Just("0001-01-01T00:00:00Z"), Just("2024-01-15T09:00:00Z")],
    ) {
        let mut desk = desk();
        desk.keeps();
        desk.rules(rules(BOOK));
        desk.named("here".into());
        let considered = Considered {
            message: "m0".into(), chat: CHAT.into(), number: JOHN.into(), at, rule: Some("Opening hours".into()),
            fate: TraceFate::Sent, words: Message::nothing(), reply: Some("Yes".into()),
        };
        let out = OptOut { our_number: SALES_LINE.into(), number: "+15550001111".into(), is_out: true, at, by: "STOP".into(), message: None };
        let to = Ends { chat: CHAT.into(), number: JOHN.into(), our_number: SALES_LINE.into(), conversation: None };
        let reply = |id: &str, stage| ReplyRecord {
            id: id.into(), to: to.clone(), text: "Hi".into(), written_at: at, stage, left_at: Some(at), problem: None,
            auto: Some("Opening hours".into()), despite: None,
        };
        let replies = vec![reply("reply-1-auto-m0", ReplyStage::Waiting), reply("reply-2-auto-m9", ReplyStage::Left)];
        desk.restore(Remains { considered: vec![considered], opt_outs: vec![out], replies, ..Remains::default() });
        claims(&mut desk, now);
        let text = frame("m1", JOHN, "hours?", NINE).replace(&Timestamp::from_millis(NINE).to_string(), made);
        learn(&mut desk, &text, now);
        for Outgoing { id, .. } in desk.take_due_replies(now) {
            desk.reply_fate(&id, ReplyFate::NotSent { why: Message::verbatim("Not now."), wait: Some(wait) }, now);
        }
        for missing in desk.take_missing(now) {
            desk.looked_for(&missing.id, Looked::Whole, now, now);
        }
        let chat = format!("+15550001111 {SALES_LINE}");
        desk.opt_out(&chat, false, now);
        desk.tick(now);
        desk.take_claim_round(now);
        // However long the service asks for, nobody's reply lies for more than five minutes.
        desk.reply(CHAT, "By hand", None, "zz", now).unwrap();
        let later = now.saturating_add(300_000);
        desk.respond(false, now);
        for round in [now, later] {
            for Outgoing { id, .. } in desk.take_due_replies(round) {
                desk.reply_fate(&id, ReplyFate::NotSent { why: Message::verbatim("Not now."), wait: Some(wait) }, round);
            }
        }
        prop_assert!(desk.take_due_replies(later.saturating_add(300_000)).iter().any(|out| out.id == "zz")
            || desk.view().messages.iter().any(|message| message.ours && message.id != "zz"));
    }
}

#[test]
fn a_rehearsal_tells_what_would_have_been_sent_and_why_not() {
    let texts: Vec<TextRecord> = [("hours?", 0), ("hours", 10), ("STOP", 200), ("hours?", 400)]
        .into_iter()
        .enumerate()
        .map(|(at, (text, second))| TextRecord {
            message: MessageView {
                medias: Vec::new(),
                id: format!("m{at}"),
                chat: CHAT.into(),
                ours: false,
                text: text.into(),
                at: NINE + second * 1000,
                delivery: None,
                problem: None,
                auto: None,
            },
            ends: Ends { chat: CHAT.into(), number: JOHN.into(), our_number: SALES_LINE.into(), conversation: None },
        })
        .collect();
    let rules = rules(BOOK);
    let view = rehearse(&Rehearsal { rules: &rules, texts: &texts, status: StatusView::Available, agent: "Dana" });
    assert_eq!((view.texts, view.replies, view.people), (4, 2, 1));
    let words: Vec<_> = view.traces.iter().map(|trace| trace.words.clone()).collect();
    assert_eq!(words[0], say!("rules-said-answered", rule = "STOP"));
    assert!(words[2].has("rules-said-out") && words[3].has("rules-said-apart"), "{words:?}");
}

/// The people who write in, in the test of anything at all.
fn person(number: usize) -> String {
    format!("+1555444{number:04}")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]
    #[test]
    fn whatever_people_write_there_are_never_more_replies_than_the_brakes_allow(
        steps in proptest::collection::vec((0..12_usize, 0..3_usize, 0..6_usize, 0..5_usize), 1..120)
    ) {
        let words = ["hours?", "hi", "STOP", "START", "help", "Automatic reply: hours"];
        let gaps = [1000, 20_000, 61_000, 10 * MINUTE, 31 * MINUTE];
        let mut now = NINE;
        let mut desk = answering(BOOK, now);
        let mut remains = Remains::default();
        let mut frames: Vec<String> = Vec::new();
        let mut wants_none: BTreeMap<String, bool> = BTreeMap::new();
        // To whom, when, for which text.
        let mut sent: Vec<(String, Millis, String)> = Vec::new();
        for (at, (kind, who, word, gap)) in steps.into_iter().enumerate() {
            now += gaps[gap];
            claims(&mut desk, now);
            match kind {
                0 => {
                    // The app is started again with what was kept, and reads the lists.
                    keep(&mut remains, &mut desk);
                    desk = answering(BOOK, now);
                    desk.restore(remains.clone());
                    keep(&mut remains, &mut desk);
                    for frame in &frames {
                        if let Frame::Told(told) = Frame::decode(frame) {
                            desk.relearn(&told, now);
                        }
                    }
                }
                1 => {
                    desk.link(notice(LinkStage::Reconnecting { attempt: 1 }), now);
                    desk.link(notice(LinkStage::Subscribed), now);
                    frames.iter().rev().take(5).for_each(|frame| for _ in 0..3 { learn(&mut desk, frame, now) });
                }
                2 => {
                    let chat = format!("{} {SALES_LINE}", person(who));
                    desk.reply(&chat, "A person writes", None, &format!("reply-{now:014}-{at}"), now).ok();
                }
                _ => {
                    let frame = frame(&format!("m{at}"), &person(who), words[word], now);
                    for _ in 0..3 {
                        learn(&mut desk, &frame, now);
                    }
                    frames.push(frame);
                    match words[word] {
                        "STOP" => { wants_none.insert(person(who), true); }
                        "START" => { wants_none.insert(person(who), false); }
                        _ => {}
                    }
                }
            }
            desk.tick(now);
            for Outgoing { id, road, text } in desk.take_due_replies(now) {
                let Road::Sms { to, .. } = road else { unreachable!() };
                if let Some((_, message)) = id.split_once("-auto-") {
                    let is_last = text == "You've been unsubscribed";
                    prop_assert!(is_last || wants_none.get(&to) != Some(&true), "{to} asked for no texts and got {text}");
                    sent.push((to, now, message.to_owned()));
                }
                // Some answers of the service are lost: then nothing is known.
                if at % 4 == 0 {
                    desk.reply_fate(&id, unclear_fate(), now);
                } else {
                    desk.reply_fate(&id, accepted(&format!("s-{id}")), now);
                }
            }
            keep(&mut remains, &mut desk);
            for reply in &mut remains.replies {
                // Left without an answer: the service had it.
                reply.left_at = reply.left_at.or(Some(now));
            }
        }
        for (at, (to, when, message)) in sent.iter().enumerate() {
            let before: Vec<_> = sent[..at].iter().filter(|(_, earlier, _)| when - earlier < 60 * MINUTE).collect();
            prop_assert!(before.len() < 5, "the cap of all");
            let same: Vec<_> = before.iter().filter(|(other, _, _)| other == to).collect();
            prop_assert!(same.len() < 3, "three an hour to {to}");
            prop_assert!(same.iter().all(|(_, earlier, _)| when - earlier >= MINUTE), "one a minute to {to}");
            prop_assert!(sent[..at].iter().all(|(_, _, other)| other != message), "{message} was answered twice");
        }
    }
}

fn receipt(id: &str, status: &str) -> String {
    json!({"event_type": "message.delivery", "topic": format!("customer_id:c:message:{id}"),
        "data": {"message_id": id, "id": id, "status": status}})
    .to_string()
}

fn unclear_fate() -> ReplyFate {
    ReplyFate::Unclear(Message::verbatim("No answer came."))
}

#[test]
fn a_text_of_a_web_chat_is_answered_once_in_its_conversation_whichever_telling_comes_first() {
    let made = Timestamp::from_millis(NINE).to_string();
    let web = json!({"id": "w1", "widget_id": "b", "session_id": "v1", "direction": "inbound", "status": "sent",
        "sender_id": "x", "text": "hours", "tm_create": made})
    .to_string();
    let part = json!({"id": "p1", "conversation_id": "c1", "reference_id": "w1", "reference_type": "webchat",
        "direction": "incoming", "status": "done", "source": {"type": "webchat", "target": "v-1"},
        "destination": {"type": "webchat", "target": "b"}, "text": "hours", "tm_create": made})
    .to_string();
    for frames in [[&web, &part], [&part, &web]] {
        let mut desk = answering(BOOK, NINE);
        for frame in frames {
            learn(&mut desk, frame, NINE);
        }
        assert_eq!(goes(&mut desk, NINE), ["We're open Mon-Fri 9-5!"]);
    }
}
