//! The one user of the vault: a thread of its own with a queue.
//!
//! A keyring may take its time, ask for a password, or never answer, and no call
//! waits for that. What is asked of it is done one after the other: a token that
//! is still being kept when the agent signs out is kept first and removed then.
//! A plain thread, because the end of the app does not wait for one.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};

use tokio::sync::oneshot;

use crate::ports::{Vault, VaultError};

type Job = Box<dyn FnOnce(&dyn Vault) + Send>;

/// The handle of the thread; it ends with the last of them.
#[derive(Debug, Clone)]
pub(crate) struct Safe {
    jobs: mpsc::Sender<Job>,
    writes: Arc<AtomicUsize>,
}

/// What was asked of it cannot be answered any more.
#[derive(Debug, thiserror::Error)]
#[error("the keyring's thread ended in the middle of it")]
struct BrokeOff;

impl Safe {
    pub(crate) fn of(vault: Arc<dyn Vault>) -> Self {
        let (jobs, asked) = mpsc::channel::<Job>();
        let work = move || {
            for job in asked {
                // One call that breaks down takes its answer with it, and no other.
                if catch_unwind(AssertUnwindSafe(|| job(&*vault))).is_err() {
                    tracing::error!("a call to the keyring broke down");
                }
            }
        };
        if let Err(error) = std::thread::Builder::new().name("keyring".to_owned()).spawn(work) {
            tracing::error!(%error, "the keyring has no thread");
        }
        Self { jobs, writes: Arc::default() }
    }

    /// Asks something; it is in the queue when this returns.
    pub(crate) fn ask<T: Send + 'static, W>(
        &self,
        what: W,
    ) -> impl Future<Output = Result<T, VaultError>> + Send + use<T, W>
    where
        W: FnOnce(&dyn Vault) -> Result<T, VaultError> + Send + 'static,
    {
        let (answer, answered) = oneshot::channel();
        let job = move |vault: &dyn Vault| {
            if answer.send(what(vault)).is_err() {
                tracing::debug!("nobody waited for the keyring");
            }
        };
        // Without its thread the answer is dropped, and that is an answer too.
        self.jobs.send(Box::new(job)).ok();
        async move { answered.await.unwrap_or_else(|_| Err(broke_off())) }
    }

    /// Asks for a change, which the end of the app waits for.
    pub(crate) fn change<T: Send + 'static, W>(
        &self,
        what: W,
    ) -> impl Future<Output = Result<T, VaultError>> + Send + use<T, W>
    where
        W: FnOnce(&dyn Vault) -> Result<T, VaultError> + Send + 'static,
    {
        let under_way = UnderWay::one_more(&self.writes);
        self.ask(move |vault| {
            let _until_done = under_way;
            what(vault)
        })
    }

    /// Whether something is still being changed.
    pub(crate) fn is_changing(&self) -> bool {
        self.writes.load(Ordering::Acquire) > 0
    }
}

pub(crate) fn broke_off() -> VaultError {
    VaultError::Broken(Box::new(BrokeOff))
}

/// Counts down when it is dropped, however the call ended.
struct UnderWay(Arc<AtomicUsize>);

impl UnderWay {
    fn one_more(count: &Arc<AtomicUsize>) -> Self {
        count.fetch_add(1, Ordering::AcqRel);
        Self(Arc::clone(count))
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}
