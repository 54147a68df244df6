//! What is to be done about one text, and why.

use ringside_words::{Message, say};

use super::brakes::{Brake, Brakes};
use super::optouts::OptOuts;
use crate::Millis;
use crate::rules::{Asked, Incoming, Rule, Rules, asks, is_automatic_address, looks_automatic, quotes};
use crate::template::{self, Known};
use crate::view::StatusView;

/// What came longer ago than this is not answered by a rule.
pub(crate) const TOO_OLD: Millis = 60_000 * TOO_OLD_MINUTES as Millis;
pub(crate) const TOO_OLD_MINUTES: u32 = 5;

/// A text that came in, with all that a decision needs to know.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Heard<'a> {
    pub(crate) id: &'a str,
    pub(crate) text: &'a str,
    pub(crate) at: Millis,
    pub(crate) number: &'a str,
    pub(crate) our_number: &'a str,
    /// Our address that was written to, on whichever channel.
    pub(crate) our_end: &'a str,
    pub(crate) channel: &'a str,
    pub(crate) name: Option<&'a str>,
    pub(crate) agent: &'a str,
    pub(crate) status: StatusView,
    pub(crate) is_first: bool,
    /// Somebody answered after it came.
    pub(crate) is_answered: bool,
    /// It can be answered from this desk.
    pub(crate) has_road: bool,
    /// It is from a number of ours.
    pub(crate) is_ours: bool,
    /// What went out to them before, whoever wrote it.
    pub(crate) before: &'a [&'a str],
}

/// What is to be done about a text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Decision {
    /// What was looked at.
    pub(crate) steps: Vec<Message>,
    /// What came of it; nothing until it is known.
    pub(crate) words: Option<Message>,
    pub(crate) act: Act,
    /// Rules that matched.
    pub(crate) matched: Vec<String>,
    /// What rules do beside answering: they, and whether it is only written down.
    pub(crate) besides: Vec<Rule>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) enum Act {
    #[default]
    Nothing,
    /// Look again then.
    Later(Millis),
    /// A dry rule would have said this.
    Would { rule: String, text: String },
    Reply {
        rule: String,
        text: String,
        /// It confirms that no more texts come.
        is_last: bool,
    },
}

/// Decides about one text. It changes nothing.
pub(crate) fn decide(rules: &Rules, brakes: &Brakes, opted: &OptOuts, heard: &Heard<'_>, now: Millis) -> Decision {
    let mut decision = Decision::default();
    if let Some(why) = refused(rules, heard, now) {
        decision.words = Some(why);
        return decision;
    }
    let pair = opted.get(heard.number);
    let is_out = pair.is_some_and(|pair| pair.is_out);
    let is_news = pair.is_some_and(|pair| pair.message.as_deref() == Some(heard.id));
    let book = rules.book();
    let own = |rule: &str, text: &str, is_last| Act::Reply { rule: rule.to_owned(), text: text.to_owned(), is_last };
    let act = match asks(heard.text) {
        Some(Asked::Stop) if is_out && is_news => own("STOP", &book.stopped, true),
        Some(Asked::Stop) => return decision.nothing(say!("rules-said-out-confirmed")),
        Some(Asked::Start) if !is_out && is_news && !book.started.trim().is_empty() => {
            own("START", &book.started, false)
        }
        _ if is_out => return decision.nothing(say!("rules-said-out")),
        Some(Asked::Help) if !book.help.trim().is_empty() => own("HELP", &book.help, false),
        _ => by_rules(rules, heard, now, &mut decision),
    };
    let act = match act {
        Act::Reply { rule, text, is_last } => Act::Reply { rule, text: filled(&text, heard), is_last },
        Act::Would { rule, text } => Act::Would { rule, text: filled(&text, heard) },
        other => other,
    };
    let (rule, is_confirmation) = match &act {
        Act::Reply { rule, is_last, .. } => (rule.clone(), *is_last || rule == "START"),
        Act::Would { rule, .. } => (rule.clone(), false),
        Act::Nothing | Act::Later(_) => {
            decision.words.get_or_insert_with(|| match decision.matched.len() {
                0 => say!("rules-said-no-match"),
                _ => say!("rules-said-no-reply"),
            });
            return decision;
        }
    };
    let brake = brakes.brake(heard.number, book.cap, now);
    if matches!(brake, Some(Brake::Stays(_))) {
        // Whoever is not answered any more leaves no trail of notes and labels.
        decision.besides.clear();
    }
    if !heard.has_road {
        return decision.nothing(say!("rules-said-no-road"));
    }
    match brake {
        // That they are left alone is said, if a little later.
        Some(Brake::Until(then, why)) if is_confirmation => {
            decision.words = Some(why.then(say!("rules-said-confirmation-follows")));
            decision.act = Act::Later(then);
        }
        Some(Brake::Until(_, why) | Brake::Stays(why)) => decision.words = Some(why),
        None => {
            decision.words = Some(match &act {
                Act::Would { .. } => say!("rules-said-would", rule = rule),
                _ => say!("rules-said-answered", rule = rule),
            });
            decision.act = act;
        }
    }
    decision
}

