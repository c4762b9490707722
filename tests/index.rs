//! What the index answers, and what it holds after it was closed.
#![cfg(feature = "index")]

#[path = "support/corpus.rs"]
mod corpus;

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, SystemTime};

use tempfile::TempDir;
use unspin::crawler::LONGEST_ID;
use unspin::{Config, Detector, Durability, Error, Index, Meta, Relation, Seen, View};

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

#[test]
fn copies_of_copies_are_found_by_either() {
    let folder = folder();
    let index = open(&folder);
    let text = corpus::article(&mut corpus::Random::new(1), 300);
    let (cut, shouted) = (&text[..text.len() * 3 / 4], text.to_uppercase());
    assert_eq!(insert(&index, "a", &text), Seen::New);
    assert_eq!(told(&insert(&index, "cut", cut)), [("a".to_owned(), Relation::Near)]);
    assert_eq!(
        told(&insert(&index, "shouted", &shouted)),
        [("a".to_owned(), Relation::Exact), ("cut".to_owned(), Relation::Near)]
    );
    let Seen::Copy { best, .. } = index.check(&index.prepare(&text)).expect("an answer") else { panic!("no copy") };
    assert_eq!((best.id.as_str(), best.twins), ("a", 1));
    let stored = index.get("shouted").expect("a readable index").expect("an article");
    assert_eq!(stored.copy_of, Some(("a".into(), Relation::Exact)));
    assert_eq!(
        index.matches("a").expect("matches").iter().map(|found| found.id.as_str()).collect::<Vec<_>>(),
        ["shouted", "cut"]
    );
    assert_eq!(index.explain("a", "cut").expect("a verdict").relation, Some(Relation::Near));
    assert!(matches!(index.explain("a", "b"), Err(Error::UnknownId { id }) if id == "b"));
}

#[test]
fn places_are_spans_of_both_texts() {
    let folder = folder();
    let index = open(&folder);
    let text = corpus::article(&mut corpus::Random::new(2), 200);
    insert(&index, "a", &text);
    let mine = format!("A line in front of it. {text}");
    let seen = index.check(&index.prepare(&mine)).expect("an answer");
    let best = seen.matches().next().expect("a match");
    let &(theirs, ours) = best.places.passages.first().expect("a passage");
    assert_eq!(text[theirs.range()], mine[ours.range()]);
    assert!(theirs.range().len() > 500);
}

#[test]
fn what_is_removed_is_found_no_more_and_its_twin_takes_its_place() {
    let folder = folder();
    let index = open(&folder);
    let text = corpus::article(&mut corpus::Random::new(3), 300);
    let near = text.replacen(". ", ". Indeed, ", 1);
    for id in ["a", "b", "c"] {
        insert(&index, id, &text);
    }
    let first = |index: &Index| told(&index.check(&index.prepare(&near)).expect("an answer")).into_iter().next();
    assert_eq!(first(&index), Some(("a".to_owned(), Relation::Near)));
    assert!(index.remove("a").expect("removed"));
    assert!(!index.remove("a").expect("an answer"));
    assert_eq!(first(&index), Some(("b".to_owned(), Relation::Near)));
    index.verify().expect("a whole index");
    drop(index);
    let index = open(&folder);
    assert_eq!(first(&index), Some(("b".to_owned(), Relation::Near)));
    index.replace("b", &index.prepare("Rain is expected."), Meta::default()).expect("replaced");
    assert_eq!(first(&index), Some(("c".to_owned(), Relation::Near)));
    assert!(index.remove("c").expect("removed"));
    assert_eq!(first(&index), None);
    assert_eq!(index.get("b").expect("readable").map(|stored| stored.words), Some(3));
    let stats = index.stats().expect("figures");
    assert_eq!((stats.articles, stats.texts), (1, 1));
    index.verify().expect("a whole index");
    index.compact().expect("compacted");
    assert_eq!(index.stats().expect("figures").removed, 0);
    index.verify().expect("a whole index");
}

