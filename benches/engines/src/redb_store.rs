//! redb: a copy-on-write B-tree in Rust.

use std::path::Path;

use redb::{Database, Durability, ReadableDatabase, TableDefinition};

use crate::{CACHE, Engine};

const LISTS: TableDefinition<'_, u64, &[u8]> = TableDefinition::new("lists");
const RECORDS: TableDefinition<'_, u32, &[u8]> = TableDefinition::new("records");

pub(crate) struct Redb(Database);

impl Engine for Redb {
    const NAME: &'static str = "redb";

    fn open(folder: &Path) -> Self {
        let database = Database::builder().set_cache_size(CACHE).create(folder.join("redb")).expect("a database");
        let write = database.begin_write().expect("a transaction");
        write.open_table(LISTS).expect("a table");
        write.open_table(RECORDS).expect("a table");
        write.commit().expect("a commit");
        Self(database)
    }

    fn get(&self, keys: &[[u8; 8]]) -> Vec<Option<Vec<u8>>> {
        let read = self.0.begin_read().expect("a transaction");
        let lists = read.open_table(LISTS).expect("a table");
        keys.iter()
            .map(|key| {
                let list = lists.get(u64::from_be_bytes(*key)).expect("a readable list");
                list.map(|list| list.value().to_vec())
            })
            .collect()
    }

    fn put(&self, lists: &[([u8; 8], Vec<u8>)], records: &[(u32, Vec<u8>)]) {
        let mut write = self.0.begin_write().expect("a transaction");
        write.set_durability(Durability::None).expect("a durability");
        {
            let mut table = write.open_table(LISTS).expect("a table");
            for (key, list) in lists {
                table.insert(u64::from_be_bytes(*key), list.as_slice()).expect("an insertion");
            }
            let mut table = write.open_table(RECORDS).expect("a table");
            for (number, record) in records {
                table.insert(number, record.as_slice()).expect("an insertion");
            }
        }
        write.commit().expect("a commit");
    }
}
