//! Whether a key is the one a ledger was written with.
//!
//! The database cannot tell: to it a wrong key and a damaged first page look
//! the same. So a small file beside the ledger holds a salt and a MAC made with
//! the key. It gives nothing away that the ledger itself does not: every page
//! there carries a MAC made with the same 32 random bytes.

use std::io;
use std::path::{Path, PathBuf};

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use crate::{Key, private};

const SALT: usize = 16;
const MAC: usize = 32;
const ABOUT: &[u8] = b"Ringside ledger key check 1";

/// What the check beside a ledger says of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Says {
    /// It is the ledger's.
    Fits,
    /// It is another's.
    Differs,
    /// There is no check: the ledger is from before there were any.
    Nothing,
}

pub(crate) fn ask(ledger: &Path, key: &Key) -> Says {
    let Ok(kept) = std::fs::read(place(ledger)) else { return Says::Nothing };
    let Some((salt, mac)) = kept.split_at_checked(SALT).filter(|(_, mac)| mac.len() == MAC) else {
        return Says::Nothing;
    };
    if made_with(key, salt).verify_slice(mac).is_ok() { Says::Fits } else { Says::Differs }
}

/// Remembers the key that opened the ledger.
pub(crate) fn remember(ledger: &Path, key: &Key) -> io::Result<()> {
    if ask(ledger, key) == Says::Fits {
        return private::close_file(&place(ledger));
    }
    let mut salt = [0_u8; SALT];
    getrandom::fill(&mut salt).map_err(io::Error::other)?;
    let mac = made_with(key, &salt).finalize().into_bytes();
    private::write(&place(ledger), &[&salt[..], &mac[..]].concat())
}

/// Where the check of a ledger lies.
pub(crate) fn place(ledger: &Path) -> PathBuf {
    ledger.with_added_extension("check")
}

fn made_with(key: &Key, salt: &[u8]) -> Hmac<Sha256> {
    let mac = key.bytes(Hmac::<Sha256>::new_from_slice);
    mac.expect("a MAC takes a key of any length").chain_update(ABOUT).chain_update(salt)
}
