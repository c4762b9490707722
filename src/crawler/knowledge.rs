//! What the index knows of words: how they are spelled, and how common they are, learned as it grows.
//!
//! Counting a word wherever it comes would cost more than all else, so the articles are counted in steps: whenever their
//! number has grown by half, those that came since are read and counted. Between the steps nothing changes, so the
//! same question gets the same answer. Boilerplate takes reading all articles twice, so it is learned only when all are
//! counted anew. The commonest words are kept in memory, the others are looked up. A word that
//! was not counted yet is known by how it stands in the article at hand.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::sync::Arc;

use crate::article::Tokens;
use crate::crawler::bytes::{Rest, put_number};
use crate::crawler::prepared::Spelled;
use crate::crawler::record::Held;
use crate::crawler::store::{Batch, Store, Table};
use crate::error::Result;
use crate::hash::TokenHasher;
use crate::lexicon::boilerplate::{Boilerplate, Followed, Sightings};
use crate::lexicon::spellings::Words;
use crate::lexicon::vocabulary::{Count, Counts, Totals, Vocabulary, count};

/// The words that are kept in memory.
const KEPT: usize = 1 << 16;

/// Articles are counted when so many came since, …
const FIRST_STEP: u64 = 16;

/// … or this part of all, …
const STEP: u64 = 2;

/// … but no later than after so many.
const LAST_STEP: u64 = 1 << 14;

/// The key of the record that says how far was counted.
const LEARNED: &[u8] = b"learned";

/// The key of the record of the words that are kept in memory.
const BASE: &[u8] = b"common words";

/// The key of the record of the sentences that are boilerplate.
const BOILERPLATE: &[u8] = b"boilerplate";

/// How far was counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Learned {
    pub(crate) totals: Totals,
    /// Articles from this number on were not counted.
    pub(crate) upto: u32,
    /// The table that holds the counts: the first, or the other.
    pub(crate) table: bool,
}

impl Learned {
    fn decode(record: &[u8]) -> Option<Self> {
        let mut rest = Rest(record);
        let totals = Totals { articles: rest.number()?, places: rest.number()? };
        let learned = Self { totals, upto: rest.number()?.try_into().ok()?, table: rest.number()? == 1 };
        rest.end()?;
        Some(learned)
    }

    fn put(&self, batch: &mut Batch) {
        let mut out = Vec::new();
        for number in [self.totals.articles, self.totals.places, self.upto.into(), self.table.into()] {
            put_number(&mut out, number);
        }
        batch.put(Table::State, LEARNED, out);
    }

    /// Whether it is time to count, now that there are so many texts.
    pub(crate) fn is_due(&self, texts: u64) -> bool {
        let step = (self.totals.articles / STEP).clamp(FIRST_STEP, LAST_STEP);
        texts >= self.totals.articles + step
    }

    /// The table in use.
    pub(crate) fn counts(&self) -> Table {
        if self.table { Table::OtherCounts } else { Table::Counts }
    }

    /// The table that is not in use.
    fn spare(&self) -> Table {
        if self.table { Table::Counts } else { Table::OtherCounts }
    }
}

fn encode_count(count: &Count, out: &mut Vec<u8>) {
    for number in [count.articles, count.places, count.inside, count.capitals, count.figure.into()] {
        put_number(out, u64::from(number));
    }
}

fn decode_count(rest: &mut Rest<'_>) -> Option<Count> {
    let mut next = || u32::try_from(rest.number()?).ok();
    Some(Count {
        articles: next()?,
        places: next()?,
        inside: next()?,
        capitals: next()?,
        figure: next()? == 1,
        ..Count::default()
    })
}

/// A word that is kept in memory.
struct Common {
    token: u32,
    count: Count,
    low: u32,
    word: Box<str>,
}

/// What is known, since the last step.
#[derive(Debug, Default)]
pub(crate) struct Knowledge {
    pub(crate) learned: Learned,
    vocabulary: Arc<Vocabulary>,
    words: Arc<Words>,
}

/// What is known of the words of a few articles.
#[derive(Debug)]
pub(crate) struct About {
    pub(crate) vocabulary: Vocabulary,
    pub(crate) words: Words,
    /// Words that the index has not met, or not in this spelling, by their hashes.
    pub(crate) unmet: Vec<u64>,
}

