//! Budgets as clients send and see them.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use super::{currency_of, month_of};
use crate::kit::fault::Faults;
use crate::kit::ids::HotelId;
use crate::recovery::budget_repo::BudgetFilter;
use crate::recovery::model::{self, Budget, BudgetEnforcement, BudgetPlace, CostCategory, SetUpBudget};
use crate::web::input::Input;
use crate::web::page::DEFAULT_LIMIT;

/// A budget to be set up.
#[derive(Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct BudgetCreate {
    /// The hotel.
    #[schema(examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e01"))]
    hotel_id: uuid::Uuid,
    /// Code of a department of the hotel; the whole hotel when absent.
    #[schema(nullable = false, min_length = 1, max_length = 40, examples("front-office"))]
    #[validate(length(min = 1, max = 40))]
    department: Option<String>,
    /// What the money is spent on; all categories when absent.
    #[schema(nullable = false, examples("compensation"))]
    category: Option<CostCategory>,
    /// The month, `YYYY-MM`, from 2000-01 to 2199-12.
    #[schema(min_length = 7, max_length = 7, examples("2026-12"))]
    #[validate(length(min = 7, max = 7))]
    month: String,
    /// Currency, ISO 4217: the hotel's.
    #[schema(min_length = 3, max_length = 3, examples("CNY"))]
    #[validate(length(min = 3, max = 3))]
    currency: String,
    /// How much, in minor units.
    #[schema(minimum = 0, maximum = 1_000_000_000_000_000_i64, examples(500_000))]
    #[validate(range(min = 0, max = 1_000_000_000_000_000_i64))]
    amount_minor: i64,
    /// What the budget does when it is used up.
    #[schema(examples("hard"))]
    enforcement: BudgetEnforcement,
}

impl Input for BudgetCreate {
    type Command = SetUpBudget;

    fn check(self, faults: &mut Faults) -> Option<SetUpBudget> {
        let Self { hotel_id, department, category, month, currency, amount_minor, enforcement } = self;
        let month = faults.at("month", |f| month_of(f, &month));
        let currency = faults.at("currency", |f| currency_of(f, &currency));
        let place = BudgetPlace { hotel: HotelId(hotel_id), department, category, month: month? };
        Some(SetUpBudget { place, currency: currency?, amount: amount_minor, enforcement })
    }
}

/// Members of a budget to change; absent ones stay, none can be cleared.
#[derive(Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct BudgetPatch {
    /// How much, in minor units.
    #[serde(default)]
    #[schema(
        nullable = false,
        required = false,
        minimum = 0,
        maximum = 1_000_000_000_000_000_i64,
        examples(600_000)
    )]
    #[validate(range(min = 0, max = 1_000_000_000_000_000_i64))]
    amount_minor: Option<i64>,
    /// What the budget does when it is used up.
    #[serde(default)]
    #[schema(nullable = false, required = false, examples("soft"))]
    enforcement: Option<BudgetEnforcement>,
}

impl Input for BudgetPatch {
    type Command = model::BudgetPatch;

    fn check(self, _: &mut Faults) -> Option<model::BudgetPatch> {
        let Self { amount_minor, enforcement } = self;
        Some(model::BudgetPatch { amount: amount_minor, enforcement })
    }
}

/// What a list of budgets can be asked.
#[derive(Debug, Deserialize, IntoParams, Validate)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct BudgetQuery {
    /// Only budgets of this hotel.
    #[param(nullable = false, example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e01")]
    hotel_id: Option<uuid::Uuid>,
    /// Only budgets of this month, `YYYY-MM`.
    #[param(nullable = false, min_length = 7, max_length = 7, example = "2026-12")]
    #[validate(length(min = 7, max = 7))]
    month: Option<String>,
    /// Only budgets of this department; those of the whole hotel are left out.
    #[param(nullable = false, min_length = 1, max_length = 40, example = "front-office")]
    #[validate(length(min = 1, max = 40))]
    department: Option<String>,
    /// Items of a page, 1 to 200; 50 unless told.
    #[param(nullable = false, minimum = 1, maximum = 200, example = 50)]
    #[validate(range(min = 1, max = 200))]
    limit: Option<i32>,
    /// Where the page starts: `next_cursor` of the page before, with the same filters.
    #[param(nullable = false, max_length = 2000, example = "kq2x0fJ0cXlCqg5m0o2l1lsxLFsx")]
    #[validate(length(max = 2000))]
    cursor: Option<String>,
}

