//! The formats: the same articles come out of each, damage costs no more than it must, and nothing makes a reader
//! panic, hang or keep silent.
#![cfg(feature = "cli")]

#[path = "support/corpus.rs"]
mod corpus;
#[path = "support/formats.rs"]
mod formats;
#[path = "support/pages.rs"]
mod pages;
#[path = "support/reading.rs"]
mod reading;

use std::collections::BTreeSet;

use formats::Article;
use pages::{CLUTTER, STORIES};
use reading::{Folder, Outcome, bzip2, gzip, read, read_with, xz, zstd};
use unspin::Detector;
use unspin::corpus::{Fields, Format, Html, Kind, Options};

/// Every format with all articles in one file, under its name.
fn files(articles: &[Article]) -> Vec<(&'static str, Vec<u8>)> {
    vec![
        ("wire.jsonl", formats::jsonl(articles)),
        ("wire.json", formats::json(articles)),
        ("wire.csv", formats::csv(articles, b',')),
        ("wire.tsv", formats::csv(articles, b'\t')),
        ("feed.rss", formats::rss(articles)),
        ("feed.xml", formats::atom(articles)),
        ("crawl.warc", formats::warc(articles)),
        ("crawl.warc.gz", formats::warc_gz(articles)),
        ("crawl.warc.wet.gz", gzip(formats::wet(articles))),
        #[cfg(feature = "parquet")]
        ("wire.parquet", formats::parquet(articles, 64)),
    ]
}

fn words(text: &str) -> Vec<&str> {
    text.split_whitespace().collect()
}

/// The groups of what was read, each as the set of its ids.
fn groups(outcome: &Outcome) -> BTreeSet<BTreeSet<String>> {
    let mut detector = Detector::builder().build().unwrap();
    for record in &outcome.records {
        detector.insert(record.id.clone(), &record.text).unwrap();
    }
    let name = |id: &str| id.trim_end_matches(".txt").rsplit('/').next().unwrap_or_default().to_owned();
    let groups = detector.find().groups();
    groups.iter().map(|group| group.members.iter().map(|member| name(member.id.as_str())).collect()).collect()
}

// ---------------------------------------------------------------------------------------------------- the same

#[test]
fn the_same_articles_give_the_same_groups_in_every_format() {
    let articles: Vec<Article> = corpus::generate(200, 6)
        .into_iter()
        .map(|planted| Article {
            url: format!("https://news.example/{}", planted.id.replace(' ', "-")),
            title: "A story".into(),
            date: "2026-04-27T10:00:00Z",
            text: planted.text,
        })
        .collect();
    let (texts, pages) = (Folder::new(), Folder::new());
    for (number, article) in articles.iter().enumerate() {
        texts.write(&format!("{}.txt", article.url.rsplit('/').next().unwrap()), &article.text);
        pages.write(&format!("{number}.html"), formats::page(article));
    }
    let expected = groups(&texts.read());
    assert!(expected.len() > 10, "{}", expected.len());

    let from_pages = pages.read();
    assert!(from_pages.is_clean(), "{:#?}", from_pages.talk);
    assert_eq!(groups(&from_pages), expected, "pages");
    for (name, content) in files(&articles) {
        let folder = Folder::new();
        folder.write(name, content);
        let outcome = folder.read();
        assert_eq!((outcome.records.len(), outcome.dropped), (articles.len(), 0), "{name}: {:#?}", outcome.talk);
        assert_eq!(groups(&outcome), expected, "{name}");
    }
}

#[test]
fn id_title_date_and_text_are_found_in_every_format_and_compression() {
    let articles = formats::articles(3, 8);
    for (name, content) in files(&articles) {
        for (pack, suffix) in [
            ((|content: &Vec<u8>| content.clone()) as fn(&Vec<u8>) -> Vec<u8>, ""),
            (|content| gzip(content), ".gz"),
            (|content| zstd(content), ".zst"),
            (|content| bzip2(content), ".bz2"),
            (|content| xz(content), ".xz"),
        ] {
            if !suffix.is_empty() && content.starts_with(b"\x1F\x8B") {
                continue;
            }
            let folder = Folder::new();
            let file = folder.write(&format!("{name}{suffix}"), pack(&content));
            let outcome = read([&file]);
            assert_eq!(outcome.dropped, 0, "{name}{suffix}: {:#?}", outcome.talk);
            assert_eq!(outcome.records.len(), 3, "{name}{suffix}");
            for (record, article) in outcome.records.iter().zip(&articles) {
                assert_eq!(record.id.as_str(), article.url, "{name}{suffix}");
                assert_eq!(record.meta.date, Some(1_777_284_000), "{name}{suffix}");
                assert_eq!(words(&record.text), words(&article.text), "{name}{suffix}");
                if !name.contains("wet") {
                    assert_eq!(record.meta.title.as_deref(), Some(article.title.as_str()), "{name}{suffix}");
                }
            }
        }
    }
}

