//! The lines of a stream, one at a time, with their numbers and places.

use std::io::{self, BufRead, Read};

use super::decode::{UTF8_BOM, Utf8, has_replacement};

/// What the buffer may keep after a huge line: that line should not hold its memory for the rest of the file.
const KEPT_BUFFER: usize = 16 << 20;

/// What comes next in a stream of lines.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Line {
    /// A line, with its end.
    Whole,
    /// A line that is longer than any record may be, skipped.
    TooLong,
    End,
}

/// The lines of a stream, one at a time: in the reader's own buffer, or put together in another.
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
    /// The current line with its end, unless it stands in the reader's own buffer: then how long it is there.
    buffer: Vec<u8>,
    ready: usize,
}

impl<'s> Lines<'s> {
    pub(super) fn new(stream: Utf8<'s>, longest: usize) -> Self {
        let Utf8 { reader, decoded } = stream;
        Self { reader, decoded, longest, number: 0, start: 0, next: 0, buffer: Vec::new(), ready: 0 }
    }

    /// Goes on to the next line. After an error, the current line is what could be read of it.
    pub(super) fn advance(&mut self) -> io::Result<Line> {
        self.number += 1;
        self.start = self.next;
        self.buffer.clear();
        self.buffer.shrink_to(KEPT_BUFFER);
        self.reader.consume(std::mem::take(&mut self.ready));
        if let Some(length) = self.ready()? {
            self.ready = length;
            self.next += length as u64;
            return Ok(Line::Whole);
        }
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

    /// The length of the next line, if all of it was read already: such a line need not be copied.
    fn ready(&mut self) -> io::Result<Option<usize>> {
        let read = match self.reader.fill_buf() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => return Ok(None),
            read => read?,
        };
        Ok(memchr::memchr(b'\n', read).map(|end| end + 1).filter(|&length| length <= self.longest + 1))
    }

    /// The current line with its end.
    pub(super) fn whole(&mut self) -> &[u8] {
        match self.ready {
            0 => &self.buffer,
            // It was there, and is until it is passed.
            length => self.reader.fill_buf().ok().and_then(|read| read.get(..length)).unwrap_or_default(),
        }
    }

    /// The current line without its end, where it starts in the file unless it was decoded, and whether decoding
    /// replaced some of it.
    pub(super) fn current(&mut self) -> (&[u8], Option<u64>, bool) {
        let (start, decoded) = (self.start, self.decoded);
        let line = self.whole();
        let line = line.strip_suffix(b"\n").unwrap_or(line);
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        // Files that were put together with `cat` have marks at other lines than the first, too.
        let json = line.strip_prefix(UTF8_BOM).unwrap_or(line);
        let offset = start + (line.len() - json.len()) as u64;
        (json, (!decoded).then_some(offset), decoded && has_replacement(json))
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
            let number = lines.number;
            let (line, offset, _) = lines.current();
            seen.push((number, offset.unwrap(), String::from_utf8(line.to_vec()).unwrap()));
        }
        let expected = [(1, 3, "one"), (2, 8, ""), (3, 9, "two"), (4, 16, "three")];
        assert_eq!(seen, expected.map(|(number, offset, line)| (number, offset, line.to_owned())));
    }

    #[test]
    fn a_line_that_is_too_long_is_skipped_and_the_next_one_read() {
        for long in [9, 10, 20, 21, 1000] {
            let text = format!("12345678\n{}\nshort\n{}", "x".repeat(long), "y".repeat(long));
            let buffers: [Box<dyn BufRead>; 2] =
                [Box::new(text.as_bytes()), Box::new(io::BufReader::with_capacity(7, text.as_bytes()))];
            for reader in buffers {
                let mut lines = Lines::new(Utf8 { reader, decoded: false }, 8);
                assert_eq!((lines.advance().unwrap(), lines.current().0), (Line::Whole, &b"12345678"[..]));
                assert_eq!((lines.advance().unwrap(), lines.number), (Line::TooLong, 2), "{long}");
                assert_eq!((lines.advance().unwrap(), lines.current().0), (Line::Whole, &b"short"[..]));
                assert_eq!(lines.current().1, Some(9 + long as u64 + 1));
                assert_eq!((lines.advance().unwrap(), lines.number), (Line::TooLong, 4));
                assert_eq!(lines.advance().unwrap(), Line::End);
            }
        }
    }
}
