//! JSON Lines: one object a line, read with one buffer however long the file is.

use std::borrow::Cow;
use std::io::{self, BufRead, Read};

use super::decode::{UTF8_BOM, decode_utf16, mend_surrogates};
use super::fields::{Fields, Lookup, Unusable, Values};
use super::input::{LONGEST_RECORD, Stream};
use super::problems::Kind;
use super::record::{Draft, Sink};
use crate::error::Result;

/// What the buffer may keep after a huge line: that line should not hold its memory for the rest of the file.
const KEPT_BUFFER: usize = 16 << 20;

/// Hands over a record for every line with an object that has a text.
pub(super) fn read(stream: Stream<'_>, fields: &Fields, sink: &mut Sink<'_, '_>) -> Result<()> {
    let lookup = Lookup::new(fields);
    let mut lines = match Lines::new(stream.reader, LONGEST_RECORD) {
        Ok(lines) => lines,
        Err(error) => return sink.broken(Some(1), error),
    };
    loop {
        let broken = match lines.advance() {
            Ok(Line::Whole) => None,
            Ok(Line::TooLong) => {
                let problem = "the line is longer than 1 GiB: write one article a line";
                sink.problem(Kind::TooLong, Some(lines.number), problem)?;
                continue;
            }
            Ok(Line::End) => return Ok(()),
            Err(error) => Some(error),
        };
        let (json, offset, replaced) = lines.current();
        if !json.trim_ascii().is_empty() {
            match parse(json, replaced, &lookup) {
                Ok(draft) => sink.record(Some(lines.number), offset, json, draft)?,
                Err((kind, problem)) if broken.is_none() => sink.problem(kind, Some(lines.number), problem)?,
                // Half a line: what broke it is reported below. A whole object without its line break is good.
                Err(_) => {}
            }
        }
        if let Some(error) = broken {
            return sink.broken(Some(lines.number), error);
        }
    }
}

/// The text of a record's bytes, if they still are a record.
pub(super) fn text(raw: &[u8], fields: &Fields) -> Option<String> {
    parse(raw, false, &Lookup::new(fields)).ok().map(|draft| draft.text)
}

/// What is in a line, or what is wrong with it.
fn parse(line: &[u8], replaced: bool, lookup: &Lookup<'_>) -> Result<Draft, (Kind, String)> {
    // Checking alone is several times faster than checking what could be replaced.
    let json = str::from_utf8(line).map_or_else(|_| String::from_utf8_lossy(line), Cow::Borrowed);
    let replaced = replaced || matches!(json, Cow::Owned(_));
    if !json.trim_start().starts_with('{') {
        let problem = r#"not a JSON object: write one object a line, such as {"id": "17", "text": "…"}"#;
        return Err((Kind::Malformed, problem.into()));
    }
    let error = match lookup.find(&json) {
        Ok(values) => return draft(values, &json, replaced, lookup),
        Err(error) => error,
    };
    if let Some(mended) = mend_surrogates(&json)
        && let Ok(values) = lookup.find(&mended)
    {
        return draft(values, &mended, true, lookup);
    }
    // The parser's own place is always in line 1: the line it was given.
    let message = error.to_string();
    let cause = message.rsplit_once(" at line ").map_or(message.as_str(), |(cause, _)| cause);
    let problem = format!("not JSON from column {} on ({cause}): write one whole object a line", error.column());
    Err((Kind::Malformed, problem))
}

fn draft(mut values: Values<'_>, json: &str, replaced: bool, lookup: &Lookup<'_>) -> Result<Draft, (Kind, String)> {
    let text = match (values.text(), values.unusable_text) {
        (Some(text), _) => text.into_owned(),
        (None, Some(Unusable::Blank)) => String::new(),
        (None, unusable) => {
            let problem = match unusable {
                Some(Unusable::NotText(kind)) => format!("the text field holds {kind}"),
                _ => "no text field".into(),
            };
            let tried = lookup.text_names().join(", ");
            let found = names(json);
            let problem = format!("{problem} (tried {tried}; the record has {found}): name it with --text-field");
            return Err((Kind::NoText, problem));
        }
    };
    let [id, title, date] = [values.id(), values.title(), values.date()].map(|value| value.map(Cow::into_owned));
    Ok(Draft { id, title, date, text, replaced })
}

/// The names of a record's fields, for whoever has to say which of them is the text.
fn names(json: &str) -> String {
    const SHOWN: usize = 12;
    let record: serde_json::Map<String, serde_json::Value> = serde_json::from_str(json).unwrap_or_default();
    if record.is_empty() {
        return "no field at all".into();
    }
    let mut names: Vec<String> = record.keys().take(SHOWN).map(|name| name.chars().take(40).collect()).collect();
    if record.len() > SHOWN {
        names.push(format!("{} more", record.len() - SHOWN));
    }
    names.join(", ")
}

/// What comes next in a stream of lines.
#[derive(Debug, PartialEq, Eq)]
enum Line {
    /// A line, now in the buffer.
    Whole,
    /// A line that is longer than any record may be, skipped.
    TooLong,
    End,
}

/// The lines of a stream, one at a time in one buffer.
struct Lines<'s> {
    reader: Box<dyn BufRead + 's>,
    /// Whether the stream was UTF-16 and is decoded on the way.
    decoded: bool,
    longest: usize,
    /// The number of the current line, from 1.
    number: u64,
    /// Where the current line starts in the stream, and where the next one does.
    start: u64,
    next: u64,
    /// The current line with its end.
    buffer: Vec<u8>,
}

