//! The preference catalogue as clients send and see it.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::hotels::model::Code;
use crate::hotels::names::LocalizedText;
use crate::kit::fault::Faults;
use crate::preferences::catalogue::{Catalogue, Category, Choice, Defined, Item, Keyword, Names};
use crate::preferences::model::{Polarity, PreferenceValueKind, SensitiveKind};
use crate::web::input::Input;

/// A word by which a request is recognised in free text.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct PreferenceKeyword {
    /// Language, BCP 47.
    #[schema(min_length = 2, max_length = 35, examples("zh-CN"))]
    #[validate(length(min = 2, max = 35))]
    language: String,
    /// The word or words.
    #[schema(min_length = 1, max_length = 60, examples("高层"))]
    #[validate(length(min = 1, max = 60))]
    text: String,
}

/// One of the values an item can take.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct PreferenceChoice {
    /// Its code.
    #[schema(min_length = 1, max_length = 60, examples("latte"))]
    #[validate(length(min = 1, max = 60))]
    code: String,
    /// Its names.
    names: LocalizedText,
}

/// A category of the preference catalogue.
#[derive(Debug, Serialize, ToSchema)]
pub struct PreferenceCategory {
    /// Its code.
    #[schema(max_length = 60, examples("room"))]
    code: String,
    /// Version, as in the ETag; 1 for one that comes with the program.
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64, examples(1))]
    version: i64,
    /// Its names.
    names: LocalizedText,
    /// Code of the department that acts on it.
    #[schema(max_length = 40, examples("front-office"))]
    department: String,
    /// Most preferences in use a guest may have of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, minimum = 1, maximum = 200, examples(10))]
    at_most: Option<i32>,
    /// What all its preferences tell of a guest, when they are sensitive.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples("health"))]
    sensitive: Option<SensitiveKind>,
    /// Whether its preferences may say how badly a guest reacts.
    #[schema(examples(false))]
    graded: bool,
    /// Whether it is closed to new preferences.
    #[schema(examples(false))]
    retired: bool,
}

impl PreferenceCategory {
    /// A category as clients see it.
    pub fn new(code: &str, defined: &Defined<Category>) -> Self {
        let Category { names, department, at_most, sensitive, graded, retired } = defined.is.clone();
        Self {
            code: code.to_owned(),
            version: defined.version,
            names: LocalizedText(names),
            department,
            at_most,
            sensitive,
            graded,
            retired,
        }
    }
}

/// An item of the preference catalogue: one thing a guest can prefer.
#[derive(Debug, Serialize, ToSchema)]
pub struct PreferenceItem {
    /// Its code.
    #[schema(max_length = 60, examples("high_floor"))]
    code: String,
    /// Version, as in the ETag; 1 for one that comes with the program.
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64, examples(1))]
    version: i64,
    /// Code of its category.
    #[schema(max_length = 60, examples("room"))]
    category: String,
    /// Its names.
    names: LocalizedText,
    /// What a preference of it says beside the item itself.
    #[schema(examples("none"))]
    value_kind: PreferenceValueKind,
    /// The values of a choice.
    #[schema(max_items = 50)]
    choices: Vec<PreferenceChoice>,
    /// Of the items with the same word here, a guest may wish for one only.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 60, examples("floor"))]
    exclusive_set: Option<String>,
    /// Code of the department that acts on it, when another one than the category's.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 40, examples("housekeeping"))]
    department: Option<String>,
    /// What it tells of a guest, when it is sensitive.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples("religion"))]
    sensitive: Option<SensitiveKind>,
    /// How a request for it is meant unless it says otherwise.
    #[schema(examples("like"))]
    polarity: Polarity,
    /// Words by which a request for it is recognised in free text, beside its names.
    #[schema(max_items = 40)]
    keywords: Vec<PreferenceKeyword>,
    /// Whether it is closed to new preferences.
    #[schema(examples(false))]
    retired: bool,
}

impl PreferenceItem {
    /// An item as clients see it.
    pub fn new(code: &str, defined: &Defined<Item>) -> Self {
        let Item {
            category,
            names,
            value_kind,
            choices,
            exclusive_set,
            department,
            sensitive,
            polarity,
            keywords,
            retired,
        } = defined.is.clone();
        let choice = |one: Choice| PreferenceChoice { code: one.code, names: LocalizedText(one.names) };
        let keyword = |one: Keyword| PreferenceKeyword { language: one.language, text: one.text };
        Self {
            code: code.to_owned(),
            version: defined.version,
            category,
            names: LocalizedText(names),
            value_kind,
            choices: choices.into_iter().map(choice).collect(),
            exclusive_set,
            department,
            sensitive,
            polarity,
            keywords: keywords.into_iter().map(keyword).collect(),
            retired,
        }
    }
}

/// The preference catalogue of the group: what comes with the program, with what the group changed of it or added.
#[derive(Debug, Serialize, ToSchema)]
pub struct PreferenceCatalogue {
    /// Version of the whole, as in the ETag.
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64, examples(1))]
    version: i64,
    /// The categories.
    #[schema(max_items = 1100)]
    categories: Vec<PreferenceCategory>,
    /// The items.
    #[schema(max_items = 1500)]
    items: Vec<PreferenceItem>,
}

