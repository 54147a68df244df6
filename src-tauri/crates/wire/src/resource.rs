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
use crate::soft::{Drift, Key, Place, Read, read_payload};
use contact::{AccessKey, Case, CaseNote, Contact, PeerEvent, QueueName, Tag};

/// What a REST call can answer with.
pub trait Answer: Sized {
    /// Reads a JSON object; strange fields are named and cost nothing else.
    /// None when the text is no JSON object, or one without what every object of
    /// its kind has: then it is not the service's.
    fn decode(text: &str) -> Option<(Self, Drift)>;
}

macro_rules! resources {
    ($($kind:ty: $has:ident),+ $(,)?) => {
        $( impl Answer for $kind {
            fn decode(text: &str) -> Option<(Self, Drift)> {
                let Read { value, drift } = read_payload::<Self>(text)?;
                value.$has.as_ref().is_some_and(|has| !has.is_empty()).then_some((value, drift))
            }
        } )+
    };
}

resources!(
    AgentFact: id,
    MessageFact: id,
    Contact: id,
    QueueName: id,
    AccessKey: customer_id,
    ConversationFact: id,
    PeerEvent: publisher,
    Case: id,
    CaseNote: id,
    Tag: id,
    TalkFact: id,
    TalkMessageFact: id,
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

/// Reads one page of a list: `{"result":[…],"next_page_token":"…"}`
/// (live-service.md, section 4.4). An item that is no object of its kind is
/// passed over; none when it is no page at all: without `result`, without a
/// single item that can be read where there are some, or with null in it and not
/// even a word about the next page.
pub fn decode_page<T: Answer>(text: &str) -> Option<Page<T>> {
    read_page(text, |item| T::decode(item).map(|(item, _)| item))
}

/// Reads one page of objects of one kind as facts, so that a list and an event
/// say the same thing in the same way.
pub fn decode_facts(kind: BareKind, text: &str) -> Option<Page<Told>> {
    read_page(text, |item| {
        let (fact, drift) = kind.read(item)?;
        let whose = fact.whose();
        let told = Told { kind: Kind::Bare(kind), at: fact.at(), sent: None, for_agent: None, whose, fact, drift };
        (!told.fact.object().1.is_empty()).then_some(told)
    })
}

fn read_page<T>(text: &str, read: impl Fn(&str) -> Option<T>) -> Option<Page<T>> {
    page_of(text, &read).or_else(|| page_of(&repaired(text)?, &read))
}

fn page_of<T>(text: &str, read: impl Fn(&str) -> Option<T>) -> Option<Page<T>> {
    let RawPage { result, next } = serde_json::from_str(text).ok()?;
    // A list with nothing in it may be null (section 3.1).
    let is_list = result.as_ref().is_some_and(|items| items.is_some() || next.is_some());
    let items = result.flatten().unwrap_or_default();
    let length = items.len();
    let items: Vec<T> = items.into_iter().filter_map(|item| read(item.get())).collect();
    let is_ours = is_list && (length == 0 || !items.is_empty());
    let next = next.flatten();
    is_ours.then_some(Page { items, length, next })
}

/// A page, its items still as text.
#[derive(Default)]
struct RawPage<'a> {
    /// Null is not the same as not there.
    result: Option<Option<Vec<&'a RawValue>>>,
    next: Option<Option<String>>,
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
                        "result" => {
                            let items: Option<_> = map.next_value()?;
                            page.result = Some(items.or_else(|| page.result.take().flatten()));
                        }
                        "next_page_token" => {
                            let value = page.next.insert(None);
                            map.next_value_seed(Place { value, drift: &mut Drift::default() })?;
                        }
                        _ => drop(map.next_value::<IgnoredAny>()?),
                    }
                }
                Ok(page)
            }
        }

        from.deserialize_map(PageVisitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_known_by_its_envelope_and_not_by_being_json() {
        let length = |text: &str| decode_page::<Tag>(text).map(|page| (page.length, page.items.len()));
        assert_eq!(length(r#"{"result":[],"next_page_token":""}"#), Some((0, 0)));
        assert_eq!(length(r#"{"result":null,"next_page_token":null}"#), Some((0, 0)));
        assert_eq!(length(r#"{"result":[{"id":"t1"},7],"next_page_token":"x"}"#), Some((2, 1)));
        assert_eq!(length(r#"{"result":[{"id":"t1"}]}"#), Some((1, 1)));
        assert_eq!(length(r#"{"result":[]}"#), Some((0, 0)));
        for foreign in [
            "",
            "null",
            "[]",
            "{}",
            r#"{"portal":"hotel"}"#,
            r#"{"result":"ok"}"#,
            r#"{"result":null}"#,
            r#"{"result":[6],"next_page_token":""}"#,
            r#"{"result":[{"portal":1}],"next_page_token":""}"#,
            r#"{"result":[{"id":"t1"}],"next_pa"#,
            "<html>",
        ] {
            assert_eq!(length(foreign), None, "{foreign}");
            assert!(decode_facts(BareKind::Call, foreign).is_none(), "{foreign}");
        }
    }

    #[test]
    fn an_object_is_known_by_its_id() {
        assert!(AgentFact::decode(r#"{"id":"a1"}"#).is_some() && AgentFact::decode(r#"{"id":7}"#).is_some());
        for foreign in [r#"{"portal":"hotel"}"#, r#"{"id":""}"#, r#"{"id":0}"#, r#"{"id":true}"#, "{}", "[]", ""] {
            assert!(AgentFact::decode(foreign).is_none(), "{foreign}");
            assert!(MessageFact::decode(foreign).is_none(), "{foreign}");
        }
    }
}
