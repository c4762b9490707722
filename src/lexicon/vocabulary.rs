//! What a corpus says of its words: how rare each is, and which are names.
//!
//! Rarity is learned from the corpus itself. In a small one an embedded prior stands in: the frequency class of an
//! English word; for any other word how often it comes in running text, as the words that make sentences do in every
//! language.

use std::sync::Arc;

use rayon::prelude::*;

use crate::article::{Tokens, flag};
use crate::lexicon::boilerplate::{Boilerplate, TURN};
use crate::lexicon::spellings::Words;
use crate::lexicon::table::TokenTable;
use crate::lexicon::thesaurus::{Ids, Thesaurus};
use crate::text::tokenise::token;

/// The prior weighs as much as this many articles.
const PRIOR: f64 = 2000.0;

/// The share of articles that hold a word that nothing is known of.
const UNKNOWN: f64 = 1.0 / 2000.0;

/// A name is written with a capital in at least this share of its places inside sentences.
const NAME: f64 = 0.6;

/// A word in a smaller share of the articles than this is rare.
const RARE: f64 = 0.01;

/// A name in a larger share of the articles than this tells as little as a common word.
const FAMILIAR: f64 = 0.08;

/// Words with less information than this (−ln of the share of articles that hold them) make sentences, not stories.
pub(crate) const FUNCTION: f32 = 1.6;

/// So many words are weighed at a time.
const AT_ONCE: usize = 1 << 16;

/// Letters in a stem.
const STEM: usize = 6;

/// What is known of a word.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Word {
    /// The information of meeting it in an article: −ln of the share of the articles that hold it.
    pub(crate) weight: f32,
    /// Whether it is a figure, a name or a rare word: what a spinner leaves alone.
    pub(crate) key: bool,
    /// Whether it is mostly written with a capital.
    pub(crate) name: bool,
    /// The token of its stem: forms of one word share it.
    pub(crate) stem: u32,
    /// Whether it is among the frequent words of English.
    pub(crate) english: bool,
    /// How many entries of the thesaurus it has, and where they stand among all.
    bases: u8,
    first_base: u32,
}

/// What a corpus says of its words.
#[derive(Debug, Default)]
pub(crate) struct Vocabulary {
    words: TokenTable<Word>,
    /// Those of them that are no keys: a hundred for each word of an article at most, as each is in one of a hundred articles.
    plain: TokenTable<()>,
    /// The entries of the thesaurus that each word may be a form of, numbered on from those of `base`.
    bases: Vec<u32>,
    /// The sentences that tell nothing.
    pub(crate) boilerplate: Arc<Boilerplate>,
    /// What is asked about the words that are not among them.
    base: Option<Arc<Vocabulary>>,
}

/// What is known of a word, and its entries of the thesaurus.
pub(crate) struct Known {
    pub(crate) word: Word,
    bases: Ids,
}

/// How a word stands in a corpus.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Count {
    /// The articles that hold it.
    pub(crate) articles: u32,
    pub(crate) last: u32,
    /// The places where it stands.
    pub(crate) places: u32,
    /// Those inside sentences.
    pub(crate) inside: u32,
    /// Those of them where it has a capital.
    pub(crate) capitals: u32,
    /// Whether it is a figure.
    pub(crate) figure: bool,
}

impl Count {
    /// How a word stands in one article: without a table of all its words.
    #[cfg(feature = "index")]
    pub(crate) fn within(tokens: &Tokens, word: u32) -> Self {
        let mut count = Self::default();
        for (_, &flags) in tokens.hashes().iter().zip(tokens.flags()).filter(|(token, _)| **token == word) {
            count.articles = 1;
            count.note(flags);
        }
        count
    }

    /// Adds a place.
    fn note(&mut self, flags: u8) {
        self.places += 1;
        self.inside += u32::from(flags & flag::SENTENCE == 0);
        self.capitals += u32::from(flags & (flag::SENTENCE | flag::CAPITAL) == flag::CAPITAL);
        self.figure |= flags & flag::NUMBER != 0;
    }

    pub(crate) fn add(&mut self, more: &Self) {
        self.articles += more.articles;
        self.places += more.places;
        self.inside += more.inside;
        self.capitals += more.capitals;
        self.figure |= more.figure;
    }
}

