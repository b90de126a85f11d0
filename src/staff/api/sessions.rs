//! Logging in, refreshing, logging out.

use actix_web::{HttpRequest, HttpResponse, post, web};

use super::wire::{Credentials, Login, RefreshRequest, Tokens};
use super::{challenge, context, throttle, tokens};
use crate::db::DbError;
use crate::kit::ids::ActorId;
use crate::platform::context::{Actor, ActorKind};
use crate::staff::error::StaffError;
use crate::staff::model::{EndReason, StaffStatus};
use crate::staff::passwords;
use crate::staff::service::{self, Refreshed};
use crate::staff::tokens::RefreshToken;
use crate::web::access::Caller;
use crate::web::app::App;
use crate::web::input::Valid;
use crate::web::problem::{self, Problem, ProblemBody};
use crate::web::reply;

/// Log in
///
/// Answers an access token for `Authorization: Bearer` and a refresh token. The answer to a wrong password, an
/// unknown address and a suspended account is the same. Tries are limited by account and by address.
#[utoipa::path(
    tag = "auth",
    security(()),
    request_body(content = Credentials, description = "Address and password.", content_type = "application/json",
        example = json!({"email": "duty.manager@westlake.example", "password": "mauve-lantern-42-river"})),
    responses(
        (status = 200, description = "The tokens.", body = Tokens, example = json!({
            "access_token": "eyJhbGciOiJFZERTQSIsInR5cCI6ImF0K2p3dCJ9.e30.c2ln", "token_type": "Bearer", "expires_in": 600,
            "refresh_token": "pX0v1Yq8m3oQzE2rJt5uWfA1k0B7cD9e", "refresh_expires_in": 2592000})),
        (status = 401, description = "Address or password is wrong, or the account may not log in.", body = ProblemBody,
            content_type = "application/problem+json",
            headers(("WWW-Authenticate" = String, description = "How to authenticate.")),
            example = json!({"type": "/problems/login-failed", "title": "Login failed", "status": 401,
                "detail": "E-mail or password is wrong, or the account cannot log in.", "instance": "/v1/auth/login",
                "code": "login_failed", "request_id": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e70"}))
    )
)]
#[post("/v1/auth/login")]
pub async fn login(
    app: web::Data<App>,
    request: HttpRequest,
    body: Valid<Credentials>,
) -> Result<HttpResponse, Problem> {
    let Login { email, password } = body.command;
    throttle(&app, &request, email.as_str())?;
    let found = app.read::<_, DbError, _>(move |r| service::find_login(r, &email)).await?;
    let stored = found.as_ref().map_or(passwords::NOBODY, |account| &account.password_hash).to_owned();
    let checked = app.password_workers.run(move || {
        let fits = passwords::verify(&password, &stored);
        let renew = fits == Ok(true) && passwords::is_outdated(&stored);
        (fits, renew.then(|| passwords::hash(&password)))
    });
    let (fits, renewed) = checked.await.map_err(|_| Problem::unavailable(1))?;
    let fits = fits.unwrap_or_else(|error| {
        log::error!("login refused: {error}");
        false
    });
    let account = found.filter(|account| fits && account.status == StaffStatus::Active);
    let account = account.ok_or_else(|| challenge(problem::LOGIN_FAILED))?;
    let new_hash = renewed.transpose().map_err(StaffError::from)?;
    let actor = Actor { kind: ActorKind::Staff, id: ActorId(account.staff.0) };
    let cx = context(&app, &request, account.group, actor);
    // Not through `commit`: tokens must never be kept as the answer to an idempotency key.
    let session = {
        let cx = cx.clone();
        app.db.write(move |tx| service::open_session(tx, &cx, &account, new_hash.as_deref())).await
    };
    Ok(reply::ok(&tokens(&app, &cx, &session.map_err(Problem::from)?)?))
}

/// Refresh the tokens
///
/// Each refresh token is good once; using it answers the next one. For ten seconds the same token answers the same
/// successor again, so that a lost answer or parallel requests do no harm. Any older token ends the session.
#[utoipa::path(
    tag = "auth",
    security(()),
    request_body(content = RefreshRequest, description = "The newest refresh token.", content_type = "application/json",
        example = json!({"refresh_token": "pX0v1Yq8m3oQzE2rJt5uWfA1k0B7cD9e"})),
    responses(
        (status = 200, description = "The next tokens.", body = Tokens, example = json!({
            "access_token": "eyJhbGciOiJFZERTQSIsInR5cCI6ImF0K2p3dCJ9.e30.c2ln", "token_type": "Bearer", "expires_in": 600,
            "refresh_token": "qY1w2Zr9n4pRaF3sKu6vXgB2l1C8dE0f", "refresh_expires_in": 2592000})),
        (status = 401, description = "The session is over: log in again.", body = ProblemBody,
            content_type = "application/problem+json",
            headers(("WWW-Authenticate" = String, description = "How to authenticate.")),
            example = json!({"type": "/problems/session-ended", "title": "Session ended", "status": 401,
                "detail": "The session is over: log in again.", "instance": "/v1/auth/refresh",
                "code": "session_ended", "request_id": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e70"}))
    )
)]
#[post("/v1/auth/refresh")]
pub async fn refresh(
    app: web::Data<App>,
    request: HttpRequest,
    body: Valid<RefreshRequest>,
) -> Result<HttpResponse, Problem> {
    let ended = || challenge(problem::SESSION_ENDED);
    let token = RefreshToken::open(&app.refresh_tokens, &body.command).ok_or_else(ended)?;
    // Whoever holds the token may not be its owner: what happens to the session is the server's own doing.
    let cx = context(&app, &request, token.group, Actor::SYSTEM);
    let outcome = {
        let cx = cx.clone();
        app.db.write(move |tx| service::refresh(tx, &cx, token)).await
    };
    match outcome.map_err(Problem::from)? {
        Refreshed::On(session) => Ok(reply::ok(&tokens(&app, &cx, &session)?)),
        Refreshed::Over => {
            app.forget_principals();
            Err(ended())
        }
    }
}

/// Log out
///
/// Ends the session of the access token: neither it nor its refresh token is good any more.
#[utoipa::path(
    tag = "auth",
    security(("bearer" = [])),
    responses((status = 204, description = "The session is over."))
)]
#[post("/v1/auth/logout")]
pub async fn logout(app: web::Data<App>, by: Caller) -> Result<HttpResponse, Problem> {
    let session = by.principal.session;
    let done = app
        .commit(by.cx, None, move |tx, cx| {
            service::end_session(tx, cx, session, EndReason::Logout)?;
            Ok::<_, StaffError>(reply::gone())
        })
        .await;
    app.forget_principals();
    done
}
