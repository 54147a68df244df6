//! Sentences that stand outside the catalogue.
//!
//! What a component shows is words if it has two letters side by side. What
//! stands in code is words if it begins like a sentence or has two words side
//! by side; what the log and programmers read is not meant.

use super::File;
use super::source::{Literal, line_of, of_component, of_rust, of_script};
use super::uses::TESTS;

/// Files that may speak for themselves, and why.
const ALLOWED: &[(&str, &str)] = &[
    ("ui/src/host.fake.ts", "plays the app in tests and in a browser"),
    ("ui/src/staged.ts", "what the tests of the panels play"),
    ("ui/src/sms.ts", "the alphabet of a text message"),
    ("src-tauri/crates/words/", "the catalogue itself"),
    ("src-tauri/crates/verbs/", "writes files that programmers read"),
    ("src-tauri/crates/simulator/", "plays the service, whose words are its own"),
    ("src-tauri/crates/wire/", "names of the protocol"),
    ("src-tauri/crates/ledger/", "errors for the log; SQL"),
    ("src-tauri/crates/log/", "for the log"),
    ("src-tauri/crates/vault/", "errors for the log"),
    ("src-tauri/crates/client/src/nearby.rs", "servers for tests"),
    ("src-tauri/crates/client/src/network.rs", "for the log"),
    ("src-tauri/crates/desk/src/rules/automatic.rs", "what callers and machines write"),
    ("src-tauri/crates/desk/src/numbers/nobody.rs", "what networks write in the place of a number"),
    ("src-tauri/crates/desk/src/view/patch/written.rs", "writes files that programmers read"),
];

/// Names that are the same in every language, and names of keys and the like.
const NAMES: &[&str] =
    &["Basic", "Upgrade", "Ringside", "VoIPBIN", "Ctrl", "ms", "Enter", "Escape", "Tab", "Files", "Inter", "kB", "MB"];

/// Literals of Rust that only programs read: keys of the ledger, and what libraries say.
const FOR_PROGRAMS: &[&str] = &[
    "all of {} at {}",
    "{whose} of {} at {}",
    "access key",
    "Bearer {}",
    "reply-{:014}-auto-{}",
    "PRIVATE KEY-----",
    "tunnel error: ",
    "SOCKS error: ",
    "proxy authorization required",
    "failed to create underlying connection",
    "-----BEGIN CERTIFICATE-----\\n",
    "-----END CERTIFICATE-----\\n",
    "the computer slept",
    "a slot is filled until its caller is forgotten",
    // What desks of any language write to each other in a channel of the team, and read.
    "Ringside auto-reply",
    "Which desk answers texts by rules. Ringside writes here by itself.",
    "(ringside claim ",
    " answers texts",
    "Somebody",
    "{who} answers texts by rules from this desk.\\n{MARK}{}{since})",
    // What customers are written until somebody sets other words, in whatever language they are.
    "You've been unsubscribed",
    "You will get our texts again.",
];

/// What stands before a literal of Rust that only a programmer or the log reads.
const FOR_THE_LOG: &[&str] = &[
    "error(",
    "expect(",
    "panic!(",
    "debug!(",
    "info!(",
    "warn!(",
    "error!(",
    "trace!(",
    "assert!(",
    "assert_eq!(",
    "unreachable!(",
    "debug_struct(",
    "serde(",
    "reason = ",
    "rename = ",
];

/// Crates that pass messages on: words are made of them where somebody reads.
const BEFORE_THE_EDGE: &[&str] = &["client", "desk", "ledger", "shift"];

/// Where a sentence stands that is not in the catalogue, or is made before the edge.
pub(super) fn problems(files: &[File]) -> Vec<String> {
    let mut found = made_too_early(files);
    for File { path, text } in files {
        let is_test = path.ends_with(".test.ts")
            || path.starts_with("tests/")
            || path.contains("/tests/")
            || path.ends_with("/tests.rs");
        if is_test || ALLOWED.iter().any(|(allowed, _)| path.starts_with(allowed)) {
            continue;
        }
        let mut outside: Vec<Literal> = Vec::new();
        if path.ends_with(".rs") {
            let end = [TESTS, "#[tokio::test", "#[test]"].iter().filter_map(|begin| text.find(begin)).min();
            let code = &text[..end.unwrap_or(text.len())];
            outside
                .extend(of_rust(code).into_iter().filter(|it| is_sentence(&it.text) && !is_for_the_log(code, it.at)));
        } else if path.ends_with(".svelte") {
            let component = of_component(text);
            outside.extend(component.shown.into_iter().filter(|it| is_shown(&it.text)));
            outside.extend(component.literals.into_iter().filter(|it| is_said(&it.text)));
        } else {
            outside.extend(of_script(text).into_iter().filter(|it| is_said(&it.text)));
        }
        for literal in outside {
            let words = literal.text.split_whitespace().collect::<Vec<_>>().join(" ");
            found.push(format!("{path}:{}: not in the catalogue: {words}", line_of(text, literal.at)));
        }
    }
    found
}

fn made_too_early(files: &[File]) -> Vec<String> {
    let is_before = |path: &str| {
        let of = |name: &str| path.starts_with(&format!("src-tauri/crates/{name}/src/"));
        BEFORE_THE_EDGE.iter().any(|name| of(name))
    };
    let early = files.iter().filter(|file| is_before(&file.path)).flat_map(|File { path, text }| {
        text.match_indices("text!(").map(move |(at, _)| {
            format!("{path}:{}: words are made where somebody reads them; pass a message on", line_of(text, at))
        })
    });
    early.collect()
}

