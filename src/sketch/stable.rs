//! The keys of the spin-stable view: what a copy keeps of its original even where most of the article is changed.
//!
//! Here: a sample of short shingles, kept when their hash falls in a share that both articles agree on (the scaled
//! MinHash of Irber et al., "Lightweight compositional analysis of metagenomes with FracMinHash and minimum
//! metagenome covers", 2022). The number of shared keys estimates the overlap whatever the lengths, so an excerpt in a
//! host of many times its length is found, which bands tuned to a Jaccard threshold never do.

use crate::hash;
use crate::text::shingle;

/// Tokens in a sampled shingle: short, so that single changed words leave many whole.
const WIDTH: usize = 3;

/// Articles of up to this many tokens post every key; each doubling from there halves the share that is kept.
const WHOLE: usize = 96;

/// The share never falls under 1 in 2⁴, so that a passage of 100 words leaves keys in a host of any length.
const SPARSEST: u32 = 4;

/// Hands every spin-stable key of an article to `each`; the same key may come more than once.
///
/// ```
/// let tokens: Vec<u32> = (0..500).collect();
/// let mut count = 0;
/// unspin::sketch::stable::keys(&tokens, |_key| count += 1);
/// assert!((40..90).contains(&count), "{count}");
/// ```
pub fn keys(tokens: &[u32], mut each: impl FnMut(u64)) {
    if tokens.len() < WIDTH {
        return;
    }
    let sparse = sparseness(tokens.len());
    shingle::each(tokens, WIDTH, |hash| {
        // The key is the hash mixed again: all keys that pass share their top bits.
        if hash.leading_zeros() >= sparse {
            each(hash::mix(hash));
        }
    });
}

/// An article of this many tokens keeps one shingle in two to the power of this.
fn sparseness(tokens: usize) -> u32 {
    (tokens / WHOLE).checked_ilog2().map_or(0, |doublings| doublings + 1).min(SPARSEST)
}

/// How many keys two articles of these lengths must share to be worth a look: a quarter of what an excerpt that is
/// half contained would share on average, and at least two.
pub(crate) fn votes_needed(a: usize, b: usize) -> u32 {
    let kept = a.min(b) >> sparseness(a.max(b));
    (kept as u32 / 8).clamp(2, 4)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_nest_from_one_length_to_the_next() {
        let tokens: Vec<u32> = (0..5000_u32).map(|n| hash::mix(u64::from(n)) as u32).collect();
        let of = |length: usize| {
            let mut found = Vec::new();
            keys(&tokens[..length], |key| found.push(key));
            found
        };
        let (short, long) = (of(90), of(5000));
        assert_eq!(short.len(), 90 - WIDTH + 1);
        let kept: Vec<_> = of(5000).into_iter().filter(|key| short.contains(key)).collect();
        assert!(!kept.is_empty());
        assert!(kept.iter().all(|key| long.contains(key)));
        assert!((250..380).contains(&long.len()), "{}", long.len());
    }

    #[test]
    fn the_number_of_keys_follows_the_length() {
        assert_eq!(sparseness(95), 0);
        assert_eq!(sparseness(96), 1);
        assert_eq!(sparseness(500), 3);
        assert_eq!(sparseness(1_000_000), SPARSEST);
    }
}
