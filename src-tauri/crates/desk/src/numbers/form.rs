//! How a phone number is written for people to read: in the groups of its country.

use std::collections::HashMap;
use std::hash::BuildHasher as _;
use std::sync::OnceLock;

use foldhash::fast::RandomState;
use phonenumber::metadata::{DATABASE, Format};
use regex::{Regex, RegexBuilder};
use ringside_words::{Message, say};

use super::nobody::is_withheld;
use crate::view::{NumberView, Patch};

/// So many numbers are remembered; one that is met again is only written once more.
const REMEMBERED: usize = 40_000;
/// A number as it is shown in a message.
pub fn shown_number(number: &str) -> Message {
    if is_withheld(number) {
        return say!("common-withheld-number");
    }
    Message::verbatim(spaced(number, spaces(number)))
}

/// The numbers that were drawn, and where each is spaced.
#[derive(Debug, Default)]
pub(crate) struct Forms {
    hasher: RandomState,
    known: HashMap<u64, u32, RandomState>,
}

impl Forms {
    /// How the numbers are written that these changes show for the first time.
    pub(crate) fn of_new(&mut self, patches: &[Patch]) -> Vec<Patch> {
        let mut new = Vec::new();
        let mut look = |number: &str| {
            if !is_e164(number) {
                return;
            }
            let hash = self.hasher.hash_one(number);
            if self.known.contains_key(&hash) {
                return;
            }
            if self.known.len() >= REMEMBERED {
                self.known.clear();
            }
            let spaces = spaces(number);
            self.known.insert(hash, spaces);
            new.extend(view(number, spaces).map(|number| Patch::PutNumber { number }));
        };
        patches.iter().for_each(|patch| patch.for_numbers(&mut look));
        new
    }

    /// How these numbers are written, each once.
    pub(crate) fn of<'a>(&self, numbers: impl Iterator<Item = &'a str>) -> Vec<NumberView> {
        let mut all: Vec<&str> = numbers.filter(|number| is_e164(number)).collect();
        all.sort_unstable();
        all.dedup();
        let known = |number: &str| self.known.get(&self.hasher.hash_one(number)).copied();
        all.into_iter().filter_map(|number| view(number, known(number).unwrap_or_else(|| spaces(number)))).collect()
    }
}

fn view(number: &str, spaces: u32) -> Option<NumberView> {
    (spaces != 0).then(|| NumberView { number: number.to_owned(), written: spaced(number, spaces) })
}

/// Whether it is a number of some country; all else is shown as it is.
fn is_e164(text: &str) -> bool {
    let Some(digits) = text.strip_prefix('+') else { return false };
    (4..=15).contains(&digits.len()) && digits.bytes().all(|digit| digit.is_ascii_digit())
}

/// Before which digits of a number a space stands, the first one in the lowest bit.
fn spaces(number: &str) -> u32 {
    let Some(plain) = number.strip_prefix('+').filter(|_| is_e164(number)) else { return 0 };
    let national = |length: usize| {
        let code = plain.get(..length)?;
        Some((length, grouping(code.parse().ok()?)?, &plain[length..]))
    };
    let Some((length, grouping, national)) = (1..=3).find_map(national) else { return 0 };
    let groups = grouping.iter().find_map(|form| form.groups_of(national));
    let within = groups.unwrap_or(1);
    within << length
}

/// One way in which a country groups its numbers. The rules are the library's;
/// they are applied here because every new number is written once, and the
/// library asks first what kind of number it is.
struct Grouping {
    /// How numbers that are grouped so begin.
    begin: Option<Regex>,
    whole: Regex,
    /// Whether the form holds the groups as they stand in the number, and nothing else.
    is_plain: bool,
}

impl Grouping {
    fn of(form: &Format) -> Option<Self> {
        // Digits of other scripts never come here; without them the rules are small.
        let rule = |rule: &str| RegexBuilder::new(&rule.replace(r"\d", "[0-9]")).ignore_whitespace(true).build().ok();
        let whole = rule(&format!("^(?:{})$", form.pattern()))?;
        let begin = form.leading_digits().last().map(|begin| rule(&format!("^(?:{begin})")));
        let groups: String = form.format().chars().filter(char::is_ascii_digit).collect();
        let in_order: String = (1..whole.captures_len()).map(|group| group.to_string()).collect();
        let is_plain = groups == in_order;
        Some(Self { begin: begin.map_or(Some(None), |begin| begin.map(Some))?, whole, is_plain })
    }

