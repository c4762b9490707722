//! What a copy is to its original, and the one table that decides it.
//!
//! | relation | when |
//! |---|---|
//! | `exact` | the same tokens after normalisation |
//! | `near` | Jaccard of the shingles at least the threshold (0.7). Always links; `facts_differ` is set where the figures or names at corresponding places disagree ([`Facts::Strict`] then refuses the link) |
//! | `excerpt` | at least half of the shorter article's shingles stand in the longer one, and the facts do not disagree |
//!
//! The first row that holds decides. An article of fewer than [`TOO_SHORT`] tokens is too short for an excerpt: it
//! is a caption, a headline or a stock phrase.

use std::fmt;

use crate::article::Article;
use crate::config::{Config, Facts};
use crate::text::ShingleSet;
use crate::verify::align::Alignment;
use crate::verify::facts;
use crate::verify::jaccard::Overlap;

/// Articles of fewer tokens than this are matched by their exact and near copies only.
pub const TOO_SHORT: usize = 20;

/// What a copy is to its original. Later relations keep less of it.
///
/// ```
/// use unspin::Relation;
/// assert_eq!("near".parse(), Ok(Relation::Near));
/// assert_eq!(Relation::Excerpt.to_string(), "excerpt");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Relation {
    /// The same tokens.
    Exact,
    /// Most of the same shingles.
    Near,
    /// A part of the other, or a host of such a part.
    Excerpt,
}

impl Relation {
    /// All of them, from the closest.
    pub const ALL: [Self; 3] = [Self::Exact, Self::Near, Self::Excerpt];

    /// The relation's name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::Near => "near",
            Self::Excerpt => "excerpt",
        }
    }
}

impl fmt::Display for Relation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl std::str::FromStr for Relation {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .find(|relation| relation.as_str() == name)
            .ok_or_else(|| format!("{name:?} is no relation: give {}", Self::ALL.map(Self::as_str).join(", ")))
    }
}

/// What was measured of a pair of articles.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scores {
    /// The probability that one is a copy of the other, 0 to 1.
    pub score: f64,
    /// Jaccard similarity of the shingles, 0 to 1.
    pub jaccard: f64,
    /// The share of the shorter article's shingles that stand in the other, 0 to 1.
    pub containment: f64,
    /// The share of the aligned words that are not identical, 0 to 1.
    pub words_changed: f64,
    /// Whether figures or names at corresponding places disagree.
    pub facts_differ: bool,
}

impl Scores {
    /// Those of two articles with the same tokens.
    pub(crate) const IDENTICAL: Self =
        Self { score: 1.0, jaccard: 1.0, containment: 1.0, words_changed: 0.0, facts_differ: false };
}

/// A pair's scores, the relation they make, and in words why.
#[derive(Debug, Clone, PartialEq)]
pub struct Verdict {
    /// The relation, if the pair is one of original and copy.
    pub relation: Option<Relation>,
    /// What was measured.
    pub scores: Scores,
    /// Why the pair is, or is not, a copy.
    pub why: String,
}

/// An article with the parts that every comparison needs, computed once for a batch of candidates.
pub(crate) struct Side<'a> {
    pub(crate) article: &'a Article,
    pub(crate) shingles: ShingleSet,
}

impl<'a> Side<'a> {
    pub(crate) fn new(article: &'a Article, config: &Config) -> Self {
        Self { article, shingles: ShingleSet::new(article.tokens.hashes(), config.shingle) }
    }
}

/// Applies the table to a pair that shares enough keys. `None` where the overlap alone rules a copy out; the words of
/// the reason are made by [`explain`] only.
pub(crate) fn verify(a: &Side<'_>, b: &Side<'_>, config: &Config) -> Option<(Relation, Scores)> {
    let overlap = Overlap::of(&a.shingles, &b.shingles);
    decide_overlap(a, b, overlap, config)?;
    let alignment = Alignment::of(a.article.tokens.hashes(), b.article.tokens.hashes());
    let measured = Measured::of(a, b, overlap, &alignment);
    measured.relation(a, b, config).map(|relation| (relation, measured.scores(Some(relation))))
}

