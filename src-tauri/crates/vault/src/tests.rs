//! The vault with a keyring that does whatever keyrings do.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Condvar, Mutex};

use keyring::Error;
use ringside_shift::{Account, Key, Vault as _, VaultError};
use tempfile::TempDir;
use voipbin_client::Token;
use zeroize::Zeroizing;

use crate::store::Store;
use crate::{Keyring, LEDGER, PROBE, USER};

/// What a keyring does when it is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mood {
    Open,
    /// Reading finds nothing, and writing fails.
    Locked,
    /// Reading finds nothing; the first write asks the person, who unlocks it.
    UnlocksOnWrite,
    Absent,
    /// It says no to everything.
    Refuses,
    /// It reads, and cannot be written.
    ReadOnly,
    /// It answers nothing until it changes its mind.
    Slow,
}

#[derive(Debug)]
struct Held {
    mood: Mood,
    entries: BTreeMap<String, String>,
}

#[derive(Debug, Clone)]
struct Ring(Arc<(Mutex<Held>, Condvar)>);

impl Ring {
    fn new(mood: Mood) -> Self {
        Self(Arc::new((Mutex::new(Held { mood, entries: BTreeMap::new() }), Condvar::new())))
    }

    fn turns(&self, mood: Mood) {
        self.0.0.lock().unwrap().mood = mood;
        self.0.1.notify_all();
    }

    fn holds(&self, name: &str) -> Option<String> {
        self.0.0.lock().unwrap().entries.get(name).cloned()
    }

    fn put(&self, name: &str, text: &str) {
        self.0.0.lock().unwrap().entries.insert(name.to_owned(), text.to_owned());
    }

    fn ask<T>(
        &self,
        is_write: bool,
        what: impl FnOnce(&mut BTreeMap<String, String>) -> Option<T>,
    ) -> Result<T, Error> {
        let held = self.0.0.lock().unwrap();
        let mut held = self.0.1.wait_while(held, |held| held.mood == Mood::Slow).unwrap();
        let why = || std::io::Error::other("no").into();
        match held.mood {
            Mood::Absent => return Err(Error::NoDefaultStore),
            Mood::Refuses => return Err(Error::PlatformFailure(why())),
            Mood::ReadOnly if is_write => return Err(Error::PlatformFailure(why())),
            Mood::Locked if is_write => return Err(Error::NoStorageAccess(why())),
            Mood::UnlocksOnWrite if is_write => held.mood = Mood::Open,
            Mood::Locked | Mood::UnlocksOnWrite => return Err(Error::NoEntry),
            Mood::Open | Mood::ReadOnly | Mood::Slow => {}
        }
        what(&mut held.entries).ok_or(Error::NoEntry)
    }
}

impl Store for Ring {
    fn read(&self, name: &str) -> Result<Zeroizing<String>, Error> {
        self.ask(false, |entries| entries.get(name).cloned().map(Zeroizing::new))
    }

    fn write(&self, name: &str, text: &str) -> Result<(), Error> {
        self.ask(true, |entries| {
            entries.insert(name.to_owned(), text.to_owned());
            Some(())
        })
    }

    fn remove(&self, name: &str) -> Result<(), Error> {
        // A locked one does not find what it is to remove.
        let is_locked = matches!(self.0.0.lock().unwrap().mood, Mood::Locked | Mood::UnlocksOnWrite);
        self.ask(!is_locked, |entries| entries.remove(name).map(drop))
    }
}

fn vault(home: &Path, ring: &Ring) -> Keyring {
    Keyring::with(home, Box::new(ring.clone()))
}

fn dana() -> (Account, Token) {
    let account = Account {
        service: "https://api.voipbin.net".into(),
        email: "dana@example.com".into(),
        name: "Dana Kim".into(),
        agent_id: None,
        customer_id: "5f6e2c0e-9d1a-4d5c-8a55-6f3a1f1d1c11".parse().unwrap(),
        permission: 0x20,
        extra_ca: None,
        dialect: None,
        only: None,
    };
    (account, Token::parse("an-access-key-of-dana").unwrap())
}

fn kept(home: &Path, ring: &Ring) -> Keyring {
    let vault = vault(home, ring);
    let (account, token) = dana();
    vault.keep(&account, &token).unwrap();
    vault
}

fn shown(key: &Key) -> String {
    key.show(str::to_owned)
}

#[test]
fn a_sign_in_is_there_at_the_next_start_and_gone_once_it_was_forgotten() {
    let (home, ring) = (TempDir::new().unwrap(), Ring::new(Mood::Open));
    assert!(vault(home.path(), &ring).load().unwrap().is_none(), "nothing was ever kept");
    let vault = kept(home.path(), &ring);
    assert_eq!(vault.load().unwrap().unwrap().account, dana().0);
    vault.forget().unwrap();
    assert!(vault.load().unwrap().is_none());
    assert_eq!((vault.remembered(), ring.holds(USER)), (None, None));
}

#[test]
fn a_locked_keyring_is_told_from_an_empty_one_and_says_whose_sign_in_it_holds() {
    let (home, ring) = (TempDir::new().unwrap(), Ring::new(Mood::Open));
    let vault = kept(home.path(), &ring);
    ring.turns(Mood::Locked);
    assert!(matches!(vault.load(), Err(VaultError::Locked)));
    assert_eq!(vault.remembered(), Some(dana().0));
    assert!(matches!(vault.forget(), Err(VaultError::Locked)), "it is still there, and that is said");
    assert_eq!(vault.remembered(), Some(dana().0));
    ring.turns(Mood::Open);
    assert!(vault.load().unwrap().is_some());
}

