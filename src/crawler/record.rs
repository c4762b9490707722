//! What is stored of an article: one record that every comparison reads, and one that only an answer does.

use std::ops::Range;

use crate::article::{Article, ArticleId, Meta, Span, Tokens, flag};
use crate::crawler::bytes::{Rest, put_bytes, put_number, put_signed};
use crate::crawler::store::{Store, Table};
use crate::disk::List;
use crate::error::Result;
use crate::verify::relation::Relation;

/// What is told of an article, and its words.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Held {
    pub(crate) id: ArticleId,
    pub(crate) meta: Meta,
    /// When it came, in seconds since 1970.
    pub(crate) seen: i64,
    /// What it was a copy of when it came, and in which way.
    pub(crate) copy_of: Option<(ArticleId, Relation)>,
    /// Whether it posts the keys of its text: the first article of a text does.
    pub(crate) posts: bool,
    /// Without the keys of the surface view.
    pub(crate) article: Article,
}

/// Bits of a record's first byte.
const TITLE: u8 = 1;
const DATE: u8 = 2;
const COPY: u8 = 4;
const POSTS: u8 = 8;
/// The upper bit of a word's flags tells that it is quoted. In records without this it told once that the word is the first
/// of a paragraph, which nothing reads: of their words none is known to be quoted.
const QUOTES: u8 = 16;

/// What a record is that is none.
const NO_ARTICLE: &str = "it is no article";

impl Held {
    /// The record, with the [`words`](Self::words) encoded already.
    pub(crate) fn encode(&self, words: &[u8]) -> Vec<u8> {
        let mut out = Vec::with_capacity(64 + self.id.as_str().len() + words.len());
        let bit = |set: bool, bit: u8| if set { bit } else { 0 };
        out.push(
            bit(self.meta.title.is_some(), TITLE)
                | bit(self.meta.date.is_some(), DATE)
                | bit(self.copy_of.is_some(), COPY)
                | bit(self.posts, POSTS)
                | QUOTES,
        );
        put_bytes(&mut out, self.id.as_str().as_bytes());
        put_signed(&mut out, self.seen);
        if let Some(title) = &self.meta.title {
            put_bytes(&mut out, title.as_bytes());
        }
        if let Some(date) = self.meta.date {
            put_signed(&mut out, date);
        }
        if let Some((of, relation)) = &self.copy_of {
            put_bytes(&mut out, of.as_str().as_bytes());
            put_bytes(&mut out, relation.as_str().as_bytes());
        }
        out.extend(words);
        out
    }

    /// The part of the record that holds the words.
    pub(crate) fn words(&self) -> Vec<u8> {
        let tokens = &self.article.tokens;
        let mut out = Vec::with_capacity(32 + tokens.len() * 5);
        out.extend(self.article.content.to_le_bytes());
        put_number(&mut out, u64::from(self.article.repairs));
        put_number(&mut out, tokens.len() as u64);
        tokens.hashes().iter().for_each(|hash| out.extend(hash.to_le_bytes()));
        out.extend(tokens.flags().chunks(2).map(|pair| pair[0] & 0xf | pair.get(1).map_or(0, |flags| flags << 4)));
        out
    }

    pub(crate) fn decode(record: &[u8]) -> Option<Self> {
        let mut rest = Rest(record);
        let [marks] = rest.array()?;
        let id = ArticleId::from(rest.text()?);
        let seen = rest.signed()?;
        let title = if marks & TITLE == 0 { None } else { Some(rest.text()?.to_owned()) };
        let date = if marks & DATE == 0 { None } else { Some(rest.signed()?) };
        let copy_of =
            if marks & COPY == 0 { None } else { Some((ArticleId::from(rest.text()?), rest.text()?.parse().ok()?)) };
        let content = u128::from_le_bytes(rest.array()?);
        let repairs = u32::try_from(rest.number()?).ok()?;
        let count = usize::try_from(rest.number()?).ok()?;
        let (hashes, _) = rest.take(count.checked_mul(4)?)?.as_chunks();
        let hashes = hashes.iter().map(|&hash| u32::from_le_bytes(hash)).collect();
        let packed = rest.take(count.div_ceil(2))?;
        rest.end()?;
        let told = if marks & QUOTES == 0 { 0xf & !flag::QUOTED } else { 0xf };
        let mut flags: Vec<u8> = packed.iter().flat_map(|&pair| [pair & told, pair >> 4 & told]).collect();
        flags.truncate(count);
        let tokens = Tokens::new(hashes, flags);
        let article = Article { content, tokens, bands: List::default(), repairs };
        Some(Self { id, meta: Meta { title, date }, seen, copy_of, posts: marks & POSTS != 0, article })
    }
}

impl Held {
    /// The article of a number, if it is there still.
    pub(crate) fn read(store: &Store, number: u32) -> Result<Option<Self>> {
        store.read(Table::Articles, &number.to_be_bytes(), NO_ARTICLE, Self::decode)
    }