#[test]
fn what_is_replaced_is_found_no_more_and_is_no_copy_of_itself() {
    let folder = folder();
    let index = open(&folder);
    let old = "The harbour bridge will close for eleven nights from Monday while engineers replace its worn bearings, the \
               port authority said, and ferries will run until two in the morning at half the usual fare.";
    let new = old.replace("worn ", "");
    let replace = |id: &str, text: &str| {
        told(&index.check_and_replace(id, &index.prepare(text), Meta::default()).expect("replaced"))
    };
    assert_eq!(replace("a", old), []);
    assert_eq!(replace("a", &new), []);
    assert_eq!(replace("b", old), [("a".to_owned(), Relation::Near)]);
    assert_eq!(replace("a", "Rain is expected in the north by noon."), []);
    assert_eq!(told(&index.check(&index.prepare(&new)).expect("an answer")), [("b".to_owned(), Relation::Near)]);
    assert_eq!(index.stats().expect("figures").articles, 2);
    index.verify().expect("whole");
}

#[test]
fn what_expires_goes_and_nothing_else() {
    let folder = folder();
    let index = open(&folder);
    let texts = corpus::generate(150, 3);
    (0..).zip(&texts).for_each(|(number, article)| _ = insert(&index, &format!("{number}"), &article.text));
    let hour = Duration::from_secs(3600);
    assert_eq!(index.expire_before(SystemTime::now() - hour).expect("expired"), 0);
    assert_eq!(index.expire_before(SystemTime::now() + hour).expect("expired"), 150);
    assert_eq!(index.stats().expect("figures").articles, 0);
    assert_eq!(index.articles().count(), 0);
    assert!(texts.iter().all(|article| index.check(&index.prepare(&article.text)).expect("an answer") == Seen::New));
    index.verify().expect("a whole index");
}

/// All pairs of a detector, of nodes as the index tells them: of texts with the same words the first.
fn pairs(detector: &Detector) -> BTreeSet<(String, String, Relation)> {
    let found = detector.find();
    found
        .matches()
        .filter(|pair| pair.relation != Relation::Exact)
        .map(|pair| (pair.a.as_str().to_owned(), pair.b.as_str().to_owned(), pair.relation))
        .collect()
}

/// The pairs that the index tells of its own articles, texts with the same words told apart like the detector's.
fn told_pairs(index: &Index) -> BTreeSet<(String, String, Relation)> {
    let mut pairs = BTreeSet::new();
    for article in index.articles() {
        let id = article.expect("an article").id;
        for found in index.matches(id.as_str()).expect("matches") {
            if found.relation != Relation::Exact {
                let (a, b) = (id.as_str().to_owned(), found.id.as_str().to_owned());
                pairs.insert(if a < b { (a, b, found.relation) } else { (b, a, found.relation) });
            }
        }
    }
    pairs
}

#[test]
fn compacting_learns_what_is_boilerplate() {
    const PROMO: &str = "Sign up to the morning letter of the Ardle Courier: the five stories that matter, in your inbox \
                         before breakfast, free of charge. You can leave the list at any time by following the link at \
                         the foot of each letter. Members listen to the weekly programme first.";
    let folder = folder();
    let index = open(&folder);
    let mut detector = Detector::builder().build().expect("a detector");
    let mut random = corpus::Random::new(41);
    for (number, words) in [250; 12].into_iter().chain([32, 30]).enumerate() {
        let text = format!("{}\n\n{PROMO}", corpus::article(&mut random, words));
        insert(&index, &format!("{number:02}"), &text);
        detector.insert(format!("{number:02}"), &text).expect("a new id");
    }
    let short = ("12".to_owned(), "13".to_owned(), Relation::Excerpt);
    assert!(told_pairs(&index).contains(&short));
    index.compact().expect("compacted");
    index.verify().expect("a whole index");
    assert_eq!(pairs(&detector), BTreeSet::new());
    assert_eq!(told_pairs(&index), BTreeSet::new());
    drop(index);
    let index = open(&folder);
    assert_eq!(told_pairs(&index), BTreeSet::new());
    let another = format!("{}\n\n{PROMO}", corpus::article(&mut random, 31));
    assert_eq!(index.check(&index.prepare(&another)).expect("an answer"), Seen::New);
}

