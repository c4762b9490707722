//! The command line: one file a verb.

mod interrupt;
mod progress;
mod args;
mod memory;
mod messages;
mod settings;
mod lines;
mod load;
mod tally;
mod group;
mod dedup;
mod match_;
#[cfg(feature = "index")]
mod index;
mod report;
mod stats;
mod compare;
mod params;
mod eval;
mod learn;
mod completions;
mod man;

use std::env;
use std::ffi::OsString;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{ArgMatches, Command, CommandFactory, FromArgMatches, Parser, Subcommand};

use crate::cli::args::Running;
use crate::cli::load::Outcome;
use crate::cli::messages::Talk;
use crate::cli::settings::Settings;
use crate::error::{Error, Place, Result};
use crate::report::atomic::Output;

/// Groups every original article of a corpus with its copies: reposts, light edits, excerpts and spun rewrites.
#[derive(Debug, Parser)]
#[command(
    version,
    max_term_width = 100,
    after_help = "\
Examples:
  unspin group articles/                         which article is a copy of which
  unspin dedup feed.jsonl.gz -o unique.jsonl     one article of each group
  unspin match new.jsonl --against archive/      which new articles are copies of old ones
  unspin compare story.txt other.txt             whether two are copies, and why

Exit codes: 0 done; 1 done, but records were dropped; 2 nothing could be done; 130 interrupted."
)]
struct Cli {
    /// The file of settings [default: unspin.toml here, or in the nearest folder above]
    #[arg(long, value_name = "FILE", global = true, help_heading = "Settings")]
    config: Option<PathBuf>,
    /// Use no file of settings
    #[arg(long, global = true, conflicts_with = "config", help_heading = "Settings")]
    no_config: bool,
    /// Show which settings hold and where they come from, and do nothing else
    #[arg(long, global = true, help_heading = "Settings")]
    print_config: bool,
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    Group(group::Group),
    Dedup(dedup::Dedup),
    Match(match_::Match),
    #[cfg(feature = "index")]
    Index(index::Index),
    Report(report::Report),
    Stats(stats::Stats),
    Compare(compare::Compare),
    Params(params::Params),
    Eval(eval::Eval),
    Learn(learn::Learn),
    Completions(completions::Completions),
    Man(man::Man),
}

/// Does what the arguments of the process ask for.
pub fn run() -> ExitCode {
    let arguments: Vec<OsString> = env::args_os().collect();
    let cli = match parse(&arguments) {
        Ok(Asked::Work(cli)) => cli,
        Ok(Asked::Settings(shown)) => return ended(print(&shown)),
        Ok(Asked::Usage(usage)) => {
            // Help goes to a closed pipe as quietly as data does.
            let _ = usage.print();
            return ExitCode::from(u8::try_from(usage.exit_code()).unwrap_or(2));
        }
        Err(error) => return ended(Err(error)),
    };
    interrupt::listen();
    // An index looks its filters up all over its memory, which large pages suit.
    #[cfg(feature = "index")]
    let by_small_pages = !matches!(cli.verb, Verb::Index(_));
    #[cfg(not(feature = "index"))]
    let by_small_pages = true;
    if by_small_pages {
        memory::by_small_pages();
    }
    ended(cli.verb.run())
}

