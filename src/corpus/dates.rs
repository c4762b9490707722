//! Dates in the forms in which corpora write them.

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::{Offset, TimeZone};
use jiff::{Timestamp, Zoned};

/// The moment in seconds since 1970-01-01 UTC, or none when the form is not known.
///
/// Known are RFC 3339, RFC 2822, seconds since 1970 (from 100,000,000,000 on, milliseconds or finer), and dates in
/// English words or in figures, in any order that leaves no doubt, with or without weekday, time and zone:
/// `April 27th, 2026`, `Mon, 27 Apr 2026 10:00 EST`, `27.04.2026`, `26-FEB-1987 15:01:01.79`. A date without a zone is
/// UTC, one without a time is midnight. Eight, twelve or fourteen digits that make a calendar date are one. A year or
/// a month is too coarse to tell who was first, so none; `04/05/2026` is none as well, since it is April to some and
/// May to others, and so is a year of two digits.
///
/// ```
/// use unspin::corpus::parse_date;
/// assert_eq!(parse_date("2026-04-27T02:00:00+02:00"), Some(1_777_248_000));
/// assert_eq!(parse_date("Apr. 27th, 2026"), Some(1_777_248_000));
/// assert_eq!(parse_date("1777248000"), Some(1_777_248_000));
/// assert_eq!(parse_date("last Tuesday"), None);
/// ```
#[must_use]
pub fn parse_date(date: &str) -> Option<i64> {
    let date = without_controls(date).trim();
    if let Ok(number) = date.parse() {
        return from_number(date, number).map(Timestamp::as_second);
    }
    let parsed = date
        .parse::<Timestamp>()
        .or_else(|_| date.parse::<Zoned>().map(|zoned| zoned.timestamp()))
        .or_else(|_| date.parse::<DateTime>().and_then(|civil| TimeZone::UTC.to_timestamp(civil)));
    parsed.ok().or_else(|| Words::read(date)?.timestamp()).map(Timestamp::as_second)
}

/// The date without what follows the first control character, or an entity of one: news wires end their fields so
/// (`26-FEB-1987 15:01:01.79&#5;&#5;RM`).
fn without_controls(date: &str) -> &str {
    let date = date.trim_start();
    let end = date.find("&#").into_iter().chain(date.find(|c: char| c.is_control() && !c.is_whitespace())).min();
    &date[..end.unwrap_or(date.len())]
}

/// A date that is a number: the calendar's figures run together, or the time since 1970.
fn from_number(date: &str, number: f64) -> Option<Timestamp> {
    match date.len() {
        _ if !date.bytes().all(|byte| byte.is_ascii_digit()) => from_epoch(number),
        4 => None,
        6 if month(date) => None,
        8 | 14 => from_figures(date),
        12 => from_figures(date).or_else(|| from_epoch(number)),
        _ => from_epoch(number),
    }
}

/// Whether six figures are a year of these times and a month.
fn month(figures: &str) -> bool {
    matches!(&figures[..2], "19" | "20") && matches!(figures[4..].parse(), Ok(1_u8..=12))
}

/// `20260427`, with hours and minutes, and with seconds.
fn from_figures(figures: &str) -> Option<Timestamp> {
    let part = |start: usize, len: usize| figures.get(start..start + len).map_or(Some(0), |part| part.parse().ok());
    let date = civil_date(figures[..4].parse().ok()?, part(4, 2)?, part(6, 2)?)?;
    let time = Time::new(part(8, 2)?, part(10, 2)?, part(12, 2)?, 0).ok()?;
    TimeZone::UTC.to_timestamp(date.to_datetime(time)).ok()
}

