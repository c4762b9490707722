//! Postings: `(key, article)` pairs of both views in one sorted table.

use rayon::prelude::*;

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
    pub(crate) fn build(mut postings: Vec<Posting>, count: usize) -> Self {
        postings.par_sort_unstable();
        let shared: Vec<&[Posting]> =
            postings.par_chunk_by(|a, b| a.0 == b.0).filter(|run| run[0].1 != run[run.len() - 1].1).collect();
        let mut table = Self { starts: vec![0], ..Self::default() };
        let mut degrees = vec![0_u32; count + 1];
        for run in shared {
            table.keys.push(run[0].0);
            for same in run.chunk_by(|a, b| a.1 == b.1) {
                table.articles.push(same[0].1);
                degrees[same[0].1 as usize + 1] += 1;
            }
            table.starts.push(table.articles.len() as u32);
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
    fn the_views_do_not_answer_for_each_other() {
        assert_ne!(Key::surface(4), Key::stable(4));
        assert!(Key::stable(4).is_stable() && !Key::surface(5).is_stable());
    }
}
