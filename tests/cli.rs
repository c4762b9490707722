//! The program as its users meet it: every verb and format, exit codes, what is read and what is left alone.
//!
//! Golden files are in `tests/golden`; `BLESS=1 cargo test --test cli` writes them anew.

#![cfg(feature = "cli")]

#[path = "support/texts.rs"]
mod texts;

use std::collections::BTreeSet;
use std::fs;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};
use tempfile::TempDir;
use texts::{BRIDGE, LIBRARY, ORCHARD};

/// The bridge article after a hurried editor: most of its shingles are kept.
fn bridge_edited() -> String {
    BRIDGE.replace("eleven nights", "a dozen nights").replace("worn ", "")
}

/// The first two sentences of the orchard article.
fn orchard_excerpt() -> String {
    ORCHARD[..ORCHARD.find(" Hanna").expect("the third sentence")].to_owned()
}

/// A folder of inputs that is gone when the test ends.
struct Folder(TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a temporary folder"))
    }

    /// Five articles in files: two with copies, one without.
    fn of_articles() -> Self {
        let folder = Self::new();
        for (name, text) in articles() {
            folder.file(name, text);
        }
        folder
    }

    fn file(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        fs::write(&path, content).expect("a written file");
        path
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).expect(name)
    }

    fn names(&self) -> BTreeSet<String> {
        let entries = fs::read_dir(self.0.path()).expect("a folder");
        entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect()
    }
}

impl AsRef<Path> for Folder {
    fn as_ref(&self) -> &Path {
        self.0.path()
    }
}

fn articles() -> [(&'static str, String); 5] {
    [
        ("bridge-edited.txt", bridge_edited()),
        ("bridge.txt", BRIDGE.to_owned()),
        ("library.txt", LIBRARY.to_owned()),
        ("orchard-excerpt.txt", orchard_excerpt()),
        ("orchard.txt", ORCHARD.to_owned()),
    ]
}

/// The same articles as JSONL.
fn jsonl() -> String {
    articles().iter().map(|(id, text)| json!({"id": id, "text": text}).to_string() + "\n").collect()
}

/// One run of the program.
struct Run {
    command: Command,
    stdin: Option<Vec<u8>>,
}

/// What a run left behind.
struct Ran {
    code: Option<i32>,
    stdout: String,
    stderr: String,
}

fn unspin<S: AsRef<std::ffi::OsStr>>(arguments: impl IntoIterator<Item = S>) -> Run {
    let mut command = Command::new(env!("CARGO_BIN_EXE_unspin"));
    command.args(arguments).env_remove("NO_COLOR").env_remove("CLICOLOR_FORCE");
    Run { command, stdin: None }
}

impl Run {
    fn arg(mut self, argument: impl AsRef<std::ffi::OsStr>) -> Self {
        self.command.arg(argument);
        self
    }

    fn args<S: AsRef<std::ffi::OsStr>>(mut self, arguments: impl IntoIterator<Item = S>) -> Self {
        self.command.args(arguments);
        self
    }

    fn env(mut self, name: &str, value: &str) -> Self {
        self.command.env(name, value);
        self
    }

    fn within(mut self, folder: impl AsRef<Path>) -> Self {
        self.command.current_dir(folder);
        self
    }

    fn stdin(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.stdin = Some(bytes.into());
        self
    }

    fn run(mut self) -> Ran {
        let stdin = if self.stdin.is_some() { Stdio::piped() } else { Stdio::null() };
        let command = self.command.stdin(stdin).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the program starts");
        if let (Some(mut pipe), Some(bytes)) = (child.stdin.take(), self.stdin.take()) {
            std::thread::spawn(move || pipe.write_all(&bytes));
        }
        let output = child.wait_with_output().expect("the program ends");
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
        Ran { code: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }
    }

    /// The standard output of a run that did everything.
    fn done(self) -> String {
        let ran = self.run();
        assert_eq!(ran.code, Some(0), "{}", ran.stderr);
        ran.stdout
    }

    /// What a run said that could do nothing.
    fn refused(self) -> String {
        let ran = self.run();
        assert_eq!(ran.code, Some(2), "{}\n{}", ran.stdout, ran.stderr);
        assert_eq!(ran.stdout, "");
        ran.stderr
    }
}

fn group(input: impl AsRef<Path>) -> Run {
    unspin(["group"]).arg(input.as_ref())
}

fn lines(jsonl: &str) -> Vec<Value> {
    jsonl.lines().map(|line| serde_json::from_str(line).expect(line)).collect()
}

/// The ids of each group, as sets: what two formats of one corpus must agree in.
fn sets(jsonl: &str) -> BTreeSet<BTreeSet<String>> {
    let ids = |group: &Value| {
        let members = group["members"].as_array().expect("members").iter();
        members.map(|member| member["id"].as_str().expect("an id").to_owned()).collect()
    };
    lines(jsonl).iter().map(ids).collect()
}

fn golden(name: &str, found: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name);
    if std::env::var_os("BLESS").is_some() {
        fs::write(&path, found).expect("a golden file");
    }
    let expected = fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(found, expected, "{} differs: if that is right, BLESS=1 cargo test --test cli", path.display());
}