#[test]
fn what_a_keyring_cannot_do_is_said_and_leaves_nothing_half_kept() {
    for (mood, is_it) in [
        (Mood::Locked, (|error| matches!(error, VaultError::Locked)) as fn(&VaultError) -> bool),
        (Mood::Absent, |error| matches!(error, VaultError::Missing)),
        (Mood::Refuses, |error| matches!(error, VaultError::Broken(_))),
        (Mood::ReadOnly, |error| matches!(error, VaultError::Broken(_))),
    ] {
        let (home, ring) = (TempDir::new().unwrap(), Ring::new(mood));
        let vault = vault(home.path(), &ring);
        let (account, token) = dana();
        assert!(vault.keep(&account, &token).is_err_and(|error| is_it(&error)), "{mood:?}: keep");
        assert_eq!(vault.remembered(), None, "{mood:?}: whose token is not kept is not remembered");
        assert!(vault.load().unwrap().is_none(), "{mood:?}: nothing was ever kept here");
        assert!(vault.forget().is_ok(), "{mood:?}: nothing was kept, so there is nothing to remove");
        assert!(vault.ledger_key().is_err_and(|error| is_it(&error)), "{mood:?}: the ledger's key");
        assert_eq!(ring.holds(LEDGER), None, "{mood:?}");
    }
}

#[test]
fn a_sign_in_that_cannot_be_remembered_leaves_no_token_behind() {
    let (home, ring) = (TempDir::new().unwrap(), Ring::new(Mood::Open));
    let in_the_way = home.path().join("a file");
    std::fs::write(&in_the_way, "where the folder should be").unwrap();
    let (account, token) = dana();
    assert!(matches!(vault(&in_the_way, &ring).keep(&account, &token), Err(VaultError::Broken(_))));
    assert_eq!(ring.holds(USER), None, "nobody would ever remove it");
}

#[test]
fn the_key_of_the_ledger_is_made_once_and_is_the_same_ever_after() {
    let (home, ring) = (TempDir::new().unwrap(), Ring::new(Mood::Open));
    let first = vault(home.path(), &ring).ledger_key().unwrap();
    assert_eq!(ring.holds(LEDGER), Some(shown(&first)));
    assert_eq!(shown(&vault(home.path(), &ring).ledger_key().unwrap()), shown(&first));
    assert_eq!(ring.holds(PROBE), None, "what the keyring was tried with is gone");
}

#[test]
fn a_key_that_is_there_is_never_written_over_whatever_the_keyring_does() {
    let key = Key::new().unwrap();
    for mood in [Mood::Locked, Mood::UnlocksOnWrite, Mood::Absent, Mood::Refuses, Mood::ReadOnly, Mood::Open] {
        for there in [shown(&key), "a key of a later version".to_owned(), String::new()] {
            let (home, ring) = (TempDir::new().unwrap(), Ring::new(mood));
            ring.put(LEDGER, &there);
            let given = vault(home.path(), &ring).ledger_key();
            if let Ok(given) = &given {
                assert_eq!(shown(given), there, "{mood:?}: the key that is there or none");
            }
            assert_eq!(ring.holds(LEDGER), Some(there.clone()), "{mood:?} over {there:?}");
            ring.turns(Mood::Open);
            let later = vault(home.path(), &ring).ledger_key();
            assert_eq!(later.is_ok(), there == shown(&key), "{mood:?}: once it is open, over {there:?}");
        }
    }
}

#[test]
fn a_keyring_that_is_unlocked_by_being_asked_hands_out_the_old_key() {
    let (home, ring) = (TempDir::new().unwrap(), Ring::new(Mood::UnlocksOnWrite));
    let key = Key::new().unwrap();
    ring.put(LEDGER, &shown(&key));
    assert_eq!(shown(&vault(home.path(), &ring).ledger_key().unwrap()), shown(&key));
}

#[test]
fn a_slow_keyring_answers_late_and_with_the_key_that_was_there() {
    let (home, ring) = (TempDir::new().unwrap(), Ring::new(Mood::Slow));
    let key = Key::new().unwrap();
    ring.put(LEDGER, &shown(&key));
    let (path, asked) = (home.path().to_owned(), ring.clone());
    let asks = std::thread::spawn(move || vault(&path, &asked).ledger_key());
    ring.turns(Mood::Locked);
    let first = asks.join().unwrap();
    assert!(matches!(first, Err(VaultError::Locked)), "{first:?}");
    ring.turns(Mood::Open);
    assert_eq!(shown(&vault(home.path(), &ring).ledger_key().unwrap()), shown(&key));
}

#[test]
fn what_somebody_else_changed_is_taken_as_it_is_or_asked_for_anew() {
    let (home, ring) = (TempDir::new().unwrap(), Ring::new(Mood::Open));
    let vault = kept(home.path(), &ring);
    let first = vault.ledger_key().unwrap();
    let other = Key::new().unwrap();
    ring.put(LEDGER, &shown(&other));
    assert_ne!(shown(&first), shown(&other));
    assert_eq!(shown(&vault.ledger_key().unwrap()), shown(&other));
    ring.put(USER, "another-access-key");
    assert_eq!(vault.load().unwrap().unwrap().token.lend(str::to_owned), "another-access-key");
    ring.put(USER, "no token at all, but a sentence");
    assert!(vault.load().unwrap().is_none(), "the agent signs in again");
    vault.forget().unwrap();
    std::fs::write(home.path().join("account.json"), "not what we wrote").unwrap();
    assert!(vault.load().unwrap().is_none(), "a file that cannot be read is like none");
}
