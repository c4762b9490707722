//! The index as it is used: asked, and changed.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{SystemTime, UNIX_EPOCH};

use crate::article::{ArticleId, Meta};
use crate::config::Config;
use crate::crawler::answer::{Match, Seen, Stats, Stored};
use crate::crawler::change::{Arrival, At, Change, time_key};
use crate::crawler::inner::Inner;
use crate::crawler::prepared::Prepared;
use crate::crawler::record::Held;
use crate::crawler::search::{self, Question};
use crate::crawler::store::Table;
use crate::detector::Detector;
use crate::error::{Error, Result};
use crate::verify::relation::{Relation, Verdict};

/// The most bytes that an id may have.
pub const LONGEST_ID: usize = 4096;

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
