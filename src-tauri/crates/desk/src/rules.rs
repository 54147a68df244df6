//! Rules for texts that answer themselves: when, then, and nothing more.
//!
//! A [`RuleBook`] is what a person writes, as a TOML file or in the window;
//! [`Rules`] is the same, checked and ready to be asked. Neither sends anything:
//! what a rule may do at all is decided by the responder and its brakes.

mod automatic;
mod folded;
mod hours;
mod quoted;
mod said;

use ringside_words::{Message, say};
use serde::{Deserialize, Serialize};

use crate::view::StatusView;
use crate::{Millis, numbers};

pub(crate) use automatic::{Asked, asks, is_automatic_address, looks_automatic};
pub(crate) use folded::folded;
use hours::Hours;
pub(crate) use quoted::quotes;
use said::{Matcher, Said};

/// So many rules are enough for anybody, and cost nothing to look through.
const RULES: usize = 100;
/// The longest reply, note and notice.
const LONGEST: usize = 1600;
/// The most automatic replies of one account in an hour that can be asked for.
const CAP: u32 = 1000;

/// Everything about automatic replies that a person sets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
#[serde(default, deny_unknown_fields)]
pub struct RuleBook {
    /// The time zone of the hours, like `Europe/Berlin`; empty for this computer's.
    pub zone: String,
    /// Business hours, like `Mon-Fri 09:00-17:00`; without any nobody is ever closed.
    pub open: Vec<String>,
    /// Days on which nobody works, like `2026-12-25`.
    pub holidays: Vec<String>,
    /// The most automatic replies in an hour, to whomever.
    pub cap: u32,
    /// Confirms that somebody wants no more texts.
    pub stopped: String,
    /// Confirms that somebody wants texts again.
    pub started: String,
    /// Answers HELP; empty for no answer.
    pub help: String,
    /// The rules; the first that matches acts.
    pub rules: Vec<Rule>,
}

/// One rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
#[serde(default, deny_unknown_fields)]
pub struct Rule {
    /// What it is called; no two have the same name.
    pub name: String,
    /// Whether it is looked at.
    pub on: bool,
    /// It is only written down what it would do.
    pub dry: bool,
    /// The rules after it are looked at even when it matched.
    pub further: bool,
    /// When it matches.
    pub when: When,
    /// What it does.
    pub then: Then,
}

/// When a rule matches: all that is asked here. Of the four ways to look at the
/// words any one is enough.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
#[serde(default, deny_unknown_fields)]
pub struct When {
    /// Letters anywhere in the text.
    pub keyword: Vec<String>,
    /// Whole words.
    pub word: Vec<String>,
    /// Words one after the other.
    pub phrase: Vec<String>,
    /// Regular expressions.
    pub pattern: Vec<String>,
    /// `sms`, `whatsapp`, `line`, `email`, `webchat`.
    pub channel: Vec<String>,
    /// Numbers of ours that were written to.
    pub number: Vec<String>,
    /// `open` or `closed`.
    pub hours: String,
    /// What the agent's status is: `available`, `away`, `busy`, `offline`, `ringing`.
    pub status: Vec<String>,
    /// The first text of a conversation.
    pub first: bool,
    /// Languages by their two letters, told where the text is long enough.
    pub language: Vec<String>,
}

/// What a rule does. Empty for nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
#[serde(default, deny_unknown_fields)]
pub struct Then {
    /// Answers with this; `{name}`, `{number}`, `{our_number}`, `{agent}` stand
    /// for what is known.
    pub reply: String,
    /// Puts this label on the customer in the address book.
    pub tag: String,
    /// Tells the agent, in these words.
    pub notify: String,
    /// Gives the conversation to this agent, by e-mail address or name.
    pub assign: String,
    /// Writes this down in the customer's open case.
    pub note: String,
}

/// What a rule book may say in place of what is known.
pub(crate) const PLACES: [&str; 4] = ["name", "number", "our_number", "agent"];

/// What is wrong with a rule book.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct RuleError(pub Message);

/// A rule book that was checked.
#[derive(Debug, Clone, Default)]
pub struct Rules {
    book: RuleBook,
    hours: Hours,
    matchers: Vec<Vec<Matcher>>,
    languages: Vec<whatlang::Lang>,
}

/// A text as rules see it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Incoming<'a> {
    pub(crate) text: &'a str,
    pub(crate) channel: &'a str,
    pub(crate) our_number: &'a str,
    pub(crate) is_first: bool,
    pub(crate) status: StatusView,
    pub(crate) now: Millis,
}

/// A rule that was looked at for a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Tried<'a> {
    pub(crate) rule: &'a Rule,
    /// Why not; none when it matched.
    pub(crate) missed: Option<Message>,
}

impl Default for RuleBook {
    fn default() -> Self {
        Self {
            zone: String::new(),
            open: Vec::new(),
            holidays: Vec::new(),
            cap: 60,
            stopped: "You've been unsubscribed".to_owned(),
            started: "You will get our texts again.".to_owned(),
            help: String::new(),
            rules: Vec::new(),
        }
    }
}