mod formats {
    use super::*;

    #[test]
    fn jsonl_is_the_contract() {
        let folder = Folder::of_articles();
        golden("group.jsonl", &group(&folder).done());
    }

    #[test]
    fn the_table_is_for_people() {
        let folder = Folder::of_articles();
        golden("group.table", &group(&folder).args(["--format", "table"]).done());
    }

    #[test]
    fn csv_has_a_row_a_member() {
        let folder = Folder::new();
        folder.file("a.jsonl", jsonl());
        golden("group.csv", &group(&folder).args(["--format", "csv"]).done());
    }

    #[test]
    fn pairs_are_the_verified_links() {
        let folder = Folder::of_articles();
        golden("group.pairs", &group(&folder).args(["--format", "pairs"]).done());
    }

    #[test]
    fn params_show_the_curve() {
        golden("params.table", &unspin(["params"]).done());
        let params = serde_json::from_str::<Value>(&unspin(["params", "--format", "json"]).done()).expect("JSON");
        assert!(params["expected_recall"].as_f64() >= params["recall"].as_f64());
        assert_eq!(params["curve"].as_array().map(Vec::len), Some(20));
    }

    #[test]
    fn compare_shows_two_texts_side_by_side() {
        let folder = Folder::of_articles();
        let compare = unspin(["compare", "bridge.txt", "bridge-edited.txt"]).within(&folder);
        golden("compare.text", &compare.done());
    }

    #[test]
    fn members_of_a_group_tell_their_relations() {
        let folder = Folder::of_articles();
        let groups = lines(&group(&folder).done());
        let told: Vec<_> = groups
            .iter()
            .flat_map(|group| group["members"].as_array().expect("members"))
            .map(|member| (member["id"].as_str().expect("an id"), member["relation"].as_str().expect("a relation")))
            .collect();
        assert!(told.contains(&("orchard-excerpt.txt", "excerpt")), "{told:?}");
        assert!(told.contains(&("orchard.txt", "original")), "{told:?}");
        assert!(told.iter().any(|&(id, relation)| id.starts_with("bridge") && relation == "near"), "{told:?}");
        assert!(told.iter().all(|&(id, _)| id != "library.txt"), "{told:?}");
    }

    #[test]
    fn evidence_is_left_out_on_request_and_changes_nothing_else() {
        let folder = Folder::of_articles();
        let without = lines(&group(&folder).arg("--no-evidence").done());
        let mut with = lines(&group(&folder).done());
        assert_ne!(with, without);
        for member in with.iter_mut().flat_map(|group| group["members"].as_array_mut().expect("members")) {
            let member = member.as_object_mut().expect("an object");
            member.remove("evidence");
            member.remove("passages");
        }
        assert_eq!(with, without);
    }

    #[test]
    fn evidence_and_passages_are_places_in_the_texts() {
        let folder = Folder::of_articles();
        let text = |id: &Value| folder.read(id.as_str().expect("an id"));
        let at = |text: &str, place: &Value| {
            let [start, end] = [0, 1].map(|end| place[end].as_u64().expect("a place") as usize);
            text[start..end].to_owned()
        };
        let mut passages = 0;
        for group in lines(&group(&folder).done()) {
            for member in group["members"].as_array().expect("members").iter().skip(1) {
                let (original, copy) = (text(&member["of"]), text(&member["id"]));
                for site in member["evidence"].as_array().expect("evidence") {
                    assert_eq!(site["original"], at(&original, &site["at"]["original"]));
                    assert_eq!(site["copy"], at(&copy, &site["at"]["copy"]));
                }
                for passage in member["passages"].as_array().expect("passages") {
                    passages += 1;
                    let (x, y) = (at(&original, &passage["original"]), at(&copy, &passage["copy"]));
                    assert_eq!(x.split(' ').next(), y.split(' ').next());
                }
            }
        }
        assert_eq!(passages, 2);
    }

