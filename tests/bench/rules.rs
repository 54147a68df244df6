//! What a hostile pattern and a huge text cost: `bench rules`.

use std::time::{Duration, Instant};

use ringside_desk::{Rule, RuleBook, Rules, StatusView, Then, Trial, When, try_out};
use serde_json::json;

/// Patterns that run away in engines that go back on their tracks, and some
/// that are merely large.
const PATTERNS: [&str; 14] = [
    "(a+)+$",
    "(a|aa)+$",
    "(.*a){25}",
    r"(\w+\s?)*$",
    "(?:a?){60}a{60}",
    "([a-z]+)*=",
    r"^(([a-z])+.)+[A-Z]([a-z])+$",
    r"(x+x+)+y",
    "(.{1,20}){1,20}x",
    "(?:a|b|ab)*c{1,50}d",
    r"\w{1,40}\s\w{1,40}=",
    "[^x]{200}x",
    "(?:(?:a{1,30}b?){1,10}c?){1,3}$",
    r"(\p{L}+\p{N}*)+!$",
];
const TIMES: usize = 20;

/// Each pattern that is accepted at all against each text of a megabyte, the
/// worst of some runs.
pub(crate) fn measure() {
    let megabyte = |part: &str| part.repeat(1_000_000 / part.len() + 1);
    let texts = [megabyte("a"), megabyte("ab"), megabyte("lorem ipsum 12 "), megabyte("äöü"), megabyte("x")];
    let (mut worst, mut refused) = ((Duration::ZERO, ""), 0);
    for pattern in PATTERNS {
        let when = When { pattern: vec![pattern.to_owned()], ..When::default() };
        let then = Then { reply: "Yes".to_owned(), ..Then::default() };
        let rule = Rule { name: "it".to_owned(), when, then, ..Rule::default() };
        let Ok(rules) = Rules::new(RuleBook { rules: vec![rule], ..RuleBook::default() }) else {
            refused += 1;
            super::say(&format!("{pattern:<40} refused"));
            continue;
        };
        let mut slowest = Duration::ZERO;
        for text in &texts {
            let trial = Trial {
                text: text.clone(),
                channel: String::new(),
                number: String::new(),
                our_number: String::new(),
                first: false,
            };
            for _ in 0..TIMES {
                let began = Instant::now();
                try_out(&rules, &trial, StatusView::Available, "Dana", 0);
                slowest = slowest.max(began.elapsed());
            }
        }
        super::say(&format!("{pattern:<40} {:>9.3} ms", slowest.as_secs_f64() * 1000.0));
        worst = worst.max((slowest, pattern));
    }
    let (slowest, pattern) = worst;
    super::say(
        &json!({"worst_ms": slowest.as_secs_f64() * 1000.0, "pattern": pattern, "refused": refused}).to_string(),
    );
}
