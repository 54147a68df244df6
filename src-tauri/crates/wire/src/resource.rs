//! Things the REST side answers with.

pub(crate) mod contact;

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::event::agent::AgentFact;
use crate::event::message::MessageFact;
use crate::soft::{Drift, Read};
use contact::{AccessKey, Contact, QueueName};

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

resources!(AgentFact, MessageFact, Contact, QueueName, AccessKey);

/// Reads one page of a list: `{"result":[…]}` (live-service.md, section 4.4).
/// Items that are no objects are passed over; none when it is no page at all.
pub fn decode_page<T: Answer>(text: &str) -> Option<Vec<T>> {
    #[derive(Deserialize)]
    struct Page<'a> {
        #[serde(borrow)]
        result: Option<Vec<&'a RawValue>>,
    }
    let page: Page<'_> = serde_json::from_str(text).ok()?;
    let items = page.result.unwrap_or_default();
    Some(items.into_iter().filter_map(|item| T::decode(item.get()).map(|(item, _)| item)).collect())
}
