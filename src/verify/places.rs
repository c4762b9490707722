//! Where two texts correspond, as spans of both.

use crate::article::Span;
use crate::text::{Tokenised, tokenise as tokenised};
use crate::verify::align::Alignment;
use crate::verify::relation::Verdict;

/// Two texts compared.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// The relation, the scores and the reason.
    pub verdict: Verdict,
    /// Stretches with the same words, in the first text and in the second: those in the same order first, then those
    /// that moved.
    pub passages: Vec<(Span, Span)>,
    /// What stands between two such stretches in both texts and differs.
    pub substitutions: Vec<(Span, Span)>,
}

/// Where two texts correspond, by their words alone: a [`Comparison`] without its verdict, found several times faster.
///
/// ```
/// let a = "the two firms said on Monday that they had renegotiated the deal once again";
/// let b = "on Monday the two firms said that they had renegotiated the deal once more";
/// let (x, y) = unspin::Places::of(a, b).passages[0];
/// assert_eq!(a[x.range()], b[y.range()]);
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Places {
    /// As in [`Comparison::passages`].
    pub passages: Vec<(Span, Span)>,
    /// As in [`Comparison::substitutions`].
    pub substitutions: Vec<(Span, Span)>,
}

impl Places {
    /// Aligns two texts.
    pub fn of(a: &str, b: &str) -> Self {
        Self::between(&tokenised(a), &tokenised(b))
    }

    /// Aligns two texts whose words are known.
    pub(crate) fn between(a: &Tokenised, b: &Tokenised) -> Self {
        let alignment = Alignment::between(&a.tokens, &b.tokens);
        Self::new(&a.spans, &b.spans, &alignment)
    }

    /// Reads an alignment, by the spans of both texts' words.
    pub(crate) fn new(a: &[Span], b: &[Span], alignment: &Alignment) -> Self {
        let span = |spans: &[Span], from: usize, to: usize| Span { start: spans[from].start, end: spans[to - 1].end };
        let passages = alignment
            .blocks()
            .map(|block| (span(a, block.a, block.a + block.length), span(b, block.b, block.b + block.length)))
            .collect();
        let substitutions = alignment
            .firm_sites()
            .map(|site| (span(a, site.a.start, site.a.end), span(b, site.b.start, site.b.end)))
            .collect();
        Self { passages, substitutions }
    }
}
