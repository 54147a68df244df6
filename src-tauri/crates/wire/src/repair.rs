//! Text that is almost JSON, made JSON.
//!
//! A JSON reader gives up on the whole text for one odd letter: half an emoji,
//! a raw control character, a number that no float can hold. An event must not
//! be lost for that, so what the reader refuses is put right here and read
//! again. It is not on the way of a text that the reader accepts.

use serde::de::DeserializeOwned;

/// What is nested deeper than this is read as null.
const DEEPEST: usize = 64;

/// The same with what is no JSON put right: half a surrogate pair becomes
/// U+FFFD, a number that is none or too large becomes null. None when there is
/// nothing to put right, or no complete object or list in it.
pub(crate) fn repaired(text: &str) -> Option<String> {
    let mut repair = Repair { text, at: 0, out: String::with_capacity(text.len()), changed: false, open: Vec::new() };
    repair.whole()?;
    repair.changed.then_some(repair.out)
}

/// Reads an answer that no payload of this crate describes, and once more after
/// a repair where the text is no JSON.
pub fn read_json<T: DeserializeOwned>(text: &str) -> Option<T> {
    serde_json::from_str(text).ok().or_else(|| serde_json::from_str(&repaired(text)?).ok())
}

struct Repair<'a> {
    text: &'a str,
    at: usize,
    out: String,
    changed: bool,
    /// The objects (`}`) and lists (`]`) that are open, by what ends them.
    open: Vec<u8>,
}

