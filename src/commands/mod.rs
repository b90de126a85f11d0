//! The command line: one file a command. A command reads its arguments and settings, calls the library, and writes
//! what came of it; it knows no rule itself.

mod audit;
mod check;
mod demo_data;
mod export;
mod group;
mod health;
mod histories;
mod hotel;
mod import;
mod keys;
mod migrate;
mod older;
mod openapi;
mod operator;
mod out;
mod serve;
mod staff;
mod token;

use std::io::ErrorKind;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use hospes::config::{Invalid, SETTINGS, Variables};

use out::Out;

/// Guest relations for hotel groups behind one documented API · 宾至，酒店集团的宾客关系后端
///
/// One program: the server, and everything an operator does. Settings are environment variables; each command's help
/// names those it reads, `hospes serve --help` explains all of them.
#[derive(Parser)]
#[command(name = "hospes", version, arg_required_else_help = true, after_help = EXAMPLES)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

const EXAMPLES: &str = "\
Examples:
  Try it, with two invented hotels and 2,000 invented guests:
    hospes serve --demo

  Set up a hotel group of your own (in hospes.db, or where HOSPES_DATABASE_URL says):
    hospes group create --code grandbay --name 'Grand Bay Hotels'
    hospes hotel create --group grandbay --code shenzhen \\
      --name 'en=Grand Bay Shenzhen' --name zh-CN=深圳海湾酒店 \\
      --time-zone Asia/Shanghai --currency CNY --language zh-CN
    hospes staff create --group grandbay --role admin \\
      --email you@grandbay.example --name 'Your Name'
    hospes serve

Exit status: 0 done, 1 failed, 2 wrong arguments or settings.";

#[derive(Subcommand)]
enum Command {
    Serve(serve::Args),
    Token(token::Args),
    #[command(subcommand)]
    Import(import::What),
    #[command(subcommand)]
    Export(export::What),
    #[command(subcommand)]
    Group(group::What),
    #[command(subcommand)]
    Hotel(hotel::What),
    #[command(subcommand)]
    Staff(staff::What),
    #[command(subcommand)]
    Migrate(migrate::What),
    #[command(subcommand)]
    Keys(keys::What),
    #[command(subcommand)]
    Audit(audit::What),
    #[command(subcommand)]
    Check(check::What),
    Openapi(openapi::Args),
    Health(health::Args),
    #[command(subcommand)]
    DemoData(demo_data::What),
}

/// What a command has from outside: the environment, and where to write.
pub struct Context {
    /// The environment at start.
    pub variables: Variables,
    /// Standard output.
    pub out: Out,
}

/// Runs the program.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let mut context = Context { variables: Variables::of_process(), out: Out::standard() };
    let system = actix_web::rt::System::new();
    match system.block_on(run(cli.command, &mut context)) {
        Ok(()) => ExitCode::SUCCESS,
        // Whoever reads the output has seen enough: `hospes openapi | head`.
        Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            out::complain(&sentence(&error));
            if error.chain().any(|cause| cause.is::<Invalid>()) {
                ExitCode::from(2)
            } else {
                ExitCode::FAILURE
            }
        }
    }
}

async fn run(command: Command, context: &mut Context) -> anyhow::Result<()> {
    match command {
        Command::Serve(args) => serve::run(args, context).await,
        Command::Token(args) => token::run(args, context).await,
        Command::Import(what) => import::run(what, context).await,
        Command::Export(what) => export::run(what, context).await,
        Command::Group(what) => group::run(what, context).await,
        Command::Hotel(what) => hotel::run(what, context).await,
        Command::Staff(what) => staff::run(what, context).await,
        Command::Migrate(what) => migrate::run(&what, context),
        Command::Keys(what) => keys::run(what, context),
        Command::Audit(what) => audit::run(what, context).await,
        Command::Check(what) => check::run(what, context).await,
        Command::Openapi(args) => openapi::run(&args, context),
        Command::Health(args) => health::run(&args, context),
        Command::DemoData(what) => demo_data::run(&what, context),
    }
}

/// An error and its causes on one line.
fn sentence(error: &anyhow::Error) -> String {
    let words = format!("{error:#}");
    words.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("; ")
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    let broken = |cause: &std::io::Error| cause.kind() == ErrorKind::BrokenPipe;
    error.chain().any(|cause| cause.downcast_ref().is_some_and(broken))
}

/// The settings as a table for the help of `serve`.
fn settings_help() -> String {
    let mut text = String::from("Settings (environment variables):\n");
    for setting in SETTINGS.iter().copied().flatten() {
        text.push_str(&format!(
            "  {}\n      {} [default: {}]\n",
            setting.name, setting.meaning, setting.default
        ));
    }
    text
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::Cli;

    #[test]
    fn the_definitions_fit_together() {
        Cli::command().debug_assert();
    }

    /// Prose that is broken in the source is broken once more by the terminal: only examples and tables keep their lines.
    #[test]
    fn help_fits_a_terminal_of_a_hundred_columns() {
        fn check(command: &clap::Command) {
            let help = command.clone().term_width(100).render_long_help().to_string();
            // The one line that clap never breaks.
            for line in help.lines().filter(|line| !line.starts_with("Usage:")) {
                assert!(line.chars().count() <= 100, "{}: {line}", command.get_name());
            }
            let after = command.get_after_help().map(ToString::to_string).unwrap_or_default();
            let prose = |part: &&str| !part.starts_with("Example") && !part.starts_with("Settings");
            for part in after.split("\n\n").filter(prose) {
                let indented = part.starts_with(' ');
                assert!(indented || part.trim().lines().count() <= 1, "{}: {part}", command.get_name());
            }
            command.get_subcommands().for_each(check);
        }
        let mut cli = Cli::command();
        cli.build();
        check(&cli);
    }

    #[test]
    fn every_command_teaches_by_example() {
        fn check(command: &clap::Command) {
            assert!(command.get_about().is_some(), "{} has no description", command.get_name());
            if command.get_subcommands().next().is_none() {
                let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
                assert!(help.contains("Example"), "{} has no example", command.get_name());
            }
            command.get_subcommands().for_each(check);
        }
        check(&Cli::command());
    }
}
