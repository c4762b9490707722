//! The demo of README.md: what it shows is what the program prints.

#![cfg(feature = "cli")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

fn unspin(arguments: &[&str]) -> Output {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    Command::new(env!("CARGO_BIN_EXE_unspin"))
        .current_dir(root)
        .args(arguments)
        .output()
        .expect("a program that starts")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("text")
}

/// The indented block of README.md that starts with the line `first`.
fn shown(first: &str) -> Vec<String> {
    let readme = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).expect("README.md");
    let lines = readme.lines().skip_while(|line| line.trim() != first);
    let block = lines.take_while(|line| line.is_empty() || line.starts_with("    "));
    block.map(|line| line.strip_prefix("    ").unwrap_or(line).to_owned()).collect()
}

#[test]
fn the_readme_shows_the_groups_as_they_are_printed() {
    let output = unspin(&["group", "data/sample", "--format", "table"]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let shown = shown("Group 0, 3 articles");
    let start = shown.iter().position(|line| line == "...").expect("an ellipsis where the demo is cut");
    let printed: Vec<String> = text(&output.stdout).lines().take(start).map(str::to_owned).collect();
    assert_eq!(shown[..start], printed);
    let summary = &shown[start + 1];
    assert!(text(&output.stderr).contains(summary.as_str()), "{summary}\n{}", text(&output.stderr));
}

#[test]
fn the_readme_shows_the_comparison_as_it_is_printed() {
    let files = ["data/sample/short-marathon.txt", "data/sample/short-marathon-spun.txt"];
    let output = unspin(&["compare", files[0], files[1]]);
    let shown = shown(&format!("$ unspin compare {} {}", files[0], files[1]));
    let end = shown.iter().position(|line| line == "...").expect("an ellipsis where the demo is cut");
    let printed: Vec<String> = text(&output.stdout).lines().take(end - 1).map(str::to_owned).collect();
    assert_eq!(shown[1..end], printed);
}

#[test]
fn the_labelled_copies_of_the_sample_are_found_and_no_strangers_grouped() {
    let labels = "data/sample.labels.jsonl";
    let output = unspin(&["eval", "-q", "--format", "json", "--labels", labels, "data/sample"]);
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(report["false_groupings"], 0);
    for class in report["classes"].as_array().expect("classes") {
        let (relation, rate) = (class["relation"].as_str().expect("a name"), class["rate"].as_f64());
        if ["exact", "near", "excerpt", "spun"].contains(&relation) {
            assert_eq!(rate, Some(1.0), "{relation}");
        }
    }
}
