//! Bytes to text: byte order marks are obeyed, and what is broken is replaced rather than lost.

use std::borrow::Cow;
use std::io::{self, BufRead, BufReader, Cursor, Read};

use encoding_rs::{Decoder, Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

/// The byte order mark of UTF-8.
pub(super) const UTF8_BOM: &[u8] = b"\xEF\xBB\xBF";

/// How many bytes tell what a stream holds.
const HEAD: usize = 512;

/// The text of a whole file in UTF-8 or UTF-16; and whether some of it had to be replaced by U+FFFD.
pub(super) fn decode(bytes: &[u8]) -> (Cow<'_, str>, bool) {
    let (text, _, replaced) = utf16(&bytes[..bytes.len().min(HEAD)]).unwrap_or(UTF_8).decode(bytes);
    (text, replaced)
}

/// The text of a page: in the encoding of its byte order mark, in UTF-8 if it is that, or else in the one that its
/// server or its `meta` element names, and in windows-1252 if nobody does, as browsers have it.
pub(super) fn decode_page<'b>(bytes: &'b [u8], named_by_server: Option<&str>) -> (Cow<'b, str>, bool) {
    let whole = decode(bytes);
    if !whole.1 {
        return whole;
    }
    let named = named_by_server.map(str::to_owned).or_else(|| named_by_meta(bytes));
    let encoding = named.and_then(|label| Encoding::for_label(label.as_bytes()));
    let (text, _, replaced) = encoding.unwrap_or(WINDOWS_1252).decode(bytes);
    (text, replaced)
}

/// The encoding in `<meta charset="…">` or `<meta … content="text/html; charset=…">`, or in an XML declaration.
fn named_by_meta(bytes: &[u8]) -> Option<String> {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(2048)]).to_ascii_lowercase();
    charset(&head).or_else(|| value(&head, "encoding="))
}

/// The encoding that a content type (or a page's head) names.
pub(super) fn charset(content_type: &str) -> Option<String> {
    value(content_type, "charset=")
}

/// What stands behind a name, in quotes or without.
fn value(text: &str, name: &str) -> Option<String> {
    let after = &text[text.find(name)? + name.len()..];
    let after = after.trim_start_matches([' ', '"', '\'']);
    let end = after.find(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '-' | '_' | ':' | '.'));
    let value = &after[..end.unwrap_or(after.len())];
    (!value.is_empty()).then(|| value.to_owned())
}

/// UTF-16, if the first bytes are that: by the mark, or because every second byte of so many is zero as only the
/// figures, spaces and Latin letters of UTF-16 make them.
fn utf16(head: &[u8]) -> Option<&'static Encoding> {
    match head {
        [0xFF, 0xFE, ..] => return Some(UTF_16LE),
        [0xFE, 0xFF, ..] => return Some(UTF_16BE),
        _ => {}
    }
    let zeros = |from: usize| head.iter().skip(from).step_by(2).filter(|&&byte| byte == 0).count();
    let (first, second) = (zeros(0), zeros(1));
    // In a short text, a single zero that strayed there would be as many as the spaces of another script.
    let share = if head.len() < 64 { 4 } else { 24 };
    let many = |count: usize, other: usize| count > 8 * other && count * share >= head.len() && head.len() > 1;
    match () {
        () if many(second, first) => Some(UTF_16LE),
        () if many(first, second) => Some(UTF_16BE),
        () => None,
    }
}

/// Whether the first bytes can be those of a text: no control characters but those of layout, or UTF-16.
pub(super) fn is_text(head: &[u8]) -> bool {
    utf16(head).is_some() || !head.iter().any(|&byte| byte < 0x20 && !matches!(byte, b'\t'..=b'\r' | 0x1B))
}

/// The first bytes of a reader, and a reader that still has them. An error behind the first of them comes when it is
/// its turn.
pub(super) fn peek<R: Read>(mut reader: R) -> io::Result<(Vec<u8>, impl Read)> {
    let mut head = Vec::with_capacity(HEAD);
    let error = match reader.by_ref().take(HEAD as u64).read_to_end(&mut head) {
        Err(error) if head.is_empty() => return Err(error),
        read => read.err(),
    };
    Ok((head.clone(), Cursor::new(head).chain(Late(error)).chain(reader)))
}

/// An error that comes once.
struct Late(Option<io::Error>);

impl Read for Late {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        self.0.take().map_or(Ok(0), Err)
    }
}

/// A stream of UTF-8.
pub(super) struct Utf8<'s> {
    pub(super) reader: Box<dyn BufRead + 's>,
    /// Whether the stream was UTF-16 and is decoded on the way.
    pub(super) decoded: bool,
}

