//! `hospes migrate`: the schema of the database.

use clap::Subcommand;
use hospes::config::{Database, Logging};
use hospes::{db, startup};

use super::Context;

/// Bring the schema of the database up to date, or take a step back
#[derive(Subcommand)]
pub enum What {
    /// Run every pending migration
    #[command(after_help = "\
Example:
  HOSPES_DATABASE_URL=postgres://hospes:…@db/hospes hospes migrate up

Reads HOSPES_DATABASE_URL. Safe to repeat: without pending migrations nothing happens.")]
    Up,
    /// Take the newest migration back, with the data that only it had room for
    #[command(after_help = "\
Example:
  hospes migrate down

Reads HOSPES_DATABASE_URL. Make a backup first: tables and columns of the migration go with their content.")]
    Down,
    /// List the migrations that ran and those that are pending
    #[command(after_help = "\
Example:
  hospes migrate status

Reads HOSPES_DATABASE_URL.")]
    Status,
}

pub fn run(what: &What, context: &mut Context) -> anyhow::Result<()> {
    Logging::read(&context.variables)?.start("warn");
    let db = startup::connect(&Database::read(&context.variables)?)?;
    let out = &mut context.out;
    match what {
        What::Up => {
            let ran = db::migrate::up(&db)?;
            for name in &ran {
                out.line(format_args!("ran      {name}"))?;
            }
            if ran.is_empty() {
                out.line("nothing is pending")?;
            }
        }
        What::Down => match db::migrate::down(&db)? {
            Some(name) => out.line(format_args!("reverted {name}"))?,
            None => out.line("no migration ran yet")?,
        },
        What::Status => {
            let status = db::migrate::status(&db)?;
            for name in &status.applied {
                out.line(format_args!("applied  {name}"))?;
            }
            for name in &status.pending {
                out.line(format_args!("pending  {name}"))?;
            }
        }
    }
    Ok(out.flush()?)
}
