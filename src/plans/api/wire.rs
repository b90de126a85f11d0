//! What clients send and see of plans.

use std::collections::HashMap;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::kit::fault::Faults;
use crate::kit::ids::{GuestId, StayId};
use crate::plans::fulfilment::{Fulfilment, FulfilmentGroup, FulfilmentQuery, Tally};
use crate::plans::model::{Outcome, Plan, PlanItem, PlanItemStatus, Wish};
use crate::preferences::model::{Polarity, PreferenceSeverity};
use crate::stays::model::Stay;
use crate::web::input::Input;

/// One item of a plan: a preference to be acted on, and what came of it.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = PlanItem)]
pub struct PlanItemView {
    /// Id of the item.
    #[schema(examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5ec0"))]
    pub id: uuid::Uuid,
    /// Version, as in the ETag.
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64, examples(1))]
    pub version: i64,
    /// The stay it is for.
    #[schema(examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5eb0"))]
    pub stay_id: uuid::Uuid,
    /// The hotel of the stay.
    #[schema(examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e01"))]
    pub hotel_id: uuid::Uuid,
    /// The room, where one is given.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 100, examples("1806"))]
    pub room: Option<String>,
    /// The guest it is for.
    #[schema(examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e6f"))]
    pub guest_id: uuid::Uuid,
    /// The name by which the guest is spoken to; left out for those who may not read the guest.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 700, examples("王小明"))]
    pub guest_name: Option<String>,
    /// The preference it comes from.
    #[schema(examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5ed0"))]
    pub preference_id: uuid::Uuid,
    /// Code of the category.
    #[schema(max_length = 60, examples("pillow"))]
    pub category: String,
    /// Code of the item of the catalogue.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 60, examples("buckwheat_pillow"))]
    pub code: Option<String>,
    /// Code of the department that acts on it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 60, examples("housekeeping"))]
    pub department: Option<String>,
    /// The day by which it is to be done.
    #[schema(examples("2026-12-24"))]
    pub due_on: NaiveDate,
    /// Whether it is asked for, or against.
    #[schema(examples("like"))]
    pub polarity: Polarity,
    /// How badly the guest reacts.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples("severe"))]
    pub severity: Option<PreferenceSeverity>,
    /// How important, 1 to 5.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, minimum = 1, maximum = 5, examples(4))]
    pub importance: Option<i32>,
    /// How urgent, 1 to 5.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, minimum = 1, maximum = 5, examples(3))]
    pub urgency: Option<i32>,
    /// In words.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 2000, examples("荞麦枕两个"))]
    pub text: Option<String>,
    /// The value.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 500, examples("2"))]
    pub value: Option<String>,
    /// Whether it tells of health, religion or disability.
    #[schema(examples(false))]
    pub sensitive: bool,
    /// What became of it.
    #[schema(examples("planned"))]
    pub status: PlanItemStatus,
    /// Why it could not be done.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 500, examples("荞麦枕送洗"))]
    pub reason: Option<String>,
    /// When that was said.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, format = DateTime, examples("2026-12-24T08:30:00.000000Z"))]
    pub decided_at: Option<String>,
    /// Who said it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e01"))]
    pub decided_by: Option<uuid::Uuid>,
    /// When it was planned.
    #[schema(format = DateTime, examples("2026-12-20T08:30:00.000000Z"))]
    pub created_at: String,
    /// When it was last changed.
    #[schema(format = DateTime, examples("2026-12-20T08:30:00.000000Z"))]
    pub updated_at: String,
}

/// What stands around items: the stays they are for, and what their guests are called.
#[derive(Debug, Default)]
pub struct Around {
    /// Stays by id.
    pub stays: HashMap<StayId, Stay>,
    /// Names by guest.
    pub names: HashMap<GuestId, String>,
}

impl PlanItemView {
    /// An item as clients see it.
    pub fn new(item: &PlanItem, around: &Around) -> Self {
        let PlanItem {
            group: _,
            id,
            stay_id,
            hotel_id,
            guest_id,
            origin_guest_id: _,
            preference_id,
            category,
            code,
            department,
            due_on,
            sensitive,
            wish,
            status,
            reason,
            decided,
            version,
            created,
            updated,
        } = item.clone();
        let Wish { polarity, severity, importance, urgency, text, value } = wish;
        Self {
            id: id.0,
            version,
            stay_id: stay_id.0,
            hotel_id: hotel_id.0,
            room: around.stays.get(&stay_id).and_then(|stay| stay.facts.room.clone()),
            guest_id: guest_id.0,
            guest_name: around.names.get(&guest_id).cloned(),
            preference_id: preference_id.0,
            category,
            code,
            department,
            due_on,
            polarity,
            severity,
            importance,
            urgency,
            text,
            value,
            sensitive,
            status,
            reason,
            decided_at: decided.map(|decided| decided.0.to_string()),
            decided_by: decided.map(|decided| decided.1.0),
            created_at: created.0.to_string(),
            updated_at: updated.0.to_string(),
        }
    }
}

