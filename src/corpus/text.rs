//! Plain text and Markdown: one article a file.

use std::io::Read;

use super::decode::decode;
use super::input::{LONGEST_RECORD, Stream};
use super::problems::Kind;
use super::record::{Draft, Sink};
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
    let (text, replaced) = decode(&raw);
    sink.record(None, Some(0), &raw, Draft { text: text.into_owned(), replaced, ..Draft::default() })
}

/// The text of a record's bytes.
pub(super) fn text(raw: &[u8]) -> String {
    decode(raw).0.into_owned()
}
