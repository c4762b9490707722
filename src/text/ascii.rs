//! The words of plain ASCII: most of most articles, of whose words Annex #29 has little to say (WB5–WB13b).

#[cfg(not(all(target_arch = "aarch64", target_feature = "neon", not(feature = "scalar"))))]
use super::edges::Scalar as Best;
use super::edges::{BLOCK, find_with};
#[cfg(all(target_arch = "aarch64", target_feature = "neon", not(feature = "scalar")))]
use super::neon::Neon as Best;

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
pub(super) fn words(text: &[u8], edges: &mut Vec<u32>, mut each: impl FnMut(usize, usize)) {
    pieces(text, edges, |from, edges| {
        for &[start, end] in edges.as_chunks().0 {
            each(from + start as usize, from + end as usize);
        }
    });
}

/// Hands the starts and ends, in turn, of many words at a time to `each`, and the place that they count from.
pub(super) fn pieces(text: &[u8], edges: &mut Vec<u32>, mut each: impl FnMut(usize, &[u32])) {
    let mut done = 0;
    while done < text.len() {
        let piece = piece(&text[done..]);
        let mut found = find(piece, edges);
        if piece.contains(&b'_') {
            found = without_bare(piece, &mut edges[..found]);
        }
        each(done, &edges[..found]);
        done += piece.len();
    }
}

/// Finds the edges of words with the best kernel that the processor has.
fn find(text: &[u8], edges: &mut Vec<u32>) -> usize {
    #[cfg(all(target_arch = "x86_64", not(feature = "scalar")))]
    if let Some(found) = super::avx::find(text, edges) {
        return found;
    }
    find_with(Best, text, edges)
}

/// As much of a long text as should be looked through at a time, so that the list of its edges stays short: no word and no
/// mark within one goes on behind a space or a line break.
fn piece(text: &[u8]) -> &[u8] {
    const PIECE: usize = 1 << 16;
    let Some(rest) = text.get(PIECE..) else { return text };
    let last = rest.iter().position(u8::is_ascii_whitespace).map_or(text.len(), |at| PIECE + at);
    &text[..last]
}

/// Moves the words that are more than underscores to the front, and tells how many edges they have.
fn without_bare(text: &[u8], edges: &mut [u32]) -> usize {
    let mut kept = 0;
    for at in (0..edges.len()).step_by(2) {
        let (start, end) = (edges[at], edges[at + 1]);
        if text[start as usize..end as usize].iter().any(u8::is_ascii_alphanumeric) {
            (edges[kept], edges[kept + 1]) = (start, end);
            kept += 2;
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use unicode_segmentation::UnicodeSegmentation;

    fn found(text: &str) -> Vec<&str> {
        let mut found = Vec::new();
        words(text.as_bytes(), &mut Vec::new(), |from, to| found.push(&text[from..to]));
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
