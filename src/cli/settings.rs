//! `unspin.toml`: the options that one repeats. What the command line says wins.
//!
//! The options' own definitions decide what may stand in the file: a setting is an option's long name, and becomes its
//! default.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::io::{self, Write};
use std::iter;
use std::path::{Path, PathBuf};

use clap::parser::ValueSource;
use clap::{Arg, ArgAction, ArgMatches, Command};
use toml::de::{DeTable, DeValue};

use crate::error::{Error, Place, Result};

/// The file that is looked for in the working folder and the folders above it.
const NAME: &str = "unspin.toml";

/// Options that belong to one run: what it reads of its own, and where it writes.
const ONCE: [&str; 12] = [
    "before",
    "config",
    "dropped",
    "features",
    "force",
    "help",
    "html",
    "labels",
    "no-config",
    "output",
    "print-config",
    "svg",
];

/// Options whose values are paths: in the file they start from its folder.
const PATHS: [&str; 1] = ["temp-dir"];

/// What a file of settings says.
#[derive(Debug, Default)]
pub(crate) struct Settings {
    path: PathBuf,
    entries: Vec<Entry>,
}

#[derive(Debug)]
struct Entry {
    /// The one verb that it is for; without one it is for all that have the option.
    verb: Option<String>,
    option: String,
    values: Vec<String>,
    line: u64,
}

impl Settings {
    /// The settings that the arguments lead to: of the file that they name, or of the nearest one.
    pub(crate) fn find(arguments: &[OsString], command: &Command) -> Result<Option<Self>> {
        let named = named(arguments);
        if arguments.iter().any(|argument| argument == "--no-config") {
            return Ok(None);
        }
        let nearest = || {
            let here = env::current_dir().ok()?;
            here.ancestors().map(|folder| folder.join(NAME)).find(|path| path.is_file())
        };
        let Some(path) = named.map(PathBuf::from).or_else(nearest) else { return Ok(None) };
        let remedy = "name a file of settings in TOML, or leave --config out";
        let place = || Place::input(path.display().to_string());
        let text = fs::read_to_string(&path).map_err(|source| Error::Read { place: place(), source, remedy })?;
        Self::parse(path, &text, command).map(Some)
    }

    fn parse(path: PathBuf, text: &str, command: &Command) -> Result<Self> {
        let line = |at: usize| 1 + text[..at].matches('\n').count() as u64;
        let wrong = |line, problem| Error::Record { place: Place::line(path.display().to_string(), line), problem };
        let table = DeTable::parse(text).map_err(|error| {
            let at = error.span().map_or(0, |span| span.start.min(text.len()));
            wrong(line(at), format!("no TOML: {}", error.message()))
        })?;
        let mut entries = Vec::new();
        for (key, value) in table.get_ref() {
            let at = line(key.span().start);
            let verb = command.get_subcommands().find(|verb| verb.get_name() == key.get_ref());
            match (value.get_ref(), verb) {
                (DeValue::Table(table), Some(verb)) => {
                    for (key, value) in table {
                        let at = line(key.span().start);
                        let entry = entry(&path, Some(verb), command, key.get_ref(), value.get_ref());
                        entries.push(entry.map(|entry| Entry { line: at, ..entry }).map_err(|why| wrong(at, why))?);
                    }
                }
                (DeValue::Table(_), None) => {
                    let verbs = command.get_subcommands().map(Command::get_name);
                    return Err(wrong(at, unknown("verb", key.get_ref(), verbs)));
                }
                (value, _) => {
                    let entry = entry(&path, None, command, key.get_ref(), value);
                    entries.push(entry.map(|entry| Entry { line: at, ..entry }).map_err(|why| wrong(at, why))?);
                }
            }
        }
        // What stands under a verb's name wins over what stands above all of them.
        entries.sort_by_key(|entry| entry.verb.is_some());
        Ok(Self { path, entries })
    }

    /// The file.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// The command with the settings as its options' defaults.
    pub(crate) fn apply(&self, mut command: Command) -> Command {
        let verbs: Vec<String> = command.get_subcommands().map(|verb| verb.get_name().to_owned()).collect();
        for verb in verbs {
            for entry in self.entries.iter().filter(|entry| entry.is_for(&verb)) {
                command = command.mut_subcommand(&verb, |sub| entry.apply_to_all(sub));
            }
        }
        command
    }

    /// Where an option's value comes from, if it is this file.
    fn line(&self, verb: &str, option: &str) -> Option<u64> {
        let mut found = self.entries.iter().filter(|entry| entry.is_for(verb) && entry.option == option);
        found.next_back().map(|entry| entry.line)
    }
}

/// The file that `--config` names.
fn named(arguments: &[OsString]) -> Option<OsString> {
    let mut arguments = arguments.iter().take_while(|argument| *argument != "--");
    while let Some(argument) = arguments.next() {
        if argument == "--config" {
            return arguments.next().cloned();
        }
        if let Some(path) = argument.to_str().and_then(|argument| argument.strip_prefix("--config=")) {
            return Some(path.into());
        }
    }
    None
}

