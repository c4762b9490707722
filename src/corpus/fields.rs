//! Which fields of a record hold its id, text, title and date, and how they are taken out of a JSON object without
//! building the rest of it.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

/// The names under which a record's fields are looked for, tried in order: the first that holds something counts.
///
/// A name with dots, such as `meta.url`, is looked for as it stands and also as a path into nested objects; where a
/// record has both, the name as it stands wins.
///
/// ```
/// use unspin::corpus::Fields;
/// let fields = Fields { text: vec!["article.body".into()], ..Fields::default() };
/// assert_eq!(fields.id, ["id", "url", "key"]);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fields {
    /// The id: text or a number. Default `id`, `url`, `key`.
    pub id: Vec<String>,
    /// The article's text. Default `text`, `body`, `content`, `article`.
    pub text: Vec<String>,
    /// The headline. Default `title`, `headline`.
    pub title: Vec<String>,
    /// The date, in any form that [`parse_date`](super::parse_date) knows. Default `date`, `published`, `timestamp`.
    pub date: Vec<String>,
}

impl Default for Fields {
    fn default() -> Self {
        let list = |names: &[&str]| names.iter().map(ToString::to_string).collect();
        Self {
            id: list(&["id", "url", "key"]),
            text: list(&["text", "body", "content", "article"]),
            title: list(&["title", "headline"]),
            date: list(&["date", "published", "timestamp"]),
        }
    }
}

/// What a field is for: an index into the values that were taken.
const ID: usize = 0;
const TEXT: usize = 1;
const TITLE: usize = 2;
const DATE: usize = 3;

/// The place of a name in its field's list, then how often it was split as a path: the smallest wins.
type Rank = (usize, usize);

/// One name that is looked for at the present depth of the record.
#[derive(Clone, Copy)]
struct Name<'n> {
    field: usize,
    rank: Rank,
    /// What is left of the name below the objects that were entered.
    rest: &'n str,
}

/// The names of all fields, ready to be looked for in record after record.
pub(super) struct Lookup<'n>(Vec<Name<'n>>);

