//! Boilerplate: sentences that many different articles hold, such as promo blocks, cookie notices, bylines, captions and
//! the fixed lines of tables. They are learned from the corpus and tell nothing of which article was copied from which.
//!
//! That many articles hold a sentence is not enough: so do a hundred copies of one article, or a hundred excerpts, and
//! there it is evidence. Only articles that are their own for the most part are asked, and what they say beside frequent
//! sentences is sketched by its figures, names and rare words, which even a rewritten copy keeps: a MinHash of one
//! permutation (Li, Owen and Zhang, "One permutation hashing", 2012). Holders whose sketches agree are of one family, and
//! a sentence is boilerplate when enough families hold it.
//!
//! The corpus need not fit in memory, so it is read in steps. First all sentences are counted in a table of a fixed size,
//! where two may fall on one counter; then those of them that may be frequent are counted again in the articles that may
//! witness; and only where enough do, those articles are read a third time and sketched.

use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::sync::atomic::{AtomicU8, Ordering};

use rayon::prelude::*;

use crate::article::{Tokens, flag};
use crate::hash::{self, TokenHasher};

/// Shorter sentences are phrases of the language.
const SHORTEST: usize = 4;

/// A sentence that so many families hold is boilerplate.
const FAMILIES: usize = 8;

/// So many holders of a sentence, drawn by their sketches, speak for all.
const WITNESSES: usize = 32;

/// The slots of a sketch, a power of two.
const SLOTS: usize = 16;

/// Two holders are of one family if so many of eight filled slots agree.
const ALIKE: usize = 3;

/// A thread takes so many articles at a time where each sums up what it reads.
pub(crate) const TURN: usize = 32;

/// The base of the polynomial that hashes a sentence, odd.
const BASE: u64 = 0x9e37_79b9_7f4a_7c15;

/// Hands every sentence of an article that is long enough to `each`: where it stands, and the hash of its words.
fn each_sentence(tokens: &Tokens, mut each: impl FnMut(Range<usize>, u64)) {
    let mut end = |start: usize, end: usize, hash: u64| {
        if end - start >= SHORTEST {
            each(start..end, hash::mix(hash));
        }
    };
    let words = tokens.hashes();
    let mut start = 0;
    for (at, &flags) in tokens.flags().iter().enumerate() {
        if flags & flag::SENTENCE != 0 {
            end(start, at, polynomial(&words[start..at]));
            start = at;
        }
    }
    end(start, words.len(), polynomial(&words[start..]));
}

/// The words as the digits of a number to the base [`BASE`], with a zero behind them: four at a time, as each product would
/// wait for the one before.
fn polynomial(words: &[u32]) -> u64 {
    const SQUARE: u64 = BASE.wrapping_mul(BASE);
    const POWERS: [u64; 4] = [SQUARE.wrapping_mul(SQUARE), SQUARE.wrapping_mul(BASE), SQUARE, BASE];
    let (fours, rest) = words.as_chunks();
    let digit = |word: u32| u64::from(word) + 1;
    let add = |hash: u64, four: &[u32; 4]| {
        let sum = four.iter().zip(POWERS).map(|(&word, power)| digit(word).wrapping_mul(power));
        hash.wrapping_mul(POWERS[0]).wrapping_add(sum.fold(0, u64::wrapping_add))
    };
    let hash = fours.iter().fold(0, add);
    rest.iter().fold(hash, |hash: u64, &word| hash.wrapping_add(digit(word)).wrapping_mul(BASE))
}

/// Counters of sentences up to [`FAMILIES`]: too high where two share one.
#[derive(Debug)]
struct Counters(Vec<AtomicU8>);

impl Counters {
    fn new(count: usize) -> Self {
        Self((0..count.next_power_of_two().max(1 << 10)).map(|_| AtomicU8::new(0)).collect())
    }

    fn count(&self, sentence: u64) {
        let counter = self.of(sentence);
        // Two threads may both see the last step and go beyond it, which changes no answer.
        if usize::from(counter.load(Ordering::Relaxed)) < FAMILIES {
            counter.fetch_add(1, Ordering::Relaxed);
        }
    }

