//! JSON beyond lines: a list of objects, one object over many lines, or several one behind the other. They are taken
//! out one at a time, so that a list of any length needs no more memory than its longest record.

use std::io::{self, BufRead};

use super::decode::{UTF8_BOM, Utf8, has_replacement};
use super::fields::Lookup;
use super::input::LONGEST_RECORD;
use super::jsonl::{self, parse};
use super::problems::Kind;
use super::sink::Sink;
use crate::error::Result;

/// So many records without a text, and none with one, are enough to be sure that a file was meant to be read.
const MOST_DOUBTS: usize = 100;

/// Hands over a record for every object that has a text. What is expected to be lines is read as such, unless it
/// begins with a list.
pub(super) fn read<'a>(
    mut stream: Utf8<'_>,
    lines: bool,
    lookup: &'a Lookup<'a>,
    sink: &mut Sink<'_, 'a>,
) -> Result<()> {
    if lines && !matches!(stream.first(), Ok(Some(b'['))) {
        return jsonl::read(stream, lookup, sink);
    }
    let mut values = Values::new(stream, LONGEST_RECORD);
    // In a folder, such a file may hold settings or labels as well as articles: until one is seen, that others are
    // none is no loss yet.
    let mut doubts: Option<Vec<(u64, String)>> = (!lines && sink.current().in_folder).then(Vec::new);
    loop {
        let broken = match values.advance() {
            Ok(Next::Value) => None,
            Ok(Next::TooLong) => {
                let problem = "the record is longer than 1 GiB, or never closed: write one article a record";
                sink.problem(Kind::TooLong, Some(values.first_line), problem)?;
                continue;
            }
            Ok(Next::End) => break,
            Err(error) => Some(error),
        };
        let json = values.buffer.trim_ascii_end();
        let replaced = values.decoded && has_replacement(json);
        let offset = (!values.decoded).then_some(values.start);
        let parsed = parse(json, replaced, lookup);
        if let (Err((Kind::NoText, problem)), Some(doubts)) = (&parsed, &mut doubts)
            && doubts.len() < MOST_DOUBTS
        {
            doubts.push((values.first_line, problem.clone()));
            continue;
        }
        for (line, problem) in doubts.take().unwrap_or_default() {
            sink.problem(Kind::NoText, Some(line), problem)?;
        }
        match parsed {
            Ok(draft) => sink.record(Some(values.first_line), offset, json, draft)?,
            Err((kind, problem)) if broken.is_none() => sink.problem(kind, Some(values.first_line), problem)?,
            Err(_) => {}
        }
        if let Some(error) = broken {
            return sink.broken(Some(values.line), error);
        }
    }
    if let Some((line, problem)) = doubts.unwrap_or_default().into_iter().next() {
        sink.problem(Kind::NoArticles, Some(line), problem + ", if it holds articles")?;
    }
    if values.open_lists > 0 {
        let problem = "the list of records is never closed, so the file was cut short: fetch it again for the rest";
        sink.problem(Kind::Damaged, Some(values.line), problem)?;
    }
    Ok(())
}

/// A record's bytes in one line: JSON has line breaks between its tokens only.
pub(super) fn in_one_line(mut raw: Vec<u8>) -> Vec<u8> {
    for byte in &mut raw {
        if matches!(byte, b'\n' | b'\r') {
            *byte = b' ';
        }
    }
    raw
}

/// What comes next in a stream of values.
#[derive(Debug, PartialEq, Eq)]
enum Next {
    /// A value, now in the buffer: an object, or something else up to the next comma.
    Value,
    TooLong,
    End,
}

/// The values of a stream, out of any lists around them, one at a time in one buffer.
struct Values<'s> {
    reader: Box<dyn BufRead + 's>,
    decoded: bool,
    longest: usize,
    /// The line of the next byte, and its place in the stream.
    line: u64,
    at: u64,
    /// Lists that were opened around the values and are not closed.
    open_lists: i64,
    /// The current value, the line it starts in, and its place in the stream.
    buffer: Vec<u8>,
    first_line: u64,
    start: u64,
    /// Whether the brace that opens the next value was taken already.
    opened: bool,
}

