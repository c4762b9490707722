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
use crate::text::normalise::{Normaliser, without_entities};
use crate::text::quotes::quoted_behind;
use crate::text::sentences::{Gap, starts_behind_plain, starts_sentence, tells};

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
    let mut words = Words::default();
    Tokeniser::default().run(text, &mut words);
    Tokenised { tokens: words.tokens(), spans: words.spans, repairs: words.repairs }
}

/// The words of one text, in order, in memory that is used again for the next one. Each step of finding them goes over
/// many words in a loop of its own, which is short: so the processor works at several of them at once.
#[derive(Debug, Default)]
pub(crate) struct Words {
    /// The frozen hash of each word in normalised form.
    pub(crate) hashes: Vec<u64>,
    pub(crate) flags: Vec<u8>,
    pub(crate) spans: Vec<Span>,
    /// How many characters were look-alikes of Latin letters, or invisible.
    pub(crate) repairs: u32,
    /// The numbers of the words that do not stand in the text as they are but for the case of ASCII, and where they do in
    /// `normal`.
    odd: Vec<(usize, Range<usize>)>,
    /// What was normalised, without what lies between its words.
    normal: String,
    /// [`flag::QUOTED`], if the last word stands in a quotation.
    quoted: u8,
    /// The numbers of words behind more than one byte.
    wide: Vec<u32>,
}

/// A word as it is to be spelled.
#[derive(Debug, Clone)]
pub(crate) struct Spelling<'w> {
    /// What holds the word, in normalised form but for the case of ASCII, and where.
    held: &'w str,
    range: Range<usize>,
}

impl Spelling<'_> {
    /// Appends the word in normalised form.
    pub(crate) fn spell(self, spelled: &mut String) {
        let start = spelled.len();
        spelled.push_str(&self.held[self.range]);
        spelled[start..].make_ascii_lowercase();
    }
}

impl Words {
    /// The words as an article keeps them.
    pub(crate) fn tokens(&self) -> Tokens {
        // The token is the upper half of the hash.
        Tokens::new(self.hashes.iter().map(|hash| (hash >> 32) as u32).collect(), self.flags.clone())
    }

