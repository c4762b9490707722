//! The learned lexicon: the dictionary that is recovered from some copies finds others, and invents no copies.
//!
//! `cargo test --release --test learned -- --nocapture` prints the figures.

#[path = "support/corpus.rs"]
mod corpus;

use std::collections::HashSet;

use corpus::Random;
use unspin::lexicon::learned::Learned;
use unspin::{Detector, Lexicon};

/// The shares of the words that the spinner changes.
const SHARES: [f64; 4] = [0.3, 0.4, 0.5, 0.6];

/// Originals for each of them.
const EACH: usize = 40;

/// An original and its copy.
struct Spun {
    share: f64,
    original: String,
    copy: String,
}

/// Articles and their copies by a spinner whose dictionary no thesaurus knows.
fn half(seed: u64) -> Vec<Spun> {
    let mut random = Random::new(seed);
    let mut spun = |share: f64| {
        let original = corpus::article(&mut random, 350);
        let copy = corpus::spin_coined(&original, share, random.next());
        Spun { share, original, copy }
    };
    SHARES.into_iter().flat_map(|share| [share; EACH]).map(&mut spun).collect()
}

fn detector(pairs: &[Spun], lexicon: &Lexicon) -> Detector {
    let mut detector = Detector::builder().lexicon(lexicon.clone()).build().expect("a sound configuration");
    for (number, Spun { original, copy, .. }) in pairs.iter().enumerate() {
        detector.insert(format!("{number:03}"), original).expect("an id of its own");
        detector.insert(format!("{number:03}-copy"), copy).expect("an id of its own");
    }
    detector
}

fn learn(pairs: &[Spun], support: usize) -> Vec<Learned> {
    let detector = detector(pairs, &Lexicon::default());
    let found = detector.find();
    found.learn(&found.groups(), support)
}

fn lexicon(learned: &[Learned]) -> Lexicon {
    let mut lexicon = Lexicon::default();
    for pair in learned {
        lexicon.insert(&pair.original, &pair.copy).expect("a sound pair");
    }
    lexicon
}

/// What was found of the copies of one share.
struct Outcome {
    /// The share of them that is matched with its original.
    recall: f64,
    /// The share of their isolated substitutions that is taken for synonyms.
    related: f64,
}

/// The outcome for each share, and the number of matches that are none.
fn outcomes(pairs: &[Spun], lexicon: &Lexicon) -> (Vec<Outcome>, usize) {
    let detector = detector(pairs, lexicon);
    let found = detector.find();
    let matched: HashSet<(&str, &str)> = found.matches().map(|pair| (pair.a.as_str(), pair.b.as_str())).collect();
    let outcome = |share: f64| {
        let (mut hits, mut related, mut unrelated) = (0, 0, 0);
        for (number, _) in pairs.iter().enumerate().filter(|(_, spun)| spun.share.to_bits() == share.to_bits()) {
            let (original, copy) = (format!("{number:03}"), format!("{number:03}-copy"));
            hits += usize::from(matched.contains(&(original.as_str(), copy.as_str())));
            let evidence = found.explain(&original, &copy).expect("inserted").evidence;
            related += evidence.related;
            unrelated += evidence.unrelated;
        }
        let share_of = |part: usize, whole: usize| part as f64 / whole.max(1) as f64;
        Outcome { recall: share_of(hits, EACH), related: share_of(related, related + unrelated) }
    };
    let wrong = matched.iter().filter(|(a, b)| *b != format!("{a}-copy")).count();
    (SHARES.map(outcome).into(), wrong)
}

#[test]
fn what_was_learned_from_some_copies_finds_others() {
    let (known, others) = (half(11), half(12));
    let learned = learn(&known, 2);
    let right = |pair: &&Learned| corpus::coined_entries(&pair.original).contains(&pair.copy);
    let precision = learned.iter().filter(right).count() as f64 / learned.len() as f64;
    println!("{} pairs learned, {:.1} % of them right", learned.len(), precision * 100.0);
    assert!(learned.len() > 200 && precision >= 0.9, "{} pairs, precision {precision}", learned.len());
    assert!(learned.iter().any(|pair| pair.copy.contains(' ')), "no phrase was learned");

    let (without, wrong_without) = outcomes(&others, &Lexicon::default());
    let (with, wrong_with) = outcomes(&others, &lexicon(&learned));
    println!("changed   recall: without   with   taken for synonyms: without   with");
    for (share, (without, with)) in SHARES.iter().zip(without.iter().zip(&with)) {
        println!(
            "{:5.0} %{:18.3}{:7.3}{:29.3}{:7.3}",
            share * 100.0,
            without.recall,
            with.recall,
            without.related,
            with.related
        );
        assert!(with.recall >= without.recall && with.related > without.related + 0.2, "at {share}");
    }
    let recall = |outcomes: &[Outcome]| outcomes.iter().map(|outcome| outcome.recall).sum::<f64>();
    assert!(recall(&with) > recall(&without) + 0.2, "what was learned finds no more copies");
    assert_eq!((wrong_without, wrong_with), (0, 0), "independent articles were matched");
}

#[test]
fn what_is_learned_depends_on_the_copies_and_not_on_their_order() {
    let mut pairs = half(13);
    pairs.truncate(60);
    let learned = learn(&pairs, 2);
    assert!(!learned.is_empty());
    // The same ids in another order: a detector sorts them.
    let mut detector = Detector::builder().build().expect("a sound configuration");
    for (number, Spun { original, copy, .. }) in pairs.iter().enumerate().rev() {
        detector.insert(format!("{number:03}-copy"), copy).expect("an id of its own");
        detector.insert(format!("{number:03}"), original).expect("an id of its own");
    }
    let found = detector.find();
    assert_eq!(found.learn(&found.groups(), 2), learned);
}

#[test]
fn one_group_alone_convinces_nobody() {
    let mut pairs = half(14);
    pairs.truncate(1);
    assert!(!learn(&pairs, 1).is_empty());
    assert_eq!(learn(&pairs, 2), []);
}
