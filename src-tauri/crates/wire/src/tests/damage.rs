//! One odd field never costs an event: what it is about and what kind it is are
//! known whatever stands in any other field.

use std::sync::LazyLock;

use proptest::prelude::*;
use serde_json::Value;

use crate::soft::REPAIRED;
use crate::{Answer as _, BareKind, Contact, Fact, Frame, MessageFact, Told, decode_facts, decode_page};

/// What may stand where a value was, as it stands in JSON or nearly so.
fn damages() -> Vec<String> {
    let written = [
        "null",
        "true",
        "{}",
        "[]",
        "-0",
        "-1",
        "1e400",
        "-1e400",
        "1e99999999999",
        "123456789012345678901234567890",
        "NaN",
        "-Infinity",
        "007",
        "+1",
        "",
        "undefined",
        r#"[{"id":null}]"#,
        r#"{"id":{"id":[]}}"#,
        r#""""#,
        r#""Mia \ud83d""#,
        r#""\udc4b\ud83d""#,
        r#""\u12""#,
        r#""\x41 \' C:\Users""#,
        r#""\u0000\u001b[2J""#,
        "\"two\nlines\u{0}\u{7}\"",
        r#""the "cat" Lee""#,
        "\"\u{feff}\u{202e}\u{fffd}\"",
        "2024-01-15T10:30:00Z",
    ];
    let mut damages: Vec<String> = written.map(str::to_owned).into();
    damages.push(format!("{}{}", "[".repeat(2000), "]".repeat(2000)));
    damages.push(format!("{}1{}", r#"{"a":"#.repeat(2000), "}".repeat(2000)));
    damages.push(format!("\"{}\"", "x".repeat(20_000)));
    damages
}

/// A frame of every kind that the documentation or the live service shows.
fn fixtures() -> &'static [Value] {
    static FIXTURES: LazyLock<Vec<Value>> = LazyLock::new(read_fixtures);
    &FIXTURES
}

fn read_fixtures() -> Vec<Value> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../tests/fixtures");
    let documented = std::fs::read_dir(format!("{folder}/documented")).unwrap();
    let documented = documented.map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap());
    let live = std::fs::read_to_string(format!("{folder}/live/five-callers.jsonl")).unwrap();
    let live = live.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()["frame"].clone());
    let mut fixtures: Vec<Value> = documented.map(|text| serde_json::from_str(&text).unwrap()).chain(live).collect();
    let kind = |frame: &Value| told(&frame.to_string()).unwrap().kind;
    fixtures.sort_by_cached_key(|frame| (kind(frame), frame.to_string()));
    fixtures.dedup_by_key(|frame| kind(frame));
    fixtures
}

/// The places of all values in it.
fn places(value: &Value, at: &str, places: &mut Vec<String>) {
    let mut inside = |key: &str, value: &Value| {
        let at = format!("{at}/{key}");
        self::places(value, &at, places);
        places.push(at);
    };
    match value {
        Value::Object(fields) => fields.iter().for_each(|(key, value)| inside(key, value)),
        Value::Array(items) => items.iter().enumerate().for_each(|(at, value)| inside(&at.to_string(), value)),
        _ => {}
    }
}

/// The frame as text with something else in one place.
fn damaged(frame: &Value, place: &str, damage: &str) -> String {
    const MARK: &str = "here it is damaged";
    let mut frame = frame.clone();
    *frame.pointer_mut(place).unwrap() = Value::from(MARK);
    frame.to_string().replace(&format!("\"{MARK}\""), damage)
}

fn told(text: &str) -> Option<Told> {
    match Frame::decode(text) {
        Frame::Told(told) => Some(*told),
        _ => None,
    }
}

