//! Postings: `(key, article)` pairs of both views in one sorted table.

use rayon::prelude::*;

use crate::hash;
use crate::index::runs::Record;

/// A key of either view. Its lowest bit tells the view, so that one table holds both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Key(u64);

impl Key {
    /// A band of a signature: one that is shared makes a candidate.
    pub(crate) fn surface(hash: u64) -> Self {
        Self(hash & !1)
    }

    /// A spin-stable key: several that are shared make a candidate.
    pub(crate) fn stable(hash: u64) -> Self {
        Self(hash | 1)
    }

    pub(crate) fn is_stable(self) -> bool {
        self.0 & 1 == 1
    }

    /// The key as a number.
    #[cfg(feature = "index")]
    pub(crate) fn bits(self) -> u64 {
        self.0
    }

    /// The key of a number.
    #[cfg(feature = "index")]
    pub(crate) fn from_bits(bits: u64) -> Self {
        Self(bits)
    }
}

/// One article's posting under one key.
pub(crate) type Posting = (Key, u32);

impl Record for Posting {
    fn numbers(self) -> (u64, u32) {
        (self.0.0, self.1)
    }

    fn of(key: u64, article: u32) -> Self {
        (Key(key), article)
    }

    fn absorb(&mut self, next: Self) -> bool {
        *self == next
    }
}

/// The articles of each key that two of them or more post, and back from each article to its keys.
#[derive(Debug, Default)]
pub(crate) struct Postings {
    /// The runs of all keys, one behind the other: a `head`, and the articles. One look into memory finds all of a run.
    runs: Vec<u32>,
    /// Where the runs of each article's keys start, from `firsts`.
    starts: Vec<u32>,
    firsts: Vec<u32>,
}

/// One key's articles, ascending.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Run<'a> {
    /// Whether it is a spin-stable key.
    pub(crate) is_stable: bool,
    pub(crate) articles: &'a [u32],
}

/// What stands before the articles of a run: how many they are, and in the lowest bit whether their key is spin-stable.
fn head(key: Key, articles: usize) -> u32 {
    (articles as u32) << 1 | u32::from(key.is_stable())
}

impl Postings {
    /// Builds the table from the postings of `count` articles, in lists and in any order; repeated ones count once.
    pub(crate) fn build(postings: Vec<Vec<Posting>>, count: usize) -> Self {
        let shared = shared(postings);
        let mut table = Self { runs: Vec::with_capacity(shared.iter().map(Vec::len).sum()), ..Self::default() };
        let mut degrees = vec![0_u32; count + 1];
        for runs in shared {
            let mut rest = &*runs;
            while let Some((run, behind)) = Run::first(rest) {
                run.articles.iter().for_each(|&article| degrees[article as usize + 1] += 1);
                rest = behind;
            }
            table.runs.extend(runs);
        }
        for article in 0..count {
            degrees[article + 1] += degrees[article];
        }
        table.starts = vec![0; degrees[count] as usize];
        table.firsts.clone_from(&degrees);
        let mut rest = &*table.runs;
        while let Some((run, behind)) = Run::first(rest) {
            let start = (table.runs.len() - rest.len()) as u32;
            for &article in run.articles {
                let slot = &mut degrees[article as usize];
                table.starts[*slot as usize] = start;
                *slot += 1;
            }
            rest = behind;
        }
        table
    }

    /// The shared keys of an article.
    pub(crate) fn of(&self, article: u32) -> impl Iterator<Item = Run<'_>> {
        let article = article as usize;
        let starts = &self.starts[self.firsts[article] as usize..self.firsts[article + 1] as usize];
        // Each run stands somewhere else in memory: all are asked for before the first is waited for.
        let heads: Vec<u32> = starts.iter().map(|&start| self.runs[start as usize]).collect();
        starts.iter().zip(heads).map(|(&start, head)| Run::behind(head, &self.runs[start as usize + 1..]))
    }
}

impl<'a> Run<'a> {
    /// The run with this head, of which the articles come first in a list.
    fn behind(head: u32, articles: &'a [u32]) -> Self {
        Self { is_stable: head & 1 == 1, articles: &articles[..head as usize >> 1] }
    }

    /// The first of some runs, and those behind it.
    fn first(runs: &'a [u32]) -> Option<(Self, &'a [u32])> {
        let (&head, rest) = runs.split_first()?;
        let run = Self::behind(head, rest);
        Some((run, &rest[run.articles.len()..]))
    }
}

/// Postings are sorted by parts of about so many, which stay in the processor's cache.
const PART: usize = 1 << 14;

