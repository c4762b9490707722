//! When an acknowledgement is given, and what is certain once it is.

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::crawler::bytes;
use crate::crawler::files;
use crate::crawler::store::Store;
use crate::error::{Error, Result};

/// What an acknowledgement says, that is: what can be lost of what was acknowledged.
///
/// | | the process ends, however it does | the system fails, or the power |
/// |---|---|---|
/// | `Each` | nothing | nothing |
/// | `Batched` | nothing | the last tenth of a second |
/// | `Relaxed` | nothing | what the system had not written yet: mostly the last half minute |
///
/// Whatever is lost, an article is there whole or not at all, and later ones are not there without earlier ones.
///
/// ```
/// use unspin::{Durability, Index};
/// # let folder = tempfile::tempdir().expect("a folder");
/// let index = Index::options().durability(Durability::Each).open_or_create(folder.path().join("seen"))?;
/// # Ok::<(), unspin::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Durability {
    /// Each change waits until it is on the disk. Those of several threads wait together.
    Each,
    /// A change is handed to the system at once, and the disk is waited for ten times a second.
    #[default]
    Batched,
    /// A change is handed to the system at once, and goes to the disk when the system sees fit, or at
    /// [`flush`](crate::Index::flush).
    Relaxed,
}

/// How often a thread waits for the disk.
const INTERVAL: Duration = Duration::from_millis(100);

/// The file that tells how much of the index has been on the disk.
const FILE: &str = "mark";

/// Sees to it that changes reach the disk, and remembers which have: what was there once may not be missing later.
#[derive(Debug)]
pub(crate) struct Syncer {
    store: Arc<Store>,
    /// How many changes were committed.
    committed: AtomicU64,
    mark: Mutex<Mark>,
    /// What went wrong while nobody waited.
    failed: Mutex<Option<String>>,
}

/// A file with the number of changes that are on the disk.
#[derive(Debug)]
struct Mark {
    path: PathBuf,
    file: File,
    synced: u64,
}

impl Mark {
    fn open(folder: &Path) -> Result<Self> {
        let path = folder.join(FILE);
        let failed = files::failed(&path);
        let mut options = OpenOptions::new();
        options.read(true).write(true);
        let mut file = match options.open(&path) {
            Err(error) if error.kind() == ErrorKind::NotFound => {
                let file = options.create_new(true).open(&path).map_err(&failed)?;
                let mut mark = Self { path: path.clone(), file, synced: 0 };
                mark.write(0)?;
                mark.file.sync_all().map_err(&failed)?;
                return Ok(mark);
            }
            opened => opened.map_err(&failed)?,
        };
        let mut stored = Vec::new();
        file.read_to_end(&mut stored).map_err(&failed)?;
        let synced = bytes::unseal(0, FILE.as_bytes(), &stored).and_then(|_| stored.first_chunk());
        let synced = synced.ok_or_else(|| {
            let what = "it does not hold what was written".to_owned();
            Error::Damaged { path: path.clone(), what }
        })?;
        Ok(Self { path: path.clone(), file, synced: u64::from_le_bytes(*synced) })
    }

    /// Writes the number: sixteen bytes at one place, which no interruption tears.
    fn write(&mut self, synced: u64) -> Result<()> {
        let sealed = bytes::seal(0, FILE.as_bytes(), synced.to_le_bytes().to_vec());
        let written = self.file.seek(SeekFrom::Start(0)).and_then(|_| self.file.write_all(&sealed));
        written.map_err(files::failed(&self.path))?;
        self.synced = synced;
        Ok(())
    }
}

impl Syncer {
    /// For a store that holds so many changes.
    pub(crate) fn open(folder: &Path, store: Arc<Store>, committed: u64) -> Result<Self> {
        let mark = Mark::open(folder)?;
        if committed < mark.synced {
            let what = format!("{} changes that were on the disk are missing", mark.synced - committed);
            return Err(Error::Damaged { path: folder.to_owned(), what });
        }
        let committed = AtomicU64::new(committed);
        Ok(Self { store, committed, mark: Mutex::new(mark), failed: Mutex::new(None) })
    }

    pub(crate) fn committed(&self) -> u64 {
        self.committed.load(Ordering::Acquire)
    }

    /// One more change is in the store.
    pub(crate) fn advance(&self) -> u64 {
        self.committed.fetch_add(1, Ordering::AcqRel) + 1
    }

    /// Waits until so many changes are on the disk: for all that wait at once it is done once.
    pub(crate) fn sync(&self, wanted: u64) -> Result<()> {
        let mut mark = self.mark.lock().unwrap_or_else(PoisonError::into_inner);
        if mark.synced >= wanted {
            return Ok(());
        }
        let committed = self.committed();
        self.store.sync()?;
        mark.write(committed)
    }

    /// Does so from time to time until `ends` says so.
    pub(crate) fn sync_from_time_to_time(&self, ends: &std::sync::mpsc::Receiver<()>) {
        while ends.recv_timeout(INTERVAL) == Err(std::sync::mpsc::RecvTimeoutError::Timeout) {
            if let Err(error) = self.sync(self.committed()) {
                *self.failed.lock().unwrap_or_else(PoisonError::into_inner) = Some(error.to_string());
                return;
            }
        }
    }

    /// What went wrong while nobody waited.
    pub(crate) fn failure(&self) -> Option<String> {
        self.failed.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
