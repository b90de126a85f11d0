//! Notes: `/v1/guests/{guest_id}/notes` and `/v1/guest-notes/{note_id}`.

use actix_web::{HttpRequest, HttpResponse, delete, get, patch, post, web};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use crate::guests::error::GuestError;
use crate::guests::note_repo::NoteFilter;
use crate::guests::notes::{self, Clearance, Note, NoteClass, NotePatch, NoteStatus, WriteNote};
use crate::kit::cursor::ListKey;
use crate::kit::fault::Faults;
use crate::kit::ids::{GuestId, HotelId, NoteId};
use crate::kit::patch::Patch;
use crate::platform::scopes::Scope;
use crate::web::access::{Can, NotesRead, NotesWrite, Principal};
use crate::web::app::App;
use crate::web::conditional::{IfMatch, unless_known};
use crate::web::idempotency::IdempotencyKey;
use crate::web::input::{Input, Params, PathId, Valid, date_of};
use crate::web::page::{self, DEFAULT_LIMIT};
use crate::web::problem::Problem;
use crate::web::reply;

/// A note on a guest.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = GuestNote)]
pub struct NoteView {
    /// Id of the note.
    #[schema(examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e80"))]
    id: uuid::Uuid,
    /// Version, as in the ETag.
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64, examples(1))]
    version: i64,
    /// The guest it is about.
    #[schema(examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e6f"))]
    guest_id: uuid::Uuid,
    /// The hotel whose staff alone may see it; the whole group when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e02"))]
    hotel_id: Option<uuid::Uuid>,
    /// What it is about.
    #[schema(examples("housekeeping"))]
    class: NoteClass,
    /// Title.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 200, examples("枕头"))]
    title: Option<String>,
    /// The note.
    #[schema(max_length = 4000, examples("荞麦枕两个，入住前放好。"))]
    text: String,
    /// Whether it is shown only to those with the scope `notes:confidential`.
    #[schema(examples(false))]
    confidential: bool,
    /// The day it is to be acted on.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples("2026-12-24"))]
    action_on: Option<NaiveDate>,
    /// Where it stands in its life.
    #[schema(examples("active"))]
    status: NoteStatus,
    /// When it was written.
    #[schema(format = DateTime, examples("2026-11-21T08:30:00.000000Z"))]
    created_at: String,
    /// Who wrote it.
    #[schema(examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e01"))]
    created_by: uuid::Uuid,
    /// When it was last changed.
    #[schema(format = DateTime, examples("2026-11-21T08:30:00.000000Z"))]
    updated_at: String,
    /// Who last changed it.
    #[schema(examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e01"))]
    updated_by: uuid::Uuid,
}

impl From<&Note> for NoteView {
    fn from(note: &Note) -> Self {
        let Note {
            group: _,
            id,
            guest_id,
            origin_guest_id: _,
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
            id: id.0,
            version,
            guest_id: guest_id.0,
            hotel_id: hotel_id.map(Into::into),
            class,
            title,
            text,
            confidential,
            action_on,
            status,
            created_at: created.0.to_string(),
            created_by: created.1.0,
            updated_at: updated.0.to_string(),
            updated_by: updated.1.0,
        }
    }
}

/// A note to write.
#[derive(Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct GuestNoteCreate {
    /// The hotel whose staff alone may see it; the whole group when absent.
    #[schema(nullable = false, examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e02"))]
    hotel_id: Option<uuid::Uuid>,
    /// What it is about.
    #[schema(examples("housekeeping"))]
    class: NoteClass,
    /// Title.
    #[schema(nullable = false, min_length = 1, max_length = 200, examples("枕头"))]
    #[validate(length(min = 1, max = 200))]
    title: Option<String>,
    /// The note.
    #[schema(min_length = 1, max_length = 4000, examples("荞麦枕两个，入住前放好。"))]
    #[validate(length(min = 1, max = 4000))]
    text: String,
    /// Whether it is shown only to those with the scope `notes:confidential`, which writing it needs too.
    #[serde(default)]
    #[schema(required = false, examples(false))]
    confidential: bool,
    /// The day it is to be acted on.
    #[schema(nullable = false, value_type = Option<String>, format = Date, examples("2026-12-24"))]
    action_on: Option<String>,
}

/// A change of a note (JSON Merge Patch): absent members stay, `null` clears.
#[derive(Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct GuestNotePatch {
    /// What it is about.
    #[schema(nullable = false, examples("general"))]
    class: Option<NoteClass>,
    /// Title; `null` clears.
    #[serde(default)]
    #[schema(value_type = Option<String>, required = false, min_length = 1, max_length = 200, examples("枕头"))]
    title: Patch<String>,
    /// The note.
    #[schema(nullable = false, min_length = 1, max_length = 4000, examples("荞麦枕三个。"))]
    #[validate(length(min = 1, max = 4000))]
    text: Option<String>,
    /// Whether it is shown only to those with the scope `notes:confidential`.
    #[schema(nullable = false, examples(false))]
    confidential: Option<bool>,
    /// The day it is to be acted on; `null` clears.
    #[serde(default)]
    #[schema(value_type = Option<String>, required = false, format = Date, examples("2026-12-24"))]
    action_on: Patch<String>,
}

