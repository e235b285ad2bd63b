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
mod parts;
mod steady;
mod using;

use std::process::ExitCode;

use apart::Apart;
use arguments::Arguments;
use parts::PARTS;
use steady::Seen;

const TIMES: u64 = 100_000;

fn main() -> ExitCode {
    let arguments = Arguments::read(TIMES);
    if let Some(number) = apart::number() {
        return parts::perform(number, arguments.times);
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
            println!("{name:<33}{:>8}{}", part.times(arguments.times), line(seen));
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

fn line(Seen { before, after, .. }: &Seen) -> String {
    let pair = |before: usize, after: usize| format!("{before} -> {after}");
    format!(
        "{:>16}{:>15}{:>17}{:>12}",
        pair(before.descriptors, after.descriptors),
        pair(before.mappings, after.mappings),
        pair(before.kibibytes, after.kibibytes),
        pair(before.children, after.children),
    )
}
