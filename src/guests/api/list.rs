//! `GET /v1/guests`.

use actix_web::{HttpResponse, get, web};
use serde::{Deserialize, Serialize};
use utoipa::IntoParams;
use validator::Validate;

use crate::guests::api::create::example;
use crate::guests::api::wire::{GuestPage, GuestView};
use crate::guests::model::GuestStatus;
use crate::guests::search_repo::{GuestFilter, GuestSort, Position};
use crate::guests::service;
use crate::guests::terms::Query;
use crate::kit::contact::Country;
use crate::kit::cursor::ListKey;
use crate::kit::fault::Faults;
use crate::kit::ids::StaffId;
use crate::web::access::{Can, GuestsRead};
use crate::web::app::App;
use crate::web::input::{Input, Params, instant_of};
use crate::web::page::{self, DEFAULT_LIMIT};
use crate::web::problem::Problem;

/// What a list of guests can be asked.
#[derive(Debug, Deserialize, IntoParams, Validate)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct GuestQuery {
    /// Search words: Chinese characters anywhere in a name; beginnings of Latin words, of pinyin (`wangxiaoming`) and of
    /// its initials (`wxm`), in any order; an e-mail address; the last three or more digits of a phone. Letter case,
    /// width and accents do not matter. Results come in the order of the match; `sort` is refused beside it.
    #[param(nullable = false, min_length = 1, max_length = 100, example = "wang xiao")]
    #[validate(length(min = 1, max = 100))]
    q: Option<String>,
    /// Statuses, comma-separated: `active`, `archived`, `merged`; `active` unless told.
    #[param(nullable = false, max_length = 40, example = "active,archived")]
    status: Option<String>,
    /// Only this VIP level.
    #[param(nullable = false, min_length = 1, max_length = 20, example = "vip2")]
    #[validate(length(min = 1, max = 20))]
    vip_level: Option<String>,
    /// Only this nationality, ISO 3166-1 alpha-2.
    #[param(nullable = false, min_length = 2, max_length = 2, example = "CN")]
    nationality: Option<String>,
    /// Only guests with this tag.
    #[param(nullable = false, min_length = 1, max_length = 40, example = "returning")]
    #[validate(length(min = 1, max = 40))]
    tag: Option<String>,
    /// Only guests looked after by this member of staff.
    #[param(nullable = false, example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e01")]
    owner_id: Option<uuid::Uuid>,
    /// Only guests under restriction (`true`), or only those not (`false`).
    #[param(nullable = false, example = false)]
    restricted: Option<bool>,
    /// Created at or after this instant.
    #[param(nullable = false, format = DateTime, max_length = 40, example = "2026-11-01T00:00:00Z")]
    created_from: Option<String>,
    /// Created before this instant.
    #[param(nullable = false, format = DateTime, max_length = 40, example = "2026-12-01T00:00:00Z")]
    created_to: Option<String>,
    /// Changed at or after this instant.
    #[param(nullable = false, format = DateTime, max_length = 40, example = "2026-11-20T00:00:00Z")]
    updated_since: Option<String>,
    /// Order; `name` unless told. A leading `-` turns it round.
    #[param(inline, nullable = false, example = "-updated_at")]
    sort: Option<GuestSort>,
    /// Items of a page, 1 to 200; 50 unless told.
    #[param(nullable = false, minimum = 1, maximum = 200, example = 50)]
    #[validate(range(min = 1, max = 200))]
    limit: Option<i32>,
    /// Where the page starts: `next_cursor` of the page before, with the same filters.
    #[param(nullable = false, max_length = 2000, example = "kq2x0fJ0cXlCqg5m0o2l1lsxLFsx")]
    #[validate(length(max = 2000))]
    cursor: Option<String>,
}

/// A list of guests, asked for.
pub struct ListGuests {
    query: Option<(String, Query)>,
    filter: GuestFilter,
    sort: GuestSort,
    limit: i64,
    cursor: Option<String>,
}

impl Input for GuestQuery {
    type Command = ListGuests;

    fn check(self, faults: &mut Faults) -> Option<ListGuests> {
        let Self {
            q,
            status,
            vip_level,
            nationality,
            tag,
            owner_id,
            restricted,
            created_from,
            created_to,
            updated_since,
            sort,
            limit,
            cursor,
        } = self;
        let query = q.and_then(|text| {
            let parsed = Query::parse(&text);
            if parsed.is_none() {
                faults.at("q", |f| f.add("search", "has nothing to search for"));
            }
            parsed.map(|query| (text, query))
        });
        if query.is_some() && sort.is_some() {
            faults.at("sort", |f| {
                f.add("sort", "cannot be combined with q, whose results come in the order of the match")
            });
        }
        let nationality = nationality.filter(|text| match text.parse::<Country>() {
            Ok(_) => true,
            Err(bad) => {
                faults.at("nationality", |f| f.add(bad.code(), bad.to_string()));
                false
            }
        });
        Some(ListGuests {
            query,
            filter: GuestFilter {
                status: statuses(faults, status.as_deref()),
                vip_level,
                nationality,
                tag,
                owner_id: owner_id.map(StaffId),
                restricted,
                created_from: instant_of(faults, "created_from", created_from.as_deref()),
                created_to: instant_of(faults, "created_to", created_to.as_deref()),
                updated_since: instant_of(faults, "updated_since", updated_since.as_deref()),
            },
            sort: sort.unwrap_or(GuestSort::Name),
            limit: i64::from(limit.unwrap_or(DEFAULT_LIMIT)),
            cursor,
        })
    }
}

fn statuses(faults: &mut Faults, list: Option<&str>) -> Vec<GuestStatus> {
    let mut found = Vec::new();
    for code in list.unwrap_or(GuestStatus::Active.code()).split(',') {
        match GuestStatus::of(code.trim()) {
            Some(status) if !found.contains(&status) => found.push(status),
            Some(_) => {}
            None => faults.at("status", |f| f.add("unknown_value", "must be of active, archived, merged")),
        }
    }
    found.sort();
    found
}

#[derive(Serialize)]
struct ListParts<'a>(Option<&'a str>, &'a GuestFilter, GuestSort);

/// List and search guests
///
/// Without `q` in the order of `sort`; with it in the order of the match. Pages are stable while guests are added.
/// A search for several frequent words may answer a short page with a next one.
#[utoipa::path(
    tag = "guests",
    security(("bearer" = ["guests:read"])),
    params(GuestQuery),
    responses((status = 200, description = "A page of guests.", body = GuestPage,
        example = json!({"items": [example()], "next_cursor": "kq2x0fJ0cXlCqg5m0o2l1lsxLFsx", "has_more": true})))
)]
#[get("/v1/guests")]
pub async fn list_guests(
    app: web::Data<App>,
    by: Can<GuestsRead>,
    params: Params<GuestQuery>,
    request: actix_web::HttpRequest,
) -> Result<HttpResponse, Problem> {
    let ListGuests { query, filter, sort, limit, cursor } = params.0;
    let cx = by.cx;
    let parts = ListParts(query.as_ref().map(|(text, _)| text.as_str()), &filter, sort);
    let list = ListKey::new(cx.group, "guests", &parts);
    let after: Option<Position> = page::position(&app, list, cursor.as_deref())?;
    let (guests, position) = app
        .read(move |r| {
            service::list(r, &cx, query.as_ref().map(|found| &found.1), &filter, sort, after.as_ref(), limit)
        })
        .await?;
    let next = page::next(&app, list, position);
    Ok(page::answer(&request, &GuestPage::new(guests.iter().map(GuestView::from).collect(), next)))
}
