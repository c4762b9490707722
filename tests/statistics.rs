//! Statistics: signatures estimate what they should, and bands find what the S-curve promises.
//!
//! Every bound is four standard deviations of what theory gives, and every trial follows from a seed: a failure is a
//! change of the method, not bad luck.

#[path = "support/corpus.rs"]
mod corpus;

use std::collections::HashSet;

use corpus::Random;
use rayon::prelude::*;
use unspin::sketch::banding::Banding;
use unspin::sketch::minhash::{sign, similarity};
use unspin::{Detector, View};

const SIGMAS: f64 = 4.0;

/// Two random sets of which `shared` elements are common and `own` each has alone.
fn pair(shared: usize, own: usize, random: &mut Random) -> (Vec<u64>, Vec<u64>) {
    let mut fresh = |count: usize| -> Vec<u64> { (0..count).map(|_| random.next()).collect() };
    let common = fresh(shared);
    ([common.clone(), fresh(own)].concat(), [fresh(own), common].concat())
}

fn signature(set: &[u64], slots: usize) -> Vec<u64> {
    let mut signature = vec![0; slots];
    sign(set, &mut signature);
    signature
}

/// The sizes of the sets: shared elements and own ones. The similarities run from 0.11 to 0.96.
const SETS: [(usize, usize); 12] = [
    (1, 1),
    (2, 1),
    (1, 4),
    (5, 1),
    (8, 8),
    (30, 5),
    (60, 20),
    (100, 400),
    (300, 100),
    (500, 250),
    (900, 100),
    (960, 20),
];

#[test]
fn the_estimate_is_unbiased_with_at_most_the_variance_of_independent_slots() {
    const TRIALS: u64 = 1200;
    let cases: Vec<_> = SETS.iter().flat_map(|&sizes| [64, 128, 256].map(|slots| (sizes, slots))).collect();
    cases.par_iter().for_each(|&((shared, own), slots)| {
        let truth = shared as f64 / (shared + 2 * own) as f64;
        let estimates: Vec<f64> = (0..TRIALS)
            .map(|trial| {
                let (a, b) = pair(shared, own, &mut Random::new(trial << 20 | (shared as u64) << 10 | own as u64));
                similarity(&signature(&a, slots), &signature(&b, slots))
            })
            .collect();
        let trials = TRIALS as f64;
        let mean = estimates.iter().sum::<f64>() / trials;
        let variance = estimates.iter().map(|estimate| (estimate - mean).powi(2)).sum::<f64>() / (trials - 1.0);

        // The share of agreeing slots is binomial where slots are independent.
        let theory = truth * (1.0 - truth) / slots as f64;
        let kurtosis = (1.0 - 6.0 * truth * (1.0 - truth)) / (slots as f64 * truth * (1.0 - truth));
        let case = format!("{shared} shared, {own} own, {slots} slots, similarity {truth:.3}");
        let bound = SIGMAS * (theory / trials).sqrt();
        assert!((mean - truth).abs() <= bound, "{case}: mean {mean:.5}, off by more than {bound:.5}");
        let bound = theory * (1.0 + SIGMAS * (2.0 / (trials - 1.0) + kurtosis / trials).sqrt());
        assert!(variance <= bound, "{case}: variance {variance:.3e}, more than {bound:.3e}");
    });
}

#[test]
fn short_sets_fill_every_slot_with_either_element() {
    let mut agreeing = [0_u32; 256];
    for trial in 0..1000 {
        let (a, b) = pair(1, 1, &mut Random::new(trial));
        let (a, b) = (signature(&a, 256), signature(&b, 256));
        agreeing.iter_mut().zip(a.iter().zip(&b)).for_each(|(count, (x, y))| *count += u32::from(x == y));
    }
    let bound = 5.0 * (1000.0_f64 / 3.0 * 2.0 / 3.0).sqrt();
    let off = |&(_, &count): &(usize, &u32)| (f64::from(count) - 1000.0 / 3.0).abs() > bound;
    assert_eq!(agreeing.iter().enumerate().find(off), None);
}

/// Whether the share of hits is what the probability lets expect in so many trials.
fn assert_share(hits: usize, trials: usize, probability: f64, case: &str) {
    let share = hits as f64 / trials as f64;
    let spread = (probability * (1.0 - probability) / trials as f64).sqrt();
    // A share that is all but certain may still miss once.
    let bound = SIGMAS * spread + 1.0 / trials as f64;
    assert!((share - probability).abs() <= bound, "{case}: {share:.4} instead of {probability:.4} ± {bound:.4}");
}

#[test]
fn bands_of_signatures_follow_the_s_curve() {
    const TRIALS: usize = 1500;
    let bandings = [Banding { bands: 14, rows: 8 }, Banding { bands: 25, rows: 5 }, Banding { bands: 42, rows: 3 }];
    let sizes = [(100, 100), (200, 80), (120, 30), (280, 40), (20, 4)];
    let cases: Vec<_> = bandings.iter().flat_map(|&banding| sizes.map(|sizes| (banding, sizes))).collect();
    cases.par_iter().for_each(|&(banding, (shared, own))| {
        let Banding { bands, rows } = banding;
        let hits = (0..TRIALS as u64)
            .filter(|&trial| {
                let (a, b) = pair(shared, own, &mut Random::new(trial << 16 | shared as u64));
                let (a, b) = (signature(&a, bands * rows), signature(&b, bands * rows));
                a.chunks(rows).zip(b.chunks(rows)).any(|(x, y)| x == y)
            })
            .count();
        let truth = shared as f64 / (shared + 2 * own) as f64;
        let case = format!("{bands} bands of {rows}, similarity {truth:.2} of {shared} + {own}");
        assert_share(hits, TRIALS, banding.probability(truth), &case);
    });
}

/// The same of the whole index. A text cut short is wholly contained in the whole one, so every candidate among such
/// pairs passes verification as an excerpt: what is matched is what was a candidate.
#[test]
fn the_surface_view_finds_the_share_of_pairs_that_the_s_curve_promises() {
    const PAIRS: usize = 1200;
    const WORDS: usize = 204;
    for threshold in [0.6, 0.8] {
        for kept in [0.5, 0.6, 0.7, 0.8] {
            let mut detector = Detector::builder().threshold(threshold).view(View::Surface).build().unwrap();
            let mut random = Random::new(7);
            for number in 0..PAIRS {
                let words: Vec<String> = (0..WORDS).map(|_| format!("w{:x}", random.next())).collect();
                let short = ((WORDS - 4) as f64 * kept).round() as usize + 4;
                detector.insert(format!("{number}-whole"), &words.join(" ")).unwrap();
                detector.insert(format!("{number}-short"), &words[..short].join(" ")).unwrap();
            }
            let found = detector.find();
            let hits = found.matches().map(|pair| (pair.a, pair.b)).collect::<HashSet<_>>().len();
            let banding = detector.banding();
            let case = format!("threshold {threshold}: {} bands of {}, similarity {kept}", banding.bands, banding.rows);
            assert_share(hits, PAIRS, banding.probability(kept), &case);
        }
    }
}
