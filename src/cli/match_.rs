//! `unspin match`: which articles of one corpus are in another already, without an index.

use std::collections::HashMap;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::Args;

use crate::article::ArticleId;
use crate::cli::args::{Counting, Detecting, Reading, Running, Writing};
use crate::cli::load::{self, Library, Loaded, Outcome};
use crate::cli::messages::{Talk, count, thousands};
use crate::corpus::Problems;
use crate::detector::{Found, Match as Pair};
use crate::error::{Error, Result};
use crate::report::atomic::Output;
use crate::report::evidence::{self, Explanation, Texts};
use crate::report::{jsonl, matches};

/// Tells of every new article which old ones it is a copy of, or was copied to: once, without an index.
///
/// One line of JSON an article of NEW, in the order of reading, with its matches in OLD, the closest first. Pairs within
/// NEW or within OLD are not told, and an id may be in both. Of OLD articles with the same words at most 256 are told.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  unspin match today.jsonl --against archive/                 what of today's news was in the archive
  unspin match new/ --against old/ more.jsonl -o found.jsonl  of several inputs, into a file
  unspin match new/ --against old/ --relations exact,near     reposts and light edits only
  cat page.jsonl | unspin match - --against archive.jsonl     of JSONL on standard input

To ask again and again, keep the old articles in an index: unspin index --help")]
pub(crate) struct Match {
    #[command(flatten)]
    reading: Reading,
    /// Where the old articles are: folders, files, or - as for INPUT
    #[arg(long, value_name = "OLD", num_args = 1.., required = true)]
    against: Vec<PathBuf>,
    #[command(flatten)]
    detecting: Detecting,
    #[command(flatten)]
    counting: Counting,
    /// Leave out the substitutions and passages, which need the texts to be read again
    #[arg(long, help_heading = "Writing")]
    no_evidence: bool,
    #[command(flatten)]
    writing: Writing,
    #[command(flatten)]
    pub(crate) running: Running,
}

/// What stands before the ids of either side while both are in one detector.
const NEW: &str = "n";
const OLD: &str = "o";

fn on(side: &'static str) -> impl Fn(ArticleId) -> ArticleId {
    move |id| ArticleId::from(format!("{side}{id}"))
}

fn is_new(id: &ArticleId) -> bool {
    id.as_str().starts_with(NEW)
}

/// The id as it was read.
fn own(id: &ArticleId) -> ArticleId {
    ArticleId::from(&id.as_str()[1..])
}

/// So many pairs are explained before they are written.
const BATCH: usize = 4096;

impl Match {
    pub(crate) fn run(&self, talk: &Talk) -> Result<Outcome> {
        let stdin = |inputs: &[PathBuf]| inputs.iter().any(|input| input == Path::new("-"));
        if stdin(&self.reading.inputs) && stdin(&self.against) {
            return Err(Error::Config {
                field: "--against",
                value: "-".to_owned(),
                allowed: "a file where NEW is standard input, which can be read only once".to_owned(),
            });
        }
        let mut problems = load::problems(&self.reading, talk);
        let detector = self.detecting.detector(&mut problems)?;
        let inputs = [&self.reading.inputs[..], &self.against].concat();
        let options = || load::options(&self.reading, self.no_evidence);
        let mut output = self.writing.start(&self.detecting.beside(&inputs))?;
        let Loaded { detector, library: new, .. } =
            load::load_also(&self.reading.inputs, options(), detector, &mut problems, talk, on(NEW))?;
        let asked = detector.len();
        let Loaded { detector, library: old, .. } =
            load::load_also(&self.against, options(), detector, &mut problems, talk, on(OLD))?;
        problems.finish();
        let known = detector.len() - asked;
        self.refuse_none(asked, known, &problems)?;

        let found = talk.find(&detector)?;
        let library = Both { new, old };
        let mut matched = 0;
        let written = talk.writing(&mut output, asked as u64, |output| {
            let mut of = self.across(&found);
            let ids: Vec<&ArticleId> = detector.ids().take(asked).collect();
            for ids in ids.chunks(BATCH) {
                let taken: Vec<_> = ids.iter().map(|id| (*id, of.remove(id).unwrap_or_default())).collect();
                matched += taken.iter().filter(|(_, pairs)| !pairs.is_empty()).count();
                self.write(output, &taken, &library)?;
                talk.progress.add(ids.len() as u64);
            }
            Ok(())
        });
        output.done(written)?;
        library.new.tell_lost(talk);
        library.old.tell_lost(talk);
        let (articles, against) = (count(asked, "new article"), count(known, "old one"));
        talk.note(format_args!("{articles} against {against}: {} with a match", thousands(matched)));
        talk.close(asked + known, &load::losses(&problems));
        Ok(Outcome::of(&problems))
    }

