//! Texts that a machine made of a text of ours: "Liked “Our hours are …”".
//!
//! Phones that cannot show a reaction send it as a text, in the language of its
//! owner. What they have in common is the quote, so that is what is looked for:
//! words of ours between quotation marks of any kind, whole or cut off, with at
//! most a few words beside them. Who quotes us to ask something is a person.

use icu_properties::CodePointSetData;
use icu_properties::props::QuotationMark;

use super::folded::{bare, normal};

/// So much of a text is looked at.
const LOOKED_AT: usize = 4096;
/// So many words stand beside the quote at most, …
const WORDS_BESIDE: usize = 7;
/// … and so many letters: not every script has spaces.
const LETTERS_BESIDE: usize = 60;
/// So many marks at either end may be the ones around the quote.
const MARKS: usize = 8;
/// A piece of ours that is cut off, and says so, has so many letters at least, …
const FEWEST_SAID: usize = 3;
/// … one that merely breaks off so many, …
const FEWEST_BROKEN: usize = 10;
/// … and one that looks whole so many: long texts arrive in parts.
const FEWEST_WHOLE: usize = 20;

/// What stands between two quotation marks.
struct Passage {
    letters: String,
    /// Without any letters: a sign, as it is.
    signs: String,
    /// How short a piece of ours it may be.
    fewest: usize,
}

/// Whether a text is little more than a quote of one of ours.
pub(crate) fn quotes<'a>(text: &str, mut ours: impl Iterator<Item = &'a str>) -> bool {
    let passages = passages(text);
    !passages.is_empty()
        && ours.any(|own| {
            let letters = bare(own);
            passages.iter().any(|passage| passage.is_of(own, &letters))
        })
}

impl Passage {
    fn is_of(&self, own: &str, letters: &str) -> bool {
        if letters.is_empty() {
            return self.letters.is_empty() && !self.signs.is_empty() && self.signs == normal(own).trim();
        }
        let is_piece = self.letters.chars().count() >= self.fewest && letters.contains(&self.letters);
        // A carrier may have put words of its own behind ours.
        let is_more = letters.chars().count() >= FEWEST_BROKEN
            && self.letters.len() <= letters.len() + LETTERS_BESIDE
            && self.letters.contains(letters);
        !self.letters.is_empty() && (self.letters == letters || is_piece || is_more)
    }
}

fn passages(text: &str) -> Vec<Passage> {
    let text = normal(&text[..text.floor_char_boundary(LOOKED_AT)]);
    let letters: Vec<char> = text.chars().collect();
    let marks = CodePointSetData::new::<QuotationMark>();
    let is_letter =
        |at: Option<usize>| at.and_then(|at| letters.get(at)).is_some_and(|letter| letter.is_alphanumeric());
    let is_mark = |at: usize| marks.contains(letters[at]) || matches!(letters[at], '\u{300a}' | '\u{300b}');
    // An apostrophe inside a word is none.
    let may_open = |at: &usize| is_mark(*at) && (letters[*at] != '\'' || !is_letter(at.checked_sub(1)));
    let may_close = |at: &usize| is_mark(*at) && (letters[*at] != '\'' || !is_letter(Some(at + 1)));
    let end = letters.len();
    let opens: Vec<usize> = (0..end.min(LETTERS_BESIDE + 1)).filter(may_open).take(MARKS).collect();
    let closes: Vec<usize> =
        (end.saturating_sub(LETTERS_BESIDE + 1)..end).rev().filter(may_close).take(MARKS).collect();
    let mut passages = Vec::new();
    for open in opens {
        // A quote that nobody closed was cut off with the end of the text.
        let is_closed = (open + 1..end).any(|at| may_close(&at) && letters[at] != '\'');
        let closes = closes.iter().copied().chain((!is_closed).then_some(end));
        for close in closes.filter(|close| *close > open) {
            let beside = letters[..open].iter().chain([&' ']).chain(letters[close..].iter().skip(1));
            if !is_little(&beside.collect::<String>()) {
                continue;
            }
            let inside: String = letters[open + 1..close].iter().collect();
            let inside = inside.trim();
            let is_cut = inside.starts_with("...") || inside.ends_with("...");
            let fewest = match close == end {
                _ if is_cut => FEWEST_SAID,
                true => FEWEST_BROKEN,
                false => FEWEST_WHOLE,
            };
            passages.push(Passage { letters: bare(inside), signs: inside.to_owned(), fewest });
        }
    }
    passages
}

