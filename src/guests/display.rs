//! How a guest's name is written and sorted: the displayed name, the customary
//! order of its parts, the script it is in, and the key lists are sorted by.
//! Pure functions.

#[cfg(test)]
mod tests;

use super::terms::NameText;
use crate::kit::text::readings::{compound_surname, surname_readings, syllables};
use crate::kit::text::{fold, is_han};

/// The longest sort key, in bytes.
const MAX_KEY_BYTES: usize = 200;

/// Which part of a name is written first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// Surname, then given name.
    SurnameFirst,
    /// Given name, then surname.
    GivenFirst,
}

/// The name as it is shown, with its prefix before and its suffix behind; the
/// unsplit name when there are no parts. Empty when there is no name at all.
///
/// Parts in Han, kana or Hangul stand together without a space, surname first.
/// Given first, which such scripts use for foreign names, they are separated by
/// the middle dot (`迈克尔·乔丹`, `マイケル・ジョーダン`). Everything else is
/// separated by single spaces. `script` is the ISO 15924 code stored with the
/// name; absent, it is detected.
pub fn display_name(
    name: &NameText<'_>,
    prefix: Option<&str>,
    suffix: Option<&str>,
    order: Order,
    script: Option<&str>,
) -> String {
    let surnames = [name.surname, name.second_surname];
    let givens = [name.given, name.middle];
    let parts = match order {
        Order::SurnameFirst => [surnames.as_slice(), east_asian_middle_first(givens).as_slice()].concat(),
        Order::GivenFirst => [givens.as_slice(), surnames.as_slice()].concat(),
    };
    let parts: Vec<&str> = present(&parts).collect();
    let shown = if parts.is_empty() {
        present(&[name.full]).collect()
    } else {
        let dot = match order {
            Order::SurnameFirst => None,
            Order::GivenFirst => foreign_dot(&parts, script),
        };
        dot.map_or_else(|| glue(parts.iter().copied()), |dot| parts.join(dot))
    };
    if shown.is_empty() {
        return shown;
    }
    glue(present(&[prefix]).chain([shown.as_str()]).chain(present(&[suffix])))
}

/// The order customary for a script (ISO 15924) and a language (BCP 47):
/// surname first for Chinese, Japanese and Korean scripts and for Hungarian,
/// given name first otherwise.
pub fn default_order(script: Option<&str>, language: Option<&str>) -> Order {
    const SURNAME_FIRST: [&str; 8] = ["Hani", "Hans", "Hant", "Jpan", "Kore", "Hira", "Kana", "Hang"];
    let by_script = script.is_some_and(|code| SURNAME_FIRST.iter().any(|s| s.eq_ignore_ascii_case(code)));
    let primary = language.and_then(|tag| tag.split(['-', '_']).next());
    if by_script || primary.is_some_and(|tag| tag.eq_ignore_ascii_case("hu")) {
        Order::SurnameFirst
    } else {
        Order::GivenFirst
    }
}

/// The ISO 15924 code of the script a text is in: `Jpan` with any kana, `Kore`
/// with any Hangul, `Hani` with any other Han character, else the script of the
/// most letters. `None` without a letter of a known script.
pub fn detect_script(text: &str) -> Option<&'static str> {
    let mut counts: Vec<(&'static str, usize)> = Vec::new();
    for code in fold(text).chars().filter_map(script_of) {
        match counts.iter_mut().find(|(known, _)| *known == code) {
            Some((_, count)) => *count += 1,
            None => counts.push((code, 1)),
        }
    }
    let east_asian = ["Jpan", "Kore", "Hani"];
    east_asian
        .into_iter()
        .find(|code| counts.iter().any(|(known, _)| known == code))
        .or_else(|| counts.iter().rev().max_by_key(|(_, count)| *count).map(|(code, _)| *code))
}

/// The key a name sorts by, compared bytewise: folded, surname first, at most
/// 200 bytes. Han names sort by their reading, the surname's own first, then by
/// their characters, so they stand among the Latin names where readers of
/// either look. Empty without a name.
pub fn sort_key(name: &NameText<'_>) -> String {
    let family: Vec<&str> = present(&[name.surname, name.second_surname]).collect();
    let personal: Vec<&str> = present(&east_asian_middle_first([name.given, name.middle])).collect();
    let (family, personal) = if family.is_empty() && personal.is_empty() {
        split_full(name.full.map_or("", str::trim))
    } else {
        (glue(family.into_iter()), glue(personal.into_iter()))
    };
    let written = glue([fold(&family).as_str(), fold(&personal).as_str()].into_iter());
    let read = [surname_reading(&family), given_reading(&personal)];
    let key =
        if written.chars().any(is_han) { format!("{} {written}", read.join(" ").trim()) } else { written };
    cut(&key)
}

fn surname_reading(surname: &str) -> String {
    let reading = surname_readings(surname).into_iter().next();
    reading.map_or_else(|| fold(surname), |syllables| syllables.concat())
}

fn given_reading(given: &str) -> String {
    syllables(given).map_or_else(|| fold(given), |syllables| syllables.concat())
}

