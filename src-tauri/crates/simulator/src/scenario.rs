//! Scenario files: who is there, and what happens when.
//!
//! A line is a sentence. `#` begins a comment, words in quotes are one word.
//!
//! ```text
//! queue sales "Sales"
//! agent kim "Kim Lee"
//! label "Gold"
//! caller john "John Delgado" +15551234567 company "Northwind Ltd" title "Buyer" notes "Prefers callbacks."
//! wait 2s
//! john joins sales position 1 estimate 120
//! john is offered to dana
//! john is answered
//! john hangs up
//! john texts "Hello"
//! john writes "Hello" by whatsapp
//! leo is away
//! leo becomes a manager
//! dana becomes a plain agent
//! drop the link for 3s
//! refuse message with PERMISSION_DENIED
//! answer 503 to the next 2 requests
//! answer 402 to the next 1 texts
//! answer 429 to the next 3 lists
//! answer 500 to the next 5 conversations
//! lose the next 1 texts
//! swallow the answers to the next 1 transfers
//! delay the next 1 controls by 2s
//! answer 403 to the next 1 handshakes
//! a portal answers 200 json to the next 3 requests
//! a portal answers 401 html to the next 1 handshakes
//! john has the case "Box was open" note "Replacement offered."
//! leo writes to dana "Can you take line two?"
//! dana is signed out
//! somebody closes the channel "Ringside auto-reply"
//! nothing goes wrong
//! nobody takes the next transfer
//! reset the link
//! close the link
//! stall the link for 2s
//! half-open the link
//! slow the link for 2s
//! cut the link short
//! send garbage
//! send a huge frame
//! send a binary frame
//! send the frame {"event_type":"call.created","data":{"id":"c1","odd":"\ud83d"}}
//! send the binary frame {"event_type":"call.created","data":{"id":"c1"}}
//! send the broken frame {"event_type":"call.created","data":{"id":"c1","name":"Zoë"}}
//! break the letters of the next 1 lists
//! close the link with 1012 "deploying"
//! restart for 3s
//! the clock is 3600s ahead
//! the clock stands still
//! the clock goes on
//! john is taken through play "welcome_message"
//! john is through with success
//! john enters daily
//! john exits daily
//! room daily ends
//! john is recorded
//! john is recorded no longer
//! john says "My order arrived open."
//! tell recording.started {"id":"…"}
//! repeat
//! ```

use std::time::Duration;

use voipbin_wire::{EventKind, Resource};

use crate::Fault;

/// What happens at a contact centre, step by step.
#[derive(Debug, Clone)]
pub struct Scenario {
    steps: Vec<Step>,
    repeats: bool,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Step {
    Wait(Duration),
    Queue { id: String, name: String },
    Agent { id: String, name: String },
    Label { name: String },
    Caller(Box<CallerLine>),
    Joins { caller: String, queue: String, position: i64, estimate: Option<i64> },
    Leaves { caller: String },
    Calls { caller: String, agent: String },
    Offered { caller: String, agent: String },
    Answered { caller: String },
    HangsUp { caller: String },
    Texts { caller: String, text: String },
    Status { agent: String, status: String },
    Becomes { agent: String, is_manager: bool },
    Cut(Duration),
    Refuse { resource: Resource, code: String },
    Mishap(Mishap),
    NobodyTakesTheTransfer,
    NothingGoesWrong,
    WritesBy { caller: String, channel: String, text: String },
    ClockStands(bool),
    WritesTo { from: String, to: String, text: String },
    ClosesChannel { name: String },
    SignedOut { agent: String },
    HasCase { caller: String, name: String, note: String },
    CloseDoors { answer: Door, times: u32 },
    Fault(Fault),
    Frame { bytes: Vec<u8>, is_text: bool },
    Close { code: u16, reason: String },
    Clock(i64),
    Tell { event: EventKind, data: serde_json::Value },
    Does { caller: String, kind: String, name: String },
    FlowEnds { caller: String, result: String },
    Sits { caller: String, room: String, comes: bool },
    RoomEnds { room: String },
    Records { caller: String },
    RecordingEnds { caller: String },
    Says { caller: String, words: String },
}

/// How a handshake is answered instead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Door {
    /// By the service.
    Status(u16),
    /// By somebody between here and there.
    Portal(Portal),
}

/// The answer of a sign-in page of a network, which knows nothing of the service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Portal {
    pub(crate) status: u16,
    pub(crate) is_json: bool,
}

