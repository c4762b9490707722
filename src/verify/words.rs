//! The words of two articles, whatever their order: what of them both have.

use crate::article::{Tokens, flag};
use crate::hash;
use crate::lexicon::vocabulary::{FUNCTION, Vocabulary, Word};
use crate::verify::align::longest_ascending;
use crate::verify::evidence::Evidence;

/// Words with less information than this are of no one story.
const PLAIN: f32 = 3.5;

/// The kinds of words that are counted apart, each a bit of its own.
mod kind {
    /// They make sentences.
    pub(super) const FUNCTION: usize = 0;
    /// They are of no one story.
    pub(super) const PLAIN: usize = 1;
    pub(super) const NAME: usize = 2;
    /// Figures, names and rare words.
    pub(super) const KEY: usize = 3;
}

/// How many words of each kind.
type Counts = [u32; 4];

/// What each set of kinds adds to the counts.
static EACH: [Counts; 16] = {
    let mut each = [[0; 4]; 16];
    let mut kinds = 0;
    while kinds < 16 {
        let mut kind = 0;
        while kind < 4 {
            each[kinds][kind] = (kinds >> kind & 1) as u32;
            kind += 1;
        }
        kinds += 1;
    }
    each
};

/// A word of an article, its first place there, and what counts of it.
#[derive(Debug, Clone, Copy)]
struct Placed {
    token: u32,
    at: u32,
    weight: f32,
    kinds: u8,
}

/// A stem, with its word's weight.
#[derive(Debug, Clone, Copy)]
struct Stem {
    token: u32,
    weight: f32,
    figure: bool,
}

fn kinds(word: &Word) -> u8 {
    let Word { weight, key, name, .. } = *word;
    let (function, plain) = (weight < FUNCTION, weight < PLAIN);
    u8::from(function) << kind::FUNCTION
        | u8::from(!function & plain) << kind::PLAIN
        | u8::from(!function & name) << kind::NAME
        | u8::from(key) << kind::KEY
}

/// Words of each kind, and the weight of all.
#[derive(Debug, Clone, Copy, Default)]
struct Tally {
    counts: Counts,
    weight: f64,
}

impl Tally {
    fn add(&mut self, placed: &Placed) {
        self.weight += f64::from(placed.weight);
        self.counts.iter_mut().zip(EACH[usize::from(placed.kinds)]).for_each(|(count, one)| *count += one);
    }
}

/// Stems, by their weight and by how many of them are figures: as stems, since one article writes `12,500` and the other
/// `12500`.
#[derive(Debug, Clone, Copy, Default)]
struct StemTally {
    weight: f64,
    figures: usize,
}

impl StemTally {
    fn add(&mut self, weight: f32, figure: bool) {
        self.weight += f64::from(weight);
        self.figures += usize::from(figure);
    }
}

/// The words of an article, each once.
#[derive(Debug, Clone, Default)]
pub(crate) struct WordSet {
    /// In the order of their tokens.
    words: Vec<Placed>,
    tally: Tally,
    /// In the order of theirs.
    stems: Vec<Stem>,
    stem_tally: StemTally,
}

impl WordSet {
    pub(crate) fn new(tokens: &Tokens, vocabulary: &Vocabulary) -> Self {
        let mut places: Vec<u64> =
            tokens.hashes().iter().zip(0..).map(|(&token, at)| u64::from(token) << 32 | at).collect();
        hash::sort(&mut places);
        places.dedup_by_key(|place| *place >> 32);
        let mut set = Self {
            words: Vec::with_capacity(places.len()),
            stems: Vec::with_capacity(places.len()),
            ..Self::default()
        };
        let known = vocabulary.words(places.iter().map(|&place| (place >> 32) as u32));
        for (&place, word) in places.iter().zip(&known) {
            let placed =
                Placed { token: (place >> 32) as u32, at: place as u32, weight: word.weight, kinds: kinds(word) };
            set.tally.add(&placed);
            set.words.push(placed);
        }
        let mut order = places;
        for ((at, place), word) in (0..).zip(&mut order).zip(&known) {
            *place = u64::from(word.stem) << 32 | at;
        }
        hash::sort(&mut order);
        for same in order.chunk_by(|x, y| x >> 32 == y >> 32) {
            let mut lightest = &set.words[same[0] as u32 as usize];
            for &other in &same[1..] {
                let other = &set.words[other as u32 as usize];
                if other.weight < lightest.weight {
                    lightest = other;
                }
            }
            let figure = tokens.flags()[lightest.at as usize] & flag::NUMBER != 0;
            set.stem_tally.add(lightest.weight, figure);
            set.stems.push(Stem { token: (same[0] >> 32) as u32, weight: lightest.weight, figure });
        }
        set
    }

