//! What the agent sets up: quick replies, own reasons, voicemail, other systems.

use ringside_desk::{FavouriteView, QuickReplyView, ReasonView, StatusView, Target, Thresholds, ToolsView};
use ringside_ledger::{Favourite, Ledger, LedgerError, QuickReply, Reason, Whose};
use serde::Deserialize;
use url::Url;

use crate::listening::extra_of;
use crate::refusal::Refusal;

/// Longest quick reply.
const LONGEST: usize = 2000;

/// Something that the agent sets up.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
#[serde(tag = "type", content = "with", rename_all = "camelCase")]
pub enum Tool {
    /// A text that is written often, in place of the one with its shortcut; without words it goes.
    QuickReply {
        /// What finds it.
        shortcut: String,
        /// The words.
        text: String,
    },
    /// Why the agent takes no calls; without a status it goes.
    Reason {
        /// What it is called here.
        name: String,
        /// `away` or `busy`.
        status: String,
    },
    /// Where voicemail goes: a number, a SIP address, the hash of a flow, or nowhere.
    Voicemail(String),
    /// The page of a customer in another system, or none. `{number}`, `{name}`
    /// and `{id}` stand for what is known.
    Crm(String),
    /// Somebody calls are often handed to; without a name it goes.
    Favourite {
        /// A number, a SIP address or an extension.
        target: String,
        /// What to call them.
        name: String,
    },
    /// Seconds of work after a call before the agent is reminded, or none.
    WrapUp(String),
    /// What this desk is not to listen to: `flows`, `conferences`,
    /// `recordings`, `transcripts`, `teamTexts`.
    LeaveOut(Vec<String>),
}

/// The rules for automatic replies, as TOML.
pub(crate) const RULES: &str = "rules";
/// Whether this desk answers by rules.
pub(crate) const RESPONDS: &str = "responds";
/// What this desk is called among others.
const DESK: &str = "desk";
const VOICEMAIL: &str = "voicemail";
const CRM: &str = "crm";
const WRAP_UP: &str = "wrap-up";
const LEFT_OUT: &str = "left-out";
const THRESHOLDS: &str = "thresholds";

impl Tool {
    /// What is wrong with it, if anything.
    pub(crate) fn check(&self) -> Result<(), Refusal> {
        match self {
            Self::QuickReply { shortcut, text } => {
                let is_word =
                    !shortcut.is_empty() && shortcut.chars().all(|letter| letter.is_alphanumeric() || letter == '-');
                if !is_word {
                    return Err(Refusal::Shortcut);
                }
                if text.chars().count() > LONGEST { Err(Refusal::TooLong { longest: LONGEST }) } else { Ok(()) }
            }
            Self::Reason { name, .. } if name.trim().is_empty() => Err(Refusal::ReasonUnnamed),
            Self::Reason { status, .. } if !matches!(status.as_str(), "" | "away" | "busy") => {
                Err(Refusal::ReasonStatus)
            }
            Self::Favourite { target, .. } => Target::parse(target, None).map(drop).map_err(Refusal::Target),
            Self::Voicemail(target) if !target.trim().is_empty() => {
                Target::parse(target, None).map(drop).map_err(Refusal::Target)
            }
            Self::Crm(template) if !template.trim().is_empty() => check_crm(template),
            Self::WrapUp(seconds) if !seconds.trim().is_empty() => match seconds.trim().parse::<i64>() {
                Ok(1..=3600) => Ok(()),
                _ => Err(Refusal::WrapUp),
            },
            Self::LeaveOut(names) => match names.iter().find(|name| extra_of(name).is_none()) {
                Some(name) => Err(Refusal::NoChoice(name.clone())),
                None => Ok(()),
            },
            _ => Ok(()),
        }
    }

    pub(crate) fn keep(&self, ledger: &mut Ledger, account: &str) -> Result<(), LedgerError> {
        let chosen = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        match self {
            Self::QuickReply { shortcut, text } => {
                ledger.keep_quick_reply(account, &QuickReply { shortcut: shortcut.clone(), text: text.clone() })
            }
            Self::Reason { name, status } => {
                ledger.keep_reason(account, &Reason { name: name.trim().to_owned(), status: status.clone() })
            }
            Self::Voicemail(target) => ledger.keep_setting(account, VOICEMAIL, chosen(target).as_deref()),
            Self::Favourite { target, name } => {
                let favourite = Favourite { target: target.trim().to_owned(), name: name.trim().to_owned() };
                ledger.keep_favourite(account, &favourite)
            }
            Self::Crm(template) => ledger.keep_setting(account, CRM, chosen(template).as_deref()),
            Self::WrapUp(seconds) => ledger.keep_setting(account, WRAP_UP, chosen(seconds).as_deref()),
            Self::LeaveOut(names) => ledger.keep_setting(account, LEFT_OUT, chosen(&names.join(" ")).as_deref()),
        }
    }
}