impl Default for Rule {
    fn default() -> Self {
        Self { name: String::new(), on: true, dry: false, further: false, when: When::default(), then: Then::default() }
    }
}

impl RuleBook {
    /// Reads a rule book from a TOML file.
    ///
    /// # Errors
    /// Names the line that cannot be read, or the rule that cannot be right.
    pub fn from_toml(text: &str) -> Result<Self, RuleError> {
        toml::from_str(text).map_err(|error| {
            let line = error.span().map(|span| text[..span.start.min(text.len())].lines().count().max(1));
            let why = error.message().trim_end_matches('.');
            RuleError(match line {
                Some(line) => say!("rules-wrong-file-line", line = line, why = why),
                None => say!("rules-wrong-file", why = why),
            })
        })
    }

    /// Writes it as a TOML file, without what it leaves open.
    pub fn to_toml(&self) -> String {
        let whole = toml::Value::try_from(self).ok().and_then(pruned);
        whole.and_then(|whole| toml::to_string_pretty(&whole).ok()).unwrap_or_default()
    }
}

/// Without what is empty, and so as if it had never been written.
fn pruned(value: toml::Value) -> Option<toml::Value> {
    use toml::Value;
    match value {
        Value::String(text) if text.is_empty() => None,
        Value::Boolean(false) => None,
        Value::Array(items) if items.is_empty() => None,
        Value::Array(items) => Some(Value::Array(items.into_iter().filter_map(pruned).collect())),
        Value::Table(table) => {
            // A switch that is off by intent stays: it is on when nothing is said.
            let on = table.get("on").cloned();
            let is_text = |name: &str| matches!(name, "stopped" | "started");
            let kept = table.into_iter().filter_map(|(name, value)| {
                let value = if is_text(&name) { Some(value) } else { pruned(value) };
                Some((name, value?))
            });
            let mut kept: toml::Table = kept.collect();
            if on == Some(Value::Boolean(false)) {
                kept.insert("on".to_owned(), Value::Boolean(false));
            } else {
                kept.remove("on");
            }
            (!kept.is_empty()).then_some(Value::Table(kept))
        }
        other => Some(other),
    }
}

impl Rules {
    /// Checks a rule book.
    ///
    /// # Errors
    /// Names the first rule that cannot be right, and why.
    pub fn new(book: RuleBook) -> Result<Self, RuleError> {
        let wrong = |why: Message| Err(RuleError(why));
        let hours = Hours::new(&book.zone, &book.open, &book.holidays).map_err(RuleError)?;
        if book.rules.len() > RULES {
            return wrong(say!("rules-wrong-too-many", most = RULES));
        }
        if !(1..=CAP).contains(&book.cap) {
            return wrong(say!("rules-wrong-cap", most = CAP));
        }
        let answers = [
            (say!("rules-answer-stop"), &book.stopped),
            (say!("rules-answer-start"), &book.started),
            (say!("rules-answer-help"), &book.help),
        ];
        for (what, text) in answers {
            check_words(&what, text).map_err(RuleError)?;
        }
        if book.stopped.trim().is_empty() {
            return wrong(say!("rules-wrong-no-stop"));
        }
        let mut matchers = Vec::new();
        let mut languages = Vec::new();
        for (at, rule) in book.rules.iter().enumerate() {
            let name = rule.name.trim();
            if name.is_empty() {
                return wrong(say!("rules-wrong-no-name", number = at + 1));
            }
            if book.rules[..at].iter().any(|other| other.name.trim() == name) {
                return wrong(say!("rules-wrong-same-name", rule = name));
            }
            let of_rule = |why: Message| RuleError(say!("rules-wrong-in-rule", rule = name, why = why));
            check(rule, &hours).map_err(of_rule)?;
            matchers.push(Matcher::all(&rule.when).map_err(of_rule)?);
            for code in &rule.when.language {
                languages
                    .push(said::language(code).ok_or_else(|| of_rule(say!("rules-wrong-language", language = code)))?);
            }
        }
        Ok(Self { book, hours, matchers, languages })
    }

    /// The rule book that was checked.
    pub fn book(&self) -> &RuleBook {
        &self.book
    }

    /// Every text that may go out by itself.
    pub(crate) fn replies(&self) -> impl Iterator<Item = &str> {
        let RuleBook { stopped, started, help, rules, .. } = &self.book;
        let of_rules = rules.iter().map(|rule| rule.then.reply.as_str());
        [stopped, started, help].into_iter().map(String::as_str).chain(of_rules).filter(|text| !text.trim().is_empty())
    }

