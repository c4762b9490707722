//! Groups: verified links joined, without letting a chain or a digest unite strangers, and the original of each.

pub(crate) mod union;
pub(crate) mod sources;
pub(crate) mod original;
pub(crate) mod substitutions;
pub(crate) mod stories;