impl Repair<'_> {
    fn whole(&mut self) -> Option<()> {
        while self.text[self.at..].starts_with(['\u{feff}', '\0']) {
            self.skip_letter();
        }
        self.spaces();
        if !matches!(self.peek()?, b'{' | b'[') {
            return None;
        }
        self.value()?;
        while !self.open.is_empty() {
            self.member()?;
        }
        self.changed |= !self.text[self.at..].trim().is_empty();
        Some(())
    }

    /// One more member of what is open, or its end.
    fn member(&mut self) -> Option<()> {
        let end = *self.open.last()?;
        let is_first = self.out.ends_with(['{', '[']);
        self.spaces();
        let mut has_comma = false;
        while self.peek()? == b',' {
            self.at += 1;
            // One comma stands between two members; all others are in the way.
            self.changed |= has_comma || is_first;
            has_comma = true;
            self.spaces();
        }
        if self.peek()? == end {
            self.at += 1;
            self.changed |= has_comma;
            self.open.pop();
            self.out.push(char::from(end));
            return Some(());
        }
        if !is_first {
            if !has_comma {
                return None;
            }
            self.out.push(',');
        }
        if end == b'}' {
            self.string(true)?;
            self.spaces();
            if self.peek()? != b':' {
                return None;
            }
            self.at += 1;
            self.out.push(':');
            self.spaces();
        }
        self.value()
    }

    fn value(&mut self) -> Option<()> {
        match self.peek()? {
            b'{' | b'[' if self.open.len() >= DEEPEST => self.skip_nested(),
            letter @ (b'{' | b'[') => {
                self.at += 1;
                self.out.push(char::from(letter));
                self.open.push(if letter == b'{' { b'}' } else { b']' });
                Some(())
            }
            b'"' | b'\'' => self.string(false),
            _ => {
                self.word();
                Some(())
            }
        }
    }

    /// A number or a name such as `true`; null for what JSON does not know, or
    /// where nothing stands.
    fn word(&mut self) {
        let rest = &self.text[self.at..];
        let word = &rest[..rest.find([',', '{', '}', '[', ']', '"']).unwrap_or(rest.len())];
        self.at += word.len();
        self.changed |= word.trim_end().len() != word.trim_ascii_end().len();
        let word = word.trim_end();
        let is_json = matches!(word, "true" | "false" | "null") || serde_json::from_str::<f64>(word).is_ok();
        self.changed |= !is_json;
        self.out.push_str(if is_json { word } else { "null" });
    }

    fn string(&mut self, is_key: bool) -> Option<()> {
        let quote = self.peek().filter(|letter| matches!(letter, b'"' | b'\''))?;
        self.changed |= quote != b'"';
        self.at += 1;
        self.out.push('"');
        loop {
            let letter = self.text[self.at..].chars().next()?;
            match letter {
                '\\' => self.escape(),
                _ if letter == char::from(quote) => {
                    self.at += 1;
                    if self.ends_here(is_key) {
                        self.out.push('"');
                        return Some(());
                    }
                    self.changed = true;
                    self.out.push_str(if quote == b'"' { "\\\"" } else { "'" });
                }
                '"' => {
                    self.at += 1;
                    self.out.push_str("\\\"");
                }
                '\0'..='\u{1f}' => {
                    self.at += 1;
                    self.changed = true;
                    self.out.push_str(&format!("\\u{:04x}", u32::from(letter)));
                }
                letter => {
                    self.at += letter.len_utf8();
                    self.out.push(letter);
                }
            }
        }
    }

    /// Whether a quote before this place ends its text, and is not one inside it
    /// that nobody escaped: then something follows that follows texts.
    fn ends_here(&self, is_key: bool) -> bool {
        let mut rest = self.text[self.at..].trim_start();
        if is_key {
            return rest.starts_with(':');
        }
        let is_member = self.open.last() == Some(&b'}');
        if let Some(after) = rest.strip_prefix(',') {
            rest = after.trim_start();
            return !is_member || rest.starts_with(['"', '\'', ',', '}']);
        }
        rest.starts_with(if is_member { '}' } else { ']' })
    }

    fn escape(&mut self) {
        let rest = &self.text.as_bytes()[self.at..];
        match rest.get(1) {
            Some(letter @ (b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't')) => {
                self.out.push('\\');
                self.out.push(char::from(*letter));
                self.at += 2;
            }
            Some(b'u') => {
                let first = unit(rest);
                let second = unit(rest.get(6..).unwrap_or_default());
                let units = match (first, second) {
                    (Some(0xd800..=0xdbff), Some(0xdc00..=0xdfff)) => 2,
                    (None | Some(0xd800..=0xdfff), _) => 0,
                    (Some(_), _) => 1,
                };
                if units == 0 {
                    self.changed = true;
                    self.out.push_str("\\ufffd");
                    self.at += if first.is_some() { 6 } else { 2 };
                } else {
                    let end = self.at + 6 * units;
                    self.out.push_str(&self.text[self.at..end]);
                    self.at = end;
                }
            }
            // No escape of JSON's: whoever wrote it meant a backslash.
            _ => {
                self.changed = true;
                self.out.push_str("\\\\");
                self.at += 1;
            }
        }
    }

    /// Passes over an object or list that lies too deep, and all in it.
    fn skip_nested(&mut self) -> Option<()> {
        self.changed = true;
        self.out.push_str("null");
        let (mut depth, mut in_text) = (0_usize, false);
        loop {
            let letter = self.peek()?;
            self.at += 1;
            match letter {
                b'\\' if in_text => self.at += 1,
                b'"' => in_text = !in_text,
                b'{' | b'[' if !in_text => depth += 1,
                b'}' | b']' if !in_text => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                return Some(());
            }
        }
    }

    fn spaces(&mut self) {
        while self.peek().is_some_and(|letter| matches!(letter, b' ' | b'\n' | b'\r' | b'\t')) {
            self.at += 1;
        }
        // Other white space is none for JSON.
        while self.text[self.at..].starts_with(|letter: char| !letter.is_ascii() && letter.is_whitespace()) {
            self.skip_letter();
            self.spaces();
        }
    }

    fn skip_letter(&mut self) {
        self.changed = true;
        self.at += self.text[self.at..].chars().next().map_or(0, char::len_utf8);
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }
}

