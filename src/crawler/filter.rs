//! Which keys a run may hold: a split-block Bloom filter (Putze, Sanders and Singler, "Cache-, hash- and
//! space-efficient Bloom filters", 2007; the constants are Apache Parquet's). A key that is not there costs one line of
//! the cache.
//!
//! A filter is stored at its best, and read into as much memory as there is: neighbouring blocks are folded into one, all
//! of them or some.

use std::fs::File;
use std::hint::black_box;
use std::io::{self, BufWriter, Read, Seek, Write};

use memmap2::MmapMut;

/// The bits of the filter for each key: with them, one key in seventy that is not there passes for one that is. With half
/// of them it is one in ten.
const BITS: u64 = 10;

/// The bits of a block, …
const BLOCK: u64 = 256;

/// … and its bytes.
pub(crate) const BLOCK_BYTES: u64 = BLOCK / 8;

const SALTS: [u32; 8] =
    [0x47b6_137b, 0x4497_4d91, 0x8824_ad5b, 0xa2b7_289d, 0x7054_95c7, 0x2df1_424b, 0x9efc_4947, 0x5c6b_fb31];

/// Eight words, as they are stored.
type Block = [u8; BLOCK_BYTES as usize];

fn words(block: &Block) -> [u32; 8] {
    let mut words = [0; 8];
    for (word, bytes) in words.iter_mut().zip(block.as_chunks().0) {
        *word = u32::from_le_bytes(*bytes);
    }
    words
}

fn add(block: &mut Block, mask: [u32; 8]) {
    for (word, bits) in block.as_chunks_mut().0.iter_mut().zip(mask) {
        *word = (u32::from_le_bytes(*word) | bits).to_le_bytes();
    }
}

/// The blocks of a filter that are stored as one page.
const PAGE: usize = 256;

/// The bits of a key, one in every second word of its block: where there are few bits for each key, four of them tell
/// more than eight would. In format 2 all eight words have theirs: such a filter misses no key, but of those that are not
/// there it lets one in ten through, folded by two four in ten, until its run is merged or the index compacted.
fn mask(key: u64) -> [u32; 8] {
    let chosen = key >> 32;
    let mut mask = [0; 8];
    for (word, (bits, salt)) in mask.iter_mut().zip(SALTS).enumerate() {
        let bit = (key as u32).wrapping_mul(salt) >> 27;
        *bits = u32::from(chosen >> (word / 2) & 1 == word as u64 % 2) << bit;
    }
    mask
}

/// A key to ask filters for: made once, however many are asked.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Probe {
    key: u64,
    mask: [u32; 8],
}

impl Probe {
    pub(crate) fn new(key: u64) -> Self {
        Self { key, mask: mask(key) }
    }
}

/// The block of a key among so many. The keys are placed at random already: they need no further hashing.
fn block(key: u64, stored: u32) -> u32 {
    ((u128::from(key) * u128::from(stored)) >> 64) as u32
}

/// How many blocks a filter of so many keys has.
pub(crate) fn blocks(keys: u64) -> u32 {
    (keys * BITS).div_ceil(BLOCK).clamp(1, u64::from(u32::MAX)) as u32
}

/// How many pages so many blocks are stored as.
pub(crate) fn pages(stored: u32) -> u32 {
    stored.div_ceil(PAGE as u32)
}

/// A filter that is being made. Its keys ascend, and so do their blocks: one page of it is in memory, those before it wait
/// in a file without a name.
#[derive(Debug)]
pub(crate) struct Growing {
    stored: u32,
    /// The page at hand, and its number.
    page: Vec<Block>,
    number: u32,
    waiting: BufWriter<File>,
    /// How many pages were given back.
    read: u32,
}

impl Growing {
    /// A filter of so many blocks, with a file that is empty.
    pub(crate) fn new(stored: u32, file: File) -> Self {
        Self { stored, page: vec![Block::default(); PAGE], number: 0, waiting: BufWriter::new(file), read: 0 }
    }

    /// Adds a key that is not smaller than those before it.
    pub(crate) fn add(&mut self, key: u64) -> io::Result<()> {
        let block = block(key, self.stored) as usize;
        while block / PAGE > self.number as usize {
            self.turn()?;
        }
        debug_assert_eq!(block / PAGE, self.number as usize, "keys ascend");
        add(&mut self.page[block % PAGE], mask(key));
        Ok(())
    }

