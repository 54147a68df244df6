//! How often the service may be asked.
//!
//! All agents of a customer share 16.7 requests a second (live-service.md,
//! section 4.3), so a desk that asks in the background is careful: what an agent
//! does goes at once, what a desk reads after a gap goes a little slower, and
//! what it looks at regularly goes at most every four seconds on average. When
//! the service says that it is too much, all but the agent waits.

use std::time::Duration;

use crate::retry_after::{LONGEST_ABSENCE, QUIET};

/// What a request is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// An agent did something, or waits for it.
    Action,
    /// What was missed while the link was away.
    CatchUp,
    /// Who somebody is that no agent waits for: it never holds up catching up.
    AddressBook,
    /// A regular look.
    Routine,
}

#[derive(Debug)]
struct Bucket {
    /// One more comes after this long.
    every: Duration,
    most: u32,
    /// When it has as many as it can hold.
    full_at: Duration,
}

impl Bucket {
    fn new(every: Duration, most: u32) -> Self {
        Self { every, most, full_at: Duration::ZERO }
    }

    /// Takes one, or says how long until there is one.
    fn take(&mut self, now: Duration) -> Result<(), Duration> {
        let full_at = self.full_at.max(now) + self.every;
        let too_soon = (full_at - now).saturating_sub(self.every * self.most);
        if too_soon > Duration::ZERO {
            return Err(too_soon);
        }
        self.full_at = full_at;
        Ok(())
    }
}

/// How often the service may be asked, by class.
#[derive(Debug)]
pub(crate) struct Budget {
    catch_up: Bucket,
    address_book: Bucket,
    routine: Bucket,
    quiet_until: Duration,
}

impl Budget {
    pub(crate) fn new() -> Self {
        Self {
            catch_up: Bucket::new(Duration::from_secs(1) / 6, 24),
            address_book: Bucket::new(Duration::from_secs(1) / 3, 12),
            routine: Bucket::new(Duration::from_secs(4), 4),
            quiet_until: Duration::ZERO,
        }
    }

    /// Whether a request may go now, or how long to wait before asking again.
    pub(crate) fn may(&mut self, class: Class, now: Duration) -> Result<(), Duration> {
        if class != Class::Action && now < self.quiet_until {
            return Err(self.quiet_until - now);
        }
        match class {
            Class::Action => Ok(()),
            Class::CatchUp => self.catch_up.take(now),
            Class::AddressBook => self.address_book.take(now),
            Class::Routine => self.routine.take(now),
        }
    }

    /// The service said that it is too much.
    pub(crate) fn too_much(&mut self, retry_after: Option<Duration>, now: Duration) {
        let quiet = retry_after.unwrap_or(QUIET).min(LONGEST_ABSENCE);
        self.quiet_until = self.quiet_until.max(now + quiet);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn routine_looks_stay_under_a_quarter_request_a_second_on_average() {
        let mut budget = Budget::new();
        let allowed =
            (0..36_000).filter(|tenth| budget.may(Class::Routine, Duration::from_millis(tenth * 100)).is_ok()).count();
        assert!((895..=905).contains(&allowed), "{allowed} in an hour");
    }

    #[test]
    fn a_thousand_strangers_do_not_hold_up_what_was_missed() {
        let mut budget = Budget::new();
        while budget.may(Class::AddressBook, seconds(0)).is_ok() {}
        assert_eq!(budget.may(Class::CatchUp, seconds(0)), Ok(()));
    }

    #[test]
    fn a_wait_that_was_told_is_long_enough() {
        let mut budget = Budget::new();
        let mut now = seconds(0);
        while budget.may(Class::CatchUp, now).is_ok() {}
        for _ in 0..20 {
            now += budget.may(Class::CatchUp, now).unwrap_err();
            assert_eq!(budget.may(Class::CatchUp, now), Ok(()));
        }
    }

    #[test]
    fn when_it_is_too_much_all_wait_but_the_agent() {
        let mut budget = Budget::new();
        budget.too_much(Some(seconds(7)), seconds(1));
        assert_eq!(budget.may(Class::Action, seconds(2)), Ok(()));
        assert_eq!(budget.may(Class::CatchUp, seconds(2)), Err(seconds(6)));
        assert_eq!(budget.may(Class::Routine, seconds(8)), Ok(()));
        budget.too_much(Some(Duration::MAX), seconds(10));
        assert_eq!(budget.may(Class::Routine, seconds(310)), Ok(()), "not for ever");
    }
}
