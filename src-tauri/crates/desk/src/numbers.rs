//! Phone numbers as one person writes them and as another does: one number.
//!
//! A number is changed only where the rules of its country leave a single
//! reading: a reply to the wrong person is worse than a caller who is listed
//! twice. What is written internationally is read first; our own country only
//! counts for what is written as it is dialled there.

mod form;
mod nobody;
mod sought;
mod written;

use ringside_words::{Message, say};
use std::borrow::Cow;

use phonenumber::country::{Id, Source};
use phonenumber::metadata::DATABASE;
use phonenumber::{Metadata, Mode, Type};
use voipbin_wire::{Address, AddressKind};

pub(crate) use form::Forms;
pub use form::shown_number;
pub use nobody::{WITHHELD, is_withheld};
use written::{bare, digits, is_invisible};

/// An international number has fifteen digits at most, and as many again may
/// stand before it to dial it.
const MOST_DIGITS: usize = 22;
/// What is shorter may be an extension or a short code, and stays as it is.
const FEWEST_DIGITS: usize = 7;
/// Digits without a plus are read as an international number from here on:
/// ten are a whole number in many a country.
const FEWEST_WITHOUT_PLUS: usize = 11;

/// The number of an end as E.164, where it can be told: a national one is read
/// as one of the country of `ours`. What is no phone number is only trimmed;
/// what stands for a withheld one is [`WITHHELD`].
pub(crate) fn number_of(end: Option<&Address>, ours: Option<&Address>) -> Option<String> {
    Some(number_told(end?, ours.and_then(|ours| ours.target.as_deref()))?.into_owned())
}

/// See [`number_of`], with our number where it is known.
pub(crate) fn number_told<'a>(end: &'a Address, ours: Option<&str>) -> Option<Cow<'a, str>> {
    let target = end.target.as_deref().filter(|target| !target.trim().is_empty())?;
    Some(normal_of(end.kind.as_ref(), target, ours))
}

/// See [`number_of`].
pub(crate) fn normal_of<'a>(kind: Option<&AddressKind>, text: &'a str, ours: Option<&str>) -> Cow<'a, str> {
    match kind {
        None | Some(AddressKind::Sip) => normal(text, ours),
        Some(AddressKind::Tel) => read(text, ours, true),
        // The platform writes these without the plus; they are international.
        Some(AddressKind::Whatsapp) => match digits(&bare(text).text) {
            Some(number) if (8..=15).contains(&number.len()) && !number.starts_with(['0', '+']) => {
                Cow::Owned(format!("+{}", without_old_prefix(&number)))
            }
            _ => normal(text, None),
        },
        Some(AddressKind::Email) if is_withheld_mail(text) => Cow::Borrowed(WITHHELD),
        Some(AddressKind::Email) => Cow::Owned(bare(text).text.to_lowercase()),
        // A network's own name for a phone, such as `pstn`.
        Some(AddressKind::Other(_)) => normal(text, ours),
        Some(_) if nobody::is_word_for_nobody(text) => Cow::Borrowed(WITHHELD),
        Some(_) => Cow::Borrowed(text.trim()),
    }
}

/// What the far end calls itself, where that is a name.
pub(crate) fn name_told(end: &Address) -> Option<&str> {
    let name = end.name.as_deref()?.trim();
    (!name.is_empty() && !nobody::is_no_name(name)).then_some(name)
}

/// See [`number_of`], for what may be a phone number or a SIP address.
pub(crate) fn normal<'a>(text: &'a str, ours: Option<&str>) -> Cow<'a, str> {
    read(text, ours, false)
}

fn read<'a>(text: &'a str, ours: Option<&str>, is_phone: bool) -> Cow<'a, str> {
    if is_settled(text) {
        return Cow::Borrowed(text);
    }
    if is_withheld(text) {
        return Cow::Borrowed(WITHHELD);
    }
    let written = bare(text);
    if let Some((user, host)) = written.text.split_once('@') {
        // Any word can stand before the host; a plus or the address itself says that it is a phone.
        let number = digits(user).filter(|number| is_phone || written.is_phone || number.starts_with('+'));
        let number = number.filter(|_| !written.has_extension).and_then(|number| e164(&number, user, None, ours));
        return Cow::Owned(number.unwrap_or_else(|| format!("{user}@{}", host.to_lowercase())));
    }
    let number = digits(&written.text).filter(|_| !written.has_extension);
    match number.and_then(|number| e164(&number, &written.text, written.context.as_deref(), ours)) {
        Some(number) => Cow::Owned(number),
        None => Cow::Borrowed(text.trim()),
    }
}

