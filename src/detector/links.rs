//! The search: keys, candidates, and the links among them that hold.

use std::collections::HashMap;

use rayon::prelude::*;

use crate::detector::nodes::Nodes;
use crate::detector::setup::Setup;
use crate::group::union::Link;
use crate::hash::TokenHasher;
use crate::index::candidates;
use crate::index::postings::{Key, Posting, Postings};
use crate::lexicon::vocabulary::Vocabulary;
use crate::sketch::stable;
use crate::verify::relation::{Side, scores};

/// A copy of which less than this share stands in tight stretches, …
const LOOSE: f64 = 0.5;

/// … or that is one with less than this probability, is too far from its original to speak for others.
const SURE: f64 = 0.9;

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

/// The sides that a thread keeps: articles of one group are compared with the same few again and again.
#[derive(Default)]
struct Sides<'a> {
    of_node: HashMap<u32, Side<'a>, TokenHasher>,
    words: usize,
}

impl<'a> Sides<'a> {
    /// So many words the kept sides may have, at about 50 bytes each.
    const MOST: usize = 1 << 19;

    /// The side of a node, made unless it is kept.
    fn of(&mut self, node: u32, make: impl FnOnce() -> Side<'a>) -> &Side<'a> {
        if self.words > Self::MOST {
            (self.of_node, self.words) = Default::default();
        }
        self.of_node.entry(node).or_insert_with(|| {
            let side = make();
            self.words += side.article.tokens.len();
            side
        })
    }
}

/// Verifies the candidates among the nodes' first entries.
pub(crate) fn links(setup: &Setup, nodes: &Nodes<'_>, vocabulary: &Vocabulary, watch: &dyn Watch) -> Vec<Link> {
    let count = nodes.len() as u32;
    let words = setup.words();
    let judge = setup.judge(vocabulary, &words);
    let total = (0..count).map(|node| nodes.article(node).tokens.len() as u64).sum();
    watch.begin(Step::Hashing, total);
    let postings = Postings::build(posted(setup, nodes, vocabulary, watch), nodes.len());
    watch.begin(Step::Verifying, total);
    (0..count)
        .into_par_iter()
        .map_init(Sides::default, |sides, node| {
            let article = nodes.article(node);
            watch.advance(article.tokens.len() as u64);
            let needed = |other: u32| stable::votes_needed(article.tokens.len(), nodes.article(other).tokens.len());
            let found = candidates::earlier(&postings, node, needed);
            let side = judge.side(article);
            let links: Vec<Link> = found
                .into_iter()
                .filter_map(|other| {
                    let earlier = sides.of(other, || judge.side(nodes.article(other)));
                    let (relation, evidence) = judge.verify(earlier, &side)?;
                    let wording = evidence.commoner_first as i32 - evidence.commoner_second as i32;
                    let scores = scores(&evidence, Some(relation));
                    Some(Link {
                        a: other,
                        b: node,
                        relation,
                        scores,
                        changed_first: evidence.words_changed_first,
                        wording,
                        loose: evidence.tight < LOOSE || scores.score < SURE,
                    })
                })
                .collect();
            if !links.is_empty() {
                sides.of(node, || side);
            }
            links
        })
        .flat_map_iter(|links| links)
        .collect()
}

/// The keys of the nodes' first entries.
pub(crate) fn posted(setup: &Setup, nodes: &Nodes<'_>, vocabulary: &Vocabulary, watch: &dyn Watch) -> Vec<Posting> {
    let stable = setup.config.view.has_stable();
    (0..nodes.len() as u32)
        .into_par_iter()
        .fold(Vec::new, |mut postings, node| {
            let article = nodes.article(node);
            watch.advance(article.tokens.len() as u64);
            postings.extend(article.bands.iter().map(|&band| (Key::surface(band), node)));
            if stable {
                stable::keys(&article.tokens, vocabulary, |key| postings.push((Key::stable(key), node)));
            }
            postings
        })
        .reduce(Vec::new, |mut all, mut more| {
            all.append(&mut more);
            all
        })
}
