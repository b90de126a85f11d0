//! The search contract: who is found by what, and that every probe is necessary.

use super::*;

/// given, middle, surname, second surname, full, e-mails, phones.
type Guest = (
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static [&'static str],
    &'static [&'static str],
);

const GUESTS: &[Guest] = &[
    ("小明", "", "王", "", "", &["wang.xm88@example.com"], &["+8613812345678"]),
    ("Xiaoming", "", "Wang", "", "", &[], &[]),
    ("Xiao Ming", "", "Wang", "", "", &[], &[]),
    ("", "", "", "", "Xiaoming Wang", &[], &[]),
    ("", "", "", "", "王小明", &[], &[]),
    ("", "", "", "", "王 小明", &[], &[]),
    ("娜娜", "", "欧阳", "", "", &["Nana@Example.org"], &[]),
    ("雄信", "", "单", "", "", &[], &[]),
    ("", "", "", "", "尉迟恭", &[], &[]),
    ("布", "", "吕", "", "", &[], &[]),
    ("José María", "", "García-López", "", "", &["jm.garcia@example.es"], &["+34 612 345 678"]),
    ("Ana", "", "García", "López", "", &[], &[]),
    ("Jürgen", "", "Müller", "", "", &[], &["+49 (0)1512 3456789"]),
    ("Shane", "", "O'Neil", "", "", &[], &["+44 20 7946 0018 ext. 12"]),
    ("Jean-Pierre", "Luc", "D’Arcy", "", "", &[], &[]),
    ("さくら", "", "佐藤", "", "", &[], &["+819012345678"]),
    ("サクラ", "", "サトウ", "", "", &[], &[]),
    ("민수", "", "김", "", "", &[], &["+821012345678"]),
    ("", "", "", "", "迈克尔·乔丹", &[], &[]),
    ("迈克尔", "", "乔丹", "", "", &[], &[]),
    ("Иван", "Петрович", "Ёлкин", "", "", &[], &[]),
    ("محمد", "", "الفاسي", "", "", &[], &[]),
    ("Tony", "", "王", "", "Tony王", &[], &["13800000000"]),
    ("小王", "", "王", "", "", &["0012345678@example.com"], &[]),
    ("", "", "", "", "", &[], &["110"]),
];

fn terms_of(guest: &Guest) -> Vec<String> {
    let (given, middle, surname, second_surname, full, emails, phones) = *guest;
    let [given, middle, surname, second_surname, full] =
        [given, middle, surname, second_surname, full].map(|p| (!p.is_empty()).then_some(p));
    index_terms(&[NameText { given, middle, surname, second_surname, full }], emails, phones)
}

fn find(given: &str, surname: &str) -> String {
    let name = NameText { given: Some(given), surname: Some(surname), ..NameText::default() };
    join(&index_terms(&[name], &["wang.xm88@example.com"], &["+8613812345678"]))
}

fn found(q: &str, stored: &str) -> bool {
    Query::parse(q).is_some_and(|query| query.matches(stored))
}

#[test]
fn a_chinese_guest_is_found_by_every_usual_spelling() {
    let stored = find("小明", "王");
    for q in [
        "王",
        "小",
        "明",
        "小明",
        "王小",
        "王小明",
        "明 王",
        "小明 王",
        "wxm",
        "WXM",
        "wx",
        "wang",
        "WANG",
        "Ｗａｎｇ",
        "w",
        "wangxiaoming",
        "wangxiao",
        "xiaoming",
        "xiaomingwang",
        "xiaoming wang",
        "Wang, Xiaoming",
        "wang xiao ming",
        "ming",
        "王xiaoming",
        "xiaoming王",
        "5678",
        "345678",
        "13812345678",
        "138-1234-5678",
        "138 1234 5678",
        "+86 138 1234 5678",
        "+8613812345678",
        "0086 138 1234 5678",
        "(+86) 138.1234.5678",
        "１３８ １２３４ ５６７８",
        "wang 5678",
        "5678 王",
        "王5678",
        "wang.xm88@example.com",
        "WANG.XM88@EX",
        "wang.xm88@",
        "xm88",
        "wang.xm88",
        "<wang.xm88@example.com>",
        "wang wang",
    ] {
        assert!(found(q, &stored), "{q}");
    }
    for q in [
        "明王",
        "王明",
        "小王",
        "王小明明",
        "xmw",
        "iaoming",
        "wxmm",
        "wangxm88@example.com",
        "6789",
        "1234567",
        "13912345678",
        "wang li",
        "xm88@example.com",
        "567",
        "王 李",
        "@example.com",
    ] {
        assert!(!found(q, &stored), "{q}");
    }
}

