//! RocksDB: a log-structured merge tree in C++.

use std::path::Path;

use rocksdb::{BlockBasedOptions, Cache, ColumnFamilyDescriptor, DB, DBCompressionType, Options, WriteBatch};

use crate::{CACHE, Engine};

pub(crate) struct Rocks(DB);

impl Engine for Rocks {
    const NAME: &'static str = "rocksdb";

    fn open(folder: &Path) -> Self {
        let mut blocks = BlockBasedOptions::default();
        blocks.set_block_cache(&Cache::new_lru_cache(CACHE / 2));
        blocks.set_bloom_filter(10.0, false);
        blocks.set_cache_index_and_filter_blocks(true);
        let mut options = Options::default();
        options.create_if_missing(true);
        options.create_missing_column_families(true);
        options.set_db_write_buffer_size(CACHE / 2);
        options.set_block_based_table_factory(&blocks);
        options.set_compression_type(DBCompressionType::Lz4);
        options.increase_parallelism(2);
        let families = ["lists", "records"].map(|name| ColumnFamilyDescriptor::new(name, options.clone()));
        Self(DB::open_cf_descriptors(&options, folder, families).expect("a database"))
    }

    fn get(&self, keys: &[[u8; 8]]) -> Vec<Option<Vec<u8>>> {
        let lists = self.0.cf_handle("lists").expect("a family");
        let found = self.0.batched_multi_get_cf(&lists, keys, false);
        found.into_iter().map(|list| list.expect("a readable list").map(|list| list.to_vec())).collect()
    }

    fn put(&self, lists: &[([u8; 8], Vec<u8>)], records: &[(u32, Vec<u8>)]) {
        let (table, other) =
            (self.0.cf_handle("lists").expect("a family"), self.0.cf_handle("records").expect("a family"));
        let mut batch = WriteBatch::default();
        for (key, list) in lists {
            batch.put_cf(&table, key, list);
        }
        for (number, record) in records {
            batch.put_cf(&other, number.to_be_bytes(), record);
        }
        self.0.write(&batch).expect("a write");
    }
}
