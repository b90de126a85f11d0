//! `hospes import`: records of another system, from a file.

use std::io::IsTerminal;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context as _;
use clap::{Subcommand, ValueEnum};
use hospes::flows::imports::Imported;
use hospes::hotels::model::Code;
use hospes::import_file::{self, Import, Reached};
use hospes::intake::encoding::Charset;
use hospes::intake::{self, Options, Target};
use hospes::kit::clock::{Stopwatch, WallClock};
use hospes::kit::ids::{HotelId, TimeOrderedIds};
use hospes::platform::jobs::Progress;
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;

use super::Context;
use super::histories;
use super::operator::{self, Operator};

/// Take records over from files of other systems
#[derive(Subcommand)]
pub enum What {
    /// Take guests over from a CSV or NDJSON file of any size
    Guests(Guests),
    /// Take stays over from a CSV or NDJSON file of any size
    Stays(Stays),
    /// Take complaints over from a CSV or NDJSON file of any size
    Complaints(Complaints),
    /// Take complaints over with all that happened to them, from a CSV or NDJSON file of events of any size
    ComplaintHistories(ComplaintHistories),
}

/// The arguments of `hospes import guests`.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  hospes import guests guests.ndjson --group grandbay
  hospes import guests export.csv --group grandbay --hotel shenzhen \\
    --mapping my-pms.toml
  hospes import guests export.csv --group grandbay --mapping my-pms.toml \\
    --dry-run --json

Guests are matched by their reference in the other system: a second run of the same file changes nothing. A bad row \
is written to FILE.rejects.csv with its line, field and reason, and the rest goes in: the exit status is 0 when the \
file was read to its end, with or without rejects. An import that was interrupted is run again.

Reads HOSPES_DATABASE_URL.")]
pub struct Guests {
    /// Code of the hotel whose staff alone may see the new guests; without it the whole group may
    #[arg(long, value_name = "CODE", value_parser = operator::code)]
    pub hotel: Option<Code>,
    /// How columns become members of a guest: a TOML file (docs/mappings.md), or the name of one that comes with the
    /// program: apaleo-booking, cloudbeds-profile, hospes-csv, hotel-customers-sample, hotel-customers-tail,
    /// mews-customer, ohip-profile; without it the file has the shape of `hospes export`
    #[arg(long, value_name = "FILE|NAME")]
    pub mapping: Option<String>,
    #[command(flatten)]
    pub flags: Flags,
}

/// The arguments of `hospes import stays`.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  hospes import stays stays.ndjson --group grandbay
  hospes import stays export.csv --group grandbay --hotel shenzhen \\
    --mapping my-pms.toml
  hospes import stays hotel_bookings.csv.gz --group grandbay \\
    --mapping hotel-bookings --dry-run --json

Stays are matched by their reference in the other system: a second run of the same file changes nothing, and a row \
that is older than what is stored is passed over. Agencies and companies that are not known become provisional \
partners. A bad row is written to FILE.rejects.csv with its line, field and reason, and the rest goes in: the exit \
status is 0 when the file was read to its end, with or without rejects. An import that was interrupted is run again.

Reads HOSPES_DATABASE_URL.")]
pub struct Stays {
    /// Code of the hotel of rows that name none
    #[arg(long, value_name = "CODE", value_parser = operator::code)]
    pub hotel: Option<Code>,
    /// How columns become members of a stay: a TOML file (docs/mappings.md), or the name of one that comes with the
    /// program: hospes-stays-csv, hotel-bookings, inn-reservations; without it the file has the shape in which stays
    /// are delivered
    #[arg(long, value_name = "FILE|NAME")]
    pub mapping: Option<String>,
    #[command(flatten)]
    pub flags: Flags,
}

/// The arguments of `hospes import complaints`.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  hospes import complaints complaints.ndjson --group grandbay
  hospes import complaints export.csv --group grandbay --hotel shenzhen \\
    --format csv --mapping my-helpdesk.toml
  hospes import complaints reviews.csv.gz --group grandbay --hotel shenzhen \\
    --mapping booking-515k --dry-run --json

