//! From settings to a state that can serve: the database with its schema brought up to date, the keys, the limits.

use std::sync::Arc;

use anyhow::Context as _;
use secrecy::ExposeSecret;

use crate::config::{Config, Database};
use crate::db::{Db, DbUrl, migrate};
use crate::kit::clock::WallClock;
use crate::kit::ids::TimeOrderedIds;
use crate::platform::blobs::Blobs;
use crate::platform::keys::Keys;
use crate::web::app::{App, Bounds, LoadPrincipal};
use crate::web::limits::Limits;

/// Opens the database without looking at its schema.
///
/// # Errors
/// When its address cannot be used.
pub fn connect(settings: &Database) -> anyhow::Result<Db> {
    let parse = |url: &secrecy::SecretString| DbUrl::parse(url.expose_secret()).map_err(anyhow::Error::msg);
    let url = parse(&settings.url)?;
    let read_url = settings.read_url.as_ref().map(parse).transpose()?;
    Db::open(&url, read_url.as_ref(), settings.connections)
}

/// Opens the database and sees to it that its schema is this program's. Pending migrations run by themselves on
/// SQLite, whose one user is this process; on PostgreSQL only when `migrate` says so, because other servers may be
/// using it.
///
/// # Errors
/// When the database cannot be reached, a migration fails, or migrations are pending and may not run: they are named.
pub fn open_database(settings: &Database, migrate: bool) -> anyhow::Result<Db> {
    let db = connect(settings)?;
    let pending = migrate::status(&db).with_context(|| place(settings))?.pending;
    if pending.is_empty() {
        return Ok(db);
    }
    if !db.is_embedded() && !migrate {
        anyhow::bail!(
            "the database is not up to date: {} {} pending; run `hospes migrate up`, or start with `hospes serve --migrate`",
            pending.join(", "),
            if pending.len() == 1 { "is" } else { "are" },
        );
    }
    for name in migrate::up(&db).context("a migration failed, and those before it stay")? {
        log::info!(migration = name.as_str(); "migration ran");
    }
    Ok(db)
}

/// The address of the database without name and password.
fn place(settings: &Database) -> String {
    DbUrl::parse(settings.url.expose_secret()).map_or_else(|error| error, |url| url.to_string())
}

/// Puts the state of the process together over an open database.
///
/// # Errors
/// When the keys cannot be read or made, or the store of attachments has no good address.
pub fn assemble(config: &Config, db: Db, load_principal: LoadPrincipal) -> anyhow::Result<App> {
    let keys = Keys::open(&config.keys.0, &TimeOrderedIds)?;
    let limits = Limits::new(config.server.rate_limit, config.server.trusted_proxies.clone());
    let app =
        App::new(db, Arc::new(WallClock), Arc::new(TimeOrderedIds), Arc::new(keys), limits, load_principal);
    let bounds = Bounds {
        job_rows_kept: config.jobs.rows_kept,
        largest_attachment: config.attachments.largest,
        ..Bounds::default()
    };
    Ok(app.bounded(bounds).storing(Blobs::open(&config.attachments.store)?))
}
