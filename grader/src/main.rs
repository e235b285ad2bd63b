//! The grader's program: everything is in the library, so that tests can call it.

use std::process::ExitCode;

fn main() -> ExitCode {
    grader::cli::main(&std::env::args_os().collect::<Vec<_>>())
}
