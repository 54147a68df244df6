//! Things the REST side answers with.

pub(crate) mod contact;
pub(crate) mod fault;

use std::fmt;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::event::agent::AgentFact;
use crate::event::bare::BareKind;
use crate::event::conversation::ConversationFact;
use crate::event::message::MessageFact;
use crate::event::talk::{TalkFact, TalkMessageFact};
use crate::event::{Kind, Told};
use crate::repair::repaired;
use crate::soft::{Drift, Key, Read, Word, read_payload};
use contact::{AccessKey, Case, CaseNote, Contact, PeerEvent, QueueName, Tag};

/// What a REST call can answer with.
pub trait Answer: Sized {
    /// Reads a JSON object; strange fields are named and cost nothing else.
    /// None when the text is no JSON object.
    fn decode(text: &str) -> Option<(Self, Drift)>;
}

macro_rules! resources {
    ($($kind:ty),+) => {
        $( impl Answer for $kind {
            fn decode(text: &str) -> Option<(Self, Drift)> {
                let Read { value, drift } = read_payload::<Self>(text)?;
                Some((value, drift))
            }
        } )+
    };
}

resources!(
    AgentFact,
    MessageFact,
    Contact,
    QueueName,
    AccessKey,
    ConversationFact,
    PeerEvent,
    Case,
    CaseNote,
    Tag,
    TalkFact,
    TalkMessageFact
);

/// One page of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    /// What is on it, newest first.
    pub items: Vec<T>,
    /// How many the service put on it, those that could not be read included.
    pub length: usize,
    /// What to ask for the next page with. There is one on the last page too.
    pub next: Option<String>,
}

/// Reads one page of a list: `{"result":[…]}` (live-service.md, section 4.4).
/// Items that are no objects are passed over; none when it is no page at all.
pub fn decode_page<T: Answer>(text: &str) -> Option<Page<T>> {
    read_page(text, |item| T::decode(item).map(|(item, _)| item))
}

/// Reads one page of objects of one kind as facts, so that a list and an event
/// say the same thing in the same way.
pub fn decode_facts(kind: BareKind, text: &str) -> Option<Page<Told>> {
    read_page(text, |item| {
        let (fact, drift) = kind.read(item)?;
        let told = Told { kind: Kind::Bare(kind), at: fact.at(), for_agent: None, fact, drift };
        (!told.fact.object().1.is_empty()).then_some(told)
    })
}

fn read_page<T>(text: &str, read: impl Fn(&str) -> Option<T>) -> Option<Page<T>> {
    page_of(text, &read).or_else(|| page_of(&repaired(text)?, &read))
}

fn page_of<T>(text: &str, read: impl Fn(&str) -> Option<T>) -> Option<Page<T>> {
    let RawPage { result, next } = serde_json::from_str(text).ok()?;
    let length = result.len();
    let items = result.into_iter().filter_map(|item| read(item.get())).collect();
    Some(Page { items, length, next: next.into_owned().filter(|token| !token.is_empty()) })
}

/// A page, its items still as text.
#[derive(Default)]
struct RawPage<'a> {
    result: Vec<&'a RawValue>,
    next: Word<'a>,
}

impl<'de> Deserialize<'de> for RawPage<'de> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct PageVisitor;

        impl<'de> Visitor<'de> for PageVisitor {
            type Value = RawPage<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a page")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut page = RawPage::default();
                while let Some(Key(key)) = map.next_key()? {
                    match key.as_ref() {
                        "result" => page.result = map.next_value::<Option<_>>()?.unwrap_or(page.result),
                        "next_page_token" => page.next = map.next_value()?,
                        _ => drop(map.next_value::<IgnoredAny>()?),
                    }
                }
                Ok(page)
            }
        }

        from.deserialize_map(PageVisitor)
    }
}
