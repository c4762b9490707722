//! `unspin index`: what a crawler has seen, in a folder that lasts and grows.

mod opening;
mod answers;
mod pipe;
mod asking;
mod upkeep;
mod dumping;

use clap::{Args, Subcommand};

use crate::cli::args::Running;
use crate::cli::load::Outcome;
use crate::cli::messages::Talk;
use crate::error::Result;

/// Keeps an index of articles that lasts and grows, and asks it: have I seen this?
///
/// It finds what `unspin group` finds, article by article and on disk. One process at a time can use it; whatever ends
/// that process, all that was acknowledged is there.
#[derive(Debug, Args)]
#[command(
    subcommand_value_name = "COMMAND",
    subcommand_help_heading = "Commands",
    after_help = "\
Examples:
  unspin index add seen/ archive.jsonl.gz     make an index, or add to it
  unspin index query seen/ today.jsonl        what of today's news it has seen
  unspin index add seen/ -                    a service for a crawler: a line in, a line out
  unspin index groups seen/ -o groups.jsonl   every original with its copies
  unspin index backup seen/ seen-monday/      a copy of it all

To compare two sets of articles once, without an index: unspin match --help"
)]
pub(crate) struct Index {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Add(asking::Add),
    Query(asking::Query),
    Remove(upkeep::Remove),
    Info(upkeep::Info),
    Groups(dumping::Groups),
    Export(dumping::Export),
    Compact(upkeep::Compact),
    Verify(upkeep::Verify),
    Backup(upkeep::Backup),
}

impl Index {
    pub(crate) fn running(&self) -> &Running {
        match &self.command {
            Command::Add(command) => &command.running,
            Command::Query(command) => &command.running,
            Command::Remove(command) => &command.running,
            Command::Info(command) => &command.running,
            Command::Groups(command) => &command.running,
            Command::Export(command) => &command.running,
            Command::Compact(command) => &command.running,
            Command::Verify(command) => &command.running,
            Command::Backup(command) => &command.running,
        }
    }

    pub(crate) fn run(&self, talk: &Talk) -> Result<Outcome> {
        match &self.command {
            Command::Add(command) => command.run(talk),
            Command::Query(command) => command.run(talk),
            Command::Remove(command) => command.run(talk),
            Command::Info(command) => command.run(talk),
            Command::Groups(command) => command.run(talk),
            Command::Export(command) => command.run(talk),
            Command::Compact(command) => command.run(talk),
            Command::Verify(command) => command.run(talk),
            Command::Backup(command) => command.run(talk),
        }
    }
}
