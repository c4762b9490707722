//! Words, as Unicode Standard Annex #29 finds them, as 32-bit hashes.
//!
//! Text is taken one run without spaces at a time. A run of plain ASCII takes a fast path that gives the same words;
//! any other is normalised first. Scripts written without spaces (Chinese, Japanese, Thai, …) give one token for
//! each two neighbouring characters, so that they work without a dictionary.

use unicode_script::{Script, UnicodeScript};
use unicode_segmentation::UnicodeSegmentation;

use crate::article::{Span, Tokens, flag};
use crate::hash;
use crate::text::normalise::Normaliser;
use crate::text::sentences::{blank_line, starts_sentence};

/// An article's words with the place of each in the text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tokenised {
    /// The words' hashes and flags.
    pub tokens: Tokens,
    /// Where each word stands in the text as it was read.
    pub spans: Vec<Span>,
    /// How many characters were look-alikes of Latin letters, or invisible.
    pub repairs: u32,
}

/// The words of a text, with the place of each. The text may have up to 4 GiB; what lies beyond is left out.
///
/// ```
/// use unspin::text::tokenise;
/// let text = "It’s the Windows giant’s $50bn deal.";
/// let found = tokenise(text);
/// let words: Vec<&str> = found.spans.iter().map(|span| &text[span.range()]).collect();
/// assert_eq!(words, ["It’s", "the", "Windows", "giant’s", "50bn", "deal"]);
/// assert_eq!(found.tokens.hashes(), tokenise("it's THE windows giant's $50BN deal").tokens.hashes());
/// ```
pub fn tokenise(text: &str) -> Tokenised {
    let mut found = Tokenised::default();
    let repairs = Tokeniser::default().run(text, |word| {
        found.tokens.push(word.hash, word.flags);
        found.spans.push(word.span);
    });
    Tokenised { repairs, ..found }
}

/// One word as the tokeniser hands it on.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Word<'a> {
    pub(crate) hash: u32,
    pub(crate) flags: u8,
    pub(crate) span: Span,
    /// The word in normalised form.
    pub(crate) text: &'a str,
}

/// The tokeniser's buffers, kept from one article to the next.
#[derive(Debug, Default)]
pub(crate) struct Tokeniser {
    normaliser: Normaliser,
    lowered: String,
    before: String,
}

