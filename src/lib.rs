//! Groups every original article of a corpus with its copies.
#![doc = ""]
pub mod article;
pub mod config;
mod detector;
mod error;
mod group;
pub mod hash;
mod index;
pub mod lexicon;
pub mod sketch;
pub mod text;
pub mod verify;

pub use article::{Article, ArticleId, Meta, Span};
pub use config::{Config, Facts, View};
pub use detector::{ALL_TWINS, Builder, Comparison, Copy, Detector, Found, Group, Match, Member};
pub use error::{Error, Place, Result};
pub use verify::evidence::Evidence;
pub use verify::relation::{Relation, Scores, Verdict};
