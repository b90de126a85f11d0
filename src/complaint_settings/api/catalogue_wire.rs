//! What complaints are about and why things go wrong, as clients send and see it.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use super::wire::{check_department, language_of, names_of, one_line};
use crate::complaint_settings::catalogue::{Candidate, Category, SubCause};
use crate::complaint_settings::model::{CauseCategory, Defined, FailureOrigin, Keyword};
use crate::hotels::names::LocalizedText;
use crate::kit::fault::Faults;
use crate::web::input::Input;

/// A word by which a text about a category is recognised.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct ComplaintKeyword {
    /// Language, BCP 47.
    #[schema(min_length = 2, max_length = 35, examples("zh-CN"))]
    #[validate(length(min = 2, max = 35))]
    language: String,
    /// The word or words.
    #[schema(min_length = 1, max_length = 60, examples("噪音"))]
    #[validate(length(min = 1, max = 60), custom(function = "one_line"))]
    text: String,
}

/// A category: what a complaint is about.
#[derive(Debug, Serialize, ToSchema)]
pub struct ComplaintCategory {
    /// Its code.
    #[schema(max_length = 60, examples("noise"))]
    code: String,
    /// Version, as in the ETag; 1 for one that comes with the program.
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64, examples(1))]
    version: i64,
    /// Its names.
    names: LocalizedText,
    /// Code of the department that usually answers for it.
    #[schema(max_length = 40, examples("front-office"))]
    department: String,
    /// Words by which a text about it is recognised.
    #[schema(max_items = 40)]
    keywords: Vec<ComplaintKeyword>,
    /// Whether it is closed to new complaints.
    #[schema(examples(false))]
    retired: bool,
}

impl ComplaintCategory {
    /// A category as clients see it.
    pub fn new(code: &str, defined: &Defined<Category>) -> Self {
        let Category { names, department, keywords, retired } = defined.is.clone();
        let keyword = |Keyword { language, text }| ComplaintKeyword { language, text };
        Self {
            code: code.to_owned(),
            version: defined.version,
            names: LocalizedText(names),
            department,
            keywords: keywords.into_iter().map(keyword).collect(),
            retired,
        }
    }
}

/// All categories of the group: what comes with the program, with what the group changed of it or added.
#[derive(Debug, Serialize, ToSchema)]
pub struct ComplaintCategories {
    /// Version of the catalogue, as in the ETag.
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64, examples(1))]
    pub version: i64,
    /// The categories, by code.
    #[schema(max_items = 1100)]
    pub categories: Vec<ComplaintCategory>,
}

/// A category to write.
#[derive(Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct ComplaintCategoryPut {
    /// Its names.
    names: LocalizedText,
    /// Code of the department that usually answers for it.
    #[schema(min_length = 1, max_length = 40, examples("front-office"))]
    #[validate(length(min = 1, max = 40))]
    department: String,
    /// Words by which a text about it is recognised.
    #[serde(default)]
    #[schema(required = false, max_items = 40)]
    #[validate(nested, length(max = 40))]
    keywords: Vec<ComplaintKeyword>,
}

impl Input for ComplaintCategoryPut {
    type Command = Category;

    fn check(self, faults: &mut Faults) -> Option<Category> {
        let Self { names, department, keywords } = self;
        let names = names_of(faults, names);
        faults.at("department", |faults| check_department(faults, &department));
        let mut kept = Vec::new();
        for (at, ComplaintKeyword { language, text }) in keywords.into_iter().enumerate() {
            let language = faults
                .at("keywords", |f| f.at(at, |f| f.at("language", |faults| language_of(faults, &language))));
            let text = text.trim().to_owned();
            let keyword = language.map(|language| Keyword { language, text });
            if keyword.as_ref().is_some_and(|keyword| kept.contains(keyword)) {
                faults.at("keywords", |f| f.at(at, |f| f.add("duplicate", "is in the list already")));
            }
            kept.extend(keyword);
        }
        Some(Category { names: names?, department, keywords: kept, retired: false })
    }
}

