//! Callers who withhold their number: whatever stands in its place is nobody.

use super::*;

/// What networks, gateways and phones put in the place of a number.
const PLACEHOLDERS: [&str; 44] = [
    "Private Call",
    "Anonymous User",
    "asserted-unknown@gw.example",
    "-",
    "sip:-@gw.example",
    "???",
    "Blocked Call",
    "Unknown Name",
    "No Caller ID",
    "Unbekannt",
    "Rufnummer unterdrückt",
    "Inconnu",
    "Numéro masqué",
    "非通知",
    "Número privado",
    "Numero sconosciuto",
    "Não identificado",
    "Onbekend nummer",
    "Скрытый номер",
    "발신번호 표시제한",
    "anonymous",
    "Anonymous",
    "ANONYMOUS",
    "restricted",
    "Unknown",
    "unavailable",
    "Private",
    "withheld",
    "Withheld number",
    "private_number",
    "Caller ID blocked",
    "Out-of-area",
    "sip:anonymous@anonymous.invalid",
    "<sip:Anonymous@Anonymous.Invalid>;tag=7",
    "\"Anonymous\" <sip:anonymous@10.0.0.1:5060>",
    "sips:someone@anonymous.invalid",
    "unknown@gw.example",
    "tel:anonymous",
    "0000000000",
    "+0000000000",
    "000",
    "+10000000000",
    "+266696687",
    " anonymous\u{200b} ",
];

fn from(target: &str, name: &str) -> serde_json::Value {
    json!({"source": {"type": "tel", "target": target, "name": name}})
}

fn rings(desk: &mut Desk, id: &str, target: &str, name: &str) -> Out {
    let frame = assigned(1).replace("call-1", id);
    let mut frame: serde_json::Value = serde_json::from_str(&frame).unwrap();
    frame["data"]["source"] = from(target, name)["source"].clone();
    play(desk, &frame.to_string(), 1000)
}

fn is_calling() -> Message {
    say!("alerts-is-calling", name = say!("common-withheld-number"))
}

#[test]
fn a_withheld_number_is_shown_as_that_and_is_nobody() {
    for target in PLACEHOLDERS {
        let mut desk = desk();
        let out = rings(&mut desk, "call-1", target, "Anonymous");
        let [Alert::Raise { title, .. }] = &out.alerts[..] else { panic!("{target}: {:?}", out.alerts) };
        assert_eq!(*title, is_calling(), "{target}");
        assert_eq!(out.asks, [], "nobody is looked up: {target}");
        let view = desk.view();
        assert_eq!(view.cards, [], "there is no card: {target}");
        assert_eq!((view.calls[0].name.as_deref(), view.calls[0].number.as_str()), (None, WITHHELD), "{target}");
        assert_eq!(view.board[0].number, WITHHELD, "{target}");
        let out = play(&mut desk, &ended(9), 9000);
        let missed = out.alerts.iter().find_map(|alert| match alert {
            Alert::Raise { title, .. } => Some(title.clone()),
            Alert::Withdraw { .. } => None,
        });
        assert_eq!(missed, Some(say!("alerts-missed", name = say!("common-withheld-number"))), "{target}");
        assert_eq!(desk.view().past[0].number, WITHHELD, "{target}");
    }
}

#[test]
fn people_with_ordinary_addresses_are_not_taken_for_withheld() {
    for target in [
        JOHN,
        "+18000000001",
        "2001",
        "leo@sip.example",
        "privateer@ships.example",
        "unknown.pleasures@music.example",
        "+4470000000001",
        "00442079460018",
        "100",
        "Anna",
        "Nora Privat",
        "geheim",
        "Noname Studios",
        "x200",
        "+",
    ] {
        assert!(!is_withheld(target), "{target}");
    }
}

#[test]
fn who_saves_the_last_withheld_caller_does_not_name_the_next() {
    let mut desk = desk();
    rings(&mut desk, "call-1", "anonymous", "");
    let ann = Contact { display_name: Some("Ann Lee".into()), ..Contact::default() };
    desk.looked_up("anonymous", Found::Contact(Box::new(ann), Vec::new()));
    let out = rings(&mut desk, "call-2", "anonymous", "");
    assert!(matches!(&out.alerts[..], [Alert::Raise { title, .. }] if *title == is_calling()));
    desk.look_again("anonymous");
    desk.customer_changed("anonymous", None);
    assert_eq!(desk.take_out().asks, [], "nothing asks who anonymous is");
}

#[test]
fn a_withheld_number_with_a_name_shows_both_and_a_number_without_one_only_itself() {
    let mut desk = desk();
    let out = rings(&mut desk, "call-1", "anonymous", "Ann's Bakery");
    let [Alert::Raise { title, body, .. }] = &out.alerts[..] else { panic!("{:?}", out.alerts) };
    assert_eq!(*title, say!("alerts-is-calling", name = Message::verbatim("Ann's Bakery")));
    assert!(body.has("common-withheld-number"), "{body}");
    let out = rings(&mut desk, "call-2", JOHN, "Unavailable");
    assert!(
        matches!(&out.alerts[..], [Alert::Raise { title, .. }] if title.to_string() == "+1 555 123 4567 is calling")
    );
}

