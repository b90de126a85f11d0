//! Logins: how a session begins, goes on and ends.

use serde_json::json;

use crate::db::{DbResult, Read, Reads, Tx};
use crate::kit::clock::Instant;
use crate::kit::ids::{GroupId, SessionId, StaffId};
use crate::platform::context::Ctx;
use crate::platform::keys::{Claims, Keys};
use crate::platform::record::{Change, record};
use crate::staff::error::StaffError;
use crate::staff::model::{EndReason, Judgement, LoginAccount, LoginEmail, Session, StaffStatus, only_hotel};
use crate::staff::repo;
use crate::staff::roles::Place;
use crate::staff::service::accounts::change;
use crate::staff::tokens::RefreshToken;

/// The account a login address leads to. Asks the database the same two questions whether or not there is one.
///
/// # Errors
/// When the database fails.
pub fn find_login(reads: &mut impl Reads, email: &LoginEmail) -> DbResult<Option<LoginAccount>> {
    let nobody = (GroupId(uuid::Uuid::nil()), StaffId(uuid::Uuid::nil()));
    let (group, staff) = repo::find_login(reads, email.as_str())?.unwrap_or(nobody);
    repo::find_password(reads, group, staff)
}

/// What the caller's own password is checked against.
///
/// # Errors
/// [`StaffError::NotFound`] when the account is gone.
pub fn find_password(reads: &mut impl Reads, cx: &Ctx, staff: StaffId) -> Result<LoginAccount, StaffError> {
    repo::find_password(reads, cx.group, staff)?.ok_or(StaffError::NotFound)
}

/// Begins a session after the password of `account` was checked. `new_hash` replaces a hash of weaker parameters.
///
/// # Errors
/// [`StaffError::LoginFailed`] when the account may not log in, or its password was changed meanwhile.
pub fn open_session(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    account: &LoginAccount,
    new_hash: Option<&str>,
) -> Result<Session, StaffError> {
    let old = account.password_hash.as_str();
    // Writing the row, even the same value, waits for a suspension or password change under way.
    if !repo::replace_password(tx, account.group, account.staff, old, new_hash.unwrap_or(old))? {
        return Err(StaffError::LoginFailed);
    }
    start_session(tx, cx, account.staff)
}

/// Begins a session of an active account without a password: for demo accounts at the command line.
///
/// # Errors
/// [`StaffError::LoginFailed`] when the account may not log in.
pub fn start_session(tx: &mut Tx<'_>, cx: &Ctx, staff: StaffId) -> Result<Session, StaffError> {
    let account = repo::find_password(tx, cx.group, staff)?.ok_or(StaffError::LoginFailed)?;
    if account.status != StaffStatus::Active {
        return Err(StaffError::LoginFailed);
    }
    let session = Session {
        group: cx.group,
        id: cx.new_id(),
        staff,
        generation: 1,
        rotated_at: cx.now,
        created_at: cx.now,
        expires_at: Session::end(cx.now, cx.now),
        revoked_at: None,
    };
    repo::insert_session(tx, &session)?;
    note(tx, cx, "session.created", &session, None)?;
    Ok(session)
}

/// An access token of a session.
///
/// # Errors
/// When no signing key is left.
pub fn issue_access_token(cx: &Ctx, keys: &Keys, session: &Session) -> anyhow::Result<String> {
    keys.sign(&keys.claims(session.staff.0, session.group.0, session.id.0, cx.new_id(), cx.now))
}

/// What came of a refresh token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refreshed {
    /// The session goes on.
    On(Session),
    /// The session is over, or was ended just now. Not an error, so that the end is committed.
    Over,
}

