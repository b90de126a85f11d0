//! Rules of jobs: who sees which, and stopping one.
//!
//! A job is shown to whoever started it, and to all who have the scope of its kind in the whole group.

use crate::db::{DbResult, Reads, Tx};
use crate::jobs::error::JobError;
use crate::kit::ids::{GroupId, JobId};
use crate::kit::version::Expected;
use crate::platform::context::Ctx;
use crate::platform::jobs::{self, Job, JobKind, JobStatus, RowOutcome, RowReport, Seen};

/// Which jobs are asked for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct JobFilter {
    /// Only this kind.
    pub kind: Option<JobKind>,
    /// Only this status.
    pub status: Option<JobStatus>,
}

/// A job the caller may see.
///
/// # Errors
/// [`JobError::NotFound`] for missing and foreign ones alike.
pub fn get(reads: &mut impl Reads, group: GroupId, seen: &Seen, id: JobId) -> Result<Job, JobError> {
    jobs::visible(reads, group, seen, id)?.ok_or(JobError::NotFound)
}

/// Jobs the caller may see, the newest first, and the position of the next page if there is one.
///
/// # Errors
/// When the database fails.
pub fn list(
    reads: &mut impl Reads,
    group: GroupId,
    seen: &Seen,
    filter: JobFilter,
    after: Option<JobId>,
    limit: i64,
) -> DbResult<(Vec<Job>, Option<JobId>)> {
    let mut found = jobs::page(reads, group, seen, filter.kind, filter.status, after, limit + 1)?;
    let next = cut(&mut found, limit, |job| job.id);
    Ok((found, next))
}

/// What became of the rows of a job, in the order of the lines, and the position of the next page if there is one.
///
/// # Errors
/// [`JobError::NotFound`].
pub fn rows(
    reads: &mut impl Reads,
    group: GroupId,
    seen: &Seen,
    id: JobId,
    outcome: Option<RowOutcome>,
    after: i64,
    limit: i64,
) -> Result<(Vec<RowReport>, Option<i64>), JobError> {
    let job = get(reads, group, seen, id)?;
    let mut found = jobs::rows_page(reads, group, job.id, outcome, after, limit + 1)?;
    let next = cut(&mut found, limit, |row| row.line);
    Ok((found, next))
}

/// Takes the one item too many away; the position of the last one that stays, if there was one too many.
fn cut<T, P>(found: &mut Vec<T>, limit: i64, position: impl Fn(&T) -> P) -> Option<P> {
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = found.len() > limit;
    found.truncate(limit);
    found.last().filter(|_| more).map(position)
}

/// Asks a job to stop.
///
/// # Errors
/// [`JobError::NotFound`], [`JobError::Stale`].
pub fn cancel(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    seen: &Seen,
    id: JobId,
    expected: &Expected,
) -> Result<Job, JobError> {
    let job = get(tx, cx.group, seen, id)?;
    jobs::cancel(tx, cx, &job, expected)?.ok_or(JobError::Stale)
}

#[cfg(test)]
mod tests {
    use super::cut;

    #[test]
    fn a_page_tells_of_the_next_one_only_when_there_is_one() {
        let mut items = vec![1, 2, 3];
        assert_eq!(cut(&mut items, 2, |item| *item), Some(2));
        assert_eq!(items, [1, 2]);
        assert_eq!(cut(&mut items, 2, |item| *item), None);
    }
}