impl Tokeniser {
    /// Hands every word of `text` to `each`, in order. Tells how many characters were look-alikes or invisible.
    pub(crate) fn run(&mut self, text: &str, mut each: impl FnMut(Word<'_>)) -> u32 {
        let text = clip(text);
        let (mut latin, mut repairs) = (None, 0);
        let mut gap = Gap { text, end: 0, before: &mut self.before };
        gap.before.clear();
        for (start, run) in runs(text) {
            let mut emit = |word: &str, span: Span| {
                each(Word { hash: token(word), flags: gap.flags(word, span), span, text: word });
            };
            if is_plain(run.as_bytes()) {
                self.lowered.clear();
                self.lowered.push_str(run);
                self.lowered.make_ascii_lowercase();
                ascii_words(&self.lowered, |from, to| {
                    let span = Span { start: (start + from) as u32, end: (start + to) as u32 };
                    emit(&self.lowered[from..to], span);
                });
            } else {
                let latin = *latin.get_or_insert_with(|| mostly_latin(text));
                repairs += self.normaliser.run(run, start as u32, latin);
                let normal = self.normaliser.text();
                words(normal, |from, to| {
                    let (start, end) = self.normaliser.origin(from, to);
                    emit(&normal[from..to], Span { start, end });
                });
            }
        }
        repairs
    }
}

/// The token of a normalised word.
#[inline]
pub(crate) fn token(word: &str) -> u32 {
    (hash::bytes(word.as_bytes()) >> 32) as u32
}

/// What lies between the word before and the word at hand.
struct Gap<'t, 'b> {
    text: &'t str,
    end: usize,
    before: &'b mut String,
}

impl Gap<'_, '_> {
    /// The flags of the next word, and the step past it.
    fn flags(&mut self, word: &str, span: Span) -> u8 {
        let range = span.range();
        let first = self.text[range.start..].chars().next().unwrap_or(' ');
        let mut flags = 0;
        if first.is_numeric() {
            flags |= flag::NUMBER;
        } else if first.is_uppercase() {
            flags |= flag::CAPITAL;
        }
        // Two bigrams of one run overlap: no gap lies between them.
        let gap = self.text.get(self.end..range.start).unwrap_or("");
        if self.before.is_empty() {
            flags |= flag::SENTENCE | flag::PARAGRAPH;
        } else if gap.len() > 1 || !gap.is_ascii() {
            if starts_sentence(self.before, gap) {
                flags |= flag::SENTENCE;
            }
            if blank_line(gap) {
                flags |= flag::PARAGRAPH;
            }
        }
        self.end = range.end;
        self.before.clear();
        self.before.push_str(word);
        flags
    }
}

/// As much of the text as 32-bit offsets reach.
fn clip(text: &str) -> &str {
    let mut end = text.len().min(u32::MAX as usize);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// The runs of the text between ASCII spaces, with their places.
fn runs(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut rest = 0;
    std::iter::from_fn(move || {
        let bytes = &text.as_bytes()[rest..];
        let start = rest + bytes.iter().position(|b| !b.is_ascii_whitespace())?;
        let bytes = &text.as_bytes()[start..];
        let length = bytes.iter().position(u8::is_ascii_whitespace).unwrap_or(bytes.len());
        rest = start + length;
        Some((start, &text[start..rest]))
    })
}

/// Whether normalising would do no more than fold the case.
fn is_plain(run: &[u8]) -> bool {
    run.iter().all(|&b| b.is_ascii() && b != b'&')
}

/// Whether most letters of the text are Latin ones: there a word made of look-alikes is a disguise.
fn mostly_latin(text: &str) -> bool {
    let (mut ascii, mut other) = (0_usize, 0_usize);
    for c in text.chars() {
        if c.is_ascii_alphabetic() {
            ascii += 1;
        } else if !c.is_ascii() && c.is_alphabetic() {
            other += 1;
        }
    }
    ascii >= other
}

/// The words of a run of lower-case ASCII, by the rules of Annex #29 that ASCII can meet (WB5–WB13b).
fn ascii_words(run: &str, mut each: impl FnMut(usize, usize)) {
    let bytes = run.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        if !is_word_byte(bytes[at]) {
            at += 1;
            continue;
        }
        let start = at;
        let mut holds_letter_or_digit = false;
        loop {
            while at < bytes.len() && is_word_byte(bytes[at]) {
                holds_letter_or_digit |= bytes[at] != b'_';
                at += 1;
            }
            if at + 1 >= bytes.len() || !joins(bytes[at - 1], bytes[at], bytes[at + 1]) {
                break;
            }
            at += 1;
        }
        if holds_letter_or_digit {
            each(start, at);
        }
    }
}

fn is_word_byte(b: u8) -> bool {
    b.is_ascii_alphanumeric() || b == b'_'
}

/// Whether the mark between two bytes holds them together: `it's`, `u.s`, `50,000`.
fn joins(before: u8, mark: u8, after: u8) -> bool {
    match mark {
        b'\'' | b'.' => {
            (before.is_ascii_alphabetic() && after.is_ascii_alphabetic())
                || (before.is_ascii_digit() && after.is_ascii_digit())
        }
        b':' => before.is_ascii_alphabetic() && after.is_ascii_alphabetic(),
        b',' | b';' => before.is_ascii_digit() && after.is_ascii_digit(),
        _ => false,
    }
}

/// The words of any normalised run; neighbouring characters of unspaced scripts as bigrams.
fn words(run: &str, mut each: impl FnMut(usize, usize)) {
    // The character of an unspaced script that the last word consists of, and whether a bigram holds it already.
    let mut pending: Option<(usize, usize, bool)> = None;
    for (start, word) in run.unicode_word_indices() {
        let end = start + word.len();
        // A mark that follows a space belongs to it, and makes a word of the two.
        let start = end - word.trim_start().len();
        let word = &run[start..end];
        let unspaced = word.chars().next().is_some_and(is_unspaced);
        if let Some((from, to, held)) = pending.take() {
            if unspaced && to == start {
                each(from, end);
                pending = Some((start, end, true));
                continue;
            }
            if !held {
                each(from, to);
            }
        }
        if unspaced {
            pending = Some((start, end, false));
        } else {
            each(start, end);
        }
    }
    if let Some((from, to, false)) = pending {
        each(from, to);
    }
}

/// Whether the character is of a script that puts no spaces between words.
fn is_unspaced(c: char) -> bool {
    matches!(
        c.script(),
        Script::Han
            | Script::Hiragana
            | Script::Katakana
            | Script::Thai
            | Script::Lao
            | Script::Khmer
            | Script::Myanmar
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn texts(text: &str) -> Vec<String> {
        let mut found = Vec::new();
        Tokeniser::default().run(text, |word| found.push(word.text.to_owned()));
        found
    }

    #[test]
    fn words_of_a_sentence() {
        assert_eq!(
            texts("The U.S. firm’s “up-to-$50,000.50” deal—it_s can't: 3.5% e.g. _ __x"),
            ["the", "u.s", "firm's", "up", "to", "50,000.50", "deal", "it_s", "can't", "3.5", "e.g", "__x"]
        );
    }

    #[test]
    fn unspaced_scripts_give_bigrams() {
        assert_eq!(texts("北京大学 a 人"), ["北京", "京大", "大学", "a", "人"]);
        assert_eq!(texts("微软OpenAI交易"), ["微软", "openai", "交易"]);
        assert!(texts("ประเทศไทย").len() > 3);
    }

    #[test]
    fn flags_tell_numbers_capitals_and_sentences() {
        let text = "Mr. Hale paid 12 dollars. He left.\n\nNext day";
        let flags = tokenise(text).tokens.flags().to_vec();
        let first = flag::SENTENCE | flag::PARAGRAPH | flag::CAPITAL;
        assert_eq!(flags, [first, flag::CAPITAL, 0, flag::NUMBER, 0, flag::SENTENCE | flag::CAPITAL, 0, first, 0]);
    }

    #[test]
    fn known_tokens() {
        // Tokens reach disk: these may never change.
        assert_eq!(tokenise("Windows giant").tokens.hashes(), [0x444b_acde, 0xb17d_53c7]);
    }

    /// The oracle of the fast path: the whole text normalised at once, and split by the Unicode library.
    fn naive(text: &str) -> Vec<String> {
        let mut normaliser = Normaliser::default();
        normaliser.run(text, 0, mostly_latin(text));
        let mut found = Vec::new();
        words(normaliser.text(), |from, to| found.push(normaliser.text()[from..to].to_owned()));
        found
    }

    proptest! {
        #[test]
        fn ascii_fast_path_agrees_with_the_library(text in "[a-cX0-2 _'.,:;&!-]{0,40}") {
            prop_assert_eq!(texts(&text), naive(&text));
        }

        #[test]
        fn runs_agree_with_the_whole(text in "([a-cX1 .'’“é\u{301}аοΙß京都ไท\u{ad}\u{200b}\u{a0}２&;#\n]|&amp;|&#39;|\\PC){0,40}") {
            prop_assert_eq!(texts(&text), naive(&text));
        }

        #[test]
        fn spans_are_in_order_and_on_character_boundaries(text in "\\PC{0,60}") {
            let found = tokenise(&text);
            for span in &found.spans {
                prop_assert!(span.start < span.end);
                prop_assert!(text.get(span.range()).is_some());
            }
            prop_assert!(found.spans.windows(2).all(|pair| pair[0].start <= pair[1].start));
        }
    }
}
