//! How reports look in a terminal: its width, its colours, and the signs it can show.

use std::borrow::Cow;
use std::env;

use anstyle::{AnsiColor, Style};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::corpus::escape;

/// The width of what is written to a file or a pipe.
const PLAIN_WIDTH: usize = 100;

/// Narrower terminals are taken to be this wide: columns need some room.
const NARROWEST: usize = 40;

/// Of no meaning, but of the reader's interest.
pub(crate) const BOLD: Style = Style::new().bold();
/// What matters less.
pub(crate) const DIM: Style = Style::new().dimmed();
/// A relation; a passage that moved.
pub(crate) const CYAN: Style = AnsiColor::Cyan.on_default();
/// What was replaced.
pub(crate) const YELLOW: Style = AnsiColor::Yellow.on_default();
/// What only the first text has; a warning.
pub(crate) const RED: Style = AnsiColor::Red.on_default();
/// What only the second text has.
pub(crate) const GREEN: Style = AnsiColor::Green.on_default();

/// The page that a report is laid out for. Colours are written always: the stream strips them where they are not
/// wanted.
///
/// ```
/// use unspin::report::style::Page;
/// assert_eq!(Page { width: 80, unicode: false }.sign("→"), "->");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Page {
    /// How many columns there are.
    pub width: usize,
    /// Whether it shows more than ASCII.
    pub unicode: bool,
}

impl Page {
    /// The terminal that standard output goes to.
    pub fn terminal() -> Self {
        let width = terminal_size::terminal_size().map_or(0, |(width, _)| usize::from(width.0));
        // A terminal that does not know its width says 0.
        let width = if width == 0 { PLAIN_WIDTH } else { width.max(NARROWEST) };
        Self { width, unicode: locale_is_utf8() }
    }

    /// A file or a pipe.
    pub const fn file() -> Self {
        Self { width: PLAIN_WIDTH, unicode: true }
    }

    /// A sign of this program's own, or what stands for it in ASCII.
    pub fn sign(self, sign: &'static str) -> &'static str {
        match sign {
            _ if self.unicode => sign,
            "→" => "->",
            "…" => "...",
            "│" => "|",
            "█" => "#",
            "·" => "-",
            _ => "?",
        }
    }

    /// A text from the corpus on one line, safe to show.
    pub fn text(self, text: &str) -> String {
        let line = one_line(text);
        let line = escape(&line);
        if self.unicode || line.is_ascii() {
            return line.into_owned();
        }
        line.chars().map(|c| if c.is_ascii() { c.to_string() } else { c.escape_default().to_string() }).collect()
    }

    /// As much of a text as fits into some columns.
    pub fn fit(self, text: &str, columns: usize) -> Cow<'_, str> {
        if text.width() <= columns {
            return text.into();
        }
        let more = self.sign("…");
        let mut room = columns.saturating_sub(more.width());
        let kept = text.chars().take_while(|c| {
            let width = c.width().unwrap_or(0);
            let fits = width <= room;
            room = room.saturating_sub(width);
            fits
        });
        (kept.collect::<String>() + more).into()
    }
}

/// Whether the locale is one of UTF-8. Windows' consoles are written in Unicode always.
fn locale_is_utf8() -> bool {
    let set = |name| env::var(name).ok().filter(|value| !value.is_empty());
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().find_map(set).unwrap_or_default().to_ascii_lowercase();
    cfg!(windows) || locale.contains("utf-8") || locale.contains("utf8")
}

/// A text with every run of white space as one space.
pub(crate) fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A text in a style.
pub(crate) fn paint(style: Style, text: &str) -> String {
    format!("{style}{text}{style:#}")
}

/// Spaces that fill what a text leaves of some columns.
pub(crate) fn pad(text: &str, columns: usize) -> String {
    " ".repeat(columns.saturating_sub(text.width()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wide_characters_count_twice() {
        let page = Page { width: 80, unicode: true };
        assert_eq!(page.fit("東京新聞", 8), "東京新聞");
        assert_eq!(page.fit("東京新聞", 7), "東京新…");
        assert_eq!(page.fit("東京新聞", 6), "東京…");
        assert_eq!(page.fit("plain", 0), "…");
    }

    #[test]
    fn texts_are_one_line_and_do_not_act_on_the_terminal() {
        let page = Page { width: 80, unicode: true };
        assert_eq!(page.text(" two\n  lines\u{7} \u{202e}"), r"two lines\u{7} \u{202e}");
    }

    #[test]
    fn without_unicode_everything_is_ascii() {
        let page = Page { width: 80, unicode: false };
        assert_eq!(page.text("Ærø"), r"\u{c6}r\u{f8}");
        assert_eq!(page.fit("a long line", 8), "a lon...");
        for sign in ["→", "…", "│", "█", "·"] {
            assert!(page.sign(sign).is_ascii());
        }
    }
}
