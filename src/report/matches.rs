//! One article a line with its matches: what `unspin match` and `unspin index` answer.

use serde_json::{Map, Value};

use crate::article::ArticleId;
use crate::report::jsonl::scores;
use crate::verify::relation::{Relation, Scores};

/// The names of the two sides of a match: the text that was known before, and the one asked about.
pub const SIDES: [&str; 2] = ["old", "new"];

/// A match's first fields: of which article, what it is, and how alike they are.
pub(crate) fn fields(id: &ArticleId, relation: Relation, shares: &Scores) -> Map<String, Value> {
    let mut fields = Map::new();
    fields.insert("id".into(), id.as_str().into());
    fields.insert("relation".into(), relation.as_str().into());
    scores(&mut fields, shares);
    fields
}

/// The line of an article: its id and its matches, the closest first.
///
/// ```
/// use serde_json::json;
/// use unspin::report::matches::line;
/// let line = line("17", Vec::new());
/// assert_eq!(json!(line).to_string(), r#"{"id":"17","matches":[]}"#);
/// ```
pub fn line(id: &str, matches: Vec<Map<String, Value>>) -> Map<String, Value> {
    let mut line = Map::new();
    line.insert("id".into(), id.into());
    line.insert("matches".into(), matches.into_iter().map(Value::from).collect());
    line
}