    /// At which digits of this number a group begins, if it is grouped so.
    fn groups_of(&self, national: &str) -> Option<u32> {
        if self.begin.as_ref().is_some_and(|begin| !begin.is_match(national)) {
            return None;
        }
        let groups = self.whole.captures(national)?;
        let starts = groups.iter().skip(1).flatten().map(|group| group.start());
        Some(if self.is_plain { starts.fold(0, |places, start| places | 1 << start) } else { 1 })
    }
}

/// How the countries with this code group their numbers; none where there are none.
fn grouping(code: u16) -> Option<&'static [Grouping]> {
    static KNOWN: [OnceLock<Option<Box<[Grouping]>>>; 1000] = [const { OnceLock::new() }; 1000];
    let of_country = || {
        let country = *DATABASE.by_code(&code)?.first()?;
        let abroad = country.international_formats();
        let forms = if abroad.is_empty() { country.formats() } else { abroad };
        Some(forms.iter().filter_map(Grouping::of).collect())
    };
    KNOWN.get(usize::from(code))?.get_or_init(of_country).as_deref()
}

fn spaced(number: &str, spaces: u32) -> String {
    if spaces == 0 {
        return number.to_owned();
    }
    let mut written = String::from("+");
    for (place, digit) in number.trim_start_matches('+').chars().enumerate() {
        if spaces >> place & 1 == 1 {
            written.push(' ');
        }
        written.push(digit);
    }
    written
}

#[cfg(test)]
mod tests {
    use phonenumber::{Mode, Type};

    use super::*;

    const KINDS: [Type; 6] =
        [Type::FixedLine, Type::Mobile, Type::TollFree, Type::PremiumRate, Type::SharedCost, Type::Voip];

    #[test]
    fn a_number_is_written_in_the_groups_of_its_country() {
        for (number, written) in [
            ("+15551234567", "+1 555 123 4567"),
            ("+442079460018", "+44 20 7946 0018"),
            ("+447911123456", "+44 7911 123456"),
            ("+33142685300", "+33 1 42 68 53 00"),
            ("+4930901820", "+49 30 901820"),
            ("+4915123456789", "+49 1512 3456789"),
            ("+390612345678", "+39 06 1234 5678"),
            ("+34912345678", "+34 912 34 56 78"),
            ("+31201234567", "+31 20 123 4567"),
            ("+41446681800", "+41 44 668 18 00"),
            ("+46850000000", "+46 8 500 000 00"),
            ("+4722225555", "+47 22 22 55 55"),
            ("+48221234567", "+48 22 123 45 67"),
            ("+81312345678", "+81 3 1234 5678"),
            ("+8221234567", "+82 2 123 4567"),
            ("+861012345678", "+86 10 1234 5678"),
            ("+61291234567", "+61 2 9123 4567"),
            ("+5511912345678", "+55 11 91234 5678"),
            ("+525512345678", "+52 55 1234 5678"),
            ("+912212345678", "+91 22 1234 5678"),
            ("+27211234567", "+27 21 123 4567"),
            ("+74951234567", "+7 495 123 45 67"),
        ] {
            assert_eq!(shown_number(number), Message::verbatim(written));
        }
    }

    #[test]
    fn what_is_no_number_of_a_country_is_shown_as_it_is() {
        for text in ["12345", "", "mia@example.com", "+", "+1", "+999123456789012345", "sip:dana@host", "4915112345678"]
        {
            assert_eq!(shown_number(text), Message::verbatim(text));
        }
        assert_eq!(shown_number("anonymous"), say!("common-withheld-number"));
    }

    #[test]
    fn every_country_groups_its_numbers_as_the_library_says() {
        let countries = (1..1000_u16).filter_map(|code| DATABASE.by_code(&code)).flatten();
        let mut compared = 0;
        for (country, kind) in countries.flat_map(|country| KINDS.map(|kind| (country, kind))) {
            let Some(example) = country.descriptors().get(kind).and_then(|numbers| numbers.example()) else { continue };
            let number = format!("+{}{}", country.country_code(), example);
            let form =
                phonenumber::parse(None, &number).expect("an example").format().mode(Mode::International).to_string();
            let digits = |text: &str| text.bytes().filter(u8::is_ascii_digit).collect::<Vec<u8>>();
            if digits(&form) == digits(&number) {
                let spaced: String =
                    form.chars().map(|sign| if "+0123456789".contains(sign) { sign } else { ' ' }).collect();
                assert_eq!(shown_number(&number), Message::verbatim(spaced));
                compared += 1;
            }
        }
        assert!(compared > 900, "{compared}");
    }

    #[test]
    fn no_digit_is_lost_whatever_the_number() {
        for number in (1..999).map(|code| format!("+{code}1234567")) {
            let digits: String = shown_number(&number).to_string().chars().filter(|letter| *letter != ' ').collect();
            assert_eq!(digits, number);
        }
    }
}
