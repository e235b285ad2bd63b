//! What a program that asks the system past the library gets under control: virtual time, and the same numbers every time.
//!
//! `sys::intercept` stands in for the system's functions, and asks here first. Everything returns `None` (or false) without
//! control, and the system answers.

use std::time::Duration;

use nix::sched::CpuSet;
use procesos_schedule::{ROOT, Random};

use super::execution::Execution;
use crate::own;
use crate::recorder::At;

/// A sleep that the program did not ask the library for; whether it was made a step, or was that of a mere thread.
pub(crate) fn sleep(time: Duration) -> bool {
    if Execution::current().is_some() {
        own::sleep_at(time, At::Unwound);
        return true;
    }
    let execution = Execution::of_process();
    if let Some(execution) = execution {
        execution.sleep_of_thread(time);
    }
    execution.is_some()
}

/// The virtual time that a reading of a clock sees, in nanoseconds; the library itself sees the real one.
pub(crate) fn clock() -> Option<u64> {
    match Execution::current() {
        Some(execution) => execution.read_clock(),
        None => Execution::of_process().map(Execution::clock_of_thread),
    }
}

/// Fills with bytes that are the same in every execution.
pub(crate) fn random(bytes: &mut [u8]) -> bool {
    let on = Execution::of_process().is_some();
    if on {
        // By what names the process in every execution: its slot depends on who started first.
        let mut state = Execution::own_path() ^ ROOT;
        for piece in bytes.chunks_mut(8) {
            let number = Random(&mut state).number().to_le_bytes();
            piece.copy_from_slice(&number[..piece.len()]);
        }
    }
    on
}

/// The processors that the program had before it was pinned to one.
pub(crate) fn processors() -> Option<CpuSet> {
    Execution::of_process().map(Execution::processors)
}
