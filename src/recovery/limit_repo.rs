//! Rows of what groups set in place of the shipped limits of authority.

use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use crate::db::dialect::unless_taken;
use crate::db::schema::authority_limits;
use crate::db::types::Json;
use crate::db::{DbError, DbResult, Reads, Tx};
use crate::kit::clock::Instant;
use crate::kit::ids::{ActorId, GroupId, HotelId};
use crate::kit::version::Version;
use crate::recovery::limits::{AuthorityRole, Limit, LimitRule, Limits};
use crate::recovery::model::Currency;

/// A rule as it is stored and told. Absent limits are none at all.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RuleDocument {
    /// The hotel.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    hotel_id: Option<HotelId>,
    /// Code of the role.
    role: String,
    /// Code of the currency.
    currency: String,
    /// Minor units a case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    per_case_minor: Option<i64>,
    /// Minor units a day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    per_day_minor: Option<i64>,
}

impl From<&LimitRule> for RuleDocument {
    fn from(rule: &LimitRule) -> Self {
        let LimitRule { hotel, role, currency, limit: Limit { per_case, per_day } } = *rule;
        Self {
            hotel_id: hotel,
            role: role.code().to_owned(),
            currency: currency.code().to_owned(),
            per_case_minor: per_case,
            per_day_minor: per_day,
        }
    }
}

impl RuleDocument {
    /// `None` for a rule that this program cannot read: whom it is for has no authority by it.
    fn read(self) -> Option<LimitRule> {
        let Self { hotel_id, role, currency, per_case_minor, per_day_minor } = self;
        Some(LimitRule {
            hotel: hotel_id,
            role: AuthorityRole::of(&role)?,
            currency: Currency::parse(&currency)?,
            limit: Limit { per_case: per_case_minor, per_day: per_day_minor },
        })
    }
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = authority_limits)]
struct LimitsRow {
    group_id: GroupId,
    rules: Json<Vec<RuleDocument>>,
    version: i64,
    created_at: Instant,
    created_by: ActorId,
    updated_at: Instant,
    updated_by: ActorId,
}

/// The limits a group has set, and when they were last changed; `None` while the shipped ones count.
///
/// # Errors
/// When the database fails.
pub fn find(reads: &mut impl Reads, group: GroupId) -> DbResult<Option<(Limits, Instant)>> {
    let row: Option<LimitsRow> = authority_limits::table
        .filter(authority_limits::group_id.eq(group))
        .select(LimitsRow::as_select())
        .first(reads.conn())
        .optional()?;
    Ok(row.map(|row| {
        let rules = row.rules.0.into_iter().filter_map(RuleDocument::read).collect();
        (Limits { version: row.version, rules }, row.updated_at)
    }))
}

fn documents(limits: &Limits) -> Json<Vec<RuleDocument>> {
    Json(limits.rules.iter().map(RuleDocument::from).collect())
}

/// Writes the first limits of a group; `None` when another writer was faster.
///
/// # Errors
/// When the database fails.
pub fn insert(
    tx: &mut Tx<'_>,
    group: GroupId,
    limits: &Limits,
    stamp: (Instant, ActorId),
) -> DbResult<Option<()>> {
    let row = LimitsRow {
        group_id: group,
        rules: documents(limits),
        version: limits.version,
        created_at: stamp.0,
        created_by: stamp.1,
        updated_at: stamp.0,
        updated_by: stamp.1,
    };
    unless_taken(tx, |tx| {
        diesel::insert_into(authority_limits::table).values(row).execute(tx.conn())?;
        Ok::<(), DbError>(())
    })
}

/// Writes limits over those of version `old`; `false` when another writer was faster.
///
/// # Errors
/// When the database fails.
pub fn replace(
    tx: &mut Tx<'_>,
    group: GroupId,
    old: Version,
    limits: &Limits,
    stamp: (Instant, ActorId),
) -> DbResult<bool> {
    let row = authority_limits::table
        .filter(authority_limits::group_id.eq(group))
        .filter(authority_limits::version.eq(old));
    let written = diesel::update(row)
        .set((
            authority_limits::rules.eq(documents(limits)),
            authority_limits::version.eq(limits.version),
            authority_limits::updated_at.eq(stamp.0),
            authority_limits::updated_by.eq(stamp.1),
        ))
        .execute(tx.conn())?;
    Ok(written == 1)
}
