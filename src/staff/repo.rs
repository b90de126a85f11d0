//! Rows of accounts, memberships and sessions.

use std::collections::HashMap;

use diesel::prelude::*;

use crate::db::dialect::ids_found;
use crate::db::schema::{directory, memberships, sessions, staff};
use crate::db::{DbResult, Reads, Tx, dialect};
use crate::insert_all;
use crate::kit::clock::Instant;
use crate::kit::ids::{DepartmentId, GroupId, HotelId, MembershipId, SessionId, StaffId};
use crate::kit::language::Language;
use crate::kit::version::Version;
use crate::staff::model::{EndReason, LoginAccount, Membership, Session, Staff, StaffFilter, StaffStatus};
use crate::staff::roles::{Place, Role};

/// Kind of the directory rows that lead from a login address to its account.
const LOGIN: &str = "login";

#[derive(Queryable, Selectable)]
#[diesel(table_name = staff)]
struct StaffRow {
    id: StaffId,
    email: String,
    display_name: String,
    language: String,
    status: String,
    version: Version,
    created_at: Instant,
    updated_at: Instant,
}

impl StaffRow {
    fn with(self, memberships: Vec<Membership>) -> Staff {
        let Self { id, email, display_name, language, status, version, created_at, updated_at } = self;
        let language = Language::of_tag(&language).unwrap_or_default();
        let status = StaffStatus::stored(&status);
        Staff { id, email, display_name, language, status, memberships, version, created_at, updated_at }
    }
}

#[derive(Insertable)]
#[diesel(table_name = memberships)]
struct NewMembership {
    group_id: GroupId,
    id: MembershipId,
    staff_id: StaffId,
    hotel_id: Option<HotelId>,
    department_id: Option<DepartmentId>,
    role: &'static str,
    created_at: Instant,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = memberships)]
struct MembershipRow {
    id: MembershipId,
    staff_id: StaffId,
    hotel_id: Option<HotelId>,
    department_id: Option<DepartmentId>,
    role: String,
}

impl MembershipRow {
    /// `None` for a role this binary does not know: it allows nothing.
    fn known(self) -> Option<Membership> {
        let Self { id, staff_id: _, hotel_id, department_id, role } = self;
        Some(Membership { id, hotel_id, department_id, role: Role::parse(&role)? })
    }
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = sessions)]
struct SessionRow {
    group_id: GroupId,
    id: SessionId,
    staff_id: StaffId,
    generation: i64,
    rotated_at: Instant,
    created_at: Instant,
    expires_at: Instant,
    revoked_at: Option<Instant>,
}

impl From<SessionRow> for Session {
    fn from(row: SessionRow) -> Self {
        let SessionRow { group_id, id, staff_id, generation, rotated_at, created_at, expires_at, revoked_at } =
            row;
        Self {
            group: group_id,
            id,
            staff: staff_id,
            generation,
            rotated_at,
            created_at,
            expires_at,
            revoked_at,
        }
    }
}

/// The account a login address leads to.
pub fn find_login(reads: &mut impl Reads, email: &str) -> DbResult<Option<(GroupId, StaffId)>> {
    Ok(directory::table
        .filter(directory::kind.eq(LOGIN))
        .filter(directory::key.eq(email))
        .select((directory::group_id, directory::subject_id))
        .first(reads.conn())
        .optional()?)
}

/// What a password of the account is checked against.
pub fn find_password(reads: &mut impl Reads, group: GroupId, id: StaffId) -> DbResult<Option<LoginAccount>> {
    let row = staff::table
        .filter(staff::group_id.eq(group))
        .filter(staff::id.eq(id))
        .select((staff::status, staff::password_hash))
        .first::<(String, String)>(reads.conn())
        .optional()?;
    Ok(row.map(|(status, password_hash)| {
        let status = StaffStatus::stored(&status);
        LoginAccount { group, staff: id, status, password_hash }
    }))
}

/// Writes a password hash over the one that was checked, if the account is still active; `false` when it is not, or
/// the password was changed meanwhile. The row stays locked until the transaction ends.
pub fn replace_password(
    tx: &mut Tx<'_>,
    group: GroupId,
    id: StaffId,
    old: &str,
    new: &str,
) -> DbResult<bool> {
    let row = staff::table
        .filter(staff::group_id.eq(group))
        .filter(staff::id.eq(id))
        .filter(staff::password_hash.eq(old))
        .filter(staff::status.eq(StaffStatus::Active.code()));
    Ok(diesel::update(row).set(staff::password_hash.eq(new)).execute(tx.conn())? == 1)
}

