//! Owns the comparison of personal names: which word is given name and which
//! surname, in which order, in which script, and how far the two agree.

use std::cmp::Ordering;

use strsim::damerau_levenshtein;

use super::blocking::{BlockingKey, KeyKind};
use super::features::Name;
use super::text::{all_han, fold, pinyin_forms, similarity, sound_code, split_han, transcribe, words};
use super::weights::{NAME_SIMILAR, NAMES_SWAPPED, PartWeights};

/// One way of reading a name as given name and surname.
#[derive(Debug, Clone, Default)]
pub(super) struct Split {
    pub(super) given: Option<Part>,
    pub(super) surname: Option<Part>,
}

/// A given name or a surname in all the spellings it is compared in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Part {
    /// Whole part without spaces, in each spelling; never empty.
    forms: Vec<String>,
    /// Single words, to compare "Anna" with "Anna Maria".
    words: Vec<String>,
    /// The Han characters when the part is written in them.
    han: Option<String>,
}

/// How far two parts of a name agree, from best to worst.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Level {
    /// The same in some spelling.
    Exact,
    /// One letter differs, or the same sound in different characters.
    Close,
    /// All words of the one are in the other.
    Subset,
    /// Only an initial is known, and it agrees.
    Initial,
    /// Alike, but not by a single typing error.
    Similar,
    /// Different scripts that pinyin does not bring together: no verdict.
    Unlike,
    /// Different.
    Differ,
}

/// The result of comparing two names.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct NameMatch {
    /// Sum of the weights of both parts, in bits.
    pub(super) weight: f64,
    /// Level of the given names; absent when one of them is not known.
    pub(super) given: Option<Level>,
    /// Level of the surnames; absent when one of them is not known.
    pub(super) surname: Option<Level>,
}

impl Split {
    /// All readings of one name; none for a placeholder or an empty name.
    pub(super) fn all_of(name: &Name) -> Vec<Self> {
        if name.placeholder {
            return Vec::new();
        }
        let given = Part::from_words(&[name.given.as_deref(), name.middle.as_deref()], false);
        let surnames = [name.surname.as_deref(), name.second_surname.as_deref()];
        let surname = Part::from_words(&surnames, true);
        if given.is_some() || surname.is_some() {
            return vec![Self { given, surname }];
        }
        name.full.as_deref().map_or_else(Vec::new, Self::unsplit)
    }

    fn of(given: &str, surname: &str) -> Self {
        Self {
            given: Part::from_words(&[Some(given)], false),
            surname: Part::from_words(&[Some(surname)], true),
        }
    }

    fn unsplit(full: &str) -> Vec<Self> {
        let compact: String = full.chars().filter(|c| c.is_alphanumeric()).collect();
        let tokens: Vec<&str> = full.split_whitespace().collect();
        if all_han(&compact) {
            if let [surname, given] = tokens.as_slice() {
                return vec![Self::of(given, surname)];
            }
            let (surname, given) = split_han(&compact);
            return vec![Self::of(&given, &surname)];
        }
        if let Some((surname, given)) = full.split_once(',') {
            return vec![Self::of(given, surname)];
        }
        if let [single] = tokens.as_slice() {
            return vec![Self::of("", single)];
        }
        // Longer names are mostly several given names before one surname.
        (1..tokens.len())
            .filter(|cut| tokens.len() <= 4 || *cut == 1 || cut + 1 == tokens.len())
            .map(|cut| {
                let (front, back) = tokens.split_at(cut);
                Self::of(&front.join(" "), &back.join(" "))
            })
            .collect()
    }

    /// Both parts spelled out, whichever comes first; none when one is unknown.
    pub(super) fn key(&self) -> Option<BlockingKey> {
        let (a, b) = (self.given.as_ref()?.text(), self.surname.as_ref()?.text());
        let value = format!("{}|{}", a.min(b), a.max(b));
        Some(BlockingKey::new(KeyKind::FullName, value))
    }

    fn compare(&self, other: &Self) -> NameMatch {
        let given = compare_parts(self.given.as_ref(), other.given.as_ref());
        let surname = compare_parts(self.surname.as_ref(), other.surname.as_ref());
        if given.max(surname) > Some(Level::Close) && self.joins_to_the_same(other) {
            return NameMatch::of(Some(Level::Exact), Some(Level::Exact));
        }
        NameMatch::of(given, surname)
    }

    /// Compares crosswise. Which of the two was swapped is not known, so the
    /// weight is the mean of both, and the worse level counts as that of the
    /// given name.
    fn compare_swapped(&self, other: &Self) -> NameMatch {
        let one = compare_parts(self.given.as_ref(), other.surname.as_ref());
        let two = compare_parts(self.surname.as_ref(), other.given.as_ref());
        let mean = f64::midpoint(NameMatch::of(one, two).weight, NameMatch::of(two, one).weight);
        NameMatch { weight: mean + NAMES_SWAPPED, given: one.max(two), surname: one.min(two) }
    }

