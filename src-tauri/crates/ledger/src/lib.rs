//! What outlives the app: an encrypted file beside the agent's settings.
//!
//! It is SQLite with SQLCipher; the [`Key`] is made once and kept in the
//! system's keyring, never here, and a key that does not fit moves nothing:
//! who asked for no texts must not be forgotten because of a wrong variable.
//! What is damaged is put aside. One process writes it: a second one is told
//! that it is in use, because two of them would send the same reply twice.
//! Everything is kept per account.

mod check;
mod key;
pub mod private;
mod records;
mod said;
mod schema;
mod shelf;
mod soundness;

use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, OpenFlags};
use url::Url;

use check::Says;
use soundness::Unreadable;

pub use key::{Key, KeyError};
pub use records::Whose;
pub use shelf::{DEMO, Favourite, QuickReply, Reason};

/// Another process that is just ending gets this long.
const WAITS_FOR_LOCK: Duration = Duration::from_secs(2);

/// The account of what concerns the ledger itself.
const NOBODYS: &str = "";
const BEGUN_ANEW: &str = "begun anew";

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
    /// It was written with another key. Nothing was changed.
    #[error(
        "the key does not fit the ledger, which was left as it is. Start Ringside with the ledger's own key, or move {} away to begin a new one",
        .0.display()
    )]
    WrongKey(PathBuf),
    /// It was written with another key, or is damaged: nobody can tell which. Nothing was changed.
    #[error(
        "the key does not open the ledger, or the ledger is damaged, so it was left as it is. Start Ringside with the ledger's own key, or move {} away to begin a new one",
        .0.display()
    )]
    WrongKeyOrDamaged(PathBuf),
    /// It is damaged.
    #[error("it is damaged")]
    Damaged,
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
    /// Opens a ledger, making it where there is none. A damaged one is put aside
    /// and a new one is begun; one that was written with another key is not
    /// damaged, and is refused.
    ///
    /// # Errors
    /// See [`LedgerError`]; nothing is put aside then.
    pub fn open(path: &Path, key: &Key) -> Result<Opened, LedgerError> {
        if let Some(folder) = path.parent() {
            private::make_folder(folder)?;
        }
        let is_empty = match std::fs::metadata(path) {
            Ok(file) => file.len() == 0,
            Err(error) if error.kind() == ErrorKind::NotFound => return Self::begin(path, key, None),
            Err(error) => return Err(error.into()),
        };
        if is_empty {
            // It was more than that: a ledger has a page from its first moment on.
            return Self::begin_anew(path, key);
        }
        if let Some(why) = refusal(path, key)? {
            return Err(why);
        }
        match Self::open_as_it_is(path, key) {
            Ok(ledger) => Ok(Opened { ledger, put_aside: None }),
            Err(LedgerError::Damaged) => Self::begin_anew(path, key),
            Err(error) => Err(error),
        }
    }

    /// Puts a damaged ledger aside and begins a new one.
    ///
    /// # Errors
    /// See [`LedgerError`].
    pub fn begin_anew(path: &Path, key: &Key) -> Result<Opened, LedgerError> {
        let aside = put_aside(path)?;
        Self::begin(path, key, Some(aside))
    }

    /// Whether an error came of damage to the file. That does not mend itself:
    /// [`Ledger::begin_anew`] once this one is closed.
    pub fn is_damaged(&self, error: &LedgerError) -> bool {
        match error {
            LedgerError::Damaged => true,
            LedgerError::Database(error) => soundness::is_damage(&self.db, error),
            _ => false,
        }
    }

    /// Whether it was begun in place of a damaged one and nobody has said since that
    /// it may be gone by: who asked for no texts before is not in it.
    ///
    /// # Errors
    /// See [`LedgerError`].
    pub fn is_begun_anew(&self) -> Result<bool, LedgerError> {
        Ok(self.setting(NOBODYS, BEGUN_ANEW)?.is_some())
    }

    /// A person knows of it and wants it gone by all the same.
    ///
    /// # Errors
    /// See [`LedgerError`].
    pub fn trust(&mut self) -> Result<(), LedgerError> {
        self.keep_setting(NOBODYS, BEGUN_ANEW, None)
    }

    fn begin(path: &Path, key: &Key, put_aside: Option<PathBuf>) -> Result<Opened, LedgerError> {
        private::options().write(true).create_new(true).open(path)?;
        let mut ledger = Self::open_as_it_is(path, key)?;
        if put_aside.is_some() {
            ledger.keep_setting(NOBODYS, BEGUN_ANEW, Some("yes"))?;
        }
        Ok(Opened { ledger, put_aside })
    }

    fn open_as_it_is(path: &Path, key: &Key) -> Result<Self, LedgerError> {
        // What the database makes beside the file, it makes with its permissions.
        [path.to_owned(), beside(path, "-wal"), beside(path, "-shm")]
            .iter()
            .try_for_each(|file| private::close_file(file))?;
        let mut db = Connection::open(path)?;
        db.busy_timeout(WAITS_FOR_LOCK)?;
        key.lend(|text| db.pragma_update(None, "key", text))?;
        // What is wrong is told as an error, not printed beside it.
        db.pragma_update(None, "cipher_log_level", "NONE")?;
        db.pragma_update(None, "locking_mode", "EXCLUSIVE")?;
        if let Err(error) = db.pragma_update(None, "journal_mode", "WAL") {
            return Err(if soundness::is_damage(&db, &error) { LedgerError::Damaged } else { error.into() });
        }
        // A reply must be on the disk before it is on the wire.
        db.pragma_update(None, "synchronous", "FULL")?;
        db.pragma_update(None, "foreign_keys", true)?;
        soundness::check(&mut db)?;
        let migrated = schema::migrate(&mut db);
        let ledger = Self { db };
        migrated.map_err(|error| if ledger.is_damaged(&error) { LedgerError::Damaged } else { error })?;
        check::remember(path, key)?;
        Ok(ledger)
    }
}

