//! Stories: articles that report one event, written independently of each other.
//!
//! What reports of one event share is who, where and how much: names, figures and rare words. Articles are compared by
//! these alone, as vectors weighted by frequency and rarity (Salton and Buckley, "Term-weighting approaches in automatic
//! text retrieval", 1988), by the cosine of their angle, as in the tracking of topics (Allan, *Topic Detection and
//! Tracking*, 2002). Candidates share some of their heaviest words. They are joined from the most alike down, and only
//! while the articles on both sides are alike on average (average linkage: Sokal and Michener, 1958), so that no chain
//! runs from one story to the next.

use std::cmp::Reverse;
use std::collections::HashMap;

use rayon::prelude::*;

use crate::article::Tokens;
use crate::hash::TokenHasher;
use crate::lexicon::vocabulary::Vocabulary;

/// Two articles are of one story from this cosine on.
const ALIKE: f64 = 0.3;

/// Each article is found under so many of its heaviest words …
const POSTED: usize = 32;

/// … of which a candidate shares so many …
const SHARED: usize = 4;

/// … and of which those say nothing that more articles than this are found under.
const COMMON: usize = 128;

/// Articles that were published further apart than this, in seconds, are of different stories: three weeks.
const APART: u64 = 21 * 24 * 60 * 60;

/// So many articles of a story speak for all when it is joined with another.
const WITNESSES: usize = 24;

/// An article that may be of a story: one that stands for its group, or a lone one.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Report<'a> {
    pub(crate) tokens: &'a Tokens,
    /// In seconds since 1970.
    pub(crate) date: Option<i64>,
}

/// Reports of one event.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Linked {
    /// Their numbers, ascending: two or more.
    pub(crate) reports: Vec<u32>,
    /// How alike they are on average.
    pub(crate) score: f64,
}

