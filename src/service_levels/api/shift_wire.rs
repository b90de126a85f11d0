//! Duty shifts as clients send and see them.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use crate::kit::clock::Instant;
use crate::kit::fault::Faults;
use crate::kit::ids::StaffId;
use crate::kit::patch::Patch;
use crate::page;
use crate::service_levels::duty::{ChangeShift, DutyShift, ShiftFilter, WriteShift};
use crate::staff::roles::Role;
use crate::web::input::{Input, instant_of, settable};
use crate::web::page::{AskedPage, DEFAULT_LIMIT};

fn role_of(faults: &mut Faults, code: String) -> Option<Role> {
    let role = Role::parse(&code);
    match code.chars().count() {
        1..=60 if role.is_none() => faults.add("unknown_value", "is not the code of a role"),
        1..=60 => {}
        _ => faults.add("length", "must have 1 to 60 characters"),
    }
    role
}

/// What a list of shifts can be asked.
#[derive(Debug, Deserialize, IntoParams, Validate)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct ShiftQuery {
    /// Only shifts that end after this instant.
    #[param(nullable = false, format = DateTime, max_length = 40, example = "2026-11-22T00:00:00Z")]
    #[validate(length(max = 40))]
    from: Option<String>,
    /// Only shifts that start before this instant.
    #[param(nullable = false, format = DateTime, max_length = 40, example = "2026-11-29T00:00:00Z")]
    #[validate(length(max = 40))]
    until: Option<String>,
    /// Only shifts in this role.
    #[param(nullable = false, min_length = 1, max_length = 60, example = "duty_manager")]
    #[validate(length(min = 1, max = 60))]
    role: Option<String>,
    /// Only shifts of this account.
    #[param(nullable = false, example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e01")]
    staff_id: Option<uuid::Uuid>,
    /// Items of a page, 1 to 200; 50 unless told.
    #[param(nullable = false, minimum = 1, maximum = 200, example = 50)]
    #[validate(range(min = 1, max = 200))]
    limit: Option<i32>,
    /// Where the page starts: `next_cursor` of the page before, with the same filters.
    #[param(nullable = false, max_length = 2000, example = "kq2x0fJ0cXlCqg5m0o2l1lsxLFsx")]
    #[validate(length(max = 2000))]
    cursor: Option<String>,
}

impl Input for ShiftQuery {
    type Command = (ShiftFilter, AskedPage);

    fn check(self, faults: &mut Faults) -> Option<Self::Command> {
        let Self { from, until, role, staff_id, limit, cursor } = self;
        let filter = ShiftFilter {
            from: instant_of(faults, "from", from.as_deref()),
            until: instant_of(faults, "until", until.as_deref()),
            role: role.and_then(|role| faults.at("role", |f| role_of(f, role))),
            staff: staff_id.map(StaffId),
        };
        Some((filter, AskedPage { limit: limit.unwrap_or(DEFAULT_LIMIT).into(), cursor }))
    }
}

/// A shift on duty.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DutyShift)]
pub struct DutyShiftView {
    /// Id of the shift.
    #[schema(examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5f01"))]
    id: uuid::Uuid,
    /// Version, as in the ETag.
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64, examples(1))]
    version: i64,
    /// The hotel.
    #[schema(examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e02"))]
    hotel_id: uuid::Uuid,
    /// Who is on duty.
    #[schema(examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e01"))]
    staff_id: uuid::Uuid,
    /// Code of the role in which; see `GET /v1/roles`.
    #[schema(max_length = 60, examples("duty_manager"))]
    role: &'static str,
    /// From when on.
    #[schema(format = DateTime, examples("2026-11-22T14:00:00.000000Z"))]
    starts_at: String,
    /// Up to but without when.
    #[schema(format = DateTime, examples("2026-11-22T22:00:00.000000Z"))]
    ends_at: String,
    /// When it was written.
    #[schema(format = DateTime, examples("2026-11-21T08:30:00.000000Z"))]
    created_at: String,
    /// Who wrote it.
    #[schema(examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e01"))]
    created_by: uuid::Uuid,
    /// When it was last changed.
    #[schema(format = DateTime, examples("2026-11-21T08:30:00.000000Z"))]
    updated_at: String,
    /// Who last changed it.
    #[schema(examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e01"))]
    updated_by: uuid::Uuid,
}

