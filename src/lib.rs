//! Groups every original article of a corpus with its copies: exact reposts, light edits, excerpts, and the rewrites
//! that article spinners make ("the Windows giant" → "the Home windows large").
//!
//! # Overview
//!
//! Insert articles into a [`Detector`], and ask it what it found:
//!
//! ```
//! use unspin::{Detector, Relation};
//!
//! let story = "The harbour bridge will close for eleven nights from Monday while engineers replace its worn bearings, \
//!              the port authority said, and ferries will run until two in the morning.";
//! let mut detector = Detector::builder().build()?;
//! detector.insert("original", story)?;
//! detector.insert("repost", &story.to_uppercase())?;
//! detector.insert("stranger", "Rain is expected in the north by noon, with sunny spells along the coast.")?;
//!
//! for group in detector.find().groups() {
//!     println!("{}: {}", group.original().id, group.original_why);
//!     for member in &group.members[1..] {
//!         let copy = member.copy.expect("all but the original are copies");
//!         println!("  {} is an {} copy of {}", member.id, copy.relation, copy.of);
//!         assert_eq!(copy.relation, Relation::Exact);
//!     }
//! }
//! # Ok::<(), unspin::Error>(())
//! ```
//!
//! # The types
//!
//! * [`Detector`] holds the articles of a corpus; [`Config`] and [`Builder`] its settings. [`Detector::prepare`] is the
//!   costly part of inserting, for any number of threads.
//! * [`Found`] is the answer of [`Detector::find`]: [`Match`]es, verified pair by pair, and [`Group`]s of an original
//!   with its copies.
//! * A [`Relation`] tells what a copy is to its original; the table that decides it stands in
//!   [`verify::relation`]. [`Scores`] and [`Evidence`] tell how alike two articles are.
//! * [`Detector::compare`] says of any two texts why they are, or are not, copies.
//!
//! # For crawlers
//!
//! An `Index` (feature `index`) does the same article by article, on disk: it is asked of every page whether it is new or
//! a copy, while it grows, by any number of threads; and it holds what it acknowledged whatever becomes of the process.
//!
//! ```
//! # #[cfg(feature = "index")]
//! # fn example() -> unspin::Result<()> {
//! # let folder = tempfile::tempdir().expect("a folder");
//! # let path = folder.path().join("seen");
//! use unspin::{Config, Index, Meta, Seen};
//!
//! let index = Index::open_or_create(path, &Config::default())?;
//! let page = index.prepare("Rain is expected in the north by noon, with sunny spells along the coast.");
//! assert_eq!(index.check_and_insert("http://a.example/1", &page, Meta::default())?, Seen::New);
//! assert_ne!(index.check_and_insert("http://b.example/9", &page, Meta::default())?, Seen::New);
//! # Ok(())
//! # }
//! # #[cfg(feature = "index")]
//! # example().expect("an index");
//! ```
//!
//! # The flow
//!
//! read → normalise → tokenise → shingle → keys → index → candidates → verify → group → report, one way. Two views of
//! an article post keys in one index: the bands of a MinHash signature ([`sketch`]), and spin-stable keys made of the
//! phrases, figures, names and rare words that a copy keeps. Articles that share enough keys are candidates, and nothing
//! is grouped that was not verified on the words themselves ([`verify`]).
//!
//! # Limits
//!
//! A text is compared by its words only: not its pictures, titles or layout. Articles of fewer than 30 words match only
//! exact and near copies, of fewer than 60 no reworded ones. The thesaurus is English; other languages are found by what
//! a copy keeps. Of every article some hundred bytes stay in memory, and its tokens (5 bytes a word) and keys unless
//! [`Builder::memory`] sends them to temporary files.
//!
//! # Features
//!
//! `cli` (on by default) adds the readers, the reports and the command line; `index` (on by default) adds the durable
//! index and its storage engine, which is Rust only. Without both the library depends on Unicode tables, HTML entities,
//! temporary and mapped files, and rayon only.

pub mod article;
#[cfg(feature = "cli")]
pub mod cli;
pub mod config;
#[cfg(feature = "cli")]
pub mod corpus;
#[cfg(feature = "index")]
pub mod crawler;
mod detector;
mod disk;
mod error;
mod group;
pub mod hash;
mod index;
pub mod lexicon;
#[cfg(feature = "cli")]
pub mod report;
pub mod sketch;
pub mod text;
pub mod verify;

pub use article::{Article, ArticleId, Meta, Span};
pub use config::{Config, Facts, View};
#[cfg(feature = "index")]
pub use crawler::{Durability, Index, Prepared, Seen};
pub use detector::{ALL_TWINS, Builder, Copy, Detector, Found, Group, Match, Member, Report, Step, Story, Watch};
pub use error::{Error, Place, Result};
pub use lexicon::learned::Lexicon;
pub use verify::evidence::Evidence;
pub use verify::places::{Comparison, Places};
pub use verify::relation::{Relation, Scores, Verdict};
