//! Names of files as senders tell them: only the last part of a path, without characters that deceive the eye, and with
//! an ending that is true.

use unicode_normalization::UnicodeNormalization;

use crate::complaints::media::Media;

/// Longest name without its ending, in characters and in bytes of UTF-8: file systems take 255 bytes.
const LONGEST: usize = 150;
const LONGEST_BYTES: usize = 230;
/// Names that mean devices on Windows, whatever their ending.
const DEVICES: [&str; 6] = ["CON", "PRN", "AUX", "NUL", "COM", "LPT"];

/// The ending of a name as it is told, when it is one of the kinds of files that may be added.
pub fn known_ending(told: &str) -> Option<String> {
    let plain = plain(told);
    let (_, ending) = plain.rsplit_once('.')?;
    Media::is_ending(ending).then(|| ending.to_ascii_lowercase())
}

/// A name that is safe to keep, to show and to save a file under, with an ending of its content.
pub fn cleaned(told: Option<&str>, media: &Media) -> String {
    let plain = plain(told.unwrap_or_default());
    let (stem, ending) = plain.rsplit_once('.').unwrap_or((&plain, ""));
    // An ending of what the content may be called, too, gives way; any other is part of the name.
    let stem = if Media::is_ending(ending) { stem } else { &plain };
    let ending = media.ending_like(ending);
    let stem = shortened(stem).trim_end_matches(|c: char| c.is_whitespace() || c == '.').to_owned();
    let stem = if stem.is_empty() { "attachment".to_owned() } else { stem };
    let head = stem.split('.').next().unwrap_or_default().trim_end_matches(|c: char| c.is_ascii_digit());
    let device = DEVICES.iter().any(|known| known.eq_ignore_ascii_case(head));
    format!("{}{stem}.{ending}", if device { "_" } else { "" })
}

/// The last part of a path, without what deceives.
fn plain(told: &str) -> String {
    let last = told.rsplit(['/', '\\']).next().unwrap_or_default();
    let plain: String =
        last.nfc().filter(|c| !deceives(*c)).map(|c| if reserved(c) { '_' } else { c }).collect();
    plain.trim_matches(|c: char| c.is_whitespace() || c == '.').to_owned()
}

/// The same name for those who read ASCII only.
pub fn ascii(name: &str) -> String {
    name.chars()
        .map(|c| if c.is_ascii_graphic() && !matches!(c, '"' | '\\' | '%') || c == ' ' { c } else { '_' })
        .collect()
}

fn shortened(stem: &str) -> &str {
    let fits = |(at, c): &(usize, char)| at.saturating_add(c.len_utf8()) <= LONGEST_BYTES;
    let end = stem.char_indices().take(LONGEST).take_while(fits).last();
    end.and_then(|(at, c)| stem.get(..at.saturating_add(c.len_utf8()))).unwrap_or_default()
}

/// Control characters, and those that are not seen but turn, join or hide what is.
fn deceives(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{3164}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{ffff}' | '\u{e0000}'..='\u{e0fff}')
}

/// What file systems take for something else.
fn reserved(c: char) -> bool {
    matches!(c, '<' | '>' | ':' | '"' | '|' | '?' | '*')
}

#[cfg(test)]
mod tests {
    use super::{ascii, cleaned, known_ending};
    use crate::complaints::media::Media;

    fn png(told: &str) -> String {
        cleaned(Some(told), Media::of("image/png").unwrap())
    }

    #[test]
    fn a_name_is_its_last_part_without_what_deceives() {
        for (told, kept) in [
            ("room.png", "room.png"),
            ("ROOM.PNG", "ROOM.PNG"),
            ("../../etc/passwd", "passwd.png"),
            ("C:\\fakepath\\照片 1.png", "照片 1.png"),
            ("in\u{202e}gpj.png", "ingpj.png"),
            ("a\u{0}b\r\nc\u{7f}.png", "abc.png"),
            ("photo.jpg", "photo.png"),
            ("page.html", "page.html.png"),
            (".htaccess", "htaccess.png"),
            ("..", "attachment.png"),
            ("", "attachment.png"),
            ("/", "attachment.png"),
            ("what?.png", "what_.png"),
            ("nul.png", "_nul.png"),
            ("com1.png", "_com1.png"),
            ("command.png", "command.png"),
            ("e\u{301}.png", "é.png"),
            ("dots... .png", "dots.png"),
        ] {
            assert_eq!(png(told), kept, "{told:?}");
        }
        assert_eq!(cleaned(None, Media::of("text/plain").unwrap()), "attachment.txt");
        let long = png(&format!("{}.png", "房".repeat(300)));
        assert!(long.len() <= 255 && long.chars().count() <= 200 && long.ends_with(".png"), "{long}");
        for (told, ending) in [
            ("a.PDF", Some("pdf")),
            ("C:\\a.jpeg. ", Some("jpeg")),
            ("a.p\u{200b}df", Some("pdf")),
            ("a.exe", None),
            ("pdf", None),
            ("a.pdf/b", None),
        ] {
            assert_eq!(known_ending(told).as_deref(), ending, "{told:?}");
        }
        assert_eq!(ascii("房 \"1\"%.png"), "_ _1__.png");
    }
}