    /// The stems that the other has too.
    fn stems_of_both(&self, other: &Self) -> StemTally {
        let mut both = StemTally::default();
        each_of_both((&self.stems, &other.stems), |stem| stem.token, |x, y| both.add(x.weight.min(y.weight), x.figure));
        both
    }
}

/// Hands on what two ascending lists both have.
fn each_of_both<T>((a, b): (&[T], &[T]), token: impl Fn(&T) -> u32, mut each: impl FnMut(&T, &T)) {
    let (mut i, mut j) = (0, 0);
    while let (Some(x), Some(y)) = (a.get(i), b.get(j)) {
        let (of_x, of_y) = (token(x), token(y));
        if of_x == of_y {
            each(x, y);
        }
        // Which one is smaller is as good as random: no branch that could be guessed wrong depends on it.
        i += usize::from(of_x <= of_y);
        j += usize::from(of_y <= of_x);
    }
}

/// What the words of two articles of these lengths tell of them, whatever their order.
pub(crate) fn in_common(a: &WordSet, b: &WordSet, lengths: [usize; 2]) -> Evidence {
    let mut both = Tally::default();
    let mut keys = Vec::new();
    each_of_both(
        (&a.words, &b.words),
        |placed| placed.token,
        |x, y| {
            both.add(x);
            if x.kinds >> kind::KEY & 1 == 1 {
                keys.push(u64::from(x.at) << 32 | u64::from(y.at));
            }
        },
    );
    keys.sort_unstable();
    let places: Vec<_> = keys.iter().map(|&key| ((key >> 32) as usize, key as u32 as usize)).collect();
    let ordered = longest_ascending(&places).len();
    let stems = a.stems_of_both(b);
    let figures = a.stem_tally.figures.min(b.stem_tally.figures);
    let ratio = |part: usize, whole: usize| part as f64 / whole.max(1) as f64;
    let share = |part: f64, whole: f64| part / whole.max(f64::EPSILON);
    let counts = |tally: &Tally, kind: usize| tally.counts[kind] as usize;
    let jaccard = |kind: usize| {
        let shared = counts(&both, kind);
        ratio(shared, counts(&a.tally, kind) + counts(&b.tally, kind) - shared)
    };
    // Of the article that has fewer, as of the shorter: what it holds is what the other may have held.
    let held = |kind: usize| ratio(counts(&both, kind), counts(&a.tally, kind).min(counts(&b.tally, kind)));
    let (words_a, words_b) = (a.tally.weight, b.tally.weight);
    let (stems_a, stems_b) = (a.stem_tally.weight, b.stem_tally.weight);
    Evidence {
        words_shared: share(both.weight, words_a + words_b - both.weight),
        words_held: share(both.weight, words_a.min(words_b)),
        stems_shared: share(stems.weight, stems_a + stems_b - stems.weight),
        stems_held: share(stems.weight, stems_a.min(stems_b)),
        function_words_shared: jaccard(kind::FUNCTION),
        plain_words_shared: jaccard(kind::PLAIN),
        figures,
        figures_held: ratio(stems.figures, figures),
        names_held: held(kind::NAME),
        keys_held: held(kind::KEY),
        keys_in_order: ratio(ordered, keys.len()),
        ..Evidence::of_lengths(lengths)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    proptest! {
        #[test]
        fn what_both_have_is_what_sets_have_in_common(a in prop::collection::btree_set(0_u32..60, 0..40), b in prop::collection::btree_set(0_u32..60, 0..40)) {
            let lists: [Vec<u32>; 2] = [&a, &b].map(|set: &BTreeSet<u32>| set.iter().copied().collect());
            let mut found = Vec::new();
            each_of_both((&lists[0], &lists[1]), |&token| token, |&x, &y| found.push((x, y)));
            prop_assert_eq!(found, a.intersection(&b).map(|&token| (token, token)).collect::<Vec<_>>());
        }
    }

    #[test]
    fn words_are_counted_once_and_by_their_kinds() {
        let text = "Torrin paid 12,500 crowns and the Ardle paid 12500 crowns.";
        let tokens = crate::text::tokenise(text).tokens;
        let set = WordSet::new(&tokens, &Vocabulary::default());
        assert_eq!(set.words.len(), 8);
        // Of words that nothing is known of, all are keys and none is a name.
        assert_eq!(set.tally.counts, [0, 0, 0, 8]);
        let told = in_common(&set, &set, [tokens.len(); 2]);
        assert_eq!((told.keys_held, told.keys_in_order), (1.0, 1.0));
        assert_eq!((told.figures, told.figures_held), (2, 1.0));
    }
}