#[test]
fn every_format_gives_a_line_of_jsonl_that_reads_the_same() {
    let articles = formats::articles(3, 8);
    let mut all = files(&articles);
    all.push(("page.html", formats::page(&articles[0]).into_bytes()));
    all.push(("story.txt", articles[0].text.clone().into_bytes()));
    for (name, content) in all {
        let folder = Folder::new();
        folder.write(name, content);
        let outcome = folder.read();
        let lines: Vec<_> =
            outcome.records.iter().map(|record| outcome.corpus.line(record.source, &record.id).unwrap()).collect();
        assert!(lines.iter().all(|line| !line.contains(&b'\n')), "{name}");
        let again = Folder::new();
        let again = read([again.write("out.jsonl", lines.join(&b'\n'))]);
        assert_eq!((again.ids(), again.texts()), (outcome.ids(), outcome.texts()), "{name}");
    }
}

#[test]
fn a_format_may_be_given_where_names_tell_nothing() {
    let articles = formats::articles(2, 3);
    for (format, content) in [
        (Format::Csv, formats::csv(&articles, b';')),
        (Format::Feed, formats::rss(&articles)),
        (Format::Warc, formats::warc_gz(&articles)),
        (Format::Json, formats::json(&articles)),
        #[cfg(feature = "parquet")]
        (Format::Parquet, formats::parquet(&articles, 1)),
    ] {
        let options = Options { format: Some(format), ..Options::default() };
        let outcome = read_with(["-"], options, std::io::Cursor::new(content));
        assert_eq!((outcome.records.len(), outcome.dropped), (2, 0), "{format:?}: {:#?}", outcome.talk);
    }
}

// ---------------------------------------------------------------------------------------------------- damage

/// Reads each file cut at every byte and with bytes flipped. Records that stand whole before the damage are read.
fn survives(name: &str, content: &[u8], articles: &[Article], whole_before: impl Fn(usize) -> usize) {
    let folder = Folder::new();
    let ids: Vec<&str> = articles.iter().map(|article| article.url.as_str()).collect();
    for cut in 0..content.len() {
        let file = folder.write(name, &content[..cut]);
        let outcome = read([&file]);
        let whole = whole_before(cut);
        let read: Vec<&str> = outcome.ids();
        assert!(read.len() >= whole, "{name} cut at {cut}: {read:?} of {whole}: {:#?}", outcome.talk);
        assert_eq!(read[..whole], ids[..whole], "{name} cut at {cut}");
        let of_parts = [".csv", ".jsonl", "wire.json"].iter().any(|suffix| name.ends_with(suffix));
        if read.len() == whole && whole < articles.len() && cut > 0 && !of_parts {
            let between = content[..cut].ends_with(b"\r\n\r\n") || name.ends_with("gz");
            assert!(between || !outcome.counts.is_empty(), "{name} cut at {cut} without a word");
        }
    }
    for at in (0..content.len()).step_by(3) {
        for flip in [0x01, 0x20, 0xFF] {
            let mut content = content.to_vec();
            content[at] ^= flip;
            let file = folder.write(name, content);
            let outcome = read([&file]);
            let read = outcome.ids();
            let whole = whole_before(at);
            assert!(
                read.len() >= whole && read[..whole] == ids[..whole],
                "{name} flipped at {at}: {read:?} of {whole}"
            );
            assert!(read.len() <= articles.len() + 1);
        }
    }
}

/// The numbers of bytes at which each record is complete.
fn ends(pieces: &[Vec<u8>], head: usize) -> Vec<usize> {
    pieces
        .iter()
        .scan(head, |end, piece| {
            *end += piece.len();
            Some(*end)
        })
        .collect()
}

/// How many records are complete before a byte, with those bytes of slack behind each.
fn before(ends: Vec<usize>, slack: usize) -> impl Fn(usize) -> usize {
    move |at| ends.iter().filter(|&&end| end <= at + slack).count()
}