#[test]
fn names_written_in_romanised_chinese_are_found_joined_and_by_initials() {
    for guest in GUESTS.iter().skip(1).take(3) {
        let stored = join(&terms_of(guest));
        for q in ["wangxiaoming", "xiaoming", "xiaomingwang", "wxm", "ming wang", "xiao-ming"] {
            assert!(q == "ming wang" || found(q, &stored), "{q}: {stored}");
        }
    }
    assert!(found("ming wang", &find("Xiao Ming", "Wang")));
    assert!(!found("js", &find("John", "Smith")), "initials are a Chinese custom");
}

#[test]
fn surname_readings_and_compound_surnames_are_known() {
    let nana = find("娜娜", "欧阳");
    assert!(["oynn", "ouyangnana", "ouyang", "yang", "nana", "欧阳", "阳娜"].iter().all(|q| found(q, &nana)));
    let shan = find("雄信", "单");
    assert!(["shanxiongxin", "danxiongxin", "sxx", "dxx", "单雄信"].iter().all(|q| found(q, &shan)));
    let lv = find("布", "吕");
    assert!(["lv", "lu", "lü", "Lyu", "lvbu", "lübu", "LYU BU", "lb"].iter().all(|q| found(q, &lv)));
    let full = NameText { full: Some("尉迟恭"), ..NameText::default() };
    let stored = join(&index_terms(&[full], &[], &[]));
    assert!(["yuchigong", "weichigong", "ycg", "gong", "迟恭"].iter().all(|q| found(q, &stored)));
}

#[test]
fn alphabetic_names_are_found_by_words_in_any_order() {
    let shane = find("Shane", "O'Neil");
    for q in [
        "oneil",
        "o'neil",
        "O’NEIL",
        "o´neil",
        "neil",
        "o neil",
        "o-neil",
        "shane o",
        "oneil shane",
        "shaneoneil",
    ] {
        assert!(found(q, &shane), "{q}");
    }
    let jose = find("José María", "García-López");
    for q in [
        "jose garcia",
        "GARCÍA",
        "lopez maria",
        "garcia-lopez",
        "garcia lopez",
        "garcialopez",
        "josemaria",
        "Jose\u{301}",
    ] {
        assert!(found(q, &jose), "{q}");
    }
    assert!(!found("jose perez", &jose));
    let muller = find("Jürgen", "Müller");
    assert!(found("muller", &muller) && found("MÜLLER j", &muller) && !found("mueller", &muller));
    assert!(found("jean-pierre", &find("Jean Pierre", "Roux")));
    assert!(found("jean pierre", &find("Jean-Pierre", "Roux")));
    assert!(found("елкин", &find("Иван", "Ёлкин")));
    assert!(found("محمد", &find("مُحَمَّد", "الفاسي")));
}

#[test]
fn kana_and_hangul_are_found_by_any_part() {
    let sakura = find("さくら", "佐藤");
    assert!(["さくら", "サクラ", "ｻｸﾗ", "くら", "佐藤", "藤さ"].iter().all(|q| found(q, &sakura)));
    let minsu = find("민수", "김");
    assert!(["김민수", "민수", "수", "김", "민수 김"].iter().all(|q| found(q, &minsu)));
    let jordan = find("迈克尔", "乔丹");
    assert!(["迈克尔·乔丹", "迈克尔乔丹", "乔丹", "克尔"].iter().all(|q| found(q, &jordan)));
}

