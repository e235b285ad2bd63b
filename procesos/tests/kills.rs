//! Everybody who can be killed at a primitive is, a few times: `--bench kills` does it thousands of times and measures.
//!
//! Each role is played in a process of its own, which is this binary again.

#![expect(clippy::needless_pass_by_value, reason = "a process owns what it is given")]

use std::process::ExitCode;

use libtest_mimic::{Arguments, Failed, Trial};

#[path = "../benches/common/apart.rs"]
mod apart;
#[path = "../benches/common/holdings.rs"]
mod holdings;
#[path = "../benches/kills/lines.rs"]
mod lines;
#[path = "../benches/kills/locks.rs"]
mod locks;
#[path = "../benches/kills/meetings.rs"]
mod meetings;
#[path = "../benches/kills/owners.rs"]
mod owners;
#[path = "primitives/parcel.rs"]
#[expect(dead_code, reason = "other tests make more of them")]
mod parcel;
#[path = "../benches/kills/play.rs"]
mod play;
#[path = "../benches/kills/queues.rs"]
mod queues;
#[path = "primitives/random.rs"]
mod random;
#[path = "../benches/kills/roles.rs"]
mod roles;
#[path = "../benches/kills/signals.rs"]
mod signals;
#[path = "../benches/kills/stage.rs"]
mod stage;
#[path = "../benches/kills/tally.rs"]
mod tally;

const TIMES: u64 = 12;
const SEED: u64 = 3;

fn main() -> ExitCode {
    if let Some(number) = apart::number() {
        // Memory is a matter for many rounds.
        return play::perform(number, TIMES, 0, SEED);
    }
    let trial = |(number, role): (usize, &roles::Role)| {
        Trial::test(format!("{}, {}", role.primitive, role.name), move || check(number))
    };
    let trials = roles::ROLES.iter().enumerate().map(trial).collect();
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

fn check(number: usize) -> Result<(), Failed> {
    let apart = apart::run(number);
    let tally: tally::Tally = serde_json::from_str(&apart.said).unwrap_or_default();
    let good = tally.is_good() && apart.ended.is_empty() && apart.left.is_empty();
    if good && tally.kills == TIMES && tally.right + tally.told == TIMES {
        return Ok(());
    }
    Err(format!("{} {:?}\n{tally:#?}", apart.ended, apart.left).into())
}
