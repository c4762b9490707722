//! The index: opening it, asking it, changing it.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{SystemTime, UNIX_EPOCH};

use rayon::prelude::*;

use crate::article::{ArticleId, Meta};
use crate::config::Config;
use crate::crawler::answer::{Match, Seen, Stats, Stored};
use crate::crawler::change::{Arrival, At, Change, time_key};
use crate::crawler::durability::{Durability, Syncer};
use crate::crawler::files::failed;
use crate::crawler::format::{FILE, Format};
use crate::crawler::keys::Keys;
use crate::crawler::knowledge::Knowledge;
use crate::crawler::lists::Posting;
use crate::crawler::lock::Lock;
use crate::crawler::parts::{Keyed, Parts};
use crate::crawler::prepared::Prepared;
use crate::crawler::record::Held;
use crate::crawler::seal::Seal;
use crate::crawler::search::{self, Question};
use crate::crawler::store::{Store, Table};
use crate::detector::Detector;
use crate::detector::setup::Setup;
use crate::disk::Limits;
use crate::error::{Error, Result};
use crate::lexicon::learned::Lexicon;
use crate::verify::relation::{Relation, Verdict};

/// The most bytes that an id may have.
pub const LONGEST_ID: usize = 4096;

/// The memory that an index takes unless it is told otherwise, in bytes.
const MEMORY: u64 = 256 << 20;

/// The folder of the store, inside the index's.
pub(crate) const STORE: &str = "store";

/// The folder of the runs.
pub(crate) const RUNS: &str = "runs";

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
        let (end, tidy) = if read_only {
            (None, None)
        } else {
            (background_sync(self.durability, &syncer), Some(background_tidy(&parts)))
        };
        let inner = Inner {
            durability: self.durability,
            read_only,
            visible: AtomicU32::new(at.next),
            removals: AtomicU64::new(0),
            writer: Mutex::new(at),
            learning: Mutex::new(()),
            end: Mutex::new(end.into_iter().chain(tidy).collect()),
            syncer,
            parts,
            _seal: seal,
        };
        inner.post_latest(at.next)?;
        // Merges that were cut short when the index was closed last.
        inner.tidy();
        Ok(Index(Arc::new(inner)))
    }
}

/// Refuses a folder with anything in it but the beginnings of an index.
pub(crate) fn vacant(path: &Path) -> Result<()> {
    for entry in fs::read_dir(path).map_err(failed(path))? {
        let name = entry.map_err(failed(path))?.file_name();
        let begun = [STORE, RUNS, "lock", "mark"].iter().any(|known| name == *known) || name == *format!("{FILE}.new");
        if !begun {
            return Err(Error::NoIndex { path: path.to_owned(), found: "the folder holds something else" });
        }
    }
    Ok(())
}