/// Where each occurrence of a mark ends.
fn marks(content: &[u8], mark: &[u8]) -> Vec<usize> {
    (mark.len()..=content.len()).filter(|&end| content[..end].ends_with(mark)).collect()
}

#[test]
fn lines_lists_and_tables_survive_damage() {
    let articles = formats::articles(4, 1);
    let lines = formats::jsonl(&articles);
    survives("wire.jsonl", &lines, &articles, before(marks(&lines, b"}\n"), 0));
    survives("wire.json", &lines, &articles, before(marks(&lines, b"}\n"), 0));
    let list = formats::json(&articles);
    survives("list.json", &list, &articles, before(marks(&list, b"\n  }"), 0));
    let table = formats::csv(&articles, b',');
    survives("wire.csv", &table, &articles, before(marks(&table, b"\n")[1..].to_vec(), 0));
}

#[test]
fn feeds_survive_damage() {
    let articles = formats::articles(3, 1);
    for (name, content, end) in
        [("a.rss", formats::rss(&articles), "</item>"), ("a.atom", formats::atom(&articles), "</entry>")]
    {
        // A flaw in the head of a feed can cost all of it.
        let ends = marks(&content, end.as_bytes());
        survives(name, &content, &articles, before(ends, 0));
    }
}

#[test]
fn archives_survive_damage() {
    let articles = formats::articles(3, 2);
    let pieces: Vec<_> = articles.iter().map(formats::response).collect();
    survives("a.warc", &pieces.concat(), &articles, before(ends(&pieces, 0), 0));
    let members: Vec<_> = pieces.iter().map(gzip).collect();
    survives("a.warc.gz", &members.concat(), &articles, before(ends(&members, 0), 0));
}

#[cfg(feature = "parquet")]
#[test]
fn parquet_survives_damage() {
    // Its description stands at the end, so that nothing can be read of a file that is cut.
    let articles = formats::articles(3, 1);
    survives("a.parquet", &formats::parquet(&articles, 1), &articles, |_| 0);
}

#[test]
fn a_damaged_member_of_an_archive_costs_its_own_record_only() {
    let articles = formats::articles(5, 3);
    let mut members: Vec<_> = articles.iter().map(|article| gzip(formats::response(article))).collect();
    let middle = members[2].len() / 2;
    members[2][middle] ^= 0xFF;
    members[2][middle + 1] ^= 0xFF;
    let folder = Folder::new();
    folder.write("a.warc.gz", members.concat());
    let outcome = folder.read();
    let ids: Vec<&str> = [0, 1, 3, 4].map(|n| articles[n].url.as_str()).to_vec();
    assert_eq!(outcome.ids(), ids);
    assert!(outcome.dropped >= 1 && outcome.talk[0].contains("a.warc.gz, record 3"), "{:#?}", outcome.talk);
}

// ---------------------------------------------------------------------------------------------------- pages

#[test]
fn of_twenty_layouts_the_article_is_read_and_nothing_around_it() {
    for page in pages::pages() {
        let folder = Folder::new();
        folder.write("page.html", &page.html);
        let outcome = folder.read();
        assert!(outcome.is_clean(), "{}: {:#?}", page.layout, outcome.talk);
        let record = &outcome.records[0];
        let text = words(&record.text).join(" ");
        let story = &STORIES[page.story];
        for paragraph in story.paragraphs {
            let whole = words(paragraph).join(" ").split(". ").all(|sentence| text.contains(sentence));
            assert!(whole, "{} lost {paragraph:?}: {text}", page.layout);
        }
        for clutter in CLUTTER {
            assert!(!text.contains(clutter), "{} kept {clutter:?}: {text}", page.layout);
        }
        assert_eq!(record.meta.title.as_deref(), Some(story.title), "{}", page.layout);
        assert_eq!(record.meta.date, Some(1_777_284_000), "{}", page.layout);
        let own = if page.html.contains("canonical") { "https://news.example/2026/" } else { "page.html" };
        assert!(record.id.as_str().starts_with(own), "{}: {}", page.layout, record.id);
    }
}

#[test]
fn pages_that_share_their_canonical_address_keep_their_paths() {
    let article = &formats::articles(1, 5)[0];
    let folder = Folder::new();
    for name in ["a.html", "b.html", "c/d.htm"] {
        folder.write(name, formats::page(article));
    }
    let outcome = folder.read();
    assert!(outcome.is_clean(), "{:#?}", outcome.talk);
    assert_eq!(outcome.ids(), [article.url.as_str(), "b.html", "c/d.htm"]);
}