/// The values of a record's fields, borrowed from the record where they are written plainly.
#[derive(Debug, Default)]
pub(super) struct Values<'r> {
    fields: [Option<(Rank, Cow<'r, str>)>; 4],
    /// What stood in a text field that could not be used.
    pub(super) unusable_text: Option<Unusable>,
    /// What stood in the place of an id and of a date, and is neither text nor a number.
    unusable: [Option<&'static str>; 4],
}

/// Why what stands in a text field is no text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unusable {
    /// It is text, but nothing except spaces.
    Blank,
    /// It is a number, a list, …
    NotText(&'static str),
}

impl<'r> Values<'r> {
    pub(super) fn id(&mut self) -> Option<Cow<'r, str>> {
        self.take(ID)
    }

    pub(super) fn text(&mut self) -> Option<Cow<'r, str>> {
        self.take(TEXT)
    }

    pub(super) fn title(&mut self) -> Option<Cow<'r, str>> {
        self.take(TITLE)
    }

    pub(super) fn date(&mut self) -> Option<Cow<'r, str>> {
        self.take(DATE)
    }

    /// What stands where the id should, if there is no other.
    pub(super) fn unusable_id(&self) -> Option<&'static str> {
        self.unusable[ID].filter(|_| self.fields[ID].is_none())
    }

    /// What stands where the date should, if there is no other.
    pub(super) fn unusable_date(&self) -> Option<&'static str> {
        self.unusable[DATE].filter(|_| self.fields[DATE].is_none())
    }

    fn take(&mut self, field: usize) -> Option<Cow<'r, str>> {
        self.fields[field].take().map(|(_, value)| value)
    }

    /// Takes a value for each of these names.
    fn offer(&mut self, names: &[Name<'_>], value: Cow<'r, str>) {
        if value.trim_start().is_empty() {
            if names.iter().any(|name| name.field == TEXT) {
                self.unusable_text = Some(Unusable::Blank);
            }
        } else if let Some((last, others)) = names.split_last() {
            for name in others {
                self.keep(name, value.clone());
            }
            self.keep(last, value);
        }
    }

    /// Keeps a value if it is the field's best so far. Of a name that a record repeats the last value counts, as in
    /// every JSON parser.
    fn keep(&mut self, name: &Name<'_>, value: Cow<'r, str>) {
        let best = &mut self.fields[name.field];
        if best.as_ref().is_none_or(|(rank, _)| name.rank <= *rank) {
            *best = Some((name.rank, value));
        }
    }

    fn refuse(&mut self, names: &[Name<'_>], kind: &'static str) {
        for name in names {
            self.unusable[name.field] = Some(kind);
            if name.field == TEXT {
                self.unusable_text = Some(Unusable::NotText(kind));
            }
        }
    }
}

impl<'n> Lookup<'n> {
    pub(super) fn new(fields: &'n Fields) -> Self {
        let lists = [&fields.id, &fields.text, &fields.title, &fields.date];
        let names = lists.into_iter().enumerate().flat_map(|(field, list)| {
            list.iter().enumerate().map(move |(order, name)| Name { field, rank: (order, 0), rest: name })
        });
        Self(names.collect())
    }

    /// The names under which the text is looked for.
    pub(super) fn text_names(&self) -> Vec<&'n str> {
        self.0.iter().filter(|name| name.field == TEXT).map(|name| name.rest).collect()
    }

    /// The columns of a table whose names are looked for.
    pub(super) fn columns(&self, header: impl IntoIterator<Item: AsRef<str>>) -> Columns<'n> {
        let wanted = |name: &str| self.0.iter().filter(|wanted| wanted.rest == name).copied().collect::<Vec<_>>();
        let columns = header.into_iter().enumerate().map(|(column, name)| (column, wanted(name.as_ref())));
        Columns(columns.filter(|(_, names)| !names.is_empty()).collect())
    }

    /// The values of the fields in one JSON object, the rest of which is checked but not kept.
    pub(super) fn find<'r>(&self, json: &'r str) -> serde_json::Result<Values<'r>> {
        self.find_plain(json).map_or_else(|| self.find_any(json), Ok)
    }

    /// The same of an object without others or lists in it, as nearly all are: it takes no parser.
    /// Nothing for any other, and for what is no JSON.
    fn find_plain<'r>(&self, json: &'r str) -> Option<Values<'r>> {
        let space = |c: char| matches!(c, ' ' | '\n' | '\r' | '\t');
        let mut values = Values::default();
        let mut rest = json.trim_start_matches(space).strip_prefix('{')?;
        loop {
            let (key, behind) = text(rest.trim_start_matches(space).strip_prefix('"')?)?;
            let value = behind.trim_start_matches(space).strip_prefix(':')?.trim_start_matches(space);
            let wanted = Key(&self.0).visit_str::<serde_json::Error>(&key).ok()?;
            let visitor = Value { wanted: &wanted, values: &mut values };
            rest = if let Some(value) = value.strip_prefix('"') {
                let (text, rest) = text(value)?;
                visitor.values.offer(&wanted.here, text);
                rest
            } else if let Some(rest) = value.strip_prefix("null") {
                rest
            } else if let Some(rest) = value.strip_prefix("true").or_else(|| value.strip_prefix("false")) {
                visitor.visit_bool::<serde_json::Error>(true).ok()?;
                rest
            } else {
                let (digits, rest) = whole_number(value)?;
                visitor.number(digits);
                rest
            };
            rest = rest.trim_start_matches(space);
            rest = match rest.strip_prefix(',') {
                Some(rest) => rest,
                None => return rest.strip_prefix('}')?.trim_start_matches(space).is_empty().then_some(values),
            };
        }
    }

    /// The same of any object, and what is wrong with what is none.
    fn find_any<'r>(&self, json: &'r str) -> serde_json::Result<Values<'r>> {
        let mut values = Values::default();
        let mut parser = serde_json::Deserializer::from_str(json);
        parser.deserialize_map(Object { names: &self.0, values: &mut values })?;
        parser.end()?;
        Ok(values)
    }
}

/// The columns of a table that hold a record's fields.
pub(super) struct Columns<'n>(Vec<(usize, Vec<Name<'n>>)>);

impl Columns<'_> {
    /// Whether there is a column for the text.
    pub(super) fn have_text(&self) -> bool {
        self.0.iter().flat_map(|(_, names)| names).any(|name| name.field == TEXT)
    }

    /// The values of the fields in one row.
    pub(super) fn find<'r>(&self, cell: impl Fn(usize) -> Option<Cow<'r, str>>) -> Values<'r> {
        let mut values = Values::default();
        for (column, names) in &self.0 {
            if let Some(value) = cell(*column) {
                values.offer(names, value);
            }
        }
        values
    }
}

