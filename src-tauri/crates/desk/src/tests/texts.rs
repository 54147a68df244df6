//! What a text brings besides its words, whom it went to, and who wrote it.

use super::*;

const SMS: &str = r#"{"id":"s1","type":"sms","source":{"type":"tel","target":"+15559876543"},"text":"We open at 9","direction":"outbound",
    "targets":[{"destination":{"type":"tel","target":"+15551234567"},"status":"FIRST","parts":1},
    {"destination":{"type":"tel","target":"+15559012000"},"status":"SECOND","parts":1},
    {"destination":{"type":"tel","target":"+15559012001"},"status":"queued","parts":1}],"tm_create":"2024-01-15T10:30:00Z"}"#;

fn in_conversation(id: &str, more: &serde_json::Value) -> String {
    let mut text = json!({
        "id": id, "conversation_id": "v1", "reference_id": "r1", "reference_type": "whatsapp", "direction": "incoming",
        "status": "done", "source": {"type": "whatsapp", "target": "4915112345678", "target_name": "Mia"},
        "destination": {"type": "whatsapp", "target": "line"}, "tm_create": "2024-01-15T10:30:00Z",
    });
    text.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    text.to_string()
}

fn deliveries(desk: &Desk) -> Vec<(String, Option<DeliveryView>)> {
    let view = desk.view();
    let number = |chat: &str| view.chats.iter().find(|known| known.id == chat).unwrap().number.clone();
    let mut all: Vec<_> = view.messages.iter().map(|text| (number(&text.chat), text.delivery)).collect();
    all.sort();
    all
}

#[test]
fn a_picture_without_words_is_named_in_toast_row_and_bubble_in_every_channel() {
    for (medias, shown) in [
        (json!([{"type": "image"}]), "Picture"),
        (json!([{"type": "audio"}, {"type": "file", "filename": "invoice.pdf"}]), "Voice message, File: invoice.pdf"),
        (json!({"type": "image"}), "Picture"),
        (json!(["https://files.example/a/dog.jpg?sig=1"]), "Picture: dog.jpg"),
        (json!("https://files.example/a/x"), "Attachment"),
        (json!([]), "No text"),
        (json!(null), "No text"),
    ] {
        let whatsapp = in_conversation("m1", &json!({"text": "", "medias": medias}));
        let mms = json!({"event_type": "message.received", "topic": "customer_id:c:message:m1", "data": {"id": "m1",
            "direction": "inbound", "source": {"type": "tel", "target": JOHN}, "medias": medias,
            "destination": {"type": "tel", "target": SALES_LINE}, "tm_create": "2024-01-15T10:30:00Z"}});
        for frame in [whatsapp, mms.to_string()] {
            let mut desk = desk();
            let out = play(&mut desk, &frame, 1000);
            let [Alert::Raise { body, .. }] = &out.alerts[..] else { panic!("{:?}", out.alerts) };
            let view = desk.view();
            assert_eq!((body.to_string().as_str(), view.chats[0].last_text.as_str()), (shown, ""));
            assert_eq!(view.chats[0].last_instead.as_ref(), Some(body));
            assert_eq!(view.messages[0].text, "", "what nobody wrote is not among the words");
            let medias = Message::list(view.messages[0].medias.clone()).map(|medias| medias.to_string());
            assert_eq!(medias.unwrap_or_default(), shown.replace("No text", ""));
        }
    }
}

#[test]
fn a_picture_that_is_told_later_than_its_text_is_shown_all_the_same() {
    let mut desk = desk();
    play(&mut desk, &in_conversation("m1", &json!({"text": ""})), 1000);
    play(&mut desk, &in_conversation("m1", &json!({"medias": [{"type": "image"}]})), 2000);
    assert_eq!(
        (desk.view().messages[0].medias.len(), desk.view().chats[0].last_instead.clone()),
        (1, Some(say!("texts-media-picture")))
    );
}

