//! `group --format pairs`: one verified pair a line. Groups are transitive and pairs are not, so the recall and the
//! precision of pairs are measured here.

use std::io::{self, Write};

use serde_json::Map;

use crate::detector::Match;
use crate::report::evidence::Explanation;
use crate::report::jsonl::{evidence, scores};

/// Writes one pair.
///
/// # Errors
/// What the output says.
pub fn write(mut out: impl Write, pair: &Match<'_>, explained: Option<&Explanation>) -> io::Result<()> {
    let mut fields = Map::new();
    fields.insert("a".into(), pair.a.as_str().into());
    fields.insert("b".into(), pair.b.as_str().into());
    fields.insert("relation".into(), pair.relation.as_str().into());
    scores(&mut fields, &pair.scores);
    if let Some(Explanation { substitutions, passages }) = explained {
        evidence(&mut fields, substitutions, passages, ["a", "b"]);
    }
    serde_json::to_writer(&mut out, &fields)?;
    out.write_all(b"\n")
}
