//! What the index knows of words: how they are spelled, and how common they are, learned as it grows.
//!
//! Counting a word wherever it comes would cost more than all else, so the articles are counted in steps: whenever their
//! number has grown by half, those that came since are read and counted. Between the steps nothing changes, so the
//! same question gets the same answer. Boilerplate takes reading all articles again and again, so it is learned only when all are
//! counted anew. The commonest words are kept in memory, the others are looked up, and kept for a while. A word that was
//! not counted yet is known by how it stands in the article at hand.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::{Arc, PoisonError, RwLock};

use crate::article::Tokens;
use crate::crawler::bytes::{Rest, put_number};
use crate::crawler::common::{self, Common, Gathered, decode_count, encode_count};
use crate::crawler::prepared::Spelled;
use crate::crawler::record::Held;
use crate::crawler::store::{Batch, Store, Table};
use crate::error::Result;
use crate::hash::TokenHasher;
use crate::lexicon::boilerplate::{Boilerplate, Followed, Sightings};
use crate::lexicon::spellings::Words;
use crate::lexicon::vocabulary::{Count, Counts, Totals, Vocabulary, count};

/// The articles whose words are counted together.
const AT_ONCE: usize = 512;

/// Articles are counted when so many came since, …
const FIRST_STEP: u64 = 16;

/// … or this part of all, …
const STEP: u64 = 2;

/// … but no later than after so many.
const LAST_STEP: u64 = 1 << 15;

/// The key of the record that says how far was counted.
const LEARNED: &[u8] = b"learned";

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

