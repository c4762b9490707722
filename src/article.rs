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
    /// It is the first after a blank line.
    pub const PARAGRAPH: u8 = 8;
}

/// A hash of all words in order, as they are added: equal for articles with the same tokens.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Content {
    low: u64,
    high: u64,
}

impl Content {
    pub(crate) const EMPTY: Self = Self { low: 0, high: 1 };

    #[inline]
    pub(crate) fn add(&mut self, token: u32) {
        self.low = hash::combine(self.low, u64::from(token));
        self.high = hash::mix(self.high ^ u64::from(token)).wrapping_add(self.high.rotate_left(23));
    }

    pub(crate) fn hash(self) -> u128 {
        u128::from(self.high) << 64 | u128::from(self.low)
    }
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
    /// The tokens that are packed: each in the upper half, its flags in the lowest byte.
    pub(crate) fn unpacked(packed: &[u64]) -> Self {
        Self {
            hashes: packed.iter().map(|&both| (both >> 32) as u32).collect(),
            flags: packed.iter().map(|&both| both as u8).collect(),
        }
    }

    /// As many hashes as flags.
    pub(crate) fn new(hashes: Vec<u32>, flags: Vec<u8>) -> Self {
        debug_assert_eq!(hashes.len(), flags.len());
        Self { hashes: List::Held(hashes), flags: List::Held(flags) }
    }

    /// The upper half of the frozen hash of each normalised word.
    pub fn hashes(&self) -> &[u32] {
        &self.hashes
    }

    /// The hash of all words in order.
    pub(crate) fn content(&self) -> u128 {
        let mut content = Content::EMPTY;
        self.hashes.iter().for_each(|&token| content.add(token));
        content.hash()
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
}

/// An article made ready to be compared: [`Detector::prepare`](crate::Detector::prepare) gives it, without its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Article {
    /// The words, in order.
    pub(crate) tokens: Tokens,
    /// A hash of all words in order: equal for articles with the same tokens.
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
