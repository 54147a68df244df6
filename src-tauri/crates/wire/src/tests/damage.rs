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