pub(crate) type Counts = TokenTable<Count>;

/// How much was counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Totals {
    pub(crate) articles: u64,
    pub(crate) places: u64,
}

impl Totals {
    /// What the counts say of a word.
    pub(crate) fn word(&self, token: u32, count: &Count, spelling: Option<&str>) -> Known {
        let english = Thesaurus::english();
        let mean = self.places as f64 / self.articles.max(1) as f64;
        let name = f64::from(count.capitals) >= NAME * f64::from(count.inside) && count.capitals > 0;
        let class = spelling.and_then(|word| english.frequency_class(word));
        let by_frequency = || {
            // Names come often in the few articles on them, so their frequency in running text says nothing.
            let frequency = f64::from(count.places) / self.places as f64;
            if name || count.figure || count.places < 4 { UNKNOWN } else { 1.0 - (-frequency * mean / 2.0).exp() }
        };
        let prior = class.map_or_else(by_frequency, prior);
        let share = (f64::from(count.articles) + PRIOR * prior) / (self.articles as f64 + PRIOR);
        let key = share < RARE || (share < FAMILIAR && (name || count.figure));
        let word = Word {
            weight: -share.ln() as f32,
            key,
            name,
            stem: spelling.map_or(token, stem),
            english: class.is_some(),
            bases: 0,
            first_base: 0,
        };
        Known { word, bases: spelling.map(|word| english.bases(word)).unwrap_or_default() }
    }
}

impl Vocabulary {
    /// Counts the words of all articles.
    pub(crate) fn learn(articles: &[&Tokens], spellings: &Words) -> Self {
        Self::learn_watched(articles, spellings, |_| ())
    }

    /// The same, and tells `seen` of every article.
    pub(crate) fn learn_watched(articles: &[&Tokens], spellings: &Words, seen: impl Fn(&Tokens) + Sync) -> Self {
        // One table a thread, which takes articles as long as there are any: cut beforehand, those of the one half are
        // longer than those of the other.
        let counts = (1_u32..)
            .step_by(TURN)
            .zip(articles.chunks(TURN))
            .par_bridge()
            .fold(Counts::default, |mut counts, (first, articles)| {
                add_counts(&mut counts, articles, first, &seen);
                counts
            })
            .reduce(Counts::default, |x, y| if x.len() < y.len() { merged(y, &x) } else { merged(x, &y) });
        let places = counts.iter().map(|(_, count)| u64::from(count.places)).sum();
        let totals = Totals { articles: articles.len() as u64, places };
        let counts: Vec<(u32, &Count)> = counts.iter().collect();
        let word = |&(token, count): &(u32, &Count)| (token, totals.word(token, count, spellings.get(token)));
        let mut learned = Self { words: TokenTable::with_room(counts.len()), ..Self::default() };
        // Some at a time: of all words at once it would take more than what is learned of them.
        for some in counts.chunks(AT_ONCE) {
            let known: Vec<(u32, Known)> = some.par_iter().map(word).collect();
            for (token, word) in known {
                learned.insert(token, word);
            }
        }
        learned
    }

    /// No words of its own yet beside those of `base`.
    #[cfg(feature = "index")]
    pub(crate) fn over(base: Arc<Self>) -> Self {
        Self { boilerplate: Arc::clone(&base.boilerplate), base: Some(base), ..Self::default() }
    }

    pub(crate) fn insert(&mut self, token: u32, Known { word, bases }: Known) {
        let bases = bases.as_slice();
        let first_base = self.inherited() + self.bases.len() as u32;
        self.bases.extend_from_slice(bases);
        *self.words.or_default(token) = Word { bases: bases.len() as u8, first_base, ..word };
        if !word.key {
            self.plain.or_default(token);
        }
    }

    #[cfg(feature = "index")]
    pub(crate) fn knows(&self, token: u32) -> bool {
        self.known(token).is_some()
    }

    /// What is known of a word; one never seen is rare.
    pub(crate) fn word(&self, token: u32) -> Word {
        self.known(token).unwrap_or(Word { weight: 7.0, key: true, stem: token, ..Word::default() })
    }

