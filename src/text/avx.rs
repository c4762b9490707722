//! The kernels that find the edges of words with the vectors of x86-64: those of AVX-512, or of AVX2 where there are
//! none.

#![expect(unsafe_code, reason = "a processor's instructions may be used only after it was asked for them")]

use std::arch::is_x86_feature_detected;
use std::arch::x86_64::{
    __m256i, __m512i, _mm256_add_epi8, _mm256_cmpeq_epi8, _mm256_cmpgt_epi8, _mm256_loadu_si256, _mm256_movemask_epi8,
    _mm256_or_si256, _mm256_set1_epi8, _mm512_add_epi32, _mm512_cmpeq_epi8_mask, _mm512_cmplt_epu8_mask,
    _mm512_cvtepu8_epi32, _mm512_extracti32x4_epi32, _mm512_loadu_si512, _mm512_maskz_compress_epi8, _mm512_or_si512,
    _mm512_set1_epi8, _mm512_set1_epi32, _mm512_storeu_si512, _mm512_sub_epi8,
};

use super::edges::{BLOCK, Classes, Kernel, find_with};

/// As [`find_with`] does, or nothing if the processor has no vectors that serve.
pub(super) fn find(text: &[u8], edges: &mut Vec<u32>) -> Option<usize> {
    if let Some(kernel) = Avx512::new() {
        return Some(kernel.find(text, edges));
    }
    Some(Avx2::new()?.find(text, edges))
}

/// The processor has AVX-512 with the instructions for bytes. There is none of this where it does not.
#[derive(Debug, Clone, Copy)]
pub(super) struct Avx512(());

impl Avx512 {
    pub(super) fn new() -> Option<Self> {
        let has = is_x86_feature_detected!("avx512f")
            && is_x86_feature_detected!("avx512bw")
            && is_x86_feature_detected!("avx512vbmi2")
            && is_x86_feature_detected!("popcnt");
        has.then_some(Self(()))
    }

    pub(super) fn find(self, text: &[u8], edges: &mut Vec<u32>) -> usize {
        // SAFETY: the processor has what the function is made of, or there were no `self`.
        unsafe { find_512(self, text, edges) }
    }
}

#[target_feature(enable = "avx512f,avx512bw,avx512vbmi2,popcnt")]
fn find_512(kernel: Avx512, text: &[u8], edges: &mut Vec<u32>) -> usize {
    find_with(kernel, text, edges)
}

impl Kernel for Avx512 {
    #[inline]
    fn classes(self, block: &[u8; BLOCK]) -> Classes {
        // SAFETY: as above.
        unsafe { classes_512(block) }
    }

    #[inline]
    fn list(self, bits: u64, base: u32, places: &mut [u32; BLOCK]) {
        // SAFETY: as above.
        unsafe { list_512(bits, base, places) }
    }
}

#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn classes_512(block: &[u8; BLOCK]) -> Classes {
    // SAFETY: the block has the 64 bytes that are read, which need no alignment.
    let bytes = unsafe { _mm512_loadu_si512(block.as_ptr().cast()) };
    let all = |byte: u8| _mm512_set1_epi8(byte as i8);
    let is = |byte| _mm512_cmpeq_epi8_mask(bytes, all(byte));
    let among = |bytes, first, count| _mm512_cmplt_epu8_mask(_mm512_sub_epi8(bytes, all(first)), all(count));
    let both = is(b'\'') | is(b'.');
    Classes {
        letters: among(_mm512_or_si512(bytes, all(0x20)), b'a', 26),
        digits: among(bytes, b'0', 10),
        underscores: is(b'_'),
        between_letters: both | is(b':'),
        between_digits: both | is(b',') | is(b';'),
    }
}

#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vbmi2,popcnt")]
fn list_512(bits: u64, base: u32, places: &mut [u32; BLOCK]) {
    const NUMBERS: [u8; BLOCK] = {
        let mut numbers = [0; BLOCK];
        let mut at = 0;
        while at < BLOCK {
            numbers[at] = at as u8;
            at += 1;
        }
        numbers
    };
    // SAFETY: there are the 64 bytes that are read, which need no alignment.
    let numbers = unsafe { _mm512_loadu_si512(NUMBERS.as_ptr().cast()) };
    let set = _mm512_maskz_compress_epi8(bits, numbers);
    let base = _mm512_set1_epi32(base as i32);
    let (quarters, _) = places.as_chunks_mut::<16>();
    let mut write = |quarter: usize, bytes| {
        let wide: __m512i = _mm512_add_epi32(_mm512_cvtepu8_epi32(bytes), base);
        // SAFETY: a quarter has room for the sixteen numbers that are written, which need no alignment.
        unsafe { _mm512_storeu_si512(quarters[quarter].as_mut_ptr().cast(), wide) };
    };
    // Words of text have some five letters.
    write(0, _mm512_extracti32x4_epi32::<0>(set));
    write(1, _mm512_extracti32x4_epi32::<1>(set));
    if bits.count_ones() > 32 {
        write(2, _mm512_extracti32x4_epi32::<2>(set));
        write(3, _mm512_extracti32x4_epi32::<3>(set));
    }
}

