//! The model that tells a rewritten copy from other coverage of the same event.
//!
//! A logistic regression over the [`Evidence`]. Its weights are data: `data/model/relation.tsv`, fitted by
//! `data/model/fit.py` on labelled pairs; that script's head tells how.

use std::sync::OnceLock;

use crate::verify::evidence::Evidence;

static WEIGHTS: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/data/model/relation.tsv"));

/// How many features the model has.
pub const FEATURES: usize = 26;

/// The features' names, in the order of [`features`].
pub const NAMES: [&str; FEATURES] = [
    "words_shared",
    "words_held",
    "stems_shared",
    "stems_held",
    "function_words_shared",
    "plain_words_shared",
    "pairs_shared",
    "pairs_held",
    "containment",
    "in_order",
    "log_words",
    "log_length_ratio",
    "synonyms",
    "log_related",
    "log_damaged",
    "figures_differ",
    "names_differ",
    "figures_held",
    "names_held",
    "keys_held",
    "keys_in_order",
    "log_figures_agree",
    "log_names_agree",
    "log_words_squared",
    "names_held_by_log_words",
    "log_damaged_by_log_length_ratio",
];

/// The evidence as the model reads it.
pub fn features(evidence: &Evidence) -> [f64; FEATURES] {
    let count = |n: usize| n as f64;
    let log = |n: usize| count(n).ln_1p();
    let differ = |differ: usize, agree: usize| count(differ) / (count(differ) + count(agree) + 2.0);
    let (related, unrelated) = (count(evidence.related), count(evidence.unrelated));
    let log_words = count(evidence.words.max(1)).ln();
    let log_length_ratio = log_words - count(evidence.words_longer.max(1)).ln();
    [
        evidence.words_shared,
        evidence.words_held,
        evidence.stems_shared,
        evidence.stems_held,
        evidence.function_words_shared,
        evidence.plain_words_shared,
        evidence.pairs_shared,
        evidence.pairs_held,
        evidence.containment,
        evidence.in_order,
        log_words,
        log_length_ratio,
        (related - unrelated) / (related + unrelated + 4.0),
        log(evidence.related),
        log(evidence.damaged),
        differ(evidence.figures_differ, evidence.figures_agree),
        differ(evidence.names_differ, evidence.names_agree),
        evidence.figures_held,
        evidence.names_held,
        evidence.keys_held,
        evidence.keys_in_order,
        log(evidence.figures_agree),
        log(evidence.names_agree),
        log_words * log_words,
        evidence.names_held * log_words,
        log(evidence.damaged) * log_length_ratio,
    ]
}

/// The probability that a pair with this evidence is one of original and copy; one half is where they are split.
pub fn probability(evidence: &Evidence) -> f64 {
    static PARSED: OnceLock<([f64; FEATURES], f64)> = OnceLock::new();
    let (weights, bias) = PARSED.get_or_init(|| {
        let weight = |name: &str| {
            let line = WEIGHTS.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('\t'));
            line.and_then(|value| value.parse().ok()).unwrap_or(0.0)
        };
        (NAMES.map(weight), weight("bias"))
    });
    let sum: f64 = features(evidence).iter().zip(weights).map(|(x, w)| x * w).sum();
    1.0 / (1.0 + (-(sum + bias)).exp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_names_every_feature_once_and_nothing_else() {
        let mut named: Vec<&str> = WEIGHTS.lines().filter_map(|line| line.split('\t').next()).collect();
        let mut expected: Vec<&str> = NAMES.into_iter().chain(["bias"]).collect();
        named.sort_unstable();
        expected.sort_unstable();
        assert_eq!(named, expected);
        assert!(WEIGHTS.lines().all(|line| line.split('\t').nth(1).is_some_and(|w| w.parse::<f64>().is_ok())));
    }

    #[test]
    fn no_evidence_is_no_copy() {
        assert!(probability(&Evidence::default()) < 0.5);
    }
}