/// Where in a value a byte stands.
#[derive(Default)]
struct Inside {
    depth: u64,
    string: bool,
    escaped: bool,
    /// How much of a line break, a brace and a quotation mark came last.
    fresh: u8,
}

/// What a byte means for the value that it stands in.
enum Step {
    Within,
    /// It is the last.
    Last,
    /// It belongs to the value no more.
    Behind,
    /// It and the byte before begin another value.
    Another,
}

impl Inside {
    /// Objects end with their brace. An object that starts a line, as in `{"`, while another is still open means that
    /// the other was never closed: so one broken line costs no more than itself.
    fn step(&mut self, byte: u8) -> Step {
        self.fresh = match (self.fresh, byte) {
            (_, b'\n') => 1,
            (1, b'{') => 2,
            (2, b'"') => return Step::Another,
            _ => 0,
        };
        if self.string {
            self.string = byte != b'"' || self.escaped;
            self.escaped = byte == b'\\' && !self.escaped;
            return Step::Within;
        }
        match byte {
            b'"' => self.string = true,
            b',' | b']' | b'\n' if self.depth == 0 => return Step::Behind,
            b'{' | b'[' => self.depth += 1,
            b'}' | b']' if self.depth <= 1 => return Step::Last,
            b'}' | b']' => self.depth -= 1,
            _ => {}
        }
        Step::Within
    }
}

impl<'s> Values<'s> {
    fn new(stream: Utf8<'s>, longest: usize) -> Self {
        let Utf8 { reader, decoded } = stream;
        let (line, first_line) = (1, 1);
        let buffer = Vec::new();
        Self { reader, decoded, longest, line, at: 0, open_lists: 0, buffer, first_line, start: 0, opened: false }
    }

    /// Goes on to the next value. After an error, the buffer holds what could be read of it.
    fn advance(&mut self) -> io::Result<Next> {
        self.buffer.clear();
        let mut inside = Inside::default();
        if std::mem::take(&mut self.opened) {
            self.buffer.push(b'{');
            inside.depth = 1;
            self.start = self.at - 1;
        } else if !self.skip_separators()? {
            return Ok(Next::End);
        } else {
            self.start = self.at;
        }
        self.first_line = self.line;
        self.take_value(inside)
    }

    /// Skips what stands between values, and tells whether there is one more.
    fn skip_separators(&mut self) -> io::Result<bool> {
        loop {
            let bytes = self.reader.fill_buf()?;
            if bytes.is_empty() {
                return Ok(false);
            }
            let separator =
                |&byte: &u8| byte.is_ascii_whitespace() || b",[]".contains(&byte) || UTF8_BOM.contains(&byte);
            let count = bytes.iter().position(|byte| !separator(byte)).unwrap_or(bytes.len());
            for byte in &bytes[..count] {
                match byte {
                    b'\n' => self.line += 1,
                    b'[' => self.open_lists += 1,
                    b']' => self.open_lists -= 1,
                    _ => {}
                }
            }
            let found = count < bytes.len();
            self.reader.consume(count);
            self.at += count as u64;
            if found {
                return Ok(true);
            }
        }
    }