impl<'s> Utf8<'s> {
    pub(super) fn new(stream: Box<dyn BufRead + 's>) -> io::Result<Self> {
        let (head, stream) = peek(stream)?;
        let bytes = BufReader::with_capacity(BUFFER, stream);
        match utf16(&head) {
            Some(encoding) => Ok(Self::from(bytes, encoding)),
            None => Ok(Self { reader: Box::new(bytes), decoded: false }),
        }
    }

    /// A stream of XML, decoded as its mark or its declaration says.
    pub(super) fn declared(stream: Box<dyn BufRead + 's>) -> io::Result<Self> {
        let (head, stream) = peek(stream)?;
        let bytes = BufReader::with_capacity(BUFFER, stream);
        let named = named_by_meta(&head).and_then(|label| Encoding::for_label(label.as_bytes()));
        let named = named.filter(|_| !head.starts_with(UTF8_BOM));
        // What is UTF-8 passes the decoder as well: parsers refuse a stray byte.
        Ok(Self::from(bytes, utf16(&head).or(named).unwrap_or(UTF_8)))
    }

    fn from(bytes: impl BufRead + 's, encoding: &'static Encoding) -> Self {
        let decoder = encoding.new_decoder_with_bom_removal();
        let decoded = Decoded { bytes, decoder, text: Vec::new(), taken: 0, ended: false };
        Self { reader: Box::new(decoded), decoded: true }
    }

    /// The first byte that is no space, if it comes soon.
    pub(super) fn first(&mut self) -> io::Result<Option<u8>> {
        let head = self.reader.fill_buf()?;
        Ok(head.strip_prefix(UTF8_BOM).unwrap_or(head).trim_ascii_start().first().copied())
    }
}

/// Whether there is a U+FFFD, as decoding leaves it.
pub(super) fn has_replacement(bytes: &[u8]) -> bool {
    bytes.windows(3).any(|bytes| bytes == "\u{FFFD}".as_bytes())
}

/// How much of a stream is read at once.
pub(super) const BUFFER: usize = 256 << 10;

/// A stream in another encoding, read as UTF-8.
struct Decoded<R> {
    bytes: R,
    decoder: Decoder,
    /// Text that is decoded, and how much of it is taken.
    text: Vec<u8>,
    taken: usize,
    ended: bool,
}

impl<R: BufRead> BufRead for Decoded<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        while self.taken == self.text.len() && !self.ended {
            let bytes = self.bytes.fill_buf()?;
            self.ended = bytes.is_empty();
            // A unit of two bytes gives three at most, and one may be left over from before.
            self.text.resize(3 * bytes.len() + 16, 0);
            let (_, read, written, _) = self.decoder.decode_to_utf8(bytes, &mut self.text, self.ended);
            self.bytes.consume(read);
            self.text.truncate(written);
            self.taken = 0;
        }
        Ok(&self.text[self.taken..])
    }

    fn consume(&mut self, count: usize) {
        self.taken = (self.taken + count).min(self.text.len());
    }
}

impl<R: BufRead> Read for Decoded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.fill_buf()?.read(buffer)?;
        self.consume(count);
        Ok(count)
    }
}

/// The JSON with every escaped half of a surrogate pair that lacks its other half (`\ud800`) replaced by `\ufffd`,
/// if there is one. JavaScript and Python write such halves when a text was cut inside an emoji; no UTF-8 text
/// can hold them, so a strict parser refuses the whole record.
pub(super) fn mend_surrogates(json: &str) -> Option<String> {
    let mut mended: Option<String> = None;
    let mut copied = 0;
    let mut at = 0;
    while let Some(next) = json[at..].find('\\') {
        at += next;
        match (surrogate(json, at), surrogate(json, at + 6)) {
            (Some(Half::High), Some(Half::Low)) => at += 12,
            (Some(_), _) => {
                let out = mended.get_or_insert_with(|| String::with_capacity(json.len()));
                out.push_str(&json[copied..at]);
                out.push_str("\\ufffd");
                at += 6;
                copied = at;
            }
            // Any other escape: step over the character behind the backslash, which may be a backslash itself.
            (None, _) => at = (at + 2).min(json.len()),
        }
        if !json.is_char_boundary(at) {
            break;
        }
    }
    mended.map(|out| out + &json[copied..])
}

enum Half {
    High,
    Low,
}

