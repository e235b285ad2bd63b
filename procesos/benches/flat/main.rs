//! What many operations and many processes leave: as many descriptors, mappings and children, and as much memory, as before.
//!
//! `cargo bench -p procesos --bench flat` does 100,000 operations of each primitive, starts 10,000 processes, and makes 1,000 pools and
//! managers; `--times N` changes the first number and the others with it, `--only Pool` does some. Each part is a process of its
//! own; the workers of pools, the processes of managers and the children that go on all the while are looked at, too. What has
//! grown makes the exit code 1.

#![expect(clippy::needless_pass_by_value, reason = "a process owns what it is given")]

#[path = "../common/apart.rs"]
mod apart;
#[path = "../common/arguments.rs"]
mod arguments;
#[path = "../common/holdings.rs"]
mod holdings;
mod making;
mod steady;
mod using;

use std::process::ExitCode;

use nix::unistd::alarm;
use procesos::Result;

use apart::Apart;
use arguments::Arguments;
use steady::Seen;

const TIMES: u64 = 100_000;
/// A part is over by then, or hangs.
const PART_SECONDS: u32 = 600;

/// Something that is done very often.
struct Part {
    name: &'static str,
    /// One of so many operations is one of these.
    rare: u64,
    run: fn(u64) -> Result<Vec<Seen>>,
}

const fn part(name: &'static str, rare: u64, run: fn(u64) -> Result<Vec<Seen>>) -> Part {
    Part { name, rare, run }
}

const PARTS: [Part; 29] = [
    part("Lock, acquired and released", 1, using::locks),
    part("RLock, twice", 1, using::rlocks),
    part("Value and Array, set and got", 1, using::numbers),
    part("Queue, to a child", 1, using::queue),
    part("Queue, task_done and join", 1, using::tasks),
    part("Queue, 200 KB to a child", 10, using::large_items),
    part("Connection, there and back", 1, using::line),
    part("Connection, 200 KB there", 10, using::large_messages),
    part("Event, set, waited, cleared", 1, using::events),
    part("Semaphore, with a child", 1, using::permits),
    part("Semaphore, consumed", 1, using::signals),
    part("Condition, by turns", 1, using::turns),
    part("Barrier of two", 1, using::barriers),
    part("Pool, apply", 1, using::applies),
    part("Pool, map of 10", 10, using::maps),
    part("Pool, results nobody gets", 1, using::forgotten),
    part("Manager, list", 1, using::lists),
    part("Manager, dict of 100", 1, using::dicts),
    part("locks made and dropped", 1, making::locks),
    part("values and arrays made", 1, making::numbers),
    part("queues made and dropped", 1, making::queues),
    part("pipes made and dropped", 1, making::pipes),
    part("signals made and dropped", 1, making::signals),
    part("processes, join", 10, making::processes),
    part("processes, join_timeout", 10, making::processes_with_limit),
    part("processes with pipe and queue", 20, making::processes_with_handles),
    part("processes killed with a lock", 20, making::killed),
    part("pools of two made and dropped", 100, making::pools),
    part("managers made and dropped", 100, making::managers),
];

fn main() -> ExitCode {
    let arguments = Arguments::read(TIMES);
    if let Some(number) = apart::number() {
        return PARTS.get(number).map_or(ExitCode::FAILURE, |part| perform(part, &arguments));
    }
    println!("before and after; memory in KiB. A process of the program, then others that go on meanwhile");
    println!(
        "{:<33}{:>8}{:>16}{:>15}{:>17}{:>12}",
        "", "times", "descriptors", "mappings", "memory", "children"
    );
    let mut bad = Vec::new();
    for (number, part) in PARTS.iter().enumerate().filter(|(_, part)| arguments.asks_for(part.name)) {
        let Apart { said, ended, left } = apart::run(number);
        let all: Vec<Seen> = serde_json::from_str(&said).unwrap_or_default();
        for (index, seen) in all.iter().enumerate() {
            let name = if index == 0 { part.name } else { "" };
            println!("{name:<33}{:>8}{}", times(part, &arguments), seen.line());
            bad.extend(seen.grown().into_iter().map(|told| format!("{}: {told}", part.name)));
        }
        if all.is_empty() || !ended.is_empty() {
            bad.push(format!("{}: {ended}", part.name));
        }
        bad.extend(left.into_iter().map(|told| format!("{}: {told}", part.name)));
    }
    bad.iter().for_each(|told| println!("GROWN {told}"));
    if bad.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn times(part: &Part, arguments: &Arguments) -> u64 {
    (arguments.times / part.rare).max(1)
}

fn perform(part: &Part, arguments: &Arguments) -> ExitCode {
    alarm::set(PART_SECONDS);
    match (part.run)(times(part, arguments)) {
        Ok(all) => {
            println!("{}", serde_json::to_string(&all).unwrap_or_default());
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
