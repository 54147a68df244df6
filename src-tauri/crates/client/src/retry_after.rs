//! How long the service asks us to stay away.
//!
//! `Retry-After` comes as seconds or as an HTTP date (RFC 9110, section
//! 10.2.3), on 429 and on 503. Whatever it says, we look again after five
//! minutes: a wrong number or a wrong clock must not silence a desk for a day.

use std::time::{Duration, SystemTime};

/// However long the service asks us to stay away, we look again after this time.
pub(crate) const LONGEST_ABSENCE: Duration = Duration::from_secs(300);

/// Reads the value of a `Retry-After` header. A date that is past means now;
/// what is neither form says nothing.
pub(crate) fn retry_after(value: &str, now: SystemTime) -> Option<Duration> {
    let value = value.trim();
    if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) {
        // More digits than a number holds still mean "for long".
        let seconds = value.parse().unwrap_or(u64::MAX);
        return Some(Duration::from_secs(seconds).min(LONGEST_ABSENCE));
    }
    let at = httpdate::parse_http_date(value).ok()?;
    Some(at.duration_since(now).unwrap_or_default().min(LONGEST_ABSENCE))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_count_and_neither_silences_the_desk_for_more_than_five_minutes() {
        // Wed, 25 Nov 2026 10:00:00 GMT.
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_795_600_800);
        let seconds = |value: &str| retry_after(value, now).map(|wait| wait.as_secs());
        for (value, expected) in [
            ("0", Some(0)),
            ("17", Some(17)),
            (" 17 ", Some(17)),
            ("86400", Some(300)),
            ("18446744073709551616", Some(300)),
            ("99999999999999999999999999999", Some(300)),
            ("Wed, 25 Nov 2026 10:00:20 GMT", Some(20)),
            ("Wednesday, 25-Nov-26 10:00:20 GMT", Some(20)),
            ("Wed Nov 25 10:00:20 2026", Some(20)),
            ("Fri, 31 Dec 9999 23:59:59 GMT", Some(300)),
            ("Thu, 01 Jan 1970 00:00:00 GMT", Some(0)),
            ("-5", None),
            ("1e9", None),
            ("soon", None),
            ("", None),
        ] {
            assert_eq!(seconds(value), expected, "{value}");
        }
    }
}