    fn turn(&mut self) -> io::Result<()> {
        self.waiting.write_all(self.page[..self.blocks_of(self.number)].as_flattened())?;
        self.page.fill(Block::default());
        self.number += 1;
        Ok(())
    }

    /// The next page of the filter as it is stored, from the first one on, now that all keys were added.
    pub(crate) fn next_page(&mut self) -> io::Result<Option<Vec<u8>>> {
        let count = pages(self.stored);
        if self.number < count {
            while self.number < count {
                self.turn()?;
            }
            self.waiting.flush()?;
            self.waiting.get_mut().rewind()?;
        }
        if self.read == count {
            return Ok(None);
        }
        let mut page = vec![0; self.blocks_of(self.read) * size_of::<Block>()];
        self.waiting.get_mut().read_exact(&mut page)?;
        self.read += 1;
        Ok(Some(page))
    }

    /// How many blocks a page has: the last one may have fewer.
    fn blocks_of(&self, number: u32) -> usize {
        (self.stored as usize - number as usize * PAGE).min(PAGE)
    }
}

/// A filter to ask.
#[derive(Debug)]
pub(crate) struct Filter {
    /// In a mapping of its own, which starts with a line of the cache, so that no block stands in two; and which goes back
    /// to the system at once, where an allocator would keep it for a while. `None` of a filter that was not read.
    blocks: Option<MmapMut>,
    /// How many blocks are stored.
    stored: u32,
    /// The part of them that is held, in 2⁻³².
    part: u64,
}

impl Filter {
    /// An empty filter of which so many blocks are stored, folded into `held` at most.
    pub(crate) fn new(stored: u32, held: u32) -> io::Result<Self> {
        let held = held.clamp(1, stored.max(1));
        let part = (u64::from(held) << 32) / u64::from(stored.max(1));
        let blocks = MmapMut::map_anon(held as usize * BLOCK_BYTES as usize)?;
        // Without these most of the time goes to finding where a page of a large filter stands. Where there are none it
        // is slower, and no different.
        #[cfg(target_os = "linux")]
        let _ = blocks.advise(memmap2::Advice::HugePage);
        Ok(Self { blocks: Some(blocks), stored, part })
    }

    /// One that may hold every key, until it is read.
    pub(crate) fn unread() -> Self {
        Self { blocks: None, stored: 0, part: 0 }
    }

    fn blocks(&self) -> Option<&[Block]> {
        Some(self.blocks.as_ref()?.as_chunks().0)
    }

    /// How many blocks are held; `None` of one that was not read.
    pub(crate) fn held(&self) -> Option<u32> {
        self.blocks().map(|blocks| blocks.len() as u32)
    }

    /// The block into which a stored one is folded.
    fn place(&self, stored: u32) -> usize {
        ((u64::from(stored) * self.part) >> 32) as usize
    }

    /// The block where a key is noted.
    fn place_of(&self, probe: &Probe) -> usize {
        self.place(block(probe.key, self.stored))
    }

    /// Takes over a page as it was stored. Tells whether it was one.
    pub(crate) fn set_page(&mut self, number: usize, page: &[u8]) -> bool {
        let from = number * PAGE;
        let Some(expected) = (self.stored as usize).checked_sub(from).map(|left| left.min(PAGE)) else { return false };
        let (blocks, rest) = page.as_chunks();
        if !rest.is_empty() || blocks.len() != expected {
            return false;
        }
        let places: [usize; PAGE] = std::array::from_fn(|at| self.place((from + at) as u32));
        let held: &mut [Block] = self.blocks.as_mut().map_or(&mut [], |blocks| blocks.as_chunks_mut().0);
        places.iter().zip(blocks).for_each(|(&place, block)| add(&mut held[place], words(block)));
        true
    }

    /// Hands the places of those of the keys that it may hold to `each`. Most of the time goes to fetching their blocks, so
    /// all are fetched before any is looked at, and what is to be told is not decided before all were looked at.
    pub(crate) fn sift(&self, probes: &[Probe], each: impl FnMut(usize)) {
        let Some(blocks) = self.blocks() else { return (0..probes.len()).for_each(each) };
        let places: Vec<usize> = probes.iter().map(|probe| self.place_of(probe)).collect();
        black_box(places.iter().fold(0, |fetched, &place| fetched ^ blocks[place][0]));
        let mut held = vec![0; probes.len()];
        let mut count = 0;
        for (number, (&place, probe)) in places.iter().zip(probes).enumerate() {
            held[count] = number;
            count += usize::from(holds(&blocks[place], probe));
        }
        held[..count].iter().copied().for_each(each);
    }

