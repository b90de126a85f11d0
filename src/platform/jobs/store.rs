//! Rows of jobs, of their input and of their reports.

use std::time::Duration;

use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::db::schema::{job_chunks, job_rows, jobs};
use crate::db::types::Json;
use crate::db::{DbError, DbResult, Reads, Tx};
use crate::insert_all;
use crate::kit::clock::Instant;
use crate::kit::fault::Fault;
use crate::kit::ids::{ActorId, ComplaintId, GroupId, GuestId, HotelId, JobId, StayId, WorkerId};
use crate::kit::version::Expected;
use crate::platform::context::{Ctx, Sight};
use crate::platform::jobs::{Job, JobKind, JobStatus, NewJob, Progress, RowOutcome, RowReport, Subject};
use crate::platform::record::{Change, record};

/// How long an upload that makes no progress is kept.
const UPLOAD_KEPT: Duration = Duration::from_secs(60 * 60);
/// Reports of rows removed in one transaction: a large import must not keep the writers waiting.
const PRUNED_AT_ONCE: i64 = 2_000;

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Params {
    /// Hotels the creator may look into; absent for the whole group.
    hotels: Option<Vec<HotelId>>,
    options: Value,
}

#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = jobs)]
pub(super) struct JobRow {
    group_id: GroupId,
    id: JobId,
    kind: String,
    status: String,
    hotel_id: Option<HotelId>,
    params: Json<Params>,
    progress: Json<Progress>,
    checkpoint: Json<Value>,
    failure: Option<String>,
    cancel_requested: bool,
    lease_owner: Option<WorkerId>,
    lease_until: Option<Instant>,
    attempts: i32,
    retry_at: Option<Instant>,
    version: i64,
    created_at: Instant,
    created_by: ActorId,
    updated_at: Instant,
    finished_at: Option<Instant>,
    rows_pruned_at: Option<Instant>,
}

impl JobRow {
    /// The job, unless its kind is one of a newer binary.
    pub(super) fn into_job(self) -> Option<Job> {
        let sight = self.params.0.hotels.map_or(Sight::WholeGroup, Sight::Hotels);
        Some(Job {
            group: self.group_id,
            id: self.id,
            version: self.version,
            kind: JobKind::of(&self.kind)?,
            status: JobStatus::of(&self.status)?,
            hotel: self.hotel_id,
            sight,
            options: self.params.0.options,
            progress: self.progress.0,
            checkpoint: self.checkpoint.0,
            failure: self.failure,
            cancel_requested: self.cancel_requested,
            attempts: self.attempts,
            created: (self.created_at, self.created_by),
            updated_at: self.updated_at,
            finished_at: self.finished_at,
            rows_pruned_at: self.rows_pruned_at,
        })
    }
}

/// The jobs a caller may see: of each kind all of the group, or only those the caller started.
#[derive(Debug, Clone)]
pub struct Seen {
    /// The caller.
    pub by: ActorId,
    /// Kinds the caller may see all of.
    pub all: Vec<JobKind>,
    /// Kinds the caller may see its own of.
    pub own: Vec<JobKind>,
}

#[derive(Insertable, Queryable, Selectable)]
#[diesel(table_name = job_rows)]
struct ReportRow {
    group_id: GroupId,
    job_id: JobId,
    line: i64,
    outcome: String,
    guest_id: Option<GuestId>,
    stay_id: Option<StayId>,
    complaint_id: Option<ComplaintId>,
    faults: Json<Vec<Fault>>,
}

fn new_row(cx: &Ctx, new: NewJob, status: JobStatus) -> JobRow {
    let hotels = match &cx.sight {
        Sight::WholeGroup => None,
        Sight::Hotels(hotels) => Some(hotels.clone()),
    };
    JobRow {
        group_id: cx.group,
        id: cx.new_id(),
        kind: new.kind.code().to_owned(),
        status: status.code().to_owned(),
        hotel_id: new.hotel,
        params: Json(Params { hotels, options: new.options }),
        progress: Json(Progress::default()),
        checkpoint: Json(Value::Null),
        failure: None,
        cancel_requested: false,
        lease_owner: None,
        lease_until: None,
        attempts: 0,
        retry_at: None,
        version: 1,
        created_at: cx.now,
        created_by: cx.actor.id,
        updated_at: cx.now,
        finished_at: None,
        rows_pruned_at: None,
    }
}

