//! Answering texts by rules without a window, for the server of a small office:
//! the same rules, the same ledger, the same brakes as the desktop's.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

use ringside_desk::{Patch, ResponderDeed, ResponderState, ResponderView, RuleBook, TraceFate};
use ringside_shift::{Account, Credential, Kept, Key, Place, Ports, Problem, Reader, Shift, Sink, Vault, VaultError};
use ringside_vault::Keyring;
use ringside_words::{Message, text};
use tokio::sync::mpsc;
use voipbin_client::Token;
use zeroize::Zeroizing;

use crate::asked::{Asked, KEY_VARIABLE};
use crate::lines::{Line, Writer};
use crate::signed_in::{SignedIn, TokenFile};
use crate::{Ears, Ended, settings, sign_in_with, stopped, tail};

/// Keeps no sign-in, and has the key of the ledger.
struct Office {
    key: Option<Key>,
    keyring: Option<Keyring>,
}

impl Vault for Office {
    fn load(&self) -> Result<Option<Kept>, VaultError> {
        Ok(None)
    }

    fn keep(&self, _: &Account, _: &Token) -> Result<(), VaultError> {
        Ok(())
    }

    fn forget(&self) -> Result<(), VaultError> {
        Ok(())
    }

    fn ledger_key(&self) -> Result<Key, VaultError> {
        match (&self.key, &self.keyring) {
            (Some(key), _) => Ok(key.clone()),
            (None, Some(keyring)) => keyring.ledger_key(),
            (None, None) => Err(VaultError::Missing),
        }
    }
}

/// Says each decision once, and where answering stands when that changes.
#[derive(Default)]
struct Said {
    state: Option<(ResponderState, Message)>,
    decisions: BTreeSet<(String, TraceFate)>,
}

impl Said {
    fn lines(&mut self, responder: &ResponderView) -> Vec<Line> {
        let mut lines = Vec::new();
        let state = (responder.state, responder.words.clone());
        if self.state.as_ref() != Some(&state) {
            self.state = Some(state.clone());
            lines.push(Line::Responder(state.0, state.1));
        }
        let shown: BTreeSet<_> = responder.traces.iter().map(|trace| (trace.message.clone(), trace.fate)).collect();
        for trace in responder.traces.iter().rev() {
            if !self.decisions.contains(&(trace.message.clone(), trace.fate)) {
                lines.push(Line::Decision {
                    message: trace.message.clone(),
                    number: trace.number.clone(),
                    fate: trace.fate,
                    words: trace.words.clone(),
                });
            }
        }
        self.decisions = shown;
        lines
    }
}

pub(crate) async fn run(asked: Asked) -> Result<(), String> {
    let mut stopped = std::pin::pin!(stopped());
    let file = asked.token_file.clone().map(TokenFile::open).transpose()?;
    let found = sign_in_with(&asked, file.as_ref(), &mut stopped).await?;
    let Some((place, credential)) = found else { return Ok(()) };
    let signed_in = SignedIn::new(file, false);
    let rules = asked.rules.as_ref().map(read).transpose()?;
    let key = match std::env::var(KEY_VARIABLE) {
        Ok(text) => Some(Key::parse(&Zeroizing::new(text)).map_err(|_| text!("cli-no-key", variable = KEY_VARIABLE))?),
        Err(_) => None,
    };
    let ledger = asked.ledger.clone().or_else(|| Some(dirs::data_dir()?.join("dev.ringside.desktop/ledger.db")));
    let ledger = ledger.ok_or_else(|| text!("cli-no-data"))?;
    let (tell, mut told) = mpsc::unbounded_channel();
    let (alerts, links) = (tell.clone(), tell);
    let shift = Shift::start(Ports {
        vault: Arc::new(Office { key, keyring: settings().map(|folder| Keyring::beside(&folder)) }),
        bell: Box::new(Ears(alerts)),
        clock: ringside_shift::clock,
        steady: ringside_shift::steady,
        reader: Some(Reader::start().map_err(|error| error.to_string())?),
        ledger: Some(ledger),
        tap: None,
    });
    let mut so_far = Said::default();
    let sink = Sink::new(move |batch| {
        let lines = batch.patches.iter().flat_map(|patch| match patch {
            Patch::PutResponder { responder } => so_far.lines(responder),
            other => Line::of_patch(other).into_iter().collect(),
        });
        lines.into_iter().all(|line| links.send(line).is_ok())
    });
    shift.watch(sink).await.map_err(|problem| problem.to_string())?;
    let result = respond(&asked, &shift, (place, credential), signed_in, rules, &mut told, stopped).await;
    shift.end().await;
    result
}

async fn respond(
    asked: &Asked,
    shift: &Shift,
    (place, credential): (Place, Credential),
    mut signed_in: SignedIn,
    rules: Option<RuleBook>,
    told: &mut mpsc::UnboundedReceiver<Line>,
    stopped: impl Future<Output = ()>,
) -> Result<(), String> {
    let words = |problem: Problem| problem.to_string();
    let mut stopped = std::pin::pin!(stopped);
    tokio::select! {
        came_in = shift.sign_in(place, credential, false) => came_in.map_err(words)?,
        () = &mut stopped => return Ok(()),
    }
    // The ledger waits for its key, and its key perhaps for the keyring.
    let begun = async {
        if let Some(rules) = rules {
            shift.respond(ResponderDeed::Keep(Box::new(rules))).await?;
        }
        if asked.begun_anew {
            // A person says so: it counts for the starts to come.
            return shift.respond(ResponderDeed::Switch(true)).await;
        }
        shift.respond(ResponderDeed::ForNow(true)).await
    };
    tokio::select! {
        begun = begun => begun.map_err(words)?,
        () = &mut stopped => return Ok(()),
    }
    if shift.desk().await.map_err(words)?.responder.book.rules.is_empty() {
        return Err(text!("cli-no-rules"));
    }
    let mut writer = Writer::new(asked.json);
    // What was said before a person accepted the loss holds nothing up any more.
    while let Ok(line) = told.try_recv() {
        signed_in.hear(&line);
        writer.write(&line);
    }
    let ended = tokio::select! {
        ended = tail(asked, shift, &mut signed_in, &mut writer, told) => ended,
        () = stopped => Ended::Stopped,
    };
    while let Ok(line) = told.try_recv() {
        writer.write(&line);
    }
    if asked.state {
        let desk = shift.desk().await.map_err(words)?;
        crate::lines::say(&serde_json::json!({"state": desk}).to_string());
    }
    ended.result()
}

fn read(file: &PathBuf) -> Result<RuleBook, String> {
    let text = std::fs::read_to_string(file)
        .map_err(|error| text!("cli-unreadable", file = file.display().to_string(), why = error.to_string()))?;
    RuleBook::from_toml(&text).map_err(|error| format!("{}: {error}", file.display()))
}
