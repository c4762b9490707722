//! HTML: the article on a page, without what stands around it, and the words of a fragment.
//!
//! The main text is found by `dom_smoothie`, a port of the Readability that Firefox uses for its reader view. Of the
//! five maintained extractors that were tried on the twenty layouts of `tests/support/pages.rs`, it lost
//! no paragraph and kept next to no clutter (on 2 of 20 pages; on none with the rule for boxes below); it is as fast as
//! any that also gives title and date (1.1 ms a page; `trafilatura` 3.1, `rs-trafilatura` 3.9 with a model of its own
//! inside) and the lightest of those.

use std::borrow::Cow;

use dom_query::Document;
use dom_smoothie::{Article, Config, Readability, TextMode};

/// What is taken to be HTML, whose article is read instead of its source.
///
/// ```
/// assert_eq!(unspin::corpus::Html::default(), unspin::corpus::Html::Auto);
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Html {
    /// Files that are called so, archived pages, and texts that begin like a page or an element.
    #[default]
    Auto,
    /// Every text.
    Always,
    /// Nothing: every text is taken as it stands.
    Never,
}

impl Html {
    /// Whether this text is read as HTML. A page is known to be HTML beforehand.
    pub(super) fn wanted(self, page: bool, text: &str) -> bool {
        match self {
            Self::Auto => page || begins_as_html(text),
            Self::Always => true,
            Self::Never => false,
        }
    }

    /// The text itself, or the article in it if it is HTML.
    pub(super) fn text(self, page: bool, text: String) -> String {
        if self.wanted(page, &text) { self::page(&text).text } else { text }
    }
}

/// An article with what its page tells of it.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Page {
    pub(super) title: Option<String>,
    pub(super) date: Option<String>,
    /// The address that the page calls its own.
    pub(super) url: Option<String>,
    pub(super) language: Option<String>,
    pub(super) text: String,
}

/// The article on a page, or all words of a fragment.
pub(super) fn page(html: &str) -> Page {
    if !is_page(html) || is_too_deep(html) {
        return Page { text: words(html), ..Page::default() };
    }
    // Below this length it tries again with less care, and takes comments for the article: a brief is long enough.
    let config = Config { text_mode: TextMode::Formatted, char_threshold: 140, ..Config::default() };
    let Ok(mut readability) = Readability::new(html, None, Some(config)) else { return Page::default() };
    let url = own_address(&readability.doc);
    remove_boxes(&readability.doc);
    match readability.parse() {
        Ok(article) => {
            let Article { title, published_time, lang, text_content, .. } = article;
            let [title, date, language] =
                [Some(title), published_time, lang].map(|value| value.filter(|v| !v.is_empty()));
            Page { title, date, url, language, text: text_content.to_string() }
        }
        // No part of the page stands out: all of it, then.
        Err(_) => Page { url, text: words(html), ..Page::default() },
    }
}

/// Takes out menus, and boxes that are advertisements, consents or subscriptions by name, which Readability leaves in
/// on short pages and among the paragraphs. A long box is none of these, whatever it is called.
fn remove_boxes(document: &Document) {
    const LONGEST_BOX: usize = 600;
    document.select("nav, [role=navigation], template").remove();
    let boxes = "amp-ad, aside, [role=dialog], [class*=newsletter], [class*=advert], [class*=cookie], [id*=cookie], \
                 [class*=consent], [id*=consent]";
    for node in document.select(boxes).nodes() {
        if node.text().len() <= LONGEST_BOX {
            node.remove_from_parent();
        }
    }
}

/// The words of HTML, in lines as a browser shows them.
pub(super) fn words(html: &str) -> String {
    if is_too_deep(html) {
        return stripped(html);
    }
    let document = Document::from(html);
    document.select("script, style, noscript, template, nav, footer, aside, form, button, head").remove();
    document.formatted_text().to_string()
}

/// The tags of HTML, each as its name with the slash of a closing one, and where the tag begins and ends.
fn tags(html: &str) -> impl Iterator<Item = (&str, usize, usize)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        loop {
            let start = at + html[at..].find('<')?;
            at = start + 1;
            let name = html[at..].split(|c: char| !c.is_ascii_alphanumeric() && c != '/').next().unwrap_or_default();
            if name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/') {
                at += html[at..].find('>').map_or(html.len() - at, |end| end + 1);
                return Some((name, start, at));
            }
        }
    })
}

/// Whether elements are nested deeper than on any page that is written for people. Parsers of HTML, and what walks over
/// their trees, take a time that grows with the square of the depth.
fn is_too_deep(html: &str) -> bool {
    const DEEPEST: usize = 400;
    // Elements that close themselves, or each other.
    const FLAT: [&str; 22] = [
        "br", "col", "dd", "dt", "embed", "hr", "img", "input", "li", "link", "meta", "option", "p", "param", "path",
        "source", "td", "th", "tr", "track", "use", "wbr",
    ];
    let mut depth: usize = 0;
    tags(html).any(|(name, _, end)| {
        if name.starts_with('/') {
            depth = depth.saturating_sub(1);
        } else if !FLAT.iter().any(|flat| name.eq_ignore_ascii_case(flat)) && !html[..end].ends_with("/>") {
            depth += 1;
        }
        depth > DEEPEST
    })
}

