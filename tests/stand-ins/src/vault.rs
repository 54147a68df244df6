//! Where a sign-in and the key of the ledger are kept.

use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use ringside_shift::{Account, Kept, Key, Vault, VaultError};
use voipbin_client::Token;

/// What a keyring does when it is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mood {
    /// It answers.
    #[default]
    Answers,
    /// There is none.
    IsMissing,
    /// It does not answer until it changes its mind: it is slow, or asks for a password.
    Waits,
    /// It breaks down in the middle of the call.
    Dies,
}

/// A keyring in memory, that can be locked, slow, or broken.
#[derive(Debug, Default)]
pub struct Drawer {
    mood: Mutex<Mood>,
    turned: Condvar,
    /// How often it was asked to keep a sign-in.
    pub keeps: AtomicUsize,
    /// The sign-in that it holds.
    pub kept: Mutex<Option<Kept>>,
    /// Whether it is locked: reads and writes fail until it is not.
    pub is_locked: Mutex<bool>,
    /// The key of the ledger, once it was asked for.
    pub key: Mutex<Option<Key>>,
    /// Where the ledger lies; without one nothing is kept.
    pub ledger: Option<PathBuf>,
}

impl Drawer {
    /// That of a desk whose ledger lies here.
    pub fn keeping(ledger: PathBuf) -> Self {
        Self { ledger: Some(ledger), ..Self::default() }
    }

    /// One in which the key of a ledger lies already, if one is given.
    pub fn with_key(key: Option<Key>) -> Self {
        Self { key: Mutex::new(key), ..Self::default() }
    }

    /// One that somebody opens, or that refuses from now on.
    pub fn turns(&self, mood: Mood) {
        *hold(&self.mood) = mood;
        self.turned.notify_all();
    }

    fn open(&self) -> Result<(), VaultError> {
        let mood = {
            let waits = |mood: &mut Mood| *mood == Mood::Waits;
            *self.turned.wait_while(hold(&self.mood), waits).unwrap_or_else(PoisonError::into_inner)
        };
        match mood {
            Mood::IsMissing => return Err(VaultError::Missing),
            Mood::Dies => panic!("the keyring died"),
            Mood::Answers | Mood::Waits => {}
        }
        if *hold(&self.is_locked) { Err(VaultError::Locked) } else { Ok(()) }
    }
}

impl Vault for Drawer {
    fn remembered(&self) -> Option<Account> {
        hold(&self.kept).as_ref().map(|kept| kept.account.clone())
    }

    fn load(&self) -> Result<Option<Kept>, VaultError> {
        self.open()?;
        Ok(hold(&self.kept).clone())
    }

    fn keep(&self, account: &Account, token: &Token) -> Result<(), VaultError> {
        self.keeps.fetch_add(1, Ordering::SeqCst);
        self.open()?;
        *hold(&self.kept) = Some(Kept { account: account.clone(), token: token.clone() });
        Ok(())
    }

    fn forget(&self) -> Result<(), VaultError> {
        self.open()?;
        *hold(&self.kept) = None;
        Ok(())
    }

    fn ledger_key(&self) -> Result<Key, VaultError> {
        self.open()?;
        let mut kept = hold(&self.key);
        if let Some(key) = kept.as_ref() {
            return Ok(key.clone());
        }
        let key = Key::new().map_err(|error| VaultError::Broken(Box::new(error)))?;
        Ok(kept.insert(key).clone())
    }
}

/// Keeps the key of the ledger in a file, and no sign-in: what dies here is the
/// process, not the keyring.
#[derive(Debug)]
pub struct KeyFile(pub PathBuf);

impl Vault for KeyFile {
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
        let broken = |error: std::io::Error| VaultError::Broken(Box::new(error));
        if let Some(key) = std::fs::read_to_string(&self.0).ok().and_then(|text| Key::parse(&text).ok()) {
            return Ok(key);
        }
        let key = Key::new().map_err(|error| VaultError::Broken(Box::new(error)))?;
        key.show(|text| std::fs::write(&self.0, text)).map_err(broken)?;
        Ok(key)
    }
}

fn hold<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
