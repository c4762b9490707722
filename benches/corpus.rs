//! Writes a corpus with planted copies as JSON lines, for `benches/peers/run.py`: each record has `id` and `text`, and
//! of a copy `edit` and `source`.
//!
//! ```text
//! cargo bench --bench corpus -- ARTICLES FILE.jsonl [--base FILE.jsonl]
//! ```
//! The articles are made up; with `--base` they are the texts of the records of a file, each used once.

#[path = "../tests/support/corpus.rs"]
mod corpus;

use std::fs::File;
use std::io::{BufWriter, Write};

use corpus::{Edit, Random, article, spin};
use serde_json::{Value, json};

/// The kinds of copies, of which there are equally many.
const KINDS: [Kind; 9] = [
    Kind::Edit(Edit::Insert),
    Kind::Edit(Edit::Byline),
    Kind::Edit(Edit::Cut),
    Kind::Edit(Edit::Replace(2)),
    Kind::Edit(Edit::Replace(5)),
    Kind::Edit(Edit::Replace(10)),
    Kind::Edit(Edit::Replace(30)),
    Kind::Edit(Edit::Swap),
    Kind::Spin(20),
];

#[derive(Clone, Copy)]
enum Kind {
    Edit(Edit),
    /// So many hundredths of the words replaced by synonyms, or by any words where the table has none.
    Spin(u8),
}

impl Kind {
    fn apply(self, text: &str, random: &mut Random) -> String {
        match self {
            Self::Edit(edit) => edit.apply(text, random),
            Self::Spin(share) => spin(text, f64::from(share) / 100.0, random.next()),
        }
    }

    fn name(self) -> String {
        match self {
            Self::Edit(edit) => edit.to_string(),
            Self::Spin(share) => format!("spin {share} % of words"),
        }
    }
}

/// One original in five has copies: one to twelve of them, mostly few.
const COPIED: f64 = 0.2;
const MOST_COPIES: usize = 12;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let (articles, path, base) = match &arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [articles, path] => (articles.parse(), *path, None),
        [articles, path, "--base", base] => (articles.parse(), *path, Some(*base)),
        _ => panic!("give ARTICLES FILE.jsonl [--base FILE.jsonl]"),
    };
    let articles: usize = articles.expect("a number of articles");
    let mut originals = base.map(texts);
    let mut random = Random::new(articles as u64);
    let mut out = BufWriter::new(File::create(path).expect("a file to write to"));
    let mut write = |record: Value| writeln!(out, "{record}").expect("room for the corpus");
    let mut written = 0;
    let mut next = || match &mut originals {
        Some(texts) => texts.next(),
        None => Some(String::new()),
    };
    while written < articles {
        let Some(text) = next() else { break };
        let words = 420.0 * (0.5 * (random.unit() + random.unit() + random.unit() - 1.5) * 2.0).exp();
        let text = if base.is_some() { text } else { article(&mut random, words as usize) };
        let source = written;
        write(json!({"id": source, "text": text}));
        written += 1;
        let copies = if random.chance(COPIED) { (1.0 - random.unit()).powf(-0.8) as usize } else { 0 };
        for _ in 0..(3 * copies).min(MOST_COPIES).min(articles - written) {
            let kind = KINDS[random.below(KINDS.len())];
            let copy = kind.apply(&text, &mut random);
            write(json!({"id": written, "text": copy, "edit": kind.name(), "source": source}));
            written += 1;
        }
    }
}

/// The texts of the records of a file, long enough to be edited, one after the other.
fn texts(path: &str) -> impl Iterator<Item = String> {
    const SHORTEST: usize = 60;
    let text = std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{path}: {error}"));
    let record = |line: &str| -> Option<String> {
        let record: Value = serde_json::from_str(line).ok()?;
        Some(record["text"].as_str()?.to_owned())
    };
    let texts: Vec<String> =
        text.lines().filter_map(record).filter(|text| text.split_whitespace().count() >= SHORTEST).collect();
    texts.into_iter()
}
