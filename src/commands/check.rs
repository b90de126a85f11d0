//! `hospes check`: whether what the program tells agrees with what is stored.

use clap::Subcommand;
use hospes::hotels::model::Code;
use hospes::hotels::service as hotels;
use hospes::kit::ids::GroupId;
use hospes::stays::recount::{self, Place};

use super::Context;
use super::operator::{self, Operator};

/// Check that figures agree with the rows they are made from
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
}

/// Most guests named whose figures differ.
const MOST_NAMED: usize = 20;

pub async fn run(what: What, context: &mut Context) -> anyhow::Result<()> {
    let What::Statistics { group } = what;
    let operator = Operator::open(&context.variables)?;
    let groups: Vec<GroupId> = match &group {
        Some(code) => vec![operator.group(code).await?.id],
        None => operator.db.read(|r| hotels::all_groups(r)).await?,
    };
    let (mut guests, mut stays, mut different) = (0_u64, 0_u64, Vec::new());
    for group in groups {
        let mut next = Some(Place::START);
        while let Some(place) = next {
            let cx = operator.context(group);
            let step = operator.db.read(move |r| recount::step(r, &cx, place)).await?;
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