fn ended(result: Result<Outcome>) -> ExitCode {
    match result {
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

/// What the arguments ask for.
enum Asked {
    Work(Box<Cli>),
    /// The settings that hold, as text.
    Settings(Vec<u8>),
    /// Help, or arguments that make no sense.
    Usage(clap::Error),
}

fn parse(arguments: &[OsString]) -> Result<Asked> {
    let settings = if is_help(arguments) { None } else { Settings::find(arguments, &Cli::command())? };
    let configured = |command: Command| match &settings {
        Some(settings) => settings.apply(command),
        None => command,
    };
    if arguments.iter().any(|argument| argument == "--print-config") {
        let command = configured(without_required(Cli::command()));
        return Ok(match command.try_get_matches_from(arguments) {
            Ok(matches) => Asked::Settings(shown(settings.as_ref(), &matches)),
            Err(usage) => Asked::Usage(usage),
        });
    }
    let matches = configured(Cli::command()).try_get_matches_from(arguments);
    match matches.and_then(|mut matches| Cli::from_arg_matches_mut(&mut matches)) {
        Ok(cli) => Ok(Asked::Work(Box::new(cli))),
        Err(usage) => match &settings {
            // Without the file the arguments are sound: it is to blame.
            Some(settings) if Cli::try_parse_from(arguments).is_ok() => {
                let place = Place::input(settings.path().display().to_string());
                let problem = usage.to_string();
                let problem = problem.lines().next().unwrap_or_default().trim_start_matches("error: ").to_owned();
                Err(Error::Record { place, problem })
            }
            _ => Ok(Asked::Usage(usage)),
        },
    }
}

/// Whether no settings are needed, so that a broken file does not stand in the way of help.
fn is_help(arguments: &[OsString]) -> bool {
    let first = arguments.get(1).and_then(|argument| argument.to_str());
    let helps = |argument: &OsString| ["-h", "--help", "-V", "--version"].iter().any(|name| argument == name);
    matches!(first, None | Some("help" | "completions" | "man")) || arguments.iter().any(helps)
}

/// The command with nothing that must be given.
fn without_required(mut command: Command) -> Command {
    let verbs: Vec<String> = command.get_subcommands().map(|verb| verb.get_name().to_owned()).collect();
    for verb in verbs {
        let optional = |verb: Command| verb.mut_args(|argument| argument.required(false));
        command = command.mut_subcommand(verb, |verb| without_required(optional(verb)));
    }
    command
}

fn shown(settings: Option<&Settings>, matches: &ArgMatches) -> Vec<u8> {
    let mut text = Vec::new();
    if let Some((verb, matches)) = matches.subcommand() {
        // Writing to memory does not fail.
        let _ = settings::print(&mut text, settings, &Cli::command(), verb, matches);
    }
    text
}

fn print(text: &[u8]) -> Result<Outcome> {
    let mut output = Output::stdout();
    let written = output.write_all(text);
    output.done(written).map(|()| Outcome::Whole)
}

impl Verb {
    fn run(&self) -> Result<Outcome> {
        let whole = |()| Outcome::Whole;
        match self {
            Self::Group(verb) => with(&verb.running, |talk| verb.run(talk)),
            Self::Dedup(verb) => with(&verb.running, |talk| verb.run(talk)),
            Self::Match(verb) => with(&verb.running, |talk| verb.run(talk)),
            #[cfg(feature = "index")]
            Self::Index(verb) => with(verb.running(), |talk| verb.run(talk)),
            Self::Report(verb) => with(&verb.running, |talk| verb.run(talk)),
            Self::Stats(verb) => with(&verb.running, |talk| verb.run(talk)),
            Self::Eval(verb) => with(&verb.running, |talk| verb.run(talk)),
            Self::Learn(verb) => with(&verb.running, |talk| verb.run(talk)),
            Self::Compare(verb) => verb.run().map(whole),
            Self::Params(verb) => verb.run().map(whole),
            Self::Completions(verb) => verb.run(Cli::command()).map(whole),
            Self::Man(verb) => verb.run(Cli::command()).map(whole),
        }
    }
}

/// More threads than any machine makes use of would only exhaust it.
const MOST_THREADS: usize = 1024;

/// Runs a verb on as many threads as the user wants.
fn with(running: &Running, verb: impl FnOnce(&Talk) -> Result<Outcome>) -> Result<Outcome> {
    let talk = Talk::new(running);
    let refused = || Error::Config {
        field: "threads",
        value: running.threads.to_string(),
        allowed: format!("a whole number up to {MOST_THREADS}, or 0 for one a processor"),
    };
    if running.threads > MOST_THREADS {
        return Err(refused());
    }
    // The pool of all threads of this program: the reader's own thread gives it work, too.
    rayon::ThreadPoolBuilder::new().num_threads(running.threads).build_global().map_err(|_| refused())?;
    verb(&talk)
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
        fn check(path: &str, verb: &Command) {
            assert!(verb.get_about().is_some(), "{path}");
            let help = verb.get_after_help().map(ToString::to_string).unwrap_or_default();
            assert!(help.contains(path), "{path}");
            for option in verb.get_arguments() {
                assert!(option.get_help().is_some(), "{path} {}", option.get_id());
            }
            verb.get_subcommands().for_each(|part| check(&format!("{path} {}", part.get_name()), part));
        }
        let command = Cli::command();
        command.get_subcommands().for_each(|verb| check(&format!("unspin {}", verb.get_name()), verb));
    }
}
