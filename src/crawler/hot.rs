//! The commonest keys, in memory: a spin-stable key that many articles post says nothing but who its representatives
//! are, and these stay what they are.

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};

use crate::crawler::lists::Representatives;
use crate::hash::TokenHasher;
use crate::index::postings::Key;

/// The most keys that are kept: some two megabytes.
const KEPT: usize = 1 << 16;

/// The representatives of the keys that were found to be common.
#[derive(Debug, Default)]
pub(crate) struct Hot(RwLock<HashMap<u64, Representatives, TokenHasher>>);

impl Hot {
    /// Those of the keys that are known to be common.
    pub(crate) fn known(&self, keys: &[Key]) -> Vec<Option<Representatives>> {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        keys.iter().map(|key| known.get(&key.bits()).copied()).collect()
    }

    /// Adds keys that were found to be common.
    pub(crate) fn note(&self, found: Vec<(Key, Representatives)>) {
        if found.is_empty() {
            return;
        }
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if known.len() + found.len() > KEPT {
            known.clear();
        }
        known.extend(found.into_iter().map(|(key, representatives)| (key.bits(), representatives)));
    }

    /// Representatives are gone, or others.
    pub(crate) fn forget(&self) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).clear();
    }
}