    /// Catches words that were cut in the wrong place between the two parts.
    fn joins_to_the_same(&self, other: &Self) -> bool {
        fn joined(split: &Split) -> Option<String> {
            let given = split.given.as_ref()?.forms.first()?;
            Some(format!("{given}{}", split.surname.as_ref()?.forms.first()?))
        }
        joined(self).is_some_and(|name| joined(other) == Some(name))
    }
}

impl Part {
    fn from_words(texts: &[Option<&str>], surname: bool) -> Option<Self> {
        let text = texts.iter().copied().flatten().collect::<Vec<_>>().join(" ");
        let words = words(&fold(&text));
        let joined = words.concat();
        if joined.is_empty() {
            return None;
        }
        if all_han(&joined) {
            let mut forms = pinyin_forms(&joined, surname);
            if forms.is_empty() {
                forms.push(joined.clone());
            }
            return Some(Self { words: Vec::new(), forms, han: Some(joined) });
        }
        let spelled = self::words(&transcribe(&text)).concat();
        let mut forms = vec![joined];
        if !forms.contains(&spelled) {
            forms.push(spelled);
        }
        Some(Self { forms, words, han: None })
    }

    /// The folded spelling; pinyin for Han characters.
    pub(super) fn text(&self) -> &str {
        self.forms.first().map_or("", String::as_str)
    }

    /// The sound codes of the whole part and, when it has several words, of
    /// its first word.
    pub(super) fn codes(&self) -> Vec<String> {
        let mut codes = vec![sound_code(self.text())];
        if let [first, _, ..] = self.words.as_slice() {
            let code = sound_code(first);
            if first.chars().count() > 2 && !codes.contains(&code) {
                codes.push(code);
            }
        }
        codes
    }
}

impl Level {
    fn weight(self, weights: &PartWeights) -> f64 {
        match self {
            Self::Exact => weights.exact,
            Self::Close => weights.close,
            Self::Subset => weights.subset,
            Self::Initial => weights.initial,
            Self::Similar => weights.similar,
            Self::Unlike => 0.0,
            Self::Differ => weights.differ,
        }
    }
}

impl NameMatch {
    fn of(given: Option<Level>, surname: Option<Level>) -> Self {
        let weight = given.map_or(0.0, |level| level.weight(&super::weights::GIVEN))
            + surname.map_or(0.0, |level| level.weight(&super::weights::SURNAME));
        Self { weight, given, surname }
    }

    fn better(self, other: Self) -> Self {
        // Ties are broken so that the result does not depend on the order.
        let rank = |found: &Self| (found.given, found.surname);
        match other.weight.total_cmp(&self.weight) {
            Ordering::Greater => other,
            Ordering::Equal if rank(&other) < rank(&self) => other,
            _ => self,
        }
    }
}

/// Compares all readings of all names and keeps the best; none when one side
/// has no name, or the two have no part in common to compare.
pub(super) fn compare_names(a: &[Split], b: &[Split]) -> Option<NameMatch> {
    let mut best: Option<NameMatch> = None;
    for left in a {
        for right in b {
            for found in [left.compare(right), left.compare_swapped(right)] {
                if found.given.is_some() || found.surname.is_some() {
                    best = Some(best.map_or(found, |known| known.better(found)));
                }
            }
        }
    }
    best
}

fn compare_parts(a: Option<&Part>, b: Option<&Part>) -> Option<Level> {
    let (a, b) = (a?, b?);
    if let (Some(left), Some(right)) = (&a.han, &b.han) {
        if left == right {
            return Some(Level::Exact);
        }
        return Some(compare_sounds(&a.forms, &b.forms));
    }
    let best =
        a.forms.iter().flat_map(|left| b.forms.iter().map(|right| compare_spellings(left, right))).min()?;
    let best = best.min(compare_words(&a.words, &b.words));
    if best == Level::Differ && scripts_differ(a, b) {
        return Some(Level::Unlike);
    }
    Some(best)
}

/// Different characters of one sound are a usual slip of an input method; the
/// endings -n and -ng are confused in much of China.
fn compare_sounds(a: &[String], b: &[String]) -> Level {
    let apart = |x: &String| b.iter().map(|y| damerau_levenshtein(x, y)).min();
    match a.iter().filter_map(apart).min() {
        Some(0) => Level::Close,
        Some(1) => Level::Similar,
        _ => Level::Differ,
    }
}

fn compare_spellings(a: &str, b: &str) -> Level {
    if a == b {
        return Level::Exact;
    }
    let (a_length, b_length) = (a.chars().count(), b.chars().count());
    let (long, short) = (a_length.max(b_length), a_length.min(b_length));
    if short == 1 && a.chars().next() == b.chars().next() {
        return Level::Initial;
    }
    let distance = damerau_levenshtein(a, b);
    if short >= 3 && (distance == 1 && long >= 4 || distance == 2 && short >= 8) {
        return Level::Close;
    }
    if short >= 3 && similarity(a, b) >= NAME_SIMILAR {
        return Level::Similar;
    }
    Level::Differ
}

