//! Where the agent's day begins.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use ringside_desk::Millis;

/// When the day of a moment began by the agent's own clock; none for moments
/// that no calendar has.
pub(crate) fn midnight(now: Millis) -> Option<Millis> {
    let moment = Timestamp::from_millisecond(now).ok()?;
    let midnight = moment.to_zoned(TimeZone::system()).start_of_day().ok()?;
    Some(midnight.timestamp().as_millisecond())
}

/// A moment by the agent's own clock, as `14:35:10`; none for moments that no
/// calendar has.
pub(crate) fn clock_time(at: Millis) -> Option<String> {
    let moment = Timestamp::from_millisecond(at).ok()?;
    Some(moment.to_zoned(TimeZone::system()).strftime("%H:%M:%S").to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_began_at_most_a_day_ago() {
        let now = 1_768_905_000_000;
        let midnight = midnight(now).unwrap();
        assert!(midnight <= now && now - midnight < 25 * 3_600_000);
        assert_eq!(super::midnight(midnight), Some(midnight));
        assert_eq!(super::midnight(i64::MAX), None);
    }
}
