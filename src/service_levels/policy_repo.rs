//! Rows of groups' own lists of rules, one a group.

use diesel::prelude::*;

use crate::db::dialect::unless_taken;
use crate::db::schema::service_level_policies;
use crate::db::types::Json;
use crate::db::{DbError, DbResult, Reads, Tx};
use crate::kit::clock::Instant;
use crate::kit::ids::{ActorId, GroupId};
use crate::kit::version::Version;
use crate::service_levels::model::Rule;

/// The rules of a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredRules {
    /// The group.
    pub group: GroupId,
    /// The rules, in order; the last one is for all.
    pub rules: Vec<Rule>,
    /// Version of the list, 2 when it was first written.
    pub version: Version,
    /// When and by whom it was first written.
    pub created: (Instant, ActorId),
    /// When and by whom it was last changed.
    pub updated: (Instant, ActorId),
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = service_level_policies)]
struct RulesRow {
    group_id: GroupId,
    rules: Json<Vec<Rule>>,
    version: i64,
    created_at: Instant,
    created_by: ActorId,
    updated_at: Instant,
    updated_by: ActorId,
}

impl From<&StoredRules> for RulesRow {
    fn from(stored: &StoredRules) -> Self {
        let StoredRules { group, rules, version, created, updated } = stored;
        Self {
            group_id: *group,
            rules: Json(rules.clone()),
            version: *version,
            created_at: created.0,
            created_by: created.1,
            updated_at: updated.0,
            updated_by: updated.1,
        }
    }
}

/// The rules of a group; `None` when it goes by those that come with the program.
///
/// # Errors
/// When the database fails.
pub fn find(reads: &mut impl Reads, group: GroupId) -> DbResult<Option<StoredRules>> {
    let row: Option<RulesRow> = service_level_policies::table
        .filter(service_level_policies::group_id.eq(group))
        .select(RulesRow::as_select())
        .first(reads.conn())
        .optional()?;
    Ok(row.map(|row| StoredRules {
        group: row.group_id,
        rules: row.rules.0,
        version: row.version,
        created: (row.created_at, row.created_by),
        updated: (row.updated_at, row.updated_by),
    }))
}

/// Writes the first list of a group; `None` when another writer was faster.
///
/// # Errors
/// When the database fails.
pub fn insert(tx: &mut Tx<'_>, rules: &StoredRules) -> DbResult<Option<()>> {
    unless_taken(tx, |tx| {
        let row = RulesRow::from(rules);
        diesel::insert_into(service_level_policies::table).values(row).execute(tx.conn())?;
        Ok::<(), DbError>(())
    })
}

/// Writes the next list of a group over the `previous` version; `false` when another writer was faster.
///
/// # Errors
/// When the database fails.
pub fn replace(tx: &mut Tx<'_>, rules: &StoredRules, previous: Version) -> DbResult<bool> {
    let row = RulesRow::from(rules);
    let written = diesel::update(
        service_level_policies::table
            .filter(service_level_policies::group_id.eq(rules.group))
            .filter(service_level_policies::version.eq(previous)),
    )
    .set((
        service_level_policies::rules.eq(row.rules),
        service_level_policies::version.eq(row.version),
        service_level_policies::updated_at.eq(row.updated_at),
        service_level_policies::updated_by.eq(row.updated_by),
    ))
    .execute(tx.conn())?;
    Ok(written == 1)
}
