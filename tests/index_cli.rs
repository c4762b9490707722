//! `unspin match` and `unspin index` as their users meet them, and the pipe as a program in another language does.

#![cfg(all(feature = "cli", feature = "index"))]

#[path = "support/texts.rs"]
mod texts;

use std::fs;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};
use tempfile::TempDir;
use texts::{BRIDGE, LIBRARY, ORCHARD};

fn edited(text: &str) -> String {
    text.replace("eleven nights", "a dozen nights").replace("worn ", "").replace("third", "quarter")
}

/// A folder of inputs and indexes that is gone when the test ends.
struct Folder(TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a folder"))
    }

    /// One with three articles in `old.jsonl`, one of them a copy.
    fn of_articles() -> Self {
        let folder = Self::new();
        folder.jsonl("old.jsonl", &[("bridge", BRIDGE), ("edited", &edited(BRIDGE)), ("library", LIBRARY)]);
        folder
    }

    fn file(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.path().join(name);
        fs::write(&path, content).expect("written");
        path
    }

    fn jsonl(&self, name: &str, articles: &[(&str, &str)]) -> PathBuf {
        self.file(name, articles.iter().map(|(id, text)| line(id, text)).collect::<String>())
    }

    fn run(&self, arguments: &[&str], stdin: &str) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_unspin"));
        command
            .args(arguments)
            .current_dir(&self.0)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().expect("the program starts");
        let mut pipe = child.stdin.take().expect("its input");
        let bytes = stdin.as_bytes().to_owned();
        // A program that is refused its arguments does not read.
        let written = std::thread::spawn(move || pipe.write_all(&bytes));
        let output = child.wait_with_output().expect("the program ends");
        let _ = written.join().expect("no panic");
        output
    }

    /// The standard output of a run that ended with this code.
    fn ran(&self, code: i32, arguments: &[&str], stdin: &str) -> String {
        let output = self.run(arguments, stdin);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {}", talk(&output));
        String::from_utf8(output.stdout).expect("UTF-8")
    }

    fn done(&self, arguments: &[&str]) -> String {
        self.ran(0, arguments, "")
    }

    /// What a run said that could do nothing.
    fn refused(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments, "");
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {}", talk(&output));
        assert_eq!(output.stdout, b"", "{arguments:?}");
        talk(&output)
    }
}

fn line(id: &str, text: &str) -> String {
    json!({"id": id, "text": text}).to_string() + "\n"
}

