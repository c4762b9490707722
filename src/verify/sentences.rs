//! Sentences: which of one article's have a counterpart in the other, wherever it stands?
//!
//! Articles on one event share names and figures all over; a copy shares them sentence by sentence, whatever was moved,
//! split, merged or reworded in between.

use std::collections::HashMap;

use crate::article::{Tokens, flag};
use crate::hash::TokenHasher;
use crate::lexicon::vocabulary::Vocabulary;
use crate::verify::align::longest_ascending;

/// A longer sentence is cut: scans and wires without full stops are judged by stretches of this many words.
const LONGEST: usize = 32;

/// A shorter one says too little, and joins the one before it.
const SHORTEST: usize = 6;

/// A sentence has a counterpart where this share of its stems, by weight, stands in one place of the other article.
const COUNTERPART: f64 = 0.5;

/// From this share on, where it stands tells something.
const FAINT: f64 = 0.25;

/// How the sentences of two articles correspond. Shares are by the weight of the stems.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Held {
    /// The mean share of a sentence of the shorter article that stands in one place of the longer.
    pub(crate) mean: f64,
    /// The same of the longer article's sentences in the shorter.
    pub(crate) mean_longer: f64,
    /// The share of the shorter article's sentences that have a counterpart.
    pub(crate) kept: f64,
    /// The mean share of the third of the sentences of which the least is held: what is of another source.
    pub(crate) weakest: f64,
    /// The share of the sentences whose counterparts, faint ones too, come in the same order.
    pub(crate) in_order: f64,
    /// How many sentences those are.
    pub(crate) ordered: usize,
}

impl Held {
    /// Of two articles in either order.
    pub(crate) fn of(a: &Tokens, b: &Tokens, vocabulary: &Vocabulary) -> Self {
        let (shorter, longer) = if a.len() <= b.len() { (a, b) } else { (b, a) };
        let mut found = counterparts(shorter, longer, vocabulary);
        let (total, kept) = found.iter().fold((0.0, 0.0), |(total, kept), sentence| {
            (total + sentence.weight, kept + if sentence.share >= COUNTERPART { sentence.weight } else { 0.0 })
        });
        if total == 0.0 {
            return Self::default();
        }
        let places: Vec<(usize, usize)> =
            found.iter().enumerate().filter(|(_, s)| s.share >= FAINT).map(|(number, s)| (number, s.place)).collect();
        let ordered = longest_ascending(&places);
        let in_order: f64 = ordered.iter().map(|&(number, _)| found[number].weight).sum();
        let mean_of = |found: &[Counterpart]| {
            let (held, total) =
                found.iter().fold((0.0, 0.0), |(held, total), s| (held + s.share * s.weight, total + s.weight));
            held / f64::max(total, f64::EPSILON)
        };
        let mean = mean_of(&found);
        found.sort_unstable_by(|x, y| x.share.total_cmp(&y.share));
        let third = &found[..found.len().div_ceil(3)];
        Self {
            mean,
            mean_longer: mean_of(&counterparts(longer, shorter, vocabulary)),
            kept: kept / total,
            weakest: third.iter().map(|s| s.share).sum::<f64>() / third.len() as f64,
            in_order: in_order / total,
            ordered: ordered.len(),
        }
    }
}

/// What one place of another article holds of a sentence.
#[derive(Debug, Clone, Copy)]
struct Counterpart {
    /// The share of its stems, by weight.
    share: f64,
    /// The weight of all its stems.
    weight: f64,
    /// The number of the other's sentence.
    place: usize,
}

/// For each sentence of `a` the sentence of `b` that holds most of it.
fn counterparts(a: &Tokens, b: &Tokens, vocabulary: &Vocabulary) -> Vec<Counterpart> {
    let ends = starts(b);
    let mut places: HashMap<u32, Vec<u32>, TokenHasher> = HashMap::default();
    for (number, range) in ends.windows(2).enumerate() {
        for &token in &b.hashes()[range[0]..range[1]] {
            let of = places.entry(vocabulary.word(token).stem).or_default();
            if of.last() != Some(&(number as u32)) {
                of.push(number as u32);
            }
        }
    }
    let mut held = vec![0.0_f64; ends.len()];
    let mut touched: Vec<usize> = Vec::new();
    starts(a)
        .windows(2)
        .map(|range| {
            let mut stems: Vec<(u32, f32)> = a.hashes()[range[0]..range[1]]
                .iter()
                .map(|&token| vocabulary.word(token))
                .map(|word| (word.stem, word.weight))
                .collect();
            stems.sort_unstable_by(|x, y| x.0.cmp(&y.0).then(x.1.total_cmp(&y.1)));
            stems.dedup_by_key(|stem| stem.0);
            let mut weight = 0.0;
            for (stem, of) in stems {
                weight += f64::from(of);
                for &place in places.get(&stem).into_iter().flatten() {
                    held[place as usize] += f64::from(of);
                    touched.push(place as usize);
                }
            }
            touched.sort_unstable();
            touched.dedup();
            let (mut most, mut place) = (0.0, 0);
            for at in touched.drain(..) {
                let here = std::mem::take(&mut held[at]);
                if here > most {
                    (most, place) = (here, at);
                }
            }
            Counterpart { share: most / f64::max(weight, f64::EPSILON), weight, place }
        })
        .collect()
}

/// Where each sentence starts, and the end.
fn starts(tokens: &Tokens) -> Vec<usize> {
    let mut starts = vec![0];
    for (at, &flags) in tokens.flags().iter().enumerate() {
        let length = at - starts[starts.len() - 1];
        if (flags & flag::SENTENCE != 0 && length >= SHORTEST) || length >= LONGEST {
            starts.push(at);
        }
    }
    starts.push(tokens.len());
    starts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lexicon::spellings::Words;
    use crate::text::tokenise;

    const FIRST: &str = "The harbour bridge will close for eleven nights from Monday. Engineers must replace its worn \
                         bearings before winter. Ferries will run until two in the morning at half the usual fare.";

    fn held(a: &str, b: &str) -> Held {
        let (a, b) = (tokenise(a).tokens, tokenise(b).tokens);
        let vocabulary = Vocabulary::learn(&[&a, &b], &Words::default());
        Held::of(&a, &b, &vocabulary)
    }

    #[test]
    fn a_text_holds_itself_in_order() {
        let all = held(FIRST, FIRST);
        assert!(all.mean > 0.999 && all.mean_longer > 0.999 && all.kept > 0.999 && all.in_order > 0.999, "{all:?}");
        assert_eq!(all.ordered, 3);
    }

    #[test]
    fn shuffled_sentences_are_held_but_not_in_order() {
        let shuffled = "Ferries will run until two in the morning at half the usual fare. Engineers must replace its worn \
                        bearings before winter. The harbour bridge will close for eleven nights from Monday.";
        let moved = held(FIRST, shuffled);
        assert!(moved.kept > 0.999, "{moved:?}");
        assert_eq!(moved.ordered, 1);
    }

    #[test]
    fn what_was_added_weighs_on_the_longer_only() {
        let longer = format!("{FIRST} Nobody had asked the bakers of the old town what they thought of any of this.");
        let more = held(FIRST, &longer);
        assert!(more.mean > 0.999 && more.mean_longer < 0.9, "{more:?}");
        assert_eq!(held(FIRST, &longer), held(&longer, FIRST));
    }

    #[test]
    fn articles_without_words_hold_nothing() {
        assert_eq!(held("", FIRST), Held::default());
    }
}
