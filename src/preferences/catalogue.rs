//! The preference catalogue: what comes with the program, overlaid by what a group has changed of it or added.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use crate::db::{DbResult, Reads};
use crate::kit::ids::GroupId;
use crate::kit::language::Language;
use crate::kit::version::Version;
use crate::preferences::definition_repo::{self, DefinitionKind};
use crate::preferences::model::{Polarity, PreferenceValueKind, SensitiveKind};

/// Names by language, BCP 47.
pub type Names = BTreeMap<String, String>;

/// A word in one language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Keyword {
    /// BCP 47 tag.
    pub language: String,
    /// The text.
    pub text: String,
}

/// One of the values an item can take.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// Its code.
    pub code: String,
    /// Its names.
    pub names: Names,
}

/// A category.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Category {
    /// Its names.
    pub names: Names,
    /// Code of the department that acts on it.
    pub department: String,
    /// Most preferences in use a guest may have of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_most: Option<i32>,
    /// What all its preferences tell of a guest, when they are sensitive.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sensitive: Option<SensitiveKind>,
    /// Whether its preferences may say how badly a guest reacts.
    #[serde(default)]
    pub graded: bool,
    /// Whether it is closed to new preferences.
    #[serde(default)]
    pub retired: bool,
}

/// An item: one thing a guest can prefer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// Code of its category.
    pub category: String,
    /// Its names.
    pub names: Names,
    /// What a preference of it says beside the item itself.
    pub value_kind: PreferenceValueKind,
    /// The values of a choice.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<Choice>,
    /// Of the items with the same word here, a guest may wish for one only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exclusive_set: Option<String>,
    /// Code of the department that acts on it, when another one than the category's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub department: Option<String>,
    /// What it tells of a guest, when it is sensitive.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sensitive: Option<SensitiveKind>,
    /// How a request for it is meant unless it says otherwise.
    pub polarity: Polarity,
    /// Words by which a request for it is recognised in free text.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub keywords: Vec<Keyword>,
    /// Whether it is closed to new preferences.
    #[serde(default)]
    pub retired: bool,
}

/// A category or an item with its version: 1 for what came with the program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Defined<T> {
    /// What is defined.
    pub is: T,
    /// Its version.
    pub version: Version,
}

/// The whole catalogue of a group.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Catalogue {
    /// Version of the whole: grows with each change of a part.
    pub version: Version,
    /// Categories by code.
    pub categories: BTreeMap<String, Defined<Category>>,
    /// Items by code.
    pub items: BTreeMap<String, Defined<Item>>,
}

impl Catalogue {
    /// An item by its code.
    pub fn item(&self, code: &str) -> Option<&Item> {
        self.items.get(code).map(|item| &item.is)
    }

    /// A category by its code.
    pub fn category(&self, code: &str) -> Option<&Category> {
        self.categories.get(code).map(|category| &category.is)
    }

    /// Code of the department that acts on preferences of a category and, perhaps, an item.
    pub fn department(&self, category: &str, code: Option<&str>) -> Option<&str> {
        let own = code.and_then(|code| self.item(code)).and_then(|item| item.department.as_deref());
        own.or_else(|| self.category(category).map(|category| category.department.as_str()))
    }

    /// Whether a preference of a category and, perhaps, an item is sensitive.
    pub fn sensitive(&self, category: &str, code: Option<&str>) -> Option<SensitiveKind> {
        let own = code.and_then(|code| self.item(code)).and_then(|item| item.sensitive);
        own.or_else(|| self.category(category).and_then(|category| category.sensitive))
    }

    /// Whether an item takes new preferences.
    pub fn open(&self, item: &Item) -> bool {
        !item.retired && self.category(&item.category).is_some_and(|category| !category.retired)
    }
}

/// The name in a language; any other where there is none, and nothing where there is no name at all.
pub fn told(names: &Names, language: Language) -> &str {
    let fits = |name: &(&String, &String)| Language::of_tag(name.0) == Some(language);
    names.iter().find(fits).or_else(|| names.iter().next()).map_or("", |name| name.1.as_str())
}

