//! The index: which articles post which keys, and the pairs that share enough of them.

pub(crate) mod candidates;
pub(crate) mod postings;
