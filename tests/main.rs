//! What an agent does and suffers, played through the shift against the
//! simulator over real sockets. Nothing sleeps: everything waits for what an
//! agent would see, with a deadline.

#![expect(clippy::unwrap_used, reason = "all of this is test")]

mod acting;
mod answering_by_rules;
mod breaking_down;
mod changing_roles;
mod documented_events;
mod every_event;
mod fuzzed_before;
mod keyrings;
mod knowing_the_customer;
mod ledgers;
mod live_events;
mod long_lists;
mod losing_the_link;
mod odd_letters;
mod reading_lists;
mod signing_in;
mod simulated;
mod speaking_live;
mod stage;
mod texting;
mod things_going_wrong;
mod trusting_a_certificate;
mod while_away;
mod whom_to_believe;
mod working_the_queue;
mod writing_to_the_team;