/// Visits an object in which names are looked for.
struct Object<'a, 'r> {
    names: &'a [Name<'a>],
    values: &'a mut Values<'r>,
}

impl<'r> Visitor<'r> for Object<'_, 'r> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'r>>(self, mut object: A) -> Result<(), A::Error> {
        while let Some(wanted) = object.next_key_seed(Key(self.names))? {
            if wanted.here.is_empty() && wanted.below.is_empty() {
                object.next_value::<IgnoredAny>()?;
            } else {
                object.next_value_seed(Value { wanted: &wanted, values: self.values })?;
            }
        }
        Ok(())
    }
}

/// The names that a key answers to.
struct Wanted<'n> {
    /// Those that the key ends.
    here: Vec<Name<'n>>,
    /// Those that go on below it.
    below: Vec<Name<'n>>,
}

/// Reads a key and tells which names it answers to, so that the key itself need not be kept.
struct Key<'a>(&'a [Name<'a>]);

impl<'r, 'a> DeserializeSeed<'r> for Key<'a> {
    type Value = Wanted<'a>;

    fn deserialize<D: Deserializer<'r>>(self, key: D) -> Result<Self::Value, D::Error> {
        key.deserialize_str(self)
    }
}

impl<'a> Visitor<'_> for Key<'a> {
    type Value = Wanted<'a>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a field's name")
    }

    fn visit_str<E>(self, key: &str) -> Result<Self::Value, E> {
        let here = self.0.iter().filter(|name| name.rest == key).copied().collect();
        let below = self.0.iter().filter_map(|name| {
            let rest = name.rest.strip_prefix(key)?.strip_prefix('.')?;
            Some(Name { rest, rank: (name.rank.0, name.rank.1 + 1), ..*name })
        });
        Ok(Wanted { here, below: below.collect() })
    }
}

/// Visits the value of a key that answers to some name.
struct Value<'a, 'r> {
    wanted: &'a Wanted<'a>,
    values: &'a mut Values<'r>,
}

impl<'r> Value<'_, 'r> {
    fn number(self, digits: &'r str) {
        let (text, others): (Vec<_>, Vec<_>) = self.wanted.here.iter().partition(|name| name.field == TEXT);
        self.values.refuse(&text, "a number");
        self.values.offer(&others, Cow::Borrowed(digits));
    }
}

impl<'r> DeserializeSeed<'r> for Value<'_, 'r> {
    type Value = ();

    fn deserialize<D: Deserializer<'r>>(self, value: D) -> Result<(), D::Error> {
        let raw = <&RawValue>::deserialize(value)?.get();
        // A number keeps its digits: as a float, two ids of more than sixteen would be one.
        if raw.starts_with(|first: char| first == '-' || first.is_ascii_digit()) {
            self.number(raw);
        } else if let Some(text) = string(raw) {
            self.values.offer(&self.wanted.here, text);
        } else {
            // No text and no number: the visitor below takes everything else.
            serde_json::Deserializer::from_str(raw).deserialize_any(self).map_err(D::Error::custom)?;
        }
        Ok(())
    }
}

/// What a string of JSON says, or nothing if it is none, or half of a character.
fn string(raw: &str) -> Option<Cow<'_, str>> {
    text(raw.strip_prefix('"')?).filter(|(_, rest)| rest.is_empty()).map(|(text, _)| text)
}

/// What a string of JSON says up to its closing mark, and what follows that; nothing if it is none, or half of a character.
/// The parser cannot know how long it is, and takes several times as long to make room for it.
fn text(raw: &str) -> Option<(Cow<'_, str>, &str)> {
    let find = |text: &str| memchr::memchr2(b'"', b'\\', text.as_bytes());
    let plain = |text: &str| text.bytes().fold(u8::MAX, u8::min) >= b' ';
    let mut next = find(raw)?;
    if raw.as_bytes()[next] == b'"' {
        return plain(&raw[..next]).then(|| (Cow::Borrowed(&raw[..next]), &raw[next + 1..]));
    }
    let mut text = String::with_capacity(raw.len());
    let mut rest = raw;
    while rest.as_bytes()[next] == b'\\' {
        text.push_str(&rest[..next]);
        let (character, behind) = escaped(&rest[next + 1..])?;
        text.push(character);
        rest = behind;
        next = find(rest)?;
    }
    text.push_str(&rest[..next]);
    // What is kept keeps its room too: that for all that follows in the record would be far too much.
    if text.len() < text.capacity() / 2 {
        text.shrink_to_fit();
    }
    let rest = &rest[next + 1..];
    plain(&raw[..raw.len() - rest.len()]).then_some((Cow::Owned(text), rest))
}