#[test]
fn after_compacting_it_finds_what_a_detector_finds() {
    let folder = folder();
    let index = Index::options().memory(1 << 20).open_or_create(folder.path().join("index")).expect("an index");
    let mut detector = Detector::builder().build().expect("a detector");
    let mut texts = BTreeSet::new();
    for (number, article) in corpus::generate(600, 11).iter().enumerate() {
        // Texts with the same words are told by their first article here, and by all of them there.
        if texts.insert(detector.prepare(&article.text).tokens().hashes().to_vec()) {
            insert(&index, &format!("{number:04}"), &article.text);
            detector.insert(format!("{number:04}"), &article.text).expect("a new id");
        }
    }
    let expected = pairs(&detector);
    let share = |found: &BTreeSet<(String, String, Relation)>| {
        found.intersection(&expected).count() as f64 / expected.len() as f64
    };
    let before = told_pairs(&index);
    println!(
        "{} pairs; before compacting {:.4} of them, and {} others",
        expected.len(),
        share(&before),
        before.difference(&expected).count()
    );
    assert!(share(&before) > 0.97);
    index.compact().expect("compacted");
    index.verify().expect("a whole index");
    let after = told_pairs(&index);
    println!(
        "after compacting {:.4}, and {:?}",
        share(&after),
        after.difference(&expected).take(9).collect::<Vec<_>>()
    );
    assert_eq!(expected.difference(&after).collect::<Vec<_>>(), Vec::<&_>::new());

    let stored = index.detector().expect("a detector");
    let groups = |found: &unspin::Found<'_>| -> Vec<String> {
        found.groups().iter().map(|group| format!("{group:?}")).collect()
    };
    assert_eq!(groups(&stored.find()), groups(&detector.find()));
    assert_eq!(pairs(&stored), expected);
    drop((stored, index));
    let index = open(&folder);
    assert_eq!(told_pairs(&index), after);
}

#[test]
fn runs_are_merged_and_lose_nothing() {
    let folder = folder();
    let index = Index::options().memory(1 << 20).open_or_create(folder.path().join("index")).expect("an index");
    let text = |number: u64| corpus::article(&mut corpus::Random::new(number), 150);
    for number in 0..600 {
        assert_eq!(insert(&index, &format!("{number}"), &text(number)), Seen::New, "{number}");
    }
    for number in 0..600 {
        let copy = text(number).replacen(". ", ". Indeed, ", 2);
        let seen = index.check(&index.prepare(&copy)).expect("an answer");
        assert_eq!(told(&seen).first().map(|found| found.0.clone()), Some(format!("{number}")));
    }
    assert!((1..40).contains(&index.stats().expect("figures").runs));
    index.verify().expect("a whole index");
}

#[test]
fn ids_may_be_long_and_strange_but_not_endless() {
    let folder = folder();
    let index = open(&folder);
    let long = "é".repeat(LONGEST_ID / 2);
    for id in [long.as_str(), "", "a\0b\n\u{202e}c"] {
        index.insert(id, &index.prepare("words"), Meta::default()).expect("inserted");
        assert_eq!(index.get(id).expect("readable").map(|stored| stored.id.as_str().to_owned()).as_deref(), Some(id));
    }
    let refused = index.insert(format!("{long}x"), &index.prepare("words"), Meta::default());
    assert!(matches!(refused, Err(Error::LongId { bytes, most: LONGEST_ID, .. }) if bytes == LONGEST_ID + 1));
    let repeated = index.check_and_insert("", &index.prepare("other"), Meta::default());
    assert!(matches!(repeated, Err(Error::RepeatedId { id }) if id.is_empty()));
}

#[test]
fn texts_are_kept_if_asked_for() {
    let folder = folder();
    let path = folder.path().join("index");
    let index = Index::options().keep_texts(true).open_or_create(&path).expect("an index");
    let text = "Größe: 5 €.\n\n  北京大学 ".repeat(30);
    let meta = Meta { title: Some("a title".to_owned()), date: Some(-5) };
    index.insert("a", &index.prepare(&text), meta.clone()).expect("inserted");
    drop(index);
    let index = Index::open(&path).expect("the index");
    let stored = index.get("a").expect("readable").expect("an article");
    assert_eq!((stored.text, stored.meta), (Some(text), meta));
}

