//! Noticing that this computer's clock was set: it goes on differently from the
//! one that nobody sets. A sleep looks like a clock that was set forward.

use std::sync::OnceLock;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use ringside_desk::Millis;

/// A difference between the two clocks that no scheduling explains.
const JUMP: Millis = 2000;

/// What time it is by this computer's clock.
pub fn clock() -> Millis {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Millis::try_from(since.as_millis()).unwrap_or(Millis::MAX)
}

/// How many milliseconds went by since this was first asked, whatever is done
/// to the computer's clock.
pub fn steady() -> Millis {
    static BEGAN: OnceLock<Instant> = OnceLock::new();
    Millis::try_from(BEGAN.get_or_init(Instant::now).elapsed().as_millis()).unwrap_or(Millis::MAX)
}

/// Both clocks as they were last looked at.
#[derive(Debug)]
pub(crate) struct Clocks {
    wall: Millis,
    steady: Millis,
}

impl Clocks {
    pub(crate) fn new(wall: Millis, steady: Millis) -> Self {
        Self { wall, steady }
    }

    /// By how much the clock on the wall jumped since the last look, if it did.
    pub(crate) fn jumped(&mut self, wall: Millis, steady: Millis) -> Option<Millis> {
        let by = (wall - self.wall) - (steady - self.steady);
        *self = Self { wall, steady };
        (by.abs() >= JUMP).then_some(by)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_is_set_either_way_is_noticed_once_and_a_slow_moment_is_not_one() {
        let mut clocks = Clocks::new(1_000_000, 0);
        assert_eq!(clocks.jumped(1_060_000, 60_000), None, "a minute went by");
        assert_eq!(clocks.jumped(1_061_500, 61_000), None, "corrected by half a second");
        assert_eq!(clocks.jumped(4_662_500, 62_000), Some(3_600_000), "an hour ahead");
        assert_eq!(clocks.jumped(4_663_500, 63_000), None);
        assert_eq!(clocks.jumped(1_064_500, 64_000), Some(-3_600_000), "and back");
    }
}
