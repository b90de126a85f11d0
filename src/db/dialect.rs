//! What the two backends do differently, each difference behind one function.

use diesel::expression::SqlLiteral;
use diesel::prelude::*;
use diesel::result::{DatabaseErrorKind, Error as DieselError};
use diesel::sql_types::Integer;
use serde_json::json;
use uuid::Uuid;

use super::connection::AnyConn;
use super::error::{DbError, DbResult};
use super::handle::{Reads, Tx};
use super::postgres::in_transaction;
use super::schema::{audit_entries, events};
use super::types::Id;
use crate::kit::ids::{AuditId, EventId, GroupId};

/// Asks for a constant.
///
/// # Errors
/// When the database cannot answer.
pub fn ping(reads: &mut impl Reads) -> DbResult<()> {
    diesel::select(1.into_sql::<Integer>()).get_result::<i32>(reads.conn())?;
    Ok(())
}

/// The ids in a column, to sort few rows by once they are found. SQLite keeps no statistics about how many rows a key
/// finds: given an index in the wanted order it reads a whole group in that order rather than finding the few rows by a
/// list of keys.
pub fn ids_found(column: &'static str) -> SqlLiteral<Id> {
    diesel::dsl::sql(&format!("CASE WHEN TRUE THEN {column} END"))
}

/// Runs an insert in a savepoint: `Ok(None)` when it met a row with the same unique key. Which key is known from
/// the insert that ran: neither backend names it reliably.
///
/// # Errors
/// Every failure that is not a unique violation.
pub fn unless_taken<T>(
    tx: &mut Tx<'_>,
    insert: impl FnOnce(&mut Tx<'_>) -> Result<T, DbError>,
) -> DbResult<Option<T>> {
    match in_transaction(tx.0, insert) {
        Ok(value) => Ok(Some(value)),
        Err(DbError::Query(DieselError::DatabaseError(DatabaseErrorKind::UniqueViolation, _))) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Inserts all rows, in as few statements as the backend takes. The rows implement `Insertable` for both backends.
#[macro_export]
macro_rules! insert_all {
    ($tx:expr, $table:expr, $rows:expr) => {
        $crate::db::dialect::insert_all($tx, $rows, |conn, rows| match conn {
            $crate::db::AnyConn::Pg(conn) => {
                diesel::RunQueryDsl::execute(diesel::insert_into($table).values(rows), conn)
            }
            $crate::db::AnyConn::Sqlite(conn) => {
                diesel::RunQueryDsl::execute(diesel::insert_into($table).values(rows), conn)
            }
        })
    };
}

/// Rows a statement: PostgreSQL takes 65,535 bound values, and the widest table has under 32 columns.
const ROWS_A_STATEMENT: usize = 1_000;

/// The body of [`insert_all!`]: cuts the rows into statements.
///
/// # Errors
/// What the insert answers.
pub fn insert_all<R>(
    tx: &mut Tx<'_>,
    rows: &[R],
    insert: impl Fn(&mut AnyConn, &[R]) -> QueryResult<usize>,
) -> DbResult<()> {
    for part in rows.chunks(ROWS_A_STATEMENT) {
        insert(tx.0, part)?;
    }
    Ok(())
}

/// Gives events of a group their positions.
///
/// # Errors
/// When the database fails.
pub fn number_events(tx: &mut Tx<'_>, group: GroupId, numbered: &[(Uuid, i64)]) -> DbResult<()> {
    match tx.0 {
        AnyConn::Pg(conn) => {
            let rows: Vec<_> = numbered.iter().map(|(id, position)| json!([hex(*id), position])).collect();
            set_by_list(conn, group, "events", "position = v.position", &rows)
        }
        // SQLite has no statement that finds many rows by their keys without looking through the table; one a row,
        // prepared once, is quicker than either.
        AnyConn::Sqlite(conn) => {
            for (id, position) in numbered {
                let row =
                    events::table.filter(events::group_id.eq(group)).filter(events::id.eq(EventId(*id)));
                diesel::update(row).set(events::position.eq(position)).execute(conn)?;
            }
            Ok(())
        }
    }
}

/// Gives audit rows of a group their places in the chain.
///
/// # Errors
/// When the database fails.
pub fn chain_audit(tx: &mut Tx<'_>, group: GroupId, chained: &[(Uuid, i64, String)]) -> DbResult<()> {
    match tx.0 {
        AnyConn::Pg(conn) => {
            let rows: Vec<_> =
                chained.iter().map(|(id, position, hash)| json!([hex(*id), position, hash])).collect();
            set_by_list(conn, group, "audit_entries", "position = v.position, hash = v.hash", &rows)
        }
        AnyConn::Sqlite(conn) => {
            for (id, position, hash) in chained {
                let row = audit_entries::table
                    .filter(audit_entries::group_id.eq(group))
                    .filter(audit_entries::id.eq(AuditId(*id)));
                let place = (audit_entries::position.eq(position), audit_entries::hash.eq(hash));
                diesel::update(row).set(place).execute(conn)?;
            }
            Ok(())
        }
    }
}

fn hex(id: Uuid) -> String {
    id.simple().to_string()
}

/// Updates rows of `table` from a list of `[id, position, hash?]`, bound as one JSON document. `table` and `set`
/// are constants of this file.
fn set_by_list(
    conn: &mut PgConnection,
    group: GroupId,
    table: &'static str,
    set: &'static str,
    rows: &[serde_json::Value],
) -> DbResult<()> {
    if rows.is_empty() {
        return Ok(());
    }
    let list = serde_json::Value::from(rows).to_string();
    diesel::sql_query(format!(
        "UPDATE {table} AS t SET {set} FROM (SELECT (r->>0)::uuid AS id, (r->>1)::bigint AS position, \
         r->>2 AS hash FROM jsonb_array_elements($2::jsonb) AS r) AS v WHERE t.group_id = $1 AND t.id = v.id"
    ))
    .bind::<Id, _>(group)
    .bind::<diesel::sql_types::Text, _>(list)
    .execute(conn)?;
    Ok(())
}
