//! Where the words of plain ASCII begin and end, sixty-four bytes at a time.
//!
//! A block of bytes becomes masks with a bit for each byte: letters, digits, marks. Marks that hold a word together
//! (`it's`, `u.s`, `50,000`: rules WB6, WB7, WB11 and WB12 of Annex #29) are found by shifts of the masks, so that what is
//! left is a mask of words, whose edges are taken down without a branch for every byte. How a block becomes masks, and a
//! mask a list, is told by a kernel: the scalar one is the truth, those of the processor's vectors are tested against it.

/// The bytes of a block.
pub(super) const BLOCK: usize = 64;

/// What the bytes of a block are: a bit for each, the lowest for the first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Classes {
    pub(super) letters: u64,
    pub(super) digits: u64,
    pub(super) underscores: u64,
    /// Marks that hold two letters together.
    pub(super) between_letters: u64,
    /// Marks that hold two digits together.
    pub(super) between_digits: u64,
}

/// How blocks are turned into masks, and masks into lists.
pub(super) trait Kernel: Copy {
    /// What the bytes of a block are.
    fn classes(self, block: &[u8; BLOCK]) -> Classes;

    /// Writes `base` and the place of each bit that is set, in order. What stands behind those is anything.
    #[inline]
    fn list(self, mut bits: u64, base: u32, places: &mut [u32; BLOCK]) {
        // Eight at a time, without asking whether there are as many.
        let count = bits.count_ones() as usize;
        for eight in places.as_chunks_mut::<8>().0.iter_mut().take(count.div_ceil(8)) {
            for place in eight {
                *place = base + bits.trailing_zeros();
                bits &= bits.wrapping_sub(1);
            }
        }
    }
}

/// Puts the places at which words begin and end, in turn, into `edges`, and tells how many there are: `edges` may be
/// longer. The text is ASCII, and of less than 4 GiB.
#[expect(clippy::inline_always, reason = "a kernel's instructions are allowed only where it is called")]
#[inline(always)]
pub(super) fn find_with(kernel: impl Kernel, text: &[u8], edges: &mut Vec<u32>) -> usize {
    // Each byte may be an edge, and the end; lists are written by the block.
    let room = text.len() + 1 + BLOCK;
    if edges.len() < room {
        edges.resize(room, 0);
    }
    let (whole, rest) = text.as_chunks::<BLOCK>();
    let mut last = [b' '; BLOCK];
    last[..rest.len()].copy_from_slice(rest);
    let mut blocks = whole.iter().chain((!rest.is_empty()).then_some(&last)).map(|block| kernel.classes(block));
    let Some(mut next) = blocks.next() else { return 0 };
    let (mut found, mut base, mut before) = (0, 0, Classes::default());
    // Whether a word goes on into the block.
    let mut open = 0;
    loop {
        let now = next;
        let behind = blocks.next();
        next = behind.unwrap_or_default();
        let between = |before: u64, now: u64, next: u64| (now << 1 | before >> 63) & (now >> 1 | next << 63);
        let joined = now.between_letters & between(before.letters, now.letters, next.letters)
            | now.between_digits & between(before.digits, now.digits, next.digits);
        let words = now.letters | now.digits | now.underscores | joined;
        let bits = words ^ (words << 1 | open);
        open = words >> 63;
        if let Some(places) = edges[found..].first_chunk_mut() {
            kernel.list(bits, base, places);
        }
        found += bits.count_ones() as usize;
        if behind.is_none() {
            break;
        }
        before = now;
        base += BLOCK as u32;
    }
    if open == 1 {
        edges[found] = text.len() as u32;
        found += 1;
    }
    found
}

/// Without vectors.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scalar;

impl Kernel for Scalar {
    fn classes(self, block: &[u8; BLOCK]) -> Classes {
        Classes {
            letters: mask(block, |b| b.is_ascii_alphabetic()),
            digits: mask(block, |b| b.is_ascii_digit()),
            underscores: mask(block, |b| b == b'_'),
            between_letters: mask(block, |b| matches!(b, b'\'' | b'.' | b':')),
            between_digits: mask(block, |b| matches!(b, b'\'' | b'.' | b',' | b';')),
        }
    }
}

/// A bit for each byte of which `is` holds.
fn mask(block: &[u8; BLOCK], is: impl Fn(u8) -> bool) -> u64 {
    let flags = block.map(|byte| u8::from(is(byte)));
    // The product brings the lowest bits of eight bytes together in the highest byte.
    let eight = |eight: &[u8; 8]| u64::from_le_bytes(*eight).wrapping_mul(0x0102_0408_1020_4080) >> 56;
    flags.as_chunks().0.iter().rev().fold(0, |mask, bytes| mask << 8 | eight(bytes))
}

/// What kernels are tried on, where there are some.
#[cfg(all(test, any(target_arch = "x86_64", target_arch = "aarch64"), not(feature = "scalar")))]
pub(super) mod samples {
    use proptest::prelude::*;

    use super::BLOCK;

    /// Texts, some with much that stands between words, some with nothing but words.
    pub(crate) fn text() -> impl Strategy<Value = String> {
        prop_oneof!["[\\x00-\\x7f]{0,300}", "[a-cX0-2 _'.,:;&!\n-]{0,300}", "[a ]{0,300}"]
    }

    /// Any bytes at all.
    pub(crate) fn block() -> impl Strategy<Value = [u8; BLOCK]> {
        any::<[[u8; 32]; 2]>().prop_map(|halves| std::array::from_fn(|at| halves[at / 32][at % 32]))
    }
}
