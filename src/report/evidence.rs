//! Evidence: what a copy says instead of its original's words, and which passages of the two correspond.
//!
//! The texts are not held in memory: they are fetched again for the pairs that are shown, a bounded number at a time.

use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};
use std::hash::BuildHasher;
use std::ops::Range;

use rayon::prelude::*;

use crate::article::{ArticleId, Span, flag};
use crate::report::sites;
pub use crate::report::sites::Sites;
use crate::report::style::one_line;
use crate::text::{Tokenised, tokenise};
use crate::verify::places::Places;
use crate::verify::relation::Relation;

/// The most substitutions that are shown of one pair.
pub const SHOWN: usize = 10;

/// The most passages that are shown of one pair: the longest.
pub const PASSAGES: usize = 5;

/// Passages of fewer words are phrases of the language.
const SHORTEST: usize = 8;

/// Passages go on across places where neither text has more words of its own than this.
const CHANGED: usize = 8;

/// Longer sites are reworded passages, not words that were replaced.
const LONGEST: usize = 8;

/// The bytes of text that are held at once.
pub(crate) const BATCH: u64 = 32 << 20;

/// Where the articles' texts can be had again.
pub trait Texts: Sync {
    /// About how many bytes the text has.
    fn size(&self, id: &ArticleId) -> u64;

    /// The texts of these articles, in their order; `None` for those that cannot be read again.
    fn fetch(&self, ids: &[&ArticleId]) -> Vec<Option<String>>;
}

impl<S: BuildHasher + Sync> Texts for HashMap<ArticleId, String, S> {
    fn size(&self, id: &ArticleId) -> u64 {
        self.get(id).map_or(0, |text| text.len() as u64)
    }

    fn fetch(&self, ids: &[&ArticleId]) -> Vec<Option<String>> {
        ids.iter().map(|&id| self.get(id).cloned()).collect()
    }
}

/// Words of the original and what the copy has in their place, each on one line.
///
/// ```
/// use unspin::report::evidence::substitutions;
/// let detector = unspin::Detector::builder().build()?;
/// let original = "it said that the Windows giant was right about the deal";
/// let copy = "it said that the Home windows large was right about the deal";
/// let found = substitutions(&detector.compare(original, copy), original, copy);
/// assert_eq!((&*found[0].original, &*found[0].copy), ("Windows giant", "Home windows large"));
/// assert_eq!(&copy[found[0].at.copy.range()], "Home windows large");
/// # Ok::<(), unspin::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Substitution {
    /// The original's words.
    pub original: String,
    /// The copy's.
    pub copy: String,
    /// Where they stand.
    pub at: Passage,
}

/// Corresponding places of two texts as they were read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Passage {
    /// In the original's.
    pub original: Span,
    /// In the copy's.
    pub copy: Span,
}

/// What is shown of a pair.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Explanation {
    /// The most telling substitutions, at most [`SHOWN`].
    pub substitutions: Vec<Substitution>,
    /// The longest passages that correspond, at most [`PASSAGES`], in the order of the original.
    pub passages: Vec<Passage>,
}

/// Two articles whose substitutions are wanted.
#[derive(Debug, Clone, Copy)]
pub struct Pair<'a> {
    /// The one that came first.
    pub original: &'a ArticleId,
    /// The one that was made from it.
    pub copy: &'a ArticleId,
    /// What it is: exact copies have no substitutions.
    pub relation: Relation,
}