/// Why this key is not tried on a file. It is found out without writing: the
/// database would take up what is beside the file, whatever the key.
fn refusal(path: &Path, key: &Key) -> Result<Option<LedgerError>, LedgerError> {
    let address = Url::from_file_path(std::path::absolute(path)?)
        .map_err(|()| std::io::Error::from(ErrorKind::InvalidFilename))?;
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let db = Connection::open_with_flags(format!("{address}?immutable=1"), flags)?;
    key.lend(|text| db.pragma_update(None, "key", text))?;
    db.pragma_update(None, "cipher_log_level", "NONE")?;
    if db.pragma_query_value(None, "schema_version", |row| row.get::<_, i64>(0)).is_ok() {
        return Ok(None);
    }
    Ok(match check::ask(path, key) {
        // Damaged, or cut off while it was written: that shows itself.
        Says::Fits => None,
        Says::Differs => Some(LedgerError::WrongKey(path.to_owned())),
        Says::Nothing => match soundness::look_at(path, &db)? {
            Unreadable::Damaged | Unreadable::NoLedger => None,
            Unreadable::Unknown => Some(LedgerError::WrongKeyOrDamaged(path.to_owned())),
        },
    })
}

fn beside(path: &Path, tail: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(tail);
    name.into()
}

/// Moves a file that cannot be read, with what belongs to it, to a free name.
fn put_aside(path: &Path) -> std::io::Result<PathBuf> {
    let free_name = |number: u32| path.with_extension(format!("unreadable-{number}"));
    let aside = (1..).map(free_name).find(|free| !free.exists()).unwrap_or_else(|| free_name(0));
    std::fs::rename(path, &aside)?;
    for (from, to) in [
        (beside(path, "-wal"), beside(&aside, "-wal")),
        (beside(path, "-shm"), beside(&aside, "-shm")),
        (check::place(path), check::place(&aside)),
    ] {
        match std::fs::rename(from, to) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(aside)
}

#[cfg(test)]
mod tests;
