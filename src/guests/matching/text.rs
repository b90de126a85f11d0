//! Owns the folding of text for comparison: case, width, accents, Chinese to
//! pinyin, and the sound code that the blocking keys are made of.
//!
//! Folded text is never shown or stored as a guest's own data; it only serves
//! to compare.

use pinyin::ToPinyin;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Chinese surnames of two characters; every other Chinese surname is taken
/// to be one character long. Source: the compound surnames still in use in the
/// *Hundred Family Surnames*.
const COMPOUND_SURNAMES: [&str; 24] = [
    "欧阳", "歐陽", "司马", "司馬", "诸葛", "諸葛", "上官", "司徒", "夏侯", "尉迟", "尉遲", "公孙", "公孫",
    "慕容", "令狐", "宇文", "皇甫", "长孙", "長孫", "东方", "東方", "独孤", "南宫", "端木",
];

/// Characters read differently when they are a surname than in running text.
/// Source: the surname readings given by the *Contemporary Chinese Dictionary*.
const SURNAME_READINGS: [(&str, &str); 14] = [
    ("曾", "zeng"),
    ("单", "shan"),
    ("單", "shan"),
    ("解", "xie"),
    ("仇", "qiu"),
    ("区", "ou"),
    ("區", "ou"),
    ("查", "zha"),
    ("盖", "ge"),
    ("覃", "qin"),
    ("翟", "zhai"),
    ("朴", "piao"),
    ("缪", "miao"),
    ("尉迟", "yuchi"),
];

/// Folds text for comparison: compatibility forms unified (NFKC), case folded,
/// accents removed, and the Latin letters that have no accent to remove (ø, ł,
/// đ, æ, œ, þ, ı) replaced by their usual plain spelling.
#[must_use]
pub fn fold(text: &str) -> String {
    let unified: String = text.nfkc().collect();
    let mut out = String::with_capacity(unified.len());
    for c in caseless::default_case_fold_str(&unified).nfd() {
        match c {
            'ø' => out.push('o'),
            'ł' => out.push('l'),
            'đ' | 'ð' => out.push('d'),
            'ı' => out.push('i'),
            'æ' => out.push_str("ae"),
            'œ' => out.push_str("oe"),
            'þ' => out.push_str("th"),
            c if is_combining_mark(c) => {}
            c => out.push(c),
        }
    }
    out.nfc().collect()
}

/// Folds like [`fold`], but spells umlauts out first (ä as "ae", ö and ø as
/// "oe", ü as "ue", å as "aa"), as passports do.
#[must_use]
pub fn transcribe(text: &str) -> String {
    let mut spelled = String::with_capacity(text.len());
    for c in text.nfkc() {
        match c {
            'ä' | 'Ä' => spelled.push_str("ae"),
            'ö' | 'Ö' | 'ø' | 'Ø' => spelled.push_str("oe"),
            'ü' | 'Ü' => spelled.push_str("ue"),
            'å' | 'Å' => spelled.push_str("aa"),
            c => spelled.push(c),
        }
    }
    fold(&spelled)
}

/// Splits already folded text into its words: runs of letters and digits, with
/// apostrophes dropped rather than splitting ("o'brien" is one word).
#[must_use]
pub fn words(folded: &str) -> Vec<String> {
    folded
        .replace(['\'', '\u{2019}', '\u{2bc}', '`'], "")
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}