    #[test]
    fn titles_and_dates_are_shown() {
        let folder = Folder::new();
        let record =
            |id, date, title| json!({"id": id, "text": BRIDGE, "date": date, "title": title}).to_string() + "\n";
        folder.file("a.jsonl", record(1, "2026-04-28", "Bridge to close") + &record(2, "2026-04-27", "Bridge closes"));
        let groups = lines(&group(&folder).done());
        assert_eq!(groups[0]["original"], "2");
        assert_eq!(groups[0]["members"][0]["title"], "Bridge closes");
        assert_eq!(groups[0]["members"][0]["date"], "2026-04-27T00:00:00Z");
        assert!(group(&folder).args(["--format", "table"]).done().contains("Bridge closes"));
    }

    #[test]
    fn only_the_relations_that_are_wanted_form_groups() {
        let folder = Folder::of_articles();
        let near = sets(&group(&folder).args(["--relations", "exact,near"]).done());
        assert_eq!(near.len(), 1);
        assert!(near.iter().all(|ids| ids.contains("bridge.txt")));
        let pairs = group(&folder).args(["--relations", "excerpt", "--format", "pairs"]).done();
        assert!(lines(&pairs).iter().all(|pair| pair["relation"] == "excerpt"));
    }
}

mod inputs {
    use super::*;

    fn gzipped(text: &str) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(text.as_bytes()).expect("compressed");
        encoder.finish().expect("compressed")
    }

    #[test]
    fn folders_jsonl_gz_zst_and_stdin_give_the_same_groups() {
        let articles = Folder::of_articles();
        let expected = sets(&group(&articles).done());
        assert_eq!(expected.len(), 2);
        let folder = Folder::new();
        let zst = zstd::encode_all(jsonl().as_bytes(), 1).expect("compressed");
        for file in [
            folder.file("a.jsonl", jsonl()),
            folder.file("a.ndjson", jsonl()),
            folder.file("a.jsonl.gz", gzipped(&jsonl())),
            folder.file("a.jsonl.zst", zst),
        ] {
            assert_eq!(sets(&group(&file).done()), expected, "{}", file.display());
        }
        assert_eq!(sets(&group("-").stdin(jsonl()).done()), expected);
    }

    #[test]
    fn evidence_of_stdin_is_that_of_a_file() {
        let folder = Folder::new();
        let file = folder.file("a.jsonl", jsonl());
        assert_eq!(group("-").stdin(jsonl()).done(), group(file).done());
    }

    #[test]
    fn output_is_the_same_for_any_threads_and_any_order() {
        let folder = Folder::of_articles();
        let names: Vec<PathBuf> = articles().iter().map(|(name, _)| folder.path(name)).collect();
        for format in ["jsonl", "table", "csv", "pairs"] {
            let run = |threads: &str, names: &[PathBuf]| {
                unspin(["group", "--format", format, "--threads", threads]).args(names).done()
            };
            let expected = run("1", &names);
            let shuffled = [3, 0, 4, 2, 1].map(|number: usize| names[number].clone());
            for threads in ["1", "2", "4", "0"] {
                assert_eq!(run(threads, &shuffled), expected, "{format} with {threads} threads");
            }
        }
    }

    #[test]
    fn fields_of_other_names_are_read_when_named() {
        let line = |id, text| json!({"key": {"nr": id}, "story": text}).to_string() + "\n";
        let corpus = line(1, BRIDGE) + &line(2, BRIDGE);
        let named = group("-").args(["--id-field", "key.nr", "--text-field", "story"]).stdin(corpus).done();
        assert_eq!(sets(&named), BTreeSet::from([BTreeSet::from(["1".to_owned(), "2".to_owned()])]));
    }

    #[test]
    fn qualified_ids_keep_inputs_apart() {
        let folder = Folder::new();
        folder.file("a.jsonl", json!({"id": 1, "text": BRIDGE}).to_string());
        folder.file("b.jsonl", json!({"id": 1, "text": BRIDGE}).to_string());
        let run = unspin(["group", "a.jsonl", "b.jsonl"]).within(&folder).run();
        assert_eq!((run.code, run.stdout.as_str()), (Some(1), ""));
        assert!(run.stderr.contains("b.jsonl:1"), "{}", run.stderr);
        let qualified = unspin(["group", "a.jsonl", "b.jsonl", "--qualify-ids"]).within(&folder).done();
        assert_eq!(lines(&qualified)[0]["size"], 2);
    }

    #[test]
    fn dropped_records_are_told_with_their_places_and_show_in_the_exit_code() {
        let folder = Folder::new();
        let file = folder.file("wire.jsonl", jsonl() + "{broken\n" + r#"{"id": "x"}"# + "\n");
        let run = group(&file).run();
        assert_eq!(run.code, Some(1));
        assert!(run.stderr.contains("wire.jsonl:6:"), "{}", run.stderr);
        assert!(run.stderr.contains("wire.jsonl:7:"), "{}", run.stderr);
        assert_eq!(sets(&run.stdout).len(), 2);
    }

    #[test]
    fn strict_stops_at_the_first_problem() {
        let folder = Folder::new();
        let file = folder.file("wire.jsonl", jsonl() + "{broken\n");
        let said = group(&file).arg("--strict").refused();
        assert!(said.contains("wire.jsonl:6:"), "{said}");
    }

    #[test]
    fn without_any_article_nothing_can_be_done() {
        let folder = Folder::new();
        assert!(group(&folder).refused().contains("no article was found"));
        assert!(group("-").stdin("").refused().contains("no article was found"));
        assert!(group(folder.path("missing.txt")).refused().contains("missing.txt"));
    }

    #[test]
    fn names_that_would_act_on_a_terminal_are_escaped() {
        let evil = "a\u{1b}[31m\u{202e}b";
        let line = |id: &str| json!({"id": id, "text": BRIDGE, "title": evil}).to_string() + "\n";
        let run = group("-").args(["--format", "table"]).stdin(line(evil) + &line("z") + &line(evil)).run();
        for said in [run.stdout, run.stderr] {
            assert!(!said.contains(['\u{1b}', '\u{202e}']), "{said:?}");
            assert!(said.contains(r"a\u{1b}[31m\u{202e}b"), "{said:?}");
        }
    }
}