/// A year of two digits would pass for one of the first century, and be earlier than every other.
fn civil_date(year: i16, month: i8, day: i8) -> Option<Date> {
    (year >= 1000).then(|| Date::new(year, month, day).ok())?
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

/// What the words of a date say, each at most once.
#[derive(Default)]
struct Words {
    year: Option<i16>,
    month: Option<i8>,
    day: Option<i8>,
    time: Option<(i8, i8, i8)>,
    afternoon: Option<bool>,
    zone: Option<TimeZone>,
}

/// Sets what must not be said twice.
fn once<T>(slot: &mut Option<T>, value: T) -> Option<()> {
    slot.is_none().then(|| *slot = Some(value))
}

impl Words {
    /// Reads every word; one that means nothing makes the date unknown.
    fn read(date: &str) -> Option<Self> {
        // JavaScript adds the zone's name in brackets to its offset.
        let date = date.split('(').next()?.to_ascii_lowercase();
        let mut read = Self::default();
        let mut words = date.split(|c: char| c.is_whitespace() || c == ',').filter(|word| !word.is_empty()).peekable();
        while let Some(word) = words.next() {
            match word.parse() {
                Ok(hour @ 1..=12) if words.peek().is_some_and(|&next| meridiem(next).is_some()) => {
                    once(&mut read.time, (hour, 0, 0))?;
                }
                _ => read.word(word.trim_end_matches('.'))?,
            }
        }
        Some(read)
    }

    fn word(&mut self, word: &str) -> Option<()> {
        if matches!(word, "" | "at" | "of" | "on" | "the" | "-" | "–" | "|") || is_weekday(word) {
            return Some(());
        }
        if let Some(month) = month_named(word) {
            return once(&mut self.month, month);
        }
        if let Some(afternoon) = meridiem(word) {
            return once(&mut self.afternoon, afternoon);
        }
        if let Some(zone) = zone_named(word) {
            return once(&mut self.zone, zone);
        }
        if word.contains(':') && !word.starts_with(['+', '-']) {
            return self.time(word);
        }
        if word.starts_with(['+', '-']) {
            return once(&mut self.zone, offset(word)?);
        }
        let digits = word.bytes().take_while(u8::is_ascii_digit).count();
        match (digits, &word[digits..]) {
            (4, "") => once(&mut self.year, word.parse().ok()?),
            (1 | 2, "" | "st" | "nd" | "rd" | "th") => once(&mut self.day, word[..digits].parse().ok()?),
            (1 | 2, after) if meridiem(after).is_some() => {
                self.afternoon = meridiem(after);
                once(&mut self.time, (word[..digits].parse().ok()?, 0, 0))
            }
            (1.., _) => self.date(word),
            _ => None,
        }
    }

    /// `10:00`, `10:00:59.25`, `10:00am`, `10:00Z`, `10:00+02:00`, or a whole `2026-04-27T10:00`.
    fn time(&mut self, word: &str) -> Option<()> {
        if let Some((date, time)) = word.split_once('t') {
            self.date(date)?;
            return self.time(time);
        }
        let end = word.find(|c: char| !c.is_ascii_digit() && c != ':' && c != '.').unwrap_or(word.len());
        let (time, after) = word.split_at(end);
        match after {
            "" => {}
            after if meridiem(after).is_some() => once(&mut self.afternoon, meridiem(after)?)?,
            after => once(&mut self.zone, zone_named(after).or_else(|| offset(after))?)?,
        }
        let mut parts = time.split(':');
        let (hour, minute) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
        let second = parts.next().map_or(Some(0), |second| second.split('.').next()?.parse().ok())?;
        // The clock shows 60 at a leap second.
        parts.next().is_none().then(|| once(&mut self.time, (hour, minute, second.min(59))))?
    }

    /// `2026-04-27`, `2026/04/27`, `27.04.2026`, `26-feb-1987`, and `27/04/2026` where the order is beyond doubt.
    fn date(&mut self, word: &str) -> Option<()> {
        let separator = word.chars().find(|&c| matches!(c, '-' | '/' | '.'))?;
        let parts: Vec<&str> = word.split(separator).collect();
        let &[a, b, c] = parts.as_slice() else { return None };
        let number = |part: &str| part.parse::<i8>().ok().filter(|&number| number > 0);
        let (year, month, day) = match (a.len(), month_named(b)) {
            (4, month) => (a, month.or_else(|| number(b))?, number(c)?),
            (_, Some(month)) => (c, month, number(a)?),
            _ if separator == '.' => (c, number(b)?, number(a)?),
            _ => match (number(a)?, number(b)?) {
                (a, b) if a > 12 || a == b => (c, b, a),
                (a, b) if b > 12 => (c, a, b),
                _ => return None,
            },
        };
        let year = (year.len() == 4).then(|| year.parse().ok())??;
        once(&mut self.year, year)?;
        once(&mut self.month, month)?;
        once(&mut self.day, day)
    }

    fn timestamp(self) -> Option<Timestamp> {
        let (hour, minute, second) = self.time.unwrap_or_default();
        let hour = match (self.afternoon, hour) {
            (None, hour) => hour,
            (Some(afternoon), 1..=12) => hour % 12 + if afternoon { 12 } else { 0 },
            _ => return None,
        };
        if self.time.is_none() && self.afternoon.is_some() {
            return None;
        }
        let date = civil_date(self.year?, self.month?, self.day?)?;
        let time = Time::new(hour, minute, second, 0).ok()?;
        self.zone.unwrap_or(TimeZone::UTC).to_timestamp(date.to_datetime(time)).ok()
    }
}

/// A name in full, or its first three letters or more.
fn shortened(name: &str, word: &str) -> bool {
    word.len() >= 3 && name.starts_with(word)
}

fn is_weekday(word: &str) -> bool {
    let days = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
    days.iter().any(|day| shortened(day, word))
}

fn month_named(word: &str) -> Option<i8> {
    const MONTHS: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    let word = word.trim_end_matches('.');
    (1..).zip(MONTHS).find_map(|(number, month)| shortened(month, word).then_some(number))
}

fn meridiem(word: &str) -> Option<bool> {
    match word.trim_end_matches('.') {
        "am" | "a.m" => Some(false),
        "pm" | "p.m" => Some(true),
        _ => None,
    }
}

/// The zones that news write by name. `CST` and `BST` are those of America and Britain, as in RFC 2822 and in
/// newspapers; `IST` is too many.
fn zone_named(word: &str) -> Option<TimeZone> {
    let hours = match word {
        "utc" | "gmt" | "z" | "ut" | "wet" => 0,
        "bst" | "cet" | "west" | "met" => 1,
        "cest" | "eet" | "sast" | "mest" => 2,
        "eest" | "msk" => 3,
        "pkt" => 5,
        "wib" => 7,
        "hkt" | "sgt" | "awst" | "pht" => 8,
        "jst" | "kst" => 9,
        "aest" => 10,
        "aedt" => 11,
        "nzst" => 12,
        "nzdt" => 13,
        "ast" | "edt" => -4,
        "est" | "cdt" => -5,
        "cst" | "mdt" => -6,
        "mst" | "pdt" => -7,
        "pst" | "akdt" => -8,
        "akst" => -9,
        "hst" => -10,
        "et" => return TimeZone::posix("EST5EDT,M3.2.0,M11.1.0").ok(),
        "ct" => return TimeZone::posix("CST6CDT,M3.2.0,M11.1.0").ok(),
        "mt" => return TimeZone::posix("MST7MDT,M3.2.0,M11.1.0").ok(),
        "pt" => return TimeZone::posix("PST8PDT,M3.2.0,M11.1.0").ok(),
        word => return offset(word.strip_prefix("gmt").or_else(|| word.strip_prefix("utc"))?),
    };
    Some(TimeZone::fixed(Offset::constant(hours)))
}

/// `+02:00`, `+0200`, `+02`, `+2`.
fn offset(word: &str) -> Option<TimeZone> {
    let (sign, figures) = match word.split_at_checked(1)? {
        ("+", figures) => (1, figures),
        ("-", figures) => (-1, figures),
        _ => return None,
    };
    let (hours, minutes) = match figures.split_once(':') {
        Some((hours, minutes)) => (hours, minutes),
        None if figures.len() == 4 => figures.split_at_checked(2)?,
        None => (figures, "0"),
    };
    let number = |part: &str| part.parse::<u8>().ok().map(i32::from);
    let seconds = sign * (number(hours)? * 3600 + number(minutes)? * 60);
    Offset::from_seconds(seconds).ok().map(TimeZone::fixed)
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
            ("April 27th, 2026", APRIL_27_2026),
            ("27th of April 2026", APRIL_27_2026),
            ("Mon, 27 Apr 2026", APRIL_27_2026),
            ("Mon., Apr. 27, 2026", APRIL_27_2026),
            ("Sept. 5, 2026", APRIL_27_2026 + 131 * 86_400),
            ("5 Sept 2026", APRIL_27_2026 + 131 * 86_400),
            ("27.04.2026", APRIL_27_2026),
            ("27.4.2026, 10:00", TEN_O_CLOCK),
            ("27/04/2026", APRIL_27_2026),
            ("04/27/2026", APRIL_27_2026),
            ("05/05/2026", APRIL_27_2026 + 8 * 86_400),
            // twelve hours, and zones by name
            ("April 27, 2026 at 10:00 a.m.", TEN_O_CLOCK),
            ("April 27, 2026 10:00am", TEN_O_CLOCK),
            ("April 27, 2026, 10 AM", TEN_O_CLOCK),
            ("April 27, 2026 10AM", TEN_O_CLOCK),
            ("April 27, 2026 12:00 AM", APRIL_27_2026),
            ("2026-04-27 06:00 PM GMT+08:00", TEN_O_CLOCK),
            ("Apr 27, 2026 5:00 AM EST", TEN_O_CLOCK),
            ("Apr 27, 2026 6:00 AM ET", TEN_O_CLOCK),
            ("Jan 27, 2026 5:00 AM ET", TEN_O_CLOCK - 90 * 86_400),
            ("27 Apr 2026 12:00 CEST", TEN_O_CLOCK),
            ("2026-04-27 12:00:00 CEST", TEN_O_CLOCK),
            ("2026-04-27T06:00 EDT", TEN_O_CLOCK),
            ("Mon Apr 27 2026 12:00:00 GMT+0200 (Central European Summer Time)", TEN_O_CLOCK),
            // what wires leave behind
            ("26-FEB-1987 15:01:01.79&#5;&#5;&#5;RM", 541_350_061),
            ("26-FEB-1987 15:01:01.79\u{5}\u{5}\u{5}RM", 541_350_061),
            ("202604271000", TEN_O_CLOCK),
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
            // Eight figures that are no day are no second of 1970 either.
            "20261399",
            "12345678",
            "20260427999999",
            "202604",
            "27 Apr 26",
            "April 2026",
            "27 April",
            "27 27 April 2026",
            "27 April 2026 13:00 PM",
            "27 April 2026 PM",
            "27 April 2026 10:00 IST",
            "27 April 2026 25:00",
            "2026-04-27T",
            "(",
            "27.04.26",
            "26-FEB-87",
            "+",
            "::",
            "a:b",
            "é",
        ];
        for date in none {
            assert_eq!(parse_date(date), None, "{date:?}");
        }
    }
}
