//! How complaints are judged: what is told is held against the catalogue, and the routing rules say what is not told.

use crate::complaint_settings::catalogue::Catalogue;
use crate::complaint_settings::model::{FailureOrigin, Priority};
use crate::complaint_settings::routing::Case;
use crate::complaints::bench::{Bench, Laws};
use crate::complaints::commands::Classify;
use crate::complaints::error::ComplaintError;
use crate::complaints::model::{Class, Complaint, ComplaintStatus, Progress};
use crate::complaints::service::check_times;
use crate::db::Reads;
use crate::hotels::model::Hotel;
use crate::kit::fault::Fault;
use crate::platform::context::Ctx;

/// Judges a complaint: takes over what is told, asks the routing rules for what is not, and records it when all is there
/// that a recorded one needs.
///
/// # Errors
/// [`ComplaintError::Invalid`] for codes the catalogue or the hotel does not have, and for what is missing of a complaint
/// that is recorded already.
pub(super) fn judge(
    reads: &mut impl Reads,
    cx: &Ctx,
    hotel: &Hotel,
    complaint: Complaint,
    told: Classify,
) -> Result<Complaint, ComplaintError> {
    judge_by(reads, cx, &mut Bench::default(), hotel, complaint, told)
}

/// As [`judge`], by what is loaded already: for many complaints.
///
/// # Errors
/// As [`judge`].
pub(super) fn judge_by(
    reads: &mut impl Reads,
    cx: &Ctx,
    bench: &mut Bench,
    hotel: &Hotel,
    complaint: Complaint,
    told: Classify,
) -> Result<Complaint, ComplaintError> {
    if told == Classify::default() {
        return Ok(complaint);
    }
    let laws = bench.laws(reads, cx, hotel.id)?;
    let Laws { catalogue, departments, .. } = laws;
    let Classify {
        category,
        cause_category,
        sub_cause,
        failure_origin,
        department,
        handling_department,
        severity,
        priority,
        occurred_at,
    } = told;
    let mut class = complaint.class.clone();
    let mut faults = Vec::new();
    let mut refuse = |pointer: &str, code: &str, message: &str| {
        faults.push(Fault { pointer: pointer.into(), code: code.into(), message: message.into() });
    };
    if let Some(code) = category {
        if catalogue.category(&code).is_none_or(|known| known.retired) {
            refuse(
                "/category",
                "unknown_value",
                "is not in the catalogue of complaints, or no longer in use",
            );
        }
        class.category = Some(code);
    }
    class.cause_category = cause_category.or(class.cause_category);
    let before = class.sub_cause.clone();
    sub_cause.apply(&mut class.sub_cause);
    if class.sub_cause != before && class.failure_origin == origin_of(catalogue, before.as_deref()) {
        // It came with the cause, and goes with it.
        class.failure_origin = None;
    }
    failure_origin.apply(&mut class.failure_origin);
    if let Some(code) = class.sub_cause.as_deref() {
        match catalogue.sub_cause(code) {
            None => refuse("/sub_cause", "unknown_value", "is not in the catalogue of causes"),
            Some(known) => {
                class.failure_origin = class.failure_origin.or(known.failure_origin);
                let cause = *class.cause_category.get_or_insert(known.cause_category);
                if cause != known.cause_category {
                    refuse("/sub_cause", "mismatch", "belongs to another category of causes");
                }
            }
        }
    }
    class.severity = severity.or(class.severity);
    let mut known = |pointer: &str, code: &Option<String>| {
        if code.as_ref().is_some_and(|code| !departments.contains(code)) {
            refuse(pointer, "unknown_reference", "is not a department of this hotel");
        }
    };
    known("/department", &department);
    handling_department.apply(&mut class.handling_department);
    known("/handling_department", &class.handling_department);
    let told_department = department.is_some();
    class.department = department.or(class.department);
    let mut facts = complaint.facts.clone();
    facts.occurred_at = occurred_at.or(facts.occurred_at);
    let told = Told { department: told_department, priority };
    let draft = Complaint { class, facts, ..complaint.clone() };
    let Complaint { class, facts, progress, .. } = routed(reads, cx, &laws, &complaint, draft, told)?;
    let missing: [(&str, bool); 5] = [
        ("/category", class.category.is_none()),
        ("/cause_category", class.cause_category.is_none()),
        ("/department", class.department.is_none()),
        ("/severity", class.severity.is_none()),
        ("/occurred_at", facts.occurred_at.is_none()),
    ];
    let complete = missing.iter().all(|(_, missing)| !missing);
    if complaint.status != ComplaintStatus::Received || complaint.version > 1 || !complaint.number.is_empty()
    {
        for (pointer, _) in missing.iter().filter(|(_, missing)| *missing) {
            refuse(pointer, "required", "is required for a complaint to be recorded");
        }
    }
    if !faults.is_empty() {
        return Err(ComplaintError::Invalid(faults));
    }
    check_times(cx, &facts)?;
    let status = match complaint.status {
        ComplaintStatus::Received if complete => ComplaintStatus::Recorded,
        status => status,
    };
    Ok(Complaint { class, facts, progress, status, ..complaint })
}