/// Inserts an account with its directory row and memberships; `None` when the address is taken.
pub fn insert_staff(
    tx: &mut Tx<'_>,
    group: GroupId,
    account: &Staff,
    password_hash: &str,
) -> DbResult<Option<()>> {
    let listed = dialect::unless_taken(tx, |tx| {
        Ok(diesel::insert_into(directory::table)
            .values((
                directory::kind.eq(LOGIN),
                directory::key.eq(account.email.as_str()),
                directory::group_id.eq(group),
                directory::subject_id.eq(account.id),
            ))
            .execute(tx.conn())?)
    })?;
    if listed.is_none() {
        return Ok(None);
    }
    diesel::insert_into(staff::table)
        .values((
            staff::group_id.eq(group),
            staff::id.eq(account.id),
            staff::email.eq(account.email.as_str()),
            staff::display_name.eq(account.display_name.as_str()),
            staff::language.eq(account.language.tag()),
            staff::status.eq(account.status.code()),
            staff::password_hash.eq(password_hash),
            staff::version.eq(account.version),
            staff::created_at.eq(account.created_at),
            staff::updated_at.eq(account.updated_at),
        ))
        .execute(tx.conn())?;
    insert_memberships(tx, group, account, account.created_at)?;
    Ok(Some(()))
}

fn insert_memberships(tx: &mut Tx<'_>, group: GroupId, account: &Staff, at: Instant) -> DbResult<()> {
    let row = |one: &Membership| NewMembership {
        group_id: group,
        id: one.id,
        staff_id: account.id,
        hotel_id: one.hotel_id,
        department_id: one.department_id,
        role: one.role.code(),
        created_at: at,
    };
    let rows: Vec<_> = account.memberships.iter().map(row).collect();
    insert_all!(tx, memberships::table, &rows)
}

/// The account of an id with its memberships.
pub fn find_staff(reads: &mut impl Reads, group: GroupId, id: StaffId) -> DbResult<Option<Staff>> {
    let row = staff::table.filter(staff::group_id.eq(group)).filter(staff::id.eq(id));
    let Some(row) = row.select(StaffRow::as_select()).first(reads.conn()).optional()? else {
        return Ok(None);
    };
    let memberships = memberships_of(reads, group, &[id])?.remove(&id).unwrap_or_default();
    Ok(Some(row.with(memberships)))
}

/// Names of these accounts.
pub fn display_names(
    reads: &mut impl Reads,
    group: GroupId,
    ids: &[StaffId],
) -> DbResult<HashMap<StaffId, String>> {
    let mut found = HashMap::new();
    for part in ids.chunks(500) {
        let rows = staff::table
            .filter(staff::group_id.eq(group))
            .filter(staff::id.eq_any(part.to_vec()))
            .select((staff::id, staff::display_name))
            .load::<(StaffId, String)>(reads.conn())?;
        found.extend(rows);
    }
    Ok(found)
}

/// Active accounts with a role at a hotel or in the whole group, by id.
pub fn role_holders(
    reads: &mut impl Reads,
    group: GroupId,
    hotel: HotelId,
    role: Role,
) -> DbResult<Vec<StaffId>> {
    let rows: Vec<(StaffId, Option<HotelId>)> = staff::table
        .inner_join(
            memberships::table
                .on(memberships::group_id.eq(staff::group_id).and(memberships::staff_id.eq(staff::id))),
        )
        .filter(staff::group_id.eq(group))
        .filter(memberships::group_id.eq(group))
        .filter(memberships::role.eq(role.code()))
        .filter(staff::status.eq(StaffStatus::Active.code()))
        .order(staff::id)
        .select((staff::id, memberships::hotel_id))
        .load(reads.conn())?;
    let here = rows.into_iter().filter(|(_, place)| place.is_none_or(|place| place == hotel));
    let mut holders: Vec<StaffId> = here.map(|(id, _)| id).collect();
    holders.dedup();
    Ok(holders)
}

/// Memberships of some accounts, oldest first.
pub fn memberships_of(
    reads: &mut impl Reads,
    group: GroupId,
    accounts: &[StaffId],
) -> DbResult<HashMap<StaffId, Vec<Membership>>> {
    let rows: Vec<MembershipRow> = memberships::table
        .filter(memberships::group_id.eq(group))
        .filter(memberships::staff_id.eq_any(accounts.to_vec()))
        .order(ids_found("memberships.id"))
        .select(MembershipRow::as_select())
        .load(reads.conn())?;
    let mut found: HashMap<StaffId, Vec<Membership>> = HashMap::new();
    for row in rows {
        let account = row.staff_id;
        found.entry(account).or_default().extend(row.known());
    }
    Ok(found)
}

