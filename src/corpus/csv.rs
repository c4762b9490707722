//! CSV and TSV: the first row names the columns, every other is a record, and a cell in quotes may have line breaks.

use std::borrow::Cow;
use std::io;
use std::sync::Arc;

use csv::{ByteRecord, ReaderBuilder};

use super::decode::Utf8;
use super::fields::{Columns, Fields, Lookup};
use super::input::LONGEST_RECORD;
use super::jsonl::{listed, no_text};
use super::lines::{Line, Lines};
use super::problems::Kind;
use super::record::{Draft, Table};
use super::sink::Sink;
use crate::error::Result;

/// The most bytes that a row may have. Where a quotation mark is never closed, so much is read in search of the other.
const LONGEST_ROW: usize = 16 << 20;

/// Hands over a record for every row that has a text.
pub(super) fn read<'a>(stream: Utf8<'_>, tabs: bool, lookup: &'a Lookup<'a>, sink: &mut Sink<'_, 'a>) -> Result<()> {
    let mut rows = Rows::new(Lines::new(stream, LONGEST_RECORD), tabs);
    let mut layout: Option<Arc<(Table, Columns<'a>)>> = None;
    loop {
        let broken = match rows.advance() {
            Ok(Row::Whole) => None,
            Ok(Row::Unclosed) => {
                let problem = "a quotation mark opens a cell and is never closed: double it, or close the cell";
                sink.problem(Kind::Malformed, Some(rows.first_line), problem)?;
                continue;
            }
            Ok(Row::TooLong) => {
                sink.problem(Kind::TooLong, Some(rows.first_line), "the row is longer than 1 GiB: split it")?;
                continue;
            }
            Ok(Row::End) => return Ok(()),
            // What can be read of a row that breaks off might pass for a whole one.
            Err(error) => Some(error),
        };
        if let Some(error) = broken {
            return sink.broken(Some(rows.first_line), error);
        }
        let Some(layout) = &layout else {
            let Some(head) = head(&rows.row, rows.delimiter, lookup, rows.first_line, sink)? else { return Ok(()) };
            sink.table(head.clone());
            let columns = lookup.columns(&head.names);
            layout = Some(Arc::new((head, columns)));
            continue;
        };
        let (layout, decoded) = (Arc::clone(layout), rows.lines.decoded);
        let make = move |row: &[u8]| {
            let mut draft = draft(row, &layout.0, &layout.1, lookup)?;
            draft.replaced |= decoded && super::decode::has_replacement(row);
            Ok(draft)
        };
        sink.bytes(Some(rows.first_line), (!decoded).then_some(rows.start), Cow::Borrowed(&rows.row), Box::new(make))?;
    }
}

/// The text in a row's bytes, if they still are a row.
pub(super) fn text(raw: &[u8], table: &Table, fields: &Fields) -> Option<String> {
    let lookup = Lookup::new(fields);
    draft(raw, table, &lookup.columns(&table.names), &lookup).ok().map(|draft| draft.text)
}

/// The row as a line of JSONL, with the columns' names.
pub(super) fn to_line(raw: &[u8], table: &Table) -> Vec<u8> {
    let cells = cells(raw, table.delimiter).unwrap_or_default();
    let cells = cells.iter().map(|cell| String::from_utf8_lossy(cell).into());
    let fields: serde_json::Map<_, _> = table.names.iter().cloned().zip(cells).collect();
    serde_json::Value::from(fields).to_string().into_bytes()
}

/// The head of the table, unless it names no column of texts: then that is told, and there is nothing to read.
fn head(row: &[u8], delimiter: u8, lookup: &Lookup<'_>, line: u64, sink: &mut Sink<'_, '_>) -> Result<Option<Table>> {
    let cells = cells(row, delimiter).unwrap_or_default();
    let names: Vec<String> = cells.iter().map(|name| String::from_utf8_lossy(name).trim().to_owned()).collect();
    if lookup.columns(&names).have_text() {
        return Ok(Some(Table { delimiter, names }));
    }
    let found = format!("the first row, which names the columns, has {}", listed(names.iter().map(String::as_str)));
    let (kind, problem) = no_text(None, lookup, &found);
    sink.problem(kind, Some(line), problem)?;
    Ok(None)
}

/// What is in a row, or what is wrong with it.
fn draft(row: &[u8], table: &Table, columns: &Columns<'_>, lookup: &Lookup<'_>) -> Result<Draft, (Kind, String)> {
    let cells = cells(row, table.delimiter).map_err(|error| (Kind::Malformed, format!("no row: {error}")))?;
    let values = columns.find(|column| cells.get(column).map(String::from_utf8_lossy));
    let replaced = std::str::from_utf8(row).is_err();
    Draft::of(values, replaced).map_err(|unusable| {
        no_text(unusable, lookup, &format!("the row has {} of {} columns", cells.len(), table.names.len()))
    })
}

fn cells(row: &[u8], delimiter: u8) -> io::Result<ByteRecord> {
    let mut cells = ByteRecord::with_capacity(row.len(), 8);
    let mut reader = ReaderBuilder::new();
    let reader =
        reader.has_headers(false).flexible(true).delimiter(delimiter).buffer_capacity(row.len().clamp(64, 8192));
    reader.from_reader(row).read_byte_record(&mut cells)?;
    Ok(cells)
}

/// What comes next in a table.
enum Row {
    Whole,
    /// A line that opens a quotation which no later line closes.
    Unclosed,
    TooLong,
    End,
}

/// The rows of a table: lines, or several of them where a cell in quotes goes on.
struct Rows<'s> {
    lines: Lines<'s>,
    /// What stands between two cells: a tab, or what the first row shows.
    delimiter: u8,
    sniff: bool,
    /// The current row without its end, the line it starts in, and its place in the stream.
    row: Vec<u8>,
    first_line: u64,
    start: u64,
    /// Lines that were read in search of a closing quotation mark, to be read once more: their bytes with the ends,
    /// in reverse.
    again: Vec<Vec<u8>>,
    /// The line that comes next, and its place in the stream.
    next_line: u64,
    next: u64,
}

