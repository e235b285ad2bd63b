//! What the primitives cost, beside Python's `multiprocessing`, other crates and the raw mechanism, in one run.
//!
//! `cargo bench -p procesos` prints the table and what falls short of the goals; `-- queue pool` only the rows with that in their
//! names, `-- loaded` how waiting does on a busy machine, and `--rounds 21` takes more than seven. A figure alone says little: read
//! the ratios. The other crates are in `benches/peers`, a workspace of its own that nothing but this bench compiles.

#![expect(clippy::needless_pass_by_value, reason = "targets take their arguments as parameters")]

mod loaded;
mod locks;
mod messages;
mod others;
mod processes;
mod raw;
mod rounds;
mod rows;
mod signals;
mod table;

use std::time::Duration;

use procesos::Result;

/// Rounds unless `--rounds` says otherwise: enough for a median that a few disturbances do not move.
const ROUNDS: usize = 7;

fn per_operation(total: Duration, operations: u32) -> f64 {
    total.as_secs_f64() * 1e6 / f64::from(operations)
}

fn main() -> Result<()> {
    let mut words: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    if let [option, name] = words.as_slice()
        && option == loaded::ONE
    {
        return loaded::tell_one(name);
    }
    let mut rounds = ROUNDS;
    if let Some(at) = words.iter().position(|word| word == "--rounds") {
        rounds = words.get(at + 1).and_then(|number| number.parse().ok()).unwrap_or(ROUNDS);
        words.drain(at..words.len().min(at + 2));
    }
    let words: Vec<String> = words.iter().map(|word| word.to_lowercase()).collect();
    if words.iter().any(|word| word == "loaded") { loaded::tell(rounds) } else { table::tell(&words, rounds) }
}
