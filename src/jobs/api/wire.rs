//! What clients see of jobs.

use serde::Serialize;
use utoipa::ToSchema;

use crate::platform::jobs::{Job, Progress, RowOutcome, RowReport, Subject};

/// How far a job has come. Counts that mean nothing to the kind of job stay 0.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = JobProgress)]
pub struct ProgressView {
    /// Rows done; of a scan for duplicates the guests that are compared.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64, examples(9278))]
    pub rows: i64,
    /// Rows taken in: created, updated and unchanged.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64, examples(9277))]
    pub accepted: i64,
    /// New guests, stays or complaints.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64, examples(9200))]
    pub created: i64,
    /// Known ones that were changed.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64, examples(70))]
    pub updated: i64,
    /// Known ones that were as the row says.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64, examples(7))]
    pub unchanged: i64,
    /// Rows refused.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64, examples(1))]
    pub rejected: i64,
    /// Rows passed over.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64, examples(0))]
    pub skipped: i64,
    /// Bytes of the input read, as UTF-8.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64, examples(4_194_304))]
    pub bytes_read: i64,
    /// Bytes of the input, as UTF-8; absent for jobs without input.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, minimum = 0, maximum = 9_007_199_254_740_991_i64, examples(4_194_304))]
    pub bytes_total: Option<i64>,
}

/// A background job.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Job)]
pub struct JobView {
    /// Id of the job.
    #[schema(examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e80"))]
    pub id: uuid::Uuid,
    /// Version, as in the ETag; every step of the job makes a new one.
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64, examples(3))]
    pub version: i64,
    /// What the job does: `guest_import`, `stay_import`, `complaint_import` or `duplicate_scan`. More kinds may come.
    #[schema(max_length = 40, examples("guest_import"))]
    pub kind: String,
    /// Where it stands: `queued`, `running`, `succeeded`, `failed` or `cancelled`. The last three are final.
    #[schema(max_length = 40, examples("running"))]
    pub status: String,
    /// Whether it was asked to stop.
    #[schema(examples(false))]
    pub cancel_requested: bool,
    /// How far it has come.
    pub progress: ProgressView,
    /// Why it failed, in English.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 1000, examples("The uploaded text is gone."))]
    pub failure: Option<String>,
    /// When it was created.
    #[schema(format = DateTime, examples("2026-11-21T08:30:00.000000Z"))]
    pub created_at: String,
    /// Who created it; the nil id for the system and its operators.
    #[schema(examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e01"))]
    pub created_by: uuid::Uuid,
    /// When it last changed.
    #[schema(format = DateTime, examples("2026-11-21T08:30:01.000000Z"))]
    pub updated_at: String,
    /// When it came to an end.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, format = DateTime, examples("2026-11-21T08:31:00.000000Z"))]
    pub finished_at: Option<String>,
    /// When it was removed what became of its rows; until then `/rows` tells.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, format = DateTime, examples("2026-12-21T08:31:00.000000Z"))]
    pub rows_pruned_at: Option<String>,
}

impl From<Progress> for ProgressView {
    fn from(progress: Progress) -> Self {
        let Progress {
            rows,
            accepted,
            created,
            updated,
            unchanged,
            rejected,
            skipped,
            bytes_read,
            bytes_total,
        } = progress;
        Self { rows, accepted, created, updated, unchanged, rejected, skipped, bytes_read, bytes_total }
    }
}

impl From<&Job> for JobView {
    fn from(job: &Job) -> Self {
        let Job {
            group: _,
            id,
            version,
            kind,
            status,
            hotel: _,
            sight: _,
            options: _,
            progress,
            checkpoint: _,
            failure,
            cancel_requested,
            attempts: _,
            created,
            updated_at,
            finished_at,
            rows_pruned_at,
        } = job;
        Self {
            id: id.0,
            version: *version,
            kind: kind.code().to_owned(),
            status: status.code().to_owned(),
            cancel_requested: *cancel_requested,
            progress: (*progress).into(),
            failure: failure.clone(),
            created_at: created.0.to_string(),
            created_by: created.1.0,
            updated_at: updated_at.to_string(),
            finished_at: finished_at.map(|at| at.to_string()),
            rows_pruned_at: rows_pruned_at.map(|at| at.to_string()),
        }
    }
}

/// A fault of a row.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RowFault {
    /// RFC 6901 pointer into the line's document; empty for the whole line.
    #[schema(max_length = 500, examples("/phones/0/number"))]
    pub pointer: String,
    /// Stable code of the fault, never translated.
    #[schema(max_length = 60, examples("phone"))]
    pub code: String,
    /// The fault in English; it never repeats the value.
    #[schema(max_length = 500, examples("must be a phone number in E.164 form, such as +8613800138000"))]
    pub message: String,
}

/// What became of one row.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = JobRow)]
pub struct RowView {
    /// Line of the input on which the row starts, from 1.
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64, examples(17))]
    pub line: i64,
    /// What became of it.
    #[schema(examples("rejected"))]
    pub outcome: RowOutcome,
    /// The guest; absent for rows that were not taken, and for new guests of a dry run.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e6f"))]
    pub guest_id: Option<uuid::Uuid>,
    /// The stay; absent as the guest is.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e90"))]
    pub stay_id: Option<uuid::Uuid>,
    /// The complaint; absent as the guest is.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5eb0"))]
    pub complaint_id: Option<uuid::Uuid>,
    /// Why it was refused.
    #[schema(max_items = 200)]
    pub errors: Vec<RowFault>,
}

impl From<RowReport> for RowView {
    fn from(report: RowReport) -> Self {
        let RowReport { line, outcome, subject, faults } = report;
        let fault = |fault: crate::kit::fault::Fault| RowFault {
            pointer: fault.pointer,
            code: fault.code,
            message: fault.message,
        };
        Self {
            line,
            outcome,
            guest_id: subject.and_then(Subject::guest).map(Into::into),
            stay_id: subject.and_then(Subject::stay).map(Into::into),
            complaint_id: subject.and_then(Subject::complaint).map(Into::into),
            errors: faults.into_iter().take(200).map(fault).collect(),
        }
    }
}

crate::page! {
    /// A page of jobs.
    JobPage of JobView
}

crate::page! {
    /// A page of what became of rows.
    JobRowPage of RowView
}

/// Statuses that are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum JobState {
    /// Waiting for a worker.
    Queued,
    /// A worker is at it.
    Running,
    /// Done.
    Succeeded,
    /// Could not be done.
    Failed,
    /// Stopped on request.
    Cancelled,
}

/// A job for the document's examples.
pub fn example(status: &str) -> serde_json::Value {
    let mut job = serde_json::json!({
        "id": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e80", "version": 1, "kind": "guest_import", "status": status,
        "cancel_requested": status == "cancelled",
        "progress": {"rows": 0, "accepted": 0, "created": 0, "updated": 0, "unchanged": 0, "rejected": 0, "skipped": 0,
            "bytes_read": 0, "bytes_total": 4_194_304},
        "created_at": "2026-11-21T08:30:00.000000Z", "created_by": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e01",
        "updated_at": "2026-11-21T08:30:00.000000Z"
    });
    if status == "cancelled"
        && let Some(members) = job.as_object_mut()
    {
        members.insert("version".into(), 2.into());
        members.insert("finished_at".into(), "2026-11-21T08:30:00.500000Z".into());
    }
    job
}
