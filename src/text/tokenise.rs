//! Words, as Unicode Standard Annex #29 finds them, as 32-bit hashes.
//!
//! Stretches of plain ASCII take a fast path that gives the same words; a run between spaces that holds anything else
//! is normalised first. Scripts written without spaces (Chinese, Japanese, Thai, …) give one token for
//! each two neighbouring characters, so that they work without a dictionary.

use std::ops::Range;

use unicode_script::{Script, UnicodeScript};
use unicode_segmentation::UnicodeSegmentation;

use crate::article::{Span, Tokens, flag};
use crate::hash;
use crate::text::ascii;
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
    let (mut hashes, mut flags, mut spans) = (Vec::new(), Vec::new(), Vec::new());
    let repairs = Tokeniser::default().run(text, |word: Word<'_>| {
        hashes.push(word.token());
        flags.push(word.flags);
        spans.push(word.span);
    });
    Tokenised { tokens: Tokens::new(hashes, flags), spans, repairs }
}

/// One word as the tokeniser hands it on.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Word<'a> {
    /// The frozen hash of the word in normalised form.
    pub(crate) full: u64,
    pub(crate) flags: u8,
    pub(crate) span: Span,
    /// Whether it stands in the text as it is but for the case of its letters, which are ASCII.
    pub(crate) plain: bool,
    /// What holds the word, in normalised form but for the case of ASCII, and from where to where.
    held: &'a str,
    from: usize,
    to: usize,
}

impl Word<'_> {
    /// The word's token: the upper half of its hash.
    #[inline]
    pub(crate) fn token(&self) -> u32 {
        (self.full >> 32) as u32
    }

    /// Appends the word in normalised form.
    pub(crate) fn spell(&self, spelled: &mut String) {
        Self::spell_plain(&self.held[self.from..self.to], spelled);
    }

    /// Appends a word that is in normalised form but for the case of ASCII.
    pub(crate) fn spell_plain(word: &str, spelled: &mut String) {
        let start = spelled.len();
        spelled.push_str(word);
        spelled[start..].make_ascii_lowercase();
    }

    /// The word in normalised form.
    #[cfg(test)]
    pub(crate) fn text(&self) -> String {
        let mut text = String::new();
        self.spell(&mut text);
        text
    }
}

/// Takes the words of a text. A trait and not a closure, so that it can ask to be inlined where words are found.
pub(crate) trait Listener {
    /// Takes the next word.
    fn hear(&mut self, word: Word<'_>);
}

impl<F: FnMut(Word<'_>)> Listener for F {
    #[inline]
    fn hear(&mut self, word: Word<'_>) {
        self(word);
    }
}

/// The tokeniser's buffers, kept from one article to the next.
#[derive(Debug, Default)]
pub(crate) struct Tokeniser {
    normaliser: Normaliser,
    before: String,
}

impl Tokeniser {
    /// Hands every word of `text` to the listener, in order. Tells how many characters were look-alikes or invisible.
    pub(crate) fn run(&mut self, text: &str, mut listener: impl Listener) -> u32 {
        let text = clip(text);
        let bytes = text.as_bytes();
        let (mut latin, mut repairs) = (None, 0);
        let mut gap = Gap { text, end: 0, before: Before::None };
        let mut done = 0;
        while done < bytes.len() {
            let odd = odd_run(bytes, done);
            let plain = &bytes[done..odd.start];
            ascii::words(plain, |from, to| {
                let (from, to) = (done + from, done + to);
                let span = Span { start: from as u32, end: to as u32 };
                let flags = gap.plain_flags(from, to, &self.before);
                let full = hash::lowered(bytes, from, to);
                listener.hear(Word { full, flags, span, plain: true, held: text, from, to });
            });
            if !odd.is_empty() {
                let latin = || *latin.get_or_insert_with(|| mostly_latin(text));
                repairs += self.normaliser.run(&text[odd.clone()], odd.start as u32, latin);
                let normal = self.normaliser.text();
                words(normal, |from, to| {
                    let (start, end) = self.normaliser.origin(from, to);
                    let (word, span) = (&normal[from..to], Span { start, end });
                    let flags = gap.flags(span, &self.before);
                    self.before.clear();
                    self.before.push_str(word);
                    let full = hash::bytes(word.as_bytes());
                    listener.hear(Word { full, flags, span, plain: false, held: normal, from, to });
                });
            }
            done = odd.end;
        }
        repairs
    }
}

/// The token of a normalised word.
#[inline]
pub(crate) fn token(word: &str) -> u32 {
    (hash::bytes(word.as_bytes()) >> 32) as u32
}

/// The next run between spaces, from `from` on, that holds what plain ASCII does not; or nothing at the text's end.
fn odd_run(text: &[u8], from: usize) -> Range<usize> {
    let Some(odd) = ascii::first_odd(text, from) else { return text.len()..text.len() };
    let start = text[from..odd].iter().rposition(u8::is_ascii_whitespace).map_or(from, |at| from + at + 1);
    let end = text[odd..].iter().position(u8::is_ascii_whitespace).map_or(text.len(), |at| odd + at);
    start..end
}

/// The word before the one at hand.
#[derive(Debug, Clone, Copy)]
enum Before {
    None,
    /// It stands in the text as it is but for its case.
    Plain {
        start: usize,
        end: usize,
    },
    /// Its normalised form is kept elsewhere.
    Normalised,
}

/// The flags that the first byte of a plain word gives it.
static FIRST: [u8; 256] = {
    let mut flags = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        flags[byte] = match byte as u8 {
            b'0'..=b'9' => flag::NUMBER,
            b'A'..=b'Z' => flag::CAPITAL,
            _ => 0,
        };
        byte += 1;
    }
    flags
};

