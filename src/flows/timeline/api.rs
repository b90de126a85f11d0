//! `GET /v1/guests/{guest_id}/timeline`.

use actix_web::{HttpRequest, HttpResponse, get, web};
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::flows::arrivals::api::rights;
use crate::flows::timeline::{Sights, TimelineError, timeline};
use crate::kit::cursor::ListKey;
use crate::kit::ids::GuestId;
use crate::platform::audit::Entry;
use crate::platform::record::difference;
use crate::platform::scopes::Scope;
use crate::web::access::{Can, GuestsRead};
use crate::web::app::App;
use crate::web::input::{Params, PathId};
use crate::web::page::{self, PageQuery};
use crate::web::problem::Problem;

/// Mounts the operations.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config.service(list_guest_timeline);
}

impl From<TimelineError> for Problem {
    fn from(error: TimelineError) -> Self {
        match error {
            TimelineError::Guest(error) => error.into(),
            TimelineError::Preference(error) => error.into(),
            TimelineError::Stay(error) => error.into(),
            TimelineError::Db(error) => error.into(),
        }
    }
}

/// Name of a member that changed.
#[derive(Debug, Serialize, ToSchema)]
#[serde(transparent)]
#[schema(max_length = 60, examples("status"))]
pub struct TimelineField(String);

/// Something that happened to a guest, or to what hangs on one.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TimelineEntry)]
pub struct EntryView {
    /// Id of the entry.
    #[schema(examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5eb0"))]
    id: uuid::Uuid,
    /// When it was recorded.
    #[schema(format = DateTime, examples("2026-11-21T08:30:00.000000Z"))]
    occurred_at: String,
    /// What happened, as in the change feed; the list grows.
    #[schema(max_length = 60, examples("stay.checked_in"))]
    action: String,
    /// Kind of what changed: `guest`, `note`, `preference`, `preferences` (several at once), `consent`, `stay`,
    /// `plan_item`, `complaint`.
    #[schema(max_length = 40, examples("stay"))]
    subject_kind: String,
    /// Id of what changed.
    #[schema(examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e90"))]
    subject_id: uuid::Uuid,
    /// Kind of who acted: `staff`, `operator` or `system`.
    #[schema(max_length = 20, examples("staff"))]
    actor_kind: String,
    /// Who acted; the nil id for operators and the system.
    #[schema(examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e01"))]
    actor_id: uuid::Uuid,
    /// Names of the members that differ.
    #[schema(max_items = 100)]
    changed_fields: Vec<TimelineField>,
}

impl From<Entry> for EntryView {
    fn from(entry: Entry) -> Self {
        let change = difference(
            entry.before.as_ref().map(|document| &document.0),
            entry.after.as_ref().map(|document| &document.0),
        );
        let names = change.get("changed_fields").and_then(Value::as_array).cloned().unwrap_or_default();
        Self {
            id: entry.id.0,
            occurred_at: entry.at.to_string(),
            action: entry.action,
            subject_kind: entry.subject_kind,
            subject_id: entry.subject_id.0,
            actor_kind: entry.actor_kind,
            actor_id: entry.actor_id.0,
            changed_fields: names
                .iter()
                .filter_map(Value::as_str)
                .map(|name| TimelineField(name.into()))
                .collect(),
        }
    }
}

crate::page! {
    /// A page of a guest's timeline.
    GuestTimelinePage of EntryView
}

fn example() -> Value {
    json!({"items": [{
        "id": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5eb0", "occurred_at": "2026-11-21T08:30:00.000000Z",
        "action": "stay.checked_in", "subject_kind": "stay", "subject_id": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e90",
        "actor_kind": "staff", "actor_id": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e01", "changed_fields": ["room", "status"]
    }], "has_more": false})
}

/// Read what was recorded of a guest
///
/// Newest first: changes of the profile, notes, preferences, consents, stays, plans and complaints, of this guest and of those that
/// became part of it. Kinds the caller may not see are left out, and so are single things, such as confidential notes.
/// Of a guest with more than 500 stays, notes or consents the newest 500 of each are told.
#[utoipa::path(
    tag = "briefs",
    security(("bearer" = ["guests:read"])),
    params(("guest_id" = uuid::Uuid, Path, description = "Id of the guest", example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e6f"), PageQuery),
    responses((status = 200, description = "A page of the timeline.", body = GuestTimelinePage, example = json!(example())))
)]
#[get("/v1/guests/{guest_id}/timeline")]
pub async fn list_guest_timeline(
    app: web::Data<App>,
    by: Can<GuestsRead>,
    id: PathId<GuestId>,
    params: Params<PageQuery>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let asked = params.0;
    let sights = Sights {
        rights: rights(&by.principal),
        stays: by.principal.sight(Scope::StaysRead),
        consents: by.principal.sight(Scope::ConsentsRead),
    };
    let cx = by.cx;
    let list = ListKey::new(cx.group, "guest-timeline", &id.0);
    let before = page::position(&app, list, asked.cursor.as_deref())?;
    let (rows, position) = app.read(move |r| timeline(r, &cx, &sights, id.0, before, asked.limit)).await?;
    let next = page::next(&app, list, position);
    Ok(page::answer(&request, &GuestTimelinePage::new(rows.into_iter().map(EntryView::from).collect(), next)))
}
