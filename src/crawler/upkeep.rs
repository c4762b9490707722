//! Looking after an index: putting it in order, checking it, copying it.

use std::cmp::Reverse;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use crate::article::ArticleId;
use crate::crawler::change::At;
use crate::crawler::durability::Syncer;
use crate::crawler::files::failed;
use crate::crawler::index::Index;
use crate::crawler::inner::Inner;
use crate::crawler::keys::{Catalogue, Gone};
use crate::crawler::lists::Posting;
use crate::crawler::lock::Lock;
use crate::crawler::open::{RUNS, STORE};
use crate::crawler::parts::Keyed;
use crate::crawler::record::{Held, Placed};
use crate::crawler::store::{Batch, Store, Table};
use crate::error::{Error, Result};

/// Records that are copied at once.
const AT_ONCE: usize = 4096;

impl Index {
    /// Puts the index in order: counts all words anew, posts every article's keys by what was counted, and frees the room
    /// of what was removed. Others may ask meanwhile, and changes wait. It takes memory for the ids and for the different
    /// words, about 100 bytes each.
    ///
    /// Afterwards the index finds of every article what [`detector`](Self::detector) finds.
    ///
    /// # Errors
    /// As [`insert`](Self::insert).
    pub fn compact(&self) -> Result<()> {
        let inner = &*self.0;
        let writer = inner.writer()?;
        inner.compact(*writer)
    }

    /// Reads everything that is stored, and checks that it is whole and fits together.
    ///
    /// # Errors
    /// [`Error::Damaged`] names the first thing that is not as it should be.
    pub fn verify(&self) -> Result<()> {
        // Nothing may change meanwhile.
        let at = self.0.still();
        self.0.verify(*at)
    }

    /// Copies the index into a new folder, as it is at this moment. Others may ask meanwhile, and changes wait.
    ///
    /// ```
    /// # use unspin::{Config, Index, Meta};
    /// # let folder = tempfile::tempdir().expect("a folder");
    /// # let index = Index::open_or_create(folder.path().join("seen"), &Config::default())?;
    /// index.insert("mine", &index.prepare("Rain is expected."), Meta::default())?;
    /// index.backup(folder.path().join("copy"))?;
    /// assert!(Index::open(folder.path().join("copy"))?.contains("mine")?);
    /// # Ok::<(), unspin::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::NoIndex`] where the folder holds something already, and as [`insert`](Self::insert).
    pub fn backup(&self, to: impl AsRef<Path>) -> Result<()> {
        let at = self.0.still();
        self.0.backup(*at, to.as_ref())
    }
}

impl Inner {
    fn compact(&self, at: At) -> Result<()> {
        let parts = &self.parts;
        let (knowledge, mut batch) = parts.knowledge().recount(&parts.store, at.next)?;
        let spare = parts.knowledge().learned.counts();
        // The order in which a whole corpus is compared: the longest first.
        let mut order: Vec<(Reverse<usize>, ArticleId, u32)> = Vec::new();
        for held in Held::scan(&parts.store, 0..u32::MAX) {
            let (number, held) = held?;
            if held.posts {
                order.push((Reverse(held.article.tokens.len()), held.id, number));
            }
        }
        order.sort_unstable();
        let posted = order.into_iter().map(|(_, _, number)| {
            let held = parts.held(number)?;
            let keyed = held.map(|held| parts.keys_by(&knowledge, held.article)).transpose()?;
            let Keyed { keys, own } = keyed.unwrap_or_default();
            Ok((Posting::new(number, own), keys))
        });
        let gone = Gone::default();
        parts.keys.gone().pages().for_each(|page| batch.remove(Table::Gone, &page.to_be_bytes()));
        parts.keys.rebuild(posted, gone, at.next, batch)?;
        parts.set_knowledge(knowledge);
        parts.store.clear(spare)?;
        parts.store.compact()
    }

    fn verify(&self, at: At) -> Result<()> {
        let parts = &self.parts;
        let store = &parts.store;
        for table in Table::ALL {
            for record in store.scan(table, &[]) {
                record?;
            }
        }
        let (mut articles, mut texts) = (0, 0);
        for held in Held::scan(&parts.store, 0..u32::MAX) {
            let (number, held) = held?;
            let key = number.to_be_bytes();
            let damaged = |why: &str| store.damaged(Table::Articles, &key, why);
            if parts.number(held.id.as_str())? != Some(number) {
                return Err(damaged("its id leads elsewhere"));
            }
            let record = store.get(Table::Places, &key)?.ok_or_else(|| damaged("its places are missing"))?;
            let placed = Placed::decode(&record).ok_or_else(|| damaged("its places are none"))?;
            if placed.spans.len() != held.article.tokens.len() {
                return Err(damaged("its places are not its words'"));
            }
            if !held.article.tokens.is_empty() {
                let twins = parts.twins(&held.article)?;
                if twins.others == 0 && !twins.numbers.contains(&number) {
                    return Err(damaged("its words lead elsewhere"));
                }
            }
            articles += 1;
            texts += u64::from(held.posts);
        }
        if (articles, texts) != (at.articles, at.texts) {
            let what = format!("it holds {articles} articles of {}, and {texts} texts of {}", at.articles, at.texts);
            return Err(Error::Damaged { path: parts.path.clone(), what });
        }
        parts.keys.runs().iter().try_for_each(|run| run.verify())
    }

    fn backup(&self, at: At, to: &Path) -> Result<()> {
        let parts = &self.parts;
        let failed = failed(to);
        fs::create_dir_all(to).map_err(&failed)?;
        if fs::read_dir(to).map_err(&failed)?.next().is_some() {
            return Err(Error::NoIndex { path: to.to_owned(), found: "the folder holds something already" });
        }
        let _lock = Lock::take(to)?;
        let copy = Arc::new(Store::open(&to.join(STORE), 64 << 20)?);
        for table in Table::ALL {
            let mut batch = Batch::default();
            for record in parts.store.scan(table, &[]) {
                let (key, record) = record?;
                batch.put(table, &key, record.to_vec());
                if batch.len() == AT_ONCE {
                    copy.commit(std::mem::take(&mut batch))?;
                }
            }
            copy.commit(batch)?;
        }
        // The runs as they are now, and not as they were written down when the state was copied.
        let (catalogue, runs) = parts.keys.catalogue();
        let folder = to.join(RUNS);
        fs::create_dir(&folder).map_err(&failed)?;
        runs.iter().try_for_each(|run| run.copy(&folder))?;
        let mut batch = Batch::default();
        Catalogue::put(&catalogue, &mut batch);
        copy.commit(batch)?;
        Syncer::open(to, copy, at.commits)?.sync(at.commits)?;
        parts.format.write(to)
    }
}
