//! The roles.

use actix_web::http::header::{CONTENT_LANGUAGE, HeaderValue};
use actix_web::{HttpMessage, HttpRequest, HttpResponse, get, web};

use super::wire::{RolePage, RoleView};
use crate::kit::cursor::ListKey;
use crate::staff::roles::Role;
use crate::web::access::Caller;
use crate::web::app::App;
use crate::web::frame::AnswerLanguage;
use crate::web::input::Params;
use crate::web::page::{self, PageQuery};
use crate::web::problem::Problem;

/// List roles
///
/// The roles a membership can give, with their scopes and their names in the language of the answer. They are part
/// of the server and the same in every group.
#[utoipa::path(
    tag = "staff",
    security(("bearer" = [])),
    params(PageQuery),
    responses((status = 200, description = "A page of roles.", body = RolePage, example = json!({"items": [{
        "code": "housekeeping", "label": "Housekeeping", "description": "Looks after the rooms and notes what guests like.",
        "scopes": ["guests:read", "hotels:read", "notes:read", "notes:write"]}], "has_more": false})))
)]
#[get("/v1/roles")]
pub async fn list_roles(
    app: web::Data<App>,
    by: Caller,
    query: Params<PageQuery>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let asked = query.0;
    let list = ListKey::new(by.cx.group, "roles", &());
    let after: Option<usize> = page::position(&app, list, asked.cursor.as_deref())?;
    let start = after.unwrap_or(0);
    let limit = usize::try_from(asked.limit).unwrap_or(usize::MAX);
    let language =
        request.extensions().get::<AnswerLanguage>().map(|language| language.0).unwrap_or_default();
    let items: Vec<_> =
        Role::ALL.iter().skip(start).take(limit).map(|role| RoleView::new(*role, language)).collect();
    let end = start.saturating_add(items.len());
    let position = (end < Role::ALL.len()).then_some(end);
    let mut response = page::answer(&request, &RolePage::new(items, page::next(&app, list, position)));
    response.headers_mut().insert(CONTENT_LANGUAGE, HeaderValue::from_static(language.tag()));
    Ok(response)
}