impl<'s> Rows<'s> {
    fn new(lines: Lines<'s>, tabs: bool) -> Self {
        let delimiter = if tabs { b'\t' } else { b',' };
        let row = Vec::new();
        Self { lines, delimiter, sniff: !tabs, row, first_line: 1, start: 0, again: Vec::new(), next_line: 1, next: 0 }
    }

    /// Goes on to the next row that is not blank.
    fn advance(&mut self) -> io::Result<Row> {
        loop {
            (self.first_line, self.start) = (self.next_line, self.next);
            let line = match self.line()? {
                Ok(line) => line,
                Err(Line::TooLong) => return Ok(Row::TooLong),
                Err(_) => return Ok(Row::End),
            };
            let mark = if line.starts_with(super::decode::UTF8_BOM) { 3 } else { 0 };
            if line[mark..].trim_ascii().is_empty() {
                continue;
            }
            if std::mem::take(&mut self.sniff) {
                self.delimiter = delimiter(&line[mark..]);
            }
            self.start += mark as u64;
            return self.row(line, mark);
        }
    }

    /// Takes the row that begins in this line behind its mark.
    fn row(&mut self, line: Vec<u8>, mark: usize) -> io::Result<Row> {
        let mut quotes = Quotes::Start;
        quotes.pass(&line[mark..], self.delimiter);
        let mut lines = vec![line];
        let mut len = 0;
        while quotes == Quotes::Inside {
            let line = if len > LONGEST_ROW { Err(Line::End) } else { self.line()? };
            let Ok(line) = line else {
                self.give_back(lines);
                return Ok(Row::Unclosed);
            };
            quotes.pass(&line, self.delimiter);
            len += line.len();
            lines.push(line);
        }
        let row = lines.concat();
        let row = row.strip_suffix(b"\n").unwrap_or(&row);
        self.row = row.strip_suffix(b"\r").unwrap_or(row)[mark..].to_vec();
        Ok(Row::Whole)
    }

