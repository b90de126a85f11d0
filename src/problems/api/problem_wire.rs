//! Problems as clients send and see them.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use crate::complaint_settings::model::CauseCategory;
use crate::kit::fault::Faults;
use crate::kit::ids::{HotelId, StaffId};
use crate::kit::patch::Patch;
use crate::kit::text::fold;
use crate::problems::api::parse::{each, id, one_line, some_text, words};
use crate::problems::model::{ProblemKind, ProblemStatus, Repeats, ServiceProblem};
use crate::problems::service::{Filter, OpenProblem, ProblemPatch};
use crate::web::input::{Input, settable};
use crate::web::page::{AskedPage, DEFAULT_LIMIT};

/// What a list of problems can be asked.
#[derive(Debug, Deserialize, IntoParams, Validate)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct ProblemQuery {
    /// Only problems of this hotel.
    #[param(nullable = false, example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e02")]
    hotel_id: Option<uuid::Uuid>,
    /// Statuses, comma-separated; all unless told.
    #[param(nullable = false, max_length = 60, example = "open,analysed")]
    #[validate(length(max = 60))]
    status: Option<String>,
    /// Only those of this owner.
    #[param(nullable = false, example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e0a")]
    owner_id: Option<uuid::Uuid>,
    /// Only those about this room.
    #[param(nullable = false, min_length = 1, max_length = 20, example = "1208")]
    #[validate(length(min = 1, max = 20))]
    room: Option<String>,
    /// Only those about this thing.
    #[param(nullable = false, min_length = 1, max_length = 60, example = "AC-1208")]
    #[validate(length(min = 1, max = 60))]
    asset: Option<String>,
    /// Items of a page, 1 to 200; 50 unless told.
    #[param(nullable = false, minimum = 1, maximum = 200, example = 50)]
    #[validate(range(min = 1, max = 200))]
    limit: Option<i32>,
    /// Where the page starts: `next_cursor` of the page before, with the same filters.
    #[param(nullable = false, max_length = 2000, example = "kq2x0fJ0cXlCqg5m0o2l1lsxLFsx")]
    #[validate(length(max = 2000))]
    cursor: Option<String>,
}

impl Input for ProblemQuery {
    type Command = (Filter, AskedPage);

    fn check(self, faults: &mut Faults) -> Option<Self::Command> {
        let filter = Filter {
            hotel: self.hotel_id.map(HotelId),
            status: each(faults, "status", self.status.as_deref(), ProblemStatus::of),
            owner: self.owner_id.map(StaffId),
            room: self.room,
            asset: self.asset,
        };
        let limit = self.limit.unwrap_or(DEFAULT_LIMIT).into();
        Some((filter, AskedPage { limit, cursor: self.cursor }))
    }
}

/// What complaints of a problem share: an asset; a room, alone or with a cause category; a sub-cause and a department; or a
/// cause category and a department, which is too general to open a problem by itself.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct ProblemRepeats {
    /// What it is; the other members follow from it.
    #[schema(examples("room"))]
    kind: ProblemKind,
    /// The room (`room`).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, min_length = 1, max_length = 20, examples("1208"))]
    #[validate(length(min = 1, max = 20), custom(function = "one_line"))]
    room: Option<String>,
    /// The thing that failed (`asset`).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, min_length = 1, max_length = 60, examples("AC-1208"))]
    #[validate(length(min = 1, max = 60), custom(function = "one_line"))]
    asset: Option<String>,
    /// Why it happens (`room`, and `cause` without a sub-cause).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples("product_quality"))]
    cause_category: Option<CauseCategory>,
    /// Code of the exact cause (`cause`).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, min_length = 1, max_length = 60, examples("ac_not_cooling"))]
    #[validate(length(min = 1, max = 60))]
    sub_cause: Option<String>,
    /// Code of the department that answers for it (`cause`).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, min_length = 1, max_length = 40, examples("engineering"))]
    #[validate(length(min = 1, max = 40))]
    department: Option<String>,
}

impl ProblemRepeats {
    fn of(repeats: &Repeats) -> Self {
        let kind = repeats.kind();
        let mut shown =
            Self { kind, room: None, asset: None, cause_category: None, sub_cause: None, department: None };
        match repeats.clone() {
            Repeats::Asset(asset) => shown.asset = Some(asset),
            Repeats::Room(room, cause) => {
                shown.room = Some(room);
                shown.cause_category = cause;
            }
            Repeats::SubCause(cause, department) => {
                shown.sub_cause = Some(cause);
                shown.department = Some(department);
            }
            Repeats::Cause(cause, department) => {
                shown.cause_category = Some(cause);
                shown.department = Some(department);
            }
        }
        shown
    }

