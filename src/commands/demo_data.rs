//! `hospes demo-data`: invented records for demonstrations and load runs.

use clap::Subcommand;
use hospes::demo::people::people;

use super::Context;

/// Write invented records, the same for the same seed
#[derive(Subcommand)]
pub enum What {
    /// Write invented guests as NDJSON, in the shape the API and `hospes import` take
    #[command(after_help = "\
Examples:
  hospes demo-data guests --count 5
  hospes demo-data guests --count 100000 --seed 7 > guests.ndjson

About 65 % of the guests have Chinese names, and about 1 % are an earlier guest again, slightly changed. A longer run \
begins with the shorter one. Any resemblance to a real person is chance.")]
    Guests {
        /// How many
        #[arg(long, default_value_t = 100, value_name = "N")]
        count: usize,
        /// Which: another number gives other people
        #[arg(long, default_value_t = 1, value_name = "S")]
        seed: u64,
    },
}

pub fn run(what: &What, context: &mut Context) -> anyhow::Result<()> {
    let What::Guests { count, seed } = what;
    for person in people(*seed, *count) {
        context.out.line(serde_json::to_string(&person)?)?;
    }
    Ok(context.out.flush()?)
}