#[test]
fn html_in_fields_is_read_or_left_as_asked() {
    let article = &formats::articles(1, 5)[0];
    let whole = formats::page(article);
    let fragment = formats::paragraphs("One & two.\n\nThree < four.");
    let lines = [
        serde_json::json!({"id": 1, "text": whole}),
        serde_json::json!({"id": 2, "text": fragment}),
        serde_json::json!({"id": 3, "text": "Plain, with a <b>tag</b> in it."}),
    ];
    let folder = Folder::new();
    let file = folder.write("wire.jsonl", lines.map(|line| line.to_string()).join("\n"));
    let texts = |html| {
        let outcome = read_with([&file], Options { html, ..Options::default() }, std::io::empty());
        assert!(outcome.is_clean());
        outcome.records.into_iter().map(|record| (words(&record.text).join(" "), record.meta)).collect::<Vec<_>>()
    };
    let auto = texts(Html::Auto);
    assert_eq!(auto[0].0, words(&article.text).join(" "));
    assert_eq!(
        (auto[0].1.title.as_deref(), auto[0].1.date),
        (Some("What article number 0 of the wire tells"), Some(1_777_284_000))
    );
    assert_eq!(auto[1].0, "One & two. Three < four.");
    assert_eq!(auto[2].0, "Plain, with a <b>tag</b> in it.");
    assert_eq!(texts(Html::Always)[2].0, "Plain, with a tag in it.");
    assert_eq!(texts(Html::Never)[1].0, words(&fragment).join(" "));
}

#[test]
fn pages_are_decoded_as_they_say() {
    let article = "Das Mädchen ging über die Straße, und der Bäcker rief ihm nach: Größe ist nicht alles. ".repeat(8);
    let page =
        format!("<html><head><meta charset=iso-8859-1><title>Größe</title></head><body><p>{article}</p></body></html>");
    let latin: Vec<u8> = page.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
    let folder = Folder::new();
    folder.write("page.html", latin);
    let outcome = folder.read();
    assert!(outcome.is_clean(), "{:#?}", outcome.talk);
    assert_eq!(words(outcome.texts()[0]), words(&article));
}

// ---------------------------------------------------------------------------------------------------- tables and lists

#[test]
fn a_table_is_told_by_name_and_place_what_is_wrong_with_it() {
    let folder = Folder::new();
    folder.write("a.csv", "id,contents\n1,a\n");
    folder.write("b.csv", "id;text;date\n1;\"Two\nlines.\";2026-04-27\n2\n3;;\n4;\"open;\n5;Good.;\n");
    let outcome = folder.read();
    assert_eq!(outcome.ids(), ["1", "5"]);
    assert_eq!(outcome.texts(), ["Two\nlines.", "Good."]);
    assert_eq!(outcome.counts, [(Kind::Malformed, 1), (Kind::NoText, 2), (Kind::Empty, 1)]);
    let told = outcome.talk.join("\n");
    for part in [
        "a.csv:1: no text field (tried text, body, content, article; the first row, which names the columns, has id, contents): \
         name it with --text-field",
        "b.csv:4: no text field",
        "the row has 1 of 3 columns",
        "b.csv:5: the text is empty",
        "b.csv:6: a quotation mark opens a cell and is never closed",
    ] {
        assert!(told.contains(part), "{part:?} is not in {told}");
    }
}

#[test]
fn columns_are_found_by_the_names_that_are_given() {
    let folder = Folder::new();
    let file = folder.write("wire.tsv", "meta.uri\twhen\tmain\n17\t27.04.2026\tBut \"this.\n");
    let named = |name: &str| vec![name.to_owned()];
    let fields = Fields { id: named("meta.uri"), text: named("main"), date: named("when"), ..Fields::default() };
    let outcome = read_with([file], Options { fields, ..Options::default() }, std::io::empty());
    assert!(outcome.is_clean(), "{:#?}", outcome.talk);
    assert_eq!((outcome.ids(), outcome.texts()), (vec!["17"], vec!["But \"this."]));
    assert_eq!(outcome.records[0].meta.date, Some(1_777_248_000));
}

