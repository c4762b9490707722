//! The articles of a corpus, those with the same tokens as one node: copies of one text cost no comparisons among
//! themselves.

use std::cmp::Reverse;

use rayon::prelude::*;

use crate::article::{Article, ArticleId, Meta, Tokens};

/// An article that was inserted.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub(crate) id: ArticleId,
    pub(crate) meta: Meta,
    pub(crate) article: Article,
}

#[derive(Debug)]
pub(crate) struct Nodes<'d> {
    /// In the order of their ids.
    pub(crate) entries: Vec<&'d Entry>,
    /// The entries of all nodes, those of each ascending. Longer articles come first, so that those which stand for all
    /// the others under a key that many share are the ones that excerpts are taken from.
    members: Vec<u32>,
    /// Where each node's entries start, and where the last one's end.
    starts: Vec<u32>,
    /// How many words each node has.
    words: Vec<u32>,
}

impl<'d> Nodes<'d> {
    pub(crate) fn new(entries: &'d [Entry]) -> Self {
        // Beside its entry, an id is found without a look at that.
        let mut by_id: Vec<(&str, &Entry)> = entries.par_iter().map(|entry| (entry.id.as_str(), entry)).collect();
        by_id.par_sort_unstable_by_key(|&(id, _)| id);
        let entries: Vec<&Entry> = by_id.into_iter().map(|(_, entry)| entry).collect();
        let mut by_content: Vec<(u128, u32)> =
            (entries.par_iter().enumerate()).map(|(number, entry)| (entry.article.content, number as u32)).collect();
        by_content.par_sort_unstable();
        let length = |same: &[(u128, u32)]| entries[same[0].1 as usize].article.tokens.len();
        // Each with what it is sorted by: looking that up at every comparison takes longer than the sorting.
        let mut nodes: Vec<_> = by_content
            .chunk_by(|x, y| x.0 == y.0)
            .map(|same| (length(same), same))
            .flat_map(|(length, same)| {
                let each = same.chunks(if length == 0 { 1 } else { same.len() });
                each.map(move |node| (Reverse(length), node[0].1, node))
            })
            .collect();
        nodes.par_sort_unstable_by_key(|&(length, first, _)| (length, first));
        let mut members = Vec::with_capacity(entries.len());
        let mut starts = vec![0];
        let words = nodes.iter().map(|&(Reverse(length), ..)| length as u32).collect();
        for (_, _, node) in nodes {
            members.extend(node.iter().map(|&(_, number)| number));
            starts.push(members.len() as u32);
        }
        Self { entries, members, starts, words }
    }

    /// How many nodes there are.
    pub(crate) fn len(&self) -> usize {
        self.starts.len() - 1
    }

    /// The entries of a node, ascending.
    pub(crate) fn members(&self, node: u32) -> &[u32] {
        &self.members[self.starts[node as usize] as usize..self.starts[node as usize + 1] as usize]
    }

    /// How many words a node has.
    pub(crate) fn words(&self, node: u32) -> usize {
        self.words[node as usize] as usize
    }

    /// The text that a node stands for.
    pub(crate) fn article(&self, node: u32) -> &'d Article {
        &self.entries[self.members(node)[0] as usize].article
    }

    pub(crate) fn tokens(&self) -> Vec<&'d Tokens> {
        (0..self.len() as u32).map(|node| &self.article(node).tokens).collect()
    }

    /// The entry of an id.
    pub(crate) fn entry(&self, id: &str) -> Option<usize> {
        self.entries.binary_search_by(|entry| entry.id.as_str().cmp(id)).ok()
    }
}