/// What goes wrong with the next requests of a kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Mishap {
    pub(crate) what: Wrong,
    pub(crate) aim: Aim,
    pub(crate) times: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wrong {
    /// They get this status and nothing is done.
    Status(u16),
    /// Somebody else answers and nothing is done.
    Portal(Portal),
    /// The connection breaks and nothing is done.
    Lost,
    /// What they ask for is done, and the connection breaks.
    Swallowed,
    /// They take so long.
    Slow(Duration),
    /// What they are answered is no UTF-8.
    Broken,
}

/// Which requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Aim {
    Any,
    /// Texts on their way out, by either road.
    Texts,
    /// Holding, muting, hanging up, recording, kicking.
    Controls,
    Transfers,
    /// Changes of the own status.
    Statuses,
    /// Who somebody is.
    Lookups,
    /// Lists of whatever kind.
    Lists,
    /// The texts of one conversation.
    Conversations,
    /// Who and what there is: agents, queues, labels, cases.
    Names,
}

impl Aim {
    fn from_word(word: &str) -> Result<Self, &'static str> {
        Ok(match word {
            "requests" => Self::Any,
            "texts" => Self::Texts,
            "controls" => Self::Controls,
            "transfers" => Self::Transfers,
            "statuses" => Self::Statuses,
            "lookups" => Self::Lookups,
            "lists" => Self::Lists,
            "conversations" => Self::Conversations,
            "names" => Self::Names,
            _ => {
                return Err(
                    "requests, texts, controls, transfers, statuses, lookups, lists, conversations or names can go wrong",
                );
            }
        })
    }
}

#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct CallerLine {
    pub(crate) id: String,
    pub(crate) calls_itself: Option<String>,
    pub(crate) number: String,
    pub(crate) contact: Option<String>,
    pub(crate) company: Option<String>,
    pub(crate) title: Option<String>,
    pub(crate) notes: Option<String>,
    /// What the address book carries beside that.
    pub(crate) fields: Vec<(String, String)>,
}

/// A line that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {what}: {text}")]
pub struct ScenarioError {
    /// Counted from 1.
    pub line: usize,
    /// What is wrong with it.
    pub what: &'static str,
    /// The line.
    pub text: String,
}

impl Scenario {
    /// Reads a scenario.
    ///
    /// # Errors
    /// Names the first line that cannot be read.
    pub fn parse(text: &str) -> Result<Self, ScenarioError> {
        let mut scenario = Self { steps: Vec::new(), repeats: false };
        for (at, line) in text.lines().enumerate() {
            let error = |what| ScenarioError { line: at + 1, what, text: line.trim().to_owned() };
            let line = line.trim();
            if line == "repeat" {
                scenario.repeats = true;
            } else if !line.is_empty() && !line.starts_with('#') {
                scenario.steps.push(step(line).map_err(error)?);
            }
        }
        Ok(scenario)
    }

    pub(crate) fn steps(&self) -> &[Step] {
        &self.steps
    }

    pub(crate) fn repeats(&self) -> bool {
        self.repeats
    }
}