/// Which half of a surrogate pair is escaped at this byte.
fn surrogate(json: &str, at: usize) -> Option<Half> {
    let digits = json.get(at..at + 6)?.strip_prefix("\\u")?;
    match u16::from_str_radix(digits, 16).ok()? {
        0xD800..=0xDBFF => Some(Half::High),
        0xDC00..=0xDFFF => Some(Half::Low),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn byte_order_marks_are_obeyed_and_left_out() {
        assert_eq!(decode(b"\xEF\xBB\xBFword"), ("word".into(), false));
        assert_eq!(decode(b"\xFF\xFEw\0o\0"), ("wo".into(), false));
        assert_eq!(decode(b"\xFE\xFF\0w\0o"), ("wo".into(), false));
        assert_eq!(decode(b""), ("".into(), false));
    }

    #[test]
    fn broken_bytes_are_replaced_and_told() {
        assert_eq!(decode(b"caf\xE9 au lait"), ("caf\u{FFFD} au lait".into(), true));
        assert_eq!(decode(b"\xFF\xFEw\0\0\xD8"), ("w\u{FFFD}".into(), true));
        assert_eq!(decode(b"\xFF\xFEw"), ("\u{FFFD}".into(), true));
    }

    #[test]
    fn a_stream_in_utf16_is_read_as_utf8_however_it_is_cut() {
        let text = "Größe 🙂 ਊ\n".repeat(3);
        for (mark, to_bytes) in [(0xFEFF_u16, u16::to_le_bytes as fn(u16) -> [u8; 2]), (0xFEFF, u16::to_be_bytes)] {
            let bytes: Vec<u8> = [mark].into_iter().chain(text.encode_utf16()).flat_map(to_bytes).collect();
            for piece in 1..bytes.len() {
                let stream = BufReader::with_capacity(piece, bytes.as_slice());
                let Utf8 { reader: mut stream, decoded } = Utf8::new(Box::new(stream)).unwrap();
                let mut read = String::new();
                stream.read_to_string(&mut read).unwrap();
                assert_eq!((read.as_str(), decoded), (text.as_str(), true));
            }
        }
        let Utf8 { reader: mut stream, decoded } = Utf8::new(Box::new(&b"plain"[..])).unwrap();
        assert_eq!((io::read_to_string(&mut stream).unwrap().as_str(), decoded), ("plain", false));
    }

    #[test]
    fn utf16_is_known_without_a_mark() {
        for text in ["{\"id\": 1}", "The mill.", "Мельница снова откроется в понедельник.\n", "Größe", "a"]
        {
            let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
            let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
            assert_eq!(decode(&little), (text.into(), false));
            assert_eq!(decode(&big), (text.into(), false));
            assert_eq!(decode(text.as_bytes()), (text.into(), false));
        }
        for binary in [&b"\0\0\0\0"[..], b"a\0\0b", b"\0", b"PK\x03\x04\0\0\x08\0"] {
            assert_eq!(utf16(binary), None, "{binary:?}");
        }
    }

    #[test]
    fn a_page_is_decoded_as_browsers_do() {
        for (bytes, server, text) in [
            (&b"<meta charset=\"windows-1251\">\xEC\xE8\xF0"[..], None, "мир"),
            (b"<meta http-equiv=Content-Type content='text/html; charset=ISO-8859-2'>\xB1", None, "ą"),
            (b"\xEC\xE8\xF0", Some("windows-1251"), "мир"),
            (b"\x93caf\xE9\x94", None, "“café”"),
            (b"<meta charset=windows-1251>caf\xC3\xA9", None, "café"),
            (b"caf\xE9", Some("no-such-charset"), "café"),
        ] {
            let (page, replaced) = decode_page(bytes, server);
            assert!(page.ends_with(text) && !replaced, "{page}");
        }
        assert_eq!(charset("text/html; charset=\"utf-8\""), Some("utf-8".into()));
        assert_eq!(charset("text/html"), None);
    }

    #[test]
    fn only_lone_surrogates_are_mended() {
        assert_eq!(mend_surrogates(r#""a\ud800b""#).as_deref(), Some(r#""a\ufffdb""#));
        assert_eq!(mend_surrogates(r#""\uDC00\ud83d""#).as_deref(), Some(r#""\ufffd\ufffd""#));
        assert_eq!(mend_surrogates(r#""\ud800\ud83d\ude00""#).as_deref(), Some(r#""\ufffd\ud83d\ude00""#));
        for whole in [r#""\ud83d\ude00""#, r#""\\ud800""#, r#""é\n""#, "", "\\", "\\é", "\\u", "\\ud8"] {
            assert_eq!(mend_surrogates(whole), None, "{whole}");
        }
    }
}