impl Decision {
    fn nothing(mut self, words: Message) -> Self {
        self.words = Some(words);
        self
    }
}

fn by_rules(rules: &Rules, heard: &Heard<'_>, now: Millis, decision: &mut Decision) -> Act {
    let incoming = Incoming {
        text: heard.text,
        channel: heard.channel,
        our_number: heard.our_end,
        is_first: heard.is_first,
        status: heard.status,
        now,
    };
    let mut act = Act::Nothing;
    for tried in rules.ask(incoming) {
        let Rule { name, dry, then, .. } = tried.rule;
        decision.steps.push(match &tried.missed {
            None => say!("rules-step-matched", rule = name),
            Some(why) => say!("rules-step-missed", rule = name, why = why.clone()),
        });
        if tried.missed.is_some() {
            continue;
        }
        decision.matched.push(name.clone());
        if !dry {
            decision.besides.push(tried.rule.clone());
        }
        if act == Act::Nothing && !then.reply.trim().is_empty() {
            let (rule, text) = (name.clone(), then.reply.clone());
            act = if *dry { Act::Would { rule, text } } else { Act::Reply { rule, text, is_last: false } };
        }
    }
    act
}

/// What is never answered by a rule, whatever it says.
fn refused(rules: &Rules, heard: &Heard<'_>, now: Millis) -> Option<Message> {
    let age = now.saturating_sub(heard.at);
    Some(if age > TOO_OLD {
        say!("rules-said-too-old", minutes = age / 60_000, most = TOO_OLD_MINUTES)
    } else if heard.is_answered {
        say!("rules-said-somebody-answered")
    } else if crate::is_withheld(heard.number) {
        say!("rules-said-withheld")
    } else if heard.is_ours {
        say!("rules-said-ours")
    } else if is_automatic_address(heard.number, heard.channel) {
        say!("rules-said-nobody-reads")
    } else if asks(heard.text).is_none() && looks_automatic(heard.text) {
        say!("rules-said-automatic")
    } else if quotes_us(rules, heard) {
        say!("rules-said-quotes")
    } else {
        return None;
    })
}

/// Also what this desk does not have before it any more: texts of a rule are
/// known by the rule.
fn quotes_us(rules: &Rules, heard: &Heard<'_>) -> bool {
    let written: Vec<String> = rules.replies().map(|template| filled(template, heard)).collect();
    quotes(heard.text, heard.before.iter().copied().chain(written.iter().map(String::as_str)))
}

/// A rule's reply with what is known in the places of names.
fn filled(template: &str, heard: &Heard<'_>) -> String {
    let Heard { name, number, our_number, agent, .. } = *heard;
    template::filled(template, Known { name, number, our_number, agent }).0.trim().to_owned()
}