impl From<&DutyShift> for DutyShiftView {
    fn from(shift: &DutyShift) -> Self {
        let DutyShift { group: _, id, hotel, staff, role, starts_at, ends_at, version, created, updated } =
            shift;
        Self {
            id: id.0,
            version: *version,
            hotel_id: hotel.0,
            staff_id: staff.0,
            role: role.code(),
            starts_at: starts_at.to_string(),
            ends_at: ends_at.to_string(),
            created_at: created.0.to_string(),
            created_by: created.1.0,
            updated_at: updated.0.to_string(),
            updated_by: updated.1.0,
        }
    }
}

page!(
    /// A page of duty shifts.
    DutyShiftPage of DutyShiftView
);

/// A shift to write.
#[derive(Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct DutyShiftCreate {
    /// Who is on duty: an active account with the role at the hotel or in the whole group.
    #[schema(examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e01"))]
    staff_id: uuid::Uuid,
    /// Code of the role in which; see `GET /v1/roles`.
    #[schema(min_length = 1, max_length = 60, examples("duty_manager"))]
    #[validate(length(min = 1, max = 60))]
    role: String,
    /// From when on.
    #[schema(format = DateTime, max_length = 40, examples("2026-11-22T14:00:00Z"))]
    #[validate(length(max = 40))]
    starts_at: String,
    /// Up to but without when: later than the start, by at most 48 hours.
    #[schema(format = DateTime, max_length = 40, examples("2026-11-22T22:00:00Z"))]
    #[validate(length(max = 40))]
    ends_at: String,
}

impl Input for DutyShiftCreate {
    type Command = WriteShift;

    fn check(self, faults: &mut Faults) -> Option<WriteShift> {
        let Self { staff_id, role, starts_at, ends_at } = self;
        let role = faults.at("role", |faults| role_of(faults, role));
        let starts_at = instant_of(faults, "starts_at", Some(&starts_at));
        let ends_at = instant_of(faults, "ends_at", Some(&ends_at));
        Some(WriteShift { staff: StaffId(staff_id), role: role?, starts_at: starts_at?, ends_at: ends_at? })
    }
}

/// Changes to a shift: absent members stay as they are.
#[derive(Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct DutyShiftPatch {
    /// Who is on duty.
    #[serde(default)]
    #[schema(value_type = Option<uuid::Uuid>, nullable = false, required = false, examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e01"))]
    staff_id: Patch<uuid::Uuid>,
    /// Code of the role in which; see `GET /v1/roles`.
    #[serde(default)]
    #[schema(value_type = Option<String>, nullable = false, required = false, min_length = 1, max_length = 60, examples("duty_manager"))]
    role: Patch<String>,
    /// From when on.
    #[serde(default)]
    #[schema(value_type = Option<String>, nullable = false, required = false, format = DateTime, examples("2026-11-22T14:00:00Z"))]
    starts_at: Patch<String>,
    /// Up to but without when.
    #[serde(default)]
    #[schema(value_type = Option<String>, nullable = false, required = false, format = DateTime, examples("2026-11-22T23:00:00Z"))]
    ends_at: Patch<String>,
}

fn instant(faults: &mut Faults, text: String) -> Option<Instant> {
    let parsed = chrono::DateTime::parse_from_rfc3339(&text).ok();
    if parsed.is_none() {
        faults.add("date_time", "must be an instant, RFC 3339, such as 2026-11-21T08:30:00Z");
    }
    parsed.map(|at| Instant::from(at.to_utc()))
}

impl Input for DutyShiftPatch {
    type Command = ChangeShift;

    fn check(self, faults: &mut Faults) -> Option<ChangeShift> {
        let Self { staff_id, role, starts_at, ends_at } = self;
        Some(ChangeShift {
            staff: settable(faults, "staff_id", staff_id, |_, id| Some(StaffId(id))),
            role: settable(faults, "role", role, role_of),
            starts_at: settable(faults, "starts_at", starts_at, instant),
            ends_at: settable(faults, "ends_at", ends_at, instant),
        })
    }
}
