//! Whose platform something happened on (seed, "Subscription Issues": events may
//! be somebody else's).

use serde::Deserializer;
use serde::de::Deserialize as _;
use uuid::Uuid;

use crate::soft::{Came, Drift, Field, Word};

/// The customer that an object or a topic names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    /// This one.
    Customer(Uuid),
    /// One that no customer can be, or two at once.
    Nobodys,
}

impl Whose {
    /// Reads an identifier; none when it is how the service writes "none".
    pub fn of(id: &str) -> Option<Self> {
        match Uuid::try_parse(id) {
            Ok(id) if id.is_nil() => None,
            Ok(id) => Some(Self::Customer(id)),
            Err(_) if id.is_empty() => None,
            Err(_) => Some(Self::Nobodys),
        }
    }

    /// Whether it is this customer's.
    pub fn is(self, customer: Uuid) -> bool {
        self == Self::Customer(customer)
    }

    /// What two sources say together.
    pub(crate) fn both(one: Option<Self>, other: Option<Self>) -> Option<Self> {
        match (one, other) {
            (Some(one), Some(other)) if one != other => Some(Self::Nobodys),
            (one, other) => one.or(other),
        }
    }
}

impl Field for Whose {
    fn read<'de, D: Deserializer<'de>>(place: &mut Option<Self>, _: &mut Drift, from: D) -> Result<Came, D::Error> {
        let word = Word::deserialize(from)?;
        *place = word.as_str().and_then(Self::of);
        Ok(if place.is_some() { Came::Is } else { Came::Absent })
    }
}

#[cfg(test)]
mod tests {
    use crate::{Frame, Whose};

    const OURS: &str = "5e4a0680-804e-11ec-8477-2fea5968d85b";
    const THEIRS: &str = "11110680-804e-11ec-8477-2fea5968d85b";

    fn is_ours(text: &str) -> Option<bool> {
        let Frame::Told(told) = Frame::decode(text) else { panic!("not told: {text}") };
        told.whose.map(|whose| whose.is(OURS.parse().unwrap()))
    }

    #[test]
    fn an_event_says_whose_it_is_in_either_dialect() {
        let bare = |customer: &str| {
            format!(
                r#"{{"id":"c1","customer_id":{customer},"direction":"incoming","destination":{{}},"action":{{}},"status":"ringing"}}"#
            )
        };
        let named = |topic: &str, customer: &str| {
            format!(
                r#"{{"event_type":"call.status","topic":"{topic}","data":{{"id":"c1"{customer},"status":"ringing"}}}}"#
            )
        };
        let of = |customer: &str| format!(r#","customer_id":"{customer}""#);
        let topic = |customer: &str| format!("customer_id:{customer}:call:c1");
        for (text, expected) in [
            (bare(&format!("\"{OURS}\"")), Some(true)),
            (bare(&format!("\"{}\"", OURS.to_uppercase())), Some(true)),
            (bare(&format!("\"{THEIRS}\"")), Some(false)),
            (bare("\"abc123\""), Some(false)),
            (bare("\"\""), None),
            (bare("null"), None),
            (bare("\"00000000-0000-0000-0000-000000000000\""), None),
            (named("agent_id:a1:call:c1", ""), None),
            (named("agent_id:a1:call:c1", &of(OURS)), Some(true)),
            (named("agent_id:a1:call:c1", &of(THEIRS)), Some(false)),
            (named(&topic(OURS), ""), Some(true)),
            (named(&topic(THEIRS), ""), Some(false)),
            (named(&topic(OURS), &of(OURS)), Some(true)),
            (named(&topic(OURS), &of(THEIRS)), Some(false)),
            (named(&topic(THEIRS), &of(OURS)), Some(false)),
        ] {
            assert_eq!(is_ours(&text), expected, "{text}");
        }
        assert_eq!(Whose::of("abc123"), Some(Whose::Nobodys));
    }
}