mod outputs {
    use super::*;

    #[test]
    fn files_are_replaced_only_by_force() {
        let folder = Folder::new();
        folder.file("in/a.jsonl", jsonl());
        let run = |more: &[&str]| unspin(["group", "in", "-o", "out.jsonl"]).args(more).within(&folder);
        assert_eq!(run(&[]).done(), "");
        let first = folder.read("out.jsonl");
        assert_eq!(sets(&first).len(), 2);
        folder.file("out.jsonl", "mine");
        assert!(run(&[]).refused().contains("--force"));
        assert_eq!(folder.read("out.jsonl"), "mine");
        run(&["--force"]).done();
        assert_eq!(folder.read("out.jsonl"), first);
        assert_eq!(folder.names(), BTreeSet::from(["in".to_owned(), "out.jsonl".to_owned()]));
    }

    #[test]
    fn inputs_are_never_outputs() {
        let folder = Folder::new();
        folder.file("a.jsonl", jsonl());
        let said = unspin(["group", "a.jsonl", "-o", "./a.jsonl", "--force"]).within(&folder).refused();
        assert!(said.contains("not among the inputs"), "{said}");
        assert_eq!(folder.read("a.jsonl"), jsonl());
    }

    #[test]
    fn nothing_is_written_where_nothing_could_be_done() {
        let folder = Folder::new();
        folder.file("bad.jsonl", "{broken\n");
        unspin(["group", "bad.jsonl", "-o", "out.jsonl"]).within(&folder).refused();
        assert_eq!(folder.names(), BTreeSet::from(["bad.jsonl".to_owned()]));
        let articles = Folder::of_articles();
        let said = group(&articles).args(["-o", "no/such/folder/out.jsonl"]).refused();
        assert!(said.contains("out.jsonl"), "{said}");
    }

    #[test]
    fn a_closed_pipe_is_no_error() {
        let folder = Folder::new();
        // More groups than a pipe holds.
        let line = |n: usize| json!({"id": n, "text": format!("{} {}", n / 2, BRIDGE.replace("the ", &format!("t{} ", n / 2)))});
        let corpus: String = (0..800).map(|n| line(n).to_string() + "\n").collect();
        let file = folder.file("many.jsonl", corpus);
        let mut child = Command::new(env!("CARGO_BIN_EXE_unspin"))
            .args(["group", "-q", "--no-evidence"])
            .arg(file)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let mut first = [0; 10];
        child.stdout.take().expect("a pipe").read_exact(&mut first).expect("some output");
        let ended = child.wait_with_output().expect("the program ends");
        assert_eq!(ended.status.code(), Some(0));
        assert_eq!(String::from_utf8_lossy(&ended.stderr), "");
    }