/// Applies the table to any pair, and says why.
pub(crate) fn explain(a: &Side<'_>, b: &Side<'_>, alignment: &Alignment, config: &Config) -> Verdict {
    let overlap = Overlap::of(&a.shingles, &b.shingles);
    let measured = Measured::of(a, b, overlap, alignment);
    let relation = measured.relation(a, b, config);
    Verdict { relation, scores: measured.scores(relation), why: measured.why(a, b, relation, config) }
}

/// The relation as far as the shingles tell it.
fn decide_overlap(a: &Side<'_>, b: &Side<'_>, overlap: Overlap, config: &Config) -> Option<Relation> {
    let shorter = a.article.tokens.len().min(b.article.tokens.len());
    if shorter == 0 {
        None
    } else if a.article.content == b.article.content {
        Some(Relation::Exact)
    } else if overlap.jaccard() >= config.threshold {
        Some(Relation::Near)
    } else if overlap.containment() >= config.containment && shorter >= TOO_SHORT {
        Some(Relation::Excerpt)
    } else {
        None
    }
}

/// Everything that the table reads of a pair.
struct Measured {
    overlap: Overlap,
    words_changed: f64,
    facts: facts::Facts,
}

impl Measured {
    fn of(a: &Side<'_>, b: &Side<'_>, overlap: Overlap, alignment: &Alignment) -> Self {
        Self {
            overlap,
            words_changed: alignment.words_changed(),
            facts: facts::Facts::of(&a.article.tokens, &b.article.tokens, alignment),
        }
    }

    fn relation(&self, a: &Side<'_>, b: &Side<'_>, config: &Config) -> Option<Relation> {
        let relation = decide_overlap(a, b, self.overlap, config)?;
        let refused = match relation {
            Relation::Exact => false,
            Relation::Near => config.facts == Facts::Strict && self.facts.differ(),
            Relation::Excerpt => self.facts.veto(),
        };
        (!refused).then_some(relation)
    }

    fn scores(&self, relation: Option<Relation>) -> Scores {
        let (jaccard, containment) = (self.overlap.jaccard(), self.overlap.containment());
        if relation == Some(Relation::Exact) {
            return Scores::IDENTICAL;
        }
        Scores {
            score: score(jaccard, containment, relation.is_none() || self.facts.differ()),
            jaccard,
            containment,
            words_changed: self.words_changed,
            facts_differ: self.facts.differ(),
        }
    }

    fn why(&self, a: &Side<'_>, b: &Side<'_>, relation: Option<Relation>, config: &Config) -> String {
        let (jaccard, containment) = (self.overlap.jaccard(), self.overlap.containment());
        let facts = self.facts;
        let disagree = format!(
            "{} figures and {} names differ at corresponding places, {} agree",
            facts.figures_differ, facts.names_differ, facts.agree
        );
        match (relation, decide_overlap(a, b, self.overlap, config)) {
            (Some(Relation::Exact), _) => "the same words in the same order".to_owned(),
            (Some(Relation::Near), _) => format!(
                "Jaccard {jaccard:.2} of the {}-word shingles reaches the threshold {}",
                config.shingle, config.threshold
            ),
            (Some(Relation::Excerpt), _) => format!(
                "{:.0} % of the shorter article's {}-word shingles stand in the other",
                containment * 100.0,
                config.shingle
            ),
            (None, Some(_)) => format!("not a copy, though the wording is alike: {disagree}"),
            (None, None) if a.article.tokens.is_empty() || b.article.tokens.is_empty() => {
                "an article without words matches nothing".to_owned()
            }
            (None, None) => format!(
                "Jaccard {jaccard:.2} is below the threshold {} and containment {containment:.2} below {}",
                config.threshold, config.containment
            ),
        }
    }
}

/// The probability that a pair is one of original and copy: a logistic curve through the larger of the two measures,
/// less where the facts speak against it.
fn score(jaccard: f64, containment: f64, doubtful: bool) -> f64 {
    let evidence = 8.0 * jaccard.max(containment) - 2.0 - if doubtful { 2.0 } else { 0.0 };
    1.0 / (1.0 + (-evidence).exp())
}