/// Where those of some accounts that may log in are at work (`None`: in the whole group), by account.
pub fn workplaces(
    reads: &mut impl Reads,
    group: GroupId,
    accounts: &[StaffId],
) -> DbResult<HashMap<StaffId, Vec<Option<HotelId>>>> {
    let mut found = HashMap::new();
    for part in accounts.chunks(500) {
        let active: Vec<StaffId> = staff::table
            .filter(staff::group_id.eq(group))
            .filter(staff::id.eq_any(part.to_vec()))
            .filter(staff::status.eq(StaffStatus::Active.code()))
            .select(staff::id)
            .load(reads.conn())?;
        let memberships = memberships_of(reads, group, &active)?;
        let places = |of: Vec<Membership>| of.into_iter().map(|one| one.hotel_id).collect();
        found.extend(memberships.into_iter().map(|(account, of)| (account, places(of))));
    }
    Ok(found)
}

/// Accounts by address: those the filter lets through and that have a membership in one of the hotels `only` (`None`:
/// all), behind the address `after`, at most `limit`.
pub fn list_staff(
    reads: &mut impl Reads,
    group: GroupId,
    filter: &StaffFilter,
    only: Option<&[HotelId]>,
    after: Option<&str>,
    limit: i64,
) -> DbResult<Vec<Staff>> {
    let mut query = staff::table.filter(staff::group_id.eq(group)).select(StaffRow::as_select()).into_boxed();
    if let Some(status) = filter.status {
        query = query.filter(staff::status.eq(status.code()));
    }
    let places: Option<Vec<HotelId>> = match (only, filter.hotel) {
        (None, None) => None,
        (None, Some(hotel)) => Some(vec![hotel]),
        (Some(only), wanted) => {
            Some(only.iter().copied().filter(|hotel| wanted.is_none_or(|wanted| wanted == *hotel)).collect())
        }
    };
    let roles: Vec<&str> = Role::ALL
        .iter()
        .filter(|role| filter.role.is_none_or(|wanted| wanted == **role))
        .map(|role| role.code())
        .collect();
    let members = memberships::table
        .filter(memberships::group_id.eq(group))
        .filter(memberships::role.eq_any(roles))
        .select(memberships::staff_id);
    if let Some(places) = places {
        query = query.filter(staff::id.eq_any(members.filter(memberships::hotel_id.eq_any(places))));
    } else if filter.role.is_some() {
        query = query.filter(staff::id.eq_any(members));
    }
    if let Some(after) = after {
        query = query.filter(staff::email.gt(after.to_owned()));
    }
    let rows: Vec<StaffRow> = query.order(staff::email).limit(limit).load(reads.conn())?;
    let ids: Vec<StaffId> = rows.iter().map(|row| row.id).collect();
    let mut memberships = memberships_of(reads, group, &ids)?;
    Ok(rows
        .into_iter()
        .map(|row| (row.id, row))
        .map(|(id, row)| row.with(memberships.remove(&id).unwrap_or_default()))
        .collect())
}

/// Writes a changed account over its `previous` version, its memberships and password apart; `false` when that is no
/// longer the newest.
pub fn replace_staff(tx: &mut Tx<'_>, group: GroupId, account: &Staff, previous: Version) -> DbResult<bool> {
    let row = staff::table
        .filter(staff::group_id.eq(group))
        .filter(staff::id.eq(account.id))
        .filter(staff::version.eq(previous));
    let changed = diesel::update(row)
        .set((
            staff::display_name.eq(account.display_name.as_str()),
            staff::language.eq(account.language.tag()),
            staff::status.eq(account.status.code()),
            staff::version.eq(account.version),
            staff::updated_at.eq(account.updated_at),
        ))
        .execute(tx.conn())?;
    Ok(changed == 1)
}

/// Writes the memberships of an account over those it had.
pub fn replace_memberships(tx: &mut Tx<'_>, group: GroupId, account: &Staff) -> DbResult<()> {
    let old = memberships::table
        .filter(memberships::group_id.eq(group))
        .filter(memberships::staff_id.eq(account.id));
    diesel::delete(old).execute(tx.conn())?;
    insert_memberships(tx, group, account, account.updated_at)
}

