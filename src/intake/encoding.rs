//! Turns the bytes of an import file into UTF-8, in constant memory.
//!
//! Owns: unpacking gzip, telling UTF-8, UTF-16 and the Chinese encodings (GBK,
//! GB18030) apart, and decoding. Must not know what the text means: rows,
//! columns and guests belong to [`super::source`] and [`super::mapping`].
//!
//! # How the encoding is found
//!
//! 1. A byte order mark decides.
//! 2. Without one, NUL bytes that fall mostly on even (or mostly on odd)
//!    offsets of the first 4 KiB mean UTF-16.
//! 3. Bytes below 0x80 read the same in every encoding that is left, so they
//!    are passed on until the first byte above; the decision is made on up to
//!    64 KiB that begin there. A file whose first Chinese name stands ten
//!    thousand rows down is therefore still recognised.
//! 4. A window that is valid UTF-8 is UTF-8. So is a window in which valid
//!    multi-byte characters outnumber damaged places by four to one: one broken
//!    row must not turn all others into nonsense.
//! 5. Everything else is the guess of the `chardetng` detector, where GBK is
//!    read with its superset GB18030. Text that is Chinese but for a few damaged
//!    places, on which the detector gives up, is read as GB18030 too.
//!
//! # What happens to damaged text
//!
//! A byte sequence that is malformed in the encoding found is replaced by
//! [`MALFORMED`], a Unicode noncharacter that no text is allowed to contain in
//! interchange. The row readers report a row that holds it as a fault with the
//! code `encoding`; a U+FFFD that already stood in the file is ordinary text.

use std::io::{self, Read};
use std::sync::{Arc, OnceLock};

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{CoderResult, Decoder, DecoderResult, Encoding, GB18030, GBK, UTF_8, UTF_16BE, UTF_16LE};
use flate2::read::MultiGzDecoder;

/// Stands in the decoded text where the bytes of the file were malformed.
pub const MALFORMED: char = '\u{FDD0}';

/// Size of the window on which the encoding is decided, in bytes.
const WINDOW: usize = 64 * 1024;
/// How far from the start NUL bytes are counted to recognise UTF-16, in bytes.
const NUL_WINDOW: usize = 4 * 1024;
/// Size of one read while decoding, in bytes.
const CHUNK: usize = 16 * 1024;

/// A character encoding, either forced by the operator or found in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Charset(&'static Encoding);

impl Charset {
    /// UTF-8.
    pub const UTF_8: Self = Self(UTF_8);
    /// UTF-16, least significant byte first.
    pub const UTF_16LE: Self = Self(UTF_16LE);
    /// UTF-16, most significant byte first.
    pub const UTF_16BE: Self = Self(UTF_16BE);
    /// GB18030, which contains GBK and GB 2312.
    pub const GB18030: Self = Self(GB18030);

    /// Finds an encoding by a label of the WHATWG encoding standard, such as
    /// `utf-8`, `gbk`, `gb18030`, `utf-16le` or `windows-1252`, in any case.
    /// Absent when the label is unknown.
    #[must_use]
    pub fn from_label(label: &str) -> Option<Self> {
        let found = Encoding::for_label_no_replacement(label.as_bytes())?;
        Some(Self(if found == GBK { GB18030 } else { found }))
    }

    /// The standard's name for the encoding, such as `UTF-8`.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.0.name()
    }
}

/// Returns a reader of the unpacked bytes: a stream that begins with the gzip
/// magic number is decompressed, any other is passed through, whatever the
/// file is called.
///
/// # Errors
/// Fails when the first two bytes cannot be read.
pub fn unpack(mut input: Box<dyn Read + Send>) -> io::Result<Box<dyn Read + Send>> {
    let mut head = Vec::with_capacity(2);
    input.by_ref().take(2).read_to_end(&mut head)?;
    let is_gzip = head == [0x1f, 0x8b];
    let whole = io::Cursor::new(head).chain(input);
    Ok(if is_gzip { Box::new(MultiGzDecoder::new(whole)) } else { Box::new(whole) })
}

/// A reader that yields UTF-8 whatever the encoding of `R` is; see the module's
/// documentation for how the encoding is found and what damaged text becomes.
pub struct Utf8Reader<R> {
    input: R,
    raw: Vec<u8>,
    exhausted: bool,
    ready: Vec<u8>,
    taken: usize,
    stage: Stage,
    charset: Arc<OnceLock<Charset>>,
}

enum Stage {
    Start,
    Ascii,
    Decoding(Box<Decoder>),
    Done,
}

