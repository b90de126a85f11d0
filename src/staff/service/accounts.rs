//! Accounts: who may see and manage whom.

use std::collections::HashMap;

use crate::db::{DbResult, Reads, Tx};
use crate::hotels::error::HotelError;
use crate::hotels::service::{self as hotels, Page};
use crate::kit::fault::Fault;
use crate::kit::ids::{GroupId, HotelId, StaffId};
use crate::kit::version::Expected;
use crate::platform::context::{Ctx, Sight};
use crate::platform::record::{Change, record};
use crate::staff::error::StaffError;
use crate::staff::model::{
    ChangeStaff, EndReason, GiveMembership, Membership, RegisterStaff, Staff, StaffFilter, StaffStatus,
    only_hotel,
};
use crate::staff::repo;
use crate::staff::roles::{Authority, Role};

/// Hotels whose names are tried against a new password.
const HOTELS_TRIED: i64 = 100;

/// Opens an account.
///
/// # Errors
/// [`StaffError::EmailTaken`], [`StaffError::BeyondAuthority`] when a membership would give what the caller does not
/// hold there, [`StaffError::Invalid`] when one names a hotel or department that is not there to see.
pub fn create_staff(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    authority: &Authority,
    command: RegisterStaff,
) -> Result<Staff, StaffError> {
    let RegisterStaff { email, display_name, language, password_hash, memberships } = command;
    let memberships = give(tx, cx, authority, &memberships)?;
    let staff = Staff {
        id: cx.new_id(),
        email: email.as_str().to_owned(),
        display_name,
        language,
        status: StaffStatus::Active,
        memberships,
        version: 1,
        created_at: cx.now,
        updated_at: cx.now,
    };
    if repo::insert_staff(tx, cx.group, &staff, &password_hash)?.is_none() {
        return Err(StaffError::EmailTaken(visible_owner(tx, cx, &staff.email)?));
    }
    record(tx, cx, change("staff.created", None, &staff))?;
    Ok(staff)
}

/// An account the caller may see.
///
/// # Errors
/// [`StaffError::NotFound`].
pub fn find_staff(reads: &mut impl Reads, cx: &Ctx, id: StaffId) -> Result<Staff, StaffError> {
    let staff = repo::find_staff(reads, cx.group, id)?;
    staff.filter(|staff| sees(cx, staff)).ok_or(StaffError::NotFound)
}

/// How accounts of the group are called, wherever they work: colleagues know each other's names.
///
/// # Errors
/// When the database fails.
pub fn display_names(
    reads: &mut impl Reads,
    cx: &Ctx,
    ids: &[StaffId],
) -> Result<HashMap<StaffId, String>, StaffError> {
    Ok(repo::display_names(reads, cx.group, ids)?)
}

/// Where those of some accounts that may log in are at work (`None`: in the whole group), by account. Accounts that are
/// suspended, have left or belong to another group are absent.
///
/// # Errors
/// When the database fails.
pub fn workplaces(
    reads: &mut impl Reads,
    group: GroupId,
    accounts: &[StaffId],
) -> DbResult<HashMap<StaffId, Vec<Option<HotelId>>>> {
    repo::workplaces(reads, group, accounts)
}

/// Active accounts with a role at a hotel or in the whole group, by id.
///
/// # Errors
/// When the database fails.
pub fn role_holders(reads: &mut impl Reads, cx: &Ctx, hotel: HotelId, role: Role) -> DbResult<Vec<StaffId>> {
    repo::role_holders(reads, cx.group, hotel, role)
}

/// The caller's own account, wherever it works.
///
/// # Errors
/// [`StaffError::NotFound`] when it is gone.
pub fn find_own(reads: &mut impl Reads, cx: &Ctx, id: StaffId) -> Result<Staff, StaffError> {
    repo::find_staff(reads, cx.group, id)?.ok_or(StaffError::NotFound)
}

/// Accounts the caller may see, by address, behind the address `after`.
///
/// # Errors
/// When the database fails.
pub fn list_staff(
    reads: &mut impl Reads,
    cx: &Ctx,
    filter: &StaffFilter,
    after: Option<&str>,
    limit: i64,
) -> Result<Page<Staff>, StaffError> {
    let only = match &cx.sight {
        Sight::WholeGroup => None,
        Sight::Hotels(hotels) => Some(hotels.as_slice()),
    };
    let found = repo::list_staff(reads, cx.group, filter, only, after, limit.saturating_add(1))?;
    Ok(Page::cut(found, limit))
}

