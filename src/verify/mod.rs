//! Verification: what two articles really share, and what that makes of them.

pub(crate) mod align;
pub(crate) mod facts;
pub mod jaccard;
pub mod relation;
