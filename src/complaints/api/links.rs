//! What complaints have to do with each other: `/v1/complaints/{complaint_id}/links`.

use actix_web::{HttpRequest, HttpResponse, delete, get, post, web};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;
use validator::Validate;

use super::location;
use crate::complaints::error::ComplaintError;
use crate::complaints::links::{self, ComplaintLinkType, ComplaintRelation, SeenLink, VERSION};
use crate::complaints::model::ComplaintStatus;
use crate::kit::cursor::ListKey;
use crate::kit::fault::Faults;
use crate::kit::ids::{ComplaintId, ComplaintLinkId};
use crate::web::access::{Can, ComplaintsRead, ComplaintsWrite};
use crate::web::app::App;
use crate::web::conditional::IfMatch;
use crate::web::idempotency::IdempotencyKey;
use crate::web::input::{Input, Params, PathId, Valid};
use crate::web::page::{self, PageQuery};
use crate::web::problem::Problem;
use crate::web::reply;

/// A link of a complaint, as it is seen from it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ComplaintLink)]
pub struct LinkView {
    /// Id of the link.
    #[schema(examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5fc0"))]
    id: uuid::Uuid,
    /// Version, as in the ETag: a link never changes.
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64, examples(1))]
    version: i64,
    /// What the complaint has to do with the other one.
    #[schema(examples("duplicate_of"))]
    relation: ComplaintRelation,
    /// The other complaint.
    #[schema(examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5eb1"))]
    other_complaint_id: uuid::Uuid,
    /// Its number.
    #[schema(max_length = 60, examples("XIHU-2026-00041"))]
    other_number: String,
    /// How far it has come.
    #[schema(examples("closed"))]
    other_status: ComplaintStatus,
    /// When the link was made.
    #[schema(format = DateTime, examples("2026-12-20T09:00:00.000000Z"))]
    created_at: String,
    /// By whom.
    #[schema(examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e0a"))]
    created_by: uuid::Uuid,
}

impl From<&SeenLink> for LinkView {
    fn from(seen: &SeenLink) -> Self {
        let SeenLink { link, relation, other } = seen;
        Self {
            id: link.id.0,
            version: VERSION,
            relation: *relation,
            other_complaint_id: other.id.0,
            other_number: other.number.clone(),
            other_status: other.status,
            created_at: link.created.0.to_string(),
            created_by: link.created.1.0,
        }
    }
}

crate::page! {
    /// A page of links.
    ComplaintLinkPage of LinkView
}

/// A link to make.
#[derive(Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct ComplaintLinkCreate {
    /// What the complaint has to do with the other one.
    #[serde(rename = "type")]
    #[schema(examples("duplicate_of"))]
    kind: ComplaintLinkType,
    /// The other complaint.
    #[schema(examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5eb1"))]
    other_complaint_id: uuid::Uuid,
}

impl Input for ComplaintLinkCreate {
    type Command = (ComplaintLinkType, ComplaintId);

    fn check(self, _: &mut Faults) -> Option<Self::Command> {
        Some((self.kind, ComplaintId(self.other_complaint_id)))
    }
}

fn link_example() -> Value {
    json!({
        "id": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5fc0", "version": 1, "relation": "duplicate_of",
        "other_complaint_id": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5eb1", "other_number": "XIHU-2026-00041",
        "other_status": "closed", "created_at": "2026-12-20T09:00:00.000000Z",
        "created_by": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e0a"
    })
}

/// List links of a complaint
///
/// From either side, each called as it is seen from here: what is `caused_by` on one side `causes` on the other. The
/// oldest first; links to complaints the caller may not see are left out.
#[utoipa::path(
    tag = "complaints",
    security(("bearer" = ["complaints:read"])),
    params(("complaint_id" = uuid::Uuid, Path, description = "Id of the complaint", example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5eb0"), PageQuery),
    responses((status = 200, description = "A page of links.", body = ComplaintLinkPage,
        example = json!({"items": [link_example()], "has_more": false})))
)]
#[get("/v1/complaints/{complaint_id}/links")]
pub async fn list_complaint_links(
    app: web::Data<App>,
    by: Can<ComplaintsRead>,
    id: PathId<ComplaintId>,
    query: Params<PageQuery>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (cx, asked) = (by.cx, query.0);
    let list = ListKey::new(cx.group, "complaint-links", &id.0);
    let after: Option<ComplaintLinkId> = page::position(&app, list, asked.cursor.as_deref())?;
    let (found, position) = app.read(move |r| links::list(r, &cx, id.0, after, asked.limit)).await?;
    let next = page::next(&app, list, position);
    let views = found.iter().map(LinkView::from).collect();
    Ok(page::answer(&request, &ComplaintLinkPage::new(views, next)))
}

/// Link a complaint
///
/// Says what it has to do with another one that the caller may see. Two complaints are linked once in the same way.
#[utoipa::path(
    tag = "complaints",
    security(("bearer" = ["complaints:write"])),
    params(
        ("complaint_id" = uuid::Uuid, Path, description = "Id of the complaint", example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5eb0"),
        ("Idempotency-Key" = String, Header, description = "Key of the request")
    ),
    request_body(content = ComplaintLinkCreate, description = "What it has to do with which.",
        example = json!({"type": "caused_by", "other_complaint_id": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5eb1"})),
    responses((status = 201, description = "The link.", body = LinkView,
        headers(("ETag" = String, description = "Version"), ("Location" = String, description = "The links")),
        example = json!(link_example())))
)]
#[post("/v1/complaints/{complaint_id}/links")]
pub async fn create_complaint_link(
    app: web::Data<App>,
    by: Can<ComplaintsWrite>,
    id: PathId<ComplaintId>,
    key: IdempotencyKey,
    body: Valid<ComplaintLinkCreate>,
) -> Result<HttpResponse, Problem> {
    let once = key.over(&body.digest);
    let (kind, other) = body.command;
    app.commit(by.cx, once, move |tx, cx| {
        let seen = links::link(tx, cx, id.0, other, kind)?;
        let place = format!("{}/links", location(id.0));
        Ok::<_, ComplaintError>(reply::created(place, VERSION, &LinkView::from(&seen)))
    })
    .await
}

/// Unlink a complaint
///
/// Takes a link away. The complaint on which it was made has a new version.
#[utoipa::path(
    tag = "complaints",
    security(("bearer" = ["complaints:write"])),
    params(
        ("link_id" = uuid::Uuid, Path, description = "Id of the link", example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5fc0"),
        ("If-Match" = String, Header, description = "ETag")
    ),
    responses((status = 204, description = "The link is gone."))
)]
#[delete("/v1/complaint-links/{link_id}")]
pub async fn delete_complaint_link(
    app: web::Data<App>,
    by: Can<ComplaintsWrite>,
    id: PathId<ComplaintLinkId>,
    expected: IfMatch,
) -> Result<HttpResponse, Problem> {
    app.commit(by.cx, None, move |tx, cx| {
        links::unlink(tx, cx, id.0, &expected.0)?;
        Ok::<_, ComplaintError>(reply::gone())
    })
    .await
}