impl<'s> Lines<'s> {
    fn new(reader: Box<dyn BufRead + 's>, longest: usize) -> io::Result<Self> {
        let (reader, decoded) = decode_utf16(reader)?;
        Ok(Self { reader, decoded, longest, number: 0, start: 0, next: 0, buffer: Vec::new() })
    }

    /// Goes on to the next line. After an error, the buffer holds what could be read of it.
    fn advance(&mut self) -> io::Result<Line> {
        self.number += 1;
        self.start = self.next;
        self.buffer.clear();
        self.buffer.shrink_to(KEPT_BUFFER);
        let mut too_long = false;
        loop {
            let before = self.buffer.len();
            let room = (self.longest + 1 - before) as u64;
            let read = self.reader.by_ref().take(room).read_until(b'\n', &mut self.buffer);
            self.next += (self.buffer.len() - before) as u64;
            read?;
            if self.buffer.len() == before || self.buffer.ends_with(b"\n") {
                break;
            }
            if self.buffer.len() > self.longest {
                too_long = true;
                self.buffer.clear();
            }
        }
        Ok(match self.buffer.is_empty() {
            _ if too_long => Line::TooLong,
            true => Line::End,
            false => Line::Whole,
        })
    }

    /// The current line without its end, where it starts in the file unless it was decoded, and whether decoding
    /// replaced some of it.
    fn current(&self) -> (&[u8], Option<u64>, bool) {
        let line = self.buffer.strip_suffix(b"\n").unwrap_or(&self.buffer);
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        // Files that were put together with `cat` have marks at other lines than the first, too.
        let json = line.strip_prefix(UTF8_BOM).unwrap_or(line);
        let offset = self.start + (line.len() - json.len()) as u64;
        let replaced = self.decoded && json.windows(3).any(|bytes| bytes == "\u{FFFD}".as_bytes());
        (json, (!self.decoded).then_some(offset), replaced)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(bytes: &[u8], longest: usize) -> Lines<'_> {
        Lines::new(Box::new(bytes), longest).unwrap()
    }

    fn problem(json: &str) -> (Kind, String) {
        parse(json.as_bytes(), false, &Lookup::new(&Fields::default())).unwrap_err()
    }

    #[test]
    fn lines_know_their_number_and_place_whatever_ends_them() {
        let mut lines = lines(b"\xEF\xBB\xBFone\r\n\ntwo\n\xEF\xBB\xBFthree", 100);
        let mut seen = Vec::new();
        while lines.advance().unwrap() == Line::Whole {
            let (line, offset, _) = lines.current();
            seen.push((lines.number, offset.unwrap(), String::from_utf8(line.to_vec()).unwrap()));
        }
        let expected = [(1, 3, "one"), (2, 8, ""), (3, 9, "two"), (4, 16, "three")];
        assert_eq!(seen, expected.map(|(number, offset, line)| (number, offset, line.to_owned())));
    }

    #[test]
    fn a_line_that_is_too_long_is_skipped_and_the_next_one_read() {
        for long in [9, 10, 20, 21, 1000] {
            let text = format!("12345678\n{}\nshort\n{}", "x".repeat(long), "y".repeat(long));
            let mut lines = lines(text.as_bytes(), 8);
            assert_eq!((lines.advance().unwrap(), lines.current().0), (Line::Whole, &b"12345678"[..]));
            assert_eq!((lines.advance().unwrap(), lines.number), (Line::TooLong, 2), "{long}");
            assert_eq!((lines.advance().unwrap(), lines.current().0), (Line::Whole, &b"short"[..]));
            assert_eq!(lines.current().1, Some(9 + long as u64 + 1));
            assert_eq!((lines.advance().unwrap(), lines.number), (Line::TooLong, 4));
            assert_eq!(lines.advance().unwrap(), Line::End);
        }
    }

    #[test]
    fn malformed_lines_are_told_with_their_column() {
        let (kind, told) = problem(r#"{"id": 1, "text": "a" "b"}"#);
        assert_eq!(kind, Kind::Malformed);
        assert!(told.starts_with("not JSON from column 23 on (expected `,` or `}`)"), "{told}");
        for json in ["[1, 2]", "\"text\"", "null", "plain text", "\0\0"] {
            let (kind, told) = problem(json);
            assert_eq!(kind, Kind::Malformed);
            assert!(told.starts_with("not a JSON object"), "{told}");
        }
    }

    #[test]
    fn a_record_without_text_is_told_which_fields_it_has() {
        let (kind, told) = problem(r#"{"id": 1, "contents": "a"}"#);
        assert_eq!(kind, Kind::NoText);
        assert_eq!(
            told,
            "no text field (tried text, body, content, article; the record has id, contents): name it with --text-field"
        );
        assert!(problem("{}").1.contains("the record has no field at all"));
        assert!(problem(r#"{"text": ["a"]}"#).1.starts_with("the text field holds a list"));
        let many: Vec<String> = (0..40).map(|n| format!(r#""field{n}": 0"#)).collect();
        assert!(problem(&format!("{{{}}}", many.join(","))).1.contains("field11, 28 more"));
    }

    #[test]
    fn lone_surrogates_and_stray_bytes_are_replaced_and_not_lost() {
        let lookup = Fields::default();
        let lookup = Lookup::new(&lookup);
        for json in [&br#"{"text": "a\ud83d"}"#[..], b"{\"text\": \"a\xFF\"}"] {
            let draft = parse(json, false, &lookup).unwrap();
            assert_eq!((draft.text.as_str(), draft.replaced), ("a\u{FFFD}", true));
        }
        // Where it is not read, it does no harm.
        let draft = parse(br#"{"text": "a", "author": "\ud83d"}"#, false, &lookup).unwrap();
        assert_eq!((draft.text.as_str(), draft.replaced), ("a", false));
    }
}