fn origin_of(catalogue: &Catalogue, sub_cause: Option<&str>) -> Option<FailureOrigin> {
    catalogue.sub_cause(sub_cause?)?.failure_origin
}

/// What somebody says, so that routing leaves it alone.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Told {
    department: bool,
    priority: Option<Priority>,
}

/// Asks the rules who gets a complaint, and how soon, once it is known what it is about and how grave it is. What the rules
/// gave before they give anew; what somebody said stays, a priority only until the matter is another one.
pub(super) fn routed(
    reads: &mut impl Reads,
    cx: &Ctx,
    laws: &Laws<'_>,
    old: &Complaint,
    new: Complaint,
    told: Told,
) -> Result<Complaint, ComplaintError> {
    let mut class = new.class.clone();
    let Some(case) = case_of(reads, cx, &new)? else {
        class.priority = told.priority.or(class.priority);
        return Ok(Complaint { class, ..new });
    };
    let route = laws.routing.route_within(&case, laws.departments);
    let before = match old.class.routed_by {
        Some(_) => case_of(reads, cx, old)?.map(|case| laws.routing.route_within(&case, laws.departments)),
        None => None,
    };
    let by_rule = class.department.is_none()
        || before.as_ref().is_some_and(|before| Some(&before.department) == old.class.department.as_ref());
    if !told.department && by_rule && laws.departments.contains(&route.department) {
        class.department = Some(route.department);
    }
    let judged = |class: &Class| (class.category.clone(), class.severity);
    let stays = judged(&class) == judged(&old.class)
        && before.is_none_or(|before| Some(before.priority) != old.class.priority);
    class.priority = told.priority.or(class.priority.filter(|_| stays)).or(Some(route.priority));
    class.routed_by = Some(route.rule);
    let works = |code: &String| {
        class.department.as_ref() == Some(code) || class.handling_department.as_ref() == Some(code)
    };
    class.informed =
        route.inform.into_iter().filter(|code| laws.departments.contains(code) && !works(code)).collect();
    let owner_id = new.progress.owner_id.or(route.owner);
    Ok(Complaint { class, progress: Progress { owner_id, ..new.progress.clone() }, ..new })
}

/// What the rules go by; nothing before it is known what a complaint is about and how grave it is.
fn case_of(reads: &mut impl Reads, cx: &Ctx, complaint: &Complaint) -> Result<Option<Case>, ComplaintError> {
    let Complaint { class, facts, .. } = complaint;
    let (Some(category), Some(severity)) = (class.category.clone(), class.severity) else { return Ok(None) };
    let profile = match facts.guest {
        Some(guest) => crate::guests::repo::find_many(reads, cx.group, &[guest.id])?
            .remove(&guest.id)
            .map(|guest| guest.profile),
        None => None,
    };
    let spoken = || Some(profile.as_ref()?.preferred_language.as_ref()?.as_str().to_owned());
    Ok(Some(Case {
        category,
        cause_category: class.cause_category,
        severity,
        hotel: complaint.hotel_id,
        language: facts.language.clone().or_else(spoken),
        vip_level: profile.as_ref().and_then(|profile| profile.vip_level.clone()),
    }))
}
