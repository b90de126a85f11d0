//! Rules of groups, hotels and departments.

use std::collections::BTreeSet;

use crate::db::{DbResult, Reads, Tx};
use crate::hotels::error::HotelError;
use crate::hotels::model::{
    ChangeDepartment, ChangeHotel, Code, CreateDepartment, CreateGroup, CreateHotel, Department, Group,
    Hotel, Status,
};
use crate::hotels::repo;
use crate::kit::fault::Fault;
use crate::kit::ids::{DepartmentId, GroupId, HotelId};
use crate::kit::version::Expected;
use crate::platform::context::{Ctx, Sight};
use crate::platform::record::{Change, record};
use crate::platform::sequencer;

/// One page of a list and whether there is more behind it.
#[derive(Debug)]
pub struct Page<T> {
    /// The items.
    pub items: Vec<T>,
    /// Whether there is a next page.
    pub more: bool,
}

impl<T> Page<T> {
    /// Makes a page of at most `limit` of rows that were asked for with one more.
    pub fn cut(mut items: Vec<T>, limit: i64) -> Self {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let more = items.len() > limit;
        items.truncate(limit);
        Self { items, more }
    }
}

/// Begins a group whose id is the context's: its row, its feed and its audit chain.
///
/// # Errors
/// [`HotelError::CodeTaken`] when another group has the code.
pub fn create_group(tx: &mut Tx<'_>, cx: &Ctx, command: CreateGroup) -> Result<Group, HotelError> {
    let CreateGroup { code, name, is_demo } = command;
    let group = Group { id: cx.group, code, name, is_demo, created_at: cx.now };
    repo::insert_group(tx, &group)?.ok_or(HotelError::CodeTaken(None))?;
    sequencer::begin(tx, group.id)?;
    let after = serde_json::json!({
        "id": group.id, "code": group.code.as_str(), "name": group.name, "is_demo": group.is_demo,
        "created_at": group.created_at,
    });
    record(
        tx,
        cx,
        Change {
            action: "group.created",
            subject_kind: "group",
            subject_id: group.id.0,
            version: 1,
            hotel: None,
            at: cx.now,
            before: None,
            after: Some(after),
        },
    )?;
    Ok(group)
}

/// The group of a code.
///
/// # Errors
/// When the database fails.
pub fn find_group_by_code(reads: &mut impl Reads, code: &str) -> DbResult<Option<Group>> {
    match repo::find_group_id(reads, code)? {
        Some(id) => repo::find_group(reads, id),
        None => Ok(None),
    }
}

/// The group of an id.
///
/// # Errors
/// When the database fails.
pub fn find_group(reads: &mut impl Reads, id: GroupId) -> DbResult<Option<Group>> {
    repo::find_group(reads, id)
}

/// The ids of every group, for background work.
///
/// # Errors
/// When the database fails.
pub fn all_groups(reads: &mut impl Reads) -> DbResult<Vec<GroupId>> {
    repo::all_groups(reads)
}

/// Opens a hotel of the group.
///
/// # Errors
/// [`HotelError::NeedsWholeGroup`] unless the caller acts for the whole group, [`HotelError::CodeTaken`],
/// [`HotelError::Invalid`] when the name lacks the default language.
pub fn create_hotel(tx: &mut Tx<'_>, cx: &Ctx, command: CreateHotel) -> Result<Hotel, HotelError> {
    if cx.sight != Sight::WholeGroup {
        return Err(HotelError::NeedsWholeGroup);
    }
    let CreateHotel { code, names, time_zone, currency, default_language } = command;
    let hotel = Hotel {
        id: cx.new_id(),
        code,
        names,
        time_zone,
        currency,
        default_language,
        status: Status::Active,
        version: 1,
        created_at: cx.now,
        updated_at: cx.now,
    };
    check_names(&hotel)?;
    if repo::insert_hotel(tx, cx.group, &hotel)?.is_none() {
        let other = repo::find_hotel_id(tx, cx.group, hotel.code.as_str())?;
        return Err(HotelError::CodeTaken(other.map(|id| id.0)));
    }
    record(tx, cx, hotel_change("hotel.created", None, &hotel))?;
    Ok(hotel)
}

/// A hotel the caller may see.
///
/// # Errors
/// [`HotelError::NotFound`].
pub fn find_hotel(reads: &mut impl Reads, cx: &Ctx, id: HotelId) -> Result<Hotel, HotelError> {
    if !cx.sight.covers(Some(id)) {
        return Err(HotelError::NotFound);
    }
    repo::find_hotel(reads, cx.group, id)?.ok_or(HotelError::NotFound)
}

/// A hotel the caller may see, by its code.
///
/// # Errors
/// [`HotelError::NotFound`].
pub fn find_hotel_by_code(reads: &mut impl Reads, cx: &Ctx, code: &Code) -> Result<Hotel, HotelError> {
    let id = repo::find_hotel_id(reads, cx.group, code.as_str())?.ok_or(HotelError::NotFound)?;
    find_hotel(reads, cx, id)
}

/// Hotels the caller may see, by code, behind the code `after`.
///
/// # Errors
/// When the database fails.
pub fn list_hotels(
    reads: &mut impl Reads,
    cx: &Ctx,
    after: Option<&str>,
    limit: i64,
) -> Result<Page<Hotel>, HotelError> {
    let only = match &cx.sight {
        Sight::WholeGroup => None,
        Sight::Hotels(hotels) => Some(hotels.as_slice()),
    };
    Ok(Page::cut(repo::list_hotels(reads, cx.group, only, after, limit.saturating_add(1))?, limit))
}

