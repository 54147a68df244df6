//! Who asks for which message.

use std::collections::BTreeSet;

use super::File;
use super::catalogue::Messages;
use super::source::{line_of, of_component, of_rust, of_script};

/// Macros of Rust that make a message.
const MACROS: [&str; 3] = ["say!(", "text!(", "id!("];

/// From here on a file of Rust is for its tests.
pub(super) const TESTS: &str = "#[cfg(test)]\nmod ";

/// Unknown messages, arguments that do not match, and messages that nobody asks for.
pub(super) fn problems(messages: &Messages, files: &[File]) -> Vec<String> {
    let mut found = Vec::new();
    let mut used = BTreeSet::new();
    for File { path, text } in files {
        let of_test = path.ends_with(".test.ts") || path.starts_with("tests/");
        let asked = if path.ends_with(".rs") {
            in_rust(messages, path, text, &mut found)
        } else {
            // The windows' types know what there is and what it takes; here it counts who uses it.
            let literals = if path.ends_with(".svelte") { of_component(text).literals } else { of_script(text) };
            literals.into_iter().flat_map(|literal| named(messages, &literal.text)).collect()
        };
        if !of_test {
            used.extend(asked);
        }
    }
    let unused = messages.keys().filter(|name| !used.contains(name.as_str()));
    found.extend(unused.map(|name| format!("{name} is in the catalogue, and nobody uses it")));
    found
}

/// The messages that a literal of a window stands for: by its name, or by the beginning of a template.
fn named<'a>(messages: &'a Messages, literal: &str) -> Vec<&'a str> {
    let begins = literal.strip_suffix("{}").filter(|begins| begins.ends_with('-') && begins.len() > 1);
    let is_it = |name: &&String| begins.map_or(*name == literal, |begins| name.starts_with(begins));
    messages.keys().filter(is_it).map(String::as_str).collect()
}

fn in_rust<'a>(messages: &'a Messages, path: &str, text: &str, found: &mut Vec<String>) -> Vec<&'a str> {
    let mut asked = Vec::new();
    for literal in of_rust(text) {
        let before = text[..literal.at].trim_end();
        let place = format!("{path}:{}", line_of(text, literal.at));
        let is_made = MACROS.iter().any(|name| before.ends_with(name));
        if !is_made && !before.ends_with("Message::new(") {
            continue;
        }
        // What tests of the catalogue itself make up.
        if path.starts_with("src-tauri/crates/words/") && !messages.contains_key(&literal.text) {
            continue;
        }
        let Some((name, arguments)) = messages.get_key_value(&literal.text) else {
            found.push(format!("{place}: there is no message {}", literal.text));
            continue;
        };
        if text.find(TESTS).is_none_or(|tests| literal.at < tests) {
            asked.push(name.as_str());
        }
        // A name alone gets its arguments elsewhere.
        if !is_made || before.ends_with("id!(") {
            continue;
        }
        let given = given(&text[literal.at + literal.text.len() + 2..]);
        let wanted: BTreeSet<String> = arguments.keys().cloned().collect();
        if given != wanted && !path.starts_with("src-tauri/crates/words/") {
            found.push(format!("{place}: {name} takes {wanted:?}, not {given:?}"));
        }
    }
    asked
}

/// The names of a macro's arguments, up to its closing bracket.
fn given(rest: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let literals = of_rust(rest);
    let is_in_literal = |at: usize| literals.iter().any(|it| at > it.at && at < it.at + it.text.len() + 2);
    let (mut depth, mut start) = (0_i32, None);
    for (at, letter) in rest.char_indices().filter(|(at, _)| !is_in_literal(*at)) {
        match letter {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' if depth == 0 => break,
            ')' | ']' | '}' => depth -= 1,
            ',' if depth == 0 => start = Some(at + 1),
            '=' if depth == 0 => {
                if let Some(start) = start.take() {
                    names.insert(rest[start..at].trim().to_owned());
                }
            }
            _ => {}
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::catalogue::parse;

    fn found(path: &str, text: &str) -> Vec<String> {
        let messages = parse("a", "a-one = { $name } of { $count }\na-two = Two\na-two-more = More\n").unwrap();
        problems(&messages, &[File { path: path.to_owned(), text: text.to_owned() }])
    }

    #[test]
    fn a_message_that_is_asked_for_exists_and_gets_its_arguments() {
        let text = "fn f() { say!(\"a-one\", name = g(\"x, y = 1\", 2), count = 3); text!(\"a-two\"); Message::new(\"a-two-more\"); }";
        assert_eq!(found("src-tauri/src/f.rs", text), [""; 0]);
        let text = "fn f() { say!(\"a-one\", name = 1); say!(\"a-three\"); text!(\"a-two\", x = 1); Message::new(\"a-two-more\"); }";
        let found = found("src-tauri/src/f.rs", text);
        assert_eq!(found.len(), 3, "{found:?}");
        assert!(found[1].contains("there is no message a-three"));
    }

    #[test]
    fn a_message_that_only_a_test_asks_for_is_unused() {
        let text = "t(\"a-one\", { name, count }); t(`a-two${x}`)";
        assert_eq!(
            found("ui/src/f.ts", text),
            ["a-two", "a-two-more"].map(|name| format!("{name} is in the catalogue, and nobody uses it"))
        );
        assert_eq!(found("ui/src/f.test.ts", text).len(), 3);
    }

    #[test]
    fn a_template_stands_for_all_that_begin_like_it() {
        let text = "<p>{t(`a-two-${kind}`)}{t(\"a-two\")}{t(\"a-one\", { name, count })}</p>";
        assert_eq!(found("ui/src/F.svelte", text), [""; 0]);
    }
}
