//! Notes on guests: what staff want each other to know. Rules and model; rows are in [`super::note_repo`].

use chrono::NaiveDate;
use serde_json::json;

use crate::codes;
use crate::db::{Reads, Tx};
use crate::guests::error::GuestError;
use crate::guests::{note_repo, repo, service};
use crate::kit::clock::Instant;
use crate::kit::ids::{ActorId, GroupId, GuestId, HotelId, NoteId};
use crate::kit::patch::Patch;
use crate::kit::version::{Expected, Version};
use crate::platform::context::{Ctx, Sight};
use crate::platform::record::{Change, record};

codes! {
    /// What a note is about, and so who acts on it.
    NoteClass {
        /// Anything else.
        General = "general",
        /// Reception.
        FrontOffice = "front_office",
        /// Rooms and laundry.
        Housekeeping = "housekeeping",
        /// Restaurants and bars.
        FoodAndBeverage = "food_and_beverage",
        /// Bookings.
        Reservations = "reservations",
        /// Repairs.
        Maintenance = "maintenance",
        /// Safety.
        Security = "security",
        /// Concierge.
        Concierge = "concierge",
        /// An earlier stay.
        PreviousStay = "previous_stay",
        /// Family.
        FamilyRelations = "family_relations",
        /// Gifts given or wished for.
        Gifts = "gifts",
        /// Bills.
        Accounting = "accounting",
        /// Complaints.
        Complaints = "complaints",
    }
    /// Where a note stands in its life.
    NoteStatus {
        /// In use.
        Active = "active",
        /// Put away.
        Archived = "archived",
    }
}

/// A note.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// Its group.
    pub group: GroupId,
    /// Its id.
    pub id: NoteId,
    /// The guest it is about now.
    pub guest_id: GuestId,
    /// The guest it was written for; another one after a merge.
    pub origin_guest_id: GuestId,
    /// The hotel whose staff alone may see it; the whole group when absent.
    pub hotel_id: Option<HotelId>,
    /// What it is about.
    pub class: NoteClass,
    /// Title.
    pub title: Option<String>,
    /// The note.
    pub text: String,
    /// Whether it needs a scope of its own to be read.
    pub confidential: bool,
    /// The day it is to be acted on.
    pub action_on: Option<NaiveDate>,
    /// Where it stands in its life.
    pub status: NoteStatus,
    /// Its version.
    pub version: Version,
    /// When and by whom it was written.
    pub created: (Instant, ActorId),
    /// When and by whom it was last changed.
    pub updated: (Instant, ActorId),
}

/// A new note, or all that is said in one.
#[derive(Debug, Clone)]
pub struct WriteNote {
    /// See [`Note::hotel_id`].
    pub hotel_id: Option<HotelId>,
    /// See [`Note::class`].
    pub class: NoteClass,
    /// See [`Note::title`].
    pub title: Option<String>,
    /// See [`Note::text`].
    pub text: String,
    /// See [`Note::confidential`].
    pub confidential: bool,
    /// See [`Note::action_on`].
    pub action_on: Option<NaiveDate>,
}

/// A change of a note.
#[derive(Debug, Clone, Default)]
pub struct NotePatch {
    /// See [`Note::class`].
    pub class: Option<NoteClass>,
    /// See [`Note::title`].
    pub title: Patch<String>,
    /// See [`Note::text`].
    pub text: Option<String>,
    /// See [`Note::confidential`].
    pub confidential: Option<bool>,
    /// See [`Note::action_on`].
    pub action_on: Patch<NaiveDate>,
}

/// Where the caller may read and write confidential notes; nowhere when absent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clearance(pub Option<Sight>);

impl Clearance {
    /// Whether confidential notes of a hotel (`None`: of the group) are open to the caller.
    pub fn covers(&self, hotel: Option<HotelId>) -> bool {
        self.0.as_ref().is_some_and(|sight| sight.covers(hotel))
    }
}

fn visible(cx: &Ctx, clearance: &Clearance, note: &Note) -> bool {
    cx.sight.covers(note.hotel_id) && (!note.confidential || clearance.covers(note.hotel_id))
}

/// A note the caller may see on a guest the caller may see.
///
/// # Errors
/// [`GuestError::NotFound`].
pub fn get(reads: &mut impl Reads, cx: &Ctx, clearance: &Clearance, id: NoteId) -> Result<Note, GuestError> {
    let note = note_repo::find(reads, cx.group, id)?.ok_or(GuestError::NotFound)?;
    service::get(reads, cx, note.guest_id)?;
    if visible(cx, clearance, &note) { Ok(note) } else { Err(GuestError::NotFound) }
}

/// The notes of a guest, newest first, after `after`.
///
/// # Errors
/// [`GuestError::NotFound`] for the guest.
pub fn list(
    reads: &mut impl Reads,
    cx: &Ctx,
    clearance: &Clearance,
    guest: GuestId,
    filter: &note_repo::NoteFilter,
    after: Option<NoteId>,
    limit: i64,
) -> Result<(Vec<Note>, Option<NoteId>), GuestError> {
    let guest = service::resolve(reads, cx, guest)?;
    Ok(note_repo::list(reads, cx, clearance, guest.id, filter, after, limit)?)
}