#[test]
fn json_is_read_as_a_list_an_object_or_lines() {
    let object = |n| format!("{{\n  \"id\": {n},\n  \"text\": \"Story {n}.\"\n}}");
    for content in [
        format!("[{}, {}]", object(1), object(2)),
        format!("{}\n{}\n", object(1), object(2)),
        "{\"id\": 1, \"text\": \"Story 1.\"}\n{\"id\": 2, \"text\": \"Story 2.\"}\n".to_owned(),
        "[{\"id\":1,\"text\":\"Story 1.\"},{\"id\":2,\"text\":\"Story 2.\"}]".to_owned(),
    ] {
        let folder = Folder::new();
        folder.write("wire.json", &content);
        let outcome = folder.read();
        assert!(outcome.is_clean(), "{content}: {:#?}", outcome.talk);
        assert_eq!((outcome.ids(), outcome.texts()), (vec!["1", "2"], vec!["Story 1.", "Story 2."]));
    }
}

#[test]
fn json_beside_articles_that_holds_none_is_no_loss_unless_it_is_named() {
    let folder = Folder::new();
    folder.write("story.txt", "A story.");
    let labels = folder.write("labels.json", "[{\"a\": 1, \"b\": 2},\n{\"a\": 3, \"b\": 4}]");
    let outcome = folder.read();
    assert_eq!((outcome.ids(), outcome.dropped), (vec!["story.txt"], 0));
    let told = outcome.told();
    assert!(
        told.contains("labels.json:1: no text field") && told.ends_with("--text-field, if it holds articles"),
        "{told}"
    );
    assert_eq!(read([labels]).counts, [(Kind::NoText, 2)]);

    folder.write("mixed.json", "[{\"version\": 1}, {\"text\": \"Another.\"}]");
    let outcome = folder.read();
    assert_eq!(outcome.ids(), ["mixed.json:1", "story.txt"]);
    assert_eq!(outcome.counts, [(Kind::NoText, 1), (Kind::NoArticles, 1)]);
}

#[test]
fn what_is_wrong_in_a_list_is_told_with_its_line() {
    let folder = Folder::new();
    folder.write("a.json", "[\n{\"text\": \"One.\"},\n{\"text\": 'two'},\n{\"text\": \"Three.\"}\n");
    let outcome = folder.read();
    assert_eq!(outcome.ids(), ["a.json:2", "a.json:4"]);
    assert_eq!(outcome.counts, [(Kind::Damaged, 1), (Kind::Malformed, 1)]);
    assert!(outcome.talk[0].contains("a.json:3: not JSON"), "{:#?}", outcome.talk);
}

// ---------------------------------------------------------------------------------------------------- feeds and archives

#[test]
fn xml_that_is_no_feed_is_passed_over_in_folders_and_told_if_named() {
    let folder = Folder::new();
    let file = folder.write("sitemap.xml", "<urlset><url><loc>https://a.example/</loc></url></urlset>");
    assert_eq!(folder.read().counts, [(Kind::PassedOver, 1)]);
    let outcome = read([file]);
    assert_eq!(outcome.counts, [(Kind::Malformed, 1)]);
    assert!(outcome.told().contains("no RSS or Atom feed"), "{}", outcome.told());
}

#[test]
fn a_broken_entry_of_a_feed_costs_itself_only() {
    let folder = Folder::new();
    let item = |n, text| {
        format!(
            "<item><title>T&amp;T {n}</title><link>https://a.example/{n}</link><description>{text}</description></item>\n"
        )
    };
    let feed = format!(
        "<rss><channel>\n{}{}<item><title>open\n{}{}</channel></rss>",
        item(1, "One&nbsp;&lt;b&gt;bold&lt;/b&gt; word."),
        item(2, "  "),
        item(3, "Three."),
        item(4, "Four &copy; 2026 & more"),
    );
    folder.write("feed.rss", feed);
    let outcome = folder.read();
    assert_eq!(
        outcome.ids(),
        ["https://a.example/1", "https://a.example/3", "https://a.example/4"],
        "{:#?}",
        outcome.talk
    );
    assert_eq!(outcome.texts()[0].split_whitespace().collect::<Vec<_>>(), ["One", "bold", "word."]);
    assert_eq!(outcome.records[0].meta.title.as_deref(), Some("T&T 1"));
    assert_eq!(outcome.counts, [(Kind::Malformed, 1), (Kind::Empty, 1)]);
    assert!(
        outcome.talk.iter().any(|line| line.contains("feed.rss:4: the entry is never closed")),
        "{:#?}",
        outcome.talk
    );
}

