//! Something to say: a code with arguments.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::catalogue;

/// A message of the catalogue and what it is filled with. It reads as words
/// when it is displayed, and crosses borders as what it is.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Message {
    /// The message's name in the catalogue.
    pub id: Cow<'static, str>,
    /// By their names in the message.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub args: BTreeMap<Cow<'static, str>, Argument>,
}

/// The window has the type beside the catalogue.
#[cfg(feature = "ts")]
impl ts_rs::TS for Message {
    type WithoutGenerics = Self;
    type OptionInnerType = Self;

    fn name(_: &ts_rs::Config) -> String {
        "import(\"../catalogue\").Message".to_owned()
    }

    fn inline(config: &ts_rs::Config) -> String {
        Self::name(config)
    }
}

/// What stands in a message in the place of a name.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Argument {
    /// Written by the language's habits; it chooses the plural.
    Number(i64),
    /// Text from outside, or a code that the message chooses its words by.
    Text(String),
    /// Another message, such as the reason of this one.
    Message(Box<Message>),
}

impl Message {
    /// The message of that name, without arguments so far. [`say!`](crate::say) reads better.
    pub fn new(id: &'static str) -> Self {
        Self { id: Cow::Borrowed(id), args: BTreeMap::new() }
    }

    /// Somebody else's words, as they are.
    pub fn verbatim(words: impl Into<Argument>) -> Self {
        Message::new("common-verbatim").with("words", words)
    }

    /// This sentence, and another one behind it.
    #[must_use]
    pub fn then(self, next: Self) -> Self {
        Message::new("common-two-sentences").with("first", self).with("second", next)
    }

    /// Where nothing is to be said.
    pub fn nothing() -> Self {
        Self::verbatim("")
    }

    /// Facts in one line, such as “+1 555 123 4567 · Sales”.
    pub fn beside(facts: impl IntoIterator<Item = Self>) -> Self {
        let all = facts
            .into_iter()
            .reduce(|first, next| Message::new("common-beside").with("first", first).with("next", next));
        all.unwrap_or_else(Self::nothing)
    }

    /// Changes every text from outside in it.
    pub fn each_text(&mut self, change: &mut impl FnMut(&mut String)) {
        for value in self.args.values_mut() {
            match value {
                Argument::Text(text) => change(text),
                Argument::Message(inner) => inner.each_text(change),
                Argument::Number(_) => {}
            }
        }
    }

    /// Whether this is the message of that name, or one that stands in it is.
    pub fn has(&self, id: &str) -> bool {
        self.id == id || self.inside().any(|inner| inner.has(id))
    }

    /// What it is filled with under a name, or one that stands in it.
    pub fn given(&self, name: &str) -> Option<&Argument> {
        self.args.get(name).or_else(|| self.inside().find_map(|inner| inner.given(name)))
    }

    fn inside(&self) -> impl Iterator<Item = &Self> {
        self.args.values().filter_map(|value| match value {
            Argument::Message(inner) => Some(&**inner),
            Argument::Number(_) | Argument::Text(_) => None,
        })
    }

    /// Things side by side, such as “calls, texts”. None where there are none.
    pub fn list(things: impl IntoIterator<Item = Self>) -> Option<Self> {
        things.into_iter().reduce(|list, next| Message::new("common-list").with("things", list).with("next", next))
    }

    /// With one more argument.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<Argument>) -> Self {
        self.args.insert(Cow::Borrowed(name), value.into());
        self
    }
}

impl fmt::Display for Message {
    fn fmt(&self, into: &mut fmt::Formatter<'_>) -> fmt::Result {
        into.write_str(&catalogue::words(self))
    }
}

impl From<&str> for Argument {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Argument {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&String> for Argument {
    fn from(text: &String) -> Self {
        Self::Text(text.clone())
    }
}

impl From<Cow<'_, str>> for Argument {
    fn from(text: Cow<'_, str>) -> Self {
        Self::Text(text.into_owned())
    }
}

impl From<Message> for Argument {
    fn from(message: Message) -> Self {
        Self::Message(Box::new(message))
    }
}

/// A number beyond what the catalogue writes is as good as the largest.
macro_rules! numbers {
    ($($kind:ty),*) => {$(
        impl From<$kind> for Argument {
            fn from(number: $kind) -> Self {
                Self::Number(i64::try_from(number).unwrap_or(i64::MAX))
            }
        }
    )*};
}

numbers!(i32, i64, u8, u16, u32, u64, u128, usize);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::say;

    #[test]
    fn a_message_crosses_a_border_and_is_the_same_beyond() {
        let reason = say!("common-cancel");
        let message = Message::new("x").with("count", 3_usize).with("name", "Ann").with("why", reason);
        let json = serde_json::to_string(&message).unwrap();
        assert_eq!(json, r#"{"id":"x","args":{"count":3,"name":"Ann","why":{"id":"common-cancel"}}}"#);
        assert_eq!(serde_json::from_str::<Message>(&json).unwrap(), message);
    }
}