/// A thread that works for an index, and ends when it is no longer told anything.
#[derive(Debug)]
struct Background {
    tell: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Background {
    fn new(work: impl FnOnce(Receiver<()>) + Send + 'static) -> Self {
        let (tell, told) = channel();
        Self { tell: Some(tell), thread: Some(std::thread::spawn(move || work(told))) }
    }
}

impl Drop for Background {
    fn drop(&mut self) {
        self.tell = None;
        if let Some(thread) = self.thread.take() {
            // It has nothing to tell that is not told elsewhere.
            let _ = thread.join();
        }
    }
}

fn background_sync(durability: Durability, syncer: &Arc<Syncer>) -> Option<Background> {
    let syncer = Arc::clone(syncer);
    (durability == Durability::Batched).then(|| Background::new(move |told| syncer.sync_from_time_to_time(&told)))
}

fn background_tidy(parts: &Arc<Parts>) -> Background {
    let parts = Arc::clone(parts);
    Background::new(move |told| {
        while told.recv().is_ok() && !parts.keys.is_closing() {
            parts.keys.tidy();
        }
    })
}

/// A durable index of articles that grows: what a crawler asks whether it has seen a page.
///
/// A handle: its clones are the same index, for any number of threads. It is closed when the last one is dropped.
///
/// ```
/// use unspin::{Config, Index, Meta, Relation, Seen};
/// # let folder = tempfile::tempdir().expect("a folder");
/// # let path = folder.path().join("seen");
/// let index = Index::open_or_create(&path, &Config::default())?;
/// let page = "The harbour bridge will close for eleven nights from Monday while engineers replace its worn bearings, \
///             the port authority said, and ferries will run until two in the morning at half the usual fare.";
/// let article = index.prepare(page); // the costly part, without any lock
/// assert_eq!(index.check_and_insert("http://a.example/1", &article, Meta::default())?, Seen::New);
///
/// let article = index.prepare(&page.replace("worn ", ""));
/// match index.check_and_insert("http://b.example/7", &article, Meta::default())? {
///     Seen::New => unreachable!(),
///     Seen::Copy { best, .. } => {
///         assert_eq!((best.id.as_str(), best.relation), ("http://a.example/1", Relation::Near));
///         let (theirs, _mine) = best.places.passages[0];
///         assert!(page[theirs.range()].starts_with("The harbour bridge"));
///     }
/// }
/// # Ok::<(), unspin::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Index(pub(crate) Arc<Inner>);

#[derive(Debug)]
pub(crate) struct Inner {
    durability: Durability,
    read_only: bool,
    /// Articles with numbers below this one are found by every search that begins now.
    visible: AtomicU32,
    /// How often articles were taken out or numbered anew.
    removals: AtomicU64,
    /// Held while the index is changed.
    writer: Mutex<At>,
    /// Held while words are counted.
    learning: Mutex<()>,
    end: Mutex<Vec<Background>>,
    pub(crate) syncer: Arc<Syncer>,
    pub(crate) parts: Arc<Parts>,
    /// Let go of last, as it looks at the files of all else.
    _seal: Seal,
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.parts.keys.close();
        self.end.get_mut().unwrap_or_else(PoisonError::into_inner).clear();
        if !self.read_only {
            let upto = self.writer.get_mut().unwrap_or_else(PoisonError::into_inner).next;
            // Nobody is left who could be told; the next opening finds whatever is missing.
            let _ = self.parts.keys.settle(upto);
            let _ = self.syncer.sync(self.syncer.committed()).and_then(|()| self.parts.store.settle());
        }
    }
}

impl Inner {
    /// Posts the keys of the articles that are in no run.
    fn post_latest(&self, next: u32) -> Result<()> {
        let upto = self.parts.keys.upto();
        let latest = Held::scan(&self.parts.store, upto..next);
        let latest: Vec<(u32, Held)> =
            latest.filter(|held| held.as_ref().map_or(true, |(_, held)| held.posts)).collect::<Result<_>>()?;
        let posted = |(number, held): (u32, Held)| {
            let Keyed { keys, own } = self.parts.keys_again(held.article)?;
            Ok((Posting::new(number, own), keys))
        };
        for (posting, keys) in latest.into_par_iter().map(posted).collect::<Result<Vec<_>>>()? {
            self.parts.keys.insert(posting, &keys);
        }
        Ok(())
    }

    fn path(&self) -> &PathBuf {
        &self.parts.path
    }

