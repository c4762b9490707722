//! The keys of the spin-stable view: what a copy keeps of its original even where most words are changed.
//!
//! * **Phrases.** Runs of three tokens. Spinners change one word in three or four, so some stay whole; excerpts keep
//!   all of theirs.
//! * **Facts.** Neighbours, and neighbours but one, in the sequence of figures, names and rare words: what spinners
//!   leave alone, in an order that they keep.
//!
//! Boilerplate posts none.
//!
//! Of both only a sample is posted, chosen by the key's own hash so that two articles choose alike: the scaled MinHash
//! of Irber et al., "Lightweight compositional analysis of metagenomes with FracMinHash and minimum metagenome covers"
//! (2022). The sample thins out as articles grow, down to a floor that leaves keys to a short passage in a long host.

use crate::article::Tokens;
use crate::hash;
use crate::lexicon::vocabulary::Vocabulary;
use crate::text::shingle;

/// Tokens in a phrase.
const PHRASE: usize = 3;

/// Articles of up to this many tokens post every key.
const WHOLE: f64 = 120.0;

/// The share of the phrases that an article of any length posts.
const PHRASES: f64 = 1.0 / 16.0;

/// The share of the facts.
const FACTS: f64 = 1.0 / 3.0;

/// Hands every spin-stable key of an article to `each`; the same key may come more than once. Tells the length that they
/// were made of: how many tokens are the article's own.
pub(crate) fn keys(tokens: &Tokens, vocabulary: &Vocabulary, mut each: impl FnMut(u64)) -> usize {
    let bare = vocabulary.bare(tokens);
    let tokens = bare.as_ref().unwrap_or(tokens);
    let length = tokens.len();
    let hashes = tokens.hashes();
    if length >= PHRASE {
        let bound = bound(length, PHRASES);
        shingle::each(hashes, PHRASE, |phrase| post(hash::combine(1, phrase), bound, &mut each));
    }
    let bound = bound(length, FACTS);
    let facts = vocabulary.keys(hashes);
    // Which of the pairs belong to the sample nobody can guess: all are written, each over the last if that does not.
    let mut pairs = vec![0; 2 * facts.len()];
    let mut count = 0;
    for (at, &fact) in facts.iter().enumerate() {
        for &earlier in &facts[at.saturating_sub(2)..at] {
            let pair = hash::combine(u64::from(earlier) << 32 | u64::from(fact), 2);
            pairs[count] = pair;
            count += usize::from(earlier != fact) & usize::from(pair <= bound);
        }
    }
    pairs[..count].iter().for_each(|&pair| each(hash::mix(pair)));
    length
}

/// Posts a key if it belongs to the sample. What is posted is the hash mixed again: all keys that pass are small.
fn post(key: u64, bound: u64, each: &mut impl FnMut(u64)) {
    if key <= bound {
        each(hash::mix(key));
    }
}

/// The largest hash that an article of this length posts.
fn bound(length: usize, floor: f64) -> u64 {
    (share(length, floor) * u64::MAX as f64) as u64
}

fn share(length: usize, floor: f64) -> f64 {
    (WHOLE / length as f64).powi(2).clamp(floor, 1.0)
}

/// How many keys two articles of these lengths, as [`keys`] tells them, must share to be worth a look.
pub(crate) fn votes_needed(a: usize, b: usize) -> u32 {
    (a.min(b) as u32 / 80).clamp(2, 6)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::tokenise;
    use proptest::prelude::*;

    /// The keys of a text, each once, and the length that they were made of.
    fn keys_of(text: &str) -> (Vec<u64>, usize) {
        let mut all = Vec::new();
        let length = keys(&tokenise(text).tokens, &Vocabulary::default(), |key| all.push(key));
        all.sort_unstable();
        all.dedup();
        (all, length)
    }

    proptest! {
        #[test]
        fn facts_are_paired_with_the_two_before(words in prop::collection::vec(0_u32..30, 0..300)) {
            let mut naive = Vec::new();
            let most = bound(words.len(), FACTS);
            for (at, &fact) in words.iter().enumerate() {
                for &earlier in &words[at.saturating_sub(2)..at] {
                    let pair = hash::combine(u64::from(earlier) << 32 | u64::from(fact), 2);
                    if earlier != fact && pair <= most {
                        naive.push(hash::mix(pair));
                    }
                }
            }
            let mut phrases = Vec::new();
            if words.len() >= PHRASE {
                let most = bound(words.len(), PHRASES);
                shingle::each(&words, PHRASE, |phrase| post(hash::combine(1, phrase), most, &mut |key| phrases.push(key)));
            }
            // To an empty vocabulary all words are keys.
            let (mut all, flags) = (Vec::new(), vec![0; words.len()]);
            keys(&Tokens::new(words, flags), &Vocabulary::default(), |key| all.push(key));
            prop_assert_eq!(&all[..phrases.len()], phrases);
            prop_assert_eq!(&all[all.len() - naive.len()..], naive);
        }
    }

    #[test]
    fn the_length_is_that_of_the_words_that_post_keys() {
        let report = "Rain fell on Torrin for nine days before the Ardle rose. ".to_owned();
        let promotion = "Sign up to the morning letter of the Courier. ";
        let once = keys_of(&format!("{report}{promotion}"));
        assert_eq!(once.1, 20);
        assert!(!once.0.is_empty());
        assert_eq!(keys_of(&format!("{report}{}", promotion.repeat(40))), once);
    }
}
