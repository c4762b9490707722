//! Where sentences start, told from what stands between two tokens.
//!
//! A token starts a sentence when the gap before it holds a terminator followed by space, or a blank line. A single
//! line break alone does not: wires and scans wrap their lines inside sentences. This is a small part of Unicode
//! Standard Annex #29's sentence rules, with the common titles and initials as exceptions.

/// Short words that a full stop follows inside a sentence.
const ABBREVIATIONS: [&str; 24] = [
    "mr", "mrs", "ms", "dr", "prof", "sen", "rep", "gov", "gen", "col", "capt", "lt", "sgt", "st", "jr", "sr", "inc",
    "corp", "co", "ltd", "vs", "no", "dept", "bros",
];

const LONGEST_ABBREVIATION: usize = 4;

/// Whether the token after `gap` starts a sentence, `before` being the token before the gap, in either case.
pub(crate) fn starts_sentence(before: &str, gap: &str) -> bool {
    if gap.len() < 2 {
        return false;
    }
    let Some(terminator) = gap.find(ends_sentence) else {
        return blank_line(gap);
    };
    let after = &gap[terminator..];
    if after.starts_with(['。', '！', '？']) {
        return true;
    }
    if !after.contains(char::is_whitespace) {
        return false;
    }
    let abbreviated = after.starts_with('.') && is_abbreviation(before);
    !abbreviated || blank_line(gap)
}

/// What a gap between two tokens may tell, as its bytes show without a look at its characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Gap {
    /// Nothing in it can be what ends a sentence or a paragraph, or a mark of a quotation.
    Empty,
    /// It has the end of a sentence perhaps, but nothing else of these.
    Plain,
    /// It may have anything.
    Any,
}

/// What a gap may tell: of most very little.
#[inline]
pub(crate) fn tells(gap: &[u8]) -> Gap {
    match gap.iter().fold(0, |all, &byte| all | TELLS[usize::from(byte)]) {
        0 => Gap::Empty,
        ENDS => Gap::Plain,
        _ => Gap::Any,
    }
}

const ENDS: u8 = 1;
const MORE: u8 = 2;

/// What each byte in a gap may tell.
static TELLS: [u8; 256] = {
    let mut tells = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        tells[byte] = match byte as u8 {
            b'.' | b'!' | b'?' => ENDS,
            b'\n' | b'"' | 0x80.. => MORE,
            _ => 0,
        };
        byte += 1;
    }
    tells
};

/// [`starts_sentence`] of a [plain](Gap::Plain) gap.
pub(crate) fn starts_behind_plain(before: &str, gap: &str) -> bool {
    let gap = gap.as_bytes();
    let Some(end) = gap.iter().position(|byte| matches!(byte, b'.' | b'!' | b'?')) else { return false };
    // As `char::is_whitespace` has it of ASCII.
    let has_space = gap[end..].iter().any(|byte| matches!(byte, b'\t'..=b'\r' | b' '));
    has_space && !(gap[end] == b'.' && is_abbreviation(before))
}

pub(crate) fn ends_sentence(c: char) -> bool {
    matches!(c, '.' | '!' | '?' | '…' | '。' | '！' | '？' | '।' | '؟')
}

/// Whether the token is an initial or one of the [`ABBREVIATIONS`].
fn is_abbreviation(token: &str) -> bool {
    let mut characters = token.chars();
    let initial = characters.next().is_some() && characters.next().is_none();
    initial || (token.len() <= LONGEST_ABBREVIATION && ABBREVIATIONS.iter().any(|a| a.eq_ignore_ascii_case(token)))
}

/// Whether the gap holds an empty line.
pub(crate) fn blank_line(gap: &str) -> bool {
    gap.bytes().filter(|&b| b == b'\n').count() > 1
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn terminators_and_blank_lines_end_sentences() {
        assert!(starts_sentence("deal", ". "));
        assert!(starts_sentence("deal", ".” "));
        assert!(starts_sentence("said", "?\n"));
        assert!(starts_sentence("headline", "\n\n"));
        assert!(starts_sentence("好", "。"));
    }

    proptest! {
        #[test]
        fn gaps_that_say_nothing_end_nothing(gap in "[ ,.!?\n\\-'…。！？।؟”é]{0,4}") {
            match tells(gap.as_bytes()) {
                Gap::Empty => prop_assert!(!starts_sentence("deal", &gap) && !blank_line(&gap)),
                Gap::Plain => prop_assert!(!blank_line(&gap)),
                Gap::Any => {}
            }
        }

        #[test]
        fn plain_gaps_end_what_any_gap_does(before in "[A-Za-z]{1,2}|mr|Dept|deal", gap in "[ ,.!?\\-'\t\r\x0b\x0c\x1f]{0,4}") {
            if tells(gap.as_bytes()) == Gap::Plain {
                prop_assert_eq!(starts_behind_plain(&before, &gap), starts_sentence(&before, &gap));
            }
        }
    }

    #[test]
    fn no_abbreviation_is_longer_than_the_longest() {
        assert_eq!(ABBREVIATIONS.iter().map(|token| token.len()).max(), Some(LONGEST_ABBREVIATION));
    }

    #[test]
    fn commas_titles_initials_and_wrapped_lines_do_not() {
        assert!(!starts_sentence("deal", " "));
        assert!(!starts_sentence("deal", ", "));
        assert!(!starts_sentence("mr", ". "));
        assert!(!starts_sentence("j", ". "));
        assert!(!starts_sentence("the", "\n"));
        assert!(!starts_sentence("www", "."));
    }
}
