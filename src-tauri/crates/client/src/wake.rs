//! Noticing that the computer slept: the clock on the wall went on while the
//! program's own stood still.

use std::time::{Duration, Instant, SystemTime};

/// A difference between the two clocks that no scheduling explains.
const JUMP: Duration = Duration::from_secs(5);

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

    /// Whether the computer slept since the last look. A clock that was set
    /// back tells nothing; one that was set forward costs one ping.
    pub(crate) fn slept(&mut self, wall: SystemTime, own: Instant) -> bool {
        let on_the_wall = wall.duration_since(self.wall).unwrap_or_default();
        let awake = own.saturating_duration_since(self.own);
        *self = Self { wall, own };
        on_the_wall > awake + JUMP
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
        assert!(!clocks.slept(wall + after(2), own + after(2)));
        assert!(!clocks.slept(wall + after(30), own + after(28)), "a busy machine");
        assert!(clocks.slept(wall + after(3630), own + after(30)), "an hour with the lid closed");
        assert!(!clocks.slept(wall + after(3632), own + after(32)), "told once");
        assert!(!clocks.slept(wall, own + after(34)), "set back");
    }
}