/// What lies between the word before and the word at hand.
struct Gap<'t> {
    text: &'t str,
    /// Where the word before ended.
    end: usize,
    before: Before,
}
impl Gap<'_> {
    /// The flags of the next word, which is plain, and the step past it.
    #[inline]
    fn plain_flags(&mut self, start: usize, end: usize, kept: &str) -> u8 {
        let mut flags = FIRST[self.text.as_bytes()[start] as usize];
        // One byte, nearly always a space, says nothing.
        if start - self.end > 1 || matches!(self.before, Before::None) {
            flags |= self.boundary(start, kept);
        }
        (self.end, self.before) = (end, Before::Plain { start, end });
        flags
    }

    /// The flags of the next word, which was normalised, and the step past it.
    fn flags(&mut self, span: Span, kept: &str) -> u8 {
        let range = span.range();
        let first = self.text[range.start..].chars().next().unwrap_or(' ');
        let mut flags = self.boundary(range.start, kept);
        if first.is_numeric() {
            flags |= flag::NUMBER;
        } else if first.is_uppercase() {
            flags |= flag::CAPITAL;
        }
        (self.end, self.before) = (range.end, Before::Normalised);
        flags
    }

    /// Whether a sentence or a paragraph starts with the word at `start`; `kept` is the word before it if that one was
    /// normalised.
    fn boundary(&self, start: usize, kept: &str) -> u8 {
        let before = match self.before {
            Before::None => return flag::SENTENCE | flag::PARAGRAPH,
            Before::Plain { start, end } => &self.text[start..end],
            Before::Normalised => kept,
        };
        // Two bigrams of one run overlap: no gap lies between them.
        let gap = self.text.get(self.end..start).unwrap_or("");
        if gap.len() < 2 {
            return 0;
        }
        let sentence = u8::from(starts_sentence(before, gap)) * flag::SENTENCE;
        sentence | (u8::from(blank_line(gap)) * flag::PARAGRAPH)
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

/// Whether most letters of the text are Latin ones: there a word made of look-alikes is a disguise.
fn mostly_latin(text: &str) -> bool {
    let ascii = text.bytes().filter(u8::is_ascii_alphabetic).count();
    let others = || text.chars().filter(|c| !c.is_ascii() && c.is_alphabetic()).count();
    // Every other letter takes two bytes or more: mostly their number is enough.
    ascii >= text.bytes().filter(|b| !b.is_ascii()).count() / 2 || ascii >= others()
}

/// The words of any normalised run; neighbouring characters of unspaced scripts as bigrams.
fn words(run: &str, mut each: impl FnMut(usize, usize)) {
    if run.is_ascii() {
        return ascii::words(run.as_bytes(), each);
    }
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
        Tokeniser::default().run(text, |word: Word<'_>| {
            assert_eq!(word.full, hash::bytes(word.text().as_bytes()));
            found.push(word.text());
        });
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
        normaliser.run(text, 0, || mostly_latin(text));
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
