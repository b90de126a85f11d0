//! `hospes group`: hotel groups.

use anyhow::Context as _;
use clap::Subcommand;
use hospes::hotels::model::{Code, CreateGroup, LONGEST_NAME};
use hospes::hotels::service as hotels;
use hospes::kit::ids::{Ids, TimeOrderedIds};

use super::Context;
use super::operator::{self, Operator};

/// Set up hotel groups; a hotel that stands alone is a group of one
#[derive(Subcommand)]
pub enum What {
    /// Create a hotel group
    #[command(after_help = "\
Example:
  hospes group create --code grandbay --name 'Grand Bay Hotels'

Reads HOSPES_DATABASE_URL.")]
    Create {
        /// Short name, unique in the installation; never changes
        #[arg(long, value_parser = operator::code)]
        code: Code,
        /// Name
        #[arg(long, value_parser = name)]
        name: String,
    },
}

fn name(text: &str) -> Result<String, String> {
    let text = text.trim();
    let good = (1..=LONGEST_NAME).contains(&text.chars().count()) && !text.chars().any(char::is_control);
    if good {
        Ok(text.to_owned())
    } else {
        Err(format!("a name is one line of 1 to {LONGEST_NAME} characters"))
    }
}

pub async fn run(what: What, context: &mut Context) -> anyhow::Result<()> {
    let What::Create { code, name } = what;
    let operator = Operator::open(&context.variables)?;
    let cx = operator.context(TimeOrderedIds.next().into());
    let command = CreateGroup { code: code.clone(), name, is_demo: false };
    let group = operator.db.write(move |tx| hotels::create_group(tx, &cx, command)).await;
    let group = group.with_context(|| format!("cannot create the hotel group {code}"))?;
    context.out.line(format_args!("created the hotel group {} ({})", group.code, group.id))?;
    Ok(context.out.flush()?)
}