    /// The stored articles whose numbers are in a range, in the order of these.
    pub(crate) fn scan(store: &Store, numbers: Range<u32>) -> impl Iterator<Item = Result<(u32, Self)>> + '_ {
        let articles = store.scan(Table::Articles, &numbers.start.to_be_bytes()).map(|article| {
            let (key, record) = article?;
            let number = key[..].try_into().ok().map(u32::from_be_bytes);
            let held = number.zip(Self::decode(&record));
            held.ok_or_else(|| store.damaged(Table::Articles, &key, NO_ARTICLE))
        });
        articles.take_while(move |held| held.as_ref().map_or(true, |(number, _)| *number < numbers.end))
    }
}

/// Where an article's words stand in its text, and the text itself if it is kept.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Placed {
    pub(crate) spans: Vec<Span>,
    pub(crate) text: Option<Box<str>>,
}

impl Placed {
    pub(crate) fn encode(spans: &[Span], text: Option<&str>) -> Vec<u8> {
        let mut out = Vec::with_capacity(8 + spans.len() * 2);
        put_number(&mut out, spans.len() as u64);
        let mut last = 0;
        for span in spans {
            // The bigrams of scripts without spaces overlap: a span may start before the last one's end.
            put_signed(&mut out, i64::from(span.start) - i64::from(last));
            put_number(&mut out, u64::from(span.end - span.start));
            last = span.end;
        }
        if let Some(text) = text {
            out.extend(lz4_flex::compress_prepend_size(text.as_bytes()));
        }
        out
    }

    pub(crate) fn decode(record: &[u8]) -> Option<Self> {
        let (spans, text) = Self::split(record)?;
        if text.is_empty() {
            return Some(Self { spans, text: None });
        }
        let text = lz4_flex::decompress_size_prepended(text).ok()?;
        Some(Self { spans, text: Some(String::from_utf8(text).ok()?.into()) })
    }

    /// The spans, and the text as it is stored.
    pub(crate) fn split(record: &[u8]) -> Option<(Vec<Span>, &[u8])> {
        let mut rest = Rest(record);
        let count = usize::try_from(rest.number()?).ok()?;
        let mut spans = Vec::with_capacity(count.min(record.len()));
        let mut last = 0_u32;
        for _ in 0..count {
            let start = u32::try_from(i64::from(last).checked_add(rest.signed()?)?).ok()?;
            let end = start.checked_add(u32::try_from(rest.number()?).ok()?)?;
            spans.push(Span { start, end });
            last = end;
        }
        Some((spans, rest.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::tokenise;
    use proptest::prelude::*;

    impl Held {
        fn encode_whole(&self) -> Vec<u8> {
            self.encode(&self.words())
        }
    }

    fn held(text: &str, title: Option<String>, date: Option<i64>, posts: bool) -> Held {
        let found = tokenise(text);
        let content = 0x0123_4567_89ab_cdef_0011_2233_4455_6677;
        Held {
            id: "http://a.example/1?é".into(),
            meta: Meta { title, date },
            seen: 1_777_248_000,
            copy_of: date.map(|_| ("other".into(), Relation::Spun)),
            posts,
            article: Article { tokens: found.tokens, content, bands: List::default(), repairs: found.repairs },
        }
    }

    #[test]
    fn known_answers() {
        // Records are on people's disks: these bytes may never change, but for a new mark in the first.
        let record = held("Windows giant", None, Some(-1), true).encode_whole();
        let start = b"\x1e\x15http://a.example/1?\xc3\xa9\x80\x9c\xf5\x9e\x0d\x01\x05other\x04spun\x77\x66\x55\x44\x33\x22\x11\x00\xef\xcd\xab\x89\x67\x45\x23\x01\x00\x02";
        assert_eq!(record[..start.len()], *start, "{}", record.escape_ascii());
        assert_eq!(record[start.len()..], [0xde, 0xac, 0x4b, 0x44, 0xc7, 0x53, 0x7d, 0xb1, 0x06]);
        assert_eq!(Placed::encode(&tokenise(" A bc").spans, None), [2, 2, 1, 2, 2]);
    }

    #[test]
    fn of_a_record_that_does_not_tell_of_quotations_no_word_is_quoted() {
        let held = held("“Windows giant,” she said", None, None, true);
        let quoted =
            |held: &Held| held.article.tokens.flags().iter().filter(|&&flags| flags & flag::QUOTED != 0).count();
        let mut record = held.encode_whole();
        assert_eq!(Held::decode(&record).as_ref().map(quoted), Some(2));
        record[0] &= !QUOTES;
        let read = Held::decode(&record).expect("whole");
        assert_eq!((quoted(&read), read.article.tokens.hashes()), (0, held.article.tokens.hashes()));
    }

    proptest! {
        #[test]
        fn what_is_stored_is_read(text in "\\PC{0,60}", title: Option<String>, date: Option<i64>, posts: bool) {
            let held = held(&text, title, date, posts);
            prop_assert_eq!(Held::decode(&held.encode_whole()), Some(held));
            let spans = tokenise(&text).spans;
            for kept in [None, Some(&*text)] {
                let placed = Placed { spans: spans.clone(), text: kept.filter(|text| !text.is_empty()).map(Into::into) };
                prop_assert_eq!(Placed::decode(&Placed::encode(&spans, placed.text.as_deref())), Some(placed));
            }
        }

        #[test]
        fn any_bytes_are_read_without_a_panic(bytes: Vec<u8>) {
            let _ = Held::decode(&bytes);
            let _ = Placed::decode(&bytes);
        }
    }
}