/// Whether this is too little to be what somebody says.
fn is_little(beside: &str) -> bool {
    let asks = |letter: char| matches!(letter, '?' | '\u{61f}' | '\u{37e}' | '\u{55e}');
    beside.split_whitespace().count() <= WORDS_BESIDE
        && beside.trim().chars().count() <= LETTERS_BESIDE
        && !beside.contains(asks)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOURS: &str = "We're open Mon-Fri 9-5! Reply STOP to get no more texts.";

    fn is_quote(text: &str) -> bool {
        quotes(text, ["Hello, how can I help you?", HOURS, "👍"].into_iter())
    }

    #[test]
    fn a_reaction_is_known_by_what_it_quotes_in_whatever_language() {
        let whole = HOURS;
        for text in [
            format!("Liked \u{201c}{whole}\u{201d}"),
            format!("Loved \"{whole}\""),
            format!("Removed an exclamation mark from \u{201c}{whole}\u{201d}"),
            format!("Reacted 👍 to \u{201c}{whole}\u{201d}"),
            format!("\u{200b}👍\u{200b} to \u{201c}\u{200a}{whole}\u{200a}\u{201d}"),
            format!("A aimé \u{ab}\u{a0}{whole}\u{a0}\u{bb}"),
            format!("A aime\u{301} \u{ab} {whole} \u{bb}"),
            format!("Hat \u{201e}{whole}\u{201c} mit \u{201e}Gefällt mir\u{201c} markiert"),
            format!("Le gustó \u{201c}{whole}\u{201d}"),
            format!("\u{300c}{whole}\u{300d}に\u{300c}いいね\u{300d}しました"),
            format!("Понравилось \u{ab}{whole}\u{bb}"),
            format!("أعجبه \u{201d}{whole}\u{201c}"),
            format!("\u{2018}{whole}\u{2019} ❤\u{fe0f}"),
            format!("\u{300a}{whole}\u{300b}😂"),
            format!("\u{201c}{whole}\u{201d}"),
            "Liked \u{201c}We\u{2019}re open Mon\u{2013}Fri\u{2026}\u{201d}".to_owned(),
            "Liked \u{201c}We're open Mon...\u{201d}".to_owned(),
            "Liked \u{201c}\u{2026}to get no more texts.\u{201d}".to_owned(),
            "Liked \u{201c}We're open Mon-Fri 9-5! Rep".to_owned(),
            "Liked \u{201c}We're open Mon-Fri 9-5! Reply STOP\u{201d}".to_owned(),
            format!("Emphasized \u{201c}{whole} Msg&data rates may apply\u{201d}"),
            "Loved \u{201c}👍\u{201d}".to_owned(),
        ] {
            assert!(is_quote(&text), "{text}");
        }
    }

    #[test]
    fn who_says_something_beside_the_quote_or_quotes_somebody_else_is_a_person() {
        for text in [
            "What are your hours?",
            "We're open Mon-Fri 9-5!",
            "Are you really \u{201c}open Mon-Fri 9-5\u{201d}?",
            "Liked \u{201c}The parcel is here\u{201d}",
            "My code is \"4711\"",
            "You wrote \u{201c}We're open Mon-Fri 9-5! Reply STOP to get no more texts.\u{201d} but I stood there on Friday at four and nobody opened the door",
            "\u{201c}We're open Mon-Fri 9-5!\u{201d} and on Saturday?",
            "I don't know what you're talking about, it's broken",
            "\"\"\"\"\"\"\"\"\"\"\"\"",
            "",
        ] {
            assert!(!is_quote(text), "{text}");
        }
    }

    #[test]
    fn a_hostile_text_costs_little() {
        let marks = "\u{201c}'\"".repeat(100_000);
        let own = HOURS.repeat(20);
        assert!(!quotes(&marks, std::iter::repeat_n(own.as_str(), 200)));
    }
}
