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
        let digit = |nibble: u8| char::from(b"0123456789abcdef"[usize::from(nibble)]);
        // With room for all of it, so that no half of a key is left behind where it grew.
        let mut hex = Zeroizing::new(String::with_capacity(2 * LENGTH));
        bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]).for_each(|nibble| hex.push(digit(nibble)));
        Ok(Self(hex))
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

    /// Lends the bytes of the key.
    pub(crate) fn bytes<T>(&self, take: impl FnOnce(&[u8]) -> T) -> T {
        let value = |digit: u8| char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok());
        let mut bytes = Zeroizing::new([0_u8; LENGTH]);
        for (byte, pair) in bytes.iter_mut().zip(self.0.as_bytes().chunks_exact(2)) {
            *byte = pair.iter().fold(0, |byte, digit| byte << 4 | value(*digit).unwrap_or_default());
        }
        take(&*bytes)
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
