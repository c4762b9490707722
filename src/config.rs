//! The settings, validated once, and their fingerprint.

use crate::error::{Error, Result};
use crate::hash;

/// Which keys find candidates.
///
/// ```
/// assert_eq!("stable".parse(), Ok(unspin::View::Stable));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum View {
    /// The bands of a MinHash signature: finds copies above the Jaccard threshold.
    Surface,
    /// Sampled keys, counted: finds excerpts and whatever keeps some of the original's wording.
    Stable,
    /// Both.
    #[default]
    Both,
}

impl View {
    /// Whether the bands are posted.
    pub fn has_surface(self) -> bool {
        self != Self::Stable
    }

    /// Whether the sampled keys are posted.
    pub fn has_stable(self) -> bool {
        self != Self::Surface
    }
}

impl std::str::FromStr for View {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        match name {
            "surface" => Ok(Self::Surface),
            "stable" => Ok(Self::Stable),
            "both" => Ok(Self::Both),
            _ => Err(format!("{name:?} is no view: give surface, stable or both")),
        }
    }
}

/// What to do with a pair of near copies whose figures or names differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Facts {
    /// Link them, and say that the facts differ.
    #[default]
    Tell,
    /// Do not link them.
    Strict,
}

/// The settings of a [`Detector`](crate::Detector). Every field has a default that suits news articles.
///
/// ```
/// let config = unspin::Config { threshold: 0.8, ..Default::default() };
/// assert!(config.validate().is_ok());
/// assert_ne!(config.fingerprint(), unspin::Config::default().fingerprint());
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Config {
    /// The Jaccard similarity of shingles from which a pair is `near`, over 0 and up to 1. Default 0.7.
    pub threshold: f64,
    /// The share of the pairs at the threshold that the bands must find, over 0 and below 1. Default 0.99.
    pub recall: f64,
    /// Tokens in a shingle, 1 to 64. Default 5.
    pub shingle: usize,
    /// The length of the MinHash signature that the bands are cut from, 1 to 4096. Default 128.
    pub hashes: usize,
    /// Which keys find candidates. Default both.
    pub view: View,
    /// The containment from which a shorter article is an `excerpt` of a longer one, over 0 and up to 1.
    /// Default 0.5.
    pub containment: f64,
    /// What to do with near copies whose facts differ. Default: tell.
    pub facts: Facts,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            threshold: 0.7,
            recall: 0.99,
            shingle: 5,
            hashes: 128,
            view: View::Both,
            containment: 0.5,
            facts: Facts::Tell,
        }
    }
}

impl Config {
    /// Checks every field's range.
    ///
    /// # Errors
    /// [`Error::Config`] names the first field that is out of range.
    pub fn validate(&self) -> Result<()> {
        let share = |field, value: f64, one: bool| {
            if value > 0.0 && (value < 1.0 || (one && value <= 1.0)) {
                Ok(())
            } else {
                let last = if one { "up to 1" } else { "below 1" };
                Err(Error::Config { field, value: value.to_string(), allowed: format!("a number over 0 and {last}") })
            }
        };
        let count = |field, value: usize, most: usize| {
            if (1..=most).contains(&value) {
                Ok(())
            } else {
                Err(Error::Config {
                    field,
                    value: value.to_string(),
                    allowed: format!("a whole number from 1 to {most}"),
                })
            }
        };
        share("threshold", self.threshold, true)?;
        share("recall", self.recall, false)?;
        share("containment", self.containment, true)?;
        count("shingle", self.shingle, 64)?;
        count("hashes", self.hashes, 4096)
    }

    /// A hash of every setting that decides which keys an article posts: stored beside an index, so that one made
    /// under other settings is refused.
    pub fn fingerprint(&self) -> u64 {
        [
            self.threshold.to_bits(),
            self.recall.to_bits(),
            self.shingle as u64,
            self.hashes as u64,
            u64::from(self.view.has_surface()) | u64::from(self.view.has_stable()) << 1,
        ]
        .into_iter()
        .fold(1, hash::combine)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_checked() {
        for bad in [
            Config { threshold: 0.0, ..Config::default() },
            Config { threshold: f64::NAN, ..Config::default() },
            Config { recall: 1.0, ..Config::default() },
            Config { shingle: 0, ..Config::default() },
            Config { hashes: 5000, ..Config::default() },
            Config { containment: -1.0, ..Config::default() },
        ] {
            assert!(matches!(bad.validate(), Err(Error::Config { .. })), "{bad:?}");
        }
        assert!(Config { threshold: 1.0, containment: 1.0, ..Config::default() }.validate().is_ok());
    }

    #[test]
    fn known_fingerprint() {
        assert_eq!(Config::default().fingerprint(), 0x8593_c180_b118_a81d);
    }
}
