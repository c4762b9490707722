//! Which articles post which keys: the latest in memory, the others in runs, all asked together.

use std::collections::HashMap;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use crate::crawler::bytes::{Rest, put_number};
use crate::crawler::filter::Probe;
use crate::crawler::head::Head;
use crate::crawler::hot::{Hot, Known};
use crate::crawler::lists::{List, Posting, Representatives};
use crate::crawler::pages;
use crate::crawler::runs::{self, Entry, Run};
use crate::crawler::store::{Batch, Store, Table};
use crate::error::{Error, Result};
use crate::index::postings::Key;

/// The key of the runs' record.
const RUNS: &[u8] = b"runs";

/// The bytes of memory that a place for a key in the head's table takes: the key, a posting, what aligns them, and a mark.
const PLACE: u64 = 17;

/// The postings that a head holds before it becomes a run, of so many bytes of memory: what fits into a table before that
/// doubles, which it does at seven eighths, with what the articles post that come before a full one is put aside.
fn most(bytes: u64) -> u64 {
    let places = 1 << (bytes / PLACE).max(1).ilog2();
    (places / 32 * 27).clamp(1 << 12, 1 << 20)
}

/// Fewer postings than this are no reason to write a run when the index is closed.
const FEW: usize = 1 << 14;

/// What is written down of all runs.
#[derive(Debug, Clone, Default)]
pub(crate) struct Catalogue {
    /// Oldest first.
    pub(crate) entries: Vec<Entry>,
    /// The number that the next run gets.
    pub(crate) next: u32,
    /// Articles from this number on are in no run.
    pub(crate) upto: u32,
}

impl Catalogue {
    pub(crate) fn read(store: &Store) -> Result<Self> {
        Ok(store.read(Table::State, RUNS, "it lists no runs", Self::decode)?.unwrap_or_default())
    }

    fn decode(record: &[u8]) -> Option<Self> {
        let mut rest = Rest(record);
        let (next, upto) = (rest.number()?.try_into().ok()?, rest.number()?.try_into().ok()?);
        let mut entries = Vec::new();
        while !rest.0.is_empty() {
            entries.push(Entry::decode(&mut rest)?);
        }
        Some(Self { entries, next, upto })
    }

    pub(crate) fn put(&self, batch: &mut Batch) {
        let mut out = Vec::new();
        put_number(&mut out, u64::from(self.next));
        put_number(&mut out, u64::from(self.upto));
        self.entries.iter().for_each(|entry| entry.encode(&mut out));
        batch.put(Table::State, RUNS, out);
    }
}

/// The numbers that are no longer in use, one bit each.
#[derive(Debug, Clone, Default)]
pub(crate) struct Gone(HashMap<u32, [u64; 64]>);

/// The numbers on one page of [`Gone`].
const PAGE: u32 = 4096;

impl Gone {
    pub(crate) fn read(store: &Store) -> Result<Self> {
        let mut gone = Self::default();
        for page in store.scan(Table::Gone, &[]) {
            let (key, record) = page?;
            let bits = || {
                let number = u32::from_be_bytes(key.as_ref().try_into().ok()?);
                let words = <&[[u8; 8]; 64]>::try_from(record.as_chunks().0).ok()?;
                Some((number, words.map(u64::from_le_bytes)))
            };
            let (number, bits) = bits().ok_or_else(|| store.damaged(Table::Gone, &key, "it is no page of numbers"))?;
            gone.0.insert(number, bits);
        }
        Ok(gone)
    }

    pub(crate) fn holds(&self, number: u32) -> bool {
        let bit = number % PAGE;
        !self.0.is_empty()
            && self.0.get(&(number / PAGE)).is_some_and(|page| page[bit as usize / 64] >> (bit % 64) & 1 == 1)
    }

    pub(crate) fn insert(&mut self, number: u32) {
        let bit = number % PAGE;
        self.0.entry(number / PAGE).or_insert([0; 64])[bit as usize / 64] |= 1 << (bit % 64);
    }

    /// Puts the page of a number into a batch.
    pub(crate) fn put(&self, number: u32, batch: &mut Batch) {
        let page = number / PAGE;
        let bits = self.0.get(&page).unwrap_or(&[0; 64]);
        batch.put(Table::Gone, &page.to_be_bytes(), bits.iter().flat_map(|word| word.to_le_bytes()).collect());
    }

