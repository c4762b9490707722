//! The embedded English thesaurus: whether two words, or two short phrases, could stand for one another, and how
//! frequent a word is.
//!
//! The data is `data/lexicon/english.bin`, built by `build.py` beside it from the Moby Thesaurus II, `WordNet` and
//! SCOWL; `README.md` there describes the format. Synonymy is a relation of pairs, not of classes (`right` is related
//! to `just` and to `correct`, which are strangers to each other), so the blob holds pairs and nothing is merged.
//!
//! Opening the blob decodes the word list into a hash table and computes where each word's list of synonyms starts;
//! the lists themselves stay compressed and are searched in place.

use std::sync::OnceLock;

use crate::lexicon::inflection::{self, MAX_WORD_BYTES, Parts};

static ENGLISH: &[u8] = include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/data/lexicon/english.bin"));

const MAGIC: &[u8] = b"UNSPLEX1";
/// After the classes of words by frequency follow numerals in figures, then phrases.
const UNRANKED_CLASSES: usize = 2;
const MAX_CLASSES: usize = 64;

/// A thesaurus with the frequency classes of its words.
///
/// Words are expected as a normaliser leaves them: in lower case, an apostrophe as `'` or `’`. No input makes a
/// method panic; a word that is not English is merely related to itself alone.
///
/// ```
/// use unspin::lexicon::thesaurus::Thesaurus;
///
/// let english = Thesaurus::english();
/// assert!(english.related("announced", "introduced"));
/// assert!(english.related("walking", "strolling"));
/// assert!(!english.related("announced", "potatoes"));
/// ```
#[derive(Debug, Default)]
pub struct Thesaurus {
    /// Words by falling frequency class, alphabetical inside a class; then numerals in figures, then phrases.
    entries: WordList,
    /// The id after the last of each class.
    class_ends: Vec<u32>,
    /// Two entries a byte.
    parts: &'static [u8],
    /// Irregular forms, once for each of their lemmas, and the lemmas' ids.
    irregular: WordList,
    irregular_lemmas: Vec<u32>,
    /// Of each entry: where in `pairs` its list starts, in bits, and how many ids it holds.
    lists: Vec<(u32, u16)>,
    pairs: Bits,
}

