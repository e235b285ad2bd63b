//! Everybody who can be killed at a primitive, at random moments, many times: what the others have of it, and how soon.
//!
//! `cargo bench -p procesos --bench kills -- --times 300` prints the table; `--only Queue` plays some of the roles, `--seed 2` at
//! other moments. Each role is played in a process of its own, a hang of which is ended by an alarm. What is wrong (a hang, a torn
//! message, a result that nobody may have, something left) makes the exit code 1; what takes longer than 100 ms is told.

#![expect(clippy::needless_pass_by_value, reason = "a process owns what it is given")]

#[path = "../common/apart.rs"]
mod apart;
#[path = "../common/arguments.rs"]
mod arguments;
#[path = "../common/holdings.rs"]
mod holdings;
mod lines;
mod locks;
mod meetings;
mod owners;
#[path = "../../tests/primitives/parcel.rs"]
#[expect(dead_code, reason = "tests make more of them")]
mod parcel;
mod play;
mod queues;
#[path = "../../tests/primitives/random.rs"]
mod random;
mod roles;
mod signals;
mod stage;
mod table;
mod tally;

use std::process::ExitCode;

use apart::Apart;
use arguments::Arguments;
use roles::ROLES;
use tally::Tally;

/// Rounds before it is looked what the process holds: the allocator, and the library, keep some things.
const WARM_UP: u64 = 10;
const TIMES: u64 = 300;

fn main() -> ExitCode {
    let arguments = Arguments::read(TIMES);
    if let Some(number) = apart::number() {
        return play::perform(number, WARM_UP, arguments.times, arguments.seed);
    }
    println!("{} deaths of each, seed {}; milliseconds from the death", arguments.times, arguments.seed);
    println!("{}", table::head());
    let (mut kills, mut late, mut bad) = (0, 0, Vec::new());
    for (number, role) in ROLES.iter().enumerate() {
        let title = format!("{} / {}", role.primitive, role.name);
        if !arguments.asks_for(&title) {
            continue;
        }
        let Apart { said, ended, mut left } = apart::run(number);
        let mut tally: Tally = serde_json::from_str(&said).unwrap_or_default();
        if !ended.is_empty() {
            tally.wrong.push(ended);
        }
        tally.left.append(&mut left);
        println!("{}", table::line(role, &mut tally));
        kills += tally.kills;
        late += table::late(&tally);
        if !tally.is_good() {
            bad.push((title, tally));
        }
    }
    println!("{kills} deaths, {late} told after more than 100 ms");
    for (title, tally) in &bad {
        for told in tally.wrong.iter().chain(&tally.left) {
            println!("WRONG {title}: {told}");
        }
    }
    if bad.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
