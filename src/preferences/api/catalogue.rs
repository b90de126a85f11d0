//! The preference catalogue: `/v1/preference-catalogue` and what is below it.

use actix_web::{HttpRequest, HttpResponse, delete, get, put, web};
use serde_json::{Value, json};

use crate::kit::version::Version;
use crate::platform::idempotency::Reply;
use crate::preferences::api::catalogue_wire::{
    PreferenceCatalogue, PreferenceCategory, PreferenceCategoryPut, PreferenceItem, PreferenceItemPut,
    is_code,
};
use crate::preferences::catalogue::{self, Defined};
use crate::preferences::configure::{self, Written};
use crate::preferences::error::PreferenceError;
use crate::web::access::{Can, PreferencesConfigure, PreferencesRead};
use crate::web::app::App;
use crate::web::conditional::{self, IfMatch, unless_known};
use crate::web::input::{PathId, Valid};
use crate::web::problem::Problem;
use crate::web::reply;

fn category_example() -> Value {
    json!({"code": "room", "version": 1, "names": {"zh-CN": "客房", "en": "Room"}, "department": "front-office",
        "graded": false, "retired": false})
}

fn item_example() -> Value {
    json!({"code": "high_floor", "version": 1, "category": "room", "names": {"zh-CN": "高楼层", "en": "High floor"},
        "value_kind": "none", "choices": [], "exclusive_set": "floor", "polarity": "like",
        "keywords": [{"language": "zh-CN", "text": "高层"}], "retired": false})
}

/// A code in a path: one that cannot exist is the code of nothing.
fn code(path: PathId<String>) -> Result<String, Problem> {
    if is_code(&path.0) { Ok(path.0) } else { Err(Problem::not_found()) }
}

/// Read the preference catalogue
///
/// All categories and items by which preferences are named, retired ones included: what comes with the program, with
/// what the group changed of it or added.
#[utoipa::path(
    tag = "preferences",
    security(("bearer" = ["preferences:read"])),
    responses(
        (status = 200, description = "The catalogue.", body = PreferenceCatalogue, headers(("ETag" = String, description = "Version")),
            example = json!({"version": 1, "categories": [category_example()], "items": [item_example()]})),
        (status = 304, description = "The caller has the newest version.")
    )
)]
#[get("/v1/preference-catalogue")]
pub async fn get_preference_catalogue(
    app: web::Data<App>,
    by: Can<PreferencesRead>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let found = app.read(move |r| catalogue::load(r, by.cx.group).map_err(PreferenceError::from)).await?;
    Ok(unless_known(&request, found.version, &PreferenceCatalogue::from(&found)))
}

fn written(place: &str, code: &str, done: Written, view: impl Fn(Version) -> Value) -> Reply {
    let body = view(done.version);
    if done.created {
        reply::created(format!("/v1/preference-catalogue/{place}/{code}"), done.version, &body)
    } else {
        reply::changed(done.version, &body)
    }
}

/// Write a category of the preference catalogue
///
/// Creates it, or replaces the one there is, which `If-Match` then has to name. A retired one is in use again. For
/// those who act for the whole group.
#[utoipa::path(
    tag = "preferences",
    security(("bearer" = ["preferences:configure"])),
    params(("code" = String, Path, description = "Code of the category", min_length = 1, max_length = 60, example = "room"),
        ("If-Match" = Option<String>, Header, description = "ETag")),
    request_body(content = PreferenceCategoryPut, description = "The category.",
        example = json!({"names": {"zh-CN": "客房", "en": "Room"}, "department": "front-office", "at_most": 30})),
    responses(
        (status = 200, description = "The category, replaced or unchanged.", body = PreferenceCategory,
            headers(("ETag" = String, description = "Version")), example = json!(category_example())),
        (status = 201, description = "The new category.", body = PreferenceCategory,
            headers(("ETag" = String, description = "Version"), ("Location" = String, description = "The category")), example = json!(category_example()))
    )
)]
#[put("/v1/preference-catalogue/categories/{code}")]
pub async fn put_preference_category(
    app: web::Data<App>,
    by: Can<PreferencesConfigure>,
    path: PathId<String>,
    request: HttpRequest,
    body: Valid<PreferenceCategoryPut>,
) -> Result<HttpResponse, Problem> {
    let code = code(path)?;
    let expected = conditional::if_match(&request)?;
    app.commit(by.cx, None, move |tx, cx| {
        let is = body.command;
        let done = configure::put_category(tx, cx, &code, expected.as_ref(), is.clone())?;
        let view = |version| json!(PreferenceCategory::new(&code, &Defined { is: is.clone(), version }));
        Ok::<_, PreferenceError>(written("categories", &code, done, view))
    })
    .await
}

