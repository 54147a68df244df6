//! The connection to VoIPBIN: one WebSocket link and the REST calls of an agent desktop.
//!
//! [`Link`] is the rule book of the connection, a value without I/O; [`open`]
//! starts the one task that owns the socket and does what the rule book says.
//! [`Rest`] makes single requests. This crate draws nothing and keeps nothing.
//! A [`Token`] is in the clear only here: in the handshake of `socket`, in the
//! requests of `rest`, and lent for the length of one call to whoever puts it
//! into the keyring.

mod awake;
mod backoff;
mod budget;
mod cause;
mod counts;
mod dialect;
mod fault;
mod feed;
mod link;
#[cfg(test)]
mod nearby;
mod network;
mod rest;
mod retry_after;
mod road;
mod service;
mod socket;
mod tls;
mod token;
mod topics;
mod wake;

#[cfg(test)]
mod tests;

pub use budget::Class;
pub use cause::Cause;
pub use counts::Counts;
pub use dialect::{Dialect, Speaks};
pub use feed::Feed;
pub use link::{Extra, Handshake, Input, Link, LinkReport, LinkState, OpenFailure, Order, RefusedTopic};
pub use rest::customers::Entry;
pub use rest::items::{Items, Short};
pub use rest::lists::{List, Listed, Pages};
pub use rest::recordings::{FetchError, is_audio, remove_unfinished};
pub use rest::steering::Transferee;
pub use rest::{Rest, RestError, foreign};
pub use service::{Service, ServiceError, certificates_only};
pub use socket::{Connection, Diagnosis, News, open};
pub use token::{Claims, Token, TokenError, TokenKind};
pub use topics::Wanted;
