//! Sentences: which of one article's have a counterpart in the other, wherever it stands?
//!
//! Articles on one event share names and figures all over; a copy shares them sentence by sentence, whatever was moved,
//! split, merged or reworded in between.

use std::ops::Range;

use crate::article::{Tokens, flag};
use crate::hash;
use crate::lexicon::vocabulary::{FUNCTION, Vocabulary, Word};
use crate::verify::align::longest_ascending;

/// A longer sentence is cut: scans and wires without full stops are judged by stretches of this many words.
const LONGEST: usize = 32;

/// A shorter one says too little, and joins the one before it.
const SHORTEST: usize = 6;

/// A sentence has a counterpart where this share of its stems, by weight, stands in one place of the other article.
const COUNTERPART: f64 = 0.5;

/// From this share on, where it stands tells something.
const FAINT: f64 = 0.25;

/// Two articles with more pairs of sentences than this are not compared by them: some hundred thousand words each.
const MOST: usize = 1 << 22;

/// The stems of an article's sentences.
#[derive(Debug, Clone)]
pub(crate) struct Sentences {
    /// Each stem once a sentence, with the sentence's number and the stem's weight, ascending.
    stems: Vec<(u32, u32, f32)>,
    /// The weight of each sentence: the sum of its stems'.
    weights: Vec<f64>,
    /// Of each sentence the words that a rewriter may exchange, each stem once: no names, no figures, and none of those
    /// that every sentence is made of.
    content: Vec<Vec<Word>>,
}

impl Sentences {
    pub(crate) fn new(tokens: &Tokens, vocabulary: &Vocabulary) -> Self {
        let starts = starts(tokens);
        let mut stems: Vec<(u64, u32)> = Vec::with_capacity(tokens.len());
        let mut content = Vec::with_capacity(starts.len());
        for (number, range) in (0..).zip(starts.windows(2)) {
            let mut exchangeable: Vec<Word> = Vec::with_capacity(LONGEST);
            for at in range[0]..range[1] {
                let word = vocabulary.word(tokens.hashes()[at]);
                // Of numbers that are not negative the bits are in the order of the numbers.
                stems.push((u64::from(word.stem) << 32 | number, word.weight.abs().to_bits()));
                let fixed = word.name || tokens.flags()[at] & flag::NUMBER != 0 || word.weight < FUNCTION;
                if !fixed && exchangeable.iter().all(|other| other.stem != word.stem) {
                    exchangeable.push(word);
                }
            }
            content.push(exchangeable);
        }
        hash::sort_by(&mut stems, |(stem, _)| stem);
        stems.dedup_by_key(|(stem, _)| *stem);
        let stem = |(stem, weight): (u64, u32)| ((stem >> 32) as u32, stem as u32, f32::from_bits(weight));
        let stems: Vec<(u32, u32, f32)> = stems.into_iter().map(stem).collect();
        let mut weights = vec![0.0; starts.len() - 1];
        for &(_, number, weight) in &stems {
            weights[number as usize] += f64::from(weight);
        }
        Self { stems, weights, content }
    }

    /// Of every sentence its weight, and whether it has a counterpart in another article.
    pub(crate) fn with_counterparts(&self, other: &Self) -> Vec<(f64, bool)> {
        let (rows, columns) = (self.weights.len(), other.weights.len());
        if rows * columns > MOST {
            return Vec::new();
        }
        let shared = shared(self, other);
        counterparts(self, &shared, columns).map(|one| (one.weight, one.share >= COUNTERPART)).collect()
    }
}

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
    /// The share of the sentences that are each other's counterparts, and whose neighbours before or after are too.
    pub(crate) paired: f64,
    /// Words of sentences with a counterpart, faint ones too, that the counterpart does not have.
    pub(crate) exchanged: usize,
    /// Those of them that have a synonym in the counterpart.
    pub(crate) stand_ins: usize,
}

