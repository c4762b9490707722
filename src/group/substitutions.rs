//! What copies say instead of their originals' words: a spinner's dictionary, recovered from a corpus.
//!
//! Every place where a confirmed copy has other words than its original, between words that it kept, is a sighting.
//! Figures and names are facts and not words, so places that hold one are left out. Of a longer place the words at its
//! ends that are known already are taken off: what stays is a phrase. A pair of words or phrases is believed if
//!
//! * the thesaurus relates the two; or
//! * it was seen in several groups, which do not copy from each other, and oftener than two sides that have nothing to
//!   do with each other would meet: Dunning's test ("Accurate methods for the statistics of surprise and coincidence",
//!   1993) at one in a thousand. The commonest words of a language are never believed for this: of those any stands in
//!   the place of any other in reworded texts; or
//! * it is a word for a word in a copy most of whose other words are believed: who replaced those, replaced this one.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use rayon::prelude::*;

use crate::article::{Tokens, flag};
use crate::lexicon::learned::Learned;
use crate::lexicon::spellings::Words;
use crate::lexicon::thesaurus::Thesaurus;
use crate::lexicon::vocabulary::{FUNCTION, Vocabulary};
use crate::text::tokenise::token;
use crate::verify::align::{Alignment, Site};

/// The most words on a side of a place that is looked at.
const PLACE: usize = 8;

/// The most words on a side of a pair that is learned.
const PHRASE: usize = 4;

/// The quantile of χ² with one degree of freedom at one in a thousand.
const SURPRISE: f64 = 10.83;

/// Words that are facts like figures, though they are none.
const MAGNITUDES: [&str; 5] = ["hundred", "thousand", "million", "billion", "trillion"];

/// A copy vouches for its other pairs if so many of its sightings are believed …
const VOUCHES: usize = 8;

/// … and they are this share of all.
const VOUCHED: f64 = 0.8;

/// In English about a seventh of the words inside sentences have capitals, in German, which writes all nouns so, about
/// a third: where more than this share do, a capital makes no name.
const CAPITALS: f64 = 0.22;

/// A copy and what it was made from.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Copied<'a> {
    pub(crate) original: &'a Tokens,
    pub(crate) copy: &'a Tokens,
    /// Copies of one group are no independent witnesses.
    pub(crate) group: u32,
}

type Phrase = Box<[u32]>;

/// One place where a copy has other words than its original.
struct Sighting {
    /// The number of the copy.
    copy: usize,
    group: u32,
    sides: (Phrase, Phrase),
}

impl Sighting {
    fn sides(&self) -> (&[u32], &[u32]) {
        (&self.sides.0, &self.sides.1)
    }

    /// Whether a single word stands for a single word.
    fn is_words(&self) -> bool {
        self.sides.0.len() == 1 && self.sides.1.len() == 1
    }
}

/// What was counted of one pair, in one direction.
#[derive(Default)]
struct Tally {
    count: usize,
    groups: HashSet<u32>,
    believed: bool,
}

type Tallies<'s> = HashMap<(&'s [u32], &'s [u32]), Tally>;

