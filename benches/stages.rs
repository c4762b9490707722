//! The speed of each stage, and of all of them, on a made-up news corpus.
//!
//! `cargo bench --bench stages` prints the time and the throughput of each.

#[path = "../tests/support/corpus.rs"]
mod corpus;

use std::collections::HashMap;
use std::sync::LazyLock;

use corpus::{Edit, Planted, Random};
use divan::Bencher;
use divan::counter::{BytesCount, ItemsCount};
use rayon::prelude::*;
use unspin::article::Tokens;
use unspin::hash;
use unspin::sketch::minhash;
use unspin::text::{ShingleSet, shingle, tokenise};
use unspin::verify::jaccard::Overlap;
use unspin::{Article, Detector, Meta, Places, View};

const ARTICLES: usize = 2_000;
const VIEWS: [View; 3] = [View::Surface, View::Stable, View::Both];

static CORPUS: LazyLock<Vec<Planted>> = LazyLock::new(|| corpus::generate(ARTICLES, 1));
static TOKENS: LazyLock<Vec<Tokens>> =
    LazyLock::new(|| CORPUS.iter().map(|article| tokenise(&article.text).tokens).collect());

fn main() {
    divan::main();
}

/// The length of the texts together.
fn bytes() -> BytesCount {
    BytesCount::new(CORPUS.iter().map(|article| article.text.len()).sum::<usize>())
}

#[divan::bench]
fn tokens_of_text(bencher: Bencher<'_, '_>) {
    bencher
        .counter(bytes())
        .counter(ItemsCount::new(ARTICLES))
        .bench(|| CORPUS.iter().map(|article| tokenise(&article.text).tokens.len()).sum::<usize>());
}

#[divan::bench]
fn shingles_of_tokens(bencher: Bencher<'_, '_>) {
    LazyLock::force(&TOKENS);
    bencher.counter(bytes()).counter(ItemsCount::new(ARTICLES)).bench(|| {
        let mut sum = 0_u64;
        TOKENS.iter().for_each(|tokens| shingle::each(tokens.hashes(), 5, |hash| sum ^= hash));
        sum
    });
}

/// The shingles of an article of 450 words.
fn shingles() -> Vec<u64> {
    let mut shingles = Vec::new();
    let text = corpus::article(&mut Random::new(3), 450);
    shingle::each(tokenise(&text).tokens.hashes(), 5, |hash| shingles.push(hash));
    shingles
}

#[divan::bench(args = [64, 128, 256])]
fn sign_by_similarity_sketching(bencher: Bencher<'_, '_>, slots: usize) {
    let (shingles, mut signature) = (shingles(), vec![0; slots]);
    bencher
        .counter(ItemsCount::new(1_usize))
        .bench_local(|| minhash::sign(divan::black_box(&shingles), &mut signature));
}

/// The classic method, the alternative: the smallest value under each of k hash functions (Broder, 1997).
#[divan::bench(args = [64, 128, 256])]
fn sign_by_permutations(bencher: Bencher<'_, '_>, slots: usize) {
    let (shingles, mut signature) = (shingles(), vec![0; slots]);
    let functions: Vec<(u64, u64)> =
        (0..slots as u64).map(|n| (hash::mix(2 * n + 1) | 1, hash::mix(2 * n + 2))).collect();
    bencher.counter(ItemsCount::new(1_usize)).bench_local(|| {
        signature.fill(u64::MAX);
        for &shingle in divan::black_box(&shingles) {
            for (slot, &(factor, summand)) in signature.iter_mut().zip(&functions) {
                *slot = (*slot).min(shingle.wrapping_mul(factor).wrapping_add(summand));
            }
        }
    });
}

/// Exact overlaps of neighbouring articles, among them every copy with its source.
#[divan::bench]
fn overlap_of_shingle_sets(bencher: Bencher<'_, '_>) {
    let sets: Vec<ShingleSet> = TOKENS.iter().map(|tokens| ShingleSet::new(tokens.hashes(), 5)).collect();
    bencher
        .counter(ItemsCount::new(ARTICLES - 1))
        .bench(|| sets.windows(2).map(|pair| Overlap::of(&pair[0], &pair[1]).shared).sum::<usize>());
}

