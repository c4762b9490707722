//! The kernel that finds the edges of words with the vectors of 64-bit ARM, all of which have them.

#![expect(unsafe_code, reason = "vectors are read by address, and their instructions allowed where they are called")]

use std::arch::aarch64::{
    uint8x16_t, vandq_u8, vceqq_u8, vcltq_u8, vdupq_n_u8, vgetq_lane_u64, vld1q_u8, vorrq_u8, vpaddq_u8,
    vreinterpretq_u64_u8, vsubq_u8,
};

use super::edges::{BLOCK, Classes, Kernel};

#[derive(Debug, Clone, Copy)]
pub(super) struct Neon;

impl Kernel for Neon {
    #[inline]
    fn classes(self, block: &[u8; BLOCK]) -> Classes {
        // SAFETY: the module is there only where all processors have NEON.
        unsafe { classes(block) }
    }
}

#[inline]
#[target_feature(enable = "neon")]
fn classes(block: &[u8; BLOCK]) -> Classes {
    let (quarters, _) = block.as_chunks::<16>();
    let bytes = [0, 1, 2, 3].map(|quarter| load(&quarters[quarter]));
    let is = |bytes, byte| vceqq_u8(bytes, vdupq_n_u8(byte));
    let among = |bytes, first, count| vcltq_u8(vsubq_u8(bytes, vdupq_n_u8(first)), vdupq_n_u8(count));
    let both = |bytes| vorrq_u8(is(bytes, b'\''), is(bytes, b'.'));
    let between_digits = |bytes| vorrq_u8(both(bytes), vorrq_u8(is(bytes, b','), is(bytes, b';')));
    Classes {
        letters: mask(bytes.map(|bytes| among(vorrq_u8(bytes, vdupq_n_u8(0x20)), b'a', 26))),
        digits: mask(bytes.map(|bytes| among(bytes, b'0', 10))),
        underscores: mask(bytes.map(|bytes| is(bytes, b'_'))),
        between_letters: mask(bytes.map(|bytes| vorrq_u8(both(bytes), is(bytes, b':')))),
        between_digits: mask(bytes.map(between_digits)),
    }
}

#[inline]
#[target_feature(enable = "neon")]
fn load(bytes: &[u8; 16]) -> uint8x16_t {
    // SAFETY: there are the sixteen bytes that are read, which need no alignment.
    unsafe { vld1q_u8(bytes.as_ptr()) }
}

/// A bit for each byte, of which all bits are set or none: each keeps the one that its place tells, and neighbours are added
/// until eight bytes are left.
#[inline]
#[target_feature(enable = "neon")]
fn mask(quarters: [uint8x16_t; 4]) -> u64 {
    let places = load(&[1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128]);
    let [a, b, c, d] = quarters.map(|bytes| vandq_u8(bytes, places));
    let sums = vpaddq_u8(vpaddq_u8(a, b), vpaddq_u8(c, d));
    vgetq_lane_u64::<0>(vreinterpretq_u64_u8(vpaddq_u8(sums, sums)))
}

#[cfg(test)]
mod tests {
    use super::super::edges::{Scalar, find_with, samples};
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_kernel_agrees_with_the_scalar_one(
            text in samples::text(),
            block in samples::block(),
        ) {
            let (mut expected, mut found) = (Vec::new(), Vec::new());
            let count = find_with(Scalar, text.as_bytes(), &mut expected);
            prop_assert_eq!(find_with(Neon, text.as_bytes(), &mut found), count);
            prop_assert_eq!(&found[..count], &expected[..count]);
            prop_assert_eq!(Neon.classes(&block), Scalar.classes(&block));
        }
    }
}
