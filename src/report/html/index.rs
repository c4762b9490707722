//! The list of all groups: what the page shows before any text is opened.

use std::io::{self, Write};

use serde_json::{Value, json};

use super::blocks::COPIES;
use crate::report::stored::{Group, Member, figures};

/// Writes the list as JSON, one group a line.
pub(super) fn write(out: &mut dyn Write, groups: &[Group], articles: Option<usize>, texts: bool) -> io::Result<()> {
    let head = json!({
        "version": env!("CARGO_PKG_VERSION"),
        "articles": articles,
        "texts": texts,
        "block": COPIES,
    });
    write!(out, "{{\"about\": {head}, \"groups\": [")?;
    for (number, group) in groups.iter().enumerate() {
        write!(out, "{}\n{}", if number == 0 { "" } else { "," }, safe(&line(group)))?;
    }
    write!(out, "\n]}}")
}

/// `[why, [member, …]]`
fn line(group: &Group) -> Value {
    let members: Vec<Value> = group.members.iter().map(member).collect();
    json!([group.original_why, members])
}

/// `[id, title, date]` of the original, `[id, title, date, relation, of, [score, …], facts differ]` of a copy.
fn member(member: &Member) -> Value {
    let Member { id, title, date, copy } = member;
    let id = id.as_str();
    copy.as_ref().map_or_else(
        || json!([id, title, date]),
        |copy| {
            let facts_differ = u8::from(copy.scores.is_some_and(|scores| scores.facts_differ));
            json!([id, title, date, copy.relation, copy.of, copy.scores.as_ref().map(figures), facts_differ])
        },
    )
}

/// JSON without any character that means something to HTML.
fn safe(json: &Value) -> String {
    json.to_string().replace('<', "\\u003c").replace('>', "\\u003e").replace('&', "\\u0026")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_closes_the_element_around_the_list() {
        let hostile = json!(["</script><!--<script>", "&lt;", "]]>"]);
        let written = safe(&hostile);
        assert!(!written.contains(['<', '>', '&']), "{written}");
        assert_eq!(serde_json::from_str::<Value>(&written).expect("JSON"), hostile);
    }
}
