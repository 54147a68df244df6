//! What a shift borrows from its host.

use ringside_desk::Alert;
use ringside_ledger::Key;
use ringside_words::say;
use voipbin_client::Token;

use crate::account::Account;
use crate::problem::Problem;

/// Where the token is kept between two starts: the system's keyring.
///
/// The calls may block, also for ever. They are made one at a time, away from
/// the event loop.
pub trait Vault: Send + Sync {
    /// Whose sign-in was kept, as far as that is no secret: it is known also while
    /// the keyring is locked, so that the form does not offer another service's address.
    fn remembered(&self) -> Option<Account> {
        None
    }

    /// What was kept. `Ok(None)` only when nothing was ever kept: an entry that
    /// should be there and is not is [`VaultError::Locked`].
    ///
    /// # Errors
    /// When the keyring cannot be read now.
    fn load(&self) -> Result<Option<Kept>, VaultError>;

    /// Keeps an account and its token in place of what was kept before.
    ///
    /// # Errors
    /// When the keyring cannot be written.
    fn keep(&self, account: &Account, token: &Token) -> Result<(), VaultError>;

    /// Removes what was kept.
    ///
    /// # Errors
    /// When the keyring cannot be written.
    fn forget(&self) -> Result<(), VaultError>;

    /// The key of the ledger, made at the first call and the same ever after.
    /// A vault that keeps none lets nothing be kept over a restart.
    ///
    /// # Errors
    /// When it cannot be read, or a new one cannot be kept.
    fn ledger_key(&self) -> Result<Key, VaultError> {
        Err(VaultError::Missing)
    }
}

/// Holds nothing and keeps nothing: for a host that signs in anew each time.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoVault;

impl Vault for NoVault {
    fn load(&self) -> Result<Option<Kept>, VaultError> {
        Ok(None)
    }

    fn keep(&self, _: &Account, _: &Token) -> Result<(), VaultError> {
        Ok(())
    }

    fn forget(&self) -> Result<(), VaultError> {
        Ok(())
    }
}

/// What a vault held.
#[derive(Debug, Clone)]
pub struct Kept {
    /// Whose it is.
    pub account: Account,
    /// The token.
    pub token: Token,
}

/// Why a vault did not work.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum VaultError {
    /// It is locked.
    #[error("the keyring is locked")]
    Locked,
    /// There is none.
    #[error("there is no keyring service")]
    Missing,
    /// It does not answer.
    #[error("the keyring does not answer")]
    Silent,
    /// Anything else.
    #[error("the keyring did not work")]
    Broken(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl From<VaultError> for Problem {
    fn from(error: VaultError) -> Self {
        match error {
            VaultError::Locked => say!("problems-keyring-locked"),
            VaultError::Missing => say!("problems-keyring-missing"),
            VaultError::Silent => say!("problems-keyring-silent"),
            VaultError::Broken(_) => say!("problems-keyring-broken"),
        }
        .into()
    }
}

/// How an agent is told of things while the window is hidden. Must not block.
pub trait Bell: Send {
    /// Raises or withdraws an alert.
    fn ring(&mut self, alert: Alert);
}
