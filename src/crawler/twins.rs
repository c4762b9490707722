//! The articles with the same words, by a hash of these.

use crate::article::Article;
use crate::crawler::bytes::{Rest, put_number};
use crate::crawler::store::{Batch, Store, Table};
use crate::error::Result;
use crate::hash;

/// So many articles with the same words are listed; of more only the number is known.
const LISTED: usize = 256;

/// The articles with the same words. The first of them posts the keys for all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Twins {
    pub(crate) numbers: Vec<u32>,
    /// How many more there are.
    pub(crate) others: u64,
}

impl Twins {
    /// The key of an article's words, which nobody can choose without the seed.
    pub(crate) fn key(article: &Article, seed: [u64; 2]) -> [u8; 16] {
        let halves = [article.content as u64, (article.content >> 64) as u64];
        let [a, b] = seed.map(|seed| halves.iter().fold(seed, |key, &half| hash::combine(key, half)));
        let mut key = [0; 16];
        key[..8].copy_from_slice(&a.to_be_bytes());
        key[8..].copy_from_slice(&b.to_be_bytes());
        key
    }

    pub(crate) fn read(store: &Store, key: &[u8]) -> Result<Self> {
        Ok(store.read(Table::Texts, key, "it lists no articles", Self::decode)?.unwrap_or_default())
    }

    fn decode(record: &[u8]) -> Option<Self> {
        let mut rest = Rest(record);
        let others = rest.number()?;
        let (numbers, []) = rest.0.as_chunks() else { return None };
        Some(Self { others, numbers: numbers.iter().map(|&number| u32::from_le_bytes(number)).collect() })
    }

    /// Puts the list into a batch.
    pub(crate) fn put(&self, key: &[u8], batch: &mut Batch) {
        if self.numbers.is_empty() {
            return batch.remove(Table::Texts, key);
        }
        let mut out = Vec::with_capacity(2 + self.numbers.len() * 4);
        put_number(&mut out, self.others);
        self.numbers.iter().for_each(|number| out.extend(number.to_le_bytes()));
        batch.put(Table::Texts, key, out);
    }

    pub(crate) fn push(&mut self, number: u32) {
        if self.numbers.len() < LISTED {
            self.numbers.push(number);
        } else {
            self.others += 1;
        }
    }

    /// Takes an article off the list.
    pub(crate) fn take(&mut self, number: u32) {
        let listed = self.numbers.len();
        self.numbers.retain(|&other| other != number);
        if self.numbers.len() == listed {
            self.others = self.others.saturating_sub(1);
        }
    }

    pub(crate) fn len(&self) -> u64 {
        self.numbers.len() as u64 + self.others
    }
}
