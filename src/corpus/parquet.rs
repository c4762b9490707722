//! Parquet: one article a row, with every column taken as the field of that name. No more than a page of each column
//! and one row are in memory.

use std::borrow::Cow;
use std::fs::File;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::Ordering;

use jiff::Timestamp;
use parquet::errors::ParquetError;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::reader::RowIter;
use parquet::record::{Field, Row};
use serde_json::{Map, Value};

use super::fields::Lookup;
use super::input::Stream;
use super::jsonl::parse;
use super::problems::Kind;
use super::sink::Sink;
use crate::error::Result;

/// The rows that are decoded together.
const BATCH: usize = 64;

/// Hands over a record for every row that has a text.
pub(super) fn read<'a>(stream: Stream<'_>, lookup: &'a Lookup<'a>, sink: &mut Sink<'_, 'a>) -> Result<()> {
    let (in_place, progress) = (stream.in_place, stream.progress.clone());
    let file = match seekable(stream, sink)? {
        Ok(file) => file,
        Err(error) => return sink.broken(None, error),
    };
    let reader = match guarded(|| SerializedFileReader::new(file)) {
        Ok(reader) => reader,
        Err(problem) => return damaged(sink, None, &problem),
    };
    let mut number = 0;
    for group in 0..reader.num_row_groups() {
        let group = match guarded(|| reader.get_row_group(group)) {
            Ok(group) => group,
            Err(problem) => return damaged(sink, Some(number + 1), &problem),
        };
        let mut rows = match guarded(|| RowIter::from_row_group(None, &*group)) {
            Ok(rows) => rows.with_batch_size(BATCH),
            Err(problem) => return damaged(sink, Some(number + 1), &problem),
        };
        loop {
            number += 1;
            let row = match guarded(|| rows.next().transpose()) {
                Ok(Some(row)) => row,
                Ok(None) => break,
                Err(problem) => return damaged(sink, Some(number), &problem),
            };
            let line = Value::from(object(&row)).to_string();
            sink.bytes(
                Some(number),
                None,
                Cow::Owned(line.into_bytes()),
                Box::new(move |line| parse(line, false, lookup)),
            )?;
        }
        number -= 1;
        if in_place {
            progress.read.fetch_add(group.metadata().compressed_size().unsigned_abs(), Ordering::Relaxed);
        }
    }
    Ok(())
}

/// What the library says, in words. It panics at some of what a damaged file can hold.
fn guarded<T>(work: impl FnOnce() -> Result<T, ParquetError>) -> Result<T, String> {
    match catch_unwind(AssertUnwindSafe(work)) {
        Ok(done) => done.map_err(|error| error.to_string()),
        Err(_) => Err("it contradicts itself".to_owned()),
    }
}

fn damaged(sink: &mut Sink<'_, '_>, at: Option<u64>, problem: &str) -> Result<()> {
    let problem = format!("not Parquet, or damaged ({problem}): everything before is used: fetch the file again");
    sink.problem(Kind::Damaged, at, problem)
}

/// The file itself, or a copy without a name of what can be read only once.
fn seekable(mut stream: Stream<'_>, sink: &Sink<'_, '_>) -> Result<io::Result<File>> {
    if stream.in_place {
        return Ok(File::open(&sink.current().path));
    }
    let mut copy = sink.reading.limits.file()?;
    Ok(io::copy(&mut stream.reader, &mut copy).map(|_| copy))
}

/// A row as an object of JSON.
fn object(row: &Row) -> Map<String, Value> {
    row.get_column_iter().map(|(name, field)| (name.clone(), value(field))).collect()
}

/// A value as JSON has it: moments as RFC 3339, bytes as the text that old writers mean by them.
fn value(field: &Field) -> Value {
    let moment = |moment: Result<Timestamp, jiff::Error>| moment.map_or(Value::Null, |at| at.to_string().into());
    match field {
        Field::Null => Value::Null,
        Field::Bool(value) => (*value).into(),
        Field::Byte(value) => (*value).into(),
        Field::Short(value) => (*value).into(),
        Field::Int(value) => (*value).into(),
        Field::Long(value) => (*value).into(),
        Field::UByte(value) => (*value).into(),
        Field::UShort(value) => (*value).into(),
        Field::UInt(value) => (*value).into(),
        Field::ULong(value) => (*value).into(),
        Field::Float(value) => (*value).into(),
        Field::Double(value) => (*value).into(),
        Field::Str(text) => text.as_str().into(),
        Field::Bytes(bytes) => String::from_utf8_lossy(bytes.data()).into(),
        Field::Date(days) => moment(Timestamp::from_second(i64::from(*days) * 86_400)),
        Field::TimestampMillis(millis) => moment(Timestamp::from_millisecond(*millis)),
        Field::TimestampMicros(micros) => moment(Timestamp::from_microsecond(*micros)),
        Field::Group(row) => object(row).into(),
        Field::ListInternal(list) => list.elements().iter().map(value).collect(),
        Field::MapInternal(map) => {
            let pairs = map.entries().iter();
            Value::Object(pairs.map(|(key, field)| (key.to_string(), value(field))).collect())
        }
        Field::Float16(_) | Field::Decimal(_) | Field::TimeMillis(_) | Field::TimeMicros(_) => field.to_string().into(),
    }
}