impl Thesaurus {
    /// The thesaurus of English, opened at the first call (about two milliseconds).
    pub fn english() -> &'static Self {
        static OPENED: OnceLock<Thesaurus> = OnceLock::new();
        OPENED.get_or_init(|| {
            let opened = Self::open(ENGLISH);
            debug_assert!(opened.is_some(), "data/lexicon/english.bin is damaged");
            opened.unwrap_or_default()
        })
    }

    fn open(blob: &'static [u8]) -> Option<Self> {
        let mut header = Reader(blob.strip_prefix(MAGIC)?);
        let classes = header.u32()? as usize;
        let irregular_count = header.u32()? as usize;
        if !(UNRANKED_CLASSES + 1..=MAX_CLASSES).contains(&classes) {
            return None;
        }
        let mut class_ends = Vec::with_capacity(classes);
        let mut count = 0_u32;
        for _ in 0..classes {
            count = count.checked_add(header.u32()?)?;
            class_ends.push(count);
        }
        // Ids have to fit the hash table's slots, with one value left for "empty".
        if count >= u32::from(EMPTY) || irregular_count >= usize::from(EMPTY) {
            return None;
        }
        let mut lengths = [0; 6];
        for length in &mut lengths {
            *length = header.u32()? as usize;
        }
        let mut sections = [&[][..]; 6];
        for (section, length) in sections.iter_mut().zip(lengths) {
            *section = header.bytes(length)?;
        }
        let [words, parts, degrees, forms, lemmas, pairs] = sections;

        let entries = WordList::open(words, &class_ends)?;
        let irregular = WordList::open(forms, &[irregular_count as u32])?;
        let mut reader = Reader(lemmas);
        let irregular_lemmas = (0..irregular_count).map(|_| reader.varint()).collect::<Option<_>>()?;

        let mut reader = Reader(degrees);
        let mut lists = Vec::with_capacity(count as usize);
        let mut at = 0_u32;
        for id in 0..count {
            let degree = reader.varint()?;
            lists.push((at, u16::try_from(degree).ok()?));
            if degree > 0 {
                let list = EliasFano::new(at, degree, id)?;
                at = list.end;
            }
        }
        let pairs = Bits(pairs);
        (at as usize <= pairs.len()).then_some(Self {
            entries,
            class_ends,
            parts,
            irregular,
            irregular_lemmas,
            lists,
            pairs,
        })
    }

    /// Whether one word may have been written for the other: any base form of `a` is, or is a synonym of, any base
    /// form of `b`. Symmetric. Hyphenated compounds of as many parts are compared part by part.
    ///
    /// About one in thirty pairs of unrelated words is related by accident: count such sites, never trust one.
    ///
    /// ```
    /// use unspin::lexicon::thesaurus::Thesaurus;
    ///
    /// let english = Thesaurus::english();
    /// assert!(english.related("companies", "firms"));
    /// assert!(english.related("emphasized", "emphasised"));
    /// assert!(english.related("long-term", "lengthy-term"));
    /// assert!(!english.related("two", "three"));
    /// ```
    pub fn related(&self, a: &str, b: &str) -> bool {
        a == b || self.bases_related(self.bases(a).as_slice(), self.bases(b).as_slice()) || self.compounds_related(a, b)
    }

    /// What [`related`](Self::related) looks up of a word: the entries that it may be a form of, and those of the
    /// adjectives that an adverb may be made of, marked.
    pub(crate) fn bases(&self, word: &str) -> Ids {
        let mut ids = self.lemmas(word);
        if word.ends_with("ly") {
            inflection::for_each_adjective(word, |adjective| {
                if let Some(id) = self.entries.find(adjective) {
                    ids.push(id | OF_ADVERB);
                }
            });
        }
        ids
    }

    /// Whether two words are related by their [`bases`](Self::bases). Two adverbs are as their adjectives are:
    /// thesauri list few adverbs.
    pub(crate) fn bases_related(&self, a: &[u32], b: &[u32]) -> bool {
        a.iter().any(|&a| {
            b.iter().any(|&b| a == b || a & OF_ADVERB == b & OF_ADVERB && self.is_pair(a & !OF_ADVERB, b & !OF_ADVERB))
        })
    }

    /// [`related`](Self::related) of words or short phrases, each given word by word: phrases of the thesaurus, also
    /// with their first or last word inflected, or as many words on both sides, related in order.
    ///
    /// ```
    /// use unspin::lexicon::thesaurus::Thesaurus;
    ///
    /// let english = Thesaurus::english();
    /// assert!(english.phrase_related(&["again"], &["once", "more"]));
    /// assert!(english.phrase_related(&["gave", "up"], &["abandoned"]));
    /// assert!(english.phrase_related(&["data", "centers"], &["information", "facilities"]));
    /// ```
    pub fn phrase_related(&self, a: &[&str], b: &[&str]) -> bool {
        if let ([a], [b]) = (a, b) {
            return self.related(a, b);
        }
        if a.is_empty() || b.is_empty() {
            return false;
        }
        a.len() == b.len() && a.iter().zip(b).all(|(a, b)| self.related(a, b))
            || self.bases_related(self.phrase_lemmas(a).as_slice(), self.phrase_lemmas(b).as_slice())
    }

    /// How rare a word is: 0 for function words, then one class up for every time that its rank by frequency grows by
    /// √2 (by Zipf's law, two classes up is half the frequency). A form that is not listed has the class of its
    /// commonest base. `None` for a word that is not among the frequent ones of English, a phrase, or figures.
    ///
    /// ```
    /// use unspin::lexicon::thesaurus::Thesaurus;
    ///
    /// let english = Thesaurus::english();
    /// assert_eq!(english.frequency_class("the"), Some(0));
    /// assert!(english.frequency_class("houses") < english.frequency_class("domiciles"));
    /// assert_eq!(english.frequency_class("zelensky"), None);
    /// ```
    pub fn frequency_class(&self, word: &str) -> Option<u8> {
        let word = inflection::without_possessive(word);
        let id = self.entries.find(word).or_else(|| self.lemmas(word).as_slice().iter().min().copied())?;
        let class = self.class_ends.partition_point(|end| *end <= id);
        (class + UNRANKED_CLASSES < self.class_ends.len()).then_some(class as u8)
    }

    /// Whether the word belongs to a closed class: articles, pronouns, prepositions, conjunctions, auxiliaries, their
    /// contractions, and adverbs like `not` and `very`.
    ///
    /// ```
    /// use unspin::lexicon::thesaurus::Thesaurus;
    ///
    /// let english = Thesaurus::english();
    /// assert!(english.is_function_word("whereas"));
    /// assert!(!english.is_function_word("whale"));
    /// ```
    pub fn is_function_word(&self, word: &str) -> bool {
        self.entries.find(word).or_else(|| self.straight(word)).is_some_and(|id| self.is_function_id(id))
    }

    fn is_function_id(&self, id: u32) -> bool {
        self.class_ends.first().is_some_and(|end| id < *end)
    }

    /// The entry of a contraction with a curly apostrophe.
    fn straight(&self, word: &str) -> Option<u32> {
        let (before, after) = word.split_once('’')?;
        self.entries.find(Buffer::join(&[before, after], b'\'')?.as_str())
    }

    fn lemmas(&self, word: &str) -> Ids {
        let mut ids = Ids::default();
        self.add_lemmas(word, &mut ids);
        if ids.as_slice().is_empty()
            && let Some(rest) = inflection::without_spurious_suffix(word)
        {
            self.add_lemmas(rest, &mut ids);
        }
        ids
    }

    fn add_lemmas(&self, word: &str, ids: &mut Ids) {
        // `it's` and `let's` are entries; `company's` is not.
        let listed = self.entries.find(word).or_else(|| self.straight(word));
        let word = if listed.is_some() { word } else { inflection::without_possessive(word) };
        let surface = listed.or_else(|| self.entries.find(word));
        if let Some(id) = surface {
            ids.push(id);
        }
        if let Some(first) = self.irregular.find(word) {
            let rows = (first..self.irregular.len()).take_while(|row| self.irregular.get(*row) == word);
            for row in rows {
                if let Some(&lemma) = self.irregular_lemmas.get(row as usize) {
                    ids.push(lemma);
                }
            }
        }
        if surface.is_some_and(|id| self.is_function_id(id)) {
            return; // `his` is no plural of `hi`
        }
        inflection::for_each_base(word, |base, parts| {
            let Some(id) = self.entries.find(base) else {
                return false;
            };
            let of_base = self.parts_of(id);
            // `number` is not more numb: a comparative is rarer than its base.
            let plausible = parts != Parts::ADJECTIVE || surface.is_none_or(|surface| id < surface);
            if plausible && (of_base.is_empty() || of_base.intersects(parts)) {
                ids.push(id);
            }
            true
        });
    }

    fn phrase_lemmas(&self, words: &[&str]) -> Ids {
        let mut ids = Ids::default();
        let mut add = |words: &[&str]| {
            if let Some(id) = Buffer::join(words, b' ').and_then(|phrase| self.entries.find(phrase.as_str())) {
                ids.push(id);
            }
        };
        match words {
            [] => {}
            [word] => ids = self.lemmas(word),
            _ => {
                add(words);
                // As many words as an entry can hold, and then one of them exchanged for its base.
                let mut changed = [""; MAX_WORD_BYTES / 2];
                let Some(changed) = changed.get_mut(..words.len()) else {
                    return ids;
                };
                for at in [0, words.len() - 1] {
                    changed.copy_from_slice(words);
                    for &lemma in self.lemmas(words[at]).as_slice() {
                        changed[at] = self.entries.get(lemma);
                        add(changed);
                    }
                }
            }
        }
        ids
    }

    fn parts_of(&self, id: u32) -> Parts {
        let byte = self.parts.get(id as usize / 2).copied().unwrap_or(0);
        Parts::from_bits(byte >> (id % 2 * 4))
    }

    fn is_pair(&self, a: u32, b: u32) -> bool {
        // The list of the rarer word holds the pair.
        let (low, high) = (a.min(b), a.max(b));
        match self.lists.get(high as usize) {
            Some(&(start, degree)) if degree > 0 => {
                EliasFano::new(start, u32::from(degree), high).is_some_and(|list| list.contains(self.pairs, low))
            }
            _ => false,
        }
    }

    /// `republican-controlled` and `republican-dominated`
    pub(crate) fn compounds_related(&self, a: &str, b: &str) -> bool {
        let hyphens = |word: &str| word.bytes().filter(|byte| *byte == b'-').count();
        let count = hyphens(a);
        // A string of nothing but hyphens, or a longer chain than any word, is no compound.
        (1..=8).contains(&count)
            && count == hyphens(b)
            && a.split('-').zip(b.split('-')).all(|(a, b)| {
                a == b || {
                    let (a, b) = (self.lemmas(a), self.lemmas(b));
                    self.bases_related(a.as_slice(), b.as_slice())
                }
            })
    }
}