fn talk(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn lines(jsonl: &str) -> Vec<Value> {
    jsonl.lines().map(|line| serde_json::from_str(line).expect(line)).collect()
}

/// Each line's id, and the id and relation of each of its matches.
fn told(jsonl: &str) -> Vec<(String, Vec<String>)> {
    let word = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let matched = |line: &Value| {
        let matches = line["matches"].as_array().into_iter().flatten();
        matches.map(|found| format!("{} {}", word(&found["relation"]), word(&found["id"]))).collect()
    };
    lines(jsonl).iter().map(|line| (word(&line["id"]), matched(line))).collect()
}

fn expected(list: &[(&str, &[&str])]) -> Vec<(String, Vec<String>)> {
    let owned = |words: &[&str]| words.iter().map(|&word| word.to_owned()).collect();
    list.iter().map(|&(id, matches)| (id.to_owned(), owned(matches))).collect()
}

mod matching {
    use super::*;

    #[test]
    fn pairs_across_are_told_and_an_id_may_be_in_both() {
        let folder = Folder::of_articles();
        let new = [("orchard", ORCHARD), ("library", BRIDGE), ("twin", BRIDGE), ("fresh", LIBRARY)];
        folder.jsonl("new.jsonl", &new);
        let found = folder.done(&["match", "new.jsonl", "--against", "old.jsonl"]);
        let bridges: &[&str] = &["exact bridge", "near edited"];
        let all = [("orchard", &[][..]), ("library", bridges), ("twin", bridges), ("fresh", &["exact library"])];
        assert_eq!(told(&found), expected(&all));
        let near = &lines(&found)[1]["matches"][1];
        assert!(near["score"].as_f64() > Some(0.5) && near["jaccard"].as_f64() > Some(0.7), "{near}");
        let span = &near["evidence"][0]["at"]["new"];
        assert!(BRIDGE.get(span[0].as_u64().unwrap() as usize..span[1].as_u64().unwrap() as usize).is_some(), "{near}");
    }

    #[test]
    fn the_order_and_the_threads_change_nothing() {
        let folder = Folder::of_articles();
        folder.jsonl("a.jsonl", &[("a", BRIDGE), ("b", &edited(ORCHARD))]);
        folder.jsonl("b.jsonl", &[("c", ORCHARD)]);
        let one = folder.done(&["match", "a.jsonl", "b.jsonl", "--against", "old.jsonl", "b.jsonl", "--threads", "1"]);
        let two = folder.done(&["match", "b.jsonl", "a.jsonl", "--against", "b.jsonl", "old.jsonl", "--threads", "2"]);
        assert_eq!(one, two);
        assert_eq!(told(&one)[2].1, ["exact c"]);
    }

    #[test]
    fn more_twins_than_are_paired_in_a_corpus_are_all_found() {
        let folder = Folder::of_articles();
        let ids: Vec<String> = (0..300).map(|number| number.to_string()).collect();
        let twins: Vec<(&str, &str)> = ids.iter().map(|id| (id.as_str(), ORCHARD)).collect();
        folder.jsonl("new.jsonl", &twins);
        folder.jsonl("one.jsonl", &[("orchard", ORCHARD)]);
        let found = told(&folder.done(&["match", "new.jsonl", "--against", "one.jsonl"]));
        assert!(found.len() == 300 && found.iter().all(|(_, matches)| matches == &["exact orchard"]));
        let found = told(&folder.done(&["match", "one.jsonl", "--against", "new.jsonl"]));
        assert_eq!(found[0].1.len(), 256);
    }

    #[test]
    fn what_is_wrong_is_told_and_the_rest_is_done() {
        let folder = Folder::of_articles();
        folder.file("new.jsonl", format!("{}no JSON\n{}", line("a", BRIDGE), line("a", LIBRARY)));
        let output = folder.run(&["match", "new.jsonl", "--against", "old.jsonl"], "");
        assert_eq!(output.status.code(), Some(1));
        assert_eq!(
            told(&String::from_utf8_lossy(&output.stdout)),
            expected(&[("a", &["exact bridge", "near edited"])])
        );
        assert!(talk(&output).contains("dropped: new.jsonl:2: not a JSON object"), "{}", talk(&output));
        assert!(talk(&output).contains("dropped: new.jsonl:3: the id \"a\" was read"), "{}", talk(&output));
    }

    #[test]
    fn an_empty_side_standard_input_for_both_and_an_existing_output_are_refused() {
        let folder = Folder::of_articles();
        folder.file("none.jsonl", "");
        folder.file("out.jsonl", "mine");
        let refused = |arguments: &[&str]| folder.refused(arguments);
        assert!(
            refused(&["match", "old.jsonl", "--against", "none.jsonl"]).contains("--against is without an article")
        );
        assert!(refused(&["match", "none.jsonl", "--against", "old.jsonl"]).contains("NEW is without an article"));
        assert!(refused(&["match", "-", "--against", "-"]).contains("can be read only once"));
        assert!(refused(&["match", "old.jsonl"]).contains("--against"));
        let output = ["match", "old.jsonl", "--against", "old.jsonl", "-o", "out.jsonl"];
        assert!(refused(&output).contains("--force"));
        folder.done(&[&output[..], &["--force"]].concat());
        assert_ne!(fs::read(folder.0.path().join("out.jsonl")).expect("read"), b"mine");
        let output = ["match", "out.jsonl", "--against", "old.jsonl", "-o", "old.jsonl", "--force"];
        assert!(refused(&output).contains("not among the inputs"));
    }
}

mod index {
    use super::*;

    #[test]
    fn it_is_made_asked_looked_after_and_copied() {
        let folder = Folder::of_articles();
        let added = folder.done(&["index", "add", "seen", "old.jsonl"]);
        assert_eq!(told(&added), expected(&[("bridge", &[]), ("edited", &["near bridge"]), ("library", &[])]));
        assert!(lines(&added).iter().all(|line| line["stored"] == true));

        folder.jsonl("new.jsonl", &[("a", BRIDGE), ("b", ORCHARD)]);
        let asked = folder.done(&["index", "query", "seen", "new.jsonl"]);
        assert_eq!(told(&asked), expected(&[("a", &["exact bridge", "near edited"]), ("b", &[])]));
        let itself = folder.done(&["index", "query", "seen", "old.jsonl"]);
        assert_eq!(told(&itself)[2].1, ["exact library"]);
        let others = folder.done(&["index", "query", "seen", "old.jsonl", "--others"]);
        assert_eq!(told(&others)[2].1, [""; 0]);

        let info: Value =
            serde_json::from_str(&folder.done(&["index", "info", "seen", "--format", "json"])).expect("JSON");
        assert_eq!((&info["articles"], &info["threshold"]), (&json!(3), &json!(0.7)));
        assert!(folder.done(&["index", "info", "seen"]).contains("articles             3\n"));

        folder.done(&["index", "backup", "seen", "copy"]);
        assert_eq!(folder.done(&["index", "remove", "seen", "bridge"]), "");
        let output = folder.run(&["index", "remove", "seen", "edited", "nobody"], "");
        assert_eq!(output.status.code(), Some(1));
        assert!(talk(&output).contains("no article has the id \"nobody\""), "{}", talk(&output));
        for verb in ["verify", "compact"] {
            assert_eq!(folder.done(&["index", verb, "seen"]), "");
            assert_eq!(folder.done(&["index", verb, "copy"]), "");
        }
        let exported = |index: &str| {
            let articles = lines(&folder.done(&["index", "export", index]));
            articles.iter().map(|article| article["id"].as_str().expect("an id").to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(exported("seen"), ["library"]);
        assert_eq!(exported("copy"), ["bridge", "edited", "library"]);
        folder.done(&["index", "remove", "copy", "--before", "2020-01-01"]);
        assert_eq!(exported("copy").len(), 3);
        folder.done(&["index", "remove", "copy", "--before", "2200-01-01"]);
        assert_eq!(exported("copy").len(), 0);
    }

    #[test]
    fn its_groups_are_those_of_group() {
        let folder = Folder::of_articles();
        let dated = json!({"id": "orchard", "text": ORCHARD, "title": "Frost", "date": "2026-04-27"});
        let more = format!("{dated}\n{}", line("quarter", &edited(ORCHARD)));
        folder.file("more.jsonl", &more);
        folder.done(&["index", "add", "words", "more.jsonl", "old.jsonl"]);
        folder.done(&["index", "add", "texts", "old.jsonl", "--keep-texts"]);
        folder.done(&["index", "add", "texts", "more.jsonl"]);
        let group = ["group", "old.jsonl", "more.jsonl", "--format", "jsonl"];
        assert_eq!(folder.done(&["index", "groups", "texts"]), folder.done(&group));
        let bare = folder.done(&[&group[..], &["--no-evidence"]].concat());
        assert_eq!(folder.done(&["index", "groups", "words"]), bare);
        assert_eq!(folder.done(&["index", "groups", "texts", "--no-evidence"]), bare);
        assert_eq!(folder.done(&["index", "groups", "words", "--relations", "exact"]), "");
    }

    #[test]
    fn what_is_exported_can_be_added_again() {
        let folder = Folder::of_articles();
        folder.done(&["index", "add", "seen", "old.jsonl", "--keep-texts"]);
        let exported = folder.done(&["index", "export", "seen"]);
        assert_eq!(lines(&exported)[1]["copy_of"], json!({"id": "bridge", "relation": "near"}));
        assert_eq!(lines(&exported)[1]["text"], edited(BRIDGE));
        folder.file("exported.jsonl", &exported);
        folder.done(&["index", "add", "again", "exported.jsonl"]);
        assert_eq!(
            folder.done(&["index", "groups", "again"]),
            folder.done(&["index", "groups", "seen", "--no-evidence"])
        );
    }

    #[test]
    fn a_stored_id_stands_unless_it_is_to_be_replaced() {
        let folder = Folder::of_articles();
        folder.done(&["index", "add", "seen", "old.jsonl"]);
        folder.jsonl("new.jsonl", &[("library", ORCHARD), ("more", ORCHARD)]);
        let output = folder.run(&["index", "add", "seen", "new.jsonl"], "");
        assert_eq!(output.status.code(), Some(1));
        assert_eq!(told(&String::from_utf8_lossy(&output.stdout)), expected(&[("more", &[])]));
        assert!(talk(&output).contains("dropped: new.jsonl:1: the id \"library\" is in the index already"));
        let replaced = folder.done(&["index", "add", "seen", "new.jsonl", "--replace"]);
        assert_eq!(told(&replaced), expected(&[("library", &["exact more"]), ("more", &["exact library"])]));
    }

    #[test]
    fn places_are_spans_of_the_texts() {
        let folder = Folder::of_articles();
        folder.done(&["index", "add", "seen", "old.jsonl"]);
        let found = folder.ran(0, &["index", "query", "seen", "-", "--places"], &line("x", &edited(BRIDGE)));
        let near = &lines(&found)[0]["matches"][1];
        assert_eq!(near["id"], "bridge");
        let slice = |text: &str, span: &Value| {
            let [start, end] = [0, 1].map(|at| span[at].as_u64().expect("a place") as usize);
            text[start..end].to_owned()
        };
        for passage in near["passages"].as_array().expect("passages") {
            assert_eq!(slice(BRIDGE, &passage["old"]), slice(&edited(BRIDGE), &passage["new"]));
        }
        assert_eq!(slice(BRIDGE, &near["substitutions"][0]["old"]), "eleven");
        assert_eq!(slice(&edited(BRIDGE), &near["substitutions"][0]["new"]), "a dozen");
    }

    #[test]
    fn settings_are_an_index_s_own() {
        let folder = Folder::of_articles();
        folder.done(&["index", "add", "seen", "old.jsonl", "--threshold", "0.9", "--view", "surface"]);
        assert!(folder.done(&["index", "info", "seen"]).contains("threshold            0.9"));
        let again = ["index", "add", "seen", "old.jsonl"];
        folder.ran(1, &again, "");
        folder.ran(1, &[&again[..], &["--threshold", "0.9"]].concat(), "");
        assert!(folder.refused(&[&again[..], &["--threshold", "0.8"]].concat()).contains("threshold 0.9, not 0.8"));
        assert!(folder.refused(&[&again[..], &["--keep-texts"]].concat()).contains("texts left out, not kept"));
        folder.file("unspin.toml", "[index]\nthreshold = 0.6\n");
        folder.done(&["index", "add", "other", "old.jsonl"]);
        assert!(folder.done(&["index", "info", "other"]).contains("threshold            0.6"));
    }

    #[test]
    fn what_cannot_be_done_is_said_with_its_remedy() {
        let folder = Folder::of_articles();
        fs::create_dir(folder.0.path().join("empty")).expect("a folder");
        fs::create_dir(folder.0.path().join("full")).expect("a folder");
        folder.file("full/letter.txt", "Dear reader");
        for (arguments, said) in [
            (&["index", "query", "none", "old.jsonl"][..], "there is no such folder"),
            (&["index", "info", "empty"], "there is no index in it"),
            (&["index", "add", "full", "old.jsonl"], "the folder holds something else"),
            (&["index", "add", "new", "none.jsonl"], "no article was found"),
            (&["index", "add", "new", "-", "old.jsonl"], "- alone"),
            (&["index", "add", "new", "old.jsonl", "--memory", "lots"], "such as 512M or 2G"),
            (&["index", "add", "fresh", "old.jsonl", "--threshold", "7"], "threshold is 7"),
            (&["index", "remove", "new"], "<ID>"),
            (&["index", "remove", "new", "--before", "soon"], "2026-04-27"),
            (&["index"], "Usage"),
        ] {
            let talk = folder.refused(arguments);
            assert!(talk.contains(said), "{arguments:?}: {talk}");
        }
        assert!(!folder.0.path().join("new").exists(), "an index of nothing");
        assert_eq!(fs::read_to_string(folder.0.path().join("full/letter.txt")).expect("read"), "Dear reader");
        folder.done(&["index", "add", "seen", "old.jsonl"]);
        assert!(folder.refused(&["index", "backup", "seen", "full"]).contains("holds something already"));
    }

    #[test]
    fn one_process_at_a_time_has_it() {
        let folder = Folder::of_articles();
        folder.done(&["index", "add", "seen", "old.jsonl"]);
        let mut holder = Command::new(env!("CARGO_BIN_EXE_unspin"));
        holder
            .args(["index", "query", "seen", "-"])
            .current_dir(&folder.0)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        let mut holder = holder.spawn().expect("the program starts");
        let mut pipe = holder.stdin.take().expect("its input");
        pipe.write_all(line("a", BRIDGE).as_bytes()).expect("written");
        let mut answer = String::new();
        let out = holder.stdout.take().expect("its output");
        std::io::BufRead::read_line(&mut std::io::BufReader::new(out), &mut answer).expect("an answer");
        let talk = folder.refused(&["index", "info", "seen"]);
        assert!(talk.contains(&format!("in use by process {}", holder.id())), "{talk}");
        drop(pipe);
        assert!(holder.wait().expect("the program ends").success());
        folder.done(&["index", "info", "seen"]);
    }

    #[test]
    fn damage_is_told_and_never_a_wrong_answer() {
        let folder = Folder::of_articles();
        folder.done(&["index", "add", "seen", "old.jsonl"]);
        let path = folder.0.path().join("seen/unspin-index");
        let text = fs::read_to_string(&path).expect("read");
        fs::write(&path, text.replace("threshold = 0.7", "threshold = 0.1")).expect("written");
        assert!(folder.refused(&["index", "verify", "seen"]).contains("damaged"));
    }
}

mod pipe {
    use super::*;

    #[test]
    fn every_line_is_answered_and_bad_ones_do_not_end_it() {
        let folder = Folder::of_articles();
        let sent = [
            line("bridge", BRIDGE),
            "no JSON\n".into(),
            "\n".into(),
            "{\"text\":\"nameless\"}\n".into(),
            line("bridge", LIBRARY),
            "{\"id\":7}\n".into(),
            line("blank", "  "),
            line(&"x".repeat(5000), LIBRARY),
            line("edited", &edited(BRIDGE)).trim_end().to_owned(),
        ];
        let answers = lines(&folder.ran(1, &["index", "add", "seen", "-"], &sent.concat()));
        let kinds: Vec<&str> = answers.iter().map(|answer| answer["error"].as_str().unwrap_or("")).collect();
        let expected = ["", "malformed", "malformed", "no-id", "repeated-id", "no-text", "empty", "long-id", ""];
        assert_eq!(kinds, expected);
        for (number, answer) in (1..).zip(&answers).filter(|(_, answer)| answer["error"].is_string()) {
            assert_eq!(answer["line"], number);
            assert!(answer["message"].as_str().is_some_and(|message| message.contains(": ")), "{answer}");
        }
        assert_eq!(answers[8]["matches"][0]["id"], "bridge");
        // A question needs no id.
        let answers = folder.ran(0, &["index", "query", "seen", "-"], "{\"text\":\"nameless\"}\n");
        assert_eq!(told(&answers)[0].0, "stdin:1");
    }

    #[test]
    fn other_formats_on_standard_input_are_read_whole() {
        let folder = Folder::of_articles();
        folder.done(&["index", "add", "seen", "old.jsonl"]);
        let found = folder.ran(0, &["index", "query", "seen", "-", "--input-format", "txt"], LIBRARY);
        assert_eq!(told(&found), expected(&[("stdin", &["exact library"])]));
    }

    /// A client of Python's standard library that reads each answer before it sends the next line.
    const CLIENT: &str = r#"
import json, os, signal, subprocess, sys

def start(verb, *options):
    command = [sys.argv[1], "index", verb, sys.argv[2], "-", "--quiet", *options]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)

def ask(child, **article):
    child.stdin.write(json.dumps(article).encode() + b"\n")
    child.stdin.flush()
    return json.loads(child.stdout.readline())

pages = json.load(sys.stdin)
child = start("add", "--durability", "each")
stored = []
for url, text in pages[:-1]:
    answer = ask(child, id=url, text=text)
    assert answer["stored"] and answer["id"] == url, answer
    stored.append(url)
bad = ask(child, id="no text")
assert bad["error"] == "no-text" and bad["line"] == len(pages), bad

# What was acknowledged is there, however the child ends.
os.kill(child.pid, signal.SIGKILL)
child.wait()
child = start("query")
for url, text in pages[:-1]:
    matches = ask(child, text=text)["matches"]
    assert url in [match["id"] for match in matches], (url, matches)
url, text = pages[-1]
answer = ask(child, text=text)
child.stdin.close()
assert child.wait() == 0
print(answer["matches"][0]["id"], answer["matches"][0]["relation"])
"#;

    #[test]
    fn a_program_in_python_keeps_it_as_a_child() {
        let probe = Command::new("python3").arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
        if !probe.is_ok_and(|status| status.success()) {
            eprintln!("skipped: there is no python3 to be a client in another language");
            return;
        }
        let folder = Folder::new();
        let client = folder.file("client.py", CLIENT);
        let pages = json!([
            ["http://a.example/bridge", BRIDGE],
            ["http://b.example/übrig?q=\"1\"", ORCHARD],
            ["http://a.example/library", LIBRARY],
            ["http://c.example/", edited(ORCHARD)],
        ]);
        let mut python = Command::new("python3");
        python.arg(&client).arg(env!("CARGO_BIN_EXE_unspin")).arg(folder.0.path().join("seen"));
        python.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut python = python.spawn().expect("python3 starts");
        python.stdin.take().expect("its input").write_all(pages.to_string().as_bytes()).expect("written");
        let output = python.wait_with_output().expect("python3 ends");
        assert!(output.status.success(), "{}", talk(&output));
        assert_eq!(String::from_utf8_lossy(&output.stdout).trim(), "http://b.example/übrig?q=\"1\" near");
    }
}
