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

/// The keys that two articles or more post, with their articles, and back from each article to its keys.
#[derive(Debug, Default)]
pub(crate) struct Postings {
    keys: Vec<Key>,
    /// Where each key's articles start in `articles`; one more at the end.
    starts: Vec<u32>,
    articles: Vec<u32>,
    /// The numbers of the keys of each article, from `key_starts`.
    key_numbers: Vec<u32>,
    key_starts: Vec<u32>,
}

/// One key's articles, ascending.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Run<'a> {
    pub(crate) key: Key,
    pub(crate) articles: &'a [u32],
}

impl Postings {
    /// Builds the table from the postings of `count` articles, in any order; repeated ones count once.
    pub(crate) fn build(postings: Vec<Posting>, count: usize) -> Self {
        let mut table = Self { starts: vec![0], ..Self::default() };
        let mut degrees = vec![0_u32; count + 1];
        for Shared { keys, ends, articles } in shared(postings) {
            let before = table.articles.len() as u32;
            table.keys.extend(keys);
            table.starts.extend(ends.into_iter().map(|end| before + end));
            articles.iter().for_each(|&article| degrees[article as usize + 1] += 1);
            table.articles.extend(articles);
        }
        for article in 0..count {
            degrees[article + 1] += degrees[article];
        }
        table.key_starts.clone_from(&degrees);
        table.key_numbers = vec![0; table.articles.len()];
        for (bounds, number) in table.starts.windows(2).zip(0..) {
            for &article in &table.articles[bounds[0] as usize..bounds[1] as usize] {
                let slot = &mut degrees[article as usize];
                table.key_numbers[*slot as usize] = number;
                *slot += 1;
            }
        }
        table
    }

    fn run(&self, number: u32) -> Run<'_> {
        let number = number as usize;
        let range = self.starts[number] as usize..self.starts[number + 1] as usize;
        Run { key: self.keys[number], articles: &self.articles[range] }
    }

    /// The shared keys of an article.
    pub(crate) fn of(&self, article: u32) -> impl Iterator<Item = Run<'_>> {
        let article = article as usize;
        let range = self.key_starts[article] as usize..self.key_starts[article + 1] as usize;
        self.key_numbers[range].iter().map(|&number| self.run(number))
    }
}

/// Some of the keys that two articles or more post, ascending, with where the articles of each end.
struct Shared {
    keys: Vec<Key>,
    ends: Vec<u32>,
    articles: Vec<u32>,
}

/// Postings are sorted by parts of about so many, which stay in the processor's cache.
const PART: usize = 1 << 14;

/// The keys that two articles or more post, in parts that ascend. Keys are hashes: their highest bits cut them into parts of
/// about one size, so that all threads sort from the start, and sorting one is soon done.
fn shared(postings: Vec<Posting>) -> Vec<Shared> {
    let bits = (postings.len() / PART).max(1).ilog2();
    if bits == 0 {
        return vec![shared_of(postings)];
    }
    let parts = 1_usize << bits;
    let stretch = postings.len().div_ceil(rayon::current_num_threads());
    let cut = |stretch: &[Posting]| {
        let mut cut = vec![Vec::with_capacity(stretch.len() / parts * 5 / 4); parts];
        stretch.iter().for_each(|posting| cut[(posting.0.0 >> (u64::BITS - bits)) as usize].push(*posting));
        cut
    };
    let cut: Vec<Vec<Vec<Posting>>> = postings.par_chunks(stretch).map(cut).collect();
    drop(postings);
    let part = |part: usize| shared_of(cut.iter().map(|cut| &*cut[part]).collect::<Vec<_>>().concat());
    (0..parts).into_par_iter().map(part).collect()
}

/// Those of one part.
fn shared_of(mut part: Vec<Posting>) -> Shared {
    // The highest bits are the same in all of a part.
    let rest = part.iter().fold(0, |differ, posting| differ | (posting.0.0 ^ part[0].0.0)).leading_zeros();
    hash::sort_by(&mut part, |(Key(key), _)| key.checked_shl(rest).unwrap_or(0));
    let mut shared = Shared { keys: Vec::new(), ends: Vec::new(), articles: Vec::new() };
    for run in part.chunk_by(|a, b| a.0 == b.0).filter(|run| run[0].1 != run[run.len() - 1].1) {
        shared.keys.push(run[0].0);
        shared.articles.extend(run.chunk_by(|a, b| a.1 == b.1).map(|same| same[0].1));
        shared.ends.push(shared.articles.len() as u32);
    }
    shared
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::{BTreeMap, BTreeSet};

    proptest! {
        #[test]
        fn the_table_agrees_with_maps_of_sets(given in prop::collection::vec((0_u64..20, 0_u32..8), 0..80)) {
            let mut naive: BTreeMap<Key, BTreeSet<u32>> = BTreeMap::new();
            for &(hash, article) in &given {
                naive.entry(Key::surface(hash * 2)).or_default().insert(article);
            }
            naive.retain(|_, articles| articles.len() > 1);
            let postings = given.iter().map(|&(hash, article)| (Key::surface(hash * 2), article)).collect();
            let table = Postings::build(postings, 8);
            for article in 0..8 {
                let found: BTreeMap<Key, BTreeSet<u32>> =
                    table.of(article).map(|run| (run.key, run.articles.iter().copied().collect())).collect();
                let expected: BTreeMap<Key, BTreeSet<u32>> = naive
                    .iter()
                    .filter(|(_, articles)| articles.contains(&article))
                    .map(|(key, articles)| (*key, articles.clone()))
                    .collect();
                prop_assert_eq!(found, expected);
            }
        }
    }

    #[test]
    fn postings_of_many_parts_are_those_of_one() {
        let count = 5000;
        let key = |number: u64| {
            if number % 3 == 0 { Key::stable(hash::mix(number)) } else { Key::surface(hash::mix(number)) }
        };
        let of =
            |article: u32| (0..40).map(move |n| (key(hash::mix(u64::from(article % 1700) * 40 + n) % 90_000), article));
        let postings: Vec<Posting> = (0..count).flat_map(of).collect();
        assert!(postings.len() > 8 * PART);
        let mut sorted = postings.clone();
        sorted.sort_unstable();
        sorted.dedup();
        let expected: Vec<(Key, Vec<u32>)> = sorted
            .chunk_by(|a, b| a.0 == b.0)
            .filter(|run| run.len() > 1)
            .map(|run| (run[0].0, run.iter().map(|posting| posting.1).collect()))
            .collect();
        let table = Postings::build(postings, count as usize);
        let found: Vec<(Key, Vec<u32>)> = (0..table.keys.len() as u32)
            .map(|number| (table.run(number).key, table.run(number).articles.to_vec()))
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn the_views_do_not_answer_for_each_other() {
        assert_ne!(Key::surface(4), Key::stable(4));
        assert!(Key::stable(4).is_stable() && !Key::surface(5).is_stable());
    }
}
