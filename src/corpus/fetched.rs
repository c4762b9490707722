//! A page that was just fetched: the article on it, for those who crawl.

use super::dates::parse_date;
use super::decode::decode_page;
use super::html;
use crate::article::Meta;

/// The article on a page, without what stands around it.
///
/// ```
/// use unspin::corpus::Fetched;
/// let page = b"<!doctype html><title>The mill</title><nav>Home</nav><p>The mill reopens on Monday.</p>";
/// let article = Fetched::of(page, None);
/// assert_eq!(article.text.trim(), "The mill reopens on Monday.");
/// assert_eq!(article.meta.title.as_deref(), Some("The mill"));
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fetched {
    /// The address that the page calls its own: that of the article, where several addresses lead to it.
    pub url: Option<String>,
    /// Its title and date, so far as the page tells them.
    pub meta: Meta,
    /// Its text.
    pub text: String,
}

impl Fetched {
    /// Takes the article out of the bytes of a page, decoded as browsers do: as UTF-8 if they are that, or else in the
    /// `charset` that the server named, or the page.
    pub fn of(page: &[u8], charset: Option<&str>) -> Self {
        let html::Page { title, date, url, text, .. } = html::page(&decode_page(page, charset).0);
        let date = date.as_deref().and_then(parse_date);
        Self { url, meta: Meta { title, date }, text }
    }
}
