//! heed: LMDB, a memory-mapped copy-on-write B-tree in C. Its map is no memory of the process's own.

use std::path::Path;

use heed::types::Bytes;
use heed::{Database, Env, EnvFlags, EnvOpenOptions};

use crate::Engine;

pub(crate) struct Heed {
    env: Env,
    lists: Database<Bytes, Bytes>,
    records: Database<Bytes, Bytes>,
}

impl Engine for Heed {
    const NAME: &'static str = "heed";

    fn open(folder: &Path) -> Self {
        let mut options = EnvOpenOptions::new();
        options.map_size(64 << 30).max_dbs(2);
        // SAFETY: the folder is this program's own, and opened once.
        let env = unsafe { options.flags(EnvFlags::NO_SYNC).open(folder) }.expect("an environment");
        let mut write = env.write_txn().expect("a transaction");
        let lists = env.create_database(&mut write, Some("lists")).expect("a database");
        let records = env.create_database(&mut write, Some("records")).expect("a database");
        write.commit().expect("a commit");
        Self { env, lists, records }
    }

    fn get(&self, keys: &[[u8; 8]]) -> Vec<Option<Vec<u8>>> {
        let read = self.env.read_txn().expect("a transaction");
        keys.iter().map(|key| self.lists.get(&read, key).expect("a readable list").map(<[u8]>::to_vec)).collect()
    }

    fn put(&self, lists: &[([u8; 8], Vec<u8>)], records: &[(u32, Vec<u8>)]) {
        let mut write = self.env.write_txn().expect("a transaction");
        for (key, list) in lists {
            self.lists.put(&mut write, key, list).expect("an insertion");
        }
        for (number, record) in records {
            self.records.put(&mut write, &number.to_be_bytes(), record).expect("an insertion");
        }
        write.commit().expect("a commit");
    }
}
