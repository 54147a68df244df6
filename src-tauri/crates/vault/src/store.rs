//! The entries of the system's keyring, by name.

use keyring::{Entry, Error};
use zeroize::Zeroizing;

const SERVICE: &str = "Ringside";

/// Where secrets lie. A locked one says that there is no such entry.
pub(crate) trait Store: std::fmt::Debug + Send + Sync {
    /// The text of an entry.
    fn read(&self, name: &str) -> Result<Zeroizing<String>, Error>;

    /// Writes an entry, in place of what was there.
    fn write(&self, name: &str, text: &str) -> Result<(), Error>;

    /// Removes an entry.
    fn remove(&self, name: &str) -> Result<(), Error>;
}

/// The operating system's own.
#[derive(Debug)]
pub(crate) struct System;

impl Store for System {
    fn read(&self, name: &str) -> Result<Zeroizing<String>, Error> {
        entry(name)?.get_password().map(Zeroizing::new)
    }

    fn write(&self, name: &str, text: &str) -> Result<(), Error> {
        entry(name)?.set_password(text)
    }

    fn remove(&self, name: &str) -> Result<(), Error> {
        entry(name)?.delete_credential()
    }
}

fn entry(name: &str) -> Result<Entry, Error> {
    if Entry::store_status().is_err() {
        return Err(Error::NoDefaultStore);
    }
    Entry::new(SERVICE, name)
}