#[test]
fn a_text_to_three_receivers_is_in_three_conversations_each_with_its_own_state() {
    let mut desk = desk();
    let told = |first: &str, second: &str| SMS.replace("FIRST", first).replace("SECOND", second);
    play(&mut desk, &told("sent", "sent"), 1000);
    let numbers = |desk: &Desk| deliveries(desk).into_iter().map(|(number, _)| number).collect::<Vec<_>>();
    assert_eq!(numbers(&desk), [JOHN, "+15559012000", "+15559012001"]);
    play(&mut desk, &told("delivered", "failed"), 2000);
    use DeliveryView::{Delivered, Failed, Sent};
    let states: Vec<_> = deliveries(&desk).into_iter().map(|(_, delivery)| delivery.unwrap()).collect();
    assert_eq!(states, [Delivered, Failed, Sent]);
    assert_eq!(desk.view().messages.len(), 3, "an update is no new text");
}

#[test]
fn a_text_to_several_is_told_by_each_conversation_too_and_stays_one_for_each() {
    let part = |id: &str, to: &str| {
        json!({"id": id, "conversation_id": id, "reference_id": "s1", "reference_type": "message", "direction": "outgoing",
            "status": "done", "source": {"type": "tel", "target": SALES_LINE}, "destination": {"type": "tel", "target": to},
            "text": "We open at 9", "tm_create": "2024-01-15T10:30:00Z"})
        .to_string()
    };
    let frames = [SMS.replace("FIRST", "sent").replace("SECOND", "sent"), part("p2", "+15559012000"), part("p1", JOHN)];
    for order in [[0, 1, 2], [1, 0, 2], [2, 1, 0]] {
        let mut desk = desk();
        for at in order {
            play(&mut desk, &frames[at], 1000);
        }
        assert_eq!(desk.view().messages.len(), 3, "{order:?}");
        assert_eq!(desk.view().chats.len(), 3, "{order:?}");
    }
}

#[test]
fn where_nobody_said_whether_a_text_arrived_the_desk_does_not_say_that_it_did_not() {
    for status in ["dlr_timeout", "gw_timeout", "unknown", "teleported"] {
        let mut desk = desk();
        let one = |status: &str| {
            json!({"id": "s1", "type": "sms", "source": {"type": "tel", "target": SALES_LINE}, "text": "Hi", "direction": "outbound",
                "targets": [{"destination": {"type": "tel", "target": JOHN}, "status": status}], "tm_create": "2024-01-15T10:30:00Z"})
            .to_string()
        };
        play(&mut desk, &one("sent"), 1000);
        play(&mut desk, &one(status), 2000);
        let text = desk.view().messages[0].clone();
        assert_eq!(text.delivery, Some(DeliveryView::Unknown), "{status}");
        assert!(text.problem.unwrap().has("texts-maybe-delivered"), "{status}");
        assert!(!desk.reply_again("s1", 3000), "nothing is sent twice for it");
        play(&mut desk, &one("sent"), 4000);
        assert_eq!(desk.view().messages[0].delivery, Some(DeliveryView::Unknown), "a late copy takes nothing back");
        play(&mut desk, &one("delivered"), 5000);
        let text = desk.view().messages[0].clone();
        assert_eq!((text.delivery, text.problem), (Some(DeliveryView::Delivered), None));
    }
}

#[test]
fn a_text_that_is_first_told_as_lost_says_so_at_once() {
    let mut desk = desk();
    play(&mut desk, &SMS.replace("FIRST", "failed").replace("SECOND", "dlr_timeout"), 1000);
    let problems = desk.view().messages.iter().filter(|text| text.problem.is_some()).count();
    assert_eq!(problems, 2);
}

const WEB_TEXT: &str = r#"{"id":"w1","customer_id":"c","widget_id":"b","session_id":"visit1","direction":"inbound","status":"sent",
    "sender_id":"x","text":"Anyone there?","tm_create":"2024-01-15T10:30:00Z","tm_delete":null}"#;
