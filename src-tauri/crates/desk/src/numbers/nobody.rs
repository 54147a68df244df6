//! Callers who withhold their number.
//!
//! Networks and gateways put a word or a number in its place. Two callers with
//! the same placeholder have nothing in common: there is nobody to look up, to
//! save, to write to or to call.

use super::written::{bare, digits};

/// How a withheld number is written on the desk, whatever stood in its place:
/// as RFC 3323 has it.
pub const WITHHELD: &str = "anonymous";

/// Says of somebody that nobody knows who it is, with or without a [`NOUNS`].
const UNKNOWN: [&str; 18] = [
    "anonymous",
    "assertedunknown",
    "blocked",
    "hidden",
    "no",
    "notavailable",
    "notdisclosed",
    "notprovided",
    "private",
    "restricted",
    "suppressed",
    "unavailable",
    "undisclosed",
    "unidentified",
    "unknown",
    "unlisted",
    "unpublished",
    "withheld",
];

/// Who or what is unknown.
const NOUNS: [&str; 16] = [
    "callerid",
    "calleridname",
    "callername",
    "callernumber",
    "phonenumber",
    "subscriber",
    "customer",
    "caller",
    "contact",
    "number",
    "person",
    "party",
    "call",
    "name",
    "user",
    "id",
];

/// Other words in the place of a number or of a name, without spaces, marks and accents.
const PLACEHOLDERS: [&str; 20] = [
    "anonym",
    "anonymus",
    "clir",
    "coinline",
    "coinlinepayphone",
    "interactionwithotherservice",
    "none",
    "null",
    "outofarea",
    "payphone",
    "undefined",
    "unknownunknown",
    "nocli",
    "cliwithheld",
    "privateunknown",
    "nan",
    "nil",
    "notset",
    "numbernotavailable",
    "xxxxxxxxxx",
];

/// The same as networks, gateways and phones write it in other languages. A word
/// that is a family name as well, such as `Geheim`, counts only with its noun.
const ELSEWHERE: &str = "
    unbekannt unbekannteranrufer unbekannternummer unbekanntenummer unbekanntername unbekannterteilnehmer anonymeranrufer
    anonymenummer unterdruckt unterdrueckt nummerunterdruckt nummerunterdrueckt rufnummerunterdruckt
    rufnummerunterdrueckt unterdrucktenummer unterdruecktenummer unterdruckterufnummer unterdruecktrufnummer
    privatenummer privatnummer privateranrufer keinenummer keinerufnummer rufnummerunbekannt nummerunbekannt
    rufnummernichtverfugbar nichtverfugbar nichtverfuegbar verborgenenummer
    inconnu numeroinconnu appelantinconnu appelinconnu correspondantinconnu nominconnu anonyme appelanonyme
    appelantanonyme numeroanonyme masque numeromasque appelmasque numeroprive appelprive appelantprive numerocache
    numerosecret indisponible nondisponible numeroindisponible nonidentifie
    desconocido desconocida numerodesconocido llamadadesconocida llamantedesconocido anonimo numeroanonimo
    llamadaanonima oculto numerooculto llamadaoculta privado numeroprivado llamadaprivada nodisponible sinnumero
    numerorestringido restringido numerobloqueado sinidentificar identidadoculta
    desconhecido numerodesconhecido chamadadesconhecida chamadaanonima chamadaprivada naoidentificado
    numeronaoidentificado chamadanaoidentificada numeroconfidencial indisponivel numeroindisponivel numerorestrito
    sconosciuto numerosconosciuto chiamantesconosciuto chiamatasconosciuta chiamataanonima privato numeroprivato
    chiamataprivata nascosto numeronascosto nondisponibile numeroriservato
    onbekend onbekendnummer onbekendebeller nummeronbekend anoniem anoniemnummer anoniemebeller privenummer
    afgeschermd afgeschermdnummer geheimnummer verborgennummer nietbeschikbaar
    nieznany nieznanynumer numernieznany numerprywatny numerzastrzezony zastrzezony ukryty numerukryty anonimowy
    okant okantnummer hemligtnummer doltnummer skyddatnummer ukjent ukjentnummer skjultnummer skjult ukendt
    ukendtnummer hemmeligtnummer hemmelignummer tuntematon tuntematonnumero salainennumero yksityinennumero
    nezname neznamecislo skrytecislo soukromecislo ismeretlen ismeretlenszam rejtettszam privatszam
    necunoscut numarnecunoscut numarprivat numarascuns bilinmeyen bilinmeyennumara gizlinumara ozelnumara
    неизвестно неизвестный неизвестныйномер неизвестныйабонент скрыт скрытыйномер номерскрыт анонимно анонимный
    анонимныйзвонок частныйномер номернеопределен неопределен невідомий невідомийномер прихованийномер
    αγνωστος αγνωστοςαριθμος αγνωστηκληση αποκρυψη
    非通知 非通知設定 番号非通知 通知不可能 通知不可 公衆電話 表示圏外 不明 匿名
    未知 未知号码 未知號碼 未知来电 未知來電 私人号码 私人號碼 隐藏号码 隱藏號碼 匿名来电 匿名來電 无来电显示 無來電顯示
    발신번호표시제한 발신번호표시금지 발신번호없음 발신자표시제한 발신자정보없음 알수없음 알수없는번호 비공개 익명
    مجهول رقممجهول غيرمعروف رقمخاص رقمغيرمعروف رقممحجوب חסוי מספרחסוי לאידוע מספרלאידוע מספרפרטי
