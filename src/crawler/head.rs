//! The postings of the latest articles, in memory: what is not in a run yet.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use crate::crawler::lists::{List, Posting};
use crate::hash::TokenHasher;
use crate::index::postings::Key;

/// The lists of the keys. Most have one posting, which stands in the place of the list's number.
#[derive(Debug, Default)]
pub(crate) struct Head {
    slots: HashMap<u64, Posting, TokenHasher>,
    lists: Vec<List>,
    postings: usize,
}

impl Head {
    /// Adds an article's posting under each of its keys.
    pub(crate) fn insert(&mut self, posting: Posting, keys: &[Key]) {
        for &key in keys {
            let slot = match self.slots.entry(key.bits()) {
                Entry::Vacant(slot) => {
                    slot.insert(posting);
                    continue;
                }
                Entry::Occupied(slot) => slot.into_mut(),
            };
            let number = slot.list().unwrap_or_else(|| {
                let mut list = List::default();
                list.push(key, *slot);
                self.lists.push(list);
                *slot = Posting::of_list(self.lists.len() - 1);
                self.lists.len() - 1
            });
            self.lists[number].push(key, posting);
        }
        self.postings += keys.len();
    }

    /// Hands what the key's list holds to `each`.
    pub(crate) fn find(&self, key: Key, each: impl FnMut(Posting)) {
        if let Some(&slot) = self.slots.get(&key.bits()) {
            self.each(slot, each);
        }
    }

    fn each(&self, slot: Posting, mut each: impl FnMut(Posting)) {
        match slot.list() {
            Some(number) => self.lists[number].stored().for_each(each),
            None => each(slot),
        }
    }

    /// How many postings it took in.
    pub(crate) fn len(&self) -> usize {
        self.postings
    }

    /// How many postings it stores.
    pub(crate) fn stored(&self) -> usize {
        let listed: usize = self.lists.iter().map(|list| list.stored().count()).sum();
        self.slots.len() - self.lists.len() + listed
    }

    /// What it stores, in the order of the keys: one part of these after the other, as all at once would take as much memory
    /// again.
    pub(crate) fn sorted(&self) -> impl Iterator<Item = (Key, Posting)> + '_ {
        const PARTS: u32 = 16;
        (0..u64::from(PARTS)).flat_map(|part| {
            let slots = self.slots.iter().filter(|(bits, _)| *bits >> (u64::BITS - PARTS.ilog2()) == part);
            let mut slots: Vec<(u64, Posting)> = slots.map(|(&bits, &slot)| (bits, slot)).collect();
            slots.sort_unstable_by_key(|slot| slot.0);
            let mut postings = Vec::with_capacity(slots.len());
            for (bits, slot) in slots {
                self.each(slot, |posting| postings.push((Key::from_bits(bits), posting)));
            }
            postings
        })
    }

    /// Takes out everything. The room stays.
    pub(crate) fn clear(&mut self) {
        self.slots.clear();
        self.lists.clear();
        self.postings = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    proptest! {
        #[test]
        fn it_agrees_with_a_map_of_lists(given in prop::collection::vec(prop::collection::vec(0_u64..60, 0..20), 0..300)) {
            let (mut head, mut naive) = (Head::default(), BTreeMap::<Key, List>::new());
            for (number, keys) in (0..).zip(&given) {
                let place = |key: u64| crate::hash::mix(key) & !1;
                let key = |&key: &u64| if key < 20 { Key::surface(place(key)) } else { Key::stable(place(key)) };
                let mut keys: Vec<Key> = keys.iter().map(key).collect();
                keys.sort_unstable();
                keys.dedup();
                let posting = Posting::new(number, 100 * number as usize);
                head.insert(posting, &keys);
                for key in keys {
                    naive.entry(key).or_default().push(key, posting);
                }
            }
            let expected: Vec<(Key, Posting)> =
                naive.iter().flat_map(|(&key, list)| list.stored().map(move |posting| (key, posting))).collect();
            prop_assert_eq!(head.sorted().collect::<Vec<_>>(), expected.clone());
            prop_assert_eq!(head.stored(), expected.len());
            for key in naive.keys() {
                let mut found = Vec::new();
                head.find(*key, |posting| found.push((*key, posting)));
                prop_assert!(found.iter().eq(expected.iter().filter(|posting| posting.0 == *key)));
            }
            head.find(Key::stable(400), |_| panic!("nothing was posted under it"));
            head.clear();
            prop_assert_eq!((head.sorted().count(), head.stored(), head.len()), (0, 0, 0));
        }
    }
}
