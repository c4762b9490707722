//! `unspin dedup`: one article of each group, and everything that has no copy.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::io::Write;
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use serde_json::Map;

use crate::article::ArticleId;
use crate::cli::args::{Counting, Detecting, Reading, Running, Writing};
use crate::cli::load::{self, Library, Loaded, Outcome};
use crate::cli::memory::Memory;
use crate::cli::messages::{Talk, thousands};
use crate::detector::{Group, Member};
use crate::error::{Error, Result};
use crate::report::atomic::Output;
use crate::report::jsonl;

/// Keeps one article of each group, and everything that has no copy.
///
/// The records that are kept are written in the order of the inputs: lines of JSONL as they were read, byte for byte,
/// texts as {"id", "text"}. The inputs stay as they are.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  unspin dedup feed.jsonl.gz -o unique.jsonl                     the originals only
  unspin dedup a.jsonl b.jsonl -o unique.jsonl --keep oldest     the earliest dates
  unspin dedup articles/ -o unique.jsonl --dropped why.jsonl     and what was left out, and why
  unspin dedup articles/ --relations exact,near -o unique.jsonl  keep excerpts and rewrites")]
pub(crate) struct Dedup {
    #[command(flatten)]
    reading: Reading,
    #[command(flatten)]
    detecting: Detecting,
    #[command(flatten)]
    counting: Counting,
    /// Which article of a group is kept
    #[arg(long, value_enum, default_value_t = Keep::Original, help_heading = "Writing")]
    keep: Keep,
    /// Where to write what was left out, and why, as JSONL
    #[arg(long, value_name = "FILE", help_heading = "Writing")]
    dropped: Option<PathBuf>,
    #[command(flatten)]
    writing: Writing,
    #[command(flatten)]
    memory: Memory,
    #[command(flatten)]
    pub(crate) running: Running,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Keep {
    /// The one that the others are copies of
    Original,
    /// The one with the earliest date; of undated ones the original
    Oldest,
    /// The one with the most words
    Longest,
    /// The one that was read first
    First,
}

/// Why an article is left out.
struct Superfluous<'g> {
    group: usize,
    kept: &'g ArticleId,
    member: &'g Member<'g>,
}

impl Dedup {
    pub(crate) fn run(&self, talk: &Talk) -> Result<Outcome> {
        let mut problems = load::problems(&self.reading, talk);
        let builder = self.detecting.builder(&mut problems)?;
        let detector = self.memory.bound(builder, self.reading.temp_dir.as_deref()).build()?;
        let inputs = self.detecting.beside(&self.reading.inputs);
        let mut kept = self.writing.start(&inputs)?;
        let mut dropped = self.writing.start_also(self.dropped.as_deref(), &inputs)?;

        let Loaded { detector, library, outcome, losses } =
            &load::load(&self.reading, false, detector, problems, talk)?;
        let found = talk.find(detector)?;
        let groups = talk.stage("grouping", || found.groups_by(|relation| self.counting.wants(relation)));
        let superfluous = self.superfluous(&groups, library);

        talk.writing(&mut kept, detector.len() as u64, |kept| {
            library.records(|number, record| {
                talk.progress.add(1);
                let Some(left_out) = superfluous.get(&number) else { return write(kept, record) };
                dropped.as_mut().map_or(Ok(()), |out| write(out, &left_out.record()))
            })
        })?;
        kept.finish()?;
        dropped.map_or(Ok(()), Output::finish)?;
        talk.summarise(detector.len(), losses, &groups);
        talk.note(format_args!(
            "{} articles kept, {} left out",
            thousands(detector.len() - superfluous.len()),
            thousands(superfluous.len())
        ));
        Ok(*outcome)
    }

    /// What is left out, under the articles' numbers in the order of reading.
    fn superfluous<'g>(&self, groups: &'g [Group<'g>], library: &Library) -> HashMap<usize, Superfluous<'g>> {
        let left_out = |(group, of): (usize, &'g Group<'g>)| {
            let kept = self.choose(&of.members, library).id;
            let others = of.members.iter().filter(move |member| member.id != kept);
            others.map(move |member| Superfluous { group, kept, member })
        };
        let all = groups.iter().enumerate().flat_map(left_out);
        all.filter_map(|left_out| Some((library.number(left_out.member.id.as_str())?, left_out))).collect()
    }

    /// The member to keep. Members come with the original first, so that it wins where the rest is equal.
    fn choose<'g>(&self, members: &'g [Member<'g>], library: &Library) -> &'g Member<'g> {
        let chosen = match self.keep {
            Keep::Original => None,
            Keep::Oldest => {
                let dated = members.iter().filter(|member| member.meta.date.is_some());
                dated.min_by_key(|member| member.meta.date)
            }
            Keep::Longest => members.iter().min_by_key(|member| Reverse(member.words)),
            Keep::First => members.iter().min_by_key(|member| library.number(member.id.as_str())),
        };
        chosen.unwrap_or(&members[0])
    }
}

impl Superfluous<'_> {
    fn record(&self) -> Vec<u8> {
        let mut fields = Map::new();
        fields.insert("id".into(), self.member.id.as_str().into());
        fields.insert("group".into(), self.group.into());
        fields.insert("kept".into(), self.kept.as_str().into());
        let copy = self.member.copy.as_ref();
        fields.insert("relation".into(), copy.map_or("original", |copy| copy.relation.as_str()).into());
        if let Some(copy) = copy {
            fields.insert("of".into(), copy.of.as_str().into());
            jsonl::scores(&mut fields, &copy.scores);
        }
        serde_json::Value::from(fields).to_string().into_bytes()
    }
}

fn write(out: &mut Output, record: &[u8]) -> Result<()> {
    let written = out.write_all(record).and_then(|()| out.write_all(b"\n"));
    written.map_err(|source| Error::Write { path: out.path().to_owned(), source })
}