";

/// The same words on a keypad, as carriers hand them on.
const SPELT: [&str; 6] = ["+266696687", "266696687", "+7378742833", "+2562533", "+8566696", "+86282452253"];

/// Whether something stands where a number should and is none: anybody may be
/// behind it.
pub fn is_withheld(number: &str) -> bool {
    if number.is_empty() || super::is_settled(number) {
        return false;
    }
    let bare = bare(number).text;
    let (user, host) = bare.split_once('@').unwrap_or((&bare, ""));
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    let host = host.split_once(':').map_or(host.as_str(), |(host, _)| host);
    // A question mark alone would begin what is asked of an address.
    is_placeholder(number.trim())
        || host == "invalid"
        || host.ends_with(".invalid")
        || is_placeholder(user)
        || is_spelt_or_zeros(user)
}

/// Whether a name says only that none is known.
pub(super) fn is_no_name(name: &str) -> bool {
    is_placeholder(name) || is_withheld(name)
}

/// Whether a word stands where an extension, a name in a chat and the like should,
/// and means nobody. Zeros may be one.
pub(super) fn is_word_for_nobody(text: &str) -> bool {
    let bare = bare(text).text;
    is_placeholder(bare.split('@').next().unwrap_or_default()) || bare.to_ascii_lowercase().ends_with(".invalid")
}

fn is_placeholder(text: &str) -> bool {
    // The longest of them is shorter; nothing else is worth the copy.
    if text.len() > 96 || text.is_empty() {
        return false;
    }
    // Marks alone: a gateway's empty field.
    if text.chars().all(|letter| matches!(letter, '-' | '_' | '?' | '*' | '.' | ' ')) {
        return !text.trim().is_empty();
    }
    if !text.contains(char::is_alphabetic) {
        return false;
    }
    let letters = text.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_lowercase);
    let letters: String = letters.map(without_accent).collect();
    let is_unknown = |word: &str| UNKNOWN.contains(&word);
    let ends = NOUNS.iter().filter_map(|noun| letters.strip_suffix(noun).or_else(|| letters.strip_prefix(noun)));
    letters == "na"
        || (is_unknown(&letters) && letters != "no")
        || ends.into_iter().any(is_unknown)
        || PLACEHOLDERS.contains(&letters.as_str())
        || ELSEWHERE.split_whitespace().any(|word| word == letters)
}

fn without_accent(letter: char) -> char {
    match letter {
        'á' | 'à' | 'â' | 'ä' | 'ã' | 'å' | 'ă' => 'a',
        'č' | 'ç' => 'c',
        'é' | 'è' | 'ê' | 'ë' | 'ě' => 'e',
        'í' | 'ì' | 'î' | 'ï' => 'i',
        'ñ' => 'n',
        'ó' | 'ò' | 'ô' | 'ö' | 'õ' => 'o',
        'ú' | 'ù' | 'û' | 'ü' | 'ů' => 'u',
        'ý' => 'y',
        'ż' | 'ź' | 'ž' => 'z',
        'ё' => 'е',
        'ά' => 'α',
        'έ' => 'ε',
        'ή' => 'η',
        'ό' => 'ο',
        'ύ' => 'υ',
        other => other,
    }
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