/// Retire a category of the preference catalogue
///
/// It takes no new preferences; those recorded stay as they are.
#[utoipa::path(
    tag = "preferences",
    security(("bearer" = ["preferences:configure"])),
    params(("code" = String, Path, description = "Code of the category", min_length = 1, max_length = 60, example = "room"),
        ("If-Match" = String, Header, description = "ETag")),
    responses((status = 204, description = "The category is retired."))
)]
#[delete("/v1/preference-catalogue/categories/{code}")]
pub async fn retire_preference_category(
    app: web::Data<App>,
    by: Can<PreferencesConfigure>,
    path: PathId<String>,
    expected: IfMatch,
) -> Result<HttpResponse, Problem> {
    let code = code(path)?;
    app.commit(by.cx, None, move |tx, cx| {
        configure::retire_category(tx, cx, &code, &expected.0)?;
        Ok::<_, PreferenceError>(reply::gone())
    })
    .await
}

/// Write an item of the preference catalogue
///
/// Creates it, or replaces the one there is, which `If-Match` then has to name. A retired one is in use again. An item
/// stays in its category. For those who act for the whole group.
#[utoipa::path(
    tag = "preferences",
    security(("bearer" = ["preferences:configure"])),
    params(("code" = String, Path, description = "Code of the item", min_length = 1, max_length = 60, example = "high_floor"),
        ("If-Match" = Option<String>, Header, description = "ETag")),
    request_body(content = PreferenceItemPut, description = "The item.",
        example = json!({"category": "room", "names": {"zh-CN": "高楼层", "en": "High floor"}, "exclusive_set": "floor",
            "keywords": [{"language": "zh-CN", "text": "高层"}]})),
    responses(
        (status = 200, description = "The item, replaced or unchanged.", body = PreferenceItem,
            headers(("ETag" = String, description = "Version")), example = json!(item_example())),
        (status = 201, description = "The new item.", body = PreferenceItem,
            headers(("ETag" = String, description = "Version"), ("Location" = String, description = "The item")), example = json!(item_example()))
    )
)]
#[put("/v1/preference-catalogue/items/{code}")]
pub async fn put_preference_item(
    app: web::Data<App>,
    by: Can<PreferencesConfigure>,
    path: PathId<String>,
    request: HttpRequest,
    body: Valid<PreferenceItemPut>,
) -> Result<HttpResponse, Problem> {
    let code = code(path)?;
    let expected = conditional::if_match(&request)?;
    app.commit(by.cx, None, move |tx, cx| {
        let is = body.command;
        let done = configure::put_item(tx, cx, &code, expected.as_ref(), is.clone())?;
        let view = |version| json!(PreferenceItem::new(&code, &Defined { is: is.clone(), version }));
        Ok::<_, PreferenceError>(written("items", &code, done, view))
    })
    .await
}

/// Retire an item of the preference catalogue
///
/// It takes no new preferences; those recorded stay as they are.
#[utoipa::path(
    tag = "preferences",
    security(("bearer" = ["preferences:configure"])),
    params(("code" = String, Path, description = "Code of the item", min_length = 1, max_length = 60, example = "high_floor"),
        ("If-Match" = String, Header, description = "ETag")),
    responses((status = 204, description = "The item is retired."))
)]
#[delete("/v1/preference-catalogue/items/{code}")]
pub async fn retire_preference_item(
    app: web::Data<App>,
    by: Can<PreferencesConfigure>,
    path: PathId<String>,
    expected: IfMatch,
) -> Result<HttpResponse, Problem> {
    let code = code(path)?;
    app.commit(by.cx, None, move |tx, cx| {
        configure::retire_item(tx, cx, &code, &expected.0)?;
        Ok::<_, PreferenceError>(reply::gone())
    })
    .await
}
