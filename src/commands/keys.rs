//! `hospes keys`: the keys that sign access tokens.

use anyhow::Context as _;
use clap::Subcommand;
use hospes::config::KeysDir;
use hospes::kit::ids::TimeOrderedIds;
use hospes::platform::keys::{self, ACCESS_SECONDS, Keys};

use super::Context;

/// See, change and retire the keys that sign access tokens
#[derive(Subcommand)]
pub enum What {
    /// List the keys, oldest first
    #[command(after_help = "\
Example:
  hospes keys list

Reads HOSPES_KEYS_DIR.")]
    List,
    /// Make a new key, which signs from now on; tokens signed with older keys stay good
    #[command(after_help = "\
Example:
  hospes keys rotate

Reads HOSPES_KEYS_DIR. Running servers take the new key up within seconds; nobody is logged out.")]
    Rotate,
    /// Remove a key; tokens signed with it are refused at once
    #[command(after_help = "\
Example:
  hospes keys retire 0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e6f

Reads HOSPES_KEYS_DIR. Ten minutes after a rotation no good token of the older key is left; before that, clients \
have to refresh theirs.")]
    Retire {
        /// Id of the key, as `hospes keys list` shows it
        kid: String,
    },
}

pub fn run(what: What, context: &mut Context) -> anyhow::Result<()> {
    let KeysDir(dir) = KeysDir::read(&context.variables)?;
    let out = &mut context.out;
    match what {
        What::List => {
            anyhow::ensure!(
                dir.exists(),
                "there are no keys in {}: they are made when the server first starts",
                dir.display()
            );
            let published = Keys::open(&dir, &TimeOrderedIds)?.published();
            let newest = published.last().map(|key| key.kid.clone());
            for key in published {
                let role = if Some(&key.kid) == newest.as_ref() { "signs and verifies" } else { "verifies" };
                out.line(format_args!("{}  {}  {role}", key.kid, key.alg))?;
            }
        }
        What::Rotate => {
            // Opening makes the directory, and in it the first key, when there is none yet.
            Keys::open(&dir, &TimeOrderedIds)?;
            let kid = keys::rotate(&dir, &TimeOrderedIds)?;
            out.line(format_args!("{kid} signs from now on"))?;
            out.line(format_args!("older keys can be retired in {} minutes", ACCESS_SECONDS / 60))?;
        }
        What::Retire { kid } => {
            keys::retire(&dir, &kid).with_context(|| format!("cannot retire the key {kid:?}"))?;
            out.line(format_args!("{kid} is retired"))?;
        }
    }
    Ok(out.flush()?)
}
