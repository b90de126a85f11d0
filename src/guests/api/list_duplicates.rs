//! `GET /v1/guests/duplicates`.

use actix_web::{HttpRequest, HttpResponse, get, web};
use serde::Deserialize;
use utoipa::IntoParams;
use validator::Validate;

use crate::guests::api::duplicate_wire::{GuestDuplicate, GuestDuplicatePage, duplicate_example};
use crate::guests::suggestions::{self, DuplicateStatus, Filter, Position};
use crate::kit::cursor::ListKey;
use crate::kit::fault::Faults;
use crate::kit::ids::GuestId;
use crate::web::access::{Can, DuplicatesRead};
use crate::web::app::App;
use crate::web::input::{Input, Params};
use crate::web::page::{self, DEFAULT_LIMIT};
use crate::web::problem::Problem;

/// What a list of suggested pairs can be asked.
#[derive(Debug, Deserialize, IntoParams, Validate)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct DuplicateQuery {
    /// Only pairs that stand here; `suggested` unless told.
    #[param(inline, nullable = false, example = "suggested")]
    status: Option<DuplicateStatus>,
    /// Only pairs with this guest.
    #[param(nullable = false, example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e6f")]
    guest_id: Option<uuid::Uuid>,
    /// Items of a page, 1 to 200; 50 unless told.
    #[param(nullable = false, minimum = 1, maximum = 200, example = 50)]
    #[validate(range(min = 1, max = 200))]
    limit: Option<i32>,
    /// Where the page starts: `next_cursor` of the page before, with the same filters.
    #[param(nullable = false, max_length = 2000, example = "kq2x0fJ0cXlCqg5m0o2l1lsxLFsx")]
    #[validate(length(max = 2000))]
    cursor: Option<String>,
}

/// A list of suggested pairs, asked for.
pub struct ListDuplicates {
    filter: Filter,
    limit: usize,
    cursor: Option<String>,
}

impl Input for DuplicateQuery {
    type Command = ListDuplicates;

    fn check(self, _: &mut Faults) -> Option<ListDuplicates> {
        let Self { status, guest_id, limit, cursor } = self;
        let filter =
            Filter { status: status.unwrap_or(DuplicateStatus::Suggested), guest: guest_id.map(GuestId) };
        let limit = usize::try_from(limit.unwrap_or(DEFAULT_LIMIT)).unwrap_or(1);
        Some(ListDuplicates { filter, limit, cursor })
    }
}

/// List guests that may be one person
///
/// The surest pairs first, as the last scan found them; only pairs of which the caller may see both guests.
#[utoipa::path(
    tag = "guest-duplicates",
    security(("bearer" = ["duplicates:read"])),
    params(DuplicateQuery),
    responses((status = 200, description = "A page of pairs.", body = GuestDuplicatePage,
        example = json!({"items": [duplicate_example()], "next_cursor": "kq2x0fJ0cXlCqg5m0o2l1lsxLFsx", "has_more": true})))
)]
#[get("/v1/guests/duplicates")]
pub async fn list_duplicates(
    app: web::Data<App>,
    by: Can<DuplicatesRead>,
    params: Params<DuplicateQuery>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let ListDuplicates { filter, limit, cursor } = params.0;
    let cx = by.cx;
    let list = ListKey::new(cx.group, "guest-duplicates", &filter);
    let after: Option<Position> = page::position(&app, list, cursor.as_deref())?;
    let (pairs, position) = app.read(move |r| suggestions::list(r, &cx, &filter, after, limit)).await?;
    let next = page::next(&app, list, position);
    Ok(page::answer(
        &request,
        &GuestDuplicatePage::new(pairs.iter().map(GuestDuplicate::from).collect(), next),
    ))
}
