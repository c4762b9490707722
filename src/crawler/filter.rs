//! Which keys a run may hold: a split-block Bloom filter (Putze, Sanders and Singler, "Cache-, hash- and
//! space-efficient Bloom filters", 2007; the constants are Apache Parquet's). A key that is not there costs one line of
//! the cache, and passes for one that is in about one case in a hundred.

/// The bits of the filter for each key.
const BITS: u64 = 10;

const SALTS: [u32; 8] =
    [0x47b6_137b, 0x4497_4d91, 0x8824_ad5b, 0xa2b7_289d, 0x7054_95c7, 0x2df1_424b, 0x9efc_4947, 0x5c6b_fb31];

type Block = [u32; 8];

/// The blocks of a filter that are stored as one page.
const PAGE: usize = 256;

/// The keys are placed at random already: they need no further hashing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Filter {
    blocks: Vec<Block>,
}

/// The bits of a key, one in each word of its block.
fn mask(key: u64) -> Block {
    SALTS.map(|salt| 1 << ((key as u32).wrapping_mul(salt) >> 27))
}

impl Filter {
    /// An empty filter for so many keys.
    pub(crate) fn new(keys: u64) -> Self {
        Self { blocks: vec![[0; 8]; (keys * BITS).div_ceil(256).max(1) as usize] }
    }

    /// The bytes that a filter of so many keys takes.
    pub(crate) fn size(keys: u64) -> u64 {
        (keys * BITS).div_ceil(256).max(1) * 32
    }

    /// How many pages a filter of so many keys is stored as.
    pub(crate) fn pages(keys: u64) -> u32 {
        Self::size(keys).div_ceil(PAGE as u64 * 32) as u32
    }

    /// A page of the filter as it is stored; `None` behind the last.
    pub(crate) fn page(&self, number: usize) -> Option<Vec<u8>> {
        let blocks = self.blocks.chunks(PAGE).nth(number)?;
        Some(blocks.iter().flatten().flat_map(|word| word.to_le_bytes()).collect())
    }

    /// The filter for so many keys from its stored pages; `None` if these are not its.
    pub(crate) fn from_pages<E>(
        keys: u64,
        mut page: impl FnMut(usize) -> Result<Vec<u8>, E>,
    ) -> Result<Option<Self>, E> {
        let mut filter = Self::new(keys);
        for (number, blocks) in filter.blocks.chunks_mut(PAGE).enumerate() {
            let page = page(number)?;
            let (words, rest) = page.as_chunks::<4>();
            if !rest.is_empty() || words.len() != blocks.len() * 8 {
                return Ok(None);
            }
            blocks.iter_mut().flatten().zip(words).for_each(|(word, &stored)| *word = u32::from_le_bytes(stored));
        }
        Ok(Some(filter))
    }

    fn block(&self, key: u64) -> usize {
        ((u128::from(key) * self.blocks.len() as u128) >> 64) as usize
    }

    pub(crate) fn add(&mut self, key: u64) {
        let block = self.block(key);
        for (word, bit) in self.blocks[block].iter_mut().zip(mask(key)) {
            *word |= bit;
        }
    }

    pub(crate) fn may_hold(&self, key: u64) -> bool {
        self.blocks[self.block(key)].iter().zip(mask(key)).all(|(word, bit)| word & bit != 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::mix;

    #[test]
    fn every_key_is_found_and_few_others() {
        let mut filter = Filter::new(10_000);
        (1..=10_000).for_each(|key| filter.add(mix(key)));
        assert!((1..=10_000).all(|key| filter.may_hold(mix(key))));
        let false_ones = (10_001..=110_000).filter(|&key| filter.may_hold(mix(key))).count();
        assert!(false_ones < 2_000, "{false_ones} of 100,000");
        let stored = |number| filter.page(number).ok_or(());
        assert_eq!(Filter::from_pages(10_000, stored), Ok(Some(filter.clone())));
        assert_eq!(Filter::from_pages(10_000, |_| Ok::<_, ()>(Vec::new())), Ok(None));
    }
}
