//! What holds for every input. The fuzzer looks for a counterexample; the test
//! suite plays the kept corpus through the same claims.

use voipbin_client::{Token, TokenKind};
use voipbin_wire::{
    AccessKey, AgentFact, Answer, BARE_KINDS, Contact, Frame, MessageFact, QueueName, Topic, decode_facts, decode_page,
};

/// Any text is a frame of some kind; an unknown one is kept, and what was told
/// says what it is about and makes itself needless.
pub fn frames(text: &str) {
    match Frame::decode(text) {
        Frame::Told(told) => {
            assert!(!told.fact.object().1.is_empty());
            assert!(told.makes_needless(&told));
            assert!(told.at.is_none() || told.fact.at().is_none() || told.at == told.fact.at());
        }
        Frame::Unknown(unknown) => assert_eq!(unknown.text, text),
        Frame::Ack(_) | Frame::Refusal(_) => {}
    }
}

/// A topic that reads prints as it was, and covers itself.
pub fn topics(text: &str) {
    if let Ok(topic) = Topic::parse(text) {
        assert_eq!(topic.to_string(), text);
        assert!(topic.covers(&topic));
        assert_eq!(Topic::parse(&topic.to_string()).map(|again| again.validate()), Ok(topic.validate()));
    }
}

/// A token never shows itself, whatever it is; only a JWT has claims.
pub fn tokens(text: &str) {
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

/// Any body is an answer or none; a page has no more items than it says.
pub fn rest(text: &str) {
    macro_rules! answers {
        ($($kind:ty),+) => { $(
            let _ = <$kind>::decode(text);
            if let Some(page) = decode_page::<$kind>(text) {
                assert!(page.items.len() <= page.length);
            }
        )+ };
    }
    answers!(AgentFact, MessageFact, Contact, QueueName, AccessKey);
    for kind in BARE_KINDS {
        if let Some(page) = decode_facts(*kind, text) {
            assert!(page.items.len() <= page.length);
            assert!(page.items.iter().all(|told| !told.fact.object().1.is_empty()));
        }
    }
}
