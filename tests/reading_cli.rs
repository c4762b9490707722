//! Reading as the command line shows it: standard input, formats by option, and inputs that change meanwhile.
#![cfg(feature = "cli")]

use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

const STORY: &str = "The council said on Monday that the bridge over the Wend will close for eleven nights from 4 May, so \
    that 212 bearings can be replaced. Drivers will be sent over the old ford at Harrow, which floods when the river \
    stands above two metres. Buses 4 and 11 will turn round at the mill.";

fn unspin(arguments: &[&str], stdin: &[u8]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_unspin"));
    let command = command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // A program that refuses its arguments may be gone before it has read anything.
    let _ = child.stdin.take().unwrap().write_all(stdin);
    child.wait_with_output().unwrap()
}

fn told(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn relation(output: &Output) -> String {
    assert!(output.status.success(), "{}", told(output));
    let verdict: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    verdict["relation"].as_str().unwrap_or_default().to_owned()
}

fn path(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[test]
fn compare_reads_standard_input_as_it_reads_files() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("story.txt");
    std::fs::write(&file, STORY).unwrap();
    let page = format!(
        "<!DOCTYPE html><html><head><title>A bridge</title></head><body><nav>Home</nav><p>{STORY}</p></body></html>"
    );
    let utf16: Vec<u8> = STORY.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let packed = zstd::encode_all(STORY.as_bytes(), 3).unwrap();
    for text in [STORY.as_bytes(), page.as_bytes(), &utf16, &packed] {
        assert_eq!(relation(&unspin(&["compare", path(&file), "-", "--format", "json"], text)), "exact");
    }
}

#[test]
fn compare_refuses_standard_input_that_is_empty_or_named_twice() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("story.txt");
    std::fs::write(&file, STORY).unwrap();
    let empty = unspin(&["compare", path(&file), "-"], b"");
    assert_eq!(empty.status.code(), Some(2));
    assert!(told(&empty).contains("<stdin>: the text is empty"), "{}", told(&empty));
    let twice = unspin(&["compare", "-", "-"], STORY.as_bytes());
    assert_eq!(twice.status.code(), Some(2));
    assert!(told(&twice).contains("can be read only once"), "{}", told(&twice));
}

#[test]
fn a_format_and_the_reading_of_html_can_be_given() {
    let table = format!("id;body\n1;\"<p>{STORY}</p>\"\n2;\"{STORY}\"\n");
    let grouped = unspin(&["group", "-", "--input-format", "csv"], table.as_bytes());
    assert_eq!(grouped.status.code(), Some(0), "{}", told(&grouped));
    assert!(String::from_utf8_lossy(&grouped.stdout).contains("\"exact\""));
    let raw = unspin(&["group", "-", "--input-format", "csv", "--extract=never"], table.as_bytes());
    assert!(!String::from_utf8_lossy(&raw.stdout).contains("\"exact\""));
}

#[test]
fn a_file_that_vanishes_before_its_evidence_is_read_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let (file, out) = (folder.path().join("story.txt"), folder.path().join("out.jsonl"));
    let vanish = |verb: &str| {
        std::fs::write(&file, STORY).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_unspin"));
        let command = command.args([verb, path(&file), "-", "--force", "-o", path(&out)]);
        let mut child = command.stdin(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut stdin = child.stdin.take().unwrap();
        // More than a pipe holds: when all of it is written, the file before it was read.
        stdin.write_all(&b"\n".repeat(1 << 20)).unwrap();
        std::fs::remove_file(&file).unwrap();
        let copy = STORY.replace("eleven nights", "a dozen nights");
        writeln!(stdin, "{}", serde_json::json!({"id": "copy", "text": copy})).unwrap();
        drop(stdin);
        child.wait_with_output().unwrap()
    };
    let grouped = vanish("group");
    assert_eq!(grouped.status.code(), Some(0));
    assert!(told(&grouped).contains(&format!("warning: {}: ", path(&file))), "{}", told(&grouped));
    assert!(out.exists());

    std::fs::remove_file(&out).unwrap();
    let deduplicated = vanish("dedup");
    assert_eq!(deduplicated.status.code(), Some(2));
    assert!(told(&deduplicated).contains("story.txt: "), "{}", told(&deduplicated));
    assert!(!out.exists());
}

#[test]
fn labels_may_begin_with_a_mark() {
    let folder = tempfile::tempdir().unwrap();
    let (articles, labels) = (folder.path().join("wire.jsonl"), folder.path().join("labels.jsonl"));
    let line = |id: &str| serde_json::json!({"id": id, "text": STORY}).to_string() + "\n";
    std::fs::write(&articles, line("1") + &line("2")).unwrap();
    std::fs::write(&labels, "\u{FEFF}{\"a\": \"1\", \"b\": \"2\", \"relation\": \"exact\"}\n").unwrap();
    let evaluated = unspin(&["eval", "--labels", path(&labels), path(&articles)], b"");
    assert!(evaluated.status.success(), "{}", told(&evaluated));
}

#[cfg(unix)]
#[test]
fn an_input_that_is_reached_through_a_link_is_not_replaced() {
    let (folder, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let file = elsewhere.path().join("wire.csv");
    std::fs::write(&file, format!("id,text\n1,\"{STORY}\"\n")).unwrap();
    std::os::unix::fs::symlink(&file, folder.path().join("linked.csv")).unwrap();
    let refused = unspin(&["dedup", path(folder.path()), "--force", "-o", path(&file)], b"");
    assert_eq!(refused.status.code(), Some(2));
    assert!(told(&refused).contains("not among the inputs"), "{}", told(&refused));
    assert!(std::fs::read_to_string(&file).unwrap().starts_with("id,text"));
}
