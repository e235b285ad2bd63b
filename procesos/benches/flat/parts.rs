//! What is done very often, and a process that does it.

use std::process::ExitCode;

use nix::unistd::alarm;
use procesos::Result;

use crate::steady::Seen;
use crate::{making, using};

/// A part is over by then, or hangs.
const PART_SECONDS: u32 = 600;

/// Something that is done very often.
pub(crate) struct Part {
    pub(crate) name: &'static str,
    /// One of so many operations is one of these.
    rare: u64,
    run: fn(u64) -> Result<Vec<Seen>>,
}

const fn part(name: &'static str, rare: u64, run: fn(u64) -> Result<Vec<Seen>>) -> Part {
    Part { name, rare, run }
}

pub(crate) const PARTS: [Part; 29] = [
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

impl Part {
    /// How often it is done where what is not rare is done so many times.
    pub(crate) fn times(&self, all: u64) -> u64 {
        (all / self.rare).max(1)
    }
}

/// Does the part with this number, and says what was seen on standard output.
pub(crate) fn perform(number: usize, times: u64) -> ExitCode {
    let Some(part) = PARTS.get(number) else { return ExitCode::FAILURE };
    alarm::set(PART_SECONDS);
    match (part.run)(part.times(times)) {
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
