//! A change of the index: what it puts into the store, and what it makes of the postings, all together.

use std::collections::HashMap;

use crate::article::{Article, ArticleId, Meta};
use crate::crawler::bytes::{Rest, put_number};
use crate::crawler::keys::Gone;
use crate::crawler::knowledge::put_spelling;
use crate::crawler::lists::{MOST, Posting};
use crate::crawler::parts::{Keyed, Parts, id_key};
use crate::crawler::prepared::Prepared;
use crate::crawler::record::{Held, Placed};
use crate::crawler::store::{Batch, Store, Table};
use crate::crawler::twins::Twins;
use crate::disk::List;
use crate::error::{Error, Result};
use crate::index::postings::Key;
use crate::verify::relation::Relation;

/// The key of the record that says how far the index is.
const AT: &[u8] = b"at";

/// How far the index is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct At {
    /// How many changes were committed.
    pub(crate) commits: u64,
    /// The number that the next article gets.
    pub(crate) next: u32,
    /// How many articles there are, …
    pub(crate) articles: u64,
    /// … and how many of them post keys.
    pub(crate) texts: u64,
}

impl At {
    pub(crate) fn read(store: &Store) -> Result<Self> {
        Ok(store.read(Table::State, AT, "it says nothing", Self::decode)?.unwrap_or_default())
    }

    fn decode(record: &[u8]) -> Option<Self> {
        let mut rest = Rest(record);
        let (commits, next) = (rest.number()?, rest.number()?.try_into().ok()?);
        Some(Self { commits, next, articles: rest.number()?, texts: rest.number()? })
    }

    fn put(&self, batch: &mut Batch) {
        let mut out = Vec::new();
        for number in [self.commits, self.next.into(), self.articles, self.texts] {
            put_number(&mut out, number);
        }
        batch.put(Table::State, AT, out);
    }
}

/// The key of an article in the order of time.
pub(crate) fn time_key(seen: i64, number: u32) -> [u8; 12] {
    let mut key = [0; 12];
    // With the sign bit turned over, negative numbers come first.
    key[..8].copy_from_slice(&(seen as u64 ^ 1 << 63).to_be_bytes());
    key[8..].copy_from_slice(&number.to_be_bytes());
    key
}

/// A change that is being put together.
pub(crate) struct Change<'p> {
    parts: &'p Parts,
    pub(crate) batch: Batch,
    pub(crate) at: At,
    /// What the postings get.
    pub(crate) posted: Vec<(Posting, Vec<Key>)>,
    /// What they lose.
    pub(crate) gone: Option<Gone>,
    twins: HashMap<[u8; 16], Twins>,
}

/// An article that comes in, with all that can be made ready before others have to wait.
pub(crate) struct Arrival {
    held: Held,
    /// Its words as they are stored.
    words: Vec<u8>,
    /// Where they stand, likewise.
    placed: Vec<u8>,
    /// How those are spelled that were not met before.
    spelled: Batch,
    keyed: Keyed,
}

impl Arrival {
    /// Of its words only those that were not met, by their hashes, are spelled.
    pub(crate) fn new(id: ArticleId, meta: Meta, seen: i64, prepared: &Prepared, keyed: Keyed, unmet: &[u64]) -> Self {
        let mut spelled = Batch::default();
        let unmet = prepared.words.iter().filter(|(full, _)| unmet.binary_search(full).is_ok());
        unmet.for_each(|(full, word)| put_spelling(&mut spelled, full, word));
        let Article { tokens, content, repairs, .. } = &prepared.article;
        let article = Article { tokens: tokens.clone(), content: *content, bands: List::default(), repairs: *repairs };
        let held = Held { id, meta, seen, copy_of: None, posts: true, article };
        let placed = Placed::encode(&prepared.spans, prepared.text.as_deref());
        Self { words: held.words(), held, placed, spelled, keyed }
    }

    pub(crate) fn id(&self) -> &ArticleId {
        &self.held.id
    }
}

impl<'p> Change<'p> {
    pub(crate) fn new(parts: &'p Parts, at: At) -> Self {
        Self { parts, batch: Batch::default(), at, posted: Vec::new(), gone: None, twins: HashMap::new() }
    }

