//! What stands in a number as people, documents and gateways write it.

/// A zero and the nine digits after it, in the scripts in which phones are dialled.
const ZEROS: [u32; 22] = [
    0x0660, 0x06F0, 0x07C0, 0x0966, 0x09E6, 0x0A66, 0x0AE6, 0x0B66, 0x0BE6, 0x0C66, 0x0CE6, 0x0D66, 0x0DE6, 0x0E50,
    0x0ED0, 0x0F20, 0x1040, 0x17E0, 0x1810, 0x1946, 0xA9D0, 0xFF10,
];

/// Names of what an address is, as they stand before it.
const SCHEMES: [&str; 9] = ["tel:", "sips:", "sip:", "callto:", "whatsapp:", "smsto:", "sms:", "mailto:", "facetime:"];

/// An address without what only surrounds it.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Bare {
    /// The address itself, with digits and marks as on a plain keyboard.
    pub(super) text: String,
    /// It says of itself that it is a phone number.
    pub(super) is_phone: bool,
    /// The country that a local number belongs to, like `+44` (RFC 3966).
    pub(super) context: Option<String>,
    /// Whether it names a phone behind the number.
    pub(super) has_extension: bool,
}

/// Takes off a display name, brackets, a scheme and parameters, and marks that
/// cannot be seen; digits of other scripts become plain ones.
pub(super) fn bare(text: &str) -> Bare {
    let plain: String = text.chars().filter(|letter| !is_invisible(*letter)).map(plain).collect();
    let inside = plain.rsplit_once('<').and_then(|(_, rest)| rest.split_once('>')).map(|(inside, _)| inside);
    let mut text = inside.unwrap_or(&plain).trim();
    let mut is_phone = false;
    for scheme in SCHEMES {
        if let Some(rest) = text.get(..scheme.len()).filter(|start| start.eq_ignore_ascii_case(scheme)) {
            is_phone = !matches!(scheme, "sip:" | "sips:" | "mailto:");
            text = text[rest.len()..].trim_start_matches('/').trim_start();
            break;
        }
    }
    let text = text.split_once('?').map_or(text, |(text, _)| text);
    let mut parts = text.split(';');
    let mut bare = Bare { text: decoded(parts.next().unwrap_or_default()), is_phone, ..Bare::default() };
    for part in parts {
        let (name, value) = part.split_once('=').unwrap_or((part, ""));
        match name.trim().to_ascii_lowercase().as_str() {
            "user" => bare.is_phone |= value.trim().eq_ignore_ascii_case("phone"),
            "phone-context" => bare.context = Some(decoded(value)).filter(|value| value.starts_with('+')),
            "ext" => bare.has_extension = true,
            _ => {}
        }
    }
    bare
}

/// The digits of a number, with a plus before them where one is written; none
/// where anything else stands in it.
pub(super) fn digits(text: &str) -> Option<String> {
    let mut digits = String::new();
    for letter in text.chars() {
        match letter {
            '0'..='9' => digits.push(letter),
            '+' if digits.is_empty() || digits == "+" => {
                digits.clear();
                digits.push('+');
            }
            _ if is_between(letter) => {}
            _ => return None,
        }
    }
    digits.contains(|letter: char| letter.is_ascii_digit()).then_some(digits)
}

/// What is written between digits and is not dialled.
fn is_between(letter: char) -> bool {
    letter.is_whitespace() || matches!(letter, '-' | '(' | ')' | '[' | ']' | '.' | '/' | '~' | '\u{b7}' | '\u{2022}')
}

/// Marks that come along when a number is copied: for the direction of script,
/// for breaking lines, and the like.
pub(super) fn is_invisible(letter: char) -> bool {
    matches!(
        letter,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
    ) || (letter.is_control() && !letter.is_whitespace())
}

fn plain(letter: char) -> char {
    let code = u32::from(letter);
    if let Some(digit) = ZEROS.iter().find_map(|zero| code.checked_sub(*zero).filter(|digit| *digit < 10)) {
        return char::from_digit(digit, 10).unwrap_or(letter);
    }
    match letter {
        '\u{ff0b}' | '\u{fe62}' | '\u{207a}' => '+',
        '\u{2010}'..='\u{2015}' | '\u{2043}' | '\u{2212}' | '\u{30fc}' | '\u{fe58}' | '\u{fe63}' | '\u{ff0d}' => '-',
        '\u{ff08}' => '(',
        '\u{ff09}' => ')',
        '\u{ff0e}' => '.',
        '\u{ff0f}' => '/',
        '\u{ff20}' => '@',
        '\u{2053}' | '\u{223c}' | '\u{301c}' | '\u{ff5e}' => '~',
        _ if letter.is_whitespace() => ' ',
        other => other,
    }
}

/// What an address cannot hold as it is stands in it as `%2B`.
fn decoded(text: &str) -> String {
    let text = text.trim();
    if !text.contains('%') {
        return text.to_owned();
    }
    [("%2B", "+"), ("%2b", "+"), ("%20", " "), ("%28", "("), ("%29", ")")]
        .iter()
        .fold(text.to_owned(), |text, (code, letter)| text.replace(code, letter))
}