    /// Hands the hash of every word to `each`, with its spelling. The text is the one that the words were found in.
    #[cfg(any(test, feature = "index"))]
    pub(crate) fn each<'w>(&'w self, text: &'w str, mut each: impl FnMut(u64, Spelling<'w>)) {
        let odd = self.odd.iter().map(|(number, range)| (*number, Some(range.clone())));
        let mut done = 0;
        for (number, odd) in odd.chain([(self.hashes.len(), None)]) {
            for (&hash, span) in self.hashes[done..number].iter().zip(&self.spans[done..number]) {
                each(hash, Spelling { held: text, range: span.range() });
            }
            if let Some(range) = odd {
                each(self.hashes[number], Spelling { held: &self.normal, range });
            }
            done = number + 1;
        }
    }

    /// How the word of a number is spelled.
    pub(crate) fn spelling<'w>(&'w self, text: &'w str, number: usize) -> Spelling<'w> {
        match self.odd.binary_search_by_key(&number, |(odd, _)| *odd) {
            Ok(at) => Spelling { held: &self.normal, range: self.odd[at].1.clone() },
            Err(_) => Spelling { held: text, range: self.spans[number].range() },
        }
    }

    fn clear(&mut self) {
        let Self { hashes, flags, spans, repairs, odd, normal, quoted, wide: _ } = self;
        hashes.clear();
        flags.clear();
        spans.clear();
        *repairs = 0;
        odd.clear();
        normal.clear();
        *quoted = 0;
    }

    /// Adds the words that begin and end at these places of the text behind `from`, and stand there as they are.
    fn add_plain(&mut self, text: &str, from: usize, edges: &[u32]) {
        let first = self.spans.len();
        let place = |edge: u32| (from + edge as usize) as u32;
        self.spans
            .extend(edges.as_chunks().0.iter().map(|&[start, end]| Span { start: place(start), end: place(end) }));
        let hash = |span: &Span| hash::lowered(text.as_bytes(), span.start as usize, span.end as usize);
        self.hashes.extend(self.spans[first..].iter().map(hash));
        let starts = self.spans[first..].iter().map(|span| FIRST[text.as_bytes()[span.start as usize] as usize]);
        self.flags.extend(starts);
        if first == self.spans.len() {
            return;
        }
        let boundary = self.boundary(text, first);
        self.flags[first] |= boundary;
        // One byte, nearly always a space, says nothing. Nobody can guess where there are more: what is no such gap is
        // written over by the next.
        self.wide.resize(self.spans.len() - first, 0);
        let mut count = 0;
        for (pair, number) in self.spans[first..].windows(2).zip(first as u32 + 1..) {
            self.wide[count] = number;
            count += usize::from(pair[1].start.saturating_sub(pair[0].end) > 1);
        }
        let (mut quoted, mut done) = (self.quoted, first + 1);
        for &number in &self.wide[..count] {
            let number = number as usize;
            if quoted != 0 {
                self.flags[done..number].iter_mut().for_each(|flags| *flags |= quoted);
            }
            let (before, gap) =
                (self.spans[number - 1], self.spans[number - 1].end as usize..self.spans[number].start as usize);
            self.flags[number] |= match tells(&text.as_bytes()[gap.clone()]) {
                Gap::Empty => quoted,
                Gap::Plain => {
                    let starts = starts_behind_plain(&text[before.range()], &text[gap]);
                    quoted | (u8::from(starts) * flag::SENTENCE)
                }
                Gap::Any => behind(Some(&text[before.range()]), &text[gap], &mut quoted),
            };
            done = number + 1;
        }
        if quoted != 0 {
            self.flags[done..].iter_mut().for_each(|flags| *flags |= quoted);
        }
        self.quoted = quoted;
    }

    /// Adds a word that was normalised.
    fn add_normalised(&mut self, text: &str, span: Span, word: &str) {
        let number = self.spans.len();
        let start = self.normal.len();
        self.normal.push_str(word);
        self.spans.push(span);
        self.hashes.push(hash::bytes(word.as_bytes()));
        let first = text[span.range().start..].chars().next().unwrap_or(' ');
        let kind = if first.is_numeric() {
            flag::NUMBER
        } else if first.is_uppercase() {
            flag::CAPITAL
        } else {
            0
        };
        let boundary = self.boundary(text, number);
        self.flags.push(kind | boundary);
        self.odd.push((number, start..self.normal.len()));
    }

    /// Whether a sentence starts with the word of that number, behind which there is none yet that was normalised, and
    /// whether it stands in a quotation.
    fn boundary(&mut self, text: &str, number: usize) -> u8 {
        let before = number.checked_sub(1);
        let end = before.map_or(0, |before| self.spans[before].end as usize);
        // Two bigrams of one run overlap: no gap lies between them.
        let gap = text.get(end..self.spans[number].start as usize).unwrap_or("");
        let word = before.map(|before| match self.odd.last() {
            Some((odd, range)) if *odd == before => &self.normal[range.clone()],
            _ => &text[self.spans[before].range()],
        });
        behind(word, gap, &mut self.quoted)
    }
}

/// Whether a sentence starts behind a gap, and whether the word there is quoted, as `quoted` tells of the word before it:
/// that one, if there is any, is needed too.
fn behind(before: Option<&str>, gap: &str, quoted: &mut u8) -> u8 {
    let gap = without_entities(gap);
    // One byte between two words, nearly always a space, says nothing.
    if gap.len() > 1 || before.is_none() {
        *quoted = u8::from(quoted_behind(&gap, before.is_none(), *quoted != 0)) * flag::QUOTED;
    }
    *quoted | (u8::from(before.is_none_or(|before| starts_sentence(before, &gap))) * flag::SENTENCE)
}

