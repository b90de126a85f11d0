//! `GET /v1/guest-merges`.

use actix_web::{HttpRequest, HttpResponse, get, web};
use serde::Deserialize;
use utoipa::IntoParams;
use validator::Validate;

use crate::guests::api::merge_wire::{GuestMergePage, GuestMergeView, merge_example};
use crate::guests::merges;
use crate::kit::cursor::ListKey;
use crate::kit::fault::Faults;
use crate::kit::ids::{GuestId, MergeId};
use crate::web::access::{Can, GuestsMerge};
use crate::web::app::App;
use crate::web::input::{Input, Params};
use crate::web::page::{self, DEFAULT_LIMIT};
use crate::web::problem::Problem;

/// What a list of merges can be asked.
#[derive(Debug, Deserialize, IntoParams, Validate)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct MergeQuery {
    /// Only merges of this guest, on either side.
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

/// A list of merges, asked for.
pub struct ListMerges {
    guest: Option<GuestId>,
    limit: usize,
    cursor: Option<String>,
}

impl Input for MergeQuery {
    type Command = ListMerges;

    fn check(self, _: &mut Faults) -> Option<ListMerges> {
        let Self { guest_id, limit, cursor } = self;
        let limit = usize::try_from(limit.unwrap_or(DEFAULT_LIMIT)).unwrap_or(1);
        Some(ListMerges { guest: guest_id.map(GuestId), limit, cursor })
    }
}

/// List merges
///
/// The newest first, those taken back included; only merges of guests the caller may see.
#[utoipa::path(
    tag = "guest-merges",
    security(("bearer" = ["guests:merge"])),
    params(MergeQuery),
    responses((status = 200, description = "A page of merges.", body = GuestMergePage,
        example = json!({"items": [merge_example()], "next_cursor": "kq2x0fJ0cXlCqg5m0o2l1lsxLFsx", "has_more": true})))
)]
#[get("/v1/guest-merges")]
pub async fn list_merges(
    app: web::Data<App>,
    by: Can<GuestsMerge>,
    params: Params<MergeQuery>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let ListMerges { guest, limit, cursor } = params.0;
    let cx = by.cx;
    let list = ListKey::new(cx.group, "guest-merges", &guest);
    let after: Option<MergeId> = page::position(&app, list, cursor.as_deref())?;
    let (merges, position) = app.read(move |r| merges::list(r, &cx, guest, after, limit)).await?;
    let next = page::next(&app, list, position);
    Ok(page::answer(&request, &GuestMergePage::new(merges.iter().map(GuestMergeView::from).collect(), next)))
}
