//! Whether a ledger's file is whole.

use std::io::Read as _;
use std::path::Path;
use std::time::{Duration, Instant};

use rusqlite::{Connection, ErrorCode};

use crate::LedgerError;

/// Bytes of a page, as the database makes them.
const PAGE: usize = 4096;
/// Encrypted bytes look random: a page of them has about all 256 values.
const RANDOM_FROM: usize = 200;
/// A start waits this long for the check; the rest of a large ledger shows
/// itself when it is read.
const CHECKED_WITHIN: Duration = Duration::from_secs(2);
/// The clock is read once in so many steps of the database.
const STEPS: i32 = 1000;

/// Reads every page in use, for as long as there is time.
pub(crate) fn check(db: &mut Connection) -> Result<(), LedgerError> {
    let until = Instant::now() + CHECKED_WITHIN;
    db.progress_handler(STEPS, Some(move || Instant::now() >= until))?;
    let found = db.pragma_query_value(None, "quick_check", |row| row.get::<_, String>(0));
    db.progress_handler(0, None::<fn() -> bool>)?;
    match found {
        Ok(word) if word == "ok" => Ok(()),
        Ok(word) => {
            tracing::warn!(found = word, "the ledger is damaged");
            Err(LedgerError::Damaged)
        }
        Err(error) if error.sqlite_error_code() == Some(ErrorCode::OperationInterrupted) => Ok(()),
        Err(error) if is_damage(db, &error) => Err(LedgerError::Damaged),
        Err(error) => Err(error.into()),
    }
}

/// Whether damage is behind an error: a page whose MAC does not fit comes as an
/// error of no kind of its own.
pub(crate) fn is_damage(db: &Connection, error: &rusqlite::Error) -> bool {
    match error.sqlite_error_code() {
        Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => true,
        Some(ErrorCode::Unknown) => bad_pages(db).is_ok_and(|bad| bad > 0),
        _ => false,
    }
}

/// What a file that the key does not open is, as far as it shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unreadable {
    /// Some of its pages are this key's: the others are damaged.
    Damaged,
    /// It is nothing that was ever encrypted.
    NoLedger,
    /// Another key's, or damaged throughout: nobody can tell.
    Unknown,
}

pub(crate) fn look_at(path: &Path, db: &Connection) -> std::io::Result<Unreadable> {
    let size = std::fs::metadata(path)?.len();
    let mut first = Vec::with_capacity(PAGE);
    std::fs::File::open(path)?.take(PAGE as u64).read_to_end(&mut first)?;
    let mut seen = [false; 256];
    first.iter().for_each(|byte| seen[usize::from(*byte)] = true);
    if first.len() < PAGE {
        return Ok(Unreadable::NoLedger);
    }
    let pages = size.div_ceil(PAGE as u64);
    if bad_pages(db).is_ok_and(|bad| bad < pages) {
        return Ok(Unreadable::Damaged);
    }
    let is_random = seen.iter().filter(|seen| **seen).count() >= RANDOM_FROM;
    Ok(if is_random { Unreadable::Unknown } else { Unreadable::NoLedger })
}

/// How many pages of the file do not carry this key's MAC.
fn bad_pages(db: &Connection) -> rusqlite::Result<u64> {
    let mut bad = 0;
    db.pragma_query(None, "cipher_integrity_check", |_| {
        bad += 1;
        Ok(())
    })?;
    Ok(bad)
}