/// An unsplit Han name of two to four characters begins with its surname; of
/// others it is not known which part the surname is.
fn split_full(full: &str) -> (String, String) {
    let compact: String = full.chars().filter(|c| !c.is_whitespace()).collect();
    let length = compact.chars().count();
    if !compact.chars().all(is_han) || !(2..=4).contains(&length) {
        return (String::new(), full.to_owned());
    }
    let compound = compound_surname(&compact).filter(|_| length > 2);
    let surname = if compound.is_some() { 2 } else { 1 };
    (compact.chars().take(surname).collect(), compact.chars().skip(surname).collect())
}

/// Where the surname leads, a Han or Hangul middle name (a generation name)
/// stands before the given name; in other scripts it follows it.
fn east_asian_middle_first([given, middle]: [Option<&str>; 2]) -> [Option<&str>; 2] {
    if middle.is_some_and(|m| m.chars().all(is_dense)) { [middle, given] } else { [given, middle] }
}

fn foreign_dot(parts: &[&str], script: Option<&str>) -> Option<&'static str> {
    let text = parts.concat();
    if !text.chars().all(|c| is_dense(c) || c.is_whitespace()) {
        return None;
    }
    match script.or_else(|| detect_script(&text))? {
        "Jpan" | "Hira" | "Kana" => Some("・"),
        "Hani" | "Hans" | "Hant" => Some("·"),
        _ => Some(" "),
    }
}

/// Joins words with a space, but without one between two characters of scripts
/// that are written without spaces.
fn glue<'a>(words: impl Iterator<Item = &'a str>) -> String {
    let mut out = String::new();
    for word in words {
        let dense =
            out.chars().next_back().is_some_and(is_dense) && word.chars().next().is_some_and(is_dense);
        if !out.is_empty() && !word.is_empty() && !dense {
            out.push(' ');
        }
        out.push_str(word);
    }
    out
}

fn present<'a>(parts: &[Option<&'a str>]) -> impl Iterator<Item = &'a str> {
    parts.iter().flatten().map(|part| part.trim()).filter(|part| !part.is_empty())
}

fn is_dense(c: char) -> bool {
    matches!(script_of(c), Some("Hani" | "Jpan" | "Kore")) || c == '・'
}

fn script_of(c: char) -> Option<&'static str> {
    Some(match c {
        _ if is_han(c) => "Hani",
        '\u{3041}'..='\u{309F}'
        | '\u{30A1}'..='\u{30FA}'
        | '\u{30FC}'..='\u{30FF}'
        | '\u{31F0}'..='\u{31FF}'
        | '\u{FF66}'..='\u{FF9D}' => "Jpan",
        '\u{1100}'..='\u{11FF}'
        | '\u{3131}'..='\u{318E}'
        | '\u{A960}'..='\u{A97C}'
        | '\u{AC00}'..='\u{D7FB}' => "Kore",
        _ if !c.is_alphabetic() => return None,
        'A'..='z' | '\u{AA}'..='\u{24F}' | '\u{1E00}'..='\u{1EFF}' => "Latn",
        '\u{370}'..='\u{3FF}' | '\u{1F00}'..='\u{1FFF}' => "Grek",
        '\u{400}'..='\u{52F}' | '\u{1C80}'..='\u{1C8F}' | '\u{2DE0}'..='\u{2DFF}' => "Cyrl",
        '\u{531}'..='\u{58A}' => "Armn",
        '\u{5D0}'..='\u{5F2}' => "Hebr",
        '\u{600}'..='\u{6FF}'
        | '\u{750}'..='\u{77F}'
        | '\u{8A0}'..='\u{8FF}'
        | '\u{FB50}'..='\u{FDFF}'
        | '\u{FE70}'..='\u{FEFC}' => "Arab",
        '\u{900}'..='\u{97F}' => "Deva",
        '\u{980}'..='\u{9FF}' => "Beng",
        '\u{A00}'..='\u{A7F}' => "Guru",
        '\u{A80}'..='\u{AFF}' => "Gujr",
        '\u{B80}'..='\u{BFF}' => "Taml",
        '\u{C00}'..='\u{C7F}' => "Telu",
        '\u{C80}'..='\u{CFF}' => "Knda",
        '\u{D00}'..='\u{D7F}' => "Mlym",
        '\u{D80}'..='\u{DFF}' => "Sinh",
        '\u{E00}'..='\u{E7F}' => "Thai",
        '\u{E80}'..='\u{EFF}' => "Laoo",
        '\u{F00}'..='\u{FFF}' => "Tibt",
        '\u{1000}'..='\u{109F}' => "Mymr",
        '\u{10A0}'..='\u{10FF}' | '\u{1C90}'..='\u{1CBF}' => "Geor",
        '\u{1200}'..='\u{139F}' => "Ethi",
        '\u{1780}'..='\u{17FF}' => "Khmr",
        '\u{1800}'..='\u{18AF}' => "Mong",
        _ => return None,
    })
}

fn cut(key: &str) -> String {
    let mut kept = String::new();
    for c in key.chars().filter(|c| !c.is_control()) {
        if kept.len() + c.len_utf8() > MAX_KEY_BYTES {
            break;
        }
        kept.push(c);
    }
    kept
}
