//! Words: which may stand for one another, how common each is, and how it is spelled.

pub mod inflection;
pub mod learned;
pub(crate) mod table;
pub(crate) mod spellings;
pub mod thesaurus;
pub(crate) mod boilerplate;
pub(crate) mod vocabulary;