/// Learns the pairs that the copies show, the best supported first. A pair needs sightings in `needed` groups, unless
/// it is believed for another reason.
pub(crate) fn learn(copies: &[Copied<'_>], needed: usize, words: &Words, vocabulary: &Vocabulary) -> Vec<Learned> {
    let english = Thesaurus::english();
    let spelled =
        |phrase: &[u32]| -> Vec<&str> { phrase.iter().map(|&token| words.get(token).unwrap_or_default()).collect() };
    let related = |a: &[u32], b: &[u32]| english.phrase_related(&spelled(a), &spelled(b));
    let mut sightings: Vec<Sighting> = (copies.par_iter().enumerate())
        .flat_map_iter(|(number, copied)| sightings(number, copied, vocabulary))
        .collect();

    let singles = sightings.iter().filter(|seen| seen.is_words());
    let believed = tally(singles, needed, vocabulary, related).into_iter().filter(|(_, tally)| tally.believed);
    let known: HashSet<(u32, u32)> = believed.map(|((a, b), _)| (a[0], b[0])).collect();
    let is_known = |a: u32, b: u32| known.contains(&(a, b)) || known.contains(&(b, a)) || related(&[a], &[b]);
    for seen in &mut sightings {
        trim(&mut seen.sides, is_known);
    }
    sightings.retain(|seen| seen.sides.0.len().max(seen.sides.1.len()) <= PHRASE);

    let tallies = tally(sightings.iter(), needed, vocabulary, related);
    let mut learned: Vec<Learned> = tallies
        .iter()
        .filter_map(|(&(original, copy), tally)| {
            let reverse = tallies.get(&(copy, original));
            let reversed = reverse.map_or(0, |reverse| reverse.count);
            // Both directions are told in the line of the commoner one.
            let told = (tally.count, original) > (reversed, copy);
            let believed = tally.believed || reverse.is_some_and(|reverse| reverse.believed);
            let support = reverse.map_or(tally.groups.len(), |reverse| tally.groups.union(&reverse.groups).count());
            let text = |phrase| spelled(phrase).join(" ");
            let pair = || Learned { original: text(original), copy: text(copy), count: tally.count, support, reversed };
            (told && believed).then(pair)
        })
        .collect();
    learned.sort_unstable_by(|x, y| {
        let most = (y.support, y.count).cmp(&(x.support, x.count));
        most.then_with(|| (&x.original, &x.copy).cmp(&(&y.original, &y.copy)))
    });
    learned
}

/// The places of a copy that have other words and no facts.
fn sightings(number: usize, copied: &Copied<'_>, vocabulary: &Vocabulary) -> Vec<Sighting> {
    let &Copied { original, copy, group } = copied;
    let magnitudes = MAGNITUDES.map(token);
    let capitals_tell = capitals(original) <= CAPITALS && capitals(copy) <= CAPITALS;
    let is_fact = |tokens: &Tokens, at: usize| {
        let word = tokens.hashes()[at];
        tokens.flags()[at] & flag::NUMBER != 0
            || magnitudes.contains(&word)
            || (capitals_tell && vocabulary.word(word).name)
    };
    let phrase = |tokens: &Tokens, range: Range<usize>| -> Option<Phrase> {
        let plain = range.len() <= PLACE && !range.clone().any(|at| is_fact(tokens, at));
        plain.then(|| tokens.hashes()[range].into())
    };
    let sighting = |site: Site| {
        let sides = (phrase(original, site.a)?, phrase(copy, site.b)?);
        Some(Sighting { copy: number, group, sides })
    };
    Alignment::of(original.hashes(), copy.hashes()).firm_sites().filter_map(sighting).collect()
}

/// The share of the words inside sentences that have capitals.
fn capitals(tokens: &Tokens) -> f64 {
    let inside = tokens.flags().iter().filter(|&&flags| flags & flag::SENTENCE == 0);
    let capitals = inside.clone().filter(|&&flags| flags & flag::CAPITAL != 0).count();
    capitals as f64 / inside.count().max(1) as f64
}

/// Takes known pairs of words off both ends, as long as words are left on both sides or on neither.
fn trim((a, b): &mut (Phrase, Phrase), is_known: impl Fn(u32, u32) -> bool) {
    let (mut x, mut y) = (&a[..], &b[..]);
    while let (&[p, ref rest_x @ ..], &[q, ref rest_y @ ..]) = (x, y)
        && !rest_x.is_empty()
        && !rest_y.is_empty()
        && is_known(p, q)
    {
        (x, y) = (rest_x, rest_y);
    }
    while let (&[ref rest_x @ .., p], &[ref rest_y @ .., q]) = (x, y)
        && !rest_x.is_empty()
        && !rest_y.is_empty()
        && is_known(p, q)
    {
        (x, y) = (rest_x, rest_y);
    }
    let shorter = (x.into(), y.into());
    (*a, *b) = shorter;
}

/// Counts the pairs, and decides which are believed.
fn tally<'s>(
    sightings: impl Iterator<Item = &'s Sighting> + Clone,
    needed: usize,
    vocabulary: &Vocabulary,
    related: impl Fn(&[u32], &[u32]) -> bool,
) -> Tallies<'s> {
    let mut tallies = Tallies::new();
    let mut originals: HashMap<&[u32], usize> = HashMap::new();
    let mut copies: HashMap<&[u32], usize> = HashMap::new();
    let mut total = 0;
    for seen in sightings.clone() {
        let (original, copy) = seen.sides();
        let tally = tallies.entry((original, copy)).or_default();
        tally.count += 1;
        tally.groups.insert(seen.group);
        *originals.entry(original).or_default() += 1;
        *copies.entry(copy).or_default() += 1;
        total += 1;
    }
    for (&(original, copy), tally) in &mut tallies {
        let met = || surprise(tally.count, originals[original], copies[copy], total) >= SURPRISE;
        let common = || [original, copy].into_iter().flatten().all(|&word| vocabulary.word(word).weight < FUNCTION);
        tally.believed = (tally.groups.len() >= needed && met() && !common()) || related(original, copy);
    }
    let mut believed_of: HashMap<usize, (usize, usize)> = HashMap::new();
    for seen in sightings.clone() {
        let (believed, all) = believed_of.entry(seen.copy).or_default();
        *believed += usize::from(tallies[&seen.sides()].believed);
        *all += 1;
    }
    let vouches = |(believed, all): (usize, usize)| believed >= VOUCHES && believed as f64 >= VOUCHED * all as f64;
    for seen in sightings.filter(|seen| seen.is_words() && vouches(believed_of[&seen.copy])) {
        tallies.entry(seen.sides()).or_default().believed = true;
    }
    tallies
}

/// Dunning's log-likelihood ratio of two sides that met `both` times, of `first` and `second` sightings of each among
/// `total`; 0 where they met less often than strangers would.
fn surprise(both: usize, first: usize, second: usize, total: usize) -> f64 {
    let (rows, columns) = ([first, total - first], [second, total - second]);
    let cells = [[both, first - both], [second - both, total + both - first - second]];
    let expected = |row: usize, column: usize| rows[row] as f64 * columns[column] as f64 / total as f64;
    if (both as f64) < expected(0, 0) {
        return 0.0;
    }
    let cell = |row: usize, column: usize| match cells[row][column] {
        0 => 0.0,
        count => count as f64 * (count as f64 / expected(row, column)).ln(),
    };
    2.0 * (cell(0, 0) + cell(0, 1) + cell(1, 0) + cell(1, 1))
}
