//! What is found of what was planted, and of all pairs that are similar in truth.
//!
//! ```text
//! cargo bench --bench recall -- [ARTICLES [THRESHOLD]] [--corpus FILE.jsonl]
//! ```
//! A made-up corpus of ARTICLES (10,000) is searched at THRESHOLD (0.7), and all its pairs are compared exactly. With
//! `--corpus` the same for the `id` and `text` of the records of a file.

#[path = "../tests/support/corpus.rs"]
mod corpus;

use std::collections::{HashMap, HashSet};
use std::time::Instant;

use corpus::{Edit, Planted};
use rayon::prelude::*;
use unspin::text::ShingleSet;
use unspin::verify::jaccard::Overlap;
use unspin::{Config, Detector, Meta, Relation, View};

const VIEWS: [(View, &str); 2] = [(View::Surface, "surface"), (View::Both, "both")];

fn main() {
    let mut numbers = Vec::new();
    let mut file = None;
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--corpus" => file = arguments.next(),
            "--bench" => {}
            number => numbers.push(number.parse::<f64>().expect("a number of articles, then a threshold")),
        }
    }
    let articles = numbers.first().map_or(10_000, |&number| number as usize);
    let config = Config { threshold: numbers.get(1).copied().unwrap_or(0.7), ..Config::default() };

    let corpus = file.as_deref().map_or_else(|| corpus::generate(articles, 1), read);
    let sets = corpus::shingles(&corpus, config.shingle);
    let truth = corpus::similar_pairs(&sets, config.threshold);
    let results = VIEWS.map(|(view, _)| Outcome::of(&corpus, &Config { view, ..config.clone() }));

    println!("{} articles, {} pairs at or above {} in truth", corpus.len(), truth.len(), config.threshold);
    println!(
        "\n{:22}{:>10}{:>10}{:>10}{:>10}{:>10}{:>10}",
        "view", "near", "recall", "listed", "precision", "find", "groups"
    );
    for (outcome, (_, view)) in results.iter().zip(VIEWS) {
        let alike =
            |&&(x, y): &&(u32, u32)| Overlap::of(&sets[x as usize], &sets[y as usize]).jaccard() >= config.threshold;
        println!(
            "{view:22}{:>10}{:>10.4}{:>10.4}{:>10.4}{:>9.2}s{:>9.2}s",
            outcome.near.len(),
            share(&truth, |&(x, y)| outcome.is_near(x, y)),
            share(&truth, |pair| outcome.near.contains(pair)),
            outcome.near.iter().filter(alike).count() as f64 / outcome.near.len().max(1) as f64,
            outcome.finding,
            outcome.grouping,
        );
    }
    println!("recall counts two twins of one text as found when each was paired with the first; listed does not");

    let number: HashMap<&str, u32> = corpus.iter().map(|article| article.id.as_str()).zip(0..).collect();
    let planted = |edit: Edit| -> Vec<(u32, u32)> {
        let source = |article: &Planted| article.source.as_deref().map(|source| number[source]);
        corpus
            .iter()
            .zip(0..)
            .filter(|(copy, _)| copy.edit == Some(edit))
            .filter_map(|(copy, at)| Some((source(copy)?, at)))
            .collect()
    };
    if file.is_none() {
        table("edit", &Edit::ALL.map(|edit| (edit.to_string(), planted(edit))), &sets, &results);
        spun(&config);
    }
}

/// Recall by the share of words that an article spinner changed.
fn spun(config: &Config) {
    const SHARES: [u32; 6] = [5, 10, 20, 30, 40, 50];
    const EACH: usize = 300;
    let mut random = corpus::Random::new(2);
    let mut corpus: Vec<Planted> = Vec::new();
    let mut rows = Vec::new();
    for share in SHARES {
        let mut pairs = Vec::new();
        for _ in 0..EACH {
            let text = corpus::article(&mut random, 450);
            let copy = corpus::spin(&text, f64::from(share) / 100.0, random.next());
            let first = corpus.len();
            pairs.push((first as u32, first as u32 + 1));
            corpus.extend([text, copy].into_iter().zip(first..).map(|(text, number)| Planted {
                id: format!("{number:06}"),
                text,
                edit: None,
                source: None,
            }));
        }
        rows.push((format!("spin {share} % of words"), pairs));
    }
    let sets = corpus::shingles(&corpus, config.shingle);
    let results = VIEWS.map(|(view, _)| Outcome::of(&corpus, &Config { view, ..config.clone() }));
    table("spinner", &rows, &sets, &results);
}

