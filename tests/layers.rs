//! The layers: a file imports only from rooms above its own, and inside a room from files above it. The order of the
//! rooms stands here; inside a room the `mod` lines of its mod.rs give it, and mod.rs itself comes last.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

const ROOMS: [&str; 16] = [
    "error", "hash", "disk", "config", "article", "text", "lexicon", "sketch", "index", "verify", "group", "detector",
    "crawler", "corpus", "report", "cli",
];

/// A file of the crate: its path below src, the modules that lead to it, and its code without comments and strings.
struct Source {
    path: String,
    module: Vec<String>,
    text: String,
    code: String,
}

fn sources() -> Vec<Source> {
    fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).expect("a readable folder") {
            let path = entry.expect("a readable entry").path();
            if path.is_dir() {
                walk(&path, found);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(path);
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut paths = Vec::new();
    walk(&root, &mut paths);
    paths.sort();
    let source = |path: PathBuf| {
        let text = fs::read_to_string(&path).expect("a readable file");
        let path: Vec<String> = path
            .strip_prefix(&root)
            .expect("below src")
            .iter()
            .map(|part| part.to_string_lossy().into_owned())
            .collect();
        let mut module = path.clone();
        let file = module.pop().unwrap_or_default();
        if file != "mod.rs" {
            module.push(file.trim_end_matches(".rs").to_owned());
        }
        Source { path: path.join("/"), module, code: code(&text), text }
    };
    paths.into_iter().map(source).collect()
}

/// The text without comments, and with nothing between quotes.
fn code(text: &str) -> String {
    let mut code = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let skipped = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            rest.find("*/").map_or(rest.len(), |end| end + 2)
        } else if let Some(raw) = raw_string(rest) {
            raw
        } else if first == '"' {
            1 + string(&rest[1..])
        } else if rest.starts_with("'\"'") || rest.starts_with("'\\") {
            rest[2..].find('\'').map_or(rest.len(), |end| end + 3)
        } else {
            code.push(first);
            rest = &rest[first.len_utf8()..];
            continue;
        };
        rest = &rest[skipped..];
    }
    code
}

/// The length of a string up to and with its closing quote.
fn string(rest: &str) -> usize {
    let mut escaped = false;
    let end = rest.bytes().position(|b| {
        let closes = b == b'"' && !escaped;
        escaped = b == b'\\' && !escaped;
        closes
    });
    end.map_or(rest.len(), |end| end + 1)
}

/// The length of the raw string that starts here, if one does.
fn raw_string(rest: &str) -> Option<usize> {
    let after = rest.strip_prefix('r')?;
    let hashes = after.bytes().take_while(|&b| b == b'#').count();
    let body = after[hashes..].strip_prefix('"')?;
    let closing = format!("\"{}", "#".repeat(hashes));
    Some(2 + hashes + body.find(&closing).map_or(body.len(), |end| end + closing.len()))
}

/// Every path that the code names from the root of the crate, `use` trees taken apart. `super` counts from where the
/// file stands, so far as it leads to one of its neighbours.
fn imports(source: &Source, neighbours: &[String]) -> BTreeSet<Vec<String>> {
    let mut found = BTreeSet::new();
    for (at, _) in source.code.match_indices("crate::") {
        if !source.code[..at].ends_with(|c: char| c.is_alphanumeric() || matches!(c, '_' | '$')) {
            tree(&source.code[at + "crate::".len()..], &[], &mut found);
        }
    }
    let parent = &source.module[..source.module.len() - 1];
    for (at, _) in source.code.match_indices("super::") {
        let mut named = BTreeSet::new();
        tree(&source.code[at + "super::".len()..], parent, &mut named);
        found.extend(
            named.into_iter().filter(|path| path.get(parent.len()).is_some_and(|name| neighbours.contains(name))),
        );
    }
    found
}

/// Adds the paths of a `use` tree; gives what follows it.
fn tree<'a>(mut rest: &'a str, prefix: &[String], found: &mut BTreeSet<Vec<String>>) -> &'a str {
    let mut path = prefix.to_vec();
    loop {
        rest = rest.trim_start();
        if let Some(mut inner) = rest.strip_prefix('{') {
            loop {
                inner = tree(inner, &path, found).trim_start();
                match inner.strip_prefix(',') {
                    Some(next) if !next.trim_start().starts_with('}') => inner = next,
                    Some(next) => return next.trim_start().trim_start_matches('}'),
                    None => return inner.strip_prefix('}').unwrap_or(inner),
                }
            }
        }
        let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
        if end == 0 {
            let glob = rest.strip_prefix('*');
            found.insert(path);
            return glob.unwrap_or(rest);
        }
        path.push(rest[..end].to_owned());
        rest = &rest[end..];
        let Some(next) = rest.strip_prefix("::") else {
            found.insert(path);
            let renamed = rest.trim_start().strip_prefix("as ");
            return renamed.map_or(rest, |name| name.trim_start_matches(|c: char| c.is_alphanumeric() || c == '_'));
        };
        rest = next;
    }
}