/// Marks the adjective that an adverb may be made of.
const OF_ADVERB: u32 = 1 << 31;

/// The few entries that a word may be a form of.
#[derive(Default)]
pub(crate) struct Ids {
    ids: [u32; 16],
    len: usize,
}

impl Ids {
    /// More than there is room for do not occur and would be dropped.
    fn push(&mut self, id: u32) {
        if self.len < self.ids.len() && !self.as_slice().contains(&id) {
            self.ids[self.len] = id;
            self.len += 1;
        }
    }

    pub(crate) fn as_slice(&self) -> &[u32] {
        &self.ids[..self.len]
    }
}

/// Words joined on the stack, no longer than the longest entry.
struct Buffer {
    bytes: [u8; MAX_WORD_BYTES],
    len: usize,
}

impl Buffer {
    fn join(words: &[&str], separator: u8) -> Option<Self> {
        let mut buffer = Self { bytes: [0; MAX_WORD_BYTES], len: 0 };
        for (number, word) in words.iter().enumerate() {
            if number > 0 {
                buffer.push(&[separator])?;
            }
            buffer.push(word.as_bytes())?;
        }
        Some(buffer)
    }

    fn push(&mut self, bytes: &[u8]) -> Option<()> {
        let end = self.len + bytes.len();
        self.bytes.get_mut(self.len..end)?.copy_from_slice(bytes);
        self.len = end;
        Some(())
    }