    /// The next line with its end, or why there is none.
    fn line(&mut self) -> io::Result<Result<Vec<u8>, Line>> {
        let line = match self.again.pop() {
            Some(line) => line,
            None => match self.lines.advance()? {
                Line::Whole => self.lines.whole().to_vec(),
                Line::TooLong => {
                    self.next_line += 1;
                    self.next = self.lines.next;
                    return Ok(Err(Line::TooLong));
                }
                Line::End => return Ok(Err(Line::End)),
            },
        };
        self.next_line += 1;
        self.next += line.len() as u64;
        Ok(Ok(line))
    }

    /// Puts all lines but the first back.
    fn give_back(&mut self, lines: Vec<Vec<u8>>) {
        for line in lines.into_iter().skip(1).rev() {
            self.next_line -= 1;
            self.next -= line.len() as u64;
            self.again.push(line);
        }
    }
}

/// Where in a row a byte stands, for what concerns quotation marks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Quotes {
    /// At the start of a cell: only there does a mark open a quotation.
    Start,
    Outside,
    Inside,
    /// Behind a mark inside: the end of the quotation, or the first of two that stand for one.
    Behind,
}

impl Quotes {
    fn pass(&mut self, line: &[u8], delimiter: u8) {
        for &byte in line {
            *self = match (*self, byte) {
                (Self::Inside, b'"') => Self::Behind,
                (Self::Inside, _) | (Self::Start | Self::Behind, b'"') => Self::Inside,
                (_, byte) if byte == delimiter => Self::Start,
                _ => Self::Outside,
            };
        }
    }
}

/// What stands between the names of the columns: of the usual marks the one that occurs most.
fn delimiter(head: &[u8]) -> u8 {
    let count = |mark: u8| head.split(|&byte| byte == mark).count();
    // Of equals, the last counts.
    [b'|', b'\t', b';', b','].into_iter().max_by_key(|&mark| count(mark)).unwrap_or(b',')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(table: &[u8]) -> Vec<(u64, u64, String)> {
        let lines = Lines::new(Utf8 { reader: Box::new(table), decoded: false }, 1000);
        let mut rows = Rows::new(lines, false);
        let mut seen = Vec::new();
        loop {
            match rows.advance().unwrap() {
                Row::Whole => {
                    assert!(table[rows.start as usize..].starts_with(&rows.row));
                    seen.push((rows.first_line, rows.start, String::from_utf8(rows.row.clone()).unwrap()));
                }
                Row::Unclosed => seen.push((rows.first_line, rows.start, "unclosed".into())),
                Row::TooLong => seen.push((rows.first_line, rows.start, "too long".into())),
                Row::End => return seen,
            }
        }
    }

    #[test]
    fn rows_know_their_line_and_place_however_many_lines_they_have() {
        let table = b"\xEF\xBB\xBFid,text\r\n\n1,\"a\nb \"\"c\"\"\n\"\r\n2,5\" gun\n3,d";
        let expected = [(1, 3, "id,text"), (3, 13, "1,\"a\nb \"\"c\"\"\n\""), (6, 29, "2,5\" gun"), (7, 38, "3,d")];
        assert_eq!(rows(table), expected.map(|(line, start, row)| (line, start, row.to_owned())));
    }

    #[test]
    fn a_quotation_that_is_never_closed_costs_its_line_only() {
        let table = b"id,text\n1,a\n2,\"open\n3,c\n4,d\n";
        let expected = ["id,text", "1,a", "unclosed", "3,c", "4,d"];
        let seen = rows(table);
        assert_eq!(seen.iter().map(|row| row.2.as_str()).collect::<Vec<_>>(), expected);
        assert_eq!(seen.iter().map(|row| row.0).collect::<Vec<_>>(), [1, 2, 3, 4, 5]);
    }

    #[test]
    fn the_mark_between_the_names_is_known() {
        for (head, mark) in
            [("id,text", b','), ("id;text", b';'), ("id\ttext", b'\t'), ("id|text", b'|'), ("text", b',')]
        {
            assert_eq!(delimiter(head.as_bytes()), mark, "{head}");
        }
    }
}
