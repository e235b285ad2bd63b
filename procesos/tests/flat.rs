//! What some thousands of operations and some hundreds of processes leave: nothing. `--bench flat` does many more.
//!
//! Each part is a process of its own, which is this binary again.

#![expect(clippy::needless_pass_by_value, reason = "a process owns what it is given")]

use std::process::ExitCode;

use libtest_mimic::{Arguments, Failed, Trial};

#[path = "../benches/common/apart.rs"]
mod apart;
#[path = "../benches/common/holdings.rs"]
mod holdings;
#[path = "../benches/flat/making.rs"]
mod making;
#[path = "../benches/flat/parts.rs"]
mod parts;
#[path = "../benches/flat/steady.rs"]
mod steady;
#[path = "../benches/flat/using.rs"]
mod using;

const TIMES: u64 = 2_000;

fn main() -> ExitCode {
    if let Some(number) = apart::number() {
        return parts::perform(number, TIMES);
    }
    let trial = |(number, part): (usize, &parts::Part)| Trial::test(part.name, move || check(number));
    let trials = parts::PARTS.iter().enumerate().map(trial).collect();
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

fn check(number: usize) -> Result<(), Failed> {
    let apart = apart::run(number);
    let all: Vec<steady::Seen> = serde_json::from_str(&apart.said).unwrap_or_default();
    let mut told: Vec<String> = all.iter().flat_map(steady::Seen::grown).chain(apart.left).collect();
    if all.is_empty() || !apart.ended.is_empty() {
        told.push(format!("it did not do its part: {}", apart.ended));
    }
    if told.is_empty() { Ok(()) } else { Err(told.join("\n").into()) }
}
