//! The program: hands the command line over and tells how it ended.

use std::process::ExitCode;

fn main() -> ExitCode {
    fanfold::cli::run()
}
