//! Dates in the forms in which corpora write them.

use jiff::civil::DateTime;
use jiff::fmt::{rfc2822, strtime::BrokenDownTime};
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

/// The forms that are not RFC 3339, RFC 2822 or a number. A form may leave out the zone: then it is UTC.
/// Names of months and days are taken in any case; `%b` and `%a` take the first three letters.
const FORMS: &[&str] = &[
    "%Y-%m-%d %H:%M:%S%.f %z",
    "%Y-%m-%d %H:%M:%S%.f %:z",
    "%Y-%m-%d %H:%M:%S%.f UTC",
    "%Y-%m-%d %H:%M:%S%.f GMT",
    "%Y-%m-%d %H:%M",
    "%Y/%m/%d",
    "%Y/%m/%d %H:%M",
    "%Y/%m/%d %H:%M:%S%.f",
    "%d-%b-%Y",
    "%d-%b-%Y %H:%M:%S%.f",
    "%d %b %Y",
    "%d %b %Y %H:%M",
    "%d %b %Y %H:%M:%S%.f",
    "%d %B %Y",
    "%d %B %Y %H:%M",
    "%d %B %Y %H:%M:%S%.f",
    "%A, %d %B %Y",
    "%b %d, %Y",
    "%b %d, %Y %H:%M",
    "%b %d, %Y %H:%M:%S%.f",
    "%b %d, %Y %I:%M %p",
    "%b. %d, %Y",
    "%B %d, %Y",
    "%B %d, %Y %H:%M",
    "%B %d, %Y %H:%M:%S%.f",
    "%B %d, %Y %I:%M %p",
    "%A, %B %d, %Y",
    "%a %b %d %H:%M:%S %Y",
    "%a %b %d %H:%M:%S %z %Y",
];

/// The moment in seconds since 1970-01-01 UTC, or none when the form is not known.
///
/// Known are RFC 3339 and RFC 2822, seconds since 1970 (from 100,000,000,000 on, milliseconds or finer), and the
/// forms of the table below; a date without a zone is UTC, one without a time is midnight. Eight or fourteen digits
/// that make a calendar date are one, and four digits are a year: too coarse to tell who was first, so none.
/// `04/05/2026` is none as well, since it is April to some and May to others.
///
/// ```
/// use unspin::corpus::parse_date;
/// assert_eq!(parse_date("2026-04-27T02:00:00+02:00"), Some(1_777_248_000));
/// assert_eq!(parse_date("Apr 27, 2026"), Some(1_777_248_000));
/// assert_eq!(parse_date("1777248000"), Some(1_777_248_000));
/// assert_eq!(parse_date("last Tuesday"), None);
/// ```
#[must_use]
pub fn parse_date(date: &str) -> Option<i64> {
    let date = date.trim();
    if let Ok(number) = date.parse() {
        return from_number(date, number).map(Timestamp::as_second);
    }
    let parsed = date
        .parse::<Timestamp>()
        .or_else(|_| date.parse::<Zoned>().map(|zoned| zoned.timestamp()))
        .or_else(|_| date.parse::<DateTime>().and_then(in_utc))
        .or_else(|_| rfc2822::DateTimeParser::new().relaxed_weekday(true).parse_timestamp(date));
    parsed.ok().or_else(|| FORMS.iter().find_map(|form| parse_form(form, date))).map(Timestamp::as_second)
}

/// A date that is a number: the calendar's figures run together, or the time since 1970.
fn from_number(date: &str, number: f64) -> Option<Timestamp> {
    let calendar = match date.len() {
        4 => return None,
        8 => parse_form("%Y%m%d", date),
        14 => parse_form("%Y%m%d%H%M%S", date),
        _ => None,
    };
    calendar.or_else(|| from_epoch(number))
}

/// Seconds, milliseconds, microseconds or nanoseconds: whichever falls within the next three thousand years.
fn from_epoch(mut number: f64) -> Option<Timestamp> {
    const YEAR_5138: f64 = 1e11;
    for _ in 0..3 {
        if number.abs() >= YEAR_5138 {
            number /= 1000.0;
        }
    }
    (number.abs() < YEAR_5138).then(|| Timestamp::from_second(number.floor() as i64).ok())?
}

fn parse_form(form: &str, date: &str) -> Option<Timestamp> {
    let parts = BrokenDownTime::parse(form, date).ok()?;
    // A year of two digits would pass for one of the first century, and be earlier than every other.
    if parts.year().is_none_or(|year| year < 1000) {
        return None;
    }
    if parts.offset().is_some() { parts.to_timestamp().ok() } else { in_utc(parts.to_datetime().ok()?).ok() }
}

