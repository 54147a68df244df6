//! The sentences of earlier versions, and the messages that say the same.

use ringside_words::{Argument, Message, id};

/// A sentence, with what it is filled with in braces, and its message. After
/// the name in braces `#` stands for a number; what is called `then` or
/// `before` is a sentence of its own behind or before the message.
type Known = (&'static str, &'static str);

const KNOWN: &[Known] = &[
    // Texts of ours.
    ("The network did not deliver this text.", id!("texts-not-delivered")),
    (
        "The network did not say whether this text arrived. It may have; ask before you send it again.",
        id!("texts-maybe-delivered"),
    ),
    ("No answer came, and the service's list does not show this text.", id!("texts-not-found")),
    ("This account cannot answer this conversation.", id!("texts-no-right")),
    ("They asked for no texts, so this one was not sent.", id!("texts-wants-none")),
    ("The service asks for fewer requests. This text is sent in a moment.", id!("texts-slowed-down")),
    ("The account’s balance is too low to send texts. Ask whoever pays for it.", id!("texts-balance")),
    ("This account may not do that. Ask for the manager role.", id!("problems-forbidden")),
    ("Your sign-in is no longer valid. Sign in again.", id!("problems-sign-in-over")),
    ("The service is not available right now.", id!("problems-unavailable")),
    ("There is no VoIPBIN service at this address.", id!("problems-no-service")),
    ("{before} It may have been sent.", id!("texts-may-be-sent")),
    // Why a call ended, and why a caller left a queue.
    ("the line was busy", id!("calls-why-busy")),
    ("the caller hung up first", id!("calls-why-cancel")),
    ("nobody answered", id!("calls-why-no-answer")),
    ("it failed", id!("calls-why-failed")),
    ("it could not be dialled", id!("calls-why-not-dialled")),
    ("an answering machine took it", id!("calls-why-machine")),
    ("it was declined", id!("calls-why-declined")),
    ("the wait was longer than the queue allows", id!("calls-left-timeout")),
    ("was taken out of the queue", id!("calls-left-removed")),
    ("the queue was full", id!("calls-left-full")),
    ("no agent took the call", id!("calls-left-no-agent")),
    ("the queue was closed", id!("calls-left-closed")),
    ("was sent on", id!("calls-left-sent-on")),
    ("went to voicemail", id!("calls-left-voicemail")),
    ("asked to be called back", id!("calls-left-callback")),
    // What rules decided.
    ("{before} The confirmation follows.", id!("rules-said-confirmation-follows")),
    ("The reply was not sent. {then}", id!("rules-said-not-sent")),
    ("It was not answered within {minutes#} minutes. {then}", id!("rules-said-not-in-time")),
    ("Answered by “{rule}”.", id!("rules-said-answered")),
    ("“{rule}” matched; the reply is on its way.", id!("rules-said-on-its-way")),
    ("“{rule}” would have answered; it only practises.", id!("rules-said-would")),
    ("The reply of “{rule}” was sent by hand.", id!("rules-said-by-hand")),
    ("The reply of “{rule}” left, and the network did not deliver it.", id!("rules-said-undelivered")),
    ("The reply of “{rule}” left, and it is not known whether it arrived.", id!("rules-said-unclear")),
    ("Ringside ended before it was known what became of the reply.", id!("rules-said-unknown")),
    ("Somebody took the reply back before it was sent.", id!("rules-said-taken-back")),
    ("No rule matched.", id!("rules-said-no-match")),
    ("No rule that matched has a reply.", id!("rules-said-no-reply")),
    ("This conversation cannot be answered from this desk.", id!("rules-said-no-road")),
    ("They asked for no texts.", id!("rules-said-out")),
    ("They asked for no texts before, and that was confirmed.", id!("rules-said-out-confirmed")),
    ("It could not be sent within {minutes#} minutes, and nobody is answered late.", id!("rules-said-late")),
    ("Somebody answered before it could be sent.", id!("rules-said-answered-before")),
    ("Automatic replies were switched off before it could be sent.", id!("rules-said-switched-off")),
    (
        "It is older than {minutes#} minutes, or this computer's clock differs from the service's by more than that: what is not surely new is not answered by rules.",
        id!("rules-said-not-new"),
    ),
    (
        "It came {minutes#} minutes ago: what is older than {most#} minutes is not answered by rules.",
        id!("rules-said-too-old"),
    ),
    ("Somebody answered already.", id!("rules-said-somebody-answered")),
    ("The number is withheld: there is nobody to answer.", id!("rules-said-withheld")),
    ("It came from a number of our own.", id!("rules-said-ours")),
    (
        "Nobody reads replies at that address: it is a short code, a sender's name or an automatic mailbox.",
        id!("rules-said-nobody-reads"),
    ),
    ("It reads like an automatic reply itself.", id!("rules-said-automatic")),
    ("It quotes a text of ours and says no more: a phone wrote it, to show a reaction.", id!("rules-said-quotes")),
    (
        "{count#} automatic replies in a row got a text back within seconds: a machine seems to answer. Nothing goes there by itself until somebody writes.",
        id!("rules-said-machine"),
    ),
    (
        "{count#} automatic replies went to this sender within the last hour, which is the most.",
        id!("rules-said-per-hour"),
    ),
    (
        "{count#} automatic replies went to this sender within a day, and no person wrote to them.",
        id!("rules-said-per-day"),
    ),
    ("{count#} automatic replies went out within the last hour, which is the most.", id!("rules-said-cap")),
    // Why this desk did not answer.
    ("No text is answered by itself.", id!("rules-state-off")),
    ("No text is answered by itself. {then}", id!("rules-state-off")),
    ("This desk does not answer. {then}", id!("rules-state-stuck")),
    ("This desk does not answer yet. {then}", id!("rules-state-not-yet")),
    ("This desk answers texts by rules, and the team knows.", id!("rules-state-answering")),
    ("The team is being told that this desk answers…", id!("rules-state-claiming")),
    ("Another desk answers texts by rules, from another desk.", id!("rules-state-other-desk")),
    ("{name} answers texts by rules, from another desk.", id!("rules-state-elsewhere")),
];

