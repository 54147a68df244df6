//! What tests lend a shift in place of the system's keyring and notifications.

mod bell;
mod vault;

pub use bell::{Deaf, Ears};
pub use vault::{Drawer, KeyFile, Mood};