    fn read(self, faults: &mut Faults) -> Option<Repeats> {
        let Self { kind, room, asset, cause_category, sub_cause, department } = self;
        let found = match (kind, room, asset, cause_category, sub_cause, department) {
            (ProblemKind::Asset, None, Some(asset), None, None, None) => Some(Repeats::Asset(asset)),
            (ProblemKind::Room, Some(room), None, cause, None, None) => Some(Repeats::Room(room, cause)),
            (ProblemKind::Cause, None, None, None, Some(cause), Some(department)) => {
                Some(Repeats::SubCause(cause, department))
            }
            (ProblemKind::Cause, None, None, Some(cause), None, Some(department)) => {
                Some(Repeats::Cause(cause, department))
            }
            _ => None,
        };
        let blank = |repeats: &Repeats| match repeats {
            Repeats::Asset(text) | Repeats::Room(text, _) => fold(text).is_empty(),
            Repeats::SubCause(..) | Repeats::Cause(..) => false,
        };
        if found.as_ref().is_none_or(blank) {
            let text = "must tell asset alone, room with or without cause_category, or department with sub_cause or cause_category";
            faults.add("mismatch", text);
            return None;
        }
        found
    }
}

/// A problem to open.
#[derive(Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct ServiceProblemCreate {
    /// The hotel.
    #[schema(examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e02"))]
    hotel_id: uuid::Uuid,
    /// What it is, in a line; made from what repeats unless told.
    #[schema(nullable = false, min_length = 1, max_length = 200, examples("12 层空调夜间不制冷"))]
    #[validate(length(min = 1, max = 200), custom(function = "one_line"))]
    title: Option<String>,
    /// What repeats.
    #[validate(nested)]
    repeats: ProblemRepeats,
    /// What lies beneath, as far as it is known.
    #[schema(nullable = false, min_length = 1, max_length = 10000, examples("冷媒管老化"))]
    #[validate(length(min = 1, max = 10000), custom(function = "some_text"))]
    root_cause: Option<String>,
    /// What helps until it is put right.
    #[schema(nullable = false, min_length = 1, max_length = 10000, examples("提供移动空调，或换到 15 层"))]
    #[validate(length(min = 1, max = 10000), custom(function = "some_text"))]
    workaround: Option<String>,
    /// Somebody who works at the hotel and sees to it.
    #[schema(nullable = false, examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e0a"))]
    owner_id: Option<uuid::Uuid>,
}

impl Input for ServiceProblemCreate {
    type Command = OpenProblem;

    fn check(self, faults: &mut Faults) -> Option<OpenProblem> {
        let repeats = faults.at("repeats", |f| self.repeats.read(f))?;
        Some(OpenProblem {
            hotel_id: HotelId(self.hotel_id),
            title: self.title,
            repeats,
            root_cause: self.root_cause,
            workaround: self.workaround,
            owner_id: self.owner_id.map(StaffId),
        })
    }
}

/// A change of a problem (JSON Merge Patch, RFC 7396): absent members stay, `null` clears. What repeats stays.
#[derive(Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct ServiceProblemPatch {
    /// What it is, in a line.
    #[serde(default)]
    #[schema(value_type = Option<String>, nullable = false, required = false, min_length = 1, max_length = 200, examples("12 层空调夜间不制冷"))]
    title: Patch<String>,
    /// What lies beneath; `null` clears it while the problem is open.
    #[serde(default)]
    #[schema(value_type = Option<String>, required = false, min_length = 1, max_length = 10000, examples("冷媒管老化"))]
    root_cause: Patch<String>,
    /// What helps until it is put right; `null` clears.
    #[serde(default)]
    #[schema(value_type = Option<String>, required = false, min_length = 1, max_length = 10000, examples("提供移动空调，或换到 15 层"))]
    workaround: Patch<String>,
    /// Somebody who works at the hotel and sees to it; `null` for nobody.
    #[serde(default)]
    #[schema(value_type = Option<uuid::Uuid>, required = false, examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e0a"))]
    owner_id: Patch<uuid::Uuid>,
}

impl Input for ServiceProblemPatch {
    type Command = ProblemPatch;

    fn check(self, faults: &mut Faults) -> Option<ProblemPatch> {
        let title = settable(faults, "title", self.title, |f, text| {
            if !(1..=200).contains(&text.chars().count()) {
                f.add("length", "must have 1 to 200 characters");
            } else if one_line(&text).is_err() {
                f.add("single_line", "must be text on one line, not blank");
            }
            Some(text)
        });
        Some(ProblemPatch {
            title,
            root_cause: words(faults, "root_cause", self.root_cause, 10_000),
            workaround: words(faults, "workaround", self.workaround, 10_000),
            owner_id: id(self.owner_id, StaffId),
        })
    }
}

/// What lies beneath a problem.
#[derive(Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct ProblemAnalysis {
    /// What lies beneath.
    #[schema(min_length = 1, max_length = 10000, examples("冷媒管老化"))]
    #[validate(length(min = 1, max = 10000), custom(function = "some_text"))]
    root_cause: String,
    /// What helps until it is put right.
    #[schema(nullable = false, min_length = 1, max_length = 10000, examples("提供移动空调，或换到 15 层"))]
    #[validate(length(min = 1, max = 10000), custom(function = "some_text"))]
    workaround: Option<String>,
}

impl Input for ProblemAnalysis {
    type Command = (String, Option<String>);