    /// What is known of many words.
    pub(crate) fn words(&self, tokens: impl Iterator<Item = u32> + Clone) -> Vec<Word> {
        // Most stand where they are looked for first. Looked up by themselves, they need not wait for each other.
        let first: Vec<(u32, Word)> = tokens.clone().map(|token| self.words.first(token)).collect();
        let word = |((held, word), token)| if held == token && token != 0 { word } else { self.word(token) };
        first.into_iter().zip(tokens).map(word).collect()
    }

    /// Whether it is a figure, a name or a rare word: [`Word::key`] at a fraction of its price.
    #[inline]
    pub(crate) fn is_key(&self, token: u32) -> bool {
        if self.base.is_some() { self.word(token).key } else { self.plain.get(token).is_none() }
    }

    /// Those of some words that are keys, in their order.
    pub(crate) fn keys(&self, tokens: &[u32]) -> Vec<u32> {
        // Which words are keys nobody can guess: each is written over the one before if that is seen to be none.
        let mut keys = vec![0; tokens.len()];
        let mut count = 0;
        for &token in tokens {
            keys[count] = token;
            let is_plain = self.plain.first(token).0 == token;
            count += usize::from(!is_plain) | usize::from(token == 0) | usize::from(self.base.is_some());
        }
        keys.truncate(count);
        keys.retain(|&token| self.is_key(token));
        keys
    }

    /// What of an article is its own: see [`Boilerplate::bare`].
    pub(crate) fn bare(&self, tokens: &Tokens) -> Option<Tokens> {
        self.boilerplate.bare(tokens)
    }

    fn known(&self, token: u32) -> Option<Word> {
        self.words.get(token).copied().or_else(|| self.base.as_ref()?.known(token))
    }

    /// Whether the thesaurus relates two words of the corpus: [`Thesaurus::related`], but for compounds, without a look
    /// at their letters.
    pub(crate) fn related(&self, a: &Word, b: &Word) -> bool {
        Thesaurus::english().bases_related(self.bases(a), self.bases(b))
    }

    fn bases(&self, word: &Word) -> &[u32] {
        match word.first_base.checked_sub(self.inherited()) {
            Some(own) => &self.bases[own as usize..][..usize::from(word.bases)],
            None => self.base.as_ref().map_or(&[], |base| base.bases(word)),
        }
    }

    /// How many entries stand in what lies below.
    fn inherited(&self) -> u32 {
        self.base.as_ref().map_or(0, |base| base.inherited() + base.bases.len() as u32)
    }
}

/// The share of articles that hold an English word of this frequency class: halved every two classes.
fn prior(class: u8) -> f64 {
    match class {
        0 => 0.5,
        class => 0.2 * (-f64::from(class) / 2.0 * std::f64::consts::LN_2).exp(),
    }
}

/// The token of a word's first letters: what inflection leaves alone in most languages, without a dictionary of any.
fn stem(word: &str) -> u32 {
    if let Some(plain) = plain_figure(word) {
        return token(&plain);
    }
    let word = word.strip_suffix("'s").unwrap_or(word);
    let end = word.char_indices().nth(STEM).map_or(word.len(), |(at, _)| at);
    let start = &word[..end];
    // "deals" and "deal": the ending that short words take.
    token(if end == word.len() && end > 3 { start.strip_suffix('s').unwrap_or(start) } else { start })
}

/// A figure without the marks between its thousands and the zeros before it: `12,500` and `12500`, `09:00` and `9:00`
/// are the same. `None` where that changes nothing.
fn plain_figure(word: &str) -> Option<String> {
    let bytes = word.as_bytes();
    let digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    let groups = |at: usize| (1..4).all(|next| digit(at + next)) && !digit(at + 4);
    if !digit(0) || !bytes.iter().all(|byte| byte.is_ascii_digit() || b",.:".contains(byte)) {
        return None;
    }
    let kept = |&(at, byte): &(usize, char)| !(matches!(byte, ',' | '.') && groups(at));
    let plain: String = word.char_indices().filter(kept).map(|(_, byte)| byte).collect();
    let plain = plain.trim_start_matches('0');
    (plain.starts_with(|first: char| first.is_ascii_digit()) && plain != word).then(|| plain.to_owned())
}

