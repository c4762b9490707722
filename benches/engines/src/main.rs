//! Compares embedded engines on the work of a crawler's index: `cargo run --release -- ARTICLES
//! [ENGINE]`.
//!
//! Of every article 110 random keys are looked up and written back with the article's number added to their lists
//! (nine in ten are new, the rest are shared with earlier articles, a few with many), and one record of 2.5 kB is
//! stored. A hundred articles are committed at once, without waiting for the disk. Then 2,000 articles are looked up
//! again, and the store is closed and opened. Each engine may use 256 MiB of memory, where it can be told so.

mod fjall_store;
mod heed_store;
mod redb_store;
mod rocksdb_store;

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

const KEYS: usize = 110;
const BATCH: usize = 100;
const RECORD: usize = 2500;
const CACHE: usize = 256 << 20;

const ENGINES: [&str; 4] =
    [fjall_store::Fjall::NAME, redb_store::Redb::NAME, heed_store::Heed::NAME, rocksdb_store::RocksDb::NAME];

/// What the index asks of an engine.
trait Engine: Sized {
    const NAME: &'static str;

    fn open(folder: &Path) -> Self;

    /// The values of the keys, in their order.
    fn get(&self, keys: &[[u8; 8]]) -> Vec<Option<Vec<u8>>>;

    /// Stores lists and records, all or none.
    fn put(&self, lists: &[([u8; 8], Vec<u8>)], records: &[(u32, Vec<u8>)]);
}

fn mix(x: u64) -> u64 {
    let x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

/// The keys of an article.
fn keys(article: u32) -> Vec<[u8; 8]> {
    (0..KEYS as u64)
        .map(|n| {
            let random = mix(u64::from(article) << 8 | n | 1 << 60);
            // Shared keys: the square root makes a few of them very common.
            let shared = n % 10 == 0;
            let pool = (f64::from(article) * 4.0 + 1000.0) * ((random >> 11) as f64 / (1_u64 << 53) as f64).powi(3);
            if shared { mix(pool as u64 + 1) } else { random }.to_be_bytes()
        })
        .collect()
}

/// A record that compresses as token hashes do: hardly.
fn record(article: u32) -> Vec<u8> {
    (0..RECORD / 8).flat_map(|n| mix(u64::from(article) << 20 | (n % 200) as u64).to_le_bytes()).collect()
}

fn run<E: Engine>(articles: u32) {
    let folder = tempfile::tempdir_in(".").expect("a folder");
    let engine = E::open(folder.path());
    let start = Instant::now();
    for first in (0..articles).step_by(BATCH) {
        let mut lists: std::collections::BTreeMap<[u8; 8], Vec<u8>> = std::collections::BTreeMap::new();
        let mut records = Vec::new();
        for article in first..(first + BATCH as u32).min(articles) {
            let keys = keys(article);
            for (key, stored) in keys.iter().zip(engine.get(&keys)) {
                let list = lists.entry(*key).or_insert_with(|| stored.unwrap_or_default());
                if list.len() < 24 * 4 {
                    list.extend(article.to_be_bytes());
                }
            }
            records.push((article, record(article)));
        }
        let lists: Vec<_> = lists.into_iter().collect();
        engine.put(&lists, &records);
    }
    let (written, worked) = (start.elapsed().as_secs_f64(), processor());
    let mut times: Vec<f64> = (0..2000)
        .map(|n| {
            let keys = keys(mix(n) as u32 % articles);
            let start = Instant::now();
            let found = engine.get(&keys);
            let time = start.elapsed().as_secs_f64();
            assert!(found.iter().all(Option::is_some));
            time
        })
        .collect();
    times.sort_by(f64::total_cmp);
    let mut fresh: Vec<f64> = (0..2000)
        .map(|n| {
            let keys = keys(u32::MAX - n);
            let start = Instant::now();
            engine.get(&keys);
            start.elapsed().as_secs_f64()
        })
        .collect();
    fresh.sort_by(f64::total_cmp);
    let resident = resident();
    drop(engine);
    let (start, before) = (Instant::now(), processor());
    let engine = E::open(folder.path());
    assert!(engine.get(&keys(0))[0].is_some());
    let (opened, opening) = (start.elapsed().as_secs_f64(), processor() - before);
    drop(engine);
    println!(
        "{:8} {articles:>8} articles: {:>7.0} articles/s at {:>5.0} µs of processor, stored keys p50 {:>6.0} µs p99 {:>6.0} µs, new keys p50 {:>6.0} µs p99 {:>6.0} µs, {:>6} bytes/article, {resident} MiB resident, open {opened:.2} s at {opening:.2} s of processor",
        E::NAME,
        f64::from(articles) / written,
        worked / f64::from(articles) * 1e6,
        times[1000] * 1e6,
        times[1980] * 1e6,
        fresh[1000] * 1e6,
        fresh[1980] * 1e6,
        size(folder.path()) / u64::from(articles),
    );
}

/// The memory of this process, in MiB.
fn resident() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("RssAnon:"));
    line.and_then(|line| line.trim().trim_end_matches(" kB").trim().parse::<u64>().ok()).unwrap_or(0) / 1024
}

/// The seconds that all threads of this process have worked, which other processes on the same cores hardly change.
fn processor() -> f64 {
    let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields = stat.rsplit(") ").next().unwrap_or_default().split(' ');
    // The times in user and in kernel mode, in hundredths.
    fields.skip(11).take(2).filter_map(|field| field.parse::<f64>().ok()).sum::<f64>() / 100.0
}

/// The bytes that the files of a folder take on disk.
fn size(folder: &Path) -> u64 {
    use std::os::unix::fs::MetadataExt;
    let Ok(entries) = fs::read_dir(folder) else { return 0 };
    entries
        .flatten()
        .map(|entry| {
            let path = entry.path();
            if path.is_dir() { size(&path) } else { entry.metadata().map_or(0, |data| data.blocks() * 512) }
        })
        .sum()
}

fn main() {
    let mut arguments = std::env::args().skip(1);
    let articles = arguments.next().and_then(|number| number.parse().ok()).expect("give a number of articles");
    match arguments.next().as_deref() {
        Some(fjall_store::Fjall::NAME) => run::<fjall_store::Fjall>(articles),
        Some(redb_store::Redb::NAME) => run::<redb_store::Redb>(articles),
        Some(heed_store::Heed::NAME) => run::<heed_store::Heed>(articles),
        Some(rocksdb_store::RocksDb::NAME) => run::<rocksdb_store::RocksDb>(articles),
        Some(other) => panic!("{other} is none of {ENGINES:?}"),
        None => ENGINES.iter().for_each(|engine| apart(articles, engine)),
    }
}

/// Runs an engine in a process of its own: its memory and its processor time are its alone.
fn apart(articles: u32, engine: &str) {
    let program = std::env::current_exe().expect("this program");
    let status = Command::new(program).args([&articles.to_string(), engine]).status().expect("a process");
    assert!(status.success(), "{engine}");
}
