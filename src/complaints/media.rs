//! What files may be added to complaints, and what a file is by its content, whatever its name says.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};

use encoding_rs::{DecoderResult, GB18030};

/// A kind of file that may be added.
#[derive(Debug, PartialEq, Eq)]
pub struct Media {
    /// Its media type.
    pub name: &'static str,
    /// Other names senders have for it.
    aliases: &'static [&'static str],
    /// Endings of such files; the first one is given to those without.
    endings: &'static [&'static str],
}

const fn media(
    name: &'static str,
    aliases: &'static [&'static str],
    endings: &'static [&'static str],
) -> Media {
    Media { name, aliases, endings }
}

/// Every kind of file that may be added. Nothing in it runs when it is opened.
pub const ALLOWED: [Media; 18] = [
    media("image/jpeg", &["image/jpg", "image/pjpeg"], &["jpg", "jpeg", "jpe"]),
    media("image/png", &["image/x-png"], &["png"]),
    media("image/gif", &[], &["gif"]),
    media("image/webp", &[], &["webp"]),
    media("image/heic", &["image/heif", "image/heic-sequence"], &["heic", "heif"]),
    media("application/pdf", &["application/x-pdf"], &["pdf"]),
    media("text/plain", &[], &["txt", "text", "log"]),
    media("message/rfc822", &[], &["eml"]),
    media("audio/mpeg", &["audio/mp3"], &["mp3"]),
    media("audio/mp4", &["audio/m4a", "audio/x-m4a"], &["m4a"]),
    media("audio/ogg", &["audio/opus", "application/ogg", "audio/vorbis"], &["ogg", "oga", "opus"]),
    media("audio/wav", &["audio/x-wav", "audio/wave", "audio/vnd.wave"], &["wav"]),
    media("audio/amr", &["audio/amr-nb"], &["amr"]),
    media("video/mp4", &["video/x-m4v"], &["mp4", "m4v"]),
    media("video/quicktime", &[], &["mov", "qt"]),
    media("video/webm", &["audio/webm"], &["webm"]),
    media(DOCX, &[], &["docx"]),
    media(XLSX, &[], &["xlsx"]),
];

const DOCX: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
/// What a Chinese text is called that is not in UTF-8: no kind that may be added, but one that its sender can convert.
pub const GB18030_TEXT: &str = "text/plain; charset=gb18030";
/// Bytes by which a kind of file is known.
const HEAD: u64 = 16 * 1_024;
/// Bytes of a text read at once.
const PIECE: usize = 64 * 1_024;
/// Longest table of contents of a ZIP file, and longest end behind it.
const LONGEST_TABLE: usize = 4 * 1_024 * 1_024;
const LONGEST_END: u64 = 22 + 65_535;

impl Media {
    /// The kind of a media type, by any of its names, upper or lower case.
    pub fn of(name: &str) -> Option<&'static Self> {
        let known = |other: &str| other.eq_ignore_ascii_case(name);
        ALLOWED.iter().find(|one| known(one.name) || one.aliases.iter().any(|alias| known(alias)))
    }

    /// Whether any kind of file has this ending, upper or lower case.
    pub fn is_ending(ending: &str) -> bool {
        ALLOWED.iter().any(|one| one.has_ending(ending))
    }

    /// Whether such files have this ending, upper or lower case.
    pub fn has_ending(&self, ending: &str) -> bool {
        self.endings.iter().any(|known| known.eq_ignore_ascii_case(ending))
    }

    /// The ending if such files have it, else the usual one.
    pub fn ending_like<'a>(&self, ending: &'a str) -> &'a str {
        if self.has_ending(ending) { ending } else { self.endings.first().copied().unwrap_or_default() }
    }
}