    /// Refuses a side without any article: whatever it was meant to be, it was not found.
    fn refuse_none(&self, asked: usize, known: usize, problems: &Problems<'_>) -> Result<()> {
        if asked > 0 && known > 0 {
            return Ok(());
        }
        let (field, inputs) = if asked == 0 { ("NEW", &self.reading.inputs) } else { ("--against", &self.against) };
        // What was dropped has been told, with its remedy.
        let value = if problems.dropped() > 0 { "without an article that could be used" } else { "without an article" };
        let names: Vec<String> = inputs.iter().map(|input| input.display().to_string()).collect();
        let allowed = "folders or files of articles (--help lists the formats), or - for JSONL on stdin".to_owned();
        Err(Error::Config { field, value: format!("{value} ({})", names.join(", ")), allowed })
    }

    /// The pairs of each new article that has any, the closest first.
    fn across<'d>(&self, found: &Found<'d>) -> HashMap<&'d ArticleId, Vec<Pair<'d>>> {
        let mut of: HashMap<&ArticleId, Vec<Pair<'_>>> = HashMap::new();
        for pair in found.matches_across(&is_new).filter(|pair| self.counting.wants(pair.relation)) {
            of.entry(pair.a).or_default().push(pair);
        }
        for pairs in of.values_mut() {
            pairs.sort_by(|x, y| {
                let score = y.scores.score.total_cmp(&x.scores.score);
                x.relation.cmp(&y.relation).then(score).then_with(|| x.b.cmp(y.b))
            });
        }
        of
    }

    fn write(&self, output: &mut Output, taken: &[(&ArticleId, Vec<Pair<'_>>)], library: &Both) -> io::Result<()> {
        let pairs = taken.iter().flat_map(|(_, pairs)| pairs);
        let explained = (!self.no_evidence).then(|| {
            let pairs = pairs.map(|pair| evidence::Pair { original: pair.b, copy: pair.a, relation: pair.relation });
            evidence::explain(library, &pairs.collect::<Vec<_>>())
        });
        let mut explained = explained.map(Vec::into_iter);
        for (id, pairs) in taken {
            let told = |pair: &Pair<'_>| {
                let mut fields = matches::fields(&own(pair.b), pair.relation, &pair.scores);
                if let Some(Explanation { substitutions, passages }) = explained.as_mut().and_then(Iterator::next) {
                    jsonl::evidence(&mut fields, &substitutions, &passages, matches::SIDES);
                }
                fields
            };
            let line = matches::line(own(id).as_str(), pairs.iter().map(told).collect());
            serde_json::to_writer(&mut *output, &line)?;
            output.write_all(b"\n")?;
        }
        Ok(())
    }
}

/// The texts of both sides.
struct Both {
    new: Library,
    old: Library,
}

impl Both {
    fn side(&self, id: &ArticleId) -> &Library {
        if is_new(id) { &self.new } else { &self.old }
    }
}

impl Texts for Both {
    fn size(&self, id: &ArticleId) -> u64 {
        self.side(id).size(&own(id))
    }

    fn fetch(&self, ids: &[&ArticleId]) -> Vec<Option<String>> {
        let wanted: Vec<ArticleId> = ids.iter().map(|id| own(id)).collect();
        let of = |new: bool| {
            let wanted: Vec<&ArticleId> =
                ids.iter().zip(&wanted).filter(|(id, _)| is_new(id) == new).map(|(_, own)| own).collect();
            let library = if new { &self.new } else { &self.old };
            library.fetch(&wanted).into_iter()
        };
        let (mut new, mut old) = (of(true), of(false));
        ids.iter().map(|id| if is_new(id) { new.next() } else { old.next() }.flatten()).collect()
    }
}
