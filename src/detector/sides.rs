//! Articles made ready for comparison, each once for many comparisons.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use crate::detector::nodes::Nodes;
use crate::detector::setup::Setup;
use crate::hash::TokenHasher;
use crate::verify::relation::{Judge, Side};

/// So many words the kept sides may have, at about 50 bytes each.
const MOST: usize = 1 << 19;

/// The sides that are kept: articles of one group are compared with the same few again and again.
pub(crate) struct Sides<'s> {
    setup: &'s Setup,
    nodes: &'s Nodes<'s>,
    pub(crate) judge: Judge<'s>,
    kept: RefCell<Kept<'s>>,
}

#[derive(Default)]
struct Kept<'s> {
    of_node: HashMap<u32, Rc<Side<'s>>, TokenHasher>,
    words: usize,
}

impl<'s> Sides<'s> {
    pub(crate) fn new(setup: &'s Setup, nodes: &'s Nodes<'s>, judge: Judge<'s>) -> Self {
        Self { setup, nodes, judge, kept: RefCell::default() }
    }

    /// The side of a node, made unless it is kept.
    pub(crate) fn of(&self, node: u32) -> Rc<Side<'s>> {
        let mut kept = self.kept.borrow_mut();
        if let Some(side) = kept.of_node.get(&node) {
            return Rc::clone(side);
        }
        if kept.words > MOST {
            *kept = Kept::default();
        }
        let article = self.nodes.article(node);
        self.setup.visited(&article.tokens);
        let side = Rc::new(self.judge.side(article));
        kept.words += article.tokens.len();
        kept.of_node.insert(node, Rc::clone(&side));
        side
    }
}