fn step(line: &str) -> Result<Step, &'static str> {
    if let Some(told) = line.strip_prefix("tell ") {
        let (event, data) = told.split_once(' ').ok_or("tell wants an event type and its data")?;
        let event = EventKind::from_word(event).ok_or("there is no such event type")?;
        let data = serde_json::from_str(data).map_err(|_| "the data is no JSON")?;
        return Ok(Step::Tell { event, data });
    }
    if let Some(text) = line.strip_prefix("send the frame ") {
        return Ok(Step::Frame { bytes: text.as_bytes().to_vec(), is_text: true });
    }
    if let Some(text) = line.strip_prefix("send the binary frame ") {
        return Ok(Step::Frame { bytes: text.as_bytes().to_vec(), is_text: false });
    }
    if let Some(text) = line.strip_prefix("send the broken frame ") {
        return Ok(Step::Frame { bytes: broken(text), is_text: true });
    }
    let words = words(line)?;
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let own = |word: &str| word.to_owned();
    Ok(match words[..] {
        ["wait", time] => Step::Wait(duration(time)?),
        ["queue", id, name] => Step::Queue { id: own(id), name: own(name) },
        ["agent", id, name] => Step::Agent { id: own(id), name: own(name) },
        ["label", name] => Step::Label { name: own(name) },
        ["caller", id, ref rest @ ..] => Step::Caller(Box::new(caller(id, rest)?)),
        [caller, "joins", queue, ref rest @ ..] => {
            let (position, estimate) = place(rest)?;
            Step::Joins { caller: own(caller), queue: own(queue), position, estimate }
        }
        [caller, "leaves", _] => Step::Leaves { caller: own(caller) },
        [caller, "calls", agent] => Step::Calls { caller: own(caller), agent: own(agent) },
        [caller, "is", "offered", "to", agent] => Step::Offered { caller: own(caller), agent: own(agent) },
        [caller, "is", "answered"] => Step::Answered { caller: own(caller) },
        [caller, "hangs", "up"] => Step::HangsUp { caller: own(caller) },
        [caller, "texts", text] => Step::Texts { caller: own(caller), text: own(text) },
        [caller, "is", "taken", "through", kind, name] => {
            Step::Does { caller: own(caller), kind: own(kind), name: own(name) }
        }
        [caller, "is", "through", "with", result] => Step::FlowEnds { caller: own(caller), result: own(result) },
        [caller, "enters", room] => Step::Sits { caller: own(caller), room: own(room), comes: true },
        [caller, "exits", room] => Step::Sits { caller: own(caller), room: own(room), comes: false },
        ["room", room, "ends"] => Step::RoomEnds { room: own(room) },
        [caller, "is", "recorded"] => Step::Records { caller: own(caller) },
        [caller, "is", "recorded", "no", "longer"] => Step::RecordingEnds { caller: own(caller) },
        [caller, "says", words] => Step::Says { caller: own(caller), words: own(words) },
        [agent, "is", status] => Step::Status { agent: own(agent), status: own(status) },
        [agent, "becomes", "a", "manager"] => Step::Becomes { agent: own(agent), is_manager: true },
        [agent, "becomes", "a", "plain", "agent"] => Step::Becomes { agent: own(agent), is_manager: false },
        ["drop", "the", "link", "for", time] => Step::Cut(duration(time)?),
        ["refuse", resource, "with", code] => Step::Refuse { resource: Resource::from_word(resource), code: own(code) },
        ["answer", status, "to", "the", "next", times, "handshakes"] => Step::CloseDoors {
            answer: Door::Status(status.parse().map_err(|_| "not an HTTP status")?),
            times: times.parse().map_err(|_| "not a number")?,
        },
        ["a", "portal", "answers", status, form @ ("html" | "json"), "to", "the", "next", times, aim] => {
            let status = status.parse().map_err(|_| "not an HTTP status")?;
            let portal = Portal { status, is_json: form == "json" };
            if aim == "handshakes" {
                let times = times.parse().map_err(|_| "not a number")?;
                Step::CloseDoors { answer: Door::Portal(portal), times }
            } else {
                mishap(Wrong::Portal(portal), times, aim)?
            }
        }
        ["answer", status, "to", "the", "next", times, aim] => {
            mishap(Wrong::Status(status.parse().map_err(|_| "not an HTTP status")?), times, aim)?
        }
        ["lose", "the", "next", times, aim] => mishap(Wrong::Lost, times, aim)?,
        ["break", "the", "letters", "of", "the", "next", times, aim] => mishap(Wrong::Broken, times, aim)?,
        ["swallow", "the", "answers", "to", "the", "next", times, aim] => mishap(Wrong::Swallowed, times, aim)?,
        ["delay", "the", "next", times, aim, "by", time] => mishap(Wrong::Slow(duration(time)?), times, aim)?,
        [caller, "writes", text, "by", channel] => {
            Step::WritesBy { caller: own(caller), channel: own(channel), text: own(text) }
        }
        ["the", "clock", "stands", "still"] => Step::ClockStands(true),
        ["the", "clock", "goes", "on"] => Step::ClockStands(false),
        [from, "writes", "to", to, text] => Step::WritesTo { from: own(from), to: own(to), text: own(text) },
        [agent, "is", "signed", "out"] => Step::SignedOut { agent: own(agent) },
        ["somebody", "closes", "the", "channel", name] => Step::ClosesChannel { name: own(name) },
        [caller, "has", "the", "case", name, "note", note] => {
            Step::HasCase { caller: own(caller), name: own(name), note: own(note) }
        }
        ["nothing", "goes", "wrong"] => Step::NothingGoesWrong,
        ["nobody", "takes", "the", "next", "transfer"] => Step::NobodyTakesTheTransfer,
        ["reset", "the", "link"] => Step::Fault(Fault::Reset),
        ["close", "the", "link"] => Step::Fault(Fault::Drop),
        ["close", "the", "link", "with", code, reason] => {
            let code = code.parse().map_err(|_| "a close code is a number")?;
            Step::Close { code, reason: own(reason) }
        }
        ["stall", "the", "link", "for", time] => Step::Fault(Fault::Stall(duration(time)?)),
        ["half-open", "the", "link"] => Step::Fault(Fault::HalfOpen),
        ["slow", "the", "link", "for", time] => Step::Fault(Fault::Slow(duration(time)?)),
        ["cut", "the", "link", "short"] => Step::Fault(Fault::CutShort),
        ["send", "garbage"] => Step::Fault(Fault::Garbage),
        ["send", "a", "huge", "frame"] => Step::Fault(Fault::HugeFrame),
        ["send", "a", "binary", "frame"] => Step::Fault(Fault::BinaryFrame),
        ["restart", "for", time] => Step::Fault(Fault::Restart(duration(time)?)),
        ["the", "clock", "is", time, way @ ("ahead" | "behind")] => {
            let millis = i64::try_from(duration(time)?.as_millis()).map_err(|_| "too far")?;
            Step::Clock(if way == "ahead" { millis } else { -millis })
        }
        _ => return Err("not a sentence of a scenario"),
    })
}

