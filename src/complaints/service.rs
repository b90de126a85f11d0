//! Rules of complaints: how they are taken in, read and written down. How they are judged is in `judging`. No HTTP; the
//! caller holds the transaction.

use serde_json::{Value, json};

use crate::complaints::aftercare;
use crate::complaints::bench::Bench;
use crate::complaints::commands::{ComplaintPatch, NewComplaint};
use crate::complaints::error::ComplaintError;
use crate::complaints::judging::{Told, judge, routed};
use crate::complaints::model::{
    Class, Complaint, ComplaintStatus, ExternalRef, Facts, LinkedGuest, Message, MessageAuthor,
    MessageVisibility, NextDue, Progress, ReporterKind, Solution,
};
use crate::complaints::timing::Timing;
use crate::complaints::{figures, message_repo, numbers, recurrence, repo, solution_repo, standing};
use crate::db::{DbResult, Reads, Tx};
use crate::hotels;
use crate::hotels::model::Hotel;
use crate::kit::clock::Instant;
use crate::kit::ids::{ComplaintId, GuestId, HotelId, PartnerId, StaffId, StayId};
use crate::kit::patch::Patch;
use crate::kit::version::Expected;
use crate::partners;
use crate::platform::context::{ActorKind, Ctx};
use crate::platform::record::{Change, record};
use crate::stays;
use crate::stays::model::Stay;
use crate::stays::people::People;

/// How far a sender's clock may be ahead.
pub(super) const LENIENCE: std::time::Duration = std::time::Duration::from_secs(5 * 60);

/// Before this nobody complained to a hotel that has this program: 2000-01-01.
const EARLIEST: Instant = Instant::from_micros(946_684_800_000_000);

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
    let told = guest_of(new.guest_id, &facts, stay.as_ref());
    facts.guest = match told {
        Some(guest) => Some(guest_at(tx, cx, hotel.id, guest, new.guest_id.is_some())?).flatten(),
        None => None,
    };
    if let (Some(stay), None) = (&stay, &facts.room) {
        facts.room = stay.facts.room.clone();
    }
    check_reporter(&facts)?;
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
    let room_told = !matches!(patch.room, Patch::Absent);
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
    if facts.stay_id != old.facts.stay_id
        && let Some(stay) = stay_at(tx, cx, old.hotel_id, facts.stay_id)?
    {
        if !room_told {
            facts.room = facts.room.or(stay.facts.room.clone());
        }
        if facts.guest.is_none()
            && matches!(guest, Patch::Absent)
            && let Some(found) = guest_of(None, &facts, Some(&stay))
        {
            facts.guest = guest_at(tx, cx, old.hotel_id, found, false)?;
        }
    }
    if facts.partner_id != old.facts.partner_id {
        check_partner(tx, cx, facts.partner_id)?;
    }
    match guest {
        Patch::Absent => {}
        Patch::Null => facts.guest = None,
        Patch::Value(guest) => {
            facts.guest = guest_at(tx, cx, old.hotel_id, guest, true)?;
        }
    }
    if facts == old.facts && progress == old.progress {
        return Ok(old);
    }
    check_reporter(&facts)?;
    check_kept(&old, &facts)?;
    check_times(cx, &facts)?;
    refuse_taken(tx, cx, &facts.external_refs, Some(old.id))?;
    let mut new = Complaint { facts, progress, ..old.clone() };
    if new.facts.guest != old.facts.guest || new.facts.language != old.facts.language {
        let hotel = hotels::service::find_hotel(tx, cx, old.hotel_id)?;
        let mut bench = Bench::default();
        let laws = bench.laws(tx, cx, hotel.id)?;
        new = routed(tx, cx, &laws, &old, new, Told::default())?;
    }
    let with = rewritten(&old, &new);
    if old.facts.description != new.facts.description {
        keep_words(tx, cx, &old)?;
    }
    save(tx, cx, "complaint.updated", &old, new, with)
}

