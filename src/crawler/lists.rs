//! Postings, and the list of those under one key, bounded: however many articles post a key, its list stays short.

use crate::index::candidates::{self, ALL_PAIRS, COMMON, NEIGHBOURS, STABLE_REPRESENTATIVES};
use crate::index::postings::Key;
use crate::sketch::stable;

/// The bits of a posting that do not tell the article's number.
const BITS: u32 = 3;

/// In place of a class: the list was longer once.
const MORE: u32 = 7;

/// The most articles that an index numbers between its beginning and its end.
pub(crate) const MOST: u32 = 1 << (32 - BITS);

/// An article's number with the number of keys that it must share: both in 32 bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Posting(pub(crate) u32);

impl Posting {
    /// Of an article that posts keys of so many words.
    pub(crate) fn new(number: u32, own: usize) -> Self {
        Self(number << BITS | needed(own))
    }

    /// Stands behind the postings of a list that had to be cut.
    const CUT: Self = Self(MORE);

    pub(crate) fn number(self) -> u32 {
        self.0 >> BITS
    }

    /// Stands for a list of several postings where one would stand. No article has this class: each has to share a key.
    pub(crate) fn of_list(number: usize) -> Self {
        Self((number as u32) << BITS)
    }

    /// The number of the list that it stands for.
    pub(crate) fn list(self) -> Option<usize> {
        (self.class() == 0).then_some(self.number() as usize)
    }

    /// Whether it only tells that its list was cut.
    pub(crate) fn is_cut(self) -> bool {
        self.class() == MORE
    }

    fn class(self) -> u32 {
        self.0 & MORE
    }

    /// How many keys it must share with an article that posts those of so many words.
    pub(crate) fn votes_needed(self, own: usize) -> u32 {
        self.class().min(needed(own))
    }
}

/// How many keys an article must share with one at least as long.
fn needed(own: usize) -> u32 {
    stable::votes_needed(own, own)
}

/// The postings that stand for all others of a spin-stable key that many articles post.
pub(crate) type Representatives = [Posting; STABLE_REPRESENTATIVES];

/// The postings under one key, in the order in which they came.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct List {
    pub(crate) postings: Vec<Posting>,
    pub(crate) cut: bool,
}

impl List {
    /// Adds a posting, and lets go of one where the list is full: of those that stand for all others none.
    pub(crate) fn push(&mut self, key: Key, posting: Posting) {
        if posting.is_cut() {
            self.cut = true;
            return;
        }
        let (most, last) = if key.is_stable() { (COMMON, 0) } else { (ALL_PAIRS, NEIGHBOURS) };
        if self.postings.len() == most {
            self.cut = true;
            if last == 0 {
                return;
            }
            self.postings.remove(most - last);
        }
        self.postings.push(posting);
    }

    pub(crate) fn clear(&mut self) {
        self.postings.clear();
        self.cut = false;
    }

    /// Whether more postings make no difference to what the list says.
    pub(crate) fn is_settled(&self, key: Key) -> bool {
        let count = self.postings.len();
        key.is_stable() && (count >= COMMON || (self.cut && count >= STABLE_REPRESENTATIVES))
    }

    /// Those that stand for all others of a settled list.
    pub(crate) fn representatives(&self) -> Representatives {
        std::array::from_fn(|n| self.postings[n])
    }

    /// Makes it the list of which only the representatives are known.
    pub(crate) fn cut_to(&mut self, representatives: Representatives) {
        self.postings.extend(representatives);
        self.cut = true;
    }

    /// The list as it is stored.
    pub(crate) fn stored(&self) -> impl Iterator<Item = Posting> + '_ {
        self.postings.iter().copied().chain(self.cut.then_some(Posting::CUT))
    }

    /// The postings that a new article is paired with, as [`candidates`](crate::index::candidates) pairs them.
    pub(crate) fn paired(&self, key: Key) -> impl Iterator<Item = Posting> + '_ {
        let count = self.postings.len();
        let (first, last) =
            candidates::paired_ends(key.is_stable(), count, if self.cut { usize::MAX } else { count + 1 });
        self.postings[..first].iter().chain(&self.postings[count - last..]).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_posting_holds_what_the_lengths_ask_for(number in 0..MOST, a in 0_usize..900, b in 0_usize..900) {
            let posting = Posting::new(number, a);
            prop_assert_eq!(posting.number(), number);
            prop_assert_eq!(posting.votes_needed(b), stable::votes_needed(a, b));
        }

        #[test]
        fn lists_stay_short_and_keep_their_representatives(count in 0_u32..400, stable: bool) {
            let key = if stable { Key::stable(1) } else { Key::surface(2) };
            let mut list = List::default();
            (0..count).for_each(|number| list.push(key, Posting::new(number, 100)));
            let most = if stable { COMMON } else { ALL_PAIRS } as u32;
            prop_assert!(list.postings.len() as u32 <= most);
            let paired: Vec<u32> = list.paired(key).map(Posting::number).collect();
            let expected: Vec<u32> = if count < most {
                (0..count).collect()
            } else if stable {
                (0..2).collect()
            } else {
                (0..8).chain(count - 4..count).collect()
            };
            prop_assert_eq!(paired, expected);
        }
    }
}
