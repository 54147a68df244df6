//! Business hours: when somebody is there, by a clock on some wall.

use jiff::Timestamp;
use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use ringside_words::{Message, say};

use crate::Millis;

/// So many lines of hours and days off are enough.
const LINES: usize = 400;
const DAYS: [(&str, Weekday); 7] = [
    ("mon", Weekday::Monday),
    ("tue", Weekday::Tuesday),
    ("wed", Weekday::Wednesday),
    ("thu", Weekday::Thursday),
    ("fri", Weekday::Friday),
    ("sat", Weekday::Saturday),
    ("sun", Weekday::Sunday),
];

/// Business hours. Those that end at or before their beginning end on the next day.
#[derive(Debug, Clone, Default)]
pub(super) struct Hours {
    zone: Option<TimeZone>,
    spans: Vec<Span>,
    holidays: Vec<Date>,
}

/// Minutes since midnight on one day of the week.
#[derive(Debug, Clone, Copy)]
struct Span {
    day: usize,
    from: i32,
    to: i32,
}

impl Hours {
    /// # Errors
    /// Says what cannot be read.
    pub(super) fn new(zone: &str, open: &[String], holidays: &[String]) -> Result<Self, Message> {
        if open.len() + holidays.len() > LINES {
            return Err(say!("rules-wrong-many-lines", most = LINES));
        }
        let zone = match zone.trim() {
            "" => None,
            name => Some(TimeZone::get(name).map_err(|_| say!("rules-wrong-zone", zone = name))?),
        };
        let mut spans = Vec::new();
        for line in open {
            let wrong = || say!("rules-wrong-line", line = line);
            spans.extend(line_of_hours(line).ok_or_else(wrong)?);
        }
        let date = |day: &String| {
            let wrong = |_| say!("rules-wrong-day", day = day);
            day.trim().parse::<Date>().map_err(wrong)
        };
        Ok(Self { zone, spans, holidays: holidays.iter().map(date).collect::<Result<_, _>>()? })
    }

    pub(super) fn is_set(&self) -> bool {
        !self.spans.is_empty()
    }

    /// Whether somebody is there at a moment. Without hours somebody always is.
    pub(super) fn is_open(&self, now: Millis) -> bool {
        let Ok(moment) = Timestamp::from_millisecond(now) else { return true };
        let here = moment.to_zoned(self.zone.clone().unwrap_or_else(TimeZone::system));
        let (date, time) = (here.date(), here.time());
        let minute = i32::from(time.hour()) * 60 + i32::from(time.minute());
        let is_holiday = |date: &Date| self.holidays.contains(date);
        if self.spans.is_empty() {
            return !is_holiday(&date);
        }
        let today = usize::try_from(date.weekday().to_monday_zero_offset()).unwrap_or_default();
        let is_within = |span: &Span| {
            let is_late = span.to <= span.from;
            let began_today = span.day == today && minute >= span.from && (is_late || minute < span.to);
            let began_yesterday = is_late && span.day == (today + 6) % 7 && minute < span.to;
            (began_today && !is_holiday(&date))
                || (began_yesterday && date.yesterday().is_ok_and(|yesterday| !is_holiday(&yesterday)))
        };
        self.spans.iter().any(is_within)
    }
}

/// `Mon-Fri 09:00-12:00, 13:00-17:00`
fn line_of_hours(line: &str) -> Option<Vec<Span>> {
    let (days, times) = line.trim().split_once(char::is_whitespace)?;
    let mut spans = Vec::new();
    for days in days.split(',') {
        let (first, last) = days.split_once('-').unwrap_or((days, days));
        let (first, last) = (day(first)?, day(last)?);
        for time in times.split(',') {
            let (from, to) = time.split_once('-')?;
            let (from, to) = (minutes(from)?, minutes(to)?);
            let length = (last + 7 - first) % 7;
            spans.extend((0..=length).map(|after| Span { day: (first + after) % 7, from, to }));
        }
    }
    Some(spans)
}

fn day(word: &str) -> Option<usize> {
    let word = word.trim().to_ascii_lowercase();
    let start = word.get(..3)?;
    let (at, (_, weekday)) = DAYS.iter().enumerate().find(|(_, (short, _))| *short == start)?;
    let whole = format!("{weekday:?}").to_ascii_lowercase();
    whole.starts_with(&word).then_some(at)
}

fn minutes(time: &str) -> Option<i32> {
    let (hour, minute) = time.trim().split_once(':')?;
    let (hour, minute): (i32, i32) = (hour.parse().ok()?, minute.parse().ok()?);
    if !(0..=24).contains(&hour) || !(0..60).contains(&minute) {
        return None;
    }
    let whole = hour * 60 + minute;
    (whole <= 24 * 60).then_some(whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hours(open: &[&str], holidays: &[&str]) -> Hours {
        let own = |list: &[&str]| list.iter().map(|line| (*line).to_owned()).collect::<Vec<_>>();
        Hours::new("Europe/Berlin", &own(open), &own(holidays)).unwrap()
    }

    fn at(moment: &str) -> Millis {
        moment.parse::<Timestamp>().unwrap().as_millisecond()
    }

    #[test]
    fn an_office_is_open_by_the_clock_on_its_own_wall() {
        let office = hours(&["Mon-Fri 09:00-17:00", "Sat 10:00-12:00"], &["2026-12-25"]);
        assert!(office.is_open(at("2026-11-23T08:00:00Z")), "Monday, nine in Berlin in winter");
        assert!(!office.is_open(at("2026-11-23T07:59:00Z")));
        assert!(office.is_open(at("2026-07-20T07:00:00Z")), "in summer, too");
        assert!(!office.is_open(at("2026-11-23T16:00:00Z")), "five o'clock");
        assert!(office.is_open(at("2026-11-28T09:30:00Z")) && !office.is_open(at("2026-11-29T09:30:00Z")));
        assert!(!office.is_open(at("2026-12-25T10:00:00Z")), "a Friday, but a holiday");
    }

    #[test]
    fn a_night_shift_ends_in_the_morning() {
        let night = hours(&["Fri 22:00-06:00"], &[]);
        assert!(night.is_open(at("2026-11-27T22:00:00Z")) && night.is_open(at("2026-11-28T04:59:00Z")));
        assert!(!night.is_open(at("2026-11-28T05:00:00Z")) && !night.is_open(at("2026-11-28T22:00:00Z")));
        let all = hours(&["Mon-Sun 00:00-24:00"], &[]);
        assert!(all.is_open(at("2026-11-29T22:59:59Z")));
    }

    #[test]
    fn hours_that_cannot_be_read_are_named() {
        for (zone, open, holiday) in [
            ("Mars/Base", "Mon 09:00-17:00", "2026-12-25"),
            ("", "Noday 09:00-17:00", "2026-12-25"),
            ("", "Mon 09:00", "2026-12-25"),
            ("", "Mon 25:00-26:00", "2026-12-25"),
            ("", "Mon 2147483647:00-17:00", "2026-12-25"),
            ("", "Mon 09:00--2147483648:00", "2026-12-25"),
            ("", "Mon 09:00-17:00", "99999-12-25"),
            ("", "Mon 09:00-17:00", "Christmas"),
        ] {
            assert!(Hours::new(zone, &[open.to_owned()], &[holiday.to_owned()]).is_err(), "{zone} {open} {holiday}");
        }
    }
}
