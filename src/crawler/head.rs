//! The postings of the latest articles, in memory: what is not in a run yet.

use std::collections::HashMap;

use crate::crawler::lists::{List, Posting};
use crate::hash::TokenHasher;
use crate::index::postings::Key;

/// The lists of the keys, most of which have one posting.
#[derive(Debug, Default)]
pub(crate) struct Head {
    lists: HashMap<u64, Slot, TokenHasher>,
    postings: usize,
}

#[derive(Debug)]
enum Slot {
    One(Posting),
    More(Box<List>),
}

impl Slot {
    fn each(&self, mut each: impl FnMut(Posting)) {
        match self {
            Self::One(posting) => each(*posting),
            Self::More(list) => list.stored().for_each(each),
        }
    }
}

impl Head {
    /// Adds an article's posting under each of its keys.
    pub(crate) fn insert(&mut self, posting: Posting, keys: &[Key]) {
        for &key in keys {
            self.lists
                .entry(key.bits())
                .and_modify(|slot| match slot {
                    Slot::One(first) => {
                        let mut list = List::default();
                        list.push(key, *first);
                        list.push(key, posting);
                        *slot = Slot::More(Box::new(list));
                    }
                    Slot::More(list) => list.push(key, posting),
                })
                .or_insert(Slot::One(posting));
        }
        self.postings += keys.len();
    }

    /// Hands what the key's list holds to `each`.
    pub(crate) fn find(&self, key: Key, each: impl FnMut(Posting)) {
        if let Some(slot) = self.lists.get(&key.bits()) {
            slot.each(each);
        }
    }

    /// How many postings it took in.
    pub(crate) fn len(&self) -> usize {
        self.postings
    }

    /// All postings, in the order of their keys.
    pub(crate) fn sorted(&self) -> Vec<(Key, Posting)> {
        let mut lists: Vec<(u64, &Slot)> = self.lists.iter().map(|(&bits, slot)| (bits, slot)).collect();
        lists.sort_unstable_by_key(|list| list.0);
        let mut postings = Vec::with_capacity(self.postings);
        for (bits, slot) in lists {
            slot.each(|posting| postings.push((Key::from_bits(bits), posting)));
        }
        postings
    }
}