#[test]
fn texts_without_words_match_nothing() {
    let folder = folder();
    let index = open(&folder);
    assert_eq!(insert(&index, "a", ""), Seen::New);
    assert_eq!(insert(&index, "b", " \n…"), Seen::New);
    assert!(index.remove("a").expect("removed"));
    index.verify().expect("a whole index");
}

#[test]
fn endless_texts_are_cut_and_hot_keys_stay_cheap() {
    let folder = folder();
    let index = open(&folder);
    let endless = "the same seven words again and again ".repeat(60_000);
    assert_eq!(insert(&index, "a", &endless), Seen::New);
    assert!(index.get("a").expect("readable").is_some_and(|stored| stored.words < 100_000));
    assert_eq!(told(&insert(&index, "b", &endless)), [("a".to_owned(), Relation::Exact)]);
    // One template, a thousand times: no answer is longer than what the longest list and its neighbours hold.
    let template = corpus::article(&mut corpus::Random::new(8), 200);
    for number in 0..1_000 {
        let page = format!("{template} Page {number} of this site.");
        let found = insert(&index, &format!("page {number}"), &page).matches().count();
        assert!(found <= 512 && (number == 0 || found > 0), "{number}: {found}");
    }
}

#[test]
fn other_settings_are_refused_by_name() {
    let folder = folder();
    drop(open(&folder));
    let path = folder.path().join("index");
    let other = Config { hashes: 64, view: View::Surface, ..Config::default() };
    let refused = Index::open_or_create(&path, &other);
    assert!(
        matches!(refused, Err(Error::OtherSettings { field: "hashes", ref stored, ref given, .. }) if stored == "128" && given == "64")
    );
    assert_eq!(Index::open(&path).expect("its own settings").config(), &Config::default());
}

#[test]
fn folders_that_hold_something_else_are_left_alone() {
    let folder = folder();
    assert!(matches!(
        Index::open(folder.path().join("none")),
        Err(Error::NoIndex { found: "there is no such folder", .. })
    ));
    assert!(!folder.path().join("none").exists());
    assert!(matches!(Index::open(folder.path()), Err(Error::NoIndex { found: "there is no index in it", .. })));
    std::fs::write(folder.path().join("letter.txt"), "Dear").expect("written");
    let refused = Index::open_or_create(folder.path(), &Config::default());
    assert!(matches!(refused, Err(Error::NoIndex { found: "the folder holds something else", .. })));
    assert_eq!(std::fs::read_dir(folder.path()).expect("a folder").count(), 1);
}

#[test]
fn an_index_is_open_once() {
    let folder = folder();
    let index = open(&folder);
    let refused = Index::open(folder.path().join("index"));
    assert!(matches!(refused, Err(Error::IndexInUse { process: Some(process), .. }) if process == std::process::id()));
    assert!(matches!(Index::open_read_only(folder.path().join("index")), Err(Error::IndexInUse { .. })));
    insert(&index, "a", "some words of an article");
    drop(index.clone());
    drop(index);
    let index = Index::open_read_only(folder.path().join("index")).expect("an index");
    let article = index.prepare("some words of an article");
    assert_eq!(told(&index.check(&article).expect("an answer")), [("a".to_owned(), Relation::Exact)]);
    assert!(matches!(index.insert("b", &article, Meta::default()), Err(Error::ReadOnly { .. })));
    assert!(matches!(index.remove("a"), Err(Error::ReadOnly { .. })));
    assert!(matches!(index.compact(), Err(Error::ReadOnly { .. })));
}

#[test]
fn a_backup_holds_what_the_index_held() {
    let folder = folder();
    let index = Index::options().memory(1 << 20).open_or_create(folder.path().join("index")).expect("an index");
    let texts = corpus::generate(300, 5);
    (0..).zip(&texts).for_each(|(number, article)| _ = insert(&index, &format!("{number}"), &article.text));
    let copy = folder.path().join("copy");
    index.backup(&copy).expect("a backup");
    insert(&index, "later", "some words that came later");
    assert!(matches!(index.backup(&copy), Err(Error::NoIndex { .. })));
    let copy = Index::open(&copy).expect("the backup");
    copy.verify().expect("a whole index");
    assert_eq!(copy.stats().expect("figures").articles, 300);
    assert_eq!(closest(&copy, &texts), closest(&index, &texts));
}

