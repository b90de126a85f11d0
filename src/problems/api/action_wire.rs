//! Corrective actions as clients send and see them.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use crate::kit::clock::Instant;
use crate::kit::fault::Faults;
use crate::kit::ids::{HotelId, StaffId};
use crate::kit::patch::Patch;
use crate::problems::actions::{ActionFilter, ActionPatch, Completed, PlanAction};
use crate::problems::api::parse::{each, id, some_text};
use crate::problems::model::{
    CorrectiveAction, CorrectiveActionResult, CorrectiveActionStatus, CorrectiveActionType,
};
use crate::web::input::{Input, date_of, instant_of, settable};
use crate::web::page::{AskedPage, DEFAULT_LIMIT};

/// What a list of corrective actions can be asked.
#[derive(Debug, Deserialize, IntoParams, Validate)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct CorrectiveActionQuery {
    /// Only those of this hotel.
    #[param(nullable = false, example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e02")]
    hotel_id: Option<uuid::Uuid>,
    /// Statuses, comma-separated; all unless told.
    #[param(nullable = false, max_length = 80, example = "planned,in_progress")]
    #[validate(length(max = 80))]
    status: Option<String>,
    /// Only those of this owner.
    #[param(nullable = false, example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e0a")]
    owner_id: Option<uuid::Uuid>,
    /// Only those of this department.
    #[param(nullable = false, min_length = 1, max_length = 40, example = "engineering")]
    #[validate(length(min = 1, max = 40))]
    department: Option<String>,
    /// Only those that were to be done by now and are not, or only the others.
    #[param(nullable = false, example = true)]
    overdue: Option<bool>,
    /// Items of a page, 1 to 200; 50 unless told.
    #[param(nullable = false, minimum = 1, maximum = 200, example = 50)]
    #[validate(range(min = 1, max = 200))]
    limit: Option<i32>,
    /// Where the page starts: `next_cursor` of the page before, with the same filters.
    #[param(nullable = false, max_length = 2000, example = "kq2x0fJ0cXlCqg5m0o2l1lsxLFsx")]
    #[validate(length(max = 2000))]
    cursor: Option<String>,
}

impl Input for CorrectiveActionQuery {
    type Command = (ActionFilter, AskedPage);

    fn check(self, faults: &mut Faults) -> Option<Self::Command> {
        let filter = ActionFilter {
            hotel: self.hotel_id.map(HotelId),
            status: each(faults, "status", self.status.as_deref(), CorrectiveActionStatus::of),
            owner: self.owner_id.map(StaffId),
            department: self.department,
            overdue: self.overdue,
        };
        let limit = self.limit.unwrap_or(DEFAULT_LIMIT).into();
        Some((filter, AskedPage { limit, cursor: self.cursor }))
    }
}

/// A corrective action to plan.
#[derive(Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct CorrectiveActionCreate {
    /// What it is.
    #[serde(rename = "type")]
    #[schema(examples("training"))]
    kind: CorrectiveActionType,
    /// What is to be done.
    #[schema(min_length = 1, max_length = 5000, examples("夜班工程师学习冷媒检漏"))]
    #[validate(length(min = 1, max = 5000), custom(function = "some_text"))]
    description: String,
    /// Code of the department that does it.
    #[schema(min_length = 1, max_length = 40, examples("engineering"))]
    #[validate(length(min = 1, max = 40))]
    department: String,
    /// Somebody who works at the hotel and sees to it.
    #[schema(nullable = false, examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e0a"))]
    owner_id: Option<uuid::Uuid>,
    /// The day by whose end it is to be done, where the hotel is.
    #[schema(value_type = String, format = Date, examples("2026-12-31"))]
    due_on: String,
}

impl Input for CorrectiveActionCreate {
    type Command = PlanAction;

    fn check(self, faults: &mut Faults) -> Option<PlanAction> {
        let due_on = faults.at("due_on", |f| day(f, &self.due_on))?;
        Some(PlanAction {
            kind: self.kind,
            description: self.description,
            department: self.department,
            owner_id: self.owner_id.map(StaffId),
            due_on,
        })
    }
}

