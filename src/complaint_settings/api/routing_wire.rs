//! Routing rules as clients send and see them.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use super::wire::{DepartmentCode, check_code, check_department, each, language_of, one_line};
use crate::complaint_settings::model::{CauseCategory, Priority, Severity};
use crate::complaint_settings::routing::{Case, Preview, Route, Routing, Rule};
use crate::kit::fault::Faults;
use crate::kit::ids::{HotelId, StaffId};
use crate::web::input::Input;

/// Code of a category of complaints.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(min_length = 1, max_length = 60, examples("noise"))]
pub struct ComplaintCategoryCode(String);

/// A language tag, BCP 47; stands for its varieties, too.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(min_length = 2, max_length = 35, examples("zh"))]
pub struct LanguageRange(String);

/// A VIP level, as the file of a guest keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(min_length = 1, max_length = 20, examples("vip1"))]
pub struct VipLevel(String);

/// One routing rule. A case meets it when it meets every condition that the rule has.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct ComplaintRoutingRule {
    /// Its name, unique among the rules.
    #[schema(min_length = 1, max_length = 100, examples("Food safety"))]
    #[validate(length(min = 1, max = 100), custom(function = "one_line"))]
    name: String,
    /// Condition: the complaint is about one of these.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false, max_items = 100)]
    #[validate(length(max = 100))]
    categories: Vec<ComplaintCategoryCode>,
    /// Condition: the cause is known and one of these.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false, max_items = 8)]
    #[validate(length(max = 8))]
    cause_categories: Vec<CauseCategory>,
    /// Condition: it is as bad as one of these.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false, max_items = 4)]
    #[validate(length(max = 4))]
    severities: Vec<Severity>,
    /// Condition: it happened in one of these hotels.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(value_type = Vec<uuid::Uuid>, required = false, max_items = 100)]
    #[validate(length(max = 100))]
    hotel_ids: Vec<String>,
    /// Condition: the guest's language is one of these or a variety of it, so that `zh` stands for `zh-CN`, too.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false, max_items = 20)]
    #[validate(length(max = 20))]
    languages: Vec<LanguageRange>,
    /// Condition: whether the guest is a VIP.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples(true))]
    vip: Option<bool>,
    /// Condition: the number in the guest's VIP level is at least this, as 2 is in `vip2`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, minimum = 1, maximum = 99, examples(2))]
    #[validate(range(min = 1, max = 99))]
    vip_at_least: Option<i32>,
    /// Condition: the guest's VIP level is one of these; upper and lower case are the same.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false, max_items = 20)]
    #[validate(length(max = 20))]
    vip_levels: Vec<VipLevel>,
    /// Code of the department that handles it; the one that usually answers for the category when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, min_length = 1, max_length = 40, examples("food-beverage"))]
    #[validate(length(min = 1, max = 40))]
    department: Option<String>,
    /// Who looks after it: an account that may log in, at work in the one hotel of the rule or in the whole group.
    /// Whoever of the department takes it when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e01"))]
    owner_id: Option<uuid::Uuid>,
    /// How soon it is taken up; by severity, one step higher for a VIP, when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples("urgent"))]
    priority: Option<Priority>,
    /// Codes of the departments that are told of it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false, max_items = 8)]
    #[validate(length(max = 8))]
    inform: Vec<DepartmentCode>,
}

impl From<&Rule> for ComplaintRoutingRule {
    fn from(rule: &Rule) -> Self {
        let Rule {
            name,
            categories,
            cause_categories,
            severities,
            hotel_ids,
            languages,
            vip,
            vip_at_least,
            vip_levels,
            department,
            owner_id,
            priority,
            inform,
        } = rule.clone();
        Self {
            name,
            categories: categories.into_iter().map(ComplaintCategoryCode).collect(),
            cause_categories,
            severities,
            hotel_ids: hotel_ids.iter().map(HotelId::to_string).collect(),
            languages: languages.into_iter().map(LanguageRange).collect(),
            vip,
            vip_at_least,
            vip_levels: vip_levels.into_iter().map(VipLevel).collect(),
            department,
            owner_id: owner_id.map(Into::into),
            priority,
            inform: inform.into_iter().map(DepartmentCode).collect(),
        }
    }
}

fn rule_of(faults: &mut Faults, sent: ComplaintRoutingRule) -> Rule {
    let ComplaintRoutingRule {
        name,
        categories,
        cause_categories,
        severities,
        hotel_ids,
        languages,
        vip,
        vip_at_least,
        vip_levels,
        department,
        owner_id,
        priority,
        inform,
    } = sent;
    each(faults, "categories", &categories, |faults, code| check_code(faults, &code.0));
    each(faults, "cause_categories", &cause_categories, |_, _| {});
    each(faults, "severities", &severities, |_, _| {});
    let mut hotels = Vec::new();
    each(faults, "hotel_ids", &hotel_ids, |faults, id| match id.parse::<HotelId>() {
        Ok(id) => hotels.push(id),
        Err(_) => faults.add("uuid", "must be an id"),
    });
    let mut ranges = Vec::new();
    each(faults, "languages", &languages, |faults, range| ranges.extend(language_of(faults, &range.0)));
    each(faults, "vip_levels", &vip_levels, |faults, level| {
        if !(1..=20).contains(&level.0.chars().count()) {
            faults.add("length", "must have 1 to 20 characters");
        } else if one_line(&level.0).is_err() {
            faults.add("single_line", "must be text on one line, not blank");
        }
    });
    if let Some(department) = &department {
        faults.at("department", |faults| check_department(faults, department));
    }
    each(faults, "inform", &inform, |faults, code| check_department(faults, &code.0));
    Rule {
        name: name.trim().to_owned(),
        categories: categories.into_iter().map(|code| code.0).collect(),
        cause_categories,
        severities,
        hotel_ids: hotels,
        languages: ranges,
        vip,
        vip_at_least,
        vip_levels: vip_levels.into_iter().map(|level| level.0).collect(),
        department,
        owner_id: owner_id.map(StaffId),
        priority,
        inform: inform.into_iter().map(|code| code.0).collect(),
    }
}

