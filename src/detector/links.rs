//! The search: keys, candidates, and the links among them that hold.

use std::ops::Range;

use rayon::prelude::*;

use crate::detector::nodes::Nodes;
use crate::detector::setup::Setup;
use crate::detector::sides::Sides;
use crate::detector::ties;
use crate::error::Result;
use crate::group::union::{Forest, Link};
use crate::index::candidates::{self, Vote};
use crate::index::postings::{Key, Posting, Postings};
use crate::index::runs::{Sorted, Sorter};
use crate::lexicon::vocabulary::Vocabulary;
use crate::sketch::stable;
use crate::verify::relation::{Judge, scores};

/// A copy of which less than this share stands in tight stretches, …
const LOOSE: f64 = 0.5;

/// … or that is one with less than this probability, is too far from its original to speak for others.
const SURE: f64 = 0.9;

/// Two articles that have this share of the longer one's words in the same order are one text, however edited.
const WHOLE: f64 = 0.7;

/// The steps of [`Detector::find_watched`](crate::Detector::find_watched) that take time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Keys are made of the words.
    Hashing,
    /// Candidates are verified.
    Verifying,
}

/// Is told how far [`Detector::find_watched`](crate::Detector::find_watched) is, by many threads at once.
pub trait Watch: Sync {
    /// A step begins, which goes through so many words.
    fn begin(&self, step: Step, words: u64);

    /// So many more words are done.
    fn advance(&self, words: u64);
}

/// Nobody watches.
impl Watch for () {
    fn begin(&self, _: Step, _: u64) {}

    fn advance(&self, _: u64) {}
}

/// So many articles post at a time.
const POSTING: u32 = 1 << 14;

/// So many candidates are verified at a time, …
const VERIFIED: usize = 1 << 20;

/// … by portions of articles that have at least so many words, …
const FEW: usize = 1 << 14;

/// … and not many more than so many.
const MANY: usize = 1 << 20;

/// Verifies the candidates among the nodes' first entries.
pub(crate) fn links(setup: &Setup, nodes: &Nodes<'_>, vocabulary: &Vocabulary, watch: &dyn Watch) -> Result<Vec<Link>> {
    let words = setup.words();
    let mut search =
        Search { setup, nodes, own: Vec::with_capacity(nodes.len()), judge: setup.judge(vocabulary, &words), watch };
    let total = search.words(0..nodes.len() as u32);
    watch.begin(Step::Hashing, total);
    let limits = setup.beside(nodes.entries.len());
    let mut postings = Sorter::new(&limits);
    post(setup, nodes, vocabulary, watch, |some| {
        some.into_iter().try_for_each(|some| {
            search.own.extend(some.own);
            postings.append(some.postings)
        })
    })?;
    let postings = postings.finish()?;
    watch.begin(Step::Verifying, total);
    match postings {
        Sorted::Held(postings) => Ok(search.of_table(&Postings::build(postings, nodes.len()))),
        Sorted::Merged(postings) => search.of_ballots(candidates::ballots(postings, &limits)?),
    }
}

/// What some nodes post.
#[derive(Debug, Default)]
pub(crate) struct Posted {
    pub(crate) postings: Vec<Posting>,
    /// Of how many words each posts spin-stable keys: boilerplate is not the node's own.
    own: Vec<u32>,
}

/// The keys of the nodes' first entries, some at a time, in the order of the nodes.
pub(crate) fn post<E>(
    setup: &Setup,
    nodes: &Nodes<'_>,
    vocabulary: &Vocabulary,
    watch: &dyn Watch,
    mut take: impl FnMut(Vec<Posted>) -> Result<(), E>,
) -> Result<(), E> {
    let stable = setup.config.view.has_stable();
    let keys = |mut posted: Posted, node: u32| {
        let article = nodes.article(node);
        watch.advance(article.tokens.len() as u64);
        setup.visited(&article.tokens);
        let Posted { postings, own } = &mut posted;
        postings.extend(article.bands.iter().map(|&band| (Key::surface(band), node)));
        own.push(if stable {
            stable::keys(&article.tokens, vocabulary, |key| postings.push((Key::stable(key), node))) as u32
        } else {
            article.tokens.len() as u32
        });
        posted
    };
    let count = nodes.len() as u32;
    (0..count).step_by(POSTING as usize).try_for_each(|first| {
        let some = first..count.min(first.saturating_add(POSTING));
        take(some.into_par_iter().fold(Posted::default, keys).collect())
    })
}

/// What verifying takes.
struct Search<'s> {
    setup: &'s Setup,
    nodes: &'s Nodes<'s>,
    /// Of how many words each node posts spin-stable keys.
    own: Vec<u32>,
    judge: Judge<'s>,
    watch: &'s dyn Watch,
}