    /// What the rules say to a text, in their order, up to the one that acts.
    pub(crate) fn ask(&self, text: Incoming<'_>) -> Vec<Tried<'_>> {
        let said = Said::new(text.text, &self.languages);
        let is_open = self.hours.is_open(text.now);
        let mut answers = Vec::new();
        for (rule, matchers) in self.book.rules.iter().zip(&self.matchers).filter(|(rule, _)| rule.on) {
            let missed = missed(rule, matchers, &said, text, is_open);
            let is_last = missed.is_none() && !rule.further;
            answers.push(Tried { rule, missed });
            if is_last {
                break;
            }
        }
        answers
    }
}

/// Why a rule does not match.
fn missed(rule: &Rule, matchers: &[Matcher], said: &Said<'_>, text: Incoming<'_>, is_open: bool) -> Option<Message> {
    let When { channel, number, hours, status, first, language, .. } = &rule.when;
    let is_among =
        |list: &[String], word: &str| list.is_empty() || list.iter().any(|one| one.trim().eq_ignore_ascii_case(word));
    if !matchers.is_empty() && !matchers.iter().any(|matcher| matcher.matches(said)) {
        return Some(say!("rules-missed-words"));
    }
    if !is_among(channel, text.channel) {
        return Some(say!("rules-missed-channel", channel = text.channel));
    }
    if !number.is_empty() && !number.iter().any(|one| numbers::is_same(one, text.our_number)) {
        return Some(say!("rules-missed-number"));
    }
    match hours.as_str() {
        "open" if !is_open => return Some(say!("rules-missed-open")),
        "closed" if is_open => return Some(say!("rules-missed-closed")),
        _ => {}
    }
    if !is_among(status, status_word(text.status)) {
        return Some(say!("rules-missed-status", status = status_message(text.status)));
    }
    if *first && !text.is_first {
        return Some(say!("rules-missed-first"));
    }
    if !language.is_empty() {
        match said.language() {
            Some(spoken) if language.iter().any(|code| said::language(code) == Some(spoken)) => {}
            Some(spoken) => return Some(say!("rules-missed-language", language = spoken.name())),
            None => return Some(say!("rules-missed-short")),
        }
    }
    None
}

fn check(rule: &Rule, hours: &Hours) -> Result<(), Message> {
    let Then { reply, tag, notify, assign, note } = &rule.then;
    for (what, text) in [(say!("rules-reply"), reply), (say!("rules-note"), note), (say!("rules-notify"), notify)] {
        check_words(&what, text)?;
    }
    if [reply, tag, notify, assign, note].iter().all(|text| text.trim().is_empty()) {
        return Err(say!("rules-wrong-does-nothing"));
    }
    match rule.when.hours.as_str() {
        "" => {}
        "open" | "closed" if hours.is_set() => {}
        "open" | "closed" => return Err(say!("rules-wrong-no-hours")),
        other => return Err(say!("rules-wrong-hours", hours = other)),
    }
    for number in &rule.when.number {
        check_number(number)?;
    }
    let is_status = |word: &&String| !matches!(word.as_str(), "available" | "away" | "busy" | "offline" | "ringing");
    match rule.when.status.iter().find(is_status) {
        Some(word) => Err(say!("rules-wrong-status", status = word)),
        None => Ok(()),
    }
}

/// A number of ours that could never be the one that was written to is a mistake.
fn check_number(text: &str) -> Result<(), Message> {
    let typed = numbers::typed(text).map_err(|why| say!("rules-wrong-number-unreadable").then(why))?;
    let digits = typed.trim_start_matches('+').len();
    let is_number = typed.trim_start_matches('+').bytes().all(|digit| digit.is_ascii_digit()) && digits >= 3;
    if is_number || typed.contains('@') {
        return Ok(());
    }
    let text = text.trim();
    Err(say!("rules-wrong-number", number = text))
}

fn check_words(what: &Message, text: &str) -> Result<(), Message> {
    if text.chars().count() > LONGEST {
        return Err(say!("rules-wrong-too-long", what = what.clone(), most = LONGEST));
    }
    let mut rest = text;
    while let Some((_, after)) = rest.split_once('{') {
        let (place, after) = after.split_once('}').unwrap_or((after, ""));
        if !PLACES.contains(&place) {
            let known = PLACES.map(|place| format!("{{{place}}}")).join(", ");
            return Err(say!("rules-wrong-place", what = what.clone(), place = format!("{{{place}}}"), known = known));
        }
        rest = after;
    }
    Ok(())
}

fn status_message(status: StatusView) -> Message {
    match status {
        StatusView::Available => say!("status-available"),
        StatusView::Away => say!("status-away"),
        StatusView::Busy => say!("status-busy"),
        StatusView::Offline => say!("status-offline"),
        StatusView::Ringing => say!("status-ringing"),
        StatusView::Unknown => say!("status-unknown"),
    }
}

pub(crate) fn status_word(status: StatusView) -> &'static str {
    match status {
        StatusView::Available => "available",
        StatusView::Away => "away",
        StatusView::Busy => "busy",
        StatusView::Offline => "offline",
        StatusView::Ringing => "ringing",
        StatusView::Unknown => "unknown",
    }
}

#[cfg(test)]
mod tests;