/// A number without fraction and exponent, and what follows it.
fn whole_number(value: &str) -> Option<(&str, &str)> {
    let digits = value.strip_prefix('-').unwrap_or(value);
    let length = digits.bytes().take_while(u8::is_ascii_digit).count();
    let is_one = length == 1 || length > 1 && !digits.starts_with('0');
    let (number, rest) = value.split_at(value.len() - digits.len() + length);
    is_one.then_some((number, rest))
}

/// The character that is escaped at the start, behind the backslash, and what follows it.
fn escaped(rest: &str) -> Option<(char, &str)> {
    let (mark, rest) = rest.split_at_checked(1)?;
    let plain = |character| Some((character, rest));
    match mark {
        "n" => plain('\n'),
        "r" => plain('\r'),
        "t" => plain('\t'),
        "b" => plain('\u{8}'),
        "f" => plain('\u{c}'),
        "u" => {
            let (unit, behind) = unit(rest)?;
            if let Some(character) = char::from_u32(unit.into()) {
                return Some((character, behind));
            }
            // Characters beyond the first 65,536 are written as two.
            let (low, behind) = self::unit(behind.strip_prefix("\\u")?)?;
            Some((char::decode_utf16([unit, low]).next()?.ok()?, behind))
        }
        "\"" | "\\" | "/" => plain(mark.chars().next()?),
        _ => None,
    }
}

/// A number of four hexadecimal digits, and what follows it.
fn unit(rest: &str) -> Option<(u16, &str)> {
    let (digits, rest) = rest.split_at_checked(4)?;
    // A sign would count as a part of the number.
    if digits.starts_with('+') {
        return None;
    }
    Some((u16::from_str_radix(digits, 16).ok()?, rest))
}