fn compare_words(a: &[String], b: &[String]) -> Level {
    if a.is_empty() || b.is_empty() {
        return Level::Differ;
    }
    let within = |few: &[String], many: &[String]| {
        few.iter().all(|word| word.chars().count() > 2 && many.contains(word))
    };
    if within(a, b) || within(b, a) {
        return Level::Subset;
    }
    let abbreviated = |(x, y): (&String, &String)| {
        let short = x.chars().count() == 1 || y.chars().count() == 1;
        x == y || short && x.chars().next() == y.chars().next()
    };
    let paired = a.len() == b.len() || a.len().min(b.len()) == 1;
    if paired && a.iter().zip(b).all(abbreviated) {
        return Level::Initial;
    }
    Level::Differ
}

/// Latin against any other script; pinyin counts as Latin only for Chinese
/// readings, while a Japanese name in kanji is romanised quite differently.
fn scripts_differ(a: &Part, b: &Part) -> bool {
    let latin = |part: &Part| part.han.is_none() && part.text().is_ascii();
    latin(a) != latin(b)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(given: &str, surname: &str) -> Vec<Split> {
        Split::all_of(&Name { given: Some(given.into()), surname: Some(surname.into()), ..Name::default() })
    }

    fn full(text: &str) -> Vec<Split> {
        Split::all_of(&Name { full: Some(text.into()), ..Name::default() })
    }

    fn levels(a: &[Split], b: &[Split]) -> (Option<Level>, Option<Level>) {
        let found = compare_names(a, b).unwrap();
        (found.given, found.surname)
    }

    const EXACT: (Option<Level>, Option<Level>) = (Some(Level::Exact), Some(Level::Exact));

    #[test]
    fn chinese_names_agree_with_their_pinyin() {
        for latin in ["Wang Xiaoming", "WANG XIAO MING", "Xiaoming Wang", "Wáng Xiǎomíng"] {
            assert_eq!(levels(&full("王小明"), &full(latin)), EXACT, "{latin}");
            assert_eq!(levels(&name("小明", "王"), &full(latin)), EXACT, "{latin}");
        }
        assert_eq!(levels(&name("小明", "王"), &name("Xiao Ming", "WANG")), EXACT);
        assert_eq!(levels(&full("王小明"), &name("Wang", "Xiaoming")), EXACT);
        assert_eq!(levels(&full("欧阳娜娜"), &full("Ouyang Nana")), EXACT);
    }

    #[test]
    fn different_characters_of_one_sound_are_weaker_than_equal() {
        let same = compare_names(&full("王小明"), &full("王小明")).unwrap();
        let sound = compare_names(&full("王小明"), &full("王小民")).unwrap();
        let other = compare_names(&full("王小明"), &full("李大伟")).unwrap();
        assert_eq!(sound.given, Some(Level::Similar));
        assert!(same.weight > sound.weight && sound.weight > other.weight);
        let homophone = compare_names(&full("王小明"), &full("王晓明")).unwrap();
        assert_eq!(homophone.given, Some(Level::Close));
        assert!(same.weight > homophone.weight);
    }

    #[test]
    fn swapped_names_agree() {
        assert_eq!(levels(&name("Petra", "Lusted"), &name("Lusted", "Petra")), EXACT);
    }

    #[test]
    fn kanji_against_an_unrelated_romanisation_is_no_verdict() {
        let (_, surname) = levels(&name("実", "田中"), &name("Minoru", "Tanaka"));
        assert_eq!(surname, Some(Level::Unlike));
    }

    #[test]
    fn umlauts_agree_in_both_spellings() {
        for spelling in ["Mueller", "Muller", "MÜLLER"] {
            assert_eq!(levels(&name("Jörg", "Müller"), &name("Joerg", spelling)), EXACT);
        }
    }

    #[test]
    fn parts_are_graded() {
        let cases = [
            ("Anna", "Anna Maria", Level::Subset),
            ("Johann", "J.", Level::Initial),
            ("Stefan", "Stefann", Level::Close), // spellchecker:disable-line
            ("elk i", "elki", Level::Exact),
            ("Peter", "Sabine", Level::Differ),
        ];
        for (a, b, level) in cases {
            assert_eq!(
                levels(&name(a, "Berg"), &name(b, "Berg")),
                (Some(level), Some(Level::Exact)),
                "{a} {b}"
            );
        }
    }

    #[test]
    fn placeholders_are_not_compared() {
        let guest = Name { full: Some("Guest 10".into()), placeholder: true, ..Name::default() };
        assert!(Split::all_of(&guest).is_empty());
    }
}
