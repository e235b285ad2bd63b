//! One round of one figure of another crate: `peers ipc-channel queue_i64` prints microseconds an operation.
//!
//! The figures have the names that they have in `primitives/python.py`. Each is made in processes that are started for it. What
//! a crate has no counterpart for is not printed.

use std::env;
use std::error::Error;
use std::process::{Child, Command, ExitCode};
use std::time::Instant;

mod iceoryx;
mod ipc;
mod spawn;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// Messages of a round, short and long, and there and back.
const MESSAGES: u32 = 20_000;
const LONG_MESSAGES: u32 = 1_500;
const ROUND_TRIPS: u32 = 5_000;
/// Bytes of a long message.
const LONG: usize = 64 * 1024;

fn micros(begun: Instant, operations: u32) -> f64 {
    begun.elapsed().as_secs_f64() * 1e6 / f64::from(operations)
}

/// Starts this program once more, as the other side of a figure; `name` is where the two meet.
fn other_side(of: &str, figure: &str, name: &str) -> Result<Child> {
    Ok(Command::new(env::current_exe()?).args([of, figure, name]).spawn()?)
}

fn run(arguments: &[&str]) -> Result<Option<f64>> {
    match arguments {
        ["ipc-channel", figure] => ipc::figure(figure),
        ["ipc-channel", figure, name] => ipc::other_side(figure, name).map(|()| None),
        ["iceoryx2", figure] => iceoryx::figure(figure),
        ["iceoryx2", figure, name] => iceoryx::other_side(figure, name).map(|()| None),
        ["procspawn", figure] => spawn::figure(figure),
        _ => Err("usage: peers ipc-channel|iceoryx2|procspawn FIGURE".into()),
    }
}

fn main() -> ExitCode {
    procspawn::init();
    let arguments: Vec<String> = env::args().skip(1).collect();
    match run(&arguments.iter().map(String::as_str).collect::<Vec<_>>()) {
        Ok(Some(figure)) => println!("{figure}"),
        Ok(None) => {}
        Err(error) => {
            eprintln!("peers {}: {error}", arguments.join(" "));
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}