impl Knowledge {
    /// What the store holds.
    pub(crate) fn read(store: &Store) -> Result<Self> {
        let Some(record) = store.get(Table::State, LEARNED)? else { return Ok(Self::default()) };
        let learned =
            Learned::decode(&record).ok_or_else(|| store.damaged(Table::State, LEARNED, "it counts nothing"))?;
        let common = match store.get(Table::State, BASE)? {
            Some(record) => {
                decode_common(&record).ok_or_else(|| store.damaged(Table::State, BASE, "it lists no words"))?
            }
            None => Vec::new(),
        };
        let boilerplate = match store.get(Table::State, BOILERPLATE)? {
            Some(record) => decode_boilerplate(&record)
                .ok_or_else(|| store.damaged(Table::State, BOILERPLATE, "it lists no sentences"))?,
            None => Boilerplate::default(),
        };
        Ok(Self::of(learned, &common, Arc::new(boilerplate)))
    }

    fn of(learned: Learned, common: &[Common], boilerplate: Arc<Boilerplate>) -> Self {
        let (mut vocabulary, mut words) = (Vocabulary::default(), Words::default());
        vocabulary.boilerplate = boilerplate;
        for Common { token, count, low, word } in common {
            vocabulary.insert(*token, learned.totals.word(*token, count, Some(word)));
            words.insert(u64::from(*token) << 32 | u64::from(*low), word);
        }
        Self { learned, vocabulary: Arc::new(vocabulary), words: Arc::new(words) }
    }

    /// What is known of the words of an article at hand; unless they are `weighed`, their spelling only.
    pub(crate) fn about(&self, store: &Store, tokens: &Tokens, spelled: &Spelled, weighed: bool) -> Result<About> {
        let mut about = About {
            vocabulary: Vocabulary::over(Arc::clone(&self.vocabulary)),
            words: Words::over(Arc::clone(&self.words)),
            unmet: Vec::new(),
        };
        let mut own: Option<Counts> = None;
        for (full, word) in spelled.iter() {
            let token = (full >> 32) as u32;
            if !about.words.knows(full, word) {
                if let Some((low, stored)) = spelling(store, token)? {
                    about.words.insert(u64::from(token) << 32 | u64::from(low), &stored);
                }
                if !about.words.knows(full, word) {
                    about.words.insert(full, word);
                    about.unmet.push(full);
                }
            }
            if weighed && !about.vocabulary.knows(token) {
                let own = own.get_or_insert_with(|| count(&[tokens], |_| ()));
                let counted = if about.unmet.last() == Some(&full) { None } else { self.counted(store, token)? };
                self.note(token, counted.as_ref().or(own.get(token)), &mut about);
            }
        }
        Ok(about)
    }

    /// Adds what is known of the words of a stored article.
    pub(crate) fn add(&self, store: &Store, tokens: &Tokens, about: &mut About, weighed: bool) -> Result<()> {
        let mut own: Option<Counts> = None;
        for &token in tokens.hashes() {
            // A word that is weighed is spelled too.
            if about.vocabulary.knows(token) {
                continue;
            }
            if about.words.get(token).is_none()
                && let Some((low, stored)) = spelling(store, token)?
            {
                about.words.insert(u64::from(token) << 32 | u64::from(low), &stored);
            }
            if weighed {
                let own = own.get_or_insert_with(|| count(&[tokens], |_| ()));
                let counted = self.counted(store, token)?;
                self.note(token, counted.as_ref().or(own.get(token)), about);
            }
        }
        Ok(())
    }

    /// Adds what follows from the counts of a word.
    fn note(&self, token: u32, count: Option<&Count>, about: &mut About) {
        let count = count.copied().unwrap_or_default();
        about.vocabulary.insert(token, self.learned.totals.word(token, &count, about.words.get(token)));
    }

    fn counted(&self, store: &Store, token: u32) -> Result<Option<Count>> {
        if self.learned.totals.articles == 0 {
            return Ok(None);
        }
        counted(store, self.learned.counts(), token)
    }

