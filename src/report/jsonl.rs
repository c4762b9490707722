//! `group --format jsonl`: one group a line, then one story a line.

use std::io::{self, Write};

use rayon::prelude::*;
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::article::Meta;
use crate::detector::{Group, Member, Report, Story};
use crate::report::evidence::{Passage, Substitution};
use crate::report::groups::{Explained, GroupReport, date};
use crate::verify::relation::Scores;

/// Writes one JSON object a group.
#[derive(Debug)]
pub struct Jsonl<W>(pub W);

/// So many groups are put into words at a time, by one of many threads.
const WORDED: usize = 64;

impl<W: Write> GroupReport for Jsonl<W> {
    fn groups(&mut self, first: usize, groups: &[(&Group<'_>, Explained)]) -> io::Result<()> {
        let worded = |(part, groups): (usize, &[(&Group<'_>, Explained)])| {
            let mut lines = Jsonl(Vec::new());
            (first + part * WORDED..)
                .zip(groups)
                .try_for_each(|(number, (group, explained))| lines.group(number, group, explained))
                .map(|()| lines.0)
        };
        let lines: Vec<io::Result<Vec<u8>>> = groups.par_chunks(WORDED).enumerate().map(worded).collect();
        lines.into_iter().try_for_each(|lines| self.0.write_all(&lines?))
    }

    fn group(&mut self, number: usize, group: &Group<'_>, explained: &Explained) -> io::Result<()> {
        let members = group.members.iter().enumerate();
        let line = Line {
            group: number,
            original: group.original().id.as_str(),
            original_why: &group.original_why,
            size: group.members.len(),
            members: members.map(|(n, listed)| MemberLine::of(n, listed, explained)).collect(),
        };
        serde_json::to_writer(&mut self.0, &line)?;
        self.0.write_all(b"\n")
    }

    fn story(&mut self, number: usize, story: &Story<'_>) -> io::Result<()> {
        let report = |report: &Report<'_>| {
            let mut fields = Map::new();
            fields.insert("id".into(), report.id.as_str().into());
            if let Some(group) = report.group {
                fields.insert("group".into(), group.into());
            }
            told(&mut fields, report.meta);
            Value::from(fields)
        };
        let line = json!({
            "story": number,
            "size": story.members.len(),
            "score": round(story.score),
            "members": story.members.iter().map(report).collect::<Vec<_>>(),
        });
        serde_json::to_writer(&mut self.0, &line)?;
        self.0.write_all(b"\n")
    }

    fn finish(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// A group as it is written.
#[derive(Serialize)]
struct Line<'g> {
    group: usize,
    original: &'g str,
    original_why: &'g str,
    size: usize,
    members: Vec<MemberLine<'g>>,
}

/// A member as it is written. What all members have comes by no [`Map`], as there may be millions of them.
#[derive(Serialize)]
struct MemberLine<'g> {
    id: &'g str,
    relation: &'static str,
    #[serde(flatten)]
    copy: Option<CopyLine<'g>>,
    #[serde(flatten)]
    evidence: Map<String, Value>,
    #[serde(flatten)]
    told: Map<String, Value>,
}

/// What is written of a copy.
#[derive(Serialize)]
struct CopyLine<'g> {
    of: &'g str,
    #[serde(flatten)]
    shown: Shown,
}

/// Scores as they are written.
#[derive(Serialize)]
struct Shown {
    score: f64,
    jaccard: f64,
    containment: f64,
    words_changed: f64,
    facts_differ: bool,
}

impl Shown {
    fn of(scores: &Scores) -> Self {
        Self {
            score: round(scores.score),
            jaccard: round(scores.jaccard),
            containment: round(scores.containment),
            words_changed: round(scores.words_changed),
            facts_differ: scores.facts_differ,
        }
    }
}

impl<'g> MemberLine<'g> {
    fn of(number: usize, member: &Member<'g>, explained: &Explained) -> Self {
        let (mut evidence_of, mut told_of) = (Map::new(), Map::new());
        told(&mut told_of, member.meta);
        let copy = member.copy.as_ref().map(|copy| {
            if let (Some(sites), Some(passages)) = (explained.of(number), explained.passages(number)) {
                evidence(&mut evidence_of, sites, passages, ["original", "copy"]);
            }
            CopyLine { of: copy.of.as_str(), shown: Shown::of(&copy.scores) }
        });
        let relation = member.copy.as_ref().map_or("original", |copy| copy.relation.as_str());
        Self { id: member.id.as_str(), relation, copy, evidence: evidence_of, told: told_of }
    }
}

/// Adds what is told about an article: its date and its title.
pub(crate) fn told(fields: &mut Map<String, Value>, meta: &Meta) {
    if let Some(date) = meta.date.and_then(date) {
        fields.insert("date".into(), date.into());
    }
    if let Some(title) = &meta.title {
        fields.insert("title".into(), title.as_str().into());
    }
}

/// Adds the substitutions and the passages, with the names of the two sides. Places are in bytes of the text.
pub(crate) fn evidence(
    fields: &mut Map<String, Value>,
    substitutions: &[Substitution],
    passages: &[Passage],
    [original, copy]: [&str; 2],
) {
    let places = |at: &Passage| [at.original, at.copy].map(|span| json!([span.start, span.end]));
    let sites = substitutions.iter().map(|site| {
        let [x, y] = places(&site.at);
        json!({original: site.original, copy: site.copy, "at": {original: x, copy: y}})
    });
    fields.insert("evidence".into(), sites.collect());
    let passages = passages.iter().map(|passage| {
        let [x, y] = places(passage);
        json!({original: x, copy: y})
    });
    fields.insert("passages".into(), passages.collect());
}

/// Adds the scores, rounded to four decimals.
pub(crate) fn scores(fields: &mut Map<String, Value>, scores: &Scores) {
    if let Ok(Value::Object(shown)) = serde_json::to_value(Shown::of(scores)) {
        fields.extend(shown);
    }
}

/// A share to four decimals: more would only tell of the arithmetic.
pub(crate) fn round(share: f64) -> f64 {
    (share * 1e4).round() / 1e4
}
