//! Evidence: what a copy says instead of its original's words.
//!
//! The texts are not held in memory: they are fetched again for the pairs that are shown, a bounded number at a time.

use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};
use std::hash::BuildHasher;

use rayon::prelude::*;

use crate::article::{ArticleId, Span, flag};
use crate::detector::Places;
use crate::report::sites;
pub use crate::report::sites::Sites;
use crate::report::style::one_line;
use crate::text::{Tokenised, tokenise};
use crate::verify::relation::Relation;

/// The most substitutions that are shown of one pair.
pub const SHOWN: usize = 10;

/// Longer sites are reworded passages, not words that were replaced.
const LONGEST: usize = 8;

/// The bytes of text that are held at once.
const BATCH: u64 = 32 << 20;

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
/// use unspin::report::evidence::Substitution;
/// let found = Substitution { original: "Windows giant".into(), copy: "Home windows large".into() };
/// assert_ne!(found.original, found.copy);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Substitution {
    /// The original's words.
    pub original: String,
    /// The copy's.
    pub copy: String,
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

/// The substitutions of each pair, in the order of the pairs, for any number of threads.
pub fn explain(texts: &dyn Texts, pairs: &[Pair<'_>]) -> Vec<Vec<Substitution>> {
    let mut found = Vec::with_capacity(pairs.len());
    let mut rest = pairs;
    while !rest.is_empty() {
        let (batch, later) = rest.split_at(batch(texts, rest));
        found.append(&mut explain_batch(texts, batch));
        rest = later;
    }
    found
}

/// How many of the pairs fit into a batch: at least one.
fn batch(texts: &dyn Texts, pairs: &[Pair<'_>]) -> usize {
    let mut bytes = 0;
    let fits = pairs.iter().take_while(|pair| {
        bytes += texts.size(pair.original) + texts.size(pair.copy);
        bytes <= BATCH
    });
    fits.count().max(1)
}

fn explain_batch(texts: &dyn Texts, pairs: &[Pair<'_>]) -> Vec<Vec<Substitution>> {
    let worded = pairs.iter().filter(|pair| pair.relation != Relation::Exact);
    let mut ids: Vec<&ArticleId> = worded.flat_map(|pair| [pair.original, pair.copy]).collect();
    ids.sort_unstable();
    ids.dedup();
    let texts: HashMap<&ArticleId, String> =
        ids.iter().zip(texts.fetch(&ids)).filter_map(|(&id, text)| Some((id, text?))).collect();
    pairs
        .par_iter()
        .map(|pair| match (texts.get(pair.original), texts.get(pair.copy)) {
            (Some(original), Some(copy)) if pair.relation != Relation::Exact => {
                substitutions(&Places::of(original, copy), original, copy)
            }
            _ => Vec::new(),
        })
        .collect()
}

/// The most telling substitutions of a comparison, or of [`Places`], at most [`SHOWN`], each once.
pub fn substitutions<'c>(comparison: impl Into<Sites<'c>>, original: &str, copy: &str) -> Vec<Substitution> {
    let (a, b) = (Words::of(original), Words::of(copy));
    let mut found: Vec<(Telling, Substitution)> = sites::replaced(comparison, original, copy)
        .into_iter()
        .filter_map(|(x, y)| {
            let telling = telling(a.phrase(x)?, b.phrase(y)?)?;
            Some((telling, Substitution { original: a.line(x), copy: b.line(y) }))
        })
        .collect();
    // The sort is stable: what is equally telling stays in the order of the text.
    found.sort_by_key(|(telling, _)| Reverse(*telling));
    let mut seen = HashSet::new();
    found.retain(|(_, site)| seen.insert((site.original.to_lowercase(), site.copy.to_lowercase())));
    found.truncate(SHOWN);
    found.into_iter().map(|(_, site)| site).collect()
}

/// How much a substitution says about the pair: names first, then phrases of like length, then long words.
type Telling = (bool, bool, usize);

fn telling(original: Phrase, copy: Phrase) -> Option<Telling> {
    let (fewer, more) = (original.words.min(copy.words), original.words.max(copy.words));
    let telling = (original.named && copy.named, more <= 3 * fewer, original.longest.min(copy.longest));
    (more <= LONGEST).then_some(telling)
}

/// A text with its words.
struct Words<'t> {
    text: &'t str,
    found: Tokenised,
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
    fn of(text: &'t str) -> Self {
        Self { text, found: tokenise(text) }
    }

    fn line(&self, span: Span) -> String {
        self.text.get(span.range()).map(one_line).unwrap_or_default()
    }

    /// The words in a span, if they are of one sentence.
    fn phrase(&self, span: Span) -> Option<Phrase> {
        let Tokenised { tokens, spans, .. } = &self.found;
        let first = spans.partition_point(|word| word.start < span.start);
        let words = first..spans.partition_point(|word| word.end <= span.end).max(first);
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
        assert_eq!(found.iter().map(Vec::len).collect::<Vec<_>>(), [0, 0, 3]);
    }
}