impl Held {
    /// Of a shorter article and a longer.
    pub(crate) fn of(shorter: &Sentences, longer: &Sentences, vocabulary: &Vocabulary) -> Self {
        let (rows, columns) = (shorter.weights.len(), longer.weights.len());
        let total: f64 = shorter.weights.iter().sum();
        if total == 0.0 || rows * columns > MOST {
            return Self::default();
        }
        let shared = shared(shorter, longer);
        let mut found: Vec<Counterpart> = counterparts(shorter, &shared, columns).collect();
        let back: Vec<Counterpart> = (0..columns)
            .map(|column| {
                Counterpart::best(longer.weights[column], (0..rows).map(|row| shared[row * columns + column]))
            })
            .collect();

        let places: Vec<(usize, usize)> =
            found.iter().enumerate().filter(|(_, s)| s.share >= FAINT).map(|(number, s)| (number, s.place)).collect();
        let ordered = longest_ascending(&places);
        let in_order: f64 = ordered.iter().map(|&(number, _)| found[number].weight).sum();
        let kept: f64 = found.iter().filter(|s| s.share >= COUNTERPART).map(|s| s.weight).sum();
        let mean = mean(&found);
        let mutual = |&(row, column): &(usize, usize)| back[column].place == row;
        let mutual: Vec<(usize, usize)> = places.iter().copied().filter(mutual).collect();
        let paired: f64 = neighbours(&mutual).map(|(row, _)| found[row].weight).sum();
        let (mut exchanged, mut stand_ins) = (0, 0);
        for &(row, column) in &places {
            let (of, among) = self::stand_ins(&shorter.content[row], &longer.content[column], vocabulary);
            stand_ins += of;
            exchanged += among;
        }
        found.sort_unstable_by(|x, y| x.share.total_cmp(&y.share));
        let third = &found[..found.len().div_ceil(3)];
        Self {
            mean,
            mean_longer: self::mean(&back),
            kept: kept / total,
            weakest: third.iter().map(|s| s.share).sum::<f64>() / third.len() as f64,
            in_order: in_order / total,
            ordered: ordered.len(),
            paired: paired / total,
            exchanged,
            stand_ins,
        }
    }
}

/// The weight of the stems that each sentence of `a` shares with each of `b`, row by row.
fn shared(a: &Sentences, b: &Sentences) -> Vec<f64> {
    let columns = b.weights.len();
    let mut shared = vec![0.0; a.weights.len() * columns];
    let mut rest = b.stems.as_slice();
    for of_a in a.stems.chunk_by(|x, y| x.0 == y.0) {
        let stem = of_a[0].0;
        rest = &rest[rest.iter().take_while(|place| place.0 < stem).count()..];
        let of_b = &rest[..rest.iter().take_while(|place| place.0 == stem).count()];
        for &(_, row, weight) in of_a {
            for &(_, column, other) in of_b {
                shared[row as usize * columns + column as usize] += f64::from(weight.min(other));
            }
        }
    }
    shared
}

/// The counterpart of each sentence, by the weights that it [`shared`] with so many of the other article's.
fn counterparts(of: &Sentences, shared: &[f64], columns: usize) -> impl Iterator<Item = Counterpart> {
    let held = move |row: usize| shared[row * columns..][..columns].iter().copied();
    of.weights.iter().enumerate().map(move |(row, &weight)| Counterpart::best(weight, held(row)))
}

/// Those of the ascending places whose neighbour before or after is the next place in both articles.
fn neighbours(places: &[(usize, usize)]) -> impl Iterator<Item = (usize, usize)> + '_ {
    let follows = |x: Option<&(usize, usize)>, y: Option<&(usize, usize)>| matches!((x, y), (Some(x), Some(y)) if (x.0 + 1, x.1 + 1) == *y);
    let before = move |at: usize| at > 0 && follows(places.get(at - 1), places.get(at));
    (0..places.len()).filter(move |&at| before(at) || before(at + 1)).map(|at| places[at])
}