Complaints are matched by their reference in the other system: a second run of the same file changes nothing. The words \
of the guest are kept character by character. Each new complaint has a number at once and its clocks count from when it \
was received, but what was due before the import raises no warning. A bad row is written to FILE.rejects.csv with its \
line, field and reason, and the rest goes in: the exit status is 0 when the file was read to its end, with or without \
rejects. An import that was interrupted is run again.

Reads HOSPES_DATABASE_URL.")]
pub struct Complaints {
    /// Code of the hotel of rows that name none
    #[arg(long, value_name = "CODE", value_parser = operator::code)]
    pub hotel: Option<Code>,
    /// How columns become members of a complaint: a TOML file (docs/mappings.md), or the name of one that comes with
    /// the program: booking-515k, chnsenticorp-htl, hospes-complaints-csv, oats-hotels-absa; without it the file has
    /// the shape in which complaints are delivered
    #[arg(long, value_name = "FILE|NAME")]
    pub mapping: Option<String>,
    #[command(flatten)]
    pub flags: Flags,
}

/// The arguments of `hospes import complaint-histories`.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  hospes import complaint-histories events.csv --group grandbay
  hospes import complaint-histories incident_event_log.csv.gz \\
    --group grandbay --hotel shenzhen --mapping itsm-incidents --json

A row is an event; the rows of one complaint follow each other and become its history: rounds, holds, assignments, \
status and ending. What could not have happened here is taken as told, counted and kept on the complaint. No warning is \
raised. Complaints are matched by their reference in the other system: a second run of the same file changes nothing, \
and what was worked on here since stays as it is. A bad row is written to FILE.rejects.csv with its line, field and \
reason, and the rest goes in: the exit status is 0 when the file was read to its end, with or without rejects. In the \
end all histories of the group are counted in the database, as `hospes check histories` does.

Reads HOSPES_DATABASE_URL.")]
pub struct ComplaintHistories {
    /// Code of the hotel of complaints that name none
    #[arg(long, value_name = "CODE", value_parser = operator::code)]
    pub hotel: Option<Code>,
    /// How columns become members of an event: a TOML file (docs/mappings.md), or the name of one that comes with the
    /// program: hospes-complaint-events-csv, itsm-incidents; without it the file has their names
    #[arg(long, value_name = "FILE|NAME")]
    pub mapping: Option<String>,
    #[command(flatten)]
    pub flags: Flags,
}

/// The arguments that all imports have.
#[derive(clap::Args)]
pub struct Flags {
    /// The file
    pub file: PathBuf,
    /// Code of the hotel group
    #[arg(long, value_name = "CODE", value_parser = operator::code)]
    pub group: Code,
    /// Form of the file; without it the file's name decides
    #[arg(long)]
    pub format: Option<Format>,
    /// Character encoding of the file, such as gb18030 or utf-16le; without it the content decides
    #[arg(long, value_name = "NAME")]
    pub encoding: Option<String>,
    /// End with a JSON object of totals instead of text: accepted, created, updated, unchanged, rejected,
    /// skipped, seconds
    #[arg(long)]
    pub json: bool,
    /// Where to write rows that could not be taken [default: FILE.rejects.csv]
    #[arg(long, value_name = "FILE")]
    pub rejects: Option<PathBuf>,
    /// Read and check everything, change nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// Form of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// A heading row, then a record a row.
    Csv,
    /// A JSON object a line.
    Ndjson,
}

