//! `unspin man`: the manual page, of the same words as the help.

use clap::{Args, Command};
use clap_mangen::Man as Page;

use crate::error::{Error, Result};
use crate::report::atomic::Output;

/// Writes the manual page of the program, or of one verb, on standard output.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  unspin man | man -l -                                  read it now
  unspin man > ~/.local/share/man/man1/unspin.1          keep it
  unspin man group > ~/.local/share/man/man1/unspin-group.1")]
pub(crate) struct Man {
    /// The verb whose page is wanted
    #[arg(value_name = "VERB")]
    verb: Option<String>,
}

impl Man {
    pub(crate) fn run(&self, mut command: Command) -> Result<()> {
        // Gives the verbs their full names, such as unspin-group.
        command.build();
        let page = match &self.verb {
            None => command,
            Some(verb) => {
                let verbs: Vec<&str> = command.get_subcommands().map(Command::get_name).collect();
                let unknown = || Error::Config {
                    field: "the verb",
                    value: verb.clone(),
                    allowed: format!("one of {}", verbs.join(", ")),
                };
                let found = command.get_subcommands().find(|known| known.get_name() == verb).ok_or_else(unknown)?;
                let name = format!("unspin-{verb}");
                found.clone().name(name).version(env!("CARGO_PKG_VERSION"))
            }
        };
        let mut output = Output::stdout();
        let written = Page::new(page).render(&mut output);
        output.done(written)
    }
}
