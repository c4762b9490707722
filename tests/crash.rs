//! What becomes of an index whose process is killed, whose disk fails, or whose files are damaged.
//!
//! The tests run their own program again as the process that is killed: the test [`writer`] is that process.
#![cfg(all(feature = "index", target_os = "linux"))]

#[path = "support/corpus.rs"]
mod corpus;

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
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

/// Now and then a new index, as the beginning is a place to fail too.
const KILLS_OF_AN_INDEX: usize = 50;

/// How many indices are killed at once, as a killed process is mostly waited for.
const INDICES_AT_ONCE: usize = 8;

#[test]
fn a_killed_writer_loses_nothing_that_it_acknowledged() {
    let kills = std::env::var(KILLS).ok().and_then(|kills| kills.parse().ok()).unwrap_or(200);
    let mut folder = tempfile::tempdir().expect("a folder");
    // One kill in thousands may be the one that fails: what it left stays.
    folder.disable_cleanup(true);
    println!("what a failing kill left is in {}", folder.path().display());
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..INDICES_AT_ONCE {
            scope.spawn(|| {
                loop {
                    let first = next.fetch_add(KILLS_OF_AN_INDEX, Ordering::Relaxed);
                    if first >= kills {
                        break;
                    }
                    kill_again_and_again(folder.path(), first..kills.min(first + KILLS_OF_AN_INDEX));
                }
            });
        }
    });
    folder.disable_cleanup(false);
}

/// Kills the writers of an index, one after the other.
fn kill_again_and_again(folder: &Path, kills: Range<usize>) {
    let path = folder.join(format!("index of kill {}", kills.start));
    let left = folder.join(format!("left by a kill from {}", kills.start));
    let mut random = Random::new(kills.start as u64 + 1);
    let mut acknowledged = Acknowledged::new();
    for kill in kills.clone() {
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
            // As it was before it is opened, for the search of the cause.
            let _ = fs::remove_dir_all(&left);
            copied(&path, &left);
            assert_whole(&path, &mut acknowledged, kill % 10 == 0);
        }
    }
    let enough = acknowledged.len() > 50 || kills.len() < KILLS_OF_AN_INDEX;
    assert!(enough, "only {} changes between kills {kills:?}", acknowledged.len());
    for folder in [path, left] {
        fs::remove_dir_all(folder).expect("removed");
    }
}

/// From a random moment on every write to a file fails, as on a full disk: the writer is told, and what it had
/// acknowledged is there.
#[test]
fn a_disk_that_takes_no_more_loses_nothing_that_was_acknowledged() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("index");
    let mut acknowledged = Acknowledged::new();
    let mut random = Random::new(2);
    let mut failures = 0;
    for round in 0..10 {
        let Writer { mut child, mut lines } = start(&path, ["each", "batched", "relaxed"][round % 3]);
        let mut said = String::new();
        while lines.read_line(&mut said).expect("text") > 0 && !said.ends_with("=\n") {}
        std::thread::sleep(Duration::from_micros(random.below(60_000) as u64));
        // The limit falls within a write, and cuts it short: any size of any file may be the last.
        let limit = (random.below(200_000) + 1).to_string();
        let limited =
            Command::new("prlimit").args(["--pid", &child.id().to_string(), &format!("--fsize={limit}")]).status();
        if !limited.is_ok_and(|status| status.success()) {
            child.kill().expect("killed");
            child.wait().expect("dead");
            eprintln!("skipped: there is no prlimit");
            return;
        }
        // A writer that meets no failure, as it writes to small files only, is killed after a while.
        let patience = std::thread::spawn({
            let process = child.id().to_string();
            move || {
                std::thread::sleep(Duration::from_millis(400));
                let _ = Command::new("prlimit").args(["--pid", &process, "--fsize=0"]).stderr(Stdio::null()).status();
                std::thread::sleep(Duration::from_secs(12));
                // Only a process that waits for the disk for ever is there still.
                let _ = Command::new("kill").args(["-9", &process]).stderr(Stdio::null()).status();
            }
        });
        lines.read_to_string(&mut said).expect("text");
        child.wait().expect("dead");
        drop(patience);
        let failure = note(&said, &mut acknowledged);
        failures += usize::from(failure.is_some_and(|failure| failure.contains("see to the disk")));
        assert_whole(&path, &mut acknowledged, true);
    }
    assert!(failures > 5, "the writer was told of {failures} failures in 10");
}

/// A file system of a fixed size that is gone when this is dropped.
struct SmallDisk(PathBuf);

impl SmallDisk {
    /// `None` where this process may not mount one.
    fn new(folder: &Path, size: &str) -> Option<Self> {
        let options = ["-t", "tmpfs", "-o", &format!("size={size}"), "tmpfs"];
        let mount = Command::new("mount").args(options).arg(folder).stderr(Stdio::null()).status();
        mount.is_ok_and(|status| status.success()).then(|| Self(folder.to_owned()))
    }

