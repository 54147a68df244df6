//! Source files as the check reads them: their string literals, what is shown
//! of a component, and no comments. It need not understand the languages, only
//! never take words for code.

/// A string literal and where it begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Literal {
    /// What it says; in the place of what is filled in stands `{}`.
    pub(crate) text: String,
    /// Its first character in the source.
    pub(crate) at: usize,
}

/// The line of a place in a text, from 1 on.
pub(crate) fn line_of(text: &str, at: usize) -> usize {
    text[..at].matches('\n').count() + 1
}

/// The end of a literal that begins with a quote at `at`, behind its closing quote.
fn end_of_quoted(text: &str, at: usize, quote: u8) -> usize {
    let bytes = text.as_bytes();
    let mut next = at + 1;
    while next < bytes.len() && bytes[next] != quote {
        next += if bytes[next] == b'\\' { 2 } else { 1 };
    }
    (next + 1).min(bytes.len())
}

/// The string literals of Rust that is no test: what is behind `#[cfg(test)]` ends the file, as the house has it.
pub(crate) fn of_rust(text: &str) -> Vec<Literal> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let rest = &text[at..];
        if rest.starts_with("//") {
            at += rest.find('\n').unwrap_or(rest.len());
        } else if rest.starts_with("r#\"") || (rest.starts_with("r\"") && !is_word_before(bytes, at)) {
            let (open, close) = if rest.starts_with("r#") { (3, "\"#") } else { (2, "\"") };
            let length = rest[open..].find(close).unwrap_or(rest.len() - open);
            found.push(Literal { text: rest[open..open + length].to_owned(), at });
            at += open + length + close.len();
        } else if bytes[at] == b'"' {
            let end = end_of_quoted(text, at, b'"');
            let inner = text.get(at + 1..end.saturating_sub(1)).unwrap_or_default();
            found.push(Literal { text: inner.to_owned(), at });
            at = end;
        } else if bytes[at] == b'\'' {
            // A character, or a lifetime.
            at += if rest.starts_with("'\\") {
                end_of_quoted(text, at, b'\'') - at
            } else {
                let mut letters = rest.char_indices().skip(2);
                match letters.next() {
                    Some((end, '\'')) => end + 1,
                    _ => 1,
                }
            };
        } else {
            at += rest.chars().next().map_or(1, char::len_utf8);
        }
    }
    found
}

fn is_word_before(bytes: &[u8], at: usize) -> bool {
    at > 0 && (bytes[at - 1].is_ascii_alphanumeric() || bytes[at - 1] == b'_')
}

/// The string literals of TypeScript. In a template literal `{}` stands for what is filled in, and what stands in there
/// is read too.
pub(crate) fn of_script(text: &str) -> Vec<Literal> {
    let mut found = Vec::new();
    script(text, 0, text.len(), &mut found);
    found.sort_by_key(|literal| literal.at);
    found
}

fn script(text: &str, from: usize, to: usize, found: &mut Vec<Literal>) {
    let bytes = text.as_bytes();
    let mut at = from;
    let mut before = b'(';
    while at < to {
        let rest = &text[at..to];
        match bytes[at] {
            b'/' if rest.starts_with("//") => at += rest.find('\n').unwrap_or(rest.len()),
            b'/' if rest.starts_with("/*") => at += rest.find("*/").map_or(rest.len(), |end| end + 2),
            b'/' if b"(,=:[!&|?{};".contains(&before) => at = end_of_pattern(text, at),
            b'"' | b'\'' => {
                let end = end_of_quoted(text, at, bytes[at]).min(to);
                found.push(Literal { text: text.get(at + 1..end - 1).unwrap_or_default().to_owned(), at });
                at = end;
                before = b'"';
            }
            b'`' => at = template(text, at, to, found),
            byte => {
                if !byte.is_ascii_whitespace() {
                    before = byte;
                }
                at += rest.chars().next().map_or(1, char::len_utf8);
            }
        }
    }
}

/// The end of a regular expression.
fn end_of_pattern(text: &str, at: usize) -> usize {
    let bytes = text.as_bytes();
    let (mut next, mut is_class) = (at + 1, false);
    while next < bytes.len() && bytes[next] != b'\n' && (is_class || bytes[next] != b'/') {
        match bytes[next] {
            b'\\' => next += 1,
            b'[' => is_class = true,
            b']' => is_class = false,
            _ => {}
        }
        next += 1;
    }
    next + 1
}

fn template(text: &str, at: usize, to: usize, found: &mut Vec<Literal>) -> usize {
    let bytes = text.as_bytes();
    let mut words = String::new();
    let mut next = at + 1;
    while next < to && bytes[next] != b'`' {
        let rest = &text[next..to];
        if rest.starts_with("${") {
            let end = end_of_braces(text, next + 1, to);
            script(text, next + 2, end - 1, found);
            words.push_str("{}");
            next = end;
        } else {
            let letter = rest.chars().next().unwrap_or_default();
            words.push(letter);
            next += letter.len_utf8();
            if letter == '\\' {
                next += 1;
            }
        }
    }
    found.push(Literal { text: words, at });
    next + 1
}

