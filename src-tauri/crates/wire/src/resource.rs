//! Things the REST side answers with.

pub(crate) mod contact;

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::event::agent::AgentFact;
use crate::event::bare::BareKind;
use crate::event::conversation::ConversationFact;
use crate::event::message::MessageFact;
use crate::event::talk::{TalkFact, TalkMessageFact};
use crate::event::{Kind, Told};
use crate::soft::{Drift, Read};
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
                let Read { value, drift } = serde_json::from_str::<Read<Self>>(text).ok()?;
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
    #[derive(Deserialize)]
    struct Wire<'a> {
        #[serde(borrow)]
        result: Option<Vec<&'a RawValue>>,
        next_page_token: Option<String>,
    }
    let page: Wire<'_> = serde_json::from_str(text).ok()?;
    let items = page.result.unwrap_or_default();
    let length = items.len();
    let items = items.into_iter().filter_map(|item| read(item.get())).collect();
    Some(Page { items, length, next: page.next_page_token.filter(|token| !token.is_empty()) })
}
