//! The storage engine, behind one interface: tables of records, changed by batches that are stored whole or not at
//! all.
//!
//! The engine is fjall, a log-structured merge tree. `benches/engines` compares it with redb and LMDB. What
//! decided: a commit reaches its journal, and so survives the end of the process, without waiting for the disk, which
//! redb cannot do and LMDB only at the risk of the whole store when the system fails; every block carries a checksum,
//! which LMDB's do not; and it is Rust only. None of them takes a hundred random updates an article at the speed that was
//! asked for, and so the postings are gathered in memory and written as files of their own
//! ([`runs`](crate::crawler::runs)).

use std::fmt;
use std::ops::Deref;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use fjall::config::{BlockSizePolicy, CompressionPolicy, FilterPolicy};
use fjall::{
    CompressionType, Database, Keyspace, KeyspaceCreateOptions, OwnedWriteBatch, PersistMode, Readable, Slice,
};

use crate::crawler::bytes;
use crate::error::{Error, Result};

/// What is stored. The numbers are part of every record's checksum.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Table {
    /// How far the index is.
    State,
    /// The articles' words and what is told of them, by number.
    Articles,
    /// Where the words stand in the texts, and the texts, by number.
    Places,
    /// The numbers, by id.
    Ids,
    /// The numbers of the articles with the same words, by the hash of these.
    Texts,
    /// The spelling of each token.
    Words,
    /// How often each token was counted, in two tables, of which one is in use.
    Counts,
    OtherCounts,
    /// Which numbers are no longer in use.
    Gone,
    /// The numbers by the time at which the articles came.
    Times,
}

impl Table {
    pub(crate) const ALL: [Self; 10] = [
        Self::State,
        Self::Articles,
        Self::Places,
        Self::Ids,
        Self::Texts,
        Self::Words,
        Self::Counts,
        Self::OtherCounts,
        Self::Gone,
        Self::Times,
    ];

    fn name(self) -> &'static str {
        match self {
            Self::State => "state",
            Self::Articles => "articles",
            Self::Places => "places",
            Self::Ids => "ids",
            Self::Texts => "texts",
            Self::Words => "words",
            Self::Counts => "counts",
            Self::OtherCounts => "other-counts",
            Self::Gone => "gone",
            Self::Times => "times",
        }
    }

    /// Whether its keys come in their order, and only once each.
    fn is_log(self) -> bool {
        matches!(self, Self::Articles | Self::Places)
    }

    /// The table's number in the checksums of its records.
    fn salt(self) -> u8 {
        self as u8
    }
}

/// How long the engine may take to write down what is in memory.
const PATIENCE: Duration = Duration::from_secs(3);

/// A stored record, its checksum found right.
#[derive(Clone)]
pub(crate) struct Record {
    stored: Slice,
    length: usize,
}

impl Deref for Record {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.stored[..self.length]
    }
}

/// Changes that are made all together. There may be a hundred thousand, most of them short: the engine's slices hold up to
/// twenty bytes in themselves.
#[derive(Debug, Default)]
pub(crate) struct Batch(Vec<(Table, Slice, Option<Slice>)>);

impl Batch {
    pub(crate) fn put(&mut self, table: Table, key: &[u8], body: Vec<u8>) {
        let sealed = bytes::seal(table.salt(), key, body);
        self.0.push((table, key.into(), Some(sealed.into())));
    }

    pub(crate) fn remove(&mut self, table: Table, key: &[u8]) {
        self.0.push((table, key.into(), None));
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// Adds the changes of another batch.
    pub(crate) fn append(&mut self, mut other: Self) {
        self.0.append(&mut other.0);
    }
}

/// An open store.
pub(crate) struct Store {
    folder: PathBuf,
    database: Database,
    tables: [Keyspace; Table::ALL.len()],
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Store").field("folder", &self.folder).finish_non_exhaustive()
    }
}

/// The part of the memory that the engine takes for blocks that were read, and for what is not written yet of a table;
/// of one whose keys come in their order, more, as what is written of it is never put together to larger files. Twice as
/// much made nothing faster; with half as many blocks a check at a million articles takes twice as long.
const BLOCKS: u64 = 16;
const UNWRITTEN: u64 = 128;
const UNWRITTEN_LOG: u64 = 64;

/// The most bytes of journals: the least that the engine allows. They are read again at every opening.
const JOURNALS: u64 = 64 << 20;

/// The size of the blocks that hold records that come in their order.
const BLOCK: u32 = 8 << 10;

impl Store {
    /// Opens the store in a folder, or makes a new one there. It takes about a sixth of `memory` bytes.
    pub(crate) fn open(folder: &Path, memory: u64) -> Result<Self> {
        // What the engine finds in damaged files it does not always expect.
        let opened = catch_unwind(AssertUnwindSafe(|| Self::open_engine(folder, memory)));
        let gave_up = |_| {
            let what = "the storage engine gave up while opening it".to_owned();
            Error::Damaged { path: folder.to_owned(), what }
        };
        opened.map_err(gave_up)?.map_err(|error| failure(folder, &error))
    }

