//! How an index is opened, or made.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use crate::config::Config;
use crate::crawler::change::At;
use crate::crawler::durability::{Durability, Syncer};
use crate::crawler::files::failed;
use crate::crawler::format::{FILE, Format};
use crate::crawler::index::Index;
use crate::crawler::inner::Inner;
use crate::crawler::keys::Keys;
use crate::crawler::knowledge::Knowledge;
use crate::crawler::lock::Lock;
use crate::crawler::parts::Parts;
use crate::crawler::seal::Seal;
use crate::crawler::store::Store;
use crate::detector::setup::Setup;
use crate::disk::Limits;
use crate::error::{Error, Result};
use crate::lexicon::learned::Lexicon;

/// The memory that an index takes unless it is told otherwise, in bytes.
const MEMORY: u64 = 256 << 20;

/// The folder of the store, inside the index's.
pub(crate) const STORE: &str = "store";

/// The folder of the runs.
pub(crate) const RUNS: &str = "runs";

impl Index {
    /// How an index is opened, with the defaults.
    pub fn options() -> Options {
        Options::default()
    }

    /// Opens the index in a folder, or makes a new one with these settings.
    ///
    /// # Errors
    /// As [`Options::open_or_create`].
    pub fn open_or_create(path: impl AsRef<Path>, config: &Config) -> Result<Self> {
        Self::options().config(config.clone()).open_or_create(path)
    }

    /// Opens the index in a folder, with the settings that it was made with.
    ///
    /// # Errors
    /// As [`Options::open`].
    pub fn open(path: impl AsRef<Path>) -> Result<Self> {
        Self::options().open(path)
    }

    /// Opens the index in a folder to be asked only.
    ///
    /// # Errors
    /// As [`Options::open_read_only`].
    pub fn open_read_only(path: impl AsRef<Path>) -> Result<Self> {
        Self::options().open_read_only(path)
    }
}

/// How an index is opened.
///
/// ```
/// use unspin::{Config, Durability, Index};
/// # let folder = tempfile::tempdir().expect("a folder");
/// let index = Index::options()
///     .config(Config { threshold: 0.8, ..Config::default() })
///     .durability(Durability::Relaxed)
///     .memory(64 << 20)
///     .keep_texts(true)
///     .open_or_create(folder.path().join("seen"))?;
/// # Ok::<(), unspin::Error>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct Options {
    config: Option<Config>,
    lexicon: Lexicon,
    durability: Durability,
    memory: Option<u64>,
    keep_texts: bool,
}

impl Options {
    /// The settings: for an index that exists they must be those that it was made with. Default: its own, or, for a new
    /// one, the defaults.
    #[must_use]
    pub fn config(mut self, config: Config) -> Self {
        self.config = Some(config);
        self
    }

    /// One's own pairs of words or phrases, asked beside the thesaurus. They are not stored. Default: none.
    #[must_use]
    pub fn lexicon(mut self, lexicon: Lexicon) -> Self {
        self.lexicon = lexicon;
        self
    }

    /// What an acknowledgement says. Default: batched.
    #[must_use]
    pub fn durability(mut self, durability: Durability) -> Self {
        self.durability = durability;
        self
    }

    /// About how many bytes of memory the index may take, from 1 MiB. Default 256 MiB.
    #[must_use]
    pub fn memory(mut self, bytes: u64) -> Self {
        self.memory = Some(bytes);
        self
    }

    /// Whether a new index keeps the texts, compressed. Default: only their words, as hashes.
    #[must_use]
    pub fn keep_texts(mut self, keep: bool) -> Self {
        self.keep_texts = keep;
        self
    }

    /// Opens the index in a folder, or makes a new one.
    ///
    /// # Errors
    /// [`Error::IndexInUse`] while another process has it open, [`Error::OtherSettings`] where it was made with others,
    /// [`Error::OtherFormat`], [`Error::Damaged`], [`Error::NoIndex`] where the folder holds something else, and
    /// [`Error::Index`] where it cannot be read or written.
    pub fn open_or_create(self, path: impl AsRef<Path>) -> Result<Index> {
        let path = path.as_ref();
        fs::create_dir_all(path).map_err(failed(path))?;
        if Format::read(path)?.is_some() {
            return self.open(path);
        }
        vacant(path)?;
        let lock = Lock::take(path)?;
        // Another process may have been faster.
        let format = match Format::read(path)? {
            Some(format) => format,
            None => self.create(path)?,
        };
        self.opened(path, lock, format, false)
    }

