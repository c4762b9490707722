//! `unspin report`: stored groups as a page for the browser.

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;

use clap::Args;
use rayon::prelude::*;

use crate::article::ArticleId;
use crate::cli::args::{Reading, Running, Writing};
use crate::cli::lines;
use crate::cli::load::{self, Outcome};
use crate::cli::messages::{Talk, count};
use crate::corpus::{Corpus, Kind, Problem, Problems, Reader, Source};
use crate::error::{Error, Result};
use crate::report::evidence::Texts;
use crate::report::html;
use crate::report::stored::Group;

/// Makes a page for the browser of stored groups: one file that needs no network.
///
/// With the inputs that the groups were found in, the page shows each copy beside its original; without them, what the
/// groups hold.
#[derive(Debug, Args)]
#[command(
    mut_arg("inputs", |inputs| inputs.required(false)),
    after_help = "\
Examples:
  unspin group news.jsonl -o groups.jsonl                       find the groups, once
  unspin report groups.jsonl news.jsonl -o report.html          a page with all texts side by side
  unspin report groups.jsonl -o report.html                     scores and evidence only
  unspin group news.jsonl -o groups.jsonl --html report.html    both at once"
)]
pub(crate) struct Report {
    /// The groups, as `unspin group --format jsonl` writes them; - for standard input
    #[arg(value_name = "GROUPS")]
    groups: PathBuf,
    #[command(flatten)]
    reading: Reading,
    #[command(flatten)]
    writing: Writing,
    #[command(flatten)]
    pub(crate) running: Running,
}

impl Report {
    pub(crate) fn run(&self, talk: &Talk) -> Result<Outcome> {
        let mut sources = self.reading.inputs.clone();
        sources.push(self.groups.clone());
        let mut output = self.writing.start(&sources)?;
        if output.is_terminal() {
            return Err(Error::Config {
                field: "the output",
                value: "a terminal".to_owned(),
                allowed: "the page a file: -o report.html".to_owned(),
            });
        }
        let mut problems = load::problems(&self.reading, talk);
        let groups = talk.stage("groups", || self.read_groups(&mut problems))?;
        let shelf = (!self.reading.inputs.is_empty()).then(|| self.shelf(&groups, &mut problems, talk)).transpose()?;
        problems.finish();

        let members = groups.iter().map(|group| group.members.len()).sum::<usize>();
        if let Some(shelf) = &shelf {
            let lost = members - shelf.sources.len();
            if lost > 0 {
                let lost = count(lost, "article");
                talk.warn(format_args!(
                    "{lost} of the groups did not stand in the inputs: check the inputs and the ids"
                ));
            }
        }
        let report = html::Report {
            groups: &groups,
            articles: shelf.as_ref().map(|shelf| shelf.read),
            texts: shelf.as_ref().map(|shelf| shelf as &dyn Texts),
        };
        let written = talk.writing(&mut output, members as u64, |output| {
            report.write(output, &|more| talk.progress.add(more as u64))
        });
        output.done(written)?;
        talk.note(format_args!("{} of {}", count(groups.len(), "group"), count(members, "article")));
        Ok(Outcome::of(&problems))
    }

    fn read_groups(&self, problems: &mut Problems<'_>) -> Result<Vec<Group>> {
        let mut groups = Vec::new();
        let remedy = "name a file that unspin group --format jsonl wrote";
        lines::each(&self.groups, remedy, |place, line| {
            match Group::parse(line) {
                Ok(group) => groups.push(group),
                Err(why) => {
                    let problem = format!("no group ({why}): give what unspin group --format jsonl wrote");
                    problems.report(Problem { kind: Kind::Malformed, error: Error::Record { place, problem } })?;
                }
            }
            Ok(())
        })?;
        if groups.is_empty() && problems.dropped() > 0 {
            return Err(Error::NoGroups { path: self.groups.clone() });
        }
        Ok(groups)
    }

    /// Goes through the inputs, and notes where the texts of the groups' articles stand.
    fn shelf(&self, groups: &[Group], problems: &mut Problems<'_>, talk: &Talk) -> Result<Shelf> {
        let members = groups.iter().flat_map(|group| &group.members);
        let wanted: HashSet<&ArticleId> = members.map(|member| &member.id).collect();
        let reader = Reader::open(&self.reading.inputs, load::options(&self.reading, false), problems)?;
        let progress = reader.progress();
        talk.progress.bytes("reading", progress.total());
        let (mut sources, mut read) = (HashMap::new(), 0);
        let corpus = talk.timed("reading", || {
            reader.read(problems, |record| {
                read += 1;
                talk.progress.set(progress.read());
                if wanted.contains(&record.id) {
                    sources.insert(record.id, (record.source, record.text.len() as u64));
                }
                Ok(())
            })
        })?;
        Ok(Shelf { corpus, sources, read })
    }
}

/// Where the texts of the groups' articles stand.
struct Shelf {
    corpus: Corpus,
    sources: HashMap<ArticleId, (Source, u64)>,
    /// How many articles were read.
    read: usize,
}

impl Texts for Shelf {
    fn size(&self, id: &ArticleId) -> u64 {
        self.sources.get(id).map_or(0, |&(_, size)| size)
    }

    fn fetch(&self, ids: &[&ArticleId]) -> Vec<Option<String>> {
        ids.par_iter().map(|&id| self.corpus.text(self.sources.get(id)?.0).ok()).collect()
    }
}
