//! Plain text, Markdown and pages of HTML: one article a file.

use std::borrow::Cow;
use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::Path;

use super::compression::Compression;
use super::decode::{decode, decode_page, peek};
use super::html::Html;
use super::input::{Format, LONGEST_RECORD, Stream};
use super::problems::Kind;
use super::record::Draft;
use super::sink::Sink;
use crate::error::Result;

/// Hands over the whole input as one record. An input that breaks off is no article, so nothing of it is used.
pub(super) fn read(stream: Stream<'_>, sink: &mut Sink<'_, '_>) -> Result<()> {
    let mut raw = Vec::new();
    if let Err(error) = stream.reader.take(LONGEST_RECORD as u64 + 1).read_to_end(&mut raw) {
        return sink.broken(None, error);
    }
    if raw.len() > LONGEST_RECORD {
        return sink.problem(Kind::TooLong, None, "longer than 1 GiB: split it, or name it .jsonl if it holds records");
    }
    let (format, html) = (sink.current().format, sink.reading.html);
    let make = move |raw: &[u8]| {
        let (text, replaced) = decoded(raw, format, html);
        Ok(Draft { text: text.into_owned(), replaced, ..Draft::default() })
    };
    sink.bytes(None, Some(0), Cow::Owned(raw), Box::new(make))
}

/// The text of a file's bytes, which is HTML still if they are a page; and whether some of it had to be replaced.
pub(super) fn decoded(raw: &[u8], format: Format, html: Html) -> (Cow<'_, str>, bool) {
    let (text, replaced) = decode(raw);
    if replaced && html.wanted(format == Format::Html, &text) { decode_page(raw, None) } else { (text, replaced) }
}

/// The text of a file in UTF-8 or UTF-16, without a mark, plain or compressed.
///
/// # Errors
/// When it cannot be read, or is no text.
///
/// ```
/// let file = tempfile::NamedTempFile::new()?;
/// std::fs::write(&file, "\u{FEFF}labels")?;
/// assert_eq!(unspin::corpus::read_text(file.path())?, "labels");
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn read_text(path: &Path) -> io::Result<String> {
    let (head, bytes) = peek(File::open(path)?)?;
    let bytes = BufReader::new(bytes);
    let mut raw = Vec::new();
    match Compression::of(&head, Compression::of_name(path))? {
        Some(compression) => compression.reader(bytes)?.read_to_end(&mut raw)?,
        None => { bytes }.read_to_end(&mut raw)?,
    };
    match decode(&raw) {
        (text, false) => Ok(text.into_owned()),
        (_, true) => Err(io::Error::new(io::ErrorKind::InvalidData, "no text in UTF-8 or UTF-16")),
    }
}