/// The substitutions and passages of each pair, in the order of the pairs, for any number of threads.
pub fn explain(texts: &dyn Texts, pairs: &[Pair<'_>]) -> Vec<Explanation> {
    let mut found = Vec::with_capacity(pairs.len());
    let mut rest = pairs;
    while !rest.is_empty() {
        let size = |pair: &Pair<'_>| texts.size(pair.original) + texts.size(pair.copy);
        let (batch, later) = rest.split_at(fitting(rest, BATCH, size));
        found.append(&mut explain_batch(texts, batch));
        rest = later;
    }
    found
}

/// How many of the items fit into a batch of this size: at least one.
pub(crate) fn fitting<T>(items: &[T], most: u64, size: impl Fn(&T) -> u64) -> usize {
    let mut sum = 0;
    let fits = items.iter().take_while(|item| {
        sum += size(item);
        sum <= most
    });
    fits.count().max(1)
}

fn explain_batch(texts: &dyn Texts, pairs: &[Pair<'_>]) -> Vec<Explanation> {
    let worded = pairs.iter().filter(|pair| pair.relation != Relation::Exact);
    let mut ids: Vec<&ArticleId> = worded.flat_map(|pair| [pair.original, pair.copy]).collect();
    ids.sort_unstable();
    ids.dedup();
    let texts = texts.fetch(&ids);
    let words: HashMap<&ArticleId, Words<'_>> =
        ids.par_iter().zip(&texts).filter_map(|(&id, text)| Some((id, Words::of(text.as_deref()?)))).collect();
    pairs
        .par_iter()
        .map(|pair| match (words.get(pair.original), words.get(pair.copy)) {
            (Some(a), Some(b)) if pair.relation != Relation::Exact => {
                let places = a.places(b);
                Explanation { substitutions: telling_sites(&places, a, b), passages: longest(&places, a, b) }
            }
            _ => Explanation::default(),
        })
        .collect()
}

/// The most telling substitutions of a comparison, or of [`Places`], at most [`SHOWN`], each once.
pub fn substitutions<'c>(comparison: impl Into<Sites<'c>>, original: &str, copy: &str) -> Vec<Substitution> {
    telling_sites(comparison, &Words::of(original), &Words::of(copy))
}

/// The same of texts whose words are known.
pub(crate) fn telling_sites<'c>(comparison: impl Into<Sites<'c>>, a: &Words<'_>, b: &Words<'_>) -> Vec<Substitution> {
    let mut found: Vec<(Telling, Substitution)> = sites::replaced(comparison, a.text, b.text)
        .into_iter()
        .filter_map(|(x, y)| {
            let telling = telling(a.phrase(x)?, b.phrase(y)?)?;
            let at = Passage { original: x, copy: y };
            Some((telling, Substitution { original: a.line(x), copy: b.line(y), at }))
        })
        .collect();
    // The sort is stable: what is equally telling stays in the order of the text.
    found.sort_by_key(|(telling, _)| Reverse(*telling));
    let mut seen = HashSet::new();
    found.retain(|(_, site)| seen.insert((site.original.to_lowercase(), site.copy.to_lowercase())));
    found.truncate(SHOWN);
    found.into_iter().map(|(_, site)| site).collect()
}

/// The longest passages that correspond in a comparison, at most [`PASSAGES`], in the order of the original: across
/// small changes in the text, and those that moved.
///
/// ```
/// use unspin::report::evidence::passages;
/// let detector = unspin::Detector::builder().build()?;
/// let original = "Traders said that the worn bearings of the swing bridge had to be cast again in Sheffield.";
/// let copy = "More: traders said that the old bearings of the swing bridge had to be cast again, in Sheffield";
/// let found = passages(&detector.compare(original, copy), original, copy);
/// assert_eq!(&original[found[0].original.range()], original.trim_end_matches('.'));
/// assert_eq!(&copy[found[0].copy.range()], &copy["More: ".len()..]);
/// # Ok::<(), unspin::Error>(())
/// ```
pub fn passages<'c>(comparison: impl Into<Sites<'c>>, original: &str, copy: &str) -> Vec<Passage> {
    longest(comparison, &Words::of(original), &Words::of(copy))
}

fn longest<'c>(comparison: impl Into<Sites<'c>>, a: &Words<'_>, b: &Words<'_>) -> Vec<Passage> {
    let (chain, moved) = sites::passages(comparison);
    let mut whole: Vec<Passage> = Vec::new();
    for &(x, y) in chain {
        match whole.last_mut() {
            Some(last) if a.between(last.original, x) <= CHANGED && b.between(last.copy, y) <= CHANGED => {
                (last.original.end, last.copy.end) = (x.end, y.end);
            }
            _ => whole.push(Passage { original: x, copy: y }),
        }
    }
    whole.extend(moved.iter().map(|&(x, y)| Passage { original: x, copy: y }));
    let words = |passage: &Passage| a.within(passage.original).len().min(b.within(passage.copy).len());
    whole.retain(|passage| words(passage) >= SHORTEST);
    whole.sort_by_key(|passage| Reverse(words(passage)));
    whole.truncate(PASSAGES);
    whole.sort_by_key(|passage| (passage.original, passage.copy));
    whole
}

/// How much a substitution says about the pair: names first, then phrases of like length, then long words.
type Telling = (bool, bool, usize);

fn telling(original: Phrase, copy: Phrase) -> Option<Telling> {
    let (fewer, more) = (original.words.min(copy.words), original.words.max(copy.words));
    let telling = (original.named && copy.named, more <= 3 * fewer, original.longest.min(copy.longest));
    (more <= LONGEST).then_some(telling)
}

/// A text with its words, found once for all that is asked of it.
pub(crate) struct Words<'t> {
    pub(crate) text: &'t str,
    pub(crate) found: Tokenised,
}

