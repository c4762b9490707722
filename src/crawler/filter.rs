//! Which keys a run may hold: a split-block Bloom filter (Putze, Sanders and Singler, "Cache-, hash- and
//! space-efficient Bloom filters", 2007; the constants are Apache Parquet's). A key that is not there costs one line of
//! the cache.

/// The most bits of the filter for each key: with them, one key in a hundred that is not there passes for one that is.
/// With half of them it is one in six.
const BITS: u64 = 10;

/// The bits of a block.
const BLOCK: u64 = 256;

const SALTS: [u32; 8] =
    [0x47b6_137b, 0x4497_4d91, 0x8824_ad5b, 0xa2b7_289d, 0x7054_95c7, 0x2df1_424b, 0x9efc_4947, 0x5c6b_fb31];

/// Aligned, so that it never stands in two lines of the cache.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[repr(align(32))]
struct Block([u32; 8]);

/// The blocks of a filter that are stored as one page.
const PAGE: usize = 256;

/// The keys are placed at random already: they need no further hashing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Filter {
    blocks: Vec<Block>,
}

/// The bits of a key, one in each word of its block.
fn mask(key: u64) -> [u32; 8] {
    SALTS.map(|salt| 1 << ((key as u32).wrapping_mul(salt) >> 27))
}

impl Filter {
    /// How many blocks a filter of so many keys has, if it may take so many bytes.
    pub(crate) fn blocks(keys: u64, most: u64) -> u32 {
        let most = (most / (BLOCK / 8)).clamp(1, u64::from(u32::MAX));
        (keys * BITS).div_ceil(BLOCK).clamp(1, most) as u32
    }

    /// An empty filter.
    pub(crate) fn new(blocks: u32) -> Self {
        Self { blocks: vec![Block::default(); blocks as usize] }
    }

    /// The bytes that a filter takes.
    pub(crate) fn size(blocks: u32) -> u64 {
        u64::from(blocks) * BLOCK / 8
    }

    /// How many pages a filter is stored as.
    pub(crate) fn pages(blocks: u32) -> u32 {
        blocks.div_ceil(PAGE as u32)
    }

    /// A page of the filter as it is stored; `None` behind the last.
    pub(crate) fn page(&self, number: usize) -> Option<Vec<u8>> {
        let blocks = self.blocks.chunks(PAGE).nth(number)?;
        Some(blocks.iter().flat_map(|block| block.0).flat_map(u32::to_le_bytes).collect())
    }

    /// Takes over a page as it was stored. Tells whether it was one.
    pub(crate) fn set_page(&mut self, number: usize, page: &[u8]) -> bool {
        let blocks = self.blocks.chunks_mut(PAGE).nth(number).unwrap_or_default();
        let (words, rest) = page.as_chunks::<4>();
        blocks
            .iter_mut()
            .flat_map(|block| &mut block.0)
            .zip(words)
            .for_each(|(word, &stored)| *word = u32::from_le_bytes(stored));
        rest.is_empty() && words.len() == blocks.len() * 8
    }

    fn block(&self, key: u64) -> usize {
        ((u128::from(key) * self.blocks.len() as u128) >> 64) as usize
    }

    pub(crate) fn add(&mut self, key: u64) {
        let block = self.block(key);
        for (word, bit) in self.blocks[block].0.iter_mut().zip(mask(key)) {
            *word |= bit;
        }
    }

    /// Hands the places of those of the keys that it may hold to `each`. Most of the time goes to fetching their blocks,
    /// so all are fetched at once: the first pass looks at one bit of each and waits for none.
    pub(crate) fn sift(&self, keys: impl Iterator<Item = u64> + Clone, mut each: impl FnMut(usize)) {
        let mut left = vec![(0, 0); keys.clone().count()];
        let mut count = 0;
        for (place, key) in keys.enumerate() {
            left[count] = (place, key);
            count += usize::from(self.blocks[self.block(key)].0[0] & mask(key)[0] != 0);
        }
        left.truncate(count);
        left.into_iter().filter(|&(_, key)| self.may_hold(key)).for_each(|(place, _)| each(place));
    }

    pub(crate) fn may_hold(&self, key: u64) -> bool {
        // Without an early end, which nobody could predict.
        let block = &self.blocks[self.block(key)].0;
        block.iter().zip(mask(key)).fold(0, |missing, (word, bit)| missing | (bit & !word)) == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::mix;

    #[test]
    fn every_key_is_found_and_few_others() {
        let mut filter = Filter::new(Filter::blocks(10_000, u64::MAX / 8));
        (1..=10_000).for_each(|key| filter.add(mix(key)));
        assert!((1..=10_000).all(|key| filter.may_hold(mix(key))));
        let false_ones = (10_001..=110_000).filter(|&key| filter.may_hold(mix(key))).count();
        assert!(false_ones < 2_000, "{false_ones} of 100,000");
        let keys = (5_000..20_000).map(mix);
        let (mut sifted, held) = (Vec::new(), (0..15_000).filter(|&at| filter.may_hold(mix(5_000 + at as u64))));
        filter.sift(keys, |place| sifted.push(place));
        assert_eq!(sifted, held.collect::<Vec<usize>>());
    }

    #[test]
    fn it_is_stored_in_pages_and_as_small_as_it_has_to_be() {
        let blocks = Filter::blocks(100_000, 1 << 14);
        assert_eq!(Filter::size(blocks), 1 << 14);
        let mut filter = Filter::new(blocks);
        (1..=10_000).for_each(|key| filter.add(mix(key)));
        let mut read = Filter::new(blocks);
        for number in 0..Filter::pages(blocks) as usize {
            assert!(read.set_page(number, &filter.page(number).expect("a page")));
        }
        assert_eq!(read, filter);
        assert!(filter.page(Filter::pages(blocks) as usize).is_none());
        assert!(!read.set_page(0, &[0; 3]) && !read.set_page(0, &[0; 4]));
    }
}