    fn twins(&mut self, key: [u8; 16]) -> Result<&mut Twins> {
        match self.twins.entry(key) {
            std::collections::hash_map::Entry::Occupied(held) => Ok(held.into_mut()),
            std::collections::hash_map::Entry::Vacant(place) => Ok(place.insert(Twins::read(&self.parts.store, &key)?)),
        }
    }

    fn number(&mut self) -> Result<u32> {
        if self.at.next >= MOST {
            return Err(Error::TooManyArticles);
        }
        self.at.next += 1;
        Ok(self.at.next - 1)
    }

    /// Puts an article in, a copy of another if that is so.
    pub(crate) fn insert(&mut self, arrival: Arrival, copy_of: Option<(ArticleId, Relation)>) -> Result<()> {
        let Arrival { mut held, words, placed, spelled, keyed } = arrival;
        held.copy_of = copy_of;
        self.batch.append(spelled);
        self.put(held, &words, placed, || Ok(keyed))
    }

    /// Puts an article under a number of its own. The first of its words posts their keys.
    fn put(
        &mut self,
        mut held: Held,
        words: &[u8],
        placed: Vec<u8>,
        keyed: impl FnOnce() -> Result<Keyed>,
    ) -> Result<()> {
        let number = self.number()?;
        let twins_key = Twins::key(&held.article, self.parts.format.seed);
        if !held.article.tokens.is_empty() {
            let twins = self.twins(twins_key)?;
            held.posts = twins.len() == 0;
            twins.push(number);
        }
        self.at.articles += 1;
        if held.posts {
            self.at.texts += 1;
            let Keyed { keys, own } = keyed()?;
            self.posted.push((Posting::new(number, own), keys));
        }
        let key = number.to_be_bytes();
        self.batch.put(Table::Times, &time_key(held.seen, number), Vec::new());
        self.batch.put(Table::Ids, &id_key(held.id.as_str()), key.to_vec());
        self.batch.put(Table::Articles, &key, held.encode(words));
        self.batch.put(Table::Places, &key, placed);
        Ok(())
    }

    /// Takes an article out. If it posted the keys of its words, the next article with the same words does so now, under
    /// a new number.
    pub(crate) fn remove(&mut self, number: u32, held: &Held) -> Result<()> {
        self.take(number, held);
        self.batch.remove(Table::Ids, &id_key(held.id.as_str()));
        if held.article.tokens.is_empty() {
            return Ok(());
        }
        let twins = self.twins(Twins::key(&held.article, self.parts.format.seed))?;
        twins.take(number);
        let Some(&heir) = twins.numbers.first().filter(|_| held.posts) else { return Ok(()) };
        let Some(next) = self.parts.held(heir)? else { return Ok(()) };
        let record = self.parts.store.get(Table::Places, &heir.to_be_bytes())?;
        let placed = record.map(|record| record.to_vec()).unwrap_or_default();
        let rest = {
            let twins = self.twins(Twins::key(&held.article, self.parts.format.seed))?;
            std::mem::take(twins)
        };
        self.take(heir, &next);
        let (article, words) = (next.article.clone(), next.words());
        let parts = self.parts;
        self.put(next, &words, placed, || parts.keys_again(article))?;
        let twins = self.twins(Twins::key(&held.article, self.parts.format.seed))?;
        twins.numbers.extend(rest.numbers.into_iter().filter(|&other| other != heir));
        twins.others = rest.others;
        Ok(())
    }

    /// Whether this change takes away what is stored under a number.
    pub(crate) fn has_taken(&self, number: u32) -> bool {
        self.gone.as_ref().is_some_and(|gone| gone.holds(number))
    }

    /// Takes away what is stored under a number.
    fn take(&mut self, number: u32, held: &Held) {
        self.at.articles -= 1;
        self.at.texts -= u64::from(held.posts);
        let key = number.to_be_bytes();
        self.batch.remove(Table::Articles, &key);
        self.batch.remove(Table::Places, &key);
        self.batch.remove(Table::Times, &time_key(held.seen, number));
        let gone = self.gone.get_or_insert_with(|| (*self.parts.keys.gone()).clone());
        gone.insert(number);
        gone.put(number, &mut self.batch);
    }

    /// The batch, complete.
    pub(crate) fn finish(&mut self) -> Batch {
        self.at.commits += 1;
        self.twins.iter().for_each(|(key, twins)| twins.put(key, &mut self.batch));
        self.at.put(&mut self.batch);
        std::mem::take(&mut self.batch)
    }
}