/// Changes name and language of an account.
///
/// # Errors
/// [`StaffError::NotFound`], [`StaffError::Stale`], [`StaffError::BeyondAuthority`].
pub fn change_staff(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    authority: &Authority,
    id: StaffId,
    expected: &Expected,
    command: ChangeStaff,
) -> Result<Staff, StaffError> {
    let before = managed(tx, cx, authority, id, expected)?;
    let mut staff = before.clone();
    staff.display_name = command.display_name.unwrap_or(staff.display_name);
    staff.language = command.language.unwrap_or(staff.language);
    replace(tx, cx, "staff.updated", &before, staff)
}

/// Gives an account exactly these memberships, and ends its sessions.
///
/// # Errors
/// [`StaffError::NotFound`], [`StaffError::Stale`], [`StaffError::BeyondAuthority`], [`StaffError::Invalid`].
pub fn replace_memberships(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    authority: &Authority,
    id: StaffId,
    expected: &Expected,
    memberships: &[GiveMembership],
) -> Result<Staff, StaffError> {
    let before = managed(tx, cx, authority, id, expected)?;
    let memberships = give(tx, cx, authority, memberships)?;
    let staff =
        replace(tx, cx, "staff.memberships_replaced", &before, Staff { memberships, ..before.clone() })?;
    repo::replace_memberships(tx, cx.group, &staff)?;
    repo::revoke_sessions(tx, cx.group, id, None, EndReason::Memberships, cx.now)?;
    Ok(staff)
}

/// Suspends an account and ends its sessions.
///
/// # Errors
/// [`StaffError::NotFound`], [`StaffError::Stale`], [`StaffError::BeyondAuthority`], [`StaffError::OwnAccount`],
/// [`StaffError::Status`] unless it is active.
pub fn suspend_staff(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    authority: &Authority,
    id: StaffId,
    expected: &Expected,
) -> Result<Staff, StaffError> {
    let before = managed(tx, cx, authority, id, expected)?;
    if cx.actor.id.0 == id.0 {
        return Err(StaffError::OwnAccount);
    }
    move_to(tx, cx, before, StaffStatus::Active, StaffStatus::Suspended, "staff.suspended")
}

/// Lets a suspended account log in again.
///
/// # Errors
/// [`StaffError::NotFound`], [`StaffError::Stale`], [`StaffError::BeyondAuthority`], [`StaffError::Status`] unless it
/// is suspended.
pub fn reactivate_staff(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    authority: &Authority,
    id: StaffId,
    expected: &Expected,
) -> Result<Staff, StaffError> {
    let before = managed(tx, cx, authority, id, expected)?;
    move_to(tx, cx, before, StaffStatus::Suspended, StaffStatus::Active, "staff.reactivated")
}

fn move_to(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    before: Staff,
    from: StaffStatus,
    to: StaffStatus,
    action: &'static str,
) -> Result<Staff, StaffError> {
    if before.status != from {
        return Err(StaffError::Status);
    }
    let staff = replace(tx, cx, action, &before, Staff { status: to, ..before.clone() })?;
    // Also on the way back: a login that raced the suspension must not come to life with the account.
    repo::revoke_sessions(tx, cx.group, staff.id, None, EndReason::Status, cx.now)?;
    Ok(staff)
}

/// Words a password of the account must not be made of: its address and name, and what the hotels are called.
///
/// # Errors
/// When the database fails.
pub fn password_contexts(
    reads: &mut impl Reads,
    cx: &Ctx,
    email: &str,
    display_name: &str,
) -> Result<Vec<String>, StaffError> {
    let mut words = vec![email.to_owned(), display_name.to_owned()];
    let group = hotels::find_group(reads, cx.group)?;
    words.extend(group.into_iter().flat_map(|group| [group.code.to_string(), group.name]));
    let whole = Ctx { sight: Sight::WholeGroup, ..cx.clone() };
    for hotel in hotels::list_hotels(reads, &whole, None, HOTELS_TRIED).map_err(database)?.items {
        words.push(hotel.code.to_string());
        words.extend(hotel.names.texts().values().cloned());
    }
    Ok(words)
}

/// Whether the caller sees an account: at work in a hotel it sees, or anywhere for who sees the whole group.
fn sees(cx: &Ctx, staff: &Staff) -> bool {
    match &cx.sight {
        Sight::WholeGroup => true,
        Sight::Hotels(hotels) => {
            staff.memberships.iter().filter_map(|one| one.hotel_id).any(|hotel| hotels.contains(&hotel))
        }
    }
}