impl<R: Read> Utf8Reader<R> {
    /// Reads `input`, whose encoding is `forced` or, without one, is detected.
    pub fn new(input: R, forced: Option<Charset>) -> Self {
        let stage = forced.map_or(Stage::Start, |Charset(encoding)| {
            Stage::Decoding(Box::new(encoding.new_decoder_with_bom_removal()))
        });
        let charset = Arc::new(forced.map_or_else(OnceLock::new, OnceLock::from));
        Self { input, raw: Vec::new(), exhausted: false, ready: Vec::new(), taken: 0, stage, charset }
    }

    /// The encoding forced or found, shared so that it can be asked for while
    /// another owner reads; unset before it has been decided, which for a file
    /// of pure ASCII is never.
    pub fn charset(&self) -> Arc<OnceLock<Charset>> {
        Arc::clone(&self.charset)
    }

    /// Reads until `raw` holds `size` bytes or the input ends.
    fn gather(&mut self, size: usize) -> io::Result<()> {
        let missing = size.saturating_sub(self.raw.len());
        if missing > 0 && !self.exhausted {
            let wanted = u64::try_from(missing).unwrap_or(u64::MAX);
            let got = self.input.by_ref().take(wanted).read_to_end(&mut self.raw)?;
            self.exhausted = got < missing;
        }
        Ok(())
    }

    fn decode_as(&mut self, charset: Charset, bom: usize) {
        self.raw.drain(..bom.min(self.raw.len()));
        self.charset.get_or_init(|| charset);
        self.stage = Stage::Decoding(Box::new(charset.0.new_decoder_without_bom_handling()));
    }

    /// Makes at least one more byte ready, or moves on a stage.
    fn advance(&mut self) -> io::Result<()> {
        match &mut self.stage {
            Stage::Start => {
                self.gather(WINDOW)?;
                if let Some((encoding, bom)) = Encoding::for_bom(&self.raw) {
                    self.decode_as(Charset(encoding), bom);
                } else if let Some(charset) = utf16_by_nul(&self.raw) {
                    self.decode_as(charset, 0);
                } else {
                    self.stage = Stage::Ascii;
                }
            }
            Stage::Ascii => {
                self.gather(CHUNK)?;
                let plain = self.raw.iter().take_while(|byte| byte.is_ascii()).count();
                self.ready.extend(self.raw.drain(..plain));
                if !self.raw.is_empty() {
                    self.gather(WINDOW)?;
                    let charset = detect(&self.raw, self.exhausted);
                    self.decode_as(charset, 0);
                } else if self.exhausted {
                    self.stage = Stage::Done;
                }
            }
            Stage::Decoding(_) => {
                self.gather(CHUNK)?;
                let last = self.exhausted;
                if let Stage::Decoding(decoder) = &mut self.stage {
                    decode(decoder, &self.raw, last, &mut self.ready);
                }
                self.raw.clear();
                if last {
                    self.stage = Stage::Done;
                }
            }
            Stage::Done => {}
        }
        Ok(())
    }
}

impl<R: Read> Read for Utf8Reader<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        while self.taken >= self.ready.len() {
            self.ready.clear();
            self.taken = 0;
            if matches!(self.stage, Stage::Done) {
                return Ok(0);
            }
            self.advance()?;
        }
        let mut rest = self.ready.get(self.taken..).unwrap_or_default();
        let count = rest.read(out)?;
        self.taken += count;
        Ok(count)
    }
}

/// Decodes all of `raw` onto the end of `out`, marking malformed places.
fn decode(decoder: &mut Decoder, raw: &[u8], last: bool, out: &mut Vec<u8>) {
    let mut rest = raw;
    let mut buffer = [0_u8; CHUNK];
    loop {
        let (result, read, written) = decoder.decode_to_utf8_without_replacement(rest, &mut buffer, last);
        out.extend_from_slice(buffer.get(..written).unwrap_or_default());
        rest = rest.get(read..).unwrap_or_default();
        match result {
            DecoderResult::InputEmpty => return,
            DecoderResult::OutputFull => {}
            DecoderResult::Malformed(_, _) => {
                out.extend_from_slice(MALFORMED.encode_utf8(&mut [0; 4]).as_bytes());
            }
        }
    }
}

/// UTF-16 without a byte order mark, told by where its NUL bytes fall.
fn utf16_by_nul(window: &[u8]) -> Option<Charset> {
    let window = window.get(..NUL_WINDOW).unwrap_or(window);
    let nul_at = |parity: usize| {
        let bytes = window.iter().skip(parity).step_by(2);
        bytes.filter(|byte| **byte == 0).count()
    };
    let (even, odd) = (nul_at(0), nul_at(1));
    // One NUL in twenty code units: far above a stray NUL in an ASCII file, and
    // reached by the commas and line ends of a file that is otherwise Chinese,
    // where characters such as U+4E00 put a few NULs on the other side.
    let enough = |count: usize| count >= 2 && count * 40 >= window.len();
    if enough(odd) && odd >= even * 4 {
        Some(Charset::UTF_16LE)
    } else if enough(even) && even >= odd * 4 {
        Some(Charset::UTF_16BE)
    } else {
        None
    }
}

