use std::collections::BTreeMap;

use super::*;

/// Lines of ours, in countries that dial differently.
const OURS: [&str; 4] = ["+15559876543", "+493012345678", "+551123456789", "+6561234567"];

/// Countries of every way to dial: with and without a zero, with an eight, with a
/// one, with carriers, and with a zero that belongs to the number.
const COUNTRIES: [&str; 32] = [
    "US", "CA", "GB", "DE", "FR", "IT", "ES", "PT", "NL", "BE", "CH", "AT", "SE", "NO", "DK", "FI", "PL", "GR", "HU",
    "RU", "TR", "IL", "IN", "CN", "JP", "KR", "SG", "AU", "NZ", "BR", "MX", "ZA",
];

/// The phones that a country gives as its examples.
fn examples(meta: &Metadata) -> Vec<String> {
    let kinds = [Type::FixedLine, Type::Mobile, Type::TollFree];
    let found = kinds.into_iter().filter_map(|kind| meta.descriptors().get(kind)?.example().map(str::to_owned));
    let mut numbers: Vec<String> = found
        .map(|national| format!("+{}{national}", meta.country_code()))
        .filter(|number| number.len() > FEWEST_DIGITS + 2 && is_valid(number))
        .collect();
    numbers.dedup();
    numbers
}

fn in_script(number: &str, zero: char) -> String {
    let digit = |letter: char| letter.to_digit(10).and_then(|digit| char::from_u32(u32::from(zero) + digit));
    number.chars().map(|letter| digit(letter).unwrap_or(letter)).collect()
}

/// How people, documents and gateways write it, wherever the line is.
fn everywhere(number: &str, trunk: &str) -> Vec<(&'static str, String)> {
    let read = phonenumber::parse(None, number).unwrap();
    let plain = number.trim_start_matches('+');
    let (_, national) = split(plain).unwrap();
    let code = &plain[..plain.len() - national.len()];
    let spaced = read.format().mode(Mode::International).to_string();
    let mut ways = vec![
        ("as it is", number.to_owned()),
        ("spaces", spaced.clone()),
        ("hyphens", spaced.replace(' ', "-")),
        ("dots", spaced.replace(' ', ".")),
        ("slashes", spaced.replace(' ', "/")),
        ("no-break spaces", spaced.replace(' ', "\u{a0}")),
        ("narrow spaces", spaced.replace(' ', "\u{202f}")),
        ("no-break hyphens", spaced.replace([' ', '-'], "\u{2011}")),
        ("dashes", spaced.replace([' ', '-'], "\u{2013}")),
        ("spaces around", format!(" {number}\t")),
        ("country in brackets", format!("(+{code}) {national}")),
        ("00", format!("00{plain}")),
        ("00 and spaces", format!("00 {}", &spaced[1..])),
        ("plus and 00", format!("+00{plain}")),
        ("two pluses", format!("+{number}")),
        ("tel:", format!("tel:{number}")),
        ("TEL: and spaces", format!("TEL: {spaced}")),
        ("RFC 3966", read.format().mode(Mode::Rfc3966).to_string()),
        ("phone-context", format!("tel:{national};phone-context=+{code}")),
        ("sip:", format!("sip:{number}@gw.example")),
        ("sips: with a port", format!("sips:{number}@gw.example:5061;transport=tls")),
        ("user=phone", format!("sip:{plain}@gw.example;user=phone").replacen(plain, &format!("%2B{plain}"), 1)),
        ("a name and brackets", format!("\"Ann Lee\" <sip:{number}@gw.example>;tag=1")),
        ("callto://", format!("callto://{number}")),
        ("whatsapp:", format!("whatsapp:{number}")),
        ("marks of direction", format!("\u{202a}{number}\u{202c}")),
        ("a byte order mark", format!("\u{feff}{number}\u{200b}")),
        ("full-width", in_script(&number.replace('+', "\u{ff0b}"), '\u{ff10}')),
        ("Arabic digits", in_script(number, '\u{660}')),
        ("Persian digits", in_script(number, '\u{6f0}')),
        ("Devanagari digits", in_script(number, '\u{966}')),
        ("no plus", plain.to_owned()),
    ];
    if trunk == "0" {
        ways.push(("(0)", format!("+{code} (0) {national}")));
        ways.push(("(0) and 00", format!("00{code}(0){national}")));
        ways.push(("zero left in", format!("+{code}0{national}")));
    }
    ways
}

