//! From shingles to keys: the signature and its bands, the sampled keys that a copy keeps, and the pass over a text
//! that makes an article of it.

pub mod minhash;
pub mod banding;
pub(crate) mod stable;
pub(crate) mod prepare;
