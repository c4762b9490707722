//! `group --format jsonl`: one group a line.

use std::io::{self, Write};

use serde_json::{Map, Value, json};

use crate::detector::{Group, Member};
use crate::report::evidence::Substitution;
use crate::report::groups::{Explained, GroupReport, date};
use crate::verify::relation::Scores;

/// Writes one JSON object a group.
#[derive(Debug)]
pub struct Jsonl<W>(pub W);

impl<W: Write> GroupReport for Jsonl<W> {
    fn group(&mut self, number: usize, group: &Group<'_>, explained: &Explained) -> io::Result<()> {
        let members: Vec<Value> =
            group.members.iter().enumerate().map(|(n, listed)| member(listed, explained.of(n))).collect();
        let line = json!({
            "group": number,
            "original": group.original().id.as_str(),
            "original_why": group.original_why,
            "size": group.members.len(),
            "members": members,
        });
        serde_json::to_writer(&mut self.0, &line)?;
        self.0.write_all(b"\n")
    }

    fn finish(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

fn member(member: &Member<'_>, evidence: Option<&[Substitution]>) -> Value {
    let mut fields = Map::new();
    fields.insert("id".into(), member.id.as_str().into());
    if let Some(copy) = &member.copy {
        fields.insert("relation".into(), copy.relation.as_str().into());
        fields.insert("of".into(), copy.of.as_str().into());
        scores(&mut fields, &copy.scores);
        if let Some(evidence) = evidence {
            let pairs = evidence.iter().map(|site| json!({"original": site.original, "copy": site.copy}));
            fields.insert("evidence".into(), pairs.collect());
        }
    } else {
        fields.insert("relation".into(), "original".into());
    }
    if let Some(date) = member.meta.date.and_then(date) {
        fields.insert("date".into(), date.into());
    }
    if let Some(title) = &member.meta.title {
        fields.insert("title".into(), title.as_str().into());
    }
    fields.into()
}

/// Adds the scores, rounded to four decimals.
pub(crate) fn scores(fields: &mut Map<String, Value>, scores: &Scores) {
    fields.insert("score".into(), round(scores.score).into());
    fields.insert("jaccard".into(), round(scores.jaccard).into());
    fields.insert("containment".into(), round(scores.containment).into());
    fields.insert("words_changed".into(), round(scores.words_changed).into());
    fields.insert("facts_differ".into(), scores.facts_differ.into());
}

/// A share to four decimals: more would only tell of the arithmetic.
pub(crate) fn round(share: f64) -> f64 {
    (share * 1e4).round() / 1e4
}