/// HTML without its tags, scripts and styles.
fn stripped(html: &str) -> String {
    let mut text = String::new();
    let mut from = 0;
    let mut hidden = false;
    for (name, start, end) in tags(html) {
        if !hidden {
            text.push_str(&html[from.min(start)..start]);
            text.push(' ');
        }
        hidden = matches!(name.to_ascii_lowercase().as_str(), "script" | "style");
        from = end;
    }
    if !hidden {
        text.push_str(&html[from..]);
    }
    htmlize::unescape(text).into_owned()
}

/// The words of what may hold markup, as the fields of feeds do.
pub(super) fn without_markup(text: &str) -> Cow<'_, str> {
    let markup = text.contains("</") || text.contains("/>") || text.contains("<br") || text.contains("<p>");
    if markup { Cow::Owned(words(text)) } else { Cow::Borrowed(text) }
}

/// The canonical address. One without a path is the site's and not the article's.
fn own_address(document: &Document) -> Option<String> {
    let canonical = document.select_single("link[rel~=\"canonical\"]").attr("href");
    let address = canonical.or_else(|| document.select_single("meta[property=\"og:url\"]").attr("content"))?;
    let (scheme, rest) = address.trim().split_once("://")?;
    let has_path = rest.split_once('/').is_some_and(|(_, path)| !path.is_empty());
    (matches!(scheme, "http" | "https") && has_path).then(|| address.trim().to_owned())
}

/// Whether HTML is a page rather than a fragment of one.
fn is_page(html: &str) -> bool {
    const HEAD: usize = 4096;
    let head = String::from_utf8_lossy(&html.as_bytes()[..html.len().min(HEAD)]).to_ascii_lowercase();
    ["<!doctype html", "<html", "<head", "<body", "<title"].iter().any(|mark| head.contains(mark))
}

/// Whether a text begins with an element of HTML.
fn begins_as_html(text: &str) -> bool {
    const ELEMENTS: [&str; 42] = [
        "a",
        "amp",
        "article",
        "aside",
        "b",
        "blockquote",
        "body",
        "br",
        "center",
        "div",
        "em",
        "figure",
        "font",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "head",
        "header",
        "hr",
        "html",
        "i",
        "img",
        "main",
        "meta",
        "nav",
        "ol",
        "p",
        "pre",
        "script",
        "section",
        "span",
        "strong",
        "style",
        "table",
        "td",
        "title",
        "ul",
    ];
    let Some(tag) = text.trim_start().trim_start_matches('\u{FEFF}').trim_start().strip_prefix('<') else {
        return false;
    };
    let end = tag.find(|c: char| !c.is_ascii_alphanumeric() && c != '!').unwrap_or(tag.len());
    let (name, after) = (tag[..end].to_ascii_lowercase(), &tag[end..]);
    match name.as_str() {
        "!doctype" => after.trim_start().get(..4).is_some_and(|root| root.eq_ignore_ascii_case("html")),
        "!" => after.starts_with("--") && is_page(text),
        name => ELEMENTS.binary_search(&name).is_ok() && after.starts_with(['>', ' ', '/', '\n', '\r', '\t']),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn html_is_known_by_its_beginning() {
        for html in [
            "<!DOCTYPE html><title>a</title>",
            "<!doctype HTML PUBLIC \"-//W3C//DTD HTML 4.01//EN\">",
            "\u{FEFF}\n<html lang=en>",
            "<p>One.</p>",
            "<div class=a>",
            "<br/>a",
            "<!-- saved --><html></html>",
        ] {
            assert!(begins_as_html(html), "{html}");
        }
        for text in [
            "",
            "<",
            "The <b>mill</b>.",
            "<3 hearts",
            "<pears> and apples",
            "<!-- a note",
            "<?xml version='1.0'?>",
            "<rss>",
        ] {
            assert!(!begins_as_html(text), "{text}");
        }
    }

    #[test]
    fn a_fragment_gives_its_words_in_lines() {
        let page = page("<p>One &amp; <b>two</b>.</p><script>no()</script><p>Three.<br>Four.</p>");
        assert_eq!(page.text.split_whitespace().collect::<Vec<_>>(), ["One", "&", "two.", "Three.", "Four."]);
        assert!(page.text.trim().lines().count() >= 3, "{:?}", page.text);
        assert_eq!((page.title, page.url), (None, None));
    }

    #[test]
    fn the_address_is_the_articles_or_none() {
        let url = |head: &str| page(&format!("<html><head>{head}</head><body><p>Text.</p></body></html>")).url;
        assert_eq!(url("<link rel=canonical href='https://a.example/b'>").as_deref(), Some("https://a.example/b"));
        assert_eq!(url("<meta property='og:url' content='http://a.example/c'>").as_deref(), Some("http://a.example/c"));
        for none in [
            "",
            "<link rel=canonical href='/b'>",
            "<link rel=canonical href='https://a.example/'>",
            "<link rel=canonical>",
        ] {
            assert_eq!(url(none), None, "{none}");
        }
    }

    #[test]
    fn hostile_markup_is_survived() {
        for html in [
            "<div>".repeat(50_000),
            format!("<html>{}", "<b><p>".repeat(3_000)),
            "<html><table><tr><td>".repeat(2_000),
            "<html><body>\0\u{FFFF}<p \0=\0>".to_owned(),
            "<html><script>".to_owned(),
            "<html><!--".to_owned(),
            "<html></html>".to_owned(),
        ] {
            let _ = page(&html);
        }
    }
}
