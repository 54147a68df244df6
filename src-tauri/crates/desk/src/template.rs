//! Templates: words with places in them for what is known of a conversation.
//!
//! Quick replies and the replies of rules are filled in here, so that a template
//! means the same wherever it stands.

use serde::Serialize;

use crate::Desk;

/// What stands in the places of a template.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Known<'a> {
    pub(crate) name: Option<&'a str>,
    pub(crate) number: &'a str,
    pub(crate) our_number: &'a str,
    pub(crate) agent: &'a str,
}

/// A quick reply with what is known filled in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "camelCase")]
pub struct FilledView {
    /// The words.
    pub text: String,
    /// Where to go on writing, in UTF-16 code units as the window counts them.
    pub cursor: u32,
}

/// A template with what is known in the places of names, and where `{cursor}`
/// stood. What is not known leaves no hole.
pub(crate) fn filled(template: &str, known: Known<'_>) -> (String, Option<usize>) {
    let places = [
        ("{name}", known.name.unwrap_or_default()),
        ("{number}", known.number),
        ("{our_number}", known.our_number),
        ("{agent}", known.agent),
    ];
    let mut rest = template;
    let (mut text, mut cursor) = (String::new(), None);
    while let Some(at) = rest.find('{') {
        text.push_str(&rest[..at]);
        rest = &rest[at..];
        if let Some(after) = rest.strip_prefix("{cursor}") {
            cursor.get_or_insert(text.len());
            rest = after;
            continue;
        }
        match places.iter().find(|(place, _)| rest.starts_with(place)) {
            Some((place, "")) => {
                rest = &rest[place.len()..];
                if text.ends_with(' ') && !rest.starts_with(char::is_alphanumeric) {
                    text.pop();
                }
            }
            Some((place, value)) => {
                text.push_str(value);
                rest = &rest[place.len()..];
            }
            None => {
                text.push('{');
                rest = &rest[1..];
            }
        }
    }
    text.push_str(rest);
    (text, cursor)
}

impl Desk {
    /// A quick reply for a conversation; none where there is no such conversation
    /// or no such quick reply.
    pub fn quick_reply(&self, chat: &str, shortcut: &str) -> Option<FilledView> {
        let quick = self.tools_view().quick_replies.iter().find(|quick| quick.shortcut == shortcut)?;
        let chat = &self.texts.chat(chat)?.view;
        let known = Known {
            name: chat.name.as_deref(),
            number: &chat.number,
            our_number: &chat.our_number,
            agent: &self.people.me.name,
        };
        let (text, cursor) = filled(&quick.text, known);
        let before = &text[..cursor.unwrap_or(text.len()).min(text.len())];
        let cursor = u32::try_from(before.encode_utf16().count()).unwrap_or(u32::MAX);
        Some(FilledView { text, cursor })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const JOHN: Known<'_> =
        Known { name: Some("John Delgado"), number: "+15551234567", our_number: "+15559876543", agent: "Dana Kim" };

    #[test]
    fn a_template_has_no_holes_and_nobody_writes_into_it() {
        let filled = |template: &str, name| filled(template, Known { name, ..JOHN }).0;
        assert_eq!(filled("Hi {name}, this is {agent}.", None), "Hi, this is Dana Kim.");
        assert_eq!(filled("{name} {number} {x", None), " +15551234567 {x");
        assert_eq!(filled("Hi {name}!", Some("{agent}")), "Hi {agent}!", "a name is a name, whatever it is");
    }

    #[test]
    fn a_template_says_where_to_go_on_writing() {
        let (text, cursor) = filled("Hi {name}, {cursor} Bye, {agent}", JOHN);
        assert_eq!((text.as_str(), cursor), ("Hi John Delgado,  Bye, Dana Kim", Some(17)));
        let (text, cursor) = filled("Hi {name}{cursor}", Known { name: None, ..JOHN });
        assert_eq!((text.as_str(), cursor), ("Hi", Some(2)));
        assert_eq!(filled("Hello", JOHN).1, None);
    }
}