/// Changes a hotel.
///
/// # Errors
/// [`HotelError::NotFound`], [`HotelError::Stale`], [`HotelError::Invalid`] when the name lacks the default language.
pub fn change_hotel(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    id: HotelId,
    expected: &Expected,
    command: ChangeHotel,
) -> Result<Hotel, HotelError> {
    let before = find_hotel(tx, cx, id)?;
    if !expected.allows(before.version) {
        return Err(HotelError::Stale);
    }
    let ChangeHotel { names, time_zone, currency, default_language } = command;
    let mut hotel = before.clone();
    hotel.names = names.unwrap_or(hotel.names);
    hotel.time_zone = time_zone.unwrap_or(hotel.time_zone);
    hotel.currency = currency.unwrap_or(hotel.currency);
    hotel.default_language = default_language.unwrap_or(hotel.default_language);
    hotel.version = before.version.saturating_add(1);
    hotel.updated_at = cx.after(before.updated_at);
    check_names(&hotel)?;
    if !repo::replace_hotel(tx, cx.group, &hotel, before.version)? {
        return Err(HotelError::Stale);
    }
    record(tx, cx, hotel_change("hotel.updated", Some(&before), &hotel))?;
    Ok(hotel)
}

/// Adds a department to a hotel.
///
/// # Errors
/// [`HotelError::NotFound`], [`HotelError::Closed`], [`HotelError::CodeTaken`].
pub fn create_department(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    hotel: HotelId,
    command: CreateDepartment,
) -> Result<Department, HotelError> {
    if find_hotel(tx, cx, hotel)?.status == Status::Closed {
        return Err(HotelError::Closed);
    }
    let CreateDepartment { code, names } = command;
    let department = Department {
        id: cx.new_id(),
        hotel_id: hotel,
        code,
        names,
        status: Status::Active,
        version: 1,
        created_at: cx.now,
        updated_at: cx.now,
    };
    if repo::insert_department(tx, cx.group, &department)?.is_none() {
        let other = repo::find_department_id(tx, cx.group, hotel, department.code.as_str())?;
        return Err(HotelError::CodeTaken(other.map(|id| id.0)));
    }
    record(tx, cx, department_change("department.created", None, &department))?;
    Ok(department)
}

/// A department of a hotel the caller may see.
///
/// # Errors
/// [`HotelError::NotFound`].
pub fn find_department(reads: &mut impl Reads, cx: &Ctx, id: DepartmentId) -> Result<Department, HotelError> {
    let department = repo::find_department(reads, cx.group, id)?;
    department.filter(|found| cx.sight.covers(Some(found.hotel_id))).ok_or(HotelError::NotFound)
}

/// Departments of a hotel, by code, behind the code `after`.
///
/// # Errors
/// [`HotelError::NotFound`] for a hotel the caller may not see.
pub fn list_departments(
    reads: &mut impl Reads,
    cx: &Ctx,
    hotel: HotelId,
    after: Option<&str>,
    limit: i64,
) -> Result<Page<Department>, HotelError> {
    find_hotel(reads, cx, hotel)?;
    Ok(Page::cut(repo::list_departments(reads, cx.group, hotel, after, limit.saturating_add(1))?, limit))
}

/// Codes of the departments of a hotel that are in use.
///
/// # Errors
/// [`HotelError::NotFound`] for a hotel the caller may not see.
pub fn department_codes(
    reads: &mut impl Reads,
    cx: &Ctx,
    hotel: HotelId,
) -> Result<BTreeSet<String>, HotelError> {
    find_hotel(reads, cx, hotel)?;
    Ok(repo::department_codes(reads, cx.group, hotel)?)
}

/// Changes a department.
///
/// # Errors
/// [`HotelError::NotFound`], [`HotelError::Stale`].
pub fn change_department(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    id: DepartmentId,
    expected: &Expected,
    command: ChangeDepartment,
) -> Result<Department, HotelError> {
    let before = find_department(tx, cx, id)?;
    if !expected.allows(before.version) {
        return Err(HotelError::Stale);
    }
    let mut department = before.clone();
    department.names = command.names.unwrap_or(department.names);
    department.version = before.version.saturating_add(1);
    department.updated_at = cx.after(before.updated_at);
    if !repo::replace_department(tx, cx.group, &department, before.version)? {
        return Err(HotelError::Stale);
    }
    record(tx, cx, department_change("department.updated", Some(&before), &department))?;
    Ok(department)
}

fn check_names(hotel: &Hotel) -> Result<(), HotelError> {
    if hotel.names.has(&hotel.default_language) {
        return Ok(());
    }
    Err(HotelError::Invalid(vec![Fault {
        pointer: "/names".into(),
        code: "default_language".into(),
        message: "must have a text in the default language".into(),
    }]))
}

fn hotel_change(action: &'static str, before: Option<&Hotel>, after: &Hotel) -> Change {
    Change {
        action,
        subject_kind: "hotel",
        subject_id: after.id.0,
        version: after.version,
        hotel: Some(after.id),
        at: after.updated_at,
        before: before.map(Hotel::trace),
        after: Some(after.trace()),
    }
}

fn department_change(action: &'static str, before: Option<&Department>, after: &Department) -> Change {
    Change {
        action,
        subject_kind: "department",
        subject_id: after.id.0,
        version: after.version,
        hotel: Some(after.hotel_id),
        at: after.updated_at,
        before: before.map(Department::trace),
        after: Some(after.trace()),
    }
}
