//! The guest's verdict through a link: staff make it, the guest opens it without a login. The token travels behind the `#`
//! of the link and in bodies alone, so that no log of any server has it.

use std::sync::Arc;

use actix_web::{HttpMessage, HttpRequest, HttpResponse, get, post, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use super::wire::some_text;
use crate::complaints::error::ComplaintError;
use crate::complaints::model::{Complaint, ComplaintStatus};
use crate::complaints::rating::{self, Invitation};
use crate::hotels;
use crate::kit::fault::Faults;
use crate::kit::ids::{ActorId, ComplaintId};
use crate::kit::seal::Sealer;
use crate::platform::context::{Actor, ActorKind, Ctx, Sight};
use crate::web::access::{Can, ComplaintsWrite};
use crate::web::app::App;
use crate::web::conditional::IfMatch;
use crate::web::frame::RequestId;
use crate::web::input::{Input, PathId, Valid};
use crate::web::problem::Problem;
use crate::web::reply;

/// Where the page of the link is.
const PAGE: &str = "/rate";

fn sealer(app: &App) -> Sealer {
    app.keys.sealer("rating")
}

/// A link by which the guest can judge.
#[derive(Debug, Serialize, ToSchema)]
pub struct RatingLink {
    /// The link: a path of this server. Put the address by which guests reach it before it.
    #[schema(max_length = 1000, examples("/rate#kq2x0fJ0cXlCqg5m0o2l1lsxLFsx"))]
    path: String,
    /// The token alone, for an app that judges by itself.
    #[schema(max_length = 1000, examples("kq2x0fJ0cXlCqg5m0o2l1lsxLFsx"))]
    token: String,
    /// Not good from then on.
    #[schema(format = DateTime, examples("2027-01-20T03:00:00.000000Z"))]
    expires_at: String,
}

/// Make a rating link
///
/// A signed link by which the guest judges the complaint without a login: once for each time it was worked on, within 30
/// days, when it is being followed up or closed. Any number of links may be made; the first answer counts. Send it by a way
/// the guest agreed to. Nothing is changed.
#[utoipa::path(
    tag = "complaints",
    security(("bearer" = ["complaints:write"])),
    params(("complaint_id" = uuid::Uuid, Path, description = "Id of the complaint", example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5eb0"),
        ("If-Match" = String, Header, description = "ETag")),
    responses((status = 200, description = "The link.", body = RatingLink, example = json!({
        "path": "/rate#kq2x0fJ0cXlCqg5m0o2l1lsxLFsx", "token": "kq2x0fJ0cXlCqg5m0o2l1lsxLFsx",
        "expires_at": "2027-01-20T03:00:00.000000Z"})))
)]
#[post("/v1/complaints/{complaint_id}/rating-link")]
pub async fn invite_rating(
    app: web::Data<App>,
    by: Can<ComplaintsWrite>,
    id: PathId<ComplaintId>,
    expected: IfMatch,
) -> Result<HttpResponse, Problem> {
    let cx = by.cx;
    let invited: Invitation = app.read(move |r| rating::invite(r, &cx, id.0, &expected.0)).await?;
    let token = invited.seal(&sealer(&app));
    let expires_at = invited.expires_at.to_string();
    Ok(reply::ok(&RatingLink { path: format!("{PAGE}#{token}"), token, expires_at }))
}

/// A token from a rating link.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct RatingToken {
    /// The token.
    #[schema(min_length = 1, max_length = 1000, examples("kq2x0fJ0cXlCqg5m0o2l1lsxLFsx"))]
    #[validate(length(min = 1, max = 1000))]
    token: String,
}

impl Input for RatingToken {
    type Command = String;

    fn check(self, _: &mut Faults) -> Option<String> {
        Some(self.token)
    }
}

/// What a rating link is about: no more than whoever has the link needs.
#[derive(Debug, Serialize, ToSchema)]
pub struct RatingInvitation {
    /// Name of the hotel, in the language of the complaint where it has one.
    #[schema(max_length = 200, examples("西湖大酒店"))]
    hotel_name: String,
    /// Number of the complaint.
    #[schema(max_length = 60, examples("XIHU-2026-00042"))]
    complaint_number: String,
    /// Language of the complaint, BCP 47.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 35, examples("zh-CN"))]
    language: Option<String>,
    /// Whether it was judged already.
    #[schema(examples(false))]
    rated: bool,
    /// Not good from then on.
    #[schema(format = DateTime, examples("2027-01-20T03:00:00.000000Z"))]
    expires_at: String,
}