fn day(faults: &mut Faults, text: &str) -> Option<NaiveDate> {
    faults.at("action_on", |f| date_of(f, text))
}

impl Input for GuestNoteCreate {
    type Command = WriteNote;

    fn check(self, faults: &mut Faults) -> Option<WriteNote> {
        let Self { hotel_id, class, title, text, confidential, action_on } = self;
        let action_on = action_on.and_then(|text| day(faults, &text));
        Some(WriteNote { hotel_id: hotel_id.map(HotelId), class, title, text, confidential, action_on })
    }
}

impl Input for GuestNotePatch {
    type Command = NotePatch;

    fn check(self, faults: &mut Faults) -> Option<NotePatch> {
        let Self { class, title, text, confidential, action_on } = self;
        if title.value().is_some_and(|title| !(1..=200).contains(&title.chars().count())) {
            faults.at("title", |f| f.add("length", "must have 1 to 200 characters"));
        }
        let action_on = match action_on {
            Patch::Absent => Patch::Absent,
            Patch::Null => Patch::Null,
            Patch::Value(text) => day(faults, &text).map_or(Patch::Absent, Patch::Value),
        };
        Some(NotePatch { class, title, text, confidential, action_on })
    }
}

crate::page! {
    /// A page of notes.
    GuestNotePage of NoteView
}

/// What a list of notes can be asked.
#[derive(Debug, Deserialize, IntoParams, Validate)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct NoteQuery {
    /// Only notes of this class.
    #[param(inline, nullable = false, example = "housekeeping")]
    class: Option<NoteClass>,
    /// Whether archived notes are shown too; `false` unless told.
    #[param(nullable = false, example = false)]
    archived: Option<bool>,
    /// Items of a page, 1 to 200; 50 unless told.
    #[param(nullable = false, minimum = 1, maximum = 200, example = 50)]
    #[validate(range(min = 1, max = 200))]
    limit: Option<i32>,
    /// Where the page starts: `next_cursor` of the page before, with the same filters.
    #[param(nullable = false, max_length = 2000, example = "kq2x0fJ0cXlCqg5m0o2l1lsxLFsx")]
    #[validate(length(max = 2000))]
    cursor: Option<String>,
}

impl Input for NoteQuery {
    type Command = (NoteFilter, i64, Option<String>);

    fn check(self, _: &mut Faults) -> Option<Self::Command> {
        let filter = NoteFilter { class: self.class, archived: self.archived.unwrap_or(false) };
        Some((filter, i64::from(self.limit.unwrap_or(DEFAULT_LIMIT)), self.cursor))
    }
}

fn clearance(principal: &Principal) -> Clearance {
    Clearance(principal.sight(Scope::NotesConfidential))
}

fn example() -> serde_json::Value {
    json!({
        "id": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e80", "version": 1, "guest_id": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e6f",
        "class": "housekeeping", "title": "枕头", "text": "荞麦枕两个，入住前放好。", "confidential": false, "status": "active",
        "created_at": "2026-11-21T08:30:00.000000Z", "created_by": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e01",
        "updated_at": "2026-11-21T08:30:00.000000Z", "updated_by": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e01"
    })
}

/// List the notes of a guest
///
/// Newest first. Confidential notes are left out for those without the scope `notes:confidential`.
#[utoipa::path(
    tag = "guest-notes",
    security(("bearer" = ["notes:read"])),
    params(("guest_id" = uuid::Uuid, Path, description = "Id of the guest", example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e6f"), NoteQuery),
    responses((status = 200, description = "A page of notes.", body = GuestNotePage, example = json!({"items": [example()], "has_more": false})))
)]
#[get("/v1/guests/{guest_id}/notes")]
pub async fn list_guest_notes(
    app: web::Data<App>,
    by: Can<NotesRead>,
    id: PathId<GuestId>,
    params: Params<NoteQuery>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (filter, limit, cursor) = params.0;
    let clearance = clearance(&by.principal);
    let cx = by.cx;
    let list = ListKey::new(cx.group, "guest-notes", &(id.0, &filter));
    let after = page::position(&app, list, cursor.as_deref())?;
    let (found, position) =
        app.read(move |r| notes::list(r, &cx, &clearance, id.0, &filter, after, limit)).await?;
    let next = page::next(&app, list, position);
    Ok(page::answer(&request, &GuestNotePage::new(found.iter().map(NoteView::from).collect(), next)))
}

