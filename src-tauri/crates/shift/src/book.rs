//! The ledger's one writer: a thread of its own, since a disk and a keyring may
//! take their time and no call waits for them.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, mpsc};
use std::time::Duration;

use ringside_ledger::{Key, Ledger, LedgerError, Opened};
use ringside_words::{Message, say};
use tokio::sync::{mpsc as told, oneshot};

use crate::ports::VaultError;
use crate::safe::{Safe, broke_off};

type Work = Box<dyn FnMut(Result<&mut Ledger, &NotKept>) -> Went + Send>;

/// Replies wait until it is known who asked for no texts, so that a keyring
/// which does not answer must not keep them for ever.
const KEY_WITHIN: Duration = Duration::from_secs(20);

/// The handle of the writer. What is asked of it is done in that order.
#[derive(Debug)]
pub(crate) struct Book {
    work: mpsc::Sender<Work>,
    lacks_key: Arc<AtomicBool>,
    closed: oneshot::Receiver<()>,
}

/// Why something was not kept, for the agent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(crate) struct NotKept(pub(crate) Message);

/// How opening the ledger went, and where one that could not be read was put.
pub(crate) type Opening = Result<Option<PathBuf>, NotKept>;

/// How a piece of work went.
enum Went {
    /// It was answered.
    Answered,
    /// The ledger turned out to be damaged: it is to be done again on a new one.
    OnDamage,
}

impl Book {
    /// Opens the ledger at this place with the key of the vault. The first word
    /// is how that went; another comes when the ledger turns out to be damaged
    /// later, and a new one was begun.
    pub(crate) fn open(safe: &Safe, place: PathBuf) -> (Self, told::UnboundedReceiver<Opening>) {
        let (work, asked) = mpsc::channel::<Work>();
        let (tell, openings) = told::unbounded_channel();
        let (put_key, key) = mpsc::channel();
        let answered = safe.ask(move |vault| {
            let told = vault.ledger_key();
            // Nobody waits any more: it came too late.
            put_key.send(told).ok();
            Ok(())
        });
        // It is in the queue; the key itself comes on its own way.
        drop(answered);
        let lacks_key = Arc::<AtomicBool>::default();
        let (tell_closed, closed) = oneshot::channel();
        let has_none = Arc::clone(&lacks_key);
        let write = move || {
            let key = key.recv_timeout(KEY_WITHIN).unwrap_or_else(|error| match error {
                mpsc::RecvTimeoutError::Timeout => Err(VaultError::Silent),
                mpsc::RecvTimeoutError::Disconnected => Err(broke_off()),
            });
            has_none.store(key.is_err(), Ordering::Release);
            let mut pages = Pages::open(key, place, tell);
            asked.into_iter().for_each(|work| pages.work(work));
            drop(pages);
            // Nobody waits where the shift ended in another way.
            tell_closed.send(()).ok();
        };
        if let Err(error) = std::thread::Builder::new().name("ledger".to_owned()).spawn(write) {
            tracing::error!(%error, "the ledger has no thread");
        }
        (Self { work, lacks_key, closed }, openings)
    }

    /// Closes the ledger once all that was asked of it is done. A program that
    /// ends while a ledger is still being closed can crash in its encryption.
    pub(crate) async fn close(self) {
        drop(self.work);
        if self.closed.await.is_err() {
            tracing::warn!("the ledger's thread had ended before");
        }
    }

    /// Whether the vault gave no key. That may mend itself.
    pub(crate) fn lacks_key(&self) -> bool {
        self.lacks_key.load(Ordering::Acquire)
    }

    /// Does something with the ledger; it is in the queue when this returns. It is
    /// done a second time, on a new ledger, where the first turns out to be damaged.
    pub(crate) fn ask<T: Send + 'static, W>(
        &self,
        mut what: W,
    ) -> impl Future<Output = Result<T, NotKept>> + Send + use<T, W>
    where
        W: FnMut(&mut Ledger) -> Result<T, LedgerError> + Send + 'static,
    {
        let (answer, answered) = oneshot::channel();
        let mut answer = Some(answer);
        let work = move |ledger: Result<&mut Ledger, &NotKept>| {
            let result = match ledger {
                Err(why) => Err(why.clone()),
                Ok(ledger) => match what(ledger) {
                    Err(error) if ledger.is_damaged(&error) => return Went::OnDamage,
                    result => result.map_err(|error| because(&error)),
                },
            };
            if answer.take().is_some_and(|answer| answer.send(result).is_err()) {
                tracing::debug!("nobody waited for the ledger");
            }
            Went::Answered
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

/// The ledger as its thread has it.
struct Pages {
    key: Option<Key>,
    place: PathBuf,
    ledger: Result<Ledger, NotKept>,
    tell: told::UnboundedSender<Opening>,
}

impl Pages {
    fn open(key: Result<Key, VaultError>, place: PathBuf, tell: told::UnboundedSender<Opening>) -> Self {
        let (key, opened) = match key {
            Ok(key) => {
                let opened = Ledger::open(&place, &key).map_err(|error| because(&error));
                (Some(key), opened)
            }
            Err(error) => (None, Err(no_key(&error))),
        };
        let mut pages = Self { key, place, ledger: Err(ended()), tell };
        pages.take(opened);
        pages
    }

    fn take(&mut self, opened: Result<Opened, NotKept>) {
        let (ledger, opening) = match opened {
            Ok(Opened { ledger, put_aside }) => (Ok(ledger), Ok(put_aside)),
            Err(why) => (Err(why.clone()), Err(why)),
        };
        self.ledger = ledger;
        if self.tell.send(opening).is_err() {
            tracing::debug!("nobody waited for the ledger");
        }
    }

    fn work(&mut self, mut work: Work) {
        if let Went::Answered = work(self.ledger.as_mut().map_err(|why| &*why)) {
            return;
        }
        let opened = self.begin_anew(&self.place.clone());
        self.take(opened);
        if let Went::OnDamage = work(self.ledger.as_mut().map_err(|why| &*why)) {
            tracing::error!("a new ledger is damaged as well");
            self.ledger = Err(NotKept(say!("problems-not-kept-bad-disk")));
            work(self.ledger.as_mut().map_err(|why| &*why));
        }
    }

    fn begin_anew(&mut self, place: &Path) -> Result<Opened, NotKept> {
        let Some(key) = &self.key else { return Err(ended()) };
        // Closed first: what belongs to an open file cannot be moved everywhere.
        self.ledger = Err(ended());
        Ledger::begin_anew(place, key).map_err(|error| because(&error))
    }
}

fn no_key(error: &VaultError) -> NotKept {
    tracing::warn!(%error, "the ledger has no key");
    let why = match error {
        VaultError::Locked => say!("problems-no-key-locked"),
        VaultError::Missing => say!("problems-no-key-missing"),
        VaultError::Silent => say!("problems-no-key-silent"),
        VaultError::Broken(_) => say!("problems-no-key-broken"),
    };
    NotKept(say!("problems-not-kept").then(why))
}

fn because(error: &LedgerError) -> NotKept {
    tracing::warn!(%error, cause = ?std::error::Error::source(error).map(ToString::to_string), "the ledger");
    NotKept(say!("problems-not-kept").then(say!("problems-because", why = error.to_string())))
}

fn ended() -> NotKept {
    NotKept(say!("problems-not-kept-ended"))
}
