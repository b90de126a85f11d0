//! `hospes audit`: whether the audit log is what was written.

use anyhow::Context as _;
use clap::Subcommand;
use hospes::config::KeysDir;
use hospes::hotels::model::Code;
use hospes::hotels::service as hotels;
use hospes::kit::ids::TimeOrderedIds;
use hospes::platform::anchors::{self, Damage, Report};
use hospes::platform::keys::Keys;

use super::Context;
use super::operator::{self, Operator};

/// Check the audit log
#[derive(Subcommand)]
pub enum What {
    /// Recompute the hash chain of each hotel group and hold the signed anchors to it
    #[command(after_help = "\
Examples:
  hospes audit verify
  hospes audit verify --group grandbay

Prints a line for each group. Status 1 when a row was changed, added, moved or removed since it was \
written. Safe while servers run. Reads HOSPES_DATABASE_URL and HOSPES_KEYS_DIR, which must be the servers'.")]
    Verify {
        /// Code of the hotel group; all of them unless told
        #[arg(long, value_name = "CODE", value_parser = operator::code)]
        group: Option<Code>,
    },
}

pub async fn run(what: What, context: &mut Context) -> anyhow::Result<()> {
    let What::Verify { group } = what;
    let KeysDir(dir) = KeysDir::read(&context.variables)?;
    anyhow::ensure!(
        dir.exists(),
        "there are no keys in {}: HOSPES_KEYS_DIR must be the servers'",
        dir.display()
    );
    let keys = std::sync::Arc::new(Keys::open(&dir, &TimeOrderedIds)?);
    let operator = Operator::open(&context.variables)?;
    let groups = match &group {
        Some(code) => vec![operator.group(code).await?.id],
        None => operator.db.read(|r| hotels::all_groups(r)).await?,
    };
    let mut damaged = 0;
    for id in groups {
        let keys = std::sync::Arc::clone(&keys);
        let name = operator.db.read(move |r| hotels::find_group(r, id)).await?;
        let name = name.map_or_else(|| id.to_string(), |group| group.code.to_string());
        let report = operator.db.read(move |r| anchors::inspect(r, &keys, id).map_err(Unread)).await;
        let report = report
            .map_err(|Unread(error)| error)
            .with_context(|| format!("cannot read the log of {name}"))?;
        damaged += usize::from(!report.damage.is_empty());
        context.out.line(format_args!("{name}  {}", words(&report)))?;
    }
    context.out.flush()?;
    anyhow::ensure!(damaged == 0, "the audit log is damaged in {damaged} hotel group(s), see above");
    Ok(())
}

/// Carries what went wrong through the door.
struct Unread(anyhow::Error);

impl From<hospes::db::DbError> for Unread {
    fn from(error: hospes::db::DbError) -> Self {
        Self(error.into())
    }
}

fn words(report: &Report) -> String {
    let Report { rows, waiting, anchors, last, damage } = report;
    let mut parts =
        vec![if damage.is_empty() { format!("intact: {rows} rows") } else { "DAMAGED".to_owned() }];
    parts.extend(damage.iter().map(|damage| match damage {
        Damage::Chain(at) => format!("row {at} was changed, added, moved or removed"),
        Damage::Anchored(at) => format!("row {at} is not what was signed: cut off, or the log was made anew"),
        Damage::Signature(at) => format!("the anchor of row {at} is forged"),
        Damage::UnknownKey(at) => format!("the anchor of row {at} was signed by a key that is not here"),
        Damage::AnchorMissing(at) => format!("an anchor before that of row {at} was removed"),
    }));
    if *waiting > 0 {
        parts.push(format!("{waiting} rows wait to be chained by a server"));
    }
    parts.push(match last {
        Some((at, when)) => format!("{anchors} anchors, the last of row {at} at {when}"),
        None => "no anchor yet".to_owned(),
    });
    parts.join("; ")
}