pub async fn run(what: What, context: &mut Context) -> anyhow::Result<()> {
    match what {
        What::Guests(Guests { hotel, mapping, flags }) => {
            import(import_file::guests, hotel, mapping, flags, context).await
        }
        What::Stays(Stays { hotel, mapping, flags }) => {
            import(import_file::stays, hotel, mapping, flags, context).await
        }
        What::Complaints(Complaints { hotel, mapping, flags }) => {
            import(import_file::complaints, hotel, mapping, flags, context).await
        }
        What::ComplaintHistories(ComplaintHistories { hotel, mapping, flags }) => {
            import(import_file::histories, hotel, mapping, flags, context).await
        }
    }
}

async fn import<K: Imported>(
    kind: fn(Option<HotelId>) -> K,
    hotel: Option<Code>,
    mapping: Option<String>,
    flags: Flags,
    context: &mut Context,
) -> anyhow::Result<()> {
    let operator = Operator::open(&context.variables)?;
    let group = operator.group(&flags.group).await?;
    let cx = operator.context(group.id);
    let hotel = match &hotel {
        Some(code) => Some(operator.hotel(&cx, code).await?.id),
        None => None,
    };
    let import = Import {
        options: options(mapping.as_deref(), &flags)?,
        file: flags.file,
        group: group.id,
        rejects: flags.rejects,
        dry_run: flags.dry_run,
    };
    let bar = bar(flags.json);
    let watch = Stopwatch::start();
    let ids = Arc::new(TimeOrderedIds);
    let told = |reached| show(&bar, reached);
    let done = import_file::run(&operator.db, &WallClock, ids, kind(hotel), import, told).await;
    bar.finish_and_clear();
    let done = done?;
    let seconds = watch.elapsed().as_secs_f64();
    let counted = match done.target {
        Target::ComplaintEvent if !done.dry_run => Some(histories::count(&operator, group.id).await?),
        _ => None,
    };
    if flags.json {
        let mut told = summary(&done.rows, seconds);
        if let (Some(counted), Some(members)) = (&counted, told.as_object_mut()) {
            members.insert("stored".into(), counted.json());
        }
        context.out.line(told)?;
    } else {
        context.out.line(format_args!("{done}; {seconds:.1} s"))?;
        if let Some(counted) = &counted {
            context.out.line(format_args!("{counted}"))?;
        }
    }
    Ok(context.out.flush()?)
}

fn options(mapping: Option<&str>, flags: &Flags) -> anyhow::Result<Options> {
    let mapping = mapping.map(import_file::mapping).transpose()?;
    let encoding = match &flags.encoding {
        Some(name) => {
            Some(Charset::from_label(name).with_context(|| format!("there is no encoding {name}"))?)
        }
        None => None,
    };
    let format = flags.format.map(|format| match format {
        Format::Csv => intake::Format::Csv,
        Format::Ndjson => intake::Format::Ndjson,
    });
    Ok(Options { format, mapping, encoding, ..Options::default() })
}

/// A bar on standard error; none where nobody watches.
fn bar(hidden: bool) -> ProgressBar {
    if hidden || !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(0);
    if let Ok(style) = ProgressStyle::with_template("{wide_bar} {percent:>3} %  {msg}  {eta}") {
        bar.set_style(style);
    }
    bar
}

fn show(bar: &ProgressBar, reached: Reached) {
    let Progress { rows, rejected, .. } = reached.rows;
    let milliseconds = i64::try_from(bar.elapsed().as_millis()).unwrap_or(i64::MAX).max(1);
    let pace = rows.saturating_mul(1_000) / milliseconds;
    bar.set_length(reached.of.unwrap_or(0));
    bar.set_position(reached.bytes);
    bar.set_message(format!("{rows} rows, {pace}/s, {rejected} rejected"));
}

fn summary(rows: &Progress, seconds: f64) -> serde_json::Value {
    let seconds = (seconds * 1_000.0).round() / 1_000.0;
    let Progress { accepted, created, updated, unchanged, rejected, skipped, .. } = rows;
    json!({
        "accepted": accepted, "created": created, "updated": updated, "unchanged": unchanged,
        "rejected": rejected, "skipped": skipped, "seconds": seconds,
    })
}
