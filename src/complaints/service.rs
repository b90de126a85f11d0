//! Rules of complaints: how they are taken in, read and written down. No HTTP; the caller holds the transaction.

use serde_json::{Value, json};

use crate::complaint_settings::routing::Case;
use crate::complaints::aftercare;
use crate::complaints::bench::{Bench, Laws};
use crate::complaints::commands::{Classify, ComplaintPatch, NewComplaint};
use crate::complaints::error::ComplaintError;
use crate::complaints::model::{
    Class, Complaint, ComplaintStatus, ExternalRef, Facts, LinkedGuest, NextDue, Progress, Solution,
};
use crate::complaints::timing::Timing;
use crate::complaints::{figures, numbers, recurrence, repo, solution_repo, standing};
use crate::db::{DbResult, Reads, Tx};
use crate::hotels;
use crate::hotels::model::Hotel;
use crate::kit::clock::Instant;
use crate::kit::fault::Fault;
use crate::kit::ids::{ComplaintId, GuestId, HotelId, PartnerId, StaffId, StayId};
use crate::kit::version::Expected;
use crate::partners;
use crate::platform::context::{ActorKind, Ctx};
use crate::platform::record::{Change, record};
use crate::stays;
use crate::stays::model::Stay;
use crate::stays::people::People;

/// How far a sender's clock may be ahead.
pub(super) const LENIENCE: std::time::Duration = std::time::Duration::from_secs(5 * 60);

/// A complaint the caller may see.
///
/// # Errors
/// [`ComplaintError::NotFound`] for missing and foreign ones alike.
pub fn get(reads: &mut impl Reads, cx: &Ctx, id: ComplaintId) -> Result<Complaint, ComplaintError> {
    let found = repo::find(reads, cx.group, id)?;
    found.filter(|one| cx.sight.covers(Some(one.hotel_id))).ok_or(ComplaintError::NotFound)
}

/// The complaint that holds an external reference, if the caller may see it.
///
/// # Errors
/// [`ComplaintError::NotFound`].
pub fn get_by_ref(
    reads: &mut impl Reads,
    cx: &Ctx,
    reference: &ExternalRef,
) -> Result<Complaint, ComplaintError> {
    let id = repo::by_ref(reads, cx.group, reference)?.ok_or(ComplaintError::NotFound)?;
    get(reads, cx, id)
}

/// The solutions of a complaint, in the order they were proposed.
///
/// # Errors
/// When the database fails.
pub fn solutions(reads: &mut impl Reads, complaint: &Complaint) -> DbResult<Vec<Solution>> {
    let found = solution_repo::of_complaints(reads, complaint.group, &[complaint.id])?;
    Ok(found.into_values().next().unwrap_or_default())
}

/// The stay a complaint is about; absent when there is none, or it is gone.
///
/// # Errors
/// When the database fails.
pub fn stay_of(reads: &mut impl Reads, complaint: &Complaint) -> DbResult<Option<Stay>> {
    match complaint.facts.stay_id {
        Some(stay) => stays::repo::find(reads, complaint.group, stay),
        None => Ok(None),
    }
}