/// Uses a refresh token: the newest makes a successor, the one before answers the same successor for a moment, any
/// older one ends the session.
///
/// # Errors
/// When the database fails.
pub fn refresh(tx: &mut Tx<'_>, cx: &Ctx, token: RefreshToken) -> Result<Refreshed, StaffError> {
    let Some(session) = repo::find_session(tx, token.group, token.session)? else {
        return Ok(Refreshed::Over);
    };
    if session.judge(token.generation, cx.now) == Judgement::Newest {
        let next = Session {
            generation: session.generation.saturating_add(1),
            rotated_at: cx.now,
            expires_at: Session::end(session.created_at, cx.now),
            ..session.clone()
        };
        if repo::rotate_session(tx, &next)? {
            return Ok(Refreshed::On(next));
        }
    }
    // Either the token is not the newest, or another request used it first: look at what there is now.
    let Some(session) = repo::find_session(tx, token.group, token.session)? else {
        return Ok(Refreshed::Over);
    };
    match session.judge(token.generation, cx.now) {
        Judgement::JustReplaced => Ok(Refreshed::On(session)),
        Judgement::Reused => {
            end_session(tx, cx, session.id, EndReason::Reuse)?;
            Ok(Refreshed::Over)
        }
        Judgement::Newest | Judgement::Over => Ok(Refreshed::Over),
    }
}

/// Ends a session; one that is over already stays so.
///
/// # Errors
/// When the database fails.
pub fn end_session(tx: &mut Tx<'_>, cx: &Ctx, id: SessionId, reason: EndReason) -> Result<(), StaffError> {
    let Some(session) = repo::find_session(tx, cx.group, id)? else {
        return Ok(());
    };
    if repo::revoke_session(tx, cx.group, id, reason, cx.now)? {
        note(tx, cx, "session.ended", &session, Some(reason))?;
    }
    Ok(())
}

/// Gives an account a new password after the present one was checked, and ends its other sessions.
///
/// # Errors
/// [`StaffError::LoginFailed`] when the password was changed meanwhile.
pub fn change_password(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    account: &LoginAccount,
    new_hash: &str,
    session: SessionId,
) -> Result<(), StaffError> {
    if !repo::replace_password(tx, cx.group, account.staff, &account.password_hash, new_hash)? {
        return Err(StaffError::LoginFailed);
    }
    let before = repo::find_staff(tx, cx.group, account.staff)?.ok_or(StaffError::NotFound)?;
    let mut staff = before.clone();
    staff.version = before.version.saturating_add(1);
    staff.updated_at = cx.after(before.updated_at);
    if !repo::replace_staff(tx, cx.group, &staff, before.version)? {
        return Err(StaffError::Stale);
    }
    repo::revoke_sessions(tx, cx.group, account.staff, Some(session), EndReason::Password, cx.now)?;
    record(tx, cx, change("staff.password_changed", Some(&before), &staff))?;
    Ok(())
}

/// Where and as what the bearer of a token acts; `None` when the account or the session is no longer good.
///
/// # Errors
/// When the database fails.
pub fn grants(r: &mut Read<'_>, claims: &Claims, now: Instant) -> DbResult<Option<Vec<Place>>> {
    repo::find_grants(r, GroupId(claims.gid), SessionId(claims.sid), StaffId(claims.sub), now)
}

/// Forgets sessions that ended before `before`; returns how many.
///
/// # Errors
/// When the database fails.
pub fn prune_sessions(tx: &mut Tx<'_>, group: GroupId, before: Instant) -> DbResult<usize> {
    repo::delete_sessions(tx, group, before)
}

fn note(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    action: &'static str,
    session: &Session,
    end: Option<EndReason>,
) -> Result<(), StaffError> {
    let memberships =
        repo::memberships_of(tx, cx.group, &[session.staff])?.remove(&session.staff).unwrap_or_default();
    let open = json!({"id": session.id, "staff_id": session.staff, "status": "open", "created_at": session.created_at});
    let over = end.map(|reason| {
        json!({"id": session.id, "staff_id": session.staff, "status": "ended", "reason": reason.code(),
            "created_at": session.created_at})
    });
    record(
        tx,
        cx,
        Change {
            action,
            subject_kind: "session",
            subject_id: session.id.0,
            version: if over.is_some() { 2 } else { 1 },
            hotel: only_hotel(&memberships),
            at: cx.now,
            before: over.is_some().then(|| open.clone()),
            after: Some(over.unwrap_or(open)),
        },
    )?;
    Ok(())
}
