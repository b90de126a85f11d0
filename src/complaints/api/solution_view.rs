//! What clients see of solutions.

use serde::Serialize;
use utoipa::ToSchema;

use crate::complaints::model::{OverBudget, Solution, SolutionStatus, SolutionType};
use crate::kit::clock::Instant;
use crate::kit::ids::ActorId;

/// A soft budget that let a cost pass and is over.
#[derive(Debug, Serialize, ToSchema)]
pub struct SolutionOverBudget {
    /// The budget.
    #[schema(examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e77"))]
    budget_id: uuid::Uuid,
    /// By how much it was over then, in the smallest unit of its currency.
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64, examples(5000))]
    by_minor: i64,
}

impl From<&OverBudget> for SolutionOverBudget {
    fn from(over: &OverBudget) -> Self {
        Self { budget_id: over.budget.0, by_minor: over.by_minor }
    }
}

/// Something done, or to be done, for the guest.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ComplaintSolution)]
pub struct SolutionView {
    /// Id of the solution.
    #[schema(examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5ec1"))]
    id: uuid::Uuid,
    /// What it is.
    #[serde(rename = "type")]
    #[schema(examples("refund"))]
    kind: SolutionType,
    /// How far it has come.
    #[schema(examples("approved"))]
    status: SolutionStatus,
    /// What the guest gets, in the smallest unit of the currency.
    #[schema(minimum = 0, maximum = 1_000_000_000_000_000_i64, examples(20000))]
    amount_minor: i64,
    /// What it is expected to cost the hotel.
    #[schema(minimum = 0, maximum = 1_000_000_000_000_000_i64, examples(20000))]
    estimated_cost_minor: i64,
    /// What it did cost.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, minimum = 0, maximum = 1_000_000_000_000_000_i64, examples(20000))]
    actual_cost_minor: Option<i64>,
    /// The hotel's currency, ISO 4217.
    #[schema(max_length = 3, examples("CNY"))]
    currency: &'static str,
    /// In words.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 2000, examples("退还一晚房费的三成"))]
    description: Option<String>,
    /// By when it is promised.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, format = DateTime, examples("2026-12-21T04:00:00.000000Z"))]
    promised_by: Option<String>,
    /// Code of the department that bears the cost.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 40, examples("engineering"))]
    department: Option<String>,
    /// The soft budgets that its cost left over when it was set aside, or spent; none when all have enough.
    #[schema(max_items = 4)]
    over_budget: Vec<SolutionOverBudget>,
    /// The lowest role that may approve it, while it waits; absent when nobody may.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 60, examples("duty_manager"))]
    needs_role: Option<String>,
    /// Who proposed it.
    #[schema(examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e0a"))]
    proposed_by: uuid::Uuid,
    /// When.
    #[schema(format = DateTime, examples("2026-12-20T09:12:00.000000Z"))]
    proposed_at: String,
    /// Who approved or refused it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e0b"))]
    decided_by: Option<uuid::Uuid>,
    /// When.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, format = DateTime, examples("2026-12-20T09:20:00.000000Z"))]
    decided_at: Option<String>,
    /// Why it was refused or called off.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 2000, examples("Too much for what happened"))]
    reason: Option<String>,
    /// Who did it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e0a"))]
    executed_by: Option<uuid::Uuid>,
    /// When.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, format = DateTime, examples("2026-12-20T09:40:00.000000Z"))]
    executed_at: Option<String>,
    /// The posting in the property management system.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 200, examples("F-20261220-0071"))]
    pms_posting_ref: Option<String>,
    /// Who looked whether it was done.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e0b"))]
    verified_by: Option<uuid::Uuid>,
    /// When.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, format = DateTime, examples("2026-12-20T10:00:00.000000Z"))]
    verified_at: Option<String>,
    /// What whoever looked has to say.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 2000, examples("22 度，制冷正常"))]
    verification_note: Option<String>,
    /// Last day on which the guest can use it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples("2027-06-30"))]
    valid_until: Option<chrono::NaiveDate>,
    /// What the guest shows to use it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 60, examples("SORRY-7K2M"))]
    offer_code: Option<String>,
    /// When the guest used it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, format = DateTime, examples("2027-03-02T02:00:00.000000Z"))]
    redeemed_at: Option<String>,
    /// Who wrote that down.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e0a"))]
    redeemed_by: Option<uuid::Uuid>,
    /// The stay in which it was used.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e90"))]
    redeemed_stay_id: Option<uuid::Uuid>,
}

impl From<&Solution> for SolutionView {
    fn from(solution: &Solution) -> Self {
        let details = &solution.details;
        let by = |stamp: Option<(Instant, ActorId)>| stamp.map(|(_, by)| by.0);
        let at = |stamp: Option<(Instant, ActorId)>| stamp.map(|(at, _)| at.to_string());
        Self {
            id: solution.id.0,
            kind: solution.kind,
            status: solution.status,
            amount_minor: solution.amount_minor,
            estimated_cost_minor: solution.estimated_cost_minor,
            actual_cost_minor: solution.actual_cost_minor,
            currency: solution.currency.code(),
            description: details.description.clone(),
            promised_by: details.promised_by.map(|at| at.to_string()),
            department: details.department.clone(),
            over_budget: details.over_budget.iter().map(SolutionOverBudget::from).collect(),
            needs_role: details.needs_role.clone(),
            proposed_by: solution.created.1.0,
            proposed_at: solution.created.0.to_string(),
            decided_by: by(details.decided),
            decided_at: at(details.decided),
            reason: details.reason.clone(),
            executed_by: by(details.done),
            executed_at: at(details.done),
            pms_posting_ref: details.pms_posting_ref.clone(),
            verified_by: by(details.verified),
            verified_at: at(details.verified),
            verification_note: details.verification_note.clone(),
            valid_until: details.valid_until,
            offer_code: details.offer_code.clone(),
            redeemed_at: at(details.redeemed),
            redeemed_by: by(details.redeemed),
            redeemed_stay_id: details.redeemed_stay.map(Into::into),
        }
    }
}