/// The processor has AVX2. There is none of this where it does not.
#[derive(Debug, Clone, Copy)]
pub(super) struct Avx2(());

impl Avx2 {
    pub(super) fn new() -> Option<Self> {
        let has =
            is_x86_feature_detected!("avx2") && is_x86_feature_detected!("bmi1") && is_x86_feature_detected!("popcnt");
        has.then_some(Self(()))
    }

    pub(super) fn find(self, text: &[u8], edges: &mut Vec<u32>) -> usize {
        // SAFETY: the processor has what the function is made of, or there were no `self`.
        unsafe { find_256(self, text, edges) }
    }
}

#[target_feature(enable = "avx2,bmi1,popcnt")]
fn find_256(kernel: Avx2, text: &[u8], edges: &mut Vec<u32>) -> usize {
    find_with(kernel, text, edges)
}

impl Kernel for Avx2 {
    #[inline]
    fn classes(self, block: &[u8; BLOCK]) -> Classes {
        // SAFETY: as above.
        unsafe { classes_256(block) }
    }
}

#[inline]
#[target_feature(enable = "avx2")]
fn classes_256(block: &[u8; BLOCK]) -> Classes {
    let (halves, _) = block.as_chunks::<32>();
    let [low, high] = [0, 1].map(|half| {
        // SAFETY: a half has the 32 bytes that are read, which need no alignment.
        let bytes: __m256i = unsafe { _mm256_loadu_si256(halves[half].as_ptr().cast()) };
        half_classes(bytes)
    });
    let whole = |low: u32, high: u32| u64::from(low) | u64::from(high) << 32;
    let [letters, digits, underscores, between_letters, between_digits] =
        std::array::from_fn(|class| whole(low[class], high[class]));
    Classes { letters, digits, underscores, between_letters, between_digits }
}

/// The masks of 32 bytes, in the order of [`Classes`].
#[inline]
#[target_feature(enable = "avx2")]
fn half_classes(bytes: __m256i) -> [u32; 5] {
    let all = |byte: u8| _mm256_set1_epi8(byte as i8);
    let mask = |bytes| _mm256_movemask_epi8(bytes) as u32;
    let is = |byte| _mm256_cmpeq_epi8(bytes, all(byte));
    // Bytes are compared as signed numbers: the first one wanted is moved to the least of these.
    let among = |bytes, first: u8, count: u8| {
        let moved = _mm256_add_epi8(bytes, all(0x80_u8.wrapping_sub(first)));
        _mm256_cmpgt_epi8(all(0x80 + count), moved)
    };
    let either = |a, b| _mm256_or_si256(a, b);
    let both = either(is(b'\''), is(b'.'));
    let letters = among(either(bytes, all(0x20)), b'a', 26);
    let between_digits = either(both, either(is(b','), is(b';')));
    [letters, among(bytes, b'0', 10), is(b'_'), either(both, is(b':')), between_digits].map(mask)
}

#[cfg(test)]
mod tests {
    use super::super::edges::{Scalar, samples};
    use super::*;
    use proptest::prelude::*;

    /// The edges that a kernel finds.
    fn edges(find: impl Fn(&[u8], &mut Vec<u32>) -> usize, text: &[u8]) -> Vec<u32> {
        let mut edges = Vec::new();
        let found = find(text, &mut edges);
        edges.truncate(found);
        edges
    }

    proptest! {
        #[test]
        fn every_kernel_agrees_with_the_scalar_one(
            text in samples::text(),
            block in samples::block(),
        ) {
            let text = text.as_bytes();
            let expected = edges(|text, edges| find_with(Scalar, text, edges), text);
            if let Some(kernel) = Avx512::new() {
                prop_assert_eq!(edges(|text, edges| kernel.find(text, edges), text), expected.clone());
                prop_assert_eq!(kernel.classes(&block), Scalar.classes(&block));
                let bits = u64::from_le_bytes(*block.first_chunk().expect("eight bytes"));
                let (mut listed, mut expected) = ([0; BLOCK], [0; BLOCK]);
                kernel.list(bits, 7, &mut listed);
                Scalar.list(bits, 7, &mut expected);
                prop_assert_eq!(&listed[..bits.count_ones() as usize], &expected[..bits.count_ones() as usize]);
            }
            if let Some(kernel) = Avx2::new() {
                prop_assert_eq!(edges(|text, edges| kernel.find(text, edges), text), expected);
                prop_assert_eq!(kernel.classes(&block), Scalar.classes(&block));
            }
        }
    }
}
