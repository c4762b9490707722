//! Which article of a group is the original, and why.
//!
//! The earliest date decides among the dated. Without dates the text does: the article that holds most of what the
//! others hold is the one they were made from.

/// What is known of a member when the original is chosen.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Claim {
    /// Seconds since 1970.
    pub(crate) date: Option<i64>,
    /// The mean share of the other members' wording that this one holds, 0 to 1.
    pub(crate) holds: f64,
    /// How many words it has.
    pub(crate) words: usize,
}

/// An undated member must hold this much more than the earliest dated one to be preferred to it.
const CLEARLY: f64 = 0.05;

/// The number of the original among the members, which are in order of id, and the reason in words.
pub(crate) fn choose(claims: &[Claim]) -> (usize, String) {
    let by_text = best(claims, |claim| (claim.holds, claim.words)).unwrap_or(0);
    let Some(by_date) = earliest(claims) else {
        return (by_text, text_reason(claims, by_text));
    };
    let (dated, texts) = (claims[by_date], claims[by_text]);
    let day = dated.date.map(day).unwrap_or_default();
    if texts.date.is_none() && texts.holds > dated.holds + CLEARLY {
        let reason = text_reason(claims, by_text);
        return (by_text, format!("{reason}, though it has no date and a copy is dated {day}"));
    }
    let mut reason = format!("the earliest date, {day}");
    if claims.iter().any(|claim| claim.date.is_none()) {
        reason.push_str(", of those that have one");
    }
    if texts.holds > dated.holds + CLEARLY {
        reason.push_str("; by its text alone a longer member would be");
    }
    (by_date, reason)
}

fn text_reason(claims: &[Claim], chosen: usize) -> String {
    let claim = claims[chosen];
    let rivals: Vec<&Claim> = claims.iter().enumerate().filter(|&(n, _)| n != chosen).map(|(_, c)| c).collect();
    if rivals.iter().all(|rival| rival.holds < claim.holds) {
        format!("it holds {:.0} % of the others' wording, more than any other member", claim.holds * 100.0)
    } else if rivals.iter().all(|rival| rival.words < claim.words) {
        "the most complete text".to_owned()
    } else {
        "the first id among equal texts".to_owned()
    }
}

/// The first of the members with the greatest value.
fn best(claims: &[Claim], value: impl Fn(&Claim) -> (f64, usize)) -> Option<usize> {
    (0..claims.len()).rev().max_by(|&x, &y| {
        let (x, y) = (value(&claims[x]), value(&claims[y]));
        x.0.total_cmp(&y.0).then(x.1.cmp(&y.1))
    })
}

fn earliest(claims: &[Claim]) -> Option<usize> {
    claims.iter().enumerate().filter_map(|(n, claim)| Some((claim.date?, n))).min().map(|(_, n)| n)
}

/// A time as `2026-04-27` (UTC), by Howard Hinnant's `civil_from_days`: the library has no calendar of its own.
fn day(seconds: i64) -> String {
    let days = seconds.div_euclid(86_400) + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02}")
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn claim(date: Option<i64>, holds: f64, words: usize) -> Claim {
        Claim { date, holds, words }
    }

    #[test]
    fn the_earliest_date_decides() {
        let (original, why) = choose(&[claim(Some(200), 1.0, 10), claim(Some(100), 0.99, 9)]);
        assert_eq!((original, why.as_str()), (1, "the earliest date, 1970-01-01"));
    }

    #[test]
    fn a_conflict_of_date_and_text_is_said() {
        let (original, why) = choose(&[claim(Some(200), 1.0, 10), claim(Some(100), 0.5, 5)]);
        assert_eq!(original, 1);
        assert!(why.contains("by its text alone"), "{why}");
    }

    #[test]
    fn an_undated_member_can_win_on_its_text() {
        let (original, why) = choose(&[claim(Some(200), 0.5, 5), claim(None, 1.0, 10)]);
        assert_eq!(original, 1);
        assert!(why.contains("no date"), "{why}");
        assert_eq!(choose(&[claim(Some(200), 1.0, 10), claim(None, 1.0, 10)]).0, 0);
    }

    #[test]
    fn without_dates_the_fullest_text_wins_then_the_first_id() {
        assert_eq!(choose(&[claim(None, 0.5, 5), claim(None, 1.0, 10)]).0, 1);
        assert_eq!(choose(&[claim(None, 1.0, 10), claim(None, 1.0, 10)]).0, 0);
        assert_eq!(choose(&[claim(None, 1.0, 9), claim(None, 1.0, 10)]).0, 1);
    }

    #[test]
    fn days_are_civil() {
        assert_eq!(day(0), "1970-01-01");
        assert_eq!(day(1_777_248_000), "2026-04-27");
        assert_eq!(day(951_782_400), "2000-02-29");
        assert_eq!(day(-1), "1969-12-31");
    }
}