    pub(crate) fn may_hold(&self, probe: &Probe) -> bool {
        self.blocks().is_none_or(|blocks| holds(&blocks[self.place_of(probe)], probe))
    }
}

/// Whether a block has the bits of a key.
fn holds(block: &Block, probe: &Probe) -> bool {
    // Without an early end, which nobody could predict.
    let mut missing = 0;
    for (word, bit) in words(block).iter().zip(probe.mask) {
        missing |= bit & !word;
    }
    missing == 0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::mix;

    /// Keys as they come: ascending.
    fn keys(numbers: impl Iterator<Item = u64>) -> Vec<u64> {
        let mut keys: Vec<u64> = numbers.map(mix).collect();
        keys.sort_unstable();
        keys
    }

    /// The pages of a filter of the first so many keys.
    fn stored(count: u64) -> Vec<Vec<u8>> {
        let mut growing = Growing::new(blocks(count), tempfile::tempfile().expect("a file"));
        for key in keys(1..=count) {
            growing.add(key).expect("room");
        }
        std::iter::from_fn(|| growing.next_page().expect("readable")).collect()
    }

    fn read(count: u64, held: u32) -> Filter {
        let mut filter = Filter::new(blocks(count), held).expect("room");
        let stored = stored(count);
        assert_eq!(stored.len(), pages(blocks(count)) as usize);
        stored.iter().enumerate().for_each(|(number, page)| assert!(filter.set_page(number, page)));
        filter
    }

    /// Of a hundred thousand keys that are not among the first ten thousand.
    fn false_ones(filter: &Filter) -> usize {
        (10_001..=110_000).filter(|&key| filter.may_hold(&Probe::new(mix(key)))).count()
    }

    #[test]
    fn every_key_is_found_and_few_others() {
        let filter = read(10_000, u32::MAX);
        assert_eq!(filter.held(), Some(blocks(10_000)));
        assert!((1..=10_000).all(|key| filter.may_hold(&Probe::new(mix(key)))));
        assert!(false_ones(&filter) < 2_000, "{} of 100,000", false_ones(&filter));
        let keys: Vec<Probe> = (5_000..20_000).map(|key| Probe::new(mix(key))).collect();
        let (mut sifted, held) =
            (Vec::new(), (0..15_000).filter(|&at| filter.may_hold(&Probe::new(mix(5_000 + at as u64)))));
        filter.sift(&keys, |place| sifted.push(place));
        assert_eq!(sifted, held.collect::<Vec<usize>>());
    }

    #[test]
    fn folded_it_takes_less_and_misses_nothing() {
        let mut last = false_ones(&read(10_000, u32::MAX));
        for held in [blocks(10_000) - 40, 300, blocks(10_000).div_ceil(2), 150, 100, 7, 1] {
            let folded = read(10_000, held);
            assert_eq!(folded.held(), Some(held));
            assert!((1..=10_000).all(|key| folded.may_hold(&Probe::new(mix(key)))), "{held}");
            let now = false_ones(&folded);
            assert!(now >= last && (held < 196 || now < 15_000), "{held}: {now} of 100,000");
            last = now;
        }
        assert_eq!((false_ones(&Filter::unread()), Filter::unread().held()), (100_000, None));
        let mut all = Vec::new();
        Filter::unread().sift(&[Probe::new(1), Probe::new(2)], |place| all.push(place));
        assert_eq!(all, [0, 1]);
    }

    #[test]
    fn pages_of_another_size_are_none() {
        let mut filter = read(10_000, 1);
        let pages = stored(10_000);
        assert!(pages.len() == 2 && pages[1].len() < pages[0].len());
        for wrong in [&[][..], &[0; 3], &[0; 4], &[0; 32], &pages[1]] {
            assert!(!filter.set_page(0, wrong), "{}", wrong.len());
        }
        assert!(!filter.set_page(2, &pages[1]) && !filter.set_page(2, &[]));
    }

    /// The bits of a key, and of format 2 at least these, are on people's disks.
    #[test]
    fn known_answers() {
        assert_eq!(mask(0x0123_4567_89ab_cdef), [0, 1 << 19, 0, 1 << 23, 0, 1 << 16, 1 << 12, 0]);
        assert_eq!((block(0x0123_4567_89ab_cdef, 1000), blocks(26)), (4, 2));
    }
}
