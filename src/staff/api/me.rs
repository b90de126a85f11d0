//! The caller's own account.

use actix_web::{HttpMessage, HttpRequest, HttpResponse, get, post, web};

use super::wire::{ChangedPassword, Me, MyHotel, PasswordChange, ScopeCode, StaffView};
use super::{hash_new, throttle};
use crate::hotels::model::Hotel;
use crate::hotels::service as hotels;
use crate::kit::language::Language;
use crate::platform::context::{Ctx, Sight};
use crate::staff::error::StaffError;
use crate::staff::passwords;
use crate::staff::service;
use crate::web::access::{Caller, Principal};
use crate::web::app::App;
use crate::web::frame::AnswerLanguage;
use crate::web::input::Valid;
use crate::web::problem::Problem;
use crate::web::reply;

/// Most hotels shown.
const MOST_HOTELS: i64 = 200;

/// Get my account
///
/// Who the caller is, what it may do and where.
#[utoipa::path(
    tag = "auth",
    security(("bearer" = [])),
    responses((status = 200, description = "The caller.", body = Me, example = json!({
        "staff": {"id": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e21", "email": "li.na@westlake.example", "display_name": "李娜",
            "language": "zh-CN", "status": "active", "memberships": [{"id": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e31",
            "hotel_id": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e01", "role": "housekeeping"}], "version": 1,
            "created_at": "2026-03-01T08:00:00.000000Z", "updated_at": "2026-03-01T08:00:00.000000Z"},
        "scopes": ["guests:read", "hotels:read", "notes:read", "notes:write"],
        "hotels": [{"id": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e01", "code": "west-lake", "name": "西湖宾馆",
            "time_zone": "Asia/Shanghai"}]})))
)]
#[get("/v1/me")]
pub async fn get_me(app: web::Data<App>, by: Caller, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let language =
        request.extensions().get::<AnswerLanguage>().map(|language| language.0).unwrap_or_default();
    let cx = Ctx { sight: workplaces(&by.principal), ..by.cx };
    let scopes = by.principal.scopes().into_iter().map(ScopeCode::from).collect();
    let id = by.principal.staff;
    let me = app
        .read(move |r| {
            let staff = service::find_own(r, &cx, id)?;
            let hotels = hotels::list_hotels(r, &cx, None, MOST_HOTELS)?.items;
            let hotels = hotels.iter().map(|hotel| my_hotel(hotel, language)).collect();
            Ok::<_, Failed>(Me { staff: StaffView::seen(&staff, &Sight::WholeGroup), scopes, hotels })
        })
        .await?;
    Ok(reply::ok(&me))
}

/// Where the caller works, whatever it may do there.
fn workplaces(principal: &Principal) -> Sight {
    let hotels: Option<Vec<_>> = principal.grants.iter().map(|grant| grant.hotel).collect();
    hotels.map_or(Sight::WholeGroup, Sight::Hotels)
}

fn my_hotel(hotel: &Hotel, language: Language) -> MyHotel {
    let texts = hotel.names.texts();
    let name = texts.get(language.tag()).or_else(|| texts.get(hotel.default_language.as_str()));
    MyHotel {
        id: hotel.id.0,
        code: hotel.code.to_string(),
        name: name.cloned().unwrap_or_default(),
        time_zone: hotel.time_zone.name().to_owned(),
    }
}

/// A failure of either slice that is read from.
struct Failed(Problem);

impl From<Failed> for Problem {
    fn from(failed: Failed) -> Self {
        failed.0
    }
}

impl<E: Into<Problem>> From<E> for Failed
where
    E: std::error::Error,
{
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

/// Change my password
///
/// Ends all other sessions of the account; the present one goes on.
#[utoipa::path(
    tag = "auth",
    security(("bearer" = [])),
    request_body(content = PasswordChange, description = "The present and the new password.",
        content_type = "application/json",
        example = json!({"current_password": "mauve-lantern-42-river", "new_password": "copper-window-17-forest"})),
    responses((status = 204, description = "The password was changed."))
)]
#[post("/v1/me/password")]
pub async fn change_password(
    app: web::Data<App>,
    by: Caller,
    request: HttpRequest,
    body: Valid<PasswordChange>,
) -> Result<HttpResponse, Problem> {
    let (id, session) = (by.principal.staff, by.principal.session);
    throttle(&app, &request, &id.to_string())?;
    let ChangedPassword { current, new } = body.command;
    let (account, contexts) = {
        let cx = by.cx.clone();
        app.read(move |r| {
            let staff = service::find_own(r, &cx, id)?;
            let contexts = service::password_contexts(r, &cx, &staff.email, &staff.display_name)?;
            Ok::<_, StaffError>((service::find_password(r, &cx, id)?, contexts))
        })
        .await?
    };
    let stored = account.password_hash.clone();
    let fits = app.password_workers.run(move || passwords::verify(&current, &stored)).await;
    if !fits.map_err(|_| Problem::unavailable(1))?.map_err(StaffError::from)? {
        return Err(Problem::invalid_at(
            "/current_password",
            "wrong_password",
            "is not the present password",
        ));
    }
    let new_hash = hash_new(&app, "/new_password", new, &contexts).await?;
    let done = app
        .commit(by.cx, None, move |tx, cx| {
            service::change_password(tx, cx, &account, &new_hash, session)?;
            Ok::<_, StaffError>(reply::gone())
        })
        .await;
    app.forget_principals();
    done
}
