//! A glance at two articles: about how many of their words they share, for a hundredth of what counting them takes.
//!
//! Most candidates are no copies, and most of those share so few words that an estimate tells. The different words of an
//! article are thrown into a bitmap; how many bits of a union are set tells how many words it has (linear counting: Whang,
//! Vander-Zanden and Taylor, "A linear-time probabilistic counting algorithm for database applications", 1990).

/// The words of 64 bits of a bitmap: of 330 different words, as an article of 600 has, the estimate is off by about 1 %.
const WORDS: usize = 32;

const BITS: f64 = (WORDS * 64) as f64;

/// Bitmaps that are fuller than this tell little.
const FULLEST: f64 = 0.9 * BITS;

/// The different words of an article, as a bitmap.
#[derive(Debug, Clone)]
pub(crate) struct Glance {
    bits: [u64; WORDS],
    /// About how many different words there are, unless the bitmap is too full to tell.
    words: Option<f64>,
}

impl Glance {
    pub(crate) fn at(tokens: &[u32]) -> Self {
        let mut bits = [0; WORDS];
        for token in tokens {
            // Tokens are hashes: any of their bits spread them evenly.
            let bit = (token >> 21) as usize;
            bits[bit / 64] |= 1 << (bit % 64);
        }
        Self { bits, words: counted(set(bits)) }
    }

    /// About which share of the different words of the article that has fewer the other has too, 0 to 1; 1 where that
    /// cannot be told.
    pub(crate) fn share_held(&self, other: &Self) -> f64 {
        let either = std::array::from_fn(|at| self.bits[at] | other.bits[at]);
        match (self.words, other.words, counted(set(either))) {
            (Some(a), Some(b), Some(either)) => ((a + b - either) / a.min(b).max(1.0)).clamp(0.0, 1.0),
            _ => 1.0,
        }
    }
}

/// How many bits are set.
fn set(bits: [u64; WORDS]) -> u32 {
    bits.into_iter().map(u64::count_ones).sum()
}

/// How many different words most probably set so many bits.
fn counted(set: u32) -> Option<f64> {
    let set = f64::from(set);
    (set <= FULLEST).then(|| -BITS * (-set / BITS).ln_1p())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash;

    /// Words from a number to another.
    fn words(from: u64, to: u64) -> Vec<u32> {
        (from..to).map(|number| (hash::mix(number) >> 32) as u32).collect()
    }

    #[test]
    fn the_share_is_about_what_counting_gives() {
        for (length, shared) in [(60, 20), (60, 0), (330, 100), (330, 330), (1500, 700), (4000, 1000)] {
            for start in 0..20 {
                let first = start * 100_000;
                let a = Glance::at(&words(first, first + length));
                let b = Glance::at(&words(first + length - shared, first + 3 * length - shared));
                let (found, counted) = (a.share_held(&b), shared as f64 / length as f64);
                assert!((found - counted).abs() < 0.08, "{shared} of {length}: {found}");
                assert_eq!(found, b.share_held(&a));
            }
        }
    }

    #[test]
    fn how_often_a_word_comes_does_not_matter() {
        let once = words(0, 200);
        let thrice = [once.clone(), once.clone(), once.clone()].concat();
        assert_eq!(Glance::at(&once).share_held(&Glance::at(&thrice)), 1.0);
    }

    #[test]
    fn of_an_article_too_long_to_tell_all_may_be_held() {
        let (long, other) = (Glance::at(&words(0, 9000)), Glance::at(&words(10_000, 10_300)));
        assert_eq!(long.share_held(&other), 1.0);
        assert_eq!(other.share_held(&long), 1.0);
    }

    #[test]
    fn nothing_holds_nothing() {
        assert_eq!(Glance::at(&[]).share_held(&Glance::at(&words(0, 50))), 0.0);
    }
}
