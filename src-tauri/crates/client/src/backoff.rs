//! How long to wait before the next attempt.

use std::time::Duration;

const FIRST: Duration = Duration::from_secs(1);
const LONGEST: Duration = Duration::from_secs(30);
const SHORTEST: Duration = Duration::from_millis(100);

/// The longest wait before attempt `attempt` (the first retry is 0): one second,
/// doubling, thirty at most (seed, "Connection Management").
pub(crate) fn ceiling(attempt: u32) -> Duration {
    FIRST.saturating_mul(1_u32.checked_shl(attempt.min(16)).unwrap_or(u32::MAX)).min(LONGEST)
}

/// The wait itself: anywhere below the ceiling, so that a thousand desks that
/// lost the same server do not come back in the same instant. `chance` is in 0..1.
pub(crate) fn wait(attempt: u32, chance: f64) -> Duration {
    ceiling(attempt).mul_f64(chance.clamp(0.0, 1.0)).max(SHORTEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_from_one_second_and_stop_at_thirty() {
        let seconds: Vec<u64> = (0..7).map(|attempt| ceiling(attempt).as_secs()).collect();
        assert_eq!(seconds, [1, 2, 4, 8, 16, 30, 30]);
        assert_eq!(ceiling(u32::MAX), LONGEST, "a long night does not overflow");
    }

    #[test]
    fn a_wait_is_never_longer_than_its_ceiling_and_never_nothing() {
        for attempt in 0..40 {
            for chance in [0.0, 0.3, 0.999] {
                let wait = wait(attempt, chance);
                assert!(wait >= SHORTEST && wait <= ceiling(attempt), "{attempt} {chance} {wait:?}");
            }
        }
    }
}
