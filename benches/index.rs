//! The speed and the size of the durable index as it grows.
//!
//! ```text
//! cargo bench --bench index -- [ARTICLES…] [--folder FOLDER] [--threads THREADS] [--memory MIB]
//!     [--checks NUMBER] [--articles FILE.jsonl] [--write FILE]
//! ```
//! Made-up articles, one in five of them with copies, or with `--articles` the texts of a file's records, are checked and
//! inserted by as many threads as there are cores, with the defaults (both views, batched durability, 256 MiB). At each
//! number of articles (10,000 and 100,000 unless they are given) it is told how long a check takes, one at a time, and how
//! often it reads from a file: of the articles that come next, of such as are new (the last records of a file, which are never
//! inserted), and of such as have copies in the index; how many articles a second were checked and inserted since the last number; the bytes on
//! disk an article; the memory of the process, then and at most; and how long it takes to close the index and to open it
//! again.
//!
//! With `--folder` the index stays there, and another run goes on with it. Of each kind a thousand checks are timed, or
//! `--checks`: more of them for a profile.
//!
//! With `--write` the articles are written to a file, one a line, and nothing else is done: for `peers/index.py`, which
//! does the same work with another library.

#[path = "../tests/support/corpus.rs"]
mod corpus;

use std::fmt;
use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use corpus::{Edit, Random, article, spin};
use unspin::{Config, Index, Meta};

/// The program's own allocator.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Articles that are made before they are inserted: the making is not timed.
const PORTION: usize = 2_000;

/// Checks that are timed, unless their number is given.
const CHECKS: usize = 1_000;

struct Arguments {
    steps: Vec<usize>,
    articles: Option<PathBuf>,
    folder: Option<PathBuf>,
    threads: usize,
    memory: u64,
    checks: usize,
    write: Option<PathBuf>,
}

fn arguments() -> Arguments {
    let threads = std::thread::available_parallelism().map_or(2, usize::from);
    let mut parsed = Arguments {
        steps: Vec::new(),
        articles: None,
        folder: None,
        threads,
        memory: 256,
        checks: CHECKS,
        write: None,
    };
    let mut given = std::env::args().skip(1).filter(|argument| argument != "--bench");
    while let Some(argument) = given.next() {
        let mut value = || given.next().expect("a value behind the option");
        match argument.as_str() {
            "--folder" => parsed.folder = Some(value().into()),
            "--articles" => parsed.articles = Some(value().into()),
            "--write" => parsed.write = Some(value().into()),
            "--memory" => parsed.memory = value().parse().expect("a number of MiB"),
            "--checks" => parsed.checks = value().parse().expect("a number of checks"),
            "--threads" => parsed.threads = value().parse().expect("a number of threads"),
            number => parsed.steps.push(number.parse().expect("a number of articles")),
        }
    }
    if parsed.steps.is_empty() {
        parsed.steps = vec![10_000, 100_000];
    }
    parsed
}

/// The article of a number: the same whenever it is made.
fn original(number: usize) -> String {
    let mut random = Random::new(number as u64);
    let words = 420.0 * (0.5 * (random.unit() + random.unit() + random.unit() - 1.5) * 2.0).exp();
    article(&mut random, words as usize)
}

/// A text for the index: an article, or a copy of an earlier one.
fn text(number: usize) -> String {
    let mut random = Random::new(!number as u64);
    if number == 0 || !random.chance(0.2) {
        return original(number);
    }
    copy(&original(random.below(number)), &mut random)
}

fn copy(text: &str, random: &mut Random) -> String {
    match random.below(5) {
        0 => text.to_owned(),
        1 => Edit::Insert.apply(text, random),
        2 => Edit::Cut.apply(text, random),
        3 => Edit::Replace(5).apply(text, random),
        _ => spin(text, 0.2, random.next()),
    }
}

/// Where the articles come from.
enum Source {
    Made,
    /// The records of a file, with the place of each, and how many of the last ones are only asked about.
    Filed(PathBuf, Vec<u64>, usize),
}

impl Source {
    fn open(path: Option<PathBuf>, checks: usize) -> Self {
        let Some(path) = path else { return Self::Made };
        let mut lines = BufReader::new(File::open(&path).expect("a file"));
        let (mut starts, mut start, mut line) = (Vec::new(), 0, Vec::new());
        while lines.read_until(b'\n', &mut line).expect("readable") > 0 {
            starts.push(start);
            start += line.len() as u64;
            line.clear();
        }
        assert!(starts.len() > checks, "a file of more than {checks} records");
        Self::Filed(path, starts, checks)
    }

    /// How many articles there are to be inserted.
    fn count(&self) -> usize {
        match self {
            Self::Made => usize::MAX / 2,
            Self::Filed(_, starts, checks) => starts.len() - checks,
        }
    }

    /// The text of a number: those that are never inserted come behind the others.
    fn text(&self, number: usize) -> String {
        match self {
            Self::Made if number < self.count() => text(number),
            Self::Made => original(number),
            Self::Filed(path, starts, _) => {
                let mut file = BufReader::new(File::open(path).expect("a file"));
                file.seek(SeekFrom::Start(starts[number])).expect("readable");
                let mut line = String::new();
                file.read_line(&mut line).expect("readable");
                let record: serde_json::Value = serde_json::from_str(&line).expect("a record");
                record["text"].as_str().expect("a text").to_owned()
            }
        }
    }
}

