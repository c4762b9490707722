//! From shingles to keys: the signature and its bands, and the sampled keys that a copy keeps.

pub mod minhash;
pub mod banding;
pub(crate) mod stable;
