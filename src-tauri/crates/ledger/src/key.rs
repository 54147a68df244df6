//! The key of the ledger.

use std::fmt;

use zeroize::Zeroizing;

/// Bytes of a key.
const LENGTH: usize = 32;

/// The key of a ledger: 32 random bytes, written as hex.
#[derive(Clone)]
pub struct Key(Zeroizing<String>);

/// Why there is no key.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// The system has no random bytes.
    #[error("the system gave no random bytes")]
    NoRandom,
    /// The text is no key.
    #[error("that is no key of a ledger")]
    NoKey,
}

impl Key {
    /// A new key.
    ///
    /// # Errors
    /// When the system has no random bytes.
    pub fn new() -> Result<Self, KeyError> {
        let mut bytes = Zeroizing::new([0_u8; LENGTH]);
        getrandom::fill(bytes.as_mut()).map_err(|_| KeyError::NoRandom)?;
        let hex = bytes.iter().fold(String::with_capacity(2 * LENGTH), |hex, byte| hex + &format!("{byte:02x}"));
        Ok(Self(Zeroizing::new(hex)))
    }

    /// The key of a text, as the keyring holds it.
    ///
    /// # Errors
    /// When it is none.
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        let is_key = text.len() == 2 * LENGTH && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        is_key.then(|| Self(Zeroizing::new(text.to_owned()))).ok_or(KeyError::NoKey)
    }

    /// Lends the key as text to whoever puts it into the keyring.
    pub fn show<T>(&self, keep: impl FnOnce(&str) -> T) -> T {
        keep(&self.0)
    }

    /// Lends the key as the database takes it: as bytes, not as a pass phrase.
    pub(crate) fn lend<T>(&self, open: impl FnOnce(&str) -> T) -> T {
        let text = Zeroizing::new(format!("x'{}'", *self.0));
        open(&text)
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(…)")
    }
}