/// Eight threads bring copies of the same texts, in an order of their own: of each text exactly one is new, and whatever
/// an answer names was brought before the answer came.
#[test]
fn of_many_threads_with_one_text_one_is_told_that_it_is_new() {
    const THREADS: usize = 8;
    const FAMILIES: usize = 60;
    for seed in 0..3 {
        let folder = folder();
        let index = Index::options().memory(1 << 20).open_or_create(folder.path().join("index")).expect("an index");
        let new: Vec<AtomicUsize> = (0..FAMILIES).map(|_| AtomicUsize::new(0)).collect();
        let brought: Vec<AtomicBool> = (0..FAMILIES * THREADS).map(|_| AtomicBool::new(false)).collect();
        let text = |family: usize| corpus::article(&mut corpus::Random::new(seed * 1000 + family as u64), 120);
        std::thread::scope(|scope| {
            for thread in 0..THREADS {
                let (index, new, brought) = (index.clone(), &new, &brought);
                scope.spawn(move || {
                    let mut random = corpus::Random::new(seed << 8 | thread as u64);
                    let mut order: Vec<usize> = (0..FAMILIES).collect();
                    for at in 0..FAMILIES {
                        // Nearly the same order for all, so that they meet.
                        let other = (at + random.below(3)).min(FAMILIES - 1);
                        order.swap(at, other);
                    }
                    for family in order {
                        // Half of them with a word of their own.
                        let text = text(family);
                        let text = if thread % 2 == 0 { text } else { format!("{text} Ends {thread}.") };
                        let number = family * THREADS + thread;
                        brought[number].store(true, Ordering::SeqCst);
                        let seen = insert(&index, &format!("{number}"), &text);
                        if seen == Seen::New {
                            new[family].fetch_add(1, Ordering::SeqCst);
                        }
                        for found in seen.matches() {
                            let other: usize = found.id.as_str().parse().expect("a number");
                            assert!(other != number && other / THREADS == family, "{number} is said to be {other}");
                            assert!(brought[other].load(Ordering::SeqCst));
                            assert!(index.contains(found.id.as_str()).expect("readable"));
                        }
                    }
                });
            }
        });
        let new: Vec<usize> = new.iter().map(|count| count.load(Ordering::SeqCst)).collect();
        assert_eq!(new, [1; FAMILIES]);
        assert_eq!(index.stats().expect("figures").articles, (THREADS * FAMILIES) as u64);
        index.verify().expect("a whole index");
    }
}

#[test]
fn acknowledged_each_by_each() {
    let folder = folder();
    let options = || Index::options().durability(Durability::Each);
    let index = options().open_or_create(folder.path().join("index")).expect("an index");
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let index = index.clone();
            scope.spawn(move || {
                for number in 0..10 {
                    insert(&index, &format!("{thread}-{number}"), &format!("words of article {number} by {thread}"));
                }
            });
        }
    });
    index.flush().expect("flushed");
    assert_eq!(index.stats().expect("figures").articles, 40);
}

/// An index that an earlier version wrote in one of these formats is read by every later one. `BLESS=1 cargo test --test
/// index` writes the last of them where there is none: for a new format, in a folder of its own.
#[test]
fn formats_2_and_3_are_read() {
    let newest = compat("format-3");
    if std::env::var_os("BLESS").is_some() && !newest.exists() {
        freeze(&newest);
    }
    for format in ["format-2", "format-3"] {
        let folder = folder();
        let path = folder.path().join("index");
        copied(&compat(format), &path);
        let head = || std::fs::read_to_string(path.join("unspin-index")).expect("text");
        // Who only reads leaves it to the version that wrote it.
        let before = head();
        drop(Index::open_read_only(&path).expect("readable"));
        assert_eq!(head(), before);
        assert_frozen(&Index::open(&path).expect(format));
        assert!(head().contains("format = 3"));
        assert_eq!(Index::open(&path).expect("renewed").stats().expect("figures").articles, 4);
    }
}