/// Behind the brace that closes the one at `at`.
fn end_of_braces(text: &str, at: usize, to: usize) -> usize {
    let bytes = text.as_bytes();
    let (mut depth, mut next) = (0_usize, at);
    while next < to {
        match bytes[next] {
            b'{' => depth += 1,
            b'}' => {
                depth -= 1;
                if depth == 0 {
                    return next + 1;
                }
            }
            b'"' | b'\'' => {
                next = end_of_quoted(text, next, bytes[next]);
                continue;
            }
            b'`' => {
                next = template(text, next, to, &mut Vec::new());
                continue;
            }
            _ => {}
        }
        next += 1;
    }
    to
}

/// What a component is made of: the literals of its code, and what it shows.
#[derive(Debug, Default)]
pub(crate) struct Component {
    /// Of its script and of what stands in braces.
    pub(crate) literals: Vec<Literal>,
    /// Words between tags, and attributes that are read.
    pub(crate) shown: Vec<Literal>,
}

/// Attributes and properties whose words somebody reads.
const READ: [&str; 8] = ["title", "aria-label", "aria-description", "placeholder", "alt", "label", "words", "empty"];

/// A Svelte component.
pub(crate) fn of_component(text: &str) -> Component {
    let mut component = Component::default();
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        let rest = &text[at..];
        if rest.starts_with("<!--") {
            at += rest.find("-->").map_or(rest.len(), |end| end + 3);
        } else if rest.starts_with("<style") {
            at += rest.find("</style>").map_or(rest.len(), |end| end + 8);
        } else if rest.starts_with("<script") {
            let (start, end) = (rest.find('>').unwrap_or(0) + 1, rest.find("</script>").unwrap_or(rest.len()));
            script(text, at + start, at + end, &mut component.literals);
            at += end + "</script>".len();
        } else if bytes[at] == b'<' {
            at = tag(text, at, &mut component);
        } else if bytes[at] == b'{' {
            let end = end_of_braces(text, at, text.len());
            script(text, at + 1, end - 1, &mut component.literals);
            at = end;
        } else {
            let end = rest.find(['<', '{']).unwrap_or(rest.len());
            component.shown.push(Literal { text: rest[..end].to_owned(), at });
            at += end;
        }
    }
    component
}

/// Behind the tag at `at`.
fn tag(text: &str, at: usize, component: &mut Component) -> usize {
    let bytes = text.as_bytes();
    let mut next = at + 1;
    let mut name = String::new();
    while next < bytes.len() && bytes[next] != b'>' {
        match bytes[next] {
            b'{' => {
                let end = end_of_braces(text, next, text.len());
                script(text, next + 1, end - 1, &mut component.literals);
                next = end;
            }
            b'"' => {
                let start = next;
                let mut words = String::new();
                next += 1;
                while next < bytes.len() && bytes[next] != b'"' {
                    if bytes[next] == b'{' {
                        let end = end_of_braces(text, next, text.len());
                        script(text, next + 1, end - 1, &mut component.literals);
                        words.push_str("{}");
                        next = end;
                    } else {
                        let letter = text[next..].chars().next().unwrap_or_default();
                        words.push(letter);
                        next += letter.len_utf8();
                    }
                }
                next += 1;
                if READ.contains(&name.as_str()) {
                    component.shown.push(Literal { text: words, at: start });
                }
            }
            byte if byte.is_ascii_alphanumeric() || b"-:_$".contains(&byte) => {
                let end = text[next..]
                    .find(|letter: char| !letter.is_ascii_alphanumeric() && !"-:_$".contains(letter))
                    .unwrap_or(1);
                name = text[next..next + end].to_owned();
                next += end;
            }
            _ => next += text[next..].chars().next().map_or(1, char::len_utf8),
        }
    }
    next + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(literals: &[Literal]) -> Vec<&str> {
        literals.iter().map(|literal| literal.text.as_str()).filter(|text| !text.trim().is_empty()).collect()
    }

    #[test]
    fn the_literals_of_rust_are_found_and_its_comments_are_not() {
        let text =
            "// \"No\"\nfn a<'a>(b: &'a str) { let c = '\"'; let d = '\\''; f(\"One \\\" more\", r#\"Two \"x\"\"#); }";
        assert_eq!(texts(&of_rust(text)), ["One \\\" more", "Two \"x\""]);
    }

    #[test]
    fn the_literals_of_a_script_are_found_and_its_patterns_are_not() {
        let text = "const a = /[\"/]/.test(b) ? \"One\" : `Two ${c(`three ${d}`, \"four\")} five`; // \"No\"\n/* 'No' */ 'six'";
        assert_eq!(texts(&of_script(text)), ["One", "Two {} five", "three {}", "four", "six"]);
        assert_eq!(line_of(text, of_script(text).last().unwrap().at), 2);
    }

    #[test]
    fn what_a_component_shows_is_what_stands_between_tags_and_in_attributes_that_are_read() {
        let text = "<!-- No --><script lang=\"ts\">let a = \"code\";</script>\n<p class=\"small x\" title=\"Read {a} too\">\
            Shown {t(\"desk-a\")}<b aria-label={t(\"desk-b\")}>bold</b></p>\n\
            {#if a > 1}<Button onclick={() => (b = `x ${a}`)}>Press</Button>{/if}<style>p { color: red; }</style>";
        let component = of_component(text);
        assert_eq!(texts(&component.shown), ["Read {} too", "Shown ", "bold", "Press"]);
        assert_eq!(texts(&component.literals), ["code", "desk-a", "desk-b", "x {}"]);
    }
}
