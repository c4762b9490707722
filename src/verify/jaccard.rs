//! Jaccard similarity and containment of shingle sets, exactly.

use crate::text::ShingleSet;

/// What two articles' shingle sets have in common.
///
/// ```
/// use unspin::text::{ShingleSet, tokenise};
/// use unspin::verify::jaccard::Overlap;
/// let set = |text: &str| ShingleSet::new(tokenise(text).tokens.hashes(), 2);
/// let overlap = Overlap::of(&set("a b c d"), &set("b c d e f"));
/// assert_eq!(overlap.jaccard(), 2.0 / 5.0);
/// assert_eq!(overlap.containment(), 2.0 / 3.0);
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Overlap {
    /// Different shingles of the one.
    pub a: usize,
    /// Different shingles of the other.
    pub b: usize,
    /// Shingles that both have.
    pub shared: usize,
}

impl Overlap {
    /// Counts.
    pub fn of(a: &ShingleSet, b: &ShingleSet) -> Self {
        Self { a: a.len(), b: b.len(), shared: a.shared_with(b) }
    }

    /// The shared share of all shingles, 0 to 1 (Jaccard, 1901); 0 of two empty sets.
    pub fn jaccard(self) -> f64 {
        ratio(self.shared, self.a + self.b - self.shared)
    }

    /// The shared share of the smaller set's shingles, 0 to 1 (Broder, 1997); 0 when one is empty.
    pub fn containment(self) -> f64 {
        ratio(self.shared, self.a.min(self.b))
    }
}

/// What a pair is judged by.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Shared {
    /// Jaccard similarity of all shingles.
    pub(crate) jaccard: f64,
    /// Containment of those outside boilerplate.
    pub(crate) containment: f64,
}

fn ratio(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}
