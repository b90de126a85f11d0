//! Who was told what was improved: each complaint once for each time a problem was put right.

use std::collections::BTreeSet;

use serde_json::json;

use crate::db::{Reads, Tx};
use crate::kit::ids::{ComplaintId, MessageId, ProblemId};
use crate::kit::version::Expected;
use crate::platform::context::Ctx;
use crate::problems::error::ProblemError;
use crate::problems::model::{CorrectiveAction, ServiceProblem};
use crate::problems::{action_repo, member_repo, service};

/// An improvement of which guests can be told.
#[derive(Debug)]
pub struct Improvement {
    /// The problem, held until the transaction ends.
    pub problem: ServiceProblem,
    /// What was found to work since it last came back.
    pub actions: Vec<CorrectiveAction>,
}

/// What was improved about a problem the caller may see, which is held from here on: whoever needs complaints, too, holds
/// them before.
///
/// # Errors
/// [`ProblemError::NotFound`], [`ProblemError::State`] when nothing was verified since the problem last came back.
pub fn improvement(tx: &mut Tx<'_>, cx: &Ctx, id: ProblemId) -> Result<Improvement, ProblemError> {
    let problem = service::held(tx, cx, id, &Expected::Any)?;
    let mut actions = action_repo::of_problem(tx, cx.group, id, None, action_repo::ALL)?;
    if !service::improved(&problem, &actions) {
        return Err(ProblemError::State("problem_not_improved"));
    }
    let back = problem.details.reopened.as_ref().map(|(at, _)| *at);
    actions.retain(|action| action.verified_after(back));
    Ok(Improvement { problem, actions })
}

/// Which of some complaints were told of an improvement.
///
/// # Errors
/// When the database fails.
pub fn told(
    reads: &mut impl Reads,
    cx: &Ctx,
    problem: &ServiceProblem,
    complaints: &[ComplaintId],
) -> Result<BTreeSet<ComplaintId>, ProblemError> {
    Ok(member_repo::told(reads, cx.group, problem.id, problem.reopen_count, complaints)?)
}

/// Writes down who was told of an improvement.
///
/// # Errors
/// When the database fails.
pub fn tell(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    problem: &ServiceProblem,
    told: &[(ComplaintId, MessageId)],
) -> Result<ServiceProblem, ProblemError> {
    let at = cx.after(problem.updated.0);
    member_repo::tell(tx, cx.group, problem.id, problem.reopen_count, told, at)?;
    let mut new = problem.clone();
    new.details.notified = Some((at, cx.actor.id));
    let ids: Vec<ComplaintId> = told.iter().map(|(complaint, _)| *complaint).collect();
    service::save(tx, cx, "problem.notified", problem, new, Some(json!({ "told": ids })))
}