/// The plan of a stay.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = PreferencePlan)]
pub struct PlanView {
    /// The stay.
    #[schema(examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5eb0"))]
    pub stay_id: uuid::Uuid,
    /// Version, as in the ETag; 0 before the plan was drawn.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64, examples(1))]
    pub version: i64,
    /// What is to be acted on: allergies first, then what the guest cannot do without, then by importance. Sensitive
    /// things are left out for those who may not see them.
    #[schema(max_items = 10000)]
    pub plan_items: Vec<PlanItemView>,
}

impl PlanView {
    /// A plan as clients see it.
    pub fn new(plan: &Plan, around: &Around) -> Self {
        Self {
            stay_id: plan.stay_id.0,
            version: plan.version,
            plan_items: plan.items.iter().map(|item| PlanItemView::new(item, around)).collect(),
        }
    }
}

crate::page! {
    /// A page of a work list.
    PlanItemPage of PlanItemView
}

/// Why an item could not be done.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct PlanItemRefusal {
    /// The reason.
    #[schema(min_length = 1, max_length = 500, examples("荞麦枕送洗"))]
    #[validate(length(min = 1, max = 500))]
    pub reason: String,
}

impl Input for PlanItemRefusal {
    type Command = Outcome;

    fn check(self, faults: &mut Faults) -> Option<Outcome> {
        if self.reason.trim().is_empty() {
            faults.at("reason", |f| f.add("length", "must not be blank"));
        }
        Some(Outcome::NotPossible(self.reason))
    }
}

/// What became of the items of one group.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct FulfilmentPart {
    /// The hotel, of figures by hotel.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 36, examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e01"))]
    pub hotel_id: Option<String>,
    /// Code of the department, of figures by department; absent for items that no department acts on.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 60, examples("housekeeping"))]
    pub department: Option<String>,
    /// Code of the category, of figures by category.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 60, examples("pillow"))]
    pub category: Option<String>,
    /// The month, of figures by month.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 7, examples("2026-12"))]
    pub month: Option<String>,
    /// Items planned, dropped ones not counted: the population of the rate.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64, examples(24))]
    pub planned: i64,
    /// Items done.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64, examples(18))]
    pub done: i64,
    /// Items that could not be done.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64, examples(2))]
    pub not_possible: i64,
    /// Items not decided yet.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64, examples(4))]
    pub open: i64,
    /// What was done of what was planned, in thousandths; absent where nothing was planned.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, minimum = 0, maximum = 1000, examples(750))]
    pub fulfilment_rate: Option<i64>,
}

impl FulfilmentPart {
    fn new(by: Option<FulfilmentGroup>, key: Option<&String>, tally: &Tally) -> Self {
        let of = |group: FulfilmentGroup| key.filter(|_| by == Some(group)).cloned();
        let Tally { planned, done, not_possible, open } = *tally;
        Self {
            hotel_id: of(FulfilmentGroup::Hotel),
            department: of(FulfilmentGroup::Department),
            category: of(FulfilmentGroup::Category),
            month: of(FulfilmentGroup::Month),
            planned,
            done,
            not_possible,
            open,
            fulfilment_rate: tally.rate(),
        }
    }
}

/// How much of what was planned was done.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = FulfilmentReport)]
pub struct FulfilmentView {
    /// First day on which the items were due.
    #[schema(examples("2026-12-01"))]
    pub from: NaiveDate,
    /// Last day on which the items were due.
    #[schema(examples("2026-12-31"))]
    pub to: NaiveDate,
    /// All of them.
    pub total: FulfilmentPart,
    /// Group by group where asked for, by key.
    #[schema(max_items = 10000)]
    pub items: Vec<FulfilmentPart>,
}

impl FulfilmentView {
    /// The report as clients see it.
    pub fn new(asked: &FulfilmentQuery, found: &Fulfilment) -> Self {
        let part = |(key, tally): (&Option<String>, &Tally)| {
            FulfilmentPart::new(asked.group_by, key.as_ref(), tally)
        };
        Self {
            from: asked.from,
            to: asked.to,
            total: FulfilmentPart::new(None, None, &found.total),
            items: found.groups.iter().map(part).collect(),
        }
    }
}
