//! How each token is spelled: tokens are hashes, and the synonym test needs the words.

use std::fmt;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};

use crate::lexicon::table::TokenTable;

/// The words of all articles that were prepared, by token. It only grows; which words are in it never changes a
/// result, as a token's spelling is what it is.
#[derive(Debug, Default)]
pub(crate) struct Spellings {
    words: RwLock<Words>,
}

/// The spelling of each token.
#[derive(Debug, Default)]
pub(crate) struct Words {
    tokens: TokenTable<Spelling>,
    /// The letters of one word after the other, and where each begins.
    letters: String,
    starts: Vec<usize>,
    /// What is asked about the words that are not among them.
    base: Option<Arc<Words>>,
}

/// A word, with the lower half of its hash, of which its token is the upper one: both tell it from every other word
/// without a look at its letters.
#[derive(Debug, Clone, Copy, Default)]
struct Spelling {
    low: u32,
    /// Which word it is of those whose letters are kept, counted from 1.
    number: u32,
}

impl Words {
    /// The word of a token.
    pub(crate) fn get(&self, token: u32) -> Option<&str> {
        match self.tokens.get(token) {
            Some(held) => Some(self.spelled(held.number)),
            None => self.base.as_ref()?.get(token),
        }
    }

    fn spelled(&self, number: u32) -> &str {
        let end = self.starts.get(number as usize).map_or(self.letters.len(), |&end| end);
        &self.letters[self.starts[number as usize - 1]..end]
    }

    /// No words of its own yet beside those of `base`.
    #[cfg(feature = "index")]
    pub(crate) fn over(base: Arc<Self>) -> Self {
        Self { base: Some(base), ..Self::default() }
    }

    /// Whether a word is no news: it is known, or one before it in the alphabet has its token.
    #[cfg(feature = "index")]
    pub(crate) fn knows(&self, full: u64, word: &str) -> bool {
        self.knows_spelled(full, |letters| letters.push_str(word))
    }

    fn knows_spelled(&self, full: u64, spell: impl FnOnce(&mut String)) -> bool {
        let Some(held) = self.tokens.get((full >> 32) as u32) else {
            return self.base.as_ref().is_some_and(|base| base.knows_spelled(full, spell));
        };
        held.low == full as u32 || {
            let mut word = String::new();
            spell(&mut word);
            *self.spelled(held.number) < *word
        }
    }

    pub(crate) fn insert(&mut self, full: u64, word: &str) {
        self.insert_spelled(full, |letters| letters.push_str(word));
    }

    fn insert_spelled(&mut self, full: u64, spell: impl Fn(&mut String)) {
        if !self.knows_spelled(full, &spell) {
            self.starts.push(self.letters.len());
            spell(&mut self.letters);
            // One at most for each token, but for the few that gave way.
            let number = self.starts.len() as u32;
            *self.tokens.or_default((full >> 32) as u32) = Spelling { low: full as u32, number };
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

    /// Adds the words with these hashes but for those that were met lately: `spell` appends the word of a number. Of two
    /// words with one token, the first in the alphabet is kept, whichever came first.
    pub(crate) fn add(&self, hashes: &[u64], recent: &mut Recent, spell: impl Fn(usize, &mut String)) {
        let unmet = recent.unmet(hashes);
        let known = self.read();
        // Looked up by themselves, they need not wait for each other.
        unmet.retain(|&number| {
            let full = hashes[number as usize];
            let (token, held) = known.tokens.first((full >> 32) as u32);
            u64::from(token) << 32 | u64::from(held.low) != full || held.number == 0
        });
        unmet.retain(|&number| !known.knows_spelled(hashes[number as usize], |word| spell(number as usize, word)));
        drop(known);
        if !unmet.is_empty() {
            let mut words = self.words.write().unwrap_or_else(PoisonError::into_inner);
            for &number in &*unmet {
                words.insert_spelled(hashes[number as usize], |word| spell(number as usize, word));
            }
        }
    }
}

/// How many words a thread remembers: nearly all places in running text belong to fewer.
const REMEMBERED: usize = 1 << 16;

/// The words that a thread met lately, so that it need not look up in the common list what it has just seen there.
pub(crate) struct Recent {
    /// A word's frozen hash, at the place that some of its bits tell. 0 for none: the hash of no word known.
    seen: Box<[u64; REMEMBERED]>,
    /// The numbers of the words of an article that were not seen.
    unmet: Vec<u32>,
}

impl Recent {
    /// The numbers of those words, given by their hashes, that were not met lately.
    fn unmet(&mut self, hashes: &[u64]) -> &mut Vec<u32> {
        let Self { seen, unmet } = self;
        unmet.clear();
        for (&full, number) in hashes.iter().zip(0..) {
            let seen = &mut seen[(full >> 8) as usize % REMEMBERED];
            if *seen != full {
                *seen = full;
                unmet.push(number);
            }
        }
        unmet
    }
}

impl Default for Recent {
    fn default() -> Self {
        let seen = vec![0; REMEMBERED].into_boxed_slice();
        Self { seen: seen.try_into().unwrap_or_else(|_| unreachable!("it was made as long")), unmet: Vec::new() }
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
            let hashes: Vec<u64> = (1..50).map(full).collect();
            spellings.add(&hashes, &mut recent, |at, spelled| spelled.extend(["word ", &(at + 1).to_string()]));
            assert_eq!(spellings.read().tokens.len(), 49, "{round}");
        }
        assert!((1..50).all(|number| spellings.read().get(number as u32) == Some(&format!("word {number}"))));
    }

    #[test]
    fn of_two_words_with_one_token_the_first_in_the_alphabet_stays() {
        for words in [["a", "b"], ["b", "a"]] {
            let spellings = Spellings::default();
            for (word, number) in words.into_iter().zip(1..) {
                spellings.add(&[9 << 32 | number], &mut Recent::default(), |_, spelled| spelled.push_str(word));
            }
            assert_eq!(spellings.read().get(9), Some("a"));
        }
    }
}