/// A sub-cause: why something went wrong.
#[derive(Debug, Serialize, ToSchema)]
pub struct ComplaintSubCause {
    /// Its code.
    #[schema(max_length = 60, examples("overbooked"))]
    code: String,
    /// Version, as in the ETag; 1 for one that comes with the program.
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64, examples(1))]
    version: i64,
    /// Its names.
    names: LocalizedText,
    /// The category of causes it belongs to.
    #[schema(examples("internal_management"))]
    cause_category: CauseCategory,
    /// Where it typically comes from; absent when that differs from case to case.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples("system_defect"))]
    failure_origin: Option<FailureOrigin>,
    /// Whether it is closed to new complaints.
    #[schema(examples(false))]
    retired: bool,
}

impl ComplaintSubCause {
    /// A sub-cause as clients see it.
    pub fn new(code: &str, defined: &Defined<SubCause>) -> Self {
        let SubCause { names, cause_category, failure_origin, retired } = defined.is.clone();
        let (code, names) = (code.to_owned(), LocalizedText(names));
        Self { code, version: defined.version, names, cause_category, failure_origin, retired }
    }
}

/// All sub-causes of the group: what comes with the program, with what the group changed of it or added.
#[derive(Debug, Serialize, ToSchema)]
pub struct ComplaintSubCauses {
    /// Version of the catalogue, as in the ETag.
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64, examples(1))]
    pub version: i64,
    /// The sub-causes, by code.
    #[schema(max_items = 1100)]
    pub sub_causes: Vec<ComplaintSubCause>,
}

/// A sub-cause to write.
#[derive(Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct ComplaintSubCausePut {
    /// Its names.
    names: LocalizedText,
    /// The category of causes it belongs to.
    #[schema(examples("internal_management"))]
    cause_category: CauseCategory,
    /// Where it typically comes from; absent when that differs from case to case.
    #[schema(nullable = false, examples("system_defect"))]
    failure_origin: Option<FailureOrigin>,
}

impl Input for ComplaintSubCausePut {
    type Command = SubCause;

    fn check(self, faults: &mut Faults) -> Option<SubCause> {
        let Self { names, cause_category, failure_origin } = self;
        let names = names_of(faults, names)?;
        Some(SubCause { names, cause_category, failure_origin, retired: false })
    }
}

/// The words of a complaint.
#[derive(Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct ComplaintText {
    /// The words, in whatever language.
    #[schema(min_length = 1, max_length = 10_000, examples("隔壁房间整晚很吵，空调也不制冷。"))]
    #[validate(length(min = 1, max = 10_000))]
    text: String,
}

impl Input for ComplaintText {
    type Command = String;

    fn check(self, _: &mut Faults) -> Option<String> {
        Some(self.text)
    }
}

/// A keyword that was met in a text.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(transparent)]
#[schema(max_length = 60, examples("吵"))]
pub struct MatchedKeyword(String);

/// A category that a text seems to be about.
#[derive(Debug, Serialize, ToSchema)]
pub struct ComplaintCategoryCandidate {
    /// Code of the category.
    #[schema(max_length = 60, examples("noise"))]
    category: String,
    /// The keywords by which it was recognised, in the order of the text.
    #[schema(max_items = 40)]
    matched: Vec<MatchedKeyword>,
}

/// The categories a text seems to be about.
#[derive(Debug, Serialize, ToSchema)]
pub struct ComplaintCategorySuggestion {
    /// The likeliest first; none when nothing was recognised.
    #[schema(max_items = 10)]
    candidates: Vec<ComplaintCategoryCandidate>,
}

impl From<Vec<Candidate>> for ComplaintCategorySuggestion {
    fn from(found: Vec<Candidate>) -> Self {
        let candidate = |Candidate { category, matched }| ComplaintCategoryCandidate {
            category,
            matched: matched.into_iter().map(MatchedKeyword).collect(),
        };
        Self { candidates: found.into_iter().map(candidate).collect() }
    }
}