/// The UTF-16 unit that `\uXXXX` at the beginning stands for.
fn unit(escape: &[u8]) -> Option<u16> {
    let digits = escape.strip_prefix(b"\\u")?.get(..4)?;
    let is_hex = digits.iter().all(u8::is_ascii_hexdigit);
    u16::from_str_radix(std::str::from_utf8(digits).ok().filter(|_| is_hex)?, 16).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;

    #[test]
    fn what_json_has_no_place_for_costs_only_itself() {
        for (odd, put_right) in [
            (r#"{"a":"Mia \ud83d"}"#, r#"{"a":"Mia \ufffd"}"#),
            (r#"{"a":"\udc4b\ud83d\ud83d\udc4b"}"#, r#"{"a":"\ufffd\ufffd\ud83d\udc4b"}"#),
            (r#"{"a":"\u12 \uZZZZ \u"}"#, r#"{"a":"\ufffd12 \ufffdZZZZ \ufffd"}"#),
            (r#"{"a":"C:\Users","b":1}"#, r#"{"a":"C:\\Users","b":1}"#),
            ("{\"a\":\"b\u{0}\tc\"}", r#"{"a":"b\u0000\u0009c"}"#),
            (
                r#"{"a":1e400,"b":-1e400,"c":1e99999999999,"d":-0,"e":1e-400}"#,
                r#"{"a":null,"b":null,"c":null,"d":-0,"e":1e-400}"#,
            ),
            (
                r#"{"a":NaN,"b":+5,"c":007,"d":.5,"e":5.,"f":0x1F,"g":-,"h":undefined}"#,
                r#"{"a":null,"b":null,"c":null,"d":null,"e":null,"f":null,"g":null,"h":null}"#,
            ),
            (r#"{"a":not known , "b":2024-01-15T10:30:00Z}"#, r#"{"a":null,"b":null}"#),
            (r#"{"a":,"b":}"#, r#"{"a":null,"b":null}"#),
            (r#"{"a":[1,,2,],}"#, r#"{"a":[1,2]}"#),
            (r#"{"a":"the "cat" Lee","b":["x"y","z"]}"#, r#"{"a":"the \"cat\" Lee","b":["x\"y","z"]}"#),
            ("\u{feff}{\"a\":1}", r#"{"a":1}"#),
            ("{\"a\":1}\u{0}", r#"{"a":1}"#),
            ("{\u{a0}\"a\": 1\u{2003}}", r#"{"a":1}"#),
            ("{'a':'it\"s'}", r#"{"a":"it\"s"}"#),
        ] {
            assert_eq!(repaired(odd).as_deref(), Some(put_right), "{odd}");
            serde_json::from_str::<Value>(put_right).unwrap();
        }
    }

    #[test]
    fn any_answer_can_be_read_after_a_repair() {
        let read = |text| read_json::<std::collections::BTreeMap<String, String>>(text).map(|read| read["id"].clone());
        assert_eq!(read("{\"id\":\"f1\",\"name\":\"\\ud83d\u{7}\"}").as_deref(), Some("f1"));
        assert_eq!(read("<html>"), None);
    }

    #[test]
    fn what_is_nested_too_deep_is_left_out_and_nothing_else() {
        let deep = format!(r#"{{"a":{}"]"{},"b":1}}"#, "[".repeat(100_000), "]".repeat(100_000));
        let value: Value = serde_json::from_str(&repaired(&deep).unwrap()).unwrap();
        assert_eq!(value["b"], 1);
    }

    #[test]
    fn what_is_no_complete_object_stays_as_it_is() {
        for text in ["", "hello", "7", r#"{"a":"#, r#"{"a":"b"#, r#"{"a":1"#, "[1,2", "{a:1}", r#"{"a" 1}"#, "\u{feff}"]
        {
            assert_eq!(repaired(text), None, "{text}");
        }
    }

    fn json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            any::<String>().prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 32, 6, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                proptest::collection::hash_map(any::<String>(), inner, 0..4)
                    .prop_map(|map| Value::Object(map.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn what_is_json_needs_no_repair(value in json()) {
            let text = Value::from(vec![value]).to_string();
            prop_assert_eq!(repaired(&text), None, "{}", text);
        }

        #[test]
        fn what_comes_out_is_json(text in r#"[\[{][ -~\PC]{0,60}[\]}]"#) {
            if let Some(text) = repaired(&text) {
                prop_assert!(serde_json::from_str::<Value>(&text).is_ok(), "{}", text);
            }
        }

        #[test]
        fn no_text_breaks_it(text in any::<String>()) {
            let _ = repaired(&text);
        }
    }
}
