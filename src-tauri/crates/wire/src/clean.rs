//! Text from outside as it may be shown.
//!
//! Callers choose their own names and words. A control character in one ends a
//! toast or moves a terminal's cursor, and a mark that turns the direction of
//! writing reorders the sentence around it, so both are taken out before
//! anything is shown, and what is written from right to left is isolated where
//! it stands inside a sentence. Marks that join letters stay: Persian words and
//! many emoji are made with them.

use std::borrow::Cow;

use unicode_segmentation::UnicodeSegmentation as _;

/// A name is cut off after so many letters.
const LONGEST_NAME: usize = 200;
/// So many bytes a letter may have, on average; a family of emoji has 25.
const LARGEST_LETTER: usize = 32;
/// Begins a piece of text whose direction does not reach beyond it.
const ISOLATE: char = '\u{2068}';
/// Ends it.
const END_OF_ISOLATE: char = '\u{2069}';

/// A text without control characters, replacement characters and the like.
/// Line ends and tabs stay; a line end is always `\n`.
pub fn clean(text: &str) -> Cow<'_, str> {
    if is_plain(text) || !text.chars().any(is_dirt) {
        return Cow::Borrowed(text);
    }
    let mut cleaned = String::with_capacity(text.len());
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '\r' if letters.peek() == Some(&'\n') => {}
            '\r' | '\u{2028}' | '\u{2029}' => cleaned.push('\n'),
            letter if is_dirt(letter) => {}
            letter => cleaned.push(letter),
        }
    }
    Cow::Owned(cleaned)
}

/// A name or title: cleaned, in one line of sensible length, without marks that
/// turn the direction of writing or cannot be seen.
pub fn one_line(text: &str) -> Cow<'_, str> {
    let is_tidy = is_plain(text)
        && text.len() <= LONGEST_NAME
        && text.trim() == text
        && !text.as_bytes().windows(2).any(|two| two == b"  ");
    if is_tidy {
        return Cow::Borrowed(text);
    }
    let is_hidden = |letter: &char| (is_dirt(*letter) && !letter.is_whitespace()) || is_mark(*letter);
    let seen: String = text.chars().filter(|letter| !is_hidden(letter)).collect();
    let line = seen.split_whitespace().collect::<Vec<_>>().join(" ");
    let line = shortened(&line, LONGEST_NAME);
    if line == text { Cow::Borrowed(text) } else { Cow::Owned(line.into_owned()) }
}

/// At most so many letters of a text, and a sign where there were more. What a
/// reader takes for one letter stays whole.
pub fn shortened(text: &str, most: usize) -> Cow<'_, str> {
    // No letter is shorter than a byte.
    if text.len() <= most {
        return Cow::Borrowed(text);
    }
    // A letter may have any number of accents: what is written with hundreds is no letter.
    let is_too_much =
        |(count, start, letter): &(usize, usize, &str)| *count == most || start + letter.len() > most * LARGEST_LETTER;
    let letters = text.grapheme_indices(true).enumerate().map(|(count, (start, letter))| (count, start, letter));
    match letters.into_iter().find(is_too_much) {
        Some((_, end, _)) => Cow::Owned(format!("{}…", text[..end].trim_end())),
        None => Cow::Borrowed(text),
    }
}

/// A name as it may stand inside a sentence: what is written from right to left
/// does not reorder the words around it.
pub fn isolated(name: &str) -> Cow<'_, str> {
    let name = one_line(name);
    if name.chars().any(is_right_to_left) { Cow::Owned(format!("{ISOLATE}{name}{END_OF_ISOLATE}")) } else { name }
}

/// Whether there is nothing in it that anybody could see.
pub fn is_blank(text: &str) -> bool {
    let is_unseen = |letter: char| letter.is_whitespace() || is_dirt(letter) || is_mark(letter) || is_filler(letter);
    text.chars().all(is_unseen)
}

/// Printable ASCII and nothing else: most of what the service sends.
fn is_plain(text: &str) -> bool {
    // Without an early end, so that it is looked at many bytes at a time.
    text.bytes().fold(true, |is_plain, byte| is_plain & (b' '..=b'~').contains(&byte))
}