/// The guest who complains: the one that is told, or whose stay it is. Who gives no name is nobody.
pub(super) fn guest_of(told: Option<GuestId>, facts: &Facts, stay: Option<&Stay>) -> Option<GuestId> {
    let named = facts.reporter.kind != ReporterKind::Anonymous;
    told.or_else(|| stay.filter(|_| named)?.facts.guest.guest.map(|guest| guest.id))
}

/// Refuses a guest of somebody who gives no name.
pub(super) fn check_reporter(facts: &Facts) -> Result<(), ComplaintError> {
    if facts.reporter.kind == ReporterKind::Anonymous && facts.guest.is_some() {
        let text = "must be absent when the reporter is anonymous: who gave no name is no known guest";
        return Err(ComplaintError::invalid_at("/guest_id", "not_applicable", text));
    }
    Ok(())
}

/// Refuses to take away what a complaint cannot be without: the guest's own words once it is over, when it happened once it
/// is recorded, and the only way to the guest while there is something to say.
fn check_kept(old: &Complaint, facts: &Facts) -> Result<(), ComplaintError> {
    if !old.status.is_open() && facts.description != old.facts.description {
        return Err(ComplaintError::State("complaint_words_over"));
    }
    if old.status != ComplaintStatus::Received && facts.occurred_at.is_none() {
        let text = "is required of a complaint that is recorded";
        return Err(ComplaintError::invalid_at("/occurred_at", "required", text));
    }
    let is = Complaint { facts: facts.clone(), ..old.clone() };
    if old.status.is_open() && old.reachable() && !is.reachable() {
        let text =
            "is the only way to the guest: it can be replaced, not taken away, before the complaint is over";
        return Err(ComplaintError::invalid_at("/contact", "required", text));
    }
    Ok(())
}

/// Keeps the words a complaint had among its messages, where staff find them.
fn keep_words(tx: &mut Tx<'_>, cx: &Ctx, old: &Complaint) -> DbResult<()> {
    let message = Message {
        group: cx.group,
        id: cx.new_id(),
        complaint_id: old.id,
        visibility: MessageVisibility::Internal,
        author: MessageAuthor::Guest,
        channel: None,
        language: old.facts.language.clone(),
        body: old.facts.description.clone(),
        created: (moment(cx, old), cx.actor.id),
    };
    message_repo::insert(tx, &message)
}

/// Which words were changed, by the names of their members: the words themselves are the guest's and no part of the log.
fn rewritten(old: &Complaint, new: &Complaint) -> Option<(Option<Value>, Value)> {
    let (was, is) = (&old.facts, &new.facts);
    rewritten_of(&[
        ("reporter", was.reporter != is.reporter),
        ("contact", was.contact != is.contact),
        ("location", was.location != is.location),
        ("language", was.language != is.language),
        ("subject", was.subject != is.subject),
        ("description", was.description != is.description),
        ("demand", was.demand != is.demand),
        ("emotion", was.emotion != is.emotion),
        ("tags", was.tags != is.tags),
        ("custom_fields", was.custom_fields != is.custom_fields),
        ("dispute", old.progress.dispute != new.progress.dispute),
    ])
}

/// What the log says of words that changed; nothing when none did.
pub(super) fn rewritten_of(members: &[(&str, bool)]) -> Option<(Option<Value>, Value)> {
    let changed: Vec<&str> = members.iter().filter(|(_, changed)| *changed).map(|(name, _)| *name).collect();
    (!changed.is_empty()).then(|| (None, json!({ "rewritten": changed })))
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
    if facts.received_at < EARLIEST {
        return Err(ComplaintError::invalid_at(
            "/received_at",
            "too_early",
            "must be in the year 2000 or later",
        ));
    }
    if facts.occurred_at.is_some_and(|at| at > facts.received_at.plus(LENIENCE)) {
        let text = "must not be after the complaint was received";
        return Err(ComplaintError::invalid_at("/occurred_at", "after_receipt", text));
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