/// A day of this time: 2000-01-01 to 2199-12-31.
fn day(faults: &mut Faults, text: &str) -> Option<NaiveDate> {
    use chrono::Datelike;
    let day = date_of(faults, text)?;
    if (2000..2200).contains(&day.year()) {
        return Some(day);
    }
    faults.add("range", "must be a day from 2000 to 2199");
    None
}

/// A change of a corrective action (JSON Merge Patch, RFC 7396): absent members stay, `null` clears.
#[derive(Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct CorrectiveActionPatch {
    /// What it is.
    #[serde(rename = "type", default)]
    #[schema(value_type = Option<CorrectiveActionType>, nullable = false, required = false, examples("repair"))]
    kind: Patch<CorrectiveActionType>,
    /// What is to be done.
    #[serde(default)]
    #[schema(value_type = Option<String>, nullable = false, required = false, min_length = 1, max_length = 5000, examples("更换冷媒管"))]
    description: Patch<String>,
    /// Code of the department that does it.
    #[serde(default)]
    #[schema(value_type = Option<String>, nullable = false, required = false, min_length = 1, max_length = 40, examples("engineering"))]
    department: Patch<String>,
    /// Somebody who works at the hotel and sees to it; `null` for nobody.
    #[serde(default)]
    #[schema(value_type = Option<uuid::Uuid>, required = false, examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e0a"))]
    owner_id: Patch<uuid::Uuid>,
    /// The day by whose end it is to be done, where the hotel is.
    #[serde(default)]
    #[schema(value_type = Option<String>, nullable = false, required = false, format = Date, examples("2027-01-15"))]
    due_on: Patch<String>,
}

fn text(faults: &mut Faults, text: String, longest: usize) -> Option<String> {
    if !(1..=longest).contains(&text.chars().count()) {
        faults.add("length", format!("must have 1 to {longest} characters"));
    } else if some_text(&text).is_err() {
        faults.add("blank", "must not be blank");
    }
    Some(text)
}

impl Input for CorrectiveActionPatch {
    type Command = ActionPatch;

    fn check(self, faults: &mut Faults) -> Option<ActionPatch> {
        Some(ActionPatch {
            kind: settable(faults, "type", self.kind, |_, kind| Some(kind)),
            description: settable(faults, "description", self.description, |f, sent| text(f, sent, 5_000)),
            department: settable(faults, "department", self.department, |f, sent| text(f, sent, 40)),
            owner_id: id(self.owner_id, StaffId),
            due_on: settable(faults, "due_on", self.due_on, |f, sent| day(f, &sent)),
        })
    }
}

/// That a corrective action was done.
#[derive(Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct CorrectiveActionCompletion {
    /// Who did it; the caller unless told.
    #[schema(nullable = false, examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e0a"))]
    done_by_staff_id: Option<uuid::Uuid>,
    /// When; now unless told.
    #[schema(nullable = false, value_type = Option<String>, format = DateTime, examples("2026-12-28T06:00:00Z"))]
    #[validate(length(max = 40))]
    done_at: Option<String>,
    /// What was done.
    #[schema(nullable = false, min_length = 1, max_length = 5000, examples("已更换 12 层全部冷媒管"))]
    #[validate(length(min = 1, max = 5000), custom(function = "some_text"))]
    note: Option<String>,
}

impl Input for CorrectiveActionCompletion {
    type Command = Completed;

    fn check(self, faults: &mut Faults) -> Option<Completed> {
        let at: Option<Instant> = instant_of(faults, "done_at", self.done_at.as_deref());
        Some(Completed { by: self.done_by_staff_id.map(StaffId), at, note: self.note })
    }
}

/// What somebody found who looked.
#[derive(Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct CorrectiveActionVerification {
    /// Whether it works.
    #[schema(examples("effective"))]
    result: CorrectiveActionResult,
    /// What was seen.
    #[schema(nullable = false, min_length = 1, max_length = 5000, examples("连续七晚 22 度"))]
    #[validate(length(min = 1, max = 5000), custom(function = "some_text"))]
    note: Option<String>,
}

impl Input for CorrectiveActionVerification {
    type Command = (CorrectiveActionResult, Option<String>);

    fn check(self, _: &mut Faults) -> Option<Self::Command> {
        Some((self.result, self.note))
    }
}

