//! Problems: every type and every detail is told in both languages.

use std::collections::BTreeSet;
use std::path::Path;

use hospes::kit::language::Language;
use hospes::web::problem::ALL;

use crate::harness::{Backend, World};

/// Keys of a file of texts, joined by dots, with their texts. The files are plain: two blanks a level, quoted texts.
pub fn texts(name: &str) -> Vec<(String, String)> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("locales").join(name);
    let mut above: Vec<String> = Vec::new();
    let mut found = Vec::new();
    for line in std::fs::read_to_string(file).unwrap().lines() {
        let trimmed = line.trim_start();
        if trimmed.is_empty() || trimmed.starts_with('#') {
            continue;
        }
        let (key, text) = trimmed.split_once(':').unwrap();
        above.truncate((line.len() - trimmed.len()) / 2);
        above.push(key.trim_matches('"').to_owned());
        if !text.trim().is_empty() && key != "_version" {
            found.push((above.join("."), text.trim().trim_matches('"').to_owned()));
        }
    }
    found
}

/// What stands between `%{` and `}` in a text.
fn places(text: &str) -> BTreeSet<String> {
    text.split("%{").skip(1).map(|rest| rest.split('}').next().unwrap().to_owned()).collect()
}

#[test]
fn both_languages_have_the_same_texts_with_the_same_places() {
    let (english, chinese) = (texts("en.yml"), texts("zh-CN.yml"));
    let keys = |texts: &[(String, String)]| texts.iter().map(|(key, _)| key.clone()).collect::<BTreeSet<_>>();
    let mut only: Vec<String> = keys(&english).symmetric_difference(&keys(&chinese)).cloned().collect();
    // Faults carry their English message with them.
    only.retain(|key| !key.starts_with("fault."));
    assert!(only.is_empty(), "in one language only: {only:?}");
    for (key, text) in &english {
        let Some((_, other)) = chinese.iter().find(|(other, _)| other == key) else { continue };
        assert!(!text.is_empty() && !other.is_empty(), "{key}");
        assert_eq!(places(text), places(other), "{key}");
        assert!(
            other.chars().any(|c| c >= '\u{3000}') || !text.contains(' '),
            "{key} is not Chinese: {other}"
        );
    }
}

#[test]
fn every_problem_type_and_every_detail_in_the_code_has_its_texts() {
    let known: BTreeSet<String> = texts("en.yml").into_iter().map(|(key, _)| key).collect();
    let mut missing = Vec::new();
    for kind in ALL {
        for part in ["title", "detail", "help"] {
            for language in Language::ALL {
                let text = kind.text(part, language);
                assert!(!text.is_empty() && !text.contains("problem."), "{} {part}: {text}", kind.slug);
            }
        }
    }
    let mut used = BTreeSet::new();
    for file in sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src")) {
        let text = std::fs::read_to_string(&file).unwrap();
        for call in [".detail(\"", "State(\"", "::conflict(\""] {
            for rest in text.split(call).skip(1) {
                used.insert(rest.split('"').next().unwrap().to_owned());
            }
        }
    }
    assert!(used.len() > 10, "{used:?}");
    missing.extend(used.into_iter().filter(|key| !known.contains(&format!("detail.{key}"))));
    assert!(missing.is_empty(), "details without a text: {missing:?}");
}

/// Every source below a folder.
pub fn sources(folder: &Path) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found
}

#[actix_web::test]
async fn every_problem_type_has_a_page_in_both_languages() {
    let world = World::new(Backend::Sqlite).await;
    let index = world.get("/problems").send().await;
    let index = String::from_utf8(index.bytes).unwrap();
    for kind in ALL {
        assert!(index.contains(&format!("href=\"{}\"", kind.uri())), "{}", kind.slug);
        for (asked, first, second) in [
            ("en", "lang=\"en\"><h1>", "lang=\"zh-CN\"><h1>"),
            ("zh-CN", "lang=\"zh-CN\"><h1>", "lang=\"en\"><h1>"),
        ] {
            let answer = world.get(&kind.uri()).header("accept-language", asked).send().await;
            assert_eq!(
                (answer.status, answer.header("content-type")),
                (200, "text/html; charset=utf-8"),
                "{}",
                kind.slug
            );
            let page = String::from_utf8(answer.bytes).unwrap();
            assert!(page.find(first).unwrap() < page.find(second).unwrap(), "{}", kind.slug);
            assert!(page.contains(&kind.code()) && page.contains(kind.status.as_str()), "{}", kind.slug);
            for language in Language::ALL {
                assert!(page.contains(&kind.text("help", language)), "{} {}", kind.slug, language.tag());
            }
        }
    }
}

#[actix_web::test]
async fn a_problem_speaks_the_language_that_was_asked_for() {
    let world = World::new(Backend::Sqlite).await;
    for (asked, tag, title) in [
        ("zh-CN", "zh-CN", "未通过身份验证"),
        ("zh", "zh-CN", "未通过身份验证"),
        ("fr, zh-CN;q=0.5, en;q=0.4", "zh-CN", "未通过身份验证"),
        ("en-GB", "en", "Not authenticated"),
        ("fr", "en", "Not authenticated"),
        ("*", "en", "Not authenticated"),
        ("", "en", "Not authenticated"),
    ] {
        let answer = world.get("/v1/me").header("accept-language", asked).send().await;
        let body = answer.problem(401, "unauthenticated");
        assert_eq!(
            (body["title"].as_str().unwrap(), answer.header("content-language")),
            (title, tag),
            "{asked}"
        );
    }
}
