//! The commonest keys, in memory: a spin-stable key that many articles post says nothing but who its representatives
//! are, and these stay what they are.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{PoisonError, RwLock};

use crate::crawler::lists::Representatives;
use crate::hash::TokenHasher;
use crate::index::postings::Key;

/// The most keys of a half: as many as fit into a table of two megabytes.
const HALF: usize = (1 << 17) / 8 * 7;

/// The representatives of the keys that were found to be common.
#[derive(Debug)]
pub(crate) struct Hot {
    known: RwLock<Halves>,
    /// How often all was forgotten.
    generation: AtomicU64,
    /// The most keys of a half.
    most: usize,
}

/// The keys that were asked for lately, and those of before. When the first are too many they become those of before,
/// whose place they take: so what is asked for again and again stays.
#[derive(Debug, Default)]
struct Halves {
    latest: HashMap<u64, Representatives, TokenHasher>,
    before: HashMap<u64, Representatives, TokenHasher>,
}

/// What is known of some keys.
pub(crate) struct Known {
    pub(crate) representatives: Vec<Option<Representatives>>,
    /// Those that are about to be forgotten, and are to be noted again.
    pub(crate) fading: Vec<(Key, Representatives)>,
}

impl Default for Hot {
    fn default() -> Self {
        Self::of(HALF)
    }
}

impl Hot {
    fn of(most: usize) -> Self {
        Self { known: RwLock::default(), generation: AtomicU64::new(0), most }
    }

    /// To be asked before lists are read, and told when something is noted of them.
    pub(crate) fn generation(&self) -> u64 {
        self.generation.load(Ordering::SeqCst)
    }

    /// Those of the keys that are known to be common.
    pub(crate) fn known(&self, keys: &[Key]) -> Known {
        let halves = self.known.read().unwrap_or_else(PoisonError::into_inner);
        let mut fading = Vec::new();
        let representatives = keys.iter().map(|&key| {
            halves.latest.get(&key.bits()).copied().or_else(|| {
                let found = halves.before.get(&key.bits()).copied();
                fading.extend(found.map(|representatives| (key, representatives)));
                found
            })
        });
        Known { representatives: representatives.collect(), fading }
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
        for (key, representatives) in found {
            if known.latest.len() == self.most && !known.latest.contains_key(&key.bits()) {
                // The tables change places, so that neither need grow again.
                let Halves { latest, before } = &mut *known;
                std::mem::swap(latest, before);
                latest.clear();
            }
            known.latest.insert(key.bits(), representatives);
        }
    }

    /// Representatives are gone, or others: to be called once the lists say so.
    pub(crate) fn forget(&self) {
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        self.generation.fetch_add(1, Ordering::SeqCst);
        *known = Halves::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crawler::lists::Posting;

    fn representatives() -> Representatives {
        [1, 2].map(|number| Posting::new(number, 100))
    }

    #[test]
    fn what_was_read_before_all_was_forgotten_is_not_noted() {
        let (hot, key) = (Hot::default(), Key::stable(7));
        let before = hot.generation();
        hot.forget();
        hot.note(before, vec![(key, representatives())]);
        assert_eq!(hot.known(&[key]).representatives, [None]);
        hot.note(hot.generation(), vec![(key, representatives())]);
        assert_eq!(hot.known(&[key]).representatives, [Some(representatives())]);
        hot.forget();
        assert_eq!(hot.known(&[key]).representatives, [None]);
    }

    #[test]
    fn what_is_asked_for_again_stays() {
        let (hot, again) = (Hot::of(8), Key::stable(0));
        hot.note(0, vec![(again, representatives())]);
        for number in 1..100 {
            hot.note(0, vec![(Key::stable(number << 8), representatives())]);
            let known = hot.known(&[again]);
            assert_eq!(known.representatives, [Some(representatives())], "{number}");
            hot.note(0, known.fading);
        }
        let kept = |number: u64| hot.known(&[Key::stable(number << 8)]).representatives[0].is_some();
        let kept = (1..100).filter(|&number| kept(number)).count();
        assert!((6..16).contains(&kept), "{kept}");
    }
}