/// Starts a job that needs no input, with its trace.
///
/// # Errors
/// When the database fails.
pub fn create(tx: &mut Tx<'_>, cx: &Ctx, new: NewJob) -> DbResult<Job> {
    let row = new_row(cx, new, JobStatus::Queued);
    diesel::insert_into(jobs::table).values(&row).execute(tx.conn())?;
    let job = row.into_job().ok_or_else(missing)?;
    record(tx, cx, trace("job.created", None, &job))?;
    Ok(job)
}

/// Starts a job whose input is about to arrive. It is not shown, and has no trace, until [`finish_upload`].
///
/// # Errors
/// When the database fails.
pub fn begin_upload(tx: &mut Tx<'_>, cx: &Ctx, new: NewJob) -> DbResult<JobId> {
    let row = new_row(cx, new, JobStatus::Uploading);
    diesel::insert_into(jobs::table).values(&row).execute(tx.conn())?;
    Ok(row.id)
}

/// Keeps a piece of the input; pieces are numbered from 0.
///
/// # Errors
/// When the database fails.
pub fn add_chunk(tx: &mut Tx<'_>, cx: &Ctx, id: JobId, seq: i32, bytes: &[u8], now: Instant) -> DbResult<()> {
    diesel::insert_into(job_chunks::table)
        .values((
            job_chunks::group_id.eq(cx.group),
            job_chunks::job_id.eq(id),
            job_chunks::seq.eq(seq),
            job_chunks::bytes.eq(bytes),
        ))
        .execute(tx.conn())?;
    diesel::update(jobs::table.filter(jobs::group_id.eq(cx.group)).filter(jobs::id.eq(id)))
        .set(jobs::updated_at.eq(now))
        .execute(tx.conn())?;
    Ok(())
}

/// Puts a job whose input has arrived into the queue, with its trace.
///
/// # Errors
/// When the database fails, or the upload was pruned meanwhile.
pub fn finish_upload(tx: &mut Tx<'_>, cx: &Ctx, id: JobId, bytes: i64) -> DbResult<Job> {
    let progress = Progress { bytes_total: Some(bytes), ..Progress::default() };
    diesel::update(
        jobs::table
            .filter(jobs::group_id.eq(cx.group))
            .filter(jobs::id.eq(id))
            .filter(jobs::status.eq(JobStatus::Uploading.code())),
    )
    .set((
        jobs::status.eq(JobStatus::Queued.code()),
        jobs::progress.eq(Json(progress)),
        jobs::updated_at.eq(cx.now),
    ))
    .execute(tx.conn())?;
    let job = find(tx, cx.group, id)?.ok_or_else(missing)?;
    record(tx, cx, trace("job.created", None, &job))?;
    Ok(job)
}

/// Forgets an upload and what arrived of it.
///
/// # Errors
/// When the database fails.
pub fn discard_upload(tx: &mut Tx<'_>, group: GroupId, id: JobId) -> DbResult<()> {
    diesel::delete(
        jobs::table
            .filter(jobs::group_id.eq(group))
            .filter(jobs::id.eq(id))
            .filter(jobs::status.eq(JobStatus::Uploading.code())),
    )
    .execute(tx.conn())?;
    Ok(())
}

/// Forgets the uploads of a group that broke off an hour ago or more; returns how many.
///
/// # Errors
/// When the database fails.
pub fn prune_uploads(tx: &mut Tx<'_>, group: GroupId, now: Instant) -> DbResult<usize> {
    Ok(diesel::delete(
        jobs::table
            .filter(jobs::group_id.eq(group))
            .filter(jobs::finished_at.is_null())
            .filter(jobs::status.eq(JobStatus::Uploading.code()))
            .filter(jobs::updated_at.lt(now.minus(UPLOAD_KEPT))),
    )
    .execute(tx.conn())?)
}

