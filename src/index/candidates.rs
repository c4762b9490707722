//! Candidates: the pairs of articles that share enough keys to be worth a look.

use crate::disk::Limits;
use crate::error::Result;
use crate::index::postings::{Posting, Postings, Run};
use crate::index::runs::{Merged, Record, Sorter};

/// Up to this many articles under one key are all paired with each other.
pub(crate) const ALL_PAIRS: usize = 128;

/// In a longer list every article is paired with the first few, the key's representatives: …
pub(crate) const REPRESENTATIVES: usize = 8;

/// … and with the few just before it. The work grows with the list, not with its square, and nobody is left out: a
/// large group shares its keys, so it shares its representatives too.
pub(crate) const NEIGHBOURS: usize = 4;

/// A spin-stable key that more articles than this post says nothing about any two of them: it is a phrase of the
/// language or a boilerplate. It still joins its articles to its representatives, as a large group's keys must.
pub(crate) const COMMON: usize = 24;

/// The representatives of such a key: fewer than of a band, as most of these keys are phrases and not groups.
pub(crate) const STABLE_REPRESENTATIVES: usize = 2;

/// The votes of a shared band: enough by itself.
const BAND: u32 = 1 << 16;

/// The earlier articles (by number) that share enough keys with `article`, ascending. `needed` tells how many
/// spin-stable keys a pair must share.
pub(crate) fn earlier(postings: &Postings, article: u32, needed: impl Fn(u32) -> u32) -> Vec<u32> {
    let mut votes: Vec<(u32, u32)> = Vec::with_capacity(256);
    for run in postings.of(article) {
        let weight = weight(run.is_stable);
        paired(run, article).for_each(|other| votes.push((other, weight)));
    }
    elect(votes, needed).into_iter().map(|(article, _)| article).collect()
}

/// The votes of one shared key.
pub(crate) fn weight(is_stable: bool) -> u32 {
    if is_stable { 1 } else { BAND }
}

/// Of the articles that were voted for, those that have enough votes, ascending, each with its votes.
pub(crate) fn elect(mut votes: Vec<(u32, u32)>, needed: impl Fn(u32) -> u32) -> Vec<(u32, u32)> {
    votes.sort_unstable_by_key(|&(article, weight)| u64::from(article) << 32 | u64::from(weight));
    votes
        .chunk_by(|a, b| a.0 == b.0)
        .map(|ballot| (ballot[0].0, ballot.iter().map(|vote| vote.1).sum::<u32>()))
        .filter(|&(article, votes)| votes >= needed(article).min(BAND))
        .collect()
}

/// Votes for a pair of articles.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Vote {
    /// The later article, and the earlier one in the lower half.
    pub(crate) pair: u64,
    pub(crate) weight: u32,
}

impl Record for Vote {
    fn numbers(self) -> (u64, u32) {
        (self.pair, self.weight)
    }

    fn of(pair: u64, weight: u32) -> Self {
        Self { pair, weight }
    }

    fn absorb(&mut self, next: Self) -> bool {
        let same = self.pair == next.pair;
        self.weight += if same { next.weight } else { 0 };
        same
    }
}

/// All pairs that [`earlier`] chooses from, in order, with their votes: with no more than one key's postings and a run of
/// votes in memory.
pub(crate) fn ballots(postings: Merged<Posting>, limits: &Limits) -> Result<Merged<Vote>> {
    let mut votes = Sorter::new(limits);
    let mut articles: Vec<u32> = Vec::new();
    let mut last = None;
    for posting in postings {
        let (key, article) = posting?;
        if let Some(key) = last.replace(key).filter(|&before| before != key) {
            votes.extend(cast(Run { is_stable: key.is_stable(), articles: &articles }))?;
            articles.clear();
        }
        articles.push(article);
    }
    if let Some(key) = last {
        votes.extend(cast(Run { is_stable: key.is_stable(), articles: &articles }))?;
    }
    votes.in_order()
}

/// The votes of one key.
fn cast(run: Run<'_>) -> impl Iterator<Item = Vote> {
    run.articles.iter().flat_map(move |&article| {
        let vote =
            move |other| Vote { pair: u64::from(article) << 32 | u64::from(other), weight: weight(run.is_stable) };
        paired(run, article).map(vote)
    })
}

impl Vote {
    /// The later article of the pair.
    pub(crate) fn article(self) -> u32 {
        (self.pair >> 32) as u32
    }

    /// The earlier one.
    pub(crate) fn earlier(self) -> u32 {
        self.pair as u32
    }

