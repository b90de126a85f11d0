//! Rows of what groups changed of the settings of complaints. The group comes first, absent is `None`, no rules.

use diesel::prelude::*;
use serde_json::Value;

use crate::complaint_settings::catalogue::{Category, SubCause};
use crate::complaint_settings::rules::Rule;
use crate::complaint_settings::templates::Template;
use crate::db::dialect::unless_taken;
use crate::db::schema::complaint_settings;
use crate::db::types::Json;
use crate::db::{DbError, DbResult, Reads, Tx};
use crate::kit::clock::Instant;
use crate::kit::ids::{ActorId, ComplaintSettingId, GroupId};
use crate::kit::version::Version;

/// Code of the one row that holds the routing rules.
pub const ROUTING: &str = "routing";

/// What a row sets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Setting {
    /// What a complaint can be about.
    Category(Category),
    /// Why something can go wrong.
    SubCause(SubCause),
    /// The routing rules, in order.
    Routing(Vec<Rule>),
    /// A message template.
    Template(Template),
}

impl Setting {
    /// Kind of a category.
    pub const CATEGORY: &'static str = "category";
    /// Kind of a sub-cause.
    pub const SUB_CAUSE: &'static str = "sub_cause";
    /// Kind of the routing rules.
    pub const ROUTING: &'static str = "routing";
    /// Kind of a message template.
    pub const TEMPLATE: &'static str = "template";

    /// Code of the kind.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Category(_) => Self::CATEGORY,
            Self::SubCause(_) => Self::SUB_CAUSE,
            Self::Routing(_) => Self::ROUTING,
            Self::Template(_) => Self::TEMPLATE,
        }
    }

    /// Whether it is no longer used for anything new.
    pub const fn is_retired(&self) -> bool {
        match self {
            Self::Category(category) => category.retired,
            Self::SubCause(cause) => cause.retired,
            Self::Routing(_) => false,
            Self::Template(template) => template.retired,
        }
    }

    /// The setting as it is stored.
    pub fn document(&self) -> Value {
        let value = match self {
            Self::Category(category) => serde_json::to_value(category),
            Self::SubCause(cause) => serde_json::to_value(cause),
            Self::Routing(rules) => serde_json::to_value(rules),
            Self::Template(template) => serde_json::to_value(template),
        };
        value.unwrap_or_default()
    }
}

/// A setting as a group has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// Its group.
    pub group: GroupId,
    /// Its id.
    pub id: ComplaintSettingId,
    /// Its code.
    pub code: String,
    /// What it is.
    pub setting: Setting,
    /// Its version.
    pub version: Version,
    /// When and by whom the group first changed it.
    pub created: (Instant, ActorId),
    /// When and by whom it was last changed.
    pub updated: (Instant, ActorId),
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = complaint_settings)]
struct SettingRow {
    group_id: GroupId,
    id: ComplaintSettingId,
    kind: String,
    code: String,
    setting: Json<Value>,
    version: i64,
    created_at: Instant,
    created_by: ActorId,
    updated_at: Instant,
    updated_by: ActorId,
}

impl From<&Kept> for SettingRow {
    fn from(kept: &Kept) -> Self {
        let Kept { group, id, code, setting, version, created, updated } = kept;
        Self {
            group_id: *group,
            id: *id,
            kind: setting.kind().to_owned(),
            code: code.clone(),
            setting: Json(setting.document()),
            version: *version,
            created_at: created.0,
            created_by: created.1,
            updated_at: updated.0,
            updated_by: updated.1,
        }
    }
}

impl SettingRow {
    /// `None` for a setting that this program cannot read: a newer one wrote it.
    fn read(self) -> Option<Kept> {
        let setting = match self.kind.as_str() {
            Setting::CATEGORY => Setting::Category(serde_json::from_value(self.setting.0).ok()?),
            Setting::SUB_CAUSE => Setting::SubCause(serde_json::from_value(self.setting.0).ok()?),
            Setting::ROUTING => Setting::Routing(serde_json::from_value(self.setting.0).ok()?),
            _ => Setting::Template(serde_json::from_value(self.setting.0).ok()?),
        };
        Some(Kept {
            group: self.group_id,
            id: self.id,
            code: self.code,
            setting,
            version: self.version,
            created: (self.created_at, self.created_by),
            updated: (self.updated_at, self.updated_by),
        })
    }
}

/// All that a group has changed or added of these kinds.
///
/// # Errors
/// When the database fails.
pub fn all(reads: &mut impl Reads, group: GroupId, kinds: &[&'static str]) -> DbResult<Vec<Kept>> {
    let rows = complaint_settings::table
        .filter(complaint_settings::group_id.eq(group))
        .filter(complaint_settings::kind.eq_any(kinds.to_vec()))
        .select(SettingRow::as_select())
        .load(reads.conn())?;
    Ok(rows.into_iter().filter_map(SettingRow::read).collect())
}

/// What a group has of one code; `kind` is one of [`Setting`]'s.
///
/// # Errors
/// When the database fails.
pub fn find(
    reads: &mut impl Reads,
    group: GroupId,
    kind: &'static str,
    code: &str,
) -> DbResult<Option<Kept>> {
    let row = complaint_settings::table
        .filter(complaint_settings::group_id.eq(group))
        .filter(complaint_settings::kind.eq(kind))
        .filter(complaint_settings::code.eq(code))
        .select(SettingRow::as_select())
        .first(reads.conn())
        .optional()?;
    Ok(row.and_then(SettingRow::read))
}

/// How many settings of a kind a group has.
///
/// # Errors
/// When the database fails.
pub fn count(reads: &mut impl Reads, group: GroupId, kind: &'static str) -> DbResult<i64> {
    let rows = complaint_settings::table
        .filter(complaint_settings::group_id.eq(group))
        .filter(complaint_settings::kind.eq(kind));
    Ok(rows.count().get_result(reads.conn())?)
}

/// Writes the first setting of a code; `None` when another writer was faster.
///
/// # Errors
/// When the database fails.
pub fn insert(tx: &mut Tx<'_>, kept: &Kept) -> DbResult<Option<()>> {
    unless_taken(tx, |tx| {
        let row = SettingRow::from(kept);
        diesel::insert_into(complaint_settings::table).values(row).execute(tx.conn())?;
        Ok::<(), DbError>(())
    })
}

/// Writes the new state of a setting; `false` when another writer was faster.
///
/// # Errors
/// When the database fails.
pub fn replace(tx: &mut Tx<'_>, old: &Kept, new: &Kept) -> DbResult<bool> {
    let row = SettingRow::from(new);
    let written = diesel::update(
        complaint_settings::table
            .filter(complaint_settings::group_id.eq(old.group))
            .filter(complaint_settings::id.eq(old.id))
            .filter(complaint_settings::version.eq(old.version)),
    )
    .set((
        complaint_settings::setting.eq(row.setting),
        complaint_settings::version.eq(row.version),
        complaint_settings::updated_at.eq(row.updated_at),
        complaint_settings::updated_by.eq(row.updated_by),
    ))
    .execute(tx.conn())?;
    Ok(written == 1)
}
