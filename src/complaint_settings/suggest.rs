//! Categories recognised in the words of a complaint. Nothing is decided by it: staff choose.

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::complaint_settings::catalogue::Catalogue;
use crate::kit::text::{fold, is_han};

/// Most categories suggested for a text.
const MOST: usize = 10;

/// A category that a text seems to be about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// Code of the category.
    pub category: String,
    /// The keywords of the catalogue that were met, each once, in the order of the text; never empty.
    pub matched: Vec<String>,
}

/// A keyword as it is compared, with its category and as it is told.
type Word<'c> = (Vec<char>, &'c str, &'c str);

struct Met<'c> {
    start: usize,
    end: usize,
    category: &'c str,
    word: &'c str,
}

fn is_latin(letter: Option<&char>) -> bool {
    letter.is_some_and(|letter| letter.is_alphanumeric() && !is_han(*letter))
}

/// Where a word that stands at a place of a text ends; `None` when it does not, or stands inside a longer word of a
/// script that is written with spaces. A plural is the same word.
fn stands_at(text: &[char], at: usize, word: &[char]) -> Option<usize> {
    if !text.get(at..)?.starts_with(word) {
        return None;
    }
    let before = at.checked_sub(1).and_then(|before| text.get(before));
    if is_latin(word.first()) && is_latin(before) {
        return None;
    }
    let mut end = at + word.len();
    if is_latin(word.last()) && text.get(end) == Some(&'s') {
        end += 1;
    }
    (!(is_latin(word.last()) && is_latin(text.get(end)))).then_some(end)
}

/// Every keyword in the text; of those that overlap, the longest, so that "bed bug" is no complaint about a bed.
fn meet<'c>(catalogue: &'c Catalogue, text: &[char]) -> Vec<Met<'c>> {
    let mut words: HashMap<char, Vec<Word<'c>>> = HashMap::new();
    for (code, category) in catalogue.categories.iter().filter(|(_, category)| !category.is.retired) {
        for word in &category.is.keywords {
            let folded: Vec<char> = fold(&word.text).chars().collect();
            if let Some(first) = folded.first().copied() {
                words.entry(first).or_default().push((folded, code, &word.text));
            }
        }
    }
    let mut all = Vec::new();
    for (start, first) in text.iter().enumerate() {
        for (folded, category, word) in words.get(first).into_iter().flatten() {
            if let Some(end) = stands_at(text, start, folded) {
                all.push(Met { start, end, category, word });
            }
        }
    }
    all.sort_by_key(|met| (std::cmp::Reverse(met.end - met.start), met.start, met.category));
    let mut taken = vec![false; text.len()];
    let mut kept: Vec<Met<'c>> = Vec::new();
    let mut places = HashSet::new();
    for met in all {
        let place = taken.get_mut(met.start..met.end).unwrap_or_default();
        // The same words may be keywords of two categories of a group's own: both are told.
        if place.iter().all(|taken| !taken) || places.contains(&(met.start, met.end)) {
            place.fill(true);
            places.insert((met.start, met.end));
            kept.push(met);
        }
    }
    kept.sort_by_key(|met| (met.start, met.category));
    kept
}

/// The categories a text seems to be about, the likeliest first.
pub(super) fn from_text(catalogue: &Catalogue, text: &str) -> Vec<Candidate> {
    let text: Vec<char> = fold(text).chars().collect();
    let mut found: BTreeMap<&str, (usize, Vec<&str>)> = BTreeMap::new();
    for met in meet(catalogue, &text) {
        let (_, words) = found.entry(met.category).or_insert((met.start, Vec::new()));
        if !words.contains(&met.word) {
            words.push(met.word);
        }
    }
    let mut found: Vec<_> = found.into_iter().collect();
    found.sort_by_key(|(code, (first, words))| (std::cmp::Reverse(words.len()), *first, *code));
    let candidate = |(code, (_, words)): (&str, (usize, Vec<&str>))| Candidate {
        category: code.to_owned(),
        matched: words.into_iter().map(str::to_owned).collect(),
    };
    found.into_iter().take(MOST).map(candidate).collect()
}

#[cfg(test)]
mod tests {
    use super::from_text;
    use crate::complaint_settings::catalogue::{Catalogue, shipped};
    use crate::complaint_settings::model::Keyword;

    fn about(text: &str) -> Vec<String> {
        from_text(shipped(), text).into_iter().map(|one| one.category).collect()
    }

    #[test]
    fn complaints_in_both_languages_are_recognised() {
        for (text, first) in [
            ("房间里有蟑螂，太恶心了", "pests"),
            ("空调坏得一塌糊涂，一晚上闷热", "temperature"),
            ("前台服务态度恶劣，非常不礼貌", "staff_attitude"),
            ("吃完海鲜自助后上吐下泻，食物中毒", "food_safety"),
            ("账单多收了两百元，发票也没有", "billing"),
            ("WIFI一直连不上", "internet"),
            ("ＷＩＦＩ is dead", "internet"),
            ("The Wi-Fi kept dropping", "internet"),
            ("We found bed bugs and cockroaches!", "pests"),
            ("Staff were RUDE and unhelpful.", "staff_attitude"),
            ("I slipped in the lobby and was injured", "safety"),
        ] {
            assert_eq!(about(text).first().map(String::as_str), Some(first), "{text}: {:?}", about(text));
        }
        assert!(about("").is_empty() && about("一切都好，谢谢").is_empty());
    }

    #[test]
    fn latin_words_match_whole_and_longer_words_win() {
        // "rat" is not in "separate", "ant" not in "restaurant", "bill" not in "billiards".
        assert!(about("a separate billiards restaurant").is_empty(), "{:?}", about("a separate restaurant"));
        assert_eq!(about("two rats"), ["pests"]);
        let bed = from_text(shipped(), "bed bugs");
        assert_eq!((bed.len(), bed[0].matched.as_slice()), (1, ["bed bug".to_owned()].as_slice()));
    }

    #[test]
    fn the_order_is_by_words_met_then_by_place_and_never_changes() {
        let text = "地毯上有头发和灰尘，隔音也差";
        assert_eq!(about(text), ["cleanliness", "noise"]);
        assert_eq!(about("隔音差，押金没退"), ["noise", "deposit"]);
        assert_eq!(about("押金没退，隔音差"), ["deposit", "noise"]);
        assert_eq!(from_text(shipped(), text), from_text(shipped(), text));
    }

    #[test]
    fn retired_categories_and_the_words_of_others_are_kept_apart() {
        let mut catalogue: Catalogue = shipped().clone();
        catalogue.categories.get_mut("pests").unwrap().is.retired = true;
        assert!(from_text(&catalogue, "蟑螂").is_empty());
        let word = Keyword { language: "zh-CN".into(), text: "押金".into() };
        catalogue.categories.get_mut("billing").unwrap().is.keywords.push(word);
        let both: Vec<_> = from_text(&catalogue, "押金").into_iter().map(|one| one.category).collect();
        assert_eq!(both, ["billing", "deposit"]);
    }

    #[test]
    fn a_long_text_is_no_burden() {
        let text = "房间不干净 dirty ".repeat(1_000);
        let found = from_text(shipped(), &text);
        assert_eq!(found[0].matched, ["不干净", "dirty"]);
    }
}
