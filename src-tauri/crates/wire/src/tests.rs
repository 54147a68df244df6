//! What holds for every payload and every frame, whatever the service sends.

mod damage;
mod fields;
mod names;

use crate::event::flow::ActionFact;
use crate::event::message::{Media, Target};
use crate::event::talk::{TalkMedia, TalkMetadata, TalkReaction};
use crate::soft::read_payload;
use crate::{
    AccessKey, Address, AgentFact, CallFact, Case, CaseNote, ConferenceFact, Contact, ConversationFact, Fault,
    FlowFact, MessageFact, PeerEvent, QueueFact, QueueName, RecordingFact, Refused, RingFact, SpeechFact, Tag,
    TalkFact, TalkMessageFact, TalkSeatFact, TranscriptionFact, VisitFact, WebchatFact,
};

/// A payload, its fields, and how it is read.
struct Declared {
    name: &'static str,
    fields: &'static [(&'static str, &'static [&'static str], &'static str)],
    read: fn(&str) -> String,
}

macro_rules! payloads {
    ($($kind:ident),+ $(,)?) => {
        const PAYLOADS: &[Declared] = &[$( Declared {
            name: stringify!($kind),
            fields: $kind::FIELDS,
            read: |text| format!("{:?}", read_payload::<$kind>(text).unwrap().value),
        } ),+];
    };
}

payloads! {
    AccessKey, ActionFact, Address, AgentFact, CallFact, Case, CaseNote, ConferenceFact, Contact, ConversationFact,
    Fault, FlowFact, Media, MessageFact, PeerEvent, QueueFact, QueueName, RecordingFact, Refused, RingFact, SpeechFact, Tag, TalkFact,
    TalkMedia, TalkMessageFact, TalkMetadata, TalkReaction, TalkSeatFact, Target, TranscriptionFact, VisitFact,
    WebchatFact,
}

#[test]
fn every_payload_that_is_declared_is_looked_at_here() {
    fn declared_in(folder: &std::path::Path) -> usize {
        let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        entries
            .map(|path| match path.is_dir() {
                true => declared_in(&path),
                false => std::fs::read_to_string(&path).unwrap().lines().filter(|line| *line == "payload! {").count(),
            })
            .sum()
    }
    let source = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    assert_eq!(PAYLOADS.len(), declared_in(&source));
}
