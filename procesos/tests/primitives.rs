//! Tests of the primitives with real processes.
//!
//! Every case runs in a process of its own: this binary starts itself again with the case's name in [`case::VARIABLE`],
//! because a process that starts others must have one thread, and libtest has two even when it runs one test. The
//! case asserts what it sees from inside; its frame here asserts how it ended, what it wrote, that it left no process
//! behind, and, for a traced case, what the trace says. Nothing here sleeps: cases wait for the event itself.

#![expect(clippy::needless_pass_by_value, reason = "a process owns what it is given")]

use std::process::ExitCode;

use libtest_mimic::Arguments;

#[path = "primitives/announce.rs"]
mod announce;
#[path = "primitives/case.rs"]
mod case;
#[path = "primitives/limits.rs"]
mod limits;
#[path = "primitives/parcel.rs"]
mod parcel;
#[path = "primitives/random.rs"]
mod random;
#[path = "primitives/region.rs"]
mod region;
#[path = "primitives/run.rs"]
mod run;

#[path = "primitives/array.rs"]
mod array;
#[path = "primitives/as_in_python.rs"]
mod as_in_python;
#[path = "primitives/barrier.rs"]
mod barrier;
#[path = "primitives/condition.rs"]
mod condition;
#[path = "primitives/connection.rs"]
mod connection;
#[path = "primitives/connection_end.rs"]
mod connection_end;
#[path = "primitives/event.rs"]
mod event;
#[path = "primitives/flat.rs"]
mod flat;
#[path = "primitives/limits_descriptors.rs"]
mod limits_descriptors;
#[path = "primitives/limits_memory.rs"]
mod limits_memory;
#[path = "primitives/limits_processes.rs"]
mod limits_processes;
#[path = "primitives/lock.rs"]
mod lock;
#[path = "primitives/lock_death.rs"]
mod lock_death;
#[path = "primitives/manager.rs"]
mod manager;
#[path = "primitives/manager_death.rs"]
mod manager_death;
#[path = "primitives/output.rs"]
mod output;
#[path = "primitives/pool.rs"]
mod pool;
#[path = "primitives/pool_death.rs"]
mod pool_death;
#[path = "primitives/process.rs"]
mod process;
#[path = "primitives/queue.rs"]
mod queue;
#[path = "primitives/queue_death.rs"]
mod queue_death;
#[path = "primitives/queue_load.rs"]
mod queue_load;
#[path = "primitives/queue_tasks.rs"]
mod queue_tasks;
#[path = "primitives/rlock.rs"]
mod rlock;
#[path = "primitives/semaphore.rs"]
mod semaphore;
#[path = "primitives/signals.rs"]
mod signals;
#[path = "primitives/start.rs"]
mod start;
#[path = "primitives/trace_events.rs"]
mod trace_events;
#[path = "primitives/trace_managers.rs"]
mod trace_managers;
#[path = "primitives/trace_processes.rs"]
mod trace_processes;
#[path = "primitives/trace_signals.rs"]
mod trace_signals;
#[path = "primitives/trace_texts.rs"]
mod trace_texts;
#[path = "primitives/value.rs"]
mod value;

fn main() -> ExitCode {
    let cases = [
        process::cases(),
        start::cases(),
        output::cases(),
        queue::cases(),
        queue_load::cases(),
        queue_death::cases(),
        lock::cases(),
        lock_death::cases(),
        value::cases(),
        array::cases(),
        event::cases(),
        semaphore::cases(),
        rlock::cases(),
        condition::cases(),
        barrier::cases(),
        queue_tasks::cases(),
        pool::cases(),
        pool_death::cases(),
        manager::cases(),
        manager_death::cases(),
        connection::cases(),
        connection_end::cases(),
        as_in_python::cases(),
        flat::cases(),
        limits_descriptors::cases(),
        limits_memory::cases(),
        limits_processes::cases(),
        signals::cases(),
        trace_events::cases(),
        trace_signals::cases(),
        trace_managers::cases(),
        trace_texts::cases(),
        trace_processes::cases(),
    ];
    let mut cases = cases.into_iter().flatten();
    match std::env::var(case::VARIABLE) {
        Ok(name) => cases.find(|case| case.name() == name).map_or(ExitCode::FAILURE, |case| case.perform()),
        Err(_) => {
            let trials = cases.map(case::Case::into_trial).collect();
            libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
        }
    }
}
