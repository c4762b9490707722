//! The model that tells a rewritten copy from other coverage of the same event.
//!
//! A logistic regression over the [`Evidence`] and products of its parts: what a word kept in order tells depends on how
//! long the articles are, and on what else was kept. Its weights are data: `data/model/relation.tsv`, fitted by
//! `data/model/fit.py` on labelled pairs; that script's head tells how.

use std::sync::OnceLock;

use crate::verify::evidence::Evidence;

static WEIGHTS: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/data/model/relation.tsv"));

/// How many features the model has.
pub const FEATURES: usize = 30;

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
    "tight",
    "sentences_held",
    "sentences_held_longer",
    "sentences_kept",
    "sentences_weakest",
    "sentences_in_order",
    "log_sentences_ordered",
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
];

/// Longer articles, …
const LONGEST: usize = 5000;

/// … smaller parts of the longer article (as a logarithm), …
const SHORTEST_SHARE: f64 = -3.5;

/// … and larger counts count as these: what was fitted is not stretched beyond the articles it was fitted on.
const MOST: usize = 400;

/// The evidence as the model reads it.
pub fn features(evidence: &Evidence) -> [f64; FEATURES] {
    let count = |n: usize| n as f64;
    let log = |n: usize| count(n.min(MOST)).ln_1p();
    let differ = |differ: usize, agree: usize| count(differ) / (count(differ) + count(agree) + 2.0);
    let (related, unrelated) = (count(evidence.related), count(evidence.unrelated));
    let log_words = count(evidence.words.clamp(1, LONGEST)).ln();
    let log_length_ratio =
        (count(evidence.words.max(1)) / count(evidence.words_longer.max(1))).ln().max(SHORTEST_SHARE);
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
        evidence.tight,
        evidence.sentences_held,
        evidence.sentences_held_longer,
        evidence.sentences_kept,
        evidence.sentences_weakest,
        evidence.sentences_in_order,
        log(evidence.sentences_ordered),
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
    ]
}

/// A weight, and the features whose product it weighs.
#[derive(Debug, Clone, Copy)]
struct Term {
    first: usize,
    second: Option<usize>,
    weight: f64,
}

#[derive(Debug, Default)]
struct Model {
    terms: Vec<Term>,
    bias: f64,
}

impl Model {
    fn fitted() -> &'static Self {
        static PARSED: OnceLock<Model> = OnceLock::new();
        PARSED.get_or_init(|| {
            let mut model = Self::default();
            for (name, weight) in WEIGHTS.lines().filter_map(|line| line.split_once('\t')) {
                let weight = weight.parse().unwrap_or(f64::NAN);
                let place = |name: &str| NAMES.iter().position(|&known| known == name);
                let (first, second) =
                    name.split_once('*').map_or((name, None), |(first, second)| (first, Some(second)));
                match place(first) {
                    Some(first) => model.terms.push(Term { first, second: second.and_then(place), weight }),
                    None => model.bias += weight,
                }
            }
            model
        })
    }

    fn log_odds(&self, features: &[f64; FEATURES]) -> f64 {
        let value = |term: &Term| features[term.first] * term.second.map_or(1.0, |second| features[second]);
        self.terms.iter().map(|term| term.weight * value(term)).sum::<f64>() + self.bias
    }
}

/// The probability that a pair with this evidence is one of original and copy; one half is where they are split.
pub fn probability(evidence: &Evidence) -> f64 {
    1.0 / (1.0 + (-Model::fitted().log_odds(&features(evidence))).exp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_names_every_feature_once_and_nothing_unknown() {
        let mut seen = std::collections::HashSet::new();
        for line in WEIGHTS.lines() {
            let (name, weight) = line.split_once('\t').unwrap_or_default();
            assert!(weight.parse::<f64>().is_ok_and(f64::is_finite), "{line}");
            assert!(name == "bias" || name.split('*').all(|part| NAMES.contains(&part)), "{line}");
            assert!(name.matches('*').count() < 2 && seen.insert(name), "{line}");
        }
        assert!(NAMES.iter().all(|name| seen.contains(name)) && seen.contains("bias"));
    }

    #[test]
    fn no_evidence_is_no_copy() {
        assert!(probability(&Evidence::default()) < 0.5);
    }
}
