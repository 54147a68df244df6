//! Texts that ask a machine for something, and texts that a machine wrote.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::folded::{bare, folded};

/// Any one of these alone stops all texts: the words that carriers know, and
/// the same in other languages. Spaces and punctuation do not count.
const STOP: [&str; 38] = [
    "stop",
    "stop all",
    "unsubscribe",
    "cancel",
    "end",
    "quit",
    "revoke",
    "opt out",
    "arret",
    "arrêt",
    "stopp",
    "alto",
    "abmelden",
    "abbestellen",
    "parar",
    "sair",
    "baja",
    "cancelar",
    "désabonner",
    "désinscrire",
    "disiscrivi",
    "afmelden",
    "avsluta",
    "lopeta",
    "iptal",
    "стоп",
    "отписаться",
    "διακοπή",
    "توقف",
    "إيقاف",
    "हटाएं",
    "रोकें",
    "停止",
    "退订",
    "配信停止",
    "중지",
    "수신거부",
    "ยกเลิก",
];
/// Any one of these alone takes it back.
const START: [&str; 3] = ["start", "unstop", "subscribe"];
/// Any one of these alone asks what this is.
const HELP: [&str; 4] = ["help", "info", "aide", "hilfe"];
/// Nobody says any of it at greater length, in bytes.
const LONGEST: usize = 256;

/// What each of these words asks for.
static ASKED: LazyLock<BTreeMap<String, Asked>> = LazyLock::new(|| {
    let all = |words: &'static [&str], asked| words.iter().map(move |word| (bare(word), asked));
    all(&STOP, Asked::Stop).chain(all(&START, Asked::Start)).chain(all(&HELP, Asked::Help)).collect()
});

/// What only machines write, in small letters.
const MACHINES_SAY: [&str; 24] = [
    "auto-reply",
    "auto reply",
    "autoreply",
    "automatic reply",
    "automated response",
    "automatic response",
    "automated message",
    "automatically generated",
    "auto-generated",
    "out of office",
    "out of the office",
    "do not reply",
    "don't reply",
    "does not accept replies",
    "unmonitored",
    "undeliverable",
    "delivery status notification",
    "delivery has failed",
    "abwesenheitsnotiz",
    "automatische antwort",
    "réponse automatique",
    "respuesta automática",
    "reply stop to",
    "been unsubscribed",
];

/// Who only machines are, before the `@`.
const MACHINES_ARE: [&str; 8] =
    ["noreply", "no-reply", "no_reply", "donotreply", "do-not-reply", "mailer-daemon", "postmaster", "bounce"];

/// What a text that is one word, as it were, asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Asked {
    Stop,
    Start,
    Help,
}

/// What a text asks for by itself. Only the whole text counts: who writes "stop
/// by at five" does not want to be left alone.
pub(crate) fn asks(text: &str) -> Option<Asked> {
    if text.len() > LONGEST {
        return None;
    }
    ASKED.get(&bare(text)).copied()
}

/// Whether a text reads as if a machine had written it.
pub(crate) fn looks_automatic(text: &str) -> bool {
    let start = folded(&text[..text.floor_char_boundary(1024)]);
    MACHINES_SAY.iter().any(|words| start.contains(words))
}

/// Whether nobody sits at the other end: short codes, sender names, mail that
/// cannot be answered, withheld numbers.
pub(crate) fn is_automatic_address(address: &str, channel: &str) -> bool {
    let address = folded(address);
    if let Some((name, _)) = address.split_once('@') {
        return MACHINES_ARE.iter().any(|machine| name.contains(machine));
    }
    let digits = address.chars().filter(char::is_ascii_digit).count();
    let is_number =
        address.chars().all(|letter| letter.is_ascii_digit() || matches!(letter, '+' | ' ' | '-' | '(' | ')'));
    let is_word = channel == "sms" && address.chars().any(char::is_alphabetic);
    // A phone number has seven digits at least.
    address.is_empty() || is_word || (is_number && digits < 7)
}