    fn check(self, _: &mut Faults) -> Option<Self::Command> {
        Some((self.root_cause, self.workaround))
    }
}

/// Why something is done with a problem or a corrective action.
#[derive(Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct ProblemReason {
    /// The reason, in words.
    #[schema(min_length = 1, max_length = 2000, examples("It came back in another room"))]
    #[validate(length(min = 1, max = 2000), custom(function = "some_text"))]
    reason: String,
}

impl Input for ProblemReason {
    type Command = String;

    fn check(self, _: &mut Faults) -> Option<String> {
        Some(self.reason)
    }
}

/// A problem of the service: what complaints have in common.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ServiceProblem)]
pub struct ServiceProblemView {
    /// Id of the problem.
    #[schema(examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5fa0"))]
    id: uuid::Uuid,
    /// Version, as in the ETag.
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64, examples(1))]
    version: i64,
    /// The hotel.
    #[schema(examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e02"))]
    hotel_id: uuid::Uuid,
    /// How far it has come.
    #[schema(examples("open"))]
    status: ProblemStatus,
    /// What it is, in a line.
    #[schema(max_length = 200, examples("1208 · product_quality"))]
    title: String,
    /// What repeats.
    repeats: ProblemRepeats,
    /// Whether it was opened by itself.
    #[schema(examples(true))]
    opened_by_itself: bool,
    /// What lies beneath.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 10000, examples("冷媒管老化"))]
    root_cause: Option<String>,
    /// What helps until it is put right.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 10000, examples("提供移动空调，或换到 15 层"))]
    workaround: Option<String>,
    /// Who sees to it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e0a"))]
    owner_id: Option<uuid::Uuid>,
    /// How many complaints count to it: merged, rejected and withdrawn ones do not.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64, examples(2))]
    complaint_count: i64,
    /// When the first of them was received.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, format = DateTime, examples("2026-12-02T08:30:00.000000Z"))]
    first_seen_at: Option<String>,
    /// When the last of them was received.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, format = DateTime, examples("2026-12-20T08:30:00.000000Z"))]
    last_seen_at: Option<String>,
    /// How often it came back after it was resolved.
    #[schema(minimum = 0, maximum = 1_000_000, examples(0))]
    reopen_count: i32,
    /// When it last came back.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, format = DateTime, examples("2027-01-20T08:30:00.000000Z"))]
    reopened_at: Option<String>,
    /// Why it was opened again, if somebody said so.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 2000, examples("It came back in another room"))]
    reopen_reason: Option<String>,
    /// When it was resolved.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, format = DateTime, examples("2027-01-10T08:30:00.000000Z"))]
    resolved_at: Option<String>,
    /// When it was closed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, format = DateTime, examples("2027-02-10T08:30:00.000000Z"))]
    closed_at: Option<String>,
    /// When guests were last told what was improved.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, format = DateTime, examples("2027-01-11T08:30:00.000000Z"))]
    notified_at: Option<String>,
    /// When it was opened.
    #[schema(format = DateTime, examples("2026-12-20T08:30:05.000000Z"))]
    created_at: String,
    /// By whom: who wrote the complaint that opened it, or opened it by hand.
    #[schema(examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e0a"))]
    created_by: uuid::Uuid,
    /// When it was last changed.
    #[schema(format = DateTime, examples("2026-12-20T08:30:05.000000Z"))]
    updated_at: String,
    /// Who last changed it.
    #[schema(examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e0a"))]
    updated_by: uuid::Uuid,
}

impl From<&ServiceProblem> for ServiceProblemView {
    fn from(problem: &ServiceProblem) -> Self {
        let ServiceProblem {
            group: _,
            id,
            hotel_id,
            status,
            title,
            repeats,
            owner_id,
            complaint_count,
            seen,
            reopen_count,
            details,
            version,
            created,
            updated,
        } = problem.clone();
        let (reopened_at, reopen_reason) = details.reopened.unzip();
        Self {
            id: id.0,
            version,
            hotel_id: hotel_id.0,
            status,
            title,
            repeats: ProblemRepeats::of(&repeats),
            opened_by_itself: details.by_itself,
            root_cause: details.root_cause,
            workaround: details.workaround,
            owner_id: owner_id.map(Into::into),
            complaint_count,
            first_seen_at: seen.map(|(first, _)| first.to_string()),
            last_seen_at: seen.map(|(_, last)| last.to_string()),
            reopen_count,
            reopened_at: reopened_at.map(|at| at.to_string()),
            reopen_reason: reopen_reason.flatten(),
            resolved_at: details.resolved.map(|(at, _)| at.to_string()),
            closed_at: details.closed.map(|(at, _)| at.to_string()),
            notified_at: details.notified.map(|(at, _)| at.to_string()),
            created_at: created.0.to_string(),
            created_by: created.1.0,
            updated_at: updated.0.to_string(),
            updated_by: updated.1.0,
        }
    }
}

crate::page! {
    /// A page of problems.
    ServiceProblemPage of ServiceProblemView
}