/// What a file is by its content.
#[derive(Debug, PartialEq, Eq)]
pub enum Found {
    /// A kind that may be added: the likeliest, and what else the same content may be called.
    Allowed(Vec<&'static Media>),
    /// Anything else, by its media type as far as it is known.
    Other(&'static str),
}

impl Found {
    fn named(names: &[&str]) -> Self {
        Self::Allowed(names.iter().filter_map(|name| Media::of(name)).collect())
    }
}

/// Looks what a file is. A text is read to its end, of any other only the beginning, and the table of a ZIP file.
///
/// # Errors
/// When it cannot be read.
pub fn recognise(file: &mut File) -> io::Result<Found> {
    file.rewind()?;
    let mut head = Vec::new();
    file.by_ref().take(HEAD).read_to_end(&mut head)?;
    if is_text(file)? {
        return Ok(text(&head));
    }
    if is_mail(&head) && !head.contains(&0) {
        return Ok(Found::named(&["message/rfc822"]));
    }
    let Some(kind) = infer::get(&head) else {
        let is_chinese = is_gb18030(file)?;
        return Ok(Found::Other(if is_chinese { GB18030_TEXT } else { "application/octet-stream" }));
    };
    Ok(match kind.mime_type() {
        "image/heif" => Found::named(&["image/heic"]),
        // The same container: telephones name their recordings either way.
        "audio/m4a" => Found::named(&["audio/mp4", "video/mp4"]),
        "video/mp4" | "video/x-m4v" => Found::named(&["video/mp4", "audio/mp4", "video/quicktime"]),
        "video/quicktime" => Found::named(&["video/quicktime", "video/mp4"]),
        "audio/opus" => Found::named(&["audio/ogg"]),
        "application/zip" | DOCX | XLSX => office(file)?,
        other => match Media::of(other) {
            Some(known) => Found::Allowed(vec![known]),
            None => Found::Other(other),
        },
    })
}

/// What a text is that browsers or shells may take for more than a text.
fn text(head: &[u8]) -> Found {
    let begun = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start();
    if begun.starts_with(b"%PDF-") {
        return Found::named(&["application/pdf"]);
    }
    if begun.starts_with(b"#!") {
        return Found::Other("text/x-shellscript");
    }
    if let Some(rest) = begun.strip_prefix(b"<") {
        let name: Vec<u8> = rest.iter().copied().take(14).collect::<Vec<_>>().to_ascii_lowercase();
        if name.starts_with(b"svg") {
            return Found::Other("image/svg+xml");
        }
        if name.starts_with(b"?xml") {
            return Found::Other(if contains(begun, b"<svg") { "image/svg+xml" } else { "text/xml" });
        }
        if name
            .first()
            .is_some_and(|first| first.is_ascii_alphabetic() || matches!(first, b'!' | b'/' | b'?'))
        {
            return Found::Other("text/html");
        }
    }
    if is_mail(head) {
        Found::named(&["message/rfc822", "text/plain"])
    } else {
        Found::named(&["text/plain"])
    }
}

fn contains(text: &[u8], part: &[u8]) -> bool {
    text.windows(part.len()).any(|window| window.eq_ignore_ascii_case(part))
}

/// Whether a file is UTF-8 without control characters other than those that lay out a text.
fn is_text(file: &mut File) -> io::Result<bool> {
    file.rewind()?;
    let (mut rest, mut piece) = (Vec::new(), vec![0; PIECE]);
    loop {
        let got = file.read(&mut piece)?;
        if got == 0 {
            return Ok(rest.is_empty());
        }
        rest.extend_from_slice(piece.get(..got).unwrap_or_default());
        let good = match std::str::from_utf8(&rest) {
            Ok(text) => text,
            Err(error) if error.error_len().is_some() => return Ok(false),
            // A character may go on in the next piece.
            Err(error) => {
                std::str::from_utf8(rest.get(..error.valid_up_to()).unwrap_or_default()).unwrap_or_default()
            }
        };
        if !lays_out(good) {
            return Ok(false);
        }
        let read = good.len();
        rest.drain(..read);
    }
}

/// Whether a text has no control characters other than those that lay out a text.
fn lays_out(text: &str) -> bool {
    !text.chars().any(|c| c.is_control() && !matches!(c, '\t' | '\n' | '\r' | '\u{c}'))
}

/// Whether a file is GB18030, which contains GBK, without control characters other than those that lay out a text.
fn is_gb18030(file: &mut File) -> io::Result<bool> {
    file.rewind()?;
    let mut decoder = GB18030.new_decoder_without_bom_handling();
    let (mut piece, mut decoded) = (vec![0; PIECE], String::new());
    loop {
        let got = file.read(&mut piece)?;
        let read = piece.get(..got).unwrap_or_default();
        decoded.clear();
        decoded.reserve(decoder.max_utf8_buffer_length_without_replacement(got).unwrap_or_default());
        let (result, _) = decoder.decode_to_string_without_replacement(read, &mut decoded, got == 0);
        if result != DecoderResult::InputEmpty || !lays_out(&decoded) {
            return Ok(false);
        }
        if got == 0 {
            return Ok(true);
        }
    }
}

/// Whether a file begins as a mail does (RFC 5322 2.2): lines of names and values, the sender and when or what among
/// them.
fn is_mail(head: &[u8]) -> bool {
    let (mut sender, mut other) = (false, false);
    for line in head.split(|byte| *byte == b'\n') {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if line.is_empty() {
            break;
        }
        if line.starts_with(b" ") || line.starts_with(b"\t") {
            continue;
        }
        let Some(colon) = line.iter().position(|byte| *byte == b':') else { break };
        let name = line.get(..colon).unwrap_or_default();
        if name.is_empty() || !name.iter().all(u8::is_ascii_graphic) {
            break;
        }
        let is = |wanted: &str| name.eq_ignore_ascii_case(wanted.as_bytes());
        sender |= is("From");
        other |= ["Date", "Received", "Message-ID", "Subject", "To"].into_iter().any(is);
    }
    sender && other
}

/// What a ZIP file is by its table of contents: a document without macros, or nothing that may be added.
fn office(file: &mut File) -> io::Result<Found> {
    let names = zip_names(file)?.unwrap_or_default();
    let has = |wanted: &str| names.iter().any(|name| name == wanted.as_bytes());
    let macros = names.iter().any(|name| name.to_ascii_lowercase().ends_with(b"vbaproject.bin"));
    Ok(match () {
        () if macros || !has("[Content_Types].xml") => Found::Other("application/zip"),
        () if has("word/document.xml") => Found::named(&[DOCX]),
        () if has("xl/workbook.xml") => Found::named(&[XLSX]),
        () => Found::Other("application/zip"),
    })
}

/// Names in the table of contents of a ZIP file (APPNOTE 4.3.12, 4.3.16); `None` when it has none that can be read, or
/// is larger than documents are.
fn zip_names(file: &mut File) -> io::Result<Option<Vec<Vec<u8>>>> {
    let size = file.seek(SeekFrom::End(0))?;
    let mut end = Vec::new();
    file.seek(SeekFrom::Start(size.saturating_sub(LONGEST_END)))?;
    file.by_ref().take(LONGEST_END).read_to_end(&mut end)?;
    let Some(at) = end.windows(4).rposition(|window| window == b"PK\x05\x06") else { return Ok(None) };
    let end = end.get(at..).unwrap_or_default();
    let (Some(length), Some(from)) = (number(end, 12, 4), number(end, 16, 4)) else { return Ok(None) };
    if length > LONGEST_TABLE || u64::try_from(from).unwrap_or(u64::MAX) >= size {
        return Ok(None);
    }
    let mut table = Vec::new();
    file.seek(SeekFrom::Start(u64::try_from(from).unwrap_or(u64::MAX)))?;
    file.by_ref().take(u64::try_from(length).unwrap_or(u64::MAX)).read_to_end(&mut table)?;
    let (mut names, mut rest) = (Vec::new(), table.as_slice());
    while rest.starts_with(b"PK\x01\x02") {
        let sizes = [number(rest, 28, 2), number(rest, 30, 2), number(rest, 32, 2)];
        let [Some(name), Some(extra), Some(comment)] = sizes else { return Ok(None) };
        let Some(text) = rest.get(46..46_usize.saturating_add(name)) else { return Ok(None) };
        names.push(text.to_vec());
        let next = [name, extra, comment].iter().fold(46_usize, |sum, part| sum.saturating_add(*part));
        rest = rest.get(next..).unwrap_or_default();
    }
    Ok(Some(names))
}

/// A number of some bytes, the least first.
fn number(bytes: &[u8], at: usize, count: usize) -> Option<usize> {
    let bytes = bytes.get(at..at.checked_add(count)?)?;
    Some(bytes.iter().rev().fold(0, |sum, byte| (sum << 8) | usize::from(*byte)))
}

#[cfg(test)]
#[path = "media_tests.rs"]
mod tests;
