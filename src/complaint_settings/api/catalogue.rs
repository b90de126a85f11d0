//! What complaints are about and why things go wrong: `/v1/complaint-categories` and `/v1/complaint-sub-causes`.

use actix_web::{HttpRequest, HttpResponse, delete, get, post, put, web};
use serde_json::{Value, json};

use super::catalogue_wire::{
    ComplaintCategories, ComplaintCategory, ComplaintCategoryPut, ComplaintCategorySuggestion,
    ComplaintSubCause, ComplaintSubCausePut, ComplaintSubCauses, ComplaintText,
};
use super::wire::{code, written};
use crate::complaint_settings::catalogue;
use crate::complaint_settings::configure;
use crate::complaint_settings::error::SettingsError;
use crate::complaint_settings::model::Defined;
use crate::db::Read;
use crate::web::access::{Can, ComplaintSettingsRead, ComplaintSettingsWrite};
use crate::web::app::App;
use crate::web::conditional::{self, IfMatch, unless_known};
use crate::web::input::{PathId, Valid};
use crate::web::problem::Problem;
use crate::web::reply;

fn category_example() -> Value {
    json!({"code": "noise", "version": 1, "names": {"zh-CN": "噪音", "en": "Noise"}, "department": "front-office",
        "keywords": [{"language": "zh-CN", "text": "噪音"}, {"language": "en", "text": "noisy"}], "retired": false})
}

fn cause_example() -> Value {
    json!({"code": "overbooked", "version": 1, "names": {"zh-CN": "超额预订", "en": "Overbooked"},
        "cause_category": "internal_management", "failure_origin": "system_defect", "retired": false})
}

/// List the categories of complaints
///
/// All that a complaint can be about, retired ones included: what comes with the program, with what the group changed of
/// it or added.
#[utoipa::path(
    tag = "complaint-settings",
    security(("bearer" = ["complaint_settings:read"])),
    responses(
        (status = 200, description = "The categories.", body = ComplaintCategories, headers(("ETag" = String, description = "Version")),
            example = json!({"version": 1, "categories": [category_example()]})),
        (status = 304, description = "The caller has the newest version.")
    )
)]
#[get("/v1/complaint-categories")]
pub async fn list_complaint_categories(
    app: web::Data<App>,
    by: Can<ComplaintSettingsRead>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let found = app.read(move |r| catalogue::load(r, by.cx.group).map_err(SettingsError::from)).await?;
    let categories = found.categories.iter().map(|(code, is)| ComplaintCategory::new(code, is)).collect();
    Ok(unless_known(&request, found.version, &ComplaintCategories { version: found.version, categories }))
}

/// Suggest categories for a text
///
/// The categories whose keywords stand in the words of a complaint, the likeliest first. Chinese is found anywhere, Latin
/// script by whole words. Nothing is decided or written by it.
#[utoipa::path(
    tag = "complaint-settings",
    security(("bearer" = ["complaint_settings:read"])),
    request_body(content = ComplaintText, description = "The words of the complaint.",
        example = json!({"text": "隔壁房间整晚很吵，空调也不制冷。"})),
    responses((status = 200, description = "The categories.", body = ComplaintCategorySuggestion,
        example = json!({"candidates": [{"category": "temperature", "matched": ["空调", "制冷"]},
            {"category": "noise", "matched": ["吵"]}]})))
)]
#[post("/v1/complaint-categories/suggest")]
pub async fn suggest_complaint_categories(
    app: web::Data<App>,
    by: Can<ComplaintSettingsRead>,
    body: Valid<ComplaintText>,
) -> Result<HttpResponse, Problem> {
    // Words are looked for off the event loop, as the database is.
    let suggest = move |r: &mut Read<'_>| {
        let catalogue = catalogue::load(r, by.cx.group).map_err(SettingsError::from)?;
        Ok::<_, SettingsError>(catalogue.suggest(&body.command))
    };
    Ok(reply::ok(&ComplaintCategorySuggestion::from(app.read(suggest).await?)))
}

