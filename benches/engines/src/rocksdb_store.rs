//! RocksDB: a log-structured merge tree in C++.

use std::path::Path;

use rocksdb::{
    BlockBasedOptions, Cache, ColumnFamily, ColumnFamilyDescriptor, DB, DBCompressionType, Options, ReadOptions,
    WriteBatch, WriteBufferManager,
};

use crate::{CACHE, Engine};

const LISTS: &str = "lists";
const RECORDS: &str = "records";

pub(crate) struct RocksDb(DB);

impl RocksDb {
    fn table(&self, name: &str) -> &ColumnFamily {
        self.0.cf_handle(name).expect("a table")
    }
}

impl Engine for RocksDb {
    const NAME: &'static str = "rocksdb";

    fn open(folder: &Path) -> Self {
        // One bound for all: blocks, their index, filters, and what is not written out yet.
        let cache = Cache::new_lru_cache(CACHE);
        let buffers = WriteBufferManager::new_write_buffer_manager_with_cache(CACHE / 4, false, cache.clone());
        let mut options = Options::default();
        options.create_if_missing(true);
        options.create_missing_column_families(true);
        options.set_write_buffer_manager(&buffers);
        let tables = [LISTS, RECORDS].map(|name| ColumnFamilyDescriptor::new(name, table_options(&cache)));
        Self(DB::open_cf_descriptors(&options, folder, tables).expect("a database"))
    }

    fn get(&self, keys: &[[u8; 8]]) -> Vec<Option<Vec<u8>>> {
        let mut options = ReadOptions::default();
        options.set_verify_checksums(true);
        let lists = self.0.batched_multi_get_cf_opt(self.table(LISTS), keys, false, &options);
        lists.into_iter().map(|list| list.expect("a readable list").map(|list| list.to_vec())).collect()
    }

    fn put(&self, lists: &[([u8; 8], Vec<u8>)], records: &[(u32, Vec<u8>)]) {
        let mut batch = WriteBatch::default();
        let table = self.table(LISTS);
        for (key, list) in lists {
            batch.put_cf(table, key, list);
        }
        let table = self.table(RECORDS);
        for (number, record) in records {
            batch.put_cf(table, number.to_be_bytes(), record);
        }
        // Without a sync the log is handed to the system: it outlives the process.
        self.0.write(batch).expect("a commit");
    }
}

/// The blocks, filters and compression that fjall is given too.
fn table_options(cache: &Cache) -> Options {
    let mut blocks = BlockBasedOptions::default();
    blocks.set_block_cache(cache);
    blocks.set_block_size(4096);
    blocks.set_bloom_filter(10.0, false);
    blocks.set_cache_index_and_filter_blocks(true);
    blocks.set_pin_l0_filter_and_index_blocks_in_cache(true);
    let mut options = Options::default();
    options.set_block_based_table_factory(&blocks);
    let mut compression = [DBCompressionType::Lz4; 7];
    compression[..2].fill(DBCompressionType::None);
    options.set_compression_per_level(&compression);
    options
}
