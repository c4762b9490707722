//! What becomes of an index whose process is killed, whose disk fails, or whose files are damaged.
//!
//! The tests run their own program again as the process that is killed: the test [`writer`] is that process.
#![cfg(all(feature = "index", target_os = "linux"))]

#[path = "support/corpus.rs"]
mod corpus;

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Duration;

use corpus::Random;
use unspin::{Durability, Error, Index, Meta};

/// The variable that makes the test program a writer.
const WRITER: &str = "UNSPIN_TEST_WRITER";

/// The variable that asks for more kills than the 200 that are always tried.
const KILLS: &str = "UNSPIN_TEST_KILLS";

fn open(path: &Path, durability: Durability) -> Result<Index, Error> {
    // So little memory that runs are written and merged all the time.
    Index::options().memory(1 << 20).keep_texts(true).durability(durability).open_or_create(path)
}

/// The text that is inserted under a number: every fifth is a copy of another, and some are its very words.
fn text(number: u64) -> String {
    let original = if number % 5 == 4 { number - 3 } else { number };
    let mut text = corpus::article(&mut Random::new(original), 40 + original as usize % 90);
    if number % 10 == 4 {
        text.push_str(" And that was all.");
    }
    text
}

/// One line a change that was acknowledged: `+ID` or `-ID`. Not a test by itself.
#[test]
fn writer() {
    let Ok(task) = std::env::var(WRITER) else { return };
    let (level, path) = task.split_once(' ').expect("a level and a folder");
    let level = match level {
        "each" => Durability::Each,
        "batched" => Durability::Batched,
        _ => Durability::Relaxed,
    };
    let tell = |line: String| {
        let mut out = std::io::stdout().lock();
        writeln!(out, "{line}").and_then(|()| out.flush()).expect("a reader");
    };
    if let Err(error) = write(Path::new(path), level, &tell) {
        tell(format!("!{error}"));
    }
}

fn write(path: &Path, level: Durability, tell: &impl Fn(String)) -> Result<(), Error> {
    let index = open(path, level)?;
    tell("=".to_owned());
    let first = index.articles().try_fold(0, |last: u64, stored| {
        Ok::<_, Error>(last.max(stored?.id.as_str().parse::<u64>().expect("a number") + 1))
    })?;
    for number in first.. {
        index.check_and_insert(number.to_string(), &index.prepare(&text(number)), Meta::default())?;
        tell(format!("+{number}"));
        if number % 7 == 6 {
            let gone = (number - 6).to_string();
            tell(format!("?{gone}"));
            index.remove(&gone)?;
            tell(format!("-{gone}"));
        }
        if number % 97 == 96 {
            index.compact()?;
        }
    }
    Ok(())
}

/// A writer that was started.
struct Writer {
    child: Child,
    lines: BufReader<ChildStdout>,
}

/// Starts a writer. It does not die of a write that fails: the shell that starts it sees to that.
fn start(path: &Path, level: &str) -> Writer {
    let program = std::env::current_exe().expect("this program");
    let mut child = Command::new("sh")
        .args(["-c", "trap '' XFSZ; exec \"$0\" --exact writer --nocapture --test-threads 1"])
        .arg(program)
        .env(WRITER, format!("{level} {}", path.display()))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("a process");
    let lines = BufReader::new(child.stdout.take().expect("its output"));
    Writer { child, lines }
}

/// What the index must hold: `Some(true)` must be there, `Some(false)` must not, `None` may be or not.
type Acknowledged = BTreeMap<u64, Option<bool>>;

/// Takes down what a writer said, and gives what it said of a failure.
fn note(said: &str, acknowledged: &mut Acknowledged) -> Option<String> {
    let mut failure = None;
    for line in said.lines() {
        let (sign, rest) = line.split_at_checked(1).unwrap_or_default();
        let Ok(number) = rest.parse() else {
            if sign == "!" {
                failure = Some(rest.to_owned());
            }
            continue;
        };
        match sign {
            "+" => _ = acknowledged.insert(number, Some(true)),
            "?" => _ = acknowledged.insert(number, None),
            "-" => _ = acknowledged.insert(number, Some(false)),
            _ => {}
        }
    }
    failure
}

/// Opens the index and checks that it holds what was acknowledged, and nothing but it and what was under way.
fn assert_whole(path: &Path, acknowledged: &mut Acknowledged, thorough: bool) {
    let index = open(path, Durability::Relaxed).expect("an index that opens by itself");
    let mut stored = BTreeMap::new();
    for article in index.articles() {
        let article = article.expect("a whole article");
        stored.insert(article.id.as_str().parse::<u64>().expect("a number"), article.text.expect("a text"));
    }
    for (number, held) in &stored {
        assert_eq!(*held, text(*number), "half of article {number}");
        assert_ne!(acknowledged.get(number), Some(&Some(false)), "{number} was removed");
    }
    let last = acknowledged.keys().last().copied();
    assert!(stored.keys().filter(|number| Some(**number) > last).count() <= 1, "articles from nowhere");
    for (number, wanted) in acknowledged.iter() {
        assert!(*wanted != Some(true) || stored.contains_key(number), "{number} was acknowledged and is lost");
    }
    // What was under way is decided by now.
    acknowledged.extend(stored.keys().map(|number| (*number, Some(true))));
    acknowledged.iter_mut().filter(|(_, wanted)| wanted.is_none()).for_each(|(_, wanted)| *wanted = Some(false));
    let asked = if thorough { stored.len() } else { 5 };
    for (number, text) in stored.iter().rev().take(asked) {
        let seen = index.check(&index.prepare(text)).expect("an answer");
        assert!(seen.matches().next().is_some(), "{number} is stored and not found");
    }
    if thorough {
        index.verify().expect("a whole index");
    }
}

#[test]
fn a_killed_writer_loses_nothing_that_it_acknowledged() {
    let kills = std::env::var(KILLS).ok().and_then(|kills| kills.parse().ok()).unwrap_or(200);
    let folder = tempfile::tempdir().expect("a folder");
    let mut acknowledged = Acknowledged::new();
    let mut random = Random::new(1);
    let mut path = PathBuf::new();
    for kill in 0..kills {
        // Now and then a new index, as the beginning is a place to fail too.
        if kill % 50 == 0 {
            path = folder.path().join(format!("index {kill}"));
            acknowledged.clear();
        }
        let Writer { mut child, mut lines } = start(&path, ["each", "batched", "relaxed"][kill % 3]);
        let mut said = String::new();
        if kill % 10 != 9 {
            // Once it has opened the index; else, at a moment of the opening.
            while lines.read_line(&mut said).expect("text") > 0 && !said.ends_with("=\n") {}
        }
        std::thread::sleep(Duration::from_micros(random.below(100_000) as u64));
        child.kill().expect("killed");
        lines.read_to_string(&mut said).expect("text");
        child.wait().expect("dead");
        assert_eq!(note(&said, &mut acknowledged), None);
        if path.exists() {
            assert_whole(&path, &mut acknowledged, kill % 10 == 0);
        }
    }
    assert!(acknowledged.len() > 50, "only {} changes in the last round", acknowledged.len());
}
