//! Warnings: each clock warns once before it is too late and once when it is, however many servers run. What is overdue goes
//! up the ladder, and another rung as long as it still is. After an outage all that is overdue is raised, once.

use crate::complaints::aftercare::{self, Aftercare};
use crate::complaints::error::ComplaintError;
use crate::complaints::model::{Alert, Complaint, ComplaintStatus, NextDue};
use crate::complaints::moves::{in_round, rung};
use crate::complaints::service::{save, stay_of};
use crate::complaints::timing::{Timing, may_climb, next_alert, next_rung};
use crate::complaints::{repo, timing};
use crate::db::{DbResult, Reads, Tx};
use crate::hotels;
use crate::kit::clock::Instant;
use crate::kit::ids::{ActorId, ComplaintId, GroupId};
use crate::platform::context::Ctx;

/// Complaints looked at in one round.
pub const BATCH: i64 = 100;

/// Complaints of which a warning is to be given by now, the longest overdue first.
///
/// # Errors
/// When the database fails.
pub fn due(reads: &mut impl Reads, group: GroupId, now: Instant) -> DbResult<Vec<ComplaintId>> {
    repo::warnings_due(reads, group, now, BATCH)
}

/// Gives the warning that a complaint is to give next, if it still is to give one: whoever acted meanwhile has the clocks
/// right already. Returns whether it did.
///
/// # Errors
/// [`ComplaintError::Stale`] when another server, or somebody at work, was faster: then nothing was given.
pub fn give(tx: &mut Tx<'_>, cx: &Ctx, id: ComplaintId) -> Result<bool, ComplaintError> {
    let Some(old) = repo::find(tx, cx.group, id)? else { return Ok(false) };
    if old.status == ComplaintStatus::Closed {
        return remind(tx, cx, &old);
    }
    let hotel = hotels::service::find_hotel(tx, cx, old.hotel_id)?;
    let stay = stay_of(tx, &old)?;
    let clocks = Timing::load(tx, cx.group)?.clocks(&hotel, stay.as_ref(), &old);
    let round = old.round();
    let first = clocks
        .iter()
        .filter(|clock| clock.runs())
        .filter_map(|clock| next_alert(clock, round).map(|(at, breached)| (at, breached, *clock)))
        .min_by_key(|(at, breached, clock)| (*at, *breached, clock.kind));
    let at = cx.after(old.updated.0);
    let mut new = old.clone();
    let (action, reason) = match first.filter(|(at, _, _)| *at <= cx.now) {
        Some((_, breached, clock)) => {
            let due_at = clock.due_at.unwrap_or(cx.now);
            // A warning that comes together with the breach says nothing more.
            let late = breached || due_at <= cx.now;
            in_round(&mut new, |round| {
                round.alerts.push(Alert { clock: clock.kind, breached: late, due_at, at });
            });
            let reason = format!("{} was due at {due_at}", clock.kind.code());
            match late {
                true => ("complaint.clock_breached", may_climb(&old, at).then_some(reason)),
                false => ("complaint.clock_warning", None),
            }
        }
        None if next_rung(&clocks, &old).is_some_and(|at| at <= cx.now) => {
            ("complaint.escalated", Some("it is still overdue".to_owned()))
        }
        None => {
            // The clocks moved since they were written down, because a stay, a policy or a calendar did.
            let next = timing::next_due(&clocks, &old);
            if old.next != next {
                repo::reschedule(tx, &old, next)?;
            }
            return Ok(false);
        }
    };
    if let Some(reason) = reason {
        // A complaint that comes back goes to whoever had it last.
        let level = match old.progress.level_now() {
            0 => old.progress.level().max(1),
            level => level + 1,
        };
        let next = rung(tx, cx, &old, level, at, reason, ActorId(uuid::Uuid::nil()))?;
        new.progress.escalations.push(next);
    }
    save(tx, cx, action, &old, new, None)?;
    Ok(true)
}

/// Says that the guest of a closed complaint is to be asked now, or writes down that the guest does not want to be any more.
fn remind(tx: &mut Tx<'_>, cx: &Ctx, old: &Complaint) -> Result<bool, ComplaintError> {
    let due = old.next.alert_at.is_some_and(|at| at <= cx.now);
    let Some(aftercare) = old.progress.aftercare.filter(|one| due && !one.told) else {
        repo::reschedule(tx, old, NextDue { alert_at: None, ..old.next })?;
        return Ok(false);
    };
    let now = aftercare::planned(tx, cx, std::slice::from_ref(old))?.remove(&old.id).unwrap_or(aftercare);
    let told = now.barred.is_none();
    let mut new = old.clone();
    new.progress.aftercare = Some(Aftercare { told, ..now });
    let action = if told { "complaint.follow_up_due" } else { "complaint.follow_up_barred" };
    save(tx, cx, action, old, new, None)?;
    Ok(told)
}