    fn open_engine(folder: &Path, memory: u64) -> Result<Self, fjall::Error> {
        let database = Database::builder(folder)
            .cache_size(memory / BLOCKS)
            .max_journaling_size(JOURNALS)
            // Hashes do not get smaller, and texts are compressed already.
            .journal_compression(CompressionType::None)
            // Of several, one is kept busy by passing on what the others are to do.
            .worker_threads(1)
            .open()?;
        let table = |table: Table| {
            let part = if table.is_log() { UNWRITTEN_LOG } else { UNWRITTEN };
            let buffer = (memory / part).clamp(1 << 20, 64 << 20);
            let options = || {
                let options = KeyspaceCreateOptions::default().max_memtable_size(buffer);
                if !table.is_log() {
                    return options;
                }
                let plain = CompressionPolicy::all(CompressionType::None);
                let options = options.data_block_size_policy(BlockSizePolicy::all(BLOCK));
                // Which of its files a number is in tells that it is there: a filter would be two and a half bytes a record
                // of memory, and of reading, for nothing.
                options.data_block_compression_policy(plain).filter_policy(FilterPolicy::disabled())
            };
            database.keyspace(table.name(), options)
        };
        let [a, b, c, d, e, f, g, h, i, j] = Table::ALL.map(table);
        let tables = [a?, b?, c?, d?, e?, f?, g?, h?, i?, j?];
        Ok(Self { folder: folder.to_owned(), database, tables })
    }

    fn table(&self, table: Table) -> &Keyspace {
        &self.tables[table as usize]
    }

    fn failed(&self, error: &fjall::Error) -> Error {
        failure(&self.folder, error)
    }

    fn checked(&self, table: Table, key: &[u8], stored: Slice) -> Result<Record> {
        match bytes::unseal(table.salt(), key, &stored) {
            Some(length) => Ok(Record { stored, length }),
            None => Err(self.damaged(table, key, "its checksum is wrong")),
        }
    }

    /// Tells that a record does not hold what it should.
    pub(crate) fn damaged(&self, table: Table, key: &[u8], why: &str) -> Error {
        let what = format!("the record {:?} of its table {}: {why}", key.escape_ascii().to_string(), table.name());
        Error::Damaged { path: self.folder.clone(), what }
    }

    /// The record of a key.
    pub(crate) fn get(&self, table: Table, key: &[u8]) -> Result<Option<Record>> {
        let stored = self.table(table).get(key).map_err(|error| self.failed(&error))?;
        stored.map(|stored| self.checked(table, key, stored)).transpose()
    }

    /// What the record of a key holds, by `decode`; `wrong` says what it is when it does not.
    pub(crate) fn read<T>(
        &self,
        table: Table,
        key: &[u8],
        wrong: &str,
        decode: impl FnOnce(&[u8]) -> Option<T>,
    ) -> Result<Option<T>> {
        let Some(record) = self.get(table, key)? else { return Ok(None) };
        decode(&record).map(Some).ok_or_else(|| self.damaged(table, key, wrong))
    }

    /// The records from a key on, in the order of their keys, as they stand now.
    pub(crate) fn scan<'s>(
        &'s self,
        table: Table,
        from: &[u8],
    ) -> impl Iterator<Item = Result<(Slice, Record)>> + use<'s> {
        let snapshot = self.database.snapshot();
        snapshot.range(self.table(table), from.to_vec()..).map(move |guard| {
            let (key, stored) = guard.into_inner().map_err(|error| self.failed(&error))?;
            let record = self.checked(table, &key, stored)?;
            Ok((key, record))
        })
    }

    /// Stores a batch: whole or not at all, and so that it survives the end of the process.
    pub(crate) fn commit(&self, batch: Batch) -> Result<()> {
        let changes = OwnedWriteBatch::with_capacity(self.database.clone(), batch.len());
        let mut changes = changes.durability(Some(PersistMode::Buffer));
        for (table, key, record) in batch.0 {
            match record {
                Some(record) => changes.insert(self.table(table), key, record),
                None => changes.remove(self.table(table), key),
            }
        }
        changes.commit().map_err(|error| self.failed(&error))
    }

    /// Waits until everything that was committed is on the disk.
    pub(crate) fn sync(&self) -> Result<()> {
        self.database.persist(PersistMode::SyncData).map_err(|error| self.failed(&error))
    }

    /// Empties a table.
    pub(crate) fn clear(&self, table: Table) -> Result<()> {
        if self.table(table).first_key_value().is_some() {
            self.table(table).clear().map_err(|error| self.failed(&error))?;
        }
        Ok(())
    }

    /// Puts what is in the journals only into its tables, so that the next opening need not. On a disk that fails the
    /// engine never comes to an end with it: so it is waited for, but not for ever.
    pub(crate) fn settle(&self) -> Result<()> {
        for table in &self.tables {
            table.rotate_memtable().map_err(|error| self.failed(&error))?;
        }
        let end = Instant::now() + PATIENCE;
        while self.tables.iter().any(|table| table.sealed_memtable_count() > 0) && Instant::now() < end {
            std::thread::sleep(Duration::from_millis(2));
        }
        Ok(())
    }

    /// Puts what was changed and removed into its final form, which frees room.
    pub(crate) fn compact(&self) -> Result<()> {
        self.settle()?;
        self.tables.iter().try_for_each(Keyspace::major_compact).map_err(|error| self.failed(&error))
    }

    /// The bytes that the store takes on disk.
    pub(crate) fn bytes(&self) -> Result<u64> {
        self.database.disk_space().map_err(|error| self.failed(&error))
    }
}

/// What the engine's errors mean to the user of an index.
fn failure(folder: &Path, error: &fjall::Error) -> Error {
    let path = folder.to_owned();
    let damaged = |what: String| Error::Damaged { path: folder.to_owned(), what };
    match error {
        fjall::Error::Io(error) => Error::Index { path, problem: error.to_string() },
        fjall::Error::Storage(lsm_tree_error) => match std::error::Error::source(lsm_tree_error) {
            Some(source) if source.is::<std::io::Error>() => Error::Index { path, problem: source.to_string() },
            _ => damaged(format!("the storage engine found {lsm_tree_error}")),
        },
        fjall::Error::Poisoned => {
            Error::Index { path, problem: "an earlier write failed, and nothing is written since".to_owned() }
        }
        fjall::Error::Locked => Error::IndexInUse { path, process: None },
        other => damaged(format!("the storage engine found {other}")),
    }
}