impl Input for BudgetQuery {
    type Command = (BudgetFilter, i64, Option<String>);

    fn check(self, faults: &mut Faults) -> Option<Self::Command> {
        let Self { hotel_id, month, department, limit, cursor } = self;
        let month = month.and_then(|text| faults.at("month", |f| month_of(f, &text)));
        let filter = BudgetFilter { hotel: hotel_id.map(HotelId), month, department };
        Some((filter, i64::from(limit.unwrap_or(DEFAULT_LIMIT)), cursor))
    }
}

/// A budget, with what is reserved and spent of it. All amounts are in minor units of its currency.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Budget)]
pub struct BudgetView {
    /// Id of the budget.
    #[schema(examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5ed0"))]
    id: uuid::Uuid,
    /// Version, as in the ETag: one more with each change and with each booking.
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64, examples(4))]
    pub(super) version: i64,
    /// The hotel.
    #[schema(examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e01"))]
    hotel_id: uuid::Uuid,
    /// Code of the department; absent for the whole hotel.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 40, examples("front-office"))]
    department: Option<String>,
    /// What the money is spent on; absent for all categories.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples("compensation"))]
    category: Option<CostCategory>,
    /// The month, `YYYY-MM`.
    #[schema(max_length = 7, examples("2026-12"))]
    month: String,
    /// Currency, ISO 4217.
    #[schema(max_length = 3, examples("CNY"))]
    currency: String,
    /// How much.
    #[schema(minimum = 0, maximum = 1_000_000_000_000_000_i64, examples(500_000))]
    amount_minor: i64,
    /// What the budget does when it is used up.
    #[schema(examples("hard"))]
    enforcement: BudgetEnforcement,
    /// What is set aside and not spent yet.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64, examples(30_000))]
    reserved_minor: i64,
    /// What was spent.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64, examples(120_000))]
    spent_minor: i64,
    /// What is left; negative when a soft budget is over.
    #[schema(minimum = -9_007_199_254_740_991_i64, maximum = 1_000_000_000_000_000_i64, examples(350_000))]
    available_minor: i64,
    /// What is set aside and spent of the amount, in thousandths; absent when the amount is 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, minimum = 0, maximum = 9_007_199_254_740_991_i64, examples(300))]
    utilisation: Option<i64>,
    /// When the budget was set up.
    #[schema(format = DateTime, examples("2026-11-21T08:30:00.000000Z"))]
    created_at: String,
    /// Who set it up.
    #[schema(examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e01"))]
    created_by: uuid::Uuid,
    /// When it was last changed; bookings are no change.
    #[schema(format = DateTime, examples("2026-11-21T08:30:00.000000Z"))]
    updated_at: String,
    /// Who last changed it.
    #[schema(examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e01"))]
    updated_by: uuid::Uuid,
}

impl From<&Budget> for BudgetView {
    fn from(budget: &Budget) -> Self {
        let Budget {
            group: _,
            id,
            version,
            place,
            currency,
            amount,
            enforcement,
            reserved,
            spent,
            bookings: _,
            created,
            updated,
        } = budget;
        let BudgetPlace { hotel, department, category, month } = place.clone();
        Self {
            id: id.0,
            version: *version,
            hotel_id: hotel.0,
            department,
            category,
            month: month.to_string(),
            currency: currency.code().to_owned(),
            amount_minor: *amount,
            enforcement: *enforcement,
            reserved_minor: *reserved,
            spent_minor: *spent,
            available_minor: budget.available(),
            utilisation: budget.utilisation(),
            created_at: created.0.to_string(),
            created_by: created.1.0,
            updated_at: updated.0.to_string(),
            updated_by: updated.1.0,
        }
    }
}

crate::page! {
    /// A page of budgets.
    BudgetPage of BudgetView
}