/// Removes reports of rows, and what may be left of the input, of the job of a group that ended first, if it ended
/// before `before`: a bounded number at a time. Returns whether there was anything to do, and so perhaps more.
///
/// # Errors
/// When the database fails.
pub fn prune_rows(tx: &mut Tx<'_>, group: GroupId, before: Instant, now: Instant) -> DbResult<bool> {
    let oldest: Option<(JobId, Instant)> = jobs::table
        .filter(jobs::group_id.eq(group))
        .filter(jobs::rows_pruned_at.is_null())
        .filter(jobs::finished_at.lt(before))
        .order(jobs::finished_at)
        .select((jobs::id, jobs::updated_at))
        .first(tx.conn())
        .optional()?;
    let Some((id, updated_at)) = oldest else { return Ok(false) };
    let rows = job_rows::table.filter(job_rows::group_id.eq(group)).filter(job_rows::job_id.eq(id));
    let last_of_many: Option<i64> = rows
        .order(job_rows::line)
        .offset(PRUNED_AT_ONCE - 1)
        .select(job_rows::line)
        .first(tx.conn())
        .optional()?;
    if let Some(line) = last_of_many {
        diesel::delete(rows.filter(job_rows::line.le(line))).execute(tx.conn())?;
        return Ok(true);
    }
    diesel::delete(rows).execute(tx.conn())?;
    delete_chunks(tx, group, id)?;
    diesel::update(jobs::table.filter(jobs::group_id.eq(group)).filter(jobs::id.eq(id)))
        .set((
            jobs::rows_pruned_at.eq(now),
            jobs::updated_at.eq(now.max(updated_at.next())),
            jobs::version.eq(jobs::version + 1),
        ))
        .execute(tx.conn())?;
    Ok(true)
}

fn delete_chunks(tx: &mut Tx<'_>, group: GroupId, id: JobId) -> DbResult<()> {
    diesel::delete(
        job_chunks::table.filter(job_chunks::group_id.eq(group)).filter(job_chunks::job_id.eq(id)),
    )
    .execute(tx.conn())?;
    Ok(())
}

/// Groups with a job that has not ended. A small index holds just these jobs, so asking often costs nothing.
///
/// # Errors
/// When the database fails.
pub fn groups(reads: &mut impl Reads) -> DbResult<Vec<GroupId>> {
    Ok(jobs::table
        .filter(jobs::finished_at.is_null())
        .select(jobs::group_id)
        .distinct()
        .load(reads.conn())?)
}

/// Up to `count` pieces of the input from piece `from` on, joined.
///
/// # Errors
/// When the database fails.
pub fn chunks(reads: &mut impl Reads, group: GroupId, id: JobId, from: i32, count: i64) -> DbResult<Vec<u8>> {
    let pieces = job_chunks::table
        .filter(job_chunks::group_id.eq(group))
        .filter(job_chunks::job_id.eq(id))
        .filter(job_chunks::seq.ge(from))
        .order(job_chunks::seq)
        .limit(count)
        .select(job_chunks::bytes)
        .load::<Vec<u8>>(reads.conn())?;
    Ok(pieces.concat())
}

/// Keeps what became of rows; one report a line.
///
/// # Errors
/// When the database fails.
pub fn add_rows(tx: &mut Tx<'_>, group: GroupId, id: JobId, reports: &[RowReport]) -> DbResult<()> {
    let rows: Vec<ReportRow> = reports
        .iter()
        .map(|report| ReportRow {
            group_id: group,
            job_id: id,
            line: report.line,
            outcome: report.outcome.code().to_owned(),
            guest_id: report.subject.and_then(Subject::guest),
            stay_id: report.subject.and_then(Subject::stay),
            complaint_id: report.subject.and_then(Subject::complaint),
            faults: Json(report.faults.clone()),
        })
        .collect();
    insert_all!(tx, job_rows::table, &rows)
}

/// A job, whoever asks.
///
/// # Errors
/// When the database fails.
pub(super) fn find(reads: &mut impl Reads, group: GroupId, id: JobId) -> DbResult<Option<Job>> {
    let row = jobs::table
        .filter(jobs::group_id.eq(group))
        .filter(jobs::id.eq(id))
        .select(JobRow::as_select())
        .first(reads.conn())
        .optional()?;
    Ok(row.and_then(JobRow::into_job))
}

