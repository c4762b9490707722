//! Articles made ready for comparison, each once for many comparisons.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::detector::nodes::Nodes;
use crate::detector::setup::Setup;
use crate::hash::TokenHasher;
use crate::verify::relation::{Judge, Side};

/// The sides are kept in so many shelves, so that threads seldom wait for each other.
const SHELVES: usize = 64;

/// A word of a kept side takes about so many bytes, …
const WORD: usize = 32;

/// … and kept sides have no more words than so many, however much memory there is: what was of use to those few is
/// of none to articles further on.
const MOST: usize = 1 << 21;

/// So many are enough for the surface view, which has next to no false candidates.
const MOST_SURFACE: usize = 1 << 16;

/// The sides that are kept, for all threads: false candidates lead from any article to any other, so that each is asked
/// for again and again.
pub(crate) struct Sides<'s> {
    setup: &'s Setup,
    nodes: &'s Nodes<'s>,
    pub(crate) judge: Judge<'s>,
    /// How many words of each node are its own, where that is known.
    own: &'s [u32],
    shelves: [Mutex<Shelf<'s>>; SHELVES],
    /// A shelf is cleared when its sides have more words.
    most: usize,
}

#[derive(Default)]
struct Shelf<'s> {
    of_node: HashMap<u32, Arc<Side<'s>>, TokenHasher>,
    words: usize,
}

impl<'s> Sides<'s> {
    pub(crate) fn new(setup: &'s Setup, nodes: &'s Nodes<'s>, judge: Judge<'s>, own: &'s [u32]) -> Self {
        let most = if setup.config.view.has_stable() { MOST } else { MOST_SURFACE };
        let words = (setup.limits.share() / 4 / WORD).min(most);
        let shelves = std::array::from_fn(|_| Mutex::default());
        Self { setup, nodes, judge, own, shelves, most: words / SHELVES }
    }

    /// The side of a node, made unless it is kept.
    pub(crate) fn of(&self, node: u32) -> Arc<Side<'s>> {
        let shelf = &self.shelves[node as usize % SHELVES];
        let mut shelf = shelf.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(side) = shelf.of_node.get(&node) {
            return Arc::clone(side);
        }
        if shelf.words > self.most {
            *shelf = Shelf::default();
        }
        let article = self.nodes.article(node);
        self.setup.visited(&article.tokens);
        let is_whole = self.own.get(node as usize).is_some_and(|&own| own as usize == article.tokens.len());
        let side = Arc::new(if is_whole { Side::whole(article) } else { self.judge.side(article) });
        shelf.words += article.tokens.len();
        shelf.of_node.insert(node, Arc::clone(&side));
        side
    }
}
