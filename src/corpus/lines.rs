//! The lines of a stream, one at a time, with their numbers and places.

use std::io::{self, BufRead, Read};

use super::decode::{UTF8_BOM, Utf8, has_replacement};

/// What the buffer may keep after a huge line: that line should not hold its memory for the rest of the file.
const KEPT_BUFFER: usize = 16 << 20;

/// What comes next in a stream of lines.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Line {
    /// A line, now in the buffer.
    Whole,
    /// A line that is longer than any record may be, skipped.
    TooLong,
    End,
}

/// The lines of a stream, one at a time in one buffer.
pub(super) struct Lines<'s> {
    reader: Box<dyn BufRead + 's>,
    /// Whether the stream was UTF-16 and is decoded on the way.
    pub(super) decoded: bool,
    longest: usize,
    /// The number of the current line, from 1.
    pub(super) number: u64,
    /// Where the current line starts in the stream, and where the next one does.
    pub(super) start: u64,
    pub(super) next: u64,
    /// The current line with its end.
    pub(super) buffer: Vec<u8>,
}

impl<'s> Lines<'s> {
    pub(super) fn new(stream: Utf8<'s>, longest: usize) -> Self {
        let Utf8 { reader, decoded } = stream;
        Self { reader, decoded, longest, number: 0, start: 0, next: 0, buffer: Vec::new() }
    }

    /// Goes on to the next line. After an error, the buffer holds what could be read of it.
    pub(super) fn advance(&mut self) -> io::Result<Line> {
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
    pub(super) fn current(&self) -> (&[u8], Option<u64>, bool) {
        let line = self.buffer.strip_suffix(b"\n").unwrap_or(&self.buffer);
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        // Files that were put together with `cat` have marks at other lines than the first, too.
        let json = line.strip_prefix(UTF8_BOM).unwrap_or(line);
        let offset = self.start + (line.len() - json.len()) as u64;
        (json, (!self.decoded).then_some(offset), self.decoded && has_replacement(json))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(bytes: &[u8], longest: usize) -> Lines<'_> {
        Lines::new(Utf8::new(Box::new(bytes)).unwrap(), longest)
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
}