    pub(crate) fn len(&self) -> u64 {
        self.0.values().flatten().map(|word| u64::from(word.count_ones())).sum()
    }

    pub(crate) fn pages(&self) -> impl Iterator<Item = u32> + '_ {
        self.0.keys().copied()
    }
}

/// The postings at one moment.
#[derive(Debug, Default)]
struct Current {
    head: Head,
    /// A head that is being written as a run, with the number of the first article that is not in it.
    full: Option<(Arc<Head>, u32)>,
    /// The head before that one, empty: so its table need not grow again.
    spare: Head,
    /// Oldest first.
    runs: Arc<Vec<Arc<Run>>>,
    gone: Arc<Gone>,
}

impl Current {
    /// What the latest postings hold of each key, by its place among the keys.
    fn latest(&self, keys: &[Key]) -> Vec<(u32, Posting)> {
        let mut found = Vec::new();
        for (&key, number) in keys.iter().zip(0..) {
            if let Some((full, _)) = &self.full {
                full.find(key, |posting| found.push((number, posting)));
            }
            self.head.find(key, |posting| found.push((number, posting)));
        }
        found
    }
}

/// All postings.
#[derive(Debug)]
pub(crate) struct Keys {
    store: Arc<Store>,
    /// The folder of the runs.
    folder: PathBuf,
    current: RwLock<Current>,
    catalogue: Mutex<Catalogue>,
    hot: Hot,
    /// Rung when a full head has become a run.
    written_down: Condvar,
    /// Held while runs are written: only who holds it changes which there are.
    tidying: Mutex<()>,
    /// What went wrong when the last one was written.
    failed: Mutex<Option<String>>,
    closing: AtomicBool,
    /// The postings that a head holds before it becomes a run.
    most: u64,
    /// The bytes that filters may take.
    filters: u64,
}