    fn as_str(&self) -> &str {
        std::str::from_utf8(&self.bytes[..self.len]).unwrap_or_default()
    }
}

const EMPTY: u16 = u16::MAX;

/// Words by number, and numbers by word.
#[derive(Debug, Default)]
struct WordList {
    text: String,
    /// Where each word starts in `text`, and after them where the last one ends.
    starts: Vec<u32>,
    /// Open addressing, at most half full.
    table: Vec<u16>,
}

impl WordList {
    /// Decodes a front-coded list; the coding starts anew after each of `ends`, rising numbers of words.
    fn open(coded: &[u8], ends: &[u32]) -> Option<Self> {
        let count = *ends.last()? as usize;
        let mut reader = Reader(coded);
        let mut text = Vec::with_capacity(coded.len() * 2);
        let mut starts = Vec::with_capacity(count + 1);
        let mut group = 0_u32;
        for &end in ends {
            let mut before = 0..0;
            for _ in group..end {
                let lengths = reader.byte()?;
                let shared = reader.extended(lengths >> 4)?;
                let own = reader.extended(lengths & 15)?;
                let start = text.len();
                if shared > before.len() {
                    return None;
                }
                text.extend_from_within(before.start..before.start + shared);
                text.extend_from_slice(reader.bytes(own)?);
                starts.push(start as u32);
                before = start..text.len();
            }
            group = end;
        }
        starts.push(text.len() as u32);
        let text = String::from_utf8(text).ok().filter(|text| text.is_ascii())?;

        let mut list = Self { text, starts, table: vec![EMPTY; (count * 2).next_power_of_two()] };
        let mask = list.table.len() - 1;
        for id in 0..count {
            let mut slot = hash(list.get(id as u32)) as usize & mask;
            while list.table[slot] != EMPTY {
                slot = (slot + 1) & mask;
            }
            list.table[slot] = id as u16;
        }
        Some(list)
    }

    fn len(&self) -> u32 {
        self.starts.len().saturating_sub(1) as u32
    }

    /// The word of that number; empty if there is none.
    fn get(&self, id: u32) -> &str {
        match self.starts.get(id as usize..id as usize + 2) {
            Some(&[start, end]) => self.text.get(start as usize..end as usize).unwrap_or_default(),
            _ => "",
        }
    }