/// Takes a complaint in. One that is judged at once is recorded at once.
///
/// # Errors
/// [`ComplaintError::Invalid`], [`ComplaintError::ReferenceTaken`].
pub fn create(tx: &mut Tx<'_>, cx: &Ctx, new: NewComplaint) -> Result<Complaint, ComplaintError> {
    let hotel = match hotels::service::find_hotel(tx, cx, new.hotel_id) {
        Ok(hotel) => hotel,
        Err(hotels::error::HotelError::NotFound) => {
            return Err(unknown("/hotel_id", "is not a hotel you can see"));
        }
        Err(error) => return Err(error.into()),
    };
    let received_at = new.received_at.unwrap_or(cx.now);
    let mut facts = Facts { received_at, guest: None, ..new.facts };
    let stay = stay_at(tx, cx, hotel.id, facts.stay_id)?;
    let told = new.guest_id.or_else(|| stay.as_ref()?.facts.guest.guest.map(|guest| guest.id));
    facts.guest = match told {
        Some(guest) => Some(guest_at(tx, cx, hotel.id, guest, new.guest_id.is_some())?).flatten(),
        None => None,
    };
    if let (Some(stay), None) = (&stay, &facts.room) {
        facts.room = stay.facts.room.clone();
    }
    check_partner(tx, cx, facts.partner_id)?;
    check_times(cx, &facts)?;
    refuse_taken(tx, cx, &facts.external_refs, None)?;
    let first = (cx.actor.kind == ActorKind::Staff).then_some(StaffId(cx.actor.id.0));
    let draft = Complaint {
        group: cx.group,
        id: cx.new_id(),
        hotel_id: hotel.id,
        number: String::new(),
        status: ComplaintStatus::Received,
        facts,
        class: Class::default(),
        progress: Progress::begun(received_at, first),
        cost_minor: 0,
        currency: hotel.currency,
        next: NextDue::default(),
        version: 1,
        created: (cx.now, cx.actor.id),
        updated: (cx.now, cx.actor.id),
    };
    let judged = judge(tx, cx, &hotel, draft, new.class);
    let mut complaint = judged.map_err(|error| error.below("classification"))?;
    complaint.progress.last_guest_contact_at = Some(received_at);
    timed(&Timing::load(tx, cx.group)?, &hotel, stay.as_ref(), &mut complaint, cx.now);
    // Last of all, because everybody else who needs a number of this hotel waits for the end of the transaction.
    complaint.number = numbers::next(tx, cx.group, &hotel, received_at)?;
    repo::insert(tx, std::slice::from_ref(&complaint))?.ok_or(ComplaintError::ReferenceTaken(None))?;
    record(tx, cx, change("complaint.created", None, &complaint, None))?;
    recurrence::observe(tx, cx, None, &complaint)?;
    Ok(complaint)
}

/// Changes what is written down of a complaint.
///
/// # Errors
/// [`ComplaintError::NotFound`], [`ComplaintError::Stale`], [`ComplaintError::Merged`], [`ComplaintError::Invalid`],
/// [`ComplaintError::ReferenceTaken`].
pub fn edit(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    id: ComplaintId,
    expected: &Expected,
    patch: ComplaintPatch,
) -> Result<Complaint, ComplaintError> {
    let old = expect(get(tx, cx, id)?, expected)?;
    if let Some(merged) = &old.progress.merged {
        return Err(ComplaintError::Merged(merged.complaint));
    }
    let mut facts = old.facts.clone();
    let mut progress = old.progress.clone();
    let (guest, stay, partner) = (patch.guest_id.clone(), patch.stay_id.clone(), patch.partner_id.clone());
    if let Some(watchers) = patch.watchers.clone() {
        for (at, one) in watchers.iter().enumerate() {
            if !old.progress.watchers.contains(one) && !standing::works_at(tx, cx, old.hotel_id, *one)? {
                let text = "is nobody who works at this hotel";
                let pointer = format!("/watcher_ids/{at}");
                return Err(ComplaintError::invalid_at(&pointer, "unknown_reference", text));
            }
        }
        progress.watchers = watchers;
    }
    patch.dispute.clone().apply(&mut progress.dispute);
    patch.apply(&mut facts);
    stay.apply(&mut facts.stay_id);
    partner.apply(&mut facts.partner_id);
    if facts.stay_id != old.facts.stay_id {
        stay_at(tx, cx, old.hotel_id, facts.stay_id)?;
    }
    if facts.partner_id != old.facts.partner_id {
        check_partner(tx, cx, facts.partner_id)?;
    }
    match guest {
        crate::kit::patch::Patch::Absent => {}
        crate::kit::patch::Patch::Null => facts.guest = None,
        crate::kit::patch::Patch::Value(guest) => {
            facts.guest = guest_at(tx, cx, old.hotel_id, guest, true)?;
        }
    }
    if facts == old.facts && progress == old.progress {
        return Ok(old);
    }
    check_times(cx, &facts)?;
    refuse_taken(tx, cx, &facts.external_refs, Some(old.id))?;
    let new = Complaint { facts, progress, ..old.clone() };
    save(tx, cx, "complaint.updated", &old, new, None)
}

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
    let Laws { catalogue, routing, departments } = bench.laws(reads, cx, hotel.id)?;
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
    sub_cause.apply(&mut class.sub_cause);
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
    let mut progress = complaint.progress.clone();
    if let (Some(category), Some(severity)) = (class.category.clone(), class.severity) {
        let vip_level = match facts.guest {
            Some(guest) => crate::guests::repo::find_many(reads, cx.group, &[guest.id])?
                .remove(&guest.id)
                .and_then(|guest| guest.profile.vip_level),
            None => None,
        };
        let case = Case {
            category,
            cause_category: class.cause_category,
            severity,
            hotel: hotel.id,
            language: facts.language.clone(),
            vip_level,
        };
        let route = routing.route(&case);
        if !told_department && class.department.is_none() && departments.contains(&route.department) {
            class.department = Some(route.department);
        }
        // A priority that was told stays while nothing changes that the rules go by.
        let judged = (class.category.as_ref(), class.severity);
        let same = judged == (complaint.class.category.as_ref(), complaint.class.severity);
        class.priority = priority.or(class.priority.filter(|_| same)).or(Some(route.priority));
        class.routed_by = Some(route.rule);
        let works = [&class.department, &class.handling_department];
        let told = |code: &String| departments.contains(code) && !works.contains(&&Some(code.clone()));
        class.informed = route.inform.into_iter().filter(told).collect();
        progress.owner_id = progress.owner_id.or(route.owner);
    } else {
        class.priority = priority.or(class.priority);
    }
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

