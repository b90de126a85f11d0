//! How names of many scripts are written, recognised and sorted.

use super::*;

fn parts<'a>(given: &'a str, surname: &'a str) -> NameText<'a> {
    NameText { given: Some(given), surname: Some(surname), ..NameText::default() }
}

fn full(full: &str) -> NameText<'_> {
    NameText { full: Some(full), ..NameText::default() }
}

#[test]
fn names_are_written_as_their_script_does() {
    use Order::{GivenFirst, SurnameFirst};
    for (given, surname, order, script, shown) in [
        ("小明", "王", SurnameFirst, Some("Hani"), "王小明"),
        ("민수", "김", SurnameFirst, None, "김민수"),
        ("さくら", "佐藤", SurnameFirst, Some("Jpan"), "佐藤さくら"),
        ("迈克尔", "乔丹", GivenFirst, None, "迈克尔·乔丹"),
        ("マイケル", "ジョーダン", GivenFirst, None, "マイケル・ジョーダン"),
        ("Xiaoming", "Wang", SurnameFirst, Some("Latn"), "Wang Xiaoming"),
        ("José María", "García", GivenFirst, None, "José María García"),
        ("Tony", "王", GivenFirst, None, "Tony 王"),
        ("", "Madonna", GivenFirst, None, "Madonna"),
        (" ", "", GivenFirst, None, ""),
    ] {
        assert_eq!(display_name(&parts(given, surname), None, None, order, script), shown);
    }
}

#[test]
fn prefix_suffix_and_further_parts_have_their_places() {
    let name = NameText {
        given: Some("Ana"),
        middle: Some("Luz"),
        surname: Some("García"),
        second_surname: Some("López"),
        full: Some("ignored"),
    };
    let shown = display_name(&name, Some("Dr."), Some("PhD"), Order::GivenFirst, None);
    assert_eq!(shown, "Dr. Ana Luz García López PhD");
    let shown = display_name(&name, None, Some(" "), Order::SurnameFirst, None);
    assert_eq!(shown, "García López Ana Luz");
    let wang = parts("小明", "王");
    assert_eq!(display_name(&wang, None, Some("先生"), Order::SurnameFirst, None), "王小明先生");
    assert_eq!(display_name(&wang, Some("Mr"), None, Order::SurnameFirst, None), "Mr 王小明");
    assert_eq!(display_name(&full("Cher"), Some("Ms"), None, Order::GivenFirst, None), "Ms Cher");
    let nobody = NameText::default();
    assert_eq!(display_name(&nobody, Some("Ms"), None, Order::GivenFirst, None), "");
}

#[test]
fn the_order_follows_script_and_language() {
    for (script, language, order) in [
        (Some("Hani"), Some("zh-CN"), Order::SurnameFirst),
        (Some("kore"), None, Order::SurnameFirst),
        (Some("Latn"), Some("hu-HU"), Order::SurnameFirst),
        (Some("Latn"), Some("zh-CN"), Order::GivenFirst),
        (None, Some("hun"), Order::GivenFirst),
        (None, None, Order::GivenFirst),
    ] {
        assert_eq!(default_order(script, language), order, "{script:?} {language:?}");
    }
}

#[test]
fn scripts_are_detected() {
    for (text, code) in [
        ("王小明", Some("Hani")),
        ("佐藤さくら", Some("Jpan")),
        ("ｻﾄｳ", Some("Jpan")),
        ("김민수", Some("Kore")),
        ("金 민수", Some("Kore")),
        ("Tony 王", Some("Hani")),
        ("Ｗａｎｇ", Some("Latn")),
        ("Nguyễn Đặng", Some("Latn")),
        ("Иван", Some("Cyrl")),
        ("محمد", Some("Arab")),
        ("Γιώργος", Some("Grek")),
        ("สมชาย", Some("Thai")),
        ("अमित", Some("Deva")),
        ("דוד", Some("Hebr")),
        ("Иван I", Some("Cyrl")),
        ("aб", Some("Latn")),
        ("12-3 🙂", None),
    ] {
        assert_eq!(detect_script(text), code, "{text}");
    }
}

#[test]
fn chinese_and_latin_names_sort_together() {
    assert_eq!(sort_key(&parts("小明", "王")), "wang xiaoming 王小明");
    assert_eq!(sort_key(&full("单雄信")), "shan xiongxin 单雄信");
    assert_eq!(sort_key(&full("欧阳娜娜")), "ouyang nana 欧阳娜娜");
    assert_eq!(sort_key(&parts("José María", "García-López")), "garcia-lopez jose maria");
    assert_eq!(sort_key(&parts("さくら", "佐藤")), "zuoteng さくら 佐藤さくら");
    assert_eq!(sort_key(&NameText::default()), "");
    let mut keys = [
        sort_key(&parts("Zoe", "Adams")),
        sort_key(&parts("伟", "张")),
        sort_key(&parts("Xiaoming", "Wang")),
        sort_key(&parts("小明", "王")),
        sort_key(&parts("Bob", "Wangari")),
        sort_key(&parts("丽", "陈")),
        sort_key(&parts("丽", "单")),
    ];
    keys.sort();
    let surnames: Vec<&str> = keys.iter().filter_map(|key| key.split(' ').next()).collect();
    assert_eq!(surnames, ["adams", "chen", "shan", "wang", "wang", "wangari", "zhang"]);
}

#[test]
fn sort_keys_are_bounded_and_clean() {
    let long = "王".repeat(300);
    assert!(sort_key(&parts(&long, &long)).len() <= 200);
    assert!(sort_key(&full(&"é".repeat(300))).len() == 200);
    assert_eq!(sort_key(&full("  MÜLLER \u{3000} Jürgen ")), "muller jurgen");
}
