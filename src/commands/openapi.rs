//! `hospes openapi`: prints the document.

use hospes::{app, web};
use serde_json::Value;

use super::{Context, older};

/// Print the OpenAPI document of the API; needs no database
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  hospes openapi > openapi.json
  hospes openapi --sdk > sdk.json
  openapi-generator-cli generate -g kotlin -i sdk.json -o client
  hospes openapi --openapi-3-0 > openapi-3.0.json

The running server serves the same document at /openapi.json.")]
pub struct Args {
    /// Leave out what generators of client libraries stumble over: `webhooks`
    #[arg(long)]
    sdk: bool,
    /// Derive an OpenAPI 3.0 document, for tools that do not read 3.1
    #[arg(long = "openapi-3-0")]
    older: bool,
}

pub fn run(args: &Args, context: &mut Context) -> anyhow::Result<()> {
    let document = app::document();
    if !args.sdk && !args.older {
        context.out.text(&web::docs::document_text(&document))?;
        return Ok(context.out.flush()?);
    }
    let mut value = document;
    if let Some(root) = value.as_object_mut() {
        root.remove("webhooks");
    }
    if args.older {
        older::derive(&mut value);
    }
    context.out.line(pretty(&value)?)?;
    Ok(context.out.flush()?)
}

fn pretty(value: &Value) -> serde_json::Result<String> {
    serde_json::to_string_pretty(value)
}
