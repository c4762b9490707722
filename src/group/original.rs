//! Which article of a group is the original, and why.
//!
//! The earliest date decides among the dated. Without dates the text does, by the first of these that tells the
//! members apart:
//!
//! 1. **Disguise.** Look-alike letters and invisible characters are a copy's.
//! 2. **Wording.** Spinners replace common words by rarer ones, and scanning makes words that are none: where two members
//!    differ in single words, the original's are the commoner.
//! 3. **Completeness.** The member that holds most of what the others hold is the one they were made from.

use std::collections::HashMap;

use crate::group::union::Link;

/// What is known of a member when the original is chosen.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Claim {
    /// Seconds since 1970.
    pub(crate) date: Option<i64>,
    /// How many characters were look-alikes or invisible.
    pub(crate) repairs: u32,
    /// How many words it has.
    pub(crate) words: usize,
    /// What its text says, beside the others'.
    pub(crate) text: Text,
}

/// What a member's text says beside the others'.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Text {
    /// Of the words that differ between this member and others, those of which this one's is the commoner, less the rest.
    pub(crate) wording: i32,
    /// The mean share of the other members' wording that this one holds, 0 to 1.
    pub(crate) holds: f64,
}

impl Default for Text {
    fn default() -> Self {
        Self { wording: 0, holds: 1.0 }
    }
}

/// What the links of a group say of each of its nodes; `words` tells how many words a node has.
pub(crate) fn texts(links: &[&Link], words: impl Fn(u32) -> usize) -> HashMap<u32, Text> {
    let mut sums: HashMap<u32, (i32, f64, u32)> = HashMap::new();
    for link in links {
        for (node, other, wording) in [(link.a, link.b, link.wording), (link.b, link.a, -link.wording)] {
            // Containment is told of the shorter: of the longer one the same words are a smaller share.
            let share = (words(node) as f64 / words(other).max(1) as f64).min(1.0);
            let sum = sums.entry(node).or_default();
            sum.0 += wording;
            sum.1 += link.scores.containment * share;
            sum.2 += 1;
        }
    }
    sums.into_iter()
        .map(|(node, (wording, held, count))| (node, Text { wording, holds: held / f64::from(count) }))
        .collect()
}

/// An undated member must hold this much more than the earliest dated one to be preferred to it.
const CLEARLY: f64 = 0.05;

/// From this many characters in disguise, a member is no original if another has fewer.
const DISGUISED: u32 = 5;

/// The lead in commoner words from which wording decides.
const LEAD: i32 = 3;

/// The number of the original among the members, which are in order of id, and the reason in words.
pub(crate) fn choose(claims: &[Claim]) -> (usize, String) {
    let (by_text, text_reason) = by_text(claims);
    let Some(by_date) = earliest(claims) else {
        return (by_text, text_reason);
    };
    let (dated, texts) = (claims[by_date], claims[by_text]);
    let day = dated.date.map(day).unwrap_or_default();
    let clearly = texts.text.holds > dated.text.holds + CLEARLY || texts.text.wording >= dated.text.wording + LEAD;
    if texts.date.is_none() && clearly {
        return (by_text, format!("{text_reason}, though it has no date and a copy is dated {day}"));
    }
    let mut reason = format!("the earliest date, {day}");
    if claims.iter().any(|claim| claim.date.is_none()) {
        reason.push_str(", of those that have one");
    }
    if by_text != by_date && clearly {
        reason.push_str("; by its text alone another member would be");
    }
    (by_date, reason)
}

/// The original by the texts alone.
fn by_text(claims: &[Claim]) -> (usize, String) {
    let least = claims.iter().map(|claim| claim.repairs).min().unwrap_or(0);
    let plain: Vec<usize> = (0..claims.len()).filter(|&n| claims[n].repairs < least + DISGUISED).collect();
    let disguised = plain.len() < claims.len();
    let most = |among: &[usize]| {
        let fuller = |&x: &usize, &y: &usize| {
            let (x, y) = (&claims[x], &claims[y]);
            (x.text.holds.total_cmp(&y.text.holds)).then(x.words.cmp(&y.words)).then(y.repairs.cmp(&x.repairs))
        };
        among.iter().copied().rev().max_by(fuller).unwrap_or(0)
    };
    // Members whose wording is about as common as the commonest may all be the original: completeness tells them apart.
    let commonest = plain.iter().map(|&n| claims[n].text.wording).max().unwrap_or(0);
    let worded: Vec<usize> = plain.iter().copied().filter(|&n| claims[n].text.wording + LEAD > commonest).collect();
    let outworded = worded.len() < plain.len();
    let fullest = most(&worded);
    let rivals = worded.iter().filter(|&&n| n != fullest).map(|&n| &claims[n]);
    if outworded && rivals.clone().next().is_none() {
        return (fullest, "its wording is the commoner one where the members differ".to_owned());
    }
    let claim = claims[fullest];
    let reason = if disguised && rivals.clone().next().is_none() {
        "the only one without disguised characters".to_owned()
    } else if rivals.clone().all(|rival| rival.text.holds < claim.text.holds) {
        format!("it holds {:.0} % of the others' wording, more than any other member", claim.text.holds * 100.0)
    } else if rivals.clone().all(|rival| rival.words < claim.words) {
        "the most complete text".to_owned()
    } else if worded.iter().all(|&n| n == fullest || claims[n].repairs > claim.repairs) {
        "the fewest disguised characters among equal texts".to_owned()
    } else {
        "the first id among equal texts".to_owned()
    };
    (fullest, reason)
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
        Claim { date, repairs: 0, words, text: Text { wording: 0, holds } }
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
    fn the_commoner_wording_is_the_originals() {
        let spun = Claim { text: Text { wording: -9, holds: 1.0 }, ..claim(None, 1.0, 20) };
        let original = Claim { text: Text { wording: 9, holds: 0.9 }, ..claim(None, 0.9, 10) };
        let (chosen, why) = choose(&[spun, original]);
        assert_eq!(chosen, 1);
        assert!(why.contains("commoner"), "{why}");
    }

    #[test]
    fn a_disguised_text_is_a_copy() {
        let disguised = Claim { repairs: 40, ..claim(None, 1.0, 10) };
        let (chosen, why) = choose(&[disguised, claim(None, 1.0, 10)]);
        assert_eq!(chosen, 1);
        assert!(why.contains("disguised"), "{why}");
    }

    #[test]
    fn days_are_civil() {
        assert_eq!(day(0), "1970-01-01");
        assert_eq!(day(1_777_248_000), "2026-04-27");
        assert_eq!(day(951_782_400), "2000-02-29");
        assert_eq!(day(-1), "1969-12-31");
    }
}
