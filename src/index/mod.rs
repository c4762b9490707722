//! The index: which articles post which keys, and the pairs that share enough of them.

pub(crate) mod runs;
pub(crate) mod postings;
pub(crate) mod candidates;
