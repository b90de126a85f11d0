//! `hospes export`: records for another system, to a file.

use std::path::PathBuf;

use clap::Subcommand;

use super::Context;
use super::import::Format;

/// Hand records over to other systems as files
#[derive(Subcommand)]
pub enum What {
    /// Write the guests of a group as NDJSON or CSV
    Guests(Guests),
}

/// The arguments of `hospes export guests`.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  hospes export guests --group grandbay > guests.ndjson
  hospes export guests --group grandbay --hotel shenzhen \\
    --format csv --output guests.csv

What it writes, `hospes import guests` takes. The file holds personal data: keep it no longer than needed.

Reads HOSPES_DATABASE_URL.")]
pub struct Guests {
    /// Code of the hotel group
    #[arg(long, value_name = "CODE")]
    pub group: String,
    /// Code of the hotel: only guests it may see
    #[arg(long, value_name = "CODE")]
    pub hotel: Option<String>,
    /// Form of the file
    #[arg(long, default_value = "ndjson")]
    pub format: Format,
    /// Where to write; without it to standard output
    #[arg(long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// End with a JSON object of totals on standard error
    #[arg(long)]
    pub json: bool,
}

pub async fn run(what: What, context: &mut Context) -> anyhow::Result<()> {
    match what {
        What::Guests(args) => guests(args, context).await,
    }
}

async fn guests(_args: Guests, _context: &mut Context) -> anyhow::Result<()> {
    anyhow::bail!("exporting guests is not part of this build")
}
