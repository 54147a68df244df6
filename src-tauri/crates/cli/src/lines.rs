//! What is printed, a line each.

use std::io::Write as _;

use ringside_desk::{Alert, LinkView, Patch, ResponderState, Screen, SessionView, TraceFate, shown_number};
use ringside_words::{Message, say};
use serde_json::{Value, json};
use voipbin_wire::{Timestamp, Told, clean};

/// Something to print.
#[derive(Debug, Clone)]
pub(crate) enum Line {
    Link(Box<LinkView>),
    Session(Box<SessionView>),
    /// What kind of thing was told of, which, and where it stands. No words of customers.
    Fact {
        kind: &'static str,
        object: &'static str,
        id: String,
        stage: String,
        at: Option<String>,
    },
    Alert(Alert),
    /// Where answering by rules stands.
    Responder(ResponderState, Message),
    /// What was decided about a text. No words of customers.
    Decision {
        message: String,
        number: String,
        fate: TraceFate,
        words: Message,
    },
}

impl Line {
    pub(crate) fn fact(told: &Told) -> Self {
        let (object, id) = told.fact.object();
        let (stage, _) = told.fact.stage();
        Self::Fact {
            kind: told.kind.as_word(),
            object,
            id: id.to_owned(),
            stage: stage.to_owned(),
            at: told.at.map(|at| at.to_string()),
        }
    }

    pub(crate) fn of_patch(patch: &Patch) -> Option<Self> {
        match patch {
            Patch::PutLink { link } => Some(Self::Link(Box::new(link.clone()))),
            Patch::Reset { desk } => Some(Self::Session(Box::new(desk.session.clone()))),
            Patch::PutSession { session } => Some(Self::Session(Box::new(session.clone()))),
            _ => None,
        }
    }

    /// Why the sign-in ended, if this says so.
    pub(crate) fn refusal(&self) -> Option<&Message> {
        match self {
            Self::Session(session) if session.screen == Screen::SignedOut => session.problem.as_ref(),
            _ => None,
        }
    }

    pub(crate) fn is_live(&self) -> bool {
        matches!(self, Self::Link(link) if link.live)
    }

    /// Why texts are answered no more until a person does something, if this says so.
    pub(crate) fn needs_person(&self) -> Option<&Message> {
        match self {
            Self::Responder(ResponderState::Held, words) => Some(words),
            _ => None,
        }
    }

    fn json(&self) -> Value {
        match self {
            Self::Link(link) => json!({"type": "link", "link": link}),
            Self::Session(session) => json!({"type": "session", "session": session}),
            Self::Fact { kind, object, id, stage, at } => {
                json!({"type": "fact", "kind": kind, "object": object, "id": id, "stage": stage, "at": at})
            }
            Self::Responder(state, words) => json!({"type": "responder", "state": state, "words": words.to_string()}),
            Self::Decision { message, number, fate, words } => {
                json!({"type": "decision", "message": message, "number": number, "fate": fate, "words": words.to_string()})
            }
            Self::Alert(alert) => {
                let mut line = json!(alert);
                line["type"] = json!("alert");
                if let Alert::Raise { title, body, .. } = alert {
                    (line["title"], line["body"]) = (json!(title.to_string()), json!(body.to_string()));
                }
                line
            }
        }
    }

    fn words(&self) -> Option<String> {
        Some(match self {
            Self::Link(link) => {
                let why = link.why.as_ref().map(|why| format!(" ({why})")).unwrap_or_default();
                let troubles: String = link.troubles.iter().map(|words| format!(". {words}")).collect();
                format!("link    {}: {}{why}{troubles}", link.words, link.promise)
            }
            Self::Session(session) => {
                let ends =
                    session.ends_at.map(|at| say!("cli-sign-in-ends", time = Timestamp::from_millis(at).to_string()));
                format!("session {}", session.ask_again.as_ref().or(session.problem.as_ref()).or(ends.as_ref())?)
            }
            Self::Fact { kind, id, stage, .. } => format!("fact    {kind} {id} {stage}"),
            Self::Alert(Alert::Raise { title, body, .. }) => format!("alert   {title} {body}"),
            Self::Alert(Alert::Withdraw { .. }) => return None,
            Self::Responder(_, words) => format!("rules   {words}"),
            Self::Decision { number, words, .. } => format!("text    {}: {words}", shown_number(number)),
        })
    }
}

/// Writes lines, and only those that say something new of the link.
#[derive(Debug)]
pub(crate) struct Writer {
    json: bool,
    last_link: Option<Value>,
    last_session: Option<String>,
}

impl Writer {
    pub(crate) fn new(json: bool) -> Self {
        Self { json, last_link: None, last_session: None }
    }

    /// Whether somebody still reads.
    pub(crate) fn write(&mut self, line: &Line) -> bool {
        if let Line::Link(link) = line {
            let stands = json!([link.live, link.words, link.why, link.troubles, link.not_visible, link.retry_at]);
            if self.last_link.replace(stands.clone()) == Some(stands) {
                return true;
            }
        }
        // The session is drawn again for reasons that are no words.
        if let (Self { json: false, .. }, Line::Session(_)) = (&self, line)
            && let words = line.words()
            && std::mem::replace(&mut self.last_session, words.clone()) == words
        {
            return true;
        }
        if self.json { say(&line.json().to_string()) } else { line.words().is_none_or(|words| say(&printable(&words))) }
    }
}

/// A customer's words keep to their line and command no terminal.
fn printable(words: &str) -> String {
    clean(words).replace(['\n', '\t'], " ")
}

/// Prints a line; false when nobody reads any more.
pub(crate) fn say(line: &str) -> bool {
    writeln!(std::io::stdout(), "{line}").is_ok()
}

/// Nobody reading complaints is no reason to end.
pub(crate) fn complain(line: &str) {
    writeln!(std::io::stderr(), "{line}").ok();
}