#[test]
fn national_and_international_spellings_find_the_same_phone() {
    let name = [NameText::default()];
    let stored = join(&index_terms(&name, &[], &["+44 20 7946 0018 ext. 12"]));
    for q in [
        "0018",
        "+442079460018",
        "+44 (0)20 7946 0018",
        "020 7946 0018",
        "(020) 7946-0018",
        "0044 20 7946 0018",
    ] {
        assert!(found(q, &stored), "{q}");
    }
    assert!(!found("12", &stored), "the extension is not the number");
    let raw = join(&index_terms(&name, &[], &["tel:00 86 138 1234 5678"]));
    assert!(found("+86 138 1234 5678", &raw));
}

#[test]
fn nothing_searchable_is_no_query() {
    for q in ["", "  ", "-", "()", "·", "@", "。,", "🙂", "\u{200B}", "'"] {
        assert_eq!(Query::parse(q), None, "{q:?}");
    }
    assert_eq!(Query::parse("Wang wang").map(|q| q.probes().len()), Some(1));
    assert_eq!(Query::parse(&"a b c d e ".repeat(50)).map(|q| q.probes().len()), Some(5));
    let many: Vec<String> = (0..99).map(|n| format!("w{n}")).collect();
    assert_eq!(Query::parse(&many.join(" ")).map(|q| q.probes().len()), Some(16));
}

#[test]
fn every_probe_is_necessary_and_every_match_has_its_smallest_term() {
    let mut queries: Vec<String> = Vec::new();
    let mut pieces: Vec<String> = vec!["5678".into(), "+86 138".into(), "wxm".into(), "x".into()];
    for guest in GUESTS {
        for term in terms_of(guest) {
            let half: String = term.chars().take(term.chars().count().div_ceil(2)).collect();
            pieces.extend([term.trim_start_matches(['@', '#']).to_owned(), half]);
        }
    }
    for (i, first) in pieces.iter().enumerate() {
        queries.push(first.clone());
        for second in pieces.iter().skip(i % 7).step_by(7) {
            queries.extend([format!("{first} {second}"), format!("{first}{second}")]);
        }
    }
    let stored: Vec<Vec<String>> = GUESTS.iter().map(terms_of).collect();
    let joined: Vec<String> = stored.iter().map(|terms| join(terms)).collect();
    let mut matched = 0;
    for query in queries.iter().filter_map(|q| Query::parse(q)) {
        for (terms, joined) in stored.iter().zip(&joined).filter(|(_, joined)| query.matches(joined)) {
            matched += 1;
            for probe in query.probes() {
                let in_range: Vec<&String> = terms.iter().filter(|term| probe.contains(term)).collect();
                assert!(!in_range.is_empty(), "{query:?} without {probe:?} in {terms:?}");
                let smallest = smallest_match(split(joined), probe);
                assert_eq!(smallest, in_range.into_iter().min().map(String::as_str));
            }
        }
    }
    assert!(matched > 1000, "only {matched} matches");
}

#[test]
fn terms_are_sorted_distinct_bounded_and_never_redundant() {
    for guest in GUESTS {
        let terms = terms_of(guest);
        assert!(!terms.is_empty(), "{guest:?}");
        assert!(terms.len() <= 14, "{terms:?}");
        for (one, next) in terms.iter().zip(terms.iter().skip(1)) {
            assert!(one < next && !next.starts_with(one.as_str()), "{terms:?}");
        }
        assert!(split(&join(&terms)).eq(terms.iter().map(String::as_str)));
    }
}

#[test]
fn absurdly_long_names_are_cut_and_still_found() {
    let run = |first: u32| -> String { (first..first + 900).filter_map(char::from_u32).collect() };
    let words = "abcdefghij".repeat(30);
    let mail = format!("{words}@example.com");
    let runs = [run(0x4E00), run(0x5400), run(0x5A00)];
    let names = runs.each_ref().map(|given| NameText {
        given: Some(given),
        surname: Some(&words),
        ..NameText::default()
    });
    let terms = index_terms(&names, &[&mail], &["+8613812345678"]);
    assert_eq!(terms.len(), 200);
    assert!(terms.iter().all(|term| term.len() <= 64));
    let stored = join(&terms);
    let middle: String = runs.iter().flat_map(|r| r.chars().skip(40).take(30)).take(30).collect();
    for q in [middle.as_str(), &words, &mail, "5678"] {
        assert!(found(q, &stored), "{q}");
    }
}
