//! What an agent does and suffers, played through the shift against the
//! simulator over real sockets. Nothing sleeps: everything waits for what an
//! agent would see, with a deadline.

#![expect(clippy::unwrap_used, reason = "all of this is test")]

mod documented_events;
mod losing_the_link;
mod signing_in;
mod stage;
mod texting;
mod working_the_queue;