    fn are_enough(&self, sentence: u64) -> bool {
        usize::from(self.of(sentence).load(Ordering::Relaxed)) >= FAMILIES
    }

    fn of(&self, sentence: u64) -> &AtomicU8 {
        &self.0[sentence as usize & (self.0.len() - 1)]
    }
}

/// How often sentences come.
#[derive(Debug)]
pub(crate) struct Sightings {
    all: Counters,
    /// In articles that may witness.
    witnessed: Counters,
}

impl Sightings {
    /// For articles of so many words in all.
    pub(crate) fn new(words: usize) -> Self {
        /// A sentence has more words on average, so that most counters stay at nought.
        const WORDS: usize = 12;
        /// Most sentences come once, and are not counted a second time.
        const ONCE: usize = 8;
        Self { all: Counters::new(words / WORDS), witnessed: Counters::new(words / WORDS / ONCE) }
    }

    /// Counts the sentences of an article.
    pub(crate) fn note(&self, tokens: &Tokens) {
        let (sentences, counts) = self.counts(tokens);
        for ((_, sentence), _) in sentences.into_iter().zip(counts).filter(|&(_, count)| usize::from(count) < FAMILIES)
        {
            self.all.count(sentence);
        }
    }

    /// The sentences of an article, and how often each was counted. Each counter stands somewhere else in memory: all are
    /// asked for before the first is waited for.
    fn counts(&self, tokens: &Tokens) -> (Vec<(Range<usize>, u64)>, Vec<u8>) {
        let mut sentences = Vec::with_capacity(tokens.len() / 12);
        each_sentence(tokens, |range, sentence| sentences.push((range, sentence)));
        let counts = sentences.iter().map(|&(_, sentence)| self.all.of(sentence).load(Ordering::Relaxed)).collect();
        (sentences, counts)
    }

    /// Counts those sentences of an article that it may witness, now that all articles were noted. Tells whether there is
    /// one.
    pub(crate) fn witness(&self, tokens: &Tokens) -> bool {
        let Some(frequent) = self.frequent(tokens) else { return false };
        for (_, sentence) in frequent {
            self.witnessed.count(sentence);
        }
        true
    }

    /// The frequent sentences of an article, which tells of them if the rest is most of it: what stands elsewhere for the
    /// most part is a copy, and witnesses nothing.
    fn frequent(&self, tokens: &Tokens) -> Option<Vec<(Range<usize>, u64)>> {
        let (sentences, counts) = self.counts(tokens);
        let frequent = sentences.into_iter().zip(counts).filter(|&(_, count)| usize::from(count) >= FAMILIES);
        let frequent: Vec<(Range<usize>, u64)> = frequent.map(|(sentence, _)| sentence).collect();
        let words: usize = frequent.iter().map(|(range, _)| range.len()).sum();
        (!frequent.is_empty() && words * 2 <= tokens.len()).then_some(frequent)
    }
}

/// What an article is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Sketch {
    /// Orders sketches at random.
    rank: u64,
    /// The smallest hash of the words that fall into each slot; all ones where none does.
    slots: [u32; SLOTS],
}

impl Sketch {
    /// Of the key words among some; `None` where there is none.
    fn of(words: &[u32], mut is_key: impl FnMut(u32) -> bool) -> Option<Self> {
        let mut slots = [u32::MAX; SLOTS];
        for &word in words {
            let hash = hash::mix(u64::from(word).wrapping_mul(BASE));
            let slot = &mut slots[hash as usize % SLOTS];
            let hash = (hash >> 32) as u32;
            if hash < *slot && is_key(word) {
                *slot = hash;
            }
        }
        let rank = slots.iter().fold(0, |rank, &slot| hash::combine(rank, u64::from(slot)));
        slots.iter().any(|&slot| slot != u32::MAX).then_some(Self { rank, slots })
    }

    fn is_like(&self, other: &Self) -> bool {
        let both = || self.slots.iter().zip(&other.slots);
        let filled = both().filter(|&(x, y)| x.min(y) != &u32::MAX).count();
        let agree = both().filter(|&(x, y)| x == y && *x != u32::MAX).count();
        agree * 8 >= filled * ALIKE
    }
}