    #[test]
    fn talk_goes_to_stderr_and_quiet_ends_it() {
        let folder = Folder::of_articles();
        let run = group(&folder).run();
        for word in ["5 articles", "2 groups", "near", "articles/s"] {
            assert!(run.stderr.contains(word), "{word}: {}", run.stderr);
        }
        assert_eq!(group(&folder).arg("-q").run().stderr, "");
        assert!(group(&folder).arg("-v").run().stderr.contains("finding"));
    }

    #[test]
    fn without_a_terminal_there_are_no_colours() {
        let folder = Folder::of_articles();
        let table = group(&folder).args(["--format", "table"]).run();
        assert!(!table.stdout.contains('\u{1b}') && !table.stderr.contains('\u{1b}'));
    }

    #[cfg(unix)]
    #[test]
    fn ctrl_c_ends_the_program_and_leaves_no_files() {
        let folder = Folder::new();
        let mut child = Command::new(env!("CARGO_BIN_EXE_unspin"))
            .args(["group", "-", "-o", "out.jsonl"])
            .current_dir(&folder)
            .stdin(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        // It waits for its input, with its output begun.
        let patience = (0..1000).take_while(|_| folder.names().is_empty());
        patience.for_each(|_| std::thread::sleep(std::time::Duration::from_millis(10)));
        Command::new("kill").args(["-INT", &child.id().to_string()]).status().expect("kill");
        let began = std::time::Instant::now();
        // Its input stays open: an end of input would be another reason to end.
        let input = child.stdin.take();
        let ended = child.wait_with_output().expect("the program ends");
        drop(input);
        assert_eq!(ended.status.code(), Some(130));
        assert!(began.elapsed().as_secs() < 1);
        assert_eq!(folder.names(), BTreeSet::new());
        assert!(String::from_utf8_lossy(&ended.stderr).contains("interrupted"));
    }
}

mod dedup {
    use super::*;

    fn ids(jsonl: &str) -> Vec<String> {
        lines(jsonl).iter().map(|record| record["id"].as_str().expect("an id").to_owned()).collect()
    }

    #[test]
    fn kept_and_dropped_partition_the_input() {
        let folder = Folder::new();
        // Odd spacing and order: what is kept is kept byte for byte.
        let corpus = jsonl().replace(r#"{"id":"#, r#"{ "source" : "x",  "id" : "#);
        folder.file("in.jsonl", &corpus);
        unspin(["dedup", "in.jsonl", "-o", "kept.jsonl", "--dropped", "dropped.jsonl"]).within(&folder).done();
        let (kept, dropped) = (folder.read("kept.jsonl"), folder.read("dropped.jsonl"));
        assert!(kept.lines().all(|line| corpus.lines().any(|read| read == line)));
        assert_eq!((kept.lines().count(), dropped.lines().count()), (3, 2));
        let all: BTreeSet<String> = ids(&kept).into_iter().chain(ids(&dropped)).collect();
        assert_eq!(all.len(), 5);
        for record in lines(&dropped) {
            assert!(ids(&kept).iter().any(|id| record["kept"] == *id), "{record}");
        }
        assert_eq!(folder.read("in.jsonl"), corpus);
    }

    #[test]
    fn files_become_records_in_the_order_of_their_names() {
        let folder = Folder::of_articles();
        let kept = unspin(["dedup", "--relations", "exact"]).arg(folder.as_ref()).done();
        assert_eq!(ids(&kept), articles().map(|(name, _)| name));
        assert_eq!(lines(&kept)[1]["text"], BRIDGE);
    }

    #[test]
    fn stdin_can_be_deduplicated() {
        let kept = unspin(["dedup", "-"]).stdin(jsonl()).done();
        assert_eq!(kept.lines().count(), 3);
        assert!(jsonl().contains(&kept.lines().next().map(|line| line.to_owned() + "\n").expect("a line")));
    }

    #[test]
    fn the_rule_chooses_what_is_kept() {
        let line = |id: &str, text: &str, date: &str| json!({"id": id, "text": text, "date": date}).to_string() + "\n";
        let longer = BRIDGE.to_owned() + " Tickets are free.";
        let corpus =
            line("b", BRIDGE, "2026-02-02") + &line("c", &longer, "2026-03-03") + &line("a", BRIDGE, "2026-01-01");
        let keep = |rule: &str| ids(&unspin(["dedup", "-", "--keep", rule]).stdin(corpus.clone()).done());
        assert_eq!(keep("original"), ["a"]);
        assert_eq!(keep("oldest"), ["a"]);
        assert_eq!(keep("longest"), ["c"]);
        assert_eq!(keep("first"), ["b"]);
    }

    #[test]
    fn both_outputs_must_be_free_before_anything_is_read() {
        let folder = Folder::of_articles();
        folder.file("dropped.out", "mine");
        let run = unspin(["dedup", ".", "-o", "kept.out", "--dropped", "dropped.out"]).within(&folder);
        assert!(run.refused().contains("--force"));
        assert_eq!(folder.read("dropped.out"), "mine");
        assert!(!folder.names().contains("kept.out"));
        let same = unspin(["dedup", ".", "-o", "x", "--dropped", "./x"]).within(&folder).refused();
        assert!(same.contains("another file"), "{same}");
    }
}

mod compare {
    use super::*;

