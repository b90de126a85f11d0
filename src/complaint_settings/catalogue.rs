//! What complaints are about and why things go wrong: what comes with the program, overlaid by what a group has changed
//! of it or added.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use crate::complaint_settings::model::{CauseCategory, Defined, FailureOrigin, Keyword, Names, both};
use crate::complaint_settings::repo::{self, Setting};
use crate::complaint_settings::suggest;
pub use crate::complaint_settings::suggest::Candidate;
use crate::db::{DbResult, Reads};
use crate::kit::ids::GroupId;
use crate::kit::version::Version;

/// A category: what a complaint is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Category {
    /// Its names.
    pub names: Names,
    /// Code of the department that usually answers for it.
    pub department: String,
    /// Words by which a text about it is recognised.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub keywords: Vec<Keyword>,
    /// Whether it is closed to new complaints.
    #[serde(default)]
    pub retired: bool,
}

/// A sub-cause: why something went wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubCause {
    /// Its names.
    pub names: Names,
    /// The category of causes it belongs to.
    pub cause_category: CauseCategory,
    /// Where it typically comes from; `None` when that differs from case to case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure_origin: Option<FailureOrigin>,
    /// Whether it is closed to new complaints.
    #[serde(default)]
    pub retired: bool,
}

/// The whole catalogue of a group.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Catalogue {
    /// Version of the whole: grows with each change of a part.
    pub version: Version,
    /// Categories by code.
    pub categories: BTreeMap<String, Defined<Category>>,
    /// Sub-causes by code.
    pub sub_causes: BTreeMap<String, Defined<SubCause>>,
}

impl Catalogue {
    /// A category by its code; retired ones, too.
    pub fn category(&self, code: &str) -> Option<&Category> {
        self.categories.get(code).map(|category| &category.is)
    }

    /// A sub-cause by its code; retired ones, too.
    pub fn sub_cause(&self, code: &str) -> Option<&SubCause> {
        self.sub_causes.get(code).map(|cause| &cause.is)
    }

    /// The categories a text seems to be about, the likeliest first: those with the most different words in it, then
    /// those met first. At most ten; retired ones are never suggested.
    pub fn suggest(&self, text: &str) -> Vec<Candidate> {
        suggest::from_text(self, text)
    }
}

/// The file that comes with the program. A test reads it, so that a broken one is never shipped.
const SHIPPED: &str = include_str!("shipped.toml");

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ShippedFile {
    /// One more with each release that changes the file.
    revision: Version,
    categories: BTreeMap<String, ShippedCategory>,
    sub_causes: BTreeMap<CauseCategory, BTreeMap<String, ShippedCause>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ShippedCategory {
    zh: String,
    en: String,
    department: String,
    #[serde(default)]
    words_zh: Vec<String>,
    #[serde(default)]
    words_en: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ShippedCause {
    zh: String,
    en: String,
    origin: Option<FailureOrigin>,
}

fn read_shipped(text: &str) -> Result<Catalogue, toml::de::Error> {
    let file: ShippedFile = toml::from_str(text)?;
    let word = |language: &'static str| move |text| Keyword { language: language.to_owned(), text };
    let mut catalogue = Catalogue { version: file.revision, ..Catalogue::default() };
    for (code, shipped) in file.categories {
        let ShippedCategory { zh, en, department, words_zh, words_en } = shipped;
        let keywords = words_zh.into_iter().map(word("zh-CN")).chain(words_en.into_iter().map(word("en")));
        let is = Category { names: both(zh, en), department, keywords: keywords.collect(), retired: false };
        catalogue.categories.insert(code, Defined { is, version: 1 });
    }
    for (cause_category, causes) in file.sub_causes {
        for (code, ShippedCause { zh, en, origin }) in causes {
            let is = SubCause { names: both(zh, en), cause_category, failure_origin: origin, retired: false };
            catalogue.sub_causes.insert(code, Defined { is, version: 1 });
        }
    }
    Ok(catalogue)
}

/// What comes with the program.
pub fn shipped() -> &'static Catalogue {
    static READ: LazyLock<Catalogue> = LazyLock::new(|| {
        read_shipped(SHIPPED).unwrap_or_else(|fault| {
            log::error!("the catalogue of complaints that comes with the program cannot be read: {fault}");
            Catalogue::default()
        })
    });
    &READ
}

/// The catalogue of a group, in one query.
///
/// # Errors
/// When the database fails.
pub fn load(reads: &mut impl Reads, group: GroupId) -> DbResult<Catalogue> {
    let mut catalogue = shipped().clone();
    for row in repo::all(reads, group, &[Setting::CATEGORY, Setting::SUB_CAUSE])? {
        catalogue.version += row.version;
        match row.setting {
            Setting::Category(is) => {
                catalogue.categories.insert(row.code, Defined { is, version: row.version });
            }
            Setting::SubCause(is) => {
                catalogue.sub_causes.insert(row.code, Defined { is, version: row.version });
            }
            Setting::Routing(_) | Setting::Template(_) => {}
        }
    }
    Ok(catalogue)
}

#[cfg(test)]
mod tests {
    use super::{CauseCategory, FailureOrigin, SHIPPED, read_shipped};
    use crate::complaint_settings::model::is_code;

    const DEPARTMENTS: [&str; 8] = [
        "front-office",
        "housekeeping",
        "food-beverage",
        "engineering",
        "security",
        "concierge",
        "guest-relations",
        "marketing-sales",
    ];

    #[test]
    fn what_is_shipped_can_be_read_and_is_whole() {
        let catalogue = read_shipped(SHIPPED).unwrap();
        assert!(catalogue.categories.len() >= 36, "{}", catalogue.categories.len());
        assert!(catalogue.sub_causes.len() >= 40, "{}", catalogue.sub_causes.len());
        for (code, category) in &catalogue.categories {
            let category = &category.is;
            assert!(is_code(code) && DEPARTMENTS.contains(&category.department.as_str()), "{code}");
            assert!(category.names.values().all(|name| (1..=60).contains(&name.chars().count())), "{code}");
            assert!(category.keywords.len() <= 40, "{code}");
            let short = |word: &str| (1..=60).contains(&word.chars().count());
            assert!(category.keywords.iter().all(|word| short(&word.text)), "{code}");
            for language in ["zh-CN", "en"] {
                let words = category.keywords.iter().filter(|word| word.language == language).count();
                assert!(code == "other" || words >= 3, "{code} has {words} words in {language}");
            }
        }
        for origin in FailureOrigin::ALL {
            assert!(catalogue.sub_causes.values().any(|cause| cause.is.failure_origin == Some(*origin)));
        }
        for category in CauseCategory::ALL {
            let causes = catalogue.sub_causes.values().filter(|cause| cause.is.cause_category == *category);
            assert!(causes.count() >= 4, "{}", category.code());
        }
        assert!(catalogue.sub_causes.keys().all(|code| is_code(code)));
    }

    #[test]
    fn no_word_stands_for_two_categories() {
        let catalogue = read_shipped(SHIPPED).unwrap();
        let mut words = std::collections::HashMap::new();
        for (code, category) in &catalogue.categories {
            for word in &category.is.keywords {
                let other = words.insert(word.text.as_str(), code);
                assert!(other.is_none(), "{} of {code} and {other:?}", word.text);
            }
        }
    }
}
