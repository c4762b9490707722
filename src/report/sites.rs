//! Where two compared texts differ, as phrases: the one place that reads the spans of a [`Comparison`] or [`Places`].

use std::ops::Range;

use crate::article::Span;
use crate::verify::places::{Comparison, Places};

/// Words that one text has and the other has not belong to a replaced phrase up to this many.
const LOOSE: usize = 2;

/// Texts in corresponding places.
pub(crate) type Site = (Span, Span);

/// The numbers of the words in a span, by the spans of all words.
pub(crate) fn within(words: &[Span], span: Span) -> Range<usize> {
    let first = words.partition_point(|word| word.start < span.start);
    first..words.partition_point(|word| word.end <= span.end).max(first)
}

/// The spans of a comparison, or of places that were found without one.
#[derive(Debug, Clone, Copy)]
pub struct Sites<'c> {
    passages: &'c [Site],
    substitutions: &'c [Site],
}

impl<'c> From<&'c Comparison> for Sites<'c> {
    fn from(Comparison { passages, substitutions, .. }: &'c Comparison) -> Self {
        Self { passages, substitutions }
    }
}

impl<'c> From<&'c Places> for Sites<'c> {
    fn from(Places { passages, substitutions }: &'c Places) -> Self {
        Self { passages, substitutions }
    }
}

/// The passages that are in the same order in both texts, and those that moved. The comparison lists them so.
pub(crate) fn passages<'c>(sites: impl Into<Sites<'c>>) -> (&'c [Site], &'c [Site]) {
    let Sites { passages, .. } = sites.into();
    let after = |pair: &[Site]| pair[1].0.start >= pair[0].0.end && pair[1].1.start >= pair[0].1.end;
    let ordered = passages.windows(2).position(|pair| !after(pair)).map_or(passages.len(), |last| last + 1);
    passages.split_at(ordered)
}

/// The replaced phrases, in the order of the text. A single word that was kept between a replaced and an added or
/// dropped one is part of the phrase: "Windows giant" became "Home windows large", not "giant" "large".
pub(crate) fn replaced<'c>(sites: impl Into<Sites<'c>>, a: &str, b: &str) -> Vec<Site> {
    let found = sites.into();
    let (chain, _) = passages(found);
    // Most passages are long, and no more is asked of them.
    let is_one_word =
        |text: &str, span: Span| text.get(span.range()).unwrap_or("").split_whitespace().take(2).count() == 1;
    let mut sites = found.substitutions.to_vec();
    for site in chain.windows(3) {
        let (before, kept, after) = (site[0], site[1], site[2]);
        if !is_one_word(a, kept.0) {
            continue;
        }
        let gap = |x: Site, y: Site| (Span { start: x.0.end, end: y.0.start }, Span { start: x.1.end, end: y.1.start });
        let counts = |gap: Site| (words_in(a, gap.0), words_in(b, gap.1));
        let loose = |(x, y): (usize, usize)| (x == 0 || y == 0) && (1..=LOOSE).contains(&(x + y));
        let (left, right) = (gap(before, kept), gap(kept, after));
        let (left_words, right_words) = (counts(left), counts(right));
        let both = |(x, y): (usize, usize)| x > 0 && y > 0;
        if (loose(left_words) && (both(right_words) || loose(right_words))) || (loose(right_words) && both(left_words))
        {
            let join = |text: &str, kept: Span, left: Span, right: Span| {
                let start = if words_in(text, left) > 0 { left.start } else { kept.start };
                let end = if words_in(text, right) > 0 { right.end } else { kept.end };
                trimmed(text, Span { start, end })
            };
            sites.push((join(a, kept.0, left.0, right.0), join(b, kept.1, left.1, right.1)));
        }
    }
    sites.sort_unstable();
    merged(sites).into_iter().flat_map(|site| clauses(site, a, b)).collect()
}