/// The file that comes with the program. A test reads it, so that a broken one is never shipped.
const SHIPPED: &str = include_str!("shipped.toml");

#[derive(Deserialize)]
struct ShippedFile {
    /// One more with each release that changes the file.
    revision: Version,
    categories: BTreeMap<String, ShippedCategory>,
}

#[derive(Deserialize)]
struct ShippedCategory {
    zh: String,
    en: String,
    department: String,
    at_most: Option<i32>,
    sensitive: Option<SensitiveKind>,
    #[serde(default)]
    graded: bool,
    #[serde(default = "like")]
    polarity: Polarity,
    #[serde(default)]
    items: BTreeMap<String, ShippedItem>,
}

#[derive(Deserialize)]
struct ShippedItem {
    zh: String,
    en: String,
    #[serde(default)]
    choices: BTreeMap<String, (String, String)>,
    value: Option<PreferenceValueKind>,
    set: Option<String>,
    department: Option<String>,
    sensitive: Option<SensitiveKind>,
    polarity: Option<Polarity>,
    #[serde(default)]
    words_zh: Vec<String>,
    #[serde(default)]
    words_en: Vec<String>,
}

const fn like() -> Polarity {
    Polarity::Like
}

fn both(zh: String, en: String) -> Names {
    [("zh-CN".to_owned(), zh), ("en".to_owned(), en)].into()
}

fn shipped_item(category: &str, usual: Polarity, item: ShippedItem) -> Item {
    let word = |language: &'static str| move |text| Keyword { language: language.to_owned(), text };
    let choices: Vec<Choice> =
        item.choices.into_iter().map(|(code, (zh, en))| Choice { code, names: both(zh, en) }).collect();
    let unless_told =
        if choices.is_empty() { PreferenceValueKind::None } else { PreferenceValueKind::Choice };
    Item {
        category: category.to_owned(),
        value_kind: item.value.unwrap_or(unless_told),
        choices,
        exclusive_set: item.set,
        department: item.department,
        sensitive: item.sensitive,
        polarity: item.polarity.unwrap_or(usual),
        keywords: item
            .words_zh
            .into_iter()
            .map(word("zh-CN"))
            .chain(item.words_en.into_iter().map(word("en")))
            .collect(),
        names: both(item.zh, item.en),
        retired: false,
    }
}

fn read_shipped(text: &str) -> Result<Catalogue, toml::de::Error> {
    let file: ShippedFile = toml::from_str(text)?;
    let mut catalogue = Catalogue { version: file.revision, ..Catalogue::default() };
    for (code, shipped) in file.categories {
        let ShippedCategory { zh, en, department, at_most, sensitive, graded, polarity, items } = shipped;
        for (item, shipped) in items {
            let is = shipped_item(&code, polarity, shipped);
            catalogue.items.insert(item, Defined { is, version: 1 });
        }
        let is = Category { names: both(zh, en), department, at_most, sensitive, graded, retired: false };
        catalogue.categories.insert(code, Defined { is, version: 1 });
    }
    Ok(catalogue)
}

/// What comes with the program.
pub fn shipped() -> &'static Catalogue {
    static READ: LazyLock<Catalogue> = LazyLock::new(|| {
        read_shipped(SHIPPED).unwrap_or_else(|fault| {
            log::error!("the catalogue that comes with the program cannot be read: {fault}");
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
    for row in definition_repo::all(reads, group)? {
        catalogue.version += row.version;
        match row.kind {
            DefinitionKind::Category(is) => {
                catalogue.categories.insert(row.code, Defined { is, version: row.version });
            }
            DefinitionKind::Item(is) => {
                catalogue.items.insert(row.code, Defined { is, version: row.version });
            }
        }
    }
    Ok(catalogue)
}

#[cfg(test)]
#[path = "catalogue_tests.rs"]
mod tests;