#[divan::bench]
fn shingle_sets_of_tokens(bencher: Bencher<'_, '_>) {
    LazyLock::force(&TOKENS);
    bencher
        .counter(bytes())
        .counter(ItemsCount::new(ARTICLES))
        .bench(|| TOKENS.iter().map(|tokens| ShingleSet::new(tokens.hashes(), 5).len()).sum::<usize>());
}

/// JSON lines from a file to records, checked and with their ids noted.
#[cfg(feature = "cli")]
#[divan::bench]
fn records_of_json_lines(bencher: Bencher<'_, '_>) {
    use unspin::corpus::{Options, Problems, Reader};
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("corpus.jsonl");
    let line = |article: &Planted| serde_json::json!({"id": article.id, "text": article.text}).to_string() + "\n";
    std::fs::write(&path, CORPUS.iter().map(line).collect::<String>()).expect("room for the corpus");
    bencher.counter(bytes()).counter(ItemsCount::new(ARTICLES)).bench(|| {
        let mut problems = Problems::silent();
        let reader = Reader::open([&path], Options::default(), &mut problems).expect("the file");
        let mut length = 0;
        let read = reader.read(&mut problems, |record| {
            length += record.text.len();
            Ok(())
        });
        read.map(|_| length)
    });
}

/// The corresponding passages of every copy and its source.
#[divan::bench(sample_count = 20)]
fn places_of_copies(bencher: Bencher<'_, '_>) {
    let texts: HashMap<&str, &str> = CORPUS.iter().map(|article| (&*article.id, &*article.text)).collect();
    let pairs: Vec<(&str, &str)> =
        CORPUS.iter().filter_map(|copy| Some((texts[copy.source.as_deref()?], &*copy.text))).collect();
    bencher
        .counter(ItemsCount::new(pairs.len()))
        .bench(|| pairs.iter().map(|(source, copy)| Places::of(source, copy).passages.len()).sum::<usize>());
}

fn detector(view: View) -> Detector {
    Detector::builder().view(view).build().expect("the default settings")
}

fn prepared(detector: &Detector) -> Vec<Article> {
    CORPUS.par_iter().map(|article| detector.prepare(&article.text)).collect()
}

fn filled(view: View) -> Detector {
    let mut detector = detector(view);
    let articles = prepared(&detector);
    for (planted, article) in CORPUS.iter().zip(articles) {
        detector.insert_article(planted.id.as_str().into(), Meta::default(), article).expect("ids of their own");
    }
    detector
}

#[divan::bench(args = VIEWS)]
fn prepare_on_all_cores(bencher: Bencher<'_, '_>, view: View) {
    let detector = detector(view);
    bencher.counter(bytes()).counter(ItemsCount::new(ARTICLES)).bench_local(|| prepared(&detector));
}

/// Postings, candidates and their verification, of articles that are ready.
#[divan::bench(args = VIEWS, sample_count = 20)]
fn find_among_prepared(bencher: Bencher<'_, '_>, view: View) {
    let detector = filled(view);
    bencher.counter(bytes()).counter(ItemsCount::new(ARTICLES)).bench_local(|| detector.find().matches().count());
}

#[divan::bench(args = VIEWS, sample_count = 20)]
fn groups_of_found(bencher: Bencher<'_, '_>, view: View) {
    let detector = filled(view);
    let found = detector.find();
    bencher.counter(ItemsCount::new(ARTICLES)).bench_local(|| found.groups().len());
}

/// Two texts from reading to the verdict: a copy that was lightly edited, one of which a third was replaced, and
/// another article.
#[divan::bench(args = ["edited", "replaced", "other"])]
fn compare(bencher: Bencher<'_, '_>, with: &str) {
    let random = &mut Random::new(4);
    let text = corpus::article(random, 450);
    let other = match with {
        "edited" => Edit::Insert.apply(&text, random),
        "replaced" => Edit::Replace(30).apply(&text, random),
        _ => corpus::article(random, 450),
    };
    let detector = detector(View::Both);
    bencher
        .counter(BytesCount::new(text.len() + other.len()))
        .counter(ItemsCount::new(1_usize))
        .bench_local(|| detector.compare(&text, &other).verdict.scores.score);
}

#[divan::bench(args = VIEWS, sample_count = 20)]
fn end_to_end(bencher: Bencher<'_, '_>, view: View) {
    LazyLock::force(&CORPUS);
    bencher.counter(bytes()).counter(ItemsCount::new(ARTICLES)).bench_local(|| filled(view).find().groups().len());
}
