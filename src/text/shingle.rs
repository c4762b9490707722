//! Shingles: runs of w consecutive tokens, as 64-bit hashes.
//!
//! The hash of a shingle is a polynomial in its tokens (Karp and Rabin, "Efficient randomized pattern-matching
//! algorithms", 1987), rolled from one shingle to the next and then mixed. Tokens are hashes of fixed size, so no
//! separator is needed: `ab c` and `a bc` are different tokens.

use crate::hash;
use crate::text::vectors::with_avx512;

/// The base of the polynomial: odd, so that no token's bits are shifted out.
const BASE: u64 = 0x9e37_79b9_7f4a_7c15;

/// Hands the hash of every shingle of `width` tokens to `each`, in order. Fewer tokens than that make one shingle of
/// all of them, which only the same short article shares; no tokens make none.
///
/// ```
/// let tokens = unspin::text::tokenise("one two three four five six").tokens;
/// let mut count = 0;
/// unspin::text::shingle::each(tokens.hashes(), 5, |_hash| count += 1);
/// assert_eq!(count, 2);
/// ```
pub fn each(tokens: &[u32], width: usize, mut each: impl FnMut(u64)) {
    some(tokens, width, |hashes| hashes.iter().copied().for_each(&mut each));
}

/// Appends the hashes that [`each`] hands over.
pub(crate) fn append(tokens: &[u32], width: usize, hashes: &mut Vec<u64>) {
    hashes.reserve(tokens.len());
    some(tokens, width, |some| hashes.extend_from_slice(some));
}

/// Hands some hashes at a time to `take`.
fn some(tokens: &[u32], width: usize, mut take: impl FnMut(&[u64])) {
    let width = width.max(1);
    let mut rest = tokens;
    while let Some(hashes) = at_once(rest, width) {
        take(&hashes);
        rest = &rest[LANES..];
    }
    // What is left of an article that is longer than a shingle may be no shingle more, and is no short article.
    if rest.len() == tokens.len() || rest.len() >= width {
        roll(rest, width, |hash| take(&[hash]));
    }
}

/// The same, from one shingle to the next.
fn roll(tokens: &[u32], width: usize, mut each: impl FnMut(u64)) {
    if tokens.is_empty() {
        return;
    }
    let short = tokens.len() < width;
    let window = if short { tokens.len() } else { width };
    let mut leaving = 1_u64;
    let mut rolled = 0_u64;
    for &token in &tokens[..window] {
        rolled = rolled.wrapping_mul(BASE).wrapping_add(spread(token));
        leaving = leaving.wrapping_mul(BASE);
    }
    // A short article's one shingle is kept apart from the shingles of long ones.
    each(if short { hash::combine(rolled, window as u64) } else { hash::mix(rolled) });
    for (&gone, &come) in tokens.iter().zip(&tokens[window..]) {
        rolled = rolled.wrapping_mul(BASE).wrapping_add(spread(come)).wrapping_sub(spread(gone).wrapping_mul(leaving));
        each(hash::mix(rolled));
    }
}

/// The shingles that are hashed at once.
const LANES: usize = 32;

/// The hashes of the first shingles, if there are so many and the processor has vectors that serve.
fn at_once(tokens: &[u32], width: usize) -> Option<[u64; LANES]> {
    let are_enough = tokens.len().checked_sub(width).is_some_and(|more| more + 1 >= LANES);
    if are_enough { with_avx512(|| side_by_side(tokens, width)) } else { None }
}

/// The hashes of the first shingles, each made from its first token on: more steps than rolling takes, but none that waits
/// for the shingle before.
#[expect(clippy::inline_always, reason = "vectors are allowed where it is called")]
#[inline(always)]
fn side_by_side(tokens: &[u32], width: usize) -> [u64; LANES] {
    let mut hashes = [0_u64; LANES];
    for digit in 0..width {
        for (rolled, &token) in hashes.iter_mut().zip(&tokens[digit..][..LANES]) {
            *rolled = rolled.wrapping_mul(BASE).wrapping_add(spread(token));
        }
    }
    for hash in &mut hashes {
        *hash = hash::mix(*hash);
    }
    hashes
}

/// A token as a 64-bit digit that is never zero.
#[inline]
fn spread(token: u32) -> u64 {
    (u64::from(token) << 32 | u64::from(token)) ^ 0x5bf0_3635_d1c2_a94d
}

