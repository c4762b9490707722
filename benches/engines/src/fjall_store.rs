//! fjall: a log-structured merge tree in Rust.

use std::path::Path;

use fjall::config::{BlockSizePolicy, FilterPolicy, FilterPolicyEntry};
use fjall::{Database, Keyspace, KeyspaceCreateOptions, PersistMode};

use crate::{CACHE, Engine};

pub(crate) struct Fjall {
    database: Database,
    lists: Keyspace,
    records: Keyspace,
}

impl Engine for Fjall {
    const NAME: &'static str = "fjall";

    fn open(folder: &Path) -> Self {
        let database = Database::builder(folder).cache_size(CACHE as u64 * 3 / 4).open().expect("a database");
        let lists = || {
            KeyspaceCreateOptions::default().data_block_size_policy(BlockSizePolicy::all(4096)).filter_policy(
                FilterPolicy::all(FilterPolicyEntry::Bloom(fjall::config::BloomConstructionPolicy::BitsPerKey(10.0))),
            )
        };
        let lists = database.keyspace("lists", lists).expect("a keyspace");
        let records = database.keyspace("records", KeyspaceCreateOptions::default).expect("a keyspace");
        Self { database, lists, records }
    }

    fn get(&self, keys: &[[u8; 8]]) -> Vec<Option<Vec<u8>>> {
        keys.iter().map(|key| self.lists.get(key).expect("a readable list").map(|list| list.to_vec())).collect()
    }

    fn put(&self, lists: &[([u8; 8], Vec<u8>)], records: &[(u32, Vec<u8>)]) {
        let mut batch = self.database.batch().durability(Some(PersistMode::Buffer));
        for (key, list) in lists {
            batch.insert(&self.lists, key.as_slice(), list.as_slice());
        }
        for (number, record) in records {
            batch.insert(&self.records, number.to_be_bytes().as_slice(), record.as_slice());
        }
        batch.commit().expect("a commit");
    }
}