    /// Counts the articles that came since the last step, up to number `upto`, and writes down what was learned. The words
    /// that are kept in memory are the commonest of those that were and those that were counted.
    pub(crate) fn learn(&self, store: &Store, upto: u32) -> Result<Self> {
        let mut counts = Counts::default();
        let mut learned = Learned { upto, ..self.learned };
        for article in store.scan(Table::Articles, &self.learned.upto.to_be_bytes()) {
            let (key, record) = article?;
            if *key >= upto.to_be_bytes()[..] {
                break;
            }
            let held = Held::decode(&record).ok_or_else(|| store.damaged(Table::Articles, &key, "it is no article"))?;
            if held.posts {
                learned.totals.articles += 1;
                learned.totals.places += held.article.tokens.len() as u64;
                add(&mut counts, &held.article.tokens);
            }
        }
        let mut batch = Batch::default();
        let mut all: Vec<(u32, Count)> = Vec::with_capacity(counts.len());
        for (token, mut count) in counts.iter().map(|(token, &count)| (token, count)) {
            if let Some(before) = self.counted(store, token)? {
                count.add(&before);
            }
            put_count(&mut batch, learned.counts(), token, &count);
            all.push((token, count));
        }
        let before = store.get(Table::State, BASE)?.and_then(|record| decode_common(&record)).unwrap_or_default();
        let common = common(store, all, before)?;
        learned.put(&mut batch);
        batch.put(Table::State, BASE, encode_common(&common));
        store.commit(batch)?;
        Ok(Self::of(learned, &common, Arc::clone(&self.vocabulary.boilerplate)))
    }

    /// Counts all articles anew, in the table that is not in use, and learns which of their sentences are boilerplate.
    pub(crate) fn recount(&self, store: &Store, upto: u32) -> Result<(Self, Batch)> {
        let spare = self.learned.spare();
        store.clear(spare)?;
        let mut learned = Learned { totals: Totals::default(), upto, table: !self.learned.table };
        let mut counts = Counts::default();
        // Counted with a table of the same size as a detector's, so that the same sentences meet in it.
        let lengths = posting(store).map(|tokens| Ok(tokens?.len()));
        let sightings = Sightings::new(lengths.sum::<Result<usize>>()?);
        for tokens in posting(store) {
            let tokens = tokens?;
            learned.totals.articles += 1;
            learned.totals.places += tokens.len() as u64;
            add(&mut counts, &tokens);
            sightings.note(&tokens);
        }
        let boilerplate = boilerplate(store, &sightings, learned.totals, &counts)?;
        let all: Vec<(u32, Count)> = counts.iter().map(|(token, &count)| (token, count)).collect();
        for part in all.chunks(1 << 14) {
            let mut batch = Batch::default();
            for (token, count) in part {
                put_count(&mut batch, spare, *token, count);
            }
            store.commit(batch)?;
        }
        let mut batch = Batch::default();
        let common = common(store, all, Vec::new())?;
        learned.put(&mut batch);
        batch.put(Table::State, BASE, encode_common(&common));
        batch.put(Table::State, BOILERPLATE, encode_boilerplate(&boilerplate));
        Ok((Self::of(learned, &common, Arc::new(boilerplate)), batch))
    }
}

/// The words of all articles that post keys.
fn posting(store: &Store) -> impl Iterator<Item = Result<Tokens>> + '_ {
    let decoded = store.scan(Table::Articles, &[]).map(|article| {
        let (key, record) = article?;
        let held = Held::decode(&record).ok_or_else(|| store.damaged(Table::Articles, &key, "it is no article"))?;
        Ok(held.posts.then_some(held.article.tokens))
    });
    decoded.filter_map(Result::transpose)
}

/// Which sentences of the articles, whose words were counted, are boilerplate.
fn boilerplate(store: &Store, sightings: &Sightings, totals: Totals, counts: &Counts) -> Result<Boilerplate> {
    let mut keys: HashMap<u32, bool, TokenHasher> = HashMap::default();
    let mut is_key = |token: u32| -> Result<bool> {
        if let Some(&key) = keys.get(&token) {
            return Ok(key);
        }
        let spelled = spelling(store, token)?;
        let count = counts.get(token).copied().unwrap_or_default();
        let key = totals.word(token, &count, spelled.as_ref().map(|(_, word)| &**word)).word.key;
        keys.insert(token, key);
        Ok(key)
    };
    let mut followed = Followed::default();
    for tokens in posting(store) {
        let mut failed = Ok(());
        followed.add(&tokens?, sightings, |token| {
            is_key(token).unwrap_or_else(|error| {
                failed = Err(error);
                false
            })
        });
        failed?;
    }
    Ok(followed.boilerplate())
}

