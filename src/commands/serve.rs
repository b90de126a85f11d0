//! `hospes serve`: the server.

use std::net::SocketAddr;
use std::path::PathBuf;

use anyhow::Context as _;
use hospes::config::{Config, database, server};
use hospes::demo::group as demo;
use hospes::kit::ids::{Ids, TimeOrderedIds};
use hospes::staff::roles::Role;
use hospes::web::app::App;
use hospes::{serve, startup};

use super::out::{Out, complain};
use super::{Context, operator, settings_help};

/// Serve the API
#[derive(clap::Args)]
#[command(after_help = examples())]
pub struct Args {
    /// Serve a demo: two invented hotels, an account for each role, 2,000 invented guests, in hospes-demo.db
    #[arg(long)]
    demo: bool,
    /// Make the demo anew: what was changed in it is lost
    #[arg(long, requires = "demo")]
    fresh: bool,
    /// Run pending migrations first; on SQLite they run in any case
    #[arg(long)]
    migrate: bool,
    /// Address to listen on, before HOSPES_LISTEN; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS:PORT")]
    listen: Option<String>,
}

fn examples() -> String {
    format!(
        "\
Examples:
  hospes serve --demo                       try it; no setting needed
  hospes serve                              serve hospes.db in this directory
  HOSPES_DATABASE_URL=postgres://hospes:…@db/hospes hospes serve --migrate

SIGTERM turns /health/ready red, closes the listener, finishes the requests in flight, and ends with status 0.

{}",
        settings_help()
    )
}

pub async fn run(args: Args, context: &mut Context) -> anyhow::Result<()> {
    let mut variables = context.variables.clone();
    if let Some(listen) = &args.listen {
        variables = variables.with(server::LISTEN, listen);
    }
    if args.demo {
        variables = demo::variables(&variables);
    }
    let config = Config::read(&variables)?;
    config.logging.start(if args.demo { "warn,hospes::serve=info" } else { "info,actix_server=warn" });
    for name in context.variables.unknown() {
        log::warn!(name = name; "an environment variable looks like a setting and is none");
    }
    if args.demo {
        allow_demo(&config, args.fresh, context)?;
    }
    let db = startup::open_database(&config.database, args.migrate)?;
    let app = startup::assemble(&config, db, hospes::staff::api::principal)?;
    let greeting = if args.demo { Greeting::Demo(prepare_demo(&app).await?) } else { Greeting::Plain };
    let public_url = config.server.public_url.clone();
    let out = &mut context.out;
    serve::serve(app, &config.server, Vec::new(), |address| {
        let base = public_url.unwrap_or_else(|| base_url(address));
        Ok(greeting.print(&base, out)?)
    })
    .await
}

/// The address people can open: nobody can open "everywhere".
fn base_url(address: SocketAddr) -> String {
    if address.ip().is_unspecified() {
        format!("http://localhost:{}", address.port())
    } else {
        format!("http://{address}")
    }
}

/// Refuses a demo where it could do harm, and removes the old one when asked to.
fn allow_demo(config: &Config, fresh: bool, context: &Context) -> anyhow::Result<()> {
    let listen = config.server.listen;
    if !listen.ip().is_loopback() {
        anyhow::ensure!(
            config.server.demo_public,
            "a demo listens on loopback only, because its password is public, and {listen} is not: \
             set HOSPES_DEMO_PUBLIC=1 if everybody who reaches it may change it"
        );
        complain(&format!(
            "warning: everybody who reaches {listen} can log in to this demo: its password is public"
        ));
    }
    if fresh {
        anyhow::ensure!(
            context.variables.get(database::URL).is_none(),
            "--fresh removes {} only: empty the database of {} yourself",
            demo::DATABASE,
            database::URL
        );
        // A server that runs on the old demo would go on in a file without a name.
        serve::check_free(listen)?;
        remove_demo()?;
    }
    Ok(())
}

fn remove_demo() -> anyhow::Result<()> {
    for ending in ["", "-wal", "-shm"] {
        let path = PathBuf::from(format!("{}{ending}", demo::DATABASE));
        match std::fs::remove_file(&path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(error).with_context(|| format!("cannot remove {}", path.display()));
            }
            _ => {}
        }
    }
    match std::fs::remove_dir_all(demo::ATTACHMENTS) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("cannot remove {}", demo::ATTACHMENTS))
        }
        _ => Ok(()),
    }
}

/// Makes the demo unless it is there, and returns an access token of its front desk.
async fn prepare_demo(app: &App) -> anyhow::Result<String> {
    let group = match app.db.read(demo::find).await? {
        Some(group) => group.id,
        None => {
            complain("making the demo: two hotels, an account for each role, 2,000 invented guests …");
            let cx = operator::context(TimeOrderedIds.next().into());
            let group = cx.group;
            app.db.write(move |tx| demo::create(tx, &cx)).await.context("cannot make the demo")?;
            group
        }
    };
    let (cx, keys) = (operator::context(group), std::sync::Arc::clone(&app.keys));
    app.db.write(move |tx| demo::token(tx, &cx, &keys, Role::FrontDesk, None)).await
}

/// What is printed once the server listens.
enum Greeting {
    Plain,
    /// With an access token of the front desk.
    Demo(String),
}

impl Greeting {
    fn print(&self, base: &str, out: &mut Out) -> std::io::Result<()> {
        out.line(format_args!("hospes 宾至 listens on {base}"))?;
        out.line(format_args!("  API document   {base}/openapi.json"))?;
        out.line(format_args!("  Documentation  {base}/docs/"))?;
        if let Self::Demo(token) = self {
            print_demo(base, token, out)?;
        }
        out.flush()
    }
}

fn print_demo(base: &str, token: &str, out: &mut Out) -> std::io::Result<()> {
    out.line("")?;
    out.line(format_args!("Log in as any of these, with the password {}", demo::PASSWORD))?;
    for account in &demo::STAFF {
        let (role, place) = (account.role.code(), account.hotel.unwrap_or("both hotels"));
        out.line(format_args!("  {role:<16}  {:<40}  {place}", account.email()))?;
    }
    out.line("")?;
    out.line(
        "Try it (the token is good for ten minutes; `hospes token --role front_desk` prints a new one):",
    )?;
    out.line(format_args!("curl -s -H 'Authorization: Bearer {token}' '{base}/v1/guests?q=wang&limit=3'"))
}
