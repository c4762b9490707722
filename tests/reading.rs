//! Reading a corpus through the public interface: what people have is read alike in every form, what cannot be read
//! is told with its place, and everything good beside it is used.
#![cfg(feature = "cli")]

#[path = "support/reading.rs"]
mod support;

use std::io::Write;

use support::{Folder, Outcome, bzip2, gzip, read, read_with, utf16, xz, zstd};
use unspin::corpus::{Fields, Format, Kind, Options, Problems, Reader};
use unspin::{Error, Place};

/// Three good records and their ids.
const WIRE: &str = r#"{"id": "a", "title": "Mill", "date": "2026-04-27", "text": "The mill reopens on Monday."}
{"id": 17, "title": null, "text": "Rain is expected.\nGrößere Schäden 🙂 blieben aus."}

{"text": "An article without any id."}
"#;

const TEXTS: [&str; 3] =
    ["The mill reopens on Monday.", "Rain is expected.\nGrößere Schäden 🙂 blieben aus.", "An article without any id."];

fn qualified() -> Options {
    Options { qualify_ids: true, ..Options::default() }
}

fn in_lines(count: usize) -> String {
    let line = |n| serde_json::json!({"id": n, "text": format!("Article number {n} of the wire.")}).to_string() + "\n";
    (0..count).map(line).collect()
}

// ---------------------------------------------------------------------------------------------------- formats

#[test]
fn jsonl_is_read_alike_in_every_encoding_and_compression() {
    let two_members = |pack: fn(String) -> Vec<u8>| {
        let (first, second) = WIRE.split_at(WIRE.find("Rain").unwrap());
        [pack(first.into()), pack(second.into())].concat()
    };
    for (name, content) in [
        ("wire.jsonl", WIRE.as_bytes().to_vec()),
        ("wire.NDJSON", WIRE.as_bytes().to_vec()),
        ("wire.jsonl", WIRE.trim_end().as_bytes().to_vec()),
        ("wire.jsonl", WIRE.replace('\n', "\r\n").into_bytes()),
        ("wire.jsonl", format!("\u{FEFF}{WIRE}").into_bytes()),
        ("wire.jsonl", utf16(WIRE, u16::to_le_bytes)),
        ("wire.jsonl", utf16(WIRE, u16::to_be_bytes)),
        ("wire.jsonl.gz", gzip(WIRE)),
        ("wire.jsonl.zst", zstd(WIRE)),
        ("wire.ndjson.GZ", two_members(gzip)),
        ("wire.jsonl.zst", two_members(zstd)),
        ("wire.jsonl", gzip(WIRE)),
        ("wire.jsonl", zstd(WIRE)),
        ("wire.jsonl.gz", gzip(utf16(WIRE, u16::to_le_bytes))),
        ("wire.jsonl", utf16(WIRE, u16::to_le_bytes)[2..].to_vec()),
        ("wire.jsonl.bz2", bzip2(WIRE)),
        ("wire.jsonl.xz", xz(WIRE)),
        ("wire.jsonl.bz2", two_members(bzip2)),
        ("wire.jsonl.xz", two_members(xz)),
        ("wire.jsonl.gz", xz(WIRE)),
        ("wire.json", WIRE.as_bytes().to_vec()),
    ] {
        let folder = Folder::new();
        let file = folder.write(name, &content);
        let outcome = read([&file]);
        assert!(outcome.is_clean(), "{name}: {:#?}", outcome.talk);
        assert_eq!(outcome.texts(), TEXTS, "{name}");
        assert_eq!(outcome.ids(), ["a", "17", &format!("{name}:4")]);
        assert_eq!(outcome.records[0].meta.title.as_deref(), Some("Mill"));
        assert_eq!(outcome.records[0].meta.date, Some(1_777_248_000));
        assert_eq!(outcome.records[1].meta.title, None);
        assert_eq!(outcome.records[2].place, Place::line(file.display().to_string(), 4));

        let stdin = read_with(["-"], Options::default(), std::io::Cursor::new(content));
        assert!(stdin.is_clean(), "{name}: {:#?}", stdin.talk);
        assert_eq!(stdin.texts(), TEXTS);
        assert_eq!(stdin.ids(), ["a", "17", "stdin:4"]);
        assert_eq!(stdin.records[2].place.to_string(), "<stdin>:4");
    }
}

