//! Migrations, embedded in the binary: one folder a backend with the same names.

use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::connection::AnyConn;
use super::error::{DbError, DbResult};
use super::handle::{Db, Reads};

const POSTGRES: EmbeddedMigrations = embed_migrations!("migrations/postgres");
const SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");

/// The migrations of a database: what ran and what is still to run, by name, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    /// Names of the migrations that ran, oldest first.
    pub applied: Vec<String>,
    /// Names of the migrations that did not run yet, in the order they will.
    pub pending: Vec<String>,
}

/// Calls `$harness` with the connection and the migrations of its backend.
macro_rules! with_harness {
    ($conn:expr, |$bare:ident, $source:ident| $body:expr) => {
        match $conn {
            AnyConn::Pg($bare) => {
                let $source = POSTGRES;
                $body.map_err(|error| anyhow::anyhow!("{error}"))
            }
            AnyConn::Sqlite($bare) => {
                let $source = SQLITE;
                $body.map_err(|error| anyhow::anyhow!("{error}"))
            }
        }
    };
}

/// What ran and what is still to run.
///
/// # Errors
/// When the database cannot be asked.
pub fn status(db: &Db) -> anyhow::Result<Status> {
    db.with_bare(|conn| {
        let pending = with_harness!(conn, |bare, source| bare
            .pending_migrations(source)
            .map(|list| list.iter().map(|migration| migration.name().to_string()).collect::<Vec<_>>()))?;
        let known = names();
        let applied = known.into_iter().filter(|name| !pending.contains(name)).collect();
        Ok(Status { applied, pending })
    })
}

/// Runs every pending migration and returns their names.
///
/// # Errors
/// When one fails; those before it stay.
pub fn up(db: &Db) -> anyhow::Result<Vec<String>> {
    let pending = status(db)?.pending;
    db.with_bare(|conn| with_harness!(conn, |bare, source| bare.run_pending_migrations(source).map(|_| ())))?;
    Ok(pending)
}

/// Takes the newest migration back and returns its name; `None` when none ran.
///
/// # Errors
/// When it fails.
pub fn down(db: &Db) -> anyhow::Result<Option<String>> {
    let Some(last) = status(db)?.applied.pop() else { return Ok(None) };
    db.with_bare(|conn| with_harness!(conn, |bare, source| bare.revert_last_migration(source).map(|_| ())))?;
    Ok(Some(last))
}

/// Checks over an open connection that every migration ran.
///
/// # Errors
/// When the database cannot answer, or migrations are pending.
pub fn check(reads: &mut impl Reads) -> DbResult<()> {
    let pending = with_harness!(reads.conn(), |bare, source| bare.has_pending_migration(source));
    match pending {
        Ok(false) => Ok(()),
        Ok(true) => Err(DbError::Unavailable("migrations are pending".to_owned())),
        Err(error) => Err(DbError::Unavailable(error.to_string())),
    }
}

/// Names of all migrations the binary carries, oldest first.
pub fn names() -> Vec<String> {
    use diesel::migration::MigrationSource;
    let found: Result<Vec<Box<dyn diesel::migration::Migration<diesel::pg::Pg>>>, _> = POSTGRES.migrations();
    let mut names: Vec<String> = found
        .map(|list| list.iter().map(|migration| migration.name().to_string()).collect())
        .unwrap_or_default();
    names.sort();
    names
}
