//! `hospes token`: an access token of a demo account.

use anyhow::Context as _;
use hospes::config::{KeysDir, database};
use hospes::demo::group as demo;
use hospes::hotels::model::Code;
use hospes::kit::ids::TimeOrderedIds;
use hospes::platform::keys::Keys;
use hospes::staff::roles::Role;

use super::Context;
use super::operator::{self, Operator};

/// Print an access token of a demo account, good for ten minutes
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  hospes token --role front_desk
  curl -s -H \"Authorization: Bearer $(hospes token --role admin)\" \\
    http://127.0.0.1:8080/v1/me

Works on the database of `hospes serve --demo` (hospes-demo.db in this directory, or HOSPES_DATABASE_URL) and on no \
database with a hotel group that is not a demo. Reads HOSPES_KEYS_DIR, which must be the server's.")]
pub struct Args {
    /// What the account may do
    #[arg(long, value_parser = super::staff::roles())]
    role: Role,
    /// Code of the hotel the account works at
    #[arg(long, value_name = "CODE", value_parser = operator::code)]
    hotel: Option<Code>,
}

pub async fn run(args: Args, context: &mut Context) -> anyhow::Result<()> {
    let variables = demo::variables(&context.variables);
    if let Some(path) = variables.get(database::URL).and_then(|url| url.strip_prefix("sqlite://")) {
        // Opening would make an empty database, which is no demo either, but leaves a file behind.
        anyhow::ensure!(
            std::path::Path::new(path).exists(),
            "there is no demo database {path}: start `hospes serve --demo` in this directory first"
        );
    }
    let keys = KeysDir::read(&variables)?;
    let operator = Operator::open(&variables)?;
    let group = operator.db.read(demo::find).await?;
    let group = group.context("this database holds no demo: start `hospes serve --demo` first")?;
    let cx = operator.context(group.id);
    let hotel = match &args.hotel {
        Some(code) => Some(operator.hotel(&cx, code).await?.id),
        None => None,
    };
    anyhow::ensure!(
        keys.0.is_dir(),
        "there is no keys directory {}: HOSPES_KEYS_DIR must be that of the demo's server",
        keys.0.display()
    );
    let keys = Keys::open(&keys.0, &TimeOrderedIds)?;
    let token = operator.db.write(move |tx| demo::token(tx, &cx, &keys, args.role, hotel)).await?;
    context.out.line(token)?;
    Ok(context.out.flush()?)
}