    #[test]
    fn it_tells_what_a_pair_is() {
        let folder = Folder::of_articles();
        let said = unspin(["compare", "orchard.txt", "orchard-excerpt.txt"]).within(&folder).done();
        assert!(said.starts_with("orchard.txt and orchard-excerpt.txt: excerpt\n"), "{said}");
        assert!(said.contains("[-"), "{said}");
    }

    #[test]
    fn it_tells_why_a_pair_is_none_and_succeeds_all_the_same() {
        let folder = Folder::of_articles();
        let said = unspin(["compare", "orchard.txt", "library.txt"]).within(&folder).done();
        assert!(said.starts_with("orchard.txt and library.txt: no copy\n"), "{said}");
    }

    #[test]
    fn json_gives_the_same_to_programs() {
        let folder = Folder::of_articles();
        let said = unspin(["compare", "bridge.txt", "bridge-edited.txt", "--format", "json"]).within(&folder).done();
        let compared = &lines(&said)[0];
        assert_eq!(compared["relation"], "near");
        assert_eq!(compared["evidence"], json!([{"a": "eleven", "b": "a dozen"}]));
        let passage = &compared["passages"][0];
        let start = |side: &str| usize::try_from(passage[side][0].as_u64().expect("a byte")).expect("small");
        assert_eq!((start("a"), start("b")), (0, 0));
    }

    #[test]
    fn a_missing_file_is_named() {
        let said = unspin(["compare", "here.txt", "there.txt"]).refused();
        assert!(said.contains("here.txt"), "{said}");
    }
}

mod eval {
    use super::*;

    fn labels(folder: &Folder) -> PathBuf {
        let pair =
            |a, b, relation, n| json!({"a": a, "b": b, "relation": relation, "n": n, "original": true}).to_string();
        let labels = [
            pair("bridge.txt", "bridge-edited.txt", "near", 1),
            pair("orchard.txt", "orchard-excerpt.txt", "excerpt", 1),
            pair("library.txt", "orchard.txt", "paraphrase", 2),
            pair("library.txt", "bridge.txt", "same-event", 2),
            pair("orchard-excerpt.txt", "orchard.txt", "unrelated", 2),
            pair("bridge.txt", "bridge-edited.txt", "partial-reuse", 2),
        ];
        folder.file("labels.json", labels.join("\n"))
    }

    #[test]
    fn classes_are_counted_and_scored() {
        let folder = Folder::of_articles();
        let run = unspin(["eval", "--format", "json", "--labels"]).arg(labels(&folder)).arg(folder.as_ref());
        let told = &lines(&run.done())[0];
        assert_eq!(told["recall"], 0.6667);
        assert_eq!(told["precision"], 0.6667);
        assert_eq!((&told["false_groupings"], &told["negatives"]), (&json!(1), &json!(2)));
        assert_eq!(told["original_of"], 2);
        assert_eq!(told["came_out_as"]["excerpt -> excerpt"], 1);
        assert_eq!(told["classes"][2], json!({"relation": "paraphrase", "pairs": 1, "grouped": 0, "rate": 0.0}));
    }

    #[test]
    fn labels_are_chosen_and_classed_by_any_field() {
        let folder = Folder::of_articles();
        let run = unspin(["eval", "--where", "n=2", "--by", "n,relation", "--labels"]).arg(labels(&folder));
        let told = run.arg(folder.as_ref()).done();
        assert!(told.lines().any(|line| line.starts_with("2 paraphrase")), "{told}");
        assert!(!told.contains("1 near"), "{told}");
    }