/// The set of an article's shingles, sorted: what Jaccard and containment are computed on.
///
/// ```
/// use unspin::text::{ShingleSet, tokenise};
/// let a = ShingleSet::new(tokenise("one two three four five six").tokens.hashes(), 5);
/// let b = ShingleSet::new(tokenise("one two three four five seven").tokens.hashes(), 5);
/// assert_eq!((a.len(), a.shared_with(&b)), (2, 1));
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ShingleSet {
    hashes: Vec<u64>,
}

impl ShingleSet {
    /// The different shingles of `width` tokens.
    pub fn new(tokens: &[u32], width: usize) -> Self {
        let mut set = Self::default();
        set.refill(tokens, width);
        set
    }

    /// Replaces the set, keeping its memory.
    pub(crate) fn refill(&mut self, tokens: &[u32], width: usize) {
        self.hashes.clear();
        append(tokens, width, &mut self.hashes);
        hash::sort(&mut self.hashes);
        self.hashes.dedup();
    }

    /// How many different shingles there are.
    pub fn len(&self) -> usize {
        self.hashes.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.hashes.is_empty()
    }

    /// The hashes, ascending.
    pub fn hashes(&self) -> &[u64] {
        &self.hashes
    }

    /// How many shingles both sets hold.
    pub fn shared_with(&self, other: &Self) -> usize {
        let (a, b) = (&self.hashes, &other.hashes);
        let (mut i, mut j, mut shared) = (0, 0, 0);
        while let (Some(x), Some(y)) = (a.get(i), b.get(j)) {
            // Which one is smaller is as good as random: nothing that could be guessed wrong depends on it.
            shared += usize::from(x == y);
            i += usize::from(x <= y);
            j += usize::from(y <= x);
        }
        shared
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn rolled(tokens: &[u32], width: usize) -> Vec<u64> {
        let mut hashes = Vec::new();
        each(tokens, width, |hash| hashes.push(hash));
        hashes
    }

    #[test]
    fn short_articles_share_only_with_their_twins() {
        assert!(rolled(&[], 5).is_empty());
        assert_eq!(rolled(&[1, 2], 5).len(), 1);
        assert_eq!(rolled(&[1, 2], 5), rolled(&[1, 2], 5));
        assert_ne!(rolled(&[1, 2], 5), rolled(&[2, 1], 5));
        assert_ne!(rolled(&[1, 2], 5), rolled(&[1, 2], 2));
        assert_eq!(rolled(&[7; 99], usize::MAX).len(), 1);
    }

    #[test]
    fn known_answers() {
        assert_eq!(rolled(&[1, 2, 3, 4, 5, 6], 5), [0x8176_2a41_15f6_4cc1, 0x256f_fda5_8b19_acb6]);
    }

    proptest! {
            #[test]
            fn rolling_agrees_with_hashing_each_window(tokens in prop::collection::vec(0_u32..9, 0..40), width in 1_usize..7) {
                let naive: Vec<u64> = if tokens.is_empty() {
                    vec![]
                } else if tokens.len() < width {
                    rolled(&tokens, width)
                } else {
                    tokens.windows(width).flat_map(|window| rolled(window, width)).collect()
                };
                prop_assert_eq!(rolled(&tokens, width), naive);
            }

            #[test]
    fn many_at_once_are_those_that_are_rolled(tokens in prop::collection::vec(any::<u32>(), 0..200), width in 1_usize..9) {
                let mut naive = Vec::new();
                roll(&tokens, width, |hash| naive.push(hash));
                prop_assert_eq!(&rolled(&tokens, width), &naive);
                if tokens.len() >= LANES + width - 1 {
                    prop_assert_eq!(&side_by_side(&tokens, width)[..], &naive[..LANES]);
                }
            }

            #[test]
            fn shared_agrees_with_sets(a in prop::collection::vec(0_u32..5, 0..30), b in prop::collection::vec(0_u32..5, 0..30)) {
                let (a, b) = (ShingleSet::new(&a, 3), ShingleSet::new(&b, 3));
                let naive = a.hashes().iter().filter(|hash| b.hashes().contains(hash)).count();
                prop_assert_eq!(a.shared_with(&b), naive);
            }
        }
}