/// Read a category of complaints
///
/// One that is retired can still be read.
#[utoipa::path(
    tag = "complaint-settings",
    security(("bearer" = ["complaint_settings:read"])),
    params(("code" = String, Path, description = "Code of the category", min_length = 1, max_length = 60, example = "noise")),
    responses(
        (status = 200, description = "The category.", body = ComplaintCategory, headers(("ETag" = String, description = "Version")),
            example = json!(category_example())),
        (status = 304, description = "The caller has the newest version.")
    )
)]
#[get("/v1/complaint-categories/{code}")]
pub async fn get_complaint_category(
    app: web::Data<App>,
    by: Can<ComplaintSettingsRead>,
    path: PathId<String>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let code = code(path)?;
    let found = app.read(move |r| catalogue::load(r, by.cx.group).map_err(SettingsError::from)).await?;
    let category = found.categories.get(&code).ok_or_else(Problem::not_found)?;
    Ok(unless_known(&request, category.version, &ComplaintCategory::new(&code, category)))
}

/// Write a category of complaints
///
/// Creates it, or replaces the one there is, which `If-Match` then has to name. A retired one is in use again. For
/// those who act for the whole group.
#[utoipa::path(
    tag = "complaint-settings",
    security(("bearer" = ["complaint_settings:write"])),
    params(("code" = String, Path, description = "Code of the category", min_length = 1, max_length = 60, example = "noise"),
        ("If-Match" = Option<String>, Header, description = "ETag")),
    request_body(content = ComplaintCategoryPut, description = "The category.",
        example = json!({"names": {"zh-CN": "噪音", "en": "Noise"}, "department": "front-office",
            "keywords": [{"language": "zh-CN", "text": "噪音"}, {"language": "en", "text": "noisy"}]})),
    responses(
        (status = 200, description = "The category, replaced or unchanged.", body = ComplaintCategory,
            headers(("ETag" = String, description = "Version")), example = json!(category_example())),
        (status = 201, description = "The new category.", body = ComplaintCategory,
            headers(("ETag" = String, description = "Version"), ("Location" = String, description = "The category")), example = json!(category_example()))
    )
)]
#[put("/v1/complaint-categories/{code}")]
pub async fn put_complaint_category(
    app: web::Data<App>,
    by: Can<ComplaintSettingsWrite>,
    path: PathId<String>,
    request: HttpRequest,
    body: Valid<ComplaintCategoryPut>,
) -> Result<HttpResponse, Problem> {
    let code = code(path)?;
    let expected = conditional::if_match(&request)?;
    app.commit(by.cx, None, move |tx, cx| {
        let is = body.command;
        let done = configure::put_category(tx, cx, &code, expected.as_ref(), is.clone())?;
        let view = ComplaintCategory::new(&code, &Defined { is, version: done.version });
        let location = format!("/v1/complaint-categories/{code}");
        Ok::<_, SettingsError>(written(location, done.version, done.created, &view))
    })
    .await
}

/// Retire a category of complaints
///
/// New complaints cannot be about it; those there are stay as they are.
#[utoipa::path(
    tag = "complaint-settings",
    security(("bearer" = ["complaint_settings:write"])),
    params(("code" = String, Path, description = "Code of the category", min_length = 1, max_length = 60, example = "noise"),
        ("If-Match" = String, Header, description = "ETag")),
    responses((status = 204, description = "The category is retired."))
)]
#[delete("/v1/complaint-categories/{code}")]
pub async fn retire_complaint_category(
    app: web::Data<App>,
    by: Can<ComplaintSettingsWrite>,
    path: PathId<String>,
    expected: IfMatch,
) -> Result<HttpResponse, Problem> {
    let code = code(path)?;
    app.commit(by.cx, None, move |tx, cx| {
        configure::retire_category(tx, cx, &code, &expected.0)?;
        Ok::<_, SettingsError>(reply::gone())
    })
    .await
}

/// List the sub-causes of complaints
///
/// All reasons why something can go wrong, retired ones included: what comes with the program, with what the group
/// changed of it or added.
#[utoipa::path(
    tag = "complaint-settings",
    security(("bearer" = ["complaint_settings:read"])),
    responses(
        (status = 200, description = "The sub-causes.", body = ComplaintSubCauses, headers(("ETag" = String, description = "Version")),
            example = json!({"version": 1, "sub_causes": [cause_example()]})),
        (status = 304, description = "The caller has the newest version.")
    )
)]
#[get("/v1/complaint-sub-causes")]
pub async fn list_complaint_sub_causes(
    app: web::Data<App>,
    by: Can<ComplaintSettingsRead>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let found = app.read(move |r| catalogue::load(r, by.cx.group).map_err(SettingsError::from)).await?;
    let sub_causes = found.sub_causes.iter().map(|(code, is)| ComplaintSubCause::new(code, is)).collect();
    Ok(unless_known(&request, found.version, &ComplaintSubCauses { version: found.version, sub_causes }))
}