/// Write a note on a guest
///
/// A note for a merged guest goes to the one it became part of, and back with an unmerge.
#[utoipa::path(
    tag = "guest-notes",
    security(("bearer" = ["notes:write"])),
    params(("guest_id" = uuid::Uuid, Path, description = "Id of the guest", example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e6f"),
        ("Idempotency-Key" = String, Header, description = "Key of the request")),
    request_body(content = GuestNoteCreate, description = "The note.",
        example = json!({"class": "housekeeping", "title": "枕头", "text": "荞麦枕两个，入住前放好。"})),
    responses((status = 201, description = "The new note.", body = NoteView,
        headers(("ETag" = String, description = "Version"), ("Location" = String, description = "The note")), example = json!(example())))
)]
#[post("/v1/guests/{guest_id}/notes")]
pub async fn create_guest_note(
    app: web::Data<App>,
    by: Can<NotesWrite>,
    id: PathId<GuestId>,
    key: IdempotencyKey,
    body: Valid<GuestNoteCreate>,
) -> Result<HttpResponse, Problem> {
    let once = key.over(&body.digest);
    let clearance = clearance(&by.principal);
    app.commit(by.cx, once, move |tx, cx| {
        let note = notes::write(tx, cx, &clearance, id.0, body.command)?;
        Ok::<_, GuestError>(reply::created(
            format!("/v1/guest-notes/{}", note.id),
            note.version,
            &NoteView::from(&note),
        ))
    })
    .await
}

/// Read a note
///
/// Missing for those who may not see its guest, its hotel or confidential notes.
#[utoipa::path(
    tag = "guest-notes",
    security(("bearer" = ["notes:read"])),
    params(("note_id" = uuid::Uuid, Path, description = "Id of the note", example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e80")),
    responses(
        (status = 200, description = "The note.", body = NoteView, headers(("ETag" = String, description = "Version")), example = json!(example())),
        (status = 304, description = "The caller has the newest version.")
    )
)]
#[get("/v1/guest-notes/{note_id}")]
pub async fn get_guest_note(
    app: web::Data<App>,
    by: Can<NotesRead>,
    id: PathId<NoteId>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let clearance = clearance(&by.principal);
    let note = app.read(move |r| notes::get(r, &by.cx, &clearance, id.0)).await?;
    Ok(unless_known(&request, note.version, &NoteView::from(&note)))
}

/// Change a note
///
/// JSON Merge Patch (RFC 7396): absent members stay, `null` clears.
#[utoipa::path(
    tag = "guest-notes",
    security(("bearer" = ["notes:write"])),
    params(("note_id" = uuid::Uuid, Path, description = "Id of the note", example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e80"),
        ("If-Match" = String, Header, description = "ETag")),
    request_body(description = "The members to change.", content(
        (GuestNotePatch = "application/json", example = json!({"text": "荞麦枕三个。"})),
        (GuestNotePatch = "application/merge-patch+json", example = json!({"text": "荞麦枕三个。"}))
    )),
    responses((status = 200, description = "The note as it is now.", body = NoteView,
        headers(("ETag" = String, description = "Version")), example = json!(example())))
)]
#[patch("/v1/guest-notes/{note_id}")]
pub async fn update_guest_note(
    app: web::Data<App>,
    by: Can<NotesWrite>,
    id: PathId<NoteId>,
    expected: IfMatch,
    body: Valid<GuestNotePatch>,
) -> Result<HttpResponse, Problem> {
    let clearance = clearance(&by.principal);
    app.commit(by.cx, None, move |tx, cx| {
        let note = notes::edit(tx, cx, &clearance, id.0, &expected.0, body.command)?;
        Ok::<_, GuestError>(reply::changed(note.version, &NoteView::from(&note)))
    })
    .await
}

/// Archive a note
///
/// The note is put away, not destroyed: `POST …/restore` takes it back.
#[utoipa::path(
    tag = "guest-notes",
    security(("bearer" = ["notes:write"])),
    params(("note_id" = uuid::Uuid, Path, description = "Id of the note", example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e80"),
        ("If-Match" = String, Header, description = "ETag")),
    responses((status = 204, description = "The note is archived."))
)]
#[delete("/v1/guest-notes/{note_id}")]
pub async fn archive_guest_note(
    app: web::Data<App>,
    by: Can<NotesWrite>,
    id: PathId<NoteId>,
    expected: IfMatch,
) -> Result<HttpResponse, Problem> {
    let clearance = clearance(&by.principal);
    app.commit(by.cx, None, move |tx, cx| {
        notes::set_status(tx, cx, &clearance, id.0, &expected.0, NoteStatus::Archived)?;
        Ok::<_, GuestError>(reply::gone())
    })
    .await
}

/// Restore a note
///
/// Takes an archived note back into use.
#[utoipa::path(
    tag = "guest-notes",
    security(("bearer" = ["notes:write"])),
    params(("note_id" = uuid::Uuid, Path, description = "Id of the note", example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e80"),
        ("If-Match" = String, Header, description = "ETag")),
    responses((status = 200, description = "The note as it is now.", body = NoteView,
        headers(("ETag" = String, description = "Version")), example = json!(example())))
)]
#[post("/v1/guest-notes/{note_id}/restore")]
pub async fn restore_guest_note(
    app: web::Data<App>,
    by: Can<NotesWrite>,
    id: PathId<NoteId>,
    expected: IfMatch,
) -> Result<HttpResponse, Problem> {
    let clearance = clearance(&by.principal);
    app.commit(by.cx, None, move |tx, cx| {
        let note = notes::set_status(tx, cx, &clearance, id.0, &expected.0, NoteStatus::Active)?;
        Ok::<_, GuestError>(reply::changed(note.version, &NoteView::from(&note)))
    })
    .await
}