    fn take_value(&mut self, mut inside: Inside) -> io::Result<Next> {
        let mut too_long = false;
        loop {
            let bytes = self.reader.fill_buf()?;
            let mut taken = 0;
            let mut ended = bytes.is_empty();
            let mut another = false;
            for &byte in bytes {
                match inside.step(byte) {
                    Step::Within => taken += 1,
                    Step::Last => {
                        taken += 1;
                        ended = true;
                    }
                    Step::Behind => ended = true,
                    Step::Another => {
                        another = true;
                        ended = true;
                    }
                }
                if ended {
                    break;
                }
                self.line += u64::from(byte == b'\n');
            }
            too_long |= self.buffer.len() + taken > self.longest;
            if too_long {
                self.buffer = Vec::new();
            } else {
                self.buffer.extend_from_slice(&bytes[..taken]);
            }
            self.reader.consume(taken);
            self.at += taken as u64;
            if another {
                self.opened = true;
                self.buffer.pop();
            }
            if ended {
                return Ok(if too_long { Next::TooLong } else { Next::Value });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::BufReader;

    use super::*;

    /// The values with their lines, read in pieces of this size, and the lists that stay open.
    fn values(json: &str, piece: usize) -> (Vec<(u64, String)>, i64) {
        let stream = Utf8 { reader: Box::new(BufReader::with_capacity(piece, json.as_bytes())), decoded: false };
        let mut values = Values::new(stream, 1000);
        let mut seen = Vec::new();
        while values.advance().unwrap() == Next::Value {
            let value = String::from_utf8(values.buffer.clone()).unwrap();
            assert!(json[values.start as usize..].starts_with(&value), "{value}");
            seen.push((values.first_line, value));
        }
        (seen, values.open_lists)
    }

    #[test]
    fn values_are_taken_out_of_lists_whatever_the_layout_and_the_pieces() {
        for (json, expected) in [
            (r#"[{"a":1},{"b":[{"c":"]}"}]}]"#, vec![(1, r#"{"a":1}"#), (1, r#"{"b":[{"c":"]}"}]}"#)]),
            ("\u{FEFF}[\n  {\n    \"a\": 1\n  },\n  {}\n]\n", vec![(2, "{\n    \"a\": 1\n  }"), (5, "{}")]),
            (r#"{"a":"\\\"}"}{"b":2}"#, vec![(1, r#"{"a":"\\\"}"}"#), (1, r#"{"b":2}"#)]),
            ("[1, null,\n\"a\", {}]", vec![(1, "1"), (1, "null"), (2, "\"a\""), (2, "{}")]),
            ("", vec![]),
            ("[]", vec![]),
        ] {
            for piece in 1..=json.len().max(1) {
                let (seen, open) = values(json, piece);
                let expected: Vec<_> = expected.iter().map(|&(line, value)| (line, value.to_owned())).collect();
                assert_eq!((seen, open), (expected, 0), "{json} in pieces of {piece}");
            }
        }
    }

    #[test]
    fn a_broken_object_costs_no_more_than_its_line() {
        let json = "{\"a\": \"open\n{\"b\": 2}\n{\"c\": [1\n{\"d\": 4}\n";
        for piece in 1..=json.len() {
            let (seen, _) = values(json, piece);
            let lines: Vec<u64> = seen.iter().map(|(line, _)| *line).collect();
            assert_eq!(lines, [1, 2, 3, 4], "in pieces of {piece}");
            assert_eq!((seen[1].1.as_str(), seen[3].1.as_str()), ("{\"b\": 2}", "{\"d\": 4}"));
        }
    }

    #[test]
    fn a_list_that_is_not_closed_is_known() {
        assert_eq!(values(r#"[{"a": 1},"#, 100).1, 1);
    }

    #[test]
    fn a_value_that_is_too_long_is_skipped() {
        let json = format!("[{{\"a\": \"{}\"}}, {{\"b\": 1}}]", "x".repeat(2000));
        let stream = Utf8 { reader: Box::new(BufReader::with_capacity(64, json.as_bytes())), decoded: false };
        let mut values = Values::new(stream, 1000);
        assert_eq!(values.advance().unwrap(), Next::TooLong);
        assert_eq!((values.advance().unwrap(), values.buffer.as_slice()), (Next::Value, &b"{\"b\": 1}"[..]));
        assert_eq!(values.advance().unwrap(), Next::End);
    }
}