/// What is known, since the last step.
#[derive(Debug, Default)]
pub(crate) struct Knowledge {
    pub(crate) learned: Learned,
    vocabulary: Arc<Vocabulary>,
    words: Arc<Words>,
    /// The lower halves of the common words' hashes, by their tokens: for most words all that has to be looked up.
    common: HashMap<u32, u32, TokenHasher>,
    recent: Recent,
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
        let learned = store.read(Table::State, LEARNED, "it counts nothing", Learned::decode)?;
        let boilerplate = store.read(Table::State, BOILERPLATE, "it lists no sentences", decode_boilerplate)?;
        Ok(Self::of(learned.unwrap_or_default(), &common::stored(store)?, Arc::new(boilerplate.unwrap_or_default())))
    }

    fn of(learned: Learned, common: &[Common], boilerplate: Arc<Boilerplate>) -> Self {
        let mut vocabulary = Vocabulary::default();
        vocabulary.boilerplate = boilerplate;
        for Common { token, count, word, .. } in common {
            vocabulary.insert(*token, learned.totals.word(*token, count, Some(word)));
        }
        Self {
            learned,
            vocabulary: Arc::new(vocabulary),
            words: Arc::new(common.iter().map(|word| (full(word.token, word.low), &*word.word)).collect()),
            common: common.iter().map(|word| (word.token, word.low)).collect(),
            recent: Recent::default(),
        }
    }

    /// Nothing yet of the words of any article.
    pub(crate) fn blank(&self) -> About {
        About {
            vocabulary: Vocabulary::over(Arc::clone(&self.vocabulary)),
            words: Words::over(Arc::clone(&self.words)),
            unmet: Vec::new(),
        }
    }

    /// What is known of the words of an article at hand; unless they are `weighed`, their spelling only.
    pub(crate) fn about(&self, store: &Store, tokens: &Tokens, spelled: &Spelled, weighed: bool) -> Result<About> {
        let mut about = self.blank();
        let mut own = Own::of(tokens);
        for (full, word) in spelled.iter() {
            let token = (full >> 32) as u32;
            if self.common.get(&token) == Some(&(full as u32)) {
                continue;
            }
            let met = self.met(store, token, weighed)?;
            about.spell(token, met.as_ref());
            if !about.words.knows(full, word) {
                about.words.insert(full, word);
                about.unmet.push(full);
            }
            if weighed {
                self.note(token, met.as_ref(), &mut own, &mut about);
            }
        }
        Ok(about)
    }

    /// Adds what is known of the words of a stored article.
    pub(crate) fn add(&self, store: &Store, tokens: &Tokens, about: &mut About, weighed: bool) -> Result<()> {
        let mut own = Own::of(tokens);
        for &token in tokens.hashes() {
            // A word that is weighed is spelled too.
            let known = if weighed { about.vocabulary.knows(token) } else { about.words.get(token).is_some() };
            if known {
                continue;
            }
            let met = self.met(store, token, weighed)?;
            about.spell(token, met.as_ref());
            if weighed {
                self.note(token, met.as_ref(), &mut own, about);
            }
        }
        Ok(())
    }

    /// Adds what follows from the counts of a word. One that was not counted is known by how it stands in its article.
    fn note(&self, token: u32, met: Option<&Met>, own: &mut Own<'_>, about: &mut About) {
        if !about.vocabulary.knows(token) {
            let count = met.and_then(|met| met.count).unwrap_or_else(|| own.count(token));
            about.vocabulary.insert(token, self.learned.totals.word(token, &count, about.words.get(token)));
        }
    }

    /// What the store holds of a word, if the index has met it.
    fn met(&self, store: &Store, token: u32, weighed: bool) -> Result<Option<Met>> {
        if let Some(met) = self.recent.get(token) {
            return Ok(Some(met));
        }
        let Some((low, word)) = spelling(store, token)? else { return Ok(None) };
        let count = if weighed { self.counted(store, token)? } else { None };
        let met = Met { low, word: word.into(), count };
        self.recent.insert(token, met.clone());
        Ok(Some(met))
    }

    /// Forgets what was read of words, as their spellings are stored anew.
    pub(crate) fn forget(&self, words: &[u64]) {
        for full in words {
            self.recent.remove((full >> 32) as u32);
        }
    }

    fn counted(&self, store: &Store, token: u32) -> Result<Option<Count>> {
        if self.learned.totals.articles == 0 {
            return Ok(None);
        }
        let decode = |record: &[u8]| decode_count(&mut Rest(record));
        store.read(self.learned.counts(), &token.to_be_bytes(), "it counts no word", decode)
    }

    /// Counts the articles that came since the last step, up to number `upto`, and writes down what was learned. The words
    /// that are kept in memory are the commonest of those that were and those that were counted.
    pub(crate) fn learn(&self, store: &Store, upto: u32) -> Result<Self> {
        let (more, counts) = counts(store, self.learned.upto..upto, |_| ())?;
        let totals = Totals {
            articles: self.learned.totals.articles + more.articles,
            places: self.learned.totals.places + more.places,
        };
        let learned = Learned { totals, upto, ..self.learned };
        let mut gathered = Gathered::new(common::stored(store)?);
        let mut batch = Batch::default();
        for (token, mut count) in counts.iter().map(|(token, &count)| (token, count)) {
            let before = match gathered.count(token) {
                Some(count) => Some(count),
                None => self.counted(store, token)?,
            };
            if let Some(before) = before {
                count.add(&before);
            }
            put_count(&mut batch, learned.counts(), token, &count);
            gathered.set(token, count);
        }
        drop(counts);
        let common = Self::write(store, learned, gathered, &mut batch)?;
        // Before what is known is made of it: one large thing at a time.
        store.commit(batch)?;
        Ok(Self::of(learned, &common, Arc::clone(&self.vocabulary.boilerplate)))
    }

    /// Counts all articles anew, in the table that is not in use, and learns which of their sentences are boilerplate. The
    /// batch, when it is committed, puts that in use.
    pub(crate) fn recount(&self, store: &Store, upto: u32) -> Result<(Self, Batch)> {
        let spare = self.learned.spare();
        store.clear(spare)?;
        // Counted with a table of the same size as a detector's, so that the same sentences meet in it.
        let words = posting(store).map(|held| Ok(held?.1.len())).sum::<Result<usize>>()?;
        let sightings = Sightings::new(words);
        let (totals, counts) = counts(store, 0..u32::MAX, |tokens| sightings.note(tokens))?;
        let boilerplate = boilerplate(store, &sightings, totals, &counts)?;
        let learned = Learned { totals, upto, table: !self.learned.table };
        let mut gathered = Gathered::default();
        let mut batch = Batch::default();
        for (token, &count) in counts.iter() {
            put_count(&mut batch, spare, token, &count);
            gathered.set(token, count);
            if batch.len() == 1 << 14 {
                store.commit(std::mem::take(&mut batch))?;
            }
        }
        store.commit(std::mem::take(&mut batch))?;
        batch.put(Table::State, BOILERPLATE, encode_boilerplate(&boilerplate));
        let common = Self::write(store, learned, gathered, &mut batch)?;
        Ok((Self::of(learned, &common, Arc::new(boilerplate)), batch))
    }

    /// Puts into a batch how far was counted, and the words that are common now.
    fn write(store: &Store, learned: Learned, gathered: Gathered, batch: &mut Batch) -> Result<Vec<Common>> {
        let common = gathered.commonest(|token| spelling(store, token))?;
        learned.put(batch);
        common::put(&common, batch);
        Ok(common)
    }
}

impl About {
    /// Adds how a word is spelled that the index has met.
    fn spell(&mut self, token: u32, met: Option<&Met>) {
        if let Some(met) = met {
            self.words.insert(full(token, met.low), &met.word);
        }
    }
}

/// How the words of one article stand in it, counted when that is asked for: one by one, or all if many are.
struct Own<'t> {
    tokens: &'t Tokens,
    asked: usize,
    counts: Option<Counts>,
}