/// Whether two addresses are the same one, in whatever way each is written;
/// national forms are read in the country of the other.
pub fn is_same(one: &str, other: &str) -> bool {
    if is_withheld(one) || is_withheld(other) {
        return false;
    }
    let (first, second) = (normal(one, Some(other)), normal(other, Some(one)));
    if first.contains('@') || second.contains('@') {
        return first.to_lowercase() == second.to_lowercase();
    }
    let plain = |text: &str| digits(&bare(text).text);
    match (plain(&first), plain(&second)) {
        (Some(first), Some(second)) => {
            first == second || is_national_form(&first, &second) || is_national_form(&second, &first)
        }
        _ => first == second,
    }
}

/// What is wrong with an address that a person typed; else the
/// address without the marks that came along when it was copied.
///
/// # Errors
/// Says what cannot be read, and how a number is written.
pub(crate) fn typed(text: &str) -> Result<String, Message> {
    let written = bare(text);
    let shown: String = text.chars().filter(|letter| !is_invisible(*letter)).collect();
    let shown = shown.trim();
    if written.text.is_empty() {
        return Err(say!("problems-number-none"));
    }
    if is_withheld(text) {
        return Err(say!("problems-number-withheld"));
    }
    if written.has_extension {
        return Err(behind_a_number(shown));
    }
    if names_several(shown) {
        return Err(say!("problems-number-several", number = shown));
    }
    if let Some((user, host)) = written.text.split_once('@') {
        let is_host = !host.is_empty() && !host.contains(|letter: char| letter.is_whitespace() || letter == '@');
        if user.is_empty() || user.contains(char::is_whitespace) || !is_host {
            return Err(say!("problems-number-address", number = shown));
        }
        return Ok(written.text);
    }
    // Only what begins as a number is one: letters may name an extension.
    let Some(number) = digits(&written.text) else {
        if has_extension(&written.text) {
            return Err(behind_a_number(shown));
        }
        return match written.text.starts_with('+') || written.is_phone || is_meant_as_number(&written.text) {
            true => Err(say!("problems-number-letters", number = shown)),
            false => Ok(written.text),
        };
    };
    let count = number.trim_start_matches('+').len();
    let number = match &written.context {
        Some(_) => e164(&number, "", written.context.as_deref(), None).unwrap_or(number),
        None if number.starts_with('+') => match international(number.trim_start_matches('+')) {
            Some(read) => read.number,
            None if (5..=15).contains(&count) && split(number.trim_start_matches('+')).is_some() => number,
            None => {
                return Err(say!("problems-number-country", number = shown));
            }
        },
        None => number,
    };
    if count > MOST_DIGITS {
        return Err(say!("problems-number-long", number = shown));
    }
    Ok(number)
}

fn behind_a_number(shown: &str) -> Message {
    say!("problems-number-extension", number = shown)
}

fn count_digits(text: &str) -> usize {
    text.bytes().filter(u8::is_ascii_digit).count()
}

/// Whether several whole numbers stand one after another.
fn names_several(text: &str) -> bool {
    let is_number = |part: &&str| count_digits(part) >= FEWEST_DIGITS && digits(part).is_some();
    let is_many = |parts: Vec<&str>| {
        let numbers: Vec<&str> = parts.into_iter().filter(is_number).collect();
        // One number may be written with a slash between its halves.
        let has_own_start = numbers.iter().skip(1).any(|number| number.trim_start().starts_with('+'));
        numbers.len() > 1 && (has_own_start || numbers.iter().map(|number| count_digits(number)).sum::<usize>() > 15)
    };
    is_many(text.split(['/', ';', ',', '|', '&', '\n']).collect()) || is_many(text.split(" or ").collect())
}

/// Whether a whole number stands before the sign of an extension.
fn has_extension(text: &str) -> bool {
    let Some((number, rest)) = text.split_once(['x', 'X', 'e', 'E', '#', ',']) else {
        return false;
    };
    count_digits(number) >= FEWEST_DIGITS && digits(number).is_some() && count_digits(rest) > 0
}

/// Whether something with letters in it was meant as a number: an extension has
/// few digits and begins with none, or has few letters in all.
fn is_meant_as_number(text: &str) -> bool {
    let is_id = text.len() == 36 && text.bytes().all(|letter| letter == b'-' || letter.is_ascii_hexdigit());
    if is_id || text.starts_with("direct.") {
        return false;
    }
    let length = text.chars().filter(|letter| letter.is_alphanumeric()).count();
    let begins_with_digit = text.trim_start_matches('(').starts_with(|letter: char| letter.is_ascii_digit());
    count_digits(text) >= FEWEST_DIGITS || (begins_with_digit && length >= FEWEST_DIGITS)
}