    /// Whether the votes make the pair a candidate.
    pub(crate) fn elects(self, needed: u32) -> bool {
        self.weight >= needed.min(BAND)
    }
}

/// The earlier articles of a list that `article` is paired with.
fn paired(run: Run<'_>, article: u32) -> impl Iterator<Item = u32> + use<'_> {
    // Of a common key the representatives are all that is looked at.
    let is_common = run.is_stable && run.articles.len() > COMMON;
    let looked_at = &run.articles[..if is_common { STABLE_REPRESENTATIVES } else { run.articles.len() }];
    let before = if looked_at.len() <= COMMON {
        // All of a few: where the article stands among them nobody can guess.
        looked_at.iter().filter(|&&other| other < article).count()
    } else {
        looked_at.partition_point(|&other| other < article)
    };
    let before = &looked_at[..before];
    let (first, last) = paired_ends(run.is_stable, before.len(), run.articles.len());
    before[..first].iter().chain(&before[before.len() - last..]).copied()
}

/// With how many of the first and of the last of the `before` articles before it an article is paired, in a key's list
/// of `all`.
pub(crate) fn paired_ends(is_stable: bool, before: usize, all: usize) -> (usize, usize) {
    if all <= if is_stable { COMMON } else { ALL_PAIRS } {
        (before, 0)
    } else if is_stable {
        (before.min(STABLE_REPRESENTATIVES), 0)
    } else {
        let first = before.min(REPRESENTATIVES);
        (first, (before - first).min(NEIGHBOURS))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::index::postings::Key;
    use proptest::prelude::*;

    fn pairs(postings: &Postings, count: u32, needed: u32) -> Vec<(u32, u32)> {
        (0..count)
            .flat_map(|article| earlier(postings, article, |_| needed).into_iter().map(move |other| (other, article)))
            .collect()
    }

    #[test]
    fn one_band_is_enough_and_stable_keys_are_counted() {
        let postings = vec![
            (Key::surface(10), 0),
            (Key::surface(10), 1),
            (Key::stable(20), 1),
            (Key::stable(20), 2),
            (Key::stable(30), 2),
            (Key::stable(30), 3),
            (Key::stable(40), 2),
            (Key::stable(40), 3),
        ];
        let postings = Postings::build(vec![postings], 4);
        assert_eq!(pairs(&postings, 4, 2), [(0, 1), (2, 3)]);
        assert_eq!(pairs(&postings, 4, 3), [(0, 1)]);
    }

    proptest! {
        #[test]
        fn an_article_is_paired_with_the_ends_of_those_before_it(articles in prop::collection::btree_set(0_u32..400, 0..200), article in 0_u32..400, is_stable: bool) {
            let articles: Vec<u32> = articles.into_iter().collect();
            let before: Vec<u32> = articles.iter().copied().filter(|&other| other < article).collect();
            let (first, last) = paired_ends(is_stable, before.len(), articles.len());
            let naive = [&before[..first], &before[before.len() - last..]].concat();
            prop_assert_eq!(paired(Run { is_stable, articles: &articles }, article).collect::<Vec<_>>(), naive);
        }

        #[test]
        fn ballots_agree_with_the_table(given in prop::collection::vec((0_u64..40, 0_u32..200), 0..400), needed in 2_u32..5) {
            let posting = |&(hash, article): &(u64, u32)| {
                (if hash % 3 == 0 { Key::surface(hash * 2) } else { Key::stable(hash * 2) }, article)
            };
            let table = Postings::build(vec![given.iter().map(posting).collect()], 200);
            let limits = Limits::default();
            let mut postings = Sorter::new(&limits);
            postings.extend(given.iter().map(posting)).unwrap();
            let found: Vec<(u32, u32)> = ballots(postings.in_order().unwrap(), &limits)
                .unwrap()
                .map(Result::unwrap)
                .filter(|vote| vote.elects(needed))
                .map(|vote| (vote.earlier(), vote.article()))
                .collect();
            prop_assert_eq!(found, pairs(&table, 200, needed));
        }
    }

    #[test]
    fn a_hot_key_costs_linear_work_and_keeps_every_member() {
        let count = 10_000;
        let postings =
            Postings::build(vec![(0..count).map(|article| (Key::surface(6), article)).collect()], count as usize);
        let found = pairs(&postings, count, 2);
        assert!(found.len() <= count as usize * (REPRESENTATIVES + NEIGHBOURS));
        let first: Vec<u32> = found.iter().filter(|pair| pair.0 == 0).map(|pair| pair.1).collect();
        assert_eq!(first, (1..count).collect::<Vec<_>>());
    }
}
