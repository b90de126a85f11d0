//! Rows of what belongs to problems, and of who was told. The group comes first, absent is absent, no rules.

use std::collections::{BTreeSet, HashMap};

use diesel::dsl::{count_star, max, min};
use diesel::prelude::*;

use crate::db::schema::{problem_complaints, problem_notices};
use crate::db::{DbResult, MultiBackend, Reads, Tx, dialect};
use crate::insert_all;
use crate::kit::clock::Instant;
use crate::kit::ids::{ActorId, ComplaintId, GroupId, MessageId, ProblemId};
use crate::problems::model::{Member, ProblemStanding};

/// Ids bound in one statement.
const IDS_A_STATEMENT: usize = 500;

#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = problem_complaints)]
struct MemberRow {
    group_id: GroupId,
    complaint_id: ComplaintId,
    problem_id: ProblemId,
    standing: String,
    counts: bool,
    received_at: Instant,
    since: Instant,
    by_id: ActorId,
}

impl From<MemberRow> for Member {
    fn from(row: MemberRow) -> Self {
        let MemberRow { group_id: _, complaint_id, problem_id, standing, counts, received_at, since, by_id } =
            row;
        // The column has a check: no other code can stand there.
        let standing = ProblemStanding::of(&standing).unwrap_or(ProblemStanding::ByHand);
        Self { complaint_id, problem_id, standing, counts, received_at, since: (since, by_id) }
    }
}

/// Where complaints belong, or were taken out of, by complaint.
///
/// # Errors
/// When the database fails.
pub fn find_many(
    reads: &mut impl Reads,
    group: GroupId,
    complaints: &[ComplaintId],
) -> DbResult<HashMap<ComplaintId, Member>> {
    let mut found = HashMap::new();
    for part in complaints.chunks(IDS_A_STATEMENT) {
        let rows: Vec<MemberRow> = problem_complaints::table
            .filter(problem_complaints::group_id.eq(group))
            .filter(problem_complaints::complaint_id.eq_any(part.to_vec()))
            .select(MemberRow::as_select())
            .load(reads.conn())?;
        found.extend(rows.into_iter().map(|row| (row.complaint_id, Member::from(row))));
    }
    Ok(found)
}

/// What belongs to a problem behind a complaint, in the order of receipt; at most `limit`.
///
/// # Errors
/// When the database fails.
pub fn of_problem(
    reads: &mut impl Reads,
    group: GroupId,
    problem: ProblemId,
    after: Option<(Instant, ComplaintId)>,
    limit: i64,
) -> DbResult<Vec<Member>> {
    let mut query = problem_complaints::table
        .into_boxed::<MultiBackend>()
        .filter(problem_complaints::group_id.eq(group))
        .filter(problem_complaints::problem_id.eq(problem))
        .filter(problem_complaints::standing.ne(ProblemStanding::Left.code()));
    if let Some((at, id)) = after {
        let tie = problem_complaints::received_at.eq(at).and(problem_complaints::complaint_id.gt(id));
        query = query
            .filter(problem_complaints::received_at.ge(at))
            .filter(problem_complaints::received_at.gt(at).or(tie));
    }
    let rows: Vec<MemberRow> = query
        .order((problem_complaints::received_at, problem_complaints::complaint_id))
        .limit(limit)
        .select(MemberRow::as_select())
        .load(reads.conn())?;
    Ok(rows.into_iter().map(Member::from).collect())
}

/// How many complaints count to a problem, and when the first and the last of them were received.
///
/// # Errors
/// When the database fails.
pub fn summary(
    reads: &mut impl Reads,
    group: GroupId,
    problem: ProblemId,
) -> DbResult<(i64, Option<(Instant, Instant)>)> {
    let (count, first, last): (i64, Option<Instant>, Option<Instant>) = problem_complaints::table
        .filter(problem_complaints::group_id.eq(group))
        .filter(problem_complaints::problem_id.eq(problem))
        .filter(problem_complaints::standing.ne(ProblemStanding::Left.code()))
        .filter(problem_complaints::counts.eq(true))
        .select((count_star(), min(problem_complaints::received_at), max(problem_complaints::received_at)))
        .first(reads.conn())?;
    Ok((count, first.zip(last)))
}

