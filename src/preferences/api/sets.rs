//! A guest's set of preferences: `GET` and `PUT /v1/guests/{guest_id}/preferences`.

use actix_web::{HttpRequest, HttpResponse, get, put, web};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use crate::kit::cursor::ListKey;
use crate::kit::fault::Faults;
use crate::kit::ids::GuestId;
use crate::preferences::api::clearance;
use crate::preferences::api::wire::{GuestPreferenceCreate, PreferenceView, example};
use crate::preferences::error::PreferenceError;
use crate::preferences::model::{NewPreference, PreferenceFilter};
use crate::preferences::service::{self, SeenSet};
use crate::preferences::sets;
use crate::web::access::{Can, PreferencesRead, PreferencesWrite};
use crate::web::app::App;
use crate::web::conditional::{IfMatch, unless_known};
use crate::web::input::{Input, Params, PathId, Valid};
use crate::web::page;
use crate::web::problem::Problem;
use crate::web::reply;

/// Preferences of a page unless asked otherwise: all that a guest can have in use.
const WHOLE: i32 = 200;

/// Two preferences that cannot both hold.
#[derive(Debug, Serialize, ToSchema)]
pub struct PreferenceContradiction {
    /// The one recorded first.
    #[schema(examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e90"))]
    preference_id: uuid::Uuid,
    /// The other one.
    #[schema(examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e91"))]
    other_preference_id: uuid::Uuid,
}

/// What a guest prefers.
#[derive(Debug, Serialize, ToSchema)]
pub struct GuestPreferenceSet {
    /// The guest; for a merged one the guest it became part of.
    #[schema(examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e6f"))]
    guest_id: uuid::Uuid,
    /// Version of the whole set, as in the ETag.
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64, examples(3))]
    version: i64,
    /// The preferences, in the order in which they were recorded.
    #[schema(max_items = 200)]
    items: Vec<PreferenceView>,
    /// Pairs that cannot both hold: a merge can bring them together, and staff decide.
    #[schema(max_items = 20_000)]
    contradictions: Vec<PreferenceContradiction>,
    /// Cursor of the next page; absent on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 2000, examples("kq2x0fJ0cXlCqg5m0o2l1lsxLFsx"))]
    next_cursor: Option<String>,
    /// Whether there is a next page.
    #[schema(examples(false))]
    has_more: bool,
}

impl GuestPreferenceSet {
    fn new(set: &SeenSet, next_cursor: Option<String>) -> Self {
        let items = set.preferences.iter().map(|one| PreferenceView {
            standing: Some(one.standing),
            ..PreferenceView::from(&one.preference)
        });
        let contradictions = set.contradictions.iter().map(|(one, other)| PreferenceContradiction {
            preference_id: one.0,
            other_preference_id: other.0,
        });
        Self {
            guest_id: set.guest.id.0,
            version: set.version,
            items: items.collect(),
            contradictions: contradictions.collect(),
            has_more: next_cursor.is_some(),
            next_cursor,
        }
    }
}

/// Which preferences to show.
#[derive(Debug, Deserialize, IntoParams, Validate)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct PreferenceQuery {
    /// Only this category.
    #[param(nullable = false, min_length = 1, max_length = 60, example = "room")]
    #[validate(length(min = 1, max = 60))]
    category: Option<String>,
    /// What is shown beside preferences in use: `expired`, `removed` or both, with commas between.
    #[param(nullable = false, min_length = 1, max_length = 40, example = "expired,removed")]
    #[validate(length(min = 1, max = 40))]
    include: Option<String>,
    /// Items of a page, 1 to 200; 200 unless told.
    #[param(nullable = false, minimum = 1, maximum = 200, example = 200)]
    #[validate(range(min = 1, max = 200))]
    limit: Option<i32>,
    /// Where the page starts: `next_cursor` of the page before, with the same filters.
    #[param(nullable = false, max_length = 2000, example = "kq2x0fJ0cXlCqg5m0o2l1lsxLFsx")]
    #[validate(length(max = 2000))]
    cursor: Option<String>,
}

impl Input for PreferenceQuery {
    type Command = (PreferenceFilter, i64, Option<String>);

    fn check(self, faults: &mut Faults) -> Option<Self::Command> {
        let mut filter = PreferenceFilter { category: self.category, ..PreferenceFilter::default() };
        for word in self.include.iter().flat_map(|list| list.split(',')) {
            match word.trim() {
                "expired" => filter.expired = true,
                "removed" => filter.removed = true,
                _ => faults.at("include", |f| f.add("unknown_value", "must be of expired, removed")),
            }
        }
        Some((filter, i64::from(self.limit.unwrap_or(WHOLE)), self.cursor))
    }
}