impl Entry {
    fn is_for(&self, verb: &str) -> bool {
        self.verb.as_ref().is_none_or(|own| own == verb)
    }

    /// Applies it to a verb, and to those that it is made up of.
    fn apply_to_all(&self, command: Command) -> Command {
        let parts: Vec<String> = command.get_subcommands().map(|part| part.get_name().to_owned()).collect();
        parts.iter().fold(self.apply(command), |command, part| command.mut_subcommand(part, |part| self.apply(part)))
    }

    fn apply(&self, command: Command) -> Command {
        let Some(id) = option(&command, &self.option).map(|option| option.get_id().clone()) else { return command };
        command.mut_arg(id, |option| {
            let values = self.values.clone();
            if matches!(option.get_action(), ArgAction::SetTrue) {
                // A switch that the file turned on can be turned off again: --strict=false.
                let option = option.action(ArgAction::Set).num_args(0..=1).require_equals(true);
                return option.default_missing_value("true").default_values(values);
            }
            option.default_values(values)
        })
    }
}

fn option<'c>(command: &'c Command, name: &str) -> Option<&'c Arg> {
    options(command).find(|option| option.get_long() == Some(name))
}

/// The options that may stand in a file.
fn options(command: &Command) -> impl Iterator<Item = &Arg> {
    command.get_arguments().filter(|option| option.get_long().is_some_and(|name| !ONCE.contains(&name)))
}

/// A setting, without its line.
fn entry(
    path: &Path,
    verb: Option<&Command>,
    command: &Command,
    name: &str,
    value: &DeValue<'_>,
) -> Result<Entry, String> {
    let verbs: Vec<&Command> = verb.map_or_else(|| command.get_subcommands().collect(), |verb| vec![verb]);
    let verbs: Vec<&Command> =
        verbs.into_iter().flat_map(|verb| iter::once(verb).chain(verb.get_subcommands())).collect();
    let Some(known) = verbs.iter().find_map(|verb| option(verb, name)) else {
        let once = ONCE.contains(&name) && verbs.iter().any(|verb| verb.get_opts().any(|o| o.get_long() == Some(name)));
        if once {
            return Err(format!("{name} is for one run: give it on the command line"));
        }
        let names = verbs.iter().flat_map(|verb| options(verb)).filter_map(Arg::get_long);
        return Err(unknown("setting", name, names));
    };
    let scalar = |value: &DeValue<'_>| match value {
        DeValue::String(text) => Ok(text.to_string()),
        DeValue::Integer(number) => Ok(number.as_str().to_owned()),
        DeValue::Float(number) => Ok(number.as_str().to_owned()),
        DeValue::Boolean(on) => Ok(on.to_string()),
        _ => Err(format!("{name} is no {}: give a string, a number or a list of them", value.type_str())),
    };
    let values = match (known.get_action(), value) {
        (ArgAction::SetTrue, DeValue::Boolean(on)) => vec![on.to_string()],
        (ArgAction::SetTrue, _) => return Err(format!("{name} is a switch: give true or false")),
        (_, DeValue::Boolean(_)) => return Err(format!("{name} is no switch: give its value")),
        (ArgAction::Append, DeValue::Array(list)) => {
            list.iter().map(|value| scalar(value.get_ref())).collect::<Result<_, _>>()?
        }
        (_, value) => vec![scalar(value)?],
    };
    let beside = |value: String| path.parent().unwrap_or(Path::new("")).join(value).display().to_string();
    let values = if PATHS.contains(&name) { values.into_iter().map(beside).collect() } else { values };
    Ok(Entry { verb: verb.map(|verb| verb.get_name().to_owned()), option: name.to_owned(), values, line: 0 })
}

/// That there is no such thing, and what may be meant.
fn unknown<'n>(thing: &str, name: &str, names: impl Iterator<Item = &'n str>) -> String {
    let near = names.map(|known| (strsim::jaro_winkler(name, known), known)).max_by(|x, y| x.0.total_cmp(&y.0));
    match near {
        Some((alike, known)) if alike > 0.7 => format!("there is no {thing} {name:?}: is {known:?} meant?"),
        _ => format!("there is no {thing} {name:?}: unspin help lists the options, whose names the settings have"),
    }
}