/// What is asked of some words in a row.
#[derive(Debug, Clone, Copy)]
struct Phrase {
    words: usize,
    /// Whether there is a capital inside a sentence.
    named: bool,
    /// The letters of the longest word.
    longest: usize,
}

impl<'t> Words<'t> {
    pub(crate) fn of(text: &'t str) -> Self {
        Self { text, found: tokenise(text) }
    }

    /// Where this text and another one correspond.
    pub(crate) fn places(&self, other: &Self) -> Places {
        Places::between(&self.found, &other.found)
    }

    fn line(&self, span: Span) -> String {
        self.text.get(span.range()).map(one_line).unwrap_or_default()
    }

    /// The numbers of the words in a span.
    fn within(&self, span: Span) -> Range<usize> {
        sites::within(&self.found.spans, span)
    }

    /// How many words stand between two spans.
    fn between(&self, before: Span, after: Span) -> usize {
        self.within(Span { start: before.end, end: after.start }).len()
    }

    /// The words in a span, if they are of one sentence.
    fn phrase(&self, span: Span) -> Option<Phrase> {
        let Tokenised { tokens, spans, .. } = &self.found;
        let words = self.within(span);
        let flags = &tokens.flags()[words.clone()];
        if flags.iter().skip(1).any(|flags| flags & flag::SENTENCE != 0) {
            return None;
        }
        Some(Phrase {
            words: words.len(),
            named: flags.iter().any(|flags| flags & (flag::CAPITAL | flag::SENTENCE) == flag::CAPITAL),
            longest: spans[words].iter().map(|word| (word.end - word.start) as usize).max()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detector::Detector;

    const ORIGINAL: &str = "the Windows giant said on Monday that both sides are walking away winners from the deal";
    const SPUN: &str =
        "the Home windows large said on Monday that either sides are strolling away winners from the deal";

    fn found() -> Vec<Substitution> {
        let detector = Detector::builder().build().expect("defaults are valid");
        substitutions(&detector.compare(ORIGINAL, SPUN), ORIGINAL, SPUN)
    }

    #[test]
    fn names_come_first_then_long_words() {
        let found = found();
        let shown: Vec<_> = found.iter().map(|site| (site.original.as_str(), site.copy.as_str())).collect();
        assert_eq!(shown, [("Windows giant", "Home windows large"), ("walking", "strolling"), ("both", "either")]);
    }

    #[test]
    fn exact_copies_and_lost_texts_have_none() {
        let (a, b, lost) = (ArticleId::from("a"), ArticleId::from("b"), ArticleId::from("lost"));
        let texts = HashMap::from([(a.clone(), ORIGINAL.to_owned()), (b.clone(), SPUN.to_owned())]);
        let pair = |copy, relation| Pair { original: &a, copy, relation };
        let pairs = [pair(&b, Relation::Exact), pair(&lost, Relation::Near), pair(&b, Relation::Near)];
        let found = explain(&texts, &pairs);
        assert_eq!(found.iter().map(|one| one.substitutions.len()).collect::<Vec<_>>(), [0, 0, 3]);
        assert_eq!(found.iter().map(|one| one.passages.len()).collect::<Vec<_>>(), [0, 0, 1]);
    }

    #[test]
    fn spans_are_places_in_the_texts_as_they_were_read() {
        for site in found() {
            assert_eq!(site.original, ORIGINAL[site.at.original.range()]);
            assert_eq!(site.copy, SPUN[site.at.copy.range()]);
        }
    }

    #[test]
    fn passages_are_the_longest_in_the_order_of_the_original() {
        let words = |count: usize, stem: &str| -> String {
            (0..count).map(|word| format!("{stem}x{word}")).collect::<Vec<_>>().join(" ")
        };
        let sentence = |number: usize| words(10 + number, &format!("w{number}")) + ". ";
        let apart = |first: usize| words(20, &format!("only{first}")) + " ";
        let original: String = (0..7).map(|number| sentence(number) + &apart(number)).collect();
        let copy: String = (0..7).rev().map(|number| sentence(number) + &apart(100 + number)).collect();
        let detector = Detector::builder().build().expect("defaults are valid");
        let found = passages(&detector.compare(&original, &copy), &original, &copy);
        let starts: Vec<&str> = found.iter().map(|passage| &original[passage.original.range()][..2]).collect();
        assert_eq!(starts, ["w2", "w3", "w4", "w5", "w6"]);
        for passage in found {
            assert_eq!(original[passage.original.range()], copy[passage.copy.range()]);
        }
    }
}