/// The tokeniser's buffers, kept from one article to the next.
#[derive(Debug, Default)]
pub(crate) struct Tokeniser {
    normaliser: Normaliser,
    /// Where words of plain ASCII begin and end.
    edges: Vec<u32>,
}

impl Tokeniser {
    /// Puts the words of `text` into `found`, in the place of those that were there.
    pub(crate) fn run(&mut self, text: &str, found: &mut Words) {
        let Self { normaliser, edges } = self;
        found.clear();
        let text = clip(text);
        let bytes = text.as_bytes();
        let mut latin = None;
        let mut done = 0;
        while done < bytes.len() {
            let odd = odd_run(bytes, done);
            ascii::pieces(&bytes[done..odd.start], edges, |from, edges| found.add_plain(text, done + from, edges));
            if !odd.is_empty() {
                let latin = || *latin.get_or_insert_with(|| mostly_latin(text));
                found.repairs += normaliser.run(&text[odd.clone()], odd.start as u32, latin);
                let normal = normaliser.text();
                words(normal, edges, |from, to| {
                    let (start, end) = normaliser.origin(from, to);
                    found.add_normalised(text, Span { start, end }, &normal[from..to]);
                });
            }
            done = odd.end;
        }
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
fn words(run: &str, edges: &mut Vec<u32>, mut each: impl FnMut(usize, usize)) {
    if run.is_ascii() {
        return ascii::words(run.as_bytes(), edges, each);
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

/// The hash and the normalised form of every word.
#[cfg(test)]
pub(crate) fn spelled(text: &str) -> Vec<(u64, String)> {
    let (mut words, mut spelled) = (Words::default(), Vec::new());
    Tokeniser::default().run(text, &mut words);
    words.each(text, |hash, spelling| {
        let mut word = String::new();
        spelling.spell(&mut word);
        spelled.push((hash, word));
    });
    spelled
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn texts(text: &str) -> Vec<String> {
        let words = spelled(text);
        assert!(words.iter().all(|(hash, word)| *hash == hash::bytes(word.as_bytes())));
        words.into_iter().map(|(_, word)| word).collect()
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
        let first = flag::SENTENCE | flag::CAPITAL;
        assert_eq!(flags, [first, flag::CAPITAL, 0, flag::NUMBER, 0, first, 0, first, 0]);
    }

    #[test]
    fn flags_tell_quotations() {
        for text in [
            "He said \"no more,\" and left",
            "He said “no more,” and left",
            "He said &quot;no more,&quot; and left",
            "He said&nbsp;&#8220;no more,&amp;rdquo; and left",
        ] {
            let flags = tokenise(text).tokens.flags().to_vec();
            let quoted: Vec<bool> = flags.iter().map(|flags| flags & flag::QUOTED != 0).collect();
            assert_eq!(quoted, [false, false, true, true, false, false], "{text}");
        }
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
        words(normaliser.text(), &mut Vec::new(), |from, to| found.push(normaliser.text()[from..to].to_owned()));
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
        fn no_gap_is_passed_over_that_says_something(text in "([a-dX1]{1,3}|Mr|Größe|[ .,!?\n\"“”’-]{1,3}){0,30}") {
            let (mut found, mut quoted) = (Words::default(), 0);
            Tokeniser::default().run(&text, &mut found);
            let words = texts(&text);
            for (number, span) in found.spans.iter().enumerate() {
                let before = number.checked_sub(1);
                let gap = &text[before.map_or(0, |before| found.spans[before].range().end)..span.range().start];
                let expected = behind(before.map(|before| &*words[before]), gap, &mut quoted);
                prop_assert_eq!(found.flags[number] & (flag::QUOTED | flag::SENTENCE), expected, "{}", number);
            }
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
