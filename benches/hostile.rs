//! Time and memory of corpora that make others run for hours or join everything, each in a process of its own.
//!
//! ```text
//! cargo bench --bench hostile [-- SHAPE [ARTICLES]]
//! ```

#[path = "../tests/support/corpus.rs"]
mod corpus;
#[path = "../tests/support/shapes.rs"]
mod shapes;

use std::process::Command;
use std::time::Instant;

use rayon::prelude::*;
use unspin::{Detector, Meta};

type Texts = Box<dyn Iterator<Item = String>>;

/// The name of a shape, how many articles it has unless told, and how they are made.
type Shape = (&'static str, usize, fn(usize) -> Texts);

const SHAPES: [Shape; 7] = [
    ("copies", 100_000, |count| Box::new(shapes::copies(count))),
    ("light-edits", 10_000, |count| Box::new(shapes::light_edits(count))),
    ("reports-above", 100_000, |count| Box::new(shapes::reports(count, 5))),
    ("reports-below", 100_000, |count| Box::new(shapes::reports(count, 18))),
    ("three-words", 1_000_000, |count| Box::new(shapes::three_words(count))),
    ("stock-paragraphs", 100_000, |count| Box::new(shapes::stock_paragraphs(count))),
    // Of about 6.6 bytes a word: 100 MB.
    ("huge", 15_200_000, |words| Box::new(shapes::huge(words).into_iter())),
];

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    match arguments.as_slice() {
        [] => {
            println!(
                "{:18} {:>10} {:>9} {:>8} {:>9} {:>8} {:>8}",
                "shape", "articles", "MB", "seconds", "peak MB", "pairs", "groups"
            );
            for (shape, ..) in SHAPES {
                let this = std::env::current_exe().expect("a path");
                let ended = Command::new(this).arg(shape).status().expect("the program starts");
                assert!(ended.success(), "{shape}");
            }
        }
        [shape, count @ ..] => {
            let (name, most, make) = *SHAPES.iter().find(|known| known.0 == shape).expect("the name of a shape");
            let count = count.first().map_or(most, |count| count.parse().expect("a number of articles"));
            measure(name, make(count));
        }
    }
}

fn measure(name: &str, mut texts: Texts) {
    const BATCH: usize = 1_000;
    let began = Instant::now();
    let mut detector = Detector::builder().build().expect("the default settings");
    let (mut number, mut bytes) = (0, 0);
    loop {
        let batch: Vec<String> = texts.by_ref().take(BATCH).collect();
        if batch.is_empty() {
            break;
        }
        bytes += batch.iter().map(String::len).sum::<usize>();
        let articles: Vec<_> = batch.par_iter().map(|text| detector.prepare(text)).collect();
        for article in articles {
            detector.insert_article(format!("{number:07}").into(), Meta::default(), article).expect("ids of their own");
            number += 1;
        }
    }
    let found = detector.find();
    let (pairs, groups) = (found.matches().count(), found.groups().len());
    let peak = peak_memory().map_or("–".to_owned(), |bytes| (bytes / 1_000_000).to_string());
    let (seconds, megabytes) = (began.elapsed().as_secs_f64(), bytes as f64 / 1e6);
    println!("{name:18} {number:>10} {megabytes:>9.1} {seconds:>8.2} {peak:>9} {pairs:>8} {groups:>8}");
}

/// The most memory that this process had, where the system tells.
fn peak_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(line.split_whitespace().next()?.parse::<u64>().ok()? * 1024)
}