/// What a new run takes the place of.
enum Replaced {
    Head { upto: u32 },
    Runs(Range<usize>),
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Keys {
    /// Opens what the store and the folder of runs hold. An eighth of `memory` bytes go to the latest postings, more than a
    /// quarter to filters.
    pub(crate) fn open(store: Arc<Store>, folder: PathBuf, memory: u64) -> Result<Self> {
        let catalogue = Catalogue::read(&store)?;
        pages::drop_unknown(&folder, |id| catalogue.entries.iter().any(|entry| entry.id == id))?;
        let gone = Arc::new(Gone::read(&store)?);
        let keys = Self {
            store,
            folder,
            current: RwLock::default(),
            catalogue: Mutex::new(catalogue.clone()),
            hot: Hot::default(),
            written_down: Condvar::new(),
            tidying: Mutex::new(()),
            failed: Mutex::new(None),
            closing: AtomicBool::new(false),
            most: most(memory / 16),
            filters: memory / 32 * 9,
        };
        let entries = &catalogue.entries;
        let run = |(entry, held): (&Entry, u32)| Run::open(&keys.folder, *entry, held).map(Arc::new);
        let runs = entries.iter().zip(runs::held(entries, keys.filters)).map(run).collect::<Result<_>>()?;
        *keys.current_mut() = Current { runs: Arc::new(runs), gone, ..Current::default() };
        Ok(keys)
    }

    fn current(&self) -> RwLockReadGuard<'_, Current> {
        self.current.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn current_mut(&self) -> RwLockWriteGuard<'_, Current> {
        self.current.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// Articles from this number on are in no run.
    pub(crate) fn upto(&self) -> u32 {
        lock(&self.catalogue).upto
    }

    /// Hands each key to `each` with its list.
    pub(crate) fn find(&self, keys: &[Key], mut each: impl FnMut(Key, &List)) -> Result<()> {
        let generation = self.hot.generation();
        let (latest, runs, gone) = {
            let current = self.current();
            (current.latest(keys), Arc::clone(&current.runs), Arc::clone(&current.gone))
        };
        let Known { representatives: known, fading: mut hot } = self.hot.known(keys);
        let mut latest = latest.into_iter().peekable();
        let mut places = places(keys, &known, &runs).into_iter().peekable();
        let (mut list, mut buffer) = (List::default(), Vec::new());
        for ((&key, number), known) in keys.iter().zip(0..).zip(known) {
            list.clear();
            if let Some(representatives) = known {
                list.cut_to(representatives);
            }
            while let Some((_, run)) = places.next_if(|place| place.0 == number) {
                // What newer runs hold makes no difference to a settled list.
                if list.is_settled(key) {
                    continue;
                }
                runs[run as usize].find(key, &mut buffer, |posting| {
                    if posting.is_cut() || !gone.holds(posting.number()) {
                        list.push(key, posting);
                    }
                })?;
            }
            if known.is_none() && list.is_settled(key) {
                hot.push((key, list.representatives()));
            }
            while let Some((_, posting)) = latest.next_if(|next| next.0 == number) {
                list.push(key, posting);
            }
            if !list.postings.is_empty() {
                each(key, &list);
            }
        }
        self.hot.note(generation, hot);
        Ok(())
    }

    /// The same with what the latest postings hold only.
    pub(crate) fn find_latest(&self, keys: &[Key], mut each: impl FnMut(Key, &List)) {
        let latest = self.current().latest(keys);
        let mut list = List::default();
        for found in latest.chunk_by(|x, y| x.0 == y.0) {
            let key = keys[found[0].0 as usize];
            list.clear();
            for (_, posting) in found {
                list.push(key, *posting);
            }
            each(key, &list);
        }
    }

    /// The numbers that are no longer in use.
    pub(crate) fn gone(&self) -> Arc<Gone> {
        Arc::clone(&self.current().gone)
    }

    pub(crate) fn set_gone(&self, gone: Gone) {
        self.current_mut().gone = Arc::new(gone);
        self.hot.forget();
    }

    /// Adds an article's postings. Tells whether the head is full.
    pub(crate) fn insert(&self, posting: Posting, keys: &[Key]) -> bool {
        let mut current = self.current_mut();
        current.head.insert(posting, keys);
        current.head.len() as u64 >= self.most
    }

    /// Why nothing more can be inserted, if so.
    pub(crate) fn failure(&self) -> Option<String> {
        lock(&self.failed).clone()
    }

    /// Puts the full head aside, to be written as a run, once the one before it is written. Articles from `upto` on are
    /// not in it.
    pub(crate) fn put_aside(&self, upto: u32) {
        let mut catalogue = lock(&self.catalogue);
        loop {
            let mut current = self.current_mut();
            if current.full.is_none() {
                let spare = std::mem::take(&mut current.spare);
                let full = std::mem::replace(&mut current.head, spare);
                current.full = Some((Arc::new(full), upto));
                return;
            }
            drop(current);
            if self.failure().is_some() || self.is_closing() {
                return;
            }
            catalogue = self.written_down.wait(catalogue).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Writes the head that was put aside, if there is one, and merges runs that are due.
    pub(crate) fn tidy(&self) {
        let _tidying = lock(&self.tidying);
        self.note(self.write_full().and_then(|()| self.merge_due(u64::MAX, |count| self.look_up(count))));
        self.ring();
    }

    /// Writes down all postings, unless there are so few that the next opening has them again at once. Articles from
    /// `upto` on do not exist yet.
    pub(crate) fn settle(&self, upto: u32) -> Result<()> {
        let _tidying = lock(&self.tidying);
        self.write_full()?;
        if self.current().head.len() < FEW {
            return Ok(());
        }
        self.put_aside(upto);
        self.write_full()?;
        self.merge_due(self.most, |_| Ok(()))
    }

    /// Wakes who waits for a head to be written.
    fn ring(&self) {
        // With the lock, so that nobody is between looking and waiting.
        let _catalogue = lock(&self.catalogue);
        self.written_down.notify_all();
    }

    fn write_full(&self) -> Result<()> {
        let full = self.current().full.clone();
        let Some((full, upto)) = full else { return Ok(()) };
        let run = self.written(&full)?;
        self.replace(&Replaced::Head { upto }, run)?;
        // Nobody else has it any more, as it is asked under the lock only.
        if let Some(mut head) = Arc::into_inner(full) {
            head.clear();
            self.current_mut().spare = head;
        }
        self.ring();
        Ok(())
    }

    fn next_id(&self) -> u32 {
        let mut catalogue = lock(&self.catalogue);
        catalogue.next += 1;
        catalogue.next - 1
    }

    /// Merges the runs that are due, if they have no more than so many postings. Before each posting `pause` is called
    /// with the number of those before it.
    fn merge_due(&self, most: u64, pause: impl Fn(usize) -> Result<()>) -> Result<()> {
        loop {
            let (runs, gone) = {
                let current = self.current();
                (Arc::clone(&current.runs), Arc::clone(&current.gone))
            };
            let Some(due) = runs::due(&sizes(&runs), self.most / 2) else { return Ok(()) };
            if postings(&runs[due.clone()]) > most {
                return Ok(());
            }
            let merged = self.merged(&runs[due.clone()], &gone, &pause)?;
            self.replace(&Replaced::Runs(due), merged)?;
        }
    }

    /// Now and then, while runs are merged: ends that when the index is closed, and writes down a head that has filled.
    fn look_up(&self, count: usize) -> Result<()> {
        if !count.is_multiple_of(1 << 12) {
            return Ok(());
        }
        if self.is_closing() {
            return Err(Error::Interrupted);
        }
        self.write_full()
    }

    /// Several runs as one.
    fn merged(&self, runs: &[Arc<Run>], gone: &Gone, pause: impl Fn(usize) -> Result<()>) -> Result<Arc<Run>> {
        let merged = runs::merged(runs, |number| gone.holds(number))?;
        let merged = merged.enumerate().map(|(count, posting)| pause(count).and(posting));
        self.run_of(postings(runs), merged)
    }

    /// A head as a run.
    fn written(&self, head: &Head) -> Result<Arc<Run>> {
        self.run_of(head.stored() as u64, head.sorted().map(Ok))
    }

    fn run_of(&self, expected: u64, postings: impl Iterator<Item = Result<(Key, Posting)>>) -> Result<Arc<Run>> {
        Run::write(&self.folder, self.next_id(), expected, postings).map(Arc::new)
    }

    /// Puts a run in the place of others, or of the head that was put aside. Only for who holds the right to tidy.
    fn replace(&self, replaced: &Replaced, run: Arc<Run>) -> Result<()> {
        let mut runs = self.runs().to_vec();
        let mut next = lock(&self.catalogue).clone();
        let place = match replaced {
            Replaced::Head { upto } => {
                next.upto = *upto;
                runs.len()..runs.len()
            }
            Replaced::Runs(place) => place.clone(),
        };
        run.check_filter().inspect_err(|_| abandon(&[Arc::clone(&run)]))?;
        let old: Vec<Arc<Run>> = runs.splice(place, [run]).collect();
        next.entries = runs.iter().map(|run| run.entry).collect();
        let mut batch = Batch::default();
        next.put(&mut batch);
        self.store.commit(batch)?;
        let mut catalogue = lock(&self.catalogue);
        *catalogue = next;
        let mut current = self.current_mut();
        current.runs = Arc::new(runs);
        if let Replaced::Head { .. } = replaced {
            current.full = None;
        }
        drop((current, catalogue));
        self.exchange_filters(&old)?;
        self.drop_runs(&old)
    }

    /// Gives the runs that are listed now the filters that fit into memory, once those of the `old` ones are gone, one by
    /// one. A run whose filter cannot be read goes without.
    fn exchange_filters(&self, old: &[Arc<Run>]) -> Result<()> {
        for run in old {
            run.unfold();
        }
        let runs = self.runs();
        let entries: Vec<Entry> = runs.iter().map(|run| run.entry).collect();
        let mut others: Vec<_> = runs.iter().zip(runs::held(&entries, self.filters)).collect();
        others.retain(|(run, held)| run.held() != Some(*held));
        // First those that take less than before.
        others.sort_by_key(|(run, held)| run.held().is_none_or(|before| before < *held));
        others.into_iter().try_for_each(|(run, held)| run.fold(held))
    }

    /// Drops runs that the catalogue does not list any more, once that is on the disk.
    fn drop_runs(&self, runs: &[Arc<Run>]) -> Result<()> {
        if !runs.is_empty() {
            self.store.sync()?;
        }
        runs.iter().try_for_each(|run| run.drop_file())
    }

    /// Replaces all postings by others, which come with their articles in the order in which the lists shall hold them.
    /// `batch` is committed with this. Nothing may be inserted meanwhile.
    pub(crate) fn rebuild(
        &self,
        posted: impl Iterator<Item = Result<(Posting, Vec<Key>)>>,
        gone: Gone,
        upto: u32,
        mut batch: Batch,
    ) -> Result<()> {
        // What goes on in the background would write down the old runs again.
        let _tidying = lock(&self.tidying);
        let mut written = Vec::new();
        let whole = self
            .write_runs(&mut written, posted, &gone)
            .and_then(|()| written.iter().try_for_each(|run| run.check_filter()));
        whole.inspect_err(|_| abandon(&written))?;
        let mut next = lock(&self.catalogue).clone();
        next.upto = upto;
        next.entries = written.iter().map(|run| run.entry).collect();
        next.put(&mut batch);
        self.store.commit(batch)?;
        let mut catalogue = lock(&self.catalogue);
        *catalogue = next;
        let current = Current { runs: Arc::new(written), gone: Arc::new(gone), ..Current::default() };
        let old = std::mem::replace(&mut *self.current_mut(), current);
        drop(catalogue);
        self.hot.forget();
        // What else is to be changed with the batch, which is committed, is not to be left out.
        self.note(self.exchange_filters(&old.runs).and_then(|()| self.drop_runs(&old.runs)));
        Ok(())
    }

    /// Takes note of what went wrong: nothing more can be inserted then.
    fn note(&self, done: Result<()>) {
        if let Err(error) = done
            && !matches!(error, Error::Interrupted)
        {
            *lock(&self.failed) = Some(error.to_string());
        }
    }

    /// Writes postings as runs, merging those that are due.
    fn write_runs(
        &self,
        runs: &mut Vec<Arc<Run>>,
        posted: impl Iterator<Item = Result<(Posting, Vec<Key>)>>,
        gone: &Gone,
    ) -> Result<()> {
        let mut head = Head::default();
        for article in posted {
            let (posting, keys) = article?;
            head.insert(posting, &keys);
            if head.len() as u64 >= self.most {
                runs.push(self.written(&head)?);
                head.clear();
                while let Some(due) = runs::due(&sizes(runs), self.most / 2) {
                    let merged = self.merged(&runs[due.clone()], gone, |_| Ok(()))?;
                    // Nobody else knows of them.
                    runs.splice(due, [merged]).try_for_each(|old| old.drop_file())?;
                }
            }
        }
        if head.len() > 0 {
            runs.push(self.written(&head)?);
        }
        Ok(())
    }

    /// What is written down of the runs, and these.
    pub(crate) fn catalogue(&self) -> (Catalogue, Arc<Vec<Arc<Run>>>) {
        let catalogue = lock(&self.catalogue);
        (catalogue.clone(), self.runs())
    }

    /// Ends what goes on in the background as soon as it can be ended.
    pub(crate) fn close(&self) {
        self.closing.store(true, Ordering::Relaxed);
        self.ring();
    }

    /// Whether [`close`](Self::close) was called.
    pub(crate) fn is_closing(&self) -> bool {
        self.closing.load(Ordering::Relaxed)
    }

    /// The runs as they are now.
    pub(crate) fn runs(&self) -> Arc<Vec<Arc<Run>>> {
        Arc::clone(&self.current().runs)
    }
}

/// Drops runs that no catalogue came to list. A disk that is full has no room for them; what stays in spite of this, the
/// next opening drops.
fn abandon(runs: &[Arc<Run>]) {
    for run in runs {
        let _ = run.drop_file();
    }
}

/// How many postings each of some runs has.
fn sizes(runs: &[Arc<Run>]) -> Vec<u64> {
    runs.iter().map(|run| run.entry.postings).collect()
}

/// How many they have in all.
fn postings(runs: &[Arc<Run>]) -> u64 {
    sizes(runs).iter().sum()
}

/// Where keys have to be looked up, by the places of the key and of the run in their lists.
fn places(keys: &[Key], known: &[Option<Representatives>], runs: &[Arc<Run>]) -> Vec<(u32, u32)> {
    let unknown = (0..).zip(known).filter(|(_, known)| known.is_none()).map(|(number, _)| number);
    let unknown: Vec<u32> = unknown.collect();
    let probes: Vec<Probe> = unknown.iter().map(|&number| Probe::new(keys[number as usize].bits())).collect();
    let mut places = Vec::with_capacity(2 * probes.len());
    for (run, at) in runs.iter().zip(0..) {
        run.sift(&probes, |place| places.push((unknown[place], at)));
    }
    places.sort_unstable();
    places
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crawler::filter;
    use std::fs;
    use std::path::Path;

    /// Postings of so many articles, a hundred keys each.
    fn posted(articles: u32) -> impl Iterator<Item = Result<(Posting, Vec<Key>)>> {
        let key = |n: u32| Key::stable(u64::from(n).wrapping_mul(0x9e37_79b9_7f4a_7c15));
        (0..articles)
            .map(move |number| Ok((Posting::new(number, 100), (number * 100..(number + 1) * 100).map(key).collect())))
    }

    fn files(folder: &Path) -> Vec<PathBuf> {
        let mut files: Vec<_> = fs::read_dir(folder).expect("a folder").map(|entry| entry.unwrap().path()).collect();
        files.sort();
        files
    }

    /// No postings yet, in a folder.
    fn none(folder: &Path) -> (Keys, PathBuf) {
        let runs = folder.join("runs");
        fs::create_dir(&runs).expect("room");
        let store = Arc::new(Store::open(&folder.join("store"), 1 << 20).expect("a store"));
        (Keys::open(store, runs.clone(), 1 << 20).expect("nothing yet"), runs)
    }

    /// Whether so many articles of [`posted`] are found, each by all of its keys.
    fn holds(keys: &Keys, articles: u32) -> bool {
        posted(articles).all(|article| {
            let (posting, asked) = article.expect("made up");
            let mut found = 0;
            keys.find(&asked, |_, list| found += usize::from(list.postings == [posting])).expect("read");
            found == asked.len()
        })
    }

    #[test]
    fn runs_whose_filters_are_being_exchanged_hold_what_they_held() {
        let folder = tempfile::tempdir().expect("a folder");
        let (mut keys, _) = none(folder.path());
        // Room for a fifth of what they would be.
        keys.filters = 32 << 10;
        let mut most = 0;
        for (count, article) in (1..).zip(posted(1_000)) {
            let (posting, posts) = article.expect("made up");
            if keys.insert(posting, &posts) {
                keys.put_aside(count);
                keys.tidy();
                assert_eq!(keys.failure(), None);
                let runs = keys.runs();
                let held: Vec<u32> = runs.iter().map(|run| run.held().expect("all are read")).collect();
                let entries: Vec<Entry> = runs.iter().map(|run| run.entry).collect();
                assert_eq!(held, runs::held(&entries, keys.filters));
                most = most.max(runs.len());
            }
        }
        assert!(most > 2, "{most}");
        for run in &*keys.runs() {
            let held = run.held().expect("read");
            run.unfold();
            assert_eq!(run.held(), None);
            assert!(holds(&keys, 1_000));
            run.verify().expect("whole");
            run.fold(held).expect("read");
            assert!(holds(&keys, 1_000));
            run.verify().expect("whole");
        }
    }

    #[test]
    fn a_filter_that_cannot_be_read_is_told_and_hides_nothing() {
        let folder = tempfile::tempdir().expect("a folder");
        let (keys, runs) = none(folder.path());
        keys.rebuild(posted(100), Gone::default(), 100, Batch::default()).expect("room");
        let run = Arc::clone(&keys.runs()[0]);
        // The filter's pages stand before the table, which ends the file.
        let path = files(&runs).remove(0);
        let mut bytes = fs::read(&path).expect("readable");
        let table = 8 * (run.entry.pages as usize + filter::pages(run.entry.blocks) as usize + 1);
        let place = bytes.len() - table - 20;
        bytes[place] ^= 1;
        fs::write(&path, bytes).expect("room");
        assert!(run.check_filter().is_err() && run.verify().is_err() && run.fold(1).is_err());
        assert!(run.held().is_none() && holds(&keys, 100));
        keys.note(keys.exchange_filters(&[]));
        assert!(keys.failure().is_some_and(|problem| problem.contains("checksum")));
    }

    #[test]
    fn a_rebuild_that_fails_leaves_what_was() {
        let folder = tempfile::tempdir().expect("a folder");
        let (keys, runs) = none(folder.path());
        keys.rebuild(posted(100), Gone::default(), 100, Batch::default()).expect("room");
        let (before, catalogue) = (files(&runs), keys.catalogue().0);
        assert!(!before.is_empty());

        let fails = posted(200).chain([Err(Error::Interrupted)]);
        assert!(keys.rebuild(fails, Gone::default(), 200, Batch::default()).is_err());
        assert_eq!(files(&runs), before);
        assert_eq!((keys.catalogue().0.entries, keys.upto()), (catalogue.entries, 100));
        assert!(holds(&keys, 100));
    }
}