/// The complaint, if it has the version the caller expects.
///
/// # Errors
/// [`ComplaintError::Stale`].
pub(super) fn expect(complaint: Complaint, expected: &Expected) -> Result<Complaint, ComplaintError> {
    if expected.allows(complaint.version) { Ok(complaint) } else { Err(ComplaintError::Stale) }
}

/// Writes a new state of a complaint: version, clocks, trace. A solution or message that changed with it is told with it:
/// the complaint is the one thing whose versions are counted.
///
/// # Errors
/// [`ComplaintError::Stale`] when another writer was faster, [`ComplaintError::ReferenceTaken`].
pub(super) fn save(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    action: &'static str,
    old: &Complaint,
    new: Complaint,
    with: Option<(Option<Value>, Value)>,
) -> Result<Complaint, ComplaintError> {
    let hotel = hotels::service::find_hotel(tx, cx, old.hotel_id)?;
    let stay = stay_of(tx, &new)?;
    let updated = (cx.after(old.updated.0), cx.actor.id);
    let mut new = Complaint { version: old.version + 1, updated, ..new };
    timed(&Timing::load(tx, cx.group)?, &hotel, stay.as_ref(), &mut new, cx.now);
    match repo::replace(tx, old, &new)? {
        None => return Err(ComplaintError::ReferenceTaken(None)),
        Some(false) => return Err(ComplaintError::Stale),
        Some(true) => {}
    }
    record(tx, cx, change(action, Some(old), &new, with))?;
    recurrence::observe(tx, cx, Some(old), &new)?;
    Ok(new)
}

/// Works out the clocks of a complaint: when one is next of interest, and which were kept.
pub(super) fn timed(
    timing: &Timing,
    hotel: &Hotel,
    stay: Option<&Stay>,
    complaint: &mut Complaint,
    now: Instant,
) {
    figures::judge(timing, hotel, stay, complaint, now);
    complaint.next = match complaint.status {
        ComplaintStatus::Closed => aftercare::next(complaint),
        _ => timing.next(hotel, stay, complaint),
    };
}

pub(super) fn change(
    action: &'static str,
    old: Option<&Complaint>,
    new: &Complaint,
    with: Option<(Option<Value>, Value)>,
) -> Change {
    let (before, after) = with.unzip();
    Change {
        action,
        subject_kind: "complaint",
        subject_id: new.id.0,
        version: new.version,
        hotel: Some(new.hotel_id),
        at: new.updated.0,
        before: old.map(|old| document(old, before.flatten())),
        after: Some(document(new, after)),
    }
}

