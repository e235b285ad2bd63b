//! What it costs two processes to communicate, measured where it runs: Queue, Pipe, shared memory, Event and Manager.
//!
//! `cargo run --release -p procesos --example comparacion` prints a table, when to use each, and writes the figures as
//! a picture, `comparacion.svg`. It is the comparison of the course's notes, with figures in the place of "fast".
//!
//! Measured, always between two real processes (`ways.rs` has the code of each, to be read like an exercise):
//! - **a small datum**: for Queue, Pipe and Event, to hand it over: half of a round trip. For shared memory, an addition
//!   to a Value with its Lock held, which both processes do at once. For a Manager, one call.
//! - **64 B and 64 KiB**: for Queue and Pipe, texts of that size, one after another. For shared memory (an Array, with its
//!   Lock held) and for a Manager, one process puts blocks of that size and the other takes copies: nobody waits for
//!   the other's, so what is measured is the access. An Event carries nothing.
//!
//! Every figure is the median of short rounds in which all take turns (`measure.rs`). The clock runs from a barrier that both
//! processes pass to a barrier at which both are done; starting a process is not in it. How easy each is, and when to use it, is
//! no measurement: that is said in words (`words.rs`).

use std::path::Path;
use std::process::ExitCode;

pub(crate) mod arguments;
pub(crate) mod measure;
pub(crate) mod numbers;
pub(crate) mod plot;
pub(crate) mod table;
pub(crate) mod ways;
pub(crate) mod words;

use arguments::Asked;
use words::Words;

/// Exit code of a command line that is wrong, as the grader's.
const EXIT_USAGE: u8 = 2;

pub(crate) fn main() -> ExitCode {
    let line: Vec<String> = std::env::args().skip(1).collect();
    let words = Words::of(arguments::language(&line, |name| std::env::var(name).ok()));
    match arguments::parse(&line) {
        Ok(Asked::Help) => {
            print!("{}", words.help());
            ExitCode::SUCCESS
        }
        Ok(Asked::Compare { rounds, picture }) => compare(&words, rounds, &picture),
        Err(wrong) => {
            eprintln!("{}\n\n{}", words.wrong(&wrong), words.usage());
            ExitCode::from(EXIT_USAGE)
        }
    }
}

fn compare(words: &Words, rounds: Option<usize>, picture: &Path) -> ExitCode {
    let figures = match measure::all(rounds) {
        Ok(figures) => figures,
        Err(error) => {
            eprintln!("{}", words.not_measured(&error.to_string()));
            return ExitCode::FAILURE;
        }
    };
    print!("{}", table::text(words, &figures));
    // The table is worth having even when the picture cannot be written.
    match std::fs::write(picture, plot::svg(words, &figures)) {
        Ok(()) => {
            println!("\n{}", words.written(&picture.display().to_string()));
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("\n{}", words.not_written(&picture.display().to_string(), &error.to_string()));
            ExitCode::FAILURE
        }
    }
}