/// Writes every option of a verb with the value that holds and where it comes from, as TOML.
///
/// # Errors
/// What the output says.
pub(crate) fn print(
    out: &mut dyn Write,
    settings: Option<&Settings>,
    command: &Command,
    verb: &str,
    matches: &ArgMatches,
) -> io::Result<()> {
    let Some(command) = command.find_subcommand(verb) else { return Ok(()) };
    // Of a verb that is made up of others, the one that was given.
    let (command, matches) = match matches.subcommand() {
        Some((part, of_part)) => (command.find_subcommand(part).unwrap_or(command), of_part),
        None => (command, matches),
    };
    let file = settings.map_or("none".to_owned(), |settings| settings.path.display().to_string());
    writeln!(out, "# settings file: {file}\n[{verb}]")?;
    for option in options(command) {
        let (Some(name), id) = (option.get_long(), option.get_id().as_str()) else { continue };
        let Some(values) = matches.get_raw(id) else {
            writeln!(out, "# {name} is not set")?;
            continue;
        };
        let values: Vec<String> = values.map(|value| literal(&value.to_string_lossy())).collect();
        let list = matches!(option.get_action(), ArgAction::Append);
        let value = if list { format!("[{}]", values.join(", ")) } else { values.join(" ") };
        let line = settings.and_then(|settings| settings.line(verb, name));
        let from = match (matches.value_source(id), line) {
            (Some(ValueSource::CommandLine), _) => "command line".to_owned(),
            (_, Some(line)) => format!("{file}:{line}"),
            _ => "default".to_owned(),
        };
        writeln!(out, "{name} = {value}  # {from}")?;
    }
    Ok(())
}

/// A value as TOML writes it.
fn literal(value: &str) -> String {
    let plain = matches!(value, "true" | "false") || value.parse::<f64>().is_ok_and(f64::is_finite);
    if plain { value.to_owned() } else { toml::Value::from(value).to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn command() -> Command {
        let threshold = Arg::new("threshold").long("threshold").default_value("0.7");
        let strict = Arg::new("strict").long("strict").action(ArgAction::SetTrue);
        let relations = Arg::new("relations").long("relations").action(ArgAction::Append);
        let output = Arg::new("output").long("output");
        let group = Command::new("group").args([threshold, strict, relations, output]);
        let add = Command::new("add").arg(Arg::new("memory").long("memory").default_value("256M"));
        let index = Command::new("index").subcommand(add);
        Command::new("unspin").subcommand(group).subcommand(Command::new("params")).subcommand(index)
    }

    fn parse(text: &str) -> Result<Settings, String> {
        Settings::parse("unspin.toml".into(), text, &command()).map_err(|error| error.to_string())
    }

    fn value(text: &str, arguments: &[&str], id: &str) -> Vec<String> {
        let command = parse(text).expect(text).apply(command());
        let matches =
            command.try_get_matches_from([&["unspin", "group"], arguments].concat()).expect("sound arguments");
        let (_, group) = matches.subcommand().expect("a verb");
        let values = group.get_raw(id).into_iter().flatten();
        values.map(|value| value.to_string_lossy().into_owned()).collect()
    }

    #[test]
    fn flags_win_over_the_verb_s_table_and_that_over_the_rest() {
        let text = "threshold = 0.5\nrelations = [\"near\", \"exact\"]\n[group]\nthreshold = 0.6\n";
        assert_eq!(value(text, &[], "threshold"), ["0.6"]);
        assert_eq!(value(text, &["--threshold", "0.9"], "threshold"), ["0.9"]);
        assert_eq!(value(text, &[], "relations"), ["near", "exact"]);
        assert_eq!(value(text, &["--relations", "spun"], "relations"), ["spun"]);
    }

    #[test]
    fn the_parts_of_a_verb_have_its_settings() {
        for text in ["memory = \"1G\"", "[index]\nmemory = \"1G\""] {
            let command = parse(text).expect(text).apply(command());
            let matches = command.try_get_matches_from(["unspin", "index", "add"]).expect("sound arguments");
            let add = matches.subcommand_matches("index").and_then(|index| index.subcommand_matches("add"));
            assert_eq!(add.expect("the part").get_one::<String>("memory").map(String::as_str), Some("1G"), "{text}");
        }
    }

    #[test]
    fn a_switch_of_the_file_can_be_turned_off() {
        assert_eq!(value("strict = true", &[], "strict"), ["true"]);
        assert_eq!(value("strict = true", &["--strict=false"], "strict"), ["false"]);
        assert_eq!(value("strict = false", &["--strict"], "strict"), ["true"]);
    }

    #[test]
    fn what_is_wrong_is_named_with_its_line_and_a_remedy() {
        for (text, place, remedy) in [
            ("\ntreshold = 1", "unspin.toml:2:", "is \"threshold\" meant?"),
            ("[grop]\n", "unspin.toml:1:", "is \"group\" meant?"),
            ("[params]\nthreshold = 1", "unspin.toml:2:", "no setting"),
            ("strict = 1", "unspin.toml:1:", "give true or false"),
            ("threshold = true", "unspin.toml:1:", "no switch"),
            ("output = \"x\"", "unspin.toml:1:", "command line"),
            ("threshold = [1, 2]", "unspin.toml:1:", "no array"),
            ("a = 1\nb = = 2", "unspin.toml:2:", "no TOML"),
        ] {
            let error = parse(text).expect_err(text);
            assert!(error.contains(place) && error.contains(remedy), "{error}");
        }
    }
}