/// The sketches of the articles that hold a sentence: some of them, where they are many.
#[derive(Debug, Clone, Default)]
struct Holders(Vec<Sketch>);

impl Holders {
    /// Keeps the [`WITNESSES`] of the lowest ranks, so that the order does not matter.
    fn add(&mut self, holder: Sketch) {
        if let Err(place) = self.0.binary_search(&holder)
            && place < WITNESSES
        {
            self.0.truncate(WITNESSES - 1);
            self.0.insert(place, holder);
        }
    }

    /// Whether they are of enough families: each is led by the first holder that resembles none of the leaders before.
    fn are_many_families(&self) -> bool {
        let mut leaders: Vec<&Sketch> = Vec::with_capacity(FAMILIES);
        for holder in &self.0 {
            if leaders.len() < FAMILIES && !leaders.iter().any(|leader| leader.is_like(holder)) {
                leaders.push(holder);
            }
        }
        leaders.len() >= FAMILIES
    }
}

/// The sentences that may be boilerplate, with their holders.
#[derive(Debug, Default)]
pub(crate) struct Followed(HashMap<u64, Holders, TokenHasher>);

impl Followed {
    /// Follows the sentences of one more article that has any to [witness](Sightings::witness), now that those of all were
    /// counted. `is_key` tells figures, names and rare words.
    pub(crate) fn add(&mut self, tokens: &Tokens, sightings: &Sightings, is_key: impl FnMut(u32) -> bool) {
        let frequent = sightings.frequent(tokens).unwrap_or_default();
        if !frequent.iter().any(|&(_, sentence)| sightings.witnessed.are_enough(sentence)) {
            return;
        }
        let (ranges, sentences): (Vec<_>, Vec<_>) = frequent.into_iter().unzip();
        if let Some(sketch) = Sketch::of(without(tokens, &ranges).hashes(), is_key) {
            for sentence in sentences.into_iter().filter(|&sentence| sightings.witnessed.are_enough(sentence)) {
                self.0.entry(sentence).or_default().add(sketch);
            }
        }
    }

    /// All that either follows.
    fn merged(self, other: Self) -> Self {
        let (mut into, from) = if self.0.len() < other.0.len() { (other, self) } else { (self, other) };
        for (sentence, holders) in from.0 {
            let all = into.0.entry(sentence).or_default();
            holders.0.into_iter().for_each(|holder| all.add(holder));
        }
        into
    }

    /// Those that are boilerplate, now that all articles were added.
    pub(crate) fn boilerplate(self) -> Boilerplate {
        let many = self.0.into_iter().filter(|(_, holders)| holders.are_many_families());
        Boilerplate { sentences: many.map(|(sentence, _)| sentence).collect() }
    }
}

/// The sentences that are boilerplate.
#[derive(Debug, Default)]
pub(crate) struct Boilerplate {
    sentences: HashSet<u64, TokenHasher>,
}

impl Boilerplate {
    /// Learns from articles that were all noted before which of their sentences it is. `is_key` tells figures, names and
    /// rare words; `seen` is told of every article.
    pub(crate) fn learn(
        articles: &[&Tokens],
        sightings: &Sightings,
        is_key: impl Fn(u32) -> bool + Sync,
        seen: impl Fn(&Tokens) + Sync,
    ) -> Self {
        if articles.len() < FAMILIES {
            return Self::default();
        }
        let witnesses = |tokens: &&&Tokens| {
            seen(tokens);
            sightings.witness(tokens)
        };
        let witnesses: Vec<&Tokens> = articles.par_iter().filter(witnesses).copied().collect();
        let follow = |mut followed: Followed, articles: &[&Tokens]| {
            for tokens in articles {
                seen(tokens);
                followed.add(tokens, sightings, &is_key);
            }
            followed
        };
        // As few as there are threads, each of which takes articles as long as there are any.
        let followed = witnesses.chunks(TURN).par_bridge().fold(Followed::default, follow);
        followed.reduce(Followed::default, Followed::merged).boilerplate()
    }

    /// The hashes of its sentences, ascending.
    #[cfg(feature = "index")]
    pub(crate) fn hashes(&self) -> Vec<u64> {
        let mut hashes: Vec<u64> = self.sentences.iter().copied().collect();
        hashes.sort_unstable();
        hashes
    }

