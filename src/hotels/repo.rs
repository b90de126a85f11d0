//! Rows of groups, hotels and departments.

use std::collections::{BTreeMap, BTreeSet};

use diesel::prelude::*;

use crate::db::schema::{departments, directory, groups, hotels};
use crate::db::types::Json;
use crate::db::{DbResult, Reads, Tx, dialect};
use crate::hotels::model::{Code, Currency, Department, Group, Hotel, LanguageTag, Names, Status, TimeZone};
use crate::kit::clock::Instant;
use crate::kit::ids::{DepartmentId, GroupId, HotelId};
use crate::kit::version::Version;

/// Kind of the directory rows that lead from a code to its group.
const GROUP: &str = "group";

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = groups)]
struct GroupRow {
    group_id: GroupId,
    code: String,
    name: String,
    is_demo: bool,
    created_at: Instant,
}

impl From<GroupRow> for Group {
    fn from(row: GroupRow) -> Self {
        let GroupRow { group_id, code, name, is_demo, created_at } = row;
        Self { id: group_id, code: Code::stored(code), name, is_demo, created_at }
    }
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = hotels)]
struct HotelRow {
    group_id: GroupId,
    id: HotelId,
    code: String,
    names: Json<BTreeMap<String, String>>,
    time_zone: String,
    currency: String,
    default_language: String,
    status: String,
    version: Version,
    created_at: Instant,
    updated_at: Instant,
}