    fn grow(&self, size: &str) {
        let grown = Command::new("mount").args(["-o", &format!("remount,size={size}")]).arg(&self.0).status();
        assert!(grown.is_ok_and(|status| status.success()), "remount");
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // Lazily: what a failed test left open goes with its process.
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

/// A disk that is really full: the writer is told, and what it had acknowledged is there once there is room.
#[test]
fn a_full_disk_loses_nothing_that_was_acknowledged() {
    for (level, size) in [("each", "1m"), ("batched", "3m"), ("relaxed", "7m")] {
        let folder = tempfile::tempdir().expect("a folder");
        let Some(disk) = SmallDisk::new(folder.path(), size) else {
            eprintln!("skipped: only root may mount a small disk");
            return;
        };
        let path = folder.path().join("index");
        let Writer { mut child, mut lines } = start(&path, level);
        let patience = std::thread::spawn({
            let process = child.id().to_string();
            move || {
                std::thread::sleep(Duration::from_secs(60));
                let _ = Command::new("kill").args(["-9", &process]).stderr(Stdio::null()).status();
            }
        });
        let mut said = String::new();
        lines.read_to_string(&mut said).expect("text");
        child.wait().expect("dead");
        drop(patience);
        let mut acknowledged = Acknowledged::new();
        let failure = note(&said, &mut acknowledged).expect("a failure");
        assert!(failure.contains("see to the disk"), "{failure}");
        // Without room it opens or says why not.
        if let Err(error) = open(&path, Durability::Relaxed) {
            assert!(error.to_string().contains("see to the disk"), "{error}");
        }
        disk.grow("64m");
        assert_whole(&path, &mut acknowledged, true);
    }
}

#[test]
fn a_second_process_is_told_the_number_of_the_first() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("index");
    let Writer { mut child, mut lines } = start(&path, "relaxed");
    let mut said = String::new();
    while lines.read_line(&mut said).expect("text") > 0 && !said.ends_with("=\n") {}
    for refused in [Index::open(&path), Index::open_read_only(&path), open(&path, Durability::Each)] {
        let error = refused.expect_err("in use").to_string();
        assert!(error.contains(&format!("in use by process {}", child.id())), "{error}");
    }
    child.kill().expect("killed");
    child.wait().expect("dead");
    let index = open(&path, Durability::Relaxed).expect("an index that nobody has any more");
    let Writer { mut child, mut lines } = start(&path, "relaxed");
    said.clear();
    lines.read_to_string(&mut said).expect("text");
    child.wait().expect("ended by itself");
    assert!(said.contains(&format!("in use by process {}", std::process::id())), "{said}");
    drop(index);
}

/// The variable that makes the test program a reader.
const READER: &str = "UNSPIN_TEST_READER";

/// Writes what an index shows, or the error. Not a test by itself: a process that a damaged file could kill.
#[test]
fn reader() {
    let Ok(path) = std::env::var(READER) else { return };
    let said = match shown(Path::new(&path)) {
        Ok(shown) => shown.join("\n"),
        Err(Error::Damaged { what, .. }) => format!("!damaged: {what}"),
        Err(Error::OtherFormat { found, .. }) => format!("!format {found}"),
        Err(error) => format!("?{error}"),
    };
    fs::write(format!("{path}.said"), said).expect("written");
}

/// What an index shows to a process of its own.
fn shown_apart(path: &Path) -> String {
    let said = format!("{}.said", path.display());
    let _ = fs::remove_file(&said);
    let program = std::env::current_exe().expect("this program");
    let output = Command::new(program)
        .args(["--exact", "reader", "--nocapture", "--test-threads", "1"])
        .env(READER, path)
        .stdin(Stdio::null())
        .output()
        .expect("a process");
    fs::read_to_string(said).unwrap_or_else(|_| format!("?{}", String::from_utf8_lossy(&output.stderr)))
}

/// Everything about an index that an answer shows.
fn shown(path: &Path) -> Result<Vec<String>, Error> {
    let index = Index::open(path)?;
    index.verify()?;
    let mut shown = Vec::new();
    for article in index.articles() {
        let article = article?;
        let answer = index.check(&index.prepare(article.text.as_deref().unwrap_or_default()))?;
        shown.push(format!("{article:?} {answer:?}"));
    }
    Ok(shown)
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found.sort();
    found
}

#[test]
fn a_flipped_byte_is_told_and_never_changes_an_answer() {
    let folder = tempfile::tempdir().expect("a folder");
    let whole = folder.path().join("whole");
    let index = open(&whole, Durability::Relaxed).expect("an index");
    for number in 0..60 {
        index.check_and_insert(number.to_string(), &index.prepare(&text(number)), Meta::default()).expect("inserted");
        if number == 40 {
            index.compact().expect("compacted");
        }
    }
    drop(index);
    let expected = {
        let copy = folder.path().join("copy");
        copied(&whole, &copy);
        shown_apart(&copy)
    };
    let mut random = Random::new(3);
    let (mut told, mut silent) = (0, Vec::new());
    for file in files(&whole) {
        let name = file.strip_prefix(&whole).expect("inside").to_owned();
        let bytes = fs::read(&file).expect("readable");
        let used = bytes.iter().rposition(|&byte| byte != 0).map_or(0, |last| last + 1);
        for flip in 0..4.min(used) {
            let at = if flip == 0 { used - 1 } else { random.below(used) };
            let damaged = folder.path().join("damaged");
            let _ = fs::remove_dir_all(&damaged);
            copied(&whole, &damaged);
            let mut flipped = bytes[..used].to_vec();
            flipped[at] ^= 1 << random.below(8);
            let place = damaged.join(&name);
            fs::write(&place, &flipped).expect("written");
            fs::OpenOptions::new()
                .write(true)
                .open(&place)
                .and_then(|file| file.set_len(bytes.len() as u64))
                .expect("as long");
            let said = shown_apart(&damaged);
            if said.starts_with('!') {
                told += 1;
            } else {
                assert_eq!(said, expected, "byte {at} of {}, which has {used}", name.display());
                silent.push(format!("{} {at} of {used}", name.display()));
            }
        }
    }
    println!("{told} flips were told, {} changed nothing: {silent:#?}", silent.len());
    assert!(told > 100 && !expected.starts_with(['!', '?']));
}

/// Copies a folder; what is not written in its files stays so.
fn copied(from: &Path, to: &Path) {
    let copied = Command::new("cp").args(["-r", "--sparse=always"]).arg(from).arg(to).status();
    assert!(copied.is_ok_and(|status| status.success()), "cp");
}
