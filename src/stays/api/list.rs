//! `GET /v1/stays`.

use actix_web::{HttpRequest, HttpResponse, get, web};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use crate::kit::cursor::ListKey;
use crate::kit::fault::Faults;
use crate::kit::ids::{GuestId, HotelId, PartnerId};
use crate::stays::api::parse::{date, instant};
use crate::stays::api::revenue_sight;
use crate::stays::api::view::{StayPage, StayView, example};
use crate::stays::error::StayError;
use crate::stays::list_repo::{Position, StayFilter, StaySort};
use crate::stays::model::StayStatus;
use crate::stays::service;
use crate::web::access::{Can, StaysRead};
use crate::web::app::App;
use crate::web::input::{Input, Params};
use crate::web::page::{self, DEFAULT_LIMIT};
use crate::web::problem::Problem;

/// Order of a list of stays.
#[derive(Debug, Clone, Copy, Deserialize, Serialize, ToSchema)]
pub enum StayOrder {
    /// By arrival, the earliest first.
    #[serde(rename = "arrival_on")]
    Arrival,
    /// By arrival, the latest first.
    #[serde(rename = "-arrival_on")]
    LatestArrival,
    /// By the last change, the longest unchanged first.
    #[serde(rename = "updated_at")]
    Updated,
}

/// What a list of stays can be asked.
#[derive(Debug, Deserialize, IntoParams, Validate)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct StayQuery {
    /// Only stays of this hotel.
    #[param(nullable = false, example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e02")]
    hotel_id: Option<uuid::Uuid>,
    /// Statuses, comma-separated; all but deleted ones unless told.
    #[param(nullable = false, max_length = 80, example = "reserved,due_in")]
    #[validate(length(max = 80))]
    status: Option<String>,
    /// Only stays of this guest, as main guest or companion. A merged guest is followed.
    #[param(nullable = false, example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e6f")]
    guest_id: Option<uuid::Uuid>,
    /// Only stays that came from this partner, are for it, or for one that became part of it.
    #[param(nullable = false, example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e10")]
    partner_id: Option<uuid::Uuid>,
    /// Arrival on this day or later.
    #[param(nullable = false, format = Date, max_length = 10, example = "2026-12-20")]
    #[validate(length(max = 10))]
    arrival_from: Option<String>,
    /// Arrival on this day or earlier.
    #[param(nullable = false, format = Date, max_length = 10, example = "2026-12-31")]
    #[validate(length(max = 10))]
    arrival_to: Option<String>,
    /// Departure on this day or later.
    #[param(nullable = false, format = Date, max_length = 10, example = "2026-12-20")]
    #[validate(length(max = 10))]
    departure_from: Option<String>,
    /// Departure on this day or earlier.
    #[param(nullable = false, format = Date, max_length = 10, example = "2026-12-31")]
    #[validate(length(max = 10))]
    departure_to: Option<String>,
    /// Changed at or after this instant.
    #[param(nullable = false, format = DateTime, max_length = 40, example = "2026-11-20T00:00:00Z")]
    #[validate(length(max = 40))]
    updated_since: Option<String>,
    /// Order; `arrival_on` unless told. A leading `-` turns it round.
    #[param(inline, nullable = false, example = "-arrival_on")]
    sort: Option<StayOrder>,
    /// Items of a page, 1 to 200; 50 unless told.
    #[param(nullable = false, minimum = 1, maximum = 200, example = 50)]
    #[validate(range(min = 1, max = 200))]
    limit: Option<i32>,
    /// Where the page starts: `next_cursor` of the page before, with the same filters.
    #[param(nullable = false, max_length = 2000, example = "kq2x0fJ0cXlCqg5m0o2l1lsxLFsx")]
    #[validate(length(max = 2000))]
    cursor: Option<String>,
}

/// A list of stays, asked for.
pub struct ListStays {
    filter: StayFilter,
    sort: StaySort,
    limit: i64,
    cursor: Option<String>,
}

fn statuses(faults: &mut Faults, list: Option<&str>) -> Vec<StayStatus> {
    let mut found = Vec::new();
    for code in list.into_iter().flat_map(|list| list.split(',')) {
        match StayStatus::of(code.trim()).filter(|status| *status != StayStatus::Deleted) {
            Some(status) if !found.contains(&status) => found.push(status),
            Some(_) => {}
            None => faults.at("status", |f| f.add("unknown_value", "must be statuses but deleted")),
        }
    }
    found.sort();
    found
}

fn day(faults: &mut Faults, name: &str, text: Option<String>) -> Option<NaiveDate> {
    text.and_then(|text| faults.at(name, |f| date(f, &text)))
}

impl Input for StayQuery {
    type Command = ListStays;

    fn check(self, faults: &mut Faults) -> Option<ListStays> {
        let filter = StayFilter {
            hotel: self.hotel_id.map(HotelId),
            status: statuses(faults, self.status.as_deref()),
            guest: self.guest_id.map(GuestId),
            partners: self.partner_id.map(PartnerId).into_iter().collect(),
            arrival_from: day(faults, "arrival_from", self.arrival_from),
            arrival_to: day(faults, "arrival_to", self.arrival_to),
            departure_from: day(faults, "departure_from", self.departure_from),
            departure_to: day(faults, "departure_to", self.departure_to),
            updated_since: self
                .updated_since
                .and_then(|text| faults.at("updated_since", |f| instant(f, &text))),
        };
        let sort = match self.sort {
            None | Some(StayOrder::Arrival) => StaySort::Arrival,
            Some(StayOrder::LatestArrival) => StaySort::LatestArrival,
            Some(StayOrder::Updated) => StaySort::Updated,
        };
        Some(ListStays {
            filter,
            sort,
            limit: i64::from(self.limit.unwrap_or(DEFAULT_LIMIT)),
            cursor: self.cursor,
        })
    }
}

/// List stays
///
/// Deleted stays are left out. Pages are stable while stays are added.
#[utoipa::path(
    tag = "stays",
    security(("bearer" = ["stays:read"])),
    params(StayQuery),
    responses((status = 200, description = "A page of stays.", body = StayPage,
        example = json!({"items": [example()], "next_cursor": "kq2x0fJ0cXlCqg5m0o2l1lsxLFsx", "has_more": true})))
)]
#[get("/v1/stays")]
pub async fn list_stays(
    app: web::Data<App>,
    by: Can<StaysRead>,
    params: Params<StayQuery>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let ListStays { filter, sort, limit, cursor } = params.0;
    let (cx, sight) = (by.cx, revenue_sight(&by.principal));
    let list = ListKey::new(cx.group, "stays", &(&filter, sort));
    let after: Option<Position> = page::position(&app, list, cursor.as_deref())?;
    let (items, position) = app
        .read(move |r| {
            let (stays, position) = service::list(r, &cx, &filter, sort, after, limit)?;
            let called = service::called(r, &cx, &stays)?;
            let items: Vec<_> = stays.iter().map(|stay| StayView::of(stay, &called, &sight)).collect();
            Ok::<_, StayError>((items, position))
        })
        .await?;
    let next = page::next(&app, list, position);
    Ok(page::answer(&request, &StayPage::new(items, next)))
}