/// The runs of the keys that two articles or more post, in parts that ascend by their keys. Keys are hashes: their highest
/// bits cut them into parts of about one size, unless very many post the same, so that all threads sort from the start.
fn shared(postings: Vec<Vec<Posting>>) -> Vec<Vec<u32>> {
    let all: usize = postings.iter().map(Vec::len).sum();
    let bits = (all / PART).max(1).ilog2();
    if bits == 0 {
        return vec![shared_of(postings.concat())];
    }
    let parts = 1_usize << bits;
    let cut = |list: Vec<Posting>| {
        let room = list.len() / parts * 5 / 4;
        let mut cut: Vec<Vec<Posting>> = (0..parts).map(|_| Vec::with_capacity(room)).collect();
        for posting in list {
            cut[(posting.0.0 >> (u64::BITS - bits)) as usize].push(posting);
        }
        cut
    };
    let mut by_part: Vec<Vec<Vec<Posting>>> = (0..parts).map(|_| Vec::new()).collect();
    for cut in postings.into_par_iter().map(cut).collect::<Vec<_>>() {
        by_part.iter_mut().zip(cut).for_each(|(lists, list)| lists.push(list));
    }
    // What a part was cut from is let go of as soon as it is sorted.
    by_part.into_par_iter().map(|lists| shared_of(lists.concat())).collect()
}

/// Those of one part.
fn shared_of(mut part: Vec<Posting>) -> Vec<u32> {
    // The highest bits are the same in all of a part.
    let rest = part.iter().fold(0, |differ, posting| differ | (posting.0.0 ^ part[0].0.0)).leading_zeros();
    hash::sort_by(&mut part, |(Key(key), _)| key.checked_shl(rest).unwrap_or(0));
    let mut runs = Vec::new();
    for run in part.chunk_by(|a, b| a.0 == b.0).filter(|run| run[0].1 != run[run.len() - 1].1) {
        let start = runs.len();
        runs.push(0);
        runs.extend(run.chunk_by(|a, b| a.1 == b.1).map(|same| same[0].1));
        runs[start] = head(run[0].0, runs.len() - start - 1);
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::{BTreeMap, BTreeSet};

    type Naive = BTreeMap<Key, BTreeSet<u32>>;

    /// The shared keys, as maps and sets tell them.
    fn naive(postings: &[Posting]) -> Naive {
        let mut naive = Naive::new();
        for &(key, article) in postings {
            naive.entry(key).or_default().insert(article);
        }
        naive.retain(|_, articles| articles.len() > 1);
        naive
    }

    fn assert_is(table: &Postings, naive: &Naive, count: u32) {
        for article in 0..count {
            let found: Vec<(bool, Vec<u32>)> =
                table.of(article).map(|run| (run.is_stable, run.articles.to_vec())).collect();
            let expected: Vec<(bool, Vec<u32>)> = naive
                .iter()
                .filter(|(_, articles)| articles.contains(&article))
                .map(|(key, articles)| (key.is_stable(), articles.iter().copied().collect()))
                .collect();
            assert_eq!(found, expected);
        }
    }

    proptest! {
        #[test]
        fn the_table_agrees_with_maps_of_sets(given in prop::collection::vec((0_u64..20, 0_u32..8), 0..80)) {
            let key = |hash: u64| if hash.is_multiple_of(3) { Key::stable(hash * 2) } else { Key::surface(hash * 2) };
            let postings: Vec<Posting> = given.iter().map(|&(hash, article)| (key(hash), article)).collect();
            let naive = naive(&postings);
            let lists = postings.chunks(30).map(<[Posting]>::to_vec).collect();
            assert_is(&Postings::build(lists, 8), &naive, 8);
        }
    }

    #[test]
    fn postings_of_many_parts_are_those_of_one() {
        let count = 5000;
        let key = |number: u64| {
            let hash = hash::mix(number);
            if number.is_multiple_of(3) { Key::stable(hash) } else { Key::surface(hash) }
        };
        let of =
            |article: u32| (0..40).map(move |n| (key(hash::mix(u64::from(article % 1700) * 40 + n) % 90_000), article));
        let postings: Vec<Posting> = (0..count).flat_map(of).collect();
        assert!(postings.len() > 8 * PART);
        let naive = naive(&postings);
        let lists = postings.chunks(9999).map(<[Posting]>::to_vec).collect();
        let table = Postings::build(lists, count as usize);
        let keys_of: BTreeMap<u32, usize> = naive.values().flatten().fold(BTreeMap::new(), |mut keys, &article| {
            *keys.entry(article).or_default() += 1;
            keys
        });
        for article in 0..count {
            assert_eq!(table.of(article).count(), keys_of.get(&article).copied().unwrap_or(0));
        }
        let mut runs: Vec<Vec<u32>> = Vec::new();
        let mut rest = &*table.runs;
        while let Some((run, behind)) = Run::first(rest) {
            runs.push(run.articles.to_vec());
            rest = behind;
        }
        assert_eq!(runs, naive.into_values().map(|articles| articles.into_iter().collect()).collect::<Vec<Vec<u32>>>());
    }

    #[test]
    fn the_views_do_not_answer_for_each_other() {
        assert_ne!(Key::surface(4), Key::stable(4));
        assert!(Key::stable(4).is_stable() && !Key::surface(5).is_stable());
    }
}