/// All that a guest prefers.
#[derive(Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct GuestPreferencesReplace {
    /// The preferences.
    #[schema(max_items = 200)]
    #[validate(nested, length(max = 200))]
    items: Vec<GuestPreferenceCreate>,
}

impl Input for GuestPreferencesReplace {
    type Command = Vec<NewPreference>;

    fn check(self, faults: &mut Faults) -> Option<Self::Command> {
        let items = self.items.into_iter().enumerate();
        let parse = |(at, item): (usize, GuestPreferenceCreate)| {
            faults.at("items", |faults| faults.at(at, |faults| item.parse(faults)))
        };
        Some(items.map(parse).collect())
    }
}

fn set_example() -> serde_json::Value {
    let mut item = example();
    if let Some(members) = item.as_object_mut() {
        members.insert("standing".into(), json!("effective"));
    }
    json!({"guest_id": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e6f", "version": 2, "items": [item], "contradictions": [], "has_more": false})
}

/// Read what a guest prefers
///
/// In the order in which it was recorded. Without `include` only what is in use and not over. Sensitive preferences are
/// left out for those without the scope `preferences:sensitive`. The ETag is that of the whole set.
#[utoipa::path(
    tag = "preferences",
    security(("bearer" = ["preferences:read"])),
    params(("guest_id" = uuid::Uuid, Path, description = "Id of the guest", example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e6f"), PreferenceQuery),
    responses(
        (status = 200, description = "The preferences.", body = GuestPreferenceSet, headers(("ETag" = String, description = "Version of the set")), example = json!(set_example())),
        (status = 304, description = "The caller has the newest version.")
    )
)]
#[get("/v1/guests/{guest_id}/preferences")]
pub async fn get_guest_preferences(
    app: web::Data<App>,
    by: Can<PreferencesRead>,
    id: PathId<GuestId>,
    params: Params<PreferenceQuery>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (filter, limit, cursor) = params.0;
    let clearance = clearance(&by.principal);
    let cx = by.cx;
    let list = ListKey::new(cx.group, "guest-preferences", &(id.0, &filter));
    let after = page::position(&app, list, cursor.as_deref())?;
    let set = app.read(move |r| service::set(r, &cx, &clearance, id.0, &filter, after, limit)).await?;
    let view = GuestPreferenceSet::new(&set, page::next(&app, list, set.next));
    if set.steady {
        return Ok(unless_known(&request, set.version, &view));
    }
    // What begins, ends or hangs on a consent is told anew, though nobody wrote it.
    Ok(reply::respond(&reply::changed(set.version, &view), false))
}

/// Replace what a guest prefers
///
/// The set afterwards is what was sent, and the answer tells what is stored. A preference sent as it stands keeps its
/// id and version, one about the same thing with the same polarity is changed, others are recorded; those not sent are
/// taken away and stay in the history. Preferences the caller may not see or write stay as they are. Two that
/// contradict are refused, both named.
#[utoipa::path(
    tag = "preferences",
    security(("bearer" = ["preferences:write"])),
    params(("guest_id" = uuid::Uuid, Path, description = "Id of the guest", example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e6f"),
        ("If-Match" = String, Header, description = "ETag of the set")),
    request_body(content = GuestPreferencesReplace, description = "All that the guest prefers.",
        example = json!({"items": [{"code": "high_floor", "polarity": "like", "text": "十楼以上", "importance": 4, "urgency": 3, "confidence": 90}]})),
    responses((status = 200, description = "What is stored.", body = GuestPreferenceSet,
        headers(("ETag" = String, description = "Version of the set")), example = json!(set_example())))
)]
#[put("/v1/guests/{guest_id}/preferences")]
pub async fn replace_guest_preferences(
    app: web::Data<App>,
    by: Can<PreferencesWrite>,
    id: PathId<GuestId>,
    expected: IfMatch,
    body: Valid<GuestPreferencesReplace>,
) -> Result<HttpResponse, Problem> {
    let clearance = clearance(&by.principal);
    app.commit(by.cx, None, move |tx, cx| {
        sets::replace(tx, cx, &clearance, id.0, &expected.0, body.command)?;
        let all = PreferenceFilter::default();
        let set = service::set(tx, cx, &clearance, id.0, &all, None, i64::from(WHOLE))?;
        Ok::<_, PreferenceError>(reply::changed(set.version, &GuestPreferenceSet::new(&set, None)))
    })
    .await
}
