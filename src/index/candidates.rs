//! Candidates: the pairs of articles that share enough keys to be worth a look.

use crate::index::postings::{Key, Postings, Run};

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
    let mut votes: Vec<(u32, u32)> = Vec::new();
    for run in postings.of(article) {
        let weight = weight(run.key);
        paired(run, article).for_each(|other| votes.push((other, weight)));
    }
    elect(votes, needed).into_iter().map(|(article, _)| article).collect()
}

/// The votes of one shared key.
pub(crate) fn weight(key: Key) -> u32 {
    if key.is_stable() { 1 } else { BAND }
}

/// Of the articles that were voted for, those that have enough votes, ascending, each with its votes.
pub(crate) fn elect(mut votes: Vec<(u32, u32)>, needed: impl Fn(u32) -> u32) -> Vec<(u32, u32)> {
    votes.sort_unstable();
    votes
        .chunk_by(|a, b| a.0 == b.0)
        .map(|ballot| (ballot[0].0, ballot.iter().map(|vote| vote.1).sum::<u32>()))
        .filter(|&(article, votes)| votes >= needed(article).min(BAND))
        .collect()
}

/// The earlier articles of a list that `article` is paired with.
fn paired(run: Run<'_>, article: u32) -> impl Iterator<Item = u32> {
    let before = &run.articles[..run.articles.partition_point(|&other| other < article)];
    let all = if run.key.is_stable() { COMMON } else { ALL_PAIRS };
    let (first, last) = if run.articles.len() <= all {
        (before.len(), 0)
    } else if run.key.is_stable() {
        (before.len().min(STABLE_REPRESENTATIVES), 0)
    } else {
        let first = before.len().min(REPRESENTATIVES);
        (first, (before.len() - first).min(NEIGHBOURS))
    };
    before[..first].iter().chain(&before[before.len() - last..]).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

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
        let postings = Postings::build(postings, 4);
        assert_eq!(pairs(&postings, 4, 2), [(0, 1), (2, 3)]);
        assert_eq!(pairs(&postings, 4, 1), [(0, 1), (1, 2), (2, 3)]);
    }

    #[test]
    fn a_hot_key_costs_linear_work_and_keeps_every_member() {
        let count = 10_000;
        let postings = Postings::build((0..count).map(|article| (Key::surface(6), article)).collect(), count as usize);
        let found = pairs(&postings, count, 2);
        assert!(found.len() <= count as usize * (REPRESENTATIVES + NEIGHBOURS));
        let first: Vec<u32> = found.iter().filter(|pair| pair.0 == 0).map(|pair| pair.1).collect();
        assert_eq!(first, (1..count).collect::<Vec<_>>());
    }
}
