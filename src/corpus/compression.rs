//! Compressed bytes: known by what they are rather than by what the file is called.

use std::io::{self, BufRead, Read};
use std::path::Path;

use bzip2::bufread::MultiBzDecoder;
use flate2::bufread::GzDecoder;
use lzma_rust2::XzReader;

use super::decode::is_text;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Compression {
    Gzip,
    Zstd,
    Bzip2,
    Xz,
}

impl Compression {
    const ALL: [Self; 4] = [Self::Gzip, Self::Zstd, Self::Bzip2, Self::Xz];

    /// The compression that a file's name promises.
    pub(super) fn of_name(path: &Path) -> Option<Self> {
        match path.extension()?.to_str()?.to_ascii_lowercase().as_str() {
            "gz" | "gzip" => Some(Self::Gzip),
            "zst" | "zstd" => Some(Self::Zstd),
            "bz2" => Some(Self::Bzip2),
            "xz" => Some(Self::Xz),
            _ => None,
        }
    }

    /// The first bytes of everything that is compressed so.
    fn magic(self) -> &'static [u8] {
        match self {
            Self::Gzip => b"\x1F\x8B\x08",
            Self::Zstd => b"\x28\xB5\x2F\xFD",
            Self::Bzip2 => b"BZh",
            Self::Xz => b"\xFD7zXZ\0",
        }
    }

    /// Whether a stream begins so.
    fn begins(self, head: &[u8]) -> bool {
        match self {
            // Behind the size of its blocks stands the mark of a block, or of the end.
            Self::Bzip2 => {
                head.starts_with(b"BZh")
                    && matches!(head.get(4..10), Some(b"\x31\x41\x59\x26\x53\x59" | b"\x17\x72\x45\x38\x50\x90"))
            }
            // Parallel compressors begin with a frame of their own, which every decoder passes over.
            Self::Zstd => head.starts_with(self.magic()) || matches!(head, [0x50..=0x5F, 0x2A, 0x4D, 0x18, ..]),
            Self::Gzip | Self::Xz => head.starts_with(self.magic()),
        }
    }

    /// The compression that the first bytes show. Where a name promises one, those bytes are held to it only if they
    /// are no text either: damaged, then.
    ///
    /// # Errors
    /// That there is nothing at all where the name promises compression: even compressed nothing has a header.
    pub(super) fn of(head: &[u8], named: Option<Self>) -> io::Result<Option<Self>> {
        if named.is_some() && head.is_empty() {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let shown = Self::ALL.into_iter().find(|compression| compression.begins(head));
        let cut = |named: &Self| named.magic().starts_with(head) || !is_text(head) && !head.starts_with(b"PAR1");
        Ok(shown.or(named.filter(cut)))
    }

    /// The bytes, decompressed.
    pub(super) fn reader<'s>(self, bytes: impl BufRead + 's) -> io::Result<Box<dyn Read + 's>> {
        Ok(match self {
            Self::Gzip => Box::new(Members::Between(Rewind { bytes, kept: Vec::new(), at: 0, keeps: true })),
            Self::Zstd => {
                let mut decoder = zstd::Decoder::with_buffer(bytes)?;
                // Dumps made with `zstd --long=31` are common and refused by default.
                decoder.window_log_max(31)?;
                Box::new(decoder)
            }
            Self::Bzip2 => Box::new(MultiBzDecoder::new(bytes)),
            Self::Xz => Box::new(XzReader::new(bytes, true)),
        })
    }
}

/// The members of a gzip file one behind the other. After an error, reading goes on with the next member that can be
/// found: in an archive with a member for each record, damage costs no more than the records it stands in.
enum Members<R> {
    Between(Rewind<R>),
    Inside(GzDecoder<Rewind<R>>),
    Lost(Rewind<R>),
    Ended,
}

/// A stream that can go back to where a member began: a decoder notices damage late, when it has run into the next one.
struct Rewind<R> {
    bytes: R,
    /// What was taken since the mark, and how much of it is not to be read again.
    kept: Vec<u8>,
    at: usize,
    /// Whether the member is short enough to be kept, as those of archives are.
    keeps: bool,
}

impl<R: BufRead> Rewind<R> {
    /// The most compressed bytes that are kept.
    const LONGEST: usize = 16 << 20;

    fn mark(&mut self) {
        self.kept.drain(..self.at);
        self.at = 0;
        self.keeps = true;
    }