const A_MINUTE: &str = "An automatic reply went to this sender less than a minute ago.";

const MEDIAS: &[Known] = &[
    ("Picture", id!("texts-media-picture")),
    ("Video", id!("texts-media-video")),
    ("Voice message", id!("texts-media-voice")),
    ("Location", id!("texts-media-location")),
    ("Sticker", id!("texts-media-sticker")),
    ("Card", id!("texts-media-card")),
    ("File", id!("texts-media-file")),
    ("Attachment", id!("texts-media-attachment")),
];

/// A sentence inside a sentence is one of these, and so on; nobody nests more.
const DEEPEST: usize = 4;

/// What a sentence said. One that is not known is its own words.
pub(super) fn message(english: &str) -> Message {
    within(english, DEEPEST)
}

/// What came with a text.
pub(super) fn media(english: &str) -> Message {
    let of = |word: &str| MEDIAS.iter().find(|(known, _)| *known == word).map(|(_, id)| Message::new(id));
    let named = || {
        let (word, name) = english.split_once(": ")?;
        Some(Message::new("texts-media-named").with("what", of(word)?).with("name", name))
    };
    of(english).or_else(named).unwrap_or_else(|| Message::verbatim(english))
}

fn within(english: &str, deeper: usize) -> Message {
    if english == A_MINUTE {
        return Message::new("rules-said-apart").with("seconds", 60);
    }
    let known = KNOWN.iter().find_map(|(sentence, id)| {
        let (mut message, mut before) = (Message::new(id), None);
        for (name, value) in filled(sentence, english)? {
            match name {
                "then" => message = message.then(within(value, deeper.checked_sub(1)?)),
                "before" => before = Some(within(value, deeper.checked_sub(1)?)),
                name => message = with(message, name, value)?,
            }
        }
        Some(match before {
            Some(before) => before.then(message),
            None => message,
        })
    });
    known.unwrap_or_else(|| Message::verbatim(english))
}

fn with(message: Message, name: &'static str, value: &str) -> Option<Message> {
    let Some(name) = name.strip_suffix('#') else { return Some(message.with(name, value)) };
    Some(message.with(name, Argument::Number(value.replace(',', "").parse().ok()?)))
}

/// What stands in the places of a sentence, if it is that one.
fn filled<'a>(sentence: &'static str, english: &'a str) -> Option<Vec<(&'static str, &'a str)>> {
    let (mut places, mut rest, mut english) = (Vec::new(), sentence, english);
    while let Some((literal, after)) = rest.split_once('{') {
        let (name, after) = after.split_once('}')?;
        english = english.strip_prefix(literal)?;
        let next = after.split_once('{').map_or(after, |(next, _)| next);
        let end = match next {
            "" => english.len(),
            // The last words of a sentence are at its end, whatever a name holds.
            next if next.len() == after.len() => english.len().checked_sub(next.len())?,
            next => english.find(next)?,
        };
        let (value, behind) = english.split_at_checked(end)?;
        if value.is_empty() {
            return None;
        }
        places.push((name, value));
        (rest, english) = (after, behind);
    }
    (rest == english).then_some(places)
}

#[cfg(test)]
mod tests {
    use ringside_words::say;

    use super::*;

    #[test]
    fn each_sentence_that_is_known_becomes_a_message_with_all_that_it_needs() {
        for (sentence, id) in KNOWN {
            let english = sentence
                .replace("{before}", "No rule matched.")
                .replace("{then}", "No rule matched.")
                .replace("{rule}", "Prices “new”.")
                .replace("{name}", "Ann")
                .replace("{minutes#}", "7")
                .replace("{most#}", "5")
                .replace("{count#}", "3");
            let message = message(&english);
            assert!(message.has(id), "{english}: {message:?}");
            assert!(!message.to_string().contains('{'), "{english}: {message}");
            assert_eq!(message.has("rules-said-no-match"), english.contains("No rule matched."), "{english}");
            assert!(!message.has("common-verbatim"), "{english}: {message:?}");
        }
        assert_eq!(message(A_MINUTE), say!("rules-said-apart", seconds = 60));
    }

    #[test]
    fn what_stood_in_a_sentence_stands_in_its_message() {
        assert_eq!(message("Answered by “A” and “B”."), say!("rules-said-answered", rule = "A” and “B"));
        let old = say!("rules-said-too-old", minutes = 1200, most = 5);
        assert_eq!(message("It came 1200 minutes ago: what is older than 5 minutes is not answered by rules."), old);
        let both = say!("rules-said-not-sent").then(say!("texts-wants-none"));
        assert_eq!(message("The reply was not sent. They asked for no texts, so this one was not sent."), both);
    }

    #[test]
    fn what_nobody_knows_any_more_stays_as_it_is() {
        for english in ["", "SIP 486", "Answered by nobody.", "{ $rule }", "It came x minutes ago: what", "דנה\nשלום"]
        {
            assert_eq!(message(english), Message::verbatim(english));
            assert_eq!(media(english), Message::verbatim(english));
        }
        let nested = "The reply was not sent. ".repeat(50);
        assert!(message(&nested).to_string().contains("The reply was not sent."));
        assert_eq!(media("Picture: dog: 2.jpg").given("name"), Some(&"dog: 2.jpg".into()));
    }
}