#[test]
fn a_number_that_was_told_is_not_taken_back_and_one_that_comes_later_counts() {
    let mut desk = desk();
    rings(&mut desk, "call-1", JOHN, "");
    rings(&mut desk, "call-1", "anonymous", "");
    assert_eq!((desk.view().calls[0].number.as_str(), desk.view().board[0].number.as_str()), (JOHN, JOHN));
    rings(&mut desk, "call-2", "anonymous", "");
    let out = rings(&mut desk, "call-2", "+15557654321", "");
    let number = desk.view().calls.iter().find(|call| call.id == "call-2").unwrap().number.clone();
    assert_eq!(number, "+15557654321");
    assert!(out.asks.iter().any(|ask| matches!(ask, Ask::WhoIs { number, .. } if number == "+15557654321")));
}

#[test]
fn who_waits_with_a_withheld_number_is_listed_as_that() {
    for joined in [
        json!({"event_type": "queue.joined", "topic": format!("agent_id:{ME}:queue:sales"), "data": {
            "queue_id": "sales", "call_id": "call-1", "position": 1,
            "source": {"type": "tel", "target": "restricted", "name": "restricted"}}}),
        json!({"id": "place-1", "customer_id": "c", "reference_type": "call", "reference_id": "call-1",
            "source": {"type": "tel", "target": "restricted", "name": "restricted"},
            "status": "waiting", "service_agent_id": "00000000-0000-0000-0000-000000000000", "duration_waiting": 0,
            "duration_service": 0, "tm_create": "2024-01-15T10:30:00Z", "tm_service": null, "tm_end": null}),
    ] {
        let mut desk = desk();
        let out = play(&mut desk, &joined.to_string(), 1000);
        let wait = desk.view().waits[0].clone();
        assert_eq!((wait.name, wait.number.as_deref()), (None, Some(WITHHELD)), "{joined}");
        assert_eq!(desk.view().cards, []);
        let raised = out.alerts.iter().find_map(|alert| match alert {
            Alert::Raise { body, .. } => Some(body.clone()),
            Alert::Withdraw { .. } => None,
        });
        assert!(raised.unwrap().has("common-withheld-number"), "{joined}");
    }
}

fn text_from(id: &str, target: &str, text: &str) -> String {
    json!({"event_type": "message.received", "topic": format!("customer_id:c:message:{id}"), "data": {
        "id": id, "direction": "inbound", "source": {"type": "tel", "target": target},
        "destination": {"type": "tel", "target": SALES_LINE}, "text": text, "tm_create": "2024-01-15T10:30:00.000000Z"}})
    .to_string()
}

#[test]
fn texts_of_two_withheld_senders_are_two_conversations_that_nobody_can_answer() {
    let mut desk = desk();
    let out = play(&mut desk, &text_from("m1", "anonymous", "STOP"), 1000);
    assert!(matches!(&out.alerts[..], [Alert::Raise { title, .. }] if *title == say!("common-withheld-number")));
    play(&mut desk, &text_from("m2", "Private", "Hello"), 2000);
    let view = desk.view();
    assert_eq!((view.chats.len(), view.cards.len()), (2, 0));
    for chat in &view.chats {
        assert!(!chat.can_reply && chat.silent_since.is_none(), "one withheld sender's STOP is not the next one's");
        assert_eq!(desk.reply(&chat.id, "Hi", None, "reply-1", 3000), Err(ReplyError::NoRoad));
        assert!(!desk.opt_out(&chat.id, true, 3000));
    }
}

#[test]
fn a_word_for_nobody_is_nobody_whatever_kind_of_address_it_is_called() {
    for kind in ["tel", "sip", "extension", "agent", "line", "whatsapp", "email", "pstn", "unknown", "Tel", ""] {
        for target in ["Anonymous", "Private Call", "Unbekannt", "sip:anonymous@anonymous.invalid"] {
            let mut desk = desk();
            let mut frame: serde_json::Value = serde_json::from_str(&assigned(1)).unwrap();
            frame["data"]["source"] = json!({"type": kind, "target": target, "name": "Unknown Name"});
            let out = play(&mut desk, &frame.to_string(), 1000);
            assert_eq!(out.asks, [], "nobody is looked up: {kind} {target}");
            let view = desk.view();
            let call = &view.calls[0];
            assert_eq!((call.name.as_deref(), call.number.as_str()), (None, WITHHELD), "{kind} {target}");
            assert_eq!(view.cards, [], "{kind} {target}");
        }
    }
}
