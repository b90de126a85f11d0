//! Complaints as other systems tell of them: `PUT /v1/complaints/by-ref/{system}/{external_id}`.

use actix_web::{HttpRequest, HttpResponse, put, web};
use serde::Serialize;
use utoipa::ToSchema;

use super::{example, location, rights, shown};
use crate::complaints::api::view::ComplaintView;
use crate::complaints::api::wire::ComplaintDelivery;
use crate::complaints::delivery::{self, ComplaintOutcome};
use crate::complaints::error::ComplaintError;
use crate::complaints::model::ExternalRef;
use crate::platform::idempotency::Reply;
use crate::web::access::{Can, ComplaintsWrite};
use crate::web::app::App;
use crate::web::conditional;
use crate::web::fields::is_system;
use crate::web::input::{PathId, Valid};
use crate::web::problem::Problem;
use crate::web::reply;

/// What became of a message, and the complaint as it is now.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ComplaintDelivered)]
pub struct DeliveredView {
    /// What became of the message.
    #[schema(examples("created"))]
    outcome: ComplaintOutcome,
    /// The complaint as it is now.
    complaint: ComplaintView,
}

/// A reference in a path: one that cannot exist is the reference of nothing.
fn reference((system, id): (String, String)) -> Result<ExternalRef, Problem> {
    let good =
        is_system(&system) && (1..=120).contains(&id.chars().count()) && !id.chars().any(char::is_control);
    if good { Ok(ExternalRef { system, id }) } else { Err(Problem::not_found()) }
}

/// Deliver a complaint by external reference
///
/// For machines: takes in the complaint of the reference, or lays what the sender says over it. Members left out stay, lists
/// sent replace, references and fields are added; the same again changes nothing. The words are kept character by
/// character. When it was received is told once. How it is judged counts until somebody here has recorded the complaint.
/// `If-Match` is honoured but not needed.
#[utoipa::path(
    tag = "complaints",
    security(("bearer" = ["complaints:write"])),
    params(
        ("system" = String, Path, description = "Code of the system", min_length = 1, max_length = 40, example = "helpdesk"),
        ("external_id" = String, Path, description = "Id there", min_length = 1, max_length = 120, example = "T-88213")
    ),
    request_body(content = ComplaintDelivery, description = "What the sender says of the complaint.", example = json!({
        "hotel_id": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e02", "channel": "ota_review",
        "description": "空调不制冷，半夜热醒了两次。", "language": "zh-CN", "received_at": "2026-11-20T08:30:00Z",
        "subject": "空调不制冷"
    })),
    responses(
        (status = 200, description = "The complaint: updated, or as it was.", body = DeliveredView,
            headers(("ETag" = String, description = "Version")),
            example = json!({"outcome": "updated", "complaint": example()})),
        (status = 201, description = "The new complaint.", body = DeliveredView,
            headers(("ETag" = String, description = "Version"), ("Location" = String, description = "The complaint")),
            example = json!({"outcome": "created", "complaint": example()})),
    )
)]
#[put("/v1/complaints/by-ref/{system}/{external_id}")]
pub async fn deliver_complaint(
    app: web::Data<App>,
    by: Can<ComplaintsWrite>,
    path: PathId<(String, String)>,
    request: HttpRequest,
    body: Valid<ComplaintDelivery>,
) -> Result<HttpResponse, Problem> {
    let message = body.command.about(reference(path.0)?);
    let expected = conditional::if_match(&request)?;
    let rights = rights(&by.principal);
    app.commit(by.cx, None, move |tx, cx| {
        let (complaint, outcome) = delivery::deliver(tx, cx, &message, expected.as_ref())?;
        let view = DeliveredView { outcome, complaint: shown(tx, cx, &rights, &complaint)? };
        Ok::<Reply, ComplaintError>(match outcome {
            ComplaintOutcome::Created => reply::created(location(complaint.id), complaint.version, &view),
            ComplaintOutcome::Updated | ComplaintOutcome::Unchanged => {
                reply::changed(complaint.version, &view)
            }
        })
    })
    .await
}