/// Recall of each row's pairs: by the pair itself, and by a group that holds both.
fn table(head: &str, rows: &[(String, Vec<(u32, u32)>)], sets: &[ShingleSet], results: &[Outcome]) {
    print!("\n{head:22}{:>8}{:>9}", "pairs", "jaccard");
    for (_, view) in VIEWS {
        print!("{:>18}{:>18}", format!("{view}: pair"), format!("{view}: group"));
    }
    println!();
    for (name, pairs) in rows {
        let jaccard: f64 =
            pairs.iter().map(|&(x, y)| Overlap::of(&sets[x as usize], &sets[y as usize]).jaccard()).sum();
        print!("{name:22}{:>8}{:>9.3}", pairs.len(), jaccard / pairs.len().max(1) as f64);
        for outcome in results {
            let matched = share(pairs, |&(x, y)| outcome.is_matched(x, y));
            let grouped = share(pairs, |&(x, y)| outcome.is_grouped(x, y));
            print!("{matched:>18.4}{grouped:>18.4}");
        }
        println!();
    }
}

/// What the detector said of a corpus, by the articles' places in it.
struct Outcome {
    matched: HashSet<(u32, u32)>,
    /// The matches that are near copies or closer.
    near: HashSet<(u32, u32)>,
    /// The first article with the same words.
    twin: Vec<u32>,
    group: Vec<Option<usize>>,
    finding: f64,
    grouping: f64,
}

impl Outcome {
    fn of(corpus: &[Planted], config: &Config) -> Self {
        let mut detector = Detector::builder().config(config.clone()).build().expect("a reachable recall");
        let articles: Vec<_> = corpus.par_iter().map(|article| detector.prepare(&article.text)).collect();
        for (planted, article) in corpus.iter().zip(articles) {
            detector.insert_article(planted.id.as_str().into(), Meta::default(), article).expect("ids of their own");
        }
        let number: HashMap<&str, u32> = corpus.iter().map(|article| article.id.as_str()).zip(0..).collect();
        let start = Instant::now();
        let found = detector.find();
        let finding = start.elapsed().as_secs_f64();
        let start = Instant::now();
        let groups = found.groups();
        let grouping = start.elapsed().as_secs_f64();

        let mut outcome = Self {
            matched: HashSet::new(),
            near: HashSet::new(),
            twin: (0..corpus.len() as u32).collect(),
            group: vec![None; corpus.len()],
            finding,
            grouping,
        };
        for pair in found.matches() {
            let (x, y) = (number[pair.a.as_str()], number[pair.b.as_str()]);
            outcome.matched.insert(ordered(x, y));
            if pair.relation <= Relation::Near {
                outcome.near.insert(ordered(x, y));
            }
            if pair.relation == Relation::Exact {
                outcome.twin[y as usize] = x;
            }
        }
        for (group, name) in groups.iter().zip(0..) {
            for member in &group.members {
                outcome.group[number[member.id.as_str()] as usize] = Some(name);
            }
        }
        outcome
    }

    fn is_matched(&self, x: u32, y: u32) -> bool {
        self.holds(&self.matched, x, y)
    }

    fn is_near(&self, x: u32, y: u32) -> bool {
        self.holds(&self.near, x, y)
    }

    fn holds(&self, pairs: &HashSet<(u32, u32)>, x: u32, y: u32) -> bool {
        let (x, y) = (self.twin[x as usize], self.twin[y as usize]);
        x == y || pairs.contains(&ordered(x, y))
    }

    fn is_grouped(&self, x: u32, y: u32) -> bool {
        self.group[x as usize].is_some() && self.group[x as usize] == self.group[y as usize]
    }
}

fn ordered(x: u32, y: u32) -> (u32, u32) {
    (x.min(y), x.max(y))
}

fn share<T>(of: &[T], holds: impl Fn(&T) -> bool) -> f64 {
    of.iter().filter(|item| holds(item)).count() as f64 / of.len().max(1) as f64
}

#[cfg(feature = "cli")]
fn read(path: &str) -> Vec<Planted> {
    let text = std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{path}: {error}"));
    let record = |line| -> Option<Planted> {
        let record: serde_json::Value = serde_json::from_str(line).ok()?;
        let id = record["id"].as_str().map_or_else(|| record["id"].to_string(), str::to_owned);
        Some(Planted { id, text: record["text"].as_str()?.to_owned(), edit: None, source: None })
    };
    text.par_lines().filter_map(record).collect()
}

#[cfg(not(feature = "cli"))]
fn read(path: &str) -> Vec<Planted> {
    panic!("{path}: reading JSON lines needs the feature cli")
}
