//! The commonest words, which are kept in memory: which they are, and how they are written down.

use std::cmp::Reverse;
use std::collections::HashMap;

use crate::crawler::bytes::{Rest, put_bytes, put_number};
use crate::crawler::store::{Batch, Store, Table};
use crate::error::Result;
use crate::hash::TokenHasher;
use crate::lexicon::vocabulary::Count;

/// So many words are kept.
const KEPT: usize = 1 << 16;

/// The key of their record.
const BASE: &[u8] = b"common words";

/// A word that is kept in memory.
#[derive(Debug)]
pub(crate) struct Common {
    pub(crate) token: u32,
    pub(crate) count: Count,
    pub(crate) low: u32,
    pub(crate) word: Box<str>,
}

impl Common {
    /// The commonest words come first.
    fn order(&self) -> (Reverse<u32>, u32) {
        order(self.token, &self.count)
    }
}

fn order(token: u32, count: &Count) -> (Reverse<u32>, u32) {
    (Reverse(count.articles), token)
}

/// The words that were common when the store was written.
pub(crate) fn stored(store: &Store) -> Result<Vec<Common>> {
    Ok(store.read(Table::State, BASE, "it lists no words", decode)?.unwrap_or_default())
}

/// Puts the common words into a batch.
pub(crate) fn put(common: &[Common], batch: &mut Batch) {
    batch.put(Table::State, BASE, encode(common));
}

/// The words that were common, while others are counted.
#[derive(Debug, Default)]
pub(crate) struct Gathered {
    common: Vec<Common>,
    /// Their places, by their tokens.
    places: HashMap<u32, u32, TokenHasher>,
    /// The others that were counted.
    others: Vec<(u32, Count)>,
}

impl Gathered {
    pub(crate) fn new(common: Vec<Common>) -> Self {
        let places = common.iter().map(|word| word.token).zip(0..).collect();
        Self { common, places, others: Vec::new() }
    }

    /// How a word was counted, if it is among the common ones.
    pub(crate) fn count(&self, token: u32) -> Option<Count> {
        Some(self.common[*self.places.get(&token)? as usize].count)
    }

    /// Tells how a word is counted now.
    pub(crate) fn set(&mut self, token: u32, count: Count) {
        match self.places.get(&token) {
            Some(&place) => self.common[place as usize].count = count,
            None => self.others.push((token, count)),
        }
    }

    /// Those that are common now, the commonest first. `spell` tells how one is spelled that was not common before.
    pub(crate) fn commonest(self, spell: impl FnMut(u32) -> Result<Option<(u32, Box<str>)>>) -> Result<Vec<Common>> {
        self.first(KEPT, spell)
    }

    fn first(self, most: usize, mut spell: impl FnMut(u32) -> Result<Option<(u32, Box<str>)>>) -> Result<Vec<Common>> {
        let Self { mut common, others, .. } = self;
        let counted = others.iter().map(|(token, count)| order(*token, count));
        let mut orders: Vec<_> = common.iter().map(Common::order).chain(counted).collect();
        let last = (orders.len() > most).then(|| *orders.select_nth_unstable(most - 1).1);
        let stays = |order: (Reverse<u32>, u32)| last.is_none_or(|last| order <= last);
        drop(orders);
        common.retain(|word| stays(word.order()));
        for (token, count) in others {
            if stays(order(token, &count))
                && let Some((low, word)) = spell(token)?
            {
                common.push(Common { token, count, low, word });
            }
        }
        common.sort_unstable_by_key(Common::order);
        Ok(common)
    }
}

pub(crate) fn encode_count(count: &Count, out: &mut Vec<u8>) {
    for number in [count.articles, count.places, count.inside, count.capitals, count.figure.into()] {
        put_number(out, u64::from(number));
    }
}

pub(crate) fn decode_count(rest: &mut Rest<'_>) -> Option<Count> {
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

fn encode(common: &[Common]) -> Vec<u8> {
    let mut out = Vec::new();
    for Common { token, count, low, word } in common {
        out.extend(token.to_le_bytes());
        out.extend(low.to_le_bytes());
        encode_count(count, &mut out);
        put_bytes(&mut out, word.as_bytes());
    }
    out
}

fn decode(record: &[u8]) -> Option<Vec<Common>> {
    let mut rest = Rest(record);
    let mut common = Vec::new();
    while !rest.0.is_empty() {
        let (token, low) = (u32::from_le_bytes(rest.array()?), u32::from_le_bytes(rest.array()?));
        let count = decode_count(&mut rest)?;
        common.push(Common { token, count, low, word: rest.text()?.into() });
    }
    Some(common)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    fn counted(articles: u32) -> Count {
        Count { articles, places: articles + 1, ..Count::default() }
    }

    fn word(token: u32, articles: u32) -> Common {
        Common { token, count: counted(articles), low: !token, word: format!("{token}").into() }
    }

    proptest! {
        #[test]
        fn the_commonest_are_the_first_of_all_put_in_order(
            before in prop::collection::btree_map(0_u32..60, 1_u32..9, 0..40),
            more in prop::collection::btree_map(0_u32..60, 1_u32..9, 0..40),
            most in 1_usize..30,
        ) {
            let mut gathered = Gathered::new(before.iter().map(|(&token, &articles)| word(token, articles)).collect());
            let mut all: BTreeMap<u32, u32> = before.clone();
            for (&token, &articles) in &more {
                let earlier = gathered.count(token).map_or(0, |count| count.articles);
                prop_assert_eq!(earlier, before.get(&token).copied().unwrap_or(0));
                gathered.set(token, counted(earlier + articles));
                all.insert(token, earlier + articles);
            }
            // The index has not met every word's spelling.
            let met = |token: u32| before.contains_key(&token) || !token.is_multiple_of(7);
            let spell = |token: u32| Ok(met(token).then(|| (!token, format!("{token}").into())));
            let found = gathered.first(most, spell).expect("spelled");
            let mut expected: Vec<(u32, u32)> = all.into_iter().collect();
            expected.sort_by_key(|&(token, articles)| (Reverse(articles), token));
            expected.truncate(most);
            expected.retain(|&(token, _)| met(token));
            prop_assert!(found.iter().all(|word| word.low == !word.token && *word.word == *word.token.to_string()));
            let told: Vec<(u32, u32)> = found.iter().map(|word| (word.token, word.count.articles)).collect();
            prop_assert_eq!(&told, &expected);
            let read = decode(&encode(&found)).expect("as it was written");
            prop_assert_eq!(read.iter().map(|word| (word.token, word.count.articles)).collect::<Vec<_>>(), told);
        }
    }
}