const VISIT: &str = r#"{"id":"visit1","customer_id":"c","widget_id":"b","status":"ended","page_url":"https://shop.example/cart",
    "referrer":"https://search.example","peer":{"type":"webchat","target":"v-1","target_name":"Kim"},
    "local":{"type":"webchat","target":"b"},"tm_create":"2024-01-15T10:29:00Z","tm_end":"2024-01-15T10:31:00Z"}"#;

#[test]
fn a_text_from_a_web_page_is_a_conversation_and_the_visit_says_where_from() {
    for frames in [[WEB_TEXT, VISIT], [VISIT, WEB_TEXT]] {
        let mut desk = desk();
        let mut toasts = 0;
        for frame in frames {
            toasts += raised(&play(&mut desk, frame, 1000)).len();
        }
        let view = desk.view();
        let [chat] = &view.chats[..] else { panic!("{:?}", view.chats) };
        assert_eq!((toasts, chat.unread, chat.channel.as_str()), (1, 1, "webchat"));
        assert_eq!((chat.name.as_deref(), chat.last_text.as_str()), (Some("Kim"), "Anyone there?"));
        let visit = chat.visit.clone().unwrap();
        assert_eq!((visit.page.as_deref(), visit.is_over), (Some("https://shop.example/cart"), true));
        assert!(!chat.can_reply, "nobody knows its conversation yet");
    }
}

#[test]
fn a_text_told_as_web_chat_and_as_conversation_is_one_text_that_can_be_answered() {
    let part = in_conversation(
        "p1",
        &json!({"reference_id": "w1", "reference_type": "webchat", "text": "Anyone there?",
            "source": {"type": "webchat", "target": "v-1"}}),
    );
    let next = part.replace("\"p1\"", "\"p2\"").replace("\"w1\"", "\"w2\"").replace("Anyone there?", "Hello?");
    for frames in [[WEB_TEXT, &*part, &*next], [&*part, WEB_TEXT, &*next], [&*part, &*next, WEB_TEXT]] {
        let mut desk = desk();
        for frame in frames {
            play(&mut desk, frame, 1000);
        }
        play(&mut desk, VISIT, 2000);
        let view = desk.view();
        let [chat] = &view.chats[..] else { panic!("{:?}", view.chats) };
        assert_eq!((view.messages.len(), chat.unread, chat.can_reply), (2, 2, true));
        assert!(chat.visit.is_some());
    }
}

#[test]
fn a_web_visit_alone_is_a_conversation_in_which_nobody_wrote() {
    let mut desk = desk();
    let out = play(&mut desk, VISIT, 1000);
    assert_eq!((raised(&out).len(), desk.view().chats.len(), desk.view().chats[0].unread), (0, 1, 0));
}

#[test]
fn our_text_in_a_web_chat_says_how_far_it_got() {
    let mut desk = desk();
    let ours = WEB_TEXT.replace("inbound", "outbound");
    play(&mut desk, &ours, 1000);
    play(&mut desk, &ours.replace("\"sent\"", "\"delivered\""), 2000);
    let view = desk.view();
    assert_eq!((view.messages.len(), view.messages[0].delivery), (1, Some(DeliveryView::Delivered)));
    assert_eq!(view.chats[0].number, "visit1");
}

#[test]
fn a_name_that_turns_the_direction_of_writing_turns_no_toast() {
    let mut desk = desk();
    let named = |name: &str| {
        call(
            "call.assigned",
            0,
            &json!({"agent_id": ME, "status": "ringing", "source": {"type": "tel", "target": JOHN, "target_name": name}}),
        )
    };
    let out = play(&mut desk, &named("\u{202e}דנה\u{202c} \u{0}כהן"), 1000);
    let [Alert::Raise { title, .. }] = &out.alerts[..] else { panic!("{:?}", out.alerts) };
    assert_eq!(title.to_string(), "\u{2068}דנה כהן\u{2069} is calling");
    assert_eq!(desk.view().calls[0].name.as_deref(), Some("דנה כהן"));
}

