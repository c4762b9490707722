//! From text to tokens and shingles: normalise, tokenise, find the sentences, shingle.
//!
//! Nothing here keeps text: an article becomes a list of 32-bit token hashes with a few flags each. Offsets always
//! lead back into the text as it was read.

mod edges;
#[cfg(all(target_arch = "x86_64", not(feature = "scalar")))]
mod avx;
#[cfg(all(target_arch = "aarch64", target_feature = "neon", not(feature = "scalar")))]
mod neon;
mod ascii;
pub(crate) mod normalise;
pub(crate) mod sentences;
pub(crate) mod quotes;
pub mod tokenise;
pub(crate) mod vectors;
pub mod shingle;

pub use shingle::ShingleSet;
pub use tokenise::{Tokenised, tokenise};