    #[test]
    fn labels_of_unknown_articles_are_told() {
        let folder = Folder::of_articles();
        let labels = folder.file("labels.json", r#"{"a": "gone", "b": "bridge.txt", "relation": "near"}"#);
        let run = unspin(["eval", "--labels"]).arg(labels).arg(folder.as_ref()).run();
        assert!(run.stderr.contains("1 label of articles that were not read"), "{}", run.stderr);
    }

    #[test]
    fn a_bad_label_is_named_with_its_line() {
        let folder = Folder::of_articles();
        let labels = folder.file("labels.json", "\n{\"a\": \"x\", \"b\": \"y\"}\n");
        let said = unspin(["eval", "--labels"]).arg(labels).arg(folder.as_ref()).refused();
        assert!(said.contains("labels.json:2") && said.contains("relation"), "{said}");
    }
}

mod usage {
    use super::*;

    #[test]
    fn help_has_examples() {
        for verb in ["group", "dedup", "compare", "params", "eval"] {
            let help = unspin([verb, "--help"]).done();
            assert!(help.contains("Examples:") && help.contains(&format!("unspin {verb} ")), "{help}");
        }
        assert!(unspin(["--help"]).done().contains("Exit codes"));
    }

    #[test]
    fn what_is_mistyped_is_corrected() {
        assert!(unspin(["grup", "x"]).refused().contains("group"));
        assert!(unspin(["group", "x", "--treshold", "0.5"]).refused().contains("--threshold"));
        assert!(unspin(["group", "x", "--relations", "exact,neer"]).refused().contains("near"));
        assert!(unspin(["group", "x", "--format", "xml"]).refused().contains("jsonl"));
        assert!(unspin(["group"]).refused().contains("INPUT"));
    }

    #[test]
    fn values_out_of_range_say_what_would_do() {
        let said = unspin(["group", "x", "--threshold", "1.5"]).refused();
        assert!(said.contains("threshold is 1.5: give a number over 0 and up to 1"), "{said}");
        let said = unspin(["params", "--threshold", "0.01"]).refused();
        assert!(said.contains("use more hashes"), "{said}");
        assert!(unspin(["params", "--hashes", "0"]).refused().contains("from 1 to 4096"));
    }

    #[test]
    fn the_language_of_the_terminal_changes_no_file() {
        let folder = Folder::of_articles();
        let table = |locale| group(&folder).args(["--format", "table"]).env("LC_ALL", locale).done();
        assert_eq!(table("C"), table("en_US.UTF-8"));
    }
}

mod stories {
    use super::*;

    /// The bridge article's event by another hand, who spoke with other people.
    const DETOUR: &str = "Marta Quill drives a lorry to the fish market at Ardle before dawn. From Monday she faces a long \
        way round by the coast road, as the swing bridge is shut for eleven nights. It has old bearings, cast in \
        Sheffield in 1931, and nobody trusts them any more. Her firm reckons the detour will cost it four hundred pounds \
        in diesel. The port authority offers no money, only a promise that the basin will be open again before the \
        herring season, when her work doubles.";

    fn folder() -> Folder {
        let folder = Folder::of_articles();
        folder.file("detour.txt", DETOUR);
        folder
    }

    #[test]
    fn independent_reports_of_one_event_are_linked_after_the_groups() {
        let folder = folder();
        let plain = group(&folder).done();
        let with = group(&folder).arg("--stories").done();
        let more = with.strip_prefix(&plain).expect("the groups as they were");
        let story: Value = serde_json::from_str(more).expect("one story");
        assert_eq!(story["story"], 0);
        assert_eq!(story["size"], 2);
        // A group is named by its original, and its copies are not repeated.
        let original = &lines(&plain)[0]["original"];
        assert!(original.as_str().is_some_and(|id| id.starts_with("bridge")), "{original}");
        assert_eq!(story["members"], json!([{"id": original, "group": 0}, {"id": "detour.txt"}]));
    }

    #[test]
    fn the_table_shows_them_and_other_formats_refuse() {
        let folder = folder();
        let table = group(&folder).args(["--stories", "--format", "table"]).done();
        assert!(table.contains("Story 0, 2 articles") && table.contains("detour.txt"), "{table}");
        for format in ["csv", "pairs"] {
            let said = group(&folder).args(["--stories", "--format", format]).refused();
            assert!(said.contains("give table or jsonl with --stories"), "{said}");
        }
    }
}

mod lexicon {
    use super::*;

    /// Four articles of a shop's spinner, whose words no thesaurus has.
    fn spun(text: &str) -> String {
        let dictionary = [
            ("bearings", "lumbritz"),
            ("nights", "dorvels"),
            ("council", "brontag"),
            ("year", "zwelm"),
            ("morning", "frulk tenna"),
            ("the state", "ombrel"),
        ];
        dictionary
            .iter()
            .fold(text.to_owned(), |text, (word, other)| text.replace(&format!(" {word}"), &format!(" {other}")))
    }