impl<'s> Search<'s> {
    /// The links among the candidates of a table of all postings.
    fn of_table(&self, postings: &Postings) -> Vec<Link> {
        let candidates = |node: u32| {
            let found = candidates::earlier(postings, node, |other| self.needed(node, other));
            if found.is_empty() {
                self.watch.advance(self.words(node..node + 1));
            }
            found.into_iter().map(move |other| (node, other))
        };
        let count = self.nodes.len() as u32;
        let (mut links, mut pairs) = (Vec::new(), Vec::new());
        for first in (0..count).step_by(POSTING as usize) {
            pairs.par_extend(
                (first..count.min(first.saturating_add(POSTING))).into_par_iter().flat_map_iter(candidates),
            );
            if pairs.len() >= VERIFIED {
                links.append(&mut self.of_pairs(std::mem::take(&mut pairs)));
            }
        }
        links.append(&mut self.of_pairs(pairs));
        links
    }

    /// The same among pairs that come in order with their votes.
    fn of_ballots(&self, ballots: impl Iterator<Item = Result<Vote>>) -> Result<Vec<Link>> {
        let (mut links, mut pairs, mut done) = (Vec::new(), Vec::new(), 0);
        for vote in ballots {
            let vote = vote?;
            let (node, other) = (vote.article(), vote.earlier());
            if !vote.elects(self.needed(node, other)) {
                continue;
            }
            if node >= done {
                self.watch.advance(self.words(done..node));
                done = node + 1;
                if pairs.len() >= VERIFIED {
                    links.append(&mut self.of_pairs(std::mem::take(&mut pairs)));
                }
            }
            pairs.push((node, other));
        }
        links.append(&mut self.of_pairs(pairs));
        self.watch.advance(self.words(done..self.nodes.len() as u32));
        Ok(links)
    }

    /// The links among pairs, in the order of their nodes. Pairs that hang together are verified one after the other, so
    /// that what is made of an article is made once.
    fn of_pairs(&self, mut pairs: Vec<(u32, u32)>) -> Vec<Link> {
        let mut clusters = Forest::new(self.nodes.len());
        for &(node, other) in &pairs {
            clusters.unite_any(node, other);
        }
        let of_node: Vec<u32> = (0..self.nodes.len() as u32).map(|node| clusters.root(node)).collect();
        let cluster = |pair: &(u32, u32)| of_node[pair.0 as usize];
        pairs.par_sort_unstable_by_key(|pair| (cluster(pair), *pair));
        let (mut portions, mut start, mut words) = (Vec::new(), 0, 0);
        for (pair, end) in pairs.iter().zip(1..) {
            words += self.nodes.words(pair.0) + self.nodes.words(pair.1);
            let ends = |next: &(u32, u32)| {
                next.0 != pair.0 && (words >= MANY || words >= FEW && cluster(next) != cluster(pair))
            };
            if pairs.get(end).is_none_or(ends) {
                portions.push(&pairs[start..end]);
                (start, words) = (end, 0);
            }
        }
        // Without spin-stable keys nobody looked for what is the articles' own.
        let own: &[u32] = if self.setup.config.view.has_stable() { &self.own } else { &[] };
        let sides = Sides::new(self.setup, self.nodes, self.judge, own);
        let verified = |portion: &[(u32, u32)]| {
            let of_one = |found: &[(u32, u32)]| self.verified(&sides, found[0].0, found.iter().map(|pair| pair.1));
            portion.chunk_by(|x, y| x.0 == y.0).flat_map(of_one).collect::<Vec<Link>>()
        };
        // Each by itself: of a stretch of them that one thread took, others would wait for the last.
        let mut links: Vec<Link> = portions.into_par_iter().with_max_len(1).flat_map_iter(verified).collect();
        links.par_sort_unstable_by_key(|link| (link.b, link.a));
        links
    }

    /// How many spin-stable keys two articles must share.
    fn needed(&self, a: u32, b: u32) -> u32 {
        let own = |node: u32| self.own[node as usize] as usize;
        stable::votes_needed(own(a), own(b))
    }

    /// The links of an article with some that come before it.
    fn verified(&self, sides: &Sides<'s>, node: u32, found: impl Iterator<Item = u32>) -> Vec<Link> {
        let side = sides.of(node);
        let link = |other: u32| {
            let earlier = sides.of(other);
            let (relation, evidence) = self.judge.verify(&earlier, &side)?;
            let scores = scores(&evidence, Some(relation));
            Some(Link {
                a: other,
                b: node,
                relation,
                scores,
                changed_first: evidence.words_changed_first,
                wording: evidence.commoner_first as i32 - evidence.commoner_second as i32,
                loose: evidence.tight < LOOSE || scores.score < SURE,
                whole: evidence.in_order_longer() >= WHOLE,
                tie: ties::between(&evidence, [&*earlier, &*side].map(|side| side.tokens().len())),
            })
        };
        let links: Vec<Link> = found.filter_map(link).collect();
        self.watch.advance(self.words(node..node + 1));
        links
    }

    /// How many words some nodes have.
    fn words(&self, nodes: Range<u32>) -> u64 {
        nodes.map(|node| self.nodes.words(node) as u64).sum()
    }
}