    /// That of sentences with these hashes.
    #[cfg(feature = "index")]
    pub(crate) fn of_hashes(hashes: impl IntoIterator<Item = u64>) -> Self {
        Self { sentences: hashes.into_iter().collect() }
    }

    /// What of an article is its own: without boilerplate, and of sentences that it repeats the first of each. `None`
    /// where that is all of it.
    pub(crate) fn bare(&self, tokens: &Tokens) -> Option<Tokens> {
        let mut all: Vec<u64> = Vec::with_capacity(tokens.len() / 12);
        each_sentence(tokens, |_, sentence| all.push(sentence));
        all.sort_unstable();
        let is_whole = all.windows(2).all(|pair| pair[0] != pair[1])
            && (self.sentences.is_empty() || !all.iter().any(|sentence| self.sentences.contains(sentence)));
        if is_whole {
            return None;
        }
        let (mut left_out, mut met) = (Vec::new(), HashSet::with_hasher(TokenHasher));
        each_sentence(tokens, |range, sentence| {
            if self.sentences.contains(&sentence) || !met.insert(sentence) {
                left_out.push(range);
            }
        });
        Some(without(tokens, &left_out))
    }
}

/// The tokens that stand in none of the ranges, which ascend.
fn without(tokens: &Tokens, ranges: &[Range<usize>]) -> Tokens {
    let starts = [0].into_iter().chain(ranges.iter().map(|range| range.end));
    let ends = ranges.iter().map(|range| range.start).chain([tokens.len()]);
    let (mut hashes, mut flags) = (Vec::with_capacity(tokens.len()), Vec::with_capacity(tokens.len()));
    for (start, end) in starts.zip(ends) {
        hashes.extend_from_slice(&tokens.hashes()[start..end]);
        flags.extend_from_slice(&tokens.flags()[start..end]);
    }
    Tokens::new(hashes, flags)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::{BTreeMap, BTreeSet};

    use crate::text::tokenise;

    const PROMO: &str = "Sign up to the morning letter of the Ardle Courier. You can leave the list at any time.";
    const COOKIES: &str = "We and our partners store cookies on your device. By reading on you agree to this.";
    const BYLINE: &str = "Reporting by Oswin Peake in Torrin.";
    const CAPTION: &str = "Image copyright Ardle Picture Desk";
    const TABLE: &str = "All prices are in crowns a tonne unless stated otherwise.";

    /// An article of its own: other names and figures in every sentence.
    fn article(number: usize) -> String {
        let line = |part: usize| {
            let word = |kind: usize| format!("Q{:x}", hash::mix((number * 64 + part * 8 + kind) as u64) >> 40);
            format!("{} told {} of {} on {} that {} had come. ", word(1), word(2), word(3), word(4), word(5))
        };
        (1..6).map(line).collect()
    }

    fn learned(texts: &[String]) -> Boilerplate {
        let tokens: Vec<Tokens> = texts.iter().map(|text| tokenise(text).tokens).collect();
        let articles: Vec<&Tokens> = tokens.iter().collect();
        let sightings = Sightings::new(tokens.iter().map(Tokens::len).sum());
        for tokens in &articles {
            sightings.note(tokens);
        }
        Boilerplate::learn(&articles, &sightings, |word| is_key(&tokens, word), |_| ())
    }

    /// Words of less than half of the articles: good enough for a few.
    fn is_key(articles: &[Tokens], word: u32) -> bool {
        articles.iter().filter(|tokens| tokens.hashes().contains(&word)).count() * 2 < articles.len()
    }

    /// How many words of a text are its own.
    fn bare(boilerplate: &Boilerplate, text: &str) -> usize {
        let tokens = tokenise(text).tokens;
        boilerplate.bare(&tokens).unwrap_or(tokens).len()
    }

    fn words(text: &str) -> usize {
        tokenise(text).tokens.len()
    }

    proptest! {
        #[test]
        fn four_words_at_a_time_make_the_number_of_one_at_a_time(words in prop::collection::vec(any::<u32>(), 0..40)) {
            let naive = words.iter().fold(0_u64, |hash, &word| hash.wrapping_add(u64::from(word) + 1).wrapping_mul(BASE));
            prop_assert_eq!(polynomial(&words), naive);
        }
    }

    #[test]
    fn what_different_articles_share_is_boilerplate() {
        for shared in [PROMO, COOKIES, BYLINE, CAPTION, TABLE] {
            let texts: Vec<String> = (0..30)
                .map(|n| {
                    if n % 3 == 0 { format!("{}\n\n{shared}\n\n{}", article(n), article(n + 100)) } else { article(n) }
                })
                .collect();
            let boilerplate = learned(&texts);
            assert_eq!(bare(&boilerplate, shared), 0, "{shared}");
            for text in &texts {
                let own = words(&text.replace(shared, ""));
                assert_eq!(bare(&boilerplate, text), own, "{text}");
            }
        }
    }

    #[test]
    fn what_few_articles_share_is_not() {
        let texts: Vec<String> =
            (0..30).map(|n| if n < FAMILIES - 1 { format!("{}\n\n{PROMO}", article(n)) } else { article(n) }).collect();
        assert_eq!(bare(&learned(&texts), PROMO), words(PROMO));
    }

    #[test]
    fn copies_of_one_article_are_evidence() {
        // Twelve copies: whole ones, and such that keep some sentences only.
        let mut texts: Vec<String> = (0..40).map(|n| article(n + 1)).collect();
        let original = format!("{}{}{}", article(0), article(200), article(201));
        let lines: Vec<&str> = original.split_inclusive(". ").collect();
        texts.extend((0..12).map(|n| [&lines[..n], &lines[n + 1..]].concat().concat()));
        texts.extend((0..12).map(|n| format!("{original} Posted again by Q{n}.")));
        let boilerplate = learned(&texts);
        assert_eq!(bare(&boilerplate, &original), words(&original));
    }

    #[test]
    fn a_promo_under_many_copies_of_many_articles_is_boilerplate_and_they_are_not() {
        let mut texts: Vec<String> = (0..12)
            .flat_map(|n| (0..9).map(move |copy| format!("{} Copy Q{copy} of {n}.\n\n{PROMO}", article(n))))
            .collect();
        texts.extend((20..30).map(|n| format!("{}\n\n{PROMO}", article(n))));
        let boilerplate = learned(&texts);
        assert_eq!(bare(&boilerplate, PROMO), 0);
        assert_eq!(bare(&boilerplate, &article(3)), words(&article(3)));
    }

    #[test]
    fn of_repeated_sentences_the_first_is_kept() {
        let text = format!("{PROMO} {} {PROMO}", article(0));
        let once = format!("{PROMO} {}", article(0));
        let kept = Boilerplate::default().bare(&tokenise(&text).tokens);
        assert_eq!(kept, Some(tokenise(&once).tokens));
        assert_eq!(Boilerplate::default().bare(&tokenise(&once).tokens), None);
    }

    #[test]
    fn articles_without_words_hold_none() {
        assert_eq!(Boilerplate::default().bare(&Tokens::default()), None);
        assert!(learned(&vec![String::new(); 20]).sentences.is_empty());
    }

    /// Sentences are on people's disks under these hashes.
    #[cfg(feature = "index")]
    #[test]
    fn known_answers() {
        let texts: Vec<String> = (0..12).map(|n| format!("{}\n\n{BYLINE}", article(n))).collect();
        assert_eq!(learned(&texts).hashes(), [0xe238_a60e_44c1_5a46]);
    }

    /// Sentences of words below 400, some of which many articles share.
    fn corpora() -> impl Strategy<Value = Vec<Tokens>> {
        let sentence = |number: u32| (0..4 + number % 5).map(move |at| number.wrapping_mul(7 + at) % 400);
        let article = prop::collection::vec(prop_oneof![0_u32..9, 0_u32..2000], 0..12).prop_map(move |numbers| {
            let (mut hashes, mut flags) = (Vec::new(), Vec::new());
            for number in numbers {
                flags.push(flag::SENTENCE);
                hashes.extend(sentence(number));
                flags.resize(hashes.len(), 0);
            }
            Tokens::new(hashes, flags)
        });
        prop::collection::vec(article, 0..60)
    }

    fn split(tokens: &Tokens) -> Vec<Vec<u32>> {
        let mut all: Vec<Vec<u32>> = Vec::new();
        for (&word, &flags) in tokens.hashes().iter().zip(tokens.flags()) {
            if flags & flag::SENTENCE != 0 || all.is_empty() {
                all.push(Vec::new());
            }
            all.last_mut().unwrap().push(word);
        }
        all
    }

    /// The same with maps of whole sentences, every one counted exactly.
    fn naive(articles: &[Tokens], is_key: impl Fn(u32) -> bool + Copy) -> BTreeSet<Vec<u32>> {
        let long = |sentences: Vec<Vec<u32>>| sentences.into_iter().filter(|words| words.len() >= SHORTEST);
        let mut counts: BTreeMap<Vec<u32>, usize> = BTreeMap::new();
        for sentence in articles.iter().flat_map(|tokens| long(split(tokens))) {
            *counts.entry(sentence).or_default() += 1;
        }
        let is_frequent = |words: &[u32]| counts.get(words).is_some_and(|&count| count >= FAMILIES);
        let mut holders: BTreeMap<Vec<u32>, BTreeSet<Sketch>> = BTreeMap::new();
        for tokens in articles {
            let (frequent, rest): (Vec<_>, Vec<_>) =
                split(tokens).into_iter().partition(|words| words.len() >= SHORTEST && is_frequent(words));
            if frequent.concat().len() * 2 > tokens.len() {
                continue;
            }
            let sketch = Sketch::of(&rest.concat(), is_key);
            for sentence in frequent {
                holders.entry(sentence).or_default().extend(sketch);
            }
        }
        let many = |sketches: &BTreeSet<Sketch>| {
            let mut leaders: Vec<Sketch> = Vec::new();
            for sketch in sketches.iter().take(WITNESSES) {
                if !leaders.iter().any(|leader| leader.is_like(sketch)) {
                    leaders.push(*sketch);
                }
            }
            leaders.len() >= FAMILIES
        };
        holders.into_iter().filter(|(_, sketches)| many(sketches)).map(|(sentence, _)| sentence).collect()
    }

    proptest! {
        #[test]
        fn it_agrees_with_maps_of_sentences(articles in corpora(), modulus in 1_u32..5) {
            let is_key = |word: u32| word.is_multiple_of(modulus);
            let sightings = Sightings::new(1 << 20);
            for tokens in &articles {
                sightings.note(tokens);
            }
            let given: Vec<&Tokens> = articles.iter().collect();
            // Two sentences under one counter are rare, and pass for frequent ones.
            let hashes = |tokens: &Tokens| {
                let mut all = Vec::new();
                each_sentence(tokens, |_, sentence| all.push(sentence));
                all
            };
            let all: Vec<u64> = articles.iter().flat_map(hashes).collect();
            let count = |sentence: u64| all.iter().filter(|&&other| other == sentence).count();
            prop_assume!(all.iter().all(|&one| sightings.all.are_enough(one) == (count(one) >= FAMILIES)));
            let found = Boilerplate::learn(&given, &sightings, is_key, |_| ());
            let expected = naive(&articles, is_key);
            for tokens in &articles {
                let mut met = BTreeSet::new();
                let own = split(tokens).into_iter().filter(|words| {
                    words.len() < SHORTEST || (!expected.contains(words) && met.insert(words.clone()))
                });
                let own: Vec<u32> = own.collect::<Vec<_>>().concat();
                let bare = found.bare(tokens);
                prop_assert_eq!(bare.is_some(), own.len() < tokens.len());
                prop_assert_eq!(bare.as_ref().unwrap_or(tokens).hashes(), own);
            }
        }

        #[test]
        fn the_order_does_not_matter(articles in corpora()) {
            let learned = |given: &[&Tokens]| {
                let sightings = Sightings::new(1 << 10);
                for tokens in given {
                    sightings.note(tokens);
                }
                Boilerplate::learn(given, &sightings, |_| true, |_| ()).sentences
            };
            let mut given: Vec<&Tokens> = articles.iter().collect();
            let expected = learned(&given);
            given.reverse();
            prop_assert_eq!(learned(&given), expected);
        }
    }
}