/// Read a sub-cause of complaints
///
/// One that is retired can still be read.
#[utoipa::path(
    tag = "complaint-settings",
    security(("bearer" = ["complaint_settings:read"])),
    params(("code" = String, Path, description = "Code of the sub-cause", min_length = 1, max_length = 60, example = "overbooked")),
    responses(
        (status = 200, description = "The sub-cause.", body = ComplaintSubCause, headers(("ETag" = String, description = "Version")),
            example = json!(cause_example())),
        (status = 304, description = "The caller has the newest version.")
    )
)]
#[get("/v1/complaint-sub-causes/{code}")]
pub async fn get_complaint_sub_cause(
    app: web::Data<App>,
    by: Can<ComplaintSettingsRead>,
    path: PathId<String>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let code = code(path)?;
    let found = app.read(move |r| catalogue::load(r, by.cx.group).map_err(SettingsError::from)).await?;
    let cause = found.sub_causes.get(&code).ok_or_else(Problem::not_found)?;
    Ok(unless_known(&request, cause.version, &ComplaintSubCause::new(&code, cause)))
}

/// Write a sub-cause of complaints
///
/// Creates it, or replaces the one there is, which `If-Match` then has to name. A retired one is in use again. For
/// those who act for the whole group.
#[utoipa::path(
    tag = "complaint-settings",
    security(("bearer" = ["complaint_settings:write"])),
    params(("code" = String, Path, description = "Code of the sub-cause", min_length = 1, max_length = 60, example = "overbooked"),
        ("If-Match" = Option<String>, Header, description = "ETag")),
    request_body(content = ComplaintSubCausePut, description = "The sub-cause.",
        example = json!({"names": {"zh-CN": "超额预订", "en": "Overbooked"}, "cause_category": "internal_management",
            "failure_origin": "system_defect"})),
    responses(
        (status = 200, description = "The sub-cause, replaced or unchanged.", body = ComplaintSubCause,
            headers(("ETag" = String, description = "Version")), example = json!(cause_example())),
        (status = 201, description = "The new sub-cause.", body = ComplaintSubCause,
            headers(("ETag" = String, description = "Version"), ("Location" = String, description = "The sub-cause")), example = json!(cause_example()))
    )
)]
#[put("/v1/complaint-sub-causes/{code}")]
pub async fn put_complaint_sub_cause(
    app: web::Data<App>,
    by: Can<ComplaintSettingsWrite>,
    path: PathId<String>,
    request: HttpRequest,
    body: Valid<ComplaintSubCausePut>,
) -> Result<HttpResponse, Problem> {
    let code = code(path)?;
    let expected = conditional::if_match(&request)?;
    app.commit(by.cx, None, move |tx, cx| {
        let is = body.command;
        let done = configure::put_sub_cause(tx, cx, &code, expected.as_ref(), is.clone())?;
        let view = ComplaintSubCause::new(&code, &Defined { is, version: done.version });
        let location = format!("/v1/complaint-sub-causes/{code}");
        Ok::<_, SettingsError>(written(location, done.version, done.created, &view))
    })
    .await
}

/// Retire a sub-cause of complaints
///
/// New complaints cannot name it; those there are stay as they are.
#[utoipa::path(
    tag = "complaint-settings",
    security(("bearer" = ["complaint_settings:write"])),
    params(("code" = String, Path, description = "Code of the sub-cause", min_length = 1, max_length = 60, example = "overbooked"),
        ("If-Match" = String, Header, description = "ETag")),
    responses((status = 204, description = "The sub-cause is retired."))
)]
#[delete("/v1/complaint-sub-causes/{code}")]
pub async fn retire_complaint_sub_cause(
    app: web::Data<App>,
    by: Can<ComplaintSettingsWrite>,
    path: PathId<String>,
    expected: IfMatch,
) -> Result<HttpResponse, Problem> {
    let code = code(path)?;
    app.commit(by.cx, None, move |tx, cx| {
        configure::retire_sub_cause(tx, cx, &code, &expected.0)?;
        Ok::<_, SettingsError>(reply::gone())
    })
    .await
}
