//! The token in the operating system's keyring.
//!
//! A locked keyring answers "no entry", just as an empty one does. So a file
//! beside it remembers that an entry was written, and for whom; the file holds
//! no secret.

mod memory;
mod store;
#[cfg(test)]
mod tests;

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use keyring::Error;
use ringside_shift::{Account, Kept, Key, Vault, VaultError, private};
use voipbin_client::{Token, certificates_only};

pub use memory::keep_private;

use store::{Store, System};

const USER: &str = "voipbin-token";
const LEDGER: &str = "ledger-key";
const PROBE: &str = "is-it-open";

/// The system's keyring and the file beside it.
#[derive(Debug)]
pub struct Keyring {
    account: PathBuf,
    store: Box<dyn Store>,
}

impl Keyring {
    /// The file lies in this folder: the app's own among the agent's settings.
    pub fn beside(folder: &Path) -> Self {
        Self::with(folder, Box::new(System))
    }

    fn with(folder: &Path, store: Box<dyn Store>) -> Self {
        Self { account: folder.join("account.json"), store }
    }

    fn read(&self) -> Result<Option<Account>, VaultError> {
        match std::fs::read(&self.account) {
            // A file that cannot be read is like none: the agent signs in again.
            Ok(bytes) => Ok(serde_json::from_slice(&bytes).ok()),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(broken(error)),
        }
    }

    /// Written whole or not at all, and for this user only.
    fn remember(&self, account: &Account) -> std::io::Result<()> {
        if let Some(folder) = self.account.parent() {
            private::close_folder(folder)?;
        }
        private::write(&self.account, &serde_json::to_vec_pretty(account)?)
    }

    fn remove(&self) -> Result<(), VaultError> {
        match self.store.remove(USER) {
            // Gone already, or locked: a locked keyring cannot be written to.
            Err(Error::NoEntry) => {
                self.store.write(USER, "signed out").map_err(not_working)?;
                self.store.remove(USER).map_err(not_working)
            }
            removed => removed.map_err(not_working),
        }
    }

    /// The key that is there. What stands in its place and is none is left alone: it
    /// may be one that a later version wrote.
    fn kept_key(&self) -> Result<Option<Key>, VaultError> {
        match self.store.read(LEDGER) {
            Ok(text) => Key::parse(&text).map(Some).map_err(broken),
            Err(Error::NoEntry) => Ok(None),
            Err(error) => Err(not_working(error)),
        }
    }

    /// Earlier versions left the file open to other users.
    fn close(&self) {
        let folder = self.account.parent().filter(|folder| folder.exists());
        let closed = folder.map_or(Ok(()), private::close_folder).and_then(|()| private::close_file(&self.account));
        if let Err(error) = closed {
            tracing::warn!(%error, "other users of this computer may see who signs in here");
        }
    }
}

impl Vault for Keyring {
    fn remembered(&self) -> Option<Account> {
        self.read().ok().flatten()
    }

    fn load(&self) -> Result<Option<Kept>, VaultError> {
        self.close();
        let Some(mut account) = self.read()? else { return Ok(None) };
        // Earlier versions kept the whole of the file that was chosen.
        let only = account.extra_ca.as_deref().and_then(|pem| certificates_only(pem).ok());
        if only.is_some() && only != account.extra_ca {
            account.extra_ca = only;
            self.remember(&account).map_err(broken)?;
        }
        match self.store.read(USER) {
            Ok(text) => match Token::parse(&text) {
                Ok(token) => Ok(Some(Kept { account, token })),
                Err(_) => Ok(None),
            },
            Err(Error::NoEntry) => Err(VaultError::Locked),
            Err(error) => Err(not_working(error)),
        }
    }

    fn keep(&self, account: &Account, token: &Token) -> Result<(), VaultError> {
        token.lend(|text| self.store.write(USER, text)).map_err(not_working)?;
        self.remember(account).map_err(|error| {
            // Nobody would know of it, and so nobody would ever remove it.
            if let Err(error) = self.store.remove(USER) {
                tracing::warn!(%error, "a token stays in the keyring that nobody knows of");
            }
            broken(error)
        })
    }

    fn forget(&self) -> Result<(), VaultError> {
        match self.remove() {
            Err(error) if self.account.exists() => return Err(error),
            // Nothing was kept here, whatever the keyring has to say about it.
            _ => {}
        }
        match std::fs::remove_file(&self.account) {
            Ok(()) => Ok(()),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
            Err(error) => Err(broken(error)),
        }
    }

    /// A locked keyring says "no entry", too. So something is written to it
    /// first: that fails, or unlocks it, and only if the key is still not there
    /// is a new one made. A key that is written over is lost for ever.
    fn ledger_key(&self) -> Result<Key, VaultError> {
        if let Some(key) = self.kept_key()? {
            return Ok(key);
        }
        self.store.write(PROBE, "open").map_err(not_working)?;
        self.store.remove(PROBE).map_err(not_working)?;
        if let Some(key) = self.kept_key()? {
            return Ok(key);
        }
        let key = Key::new().map_err(broken)?;
        key.show(|text| self.store.write(LEDGER, text)).map_err(not_working)?;
        Ok(key)
    }
}

fn not_working(error: Error) -> VaultError {
    match error {
        Error::NoStorageAccess(_) => VaultError::Locked,
        Error::NoDefaultStore => VaultError::Missing,
        other => broken(other),
    }
}

fn broken(error: impl std::error::Error + Send + Sync + 'static) -> VaultError {
    VaultError::Broken(Box::new(error))
}
