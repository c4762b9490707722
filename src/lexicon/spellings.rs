//! How each token is spelled: tokens are hashes, and the synonym test needs the words.

use std::collections::HashMap;
use std::fmt;
use std::ops::Range;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};

use crate::hash::TokenHasher;

/// The words of all articles that were prepared, by token. It only grows; which words are in it never changes a
/// result, as a token's spelling is what it is.
#[derive(Debug, Default)]
pub(crate) struct Spellings {
    words: RwLock<Words>,
}

/// The spelling of each token.
#[derive(Debug, Default)]
pub(crate) struct Words {
    words: HashMap<u32, Spelling, TokenHasher>,
    /// What is asked about the words that are not among them.
    base: Option<Arc<Words>>,
}

/// A word, with the lower half of its hash, of which its token is the upper one: both tell it from every other word
/// without a look at its letters.
#[derive(Debug)]
struct Spelling {
    low: u32,
    word: Box<str>,
}

impl Words {
    /// The word of a token.
    pub(crate) fn get(&self, token: u32) -> Option<&str> {
        self.held(token).map(|held| &*held.word)
    }

    fn held(&self, token: u32) -> Option<&Spelling> {
        self.words.get(&token).or_else(|| self.base.as_ref()?.held(token))
    }

    /// No words of its own yet beside those of `base`.
    #[cfg(feature = "index")]
    pub(crate) fn over(base: Arc<Self>) -> Self {
        Self { words: HashMap::default(), base: Some(base) }
    }

    /// Whether a word is no news: it is known, or one before it in the alphabet has its token.
    pub(crate) fn knows(&self, full: u64, word: &str) -> bool {
        let held = self.held((full >> 32) as u32);
        held.is_some_and(|held| held.low == full as u32 || *held.word < *word)
    }

    pub(crate) fn insert(&mut self, full: u64, word: &str) {
        if !self.knows(full, word) {
            self.words.insert((full >> 32) as u32, Spelling { low: full as u32, word: word.into() });
        }
    }
}

impl<'w> FromIterator<(u64, &'w str)> for Words {
    fn from_iter<I: IntoIterator<Item = (u64, &'w str)>>(words: I) -> Self {
        let mut all = Self::default();
        words.into_iter().for_each(|(full, word)| all.insert(full, word));
        all
    }
}

impl Spellings {
    /// All words so far.
    pub(crate) fn read(&self) -> RwLockReadGuard<'_, Words> {
        self.words.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds one word.
    #[cfg(feature = "index")]
    pub(crate) fn insert(&self, full: u64, word: &str) {
        self.words.write().unwrap_or_else(PoisonError::into_inner).insert(full, word);
    }

    /// Adds the words that were met since the last time. Of two words with one token, the first in the alphabet is
    /// kept, whichever came first.
    pub(crate) fn add(&self, recent: &mut Recent) {
        let Recent { unsaid, spelled, .. } = recent;
        if unsaid.is_empty() {
            return;
        }
        let known = self.read();
        unsaid.retain(|(full, place)| !known.knows(*full, &spelled[place.clone()]));
        drop(known);
        if !unsaid.is_empty() {
            let mut words = self.words.write().unwrap_or_else(PoisonError::into_inner);
            unsaid.drain(..).for_each(|(full, place)| words.insert(full, &spelled[place]));
        }
        spelled.clear();
    }
}

/// How many words a thread remembers: nearly all places in running text belong to fewer.
const REMEMBERED: usize = 1 << 16;

/// The words that a thread met lately, so that it need not look up in the common list what it has just seen there.
pub(crate) struct Recent {
    /// A word's frozen hash, at the place that some of its bits tell. 0 for none: the hash of no word known.
    seen: Vec<u64>,
    /// The words that were not seen, by their hashes, with their places in `spelled`.
    unsaid: Vec<(u64, Range<usize>)>,
    spelled: String,
}

impl Recent {
    /// Notes a word by its hash, and with its spelling unless it was met lately.
    #[inline]
    pub(crate) fn meet(&mut self, full: u64, spell: impl FnOnce(&mut String)) {
        let seen = &mut self.seen[(full >> 8) as usize % REMEMBERED];
        if *seen != full {
            *seen = full;
            let start = self.spelled.len();
            spell(&mut self.spelled);
            self.unsaid.push((full, start..self.spelled.len()));
        }
    }
}

impl Default for Recent {
    fn default() -> Self {
        Self { seen: vec![0; REMEMBERED], unsaid: Vec::new(), spelled: String::new() }
    }
}

impl fmt::Debug for Recent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recent").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_spelled_however_often_its_place_changes_hands() {
        let spellings = Spellings::default();
        let mut recent = Recent::default();
        let full = |number: u64| number << 32 | (number % 3 * REMEMBERED as u64) << 8 | 7;
        for round in 0..3 {
            for number in 1..50 {
                recent.meet(full(number), |spelled| spelled.extend(["word ", &number.to_string()]));
            }
            spellings.add(&mut recent);
            assert_eq!(spellings.read().words.len(), 49, "{round}");
        }
        assert!((1..50).all(|number| spellings.read().get(number as u32) == Some(&format!("word {number}"))));
    }

    #[test]
    fn of_two_words_with_one_token_the_first_in_the_alphabet_stays() {
        for words in [["a", "b"], ["b", "a"]] {
            let spellings = Spellings::default();
            for (word, number) in words.into_iter().zip(1..) {
                let mut recent = Recent::default();
                recent.meet(9 << 32 | number, |spelled| spelled.push_str(word));
                spellings.add(&mut recent);
            }
            assert_eq!(spellings.read().get(9), Some("a"));
        }
    }
}