/// A job the caller may see; one still being uploaded is not there yet.
///
/// # Errors
/// When the database fails.
pub fn visible(reads: &mut impl Reads, group: GroupId, seen: &Seen, id: JobId) -> DbResult<Option<Job>> {
    let covers = |job: &Job| {
        job.status != JobStatus::Uploading
            && (seen.all.contains(&job.kind) || (seen.own.contains(&job.kind) && job.created.1 == seen.by))
    };
    Ok(find(reads, group, id)?.filter(covers))
}

/// Jobs the caller may see, the newest first, after the one at `after`.
///
/// # Errors
/// When the database fails.
pub fn page(
    reads: &mut impl Reads,
    group: GroupId,
    seen: &Seen,
    kind: Option<JobKind>,
    status: Option<JobStatus>,
    after: Option<JobId>,
    limit: i64,
) -> DbResult<Vec<Job>> {
    let codes = |kinds: &[JobKind]| -> Vec<&'static str> {
        kinds.iter().filter(|k| kind.is_none_or(|kind| kind == **k)).map(|kind| kind.code()).collect()
    };
    let own = jobs::kind.eq_any(codes(&seen.own)).and(jobs::created_by.eq(seen.by));
    let mut query = jobs::table
        .filter(jobs::group_id.eq(group))
        .filter(jobs::status.ne(JobStatus::Uploading.code()))
        .filter(jobs::kind.eq_any(codes(&seen.all)).or(own))
        .into_boxed();
    if let Some(status) = status {
        query = query.filter(jobs::status.eq(status.code()));
    }
    if let Some(after) = after {
        query = query.filter(jobs::id.lt(after));
    }
    let rows = query.order(jobs::id.desc()).limit(limit).select(JobRow::as_select()).load(reads.conn())?;
    Ok(rows.into_iter().filter_map(JobRow::into_job).collect())
}

/// Reports of a job in the order of the lines, after line `after`.
///
/// # Errors
/// When the database fails.
pub fn rows_page(
    reads: &mut impl Reads,
    group: GroupId,
    id: JobId,
    outcome: Option<RowOutcome>,
    after: i64,
    limit: i64,
) -> DbResult<Vec<RowReport>> {
    let mut query = job_rows::table
        .filter(job_rows::group_id.eq(group))
        .filter(job_rows::job_id.eq(id))
        .filter(job_rows::line.gt(after))
        .into_boxed();
    if let Some(outcome) = outcome {
        query = query.filter(job_rows::outcome.eq(outcome.code()));
    }
    let rows = query.order(job_rows::line).limit(limit).select(ReportRow::as_select()).load(reads.conn())?;
    let report = |row: ReportRow| {
        let outcome = RowOutcome::of(&row.outcome)?;
        let other = || row.complaint_id.map(Subject::Complaint);
        let subject = row.guest_id.map(Subject::Guest).or(row.stay_id.map(Subject::Stay)).or_else(other);
        Some(RowReport { line: row.line, outcome, subject, faults: row.faults.0 })
    };
    Ok(rows.into_iter().filter_map(report).collect())
}

/// Asks a job to stop: one that waits ends at once, one that runs after its present step, one that has ended stays as
/// it is. `Ok(None)` when its version is not the one expected.
///
/// # Errors
/// When the database fails.
pub fn cancel(tx: &mut Tx<'_>, cx: &Ctx, job: &Job, expected: &Expected) -> DbResult<Option<Job>> {
    if !expected.allows(job.version) {
        return Ok(None);
    }
    if job.finished_at.is_some() || job.cancel_requested {
        return Ok(Some(job.clone()));
    }
    let at = cx.after(job.updated_at);
    let mut new = Job { cancel_requested: true, updated_at: at, version: job.version + 1, ..job.clone() };
    let mut action = "job.cancel_requested";
    if job.status == JobStatus::Queued {
        (new.status, new.finished_at, action) = (JobStatus::Cancelled, Some(at), "job.cancelled");
    }
    if !write(tx, job, &new)? {
        return Ok(None);
    }
    record(tx, cx, trace(action, Some(job), &new))?;
    Ok(Some(new))
}

