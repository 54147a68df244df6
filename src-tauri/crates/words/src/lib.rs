//! The catalogue: every sentence that a person reads, once.
//!
//! A language is a folder with one [Fluent](https://projectfluent.org) file
//! per area; the window reads the same files. Who has something to say makes a
//! [`Message`], a code with arguments, and it becomes words only where somebody
//! reads it. `cargo xtask words` checks that each message exists, is used and
//! gets its arguments.

mod catalogue;
mod message;

pub use message::{Argument, Message};

/// A message of the catalogue: `say!("common-cancel")`, `say!("live-more", count = 3)`.
#[macro_export]
macro_rules! say {
    ($id:literal $(, $name:ident = $value:expr)* $(,)?) => {
        $crate::Message::new($id)$(.with(stringify!($name), $value))*
    };
}

/// The name of a message, where it stands alone: `id!("common-cancel")`.
#[macro_export]
macro_rules! id {
    ($id:literal) => {
        $id
    };
}

/// The words themselves, where somebody reads them at once: `text!("cli-help")`.
#[macro_export]
macro_rules! text {
    ($($message:tt)*) => { $crate::say!($($message)*).to_string() };
}