/// The complaint as log and feed keep it: how it stands, not what was said. The words are the guest's, and the log is
/// never changed.
fn document(complaint: &Complaint, with: Option<Value>) -> Value {
    let Complaint { facts, class, progress, .. } = complaint;
    let mut value = json!({
        "id": complaint.id, "number": complaint.number, "hotel_id": complaint.hotel_id,
        "status": complaint.status, "guest_id": facts.guest.map(|guest| guest.id), "stay_id": facts.stay_id,
        "partner_id": facts.partner_id, "room": facts.room, "asset": facts.asset, "channel": facts.channel,
        "received_at": facts.received_at, "occurred_at": facts.occurred_at, "class": class,
        "owner_id": progress.owner_id, "on_hold": progress.hold().is_some(), "escalation_level": progress.level(),
        "reopen_count": progress.reopened(), "cost_minor": complaint.cost_minor,
        "merged_into": progress.merged.as_ref().map(|merged| merged.complaint),
        "split_from": progress.split_from, "watcher_ids": progress.watchers,
        "dispute": progress.dispute.as_ref().map(|dispute| dispute.body), "external_refs": facts.external_refs,
        "finding": progress.investigation.as_ref().and_then(|one| one.finding),
        "rounds": progress.rounds, "follow_ups": progress.follow_ups.len(), "version": complaint.version,
        "updated_at": complaint.updated.0,
    });
    if let Some(members) = value.as_object_mut() {
        if let Some(with) = with {
            members.insert("with".into(), with);
        }
        members.retain(|_, value| !value.is_null());
    }
    value
}

fn unknown(pointer: &str, message: &str) -> ComplaintError {
    ComplaintError::invalid_at(pointer, "unknown_reference", message)
}

pub(super) fn stay_at(
    reads: &mut impl Reads,
    cx: &Ctx,
    hotel: HotelId,
    id: Option<StayId>,
) -> Result<Option<Stay>, ComplaintError> {
    let Some(id) = id else { return Ok(None) };
    let found = stays::repo::find(reads, cx.group, id)?;
    match found.filter(|stay| stay.hotel_id == hotel && cx.sight.covers(Some(stay.hotel_id))) {
        Some(stay) => Ok(Some(stay)),
        None => Err(unknown("/stay_id", "is not a stay at this hotel")),
    }
}

/// The guest as it can complain at a hotel. One that was not asked for and cannot be seen is left out.
fn guest_at(
    reads: &mut impl Reads,
    cx: &Ctx,
    hotel: HotelId,
    id: GuestId,
    asked: bool,
) -> Result<Option<LinkedGuest>, ComplaintError> {
    let people = People::load(reads, cx, std::iter::once(id), std::iter::empty())?;
    match people.at(cx, hotel, id) {
        None if asked => Err(unknown("/guest_id", "is not a guest you can see at this hotel")),
        found => Ok(found),
    }
}

fn check_partner(reads: &mut impl Reads, cx: &Ctx, id: Option<PartnerId>) -> Result<(), ComplaintError> {
    match id {
        Some(id) if !partners::service::survivors(reads, cx.group, &[id])?.contains_key(&id) => {
            Err(unknown("/partner_id", "is not a partner of this group"))
        }
        _ => Ok(()),
    }
}

pub(super) fn check_times(cx: &Ctx, facts: &Facts) -> Result<(), ComplaintError> {
    let latest = cx.now.plus(LENIENCE);
    if facts.received_at > latest {
        return Err(ComplaintError::invalid_at("/received_at", "future", "must not be in the future"));
    }
    if facts.occurred_at.is_some_and(|at| at > latest) {
        return Err(ComplaintError::invalid_at("/occurred_at", "future", "must not be in the future"));
    }
    Ok(())
}

fn refuse_taken(
    reads: &mut impl Reads,
    cx: &Ctx,
    refs: &[ExternalRef],
    own: Option<ComplaintId>,
) -> Result<(), ComplaintError> {
    for reference in refs {
        let holder = repo::by_ref(reads, cx.group, reference)?;
        if let Some(holder) = holder.filter(|holder| Some(*holder) != own) {
            let seen = get(reads, cx, holder).is_ok();
            return Err(ComplaintError::ReferenceTaken(seen.then_some(holder)));
        }
    }
    Ok(())
}

/// What happened at an instant that nobody told: now, but after everything before.
pub(super) fn moment(cx: &Ctx, old: &Complaint) -> Instant {
    cx.after(old.updated.0)
}
