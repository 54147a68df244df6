//! Callers who withhold their number.
//!
//! Networks and gateways put a word or a number in its place. Two callers with
//! the same placeholder have nothing in common: there is nobody to look up, to
//! save, to write to or to call.

use super::written::{bare, digits};

/// How a withheld number is written on the desk, whatever stood in its place:
/// as RFC 3323 has it.
pub const WITHHELD: &str = "anonymous";

/// What stands in the place of a number or of a name, without spaces and marks.
const PLACEHOLDERS: [&str; 45] = [
    "anonymous",
    "anonymouscaller",
    "anonym",
    "anonymus",
    "blocked",
    "blockedcaller",
    "blockednumber",
    "callerunknown",
    "calleridblocked",
    "calleridwithheld",
    "clir",
    "coinline",
    "coinlinepayphone",
    "hidden",
    "hiddennumber",
    "idblocked",
    "idrestricted",
    "idunavailable",
    "idwithheld",
    "interactionwithotherservice",
    "nocallerid",
    "noid",
    "none",
    "nonumber",
    "notavailable",
    "notdisclosed",
    "null",
    "numberunavailable",
    "numberwithheld",
    "outofarea",
    "payphone",
    "private",
    "privatecaller",
    "privatenumber",
    "restricted",
    "restrictednumber",
    "unavailable",
    "undefined",
    "unidentified",
    "unknown",
    "unknowncaller",
    "unknownnumber",
    "unlisted",
    "withheld",
    "withheldnumber",
];

/// The same words on a keypad, as carriers hand them on.
const SPELT: [&str; 6] = ["+266696687", "266696687", "+7378742833", "+2562533", "+8566696", "+86282452253"];

/// Whether something stands where a number should and is none: anybody may be
/// behind it.
pub fn is_withheld(number: &str) -> bool {
    if number.is_empty() {
        return false;
    }
    let bare = bare(number).text;
    let (user, host) = bare.split_once('@').unwrap_or((&bare, ""));
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    let host = host.split_once(':').map_or(host.as_str(), |(host, _)| host);
    host == "invalid" || host.ends_with(".invalid") || is_placeholder(user) || is_spelt_or_zeros(user)
}

/// Whether a name says only that none is known.
pub(super) fn is_no_name(name: &str) -> bool {
    is_placeholder(name) || is_withheld(name)
}

fn is_placeholder(text: &str) -> bool {
    // The longest of them is shorter; nothing else is worth the copy.
    if text.len() > 64 || !text.contains(|letter: char| letter.is_ascii_alphabetic()) {
        return false;
    }
    let letters: String = text.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    letters == "na" || PLACEHOLDERS.contains(&letters.as_str())
}

fn is_spelt_or_zeros(text: &str) -> bool {
    let Some(digits) = digits(text) else { return false };
    if SPELT.contains(&digits.as_str()) {
        return true;
    }
    let number = digits.trim_start_matches('+');
    let is_zeros = |number: &str| number.bytes().all(|digit| digit == b'0');
    is_zeros(number) || super::split(number).is_some_and(|(_, national)| national.len() >= 6 && is_zeros(national))
}
