//! The table of what becomes of every field says what is so.

use std::collections::BTreeSet;

use super::PAYLOADS;

const TABLE: &str = include_str!("../../../../../docs/fields.md");

/// Payload, names as written, fate.
fn rows() -> Vec<(&'static str, &'static str, &'static str)> {
    let mut payload = "";
    let mut rows = Vec::new();
    for line in TABLE.lines() {
        if let Some(name) = line.strip_prefix("## ") {
            payload = name;
        }
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        let [names, fate, how] = cells[..] else { continue };
        if names.starts_with('`') {
            assert!(!how.is_empty(), "{payload}: {names} says neither how nor why not");
            rows.push((payload, names, fate));
        }
    }
    rows
}

#[test]
fn every_field_of_every_payload_is_shown_used_or_deliberately_unused() {
    let written: BTreeSet<(String, String)> =
        rows().iter().map(|(payload, names, _)| ((*payload).to_owned(), (*names).to_owned())).collect();
    assert_eq!(written.len(), rows().len(), "a field has two rows");
    let names = |name: &str, others: &[&str]| {
        [name].iter().chain(others).map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
    };
    let declared: BTreeSet<(String, String)> = PAYLOADS
        .iter()
        .flat_map(|payload| {
            payload.fields.iter().map(|(name, others, _)| (payload.name.to_owned(), names(name, others)))
        })
        .collect();
    assert_eq!(declared.difference(&written).collect::<Vec<_>>(), Vec::<&(String, String)>::new(), "without a row");
    assert_eq!(written.difference(&declared).collect::<Vec<_>>(), Vec::<&(String, String)>::new(), "without a field");
}

#[test]
fn what_is_not_read_is_not_called_shown_or_used() {
    for (payload, names, fate) in rows() {
        assert!(["shown", "used", "unused"].contains(&fate), "{payload}: {names} is {fate}");
        let fields = PAYLOADS.iter().find(|declared| declared.name == payload).unwrap().fields;
        let is_read = fields.iter().any(|(name, _, kind)| names.starts_with(&format!("`{name}`")) && *kind != "Unread");
        assert!(is_read || fate == "unused", "{payload}: {names} is not read");
    }
}
