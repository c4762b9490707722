//! `unspin index groups` and `unspin index export`: all that is stored, as lines.

use std::io::Write;

use clap::Args;
use rayon::prelude::*;
use serde_json::{Map, Value, json};

use crate::article::ArticleId;
use crate::cli::args::{Counting, Running, Writing};
use crate::cli::index::opening::{Folder, Synonyms};
use crate::cli::load::Outcome;
use crate::cli::messages::{Talk, count};
use crate::corpus::Problems;
use crate::crawler::{Index, Stored};
use crate::error::{Error, Result};
use crate::lexicon::learned::Lexicon;
use crate::report::evidence::Texts;
use crate::report::groups::{self, date};
use crate::report::jsonl::{Jsonl, told};

/// Groups every stored original with its copies, as `unspin group --format jsonl` does over the same articles.
///
/// The words of all articles are read into memory for it, at some 5 bytes a word. The evidence is given if the index
/// keeps the texts.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  unspin index groups seen/ -o groups.jsonl          one group a line
  unspin index groups seen/ --relations exact,near   reposts and light edits only")]
pub(crate) struct Groups {
    #[command(flatten)]
    folder: Folder,
    #[command(flatten)]
    counting: Counting,
    #[command(flatten)]
    synonyms: Synonyms,
    /// Leave out the substitutions and passages
    #[arg(long, help_heading = "Writing")]
    no_evidence: bool,
    #[command(flatten)]
    writing: Writing,
    #[command(flatten)]
    pub(crate) running: Running,
}

impl Groups {
    pub(crate) fn run(&self, talk: &Talk) -> Result<Outcome> {
        let mut problems = Problems::new(talk.teller());
        let lexicon = self.synonyms.read(&mut problems)?;
        let mut output = self.writing.start(&self.synonyms.beside(&[]))?;
        let index = self.folder.read(lexicon)?;
        let detector = talk.stage("reading", || index.detector())?;
        let found = talk.find(&detector)?;
        let groups = talk.stage("grouping", || found.groups_by(|relation| self.counting.wants(relation)));
        let kept = Kept(&index);
        let texts = (index.keeps_texts() && !self.no_evidence).then_some(&kept as &dyn Texts);
        let written = groups::write(&mut Jsonl(&mut output), &groups, &[], texts);
        output.done(written)?;
        problems.finish();
        talk.summarise(detector.len(), &[], &groups);
        Ok(Outcome::of(&problems))
    }
}

/// The texts that an index keeps.
struct Kept<'i>(&'i Index);

impl Kept<'_> {
    /// A text that cannot be read is missing from the evidence only; `verify` tells why.
    fn text(&self, id: &ArticleId) -> Option<String> {
        self.0.get(id.as_str()).ok().flatten()?.text
    }
}

impl Texts for Kept<'_> {
    fn size(&self, _: &ArticleId) -> u64 {
        /// About that of an article: how many texts are held at once depends on it, and nothing else.
        const SIZE: u64 = 8 << 10;
        SIZE
    }

    fn fetch(&self, ids: &[&ArticleId]) -> Vec<Option<String>> {
        ids.par_iter().map(|id| self.text(id)).collect()
    }
}

/// Writes the stored articles as JSON Lines, in the order in which they came.
///
/// Each has its id, date and title, when it was stored, how many words of it are indexed, of what it was found to be a
/// copy then, and its text if the index keeps texts: such a file can be added to another index.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  unspin index export seen/ -o seen.jsonl   all articles
  unspin index export seen/ | head          the first that were stored")]
pub(crate) struct Export {
    #[command(flatten)]
    folder: Folder,
    #[command(flatten)]
    writing: Writing,
    #[command(flatten)]
    pub(crate) running: Running,
}

impl Export {
    pub(crate) fn run(&self, talk: &Talk) -> Result<Outcome> {
        let mut output = self.writing.start(&[])?;
        let index = self.folder.read(Lexicon::default())?;
        let mut articles = 0;
        for stored in index.articles() {
            let line = Value::from(line(stored?));
            writeln!(output, "{line}").map_err(|source| Error::Write { path: output.path().to_owned(), source })?;
            articles += 1;
        }
        output.finish()?;
        talk.note(format_args!("{} written", count(articles, "article")));
        Ok(Outcome::Whole)
    }
}

fn line(stored: Stored) -> Map<String, Value> {
    let Stored { id, meta, inserted, words, copy_of, text } = stored;
    let mut fields = Map::new();
    fields.insert("id".into(), id.as_str().into());
    told(&mut fields, &meta);
    fields.insert("inserted".into(), date(inserted).into());
    fields.insert("words".into(), words.into());
    if let Some((of, relation)) = copy_of {
        fields.insert("copy_of".into(), json!({"id": of.as_str(), "relation": relation.as_str()}));
    }
    if let Some(text) = text {
        fields.insert("text".into(), text.into());
    }
    fields
}
