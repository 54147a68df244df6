//! The token in the operating system's keyring.
//!
//! A locked keyring answers "no entry", just as an empty one does. So a file
//! beside it remembers that an entry was written, and for whom; the file holds
//! no secret.

mod memory;

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use keyring::{Entry, Error};
use ringside_shift::{Account, Kept, Key, Vault, VaultError, private};
use voipbin_client::{Token, certificates_only};
use zeroize::Zeroizing;

pub use memory::keep_private;

const SERVICE: &str = "Ringside";
const USER: &str = "voipbin-token";
const LEDGER: &str = "ledger-key";
const PROBE: &str = "is-it-open";

/// The system's keyring and the file beside it.
#[derive(Debug)]
pub struct Keyring {
    account: PathBuf,
}

impl Keyring {
    /// The file lies in this folder: the app's own among the agent's settings.
    pub fn beside(folder: &Path) -> Self {
        Self { account: folder.join("account.json") }
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
        match entry(USER)?.get_password().map(Zeroizing::new) {
            Ok(text) => match Token::parse(&text) {
                Ok(token) => Ok(Some(Kept { account, token })),
                Err(_) => Ok(None),
            },
            Err(Error::NoEntry) => Err(VaultError::Locked),
            Err(error) => Err(not_working(error)),
        }
    }

    fn keep(&self, account: &Account, token: &Token) -> Result<(), VaultError> {
        let entry = entry(USER)?;
        token.lend(|text| entry.set_password(text)).map_err(not_working)?;
        self.remember(account).map_err(|error| {
            // Nobody would know of it, and so nobody would ever remove it.
            if let Err(error) = entry.delete_credential() {
                tracing::warn!(%error, "a token stays in the keyring that nobody knows of");
            }
            broken(error)
        })
    }

    fn forget(&self) -> Result<(), VaultError> {
        match remove() {
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
        let key_entry = entry(LEDGER)?;
        let kept = || match key_entry.get_password().map(Zeroizing::new) {
            Ok(text) => Ok(Key::parse(&text).ok()),
            Err(Error::NoEntry) => Ok(None),
            Err(error) => Err(not_working(error)),
        };
        if let Some(key) = kept()? {
            return Ok(key);
        }
        let probe = entry(PROBE)?;
        probe.set_password("open").map_err(not_working)?;
        probe.delete_credential().map_err(not_working)?;
        if let Some(key) = kept()? {
            return Ok(key);
        }
        let key = Key::new().map_err(broken)?;
        key.show(|text| key_entry.set_password(text)).map_err(not_working)?;
        Ok(key)
    }
}

fn remove() -> Result<(), VaultError> {
    let entry = entry(USER)?;
    match entry.delete_credential() {
        // Gone already, or locked: a locked keyring cannot be written to.
        Err(Error::NoEntry) => {
            entry.set_password("signed out").map_err(not_working)?;
            entry.delete_credential().map_err(not_working)
        }
        removed => removed.map_err(not_working),
    }
}

fn entry(user: &str) -> Result<Entry, VaultError> {
    if Entry::store_status().is_err() {
        return Err(VaultError::Missing);
    }
    Entry::new(SERVICE, user).map_err(not_working)
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
