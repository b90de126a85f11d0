//! Relationships: `/v1/guests/{guest_id}/relationships` and `/v1/guest-relationships/{relationship_id}`.

use actix_web::{HttpRequest, HttpResponse, delete, get, post, web};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use crate::guests::error::GuestError;
use crate::guests::relationships::{self, Relate, Relation, Seen};
use crate::kit::cursor::ListKey;
use crate::kit::fault::Faults;
use crate::kit::ids::{GuestId, RelationshipId};
use crate::web::access::{Can, GuestsRead, GuestsWrite};
use crate::web::app::App;
use crate::web::conditional::{IfMatch, unless_known};
use crate::web::idempotency::IdempotencyKey;
use crate::web::input::{Input, Params, PathId, Valid};
use crate::web::page::{self, DEFAULT_LIMIT};
use crate::web::problem::Problem;
use crate::web::reply;

/// A link between two guests, seen from one of them.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = GuestRelationship)]
pub struct RelationshipView {
    /// Id of the relationship.
    #[schema(examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e90"))]
    id: uuid::Uuid,
    /// Version, as in the ETag.
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64, examples(1))]
    version: i64,
    /// The guest at the other end.
    #[schema(examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e71"))]
    other_guest_id: uuid::Uuid,
    /// Name of the guest at the other end.
    #[schema(max_length = 700, examples("李娜"))]
    other_display_name: String,
    /// What the other guest is to this one.
    #[schema(examples("spouse"))]
    relation: Relation,
    /// Whether they travel together.
    #[schema(examples(true))]
    travels_together: bool,
    /// A remark.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 500, examples("结婚纪念日 10 月 1 日"))]
    comment: Option<String>,
    /// When it was recorded.
    #[schema(format = DateTime, examples("2026-11-21T08:30:00.000000Z"))]
    created_at: String,
    /// Who recorded it.
    #[schema(examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e01"))]
    created_by: uuid::Uuid,
}

impl From<&Seen> for RelationshipView {
    fn from(seen: &Seen) -> Self {
        let Seen { relationship, relation, other } = seen;
        Self {
            id: relationship.id.0,
            version: relationship.version,
            other_guest_id: other.id.0,
            other_display_name: other.profile.display_name(),
            relation: *relation,
            travels_together: relationship.travels_together,
            comment: relationship.comment.clone(),
            created_at: relationship.created.0.to_string(),
            created_by: relationship.created.1.0,
        }
    }
}

/// A relationship to record.
#[derive(Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct GuestRelationshipCreate {
    /// The other guest.
    #[schema(examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e71"))]
    other_guest_id: uuid::Uuid,
    /// What the other guest is to this one.
    #[schema(examples("spouse"))]
    relation: Relation,
    /// Whether they travel together; `false` unless told.
    #[serde(default)]
    #[schema(required = false, examples(true))]
    travels_together: bool,
    /// A remark.
    #[schema(nullable = false, min_length = 1, max_length = 500, examples("结婚纪念日 10 月 1 日"))]
    #[validate(length(min = 1, max = 500))]
    comment: Option<String>,
}

impl Input for GuestRelationshipCreate {
    type Command = Relate;

    fn check(self, _: &mut Faults) -> Option<Relate> {
        let Self { other_guest_id, relation, travels_together, comment } = self;
        Some(Relate { other_guest_id: GuestId(other_guest_id), relation, travels_together, comment })
    }
}

crate::page! {
    /// A page of relationships.
    GuestRelationshipPage of RelationshipView
}

/// Where a list of relationships starts.
#[derive(Debug, Deserialize, IntoParams, Validate)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct RelationshipQuery {
    /// Items of a page, 1 to 200; 50 unless told.
    #[param(nullable = false, minimum = 1, maximum = 200, example = 50)]
    #[validate(range(min = 1, max = 200))]
    limit: Option<i32>,
    /// Where the page starts: `next_cursor` of the page before.
    #[param(nullable = false, max_length = 2000, example = "kq2x0fJ0cXlCqg5m0o2l1lsxLFsx")]
    #[validate(length(max = 2000))]
    cursor: Option<String>,
}

impl Input for RelationshipQuery {
    type Command = (i64, Option<String>);

    fn check(self, _: &mut Faults) -> Option<Self::Command> {
        Some((i64::from(self.limit.unwrap_or(DEFAULT_LIMIT)), self.cursor))
    }
}

fn example() -> serde_json::Value {
    json!({
        "id": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e90", "version": 1, "other_guest_id": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e71",
        "other_display_name": "李娜", "relation": "spouse", "travels_together": true,
        "created_at": "2026-11-21T08:30:00.000000Z", "created_by": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e01"
    })
}