/// An account the caller may change: every membership within the caller's hotels and scopes.
fn managed(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    authority: &Authority,
    id: StaffId,
    expected: &Expected,
) -> Result<Staff, StaffError> {
    let staff = find_staff(tx, cx, id)?;
    if !staff
        .memberships
        .iter()
        .all(|one| within(cx, one.hotel_id) && authority.covers(one.hotel_id, one.role))
    {
        return Err(StaffError::BeyondAuthority);
    }
    if !expected.allows(staff.version) {
        return Err(StaffError::Stale);
    }
    Ok(staff)
}

/// Whether the place of a membership is one the caller manages. Unlike an object of the group, a membership in the
/// whole group reaches into every hotel.
fn within(cx: &Ctx, hotel: Option<crate::kit::ids::HotelId>) -> bool {
    match hotel {
        Some(hotel) => cx.sight.covers(Some(hotel)),
        None => cx.sight == Sight::WholeGroup,
    }
}

/// Turns what is to be given into memberships.
fn give(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    authority: &Authority,
    wanted: &[GiveMembership],
) -> Result<Vec<Membership>, StaffError> {
    let mut faults = Vec::new();
    let mut unknown = |at: usize, member: &str| {
        let message = "is not there, or not yours to see".to_owned();
        faults.push(Fault {
            pointer: format!("/memberships/{at}/{member}"),
            code: "unknown_reference".into(),
            message,
        });
    };
    for (at, one) in wanted.iter().enumerate() {
        if let Some(hotel) = one.hotel_id
            && missing(hotels::find_hotel(tx, cx, hotel))?
        {
            unknown(at, "hotel_id");
            continue;
        }
        if let Some(department) = one.department_id {
            let found = hotels::find_department(tx, cx, department);
            let elsewhere = found.as_ref().is_ok_and(|found| Some(found.hotel_id) != one.hotel_id);
            if missing(found)? || elsewhere {
                unknown(at, "department_id");
            }
        }
    }
    if !faults.is_empty() {
        return Err(StaffError::Invalid(faults));
    }
    if !wanted.iter().all(|one| within(cx, one.hotel_id) && authority.covers(one.hotel_id, one.role)) {
        return Err(StaffError::BeyondAuthority);
    }
    let made = |one: &GiveMembership| {
        let GiveMembership { hotel_id, department_id, role } = *one;
        Membership { id: cx.new_id(), hotel_id, department_id, role }
    };
    Ok(wanted.iter().map(made).collect())
}

fn missing<T>(found: Result<T, HotelError>) -> Result<bool, StaffError> {
    match found {
        Ok(_) => Ok(false),
        Err(HotelError::NotFound) => Ok(true),
        Err(error) => Err(database(error)),
    }
}

/// Reading a hotel fails only with the database.
fn database(error: HotelError) -> StaffError {
    match error {
        HotelError::Db(error) => error.into(),
        _ => StaffError::NotFound,
    }
}

fn visible_owner(tx: &mut Tx<'_>, cx: &Ctx, email: &str) -> Result<Option<uuid::Uuid>, StaffError> {
    match repo::find_login(tx, email)? {
        Some((group, id)) if group == cx.group => {
            let staff = repo::find_staff(tx, group, id)?;
            Ok(staff.filter(|staff| sees(cx, staff)).map(|staff| staff.id.0))
        }
        _ => Ok(None),
    }
}

fn replace(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    action: &'static str,
    before: &Staff,
    staff: Staff,
) -> Result<Staff, StaffError> {
    let version = before.version.saturating_add(1);
    let staff = Staff { version, updated_at: cx.after(before.updated_at), ..staff };
    if !repo::replace_staff(tx, cx.group, &staff, before.version)? {
        return Err(StaffError::Stale);
    }
    record(tx, cx, change(action, Some(before), &staff))?;
    Ok(staff)
}

pub(super) fn change(action: &'static str, before: Option<&Staff>, after: &Staff) -> Change {
    let now = only_hotel(&after.memberships);
    Change {
        action,
        subject_kind: "staff",
        subject_id: after.id.0,
        version: after.version,
        // An account that moves between hotels concerns both.
        hotel: now.filter(|_| before.is_none_or(|before| before.only_hotel() == now)),
        at: after.updated_at,
        before: before.map(Staff::trace),
        after: Some(after.trace()),
    }
}