/// How it is dialled from a line of this country.
fn dialled(number: &str, line: &Metadata, own: &Metadata) -> Vec<(&'static str, String)> {
    let plain = number.trim_start_matches('+');
    let mut ways = Vec::new();
    if let Some(prefix) = line.preferred_international_prefix().or(Some("00")) {
        let prefix: String = prefix.chars().filter(char::is_ascii_digit).collect();
        let prefix = if line.country_code() == 1 { "011".to_owned() } else { prefix };
        ways.push(("as dialled abroad", format!("{prefix}{plain}")));
    }
    if line.country_code() == own.country_code() {
        let national = phonenumber::parse(None, number).unwrap().format().mode(Mode::National).to_string();
        ways.push(("as dialled at home, digits", national.chars().filter(char::is_ascii_digit).collect()));
        ways.push(("as dialled at home, hyphens", national.replace(' ', "-")));
        ways.push(("as dialled at home, no-break", national.replace(' ', "\u{a0}").replace('-', "\u{2011}")));
        ways.push(("as dialled at home", national));
    }
    ways
}

#[test]
#[expect(clippy::print_stdout, reason = "what stays apart, and how often, is to be read")]
fn no_number_ever_becomes_somebody_elses_and_few_stay_apart() {
    let (mut tried, mut changed) = (0, Vec::new());
    let mut apart: BTreeMap<(&str, bool), (usize, String)> = BTreeMap::new();
    let (mut countries, mut numbers) = (0, 0);
    for own in COUNTRIES.map(|country| DATABASE.by_id(country).unwrap()) {
        let phones = examples(own);
        countries += usize::from(!phones.is_empty());
        let trunk = own.national_prefix().unwrap_or_default();
        let home = phones.first().cloned();
        for number in phones {
            numbers += 1;
            for ours in OURS.into_iter().map(str::to_owned).chain(home.clone()) {
                let line = country_of(&ours).and_then(|country| DATABASE.by_id(country.as_ref()));
                let there = line.map(|line| dialled(&number, line, own)).unwrap_or_default();
                for (way, text) in everywhere(&number, trunk).into_iter().chain(there) {
                    tried += 1;
                    let read = normal(&text, Some(&ours)).into_owned();
                    let stayed = read == text.trim() || !read.starts_with('+');
                    if read == number {
                    } else if stayed {
                        let (count, example) = apart
                            .entry((way, ["+65", "+55", "+82"].iter().any(|code| ours.starts_with(code))))
                            .or_default();
                        *count += 1;
                        *example = format!("{text} at {ours}, of {number}");
                    } else {
                        changed.push(format!("{number} as {text} ({way}) at {ours} -> {read}"));
                    }
                }
            }
        }
    }
    println!("{numbers} numbers of {countries} countries, {tried} spellings: {} changed", changed.len());
    for ((way, _), (count, example)) in &apart {
        println!("  {count} stay apart, {way}: {example}");
    }
    assert_eq!(changed, Vec::<String>::new(), "a reply would go to somebody else");
    // What has two readings is left alone: digits alone that are a number here and
    // another one abroad, and 00 where a third digit names the carrier abroad.
    let may_stay = ["no plus", "as dialled at home, digits"];
    assert!(apart.keys().all(|(way, has_carriers)| *has_carriers || may_stay.contains(way)), "{apart:?}");
    assert!(countries >= 32 && tried > 9000);
}

