//! The files of a language, and how they are read.

use std::borrow::Cow;
use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::types::FluentNumber;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use unic_langid::LanguageIdentifier;
use voipbin_wire::isolated;

use crate::message::{Argument, Message};

/// An area's file with its name.
macro_rules! areas {
    ($($name:literal),* $(,)?) => { &[$(($name, include_str!(concat!("../en/", $name, ".ftl")))),*] };
}

/// English, an area a file.
const ENGLISH: &[(&str, &str)] = areas![
    "alerts",
    "calls",
    "cli",
    "common",
    "customer",
    "desk",
    "flows",
    "link",
    "live",
    "problems",
    "queues",
    "recordings",
    "rules",
    "settings",
    "shell",
    "sign-in",
    "status",
    "team",
    "texts",
];

static CATALOGUE: LazyLock<FluentBundle<FluentResource>> = LazyLock::new(|| {
    let english = "en".parse::<LanguageIdentifier>().unwrap_or_default();
    let mut bundle = FluentBundle::new_concurrent(vec![english]);
    // Names are isolated where they need it; see `isolated`.
    bundle.set_use_isolating(false);
    bundle.set_formatter(Some(written));
    for (_, text) in ENGLISH {
        // What is wrong in a file is found by the tests; the rest of it can be read.
        let resource = FluentResource::try_new((*text).to_owned()).unwrap_or_else(|(resource, _)| resource);
        bundle.add_resource_overriding(resource);
    }
    bundle
});

/// A message in words. One that the catalogue has not is its name: better than nothing.
pub(crate) fn words(message: &Message) -> String {
    let bundle = &*CATALOGUE;
    let Some(pattern) = bundle.get_message(&message.id).and_then(|found| found.value()) else {
        return message.id.clone().into_owned();
    };
    let mut args = FluentArgs::with_capacity(message.args.len());
    for (name, value) in &message.args {
        match value {
            // Numbers beyond 2^53 are nobody's.
            Argument::Number(number) => args.set(name.as_ref(), FluentValue::from(*number)),
            Argument::Text(text) => args.set(name.as_ref(), shown(text)),
            Argument::Message(inner) => args.set(name.as_ref(), words(inner)),
        }
    }
    // A missing argument shows as its name; the check finds it before anybody reads it.
    let mut problems = Vec::new();
    bundle.format_pattern(pattern, Some(&args), &mut problems).into_owned()
}

/// Text from outside inside a sentence. Lines stay lines.
fn shown(text: &str) -> String {
    let lines: Vec<Cow<'_, str>> = text.split('\n').map(isolated).collect();
    lines.join("\n")
}

/// Numbers by the language's habits: `10,000`.
fn written<M>(value: &FluentValue<'_>, _: &M) -> Option<String> {
    let FluentValue::Number(FluentNumber { value, .. }) = value else { return None };
    let plain = value.to_string();
    let (sign, digits) = plain.strip_prefix('-').map_or(("", plain.as_str()), |digits| ("-", digits));
    if !digits.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let mut grouped = sign.to_owned();
    for (at, digit) in digits.char_indices() {
        if at > 0 && (digits.len() - at) % 3 == 0 {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    Some(grouped)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::say;

    #[test]
    fn each_file_of_the_language_is_read_and_nothing_in_it_is_wrong() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/en");
        let files: BTreeSet<String> =
            std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
        let listed: BTreeSet<String> = ENGLISH.iter().map(|(name, _)| format!("{name}.ftl")).collect();
        assert_eq!(files, listed, "areas! in catalogue.rs names them");
        for (name, text) in ENGLISH {
            let problems = FluentResource::try_new((*text).to_owned()).err().map(|(_, problems)| problems);
            assert_eq!(problems, None, "{name}.ftl");
        }
    }

    #[test]
    fn numbers_agree_with_their_nouns_and_are_grouped() {
        assert_eq!(say!("calls-earlier-today", count = 1).to_string(), "1 call earlier today");
        assert_eq!(say!("calls-earlier-today", count = 2).to_string(), "2 calls earlier today");
        assert_eq!(say!("calls-earlier-today", count = 10_000).to_string(), "10,000 calls earlier today");
    }

    #[test]
    fn a_name_from_right_to_left_is_isolated_and_markup_is_text() {
        let write_to = |name: &str| say!("team-write-to", name = name).to_string();
        assert_eq!(write_to("דנה"), "Write to \u{2068}דנה\u{2069}…");
        assert_eq!(write_to("{ $count } <b>"), "Write to { $count } <b>…");
    }

    #[test]
    fn a_message_in_a_message_is_words_and_an_unknown_one_is_its_name() {
        let inner = say!("team-chat");
        assert_eq!(say!("team-write-to", name = inner).to_string(), "Write to Chat…");
        assert_eq!(Message::new("no-such-message").to_string(), "no-such-message");
    }
}