    /// The number of a word; the first if it is listed repeatedly.
    fn find(&self, word: &str) -> Option<u32> {
        if word.len() > MAX_WORD_BYTES || self.table.is_empty() {
            return None;
        }
        let mask = self.table.len() - 1;
        let mut slot = hash(word) as usize & mask;
        loop {
            match *self.table.get(slot)? {
                EMPTY => return None,
                id if self.get(u32::from(id)) == word => return Some(u32::from(id)),
                _ => slot = (slot + 1) & mask,
            }
        }
    }
}

/// Lives in memory only, so it may change with any release.
fn hash(word: &str) -> u64 {
    const MULTIPLIER: u64 = 0x9e37_79b9_7f4a_7c15;

    let mix = |state: u64, next: u64| {
        let state = (state ^ next).wrapping_mul(MULTIPLIER);
        state ^ state >> 32
    };
    let bytes = word.as_bytes();
    let (chunks, tail) = bytes.as_chunks::<8>();
    let state = chunks.iter().fold(bytes.len() as u64, |state, chunk| mix(state, u64::from_le_bytes(*chunk)));
    // The tail in one step: reads that overlap are cheaper than a copy of unknown length.
    let tail = if tail.is_empty() {
        return state;
    } else if let Some(last) = bytes.last_chunk() {
        u64::from_le_bytes(*last)
    } else if let (Some(first), Some(last)) = (bytes.first_chunk(), bytes.last_chunk()) {
        u64::from(u32::from_le_bytes(*first)) << 32 | u64::from(u32::from_le_bytes(*last))
    } else {
        tail.iter().fold(0, |value, byte| value << 8 | u64::from(*byte))
    };
    mix(state, tail)
}

/// Rising ids below a bound as Elias and Fano coded them: the low bits of each, then the high bits in unary.
struct EliasFano {
    low_width: u32,
    low_start: u32,
    high_start: u32,
    end: u32,
}

impl EliasFano {
    /// The list of `count` (> 0) ids below `universe` that starts at the bit `start`.
    fn new(start: u32, count: u32, universe: u32) -> Option<Self> {
        let low_width = (universe / count).checked_ilog2().unwrap_or(0);
        let high_start = start.checked_add(count.checked_mul(low_width)?)?;
        let end = high_start.checked_add(count)?.checked_add(universe.checked_sub(1)? >> low_width)?;
        Some(Self { low_width, low_start: start, high_start, end })
    }

    fn contains(&self, bits: Bits, id: u32) -> bool {
        const STEP: u32 = 56;

        // Skip as many zeros as the high part counts; the ones up to the next zero share that high part.
        let mut zeros = id >> self.low_width;
        let mut at = self.high_start;
        while zeros > 0 && at < self.end {
            let width = STEP.min(self.end - at);
            let mut clear = !bits.read(at, width) & ((1 << width) - 1);
            if clear.count_ones() < zeros {
                zeros -= clear.count_ones();
                at += width;
                continue;
            }
            for _ in 1..zeros {
                clear &= clear - 1;
            }
            at += clear.trailing_zeros() + 1;
            zeros = 0;
        }
        // As many ones as bits behind us that are not zeros of the unary code.
        let mut index = at - self.high_start - (id >> self.low_width).min(at - self.high_start);
        let wanted = u64::from(id) & ((1 << self.low_width) - 1);
        while at < self.end && bits.read(at, 1) == 1 {
            let low = bits.read(self.low_start + index * self.low_width, self.low_width);
            if low >= wanted {
                return low == wanted;
            }
            at += 1;
            index += 1;
        }
        false
    }
}

