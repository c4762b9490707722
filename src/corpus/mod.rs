//! Reading a corpus: any mix of folders, files and the standard input, one file of code a format.
//!
//! [`Reader`] goes through the inputs once and hands over a [`Record`] an article; [`Corpus`] reads texts again from
//! where they stand, since none is kept in memory; [`Problems`] counts and tells what could not be used. [`Pipe`] takes
//! records one by one as they come, and [`Fetched`] the article on one page.

// A format is a variant of `Format`, its names in `Format::of`, and a file of its own whose `read` takes the records out
// of a stream and hands them to the `Sink`. An arm in reader.rs calls it; an arm in reread.rs finds the text in a
// record's bytes again. Places, ids, dates, repeats, HTML and problems are the sink's.
//
// In order: a file imports only from those above it.
mod escape;
mod dates;
mod fields;
mod decode;
mod html;
mod problems;
mod compression;
mod input;
mod source;
mod record;
mod sink;
mod intake;
mod lines;
mod text;
mod jsonl;
mod json;
mod csv;
mod feed;
mod warc;
#[cfg(feature = "parquet")]
mod parquet;
mod walk;
mod reread;
mod reader;
mod pipe;
mod fetched;

pub use dates::parse_date;
pub use escape::escape;
pub use fetched::Fetched;
pub use fields::Fields;
pub use html::Html;
pub use input::{Format, Progress};
pub use pipe::{Pipe, Piped};
pub use problems::{Kind, Problem, Problems, Severity};
pub use reader::{Options, Reader};
pub use record::{Record, Totals};
pub use reread::Corpus;
pub use source::Source;
pub use text::read_text;
pub use walk::reads;
