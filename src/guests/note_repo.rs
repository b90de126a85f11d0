//! Rows of notes.

use chrono::NaiveDate;
use diesel::prelude::*;
use serde::Serialize;

use crate::db::dialect::ids_found;
use crate::db::schema::guest_notes;
use crate::db::{DbResult, MultiBackend, Reads, Tx};
use crate::guests::notes::{Clearance, Note, NoteClass, NoteStatus};
use crate::kit::clock::Instant;
use crate::kit::ids::{ActorId, GroupId, GuestId, HotelId, NoteId};
use crate::platform::context::{Ctx, Sight};

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = guest_notes)]
struct NoteRow {
    group_id: GroupId,
    id: NoteId,
    guest_id: GuestId,
    origin_guest_id: GuestId,
    hotel_id: Option<HotelId>,
    class: String,
    title: Option<String>,
    text: String,
    confidential: bool,
    action_on: Option<NaiveDate>,
    status: String,
    version: i64,
    created_at: Instant,
    created_by: ActorId,
    updated_at: Instant,
    updated_by: ActorId,
}

impl From<&Note> for NoteRow {
    fn from(note: &Note) -> Self {
        let Note {
            group,
            id,
            guest_id,
            origin_guest_id,
            hotel_id,
            class,
            title,
            text,
            confidential,
            action_on,
            status,
            version,
            created,
            updated,
        } = note.clone();
        Self {
            group_id: group,
            id,
            guest_id,
            origin_guest_id,
            hotel_id,
            class: class.code().to_owned(),
            title,
            text,
            confidential,
            action_on,
            status: status.code().to_owned(),
            version,
            created_at: created.0,
            created_by: created.1,
            updated_at: updated.0,
            updated_by: updated.1,
        }
    }
}

impl From<NoteRow> for Note {
    fn from(row: NoteRow) -> Self {
        Self {
            group: row.group_id,
            id: row.id,
            guest_id: row.guest_id,
            origin_guest_id: row.origin_guest_id,
            hotel_id: row.hotel_id,
            class: NoteClass::of(&row.class).unwrap_or(NoteClass::General),
            title: row.title,
            text: row.text,
            confidential: row.confidential,
            action_on: row.action_on,
            status: NoteStatus::of(&row.status).unwrap_or(NoteStatus::Archived),
            version: row.version,
            created: (row.created_at, row.created_by),
            updated: (row.updated_at, row.updated_by),
        }
    }
}

/// Which notes a list shows.
#[derive(Debug, Clone, Default, Serialize)]
pub struct NoteFilter {
    /// Only this class.
    pub class: Option<NoteClass>,
    /// Whether archived ones are shown too.
    pub archived: bool,
}

/// One note.
///
/// # Errors
/// When the database fails.
pub fn find(reads: &mut impl Reads, group: GroupId, id: NoteId) -> DbResult<Option<Note>> {
    let row = guest_notes::table
        .filter(guest_notes::group_id.eq(group))
        .filter(guest_notes::id.eq(id))
        .select(NoteRow::as_select())
        .first(reads.conn())
        .optional()?;
    Ok(row.map(Note::from))
}