/// Says whether a character is a Han character (Chinese, or Japanese kanji).
#[must_use]
pub fn is_han(c: char) -> bool {
    matches!(c, '\u{3005}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}'
        | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{323af}')
}

/// Says whether text is not empty and consists of Han characters only.
#[must_use]
pub fn all_han(text: &str) -> bool {
    !text.is_empty() && text.chars().all(is_han)
}

/// Splits an unsplit Chinese name into surname and given name; the given name
/// is empty when nothing is left after the surname.
#[must_use]
pub fn split_han(name: &str) -> (String, String) {
    let compound =
        COMPOUND_SURNAMES.iter().find(|surname| name.starts_with(**surname) && name.len() > surname.len());
    let length = compound.map_or(1, |surname| surname.chars().count());
    (name.chars().take(length).collect(), name.chars().skip(length).collect())
}

/// Spells Han text in pinyin without tones or spaces, in each spelling used
/// for the vowel ü (u, v, yu); `surname` picks the surname reading of a
/// character that has one. Empty when a character has no known reading.
#[must_use]
pub fn pinyin_forms(han: &str, surname: bool) -> Vec<String> {
    let special = SURNAME_READINGS.iter().find(|(text, _)| surname && *text == han);
    if let Some((_, reading)) = special {
        return vec![(*reading).to_owned()];
    }
    let Some(spelled) =
        han.chars().map(|c| c.to_pinyin().map(|reading| reading.plain())).collect::<Option<String>>()
    else {
        return Vec::new();
    };
    if !spelled.contains('ü') {
        return vec![spelled];
    }
    ["u", "v", "yu"].iter().map(|vowel| spelled.replace('ü', vowel)).collect()
}

/// Makes the sound code of one folded word: its first sound and up to three
/// more consonant classes, so that most single-letter typos keep the code.
/// A word without Latin letters gives its first three characters instead;
/// an empty word gives an empty code.
#[must_use]
pub fn sound_code(word: &str) -> String {
    let mut letters = word.chars().filter(char::is_ascii_lowercase);
    let Some(first) = letters.next() else {
        return word.chars().take(3).collect();
    };
    let mut code = String::from(first_sound(first));
    let mut last = consonant_class(first);
    for letter in letters {
        let class = consonant_class(letter);
        if let Some(digit) = class
            && class != last
        {
            code.push(digit);
        }
        if !matches!(letter, 'h' | 'w') {
            last = class;
        }
        if code.len() == 4 {
            break;
        }
    }
    code
}

/// Jaro-Winkler similarity from 0 to 1, the same in either order.
#[must_use]
pub fn similarity(a: &str, b: &str) -> f64 {
    // The library matches greedily from its first argument.
    strsim::jaro_winkler(a.min(b), a.max(b))
}

fn first_sound(letter: char) -> char {
    match letter {
        'c' | 'q' => 'k',
        'y' | 'j' => 'i',
        'v' | 'w' => 'f',
        other => other,
    }
}

/// The consonant classes of the Soundex code; none for a vowel.
fn consonant_class(letter: char) -> Option<char> {
    match letter {
        'b' | 'f' | 'p' | 'v' => Some('1'),
        'c' | 'g' | 'j' | 'k' | 'q' | 's' | 'x' | 'z' => Some('2'),
        'd' | 't' => Some('3'),
        'l' => Some('4'),
        'm' | 'n' => Some('5'),
        'r' => Some('6'),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folding_removes_case_width_and_accents() {
        assert_eq!(fold("ＭÜLLER"), "muller");
        assert_eq!(fold("Straße"), "strasse");
        assert_eq!(fold("Łukasz Ørsted"), "lukasz orsted");
        assert_eq!(transcribe("Müller"), "mueller");
    }

    #[test]
    fn apostrophes_do_not_split_words() {
        assert_eq!(words(&fold("Anne-Marie O’Brien")), ["anne", "marie", "obrien"]);
    }

    #[test]
    fn chinese_names_split_after_the_surname() {
        assert_eq!(split_han("王小明"), ("王".into(), "小明".into()));
        assert_eq!(split_han("欧阳娜娜"), ("欧阳".into(), "娜娜".into()));
    }

    #[test]
    fn pinyin_knows_surname_readings_and_umlauts() {
        assert_eq!(pinyin_forms("曾", true), ["zeng"]);
        assert_eq!(pinyin_forms("曾", false), ["ceng"]);
        assert_eq!(pinyin_forms("吕", true), ["lu", "lv", "lyu"]);
        assert!(pinyin_forms("Ω", false).is_empty());
    }

    #[test]
    fn sound_codes_survive_common_typos() {
        assert_eq!(sound_code("meyer"), sound_code("meier"));
        assert_eq!(sound_code("hathaway"), sound_code("hathaay")); // spellchecker:disable-line
        assert_eq!(sound_code("carl"), sound_code("karl"));
        assert_ne!(sound_code("weber"), sound_code("schulz"));
        assert_eq!(sound_code("иванов"), "ива");
        assert_eq!(sound_code(""), "");
    }
}