fn encode_boilerplate(boilerplate: &Boilerplate) -> Vec<u8> {
    boilerplate.hashes().into_iter().flat_map(u64::to_le_bytes).collect()
}

fn decode_boilerplate(record: &[u8]) -> Option<Boilerplate> {
    let hashes = record.chunks(8).map(|hash| Some(u64::from_le_bytes(hash.try_into().ok()?)));
    hashes.collect::<Option<Vec<u64>>>().map(Boilerplate::of_hashes)
}

/// Adds an article's words to the counts.
fn add(counts: &mut Counts, tokens: &Tokens) {
    for (token, more) in count(&[tokens], |_| ()).iter() {
        counts.or_default(token).add(more);
    }
}

fn put_count(batch: &mut Batch, table: Table, token: u32, count: &Count) {
    let mut out = Vec::new();
    encode_count(count, &mut out);
    batch.put(table, &token.to_be_bytes(), out);
}

fn counted(store: &Store, table: Table, token: u32) -> Result<Option<Count>> {
    let key = token.to_be_bytes();
    let Some(record) = store.get(table, &key)? else { return Ok(None) };
    let count = decode_count(&mut Rest(&record)).ok_or_else(|| store.damaged(table, &key, "it counts no word"))?;
    Ok(Some(count))
}

/// The lower half of the hash and the letters of a word that the index has met.
pub(crate) fn spelling(store: &Store, token: u32) -> Result<Option<(u32, Box<str>)>> {
    let key = token.to_be_bytes();
    let Some(record) = store.get(Table::Words, &key)? else { return Ok(None) };
    let mut rest = Rest(&record);
    let word = rest.array().and_then(|low| Some((u32::from_le_bytes(low), std::str::from_utf8(rest.0).ok()?.into())));
    word.map(Some).ok_or_else(|| store.damaged(Table::Words, &key, "it spells no word"))
}

/// Puts the spelling of a word into a batch.
pub(crate) fn put_spelling(batch: &mut Batch, full: u64, word: &str) {
    let mut out = (full as u32).to_le_bytes().to_vec();
    out.extend(word.as_bytes());
    batch.put(Table::Words, &((full >> 32) as u32).to_be_bytes(), out);
}

/// The commonest of the words that were counted and those that were common before, with their spellings.
fn common(store: &Store, counted: Vec<(u32, Count)>, before: Vec<Common>) -> Result<Vec<Common>> {
    let mut spelled: HashMap<u32, Common, TokenHasher> = before.into_iter().map(|word| (word.token, word)).collect();
    let mut all: HashMap<u32, Count, TokenHasher> = spelled.iter().map(|(&token, word)| (token, word.count)).collect();
    all.extend(counted);
    let mut all: Vec<(u32, Count)> = all.into_iter().collect();
    all.sort_unstable_by_key(|&(token, count)| (Reverse(count.articles), token));
    all.truncate(KEPT);
    let mut common = Vec::with_capacity(all.len());
    for (token, count) in all {
        if let Some(known) = spelled.remove(&token) {
            common.push(Common { count, ..known });
        } else if let Some((low, word)) = spelling(store, token)? {
            common.push(Common { token, count, low, word });
        }
    }
    Ok(common)
}

fn encode_common(common: &[Common]) -> Vec<u8> {
    let mut out = Vec::new();
    for Common { token, count, low, word } in common {
        out.extend(token.to_le_bytes());
        out.extend(low.to_le_bytes());
        encode_count(count, &mut out);
        put_number(&mut out, word.len() as u64);
        out.extend(word.as_bytes());
    }
    out
}

fn decode_common(record: &[u8]) -> Option<Vec<Common>> {
    let mut rest = Rest(record);
    let mut common = Vec::new();
    while !rest.0.is_empty() {
        let (token, low) = (u32::from_le_bytes(rest.array()?), u32::from_le_bytes(rest.array()?));
        let count = decode_count(&mut rest)?;
        common.push(Common { token, count, low, word: rest.text()?.into() });
    }
    Some(common)
}