    fn corpus() -> String {
        let texts = [BRIDGE, ORCHARD, LIBRARY];
        let record = |id: String, text: &str| json!({"id": id, "text": text}).to_string() + "\n";
        let pairs = (0..)
            .zip(texts)
            .map(|(number, text)| record(format!("{number}"), text) + &record(format!("{number}-spun"), &spun(text)));
        pairs.collect()
    }

    #[test]
    fn what_was_learned_is_a_lexicon_that_the_other_verbs_take() {
        let folder = Folder::new();
        let input = folder.file("wire.jsonl", corpus());
        let pairs = folder.path("pairs.tsv");
        let learn = || unspin(["learn"]).arg(&input).arg("-o").arg(&pairs);
        let ran = learn().run();
        assert_eq!(ran.code, Some(0), "{}", ran.stderr);
        assert!(ran.stderr.contains(" learned, "), "{}", ran.stderr);
        let learned = folder.read("pairs.tsv");
        assert!(learned.starts_with("original\tcopy\tcount\tsupport\treversed\n"), "{learned}");
        assert!(learn().refused().contains("--force"));

        for verb in ["group", "dedup"] {
            unspin([verb]).arg(&input).arg("--lexicon").arg(&pairs).done();
        }
        let (a, b) = (folder.file("a.txt", BRIDGE), folder.file("b.txt", spun(BRIDGE)));
        unspin(["compare"]).args([&a, &b]).arg("--lexicon").arg(&pairs).done();
        assert_eq!(folder.read("pairs.tsv"), learned);
    }

    #[test]
    fn a_pair_of_the_users_own_is_evidence() {
        let folder = Folder::new();
        let (a, b) = (folder.file("a.txt", BRIDGE), folder.file("b.txt", spun(BRIDGE)));
        let own = folder.file("own.tsv", "# ours\nbearings\tlumbritz\nmorning\tfrulk tenna\n");
        let score = |run: Run| {
            let found: Value = serde_json::from_str(&run.arg("--format=json").done()).expect("JSON");
            found["score"].as_f64().expect("a score")
        };
        // Were it an excerpt, its words would not be looked at.
        let compare = || unspin(["compare", "--containment=1"]).args([&a, &b]);
        let (plain, with) = (score(compare()), score(compare().arg("--lexicon").arg(&own)));
        assert!(with > plain, "{with} and {plain}: the lexicon was not asked");
    }

    #[test]
    fn a_bad_line_is_named_and_the_others_used() {
        let folder = Folder::of_articles();
        let own = folder.file("own.tsv", "bearings\tlumbritz\nbearings lumbritz\nnights\tdorvels\tmany\n");
        let ran = group(&folder).arg("--lexicon").arg(&own).run();
        assert_eq!(ran.code, Some(1), "{}", ran.stderr);
        assert!(ran.stderr.contains("own.tsv:2: there is no tab in the line: give pairs as"), "{}", ran.stderr);
        assert!(ran.stderr.contains("own.tsv:3: the count is \"many\""), "{}", ran.stderr);
        assert!(group(&folder).arg("--lexicon").arg(&own).arg("--strict").refused().contains("own.tsv:2"));
    }

    #[test]
    fn a_lexicon_that_cannot_be_read_ends_the_work() {
        let folder = Folder::of_articles();
        for verb in ["group", "dedup", "learn"] {
            let said = unspin([verb]).arg(folder.as_ref()).arg("--lexicon").arg(folder.path("none.tsv")).refused();
            assert!(said.contains("none.tsv: ") && said.contains("give pairs as original<TAB>copy"), "{said}");
        }
    }

    #[test]
    fn a_lexicon_is_never_an_output() {
        let folder = Folder::of_articles();
        let own = folder.file("own.tsv", "bearings\tlumbritz\n");
        let said = unspin(["learn"])
            .arg(folder.as_ref())
            .arg("--lexicon")
            .arg(&own)
            .args(["--force", "-o"])
            .arg(&own)
            .refused();
        assert!(said.contains("not among the inputs"), "{said}");
        assert_eq!(folder.read("own.tsv"), "bearings\tlumbritz\n");
    }

    #[test]
    fn support_has_a_range() {
        let folder = Folder::of_articles();
        assert!(unspin(["learn", "--support", "0"]).arg(folder.as_ref()).refused().contains("support is 0: give"));
    }
}