#[test]
fn an_international_number_is_never_read_by_the_rules_of_our_own_country() {
    let ours = Some("+15559876543");
    for (text, is) in [
        ("004915123456789", "+4915123456789"),
        ("+49 (0) 151 23456789", "+4915123456789"),
        ("01149 151 23456789", "+4915123456789"),
        ("+39 06 1234 5678", "+390612345678"),
        ("+39 (0)6 1234 5678", "+390612345678"),
        ("+44 (0)20 7946 0018", "+442079460018"),
        ("+7 8 (495) 123-45-67", "+74951234567"),
        ("(212) 456-7890", "+12124567890"),
        ("1 (212) 456-7890", "+12124567890"),
        // Mexico took its old prefixes away; the 9 of Argentina is part of a mobile number.
        ("+52 1 55 1234 5678", "+525512345678"),
        ("+5215512345678", "+525512345678"),
        ("+52 01 55 1234 5678", "+525512345678"),
        ("+52 044 55 1234 5678", "+525512345678"),
        ("011 52 1 55 1234 5678", "+525512345678"),
        ("+52 55 1234 5678", "+525512345678"),
        ("+54 9 11 2345-6789", "+5491123456789"),
        ("+54 11 2345-6789", "+541123456789"),
    ] {
        assert_eq!(normal(text, ours), is, "{text}");
    }
    assert_eq!(normal("020 7946 0018", Some("+442079460000")), "+442079460018");
    assert_eq!(normal("06 1234 5678", Some("+390698765432")), "+390612345678");
}

#[test]
fn what_is_no_phone_number_stays_as_it_is() {
    for text in
        ["2001", "leo@sip.example", "+", "", "12345678901234567890123456789012345", "+1 12", "+1 212 456 7890;ext=5"]
    {
        assert_eq!(normal(text, Some("+15559876543")), text);
    }
}

#[test]
fn a_national_number_without_a_country_is_not_guessed() {
    assert_eq!(normal("020 7946 0018", None), "020 7946 0018");
    assert_eq!(normal("015123456789", Some("+15559876543")), "015123456789", "a German one on an American line");
    assert_eq!(normal("6591234567", Some("+12124567890")), "6591234567", "in Alabama, or in Singapore");
}

#[test]
fn two_addresses_are_one_by_the_rules_of_their_channel() {
    for (one, other) in [
        ("+44 (0)20 7946 0018", "+442079460018"),
        ("020 7946 0018", "+442079460018"),
        ("(555) 987-6543", "+15559876543"),
        ("001 555 987 6543", "+15559876543"),
        ("15559876543", "+15559876543"),
        ("12345", "12345"),
        ("Sales@Example.com", "sales@example.com"),
        ("mailto:sales@example.com", "sales@example.com"),
        ("sip:leo@PBX.example", "leo@pbx.example;transport=udp"),
    ] {
        assert!(is_same(one, other) && is_same(other, one), "{one} and {other}");
    }
    for (one, other) in [
        ("ann@example.com", "leo@example.com"),
        ("ann@example.com", ""),
        ("+442079460018", "+12079460018"),
        ("+442079460018", "2079460018@gw.example"),
        ("anonymous", "anonymous"),
        ("0", "000"),
        ("12345", "+12345"),
    ] {
        assert!(!is_same(one, other) && !is_same(other, one), "{one} and {other}");
    }
}

#[test]
fn an_end_is_read_as_its_channel_has_it() {
    let of = |kind: &str, target: &str| {
        let end =
            Address { kind: Some(AddressKind::from_word(kind)), target: Some(target.into()), ..Address::default() };
        number_told(&end, None).unwrap().into_owned()
    };
    assert_eq!(of("whatsapp", "4915123456789"), "+4915123456789");
    assert_eq!(of("whatsapp", "5215512345678"), "+525512345678");
    assert_eq!(of("pstn", "tel:+44 (0)20 7946 0018"), "+442079460018");
    assert_eq!(of("email", "Ann.Lee@Example.com"), "ann.lee@example.com");
    assert_eq!(of("email", "unknown@example.com"), "unknown@example.com");
    assert_eq!(of("tel", "sip:+4915123456789@gw.example"), "+4915123456789");
    assert_eq!(of("sip", "sip:4915123456789@gw.example"), "4915123456789@gw.example");
    assert_eq!(of("line", "U4af4980629"), "U4af4980629");
    assert_eq!(of("extension", "00000000-0000-0000-0000-000000000001"), "00000000-0000-0000-0000-000000000001");
}