    /// Opens the index in a folder.
    ///
    /// # Errors
    /// As [`open_or_create`](Self::open_or_create); [`Error::NoIndex`] where there is none.
    pub fn open(self, path: impl AsRef<Path>) -> Result<Index> {
        self.open_existing(path.as_ref(), false)
    }

    /// Opens the index in a folder to be asked only. Not while another process has it open, for reading or writing: the
    /// storage engine has no readers beside a writer.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub fn open_read_only(self, path: impl AsRef<Path>) -> Result<Index> {
        self.open_existing(path.as_ref(), true)
    }

    fn open_existing(self, path: &Path, read_only: bool) -> Result<Index> {
        let found = if path.is_dir() { "there is no index in it" } else { "there is no such folder" };
        let missing = || Error::NoIndex { path: path.to_owned(), found };
        Format::read(path)?.ok_or_else(missing)?;
        let lock = Lock::take(path)?;
        let format = Format::read(path)?.ok_or_else(missing)?;
        self.opened(path, lock, format, read_only)
    }

    /// Makes an index in a folder that holds nothing, or what an interruption left of this. The file that makes it one
    /// comes last.
    fn create(&self, path: &Path) -> Result<Format> {
        let config = self.config.clone().unwrap_or_default();
        let format = Format::new(config, self.keep_texts);
        Setup::new(format.config.clone(), Lexicon::default(), Limits::default())?;
        let [store, runs] = [STORE, RUNS].map(|name| path.join(name));
        for begun in [&store, &runs].into_iter().filter(|folder| folder.exists()) {
            fs::remove_dir_all(begun).map_err(failed(begun))?;
        }
        fs::create_dir(&runs).map_err(failed(&runs))?;
        let made = Arc::new(Store::open(&store, self.memory_or_default())?);
        Syncer::open(path, made, 0)?;
        format.write(path)?;
        Ok(format)
    }

    fn memory_or_default(&self) -> u64 {
        self.memory.unwrap_or(MEMORY).max(1 << 20)
    }

    fn opened(self, path: &Path, lock: Lock, mut format: Format, read_only: bool) -> Result<Index> {
        if let Some(config) = &self.config {
            format.accept(path, config)?;
        }
        let memory = self.memory_or_default();
        let setup = Setup::new(self.config.unwrap_or_else(|| format.config.clone()), self.lexicon, Limits::default())?;
        for folder in [STORE, RUNS].map(|name| path.join(name)) {
            if !folder.is_dir() {
                return Err(Error::Damaged { path: folder, what: "the folder is missing".to_owned() });
            }
        }
        let seal = Seal::break_open(path, [STORE, RUNS], lock)?;
        if !read_only {
            format.renew(path)?;
        }
        let store = Arc::new(Store::open(&path.join(STORE), memory)?);
        let at = At::read(&store)?;
        let syncer = Arc::new(Syncer::open(path, Arc::clone(&store), at.commits)?);
        let keys = Keys::open(Arc::clone(&store), path.join(RUNS), memory)?;
        let knowledge = Knowledge::read(&store)?;
        let parts = Arc::new(Parts::new(path.to_owned(), setup, format, store, keys, knowledge));
        Inner::start(parts, syncer, at, seal, self.durability, read_only).map(|inner| Index(Arc::new(inner)))
    }
}

/// Refuses a folder with anything in it but the beginnings of an index.
fn vacant(path: &Path) -> Result<()> {
    for entry in fs::read_dir(path).map_err(failed(path))? {
        let name = entry.map_err(failed(path))?.file_name();
        let begun = [STORE, RUNS, "lock", "mark"].iter().any(|known| name == *known) || name == *format!("{FILE}.new");
        if !begun {
            return Err(Error::NoIndex { path: path.to_owned(), found: "the folder holds something else" });
        }
    }
    Ok(())
}