#[test]
fn a_text_file_is_one_article_in_every_encoding_and_compression() {
    let text = "The mill reopens.\r\n\r\nGrößere Schäden 🙂 blieben aus.\n";
    for (name, content) in [
        ("story.txt", text.as_bytes().to_vec()),
        ("story.md", format!("\u{FEFF}{text}").into_bytes()),
        ("story.TXT", utf16(text, u16::to_le_bytes)),
        ("story.txt", utf16(text, u16::to_be_bytes)),
        ("story.txt.gz", gzip(text)),
        ("story.md.zst", zstd(text)),
        ("story.txt.gz", gzip(utf16(text, u16::to_be_bytes))),
    ] {
        let folder = Folder::new();
        folder.write(name, content);
        let outcome = folder.read();
        assert!(outcome.is_clean(), "{name}: {:#?}", outcome.talk);
        assert_eq!((outcome.ids(), outcome.texts()), (vec![name], vec![text]));
        assert_eq!(outcome.records[0].place.line, None);
    }
}

#[test]
fn a_file_named_directly_is_text_whatever_its_extension() {
    let folder = Folder::new();
    let files = ["story", "story.log", "story.doc.gz", "story.1"]
        .map(|name| folder.write(name, if name.ends_with("gz") { gzip("A story.") } else { b"A story.".to_vec() }));
    let outcome = read(&files);
    assert!(outcome.is_clean());
    assert_eq!(outcome.ids(), ["story", "story.1", "story.doc.gz", "story.log"]);
    assert_eq!(outcome.texts(), ["A story."; 4]);
}

#[test]
fn the_same_articles_give_the_same_texts_from_files_and_from_lines() {
    let (files, lines) = (Folder::new(), Folder::new());
    let mut jsonl = String::new();
    for (n, text) in TEXTS.into_iter().enumerate() {
        files.write(&format!("{n}.txt"), text);
        jsonl += &serde_json::json!({"id": format!("{n}.txt"), "text": text}).to_string();
        jsonl.push('\n');
    }
    lines.write("all.jsonl", jsonl);
    let (files, lines) = (files.read(), lines.read());
    assert_eq!((files.ids(), files.texts()), (lines.ids(), lines.texts()));
}

#[test]
fn fields_are_found_by_the_names_that_are_given() {
    let folder = Folder::new();
    let file = folder.write(
        "wire.jsonl",
        r#"{"meta": {"uri": 5}, "text": "Not this.", "doc": {"parts": {"main": "But this."}}, "when": 1777248000}"#,
    );
    let fields = Fields {
        id: vec!["meta.uri".into()],
        text: vec!["doc.parts.main".into()],
        date: vec!["when".into()],
        ..Fields::default()
    };
    let outcome = read_with([file], Options { fields, ..Options::default() }, std::io::empty());
    assert!(outcome.is_clean());
    assert_eq!((outcome.ids(), outcome.texts()), (vec!["5"], vec!["But this."]));
    assert_eq!(outcome.records[0].meta.date, Some(1_777_248_000));
}

#[test]
fn a_line_of_many_megabytes_is_read() {
    let folder = Folder::new();
    let long = "word and ".repeat(1 << 20);
    folder.write("wire.jsonl", format!("{{\"id\": 1, \"text\": \"{long}\"}}\n{{\"id\": 2, \"text\": \"Short.\"}}\n"));
    let outcome = folder.read();
    assert!(outcome.is_clean());
    assert_eq!((outcome.texts()[0].len(), outcome.texts()[1]), (long.len(), "Short."));
}

// ---------------------------------------------------------------------------------------------------- ids and order

