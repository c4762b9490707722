//! The words of plain ASCII, found sixty-four bytes at a time.
//!
//! Most of most articles is plain ASCII, of whose words Annex #29 has little to say (WB5–WB13b). A block of bytes is
//! first turned into a mask with a bit for each byte, by loops that compilers make vector instructions of; words start
//! and end at the edges of the mask, so that there is no branch for every byte.

/// The bytes of a block.
const BLOCK: usize = 64;

/// The place of the first byte that needs the normaliser, from `from` on: one beyond ASCII, or a `&`, as an entity may
/// start there.
pub(super) fn first_odd(text: &[u8], from: usize) -> Option<usize> {
    let odd = |b: &u8| !b.is_ascii() || *b == b'&';
    let rest = &text[from..];
    let blocks = rest.chunks(BLOCK).position(|block| block.iter().fold(false, |any, b| any | odd(b)))?;
    let start = blocks * BLOCK;
    Some(from + start + rest[start..].iter().position(odd)?)
}

/// Hands the start and the end of every word of `text` to `each`, in order. The text is ASCII.
#[inline]
pub(super) fn words(text: &[u8], mut each: impl FnMut(usize, usize)) {
    let (mut start, mut inside, mut joined) = (0, false, false);
    let mut carried = 0;
    for (number, block) in text.chunks(BLOCK).enumerate() {
        let mask = if let Ok(whole) = block.try_into() {
            word_mask(whole)
        } else {
            let mut padded = [0; BLOCK];
            padded[..block.len()].copy_from_slice(block);
            word_mask(&padded)
        };
        let mut edges = mask ^ (mask << 1 | carried);
        carried = mask >> (BLOCK - 1);
        while edges != 0 {
            let at = number * BLOCK + edges.trailing_zeros() as usize;
            edges &= edges - 1;
            if inside {
                joined = joins(text, at);
                if !joined && holds_letter_or_digit(&text[start..at]) {
                    each(start, at);
                }
            } else if !joined {
                start = at;
            }
            inside = !inside;
        }
    }
    if inside && holds_letter_or_digit(&text[start..]) {
        each(start, text.len());
    }
}

/// A bit for each byte that words consist of.
fn word_mask(block: &[u8; BLOCK]) -> u64 {
    let mut flags = [0; BLOCK];
    for (flag, &b) in flags.iter_mut().zip(block) {
        let letter = (b | 0x20).wrapping_sub(b'a') < 26;
        let digit = b.wrapping_sub(b'0') < 10;
        *flag = u8::from(letter || digit || b == b'_');
    }
    let mut mask = 0;
    for (eight, number) in flags.chunks_exact(8).zip(0..) {
        let eight = u64::from_le_bytes(eight.try_into().unwrap_or_default());
        // The product brings the lowest bits of the eight bytes together in the highest byte.
        mask |= (eight.wrapping_mul(0x0102_0408_1020_4080) >> 56) << (8 * number);
    }
    mask
}

/// Whether there is more to a word than underscores.
#[inline]
fn holds_letter_or_digit(word: &[u8]) -> bool {
    word[0] != b'_' || word.iter().any(u8::is_ascii_alphanumeric)
}

/// Whether the mark at `at` holds the word before it and the one behind together: `it's`, `u.s`, `50,000`.
#[inline]
fn joins(text: &[u8], at: usize) -> bool {
    if at + 1 >= text.len() || text[at] == b' ' {
        return false;
    }
    let (before, mark, after) = (text[at - 1], text[at], text[at + 1]);
    let letters = before.is_ascii_alphabetic() && after.is_ascii_alphabetic();
    let digits = before.is_ascii_digit() && after.is_ascii_digit();
    match mark {
        b'\'' | b'.' => letters || digits,
        b':' => letters,
        b',' | b';' => digits,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use unicode_segmentation::UnicodeSegmentation;

    fn found(text: &str) -> Vec<&str> {
        let mut found = Vec::new();
        words(text.as_bytes(), |from, to| found.push(&text[from..to]));
        found
    }

    proptest! {
        #[test]
        fn words_agree_with_the_library(text in "[a-cX0-2 _'.,:;&!\n-]{0,200}") {
            prop_assert_eq!(found(&text), text.unicode_words().collect::<Vec<_>>());
        }

        #[test]
        fn any_ascii_agrees_with_the_library(text in "[\\x00-\\x7f]{0,200}") {
            prop_assert_eq!(found(&text), text.unicode_words().collect::<Vec<_>>());
        }

        #[test]
        fn the_first_odd_byte_is_found_wherever_it_stands(plain in "[a-z \n.]{0,150}", odd in "[&é’]", from in 0_usize..150) {
            let text = format!("{plain}{odd}{plain}{odd}");
            let from = from.min(plain.len());
            prop_assert_eq!(first_odd(text.as_bytes(), from), Some(plain.len()));
            prop_assert_eq!(first_odd(plain.as_bytes(), from), None);
        }
    }

    #[test]
    fn words_may_cross_blocks_and_end_with_the_text() {
        for length in 55..75 {
            let word = "a".repeat(length);
            assert_eq!(found(&word), [word.as_str()]);
            let joined = format!("{word}'s 3.5");
            assert_eq!(found(&joined), [format!("{word}'s").as_str(), "3.5"]);
        }
    }
}