/// The places that say neither what kind of thing it is nor which.
fn beside(frame: &Value) -> Vec<String> {
    let known = told(&frame.to_string()).unwrap();
    let (_, id) = known.fact.object();
    let mut all = Vec::new();
    places(frame, "", &mut all);
    all.retain(|place| {
        let says_which = frame.pointer(place).is_some_and(|value| value.as_str() == Some(id));
        // What a chat is shows in its type only, and a text in a conversation is the SMS it was.
        let says_what = ["/event_type", "/data", "/id"].contains(&place.as_str())
            || (place == "/type" && matches!(known.fact, Fact::Talk(_)))
            || (place.ends_with("/reference_type") && matches!(known.fact, Fact::Message(_)));
        !says_which && !says_what
    });
    all
}

#[test]
fn whatever_stands_in_one_field_the_event_is_known_for_what_it_is() {
    let damages = damages();
    for frame in fixtures() {
        let whole = told(&frame.to_string()).unwrap();
        for place in beside(frame) {
            for damage in &damages {
                let text = damaged(frame, &place, damage);
                let shown = &damage[..damage.len().min(40)];
                let told = told(&text).unwrap_or_else(|| panic!("lost: {shown} at {place} of {frame}"));
                assert_eq!(
                    (told.kind, told.fact.object().1),
                    (whole.kind, whole.fact.object().1),
                    "{shown} at {place} of {frame}"
                );
            }
        }
    }
}

#[test]
fn a_caller_named_with_half_an_emoji_rings_and_the_oddity_is_counted() {
    let frame = r#"{"event_type":"call.created","topic":"agent_id:a1:call:c1","data":{"id":"c1","status":"ringing",
        "source":{"type":"tel","target":"+15551234567","name":"Mia \ud83d"}}}"#;
    let told = told(frame).unwrap();
    let Fact::Call(call) = &told.fact else { panic!("not a call") };
    let source = call.source.as_ref().unwrap();
    assert_eq!((source.name.as_deref(), source.target.as_deref()), (Some("Mia"), Some("+15551234567")));
    assert_eq!(told.drift.misfit, [REPAIRED]);
}

#[test]
fn nothing_is_counted_as_strange_where_nothing_had_to_be_repaired() {
    for frame in fixtures() {
        assert!(!told(&frame.to_string()).unwrap().drift.misfit.contains(&REPAIRED), "{frame}");
    }
}

#[test]
fn one_odd_item_never_costs_a_page() {
    for damage in damages() {
        let page = format!(
            r#"{{"result":[{{"id":"m1","text":"one","targets":[]}},{{"id":"m2","text":{damage},"targets":[]}},{damage},
            {{"id":"m3","text":"three","targets":[]}}],"next_page_token":"t"}}"#
        );
        let shown = &damage[..damage.len().min(40)];
        let ids = |texts: &[MessageFact]| texts.iter().filter_map(|text| text.id.clone()).collect::<Vec<_>>();
        let texts = decode_page::<MessageFact>(&page).unwrap_or_else(|| panic!("the page is lost: {shown}"));
        assert_eq!(
            (ids(&texts.items), texts.next.as_deref()),
            (vec!["m1".into(), "m2".into(), "m3".into()], Some("t")),
            "{shown}"
        );
        let facts = decode_facts(BareKind::Message, &page).unwrap();
        assert_eq!(
            facts.items.iter().map(|told| told.fact.object().1).collect::<Vec<_>>(),
            ["m1", "m2", "m3"],
            "{shown}"
        );
    }
    let twice = r#"{"result":[{"id":"m1"}],"result":null,"next_page_token":7,"next_page_token":"t"}"#;
    assert_eq!(decode_page::<MessageFact>(twice).unwrap().items.len(), 1);
}