fn in_utc(civil: DateTime) -> Result<Timestamp, jiff::Error> {
    TimeZone::UTC.to_timestamp(civil)
}

#[cfg(test)]
mod tests {
    use super::*;

    const APRIL_27_2026: i64 = 1_777_248_000;
    const TEN_O_CLOCK: i64 = APRIL_27_2026 + 36_000;

    #[test]
    fn every_form_that_occurs_is_understood() {
        let table = [
            // RFC 3339 and ISO 8601, with and without a zone
            ("2026-04-27T10:00:00Z", TEN_O_CLOCK),
            ("2026-04-27t10:00:00z", TEN_O_CLOCK),
            ("2026-04-27T10:00:00.250Z", TEN_O_CLOCK),
            ("2026-04-27T12:00:00+02:00", TEN_O_CLOCK),
            ("2026-04-27T12:00:00+0200", TEN_O_CLOCK),
            ("2026-04-27 12:00:00+02:00", TEN_O_CLOCK),
            ("2026-04-27T10:00:00", TEN_O_CLOCK),
            ("2026-04-27T10:00", TEN_O_CLOCK),
            ("20260427T100000Z", TEN_O_CLOCK),
            ("2026-04-27T10:00:00+00:00[UTC]", TEN_O_CLOCK),
            // RFC 2822, with obsolete zones and a weekday that is wrong
            ("Mon, 27 Apr 2026 10:00:00 +0000", TEN_O_CLOCK),
            ("Mon, 27 Apr 2026 10:00:00 GMT", TEN_O_CLOCK),
            ("27 Apr 2026 06:00:00 EDT", TEN_O_CLOCK),
            ("Tue, 27 Apr 2026 10:00:00 GMT", TEN_O_CLOCK),
            // numbers
            ("1777284000", TEN_O_CLOCK),
            ("1777284000.75", TEN_O_CLOCK),
            ("1777284000000", TEN_O_CLOCK),
            ("1777284000000000", TEN_O_CLOCK),
            ("1.777284e9", TEN_O_CLOCK),
            ("0", 0),
            ("-1", -1),
            ("-86400", -86_400),
            ("100000000000", 100_000_000),
            ("99999999999", 99_999_999_999),
            // the calendar, in figures
            ("2026-04-27", APRIL_27_2026),
            ("2026-04-27 10:00:00", TEN_O_CLOCK),
            ("2026-04-27 10:00", TEN_O_CLOCK),
            ("2026-04-27 10:00:00 +0000", TEN_O_CLOCK),
            ("2026-04-27 10:00:00 UTC", TEN_O_CLOCK),
            ("2026/04/27", APRIL_27_2026),
            ("2026/04/27 10:00:00", TEN_O_CLOCK),
            ("20260427", APRIL_27_2026),
            ("20260427100000", TEN_O_CLOCK),
            // the calendar, in words
            ("26-FEB-1987 15:01:01.79", 541_350_061),
            (" 2-MAR-1987 04:31:00.10", 541_657_860),
            ("27-Apr-2026", APRIL_27_2026),
            ("Apr 27, 2026", APRIL_27_2026),
            ("apr 27, 2026", APRIL_27_2026),
            ("Apr. 27, 2026", APRIL_27_2026),
            ("Apr 27, 2026 10:00 AM", TEN_O_CLOCK),
            ("April 27, 2026", APRIL_27_2026),
            ("April 27, 2026 10:00:00", TEN_O_CLOCK),
            ("May 4, 2026", APRIL_27_2026 + 7 * 86_400),
            ("27 April 2026", APRIL_27_2026),
            ("27 Apr 2026", APRIL_27_2026),
            ("27 April 2026 10:00", TEN_O_CLOCK),
            ("Monday, April 27, 2026", APRIL_27_2026),
            ("Monday, 27 April 2026", APRIL_27_2026),
            ("Mon Apr 27 10:00:00 2026", TEN_O_CLOCK),
            ("Mon Apr 27 12:00:00 +0200 2026", TEN_O_CLOCK),
            ("  2026-04-27\n", APRIL_27_2026),
        ];
        for (date, second) in table {
            assert_eq!(parse_date(date), Some(second), "{date:?}");
        }
    }

    #[test]
    fn what_tells_no_moment_is_none() {
        let none = [
            "",
            " ",
            "yesterday",
            "2026",
            "04/05/2026",
            "2026-13-01",
            "2026-02-30",
            "Apr 31, 2026",
            "NaN",
            "-inf",
            "inf",
            "1e300",
            "-",
            "2026-04-27 and more",
            "٢٠٢٦",
            "\u{0}",
        ];
        for date in none {
            assert_eq!(parse_date(date), None, "{date:?}");
        }
    }
}