#[test]
fn ids_in_a_folder_are_paths_from_there() {
    let folder = Folder::new();
    folder.write("b/deep/story.txt", "One.");
    folder.write("b.txt", "Two.");
    folder.write(".hidden/.story.md", "Three.");
    folder.write("b/wire.jsonl", r#"{"text": "Four."}"#);
    folder.write(".gitignore", "*");
    let outcome = folder.read();
    assert_eq!(outcome.ids(), [".hidden/.story.md", "b.txt", "b/deep/story.txt", "b/wire.jsonl:1"]);
    assert_eq!(outcome.counts, [(Kind::PassedOver, 1)]);
    assert_eq!(outcome.told(), "note: 1 file of another kind was passed over");
    assert_eq!(outcome.dropped, 0);
}

#[test]
fn the_order_is_that_of_the_paths_however_the_arguments_are_given() {
    let folder = Folder::new();
    let wire = folder.write("m/wire.jsonl", in_lines(2));
    folder.write("a/z.txt", "A to z.");
    folder.write("z/a.txt", "Z to a.");
    let story = folder.write("b.txt", "A story.");
    let arguments = [folder.path("z"), wire, story, folder.path("a"), "-".into()];
    for first in 0..arguments.len() {
        let mut turned = arguments.clone();
        turned.rotate_left(first);
        let stdin = &br#"{"id": "last", "text": "From stdin."}"#[..];
        let outcome = read_with(&turned, Options::default(), stdin);
        assert!(outcome.is_clean());
        assert_eq!(outcome.ids(), ["z.txt", "b.txt", "0", "1", "a.txt", "last"]);
    }
}

#[test]
fn of_a_repeated_id_the_first_record_stands() {
    let folder = Folder::new();
    folder.write("a.jsonl", "{\"id\": 7, \"text\": \"First.\"}\n{\"id\": \"7\", \"text\": \"Second.\"}\n");
    folder.write("b.jsonl", "\n{\"id\": 7, \"text\": \"Third.\"}\n{\"id\": 8, \"text\": \"Other.\"}\n");
    let outcome = folder.read();
    assert_eq!(outcome.texts(), ["First.", "Other."]);
    assert_eq!(outcome.counts, [(Kind::RepeatedId, 2)]);
    let [a, b] = ["a.jsonl", "b.jsonl"].map(|name| folder.path(name).display().to_string());
    assert_eq!(
        outcome.talk[1],
        format!(
            "dropped: {b}:2: the id \"7\" was read at {a}:1 already, and the first stands: \
             give every record its own, or name the field that has it with --id-field"
        )
    );
}

#[test]
fn qualified_ids_tell_the_inputs_apart() {
    let folder = Folder::new();
    let one = folder.write("one.jsonl", "{\"id\": 1, \"text\": \"Here.\"}\n{\"text\": \"Without.\"}");
    let two = folder.write("two.jsonl", r#"{"id": 1, "text": "There."}"#);
    folder.write("news/story.txt", "A story.");
    folder.write("news/wire.jsonl", "{\"id\": 1, \"text\": \"Inside.\"}\n{\"text\": \"Without.\"}");
    let arguments = [one, two, folder.path("news"), "-".into()];

    let plain = read_with(&arguments, Options::default(), &br#"{"id": 1, "text": "Piped."}"#[..]);
    assert_eq!(plain.counts, [(Kind::RepeatedId, 3)]);
    assert!(plain.talk[0].ends_with("tell the inputs apart with --qualify-ids"), "{}", plain.talk[0]);

    let apart = read_with(&arguments, qualified(), &br#"{"id": 1, "text": "Piped."}"#[..]);
    assert!(apart.is_clean());
    assert_eq!(
        apart.ids(),
        ["news/story.txt", "news/1", "news/wire.jsonl:2", "one.jsonl/1", "one.jsonl:2", "two.jsonl/1", "stdin/1"]
    );
}

#[test]
fn a_file_reached_twice_is_read_once() {
    let folder = Folder::new();
    let story = folder.write("news/deep/story.txt", "A story.");
    let news = folder.path("news");
    for arguments in [vec![&story, &news], vec![&news, &story], vec![&story, &story], vec![&news, &news]] {
        let outcome = read(arguments);
        assert_eq!(outcome.texts(), ["A story."]);
        assert_eq!((outcome.counts.as_slice(), outcome.dropped), (&[(Kind::ReachedTwice, 1)][..], 0));
        assert!(outcome.told().contains("story.txt: named twice, and read once"), "{}", outcome.told());
    }
    assert_eq!(read([&story, &news]).ids(), read([&news, &story]).ids());
}

#[test]
fn long_numbers_stay_apart_as_ids() {
    let folder = Folder::new();
    let ids = ["18446744073709551616", "18446744073709551617", "123456789012345678901234567890"];
    folder.write("wire.jsonl", ids.map(|id| format!("{{\"id\": {id}, \"text\": \"a\"}}\n")).concat());
    let outcome = folder.read();
    assert!(outcome.is_clean(), "{:#?}", outcome.talk);
    assert_eq!(outcome.ids(), ids);
}

// ---------------------------------------------------------------------------------------------------- bad records

/// Reads one bad line between two good ones.
fn between_good_lines(bad: impl AsRef<[u8]>) -> (Outcome, String) {
    let folder = Folder::new();
    let lines = [br#"{"id": "before", "text": "Good."}"#, bad.as_ref(), br#"{"id": "after", "text": "Good."}"#];
    let file = folder.write("wire.jsonl", lines.join(&b'\n'));
    let outcome = read([&file]);
    let told = outcome.told().replace(&file.display().to_string(), "wire.jsonl");
    (outcome, told)
}

#[test]
fn a_bad_line_is_told_with_its_place_and_remedy_and_its_neighbours_are_read() {
    let table: [(&[u8], Kind, &str); 9] = [
        (
            b"{\"text\": \"cut",
            Kind::Malformed,
            "not JSON from column 13 on (EOF while parsing a string): write one whole",
        ),
        (b"{\"text\": 'a'}", Kind::Malformed, "not JSON from column 10 on (expected value)"),
        (b"[{\"text\": \"a\"}]", Kind::Malformed, "not a JSON object: write one object a line"),
        (b"\0\0\0\0", Kind::Malformed, "not a JSON object"),
        (b"{}", Kind::NoText, "no text field (tried text, body, content, article; the record has no field at all)"),
        (b"{\"id\": 1, \"contents\": \"a\"}", Kind::NoText, "the record has id, contents): name it with --text-field"),
        (b"{\"text\": null}", Kind::NoText, "no text field (tried text, body, content, article; the record has text)"),
        (b"{\"text\": {\"en\": \"a\"}}", Kind::NoText, "the text field holds an object"),
        (b"{\"text\": \" \\n\\u00a0\"}", Kind::Empty, "the text is empty"),
    ];
    for (bad, kind, message) in table {
        let (outcome, told) = between_good_lines(bad);
        assert_eq!(outcome.ids(), ["before", "after"]);
        assert_eq!((outcome.counts.as_slice(), outcome.dropped), (&[(kind, 1)][..], 1), "{told}");
        assert!(told.starts_with("dropped: wire.jsonl:2: ") && told.contains(message), "{told}");
    }
}

#[test]
fn what_can_be_repaired_is_a_warning_and_the_record_stays() {
    let table: [(&[u8], &str, Kind, &str); 7] = [
        (b"{\"id\": 1, \"text\": \"caf\xE9\"}", "caf\u{FFFD}", Kind::Replaced, "not Unicode text"),
        (br#"{"id": 1, "text": "cut \ud83d"}"#, "cut \u{FFFD}", Kind::Replaced, "not Unicode text"),
        (br#"{"id": 1, "text": "a", "date": "soon"}"#, "a", Kind::UnknownDate, r#"the date "soon" is not understood"#),
        (br#"{"id": 1, "text": "a", "date": 1e300}"#, "a", Kind::UnknownDate, "counts as none"),
        (
            br#"{"id": 1, "text": "a", "date": [2026, 4, 27]}"#,
            "a",
            Kind::UnknownDate,
            "the date a list is not understood",
        ),
        (br#"{"id": 1, "text": "a", "date": 20261399}"#, "a", Kind::UnknownDate, "counts as none"),
        (br#"{"id": {"$oid": "5f"}, "text": "a"}"#, "a", Kind::UnusableId, "the id is an object and counts as none"),
    ];
    for (bad, text, kind, message) in table {
        let (outcome, told) = between_good_lines(bad);
        assert_eq!(outcome.texts(), ["Good.", text, "Good."]);
        assert_eq!((outcome.counts.as_slice(), outcome.dropped), (&[(kind, 1)][..], 0), "{told}");
        assert!(told.starts_with("warning: wire.jsonl:2: ") && told.contains(message), "{told}");
        assert_eq!(outcome.records[1].meta.date, None);
    }
}

#[test]
fn dates_that_are_numbers_or_nothing_are_no_problem() {
    let folder = Folder::new();
    let dates = ["1777248000", "1777248000000", "\"1777248000\"", "1777248000.5", "null", "\"\""];
    let lines: String = dates.map(|date| format!("{{\"text\": \"a\", \"published\": {date}}}\n")).concat();
    folder.write("wire.jsonl", lines);
    let outcome = folder.read();
    assert!(outcome.is_clean());
    let dates: Vec<_> = outcome.records.iter().map(|record| record.meta.date).collect();
    assert_eq!(dates, [[Some(1_777_248_000); 4].as_slice(), &[None; 2]].concat());
}

#[test]
fn bytes_that_are_no_text_are_told_for_a_file_as_well() {
    let folder = Folder::new();
    folder.write("story.txt", b"caf\xE9 au lait");
    let outcome = folder.read();
    assert_eq!(outcome.texts(), ["caf\u{FFFD} au lait"]);
    assert!(outcome.told().starts_with("warning: ") && outcome.told().contains("story.txt: some of it is not Unicode"));
}

#[test]
fn files_of_nothing_are_told_unless_they_hold_lines() {
    let folder = Folder::new();
    folder.write("empty.txt", "");
    folder.write("spaces.md", " \n\t\n");
    folder.write("mark.txt", "\u{FEFF}");
    folder.write("packed.txt.gz", gzip(""));
    folder.write("empty.jsonl", "");
    folder.write("blank.jsonl", "\n \r\n\n");
    folder.write("packed.jsonl.gz", gzip(""));
    folder.write("packed.jsonl.zst", zstd(""));
    let outcome = folder.read();
    assert!(outcome.records.is_empty());
    assert_eq!((outcome.counts, outcome.dropped), (vec![(Kind::Empty, 4)], 4));
}

#[test]
fn a_compressed_file_without_one_byte_is_told() {
    for name in ["wire.jsonl.gz", "wire.jsonl.zst", "story.txt.gz"] {
        let folder = Folder::new();
        folder.write(name, "");
        let outcome = folder.read();
        assert_eq!(outcome.counts, [(Kind::Damaged, 1)], "{name}");
    }
}

// ---------------------------------------------------------------------------------------------------- damage

#[test]
fn compressed_lines_cut_at_any_byte_lose_no_good_record_before_the_cut() {
    let text = in_lines(40);
    // Written out in between, so that there is something to be found before the cut.
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    let mut frames = Vec::new();
    let mut readable = Vec::new();
    for line in text.split_inclusive('\n') {
        encoder.write_all(line.as_bytes()).unwrap();
        encoder.flush().unwrap();
        frames.extend(zstd(line));
        readable.push((encoder.get_ref().len(), frames.len()));
    }
    let member = encoder.finish().unwrap();
    let (gz_end, zst_end) = (member.len(), frames.len());
    for (name, packed) in [("wire.jsonl.gz", &member), ("wire.jsonl.zst", &frames)] {
        let gz = name.ends_with("gz");
        let folder = Folder::new();
        for cut in 0..packed.len() {
            let file = folder.write(name, &packed[..cut]);
            let outcome = read([&file]);
            let whole = readable.iter().filter(|ends| (if gz { ends.0 } else { ends.1 }) <= cut).count();
            assert!(outcome.records.len() >= whole, "{name} cut at {cut}: {} of {whole}", outcome.records.len());
            for (n, record) in outcome.records.iter().enumerate() {
                assert_eq!((record.id.as_str(), record.place.line), (n.to_string().as_str(), Some(n as u64 + 1)));
            }
            let between_frames = !gz && cut > 0 && readable.iter().any(|ends| ends.1 == cut);
            if between_frames {
                assert!(outcome.is_clean(), "{name} cut at {cut}: {:#?}", outcome.talk);
            } else {
                assert_eq!(outcome.counts, [(Kind::Damaged, 1)], "{name} cut at {cut}: {:#?}", outcome.talk);
                assert!(outcome.told().contains(name), "{}", outcome.told());
            }
        }
    }
    assert!(gz_end > 500 && zst_end > 500);
}

#[test]
fn compressed_lines_with_any_byte_flipped_never_panic_or_hang() {
    let text = in_lines(10);
    let folder = Folder::new();
    for (name, packed) in [("wire.jsonl.gz", gzip(&text)), ("wire.jsonl.zst", zstd(&text)), ("w.jsonl", text.into())] {
        for at in 0..packed.len() {
            for flip in [0x01, 0x80, 0xFF] {
                let mut packed = packed.clone();
                packed[at] ^= flip;
                let file = folder.write(name, packed);
                assert!(read([file]).records.len() <= 11);
            }
        }
    }
}

#[test]
fn half_a_compressed_text_is_no_article() {
    let folder = Folder::new();
    let packed = gzip("A story that goes on and on.");
    folder.write("cut.txt.gz", &packed[..packed.len() - 12]);
    folder.write("whole.txt.gz", packed);
    let outcome = folder.read();
    assert_eq!(outcome.ids(), ["whole.txt.gz"]);
    assert_eq!(outcome.counts, [(Kind::Damaged, 1)]);
}

#[test]
fn damage_is_told_with_the_line_it_was_met_in() {
    let folder = Folder::new();
    let file = folder.write("wire.jsonl.zst", [zstd(in_lines(3)), b"garbage".to_vec()].concat());
    let outcome = read([&file]);
    assert_eq!(outcome.ids(), ["0", "1", "2"]);
    let told = outcome.told().replace(&file.display().to_string(), "wire.jsonl.zst");
    assert!(told.starts_with("dropped: wire.jsonl.zst:4: "), "{told}");
    assert!(told.ends_with("everything before is used: fetch the file again for the rest"), "{told}");
}

#[test]
fn content_tells_the_compression_and_not_the_name() {
    let folder = Folder::new();
    folder.write("plain.jsonl.gz", in_lines(3));
    folder.write("packed.jsonl", bzip2(in_lines(6).split_off(in_lines(3).len())));
    folder.write("other.txt.zst", xz("A story."));
    let outcome = folder.read();
    assert!(outcome.is_clean(), "{:#?}", outcome.talk);
    assert_eq!(outcome.ids(), ["other.txt.zst", "3", "4", "5", "0", "1", "2"]);
}

#[test]
fn what_is_neither_text_nor_compressed_is_damaged_where_the_name_promises_compression() {
    let folder = Folder::new();
    folder.write("story.txt.gz", b"\x00\x01\x02 no gzip");
    let outcome = folder.read();
    assert!(outcome.records.is_empty());
    assert_eq!(outcome.counts, [(Kind::Damaged, 1)]);
}

// ---------------------------------------------------------------------------------------------------- bad files

#[test]
fn what_is_not_there_is_told_and_the_rest_goes_on() {
    let folder = Folder::new();
    let story = folder.write("story.txt", "A story.");
    let outcome = read([folder.path("no-such-file.txt"), story, folder.path("no-such-folder/")]);
    assert_eq!(outcome.ids(), ["story.txt"]);
    assert_eq!((outcome.counts.as_slice(), outcome.dropped), (&[(Kind::Unreadable, 2)][..], 2));
    assert!(outcome.talk.iter().all(|line| line.contains("No such file") && line.contains("check the name")));
}

#[test]
fn a_file_that_vanishes_between_the_walk_and_the_reading_is_told() {
    let folder = Folder::new();
    let gone = folder.write("gone.txt", "A story.");
    let stays = folder.write("stays.txt", "A story.");
    let mut problems = Problems::silent();
    let reader = Reader::open([&gone, &stays], Options::default(), &mut problems).unwrap();
    std::fs::remove_file(gone).unwrap();
    let corpus = reader.read(&mut problems, |_| Ok(())).unwrap();
    assert_eq!((corpus.totals().articles, corpus.totals().inputs), (1, 1));
    assert_eq!(problems.count(Kind::Unreadable), 1);
}

#[cfg(unix)]
mod unix {
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::*;

    #[test]
    fn links_are_followed_and_loops_and_broken_ones_told() {
        let folder = Folder::new();
        let elsewhere = Folder::new();
        elsewhere.write("deep/linked.txt", "A linked story.");
        folder.write("a/story.txt", "A story.");
        symlink(folder.path(""), folder.path("a/up")).unwrap();
        symlink(folder.path("nowhere.txt"), folder.path("broken.txt")).unwrap();
        symlink(elsewhere.path("deep"), folder.path("link")).unwrap();
        symlink(folder.path("a/story.txt"), folder.path("z.txt")).unwrap();
        let outcome = folder.read();
        assert_eq!(outcome.ids(), ["a/story.txt", "link/linked.txt"]);
        assert_eq!(outcome.counts, [(Kind::Unreadable, 1), (Kind::ReachedTwice, 2)]);
        let told = outcome.talk.join("\n");
        assert!(told.contains("a/up: a link back to") && told.contains("broken.txt: No such file"), "{told}");
        assert!(told.contains("z.txt: the same file as") && told.contains("a/story.txt, and read as"), "{told}");
    }

    #[test]
    fn names_that_are_no_text_stay_apart() {
        use std::os::unix::ffi::OsStrExt;
        let folder = Folder::new();
        let name = |byte: u8| folder.path("").join(std::ffi::OsStr::from_bytes(&[b'a', byte, b'.', b't', b'x', b't']));
        if [0xE8, 0xE9].iter().any(|&byte| std::fs::write(name(byte), format!("Story {byte}.")).is_err()) {
            return; // Some systems have names of Unicode only.
        }
        let outcome = folder.read();
        assert!(outcome.is_clean(), "{:#?}", outcome.talk);
        assert_eq!(outcome.ids(), [r"a\xe8.txt", r"a\xe9.txt"]);
    }

    #[test]
    fn what_may_not_be_read_is_told() {
        let folder = Folder::new();
        let locked = folder.write("locked.txt", "A story.");
        folder.write("open.txt", "A story.");
        std::fs::set_permissions(&locked, PermissionsExt::from_mode(0o000)).unwrap();
        if std::fs::File::open(&locked).is_ok() {
            return; // The superuser may read everything.
        }
        let outcome = folder.read();
        assert_eq!(outcome.ids(), ["open.txt"]);
        assert!(outcome.told().contains("permit reading it"));
    }

    fn pipe(folder: &Folder, name: &str) -> std::path::PathBuf {
        let path = folder.path(name);
        assert!(std::process::Command::new("mkfifo").arg(&path).status().unwrap().success());
        path
    }

    #[test]
    fn pipes_and_sockets_in_a_folder_are_told_and_never_waited_for() {
        let folder = Folder::new();
        folder.write("story.txt", "A story.");
        pipe(&folder, "pipe.jsonl");
        pipe(&folder, "control");
        let _socket = std::os::unix::net::UnixListener::bind(folder.path("socket.txt")).unwrap();
        let outcome = folder.read();
        assert_eq!(outcome.ids(), ["story.txt"]);
        assert_eq!(outcome.counts, [(Kind::Unreadable, 2), (Kind::PassedOver, 1)]);
        assert!(
            outcome.talk[0]
                .ends_with("pipe.jsonl: a pipe, socket or device and no file: name it directly if it is to be read")
        );

        let outcome = read([folder.path("socket.txt")]);
        assert_eq!(outcome.counts, [(Kind::Unreadable, 1)]);
    }

    #[test]
    fn a_pipe_named_directly_is_read_as_its_name_tells_or_else_as_jsonl() {
        for (name, content, ids) in [
            ("63", WIRE.as_bytes().to_vec(), vec!["a", "17", "63:4"]),
            ("wire.jsonl.gz", gzip(WIRE), vec!["a", "17", "wire.jsonl.gz:4"]),
            ("story.txt", b"A story.".to_vec(), vec!["story.txt"]),
        ] {
            let folder = Folder::new();
            let path = pipe(&folder, name);
            let writer = std::thread::spawn({
                let path = path.clone();
                move || std::fs::write(path, content).unwrap()
            });
            let outcome = read([path]);
            writer.join().unwrap();
            assert!(outcome.is_clean());
            assert_eq!(outcome.ids(), ids);
        }
    }

    #[test]
    fn devices_end_at_once_or_are_told() {
        let outcome = read(["/dev/null"]);
        assert!(outcome.is_clean() && outcome.records.is_empty());
    }
}

// ---------------------------------------------------------------------------------------------------- reading again

#[test]
fn records_are_read_again_as_they_stood() {
    let folder = Folder::new();
    folder.write("a.jsonl", WIRE.replace('\n', "\r\n"));
    folder.write("b.txt", utf16("Größe", u16::to_le_bytes));
    let outcome = folder.read();
    let lines: Vec<_> = WIRE.lines().filter(|line| !line.is_empty()).collect();
    for (record, line) in outcome.records.iter().zip(&lines) {
        assert_eq!(outcome.corpus.raw(record.source).unwrap(), line.as_bytes());
        assert_eq!(outcome.corpus.format(record.source), Format::Jsonl);
    }
    let text = outcome.records[3].source;
    assert_eq!(outcome.corpus.raw(text).unwrap(), utf16("Größe", u16::to_le_bytes));
    assert_eq!(outcome.corpus.format(text), Format::Text);

    // Decoded lines come back as JSON that can be written into any file.
    let stdin = read_with(["-"], Options::default(), std::io::Cursor::new(utf16(WIRE, u16::to_be_bytes)));
    assert_eq!(stdin.corpus.raw(stdin.records[1].source).unwrap(), lines[1].as_bytes());
}

#[test]
fn many_threads_read_again_from_many_files_at_once() {
    let folder = Folder::new();
    for n in 0..100 {
        folder.write(&format!("{n:03}.txt"), format!("Story number {n}."));
    }
    folder.write("wire.jsonl", in_lines(100));
    folder.write("more.jsonl.gz", gzip(in_lines(200).split_off(in_lines(100).len())));
    let outcome = folder.read();
    assert_eq!(outcome.records.len(), 300);
    std::thread::scope(|scope| {
        for start in 0..4 {
            let outcome = &outcome;
            scope.spawn(move || {
                for record in outcome.records.iter().skip(start).step_by(3) {
                    assert_eq!(outcome.corpus.text(record.source).unwrap(), record.text);
                }
            });
        }
    });
}

#[test]
fn a_file_that_changed_meanwhile_is_told_by_name() {
    let folder = Folder::new();
    for (change, content) in [("rewritten", "{\"text\": \"Another!\"}"), ("cut", "{}"), ("emptied", "")] {
        let file = folder.write("wire.jsonl", "{\"text\": \"A story.\"}");
        let outcome = read([&file]);
        let outcome = Outcome { corpus: read([&file]).corpus, ..outcome };
        folder.write("wire.jsonl", content);
        // The text was read again before, so the file is open still: what is written into it is seen.
        let error = outcome.corpus.text(outcome.records[0].source).unwrap_err();
        assert_eq!(
            error.to_string(),
            format!(
                "{}: changed since it was read: run it again when nothing writes to the file any more",
                file.display()
            ),
            "{change}"
        );
    }
}

// ---------------------------------------------------------------------------------------------------- the reader

#[test]
fn strict_reading_ends_with_the_first_problem() {
    let folder = Folder::new();
    folder.write("logo.png", "no article");
    folder.write("wire.jsonl", "{\"text\": \"a\"}\n{\"text\": \"b\", \"date\": \"soon\"}\n{\"text\": \"c\"}\n");
    let mut problems = Problems::silent().strict(true);
    let reader = Reader::open([folder.path("")], Options::default(), &mut problems).unwrap();
    let mut texts = Vec::new();
    let outcome = reader.read(&mut problems, |record| {
        texts.push(record.text);
        Ok(())
    });
    let error = outcome.err().unwrap();
    assert!(error.to_string().contains("wire.jsonl:2: the date \"soon\""), "{error}");
    assert_eq!(texts, ["a"]);

    let missing = Reader::open(["no-such-file"], Options::default(), &mut problems).err().unwrap();
    assert!(matches!(missing, Error::Read { .. }));
}

#[test]
fn whoever_takes_the_records_can_end_the_reading() {
    let mut problems = Problems::silent();
    let reader = Reader::open(["-"], Options::default(), &mut problems).unwrap();
    let endless = std::io::repeat(b'\n');
    let reader = reader.with_stdin(std::io::Read::chain(&br#"{"text": "a"}"#[..], endless));
    let outcome = reader.read(&mut problems, |_| Err(Error::Interrupted));
    assert!(matches!(outcome, Err(Error::Interrupted)));
}

#[test]
fn progress_counts_the_bytes_on_the_disk() {
    let folder = Folder::new();
    let packed = folder.write("wire.jsonl.gz", gzip(in_lines(1000)));
    let plain = folder.write("wire.jsonl", in_lines(10).replace("\"id\":", "\"id\":1"));
    let total = [&packed, &plain].map(|path| path.metadata().unwrap().len()).iter().sum();
    let mut problems = Problems::silent();
    let reader = Reader::open([packed, plain.clone()], Options::default(), &mut problems).unwrap();
    let progress = reader.progress();
    assert_eq!((progress.read(), progress.total()), (0, Some(total)));
    let _ = reader.read(&mut problems, |_| Ok(())).unwrap();
    assert_eq!(progress.read(), total);

    let piped = Reader::open([plain, "-".into()], Options::default(), &mut problems).unwrap();
    assert_eq!(piped.progress().total(), None);
}

#[test]
fn a_temporary_folder_that_cannot_be_used_ends_the_reading_with_the_remedy() {
    let folder = Folder::new();
    let packed = folder.write("wire.jsonl.gz", gzip(WIRE));
    let options = Options { temp_dir: Some(folder.path("no-such-folder")), ..Options::default() };
    let mut problems = Problems::silent();
    let reader = Reader::open([packed], options, &mut problems).unwrap();
    let error = reader.read(&mut problems, |_| Ok(())).err().unwrap();
    assert!(matches!(error, Error::Spool { .. }));
    assert!(error.to_string().contains("--temp-dir"), "{error}");
}

#[test]
fn what_is_read_once_needs_no_temporary_folder_and_cannot_be_read_again() {
    let folder = Folder::new();
    let packed = folder.write("wire.jsonl.gz", gzip(WIRE));
    let options = Options { temp_dir: Some(folder.path("no-such-folder")), once: true, ..Options::default() };
    let mut problems = Problems::silent();
    let mut read = Vec::new();
    let reader = Reader::open([packed], options, &mut problems).unwrap();
    let corpus = reader
        .read(&mut problems, |record| {
            read.push((record.text, record.source));
            Ok(())
        })
        .unwrap();
    assert!(!read.is_empty());
    for (text, source) in read {
        assert!(!text.is_empty());
        assert!(matches!(corpus.text(source), Err(Error::Config { field: "once", .. })));
    }
}

#[test]
fn a_corpus_and_its_progress_may_be_shared_by_threads() {
    fn shared<T: Send + Sync>() {}
    fn sent<T: Send>() {}
    shared::<unspin::corpus::Corpus>();
    shared::<unspin::corpus::Progress>();
    sent::<Reader>();
    sent::<Problems<'_>>();
}
