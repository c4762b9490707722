//! The model that tells a rewritten copy from other coverage of the same event.
//!
//! A logistic regression over the [`Evidence`] and products of its parts: what a word kept in order tells depends on how
//! long the articles are, and on what else was kept. Its weights are data: `data/model/relation.tsv`, fitted by
//! `data/model/fit.py` on labelled pairs; that script's head tells how. Synonyms come in no product, so that one more never
//! speaks against a copy. Two smaller ones spare the alignment of most candidates: the screen, `data/model/screen.tsv`,
//! reads only what the words tell without their order, and the shortlist, `data/model/shortlist.tsv`, what pairs of
//! neighbouring words tell besides.

use std::sync::OnceLock;

use crate::verify::evidence::Evidence;

static RELATION: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/data/model/relation.tsv"));
static SCREEN: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/data/model/screen.tsv"));
static SHORTLIST: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/data/model/shortlist.tsv"));

/// How many features the model has.
pub const FEATURES: usize = 32;

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
    "sentences_paired",
    "stand_ins",
    "log_stand_ins",
    "log_words",
    "log_length_ratio",
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
        evidence.sentences_paired,
        count(evidence.stand_ins) / (count(evidence.exchanged) + 4.0),
        log(evidence.stand_ins),
        log_words,
        log_length_ratio,
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
    fn parse(weights: &str) -> Self {
        let mut model = Self::default();
        for (name, weight) in weights.lines().filter_map(|line| line.split_once('\t')) {
            let weight = weight.parse().unwrap_or(f64::NAN);
            let place = |name: &str| NAMES.iter().position(|&known| known == name);
            let (first, second) = name.split_once('*').map_or((name, None), |(first, second)| (first, Some(second)));
            match place(first) {
                Some(first) => model.terms.push(Term { first, second: second.and_then(place), weight }),
                None => model.bias += weight,
            }
        }
        model
    }

    fn log_odds(&self, features: &[f64; FEATURES]) -> f64 {
        let value = |term: &Term| features[term.first] * term.second.map_or(1.0, |second| features[second]);
        self.terms.iter().map(|term| term.weight * value(term)).sum::<f64>() + self.bias
    }
}

/// The probability that a pair with this evidence is one of original and copy; one half is where they are split.
pub fn probability(evidence: &Evidence) -> f64 {
    static FITTED: OnceLock<Model> = OnceLock::new();
    let odds = FITTED.get_or_init(|| Model::parse(RELATION)).log_odds(&features(evidence));
    1.0 / (1.0 + (-odds).exp())
}

/// Whether the words of a pair, whatever their order, leave it possible that the model calls it a copy.
pub(crate) fn may_be_copy(words: &Evidence) -> bool {
    static FITTED: OnceLock<Model> = OnceLock::new();
    FITTED.get_or_init(|| Model::parse(SCREEN)).log_odds(&features(words)) >= 0.0
}

/// Whether their pairs of neighbouring words leave it possible too.
pub(crate) fn may_be_copy_in_pairs(words_and_pairs: &Evidence) -> bool {
    static FITTED: OnceLock<Model> = OnceLock::new();
    FITTED.get_or_init(|| Model::parse(SHORTLIST)).log_odds(&features(words_and_pairs)) >= 0.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_files_name_every_feature_once_and_nothing_unknown() {
        for weights in [RELATION, SCREEN, SHORTLIST] {
            let mut seen = std::collections::HashSet::new();
            for line in weights.lines() {
                let (name, weight) = line.split_once('\t').unwrap_or_default();
                assert!(weight.parse::<f64>().is_ok_and(f64::is_finite), "{line}");
                assert!(name == "bias" || name.split('*').all(|part| NAMES.contains(&part)), "{line}");
                assert!(name.matches('*').count() < 2 && seen.insert(name), "{line}");
            }
            assert!(seen.contains("bias"));
            assert!(weights != RELATION || NAMES.iter().all(|name| seen.contains(name)));
        }
    }

    #[test]
    fn the_smaller_models_read_only_what_is_known_by_then() {
        let of_words = |n: f64| Evidence {
            words_shared: n,
            words_held: n,
            stems_shared: n,
            stems_held: n,
            function_words_shared: n,
            plain_words_shared: n,
            figures_held: n,
            names_held: n,
            keys_held: n,
            keys_in_order: n,
            words: (n * 1e3) as usize,
            words_longer: 1000,
            ..Evidence::default()
        };
        let and_pairs = |n: f64| Evidence { pairs_shared: n, pairs_held: n, ..of_words(n) };
        let told = |weights: &str, some: &Evidence, more: &Evidence| {
            let (some, more) = (features(some), features(more));
            for name in weights.lines().filter_map(|line| line.split('\t').next()).filter(|&name| name != "bias") {
                for part in name.split('*') {
                    let at = NAMES.iter().position(|&known| known == part).unwrap();
                    assert!((some[at] - more[at]).abs() > 0.01, "{part}");
                }
            }
        };
        told(SCREEN, &of_words(0.4), &of_words(0.8));
        told(SHORTLIST, &and_pairs(0.4), &and_pairs(0.8));
    }

    #[test]
    fn no_evidence_is_no_copy() {
        assert!(probability(&Evidence::default()) < 0.5);
    }
}
