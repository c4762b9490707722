//! How each token is spelled: tokens are hashes, and the synonym test needs the words.

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock, RwLockReadGuard};

use crate::hash::TokenHasher;

/// The words of all articles that were prepared, by token. It only grows; which words are in it never changes a
/// result, as a token's spelling is what it is.
#[derive(Debug, Default)]
pub(crate) struct Spellings {
    words: RwLock<Words>,
}

/// The spelling of each token.
pub(crate) type Words = HashMap<u32, Box<str>, TokenHasher>;

impl Spellings {
    /// All words so far.
    pub(crate) fn read(&self) -> RwLockReadGuard<'_, Words> {
        self.words.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds words. Of two words with one token, the first in the alphabet is kept, whichever came first.
    pub(crate) fn add(&self, unknown: Vec<(u32, Box<str>)>) {
        if unknown.is_empty() {
            return;
        }
        let mut words = self.words.write().unwrap_or_else(PoisonError::into_inner);
        for (token, word) in unknown {
            let held = words.entry(token).or_insert_with(|| word.clone());
            if word < *held {
                *held = word;
            }
        }
    }
}