/// Only a page of the web can be opened, and never one that hides a credential.
fn check_crm(template: &str) -> Result<(), Refusal> {
    let filled = template.replace(['{', '}'], "");
    let is_page = Url::parse(filled.trim()).is_ok_and(|url| {
        matches!(url.scheme(), "https" | "http")
            && url.host().is_some()
            && url.username().is_empty()
            && url.password().is_none()
    });
    is_page.then_some(()).ok_or(Refusal::PageAddress)
}

/// What is kept about answers by rules.
#[derive(Debug)]
pub(crate) struct Responding {
    /// The rules, as TOML.
    pub(crate) rules: Option<String>,
    /// Whether this desk is to answer.
    pub(crate) is_on: bool,
    /// The ledger was begun in place of a damaged one: no rule answers before a
    /// person says so.
    pub(crate) is_begun_anew: bool,
    /// Its name, the same at every start: a claim that an earlier run left is known by it.
    pub(crate) desk: String,
}

/// What is kept about answers by rules; a new desk takes this name.
pub(crate) fn responding(
    ledger: &mut Ledger,
    Whose { agent, customer }: Whose<'_>,
    new_name: &str,
) -> Result<Responding, LedgerError> {
    let desk = match ledger.setting(customer, DESK)? {
        Some(desk) => desk,
        None => {
            ledger.keep_setting(customer, DESK, Some(new_name))?;
            new_name.to_owned()
        }
    };
    let is_on = ledger.setting(agent, RESPONDS)?.as_deref() == Some("on");
    Ok(Responding { rules: ledger.setting(customer, RULES)?, is_on, is_begun_anew: ledger.is_begun_anew()?, desk })
}

/// All that is set up.
#[derive(Debug)]
pub(crate) struct SetUp {
    pub(crate) tools: ToolsView,
    /// None where the agent never chose any.
    pub(crate) thresholds: Option<Thresholds>,
}

/// All that is set up.
pub(crate) fn set_up(ledger: &mut Ledger, account: &str) -> Result<SetUp, LedgerError> {
    let thresholds = ledger.setting(account, THRESHOLDS)?.and_then(|kept| read_thresholds(&kept));
    Ok(SetUp { tools: tools(ledger, account)?, thresholds })
}

/// Keeps the thresholds that the agent chose.
pub(crate) fn keep_thresholds(
    ledger: &mut Ledger,
    account: &str,
    Thresholds { level_s, amber_s, red_s }: Thresholds,
) -> Result<(), LedgerError> {
    ledger.keep_setting(account, THRESHOLDS, Some(&format!("{level_s} {amber_s} {red_s}")))
}

fn read_thresholds(kept: &str) -> Option<Thresholds> {
    let mut seconds = kept.split(' ').map(|seconds| seconds.parse().ok());
    let thresholds = Thresholds { level_s: seconds.next()??, amber_s: seconds.next()??, red_s: seconds.next()?? };
    thresholds.are_possible().then_some(thresholds)
}

fn tools(ledger: &mut Ledger, account: &str) -> Result<ToolsView, LedgerError> {
    ledger.stock(account)?;
    let quick = |QuickReply { shortcut, text }| QuickReplyView { shortcut, text };
    let reason = |Reason { name, status }| {
        let status = if status == "busy" { StatusView::Busy } else { StatusView::Away };
        ReasonView { name, status }
    };
    let favourite = |Favourite { target, name }| FavouriteView { target, name };
    Ok(ToolsView {
        quick_replies: ledger.quick_replies(account)?.into_iter().map(quick).collect(),
        reasons: ledger.reasons(account)?.into_iter().map(reason).collect(),
        favourites: ledger.favourites(account)?.into_iter().map(favourite).collect(),
        voicemail: ledger.setting(account, VOICEMAIL)?,
        crm: ledger.setting(account, CRM)?,
        wrap_up_s: ledger.setting(account, WRAP_UP)?.and_then(|seconds| seconds.parse().ok()),
        left_out: ledger
            .setting(account, LEFT_OUT)?
            .unwrap_or_default()
            .split(' ')
            .filter(|name| extra_of(name).is_some())
            .map(str::to_owned)
            .collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_right_is_said_before_it_is_kept() {
        let crm = |template: &str| Tool::Crm(template.to_owned()).check().is_ok();
        assert!(crm("https://crm.example/search?phone={number}") && crm(""));
        assert!(
            !crm("javascript:alert(1)") && !crm("file:///etc/passwd") && !crm("https://me:pw@crm.example/{number}")
        );
        let voicemail = |target: &str| Tool::Voicemail(target.to_owned()).check().is_ok();
        assert!(
            voicemail("+1 555 123 4567") && voicemail("direct.abc123") && voicemail("") && !voicemail("ring the bell")
        );
        let quick = |shortcut: &str| Tool::QuickReply { shortcut: shortcut.into(), text: "Hi".into() }.check().is_ok();
        assert!(quick("hours") && !quick("two words") && !quick(""));
        let leave_out = |name: &str| Tool::LeaveOut(vec![name.to_owned()]).check().is_ok();
        assert!(leave_out("flows") && leave_out("teamTexts") && !leave_out("calls") && !leave_out(""));
    }
}
