//! The options that several verbs share.

use std::path::{Path, PathBuf};

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, ValueEnum};

use crate::cli::progress::Show;
use crate::config::{Config, Facts, View};
use crate::corpus::{Format, Html, Kind, Problem, Problems};
use crate::detector::{Builder, Detector};
use crate::error::{Error, Result};
use crate::lexicon::learned::Lexicon;
use crate::report::atomic::Output;
use crate::verify::relation::Relation;

/// What is read, and how.
#[derive(Debug, Args)]
pub(crate) struct Reading {
    /// Folders, with all below them; files; or - for standard input. Read are texts (.txt, .md), pages (.html, .htm),
    /// records (.jsonl, .ndjson, .json, .csv, .tsv, .parquet), feeds (.rss, .atom, .xml) and crawlers' archives (.warc,
    /// .wet), plain or as .gz, .zst, .bz2 or .xz
    #[arg(value_name = "INPUT", required = true)]
    pub(crate) inputs: Vec<PathBuf>,
    /// The field or column of the article's id [default: id, url or key; without one NAME:LINE]
    #[arg(long, value_name = "FIELD", help_heading = "Reading")]
    pub(crate) id_field: Option<String>,
    /// The field or column of its text [default: text, body, content or article]
    #[arg(long, value_name = "FIELD", help_heading = "Reading")]
    pub(crate) text_field: Option<String>,
    /// The field or column of its title [default: title or headline]
    #[arg(long, value_name = "FIELD", help_heading = "Reading")]
    pub(crate) title_field: Option<String>,
    /// The field or column of its date [default: date, published or timestamp]
    #[arg(long, value_name = "FIELD", help_heading = "Reading")]
    pub(crate) date_field: Option<String>,
    /// Of what is HTML read the article: of pages and texts that begin like one (auto), of every text (always, or no
    /// value), or of none, which leaves the markup in (never)
    #[arg(
        long,
        value_name = "WHEN",
        default_value = "auto",
        default_missing_value = "always",
        num_args = 0..=1,
        require_equals = true,
        value_parser = extract(),
        help_heading = "Reading"
    )]
    pub(crate) extract: Html,
    /// What standard input and the files that are named hold, whatever their names [default: what the names tell, else
    /// text in files and jsonl on standard input]
    #[arg(long, value_name = "FORMAT", value_parser = format(), help_heading = "Reading")]
    pub(crate) input_format: Option<Format>,
    /// Put the input's name before each id, where several inputs use the same ids
    #[arg(long, help_heading = "Reading")]
    pub(crate) qualify_ids: bool,
    /// Stop with exit code 2, and write nothing, at the first record that would be dropped or repaired
    #[arg(long, help_heading = "Reading")]
    pub(crate) strict: bool,
    /// Where temporary files go [default: the system's folder for them]
    #[arg(long, value_name = "FOLDER", help_heading = "Reading")]
    pub(crate) temp_dir: Option<PathBuf>,
}

/// What decides the bands.
#[derive(Debug, Args)]
pub(crate) struct Banding {
    /// The Jaccard similarity of shingles from which a pair is near
    #[arg(long, value_name = "SHARE", allow_negative_numbers = true, default_value_t = Config::default().threshold, help_heading = "Detecting")]
    pub(crate) threshold: f64,
    /// The share of the pairs at the threshold that must be found
    #[arg(long, value_name = "SHARE", allow_negative_numbers = true, default_value_t = Config::default().recall, help_heading = "Detecting")]
    pub(crate) recall: f64,
    /// The length of the MinHash signature
    #[arg(long, value_name = "COUNT", allow_negative_numbers = true, default_value_t = Config::default().hashes, help_heading = "Detecting")]
    pub(crate) hashes: usize,
}

/// What makes a copy.
#[derive(Debug, Args)]
pub(crate) struct Detecting {
    #[command(flatten)]
    banding: Banding,
    /// Words in a shingle
    #[arg(long, value_name = "WORDS", default_value_t = Config::default().shingle, help_heading = "Detecting")]
    shingle: usize,
    /// The share of a shorter article that must stand in a longer one to be an excerpt
    #[arg(long, value_name = "SHARE", allow_negative_numbers = true, default_value_t = Config::default().containment, help_heading = "Detecting")]
    containment: f64,
    /// Which keys find candidates
    #[arg(long, default_value = "both", value_parser = view(), help_heading = "Detecting")]
    view: View,
    /// What to do with near copies whose figures or names differ: tell, or be strict and not link them
    #[arg(long, default_value = "tell", value_parser = facts(), help_heading = "Detecting")]
    facts: Facts,
    /// Your own synonyms beside the thesaurus: a file of ORIGINAL<TAB>COPY lines, as `unspin learn` writes; may be
    /// given more than once
    #[arg(long, value_name = "FILE", help_heading = "Detecting")]
    lexicon: Vec<PathBuf>,
}

