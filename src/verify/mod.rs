//! Verification: what two articles really share, and what that makes of them.

pub mod jaccard;
pub(crate) mod align;
pub(crate) mod sentences;
pub(crate) mod facts;
pub(crate) mod notice;
pub(crate) mod speech;
pub(crate) mod carried;
pub(crate) mod glance;
pub mod evidence;
pub(crate) mod words;
pub mod model;
pub mod relation;
pub(crate) mod passages;
pub(crate) mod places;