/// How many words of a sentence have a synonym among those of its counterpart, each taken once, and of how many that
/// could have one: the words of either that the other does not have, whichever are fewer.
fn stand_ins(a: &[Word], b: &[Word], vocabulary: &Vocabulary) -> (usize, usize) {
    let without = |words: &[Word], others: &[Word]| -> Vec<Word> {
        words.iter().filter(|word| others.iter().all(|other| other.stem != word.stem)).copied().collect()
    };
    let (left, mut right) = (without(a, b), without(b, a));
    let among = left.len().min(right.len());
    let mut found = 0;
    for word in left {
        if let Some(at) = right.iter().position(|other| vocabulary.related(&word, other)) {
            right.swap_remove(at);
            found += 1;
        }
    }
    (found, among)
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

impl Counterpart {
    /// The first place that holds the most of a sentence of this weight.
    fn best(weight: f64, held: impl Iterator<Item = f64>) -> Self {
        let (place, most) = held.enumerate().fold((0, 0.0), |best, one| if one.1 > best.1 { one } else { best });
        Self { share: most / f64::max(weight, f64::EPSILON), weight, place }
    }
}

fn mean(found: &[Counterpart]) -> f64 {
    let (held, total) = found.iter().fold((0.0, 0.0), |(held, total), s| (held + s.share * s.weight, total + s.weight));
    held / f64::max(total, f64::EPSILON)
}

/// The words of an article's first sentence.
pub(crate) fn first(tokens: &Tokens) -> Range<usize> {
    let end = tokens.flags().iter().enumerate().find(|&(at, &flags)| ends_before(flags, at));
    0..end.map_or(tokens.len(), |(at, _)| at)
}

/// Articles of fewer words than this may be notices, of which every sentence may be the news.
pub(crate) const NOTICE: usize = 100;

/// The words between an article's first sentence and its last, or all of a notice: in those two stand the dates, the hours
/// and the counters of a page.
pub(crate) fn inner(tokens: &Tokens) -> Range<usize> {
    let whole = 0..tokens.len();
    if tokens.len() < NOTICE {
        return whole;
    }
    match starts(tokens)[..] {
        [_, first, _, .., last, _] => first..last,
        _ => whole,
    }
}

/// Whether a sentence of so many words ends before a word with these flags.
fn ends_before(flags: u8, length: usize) -> bool {
    (flags & flag::SENTENCE != 0 && length >= SHORTEST) || length >= LONGEST
}

/// Where each sentence starts, and the end.
fn starts(tokens: &Tokens) -> Vec<usize> {
    let mut starts = vec![0];
    for (at, &flags) in tokens.flags().iter().enumerate() {
        if ends_before(flags, at - starts[starts.len() - 1]) {
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
        Held::of(&Sentences::new(&a, &vocabulary), &Sentences::new(&b, &vocabulary), &vocabulary)
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
    }

    #[test]
    fn sentences_that_the_other_has_too_have_a_counterpart_there() {
        let other = "Nobody had asked the bakers of the old town what they thought. From Monday the harbour bridge will be \
                     closed for eleven nights.";
        let (a, b) = (tokenise(FIRST).tokens, tokenise(other).tokens);
        let vocabulary = Vocabulary::learn(&[&a, &b], &Words::default());
        let [a, b] = [a, b].map(|tokens| Sentences::new(&tokens, &vocabulary));
        let counterparts = |a: &Sentences, b| a.with_counterparts(b).iter().map(|one| one.1).collect::<Vec<_>>();
        assert_eq!(counterparts(&a, &b), [true, false, false]);
        assert_eq!(counterparts(&b, &a), [false, true]);
    }

    #[test]
    fn articles_without_words_hold_nothing() {
        assert_eq!(held("", FIRST), Held::default());
    }
}
