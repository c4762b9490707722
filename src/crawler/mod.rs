//! An index that lasts and grows: what a crawler asks of every page whether it has seen it.
//!
//! [`Index`] does what [`Detector`](crate::Detector) does, article by article and on disk: the same keys, the same
//! verification, the same relations and evidence.
//!
//! # What is stored
//!
//! Of each article the words as hashes, with the places where they stand, its id and what is told about it, and its text
//! if that was asked for; of each word its spelling, and how often it was counted. Its keys are posted to a table in
//! memory, and when that is full it becomes a run on disk: postings in the order of their keys. Runs of a size are merged,
//! and all of them when the newer ones come to a third of the oldest. Opening an index posts the keys of the latest
//! articles again.
//!
//! # How it differs from a detector
//!
//! A detector sees a whole corpus before it compares anything. Here the rarity of words, on which the keys and the
//! verdicts depend, is learned as the index grows: counted whenever it has grown by half, and fixed in between. Keys that
//! were posted stay as they are. So an early article may share fewer keys with its copy than it would in the end; and of a
//! key that very many articles post the first articles are its representatives, not the longest ones. [`Index::compact`]
//! counts and posts everything anew: after it, every pair that a detector finds is found here.
//!
//! # Memory
//!
//! Of the memory that an index may take more than a quarter goes to the filters of runs, an eighth at most to postings that
//! are in no run yet, a sixteenth to blocks of the store that were read, and a tenth, or more while much is written, to
//! records that are not on their way to the disk yet. What is left is for the words that are kept, for the tables of pages,
//! and for what the program's allocator holds back: much, if that takes memory by pages of two megabytes. A new run's
//! filter comes once those of the runs in its place are gone: for that moment it is read for keys that it does not hold.
//!
//! # Limits
//!
//! * A text is indexed up to [`INDEXED`] bytes, an id has up to [`LONGEST_ID`] bytes of UTF-8, and 2²⁹ articles may be
//!   inserted in all.
//! * An answer comes from at most 512 candidates, those that share most keys, and from as much comparing as a thousand
//!   articles of a thousand words take. A key's list holds at most 128 articles.
//! * Of 256 articles with the same words and more, the others are counted but not listed.
//! * One process has the index open; others are refused, those that would only read too.
//! * Of an index whose process was killed, damage to its files that happened since may be met only when it is read; of one
//!   that was closed, it is told at opening.

pub(crate) mod bytes;
pub(crate) mod files;
pub(crate) mod large;
pub(crate) mod pages;
pub(crate) mod format;
pub(crate) mod lock;
pub(crate) mod seal;
pub(crate) mod store;
pub(crate) mod lists;
pub(crate) mod head;
pub(crate) mod hot;
pub(crate) mod filter;
pub(crate) mod runs;
pub(crate) mod keys;
pub(crate) mod record;
pub(crate) mod twins;
pub(crate) mod prepared;
pub(crate) mod common;
pub(crate) mod knowledge;
pub(crate) mod durability;
pub(crate) mod answer;
pub(crate) mod parts;
pub(crate) mod change;
pub(crate) mod search;
pub(crate) mod inner;
pub(crate) mod index;
pub(crate) mod open;
pub(crate) mod upkeep;

pub use self::answer::{Match, Seen, Stats, Stored};
pub use self::durability::Durability;
pub use self::index::{Index, LONGEST_ID};
pub use self::open::Options;
pub use self::prepared::{INDEXED, Prepared};
