//! What does not fit in memory.

mod limits;
mod mmap;

pub(crate) use limits::{Limits, read_at};
pub(crate) use mmap::{Filer, List, Maps, Stretch};
