//! An index that lasts and grows: what a crawler asks of every page whether it has seen it.
//!
//! [`Index`](crate::Index) does what [`Detector`](crate::Detector) does, article by article and on disk: the same keys, the
//! same verification, the same relations and evidence.

pub(crate) mod bytes;
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
pub(crate) mod knowledge;
pub(crate) mod durability;
pub(crate) mod answer;
pub(crate) mod parts;
pub(crate) mod search;
pub(crate) mod change;
pub(crate) mod index;
pub(crate) mod upkeep;

pub use self::answer::{Match, Seen, Stats, Stored};
pub use self::durability::Durability;
pub use self::index::{Index, LONGEST_ID, Options};
pub use self::prepared::{INDEXED, Prepared};
