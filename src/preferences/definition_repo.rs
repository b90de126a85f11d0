//! Rows of what groups changed of the preference catalogue.

use diesel::prelude::*;
use serde_json::Value;

use crate::db::dialect::unless_taken;
use crate::db::schema::preference_definitions;
use crate::db::types::Json;
use crate::db::{DbError, DbResult, Reads, Tx};
use crate::kit::clock::Instant;
use crate::kit::ids::{ActorId, DefinitionId, GroupId};
use crate::kit::version::Version;
use crate::preferences::catalogue::{Category, Item};

/// What a row defines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DefinitionKind {
    /// A category.
    Category(Category),
    /// An item.
    Item(Item),
}

impl DefinitionKind {
    /// Code of the kind.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Category(_) => "category",
            Self::Item(_) => "item",
        }
    }

    /// Whether it is closed to new preferences.
    pub const fn is_retired(&self) -> bool {
        match self {
            Self::Category(category) => category.retired,
            Self::Item(item) => item.retired,
        }
    }

    /// The definition as it is stored and told.
    pub fn document(&self) -> Value {
        let value = match self {
            Self::Category(category) => serde_json::to_value(category),
            Self::Item(item) => serde_json::to_value(item),
        };
        value.unwrap_or_default()
    }
}

/// A category or an item as a group has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Definition {
    /// Its group.
    pub group: GroupId,
    /// Its id.
    pub id: DefinitionId,
    /// Its code.
    pub code: String,
    /// What it is.
    pub kind: DefinitionKind,
    /// Its version.
    pub version: Version,
    /// When and by whom the group first changed it.
    pub created: (Instant, ActorId),
    /// When and by whom it was last changed.
    pub updated: (Instant, ActorId),
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = preference_definitions)]
struct DefinitionRow {
    group_id: GroupId,
    id: DefinitionId,
    kind: String,
    code: String,
    definition: Json<Value>,
    version: i64,
    created_at: Instant,
    created_by: ActorId,
    updated_at: Instant,
    updated_by: ActorId,
}

impl From<&Definition> for DefinitionRow {
    fn from(definition: &Definition) -> Self {
        let Definition { group, id, code, kind, version, created, updated } = definition;
        Self {
            group_id: *group,
            id: *id,
            kind: kind.code().to_owned(),
            code: code.clone(),
            definition: Json(kind.document()),
            version: *version,
            created_at: created.0,
            created_by: created.1,
            updated_at: updated.0,
            updated_by: updated.1,
        }
    }
}

impl DefinitionRow {
    /// `None` for a definition that this program cannot read: a newer one wrote it.
    fn read(self) -> Option<Definition> {
        let kind = match self.kind.as_str() {
            "category" => DefinitionKind::Category(serde_json::from_value(self.definition.0).ok()?),
            _ => DefinitionKind::Item(serde_json::from_value(self.definition.0).ok()?),
        };
        Some(Definition {
            group: self.group_id,
            id: self.id,
            code: self.code,
            kind,
            version: self.version,
            created: (self.created_at, self.created_by),
            updated: (self.updated_at, self.updated_by),
        })
    }
}

/// All that a group has changed or added.
///
/// # Errors
/// When the database fails.
pub fn all(reads: &mut impl Reads, group: GroupId) -> DbResult<Vec<Definition>> {
    let rows = preference_definitions::table
        .filter(preference_definitions::group_id.eq(group))
        .select(DefinitionRow::as_select())
        .load(reads.conn())?;
    Ok(rows.into_iter().filter_map(DefinitionRow::read).collect())
}

/// What a group has of one code; `kind` is `category` or `item`.
///
/// # Errors
/// When the database fails.
pub fn find(
    reads: &mut impl Reads,
    group: GroupId,
    kind: &'static str,
    code: &str,
) -> DbResult<Option<Definition>> {
    let row = preference_definitions::table
        .filter(preference_definitions::group_id.eq(group))
        .filter(preference_definitions::kind.eq(kind))
        .filter(preference_definitions::code.eq(code))
        .select(DefinitionRow::as_select())
        .first(reads.conn())
        .optional()?;
    Ok(row.and_then(DefinitionRow::read))
}

/// How many definitions a group has.
///
/// # Errors
/// When the database fails.
pub fn count(reads: &mut impl Reads, group: GroupId) -> DbResult<i64> {
    let rows = preference_definitions::table.filter(preference_definitions::group_id.eq(group));
    Ok(rows.count().get_result(reads.conn())?)
}

/// Writes the first definition of a code; `None` when another writer was faster.
///
/// # Errors
/// When the database fails.
pub fn insert(tx: &mut Tx<'_>, definition: &Definition) -> DbResult<Option<()>> {
    unless_taken(tx, |tx| {
        let row = DefinitionRow::from(definition);
        diesel::insert_into(preference_definitions::table).values(row).execute(tx.conn())?;
        Ok::<(), DbError>(())
    })
}

/// Writes the new state of a definition; `false` when another writer was faster.
///
/// # Errors
/// When the database fails.
pub fn replace(tx: &mut Tx<'_>, old: &Definition, new: &Definition) -> DbResult<bool> {
    let row = DefinitionRow::from(new);
    let written = diesel::update(
        preference_definitions::table
            .filter(preference_definitions::group_id.eq(old.group))
            .filter(preference_definitions::id.eq(old.id))
            .filter(preference_definitions::version.eq(old.version)),
    )
    .set((
        preference_definitions::definition.eq(row.definition),
        preference_definitions::version.eq(row.version),
        preference_definitions::updated_at.eq(row.updated_at),
        preference_definitions::updated_by.eq(row.updated_by),
    ))
    .execute(tx.conn())?;
    Ok(written == 1)
}
