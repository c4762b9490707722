//! Bands: how a signature is cut so that similar articles share a key.
//!
//! A signature of b·r slots cut into b bands of r slots makes a candidate of a pair with similarity s with
//! probability 1 − (1 − sʳ)ᵇ, the S-curve (Indyk and Motwani, "Approximate nearest neighbors", 1998; Leskovec,
//! Rajaraman and Ullman, *Mining of Massive Datasets*, section 3.4).

use crate::disk::List;
use crate::error::{Error, Result};
use crate::hash;

/// A cut of the signature: `bands` bands of `rows` slots.
///
/// ```
/// use unspin::sketch::banding::Banding;
/// let banding = Banding::choose(0.7, 0.99, 128)?;
/// assert!(banding.bands * banding.rows <= 128);
/// assert!(banding.probability(0.7) >= 0.99);
/// # Ok::<(), unspin::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Banding {
    /// How many bands there are: the keys that an article posts.
    pub bands: usize,
    /// How many slots of the signature make a band.
    pub rows: usize,
}

impl Banding {
    /// The banding of at most `hashes` slots that finds at least the share `recall` of the pairs at similarity
    /// `threshold`, and the fewest pairs below it: the most rows that reach the recall, then the fewest bands.
    ///
    /// # Errors
    /// [`Error::RecallOutOfReach`] when even one row a band misses the recall.
    pub fn choose(threshold: f64, recall: f64, hashes: usize) -> Result<Self> {
        let fewest = |rows: usize| {
            (1..=hashes / rows)
                .map(|bands| Self { bands, rows })
                .find(|banding| banding.probability(threshold) >= recall)
        };
        (1..=hashes).rev().find_map(fewest).ok_or_else(|| Error::RecallOutOfReach {
            threshold,
            recall,
            hashes,
            best: Self { bands: hashes, rows: 1 }.probability(threshold),
        })
    }

    /// The probability that a pair of this similarity (0 to 1) shares a band.
    ///
    /// ```
    /// let banding = unspin::sketch::banding::Banding { bands: 20, rows: 5 };
    /// assert!((banding.probability(0.8) - 0.99964).abs() < 1e-5);
    /// ```
    pub fn probability(self, similarity: f64) -> f64 {
        1.0 - (1.0 - similarity.powi(self.rows as i32)).powi(self.bands as i32)
    }

    /// The keys of a signature: one a band, the band's number mixed in so that bands do not answer for each other.
    pub(crate) fn keys(self, signature: &[u64]) -> List<u64> {
        let mut keys: Vec<u64> = (1..=self.bands as u64).map(hash::mix).collect();
        // A row of all bands at a time: within a band, each step waits for the one before.
        for row in 0..self.rows {
            for (key, band) in keys.iter_mut().zip(signature.chunks_exact(self.rows)) {
                *key = hash::combine(*key, band[row]);
            }
        }
        keys.into_iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_choice_reaches_the_recall_with_the_most_rows() {
        for threshold in [0.3, 0.5, 0.7, 0.8, 0.9, 0.95] {
            for recall in [0.9, 0.99, 0.999] {
                let Ok(banding) = Banding::choose(threshold, recall, 128) else { continue };
                assert!(banding.probability(threshold) >= recall);
                let (bands, rows) = (128 / (banding.rows + 1), banding.rows + 1);
                assert!(bands == 0 || Banding { bands, rows }.probability(threshold) < recall);
                let fewer = Banding { bands: banding.bands - 1, ..banding };
                assert!(fewer.bands == 0 || fewer.probability(threshold) < recall);
            }
        }
    }

    #[test]
    fn what_cannot_be_reached_is_refused_with_the_best_that_can() {
        let refused = Banding::choose(0.01, 0.99, 128);
        assert!(matches!(refused, Err(Error::RecallOutOfReach { best, .. }) if (0.7..0.75).contains(&best)));
    }

    #[test]
    fn equal_bands_in_different_places_are_different_keys() {
        let keys = Banding { bands: 2, rows: 2 }.keys(&[7, 9, 7, 9]);
        assert_ne!(keys[0], keys[1]);
    }
}
