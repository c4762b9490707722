//! MinHash signatures by fast similarity sketching.
//!
//! Dahlgaard, Knudsen and Thorup, "Fast Similarity Sketching" (FOCS 2017): instead of one permutation for every slot,
//! each shingle is thrown into a slot again and again, at a growing cost, until every slot holds something; a slot
//! keeps the cheapest. Two sets agree in a slot with probability equal to their Jaccard similarity, with the spread of
//! independent permutations or less, in time O(n + k·log k) where the classic method (Broder, "On the resemblance and
//! containment of documents", 1997) takes n·k; and unlike one-permutation hashing, short articles leave no slot empty.

use crate::hash;
use crate::text::vectors::with_avx512;

/// Mixed into the round, so that the rounds are independent hash functions.
const ROUND: u64 = 0xd6e8_feb8_6659_fd93;

/// The signature of a set of shingles in `signature.len()` slots: the order and number of the shingles' occurrences do
/// not matter. An empty set gives slots that all hold `u64::MAX`.
///
/// ```
/// use unspin::sketch::minhash::{sign, similarity};
/// let (mut a, mut b) = ([0; 128], [0; 128]);
/// sign(&[1, 2, 3], &mut a);
/// sign(&[3, 2, 1, 1], &mut b);
/// assert_eq!(similarity(&a, &b), 1.0);
/// ```
pub fn sign(shingles: &[u64], signature: &mut [u64]) {
    sign_first(shingles, signature, signature.len());
}

/// The first `needed` slots of the signature: the others may stay as they are after a few rounds.
pub(crate) fn sign_first(shingles: &[u64], signature: &mut [u64], needed: usize) {
    if with_avx512(|| sign_with(shingles, signature, needed, throw_by_halves)).is_none() {
        sign_with(shingles, signature, needed, throw_each);
    }
}

/// The shingles that are thrown at once.
const LANES: usize = 16;

/// Where no more slots than this are empty, most throws of a round fill none.
const FEW: usize = 4;

/// The same with one of the ways to throw shingles in a round: the upper half of each hash tells the slot, the lower one
/// the cost.
#[expect(clippy::inline_always, reason = "vectors are allowed where it is called")]
#[inline(always)]
fn sign_with(
    shingles: &[u64],
    signature: &mut [u64],
    needed: usize,
    throw: impl Fn(&[u64; LANES], u64) -> [u64; LANES],
) {
    signature.fill(u64::MAX);
    let slots = signature.len() as u64;
    if shingles.is_empty() {
        return;
    }
    let (dozens, rest) = shingles.as_chunks::<LANES>();
    let mut last = [0; LANES];
    last[..rest.len()].copy_from_slice(rest);
    let mut empty: Option<[u64; FEW]> = None;
    // The first `slots` rounds throw at random. The next give every slot its turn, so that the loop ends.
    for round in 0..2 * slots {
        let salt = hash::mix(ROUND.wrapping_add(round));
        let cost = round << 48;
        let slot = |thrown: u64| if round < slots { ((thrown >> 32) * slots) >> 32 } else { round - slots };
        let mut keep = |thrown: u64| {
            let slot = slot(thrown) as usize;
            // The low bits decide within a round: they are independent of the high ones, which chose the slot. What an
            // earlier round put into a slot was cheaper.
            let value = cost | (thrown & 0xffff_ffff) << 16 | 0xffff;
            signature[slot] = signature[slot].min(value);
        };
        for dozen in dozens {
            let thrown = throw(dozen, salt);
            let fills = |empty: &[u64; FEW]| {
                thrown
                    .iter()
                    .fold(false, |any, &thrown| empty.iter().fold(any, |any, &empty| any | (slot(thrown) == empty)))
            };
            if empty.as_ref().is_none_or(fills) {
                thrown.into_iter().for_each(&mut keep);
            }
        }
        throw(&last, salt).into_iter().take(rest.len()).for_each(keep);
        let needed = &signature[..needed];
        if !needed.contains(&u64::MAX) {
            return;
        }
        if !dozens.is_empty() && needed.iter().filter(|&&value| value == u64::MAX).count() <= FEW {
            let mut slots = (0..).zip(needed).filter(|(_, value)| **value == u64::MAX).map(|(slot, _)| slot);
            let first = slots.next().unwrap_or_default();
            empty = Some([first; FEW].map(|first| slots.next().unwrap_or(first)));
        }
    }
}

