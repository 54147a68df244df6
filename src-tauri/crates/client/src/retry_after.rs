//! How long the service asks us to stay away.
//!
//! `Retry-After` comes as seconds or as an HTTP date (RFC 9110, section
//! 10.2.3), on 429 and on 503. A date is measured by the clock of whoever wrote
//! it, the answer's own `Date`: this computer's may be minutes off. Whatever it
//! says, we look again after five minutes, and never sooner than without it: a
//! wrong number or a wrong clock must neither silence a desk for a day nor
//! hammer a service that asked for rest.

use std::time::{Duration, SystemTime};

use reqwest::header::{DATE, HeaderMap, HeaderName, RETRY_AFTER};

/// However long the service asks us to stay away, we look again after this time.
pub(crate) const LONGEST_ABSENCE: Duration = Duration::from_secs(300);

/// The service was asked too often and did not say for how long.
pub(crate) const QUIET: Duration = Duration::from_secs(10);

/// Reads the `Retry-After` of an answer that came `now`. What is neither form,
/// or is no time at all, says nothing; a date never means less than [`QUIET`].
pub(crate) fn retry_after(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let value = |name: HeaderName| headers.get(name)?.to_str().ok().map(str::trim);
    let date = |value: &str| httpdate::parse_http_date(value).ok();
    let sent_at = value(DATE).and_then(date).unwrap_or(now);
    wait(value(RETRY_AFTER)?, sent_at)
}

fn wait(value: &str, sent_at: SystemTime) -> Option<Duration> {
    if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) {
        // More digits than a number holds still mean "for long".
        let seconds = value.parse().unwrap_or(u64::MAX);
        return (seconds > 0).then(|| Duration::from_secs(seconds).min(LONGEST_ABSENCE));
    }
    let at = httpdate::parse_http_date(value).ok()?;
    Some(at.duration_since(sent_at).unwrap_or_default().clamp(QUIET, LONGEST_ABSENCE))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_count_and_neither_silences_the_desk_for_more_than_five_minutes() {
        // Wed, 25 Nov 2026 10:00:00 GMT.
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_795_600_800);
        let seconds = |value: &str| {
            let headers = HeaderMap::from_iter([(RETRY_AFTER, value.parse().unwrap())]);
            retry_after(&headers, now).map(|wait| wait.as_secs())
        };
        for (value, expected) in [
            ("0", None),
            ("17", Some(17)),
            (" 17 ", Some(17)),
            ("86400", Some(300)),
            ("18446744073709551616", Some(300)),
            ("99999999999999999999999999999", Some(300)),
            ("Wed, 25 Nov 2026 10:00:20 GMT", Some(20)),
            ("Wednesday, 25-Nov-26 10:00:20 GMT", Some(20)),
            ("Wed Nov 25 10:00:20 2026", Some(20)),
            ("Fri, 31 Dec 9999 23:59:59 GMT", Some(300)),
            ("Thu, 01 Jan 1970 00:00:00 GMT", Some(10)),
            ("-5", None),
            ("1e9", None),
            ("soon", None),
            ("", None),
        ] {
            assert_eq!(seconds(value), expected, "{value}");
        }
    }

    #[test]
    fn a_date_is_measured_by_the_clock_of_the_service_and_not_by_that_of_this_computer() {
        let sent_at = SystemTime::UNIX_EPOCH + Duration::from_secs(1_795_600_800);
        let in_a_minute = httpdate::fmt_http_date(sent_at + Duration::from_secs(60));
        for (ahead, date, expected) in [
            (0, true, 60),
            (120, true, 60),
            (86_400, true, 60),
            // Nobody said what time it is over there.
            (0, false, 60),
            (120, false, 10),
        ] {
            let mut headers = HeaderMap::from_iter([(RETRY_AFTER, in_a_minute.parse().unwrap())]);
            if date {
                headers.insert(DATE, httpdate::fmt_http_date(sent_at).parse().unwrap());
            }
            let wait = retry_after(&headers, sent_at + Duration::from_secs(ahead)).unwrap();
            assert_eq!(wait.as_secs(), expected, "{ahead} s ahead, with a Date: {date}");
            let behind = retry_after(&headers, sent_at - Duration::from_secs(ahead)).unwrap();
            let expected = if date { 60 } else { (60 + ahead).min(300) };
            assert_eq!(behind.as_secs(), expected, "{ahead} s behind, with a Date: {date}");
        }
    }
}