/// A string of bits, the lowest of each byte first, eight bytes longer than what is read from it.
#[derive(Clone, Copy, Debug, Default)]
struct Bits(&'static [u8]);

impl Bits {
    fn len(self) -> usize {
        self.0.len().saturating_sub(8) * 8
    }

    /// The `width` (≤ 56) bits at `at`; zeros past the end.
    fn read(self, at: u32, width: u32) -> u64 {
        let byte = at as usize / 8;
        match self.0.get(byte..).and_then(|rest| rest.first_chunk()) {
            Some(bytes) => (u64::from_le_bytes(*bytes) >> (at % 8)) & ((1 << width) - 1),
            None => 0,
        }
    }
}

/// What is left to read of a section.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn bytes(&mut self, count: usize) -> Option<&'a [u8]> {
        let (bytes, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(bytes)
    }

    fn byte(&mut self) -> Option<u8> {
        let (byte, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*byte)
    }

    fn u32(&mut self) -> Option<u32> {
        let (bytes, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(u32::from_le_bytes(*bytes))
    }

    /// A length of up to 14 in a nibble, or 15 and a byte that is added.
    fn extended(&mut self, nibble: u8) -> Option<usize> {
        let length = usize::from(nibble);
        Some(if length == 15 { length + usize::from(self.byte()?) } else { length })
    }

    fn varint(&mut self) -> Option<u32> {
        let mut value = 0;
        for shift in (0..28).step_by(7) {
            let byte = self.byte()?;
            value |= u32::from(byte & 127) << shift;
            if byte < 128 {
                return Some(value);
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HARMLESS: [&str; 12] =
        ["", "'", "’s", "-", "--", "a-", "-a-b-", "é", "книги", "走る", "naïveté-ish", "\u{0}\u{1}ing"];

    #[test]
    fn what_spinners_exchange_is_related() {
        let english = Thesaurus::english();
        for (a, b) in [
            ("announced", "introduced"),
            ("companies", "firms"),
            ("companies", "businesses"),
            ("walking", "strolling"),
            ("both", "either"),
            ("important", "vital"),
            ("merchandise", "products"),
            ("models", "fashions"),
            ("gives", "offers"),
            ("buy", "purchase"),
            ("customers", "clients"),
            ("took", "grabbed"),
            ("said", "stated"),
            ("but", "however"),
            ("two", "2"),
            ("widely", "extensively"),
            ("emphasized", "emphasised"),
            ("colour", "color"),
            ("constructinging", "building"),
            ("year's", "annum"),
            ("denied", "deny"),
            ("long-term", "lengthy-term"),
            ("isn't", "not"),
            ("isn’t", "not"),
        ] {
            assert!(english.related(a, b), "{a} ~ {b}");
        }
    }

    #[test]
    fn strangers_and_opposites_are_not_related() {
        let english = Thesaurus::english();
        for (a, b) in [
            ("announced", "potatoes"),
            ("house", "seldom"),
            ("river", "contract"),
            ("two", "three"),
            ("million", "billion"),
            ("second", "third"),
            ("monday", "tuesday"),
            ("january", "february"),
            ("rise", "fall"),
            ("increase", "decrease"),
            ("north", "south"),
            ("open", "close"),
            ("number", "numb"),
            ("his", "hi"),
            ("zelensky", "putin"),
            ("two-year", "three-year"),
            ("34-year-old", "35-year-old"),
        ] {
            assert!(!english.related(a, b), "{a} ≁ {b}");
        }
    }

    #[test]
    fn a_word_is_related_to_itself_known_or_not() {
        let english = Thesaurus::english();
        for word in HARMLESS.into_iter().chain(["house", "zelensky", "2032"]) {
            assert!(english.related(word, word), "{word}");
        }
    }

    #[test]
    fn the_relation_is_symmetric() {
        let english = Thesaurus::english();
        let count = english.entries.len();
        let pairs = (0..5_000_u32).map(|i| (i * 7_919 % count, i * 104_729 % count));
        for (a, b) in pairs {
            let (a, b) = (english.entries.get(a), english.entries.get(b));
            assert_eq!(english.related(a, b), english.related(b, a), "{a} ~ {b}");
        }
    }

    #[test]
    fn phrases_are_related_to_words_and_phrases() {
        let english = Thesaurus::english();
        let related = |a: &str, b: &str| {
            let (a, b): (Vec<_>, Vec<_>) = (a.split(' ').collect(), b.split(' ').collect());
            assert_eq!(english.phrase_related(&a, &b), english.phrase_related(&b, &a), "{a:?} ~ {b:?}");
            english.phrase_related(&a, &b)
        };
        for (a, b) in [
            ("once again", "once more"),
            ("again", "once more"),
            ("as well as", "in addition to"),
            ("instead", "as an alternative"),
            ("gave up", "abandoned"),
            ("cannot", "can not"),
            ("at the same time", "while"),
            ("other partners", "different companions"),
        ] {
            assert!(related(a, b), "{a} ~ {b}");
        }
        for (a, b) in [("once again", "potatoes"), ("two years", "three years"), ("more than", "less than")] {
            assert!(!related(a, b), "{a} ≁ {b}");
        }
    }

    #[test]
    fn phrases_of_any_length_are_harmless() {
        let english = Thesaurus::english();
        assert!(!english.phrase_related(&[], &[]));
        assert!(!english.phrase_related(&[], &["a"]));
        let long = vec!["word"; 1_000];
        assert!(english.phrase_related(&long, &long));
        assert!(!english.phrase_related(&long, &["word"]));
        assert!(!english.phrase_related(&["", ""], &["é", "’s", "'"]));
    }

    #[test]
    fn any_text_is_harmless() {
        let english = Thesaurus::english();
        let long = "-s".repeat(10_000);
        for a in HARMLESS.into_iter().chain([long.as_str()]) {
            for b in HARMLESS.into_iter().chain(["house", long.as_str()]) {
                assert_eq!(english.related(a, b), english.related(b, a), "{a:?} {b:?}");
                assert!(!english.related(a, "house"), "{a:?}");
            }
            assert_eq!(english.frequency_class(a), None, "{a:?}");
            assert!(!english.is_function_word(a), "{a:?}");
        }
    }

    #[test]
    fn frequent_words_have_low_classes() {
        let english = Thesaurus::english();
        let class = |word| english.frequency_class(word).expect(word);
        assert_eq!(class("the"), 0);
        assert!(class("say") < class("proclaim") && class("proclaim") < class("enunciate"));
        assert_eq!(class("walking's"), class("walking"));
        assert_eq!(class("strolls"), class("stroll"));
        assert_eq!(class("colour"), class("color"));
        assert_eq!(english.frequency_class("once more"), None);
        assert_eq!(english.frequency_class("2"), None);
    }

    #[test]
    fn function_words_are_told_from_content_words() {
        let english = Thesaurus::english();
        for word in ["the", "of", "was", "isn't", "isn’t", "they're", "throughout", "myself", "cannot"] {
            assert!(english.is_function_word(word), "{word}");
        }
        for word in ["president", "say", "2", "once more", "thee's"] {
            assert!(!english.is_function_word(word), "{word}");
        }
    }

    #[test]
    fn every_entry_is_found_under_its_own_word() {
        let english = Thesaurus::english();
        assert!(english.entries.len() > 30_000);
        for id in 0..english.entries.len() {
            let word = english.entries.get(id);
            assert!(!word.is_empty() && word.len() <= MAX_WORD_BYTES, "{word:?}");
            assert_eq!(english.entries.find(word), Some(id), "{word}");
        }
        for (row, lemma) in english.irregular_lemmas.iter().enumerate() {
            assert!(english.irregular.find(english.irregular.get(row as u32)).is_some());
            assert!(*lemma < english.entries.len());
        }
    }

    #[test]
    fn every_list_decodes_to_as_many_rising_ids_as_it_says() {
        let english = Thesaurus::english();
        // Decoding every 101st list in full stands for all of them.
        for high in (0..english.entries.len()).step_by(101) {
            let degree = usize::from(english.lists[high as usize].1);
            let found = (0..high).filter(|low| english.is_pair(*low, high)).count();
            assert_eq!(found, degree, "{}", english.entries.get(high));
        }
    }

    #[test]
    fn a_damaged_blob_is_refused_or_harmless() {
        for len in (0..ENGLISH.len()).step_by(50_021) {
            assert!(Thesaurus::open(&ENGLISH[..len]).is_none(), "{len}");
        }
        for at in (0..ENGLISH.len()).step_by(200_003).chain(8..60) {
            let mut bytes = ENGLISH.to_vec();
            bytes[at] ^= 0x5a;
            if let Some(opened) = Thesaurus::open(bytes.leak()) {
                opened.related("announced", "introduced");
                opened.frequency_class("walking");
            }
        }
    }

    #[test]
    fn the_blob_stays_small() {
        assert!(ENGLISH.len() <= 1_300_000, "{}", ENGLISH.len());
    }
}
