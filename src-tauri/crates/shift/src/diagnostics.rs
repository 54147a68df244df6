//! The link looked at from inside, for whoever has to find out what is wrong.

use std::collections::BTreeMap;

use ringside_words::Message;
use serde::Serialize;
use voipbin_client::{Diagnosis, LinkState, RefusedTopic};

use crate::account::Account;

/// The link looked at from inside. Holds no secret and no customer's word.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "camelCase")]
pub struct Diagnostics {
    /// Address of the service.
    pub service: String,
    /// The proxy on the way to it: host and port; none when it is reached directly.
    pub proxy: Option<String>,
    /// Where the link stands.
    pub state: String,
    /// How the service speaks, once known.
    pub dialect: Option<String>,
    /// Whether the dialect was given instead of found.
    pub dialect_is_given: bool,
    /// Sockets since signing in.
    pub sockets: u64,
    /// Milliseconds since anything was heard.
    pub heard_ago_ms: Option<i64>,
    /// Milliseconds there and back.
    pub round_trip_ms: Option<i64>,
    /// Topics that are wanted.
    pub wanted: Vec<String>,
    /// Topics that deliver.
    pub confirmed: Vec<String>,
    /// Topics that do not, and why.
    pub refused: BTreeMap<String, String>,
    /// Frames by kind.
    pub frames: BTreeMap<String, u64>,
    /// Events of somebody else's customer, which are shown nowhere.
    pub not_ours: u64,
    /// Frames that could not be used, by what they called themselves.
    pub unknown_kinds: BTreeMap<String, u64>,
    /// Fields that are not known.
    pub unknown_fields: BTreeMap<String, u64>,
    /// Fields of another type than documented.
    pub misfit_fields: BTreeMap<String, u64>,
    /// Events that a later one made needless before the desk took them.
    pub merged: u64,
    /// The most events that ever waited for the desk.
    pub most_waiting: u64,
    /// Changes the windows were told.
    pub patches: u64,
    /// In so many batches.
    pub batches: u64,
    /// Why the link was lost, and how often.
    pub losses: Vec<LossView>,
    /// Times the lists were read again.
    pub rereads: u64,
    /// Times the lists could not be read.
    pub rereads_failed: u64,
}

/// A reason for which the link was lost.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "camelCase")]
pub struct LossView {
    /// Why.
    pub why: Message,
    /// How often.
    pub times: u64,
}

/// What the shift counts itself.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Counted {
    pub(crate) rereads: u64,
    pub(crate) rereads_failed: u64,
    pub(crate) patches: u64,
    pub(crate) batches: u64,
}

pub(crate) fn diagnostics(account: &Account, diagnosis: Diagnosis, counted: Counted) -> Diagnostics {
    let Diagnosis { report, proxy, heard_ago, counts, merged, most_waiting } = diagnosis;
    let millis = |duration: std::time::Duration| i64::try_from(duration.as_millis()).unwrap_or(i64::MAX);
    Diagnostics {
        service: account.service.clone(),
        proxy,
        state: match report.state {
            LinkState::Disconnected => "disconnected",
            LinkState::Connecting => "connecting",
            LinkState::Connected => "connected",
            LinkState::CatchingUp => "catching-up",
            LinkState::Live => "live",
            LinkState::Reconnecting { .. } => "reconnecting",
            LinkState::Refused => "refused",
        }
        .to_owned(),
        dialect: report.dialect.map(|dialect| format!("{dialect:?}").to_lowercase()),
        dialect_is_given: account.only.is_some(),
        sockets: report.socket,
        heard_ago_ms: heard_ago.map(millis),
        round_trip_ms: report.round_trip.map(millis),
        wanted: report.wanted.iter().map(ToString::to_string).collect(),
        confirmed: report.confirmed.iter().map(ToString::to_string).collect(),
        refused: report
            .refused
            .iter()
            .map(|RefusedTopic { topic, code, said }| {
                let why = if said.is_empty() { code.to_string() } else { format!("{code}: {said}") };
                (topic.to_string(), why)
            })
            .collect(),
        frames: counts.frames(),
        not_ours: counts.not_ours,
        unknown_kinds: counts.unknown_kinds,
        unknown_fields: counts.unknown_fields,
        misfit_fields: counts.misfit_fields,
        merged,
        most_waiting: u64::try_from(most_waiting).unwrap_or(u64::MAX),
        patches: counted.patches,
        batches: counted.batches,
        losses: counts.losses.into_iter().map(|(why, times)| LossView { why, times }).collect(),
        rereads: counted.rereads,
        rereads_failed: counted.rereads_failed,
    }
}
