//! Fields that the service writes under two names, or twice.

use super::PAYLOADS;

/// What says nothing, as it stands in JSON.
const NOTHING: [&str; 4] = ["null", r#""""#, r#"" ""#, r#""\u200b""#];

/// Two values that a field of this type can tell apart.
fn values(kind: &str) -> [&'static str; 2] {
    match kind {
        "Timestamp" => [r#""2024-01-15T10:30:00Z""#, r#""2025-01-15T10:30:00Z""#],
        "i64" => ["5", "6"],
        _ => [r#""Ann Lee""#, r#""Bob""#],
    }
}

#[test]
fn of_two_names_the_one_that_says_something_counts_and_else_the_first_in_any_order() {
    let mut seen = 0;
    for payload in PAYLOADS {
        for (first, second, kind) in payload
            .fields
            .iter()
            .flat_map(|(name, others, kind)| others.iter().map(move |other| (*name, *other, *kind)))
        {
            seen += 1;
            let [value, another] = values(kind);
            let read = |fields: [(&str, &str); 2]| {
                let [(one, its), (other, others)] = fields;
                let there = (payload.read)(&format!(r#"{{"{one}":{its},"{other}":{others}}}"#));
                let back = (payload.read)(&format!(r#"{{"{other}":{others},"{one}":{its}}}"#));
                assert_eq!(there, back, "{}: {fields:?} depends on the order", payload.name);
                there
            };
            let (by_first, by_second) = (read([(first, value), ("x", "1")]), read([(second, value), ("x", "1")]));
            assert_eq!(by_first, by_second, "{}: {first} and {second} are one field", payload.name);
            for nothing in
                NOTHING.iter().chain(first.ends_with("id").then_some(&r#""00000000-0000-0000-0000-000000000000""#))
            {
                assert_eq!(read([(first, value), (second, nothing)]), by_first, "{}: {second} {nothing}", payload.name);
                assert_eq!(read([(first, nothing), (second, value)]), by_first, "{}: {first} {nothing}", payload.name);
            }
            assert_eq!(read([(first, value), (second, another)]), by_first, "{}: {first} counts", payload.name);
        }
    }
    assert!(seen >= 15, "only {seen} fields with two names were looked at");
}

#[test]
fn a_field_told_twice_keeps_what_it_said() {
    for payload in PAYLOADS {
        for (name, _, kind) in payload.fields {
            for value in match *kind {
                "Address" => [r#"{"target":"+1"}"#, r#"{"target":"+1","name":"Ann"}"#],
                kind if kind.starts_with("Vec<") => [r#"["a"]"#, r#"[{"id":"a"}]"#],
                kind => values(kind),
            } {
                let once = (payload.read)(&format!(r#"{{"{name}":{value}}}"#));
                if once == (payload.read)("{}") {
                    continue;
                }
                for nothing in ["null", r#""""#, "[]", "{}"] {
                    let twice = (payload.read)(&format!(r#"{{"{name}":{value},"{name}":{nothing}}}"#));
                    assert_eq!(twice, once, "{}: {name} {value} and then {nothing}", payload.name);
                }
            }
        }
    }
}
