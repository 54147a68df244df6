//! What holds for every input. The fuzzer looks for a counterexample; the test
//! suite plays the kept corpus through the same claims.

use voipbin_client::{Token, TokenKind};
use voipbin_wire::{
    AccessKey, AgentFact, Answer, BARE_KINDS, Contact, Frame, MessageFact, QueueName, Topic, decode_facts, decode_page,
};

/// Any text is a frame of some kind; an unknown one is kept, and what was told
/// says what it is about and makes itself needless.
pub(crate) fn frames(text: &str) {
    match Frame::decode(text) {
        Frame::Told(told) => {
            assert!(!told.fact.object().1.is_empty());
            assert!(told.makes_needless(&told));
            // A time that is later than its envelope's is a plan.
            let own = told.fact.at();
            assert!(told.at.is_none() || own.is_none() || told.at == own || (told.at == told.sent && told.at < own));
        }
        Frame::Unknown(unknown) => assert_eq!(unknown.text, text),
        Frame::Ack(_) | Frame::Refusal(_) => {}
    }
}

/// A topic that reads prints as it was, and covers itself.
pub(crate) fn topics(text: &str) {
    if let Ok(topic) = Topic::parse(text) {
        assert_eq!(topic.to_string(), text);
        assert!(topic.covers(&topic));
        assert_eq!(Topic::parse(&topic.to_string()).map(|again| again.validate()), Ok(topic.validate()));
    }
}

/// A token never shows itself, whatever it is; only a JWT has claims.
pub(crate) fn tokens(text: &str) {
    if let Ok(token) = Token::parse(text) {
        assert_eq!(format!("{token:?}"), "Token(…)");
        if token.claims().is_some() {
            assert!(text.trim().contains('.'));
        }
        if token.kind() == TokenKind::Jwt {
            assert_eq!(text.trim().split('.').count(), 3);
        }
    }
}

/// How many kinds of REST bodies there are.
pub(crate) fn bodies() -> usize {
    5 + BARE_KINDS.len()
}

/// Any body is an answer of the kind that was asked for or none; a page has no
/// more items than it says.
pub(crate) fn rest(kind: usize, text: &str) {
    fn answer<T: Answer>(text: &str) {
        drop(T::decode(text));
        if let Some(page) = decode_page::<T>(text) {
            assert!(page.items.len() <= page.length);
        }
    }
    match kind {
        0 => answer::<AgentFact>(text),
        1 => answer::<MessageFact>(text),
        2 => answer::<Contact>(text),
        3 => answer::<QueueName>(text),
        4 => answer::<AccessKey>(text),
        bare => {
            if let Some(page) = decode_facts(BARE_KINDS[bare - 5], text) {
                assert!(page.items.len() <= page.length);
                assert!(page.items.iter().all(|told| !told.fact.object().1.is_empty()));
            }
        }
    }
}