/// Look at a rating link
///
/// What the link is about. A token that is wrong, has run out, or belongs to a complaint that was opened again since is not
/// found.
#[utoipa::path(
    tag = "complaints",
    security(()),
    request_body(content = RatingToken, description = "The token.", content_type = "application/json",
        example = json!({"token": "kq2x0fJ0cXlCqg5m0o2l1lsxLFsx"})),
    responses(
        (status = 200, description = "What it is about.", body = RatingInvitation, example = json!({
            "hotel_name": "西湖大酒店", "complaint_number": "XIHU-2026-00042", "language": "zh-CN", "rated": false,
            "expires_at": "2027-01-20T03:00:00.000000Z"})),
        (status = 404, description = "The link is not good.", body = crate::web::problem::ProblemBody,
            content_type = "application/problem+json", example = json!({"type": "/problems/not-found",
                "title": "Not found", "status": 404, "detail": "There is nothing here, or you may not see it.",
                "instance": "/v1/ratings/preview", "code": "not_found",
                "request_id": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e70"}))
    )
)]
#[post("/v1/ratings/preview")]
pub async fn preview_rating(
    app: web::Data<App>,
    request: HttpRequest,
    body: Valid<RatingToken>,
) -> Result<HttpResponse, Problem> {
    let (cx, invitation) = opened(&app, &request, &body.command)?;
    let view = app
        .read(move |r| {
            let (complaint, rated) = rating::invited(r, &invitation)?;
            let hotel = hotels::service::find_hotel(r, &cx, complaint.hotel_id)?;
            let language = complaint.language().unwrap_or_else(|| hotel.default_language.clone());
            Ok::<_, ComplaintError>(RatingInvitation {
                hotel_name: hotel.names.told(&language, &hotel.default_language).to_owned(),
                complaint_number: complaint.number,
                language: complaint.facts.language,
                rated,
                expires_at: invitation.expires_at.to_string(),
            })
        })
        .await?;
    Ok(reply::ok(&view))
}

/// The guest's verdict.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct ComplaintRating {
    /// The token of the link.
    #[schema(min_length = 1, max_length = 1000, examples("kq2x0fJ0cXlCqg5m0o2l1lsxLFsx"))]
    #[validate(length(min = 1, max = 1000))]
    token: String,
    /// The mark: 5 is best.
    #[schema(minimum = 1, maximum = 5, examples(5))]
    #[validate(range(min = 1, max = 5))]
    rating: i32,
    /// The guest's words.
    #[schema(nullable = false, min_length = 1, max_length = 10000, examples("处理得很快，谢谢"))]
    #[validate(length(min = 1, max = 10000), custom(function = "some_text"))]
    comment: Option<String>,
}

impl Input for ComplaintRating {
    type Command = Self;

    fn check(self, _: &mut Faults) -> Option<Self> {
        Some(self)
    }
}

/// What came of a verdict.
#[derive(Debug, Serialize, ToSchema)]
pub struct ComplaintRated {
    /// The mark.
    #[schema(minimum = 1, maximum = 5, examples(2))]
    rating: i32,
    /// Whether the complaint is open again, because the guest is not content.
    #[schema(examples(true))]
    reopened: bool,
}

/// Rate how a complaint was handled
///
/// The guest's own verdict, by the token of a link. A mark of 4 or 5 says that the guest is content; 1 and 2 open the
/// complaint again, from the second time on with a step up the ladder. Each round is judged once.
#[utoipa::path(
    tag = "complaints",
    security(()),
    request_body(content = ComplaintRating, description = "Token, mark and words.", content_type = "application/json",
        example = json!({"token": "kq2x0fJ0cXlCqg5m0o2l1lsxLFsx", "rating": 5, "comment": "处理得很快，谢谢"})),
    responses(
        (status = 200, description = "What came of it.", body = ComplaintRated,
            example = json!({"rating": 5, "reopened": false})),
        (status = 404, description = "The link is not good.", body = crate::web::problem::ProblemBody,
            content_type = "application/problem+json", example = json!({"type": "/problems/not-found",
                "title": "Not found", "status": 404, "detail": "There is nothing here, or you may not see it.",
                "instance": "/v1/ratings", "code": "not_found",
                "request_id": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e70"})),
        (status = 409, description = "It was judged already, or is being worked on again.",
            body = crate::web::problem::ProblemBody, content_type = "application/problem+json",
            example = json!({"type": "/problems/state-conflict", "title": "State conflict", "status": 409,
                "detail": "The guest has given a rating already.", "instance": "/v1/ratings", "code": "state_conflict",
                "request_id": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e70"}))
    )
)]
#[post("/v1/ratings")]
pub async fn rate_complaint(
    app: web::Data<App>,
    request: HttpRequest,
    body: Valid<ComplaintRating>,
) -> Result<HttpResponse, Problem> {
    let ComplaintRating { token, rating, comment } = body.command;
    let (cx, invitation) = opened(&app, &request, &token)?;
    app.commit(cx, None, move |tx, cx| {
        let complaint: Complaint = rating::rate(tx, cx, &invitation, rating, comment)?;
        let reopened = complaint.status == ComplaintStatus::Investigating;
        Ok::<_, ComplaintError>(reply::plain(&ComplaintRated { rating, reopened }))
    })
    .await
}

/// The guest who holds a good token.
fn opened(app: &App, request: &HttpRequest, token: &str) -> Result<(Ctx, Invitation), Problem> {
    let now = app.clock.now();
    let invitation = Invitation::open(token, &sealer(app), now).ok_or_else(Problem::not_found)?;
    let cx = Ctx {
        group: invitation.group,
        actor: Actor { kind: ActorKind::Guest, id: ActorId(uuid::Uuid::nil()) },
        sight: Sight::WholeGroup,
        request_id: request.extensions().get::<RequestId>().map(|id| id.0.clone()).unwrap_or_default(),
        now,
        ids: Arc::clone(&app.ids),
    };
    Ok((cx, invitation))
}

/// The page of the link. Outside the document: for people.
#[get("/rate")]
pub async fn rating_page() -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/html; charset=utf-8")
        .insert_header((
            "content-security-policy",
            "default-src 'none'; script-src 'self'; style-src 'unsafe-inline'; connect-src 'self'; \
             form-action 'none'; base-uri 'none'; frame-ancestors 'none'",
        ))
        .insert_header(("referrer-policy", "no-referrer"))
        .body(include_str!("rating.html"))
}

/// What the page does.
#[get("/rate.js")]
pub async fn rating_script() -> HttpResponse {
    HttpResponse::Ok().content_type("text/javascript; charset=utf-8").body(include_str!("rating.js"))
}
