//! What the agent does to calls (live-service.md, sections 4.10, 5.1, 5.7 to 5.9).
//!
//! Each control shows where it stands: asked for, done, or failed and why. What
//! the service never reports back, holding and music, is shown as asked. Legs
//! are looked up here: the agent is muted on the own leg, the customer is held
//! on the customer's.

use ringside_words::{Message, say};
use serde::Deserialize;
use voipbin_wire::RingFact;

use crate::callers::Callers;
use crate::callers::record::{Caller, Marks};
use crate::callers::table::Slot;
use crate::shelf::set;
use crate::view::{CallStage, ControlsView, DeedView, OffView, TransferStage, TransferView, WhyOff};
use crate::{Desk, numbers};

/// What the agent wants done to a call.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
#[serde(tag = "type", content = "with", rename_all = "camelCase")]
pub enum Deed {
    /// The customer hears nothing and is not heard, or is back.
    Hold(bool),
    /// The customer hears music, or no longer.
    Music(bool),
    /// The agent is not heard, or is again.
    Mute(bool),
    /// The call is recorded, or no longer.
    Record(bool),
    /// The agent leaves the call; a transfer that was answered is complete then.
    HangUp,
    /// It stops ringing here.
    EndRing,
    /// Somebody else takes the call.
    Transfer {
        /// Who.
        to: Target,
        /// Without talking to them first: nobody is left if they do not answer.
        blind: bool,
    },
    /// Whoever is rung to take the call is not, after all.
    CancelTransfer,
    /// The caller talks to a machine: where to is set per account.
    Voicemail,
}

/// Who can be rung.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
pub struct Target {
    /// `agent`, `extension`, `tel`, `sip`; empty for what an agent typed.
    pub kind: String,
    /// Which.
    pub target: String,
    /// What to call them.
    pub name: String,
}

/// What is asked of the service for it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs, reason = "the fields are the routes' own parameters")]
pub enum CallRequest {
    /// `POST` or `DELETE /calls/{id}/hold`.
    Hold { call: String, on: bool },
    /// `POST` or `DELETE /calls/{id}/moh`.
    Music { call: String, on: bool },
    /// `POST` or `DELETE /calls/{id}/mute`. Which direction is which is told in
    /// two ways, so it is always both (live-service.md, section 4.10).
    Mute { call: String, on: bool },
    /// `POST /calls/{id}/recording_start` or `recording_stop`.
    Record { call: String, on: bool },
    /// `POST /calls/{id}/hangup`.
    HangUp { call: String },
    /// `POST /groupcalls/{id}/hangup`.
    EndRing { groupcall: String },
    /// `POST /transfers`.
    Transfer { call: String, blind: bool, to: Target },
    /// `POST /queuecalls/reference_id/{id}/kick`.
    Kick { call: String },
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Steered {
    /// It is done.
    Done,
    /// A transfer rings; the ring's identifier, where one was told.
    Rings(Option<String>),
    /// It was not done, and why.
    Failed(Message),
}

/// What an account allows, whatever the call.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Account {
    may_steer: bool,
    has_voicemail: bool,
}

impl Account {
    pub(crate) fn why_not_steer(self) -> Option<WhyOff> {
        (!self.may_steer).then_some(WhyOff::NoRight)
    }

    pub(crate) fn why_no_voicemail(self) -> Option<WhyOff> {
        (!self.has_voicemail).then_some(WhyOff::NoVoicemail)
    }
}

impl WhyOff {
    /// The same for whoever asked.
    pub(crate) fn message(self) -> Message {
        match self {
            Self::NoRight => say!("calls-off-noRight"),
            Self::AnswerFirst => say!("calls-off-answerFirst"),
            Self::Answered => say!("calls-off-answered"),
            Self::NoRing => say!("calls-off-noRing"),
            Self::UnderWay => say!("calls-off-underWay"),
            Self::NoVoicemail => say!("calls-off-noVoicemail"),
        }
    }
}

