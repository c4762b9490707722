//! The frozen 64-bit hash behind every token, shingle and key.
//!
//! Keys reach disk and are compared across machines, so the hash may never change between builds, versions or
//! processors: it reads bytes in little-endian order and uses only 64-bit multiplication. It is a folded-multiply
//! hash of the wyhash family (Wang Yi, <https://github.com/wangyi-fudan/wyhash>): fast on the few bytes of a word,
//! and well mixed in all of its bits. It is no defence against an adversary who picks the words.

use std::hash::{BuildHasher, Hasher};
use std::hint::select_unpredictable;
#[cfg(feature = "index")]
use std::io::{self, Read};

const SECRET: [u64; 3] = [0xa076_1d64_78bd_642f, 0xe703_7ed1_a0b4_28db, 0x8ebc_6af0_9c88_c6e3];

/// The 128-bit product of two words, folded to 64 bits: the step that takes in eight bytes.
///
/// ```
/// assert_eq!(unspin::hash::fold(3, 5), 15);
/// ```
#[inline]
#[must_use]
pub const fn fold(a: u64, b: u64) -> u64 {
    let product = (a as u128) * (b as u128);
    (product as u64) ^ ((product >> 64) as u64)
}

/// A well-mixed 64-bit value of one 64-bit value: the finaliser of SplitMix64 (Steele, Lea and Flood, "Fast splittable
/// pseudorandom number generators", 2014). Different values stay different.
///
/// ```
/// assert_ne!(unspin::hash::mix(1), unspin::hash::mix(2));
/// ```
#[inline]
#[must_use]
pub const fn mix(x: u64) -> u64 {
    let x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

/// A value that depends on both arguments and on their order.
///
/// ```
/// use unspin::hash::combine;
/// assert_ne!(combine(1, 2), combine(2, 1));
/// ```
#[inline]
#[must_use]
pub const fn combine(a: u64, b: u64) -> u64 {
    mix(mix(a).wrapping_add(b).wrapping_add(SECRET[1]))
}

/// The frozen hash of a byte string.
///
/// ```
/// assert_eq!(unspin::hash::bytes(b"windows"), unspin::hash::bytes(b"windows"));
/// assert_ne!(unspin::hash::bytes(b"windows"), unspin::hash::bytes(b"window"));
/// ```
#[inline]
#[must_use]
pub fn bytes(data: &[u8]) -> u64 {
    let mut hash = SECRET[0] ^ (data.len() as u64);
    let mut chunks = data.chunks_exact(8);
    for chunk in &mut chunks {
        let word = u64::from_le_bytes(chunk.try_into().unwrap_or_default());
        hash = fold(hash ^ word, SECRET[1]);
    }
    let rest = chunks.remainder();
    let mut last = [0_u8; 8];
    last[..rest.len()].copy_from_slice(rest);
    fold(hash ^ u64::from_le_bytes(last), SECRET[2])
}

/// The frozen hash of bytes that come one after the other, as [`bytes`] tells it of all at once: where they need not fit
/// into memory.
#[cfg(feature = "index")]
pub(crate) struct Running(u64);

#[cfg(feature = "index")]
impl Running {
    /// Of so many bytes.
    pub(crate) fn new(length: u64) -> Self {
        Self(SECRET[0] ^ length)
    }

    /// Takes in eight of them, as a number.
    pub(crate) fn add(&mut self, eight: u64) {
        self.0 = fold(self.0 ^ eight, SECRET[1]);
    }

    /// The hash, with the last ones, fewer than eight.
    pub(crate) fn end(self, rest: &[u8]) -> u64 {
        let mut last = [0_u8; 8];
        last[..rest.len()].copy_from_slice(rest);
        fold(self.0 ^ u64::from_le_bytes(last), SECRET[2])
    }

    /// The hash of all that is read, so many bytes.
    pub(crate) fn read(length: u64, mut from: impl Read) -> io::Result<u64> {
        const PART: usize = 1 << 16;
        let mut hash = Self::new(length);
        let mut part = Vec::with_capacity(PART);
        loop {
            part.clear();
            from.by_ref().take(PART as u64).read_to_end(&mut part)?;
            let (words, rest) = part.as_chunks();
            for &word in words {
                hash.add(u64::from_le_bytes(word));
            }
            if part.len() < PART {
                return Ok(hash.end(rest));
            }
        }
    }
}

/// A hash of many bytes for one run of the program, which may change with the next version: four numbers are folded side by
/// side, where each step of [`bytes`] waits for the one before.
#[cfg(feature = "cli")]
pub(crate) fn passing(data: &[u8]) -> u64 {
    const LANES: usize = 4;
    let (eights, rest) = data.as_chunks::<8>();
    let (steps, last) = eights.as_chunks::<LANES>();
    let mut lanes = [SECRET[0], SECRET[1], SECRET[2], data.len() as u64];
    for step in steps {
        for (lane, &eight) in lanes.iter_mut().zip(step) {
            *lane = fold(*lane ^ u64::from_le_bytes(eight), SECRET[1]);
        }
    }
    let all = lanes.into_iter().chain(last.iter().map(|&eight| u64::from_le_bytes(eight))).chain([bytes(rest)]);
    all.fold(0, |hash, next| fold(hash ^ next, SECRET[1]))
}

/// The frozen hash of `text[from..to]`, which is ASCII, in lower case.
#[inline]
pub(crate) fn lowered(text: &[u8], from: usize, to: usize) -> u64 {
    let length = to - from;
    let Some(&both) = text.get(from..).and_then(<[u8]>::first_chunk::<16>).filter(|_| length < 16) else {
        return lowered_by_eights(text, from, to);
    };
    // Which of the words have more than eight letters nobody can guess: both ways are gone at once.
    let both = u128::from_le_bytes(both);
    let [first, second] = [both as u64, (both >> 64) as u64].map(lower);
    let short = SECRET[0] ^ (length as u64);
    let long = fold(short ^ first, SECRET[1]);
    let (hash, last) = (select_unpredictable(length < 8, short, long), select_unpredictable(length < 8, first, second));
    // The bytes behind the word are shifted out.
    fold(hash ^ (last & !(u64::MAX << (8 * (length % 8)))), SECRET[2])
}

/// The same of a word of any length, as [`bytes`] takes it.
fn lowered_by_eights(text: &[u8], from: usize, to: usize) -> u64 {
    let mut hash = SECRET[0] ^ ((to - from) as u64);
    let mut at = from;
    while to - at >= 8 {
        hash = fold(hash ^ lower(eight(text, at)), SECRET[1]);
        at += 8;
    }
    let last = eight(text, at) & !(u64::MAX << (8 * (to - at)));
    fold(hash ^ lower(last), SECRET[2])
}

/// Eight bytes of the text from `at` on, or as many as there are.
#[inline]
fn eight(text: &[u8], at: usize) -> u64 {
    if let Some(eight) = text.get(at..at + 8) {
        return u64::from_le_bytes(eight.try_into().unwrap_or_default());
    }
    let mut last = [0; 8];
    last[..text.len() - at].copy_from_slice(&text[at..]);
    u64::from_le_bytes(last)
}

/// Eight bytes of ASCII with their capitals made small: of each byte the highest bit, which ASCII leaves free, tells
/// whether it lies between `A` and `Z`, and is shifted to where it makes the letter small.
#[inline]
fn lower(eight: u64) -> u64 {
    const EACH: u64 = 0x0101_0101_0101_0101;
    // Bytes beyond ASCII, which may stand behind a word, carry into those behind them only.
    let from_a = eight.wrapping_add(EACH * (0x80 - u64::from(b'A')));
    let after_z = eight.wrapping_add(EACH * (0x7f - u64::from(b'Z')));
    eight | ((from_a & !after_z) & (EACH * 0x80)) >> 2
}

/// Sorts hashes: their highest bits, which are spread evenly, put nearly every one into its place at once. However
/// uneven they are, it takes no more time than sorting does.
pub(crate) fn sort(hashes: &mut Vec<u64>) {
    sort_by(hashes, |hash| hash);
}

/// The same of what is ordered by a hash first.
pub(crate) fn sort_by<T: Copy + Ord>(items: &mut Vec<T>, hash: impl Fn(T) -> u64) {
    const FEW: usize = 32;
    if items.len() < FEW {
        return items.sort_unstable();
    }
    // More buckets than items: most have one or none, and few items are left to be moved.
    let bits = items.len().ilog2() + 1;
    let bucket = |item: T| (hash(item) >> (u64::BITS - bits)) as usize;
    let mut ends = vec![0_u32; 1 << bits];
    for &item in &*items {
        ends[bucket(item)] += 1;
    }
    let (mut start, mut most) = (0, 0);
    for end in &mut ends {
        most = most.max(*end);
        start += std::mem::replace(end, start);
    }
    let mut placed = vec![items[0]; items.len()];
    for &item in &*items {
        let end = &mut ends[bucket(item)];
        placed[*end as usize] = item;
        *end += 1;
    }
    if most as usize > FEW {
        let mut start = 0;
        for end in ends {
            if end as usize - start > FEW {
                placed[start..end as usize].sort_unstable();
            }
            start = end as usize;
        }
    }
    // What is left is a few places from where it belongs.
    for at in 1..placed.len() {
        let item = placed[at];
        if placed[at - 1] <= item {
            continue;
        }
        let mut to = at;
        while to > 0 && placed[to - 1] > item {
            placed[to] = placed[to - 1];
            to -= 1;
        }
        placed[to] = item;
    }
    *items = placed;
}

/// Spreads a token, which is a hash already, for the tables of the standard library. In memory only.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct TokenHasher;

/// The state of [`TokenHasher`].
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct SpreadToken(u64);

impl BuildHasher for TokenHasher {
    type Hasher = SpreadToken;

    fn build_hasher(&self) -> SpreadToken {
        SpreadToken::default()
    }
}

impl Hasher for SpreadToken {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, data: &[u8]) {
        self.0 = combine(self.0, bytes(data));
    }

    fn write_u32(&mut self, token: u32) {
        self.0 = u64::from(token).wrapping_mul(SECRET[0] | 1);
    }

    fn write_u64(&mut self, key: u64) {
        self.0 = key.wrapping_mul(SECRET[0] | 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// These values are on people's disks: a failure here means that the hash changed, not that the test is old.
    #[test]
    fn known_answers() {
        assert_eq!(bytes(b""), 0xe28f_2b20_61a2_b984);
        assert_eq!(bytes(b"a"), 0xcaf1_8d55_f0bb_9a36);
        assert_eq!(bytes(b"windows"), 0x444b_acde_670f_59a9);
        assert_eq!(bytes(b"renegotiated the deal"), 0x2b41_88fb_3b20_55d3);
        assert_eq!(bytes("Größe".as_bytes()), 0xd318_8892_be15_4659);
        assert_eq!(mix(0), 0x0000_0000_0000_0000);
        assert_eq!(mix(1), 0x5692_161d_100b_05e5);
        assert_eq!(combine(1, 2), 0xf0b8_7fb0_5f0d_60ae);
    }

    #[cfg(feature = "index")]
    #[test]
    fn what_is_read_has_the_hash_of_all_at_once() {
        let data: Vec<u8> = (0..200_000_u32).map(|number| mix(number.into()) as u8).collect();
        for length in [0, 1, 8, 13, (1 << 16) - 1, 1 << 16, (1 << 16) + 1, 1 << 17, 200_000] {
            let data = &data[..length];
            assert_eq!(Running::read(length as u64, data).expect("in memory"), bytes(data), "{length}");
        }
    }

    proptest! {
        #[test]
        fn sorting_agrees_with_the_library(mut hashes in prop::collection::vec(prop_oneof![any::<u64>(), 0_u64..9], 0..300)) {
            let mut expected = hashes.clone();
            expected.sort_unstable();
            let mut numbered: Vec<(u64, usize)> = hashes.iter().copied().zip(0..).collect();
            let mut expected_numbered = numbered.clone();
            expected_numbered.sort_unstable();
            sort_by(&mut numbered, |(hash, _)| hash);
            prop_assert_eq!(numbered, expected_numbered);
            sort(&mut hashes);
            prop_assert_eq!(hashes, expected);
        }

        #[test]
        fn lowered_is_the_hash_of_the_lower_case(text in "[\\x00-\\x7f]{0,40}", behind in "[a-zé]{0,10}") {
            let lower = text.to_ascii_lowercase();
            for from in 0..=text.len() {
                let whole = format!("{text}{behind}");
                prop_assert_eq!(lowered(whole.as_bytes(), from, text.len()), bytes(&lower.as_bytes()[from..]));
            }
        }
    }

    #[cfg(feature = "cli")]
    #[test]
    fn the_passing_hash_depends_on_every_byte_and_on_the_length() {
        let mut data = vec![7; 100];
        let mut seen = std::collections::HashSet::from([passing(&data), passing(&data[..99]), passing(&data[1..98])]);
        assert_eq!(seen.len(), 3);
        for at in 0..data.len() {
            data[at] ^= 1;
            assert!(seen.insert(passing(&data)), "{at}");
            data[at] ^= 1;
        }
    }

    #[test]
    fn padding_does_not_collide() {
        assert_ne!(bytes(b"a"), bytes(b"a\0"));
        assert_ne!(bytes(b"12345678"), bytes(b"12345678\0"));
        assert_ne!(bytes(b""), bytes(b"\0\0\0\0\0\0\0\0"));
    }

    #[test]
    fn every_output_bit_depends_on_every_input_bit() {
        for bit in 0..64 {
            let flipped: u32 = (0..256_u64).map(|x| (mix(x) ^ mix(x ^ (1 << bit))).count_ones()).sum();
            let mean = f64::from(flipped) / 256.0;
            assert!((28.0..36.0).contains(&mean), "input bit {bit} flips {mean} output bits");
        }
    }
}