/// Writes the new state of a job over the one it was read with; `false` when another writer was faster.
pub(super) fn write(tx: &mut Tx<'_>, old: &Job, new: &Job) -> DbResult<bool> {
    let written = diesel::update(
        jobs::table
            .filter(jobs::group_id.eq(old.group))
            .filter(jobs::id.eq(old.id))
            .filter(jobs::version.eq(old.version)),
    )
    .set((
        jobs::status.eq(new.status.code()),
        jobs::progress.eq(Json(new.progress)),
        jobs::checkpoint.eq(Json(new.checkpoint.clone())),
        jobs::failure.eq(&new.failure),
        jobs::cancel_requested.eq(new.cancel_requested),
        jobs::attempts.eq(new.attempts),
        jobs::version.eq(new.version),
        jobs::updated_at.eq(new.updated_at),
        jobs::finished_at.eq(new.finished_at),
    ))
    .execute(tx.conn())?;
    if written > 0 && new.finished_at.is_some() {
        // The input is personal data that nobody needs any more.
        delete_chunks(tx, old.group, old.id)?;
    }
    Ok(written > 0)
}

/// The oldest job of a group that this worker holds or may claim. One that failed waits until its time has come, unless
/// it was asked to stop.
pub(super) fn next(
    reads: &mut impl Reads,
    group: GroupId,
    kinds: &[&str],
    worker: WorkerId,
    now: Instant,
) -> DbResult<Option<Job>> {
    let free = jobs::lease_owner.is_null().or(jobs::lease_owner.eq(worker)).or(jobs::lease_until.lt(now));
    let row = jobs::table
        .filter(jobs::group_id.eq(group))
        .filter(jobs::finished_at.is_null())
        .filter(jobs::status.eq_any([JobStatus::Queued.code(), JobStatus::Running.code()]))
        .filter(jobs::kind.eq_any(kinds.to_vec()))
        .filter(free)
        .filter(jobs::retry_at.is_null().or(jobs::retry_at.le(now)).or(jobs::cancel_requested.eq(true)))
        .order((jobs::created_at, jobs::id))
        .select(JobRow::as_select())
        .first(reads.conn())
        .optional()?;
    Ok(row.and_then(JobRow::into_job))
}

/// Takes or renews the lease of a job as it was read, and keeps how often it was tried; `false` when it changed or another worker holds it.
pub(super) fn lease(
    tx: &mut Tx<'_>,
    job: &Job,
    worker: WorkerId,
    now: Instant,
    until: Instant,
) -> DbResult<bool> {
    let free = jobs::lease_owner.is_null().or(jobs::lease_owner.eq(worker)).or(jobs::lease_until.lt(now));
    let taken = diesel::update(
        jobs::table
            .filter(jobs::group_id.eq(job.group))
            .filter(jobs::id.eq(job.id))
            .filter(jobs::version.eq(job.version))
            .filter(free),
    )
    .set((
        jobs::lease_owner.eq(worker),
        jobs::lease_until.eq(until),
        jobs::attempts.eq(job.attempts),
        jobs::retry_at.eq(None::<Instant>),
    ))
    .execute(tx.conn())?;
    Ok(taken > 0)
}

/// Gives a job back after an attempt that failed: nobody takes it before `retry_at`.
pub(super) fn put_off(
    tx: &mut Tx<'_>,
    job: &Job,
    worker: WorkerId,
    attempts: i32,
    retry_at: Option<Instant>,
) -> DbResult<()> {
    diesel::update(
        jobs::table
            .filter(jobs::group_id.eq(job.group))
            .filter(jobs::id.eq(job.id))
            .filter(jobs::lease_owner.eq(worker)),
    )
    .set((
        jobs::lease_owner.eq(None::<WorkerId>),
        jobs::lease_until.eq(None::<Instant>),
        jobs::attempts.eq(attempts),
        jobs::retry_at.eq(retry_at),
    ))
    .execute(tx.conn())?;
    Ok(())
}

/// The trace of a change of a job.
pub(super) fn trace(action: &'static str, before: Option<&Job>, after: &Job) -> Change {
    Change {
        action,
        subject_kind: "job",
        subject_id: after.id.0,
        version: after.version,
        hotel: after.hotel,
        at: after.updated_at,
        before: before.map(Job::document),
        after: Some(after.document()),
    }
}

fn missing() -> DbError {
    DbError::Query(diesel::result::Error::NotFound)
}