impl<'r> Visitor<'r> for Value<'_, 'r> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        self.values.refuse(&self.wanted.here, "true or false");
        Ok(())
    }

    /// `null` is as good as nothing at all.
    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'r>>(self, mut list: A) -> Result<(), A::Error> {
        self.values.refuse(&self.wanted.here, "a list");
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'r>>(self, object: A) -> Result<(), A::Error> {
        self.values.refuse(&self.wanted.here, "an object");
        Object { names: &self.wanted.below, values: self.values }.visit_map(object)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Id, text, title and date, as they are found by these fields.
    fn find(fields: &Fields, json: &str) -> [Option<String>; 4] {
        let mut values = Lookup::new(fields).find(json).unwrap();
        [values.id(), values.text(), values.title(), values.date()].map(|value| value.map(Cow::into_owned))
    }

    fn text(fields: &Fields, json: &str) -> Option<String> {
        let [_, text, ..] = find(fields, json);
        text
    }

    proptest! {
        #[test]
        fn strings_are_what_the_parser_says(text in "\\PC{0,20}|[a\"\\\\/\n\r\t\u{8}\u{c}\u{1}\u{7f}é🙂]{0,20}", ascii in any::<bool>()) {
            let mut raw = serde_json::to_string(&text).unwrap();
            if ascii {
                let units = |c: char| {
                    let mut units = [0; 2];
                    let units = c.encode_utf16(&mut units).iter().map(|unit| format!("\\u{unit:04X}"));
                    units.collect::<Vec<_>>().concat()
                };
                raw = raw.chars().map(|c| if c.is_ascii() { c.to_string() } else { units(c) }).collect();
            }
            prop_assert_eq!(string(&raw).map(Cow::into_owned), Some(text));
        }

        #[test]
        fn what_is_no_string_is_left_to_the_parser(inner in r"(\\u(d83d|D83D|de42|0041|00e9)|\\n|a){0,4}") {
            let raw = format!("\"{inner}\"");
            let parsed = serde_json::from_str::<String>(&raw).ok();
            prop_assert_eq!(string(&raw).map(Cow::into_owned), parsed);
        }
    }

    proptest! {
        #[test]
        fn plain_objects_are_what_the_parser_says(
            parts in prop::collection::vec(
                prop::sample::select(vec![
                    "{", "}", "\"id\"", "\"text\"", "\"title\"", "\"meta\"", "\"\"", "\"a\\n\"", "\"\\u00e9 \\/\"", "\"\\x\"", "\"\\u+123\"",
                    "\"\\ud83d\"", "\"\n\"", ":", ":", ",", ",", " ", "\t", "\u{a0}", "0", "-0", "-", "007", "12", "-5", "1.5", "2e3", "1x",
                    "null", "true", "false", "nul", "[]", "[1]", "\"é\"", "\\",
                ]),
                0..14,
            ),
            pairs in prop::collection::vec((0_usize..6, prop_oneof![9 => 0_usize..12, 1 => 12_usize..20]), 0..5),
            spaced in any::<bool>(),
        ) {
            let fields = Fields { text: vec!["text".into(), "meta.text".into()], ..Fields::default() };
            let lookup = Lookup::new(&fields);
            let keys = ["id", "text", "title", "meta", "other", "te\\u0078t"];
            let values = [
                "\"a\"", "\" \"", "\"one \\\"two\\\"\\n\"", "\"\\u0041\"", "17", "-4", "0", "3.5", "null", "true", "false", "{\"text\": \"b\"}",
                // None of these is JSON.
                "\"\\u+123\"", "\"\\x\"", "\"\n\"", "\"a\\n\n\"", "007", "-", "1x", "\"\\ud83d\"",
            ];
            let (between, behind) = if spaced { (" ", ", ") } else { ("", ",") };
            let pairs: Vec<String> =
                pairs.into_iter().map(|(key, value)| format!("\"{}\":{between}{}", keys[key], values[value])).collect();
            for json in [parts.concat(), format!("{{{}}}", pairs.join(behind))] {
                if let Some(plain) = lookup.find_plain(&json) {
                    prop_assert_eq!(Some(format!("{plain:?}")), lookup.find_any(&json).ok().map(|any| format!("{any:?}")), "{}", json);
                }
            }
        }
    }

    #[test]
    fn a_string_with_escapes_takes_no_more_room_than_it_is_long() {
        let json = format!(r#"{{"title": "It\u2019s \"so\"", "text": "{}"}}"#, "long ".repeat(100));
        let fields = Fields::default();
        let title = Lookup::new(&fields).find(&json).expect("JSON").title().expect("a title").into_owned();
        assert_eq!(title, "It’s \"so\"");
        assert!(title.capacity() <= r#"It\u2019s \"so\""#.len(), "{}", title.capacity());
    }

    #[test]
    fn most_records_are_plain_objects() {
        let fields = Fields::default();
        let lookup = Lookup::new(&fields);
        for json in [r#"{"id": 1, "text": "a\n\"b\"", "date": null, "x": true}"#, r#" { "text" : "a" } "#] {
            assert!(lookup.find_plain(json).is_some(), "{json}");
        }
    }

    #[test]
    fn each_field_is_found_under_its_default_names() {
        let fields = Fields::default();
        let json = r#"{"url": "u", "body": "b", "headline": "h", "published": 5, "other": {"text": "x"}}"#;
        assert_eq!(find(&fields, json), ["u", "b", "h", "5"].map(|value| Some(value.to_owned())));
    }

    #[test]
    fn the_order_is_that_of_the_names_and_not_of_the_record() {
        let fields = Fields::default();
        assert_eq!(text(&fields, r#"{"article": "d", "content": "c", "text": "a", "body": "b"}"#).unwrap(), "a");
        assert_eq!(text(&fields, r#"{"text": "a", "text": "z"}"#).unwrap(), "z");
    }

    #[test]
    fn what_holds_nothing_gives_way_to_the_next_name() {
        let fields = Fields::default();
        for nothing in ["null", r#""""#, r#"" \n""#, "[]", "{}", "false", "7"] {
            let json = format!(r#"{{"text": {nothing}, "content": "c"}}"#);
            assert_eq!(text(&fields, &json).unwrap(), "c", "{json}");
        }
    }

    #[test]
    fn ids_are_text_or_numbers() {
        let id = |value: &str| find(&Fields::default(), &format!(r#"{{"id": {value}}}"#))[0].clone();
        assert_eq!(id(r#""wire-1""#).unwrap(), "wire-1");
        assert_eq!(id("17").unwrap(), "17");
        assert_eq!(id("-3").unwrap(), "-3");
        assert_eq!(id("18446744073709551615").unwrap(), "18446744073709551615");
        assert_eq!(id("1.5").unwrap(), "1.5");
        assert_eq!(id("123456789012345678901234567890").unwrap(), "123456789012345678901234567890");
        assert_eq!(id("-9223372036854775809").unwrap(), "-9223372036854775809");
        assert_eq!(id(" 0.10000000000000000000001 ").unwrap(), "0.10000000000000000000001");
        assert_eq!(id("1e400").unwrap(), "1e400");
        assert_eq!(id(r#""\u0061""#).unwrap(), "a");
        for missing in ["null", "true", "[1]", r#"{"$oid": "5f"}"#, r#""""#] {
            assert_eq!(id(missing), None, "{missing}");
        }
    }

    #[test]
    fn dots_lead_into_nested_objects() {
        let fields = Fields { text: vec!["a.b.c".into()], id: vec!["a.id".into()], ..Fields::default() };
        assert_eq!(text(&fields, r#"{"a": {"b": {"c": "deep"}}}"#).unwrap(), "deep");
        assert_eq!(text(&fields, r#"{"a": {"b.c": "half"}}"#).unwrap(), "half");
        assert_eq!(text(&fields, r#"{"a.b": {"c": "half"}}"#).unwrap(), "half");
        assert_eq!(text(&fields, r#"{"a": {"b": {"c": "deep"}}, "a.b.c": "exact"}"#).unwrap(), "exact");
        assert_eq!(text(&fields, r#"{"a.b.c": "exact", "a": {"b": {"c": "deep"}}}"#).unwrap(), "exact");
        assert_eq!(text(&fields, r#"{"a": ["b", "c"], "a.b": 3}"#), None);
        assert_eq!(find(&fields, r#"{"a": {"id": 4}}"#)[0].as_deref(), Some("4"));
    }

    #[test]
    fn one_name_may_serve_two_fields() {
        let fields = Fields { id: vec!["headline".into()], text: vec!["headline".into()], ..Fields::default() };
        let found = find(&fields, r#"{"headline": "Mill reopens\n"}"#);
        assert_eq!(found[..3], ["Mill reopens\n"; 3].map(|value| Some(value.to_owned())));
    }

    #[test]
    fn what_stands_in_place_of_text_is_remembered() {
        let fields = Fields::default();
        let why = |json| Lookup::new(&fields).find(json).unwrap().unusable_text;
        assert_eq!(why(r#"{"text": 7}"#), Some(Unusable::NotText("a number")));
        assert_eq!(why(r#"{"text": {"a": 1}}"#), Some(Unusable::NotText("an object")));
        assert_eq!(why(r#"{"text": "\t"}"#), Some(Unusable::Blank));
        assert_eq!(why(r#"{"text": null}"#), None);
    }

    #[test]
    fn what_stands_in_place_of_an_id_or_a_date_is_remembered_unless_another_name_has_one() {
        let fields = Fields::default();
        let why = |json| {
            let values = Lookup::new(&fields).find(json).unwrap();
            (values.unusable_id(), values.unusable_date())
        };
        assert_eq!(why(r#"{"id": {"$oid": "5f"}, "date": [2026, 4]}"#), (Some("an object"), Some("a list")));
        assert_eq!(why(r#"{"id": true, "url": "u", "date": false, "published": 5}"#), (None, None));
        assert_eq!(why(r#"{"id": null, "date": ""}"#), (None, None));
    }

    #[test]
    fn columns_are_found_as_fields_are() {
        let fields = Fields { id: vec!["meta.url".into()], ..Fields::default() };
        let lookup = Lookup::new(&fields);
        let columns = lookup.columns(["content", "meta.url", "text", "other"]);
        let row = ["second", "u", "first", "x"];
        let mut values = columns.find(|column| Some(Cow::Borrowed(row[column])));
        assert_eq!((values.id().as_deref(), values.text().as_deref()), (Some("u"), Some("first")));
        assert!(columns.have_text() && !lookup.columns(["id"]).have_text());
    }

    #[test]
    fn plain_text_is_borrowed_and_not_copied() {
        let fields = Fields::default();
        assert!(matches!(
            Lookup::new(&fields).find(r#"{"text": "plain"}"#).unwrap().text(),
            Some(Cow::Borrowed("plain"))
        ));
    }

    #[test]
    fn what_is_no_single_object_is_an_error() {
        let fields = Fields::default();
        let lookup = Lookup::new(&fields);
        let deep = format!("{}{}", r#"{"a":"#.repeat(100_000), "}".repeat(100_000));
        for json in ["", "{", "[]", "3", r#"{"text": "a"} {"text": "b"}"#, r#"{"text": "a",}"#, "{'a': 1}", &deep] {
            assert!(lookup.find(json).is_err());
        }
    }
}