/// Whether somebody reads words there.
fn is_shown(text: &str) -> bool {
    let mut words = text.split(|letter: char| !letter.is_alphabetic()).filter(|word| word.chars().count() > 1);
    words.any(|word| !NAMES.contains(&word))
}

/// Whether a literal of a window is for a reader: two words side by side, or one that begins like a sentence.
fn is_said(text: &str) -> bool {
    let words: Vec<&str> = text.split_whitespace().collect();
    let is_word = |word: &&str| {
        let letters = word.trim_start_matches(['“', '(']).trim_end_matches(|end: char| ".,:;!?…)”’'".contains(end));
        (letters.chars().count() > 1 || ["A", "a", "I"].contains(&letters))
            && letters.chars().all(|letter| letter.is_alphabetic() || "’'-".contains(letter))
    };
    let capital = |word: &&str| {
        word.starts_with(char::is_uppercase) && word.chars().skip(1).any(char::is_lowercase) && is_word(word)
    };
    let two = words.windows(2).any(|two| is_word(&two[0]) && is_word(&two[1]));
    let one =
        words.len() == 1 && words.iter().any(|word| capital(word) && !word.chars().skip(1).any(char::is_uppercase));
    (two || one) && !words.iter().all(|word| NAMES.contains(word))
}

/// Whether a literal of Rust is for a reader. The small words of rules and protocols stand alone and begin small. What
/// is filled in parts no sentence: `Queue {}` and `{} of {} texts` are words as well.
fn is_sentence(text: &str) -> bool {
    let mut words = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        words.push_str(before);
        words.push(' ');
        rest = after.split_once('}').map_or("", |(_, after)| after);
    }
    words.push_str(rest);
    let words: Vec<&str> =
        words.split(|sign: char| sign.is_whitespace() || "·:".contains(sign)).filter(|word| !word.is_empty()).collect();
    is_said(&words.join(" ").replace("\\n", " ")) && !FOR_PROGRAMS.contains(&text)
}

/// Whether the call that a literal is given to is one of the log or of a programmer, or the literal is an attribute's.
fn is_for_the_log(code: &str, at: usize) -> bool {
    let statement = code[..at].rfind([';', '{', '}']).map_or(0, |end| end + 1);
    let before = &code[statement..at];
    FOR_THE_LOG.iter().any(|call| before.contains(call)) || before.trim_start().starts_with("#[error(")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str, text: &str) -> Vec<String> {
        problems(&[File { path: path.to_owned(), text: text.to_owned() }])
    }

    #[test]
    fn words_in_a_component_are_found_wherever_they_stand() {
        for outside in [
            "<p>Hello</p>",
            "<Button title=\"Ends it\">{t(\"a-b\")}</Button>",
            "<p>{count} calls</p>",
            "<p>{count === 1 ? \"one call\" : t(\"a-b\")}</p>",
            "<script>const words = { missed: \"Missed\" };</script>",
            "<input placeholder=\"Search {queue} now\" />",
        ] {
            assert_eq!(found("ui/src/A.svelte", outside).len(), 1, "{outside}");
        }
    }

    #[test]
    fn words_are_not_made_before_the_edge() {
        let text = "fn f() { text!(\"a-b\") }";
        assert_eq!(found("src-tauri/crates/desk/src/a.rs", text).len(), 1);
        assert_eq!(found("src-tauri/crates/shift/src/a/b.rs", text).len(), 1);
        assert_eq!(found("src-tauri/crates/cli/src/a.rs", text), [""; 0]);
        assert_eq!(found("src-tauri/crates/desk/src/a.rs", "fn f() { say!(\"a-b\") }"), [""; 0]);
    }

    #[test]
    fn code_is_no_sentence() {
        let text = "<script lang=\"ts\">import A from \"./A.svelte\"; const id = \"call-hold\"; if (event.key === \"Escape\") f();</script>\n\
            <p class=\"small quiet\" data-list=\"calls\" style:width=\"{a}px\">{t(\"a-b\")} · {a} <kbd>Ctrl</kbd> ↑</p>";
        assert_eq!(found("ui/src/A.svelte", text), [""; 0]);
        assert_eq!(
            found("ui/src/a.ts", "const icon = \"M3 11 12 3l9 8v10h-6\"; f(\"two-digit\", \"numeric\");"),
            [""; 0]
        );
    }

    #[test]
    fn sentences_in_rust_are_found_and_what_the_log_says_is_not() {
        for outside in [
            "g(\"The file is gone.\")",
            "g(\"the file is gone\")",
            "g(\"Disconnected\")",
            "format!(\"Queue {}\", id)",
            "format!(\"{count} missed calls\")",
            "format!(\"{} · attempt number {n}\", stage)",
            "format!(\"Link: {link}\")",
            "format!(\"\\n{who} called\\nand hung up\")",
            "name.unwrap_or(\"A colleague\")",
            "r#\"it is \"busy\" now\"#",
        ] {
            assert_eq!(found("src-tauri/crates/a/src/a.rs", &format!("fn f() {{ {outside} }}")).len(), 1, "{outside}");
        }
        for inside in ["format!(\"wait {id}\")", "g(\"not-an-object\")", "say!(\"calls-over\")", "g(\"camelCase\")"] {
            assert_eq!(found("src-tauri/crates/a/src/a.rs", &format!("fn f() {{ {inside} }}")), [""; 0], "{inside}");
        }
        let quiet = "#[error(\"Not so good\")]\nstruct E;\nfn f() { tracing::warn!(%error, \"The file is gone\"); g(\"SELECT\"); h(\"x, y\"); }\n\
            #[cfg(test)]\nmod tests { fn t() { g(\"The file is gone.\") } }";
        assert_eq!(found("src-tauri/crates/a/src/a.rs", quiet), [""; 0]);
    }
}
