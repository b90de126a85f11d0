//! `hospes check`: whether what is summed up agrees with what is stored, and whether all is there.

use clap::Subcommand;
use hospes::complaints::contents;
use hospes::config::Attachments;
use hospes::hotels::model::Code;
use hospes::hotels::service as hotels;
use hospes::kit::ids::GroupId;
use hospes::platform::blobs::{BlobError, Blobs};
use hospes::recovery::recount as budgets;
use hospes::stays::recount::{self as statistics, Place};

use super::Context;
use super::histories::{self, Counted};
use super::operator::{self, Operator};

/// Check that figures agree with the rows they are made from, and that contents are there
#[derive(Subcommand)]
pub enum What {
    /// Count every stay row by row and compare with the statistics of its guest
    #[command(after_help = "\
Examples:
  hospes check statistics
  hospes check statistics --group grandbay

Reads HOSPES_DATABASE_URL. Changes nothing. Exit status 1 when a guest's figures differ.")]
    Statistics {
        /// Only this hotel group
        #[arg(long, value_parser = operator::code)]
        group: Option<Code>,
    },
    /// Count the histories of complaints that were taken over, to compare with what their sender counts
    #[command(after_help = "\
Examples:
  hospes check histories --group grandbay
  hospes check histories --json

Reads HOSPES_DATABASE_URL. Changes nothing. Median and ninth tenth lie between two histories by their distance.")]
    Histories {
        /// Only this hotel group
        #[arg(long, value_parser = operator::code)]
        group: Option<Code>,
        /// Write one JSON object
        #[arg(long)]
        json: bool,
    },
    /// Sum up the cost ledger and compare with what budgets say is reserved and spent
    #[command(after_help = "\
Examples:
  hospes check budgets
  hospes check budgets --group grandbay

Reads HOSPES_DATABASE_URL. Changes nothing. Exit status 1 when a budget differs.")]
    Budgets {
        /// Only this hotel group
        #[arg(long, value_parser = operator::code)]
        group: Option<Code>,
    },
    /// Read the content of every attachment and compare it with its digest
    #[command(after_help = "\
Examples:
  hospes check attachments
  hospes check attachments --group grandbay

Reads HOSPES_DATABASE_URL and the settings of attachments, which must be the servers'. Changes nothing. Exit status 1 \
when a content is missing or is not what was stored.")]
    Attachments {
        /// Only this hotel group
        #[arg(long, value_parser = operator::code)]
        group: Option<Code>,
    },
}

/// Most things named that differ.
const MOST_NAMED: usize = 20;

pub async fn run(what: What, context: &mut Context) -> anyhow::Result<()> {
    match what {
        What::Statistics { group } => check_statistics(group, context).await,
        What::Budgets { group } => check_budgets(group, context).await,
        What::Attachments { group } => check_attachments(group, context).await,
        What::Histories { group, json } => check_histories(group, json, context).await,
    }
}

/// The group of a code, or all of them.
async fn groups(operator: &Operator, code: Option<Code>) -> anyhow::Result<Vec<GroupId>> {
    Ok(match code {
        Some(code) => vec![operator.group(&code).await?.id],
        None => operator.db.read(|r| hotels::all_groups(r)).await?,
    })
}

async fn check_statistics(group: Option<Code>, context: &mut Context) -> anyhow::Result<()> {
    let operator = Operator::open(&context.variables)?;
    let (mut guests, mut stays, mut different) = (0_u64, 0_u64, Vec::new());
    for group in groups(&operator, group).await? {
        let mut next = Some(Place::START);
        while let Some(place) = next {
            let cx = operator.context(group);
            let step = operator.db.read(move |r| statistics::step(r, &cx, place)).await?;
            guests += step.guests;
            stays += step.stays;
            different.extend(step.different);
            next = step.next;
        }
    }
    let line = format!("{guests} guests with {stays} stays: {} differ", different.len());
    context.out.line(format_args!("{line}"))?;
    for guest in different.iter().take(MOST_NAMED) {
        context.out.line(format_args!("differs: guest {guest}"))?;
    }
    context.out.flush()?;
    anyhow::ensure!(
        different.is_empty(),
        "the figures of {} guests are not what their stays say",
        different.len()
    );
    Ok(())
}

async fn check_histories(group: Option<Code>, json: bool, context: &mut Context) -> anyhow::Result<()> {
    let operator = Operator::open(&context.variables)?;
    let mut all = Counted::default();
    for group in groups(&operator, group).await? {
        all.0.add(histories::count(&operator, group).await?.0);
    }
    if json {
        context.out.line(all.json())?;
    } else {
        context.out.line(format_args!("{all}"))?;
    }
    Ok(context.out.flush()?)
}

async fn check_budgets(group: Option<Code>, context: &mut Context) -> anyhow::Result<()> {
    let operator = Operator::open(&context.variables)?;
    let (mut seen, mut entries, mut different) = (0_u64, 0_u64, Vec::new());
    for group in groups(&operator, group).await? {
        let mut from = None;
        loop {
            let cx = operator.context(group);
            let step = operator.db.read(move |r| budgets::step(r, &cx, from)).await?;
            seen += step.budgets;
            entries += step.entries;
            different.extend(step.different);
            if step.next.is_none() {
                break;
            }
            from = step.next;
        }
    }
    let line = format!("{seen} budgets with {entries} rows of the ledger: {} differ", different.len());
    context.out.line(format_args!("{line}"))?;
    for one in different.iter().take(MOST_NAMED) {
        let (kept, counted) = (one.kept, one.counted);
        context.out.line(format_args!(
            "differs: budget {}: reserved {}, in the ledger {}; spent {}, in the ledger {}",
            one.budget, kept.reserved, counted.reserved, kept.spent, counted.spent
        ))?;
    }
    context.out.flush()?;
    anyhow::ensure!(different.is_empty(), "{} budgets are not what the ledger says", different.len());
    Ok(())
}

async fn check_attachments(group: Option<Code>, context: &mut Context) -> anyhow::Result<()> {
    let blobs = Blobs::open(&Attachments::read(&context.variables)?.store)?;
    let operator = Operator::open(&context.variables)?;
    let (mut seen, mut bytes, mut faulty) = (0_u64, 0_i64, Vec::new());
    for group in groups(&operator, group).await? {
        let mut after = None;
        loop {
            let (found, next) = operator.db.read(move |r| contents::step(r, group, after)).await?;
            for attachment in found {
                seen += 1;
                bytes = bytes.saturating_add(attachment.size_bytes);
                match contents::check(&blobs, &attachment).await {
                    Ok(()) => {}
                    Err(BlobError::Missing) => faulty.push(("missing", attachment)),
                    Err(BlobError::Damaged) => faulty.push(("damaged", attachment)),
                    // A store that is away says nothing about what it has.
                    Err(error) => return Err(error.into()),
                }
            }
            after = next;
            if after.is_none() {
                break;
            }
        }
    }
    let count = faulty.len();
    context.out.line(format_args!("{seen} attachments with {bytes} bytes: {count} missing or damaged"))?;
    for (fault, one) in faulty.iter().take(MOST_NAMED) {
        context.out.line(format_args!("{fault}: attachment {} of complaint {}", one.id, one.complaint_id))?;
    }
    context.out.flush()?;
    anyhow::ensure!(faulty.is_empty(), "the contents of {count} attachments are missing or damaged");
    Ok(())
}