/// Something done so that a problem ends.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CorrectiveAction)]
pub struct CorrectiveActionView {
    /// Id of the action.
    #[schema(examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5fb0"))]
    id: uuid::Uuid,
    /// Version, as in the ETag.
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64, examples(1))]
    version: i64,
    /// The problem.
    #[schema(examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5fa0"))]
    problem_id: uuid::Uuid,
    /// The hotel.
    #[schema(examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e02"))]
    hotel_id: uuid::Uuid,
    /// What it is.
    #[serde(rename = "type")]
    #[schema(examples("training"))]
    kind: CorrectiveActionType,
    /// How far it has come.
    #[schema(examples("planned"))]
    status: CorrectiveActionStatus,
    /// What is to be done.
    #[schema(max_length = 5000, examples("夜班工程师学习冷媒检漏"))]
    description: String,
    /// Code of the department that does it.
    #[schema(max_length = 40, examples("engineering"))]
    department: String,
    /// Who sees to it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e0a"))]
    owner_id: Option<uuid::Uuid>,
    /// The day by whose end it is to be done, where the hotel is.
    #[schema(value_type = String, format = Date, examples("2026-12-31"))]
    due_on: NaiveDate,
    /// Whether it was to be done by now and is not.
    #[schema(examples(false))]
    overdue: bool,
    /// When it was begun.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, format = DateTime, examples("2026-12-22T06:00:00.000000Z"))]
    started_at: Option<String>,
    /// When it was done.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, format = DateTime, examples("2026-12-28T06:00:00.000000Z"))]
    done_at: Option<String>,
    /// By whom.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e0a"))]
    done_by: Option<uuid::Uuid>,
    /// What was done.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 5000, examples("已更换 12 层全部冷媒管"))]
    done_note: Option<String>,
    /// When somebody looked.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, format = DateTime, examples("2027-01-05T06:00:00.000000Z"))]
    verified_at: Option<String>,
    /// Who looked.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e0b"))]
    verified_by: Option<uuid::Uuid>,
    /// What was found.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples("effective"))]
    result: Option<CorrectiveActionResult>,
    /// What was seen.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 5000, examples("连续七晚 22 度"))]
    verification_note: Option<String>,
    /// Why it was called off.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 2000, examples("Replaced by another action"))]
    cancel_reason: Option<String>,
    /// When it was planned.
    #[schema(format = DateTime, examples("2026-12-21T08:30:00.000000Z"))]
    created_at: String,
    /// Who planned it.
    #[schema(examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e0a"))]
    created_by: uuid::Uuid,
    /// When it was last changed.
    #[schema(format = DateTime, examples("2026-12-21T08:30:00.000000Z"))]
    updated_at: String,
    /// Who last changed it.
    #[schema(examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e0a"))]
    updated_by: uuid::Uuid,
}

impl CorrectiveActionView {
    /// The action as it stands at an instant.
    pub fn of(action: &CorrectiveAction, now: Instant) -> Self {
        let CorrectiveAction {
            group: _,
            id,
            problem_id,
            hotel_id,
            kind,
            status,
            description,
            department,
            owner_id,
            due_on,
            overdue_at,
            details,
            version,
            created,
            updated,
        } = action.clone();
        Self {
            id: id.0,
            version,
            problem_id: problem_id.0,
            hotel_id: hotel_id.0,
            kind,
            status,
            description,
            department,
            owner_id: owner_id.map(Into::into),
            due_on,
            overdue: overdue_at.is_some_and(|at| at <= now),
            started_at: details.started.map(|(at, _)| at.to_string()),
            done_at: details.done.map(|(at, _)| at.to_string()),
            done_by: details.done.map(|(_, who)| who.0),
            done_note: details.done_note,
            verified_at: details.verified.map(|(at, _, _)| at.to_string()),
            verified_by: details.verified.map(|(_, who, _)| who.0),
            result: details.verified.map(|(_, _, result)| result),
            verification_note: details.verification_note,
            cancel_reason: details.cancelled.map(|(_, _, reason)| reason),
            created_at: created.0.to_string(),
            created_by: created.1.0,
            updated_at: updated.0.to_string(),
            updated_by: updated.1.0,
        }
    }
}

crate::page! {
    /// A page of corrective actions.
    CorrectiveActionPage of CorrectiveActionView
}
