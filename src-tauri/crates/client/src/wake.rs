//! Noticing that the computer slept (the clock on the wall went on while the
//! program's own stood still), or that only this program did.

use std::time::{Duration, Instant, SystemTime};

/// A difference between the two clocks that no scheduling explains.
const JUMP: Duration = Duration::from_secs(5);

/// A look that comes so much later than planned was not made by a program that runs.
const STANDSTILL: Duration = Duration::from_secs(1);

/// What the clocks tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pause {
    /// The computer slept.
    Slept,
    /// The computer went on, and this program did not.
    StoodStill,
}

/// Both clocks as they were last looked at.
#[derive(Debug)]
pub(crate) struct Clocks {
    wall: SystemTime,
    own: Instant,
}

impl Clocks {
    pub(crate) fn new(wall: SystemTime, own: Instant) -> Self {
        Self { wall, own }
    }

    /// What happened since the last look, which was to follow within `planned`.
    /// A clock that was set back tells nothing; one that was set forward costs
    /// one ping.
    pub(crate) fn look(&mut self, wall: SystemTime, own: Instant, planned: Duration) -> Option<Pause> {
        let on_the_wall = wall.duration_since(self.wall).unwrap_or_default();
        let awake = own.saturating_duration_since(self.own);
        *self = Self { wall, own };
        if on_the_wall > awake + JUMP {
            Some(Pause::Slept)
        } else {
            (awake > planned + STANDSTILL).then_some(Pause::StoodStill)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sleep_is_noticed_once_and_a_slow_moment_or_a_clock_set_back_is_not_one() {
        let (wall, own) = (SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000), Instant::now());
        let after = |seconds| Duration::from_secs(seconds);
        let mut clocks = Clocks::new(wall, own);
        let mut look = |on_the_wall, awake| clocks.look(wall + after(on_the_wall), own + after(awake), after(2));
        assert_eq!(look(2, 2), None);
        assert_eq!(look(5, 4), None, "a busy machine");
        assert_eq!(look(3605, 6), Some(Pause::Slept), "an hour with the lid closed");
        assert_eq!(look(3607, 8), None, "told once");
        assert_eq!(look(0, 10), None, "set back");
        assert_eq!(look(28, 38), Some(Pause::StoodStill), "stopped, and the computer went on");
        assert_eq!(look(30, 40), None, "told once");
    }
}
