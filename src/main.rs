//! The program `hospes`: what it is asked to do on the command line.

mod commands;

use std::process::ExitCode;

fn main() -> ExitCode {
    commands::main()
}
