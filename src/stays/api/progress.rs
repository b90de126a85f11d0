//! What happens to a stay: changes of its status, and changes of rooms.

use actix_web::{HttpResponse, post, web};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use crate::kit::fault::Faults;
use crate::kit::ids::StayId;
use crate::stays::api::parse::instant;
use crate::stays::api::resources::shown;
use crate::stays::api::revenue_sight;
use crate::stays::api::view::{StayView, example};
use crate::stays::api::wire::one_line;
use crate::stays::commands::{MoveRoom, MoveStay};
use crate::stays::error::StayError;
use crate::stays::moves::StayMove;
use crate::stays::progress;
use crate::web::access::{Can, StaysWrite};
use crate::web::app::App;
use crate::web::conditional::IfMatch;
use crate::web::input::{Input, PathId, Valid};
use crate::web::problem::Problem;
use crate::web::reply;

/// A check-in.
#[derive(Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct StayCheckIn {
    /// The room given.
    #[schema(nullable = false, min_length = 1, max_length = 20, examples("1208"))]
    #[validate(length(min = 1, max = 20), custom(function = "one_line"))]
    room: Option<String>,
}

impl Input for StayCheckIn {
    type Command = Option<String>;

    fn check(self, _: &mut Faults) -> Option<Option<String>> {
        Some(self.room)
    }
}

/// A cancellation.
#[derive(Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct StayCancel {
    /// Why.
    #[schema(nullable = false, min_length = 1, max_length = 500, examples("Flight cancelled"))]
    #[validate(length(min = 1, max = 500), custom(function = "one_line"))]
    reason: Option<String>,
}

impl Input for StayCancel {
    type Command = Option<String>;

    fn check(self, _: &mut Faults) -> Option<Option<String>> {
        Some(self.reason)
    }
}

/// A change of rooms.
#[derive(Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct StayRoomMoveCreate {
    /// The new room.
    #[schema(min_length = 1, max_length = 20, examples("1510"))]
    #[validate(length(min = 1, max = 20), custom(function = "one_line"))]
    to: String,
    /// Code of its type, when it is another one.
    #[schema(nullable = false, min_length = 1, max_length = 60, examples("DLX"))]
    #[validate(length(min = 1, max = 60), custom(function = "one_line"))]
    room_type: Option<String>,
    /// Why.
    #[schema(nullable = false, min_length = 1, max_length = 500, examples("Air conditioning failed"))]
    #[validate(length(min = 1, max = 500), custom(function = "one_line"))]
    reason: Option<String>,
    /// When; now unless told.
    #[schema(nullable = false, value_type = Option<String>, format = DateTime, max_length = 40, examples("2026-11-20T19:05:00Z"))]
    #[validate(length(max = 40))]
    at: Option<String>,
}

impl Input for StayRoomMoveCreate {
    type Command = MoveRoom;

    fn check(self, faults: &mut Faults) -> Option<MoveRoom> {
        let Self { to, room_type, reason, at } = self;
        let at = at.and_then(|text| faults.at("at", |f| instant(f, &text)));
        Some(MoveRoom { to, room_type, reason, at })
    }
}

async fn make_move(
    app: web::Data<App>,
    by: Can<StaysWrite>,
    id: StayId,
    expected: IfMatch,
    command: MoveStay,
) -> Result<HttpResponse, Problem> {
    let sight = revenue_sight(&by.principal);
    app.commit(by.cx, None, move |tx, cx| {
        let stay = progress::make_move(tx, cx, id, &expected.0, command)?;
        let view = shown(tx, cx, &stay, &sight)?;
        Ok::<_, StayError>(reply::changed(stay.version, &view))
    })
    .await
}

fn to(wanted: StayMove) -> MoveStay {
    MoveStay { wanted, room: None, reason: None }
}

/// Mark a stay due in
///
/// The guest is expected today: from `reserved`. Any other status answers 409 and names the moves it allows.
#[utoipa::path(
    tag = "stays",
    security(("bearer" = ["stays:write"])),
    params(("stay_id" = uuid::Uuid, Path, description = "Id of the stay", example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e90"),
        ("If-Match" = String, Header, description = "ETag")),
    responses((status = 200, description = "The stay as it is now.", body = StayView,
        headers(("ETag" = String, description = "Version")), example = json!(example())))
)]
#[post("/v1/stays/{stay_id}/due-in")]
pub async fn mark_stay_due_in(
    app: web::Data<App>,
    by: Can<StaysWrite>,
    id: PathId<StayId>,
    expected: IfMatch,
) -> Result<HttpResponse, Problem> {
    make_move(app, by, id.0, expected, to(StayMove::DueIn)).await
}

/// Check a guest in
///
/// From `reserved` or `due_in`; with the room given, if it was not known before. Any other status answers 409 and names the moves it allows.
#[utoipa::path(
    tag = "stays",
    security(("bearer" = ["stays:write"])),
    params(("stay_id" = uuid::Uuid, Path, description = "Id of the stay", example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e90"),
        ("If-Match" = String, Header, description = "ETag")),
    request_body(content = StayCheckIn, description = "What is told with it.", example = json!({"room": "1208"})),
    responses((status = 200, description = "The stay as it is now.", body = StayView,
        headers(("ETag" = String, description = "Version")), example = json!(example())))
)]
#[post("/v1/stays/{stay_id}/check-in")]
pub async fn check_in_stay(
    app: web::Data<App>,
    by: Can<StaysWrite>,
    id: PathId<StayId>,
    expected: IfMatch,
    body: Valid<StayCheckIn>,
) -> Result<HttpResponse, Problem> {
    let command = MoveStay { room: body.command, ..to(StayMove::CheckIn) };
    make_move(app, by, id.0, expected, command).await
}