/// A page of a guest's notes, newest first, and where the next one starts.
///
/// # Errors
/// When the database fails.
pub fn list(
    reads: &mut impl Reads,
    cx: &Ctx,
    clearance: &Clearance,
    guest: GuestId,
    filter: &NoteFilter,
    after: Option<NoteId>,
    limit: i64,
) -> DbResult<(Vec<Note>, Option<NoteId>)> {
    let mut query = guest_notes::table
        .into_boxed::<MultiBackend>()
        .filter(guest_notes::group_id.eq(cx.group))
        .filter(guest_notes::guest_id.eq(guest));
    if let Sight::Hotels(hotels) = &cx.sight {
        let own = guest_notes::hotel_id.eq_any(hotels.clone()).assume_not_null();
        query = query.filter(guest_notes::hotel_id.is_null().or(own));
    }
    match &clearance.0 {
        Some(Sight::WholeGroup) => {}
        Some(Sight::Hotels(hotels)) => {
            let cleared = guest_notes::hotel_id.eq_any(hotels.clone()).assume_not_null();
            let open = guest_notes::confidential.eq(false).or(guest_notes::hotel_id.is_null());
            query = query.filter(open.or(cleared));
        }
        None => query = query.filter(guest_notes::confidential.eq(false)),
    }
    if let Some(class) = filter.class {
        query = query.filter(guest_notes::class.eq(class.code()));
    }
    if !filter.archived {
        query = query.filter(guest_notes::status.eq(NoteStatus::Active.code()));
    }
    if let Some(after) = after {
        query = query.filter(guest_notes::id.lt(after));
    }
    let rows = query
        .order(guest_notes::id.desc())
        .limit(limit + 1)
        .select(NoteRow::as_select())
        .load(reads.conn())?;
    let mut notes: Vec<Note> = rows.into_iter().map(Note::from).collect();
    let more = notes.len() > usize::try_from(limit).unwrap_or(usize::MAX);
    if more {
        notes.pop();
    }
    let next = notes.last().filter(|_| more).map(|note| note.id);
    Ok((notes, next))
}

/// Writes a new note.
///
/// # Errors
/// When the database fails.
pub fn insert(tx: &mut Tx<'_>, note: &Note) -> DbResult<()> {
    diesel::insert_into(guest_notes::table).values(NoteRow::from(note)).execute(tx.conn())?;
    Ok(())
}

/// Writes the new state of a note; `false` when another writer was faster.
///
/// # Errors
/// When the database fails.
pub fn replace(tx: &mut Tx<'_>, old: &Note, new: &Note) -> DbResult<bool> {
    let row = NoteRow::from(new);
    let written = diesel::update(
        guest_notes::table
            .filter(guest_notes::group_id.eq(old.group))
            .filter(guest_notes::id.eq(old.id))
            .filter(guest_notes::version.eq(old.version)),
    )
    .set((
        guest_notes::class.eq(row.class),
        guest_notes::title.eq(row.title),
        guest_notes::text.eq(row.text),
        guest_notes::confidential.eq(row.confidential),
        guest_notes::action_on.eq(row.action_on),
        guest_notes::status.eq(row.status),
        guest_notes::version.eq(row.version),
        guest_notes::updated_at.eq(row.updated_at),
        guest_notes::updated_by.eq(row.updated_by),
    ))
    .execute(tx.conn())?;
    Ok(written == 1)
}

/// Notes in use on these guests that the group or one hotel keeps, newest first, at most `limit`; of these classes, or of
/// all.
///
/// # Errors
/// When the database fails.
pub fn in_use(
    reads: &mut impl Reads,
    group: GroupId,
    guests: &[GuestId],
    hotel: HotelId,
    classes: Option<&[NoteClass]>,
    limit: i64,
) -> DbResult<Vec<Note>> {
    let mut found = Vec::new();
    for part in guests.chunks(500) {
        let mut query = guest_notes::table
            .into_boxed::<MultiBackend>()
            .filter(guest_notes::group_id.eq(group))
            .filter(guest_notes::guest_id.eq_any(part.to_vec()))
            .filter(guest_notes::status.eq(NoteStatus::Active.code()))
            .filter(guest_notes::hotel_id.is_null().or(guest_notes::hotel_id.eq(hotel).assume_not_null()));
        if let Some(classes) = classes {
            let codes: Vec<&str> = classes.iter().map(|class| class.code()).collect();
            query = query.filter(guest_notes::class.eq_any(codes));
        }
        let rows: Vec<NoteRow> = query
            .order(ids_found("guest_notes.id").desc())
            .limit(limit)
            .select(NoteRow::as_select())
            .load(reads.conn())?;
        found.extend(rows.into_iter().map(Note::from));
    }
    Ok(found)
}
