//! Bytes to text: byte order marks are obeyed, and what is broken is replaced rather than lost.

use std::borrow::Cow;
use std::io::{self, BufRead, BufReader, Cursor, Read};

use encoding_rs::{Decoder, UTF_8, UTF_16BE, UTF_16LE};

/// The byte order mark of UTF-8.
pub(super) const UTF8_BOM: &[u8] = b"\xEF\xBB\xBF";

/// The text of a whole file in UTF-8 or, if its byte order mark says so, UTF-16; and whether some of it had to be
/// replaced by U+FFFD.
pub(super) fn decode(bytes: &[u8]) -> (Cow<'_, str>, bool) {
    let (text, _, replaced) = UTF_8.decode(bytes);
    (text, replaced)
}

/// The first bytes of a reader, and a reader that still has them.
pub(super) fn peek<R: Read>(mut reader: R) -> io::Result<(Vec<u8>, impl Read)> {
    let mut head = Vec::with_capacity(4);
    reader.by_ref().take(4).read_to_end(&mut head)?;
    Ok((head.clone(), Cursor::new(head).chain(reader)))
}

/// The stream in UTF-8, if its byte order mark says that it is UTF-16, or as it is; and whether it is decoded.
pub(super) fn decode_utf16<'s>(stream: Box<dyn BufRead + 's>) -> io::Result<(Box<dyn BufRead + 's>, bool)> {
    let (head, stream) = peek(stream)?;
    let bytes = BufReader::with_capacity(BUFFER, stream);
    let encoding = match head.as_slice() {
        [0xFF, 0xFE, ..] => UTF_16LE,
        [0xFE, 0xFF, ..] => UTF_16BE,
        _ => return Ok((Box::new(bytes), false)),
    };
    let decoder = encoding.new_decoder_with_bom_removal();
    Ok((Box::new(Decoded { bytes, decoder, text: Vec::new(), taken: 0, ended: false }), true))
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
                let (mut stream, decoded) = decode_utf16(Box::new(stream)).unwrap();
                let mut read = String::new();
                stream.read_to_string(&mut read).unwrap();
                assert_eq!((read.as_str(), decoded), (text.as_str(), true));
            }
        }
        let (mut stream, decoded) = decode_utf16(Box::new(&b"plain"[..])).unwrap();
        assert_eq!((io::read_to_string(&mut stream).unwrap().as_str(), decoded), ("plain", false));
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