impl From<HotelRow> for Hotel {
    fn from(row: HotelRow) -> Self {
        let HotelRow { group_id: _, id, code, names, time_zone, currency, default_language, status, .. } =
            row;
        Self {
            id,
            code: Code::stored(code),
            names: Names::stored(names.0),
            // Written from the same types; a zone or currency that the library dropped since reads as neutral.
            time_zone: TimeZone::parse(&time_zone).unwrap_or(TimeZone(chrono_tz::UTC)),
            currency: Currency::parse(&currency).unwrap_or_else(Currency::none),
            default_language: LanguageTag::stored(default_language),
            status: Status::stored(&status),
            version: row.version,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = departments)]
struct DepartmentRow {
    group_id: GroupId,
    id: DepartmentId,
    hotel_id: HotelId,
    code: String,
    names: Json<BTreeMap<String, String>>,
    status: String,
    version: Version,
    created_at: Instant,
    updated_at: Instant,
}

impl From<DepartmentRow> for Department {
    fn from(row: DepartmentRow) -> Self {
        let DepartmentRow { group_id: _, id, hotel_id, code, names, status, version, created_at, updated_at } =
            row;
        let (code, names, status) = (Code::stored(code), Names::stored(names.0), Status::stored(&status));
        Self { id, hotel_id, code, names, status, version, created_at, updated_at }
    }
}

/// Inserts a group and its directory row; `None` when the code is taken.
pub fn insert_group(tx: &mut Tx<'_>, group: &Group) -> DbResult<Option<()>> {
    let code = group.code.as_str();
    let listed = dialect::unless_taken(tx, |tx| {
        Ok(diesel::insert_into(directory::table)
            .values((
                directory::kind.eq(GROUP),
                directory::key.eq(code),
                directory::group_id.eq(group.id),
                directory::subject_id.eq(group.id),
            ))
            .execute(tx.conn())?)
    })?;
    if listed.is_none() {
        return Ok(None);
    }
    let row = GroupRow {
        group_id: group.id,
        code: code.to_owned(),
        name: group.name.clone(),
        is_demo: group.is_demo,
        created_at: group.created_at,
    };
    diesel::insert_into(groups::table).values(&row).execute(tx.conn())?;
    Ok(Some(()))
}

/// The group of an id.
pub fn find_group(reads: &mut impl Reads, group: GroupId) -> DbResult<Option<Group>> {
    let row = groups::table.filter(groups::group_id.eq(group)).select(GroupRow::as_select());
    Ok(row.first(reads.conn()).optional()?.map(Group::from))
}

/// The id of the group of a code.
pub fn find_group_id(reads: &mut impl Reads, code: &str) -> DbResult<Option<GroupId>> {
    Ok(directory::table
        .filter(directory::kind.eq(GROUP))
        .filter(directory::key.eq(code))
        .select(directory::group_id)
        .first(reads.conn())
        .optional()?)
}

/// The ids of every group, oldest first.
pub fn all_groups(reads: &mut impl Reads) -> DbResult<Vec<GroupId>> {
    Ok(groups::table.order(groups::group_id).select(groups::group_id).load(reads.conn())?)
}

/// Inserts a hotel; `None` when the code is taken.
pub fn insert_hotel(tx: &mut Tx<'_>, group: GroupId, hotel: &Hotel) -> DbResult<Option<()>> {
    let row = HotelRow {
        group_id: group,
        id: hotel.id,
        code: hotel.code.to_string(),
        names: Json(hotel.names.texts().clone()),
        time_zone: hotel.time_zone.name().to_owned(),
        currency: hotel.currency.code().to_owned(),
        default_language: hotel.default_language.as_str().to_owned(),
        status: hotel.status.code().to_owned(),
        version: hotel.version,
        created_at: hotel.created_at,
        updated_at: hotel.updated_at,
    };
    let done = dialect::unless_taken(tx, |tx| {
        Ok(diesel::insert_into(hotels::table).values(&row).execute(tx.conn())?)
    })?;
    Ok(done.map(|_| ()))
}

/// The hotel of an id.
pub fn find_hotel(reads: &mut impl Reads, group: GroupId, id: HotelId) -> DbResult<Option<Hotel>> {
    let row = hotels::table.filter(hotels::group_id.eq(group)).filter(hotels::id.eq(id));
    Ok(row.select(HotelRow::as_select()).first(reads.conn()).optional()?.map(Hotel::from))
}

/// The id of the hotel of a code.
pub fn find_hotel_id(reads: &mut impl Reads, group: GroupId, code: &str) -> DbResult<Option<HotelId>> {
    let row = hotels::table.filter(hotels::group_id.eq(group)).filter(hotels::code.eq(code));
    Ok(row.select(hotels::id).first(reads.conn()).optional()?)
}

/// Hotels by code: those of `only` (`None`: all), behind the code `after`, at most `limit`.
pub fn list_hotels(
    reads: &mut impl Reads,
    group: GroupId,
    only: Option<&[HotelId]>,
    after: Option<&str>,
    limit: i64,
) -> DbResult<Vec<Hotel>> {
    let mut query =
        hotels::table.filter(hotels::group_id.eq(group)).select(HotelRow::as_select()).into_boxed();
    if let Some(only) = only {
        query = query.filter(hotels::id.eq_any(only.to_vec()));
    }
    if let Some(after) = after {
        query = query.filter(hotels::code.gt(after.to_owned()));
    }
    let rows: Vec<HotelRow> = query.order(hotels::code).limit(limit).load(reads.conn())?;
    Ok(rows.into_iter().map(Hotel::from).collect())
}

/// Writes a changed hotel over its `previous` version; `false` when that is no longer the newest.
pub fn replace_hotel(tx: &mut Tx<'_>, group: GroupId, hotel: &Hotel, previous: Version) -> DbResult<bool> {
    let row = hotels::table
        .filter(hotels::group_id.eq(group))
        .filter(hotels::id.eq(hotel.id))
        .filter(hotels::version.eq(previous));
    let changed = diesel::update(row)
        .set((
            hotels::names.eq(Json(hotel.names.texts().clone())),
            hotels::time_zone.eq(hotel.time_zone.name()),
            hotels::currency.eq(hotel.currency.code()),
            hotels::default_language.eq(hotel.default_language.as_str()),
            hotels::version.eq(hotel.version),
            hotels::updated_at.eq(hotel.updated_at),
        ))
        .execute(tx.conn())?;
    Ok(changed == 1)
}

/// Inserts a department; `None` when the hotel has the code already.
pub fn insert_department(tx: &mut Tx<'_>, group: GroupId, department: &Department) -> DbResult<Option<()>> {
    let row = DepartmentRow {
        group_id: group,
        id: department.id,
        hotel_id: department.hotel_id,
        code: department.code.to_string(),
        names: Json(department.names.texts().clone()),
        status: department.status.code().to_owned(),
        version: department.version,
        created_at: department.created_at,
        updated_at: department.updated_at,
    };
    let done = dialect::unless_taken(tx, |tx| {
        Ok(diesel::insert_into(departments::table).values(&row).execute(tx.conn())?)
    })?;
    Ok(done.map(|_| ()))
}

/// The department of an id.
pub fn find_department(
    reads: &mut impl Reads,
    group: GroupId,
    id: DepartmentId,
) -> DbResult<Option<Department>> {
    let row = departments::table.filter(departments::group_id.eq(group)).filter(departments::id.eq(id));
    Ok(row.select(DepartmentRow::as_select()).first(reads.conn()).optional()?.map(Department::from))
}

/// The id of the department of a code in a hotel.
pub fn find_department_id(
    reads: &mut impl Reads,
    group: GroupId,
    hotel: HotelId,
    code: &str,
) -> DbResult<Option<DepartmentId>> {
    let row = departments::table
        .filter(departments::group_id.eq(group))
        .filter(departments::hotel_id.eq(hotel))
        .filter(departments::code.eq(code));
    Ok(row.select(departments::id).first(reads.conn()).optional()?)
}

/// Codes of the departments of a hotel that are in use.
pub fn department_codes(
    reads: &mut impl Reads,
    group: GroupId,
    hotel: HotelId,
) -> DbResult<BTreeSet<String>> {
    let codes: Vec<String> = departments::table
        .filter(departments::group_id.eq(group))
        .filter(departments::hotel_id.eq(hotel))
        .filter(departments::status.eq(Status::Active.code()))
        .select(departments::code)
        .load(reads.conn())?;
    Ok(codes.into_iter().collect())
}

/// Departments of a hotel by code, behind the code `after`, at most `limit`.
pub fn list_departments(
    reads: &mut impl Reads,
    group: GroupId,
    hotel: HotelId,
    after: Option<&str>,
    limit: i64,
) -> DbResult<Vec<Department>> {
    let mut query = departments::table
        .filter(departments::group_id.eq(group))
        .filter(departments::hotel_id.eq(hotel))
        .select(DepartmentRow::as_select())
        .into_boxed();
    if let Some(after) = after {
        query = query.filter(departments::code.gt(after.to_owned()));
    }
    let rows: Vec<DepartmentRow> = query.order(departments::code).limit(limit).load(reads.conn())?;
    Ok(rows.into_iter().map(Department::from).collect())
}

/// Writes a changed department over its `previous` version; `false` when that is no longer the newest.
pub fn replace_department(
    tx: &mut Tx<'_>,
    group: GroupId,
    department: &Department,
    previous: Version,
) -> DbResult<bool> {
    let row = departments::table
        .filter(departments::group_id.eq(group))
        .filter(departments::id.eq(department.id))
        .filter(departments::version.eq(previous));
    let changed = diesel::update(row)
        .set((
            departments::names.eq(Json(department.names.texts().clone())),
            departments::version.eq(department.version),
            departments::updated_at.eq(department.updated_at),
        ))
        .execute(tx.conn())?;
    Ok(changed == 1)
}
