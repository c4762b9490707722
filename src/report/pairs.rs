//! `group --format pairs`: one verified pair a line. Groups are transitive and pairs are not, so the recall and the
//! precision of pairs are measured here.

use std::io::{self, Write};

use serde_json::{Map, json};

use crate::detector::Match;
use crate::report::evidence::Substitution;
use crate::report::jsonl::scores;

/// Writes one pair.
///
/// # Errors
/// What the output says.
pub fn write(mut out: impl Write, pair: &Match<'_>, evidence: Option<&[Substitution]>) -> io::Result<()> {
    let mut fields = Map::new();
    fields.insert("a".into(), pair.a.as_str().into());
    fields.insert("b".into(), pair.b.as_str().into());
    fields.insert("relation".into(), pair.relation.as_str().into());
    scores(&mut fields, &pair.scores);
    if let Some(evidence) = evidence {
        let sites = evidence.iter().map(|site| json!({"a": site.original, "b": site.copy}));
        fields.insert("evidence".into(), sites.collect());
    }
    serde_json::to_writer(&mut out, &fields)?;
    out.write_all(b"\n")
}
