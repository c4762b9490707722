//! An index while it is open: its parts, the threads that work for it, and the one way to change it.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

use rayon::prelude::*;

use crate::crawler::change::{At, Change};
use crate::crawler::durability::{Durability, Syncer};
use crate::crawler::lists::Posting;
use crate::crawler::parts::{Keyed, Parts};
use crate::crawler::record::Held;
use crate::crawler::seal::Seal;
use crate::error::{Error, Result};

#[derive(Debug)]
pub(crate) struct Inner {
    durability: Durability,
    read_only: bool,
    /// Articles with numbers below this one are found by every search that begins now.
    pub(crate) visible: AtomicU32,
    /// How often articles were taken out or numbered anew.
    pub(crate) removals: AtomicU64,
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
    /// Begins to work with an index of which everything was read.
    pub(crate) fn start(
        parts: Arc<Parts>,
        syncer: Arc<Syncer>,
        at: At,
        seal: Seal,
        durability: Durability,
        read_only: bool,
    ) -> Result<Self> {
        let (end, tidy) = if read_only {
            (None, None)
        } else {
            (background_sync(durability, &syncer), Some(background_tidy(&parts)))
        };
        let inner = Self {
            durability,
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
        Ok(inner)
    }

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
    pub(crate) fn make(&self, writer: &mut At, mut change: Change<'_>) -> Result<(At, u64)> {
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
    pub(crate) fn acknowledge(&self, commits: u64) -> Result<()> {
        if self.durability == Durability::Each { self.syncer.sync(commits) } else { Ok(()) }
    }

    /// Counts words, when it is time to, unless another thread does.
    pub(crate) fn learn(&self, at: At) -> Result<()> {
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