/// Writes a note on a guest. A merged guest's note goes to the one it became part of.
///
/// # Errors
/// [`GuestError::NotFound`], [`GuestError::Invalid`] for an unknown hotel.
pub fn write(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    clearance: &Clearance,
    guest: GuestId,
    new: WriteNote,
) -> Result<Note, GuestError> {
    let [reached] = service::hold(tx, |tx| Ok([service::resolve(tx, cx, guest)?]))?;
    if let Some(hotel) = new.hotel_id
        && (!cx.sight.covers(Some(hotel)) || !repo::hotel_exists(tx, cx.group, hotel)?)
    {
        return Err(GuestError::invalid_at("/hotel_id", "unknown_reference", "is not a hotel you can see"));
    }
    refuse_confidential(clearance, new.confidential, new.hotel_id)?;
    let WriteNote { hotel_id, class, title, text, confidential, action_on } = new;
    let stamp = (cx.now, cx.actor.id);
    let note = Note {
        group: cx.group,
        id: cx.new_id(),
        guest_id: reached.id,
        origin_guest_id: guest,
        hotel_id,
        class,
        title,
        text,
        confidential,
        action_on,
        status: NoteStatus::Active,
        version: 1,
        created: stamp,
        updated: stamp,
    };
    note_repo::insert(tx, &note)?;
    // A note on a guest that only one hotel sees is no more public than the guest.
    let hotel = note.hotel_id.or(reached.profile.private_to_hotel_id);
    record(tx, cx, change("note.created", hotel, None, Some(&note)))?;
    Ok(note)
}

fn refuse_confidential(
    clearance: &Clearance,
    wanted: bool,
    hotel: Option<HotelId>,
) -> Result<(), GuestError> {
    if wanted && !clearance.covers(hotel) {
        return Err(GuestError::Scope("notes:confidential"));
    }
    Ok(())
}

/// Changes a note.
///
/// # Errors
/// [`GuestError::NotFound`], [`GuestError::Stale`], [`GuestError::State`] when archived.
pub fn edit(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    clearance: &Clearance,
    id: NoteId,
    expected: &Expected,
    patch: NotePatch,
) -> Result<Note, GuestError> {
    let old = get(tx, cx, clearance, id)?;
    if !expected.allows(old.version) {
        return Err(GuestError::Stale);
    }
    if old.status == NoteStatus::Archived {
        return Err(GuestError::State("note_archived"));
    }
    let mut new = old.clone();
    new.class = patch.class.unwrap_or(new.class);
    patch.title.apply(&mut new.title);
    new.text = patch.text.unwrap_or(new.text);
    new.confidential = patch.confidential.unwrap_or(new.confidential);
    patch.action_on.apply(&mut new.action_on);
    refuse_confidential(clearance, new.confidential, new.hotel_id)?;
    if new == old {
        return Ok(old);
    }
    save(tx, cx, "note.updated", &old, new)
}

/// Puts a note away, or takes it back into use.
///
/// # Errors
/// As [`edit`]; nothing is written when it stands so already.
pub fn set_status(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    clearance: &Clearance,
    id: NoteId,
    expected: &Expected,
    status: NoteStatus,
) -> Result<Note, GuestError> {
    let old = get(tx, cx, clearance, id)?;
    if !expected.allows(old.version) {
        return Err(GuestError::Stale);
    }
    if old.status == status {
        return Ok(old);
    }
    let action = if status == NoteStatus::Archived { "note.archived" } else { "note.restored" };
    let new = Note { status, ..old.clone() };
    save(tx, cx, action, &old, new)
}

fn save(tx: &mut Tx<'_>, cx: &Ctx, action: &'static str, old: &Note, new: Note) -> Result<Note, GuestError> {
    let new = Note { version: old.version + 1, updated: (cx.after(old.updated.0), cx.actor.id), ..new };
    if !note_repo::replace(tx, old, &new)? {
        return Err(GuestError::Stale);
    }
    let guest = service::get(tx, cx, new.guest_id)?;
    let hotel = new.hotel_id.or(guest.profile.private_to_hotel_id);
    record(tx, cx, change(action, hotel, Some(old), Some(&new)))?;
    Ok(new)
}

fn change(
    action: &'static str,
    hotel: Option<HotelId>,
    before: Option<&Note>,
    after: Option<&Note>,
) -> Change {
    let subject = after.or(before);
    Change {
        action,
        subject_kind: "note",
        subject_id: subject.map(|note| note.id.0).unwrap_or_default(),
        version: subject.map_or(0, |note| note.version),
        hotel,
        at: subject.map_or(Instant::from_micros(0), |note| note.updated.0),
        before: before.map(document),
        after: after.map(document),
    }
}

/// The note as log and feed keep it. The words of a confidential one stay in the note: readers of the feed are not all
/// cleared for them.
fn document(note: &Note) -> serde_json::Value {
    let mut value = json!({
        "guest_id": note.guest_id, "class": note.class, "confidential": note.confidential, "status": note.status,
    });
    if let Some(members) = value.as_object_mut() {
        if !note.confidential {
            members.insert("text".into(), note.text.clone().into());
            members.extend(note.title.clone().map(|title| ("title".to_owned(), title.into())));
        }
        members.extend(note.hotel_id.map(|hotel| ("hotel_id".to_owned(), hotel.to_string().into())));
        members.extend(note.action_on.map(|day| ("action_on".to_owned(), day.to_string().into())));
    }
    value
}
