//! Phone numbers as one person writes them and as another does: one number.

use std::borrow::Cow;

use phonenumber::Mode;
use voipbin_wire::Address;

/// A number that is longer than this is none.
const LONGEST: usize = 32;
/// What is shorter may be an extension or a short code, and stays as it is.
const FEWEST_DIGITS: usize = 7;

/// The number of an end as E.164, where it can be told: a national one is read
/// as one of the country of `ours`. What is no phone number stays as it is.
pub(crate) fn number_of(end: Option<&Address>, ours: Option<&Address>) -> Option<String> {
    let target = end?.target.as_deref().filter(|target| !target.trim().is_empty())?;
    Some(normal(target, ours.and_then(|ours| ours.target.as_deref())).into_owned())
}

/// See [`number_of`].
pub(crate) fn normal<'a>(text: &'a str, ours: Option<&str>) -> Cow<'a, str> {
    let is_plain = text.strip_prefix('+').is_some_and(|rest| rest.bytes().all(|byte| byte.is_ascii_digit()));
    if is_plain {
        return Cow::Borrowed(text);
    }
    let written = text.strip_prefix("tel:").unwrap_or(text).trim();
    let is_of_a_number = |letter: char| letter.is_ascii_digit() || " -()./+".contains(letter);
    let digits = written.chars().filter(char::is_ascii_digit).count();
    if written.len() > LONGEST || digits < FEWEST_DIGITS || !written.chars().all(is_of_a_number) {
        return Cow::Borrowed(text);
    }
    let international = match written.strip_prefix("00") {
        Some(rest) => format!("+{rest}"),
        None => written.to_owned(),
    };
    let country = ours.and_then(|ours| phonenumber::parse(None, ours).ok()).and_then(|ours| {
        // North America dials alike, whatever the area.
        ours.country().id().or((ours.country().code() == 1).then_some(phonenumber::country::US))
    });
    match phonenumber::parse(country, &international) {
        Ok(number) if phonenumber::is_valid(&number) => Cow::Owned(number.format().mode(Mode::E164).to_string()),
        _ => Cow::Borrowed(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_number_is_one_however_it_is_written() {
        let ours = Some("+15559876543");
        for text in [
            "+1 (212) 456-7890",
            "+1.212.456.7890",
            "0012124567890",
            "tel:+12124567890",
            "(212) 456-7890",
            "+12124567890",
        ] {
            assert_eq!(normal(text, ours), "+12124567890", "{text}");
        }
        assert_eq!(normal("020 7946 0018", Some("+442079460000")), "+442079460018");
    }

    #[test]
    fn what_is_no_phone_number_stays_as_it_is() {
        for text in ["2001", "leo@sip.example", "+", "", "anonymous", "12345678901234567890123456789012345", "+1 12"] {
            assert_eq!(normal(text, Some("+15559876543")), text);
        }
    }

    #[test]
    fn a_national_number_without_a_country_is_not_guessed() {
        assert_eq!(normal("020 7946 0018", None), "020 7946 0018");
    }
}