/// The area a call comes from may be written in front, as it is dialled.
fn is_national_form(written: &str, number: &str) -> bool {
    let Some(number) = number.strip_prefix('+') else { return false };
    let Some((metas, national)) = split(number) else { return false };
    if written.starts_with('+') || written.len() < FEWEST_DIGITS {
        return false;
    }
    written == number
        || metas.iter().any(|meta| {
            let trunk = meta.national_prefix().unwrap_or_default();
            written.strip_prefix(trunk).unwrap_or(written) == national || written == national
        })
}

/// Whether a number is E.164 as it stands, as the service writes nearly all: no
/// zero to dial within the country is left in it, and no placeholder is it.
fn is_settled(text: &str) -> bool {
    let Some(number) = text.strip_prefix('+') else { return false };
    if !(FEWEST_DIGITS + 3..=15).contains(&number.len()) || !number.bytes().all(|digit| digit.is_ascii_digit()) {
        return false;
    }
    let is_odd = number.as_bytes()[1..4].contains(&b'0')
        // Russia's way to dial within the country.
        || (number.starts_with("78") && number.len() > 11)
        || (number.starts_with("521") && number.len() > 12)
        || number.starts_with('0')
        || matches!(number, "7378742833" | "86282452253");
    !is_odd
}

/// A way to read digits, and whether the country has such numbers.
struct Reading {
    number: String,
    is_possible: bool,
}

/// The one number that these digits are, as they were `written`.
fn e164(number: &str, written: &str, context: Option<&str>, ours: Option<&str>) -> Option<String> {
    let plain = number.trim_start_matches('+');
    if !(FEWEST_DIGITS..=MOST_DIGITS).contains(&plain.len()) {
        return None;
    }
    if number.starts_with('+') {
        return international(plain).map(|read| read.number);
    }
    if let Some(context) = context.and_then(digits) {
        return international(&format!("{}{plain}", context.trim_start_matches('+'))).map(|read| read.number);
    }
    let country = ours.and_then(country_of);
    let possible = |read: Reading| read.is_possible.then_some(read.number);
    let valid = |digits: &str| international(digits).map(|read| read.number).filter(|number| is_valid(number));
    let abroad = country.and_then(|country| after_prefix(country, plain)).and_then(international).and_then(possible);
    let everywhere = plain.strip_prefix("00").and_then(international).and_then(possible);
    let national = country.and_then(|country| within(country, plain));
    let is_grouped = national.as_ref().is_some_and(|national| national.is_grouped_as(written));
    let national = national.filter(|national| national.is_whole).map(|national| national.number);
    // Many gateways leave the plus out; then digits alone may be of here or of anywhere.
    let without_plus = country.filter(|_| !is_grouped).and_then(|_| valid(plain));
    let without_plus = without_plus.filter(|_| national.is_some() || plain.len() >= FEWEST_WITHOUT_PLUS);
    let readings = [abroad, everywhere, national, without_plus];
    if readings.iter().any(Option::is_some) {
        return the_only(readings);
    }
    // Through another carrier of our country, or as it is dialled in North America.
    let country = country?;
    after_any_prefix(country, plain).or(plain.strip_prefix("011")).and_then(valid)
}

/// A Mexican number as it is since August 2019: what had to be dialled before it
/// until then is left out. Nothing else is taken off: the 9 in +54 9 is part of
/// an Argentine mobile number.
fn without_old_prefix(plain: &str) -> Cow<'_, str> {
    let national = plain.strip_prefix("52").and_then(|rest| {
        let rests = ["1", "01", "044", "045"].into_iter().filter_map(|old| rest.strip_prefix(old));
        rests.into_iter().find(|rest| rest.len() == 10)
    });
    national.map_or(Cow::Borrowed(plain), |national| Cow::Owned(format!("52{national}")))
}

/// Digits after the plus.
fn international(plain: &str) -> Option<Reading> {
    let plain = plain.strip_prefix("00").unwrap_or(plain);
    let plain = &*without_old_prefix(plain);
    let (metas, national) = split(plain)?;
    let number = format!("+{plain}");
    if metas.iter().any(|meta| is_possible(meta, national)) {
        return Some(Reading { number, is_possible: true });
    }
    // Without what is dialled within the country only, such as the zero of +44 (0)20.
    if let Ok(read) = phonenumber::parse(None, &number)
        && phonenumber::is_valid(&read)
    {
        return Some(Reading { number: read.format().mode(Mode::E164).to_string(), is_possible: true });
    }
    // The same where one code is of several countries, of which the library takes none.
    let at_home = |meta: &&Metadata| {
        let rest = national.strip_prefix(meta.national_prefix()?)?;
        Some(format!("+{}{rest}", meta.country_code()))
    };
    if let Some(number) = metas.iter().filter_map(at_home).find(|number| is_valid(number)) {
        return Some(Reading { number, is_possible: true });
    }
    let may_be = (FEWEST_DIGITS + 1..=15).contains(&plain.len()) && !national.starts_with('0');
    may_be.then_some(Reading { number, is_possible: false })
}