/// A site cut at the punctuation inside it, where both texts have as much of it.
fn clauses(site: Site, a: &str, b: &str) -> Vec<Site> {
    let parts = |text: &str, span: Span| -> Vec<Span> {
        let whole = text.get(span.range()).unwrap_or("");
        let ends = |c| matches!(c, '.' | ',' | ';' | ':' | '!' | '?' | '(' | ')' | '"' | '“' | '”' | '–' | '—' | '\n');
        let mut parts = Vec::new();
        let mut start = 0;
        for piece in whole.split_inclusive(char::is_whitespace) {
            let end = start + piece.len();
            if piece.trim_end_matches(' ').ends_with(ends) || piece.starts_with(ends) || end == whole.len() {
                parts.push(end);
            }
            start = end;
        }
        let starts = std::iter::once(0).chain(parts.iter().copied());
        let span = |from: usize, to: usize| Span { start: span.start + from as u32, end: span.start + to as u32 };
        starts
            .zip(&parts)
            .map(|(from, &to)| trimmed(text, span(from, to)))
            .filter(|part| part.start < part.end)
            .collect()
    };
    let (xs, ys) = (parts(a, site.0), parts(b, site.1));
    if xs.len() < 2 || xs.len() != ys.len() {
        return vec![site];
    }
    let same = |&(x, y): &Site| a.get(x.range()).map(str::to_lowercase) == b.get(y.range()).map(str::to_lowercase);
    xs.into_iter().zip(ys).filter(|site| !same(site)).collect()
}

/// How many words stand in a gap between passages: runs that hold a letter or a digit.
fn words_in(text: &str, span: Span) -> usize {
    let text = text.get(span.range()).unwrap_or("");
    text.split_whitespace().filter(|run| run.contains(char::is_alphanumeric)).count()
}

/// The span without white space and punctuation at its ends.
fn trimmed(text: &str, span: Span) -> Span {
    let whole = text.get(span.range()).unwrap_or("");
    let front = whole.trim_start_matches(|c: char| !c.is_alphanumeric());
    let start = span.start + (whole.len() - front.len()) as u32;
    let back = front.trim_end_matches(|c: char| !c.is_alphanumeric());
    Span { start, end: start + back.len() as u32 }
}

/// Sites that overlap, as one.
fn merged(sites: Vec<Site>) -> Vec<Site> {
    let mut whole: Vec<Site> = Vec::with_capacity(sites.len());
    for (x, y) in sites {
        match whole.last_mut() {
            Some((a, b)) if x.start < a.end || y.start < b.end => {
                a.end = a.end.max(x.end);
                b.start = b.start.min(y.start);
                b.end = b.end.max(y.end);
            }
            _ => whole.push((x, y)),
        }
    }
    whole
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detector::Detector;

    fn phrases(a: &str, b: &str) -> Vec<(String, String)> {
        let comparison = Detector::builder().build().expect("defaults are valid").compare(a, b);
        let text = |text: &str, span: Span| text[span.range()].to_owned();
        replaced(&comparison, a, b).into_iter().map(|(x, y)| (text(a, x), text(b, y))).collect()
    }

    fn pair(a: &str, b: &str) -> (String, String) {
        (a.to_owned(), b.to_owned())
    }

    #[test]
    fn a_word_that_was_kept_inside_a_phrase_is_part_of_it() {
        let found = phrases(
            "it said the Windows giant, on the whole, was right about that",
            "it said the Home windows large, on the whole, was proper about that",
        );
        assert_eq!(found, [pair("Windows giant", "Home windows large"), pair("right", "proper")]);
    }

    #[test]
    fn phrases_end_where_clauses_do() {
        let found = phrases(
            "over the Windows giant, both sides are winners of the two firms. Despite some opinions",
            "over the Home windows large, either side are winners of the 2 companies. Regardless of some opinions",
        );
        assert_eq!(
            found,
            [
                pair("Windows giant", "Home windows large"),
                pair("both sides", "either side"),
                pair("two firms", "2 companies"),
                pair("Despite", "Regardless of")
            ]
        );
    }

    #[test]
    fn plain_additions_are_not_substitutions() {
        assert_eq!(phrases("the two sides have agreed on it", "the two sides have now agreed on it"), []);
    }
}