/// A text in which each letter beyond ASCII lost its last byte: it is no UTF-8.
pub(crate) fn broken(text: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    for letter in text.chars() {
        let mut four = [0; 4];
        let whole = letter.encode_utf8(&mut four).as_bytes();
        bytes.extend(&whole[..whole.len().saturating_sub(1).max(1)]);
    }
    bytes
}

fn mishap(what: Wrong, times: &str, aim: &str) -> Result<Step, &'static str> {
    let times = times.parse().map_err(|_| "not a number")?;
    Ok(Step::Mishap(Mishap { what, aim: Aim::from_word(aim)?, times }))
}

fn caller(id: &str, rest: &[&str]) -> Result<CallerLine, &'static str> {
    let mut line = CallerLine { id: id.to_owned(), ..CallerLine::default() };
    let mut rest = rest.iter();
    while let Some(word) = rest.next() {
        let mut value = || rest.next().map(|word| (*word).to_owned()).ok_or("a value is missing");
        match *word {
            "company" => line.company = Some(value()?),
            "title" => line.title = Some(value()?),
            "notes" => line.notes = Some(value()?),
            "field" => {
                let name = value()?;
                line.fields.push((name, value()?));
            }
            "calling-itself" => line.calls_itself = Some(value()?),
            // What gateways put in the place of a number that the network withholds.
            "withheld" => line.number = "anonymous".to_owned(),
            number if number.starts_with('+') => line.number = number.to_owned(),
            name => line.contact = Some(name.to_owned()),
        }
    }
    if line.number.is_empty() { Err("a caller has a number") } else { Ok(line) }
}

fn place(words: &[&str]) -> Result<(i64, Option<i64>), &'static str> {
    let number = |word: &str| word.parse::<i64>().map_err(|_| "not a number");
    match words {
        [] => Ok((1, None)),
        ["position", position] => Ok((number(position)?, None)),
        ["position", position, "estimate", estimate] => Ok((number(position)?, Some(number(estimate)?))),
        _ => Err("a place is: position N estimate N"),
    }
}

fn duration(word: &str) -> Result<Duration, &'static str> {
    let (number, unit) = word.split_at(word.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(word.len()));
    let number: u64 = number.parse().map_err(|_| "a time is 500ms or 2s")?;
    match unit {
        "ms" => Ok(Duration::from_millis(number)),
        "s" => Ok(Duration::from_secs(number)),
        _ => Err("a time is 500ms or 2s"),
    }
}

fn words(line: &str) -> Result<Vec<String>, &'static str> {
    let mut words = Vec::new();
    let mut rest = line.trim_start();
    while !rest.is_empty() && !rest.starts_with('#') {
        let (word, after) = match rest.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"').ok_or("a quote is not closed")?,
            None => rest.split_once(char::is_whitespace).unwrap_or((rest, "")),
        };
        words.push(word.to_owned());
        rest = after.trim_start();
    }
    Ok(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_morning_can_be_read() {
        let scenario = Scenario::parse(crate::MORNING).unwrap();
        assert!(scenario.steps().len() > 20 && scenario.repeats());
    }

    #[test]
    fn a_sentence_says_what_happens() {
        let steps = |line| Scenario::parse(line).unwrap().steps;
        assert_eq!(steps("wait 500ms # a breath"), [Step::Wait(Duration::from_millis(500))]);
        assert_eq!(
            steps("john joins sales position 3 estimate 120"),
            [Step::Joins { caller: "john".into(), queue: "sales".into(), position: 3, estimate: Some(120) }]
        );
        assert_eq!(
            steps(r#"john texts "Hello, # you""#),
            [Step::Texts { caller: "john".into(), text: "Hello, # you".into() }]
        );
    }

    #[test]
    fn a_line_that_cannot_be_read_is_named() {
        let error = Scenario::parse("wait 1s\njohn sings").unwrap_err();
        assert_eq!(error.to_string(), "line 2: not a sentence of a scenario: john sings");
        for line in
            ["wait long", "caller john John", r#"john texts "open"#, "tell fax.received {}", "tell call.created {"]
        {
            assert!(Scenario::parse(line).is_err(), "{line}");
        }
    }
}
