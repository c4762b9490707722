//! What the index answers, and what it holds after it was closed.
#![cfg(feature = "index")]

#[path = "support/corpus.rs"]
mod corpus;

use tempfile::TempDir;
use unspin::{Config, Index, Meta, Relation, Seen};

fn folder() -> TempDir {
    tempfile::tempdir().expect("a folder")
}

fn open(folder: &TempDir) -> Index {
    Index::open_or_create(folder.path().join("index"), &Config::default()).expect("an index")
}

fn insert(index: &Index, id: &str, text: &str) -> Seen {
    index.check_and_insert(id, &index.prepare(text), Meta::default()).expect("an answer")
}

/// The ids and relations of the matches.
fn told(seen: &Seen) -> Vec<(String, Relation)> {
    seen.matches().map(|found| (found.id.as_str().to_owned(), found.relation)).collect()
}

/// The closest match of each text.
fn closest(index: &Index, texts: &[corpus::Planted]) -> Vec<Option<(String, Relation)>> {
    let ask = |text: &str| told(&index.check(&index.prepare(text)).expect("an answer")).into_iter().next();
    texts.iter().map(|article| ask(&article.text)).collect()
}

#[test]
fn what_was_inserted_is_found_again_after_closing() {
    let folder = folder();
    let texts = corpus::generate(200, 7);
    let index = open(&folder);
    let copies =
        (0..).zip(&texts).filter(|(number, article)| insert(&index, &format!("{number}"), &article.text) != Seen::New);
    assert!(copies.count() > 20);
    let before = closest(&index, &texts);
    assert!(before.iter().all(|found| found.as_ref().is_some_and(|found| found.1 == Relation::Exact)));
    drop(index);
    let index = open(&folder);
    assert_eq!(index.stats().expect("figures").articles, texts.len() as u64);
    assert_eq!(closest(&index, &texts), before);
    index.verify().expect("a whole index");
}
