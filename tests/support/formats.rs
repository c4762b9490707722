//! Articles written in every format that is read.
#![allow(dead_code, reason = "each test uses its part")]

use std::fmt::Write as _;

use crate::reading::gzip;

/// An article to be written.
#[derive(Debug, Clone)]
pub(crate) struct Article {
    pub(crate) url: String,
    pub(crate) title: String,
    pub(crate) date: &'static str,
    pub(crate) text: String,
}

/// Some articles of one sentence, or of as many as are asked for.
pub(crate) fn articles(count: usize, sentences: usize) -> Vec<Article> {
    let text = |n: usize| -> String {
        let sentence = |s| {
            format!("Article {n} tells in sentence {s} of the mill, the ferry \u{201c}Größe\u{201d} & the bakers. ")
        };
        (0..sentences).map(sentence).collect::<String>().trim_end().to_owned()
    };
    let article = |n| Article {
        url: format!("https://news.example/{n}"),
        title: format!("What article number {n} of the wire tells"),
        date: "2026-04-27T10:00:00Z",
        text: text(n),
    };
    (0..count).map(article).collect()
}

pub(crate) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// The paragraphs of a text as HTML.
pub(crate) fn paragraphs(text: &str) -> String {
    format!("<p>{}</p>\n", escaped(text).replace("\n\n", "</p>\n<p>"))
}

/// A page with things around the article.
pub(crate) fn page(article: &Article) -> String {
    let Article { url, title, date, text } = article;
    format!(
        "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>{title} | The Example</title>\
         <link rel=\"canonical\" href=\"{url}\"><meta property=\"article:published_time\" content=\"{date}\"></head>\
         <body><nav class=\"menu\"><a href=\"/\">Home</a> <a href=\"/w\">Weather</a></nav>\
         <article><h1>{title}</h1>{}</article>\
         <div class=\"comments\"><p>Totally agree with this comment.</p></div><footer>All rights reserved</footer></body></html>\n",
        paragraphs(text)
    )
}

fn object(article: &Article) -> serde_json::Value {
    let Article { url, title, date, text } = article;
    serde_json::json!({"id": url, "title": title, "date": date, "text": text})
}

pub(crate) fn jsonl(articles: &[Article]) -> Vec<u8> {
    articles.iter().map(|article| object(article).to_string() + "\n").collect::<String>().into_bytes()
}

/// A list over many lines.
pub(crate) fn json(articles: &[Article]) -> Vec<u8> {
    let list: Vec<_> = articles.iter().map(object).collect();
    serde_json::to_string_pretty(&list).unwrap().into_bytes()
}

pub(crate) fn csv(articles: &[Article], delimiter: u8) -> Vec<u8> {
    let mut writer = csv::WriterBuilder::new().delimiter(delimiter).from_writer(Vec::new());
    writer.write_record(["id", "title", "date", "text"]).unwrap();
    for Article { url, title, date, text } in articles {
        writer.write_record([url, title, *date, text]).unwrap();
    }
    writer.into_inner().unwrap()
}

pub(crate) fn rss(articles: &[Article]) -> Vec<u8> {
    let mut feed = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<rss version=\"2.0\" \
         xmlns:content=\"http://purl.org/rss/1.0/modules/content/\">\n<channel><title>The Example</title>\n",
    );
    for Article { url, title, date, text } in articles {
        let html = paragraphs(text);
        writeln!(
            feed,
            "<item><title>{title}</title><link>{url}</link><guid isPermaLink=\"false\">{title}</guid>\
             <pubDate>{date}</pubDate><description>In short.</description>\
             <content:encoded><![CDATA[{html}]]></content:encoded></item>"
        )
        .unwrap();
    }
    (feed + "</channel></rss>\n").into_bytes()
}

pub(crate) fn atom(articles: &[Article]) -> Vec<u8> {
    let mut feed = String::from("<feed xmlns=\"http://www.w3.org/2005/Atom\">\n<title>The Example</title>\n");
    for Article { url, title, date, text } in articles {
        let html = escaped(&paragraphs(text));
        writeln!(
            feed,
            "<entry><title>{title}</title><link href=\"{url}\"/><id>urn:{title}</id><updated>{date}</updated>\
             <content type=\"html\">{html}</content></entry>"
        )
        .unwrap();
    }
    (feed + "</feed>\n").into_bytes()
}

/// A record of WARC.
pub(crate) fn warc_record(kind: &str, url: &str, date: &str, content_type: &str, body: &[u8]) -> Vec<u8> {
    let head = format!(
        "WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: {url}\r\nWARC-Date: {date}\r\n\
         WARC-Record-ID: <urn:uuid:0>\r\nContent-Type: {content_type}\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    [head.as_bytes(), body, b"\r\n\r\n"].concat()
}

pub(crate) fn response(article: &Article) -> Vec<u8> {
    let http = format!("HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n{}", page(article));
    warc_record("response", &article.url, article.date, "application/http; msgtype=response", http.as_bytes())
}

pub(crate) fn warc(articles: &[Article]) -> Vec<u8> {
    let info = warc_record("warcinfo", "", "2026-04-27T10:00:00Z", "application/warc-fields", b"software: none\r\n");
    articles.iter().map(response).fold(info, |archive, record| [archive, record].concat())
}

/// Every record a member of its own.
pub(crate) fn warc_gz(articles: &[Article]) -> Vec<u8> {
    articles.iter().map(|article| gzip(response(article))).collect::<Vec<_>>().concat()
}

pub(crate) fn wet(articles: &[Article]) -> Vec<u8> {
    let record =
        |Article { url, date, text, .. }: &Article| warc_record("conversion", url, date, "text/plain", text.as_bytes());
    articles.iter().map(record).collect::<Vec<_>>().concat()
}

/// Row groups of `group` articles.
#[cfg(feature = "parquet")]
pub(crate) fn parquet(articles: &[Article], group: usize) -> Vec<u8> {
    use std::sync::Arc;

    use parquet::data_type::{ByteArray, ByteArrayType};
    use parquet::file::properties::WriterProperties;
    use parquet::file::writer::SerializedFileWriter;

    let schema = "message articles { required binary id (UTF8); required binary title (UTF8); \
                  required binary date (UTF8); required binary text (UTF8); }";
    let schema = Arc::new(parquet::schema::parser::parse_message_type(schema).unwrap());
    let compression = parquet::basic::Compression::SNAPPY;
    let properties = WriterProperties::builder().set_compression(compression).build();
    let mut file = Vec::new();
    let mut writer = SerializedFileWriter::new(&mut file, schema, Arc::new(properties)).unwrap();
    for articles in articles.chunks(group) {
        let mut rows = writer.next_row_group().unwrap();
        let columns: [fn(&Article) -> &str; 4] =
            [|article| &article.url, |article| &article.title, |article| article.date, |article| &article.text];
        for column in columns {
            let values: Vec<ByteArray> = articles.iter().map(|article| column(article).into()).collect();
            let mut cells = rows.next_column().unwrap().unwrap();
            cells.typed::<ByteArrayType>().write_batch(&values, None, None).unwrap();
            cells.close().unwrap();
        }
        rows.close().unwrap();
    }
    writer.close().unwrap();
    file
}