#[cfg(any(test, feature = "index"))]
pub(crate) fn count(articles: &[&Tokens], seen: impl Fn(&Tokens)) -> Counts {
    let mut counts = Counts::default();
    add_counts(&mut counts, articles, 1, seen);
    counts
}

/// Counts the words of some more articles, numbered from `first` on: each has another number, and none nought.
fn add_counts(counts: &mut Counts, articles: &[&Tokens], first: u32, seen: impl Fn(&Tokens)) {
    for (tokens, number) in articles.iter().zip(first..) {
        seen(tokens);
        for (&token, &flags) in tokens.hashes().iter().zip(tokens.flags()) {
            let count = counts.or_default(token);
            if count.last != number {
                count.last = number;
                count.articles += 1;
            }
            count.note(flags);
        }
    }
}

fn merged(mut into: Counts, from: &Counts) -> Counts {
    for (token, more) in from.iter() {
        into.or_default(token).add(more);
    }
    into
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[cfg(feature = "index")]
    #[test]
    fn a_word_is_counted_as_in_a_table_of_all() {
        let text = "Torrin rose. The Ardle rose in 1987; Torrin, like Ardle, rose 1987 times. ";
        let tokens = crate::text::tokenise(text).tokens;
        let all = count(&[&tokens], |_| ());
        let told = |count: &Count| (count.articles, count.places, count.inside, count.capitals, count.figure);
        for &word in tokens.hashes().iter().chain(&[7]) {
            let expected = all.get(word).copied().unwrap_or_default();
            assert_eq!(told(&Count::within(&tokens, word)), told(&expected));
        }
        assert_eq!(told(&Count::within(&tokens, token("torrin"))), (1, 2, 1, 1, false));
    }

    proptest! {
        #[test]
        fn keys_are_the_words_that_are_keys_each_by_itself(told in prop::collection::vec(any::<(u32, bool)>(), 0..60), asked in prop::collection::vec(0_u32..90, 0..60)) {
            let mut vocabulary = Vocabulary::default();
            for &(token, key) in &told {
                // Half of the tokens are small, among them nought.
                let token = if key { token % 90 } else { token };
                if !vocabulary.words.iter().any(|(known, _)| known == token) {
                    vocabulary.insert(token, Known { word: Word { key: token % 3 == 0, ..Word::default() }, bases: Ids::default() });
                }
            }
            let asked: Vec<u32> = asked.into_iter().chain(told.iter().map(|one| one.0)).collect();
            let naive: Vec<u32> = asked.iter().copied().filter(|&token| vocabulary.word(token).key).collect();
            prop_assert_eq!(vocabulary.keys(&asked), naive);
        }
    }

    #[test]
    fn threads_count_together_what_one_counts() {
        let texts: Vec<Tokens> =
            (0..500).map(|n| crate::text::tokenise(&format!("The {} rose {} times.", n % 7, n % 11)).tokens).collect();
        let articles: Vec<&Tokens> = texts.iter().collect();
        let words = Words::default();
        let learned = Vocabulary::learn(&articles, &words);
        let counts = count(&articles, |_| ());
        let totals = Totals { articles: 500, places: texts.iter().map(|tokens| tokens.len() as u64).sum() };
        assert_eq!(learned.words.len(), counts.len());
        for (token, count) in counts.iter() {
            let Known { word, .. } = totals.word(token, count, words.get(token));
            assert_eq!((learned.word(token).weight, learned.word(token).key), (word.weight, word.key));
        }
    }

    #[test]
    fn figures_are_the_same_however_their_thousands_are_marked() {
        for (one, other) in [("12,500", "12500"), ("1.000.000", "1,000,000"), ("09:00", "9:00"), ("007", "7")] {
            assert_eq!(stem(one), stem(other), "{one} and {other}");
        }
        for (one, other) in [("1.5", "15"), ("1.25", "125"), ("9:00", "900"), ("0", "00"), ("1,0000", "10000")] {
            assert_ne!(stem(one), stem(other), "{one} and {other}");
        }
    }
}
