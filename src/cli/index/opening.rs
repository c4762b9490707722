//! Which index is meant, and how it is opened.

use std::path::PathBuf;

use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};

use crate::cli::args::{facts, view};
use crate::cli::memory::size;
use crate::config::{Config, Facts, View};
use crate::corpus::{Kind, Problem, Problems};
use crate::crawler::format::Format;
use crate::crawler::{Durability, Index, Options};
use crate::error::{Error, Result};
use crate::lexicon::learned::Lexicon;

/// The index.
#[derive(Debug, Args)]
pub(crate) struct Folder {
    /// The folder of the index
    #[arg(value_name = "DIR")]
    dir: PathBuf,
    /// About how much memory the index may take, such as 64M or 2G
    #[arg(long, value_name = "SIZE", default_value = "256M", value_parser = size, help_heading = "Index")]
    memory: usize,
}

impl Folder {
    fn options(&self) -> Options {
        Index::options().memory(self.memory as u64)
    }

    /// Whether there is an index.
    pub(crate) fn exists(&self) -> Result<bool> {
        Ok(Format::read(&self.dir)?.is_some())
    }

    /// Opens it to be asked only.
    pub(crate) fn read(&self, lexicon: Lexicon) -> Result<Index> {
        self.options().lexicon(lexicon).open_read_only(&self.dir)
    }

    /// Opens it to be changed.
    pub(crate) fn write(&self, durability: Durability) -> Result<Index> {
        self.options().durability(durability).open(&self.dir)
    }

    /// Opens it to be changed, or makes a new one.
    pub(crate) fn make(&self, durability: Durability, making: &Making, lexicon: Lexicon) -> Result<Index> {
        let found = Format::read(&self.dir)?;
        let exists = found.is_some();
        let mut options = self.options().durability(durability).lexicon(lexicon).keep_texts(making.keep_texts);
        if let Some(config) = making.config(&found.map(|found| found.config).unwrap_or_default()) {
            options = options.config(config);
        }
        let index = options.open_or_create(&self.dir)?;
        if exists && making.keep_texts && !index.keeps_texts() {
            let [stored, given] = ["left out", "kept"].map(str::to_owned);
            return Err(Error::OtherSettings { path: self.dir.clone(), field: "texts", stored, given });
        }
        Ok(index)
    }

    /// The folder's name, for messages.
    pub(crate) fn name(&self) -> String {
        self.dir.display().to_string()
    }
}

/// What an acknowledgement means.
#[derive(Debug, Args)]
pub(crate) struct Lasting {
    /// When an article counts as stored: once it is on the disk (each); once the system has it, which waits for the disk
    /// ten times a second (batched), or whenever it sees fit (relaxed). Whatever ends the program, nothing is lost; when
    /// the power fails, it is nothing, the last tenth of a second, or about the last half minute
    #[arg(long, value_name = "LEVEL", default_value = "batched", value_parser = durability(), help_heading = "Index")]
    pub(crate) durability: Durability,
}

fn durability() -> impl TypedValueParser<Value = Durability> {
    PossibleValuesParser::new(["each", "batched", "relaxed"]).map(|name| match name.as_str() {
        "each" => Durability::Each,
        "relaxed" => Durability::Relaxed,
        _ => Durability::Batched,
    })
}

/// What a new index is made with. One that exists has its own settings, and refuses others.
#[derive(Debug, Args)]
#[command(next_help_heading = "Settings of a new index (one that exists has its own, and refuses others)")]
pub(crate) struct Making {
    /// Keep the texts, compressed, beside the words: for export, and for the evidence of groups
    #[arg(long)]
    keep_texts: bool,
    /// The Jaccard similarity of shingles from which a pair is near [default: 0.7]
    #[arg(long, value_name = "SHARE", allow_negative_numbers = true)]
    threshold: Option<f64>,
    /// The share of the pairs at the threshold that must be found [default: 0.99]
    #[arg(long, value_name = "SHARE", allow_negative_numbers = true)]
    recall: Option<f64>,
    /// The length of the MinHash signature [default: 128]
    #[arg(long, value_name = "COUNT")]
    hashes: Option<usize>,
    /// Words in a shingle [default: 5]
    #[arg(long, value_name = "WORDS")]
    shingle: Option<usize>,
    /// The share of a shorter article that must stand in a longer one to be an excerpt [default: 0.5]
    #[arg(long, value_name = "SHARE", allow_negative_numbers = true)]
    containment: Option<f64>,
    /// Which keys find candidates [default: both]
    #[arg(long, value_parser = view())]
    view: Option<View>,
    /// What to do with near copies whose figures or names differ: tell, or be strict and not match them [default: tell]
    #[arg(long, value_parser = facts())]
    facts: Option<Facts>,
}

impl Making {
    /// These settings in the place of others; `None` if that changes nothing.
    fn config(&self, others: &Config) -> Option<Config> {
        let config = Config {
            threshold: self.threshold.unwrap_or(others.threshold),
            recall: self.recall.unwrap_or(others.recall),
            shingle: self.shingle.unwrap_or(others.shingle),
            hashes: self.hashes.unwrap_or(others.hashes),
            view: self.view.unwrap_or(others.view),
            containment: self.containment.unwrap_or(others.containment),
            facts: self.facts.unwrap_or(others.facts),
        };
        (config != *others).then_some(config)
    }
}

/// One's own synonyms.
#[derive(Debug, Args)]
pub(crate) struct Synonyms {
    /// Your own synonyms beside the thesaurus, which the index does not store: a file of ORIGINAL<TAB>COPY lines, as
    /// `unspin learn` writes; may be given more than once
    #[arg(long, value_name = "FILE", help_heading = "Index")]
    lexicon: Vec<PathBuf>,
}

impl Synonyms {
    /// Reads them. Lines that cannot be used are dropped like records.
    pub(crate) fn read(&self, problems: &mut Problems<'_>) -> Result<Lexicon> {
        let mut lexicon = Lexicon::default();
        for path in &self.lexicon {
            lexicon.read(path, |error| problems.report(Problem { kind: Kind::Malformed, error }))?;
        }
        Ok(lexicon)
    }

    /// The files beside the inputs that are read: no output may replace them.
    pub(crate) fn beside(&self, inputs: &[PathBuf]) -> Vec<PathBuf> {
        inputs.iter().chain(&self.lexicon).cloned().collect()
    }
}