/// Throws one after the other.
fn throw_each(shingles: &[u64; LANES], salt: u64) -> [u64; LANES] {
    shingles.map(|shingle| hash::fold(shingle ^ salt, ROUND))
}

/// The same with products of 32 bits, which vectors have: [`hash::fold`] as it is learned at school.
#[inline(always)]
fn throw_by_halves(shingles: &[u64; LANES], salt: u64) -> [u64; LANES] {
    const LOW: u64 = 0xffff_ffff;
    let (low, high) = (ROUND & LOW, ROUND >> 32);
    let mut thrown = *shingles;
    for thrown in &mut thrown {
        let (x, y) = ((*thrown ^ salt) & LOW, (*thrown ^ salt) >> 32);
        let (least, inner, outer, most) = (x * low, y * low, x * high, y * high);
        let middle = (least >> 32) + (inner & LOW) + (outer & LOW);
        let upper = most + (inner >> 32) + (outer >> 32) + (middle >> 32);
        *thrown = (middle << 32 | least & LOW) ^ upper;
    }
    thrown
}

/// The share of slots in which two signatures of one length agree: an unbiased estimate of the Jaccard similarity of
/// the sets, with a variance of at most J·(1 − J)/k.
///
/// ```
/// use unspin::sketch::minhash::{sign, similarity};
/// let (mut a, mut b) = ([0; 1024], [0; 1024]);
/// sign(&(0..300).map(unspin::hash::mix).collect::<Vec<_>>(), &mut a);
/// sign(&(100..400).map(unspin::hash::mix).collect::<Vec<_>>(), &mut b);
/// assert!((similarity(&a, &b) - 0.5).abs() < 0.06);
/// ```
pub fn similarity(a: &[u64], b: &[u64]) -> f64 {
    let agree = a.iter().zip(b).filter(|(x, y)| x == y).count();
    agree as f64 / a.len().max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The method as it is told: every throw into the table, until no slot is empty.
    fn naive(shingles: &[u64], signature: &mut [u64]) {
        signature.fill(u64::MAX);
        let slots = signature.len() as u64;
        for round in 0..2 * slots {
            for &shingle in shingles {
                let thrown = hash::fold(shingle ^ hash::mix(ROUND.wrapping_add(round)), ROUND);
                let slot = if round < slots { ((thrown >> 32) * slots) >> 32 } else { round - slots };
                let value = round << 48 | (thrown & 0xffff_ffff) << 16 | 0xffff;
                signature[slot as usize] = signature[slot as usize].min(value);
            }
            if !signature.contains(&u64::MAX) {
                return;
            }
        }
    }

    proptest! {
        #[test]
        fn signing_agrees_with_the_naive_method(shingles in prop::collection::vec(any::<u64>(), 0..60), slots in 1_usize..140, needed in 0_usize..140) {
            let (mut expected, mut found, mut first) = (vec![0; slots], vec![0; slots], vec![0; slots]);
            let needed = needed.min(slots);
            naive(&shingles, &mut expected);
            sign(&shingles, &mut found);
            sign_first(&shingles, &mut first, needed);
            prop_assert_eq!(&found, &expected);
            prop_assert_eq!(&first[..needed], &expected[..needed]);
            sign_with(&shingles, &mut found, slots, throw_each);
            prop_assert_eq!(&found, &expected);
        }

        #[test]
        fn halves_give_the_whole_product(shingles in any::<[u64; LANES]>(), salt in any::<u64>()) {
            prop_assert_eq!(throw_by_halves(&shingles, salt), throw_each(&shingles, salt));
        }
    }
}