/// What no text needs: control characters but line ends and tabs, what turns the
/// direction of all that follows, what stands for a letter that could not be
/// read, and what is no character.
fn is_dirt(letter: char) -> bool {
    match letter {
        '\n' | '\t' => false,
        '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{feff}' | '\u{fff9}'..='\u{fffd}' => true,
        letter => letter.is_control() || u32::from(letter) & 0xfffe == 0xfffe,
    }
}

/// Marks that turn the direction of writing, and such as cannot be seen.
fn is_mark(letter: char) -> bool {
    matches!(
        letter,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2060}'..='\u{206f}'
    )
}

/// Letters and joiners that look like nothing by themselves.
fn is_filler(letter: char) -> bool {
    matches!(letter, '\u{115f}' | '\u{1160}' | '\u{200c}' | '\u{200d}' | '\u{2800}' | '\u{3164}' | '\u{ffa0}')
}

fn is_right_to_left(letter: char) -> bool {
    matches!(
        letter,
        '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}' | '\u{10800}'..='\u{10fff}' | '\u{1e800}'..='\u{1efff}'
    )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_text_keeps_its_lines_and_loses_what_a_screen_cannot_show() {
        assert_eq!(clean("two\r\nlines\tand\u{0} \u{1b}[31mred\u{fffd}"), "two\nlines\tand [31mred");
        assert_eq!(clean("una fa\u{e7}ade 👋🏽"), "una fa\u{e7}ade 👋🏽");
        assert!(matches!(clean("as it is\nnothing to do"), Cow::Borrowed(_)));
    }

    #[test]
    fn a_name_is_one_line_and_turns_nothing_around_it() {
        for (name, shown) in [
            ("Mia \u{fffd}", "Mia"),
            ("  Ann\n\tLee ", "Ann Lee"),
            ("\u{202e}gpj.eeL\u{202c}", "gpj.eeL"),
            ("zero\u{200b}width", "zerowidth"),
            ("👩\u{200d}👧 Family", "👩\u{200d}👧 Family"),
            ("می\u{200c}خواهم", "می\u{200c}خواهم"),
            ("\u{2066}\u{2069}\u{0}", ""),
        ] {
            assert_eq!(one_line(name), shown, "{name:?}");
        }
        assert_eq!(one_line(&"x".repeat(5000)).chars().count(), LONGEST_NAME + 1);
    }

    #[test]
    fn a_letter_is_never_cut_in_half() {
        assert_eq!(shortened("👩\u{200d}👧👨🏽e\u{301}x", 3), "👩\u{200d}👧👨🏽e\u{301}…");
        assert_eq!(shortened("one two", 4), "one…");
        assert_eq!(shortened("é", 1), "é");
        let zalgo = format!("Mia L{}", "\u{301}".repeat(10_000));
        assert!(one_line(&zalgo).starts_with("Mia") && one_line(&zalgo).len() < 10_000);
    }

    #[test]
    fn a_name_from_right_to_left_is_isolated_and_no_name_can_end_its_isolation() {
        assert_eq!(isolated("Ann Lee"), "Ann Lee");
        assert_eq!(isolated("דנה כהן"), "\u{2068}דנה כהן\u{2069}");
        assert_eq!(isolated("\u{2069}دانا\u{202e}"), "\u{2068}دانا\u{2069}");
    }

    #[test]
    fn what_nobody_can_see_is_blank() {
        for text in ["", " ", "\u{200b}", "\u{fffd}\u{0}", "\u{3164}", "\u{2066}\u{2069}\n"] {
            assert!(is_blank(text), "{text:?}");
        }
        assert!(!is_blank(" x ") && !is_blank("👋"));
    }

    proptest! {
        #[test]
        fn a_line_stays_as_it_is_when_it_is_cleaned_again(text in any::<String>()) {
            let line = one_line(&text).into_owned();
            prop_assert_eq!(one_line(&line), line.clone());
            prop_assert!(line.chars().all(|letter| !letter.is_control() && !is_mark(letter)));
            let cleaned = clean(&text).into_owned();
            prop_assert_eq!(clean(&cleaned), cleaned.clone());
        }
    }
}