/// Inserts a session.
pub fn insert_session(tx: &mut Tx<'_>, session: &Session) -> DbResult<()> {
    let row = SessionRow {
        group_id: session.group,
        id: session.id,
        staff_id: session.staff,
        generation: session.generation,
        rotated_at: session.rotated_at,
        created_at: session.created_at,
        expires_at: session.expires_at,
        revoked_at: session.revoked_at,
    };
    diesel::insert_into(sessions::table).values(&row).execute(tx.conn())?;
    Ok(())
}

/// The session of an id.
pub fn find_session(reads: &mut impl Reads, group: GroupId, id: SessionId) -> DbResult<Option<Session>> {
    let row = sessions::table.filter(sessions::group_id.eq(group)).filter(sessions::id.eq(id));
    Ok(row.select(SessionRow::as_select()).first(reads.conn()).optional()?.map(Session::from))
}

/// Moves a live session on from `session.generation - 1`; `false` when another request did so first.
pub fn rotate_session(tx: &mut Tx<'_>, session: &Session) -> DbResult<bool> {
    let row = sessions::table
        .filter(sessions::group_id.eq(session.group))
        .filter(sessions::id.eq(session.id))
        .filter(sessions::generation.eq(session.generation.saturating_sub(1)))
        .filter(sessions::revoked_at.is_null());
    let changed = diesel::update(row)
        .set((
            sessions::generation.eq(session.generation),
            sessions::rotated_at.eq(session.rotated_at),
            sessions::expires_at.eq(session.expires_at),
        ))
        .execute(tx.conn())?;
    Ok(changed == 1)
}

/// Ends one session; `false` when it was over already.
pub fn revoke_session(
    tx: &mut Tx<'_>,
    group: GroupId,
    id: SessionId,
    reason: EndReason,
    now: Instant,
) -> DbResult<bool> {
    let row = sessions::table
        .filter(sessions::group_id.eq(group))
        .filter(sessions::id.eq(id))
        .filter(sessions::revoked_at.is_null());
    let ended = (sessions::revoked_at.eq(now), sessions::revoked_reason.eq(reason.code()));
    Ok(diesel::update(row).set(ended).execute(tx.conn())? == 1)
}

/// Ends every session of an account but one.
pub fn revoke_sessions(
    tx: &mut Tx<'_>,
    group: GroupId,
    account: StaffId,
    but: Option<SessionId>,
    reason: EndReason,
    now: Instant,
) -> DbResult<usize> {
    let rows = sessions::table
        .filter(sessions::group_id.eq(group))
        .filter(sessions::staff_id.eq(account))
        // The nil id is no session's.
        .filter(sessions::id.ne(but.unwrap_or(SessionId(uuid::Uuid::nil()))))
        .filter(sessions::revoked_at.is_null());
    let ended = (sessions::revoked_at.eq(now), sessions::revoked_reason.eq(reason.code()));
    Ok(diesel::update(rows).set(ended).execute(tx.conn())?)
}

/// Forgets sessions that ended before `before`.
pub fn delete_sessions(tx: &mut Tx<'_>, group: GroupId, before: Instant) -> DbResult<usize> {
    let rows = sessions::table.filter(sessions::group_id.eq(group)).filter(sessions::expires_at.lt(before));
    Ok(diesel::delete(rows).execute(tx.conn())?)
}

/// Where and as what an account acts, if it is active and the session is its own and alive; one query.
pub fn find_grants(
    reads: &mut impl Reads,
    group: GroupId,
    session: SessionId,
    account: StaffId,
    now: Instant,
) -> DbResult<Option<Vec<Place>>> {
    let rows: Vec<(StaffId, Option<HotelId>, Option<String>)> = sessions::table
        .inner_join(
            staff::table.on(staff::group_id.eq(sessions::group_id).and(staff::id.eq(sessions::staff_id))),
        )
        .left_join(
            memberships::table
                .on(memberships::group_id.eq(staff::group_id).and(memberships::staff_id.eq(staff::id))),
        )
        .filter(sessions::group_id.eq(group))
        .filter(sessions::id.eq(session))
        .filter(sessions::staff_id.eq(account))
        .filter(sessions::revoked_at.is_null())
        .filter(sessions::expires_at.gt(now))
        .filter(staff::status.eq(StaffStatus::Active.code()))
        .select((staff::id, memberships::hotel_id.nullable(), memberships::role.nullable()))
        .load(reads.conn())?;
    if rows.is_empty() {
        return Ok(None);
    }
    Ok(Some(rows.into_iter().filter_map(|(_, hotel, role)| Some((hotel, Role::parse(&role?)?))).collect()))
}
