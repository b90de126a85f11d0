//! `hospes export`: records for another system, to a file.

use std::fs::{File, OpenOptions};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::Subcommand;
use hospes::guests::api::export::write_line;
use hospes::guests::bulk;
use hospes::hotels::model::Code;
use hospes::kit::ids::GuestId;
use hospes::platform::context::Sight;

use super::Context;
use super::operator::{self, Operator};

/// Hand records over to other systems as files
#[derive(Subcommand)]
pub enum What {
    /// Write the active guests of a group as NDJSON
    Guests(Guests),
}

/// The arguments of `hospes export guests`.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  hospes export guests --group grandbay > guests.ndjson
  hospes export guests --group grandbay --hotel shenzhen --output guests.ndjson

What it writes, `hospes import guests` takes. The file holds personal data: keep it no longer than needed.

Reads HOSPES_DATABASE_URL.")]
pub struct Guests {
    /// Code of the hotel group
    #[arg(long, value_name = "CODE", value_parser = operator::code)]
    pub group: Code,
    /// Code of the hotel: only guests it may see
    #[arg(long, value_name = "CODE", value_parser = operator::code)]
    pub hotel: Option<Code>,
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

async fn guests(args: Guests, context: &mut Context) -> anyhow::Result<()> {
    let operator = Operator::open(&context.variables)?;
    let group = operator.group(&args.group).await?;
    let mut cx = operator.context(group.id);
    if let Some(code) = &args.hotel {
        cx.sight = Sight::Hotels(vec![operator.hotel(&cx, code).await?.id]);
    }
    let mut file = args.output.as_deref().map(create).transpose()?;
    let trace = cx.clone();
    operator.db.write(move |tx| bulk::record_export(tx, &trace)).await?;
    let mut after = GuestId(uuid::Uuid::nil());
    let mut written = 0;
    loop {
        let page_cx = cx.clone();
        let guests = operator.db.read(move |r| bulk::export_page(r, &page_cx, after)).await?;
        let Some(last) = guests.last() else { break };
        after = last.id;
        written += guests.len();
        let mut text = Vec::new();
        guests.iter().for_each(|guest| write_line(guest, &mut text));
        match &mut file {
            Some(file) => file.write_all(&text)?,
            None => context.out.text(std::str::from_utf8(&text)?)?,
        }
    }
    if let Some(file) = &mut file {
        file.flush()?;
    }
    context.out.flush()?;
    if args.json {
        // With standard error gone there is nobody left to tell.
        drop(writeln!(std::io::stderr(), "{}", serde_json::json!({"exported": written})));
    }
    Ok(())
}

/// A file of personal data is for the eyes of its owner.
fn create(path: &Path) -> anyhow::Result<BufWriter<File>> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(path).with_context(|| format!("cannot write {}", path.display()))?;
    Ok(BufWriter::new(file))
}