/// Check a guest out
///
/// From `in_house`. Any other status answers 409 and names the moves it allows.
#[utoipa::path(
    tag = "stays",
    security(("bearer" = ["stays:write"])),
    params(("stay_id" = uuid::Uuid, Path, description = "Id of the stay", example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e90"),
        ("If-Match" = String, Header, description = "ETag")),
    responses((status = 200, description = "The stay as it is now.", body = StayView,
        headers(("ETag" = String, description = "Version")), example = json!(example())))
)]
#[post("/v1/stays/{stay_id}/check-out")]
pub async fn check_out_stay(
    app: web::Data<App>,
    by: Can<StaysWrite>,
    id: PathId<StayId>,
    expected: IfMatch,
) -> Result<HttpResponse, Problem> {
    make_move(app, by, id.0, expected, to(StayMove::CheckOut)).await
}

/// Cancel a stay
///
/// From `reserved` or `due_in`; the day of the hotel is noted. Any other status answers 409 and names the moves it allows.
#[utoipa::path(
    tag = "stays",
    security(("bearer" = ["stays:write"])),
    params(("stay_id" = uuid::Uuid, Path, description = "Id of the stay", example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e90"),
        ("If-Match" = String, Header, description = "ETag")),
    request_body(content = StayCancel, description = "What is told with it.", example = json!({"reason": "Flight cancelled"})),
    responses((status = 200, description = "The stay as it is now.", body = StayView,
        headers(("ETag" = String, description = "Version")), example = json!(example())))
)]
#[post("/v1/stays/{stay_id}/cancel")]
pub async fn cancel_stay(
    app: web::Data<App>,
    by: Can<StaysWrite>,
    id: PathId<StayId>,
    expected: IfMatch,
    body: Valid<StayCancel>,
) -> Result<HttpResponse, Problem> {
    let command = MoveStay { reason: body.command, ..to(StayMove::Cancel) };
    make_move(app, by, id.0, expected, command).await
}

/// Mark a stay as no-show
///
/// From `reserved` or `due_in`: the guest never came. Any other status answers 409 and names the moves it allows.
#[utoipa::path(
    tag = "stays",
    security(("bearer" = ["stays:write"])),
    params(("stay_id" = uuid::Uuid, Path, description = "Id of the stay", example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e90"),
        ("If-Match" = String, Header, description = "ETag")),
    responses((status = 200, description = "The stay as it is now.", body = StayView,
        headers(("ETag" = String, description = "Version")), example = json!(example())))
)]
#[post("/v1/stays/{stay_id}/no-show")]
pub async fn mark_stay_no_show(
    app: web::Data<App>,
    by: Can<StaysWrite>,
    id: PathId<StayId>,
    expected: IfMatch,
) -> Result<HttpResponse, Problem> {
    make_move(app, by, id.0, expected, to(StayMove::NoShow)).await
}

/// Reinstate a stay
///
/// A cancelled or no-show stay is `reserved` again, a checked-out one `in_house`; it is counted. Any other status answers 409 and names the moves it allows.
#[utoipa::path(
    tag = "stays",
    security(("bearer" = ["stays:write"])),
    params(("stay_id" = uuid::Uuid, Path, description = "Id of the stay", example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e90"),
        ("If-Match" = String, Header, description = "ETag")),
    responses((status = 200, description = "The stay as it is now.", body = StayView,
        headers(("ETag" = String, description = "Version")), example = json!(example())))
)]
#[post("/v1/stays/{stay_id}/reinstate")]
pub async fn reinstate_stay(
    app: web::Data<App>,
    by: Can<StaysWrite>,
    id: PathId<StayId>,
    expected: IfMatch,
) -> Result<HttpResponse, Problem> {
    make_move(app, by, id.0, expected, to(StayMove::Reinstate)).await
}

/// Move a guest to another room
///
/// For a stay whose guest is in the house. The move is kept with the stay: from where, to where, why, when, by whom.
#[utoipa::path(
    tag = "stays",
    security(("bearer" = ["stays:write"])),
    params(("stay_id" = uuid::Uuid, Path, description = "Id of the stay", example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e90"),
        ("If-Match" = String, Header, description = "ETag")),
    request_body(content = StayRoomMoveCreate, description = "The move.",
        example = json!({"to": "1510", "reason": "Air conditioning failed"})),
    responses((status = 200, description = "The stay as it is now.", body = StayView,
        headers(("ETag" = String, description = "Version")), example = json!(example())))
)]
#[post("/v1/stays/{stay_id}/room-moves")]
pub async fn move_stay_room(
    app: web::Data<App>,
    by: Can<StaysWrite>,
    id: PathId<StayId>,
    expected: IfMatch,
    body: Valid<StayRoomMoveCreate>,
) -> Result<HttpResponse, Problem> {
    let sight = revenue_sight(&by.principal);
    app.commit(by.cx, None, move |tx, cx| {
        let stay = progress::move_room(tx, cx, id.0, &expected.0, body.command)?;
        let view = shown(tx, cx, &stay, &sight)?;
        Ok::<_, StayError>(reply::changed(stay.version, &view))
    })
    .await
}