impl Detecting {
    /// A detector with these settings.
    pub(crate) fn detector(&self, problems: &mut Problems<'_>) -> Result<Detector> {
        self.builder(problems)?.build()
    }

    /// The settings. Lines of a lexicon that cannot be used are dropped like records.
    pub(crate) fn builder(&self, problems: &mut Problems<'_>) -> Result<Builder> {
        let &Self { banding: Banding { threshold, recall, hashes }, shingle, containment, view, facts, .. } = self;
        let config = Config { threshold, recall, shingle, hashes, view, containment, facts };
        let mut lexicon = Lexicon::default();
        for path in &self.lexicon {
            lexicon.read(path, |error| problems.report(Problem { kind: Kind::Malformed, error }))?;
        }
        Ok(Detector::builder().config(config).lexicon(lexicon))
    }

    /// The files beside the inputs that are read: no output may replace them.
    pub(crate) fn beside(&self, inputs: &[PathBuf]) -> Vec<PathBuf> {
        inputs.iter().chain(&self.lexicon).cloned().collect()
    }
}

/// Which relations count.
#[derive(Debug, Args)]
pub(crate) struct Counting {
    /// The relations that form groups [default: all]
    #[arg(long, value_name = "RELATION,…", value_delimiter = ',', value_parser = relation(), help_heading = "Detecting")]
    relations: Vec<Relation>,
}

impl Counting {
    /// Whether pairs of this relation form groups.
    pub(crate) fn wants(&self, relation: Relation) -> bool {
        self.relations.is_empty() || self.relations.contains(&relation)
    }
}

/// How the program runs.
#[derive(Debug, Args)]
pub(crate) struct Running {
    /// How many threads work, up to 1024, or 0 for one a processor
    #[arg(long, value_name = "COUNT", default_value_t = 0, help_heading = "Running")]
    pub(crate) threads: usize,
    /// Show how far the work is
    #[arg(long, value_enum, value_name = "HOW", default_value_t = Show::Auto, help_heading = "Running")]
    pub(crate) progress: Show,
    /// Say nothing but what went wrong
    #[arg(short, long, help_heading = "Running")]
    pub(crate) quiet: bool,
    /// Say how long each stage took
    #[arg(short, long, conflicts_with = "quiet", help_heading = "Running")]
    pub(crate) verbose: bool,
}

fn relation() -> impl TypedValueParser<Value = Relation> {
    PossibleValuesParser::new(Relation::ALL.map(Relation::as_str)).try_map(|name| name.parse::<Relation>())
}

fn extract() -> impl TypedValueParser<Value = Html> {
    PossibleValuesParser::new(["auto", "always", "never"]).map(|name| match name.as_str() {
        "always" => Html::Always,
        "never" => Html::Never,
        _ => Html::Auto,
    })
}

/// The parser of the formats' names, which are those of files.
fn format() -> impl TypedValueParser<Value = Format> {
    let names = ["txt", "html", "jsonl", "json", "csv", "warc", "rss", "parquet"];
    PossibleValuesParser::new(names).map(|name| Format::of(Path::new(&format!("_.{name}"))).unwrap_or(Format::Text))
}

pub(crate) fn view() -> impl TypedValueParser<Value = View> {
    PossibleValuesParser::new(["surface", "stable", "both"]).try_map(|name| name.parse::<View>())
}

pub(crate) fn facts() -> impl TypedValueParser<Value = Facts> {
    PossibleValuesParser::new(["tell", "strict"]).map(|name| if name == "strict" { Facts::Strict } else { Facts::Tell })
}

/// How a verb that prints figures writes them.
#[derive(Debug, Args)]
pub(crate) struct Printing {
    /// How to write it
    #[arg(long, value_enum, default_value_t = Style::Table, help_heading = "Writing")]
    pub(crate) format: Style,
}

/// For people, or for programs.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Style {
    Table,
    Json,
}

/// Where the data goes.
#[derive(Debug, Args)]
pub(crate) struct Writing {
    /// The file to write, whole or not at all; - for standard output
    #[arg(short, long, value_name = "FILE", default_value = "-", hide_default_value = true, help_heading = "Writing")]
    pub(crate) output: PathBuf,
    /// Replace the file if it exists
    #[arg(long, help_heading = "Writing")]
    pub(crate) force: bool,
}

impl Writing {
    /// Starts the output, before anything is read.
    pub(crate) fn start(&self, inputs: &[PathBuf]) -> Result<Output> {
        Output::create(&self.output, self.force, inputs)
    }

    /// Starts another output beside it, if one is wanted.
    pub(crate) fn start_also(&self, path: Option<&Path>, inputs: &[PathBuf]) -> Result<Option<Output>> {
        let stdout = Path::new("-");
        match path {
            Some(path) if path == stdout && self.output == stdout => {
                Err(Error::SharedOutput { path: "<stdout>".into() })
            }
            Some(path) => Output::create(path, self.force, inputs).map(Some),
            None => Ok(None),
        }
    }
}