    /// The right to change the index.
    pub(crate) fn writer(&self) -> Result<MutexGuard<'_, At>> {
        if self.read_only {
            return Err(Error::ReadOnly { path: self.path().clone() });
        }
        if let Some(problem) = self.parts.keys.failure().or_else(|| self.syncer.failure()) {
            return Err(Error::Index { path: self.path().clone(), problem });
        }
        Ok(self.writer.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Keeps everybody from changing the index.
    pub(crate) fn still(&self) -> MutexGuard<'_, At> {
        self.writer.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Makes a change. Gives how far the index is then, and the number of changes that have to be on the disk for it to
    /// last.
    fn make(&self, writer: &mut At, mut change: Change<'_>) -> Result<(At, u64)> {
        let batch = change.finish();
        self.parts.store.commit(batch)?;
        let mut full = false;
        for (posting, keys) in &change.posted {
            full |= self.parts.keys.insert(*posting, keys);
        }
        if let Some(gone) = change.gone.take() {
            self.parts.keys.set_gone(gone);
            self.removals.fetch_add(1, Ordering::AcqRel);
        }
        *writer = change.at;
        self.visible.store(writer.next, Ordering::Release);
        if full {
            self.tidy();
            self.parts.keys.put_aside(writer.next);
            self.tidy();
        }
        Ok((*writer, self.syncer.advance()))
    }

    /// Has the background thread look after the runs.
    fn tidy(&self) {
        let end = self.end.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(Background { tell: Some(tell), .. }) = end.last() {
            // If the thread has ended, its failure is told by the next change.
            let _ = tell.send(());
        }
    }

    /// Waits for the disk, where that was asked for.
    fn acknowledge(&self, commits: u64) -> Result<()> {
        if self.durability == Durability::Each { self.syncer.sync(commits) } else { Ok(()) }
    }

    /// Counts words, when it is time to, unless another thread does.
    fn learn(&self, at: At) -> Result<()> {
        if !self.parts.knowledge().learned.is_due(at.texts) {
            return Ok(());
        }
        let Ok(_learning) = self.learning.try_lock() else { return Ok(()) };
        let knowledge = self.parts.knowledge();
        if knowledge.learned.is_due(at.texts) {
            self.parts.set_knowledge(knowledge.learn(&self.parts.store, at.next)?);
        }
        Ok(())
    }
}

/// The id, if it can be stored.
fn valid(id: impl Into<ArticleId>) -> Result<ArticleId> {
    let id = id.into();
    let bytes = id.as_str().len();
    if bytes > LONGEST_ID {
        let start = id.as_str().chars().take(40).collect();
        return Err(Error::LongId { start, bytes, most: LONGEST_ID });
    }
    Ok(id)
}

/// Seconds since 1970.
fn seconds(time: SystemTime) -> i64 {
    match time.duration_since(UNIX_EPOCH) {
        Ok(since) => since.as_secs() as i64,
        Err(before) => -(before.duration().as_secs() as i64),
    }
}

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

    /// The settings.
    pub fn config(&self) -> &Config {
        &self.0.parts.setup.config
    }

    /// Whether the texts are kept.
    pub fn keeps_texts(&self) -> bool {
        self.0.parts.format.keeps_text
    }

    /// Makes a text ready: the costly part, for any number of threads at once. No more than its first
    /// [`INDEXED`](crate::crawler::INDEXED) bytes are compared.
    pub fn prepare(&self, text: &str) -> Prepared {
        self.0.parts.prepare(text)
    }

    /// What of the stored articles the article is a copy of, or was copied from. No one waits for it, and it waits for
    /// no one's disk. A stored article answers with itself, as exact.
    ///
    /// # Errors
    /// [`Error::Damaged`] where a record is not as it was written, [`Error::Index`] where it cannot be read.
    pub fn check(&self, article: &Prepared) -> Result<Seen> {
        self.ask(article, None)
    }

    /// The same, with the article of one id left out.
    ///
    /// ```
    /// # use unspin::{Config, Index, Meta, Seen};
    /// # let folder = tempfile::tempdir().expect("a folder");
    /// # let index = Index::open_or_create(folder.path().join("seen"), &Config::default())?;
    /// let article = index.prepare("Rain is expected in the north by noon.");
    /// index.insert("mine", &article, Meta::default())?;
    /// assert_eq!(index.check(&article)?.matches().count(), 1);
    /// assert_eq!(index.check_except("mine", &article)?, Seen::New);
    /// # Ok::<(), unspin::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`check`](Self::check).
    pub fn check_except(&self, id: &str, article: &Prepared) -> Result<Seen> {
        self.ask(article, Some(id))
    }

    fn ask(&self, article: &Prepared, except: Option<&str>) -> Result<Seen> {
        let mut question = Question::new(&self.0.parts, article)?;
        let hits = question.hits(u32::MAX, except)?;
        question.told(hits).map(Seen::of)
    }

    /// Asks, and stores the article whatever the answer, in one step: of two threads with copies of one text exactly one
    /// is told that it is new.
    ///
    /// # Errors
    /// As [`insert`](Self::insert).
    pub fn check_and_insert(&self, id: impl Into<ArticleId>, article: &Prepared, meta: Meta) -> Result<Seen> {
        self.ask_and_put(valid(id)?, article, meta, false)
    }

