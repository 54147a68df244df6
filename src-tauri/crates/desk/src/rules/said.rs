//! The words of a text, and ways to look for some among them.
//!
//! Whatever somebody sends, looking at it costs a bounded time: only the first
//! [`LOOKED_AT`] bytes count, and regular expressions run in a time that grows
//! with the text and never by itself (`cargo xtask bench --rules` measures it).

use regex::{Regex, RegexBuilder};
use ringside_words::{Message, say};
use whatlang::{Detector, Lang};

use super::When;
use super::folded::{folded, normal, words};

/// So much of a text is looked at: more than an SMS can hold.
const LOOKED_AT: usize = 2048;
/// The longest regular expression.
const LONGEST_PATTERN: usize = 300;
/// The largest program that one may become, in bytes.
const LARGEST_PATTERN: usize = 64 * 1024;
/// How deep it may be nested.
const DEEPEST_PATTERN: u32 = 20;
/// So many words of a kind in a rule.
const MATCHERS: usize = 100;

/// A text, ready to be looked at.
#[derive(Debug)]
pub(super) struct Said<'a> {
    text: &'a str,
    normal: String,
    folded: String,
    words: Vec<String>,
    languages: &'a [Lang],
}

/// One way to look for words.
#[derive(Debug, Clone)]
pub(super) enum Matcher {
    Keyword(String),
    Phrase(Vec<String>),
    Pattern(Box<Regex>),
}

impl<'a> Said<'a> {
    pub(super) fn new(text: &'a str, languages: &'a [Lang]) -> Self {
        let text = &text[..text.floor_char_boundary(LOOKED_AT)];
        let mut normal = normal(text);
        // A single letter may stand for a whole sentence.
        normal.truncate(normal.floor_char_boundary(LOOKED_AT));
        Self { text, normal, folded: folded(text), words: words(text), languages }
    }

    /// Which of the languages that are asked for it is in, if that can be told.
    pub(super) fn language(&self) -> Option<Lang> {
        // Something to tell it from, where only one is asked for.
        let mut among = vec![Lang::Eng, Lang::Deu, Lang::Spa, Lang::Fra];
        among.extend(self.languages);
        let told = Detector::with_allowlist(among).detect(self.text)?;
        (told.is_reliable() || told.confidence() > 0.6).then(|| told.lang())
    }
}

impl Matcher {
    /// All the ways of a rule; any one is enough.
    pub(super) fn all(when: &When) -> Result<Vec<Self>, Message> {
        let When { keyword, word, phrase, pattern, .. } = when;
        if keyword.len() + word.len() + phrase.len() + pattern.len() > MATCHERS {
            return Err(say!("rules-wrong-many-words", most = MATCHERS));
        }
        let mut all = Vec::new();
        for letters in keyword {
            let letters = folded(letters);
            if letters.is_empty() {
                return Err(say!("rules-wrong-keyword"));
            }
            all.push(Self::Keyword(letters));
        }
        for one in word {
            // What has a hyphen in it, or is of a script without spaces, is several to Unicode.
            let (letters, parts) = (folded(one), words(one));
            if parts.is_empty() || letters.contains(' ') {
                return Err(say!("rules-wrong-word", word = one));
            }
            all.push(Self::Phrase(parts));
        }
        for some in phrase {
            let words = words(some);
            if words.is_empty() {
                return Err(say!("rules-wrong-phrase"));
            }
            all.push(Self::Phrase(words));
        }
        for source in pattern {
            all.push(Self::Pattern(Box::new(bounded(source)?)));
        }
        Ok(all)
    }

    pub(super) fn matches(&self, said: &Said<'_>) -> bool {
        match self {
            Self::Keyword(letters) => said.folded.contains(letters.as_str()),
            Self::Phrase(phrase) => said.words.windows(phrase.len()).any(|some| some == phrase.as_slice()),
            Self::Pattern(pattern) => pattern.is_match(said.text) || pattern.is_match(&said.normal),
        }
    }
}

fn bounded(source: &str) -> Result<Regex, Message> {
    let shown: String = source.chars().take(40).collect();
    if source.len() > LONGEST_PATTERN || source.trim().is_empty() {
        return Err(say!("rules-wrong-pattern-length", most = LONGEST_PATTERN, pattern = shown));
    }
    let built = RegexBuilder::new(source)
        .case_insensitive(true)
        .size_limit(LARGEST_PATTERN)
        .dfa_size_limit(LARGEST_PATTERN)
        .nest_limit(DEEPEST_PATTERN)
        .build();
    built.map_err(|error| match error {
        regex::Error::CompiledTooBig(_) => say!("rules-wrong-pattern-large", pattern = shown),
        _ => say!("rules-wrong-pattern", pattern = shown),
    })
}

/// A language by its two letters.
pub(super) fn language(code: &str) -> Option<Lang> {
    Some(match code.trim().to_ascii_lowercase().as_str() {
        "ar" => Lang::Ara,
        "cs" => Lang::Ces,
        "da" => Lang::Dan,
        "de" => Lang::Deu,
        "el" => Lang::Ell,
        "en" => Lang::Eng,
        "es" => Lang::Spa,
        "fi" => Lang::Fin,
        "fr" => Lang::Fra,
        "he" => Lang::Heb,
        "hi" => Lang::Hin,
        "hu" => Lang::Hun,
        "it" => Lang::Ita,
        "ja" => Lang::Jpn,
        "ko" => Lang::Kor,
        "nl" => Lang::Nld,
        "no" => Lang::Nob,
        "pl" => Lang::Pol,
        "pt" => Lang::Por,
        "ro" => Lang::Ron,
        "ru" => Lang::Rus,
        "sv" => Lang::Swe,
        "th" => Lang::Tha,
        "tr" => Lang::Tur,
        "uk" => Lang::Ukr,
        "vi" => Lang::Vie,
        "zh" => Lang::Cmn,
        _ => return None,
    })
}