    /// Goes back to the byte behind the mark, if that is still to be had.
    fn rewind(&mut self) {
        if self.keeps {
            self.at = self.kept.len().min(1);
        }
    }
}

impl<R: BufRead> BufRead for Rewind<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.at < self.kept.len() { Ok(&self.kept[self.at..]) } else { self.bytes.fill_buf() }
    }

    fn consume(&mut self, count: usize) {
        if self.at < self.kept.len() {
            self.at += count;
            return;
        }
        if self.keeps && self.kept.len() + count > Self::LONGEST {
            self.kept = Vec::new();
            self.at = 0;
            self.keeps = false;
        } else if self.keeps {
            let buffer = self.bytes.fill_buf().unwrap_or_default();
            self.kept.extend_from_slice(&buffer[..count.min(buffer.len())]);
            self.at = self.kept.len();
        }
        self.bytes.consume(count);
    }
}

impl<R: BufRead> Read for Rewind<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.fill_buf()?.read(buffer)?;
        self.consume(count);
        Ok(count)
    }
}

impl<R: BufRead> Read for Members<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        loop {
            match std::mem::replace(self, Self::Ended) {
                Self::Ended => return Ok(0),
                Self::Lost(mut bytes) => {
                    find_member(&mut bytes)?;
                    *self = Self::Between(bytes);
                }
                Self::Between(mut bytes) => {
                    if !bytes.fill_buf()?.is_empty() {
                        bytes.mark();
                        *self = Self::Inside(GzDecoder::new(bytes));
                    }
                }
                Self::Inside(mut decoder) => match decoder.read(buffer) {
                    Ok(0) => *self = Self::Between(decoder.into_inner()),
                    Ok(count) => {
                        *self = Self::Inside(decoder);
                        return Ok(count);
                    }
                    Err(error) => {
                        let mut bytes = decoder.into_inner();
                        bytes.rewind();
                        *self = Self::Lost(bytes);
                        return Err(error);
                    }
                },
            }
        }
    }
}

/// Goes on to the next bytes that can begin a member, or to the end.
fn find_member(bytes: &mut impl BufRead) -> io::Result<()> {
    let magic = Compression::Gzip.magic();
    loop {
        let buffer = bytes.fill_buf()?;
        if buffer.is_empty() {
            return Ok(());
        }
        let len = buffer.len();
        match buffer.iter().position(|&byte| byte == magic[0]) {
            None => bytes.consume(len),
            // At the end of the buffer the rest cannot be seen, so it is tried.
            Some(at) if buffer[at..].starts_with(magic) || (at > 0 && len - at < magic.len()) => {
                bytes.consume(at);
                return Ok(());
            }
            Some(at) => bytes.consume(at + 1),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn gzip(content: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        encoder.write_all(content).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn content_tells_the_compression_and_a_name_only_what_is_no_text() {
        let of = |head: &[u8], named| Compression::of(head, named).unwrap();
        assert_eq!(of(&gzip(b"a"), None), Some(Compression::Gzip));
        assert_eq!(of(&gzip(b"a"), Some(Compression::Zstd)), Some(Compression::Gzip));
        assert_eq!(of(b"plain text", Some(Compression::Gzip)), None);
        assert_eq!(of(b"\x1F\x8B", Some(Compression::Gzip)), Some(Compression::Gzip));
        assert_eq!(of(b"\x1F\x8A\x08\0\0\0", Some(Compression::Gzip)), Some(Compression::Gzip));
        assert_eq!(of(b"BZh91AY&SY", None), Some(Compression::Bzip2));
        assert_eq!(of(b"BZh was a good format", None), None);
        assert!(Compression::of(b"", Some(Compression::Xz)).is_err());
        assert_eq!(of(b"", None), None);
    }

    #[test]
    fn after_a_damaged_member_the_next_one_is_read() {
        let mut packed = [gzip(b"first "), gzip(b"second "), gzip(b"third")];
        for at in 0..packed[1].len() {
            let whole = packed[1].clone();
            packed[1][at] ^= 0xFF;
            let mut members = Compression::Gzip.reader(io::Cursor::new(packed.concat())).unwrap();
            let (mut read, mut errors) = (Vec::new(), 0);
            while members.read_to_end(&mut read).is_err() {
                errors += 1;
                assert!(errors < 10);
            }
            let read = String::from_utf8_lossy(&read).into_owned();
            assert!(read.starts_with("first ") && read.ends_with("third"), "flipped at {at}: {read:?}");
            packed[1] = whole;
        }
    }
}