/// That an index holds the frozen articles, and takes one more.
fn assert_frozen(index: &Index) {
    index.verify().expect("a whole index");
    let stored: Vec<_> = index.articles().map(|stored| stored.expect("an article").id.as_str().to_owned()).collect();
    assert_eq!(stored, FROZEN.map(|(id, _)| id.to_owned()));
    for (id, text) in FROZEN {
        let seen = index.check(&index.prepare(text)).expect("an answer");
        assert_eq!(told(&seen).first(), Some(&(id.to_owned(), Relation::Exact)));
        assert_eq!(index.get(id).expect("readable").and_then(|stored| stored.text).as_deref(), Some(text));
    }
    let matches = index.matches("b").expect("matches");
    assert_eq!(
        matches.iter().map(|found| (found.id.as_str(), found.relation)).collect::<Vec<_>>(),
        [("a", Relation::Near)]
    );
    assert_eq!(insert(index, "new", "Growers lost a third of their cherry blossom to one night of frost."), Seen::New);
}

#[test]
fn a_run_of_format_2_is_merged_with_those_of_format_3() {
    let folder = folder();
    let path = folder.path().join("index");
    copied(&compat("format-2"), &path);
    let oldest = path.join("runs/0.run");
    assert!(oldest.exists());
    let index = Index::options().memory(1 << 20).open(&path).expect("the index");
    let text = |number: u64| corpus::article(&mut corpus::Random::new(number), 150);
    let mut count = 0;
    // Runs are merged in the background.
    while oldest.exists() {
        assert!(count < 2_000, "{:?}", index.stats());
        assert_eq!(insert(&index, &format!("{count}"), &text(count)), Seen::New);
        count += 1;
    }
    assert!(count > 40, "{count}");
    drop(index);
    let index = Index::open(&path).expect("the index");
    index.verify().expect("a whole index");
    // Copies, as those are found by the keys in the runs only.
    let copy = |text: &str| text.replacen("will ", "will indeed ", 1).replacen(". ", ". Indeed, ", 1);
    let [(a, bridge), (b, _), (_, rain)] = FROZEN;
    let seen = told(&index.check(&index.prepare(&copy(bridge))).expect("an answer"));
    assert_eq!(seen.iter().map(|found| found.0.as_str()).collect::<BTreeSet<_>>(), BTreeSet::from([a, b]));
    assert_ne!(index.check(&index.prepare(rain)).expect("an answer"), Seen::New);
    for number in 0..count {
        let seen = index.check(&index.prepare(&copy(&text(number)))).expect("an answer");
        assert_eq!(told(&seen).first().map(|found| found.0.clone()), Some(format!("{number}")));
    }
}

#[test]
fn format_1_is_refused_with_the_way_out() {
    let folder = folder();
    copied(&compat("format-1"), folder.path());
    let error = Index::open(folder.path()).expect_err("another format").to_string();
    assert!(error.contains("format 1") && error.contains("export its articles"), "{error}");
}

fn compat(format: &str) -> std::path::PathBuf {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("data/compat").join(format)
}

const FROZEN: [(&str, &str); 3] = [
    (
        "a",
        "The swing bridge over the inner basin will close for eleven nights from Monday while engineers replace its \
           worn bearings, the port authority said. Ferries will run every twenty minutes until two in the morning, and \
           lorries bound for the fish market must take the coast road through Ardle.",
    ),
    (
        "b",
        "The swing bridge over the inner basin will close for eleven nights from Monday while engineers replace its \
           bearings, the port authority said. Ferries will run every twenty minutes until two in the morning, and \
           lorries bound for the fish market must take the coast road through Ardle.",
    ),
    ("c", "Rain is expected in the north by noon, with sunny spells along the coast."),
];

fn freeze(path: &std::path::Path) {
    let index = Index::options().memory(1 << 20).keep_texts(true).open_or_create(path).expect("an index");
    for (id, text) in FROZEN {
        insert(&index, id, text);
    }
    // Puts the postings into a run.
    index.compact().expect("compacted");
}

fn copied(from: &std::path::Path, to: &std::path::Path) {
    std::fs::create_dir_all(to).expect("a folder");
    for entry in std::fs::read_dir(from).expect("a folder") {
        let entry = entry.expect("an entry");
        let to = to.join(entry.file_name());
        if entry.path().is_dir() {
            copied(&entry.path(), &to);
        } else {
            std::fs::copy(entry.path(), to).expect("a copy");
        }
    }
}
