//! What users of command lines are used to: settings, completions, a manual page, progress, and outputs that are there
//! whole or not at all.

#![cfg(feature = "cli")]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

const STORY: &str = "The swing bridge over the inner basin will close for eleven nights from Monday while engineers \
    replace its worn bearings, the port authority said. Ferries will run every twenty minutes until two in the \
    morning, and lorries bound for the fish market must take the coast road through Ardle.";

/// A folder with an article, a copy of it, and another article.
fn folder() -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let articles = folder.path().join("articles");
    fs::create_dir(&articles).expect("a folder");
    for (name, text) in [
        ("a.txt", STORY.to_owned()),
        ("b.txt", STORY.replace("worn ", "")),
        ("c.txt", "Growers lost a third of their cherry blossom to a single night of frost.".to_owned()),
    ] {
        fs::write(articles.join(name), text).expect("written");
    }
    folder
}

fn run(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_unspin"));
    command.args(arguments).current_dir(folder).stdin(Stdio::null()).output().expect("a program")
}

fn out(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn talk(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn names(folder: &Path) -> BTreeSet<String> {
    let entries = fs::read_dir(folder).expect("a folder");
    entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect()
}

mod settings {
    use super::*;

    #[test]
    fn the_nearest_file_above_holds_and_flags_win() {
        let folder = folder();
        fs::write(folder.path().join("unspin.toml"), "quiet = true\n[group]\nformat = \"csv\"\n").expect("written");
        let below = folder.path().join("articles");
        let found = run(&below, &["group", "."]);
        assert!(out(&found).starts_with("group,size,id"), "{}", out(&found));
        assert_eq!(talk(&found), "");
        assert!(out(&run(&below, &["group", ".", "--format", "jsonl"])).starts_with('{'));
        assert!(out(&run(&below, &["group", ".", "--no-config"])).starts_with('{'));
        assert!(talk(&run(&below, &["group", ".", "--quiet=false"])).contains("articles"));
    }

    #[test]
    fn what_holds_is_shown_with_where_it_comes_from() {
        let folder = folder();
        fs::write(folder.path().join("own.toml"), "recall = 0.9\n").expect("written");
        let shown =
            out(&run(folder.path(), &["group", "--config", "own.toml", "--threshold", "0.6", "--print-config"]));
        assert!(shown.contains("\nthreshold = 0.6  # command line\n"), "{shown}");
        assert!(shown.contains("\nrecall = 0.9  # own.toml:1\n"), "{shown}");
        assert!(shown.contains("\nhashes = 128  # default\n"), "{shown}");
        assert!(shown.contains("\n# id-field is not set\n"), "{shown}");
        // What is shown can be read again.
        fs::write(folder.path().join("shown.toml"), &shown).expect("written");
        let again = run(folder.path(), &["group", "--config", "shown.toml", "articles"]);
        assert!(again.status.success(), "{}", talk(&again));
    }

    #[test]
    fn a_file_that_is_wrong_is_named_with_its_line() {
        let folder = folder();
        for (text, told) in [
            ("\nthreshhold = 1", "own.toml:2: there is no setting \"threshhold\": is \"threshold\" meant?"),
            ("threshold = \"much\"", "own.toml: invalid value 'much' for '--threshold <SHARE>'"),
            ("force = true", "own.toml:1: force is for one run"),
        ] {
            fs::write(folder.path().join("own.toml"), text).expect("written");
            let refused = run(folder.path(), &["group", "--config", "own.toml", "articles"]);
            assert_eq!(refused.status.code(), Some(2));
            assert!(talk(&refused).contains(told), "{}", talk(&refused));
            assert!(run(folder.path(), &["help"]).status.success());
        }
        assert!(talk(&run(folder.path(), &["group", "--config", "none.toml", "articles"])).contains("none.toml"));
    }
}

mod pages {
    use super::*;

    #[test]
    fn every_shell_has_completions_of_every_verb() {
        let folder = folder();
        for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
            let script = out(&run(folder.path(), &["completions", shell]));
            for word in ["dedup", "completions", "threshold", "html"] {
                assert!(script.contains(word), "{shell} {word}");
            }
        }
    }

    #[test]
    fn the_manual_has_the_words_of_the_help() {
        let folder = folder();
        let page = out(&run(folder.path(), &["man"]));
        assert!(page.contains(".TH") && page.contains("Exit codes"), "{page}");
        let page = out(&run(folder.path(), &["man", "group"]));
        assert!(page.contains("unspin\\-group") && page.contains("\\-\\-html"), "{page}");
        assert!(talk(&run(folder.path(), &["man", "grope"])).contains("one of group"));
    }
}

mod progress {
    use super::*;

    #[test]
    fn programs_get_json_lines_for_every_stage() {
        let folder = folder();
        let ran = run(folder.path(), &["group", "articles", "--progress", "json", "-o", "out.jsonl"]);
        let lines: Vec<Value> = talk(&ran).lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
        for (stage, unit) in
            [("reading", "bytes"), ("hashing", "words"), ("verifying", "words"), ("writing", "articles")]
        {
            let line =
                lines.iter().rfind(|line| line["stage"] == stage).unwrap_or_else(|| panic!("{stage}: {lines:?}"));
            assert_eq!(line["unit"], unit);
            assert_eq!(line["done"], line["total"], "{line}");
            assert_eq!(line["seconds_left"], 0.0);
        }
    }

    #[test]
    fn without_a_terminal_nothing_is_shown() {
        let folder = folder();
        let told = talk(&run(folder.path(), &["group", "articles"]));
        assert!(!told.contains("reading") && !told.contains('\r'), "{told}");
    }
}

mod outputs {
    use super::*;

    /// Every verb that writes more than one file, with the option of the other.
    const WRITERS: [(&str, &str); 3] = [("group", "--html"), ("dedup", "--dropped"), ("stats", "--svg")];

    #[test]
    fn all_are_there_and_replaced_only_by_force() {
        for (verb, option) in WRITERS {
            let folder = folder();
            let arguments = [verb, "articles", "-o", "one", option, "two"];
            assert!(run(folder.path(), &arguments).status.success());
            let first = fs::read(folder.path().join("two")).expect("the other output");
            assert!(!first.is_empty(), "{verb}");
            fs::write(folder.path().join("two"), "mine").expect("written");
            fs::remove_file(folder.path().join("one")).expect("removed");
            let refused = run(folder.path(), &arguments);
            assert_eq!(refused.status.code(), Some(2));
            assert!(talk(&refused).contains("--force"), "{}", talk(&refused));
            assert_eq!(fs::read(folder.path().join("two")).expect("kept"), b"mine");
            assert!(!folder.path().join("one").exists(), "nothing half done");
            assert!(run(folder.path(), &[&arguments[..], &["--force"]].concat()).status.success());
            assert_eq!(fs::read(folder.path().join("two")).expect("replaced"), first, "{verb}: the same again");
        }
    }

    #[test]
    fn two_never_share_a_place() {
        for (verb, option) in WRITERS {
            let folder = folder();
            for (one, other) in [("same", "same"), ("same", "articles/../same"), ("-", "-")] {
                let refused = run(folder.path(), &[verb, "articles", "-o", one, option, other, "--force"]);
                assert_eq!(refused.status.code(), Some(2), "{verb} {one} {other}");
                assert!(talk(&refused).contains("another output goes there already"), "{}", talk(&refused));
            }
            assert_eq!(names(folder.path()), BTreeSet::from(["articles".to_owned()]));
        }
    }

    #[test]
    fn a_missing_folder_is_named() {
        let folder = folder();
        let told = talk(&run(folder.path(), &["group", "articles", "-o", "none/out.jsonl"]));
        assert!(told.contains("there is no folder") && told.contains("none"), "{told}");
    }

    #[test]
    fn a_report_is_made_of_good_groups_beside_bad_lines_but_not_of_none() {
        let folder = folder();
        run(folder.path(), &["group", "articles", "-o", "groups.jsonl"]);
        let good = fs::read_to_string(folder.path().join("groups.jsonl")).expect("groups");
        fs::write(folder.path().join("mixed.jsonl"), format!("{{}}\n{good}")).expect("written");
        let mixed = run(folder.path(), &["report", "mixed.jsonl", "articles", "-o", "mixed.html"]);
        assert_eq!(mixed.status.code(), Some(1), "{}", talk(&mixed));
        assert!(talk(&mixed).contains("mixed.jsonl:1: no group"), "{}", talk(&mixed));
        run(folder.path(), &["report", "groups.jsonl", "articles", "-o", "good.html"]);
        let read = |name: &str| fs::read(folder.path().join(name)).expect("a page");
        assert_eq!(read("mixed.html"), read("good.html"));

        let none = run(folder.path(), &["report", "articles/a.txt", "-o", "none.html"]);
        assert_eq!(none.status.code(), Some(2));
        assert!(talk(&none).contains("no line holds a group"), "{}", talk(&none));
        assert!(!folder.path().join("none.html").exists());
        let lost = run(folder.path(), &["report", "groups.jsonl", "articles/c.txt", "-o", "lost.html"]);
        assert!(talk(&lost).contains("2 articles of the groups did not stand in the inputs"), "{}", talk(&lost));
    }

    #[cfg(unix)]
    #[test]
    fn ctrl_c_leaves_none_of_several_files() {
        for (verb, option) in WRITERS {
            let folder = tempfile::tempdir().expect("a folder");
            let mut child = Command::new(env!("CARGO_BIN_EXE_unspin"))
                .args([verb, "-", "-o", "one", option, "two"])
                .current_dir(folder.path())
                .stdin(Stdio::piped())
                .stderr(Stdio::piped())
                .spawn()
                .expect("the program starts");
            // It waits for its input, with its outputs begun.
            let patience = (0..1000).take_while(|_| names(folder.path()).len() < 2);
            patience.for_each(|_| std::thread::sleep(std::time::Duration::from_millis(10)));
            Command::new("kill").args(["-INT", &child.id().to_string()]).status().expect("kill");
            let input = child.stdin.take();
            let ended = child.wait_with_output().expect("the program ends");
            drop(input);
            assert_eq!(ended.status.code(), Some(130), "{verb}");
            assert_eq!(names(folder.path()), BTreeSet::new(), "{verb}");
        }
    }
}

mod stats {
    use super::*;

    #[test]
    fn the_corpus_is_counted_for_people_and_for_programs() {
        let folder = folder();
        let shown = out(&run(folder.path(), &["stats", "articles"]));
        for title in ["Articles by length", "Groups by size", "Verified pairs by similarity", "Keys by"] {
            assert!(shown.contains(title), "{shown}");
        }
        let counted: Value =
            serde_json::from_str(&out(&run(folder.path(), &["stats", "articles", "--format", "json"]))).expect("JSON");
        let figure = |number: usize| &counted["figures"][number]["classes"];
        assert_eq!(
            figure(0).as_array().expect("classes").iter().map(|c| c["articles"].as_u64()).sum::<Option<u64>>(),
            Some(3)
        );
        assert_eq!(figure(1)[0]["articles"], "2");
        assert_eq!(figure(1)[0]["groups"], 1);
        assert_eq!(figure(2)[0]["near"], 1);
    }

    #[test]
    fn the_drawing_is_svg_with_every_figure() {
        let folder = folder();
        run(folder.path(), &["stats", "articles", "--svg", "stats.svg"]);
        let drawing = fs::read_to_string(folder.path().join("stats.svg")).expect("a drawing");
        assert!(drawing.starts_with("<svg"));
        assert!(drawing.contains("Groups by size") && drawing.contains("Keys by"));
        assert!(!drawing.contains("<script") && !drawing.contains("href"));
    }
}

mod terminal {
    use super::*;

    #[test]
    fn numbers_below_zero_are_told_what_would_do() {
        let folder = folder();
        for option in ["--threshold", "--recall"] {
            let told = talk(&run(folder.path(), &["params", option, "-1"]));
            assert!(told.contains("is -1: give"), "{told}");
        }
    }

    #[test]
    fn all_is_said_of_all_only() {
        let folder = folder();
        let shown = out(&run(folder.path(), &["params", "--recall", "0.99999"]));
        assert!(!shown.contains("100.00 %"), "{shown}");
        let refused = talk(&run(folder.path(), &["params", "--recall", "0.99999", "--hashes", "4"]));
        assert!(refused.contains("finds 0.99999 of the pairs"), "{refused}");
    }

    #[test]
    fn an_article_without_words_is_said_to_have_none() {
        let folder = folder();
        fs::write(folder.path().join("articles/d.txt"), "*** --- ***").expect("written");
        assert!(talk(&run(folder.path(), &["group", "articles"])).contains("d.txt: no word in it"));
    }
}
