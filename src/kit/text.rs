//! Text primitives shared by every module: the one folding used for comparing
//! words, and the classification of Han characters. The Mandarin readings are
//! in [`readings`], the common ones offered here too. Pure functions.

use caseless::Caseless;
use unicode_normalization::UnicodeNormalization;

pub mod readings;
pub mod words;

pub use readings::{pinyin_of, surname_pinyin};

/// Folding is repeated until stable; two passes settle every known input, the
/// bound only keeps the loop finite.
const FOLD_PASSES: usize = 4;

/// The comparison form of a text: compatibility forms unified (full-width to
/// half-width), case folded, accents stripped, letters with strokes and
/// ligatures spelled out, invisible characters dropped, whitespace collapsed
/// to single spaces and trimmed. `fold(fold(x)) == fold(x)`; may be empty.
///
/// Only marks that are accents (or optional vowel points of Arabic and Hebrew)
/// are dropped: the vowel signs of Indic scripts and the voicing marks of kana
/// tell names apart and stay.
pub fn fold(text: &str) -> String {
    if text.is_ascii() {
        return collapse(&text.to_ascii_lowercase());
    }
    let mut current = fold_once(text);
    for _ in 0..FOLD_PASSES {
        let next = fold_once(&current);
        if next == current {
            break;
        }
        current = next;
    }
    current
}

fn fold_once(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for c in text.nfkc().default_case_fold().nfd() {
        if is_accent(c) || is_invisible(c) {
            continue;
        }
        match plain_letters(c) {
            Some(letters) => plain.push_str(letters),
            None => plain.push(c),
        }
    }
    collapse(&plain.nfkc().collect::<String>())
}

fn collapse(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
    out
}

fn is_accent(c: char) -> bool {
    matches!(c,
        '\u{0300}'..='\u{036F}' | '\u{1AB0}'..='\u{1AFF}' | '\u{1DC0}'..='\u{1DFF}'
        | '\u{20D0}'..='\u{20FF}' | '\u{FE20}'..='\u{FE2F}'
        | '\u{0591}'..='\u{05BD}' | '\u{05BF}' | '\u{05C1}' | '\u{05C2}' | '\u{05C4}' | '\u{05C5}' | '\u{05C7}'
        | '\u{0640}' | '\u{064B}'..='\u{065F}' | '\u{0670}')
}

fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{00AD}' | '\u{034F}' | '\u{061C}' | '\u{180B}'..='\u{180E}' | '\u{200B}'..='\u{200F}'
        | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}'
        | '\u{E0100}'..='\u{E01EF}')
}

fn plain_letters(c: char) -> Option<&'static str> {
    Some(match c {
        'ø' => "o",
        'ł' => "l",
        'đ' | 'ð' | 'ɖ' => "d",
        'ı' => "i",
        'æ' => "ae",
        'œ' => "oe",
        'þ' => "th",
        'ħ' => "h",
        'ŧ' => "t",
        'ŋ' => "ng",
        'ĸ' => "k",
        'ə' => "e",
        'ƀ' => "b",
        'ɨ' => "i",
        _ => return None,
    })
}

/// Whether the character is a Han character: the unified blocks, their
/// extensions, the compatibility blocks, `〇` and the repeat mark `々`.
pub fn is_han(c: char) -> bool {
    matches!(c,
        '\u{3005}' | '\u{3007}' | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}'
        | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{2FA1F}' | '\u{30000}'..='\u{323AF}')
}

/// Whether the text contains a control character (U+0000–U+001F,
/// U+007F–U+009F); tabs and line ends count.
pub fn has_control(text: &str) -> bool {
    text.chars().any(char::is_control)
}

/// The ASCII digits of a text, last one first; everything else is dropped.
pub fn reversed_digits(text: &str) -> String {
    text.chars().rev().filter(char::is_ascii_digit).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folding_unifies_what_people_type() {
        for (from, to) in [
            ("  Ｗａｎｇ\t  XIAO\u{3000}Ming ", "wang xiao ming"),
            ("Müller", "muller"),
            ("Mu\u{0308}ller", "muller"),
            ("Straße", "strasse"),
            ("Øystein Łukasz Đặng", "oystein lukasz dang"),
            ("Æsa Þór Cœur", "aesa thor coeur"),
            ("İpek Işık", "ipek isik"),
            ("ﬁ", "fi"),
            ("Ёлкин", "елкин"),
            ("ΟΔΥΣΣΕΎΣ", "οδυσσευσ"),
            ("ｶﾞ", "ガ"),
            ("김민수", "김민수"),
            ("हिन्दी", "हिन्दी"),
            ("مُحَمَّد", "محمد"),
            ("a\u{200B}b\u{FEFF}", "ab"),
            ("\u{2F08}", "人"),
            (" \t\n", ""),
        ] {
            assert_eq!(fold(from), to, "{from:?}");
        }
    }

    #[test]
    fn folding_is_idempotent_for_every_character_and_for_mixtures() {
        let mut state = 7_u64;
        let mut mixture = String::new();
        for c in (0..=0x3_2FFF_u32).filter_map(char::from_u32) {
            let once = fold(&c.to_string());
            assert_eq!(fold(&once), once, "{c:?}");
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            if state >> 60 == 0 {
                mixture.push(c);
            }
            if mixture.chars().count() == 12 {
                let once = fold(&mixture);
                assert_eq!(fold(&once), once, "{mixture:?}");
                mixture.clear();
            }
        }
    }

    #[test]
    fn han_is_told_from_other_scripts() {
        assert!("王〇々㐀\u{20000}\u{F900}\u{30000}".chars().all(is_han));
        assert!(!"aあア김·、1".chars().any(is_han));
    }

    #[test]
    fn small_helpers() {
        assert!(has_control("a\tb") && has_control("\u{85}") && has_control("\u{0}"));
        assert!(!has_control("王 小明"));
        assert_eq!(reversed_digits("+86 138-12"), "2183168");
        assert_eq!(reversed_digits("x"), "");
    }
}