    /// The same, but an article that is stored under this id makes room for the new one, and is not asked.
    ///
    /// ```
    /// # use unspin::{Config, Index, Meta, Seen};
    /// # let folder = tempfile::tempdir().expect("a folder");
    /// # let index = Index::open_or_create(folder.path().join("seen"), &Config::default())?;
    /// let article = index.prepare("Rain is expected in the north by noon.");
    /// assert_eq!(index.check_and_replace("mine", &article, Meta::default())?, Seen::New);
    /// assert_eq!(index.check_and_replace("mine", &article, Meta::default())?, Seen::New);
    /// assert_eq!(index.stats()?.articles, 1);
    /// # Ok::<(), unspin::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`replace`](Self::replace).
    pub fn check_and_replace(&self, id: impl Into<ArticleId>, article: &Prepared, meta: Meta) -> Result<Seen> {
        self.ask_and_put(valid(id)?, article, meta, true)
    }

    fn ask_and_put(&self, id: ArticleId, article: &Prepared, meta: Meta, replaces: bool) -> Result<Seen> {
        let inner = &*self.0;
        let except = replaces.then(|| id.as_str().to_owned());
        let except = except.as_deref();
        let removals = inner.removals.load(Ordering::Acquire);
        let below = inner.visible.load(Ordering::Acquire);
        let mut question = Question::new(&inner.parts, article)?;
        let mut hits = question.hits(below, except)?;
        let arrival = question.arrival(id, meta, seconds(SystemTime::now()));
        let mut writer = inner.writer()?;
        let old = self.room_for(arrival.id(), replaces)?;
        if inner.removals.load(Ordering::Acquire) != removals {
            hits = question.hits(writer.next, except)?;
        } else if writer.next != below {
            match question.latest_hits(below, except)? {
                Some(latest) => hits = Question::joined(hits, latest),
                None => hits = question.hits(writer.next, except)?,
            }
        }
        let copy_of = hits.first().map(|hit| (hit.held.id.clone(), hit.relation));
        let done = self.put(&mut writer, arrival, copy_of, old)?;
        drop(writer);
        question.forget_unmet();
        let seen = question.told(hits).map(Seen::of)?;
        self.done(done)?;
        Ok(seen)
    }

    /// Stores an article without asking what it is a copy of.
    ///
    /// # Errors
    /// [`Error::RepeatedId`] when the id stands for an article already: that one stays as it is; [`Error::LongId`]
    /// beyond [`LONGEST_ID`](crate::crawler::LONGEST_ID) bytes; [`Error::ReadOnly`]; [`Error::TooManyArticles`] beyond
    /// 2²⁹ articles were inserted in all; [`Error::Index`] where it could not be
    /// written: then it may be stored or not, and nothing else can be until the index is opened again.
    pub fn insert(&self, id: impl Into<ArticleId>, article: &Prepared, meta: Meta) -> Result<()> {
        self.put_unasked(valid(id)?, article, meta, false)
    }

    /// Stores an article in the place of the one with this id, or as a new one if there is none: all at once.
    ///
    /// # Errors
    /// As [`insert`](Self::insert), but for the repeated id.
    pub fn replace(&self, id: impl Into<ArticleId>, article: &Prepared, meta: Meta) -> Result<()> {
        self.put_unasked(valid(id)?, article, meta, true)
    }

    fn put_unasked(&self, id: ArticleId, article: &Prepared, meta: Meta, replaces: bool) -> Result<()> {
        let question = Question::new(&self.0.parts, article)?;
        let arrival = question.arrival(id, meta, seconds(SystemTime::now()));
        let mut writer = self.0.writer()?;
        let old = self.room_for(arrival.id(), replaces)?;
        let done = self.put(&mut writer, arrival, None, old)?;
        drop(writer);
        question.forget_unmet();
        self.done(done)
    }

    /// Waits for the disk, and counts words, where it is time to.
    fn done(&self, (at, commits): (At, u64)) -> Result<()> {
        self.0.acknowledge(commits)?;
        self.0.learn(at)
    }

    /// The article of an id that is to be stored: there may be one if the new one `replaces` it.
    fn room_for(&self, id: &ArticleId, replaces: bool) -> Result<Option<u32>> {
        match self.0.parts.number(id.as_str())? {
            Some(_) if !replaces => Err(Error::RepeatedId { id: id.as_str().to_owned() }),
            old => Ok(old),
        }
    }