/// Links the reports of one event. A report is in one story or in none; stories come in the order of their first.
pub(crate) fn link(reports: &[Report<'_>], vocabulary: &Vocabulary) -> Vec<Linked> {
    let vectors: Vec<Vector> = reports.par_iter().map(|report| Vector::new(report.tokens, vocabulary)).collect();
    let alike = |a: u32, b: u32| {
        let (x, y) = (reports[a as usize].date, reports[b as usize].date);
        let apart = x.zip(y).is_some_and(|(x, y)| x.abs_diff(y) > APART);
        if apart { 0.0 } else { vectors[a as usize].cosine(&vectors[b as usize]) }
    };
    let mut edges: Vec<(u32, u32, f64)> = candidates(&vectors)
        .into_par_iter()
        .map(|(a, b)| (a, b, alike(a, b)))
        .filter(|&(_, _, cosine)| cosine >= ALIKE)
        .collect();
    edges.par_sort_unstable_by(|x, y| y.2.total_cmp(&x.2).then((x.0, x.1).cmp(&(y.0, y.1))));

    let mut story: Vec<u32> = (0..reports.len() as u32).collect();
    let mut members: Vec<Vec<u32>> = story.iter().map(|&report| vec![report]).collect();
    for (a, b, _) in edges {
        let (x, y) = (story[a as usize], story[b as usize]);
        if x == y || average(&members[x as usize], &members[y as usize], alike) < ALIKE {
            continue;
        }
        let smaller = |story: u32| (members[story as usize].len(), Reverse(story));
        let (from, into) = if smaller(x) < smaller(y) { (x, y) } else { (y, x) };
        let moved = std::mem::take(&mut members[from as usize]);
        for &report in &moved {
            story[report as usize] = into;
        }
        members[into as usize].extend(moved);
    }
    let mut stories: Vec<Linked> = members
        .into_par_iter()
        .filter(|members| members.len() > 1)
        .map(|mut reports| {
            reports.sort_unstable();
            let score = within(&reports, alike);
            Linked { reports, score }
        })
        .collect();
    stories.sort_unstable_by_key(|story| story.reports[0]);
    stories
}

/// The mean of the pairs between two stories.
fn average(x: &[u32], y: &[u32], alike: impl Fn(u32, u32) -> f64) -> f64 {
    let (x, y) = (&x[..x.len().min(WITNESSES)], &y[..y.len().min(WITNESSES)]);
    let sum: f64 = x.iter().flat_map(|&a| y.iter().map(move |&b| (a, b))).map(|(a, b)| alike(a, b)).sum();
    sum / (x.len() * y.len()) as f64
}

/// The mean of the pairs of one story.
fn within(reports: &[u32], alike: impl Fn(u32, u32) -> f64) -> f64 {
    let reports = &reports[..reports.len().min(WITNESSES)];
    let pairs = reports.iter().enumerate().flat_map(|(n, &a)| reports[n + 1..].iter().map(move |&b| (a, b)));
    let sum: f64 = pairs.map(|(a, b)| alike(a, b)).sum();
    sum / (reports.len() * (reports.len() - 1) / 2) as f64
}

/// The pairs that are found under enough of the same words, each once, ascending.
fn candidates(vectors: &[Vector]) -> Vec<(u32, u32)> {
    let heaviest: Vec<Vec<u32>> = vectors.par_iter().map(Vector::heaviest).collect();
    let mut under: HashMap<u32, Vec<u32>, TokenHasher> = HashMap::default();
    for (report, words) in (0..).zip(&heaviest) {
        for &word in words {
            under.entry(word).or_default().push(report);
        }
    }
    (0..vectors.len() as u32)
        .into_par_iter()
        .flat_map_iter(|report| {
            let lists = heaviest[report as usize].iter().map(|word| &under[word]).filter(|list| list.len() <= COMMON);
            let mut earlier: Vec<u32> =
                lists.flat_map(|list| list.iter().take_while(|&&other| other < report)).copied().collect();
            earlier.sort_unstable();
            let enough: Vec<(u32, u32)> = earlier
                .chunk_by(|x, y| x == y)
                .filter(|votes| votes.len() >= SHARED)
                .map(|votes| (votes[0], report))
                .collect();
            enough
        })
        .collect()
}

/// The names, figures and rare words of an article, by their stems, ascending; of length one.
struct Vector(Vec<(u32, f32)>);

impl Vector {
    fn new(tokens: &Tokens, vocabulary: &Vocabulary) -> Self {
        let words = tokens.hashes().iter().map(|&token| vocabulary.word(token));
        let mut stems: Vec<(u32, f32)> = words.filter(|word| word.key).map(|word| (word.stem, word.weight)).collect();
        stems.sort_unstable_by(|x, y| x.0.cmp(&y.0).then(x.1.total_cmp(&y.1)));
        // Of the forms of one word, the commonest tells how rare it is.
        let weighted = |same: &[(u32, f32)]| (same[0].0, (1.0 + (same.len() as f32).ln()) * same[0].1);
        let mut vector: Vec<(u32, f32)> = stems.chunk_by(|x, y| x.0 == y.0).map(weighted).collect();
        let length = vector.iter().map(|part| part.1 * part.1).sum::<f32>().sqrt();
        for part in &mut vector {
            part.1 /= length;
        }
        Self(vector)
    }

    /// The words that the article is found under.
    fn heaviest(&self) -> Vec<u32> {
        let mut parts = self.0.clone();
        parts.sort_unstable_by(|x, y| y.1.total_cmp(&x.1).then(x.0.cmp(&y.0)));
        parts.into_iter().take(POSTED).map(|part| part.0).collect()
    }

    fn cosine(&self, other: &Self) -> f64 {
        let mut product = 0.0;
        let mut others = other.0.iter().peekable();
        for &(stem, weight) in &self.0 {
            while others.next_if(|other| other.0 < stem).is_some() {}
            if let Some(other) = others.next_if(|other| other.0 == stem) {
                product += f64::from(weight) * f64::from(other.1);
            }
        }
        product
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::tokenise;

    /// Links texts of which every word is rare, as it is to an empty vocabulary.
    fn linked(texts: &[(String, Option<i64>)]) -> Vec<Vec<u32>> {
        let tokens: Vec<Tokens> = texts.iter().map(|(text, _)| tokenise(text).tokens).collect();
        let reports: Vec<Report<'_>> =
            tokens.iter().zip(texts).map(|(tokens, &(_, date))| Report { tokens, date }).collect();
        link(&reports, &Vocabulary::default()).into_iter().map(|story| story.reports).collect()
    }

    /// A text of the words with these numbers.
    fn text(words: impl IntoIterator<Item = usize>) -> String {
        words.into_iter().map(|word| format!("word{word}")).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn reports_of_one_event_are_linked_and_others_left_apart() {
        let report = |event: usize, own: usize| (text((event..event + 10).chain(own..own + 10)), None);
        let texts = [report(0, 100), report(20, 200), report(0, 300), report(40, 400), report(20, 500)];
        assert_eq!(linked(&texts), [[0, 2], [1, 4]]);
    }

    #[test]
    fn reports_far_apart_in_time_are_of_two_stories() {
        let texts = |days: i64| [(text(0..20), Some(0)), (text(5..25), Some(days * 86_400))];
        assert_eq!(linked(&texts(21)), [[0, 1]]);
        assert_eq!(linked(&texts(22)), Vec::<Vec<u32>>::new());
    }

    #[test]
    fn a_chain_of_ever_different_reports_is_cut() {
        let texts: Vec<_> = (0..12).map(|number| (text(number * 10..number * 10 + 20), None)).collect();
        let stories = linked(&texts);
        assert!(stories.len() > 2 && stories.iter().all(|story| story.len() < 5), "{stories:?}");
    }

    #[test]
    fn texts_without_rare_words_are_of_no_story() {
        assert_eq!(linked(&[(String::new(), None), (String::new(), None)]), Vec::<Vec<u32>>::new());
    }
}
