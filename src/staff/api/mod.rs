//! The HTTP side of logins, accounts and roles.

mod accounts;
mod keys;
mod me;
mod roles;
mod sessions;
mod standing;
pub mod wire;

use std::sync::Arc;

use actix_web::http::header::{HeaderValue, RETRY_AFTER, WWW_AUTHENTICATE};
use actix_web::{HttpMessage, HttpRequest};
use secrecy::SecretString;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::db::{DbResult, Read};
use crate::kit::clock::Instant;
use crate::kit::ids::{GroupId, SessionId, StaffId};
use crate::platform::context::{Actor, Ctx, Sight};
use crate::platform::keys::Claims;
use crate::staff::error::StaffError;
use crate::staff::model::Session;
use crate::staff::passwords;
use crate::staff::roles::Authority;
use crate::staff::service;
use crate::web::access::{Grant, Principal};
use crate::web::app::App;
use crate::web::frame::RequestId;
use crate::web::problem::{self, Problem};

/// Mounts the operations of this slice.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(sessions::login)
        .service(sessions::refresh)
        .service(sessions::logout)
        .service(keys::get_jwks)
        .service(me::get_me)
        .service(me::change_password)
        .service(roles::list_roles)
        .service(accounts::list_staff)
        .service(accounts::create_staff)
        .service(accounts::get_staff)
        .service(accounts::update_staff)
        .service(standing::replace_memberships)
        .service(standing::suspend_staff)
        .service(standing::reactivate_staff);
}

/// Finds the principal of a token's claims: the account is active, the session its own and alive.
///
/// # Errors
/// When the database fails.
pub fn principal(r: &mut Read<'_>, claims: &Claims, now: Instant) -> DbResult<Option<Principal>> {
    let grants = service::grants(r, claims, now)?;
    Ok(grants.map(|grants| Principal {
        group: GroupId(claims.gid),
        staff: StaffId(claims.sub),
        session: SessionId(claims.sid),
        grants: grants.into_iter().map(|(hotel, role)| Grant { hotel, scopes: role.scopes() }).collect(),
    }))
}

/// What a caller may give to others.
fn authority(principal: &Principal) -> Authority {
    Authority::Grants(principal.grants.iter().map(|grant| (grant.hotel, grant.scopes)).collect())
}

/// The context of somebody who has no access token yet.
fn context(app: &App, request: &HttpRequest, group: GroupId, actor: Actor) -> Ctx {
    Ctx {
        group,
        actor,
        sight: Sight::Hotels(Vec::new()),
        request_id: request.extensions().get::<RequestId>().map(|id| id.0.clone()).unwrap_or_default(),
        now: app.clock.now(),
        ids: Arc::clone(&app.ids),
    }
}

/// The tokens of a session, newest generation.
fn tokens(app: &App, cx: &Ctx, session: &Session) -> Result<wire::Tokens, Problem> {
    let access_token = service::issue_access_token(cx, &app.keys, session).map_err(|error| {
        log::error!("an access token cannot be signed: {error:#}");
        Problem::new(problem::INTERNAL_ERROR)
    })?;
    Ok(wire::Tokens::new(access_token, session, &app.refresh_tokens, cx.now))
}

/// Checks a new password against the rules and hashes it on the password workers.
async fn hash_new(
    app: &App,
    pointer: &str,
    password: SecretString,
    contexts: &[String],
) -> Result<String, Problem> {
    passwords::check(&password, contexts).map_err(|refused| match refused {
        passwords::Refused::Length => {
            Problem::invalid_at(pointer, "length", "must have 10 characters or more, and at most 1024 bytes")
        }
        passwords::Refused::Weak => {
            Problem::invalid_at(pointer, "weak_password", "is too common, or made of names known here")
        }
    })?;
    let hashed = app.password_workers.run(move || passwords::hash(&password)).await;
    hashed.map_err(|_| Problem::unavailable(1))?.map_err(|error| StaffError::from(error).into())
}

/// 429 after too many tries of an account or an address.
fn throttle(app: &App, request: &HttpRequest, account: &str) -> Result<(), Problem> {
    let address = crate::web::limits::address_of(app, request);
    match app.limits.login(account, address) {
        Some(wait) => {
            Err(Problem::new(problem::TOO_MANY_REQUESTS).header(RETRY_AFTER, HeaderValue::from(wait)))
        }
        None => Ok(()),
    }
}

/// A 401 says how to authenticate (RFC 9110 15.5.2).
fn challenge(kind: problem::ProblemType) -> Problem {
    Problem::new(kind).header(WWW_AUTHENTICATE, HeaderValue::from_static(r#"Bearer realm="hospes""#))
}

impl From<StaffError> for Problem {
    fn from(error: StaffError) -> Self {
        match error {
            StaffError::NotFound => Self::not_found(),
            StaffError::Stale => Self::new(problem::PRECONDITION_FAILED),
            StaffError::EmailTaken(by) => Self::already_taken(by),
            StaffError::BeyondAuthority => Self::forbidden("staff:write").detail("beyond_authority"),
            StaffError::Status => Self::new(problem::STATE_CONFLICT).detail("staff_status"),
            StaffError::OwnAccount => Self::new(problem::STATE_CONFLICT).detail("own_account"),
            StaffError::LoginFailed => challenge(problem::LOGIN_FAILED),
            StaffError::Invalid(faults) => Self::invalid(faults),
            StaffError::Secret(error) => {
                log::error!("{error}");
                Self::new(problem::INTERNAL_ERROR)
            }
            StaffError::Db(error) => error.into(),
        }
    }
}