    /// Stores an article, in the place of another if that is so. Gives how far the index is then, and the number of changes
    /// that have to be on the disk for it to last.
    fn put(
        &self,
        writer: &mut At,
        arrival: Arrival,
        copy_of: Option<(ArticleId, Relation)>,
        old: Option<u32>,
    ) -> Result<(At, u64)> {
        let mut change = Change::new(&self.0.parts, *writer);
        if let Some(old) = old
            && let Some(held) = self.0.parts.held(old)?
        {
            change.remove(old, &held)?;
        }
        change.insert(arrival, copy_of)?;
        self.0.make(writer, change)
    }

    /// Takes an article out. Tells whether there was one.
    ///
    /// # Errors
    /// As [`insert`](Self::insert), but for the repeated id.
    pub fn remove(&self, id: &str) -> Result<bool> {
        let mut writer = self.0.writer()?;
        let Some((number, held)) = self.0.parts.find(id)? else { return Ok(false) };
        let mut change = Change::new(&self.0.parts, *writer);
        change.remove(number, &held)?;
        let done = self.0.make(&mut writer, change)?;
        drop(writer);
        self.done(done)?;
        Ok(true)
    }

    /// Takes out the articles that were inserted before `time`. Tells how many there were.
    ///
    /// ```
    /// # use unspin::{Config, Index, Meta};
    /// # use std::time::{Duration, SystemTime};
    /// # let folder = tempfile::tempdir().expect("a folder");
    /// # let index = Index::open_or_create(folder.path().join("seen"), &Config::default())?;
    /// index.insert("mine", &index.prepare("Rain is expected."), Meta::default())?;
    /// assert_eq!(index.expire_before(SystemTime::now() - Duration::from_secs(3600))?, 0);
    /// assert_eq!(index.expire_before(SystemTime::now() + Duration::from_secs(3600))?, 1);
    /// # Ok::<(), unspin::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`remove`](Self::remove).
    pub fn expire_before(&self, time: SystemTime) -> Result<u64> {
        /// Others may change the index after so many.
        const AT_ONCE: usize = 64;
        let end = time_key(seconds(time), 0);
        let mut expired = 0;
        loop {
            let mut writer = self.0.writer()?;
            let mut change = Change::new(&self.0.parts, *writer);
            let mut taken = 0;
            for record in self.0.parts.store.scan(Table::Times, &[]).take(AT_ONCE) {
                let (key, _) = record?;
                if *key >= end[..] {
                    break;
                }
                let number = key.last_chunk().map_or(0, |number| u32::from_be_bytes(*number));
                // An article that took over the keys of another has a new number by now.
                if change.has_taken(number) {
                    continue;
                }
                if let Some(held) = self.0.parts.held(number)? {
                    change.remove(number, &held)?;
                    taken += 1;
                }
            }
            if taken == 0 {
                return Ok(expired);
            }
            let done = self.0.make(&mut writer, change)?;
            drop(writer);
            self.done(done)?;
            expired += taken;
        }
    }

    /// Whether an article of this id is stored.
    ///
    /// # Errors
    /// As [`check`](Self::check).
    pub fn contains(&self, id: &str) -> Result<bool> {
        Ok(self.0.parts.number(id)?.is_some())
    }

    /// The article of this id, as it is stored.
    ///
    /// ```
    /// # use unspin::{Index, Meta};
    /// # let folder = tempfile::tempdir().expect("a folder");
    /// let index = Index::options().keep_texts(true).open_or_create(folder.path().join("seen"))?;
    /// index.insert("mine", &index.prepare("Rain is expected."), Meta::default())?;
    /// let stored = index.get("mine")?.expect("it was inserted");
    /// assert_eq!((stored.words, stored.text.as_deref()), (3, Some("Rain is expected.")));
    /// # Ok::<(), unspin::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`check`](Self::check).
    pub fn get(&self, id: &str) -> Result<Option<Stored>> {
        self.0.parts.find(id)?.map(|(number, held)| self.stored(number, held)).transpose()
    }