#[test]
fn dates_of_feeds_that_are_not_understood_are_told() {
    let folder = Folder::new();
    let item = |date| {
        format!(
            "<item><link>https://a.example/{date}</link><pubDate>{date}</pubDate><description>Text.</description></item>"
        )
    };
    folder.write("feed.rss", format!("<rss><channel>{}{}</channel></rss>", item("April 27th, 2026"), item("soon")));
    let outcome = folder.read();
    assert_eq!(outcome.records[0].meta.date, Some(1_777_248_000));
    assert_eq!(outcome.counts, [(Kind::UnknownDate, 1)]);
}

#[test]
fn archives_hold_pages_in_every_encoding_and_much_that_is_none() {
    let article = &formats::articles(1, 6)[0];
    let page = formats::page(article).into_bytes();
    let http = |headers: &str, body: &[u8]| [format!("HTTP/1.1 200 OK\r\n{headers}\r\n\r\n").as_bytes(), body].concat();
    let chunked = {
        let (a, b) = page.split_at(100);
        let chunk = |bytes: &[u8]| [format!("{:x}\r\n", bytes.len()).as_bytes(), bytes, b"\r\n"].concat();
        [chunk(a), chunk(b), b"0\r\n\r\n".to_vec()].concat()
    };
    let deflated = {
        use std::io::Write;
        let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
        encoder.write_all(&page).unwrap();
        encoder.finish().unwrap()
    };
    let html = "Content-Type: text/html";
    let pages = [
        http(html, &page),
        http(&format!("{html}\r\nTransfer-Encoding: chunked"), &chunked),
        http(&format!("{html}\r\nTransfer-Encoding: chunked"), &page),
        http(&format!("{html}\r\nContent-Encoding: gzip"), &gzip(&page)),
        http(&format!("{html}\r\nContent-Encoding: gzip"), &page),
        http(&format!("{html}\r\nContent-Encoding: deflate"), &deflated),
        http(&format!("{html}\r\nContent-Encoding: zstd"), &zstd(&page)),
        http("X-No-Type: 1", &page),
    ];
    let others = [
        http("Content-Type: image/png", b"\x89PNG"),
        b"HTTP/1.1 301 Moved\r\nLocation: /\r\nContent-Type: text/html\r\n\r\n<html>moved</html>".to_vec(),
    ];
    let mut archive = Vec::new();
    for (number, body) in pages.iter().chain(&others).enumerate() {
        let url = format!("<https://a.example/{number}>");
        archive.extend(formats::warc_record(
            "response",
            &url,
            "2026-04-27T10:00:00Z",
            "application/http;msgtype=response",
            body,
        ));
        archive.extend(formats::warc_record(
            "request",
            &url,
            "2026-04-27T10:00:00Z",
            "application/http;msgtype=request",
            b"GET / HTTP/1.1\r\n\r\n",
        ));
    }
    archive.extend(formats::warc_record("resource", "https://a.example/r", "2026-04-27", "text/html", &page));
    let folder = Folder::new();
    folder.write("crawl.warc", archive);
    let outcome = folder.read();
    assert_eq!(outcome.dropped, 0, "{:#?}", outcome.talk);
    assert_eq!(outcome.records.len(), pages.len() + 1);
    for record in &outcome.records {
        assert_eq!(words(&record.text), words(&article.text), "{}", record.place);
        assert!(
            record.meta.date.is_some()
                && record.meta.title.as_deref() == Some("What article number 0 of the wire tells")
        );
    }
    assert_eq!(outcome.records[0].id.as_str(), "https://a.example/0");
    assert_eq!(outcome.counts, [(Kind::OtherRecord, 12)]);
    assert_eq!(outcome.told(), "note: 12 records without articles were passed over in archives in 1 file");
}

#[test]
fn a_record_of_the_wrong_length_costs_itself_only() {
    let articles = formats::articles(4, 3);
    let mut records: Vec<_> = articles.iter().map(formats::response).collect();
    for (at, from, to) in [(1, "Content-Length: ", "Content-Length: 9"), (2, "Content-Length: ", "Content-Length: x")] {
        records[at] = String::from_utf8(records[at].clone()).unwrap().replacen(from, to, 1).into_bytes();
    }
    let folder = Folder::new();
    folder.write("crawl.warc", records.concat());
    let outcome = folder.read();
    let last = outcome.ids();
    assert!(
        last.contains(&articles[0].url.as_str()) && last.contains(&articles[3].url.as_str()),
        "{last:?}: {:#?}",
        outcome.talk
    );
    assert!(outcome.dropped >= 2);
}