/// Runs `work` for every number below `count` on several threads.
fn share(threads: usize, count: usize, work: impl Fn(usize) + Sync) {
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= count {
                        return;
                    }
                    work(number);
                }
            });
        }
    });
}

/// What checks take, in milliseconds; and the share that was found.
struct Checked {
    p50: f64,
    p99: f64,
    found: f64,
    /// How often each read from a file.
    reads: u64,
}

impl fmt::Display for Checked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { p50, p99, found, reads } = self;
        write!(f, "p50 {p50:.3} ms p99 {p99:.3} ms, {reads} reads, {:.1} % found", found * 100.0)
    }
}

fn checks(index: &Index, texts: impl Iterator<Item = String>) -> Checked {
    let (mut times, mut found, mut reads) = (Vec::new(), 0, 0);
    // Asking for their number takes some too.
    let first = read_calls();
    let asking = read_calls() - first;
    for text in texts {
        let article = index.prepare(&text);
        let before = read_calls();
        let start = Instant::now();
        let seen = index.check(&article).expect("an answer");
        times.push(start.elapsed().as_secs_f64() * 1e3);
        reads += read_calls() - before;
        found += usize::from(seen.matches().next().is_some());
    }
    times.sort_by(f64::total_cmp);
    let (half, most) = (times.len() / 2, times.len() * 99 / 100);
    Checked {
        p50: times[half],
        p99: times[most],
        found: found as f64 / times.len() as f64,
        reads: reads / times.len() as u64 - asking,
    }
}

/// What a file of the system says of this process.
fn told(file: &str, field: &str) -> u64 {
    let all = std::fs::read_to_string(format!("/proc/self/{file}")).unwrap_or_default();
    let line = all.lines().find_map(|line| line.strip_prefix(field));
    line.and_then(|line| line.trim().trim_end_matches(" kB").trim().parse().ok()).unwrap_or(0)
}

/// The memory of this process, in MiB: now, and the most that it ever was.
fn resident() -> (u64, u64) {
    (told("status", "VmRSS:") / 1024, told("status", "VmHWM:") / 1024)
}

/// How often this process has read from files.
fn read_calls() -> u64 {
    told("io", "syscr:")
}

/// The time that this process has kept processors busy, in seconds.
fn busy() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields = stat.rsplit(')').next().unwrap_or_default().split_whitespace();
    fields.skip(11).take(2).filter_map(|ticks| ticks.parse::<f64>().ok()).sum::<f64>() / 100.0
}

/// Writes so many articles to a file, one a line.
fn write(path: &Path, count: usize) {
    let mut out = BufWriter::new(File::create(path).expect("a file"));
    for number in 0..count {
        writeln!(out, "{}", text(number).split_whitespace().collect::<Vec<_>>().join(" ")).expect("room");
    }
    out.flush().expect("room");
}

fn main() {
    let Arguments { steps, articles, folder, threads, memory: bound, checks: count, write: file } = arguments();
    if let Some(file) = file {
        return write(&file, steps.last().copied().unwrap_or(0));
    }
    let source = Source::open(articles, count);
    let temporary = tempfile::tempdir().expect("a folder");
    let path = folder.unwrap_or_else(|| temporary.path().to_owned()).join("index");
    let options = || Index::options().config(Config::default()).memory(bound << 20);
    let mut index = options().open_or_create(&path).expect("an index");
    let mut inserted = index.stats().expect("figures").articles as usize;
    for step in steps {
        let step = step.min(source.count());
        let (mut seconds, mut work, before) = (0.0, 0.0, inserted);
        while inserted < step {
            let portion = PORTION.min(step - inserted);
            let texts: Vec<std::sync::OnceLock<String>> = (0..portion).map(|_| std::sync::OnceLock::new()).collect();
            share(threads, portion, |n| _ = texts[n].set(source.text(inserted + n)));
            let (start, worked) = (Instant::now(), busy());
            share(threads, portion, |n| {
                let article = index.prepare(texts[n].get().expect("a text"));
                index
                    .check_and_insert(format!("http://example/{}", inserted + n), &article, Meta::default())
                    .expect("room");
            });
            seconds += start.elapsed().as_secs_f64();
            work += busy() - worked;
            inserted += portion;
        }
        let next = checks(&index, (0..count).map(|n| source.text(inserted + n)));
        let new = checks(&index, (0..count).map(|n| source.text(source.count() + n)));
        let mut random = Random::new(5);
        let copies = checks(&index, (0..count).map(|_| copy(&source.text(random.below(inserted)), &mut random)));
        let (memory, most) = resident();
        let stats = index.stats().expect("figures");
        let start = Instant::now();
        drop(index);
        let closed = start.elapsed().as_secs_f64();
        let start = Instant::now();
        index = options().open(&path).expect("the index");
        let opened = start.elapsed().as_secs_f64();
        println!(
            "{inserted:>8} articles: {:.0} articles/s checked and inserted ({:.2} ms of a core each); check: {next} (as they \
             come); {new} (new); {copies} (copies); {} bytes an article, {} runs, {memory} MiB, at most {most}, closed in \
             {closed:.2} s, opened in {opened:.2} s",
            (inserted - before) as f64 / seconds.max(f64::MIN_POSITIVE),
            work * 1e3 / (inserted - before).max(1) as f64,
            stats.bytes / inserted as u64,
            stats.runs,
        );
    }
}