impl From<&Catalogue> for PreferenceCatalogue {
    fn from(catalogue: &Catalogue) -> Self {
        let categories = catalogue.categories.iter().map(|(code, one)| PreferenceCategory::new(code, one));
        let items = catalogue.items.iter().map(|(code, one)| PreferenceItem::new(code, one));
        Self { version: catalogue.version, categories: categories.collect(), items: items.collect() }
    }
}

/// A category to write.
#[derive(Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct PreferenceCategoryPut {
    /// Its names.
    names: LocalizedText,
    /// Code of the department that acts on it.
    #[schema(min_length = 1, max_length = 40, examples("front-office"))]
    #[validate(length(min = 1, max = 40))]
    department: String,
    /// Most preferences in use a guest may have of it; any number when absent.
    #[schema(nullable = false, minimum = 1, maximum = 200, examples(10))]
    #[validate(range(min = 1, max = 200))]
    at_most: Option<i32>,
    /// What all its preferences tell of a guest, when they are sensitive.
    #[schema(nullable = false, examples("health"))]
    sensitive: Option<SensitiveKind>,
    /// Whether its preferences may say how badly a guest reacts.
    #[serde(default)]
    #[schema(required = false, examples(false))]
    graded: bool,
}

fn names_of(faults: &mut Faults, names: LocalizedText) -> Option<Names> {
    let names = faults.at("names", |faults| names.check(faults))?;
    Some(names.texts().clone())
}

impl Input for PreferenceCategoryPut {
    type Command = Category;

    fn check(self, faults: &mut Faults) -> Option<Category> {
        let Self { names, department, at_most, sensitive, graded } = self;
        let names = names_of(faults, names);
        check_department(faults, &department);
        Some(Category { names: names?, department, at_most, sensitive, graded, retired: false })
    }
}

/// An item to write.
#[derive(Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct PreferenceItemPut {
    /// Code of its category.
    #[schema(min_length = 1, max_length = 60, examples("room"))]
    #[validate(length(min = 1, max = 60))]
    category: String,
    /// Its names.
    names: LocalizedText,
    /// What a preference of it says beside the item itself; nothing unless told.
    #[schema(nullable = false, examples("none"))]
    value_kind: Option<PreferenceValueKind>,
    /// The values of a choice.
    #[serde(default)]
    #[schema(required = false, max_items = 50)]
    #[validate(nested, length(max = 50))]
    choices: Vec<PreferenceChoice>,
    /// Of the items with the same word here, a guest may wish for one only.
    #[schema(nullable = false, min_length = 1, max_length = 60, examples("floor"))]
    #[validate(length(min = 1, max = 60))]
    exclusive_set: Option<String>,
    /// Code of the department that acts on it; the category's when absent.
    #[schema(nullable = false, min_length = 1, max_length = 40, examples("housekeeping"))]
    #[validate(length(min = 1, max = 40))]
    department: Option<String>,
    /// What it tells of a guest, when it is sensitive.
    #[schema(nullable = false, examples("religion"))]
    sensitive: Option<SensitiveKind>,
    /// How a request for it is meant unless it says otherwise; `like` unless told.
    #[schema(nullable = false, examples("like"))]
    polarity: Option<Polarity>,
    /// Words by which a request for it is recognised in free text, beside its names.
    #[serde(default)]
    #[schema(required = false, max_items = 40)]
    #[validate(nested, length(max = 40))]
    keywords: Vec<PreferenceKeyword>,
}

impl Input for PreferenceItemPut {
    type Command = Item;

    fn check(self, faults: &mut Faults) -> Option<Item> {
        let Self {
            category,
            names,
            value_kind,
            choices,
            exclusive_set,
            department,
            sensitive,
            polarity,
            keywords,
        } = self;
        let names = names_of(faults, names);
        if let Some(department) = &department {
            check_department(faults, department);
        }
        if let Some(set) = &exclusive_set {
            check_code(faults, "exclusive_set", set);
        }
        let mut kept = Vec::new();
        for (at, choice) in choices.into_iter().enumerate() {
            faults.at("choices", |faults| {
                faults.at(at, |faults| {
                    check_code(faults, "code", &choice.code);
                    let names = names_of(faults, choice.names);
                    kept.extend(names.map(|names| Choice { code: choice.code, names }));
                });
            });
        }
        let keyword = |one: PreferenceKeyword| Keyword { language: one.language, text: one.text };
        Some(Item {
            category,
            names: names?,
            value_kind: value_kind.unwrap_or(PreferenceValueKind::None),
            choices: kept,
            exclusive_set,
            department,
            sensitive,
            polarity: polarity.unwrap_or(Polarity::Like),
            keywords: keywords.into_iter().map(keyword).collect(),
            retired: false,
        })
    }
}

/// Whether a text can be a code of the catalogue: lower snake case.
pub fn is_code(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_' || byte == b'-';
    (1..=60).contains(&text.len()) && text.bytes().all(plain)
}

fn check_code(faults: &mut Faults, member: &str, text: &str) {
    if !text.is_empty() && text.len() <= 60 && !is_code(text) {
        faults.at(member, |f| f.add("snake_code", "must be of a-z, 0-9, _ and -"));
    }
}

/// A department is named by the code that hotels have for it.
fn check_department(faults: &mut Faults, text: &str) {
    if !text.is_empty() && text.len() <= 40 && Code::parse(text).is_none() {
        let message = "must be of a-z, 0-9 and -, with no - first or last, as codes of departments are";
        faults.at("department", |f| f.add("department_code", message));
    }
}