impl Desk {
    /// What to ask of the service so that this is done.
    ///
    /// # Errors
    /// Why it cannot be done.
    pub fn steer(&mut self, id: &str, deed: &Deed) -> Result<Vec<CallRequest>, Message> {
        let account = self.account();
        if let Some(why) = account.why_not_steer() {
            return Err(why.message());
        }
        let caller = self.callers.find(id).ok_or_else(|| say!("calls-over"))?;
        if caller.wait.is_some() && caller.here.is_none() {
            return match deed {
                Deed::Voicemail => self.voicemail(None).map(|_| vec![CallRequest::Kick { call: id.to_owned() }]),
                _ => Err(say!("calls-off-waits")),
            };
        }
        if let Some(why) = caller.why_off(deed, account) {
            return Err(why.message());
        }
        let ours = Some(caller.party.our_number());
        let target = match deed {
            Deed::Voicemail => Some(self.voicemail(ours)?),
            Deed::Transfer { to, .. } => Some(self.whole(to.known(ours)?)?),
            _ => None,
        };
        let requests = caller.requests(deed, target)?;
        self.steering(id, |controls| match deed {
            Deed::Hold(on) => controls.hold = asked(*on),
            Deed::Music(on) => controls.music = asked(*on),
            Deed::Mute(on) => controls.mute = asked(*on),
            Deed::Record(on) => controls.recording = asked(*on),
            Deed::HangUp | Deed::EndRing => controls.hang_up = DeedView::Asking,
            Deed::Transfer { to, blind } => controls.transfer = Some(starting(Message::verbatim(&to.name), *blind)),
            Deed::Voicemail => controls.transfer = Some(starting(say!("calls-to-voicemail"), true)),
            Deed::CancelTransfer => {}
        });
        Ok(requests)
    }

    /// What came of a deed.
    pub fn steered(&mut self, id: &str, deed: &Deed, came: Steered) {
        let (done, rings, problem) = match came {
            Steered::Done => (true, None, None),
            Steered::Rings(groupcall) => (true, groupcall, None),
            Steered::Failed(why) => (false, None, Some(why)),
        };
        if let Some(ring) = rings {
            self.callers.is_transferred_by(id, &ring);
        }
        self.steering(id, |controls| {
            controls.problem = problem;
            let settled = |on: bool| if on == done { DeedView::On } else { DeedView::Off };
            match deed {
                Deed::Hold(on) => controls.hold = settled(*on),
                Deed::Music(on) => controls.music = settled(*on),
                Deed::Mute(on) => controls.mute = settled(*on),
                Deed::Record(on) => controls.recording = settled(*on),
                Deed::HangUp | Deed::EndRing => {
                    controls.hang_up = if done { DeedView::On } else { DeedView::Off };
                }
                Deed::Transfer { .. } | Deed::Voicemail if done => {
                    if let Some(transfer) = &mut controls.transfer
                        && transfer.stage == TransferStage::Starting
                    {
                        transfer.stage = TransferStage::Ringing;
                    }
                }
                Deed::Transfer { .. } | Deed::Voicemail => controls.transfer = None,
                Deed::CancelTransfer if done => controls.transfer = None,
                Deed::CancelTransfer => {}
            }
        });
    }

    /// The agent has read what went wrong with a call.
    pub fn call_problem_seen(&mut self, id: &str) {
        self.steering(id, |controls| controls.problem = None);
    }

    /// What the account allows, whatever the call.
    pub(crate) fn account(&self) -> Account {
        let has_voicemail = self.tools.voicemail.as_deref().is_some_and(|set| !set.trim().is_empty());
        Account { may_steer: self.people.rights.is_manager, has_voicemail }
    }

    /// A recording runs or has ended, whoever asked for it.
    pub(crate) fn recording_moved(&mut self, call: &str, running: bool) {
        let state = if running { DeedView::On } else { DeedView::Off };
        self.steering(call, |controls| controls.recording = state);
    }

    fn steering(&mut self, id: &str, change: impl FnOnce(&mut ControlsView)) {
        if let Some(slot) = self.callers.table.find(id) {
            self.callers.steering(slot, change);
        }
    }

    fn voicemail(&self, ours: Option<&str>) -> Result<Target, Message> {
        let set = self
            .tools
            .voicemail
            .as_deref()
            .filter(|set| !set.trim().is_empty())
            .ok_or_else(|| say!("calls-off-noVoicemail"))?;
        self.whole(Target::parse(set, ours)?)
    }

    /// The hash of a flow with the service's own domain (live-service.md, section 5.9).
    fn whole(&self, to: Target) -> Result<Target, Message> {
        if !is_hash(&to.target) {
            return Ok(to);
        }
        let domain =
            sip_domain(&self.session.service).ok_or_else(|| say!("calls-no-sip-domain", target = &to.target))?;
        Ok(Target { target: format!("{}@{domain}", to.target), ..to })
    }
}