#[test]
fn an_alert_holds_no_control_character_whatever_the_ledger_held() {
    let alert = Alert::Raise {
        key: "k".into(),
        kind: AlertKind::Missed,
        title: say!("alerts-missed", name = Message::verbatim("A\u{0}nn\n\u{1b}[2J")),
        body: Message::verbatim("one\u{0}\ntwo\u{fffd}"),
        about: About::Away,
    };
    let Alert::Raise { title, body, .. } = alert.cleaned() else { panic!() };
    assert_eq!((&*title.to_string(), &*body.to_string()), ("Missed call from Ann [2J", "one\ntwo"));
}

#[test]
fn an_own_text_with_odd_letters_is_known_again_when_the_service_tells_of_it() {
    let mut desk = desk();
    play(&mut desk, &in_conversation("m1", &json!({"text": "Hi"})), 1000);
    let chat = desk.view().chats[0].id.clone();
    desk.reply(&chat, "Line one\r\nline two\u{7}", None, "reply-1", 2000).unwrap();
    let sent = desk.take_due_replies(2000);
    assert_eq!(sent[0].text, "Line one\nline two");
}

/// A receipt names its text and whose phone it is of, and may come before the text.
#[test]
fn a_receipt_counts_for_the_receiver_it_names_whether_it_comes_before_or_after_its_text() {
    let second = "+15559012000";
    let named = |more: serde_json::Value| {
        let mut data = json!({"id": "s1", "status": "failed"});
        data.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        json!({"event_type": "message.delivery", "topic": "customer_id:c:message:s1", "data": data}).to_string()
    };
    let to = |number: &str| json!({"type": "tel", "target": number});
    let text = SMS.replace("FIRST", "sent").replace("SECOND", "sent");
    for receipt in [
        named(json!({"destination": to(second)})),
        named(json!({"destination": to("tel:+1-555-901-2000"), "source": to(SALES_LINE)})),
        named(json!({"destination": to(second), "direction": "outbound"})),
        named(json!({"destination": second})),
        named(json!({"status": null, "targets": [{"destination": to(second), "status": "failed"}]})),
        named(json!({"status": null, "targets": [{"destination": to(JOHN), "status": "sent"},
            {"destination": to(second), "status": "failed"}]})),
    ] {
        for frames in [[&receipt, &text], [&text, &receipt]] {
            let mut desk = desk();
            for frame in frames {
                play(&mut desk, frame, 1000);
            }
            let sent = |number: &str| (number.to_owned(), Some(DeliveryView::Sent));
            let failed = (second.to_owned(), Some(DeliveryView::Failed));
            assert_eq!(deliveries(&desk), [sent(JOHN), failed, sent("+15559012001")], "{frames:?}");
        }
    }
}

#[test]
fn a_receipt_that_names_nobody_or_our_own_line_is_of_the_only_receiver() {
    let text = json!({"id": "s1", "direction": "outbound", "source": {"type": "tel", "target": SALES_LINE},
        "destination": {"type": "tel", "target": JOHN}, "text": "We open at 9", "tm_create": "2024-01-15T10:30:00Z"});
    let text = json!({"event_type": "message.sent", "topic": "customer_id:c:message:s1", "data": text}).to_string();
    for destination in [json!(null), json!({"type": "tel", "target": SALES_LINE}), json!({"target": JOHN})] {
        let data = json!({"id": "s1", "status": "delivered", "destination": destination});
        let receipt = json!({"event_type": "message.delivery", "topic": "customer_id:c:message:s1", "data": data});
        for frames in [[&receipt.to_string(), &text], [&text, &receipt.to_string()]] {
            let mut desk = desk();
            for frame in frames {
                play(&mut desk, frame, 1000);
            }
            assert_eq!(deliveries(&desk), [(JOHN.to_owned(), Some(DeliveryView::Delivered))], "{frames:?}");
        }
    }
}
