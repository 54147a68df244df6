//! The ledger's one writer: a thread of its own, since a disk and a keyring may
//! take their time and no call waits for them.

use std::path::PathBuf;
use std::sync::{Arc, mpsc};

use ringside_ledger::{Ledger, LedgerError, Opened};
use tokio::sync::oneshot;

use crate::ports::{Vault, VaultError};

type Work = Box<dyn FnOnce(Result<&mut Ledger, &NotKept>) + Send>;

/// The handle of the writer. What is asked of it is done in that order.
#[derive(Debug)]
pub(crate) struct Book {
    work: mpsc::Sender<Work>,
}

/// Why something was not kept, as a sentence for the agent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(crate) struct NotKept(pub(crate) String);

/// How opening the ledger went.
pub(crate) type Opening = Result<Option<PathBuf>, NotKept>;

impl Book {
    /// Opens the ledger at this place with the key of the vault.
    pub(crate) fn open(vault: Arc<dyn Vault>, place: PathBuf) -> (Self, oneshot::Receiver<Opening>) {
        let (work, asked) = mpsc::channel::<Work>();
        let (told, opening) = oneshot::channel();
        let write = move || {
            let opened = open(&*vault, &place);
            let (mut ledger, told_of) = match opened {
                Ok(Opened { ledger, put_aside }) => (Ok(ledger), Ok(put_aside)),
                Err(why) => (Err(why.clone()), Err(why)),
            };
            if told.send(told_of).is_err() {
                tracing::debug!("nobody waited for the ledger");
            }
            for work in asked {
                work(ledger.as_mut().map_err(|why| &*why));
            }
        };
        if let Err(error) = std::thread::Builder::new().name("ledger".to_owned()).spawn(write) {
            tracing::error!(%error, "the ledger has no thread");
        }
        (Self { work }, opening)
    }

    /// Does something with the ledger; it is in the queue when this returns.
    pub(crate) fn ask<T: Send + 'static, W>(
        &self,
        what: W,
    ) -> impl Future<Output = Result<T, NotKept>> + Send + use<T, W>
    where
        W: FnOnce(&mut Ledger) -> Result<T, LedgerError> + Send + 'static,
    {
        let (answer, answered) = oneshot::channel();
        let work = move |ledger: Result<&mut Ledger, &NotKept>| {
            let result = ledger.map_err(Clone::clone).and_then(|ledger| what(ledger).map_err(|error| because(&error)));
            if answer.send(result).is_err() {
                tracing::debug!("nobody waited for the ledger");
            }
        };
        let is_gone = self.work.send(Box::new(work)).is_err();
        async move {
            if is_gone {
                return Err(ended());
            }
            answered.await.unwrap_or_else(|_| Err(ended()))
        }
    }
}

fn open(vault: &dyn Vault, place: &std::path::Path) -> Result<Opened, NotKept> {
    let key = vault.ledger_key().map_err(|error| {
        tracing::warn!(%error, "the ledger has no key");
        let why = match error {
            VaultError::Locked => "this computer's keyring is locked. Unlock it and start Ringside again",
            VaultError::Missing => "this computer has no keyring service to keep their key in",
            VaultError::Broken(_) => "this computer's keyring did not work",
        };
        NotKept(format!(
            "Replies, drafts and history are not kept here over a restart, and who asked for no texts before is not known: {why}."
        ))
    })?;
    Ledger::open(place, &key).map_err(|error| because(&error))
}

fn because(error: &LedgerError) -> NotKept {
    tracing::warn!(%error, cause = ?std::error::Error::source(error).map(ToString::to_string), "the ledger");
    NotKept(format!(
        "Replies, drafts and history are not kept on this computer, and who asked for no texts before is not known: {error}."
    ))
}

fn ended() -> NotKept {
    NotKept("Replies, drafts and history are not kept: the ledger's writer ended. Start Ringside again.".to_owned())
}