/// List the relationships of a guest
///
/// Those recorded at either end, oldest first; only with guests the caller may see.
#[utoipa::path(
    tag = "guest-relationships",
    security(("bearer" = ["guests:read"])),
    params(("guest_id" = uuid::Uuid, Path, description = "Id of the guest", example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e6f"), RelationshipQuery),
    responses((status = 200, description = "A page of relationships.", body = GuestRelationshipPage,
        example = json!({"items": [example()], "has_more": false})))
)]
#[get("/v1/guests/{guest_id}/relationships")]
pub async fn list_guest_relationships(
    app: web::Data<App>,
    by: Can<GuestsRead>,
    id: PathId<GuestId>,
    params: Params<RelationshipQuery>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (limit, cursor) = params.0;
    let cx = by.cx;
    let list = ListKey::new(cx.group, "guest-relationships", &id.0);
    let after = page::position(&app, list, cursor.as_deref())?;
    let (found, position) = app.read(move |r| relationships::list(r, &cx, id.0, after, limit)).await?;
    let next = page::next(&app, list, position);
    Ok(page::answer(
        &request,
        &GuestRelationshipPage::new(found.iter().map(RelationshipView::from).collect(), next),
    ))
}

/// Record a relationship of a guest
///
/// One record serves both ends: the other guest's list shows it with the inverse relation.
#[utoipa::path(
    tag = "guest-relationships",
    security(("bearer" = ["guests:write"])),
    params(("guest_id" = uuid::Uuid, Path, description = "Id of the guest", example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e6f"),
        ("Idempotency-Key" = String, Header, description = "Key of the request")),
    request_body(content = GuestRelationshipCreate, description = "The relationship.",
        example = json!({"other_guest_id": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e71", "relation": "spouse", "travels_together": true})),
    responses((status = 201, description = "The new relationship.", body = RelationshipView,
        headers(("ETag" = String, description = "Version"), ("Location" = String, description = "The relationship")), example = json!(example())))
)]
#[post("/v1/guests/{guest_id}/relationships")]
pub async fn create_guest_relationship(
    app: web::Data<App>,
    by: Can<GuestsWrite>,
    id: PathId<GuestId>,
    key: IdempotencyKey,
    body: Valid<GuestRelationshipCreate>,
) -> Result<HttpResponse, Problem> {
    let once = key.over(&body.digest);
    app.commit(by.cx, once, move |tx, cx| {
        let seen = relationships::relate(tx, cx, id.0, body.command)?;
        let location = format!("/v1/guest-relationships/{}", seen.relationship.id);
        Ok::<_, GuestError>(reply::created(
            location,
            seen.relationship.version,
            &RelationshipView::from(&seen),
        ))
    })
    .await
}

/// Read a relationship
///
/// Seen from the guest it was recorded for.
#[utoipa::path(
    tag = "guest-relationships",
    security(("bearer" = ["guests:read"])),
    params(("relationship_id" = uuid::Uuid, Path, description = "Id of the relationship", example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e90")),
    responses(
        (status = 200, description = "The relationship.", body = RelationshipView, headers(("ETag" = String, description = "Version")), example = json!(example())),
        (status = 304, description = "The caller has the newest version.")
    )
)]
#[get("/v1/guest-relationships/{relationship_id}")]
pub async fn get_guest_relationship(
    app: web::Data<App>,
    by: Can<GuestsRead>,
    id: PathId<RelationshipId>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let seen = app.read(move |r| relationships::get(r, &by.cx, id.0)).await?;
    Ok(unless_known(&request, seen.relationship.version, &RelationshipView::from(&seen)))
}

/// Remove a relationship
///
/// For both ends.
#[utoipa::path(
    tag = "guest-relationships",
    security(("bearer" = ["guests:write"])),
    params(("relationship_id" = uuid::Uuid, Path, description = "Id of the relationship", example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e90"),
        ("If-Match" = String, Header, description = "ETag")),
    responses((status = 204, description = "The relationship is gone."))
)]
#[delete("/v1/guest-relationships/{relationship_id}")]
pub async fn delete_guest_relationship(
    app: web::Data<App>,
    by: Can<GuestsWrite>,
    id: PathId<RelationshipId>,
    expected: IfMatch,
) -> Result<HttpResponse, Problem> {
    app.commit(by.cx, None, move |tx, cx| {
        relationships::unrelate(tx, cx, id.0, &expected.0)?;
        Ok::<_, GuestError>(reply::gone())
    })
    .await
}