/// The modules that a room declares, in order.
fn declared(code: &str) -> Vec<String> {
    let name = |line: &str| {
        let line = line.trim().strip_suffix(';')?;
        let (before, name) = line.split_once("mod ")?;
        (before.is_empty() || before.starts_with("pub")).then(|| name.to_owned())
    };
    code.lines().filter_map(name).collect()
}

/// What stands above what inside a module: its files in the order of their declaration.
fn order(sources: &[Source], module: &[String]) -> Vec<String> {
    if module.is_empty() {
        return ROOMS.map(str::to_owned).to_vec();
    }
    let room = sources.iter().find(|source| source.module == module);
    room.map(|room| declared(&room.code)).unwrap_or_default()
}

/// Why the import breaks the layers, if it does.
fn violation(sources: &[Source], source: &Source, import: &[String]) -> Option<String> {
    let shared = source.module.iter().zip(import).take_while(|(own, named)| own == named).count();
    let order = order(sources, &import[..shared]);
    let place = |name: Option<&String>| name.and_then(|name| order.iter().position(|other| other == name));
    let path = import.join("::");
    match (place(source.module.get(shared)), place(import.get(shared))) {
        // A mod.rs comes after everything in its room, and a file may name itself.
        _ if shared == source.module.len() => None,
        (_, None) if shared == 0 => Some(format!("crate::{path} is in no room")),
        (None, _) if shared == 0 => Some("stands in no room".to_owned()),
        (None, _) => Some(format!("{} is not declared in its room", source.module[shared])),
        (Some(_), None) => Some(format!("crate::{path} is in the mod.rs of its own room, which comes last")),
        (Some(own), Some(named)) => (named > own).then(|| format!("crate::{path} is below it")),
    }
}

fn violations(sources: &[Source]) -> Vec<String> {
    let exempt = |source: &&Source| source.path != "lib.rs" && source.path != "main.rs";
    let mut found = Vec::new();
    for source in sources.iter().filter(exempt) {
        if !ROOMS.contains(&source.module[0].as_str()) {
            found.push(format!("{}: {:?} is no room", source.path, source.module[0]));
        }
        let neighbours = order(sources, &source.module[..source.module.len() - 1]);
        for import in imports(source, &neighbours) {
            found.extend(violation(sources, source, &import).map(|why| format!("{}: {why}", source.path)));
        }
    }
    found
}

fn assert_none(found: &[String]) {
    assert!(found.is_empty(), "\n{}\n", found.join("\n"));
}

#[test]
fn every_file_imports_only_from_above() {
    assert_none(&violations(&sources()));
}

#[test]
fn imports_from_below_are_caught() {
    let source = |path: &str, text: &str| Source {
        path: path.to_owned(),
        module: path.trim_end_matches("/mod.rs").trim_end_matches(".rs").split('/').map(str::to_owned).collect(),
        text: text.to_owned(),
        code: code(text),
    };
    let caught = |path: &str, text: &str| {
        let room = source("text/mod.rs", "pub mod first;\npub(crate) mod second;\nuse crate::text::first;");
        violations(&[room, source(path, text)]).len()
    };
    assert_eq!(caught("hash.rs", "use crate::error::Error; // crate::cli is above"), 0);
    assert_eq!(caught("hash.rs", "use crate::text::{first, second::{self, Thing as Other}};"), 3);
    assert_eq!(caught("hash.rs", "fn f() { crate::detector::g(\"crate::cli\") }"), 1);
    assert_eq!(caught("hash.rs", "use crate::Detector;"), 1);
    assert_eq!(caught("attic.rs", ""), 1);
    assert_eq!(caught("text/first.rs", "use crate::text::second;"), 1);
    assert_eq!(caught("text/second.rs", "use crate::{hash, text::first::Thing};"), 0);
    assert_eq!(caught("text/first.rs", "use super::second::Thing;\nmod tests { use super::*; }"), 1);
    assert_eq!(caught("text/first.rs", "use crate::text::Thing;"), 1);
}

#[test]
fn every_file_says_what_it_is() {
    let silent = |source: &&Source| !source.text.starts_with("//! ");
    assert_none(
        &sources().iter().filter(silent).map(|source| format!("{} has no //! head", source.path)).collect::<Vec<_>>(),
    );
}

#[test]
fn unsafe_code_stays_in_the_kernels_and_the_mapped_files() {
    const KERNELS: [&str; 3] = ["text/avx.rs", "text/neon.rs", "text/vectors.rs"];
    let allowed = |source: &Source| {
        KERNELS.contains(&&*source.path) || source.path.split('/').any(|part| part.starts_with("mmap"))
    };
    let holds =
        |source: &Source| source.code.split(|c: char| !c.is_alphanumeric() && c != '_').any(|word| word == "unsafe");
    let found: Vec<String> = sources()
        .iter()
        .filter(|source| holds(source) && !allowed(source))
        .map(|source| format!("{} holds unsafe code", source.path))
        .collect();
    assert_none(&found);
}