#[test]
fn an_odd_answer_is_read_like_an_odd_frame() {
    let (contact, drift) = Contact::decode(r#"{"id":"k1","display_name":"Mia \ud83d\u0000","notes":1e400}"#).unwrap();
    assert_eq!((contact.id.as_deref(), contact.name().as_deref()), (Some("k1"), Some("Mia")));
    assert_eq!(drift.misfit, [REPAIRED]);
    let fields = crate::other_fields("{\"id\":\"k1\",\"tariff\":\"Gold\u{7}\",\"odd\":1e400}");
    assert_eq!(fields, [("tariff".to_owned(), "Gold".to_owned())]);
}

#[test]
fn an_acknowledgment_with_an_odd_topic_confirms_the_others() {
    let Frame::Ack(ack) = Frame::decode(r#"{"type":"ack","topics":["a:b:c:*","\ud83d"],"status":"success"}"#) else {
        panic!("not an acknowledgment")
    };
    assert_eq!(ack.topics.first().map(String::as_str), Some("a:b:c:*"));
}

proptest! {
    #[test]
    fn no_words_in_one_field_cost_the_event(at in any::<prop::sample::Index>(), which in any::<prop::sample::Index>(), words in r#"[^"\\]{0,12}(\\[^"]){0,3}[^"\\]{0,12}"#) {
        let fixtures = fixtures();
        let frame = &fixtures[at.index(fixtures.len())];
        let places = beside(frame);
        let place = &places[which.index(places.len())];
        let whole = told(&frame.to_string()).unwrap();
        let text = damaged(frame, place, &format!("\"{words}\""));
        let told = told(&text);
        prop_assert!(told.is_some(), "lost: {} at {}", text, place);
        let told = told.unwrap();
        prop_assert_eq!((told.kind, told.fact.object().1), (whole.kind, whole.fact.object().1));
    }
}

/// A call that is given to an agent, with one field written in another way.
fn assigned(event_type: &str, id: &str, source: &str) -> Option<Told> {
    told(&format!(
        r#"{{"event_type":{event_type},"topic":"agent_id:a1:call:x","data":{{"id":{id},"agent_id":7,"status":"RINGING","source":{source}}}}}"#
    ))
}

#[test]
fn an_event_is_known_by_its_name_in_whatever_way_it_is_written() {
    for name in [
        "call.assigned",
        "Call.Assigned",
        "CALL.ASSIGNED",
        " call.assigned ",
        "call.assigned\\u0000",
        "\\tcall.assigned\\n",
        "\\ufeffcall.\\u200bassigned",
    ] {
        let told = assigned(&format!("\"{name}\""), "\"c1\"", "null").unwrap_or_else(|| panic!("lost: {name}"));
        let Fact::Call(call) = told.fact else { panic!("not a call: {name}") };
        assert_eq!((call.assigned, call.status), (Some(true), Some(crate::CallState::Ringing)), "{name}");
    }
}

#[test]
fn a_number_where_a_text_is_expected_is_that_text() {
    for (id, is) in [("42", "42"), ("18446744073709551615", "18446744073709551615"), ("-7", "-7"), ("1.5", "1.5")] {
        let Some(Told { fact: Fact::Call(call), .. }) = assigned("\"call.assigned\"", id, "null") else {
            panic!("lost: {id}")
        };
        assert_eq!((call.id.as_deref(), call.agent_id.as_deref()), (Some(is), Some("7")));
    }
    let ring = r#"{"id":42,"owner_id":7,"owner_type":"Agent","status":"Progressing","answer_call_id":0,"master_groupcall_id":0}"#;
    let Fact::Ring(ring) = told(ring).expect("the ring is told").fact else { panic!("not a ring") };
    assert_eq!((ring.id.as_deref(), ring.agent_id.as_deref(), ring.answer_call_id), (Some("42"), Some("7"), None));
    let page = decode_page::<MessageFact>(r#"{"result":[{"id":1}],"next_page_token":7}"#).unwrap();
    assert_eq!((page.items[0].id.as_deref(), page.next.as_deref()), (Some("1"), Some("7")));
}

#[test]
fn an_address_is_read_from_an_object_a_text_or_a_number() {
    for (source, kind, target) in [
        (r#"{"type":"TEL","target":15551234567}"#, Some("tel"), "15551234567"),
        (r#"{"type":" Tel\u0000","target":"+15551234567"}"#, Some("tel"), "+15551234567"),
        (r#""+15551234567""#, Some("tel"), "+15551234567"),
        ("15551234567", Some("tel"), "15551234567"),
        (r#""tel:+15551234567""#, Some("tel"), "tel:+15551234567"),
        (r#""sip:leo@sip.example""#, Some("sip"), "sip:leo@sip.example"),
        (r#""mailto:mia@example.com""#, Some("email"), "mailto:mia@example.com"),
        (r#""anonymous""#, None, "anonymous"),
    ] {
        let Some(Told { fact: Fact::Call(call), .. }) = assigned("\"call.assigned\"", "1", source) else {
            panic!("lost: {source}")
        };
        let end = call.source.unwrap_or_else(|| panic!("nobody: {source}"));
        assert_eq!((end.kind.as_ref().map(crate::AddressKind::as_word), end.target.as_deref()), (kind, Some(target)));
    }
}

#[test]
fn one_item_without_its_list_is_a_list_of_one_and_a_picture_may_be_told_by_where_it_lies() {
    for (medias, kind, name) in [
        (r#""https://files.example/a/dog.JPG?sig=1""#, Some("image"), Some("dog.JPG")),
        (r#"["https://files.example/note.ogg"]"#, Some("audio"), Some("note.ogg")),
        (r#"["https://files.example"]"#, None, None),
        (r#"{"type":"Image","filename":"dog.jpg"}"#, Some("image"), Some("dog.jpg")),
        (r#"{"url":"https://files.example/x"}"#, None, None),
    ] {
        let text = format!(r#"{{"id":"m1","text":"","targets":"+15551234567","medias":{medias}}}"#);
        let Fact::Message(text) = told(&text).unwrap().fact else { panic!("not a text") };
        assert_eq!(text.destination.unwrap().target.as_deref(), Some("+15551234567"));
        let [media] = &text.medias.unwrap()[..] else { panic!("not one: {medias}") };
        assert_eq!((media.kind.as_deref(), media.filename.as_deref()), (kind, name), "{medias}");
    }
}

fn scalar() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<i64>().prop_map(|number| number.to_string()),
        any::<u64>().prop_map(|number| number.to_string()),
        any::<f64>().prop_filter("a number", |number| number.is_finite()).prop_map(|number| format!("{number:e}")),
        any::<bool>().prop_map(|is| is.to_string()),
        any::<String>().prop_map(|text| Value::from(text).to_string()),
        Just("null".to_owned()),
    ]
}

proptest! {
    #[test]
    fn no_scalar_in_any_field_costs_the_event(at in any::<prop::sample::Index>(), which in any::<prop::sample::Index>(), scalar in scalar()) {
        let frame = &fixtures()[at.index(fixtures().len())];
        let places = beside(frame);
        let place = &places[which.index(places.len())];
        let whole = told(&frame.to_string()).unwrap();
        let told = told(&damaged(frame, place, &scalar));
        prop_assert!(told.is_some(), "lost: {} at {} of {}", scalar, place, frame);
        let told = told.unwrap();
        prop_assert_eq!((told.kind, told.fact.object().1), (whole.kind, whole.fact.object().1));
    }

    #[test]
    fn whatever_number_is_its_name_the_event_is_told(at in any::<prop::sample::Index>(), id in 1..u64::MAX) {
        let frame = &fixtures()[at.index(fixtures().len())];
        let whole = told(&frame.to_string()).unwrap();
        let (_, known) = whole.fact.object();
        let id = id.to_string();
        let text = frame.to_string().replace(&format!("\"{known}\""), &id);
        let told = told(&text);
        prop_assert!(told.is_some(), "lost: {}", text);
        let told = told.unwrap();
        prop_assert_eq!((told.kind, told.fact.object().1), (whole.kind, id.as_str()));
    }
}
