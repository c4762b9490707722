//! What an article is to the rest of the program: an id, what is told about it, and its tokens.

use std::fmt;
use std::ops::Range;

use crate::disk::{Filer, List, Stretch};
use crate::error::Result;
use crate::hash;

/// The name of an article: what the record called it, or where it stood.
///
/// ```
/// let id = unspin::ArticleId::from("wire-17");
/// assert_eq!(id.as_str(), "wire-17");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ArticleId(Box<str>);

impl ArticleId {
    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<T: Into<Box<str>>> From<T> for ArticleId {
    fn from(id: T) -> Self {
        Self(id.into())
    }
}

impl fmt::Display for ArticleId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What is told about an article beside its text. Titles are shown, never compared.
///
/// ```
/// let meta = unspin::Meta { date: Some(1_777_248_000), ..Default::default() };
/// assert_eq!(meta.title, None);
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Meta {
    /// The headline.
    pub title: Option<String>,
    /// When it was published, in seconds since 1970-01-01 UTC.
    pub date: Option<i64>,
}

/// A stretch of an article's text as it was read, in bytes. It starts and ends between characters.
///
/// ```
/// use unspin::Span;
/// let text = "the Windows giant";
/// assert_eq!(&text[Span { start: 4, end: 11 }.range()], "Windows");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The first byte.
    pub start: u32,
    /// The byte after the last.
    pub end: u32,
}

impl Span {
    /// The span as a range to slice the text with.
    pub fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// What is known of a token beside its hash: a set of flags.
pub mod flag {
    /// It starts with a digit.
    pub const NUMBER: u8 = 1;
    /// It starts with a capital letter in the text.
    pub const CAPITAL: u8 = 2;
    /// It is the first of a sentence.
    pub const SENTENCE: u8 = 4;
    /// It stands in a quotation. In an index that was filled before quotations were told, the first word of a paragraph.
    pub const QUOTED: u8 = 8;
}

/// A hash of all words in order, made of their hashes: equal for articles with the same words. It is made of the upper 56
/// bits of each: of 32-bit tokens some million words have two that are the same, and an article of three words had
/// another's.
pub(crate) fn content(words: &[u64]) -> u128 {
    const SECRET: [u64; 3] = [0x2d35_8dcc_aa6c_78a5, 0x8bb8_4b93_962e_acc9, 0x4b33_a62e_d433_d4a3];
    let word = |hash: u64| hash & !0xff;
    let length = words.len() as u64;
    let (mut low, mut high) = (SECRET[2] ^ length, SECRET[0] ^ length);
    for pair in words.chunks(2) {
        let (x, y) = (word(pair[0]), pair.get(1).map_or(0, |&hash| word(hash)));
        low = hash::fold(x ^ SECRET[0], y ^ low);
        high = hash::fold(y ^ SECRET[1], x ^ high);
    }
    u128::from(hash::mix(high)) << 64 | u128::from(hash::mix(low))
}

/// An article's words: a hash and flags for each.
///
/// ```
/// let tokens = unspin::text::tokenise("The deal is worth $50bn.").tokens;
/// assert_eq!(tokens.len(), 5);
/// assert_eq!(tokens.flags()[4] & unspin::article::flag::NUMBER, unspin::article::flag::NUMBER);
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tokens {
    hashes: List<u32>,
    flags: List<u8>,
}

impl Tokens {
    /// As many hashes as flags.
    pub(crate) fn new(hashes: Vec<u32>, flags: Vec<u8>) -> Self {
        debug_assert_eq!(hashes.len(), flags.len());
        Self { hashes: List::Held(hashes), flags: List::Held(flags) }
    }

    /// The upper half of the frozen hash of each normalised word.
    pub fn hashes(&self) -> &[u32] {
        &self.hashes
    }

    /// The [`flag`]s of each word.
    pub fn flags(&self) -> &[u8] {
        &self.flags
    }

    /// How many words there are.
    pub fn len(&self) -> usize {
        self.hashes.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.hashes.is_empty()
    }

    /// Whether these are the fewer of two articles' words. Of as many in both the words decide, and not which comes first.
    pub(crate) fn are_fewer(&self, other: &Self) -> bool {
        (self.len(), self.hashes()) <= (other.len(), other.hashes())
    }
}

/// An article made ready to be compared: [`Detector::prepare`](crate::Detector::prepare) gives it, without its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Article {
    /// The words, in order.
    pub(crate) tokens: Tokens,
    /// The hash of its [`content`].
    pub(crate) content: u128,
    /// The keys of the surface view.
    pub(crate) bands: List<u64>,
    /// How many characters were look-alikes or invisible: marks of a disguise.
    pub(crate) repairs: u32,
}

impl Article {
    /// The words, in order.
    pub fn tokens(&self) -> &Tokens {
        &self.tokens
    }

    /// The bytes of its lists.
    pub(crate) fn bytes(&self) -> usize {
        size_of_val(self.tokens.hashes()) + size_of_val(self.tokens.flags()) + size_of_val(&*self.bands)
    }

    /// Writes its lists into a file.
    pub(crate) fn write(&self, filer: &mut Filer<'_>) -> Result<()> {
        filer.add(&self.bands)?;
        filer.add(&self.tokens.hashes)?;
        filer.add(&self.tokens.flags)
    }

    /// Replaces its lists by the same ones in a file.
    pub(crate) fn file(&mut self, written: &mut impl Iterator<Item = Stretch>) {
        if let (Some(bands), Some(hashes), Some(flags)) = (written.next(), written.next(), written.next()) {
            self.bands = List::Filed(bands);
            self.tokens = Tokens { hashes: List::Filed(hashes), flags: List::Filed(flags) };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_contents() {
        // They reach disk: these may never change.
        let words = [0x444b_acde_670f_5900, 0xb17d_53c7_0000_0100, 0x1234_5678_9abc_de00];
        let expected = [
            0x196d_3564_d8c2_5634_eeff_cd9b_faa3_9843,
            0x885b_d48e_72b8_7abc_441c_913e_d0e7_675e,
            0x1116_21e8_dc18_5545_543a_46f6_a333_e1e8,
            0xcaac_a579_89f7_b230_c902_5ad5_d4b2_9585,
        ];
        for (count, expected) in (0..).zip(expected) {
            assert_eq!(content(&words[..count]), expected, "{count}: {:#x}", content(&words[..count]));
        }
    }

    #[test]
    fn contents_tell_order_number_and_every_word_but_for_eight_bits() {
        let words: Vec<u64> = (1..40).map(|n| hash::mix(n) & !0xff).collect();
        let mut seen = std::collections::HashSet::new();
        for count in 0..words.len() {
            assert!(seen.insert(content(&words[..count])));
            let mut changed = words.clone();
            changed[count] ^= 0x100;
            assert!(seen.insert(content(&changed)));
            changed[count] ^= 0x1ff;
            assert!(!seen.insert(content(&changed)) || count == 0);
            changed.swap(count, 0);
        }
    }
}