impl<'t> Own<'t> {
    fn of(tokens: &'t Tokens) -> Self {
        Self { tokens, asked: 0, counts: None }
    }

    fn count(&mut self, token: u32) -> Count {
        /// So many cost less one by one.
        const FEW: usize = 16;
        self.asked += 1;
        if self.asked <= FEW {
            return Count::within(self.tokens, token);
        }
        let counts = self.counts.get_or_insert_with(|| count(&[self.tokens], |_| ()));
        counts.get(token).copied().unwrap_or_default()
    }
}

/// What the store holds of a word.
#[derive(Debug, Clone)]
struct Met {
    low: u32,
    word: Arc<str>,
    count: Option<Count>,
}

/// The words that were read lately: the less common ones come again and again too. Several parts, so that threads do not
/// wait for each other.
#[derive(Debug, Default)]
struct Recent([RwLock<HashMap<u32, Met, TokenHasher>>; 16]);

/// The words that each part holds: some eight megabytes in all.
const RECENT: usize = 1 << 12;

impl Recent {
    fn part(&self, token: u32) -> &RwLock<HashMap<u32, Met, TokenHasher>> {
        &self.0[token as usize % self.0.len()]
    }

    fn get(&self, token: u32) -> Option<Met> {
        self.part(token).read().unwrap_or_else(PoisonError::into_inner).get(&token).cloned()
    }

    fn insert(&self, token: u32, met: Met) {
        let mut part = self.part(token).write().unwrap_or_else(PoisonError::into_inner);
        if part.len() == RECENT {
            part.clear();
        }
        part.insert(token, met);
    }

    fn remove(&self, token: u32) {
        self.part(token).write().unwrap_or_else(PoisonError::into_inner).remove(&token);
    }
}

/// A word's hash of its halves.
fn full(token: u32, low: u32) -> u64 {
    u64::from(token) << 32 | u64::from(low)
}

/// The numbers and the words of all articles that post keys.
fn posting(store: &Store) -> impl Iterator<Item = Result<(u32, Tokens)>> + '_ {
    let posts = |(number, held): (u32, Held)| held.posts.then_some((number, held.article.tokens));
    Held::scan(store, 0..u32::MAX).filter_map(move |held| held.map(posts).transpose())
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
    let mut witnesses = Vec::new();
    for held in posting(store) {
        let (number, tokens) = held?;
        if sightings.witness(&tokens) {
            witnesses.push(number);
        }
    }
    let mut followed = Followed::default();
    for number in witnesses {
        let Some(held) = Held::read(store, number)? else { continue };
        let mut failed = Ok(());
        followed.add(&held.article.tokens, sightings, |token| {
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

/// Counts the words of the texts whose numbers are in a range, and these; `each` is told of every text.
fn counts(store: &Store, numbers: Range<u32>, each: impl Fn(&Tokens)) -> Result<(Totals, Counts)> {
    let (mut totals, mut counts) = (Totals::default(), Counts::default());
    let mut texts = Vec::with_capacity(AT_ONCE);
    for held in Held::scan(store, numbers) {
        let (_, held) = held?;
        if held.posts {
            totals.articles += 1;
            totals.places += held.article.tokens.len() as u64;
            each(&held.article.tokens);
            texts.push(held.article.tokens);
        }
        if texts.len() == AT_ONCE {
            add(&mut counts, &texts);
            texts.clear();
        }
    }
    add(&mut counts, &texts);
    Ok((totals, counts))
}

/// Adds the words of some articles to the counts.
fn add(counts: &mut Counts, texts: &[Tokens]) {
    let texts: Vec<&Tokens> = texts.iter().collect();
    for (token, more) in count(&texts, |_| ()).iter() {
        counts.or_default(token).add(more);
    }
}

fn put_count(batch: &mut Batch, table: Table, token: u32, count: &Count) {
    let mut out = Vec::new();
    encode_count(count, &mut out);
    batch.put(table, &token.to_be_bytes(), out);
}

/// The lower half of the hash and the letters of a word that the index has met.
pub(crate) fn spelling(store: &Store, token: u32) -> Result<Option<(u32, Box<str>)>> {
    store.read(Table::Words, &token.to_be_bytes(), "it spells no word", |record| {
        let mut rest = Rest(record);
        let low = u32::from_le_bytes(rest.array()?);
        Some((low, std::str::from_utf8(rest.0).ok()?.into()))
    })
}

/// Puts the spelling of a word into a batch.
pub(crate) fn put_spelling(batch: &mut Batch, full: u64, word: &str) {
    let mut out = (full as u32).to_le_bytes().to_vec();
    out.extend(word.as_bytes());
    batch.put(Table::Words, &((full >> 32) as u32).to_be_bytes(), out);
}
