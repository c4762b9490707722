//! The command line: one file a verb.

mod args;
mod interrupt;
mod progress;
mod messages;
mod load;
mod tally;
mod group;
mod dedup;
mod compare;
mod params;
mod eval;
mod learn;

use std::io;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::cli::args::Running;
use crate::cli::load::Outcome;
use crate::cli::messages::Talk;
use crate::error::{Error, Result};

/// Groups every original article of a corpus with its copies: reposts, light edits, excerpts and spun rewrites.
#[derive(Debug, Parser)]
#[command(
    version,
    max_term_width = 100,
    after_help = "\
Examples:
  unspin group articles/                         which article is a copy of which
  unspin dedup feed.jsonl.gz -o unique.jsonl     one article of each group
  unspin compare story.txt other.txt             whether two are copies, and why

Exit codes: 0 done; 1 done, but records were dropped; 2 nothing could be done; 130 interrupted."
)]
struct Cli {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    Group(group::Group),
    Dedup(dedup::Dedup),
    Compare(compare::Compare),
    Params(params::Params),
    Eval(eval::Eval),
    Learn(learn::Learn),
}

/// Does what the arguments of the process ask for.
pub fn run() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(usage) => {
            // Help goes to a closed pipe as quietly as data does.
            let _ = usage.print();
            return ExitCode::from(u8::try_from(usage.exit_code()).unwrap_or(2));
        }
    };
    interrupt::listen();
    match cli.verb.run() {
        Ok(Outcome::Whole) => ExitCode::SUCCESS,
        Ok(Outcome::Dropped) => ExitCode::from(1),
        // Whoever closed the pipe has seen enough.
        Err(Error::Write { source, .. }) if source.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => {
            messages::error(&error);
            ExitCode::from(2)
        }
    }
}

impl Verb {
    fn run(&self) -> Result<Outcome> {
        match self {
            Self::Group(verb) => with(&verb.running, |talk| verb.run(talk)),
            Self::Dedup(verb) => with(&verb.running, |talk| verb.run(talk)),
            Self::Eval(verb) => with(&verb.running, |talk| verb.run(talk)),
            Self::Learn(verb) => with(&verb.running, |talk| verb.run(talk)),
            Self::Compare(verb) => verb.run().map(|()| Outcome::Whole),
            Self::Params(verb) => verb.run().map(|()| Outcome::Whole),
        }
    }
}

/// More threads than any machine makes use of would only exhaust it.
const MOST_THREADS: usize = 1024;

/// Runs a verb on as many threads as the user wants.
fn with(running: &Running, verb: impl FnOnce(&Talk) -> Result<Outcome> + Send) -> Result<Outcome> {
    let talk = Talk::new(running);
    let refused = || Error::Config {
        field: "threads",
        value: running.threads.to_string(),
        allowed: format!("a whole number up to {MOST_THREADS}, or 0 for one a processor"),
    };
    if running.threads > MOST_THREADS {
        return Err(refused());
    }
    let pool = rayon::ThreadPoolBuilder::new().num_threads(running.threads).build().map_err(|_| refused())?;
    pool.install(|| verb(&talk))
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_arguments_are_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn every_verb_and_option_is_explained_and_every_verb_has_examples() {
        for verb in Cli::command().get_subcommands() {
            assert!(verb.get_about().is_some(), "{}", verb.get_name());
            let help = verb.get_after_help().map(ToString::to_string).unwrap_or_default();
            assert!(help.contains(&format!("unspin {}", verb.get_name())), "{}", verb.get_name());
            for option in verb.get_arguments() {
                assert!(option.get_help().is_some(), "{} {}", verb.get_name(), option.get_id());
            }
        }
    }
}
