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

    /// Adds what the key's list holds to `list`.
    pub(crate) fn find(&self, key: Key, list: &mut List) {
        match self.lists.get(&key.bits()) {
            None => {}
            Some(Slot::One(posting)) => list.push(key, *posting),
            Some(Slot::More(more)) => more.stored().for_each(|posting| list.push(key, posting)),
        }
    }

    /// How many postings it took in.
    pub(crate) fn len(&self) -> usize {
        self.postings
    }

    /// All postings, in the order of their keys.
    pub(crate) fn sorted(&self) -> Vec<(Key, Posting)> {
        let mut keys: Vec<u64> = self.lists.keys().copied().collect();
        keys.sort_unstable();
        let of = |&bits: &u64| {
            let mut list = List::default();
            let key = Key::from_bits(bits);
            self.find(key, &mut list);
            list.stored().map(|posting| (key, posting)).collect::<Vec<_>>()
        };
        keys.iter().flat_map(of).collect()
    }
}