/// Writes where a complaint belongs that belonged nowhere and was never taken out; `false` when somebody was faster.
///
/// # Errors
/// When the database fails.
pub fn claim(tx: &mut Tx<'_>, group: GroupId, member: &Member) -> DbResult<bool> {
    let Member { complaint_id, problem_id, standing, counts, received_at, since } = *member;
    let rows = [MemberRow {
        group_id: group,
        complaint_id,
        problem_id,
        standing: standing.code().to_owned(),
        counts,
        received_at,
        since: since.0,
        by_id: since.1,
    }];
    Ok(dialect::unless_taken(tx, |tx| insert_all!(tx, problem_complaints::table, &rows))?.is_some())
}

/// Writes where a complaint belongs over what was written before.
///
/// # Errors
/// When the database fails.
pub fn change(tx: &mut Tx<'_>, group: GroupId, member: &Member) -> DbResult<()> {
    let Member { complaint_id, problem_id, standing, counts, received_at, since } = *member;
    let row = problem_complaints::table
        .filter(problem_complaints::group_id.eq(group))
        .filter(problem_complaints::complaint_id.eq(complaint_id));
    diesel::update(row)
        .set((
            problem_complaints::problem_id.eq(problem_id),
            problem_complaints::standing.eq(standing.code()),
            problem_complaints::counts.eq(counts),
            problem_complaints::received_at.eq(received_at),
            problem_complaints::since.eq(since.0),
            problem_complaints::by_id.eq(since.1),
        ))
        .execute(tx.conn())?;
    Ok(())
}

/// Takes away where a complaint belongs.
///
/// # Errors
/// When the database fails.
pub fn remove(tx: &mut Tx<'_>, group: GroupId, complaint: ComplaintId) -> DbResult<()> {
    diesel::delete(
        problem_complaints::table
            .filter(problem_complaints::group_id.eq(group))
            .filter(problem_complaints::complaint_id.eq(complaint)),
    )
    .execute(tx.conn())?;
    Ok(())
}

/// Which of some complaints were told what was improved in a round of a problem.
///
/// # Errors
/// When the database fails.
pub fn told(
    reads: &mut impl Reads,
    group: GroupId,
    problem: ProblemId,
    round: i32,
    complaints: &[ComplaintId],
) -> DbResult<BTreeSet<ComplaintId>> {
    let mut found = BTreeSet::new();
    for part in complaints.chunks(IDS_A_STATEMENT) {
        let ids: Vec<ComplaintId> = problem_notices::table
            .filter(problem_notices::group_id.eq(group))
            .filter(problem_notices::problem_id.eq(problem))
            .filter(problem_notices::round.eq(round))
            .filter(problem_notices::complaint_id.eq_any(part.to_vec()))
            .select(problem_notices::complaint_id)
            .load(reads.conn())?;
        found.extend(ids);
    }
    Ok(found)
}

#[derive(Insertable)]
#[diesel(table_name = problem_notices)]
struct NoticeRow {
    group_id: GroupId,
    problem_id: ProblemId,
    round: i32,
    complaint_id: ComplaintId,
    message_id: MessageId,
    told_at: Instant,
}

/// Writes that the guests of some complaints were told in a round of a problem.
///
/// # Errors
/// When the database fails.
pub fn tell(
    tx: &mut Tx<'_>,
    group: GroupId,
    problem: ProblemId,
    round: i32,
    told: &[(ComplaintId, MessageId)],
    at: Instant,
) -> DbResult<()> {
    let rows: Vec<NoticeRow> = told
        .iter()
        .map(|(complaint_id, message_id)| NoticeRow {
            group_id: group,
            problem_id: problem,
            round,
            complaint_id: *complaint_id,
            message_id: *message_id,
            told_at: at,
        })
        .collect();
    insert_all!(tx, problem_notices::table, &rows)
}