/// Whether a country has numbers of this length that begin so.
fn is_possible(meta: &Metadata, national: &str) -> bool {
    const KINDS: [Type; 10] = [
        Type::FixedLine,
        Type::Mobile,
        Type::TollFree,
        Type::PremiumRate,
        Type::SharedCost,
        Type::PersonalNumber,
        Type::Voip,
        Type::Pager,
        Type::Uan,
        Type::Voicemail,
    ];
    let length = u16::try_from(national.len()).unwrap_or(u16::MAX);
    let kinds = KINDS.into_iter().filter_map(|kind| meta.descriptors().get(kind));
    meta.descriptors().general().is_match(national)
        && kinds.flat_map(|kind| kind.possible_length()).any(|possible| *possible == length)
}

/// What follows the digits with which a country usually dials abroad.
fn after_prefix(country: Id, plain: &str) -> Option<&str> {
    match DATABASE.by_id(country.as_ref())?.preferred_international_prefix() {
        Some(prefix) => {
            let prefix: String = prefix.chars().filter(char::is_ascii_digit).collect();
            plain.strip_prefix(&prefix)
        }
        None => after_any_prefix(country, plain),
    }
}

/// What follows the digits with which a country dials abroad, by any carrier.
fn after_any_prefix(country: Id, plain: &str) -> Option<&str> {
    let meta = DATABASE.by_id(country.as_ref())?;
    let found = meta.international_prefix()?.find(plain).filter(|found| found.start() == 0)?;
    Some(&plain[found.end()..])
}

/// Digits read as they are dialled within a country.
struct National {
    number: String,
    /// As the country writes it.
    form: String,
    /// Whether the digits are all that is dialled: with the zero before them where there is one.
    is_whole: bool,
}

impl National {
    /// Whether something is written in the groups in which the country writes it.
    fn is_grouped_as(&self, written: &str) -> bool {
        let groups = |text: &str| -> Vec<usize> {
            let groups = text.split(|letter: char| !letter.is_ascii_digit()).map(str::len);
            groups.filter(|length| *length > 0).collect()
        };
        let form = groups(&self.form);
        form.len() > 1 && form == groups(written)
    }
}

fn within(country: Id, plain: &str) -> Option<National> {
    let read = phonenumber::parse(Some(country), plain).ok()?;
    if read.code().source() == Source::Idd || !phonenumber::is_valid(&read) {
        return None;
    }
    let number = read.format().mode(Mode::E164).to_string();
    let form = read.format().mode(Mode::National).to_string();
    let is_whole =
        read.code().source() == Source::Number || form.chars().filter(char::is_ascii_digit).eq(plain.chars());
    Some(National { number, form, is_whole })
}

fn is_valid(number: &str) -> bool {
    phonenumber::parse(None, number).is_ok_and(|read| phonenumber::is_valid(&read))
}

/// The country that a number of ours belongs to.
fn country_of(ours: &str) -> Option<Id> {
    let ours = bare(ours);
    let number = digits(ours.text.split('@').next()?)?;
    let number = if number.starts_with('+') { number } else { format!("+{number}") };
    let known = phonenumber::parse(None, &number).ok().and_then(|read| read.country().id());
    // Countries that share a code dial alike; the largest comes first.
    known.or_else(|| split(number.trim_start_matches('+'))?.0.first()?.id().parse().ok())
}

/// The countries with this code, and the number within them.
fn split(plain: &str) -> Option<(Vec<&'static Metadata>, &str)> {
    (1..=3).find_map(|length| {
        let code: u16 = plain.get(..length).filter(|code| !code.starts_with('0'))?.parse().ok()?;
        Some((DATABASE.by_code(&code)?, &plain[length..]))
    })
}

/// The one reading that all agree on.
fn the_only<const N: usize>(readings: [Option<String>; N]) -> Option<String> {
    let mut readings = readings.into_iter().flatten();
    let first = readings.next()?;
    readings.all(|other| other == first).then_some(first)
}

fn is_withheld_mail(text: &str) -> bool {
    let address = bare(text).text.to_ascii_lowercase();
    address.ends_with(".invalid") || address.ends_with("@invalid") || (!address.contains('@') && is_withheld(text))
}

#[cfg(test)]
mod tests;
