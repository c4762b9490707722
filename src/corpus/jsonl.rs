//! JSON Lines: one object a line, read one by one however long the file is.

use std::borrow::Cow;

use super::decode::{Utf8, mend_surrogates};
use super::fields::{Fields, Lookup, Values};
use super::input::LONGEST_RECORD;
use super::lines::{Line, Lines};
use super::problems::Kind;
use super::record::Draft;
use super::sink::Sink;
use crate::error::Result;

/// Hands over a record for every line with an object that has a text.
pub(super) fn read<'a>(stream: Utf8<'_>, lookup: &'a Lookup<'a>, sink: &mut Sink<'_, 'a>) -> Result<()> {
    let mut lines = Lines::new(stream, LONGEST_RECORD);
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
        let at = Some(lines.number);
        let (json, offset, replaced) = lines.current();
        if json.trim_ascii().is_empty() {
            sink.passed(json.len() + 1)?;
        } else {
            match &broken {
                None => {
                    sink.bytes(at, offset, Cow::Borrowed(json), Box::new(move |line| parse(line, replaced, lookup)))?;
                }
                // Half a line: what broke it is reported below. A whole object without its line break is good.
                Some(_) => {
                    if let Ok(draft) = parse(json, replaced, lookup) {
                        sink.record(at, offset, json, draft)?;
                    }
                }
            }
        }
        if let Some(error) = broken {
            return sink.broken(at, error);
        }
    }
}

/// The text of a record's bytes, if they still are a record.
pub(super) fn text(raw: &[u8], fields: &Fields) -> Option<String> {
    parse(raw, false, &Lookup::new(fields)).ok().map(|draft| draft.text)
}

/// What is in a line, or what is wrong with it.
pub(super) fn parse(line: &[u8], replaced: bool, lookup: &Lookup<'_>) -> Result<Draft, (Kind, String)> {
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
    // The parser counts from the start of what it was given: that is line 1, unless a record has several.
    let message = error.to_string();
    let cause = message.rsplit_once(" at line ").map_or(message.as_str(), |(cause, _)| cause);
    let below = if error.line() > 1 { format!(" of line {} of the record", error.line()) } else { String::new() };
    let problem = format!("not JSON from column {}{below} on ({cause}): write one whole object a line", error.column());
    Err((Kind::Malformed, problem))
}

fn draft(values: Values<'_>, json: &str, replaced: bool, lookup: &Lookup<'_>) -> Result<Draft, (Kind, String)> {
    Draft::of(values, replaced)
        .map_err(|unusable| no_text(unusable, lookup, &format!("the record has {}", names(json))))
}

/// The problem of a record without a text, where `found` says what it has instead.
pub(super) fn no_text(unusable: Option<&str>, lookup: &Lookup<'_>, found: &str) -> (Kind, String) {
    let problem = unusable.map_or("no text field".to_owned(), |kind| format!("the text field holds {kind}"));
    let tried = lookup.text_names().join(", ");
    (Kind::NoText, format!("{problem} (tried {tried}; {found}): name it with --text-field"))
}

/// The names of a record's fields, for whoever has to say which of them is the text.
fn names(json: &str) -> String {
    let record: serde_json::Map<String, serde_json::Value> = serde_json::from_str(json).unwrap_or_default();
    listed(record.keys().map(String::as_str))
}

/// The first names of a list, for a message.
pub(super) fn listed<'n>(names: impl ExactSizeIterator<Item = &'n str>) -> String {
    const SHOWN: usize = 12;
    let count = names.len();
    if count == 0 {
        return "no field at all".into();
    }
    let mut listed: Vec<String> = names.take(SHOWN).map(|name| name.chars().take(40).collect()).collect();
    if count > SHOWN {
        listed.push(format!("{} more", count - SHOWN));
    }
    listed.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(json: &str) -> (Kind, String) {
        parse(json.as_bytes(), false, &Lookup::new(&Fields::default())).unwrap_err()
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