fn is_hash(target: &str) -> bool {
    target.starts_with("direct.") && !target.contains('@')
}

/// Where a service takes SIP, by its address: an installation of one's own has
/// `api.` and `sip.` before the same domain (live-service.md, section 1). None
/// for a bare address of the network, which has no such names.
fn sip_domain(service: &str) -> Option<String> {
    let host = service.rsplit("://").next()?.split(['/', '?']).next()?;
    let host = host.split_once(':').map_or(host, |(host, _)| host).trim_end_matches('.').to_ascii_lowercase();
    let is_name = host.contains('.') && !host.starts_with('[') && host.parse::<std::net::IpAddr>().is_err();
    is_name.then(|| format!("sip.{}", host.strip_prefix("api.").unwrap_or(&host)))
}

/// Digits alone are an extension up to this length; longer ones are a number
/// whose country is missing.
const LONGEST_EXTENSION: usize = 8;

impl Target {
    fn known(&self, ours: Option<&str>) -> Result<Self, Message> {
        if self.kind.is_empty() {
            return Ok(Self { name: self.name.clone(), ..Self::parse(&self.target, ours)? });
        }
        if matches!(self.kind.as_str(), "tel" | "sip") && numbers::is_withheld(&self.target) {
            return Err(say!("problems-number-withheld"));
        }
        Ok(self.clone())
    }

    /// Who is meant by what an agent types or pastes: a number, a SIP address, the
    /// hash of a flow, else an extension. A number without its country is one of
    /// the country of `ours`.
    ///
    /// # Errors
    /// What cannot be read.
    pub fn parse(text: &str, ours: Option<&str>) -> Result<Self, Message> {
        let typed = numbers::typed(text)?;
        let digits = typed.bytes().all(|digit| digit.is_ascii_digit()).then_some(typed.len());
        let (kind, target) = match digits {
            _ if typed.contains('@') => ("sip", typed),
            _ if typed.starts_with('+') => ("tel", typed),
            Some(_) if numbers::normal(&typed, ours).starts_with('+') => {
                ("tel", numbers::normal(&typed, ours).into_owned())
            }
            Some(length) if length > LONGEST_EXTENSION => {
                return Err(say!("problems-number-no-country", number = typed));
            }
            _ if is_hash(&typed) => ("sip", typed),
            _ => ("extension", typed),
        };
        if target.chars().any(char::is_whitespace) {
            return Err(say!("problems-number-none"));
        }
        let name: String = text.trim().to_owned();
        Ok(Self { kind: kind.to_owned(), target, name })
    }
}

impl Callers {
    /// What can be done to the calls here may have changed for all of them.
    pub(crate) fn redraw_cards(&mut self) {
        for slot in self.table.which(|caller| caller.here.is_some()) {
            self.table.mark(slot, Marks::CARD);
        }
    }

    /// The ring by which a transfer is told of.
    fn is_transferred_by(&mut self, id: &str, ring: &str) {
        if let Some(slot) = self.table.find(id)
            && let Some(here) = &mut self.table[slot].here
        {
            here.transfer_ring = Some(ring.into());
        }
    }

    /// The ring of a transfer says how it goes.
    pub(crate) fn transfer_moved(&mut self, ring: &RingFact) {
        let Some(id) = ring.id.as_deref() else { return };
        if self.here == 0 {
            return;
        }
        let is_by_it =
            |caller: &Caller| caller.here.as_ref().is_some_and(|here| here.transfer_ring.as_deref() == Some(id));
        for slot in self.table.which(is_by_it) {
            self.steering(slot, |controls| {
                let Some(transfer) = &mut controls.transfer else { return };
                if ring.is_answered() {
                    transfer.stage = TransferStage::Answered;
                } else if ring.is_over() && transfer.stage != TransferStage::Answered {
                    let why = say!("calls-transfer-not-taken", name = transfer.to.clone());
                    controls.problem = Some(why);
                    controls.transfer = None;
                }
            });
        }
    }

    fn steering(&mut self, slot: Slot, change: impl FnOnce(&mut ControlsView)) {
        let Some(here) = &mut self.table[slot].here else { return };
        let mut controls = here.controls.clone();
        change(&mut controls);
        if set(&mut here.controls, controls) {
            self.table.mark(slot, Marks::CARD);
        }
    }
}

