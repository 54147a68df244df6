//! What outlives the app: an encrypted file beside the agent's settings.
//!
//! It is SQLite with SQLCipher; the [`Key`] is made once and kept in the
//! system's keyring, never here. One process writes it: a second one is told
//! that it is in use, because two of them would send the same reply twice.
//! Everything is kept per account.

mod key;
mod records;
mod schema;
mod shelf;

use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, ErrorCode};

pub use key::{Key, KeyError};
pub use records::Whose;
pub use shelf::{Favourite, QuickReply, Reason};

/// Another process that is just ending gets this long.
const WAITS_FOR_LOCK: Duration = Duration::from_secs(2);

/// The open ledger.
#[derive(Debug)]
pub struct Ledger {
    db: Connection,
}

/// A ledger that was opened.
#[derive(Debug)]
pub struct Opened {
    /// It.
    pub ledger: Ledger,
    /// Where the one that could not be read was put, if there was one.
    pub put_aside: Option<PathBuf>,
}

/// Why a ledger did not work.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LedgerError {
    /// Another Ringside on this computer has it open.
    #[error("another Ringside on this computer has it open")]
    InUse,
    /// It was written by a later version.
    #[error("it was written by a later version of Ringside")]
    TooNew,
    /// The disk is full.
    #[error("the disk is full")]
    Full,
    /// The file or its folder.
    #[error("its file could not be opened")]
    File(#[from] std::io::Error),
    /// The database.
    #[error("its database did not work")]
    Database(#[source] rusqlite::Error),
}

impl From<rusqlite::Error> for LedgerError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::InUse,
            Some(ErrorCode::DiskFull) => Self::Full,
            _ => Self::Database(error),
        }
    }
}

impl Ledger {
    /// Opens a ledger, making it where there is none. A file that this key does
    /// not open, or that is broken, is put aside and a new one is begun.
    ///
    /// # Errors
    /// See [`LedgerError`]; nothing is put aside then.
    pub fn open(path: &Path, key: &Key) -> Result<Opened, LedgerError> {
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        match Self::open_as_it_is(path, key) {
            Ok(ledger) => Ok(Opened { ledger, put_aside: None }),
            Err(LedgerError::Database(error)) if is_broken(&error) => {
                let aside = put_aside(path)?;
                Ok(Opened { ledger: Self::open_as_it_is(path, key)?, put_aside: Some(aside) })
            }
            Err(error) => Err(error),
        }
    }

    fn open_as_it_is(path: &Path, key: &Key) -> Result<Self, LedgerError> {
        let mut db = Connection::open(path)?;
        db.busy_timeout(WAITS_FOR_LOCK)?;
        key.lend(|text| db.pragma_update(None, "key", text))?;
        // What is wrong is told as an error, not printed beside it.
        db.pragma_update(None, "cipher_log_level", "NONE")?;
        db.pragma_update(None, "locking_mode", "EXCLUSIVE")?;
        db.pragma_update(None, "journal_mode", "WAL")?;
        // A reply must be on the disk before it is on the wire.
        db.pragma_update(None, "synchronous", "FULL")?;
        db.pragma_update(None, "foreign_keys", true)?;
        schema::migrate(&mut db)?;
        Ok(Self { db })
    }
}

/// Not a database to this key, or one with holes.
fn is_broken(error: &rusqlite::Error) -> bool {
    matches!(error.sqlite_error_code(), Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt))
}

/// Moves a file that cannot be read, with what belongs to it, to a free name.
fn put_aside(path: &Path) -> std::io::Result<PathBuf> {
    let beside = |number: u32| path.with_extension(format!("unreadable-{number}"));
    let aside = (1..).map(beside).find(|free| !free.exists()).unwrap_or_else(|| beside(0));
    std::fs::rename(path, &aside)?;
    for tail in ["-wal", "-shm"] {
        let of = |path: &Path| PathBuf::from(format!("{}{tail}", path.display()));
        match std::fs::rename(of(path), of(&aside)) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(aside)
}

#[cfg(test)]
mod tests;