/// Decides on a window that begins with a byte above 0x7F.
fn detect(window: &[u8], is_whole: bool) -> Charset {
    let (mut valid, mut damaged) = (0_usize, 0_usize);
    let mut chunks = window.utf8_chunks().peekable();
    while let Some(chunk) = chunks.next() {
        valid += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        let cut_off = chunks.peek().is_none() && !is_whole;
        if !chunk.invalid().is_empty() && !cut_off {
            damaged += 1;
        }
    }
    if damaged == 0 || valid >= damaged * 4 {
        return Charset::UTF_8;
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(window, is_whole);
    // The hint settles short Chinese texts, but would also take German for
    // Chinese; then the guess without the hint counts.
    let hinted = detector.guess(Some(b"cn"), Utf8Detection::Deny);
    let guess = if hinted == GBK && !looks_chinese(window) {
        detector.guess(None, Utf8Detection::Deny)
    } else {
        hinted
    };
    let is_other_asian = !guess.is_single_byte() && guess != GBK && decodes(guess, window);
    if guess == GBK || (!is_other_asian && looks_chinese(window)) {
        return Charset::GB18030;
    }
    Charset(guess)
}

/// True for GBK text with a few damaged places, such as names that an export
/// has cut in the middle of a character. The detector gives up on GBK at the
/// first of them.
fn looks_chinese(window: &[u8]) -> bool {
    let (mut common, mut rare, mut damaged) = (0_usize, 0_usize, 0_usize);
    let mut rest = window;
    loop {
        rest = match rest {
            [] | [_] => break,
            [0..=0x7f, tail @ ..] => tail,
            // The 3,755 characters of level 1 of GB 2312, which make up nearly
            // all of any Chinese text; Cyrillic and Greek pairs lie elsewhere.
            [0xb0..=0xd7, 0xa1..=0xfe, tail @ ..] => {
                common += 1;
                tail
            }
            [0x81..=0xfe, 0x40..=0x7e | 0x80..=0xfe, tail @ ..]
            | [0x81..=0xfe, 0x30..=0x39, 0x81..=0xfe, 0x30..=0x39, tail @ ..] => {
                rare += 1;
                tail
            }
            [_, tail @ ..] => {
                damaged += 1;
                tail
            }
        };
    }
    common >= damaged * 4 && common > rare
}

fn decodes(encoding: &'static Encoding, window: &[u8]) -> bool {
    let mut decoder = encoding.new_decoder_without_bom_handling();
    let mut rest = window;
    let mut buffer = [0_u8; CHUNK];
    loop {
        let (result, read, _, malformed) = decoder.decode_to_utf8(rest, &mut buffer, false);
        rest = rest.get(read..).unwrap_or_default();
        if malformed {
            return false;
        }
        if result == CoderResult::InputEmpty {
            return true;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    const TEXT: &str = "姓名,手机,备注\n张伟,13812345678,请安排安静的房间\n欧阳娜娜,13912345678,素食\n";

    fn read(bytes: &[u8]) -> (String, Option<&'static str>) {
        read_as(bytes, None)
    }

    fn read_as(bytes: &[u8], forced: Option<Charset>) -> (String, Option<&'static str>) {
        let mut reader = Utf8Reader::new(bytes, forced);
        let mut text = String::new();
        reader.read_to_string(&mut text).unwrap();
        (text, reader.charset().get().map(|charset| charset.name()))
    }

    fn utf16(text: &str, little: bool) -> Vec<u8> {
        text.encode_utf16()
            .flat_map(|unit| if little { unit.to_le_bytes() } else { unit.to_be_bytes() })
            .collect()
    }

    #[test]
    fn utf8_with_and_without_a_byte_order_mark_reads_the_same() {
        assert_eq!(read(TEXT.as_bytes()), (TEXT.into(), Some("UTF-8")));
        let marked = [b"\xEF\xBB\xBF", TEXT.as_bytes()].concat();
        assert_eq!(read(&marked), (TEXT.into(), Some("UTF-8")));
        assert_eq!(read_as(&marked, Some(Charset::UTF_8)).0, TEXT);
    }

    #[test]
    fn gbk_is_recognised() {
        let (bytes, _, lossy) = GBK.encode(TEXT);
        assert!(!lossy);
        assert_eq!(read(&bytes), (TEXT.into(), Some("gb18030")));
    }

    #[test]
    fn gb18030_four_byte_characters_survive() {
        let text = "姓名\n\u{20000}伟\n𠮷野家的客人张三\n";
        let (bytes, _, lossy) = GB18030.encode(text);
        assert!(!lossy && bytes.len() > text.chars().count() * 2 - 4);
        assert_eq!(read(&bytes), (text.into(), Some("gb18030")));
    }

    #[test]
    fn utf16_is_recognised_in_both_orders_with_and_without_a_mark() {
        for (little, name) in [(true, "UTF-16LE"), (false, "UTF-16BE")] {
            assert_eq!(read(&utf16(TEXT, little)), (TEXT.into(), Some(name)));
            let marked = utf16(&format!("\u{feff}{TEXT}"), little);
            assert_eq!(read(&marked), (TEXT.into(), Some(name)));
        }
    }

    #[test]
    fn the_first_chinese_name_may_stand_far_down() {
        let head = "id,name\n".to_owned() + &"1,Smith\n".repeat(20_000);
        let tail = "2,张伟\n3,王芳\n4,李娜\n";
        let bytes = [head.as_bytes(), &GBK.encode(tail).0].concat();
        assert_eq!(read(&bytes), (head + tail, Some("gb18030")));
    }

    #[test]
    fn a_character_cut_by_the_window_does_not_spoil_the_guess() {
        let text = "x".to_owned() + &"张".repeat(WINDOW);
        assert_eq!(read(text.as_bytes()), (text, Some("UTF-8")));
    }

    #[test]
    fn one_damaged_place_is_marked_and_the_rest_stays_utf8() {
        let bytes = [TEXT.as_bytes(), b"\xff\n", TEXT.as_bytes()].concat();
        let expected = format!("{TEXT}{MALFORMED}\n{TEXT}");
        assert_eq!(read(&bytes), (expected, Some("UTF-8")));
    }

    #[test]
    fn a_file_cut_within_a_character_is_marked() {
        let bytes = TEXT.as_bytes();
        let cut = &bytes[..TEXT.find('食').unwrap() + 1];
        assert!(read(cut).0.ends_with(&format!("素{MALFORMED}")));
    }

    #[test]
    fn a_forced_encoding_wins_over_detection() {
        let (bytes, _, _) = encoding_rs::WINDOWS_1252.encode("Jürgen Müller\n");
        let forced = Charset::from_label("windows-1252");
        assert_eq!(read_as(&bytes, forced).0, "Jürgen Müller\n");
        assert_eq!(Charset::from_label("GBK"), Some(Charset::GB18030));
        assert_eq!(Charset::from_label("klingon"), None);
    }

    #[test]
    fn a_damaged_place_does_not_hide_gbk() {
        let (bytes, _, _) = GBK.encode(TEXT);
        let bytes = [&bytes, b"\xd5\xff,1\n".as_slice(), &bytes].concat();
        let (text, name) = read(&bytes);
        assert_eq!(name, Some("gb18030"));
        assert_eq!(text.matches(MALFORMED).count(), 1);
        assert!(text.starts_with(TEXT) && text.ends_with(TEXT));
    }

    #[test]
    fn western_and_cyrillic_text_is_not_taken_for_chinese() {
        let german = "id,name\n1,Jürgen Müller\n2,Jörg Schäfer, Köln\n3,Größe\n".repeat(3);
        let (bytes, _, _) = encoding_rs::WINDOWS_1252.encode(&german);
        assert_eq!(read(&bytes), (german, Some("windows-1252")));
        let russian = "id,name\n1,Иванов Пётр\n2,Смирнова Ольга Сергеевна\n3,Кузнецов\n".repeat(3);
        let (bytes, _, _) = encoding_rs::WINDOWS_1251.encode(&russian);
        assert_eq!(read(&bytes), (russian, Some("windows-1251")));
    }

    #[test]
    fn ascii_needs_no_decision_and_a_stray_nul_is_not_utf16() {
        assert_eq!(read(b"a,b\n1,2\n"), ("a,b\n1,2\n".into(), None));
        assert_eq!(read(b"a,b\n1\0,2\n"), ("a,b\n1\0,2\n".into(), None));
        assert_eq!(read(b""), (String::new(), None));
    }

    #[test]
    fn gzip_is_unpacked_by_content() {
        let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packer.write_all(TEXT.as_bytes()).unwrap();
        let packed = packer.finish().unwrap();
        let mut text = String::new();
        let mut input = unpack(Box::new(io::Cursor::new(packed.clone()))).unwrap();
        input.read_to_string(&mut text).unwrap();
        assert_eq!(text, TEXT);
        let cut = packed[..packed.len() - 6].to_vec();
        let mut input = unpack(Box::new(io::Cursor::new(cut))).unwrap();
        assert!(input.read_to_string(&mut String::new()).is_err());
        let mut plain = String::new();
        let mut input = unpack(Box::new(io::Cursor::new(b"x".to_vec()))).unwrap();
        input.read_to_string(&mut plain).unwrap();
        assert_eq!(plain, "x");
    }
}