impl Caller {
    /// Which way a call is muted, as the service says it.
    pub(crate) fn is_muted(&mut self, direction: &str) {
        let state = if direction.is_empty() { DeedView::Off } else { DeedView::On };
        if let Some(here) = &mut self.here {
            self.changed.add_if(set(&mut here.controls.mute, state), Marks::CARD);
        }
    }

    /// The leg of this agent, and the customer's own where that is not known.
    fn own_leg(&self) -> String {
        let legs = self.trail.rings.values().filter(|ring| ring.is_leg);
        legs.filter_map(|leg| leg.answer_call.as_deref()).next().unwrap_or(&self.id).to_owned()
    }

    /// Why something cannot be done to this call at this moment, if so: by this the
    /// controls are off, and by this a deed is refused.
    fn why_off(&self, deed: &Deed, account: Account) -> Option<WhyOff> {
        let here = self.here.as_ref()?;
        let rings = here.stage == CallStage::Ringing;
        let is_handed_on = here.controls.transfer.is_some();
        let why = match deed {
            Deed::EndRing if !rings => Some(WhyOff::Answered),
            Deed::EndRing => self.outer_rings().next().is_none().then_some(WhyOff::NoRing),
            _ if rings => Some(WhyOff::AnswerFirst),
            Deed::Transfer { .. } | Deed::Voicemail if is_handed_on => Some(WhyOff::UnderWay),
            Deed::Voicemail => account.why_no_voicemail(),
            _ => None,
        };
        account.why_not_steer().or(why)
    }

    /// The same for each control that the window shows.
    pub(crate) fn off(&self, account: Account) -> OffView {
        let nobody = Target { kind: String::new(), target: String::new(), name: String::new() };
        let why = |deed: &Deed| self.why_off(deed, account);
        OffView {
            switches: why(&Deed::Hold(true)),
            transfer: why(&Deed::Transfer { to: nobody, blind: false }),
            voicemail: why(&Deed::Voicemail),
            hang_up: why(&Deed::HangUp),
            end_ring: why(&Deed::EndRing),
        }
    }

    /// The rings of this agent that are not inside another one.
    fn outer_rings(&self) -> impl Iterator<Item = &str> {
        let outer = self.trail.rings.iter().filter(|(_, ring)| ring.is_leg && ring.inside_of.is_none());
        outer.map(|(ring, _)| &**ring)
    }

    fn requests(&self, deed: &Deed, target: Option<Target>) -> Result<Vec<CallRequest>, Message> {
        let here = self.here.as_ref().ok_or_else(|| say!("calls-over"))?;
        let call = self.id.to_string();
        let leg = self.own_leg();
        let transfers = here.controls.transfer.as_ref();
        let request = match deed {
            Deed::EndRing => {
                return Ok(self
                    .outer_rings()
                    .map(|ring| CallRequest::EndRing { groupcall: ring.to_owned() })
                    .collect());
            }
            Deed::Voicemail => CallRequest::Transfer {
                call: leg,
                blind: true,
                to: target.ok_or_else(|| say!("calls-off-noVoicemail"))?,
            },
            Deed::Hold(on) => CallRequest::Hold { call, on: *on },
            Deed::Music(on) => CallRequest::Music { call, on: *on },
            Deed::Mute(on) => CallRequest::Mute { call: leg, on: *on },
            Deed::Record(on) => CallRequest::Record { call, on: *on },
            Deed::HangUp => CallRequest::HangUp { call: leg },
            Deed::Transfer { to, blind } => {
                CallRequest::Transfer { call: leg, blind: *blind, to: target.unwrap_or_else(|| to.clone()) }
            }
            Deed::CancelTransfer => match (transfers, &here.transfer_ring) {
                (Some(transfer), _) if transfer.blind => {
                    return Err(say!("calls-transfer-blind-stays"));
                }
                (Some(_), Some(groupcall)) => CallRequest::EndRing { groupcall: groupcall.to_string() },
                _ => return Err(say!("calls-transfer-none")),
            },
        };
        Ok(vec![request])
    }
}

fn asked(on: bool) -> DeedView {
    if on { DeedView::Asking } else { DeedView::Ending }
}

fn starting(to: Message, blind: bool) -> TransferView {
    TransferView { to, blind, stage: TransferStage::Starting }
}
