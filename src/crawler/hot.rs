//! The commonest keys, in memory: a spin-stable key that many articles post says nothing but who its representatives
//! are, and these stay what they are.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{PoisonError, RwLock};

use crate::crawler::lists::Representatives;
use crate::hash::TokenHasher;
use crate::index::postings::Key;

/// The most keys that are kept: some two megabytes.
const KEPT: usize = 1 << 16;

/// The representatives of the keys that were found to be common.
#[derive(Debug, Default)]
pub(crate) struct Hot {
    known: RwLock<HashMap<u64, Representatives, TokenHasher>>,
    /// How often all was forgotten.
    generation: AtomicU64,
}

impl Hot {
    /// To be asked before lists are read, and told when something is noted of them.
    pub(crate) fn generation(&self) -> u64 {
        self.generation.load(Ordering::SeqCst)
    }

    /// Those of the keys that are known to be common.
    pub(crate) fn known(&self, keys: &[Key]) -> Vec<Option<Representatives>> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        keys.iter().map(|key| known.get(&key.bits()).copied()).collect()
    }

    /// Adds keys that were found to be common, unless all was forgotten since their lists were read: those may hold what
    /// is gone.
    pub(crate) fn note(&self, generation: u64, found: Vec<(Key, Representatives)>) {
        if found.is_empty() {
            return;
        }
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        if self.generation() != generation {
            return;
        }
        if known.len() + found.len() > KEPT {
            known.clear();
        }
        known.extend(found.into_iter().map(|(key, representatives)| (key.bits(), representatives)));
    }

    /// Representatives are gone, or others: to be called once the lists say so.
    pub(crate) fn forget(&self) {
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        self.generation.fetch_add(1, Ordering::SeqCst);
        known.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crawler::lists::Posting;

    #[test]
    fn what_was_read_before_all_was_forgotten_is_not_noted() {
        let (hot, key) = (Hot::default(), Key::stable(7));
        let representatives = [1, 2].map(|number| Posting::new(number, 100));
        let before = hot.generation();
        hot.forget();
        hot.note(before, vec![(key, representatives)]);
        assert_eq!(hot.known(&[key]), [None]);
        hot.note(hot.generation(), vec![(key, representatives)]);
        assert_eq!(hot.known(&[key]), [Some(representatives)]);
        hot.forget();
        assert_eq!(hot.known(&[key]), [None]);
    }
}