    fn stored(&self, number: u32, held: Held) -> Result<Stored> {
        let text = if self.keeps_texts() { self.0.parts.placed(number)?.and_then(|placed| placed.text) } else { None };
        let Held { id, meta, seen, copy_of, article, .. } = held;
        Ok(Stored { id, meta, inserted: seen, words: article.tokens.len(), copy_of, text: text.map(String::from) })
    }

    /// All stored articles, as they are at this moment, in the order in which they came.
    ///
    /// ```
    /// # use unspin::{Config, Index, Meta};
    /// # let folder = tempfile::tempdir().expect("a folder");
    /// # let index = Index::open_or_create(folder.path().join("seen"), &Config::default())?;
    /// index.insert("mine", &index.prepare("Rain is expected."), Meta::default())?;
    /// for article in index.articles() {
    ///     println!("{}", article?.id);
    /// }
    /// # Ok::<(), unspin::Error>(())
    /// ```
    pub fn articles(&self) -> impl Iterator<Item = Result<Stored>> + '_ {
        Held::scan(&self.0.parts.store, 0..u32::MAX)
            .map(|held| held.and_then(|(number, held)| self.stored(number, held)))
    }

    /// A detector with all stored articles: it finds the same groups as `unspin group` over them, and reads them into
    /// memory as that does, at some 5 bytes a word.
    ///
    /// ```
    /// # use unspin::{Config, Index, Meta};
    /// # let folder = tempfile::tempdir().expect("a folder");
    /// # let index = Index::open_or_create(folder.path().join("seen"), &Config::default())?;
    /// for id in ["a", "b"] {
    ///     index.insert(id, &index.prepare("Rain is expected in the north by noon."), Meta::default())?;
    /// }
    /// let detector = index.detector()?;
    /// let found = detector.find();
    /// assert_eq!(found.groups()[0].members.len(), 2);
    /// # Ok::<(), unspin::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`check`](Self::check).
    pub fn detector(&self) -> Result<Detector> {
        let parts = &self.0.parts;
        let mut detector = Detector::of(parts.setup.clone());
        let mut spelled = std::collections::HashSet::new();
        for held in Held::scan(&parts.store, 0..u32::MAX) {
            let (_, mut held) = held?;
            parts.spell(&held.article, |token| spelled.insert(token), |full, word| detector.spell(full, word))?;
            parts.give_bands(&mut held.article);
            detector.insert_article(held.id, held.meta, held.article)?;
        }
        Ok(detector)
    }

    /// Why two stored articles are, or are not, copies.
    ///
    /// # Errors
    /// [`Error::UnknownId`], and as [`check`](Self::check).
    pub fn explain(&self, a: &str, b: &str) -> Result<Verdict> {
        let held = |id: &str| {
            let found = self.0.parts.find(id)?;
            found.ok_or_else(|| Error::UnknownId { id: id.to_owned() })
        };
        search::explain(&self.0.parts, &held(a)?.1.article, &held(b)?.1.article)
    }

    /// What the index holds.
    ///
    /// # Errors
    /// As [`check`](Self::check).
    pub fn stats(&self) -> Result<Stats> {
        let at = *self.0.still();
        let parts = &self.0.parts;
        Ok(Stats {
            articles: at.articles,
            texts: at.texts,
            learned: parts.knowledge().learned.totals.articles,
            removed: parts.keys.gone().len(),
            runs: parts.keys.runs().len(),
            bytes: parts.store.bytes()? + parts.keys.runs().iter().map(|run| run.size()).sum::<u64>(),
        })
    }

    /// Waits until everything that was acknowledged is on the disk.
    ///
    /// # Errors
    /// [`Error::Index`] where that failed.
    pub fn flush(&self) -> Result<()> {
        self.0.syncer.sync(self.0.syncer.committed())
    }

    /// The matches of a stored article, itself left out.
    ///
    /// # Errors
    /// [`Error::UnknownId`], and as [`check`](Self::check).
    pub fn matches(&self, id: &str) -> Result<Vec<Match>> {
        let (number, held) = self.0.parts.find(id)?.ok_or_else(|| Error::UnknownId { id: id.to_owned() })?;
        let prepared = self.0.parts.prepared_again(number, held)?;
        Ok(self.check_except(id, &prepared)?.matches().cloned().collect())
    }
}
