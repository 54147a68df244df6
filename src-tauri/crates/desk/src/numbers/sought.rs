//! What somebody looks for who types a number, or a part of one.

use std::collections::BTreeSet;

use super::nobody::is_withheld;
use super::written::{bare, digits};
use super::{international, normal};
use crate::Desk;

/// What stands in the numbers that somebody looks for, one of these at least: the
/// number as a country of ours reads it or as it is written internationally, and
/// the digits alone, which may be a part of it. Nothing where no number was typed.
fn sought<'a>(text: &str, ours: impl Iterator<Item = &'a str>) -> Vec<String> {
    let plain = bare(&text.replace("(0)", "")).text;
    let Some(typed) =
        digits(&plain).filter(|typed| !is_withheld(text) && typed.contains(|digit| ('1'..='9').contains(&digit)))
    else {
        return Vec::new();
    };
    let mut read: BTreeSet<String> = ours.map(Some).chain([None]).map(|ours| normal(text, ours).into_owned()).collect();
    // As it is dialled in North America, which no line of ours needs to be in.
    let from_america = typed.strip_prefix("011").and_then(international).filter(|read| read.is_possible);
    read.extend(from_america.map(|read| read.number));
    read.retain(|number| number.starts_with('+') && digits(number).is_some());
    let abroad = typed.strip_prefix("00").map_or(typed.clone(), |number| format!("+{number}"));
    read.insert(abroad.trim_start_matches('0').to_owned());
    read.into_iter().filter(|part| part.contains(|digit| ('1'..='9').contains(&digit))).collect()
}

impl Desk {
    /// What stands in the numbers that somebody looks for who types this, one of
    /// these at least; a national number is one of the countries of our numbers.
    /// Nothing where it is no number, or a withheld one.
    pub fn read_number(&self, text: &str) -> Vec<String> {
        let of_calls = self.callers.our_numbers();
        let ours: BTreeSet<&str> = self.texts.our_numbers().chain(of_calls).filter(|ours| !ours.is_empty()).collect();
        sought(text, ours.into_iter())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::path::Path;

    use super::*;

    const LONDON: &str = "+442079460018";
    const LINES: [&str; 3] = ["+15559876543", "+442071838750", "+49301234567"];

    fn finds(text: &str, lines: &[&str], number: &str) -> bool {
        sought(text, lines.iter().copied()).iter().any(|part| number.contains(part))
    }

    /// How the number in London is typed and pasted.
    const SPELLINGS: [&str; 15] = [
        "+442079460018",
        "+44 (0)20 7946 0018",
        "\u{202a}+44\u{a0}20\u{a0}7946\u{a0}0018\u{202c}",
        "+44\u{2011}20\u{2011}7946\u{2011}0018",
        "tel:+442079460018",
        "\u{ff0b}\u{ff14}\u{ff14} 20 7946 0018",
        "+\u{664}\u{664} \u{6f2}\u{6f0} \u{6f7}\u{6f9}\u{6f4}\u{6f6} 0018",
        "0044 20 7946 0018",
        "011 44 20 7946 0018",
        "020 7946 0018",
        "(020) 7946-0018",
        "20 7946 0018",
        "442079460018",
        "7946 0018",
        "7946",
    ];

    #[test]
    fn a_number_is_found_however_it_is_typed_with_or_without_a_line_of_ours() {
        for lines in [&LINES[..], &LINES[..1], &[]] {
            for text in SPELLINGS {
                assert!(finds(text, lines, LONDON), "{text} with {lines:?}: {:?}", sought(text, lines.iter().copied()));
                assert!(!finds(text, lines, "+15551234567"), "{text}");
            }
        }
        assert!(finds("0049 151 23456789", &LINES, "+4915123456789"));
        assert!(finds("0151 23456789", &LINES, "+4915123456789"));
        assert!(finds("8 (495) 123-45-67", &["+74951112233"], "+74951234567"));
        assert!(finds("06 1234 5678", &["+390698765432"], "+390612345678"));
        assert!(finds("01 42 68 53 00", &["+33142685301"], "+33142685300"));
    }

    #[test]
    fn words_and_withheld_numbers_find_no_number() {
        for text in [
            "",
            " ",
            "ann",
            "(",
            "-",
            "0",
            "00",
            "+",
            "anonymous",
            "unknown",
            "+266696687",
            "0000000",
            "support@shop.example",
        ] {
            assert_eq!(sought(text, LINES.into_iter()), Vec::<String>::new(), "{text}");
        }
    }

    /// What the fake host of the window answers is what the desk answers.
    #[test]
    fn the_windows_tests_read_numbers_as_the_desk_does() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../ui/src/bindings/readNumbers.ts");
        let table: BTreeMap<&str, Vec<String>> =
            SPELLINGS.into_iter().map(|text| (text, sought(text, LINES.into_iter()))).collect();
        let wanted = format!(
            "// Written by the tests of `ringside-desk`: what `readNumber` answers at a desk with lines in three countries.\n\
             export const readNumbers: Record<string, string[]> = {};\n",
            serde_json::to_string_pretty(&table).unwrap()
        );
        let is = std::fs::read_to_string(&path).unwrap_or_default();
        if is != wanted {
            std::fs::write(&path, wanted).unwrap();
            panic!("{} was out of date and is written anew", path.display());
        }
    }
}