/// The routing rules of the group, in order: of those that a case meets, the first one counts.
#[derive(Debug, Serialize, ToSchema)]
pub struct ComplaintRouting {
    /// Version, as in the ETag; 1 for the rules that come with the program.
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64, examples(1))]
    version: i64,
    /// The rules, in order.
    #[schema(max_items = 100)]
    rules: Vec<ComplaintRoutingRule>,
}

impl ComplaintRouting {
    /// Rules as clients see them.
    pub fn new(version: i64, rules: &[Rule]) -> Self {
        Self { version, rules: rules.iter().map(ComplaintRoutingRule::from).collect() }
    }
}

impl From<&Routing> for ComplaintRouting {
    fn from(routing: &Routing) -> Self {
        Self::new(routing.version, &routing.rules)
    }
}

/// Routing rules to write.
#[derive(Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct ComplaintRoutingPut {
    /// The rules, in order. The last one has no condition, and no other one is without.
    #[schema(min_items = 1, max_items = 100)]
    #[validate(length(min = 1, max = 100), nested)]
    rules: Vec<ComplaintRoutingRule>,
}

impl Input for ComplaintRoutingPut {
    type Command = Vec<Rule>;

    fn check(self, faults: &mut Faults) -> Option<Vec<Rule>> {
        let mut rules = Vec::new();
        faults.at("rules", |faults| {
            for (at, rule) in self.rules.into_iter().enumerate() {
                rules.push(faults.at(at, |faults| rule_of(faults, rule)));
            }
        });
        Some(rules)
    }
}

/// A case to try the rules on.
#[derive(Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct ComplaintRoutingCase {
    /// Code of what the complaint is about.
    #[schema(min_length = 1, max_length = 60, examples("food_safety"))]
    #[validate(length(min = 1, max = 60))]
    category: String,
    /// Category of its cause; unknown when absent.
    #[schema(nullable = false, examples("product_quality"))]
    cause_category: Option<CauseCategory>,
    /// How bad it is.
    #[schema(examples("major"))]
    severity: Severity,
    /// The hotel where it happened.
    #[schema(examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e02"))]
    hotel_id: uuid::Uuid,
    /// The guest's language, BCP 47; unknown when absent.
    #[schema(nullable = false, min_length = 2, max_length = 35, examples("zh-CN"))]
    #[validate(length(min = 2, max = 35))]
    language: Option<String>,
    /// The guest's VIP level; none when absent.
    #[schema(nullable = false, min_length = 1, max_length = 20, examples("vip2"))]
    #[validate(length(min = 1, max = 20))]
    vip_level: Option<String>,
}

impl Input for ComplaintRoutingCase {
    type Command = Case;

    fn check(self, faults: &mut Faults) -> Option<Case> {
        let Self { category, cause_category, severity, hotel_id, language, vip_level } = self;
        let language = match language {
            Some(tag) => faults.at("language", |faults| language_of(faults, &tag)),
            None => None,
        };
        Some(Case { category, cause_category, severity, hotel: HotelId(hotel_id), language, vip_level })
    }
}

/// What a case would get.
#[derive(Debug, Serialize, ToSchema)]
pub struct ComplaintRoutingPreview {
    /// Name of the rule that is met first.
    #[schema(max_length = 100, examples("Safety, security and privacy"))]
    rule: String,
    /// Which rule it is, 1 for the first one.
    #[schema(minimum = 0, maximum = 100, examples(1))]
    position: i32,
    /// Code of the department that would handle it.
    #[schema(max_length = 40, examples("food-beverage"))]
    department: String,
    /// Whether the hotel has no department in use of the code that the rule gives: then the department that usually handles
    /// the category gets it, or guest relations.
    #[schema(examples(false))]
    department_missing: bool,
    /// Who would look after it; absent when the rule names nobody, or somebody who no longer works there.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e01"))]
    owner_id: Option<uuid::Uuid>,
    /// How soon it would be taken up.
    #[schema(examples("urgent"))]
    priority: Priority,
    /// Codes of the departments that would be told of it.
    #[schema(max_items = 8)]
    inform: Vec<DepartmentCode>,
}

impl From<Preview> for ComplaintRoutingPreview {
    fn from(preview: Preview) -> Self {
        let Preview { route, position, department_missing } = preview;
        let Route { rule, department, owner, priority, inform } = route;
        Self {
            rule,
            position: i32::try_from(position).unwrap_or(i32::MAX),
            department,
            department_missing,
            owner_id: owner.map(Into::into),
            priority,
            inform: inform.into_iter().map(DepartmentCode).collect(),
        }
    }
}
