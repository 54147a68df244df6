//! Schedules of faults through the link and the desk without I/O: those that
//! once found a defect, and some more. `cargo xtask simulate` plays many.

#[path = "simulate/schedule/mod.rs"]
mod schedule;
#[path = "simulate/world.rs"]
pub(crate) mod world;

use schedule::Schedule;

/// A call that began while the link was away and ended before the lists were
/// read, one answered and ended in that time, one told in both dialects, rings
/// whose call was over first, a text lost with a batch that only looked guilty.
const FOUND: [u64; 9] = [
    1_000_000_189,
    1_000_000_027,
    1_000_001_819,
    1_000_005_543,
    1_000_009_094,
    1_000_014_504,
    1_000_037_379,
    1_000_000_555,
    1_000_000_937,
];

#[test]
fn schedules_that_once_found_a_defect_find_none() {
    for seed in FOUND {
        let outcome = Schedule::play(seed);
        assert!(outcome.violations.is_empty(), "{seed}: {:?}", outcome.violations);
    }
}

#[test]
fn whatever_goes_wrong_it_heals_and_nothing_is_lost_or_told_twice() {
    let mut connects = 0;
    for seed in 0..300 {
        let outcome = Schedule::play(seed);
        assert!(outcome.violations.is_empty(), "{seed}: {:?}", outcome.violations);
        connects += outcome.connects;
    }
    assert!(connects > 1000, "the schedules do something");
}
