//! What clients see of the past of a complaint that was taken over.

use serde::Serialize;
use utoipa::ToSchema;

use crate::complaints::history::{Assignment, History, OddKind, OddMove};
use crate::complaints::model::ComplaintStatus;

/// Most entries of a list that are shown.
const MOST: usize = 1_000;

/// Something in a history that could not have happened here.
#[derive(Debug, Serialize, ToSchema)]
pub struct ComplaintOddMove {
    /// In what way.
    #[schema(examples("skipped"))]
    kind: OddKind,
    /// When, as told.
    #[schema(format = DateTime, examples("2026-12-20T08:30:00.000000Z"))]
    at: String,
    /// The status before; absent at the beginning.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples("received"))]
    from: Option<ComplaintStatus>,
    /// The status after.
    #[schema(examples("closed"))]
    to: ComplaintStatus,
}

/// To whom a complaint was given, in the words of the other system.
#[derive(Debug, Serialize, ToSchema)]
pub struct ComplaintToldAssignment {
    /// When.
    #[schema(format = DateTime, examples("2026-12-20T08:30:00.000000Z"))]
    at: String,
    /// The group or department.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 1_048_576, examples("Second line"))]
    group: Option<String>,
    /// The person.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 1_048_576, examples("89"))]
    person: Option<String>,
}

/// What a complaint that was taken over from another system brought with it.
#[derive(Debug, Serialize, ToSchema)]
pub struct ComplaintHistory {
    /// When it was taken over: what was due by then raises no warning.
    #[schema(format = DateTime, examples("2026-12-20T08:30:00.000000Z"))]
    told_at: String,
    /// The sender's verdict whether the service level was kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples(true))]
    in_time: Option<bool>,
    /// When it was resolved in the sender's word, where the events say otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, format = DateTime, examples("2026-12-20T09:30:00.000000Z"))]
    resolved_at: Option<String>,
    /// When it was resolved by its events, where the sender says otherwise, or nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, format = DateTime, examples("2026-12-20T09:35:00.000000Z"))]
    resolved_by_events: Option<String>,
    /// Events it was made of; 0 for one that came as it stood.
    #[schema(minimum = 0, maximum = 10_000, examples(7))]
    events: i64,
    /// To whom it was given, in order; the first thousand.
    #[schema(max_items = 1000)]
    assignments: Vec<ComplaintToldAssignment>,
    /// What could not have happened here; the first thousand.
    #[schema(max_items = 1000)]
    odd_moves: Vec<ComplaintOddMove>,
}

impl ComplaintHistory {
    pub(super) fn of(history: &History) -> Self {
        let History {
            told_at,
            in_time,
            resolved_at,
            resolved_by_events,
            events,
            version: _,
            first_event_at: _,
            assignments,
            odd_moves,
        } = history;
        let assignment = |one: &Assignment| ComplaintToldAssignment {
            at: one.at.to_string(),
            group: one.group.clone(),
            person: one.person.clone(),
        };
        let odd = |one: &OddMove| {
            let OddMove { kind, at, from, to } = *one;
            ComplaintOddMove { kind, at: at.to_string(), from, to }
        };
        Self {
            told_at: told_at.to_string(),
            in_time: *in_time,
            resolved_at: resolved_at.map(|at| at.to_string()),
            resolved_by_events: resolved_by_events.map(|at| at.to_string()),
            events: i64::try_from(*events).unwrap_or(i64::MAX),
            assignments: assignments.iter().take(MOST).map(assignment).collect(),
            odd_moves: odd_moves.iter().take(MOST).map(odd).collect(),
        }
    }
}
